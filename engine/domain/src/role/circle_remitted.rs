//! `circle.formed/2`

use super::{Power, Remit, Roles, domains, open_circle, subject};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Prose, Slug};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Forms a circle within another, with domains and, if it is ephemeral, an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormCircleWithRemit {
    /// Its slug.
    pub circle: Slug,
    /// The circle that it is part of.
    pub parent: Slug,
    /// What it is for.
    pub purpose: Prose,
    /// What it alone controls within the outer circle; what that controls when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<Slug>,
    /// When it ends, with all its mandates, if it is ephemeral.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// When it is to be reviewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_at: Option<Timestamp>,
}

/// A circle was formed with a remit.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CircleRemitted {
    index: u32,
    slug: Slug,
    parent: u32,
    purpose: Prose,
    remit: Remit,
}

impl Command for FormCircleWithRemit {
    type Event = CircleRemitted;

    fn decide(self, cx: &Cx<'_>) -> Result<CircleRemitted, Rejection> {
        let granted = cx.require_scoped(Power::Roles)?;
        if cx.find(Kind::Circle, &self.circle).is_some() {
            return Err(Roles::CircleExists.into());
        }
        let parent = open_circle(cx, &self.parent)?;
        granted.check_circle(cx, parent)?;
        if self.domains.len() > super::LIST_MAX {
            return Err(Roles::Limits.into());
        }
        if let Some(ends_at) = self.ends_at {
            subject::check_circle_end(cx, Some(parent), ends_at)?;
        } else if super::end_of_circle(cx.world, parent).is_some() {
            return Err(Roles::CircleEnd.into());
        }
        if !domains::are_inside(cx, parent, &self.domains) {
            return Err(Roles::CircleDomainOutside.into());
        }
        if domains::are_taken(cx, parent, &self.domains, None) {
            return Err(Roles::CircleDomainTaken.into());
        }
        Ok(CircleRemitted {
            index: cx.world.tables.circles.next_index(),
            slug: self.circle,
            parent,
            purpose: self.purpose,
            remit: Remit {
                domains: self.domains,
                ends_at: self.ends_at,
                review_at: self.review_at,
            },
        })
    }
}

impl Event for CircleRemitted {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Circle, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::from(&self.slug)));
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(self.stream());
        visit(EntityRef::new(Kind::Remit, self.index));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        match entity {
            EntityMut::Circle(circle) => {
                circle.parent = Some(self.parent);
                circle.purpose = Some(self.purpose.clone());
            }
            EntityMut::Remit(remit) => *remit = self.remit.clone(),
            _ => {}
        }
    }
}
