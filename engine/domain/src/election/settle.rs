//! Who is proposed: the person with the most nominations, and what is done about ties.

use super::phase::is_present;
use super::{Election, ProposedBy};
use crate::draw::Lottery;
use crate::entity::{EntityRef, Kind, Name};
use crate::id::Hash;
use crate::time::Timestamp;
use crate::world::World;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is done about a tie, before the lot.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "kebab-case")]
pub enum TieStep {
    /// The only one of the tied who named themselves.
    SelfNominator,
    /// The only one of the tied who held the role at the opening.
    Incumbent,
    /// Those who named others choose among the tied: once in an election, and only while the
    /// chance of the lot can not be known.
    Revote,
}

/// What the rules make of the nominations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nobody is left.
    Nobody,
    /// This person is proposed.
    Propose(u32, ProposedBy),
    /// These electors choose among the tied, until then.
    Revote {
        /// Numbers of the electors.
        movers: Vec<u32>,
        /// Until when.
        until: Timestamp,
    },
    /// The lot settles it.
    Lot,
}

impl Election {
    /// The nominations that count: those of electors who have not left for somebody who has not
    /// left and is not out, by elector.
    pub fn counted<'a>(&'a self, world: &'a World, at: Timestamp) -> Vec<(u32, u32)> {
        let mut out: BTreeSet<u32> = self.candidates.iter().map(|one| one.member).collect();
        if let Some(proposed) = self.proposed(world, at) {
            out.remove(&proposed.member);
        }
        let current = self.present(world).filter_map(|elector| {
            let nominee = self.nominations.get(&elector)?.current()?;
            Some((elector, nominee))
        });
        current.filter(|(_, one)| is_present(world, *one) && !out.contains(one)).collect()
    }

    /// How many electors name whom, most first, then by number.
    #[must_use]
    pub fn tally(&self, world: &World, at: Timestamp) -> Vec<(u32, u32)> {
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for (_, nominee) in self.counted(world, at) {
            let count = counts.entry(nominee).or_default();
            *count = count.saturating_add(1);
        }
        let mut tally: Vec<(u32, u32)> = counts.into_iter().collect();
        tally.sort_by_key(|(nominee, count)| (std::cmp::Reverse(*count), *nominee));
        tally
    }

    /// Those with the most nominations, of a tally.
    #[must_use]
    pub fn leading(tally: &[(u32, u32)]) -> Vec<u32> {
        let most = tally.first().map_or(0, |(_, count)| *count);
        tally.iter().take_while(|(_, count)| *count == most).map(|(nominee, _)| *nominee).collect()
    }

    /// What the rules make of the nominations at a moment when nobody is proposed.
    #[must_use]
    pub fn next(&self, world: &World, at: Timestamp) -> Next {
        let counted = self.counted(world, at);
        let tied = Self::leading(&self.tally(world, at));
        match tied[..] {
            [] => return Next::Nobody,
            [only] => return Next::Propose(only, ProposedBy::Most),
            _ => {}
        }
        let only = |is: &dyn Fn(&u32) -> bool| {
            let mut found = tied.iter().copied().filter(|one| is(one));
            found.next().filter(|_| found.next().is_none())
        };
        for step in &self.ties {
            let found = match step {
                TieStep::SelfNominator => only(&|one| counted.contains(&(*one, *one)))
                    .map(|one| Next::Propose(one, ProposedBy::SelfNominator)),
                TieStep::Incumbent => only(&|one| self.incumbents.contains(one))
                    .map(|one| Next::Propose(one, ProposedBy::Incumbent)),
                TieStep::Revote => self.revote_among(&tied, &counted, at),
            };
            if let Some(found) = found {
                return found;
            }
        }
        let first = self.lot.as_ref().and_then(|lot| first_in(&lot.order, &tied));
        first.map_or(Next::Lot, |first| Next::Propose(first, ProposedBy::Lot))
    }

    /// The revote, if one can be held: there was none, somebody can move, and it is over before
    /// anybody can know the lot.
    fn revote_among(&self, tied: &[u32], counted: &[(u32, u32)], at: Timestamp) -> Option<Next> {
        let until = self.calendar.round_from(at);
        let others = counted.iter().filter(|(_, nominee)| !tied.contains(nominee));
        let movers: Vec<u32> = others.map(|(elector, _)| *elector).collect();
        let can = self.revote.is_none() && self.lot.is_none() && until <= self.lot_at;
        (can && !movers.is_empty()).then_some(Next::Revote { movers, until })
    }
}

/// The first of the tied in the order of the lot.
pub(super) fn first_in(order: &[u32], tied: &[u32]) -> Option<u32> {
    order.iter().copied().find(|one| tied.contains(one))
}

/// SHA-256 over the pseudonyms of these members, 16 bytes each, big-endian, in ascending order;
/// and the members in that order.
pub(super) fn census(world: &World, members: &[u32]) -> (Hash, Vec<u32>) {
    let id = |member: &u32| match world.directory.name(EntityRef::new(Kind::Member, *member)) {
        Some(Name::Uuid(id)) => Some((*id, *member)),
        _ => None,
    };
    let mut ids: Vec<(u128, u32)> = members.iter().filter_map(id).collect();
    ids.sort_unstable();
    let text: Vec<u8> = ids.iter().flat_map(|(id, _)| id.to_be_bytes()).collect();
    (Hash::of(&text), ids.into_iter().map(|(_, member)| member).collect())
}

/// Everybody who was named, in the order of the lot: a draw without replacement of all of them,
/// from the list in the order of their pseudonyms, with the label `election`.
#[must_use]
pub fn lot_order(seed: Hash, named: &[u32]) -> Vec<u32> {
    let count = u32::try_from(named.len()).unwrap_or(u32::MAX);
    let places = Lottery::new(seed).removal("election", count, count);
    let at = |place: u32| named.get(usize::try_from(place).ok()?).copied();
    places.into_iter().filter_map(at).collect()
}
