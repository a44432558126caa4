//! What belongs to votes beside their ballots: rules, ties, dissent; the register of decisions;
//! and delegations.

use super::names::{name, page};
use super::{Page, QueryError};
use crate::view::names::find;
use archipel_domain::delegation::{Delegation, FrozenScope};
use archipel_domain::entity::Kind;
use archipel_domain::id::Prose;
use archipel_domain::time::Timestamp;
use archipel_domain::vote::rules::{FrozenDecision, FrozenRules};
use archipel_domain::vote::settle::{self, Settlement};
use archipel_domain::vote::{
    self, ObjectionState, Procedure, TieBreak, TieBreaker, Vote, procedure,
};
use archipel_domain::world::World;
use serde_json::{Map, Value, json};

/// What the view of a vote says of its procedure.
pub(super) fn of_vote(world: &World, index: u32, vote: &Vote) -> Map<String, Value> {
    let procedure = procedure(world, index);
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    if let Some(frozen) = &procedure.rules {
        put("rules", rules(world, vote, frozen));
    }
    if let Some(sheet) = &procedure.sheet {
        let votes = sheet.first..sheet.first.saturating_add(sheet.count);
        let votes: Value = votes.map(|other| name(world, Kind::Vote, other)).collect();
        let statement = name(world, Kind::Vote, sheet.first);
        put("sheet", json!({"title": sheet.title, "statement": statement, "votes": votes}));
    }
    put("calendar", calendar(world, vote, procedure));
    let followed = procedure.followed_by.map(|other| name(world, Kind::Vote, other));
    put("followed_by", json!(followed));
    if vote.closed.is_some()
        && let Some(all) = vote::delegations(world, index, vote)
    {
        let members = all.by_voter.len();
        let delegated = json!({"votes": all.count(), "delegates": members, "lost": all.lost});
        put("delegated", delegated);
    }
    if let Some(settled) = settle::of(world, index) {
        put("decided", decided(vote, &settled));
        put("dissent_until", json!(procedure.dissent_until(vote.closes_at)));
        // What decided nothing is not reviewed.
        let review_at = procedure.review_at(vote.closes_at);
        put("review_at", json!(review_at.filter(|_| !settled.elected.is_empty())));
    }
    put("tie_break", json!(procedure.tie_break.as_ref().map(|one| tie_break(world, vote, one))));
    if !procedure.objections.is_empty() {
        put("objections", objections(world, procedure));
    }
    for (key, other) in [("amends", procedure.amends), ("amended_by", procedure.amended_by)] {
        if let Some(other) = other {
            put(key, name(world, Kind::Vote, other));
        }
    }
    put("dissents", opinions(world, &procedure.dissents));
    put("reasons", opinions(world, &procedure.reasons));
    put("reviews", reviews(procedure));
    fields
}

/// The rules as the opening statement has them.
fn rules(world: &World, vote: &Vote, rules: &FrozenRules) -> Value {
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    if let Some(tie) = &rules.tie {
        put("tie", json!(tie));
    }
    if let Some(option) = rules.status_quo.and_then(|column| vote.option(column)) {
        put("status_quo", json!(option.id));
    }
    if let Some(quorum) = &rules.quorum {
        put("quorum", json!(quorum));
    }
    if let Some(delegation) = &rules.delegation {
        put("delegation", json!(delegation));
    }
    if let Some((first, kind)) = rules.follows {
        put("follows", json!({"as": kind, "vote": name(world, Kind::Vote, first)}));
    }
    if let Some(days) = rules.dissent_days {
        put("dissent_days", json!(days));
    }
    if let Some(subject) = rules.subject {
        put("subject", super::mandates::subject(world, subject));
    }
    if let Some(frozen) = &rules.decision {
        put("decision", decision(world, frozen));
    }
    Value::Object(fields)
}

/// What the decision carries, as the opening statement has it.
fn decision(world: &World, frozen: &FrozenDecision) -> Value {
    let line = |(unit, amount): &(u32, u64)| {
        let unit = name(world, Kind::Unit, *unit);
        json!({"amount": amount, "unit": unit})
    };
    let budget = frozen.budget.iter().map(line).collect::<Value>();
    let mut fields = Map::from_iter([("budget".to_owned(), budget)]);
    if let Some(circle) = frozen.circle {
        fields.insert("circle".to_owned(), name(world, Kind::Circle, circle));
    }
    if let Some(days) = frozen.review_days {
        fields.insert("review_days".to_owned(), json!(days));
    }
    Value::Object(fields)
}

fn ids(vote: &Vote, columns: &[u32]) -> Value {
    columns.iter().filter_map(|column| Some(json!(vote.option(*column)?.id))).collect()
}

fn decided(vote: &Vote, settled: &Settlement) -> Value {
    json!({
        "elected": ids(vote, &settled.elected),
        "tied": ids(vote, &settled.tied),
        "contested": settled.contested,
        "quorum": settled.quorum,
    })
}

