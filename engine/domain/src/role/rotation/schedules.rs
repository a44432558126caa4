//! The best plan by going from person to person: all that one of them could hold, put together.
//!
//! Every constraint is about one person, and every part of the objective is a sum over people, if
//! it is written as digits: vacancies; for each load, the highest first, how many have it; for each
//! gap, the shortest first, how many there are; for each slot, whose turn it is by lot. So of all
//! ways in which the first people can hold the same slots, only the best one matters.

use super::bound::bound;
use super::local::value;
use super::plan::{Gap, LoadRatio};
use super::roster::{Roster, Slot};
use super::track::Track;
use std::collections::{BTreeMap, BTreeSet};

/// Most combinations looked at.
pub(super) const LOOKS_MAX: usize = 200_000_000;
/// Most ways in which slots can be counted by group.
const KEYS_MAX: usize = 2_000;
/// Sets of slots remembered at once in the narrow searches before.
const WIDTHS: [usize; 3] = [200, 2_000, 10_000];
/// Most sets of slots remembered at once.
const SETS_MAX: usize = 700_000;
/// Most schedules of all people together.
const SCHEDULES_MAX: usize = 100_000;
/// Most slots and people, so that digits are small.
const SLOTS_MAX: usize = 30;
const PEOPLE_MAX: usize = 14;
/// Binary digits of a digit, and how many of these fit.
const DIGIT_BITS: usize = 5;
const DIGITS_PER_PART: usize = 25;
const PARTS: usize = 6;

/// A sum of costs; the digits of the first part weigh most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cost([u128; PARTS]);

impl Cost {
    const NONE: Self = Self([0; PARTS]);

    fn add(&mut self, digit: usize, by: usize) {
        let place = DIGITS_PER_PART - 1 - digit % DIGITS_PER_PART;
        if let (Some(part), Ok(by)) = (self.0.get_mut(digit / DIGITS_PER_PART), u128::try_from(by))
        {
            *part += by << (place * DIGIT_BITS);
        }
    }

    fn digit(&self, digit: usize) -> usize {
        let place = DIGITS_PER_PART - 1 - digit % DIGITS_PER_PART;
        let part = self.0.get(digit / DIGITS_PER_PART).copied().unwrap_or(0);
        usize::try_from((part >> (place * DIGIT_BITS)) & 31).unwrap_or(0)
    }

    fn plus(&self, other: &Self) -> Self {
        let mut sum = *self;
        for (part, more) in sum.0.iter_mut().zip(other.0) {
            *part += more;
        }
        sum
    }
}

/// What one person, or nobody, could hold.
#[derive(Clone)]
struct Schedule {
    slots: u32,
    load: Option<LoadRatio>,
    gaps: Vec<Gap>,
}

/// The best plan, if it is found within so many looks; from a plan that is not better.
pub(super) fn best(
    roster: &Roster,
    known: &[Option<usize>],
    looks: usize,
) -> Option<Vec<Option<usize>>> {
    if roster.slots.len() > SLOTS_MAX || roster.people.len() > PEOPLE_MAX {
        return None;
    }
    let most = bound(roster).filled;
    let mut known = known.to_vec();
    loop {
        let mut table = Table::of(roster, &known, most)?;
        // Narrow searches first: the better the known plan, the more is excluded.
        for width in WIDTHS {
            let found = table.run(Some(width), looks).unwrap_or(table.known);
            table.known = table.known.min(found);
        }
        let better = table.plan(&table.known);
        if value(roster, &better).filled > value(roster, &known).filled {
            known = better;
            continue;
        }
        // Whether those with few schedules come first or last makes much of a difference.
        let best = table.run(None, looks / 2).or_else(|| {
            table.rows.reverse();
            table.after = suffixes(&table.rows, &table.groups, table.first_lot);
            table.run(None, looks)
        });
        return best.map(|best| table.plan(&best));
    }
}

/// All schedules of everybody, if they are not too many.
fn schedules(
    roster: &Roster,
    known: &[Option<usize>],
    most_filled: u64,
) -> Option<Vec<Vec<Schedule>>> {
    let worth = value(roster, known);
    // Only if no plan fills more is a load above the highest known one worse in any case.
    let highest = (worth.filled >= most_filled).then(|| worth.loads.first().copied()).flatten();
    let mut each = Vec::new();
    for person in 0..roster.people.len() {
        let mut found = Schedules { roster, person, highest, list: Vec::new() };
        found.extend(0, &mut Vec::new(), &mut tracks(roster, person))?;
        each.push(found.list);
        if each.iter().map(Vec::len).sum::<usize>() > SCHEDULES_MAX {
            return None;
        }
    }
    Some(each)
}

