//! Ranked pairs (Tideman 1987): majorities are locked from the strongest down unless they close a
//! cycle.
//!
//! Among majorities of equal strength the order matters. No order is picked: all graphs that some
//! order leads to are kept, and an option wins if nobody is above it in one of them. Where they are
//! too many, and by a declared order of the options, the majority of the option that stands earlier
//! comes first and, of those of one option, the one over the option that stands later.

use super::matrix::{Matrix, Strength};
use super::{Placed, layers};
use crate::counting::CountError;
use crate::counting::outcome::Score;
use crate::counting::ways::{Breaking, WAYS_MAX};
use std::collections::{BTreeMap, BTreeSet};

/// Columns as bits: rankings have fewer than 256 options.
type Columns = [u64; 4];

/// Who is above whom, by the majorities locked so far and what follows from them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Locked {
    /// Per option, those that it is above.
    below: Vec<Columns>,
}

fn bit(columns: &Columns, column: usize) -> bool {
    columns.get(column / 64).is_some_and(|word| word >> (column % 64) & 1 == 1)
}

fn set(columns: &mut Columns, column: usize) {
    if let Some(word) = columns.get_mut(column / 64) {
        *word |= 1 << (column % 64);
    }
}

impl Locked {
    fn is_above(&self, a: usize, b: usize) -> bool {
        self.below.get(a).is_some_and(|below| bit(below, b))
    }

    /// Whether nothing is known of the two.
    fn is_open(&self, (a, b): (usize, usize)) -> bool {
        !self.is_above(a, b) && !self.is_above(b, a)
    }

    fn lock(&mut self, (a, b): (usize, usize)) {
        let mut gained = self.below.get(b).copied().unwrap_or_default();
        set(&mut gained, b);
        for (from, below) in self.below.iter_mut().enumerate() {
            if from == a || bit(below, a) {
                below.iter_mut().zip(gained).for_each(|(word, more)| *word |= more);
            }
        }
    }
}

pub(super) fn ranked_pairs(
    matrix: &Matrix,
    strength: Strength,
    breaking: Breaking<'_>,
) -> Result<Placed, CountError> {
    let width = matrix.width();
    let mut majorities: BTreeMap<u64, Vec<(usize, usize)>> = BTreeMap::new();
    for pair in (0..width).flat_map(|a| (0..width).map(move |b| (a, b))) {
        let weight = matrix.strength(pair.0, pair.1, strength);
        if weight > 0 {
            majorities.entry(weight).or_default().push(pair);
        }
    }
    let all = all_graphs(width, &majorities);
    let ways = match (all, breaking) {
        // Where all can be followed, an order decides among the winners of all.
        (Err(CountError::TooManyTies), Breaking::Order(places)) => {
            let none = Locked { below: vec![Columns::default(); width] };
            let levels = majorities.values().rev();
            BTreeSet::from([levels.fold(none, |way, level| lock_in_order(way, level, places))])
        }
        (all, _) => all?,
    };
    let in_all = |a, b| ways.iter().all(|way| way.is_above(a, b));
    let is_first = |way: &Locked, b: usize| !(0..width).any(|a| way.is_above(a, b));
    let first = (0..width).filter(|b| ways.iter().any(|way| is_first(way, *b))).collect();
    let below = |a: usize| (0..width).filter(|b| in_all(a, *b)).count();
    let scores = (0..width).map(|a| Score::Integer(below(a) as u64)).collect();
    Ok(Placed::new(layers(width, first, in_all), scores))
}

/// All graphs that some order of equally strong majorities leads to.
fn all_graphs(
    width: usize,
    majorities: &BTreeMap<u64, Vec<(usize, usize)>>,
) -> Result<BTreeSet<Locked>, CountError> {
    let mut ways = BTreeSet::from([Locked { below: vec![Columns::default(); width] }]);
    for level in majorities.values().rev() {
        let mut next = BTreeSet::new();
        for way in ways {
            lock_level(way, level, &mut next)?;
        }
        ways = next;
    }
    Ok(ways)
}

/// The graph to which the declared order of these majorities leads.
fn lock_in_order(mut way: Locked, level: &[(usize, usize)], places: &[usize]) -> Locked {
    let place = |column: usize| places.get(column).copied().unwrap_or(column);
    let mut level = level.to_vec();
    level.sort_by_key(|(a, b)| (place(*a), std::cmp::Reverse(place(*b))));
    for pair in level {
        if way.is_open(pair) {
            way.lock(pair);
        }
    }
    way
}

/// Adds to `results` every graph that some order of these majorities leads to.
fn lock_level(
    start: Locked,
    level: &[(usize, usize)],
    results: &mut BTreeSet<Locked>,
) -> Result<(), CountError> {
    let start = lock_clear(start, level);
    let mut seen = BTreeSet::from([start.clone()]);
    let mut next = vec![start];
    while let Some(way) = next.pop() {
        let open: Vec<_> = level.iter().filter(|pair| way.is_open(**pair)).collect();
        if open.is_empty() {
            results.insert(way);
        } else {
            for pair in open {
                let mut locked = way.clone();
                locked.lock(*pair);
                let locked = lock_clear(locked, level);
                if seen.insert(locked.clone()) {
                    next.push(locked);
                }
            }
        }
        if seen.len() + results.len() > WAYS_MAX {
            return Err(CountError::TooManyTies);
        }
    }
    Ok(())
}

/// Locks the majorities that every order locks: those that are on no cycle of all that are still
/// open, with what is locked.
fn lock_clear(mut way: Locked, level: &[(usize, usize)]) -> Locked {
    loop {
        let open: Vec<_> = level.iter().filter(|pair| way.is_open(**pair)).collect();
        let mut all = way.clone();
        for pair in &open {
            all.lock(**pair);
        }
        let clear: Vec<_> = open.iter().filter(|(a, b)| !all.is_above(*b, *a)).collect();
        if clear.is_empty() {
            return way;
        }
        for pair in clear {
            way.lock(**pair);
        }
    }
}
