//! The audit: everything is verified again, trusting nothing but the leaves' bytes.
//!
//! For every leaf: its bytes decode and re-encode, its payload is canonical, its signature and
//! proofs verify, its id occurs once, and the rules admit it at its place. For the whole: the
//! root, every tile and bundle where tiles are audited ([`tiles`]), what is derived where a data
//! directory is ([`Stored`]), and the state hash of every view. Outcomes are checked on the way: a
//! declaration is only admitted if its tally hash is that of the ballots.
//!
//! The signatures of one chunk of leaves are verified in parallel while the chunk before is
//! decided, in order; two chunks are in memory at a time. docs/spec/audit.md is the normative text.

mod error;
mod keeper;
mod restore;
pub mod saved;
pub mod tiles;

pub use error::AuditError;
pub use keeper::{Held, Item, Keeper, Stored, Two};
pub use restore::{Restored, restore};

use crate::crypto::{PublicKey, TOGETHER, VerifierCache, conclude};
use crate::log::merkle::{self, Frontier};
use crate::log::statement::StatementError;
use crate::rebuild::{self, CHUNK, Parsed, decide_again};
use crate::store::EventStore;
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::world::{View, World};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use tiles::TileRows;

/// What an audit found in order.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AuditReport {
    /// The log's name.
    pub origin: String,
    /// How many leaves the log has.
    pub size: u64,
    /// From which position on they were verified now; those before were by an earlier audit.
    pub from: u64,
    /// RFC 6962 root of the tree of these leaves.
    pub root: Hash,
    /// How many outcomes were counted again.
    pub outcomes: u64,
    /// State hash of each view.
    pub state_hashes: BTreeMap<String, Hash>,
}

/// What there is before the first fault, and the fault: what comes first in the log is told first.
#[derive(Debug)]
pub struct Upto<T> {
    /// In order.
    pub items: Vec<T>,
    /// Why there are no more of those asked for.
    pub fault: Option<AuditError>,
}

impl<T> Upto<T> {
    /// All of them.
    ///
    /// # Errors
    /// The fault.
    pub fn whole(self) -> Result<Vec<T>, AuditError> {
        self.fault.map_or(Ok(self.items), Err)
    }
}

/// Where the leaves of a log are read from.
pub trait Source: Sync {
    /// The leaves of a range, in order.
    fn leaves(&self, range: Range<u64>) -> Upto<Vec<u8>>;

    /// Compares a row of tile hashes, as it follows from the leaves, with what the source shows:
    /// the tile of that level and index, full or, at the end, as wide as the tree has it.
    ///
    /// # Errors
    /// If it shows another one, or none.
    fn check_tile(&self, level: u8, index: u64, row: &[merkle::Hash]) -> Result<(), AuditError>;
}

/// Leaves of a store, which shows no tiles.
struct StoredLeaves<'a>(&'a dyn EventStore);

impl Source for StoredLeaves<'_> {
    fn leaves(&self, range: Range<u64>) -> Upto<Vec<u8>> {
        let mut items = Vec::new();
        let read = rebuild::read_leaves(self.0, range, &mut items);
        Upto { items, fault: read.err().map(AuditError::from) }
    }

    fn check_tile(&self, _: u8, _: u64, _: &[merkle::Hash]) -> Result<(), AuditError> {
        Ok(())
    }
}

/// An audit under way: the state up to where it has come.
pub struct Auditor<K> {
    origin: String,
    verifiers: VerifierCache,
    world: World,
    frontier: Frontier,
    rows: TileRows,
    keeper: K,
    from: u64,
}

impl<K: Keeper> Auditor<K> {
    /// An audit of the log of that name, from its beginning.
    #[must_use]
    pub fn new(origin: &str, keeper: K) -> Self {
        Self {
            origin: origin.to_owned(),
            verifiers: VerifierCache::default(),
            world: World::default(),
            frontier: Frontier::new(),
            rows: TileRows::default(),
            keeper,
            from: 0,
        }
    }

    /// How many leaves are verified.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.world.position
    }

    /// Root of the leaves that are verified.
    #[must_use]
    pub fn root(&self) -> merkle::Hash {
        self.frontier.root()
    }

    /// What keeps what is needed of earlier entries.
    #[must_use]
    pub fn keeper(&self) -> &K {
        &self.keeper
    }

    /// Verifies the leaves up to `size`; `progress` is told how many are done.
    ///
    /// # Errors
    /// The first thing that is wrong, with its position.
    pub fn run(
        &mut self,
        source: &dyn Source,
        size: u64,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), AuditError> {
        let chunk_at = |first: u64| first..first.saturating_add(CHUNK).min(size);
        let mut range = chunk_at(self.world.position);
        let mut ready = prepare(source, range.clone(), &self.origin, &self.verifiers);
        while !range.is_empty() {
            let following = chunk_at(range.end);
            let Self { origin, verifiers, world, frontier, rows, keeper, .. } = self;
            let mut deciding = Deciding { world, frontier, rows, keeper };
            let (decided, prepared) = rayon::join(
                || deciding.take(source, ready),
                || prepare(source, following.clone(), origin, verifiers),
            );
            decided?;
            progress(range.end);
            (range, ready) = (following, prepared);
        }
        Ok(())
    }

    /// Compares the whole with a root, and the tiles that are not full with the source.
    ///
    /// # Errors
    /// [`AuditError::Root`], [`AuditError::Tile`].
    pub fn finish(
        &self,
        source: &dyn Source,
        root: &merkle::Hash,
    ) -> Result<AuditReport, AuditError> {
        let size = self.world.position;
        if self.frontier.root() != *root {
            return Err(AuditError::Root { size });
        }
        self.rows.each_unfinished(&mut |level, index, row| source.check_tile(level, index, row))?;
        let declared = self.world.tables.votes.iter().filter(|(_, vote)| vote.declared.is_some());
        let hashes = View::ALL.into_iter();
        Ok(AuditReport {
            origin: self.origin.clone(),
            size,
            from: self.from,
            root: Hash(*root),
            outcomes: declared.count() as u64,
            state_hashes: hashes
                .map(|view| (view.name().to_owned(), self.world.state_hash(view)))
                .collect(),
        })
    }

    /// Checks that a key is the one that the first leaf names as the instance's own.
    ///
    /// # Errors
    /// [`AuditError::Key`].
    pub fn check_key(&self, key: &PublicKey) -> Result<(), AuditError> {
        let instance = self.world.tables.instances.get(0);
        let named = instance.is_some_and(|instance| instance.registrar.0 == *key.as_bytes());
        if named { Ok(()) } else { Err(AuditError::Key) }
    }
}

