//! Every fault has a plan that has it and nothing before it.

use super::requests::{held, plain, seat, slug};
use crate::id::{Hash, MemberId};
use crate::role::rotation::{
    Assigned, Bound, CertificateKind, Fault, Gap, Lot, Obstacle, Place, Plan, Potentials, Proof,
    Reason, Request, Vacant, check, solve,
};

/// Two roles, three people, two periods: by search.
fn some() -> Request {
    plain(2, &["accounts", "chair"], 3)
}

/// The code of the fault of the plan of a request after a change.
fn fault(request: &Request, change: impl Fn(&mut Plan)) -> &'static str {
    let roster = request.parse().unwrap();
    let mut plan = solve(&roster);
    assert_eq!(check(&roster, &plan), Ok(()));
    change(&mut plan);
    check(&roster, &plan).map_or_else(|fault| fault.code(), |()| "none")
}

/// Everybody in turn holds the place, whatever the rules, and the fault is named.
fn fault_of(request: &Request, holders: &[(u32, &str, u32, u128)]) -> Fault {
    let roster = request.parse().unwrap();
    let mut plan = solve(&roster);
    let place = |period, role, seat| Place { period, role: slug(role), seat };
    let mut places: Vec<Place> = plan.assignments.iter().map(|one| one.place.clone()).collect();
    places.extend(plan.vacant.iter().map(|one| one.place.clone()));
    places.sort();
    plan.assignments.clear();
    for (period, role, seat, person) in holders {
        let place = place(*period, role, *seat);
        plan.assignments.push(Assigned { place, person: MemberId(*person) });
    }
    let filled = |at: &Place| plan.assignments.iter().any(|one| one.place == *at);
    let vacant = |place: Place| Vacant { place, reason: Reason::NobodyEligible };
    plan.vacant = places.into_iter().filter(|at| !filled(at)).map(vacant).collect();
    check(&roster, &plan).unwrap_err()
}

#[test]
fn of_the_shape() {
    let request = some();
    let elsewhere = |plan: &mut Plan| plan.assignments[0].place.seat = 9;
    assert_eq!(fault(&request, elsewhere), "plan.no-such-place");
    let late = |plan: &mut Plan| plan.assignments[3].place.period = 3;
    assert_eq!(fault(&request, late), "plan.no-such-place");
    let mut closed = some();
    closed.seats[0].open[0] = false;
    let opened = |plan: &mut Plan| {
        let mut more = plan.assignments[0].clone();
        more.place.role = slug("accounts");
        plan.assignments.insert(0, more);
    };
    assert_eq!(fault(&closed, opened), "plan.no-such-place");
    let stranger = |plan: &mut Plan| plan.assignments[0].person = MemberId(99);
    assert_eq!(fault(&request, stranger), "plan.no-such-person");
    let twice = |plan: &mut Plan| plan.assignments.push(plan.assignments[0].clone());
    assert_eq!(fault(&request, twice), "plan.place-twice");
    let both = |plan: &mut Plan| {
        let place = plan.assignments[0].place.clone();
        plan.vacant.push(Vacant { place, reason: Reason::NobodyEligible });
    };
    assert_eq!(fault(&request, both), "plan.place-twice");
    let missing = |plan: &mut Plan| plan.assignments.truncate(3);
    assert_eq!(fault(&request, missing), "plan.place-missing");
    assert_eq!(fault(&request, |plan| plan.assignments.swap(0, 1)), "plan.order");
}

