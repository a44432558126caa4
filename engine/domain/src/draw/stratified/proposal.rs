//! Mixing compositions to a mean, for many types: a search in fixed point proposes which
//! compositions, and their probabilities are then solved for exactly.
//!
//! The search is that of [`hull`](super::hull), over a pool dealt out around the mean. Nothing here
//! is trusted: a lottery is exact only if its mean is the one asked for.

use super::dealing::Dealer;
use super::hull::{self, Mixture};
use super::number::{Exact, Fixed, Number as _};
use super::padic;
use super::problem::Problem;
use super::simplex::{Solved, Steps, Stop, Tableau};
use super::spread::{Sparse, dense, spread, worth};
use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One as _, Signed as _, Zero as _};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Compositions dealt out around the mean before each attempt to spread it over them, in quarters
/// of the number of types.
const DEALT: [usize; 3] = [6, 2, 4];
/// Rounds of dealing out more, when the pool is not enough.
const ROUNDS_MAX: usize = 20;
/// How often the search starts again when its numbers have become too coarse.
const RESETS_MAX: u32 = 4;
/// Compositions added to the search at once.
const ADDED_AT_ONCE: usize = 16;
/// Binary digits after the point of the weights that the integer program sees.
const WEIGHT_BITS: u32 = 24;
/// Binary digits after the point of a worth that is as good as 1.
const DONE_BITS: u32 = 32;

/// What the search came to.
pub(super) enum Proposal {
    /// Exactly the mean.
    Exact(Mixture),
    /// The best found, whose probabilities may add up to more than 1, and the weights by which it
    /// falls short.
    Near(Mixture, Vec<Exact>),
}

/// The state of the search.
struct Search<'a> {
    tableau: Tableau<Fixed>,
    /// Compositions in the tableau, by their variables.
    rows: BTreeMap<usize, usize>,
    pool: Vec<Sparse>,
    mean: &'a [BigRational],
    /// How many of the pool were dealt out around the mean.
    first: usize,
    /// The least objective so far.
    least: Fixed,
}

/// Mixes compositions to a mean.
pub(super) fn propose(
    problem: &Problem,
    mean: &[BigRational],
    steps: &mut Steps,
    progress: &mut dyn FnMut(usize),
) -> Result<Proposal, Stop> {
    let mut dealer = Dealer::new(problem, mean);
    let mut search = Search::new(mean);
    match search.spread(&mut dealer, steps, progress) {
        Ok(Some(mixture)) => return Ok(Proposal::Exact(mixture)),
        Ok(None) => {}
        Err(Stop::Exhausted) => return Ok(Proposal::Near(search.near(), search.weights())),
        Err(stop) => return Err(stop),
    }
    match search.run(&mut dealer, steps, progress) {
        Ok(Some(mixture)) => Ok(Proposal::Exact(mixture)),
        // Out of steps, it is still worth something.
        Ok(None) | Err(Stop::Exhausted) => Ok(Proposal::Near(search.near(), search.weights())),
        Err(stop) => Err(stop),
    }
}

impl<'a> Search<'a> {
    fn new(mean: &'a [BigRational]) -> Self {
        let tableau = Self::start(mean);
        let least = tableau.objective();
        Self { tableau, rows: BTreeMap::new(), pool: Vec::new(), first: 0, mean, least }
    }

    fn start(mean: &[BigRational]) -> Tableau<Fixed> {
        let bounds = vec![(Fixed::nought(), Fixed::whole(2)); mean.len()];
        let mut tableau = Tableau::new(bounds);
        tableau.aim(&mean.iter().map(Fixed::nearest).collect::<Vec<_>>());
        tableau.place();
        tableau
    }

    fn reset(&mut self) {
        self.tableau = Self::start(self.mean);
        self.least = self.tableau.objective();
        self.rows.clear();
    }

