//! The automaton: which phase an election is in.

use super::{Candidate, Election, Elections, Out, Silence, Standing};
use crate::authority::Cx;
use crate::time::Timestamp;
use crate::world::World;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A phase of an election, in the order in which they come; `Propose` comes again after `Revote`,
/// and after a candidate is out.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// What the role asks is read; nobody is named.
    Describe,
    /// Nominations are sealed.
    Nominate,
    /// Each says whom they named, and why.
    Share,
    /// Each may move to somebody who was named.
    Change,
    /// The rules say who is proposed: anybody records it.
    Propose,
    /// Those who named others than the tied choose among the tied.
    Revote,
    /// Electors and the person proposed consent or object.
    Object,
    /// Everybody consents to the person proposed, or nobody is left: it remains to be recorded.
    Conclude,
    /// It is over.
    Concluded,
}

/// Whether somebody is a member and has not left.
pub(super) fn is_present(world: &World, member: u32) -> bool {
    world.tables.members.get(member).is_some_and(|member| member.left.is_none())
}

impl Election {
    /// The phase at a moment: by what was done, by who still is a member, and by the calendar.
    #[must_use]
    pub fn phase(&self, world: &World, at: Timestamp) -> Phase {
        let calendar = &self.calendar;
        let mut electors = self.present(world);
        if self.conclusion.is_some() {
            return Phase::Concluded;
        }
        if calendar.opens_at.is_some_and(|opens_at| at < opens_at) {
            return Phase::Describe;
        }
        let mut own = self.present(world).filter_map(|elector| self.nominations.get(&elector));
        if at < calendar.nominate_by && electors.any(|one| !self.nominations.contains_key(&one)) {
            return Phase::Nominate;
        }
        if at < calendar.share_by && own.any(|own| own.revealed.is_none()) {
            return Phase::Share;
        }
        let mut own = self.present(world).filter_map(|elector| self.nominations.get(&elector));
        let waits = own.any(|own| own.revealed.is_some() && own.changed.is_none());
        if at < calendar.change_by && waits {
            return Phase::Change;
        }
        if self.is_in_revote(world, at) {
            return Phase::Revote;
        }
        match self.proposed(world, at) {
            Some(candidate) if self.is_agreed(world, candidate, at) => Phase::Conclude,
            Some(_) => Phase::Object,
            None if self.tally(world, at).is_empty() => Phase::Conclude,
            None => Phase::Propose,
        }
    }

    /// When a phase ends by the calendar, if it does.
    #[must_use]
    pub fn ends_at(&self, phase: Phase) -> Option<Timestamp> {
        match phase {
            Phase::Describe => self.calendar.opens_at,
            Phase::Nominate => Some(self.calendar.nominate_by),
            Phase::Share => Some(self.calendar.share_by),
            Phase::Change => Some(self.calendar.change_by),
            Phase::Revote => self.revote.as_ref().map(|revote| revote.until),
            Phase::Object => self.candidates.last().map(|candidate| candidate.until),
            Phase::Propose | Phase::Conclude | Phase::Concluded => None,
        }
    }

    /// The electors, and the person proposed, who have yet to do their part in a phase.
    #[must_use]
    pub fn awaited(&self, world: &World, phase: Phase) -> Vec<u32> {
        let own = |elector: &u32| self.nominations.get(elector);
        let waits = |elector: &u32| match phase {
            Phase::Nominate => own(elector).is_none(),
            Phase::Share => own(elector).is_some_and(|own| own.revealed.is_none()),
            Phase::Change => {
                own(elector).is_some_and(|own| own.revealed.is_some() && own.changed.is_none())
            }
            Phase::Revote => {
                let asked = |revote: &super::Revote| revote.movers.contains(elector);
                self.revote.as_ref().is_some_and(asked)
                    && own(elector).is_some_and(|own| own.moved.is_none())
            }
            _ => false,
        };
        match (phase, self.candidates.last()) {
            (Phase::Object, Some(candidate)) => {
                let all = self.round(world, candidate);
                all.filter(|member| !candidate.consents.contains(member)).collect()
            }
            _ => self.present(world).filter(waits).collect(),
        }
    }

