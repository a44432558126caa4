//! The first thing that is wrong.

use crate::rebuild::RebuildError;
use crate::store::{AppendError, OpenError, ReadError};
use crate::tlog::TlogError;

/// The first thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// The leaves can not be read, or a leaf is not admissible.
    #[error(transparent)]
    Leaf(#[from] RebuildError),
    /// A signature or proof does not verify, an id occurs twice, or the statement is for another
    /// log.
    #[error("position {position}: {code}")]
    Statement {
        /// Where.
        position: u64,
        /// Which check.
        code: String,
    },
    /// The stored fact or index entry is not the one that follows from the leaf.
    #[error("position {position}: the derived data differs from the log; delete `derived`")]
    Derived {
        /// Where.
        position: u64,
    },
    /// The root of the leaves is not the one that is shown.
    #[error("the root of the {size} leaves is not the one that is shown")]
    Root {
        /// How many leaves.
        size: u64,
    },
    /// A tile or bundle is missing, or is not the one that follows from the leaves.
    #[error("{path}: {what}")]
    Tile {
        /// Which.
        path: String,
        /// The first entry that it is wrong about, where that is known.
        position: Option<u64>,
        /// What is wrong.
        what: String,
    },
    /// Entries that are not public (yet).
    #[error("{path}: these entries are not public (yet)")]
    Withheld {
        /// Which bundle.
        path: String,
    },
    /// A file can not be fetched: nothing is known about the log.
    #[error("{path}: {what}")]
    Fetch {
        /// Which.
        path: String,
        /// What the file system or the server says.
        what: String,
    },
    /// The checkpoint is not one, or not signed as it must be.
    #[error("the checkpoint: {0}")]
    Checkpoint(#[from] TlogError),
    /// The log names another key than the one that signs its checkpoints.
    #[error("the first entry of the log names another key than the one that signs checkpoints")]
    Key,
    /// The log does not begin with what was audited before.
    #[error("the log, of {size}, does not begin with the {audited} entries audited before")]
    Behind {
        /// How many entries it has.
        size: u64,
        /// How many were audited.
        audited: u64,
    },
    /// A new directory can not be written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A new directory can not be made.
    #[error("{0}")]
    Directory(String),
}

impl AuditError {
    /// The codes of audits.
    pub const CODES: [&'static str; 10] = [
        "audit.leaf",
        "audit.statement",
        "audit.derived",
        "audit.root",
        "audit.tile",
        "audit.withheld",
        "audit.checkpoint",
        "audit.key",
        "audit.behind",
        "audit.fetch",
    ];

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Leaf(_) => "audit.leaf",
            Self::Statement { .. } => "audit.statement",
            Self::Derived { .. } => "audit.derived",
            Self::Root { .. } => "audit.root",
            Self::Tile { .. } => "audit.tile",
            Self::Withheld { .. } => "audit.withheld",
            Self::Checkpoint(_) => "audit.checkpoint",
            Self::Key => "audit.key",
            Self::Behind { .. } => "audit.behind",
            Self::Fetch { .. } => "audit.fetch",
            Self::Append(error) => error.code(),
            Self::Directory(_) => "store.io",
        }
    }

    /// The position that it is about.
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::Leaf(RebuildError::Inadmissible { position, .. })
            | Self::Leaf(RebuildError::Read(ReadError::Damaged { position, .. }))
            | Self::Statement { position, .. }
            | Self::Derived { position } => Some(*position),
            Self::Tile { position, .. } => *position,
            _ => None,
        }
    }
}

impl From<ReadError> for AuditError {
    fn from(error: ReadError) -> Self {
        Self::Leaf(RebuildError::Read(error))
    }
}

impl From<OpenError> for AuditError {
    fn from(error: OpenError) -> Self {
        Self::Directory(error.to_string())
    }
}
