//! Majority judgment (Balinski & Laraki 2007, 2011), by the full rule (methods, section 5).
//!
//! The majority grade is the lower median. Options of equal majority grade are compared by
//! removing one median grade from each, as long as it takes: only identical profiles tie. Done
//! grade by grade instead of ballot by ballot, at most one step a grade, whatever their number:
//!
//! With m the lower median, A and C the grades above and below it: if A > C, append (m, +A) and
//! move what is at m to the lowest occupied grade above; else append (m, -C) and move it to the
//! highest occupied grade below; the last grade m left is (m, +0). Sequences compare
//! lexicographically, and the larger is better. The tests hold it against the rule as stated.
//!
//! The majority *gauge* (grade, share above, share below) is another, coarser rule.

use super::outcome::{Evidence, Outcome, Score, Seats};
use super::{CountError, Method, Received, Ungraded, ranking};
use bincode::{Decode, Encode};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The parameters of a majority judgment.
pub(super) struct Rule<'a> {
    /// Names, worst first.
    pub(super) grades: &'a [String],
    /// Options to elect.
    pub(super) seats: u32,
    /// What a missing grade is worth.
    pub(super) ungraded: Ungraded,
}

/// The exact merit of an option: the larger, the better. Shown as `3+128 2-7 3+0`: terms of a
/// grade (0 being the worst) and its balance, in the order in which they are compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MajorityValue(Vec<Term>);

/// One step of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Term {
    /// The median grade.
    grade: usize,
    /// The grades above it if they are more, else minus the grades below it.
    balance: i128,
}

impl MajorityValue {
    /// The value of a profile: ballots per grade, worst first. Without any, the least value.
    #[must_use]
    pub fn of(profile: &[u64]) -> Self {
        let wide: Vec<u128> = profile.iter().copied().map(u128::from).collect();
        Self::of_wide(wide)
    }

    /// As [`Self::of`], for profiles whose total is at most `i128::MAX`.
    fn of_wide(mut profile: Vec<u128>) -> Self {
        let mut terms = Vec::with_capacity(profile.len());
        while let Some((grade, below, at, above)) = around_median(&mut profile) {
            let (under, over) = (total(below), total(above));
            if over > under {
                terms.push(Term { grade, balance: signed(over) });
                if let Some(next) = above.iter_mut().find(|count| **count > 0) {
                    *next = next.saturating_add(std::mem::take(at));
                }
            } else {
                terms.push(Term { grade, balance: -signed(under) });
                match below.iter_mut().rfind(|count| **count > 0) {
                    Some(next) => *next = next.saturating_add(std::mem::take(at)),
                    None => break,
                }
            }
        }
        Self(terms)
    }

    /// The majority grade, 0 being the worst; `None` for an option that nobody graded.
    #[must_use]
    pub fn grade(&self) -> Option<usize> {
        self.0.first().map(|term| term.grade)
    }
}

impl fmt::Display for MajorityValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Term { grade, balance }) in self.0.iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            write!(f, "{space}{grade}{balance:+}")?;
        }
        Ok(())
    }
}

/// The lower median, at position ⌊(N-1)/2⌋ from the worst, counted from 0; and the counts below it,
/// at it and above it. `None` when N is 0.
fn around_median(profile: &mut [u128]) -> Option<(usize, &mut [u128], &mut u128, &mut [u128])> {
    let position = total(profile).checked_sub(1)? / 2;
    let mut seen = 0;
    let median = profile.iter().position(|count| {
        seen += count;
        seen > position
    })?;
    let (below, rest) = profile.split_at_mut_checked(median)?;
    let (at, above) = rest.split_first_mut()?;
    Some((median, below, at, above))
}

fn total(counts: &[u128]) -> u128 {
    counts.iter().sum()
}

fn signed(count: u128) -> i128 {
    i128::try_from(count).unwrap_or(i128::MAX)
}

/// The merit profile and the seats of a majority judgment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct MajorityJudgmentEvidence {
    /// The names of the grades, worst first.
    pub grades: Vec<String>,
    /// The merit of each option.
    pub merits: BTreeMap<String, Merit>,
    /// The seats.
    pub seats: Seats,
}

/// The merit of one option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct Merit {
    /// Ballots per grade, worst first, as compared: default grades are in, a scale is not.
    pub profile: Vec<u64>,
    /// Valid ballots that did not grade the option.
    pub ungraded: u64,
    /// What the profile is multiplied by before it is compared, as text; `1` unless normalized.
    pub scale: String,
    /// The majority grade as a place in the list, 0 being the worst; absent without any grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub majority_grade: Option<u32>,
}