    /// Refuses what belongs to another phase than this one.
    pub(super) fn check_phase(&self, cx: &Cx<'_>, wanted: Phase) -> Result<(), Elections> {
        match self.phase(cx.world, cx.at).cmp(&wanted) {
            std::cmp::Ordering::Less => Err(Elections::TooEarly),
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(Elections::Late),
        }
    }

    /// Electors who have not left.
    pub fn present<'a>(&'a self, world: &'a World) -> impl Iterator<Item = u32> + 'a {
        self.electors.iter().copied().filter(|elector| is_present(world, *elector))
    }

    /// Whether the nominators of others than the tied are choosing among them.
    fn is_in_revote(&self, world: &World, at: Timestamp) -> bool {
        let Some(revote) = self.revote.as_ref().filter(|revote| at < revote.until) else {
            return false;
        };
        let moved =
            |elector: &u32| self.nominations.get(elector).is_some_and(|own| own.moved.is_some());
        revote.movers.iter().any(|elector| is_present(world, *elector) && !moved(elector))
    }

    /// The person who is proposed, and not out.
    #[must_use]
    pub fn proposed(&self, world: &World, at: Timestamp) -> Option<&Candidate> {
        self.candidates.last().filter(|last| self.out(world, last, at).is_none())
    }

    /// Why a candidate is out. All but the last are.
    #[must_use]
    pub fn out(&self, world: &World, candidate: &Candidate, at: Timestamp) -> Option<Out> {
        if let Some((out, ..)) = candidate.out {
            return Some(out);
        }
        if !is_present(world, candidate.member) {
            return Some(Out::Left);
        }
        let waits = candidate.objections.iter().any(|one| one.is_open(world, candidate, at));
        let over = at >= candidate.until && !waits;
        let withheld = over && self.silence == Silence::Withholds && !self.all(world, candidate);
        withheld.then_some(Out::Lapsed)
    }

    /// Why the last candidate is out, if there is one who is.
    pub(super) fn last_out(&self, world: &World, at: Timestamp) -> Option<Out> {
        self.out(world, self.candidates.last()?, at)
    }

    /// Whether a member takes part in the round of consent: an elector, or the person proposed.
    #[must_use]
    pub fn takes_part(&self, candidate: &Candidate, member: u32) -> bool {
        candidate.member == member || self.has_elector(member)
    }

    /// Those who take part in the round of consent and have not left.
    pub fn round<'a>(
        &'a self,
        world: &'a World,
        candidate: &Candidate,
    ) -> impl Iterator<Item = u32> + 'a {
        let proposed = Some(candidate.member).filter(|member| !self.has_elector(*member));
        self.present(world).chain(proposed.filter(|member| is_present(world, *member)))
    }

    /// Whether everybody consented in words.
    fn all(&self, world: &World, candidate: &Candidate) -> bool {
        self.round(world, candidate).all(|member| candidate.consents.contains(&member))
    }

    /// Whether nothing stands in the way of a candidate any more.
    pub(super) fn is_agreed(&self, world: &World, candidate: &Candidate, at: Timestamp) -> bool {
        if candidate.objections.iter().any(|one| one.is_open(world, candidate, at)) {
            return false;
        }
        let silence = at >= candidate.until && self.silence == Silence::Consents;
        silence || self.all(world, candidate)
    }
}

impl super::CandidacyObjection {
    /// Whether the objection stands in the way: one that was challenged does so until the end of
    /// the round, by when its author answers.
    #[must_use]
    pub fn is_open(&self, world: &World, candidate: &Candidate, at: Timestamp) -> bool {
        let stands = match self.standing {
            Standing::Raised | Standing::Maintained => true,
            Standing::Challenged => at < candidate.until,
            Standing::Integrated | Standing::Upheld | Standing::Withdrawn => false,
        };
        stands && is_present(world, self.author)
    }
}
