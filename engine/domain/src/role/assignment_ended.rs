//! `role.ended/1`

use super::{Power, Roles};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::StatementId;
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Why a mandate ends before its term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// The holder gives it back.
    Resigned,
    /// It is taken back, under the power over roles.
    Recalled,
}

/// Ends a mandate early. (At the end of its term it ends by itself.)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndAssignment {
    /// Which assignment.
    pub assignment: StatementId,
    /// Why.
    pub reason: EndReason,
}

/// A mandate was ended early.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AssignmentEnded {
    assignment: u32,
    role: u32,
    reason: EndReason,
}

impl Command for EndAssignment {
    type Event = AssignmentEnded;

    fn decide(self, cx: &Cx<'_>) -> Result<AssignmentEnded, Rejection> {
        if self.reason == EndReason::Recalled {
            cx.require(Power::Roles)?;
        }
        let index = cx.find_uuid(Kind::Assignment, self.assignment.0);
        let index = index.ok_or(Roles::AssignmentUnknown)?;
        let assignment = cx.world.tables.assignments.get(index).ok_or(Roles::AssignmentUnknown)?;
        if assignment.ended.is_some() || cx.at >= assignment.until {
            return Err(Roles::AssignmentEnded.into());
        }
        let own = cx.author.member() == Some(assignment.member);
        if own != (self.reason == EndReason::Resigned) {
            return Err(Roles::EndReason.into());
        }
        Ok(AssignmentEnded { assignment: index, role: assignment.role, reason: self.reason })
    }
}

impl Event for AssignmentEnded {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Role, self.role)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Assignment, self.assignment));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Assignment(assignment) = entity {
            assignment.ended = Some((recorded.position, self.reason));
        }
    }
}
