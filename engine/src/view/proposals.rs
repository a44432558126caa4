//! Proposals, their versions and amendments.

use super::names::{PREFIX_DIGITS_MIN, find, name, page};
use super::{Page, QueryError};
use archipel_domain::entity::Kind;
use archipel_domain::proposal::{Amendment, Proposal, Proposals, Settled, text};
use archipel_domain::world::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn proposals(world: &World, asked: Page) -> Value {
    let mut open: BTreeMap<u32, u64> = BTreeMap::new();
    let amendments = world.tables.amendments.iter().map(|(_, amendment)| amendment);
    for amendment in amendments.filter(|amendment| amendment.settled == Settled::Open) {
        let count = open.entry(amendment.proposal).or_default();
        *count = count.saturating_add(1);
    }
    page(world.tables.proposals.iter(), asked, |(index, proposal)| {
        let open = open.get(&index).copied().unwrap_or(0);
        let mut line = proposal_line(world, index, proposal);
        if let Some(fields) = line.as_object_mut() {
            fields.insert("open_amendments".to_owned(), json!(open));
        }
        line
    })
}

fn proposal_line(world: &World, index: u32, proposal: &Proposal) -> Value {
    json!({
        "id": name(world, Kind::Proposal, index),
        "title": proposal.title,
        "author": name(world, Kind::Member, proposal.author),
        "state": state(proposal),
        "version": proposal.current(),
        "version_number": proposal.current_number(),
        "support": proposal.support(),
        "open_vote": proposal.open_vote.map(|vote| name(world, Kind::Vote, vote)),
        "adopted_by": proposal.adopted_by.map(|vote| name(world, Kind::Vote, vote)),
    })
}

fn state(proposal: &Proposal) -> &'static str {
    if proposal.withdrawn.is_some() {
        "withdrawn"
    } else if proposal.adopted_by.is_some() {
        "adopted"
    } else if proposal.open_vote.is_some() {
        "in-vote"
    } else {
        "open"
    }
}

pub(super) fn proposal(world: &World, id: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Proposal, id)?;
    let proposal = world.tables.proposals.get(index).ok_or(QueryError::NotFound)?;
    let versions = (0_u32..).zip(&proposal.versions).map(|(number, version)| {
        json!({"hash": version.hash, "number": number, "position": version.position})
    });
    let amendments = world.tables.amendments.iter().filter(|(_, a)| a.proposal == index);
    let amendments = amendments.map(|(index, a)| amendment_of(world, index, a, proposal));
    let mut answer = proposal_line(world, index, proposal);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("text".to_owned(), json!(text::join(&proposal.lines)));
        fields.insert("withdrawn".to_owned(), json!(proposal.withdrawn));
        fields.insert("versions".to_owned(), versions.collect());
        fields.insert("amendments".to_owned(), amendments.collect());
        // Support is for a text: those who supported an earlier one are counted apart.
        fields.insert("supporters_ever".to_owned(), json!(proposal.supporters.len()));
    }
    Ok(answer)
}

/// A version by its hash, or the start of it.
pub(super) fn version(world: &World, id: &str, hash: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Proposal, id)?;
    let proposal = world.tables.proposals.get(index).ok_or(QueryError::NotFound)?;
    if hash.len() < PREFIX_DIGITS_MIN {
        return Err(QueryError::NotFound);
    }
    // A text may come back: the latest version of that name is shown, as acts mean it.
    let mut found = None;
    for (number, version) in (0_u32..).zip(&proposal.versions) {
        if version.hash.to_string().starts_with(hash) {
            match found {
                Some((_, earlier)) if earlier != version.hash => return Err(QueryError::Ambiguous),
                _ => found = Some((number, version.hash)),
            }
        }
    }
    let (number, hash) = found.ok_or(QueryError::NotFound)?;
    let lines = proposal.lines_at(number).ok_or(QueryError::NotFound)?;
    let at = usize::try_from(number).ok().and_then(|number| proposal.versions.get(number));
    let version = at.ok_or(QueryError::NotFound)?;
    Ok(json!({
        "proposal": name(world, Kind::Proposal, index),
        "hash": hash,
        "number": number,
        "position": version.position,
        "text": text::join(&lines),
        "changes": version.changes,
        "current": proposal.current() == Some(hash),
    }))
}

pub(super) fn amendment(world: &World, id: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Amendment, id)?;
    let amendment = world.tables.amendments.get(index).ok_or(QueryError::NotFound)?;
    let proposal = world.tables.proposals.get(amendment.proposal).ok_or(QueryError::NotFound)?;
    Ok(amendment_of(world, index, amendment, proposal))
}

fn amendment_of(world: &World, index: u32, amendment: &Amendment, proposal: &Proposal) -> Value {
    let base = usize::try_from(amendment.base).ok().and_then(|base| proposal.versions.get(base));
    let (state, position, reason) = match &amendment.settled {
        Settled::Open => ("open", None, None),
        Settled::Integrated(position) => ("integrated", Some(position), None),
        Settled::Declined(position, reason) => ("declined", Some(position), Some(reason)),
    };
    let open = amendment.settled == Settled::Open;
    json!({
        "id": name(world, Kind::Amendment, index),
        "proposal": name(world, Kind::Proposal, amendment.proposal),
        "author": name(world, Kind::Member, amendment.author),
        "base": base.map(|version| version.hash),
        "changes": amendment.changes,
        "reason": amendment.reason,
        "state": state,
        "settled": position,
        "declined_because": reason,
        "merge": open.then(|| merge(amendment, proposal)),
    })
}

/// What integrating an amendment into the current version would give.
fn merge(amendment: &Amendment, proposal: &Proposal) -> Value {
    let into = proposal.current();
    match proposal.rebase(amendment.base, &amendment.changes) {
        Err(conflicts) => json!({"into": into, "conflicts": conflicts}),
        Ok(changes) if changes.is_empty() => {
            json!({"into": into, "refused": Proposals::AmendmentVoid.code()})
        }
        Ok(changes) => match text::apply(&proposal.lines, &changes) {
            Ok(lines) => json!({
                "into": into,
                "result": text::version_of(&lines),
                "changes": changes,
                "text": text::join(&lines),
            }),
            Err(misfit) => json!({"into": into, "refused": Proposals::from(misfit).code()}),
        },
    }
}
