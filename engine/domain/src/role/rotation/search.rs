//! Branch and bound over all plans, slot by slot; where that does not end, person by person.
//!
//! Slot by slot, twice: first for the best value without lots, then, with people tried in the
//! order of their lots, for the first plan that has this value. A position between two periods is
//! not looked at twice if what was reached before it was no worse: people of whom all that matters
//! of the past and future is equal are exchangeable, so the same position reached by others counts
//! as well.

use super::bound::{Pot, pour};
use super::gaps::Position;
use super::local::value;
use super::plan::{Gap, LoadRatio, Objective};
use super::roster::{Roster, Slot};
use super::schedules;
use super::track::Track;
use num_integer::Integer as _;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Most people looked at, over all positions.
pub(super) const STEPS_MAX: usize = 4_000_000;
/// Most positions remembered.
const SEEN_MAX: usize = 200_000;
/// Most slots: beyond, no search is tried.
const SLOTS_MAX: usize = 64;

/// The best plan, if the search came to its end; a better one than the first, if it found one.
pub(super) enum Ended {
    /// No other plan is as good.
    Proven(Vec<Option<usize>>),
    /// The steps were used up.
    Best(Vec<Option<usize>>),
}

/// Searches from a first plan, for no more steps than that.
pub(super) fn search(
    roster: &Roster,
    first: Vec<Option<usize>>,
    most_filled: u64,
    steps: usize,
) -> Ended {
    if roster.slots.len() > SLOTS_MAX {
        return Ended::Best(first);
    }
    match by_slot(roster, first, most_filled, steps) {
        Ended::Best(first) => {
            // As much more as the steps are more than usual.
            let looks = schedules::LOOKS_MAX.saturating_mul(steps / STEPS_MAX);
            schedules::best(roster, &first, looks).map_or(Ended::Best(first), Ended::Proven)
        }
        proven => proven,
    }
}

/// The same, slot by slot alone.
pub(super) fn by_slot(
    roster: &Roster,
    first: Vec<Option<usize>>,
    most_filled: u64,
    steps: usize,
) -> Ended {
    let best = value(roster, &first);
    let mut search = Search::new(roster, (first, best), most_filled, steps);
    if search.descend(0) == Next::Stop {
        return Ended::Best(search.best.0);
    }
    search.by_lot = true;
    search.seen.clear();
    match search.descend(0) {
        Next::Stop if search.found => Ended::Proven(search.best.0),
        _ => Ended::Best(search.best.0),
    }
}

#[derive(PartialEq, Eq)]
enum Next {
    Go,
    Stop,
}

/// What was reached before a position: slots filled, and gaps in order.
type Reached = (u64, Vec<Gap>);

struct Search<'a> {
    roster: &'a Roster,
    /// For each slot, who suits it, by lot.
    suited: Vec<Vec<usize>>,
    /// For each slot and those after, how many somebody suits.
    fillable: Vec<u64>,
    /// For each slot and those after that somebody suits, their weights, the lightest first.
    weights: Vec<Vec<u64>>,
    unit: u64,
    /// For each period and person, a number for all that is fixed from then on.
    class: Vec<Vec<u64>>,
    /// For each period and person, the most weight that they can take from then on.
    room: Vec<Vec<u64>>,
    most_filled: u64,
    chosen: Vec<Option<usize>>,
    loads: Vec<u64>,
    tracks: Vec<Vec<Track>>,
    gaps: Vec<Gap>,
    best: (Vec<Option<usize>>, Objective),
    seen: BTreeMap<(usize, Vec<u64>), Reached>,
    by_lot: bool,
    found: bool,
    steps: usize,
}

