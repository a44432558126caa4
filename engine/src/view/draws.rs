//! Draws by lot on the log: what was announced, what came, who was drawn and who replaced whom.

use super::names::{find, name, page};
use super::{Page, QueryError};
use crate::draw::Published;
use archipel_domain::draw::{Pool, chances};
use archipel_domain::entity::{EntityRef, Kind, Name};
use archipel_domain::id::StatementId;
use archipel_domain::sortition::{
    Draw, FrozenPool, LotsDrawn, MemberTerms, VerifiedBefore, pool_at,
};
use archipel_domain::world::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn line(world: &World, index: u32, draw: &Draw) -> Value {
    let pool = draw.pool.as_ref();
    let state = match &draw.drawn {
        Some(_) => "drawn",
        None if world.recorded_at < draw.comes_at => "announced",
        None => "due",
    };
    json!({
        "id": name(world, Kind::Draw, index),
        "title": draw.title,
        "state": state,
        "people": pool.map(FrozenPool::people),
        "seats": pool.map(FrozenPool::seats),
        "comes_at": draw.comes_at,
    })
}

/// All draws, in order.
pub(super) fn draws(world: &World, asked: Page) -> Value {
    page(world.tables.draws.iter(), asked, |(index, draw)| line(world, index, draw))
}

/// One draw.
pub(super) fn draw(world: &World, id: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Draw, id)?;
    let draw = world.tables.draws.get(index).ok_or(QueryError::NotFound)?;
    let person = |who: u32| person(world, draw, who);
    let declined = draw.declined.iter().map(|one| {
        json!({
            "person": person(one.who),
            "reason": one.reason,
            "seat": one.seat,
            "next": one.next.map(person),
            "position": one.position,
        })
    });
    let seats = draw.seats();
    let seats = seats.iter().map(|seat| {
        json!({
            "stratum": seat.stratum,
            "first": person(seat.first),
            "holder": seat.holder.map(person),
            "gone": seat.holder.is_some_and(|who| has_left(world, draw, who)),
        })
    });
    let mut answer = line(world, index, draw);
    if let Some(fields) = answer.as_object_mut() {
        let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
        put("purpose", json!(draw.purpose));
        let fills = draw.fills.map(|fill| {
            let role = name(world, Kind::Role, fill.role);
            json!({"role": role, "from": fill.from, "until": fill.until})
        });
        put("fills", json!(fills));
        put("announced", json!(draw.announced));
        put("announced_at", json!(draw.announced_at));
        put("pool", draw.pool.as_ref().map_or(Value::Null, |pool| frozen(world, pool)));
        put("chance", json!(draw.chance));
        put("chances", exact_chances(world, draw));
        put("drawn", draw.drawn.as_ref().map_or(Value::Null, |lots| drawn(world, draw, lots)));
        put("panel", seats.collect());
        put("declined", declined.collect());
    }
    Ok(answer)
}

fn frozen(world: &World, pool: &FrozenPool) -> Value {
    let (groups, parameters) = match pool {
        FrozenPool::File(_) => (None, None),
        FrozenPool::Members { groups, terms, .. } => {
            let name = |group: &u32| name(world, Kind::Group, *group);
            let groups = groups.as_ref().map(|groups| groups.iter().map(name).collect::<Value>());
            (groups, Some(terms.parameters()))
        }
    };
    json!({
        "of": if parameters.is_some() { "members" } else { "file" },
        "groups": groups,
        "root": pool.root(),
        "parameters": parameters,
        "parameters_hash": pool.parameters(),
    })
}

fn drawn(world: &World, draw: &Draw, lots: &LotsDrawn) -> Value {
    let people = |all: &[u32]| all.iter().map(|who| person(world, draw, *who)).collect::<Value>();
    let strata = lots.strata.iter().map(|stratum| {
        json!({
            "drawn": people(&stratum.drawn),
            "alternates": people(&stratum.alternates),
            "then": stratum.then,
        })
    });
    json!({
        "position": lots.position,
        "at": lots.at,
        "entropy": lots.entropy,
        "missing": lots.entropy.missing().collect::<Vec<_>>(),
        "seed": lots.seed,
        "strata": strata.collect::<Value>(),
        "file": lots.listed.as_ref().map(|(file, _)| file),
    })
}

/// The name of somebody: the pseudonym, or the id in the file.
fn person(world: &World, draw: &Draw, who: u32) -> Value {
    match draw.drawn.as_ref().and_then(|lots| lots.listed.as_ref()) {
        Some((_, ids)) => json!(usize::try_from(who).ok().and_then(|who| ids.get(who))),
        None => name(world, Kind::Member, who),
    }
}

fn has_left(world: &World, draw: &Draw, who: u32) -> bool {
    let listed = draw.drawn.as_ref().is_some_and(|lots| lots.listed.is_some());
    let member = world.tables.members.get(who);
    !listed && member.is_some_and(|member| member.left.is_some())
}

/// The pool of a draw among members, as it was when it was announced.
fn pool_of<'a>(world: &World, draw: &'a Draw) -> Option<(Pool, &'a MemberTerms)> {
    let Some(FrozenPool::Members { groups, terms, .. }) = &draw.pool else { return None };
    Some((pool_at(world, draw.announced, groups.as_deref(), terms).ok()?, terms))
}

/// The exact chance of each person, which is that of everybody in their group. The file of people
/// who are no members is not here; nor are their chances.
fn exact_chances(world: &World, draw: &Draw) -> Value {
    let Some((pool, terms)) = pool_of(world, draw) else { return Value::Null };
    let Ok(all) = chances(&pool, &terms.parameters()) else { return Value::Null };
    let mut groups = BTreeMap::new();
    for (person, chance) in pool.people().iter().zip(&all) {
        groups.entry(&person.group).or_insert((0_u32, chance)).0 += 1;
    }
    let groups = groups.iter().map(|(group, (people, chance))| {
        json!({"group": group, "people": people, "chance": chance.to_string()})
    });
    groups.collect()
}

/// The file by which anybody redoes a draw among members.
pub(super) fn file(world: &World, id: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Draw, id)?;
    let draw = world.tables.draws.get(index).ok_or(QueryError::NotFound)?;
    let named = world.directory.name(EntityRef::new(Kind::Draw, index));
    let Some(Name::Uuid(id)) = named else { return Err(QueryError::NotFound) };
    let (lots, chance) =
        draw.drawn.as_ref().zip(draw.chance.clone()).ok_or(QueryError::NotFound)?;
    let (pool, terms) = pool_of(world, draw).ok_or(QueryError::NotFound)?;
    let published = Published::new(
        StatementId(*id),
        &pool,
        terms.parameters(),
        chance,
        lots.entropy.clone(),
        &VerifiedBefore,
    );
    published.map(|published| json!(published)).map_err(|_| QueryError::NotFound)
}
