//! Federation: what this instance has seen of other logs.

mod checkpoint_witnessed;

pub use checkpoint_witnessed::{CheckpointWitnessed, WitnessCheckpoint};

use crate::id::{Hash, KeyId, Line};
use crate::rejection::rejections;
use bincode::{Decode, Encode};

rejections! {
    /// Refusals of the federation context, in order of precedence.
    Federation {
        /// The name stands for another log, or for this log with another key.
        OtherLog => "foreign-log.other",
        /// The log is recorded under another name.
        NamedOtherwise => "foreign-log.named-otherwise",
        /// A larger tree of that log is recorded already.
        Older => "checkpoint.older",
        /// Another root of the same size is recorded: the log shows two histories.
        Fork => "checkpoint.fork",
        /// This checkpoint is recorded already.
        Known => "checkpoint.known",
    }
}

/// The largest size of a tree that is recorded: what a JSON integer holds exactly.
pub const SIZE_MAX: u64 = (1 << 53) - 1;

/// Another log, as last recorded here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct ForeignLog {
    /// Its own name.
    pub origin: Option<Line>,
    /// Its last checkpoint.
    pub seen: Option<Seen>,
}

/// What was last recorded of another log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Seen {
    /// The key that signs its checkpoints.
    pub key: KeyId,
    /// Number of entries.
    pub size: u64,
    /// Root of their tree.
    pub root: Hash,
    /// Position at which this was recorded.
    pub recorded: u64,
}

/// A checkpoint of another log that an act carries: whoever verifies the act verifies the
/// signature over its text (docs/spec/log.md 9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// The log's own name, also that of its key.
    pub origin: Line,
    /// Number of entries.
    pub size: u64,
    /// Root of their tree.
    pub root: Hash,
    /// The log's key.
    pub key: KeyId,
    /// Its signature.
    pub signature: crate::id::SignatureBytes,
}
