//! `role.amended/1`

use super::role_chartered::{check_charter, write};
use super::{
    Assignment, CharterTerms, FrozenCharter, Power, Roles, charter, check_covered, limits,
    live_role, scopes, standing,
};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::Slug;
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Gives a role a new charter, or its first. Whoever holds it keeps it, under the new charter, so
/// the new one has to have room for them. Who changes a charter needs all its powers, before and
/// after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmendRole {
    /// Which role.
    pub role: Slug,
    /// The whole new charter.
    pub charter: CharterTerms,
}

/// A role's charter was changed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RoleAmended {
    role: u32,
    charter: FrozenCharter,
}

impl Command for AmendRole {
    type Event = RoleAmended;

    fn decide(self, cx: &Cx<'_>) -> Result<RoleAmended, Rejection> {
        let granted = cx.require_scoped(Power::Roles)?;
        cx.changes_rules();
        let index = cx.find(Kind::Role, &self.role).ok_or(Roles::RoleUnknown)?;
        let role = live_role(cx, index)?;
        granted.check_circle(cx, role.circle)?;
        check_covered(cx, &scopes(cx.world, index))?;
        let terms = self.charter.freeze(cx)?;
        check_charter(cx, role.circle, &terms, Some(index))?;
        if !has_room(cx, index, &terms) {
            return Err(Roles::RoleHeld.into());
        }
        Ok(RoleAmended { role: index, charter: terms })
    }
}

/// Whether the mandates that run or are to come fit the new charter: seats, roles that exclude
/// each other, weights.
fn has_room(cx: &Cx<'_>, role: u32, terms: &FrozenCharter) -> bool {
    let world = cx.world;
    let to_come = || {
        let all = world.tables.assignments.iter();
        let all = all.filter(|(index, held)| standing::takes_a_seat(world, *index, held, cx.at));
        all.map(|(_, held)| held)
    };
    let own: Vec<&Assignment> = to_come().filter(|held| held.role == role).collect();
    let first = own.iter().map(|held| held.from).min().unwrap_or(cx.at);
    let seats = limits::most_at_once(&own, first) <= terms.most;
    let meets = |other: &&Assignment| {
        let same = |held: &&Assignment| {
            held.member == other.member && held.overlaps(other.from, other.until)
        };
        own.iter().any(same)
    };
    let mut others = to_come().filter(|held| held.role != role).filter(meets);
    let excluded = others.any(|other| {
        let names = charter(world, other.role)
            .is_some_and(|charter| charter.limits.incompatible.contains(&role));
        names || terms.limits.incompatible.contains(&other.role)
    });
    // Weights and links are kept as they are while somebody holds the role.
    let before = charter(world, role);
    let heavier = terms.limits.weight > before.map_or(1, |before| before.limits.weight)
        || terms.limits.most_weight.is_some_and(|most| {
            before.is_none_or(|before| before.limits.most_weight.is_none_or(|b| b > most))
        });
    let linked = before.and_then(|before| before.link) != terms.link;
    own.is_empty() || (seats && !excluded && !heavier && !linked)
}

impl Event for RoleAmended {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Role, self.role)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(self.stream());
        visit(EntityRef::new(Kind::Charter, self.role));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        write(&self.charter, entity, recorded);
    }
}
