//! Counting methods: from a tally to an outcome, exactly and without ever picking among ties.
//!
//! The rules are those of `docs/spec/counting.md`. What holds for all of them:
//! - integers and fractions only; a value that would not fit is a [`CountError`], never a rounding;
//! - the outcome is a set: `winners` is what it is before any tie-break, and each tie is listed;
//! - the order of options and of ballots, and the grouping of equal ballots, change nothing;
//! - every threshold names its denominator and says whether it is strict.
//!
//! [`MethodSpec`] is what a vote freezes when it opens, [`marks`] how one ballot is written down,
//! [`Tally`] what the ballots add up to, [`count`] the one way from a tally to an [`Outcome`].

pub mod approval;
mod error;
pub mod fraction;
pub mod majority_judgment;
pub mod marks;
pub mod outcome;
pub mod ranked;
mod ranking;
pub mod spec;
#[cfg(test)]
mod tests;
pub mod yes_no;

pub use error::CountError;
pub use fraction::Fraction;
pub use marks::TallyCounter;
pub use outcome::Outcome;
pub use ranked::RankedRule;
pub use spec::{Method, MethodSpec, SpecError, Ungraded};

use bincode::{Decode, Encode};
use outcome::BallotCounts;
use yes_no::YesNoCounts;

/// What the ballots of one vote add up to: all that a method needs to know of them.
///
/// Options come in the order in which the vote lists them. Units are ballots (or their weights).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Tally {
    /// For [`MethodSpec::YesNo`].
    YesNo(YesNoCounts),
    /// For [`MethodSpec::Approval`].
    Approval {
        /// Per option, the ballots that approve of it.
        approvals: Vec<u64>,
        /// The ballots received, of which some are blank or invalid.
        received: Received,
    },
    /// For [`MethodSpec::MajorityJudgment`].
    MajorityJudgment {
        /// The merit profile: per option, the ballots that give it each grade, worst grade first.
        profiles: Vec<Vec<u64>>,
        /// The ballots received, of which some are blank or invalid.
        received: Received,
    },
    /// For [`MethodSpec::Ranked`].
    Ranked {
        /// The distinct valid ballots, and how often each was cast.
        profile: ranked::Profile,
        /// The ballots received, of which some are blank or invalid.
        received: Received,
    },
}

impl Tally {
    /// What such a tally is of.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::YesNo(_) => "yes-no",
            Self::Approval { .. } => "approval",
            Self::MajorityJudgment { .. } => "majority-judgment",
            Self::Ranked { .. } => "rankings",
        }
    }
}

/// The ballots received, whatever they say: `cast - blank - invalid` of them are valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Received {
    /// All ballots received.
    pub cast: u64,
    /// Those that choose nothing. They are counted here and enter no score.
    pub blank: u64,
    /// Those that the method does not admit. They are counted here and enter no score.
    pub invalid: u64,
}

impl Received {
    /// All four numbers.
    ///
    /// # Errors
    /// [`CountError::BallotsDoNotAddUp`] when more are blank or invalid than were cast.
    pub fn counts(self) -> Result<BallotCounts, CountError> {
        let Self { cast, blank, invalid } = self;
        let valid = cast
            .checked_sub(blank)
            .and_then(|rest| rest.checked_sub(invalid))
            .ok_or(CountError::BallotsDoNotAddUp)?;
        Ok(BallotCounts { cast, valid, blank, invalid })
    }
}

/// Counts a tally by the method that the vote froze at its opening.
///
/// # Errors
/// [`CountError`] when the method, the options or the tally are not well formed, or do not belong
/// together. Few ballots, or none at all, are not an error.
pub fn count(spec: &MethodSpec, options: &[String], tally: &Tally) -> Result<Outcome, CountError> {
    spec.validate(options).map_err(CountError::Spec)?;
    match (spec, tally) {
        (MethodSpec::YesNo { rule }, Tally::YesNo(counts)) => yes_no::count(rule, options, counts),
        (MethodSpec::Approval { seats, .. }, Tally::Approval { approvals, received }) => {
            approval::count(*seats, options, approvals, *received)
        }
        (
            MethodSpec::MajorityJudgment { grades, seats, ungraded },
            Tally::MajorityJudgment { profiles, received },
        ) => {
            let rule = majority_judgment::Rule { grades, seats: *seats, ungraded: *ungraded };
            majority_judgment::count(&rule, options, profiles, *received)
        }
        (MethodSpec::Ranked { rule, seats }, Tally::Ranked { profile, received }) => {
            ranked::count(*rule, *seats, options, profile, *received)
        }
        _ => {
            let (expected, found) = (spec.method().name(), tally.name());
            Err(CountError::TallyOfAnotherMethod { expected, found })
        }
    }
}
