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
//! Where missing grades are given nothing, totals differ, and profiles are scaled to a common one.
//! As only shares of the total decide, nothing is multiplied: balances are compared as fractions
//! of their totals, and the common multiple is only shown.
//!
//! The majority *gauge* (grade, share above, share below) is another, coarser rule.

use super::judgment::JudgmentRule;
use super::outcome::{Evidence, Outcome, Score, Seats};
use super::{CountError, Method, Received, Ungraded, ranking};
use bincode::{Decode, Encode};
use num_rational::BigRational;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

/// The parameters of a judgment.
pub(super) struct Rule<'a> {
    /// Another order of the grades than majority judgment's.
    pub(super) order: Option<JudgmentRule>,
    /// Names, worst first.
    pub(super) grades: &'a [String],
    /// Options to elect.
    pub(super) seats: u32,
    /// What a missing grade is worth.
    pub(super) ungraded: Ungraded,
}

/// The exact merit of an option: the larger, the better. Shown as `3+128 2-7 3+0`: terms of a
/// grade (0 being the worst) and its balance, in the order in which they are compared. Balances
/// compare as shares of all the grades received: a profile and its double are equal.
#[derive(Clone, Debug)]
pub struct MajorityValue {
    terms: Vec<Term>,
    total: u128,
}

/// One step of the comparison.
#[derive(Clone, Copy, Debug)]
struct Term {
    /// The median grade.
    grade: usize,
    /// The grades above it if they are more, else minus the grades below it.
    balance: i128,
}

impl MajorityValue {
    /// The value of a profile: ballots per grade, worst first. Without any, the least value.
    /// Comparisons are exact between profiles whose totals fit 64 bits.
    #[must_use]
    pub fn of(profile: &[u64]) -> Self {
        let mut profile: Vec<u128> = profile.iter().copied().map(u128::from).collect();
        let whole = total(&profile);
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
        Self { terms, total: whole }
    }

    /// The majority grade, 0 being the worst; `None` for an option that nobody graded.
    #[must_use]
    pub fn grade(&self) -> Option<usize> {
        self.terms.first().map(|term| term.grade)
    }

    /// As text, with the balances scaled.
    fn scaled(&self, scale: Scale) -> String {
        let term = |Term { grade, balance }: &Term| match scale {
            Scale::Times(factor) => format!("{grade}{:+}", balance.saturating_mul(signed(factor))),
            Scale::ShareOf(whole) => format!("{grade}{balance:+}/{whole}"),
        };
        self.terms.iter().map(term).collect::<Vec<_>>().join(" ")
    }
}

impl Ord for MajorityValue {
    fn cmp(&self, other: &Self) -> Ordering {
        let compare = |(own, others): (&Term, &Term)| {
            let shares = || {
                let own = (own.balance, self.total);
                compare_shares(own, (others.balance, other.total))
            };
            own.grade.cmp(&others.grade).then_with(shares)
        };
        let mut compared = self.terms.iter().zip(&other.terms).map(compare);
        let first = compared.find(|ordering| ordering.is_ne());
        first.unwrap_or_else(|| self.terms.len().cmp(&other.terms.len()))
    }
}

impl PartialOrd for MajorityValue {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for MajorityValue {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for MajorityValue {}

impl fmt::Display for MajorityValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.scaled(Scale::Times(1)))
    }
}

