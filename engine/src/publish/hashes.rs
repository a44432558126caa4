//! The hashes of the tiles, on disk: one file a level, each a row of records of [`RECORD`] bytes:
//! the hash, then the CRC-32 of level (u8), index (u64, big-endian) and hash.
//!
//! All of it is derived. A record whose checksum is wrong is made anew, from the tile below it or
//! from the leaf; what is missing at the end is caught up; a folder of another history is begun
//! again. So nothing here needs to be synced.

use crate::log::merkle::{Hash, leaf_hash, root_of};
use crate::store::{EventStore, Part, ReadError};
use crate::tlog::checkpoint::SIZE_MAX;
use crate::tlog::proof;
use crate::tlog::tile::{TileNodes, Tiles, WIDTH, hashes_of};
use std::fs::{self, File, OpenOptions};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Bytes of a record.
const RECORD: usize = 36;
/// Leaves read at once.
const CHUNK: u64 = 4_096;

/// The unfinished tile of each level, from level 0.
type Edge = Vec<Vec<Hash>>;

/// The hashes of all tiles of a log.
pub struct HashFiles {
    dir: PathBuf,
    store: Arc<dyn EventStore>,
    files: RwLock<Vec<Arc<File>>>,
    /// How many leaves are covered. Raised by [`HashFiles::extend`] only.
    size: AtomicU64,
    /// Nothing after a failed write: it is read again then.
    edge: Mutex<Option<Edge>>,
}

fn io_error(error: &std::io::Error) -> ReadError {
    ReadError::Io { part: Part::Derived, what: error.to_string() }
}

fn record(level: u8, index: u64, hash: &Hash) -> [u8; RECORD] {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&[level]);
    crc.update(&index.to_be_bytes());
    crc.update(hash);
    let mut record = [0; RECORD];
    let (first, last) = record.split_at_mut(32);
    first.copy_from_slice(hash);
    last.copy_from_slice(&crc.finalize().to_be_bytes());
    record
}

/// The hash of a record that stands where it belongs.
fn hash_in(level: u8, index: u64, bytes: &[u8]) -> Option<Hash> {
    let (hash, _) = bytes.split_first_chunk::<32>()?;
    (record(level, index, hash) == bytes).then_some(*hash)
}

fn offset(index: u64) -> u64 {
    index * RECORD as u64
}

impl HashFiles {
    /// Opens the folder, created if absent, and makes it fit the log. It may cover less than the
    /// log: see [`HashFiles::extend`].
    ///
    /// # Errors
    /// If the log or the files can not be read or written.
    pub fn open(dir: &Path, store: Arc<dyn EventStore>) -> Result<Self, ReadError> {
        fs::create_dir_all(dir).map_err(|error| io_error(&error))?;
        let this = Self {
            dir: dir.to_owned(),
            store,
            files: RwLock::new(Vec::new()),
            size: AtomicU64::new(0),
            edge: Mutex::new(None),
        };
        let length = this.file(0)?.metadata().map_err(|error| io_error(&error))?.len();
        let size = (length / RECORD as u64).min(this.store.head().size);
        this.fit(size)?;
        let root = proof::root(&TileNodes(&this), size)?;
        if root != this.store.frontier_at(size)?.root() {
            tracing::warn!("the hashes of the tiles are those of another history: made anew");
            this.fit(0)?;
        }
        Ok(this)
    }

