//! The moves of a log, one after the other, without holding more than a window of them.

use super::BooksError;
use crate::log::leaf::Leaf;
use crate::view::{Context, QueryError};
use archipel_domain::act::Fact;
use archipel_domain::codec;
use archipel_domain::fact::{Glance, Record};
use archipel_domain::id::StatementId;
use archipel_domain::ledger::Leg;
use archipel_domain::time::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

/// Positions read at once.
const WINDOW: u64 = 4_096;

/// What books are made of.
pub(super) enum Step<'a> {
    /// A unit was defined, by number.
    Unit(u32),
    /// An account was opened, by number.
    Opened(u32),
    /// Amounts were moved.
    Move(Move<'a>),
}

/// A posted move.
pub(super) struct Move<'a> {
    /// Where it stands in the log.
    pub(super) position: u64,
    /// Its legs.
    pub(super) legs: &'a [Leg],
    /// What it is for.
    pub(super) label: &'a str,
    /// Where the move that it reverses stands.
    pub(super) original: Option<u64>,
}

/// A step of the ledger, if the record is one.
pub(super) fn step(position: u64, record: &Record) -> Option<Step<'_>> {
    let fact = record.fact.effective();
    Some(match fact {
        Fact::UnitDefined(_) => Step::Unit(fact.stream().index),
        Fact::AccountOpened(_) => Step::Opened(fact.stream().index),
        Fact::MovePosted(posted) => Step::Move(Move {
            position,
            legs: &posted.legs,
            label: posted.label.as_str(),
            original: None,
        }),
        Fact::MoveReversed(reversed) => Step::Move(Move {
            position,
            legs: &reversed.legs,
            label: reversed.reason.as_str(),
            original: Some(reversed.original),
        }),
        _ => return None,
    })
}

/// What takes in the steps.
pub(super) trait Visit {
    /// Whether ids of statements are wanted.
    const IDS: bool;

    /// Takes in the next step.
    fn visit(&mut self, at: Timestamp, step: Step<'_>, ids: &Ids) -> Result<(), BooksError>;
}

/// Ids of the statements of a window, and of those that they cite.
pub(super) type Ids = BTreeMap<u64, StatementId>;

/// Goes through the ledger up to the context's position; tells how far it is.
pub(super) fn walk<V: Visit>(
    cx: &Context<'_>,
    visitor: &mut V,
    told: &mut dyn FnMut(u64),
) -> Result<(), BooksError> {
    let end = cx.world.position;
    let mut from = 0;
    while from < end {
        let upto = from.saturating_add(WINDOW).min(end);
        let records = records(cx, from..upto)?;
        let ids = if V::IDS { ids(cx, &records)? } else { Ids::new() };
        for (position, record) in &records {
            if let Some(step) = step(*position, record) {
                visitor.visit(record.at, step, &ids)?;
            }
        }
        from = upto;
        told(from);
    }
    Ok(())
}

fn records(cx: &Context<'_>, range: Range<u64>) -> Result<Vec<(u64, Record)>, QueryError> {
    let mut records = Vec::new();
    let mut failed = None;
    cx.store.scan_facts(range, &mut |position, bytes| {
        if Glance::at_ballot(bytes).is_some() {
            return ControlFlow::Continue(());
        }
        match codec::decode::<Record>(bytes) {
            Ok(record) if step(position, &record).is_some() => records.push((position, record)),
            Ok(_) => {}
            Err(_) => {
                failed = Some(QueryError::Entry { position });
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })?;
    failed.map_or(Ok(records), Err)
}

#[derive(Deserialize)]
struct Outline {
    id: StatementId,
}

fn ids(cx: &Context<'_>, records: &[(u64, Record)]) -> Result<Ids, QueryError> {
    let mut wanted = Ids::new();
    for (position, record) in records {
        if let Some(Step::Move(found)) = step(*position, record) {
            wanted.extend([(found.position, StatementId(0))]);
            wanted.extend(found.original.map(|original| (original, StatementId(0))));
        }
    }
    let positions: Vec<u64> = wanted.keys().copied().collect();
    // Neighbours are read along; originals from long ago, each by itself.
    for near in positions.chunk_by(|a, b| b.saturating_sub(*a) <= 64) {
        let (Some(first), Some(last)) = (near.first(), near.last()) else { continue };
        let mut failed = None;
        cx.store.scan_leaves(*first..last.saturating_add(1), &mut |position, bytes| {
            let Some(slot) = wanted.get_mut(&position) else { return ControlFlow::Continue(()) };
            let leaf = Leaf::decode(bytes).ok();
            match leaf.and_then(|leaf| serde_json::from_slice::<Outline>(&leaf.payload).ok()) {
                Some(outline) => {
                    *slot = outline.id;
                    ControlFlow::Continue(())
                }
                None => {
                    failed = Some(QueryError::Entry { position });
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
    }
    Ok(wanted)
}
