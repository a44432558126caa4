//! `outcome.declared/1`

use super::{Vote, Votes, find, procedure, settle, tally_hash};
use crate::act::{Access, Command, Event};
use crate::authority::Cx;
use crate::counting::{self, Outcome, Tally};
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Hash, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Declares the outcome of a closed vote; signed by the instance's own key. It is refused unless
/// the tally named is that of the ballots in the log, so nobody has to trust the declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclareOutcome {
    /// Which vote.
    pub vote: StatementId,
    /// The tally hash: SHA-256 of the outcome's canonical JSON.
    pub tally: Hash,
}

/// An outcome was declared. Only what the ballots add up to is stored: the outcome, which follows
/// from it and says every name several times, could be larger than an entry may be.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OutcomeDeclared {
    vote: u32,
    tally: Hash,
    adopted: Vec<u32>,
    counts: Tally,
}

impl Command for DeclareOutcome {
    type Event = OutcomeDeclared;
    const ACCESS: Access = Access::Registrar;

    fn decide(self, cx: &Cx<'_>) -> Result<OutcomeDeclared, Rejection> {
        let Counted { index, vote, counts, outcome } = check(cx, self.vote, self.tally)?;
        let procedure = procedure(cx.world, index);
        if procedure.rules.is_some() {
            return Err(Votes::OtherForm.into());
        }
        let mut elected = settle::settle(vote, procedure, &outcome, || None).elected;
        elected.sort_unstable();
        let chosen = elected.iter().filter_map(|column| vote.option(*column)?.proposal);
        let adopted = chosen.map(|(index, _)| index).collect();
        let counts = counts.kept(&outcome);
        Ok(OutcomeDeclared { vote: index, tally: self.tally, adopted, counts })
    }
}

/// A vote that is closed, with what its ballots add up to.
pub(super) struct Counted<'a> {
    pub(super) index: u32,
    pub(super) vote: &'a Vote,
    pub(super) counts: Tally,
    pub(super) outcome: Outcome,
}

/// Counts a closed vote whose tally hash is said to be `tally`.
pub(super) fn check<'a>(cx: &Cx<'a>, vote: StatementId, tally: Hash) -> Result<Counted<'a>, Votes> {
    let (index, vote) = find(cx, vote)?;
    if vote.closed.is_none() {
        return Err(Votes::StillOpen);
    }
    if procedure(cx.world, index).amended_by.is_some() {
        return Err(Votes::Amended);
    }
    if vote.declared.is_some() {
        return Err(Votes::AlreadyDeclared);
    }
    // No vote opens, and no ballot is cast, that the method can not count. If one were, no
    // tally would be that of its ballots.
    let method = vote.method.as_ref().ok_or(Votes::TallyMismatch)?;
    let counts = super::tally(cx.world, index, vote, method).map_err(|_| Votes::TallyMismatch)?;
    let outcome = counting::outcome(method, &vote.labels(), &counts);
    let outcome = outcome.map_err(|_| Votes::TallyMismatch)?;
    if tally_hash(&outcome) == tally {
        Ok(Counted { index, vote, counts, outcome })
    } else {
        Err(Votes::TallyMismatch)
    }
}

impl Event for OutcomeDeclared {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Vote, self.vote)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(self.stream());
        for proposal in &self.adopted {
            visit(EntityRef::new(Kind::Proposal, *proposal));
        }
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        match entity {
            EntityMut::Vote(vote) => vote.declare(self.tally, &self.counts, recorded.position),
            EntityMut::Proposal(proposal) => proposal.adopted_by = Some(self.vote),
            _ => {}
        }
    }
}