impl<'a> Search<'a> {
    fn new(
        roster: &'a Roster,
        best: (Vec<Option<usize>>, Objective),
        most_filled: u64,
        steps: usize,
    ) -> Self {
        let suits = |slot: &Slot, person: &usize| {
            roster.people.get(*person).is_some_and(|one| one.suits(*slot))
                && slot.weight <= roster.load_cap
        };
        let suited: Vec<Vec<usize>> = (roster.slots.iter().zip(roster.lots()))
            .map(|(slot, lots)| lots.into_iter().filter(|person| suits(slot, person)).collect())
            .collect();
        let mut weights = vec![Vec::new()];
        for (slot, suited) in roster.slots.iter().zip(&suited).rev() {
            let mut next: Vec<u64> = weights.last().cloned().unwrap_or_default();
            if !suited.is_empty() {
                next.push(slot.weight);
            }
            next.sort_unstable();
            weights.push(next);
        }
        weights.reverse();
        let count = |weights: &Vec<u64>| u64::try_from(weights.len()).unwrap_or(u64::MAX);
        let track = |past: &Option<_>| past.map(Track::of).unwrap_or_default();
        Self {
            roster,
            suited,
            fillable: weights.iter().map(count).collect(),
            weights,
            unit: roster.slots.iter().fold(0, |unit: u64, slot| unit.gcd(&slot.weight)).max(1),
            class: classes(roster),
            room: rooms(roster),
            most_filled,
            chosen: Vec::new(),
            loads: roster.people.iter().map(|one| one.past_load).collect(),
            tracks: (roster.people.iter())
                .map(|one| one.standing.iter().map(track).collect())
                .collect(),
            gaps: Vec::new(),
            best,
            seen: BTreeMap::new(),
            by_lot: false,
            found: false,
            steps,
        }
    }

    fn filled(&self) -> u64 {
        u64::try_from(self.gaps.len()).unwrap_or(u64::MAX)
    }

    fn track(&self, person: usize, role: usize) -> Track {
        let track = self.tracks.get(person).and_then(|tracks| tracks.get(role));
        track.copied().unwrap_or_default()
    }

    fn descend(&mut self, at: usize) -> Next {
        let slot = self.roster.slot(at);
        let before = at.checked_sub(1).and_then(|before| self.roster.slot(before));
        let period = |slot: Option<Slot>| slot.map(|slot| slot.period);
        let starts = period(before) != period(slot);
        let people = self.roster.people.len() + 1;
        // Where a period starts, the bound on gaps looks at people for each slot left.
        let looks = if starts { people * (self.roster.slots.len() - at + 1) } else { people };
        let Some(left) = self.steps.checked_sub(looks) else { return Next::Stop };
        self.steps = left;
        let Some(slot) = slot else { return self.leaf() };
        if self.is_hopeless(at, slot) || (starts && self.was_seen(at, slot)) {
            return Next::Go;
        }
        let mut tried: Vec<Vec<u64>> = Vec::new();
        for person in self.candidates(at, slot) {
            let key = self.person_key(person, at, slot);
            if tried.contains(&key) {
                continue;
            }
            tried.push(key);
            let before = self.track(person, slot.role);
            self.gaps.push(before.gap(slot.period));
            self.set(person, slot, before.with(slot.period), true);
            self.chosen.push(Some(person));
            let next = self.descend(at + 1);
            self.chosen.pop();
            self.set(person, slot, before, false);
            self.gaps.pop();
            if next == Next::Stop {
                return next;
            }
        }
        self.chosen.push(None);
        let next = self.descend(at + 1);
        self.chosen.pop();
        next
    }

    fn set(&mut self, person: usize, slot: Slot, track: Track, holds: bool) {
        if let Some(entry) = self.tracks.get_mut(person).and_then(|list| list.get_mut(slot.role)) {
            *entry = track;
        }
        if let Some(load) = self.loads.get_mut(person) {
            *load = if holds { *load + slot.weight } else { load.saturating_sub(slot.weight) };
        }
    }

    fn leaf(&mut self) -> Next {
        let value = value(self.roster, &self.chosen);
        let order = value.compare_without_lots(&self.best.1);
        if self.by_lot {
            if order == Ordering::Less {
                return Next::Go;
            }
            self.best = (self.chosen.clone(), value);
            self.found = true;
            return Next::Stop;
        }
        if order == Ordering::Greater {
            self.best = (self.chosen.clone(), value);
        }
        Next::Go
    }

    /// Slots of this period decided so far that the person holds.
    fn holds(&self, person: usize, at: usize, slot: Slot) -> impl Iterator<Item = Slot> {
        let decided = self.roster.slots.iter().take(at).rev();
        let chosen = self.chosen.iter().take(at).rev();
        (decided.take_while(move |other| other.period == slot.period).zip(chosen))
            .filter(move |(_, chosen)| **chosen == Some(person))
            .map(|(other, _)| *other)
    }

