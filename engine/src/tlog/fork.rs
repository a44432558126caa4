//! Proof that a log has shown two histories: two of its own signatures that contradict each other.
//!
//! Two checkpoints of one size with different roots speak for themselves. Of different sizes, the
//! larger tree begins with some tree of the smaller size; the proof of consistency with that tree
//! shows which, and that it is not the one that was signed.

use super::checkpoint::{Checkpoint, Opened, Policy};
use super::note::VerifierKey;
use super::proof::{self, Nodes};
use super::{TlogError, base64};
use crate::log::merkle::Hash;
use serde::{Deserialize, Serialize};

/// Longest file that is read.
pub const FORK_BYTES_MAX: usize = 256 << 10;
const FORMAT: &str = "archipel-fork/1";

/// A proof as a file: JSON, see docs/spec/audit.md.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fork {
    format: String,
    /// The checkpoint of the smaller tree.
    smaller: String,
    /// The checkpoint of the larger tree, or of another one of the same size.
    larger: String,
    /// Root of the tree of the smaller size with which the larger one really begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    /// Consistency proof between the two.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    proof: Vec<String>,
}

/// What a proof shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The smaller tree that was signed.
    pub smaller: Checkpoint,
    /// The larger tree that was signed, which does not begin with it.
    pub larger: Checkpoint,
}

impl Fork {
    /// The proof from two signed checkpoints of one size.
    ///
    /// # Errors
    /// Those of [`Fork::verify`].
    pub fn of_same_size(a: &str, b: &str, log: &VerifierKey) -> Result<Self, TlogError> {
        let fork = Self {
            format: FORMAT.to_owned(),
            smaller: a.to_owned(),
            larger: b.to_owned(),
            prefix: None,
            proof: Vec::new(),
        };
        fork.verify(log).map(|_| fork)
    }

    /// The proof from two signed checkpoints and the tree of the larger one.
    ///
    /// # Errors
    /// Those of `nodes`, wrapped by `broken`; those of [`Fork::verify`].
    pub fn of<N: Nodes + ?Sized>(
        a: &Opened,
        b: &Opened,
        log: &VerifierKey,
        nodes: &N,
    ) -> Result<Result<Self, TlogError>, N::Error> {
        let (smaller, larger) =
            if a.checkpoint.size <= b.checkpoint.size { (a, b) } else { (b, a) };
        let (old, new) = (smaller.checkpoint.size, larger.checkpoint.size);
        if old == new {
            let notes = (smaller.note.to_string(), larger.note.to_string());
            return Ok(Self::of_same_size(&notes.0, &notes.1, log));
        }
        let prefix = proof::root(nodes, old)?;
        let proof = proof::consistency(nodes, old, new)?;
        let fork = Self {
            format: FORMAT.to_owned(),
            smaller: smaller.note.to_string(),
            larger: larger.note.to_string(),
            prefix: Some(base64::encode(&prefix)),
            proof: proof.iter().map(|hash| base64::encode(hash)).collect(),
        };
        Ok(fork.verify(log).map(|_| fork))
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`TlogError::ForkFile`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogError> {
        if bytes.len() > FORK_BYTES_MAX {
            return Err(TlogError::ForkFile);
        }
        let fork: Self = serde_json::from_slice(bytes).map_err(|_| TlogError::ForkFile)?;
        if fork.format == FORMAT { Ok(fork) } else { Err(TlogError::ForkFile) }
    }

    /// The file.
    #[must_use]
    pub fn to_text(&self) -> String {
        // A structure of texts always serialises.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Checks that the log has signed both and that they contradict each other.
    ///
    /// # Errors
    /// Those of [`Policy::open`]; [`TlogError::Consistency`] if the proof is not one;
    /// [`TlogError::NoFork`] if there is no contradiction.
    pub fn verify(&self, log: &VerifierKey) -> Result<Shown, TlogError> {
        let policy = Policy::of_log(log.clone());
        let smaller = policy.open(self.smaller.as_bytes())?.checkpoint;
        let larger = policy.open(self.larger.as_bytes())?.checkpoint;
        let prefix = match &self.prefix {
            None if smaller.size == larger.size => larger.root,
            None => return Err(TlogError::NoFork),
            Some(prefix) => {
                let prefix = base64::decode_hash(prefix).ok_or(TlogError::ForkFile)?;
                let hashes = self.proof.iter().map(|hash| base64::decode_hash(hash));
                let hashes: Option<Vec<Hash>> = hashes.collect();
                let hashes = hashes.ok_or(TlogError::ForkFile)?;
                let (old, new) = ((smaller.size, &prefix), (larger.size, &larger.root));
                proof::check_consistency(old, new, &hashes)?;
                prefix
            }
        };
        if prefix == smaller.root { Err(TlogError::NoFork) } else { Ok(Shown { smaller, larger }) }
    }
}
