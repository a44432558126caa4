//! Parallel folds over the facts of a store.
//!
//! Positional projections split the log into contiguous ranges of positions, one a thread, and
//! merge the parts in order. Entities are the other family: the facts that touch each entity are
//! gathered in order (in parallel, by range), then the entities are folded in parallel.

use crate::store::{EventStore, ReadError};
use archipel_domain::act::Act;
use archipel_domain::codec;
use archipel_domain::entity::{Directory, EntityRef, Table};
use archipel_domain::fact::{Glance, Record, Recorded, can_name};
use archipel_domain::id::Hash;
use archipel_domain::ledger::Balances;
use archipel_domain::projection::Projection;
use archipel_domain::tables::{Entity, Tables};
use archipel_domain::timeline::Timeline;
use archipel_domain::vote::Ballots;
use archipel_domain::world::{View, World};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

/// Why a fold stops.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// The store can not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A stored fact does not decode.
    #[error("the fact at position {position} does not decode: {what}; rebuild the derived data")]
    Fact {
        /// Where.
        position: u64,
        /// What the codec says.
        what: String,
    },
    /// Threads could not be started.
    #[error("cannot start {threads} threads")]
    Threads {
        /// How many were asked for.
        threads: usize,
    },
}

/// The state of one view. The fields of other views are empty.
#[derive(Debug, Default)]
pub struct Folded {
    /// Names, for showing entities by name; only of the facts that were read.
    pub directory: Directory,
    /// Entities of the view, if it is one of entities.
    pub tables: Tables,
    /// Ballots, if the view is `tallies`.
    pub ballots: Ballots,
    /// Balances, if the view is `balances`.
    pub balances: Balances,
    /// Counts, if the view is `timeline`.
    pub timeline: Timeline,
}

impl Folded {
    /// The state hash of the view that was folded.
    #[must_use]
    pub fn state_hash(&self, view: View) -> Hash {
        match view {
            View::Tallies => self.ballots.state_hash(),
            View::Balances => self.balances.state_hash(),
            View::Timeline => self.timeline.state_hash(),
            entities => self.tables.hash(entities.kinds()),
        }
    }
}

/// Folds one view over the facts of `0..end` with so many threads.
///
/// # Errors
/// [`FoldError`].
pub fn fold_view(
    store: &dyn EventStore,
    view: View,
    end: u64,
    threads: usize,
) -> Result<Folded, FoldError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|_| FoldError::Threads { threads })?;
    let mut folded = Folded::default();
    pool.install(|| {
        match view {
            View::Tallies => folded.ballots = fold_positional(store, end, threads)?,
            View::Balances => folded.balances = fold_positional(store, end, threads)?,
            View::Timeline => folded.timeline = fold_positional(store, end, threads)?,
            _ => {
                let touching = gather(store, end, threads, view)?;
                for (position, record) in &touching.records {
                    folded.directory.apply(&Recorded { position: *position, record });
                }
                folded.tables = touching.tables(view);
            }
        }
        Ok(folded)
    })
}

/// Continues a state over the facts of `state.position..end`, in order.
///
/// # Errors
/// [`FoldError`].
pub fn fold_world(store: &dyn EventStore, state: World, end: u64) -> Result<World, FoldError> {
    let mut world = state;
    scan_records(store, world.position..end, &|_| true, &mut |_, record| world.evolve(&record))?;
    Ok(world)
}

/// `0..end` in `parts` ranges of nearly equal length, in order.
fn ranges(end: u64, parts: usize) -> Vec<Range<u64>> {
    let parts = u64::try_from(parts.max(1)).unwrap_or(1);
    let bound = |part: u64| {
        let product = u128::from(end).saturating_mul(u128::from(part));
        u64::try_from(product.checked_div(u128::from(parts)).unwrap_or(0)).unwrap_or(end)
    };
    (0..parts).map(|part| bound(part)..bound(part.saturating_add(1))).collect()
}

/// A projection that can take in its commonest facts from their bytes alone.
trait Fold: Projection {
    /// Takes in an encoded fact; `false` leaves it to be decoded in full.
    fn glance(&mut self, position: u64, bytes: &[u8]) -> bool {
        let _ = (position, bytes);
        false
    }
}

impl Fold for Ballots {
    fn glance(&mut self, position: u64, bytes: &[u8]) -> bool {
        let Some(Glance::Ballot { vote, voter, row }) = Glance::at_ballot(bytes) else {
            return false;
        };
        if can_name(position, vote) && can_name(position, voter) {
            self.put(vote, voter, row);
        }
        true
    }
}

impl Fold for Balances {
    fn glance(&mut self, position: u64, bytes: &[u8]) -> bool {
        let Some(Glance::Move { legs }) = Glance::at_move(bytes) else { return false };
        let legs = legs.iter().map(Glance::leg);
        self.post(legs.filter(|(account, _)| can_name(position, *account)));
        true
    }
}

impl Fold for Timeline {}

fn fold_positional<P: Fold>(
    store: &dyn EventStore,
    end: u64,
    threads: usize,
) -> Result<P, FoldError> {
    let taken: Vec<bool> = Act::TYPES.iter().map(|name| P::takes(name)).collect();
    let takes = |tag: usize| taken.get(tag).copied().unwrap_or(true);
    let parts: Vec<Result<P, FoldError>> = ranges(end, threads)
        .into_par_iter()
        .map(|range| {
            let mut part = P::default();
            let mut failed = None;
            store.scan_facts(range, &mut |position, bytes| {
                if part.glance(position, bytes) || !takes(tag_of(bytes)) {
                    return ControlFlow::Continue(());
                }
                match decode(position, bytes) {
                    Ok(record) => part.apply(&Recorded { position, record: &record }),
                    Err(error) => {
                        failed = Some(error);
                        return ControlFlow::Break(());
                    }
                }
                ControlFlow::Continue(())
            })?;
            failed.map_or(Ok(part), Err)
        })
        .collect();
    parts.into_iter().try_fold(P::default(), |earlier, later| Ok(earlier.merge(later?)))
}

