//! The dual simplex method on a dense tableau in which every variable has two bounds.
//!
//! Since everything is bounded, any basis serves any objective once each variable outside the basis
//! sits at the bound that the objective likes better. So one method starts from where the last one
//! ended, after a change of objective or of bounds or with a new row.

use super::number::Number;
use std::cmp::Ordering;

/// Why a computation ended without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The steps allowed are used up.
    Exhausted,
    /// What was taken to be possible is not.
    Impossible,
}

/// Steps that may still be taken; a step is one exchange in a tableau.
#[derive(Clone, Debug)]
pub(super) struct Steps(pub(super) u64);

impl Steps {
    pub(super) fn take(&mut self) -> Result<(), Stop> {
        self.0 = self.0.checked_sub(1).ok_or(Stop::Exhausted)?;
        Ok(())
    }
}

/// A variable of the basis: the sum of entry times variable over the columns.
#[derive(Clone, Debug)]
struct Row<N> {
    variable: usize,
    value: N,
    entries: Vec<N>,
}

/// A variable outside the basis, which is at one of its bounds.
#[derive(Clone, Debug)]
struct Column<N> {
    variable: usize,
    at_upper: bool,
    /// What the objective gains if the variable grows by one.
    cost: N,
}

/// A column that can bring a row within its bounds.
struct Candidate<N> {
    index: usize,
    variable: usize,
    /// What it brings for each unit of it.
    size: N,
    /// What the objective loses for what it brings.
    ratio: N,
    /// How many units there are.
    range: N,
}

impl<N: Number> Candidate<N> {
    fn quick(&self, other: &Self) -> Ordering {
        let larger = || other.size.order(&self.size);
        self.ratio.order(&other.ratio).then_with(larger).then(self.index.cmp(&other.index))
    }

    fn careful(&self, other: &Self) -> Ordering {
        self.ratio.order(&other.ratio).then(self.variable.cmp(&other.variable))
    }
}

/// How a solution ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Solved {
    /// At the maximum.
    Optimal,
    /// This row cannot be brought within its bounds.
    Infeasible(usize),
}

/// Maximise a sum over variables within bounds, some of which are sums of others.
#[derive(Clone, Debug)]
pub(super) struct Tableau<N> {
    rows: Vec<Row<N>>,
    columns: Vec<Column<N>>,
    bounds: Vec<(N, N)>,
}

/// Steps by the quick rule before the one that cannot run in circles.
const QUICK_STEPS_MIN: usize = 200;

impl<N: Number> Tableau<N> {
    /// Variables, each within its bounds, without an objective.
    pub(super) fn new(bounds: Vec<(N, N)>) -> Self {
        let column = |variable| Column { variable, at_upper: false, cost: N::nought() };
        Self { rows: Vec::new(), columns: (0..bounds.len()).map(column).collect(), bounds }
    }

    /// A new variable that is a sum of earlier ones; its number.
    pub(super) fn add_row(&mut self, sum: &[(usize, N)], lower: N, upper: N) -> usize {
        let variable = self.bounds.len();
        self.bounds.push((lower, upper));
        let mut entries = vec![N::nought(); self.columns.len()];
        for (part, factor) in sum {
            if let Some(at) = self.columns.iter().position(|c| c.variable == *part) {
                if let Some(entry) = entries.get_mut(at) {
                    *entry = entry.plus(factor);
                }
            } else if let Some(row) = self.rows.iter().find(|row| row.variable == *part) {
                for (entry, other) in entries.iter_mut().zip(&row.entries) {
                    *entry = entry.plus_product(factor, other);
                }
            }
        }
        let value = self.sum(&entries);
        self.rows.push(Row { variable, value, entries });
        variable
    }

    /// Forgets rows whose variable is in the basis, for which `idle` holds at its value.
    pub(super) fn forget(&mut self, idle: impl Fn(usize, &N) -> bool) {
        self.rows.retain(|row| !idle(row.variable, &row.value));
    }

    /// Other bounds for a variable. [`Self::place`] is due afterwards.
    pub(super) fn bound(&mut self, variable: usize, lower: N, upper: N) {
        if let Some(bounds) = self.bounds.get_mut(variable) {
            *bounds = (lower, upper);
        }
    }

    /// The bounds of a variable.
    pub(super) fn bounds(&self, variable: usize) -> (N, N) {
        self.bounds.get(variable).cloned().unwrap_or((N::nought(), N::nought()))
    }

