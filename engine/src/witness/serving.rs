//! The witness itself: what it knows, what it checks, and in which order.

use super::error::{Refusal, WitnessError};
use super::latest::Latest;
use super::request::{Request, Said, origin_hash};
use super::settings::{LogSettings, Settings, WitnessDir};
use crate::clock::Clock;
use crate::crypto::SecretKey;
use crate::log::merkle::EMPTY_ROOT;
use crate::tlog::cosignature;
use crate::tlog::note::{Note, SignatureLine, VerifierKey};
use crate::tlog::proof::check_consistency;
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

const LOCK: &str = "lock";

/// A cosignature that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The log.
    pub origin: String,
    /// Size of its tree.
    pub size: u64,
    /// The witness's line for the note.
    pub line: SignatureLine,
}

/// An opened witness: the one process that cosigns in its name.
pub struct Witness {
    dir: WitnessDir,
    own: VerifierKey,
    secret: SecretKey,
    clock: Arc<dyn Clock>,
    known: RwLock<Known>,
    /// Two processes would each check against what they remember.
    _lock: File,
}

/// Tells one version of a file from another.
type Stamp = (u64, u64, i64, i64);

#[derive(Default)]
struct Known {
    stamp: Option<Stamp>,
    /// By the hash of the origin.
    logs: BTreeMap<String, Arc<LogSettings>>,
    /// What was cosigned last, by the same hash. One that is forgotten stays here: whoever asks
    /// for it meanwhile must find the same lock as whoever asks for it again later.
    states: BTreeMap<String, Arc<Mutex<State>>>,
}

enum State {
    /// To be read from its file, before the first use and after a write that failed.
    Unread,
    Read(Option<Latest>),
}

