//! `outcome.declared/2`

use super::{Votes, adopted, outcome_declared, procedure, settle};
use crate::act::{Access, Command, Event};
use crate::authority::Cx;
use crate::counting::Tally;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Hash, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Declares the outcome of a closed vote that has rules of its own; signed by the instance's own
/// key. It is refused unless the tally named is that of the ballots and delegations in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclareUnderRules {
    /// Which vote.
    pub vote: StatementId,
    /// The tally hash: SHA-256 of the outcome's canonical JSON, before any tie is broken.
    pub tally: Hash,
}

/// An outcome was declared, with the versions that it adopts.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DeclaredUnderRules {
    vote: u32,
    tally: Hash,
    counts: Tally,
    adopted: Vec<(u32, Hash)>,
}

impl Command for DeclareUnderRules {
    type Event = DeclaredUnderRules;
    const ACCESS: Access = Access::Registrar;

    fn decide(self, cx: &Cx<'_>) -> Result<DeclaredUnderRules, Rejection> {
        let counted = outcome_declared::check(cx, self.vote, self.tally)?;
        let procedure = procedure(cx.world, counted.index);
        if procedure.rules.is_none() {
            return Err(Votes::OtherForm.into());
        }
        let (vote, counts) = (counted.vote, counted.counts);
        let settled = settle::settle(vote, procedure, &counted.outcome, || Some(counts.clone()));
        let adopted = adopted(cx.world, vote, &settled.elected);
        let counts = counts.kept(&counted.outcome);
        Ok(DeclaredUnderRules { vote: counted.index, tally: self.tally, counts, adopted })
    }
}

impl Event for DeclaredUnderRules {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Vote, self.vote)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(self.stream());
        for (proposal, _) in &self.adopted {
            visit(EntityRef::new(Kind::Proposal, *proposal));
        }
    }

    fn evolve(&self, index: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        match entity {
            EntityMut::Vote(vote) => vote.declare(self.tally, &self.counts, recorded.position),
            EntityMut::Proposal(proposal) => {
                let version = self.adopted.iter().find(|(number, _)| *number == index);
                if let Some((_, version)) = version {
                    proposal.adopt(self.vote, *version, recorded.position);
                }
            }
            _ => {}
        }
    }
}
