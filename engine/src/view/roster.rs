//! Members, groups and calls.

use super::names::{find, name, page};
use super::{Page, QueryError, mandates, safeguards};
use archipel_domain::entity::{EntityRef, Kind, Name};
use archipel_domain::membership::{Call, Group, Member};
use archipel_domain::world::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn members(world: &World, asked: Page) -> Value {
    page(world.tables.members.iter(), asked, |(index, member)| member_line(world, index, member))
}

fn member_line(world: &World, index: u32, member: &Member) -> Value {
    let groups = member.groups.iter().map(|group| name(world, Kind::Group, *group));
    json!({
        "id": name(world, Kind::Member, index),
        "admitted": member.admitted,
        "left": member.left,
        "groups": groups.collect::<Vec<_>>(),
    })
}

pub(super) fn member(world: &World, id: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Member, id)?;
    let member = world.tables.members.get(index).ok_or(QueryError::NotFound)?;
    let keys = member
        .keys
        .iter()
        .map(|own| json!({"key": own.key, "since": own.since, "revoked": own.revoked}));
    let mandates = world.tables.assignments.iter().filter(|(_, held)| held.member == index);
    let mandates =
        mandates.map(|(index, held)| mandates::mandate(world, index, held, world.recorded_at));
    let mut answer = member_line(world, index, member);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("keys".to_owned(), keys.collect());
        fields.insert("mandates".to_owned(), mandates.collect());
        fields.insert("recoveries".to_owned(), safeguards::recoveries_of(world, index));
    }
    Ok(answer)
}

fn group_line(world: &World, index: u32, group: &Group, members: u64) -> Value {
    json!({
        "slug": name(world, Kind::Group, index),
        "name": group.name,
        "kind": group.kind,
        "members": members,
    })
}

pub(super) fn groups(world: &World, asked: Page) -> Value {
    let mut sizes: BTreeMap<u32, u64> = BTreeMap::new();
    let present = world.tables.members.iter().filter(|(_, member)| member.left.is_none());
    for group in present.flat_map(|(_, member)| &member.groups) {
        let size = sizes.entry(*group).or_default();
        *size = size.saturating_add(1);
    }
    page(world.tables.groups.iter(), asked, |(index, group)| {
        group_line(world, index, group, sizes.get(&index).copied().unwrap_or(0))
    })
}

pub(super) fn group(world: &World, slug: &str, asked: Page) -> Result<Value, QueryError> {
    let index = find(world, Kind::Group, slug)?;
    let group = world.tables.groups.get(index).ok_or(QueryError::NotFound)?;
    let belong = |member: &Member| member.left.is_none() && member.groups.contains(&index);
    let members = || world.tables.members.iter().filter(|(_, member)| belong(member));
    let mut answer = group_line(world, index, group, members().count() as u64);
    let list = page(members(), asked, |(index, _)| name(world, Kind::Member, index));
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("members".to_owned(), list);
    }
    Ok(answer)
}

fn call_line(world: &World, index: u32, call: &Call) -> Value {
    json!({
        "slug": name(world, Kind::Call, index),
        "title": call.title,
        "signatures": call.signatures.len(),
    })
}

pub(super) fn calls(world: &World, asked: Page) -> Value {
    page(world.tables.calls.iter(), asked, |(index, call)| call_line(world, index, call))
}

pub(super) fn call(world: &World, slug: &str, asked: Page) -> Result<Value, QueryError> {
    let index = find(world, Kind::Call, slug)?;
    let call = world.tables.calls.get(index).ok_or(QueryError::NotFound)?;
    let mut signatures: Vec<_> = call.signatures.values().collect();
    signatures.sort_by_key(|(_, position)| *position);
    let list = page(signatures.into_iter(), asked, |(signatory, position)| {
        let member = world.directory.by_uuid(Kind::Member, signatory.0).is_some();
        json!({"signatory": signatory, "position": position, "member": member})
    });
    let mut answer = call_line(world, index, call);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("text".to_owned(), json!(call.text));
        fields.insert("signatures".to_owned(), list);
    }
    Ok(answer)
}

/// How an author is called who is recorded by number.
pub(super) fn author(world: &World, author: archipel_domain::fact::Author) -> Value {
    use archipel_domain::fact::Author;
    match author {
        Author::Member(index) => name(world, Kind::Member, index),
        Author::Registrar => match world.directory.name(EntityRef::INSTANCE) {
            Some(Name::Uuid(_)) => name(world, Kind::Instance, 0),
            _ => Value::Null,
        },
        Author::Outsider => Value::Null,
    }
}
