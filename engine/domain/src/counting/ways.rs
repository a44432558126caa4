//! Ties on the way to the winners: all ways to break them, or one declared order.
//!
//! A rule that goes step by step may have to choose among equals. Counted without a declared order
//! it chooses all of them, one after the other, and its outcome is the set of where that leads; by
//! a declared order the first in it is elected, and the last goes out.

use super::CountError;
use super::outcome::{Seats, Tie, TieRule, TieStage};
use std::collections::{BTreeMap, BTreeSet};

/// Most ways to break ties that are followed before a count is given up.
pub const WAYS_MAX: usize = 20_000;

/// What is done about ties on the way.
#[derive(Clone, Copy)]
pub(super) enum Breaking<'a> {
    /// All ways are followed.
    AllWays,
    /// The place of each option in an order, the first being preferred.
    Order(&'a [usize]),
}

impl Breaking<'_> {
    /// Which of the tied may go in: all, or the first in order.
    pub(super) fn first(self, tied: Vec<usize>) -> Vec<usize> {
        match self {
            Self::AllWays => tied,
            Self::Order(places) => {
                tied.into_iter().min_by_key(|column| places.get(*column)).into_iter().collect()
            }
        }
    }

    /// Which of the tied may go out: all, or the last in order.
    pub(super) fn last(self, tied: Vec<usize>) -> Vec<usize> {
        match self {
            Self::AllWays => tied,
            Self::Order(places) => {
                tied.into_iter().max_by_key(|column| places.get(*column)).into_iter().collect()
            }
        }
    }

    /// The tied, the preferred first.
    pub(super) fn in_order(self, mut tied: Vec<usize>) -> Vec<usize> {
        if let Self::Order(places) = self {
            tied.sort_by_key(|column| places.get(*column));
        }
        tied
    }

    /// What is said of a tie that was met.
    pub(super) fn rule(self) -> TieRule {
        match self {
            Self::AllWays => TieRule::AllWays,
            Self::Order(_) => TieRule::DeclaredOrder,
        }
    }
}

/// A state of a count that goes step by step.
pub(super) trait Step: Clone {
    /// What tells states apart for what follows.
    type Key: Ord;
    /// The key of this state.
    fn key(&self) -> Self::Key;
}

/// Where all ways from a start end. States of the same key are followed once.
///
/// # Errors
/// Those of `next`; [`CountError::TooManyTies`] when there are more than `most` of them.
pub(super) fn follow<S: Step>(
    start: S,
    most: usize,
    mut next: impl FnMut(&S) -> Result<Vec<S>, CountError>,
) -> Result<Vec<S>, CountError> {
    let mut seen = BTreeSet::new();
    let mut open = vec![start];
    let mut ends = BTreeMap::new();
    while let Some(mut state) = open.pop() {
        loop {
            let mut following = next(&state)?;
            match (following.pop(), following.is_empty()) {
                (None, _) => {
                    ends.insert(state.key(), state);
                    break;
                }
                // Without a tie there is nothing to compare it with.
                (Some(only), true) => state = only,
                (Some(last), false) => {
                    following.push(last);
                    open.extend(following.into_iter().filter(|state| seen.insert(state.key())));
                    break;
                }
            }
        }
        if seen.len() > most || ends.len() > most {
            return Err(CountError::TooManyTies);
        }
    }
    Ok(ends.into_values().collect())
}

/// Where a count leads.
pub(super) struct Explored<S> {
    /// All ends.
    pub(super) ends: Vec<S>,
    /// The end of the way shown.
    pub(super) shown: Option<S>,
    /// The ties met on the way shown.
    pub(super) ties: Vec<Vec<usize>>,
}

/// Goes one way, for people to see, and all others if ties are met and no order is declared.
///
/// `next` is given what is done about ties, and where to put those it meets.
///
/// # Errors
/// [`CountError::TooManyTies`].
pub(super) fn explore<S: Step>(
    start: S,
    most: usize,
    breaking: Breaking<'_>,
    shown: Breaking<'_>,
    next: impl Fn(&S, Breaking<'_>, &mut Vec<Vec<usize>>) -> Vec<S>,
) -> Result<Explored<S>, CountError> {
    let path = match breaking {
        Breaking::AllWays => shown,
        Breaking::Order(_) => breaking,
    };
    let mut ties = Vec::new();
    let one = follow(start.clone(), most, |state| Ok(next(state, path, &mut ties)))?;
    let is_decided = ties.is_empty() || matches!(breaking, Breaking::Order(_));
    let ends = if is_decided {
        one.clone()
    } else {
        follow(start, most, |state| Ok(next(state, breaking, &mut Vec::new())))?
    };
    Ok(Explored { ends, shown: one.into_iter().next(), ties })
}

/// Sets of winners that all ways to break ties lead to, as names.
pub(super) struct TiedSets {
    /// Each set by name, in order.
    pub(super) sets: Vec<Vec<String>>,
    /// Those of all sets, those of some, the rest.
    pub(super) ranking: Vec<Vec<String>>,
    /// The seats, of which there are as many as the largest set fills.
    pub(super) seats: Seats,
}

impl TiedSets {
    pub(super) fn of(options: &[String], sets: &BTreeSet<BTreeSet<usize>>) -> Self {
        let union: BTreeSet<usize> = sets.iter().flatten().copied().collect();
        let is_sure = |column: &usize| sets.iter().all(|set| set.contains(column));
        let (sure, tied): (Vec<usize>, Vec<usize>) = union.iter().copied().partition(is_sure);
        let rest: Vec<usize> =
            (0..options.len()).filter(|column| !union.contains(column)).collect();
        let named = |columns: &[usize]| names(options, columns.iter().copied());
        let largest = sets.iter().map(BTreeSet::len).max().unwrap_or(0);
        let mut ranking = vec![named(&sure), named(&tied), named(&rest)];
        ranking.retain(|group| !group.is_empty());
        let (elected, tied) = (named(&sure), named(&tied));
        let contested = if tied.is_empty() { 0 } else { largest - elected.len() };
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let seats = Seats { seats: number(largest), elected, contested: number(contested), tied };
        let mut sets: Vec<_> = sets.iter().map(|set| names(options, set.iter().copied())).collect();
        sets.sort_unstable();
        Self { sets, ranking, seats }
    }
}

/// The names of some columns, in order.
pub(super) fn names(options: &[String], columns: impl Iterator<Item = usize>) -> Vec<String> {
    let mut names: Vec<String> =
        columns.filter_map(|column| options.get(column).cloned()).collect();
    names.sort_unstable();
    names
}

/// A tie met on the way.
pub(super) fn tie(options: &[String], tied: &[usize], stage: TieStage, rule: TieRule) -> Tie {
    Tie { stage, options: names(options, tied.iter().copied()), rule }
}

/// The place of each option among the names.
pub(super) fn by_name(options: &[String]) -> Vec<usize> {
    let before = |name: &String| options.iter().filter(|other| *other < name).count();
    options.iter().map(before).collect()
}
