//! `role.defined/2`

use super::{
    Charter, CharterTerms, FrozenCharter, Power, Role, Roles, domains, limits, open_circle,
};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::Slug;
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Defines a role of a circle by its charter. Nobody can give a power, or a reach, that their own
/// role lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharterRole {
    /// Its slug.
    pub role: Slug,
    /// Its circle.
    pub circle: Slug,
    /// Its charter.
    pub charter: CharterTerms,
}

/// A role was defined by a charter.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RoleChartered {
    index: u32,
    slug: Slug,
    circle: u32,
    charter: FrozenCharter,
}

impl Command for CharterRole {
    type Event = RoleChartered;

    fn decide(self, cx: &Cx<'_>) -> Result<RoleChartered, Rejection> {
        let granted = cx.require_scoped(Power::Roles)?;
        let circle = open_circle(cx, &self.circle)?;
        granted.check_circle(cx, circle)?;
        if cx.find(Kind::Role, &self.role).is_some() {
            return Err(Roles::RoleExists.into());
        }
        let charter = self.charter.freeze(cx)?;
        if !charter.scopes.is_empty() {
            cx.changes_rules();
        }
        check_charter(cx, circle, &charter, None)?;
        let index = cx.world.tables.roles.next_index();
        Ok(RoleChartered { index, slug: self.role, circle, charter })
    }
}

/// What a charter owes to the other roles of the circle.
pub(super) fn check_charter(
    cx: &Cx<'_>,
    circle: u32,
    charter: &FrozenCharter,
    own_role: Option<u32>,
) -> Result<(), Roles> {
    limits::check_link(cx, circle, charter, own_role)?;
    domains::check_for_role(cx, circle, &charter.domains, own_role)
}

/// Writes a charter into the role's two states.
pub(super) fn write(charter: &FrozenCharter, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
    match entity {
        EntityMut::Role(role) => {
            *role = Role {
                circle: role.circle,
                purpose: Some(charter.purpose.clone()),
                powers: charter.scopes.iter().map(|(power, _)| *power).collect(),
                seats: charter.most,
                term_days: charter.term_days,
            };
        }
        EntityMut::Charter(state) => {
            *state = Charter {
                terms: Some(charter.clone()),
                since: recorded.position,
                retired: state.retired,
            };
        }
        _ => {}
    }
}

impl Event for RoleChartered {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Role, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::from(&self.slug)));
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(self.stream());
        visit(EntityRef::new(Kind::Charter, self.index));
    }

    fn evolve(&self, _: u32, mut entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Role(role) = &mut entity {
            role.circle = self.circle;
        }
        write(&self.charter, entity, recorded);
    }
}
