//! Checkpoints (c2sp.org/tlog-checkpoint): the size and root of a log, signed.

use super::note::{Algorithm, Note, VerifierKey};
use super::{TlogError, base64, cosignature};
use crate::crypto::SecretKey;
use crate::log::merkle::{EMPTY_ROOT, Hash};
use std::fmt;

/// Largest size of a tree.
pub const SIZE_MAX: u64 = i64::MAX.unsigned_abs();

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// Root of the tree of these leaves.
    pub root: Hash,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, base64::encode(&self.root))
    }
}

impl Checkpoint {
    /// Reads the text of a note. Lines after the third are extensions of other logs.
    ///
    /// # Errors
    /// [`TlogError::Checkpoint`].
    pub fn parse(text: &str) -> Result<Self, TlogError> {
        let wrong = TlogError::Checkpoint;
        let mut lines = text.strip_suffix('\n').ok_or(wrong)?.split('\n');
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or(wrong)?.to_owned();
        let size = lines.next().and_then(base64::decimal).ok_or(wrong)?;
        let root = lines.next().and_then(base64::decode_hash).ok_or(wrong)?;
        if lines.any(str::is_empty) || (size == 0 && root != EMPTY_ROOT) {
            return Err(wrong);
        }
        Ok(Self { origin, size, root })
    }

    /// Signs it as the log does: the name of the key is the origin.
    ///
    /// # Errors
    /// As [`Note::sign`].
    pub fn sign(&self, secret: &SecretKey) -> Result<Note, TlogError> {
        Note::sign(self.to_string(), &self.origin, secret)
    }
}

/// Whose signatures make a checkpoint worth believing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The log's key; its name is the origin.
    pub log: VerifierKey,
    /// The witnesses that are known.
    pub witnesses: Vec<VerifierKey>,
    /// How many of them must have cosigned.
    pub quorum: usize,
}

/// A checkpoint whose signatures satisfy a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The known witnesses that cosigned it, each with the time in POSIX seconds, in the order of
    /// the policy.
    pub cosigned: Vec<(String, u64)>,
    /// The note itself.
    pub note: Note,
}

/// The verifier key of a log of this name.
///
/// # Errors
/// [`TlogError::Vkey`].
pub fn log_key(origin: &str, secret: &SecretKey) -> Result<VerifierKey, TlogError> {
    VerifierKey::new(origin, Algorithm::Ed25519, secret.public_key())
}

impl Policy {
    /// The log's own signature is enough.
    #[must_use]
    pub fn of_log(log: VerifierKey) -> Self {
        Self { log, witnesses: Vec::new(), quorum: 0 }
    }

    /// Reads a checkpoint and checks its signatures. Those of unknown keys are ignored; one of a
    /// known key that does not verify condemns the note.
    ///
    /// # Errors
    /// [`TlogError::Note`], [`TlogError::Unsigned`], [`TlogError::Signature`],
    /// [`TlogError::Checkpoint`], [`TlogError::OtherLog`], [`TlogError::Quorum`].
    pub fn open(&self, bytes: &[u8]) -> Result<Opened, TlogError> {
        let note = Note::parse(bytes)?;
        note.verify(&self.log)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        if checkpoint.origin != self.log.name() {
            return Err(TlogError::OtherLog);
        }
        let mut cosigned = Vec::new();
        for witness in &self.witnesses {
            match cosignature::verify(&note, witness) {
                Ok(time) => cosigned.push((witness.name().to_owned(), time)),
                Err(TlogError::Unsigned) => {}
                Err(error) => return Err(error),
            }
        }
        if cosigned.len() < self.quorum {
            return Err(TlogError::Quorum);
        }
        Ok(Opened { checkpoint, cosigned, note })
    }
}
