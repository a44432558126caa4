//! One period in which nobody can hold two seats: an assignment problem, solved exactly and with
//! the dual potentials that prove it (Kuhn 1955, Munkres 1957, by shortest augmenting paths).
//!
//! Costs are vectors of integers compared from the first component on. They form an ordered
//! group, which is all that the method and the proof need.

use super::plan::{Gap, LoadRatio, Potentials};
use super::roster::{Holder, Roster, Slot};
use super::track::Track;
use std::collections::{BTreeMap, BTreeSet};

/// A vector of integers.
pub(super) type Cost = Vec<i64>;

/// The costs of each slot: of every person, nothing if they can not hold it, and of vacancy.
///
/// The components, in this order: 1 for vacant; for every load per period that occurs, the highest
/// first, how many more people have it than if they held nothing; for every gap that occurs, the
/// shortest first, 1 for that gap; for every slot, the person's place among all people by lot from
/// 0, or the number of people for vacant. The sum of the costs of two plans compares as the plans
/// do.
pub(super) struct Costs {
    pub(super) rows: Vec<(Vec<Option<Cost>>, Cost)>,
}

/// Whether all slots are in one period and nobody can hold two of them.
pub(super) fn is_assignment(roster: &Roster) -> bool {
    let pairs = |(at, one): (usize, &Slot)| {
        roster.slots.iter().skip(at + 1).all(|other| {
            one.period == other.period
                && (roster.are_apart(one.role, other.role)
                    || one.weight + other.weight > roster.load_cap)
        })
    };
    roster.slots.iter().enumerate().all(pairs)
}

/// What a person who can hold a slot would have: the load, and the gap.
fn edge(roster: &Roster, holder: &Holder, slot: Slot) -> Option<(LoadRatio, Gap)> {
    let track = Track::of(holder.standing(slot.role)?);
    let limits = roster.roles.get(slot.role)?;
    let fits = holder.is_available(slot.period)
        && slot.weight <= roster.load_cap
        && track.allows(limits, slot.period);
    let load = LoadRatio::new(holder.past_load + slot.weight, holder.periods)?;
    fits.then(|| (load, track.gap(slot.period)))
}

impl Costs {
    pub(super) fn of(roster: &Roster) -> Self {
        let edges: Vec<Vec<Option<(LoadRatio, Gap)>>> = (roster.slots.iter())
            .map(|slot| roster.people.iter().map(|one| edge(roster, one, *slot)).collect())
            .collect();
        let before = |one: &Holder| LoadRatio::new(one.past_load, one.periods);
        let found = || edges.iter().flatten().flatten();
        let mut loads: BTreeSet<LoadRatio> = roster.people.iter().filter_map(before).collect();
        loads.extend(found().map(|(load, _)| *load));
        let gaps: BTreeSet<Gap> =
            found().map(|(_, gap)| *gap).filter(|gap| *gap != Gap::Never).collect();
        let load_at: BTreeMap<LoadRatio, usize> = loads.iter().rev().copied().zip(1..).collect();
        let gap_at: BTreeMap<Gap, usize> = gaps.iter().copied().zip(1 + loads.len()..).collect();
        let first_lot = 1 + loads.len() + gaps.len();
        let width = first_lot + roster.slots.len();
        let of_slot = |(number, (found, lots)): (usize, (&Vec<_>, &Vec<usize>))| {
            let lot_at: BTreeMap<usize, i64> = lots.iter().copied().zip(0..).collect();
            let of_person = |(person, (holder, edge)): (usize, (&Holder, &Option<_>))| {
                let (load, gap) = (*edge)?;
                let mut cost = vec![0; width];
                add(&mut cost, load_at.get(&load).copied(), 1);
                add(&mut cost, before(holder).and_then(|load| load_at.get(&load).copied()), -1);
                add(&mut cost, gap_at.get(&gap).copied(), 1);
                add(&mut cost, Some(first_lot + number), lot_at.get(&person).copied()?);
                Some(cost)
            };
            let people = roster.people.iter().zip(found).enumerate().map(of_person).collect();
            let mut vacant = vec![0; width];
            add(&mut vacant, Some(0), 1);
            let last = i64::try_from(roster.people.len()).unwrap_or(i64::MAX);
            add(&mut vacant, Some(first_lot + number), last);
            (people, vacant)
        };
        let lots = roster.lots();
        Self { rows: edges.iter().zip(&lots).enumerate().map(of_slot).collect() }
    }

    /// Of row and column, from 0: columns after the people stand for vacancy.
    fn at(&self, row: usize, column: usize) -> Option<&Cost> {
        let (people, vacant) = self.rows.get(row)?;
        if column < people.len() { people.get(column)?.as_ref() } else { Some(vacant) }
    }
}

