//! What no plan exceeds, by relaxations that need no search: flows, and weight cut into units.
//!
//! Holds the first two parts of the objective only. Every plan is a flow in both networks:
//!
//! - *by role*: from each role in each period, as much as it has slots; to each person who is
//!   available and eligible, at most 1; at most as many for a person and role as they could hold
//!   of it if they held nothing else;
//! - *by period*: the same, but at most as many for a person and period as their lightest roles
//!   allow, and at most the sum over roles of the above for a person.

use super::flow::{Network, SINK, SOURCE};
use super::plan::{Bound, LoadRatio};
use super::roster::Roster;
use super::track::Track;
use num_integer::Integer as _;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Most units that weight is cut into; beyond, past loads are the bound.
const UNITS_MAX: u64 = 10_000;

/// The bound of a roster.
pub(super) fn bound(roster: &Roster) -> Bound {
    let mut of_roles = by_role(roster);
    of_roles.fill();
    let mut of_periods = by_period(roster);
    of_periods.fill();
    let filled = of_roles.flow.min(of_periods.flow);
    Bound { filled, loads: loads(roster, filled) }
}

/// The best loads of any plan that fills so many slots.
fn loads(roster: &Roster, filled: u64) -> Vec<LoadRatio> {
    let mut weights: Vec<u64> = roster.slots.iter().map(|slot| slot.weight).collect();
    weights.sort_unstable();
    let take = usize::try_from(filled).unwrap_or(usize::MAX);
    let carried: u64 = weights.iter().take(take).sum();
    let mut loads: Vec<LoadRatio> = if weights.first() == weights.last() {
        let weight = weights.first().copied().unwrap_or(1);
        let units = even_flow(roster, filled, weight);
        let of = |(one, units): (&super::roster::Holder, &u64)| {
            LoadRatio::new(one.past_load + units * weight, one.periods)
        };
        roster.people.iter().zip(&units).filter_map(of).collect()
    } else {
        let unit = weights.iter().fold(0, |unit: u64, weight| unit.gcd(weight)).max(1);
        let people: Vec<Pot> = (roster.people.iter().enumerate())
            .map(|(person, one)| Pot {
                load: one.past_load,
                periods: one.periods,
                room: room(roster, person),
            })
            .collect();
        pour(&people, carried / unit, unit)
    };
    loads.sort_unstable_by(|a, b| b.cmp(a));
    loads
}

/// A person to whom weight is given in units.
#[derive(Clone, Copy)]
pub(super) struct Pot {
    pub(super) load: u64,
    pub(super) periods: u64,
    /// Most weight that they can take.
    pub(super) room: u64,
}

/// Gives units of weight, each to whom it leaves with the lowest load per period, and of several
/// to whom had the highest: no way of giving as many is better, the highest compared first.
pub(super) fn pour(people: &[Pot], units: u64, unit: u64) -> Vec<LoadRatio> {
    let mut pots: Vec<Pot> = people.iter().filter(|pot| pot.periods > 0).copied().collect();
    let units = if units > UNITS_MAX { 0 } else { units };
    for _ in 0..units {
        let open = pots.iter_mut().filter(|pot| pot.room >= unit);
        let Some(pot) = open.min_by(|a, b| {
            let cross = |load: u64, other: &Pot| u128::from(load) * u128::from(other.periods);
            (cross(a.load + unit, b).cmp(&cross(b.load + unit, a)))
                .then_with(|| cross(b.load, a).cmp(&cross(a.load, b)))
        }) else {
            break;
        };
        pot.load += unit;
        pot.room -= unit;
    }
    pots.iter().filter_map(|pot| LoadRatio::new(pot.load, pot.periods)).collect()
}

/// Most weight that a person can take in all periods.
fn room(roster: &Roster, person: usize) -> u64 {
    let Some(holder) = roster.people.get(person) else { return 0 };
    let mut by_period: BTreeMap<usize, u64> = BTreeMap::new();
    for slot in roster.slots.iter().filter(|slot| holder.suits(**slot)) {
        *by_period.entry(slot.period).or_default() += slot.weight;
    }
    by_period.values().map(|weight| *weight.min(&roster.load_cap)).sum()
}

