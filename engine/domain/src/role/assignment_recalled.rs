//! `assignment.recalled/1`

use super::{Ending, FrozenSubject, Roles, find_running, standing};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::StatementId;
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use crate::vote::{procedure, settle};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Ends a mandate as a vote on its recall has decided. Any member records it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecallAssignment {
    /// Which assignment.
    pub assignment: StatementId,
    /// The vote.
    pub vote: StatementId,
}

/// A mandate was ended by a vote.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AssignmentRecalled {
    assignment: u32,
    role: u32,
    vote: u32,
}

impl Command for RecallAssignment {
    type Event = AssignmentRecalled;

    fn decide(self, cx: &Cx<'_>) -> Result<AssignmentRecalled, Rejection> {
        cx.member()?;
        let (index, held) = find_running(cx, self.assignment)?;
        let vote = cx.find_uuid(Kind::Vote, self.vote.0).ok_or(Roles::BasisUnknown)?;
        let on_this = match procedure(cx.world, vote).subject() {
            Some(FrozenSubject::Recall { assignment, .. }) => assignment == index,
            _ => false,
        };
        if !on_this {
            return Err(Roles::BasisOtherSubject.into());
        }
        let settled = settle::of(cx.world, vote).ok_or(Roles::BasisUndecided)?;
        if settled.elected.is_empty() {
            return Err(Roles::BasisRejected.into());
        }
        Ok(AssignmentRecalled { assignment: index, role: held.role, vote })
    }
}

impl Event for AssignmentRecalled {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Role, self.role)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Assignment, self.assignment));
        visit(EntityRef::new(Kind::Tenure, self.assignment));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        standing::end_early(entity, Ending::Recalled(self.vote), recorded);
    }
}
