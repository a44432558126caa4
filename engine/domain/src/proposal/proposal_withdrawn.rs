//! `proposal.withdrawn/1`

use super::{check_may_edit, check_open, find};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Prose, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Withdraws a proposal that is not being voted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawProposal {
    /// Which proposal.
    pub proposal: StatementId,
    /// Why.
    pub reason: Prose,
}

/// A proposal was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ProposalWithdrawn {
    proposal: u32,
}

impl Command for WithdrawProposal {
    type Event = ProposalWithdrawn;

    fn decide(self, cx: &Cx<'_>) -> Result<ProposalWithdrawn, Rejection> {
        let (index, proposal) = find(cx, self.proposal)?;
        check_may_edit(cx, proposal)?;
        check_open(proposal)?;
        Ok(ProposalWithdrawn { proposal: index })
    }
}

impl Event for ProposalWithdrawn {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Proposal, self.proposal)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Proposal(proposal) = entity {
            proposal.withdrawn = Some(recorded.position);
        }
    }
}
