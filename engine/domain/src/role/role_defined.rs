//! `role.defined/1`

use super::{Power, Roles, SEATS_MAX, Scope, TERM_DAYS_MAX, check_covered, open_circle};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Prose, Slug};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Defines a role of a circle. Nobody can give a power that their own role lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineRole {
    /// Its slug.
    pub role: Slug,
    /// Its circle.
    pub circle: Slug,
    /// What it is for.
    pub purpose: Prose,
    /// What its holders may do.
    pub powers: Vec<Power>,
    /// How many can hold it at once.
    pub seats: u32,
    /// Longest mandate, in days.
    pub term_days: u32,
}

/// A role was defined.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RoleDefined {
    index: u32,
    slug: Slug,
    circle: u32,
    purpose: Prose,
    /// In order, each once.
    powers: Vec<Power>,
    seats: u32,
    term_days: u32,
}

impl Command for DefineRole {
    type Event = RoleDefined;

    fn decide(self, cx: &Cx<'_>) -> Result<RoleDefined, Rejection> {
        let granted = cx.require_scoped(Power::Roles)?;
        if !self.powers.is_empty() {
            cx.changes_rules();
        }
        let circle = open_circle(cx, &self.circle)?;
        granted.check_circle(cx, circle)?;
        if cx.find(Kind::Role, &self.role).is_some() {
            return Err(Roles::RoleExists.into());
        }
        let powers: BTreeSet<Power> = self.powers.into_iter().collect();
        let everywhere = powers.iter().map(|power| (*power, Scope::default())).collect();
        check_covered(cx, &everywhere)?;
        if self.seats == 0 || self.seats > SEATS_MAX {
            return Err(Roles::SeatCount.into());
        }
        if self.term_days == 0 || self.term_days > TERM_DAYS_MAX {
            return Err(Roles::TermLength.into());
        }
        Ok(RoleDefined {
            index: cx.world.tables.roles.next_index(),
            slug: self.role,
            circle,
            purpose: self.purpose,
            powers: powers.into_iter().collect(),
            seats: self.seats,
            term_days: self.term_days,
        })
    }
}

impl Event for RoleDefined {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Role, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::from(&self.slug)));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        if let EntityMut::Role(role) = entity {
            role.circle = self.circle;
            role.purpose = Some(self.purpose.clone());
            role.powers = self.powers.iter().copied().collect();
            role.seats = self.seats;
            role.term_days = self.term_days;
        }
    }
}