    /// Another objective, over the first variables. [`Self::place`] is due afterwards.
    pub(super) fn aim(&mut self, costs: &[N]) {
        let cost = |variable: usize| costs.get(variable).cloned().unwrap_or_else(N::nought);
        for column in &mut self.columns {
            column.cost = cost(column.variable);
        }
        for row in &self.rows {
            let own = cost(row.variable);
            if !own.is_nought() {
                for (column, entry) in self.columns.iter_mut().zip(&row.entries) {
                    column.cost = column.cost.plus_product(&own, entry);
                }
            }
        }
    }

    /// Puts every variable outside the basis at the bound that the objective prefers, and finds
    /// the others again.
    pub(super) fn place(&mut self) {
        for column in &mut self.columns {
            match column.cost.sign() {
                Ordering::Greater => column.at_upper = true,
                Ordering::Less => column.at_upper = false,
                Ordering::Equal => {}
            }
        }
        let values: Vec<N> = self.rows.iter().map(|row| self.sum(&row.entries)).collect();
        for (row, value) in self.rows.iter_mut().zip(values) {
            row.value = value;
        }
    }

    fn sum(&self, entries: &[N]) -> N {
        let mut total = N::nought();
        for (entry, column) in entries.iter().zip(&self.columns) {
            if !entry.is_nought() {
                total = total.plus_product(entry, &self.at(column));
            }
        }
        total
    }

    fn at(&self, column: &Column<N>) -> N {
        let (lower, upper) = self.bounds(column.variable);
        if column.at_upper { upper } else { lower }
    }

    /// The values of the first variables.
    pub(super) fn values(&self, count: usize) -> Vec<N> {
        let mut values = vec![N::nought(); count];
        for column in &self.columns {
            if let Some(value) = values.get_mut(column.variable) {
                *value = self.at(column);
            }
        }
        for row in &self.rows {
            if let Some(value) = values.get_mut(row.variable) {
                value.clone_from(&row.value);
            }
        }
        values
    }

    /// The values of those among the first variables that are in the basis.
    pub(super) fn basic(&self, count: usize) -> impl Iterator<Item = (usize, &N)> {
        let rows = self.rows.iter().filter(move |row| row.variable < count);
        rows.map(|row| (row.variable, &row.value))
    }

    /// The objective.
    pub(super) fn objective(&self) -> N {
        let costs: Vec<N> = self.columns.iter().map(|column| column.cost.clone()).collect();
        self.sum(&costs)
    }

    /// Variables outside the basis, and what the objective gains from each.
    pub(super) fn prices(&self) -> impl Iterator<Item = (usize, &N)> {
        self.columns.iter().map(|column| (column.variable, &column.cost))
    }

    /// Goes to the maximum.
    pub(super) fn solve(&mut self, steps: &mut Steps) -> Result<Solved, Stop> {
        let quick = QUICK_STEPS_MIN + 4 * (self.rows.len() + self.columns.len());
        for step in 0_usize.. {
            let careful = step > quick;
            let Some((leaving, low)) = self.leaving(careful) else { return Ok(Solved::Optimal) };
            let Some((entering, flips)) = self.entering(leaving, low, careful) else {
                return Ok(Solved::Infeasible(leaving));
            };
            steps.take()?;
            for column in flips {
                self.flip(column);
            }
            self.exchange(leaving, entering, low)?;
        }
        Err(Stop::Exhausted)
    }

    /// The row farthest out of its bounds, and whether it is too low; the first variable that is
    /// out, if we are careful.
    fn leaving(&self, careful: bool) -> Option<(usize, bool)> {
        let mut found: Option<(usize, usize, bool, N)> = None;
        for (index, row) in self.rows.iter().enumerate() {
            let Some((lower, upper)) = self.bounds.get(row.variable) else { continue };
            let (below, above) = (lower.minus(&row.value), row.value.minus(upper));
            let low = below.sign() == Ordering::Greater;
            if !low && above.sign() != Ordering::Greater {
                continue;
            }
            let by = if low { below } else { above };
            let better = found.as_ref().is_none_or(|(_, variable, _, most)| {
                if careful { row.variable < *variable } else { by.against(most).is_gt() }
            });
            if better {
                found = Some((index, row.variable, low, by));
            }
        }
        found.map(|(index, _, low, _)| (index, low))
    }

