//! What belongs to a vote beside its ballots: its rules, how a tie was broken, what followed, the
//! opinions attached to the outcome, and the reviews of the decision.

use super::rules::{DISSENT_DAYS, FrozenDecision, FrozenRules};
use crate::id::{Hash, Line, Prose};
use crate::role::FrozenSubject;
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

/// An opinion on the outcome, kept beside it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Opinion {
    /// Number of the member who wrote it.
    pub author: u32,
    /// What it says.
    pub text: Prose,
    /// Position of the act.
    pub position: u64,
    /// Numbers of the members who joined it.
    pub joined: Vec<u32>,
}

/// Several votes opened by one statement, to be answered together.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Sheet {
    /// Title of the whole, for people.
    pub title: Line,
    /// Number of the first of them; the others follow it.
    pub first: u32,
    /// How many there are.
    pub count: u32,
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
    /// When it was opened; not kept for a vote opened by `vote.opened/1`.
    pub opened_at: Option<Timestamp>,
    /// The votes with which it was opened, if there are others.
    pub sheet: Option<Sheet>,
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
    pub dissents: Vec<Opinion>,
    /// Reasons of those who agree with the outcome, in order.
    pub reasons: Vec<Opinion>,
    /// Reviews, in order.
    pub reviews: Vec<Review>,
}

static NONE: Procedure = Procedure {
    rules: None,
    opened_at: None,
    sheet: None,
    followed_by: None,
    tie_break: None,
    objections: Vec::new(),
    amends: None,
    amended_by: None,
    dissents: Vec::new(),
    reasons: Vec::new(),
    reviews: Vec::new(),
};

/// What belongs to the vote with a number.
#[must_use]
pub fn procedure(world: &World, vote: u32) -> &Procedure {
    world.tables.procedures.get(vote).unwrap_or(&NONE)
}

impl Procedure {
    /// What the vote decides beside texts.
    #[must_use]
    pub fn subject(&self) -> Option<FrozenSubject> {
        self.rules.as_ref()?.subject
    }

    /// First moment at which opinions on the outcome are too late, for a vote that closes at
    /// `closes_at`.
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
