//! Elections without candidates: where they are, what was said, who was proposed and why.
//!
//! A nomination is shown once it is revealed; before, only who has sealed one.

use super::names::{find, name, page};
use super::{Page, QueryError};
use crate::explain::explain_election;
use archipel_domain::election::{
    CandidacyObjection, Candidate, Election, ElectionLot, Named, Nomination, Out, Phase, Revote,
};
use archipel_domain::entity::{EntityRef, Kind};
use archipel_domain::world::World;
use serde_json::{Value, json};

fn phase(world: &World, election: &Election) -> Phase {
    election.phase(world, world.recorded_at)
}

fn member(world: &World, member: u32) -> Value {
    name(world, Kind::Member, member)
}

fn members(world: &World, members: &[u32]) -> Value {
    members.iter().map(|one| member(world, *one)).collect()
}

fn tally(world: &World, tally: &[(u32, u32)]) -> Value {
    let row = |(who, count): &(u32, u32)| json!({"member": member(world, *who), "count": count});
    tally.iter().map(row).collect()
}

fn line(world: &World, index: u32, election: &Election) -> Value {
    let phase = phase(world, election);
    let proposed = election.proposed(world, world.recorded_at);
    let elected = election.elected().map(|elected| member(world, elected.member));
    json!({
        "id": name(world, Kind::Election, index),
        "role": name(world, Kind::Role, election.role),
        "phase": phase,
        "ends_at": election.ends_at(phase),
        "eligible": election.electors.len(),
        "nominations": election.nominations.len(),
        "proposed": proposed.map(|candidate| member(world, candidate.member)),
        "elected": elected,
    })
}

/// All elections, in order.
pub(super) fn elections(world: &World, asked: Page) -> Value {
    let all = world.tables.elections.iter();
    page(all, asked, |(index, election)| line(world, index, election))
}

/// One election.
pub(super) fn election(world: &World, id: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Election, id)?;
    let election = world.tables.elections.get(index).ok_or(QueryError::NotFound)?;
    let mut answer = line(world, index, election);
    if let Some(fields) = answer.as_object_mut() {
        let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
        terms(world, election, &mut put);
        course(world, election, &mut put);
    }
    Ok(answer)
}

/// What the opening fixed; and the end of the mandate as objections have changed it.
fn terms(world: &World, election: &Election, put: &mut dyn FnMut(&str, Value) -> Option<Value>) {
    put("from", json!(election.from));
    put("until", json!(election.until));
    put("criteria", json!(election.criteria));
    put("facilitator", member(world, election.facilitator));
    put("electors", members(world, &election.electors));
    put("incumbents", members(world, &election.incumbents));
    put("calendar", json!(election.calendar));
    put("ties", json!(election.ties));
    put("chance", json!(election.chance));
    put("lot_at", json!(election.lot_at));
    put("silence", json!(election.silence));
    put("terms", json!(election.terms.0));
    put("opened", json!(election.opened));
    put("opened_at", json!(election.opened_at));
}

/// What happened since.
fn course(world: &World, election: &Election, put: &mut dyn FnMut(&str, Value) -> Option<Value>) {
    let now = phase(world, election);
    let all = || election.nominations.values();
    let counts = json!({
        "electors": election.present(world).count(),
        "sealed": all().count(),
        "revealed": all().filter(|one| one.revealed.is_some()).count(),
        "changed": all().filter(|one| one.is_changed()).count(),
    });
    put("counts", counts);
    put("awaited", members(world, &election.awaited(world, now)));
    put("sealed", election.nominations.keys().map(|one| member(world, *one)).collect());
    let nominations = election.nominations.iter();
    put("nominated", nominations.filter_map(|(who, one)| nomination(world, *who, one)).collect());
    put("tally", tally(world, &election.tally(world, world.recorded_at)));
    put("revote", election.revote.as_ref().map_or(Value::Null, |one| revote(world, one)));
    put("lot", election.lot.as_ref().map_or(Value::Null, |one| lot(world, one)));
    let candidates = election.candidates.iter().map(|one| candidate(world, election, one));
    put("candidates", candidates.collect());
    let notes = election.notes.iter();
    put("notes", notes.map(|(note, at)| json!({"note": note, "position": at})).collect());
    let conclusion = election.conclusion.as_ref().map(|one| {
        json!({
            "elected": one.elected.map(|who| member(world, who)),
            "position": one.position,
            "at": one.at,
        })
    });
    put("conclusion", json!(conclusion));
    let called = |who: u32| {
        let known = world.directory.name(EntityRef::new(Kind::Member, who));
        known.map_or_else(String::new, |name| name.to_string().chars().take(8).collect())
    };
    put("explanation", json!(explain_election(election, &called)));
}

fn named(world: &World, named: &Named) -> Value {
    json!({
        "nominee": member(world, named.nominee),
        "reason": named.reason,
        "position": named.position,
    })
}

/// A nomination that is no secret any more.
fn nomination(world: &World, elector: u32, nomination: &Nomination) -> Option<Value> {
    let revealed = nomination.revealed.as_ref()?;
    let later = |one: &Option<Named>| one.as_ref().map(|one| named(world, one));
    Some(json!({
        "elector": member(world, elector),
        "nominee": nomination.current().map(|who| member(world, who)),
        "revealed": named(world, revealed),
        "changed": later(&nomination.changed),
        "moved": later(&nomination.moved),
    }))
}

fn revote(world: &World, revote: &Revote) -> Value {
    json!({
        "tied": members(world, &revote.tied),
        "movers": members(world, &revote.movers),
        "tally": tally(world, &revote.tally),
        "until": revote.until,
        "position": revote.position,
    })
}

fn lot(world: &World, lot: &ElectionLot) -> Value {
    json!({
        "entropy": lot.entropy,
        "seed": lot.seed,
        "order": members(world, &lot.order),
        "position": lot.position,
    })
}

fn candidate(world: &World, election: &Election, candidate: &Candidate) -> Value {
    let objections = candidate.objections.iter().map(|one| objection(world, candidate, one));
    let recorded = candidate.out.as_ref();
    let out: Option<Out> = election.out(world, candidate, world.recorded_at);
    json!({
        "member": member(world, candidate.member),
        "by": candidate.by,
        "tied": members(world, &candidate.tied),
        "tally": tally(world, &candidate.tally),
        "position": candidate.position,
        "until": candidate.until,
        "consents": members(world, &candidate.consents),
        "objections": objections.collect::<Value>(),
        "out": out,
        "out_because": recorded.and_then(|(_, reason, _)| reason.as_ref()),
        "out_position": recorded.map(|(.., position)| position),
    })
}

fn objection(world: &World, candidate: &Candidate, objection: &CandidacyObjection) -> Value {
    let history = objection.history.iter();
    let history = history.map(
        |(state, reason, position)| json!({"state": state, "reason": reason, "position": position}),
    );
    json!({
        "author": member(world, objection.author),
        "state": objection.standing,
        "open": objection.is_open(world, candidate, world.recorded_at),
        "history": history.collect::<Value>(),
    })
}
