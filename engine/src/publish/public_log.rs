//! What is shown of a log: its checkpoint, and the tiles, bundles, proofs and receipts under it.

use super::{HashFiles, PublishError};
use crate::log::merkle::Hash;
use crate::store::{EventStore, ReadError};
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::note::{Note, VerifierKey};
use crate::tlog::proof;
use crate::tlog::receipt::Receipt;
use crate::tlog::tile::{self, Kind, TileNodes, TilePath, Tiles, WIDTH};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// A checkpoint that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The note, with the signatures of the log and of its witnesses.
    pub note: Note,
    /// The known witnesses that have cosigned it, each with the time in POSIX seconds.
    pub cosigned: Vec<(String, u64)>,
}

/// Why nothing more is signed: the log is not, or may not be, the one that was signed before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Stable code.
    pub code: &'static str,
    /// What is known, in English.
    pub what: String,
}

type Observer = Box<dyn Fn(u64) + Send + Sync>;

/// The public face of a log.
pub struct PublicLog {
    pub(super) vkey: VerifierKey,
    pub(super) store: Arc<dyn EventStore>,
    pub(super) hashes: HashFiles,
    shown: RwLock<Option<Arc<Published>>>,
    alarm: RwLock<Option<Alarm>>,
    observers: Mutex<Vec<Observer>>,
}

impl PublicLog {
    pub(super) fn new(vkey: VerifierKey, store: Arc<dyn EventStore>, hashes: HashFiles) -> Self {
        Self {
            vkey,
            store,
            hashes,
            shown: RwLock::new(None),
            alarm: RwLock::new(None),
            observers: Mutex::new(Vec::new()),
        }
    }

    /// The key that verifies the checkpoints. Who audits must have it from somewhere else.
    #[must_use]
    pub fn vkey(&self) -> &VerifierKey {
        &self.vkey
    }

    /// The latest checkpoint; nothing before the first.
    #[must_use]
    pub fn latest(&self) -> Option<Arc<Published>> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why nothing more is signed, if so.
    #[must_use]
    pub fn alarm(&self) -> Option<Alarm> {
        self.alarm.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn raise_alarm(&self, error: &PublishError) {
        let alarm = Alarm { code: error.code(), what: error.to_string() };
        *self.alarm.write().unwrap_or_else(PoisonError::into_inner) = Some(alarm);
    }

    /// Calls back with the size of each checkpoint that is shown, from the publisher's thread.
    pub fn observe(&self, observer: Observer) {
        self.observers.lock().unwrap_or_else(PoisonError::into_inner).push(observer);
    }

    pub(super) fn show(&self, published: Published) -> Arc<Published> {
        let size = published.checkpoint.size;
        let published = Arc::new(published);
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&published));
        for observer in self.observers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            observer(size);
        }
        published
    }

    fn shown_size(&self) -> u64 {
        self.latest().map_or(0, |published| published.checkpoint.size)
    }

    /// The bytes of a tile or bundle; nothing if it lies beyond the checkpoint. Partial ones of
    /// any width are shown, also beside the full one.
    ///
    /// # Errors
    /// If the log can not be read.
    pub fn tile(&self, path: &TilePath) -> Result<Option<Vec<u8>>, ReadError> {
        if path.needs().is_none_or(|needs| needs > self.shown_size()) {
            return Ok(None);
        }
        let (start, count) = (path.index * WIDTH, u64::from(path.width));
        match path.kind {
            Kind::Hashes(level) => {
                let hashes = self.hashes.hashes(level, start, count)?;
                Ok(Some(hashes.as_flattened().to_vec()))
            }
            Kind::Entries => {
                let mut entries = Vec::new();
                self.store.scan_leaves(start..start + count, &mut |_, leaf| {
                    entries.push(leaf.to_vec());
                    ControlFlow::Continue(())
                })?;
                // The store holds no leaf that is too long for a bundle.
                Ok(tile::bundle(&entries).ok())
            }
        }
    }

    /// The receipt of the leaf at a position, under the latest checkpoint; nothing if it does not
    /// cover the leaf yet.
    ///
    /// # Errors
    /// If the log can not be read.
    pub fn receipt(&self, position: u64) -> Result<Option<Receipt>, ReadError> {
        let Some(published) = self.latest() else { return Ok(None) };
        let size = published.checkpoint.size;
        if position >= size {
            return Ok(None);
        }
        let mut leaf = None;
        self.store.scan_leaves(position..position + 1, &mut |_, bytes| {
            leaf = Some(bytes.to_vec());
            ControlFlow::Break(())
        })?;
        let proof = proof::inclusion(&TileNodes(&self.hashes), position, size)?;
        let checkpoint = published.note.to_string();
        Ok(Some(Receipt { leaf, index: position, proof, checkpoint }))
    }

    /// The proof that the tree of the first `index + 1..=size` leaves holds the leaf at `index`;
    /// nothing if `size` is not shown yet or `index` not below it.
    ///
    /// # Errors
    /// If the log can not be read.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Option<Vec<Hash>>, ReadError> {
        if index >= size || size > self.shown_size() {
            return Ok(None);
        }
        proof::inclusion(&TileNodes(&self.hashes), index, size).map(Some)
    }

    /// The proof that the first `new` leaves begin with the first `old`; nothing if `new` is not
    /// shown yet or `old` greater.
    ///
    /// # Errors
    /// If the log can not be read.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Option<Vec<Hash>>, ReadError> {
        if old > new || new > self.shown_size() {
            return Ok(None);
        }
        proof::consistency(&TileNodes(&self.hashes), old, new).map(Some)
    }

    /// Root of the first `size` leaves; nothing beyond what is covered.
    ///
    /// # Errors
    /// If the log can not be read.
    pub fn root_at(&self, size: u64) -> Result<Option<Hash>, ReadError> {
        if size > self.hashes.size() {
            return Ok(None);
        }
        proof::root(&TileNodes(&self.hashes), size).map(Some)
    }
}