/// Counts merit profiles, given per option in the order of `options`.
pub(super) fn count(
    rule: &Rule<'_>,
    options: &[String],
    profiles: &[Vec<u64>],
    received: Received,
) -> Result<Outcome, CountError> {
    let ballots = received.counts()?;
    check_shape(options.len(), profiles.len())?;
    for profile in profiles {
        check_shape(rule.grades.len(), profile.len())?;
    }
    let multiple = match rule.ungraded {
        Ungraded::Normalize => Some(common_multiple(options, profiles)?),
        _ => None,
    };
    let mut values = Vec::with_capacity(options.len());
    let mut merits = BTreeMap::new();
    for (option, profile) in options.iter().zip(profiles) {
        let graded = graded(profile)?;
        let ungraded = ballots.valid.checked_sub(graded).ok_or(CountError::BallotsDoNotAddUp)?;
        let (profile, scale) = match multiple {
            Some(multiple) => {
                (profile.clone(), multiple.checked_div(u128::from(graded)).unwrap_or(1))
            }
            None => (complete(rule, option, profile, graded, ungraded)?, 1),
        };
        let scaled = profile.iter().map(|count| u128::from(*count).saturating_mul(scale));
        let value = MajorityValue::of_wide(scaled.collect());
        let majority_grade = value.grade().and_then(|grade| u32::try_from(grade).ok());
        let scale = scale.to_string();
        merits.insert(option.clone(), Merit { profile, ungraded, scale, majority_grade });
        values.push(value);
    }
    let ranking = ranking::rank(options, &values);
    let seats = ranking::fill(rule.seats, &ranking);
    let scores = values.iter().map(|value| Score::Text(value.to_string()));
    Ok(Outcome {
        method: Method::MajorityJudgment,
        options: options.to_vec(),
        winners: ranking::winners(&seats),
        ranking,
        scores: options.iter().cloned().zip(scores).collect(),
        ties: ranking::ties(&seats),
        ballots,
        evidence: Evidence::MajorityJudgment(MajorityJudgmentEvidence {
            grades: rule.grades.to_vec(),
            merits,
            seats,
        }),
    })
}

fn check_shape(expected: usize, found: usize) -> Result<(), CountError> {
    if expected == found {
        Ok(())
    } else {
        Err(CountError::TallyOfAnotherShape { expected, found })
    }
}

fn graded(profile: &[u64]) -> Result<u64, CountError> {
    profile.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count)).ok_or(CountError::TooLarge)
}

/// The profile with the missing grades filled in.
fn complete(
    rule: &Rule<'_>,
    option: &str,
    profile: &[u64],
    graded: u64,
    ungraded: u64,
) -> Result<Vec<u64>, CountError> {
    let mut complete = profile.to_vec();
    if ungraded == 0 {
        return Ok(complete);
    }
    let default = match rule.ungraded {
        Ungraded::Error | Ungraded::Normalize => {
            return Err(CountError::UnequalTotals {
                option: option.to_owned(),
                total: graded,
                expected: graded.saturating_add(ungraded),
            });
        }
        Ungraded::Worst => 0,
        Ungraded::Static(grade) => usize::from(grade),
        Ungraded::Median => MajorityValue::of(profile).grade().unwrap_or(0),
    };
    let count =
        complete.get_mut(default).ok_or(CountError::Spec(super::SpecError::UnknownDefaultGrade))?;
    *count = count.checked_add(ungraded).ok_or(CountError::TooLarge)?;
    Ok(complete)
}

/// The least common multiple of the totals, which must fit 127 bits; 1 when nobody graded
/// anything.
fn common_multiple(options: &[String], profiles: &[Vec<u64>]) -> Result<u128, CountError> {
    let totals = profiles.iter().map(|profile| graded(profile)).collect::<Result<Vec<_>, _>>()?;
    if totals.iter().all(|total| *total == 0) {
        return Ok(1);
    }
    let mut multiple = 1_u128;
    for (option, total) in options.iter().zip(totals) {
        if total == 0 {
            return Err(CountError::NothingToNormalize { option: option.clone() });
        }
        let total = u128::from(total);
        let step = total.checked_div(common_divisor(multiple, total)).unwrap_or(total);
        multiple = multiple
            .checked_mul(step)
            .filter(|multiple| i128::try_from(*multiple).is_ok())
            .ok_or(CountError::TooLarge)?;
    }
    Ok(multiple)
}

/// The greatest common divisor, by Euclid; not 0 unless both are.
fn common_divisor(a: u128, b: u128) -> u128 {
    let (mut large, mut small) = (a, b);
    while let Some(rest) = large.checked_rem(small) {
        (large, small) = (small, rest);
    }
    large
}
