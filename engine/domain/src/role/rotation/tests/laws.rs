//! The solver finds the best of all plans, and the same one however the request is written.

use super::oracle::{self, Row};
use super::requests::{Draw, Shape, drawn, held, limits, person, plain, seat, slug};
use crate::id::MemberId;
use crate::role::rotation::{
    CertificateKind, Gap, PEOPLE_MAX, Plan, Proof, Reason, Request, RosterError, check, indicators,
    plan_indicators, solve,
};

fn solved(request: &Request) -> Plan {
    let roster = request.parse().unwrap();
    let plan = solve(&roster);
    assert_eq!(check(&roster, &plan), Ok(()));
    plan
}

fn rows(plan: &Plan) -> Vec<Row> {
    let of = |place: &crate::role::rotation::Place, person| {
        (place.period, place.role.clone(), place.seat, person)
    };
    let held = plan.assignments.iter().map(|one| of(&one.place, Some(one.person)));
    let mut rows: Vec<Row> =
        held.chain(plan.vacant.iter().map(|one| of(&one.place, None))).collect();
    rows.sort();
    rows
}

/// Kind of proof, by number.
fn proof(plan: &Plan) -> usize {
    match plan.certificate.kind {
        CertificateKind::Optimal(Proof::Potentials(_)) => 0,
        CertificateKind::Optimal(Proof::Search) => 1,
        CertificateKind::Bounded { .. } => 2,
    }
}

fn against_all_plans(shape: Shape, numbers: std::ops::Range<u64>) {
    let (mut plans, mut proofs, mut full) = (0, [0; 3], 0);
    let count = numbers.end - numbers.start;
    for number in numbers {
        let request = drawn(shape, number);
        let best = oracle::best(&request);
        let plan = solved(&request);
        let told = format!("{shape:?} number {number}");
        assert_ne!(proof(&plan), 2, "{told}: not proven");
        assert_eq!(plan.objective.filled, best.filled as u64, "{told}: filled");
        let loads: Vec<(u64, u64)> =
            plan.objective.loads.iter().map(|load| (load.load, load.periods)).collect();
        assert_eq!(loads, best.loads, "{told}: loads");
        let gap = |gap: &Gap| match gap {
            Gap::After(periods) => *periods,
            Gap::Never => u64::MAX,
        };
        let gaps: Vec<u64> = plan.objective.gaps.iter().map(gap).collect();
        assert_eq!(gaps, best.gaps, "{told}: gaps");
        assert_eq!(rows(&plan), best.rows, "{told}: the plan");
        plans += best.plans;
        proofs[proof(&plan)] += 1;
        full += u64::from(plan.vacant.is_empty());
    }
    println!("{shape:?}: {count} requests, {plans} plans, {full} full, proofs {proofs:?}");
}

const fn shape(people: u64, periods: u32, seats: u64) -> Shape {
    Shape { people, periods, seats, available: 80, open: 95 }
}

#[test]
fn one_period_many_people() {
    against_all_plans(shape(12, 1, 1), 0..40);
    against_all_plans(shape(12, 1, 2), 0..60);
    against_all_plans(shape(12, 1, 3), 0..40);
    against_all_plans(shape(5, 1, 5), 0..40);
}

#[test]
fn two_periods_many_people() {
    against_all_plans(shape(12, 2, 1), 0..30);
    against_all_plans(Shape { available: 60, ..shape(12, 2, 2) }, 0..15);
}

#[test]
fn many_periods_few_people() {
    against_all_plans(shape(3, 8, 1), 0..40);
    against_all_plans(shape(2, 8, 1), 0..60);
    against_all_plans(Shape { available: 60, ..shape(4, 7, 1) }, 0..20);
}

#[test]
fn some_of_each() {
    against_all_plans(shape(4, 3, 2), 0..40);
    against_all_plans(shape(3, 4, 2), 0..30);
    against_all_plans(Shape { available: 55, open: 80, ..shape(3, 4, 3) }, 0..15);
    against_all_plans(Shape { available: 50, open: 70, ..shape(4, 4, 3) }, 0..15);
    against_all_plans(shape(4, 2, 3), 0..20);
}

#[test]
fn the_order_of_the_request_changes_nothing() {
    for number in 0..40 {
        let request = drawn(shape(5, 4, 3), number);
        let mut other = request.clone();
        let mut draw = Draw(number);
        for at in (1..other.people.len()).rev() {
            let with = draw.below(at as u64 + 1) as usize;
            other.people.swap(at, with);
        }
        other.seats.reverse();
        other.roles.reverse();
        for pair in &mut other.incompatible {
            *pair = (pair.1.clone(), pair.0.clone());
        }
        assert_eq!(solved(&request), solved(&other), "{number}");
    }
}

#[test]
fn a_plan_survives_being_written() {
    let plan = solved(&drawn(shape(5, 4, 3), 3));
    let text = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
    let request = drawn(shape(5, 4, 3), 3);
    let text = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), request);
}

