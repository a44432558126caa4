//! Integer programs over compositions, by branch and bound. Exact, and always in the same order.

use super::number::{Exact, Number};
use super::problem::Problem;
use super::simplex::{Solved, Steps, Stop, Tableau};
use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::One as _;
use std::cmp::Ordering;

/// A set of whole points: variables within bounds, and sums of them within bounds.
#[derive(Clone, Debug)]
pub(super) struct Program<N = Exact> {
    /// Where the last search began; the next one begins there too.
    root: Tableau<N>,
    variables: usize,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// A point of most weight.
    Best,
    /// The first point above the limit.
    First,
}

impl<N: Number> Program<N> {
    /// The whole points of a tableau's first variables.
    pub(super) fn new(root: Tableau<N>, variables: usize) -> Self {
        Self { root, variables }
    }

    /// The compositions of a problem, of people within `people` and with features within `quotas`.
    pub(super) fn compositions(problem: &Problem, people: &[u32], quotas: &[(u32, u32)]) -> Self {
        Self::new(relaxed(problem, people, quotas), people.len())
    }

    /// A point whose weight is above `above`; nothing if there is none. The weights are whole.
    pub(super) fn search(
        &mut self,
        weights: &[N],
        above: Option<N>,
        search: Search,
        steps: &mut Steps,
    ) -> Result<Option<Vec<u32>>, Stop> {
        self.root.aim(weights);
        self.root.place();
        if let Solved::Infeasible(_) = self.root.solve(steps)? {
            return Ok(None);
        }
        let (mut best, mut limit) = (None, above);
        let mut open = vec![self.root.clone()];
        while let Some(mut node) = open.pop() {
            if let Solved::Infeasible(_) = node.solve(steps)? {
                continue;
            }
            // The weights are whole, so is the weight of every point below this node.
            let bound = node.objective().down();
            if limit.as_ref().is_some_and(|limit| bound.against(limit) != Ordering::Greater) {
                continue;
            }
            match halfway(&node, self.variables) {
                Some((variable, value)) => branch(node, variable, &value, &mut open),
                None => {
                    best = point(&node, self.variables);
                    limit = Some(node.objective());
                    if search == Search::First {
                        break;
                    }
                }
            }
        }
        Ok(best)
    }
}

impl Program {
    /// A point whose weight is above `above`; nothing if there is none.
    pub(super) fn maximise(
        &mut self,
        weights: &[Exact],
        above: Option<&Exact>,
        search: Search,
        steps: &mut Steps,
    ) -> Result<Option<Vec<u32>>, Stop> {
        let (weights, above) = whole(weights, above);
        self.search(&weights, above, search, steps)
    }

    /// The most that weights add up to over all points, if it is above `above`.
    pub(super) fn most_above(
        &mut self,
        weights: &[Exact],
        above: &Exact,
        steps: &mut Steps,
    ) -> Result<Option<Vec<u32>>, Stop> {
        self.maximise(weights, Some(above), Search::First, steps)
    }
}

/// Compositions without the condition that they are whole.
pub(super) fn relaxed<N: Number>(
    problem: &Problem,
    people: &[u32],
    quotas: &[(u32, u32)],
) -> Tableau<N> {
    let count = |value: u32| N::whole(value.into());
    let mut tableau =
        Tableau::new(people.iter().map(|people| (N::nought(), count(*people))).collect());
    let all: Vec<(usize, N)> = (0..people.len()).map(|t| (t, N::whole(1))).collect();
    tableau.add_row(&all, count(problem.seats()), count(problem.seats()));
    for ((_, members), (min, max)) in problem.quotas().zip(quotas) {
        let sum: Vec<(usize, N)> = members.iter().map(|t| (*t, N::whole(1))).collect();
        // A maximum above the seats says nothing.
        tableau.add_row(&sum, count(*min), count((*max).min(problem.seats()).max(*min)));
    }
    tableau
}

/// Quotas as pairs.
pub(super) fn pairs(problem: &Problem) -> Vec<(u32, u32)> {
    problem.quotas().map(|(quota, _)| (quota.min, quota.max)).collect()
}

/// How many people each type has.
pub(super) fn people(problem: &Problem) -> Vec<u32> {
    problem.types().iter().map(|t| t.people).collect()
}

/// The same weights, times whatever makes them whole.
fn whole(weights: &[Exact], above: Option<&Exact>) -> (Vec<Exact>, Option<Exact>) {
    let scale = weights.iter().fold(BigInt::one(), |scale, weight| match weight {
        Exact::Small(_, 1) => scale,
        weight => scale.lcm(weight.to_big().denom()),
    });
    let scale = Exact::of(BigRational::from_integer(scale));
    let scaled = weights.iter().map(|weight| weight.times(&scale)).collect();
    (scaled, above.map(|above| above.times(&scale)))
}

/// The first variable that is nearest to halfway between two whole numbers.
fn halfway<N: Number>(node: &Tableau<N>, variables: usize) -> Option<(usize, N)> {
    let mut found: Option<(N, usize, N)> = None;
    for (variable, value) in node.basic(variables).filter(|(_, value)| !value.is_whole()) {
        let off = doubled(&value.minus(&value.down())).minus(&N::whole(1)).size();
        let nearer = found.as_ref().is_none_or(|(least, first, _)| {
            off.against(least).then(variable.cmp(first)) == Ordering::Less
        });
        if nearer {
            found = Some((off, variable, value.clone()));
        }
    }
    found.map(|(_, variable, value)| (variable, value))
}

fn doubled<N: Number>(value: &N) -> N {
    value.plus(value)
}

/// Two nodes, above and below; the nearer one comes first.
fn branch<N: Number>(node: Tableau<N>, variable: usize, value: &N, open: &mut Vec<Tableau<N>>) {
    let floor = value.down();
    let ceiling = floor.plus(&N::whole(1));
    let up = doubled(&value.minus(&floor)).against(&N::whole(1)) != Ordering::Less;
    let (lower, upper) = node.bounds(variable);
    let (mut above, mut below) = (node.clone(), node);
    above.bound(variable, ceiling, upper);
    below.bound(variable, lower, floor);
    if up {
        open.extend([below, above]);
    } else {
        open.extend([above, below]);
    }
}

fn point<N: Number>(node: &Tableau<N>, variables: usize) -> Option<Vec<u32>> {
    node.values(variables).iter().map(N::count).collect()
}