/// Compares a/b with c/d, both denominators being above 0. Parts of 64 bits have products of 128.
fn compare_shares((a, b): (i128, u128), (c, d): (i128, u128)) -> Ordering {
    let left = a.unsigned_abs().saturating_mul(d);
    let right = c.unsigned_abs().saturating_mul(b);
    match (a < 0, c < 0) {
        (false, false) => left.cmp(&right),
        (true, true) => right.cmp(&left),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

/// What a profile is multiplied by where it is shown; the order does not depend on it.
#[derive(Clone, Copy)]
enum Scale {
    /// A whole number.
    Times(u128),
    /// One over the total.
    ShareOf(u64),
}

impl Scale {
    /// From a total to the common multiple, if there is one in range.
    fn to(multiple: Option<u128>, total: u64) -> Self {
        match multiple.map(|multiple| multiple.checked_div(u128::from(total))) {
            _ if total == 0 => Self::Times(1),
            Some(factor) => Self::Times(factor.unwrap_or(1)),
            None => Self::ShareOf(total),
        }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(factor) => write!(f, "{factor}"),
            Self::ShareOf(total) => write!(f, "1/{total}"),
        }
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

/// The lower median of a profile, and the counts around it.
pub(super) struct MedianGrade {
    pub(super) grade: usize,
    pub(super) below: u128,
    pub(super) at: u128,
    pub(super) above: u128,
}

impl MedianGrade {
    pub(super) fn of(profile: &[u64]) -> Option<Self> {
        let mut profile: Vec<u128> = profile.iter().copied().map(u128::from).collect();
        let (grade, below, at, above) = around_median(&mut profile)?;
        Some(Self { grade, below: total(below), at: *at, above: total(above) })
    }
}

/// What options are compared by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Majority(MajorityValue),
    Other(Option<BigRational>),
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
    /// What the profile is multiplied by in the score, as text; `1` unless normalized, and one over
    /// the total, such as `1/300`, where no common multiple of the totals fits 127 bits.
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
    let totals = profiles.iter().map(|profile| graded(profile)).collect::<Result<Vec<_>, _>>()?;
    let multiple = common_multiple(&totals);
    let mut values = Vec::with_capacity(options.len());
    let mut scores = BTreeMap::new();
    let mut merits = BTreeMap::new();
    for ((option, profile), graded) in options.iter().zip(profiles).zip(totals) {
        let ungraded = ballots.valid.checked_sub(graded).ok_or(CountError::BallotsDoNotAddUp)?;
        let (profile, scale) = match rule.ungraded {
            Ungraded::Normalize => (profile.clone(), Scale::to(multiple, graded)),
            _ => (complete(rule, option, profile, graded, ungraded)?, Scale::Times(1)),
        };
        let value = MajorityValue::of(&profile);
        let majority_grade = value.grade().and_then(|grade| u32::try_from(grade).ok());
        let (value, score) = match rule.order.map(|order| order.value(&profile)) {
            None => {
                let score = Score::Text(value.scaled(scale));
                (Value::Majority(value), score)
            }
            Some(None) => (Value::Other(None), Score::Text("-".to_owned())),
            Some(Some(other)) => {
                let score = Score::of(&other);
                (Value::Other(Some(other)), score)
            }
        };
        scores.insert(option.clone(), score);
        let scale = scale.to_string();
        merits.insert(option.clone(), Merit { profile, ungraded, scale, majority_grade });
        values.push(value);
    }
    let ranking = ranking::rank(options, &values);
    let seats = ranking::fill(rule.seats, &ranking);
    Ok(Outcome {
        method: rule.order.map_or(Method::MajorityJudgment, Method::Judgment),
        options: options.to_vec(),
        winners: ranking::winners(&seats),
        ranking,
        scores,
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

/// The least common multiple of the totals above 0, if it fits 127 bits.
fn common_multiple(totals: &[u64]) -> Option<u128> {
    let mut multiple = 1_u128;
    for total in totals.iter().copied().filter(|total| *total > 0).map(u128::from) {
        let step = total.checked_div(common_divisor(multiple, total)).unwrap_or(total);
        multiple =
            multiple.checked_mul(step).filter(|multiple| i128::try_from(*multiple).is_ok())?;
    }
    Some(multiple)
}

/// The greatest common divisor, by Euclid; not 0 unless both are.
fn common_divisor(a: u128, b: u128) -> u128 {
    let (mut large, mut small) = (a, b);
    while let Some(rest) = large.checked_rem(small) {
        (large, small) = (small, rest);
    }
    large
}
