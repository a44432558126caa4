//! `circle.dissolved/1`

use super::{Power, ROOT_CIRCLE, Roles, standing};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::Slug;
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Dissolves a circle without circles within it and without active mandates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DissolveCircle {
    /// Which circle.
    pub circle: Slug,
}

/// A circle was dissolved.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CircleDissolved {
    circle: u32,
}

impl Command for DissolveCircle {
    type Event = CircleDissolved;

    fn decide(self, cx: &Cx<'_>) -> Result<CircleDissolved, Rejection> {
        let granted = cx.require_scoped(Power::Roles)?;
        let index = cx.find(Kind::Circle, &self.circle).ok_or(Roles::CircleUnknown)?;
        let state = cx.world.tables.circles.get(index).ok_or(Roles::CircleUnknown)?;
        // One that has ended is still to be dissolved.
        if state.dissolved.is_some() {
            return Err(Roles::CircleDissolved.into());
        }
        granted.check_circle(cx, index)?;
        if self.circle.as_str() == ROOT_CIRCLE {
            return Err(Roles::CircleRoot.into());
        }
        let tables = &cx.world.tables;
        let child =
            |circle: &super::Circle| circle.parent == Some(index) && circle.dissolved.is_none();
        let active = |number: u32, assignment: &super::Assignment| {
            let role = tables.roles.get(assignment.role);
            role.is_some_and(|role| role.circle == index)
                && standing::takes_a_seat(cx.world, number, assignment, cx.at)
        };
        let in_use = tables.circles.iter().any(|(_, circle)| child(circle))
            || tables.assignments.iter().any(|(number, held)| active(number, held));
        if in_use { Err(Roles::CircleInUse.into()) } else { Ok(CircleDissolved { circle: index }) }
    }
}

impl Event for CircleDissolved {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Circle, self.circle)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Circle(circle) = entity {
            circle.dissolved = Some(recorded.position);
        }
    }
}
