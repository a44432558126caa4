//! A first plan, and better ones by small changes, as long as there are any.

use super::plan::{Gap, LoadRatio, Objective};
use super::roster::{Roster, Slot};
use super::track::Track;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;

/// Most slots looked at, over all changes tried.
const STEPS_MAX: usize = 4_000_000;

/// What a choice for each slot is worth, without lots.
pub(super) fn value(roster: &Roster, chosen: &[Option<usize>]) -> Objective {
    let local = Local::new(roster, chosen.to_vec());
    let everybody: BTreeSet<usize> = (0..roster.people.len()).collect();
    let Worth { filled, loads, gaps } = local.worth(&everybody);
    let filled = u64::try_from(filled).unwrap_or(u64::MAX);
    Objective { filled, loads, gaps, lots: Vec::new() }
}

/// A plan that no small change makes better, or as good as the steps allow.
pub(super) fn improve(roster: &Roster, chosen: Option<Vec<Option<usize>>>) -> Vec<Option<usize>> {
    let first = chosen.is_none();
    let empty = || vec![None; roster.slots.len()];
    let mut local = Local::new(roster, chosen.unwrap_or_else(empty));
    if first {
        local.construct();
    }
    while local.steps > 0 && local.sweep() {}
    // Whatever the steps, no seat stays vacant that somebody could simply take.
    local.steps = usize::MAX;
    for slot in 0..roster.slots.len() {
        if local.chosen.get(slot).copied().flatten().is_none() {
            let people = local.suited(slot);
            let _ = people.iter().any(|person| local.attempt(&[(slot, Some(*person))]));
        }
    }
    local.chosen
}

/// Part of the objective, for some people.
#[derive(PartialEq, Eq)]
struct Worth {
    filled: usize,
    loads: Vec<LoadRatio>,
    gaps: Vec<Gap>,
}

impl Worth {
    fn compare(&self, other: &Self) -> Ordering {
        (self.filled.cmp(&other.filled))
            .then_with(|| other.loads.cmp(&self.loads))
            .then_with(|| self.gaps.cmp(&other.gaps))
    }
}

struct Local<'a> {
    roster: &'a Roster,
    chosen: Vec<Option<usize>>,
    /// The slots of each person.
    held: Vec<BTreeSet<usize>>,
    /// For each slot, the place of each person by lot.
    rank: Vec<Vec<usize>>,
    steps: usize,
}

/// What somebody is given, by slot.
type Change = (usize, Option<usize>);

impl<'a> Local<'a> {
    fn new(roster: &'a Roster, chosen: Vec<Option<usize>>) -> Self {
        let mut held = vec![BTreeSet::new(); roster.people.len()];
        for (slot, person) in chosen.iter().enumerate() {
            if let Some(held) = person.and_then(|person| held.get_mut(person)) {
                held.insert(slot);
            }
        }
        Self { roster, chosen, held, rank: Vec::new(), steps: STEPS_MAX }
    }

    fn rank(&mut self) {
        let place = |lots: Vec<usize>| {
            let mut places: Vec<(usize, usize)> = lots.into_iter().zip(0..).collect();
            places.sort_unstable();
            places.into_iter().map(|(_, place)| place).collect()
        };
        self.rank = self.roster.lots().into_iter().map(place).collect();
    }

    fn lot(&self, slot: usize, person: Option<usize>) -> usize {
        let ranks = self.rank.get(slot);
        let rank = person.and_then(|person| ranks.and_then(|ranks| ranks.get(person)));
        rank.copied().unwrap_or(usize::MAX)
    }

    fn slots(&self, person: usize) -> impl Iterator<Item = Slot> {
        let held = self.held.get(person).into_iter().flatten();
        held.filter_map(|slot| self.roster.slot(*slot))
    }

    fn ratio(&self, person: usize, more: u64) -> Option<LoadRatio> {
        let one = self.roster.people.get(person)?;
        let new: u64 = self.slots(person).map(|slot| slot.weight).sum();
        LoadRatio::new(one.past_load + new + more, one.periods)
    }

    fn start(&self, person: usize, role: usize) -> Track {
        let one = self.roster.people.get(person);
        one.and_then(|one| one.standing(role)).map(Track::of).unwrap_or_default()
    }

    fn worth(&self, people: &BTreeSet<usize>) -> Worth {
        let mut loads: Vec<LoadRatio> = people.iter().filter_map(|p| self.ratio(*p, 0)).collect();
        loads.sort_unstable_by(|a, b| b.cmp(a));
        let mut gaps = Vec::new();
        for person in people {
            for role in 0..self.roster.roles.len() {
                let mut track = self.start(*person, role);
                for slot in self.slots(*person).filter(|slot| slot.role == role) {
                    gaps.push(track.gap(slot.period));
                    track = track.with(slot.period);
                }
            }
        }
        gaps.sort_unstable();
        Worth { filled: gaps.len(), loads, gaps }
    }

    /// Whether a person can hold all that they hold.
    fn is_valid(&self, person: usize) -> bool {
        let Some(one) = self.roster.people.get(person) else { return false };
        let slots: Vec<Slot> = self.slots(person).collect();
        let alone = |(at, slot): (usize, &Slot)| {
            // Slots are in order, so that those of a period stand together.
            let before = slots.iter().take(at).rev();
            let before = before.take_while(|other| other.period == slot.period);
            let weight: u64 = before.clone().map(|other| other.weight).sum();
            let mut roles = before.map(|other| other.role);
            one.suits(*slot)
                && weight + slot.weight <= self.roster.load_cap
                && !roles.any(|role| self.roster.are_apart(role, slot.role))
        };
        if !slots.iter().enumerate().all(alone) {
            return false;
        }
        self.roster.roles.iter().enumerate().all(|(role, limits)| {
            let mut track = self.start(person, role);
            slots.iter().filter(|slot| slot.role == role).all(|slot| {
                let allowed = track.allows(limits, slot.period);
                track = track.with(slot.period);
                allowed
            })
        })
    }

