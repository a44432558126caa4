//! Mandates: how each came to be, who may act under it, how it ended; and who holds what at a
//! moment.

use super::Page;
use super::names::{name, page};
use archipel_domain::entity::Kind;
use archipel_domain::role::{
    Assignment, Basis, EndReason, Ending, FrozenSubject, PowerDelegation, charter, standing,
};
use archipel_domain::time::Timestamp;
use archipel_domain::world::World;
use serde_json::{Map, Value, json};

/// One mandate, as it stands at a moment.
pub(super) fn mandate(world: &World, index: u32, held: &Assignment, at: Timestamp) -> Value {
    let tenure = standing::tenure(world, index);
    let ended = held.ended.as_ref().map(|(position, reason)| {
        let mut ended = Map::new();
        ended.insert("position".to_owned(), json!(position));
        ended.insert("reason".to_owned(), json!(reason));
        if let Some((how, at)) = tenure.ended {
            ended.insert("at".to_owned(), json!(at));
            if let Ending::Recalled(vote) = how {
                ended.insert("vote".to_owned(), name(world, Kind::Vote, vote));
            }
        }
        Value::Object(ended)
    });
    // It ends with the mandate.
    let live = standing::delegate(world, index, at).filter(|_| held.ended.is_none());
    let delegation = live.map(|given| delegation(world, given));
    json!({
        "id": name(world, Kind::Assignment, index),
        "role": name(world, Kind::Role, held.role),
        "member": name(world, Kind::Member, held.member),
        "from": held.from,
        "until": held.until,
        "basis": tenure.basis.as_ref().map(|basis| self::basis(world, basis)),
        "accept_by": tenure.accept_by,
        "accepted": tenure.accepted,
        "delegation": delegation,
        "ended": ended,
        "state": state(world, index, held, at),
    })
}

fn delegation(world: &World, given: &PowerDelegation) -> Value {
    json!({
        "to": name(world, Kind::Member, given.to),
        "until": given.until,
        "powers": given.powers,
        "position": given.given,
    })
}

/// How a holder was chosen, as the statement has it.
fn basis(world: &World, basis: &Basis) -> Value {
    match basis {
        Basis::Appointment(reason) => json!({"appointment": reason}),
        Basis::Interim(reason) => json!({"interim": reason}),
        Basis::Vote(vote) => json!({"vote": name(world, Kind::Vote, *vote)}),
        Basis::Draw(draw) => json!({"draw": name(world, Kind::Draw, *draw)}),
        Basis::Election(one) => json!({"election": name(world, Kind::Election, *one)}),
        Basis::Rotation(one) => json!({"rotation": name(world, Kind::Rotation, *one)}),
    }
}

/// What a mandate is at a moment.
fn state(world: &World, index: u32, held: &Assignment, at: Timestamp) -> &'static str {
    let tenure = standing::tenure(world, index);
    match (&held.ended, tenure.ended) {
        (Some(_), Some((Ending::Declined, _))) => "declined",
        (Some((_, EndReason::Resigned)), _) => "resigned",
        (Some((_, EndReason::Recalled)), _) => "recalled",
        (None, _) if tenure.is_lapsed(at) => "unanswered",
        (None, _) if at >= held.until => "over",
        (None, _) if tenure.is_awaited() => "awaited",
        (None, _) if at < held.from => "upcoming",
        (None, _) if !standing::is_active(world, index, at) => "left",
        (None, _) => "active",
    }
}

/// Pseudonyms of those who hold a role at a moment.
pub(super) fn holders(world: &World, role: u32, at: Timestamp) -> Vec<Value> {
    let held = standing::holders(world, role, at).into_iter();
    let held = held.filter_map(|index| world.tables.assignments.get(index));
    held.map(|held| name(world, Kind::Member, held.member)).collect()
}

/// Who holds what at a moment: each role that is in use, its active mandates, and what is vacant.
pub(super) fn held(world: &World, on: Option<Timestamp>, asked: Page) -> Value {
    let at = on.unwrap_or(world.recorded_at);
    let retired = |role: u32| {
        world.tables.charters.get(role).is_some_and(|charter| charter.retired.is_some())
    };
    let roles = world.tables.roles.iter().filter(|(index, _)| !retired(*index));
    page(roles, asked, |(index, role)| {
        let held = standing::holders(world, index, at).into_iter();
        let held = held.filter_map(|one| Some((one, world.tables.assignments.get(one)?)));
        json!({
            "role": name(world, Kind::Role, index),
            "circle": name(world, Kind::Circle, role.circle),
            "on": at,
            "mandates": held.map(|(one, held)| mandate(world, one, held, at)).collect::<Value>(),
            "seats": role.seats,
            "vacant": standing::vacant(world, index, at),
            "link": charter(world, index).and_then(|charter| charter.link),
        })
    })
}

/// What a vote is about, as the opening statement has it.
pub(super) fn subject(world: &World, subject: FrozenSubject) -> Value {
    match subject {
        FrozenSubject::Fill(fill) => {
            let role = name(world, Kind::Role, fill.role);
            json!({"fill": {"role": role, "from": fill.from, "until": fill.until}})
        }
        FrozenSubject::Recall { assignment, .. } => {
            json!({"recall": name(world, Kind::Assignment, assignment)})
        }
        FrozenSubject::Extend { circle, ends_at } => {
            json!({"extend": {"circle": name(world, Kind::Circle, circle), "ends_at": ends_at}})
        }
    }
}
