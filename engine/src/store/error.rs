//! What can go wrong in a store, with stable codes and what to do about it.

use thiserror::Error;

/// Which half of the store an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The leaves: the only truth. Damage here is repaired from a copy of the log.
    Log,
    /// Facts, ids and streams: rebuilt from the log by
    /// [`reset_derived`](super::EventStore::reset_derived) and catching up.
    Derived,
}

impl Part {
    fn help(self) -> &'static str {
        match self {
            Self::Log => {
                "stop the instance, keep this directory as it is, and restore the log from a \
                 backup, its tiles or a witness's copy"
            }
            Self::Derived => "it holds nothing of its own: it is wiped and rebuilt from the log",
        }
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Log => "log",
            Self::Derived => "derived data",
        })
    }
}

/// Why a store does not open.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OpenError {
    /// Another process (or another handle of this one) holds the directory.
    #[error(
        "{dir} is in use by another process: stop it, or talk to it with --server instead of \
         opening its directory"
    )]
    InUse {
        /// The data directory.
        dir: String,
    },
    /// The directory does not hold a store, and this call must not create one.
    #[error("{dir} holds no log: check the path, or create an instance with `archipel init`")]
    NotFound {
        /// The data directory.
        dir: String,
    },
    /// The log's files are damaged: nothing can be trusted until they are restored.
    #[error("the log in {dir} is damaged ({what}): {}", Part::Log.help())]
    Damaged {
        /// The data directory.
        dir: String,
        /// What was found.
        what: String,
    },
    /// The log holds less, or other, than what was acknowledged: an older copy was put back, or
    /// its tail was lost. Appending would let the instance contradict itself.
    #[error(
        "the log is older than its guard: it holds {size} leaves and the guard names {guard_size} \
         ({what}); restore the newest copy of the log, or open it read-only; do not delete the \
         guard file to get past this, receipts already given would become false"
    )]
    RolledBack {
        /// Leaves in the log.
        size: u64,
        /// Leaves that the guard remembers as acknowledged.
        guard_size: u64,
        /// Size or root: what differs.
        what: &'static str,
    },
    /// The log is not empty but its guard file is missing or neither of its slots is valid.
    #[error(
        "the guard file of {dir} is {what}, so a lost tail could not be noticed: restore it from \
         the same copy as the log, or open read-only"
    )]
    Guard {
        /// The data directory.
        dir: String,
        /// `missing` or `damaged`.
        what: &'static str,
    },
    /// The file system refused something (rights, space, a missing parent directory).
    #[error("cannot {what}: {error}; check the path, its owner and the free space")]
    Io {
        /// What was attempted.
        what: String,
        /// The system's answer.
        error: String,
    },
}

impl OpenError {
    /// Stable code of the error, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InUse { .. } => "store.in-use",
            Self::NotFound { .. } => "store.not-found",
            Self::Damaged { .. } => "store.damaged",
            Self::RolledBack { .. } => "store.rolled-back",
            Self::Guard { .. } => "store.guard",
            Self::Io { .. } => "store.io",
        }
    }

    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error: error.to_string() }
    }
}

/// Why a read gives no answer. Nothing damaged is ever handed out instead.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ReadError {
    /// A stored value fails its checks, or one is missing.
    #[error("the {part} is damaged at position {position}: {what}; {}", .part.help())]
    Damaged {
        /// Which half of the store.
        part: Part,
        /// First log position that cannot be read (0 where the index has no position).
        position: u64,
        /// What was found.
        what: String,
    },
    /// The range or size asked for is not (yet) there.
    #[error("position {asked} is beyond the {available} entries of the {part}")]
    Beyond {
        /// Which half of the store.
        part: Part,
        /// End of the range, or size, that was asked for.
        asked: u64,
        /// Entries that can be read.
        available: u64,
    },
    /// The storage engine or the file system failed while reading.
    #[error("cannot read the {part}: {what}; {}", .part.help())]
    Io {
        /// Which half of the store.
        part: Part,
        /// The underlying error.
        what: String,
    },
}

