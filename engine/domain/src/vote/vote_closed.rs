//! `vote.closed/1`

use super::{Votes, find};
use crate::act::{Access, Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::StatementId;
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// States that the deadline of a vote is reached; signed by the instance's own key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseVote {
    /// Which vote.
    pub vote: StatementId,
}

/// A vote was closed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct VoteClosed {
    vote: u32,
    proposals: Vec<u32>,
}

impl Command for CloseVote {
    type Event = VoteClosed;
    const ACCESS: Access = Access::Registrar;

    fn decide(self, cx: &Cx<'_>) -> Result<VoteClosed, Rejection> {
        let (index, vote) = find(cx, self.vote)?;
        if cx.at < vote.closes_at {
            return Err(Votes::NotDue.into());
        }
        if vote.closed.is_some() {
            return Err(Votes::AlreadyClosed.into());
        }
        let proposals = vote.options.iter().filter_map(|option| option.proposal);
        Ok(VoteClosed { vote: index, proposals: proposals.map(|(index, _)| index).collect() })
    }
}

impl Event for VoteClosed {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Vote, self.vote)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(self.stream());
        for proposal in &self.proposals {
            visit(EntityRef::new(Kind::Proposal, *proposal));
        }
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        match entity {
            EntityMut::Vote(vote) => vote.closed = Some(recorded.position),
            EntityMut::Proposal(proposal) => proposal.open_vote = None,
            _ => {}
        }
    }
}