fn add(cost: &mut Cost, at: Option<usize>, by: i64) {
    if let Some(entry) = at.and_then(|at| cost.get_mut(at)) {
        *entry += by;
    }
}

/// a - b.
pub(super) fn minus(a: &[i64], b: &[i64]) -> Cost {
    a.iter().zip(b).map(|(a, b)| a.saturating_sub(*b)).collect()
}

/// a + b.
pub(super) fn plus(a: &[i64], b: &[i64]) -> Cost {
    a.iter().zip(b).map(|(a, b)| a.saturating_add(*b)).collect()
}

/// Who holds each slot, and the proof.
pub(super) fn solve(roster: &Roster) -> (Vec<Option<usize>>, Potentials) {
    let costs = Costs::of(roster);
    let (rows, people) = (costs.rows.len(), roster.people.len());
    let width = costs.rows.first().map_or(0, |(_, vacant)| vacant.len());
    // One column of vacancy more than rows: one of them stays free, so that all have potential 0.
    let mut matching = Matching {
        row_of: vec![None; people + rows + 1],
        seats: vec![vec![0; width]; rows],
        columns: vec![vec![0; width]; people + rows + 1],
    };
    for row in 0..rows {
        matching.insert(&costs, row);
    }
    let mut chosen = vec![None; rows];
    for (column, row) in matching.row_of.iter().enumerate().take(people) {
        if let Some(entry) = row.and_then(|row| chosen.get_mut(row)) {
            *entry = Some(column);
        }
    }
    matching.columns.truncate(people);
    (chosen, Potentials { seats: matching.seats, people: matching.columns })
}

/// A matching of the first rows, with potentials: u + v <= c everywhere, = where matched, v = 0
/// for free columns and never above 0.
struct Matching {
    row_of: Vec<Option<usize>>,
    seats: Vec<Cost>,
    columns: Vec<Cost>,
}

/// A column on the way: its distance and the column that it was reached from.
#[derive(Clone)]
struct Reached {
    distance: Option<Cost>,
    from: Option<usize>,
    done: bool,
}

impl Matching {
    /// Matches one more row along a shortest path.
    fn insert(&mut self, costs: &Costs, row: usize) {
        let mut way = vec![Reached { distance: None, from: None, done: false }; self.columns.len()];
        let (mut at_row, mut at_column, mut so_far) = (row, None, Vec::new());
        let end = loop {
            self.relax(costs, at_row, at_column, &so_far, &mut way);
            let open = way.iter().enumerate().filter(|(_, reached)| !reached.done);
            let distances = open.filter_map(|(c, r)| r.distance.as_ref().map(|d| (d, c)));
            let Some((distance, column)) = distances.min() else { return };
            so_far.clone_from(distance);
            if let Some(reached) = way.get_mut(column) {
                reached.done = true;
            }
            match self.row_of.get(column).copied().flatten() {
                Some(next) => (at_row, at_column) = (next, Some(column)),
                None => break column,
            }
        };
        self.shift(row, &way, &so_far);
        let mut column = end;
        loop {
            let from = way.get(column).and_then(|reached| reached.from);
            let holder = match from {
                Some(from) => self.row_of.get(from).copied().flatten(),
                None => Some(row),
            };
            if let Some(entry) = self.row_of.get_mut(column) {
                *entry = holder;
            }
            let Some(from) = from else { return };
            column = from;
        }
    }

    fn relax(
        &self,
        costs: &Costs,
        row: usize,
        from: Option<usize>,
        so_far: &[i64],
        way: &mut [Reached],
    ) {
        let Some(seat) = self.seats.get(row) else { return };
        for (column, (reached, potential)) in way.iter_mut().zip(&self.columns).enumerate() {
            let Some(cost) = costs.at(row, column).filter(|_| !reached.done) else { continue };
            let mut reduced = minus(&minus(cost, seat), potential);
            if from.is_some() {
                reduced = plus(&reduced, so_far);
            }
            if reached.distance.as_ref().is_none_or(|known| reduced < *known) {
                *reached = Reached { distance: Some(reduced), from, done: false };
            }
        }
    }

    /// Moves the potentials so that the path to the end, at distance `end`, becomes tight.
    fn shift(&mut self, row: usize, way: &[Reached], end: &[i64]) {
        for (column, reached) in way.iter().enumerate().filter(|(_, reached)| reached.done) {
            let Some(distance) = &reached.distance else { continue };
            let by = minus(end, distance);
            if let Some(potential) = self.columns.get_mut(column) {
                *potential = minus(potential, &by);
            }
            let matched = self.row_of.get(column).copied().flatten();
            if let Some(seat) = matched.and_then(|matched| self.seats.get_mut(matched)) {
                *seat = plus(seat, &by);
            }
        }
        if let Some(seat) = self.seats.get_mut(row) {
            *seat = plus(seat, end);
        }
    }
}
