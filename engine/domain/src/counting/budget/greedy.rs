//! Greedy budgets: the best first, and what no longer fits is skipped.

use super::{Found, Greedy, Projects, Steps};
use crate::counting::CountError;
use crate::counting::ways::{self, Breaking, Explored, Step, WAYS_MAX};
use num_rational::BigRational;
use std::collections::BTreeSet;

/// What is funded so far.
#[derive(Clone)]
pub(super) struct Funding {
    pub(super) funded: BTreeSet<usize>,
    pub(super) steps: Steps,
}

impl Step for Funding {
    type Key = BTreeSet<usize>;

    fn key(&self) -> BTreeSet<usize> {
        self.funded.clone()
    }
}

/// Funds greedily from nothing.
pub(super) fn count(
    projects: &Projects,
    by: Greedy,
    breaking: Breaking<'_>,
    shown: Breaking<'_>,
) -> Result<Found, CountError> {
    let start = Funding { funded: BTreeSet::new(), steps: Vec::new() };
    let Explored { ends, shown, ties } = complete(projects, by, start, breaking, shown)?;
    let sets = ends.into_iter().map(|end| end.funded).collect();
    Ok(Found { sets, steps: shown.map(|end| end.steps).unwrap_or_default(), ties, raised: 0 })
}

/// Funds greedily what still fits.
pub(super) fn complete(
    projects: &Projects,
    by: Greedy,
    start: Funding,
    breaking: Breaking<'_>,
    shown: Breaking<'_>,
) -> Result<Explored<Funding>, CountError> {
    let votes = projects.votes();
    let value = |column: usize| {
        let votes = BigRational::from_integer(votes.get(column).copied().unwrap_or(0).into());
        match by {
            Greedy::Votes => votes,
            Greedy::VotesPerCost => {
                votes / BigRational::from_integer(projects.cost(column).max(1).into())
            }
        }
    };
    let values: Vec<BigRational> = (0..projects.costs.len()).map(value).collect();
    ways::explore(start, WAYS_MAX, breaking, shown, |state, breaking, ties| {
        next(projects, &values, state, breaking, ties)
    })
}

fn next(
    projects: &Projects,
    values: &[BigRational],
    state: &Funding,
    breaking: Breaking<'_>,
    ties: &mut Vec<Vec<usize>>,
) -> Vec<Funding> {
    let left = u128::from(projects.budget).saturating_sub(projects.spent(&state.funded));
    let fits = |column: &usize| u128::from(projects.cost(*column)) <= left;
    let open: Vec<(&BigRational, usize)> = (values.iter().zip(0..))
        .filter(|(_, column)| !state.funded.contains(column) && fits(column))
        .collect();
    let Some(most) = open.iter().map(|(value, _)| *value).max() else { return Vec::new() };
    let best: Vec<usize> =
        open.iter().filter(|(value, _)| *value == most).map(|(_, column)| *column).collect();
    let fund = |columns: &[usize]| {
        let mut after = state.clone();
        after.funded.extend(columns);
        after.steps.extend(columns.iter().map(|column| (*column, most.clone())));
        after
    };
    // If all of them fit, it does not matter who comes first.
    if projects.spent(&best.iter().copied().collect()) <= left {
        return vec![fund(&breaking.in_order(best))];
    }
    ties.push(best.clone());
    breaking.first(best).into_iter().map(|column| fund(&[column])).collect()
}
