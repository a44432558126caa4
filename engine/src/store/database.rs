//! One sled database with one tree: opening, atomic batches, real syncs, and the two ways in
//! which sled 0.34 answers a failing disk badly (it panics; it forgets those who wait).

use std::fs::{self, File};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use super::panics::caught;
use super::segment::Write;

/// sled releases its file lock a moment after the last handle is dropped. We hold the lock of the
/// directory by then, so only this process can be in the way: wait up to 2 s.
const RETRIES: u32 = 100;
const RETRY_EVERY: Duration = Duration::from_millis(20);
/// Ending of a snapshot that sled had not finished when its process or the power ended.
const UNFINISHED: &str = ".generating";
/// How often it is looked whether sled noticed a failed write and told nobody.
const WATCH_EVERY: Duration = Duration::from_millis(100);

/// A sled database with its one tree.
pub(super) struct Database {
    /// `None` only while it is dropped.
    open: Option<Open>,
}

struct Open {
    tree: sled::Tree,
    /// sled's file, kept open to be synced: sled's own `flush` is `sync_file_range` on Linux.
    file: File,
    /// Ends before the database does.
    _watch: Watch,
    db: sled::Db,
}

impl Database {
    /// Opens or creates. Damage is an error, whether sled reports or panics.
    pub(super) fn open(path: &Path, tree: &str, cache_capacity: u64) -> Result<Self, String> {
        let config = sled::Config::new()
            .path(path)
            .cache_capacity(cache_capacity)
            // No background flusher: the log is synced by each append, derived data when asked to.
            .flush_every_ms(None);
        remove_unfinished(path).map_err(|error| error.to_string())?;
        let mut attempt = 0;
        let db = loop {
            match caught(|| config.open()) {
                Err(what) if what.contains("could not acquire lock") && attempt < RETRIES => {
                    attempt += 1;
                    sleep(RETRY_EVERY);
                }
                other => break other?,
            }
        };
        let watch = Watch::start(config, db.clone()).map_err(|error| error.to_string())?;
        let tree = caught(|| db.open_tree(tree))?;
        let file = File::open(path.join("db")).map_err(|error| error.to_string())?;
        Ok(Self { open: Some(Open { tree, file, _watch: watch, db }) })
    }

    fn get(&self) -> Result<&Open, String> {
        self.open.as_ref().ok_or_else(|| "the database is closed".to_owned())
    }

    /// The tree, to read from.
    pub(super) fn tree(&self) -> Result<&sled::Tree, String> {
        self.get().map(|open| &open.tree)
    }

    /// One atomic batch, which other handles see at once and which no disk has yet.
    pub(super) fn apply(&self, writes: Vec<Write>) -> Result<(), String> {
        let mut batch = sled::Batch::default();
        for (key, value) in writes {
            batch.insert(key, value);
        }
        let open = self.get()?;
        caught(|| open.tree.apply_batch(batch))
    }

    /// Hands everything to the operating system. Survives a killed process, not power loss.
    pub(super) fn flush(&self) -> Result<(), String> {
        let open = self.get()?;
        caught(|| open.db.flush().map(|_| ()))
    }

    /// Makes everything durable.
    pub(super) fn sync(&self) -> Result<(), String> {
        self.flush()?;
        self.get()?.file.sync_all().map_err(|error| format!("fsync: {error}"))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let open = self.open.take();
        // sled syncs when it is dropped and panics if that fails. What was promised was synced.
        let closed = caught(|| {
            drop(open);
            Ok(())
        });
        if let Err(error) = closed {
            tracing::error!(error, "a database did not close well");
        }
    }
}

/// Wakes those who wait for a write that failed.
///
/// sled hands writes to threads of its own. When one fails it records the error; the callers who
/// wait for that write look at the record only when they are woken, and on one of its paths
/// (`exit_reservation`) sled 0.34.7 does not wake them: they wait for ever. A further `flush`
/// finds the record, and wakes everybody.
struct Watch {
    /// Its end is the thread's end.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    fn start(config: sled::Config, db: sled::Db) -> std::io::Result<Self> {
        let (stop, stopped) = channel::<()>();
        let thread =
            std::thread::Builder::new().name("sled-watch".to_owned()).spawn(move || {
                while stopped.recv_timeout(WATCH_EVERY) == Err(RecvTimeoutError::Timeout) {
                    if config.global_error().is_err() {
                        let _ = caught(|| db.flush());
                    }
                }
            })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // Its panics were caught, so there is nothing to hear of it.
            let _ = thread.join();
        }
    }
}

/// Deletes snapshots of sled's that were never finished. sled takes such a file for its newest
/// snapshot and then refuses to open. Older ones go only after the new one has its name, so
/// nothing is lost.
fn remove_unfinished(path: &Path) -> std::io::Result<()> {
    let entries = match fs::read_dir(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().ends_with(UNFINISHED.as_bytes()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
