//! Gaps that no plan exceeds from some position of the search on.
//!
//! Before every assignment of a role its person held it last either before this position, which
//! each person offers once a role, or in another of the slots left, which each offers once. So for
//! every length, as many gaps at most are longer as slots can be matched with such offers; and a
//! person offers at most as many as they can still take without more load than the most loaded of
//! the best plan has.

use super::flow::{Network, SINK, SOURCE};
use super::plan::{Gap, LoadRatio};
use super::roster::{Roster, Slot};
use super::track::Track;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A position of the search.
pub(super) struct Position<'a> {
    pub(super) roster: &'a Roster,
    /// The slots left that somebody suits, and who.
    pub(super) left: Vec<(Slot, &'a [usize])>,
    /// How many of them are filled.
    pub(super) need: usize,
    pub(super) loads: &'a [u64],
    pub(super) tracks: &'a [Vec<Track>],
    /// Gaps before the position.
    pub(super) gaps: &'a [Gap],
}

/// Who offers a gap.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Offer {
    Person(usize, usize),
    Slot(usize),
}

impl Position<'_> {
    /// How gaps from here compare at best with those of the best plan: `Less` when they are worse
    /// in any case.
    pub(super) fn compare(&self, best: &[Gap], highest: Option<&LoadRatio>) -> Ordering {
        let offers = self.offers();
        let lengths: BTreeSet<Gap> = (offers.iter().flatten().map(|(_, gap)| *gap))
            .chain(best.iter().copied())
            .chain(self.gaps.iter().copied())
            .filter(|gap| *gap != Gap::Never)
            .collect();
        let up_to = |gaps: &[Gap], length| gaps.iter().filter(|gap| **gap <= length).count();
        for length in lengths {
            let longer = self.matched(&offers, length, highest);
            let here = up_to(self.gaps, length) + self.need.saturating_sub(longer);
            match up_to(best, length).cmp(&here) {
                Ordering::Equal => {}
                order => return order,
            }
        }
        Ordering::Equal
    }

    /// For each slot left, what gaps it can have.
    fn offers(&self) -> Vec<Vec<(Offer, Gap)>> {
        let of = |(slot, suited): &(Slot, &[usize])| {
            let Some(limits) = self.roster.roles.get(slot.role) else { return Vec::new() };
            let mut offers = Vec::new();
            for person in *suited {
                let track = self.tracks.get(*person).and_then(|tracks| tracks.get(slot.role));
                let track = track.copied().unwrap_or_default();
                if track.allows(limits, slot.period) {
                    offers.push((Offer::Person(*person, slot.role), track.gap(slot.period)));
                }
            }
            for (number, (other, suits)) in self.left.iter().enumerate() {
                if other.role != slot.role || other.period >= slot.period {
                    continue;
                }
                let track = Track::default().with(other.period);
                let both = suits.iter().any(|person| suited.contains(person));
                if both && !track.cools(limits, slot.period) {
                    offers.push((Offer::Slot(number), track.gap(slot.period)));
                }
            }
            offers
        };
        self.left.iter().map(of).collect()
    }

    /// Most slots that can have a gap longer than this.
    fn matched(
        &self,
        offers: &[Vec<(Offer, Gap)>],
        length: Gap,
        highest: Option<&LoadRatio>,
    ) -> usize {
        let mut network = Network::empty();
        let mut people: BTreeMap<usize, usize> = BTreeMap::new();
        let mut nodes: BTreeMap<Offer, usize> = BTreeMap::new();
        for offers in offers {
            let slot = network.node();
            network.edge(SOURCE, slot, 1);
            for (offer, _) in offers.iter().filter(|(_, gap)| *gap > length) {
                let node = *nodes.entry(*offer).or_insert_with(|| {
                    let node = network.node();
                    let end = match offer {
                        Offer::Slot(_) => SINK,
                        Offer::Person(person, _) => *people.entry(*person).or_insert_with(|| {
                            let node = network.node();
                            network.edge(node, SINK, self.more(*person, highest));
                            node
                        }),
                    };
                    network.edge(node, end, 1);
                    node
                });
                network.edge(slot, node, 1);
            }
        }
        network.fill();
        usize::try_from(network.flow).unwrap_or(usize::MAX)
    }

    /// How many of the lightest slots left a person can take without more than the highest load.
    fn more(&self, person: usize, highest: Option<&LoadRatio>) -> u64 {
        let weight = self.left.iter().map(|(slot, _)| slot.weight).min().unwrap_or(1).max(1);
        let (Some(one), Some(highest)) = (self.roster.people.get(person), highest) else {
            return u64::MAX;
        };
        let most = u128::from(highest.load) * u128::from(one.periods);
        let most = most.checked_div(u128::from(highest.periods)).unwrap_or(0);
        let load = self.loads.get(person).copied().unwrap_or(0);
        let left = most.saturating_sub(u128::from(load));
        u64::try_from(left / u128::from(weight)).unwrap_or(u64::MAX)
    }
}