fn tracks(roster: &Roster, person: usize) -> Vec<Track> {
    let standing = roster.people.get(person).map(|one| one.standing.as_slice());
    let track = |past: &Option<_>| past.map(Track::of).unwrap_or_default();
    standing.unwrap_or_default().iter().map(track).collect()
}

struct Schedules<'a> {
    roster: &'a Roster,
    person: usize,
    highest: Option<LoadRatio>,
    list: Vec<Schedule>,
}

impl Schedules<'_> {
    fn load(&self, held: &[(usize, Slot, Gap)]) -> Option<LoadRatio> {
        let one = self.roster.people.get(self.person)?;
        let new: u64 = held.iter().map(|(_, slot, _)| slot.weight).sum();
        LoadRatio::new(one.past_load + new, one.periods)
    }

    /// All ways to go on from a slot; nothing if there are too many.
    fn extend(
        &mut self,
        at: usize,
        held: &mut Vec<(usize, Slot, Gap)>,
        tracks: &mut [Track],
    ) -> Option<()> {
        let load = self.load(held);
        if self.highest.is_some_and(|highest| !held.is_empty() && load > Some(highest)) {
            return Some(());
        }
        let Some(slot) = self.roster.slot(at) else {
            let slots = held.iter().fold(0, |set, (index, ..)| set | 1 << index);
            let gaps = held.iter().map(|(_, _, gap)| *gap).collect();
            self.list.push(Schedule { slots, load, gaps });
            return (self.list.len() <= SCHEDULES_MAX).then_some(());
        };
        self.extend(at + 1, held, tracks)?;
        let track = tracks.get(slot.role).copied().unwrap_or_default();
        if self.fits(slot, track, held) {
            held.push((at, slot, track.gap(slot.period)));
            set(tracks, slot.role, track.with(slot.period));
            self.extend(at + 1, held, tracks)?;
            set(tracks, slot.role, track);
            held.pop();
        }
        Some(())
    }

    fn fits(&self, slot: Slot, track: Track, held: &[(usize, Slot, Gap)]) -> bool {
        let suits = self.roster.people.get(self.person).is_some_and(|one| one.suits(slot));
        let now = || held.iter().map(|(_, s, _)| s).filter(|other| other.period == slot.period);
        suits
            && self.roster.roles.get(slot.role).is_some_and(|l| track.allows(l, slot.period))
            && now().all(|other| !self.roster.are_apart(other.role, slot.role))
            && now().map(|other| other.weight).sum::<u64>() + slot.weight <= self.roster.load_cap
    }
}

fn set(tracks: &mut [Track], role: usize, track: Track) {
    if let Some(entry) = tracks.get_mut(role) {
        *entry = track;
    }
}

/// Schedules with their costs, person by person, and nobody last.
struct Table {
    rows: Vec<Vec<(u32, Cost)>>,
    groups: Groups,
    /// For each person and those after: the slots that they could hold, and for each number of
    /// slots of each group the least that these cost, whichever they are.
    after: Vec<(u32, Vec<Option<Cost>>)>,
    known: Cost,
    slots: usize,
    first_lot: usize,
    /// Of each slot, who has each place by lot.
    lots: Vec<Vec<usize>>,
}

