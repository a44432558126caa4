//! The publisher: signs the head of the log at a cadence, has it witnessed, and shows it.

use super::signed::SignedFile;
use super::{HashFiles, PublicLog, PublishError, Published};
use crate::crypto::SecretKey;
use crate::log::merkle::Hash;
use crate::store::{EventStore, ReadError};
use crate::tlog::checkpoint::{Checkpoint, Opened, Policy, log_key};
use crate::tlog::note::Note;
use crate::tlog::proof;
use crate::tlog::tile::TileNodes;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The folder of hashes within a data directory.
pub(crate) const TILES: &str = "tiles";

/// Gives the proof that the signed tree begins with that of an earlier size.
pub type Proofs<'a> = &'a (dyn Fn(u64) -> Result<Vec<Hash>, ReadError> + Sync);

/// Who has checkpoints cosigned.
pub trait Cosigner: Send {
    /// The witnesses that are known, and how many of them must cosign before a checkpoint is shown.
    fn policy(&self, log: Policy) -> Policy {
        log
    }

    /// The largest checkpoint of this log that a witness can show, with the witness's name.
    fn latest_seen(&mut self, log: &Policy) -> Option<(String, Opened)> {
        let _ = log;
        None
    }

    /// Has a signed checkpoint cosigned: the note with what was got.
    ///
    /// # Errors
    /// [`PublishError::Witnessed`] if a witness proves that the log was rolled back.
    fn cosign(&mut self, opened: &Opened, proofs: Proofs<'_>) -> Result<Note, PublishError> {
        let _ = proofs;
        Ok(opened.note.clone())
    }
}

/// A log without witnesses.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWitness;

impl Cosigner for NoWitness {}

/// When checkpoints are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// Shortest time between two.
    pub every: Duration,
    /// Longest time after which the witnesses are asked again although nothing was recorded, so
    /// that their cosignatures stay fresh.
    pub refresh: Duration,
}

impl Default for Cadence {
    fn default() -> Self {
        Self { every: Duration::from_secs(1), refresh: Duration::from_secs(300) }
    }
}

/// What moves a [`PublicLog`] on.
pub struct Publisher {
    log: Arc<PublicLog>,
    secret: SecretKey,
    policy: Policy,
    signed: SignedFile,
    cosigner: Box<dyn Cosigner>,
}

impl Publisher {
    /// Opens the public side of the log in a data directory, and shows what was signed last.
    ///
    /// # Errors
    /// [`PublishError`]; if [`PublishError::is_rollback`], nothing may be signed or recorded.
    pub fn open(
        dir: &Path,
        origin: &str,
        secret: SecretKey,
        store: Arc<dyn EventStore>,
        mut cosigner: Box<dyn Cosigner>,
    ) -> Result<Self, PublishError> {
        let vkey = log_key(origin, &secret)?;
        let signed = SignedFile::open(dir, &vkey)?;
        let hashes = HashFiles::open(&dir.join(TILES), Arc::clone(&store))?;
        let policy = cosigner.policy(Policy::of_log(vkey.clone()));
        let log = Arc::new(PublicLog::new(vkey, store, hashes));
        let head = log.store.head();
        if let Some(last) = signed.last() {
            begins_with(&log, head.size, last)?;
        }
        if let Some((witness, seen)) = cosigner.latest_seen(&policy) {
            begins_with(&log, head.size, &seen).map_err(|error| match error {
                PublishError::RolledBack { size, signed } => {
                    PublishError::Witnessed { witness, size, seen: signed }
                }
                other => other,
            })?;
        }
        let this = Self { log, secret, policy, signed, cosigner };
        if let Some(last) = this.signed.last() {
            this.show_if_witnessed(&last.note)?;
        }
        Ok(this)
    }

    /// What readers see.
    #[must_use]
    pub fn log(&self) -> &Arc<PublicLog> {
        &self.log
    }

