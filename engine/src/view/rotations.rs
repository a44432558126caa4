//! Rotation: recorded plans and why they are as they are, what plans are made from, the calendar
//! of roles, and who carries how much.

use super::names::{find, name, page};
use super::query::Span;
use super::{PAGE_MAX, Page, QueryError};
use archipel_domain::entity::Kind;
use archipel_domain::role::rotation::{Bound, LoadRatio};
use archipel_domain::rota::{
    Carries, Cell, Empty, Facts, Interval, Rotation, burdens, concentration,
};
use archipel_domain::world::World;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

fn line(world: &World, index: u32, rotation: &Rotation) -> Value {
    let roles = rotation.roles.iter().map(|planned| name(world, Kind::Role, planned.role));
    json!({
        "id": name(world, Kind::Rotation, index),
        "title": rotation.title,
        "roles": roles.collect::<Value>(),
        "from": rotation.periods.first().map(|first| first.from),
        "until": rotation.periods.last().map(|last| last.until),
        "filled": rotation.cells.len(),
        "vacant": rotation.vacant.len(),
        "optimal": rotation.proven.map(|proven| proven != archipel_domain::rota::Proven::Bounded),
        "superseded_by": rotation.superseded.map(|by| name(world, Kind::Rotation, by.by)),
    })
}

/// All recorded plans, in order.
pub(super) fn rotations(world: &World, asked: Page) -> Value {
    page(world.tables.rotations.iter(), asked, |(index, rotation)| line(world, index, rotation))
}

/// One recorded plan.
pub(super) fn rotation(world: &World, id: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Rotation, id)?;
    let rotation = world.tables.rotations.get(index).ok_or(QueryError::NotFound)?;
    let role = |number: u32| name(world, Kind::Role, number);
    let limits = rotation.roles.iter().map(|planned| {
        json!({
            "role": role(planned.role),
            "seats": planned.seats,
            "weight": planned.weight,
            "max_consecutive": planned.max_consecutive,
            "cooling_off": planned.cooling_off,
            "max_held": planned.max_held,
        })
    });
    let pair = |(one, other): &(u32, u32)| json!([role(*one), role(*other)]);
    let vacant = rotation.vacant.iter().map(|one| {
        json!({
            "period": one.period,
            "role": role(one.role),
            "seat": one.seat,
            "reason": one.reason,
        })
    });
    let periods = (1..).zip(&rotation.periods).map(|(number, period)| {
        json!({
            "number": number,
            "from": period.from,
            "until": period.until,
            "stands": rotation.period(number).is_some(),
        })
    });
    let mut answer = line(world, index, rotation);
    if let Some(fields) = answer.as_object_mut() {
        let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
        put("position", json!(rotation.recorded));
        put("recorded_at", json!(rotation.recorded_at));
        put("supersedes", named(world, Kind::Rotation, rotation.supersedes));
        put("superseded_at", json!(rotation.superseded.map(|by| by.at)));
        put("periods", periods.collect());
        put("limits", limits.collect());
        put("incompatible", rotation.incompatible.iter().map(pair).collect());
        put("load_cap", json!(rotation.load_cap));
        put("plan", rotation.cells.iter().map(|one| cell(world, rotation, one)).collect());
        put("places", vacant.collect());
        put("loads", rotation.loads.iter().map(|one| carries(world, one)).collect());
        put("certificate", certificate(rotation));
        put("request", json!(rotation.request));
        put("draw", named(world, Kind::Draw, rotation.draw));
    }
    Ok(answer)
}

fn named(world: &World, kind: Kind, index: Option<u32>) -> Value {
    index.map_or(Value::Null, |index| name(world, kind, index))
}

fn cell(world: &World, rotation: &Rotation, cell: &Cell) -> Value {
    let kept =
        cell.kept.iter().map(|(obstacle, count)| json!({"obstacle": obstacle, "people": count}));
    json!({
        "period": cell.period,
        "role": name(world, Kind::Role, cell.role),
        "seat": cell.seat,
        "member": name(world, Kind::Member, cell.member),
        "gap": cell.gap,
        "kept": kept.collect::<Value>(),
        "others": cell.others,
        "stands": rotation.period(cell.period).is_some(),
    })
}

fn carries(world: &World, load: &Carries) -> Value {
    json!({
        "member": name(world, Kind::Member, load.member),
        "past": load.past,
        "new": load.new,
        "periods": load.periods,
    })
}

/// What is known about better plans: how it was proven, what the bound is, and what is missing.
fn certificate(rotation: &Rotation) -> Value {
    let Some(Bound { filled, loads }) = &rotation.bound else { return Value::Null };
    let reached = rotation.cells.len();
    let bound = usize::try_from(*filled).unwrap_or(usize::MAX);
    let all = reached == bound;
    json!({
        "proven": rotation.proven,
        "filled": reached,
        "bound": bound,
        "gap": bound.saturating_sub(reached),
        "highest_load": rotation.ratios.first().map(fraction),
        "highest_load_bound": loads.first().map(fraction),
        "loads_at_bound": all && rotation.ratios == *loads,
    })
}