    /// How many leaves are covered.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size.load(Ordering::Acquire)
    }

    /// Cuts the files to a size, and completes the levels above the first.
    fn fit(&self, size: u64) -> Result<(), ReadError> {
        for level in 0.. {
            let count = hashes_of(level, size);
            let exists = self.dir.join(level.to_string()).exists();
            if count == 0 && level > 0 && !exists {
                break;
            }
            let file = self.file(level)?;
            // Longer: cut. Shorter: the zeros are no records, and are made anew when read.
            file.set_len(offset(count)).map_err(|error| io_error(&error))?;
        }
        self.size.store(size, Ordering::Release);
        *self.edge.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    fn file(&self, level: u8) -> Result<Arc<File>, ReadError> {
        let at = usize::from(level);
        let open = self.files.read().unwrap_or_else(PoisonError::into_inner).get(at).cloned();
        if let Some(file) = open {
            return Ok(file);
        }
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        while files.len() <= at {
            let path = self.dir.join(files.len().to_string());
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            files.push(Arc::new(options.open(path).map_err(|error| io_error(&error))?));
        }
        let missing = || io_error(&std::io::Error::other("no such level"));
        files.get(at).cloned().ok_or_else(missing)
    }

    /// Covers the first `to` leaves of the log, reading those that are not covered yet.
    ///
    /// # Errors
    /// If the log can not be read or the files not be written; then as much is covered as was.
    pub fn extend(&self, to: u64) -> Result<(), ReadError> {
        let mut held = self.edge.lock().unwrap_or_else(PoisonError::into_inner);
        let mut edge = match held.take() {
            Some(edge) => edge,
            None => self.read_edge()?,
        };
        while self.size() < to {
            let first = self.size();
            let end = first.saturating_add(CHUNK).min(to);
            let mut hashes = Vec::new();
            self.store.scan_leaves(first..end, &mut |_, leaf| {
                hashes.push(leaf_hash(leaf));
                ControlFlow::Continue(())
            })?;
            self.append(&mut edge, first, &hashes)?;
            self.size.store(end, Ordering::Release);
        }
        *held = Some(edge);
        Ok(())
    }

    /// The unfinished tiles, as they stand in the files.
    fn read_edge(&self) -> Result<Edge, ReadError> {
        let mut edge = Edge::new();
        for level in 0.. {
            let count = hashes_of(level, self.size());
            let width = count % WIDTH;
            edge.push(if width == 0 { Vec::new() } else { self.row(level, count - width, width)? });
            if count < WIDTH {
                break;
            }
        }
        Ok(edge)
    }

    /// Writes the hashes of leaves, and of every tile that they complete.
    fn append(&self, edge: &mut Edge, first: u64, leaves: &[Hash]) -> Result<(), ReadError> {
        let mut level: u8 = 0;
        let (mut first, mut added) = (first, leaves.to_vec());
        while !added.is_empty() {
            let mut bytes = Vec::with_capacity(added.len() * RECORD);
            for (index, hash) in (first..).zip(&added) {
                bytes.extend_from_slice(&record(level, index, hash));
            }
            let written = self.file(level)?.write_all_at(&bytes, offset(first));
            written.map_err(|error| io_error(&error))?;
            if edge.len() <= usize::from(level) {
                edge.push(Vec::new());
            }
            let Some(tile) = edge.get_mut(usize::from(level)) else { break };
            let mut above = Vec::new();
            for hash in added {
                tile.push(hash);
                if tile.len() as u64 == WIDTH {
                    above.push(root_of(tile));
                    tile.clear();
                }
            }
            (first, added, level) = (first / WIDTH, above, level + 1);
        }
        Ok(())
    }

    /// Hashes `start..start + count` of a level, each with its checksum checked.
    fn row(&self, level: u8, start: u64, count: u64) -> Result<Vec<Hash>, ReadError> {
        let available = hashes_of(level, self.size());
        if start.saturating_add(count) > available {
            let asked = start.saturating_add(count).min(SIZE_MAX);
            return Err(ReadError::Beyond { part: Part::Derived, asked, available });
        }
        let length = usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(RECORD);
        let mut bytes = vec![0; length];
        let file = self.file(level)?;
        match file.read_exact_at(&mut bytes, offset(start)) {
            // Somebody has cut the file: what is not there is made anew.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => bytes.fill(0),
            read => read.map_err(|error| io_error(&error))?,
        }
        (start..)
            .zip(bytes.chunks_exact(RECORD))
            .map(|(index, bytes)| match hash_in(level, index, bytes) {
                Some(hash) => Ok(hash),
                None => self.make_anew(level, index),
            })
            .collect()
    }

    /// The hash that belongs there, by what it is the hash of; written back.
    fn make_anew(&self, level: u8, index: u64) -> Result<Hash, ReadError> {
        let hash = match level.checked_sub(1) {
            Some(below) => root_of(&self.row(below, index * WIDTH, WIDTH)?),
            None => {
                let mut hash = None;
                self.store.scan_leaves(index..index.saturating_add(1), &mut |_, leaf| {
                    hash = Some(leaf_hash(leaf));
                    ControlFlow::Break(())
                })?;
                let beyond = ReadError::Beyond { part: Part::Log, asked: index, available: index };
                hash.ok_or(beyond)?
            }
        };
        // It is right whether or not it can be kept.
        if let Err(error) =
            self.file(level)?.write_all_at(&record(level, index, &hash), offset(index))
        {
            tracing::warn!(%error, "a hash of a tile was made anew and could not be kept");
        }
        Ok(hash)
    }
}

impl Tiles for HashFiles {
    type Error = ReadError;

    fn hashes(&self, level: u8, start: u64, count: u64) -> Result<Vec<Hash>, ReadError> {
        self.row(level, start, count)
    }
}