impl Table {
    fn of(roster: &Roster, known: &[Option<usize>], most_filled: u64) -> Option<Self> {
        let each = schedules(roster, known, most_filled)?;
        let all = || each.iter().flatten();
        let loads: BTreeSet<LoadRatio> = all().filter_map(|one| one.load).collect();
        let load_at: BTreeMap<LoadRatio, usize> = loads.into_iter().rev().zip(1..).collect();
        let gaps: BTreeSet<Gap> = all().flat_map(|one| one.gaps.iter().copied()).collect();
        let gaps = gaps.into_iter().filter(|gap| *gap != Gap::Never);
        let gap_at: BTreeMap<Gap, usize> = gaps.zip(1 + load_at.len()..).collect();
        let (slots, lots) = (roster.slots.len(), roster.lots());
        let first_lot = 1 + load_at.len() + gap_at.len();
        if first_lot + slots > PARTS * DIGITS_PER_PART {
            return None;
        }
        let mut places = vec![vec![0; slots]; each.len()];
        for (slot, order) in lots.iter().enumerate() {
            for (place, person) in order.iter().enumerate() {
                *places.get_mut(*person)?.get_mut(slot)? = place;
            }
        }
        let mut rows = Vec::new();
        for (list, places) in each.iter().zip(&places) {
            let cost = |one: &Schedule| {
                let mut cost = lot_cost(one.slots, places, first_lot);
                one.load.and_then(|l| load_at.get(&l)).into_iter().for_each(|at| cost.add(*at, 1));
                one.gaps.iter().filter_map(|g| gap_at.get(g)).for_each(|at| cost.add(*at, 1));
                (one.slots, cost)
            };
            rows.push(list.iter().map(cost).collect::<Vec<_>>());
        }
        let mut cost = Cost::NONE;
        for (person, row) in rows.iter().enumerate() {
            let held = known.iter().enumerate().filter(|(_, chosen)| **chosen == Some(person));
            let held: u32 = held.fold(0, |set, (slot, _)| set | 1 << slot);
            cost = cost.plus(&row.iter().find(|(slots, _)| *slots == held)?.1);
        }
        let open = known.iter().enumerate().filter(|(_, chosen)| chosen.is_none());
        let open: u32 = open.fold(0, |set, (slot, _)| set | 1 << slot);
        let known = cost.plus(&vacant_cost(open, each.len(), first_lot));
        rows.sort_by_key(Vec::len);
        let groups = Groups::of(roster);
        let after = suffixes(&rows, &groups, first_lot);
        Some(Self { rows, groups, after, known, slots, first_lot, lots })
    }

    /// The least cost, if the looks are enough; of a narrow search only the least that it finds.
    fn run(&self, width: Option<usize>, looks: usize) -> Option<Cost> {
        let mut left = looks;
        let mut sets: BTreeMap<u32, Cost> = BTreeMap::from([(0, Cost::NONE)]);
        for (row, after) in self.rows.iter().zip(self.after.iter().skip(1)) {
            let mut next: BTreeMap<u32, Cost> = BTreeMap::new();
            left = left.checked_sub(sets.len().saturating_mul(row.len()))?;
            for (held, so_far) in &sets {
                for (slots, cost) in row.iter().filter(|(slots, _)| slots & held == 0) {
                    let (now, cost) = (held | slots, so_far.plus(cost));
                    if self.least(now, &cost, after).is_some_and(|least| least <= self.known) {
                        let entry = next.entry(now).or_insert(cost);
                        *entry = (*entry).min(cost);
                    }
                }
                if width.is_none() && next.len() > SETS_MAX {
                    return None;
                }
            }
            sets = match width.filter(|width| next.len() > *width) {
                None => next,
                Some(width) => {
                    let least = |(held, cost): (u32, Cost)| {
                        (self.least(held, &cost, after).unwrap_or(self.known), held, cost)
                    };
                    let mut order: Vec<(Cost, u32, Cost)> = next.into_iter().map(least).collect();
                    order.sort_unstable();
                    order.into_iter().take(width).map(|(_, held, cost)| (held, cost)).collect()
                }
            };
        }
        let done = sets.iter().map(|(held, cost)| {
            cost.plus(&vacant_cost(self.all() & !held, self.rows.len(), self.first_lot))
        });
        done.min()
    }

    fn all(&self) -> u32 {
        (1_u32 << self.slots) - 1
    }

    /// The least that a plan can cost in which the people so far hold these slots.
    fn least(&self, held: u32, cost: &Cost, after: &(u32, Vec<Option<Cost>>)) -> Option<Cost> {
        let (able, least) = after;
        let open = self.all() & !held;
        let rest = least.get(self.groups.key(open & able)).copied().flatten()?;
        // The slots that nobody after could hold stay vacant.
        Some(match open & !able {
            0 => cost.plus(&rest),
            lost => cost.plus(&rest).plus(&vacant_cost(lost, self.rows.len(), self.first_lot)),
        })
    }

    /// Who holds each slot, by the lots in a cost.
    fn plan(&self, cost: &Cost) -> Vec<Option<usize>> {
        let holder = |slot: usize| {
            let place = cost.digit(self.first_lot + slot);
            self.lots.get(slot).and_then(|order| order.get(place)).copied()
        };
        (0..self.slots).map(holder).collect()
    }
}

