//! Opening a data directory: locks, damage, the guard, and derived data that does not fit.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, RwLock};

use super::database::Database;
use super::derived::DerivedWriter;
use super::disk::{Durability, Published, SledStore, StoreOptions, Writer};
use super::guard::{self, Found, Guard};
use super::leaves::{self, LeafWriter};
use super::segment::{self, Kind};
use super::{Head, OpenError, Part, ReadError};
use crate::log::merkle::leaf_hash;

pub(crate) const GUARD: &str = "guard";
pub(crate) const LOCK: &str = "lock";
pub(crate) const LOG: &str = "log";
pub(crate) const DERIVED: &str = "derived";
/// Where derived data that is not of this log's history is set aside, replacing an earlier one.
const ASIDE: &str = "derived.aside";

/// How a directory is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Created if absent; any doubt is an error.
    Write,
    /// Must exist; what the guard objects to is kept as the reason and the log is served.
    Read,
}

/// The lock on the directory: one process, one handle.
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a child process that is being started shares the open file until
        // it has become another program. Nothing can be done if this fails.
        let _ = self.0.unlock();
    }
}

fn lock(dir: &Path) -> Result<Lock, OpenError> {
    let path = dir.join(LOCK);
    let what = || format!("open {}", path.display());
    let file =
        File::options().create(true).append(true).open(&path).map_err(OpenError::io(what()))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: dir.display().to_string() }),
        Err(TryLockError::Error(error)) => Err(OpenError::io(what())(error)),
    }
}

/// Opens derived data, without checking it against the log.
pub(super) fn open_derived(dir: &Path, options: &StoreOptions) -> Result<Database, String> {
    Database::open(&dir.join(DERIVED), DERIVED, options.cache_capacity)
}