/// The facts that touch entities of a view, in order, and which entity is touched by which.
#[derive(Default)]
struct Touching {
    records: Vec<(u64, Record)>,
    by_entity: BTreeMap<EntityRef, Vec<usize>>,
}

impl Touching {
    fn merge(mut self, later: Self) -> Self {
        let offset = self.records.len();
        self.records.extend(later.records);
        for (entity, records) in later.by_entity {
            let shifted = records.into_iter().map(|index| index.saturating_add(offset));
            self.by_entity.entry(entity).or_default().extend(shifted);
        }
        self
    }

    fn table<E: Entity + PartialEq + Clone>(&self) -> Table<E> {
        let of_kind = EntityRef::new(E::KIND, 0)..=EntityRef::new(E::KIND, u32::MAX);
        let touched: Vec<(&EntityRef, &Vec<usize>)> = self.by_entity.range(of_kind).collect();
        let fold = |(entity, records): (&EntityRef, &Vec<usize>)| {
            let mut state = E::default();
            for (position, record) in records.iter().filter_map(|&i| self.records.get(i)) {
                let recorded = Recorded { position: *position, record };
                record.fact.event().evolve(entity.index, state.as_entity(), &recorded);
            }
            (entity.index, state)
        };
        let rows: Vec<(u32, E)> = touched.into_par_iter().map(fold).collect();
        rows.into_iter().collect()
    }

    fn tables(&self, view: View) -> Tables {
        let mut tables = Tables::default();
        match view {
            View::Roster => {
                tables.instances = self.table();
                tables.groups = self.table();
                tables.members = self.table();
                tables.calls = self.table();
            }
            View::Roles => {
                tables.circles = self.table();
                tables.roles = self.table();
                tables.assignments = self.table();
            }
            View::Proposals => {
                tables.proposals = self.table();
                tables.amendments = self.table();
            }
            View::Votes => tables.votes = self.table(),
            View::Federation => tables.logs = self.table(),
            View::Procedures => tables.procedures = self.table(),
            View::Delegations => tables.delegators = self.table(),
            View::Draws => tables.draws = self.table(),
            View::Charters => {
                tables.remits = self.table();
                tables.charters = self.table();
                tables.tenures = self.table();
            }
            View::Safeguards => {
                tables.safeguards = self.table();
                tables.requests = self.table();
            }
            View::Elections => tables.elections = self.table(),
            View::Rotations => {
                tables.rotations = self.table();
                tables.availabilities = self.table();
            }
            View::Tallies | View::Balances | View::Timeline => {}
        }
        tables
    }
}

fn gather(
    store: &dyn EventStore,
    end: u64,
    threads: usize,
    view: View,
) -> Result<Touching, FoldError> {
    // Ballots and moves touch no entity: most of a long log is skipped by its tag.
    let touches: Vec<bool> =
        Act::TYPES.iter().map(|name| !matches!(*name, "ballot.cast/1" | "move.posted/1")).collect();
    let takes = |tag: usize| touches.get(tag).copied().unwrap_or(true);
    let parts: Vec<Result<Touching, FoldError>> = ranges(end, threads)
        .into_par_iter()
        .map(|range| {
            let mut part = Touching::default();
            scan_records(store, range, &takes, &mut |position, record| {
                let index = part.records.len();
                let mut kept = false;
                record.fact.entities(&mut |entity| {
                    if view.kinds().contains(&entity.kind) && can_name(position, entity.index) {
                        part.by_entity.entry(entity).or_default().push(index);
                        kept = true;
                    }
                });
                if kept {
                    part.records.push((position, record));
                }
            })?;
            Ok(part)
        })
        .collect();
    parts.into_iter().try_fold(Touching::default(), |earlier, later| Ok(earlier.merge(later?)))
}

/// Decodes the facts of a range whose tag is wanted, in order.
fn scan_records(
    store: &dyn EventStore,
    range: Range<u64>,
    takes: &dyn Fn(usize) -> bool,
    visit: &mut dyn FnMut(u64, Record),
) -> Result<(), FoldError> {
    let mut failed = None;
    store.scan_facts(range, &mut |position, bytes| {
        if !takes(tag_of(bytes)) {
            return ControlFlow::Continue(());
        }
        match decode(position, bytes) {
            Ok(record) => {
                visit(position, record);
                ControlFlow::Continue(())
            }
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failed.map_or(Ok(()), Err)
}

/// The row of the act in the table of acts, with which every encoded fact begins. Too few bytes
/// give a row that is never skipped, so that decoding says what is wrong.
fn tag_of(bytes: &[u8]) -> usize {
    let tag = bytes.first_chunk().map_or(u32::MAX, |tag| u32::from_be_bytes(*tag));
    usize::try_from(tag).unwrap_or(usize::MAX)
}

fn decode(position: u64, bytes: &[u8]) -> Result<Record, FoldError> {
    codec::decode(bytes).map_err(|error| FoldError::Fact { position, what: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn ranges_cover_everything_once() {
        for end in [0, 1, 7, 64, 1_000_003] {
            for parts in [1, 2, 3, 7, 64] {
                let ranges = ranges(end, parts);
                assert_eq!(ranges.len(), parts);
                assert_eq!(ranges.first().map(|range| range.start), Some(0));
                assert_eq!(ranges.last().map(|range| range.end), Some(end));
                assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
            }
        }
    }
}
