//! `role.ended/1`

use super::{Basis, Ending, Power, Roles, find_running, standing};
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
        let recalled = self.reason == EndReason::Recalled;
        let granted = recalled.then(|| cx.require_scoped(Power::Roles)).transpose()?;
        let (index, assignment) = find_running(cx, self.assignment)?;
        if let Some(granted) = granted {
            let role = cx.world.tables.roles.get(assignment.role);
            let role = role.ok_or(Roles::RoleUnknown)?;
            granted.check_circle(cx, super::giving_circle(cx, assignment.role, role))?;
        }
        // A delegate who ended the mandate under which they act would resign for its holder.
        let holder = cx.author.member() == Some(assignment.member);
        let wrong = if recalled { holder || cx.acting_as == Some(index) } else { !holder };
        if wrong {
            return Err(Roles::EndReason.into());
        }
        let chosen = standing::tenure(cx.world, index).basis.as_ref().is_some_and(Basis::is_choice);
        let member = cx.world.tables.members.get(assignment.member);
        let gone = member.is_none_or(|member| member.left.is_some());
        if recalled && chosen && !gone {
            return Err(Roles::RecallByVote.into());
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
        visit(EntityRef::new(Kind::Tenure, self.assignment));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        let how = match self.reason {
            EndReason::Resigned => Ending::Resigned,
            EndReason::Recalled => Ending::Withdrawn,
        };
        standing::end_early(entity, how, recorded);
    }
}
