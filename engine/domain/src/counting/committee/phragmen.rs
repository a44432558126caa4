//! Phragmén's sequential method: each seat is a load of 1 on those who approve of who takes it,
//! shared so that all of them carry the same; the seat goes where that load is smallest.

use super::{Election, Found, Steps};
use crate::counting::CountError;
use crate::counting::ways::{self, Breaking, Explored, Step, WAYS_MAX};
use num_rational::BigRational;
use num_traits::{One as _, Zero as _};
use std::collections::BTreeSet;

/// The elected so far, and what each distinct ballot carries.
#[derive(Clone)]
pub(in crate::counting) struct Loads {
    pub(in crate::counting) elected: BTreeSet<usize>,
    pub(in crate::counting) loads: Vec<BigRational>,
    pub(in crate::counting) steps: Steps,
}

impl Step for Loads {
    type Key = (BTreeSet<usize>, Vec<BigRational>);

    fn key(&self) -> Self::Key {
        (self.elected.clone(), self.loads.clone())
    }
}

/// What each supporter would carry if an option were elected; `None` without any supporter.
fn load(election: &Election, loads: &[BigRational], column: usize) -> Option<BigRational> {
    let mut sum = BigRational::one();
    let mut supporters = 0_u128;
    for (group, load) in election.groups.iter().zip(loads) {
        if group.approves(column) {
            sum += load * BigRational::from_integer(group.times.into());
            supporters += u128::from(group.times);
        }
    }
    (supporters > 0).then(|| sum / BigRational::from_integer(supporters.into()))
}

/// What follows from a state: nothing once the seats are filled or nobody is supported.
fn next(
    election: &Election,
    state: &Loads,
    breaking: Breaking<'_>,
    ties: &mut Vec<Vec<usize>>,
) -> Vec<Loads> {
    if state.elected.len() >= election.seats {
        return Vec::new();
    }
    let left = (0..election.options).filter(|column| !state.elected.contains(column));
    let loads: Vec<(BigRational, usize)> =
        left.filter_map(|column| Some((load(election, &state.loads, column)?, column))).collect();
    let Some(least) = loads.iter().map(|(load, _)| load).min() else { return Vec::new() };
    let best: Vec<usize> =
        loads.iter().filter(|(load, _)| load == least).map(|(_, column)| *column).collect();
    if best.len() > 1 {
        ties.push(best.clone());
    }
    let elect = |column: usize| {
        let mut after = state.clone();
        after.elected.insert(column);
        after.steps.push((column, least.clone()));
        for (group, load) in election.groups.iter().zip(&mut after.loads) {
            if group.approves(column) {
                load.clone_from(least);
            }
        }
        after
    };
    breaking.first(best).into_iter().map(elect).collect()
}

/// One by one, the smallest load.
pub(super) fn count(
    election: &Election,
    breaking: Breaking<'_>,
    shown: Breaking<'_>,
) -> Result<Found, CountError> {
    let loads = vec![BigRational::zero(); election.groups.len()];
    let start = Loads { elected: BTreeSet::new(), loads, steps: Vec::new() };
    let Explored { ends, shown, ties } = from(election, start, breaking, shown)?;
    let sets = ends.into_iter().map(|state| state.elected).collect();
    Ok(Found { sets, steps: shown.map(|state| state.steps).unwrap_or_default(), ties })
}

/// The same, from some loads.
pub(in crate::counting) fn from(
    election: &Election,
    start: Loads,
    breaking: Breaking<'_>,
    shown: Breaking<'_>,
) -> Result<Explored<Loads>, CountError> {
    let most = (2_000_000 / election.groups.len().max(1)).clamp(100, WAYS_MAX);
    ways::explore(start, most, breaking, shown, |state, breaking, ties| {
        next(election, state, breaking, ties)
    })
}