#[test]
fn of_the_rules() {
    let code =
        |request: &Request, holders: &[(u32, &str, u32, u128)]| fault_of(request, holders).code();
    let first = [(1, "chair", 1, 1)];
    let mut request = plain(3, &["chair"], 2);
    request.people[0].eligible.clear();
    assert_eq!(code(&request, &first), "plan.not-eligible");
    let mut request = plain(3, &["chair"], 2);
    request.people[0].available[0] = false;
    assert_eq!(code(&request, &first), "plan.not-available");
    let mut request = plain(3, &["chair"], 2);
    request.roles[0].max_held = 5;
    request.people[0].eligible.insert(slug("chair"), held(9, 1, 4));
    let two = [(1, "chair", 1, 1), (3, "chair", 1, 1)];
    assert_eq!(code(&request, &two), "plan.held-enough");
    assert_ne!(code(&request, &first), "plan.held-enough");
    // One too many in a row; the same across the start; too soon after; the same across the start.
    let mut request = plain(3, &["chair"], 2);
    request.roles[0].max_consecutive = 2;
    let row = [(1, "chair", 1, 1), (2, "chair", 1, 1), (3, "chair", 1, 1)];
    assert_eq!(code(&request, &row), "plan.cooling-off");
    assert_ne!(code(&request, &row[..2]), "plan.cooling-off");
    request.people[0].eligible.insert(slug("chair"), held(1, 1, 1));
    assert_eq!(code(&request, &row[..2]), "plan.cooling-off");
    assert_ne!(code(&request, &row[..1]), "plan.cooling-off");
    request.roles[0].max_consecutive = 1;
    request.roles[0].cooling_off = 2;
    request.people[0].eligible.insert(slug("chair"), held(2, 1, 1));
    assert_eq!(code(&request, &first), "plan.cooling-off");
    assert_ne!(code(&request, &[(2, "chair", 1, 1)]), "plan.cooling-off");
    assert_eq!(code(&request, &[(1, "chair", 1, 2), (3, "chair", 1, 2)]), "plan.cooling-off");
    let mut request = plain(1, &["chair"], 3);
    request.seats.push(seat("chair", 2, 1));
    let both = [(1, "chair", 1, 1), (1, "chair", 2, 1)];
    assert_eq!(code(&request, &both), "plan.same-role");
    let pair = [(1, "accounts", 1, 1), (1, "chair", 1, 1)];
    let mut request = some();
    request.incompatible.push((slug("chair"), slug("accounts")));
    assert_eq!(code(&request, &pair), "plan.incompatible");
    let mut request = some();
    request.load_cap = 1;
    assert_eq!(code(&request, &pair), "plan.load-cap");
    request.load_cap = 2;
    assert_ne!(code(&request, &pair), "plan.load-cap");
}

#[test]
fn of_vacant_places_and_the_objective() {
    assert_eq!(fault_of(&some(), &[]).code(), "plan.fillable");
    let mut request = some();
    request.people.iter_mut().for_each(|one| one.available[1] = false);
    for reason in [Reason::NobodyEligible, Reason::All(Obstacle::LoadCap)] {
        let change = |plan: &mut Plan| plan.vacant[0].reason = reason.clone();
        assert_eq!(fault(&request, change), "plan.reason");
    }
    assert_eq!(fault(&some(), |plan| plan.loads[0].new += 1), "plan.loads");
    assert_eq!(fault(&some(), |plan| plan.loads.clear()), "plan.loads");
    assert_eq!(fault(&some(), |plan| plan.objective.filled += 1), "plan.filled");
    assert_eq!(fault(&some(), |plan| plan.objective.loads.reverse()), "plan.load-ratios");
    let unreduced = |plan: &mut Plan| {
        plan.objective.loads[0].load *= 2;
        plan.objective.loads[0].periods *= 2;
    };
    assert_eq!(fault(&some(), unreduced), "plan.load-ratios");
    assert_eq!(fault(&some(), |plan| plan.objective.gaps[0] = Gap::After(1)), "plan.gaps");
    let other = |plan: &mut Plan| plan.objective.lots[0] = Lot::Drawn(Hash([0; 32]));
    assert_eq!(fault(&some(), other), "plan.lots");
}

