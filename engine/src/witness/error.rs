//! Why a witness does not cosign, and why a directory is not one's.

use crate::key_file::KeyFileError;
use std::io;
use std::path::{Path, PathBuf};

/// Why a checkpoint is not cosigned: a closed list, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// The request or the checkpoint in it is malformed.
    #[error("the request or its checkpoint is malformed")]
    Malformed,
    /// The witness does not know the log.
    #[error("the log is not known to this witness")]
    UnknownLog,
    /// No trusted key of the log has signed, or one of them has signed something else.
    #[error("no trusted key of the log has signed it")]
    Unsigned,
    /// The earlier size is larger than that of the checkpoint.
    #[error("the earlier size is larger than the checkpoint's")]
    OldBeyond,
    /// The earlier size is not the one that was cosigned last.
    #[error("the earlier size is not the one cosigned last, which is {0}")]
    OldSize(u64),
    /// A tree of this size was cosigned with another root.
    #[error("a tree of this size, {0}, was cosigned with another root")]
    OtherRoot(u64),
    /// The proof does not lead from the tree cosigned last to this one.
    #[error("the proof does not lead from the tree cosigned last to this one")]
    Proof,
    /// The clock is before the last cosignature.
    #[error("the clock of the witness went back")]
    Clock,
    /// The witness can not read or keep its state.
    #[error("the witness can not read or keep its state")]
    Failed,
}

impl Refusal {
    /// Every refusal; sizes are those of nothing.
    pub const ALL: [Self; 9] = [
        Self::Malformed,
        Self::UnknownLog,
        Self::Unsigned,
        Self::OldBeyond,
        Self::OldSize(0),
        Self::OtherRoot(0),
        Self::Proof,
        Self::Clock,
        Self::Failed,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "witness.malformed",
            Self::UnknownLog => "witness.unknown-log",
            Self::Unsigned => "witness.unsigned",
            Self::OldBeyond => "witness.old-beyond",
            Self::OldSize(_) => "witness.old-size",
            Self::OtherRoot(_) => "witness.other-root",
            Self::Proof => "witness.proof",
            Self::Clock => "witness.clock",
            Self::Failed => "witness.failed",
        }
    }

    /// The HTTP status that c2sp.org/tlog-witness gives it.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed | Self::OldBeyond => 400,
            Self::Unsigned => 403,
            Self::UnknownLog => 404,
            Self::OldSize(_) | Self::OtherRoot(_) => 409,
            Self::Proof => 422,
            Self::Failed => 500,
            Self::Clock => 503,
        }
    }

    /// The size that the answer names.
    #[must_use]
    pub const fn size(self) -> Option<u64> {
        match self {
            Self::OldSize(size) | Self::OtherRoot(size) => Some(size),
            _ => None,
        }
    }
}

/// Why a directory is not a witness's, or a list of witnesses is not one.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The text can not name a witness.
    #[error("a name is an address without scheme: no space, no `+`, at most 255 bytes")]
    Name,
    /// There is a witness already.
    #[error("{} holds a witness already; choose another directory", .0.display())]
    Exists(PathBuf),
    /// There is no witness.
    #[error("{} holds no witness; create one with `archipel witness init`", .0.display())]
    Missing(PathBuf),
    /// Another process serves this witness.
    #[error("{} is served by another process", .0.display())]
    InUse(PathBuf),
    /// The settings can not be read.
    #[error("{}: {what}", .file.display())]
    Settings {
        /// Which file.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A verifier key is not one of the log that it is given for.
    #[error("the key is not an Ed25519 key in the name of the log")]
    LogKey,
    /// A key is used for two things.
    #[error("one key for two things: the witness's own, or a log's")]
    KeyTwice,
    /// There are too many logs, or too many keys of one.
    #[error("too many logs, or too many keys of one log")]
    TooMany,
    /// What was cosigned last can not be read.
    #[error("{}: not what this witness cosigned", .0.display())]
    Damaged(PathBuf),
    /// The list of witnesses can not be read.
    #[error("the list of witnesses: {0}")]
    Policy(String),
    /// The witness's key can not be read or written.
    #[error("witness.pem: {0}")]
    Key(#[from] KeyFileError),
    /// The file system refuses.
    #[error("{}: {error}", .path.display())]
    Io {
        /// Which path.
        path: PathBuf,
        /// What it says.
        error: io::Error,
    },
}

impl WitnessError {
    /// The codes that are not those of key files.
    pub const OWN_CODES: [&'static str; 11] = [
        "witness.name",
        "witness.exists",
        "witness.missing",
        "witness.in-use",
        "witness.settings",
        "witness.log-key",
        "witness.key-twice",
        "witness.too-many",
        "witness.damaged",
        "witness.policy",
        "witness.io",
    ];

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name => "witness.name",
            Self::Exists(_) => "witness.exists",
            Self::Missing(_) => "witness.missing",
            Self::InUse(_) => "witness.in-use",
            Self::Settings { .. } => "witness.settings",
            Self::LogKey => "witness.log-key",
            Self::KeyTwice => "witness.key-twice",
            Self::TooMany => "witness.too-many",
            Self::Damaged(_) => "witness.damaged",
            Self::Policy(_) => "witness.policy",
            Self::Key(error) => error.code(),
            Self::Io { .. } => "witness.io",
        }
    }

    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<'_> {
        move |error| Self::Io { path: path.to_owned(), error }
    }
}
