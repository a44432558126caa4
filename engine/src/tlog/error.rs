//! Why something of a transparency log is refused.

/// Why a note, key, proof, receipt or tile is refused: a closed list with stable codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TlogError {
    /// A verifier key is not `name+hash+key` of a sound key of a known type.
    #[error("it is not a verifier key (name+hash+key) of a known type")]
    Vkey,
    /// The bytes are no signed note.
    #[error("it is not a signed note")]
    Note,
    /// There is no signature of the key that is asked for.
    #[error("it has no signature of that key")]
    Unsigned,
    /// A signature of a known key does not verify, or stands there twice.
    #[error("a signature of a known key is wrong or repeated")]
    Signature,
    /// Fewer witnesses than the quorum have cosigned.
    #[error("fewer witnesses than the quorum have cosigned")]
    Quorum,
    /// The text of the note is no checkpoint.
    #[error("the note is not a checkpoint")]
    Checkpoint,
    /// The checkpoint is that of another log.
    #[error("the checkpoint is that of another log")]
    OtherLog,
    /// The entry is not in the tree.
    #[error("the proof does not lead from the entry to the root")]
    Inclusion,
    /// The larger tree does not begin with the smaller one.
    #[error("the proof does not lead from the earlier root to the later one")]
    Consistency,
    /// The bytes are no receipt.
    #[error("it is not a receipt (.tlog-proof)")]
    Receipt,
    /// The receipt does not carry the entry that it is about.
    #[error("the receipt does not carry its entry; hand in the entry too")]
    NoEntry,
    /// The path names no tile.
    #[error("the path names no tile or bundle")]
    Path,
    /// The bytes are no tile or bundle of the width asked for.
    #[error("it is not a tile or bundle of that width")]
    Tile,
    /// The two checkpoints do not prove a fork.
    #[error("the two checkpoints do not contradict each other")]
    NoFork,
    /// The file is no proof of a fork.
    #[error("it is not a proof of a fork")]
    ForkFile,
}

impl TlogError {
    /// Every error.
    pub const ALL: [Self; 15] = [
        Self::Vkey,
        Self::Note,
        Self::Unsigned,
        Self::Signature,
        Self::Quorum,
        Self::Checkpoint,
        Self::OtherLog,
        Self::Inclusion,
        Self::Consistency,
        Self::Receipt,
        Self::NoEntry,
        Self::Path,
        Self::Tile,
        Self::NoFork,
        Self::ForkFile,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vkey => "tlog.vkey",
            Self::Note => "tlog.note",
            Self::Unsigned => "tlog.unsigned",
            Self::Signature => "tlog.signature",
            Self::Quorum => "tlog.quorum",
            Self::Checkpoint => "tlog.checkpoint",
            Self::OtherLog => "tlog.other-log",
            Self::Inclusion => "tlog.inclusion",
            Self::Consistency => "tlog.consistency",
            Self::Receipt => "tlog.receipt",
            Self::NoEntry => "tlog.no-entry",
            Self::Path => "tlog.path",
            Self::Tile => "tlog.tile",
            Self::NoFork => "tlog.no-fork",
            Self::ForkFile => "tlog.fork-file",
        }
    }
}