impl Witness {
    /// Opens the witness of a directory, for this process alone.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn open(dir: &Path, clock: Arc<dyn Clock>) -> Result<Self, WitnessError> {
        let dir = WitnessDir::find(dir)?;
        let path = dir.path().join(LOCK);
        let lock = File::create(&path).map_err(WitnessError::io(&path))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => WitnessError::InUse(dir.path().to_owned()),
            TryLockError::Error(error) => WitnessError::io(&path)(error),
        })?;
        let (secret, stamp) = (dir.secret()?, stamp_of(&dir));
        let (settings, own) = dir.settings()?;
        let mut known = Known::default();
        for log in &settings.logs {
            let latest = dir.latest(&own, &log.origin)?;
            let state = Arc::new(Mutex::new(State::Read(latest)));
            known.states.insert(origin_hash(&log.origin), state);
        }
        known.learn(settings, stamp);
        Ok(Self { dir, own, secret, clock, known: RwLock::new(known), _lock: lock })
    }

    /// The key that verifies its cosignatures.
    #[must_use]
    pub fn vkey(&self) -> &VerifierKey {
        &self.own
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &WitnessDir {
        &self.dir
    }

    /// The latest cosigned checkpoint of the log whose origin has this hash.
    ///
    /// # Errors
    /// [`Refusal::Failed`] if it can not be read.
    pub fn latest(&self, hash: &str) -> Result<Option<Latest>, Refusal> {
        let Some((log, state)) = self.find(hash) else { return Ok(None) };
        let mut state = lock(&state);
        Ok(self.read(&log, &mut state)?.cloned())
    }

    /// Answers a request to `add-checkpoint`: checks it in the order of the protocol, keeps what
    /// is cosigned, and only then gives the cosignature.
    ///
    /// # Errors
    /// [`Refusal`]; nothing has changed then.
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<Cosigned, Refusal> {
        let request = Request::parse(body).ok_or(Refusal::Malformed)?;
        let said = request.said().ok_or(Refusal::Malformed)?;
        let hash = origin_hash(&said.checkpoint.origin);
        let (log, state) = self.find(&hash).ok_or(Refusal::UnknownLog)?;
        let signed = log.trusted(&request.note).ok_or(Refusal::Unsigned)?;
        if request.old > said.checkpoint.size {
            return Err(Refusal::OldBeyond);
        }
        // From here to the end one request at a time for each log: between the check and the
        // write nobody else may pass.
        let mut state = lock(&state);
        let last = self.read(&log, &mut state)?;
        if let Some(last) = last {
            self.keep_fork(&log, last, &said, &signed);
        }
        check(&request, &said, last)?;
        let time = self.now(last)?;
        let line = cosignature::cosign(&signed.text, time, &self.own, &self.secret);
        let line = line.map_err(|_| Refusal::Failed)?;
        let Said { checkpoint, .. } = said;
        let (origin, size) = (checkpoint.origin.clone(), checkpoint.size);
        let mut note = signed;
        note.signatures.push(line.clone());
        let latest = Latest { checkpoint, time, note };
        // The same words in the same second are kept already.
        if last != Some(&latest) {
            if let Err(error) = self.dir.keep(&latest) {
                tracing::error!(%error, origin, "what was to be cosigned could not be kept");
                *state = State::Unread;
                return Err(Refusal::Failed);
            }
            *state = State::Read(Some(latest));
        }
        Ok(Cosigned { origin, size, line })
    }

    /// The time of a cosignature: never before the one given last.
    fn now(&self, last: Option<&Latest>) -> Result<u64, Refusal> {
        let now = u64::try_from(self.clock.now().0.div_euclid(1_000));
        let now = now.map_err(|_| Refusal::Clock)?;
        if last.is_some_and(|last| last.time > now) { Err(Refusal::Clock) } else { Ok(now) }
    }

    /// Two trees of one size under the log's own signatures are proof, whoever hands them in.
    fn keep_fork(&self, log: &LogSettings, last: &Latest, said: &Said, signed: &Note) {
        let known = &last.checkpoint;
        if said.checkpoint.size != known.size || said.checkpoint.root == known.root {
            return;
        }
        let Some(fork) = log.fork(&last.note, signed) else { return };
        let (origin, size) = (&log.origin, known.size);
        match self.dir.save_fork(origin, &fork) {
            Ok(path) => {
                let path = path.display();
                tracing::error!(origin, size, %path, "the log has signed two histories");
            }
            Err(error) => {
                tracing::error!(origin, size, %error, "the log has signed two histories");
            }
        }
    }

    fn find(&self, hash: &str) -> Option<(Arc<LogSettings>, Arc<Mutex<State>>)> {
        self.refresh();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        Some((Arc::clone(known.logs.get(hash)?), Arc::clone(known.states.get(hash)?)))
    }

    /// Reads `witness.json` again if it is another one than before. A faulty one changes nothing.
    fn refresh(&self) {
        let stamp = stamp_of(&self.dir);
        if self.known.read().unwrap_or_else(PoisonError::into_inner).stamp == stamp {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        match self.dir.settings() {
            Ok((settings, own)) if own == self.own => known.learn(settings, stamp),
            Ok(_) => tracing::error!("the witness has another name or key: start it again"),
            Err(error) => tracing::error!(%error, "the settings are left as they were"),
        }
        // A faulty file is not read again before it changes.
        known.stamp = stamp;
    }

    fn read<'a>(
        &self,
        log: &LogSettings,
        state: &'a mut State,
    ) -> Result<Option<&'a Latest>, Refusal> {
        if matches!(state, State::Unread) {
            let latest = self.dir.latest(&self.own, &log.origin).map_err(|error| {
                tracing::error!(%error, "what was cosigned last can not be read");
                Refusal::Failed
            })?;
            *state = State::Read(latest);
        }
        match state {
            State::Read(latest) => Ok(latest.as_ref()),
            State::Unread => Err(Refusal::Failed),
        }
    }
}

impl Known {
    fn learn(&mut self, settings: Settings, stamp: Option<Stamp>) {
        self.stamp = stamp;
        self.logs = settings
            .logs
            .into_iter()
            .map(|log| {
                let hash = origin_hash(&log.origin);
                let unread = || Arc::new(Mutex::new(State::Unread));
                self.states.entry(hash.clone()).or_insert_with(unread);
                (hash, Arc::new(log))
            })
            .collect();
    }
}

/// What holds against the tree that was cosigned last.
fn check(request: &Request, said: &Said, last: Option<&Latest>) -> Result<(), Refusal> {
    let known = last.map(|last| (last.checkpoint.size, last.checkpoint.root));
    let (size, root) = known.unwrap_or((0, EMPTY_ROOT));
    if request.old != size {
        return Err(Refusal::OldSize(size));
    }
    if said.impossible {
        return Err(Refusal::Proof);
    }
    let new = &said.checkpoint;
    if new.size == size && new.root != root {
        return Err(Refusal::OtherRoot(size));
    }
    check_consistency((size, &root), (new.size, &new.root), &request.proof)
        .map_err(|_| Refusal::Proof)
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    match state.lock() {
        Ok(state) => state,
        Err(poisoned) => {
            // Whoever panicked may have been between the file and the memory.
            let mut state = poisoned.into_inner();
            *state = State::Unread;
            state
        }
    }
}

fn stamp_of(dir: &WitnessDir) -> Option<Stamp> {
    let metadata = fs::metadata(dir.settings_path()).ok()?;
    Some((metadata.ino(), metadata.len(), metadata.mtime(), metadata.mtime_nsec()))
}