/// Audits the log of a store, with what is derived; `progress` is told how many leaves are done.
///
/// # Errors
/// [`AuditError`]: the first thing that is wrong, with its position.
pub fn audit(
    store: &dyn EventStore,
    origin: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<AuditReport, AuditError> {
    let head = store.head();
    let mut auditor = Auditor::new(origin, Stored::new(store));
    run_stored(store, &mut auditor, &mut |done| progress(done, head.size))?;
    auditor.finish(&StoredLeaves(store), &head.root)
}

/// Verifies the leaves of a store, up to its head.
///
/// # Errors
/// As [`Auditor::run`].
pub fn run_stored<K: Keeper>(
    store: &dyn EventStore,
    auditor: &mut Auditor<K>,
    progress: &mut dyn FnMut(u64),
) -> Result<(), AuditError> {
    auditor.run(&StoredLeaves(store), store.head().size, progress)
}

/// Compares an audited store with its head.
///
/// # Errors
/// As [`Auditor::finish`].
pub fn finish_stored<K: Keeper>(
    store: &dyn EventStore,
    auditor: &Auditor<K>,
) -> Result<AuditReport, AuditError> {
    auditor.finish(&StoredLeaves(store), &store.head().root)
}

/// The entries of a chunk, in order and in parts, each read and checked without any state; after
/// the last one that could be read, why there are no more.
type Checked = Vec<Vec<Result<Parsed, AuditError>>>;

/// Reads a chunk and checks, in parallel, what needs no state.
fn prepare(
    source: &dyn Source,
    range: Range<u64>,
    origin: &str,
    verifiers: &VerifierCache,
) -> Checked {
    let first = range.start;
    if range.is_empty() {
        return Vec::new();
    }
    let leaves = source.leaves(range);
    let parts = leaves.items.into_par_iter().chunks(TOGETHER).enumerate();
    let mut checked: Checked = parts
        // One by one: whoever finishes last keeps the others waiting for one of them.
        .with_max_len(1)
        .map(|(part, leaves)| {
            let first = first.saturating_add((part * TOGETHER) as u64);
            check_some(first, leaves, origin, verifiers)
        })
        .collect();
    checked.extend(leaves.fault.map(|fault| vec![Err(fault)]));
    checked
}

/// Checks some entries, whose signatures are concluded together.
fn check_some(
    first: u64,
    leaves: Vec<Vec<u8>>,
    origin: &str,
    verifiers: &VerifierCache,
) -> Vec<Result<Parsed, AuditError>> {
    let wrong = |position, error: StatementError| {
        let code = error.code().to_owned();
        AuditError::Statement { position, code }
    };
    let begun = (first..)
        .zip(leaves)
        .map(|(position, bytes)| {
            rebuild::parse_leaf(position, bytes, |statement, payload, signature| {
                let begun = statement.begin(payload, signature, origin, verifiers);
                begun.map_err(|error| wrong(position, error))
            })
        })
        .collect();
    let concluded = conclude(begun).map(|concluded| {
        let (parsed, verdict) = concluded?;
        let verdict = verdict.map_err(StatementError::from);
        let verified = verdict.and_then(|()| parsed.statement.check_proofs(origin));
        verified.map_err(|error| wrong(parsed.position, error))?;
        Ok(parsed)
    });
    concluded.collect()
}

/// What changes as leaves are decided, in order.
struct Deciding<'a, K> {
    world: &'a mut World,
    frontier: &'a mut Frontier,
    rows: &'a mut TileRows,
    keeper: &'a mut K,
}

impl<K: Keeper> Deciding<'_, K> {
    fn take(&mut self, source: &dyn Source, chunk: Checked) -> Result<(), AuditError> {
        let mut hashes = Vec::with_capacity(chunk.len() * TOGETHER);
        let mut fault = None;
        for checked in chunk.into_iter().flatten() {
            // The first fault by position, whatever the threads found first.
            let mut parsed = match checked {
                Ok(parsed) => parsed,
                Err(error) => {
                    fault = Some(error);
                    break;
                }
            };
            let position = parsed.position;
            let leaf = std::mem::take(&mut parsed.bytes);
            let keeper = &*self.keeper;
            // Only what is earlier in the log can be cited.
            let cited =
                |id: StatementId| Ok(keeper.cited(id)?.filter(|cited| cited.position < position));
            let (derived, hash) = decide_again(self.world, parsed, &cited)?;
            hashes.push(hash);
            self.keeper.take(position, &mut Item { leaf, hash, derived })?;
        }
        self.frontier.extend(&hashes);
        self.rows.extend(&hashes, &mut |level, index, row| source.check_tile(level, index, row))?;
        self.keeper.settle()?;
        fault.map_or(Ok(()), Err)
    }
}
