//! `decision.reviewed/1`

use super::procedure::{Review, Verdict, procedure};
use super::{Votes, find, settle};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Prose, StatementId};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Records the review of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewDecision {
    /// The vote that made the decision.
    pub vote: StatementId,
    /// What the review makes of it.
    pub verdict: Verdict,
    /// Why.
    pub note: Prose,
    /// When the next review is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
}

/// A decision was reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DecisionReviewed {
    vote: u32,
    verdict: Verdict,
    note: Prose,
    next: Option<Timestamp>,
}

impl Command for ReviewDecision {
    type Event = DecisionReviewed;

    fn decide(self, cx: &Cx<'_>) -> Result<DecisionReviewed, Rejection> {
        let granted = cx.require_scoped(Power::Votes)?;
        let (vote, state) = find(cx, self.vote)?;
        granted.check_groups(state.electorate.groups.as_deref())?;
        let settled = settle::of(cx.world, vote).ok_or(Votes::NotDeclared)?;
        if settled.elected.is_empty() {
            return Err(Votes::DecisionNone.into());
        }
        if procedure(cx.world, vote).is_ended() {
            return Err(Votes::DecisionEnded.into());
        }
        let past = self.next.is_some_and(|next| next <= cx.at);
        if past || (self.next.is_some() && self.verdict == Verdict::Ended) {
            return Err(Votes::ReviewDate.into());
        }
        let Self { verdict, note, next, .. } = self;
        Ok(DecisionReviewed { vote, verdict, note, next })
    }
}

impl Event for DecisionReviewed {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Vote, self.vote)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Procedure, self.vote));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Procedure(procedure) = entity {
            procedure.reviews.push(Review {
                verdict: self.verdict,
                note: self.note.clone(),
                next: self.next,
                position: recorded.position,
            });
        }
    }
}
