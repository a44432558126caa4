//! `amendment.integrated/1`

use super::text::{self, Change};
use super::{Proposals, Settled, check_may_edit, check_open, check_result, find_amendment};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Hash, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Integrates an amendment by three-way merge, making a new version of the proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegrateAmendment {
    /// Which amendment.
    pub amendment: StatementId,
    /// The current version, which it is merged into.
    pub into: Hash,
    /// Name of the version that results.
    pub result: Hash,
    /// Where the amendment conflicts: the resolution, as changes to the current version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Vec<Change>>,
}

/// An amendment was integrated.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AmendmentIntegrated {
    amendment: u32,
    proposal: u32,
    changes: Vec<Change>,
}

impl Command for IntegrateAmendment {
    type Event = AmendmentIntegrated;

    fn decide(self, cx: &Cx<'_>) -> Result<AmendmentIntegrated, Rejection> {
        let (index, amendment, proposal) = find_amendment(cx, self.amendment)?;
        check_may_edit(cx, proposal)?;
        check_open(proposal)?;
        if amendment.settled != Settled::Open {
            return Err(Proposals::AmendmentSettled.into());
        }
        if proposal.current() != Some(self.into) {
            return Err(Proposals::VersionStale.into());
        }
        let changes = match (proposal.rebase(amendment.base, &amendment.changes), self.resolution) {
            (_, Some(resolution)) => resolution,
            (Ok(changes), None) if changes.is_empty() => {
                return Err(Proposals::AmendmentVoid.into());
            }
            (Ok(changes), None) => changes,
            (Err(_), None) => return Err(Proposals::AmendmentConflict.into()),
        };
        let lines = check_result(proposal, &changes)?;
        if text::version_of(&lines) != self.result {
            return Err(Proposals::ResultMismatch.into());
        }
        Ok(AmendmentIntegrated { amendment: index, proposal: amendment.proposal, changes })
    }
}

impl Event for AmendmentIntegrated {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Proposal, self.proposal)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(self.stream());
        visit(EntityRef::new(Kind::Amendment, self.amendment));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        match entity {
            EntityMut::Proposal(proposal) => proposal.publish(&self.changes, recorded.position),
            EntityMut::Amendment(amendment) => {
                amendment.settled = Settled::Integrated(recorded.position);
            }
            _ => {}
        }
    }
}
