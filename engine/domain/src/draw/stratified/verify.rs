//! Whether a lottery is what it says: feasible, a lottery, and leximin.
//!
//! Nothing of the search is believed. Probabilities are computed again from the compositions, and
//! every certificate is checked by an integer program of its own.

use super::integer::{self, Program, Search};
use super::levels::{Level, whole};
use super::lottery::Lottery;
use super::number::Exact;
use super::problem::Problem;
use super::simplex::{Steps, Stop};
use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One as _, Signed as _, Zero as _};
use std::fmt;

/// Exchanges in tableaus that a check may take, for all levels together.
const STEPS_MAX: u64 = 5_000_000;

/// The first thing about a lottery that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not one probability for each type, or a certificate with not one weight for each.
    Shape,
    /// Compositions that are not sorted, or the same twice.
    Unsorted,
    /// A composition that people, seats or quotas do not allow.
    Inadmissible {
        /// Which one, from 0.
        composition: usize,
    },
    /// A composition whose probability is not above 0.
    NotPositive {
        /// Which one, from 0.
        composition: usize,
    },
    /// The probabilities of the compositions do not add up to 1.
    SumNotOne,
    /// A type's probability is not what the compositions give.
    WrongProbability {
        /// The type.
        of: usize,
    },
    /// Levels that do not rise.
    LevelsUnsorted,
    /// A type that is not at exactly one level.
    NotAtOneLevel {
        /// The type.
        of: usize,
    },
    /// A certificate with a weight below 0.
    NegativeWeight {
        /// The level, from 0.
        level: usize,
    },
    /// A certificate with no weight for a type of its own level, or with one for a later type.
    WrongWeights {
        /// The level, from 0.
        level: usize,
    },
    /// A cap that is not what the weights make of the probabilities of the levels: the certificate
    /// proves another level.
    WrongCap {
        /// The level, from 0.
        level: usize,
    },
    /// A composition that exceeds the cap: the certificate proves nothing.
    CapExceeded {
        /// The level, from 0.
        level: usize,
        /// The composition.
        by: Vec<u32>,
    },
    /// The shortfall is not what the probabilities leave.
    WrongShortfall,
    /// The check takes more work than is allowed.
    TooMuchWork,
}

impl Fault {
    /// The codes of all faults, in the order of the list.
    pub const CODES: [&'static str; 14] = [
        "leximin.shape",
        "leximin.unsorted",
        "leximin.inadmissible",
        "leximin.not-positive",
        "leximin.sum-not-one",
        "leximin.wrong-probability",
        "leximin.levels-unsorted",
        "leximin.not-at-one-level",
        "leximin.negative-weight",
        "leximin.wrong-weights",
        "leximin.wrong-cap",
        "leximin.cap-exceeded",
        "leximin.wrong-shortfall",
        "leximin.too-much-work",
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Shape => "leximin.shape",
            Self::Unsorted => "leximin.unsorted",
            Self::Inadmissible { .. } => "leximin.inadmissible",
            Self::NotPositive { .. } => "leximin.not-positive",
            Self::SumNotOne => "leximin.sum-not-one",
            Self::WrongProbability { .. } => "leximin.wrong-probability",
            Self::LevelsUnsorted => "leximin.levels-unsorted",
            Self::NotAtOneLevel { .. } => "leximin.not-at-one-level",
            Self::NegativeWeight { .. } => "leximin.negative-weight",
            Self::WrongWeights { .. } => "leximin.wrong-weights",
            Self::WrongCap { .. } => "leximin.wrong-cap",
            Self::CapExceeded { .. } => "leximin.cap-exceeded",
            Self::WrongShortfall => "leximin.wrong-shortfall",
            Self::TooMuchWork => "leximin.too-much-work",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape => f.write_str("the lottery is not one of this problem"),
            Self::Unsorted => f.write_str("the compositions are not sorted"),
            Self::Inadmissible { composition } => {
                write!(f, "composition {composition} can not be seated")
            }
            Self::NotPositive { composition } => {
                write!(f, "composition {composition} has no probability above 0")
            }
            Self::SumNotOne => f.write_str("the probabilities do not add up to 1"),
            Self::WrongProbability { of } => {
                write!(f, "the probability of type {of} is not what the compositions give")
            }
            Self::LevelsUnsorted => f.write_str("the levels do not rise"),
            Self::NotAtOneLevel { of } => write!(f, "type {of} is not at exactly one level"),
            Self::NegativeWeight { level } => write!(f, "level {level} has a weight below 0"),
            Self::WrongWeights { level } => {
                write!(f, "the weights of level {level} are not on its types and earlier ones")
            }
            Self::WrongCap { level } => write!(f, "the cap of level {level} proves another level"),
            Self::CapExceeded { level, .. } => {
                write!(f, "a composition exceeds the cap of level {level}")
            }
            Self::WrongShortfall => f.write_str("the shortfall is not what is left"),
            Self::TooMuchWork => f.write_str("the check takes more work than is allowed"),
        }
    }
}

impl std::error::Error for Fault {}

/// Checks a lottery against its problem.
///
/// If the shortfall is 0, what passes is the leximin lottery: there is no other set of
/// probabilities that is as good. Otherwise the levels are proven, and nobody's probability is
/// below that of their level times one less the shortfall.
///
/// # Errors
///
/// The first fault.
pub fn verify(problem: &Problem, lottery: &Lottery) -> Result<(), Fault> {
    check_compositions(problem, lottery)?;
    check_probabilities(problem, lottery)?;
    let values = values(problem, &lottery.levels)?;
    check_certificates(problem, &lottery.levels, &values)?;
    if lottery.shortfall != shortfall(&lottery.levels, &lottery.probabilities) {
        return Err(Fault::WrongShortfall);
    }
    Ok(())
}

