//! The store on disk, over sled 0.34.

use std::io;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use super::database::Database;
use super::derived::DerivedWriter;
use super::guard::Guard;
use super::ids::{self, IdPlan, Planned};
use super::leaves::{self, LeafWriter};
use super::open::{self, Lock, Mode};
use super::segment::{self, Kind, Write};
use super::{
    AppendError, Derived, Entry, EventStore, Head, OpenError, Part, ReadError, StreamKey,
    check_batch, check_range, streams,
};
use crate::log::merkle::{Frontier, Hash};

/// Derived entries written in one sled batch when rebuilding.
const REBUILD_BATCH: usize = 8_192;

/// How hard an append tries to be durable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// sled's `flush`, then a real `fsync` of the log's file and of the guard file. An
    /// acknowledged event survives power loss.
    #[default]
    Full,
    /// sled's `flush` only, which is not an fsync on Linux. Survives a killed process but not
    /// power loss: for measuring what the fsync costs, and for showing that the power-loss test
    /// notices its absence. Never for real data.
    FlushOnly,
}

/// Settings of a [`SledStore`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// Page cache of each of the two sled databases, in bytes. sled's memory follows this
    /// setting loosely.
    pub cache_capacity: u64,
    /// Whether appends are synced for real.
    pub durability: Durability,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { cache_capacity: 32 << 20, durability: Durability::Full }
    }
}

/// What readers may see.
#[derive(Clone, Copy)]
pub(super) struct Published {
    pub(super) head: Head,
    pub(super) derived: u64,
}

/// What only the appender touches.
pub(super) struct Writer {
    pub(super) leaves: LeafWriter,
    /// `None` when read-only.
    pub(super) guard: Option<Guard>,
    /// `None` after a failed write of derived data, until it is reset.
    pub(super) derived: Option<DerivedWriter>,
    /// Why the log's state is unknown, after a failed write or sync.
    pub(super) fatal: Option<String>,
}

/// A store in a directory.
///
/// * `log/`: a sled database with the leaves, the truth; synced by every append.
/// * `derived/`: a sled database with facts, ids and streams; may be deleted while stopped, and
///   is wiped when it does not open or does not belong to the log. Where it does open but belongs
///   to another history (the log was rolled back), it is kept as `derived.aside/`.
/// * `guard`: the last acknowledged head (see [`OpenError::RolledBack`]).
/// * `lock`: empty; held by the process that has the directory open.
///
/// Two databases, because only the truth needs an fsync per commit, and because damage of the
/// derived one must never keep the log from opening.
pub struct SledStore {
    pub(super) dir: PathBuf,
    pub(super) options: StoreOptions,
    pub(super) published: RwLock<Published>,
    pub(super) writer: Mutex<Writer>,
    /// The truth: segments of leaves.
    pub(super) log: Database,
    /// `None` only after a failed reset.
    pub(super) derived: RwLock<Option<Database>>,
    pub(super) doubt: Option<OpenError>,
    pub(super) read_only: bool,
    /// Last, so that it is released after both databases are closed.
    pub(super) _lock: Lock,
}

impl SledStore {
    /// Opens a directory for reading and appending; creates it if absent.
    ///
    /// Checks the last segment and the guard, not the whole log: that is the audit's work, and
    /// each read checks what it reads.
    ///
    /// # Errors
    /// See [`OpenError`]; its texts say what to do.
    pub fn open(dir: &Path, options: StoreOptions) -> Result<Self, OpenError> {
        open::open(dir, options, Mode::Write)
    }

    /// Opens an existing directory for reading, also where [`SledStore::open`] refuses because of
    /// the guard: [`SledStore::doubt`] then says why. Derived data may still be caught up. It
    /// takes the same exclusive lock, and sled may tidy its files.
    ///
    /// # Errors
    /// See [`OpenError`]; damage of the log is one here too.
    pub fn open_read_only(dir: &Path, options: StoreOptions) -> Result<Self, OpenError> {
        open::open(dir, options, Mode::Read)
    }

    /// Why a store that was opened read-only could not be opened otherwise, if so.
    #[must_use]
    pub fn doubt(&self) -> Option<&OpenError> {
        self.doubt.as_ref()
    }