#[test]
fn of_the_certificate() {
    let request = some();
    assert_eq!(fault(&request, |plan| plan.certificate.bound.filled += 1), "plan.bound");
    assert_eq!(fault(&request, |plan| plan.certificate.bound.loads.clear()), "plan.bound");
    let bounded = |plan: &mut Plan, filled| {
        let loads = plan.objective.loads.clone();
        plan.certificate.kind = CertificateKind::Bounded { reached: Bound { filled, loads } };
    };
    assert_eq!(fault(&request, |plan| bounded(plan, 3)), "plan.reached");
    assert_eq!(fault(&request, |plan| bounded(plan, 4)), "none");
    let empty = Potentials { seats: Vec::new(), people: Vec::new() };
    let potentials = |plan: &mut Plan| {
        plan.certificate.kind = CertificateKind::Optimal(Proof::Potentials(empty.clone()));
    };
    assert_eq!(fault(&request, potentials), "plan.no-assignment-problem");
    // The plan that another seed makes is valid and is not the best: the same but for lots.
    let mut other = request.clone();
    let plans: Vec<Plan> = (0..20)
        .map(|byte| {
            other.seed = Hash([byte; 32]);
            solve(&other.parse().unwrap())
        })
        .collect();
    let roster = request.parse().unwrap();
    let best = solve(&roster);
    let holders = |plan: &Plan| plan.assignments.clone();
    let worse = plans.into_iter().find(|plan| holders(plan) != holders(&best)).unwrap();
    let mut worse = worse;
    let lot = |(slot, one): (_, &Assigned)| Lot::Drawn(roster.lot(slot, one.person));
    let slots = roster.slots.iter().copied();
    worse.objective.lots = slots.zip(&worse.assignments).map(lot).collect();
    assert_eq!(check(&roster, &worse), Err(Fault::NotTheBest));
}

#[test]
fn of_potentials() {
    let mut request = plain(1, &["accounts", "chair"], 3);
    request.load_cap = 1;
    request.people[0].past_load = 2;
    request.people[2].available[0] = false;
    let change = |change: fn(&mut Potentials)| {
        fault(&request, |plan| match &mut plan.certificate.kind {
            CertificateKind::Optimal(Proof::Potentials(potentials)) => change(potentials),
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(change(|_| {}), "none");
    assert_eq!(change(|p| p.seats.truncate(1)), "plan.potential-shape");
    assert_eq!(change(|p| p.people[0].truncate(1)), "plan.potential-shape");
    assert_eq!(change(|p| p.people[0][0] = i64::MIN), "plan.potential-shape");
    assert_eq!(change(|p| p.people[2][0] = 1), "plan.potential-sign");
    assert_eq!(change(|p| p.seats[0][0] = 2), "plan.potential-of-vacancy");
    let more = |p: &mut Potentials| *p.seats[0].last_mut().unwrap() += 100;
    assert_eq!(change(more), "plan.potential-of-pair");
    assert_eq!(change(|p| p.seats[0][0] -= 1), "plan.potential-sum");
    // Potentials of the best plan prove no other.
    let swapped = fault(&request, |plan| {
        let person = plan.assignments[0].person;
        plan.assignments[0].person = plan.assignments[1].person;
        plan.assignments[1].person = person;
        let roster = request.parse().unwrap();
        let lot = |(slot, one): (_, &Assigned)| Lot::Drawn(roster.lot(slot, one.person));
        let slots = roster.slots.iter().copied();
        plan.objective.lots = slots.zip(&plan.assignments).map(lot).collect();
    });
    assert_eq!(swapped, "plan.potential-sum");
}

#[test]
fn a_search_that_does_not_end_proves_nothing() {
    // Too many slots for a search: the certificate can only be a bound.
    let request = plain(40, &["accounts", "chair"], 5);
    let search = |plan: &mut Plan| plan.certificate.kind = CertificateKind::Optimal(Proof::Search);
    assert_eq!(fault(&request, search), "plan.not-proven");
}
