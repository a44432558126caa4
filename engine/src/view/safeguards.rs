//! Safeguards, and acts that are requested: what is missing, who may still sign, until when.

use super::names::{find, name, page};
use super::{Page, QueryError};
use archipel_domain::entity::Kind;
use archipel_domain::id::Hash;
use archipel_domain::safeguard::{
    Agreement, Request, RequestEnd, Subject, Terms, Uses, holders, needed, standing, terms,
};
use archipel_domain::world::World;
use serde_json::{Value, json};

/// What every subject asks for that has a safeguard; recoveries always ask for something.
pub(super) fn safeguards(world: &World, asked: Page) -> Value {
    let standing = Subject::all().filter_map(|subject| {
        let set = standing(world, subject);
        let usual = (subject == Subject::Recovery).then_some(Terms::RECOVERY);
        Some((subject, set.or(usual)?, set.is_some()))
    });
    page(standing, asked, |(subject, terms, is_set)| {
        let row = world.tables.safeguards.get(subject.index());
        json!({
            "subject": subject.word(),
            "holders": terms.holders,
            "delay_hours": terms.delay_hours,
            "window_hours": terms.window_hours,
            "set": is_set,
            "since": row.filter(|_| is_set).map(|row| row.since),
            "live": subject.live(world, world.recorded_at),
        })
    })
}

/// Where a request stands now.
struct Standing {
    terms: Terms,
    needed: u32,
    agreed: u32,
    state: &'static str,
}

fn standing_of(world: &World, request: &Request) -> Standing {
    let (at, uses) = (world.recorded_at, request.uses);
    let requester = request.agreements.first().map(|first| first.assignment);
    let role = requester.and_then(|index| world.tables.assignments.get(index));
    let now = terms(world, role.map(|assignment| assignment.role), uses);
    let both = request.terms.into_iter().chain(now).reduce(Terms::and);
    let both = both.unwrap_or(Terms::RECOVERY);
    let agreed = u32::try_from(request.live(world, at, uses).len()).unwrap_or(u32::MAX);
    let needed = needed(world, at, both, uses);
    let state = match &request.ended {
        Some(RequestEnd::Carried(_)) => "carried",
        Some(RequestEnd::Stopped(..)) => "stopped",
        None if at >= request.lapses_at() => "lapsed",
        None if agreed >= needed && at >= request.ready_at(both) => "ready",
        None => "waiting",
    };
    Standing { terms: both, needed, agreed, state }
}

/// The act and its body.
fn parts(request: &Request) -> (Value, Value) {
    let text: Value = serde_json::from_str(&request.text).unwrap_or_default();
    let part = |name: &str| text.get(name).cloned().unwrap_or_default();
    (part("act"), part("body"))
}

fn line(world: &World, index: u32, request: &Request) -> Value {
    let now = standing_of(world, request);
    let open = matches!(now.state, "ready" | "waiting");
    json!({
        "id": name(world, Kind::Request, index),
        "act": parts(request).0,
        "state": now.state,
        "requester": request.requester().map(|member| name(world, Kind::Member, member)),
        "needed": now.needed,
        "agreed": now.agreed,
        "lacking": if open { now.needed.saturating_sub(now.agreed) } else { 0 },
        "may_sign": if open { may_sign(world, request) } else { json!([]) },
        "ready_at": request.ready_at(now.terms),
        "lapses_at": request.lapses_at(),
    })
}

/// Who can sign and has not.
fn may_sign(world: &World, request: &Request) -> Value {
    let (at, uses) = (world.recorded_at, request.uses);
    let signed = request.live(world, at, uses);
    let able = holders(world, at, uses).into_iter().filter(|member| !signed.contains(member));
    able.map(|member| name(world, Kind::Member, member)).collect()
}

/// All requests, the latest first: those that wait are what people look for.
pub(super) fn requests(world: &World, asked: Page) -> Value {
    let all: Vec<(u32, &Request)> = world.tables.requests.iter().collect();
    page(all.into_iter().rev(), asked, |(index, request)| line(world, index, request))
}

/// The open requests that would replace the keys of a member, who can stop them.
pub(super) fn recoveries_of(world: &World, member: u32) -> Value {
    let all = world.tables.requests.iter();
    let open = all.filter(|(_, request)| request.open(world.recorded_at).is_ok());
    let of_member = open.filter(|(_, request)| request.uses.recovers() == Some(member));
    of_member.map(|(index, _)| name(world, Kind::Request, index)).collect()
}

/// One request.
pub(super) fn request(world: &World, id: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Request, id)?;
    let request = world.tables.requests.get(index).ok_or(QueryError::NotFound)?;
    let agreements = request.agreements.iter().map(|one| agreement(world, one, request.uses));
    let (ended, by, reason) = match &request.ended {
        Some(RequestEnd::Carried(position)) => (Some(*position), None, None),
        Some(RequestEnd::Stopped(position, member, reason)) => {
            (Some(*position), Some(name(world, Kind::Member, *member)), Some(reason))
        }
        None => (None, None, None),
    };
    let terms = standing_of(world, request).terms;
    let recovers = request.uses.recovers().map(|member| name(world, Kind::Member, member));
    let mut answer = line(world, index, request);
    if let Some(fields) = answer.as_object_mut() {
        let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
        put("body", parts(request).1);
        put("hash", json!(request.hash.unwrap_or(Hash([0; 32]))));
        put("opened_at", json!(request.opened_at));
        put("delay_hours", json!(terms.delay_hours));
        put("powers", json!(request.uses.powers().collect::<Vec<_>>()));
        put("recovers", json!(recovers));
        put("agreements", agreements.collect());
        put("ended", json!(ended));
        put("stopped_by", json!(by));
        put("reason", json!(reason));
    }
    Ok(answer)
}

fn agreement(world: &World, one: &Agreement, uses: Uses) -> Value {
    json!({
        "member": name(world, Kind::Member, one.member),
        "assignment": name(world, Kind::Assignment, one.assignment),
        "position": one.position,
        "counts": one.is_live(world, world.recorded_at, uses),
    })
}