    fn published(&self) -> Published {
        *self.published.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, change: impl FnOnce(&mut Published)) {
        change(&mut self.published.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// The writer; a panic of an earlier append leaves the log's state unknown.
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(|poisoned| {
            let mut writer = poisoned.into_inner();
            writer.fatal.get_or_insert_with(|| "an earlier write panicked".to_owned());
            writer
        })
    }

    fn refuse(&self, writer: &Writer) -> Result<(), AppendError> {
        if let Some(what) = &writer.fatal {
            return Err(AppendError::Fatal { what: what.clone() });
        }
        if self.read_only {
            let why = self.doubt.as_ref().map_or("opened for reading".into(), ToString::to_string);
            return Err(AppendError::ReadOnly { why });
        }
        Ok(())
    }

    fn with_derived<T>(
        &self,
        read: impl FnOnce(&sled::Tree) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let derived = self.derived.read().unwrap_or_else(PoisonError::into_inner);
        let what = || "it could not be reset".to_owned();
        let closed = || ReadError::Io { part: Part::Derived, what: what() };
        let database = derived.as_ref().ok_or_else(closed)?;
        read(database.tree().map_err(|what| ReadError::Io { part: Part::Derived, what })?)
    }

    /// Merges new ids, sorted and with their index in the batch that starts at `first`.
    fn plan_ids(
        &self,
        derived: &DerivedWriter,
        sorted: &[(u128, usize)],
        first: u64,
    ) -> Result<IdPlan, AppendError> {
        let new: Vec<(u128, u64)> =
            sorted.iter().map(|(id, index)| (*id, first + *index as u64)).collect();
        let known = match self.with_derived(|tree| derived.ids.plan(tree, &new))? {
            Planned::New(plan) => return Ok(plan),
            Planned::Known(known) => known,
        };
        let index_of = |id: u128| {
            let at = sorted.binary_search_by_key(&id, |(id, _)| *id).ok();
            at.and_then(|at| sorted.get(at)).map(|(_, index)| *index)
        };
        let earliest = known.into_iter().min_by_key(|(id, _)| index_of(*id));
        let (id, position) = earliest.unwrap_or_default();
        Err(AppendError::Duplicate { id, position })
    }

    /// The tree of leaf segments.
    fn leaves(&self) -> Result<&sled::Tree, ReadError> {
        self.log.tree().map_err(|what| ReadError::Io { part: Part::Log, what })
    }

    /// One atomic batch, made durable. An error leaves the state of the log unknown.
    fn commit_log(&self, writes: Vec<Write>) -> Result<(), String> {
        self.log.apply(writes)?;
        match self.options.durability {
            Durability::Full => self.log.sync(),
            Durability::FlushOnly => self.log.flush(),
        }
    }

    /// Writes derived data and publishes it; after an error the writer's state is of no use.
    fn commit_derived(&self, writes: Vec<Write>) -> Result<(), String> {
        let derived = self.derived.read().unwrap_or_else(PoisonError::into_inner);
        derived.as_ref().ok_or("it could not be reset")?.apply(writes)
    }
}

impl EventStore for SledStore {
    fn append(&self, expected_size: u64, entries: &[Entry]) -> Result<Head, AppendError> {
        let mut writer = self.writer();
        let writer = &mut *writer;
        self.refuse(writer)?;
        let all = entries.iter().map(|entry| (Some(entry.leaf.as_slice()), &entry.derived));
        let sorted = check_batch(all)?;
        let Published { head, derived } = self.published();
        let behind = AppendError::DerivedBehind { derived, head: head.size };
        let index = writer.derived.as_mut().filter(|index| index.size() == head.size);
        let index = index.ok_or(behind)?;
        let plan = self.plan_ids(index, &sorted, head.size)?;
        if expected_size != head.size {
            return Err(AppendError::Conflict { head: head.size });
        }
        if entries.is_empty() {
            return Ok(head);
        }
        let mut writes = Vec::new();
        writer.leaves.append(entries, &mut writes);
        let head = writer.leaves.head();
        let sync = self.options.durability == Durability::Full;
        let stored = self.commit_log(writes).and_then(|()| match &mut writer.guard {
            Some(guard) => guard.store(head, sync).map_err(|error| format!("guard: {error}")),
            None => Ok(()),
        });
        if let Err(what) = stored {
            writer.fatal = Some(what.clone());
            return Err(AppendError::Fatal { what });
        }
        // From here on the batch is durable: whatever happens to derived data, the answer is Ok.
        let mut writes = Vec::new();
        let items = entries.iter().map(|entry| (&entry.derived, &entry.leaf_hash));
        index.append(items, plan, writer.leaves.frontier().clone(), &mut writes);
        let derived = match self.commit_derived(writes) {
            Ok(()) => head.size,
            Err(error) => {
                tracing::error!(error, "derived data could not be written; it must be rebuilt");
                writer.derived = None;
                derived
            }
        };
        self.publish(|published| *published = Published { head, derived });
        Ok(head)
    }

    fn head(&self) -> Head {
        self.published().head
    }

