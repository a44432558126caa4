//! The log itself: entries, statements, streams.

use super::names::find;
use super::{Context, PAGE_MAX, Page, QueryError, WITHHELD, names, votes};
use crate::log::leaf::Leaf;
use crate::log::merkle;
use crate::store::{EventStore, ReadError, StreamKey};
use archipel_domain::codec;
use archipel_domain::entity::Kind;
use archipel_domain::fact::{Glance, Record};
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::time::Timestamp;
use archipel_domain::world::World;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::ops::{ControlFlow, Range};

/// Type name of ballots.
const BALLOT: &str = "ballot.cast/1";
/// Positions that are read along rather than begin another scan.
const GAP: u64 = 64;

/// What is told of a record to those who follow the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Where it stands.
    pub position: u64,
    /// Type of the act.
    #[serde(rename = "type")]
    pub act: String,
    /// Id of the statement.
    pub id: StatementId,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// What is read of a payload without its body.
#[derive(Deserialize)]
struct Outline {
    act: String,
    #[serde(default, rename = "as")]
    acting_as: Option<StatementId>,
    author: String,
    id: StatementId,
    issued_at: Timestamp,
}

#[derive(Deserialize)]
struct BallotOutline {
    body: BallotVote,
}

#[derive(Deserialize)]
struct BallotVote {
    vote: StatementId,
}

/// A leaf with the outline of its payload.
struct Read {
    position: u64,
    hash: Hash,
    leaf: Leaf,
    outline: Outline,
}

impl Read {
    fn decode(position: u64, bytes: &[u8]) -> Option<Self> {
        let leaf = Leaf::decode(bytes).ok()?;
        let outline = serde_json::from_slice(&leaf.payload).ok()?;
        Some(Self { position, hash: Hash(merkle::leaf_hash(bytes)), leaf, outline })
    }

    /// Whether it is a ballot whose vote is open.
    fn is_withheld(&self, world: &World) -> bool {
        if self.outline.act != BALLOT {
            return false;
        }
        let ballot = serde_json::from_slice::<BallotOutline>(&self.leaf.payload);
        !ballot.is_ok_and(|ballot| !votes::is_open(world, ballot.body.vote.0))
    }

    fn payload(&self) -> String {
        String::from_utf8_lossy(&self.leaf.payload).into_owned()
    }
}

fn read_leaves(store: &dyn EventStore, range: Range<u64>) -> Result<Vec<Read>, QueryError> {
    let mut read = Vec::new();
    let mut failed = None;
    store.scan_leaves(range, &mut |position, bytes| match Read::decode(position, bytes) {
        Some(entry) => {
            read.push(entry);
            ControlFlow::Continue(())
        }
        None => {
            failed = Some(QueryError::Entry { position });
            ControlFlow::Break(())
        }
    })?;
    failed.map_or(Ok(read), Err)
}

