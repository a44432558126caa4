//! The feeder as the publisher knows it.

use super::feeder::{Feeder, Outcome};
use crate::publish::{Cosigner, Proofs, PublishError};
use crate::tlog::checkpoint::{Opened, Policy};
use crate::tlog::note::Note;

impl Cosigner for Feeder {
    fn policy(&self, _: Policy) -> Policy {
        Feeder::policy(self)
    }

    fn latest_seen(&mut self, _: &Policy) -> Option<(String, Opened)> {
        Feeder::latest_seen(self)
    }

    fn cosign(&mut self, opened: &Opened, proofs: Proofs<'_>) -> Result<Note, PublishError> {
        let fed = self.feed(&opened.note, proofs)?;
        for (witness, outcome) in &fed.reports {
            match outcome {
                Outcome::Cosigned(time) => tracing::debug!(witness, time, "cosigned"),
                Outcome::Resting => {}
                other => tracing::warn!(witness, outcome = ?other, "not cosigned"),
            }
        }
        for alarm in &fed.alarms {
            tracing::error!(?alarm, "a witness contradicts this log");
        }
        // A witness's word alone must not stop a log: its own signature does.
        match fed.alarms.iter().find_map(super::Alarm::proof) {
            Some((witness, seen)) => Err(PublishError::Witnessed {
                witness: witness.to_owned(),
                size: opened.checkpoint.size,
                seen: seen.checkpoint.size,
            }),
            None => Ok(fed.note),
        }
    }
}