    fn frontier_at(&self, size: u64) -> Result<Frontier, ReadError> {
        let available = self.head().size;
        if size > available {
            return Err(ReadError::Beyond { part: Part::Log, asked: size, available });
        }
        leaves::frontier_at(self.leaves()?, size)
    }

    fn scan_leaves(
        &self,
        range: Range<u64>,
        visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        if !check_range(Part::Log, &range, self.head().size)? {
            return Ok(());
        }
        segment::scan(self.leaves()?, Kind::Leaves, range, visit)
    }

    fn scan_facts(
        &self,
        range: Range<u64>,
        visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        if !check_range(Part::Derived, &range, self.derived_size())? {
            return Ok(());
        }
        self.with_derived(|tree| segment::scan(tree, Kind::Facts, range, visit))
    }

    fn lookup(&self, ids: &[u128]) -> Result<Vec<Option<u64>>, ReadError> {
        let reach = self.derived_size();
        let mut found = self.with_derived(|tree| ids::lookup(tree, ids))?;
        // A batch that is being published is not there yet.
        for slot in &mut found {
            *slot = slot.filter(|position| *position < reach);
        }
        Ok(found)
    }

    fn stream(&self, key: StreamKey, range: Range<u64>) -> Result<Vec<u64>, ReadError> {
        if !check_range(Part::Derived, &range, self.derived_size())? {
            return Ok(Vec::new());
        }
        self.with_derived(|tree| streams::positions(tree, key, range))
    }

    fn derived_size(&self) -> u64 {
        self.published().derived
    }

    fn append_derived(&self, first: u64, items: &[(Derived, Hash)]) -> Result<(), AppendError> {
        let mut writer = self.writer();
        let lost = || AppendError::Derived { what: "it must be reset first".to_owned() };
        let head = self.head().size;
        let size = writer.derived.as_ref().ok_or_else(lost)?.size();
        if first != size || (items.len() as u64) > head - size {
            return Err(AppendError::DerivedConflict { derived: size });
        }
        for part in items.chunks(REBUILD_BATCH) {
            let index = writer.derived.as_mut().ok_or_else(lost)?;
            let sorted = check_batch(part.iter().map(|(item, _)| (None, item)))?;
            let plan = self.plan_ids(index, &sorted, index.size())?;
            let hashes: Vec<Hash> = part.iter().map(|(_, hash)| *hash).collect();
            let mut reached = index.frontier().clone();
            reached.par_extend(&hashes);
            let size = reached.size();
            if self.frontier_at(size)? != reached {
                let what = "the leaf hashes given are not those of the log".to_owned();
                return Err(AppendError::Derived { what });
            }
            let mut writes = Vec::new();
            index.append(part.iter().map(|(item, hash)| (item, hash)), plan, reached, &mut writes);
            if let Err(what) = self.commit_derived(writes) {
                writer.derived = None;
                return Err(AppendError::Derived { what });
            }
            self.publish(|published| published.derived = size);
        }
        Ok(())
    }

    fn reset_derived(&self) -> Result<(), AppendError> {
        let mut writer = self.writer();
        let mut derived = self.derived.write().unwrap_or_else(PoisonError::into_inner);
        writer.derived = None;
        self.publish(|published| published.derived = 0);
        drop(derived.take());
        let failed = |what: String| AppendError::Derived { what };
        open::wipe_derived(&self.dir).map_err(|error| failed(error.to_string()))?;
        *derived = Some(open::open_derived(&self.dir, &self.options).map_err(failed)?);
        writer.derived = Some(DerivedWriter::empty());
        Ok(())
    }

    fn sync_derived(&self) -> Result<(), AppendError> {
        let derived = self.derived.read().unwrap_or_else(PoisonError::into_inner);
        let failed = |what: String| AppendError::Derived { what };
        let derived = derived.as_ref().ok_or_else(|| failed("it could not be reset".to_owned()))?;
        derived.sync().map_err(failed)
    }
}

impl std::fmt::Debug for SledStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Published { head, derived } = self.published();
        f.debug_struct("SledStore")
            .field("dir", &self.dir)
            .field("size", &head.size)
            .field("derived", &derived)
            .finish_non_exhaustive()
    }
}

/// Number of files that sled keeps outside its synced file, in `log/blobs/` and
/// `derived/blobs/` of a data directory. Must be 0: sled never syncs them.
///
/// # Errors
/// Those of reading the directories; an absent one counts as empty.
pub fn blob_files(dir: &Path) -> io::Result<usize> {
    let mut files = 0;
    for part in ["log", "derived"] {
        match std::fs::read_dir(dir.join(part).join("blobs")) {
            Ok(entries) => files += entries.count(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(files)
}