/// Whether there is a ballot among these positions whose vote is open in that state.
///
/// # Errors
/// When the facts can not be read.
pub fn any_withheld(
    store: &dyn EventStore,
    world: &World,
    range: Range<u64>,
) -> Result<bool, ReadError> {
    if !votes::any_open(world) {
        return Ok(false);
    }
    let mut withheld = false;
    store.scan_facts(range, &mut |_, bytes| {
        if let Some(Glance::Ballot { vote, .. }) = Glance::at_ballot(bytes) {
            let vote = world.tables.votes.get(vote);
            withheld = vote.is_none_or(|vote| vote.closed.is_none());
        }
        if withheld { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(withheld)
}

/// The records of at most [`PAGE_MAX`] positions from `from` on, below `end`, in order.
///
/// # Errors
/// [`QueryError`] when the log can not be read.
pub fn events(store: &dyn EventStore, from: u64, end: u64) -> Result<Vec<Event>, QueryError> {
    let end = end.min(from.saturating_add(PAGE_MAX));
    let event = |read: Read| Event {
        position: read.position,
        act: read.outline.act,
        id: read.outline.id,
        recorded_at: read.leaf.recorded_at,
    };
    Ok(read_leaves(store, from..end)?.into_iter().map(event).collect())
}

pub(super) fn log(cx: &Context<'_>, asked: Page, payloads: bool) -> Result<Value, QueryError> {
    let size = cx.world.position;
    let end = asked.from.saturating_add(asked.limit).min(size);
    let entries = read_leaves(cx.store, asked.from.min(end)..end)?;
    let items = entries.into_iter().map(|read| {
        let withheld = read.is_withheld(cx.world);
        let author = if withheld { WITHHELD } else { &read.outline.author };
        let mut item = json!({
            "position": read.position,
            "recorded_at": read.leaf.recorded_at,
            "type": read.outline.act,
            "id": read.outline.id,
            "author": author,
            "leaf": read.hash,
        });
        if let (true, Some(fields)) = (payloads, item.as_object_mut()) {
            let payload = if withheld { WITHHELD.to_owned() } else { read.payload() };
            fields.insert("payload".to_owned(), json!(payload));
        }
        item
    });
    let next = (end < size).then_some(end);
    Ok(json!({"items": items.collect::<Vec<_>>(), "total": size, "next": next}))
}

/// The position of a statement in the state.
fn position_of(cx: &Context<'_>, id: &str) -> Result<u64, QueryError> {
    let id: StatementId = id.parse().map_err(|_| QueryError::NotFound)?;
    let position = cx.store.lookup(&[id.0])?.into_iter().next().flatten();
    position.filter(|position| *position < cx.world.position).ok_or(QueryError::NotFound)
}

pub(super) fn statement(cx: &Context<'_>, id: &str) -> Result<Value, QueryError> {
    let position = position_of(cx, id)?;
    let read = read_leaves(cx.store, position..position.saturating_add(1))?.into_iter().next();
    let read = read.ok_or(QueryError::NotFound)?;
    let withheld = read.is_withheld(cx.world);
    let shown = |value: Value| if withheld { json!(WITHHELD) } else { value };
    let signature = archipel_domain::id::SignatureBytes(read.leaf.signature);
    Ok(json!({
        "id": read.outline.id,
        "position": position,
        "recorded_at": read.leaf.recorded_at,
        "type": read.outline.act,
        "leaf": read.hash,
        "author": shown(json!(read.outline.author)),
        "as": shown(json!(read.outline.acting_as)),
        "key": shown(json!(read.leaf.key)),
        "issued_at": shown(json!(read.outline.issued_at)),
        "signature": shown(json!(signature)),
        "payload": shown(json!(read.payload())),
    }))
}

/// The record of a statement in the state.
pub(super) fn record_of(cx: &Context<'_>, id: &str) -> Result<(u64, Record), QueryError> {
    let position = position_of(cx, id)?;
    let mut found = None;
    read_facts(cx.store, &[position], &mut |position, record| {
        found = Some((position, record));
    })?;
    found.ok_or(QueryError::Entry { position })
}

/// Visits the records at some positions, which ascend.
pub(super) fn read_facts(
    store: &dyn EventStore,
    positions: &[u64],
    visit: &mut dyn FnMut(u64, Record),
) -> Result<(), QueryError> {
    for near in positions.chunk_by(|a, b| b.saturating_sub(*a) <= GAP) {
        let (Some(first), Some(last)) = (near.first(), near.last()) else {
            continue;
        };
        let mut wanted = near.iter().copied().peekable();
        let mut failed = None;
        store.scan_facts(*first..last.saturating_add(1), &mut |position, bytes| {
            if wanted.next_if_eq(&position).is_none() {
                return ControlFlow::Continue(());
            }
            match codec::decode(bytes) {
                Ok(record) => {
                    visit(position, record);
                    ControlFlow::Continue(())
                }
                Err(_) => {
                    failed = Some(QueryError::Entry { position });
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
    }
    Ok(())
}

/// The acts of a stream. Of a vote that is open, those that are not ballots.
pub(super) fn stream(
    cx: &Context<'_>,
    kind: &str,
    name: &str,
    asked: Page,
) -> Result<Value, QueryError> {
    let kind = Kind::from_word(kind).ok_or(QueryError::NotFound)?;
    let index = find(cx.world, kind, name)?;
    let key = StreamKey { kind: kind.number(), index };
    let positions = cx.store.stream(key, 0..cx.world.position)?;
    let vote = if kind == Kind::Vote { cx.world.tables.votes.get(index) } else { None };
    let withheld = vote.is_some_and(|vote| vote.closed.is_none());
    let revisions: Vec<(u64, u64)> = (0..).zip(positions).collect();
    let later = revisions.iter().filter(|(_, position)| *position >= asked.from);
    // While ballots are withheld, only the opening is shown of the stream: how much follows would
    // say how many have voted.
    let limit = if withheld { 1 } else { usize::try_from(asked.limit).unwrap_or(usize::MAX) };
    let shown: Vec<(u64, u64)> = later.clone().take(limit).copied().collect();
    let mut acts = Vec::with_capacity(shown.len());
    let wanted: Vec<u64> = shown.iter().map(|(_, position)| *position).collect();
    read_facts(cx.store, &wanted, &mut |_, record| {
        acts.push((record.fact.type_name(), record.at));
    })?;
    let items = shown.iter().zip(acts).filter(|(_, (act, _))| !withheld || *act != BALLOT);
    let items = items.map(|((revision, position), (act, at))| {
        json!({"revision": revision, "position": position, "type": act, "recorded_at": at})
    });
    let items: Vec<Value> = items.collect();
    let next = later.clone().nth(shown.len()).map(|(_, position)| *position);
    let (total, last) = (revisions.len(), revisions.last().map(|(revision, _)| revision));
    let hide = |value: Value| if withheld { json!(WITHHELD) } else { value };
    Ok(json!({
        "stream": format!("{}/{}", kind.word(), names::name(cx.world, kind, index).as_str()
            .unwrap_or_default()),
        "items": items,
        "revision": hide(json!(last)),
        "total": hide(json!(total)),
        "next": if withheld { Value::Null } else { json!(next) },
    }))
}