    fn candidates(&self, at: usize, slot: Slot) -> Vec<usize> {
        let Some(limits) = self.roster.roles.get(slot.role) else { return Vec::new() };
        let fits = |person: &usize| {
            let held: Vec<Slot> = self.holds(*person, at, slot).collect();
            self.track(*person, slot.role).allows(limits, slot.period)
                && held.iter().all(|other| !self.roster.are_apart(other.role, slot.role))
                && held.iter().map(|other| other.weight).sum::<u64>() + slot.weight
                    <= self.roster.load_cap
        };
        let suited = self.suited.get(at).into_iter().flatten().copied();
        let mut found: Vec<usize> = suited.filter(fits).collect();
        if !self.by_lot {
            // What is likely to be best first, so that bounds bite early.
            found.sort_by_key(|person| {
                let load = self.loads.get(*person).copied().unwrap_or(0) + slot.weight;
                let periods = self.roster.people.get(*person).map_or(1, |one| one.periods);
                let gap = self.track(*person, slot.role).gap(slot.period);
                (LoadRatio::new(load, periods), std::cmp::Reverse(gap))
            });
        }
        found
    }

    /// All that matters of a person from a slot on.
    fn person_key(&self, person: usize, at: usize, slot: Slot) -> Vec<u64> {
        let of = |table: &Vec<Vec<u64>>| {
            table.get(slot.period).and_then(|row| row.get(person)).copied().unwrap_or(0)
        };
        let mut key = vec![of(&self.class), self.loads.get(person).copied().unwrap_or(0)];
        let left = u64::try_from(self.roster.periods - slot.period).unwrap_or(0);
        for (role, limits) in self.roster.roles.iter().enumerate() {
            let track = self.track(person, role);
            let since = track.since(slot.period);
            let counts = since.is_some_and(|since| since <= 1) || track.cools(limits, slot.period);
            let run = if counts { track.run.min(u64::from(limits.max_consecutive)) } else { 0 };
            let more = limits.max_held.saturating_sub(track.held).min(left);
            key.extend([since.map_or(0, |since| since + 1), run, more]);
        }
        for other in self.holds(person, at, slot) {
            key.extend([u64::try_from(other.role).unwrap_or(0), other.weight]);
        }
        key
    }

    /// Whether the position was reached before with no less; remembers it if not.
    fn was_seen(&mut self, at: usize, slot: Slot) -> bool {
        let people = 0..self.roster.people.len();
        let mut keys: Vec<Vec<u64>> = people.map(|p| self.person_key(p, at, slot)).collect();
        keys.sort_unstable();
        let mut gaps = self.gaps.clone();
        gaps.sort_unstable();
        let reached = (self.filled(), gaps);
        let room = self.seen.len() < SEEN_MAX;
        let key = (at, keys.concat());
        match self.seen.get_mut(&key) {
            Some(known) if *known >= reached => return true,
            Some(known) => *known = reached,
            None if room => {
                self.seen.insert(key, reached);
            }
            None => {}
        }
        false
    }

    /// Whether nothing after this can matter.
    fn is_hopeless(&self, at: usize, slot: Slot) -> bool {
        let best = &self.best.1;
        let left = self.fillable.get(at).copied().unwrap_or(0);
        let most = (self.filled() + left).min(self.most_filled);
        match most.cmp(&best.filled) {
            Ordering::Less => return true,
            Ordering::Greater => return false,
            Ordering::Equal => {}
        }
        let need = best.filled.saturating_sub(self.filled());
        let take = usize::try_from(need).unwrap_or(usize::MAX);
        let weight: u64 = self.weights.get(at).into_iter().flatten().take(take).sum();
        let room = self.room.get(slot.period);
        let pots: Vec<Pot> = (self.roster.people.iter().zip(&self.loads).enumerate())
            .map(|(person, (one, load))| Pot {
                load: *load,
                periods: one.periods,
                room: room.and_then(|room| room.get(person)).copied().unwrap_or(0),
            })
            .collect();
        let mut loads = pour(&pots, weight / self.unit, self.unit);
        loads.sort_unstable_by(|a, b| b.cmp(a));
        match best.loads.cmp(&loads) {
            Ordering::Less => return true,
            Ordering::Greater => return false,
            Ordering::Equal => {}
        }
        let too_short = |order| match order {
            Ordering::Less => true,
            Ordering::Equal => !self.by_lot,
            Ordering::Greater => false,
        };
        if too_short(self.longest_gaps(at, take, need == left).cmp(&best.gaps)) {
            return true;
        }
        // The sharper bound costs more: once a period is enough.
        let before = at.checked_sub(1).and_then(|before| self.roster.slot(before));
        if before.is_some_and(|before| before.period == slot.period) {
            return false;
        }
        let slots = self.roster.slots.iter().zip(&self.suited).skip(at);
        let suited = slots.filter(|(_, suited)| !suited.is_empty());
        let position = Position {
            roster: self.roster,
            left: suited.map(|(slot, suited)| (*slot, suited.as_slice())).collect(),
            need: take,
            loads: &self.loads,
            tracks: &self.tracks,
            gaps: &self.gaps,
        };
        too_short(position.compare(&best.gaps, best.loads.first()))
    }

