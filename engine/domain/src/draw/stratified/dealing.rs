//! A pool of compositions around a mean, dealt out so that nobody is left short for long.

use super::integer::{self, Program, Search};
use super::number::{Exact, Fixed, Number};
use super::problem::Problem;
use super::simplex::{Steps, Stop};
use num_rational::BigRational;
use num_traits::{ToPrimitive as _, Zero as _};
use std::collections::BTreeSet;

/// Exchanges for one composition in fixed point.
const QUICK_STEPS: u64 = 1_000;
/// One seat, as what somebody is owed.
const UNIT: i64 = 1 << 12;
/// Binary digits of what is mixed into it for variety: up to half a seat.
const VARIETY_BITS: u32 = 11;

/// The compositions among which the probabilities of a mean are spread: a quota that the mean
/// meets with equality is met so by all of them; whom the mean leaves out, all leave out; and those
/// who are sure of a seat are on all of them.
struct Face {
    people: Vec<u32>,
    /// Whether all people of a type are on every panel.
    sure: Vec<bool>,
    quotas: Vec<(u32, u32)>,
}

fn facing(problem: &Problem, mean: &[BigRational]) -> Face {
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
    let sure = people.iter().zip(mean);
    Face {
        people: held.collect(),
        sure: sure.map(|(n, mean)| *mean == BigRational::from_integer((*n).into())).collect(),
        quotas: problem.quotas().map(tight).collect(),
    }
}

impl Face {
    fn program<N: Number>(&self, problem: &Problem) -> Program<N> {
        let mut tableau = integer::relaxed::<N>(problem, &self.people, &self.quotas);
        for (t, (people, _)) in self.people.iter().zip(&self.sure).enumerate().filter(|e| *e.1.1) {
            let all = N::whole((*people).into());
            tableau.bound(t, all.clone(), all);
        }
        Program::new(tableau, self.people.len())
    }

    fn admits(&self, problem: &Problem, composition: &[u32]) -> bool {
        let within = |((_, members), (min, max)): ((_, &[usize]), &(u32, u32))| {
            let count: u32 = members.iter().filter_map(|t| composition.get(*t)).sum();
            (*min..=*max).contains(&count)
        };
        let each = || composition.iter().zip(&self.people);
        each().all(|(count, people)| count <= people)
            && each().zip(&self.sure).all(|((count, people), sure)| !sure || count == people)
            && problem.admits(composition)
            && problem.quotas().zip(&self.quotas).all(within)
    }
}

/// Deals out compositions, each to those whom the ones before left short.
///
/// They are found in fixed point, and in fractions only if that leads nowhere.
pub(super) struct Dealer<'a> {
    problem: &'a Problem,
    face: Face,
    quick: Program<Fixed>,
    exact: Program,
    due: Vec<i64>,
    owed: Vec<i64>,
    seen: BTreeSet<Vec<u32>>,
    variety: Variety,
}

impl<'a> Dealer<'a> {
    pub(super) fn new(problem: &'a Problem, mean: &[BigRational]) -> Self {
        let unit = BigRational::from_integer(UNIT.into());
        let scaled = |mean: &BigRational| (mean * &unit).round().to_integer().to_i64().unwrap_or(0);
        let face = facing(problem, mean);
        Self {
            problem,
            quick: face.program(problem),
            exact: face.program(problem),
            face,
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
            let weights: Vec<i64> =
                each.map(|(owed, extra)| owed + extra + variety.next(VARIETY_BITS)).collect();
            let composition = match self.best(&weights, steps) {
                // What was dealt so far is worth something.
                Err(Stop::Exhausted) if !dealt.is_empty() => return Ok(dealt),
                composition => composition?,
            };
            for (owed, taken) in self.owed.iter_mut().zip(&composition) {
                *owed -= i64::from(*taken) * UNIT;
            }
            if self.seen.insert(composition.clone()) {
                dealt.push(composition);
            }
        }
        Ok(dealt)
    }

    fn best(&mut self, weights: &[i64], steps: &mut Steps) -> Result<Vec<u32>, Stop> {
        let few = QUICK_STEPS.min(steps.0);
        let mut left = Steps(few);
        let fixed: Vec<Fixed> = weights.iter().map(|weight| Fixed::whole(*weight)).collect();
        // From the beginning each time: the numbers become coarser with every exchange.
        let found = self.quick.clone().search(&fixed, None, Search::First, &mut left);
        steps.0 = steps.0.saturating_sub(few.saturating_sub(left.0));
        if let Ok(Some(found)) = found
            && self.face.admits(self.problem, &found)
        {
            return Ok(found);
        }
        let weights: Vec<Exact> = weights.iter().map(|weight| Exact::whole(*weight)).collect();
        self.exact.maximise(&weights, None, Search::First, steps)?.ok_or(Stop::Impossible)
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
