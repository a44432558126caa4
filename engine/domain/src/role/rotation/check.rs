//! Whether a plan keeps every rule and is what it says it is, whoever made it.
//!
//! Constraints, loads, reasons and the objective are found again from the assignments alone, by
//! code with which the solver chooses nothing. The bound and the costs are computed again, by the
//! functions that define them for both; potentials are checked edge by edge; a proof by search is
//! done again from the plan.

use super::assign::{self, Cost, Costs, minus, plus};
use super::bound::bound;
use super::plan::{
    Assigned, Bound, CertificateKind, LoadRatio, Lot, Objective, Obstacle, Place, Plan, Potentials,
    Proof,
};
use super::roster::{Roster, Slot};
use super::search::{self, Ended};
use super::view::{Names, View};
use crate::id::MemberId;
use std::collections::BTreeMap;
use std::fmt;

/// What is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no such seat, or it is not to be filled in that period.
    NoSuchPlace(Place),
    /// There is no such person.
    NoSuchPerson(Assigned),
    /// The place is filled twice, or filled and vacant.
    PlaceTwice(Place),
    /// The place is neither filled nor vacant.
    PlaceMissing(Place),
    /// Assignments or vacant places are not in order.
    Order(Place),
    /// The person can not hold the role.
    NotEligible(Assigned),
    /// The person is not available.
    NotAvailable(Assigned),
    /// The person holds the role for more periods than one ever may.
    HeldEnough(Assigned),
    /// The person holds the role for too many periods in a row, or again too soon after that.
    CoolingOff(Assigned),
    /// The person holds two seats of the role in the period.
    SameRole(Assigned),
    /// The person holds two incompatible roles in the period.
    Incompatible(Assigned),
    /// The person carries more than the cap in the period.
    LoadCap(Assigned),
    /// The place is vacant although somebody could simply take it.
    Fillable(Place),
    /// The place is vacant for another reason.
    Reason(Place),
    /// The loads are others.
    Loads,
    /// Another number of seats is filled.
    Filled,
    /// The loads per available period are others.
    LoadRatios,
    /// The gaps are others.
    Gaps,
    /// The lots are others.
    Lots,
    /// The bound is another.
    Bound,
    /// The plan is better than the bound, which can not be.
    AboveBound,
    /// The certificate says that the plan reaches something else.
    Reached,
    /// There are potentials, but the roster is no assignment problem.
    NoAssignmentProblem,
    /// There is not one potential, as long as the costs are, for each place and person.
    PotentialShape,
    /// A person's potential is above 0.
    PotentialSign(MemberId),
    /// The potentials of a place and a person are more than the cost.
    PotentialOfPair(Place, MemberId),
    /// The potential of a place is more than the cost of vacancy.
    PotentialOfVacancy(Place),
    /// The potentials add up to less than the cost of the plan.
    PotentialSum,
    /// There is a better plan.
    NotTheBest,
    /// The search does not come to its end, so that it proves nothing.
    NotProven,
}

