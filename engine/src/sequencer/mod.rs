//! The one way in: statements are verified in parallel, admitted one by one in order, appended in
//! batches, made durable, shown, and only then acknowledged.
//!
//! Three threads, joined by short queues, so that a batch is written while the next is decided
//! and the one after is verified:
//!
//! ```text
//! submit ─> [queue] ─> intake: groups, verifies (rayon) ─> decider: admits ─> writer: appends,
//!                                                                   syncs, swaps views, answers
//! ```

mod decider;
mod intake;
mod views;
mod writer;

pub(crate) use decider::{Decider, Registrar, derive, find_cited};
pub use views::{Shown, Views};
pub(crate) use writer::SnapshotPlan;

use crate::clock::Clock;
use crate::crypto::VerifierCache;
use crate::log::statement::{Signed, StatementError};
use crate::store::EventStore;
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::rejection::Rejection;
use archipel_domain::time::Timestamp;
use crossbeam_channel::{Sender, TrySendError, bounded};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

/// Most statements in one call of [`Sequencer::submit`].
pub const SUBMISSION_MAX: usize = 4_096;
/// Most statements that wait; beyond that, callers are told to come back.
pub const QUEUE_MAX: usize = 32_768;
/// Most submissions that wait.
const SUBMISSIONS_MAX: usize = 4_096;
/// A group takes what is queued, until it holds this many statements.
const GROUP_MAX: usize = 2_048;
/// Batches between the decider and the writer.
const STAGE_QUEUE: usize = 2;

/// What the author of an accepted statement gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Receipt {
    /// The statement's id.
    pub id: StatementId,
    /// Where it stands in the log, from 0.
    pub position: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// RFC 6962 hash of its leaf.
    pub leaf: Hash,
    /// Whether it had been accepted before: the rest is then as the first time.
    pub duplicate: bool,
    /// Size of the tree when this was answered.
    pub size: u64,
    /// RFC 6962 root of that tree.
    pub root: Hash,
}

/// Why a statement is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// It is not a statement for this log, or its signature is wrong.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// Another statement with the same id was accepted before.
    #[error("another statement with this id was accepted before")]
    IdConflict,
    /// A rule forbids it.
    #[error("{0}")]
    Rejected(Rejection),
    /// More than [`SUBMISSION_MAX`] statements at once.
    #[error("too many statements at once")]
    TooMany,
    /// Too much is waiting: come back with the same ids.
    #[error("the queue is full: try again with the same statement")]
    Busy,
    /// The log is served read-only.
    #[error("the log is open read-only")]
    ReadOnly,
    /// The sequencer has stopped: the instance must be opened again.
    #[error("the sequencer has stopped: restart the instance")]
    Stopped,
    /// It may or may not have been recorded: ask again with the same statement.
    #[error("it is not known whether the statement was recorded: try again with the same one")]
    InDoubt,
}

impl SubmitError {
    /// The codes that are not those of statements or of the rules.
    pub const OWN_CODES: [&'static str; 6] = [
        "statement.id-conflict",
        "submit.too-many",
        "submit.busy",
        "submit.read-only",
        "submit.stopped",
        "submit.in-doubt",
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Statement(error) => error.code(),
            Self::IdConflict => "statement.id-conflict",
            Self::Rejected(rejection) => rejection.code(),
            Self::TooMany => "submit.too-many",
            Self::Busy => "submit.busy",
            Self::ReadOnly => "submit.read-only",
            Self::Stopped => "submit.stopped",
            Self::InDoubt => "submit.in-doubt",
        }
    }
}

impl From<Rejection> for SubmitError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

/// The answer to one statement.
pub type Answer = Result<Receipt, SubmitError>;

/// Called once with the answers, in the order of the statements, from the writer's thread.
pub type Reply = Box<dyn FnOnce(Vec<Answer>) + Send>;

/// Statements handed in together.
pub(crate) struct Submission {
    items: Vec<Signed>,
    reply: Reply,
}

