//! `version.published/1`

use super::text::Change;
use super::{Proposals, check_may_edit, check_open, check_result, find};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Hash, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Publishes a new version of a proposal, as changes to the current one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishVersion {
    /// Which proposal.
    pub proposal: StatementId,
    /// The current version, which is changed.
    pub base: Hash,
    /// The changes.
    pub changes: Vec<Change>,
}

/// A version was published.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct VersionPublished {
    proposal: u32,
    changes: Vec<Change>,
}

impl Command for PublishVersion {
    type Event = VersionPublished;

    fn decide(self, cx: &Cx<'_>) -> Result<VersionPublished, Rejection> {
        let (index, proposal) = find(cx, self.proposal)?;
        check_may_edit(cx, proposal)?;
        check_open(proposal)?;
        if proposal.current() != Some(self.base) {
            return Err(Proposals::VersionStale.into());
        }
        check_result(proposal, &self.changes)?;
        Ok(VersionPublished { proposal: index, changes: self.changes })
    }
}

impl Event for VersionPublished {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Proposal, self.proposal)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Proposal(proposal) = entity {
            proposal.publish(&self.changes, recorded.position);
        }
    }
}
