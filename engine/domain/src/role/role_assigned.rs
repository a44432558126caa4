//! `role.assigned/1`

use super::{Power, Roles};
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
        let own_role = cx.require(Power::Roles)?;
        let tables = &cx.world.tables;
        let role_index = cx.find(Kind::Role, &self.role).ok_or(Roles::RoleUnknown)?;
        let role = tables.roles.get(role_index).ok_or(Roles::RoleUnknown)?;
        if !role.powers.is_empty() {
            cx.changes_rules();
        }
        let circle = tables.circles.get(role.circle).ok_or(Roles::CircleUnknown)?;
        if circle.dissolved.is_some() {
            return Err(Roles::CircleDissolved.into());
        }
        let own = tables.roles.get(own_role);
        if !own.is_some_and(|own| role.powers.is_subset(&own.powers)) {
            return Err(Roles::PowerNotHeld.into());
        }
        // Founders choose the names of their mandates, so a statement's id can be one of them.
        if cx.find_uuid(Kind::Assignment, cx.id.0).is_some() {
            return Err(Roles::AssignmentExists.into());
        }
        let member = cx.find_uuid(Kind::Member, self.member.0).ok_or(Roles::MemberUnknown)?;
        if tables.members.get(member).is_none_or(|member| member.left.is_some()) {
            return Err(Roles::MemberUnknown.into());
        }
        if self.until <= self.from || self.until <= cx.at {
            return Err(Roles::TermReversed.into());
        }
        let term_ms = i64::from(role.term_days).saturating_mul(Timestamp::DAY_MS);
        if self.until > self.from.plus_ms(term_ms) {
            return Err(Roles::TermTooLong.into());
        }
        let overlapping =
            tables.assignments.iter().map(|(_, assignment)| assignment).filter(|assignment| {
                assignment.role == role_index && assignment.overlaps(self.from, self.until)
            });
        let overlapping: Vec<_> = overlapping.collect();
        if overlapping.iter().any(|assignment| assignment.member == member) {
            return Err(Roles::AlreadyHolds.into());
        }
        if most_at_once(&overlapping, self.from) >= role.seats {
            return Err(Roles::SeatsTaken.into());
        }
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

/// How many of the mandates are held at the same moment, at most, from `from` on. The count only
/// rises when a mandate begins, so those moments are enough.
fn most_at_once(mandates: &[&super::Assignment], from: Timestamp) -> u32 {
    let starts = mandates.iter().map(|mandate| mandate.from.max(from)).chain([from]);
    let held_at = |moment: Timestamp| {
        mandates.iter().filter(|mandate| mandate.from <= moment && moment < mandate.until).count()
    };
    u32::try_from(starts.map(held_at).max().unwrap_or(0)).unwrap_or(u32::MAX)
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
