//! Third stage: appends batches, makes them durable, shows them, and answers.

use super::decider::Batch;
use super::views::{Publisher, Views};
use super::{Shared, SubmitError};
use crate::projection::Snapshots;
use archipel_domain::id::Hash;
use crossbeam_channel::Receiver;
use std::sync::atomic::Ordering;

/// When and where the state is saved.
pub(crate) struct SnapshotPlan {
    pub(crate) snapshots: Snapshots,
    /// A snapshot is made whenever this many acts were recorded since the last one.
    pub(crate) every: u64,
    /// Position of the last one.
    pub(crate) last: u64,
}

/// Runs until the stage before ends, or the store fails.
pub(super) fn run(
    shared: &Shared,
    views: &Views,
    mut plan: Option<SnapshotPlan>,
    batches: &Receiver<Batch>,
) {
    let mut publisher = Publisher::new(views);
    while let Ok(batch) = batches.recv() {
        let head = if batch.entries.is_empty() {
            Ok(shared.store.head())
        } else {
            shared.store.append(batch.first, &batch.entries)
        };
        let head = match head {
            Ok(head) => head,
            Err(error) => {
                // The state of the disk is unknown: stop, and let opening find out.
                tracing::error!(%error, "the store failed; the instance must be restarted");
                shared.failed.store(true, Ordering::Release);
                return fail(batch, batches);
            }
        };
        let root = Hash(head.root);
        if !batch.entries.is_empty() {
            publisher.publish(views, &batch.records, root);
        }
        shared.queued.fetch_sub(batch.settled, Ordering::AcqRel);
        for (answers, reply) in batch.replies {
            let receipt = |pending: super::decider::Pending| pending.receipt(head.size, root);
            reply(answers.into_iter().map(|answer| answer.map(receipt)).collect());
        }
        if let Some(plan) = &mut plan {
            save_if_due(shared, views, plan, head.size);
        }
    }
    if let Some(plan) = &mut plan {
        plan.every = 1;
        save_if_due(shared, views, plan, shared.store.head().size);
    }
}

/// Everybody who waits is told: those of the failed batch do not know, the others can retry. So
/// can those whom a rule refused, for it was upon a state that may never have been. What is wrong
/// with a statement by itself stays wrong.
fn fail(batch: Batch, batches: &Receiver<Batch>) {
    let answer = |batch: Batch, error: &SubmitError| {
        for (answers, reply) in batch.replies {
            let told = answers.into_iter().map(|answer| match answer {
                Err(SubmitError::Statement(fault)) => Err(SubmitError::Statement(fault)),
                _ => Err(error.clone()),
            });
            reply(told.collect());
        }
    };
    answer(batch, &SubmitError::InDoubt);
    while let Ok(later) = batches.recv() {
        answer(later, &SubmitError::Stopped);
    }
}

/// A snapshot is a cache: if it can not be saved, the next start is longer and nothing is lost.
fn save_if_due(shared: &Shared, views: &Views, plan: &mut SnapshotPlan, size: u64) {
    if size.saturating_sub(plan.last) < plan.every {
        return;
    }
    plan.last = size;
    let shown = views.latest();
    if let Err(error) = plan.snapshots.save(&shown.world, shown.root.0) {
        tracing::warn!(%error, "a snapshot could not be saved");
    }
    if let Err(error) = shared.store.sync_derived() {
        tracing::warn!(%error, "derived data could not be synced");
    }
}
