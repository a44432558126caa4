//! `proposal.supported/1`

use super::{Proposals, check_open, find};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Hash, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Supports the current version of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupportProposal {
    /// Which proposal.
    pub proposal: StatementId,
    /// The version that was read.
    pub version: Hash,
}

/// A proposal was supported.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ProposalSupported {
    proposal: u32,
    member: u32,
    version: u32,
}

impl Command for SupportProposal {
    type Event = ProposalSupported;

    fn decide(self, cx: &Cx<'_>) -> Result<ProposalSupported, Rejection> {
        let member = cx.member()?;
        let (index, proposal) = find(cx, self.proposal)?;
        check_open(proposal)?;
        if proposal.current() != Some(self.version) {
            return Err(Proposals::VersionStale.into());
        }
        let version = proposal.current_number();
        if proposal.supporters.get(&member) == Some(&version) {
            return Err(Proposals::AlreadySupported.into());
        }
        Ok(ProposalSupported { proposal: index, member, version })
    }
}

impl Event for ProposalSupported {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Proposal, self.proposal)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        if let EntityMut::Proposal(proposal) = entity {
            proposal.supporters.insert(self.member, self.version);
        }
    }
}
