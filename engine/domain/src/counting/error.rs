//! Why a tally can not be counted.

use super::spec::SpecError;
use std::fmt;

/// Why a tally can not be counted. None of these depends on who leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CountError {
    /// The method or the list of options is not well formed.
    Spec(SpecError),
    /// The tally was made for another method.
    TallyOfAnotherMethod {
        /// The method of the vote.
        expected: &'static str,
        /// The method of the tally.
        found: &'static str,
    },
    /// The tally has not one entry per option, or not one count per grade.
    TallyOfAnotherShape {
        /// Entries that the vote asks for.
        expected: usize,
        /// Entries that the tally has.
        found: usize,
    },
    /// More ballots are blank, invalid or in one entry than were cast.
    BallotsDoNotAddUp,
    /// More ballots were cast than there are members who may vote.
    MoreCastThanEligible {
        /// Ballots cast.
        cast: u64,
        /// Members who may vote.
        eligible: u64,
    },
    /// An option has fewer grades than there are valid ballots, and no rule says what the missing
    /// ones are worth.
    UnequalTotals {
        /// The option.
        option: String,
        /// Grades that it received.
        total: u64,
        /// Valid ballots.
        expected: u64,
    },
    /// A sum is beyond the exact range.
    TooLarge,
    /// There are more ways to break the ties on the way than are followed.
    TooManyTies,
    /// An exact count would take longer than anybody waits.
    TooMuchWork,
    /// A ballot ranks options equal, and the method does not admit that.
    EqualRanks,
}

impl fmt::Display for CountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(error) => error.fmt(f),
            Self::TallyOfAnotherMethod { expected, found } => {
                write!(f, "the vote is by {expected}, the tally is for {found}")
            }
            Self::TallyOfAnotherShape { expected, found } => {
                write!(f, "the tally has {found} entries where {expected} are expected")
            }
            Self::BallotsDoNotAddUp => f.write_str("the parts are more than the ballots cast"),
            Self::MoreCastThanEligible { cast, eligible } => {
                write!(f, "{cast} ballots cast, but only {eligible} may vote")
            }
            Self::UnequalTotals { option, total, expected } => write!(
                f,
                "“{option}” has {total} grades for {expected} ballots; say what a missing grade \
                 is worth"
            ),
            Self::TooLarge => f.write_str("the numbers are beyond the exact range"),
            Self::EqualRanks => {
                f.write_str("a ballot ranks options equal; this method can not count it")
            }
            Self::TooMuchWork => f.write_str(
                "an exact count by this method takes too long here; count by another method",
            ),
            Self::TooManyTies => f.write_str(
                "too many options are tied on the way to the winners; count by another method",
            ),
        }
    }
}

impl std::error::Error for CountError {}
