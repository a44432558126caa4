//! Votes. Nothing that counts ballots is shown before the closing is recorded.

use super::names::{find, name, page};
use super::{Page, QueryError, WITHHELD, decisions};
use crate::explain::{Tongue, explain, picture};
use archipel_domain::counting::marks;
use archipel_domain::entity::Kind;
use archipel_domain::vote::{self, Vote};
use archipel_domain::world::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Whether ballots of any vote are being withheld.
pub(super) fn any_open(world: &World) -> bool {
    world.tables.votes.iter().any(|(_, vote)| vote.closed.is_none())
}

/// Whether the ballots of the vote with this UUID are withheld.
pub(super) fn is_open(world: &World, id: u128) -> bool {
    let index = world.directory.by_uuid(Kind::Vote, id);
    let vote = index.and_then(|index| world.tables.votes.get(index));
    vote.is_some_and(|vote| vote.closed.is_none())
}

/// The first day on which ballots that are withheld can have been cast.
pub(super) fn first_open_day(world: &World) -> Option<i64> {
    let open = world.tables.votes.iter().filter(|(_, vote)| vote.closed.is_none());
    open.map(|(_, vote)| vote.opens_at.day()).min()
}

pub(super) fn votes(world: &World, asked: Page) -> Value {
    page(world.tables.votes.iter(), asked, |(index, vote)| vote_line(world, index, vote))
}

fn vote_line(world: &World, index: u32, vote: &Vote) -> Value {
    json!({
        "id": name(world, Kind::Vote, index),
        "title": vote.title,
        "state": state(world, index, vote),
        "method": vote.method,
        "counted_by": vote.method.as_ref().map(|method| method.method().name()),
        "eligible": vote.electorate.eligible,
        "opens_at": vote.opens_at,
        "closes_at": vote.closes_at,
    })
}

/// What a vote is at the state's own time.
fn state(world: &World, index: u32, vote: &Vote) -> &'static str {
    if vote.declared.is_some() {
        "declared"
    } else if vote::procedure(world, index).amended_by.is_some() {
        "amended"
    } else if vote.closed.is_some() {
        "closed"
    } else if world.recorded_at < vote.opens_at {
        "scheduled"
    } else {
        "open"
    }
}

pub(super) fn vote(world: &World, id: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Vote, id)?;
    let vote = world.tables.votes.get(index).ok_or(QueryError::NotFound)?;
    let options = vote.options.iter().map(|option| {
        json!({
            "id": option.id,
            "label": option.label,
            "proposal": option.proposal.map(|(index, _)| name(world, Kind::Proposal, index)),
            "version": option.proposal.map(|(_, version)| version),
        })
    });
    let groups = vote.electorate.groups.as_ref().map(|groups| {
        let groups = groups.iter().map(|group| name(world, Kind::Group, *group));
        groups.collect::<Vec<_>>()
    });
    let declared = vote
        .declared
        .as_ref()
        .map(|declared| json!({"tally": declared.tally, "position": declared.position}));
    let mut answer = vote_line(world, index, vote);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("question".to_owned(), json!(vote.question));
        fields.insert("terms".to_owned(), json!(vote.terms.0));
        fields.insert("options".to_owned(), options.collect());
        let electorate = json!({
            "eligible": vote.electorate.eligible,
            "root": vote.electorate.root.0,
            "groups": groups,
        });
        fields.insert("electorate".to_owned(), electorate);
        fields.insert("opened".to_owned(), json!(vote.opened));
        fields.insert("closed".to_owned(), json!(vote.closed));
        fields.insert("tally".to_owned(), tally(world, index, vote));
        fields.insert("declared".to_owned(), json!(declared));
        fields.append(&mut decisions::of_vote(world, index, vote));
    }
    Ok(answer)
}

/// The count of the ballots in the log, made anew: it does not repeat the declaration.
fn tally(world: &World, index: u32, vote: &Vote) -> Value {
    if vote.closed.is_none() {
        return json!(WITHHELD);
    }
    // Of a round whose text was amended nothing is adopted or rejected.
    let amended = vote::procedure(world, index).amended_by.is_some();
    let Some(method) = vote.method.as_ref().filter(|_| !amended) else {
        return Value::Null;
    };
    match vote::count(world, index, vote, method) {
        Ok(outcome) => json!({
            "hash": vote::tally_hash(&outcome),
            "outcome": outcome,
            "explanation": explain(&outcome),
        }),
        Err(error) => json!({"uncountable": error.to_string()}),
    }
}

/// The distinct ballots of a closed vote, of all who may vote or of those in one group.
pub(super) fn ballots(
    world: &World,
    id: &str,
    group: Option<&str>,
    asked: Page,
) -> Result<Value, QueryError> {
    let index = find(world, Kind::Vote, id)?;
    let vote = world.tables.votes.get(index).ok_or(QueryError::NotFound)?;
    let Some(method) = vote.method.as_ref().filter(|_| vote.closed.is_some()) else {
        return Ok(json!(WITHHELD));
    };
    let group = group.map(|slug| find(world, Kind::Group, slug)).transpose()?;
    let may_vote = |voter: u32| {
        let member = world.tables.members.get(voter).filter(|member| vote.includes(member));
        member.is_some_and(|member| group.is_none_or(|group| member.groups.contains(&group)))
    };
    let mut profile: BTreeMap<&[u8], u64> = BTreeMap::new();
    let represented = vote::delegations(world, index, vote).unwrap_or_default();
    for (voter, row) in world.ballots.of(index).rows() {
        // The voter, and those who are represented.
        let others = represented.by_voter.get(&voter).into_iter().flatten();
        let times = std::iter::once(&voter).chain(others).filter(|one| may_vote(**one)).count();
        if times > 0 {
            *profile.entry(row).or_default() += times as u64;
        }
    }
    let eligible = world.tables.members.iter().filter(|(voter, _)| may_vote(*voter)).count();
    let mut answer = page(
        profile.into_iter(),
        asked,
        |(row, times)| json!({"times": times, "marks": marks::said(method, row)}),
    );
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("paper".to_owned(), json!(method.paper()));
        fields.insert("eligible".to_owned(), json!(eligible));
    }
    Ok(answer)
}

/// The picture of a closed vote, in both languages.
pub(super) fn drawn(world: &World, id: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Vote, id)?;
    let vote = world.tables.votes.get(index).ok_or(QueryError::NotFound)?;
    let Some(method) = vote.method.as_ref().filter(|_| vote.closed.is_some()) else {
        return Ok(json!(WITHHELD));
    };
    Ok(match vote::count(world, index, vote, method) {
        Ok(outcome) => json!({
            "fr": picture(&outcome, Tongue::French),
            "en": picture(&outcome, Tongue::English),
        }),
        Err(error) => json!({"uncountable": error.to_string()}),
    })
}
