//! A plan seen person by person: what checks it and what says why seats are vacant. Shares the
//! roster with the solver and nothing else.

use super::plan::{Assigned, Gap, Load, Obstacle, Place, Plan, Reason, Vacant};
use super::roster::{Holder, Roster, Slot};
use std::collections::{BTreeMap, BTreeSet};

/// What each person holds.
pub(super) struct View<'a> {
    roster: &'a Roster,
    held: Vec<Vec<Slot>>,
}

/// Consecutive periods of a role: the first and the last, from 1, before the plan at most 0.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) first: i128,
    pub(super) last: i128,
}

impl Run {
    pub(super) const fn length(self) -> i128 {
        self.last - self.first + 1
    }
}

impl<'a> View<'a> {
    pub(super) fn new(roster: &'a Roster) -> Self {
        Self { roster, held: vec![Vec::new(); roster.people.len()] }
    }

    pub(super) fn give(&mut self, person: usize, slot: Slot) {
        if let Some(held) = self.held.get_mut(person) {
            held.push(slot);
        }
    }

    fn person(&self, person: usize) -> Option<(&Holder, &[Slot])> {
        Some((self.roster.people.get(person)?, self.held.get(person)?))
    }

    /// Weight held in the plan.
    pub(super) fn weight(&self, person: usize) -> u64 {
        self.held.get(person).into_iter().flatten().map(|slot| slot.weight).sum()
    }

    /// The periods of a role held in the plan, from 1.
    fn periods(&self, person: usize, role: usize) -> BTreeSet<i128> {
        let held = self.held.get(person).into_iter().flatten();
        let number = |slot: &Slot| i128::try_from(slot.period).unwrap_or(i128::MAX) + 1;
        held.filter(|slot| slot.role == role).map(number).collect()
    }

    fn last_before(&self, person: usize, role: usize) -> Option<Run> {
        let past = self.roster.people.get(person)?.standing(role)?.last?;
        let last = 1 - i128::from(past.ago);
        Some(Run { first: last - i128::from(past.run) + 1, last })
    }

    /// The runs of a role: the last one before the plan, unless it goes on, and those of the plan.
    pub(super) fn runs(&self, person: usize, role: usize, also: Option<usize>) -> Vec<Run> {
        let mut runs: Vec<Run> = self.last_before(person, role).into_iter().collect();
        let mut periods = self.periods(person, role);
        periods.extend(also.and_then(|period| i128::try_from(period + 1).ok()));
        for period in periods {
            match runs.last_mut() {
                Some(run) if run.last + 1 == period => run.last = period,
                _ => runs.push(Run { first: period, last: period }),
            }
        }
        runs
    }

    /// The gaps before all that a person holds of a role.
    pub(super) fn gaps(&self, person: usize, role: usize) -> Vec<Gap> {
        let mut before = self.last_before(person, role).map(|run| run.last);
        let mut gaps = Vec::new();
        for period in self.periods(person, role) {
            let since = before.map(|before| u64::try_from(period - before).unwrap_or(u64::MAX));
            gaps.push(since.map_or(Gap::Never, Gap::After));
            before = Some(period);
        }
        gaps
    }

    /// Whether these runs, less those before the plan, are short enough and far enough apart.
    fn rests(&self, runs: &[Run], role: usize) -> bool {
        let Some(limits) = self.roster.roles.get(role) else { return false };
        let most = i128::from(limits.max_consecutive);
        let off = i128::from(limits.cooling_off.max(1));
        let long = runs.iter().any(|run| run.last > 0 && run.length() > most);
        let soon = runs
            .iter()
            .zip(runs.iter().skip(1))
            .any(|(run, next)| run.length() >= most && next.first - run.last <= off);
        !long && !soon
    }

    /// What keeps a person from holding a slot beside what they hold of others.
    pub(super) fn obstacle(&self, person: usize, slot: Slot) -> Option<Obstacle> {
        let Some((one, held)) = self.person(person) else { return Some(Obstacle::NotEligible) };
        let Some(past) = one.standing(slot.role) else { return Some(Obstacle::NotEligible) };
        if !one.is_available(slot.period) {
            return Some(Obstacle::NotAvailable);
        }
        let most = self.roster.roles.get(slot.role).map_or(0, |limits| limits.max_held);
        let of_role = held.iter().filter(|other| other.role == slot.role).count();
        if past.held + u64::try_from(of_role).unwrap_or(u64::MAX / 2) >= most {
            return Some(Obstacle::HeldEnough);
        }
        if !self.rests(&self.runs(person, slot.role, Some(slot.period)), slot.role) {
            return Some(Obstacle::CoolingOff);
        }
        let now = || held.iter().filter(|other| other.period == slot.period);
        if now().any(|other| other.role == slot.role) {
            return Some(Obstacle::SameRole);
        }
        if now().any(|other| self.roster.are_apart(other.role, slot.role)) {
            return Some(Obstacle::Incompatible);
        }
        let weight: u64 = now().map(|other| other.weight).sum();
        (weight + slot.weight > self.roster.load_cap).then_some(Obstacle::LoadCap)
    }

