//! Usual, typical and central judgment (Fabre 2021): other orders of the grades that majority
//! judgment counts (methods, section 5).
//!
//! With m the lower median grade, p and q the shares of the grades above and below it:
//!
//! | rule | value |
//! |---|---|
//! | usual | m + (p - q) / (2 (1 - p - q)) |
//! | typical | m + p - q |
//! | central | m + (p - q) / (2 (p + q)), or m when p + q = 0 |
//!
//! All are exact fractions. Unlike majority judgment's, options of different profiles may tie.

use super::majority_judgment::MedianGrade;
use bincode::{Decode, Encode};
use num_bigint::BigInt;
use num_rational::BigRational;
use serde::{Deserialize, Serialize};

/// How grades are put in order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "kebab-case")]
pub enum JudgmentRule {
    /// By the difference, relative to the grades at the median.
    UsualJudgment,
    /// By the difference of the shares above and below the median.
    TypicalJudgment,
    /// By the difference, relative to the grades that are not at the median.
    CentralJudgment,
}

impl JudgmentRule {
    /// All rules, in the order in which they are documented.
    pub const ALL: [Self; 3] = [Self::UsualJudgment, Self::TypicalJudgment, Self::CentralJudgment];

    /// The name, as in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UsualJudgment => "usual-judgment",
            Self::TypicalJudgment => "typical-judgment",
            Self::CentralJudgment => "central-judgment",
        }
    }

    /// The value of a profile; `None` without any grade, which is the least.
    pub(super) fn value(self, profile: &[u64]) -> Option<BigRational> {
        let MedianGrade { grade, below, at, above } = MedianGrade::of(profile)?;
        let difference = BigInt::from(above) - BigInt::from(below);
        let whole = match self {
            Self::TypicalJudgment => BigInt::from(below) + at + above,
            Self::UsualJudgment => BigInt::from(at) * 2,
            Self::CentralJudgment => (BigInt::from(below) + above) * 2,
        };
        let share = if whole == BigInt::ZERO {
            BigRational::from_integer(whole)
        } else {
            BigRational::new(difference, whole)
        };
        Some(BigRational::from_integer(grade.into()) + share)
    }
}
