//! The exact leximin lottery for a stratified panel.
//!
//! A panel has a number of seats and a quota for each feature. Among all lotteries over panels
//! that meet the quotas, the leximin one makes the lowest probability of being chosen as high as
//! possible, then the second lowest, and so on (Flanigan, Gölz, Gupta, Hennig, Procaccia: Fair
//! algorithms for selecting citizens' assemblies, Nature 2021). People of the same features have
//! the same probability in it, so panels are compositions: how many of each type.
//!
//! | file | |
//! |---|---|
//! | `problem.rs` | a pool, its quotas and seats, checked |
//! | `levels.rs` | the probabilities and their proof, over mean compositions |
//! | `hull.rs`, `dealing.rs`, `spread.rs`, `proposal.rs` | compositions that have this mean |
//! | `distribution.rs` | a lottery as what a composed draw takes |
//! | `verify.rs` | whether a lottery is what it says |
//! | `relax.rs` | which quotas to relax if no panel meets them |
//! | `integer.rs`, `simplex.rs`, `padic.rs`, `number.rs` | the mathematics below |
//!
//! Everything that is returned is exact. The search is bounded by steps and never by time, so the
//! result is a function of the problem and the limits alone.

mod dealing;
mod distribution;
mod hull;
mod integer;
mod levels;
mod lottery;
mod number;
mod padic;
mod problem;
mod proposal;
mod relax;
mod simplex;
mod spread;
#[cfg(test)]
mod tests;
mod verify;

pub use levels::Level;
pub use lottery::{Cumulative, Lottery, TooFine};
pub use problem::{
    CATEGORIES_MAX, Category, FEATURES_MAX, Flex, PEOPLE_MAX, Problem, ProblemError, Quota,
    SEATS_MAX, TYPES_MAX, Type,
};
pub use relax::{RelaxError, Relaxation, Relaxed, relax};
pub use verify::{Fault, verify};

use hull::{Mixed, Mixture};
use integer::{Program, Search};
use levels::{Cut, Levels};
use num_rational::BigRational;
use num_traits::{One as _, Zero as _};
use number::{Exact, Number as _};
use proposal::Proposal;
use simplex::{Steps, Stop};
use std::collections::BTreeMap;
use std::fmt;

/// Most types for which compositions are mixed without a proposal.
const TYPES_DIRECT: usize = 24;

/// Most types for which this is tried when a proposal fails.
const TYPES_EXACT: usize = 64;

/// Bounds for the search, in steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Exchanges in tableaus, for everything but mixing.
    pub steps: u64,
    /// Exchanges for mixing compositions once. When they are used up, the lottery is returned as
    /// it is, with its shortfall.
    pub mixing_steps: u64,
    /// Exchanges for finding out whether a mean that was not reached can not be.
    pub cut_steps: u64,
    /// Exchanges for mixing in fractions, where the search in fixed point did not succeed.
    pub exact_steps: u64,
    /// Cuts by which means of no lottery are excluded.
    pub cuts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 2_000_000,
            mixing_steps: 1_000_000,
            cut_steps: 50_000,
            exact_steps: 15_000,
            cuts: 2_000,
        }
    }
}

/// How far the search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Who can be on a panel at all is known.
    Covered {
        /// Types that can not.
        excluded: usize,
    },
    /// The levels are known, up to the cuts so far.
    Levels {
        /// How many.
        levels: usize,
        /// Cuts so far.
        cuts: usize,
    },
    /// Compositions around the mean were found.
    Dealt {
        /// How many.
        compositions: usize,
    },
}

/// Why there is no lottery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeximinError {
    /// No panel meets all quotas; see [`relax`].
    NoPanel,
    /// The steps allowed were not enough.
    TooMuchWork,
}

impl fmt::Display for LeximinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPanel => "no panel meets all quotas",
            Self::TooMuchWork => "the lottery takes more work than is allowed",
        })
    }
}

impl std::error::Error for LeximinError {}