fn lot_cost(slots: u32, places: &[usize], first_lot: usize) -> Cost {
    let mut cost = Cost::NONE;
    for (slot, place) in places.iter().enumerate().filter(|(slot, _)| slots >> slot & 1 == 1) {
        cost.add(first_lot + slot, *place);
    }
    cost
}

fn vacant_cost(slots: u32, place: usize, first_lot: usize) -> Cost {
    let mut cost = Cost::NONE;
    for slot in (0..SLOTS_MAX).filter(|slot| slots >> slot & 1 == 1) {
        cost.add(0, 1);
        cost.add(first_lot + slot, place);
    }
    cost
}

/// Slots in groups, of which only the number in each matters.
struct Groups {
    /// The slots of each group, and what one of them adds to the key.
    sets: Vec<(u32, usize)>,
    /// Numbers by key.
    numbers: Vec<Vec<u32>>,
}

impl Groups {
    /// By seat, or if that makes too many keys, all together.
    fn of(roster: &Roster) -> Self {
        let mut by_seat: BTreeMap<usize, u32> = BTreeMap::new();
        for (index, slot) in roster.slots.iter().enumerate() {
            *by_seat.entry(slot.seat).or_default() |= 1 << index;
        }
        let size = |set: &u32| usize::try_from(set.count_ones()).unwrap_or(0) + 1;
        let all = by_seat.values().fold(0, |all, set| all | set);
        let keys = by_seat.values().try_fold(1_usize, |keys, set| keys.checked_mul(size(set)));
        let sets: Vec<u32> = match keys {
            Some(keys) if keys <= KEYS_MAX => by_seat.into_values().collect(),
            _ => vec![all],
        };
        let (mut keys, mut placed) = (1, Vec::new());
        for set in sets {
            placed.push((set, keys));
            keys *= size(&set);
        }
        let number = |key: usize, (set, place): &(u32, usize)| {
            u32::try_from(key / place % size(set)).unwrap_or(0)
        };
        let numbers =
            (0..keys).map(|key| placed.iter().map(|group| number(key, group)).collect()).collect();
        Self { sets: placed, numbers }
    }

    fn key(&self, slots: u32) -> usize {
        let one = |(set, place): &(u32, usize)| {
            usize::try_from((slots & set).count_ones()).unwrap_or(0) * place
        };
        self.sets.iter().map(one).sum()
    }

    /// The key of what is left, if there is as much of every group.
    fn less(&self, key: usize, taken: usize) -> Option<usize> {
        let (all, part) = (self.numbers.get(key)?, self.numbers.get(taken)?);
        all.iter().zip(part).all(|(all, part)| part <= all).then(|| key - taken)
    }
}

/// For each person and those after, without regard to who holds which slot: the slots, and for
/// each key the least cost of holding so many of them or leaving them vacant, lots not counted.
fn suffixes(
    rows: &[Vec<(u32, Cost)>],
    groups: &Groups,
    first_lot: usize,
) -> Vec<(u32, Vec<Option<Cost>>)> {
    let vacant = |numbers: &Vec<u32>| {
        let mut cost = Cost::NONE;
        cost.add(0, usize::try_from(numbers.iter().sum::<u32>()).unwrap_or(0));
        Some(cost)
    };
    let mut after = vec![(0_u32, groups.numbers.iter().map(vacant).collect::<Vec<_>>())];
    for row in rows.iter().rev() {
        let mut own: BTreeMap<usize, Cost> = BTreeMap::new();
        let mut able = after.last().map_or(0, |(able, _)| *able);
        for (set, cost) in row {
            able |= set;
            let cost = without_lots(cost, first_lot);
            let entry = own.entry(groups.key(*set)).or_insert(cost);
            *entry = (*entry).min(cost);
        }
        let least = (0..groups.numbers.len()).map(|key| {
            let later = after.last().map(|(_, least)| least);
            let ways = own.iter().filter_map(|(taken, cost)| {
                let rest = later?.get(groups.less(key, *taken)?).copied().flatten()?;
                Some(cost.plus(&rest))
            });
            ways.min()
        });
        let least = least.collect();
        after.push((able, least));
    }
    after.reverse();
    after
}

fn without_lots(cost: &Cost, first_lot: usize) -> Cost {
    let mut kept = Cost::NONE;
    (0..first_lot).for_each(|digit| kept.add(digit, cost.digit(digit)));
    kept
}
