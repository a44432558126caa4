//! `safeguard.lifted/1`

use super::{Safeguards, Subject, standing};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Lifts a safeguard. Without one, recoveries are again as they are everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiftSafeguard {
    /// Of what.
    pub subject: Subject,
}

/// A safeguard was lifted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SafeguardLifted {
    subject: Subject,
}

impl Command for LiftSafeguard {
    type Event = SafeguardLifted;

    fn decide(self, cx: &Cx<'_>) -> Result<SafeguardLifted, Rejection> {
        cx.require(Power::Roles)?;
        cx.changes_safeguard(self.subject);
        standing(cx.world, self.subject).ok_or(Safeguards::NotSet)?;
        Ok(SafeguardLifted { subject: self.subject })
    }
}

impl Event for SafeguardLifted {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Safeguard, self.subject.index())
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Safeguard(safeguard) = entity {
            safeguard.terms = None;
            safeguard.since = recorded.position;
        }
    }
}
