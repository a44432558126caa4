//! What is sent to `add-checkpoint`, and the few texts beside it (c2sp.org/tlog-witness).

use crate::log::merkle::{EMPTY_ROOT, Hash};
use crate::tlog::base64;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::note::{NOTE_BYTES_MAX, Note};
use crate::tlog::proof::HASHES_MAX;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Longest body that is read: a note, and a proof in base64 before it.
pub const BODY_BYTES_MAX: usize = NOTE_BYTES_MAX + 32 + 45 * HASHES_MAX;
/// Content type of the answer that names a size.
pub const SIZE_TYPE: &str = "text/x.tlog.size";

/// How addresses and files name a log: hexadecimal SHA-256 of its origin.
#[must_use]
pub fn origin_hash(origin: &str) -> String {
    hex::encode(Sha256::digest(origin.as_bytes()))
}

/// The size that an answer names.
pub(super) fn parse_size(body: &[u8]) -> Option<u64> {
    base64::decimal(str::from_utf8(body).ok()?.strip_suffix('\n')?)
}

/// A request; nothing is known to be right about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Size of the tree that the witness is thought to have cosigned last.
    pub old: u64,
    /// Consistency proof from there.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub note: Note,
}

/// What the note of a request says.
pub(super) struct Said {
    pub(super) checkpoint: Checkpoint,
    /// Whether it says that a tree without leaves has leaves: its root is not that of nothing.
    pub(super) impossible: bool,
}

impl Request {
    /// Reads a body; nothing if it is not one.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        if body.len() > BODY_BYTES_MAX {
            return None;
        }
        let (head, note) = str::from_utf8(body).ok()?.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = base64::decimal(lines.next()?.strip_prefix("old ")?)?;
        let proof: Vec<Hash> = lines.map(base64::decode_hash).collect::<Option<_>>()?;
        let note = Note::parse(note.as_bytes()).ok()?;
        (proof.len() <= HASHES_MAX).then_some(Self { old, proof, note })
    }

    /// The body.
    #[must_use]
    pub fn to_body(&self) -> String {
        let mut body = format!("old {}\n", self.old);
        for hash in &self.proof {
            body.push_str(&base64::encode(hash));
            body.push('\n');
        }
        // Writing to a string does not fail.
        let _ = write!(body, "\n{}", self.note);
        body
    }

    /// What the note says. An impossible root is told apart from a malformed text, because the
    /// protocol does.
    pub(super) fn said(&self) -> Option<Said> {
        let text = &self.note.text;
        if let Ok(checkpoint) = Checkpoint::parse(text) {
            return Some(Said { checkpoint, impossible: false });
        }
        let root = text.strip_suffix('\n')?.split('\n').nth(2)?;
        base64::decode_hash(root)?;
        let empty = text.replacen(&format!("\n0\n{root}"), &zero(), 1);
        let checkpoint = Checkpoint::parse(&empty).ok()?;
        (empty != *text).then_some(Said { checkpoint, impossible: true })
    }
}

fn zero() -> String {
    format!("\n0\n{}", base64::encode(&EMPTY_ROOT))
}