    /// The column that may enter, and those that go to their other bound before: in the order of
    /// the loss for what they bring, as many as it takes (the long step of Fourer and Maros). If
    /// we are careful, the first column alone.
    fn entering(&self, leaving: usize, low: bool, careful: bool) -> Option<(usize, Vec<usize>)> {
        let row = self.rows.get(leaving)?;
        let mut open: Vec<Candidate<N>> = Vec::new();
        for (index, (column, entry)) in self.columns.iter().zip(&row.entries).enumerate() {
            let grows = (entry.sign() == Ordering::Greater) == low;
            if !entry.can_divide() || grows == column.at_upper {
                continue;
            }
            let Some((lower, upper)) = self.bounds.get(column.variable) else { continue };
            let (size, range) = (entry.size(), upper.minus(lower));
            if range.is_nought() {
                continue;
            }
            let Some(ratio) = column.cost.size().over(&size) else { continue };
            open.push(Candidate { index, variable: column.variable, size, ratio, range });
        }
        if careful {
            return open.iter().min_by(|a, b| a.careful(b)).map(|first| (first.index, Vec::new()));
        }
        open.sort_by(Candidate::quick);
        let (lower, upper) = self.bounds.get(row.variable)?;
        let mut left = if low { lower.minus(&row.value) } else { row.value.minus(upper) };
        let mut flips = Vec::new();
        for candidate in &open {
            left = left.minus(&candidate.size.times(&candidate.range));
            if left.sign() != Ordering::Greater {
                return Some((candidate.index, flips));
            }
            flips.push(candidate.index);
        }
        None
    }

    /// Moves a variable outside the basis to its other bound.
    fn flip(&mut self, index: usize) {
        let Some(column) = self.columns.get_mut(index) else { return };
        let Some((lower, upper)) = self.bounds.get(column.variable) else { return };
        let by = if column.at_upper { lower.minus(upper) } else { upper.minus(lower) };
        column.at_upper = !column.at_upper;
        for row in &mut self.rows {
            if let Some(entry) = row.entries.get(index).filter(|entry| !entry.is_nought()) {
                row.value = row.value.plus_product(entry, &by);
            }
        }
    }

    /// Exchanges a variable of the basis, which goes to a bound, for one outside.
    fn exchange(&mut self, leaving: usize, entering: usize, low: bool) -> Result<(), Stop> {
        let (row, column) = (self.rows.get(leaving), self.columns.get(entering));
        let (Some(row), Some(column)) = (row, column) else { return Err(Stop::Impossible) };
        let pivot = row.entries.get(entering).cloned().unwrap_or_else(N::nought);
        let inverse = N::whole(1).over(&pivot).ok_or(Stop::Impossible)?;
        let (lower, upper) = self.bounds(row.variable);
        let goal = if low { lower } else { upper };
        let change = goal.minus(&row.value).times(&inverse);
        let value = self.at(column).plus(&change);
        let (out, into) = (row.variable, column.variable);
        let factor = inverse.negated();
        let mut sparse: Vec<(usize, N)> = Vec::new();
        for (index, entry) in row.entries.iter().enumerate() {
            if index == entering {
                sparse.push((index, inverse.clone()));
            } else if !entry.is_nought() {
                sparse.push((index, entry.times(&factor)));
            }
        }
        for (index, row) in self.rows.iter_mut().enumerate() {
            let times = match row.entries.get_mut(entering) {
                Some(entry) if index != leaving => std::mem::replace(entry, N::nought()),
                _ => continue,
            };
            if !times.is_nought() {
                row.value = row.value.plus_product(&times, &change);
                for (at, part) in &sparse {
                    if let Some(entry) = row.entries.get_mut(*at) {
                        *entry = entry.plus_product(&times, part);
                    }
                }
            }
        }
        let mut price = N::nought();
        if let Some(column) = self.columns.get_mut(entering) {
            price = std::mem::replace(&mut column.cost, N::nought());
            (column.variable, column.at_upper) = (out, !low);
        }
        let mut entries = vec![N::nought(); self.columns.len()];
        for (at, part) in sparse {
            if let Some(column) = self.columns.get_mut(at) {
                column.cost = column.cost.plus_product(&price, &part);
            }
            if let Some(entry) = entries.get_mut(at) {
                *entry = part;
            }
        }
        if let Some(row) = self.rows.get_mut(leaving) {
            *row = Row { variable: into, value, entries };
        }
        Ok(())
    }

    /// Why a row cannot be brought within its bounds: factors with which the variables sum to 0,
    /// while with each at the bound that makes the sum least, the sum is above 0. A positive factor
    /// goes with the lower bound, a negative one with the upper.
    pub(super) fn proof(&self, row: usize) -> Vec<(usize, N)> {
        let Some(row) = self.rows.get(row) else { return Vec::new() };
        let (lower, _) = self.bounds(row.variable);
        let low = lower.against(&row.value).is_gt();
        let own = N::whole(if low { 1 } else { -1 });
        let mut factors = vec![(row.variable, own)];
        for (column, entry) in self.columns.iter().zip(&row.entries) {
            if !entry.is_nought() {
                let factor = if low { entry.negated() } else { entry.clone() };
                factors.push((column.variable, factor));
            }
        }
        factors
    }
}