impl From<Stop> for LeximinError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Exhausted => Self::TooMuchWork,
            Stop::Impossible => Self::NoPanel,
        }
    }
}

/// The leximin lottery of a problem.
///
/// # Errors
///
/// If no panel meets the quotas, or the limits are too low to find the probabilities. If they are
/// too low to find the compositions, the lottery says what it falls short by.
pub fn leximin(
    problem: &Problem,
    limits: &Limits,
    progress: &mut dyn FnMut(Progress),
) -> Result<Lottery, LeximinError> {
    let mut steps = Steps(limits.steps);
    let people = integer::people(problem);
    let mut compositions = Program::compositions(problem, &people, &integer::pairs(problem));
    let (covering, excluded) = covering(&mut compositions, people.len(), &mut steps)?;
    let mut pool = covering.clone();
    let count = excluded.iter().filter(|out| **out).count();
    progress(Progress::Covered { excluded: count });
    let mut cuts: Vec<Cut> = Vec::new();
    loop {
        let levels = Levels::new(problem, &excluded, &cuts).solve(&mut steps)?;
        progress(Progress::Levels { levels: levels.len(), cuts: cuts.len() });
        let mean = mean(&levels, &people);
        let mut mixing = Mixing { problem, limits, mean: &mean, steps: &mut steps };
        match mixing.mix(&mut compositions, &mut pool, progress)? {
            Outcome::Lottery(mixture) => return Ok(finish(problem, mixture, levels, &covering)),
            Outcome::Cut(cut) => cuts.push(cut),
        }
        if cuts.len() > limits.cuts {
            return Err(LeximinError::TooMuchWork);
        }
    }
}

/// Compositions that together hold every type that can be on a panel, and which types can not.
fn covering(
    compositions: &mut Program,
    types: usize,
    steps: &mut Steps,
) -> Result<(Vec<Vec<u32>>, Vec<bool>), Stop> {
    let mut open = vec![true; types];
    let mut pool = Vec::new();
    let nothing = vec![Exact::nought(); types];
    compositions.maximise(&nothing, None, Search::First, steps)?.ok_or(Stop::Impossible)?;
    loop {
        let weights: Vec<Exact> = open.iter().map(|open| Exact::whole((*open).into())).collect();
        let Some(found) = compositions.most_above(&weights, &Exact::nought(), steps)? else {
            return Ok((pool, open));
        };
        for (open, _) in open.iter_mut().zip(&found).filter(|(_, count)| **count > 0) {
            *open = false;
        }
        pool.push(found);
    }
}

/// How many of each type are on a panel on average.
fn mean(levels: &[Level], people: &[u32]) -> Vec<BigRational> {
    let mut mean = vec![BigRational::zero(); people.len()];
    for level in levels {
        for t in &level.types {
            if let (Some(mean), Some(people)) = (mean.get_mut(*t), people.get(*t)) {
                *mean = &level.probability * levels::whole(*people);
            }
        }
    }
    mean
}

/// What one attempt to mix compositions came to.
enum Outcome {
    Lottery(Mixture),
    Cut(Cut),
}

/// One attempt to mix compositions to a mean.
struct Mixing<'a> {
    problem: &'a Problem,
    limits: &'a Limits,
    mean: &'a [BigRational],
    steps: &'a mut Steps,
}

