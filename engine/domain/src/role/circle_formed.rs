//! `circle.formed/1`

use super::{Power, Roles, open_circle};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Prose, Slug};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Forms a circle within another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormCircle {
    /// Its slug.
    pub circle: Slug,
    /// The circle that it is part of.
    pub parent: Slug,
    /// What it is for.
    pub purpose: Prose,
}

/// A circle was formed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CircleFormed {
    index: u32,
    slug: Slug,
    parent: u32,
    purpose: Prose,
}

impl Command for FormCircle {
    type Event = CircleFormed;

    fn decide(self, cx: &Cx<'_>) -> Result<CircleFormed, Rejection> {
        let granted = cx.require_scoped(Power::Roles)?;
        if cx.find(Kind::Circle, &self.circle).is_some() {
            return Err(Roles::CircleExists.into());
        }
        let parent = open_circle(cx, &self.parent)?;
        granted.check_circle(cx, parent)?;
        if super::end_of_circle(cx.world, parent).is_some() {
            return Err(Roles::CircleEnd.into());
        }
        let index = cx.world.tables.circles.next_index();
        Ok(CircleFormed { index, slug: self.circle, parent, purpose: self.purpose })
    }
}

impl Event for CircleFormed {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Circle, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::from(&self.slug)));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        if let EntityMut::Circle(circle) = entity {
            circle.parent = Some(self.parent);
            circle.purpose = Some(self.purpose.clone());
        }
    }
}
