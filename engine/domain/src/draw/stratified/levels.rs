//! The leximin probabilities over mean compositions, level by level.
//!
//! A lottery over compositions has a mean, which meets the quotas but need not be whole. Over all
//! such means, and those cuts that whole compositions are known to respect, the levels are found
//! one after the other: the lowest probability is assumed too high, and each proof that it is
//! lowers it to what the proof allows, until a mean exists. The last proof is the certificate.

use super::integer;
use super::number::{Exact, Number as _};
use super::problem::Problem;
use super::simplex::{Solved, Steps, Stop, Tableau};
use num_rational::BigRational;
use num_traits::{One as _, Signed as _, Zero as _};
use std::cmp::Ordering;

/// One level of the leximin order, and why it cannot be higher.
///
/// The certificate is the claim that Σ `weights`·x / people <= `cap` for every composition x that
/// can be seated. No weight is negative, and none is given to a type of a later level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The probability of everybody at this level.
    pub probability: BigRational,
    /// The types at this level.
    pub types: Vec<usize>,
    /// One weight for each type; positive for those of this level, where they add up to 1.
    pub weights: Vec<BigRational>,
    /// What no composition exceeds.
    pub cap: BigRational,
}

/// What every composition respects: a sum of weights that stays at or below a cap.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    pub(super) weights: Vec<Exact>,
    pub(super) cap: Exact,
}

/// The means, and what is fixed so far.
pub(super) struct Levels {
    tableau: Tableau<Exact>,
    people: Vec<u32>,
    excluded: Vec<bool>,
    fixed: Vec<Option<BigRational>>,
    levels: Vec<Level>,
}

impl Levels {
    pub(super) fn new(problem: &Problem, excluded: &[bool], cuts: &[Cut]) -> Self {
        let people = integer::people(problem);
        let most: Vec<u32> =
            people.iter().zip(excluded).map(|(n, out)| if *out { 0 } else { *n }).collect();
        let mut tableau = integer::relaxed(problem, &most, &integer::pairs(problem));
        for cut in cuts {
            let sum: Vec<(usize, Exact)> = cut.weights.iter().cloned().enumerate().collect();
            tableau.add_row(&sum, Exact::nought(), cut.cap.clone());
        }
        let fixed = excluded.iter().map(|out| out.then(BigRational::zero)).collect();
        let excluded = excluded.to_vec();
        Self { tableau, people, excluded, fixed, levels: Vec::new() }
    }

    /// All levels, the lowest first.
    pub(super) fn solve(mut self, steps: &mut Steps) -> Result<Vec<Level>, Stop> {
        if let Some(level) = self.nobody() {
            self.levels.push(level);
        }
        while self.fixed.iter().any(Option::is_none) {
            let level = self.next(steps)?;
            for t in &level.types {
                if let Some(fixed) = self.fixed.get_mut(*t) {
                    *fixed = Some(level.probability.clone());
                }
            }
            match self.levels.last_mut() {
                Some(last) if last.probability == level.probability => merge(last, level),
                _ => self.levels.push(level),
            }
        }
        Ok(self.levels)
    }

    /// The level of those who are on no panel at all.
    fn nobody(&self) -> Option<Level> {
        let types = of(&self.excluded, |out| *out);
        let share = equal_share(&types)?;
        let weight = |out: &bool| if *out { share.clone() } else { BigRational::zero() };
        let weights = self.excluded.iter().map(weight).collect();
        Some(Level { probability: BigRational::zero(), types, weights, cap: BigRational::zero() })
    }

    /// The highest probability that all who are not fixed can have at least, and whom it fixes.
    fn next(&mut self, steps: &mut Steps) -> Result<Level, Stop> {
        let mut probability = BigRational::one();
        let mut proof = None;
        loop {
            for (t, (people, fixed)) in self.people.iter().zip(&self.fixed).enumerate() {
                let least = fixed.as_ref().unwrap_or(&probability) * whole(*people);
                let (_, upper) = self.tableau.bounds(t);
                self.tableau.bound(t, Exact::of(least), upper);
            }
            self.tableau.place();
            match self.tableau.solve(steps)? {
                Solved::Optimal => break,
                Solved::Infeasible(row) => {
                    let (weights, cap) = self.inequality(row);
                    probability = self.highest(&weights, &cap)?;
                    proof = Some((weights, cap));
                }
            }
        }
        let (weights, cap) = proof.unwrap_or_else(|| self.everybody());
        self.level(probability, weights, cap)
    }

