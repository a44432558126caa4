//! Which quotas to relax, and by how little, so that a panel exists.

use super::integer::{Program, Search};
use super::number::{Exact, Number as _};
use super::problem::{Problem, Quota};
use super::simplex::{Steps, Stop, Tableau};
use std::fmt;

/// Exchanges in tableaus that relaxing may take.
const STEPS_MAX: u64 = 2_000_000;

/// One quota that is relaxed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relaxation {
    /// The category.
    pub category: String,
    /// The feature.
    pub feature: String,
    /// By how much the minimum is lowered.
    pub min_lowered: u32,
    /// By how much the maximum is raised.
    pub max_raised: u32,
}

/// The least change that lets a panel exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relaxed {
    /// The quotas that change, in the order of the problem; none if a panel exists already.
    pub changes: Vec<Relaxation>,
    /// A composition that meets the quotas so relaxed.
    pub composition: Vec<u32>,
}

impl Relaxed {
    /// The sum of all changes.
    #[must_use]
    pub fn total(&self) -> u64 {
        let of = |change: &Relaxation| u64::from(change.min_lowered) + u64::from(change.max_raised);
        self.changes.iter().map(of).sum()
    }
}

/// Why quotas were not relaxed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelaxError {
    /// Within the bounds for relaxing there is no panel either.
    NotWithinFlex,
    /// The steps allowed were not enough.
    TooMuchWork,
}

impl fmt::Display for RelaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotWithinFlex => "no panel meets the quotas, however they may be relaxed",
            Self::TooMuchWork => "relaxing the quotas takes more work than is allowed",
        })
    }
}

impl std::error::Error for RelaxError {}

/// The changes of quotas that add up to least, so that a panel exists.
///
/// # Errors
///
/// If the bounds for relaxing leave no panel, or the search takes too many steps.
pub fn relax(problem: &Problem) -> Result<Relaxed, RelaxError> {
    let types = problem.types().len();
    let quotas: Vec<Quota> = problem.quotas().map(|(quota, _)| quota).collect();
    let variables = types + 2 * quotas.len();
    let mut program = Program::new(tableau(problem, &quotas), variables);
    let change = |variable: usize| Exact::whole(if variable < types { 0 } else { -1 });
    let weights: Vec<Exact> = (0..variables).map(change).collect();
    let found = program.maximise(&weights, None, Search::Best, &mut Steps(STEPS_MAX));
    let found = found.map_err(|stop| match stop {
        Stop::Exhausted => RelaxError::TooMuchWork,
        Stop::Impossible => RelaxError::NotWithinFlex,
    })?;
    let mut composition = found.ok_or(RelaxError::NotWithinFlex)?;
    let changes = composition.split_off(types.min(composition.len()));
    let (lowered, raised) = changes.split_at(quotas.len().min(changes.len()));
    let each = lowered.iter().zip(raised);
    let names = problem.categories().iter().flat_map(|category| {
        category.features.iter().map(|(feature, _)| (category.name.clone(), feature.clone()))
    });
    let changed = names.zip(each).filter(|(_, (lowered, raised))| **lowered + **raised > 0);
    let changes = changed.map(|((category, feature), (lowered, raised))| Relaxation {
        category,
        feature,
        min_lowered: *lowered,
        max_raised: *raised,
    });
    Ok(Relaxed { changes: changes.collect(), composition })
}

/// Compositions, then by how much each minimum is lowered, then each maximum raised.
fn tableau(problem: &Problem, quotas: &[Quota]) -> Tableau<Exact> {
    let (types, seats) = (problem.types().len(), problem.seats());
    let count = |value: u32| Exact::whole(value.into());
    let lowered = |quota: &Quota| quota.min - quota.flex.map_or(0, |flex| flex.min);
    let raised =
        |quota: &Quota| quota.flex.map_or(seats, |flex| flex.max).saturating_sub(quota.max);
    let most = problem.types().iter().map(|t| t.people);
    let most = most.chain(quotas.iter().map(lowered)).chain(quotas.iter().map(raised));
    let bounds = most.map(|most| (Exact::nought(), count(most))).collect();
    let mut tableau = Tableau::new(bounds);
    let all: Vec<(usize, Exact)> = (0..types).map(|t| (t, Exact::whole(1))).collect();
    tableau.add_row(&all, count(seats), count(seats));
    for (index, (quota, members)) in problem.quotas().enumerate() {
        let mut sum: Vec<(usize, Exact)> = members.iter().map(|t| (*t, Exact::whole(1))).collect();
        sum.push((types + index, Exact::whole(1)));
        sum.push((types + quotas.len() + index, Exact::whole(-1)));
        tableau.add_row(&sum, count(quota.min), count(quota.max.min(seats).max(quota.min)));
    }
    tableau
}