impl Mixing<'_> {
    fn mix(
        &mut self,
        compositions: &mut Program,
        pool: &mut Vec<Vec<u32>>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Outcome, Stop> {
        let held = self.mean.iter().filter(|mean| !mean.is_zero()).count();
        if held <= TYPES_DIRECT {
            return self.directly(compositions, pool, self.steps.clone());
        }
        let mut steps = Steps(self.limits.mixing_steps);
        let mut dealt = |compositions| progress(Progress::Dealt { compositions });
        let proposal = proposal::propose(self.problem, self.mean, &mut steps, &mut dealt)?;
        let (mixture, weights) = match proposal {
            Proposal::Exact(mixture) => return Ok(Outcome::Lottery(mixture)),
            Proposal::Near(mixture, weights) => (mixture, weights),
        };
        if let Some(cut) = self.cut(compositions, weights)? {
            return Ok(Outcome::Cut(cut));
        }
        if held <= TYPES_EXACT {
            pool.extend(mixture.iter().map(|(composition, _)| composition.clone()));
            match self.directly(compositions, pool, Steps(self.limits.exact_steps)) {
                Err(Stop::Exhausted) => {}
                outcome => return outcome,
            }
        }
        Ok(Outcome::Lottery(mixture))
    }

    fn directly(
        &mut self,
        compositions: &mut Program,
        pool: &mut Vec<Vec<u32>>,
        mut steps: Steps,
    ) -> Result<Outcome, Stop> {
        Ok(match hull::mix(compositions, pool, self.mean, &mut steps)? {
            Mixed::Lottery(mixture) => Outcome::Lottery(mixture),
            Mixed::Cut(cut) => Outcome::Cut(cut),
        })
    }

    /// The cut that weights make, if the mean does not respect it.
    fn cut(
        &mut self,
        compositions: &mut Program,
        weights: Vec<Exact>,
    ) -> Result<Option<Cut>, Stop> {
        let mut steps = Steps(self.limits.cut_steps.min(self.steps.0));
        let best = match compositions.maximise(&weights, None, Search::Best, &mut steps) {
            Err(Stop::Exhausted) => return Ok(None),
            best => best?,
        };
        let cap = hull::worth(&best.ok_or(Stop::Impossible)?, &weights);
        let mean = self.mean.iter().zip(&weights);
        let worth = mean.fold(Exact::nought(), |total, (mean, weight)| {
            total.plus(&weight.times(&Exact::of(mean.clone())))
        });
        Ok(worth.against(&cap).is_gt().then_some(Cut { weights, cap }))
    }
}

/// How much the compositions that hold everybody are mixed into an unfinished mixture: 2^-b.
const LITTLE_BITS: [u32; 5] = [32, 12, 9, 6, 3];

/// The lottery of a mixture whose mean is that of the levels; or, of one that was given up, the
/// best that becomes of it.
fn finish(
    problem: &Problem,
    mixture: Mixture,
    levels: Vec<Level>,
    covering: &[Vec<u32>],
) -> Lottery {
    let mut shares: BTreeMap<Vec<u32>, BigRational> = BTreeMap::new();
    for (composition, probability) in mixture {
        *shares.entry(composition).or_default() += probability;
    }
    let total: BigRational = shares.values().sum();
    if total.is_one() {
        let finished = lottery(problem, shares.clone(), levels.clone());
        if finished.shortfall.is_zero() {
            return finished;
        }
    }
    let with = |bits: u32| {
        // An unfinished mixture may leave somebody out: everybody gets a little.
        let little = BigRational::new(1.into(), (1_u64 << bits).into());
        let mut shares = shares.clone();
        for composition in covering {
            *shares.entry(composition.clone()).or_default() += &little;
        }
        let total: BigRational = shares.values().sum();
        for share in shares.values_mut().filter(|_| !total.is_zero()) {
            *share /= &total;
        }
        lottery(problem, shares, levels.clone())
    };
    let best = LITTLE_BITS.into_iter().map(with).min_by(|a, b| a.shortfall.cmp(&b.shortfall));
    best.unwrap_or_else(|| lottery(problem, shares, levels.clone()))
}

fn lottery(
    problem: &Problem,
    shares: BTreeMap<Vec<u32>, BigRational>,
    levels: Vec<Level>,
) -> Lottery {
    let compositions: Vec<(Vec<u32>, BigRational)> = shares.into_iter().collect();
    let mean = hull::mean(&compositions, problem.types().len());
    let of = |(mean, t): (&BigRational, &Type)| mean / levels::whole(t.people);
    let probabilities: Vec<BigRational> = mean.iter().zip(problem.types()).map(of).collect();
    let shortfall = verify::shortfall(&levels, &probabilities);
    Lottery { compositions, probabilities, levels, shortfall }
}
