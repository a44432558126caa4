//! Why nothing is signed or shown.

use crate::audit::AuditError;
use crate::store::ReadError;
use crate::tlog::TlogError;
use std::path::PathBuf;

/// Why a checkpoint is not signed or not shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The log can not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file system refuses.
    #[error("{}: {what}", .path.display())]
    Io {
        /// Which path.
        path: PathBuf,
        /// What it says.
        what: String,
    },
    /// The file of the last signed checkpoint is not one of this log.
    #[error(
        "{}: {error}; restore it from the newest copy: without it, this log could sign what \
         contradicts an earlier signature", .path.display()
    )]
    SignedDamaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        error: TlogError,
    },
    /// A larger or another log than this one was signed before.
    #[error(
        "a checkpoint of {signed} entries was signed before, and this log, of {size}, does not \
         begin with them: restore the newest copy, and sign nothing meanwhile"
    )]
    RolledBack {
        /// How many entries there are.
        size: u64,
        /// How many entries were signed.
        signed: u64,
    },
    /// A witness shows a signature of ours that this log contradicts.
    #[error(
        "the witness {witness} shows a checkpoint of {seen} entries signed by this log, which, of \
         {size}, does not begin with them: restore the newest copy, and sign nothing meanwhile"
    )]
    Witnessed {
        /// Which witness.
        witness: String,
        /// How many entries there are.
        size: u64,
        /// How many entries the witness has seen signed.
        seen: u64,
    },
    /// The tiles' hashes do not lead to the root of the log.
    #[error("the hashes of the tiles do not lead to the log's root; delete the folder `tiles`")]
    Hashes,
    /// The directory of exported tiles does not continue to this log.
    #[error("{} holds tiles of another log or history; choose a new directory", .0.display())]
    OtherTiles(PathBuf),
    /// What is copied from elsewhere can not be fetched, or is not what it should be.
    #[error(transparent)]
    Source(#[from] AuditError),
    /// The key or the origin can not sign.
    #[error(transparent)]
    Tlog(#[from] TlogError),
}

impl PublishError {
    /// The codes that are not those of reading the store or of the formats.
    pub const OWN_CODES: [&'static str; 6] = [
        "publish.io",
        "publish.signed-damaged",
        "publish.rolled-back",
        "publish.witnessed",
        "publish.hashes",
        "publish.other-tiles",
    ];

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(error) => error.code(),
            Self::Io { .. } => "publish.io",
            Self::SignedDamaged { .. } => "publish.signed-damaged",
            Self::RolledBack { .. } => "publish.rolled-back",
            Self::Witnessed { .. } => "publish.witnessed",
            Self::Hashes => "publish.hashes",
            Self::OtherTiles(_) => "publish.other-tiles",
            Self::Source(error) => error.code(),
            Self::Tlog(error) => error.code(),
        }
    }

    /// Whether it means that the log may not be the one that was signed: nothing must be signed
    /// any more, and nothing be recorded.
    #[must_use]
    pub fn is_rollback(&self) -> bool {
        matches!(
            self,
            Self::SignedDamaged { .. } | Self::RolledBack { .. } | Self::Witnessed { .. }
        )
    }

    pub(super) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + use<'_> {
        move |error| Self::Io { path: path.to_owned(), what: error.to_string() }
    }
}
