//! The event store: one append-only log of leaves (the truth), and what is derived from it
//! (decoded facts, an index of ids, an index of streams).
//!
//! [`SledStore`] keeps both on disk, [`MemoryStore`] in memory; `archipel-testkit` wraps either
//! with planned failures and holds all to one conformance suite.
//!
//! # What a store promises
//! * A batch is written whole or not at all, at positions `expected_size..`, and is durable when
//!   [`EventStore::append`] answers `Ok` (power loss included, on a disk that honours fsync).
//! * Positions are gapless and never reused; readers see no entry before it is durable.
//! * A known id is [`AppendError::Duplicate`], even when the expected size is stale.
//! * Whatever is handed out has passed its checksum; damage is an error, never other bytes.
//!
//! The files and their formats are described in [`SledStore`] and in the modules it names.

mod database;
mod derived;
mod disk;
mod error;
mod guard;
mod ids;
mod leaves;
mod memory;
mod open;
mod panics;
mod segment;
mod streams;

use std::ops::{ControlFlow, Range};

use smallvec::SmallVec;

use crate::log::merkle::{Frontier, Hash};

pub use disk::{Durability, SledStore, StoreOptions, blob_files};
pub use error::{AppendError, OpenError, Part, ReadError};
pub use memory::MemoryStore;
pub(crate) use open::{DERIVED, GUARD, LOCK, LOG};

/// Longest leaf, in bytes: the limit of an entry in a C2SP entry bundle (u16 length).
pub const MAX_LEAF: usize = 65_535;
/// Longest fact, in bytes. A fact is decoded from a leaf and never needs more.
pub const MAX_FACT: usize = 65_535;
/// Most streams that one event belongs to.
pub const MAX_STREAMS: usize = 4;
/// Most entries of one batch; [`EventStore::append_derived`] splits what it is given.
pub const MAX_BATCH: usize = 65_536;
/// Longest value given to sled, in bytes. At sled's default segment size, values from about
/// 8,000 bytes may become files in `blobs/`, which sled never syncs.
pub const MAX_VALUE: usize = 7_000;

/// A stream: an ordered subset of the log, such as the acts on one proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamKey {
    /// What the stream is about; the engine numbers the kinds.
    pub kind: u8,
    /// Interned number of the thing within its kind.
    pub index: u32,
}

/// What is derived from one leaf and stored beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// The decoded fact, as the projections fold it: 0 to [`MAX_FACT`] bytes.
    pub fact: Vec<u8>,
    /// The author's id of the event (UUIDv7): the idempotency key.
    pub id: u128,
    /// Streams it belongs to, at most [`MAX_STREAMS`]; order and repeats do not matter.
    pub streams: SmallVec<[StreamKey; 2]>,
}

/// One event to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The leaf, verbatim: 1 to [`MAX_LEAF`] bytes.
    pub leaf: Vec<u8>,
    /// [`leaf_hash`](crate::log::merkle::leaf_hash) of the leaf, computed by the caller, who
    /// does it in parallel.
    pub leaf_hash: Hash,
    /// What is stored beside it.
    pub derived: Derived,
}

/// How far the log reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of leaves; also the position of the next one.
    pub size: u64,
    /// RFC 6962 root of the tree of these leaves.
    pub root: Hash,
}

/// An append-only store of events. See the [module](self) for what it promises.
///
/// Reads may run from any number of threads, beside one append. The `visit` closures must not
/// call back into the store.
pub trait EventStore: Send + Sync {
    /// Appends a batch at `expected_size`; answers with the new head once it is durable.
    ///
    /// # Errors
    /// Checked in this order: [`AppendError::ReadOnly`], [`AppendError::Invalid`],
    /// [`AppendError::RepeatedId`], [`AppendError::DerivedBehind`], [`AppendError::Duplicate`],
    /// [`AppendError::Conflict`]; then [`AppendError::Fatal`] if writing fails.
    fn append(&self, expected_size: u64, entries: &[Entry]) -> Result<Head, AppendError>;

    /// The durable head.
    fn head(&self) -> Head;

    /// The peaks of the tree of the first `size` leaves, hence its root.
    ///
    /// # Errors
    /// [`ReadError::Beyond`] past the head, or damage of the segment that holds `size`.
    fn frontier_at(&self, size: u64) -> Result<Frontier, ReadError>;