/// How many periods of a role a person could hold if they held nothing else: the best way through
/// the periods, run by run.
fn alone(roster: &Roster, person: usize, role: usize) -> u64 {
    let (Some(holder), Some(limits)) = (roster.people.get(person), roster.roles.get(role)) else {
        return 0;
    };
    let Some(past) = holder.standing(role) else { return 0 };
    let track = Track::of(past);
    let mut open = vec![false; roster.periods];
    for slot in roster.slots.iter().filter(|slot| slot.role == role && holder.suits(**slot)) {
        if let Some(entry) = open.get_mut(slot.period) {
            *entry = true;
        }
    }
    let small = |number: u32| usize::try_from(number).unwrap_or(usize::MAX).min(roster.periods);
    let (run, off) = (small(limits.max_consecutive), small(limits.cooling_off.max(1)));
    let more = u64::from(limits.max_consecutive).saturating_sub(track.run);
    // Most periods held, by the first period from which nothing before matters any more.
    let mut most: Vec<Option<u64>> = vec![None; roster.periods + 1];
    let from = |start: usize, longest: usize, held: u64, most: &mut Vec<Option<u64>>| {
        let days = open.iter().skip(start).take(longest).take_while(|open| **open).count();
        for length in 0..=days {
            let rest = if length == longest { off } else { 1 };
            let next = (start + length + rest).min(roster.periods);
            if let Some(entry) = most.get_mut(next) {
                let held = held + u64::try_from(length).unwrap_or(0);
                *entry = (*entry).max(Some(held));
            }
        }
    };
    if track.cools(limits, 0) {
        let free = (0..roster.periods).find(|period| !track.cools(limits, *period));
        if let Some(entry) = free.and_then(|free| most.get_mut(free)) {
            *entry = Some(0);
        }
    } else if track.since(0) == Some(1) {
        from(0, usize::try_from(more).unwrap_or(run).min(roster.periods), 0, &mut most);
    } else if let Some(entry) = most.first_mut() {
        *entry = Some(0);
    }
    for period in 0..roster.periods {
        if let Some(held) = most.get(period).copied().flatten() {
            from(period, run, held, &mut most);
        }
    }
    let most = most.iter().flatten().copied().max().unwrap_or(0);
    most.min(limits.max_held.saturating_sub(past.held))
}

/// How many seats a person could hold in a period, by weight alone, or 1 if all their roles are
/// incompatible with each other.
fn at_once(roster: &Roster, person: usize, period: usize) -> u64 {
    let Some(holder) = roster.people.get(person) else { return 0 };
    let mut lightest: BTreeMap<usize, u64> = BTreeMap::new();
    let suits = |slot: &&super::roster::Slot| slot.period == period && holder.suits(**slot);
    for slot in roster.slots.iter().filter(suits) {
        let entry = lightest.entry(slot.role).or_insert(slot.weight);
        *entry = (*entry).min(slot.weight);
    }
    let all_apart =
        lightest.keys().all(|one| lightest.keys().all(|other| roster.are_apart(*one, *other)));
    let mut weights: Vec<u64> = lightest.into_values().collect();
    weights.sort_unstable();
    let mut left = roster.load_cap;
    let mut count = 0;
    for weight in weights {
        let Some(rest) = left.checked_sub(weight) else { break };
        (left, count) = (rest, count + 1);
    }
    if all_apart { count.min(1) } else { count }
}

/// How many slots each person has when so many are filled as evenly as the network by period
/// allows: one after the other to whom it leaves with the lowest load per period, of several to
/// whom had the highest, if there is a way. Those for whom there is none never get one again, so
/// that this is exact for the network (Federgruen and Groenevelt 1986).
fn even_flow(roster: &Roster, filled: u64, weight: u64) -> Vec<u64> {
    let mut network = by_period(roster);
    let mut units = vec![0; roster.people.len()];
    let mut open: Vec<usize> = (0..units.len()).collect();
    while network.flow < filled {
        let after = |person: &usize| {
            let one = roster.people.get(*person)?;
            let load = one.past_load + units.get(*person).copied().unwrap_or(0) * weight;
            let before = LoadRatio::new(load, one.periods)?;
            Some((LoadRatio::new(load + weight, one.periods)?, Reverse(before)))
        };
        let able = open.iter().copied().filter(|person| after(person).is_some());
        let Some(next) = able.min_by_key(after) else { break };
        if network.augment(Some(next)) {
            if let Some(entry) = units.get_mut(next) {
                *entry += 1;
            }
        } else {
            open.retain(|person| *person != next);
        }
    }
    units
}

fn by_role(roster: &Roster) -> Network {
    let node = |_, role| role;
    network(roster, node, |person, role, _| alone(roster, person, role), |_| u64::MAX)
}

fn by_period(roster: &Roster) -> Network {
    let node = |period, _| period;
    let of_all = |person| (0..roster.roles.len()).map(|r| alone(roster, person, r)).sum();
    network(roster, node, |person, _, period| at_once(roster, person, period), of_all)
}

/// With a node between for each person and what `key` makes of period and role, of so much at
/// most, and so much at most for each person.
fn network(
    roster: &Roster,
    key: impl Fn(usize, usize) -> usize,
    between: impl Fn(usize, usize, usize) -> u64,
    most: impl Fn(usize) -> u64,
) -> Network {
    let mut network = Network::empty();
    for person in 0..roster.people.len() {
        let node = network.node();
        let edge = network.edge(node, SINK, most(person));
        network.people.push((node, edge));
    }
    let mut groups: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    for slot in &roster.slots {
        *groups.entry((slot.period, slot.role)).or_default() += 1;
    }
    let mut middle: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for ((period, role), count) in groups {
        let group = network.node();
        network.edge(SOURCE, group, count);
        for (person, holder) in roster.people.iter().enumerate() {
            if !holder.is_available(period) || holder.standing(role).is_none() {
                continue;
            }
            let Some((end, _)) = network.people.get(person).copied() else { continue };
            let node = *middle.entry((person, key(period, role))).or_insert_with(|| {
                let node = network.node();
                network.edge(node, end, between(person, role, period));
                node
            });
            network.edge(group, node, 1);
        }
    }
    network
}
