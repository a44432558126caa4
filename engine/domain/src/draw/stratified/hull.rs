//! Whether a mean is one of compositions, exactly, for few types.
//!
//! Weights y on types, between 0 and 2, are sought that give the mean most while giving no
//! composition more than 1. Compositions that a solution gives more are added until there is none.
//! Equal weights of one over the seats give the mean 1. If no weights give it more, what the
//! compositions at 1 are worth are their probabilities; otherwise y is a cut that the mean does not
//! respect.

use super::integer::{Program, Search};
use super::levels::Cut;
use super::number::{Exact, Number as _};
use super::simplex::{Solved, Steps, Stop, Tableau};
use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One as _, Zero as _};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Compositions and their probabilities, as they come.
pub(super) type Mixture = Vec<(Vec<u32>, BigRational)>;

/// What became of a mean.
#[derive(Clone, Debug)]
pub(super) enum Mixed {
    /// It is the mean of this lottery.
    Lottery(Mixture),
    /// It is the mean of none: it does not respect this cut.
    Cut(Cut),
}

/// Mixes compositions to a mean.
pub(super) fn mix(
    compositions: &mut Program,
    pool: &mut Vec<Vec<u32>>,
    mean: &[BigRational],
    steps: &mut Steps,
) -> Result<Mixed, Stop> {
    let one = Exact::whole(1);
    let mut tableau = Tableau::new(vec![(Exact::nought(), Exact::whole(2)); mean.len()]);
    let costs: Vec<Exact> = mean.iter().cloned().map(Exact::of).collect();
    tableau.aim(&costs);
    tableau.place();
    let mut rows: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    loop {
        if let Solved::Infeasible(_) = tableau.solve(steps)? {
            return Err(Stop::Impossible);
        }
        if tableau.objective() == one {
            return Ok(Mixed::Lottery(mixture(&tableau, &rows)));
        }
        let weights = tableau.values(mean.len());
        let known = most(pool, &weights).filter(|(worth, _)| worth.against(&one).is_gt());
        let worst = match known {
            Some((_, composition)) => composition.clone(),
            None => match compositions.maximise(&weights, Some(&one), Search::Best, steps)? {
                Some(composition) => {
                    pool.push(composition.clone());
                    composition
                }
                None => return Ok(Mixed::Cut(Cut { weights, cap: one })),
            },
        };
        let variable = tableau.add_row(&sum(&worst), Exact::nought(), one.clone());
        rows.insert(variable, worst);
    }
}

fn mixture(tableau: &Tableau<Exact>, rows: &BTreeMap<usize, Vec<u32>>) -> Mixture {
    let held = tableau.prices().filter(|(_, price)| price.sign() == Ordering::Greater);
    let named = held.filter_map(|(variable, price)| Some((rows.get(&variable)?, price)));
    named.map(|(composition, price)| (composition.clone(), price.to_big())).collect()
}

/// The composition of most weight, the first of equals.
fn most<'a>(pool: &'a [Vec<u32>], weights: &[Exact]) -> Option<(Exact, &'a Vec<u32>)> {
    let mut found: Option<(Exact, &Vec<u32>)> = None;
    for composition in pool {
        let worth = worth(composition, weights);
        if found.as_ref().is_none_or(|(most, _)| worth.against(most).is_gt()) {
            found = Some((worth, composition));
        }
    }
    found
}

/// What a composition weighs.
pub(super) fn worth(composition: &[u32], weights: &[Exact]) -> Exact {
    let parts = composition.iter().zip(weights).filter(|(count, _)| **count > 0);
    parts.fold(Exact::nought(), |total, (count, weight)| {
        total.plus(&weight.times(&Exact::whole((*count).into())))
    })
}

/// A composition as a sum over types.
pub(super) fn sum<N: super::number::Number>(composition: &[u32]) -> Vec<(usize, N)> {
    let held = composition.iter().enumerate().filter(|(_, count)| **count > 0);
    held.map(|(t, count)| (t, N::whole((*count).into()))).collect()
}

/// The mean of compositions, over the common denominator of their probabilities.
pub(super) fn mean(mixture: &[(Vec<u32>, BigRational)], types: usize) -> Vec<BigRational> {
    let common = mixture.iter().fold(BigInt::one(), |common, (_, p)| common.lcm(p.denom()));
    let mut sums = vec![BigInt::zero(); types];
    for (composition, probability) in mixture {
        let parts = probability.numer() * (&common / probability.denom());
        for (sum, count) in sums.iter_mut().zip(composition).filter(|(_, count)| **count > 0) {
            *sum += &parts * *count;
        }
    }
    sums.into_iter().map(|sum| BigRational::new(sum, common.clone())).collect()
}
