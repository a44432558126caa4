//! A pool of compositions around a mean, dealt out so that nobody is left short for long.

use super::integer::{self, Program, Search};
use super::number::{Exact, Number as _};
use super::problem::Problem;
use super::simplex::{Steps, Stop};
use num_rational::BigRational;
use num_traits::{ToPrimitive as _, Zero as _};
use std::collections::BTreeSet;

/// Binary digits after the point of what somebody is owed.
const OWED_BITS: u32 = 12;
/// Binary digits of the chance mixed into it, for variety.
const VARIETY_BITS: u32 = 11;

/// The compositions among which the probabilities of a mean are spread: a quota that the mean
/// meets with equality is met so by all of them, and whom the mean leaves out, all leave out.
pub(super) fn facing(problem: &Problem, mean: &[BigRational]) -> Program {
    let people = integer::people(problem);
    let held = people.iter().zip(mean).map(|(n, mean)| if mean.is_zero() { 0 } else { *n });
    let tight = |(quota, members): (super::problem::Quota, &[usize])| {
        let count: BigRational = members.iter().filter_map(|t| mean.get(*t)).sum();
        let equals = |bound: u32| count == BigRational::from_integer(bound.into());
        match quota {
            quota if equals(quota.min) => (quota.min, quota.min),
            quota if equals(quota.max) => (quota.max, quota.max),
            quota => (quota.min, quota.max),
        }
    };
    let quotas: Vec<(u32, u32)> = problem.quotas().map(tight).collect();
    Program::compositions(problem, &held.collect::<Vec<u32>>(), &quotas)
}

/// Deals out compositions, each to those whom the ones before left short.
pub(super) fn deal(
    compositions: &mut Program,
    mean: &[BigRational],
    count: usize,
    steps: &mut Steps,
) -> Result<Vec<Vec<u32>>, Stop> {
    let unit = 1_i64 << OWED_BITS;
    let scaled = |mean: &BigRational| {
        let scaled = mean * BigRational::from_integer(unit.into());
        scaled.round().to_integer().to_i64().unwrap_or(0)
    };
    let due: Vec<i64> = mean.iter().map(scaled).collect();
    let mut owed = vec![0_i64; mean.len()];
    let mut variety = Variety(1);
    let (mut seen, mut pool) = (BTreeSet::new(), Vec::new());
    for _ in 0..count {
        for (owed, due) in owed.iter_mut().zip(&due) {
            *owed += due;
        }
        let weights: Vec<Exact> =
            owed.iter().map(|owed| Exact::whole(owed + variety.next(VARIETY_BITS))).collect();
        let next = compositions.maximise(&weights, None, Search::First, steps)?;
        let composition = next.ok_or(Stop::Impossible)?;
        for (owed, taken) in owed.iter_mut().zip(&composition) {
            *owed -= i64::from(*taken) * unit;
        }
        if seen.insert(composition.clone()) {
            pool.push(composition);
        }
    }
    Ok(pool)
}

/// A fixed sequence of numbers that look like chance (Knuth's linear congruence).
struct Variety(u64);

impl Variety {
    /// The next number, below 2^bits.
    fn next(&mut self, bits: u32) -> i64 {
        let (factor, step) = (6_364_136_223_846_793_005, 1_442_695_040_888_963_407);
        self.0 = self.0.wrapping_mul(factor).wrapping_add(step);
        i64::try_from(self.0 >> (64 - bits)).unwrap_or(0)
    }
}
