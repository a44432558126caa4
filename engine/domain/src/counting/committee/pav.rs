//! Proportional approval voting, exactly: the best committees by branch and bound, and one by one.
//!
//! Sums of 1/1 to 1/k are counted in units of 1/lcm(1..k), as big integers.

use super::{Election, Found, Steps};
use crate::counting::CountError;
use crate::counting::ways::{self, Breaking, Explored, Step, WAYS_MAX};
use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use std::collections::BTreeSet;

/// Most ballots looked at in the search for the best committees.
const LOOKS_MAX: usize = 150_000_000;

/// The unit, and what the n-th approved who is elected adds in it.
struct Weights {
    unit: BigInt,
    next: Vec<BigInt>,
}

impl Weights {
    fn of(seats: usize) -> Self {
        let unit = (1..=seats).fold(BigInt::from(1), |unit, n| unit.lcm(&BigInt::from(n)));
        let next = (1..=seats).map(|n| &unit / n).collect();
        Self { unit, next }
    }

    /// What an option adds to a committee.
    fn gain(&self, election: &Election, hits: &[usize], column: usize) -> BigInt {
        // Ballots by how many of theirs are elected: one product each instead of one a ballot.
        let mut ballots = vec![0_u128; self.next.len()];
        for (group, hits) in election.groups.iter().zip(hits) {
            if group.approves(column)
                && let Some(count) = ballots.get_mut(*hits)
            {
                *count += u128::from(group.times);
            }
        }
        ballots.into_iter().zip(&self.next).map(|(count, weight)| weight * count).sum()
    }
}

/// The elected so far.
#[derive(Clone)]
struct Committee {
    elected: BTreeSet<usize>,
    /// Per distinct ballot, how many of those it approves of are elected.
    hits: Vec<usize>,
    steps: Steps,
}

impl Step for Committee {
    type Key = BTreeSet<usize>;

    fn key(&self) -> BTreeSet<usize> {
        self.elected.clone()
    }
}

impl Committee {
    fn new(election: &Election) -> Self {
        let hits = vec![0; election.groups.len()];
        Self { elected: BTreeSet::new(), hits, steps: Vec::new() }
    }

    fn with(&self, election: &Election, column: usize) -> Self {
        let mut with = self.clone();
        with.elected.insert(column);
        for (group, hits) in election.groups.iter().zip(&mut with.hits) {
            *hits += usize::from(group.approves(column));
        }
        with
    }
}

/// One by one, who adds most. Those who add nothing tie for the seats that are left.
pub(super) fn one_by_one(
    election: &Election,
    breaking: Breaking<'_>,
    shown: Breaking<'_>,
) -> Result<Found, CountError> {
    let weights = Weights::of(election.seats);
    let next = |committee: &Committee, breaking: Breaking<'_>, ties: &mut Vec<Vec<usize>>| {
        if committee.elected.len() >= election.seats {
            return Vec::new();
        }
        let left = (0..election.options).filter(|column| !committee.elected.contains(column));
        let gains: Vec<(BigInt, usize)> =
            left.map(|column| (weights.gain(election, &committee.hits, column), column)).collect();
        let Some(most) = gains.iter().map(|(gain, _)| gain).max() else { return Vec::new() };
        let best: Vec<usize> =
            gains.iter().filter(|(gain, _)| gain == most).map(|(_, column)| *column).collect();
        if best.len() > 1 {
            ties.push(best.clone());
        }
        let value = BigRational::new(most.clone(), weights.unit.clone());
        let add = |column: usize| {
            let mut with = committee.with(election, column);
            with.steps.push((column, value.clone()));
            with
        };
        breaking.first(best).into_iter().map(add).collect()
    };
    let most = (20_000_000 / election.groups.len().max(1)).clamp(300, WAYS_MAX);
    let start = Committee::new(election);
    let Explored { ends, shown, ties } = ways::explore(start, most, breaking, shown, next)?;
    let sets = ends.into_iter().map(|committee| committee.elected).collect();
    let steps = shown.map(|committee| committee.steps).unwrap_or_default();
    Ok(Found { sets, steps, ties })
}

/// The committees with the largest sum.
struct Search<'a> {
    election: &'a Election,
    weights: Weights,
    best: BigInt,
    committees: BTreeSet<BTreeSet<usize>>,
    breaking: Breaking<'a>,
    looks: usize,
}

/// All committees with the largest sum of 1 + 1/2 + ... over the ballots; by a declared order the
/// one of them whose members come first.
pub(super) fn best(election: &Election, breaking: Breaking<'_>) -> Result<Found, CountError> {
    let weights = Weights::of(election.seats);
    let (best, committees) = (BigInt::from(-1), BTreeSet::new());
    let mut search = Search { election, weights, best, committees, breaking, looks: 0 };
    search.go(&Committee::new(election), BigInt::ZERO, (0..election.options).collect())?;
    Ok(Found { sets: search.committees, steps: Vec::new(), ties: Vec::new() })
}

impl Search<'_> {
    /// Tries all committees that extend one by some of `open`. What an option adds only becomes
    /// less as others join, so that the largest gains bound what can still be reached.
    fn go(
        &mut self,
        committee: &Committee,
        sum: BigInt,
        open: Vec<usize>,
    ) -> Result<(), CountError> {
        let missing = self.election.seats - committee.elected.len();
        if missing == 0 {
            if sum > self.best {
                self.best = sum;
                self.committees.clear();
            }
            self.committees.insert(committee.elected.clone());
            if let Breaking::Order(places) = self.breaking {
                let in_order = |set: &BTreeSet<usize>| {
                    let mut set: Vec<_> = set.iter().map(|column| places.get(*column)).collect();
                    set.sort_unstable();
                    set
                };
                if let Some(last) = self.committees.iter().max_by_key(|set| in_order(set)).cloned()
                    && self.committees.len() > 1
                {
                    self.committees.remove(&last);
                }
            }
            if self.committees.len() > WAYS_MAX {
                return Err(CountError::TooManyTies);
            }
            return Ok(());
        }
        let mut looks = open.len().saturating_mul(self.election.groups.len().max(1));
        looks = looks.max(1);
        self.looks = self.looks.saturating_add(looks);
        if self.looks > LOOKS_MAX {
            return Err(CountError::TooMuchWork);
        }
        let mut gains: Vec<(BigInt, usize)> = open
            .into_iter()
            .map(|column| (self.weights.gain(self.election, &committee.hits, column), column))
            .collect();
        gains.sort_unstable_by(|a, b| b.cmp(a));
        // The first who joins of those left, the others before it staying out.
        for place in 0..gains.len() {
            let rest = gains.get(place..).unwrap_or_default();
            if rest.len() < missing {
                break;
            }
            let bound: BigInt = rest.iter().take(missing).map(|(gain, _)| gain).sum();
            if &sum + bound < self.best {
                break;
            }
            let Some(((gain, column), after)) = rest.split_first() else { break };
            let with = committee.with(self.election, *column);
            let after = after.iter().map(|(_, column)| *column).collect();
            self.go(&with, &sum + gain, after)?;
        }
        Ok(())
    }
}
