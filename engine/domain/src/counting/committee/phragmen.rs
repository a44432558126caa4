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
    pub(in crate::counting) steps: Steps,
    /// The distinct loads: there are few, so that sums are of counts and not of ballots.
    loads: Vec<BigRational>,
    /// Per distinct ballot, the place of its load.
    of: Vec<usize>,
}

impl Step for Loads {
    type Key = (BTreeSet<usize>, Vec<BigRational>);

    fn key(&self) -> Self::Key {
        let load = |place: &usize| self.loads.get(*place).cloned().unwrap_or_default();
        (self.elected.clone(), self.of.iter().map(load).collect())
    }
}

impl Loads {
    /// After some are elected, with the load that each distinct ballot carries.
    pub(in crate::counting) fn carried(
        elected: BTreeSet<usize>,
        steps: Steps,
        carried: &[BigRational],
    ) -> Self {
        let distinct: BTreeSet<&BigRational> = carried.iter().collect();
        let loads: Vec<BigRational> = distinct.into_iter().cloned().collect();
        let of = carried.iter().map(|load| loads.binary_search(load).unwrap_or_default()).collect();
        Self { elected, steps, loads, of }
    }

    /// What each supporter would carry if an option were elected; `None` without any supporter.
    fn load(&self, election: &Election, column: usize) -> Option<BigRational> {
        let mut counts = vec![0_u128; self.loads.len()];
        for (group, place) in election.groups.iter().zip(&self.of) {
            if group.approves(column)
                && let Some(count) = counts.get_mut(*place)
            {
                *count += u128::from(group.times);
            }
        }
        let supporters: u128 = counts.iter().sum();
        if supporters == 0 {
            return None;
        }
        let mut sum = BigRational::one();
        for (count, load) in counts.into_iter().zip(&self.loads).filter(|(count, _)| *count > 0) {
            sum += load * BigRational::from_integer(count.into());
        }
        Some(sum / BigRational::from_integer(supporters.into()))
    }

    fn elect(&self, election: &Election, column: usize, load: &BigRational) -> Self {
        let mut after = self.clone();
        after.elected.insert(column);
        after.steps.push((column, load.clone()));
        after.loads.push(load.clone());
        let new = after.loads.len() - 1;
        for (group, place) in election.groups.iter().zip(&mut after.of) {
            if group.approves(column) {
                *place = new;
            }
        }
        after
    }
}

/// What follows from a state: nothing once the seats are filled. Those whom nobody supports are
/// level, and fill the seats that the others leave.
fn next(
    election: &Election,
    state: &Loads,
    breaking: Breaking<'_>,
    ties: &mut Vec<Vec<usize>>,
) -> Vec<Loads> {
    if state.elected.len() >= election.seats {
        return Vec::new();
    }
    let left: Vec<usize> =
        (0..election.options).filter(|column| !state.elected.contains(column)).collect();
    let load = |column: &usize| Some((state.load(election, *column)?, *column));
    let loads: Vec<(BigRational, usize)> = left.iter().filter_map(load).collect();
    let least = loads.iter().map(|(load, _)| load).min();
    let best: Vec<usize> = match least {
        Some(least) => {
            let level = loads.iter().filter(|(load, _)| load == least);
            level.map(|(_, column)| *column).collect()
        }
        None => left,
    };
    let load = least.cloned().unwrap_or_default();
    if best.len() > 1 {
        ties.push(best.clone());
    }
    let chosen = breaking.first(best).into_iter();
    chosen.map(|column| state.elect(election, column, &load)).collect()
}

/// One by one, the smallest load.
pub(super) fn count(
    election: &Election,
    breaking: Breaking<'_>,
    shown: Breaking<'_>,
) -> Result<Found, CountError> {
    let loads = vec![BigRational::zero(); election.groups.len()];
    let start = Loads::carried(BTreeSet::new(), Vec::new(), &loads);
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