fn fraction(ratio: &LoadRatio) -> String {
    format!("{}/{}", ratio.load, ratio.periods)
}

/// What plans are made from: roles with their mandates, and what members have declared.
pub(super) fn availability(world: &World) -> Value {
    json!(Facts::all(world))
}

/// Who holds or is to hold which role, of whatever has a moment within the span.
pub(super) fn calendar(world: &World, asked: Span) -> Value {
    let now = world.recorded_at;
    let span = Interval {
        from: asked.from.unwrap_or(now),
        until: asked.until.unwrap_or(archipel_domain::time::Timestamp(i64::MAX)),
    };
    let mut items: Vec<(Interval, Value)> = Vec::new();
    // What was given, to tell for which planned turns there are mandates.
    let mut given: BTreeMap<(u32, u32), Vec<Interval>> = BTreeMap::new();
    let mandates = world.tables.assignments.iter().filter(|(_, one)| one.ended.is_none());
    for (index, one) in mandates {
        let time = Interval { from: one.from, until: one.until };
        given.entry((one.role, one.member)).or_default().push(time);
        if time.overlaps(&span) {
            let id = name(world, Kind::Assignment, index);
            items.push((time, item(world, time, ("mandate", id), (one.role, one.member))));
        }
    }
    for (index, rotation) in world.tables.rotations.iter() {
        let id = name(world, Kind::Rotation, index);
        for (time, cell) in rotation.standing().filter(|(time, _)| time.overlaps(&span)) {
            let mut shown = item(world, time, ("planned", id.clone()), (cell.role, cell.member));
            if let Some(fields) = shown.as_object_mut() {
                fields.insert("seat".to_owned(), json!(cell.seat));
                fields.insert("period".to_owned(), json!(cell.period));
                let mandates = given.get(&(cell.role, cell.member));
                let is_given = mandates.into_iter().flatten().any(|one| one.overlaps(&time));
                fields.insert("given".to_owned(), json!(is_given));
            }
            items.push((time, shown));
        }
        for empty in &rotation.vacant {
            let Some(time) = rotation.period(empty.period).filter(|time| time.overlaps(&span))
            else {
                continue;
            };
            items.push((time, vacant(world, time, &id, empty)));
        }
    }
    items.sort_by_key(|(time, _)| *time);
    let most = usize::try_from(PAGE_MAX).unwrap_or(usize::MAX);
    let cut = items.len() > most;
    let next = next(world);
    let items: Value = items.into_iter().take(most).map(|(_, item)| item).collect();
    json!({"from": span.from, "until": asked.until, "items": items, "cut": cut, "next": next})
}

fn item(world: &World, time: Interval, source: (&str, Value), who: (u32, u32)) -> Value {
    json!({
        "kind": source.0,
        "id": source.1,
        "from": time.from,
        "until": time.until,
        "role": name(world, Kind::Role, who.0),
        "member": name(world, Kind::Member, who.1),
    })
}

fn vacant(world: &World, time: Interval, rotation: &Value, empty: &Empty) -> Value {
    json!({
        "kind": "vacant",
        "id": rotation,
        "from": time.from,
        "until": time.until,
        "role": name(world, Kind::Role, empty.role),
        "member": null,
        "seat": empty.seat,
        "period": empty.period,
    })
}

/// For each role, whose turn is next by recorded plans, and when.
fn next(world: &World) -> Value {
    let now = world.recorded_at;
    let mut next: BTreeMap<u32, (Interval, Vec<u32>)> = BTreeMap::new();
    for (_, rotation) in world.tables.rotations.iter() {
        for (time, cell) in rotation.standing().filter(|(time, _)| time.from > now) {
            let entry = next.entry(cell.role).or_insert_with(|| (time, Vec::new()));
            if time < entry.0 {
                *entry = (time, Vec::new());
            }
            if time == entry.0 {
                entry.1.push(cell.member);
            }
        }
    }
    let one = |(role, (time, members)): (&u32, &(Interval, Vec<u32>))| {
        let members: Value = members.iter().map(|who| name(world, Kind::Member, *who)).collect();
        json!({
            "role": name(world, Kind::Role, *role),
            "members": members,
            "from": time.from,
            "until": time.until,
        })
    };
    next.iter().map(one).collect()
}

/// What everybody carries, and how concentrated that is.
pub(super) fn load(world: &World, top: u64, asked: Page) -> Value {
    let all = burdens(world);
    let top_people = usize::try_from(top).unwrap_or(usize::MAX);
    let indicators = concentration(world, &all, top_people);
    let people = page(all.iter(), asked, |(number, burden)| {
        let mut shown = Map::new();
        shown.insert("member".to_owned(), name(world, Kind::Member, *number));
        if let Value::Object(fields) = json!(burden) {
            shown.extend(fields);
        }
        Value::Object(shown)
    });
    json!({"concentration": indicators, "top": top, "people": people})
}