/// The phases of a vote, each from a moment until another. A vote by `vote.opened/1` does not say
/// since when it was announced.
fn calendar(world: &World, vote: &Vote, procedure: &Procedure) -> Value {
    let until = procedure.dissent_until(vote.closes_at);
    let review_at = procedure.review_at(vote.closes_at);
    let mut phases = Vec::new();
    let now = world.recorded_at;
    let mut phase = |name: &str, from: Option<Timestamp>, until: Timestamp| {
        let current = from.is_none_or(|from| from <= now) && now < until;
        phases.push(json!({"phase": name, "from": from, "until": until, "current": current}));
    };
    if procedure.opened_at.map_or(now < vote.opens_at, |opened_at| opened_at < vote.opens_at) {
        phase("announced", procedure.opened_at, vote.opens_at);
    }
    phase("ballots", Some(vote.opens_at), vote.closes_at);
    phase("opinions", Some(vote.closes_at), until);
    if let Some(review_at) = review_at {
        phase("until-review", Some(vote.closes_at), review_at);
    }
    phases.into()
}

fn tie_break(world: &World, vote: &Vote, broken: &TieBreak) -> Value {
    let by = match &broken.by {
        TieBreaker::Chair { role, reason } => {
            json!({"role": name(world, Kind::Role, *role), "reason": reason})
        }
        TieBreaker::Lot { secrets, seed } => json!({"secrets": secrets, "seed": seed}),
    };
    json!({"by": by, "order": ids(vote, &broken.order), "position": broken.position})
}

fn opinions(world: &World, opinions: &[vote::Opinion]) -> Value {
    let member = |index: u32| name(world, Kind::Member, index);
    let one = |opinion: &vote::Opinion| {
        json!({
            "author": member(opinion.author),
            "text": opinion.text,
            "joined": opinion.joined.iter().copied().map(member).collect::<Value>(),
            "position": opinion.position,
        })
    };
    opinions.iter().map(one).collect()
}

fn objections(world: &World, procedure: &Procedure) -> Value {
    let step = |(state, reason, position): &(ObjectionState, Prose, u64)| {
        let reason = reason.as_str();
        json!({"state": state, "reason": reason, "position": position})
    };
    let one = |objection: &vote::Objection| {
        json!({
            "author": name(world, Kind::Member, objection.author),
            "state": objection.state,
            "history": objection.history.iter().map(step).collect::<Value>(),
        })
    };
    procedure.objections.iter().map(one).collect()
}

fn reviews(procedure: &Procedure) -> Value {
    let one = |review: &vote::Review| {
        json!({
            "verdict": review.verdict,
            "note": review.note,
            "next_at": review.next,
            "position": review.position,
        })
    };
    procedure.reviews.iter().map(one).collect()
}

/// The register: every vote that decided something, in order of opening.
pub(super) fn decisions(world: &World, asked: Page) -> Value {
    let votes = world.tables.votes.iter();
    let made = votes.filter_map(|(index, vote)| {
        let settled = settle::of(world, index).filter(|settled| !settled.elected.is_empty())?;
        Some((index, vote, settled))
    });
    page(made, asked, |(index, vote, settled)| {
        let procedure = procedure(world, index);
        let carried = procedure.decision().map(|frozen| decision(world, frozen));
        let of = |key: &str| carried.as_ref().and_then(|carried| carried.get(key));
        let elected = settled.elected.iter().filter_map(|column| vote.option(*column));
        let proposals = elected.clone().filter_map(|option| option.proposal);
        let review_at = procedure.review_at(vote.closes_at);
        let state = if procedure.is_ended() {
            "ended"
        } else if review_at.is_some_and(|at| at <= world.recorded_at) {
            "to-review"
        } else {
            "in-force"
        };
        json!({
            "vote": name(world, Kind::Vote, index),
            "title": vote.title,
            "decided": elected.map(|option| json!(option.label)).collect::<Value>(),
            "proposals": proposals
                .map(|(proposal, _)| name(world, Kind::Proposal, proposal))
                .collect::<Value>(),
            "state": state,
            "circle": of("circle"),
            "budget": of("budget").cloned().unwrap_or_else(|| json!([])),
            "review_at": review_at,
            "dissents": procedure.dissents.len(),
            "declared": vote.declared.as_ref().map(|declared| declared.position),
        })
    })
}

/// Delegations in force, by member; of one member, if one is named.
pub(super) fn delegations(
    world: &World,
    member: Option<&str>,
    asked: Page,
) -> Result<Value, QueryError> {
    let member = member.map(|text| find(world, Kind::Member, text)).transpose()?;
    let all = world.tables.delegators.iter();
    let all = all.filter(|(index, _)| member.is_none_or(|member| member == *index));
    let in_force = all.flat_map(|(index, delegator)| {
        delegator.in_force(world.position).map(move |one| (index, one))
    });
    Ok(page(in_force, asked, |(index, one)| delegation(world, index, one)))
}

fn delegation(world: &World, index: u32, one: &Delegation) -> Value {
    let scope = match &one.scope {
        FrozenScope::All => json!("all"),
        FrozenScope::Topic(topic) => json!({"topic": topic}),
        FrozenScope::Vote(vote) => json!({"vote": name(world, Kind::Vote, *vote)}),
    };
    json!({
        "member": name(world, Kind::Member, index),
        "scope": scope,
        "to": name(world, Kind::Member, one.to),
        "since": one.from,
    })
}
