//! First stage: forms groups and verifies their statements in parallel.

use super::{GROUP_MAX, Reply, Shared, Submission, SubmitError};
use crate::crypto::{TOGETHER, conclude};
use crate::log::leaf::Leaf;
use crate::log::merkle;
use crate::log::statement::{Signed, Statement, StatementError};
use archipel_domain::act::Authored;
use archipel_domain::time::Timestamp;
use crossbeam_channel::{Receiver, Sender, bounded};
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A statement whose form and signature are right, with the leaf that it will be if admitted.
pub(crate) struct Verified {
    pub(crate) authored: Authored,
    pub(crate) leaf: Vec<u8>,
    pub(crate) leaf_hash: [u8; 32],
}

/// Statements to be recorded at the same moment.
pub(crate) struct Group {
    pub(crate) at: Timestamp,
    pub(crate) items: Vec<Result<Verified, SubmitError>>,
    /// For each submission of the group, how many of the items are its own, in order.
    pub(crate) replies: Vec<(usize, Reply)>,
}

/// A group that is being verified: it comes when it is done, or not at all after a panic.
pub(super) type Coming = Receiver<Group>;

/// Runs until the entry is closed. The next group is begun before one is done, so that no thread
/// waits for the last statement of a group.
pub(super) fn run(
    shared: &Arc<Shared>,
    mut last: Timestamp,
    submissions: &Receiver<Submission>,
    to_decider: &Sender<Coming>,
) {
    while let Ok(first) = submissions.recv() {
        let mut items = first.items;
        let mut replies = vec![(items.len(), first.reply)];
        // Whatever waits joins the group, so that one sync serves them all.
        while items.len() < GROUP_MAX {
            let Ok(next) = submissions.try_recv() else { break };
            replies.push((next.items.len(), next.reply));
            items.extend(next.items);
        }
        // Positions decide, not clocks: recorded times never go back.
        let at = shared.clock.now().max(last);
        last = at;
        let (done, coming) = bounded(1);
        let shared = Arc::clone(shared);
        rayon::spawn(move || {
            let verified = catch_unwind(AssertUnwindSafe(|| verify_all(&shared, items, at)));
            // Whoever waits for the stages to end may open the store again at once.
            drop(shared);
            if let Ok(items) = verified {
                // Nobody waits for it any more when the stages have ended.
                let _ = done.send(Group { at, items, replies });
            }
        });
        if to_decider.send(coming).is_err() {
            return;
        }
    }
}

fn verify_all(
    shared: &Shared,
    items: Vec<Signed>,
    at: Timestamp,
) -> Vec<Result<Verified, SubmitError>> {
    let parts = items.into_par_iter().chunks(TOGETHER).with_max_len(1);
    parts.flat_map_iter(|part| verify_some(shared, part, at)).collect()
}

/// Bytes and key only: whether the key counts at this position is decided in order.
fn verify_some(
    shared: &Shared,
    part: Vec<Signed>,
    at: Timestamp,
) -> impl Iterator<Item = Result<Verified, SubmitError>> {
    let begun = part
        .into_iter()
        .map(|signed| -> Result<_, SubmitError> {
            let statement = Statement::parse(&signed.payload)?;
            let (payload, signature) = (signed.payload.as_slice(), signed.signature);
            let pending = statement.begin(payload, signature, &shared.origin, &shared.verifiers)?;
            Ok(((signed, statement), pending))
        })
        .collect();
    conclude(begun).map(move |concluded| {
        let ((signed, statement), verdict) = concluded?;
        verdict.map_err(StatementError::from)?;
        statement.check_proofs(&shared.origin)?;
        let authored = statement.authored;
        let leaf = Leaf::new(signed, authored.key, at).encode()?;
        let leaf_hash = merkle::leaf_hash(&leaf);
        Ok(Verified { authored, leaf, leaf_hash })
    })
}
