//! `assignment.accepted/1` and `assignment.declined/1`: what the one who was chosen answers.

use super::{Ending, Roles, find_running, standing};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::StatementId;
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Accepts a mandate: from now on, and not before, it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptAssignment {
    /// Which assignment.
    pub assignment: StatementId,
}

/// Declines a mandate: the seat is free again. What was accepted is resigned instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclineAssignment {
    /// Which assignment.
    pub assignment: StatementId,
}

/// The one who was chosen answered.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AssignmentAnswered {
    assignment: u32,
    role: u32,
    accepts: bool,
}

fn answer(cx: &Cx<'_>, id: StatementId, accepts: bool) -> Result<AssignmentAnswered, Rejection> {
    let author = cx.member()?;
    let (index, held) = find_running(cx, id)?;
    if held.member != author {
        return Err(Roles::NotHolder.into());
    }
    if !standing::tenure(cx.world, index).is_awaited() {
        return Err(Roles::NotAwaited.into());
    }
    Ok(AssignmentAnswered { assignment: index, role: held.role, accepts })
}

impl Command for AcceptAssignment {
    type Event = AssignmentAnswered;

    fn decide(self, cx: &Cx<'_>) -> Result<AssignmentAnswered, Rejection> {
        answer(cx, self.assignment, true)
    }
}

impl Command for DeclineAssignment {
    type Event = AssignmentAnswered;

    fn decide(self, cx: &Cx<'_>) -> Result<AssignmentAnswered, Rejection> {
        answer(cx, self.assignment, false)
    }
}

impl Event for AssignmentAnswered {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Role, self.role)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Assignment, self.assignment));
        visit(EntityRef::new(Kind::Tenure, self.assignment));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if !self.accepts {
            return standing::end_early(entity, Ending::Declined, recorded);
        }
        if let EntityMut::Tenure(tenure) = entity {
            tenure.accepted = Some(recorded.position);
        }
    }
}