    /// Gaps that no plan exceeds from here: for each slot left the longest of anybody who suits
    /// it, as if they never held the role in between. If all slots left are filled, a role with
    /// fewer people than slots has somebody hold it again, after less than all the periods left.
    fn longest_gaps(&self, at: usize, take: usize, all: bool) -> Vec<Gap> {
        let mut by_role: BTreeMap<usize, Vec<(usize, Gap)>> = BTreeMap::new();
        for (slot, suited) in self.roster.slots.iter().zip(&self.suited).skip(at) {
            let gap = |person: &usize| self.track(*person, slot.role).gap(slot.period);
            if let Some(longest) = suited.iter().map(gap).max() {
                by_role.entry(slot.role).or_default().push((slot.period, longest));
            }
        }
        let mut left: Vec<Gap> = Vec::new();
        for (role, slots) in by_role {
            let eligible = |one: &&super::roster::Holder| one.standing(role).is_some();
            let people = self.roster.people.iter().filter(eligible).count();
            let first = slots.first().map_or(0, |(period, _)| *period);
            let last = slots.last().map_or(0, |(period, _)| *period);
            let again = Gap::After(u64::try_from(last - first).unwrap_or(u64::MAX));
            let repeats = if all { slots.len().saturating_sub(people) } else { 0 };
            let mut gaps: Vec<Gap> = slots.into_iter().map(|(_, gap)| gap).collect();
            gaps.sort_unstable();
            gaps.iter_mut().take(repeats).for_each(|gap| *gap = (*gap).min(again));
            left.extend(gaps);
        }
        left.sort_unstable_by(|a, b| b.cmp(a));
        left.truncate(take);
        left.extend(&self.gaps);
        left.sort_unstable();
        left
    }
}

/// For each period and person, a number for the same availability from then on, the same number
/// of periods and the same roles.
fn classes(roster: &Roster) -> Vec<Vec<u64>> {
    let mut numbers: BTreeMap<Vec<u64>, u64> = BTreeMap::new();
    let mut number = |key: Vec<u64>| {
        let next = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
        *numbers.entry(key).or_insert(next)
    };
    let mut class: Vec<u64> = Vec::new();
    for one in &roster.people {
        let roles = one.standing.iter().map(|past| u64::from(past.is_some()));
        class.push(number([one.periods].into_iter().chain(roles).collect()));
    }
    let mut table = Vec::new();
    for period in (0..roster.periods).rev() {
        let of = |(one, class): (&super::roster::Holder, &u64)| {
            let open = u64::from(one.is_available(period));
            number(vec![u64::MAX, u64::try_from(period).unwrap_or(0), open, *class])
        };
        class = roster.people.iter().zip(&class).map(of).collect();
        table.push(class.clone());
    }
    table.reverse();
    table
}

/// For each period and person, the most weight that they can take from then on.
fn rooms(roster: &Roster) -> Vec<Vec<u64>> {
    let mut room = vec![0; roster.people.len()];
    let mut table = Vec::new();
    for period in (0..roster.periods).rev() {
        let slots: Vec<Slot> =
            roster.slots.iter().filter(|slot| slot.period == period).copied().collect();
        for (one, room) in roster.people.iter().zip(&mut room) {
            let suited = slots.iter().filter(|slot| one.suits(**slot));
            *room += suited.map(|slot| slot.weight).sum::<u64>().min(roster.load_cap);
        }
        table.push(room.clone());
    }
    table.reverse();
    table
}
