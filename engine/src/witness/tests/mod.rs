//! A witness against the table of its protocol, and a feeder against witnesses of every kind.

mod feeder;
mod gossip;
mod protocol;

use super::{Refusal, Reply, Request, SIZE_TYPE, Transport, TransportError, Witness, WitnessDir};
use crate::clock::{Clock, ManualClock};
use crate::crypto::SecretKey;
use crate::log::merkle::{Hash, leaf_hash, root_of};
use crate::tlog::checkpoint::{Checkpoint, log_key};
use crate::tlog::note::{Note, VerifierKey};
use crate::tlog::proof::{self, Nodes};
use archipel_domain::time::Timestamp;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const ORIGIN: &str = "example.org/convention";
/// Where the clocks of these tests begin, in milliseconds.
const START: i64 = 1_700_000_000_000;

/// A log in memory: its leaves, and the key that signs.
pub(super) struct Log {
    pub(super) secret: SecretKey,
    pub(super) leaves: Vec<Hash>,
}

impl Nodes for Log {
    type Error = Infallible;

    fn node(&self, level: u32, index: u64) -> Result<Hash, Infallible> {
        let start = usize::try_from(index << level).unwrap();
        Ok(root_of(&self.leaves[start..start + (1 << level)]))
    }
}

impl Log {
    pub(super) fn of(size: u64) -> Self {
        Self::forked(size, size)
    }

    /// Another history from a position on, under the same key.
    pub(super) fn forked(size: u64, from: u64) -> Self {
        let leaf = |n: u64| leaf_hash(&[n, u64::from(n >= from)].map(u64::to_be_bytes).concat());
        Self { secret: SecretKey::from_seed(&[1; 32]), leaves: (0..size).map(leaf).collect() }
    }

    pub(super) fn vkey(&self) -> VerifierKey {
        log_key(ORIGIN, &self.secret).unwrap()
    }

    pub(super) fn note(&self, size: u64) -> Note {
        let root = root_of(&self.leaves[..usize::try_from(size).unwrap()]);
        Checkpoint { origin: ORIGIN.to_owned(), size, root }.sign(&self.secret).unwrap()
    }

    pub(super) fn proof(&self, old: u64, new: u64) -> Vec<Hash> {
        proof::consistency(self, old, new).unwrap()
    }

    /// What a sound feeder sends.
    pub(super) fn request(&self, old: u64, new: u64) -> Request {
        Request { old, proof: self.proof(old, new), note: self.note(new) }
    }
}

/// A witness in a directory of its own.
pub(super) struct Bench {
    pub(super) dir: TempDir,
    pub(super) clock: Arc<ManualClock>,
    pub(super) witness: Option<Arc<Witness>>,
}

pub(super) fn open(dir: &Path, clock: &Arc<ManualClock>) -> Arc<Witness> {
    Arc::new(Witness::open(dir, Arc::clone(clock) as Arc<dyn Clock>).unwrap())
}

impl Bench {
    /// Knows the log of these tests.
    pub(super) fn new(seed: u8) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let name = format!("witness.example/w{seed}");
        let secret = SecretKey::from_seed(&[seed; 32]);
        let made = WitnessDir::create(dir.path(), &name, &secret).unwrap();
        made.add_log(&Log::of(0).vkey(), None).unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp(START)));
        let witness = Some(open(dir.path(), &clock));
        Self { dir, clock, witness }
    }

    pub(super) fn get(&self) -> &Arc<Witness> {
        self.witness.as_ref().unwrap()
    }

    pub(super) fn ask(&self, request: &Request) -> Result<u64, Refusal> {
        let answer = self.get().add_checkpoint(request.to_body().as_bytes());
        answer.map(|cosigned| cosigned.size)
    }

    /// Ends the process, as far as a witness can tell, and starts it again.
    pub(super) fn restart(&mut self) {
        self.witness = None;
        self.witness = Some(open(self.dir.path(), &self.clock));
    }

    pub(super) fn forks(&self) -> Vec<Vec<u8>> {
        let Ok(files) = std::fs::read_dir(self.dir.path().join("forks")) else {
            return Vec::new();
        };
        files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

/// What a witness answers over HTTP.
pub(super) fn reply_of(witness: &Witness, body: &[u8]) -> Reply {
    let reply = |status, content_type: &str, body: String| Reply {
        status,
        content_type: content_type.to_owned(),
        body: body.into_bytes(),
    };
    match witness.add_checkpoint(body) {
        Ok(cosigned) => reply(200, "text/plain; charset=utf-8", cosigned.line.to_string()),
        Err(refusal) => match refusal.size() {
            Some(size) => reply(refusal.status(), SIZE_TYPE, format!("{size}\n")),
            None => reply(refusal.status(), "text/plain", String::new()),
        },
    }
}

/// Changes what a witness answers: gets its name, the kind of request, and the answer.
type Spoil = Box<dyn Fn(&str, Reply) -> Result<Reply, TransportError> + Send + Sync>;

/// Witnesses in this process, by address.
pub(super) struct InProcess {
    pub(super) at: BTreeMap<String, Arc<Witness>>,
    pub(super) spoil: Spoil,
    pub(super) sent: std::sync::Mutex<Vec<String>>,
}

impl InProcess {
    pub(super) fn new(witnesses: &[(&str, &Arc<Witness>)]) -> Self {
        let at = witnesses.iter().map(|(url, witness)| ((*url).to_owned(), Arc::clone(witness)));
        let spoil: Spoil = Box::new(|_, reply| Ok(reply));
        Self { at: at.collect(), spoil, sent: Default::default() }
    }

    fn find<'a>(&self, url: &'a str) -> Result<(&Witness, &'a str), TransportError> {
        let found = self
            .at
            .iter()
            .find_map(|(prefix, witness)| Some((&**witness, url.strip_prefix(prefix.as_str())?)));
        found.ok_or_else(|| TransportError("nobody there".to_owned()))
    }
}

impl Transport for InProcess {
    fn add_checkpoint(&self, url: &str, body: &[u8]) -> Result<Reply, TransportError> {
        let (witness, path) = self.find(url)?;
        assert_eq!(path, "/add-checkpoint");
        let first = String::from_utf8_lossy(body).lines().next().unwrap().to_owned();
        self.sent.lock().unwrap().push(first);
        (self.spoil)(url, reply_of(witness, body))
    }

    fn get(&self, url: &str) -> Result<Reply, TransportError> {
        let (witness, path) = self.find(url)?;
        let hash = path.strip_prefix('/').and_then(|path| path.strip_suffix("/checkpoint"));
        let latest = witness.latest(hash.unwrap()).unwrap();
        let (status, body) = match latest {
            Some(latest) => (200, latest.note.to_string()),
            None => (404, String::new()),
        };
        let reply = Reply { status, content_type: "text/plain".to_owned(), body: body.into() };
        (self.spoil)(url, reply)
    }
}