    /// Visits the leaves of `range` in order, with their positions, until `visit` breaks.
    ///
    /// # Errors
    /// [`ReadError::Beyond`] if the range ends past the head; damage, after the leaves before it
    /// have been visited.
    fn scan_leaves(
        &self,
        range: Range<u64>,
        visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), ReadError>;

    /// Visits the facts of `range` in order, with their positions, until `visit` breaks.
    ///
    /// # Errors
    /// As [`EventStore::scan_leaves`], the limit being [`EventStore::derived_size`].
    fn scan_facts(
        &self,
        range: Range<u64>,
        visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), ReadError>;

    /// The positions of these ids, in the order asked; `None` for an id that is not in the first
    /// [`EventStore::derived_size`] entries.
    ///
    /// # Errors
    /// Damage of the index.
    fn lookup(&self, ids: &[u128]) -> Result<Vec<Option<u64>>, ReadError>;

    /// The positions of `range` that belong to a stream, ascending.
    ///
    /// # Errors
    /// As [`EventStore::scan_facts`].
    fn stream(&self, key: StreamKey, range: Range<u64>) -> Result<Vec<u64>, ReadError>;

    /// How many entries facts, ids and streams cover: at most the head's size, and less after a
    /// crash or a deletion.
    fn derived_size(&self) -> u64;

    /// Adds derived data for entries that are already in the log, from position `first`, which
    /// must be [`EventStore::derived_size`]. Not durable until [`EventStore::sync_derived`].
    /// The hashes are those of the leaves, against which the result is bound.
    ///
    /// # Errors
    /// [`AppendError::DerivedConflict`] for another `first` or beyond the head;
    /// [`AppendError::Invalid`], [`AppendError::RepeatedId`], [`AppendError::Duplicate`] for what
    /// no log of ours contains; [`AppendError::Derived`] if writing fails.
    fn append_derived(&self, first: u64, items: &[(Derived, Hash)]) -> Result<(), AppendError>;

    /// Forgets all derived data, damaged or not, to rebuild it from position 0.
    ///
    /// # Errors
    /// [`AppendError::Derived`].
    fn reset_derived(&self) -> Result<(), AppendError>;

    /// Makes derived data durable, so that the next start has less to catch up.
    ///
    /// # Errors
    /// [`AppendError::Derived`].
    fn sync_derived(&self) -> Result<(), AppendError>;
}

/// The checks that need nothing but the batch: limits and repeated ids. Answers with the ids in
/// order, each with its index, for the index to look up.
fn check_batch<'a>(
    items: impl ExactSizeIterator<Item = (Option<&'a [u8]>, &'a Derived)>,
) -> Result<Vec<(u128, usize)>, AppendError> {
    let invalid = |index, what| Err(AppendError::Invalid { index, what });
    if items.len() > MAX_BATCH {
        return invalid(MAX_BATCH, "the batch has too many entries");
    }
    let mut ids = Vec::with_capacity(items.len());
    for (index, (leaf, derived)) in items.enumerate() {
        match leaf.map(<[u8]>::len) {
            Some(0) => return invalid(index, "the leaf is empty"),
            Some(n) if n > MAX_LEAF => return invalid(index, "the leaf is over 65,535 bytes"),
            _ => {}
        }
        if derived.fact.len() > MAX_FACT {
            return invalid(index, "the fact is over 65,535 bytes");
        }
        if derived.streams.len() > MAX_STREAMS {
            return invalid(index, "the event belongs to too many streams");
        }
        ids.push((derived.id, index));
    }
    ids.sort_unstable();
    let repeated = ids.windows(2).find_map(|pair| match pair {
        [(a, _), (b, _)] if a == b => Some(*a),
        _ => None,
    });
    match repeated {
        Some(id) => Err(AppendError::RepeatedId { id }),
        None => Ok(ids),
    }
}

/// `Ok(false)` for an empty range, `Ok(true)` for one within `available` entries.
fn check_range(part: Part, range: &Range<u64>, available: u64) -> Result<bool, ReadError> {
    if range.start >= range.end {
        return Ok(false);
    }
    if range.end > available {
        return Err(ReadError::Beyond { part, asked: range.end, available });
    }
    Ok(true)
}
