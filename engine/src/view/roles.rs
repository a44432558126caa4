//! Circles and roles, with their remits and charters.

use super::mandates::{holders, mandate};
use super::names::{find, name, page};
use super::{Page, QueryError};
use archipel_domain::entity::Kind;
use archipel_domain::role::{
    Charter, FrozenCharter, Link, Power, Role, Scope, charter, is_within, standing,
};
use archipel_domain::world::World;
use serde_json::{Map, Value, json};

pub(super) fn circles(world: &World, asked: Page) -> Value {
    page(world.tables.circles.iter(), asked, |(index, circle)| {
        let own = || world.tables.roles.iter().filter(move |(_, role)| role.circle == index);
        let roles = own().map(|(role, _)| name(world, Kind::Role, role));
        let side = |link: Link| -> Value {
            let linked = own().map(|(role, _)| role);
            let linked = linked.filter(|role| {
                charter(world, *role).is_some_and(|charter| charter.link == Some(link))
            });
            linked.flat_map(|role| holders(world, role, world.recorded_at)).collect()
        };
        let remit = world.tables.remits.get(index);
        let ends_at = remit.and_then(|remit| remit.ends_at);
        json!({
            "slug": name(world, Kind::Circle, index),
            "parent": circle.parent.map(|parent| name(world, Kind::Circle, parent)),
            "purpose": circle.purpose,
            "domains": remit.map(|remit| remit.domains.clone()).unwrap_or_default(),
            "ends_at": ends_at,
            "ended": ends_at.is_some_and(|end| world.recorded_at >= end),
            "review_at": remit.and_then(|remit| remit.review_at),
            "dissolved": circle.dissolved,
            "lead": side(Link::Lead),
            "delegate": side(Link::Delegate),
            "roles": roles.collect::<Vec<_>>(),
        })
    })
}

fn role_line(world: &World, index: u32, role: &Role) -> Value {
    json!({
        "slug": name(world, Kind::Role, index),
        "circle": name(world, Kind::Circle, role.circle),
        "purpose": role.purpose,
        "powers": role.powers,
        "seats": role.seats,
        "term_days": role.term_days,
        "holders": holders(world, index, world.recorded_at),
        "vacant": standing::vacant(world, index, world.recorded_at),
        "retired": world.tables.charters.get(index).and_then(|charter| charter.retired),
    })
}

pub(super) fn roles(world: &World, asked: Page) -> Value {
    page(world.tables.roles.iter(), asked, |(index, role)| role_line(world, index, role))
}

pub(super) fn role(world: &World, slug: &str, asked: Page) -> Result<Value, QueryError> {
    let index = find(world, Kind::Role, slug)?;
    let role = world.tables.roles.get(index).ok_or(QueryError::NotFound)?;
    let held = world.tables.assignments.iter().filter(|(_, held)| held.role == index);
    let at = world.recorded_at;
    let list = page(held, asked, |(index, held)| mandate(world, index, held, at));
    let mut answer = role_line(world, index, role);
    if let Some(fields) = answer.as_object_mut() {
        let state = world.tables.charters.get(index);
        fields.insert("charter".to_owned(), json!(state.and_then(|one| terms(world, one))));
        fields.insert("mandates".to_owned(), list);
    }
    Ok(answer)
}

/// A charter as its statement has it.
fn terms(world: &World, state: &Charter) -> Option<Value> {
    let charter = state.terms.as_ref()?;
    let groups = |groups: &[u32]| -> Value {
        groups.iter().map(|group| name(world, Kind::Group, *group)).collect()
    };
    let electorate = match &charter.electorate {
        None => json!("members"),
        Some(named) => json!({"groups": groups(named)}),
    };
    Some(json!({
        "since": state.since,
        "domains": charter.domains,
        "accountabilities": charter.accountabilities,
        "powers": charter.scopes.iter().map(|(p, s)| grant(world, *p, s)).collect::<Value>(),
        "seats": {"least": charter.least, "most": charter.most},
        "term_days": charter.term_days,
        "filled_by": charter.filled_by,
        "electorate": electorate,
        "limits": limits(world, charter),
        "link": charter.link,
        "acceptance": charter.acceptance,
        "interim_days": charter.interim_days,
        "delegable": charter.delegable,
        "review_at": charter.review_at,
    }))
}

fn grant(world: &World, power: Power, scope: &Scope) -> Value {
    let mut grant = Map::new();
    grant.insert("power".to_owned(), json!(power));
    if let Some(circle) = scope.circle {
        let within = world.tables.circles.iter().map(|(index, _)| index);
        let within = within.filter(|index| is_within(&world.tables, *index, circle));
        grant.insert("circle".to_owned(), name(world, Kind::Circle, circle));
        let names = within.map(|index| name(world, Kind::Circle, index));
        grant.insert("reaches".to_owned(), names.collect());
    }
    if !scope.groups.is_empty() {
        let groups = scope.groups.iter().map(|group| name(world, Kind::Group, *group));
        grant.insert("groups".to_owned(), groups.collect());
    }
    if !scope.caps.is_empty() {
        let caps = scope.caps.iter().map(
            |(unit, amount)| json!({"unit": name(world, Kind::Unit, *unit), "amount": amount}),
        );
        grant.insert("caps".to_owned(), caps.collect());
    }
    Value::Object(grant)
}

fn limits(world: &World, charter: &FrozenCharter) -> Value {
    let limits = &charter.limits;
    let incompatible = limits.incompatible.iter().map(|role| name(world, Kind::Role, *role));
    json!({
        "consecutive": limits.consecutive,
        "total": limits.total,
        "cooling_off_days": limits.cooling_off_days,
        "incompatible": incompatible.collect::<Value>(),
        "weight": limits.weight,
        "most_weight": limits.most_weight,
    })
}

pub(super) fn assignment(world: &World, id: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Assignment, id)?;
    let held = world.tables.assignments.get(index).ok_or(QueryError::NotFound)?;
    Ok(mandate(world, index, held, world.recorded_at))
}
