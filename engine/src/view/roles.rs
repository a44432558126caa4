//! Circles, roles and mandates.

use super::names::{find, name, page};
use super::{Page, QueryError};
use archipel_domain::entity::Kind;
use archipel_domain::role::{Assignment, EndReason, Role};
use archipel_domain::world::World;
use serde_json::{Value, json};

pub(super) fn circles(world: &World, asked: Page) -> Value {
    page(world.tables.circles.iter(), asked, |(index, circle)| {
        let roles = world.tables.roles.iter().filter(|(_, role)| role.circle == index);
        let roles = roles.map(|(role, _)| name(world, Kind::Role, role));
        json!({
            "slug": name(world, Kind::Circle, index),
            "parent": circle.parent.map(|parent| name(world, Kind::Circle, parent)),
            "purpose": circle.purpose,
            "dissolved": circle.dissolved,
            "roles": roles.collect::<Vec<_>>(),
        })
    })
}

fn role_line(world: &World, index: u32, role: &Role) -> Value {
    let held = world.tables.assignments.iter().map(|(_, held)| held);
    let active = held.filter(|held| held.role == index && state(world, held) == "active");
    json!({
        "slug": name(world, Kind::Role, index),
        "circle": name(world, Kind::Circle, role.circle),
        "purpose": role.purpose,
        "powers": role.powers,
        "seats": role.seats,
        "term_days": role.term_days,
        "holders": active.map(|held| name(world, Kind::Member, held.member)).collect::<Vec<_>>(),
    })
}

pub(super) fn roles(world: &World, asked: Page) -> Value {
    page(world.tables.roles.iter(), asked, |(index, role)| role_line(world, index, role))
}

pub(super) fn role(world: &World, slug: &str, asked: Page) -> Result<Value, QueryError> {
    let index = find(world, Kind::Role, slug)?;
    let role = world.tables.roles.get(index).ok_or(QueryError::NotFound)?;
    let held = world.tables.assignments.iter().filter(|(_, held)| held.role == index);
    let list = page(held, asked, |(index, held)| mandate(world, index, held));
    let mut answer = role_line(world, index, role);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("mandates".to_owned(), list);
    }
    Ok(answer)
}

pub(super) fn assignment(world: &World, id: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Assignment, id)?;
    let held = world.tables.assignments.get(index).ok_or(QueryError::NotFound)?;
    Ok(mandate(world, index, held))
}

/// One mandate.
pub(super) fn mandate(world: &World, index: u32, held: &Assignment) -> Value {
    let ended = held
        .ended
        .as_ref()
        .map(|(position, reason)| json!({"position": position, "reason": reason}));
    json!({
        "id": name(world, Kind::Assignment, index),
        "role": name(world, Kind::Role, held.role),
        "member": name(world, Kind::Member, held.member),
        "from": held.from,
        "until": held.until,
        "ended": ended,
        "state": state(world, held),
    })
}

/// What a mandate is at the state's own time.
fn state(world: &World, held: &Assignment) -> &'static str {
    match &held.ended {
        Some((_, EndReason::Resigned)) => "resigned",
        Some((_, EndReason::Recalled)) => "recalled",
        None if world.recorded_at < held.from => "upcoming",
        None if world.recorded_at >= held.until => "over",
        None => "active",
    }
}