    /// Deals out around the mean until the pool can be mixed to it.
    fn spread(
        &mut self,
        dealer: &mut Dealer<'_>,
        steps: &mut Steps,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Option<Mixture>, Stop> {
        for count in DEALT {
            let dealt = dealer.deal(count * self.mean.len() / 4, None, steps)?;
            self.pool.extend(dealt.iter().map(|composition| sparse(composition)));
            self.first = self.pool.len();
            progress(self.pool.len());
            if let Some(mixture) = spread(&self.pool, self.mean) {
                return Ok(Some(mixture));
            }
        }
        Ok(None)
    }

    fn run(
        &mut self,
        dealer: &mut Dealer<'_>,
        steps: &mut Steps,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Option<Mixture>, Stop> {
        let mut resets = RESETS_MAX;
        for round in 0..ROUNDS_MAX {
            // First those around the mean; then more for those whom the search values most.
            if round > 0 {
                let weights = self.weights();
                let count = self.mean.len().div_ceil(4);
                let dealt = dealer.deal(count, Some(&weights), steps)?;
                self.pool.extend(dealt.iter().map(|composition| sparse(composition)));
                progress(self.pool.len());
            }
            loop {
                if let Solved::Infeasible(_) = self.tableau.solve(steps)? {
                    // There always is a solution: the numbers have become too coarse.
                    if resets == 0 {
                        return Ok(None);
                    }
                    resets -= 1;
                    self.reset();
                    continue;
                }
                if self.is_done() {
                    if let Some(mixture) = self.exact() {
                        return Ok(Some(mixture));
                    }
                    break;
                }
                if !self.add_known() {
                    break;
                }
            }
        }
        Ok(None)
    }

    fn is_done(&self) -> bool {
        let over = self.tableau.objective().minus(&Fixed::whole(1));
        over.scaled(DONE_BITS) == Some(0) || over.sign() != Ordering::Greater
    }

    /// Adds those of the pool that the weights give most above 1.
    fn add_known(&mut self) -> bool {
        let weights = self.tableau.values(self.mean.len());
        let one = Fixed::whole(1);
        let mut found: Vec<(Fixed, usize)> = Vec::new();
        for (index, composition) in self.pool.iter().enumerate() {
            let over = worth(composition, &weights).minus(&one);
            if over.sign() == Ordering::Greater {
                found.push((over, index));
            }
        }
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(ADDED_AT_ONCE);
        let types = self.mean.len();
        // Compositions below 1 come back when they are needed. Only on the way down are they
        // forgotten, or the search might run in circles.
        let now = self.tableau.objective();
        if self.least.minus(&now).sign() == Ordering::Greater {
            self.least = now;
            self.tableau.forget(|variable, value| {
                variable >= types && value.against(&Fixed::whole(1)).is_lt()
            });
        }
        for (_, index) in &found {
            self.add(*index);
        }
        !found.is_empty()
    }

    fn add(&mut self, index: usize) {
        let Some(composition) = self.pool.get(index) else { return };
        let sum: Vec<(usize, Fixed)> =
            composition.iter().map(|(t, count)| (*t, Fixed::whole((*count).into()))).collect();
        let variable = self.tableau.add_row(&sum, Fixed::nought(), Fixed::whole(1));
        self.rows.insert(variable, index);
    }

    /// The compositions outside the basis, with what they are worth.
    fn held(&self) -> Vec<(usize, Fixed)> {
        let prices = self.tableau.prices();
        prices.filter_map(|(variable, price)| Some((*self.rows.get(&variable)?, *price))).collect()
    }

    /// The probabilities with which the compositions held have exactly the mean.
    fn exact(&self) -> Option<Mixture> {
        let types = self.mean.len();
        let mut free = vec![true; types];
        for (variable, _) in self.tableau.prices() {
            if let Some(free) = free.get_mut(variable) {
                *free = false;
            }
        }
        let mut place = vec![None; types];
        let open = place.iter_mut().zip(&free).filter(|(_, free)| **free);
        open.enumerate().for_each(|(index, (place, _))| *place = Some(index));
        let held: Vec<&Vec<(usize, u32)>> =
            self.held().iter().filter_map(|(index, _)| self.pool.get(*index)).collect();
        let column = |composition: &&Vec<(usize, u32)>| {
            let entries = composition.iter();
            entries.filter_map(|(t, count)| Some(((*place.get(*t)?)?, *count))).collect()
        };
        let columns: Vec<Vec<(usize, u32)>> = held.iter().map(column).collect();
        let scale = self.mean.iter().fold(BigInt::one(), |scale, mean| scale.lcm(mean.denom()));
        let parts = self.mean.iter().zip(&free).filter(|(_, free)| **free);
        let right: Vec<BigInt> =
            parts.map(|(mean, _)| mean.numer() * (&scale / mean.denom())).collect();
        if columns.len() != right.len() {
            return None;
        }
        let solution = padic::solve(&columns, &right)?;
        let denominator = solution.denominator * scale;
        let mut mixture = Mixture::new();
        for (composition, numerator) in held.iter().zip(solution.numerators) {
            if numerator.is_negative() {
                return None;
            }
            if !numerator.is_zero() {
                let probability = BigRational::new(numerator, denominator.clone());
                mixture.push((dense(composition, types), probability));
            }
        }
        (hull::mean(&mixture, types) == self.mean).then_some(mixture)
    }

    /// The weights, as fractions of few digits.
    fn weights(&self) -> Vec<Exact> {
        let unit = Exact::whole(1 << WEIGHT_BITS);
        let weights = self.tableau.values(self.mean.len());
        let whole = weights.iter().map(|weight| weight.scaled(WEIGHT_BITS).unwrap_or(0).max(0));
        whole.filter_map(|weight| Exact::whole(weight).over(&unit)).collect()
    }

    /// What the search holds, or what was dealt out around the mean: whichever leaves those whom
    /// it serves worst better off.
    fn near(&self) -> Mixture {
        let types = self.mean.len();
        let held = self.held().into_iter().filter(|(_, price)| price.sign() == Ordering::Greater);
        let named = held.filter_map(|(index, price)| Some((self.pool.get(index)?, price)));
        let held: Mixture =
            named.map(|(composition, price)| (dense(composition, types), price.to_big())).collect();
        let dealt = self.pool.iter().take(self.first);
        let dealt: Mixture =
            dealt.map(|composition| (dense(composition, types), BigRational::one())).collect();
        if self.worst(&held) > self.worst(&dealt) { held } else { dealt }
    }

    /// The least part of what the mean gives a type that a mixture gives it.
    fn worst(&self, mixture: &Mixture) -> BigRational {
        let total: BigRational = mixture.iter().map(|(_, probability)| probability).sum();
        let given = hull::mean(mixture, self.mean.len());
        let pairs = given.iter().zip(self.mean).filter(|(_, mean)| mean.is_positive());
        let least = pairs.map(|(given, mean)| given / mean).min();
        match least {
            Some(least) if total.is_positive() => least / total,
            _ => BigRational::zero(),
        }
    }
}

fn sparse(composition: &[u32]) -> Sparse {
    composition.iter().copied().enumerate().filter(|(_, count)| *count > 0).collect()
}
