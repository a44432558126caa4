//! `role.assigned/1`

use super::{
    FrozenFill, Power, Roles, charter, check_covered, check_term, limits, live_role, scopes,
};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{MemberId, Prose, Slug, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Gives a role to a member for a term. The assignment is named by this statement's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignRole {
    /// Which role.
    pub role: Slug,
    /// Who will hold it.
    pub member: MemberId,
    /// First moment of the mandate.
    pub from: Timestamp,
    /// First moment after the mandate.
    pub until: Timestamp,
    /// How the holder was chosen.
    pub basis: Prose,
}

/// A role was given.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RoleAssigned {
    index: u32,
    assignment: StatementId,
    role: u32,
    member: u32,
    from: Timestamp,
    until: Timestamp,
}

impl Command for AssignRole {
    type Event = RoleAssigned;

    fn decide(self, cx: &Cx<'_>) -> Result<RoleAssigned, Rejection> {
        let granted = cx.require_scoped(Power::Roles)?;
        let tables = &cx.world.tables;
        let role_index = cx.find(Kind::Role, &self.role).ok_or(Roles::RoleUnknown)?;
        let role = live_role(cx, role_index)?;
        granted.check_circle(cx, role.circle)?;
        if charter(cx.world, role_index).is_some() {
            return Err(Roles::RoleChartered.into());
        }
        if !role.powers.is_empty() {
            cx.changes_rules();
        }
        check_covered(cx, &scopes(cx.world, role_index))?;
        // Founders choose the names of their mandates, so a statement's id can be one of them.
        if cx.find_uuid(Kind::Assignment, cx.id.0).is_some() {
            return Err(Roles::AssignmentExists.into());
        }
        let member = cx.find_uuid(Kind::Member, self.member.0).ok_or(Roles::MemberUnknown)?;
        if tables.members.get(member).is_none_or(|member| member.left.is_some()) {
            return Err(Roles::MemberUnknown.into());
        }
        check_term(cx, self.from, self.until, role.term_days)?;
        super::check_within_circle(cx, role_index, self.until)?;
        let fill = FrozenFill { role: role_index, from: self.from, until: self.until };
        limits::check_seats(cx, role.seats, fill, member)?;
        Ok(RoleAssigned {
            index: tables.assignments.next_index(),
            assignment: cx.id,
            role: role_index,
            member,
            from: self.from,
            until: self.until,
        })
    }
}

impl Event for RoleAssigned {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Role, self.role)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        let entity = EntityRef::new(Kind::Assignment, self.index);
        add(Entry::Named(entity, Name::Uuid(self.assignment.0)));
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Assignment, self.index));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        if let EntityMut::Assignment(assignment) = entity {
            assignment.role = self.role;
            assignment.member = self.member;
            assignment.from = self.from;
            assignment.until = self.until;
        }
    }
}