/// The largest part of the probability of their level that anybody lacks.
pub(super) fn shortfall(levels: &[Level], probabilities: &[BigRational]) -> BigRational {
    let mut most = BigRational::zero();
    for level in levels.iter().filter(|level| level.probability.is_positive()) {
        for probability in level.types.iter().filter_map(|t| probabilities.get(*t)) {
            most = most.max(BigRational::one() - probability / &level.probability);
        }
    }
    most
}

fn check_compositions(problem: &Problem, lottery: &Lottery) -> Result<(), Fault> {
    let rows = &lottery.compositions;
    if rows.iter().zip(rows.iter().skip(1)).any(|(one, next)| one.0 >= next.0) {
        return Err(Fault::Unsorted);
    }
    let common = common_denominator(lottery);
    let mut sum = BigInt::zero();
    for (composition, (counts, probability)) in rows.iter().enumerate() {
        if !problem.admits(counts) {
            return Err(Fault::Inadmissible { composition });
        }
        if !probability.is_positive() {
            return Err(Fault::NotPositive { composition });
        }
        sum += parts(probability, &common);
    }
    if sum == common { Ok(()) } else { Err(Fault::SumNotOne) }
}

/// The least number of parts of which every probability is a whole number.
fn common_denominator(lottery: &Lottery) -> BigInt {
    let rows = lottery.compositions.iter();
    rows.fold(BigInt::one(), |common, (_, probability)| common.lcm(probability.denom()))
}

fn parts(probability: &BigRational, common: &BigInt) -> BigInt {
    probability.numer() * (common / probability.denom())
}

fn check_probabilities(problem: &Problem, lottery: &Lottery) -> Result<(), Fault> {
    if lottery.probabilities.len() != problem.types().len() {
        return Err(Fault::Shape);
    }
    let common = common_denominator(lottery);
    let mut seats = vec![BigInt::zero(); problem.types().len()];
    for (counts, probability) in &lottery.compositions {
        let parts = parts(probability, &common);
        for (seats, count) in seats.iter_mut().zip(counts).filter(|(_, count)| **count > 0) {
            *seats += &parts * *count;
        }
    }
    let pairs = seats.iter().zip(problem.types()).zip(&lottery.probabilities);
    for (of, ((seats, t), probability)) in pairs.enumerate() {
        // As whole numbers: seats / common = probability · people.
        if seats * probability.denom() != probability.numer() * &common * t.people {
            return Err(Fault::WrongProbability { of });
        }
    }
    Ok(())
}

/// The probability of the level of each type.
fn values(problem: &Problem, levels: &[Level]) -> Result<Vec<(usize, BigRational)>, Fault> {
    if levels.iter().zip(levels.iter().skip(1)).any(|(a, b)| a.probability >= b.probability) {
        return Err(Fault::LevelsUnsorted);
    }
    let mut values: Vec<Option<(usize, BigRational)>> = vec![None; problem.types().len()];
    for (index, level) in levels.iter().enumerate() {
        for of in &level.types {
            match values.get_mut(*of) {
                Some(value @ None) => *value = Some((index, level.probability.clone())),
                Some(Some(_)) => return Err(Fault::NotAtOneLevel { of: *of }),
                None => return Err(Fault::Shape),
            }
        }
    }
    let one = |(of, value): (usize, Option<_>)| value.ok_or(Fault::NotAtOneLevel { of });
    values.into_iter().enumerate().map(one).collect()
}

fn check_certificates(
    problem: &Problem,
    levels: &[Level],
    values: &[(usize, BigRational)],
) -> Result<(), Fault> {
    let people = integer::people(problem);
    let mut program = Program::compositions(problem, &people, &integer::pairs(problem));
    let mut steps = Steps(STEPS_MAX);
    for (level, certificate) in levels.iter().enumerate() {
        check_weights(level, certificate, values)?;
        let each = certificate.weights.iter().zip(&people);
        let weights: Vec<Exact> =
            each.map(|(weight, people)| Exact::of(weight / whole(*people))).collect();
        let cap = Exact::of(certificate.cap.clone());
        match program.maximise(&weights, Some(&cap), Search::First, &mut steps) {
            Ok(None) => {}
            Ok(Some(by)) => return Err(Fault::CapExceeded { level, by }),
            Err(Stop::Exhausted | Stop::Impossible) => return Err(Fault::TooMuchWork),
        }
    }
    Ok(())
}

/// Whether the weights are where they may be, and make the cap of this level.
fn check_weights(
    level: usize,
    certificate: &Level,
    values: &[(usize, BigRational)],
) -> Result<(), Fault> {
    if certificate.weights.len() != values.len() {
        return Err(Fault::Shape);
    }
    let mut cap = BigRational::zero();
    for (weight, (of, value)) in certificate.weights.iter().zip(values) {
        if weight.is_negative() {
            return Err(Fault::NegativeWeight { level });
        }
        let wrong = if *of == level { weight.is_zero() } else { *of > level && !weight.is_zero() };
        if wrong {
            return Err(Fault::WrongWeights { level });
        }
        cap += weight * value;
    }
    if cap == certificate.cap { Ok(()) } else { Err(Fault::WrongCap { level }) }
}