    /// Signs the head of the log, has it witnessed and shows it. `refresh` does so even if nothing
    /// was recorded since. Answers with what is shown now, if that is new.
    ///
    /// # Errors
    /// [`PublishError`]; nothing that was shown before is taken back.
    pub fn publish(&mut self, refresh: bool) -> Result<Option<Arc<Published>>, PublishError> {
        let head = self.log.store.head();
        let last = self.signed.last();
        let shown = self.log.latest().map(|published| published.checkpoint.size);
        let same = last.is_some_and(|last| last.checkpoint.size == head.size);
        if head.size == 0 || (same && shown == Some(head.size) && !refresh) {
            return Ok(None);
        }
        self.log.hashes.extend(head.size)?;
        if let Some(last) = last {
            begins_with(&self.log, head.size, last)?;
        }
        if proof::root(&TileNodes(&self.log.hashes), head.size)? != head.root {
            return Err(PublishError::Hashes);
        }
        let opened = match last.filter(|_| same) {
            Some(last) => last.clone(),
            None => self.sign(head.size, head.root)?,
        };
        let proofs = |old| proof::consistency(&TileNodes(&self.log.hashes), old, head.size);
        let note = self.cosigner.cosign(&opened, &proofs)?;
        if note != opened.note {
            let opened = Policy::of_log(self.log.vkey.clone()).open(note.to_string().as_bytes())?;
            self.signed.replace(&note, opened)?;
        }
        self.show_if_witnessed(&note)
    }

    /// Signs, and keeps what is signed before anybody else sees it.
    fn sign(&mut self, size: u64, root: Hash) -> Result<Opened, PublishError> {
        let origin = self.log.vkey.name().to_owned();
        let checkpoint = Checkpoint { origin, size, root };
        let note = checkpoint.sign(&self.secret)?;
        let opened = Opened { checkpoint, cosigned: Vec::new(), note: note.clone() };
        self.signed.replace(&note, opened.clone())?;
        Ok(opened)
    }

    fn show_if_witnessed(&self, note: &Note) -> Result<Option<Arc<Published>>, PublishError> {
        use crate::tlog::TlogError;
        match self.policy.open(note.to_string().as_bytes()) {
            Ok(Opened { checkpoint, cosigned, note }) => {
                self.log.hashes.extend(checkpoint.size)?;
                Ok(Some(self.log.show(Published { checkpoint, note, cosigned })))
            }
            // It stays unshown until enough witnesses have cosigned.
            Err(TlogError::Quorum) => {
                tracing::warn!("too few witnesses have cosigned: the checkpoint is not shown");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether the log of that size begins with what was signed.
fn begins_with(log: &PublicLog, size: u64, signed: &Opened) -> Result<(), PublishError> {
    let Checkpoint { size: before, root, .. } = &signed.checkpoint;
    let error = PublishError::RolledBack { size, signed: *before };
    if *before > size {
        return Err(error);
    }
    if log.store.frontier_at(*before)?.root() == *root { Ok(()) } else { Err(error) }
}

/// What is done with every checkpoint that is shown.
pub type After = Box<dyn FnMut(&Published) + Send>;

/// A publisher on a thread of its own.
pub struct PublisherThread {
    log: Arc<PublicLog>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl PublisherThread {
    /// Publishes at a cadence until dropped. `after` is called with every checkpoint shown,
    /// `alarmed` once if nothing must be signed or recorded any more.
    #[must_use]
    pub fn start(
        mut publisher: Publisher,
        cadence: Cadence,
        mut after: After,
        alarmed: Box<dyn FnOnce() + Send>,
    ) -> Self {
        let log = Arc::clone(publisher.log());
        let (stop, stopped) = channel::<()>();
        let run = move || {
            if let Some(shown) = publisher.log().latest() {
                after(&shown);
            }
            let mut asked = Instant::now();
            loop {
                let refresh = asked.elapsed() >= cadence.refresh;
                if refresh {
                    asked = Instant::now();
                }
                match publisher.publish(refresh) {
                    Ok(Some(shown)) => after(&shown),
                    Ok(None) => {}
                    Err(error) => {
                        tracing::error!(%error, code = error.code(), "no checkpoint is signed");
                        if error.is_rollback() {
                            publisher.log().raise_alarm(&error);
                            alarmed();
                            return;
                        }
                    }
                }
                match stopped.recv_timeout(cadence.every) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            // What was recorded meanwhile is signed before the end.
            if let Ok(Some(shown)) = publisher.publish(false) {
                after(&shown);
            }
        };
        let thread = std::thread::Builder::new().name("publisher".to_owned()).spawn(run).ok();
        Self { log, stop: Some(stop), thread }
    }

    /// What readers see.
    #[must_use]
    pub fn log(&self) -> &Arc<PublicLog> {
        &self.log
    }
}

impl Drop for PublisherThread {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A panic has already been reported by its thread.
            let _ = thread.join();
        }
    }
}
