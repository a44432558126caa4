//! `role.retired/1`

use super::{Power, Roles, check_covered, live_role, scopes, standing};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::Slug;
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Retires a role that nobody holds, and nobody is to hold. Its name stays taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetireRole {
    /// Which role.
    pub role: Slug,
}

/// A role was retired.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RoleRetired {
    role: u32,
}

impl Command for RetireRole {
    type Event = RoleRetired;

    fn decide(self, cx: &Cx<'_>) -> Result<RoleRetired, Rejection> {
        let granted = cx.require_scoped(Power::Roles)?;
        let index = cx.find(Kind::Role, &self.role).ok_or(Roles::RoleUnknown)?;
        let role = live_role(cx, index)?;
        granted.check_circle(cx, role.circle)?;
        check_covered(cx, &scopes(cx.world, index))?;
        let mut mandates = cx.world.tables.assignments.iter();
        let held = mandates.any(|(number, held)| {
            held.role == index && standing::takes_a_seat(cx.world, number, held, cx.at)
        });
        if held { Err(Roles::RoleHeld.into()) } else { Ok(RoleRetired { role: index }) }
    }
}

impl Event for RoleRetired {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Role, self.role)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Charter, self.role));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Charter(charter) = entity {
            charter.retired = Some(recorded.position);
        }
    }
}