/// What the stages share.
pub(crate) struct Shared {
    /// Where leaves go.
    pub(crate) store: Arc<dyn EventStore>,
    /// The name of this log.
    pub(crate) origin: String,
    /// The clock by which groups are recorded.
    pub(crate) clock: Arc<dyn Clock>,
    /// Decompressed keys.
    pub(crate) verifiers: VerifierCache,
    /// Statements that wait or are under way. Owner: raised by `submit`, lowered by the writer.
    queued: AtomicUsize,
    /// Set once when the store fails or a stage is gone; nothing is accepted afterwards.
    failed: AtomicBool,
}

/// The running stages.
pub struct Sequencer {
    shared: Arc<Shared>,
    entry: Option<Sender<Submission>>,
    stages: Vec<JoinHandle<()>>,
}

impl Sequencer {
    /// Starts the stages on a decider whose state is that of the store's head.
    pub(crate) fn start(
        store: Arc<dyn EventStore>,
        origin: String,
        clock: Arc<dyn Clock>,
        decider: Decider,
        views: Arc<Views>,
        snapshots: Option<SnapshotPlan>,
    ) -> Self {
        let shared = Arc::new(Shared {
            store,
            origin,
            clock,
            verifiers: VerifierCache::default(),
            queued: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
        });
        let (entry, submissions) = bounded(SUBMISSIONS_MAX);
        // No queue: one group is awaited by the decider while the next is under way.
        let (to_decider, groups) = bounded(0);
        let (to_writer, batches) = bounded(STAGE_QUEUE);
        let last = decider.recorded_at();
        let stage = |name: &str, run: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name.to_owned()).spawn(run).ok()
        };
        let (for_intake, for_writer) = (Arc::clone(&shared), Arc::clone(&shared));
        let stages = [
            stage(
                "intake",
                Box::new(move || intake::run(&for_intake, last, &submissions, &to_decider)),
            ),
            stage("decider", Box::new(move || decider.run(&groups, &to_writer))),
            stage(
                "writer",
                Box::new(move || writer::run(&for_writer, &views, snapshots, &batches)),
            ),
        ];
        let stages = stages.into_iter().flatten().collect();
        Self { shared, entry: Some(entry), stages }
    }

    /// Hands in statements; `reply` is called once they are durable or refused. An empty list is
    /// a reminder to state what is due.
    pub fn submit(&self, items: Vec<Signed>, reply: Reply) {
        let count = items.len();
        let refuse = |error: SubmitError, reply: Reply| {
            reply((0..count.max(1)).map(|_| Err(error.clone())).collect());
        };
        if count > SUBMISSION_MAX {
            return refuse(SubmitError::TooMany, reply);
        }
        if self.shared.failed.load(Ordering::Acquire) {
            return refuse(SubmitError::Stopped, reply);
        }
        let Some(entry) = &self.entry else { return refuse(SubmitError::Stopped, reply) };
        let waiting = self.shared.queued.fetch_add(count, Ordering::AcqRel);
        if waiting.saturating_add(count) > QUEUE_MAX {
            self.shared.queued.fetch_sub(count, Ordering::AcqRel);
            return refuse(SubmitError::Busy, reply);
        }
        if let Err(error) = entry.try_send(Submission { items, reply }) {
            self.shared.queued.fetch_sub(count, Ordering::AcqRel);
            match error {
                TrySendError::Full(back) => refuse(SubmitError::Busy, back.reply),
                TrySendError::Disconnected(back) => {
                    // A stage has ended, which only a panic does before the sequencer is dropped.
                    self.shared.failed.store(true, Ordering::Release);
                    refuse(SubmitError::Stopped, back.reply);
                }
            }
        }
    }

    /// Whether the store has failed, so that the process should end and be started again.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.shared.failed.load(Ordering::Acquire)
    }
}

impl Drop for Sequencer {
    /// Finishes what is queued, then ends the stages.
    fn drop(&mut self) {
        self.entry = None;
        for stage in self.stages.drain(..) {
            // A stage that panicked has already been reported by its thread.
            let _ = stage.join();
        }
    }
}