#[test]
fn twelve_people_and_eight_periods_are_proven() {
    for seats in 1..=2 {
        for number in 0..3 {
            let plan = solved(&drawn(shape(12, 8, seats), number));
            assert_eq!(proof(&plan), 1, "{seats} seats, number {number}");
        }
    }
    let mut request = plain(8, &["chair"], 12);
    request.seats = (1..=3).map(|number| seat("chair", number, 8)).collect();
    request.roles[0].max_consecutive = 1;
    let plan = solved(&request);
    assert_eq!(proof(&plan), 1);
    // Everybody serves twice, four periods apart.
    assert!(plan.loads.iter().all(|load| load.new == 2));
    let again = plan.objective.gaps.iter().filter(|gap| **gap == Gap::After(4)).count();
    assert_eq!(again, 12);
    let plain = plain(8, &["accounts", "chair", "minutes"], 12);
    assert_eq!(proof(&solved(&plain)), 1);
}

#[test]
#[ignore = "takes minutes without optimisation"]
fn three_seats_of_eight_periods_are_nearly_always_proven() {
    let mut proven = 0;
    for number in 0..40 {
        let start = std::time::Instant::now();
        let plan = solved(&drawn(shape(12, 8, 3), number));
        println!("{number}: proof {}, {:?} with its check", proof(&plan), start.elapsed());
        proven += u32::from(proof(&plan) != 2);
    }
    println!("proven: {proven} of 40");
    assert!(proven >= 34, "{proven}");
}

#[test]
fn sixty_people_twelve_periods_eight_seats() {
    for number in 1..=4 {
        let mut request = Request { load_cap: 4, ..drawn(shape(60, 12, 8), number) };
        for limits in &mut request.roles {
            (limits.max_consecutive, limits.cooling_off, limits.max_held) = (2, 2, 6);
        }
        let roster = request.parse().unwrap();
        let start = std::time::Instant::now();
        let plan = solve(&roster);
        let taken = start.elapsed();
        assert_eq!(check(&roster, &plan), Ok(()));
        let (reached, bound) = (&plan.objective, &plan.certificate.bound);
        assert_eq!(reached.filled, bound.filled);
        let weights: Vec<u64> = request.seats.iter().map(|seat| seat.weight).collect();
        let first = reached.loads.iter().zip(&bound.loads).position(|(a, b)| a != b);
        println!("{number}: {taken:?}, {} filled, weights {weights:?}", reached.filled);
        println!("first load above the bound {first:?} of {}", bound.loads.len());
        println!("highest {:?}, bound {:?}", reached.loads[0], bound.loads[0]);
        let shown = plan_indicators(&roster, &plan, 3);
        println!("gini {}, top three {}", shown.gini, shown.top_share);
    }
}

#[test]
fn why_a_seat_is_vacant() {
    let nobody = Request { people: Vec::new(), ..plain(2, &["chair"], 0) };
    let plan = solved(&nobody);
    assert!(plan.vacant.iter().all(|one| one.reason == Reason::NobodyEligible));
    assert_eq!((plan.vacant.len(), plan.objective.loads.len()), (2, 0));
    let mut away = plain(2, &["chair"], 3);
    away.people.iter_mut().for_each(|one| one.available = vec![false; 2]);
    let plan = solved(&away);
    assert!(plan.vacant.iter().all(|one| one.reason == Reason::NobodyAvailable));
    let mut tired = plain(1, &["chair"], 2);
    tired.roles[0].max_consecutive = 2;
    tired.roles[0].cooling_off = 3;
    for one in &mut tired.people {
        one.eligible.insert(slug("chair"), held(3, 2, 2));
    }
    use crate::role::rotation::Obstacle::{CoolingOff, HeldEnough, LoadCap};
    assert_eq!(solved(&tired).vacant[0].reason, Reason::All(CoolingOff));
    tired.people[0].eligible.insert(slug("chair"), held(3, 2, 1000));
    let several = Reason::Several(vec![(HeldEnough, 1), (CoolingOff, 1)]);
    assert_eq!(solved(&tired).vacant[0].reason, several);
    let heavy = Request { load_cap: 0, ..plain(1, &["chair"], 2) };
    assert_eq!(solved(&heavy).vacant[0].reason, Reason::All(LoadCap));
}