    /// The proof that a row gives: weights on types that no mean takes above a cap.
    fn inequality(&self, row: usize) -> (Vec<BigRational>, BigRational) {
        let mut weights = vec![BigRational::zero(); self.people.len()];
        let mut cap = BigRational::zero();
        for (variable, factor) in self.tableau.proof(row) {
            let (lower, upper) = self.tableau.bounds(variable);
            let people = self.people.get(variable);
            match (factor.sign(), people, weights.get_mut(variable)) {
                (Ordering::Greater, Some(people), Some(weight)) => {
                    *weight = factor.to_big() * whole(*people);
                }
                (Ordering::Greater, ..) => cap -= factor.times(&lower).to_big(),
                (Ordering::Less, ..) => cap -= factor.times(&upper).to_big(),
                (Ordering::Equal, ..) => {}
            }
        }
        (weights, cap)
    }

    /// The highest probability of those not fixed that a proof leaves.
    fn highest(&self, weights: &[BigRational], cap: &BigRational) -> Result<BigRational, Stop> {
        let (mut left, mut free) = (cap.clone(), BigRational::zero());
        for (weight, fixed) in weights.iter().zip(&self.fixed) {
            match fixed {
                Some(value) => left -= weight * value,
                None => free += weight,
            }
        }
        // Otherwise what is fixed already could not be: there is no composition at all.
        if free.is_positive() && !left.is_negative() {
            Ok(left / free)
        } else {
            Err(Stop::Impossible)
        }
    }

    /// The certificate of a level at which everybody left is sure of a seat.
    fn everybody(&self) -> (Vec<BigRational>, BigRational) {
        let one = |fixed: &Option<BigRational>| match fixed {
            None => BigRational::one(),
            Some(_) => BigRational::zero(),
        };
        let weights: Vec<BigRational> = self.fixed.iter().map(one).collect();
        let cap = weights.iter().sum();
        (weights, cap)
    }

    fn level(
        &self,
        probability: BigRational,
        mut weights: Vec<BigRational>,
        mut cap: BigRational,
    ) -> Result<Level, Stop> {
        let held = self.fixed.iter().zip(&weights);
        let types = of(&held.collect::<Vec<_>>(), |(fixed, weight)| {
            fixed.is_none() && weight.is_positive()
        });
        let own: BigRational = types.iter().filter_map(|t| weights.get(*t)).sum();
        if own.is_zero() {
            return Err(Stop::Impossible);
        }
        for weight in &mut weights {
            *weight /= &own;
        }
        cap /= &own;
        Ok(Level { probability, types, weights, cap })
    }
}

/// Two proofs of the same probability are one: their mean.
fn merge(level: &mut Level, other: Level) {
    let half = BigRational::new(1.into(), 2.into());
    for (weight, more) in level.weights.iter_mut().zip(other.weights) {
        *weight = (&*weight + more) * &half;
    }
    level.cap = (&level.cap + other.cap) * &half;
    level.types.extend(other.types);
    level.types.sort_unstable();
    let own: BigRational = level.types.iter().filter_map(|t| level.weights.get(*t)).sum();
    if !own.is_zero() {
        for weight in &mut level.weights {
            *weight /= &own;
        }
        level.cap /= &own;
    }
}

fn of<T>(items: &[T], holds: impl Fn(&T) -> bool) -> Vec<usize> {
    items.iter().enumerate().filter(|(_, item)| holds(item)).map(|(index, _)| index).collect()
}

fn equal_share(types: &[usize]) -> Option<BigRational> {
    let count = i64::try_from(types.len()).ok().filter(|count| *count > 0)?;
    Some(BigRational::new(1.into(), count.into()))
}

pub(super) fn whole(value: u32) -> BigRational {
    BigRational::from_integer(value.into())
}
