//! What belongs to a vote beside its ballots: its rules, how a tie was broken, what followed, the
//! dissent attached to it, and the reviews of the decision.

use super::rules::{DISSENT_DAYS, FrozenDecision, FrozenRules};
use crate::id::{Hash, Prose};
use crate::time::Timestamp;
use crate::world::World;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// How a tie was broken.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum TieBreaker {
    /// By a role, for a reason.
    Chair {
        /// Number of the role.
        role: u32,
        /// Why.
        reason: Prose,
    },
    /// By lot.
    Lot {
        /// The secrets that were revealed.
        secrets: Vec<Hash>,
        /// The seed that they make.
        seed: Hash,
    },
}

/// A tie that was broken.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TieBreak {
    /// Options by place in the vote, the preferred first. In a yes/no vote: one, if it is adopted.
    pub order: Vec<u32>,
    /// How.
    pub by: TieBreaker,
    /// Position of the act.
    pub position: u64,
}

/// What became of an objection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectionState {
    /// Nothing yet.
    Raised,
    /// It is understood as paramount and argued.
    Validated,
    /// It is doubted.
    Challenged,
    /// Its author maintains it.
    Maintained,
    /// An amendment integrates it.
    Integrated,
    /// Its author withdrew it.
    Withdrawn,
}

impl ObjectionState {
    /// Whether it stands in the way.
    #[must_use]
    pub const fn stands(self) -> bool {
        !matches!(self, Self::Integrated | Self::Withdrawn)
    }
}

/// An objection to the text of a consent round.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Objection {
    /// Number of the member who objects.
    pub author: u32,
    /// What became of it.
    pub state: ObjectionState,
    /// Every state that it had, why, and the position of the act.
    pub history: Vec<(ObjectionState, Prose, u64)>,
}

/// A dissenting opinion, kept beside the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Dissent {
    /// Number of the member who wrote it.
    pub author: u32,
    /// What it says.
    pub text: Prose,
    /// Position of the act.
    pub position: u64,
    /// Numbers of the members who joined it.
    pub joined: Vec<u32>,
}

/// What a review makes of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It stands.
    Kept,
    /// It is to be changed: a proposal follows.
    Revised,
    /// It no longer holds.
    Ended,
}

/// A review of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Review {
    /// What it makes of the decision.
    pub verdict: Verdict,
    /// Why.
    pub note: Prose,
    /// When the next one is due.
    pub next: Option<Timestamp>,
    /// Position of the act.
    pub position: u64,
}

/// What belongs to a vote beside its ballots. All empty for a vote without rules of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Procedure {
    /// The rules; none for a vote opened by `vote.opened/1`.
    pub rules: Option<FrozenRules>,
    /// Number of the vote that followed.
    pub followed_by: Option<u32>,
    /// How a tie was broken.
    pub tie_break: Option<TieBreak>,
    /// Objections in a consent round, in order.
    pub objections: Vec<Objection>,
    /// Number of the round whose text was amended into this one's.
    pub amends: Option<u32>,
    /// Number of the round that took its place when the text was amended.
    pub amended_by: Option<u32>,
    /// Dissent, in order.
    pub dissents: Vec<Dissent>,
    /// Reviews, in order.
    pub reviews: Vec<Review>,
}

static NONE: Procedure = Procedure {
    rules: None,
    followed_by: None,
    tie_break: None,
    objections: Vec::new(),
    amends: None,
    amended_by: None,
    dissents: Vec::new(),
    reviews: Vec::new(),
};

/// What belongs to the vote with a number.
#[must_use]
pub fn procedure(world: &World, vote: u32) -> &Procedure {
    world.tables.procedures.get(vote).unwrap_or(&NONE)
}

impl Procedure {
    /// First moment at which dissent is too late, for a vote that closes at `closes_at`.
    #[must_use]
    pub fn dissent_until(&self, closes_at: Timestamp) -> Timestamp {
        let days = self.rules.as_ref().and_then(|rules| rules.dissent_days);
        closes_at.plus_days(days.unwrap_or(DISSENT_DAYS))
    }

    /// When the decision is to be reviewed: as the last review says or, before any, the rules.
    #[must_use]
    pub fn review_at(&self, closes_at: Timestamp) -> Option<Timestamp> {
        match self.reviews.last() {
            Some(review) => review.next,
            None => {
                let days = self.decision()?.review_days?;
                Some(closes_at.plus_days(days))
            }
        }
    }

    /// What the decision carries.
    #[must_use]
    pub fn decision(&self) -> Option<&FrozenDecision> {
        self.rules.as_ref()?.decision.as_ref()
    }

    /// Whether a review ended the decision.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.reviews.last().is_some_and(|review| review.verdict == Verdict::Ended)
    }
}
