//! Deriving facts from leaves again: after a crash, after a deletion, and for the audit.

use crate::log::leaf::Leaf;
use crate::log::merkle;
use crate::log::statement::Statement;
use crate::sequencer::{self, derive};
use crate::store::{AppendError, Derived, EventStore, ReadError};
use archipel_domain::authority::Cited;
use archipel_domain::id::StatementId;
use archipel_domain::time::Timestamp;
use archipel_domain::world::World;
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// Leaves decoded at once: bounds the memory of a rebuild (at most 65,535 bytes each).
pub(crate) const CHUNK: u64 = 2_048;

/// Why derived data can not be rebuilt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RebuildError {
    /// The leaves can not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Derived data can not be written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A leaf is not one that this program ever admits.
    #[error(
        "the leaf at position {position} is not admissible ({code}); the log was written by other \
         rules or was altered: restore it from a copy that passes `archipel audit verify`"
    )]
    Inadmissible {
        /// Where.
        position: u64,
        /// Which rule.
        code: String,
    },
}

impl RebuildError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(_) => "rebuild.read",
            Self::Append(_) => "rebuild.append",
            Self::Inadmissible { .. } => "rebuild.inadmissible",
        }
    }
}

/// A leaf with what can be read from it without any state.
pub(crate) struct Parsed {
    pub(crate) position: u64,
    /// The leaf, verbatim.
    pub(crate) bytes: Vec<u8>,
    pub(crate) hash: [u8; 32],
    pub(crate) recorded_at: Timestamp,
    pub(crate) statement: Statement,
}

/// The leaves of a range, verbatim; those before a fault too.
pub(crate) fn read_leaves(
    store: &dyn EventStore,
    range: Range<u64>,
    leaves: &mut Vec<Vec<u8>>,
) -> Result<(), ReadError> {
    store.scan_leaves(range, &mut |_, bytes| {
        leaves.push(bytes.to_vec());
        ControlFlow::Continue(())
    })
}

/// Reads and parses the leaves of a range, in parallel.
fn parse_leaves(store: &dyn EventStore, range: Range<u64>) -> Result<Vec<Parsed>, RebuildError> {
    let first = range.start;
    let mut leaves = Vec::new();
    read_leaves(store, range, &mut leaves)?;
    let parsed: Vec<Result<Parsed, RebuildError>> = leaves
        .into_par_iter()
        .enumerate()
        .map(|(index, bytes)| {
            // What was admitted once had been verified; the audit verifies again.
            let position = first.saturating_add(index as u64);
            parse_leaf(position, bytes, |_, _, _| Ok(())).map(|(parsed, ())| parsed)
        })
        .collect();
    // The first fault by position, whatever the threads find first.
    parsed.into_iter().collect()
}

/// Reads and parses one leaf; `check` is given the statement with its payload and signature, and
/// what it finds comes with the leaf.
pub(crate) fn parse_leaf<C, E: From<RebuildError>>(
    position: u64,
    bytes: Vec<u8>,
    check: impl FnOnce(&Statement, &[u8], [u8; 64]) -> Result<C, E>,
) -> Result<(Parsed, C), E> {
    let inadmissible = |code: String| RebuildError::Inadmissible { position, code };
    let leaf = Leaf::borrow(&bytes).map_err(|error| inadmissible(error.to_string()))?;
    let statement =
        Statement::parse(leaf.payload).map_err(|error| inadmissible(error.code().to_owned()))?;
    if statement.authored.key != leaf.key {
        return Err(inadmissible("leaf.other-key".to_owned()).into());
    }
    let found = check(&statement, leaf.payload, leaf.signature)?;
    let (hash, recorded_at) = (merkle::leaf_hash(&bytes), leaf.recorded_at);
    Ok((Parsed { position, bytes, hash, recorded_at, statement }, found))
}

/// Decides a parsed leaf again and folds it in. `cited` finds earlier records.
pub(crate) fn decide_again(
    world: &mut World,
    parsed: Parsed,
    cited: &dyn Fn(StatementId) -> Result<Option<Cited>, ReadError>,
) -> Result<(Derived, [u8; 32]), RebuildError> {
    let Parsed { position, hash, recorded_at, statement, .. } = parsed;
    let inadmissible = |code: &str| RebuildError::Inadmissible { position, code: code.to_owned() };
    if recorded_at < world.recorded_at {
        return Err(inadmissible("leaf.time-goes-back"));
    }
    let id = statement.authored.id;
    let earlier = match statement.authored.act.cites() {
        Some(id) => cited(id)?,
        None => None,
    };
    let record = world
        .decide(statement.authored, recorded_at, earlier.as_ref())
        .map_err(|rejection| inadmissible(rejection.code()))?;
    let derived = derive(id, &record).map_err(|error| inadmissible(error.code()))?;
    world.evolve(&record);
    Ok((derived, hash))
}

/// Derives what lies between the state and the head of the log.
pub(crate) fn catch_up(store: &dyn EventStore, mut world: World) -> Result<World, RebuildError> {
    let size = store.head().size;
    while world.position < size {
        let first = world.position;
        let end = first.saturating_add(CHUNK).min(size);
        let parsed = parse_leaves(store, first..end)?;
        let mut derived = Vec::with_capacity(parsed.len());
        let mut recent: std::collections::HashMap<u128, u64> = std::collections::HashMap::new();
        for leaf in parsed {
            let (position, id) = (leaf.position, leaf.statement.authored.id);
            let item = {
                let derived: &Vec<(Derived, [u8; 32])> = &derived;
                let cited = |id| find_cited(store, first, derived, &recent, id);
                decide_again(&mut world, leaf, &cited)?
            };
            recent.insert(id.0, position);
            derived.push(item);
        }
        store.append_derived(first, &derived)?;
    }
    store.sync_derived()?;
    Ok(world)
}

/// An earlier record: of this chunk, or from the store.
fn find_cited(
    store: &dyn EventStore,
    first: u64,
    derived: &[(Derived, [u8; 32])],
    recent: &std::collections::HashMap<u128, u64>,
    id: StatementId,
) -> Result<Option<Cited>, ReadError> {
    let Some(position) = recent.get(&id.0).copied() else {
        return sequencer::find_cited(store, id);
    };
    let index = position.checked_sub(first).and_then(|index| usize::try_from(index).ok());
    let item = index.and_then(|index| derived.get(index));
    let record = item.and_then(|(item, _)| archipel_domain::codec::decode(&item.fact).ok());
    Ok(record.map(|record| Cited { position, record }))
}