impl Fault {
    /// The code, which is public.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSuchPlace(_) => "plan.no-such-place",
            Self::NoSuchPerson(_) => "plan.no-such-person",
            Self::PlaceTwice(_) => "plan.place-twice",
            Self::PlaceMissing(_) => "plan.place-missing",
            Self::Order(_) => "plan.order",
            Self::NotEligible(_) => "plan.not-eligible",
            Self::NotAvailable(_) => "plan.not-available",
            Self::HeldEnough(_) => "plan.held-enough",
            Self::CoolingOff(_) => "plan.cooling-off",
            Self::SameRole(_) => "plan.same-role",
            Self::Incompatible(_) => "plan.incompatible",
            Self::LoadCap(_) => "plan.load-cap",
            Self::Fillable(_) => "plan.fillable",
            Self::Reason(_) => "plan.reason",
            Self::Loads => "plan.loads",
            Self::Filled => "plan.filled",
            Self::LoadRatios => "plan.load-ratios",
            Self::Gaps => "plan.gaps",
            Self::Lots => "plan.lots",
            Self::Bound => "plan.bound",
            Self::AboveBound => "plan.above-bound",
            Self::Reached => "plan.reached",
            Self::NoAssignmentProblem => "plan.no-assignment-problem",
            Self::PotentialShape => "plan.potential-shape",
            Self::PotentialSign(_) => "plan.potential-sign",
            Self::PotentialOfPair(..) => "plan.potential-of-pair",
            Self::PotentialOfVacancy(_) => "plan.potential-of-vacancy",
            Self::PotentialSum => "plan.potential-sum",
            Self::NotTheBest => "plan.not-the-best",
            Self::NotProven => "plan.not-proven",
        }
    }

    fn of(obstacle: Obstacle, assigned: Assigned) -> Self {
        match obstacle {
            Obstacle::NotEligible => Self::NotEligible(assigned),
            Obstacle::NotAvailable => Self::NotAvailable(assigned),
            Obstacle::HeldEnough => Self::HeldEnough(assigned),
            Obstacle::CoolingOff => Self::CoolingOff(assigned),
            Obstacle::SameRole => Self::SameRole(assigned),
            Obstacle::Incompatible => Self::Incompatible(assigned),
            Obstacle::LoadCap => Self::LoadCap(assigned),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())?;
        let mut at = |place: &Place| {
            write!(f, ": period {}, seat {} of {}", place.period, place.seat, place.role)
        };
        match self {
            Self::NoSuchPlace(place)
            | Self::PlaceTwice(place)
            | Self::PlaceMissing(place)
            | Self::Order(place)
            | Self::Fillable(place)
            | Self::Reason(place)
            | Self::PotentialOfVacancy(place) => at(place),
            Self::NoSuchPerson(assigned)
            | Self::NotEligible(assigned)
            | Self::NotAvailable(assigned)
            | Self::HeldEnough(assigned)
            | Self::CoolingOff(assigned)
            | Self::SameRole(assigned)
            | Self::Incompatible(assigned)
            | Self::LoadCap(assigned) => {
                at(&assigned.place)?;
                write!(f, ", {}", assigned.person)
            }
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Fault {}

/// Checks a plan.
///
/// # Errors
/// The first fault: of the shape, then of the rules, the vacant places, the objective, and the
/// certificate.
pub fn check(roster: &Roster, plan: &Plan) -> Result<(), Fault> {
    // From the best plan more is excluded sooner; twice the steps are room enough.
    check_within(roster, plan, 2 * search::STEPS_MAX)
}

/// Checks a plan, giving a search that is done again at most so many steps.
///
/// # Errors
/// As [`check`]; a search that needs more steps is [`Fault::NotProven`].
pub fn check_within(roster: &Roster, plan: &Plan, steps: usize) -> Result<(), Fault> {
    let names = Names::of(roster);
    let held = places(&names, plan)?;
    let mut view = View::new(roster);
    for (slot, person) in &held {
        view.give(*person, *slot);
    }
    for (assigned, (slot, person)) in plan.assignments.iter().zip(&held) {
        if let Some(obstacle) = view.obstacle_of_held(*person, *slot) {
            return Err(Fault::of(obstacle, assigned.clone()));
        }
    }
    for vacant in &plan.vacant {
        let slot = names.slots.get(&vacant.place);
        match slot.and_then(|slot| view.reason(*slot)) {
            None => return Err(Fault::Fillable(vacant.place.clone())),
            Some(reason) if reason != vacant.reason => {
                return Err(Fault::Reason(vacant.place.clone()));
            }
            Some(_) => {}
        }
    }
    if view.loads() != plan.loads {
        return Err(Fault::Loads);
    }
    objective(roster, &view, &held, &plan.objective)?;
    certificate(roster, &names, &held, plan, steps)
}

/// The slot and the person of each assignment.
fn places(names: &Names, plan: &Plan) -> Result<Vec<(Slot, usize)>, Fault> {
    let mut seen: BTreeMap<&Place, ()> = BTreeMap::new();
    let mut held = Vec::new();
    let vacant = plan.vacant.iter().map(|vacant| (&vacant.place, None));
    let filled = plan.assignments.iter().map(|assigned| (&assigned.place, Some(assigned)));
    for (place, assigned) in filled.chain(vacant) {
        let slot = names.slots.get(place).ok_or_else(|| Fault::NoSuchPlace(place.clone()))?;
        if seen.insert(place, ()).is_some() {
            return Err(Fault::PlaceTwice(place.clone()));
        }
        if let Some(assigned) = assigned {
            let person = names.people.get(&assigned.person);
            let person = person.ok_or_else(|| Fault::NoSuchPerson(assigned.clone()))?;
            held.push((*slot, *person));
        }
    }
    if let Some(place) = names.slots.keys().find(|place| !seen.contains_key(place)) {
        return Err(Fault::PlaceMissing(place.clone()));
    }
    ordered(plan.assignments.iter().map(|assigned| &assigned.place))?;
    ordered(plan.vacant.iter().map(|vacant| &vacant.place))?;
    Ok(held)
}

fn ordered<'a>(places: impl Iterator<Item = &'a Place> + Clone) -> Result<(), Fault> {
    let mut pairs = places.clone().zip(places.skip(1));
    match pairs.find(|(one, next)| one >= next) {
        Some((_, next)) => Err(Fault::Order(next.clone())),
        None => Ok(()),
    }
}

fn objective(
    roster: &Roster,
    view: &View<'_>,
    held: &[(Slot, usize)],
    claimed: &Objective,
) -> Result<(), Fault> {
    if usize::try_from(claimed.filled).ok() != Some(held.len()) {
        return Err(Fault::Filled);
    }
    let ratio = |(person, one): (usize, &super::roster::Holder)| {
        LoadRatio::new(one.past_load + view.weight(person), one.periods)
    };
    let mut loads: Vec<LoadRatio> = roster.people.iter().enumerate().filter_map(ratio).collect();
    loads.sort_unstable();
    loads.reverse();
    if loads != claimed.loads {
        return Err(Fault::LoadRatios);
    }
    let mut gaps = Vec::new();
    for person in 0..roster.people.len() {
        for role in 0..roster.roles.len() {
            gaps.extend(view.gaps(person, role));
        }
    }
    gaps.sort_unstable();
    if gaps != claimed.gaps {
        return Err(Fault::Gaps);
    }
    let holders: BTreeMap<(usize, usize), usize> =
        held.iter().map(|(slot, person)| ((slot.period, slot.seat), *person)).collect();
    let lot = |slot: &Slot| {
        let holder = holders.get(&(slot.period, slot.seat));
        let holder = holder.and_then(|person| roster.people.get(*person));
        holder.map_or(Lot::Vacant, |one| Lot::Drawn(roster.lot(*slot, one.id)))
    };
    if !roster.slots.iter().map(lot).eq(claimed.lots.iter().copied()) {
        return Err(Fault::Lots);
    }
    Ok(())
}

fn certificate(
    roster: &Roster,
    names: &Names,
    held: &[(Slot, usize)],
    plan: &Plan,
    steps: usize,
) -> Result<(), Fault> {
    let bound = bound(roster);
    if bound != plan.certificate.bound {
        return Err(Fault::Bound);
    }
    let Objective { filled, loads, .. } = &plan.objective;
    if *filled > bound.filled || (*filled == bound.filled && *loads < bound.loads) {
        return Err(Fault::AboveBound);
    }
    let by_slot: BTreeMap<(usize, usize), usize> =
        held.iter().map(|(slot, person)| ((slot.period, slot.seat), *person)).collect();
    let chosen: Vec<Option<usize>> =
        roster.slots.iter().map(|slot| by_slot.get(&(slot.period, slot.seat)).copied()).collect();
    match &plan.certificate.kind {
        CertificateKind::Bounded { reached } => {
            let expected = Bound { filled: *filled, loads: loads.clone() };
            if *reached == expected { Ok(()) } else { Err(Fault::Reached) }
        }
        CertificateKind::Optimal(Proof::Potentials(potentials)) => {
            if assign::is_assignment(roster) {
                dual(roster, names, &chosen, potentials)
            } else {
                Err(Fault::NoAssignmentProblem)
            }
        }
        CertificateKind::Optimal(Proof::Search) => {
            match search::search(roster, chosen.clone(), bound.filled, steps) {
                Ended::Proven(best) if best == chosen => Ok(()),
                Ended::Proven(_) => Err(Fault::NotTheBest),
                Ended::Best(_) => Err(Fault::NotProven),
            }
        }
    }
}

/// Whether potentials prove that a choice costs least: nobody's is above 0, no pair's sum is above
/// its cost, and all together are the cost of the choice.
fn dual(
    roster: &Roster,
    names: &Names,
    chosen: &[Option<usize>],
    potentials: &Potentials,
) -> Result<(), Fault> {
    let costs = Costs::of(roster);
    let width = costs.rows.first().map_or(0, |(_, vacant)| vacant.len());
    let Potentials { seats, people } = potentials;
    let fits = |potential: &Cost| potential.len() == width;
    let small = |entry: &i64| entry.unsigned_abs() < 1 << 40;
    let shape = seats.len() == costs.rows.len()
        && people.len() == roster.people.len()
        && seats.iter().chain(people).all(|p| fits(p) && p.iter().all(small));
    if !shape {
        return Err(Fault::PotentialShape);
    }
    let zero = vec![0; width];
    let mut sum = zero.clone();
    for (one, potential) in roster.people.iter().zip(people) {
        if *potential > zero {
            return Err(Fault::PotentialSign(one.id));
        }
        sum = plus(&sum, potential);
    }
    let mut cost = zero.clone();
    let rows = costs.rows.iter().zip(seats).zip(names.slots.keys()).zip(chosen);
    for ((((row, vacant), seat), place), choice) in rows {
        if seat > vacant {
            return Err(Fault::PotentialOfVacancy(place.clone()));
        }
        for ((edge, potential), one) in row.iter().zip(people).zip(&roster.people) {
            if edge.as_ref().is_some_and(|edge| plus(seat, potential) > *edge) {
                return Err(Fault::PotentialOfPair(place.clone(), one.id));
            }
        }
        sum = plus(&sum, seat);
        let paid = choice.map_or(Some(vacant), |person| row.get(person).and_then(Option::as_ref));
        cost = plus(&cost, paid.unwrap_or(vacant));
    }
    if minus(&cost, &sum) == zero { Ok(()) } else { Err(Fault::PotentialSum) }
}