/// Deletes derived data; its database must be closed.
pub(super) fn wipe_derived(dir: &Path) -> std::io::Result<()> {
    remove(&dir.join(DERIVED))
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// See [`SledStore::open`] and [`SledStore::open_read_only`].
pub(super) fn open(dir: &Path, options: StoreOptions, mode: Mode) -> Result<SledStore, OpenError> {
    let io = |what: &str| OpenError::io(format!("{what} {}", dir.display()));
    match mode {
        Mode::Write => fs::create_dir_all(dir).map_err(io("create"))?,
        Mode::Read if dir.join(LOG).join("db").exists() => {}
        Mode::Read => {
            return Err(OpenError::NotFound { dir: dir.display().to_string() });
        }
    }
    let lock = lock(dir)?;
    // A relative path has no parent to sync.
    let dir = &fs::canonicalize(dir).map_err(io("find"))?;
    let (log, leaves) = open_log(dir, &options)?;
    let head = leaves.head();
    let (doubt, found) = check_guard(dir, &log, head)?;
    let guard = match (mode, doubt.clone()) {
        (Mode::Write, Some(doubt)) => return Err(doubt),
        (Mode::Write, None) => Some(settle(dir, &options, &log, head, &found)?),
        (Mode::Read, _) => None,
    };
    let (derived, writer) = open_checked_derived(dir, &options, &log, head.size)?;
    let published = Published { head, derived: writer.size() };
    Ok(SledStore {
        dir: dir.clone(),
        options,
        published: RwLock::new(published),
        writer: Mutex::new(Writer { leaves, guard, derived: Some(writer), fatal: None }),
        log,
        derived: RwLock::new(Some(derived)),
        doubt,
        read_only: mode == Mode::Read,
        _lock: lock,
    })
}

fn open_log(dir: &Path, options: &StoreOptions) -> Result<(Database, LeafWriter), OpenError> {
    let damaged = |what: String| OpenError::Damaged { dir: dir.display().to_string(), what };
    let log = Database::open(&dir.join(LOG), "leaves", options.cache_capacity).map_err(damaged)?;
    let tree = log.tree().map_err(damaged)?;
    let writer = LeafWriter::open(tree).map_err(|error| damaged(error.to_string()))?;
    Ok((log, writer))
}

fn leaves(log: &Database) -> Result<&sled::Tree, ReadError> {
    log.tree().map_err(|what| ReadError::Io { part: Part::Log, what })
}

/// What the guard says against this head, if anything.
fn check_guard(
    dir: &Path,
    log: &Database,
    head: Head,
) -> Result<(Option<OpenError>, Found), OpenError> {
    let path = dir.join(GUARD);
    let found = guard::find(&path).map_err(OpenError::io(format!("read {}", path.display())))?;
    let broken = |what| Some(OpenError::Guard { dir: dir.display().to_string(), what });
    let doubt = match &found {
        Found::Missing if head.size == 0 => None,
        Found::Missing => broken("missing"),
        Found::Damaged => broken("damaged"),
        Found::Valid(record, _) => {
            let guard_size = record.head.size;
            let rolled_back =
                |what| Some(OpenError::RolledBack { size: head.size, guard_size, what });
            if head.size < guard_size {
                rolled_back("entries that were acknowledged are gone")
            } else {
                match leaves(log).and_then(|tree| leaves::frontier_at(tree, guard_size)) {
                    Ok(frontier) if frontier.root() == record.head.root => None,
                    Ok(_) => rolled_back("it holds other entries than were acknowledged"),
                    Err(error) => {
                        let dir = dir.display().to_string();
                        Some(OpenError::Damaged { dir, what: error.to_string() })
                    }
                }
            }
        }
    };
    Ok((doubt, found))
}

/// Makes what was found durable before anything is built on it, and brings the guard up to it:
/// after a crash the log may hold a whole batch that was written but not yet synced.
fn settle(
    dir: &Path,
    options: &StoreOptions,
    log: &Database,
    head: Head,
    found: &Found,
) -> Result<Guard, OpenError> {
    let full = options.durability == Durability::Full;
    let synced = if full { log.sync() } else { log.flush() };
    let sync_error = |what| OpenError::io(format!("sync {}", dir.display()))(what);
    synced.map_err(|what| sync_error(std::io::Error::other(what)))?;
    if full {
        let log_dir = dir.join(LOG);
        let sync = |path: PathBuf| File::open(path).and_then(|file| file.sync_all());
        sync(log_dir.join("conf"))
            .and_then(|()| sync(log_dir.clone()))
            .and_then(|()| sync(dir.to_path_buf()))
            .and_then(|()| dir.parent().map_or(Ok(()), |parent| sync(parent.to_path_buf())))
            .map_err(sync_error)?;
    }
    let io = OpenError::io(format!("write the guard file in {}", dir.display()));
    match found {
        Found::Missing | Found::Damaged => Guard::create(dir, GUARD, head),
        Found::Valid(record, repair) => {
            Guard::open(&dir.join(GUARD), record).and_then(|mut guard| {
                if *repair {
                    tracing::warn!("one slot of the guard file was damaged and has been rewritten");
                    guard.repair(head)?;
                } else if record.head != head {
                    guard.store(head, full)?;
                }
                Ok(guard)
            })
        }
    }
    .map_err(io)
}

/// Opens derived data and checks it against the log; what does not open or fit is wiped.
fn open_checked_derived(
    dir: &Path,
    options: &StoreOptions,
    log: &Database,
    size: u64,
) -> Result<(Database, DerivedWriter), OpenError> {
    let io = |what: &str| OpenError::io(format!("{what} the derived data in {}", dir.display()));
    match open_derived(dir, options) {
        Ok(derived) => match check_derived(&derived, log, size) {
            Ok(writer) => return Ok((derived, writer)),
            Err(error) => {
                tracing::warn!(%error, "derived data does not fit the log and is rebuilt");
                drop(derived);
                // Of another history, it may be all that is left of lost entries: keep it.
                remove(&dir.join(ASIDE))
                    .and_then(|()| fs::rename(dir.join(DERIVED), dir.join(ASIDE)))
                    .map_err(io("set aside"))?;
            }
        },
        Err(error) => {
            tracing::warn!(error, "derived data does not open and is rebuilt");
            wipe_derived(dir).map_err(io("delete"))?;
        }
    }
    let fresh =
        open_derived(dir, options).map_err(|error| io("create")(std::io::Error::other(error)))?;
    Ok((fresh, DerivedWriter::empty()))
}

fn check_derived(
    derived: &Database,
    log: &Database,
    size: u64,
) -> Result<DerivedWriter, ReadError> {
    let frontier = |asked: u64| {
        if asked > size {
            return Err(ReadError::Beyond { part: Part::Log, asked, available: size });
        }
        leaves::frontier_at(leaves(log)?, asked)
    };
    let hashes = |range: std::ops::Range<u64>| {
        let mut hashes = Vec::new();
        segment::scan(leaves(log)?, Kind::Leaves, range, &mut |_, leaf| {
            hashes.push(leaf_hash(leaf));
            std::ops::ControlFlow::Continue(())
        })?;
        Ok(hashes)
    };
    let tree = derived.tree().map_err(|what| ReadError::Io { part: Part::Derived, what })?;
    DerivedWriter::open(tree, &frontier, &hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a child process does between its start and its becoming another program.
    #[test]
    fn a_directory_is_free_once_closed_though_somebody_shares_its_open_file() {
        let dir = tempfile::tempdir().unwrap();
        let first = lock(dir.path()).unwrap();
        let shared = first.0.try_clone().unwrap();
        assert!(matches!(lock(dir.path()), Err(OpenError::InUse { .. })));
        drop(first);
        drop(lock(dir.path()).unwrap());
        drop(shared);
    }
}
