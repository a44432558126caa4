//! A lottery as the distribution that a composed draw takes, and back.

use super::levels::Level;
use super::problem::Problem;
use super::{Lottery, lottery};
use crate::draw::{Composition, Distribution};
use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;
use num_traits::Zero as _;
use std::collections::BTreeMap;

impl Lottery {
    /// The lottery as a distribution: exactly if the common denominator has at most
    /// [`Distribution::DENOMINATOR_BITS_MAX`] bits; otherwise on a line of about that length, so
    /// that [`Self::of`] finds a shortfall.
    #[must_use]
    pub fn distribution(&self, problem: &Problem) -> Distribution {
        let mut line = self.cumulative();
        if line.denominator.bits() > Distribution::DENOMINATOR_BITS_MAX {
            let length = BigUint::from(1_u32) << (Distribution::DENOMINATOR_BITS_MAX - 1);
            line = self.cumulative_rounded(&length);
        }
        let mut before = BigUint::ZERO;
        let mut compositions = Vec::new();
        for ((counts, _), end) in self.compositions.iter().zip(&line.ends) {
            let weight = end - &before;
            before.clone_from(end);
            if !weight.is_zero() {
                compositions.push(Composition { counts: counts.clone(), weight });
            }
        }
        let categories = problem.categories();
        let values = |features: &Vec<usize>| {
            let each = features.iter().zip(categories);
            each.filter_map(|(feature, category)| {
                category.features.get(*feature).map(|(name, _)| name.clone())
            })
            .collect()
        };
        Distribution {
            compositions,
            denominator: line.denominator,
            features: categories.iter().map(|category| category.name.clone()).collect(),
            types: problem.types().iter().map(|t| values(&t.features)).collect(),
        }
    }

    /// The lottery of a distribution, with levels that somebody claims; nothing if its features or
    /// types are not those of the problem. Whether it is what it says is for [`super::verify`].
    #[must_use]
    pub fn of(problem: &Problem, distribution: &Distribution, levels: Vec<Level>) -> Option<Self> {
        let names = problem.categories().iter().map(|category| &category.name);
        if !names.eq(&distribution.features) || distribution.denominator.is_zero() {
            return None;
        }
        let types: Option<Vec<usize>> =
            distribution.types.iter().map(|values| problem.type_of(values)).collect();
        if !types?.into_iter().eq(0..problem.types().len()) {
            return None;
        }
        let denominator = BigInt::from(distribution.denominator.clone());
        let mut shares = BTreeMap::new();
        for each in &distribution.compositions {
            if each.counts.len() != problem.types().len() {
                return None;
            }
            let share = BigRational::new(BigInt::from(each.weight.clone()), denominator.clone());
            *shares.entry(each.counts.clone()).or_default() += share;
        }
        Some(lottery(problem, shares, levels))
    }
}