    /// The same for a slot that they hold: without it, what keeps them from it.
    pub(super) fn obstacle_of_held(&mut self, person: usize, slot: Slot) -> Option<Obstacle> {
        let held = self.held.get_mut(person)?;
        let at = held.iter().position(|other| *other == slot)?;
        held.remove(at);
        let obstacle = self.obstacle(person, slot);
        self.give(person, slot);
        obstacle
    }

    /// Why nobody holds a slot; nothing if somebody could.
    pub(super) fn reason(&self, slot: Slot) -> Option<Reason> {
        let mut counts: BTreeMap<Obstacle, u32> = BTreeMap::new();
        let people = 0..self.roster.people.len();
        for person in people {
            *counts.entry(self.obstacle(person, slot)?).or_default() += 1;
        }
        counts.remove(&Obstacle::NotEligible);
        if counts.is_empty() {
            return Some(Reason::NobodyEligible);
        }
        counts.remove(&Obstacle::NotAvailable);
        let mut left = counts.iter();
        Some(match (left.next(), left.next()) {
            (None, _) => Reason::NobodyAvailable,
            (Some((only, _)), None) => Reason::All(*only),
            _ => Reason::Several(counts.into_iter().collect()),
        })
    }

    /// Why somebody holds a slot.
    fn why(&self, person: usize, slot: Slot) -> Why {
        let gaps = self.gaps(person, slot.role);
        let period = i128::try_from(slot.period).unwrap_or(i128::MAX) + 1;
        let place = self.periods(person, slot.role).range(..period).count();
        let mut kept: BTreeMap<Obstacle, u32> = BTreeMap::new();
        let mut others = 0;
        for other in (0..self.roster.people.len()).filter(|other| *other != person) {
            match self.obstacle(other, slot) {
                Some(obstacle) => *kept.entry(obstacle).or_default() += 1,
                None => others += 1,
            }
        }
        let gap = gaps.get(place).copied().unwrap_or(Gap::Never);
        Why { gap, kept: kept.into_iter().collect(), others }
    }

    /// The load of everybody.
    pub(super) fn loads(&self) -> Vec<Load> {
        let of = |(person, one): (usize, &Holder)| Load {
            person: one.id,
            past: one.past_load,
            new: self.weight(person),
            periods: u32::try_from(one.periods).unwrap_or(u32::MAX),
        };
        self.roster.people.iter().enumerate().map(of).collect()
    }
}

/// The slots of a roster and its people, by name.
pub(super) struct Names {
    pub(super) slots: BTreeMap<Place, Slot>,
    pub(super) people: BTreeMap<crate::id::MemberId, usize>,
}

impl Names {
    pub(super) fn of(roster: &Roster) -> Self {
        let named = |slot: &Slot| Some((roster.place(*slot)?, *slot));
        let people = roster.people.iter().map(|one| one.id).zip(0..).collect();
        Self { slots: roster.slots.iter().filter_map(named).collect(), people }
    }
}

/// Why places are vacant in a plan, and what everybody carries in it.
pub(super) fn explain(
    roster: &Roster,
    assignments: &[Assigned],
    open: Vec<Place>,
) -> (Vec<Vacant>, Vec<Load>) {
    let names = Names::of(roster);
    let mut view = View::new(roster);
    for Assigned { place, person } in assignments {
        if let (Some(slot), Some(person)) = (names.slots.get(place), names.people.get(person)) {
            view.give(*person, *slot);
        }
    }
    let vacant = |place: Place| {
        let reason = names.slots.get(&place).and_then(|slot| view.reason(*slot))?;
        Some(Vacant { place, reason })
    };
    (open.into_iter().filter_map(vacant).collect(), view.loads())
}

/// Why somebody holds a place: what they did before, and what kept others from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Since when they have not held the role.
    pub gap: Gap,
    /// How many others are kept from it, given the rest of the plan, by what.
    pub kept: Vec<(Obstacle, u32)>,
    /// How many others could have taken it instead.
    pub others: u32,
}

/// For each assignment of a plan that keeps the rules, why.
#[must_use]
pub fn reasons(roster: &Roster, plan: &Plan) -> Vec<Why> {
    let names = Names::of(roster);
    let mut view = View::new(roster);
    let of =
        |one: &Assigned| Some((*names.slots.get(&one.place)?, *names.people.get(&one.person)?));
    let held: Vec<(Slot, usize)> = plan.assignments.iter().filter_map(of).collect();
    for (slot, person) in &held {
        view.give(*person, *slot);
    }
    held.iter().map(|(slot, person)| view.why(*person, *slot)).collect()
}