impl ReadError {
    /// Stable code of the error, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => "store.read-damaged",
            Self::Beyond { .. } => "store.read-beyond",
            Self::Io { .. } => "store.read-io",
        }
    }

    /// Which half of the store it is about.
    #[must_use]
    pub fn part(&self) -> Part {
        match self {
            Self::Damaged { part, .. } | Self::Beyond { part, .. } | Self::Io { part, .. } => *part,
        }
    }

    pub(crate) fn damaged(part: Part, position: u64, what: impl Into<String>) -> Self {
        Self::Damaged { part, position, what: what.into() }
    }
}

/// Why a batch was not appended. Unless said otherwise, nothing was written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AppendError {
    /// An entry breaks a limit of the store.
    #[error("entry {index} of the batch cannot be stored: {what}")]
    Invalid {
        /// Index in the batch.
        index: usize,
        /// Which limit.
        what: &'static str,
    },
    /// The same id stands twice in the batch.
    #[error("the id {} stands twice in one batch: send it once", uuid_text(*.id))]
    RepeatedId {
        /// The id.
        id: u128,
    },
    /// The id is already in the log. Checked before [`AppendError::Conflict`], so that a retry
    /// after a lost answer finds its position even though the log has moved on. Where several
    /// are known, the first of the batch is named.
    #[error("the id {} is already in the log at position {position}", uuid_text(*.id))]
    Duplicate {
        /// The id.
        id: u128,
        /// Where it is.
        position: u64,
    },
    /// The log is not of the expected size: read again, decide again.
    #[error("the log holds {head} entries, not the expected number: read again and retry")]
    Conflict {
        /// The size of the log.
        head: u64,
    },
    /// Facts, ids and streams do not reach the head, so duplicates could not be noticed.
    #[error("derived data reaches position {derived} of {head}: catch up before appending")]
    DerivedBehind {
        /// Entries covered by derived data.
        derived: u64,
        /// Entries in the log.
        head: u64,
    },
    /// `append_derived` was asked to continue from another place than where it stands.
    #[error("derived data continues at position {derived}, not there")]
    DerivedConflict {
        /// Entries covered by derived data.
        derived: u64,
    },
    /// The store was opened read-only.
    #[error("the store is read-only ({why})")]
    ReadOnly {
        /// Why.
        why: String,
    },
    /// Reading what the checks need failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Writing derived data failed; the log is as it was.
    #[error("cannot write derived data: {what}; it is rebuilt from the log at the next start")]
    Derived {
        /// The underlying error.
        what: String,
    },
    /// The write failed before anything reached the log.
    #[error("nothing was written: {what}; retry")]
    NotWritten {
        /// The underlying error.
        what: String,
    },
    /// The answer was lost: the batch is written whole or not at all, unknown which. Look the
    /// ids up, then retry with the same ids.
    #[error("the answer was lost ({what}): look the ids up before retrying")]
    InDoubt {
        /// What happened.
        what: String,
    },
    /// Writing or syncing the log failed: whether the batch is there is unknown, and after a
    /// failed sync the system may forget what it failed to write. Every later append answers
    /// the same; end the process, and open again.
    #[error("writing the log failed ({what}): the process must end; its next start recovers")]
    Fatal {
        /// The underlying error.
        what: String,
    },
}

impl AppendError {
    /// Stable code of the error, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "store.invalid-entry",
            Self::RepeatedId { .. } => "store.repeated-id",
            Self::Duplicate { .. } => "store.duplicate",
            Self::Conflict { .. } => "store.conflict",
            Self::DerivedBehind { .. } => "store.derived-behind",
            Self::DerivedConflict { .. } => "store.derived-conflict",
            Self::ReadOnly { .. } => "store.read-only",
            Self::Read(error) => error.code(),
            Self::Derived { .. } => "store.derived-write",
            Self::NotWritten { .. } => "store.not-written",
            Self::InDoubt { .. } => "store.in-doubt",
            Self::Fatal { .. } => "store.fatal",
        }
    }
}

fn uuid_text(id: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(id)
}
