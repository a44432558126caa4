//! `amendment.declined/1`

use super::{Proposals, Settled, check_may_edit, check_open, find_amendment};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Prose, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Declines an amendment, with a reason that stays beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclineAmendment {
    /// Which amendment.
    pub amendment: StatementId,
    /// Why.
    pub reason: Prose,
}

/// An amendment was declined.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AmendmentDeclined {
    amendment: u32,
    proposal: u32,
    reason: Prose,
}

impl Command for DeclineAmendment {
    type Event = AmendmentDeclined;

    fn decide(self, cx: &Cx<'_>) -> Result<AmendmentDeclined, Rejection> {
        let (index, amendment, proposal) = find_amendment(cx, self.amendment)?;
        check_may_edit(cx, proposal)?;
        check_open(proposal)?;
        if amendment.settled != Settled::Open {
            return Err(Proposals::AmendmentSettled.into());
        }
        let proposal = amendment.proposal;
        Ok(AmendmentDeclined { amendment: index, proposal, reason: self.reason })
    }
}

impl Event for AmendmentDeclined {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Proposal, self.proposal)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Amendment, self.amendment));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Amendment(amendment) = entity {
            amendment.settled = Settled::Declined(recorded.position, self.reason.clone());
        }
    }
}
