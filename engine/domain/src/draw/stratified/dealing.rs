//! A pool of compositions around a mean, dealt out so that nobody is left short for long.

use super::integer::{self, Program, Search};
use super::number::{Exact, Number as _};
use super::problem::Problem;
use super::simplex::{Steps, Stop};
use num_rational::BigRational;
use num_traits::{ToPrimitive as _, Zero as _};
use std::collections::BTreeSet;

/// One seat, as what somebody is owed.
const UNIT: i64 = 1 << 12;
/// Binary digits of what is mixed into it for variety: up to half a seat.
const VARIETY_BITS: u32 = 11;

/// The compositions among which the probabilities of a mean are spread: a quota that the mean
/// meets with equality is met so by all of them, and whom the mean leaves out, all leave out.
fn facing(problem: &Problem, mean: &[BigRational]) -> Program {
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
pub(super) struct Dealer {
    compositions: Program,
    due: Vec<i64>,
    owed: Vec<i64>,
    seen: BTreeSet<Vec<u32>>,
    variety: Variety,
}

impl Dealer {
    pub(super) fn new(problem: &Problem, mean: &[BigRational]) -> Self {
        let unit = BigRational::from_integer(UNIT.into());
        let scaled = |mean: &BigRational| (mean * &unit).round().to_integer().to_i64().unwrap_or(0);
        Self {
            compositions: facing(problem, mean),
            due: mean.iter().map(scaled).collect(),
            owed: vec![0; mean.len()],
            seen: BTreeSet::new(),
            variety: Variety(1),
        }
    }

    /// Deals out as many, without those dealt before; with weights, which say whom a mixture lacks,
    /// preferably to these.
    pub(super) fn deal(
        &mut self,
        count: usize,
        weights: Option<&[Exact]>,
        steps: &mut Steps,
    ) -> Result<Vec<Vec<u32>>, Stop> {
        let extra = weights.map(extra).unwrap_or_default();
        let mut dealt = Vec::new();
        for _ in 0..count {
            for (owed, due) in self.owed.iter_mut().zip(&self.due) {
                *owed += due;
            }
            let extra = extra.iter().copied().chain(std::iter::repeat(0));
            let variety = &mut self.variety;
            let each = self.owed.iter().zip(extra);
            let weights: Vec<Exact> = each
                .map(|(owed, extra)| Exact::whole(owed + extra + variety.next(VARIETY_BITS)))
                .collect();
            let next = self.compositions.maximise(&weights, None, Search::First, steps)?;
            let composition = next.ok_or(Stop::Impossible)?;
            for (owed, taken) in self.owed.iter_mut().zip(&composition) {
                *owed -= i64::from(*taken) * UNIT;
            }
            if self.seen.insert(composition.clone()) {
                dealt.push(composition);
            }
        }
        Ok(dealt)
    }
}

/// Weights as what is owed on top, the largest being two seats.
fn extra(weights: &[Exact]) -> Vec<i64> {
    let least = weights.iter().min_by(|a, b| a.against(b)).cloned();
    let least = least.unwrap_or_else(Exact::nought);
    let above: Vec<Exact> = weights.iter().map(|weight| weight.minus(&least)).collect();
    let most = above.iter().max_by(|a, b| a.against(b)).cloned();
    let scale = most.and_then(|most| Exact::whole(2 * UNIT).over(&most));
    let scale = scale.unwrap_or_else(Exact::nought);
    above.iter().map(|weight| weight.times(&scale).floor().to_i64().unwrap_or(0)).collect()
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