    fn put(&mut self, (slot, person): Change) -> Option<usize> {
        let entry = self.chosen.get_mut(slot)?;
        let before = std::mem::replace(entry, person);
        if let Some(held) = before.and_then(|before| self.held.get_mut(before)) {
            held.remove(&slot);
        }
        if let Some(held) = person.and_then(|person| self.held.get_mut(person)) {
            held.insert(slot);
        }
        before
    }

    /// Makes changes if that is allowed and better.
    fn attempt(&mut self, changes: &[Change]) -> bool {
        let given = changes.iter().filter_map(|(_, person)| *person);
        let taken =
            changes.iter().filter_map(|(slot, _)| self.chosen.get(*slot).copied().flatten());
        let touched: BTreeSet<usize> = given.chain(taken).collect();
        let held = |person: &usize| self.held.get(*person).map_or(0, BTreeSet::len);
        let looks = 1 + touched.iter().map(held).sum::<usize>();
        self.steps = self.steps.saturating_sub(looks);
        if self.steps == 0 {
            return false;
        }
        let before = self.worth(&touched);
        let old: Vec<Change> = changes.iter().map(|change| (change.0, self.put(*change))).collect();
        if touched.iter().all(|person| self.is_valid(*person)) {
            let first = changes.iter().zip(&old).min_by_key(|(change, _)| change.0);
            let earlier =
                first.is_some_and(|(new, old)| self.lot(new.0, new.1) < self.lot(old.0, old.1));
            match self.worth(&touched).compare(&before) {
                Ordering::Greater => return true,
                Ordering::Equal if earlier => return true,
                _ => {}
            }
        }
        for change in old.into_iter().rev() {
            self.put(change);
        }
        false
    }

    fn suits(&self, slot: usize, person: usize) -> bool {
        let (slot, one) = (self.roster.slot(slot), self.roster.people.get(person));
        slot.zip(one).is_some_and(|(slot, one)| one.suits(slot))
    }

    fn suited(&self, slot: usize) -> Vec<usize> {
        (0..self.roster.people.len()).filter(|person| self.suits(slot, *person)).collect()
    }

    /// Period by period, the slots that fewest suit first, each to whom it leaves with the lowest
    /// load, then whose last time is longest ago.
    fn construct(&mut self) {
        self.rank();
        let mut order: Vec<(usize, usize, usize)> = Vec::new();
        for (index, slot) in self.roster.slots.iter().enumerate() {
            order.push((slot.period, self.suited(index).len(), index));
        }
        order.sort_unstable();
        for (_, _, index) in order {
            let Some(slot) = self.roster.slot(index) else { continue };
            let mut people = self.suited(index);
            people.sort_by_key(|person| {
                let same = self.slots(*person).filter(|other| other.role == slot.role);
                let track = same.fold(self.start(*person, slot.role), |t, s| t.with(s.period));
                let load = self.ratio(*person, slot.weight);
                (load, Reverse(track.gap(slot.period)), self.lot(index, Some(*person)))
            });
            for person in people {
                self.put((index, Some(person)));
                if self.is_valid(person) {
                    break;
                }
                self.put((index, None));
            }
        }
    }

    /// Tries every small change once; whether any was made.
    fn sweep(&mut self) -> bool {
        if self.rank.is_empty() {
            self.rank();
        }
        let mut any = false;
        for slot in 0..self.roster.slots.len() {
            if self.chosen.get(slot).copied().flatten().is_none() {
                any |= self.fill(slot);
            }
        }
        for slot in 0..self.roster.slots.len() {
            any |= self.pass_on(slot);
        }
        for slot in 0..self.roster.slots.len() {
            for other in slot + 1..self.roster.slots.len() {
                any |= self.swap(slot, other);
            }
        }
        any
    }

    /// Fills a slot, by moving somebody from another one if need be.
    fn fill(&mut self, slot: usize) -> bool {
        let people = self.suited(slot);
        if people.iter().any(|person| self.attempt(&[(slot, Some(*person))])) {
            return true;
        }
        for person in people {
            let held: Vec<usize> = self.held.get(person).into_iter().flatten().copied().collect();
            for from in held {
                let others = self.suited(from).into_iter().filter(|other| *other != person);
                for other in others.collect::<Vec<_>>() {
                    if self.attempt(&[(slot, Some(person)), (from, Some(other))]) {
                        return true;
                    }
                }
                // As many are filled, but perhaps with less load, or an earlier slot.
                if self.attempt(&[(slot, Some(person)), (from, None)]) {
                    return true;
                }
            }
        }
        false
    }

    fn pass_on(&mut self, slot: usize) -> bool {
        let mut any = false;
        let Some(weight) = self.roster.slot(slot).map(|slot| slot.weight) else { return false };
        for other in self.suited(slot) {
            let Some(holder) = self.chosen.get(slot).copied().flatten() else { continue };
            // The loads can not get better if the other would have more than the holder has.
            if other != holder && self.ratio(other, weight) <= self.ratio(holder, 0) {
                any |= self.attempt(&[(slot, Some(other))]);
            }
        }
        any
    }

    fn swap(&mut self, one: usize, other: usize) -> bool {
        let holder = |slot: usize| self.chosen.get(slot).copied().flatten();
        let Some((a, b)) = holder(one).zip(holder(other)) else { return false };
        let possible = a != b && self.suits(one, b) && self.suits(other, a);
        possible && self.attempt(&[(one, Some(b)), (other, Some(a))])
    }
}