#[test]
fn a_cooling_off_that_began_before_the_plan_ends_in_it() {
    let mut request = plain(4, &["chair"], 1);
    request.roles[0].max_consecutive = 2;
    request.roles[0].cooling_off = 3;
    request.people[0].eligible.insert(slug("chair"), held(2, 2, 2));
    let plan = solved(&request);
    // Off in the period before the plan and in the first two.
    let periods: Vec<u32> = plan.assignments.iter().map(|one| one.place.period).collect();
    assert_eq!(periods, [3, 4]);
    assert_eq!(plan.objective.gaps, [Gap::After(1), Gap::After(4)]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |change: &dyn Fn(&mut Request)| {
        let mut request = plain(2, &["accounts", "chair"], 2);
        change(&mut request);
        request.parse().unwrap_err()
    };
    let id = MemberId(1);
    let chair = || slug("chair");
    let twice = |list: &mut Vec<_>| list.push(limits("chair"));
    assert_eq!(refused(&|r| r.periods = 0), RosterError::PeriodCount);
    assert_eq!(refused(&|r| r.periods = u32::MAX), RosterError::PeriodCount);
    assert_eq!(refused(&|r| r.periods = 3).code(), "rotation.seat-periods");
    let many = |r: &mut Request| r.people = vec![person(1, &[], 2); PEOPLE_MAX + 1];
    assert_eq!(refused(&many), RosterError::TooMany);
    let work = |r: &mut Request| {
        *r = plain(366, &["accounts", "chair"], 300);
    };
    assert_eq!(refused(&work), RosterError::TooMany);
    assert_eq!(refused(&|r| twice(&mut r.roles)), RosterError::RoleTwice(chair()));
    let unknown = RosterError::RoleUnknown(slug("other"));
    assert_eq!(refused(&|r| r.seats.push(seat("other", 1, 2))), unknown);
    assert_eq!(refused(&|r| r.people.push(person(9, &["other"], 2))), unknown);
    assert_eq!(refused(&|r| r.incompatible.push((chair(), slug("other")))), unknown);
    assert_eq!(refused(&|r| r.roles[1].max_consecutive = 0), RosterError::NeverHeld(chair()));
    let itself = RosterError::WithItself(chair());
    assert_eq!(refused(&|r| r.incompatible.push((chair(), chair()))), itself);
    let again = RosterError::SeatTwice(chair(), 1);
    assert_eq!(refused(&|r| r.seats.push(seat("chair", 1, 2))), again);
    for weight in [0, u64::MAX] {
        let wrong = RosterError::Weight(chair(), 1);
        assert_eq!(refused(&|r| r.seats[1].weight = weight), wrong);
    }
    assert_eq!(refused(&|r| r.people.push(person(1, &[], 2))), RosterError::PersonTwice(id));
    let short = RosterError::PersonPeriods(id);
    assert_eq!(refused(&|r| r.people[0].available.clear()), short);
    assert_eq!(refused(&|r| r.people[0].past_load = u64::MAX), RosterError::PastLoad(id));
    for past in [held(0, 1, 1), held(1, 0, 1), held(1, 2, 1), held(u64::MAX, 1, 1)] {
        let wrong = RosterError::Past(id, chair());
        let change = |r: &mut Request| {
            r.people[0].eligible.insert(chair(), past);
        };
        assert_eq!(refused(&change), wrong);
    }
}

#[test]
fn the_largest_numbers_and_a_long_plan() {
    let mut request = plain(366, &["chair"], 3);
    request.roles[0].max_consecutive = u32::MAX;
    request.roles[0].cooling_off = u32::MAX;
    request.roles[0].max_held = u64::MAX;
    request.load_cap = u64::MAX;
    request.seats[0].weight = crate::role::rotation::WEIGHT_MAX;
    for one in &mut request.people {
        one.past_load = crate::role::rotation::PAST_MAX;
        let most = crate::role::rotation::PAST_MAX;
        one.eligible.insert(slug("chair"), held(most, most, most));
    }
    let plan = solved(&request);
    assert_eq!(plan.objective.filled, 366);
    assert_eq!(plan.certificate.bound.loads, plan.objective.loads);
    request.roles[0].cooling_off = 0;
    request.roles[0].max_consecutive = 1;
    assert_eq!(solved(&request).objective.filled, 366);
    let none = Request { seats: Vec::new(), ..plain(3, &["chair"], 3) };
    assert_eq!(solved(&none).assignments, []);
}

#[test]
fn indicators_are_exact() {
    use crate::role::rotation::Carried;
    let list = |loads: &[(u64, u64)]| -> Vec<Carried> {
        let one = |(id, (load, capacity)): (u128, &(u64, u64))| Carried {
            person: MemberId(id),
            load: *load,
            capacity: *capacity,
        };
        (1..).zip(loads).map(one).collect()
    };
    let told = |loads: &[(u64, u64)]| {
        let found = indicators(&list(loads), 1);
        (found.gini.to_string(), found.top_share.to_string(), found.holders)
    };
    let text = |a: &str, b: &str, n| (a.to_owned(), b.to_owned(), n);
    assert_eq!(told(&[]), text("0", "0", 0));
    assert_eq!(told(&[(0, 1), (0, 1)]), text("0", "0", 0));
    assert_eq!(told(&[(2, 1), (2, 1)]), text("0", "1/2", 2));
    assert_eq!(told(&[(0, 1), (0, 1), (0, 1), (4, 1)]), text("3/4", "1", 1));
    assert_eq!(told(&[(1, 1), (2, 1), (3, 1)]), text("2/9", "1/2", 3));
    assert_eq!(told(&[(1, 1), (2, 2), (3, 3), (5, 0)]), text("0", "5/11", 4));
    let mut request = plain(3, &["chair"], 1);
    request.people[0].eligible.insert(slug("chair"), held(1, 2, 2));
    let plan = solved(&request);
    let found = plan_indicators(&request.parse().unwrap(), &plan, 1);
    assert_eq!(found.longest_run, Some(5));
    assert_eq!(serde_json::to_value(&found).unwrap()["top_share"], "1");
}
