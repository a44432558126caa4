//! Points: score, dot and quadratic voting (methods, sections 4 and 5).
//!
//! A ballot gives whole points to options. Most points win; all three differ only in which points a
//! ballot may give, and a score may be the mean of those who score an option instead of the sum.
//!
//! A row has two bytes a column, the larger first: 0x0100 for no points, 0x8000 plus the points
//! otherwise.

use super::outcome::{Evidence, Outcome, Score, Seats};
use super::{CountError, Method, Received, ranking};
use bincode::{Decode, Encode};
use num_rational::BigRational;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most points that one ballot may give to one option, or take from it.
pub const POINTS_MAX: i32 = 30_000;
/// Bytes in a column.
pub const COLUMN: usize = 2;
/// No points.
const NONE: u16 = 0x0100;
const ZERO: i32 = 0x8000;

/// Which points a ballot may give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PointsRule {
    /// Each option from 0 to the most points.
    Score {
        /// Most points of an option.
        most: u16,
        /// What an option gets from a ballot that scores others, but not it.
        unscored: Unscored,
    },
    /// Points shared among the options.
    Dots {
        /// Points of a ballot; not all need to be given.
        points: u32,
        /// Most points of an option; all of them when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cap: Option<u16>,
    },
    /// Votes for or against options, whose squares add up to no more than the credits.
    Quadratic {
        /// Credits of a ballot.
        credits: u32,
    },
}

/// What an option gets from a ballot that scores others, but not it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Unscored {
    /// No points: the sum decides.
    Zero,
    /// Nothing: the mean of those who score it decides. An option that nobody scores ranks last.
    Excluded,
}

/// The limits of the points of one ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PointsLimits {
    /// Least points of an option.
    pub least: i32,
    /// Most points of an option.
    pub most: i32,
    /// Most points, or squares of points, together.
    pub total: Option<u64>,
    /// Whether it is the squares that are added up.
    pub are_squared: bool,
    /// Whether 0 is the same as no points.
    pub zero_is_none: bool,
}

impl PointsLimits {
    pub(super) fn of_dots(total: Option<u32>, cap: Option<u16>) -> Self {
        let most = cap.map(i64::from).or(total.map(i64::from)).unwrap_or(0);
        let most = i32::try_from(most).unwrap_or(i32::MAX);
        let total = total.map(u64::from);
        Self { least: 0, most, total, are_squared: false, zero_is_none: true }
    }

    /// Whether somebody could give a point, and nobody too many.
    pub(super) fn are_sound(&self) -> bool {
        (1..=POINTS_MAX).contains(&self.most) && self.total.is_none_or(|total| total > 0)
    }

    /// What a ballot has used of the total.
    #[must_use]
    pub fn used(&self, points: impl Iterator<Item = i32>) -> u64 {
        let one = |points: i32| {
            let points = u64::from(points.unsigned_abs());
            if self.are_squared { points * points } else { points }
        };
        points.map(one).fold(0, u64::saturating_add)
    }
}

impl PointsRule {
    pub(super) fn limits(&self) -> PointsLimits {
        match self {
            Self::Score { most, .. } => PointsLimits {
                least: 0,
                most: i32::from(*most),
                total: None,
                are_squared: false,
                zero_is_none: false,
            },
            Self::Dots { points, cap } => PointsLimits::of_dots(Some(*points), *cap),
            Self::Quadratic { credits } => {
                let most = i32::try_from(credits.isqrt()).unwrap_or(i32::MAX);
                PointsLimits {
                    least: -most,
                    most,
                    total: Some(u64::from(*credits)),
                    are_squared: true,
                    zero_is_none: true,
                }
            }
        }
    }
}

/// The bytes of a column. `None` beyond [`POINTS_MAX`].
#[must_use]
pub fn mark(points: Option<i32>) -> Option<[u8; COLUMN]> {
    let mark = match points {
        None => NONE,
        Some(points) if points.unsigned_abs() <= POINTS_MAX.unsigned_abs() => {
            u16::try_from(ZERO + points).ok()?
        }
        Some(_) => return None,
    };
    Some(mark.to_be_bytes())
}

/// The points of each column of a row; `Err` where there is no mark of points.
pub fn columns(row: &[u8]) -> impl Iterator<Item = Result<Option<i32>, ()>> {
    row.chunks(COLUMN).map(|bytes| {
        let mark = u16::from_be_bytes(bytes.try_into().map_err(|_| ())?);
        let points = i32::from(mark) - ZERO;
        match mark {
            NONE => Ok(None),
            _ if points.unsigned_abs() <= POINTS_MAX.unsigned_abs() => Ok(Some(points)),
            _ => Err(()),
        }
    })
}

/// What the ballots give to one option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct PointsSum {
    /// Ballots that give it points, 0 included where that says something.
    pub ballots: u64,
    /// The points given.
    pub given: u64,
    /// The points taken.
    pub taken: u64,
}

/// What one needs to check a count of points by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct PointsEvidence {
    /// Per option, the ballots that gave it points.
    pub ballots: BTreeMap<String, u64>,
    /// The seats.
    pub seats: Seats,
}

/// Counts points, given per option in the order of `options`.
pub(super) fn count(
    rule: &PointsRule,
    method: Method,
    seats: u32,
    options: &[String],
    sums: &[PointsSum],
    received: Received,
) -> Result<Outcome, CountError> {
    let ballots = received.counts()?;
    if sums.len() != options.len() {
        let (expected, found) = (options.len(), sums.len());
        return Err(CountError::TallyOfAnotherShape { expected, found });
    }
    if sums.iter().any(|sum| sum.ballots > ballots.valid) {
        return Err(CountError::BallotsDoNotAddUp);
    }
    let means = matches!(rule, PointsRule::Score { unscored: Unscored::Excluded, .. });
    // None of what is compared is rounded: a mean is a fraction.
    let value = |sum: &PointsSum| {
        let points = i128::from(sum.given) - i128::from(sum.taken);
        match sum.ballots {
            0 if means => None,
            ballots if means => Some(BigRational::new(points.into(), ballots.into())),
            _ => Some(BigRational::from_integer(points.into())),
        }
    };
    let values: Vec<Option<BigRational>> = sums.iter().map(value).collect();
    let shown = values.iter().map(|value| match value {
        None => Score::Text("-".to_owned()),
        Some(value) => Score::of(value),
    });
    let scores = options.iter().cloned().zip(shown).collect();
    let ranking = ranking::rank(options, &values);
    let seats = ranking::fill(seats, &ranking);
    let gave = options.iter().cloned().zip(sums.iter().map(|sum| sum.ballots)).collect();
    Ok(Outcome {
        method,
        options: options.to_vec(),
        winners: ranking::winners(&seats),
        ranking,
        scores,
        ties: ranking::ties(&seats),
        ballots,
        evidence: Evidence::Points(PointsEvidence { ballots: gave, seats }),
    })
}
