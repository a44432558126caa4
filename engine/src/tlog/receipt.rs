//! Receipts (c2sp.org/tlog-proof): that an act is in the log, for whoever holds the file.
//!
//! The extra line carries the leaf, so that the file needs nothing beside it but the verifier
//! key: the leaf's hash is what the proof starts from, so it can not be another one.

use super::checkpoint::{Opened, Policy};
use super::{TlogError, base64, proof};
use crate::log::merkle::{Hash, leaf_hash};
use std::fmt;

/// First line of a receipt.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Longest receipt that is read: a leaf in base64, a proof, a note.
pub const RECEIPT_BYTES_MAX: usize = 192 << 10;

/// A receipt as it travels; nothing is known to be right about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The leaf, if it is carried.
    pub leaf: Option<Vec<u8>>,
    /// Position of the leaf.
    pub index: u64,
    /// From the leaf's sibling up.
    pub proof: Vec<Hash>,
    /// The checkpoint, a signed note.
    pub checkpoint: String,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(leaf) = &self.leaf {
            writeln!(f, "extra {}", base64::encode(leaf))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", base64::encode(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl Receipt {
    /// Reads a receipt.
    ///
    /// # Errors
    /// [`TlogError::Receipt`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogError> {
        let wrong = TlogError::Receipt;
        if bytes.len() > RECEIPT_BYTES_MAX {
            return Err(wrong);
        }
        let text = str::from_utf8(bytes).map_err(|_| wrong)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(wrong)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(wrong);
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra.and_then(|line| line.strip_prefix("extra "));
        let leaf = match extra {
            Some(extra) => Some(base64::decode(extra).ok_or(wrong)?),
            None => None,
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.and_then(base64::decimal).ok_or(wrong)?;
        let hashes = lines.map(|line| base64::decode_hash(line).ok_or(wrong));
        let proof: Vec<Hash> = hashes.collect::<Result<_, _>>()?;
        if proof.len() > proof::HASHES_MAX {
            return Err(wrong);
        }
        Ok(Self { leaf, index, proof, checkpoint: checkpoint.to_owned() })
    }

    /// Checks it all: the checkpoint by a policy, and the way from the leaf to its root. `entry`
    /// is the leaf for a receipt that does not carry it.
    ///
    /// # Errors
    /// [`TlogError::NoEntry`], those of [`Policy::open`], [`TlogError::Inclusion`].
    pub fn verify(&self, policy: &Policy, entry: Option<&[u8]>) -> Result<Opened, TlogError> {
        let leaf = entry.or(self.leaf.as_deref()).ok_or(TlogError::NoEntry)?;
        let opened = policy.open(self.checkpoint.as_bytes())?;
        let size = opened.checkpoint.size;
        let root = proof::root_of_inclusion(&leaf_hash(leaf), self.index, size, &self.proof)?;
        if root == opened.checkpoint.root { Ok(opened) } else { Err(TlogError::Inclusion) }
    }
}
