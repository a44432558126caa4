//! Availability and rotation: what is refused. Every limit has a plan that breaks it.

use super::{Both, Row, check, check_both};
use archipel_domain::id::{Hash, MemberId, StatementId};
use archipel_domain::role::rotation::{
    Assigned, Bound, CertificateKind, Gap, Lot, Place, Plan, Potentials, Proof, Reason, Vacant,
};
use archipel_domain::rota::{DECLARED_MAX, PEOPLE_MAX, PlanRotation, RoleTerms, Terms, seed_of};
use archipel_domain::sortition::AnnounceDraw;
use archipel_testkit::scenario::{
    DAY_MS, Intent, Person, Scene, Stage as _, Town, acts, lots, person, rotas,
};

/// Two roles: `host` with two seats and `minutes` with one, for a month at most.
pub(super) fn ready(scene: &mut Scene) {
    scene.given(Town::founder(acts::role("host", "till", &[], 2, 31)));
    scene.given(Town::founder(acts::role("minutes", "till", &[], 1, 31)));
}

/// Four people, two roles with a seat each, three weeks from tomorrow.
pub(super) fn ask(scene: &mut Scene) -> Terms {
    ready(scene);
    let first = scene.now().plus_ms(DAY_MS);
    rotas::terms(rotas::periods(first, 3, 7), &["host", "minutes"], &[1, 3, 4, 5].map(person))
}

/// A single week of the host, between the same people.
fn single(scene: &mut Scene) -> Terms {
    let mut terms = ask(scene);
    terms.periods.truncate(1);
    terms.load_cap = 1;
    terms
}

pub(super) fn records(act: PlanRotation) -> Intent {
    Town::founder(act)
}

/// Terms that make no sense any more, with the plan of those that did.
fn asked(scene: &mut Scene, change: impl Fn(&mut Terms)) -> Intent {
    let terms = ask(scene);
    let mut act = rotas::planned(scene, &terms);
    change(&mut act.terms);
    records(act)
}

fn of_role(scene: &mut Scene, change: impl Fn(&mut RoleTerms)) -> Intent {
    asked(scene, |terms| change(&mut terms.roles[0]))
}

/// The plan of these terms, changed afterwards.
fn made(scene: &Scene, terms: &Terms, change: impl Fn(&mut Plan)) -> Intent {
    let mut act = rotas::planned(scene, terms);
    change(&mut act.plan);
    records(act)
}

fn changed(scene: &mut Scene, change: impl Fn(&mut Plan)) -> Intent {
    let terms = ask(scene);
    made(scene, &terms, change)
}

/// Everybody in turn holds the place, whatever the limits.
fn held(scene: &Scene, terms: &Terms, holders: &[(u32, &str, u32, Person)]) -> Intent {
    made(scene, terms, |plan| {
        let mut places: Vec<Place> = plan.assignments.iter().map(|one| one.place.clone()).collect();
        places.extend(plan.vacant.iter().map(|one| one.place.clone()));
        places.sort();
        let of = |(period, role, seat, who): &(u32, &str, u32, Person)| {
            let place = Place { period: *period, role: acts::slug(role), seat: *seat };
            Assigned { place, person: who.id }
        };
        plan.assignments = holders.iter().map(of).collect();
        let filled = |at: &Place| plan.assignments.iter().any(|one| one.place == *at);
        let vacant = |place: Place| Vacant { place, reason: Reason::NobodyEligible };
        plan.vacant = places.into_iter().filter(|at| !filled(at)).map(vacant).collect();
    })
}

fn potentials(scene: &mut Scene, change: impl Fn(&mut Potentials)) -> Intent {
    let terms = single(scene);
    made(scene, &terms, |plan| match &mut plan.certificate.kind {
        CertificateKind::Optimal(Proof::Potentials(potentials)) => change(potentials),
        other => panic!("{other:?}"),
    })
}

/// The lot of a place, as the page says it.
fn lot(seed: Hash, place: &Place, who: MemberId) -> Lot {
    let mut bytes = seed.0.to_vec();
    bytes.extend(place.period.to_be_bytes());
    bytes.push(u8::try_from(place.role.as_str().len()).unwrap());
    bytes.extend(place.role.as_str().as_bytes());
    bytes.extend(place.seat.to_be_bytes());
    bytes.extend(who.0.to_be_bytes());
    Lot::Drawn(Hash::of(&bytes))
}

/// The best plan but for the lots of the first period: two people in each other's place.
fn as_good_but_for_lots(scene: &mut Scene) -> Intent {
    let mut terms = ask(scene);
    terms.periods.truncate(2);
    let seed = seed_of(rotas::request(scene, &terms), None);
    made(scene, &terms, |plan| {
        assert_eq!(plan.certificate.kind, CertificateKind::Optimal(Proof::Search));
        let person = plan.assignments[0].person;
        plan.assignments[0].person = plan.assignments[1].person;
        plan.assignments[1].person = person;
        let drawn = plan.assignments.iter().map(|one| lot(seed, &one.place, one.person));
        plan.objective.lots = drawn.collect();
    })
}

/// A plan recorded, and its id.
pub(super) fn recorded(scene: &mut Scene, terms: &Terms) -> StatementId {
    let act = rotas::planned(scene, terms);
    scene.given(records(act))
}

fn replaces(scene: &Scene, terms: &Terms, earlier: StatementId) -> Intent {
    let mut act = rotas::planned(scene, terms);
    act.supersedes = Some(earlier);
    records(act)
}

/// Announces a draw of secrets for this hash, and draws it.
pub(super) fn seeded(scene: &mut Scene, request: Hash) -> StatementId {
    let day = Some(scene.now().plus_ms(DAY_MS));
    let pool = lots::members(lots::simple(1, 0));
    let purpose = archipel_domain::id::Prose::new(&format!("Rotation {request}")).unwrap();
    let announced = lots::announce(pool, lots::committed(9, 2), day);
    let draw = scene.given(Town::founder(AnnounceDraw { purpose, ..announced }));
    scene.given(person(3).says(lots::draw(draw, lots::revealed(9, None))));
    draw
}

fn away(scene: &Scene, days: &[(i64, i64)]) -> Intent {
    let at = |day: i64| scene.now().plus_ms(day * DAY_MS);
    let times: Vec<_> = days.iter().map(|(from, until)| (at(*from), at(*until))).collect();
    person(3).says(rotas::away(&times, &[]))
}

pub(super) const ROWS: &[Row] = &[
    ("mandate.as-required", |scene, _| {
        let terms = ask(scene);
        person(3).says(rotas::planned(scene, &terms))
    }),
    ("mandate.power-missing", |scene, town| {
        let terms = ask(scene);
        town.as_treasurer(rotas::planned(scene, &terms))
    }),
    ("role.unknown", |_, _| person(3).says(rotas::away(&[], &["pilot"]))),
    ("availability.count", |scene, _| {
        let days: Vec<_> = (0..=DECLARED_MAX as i64).map(|day| (day, day + 1)).collect();
        away(scene, &days)
    }),
    ("availability.count", |_, _| {
        person(3).says(rotas::away(&[], &["observer"; DECLARED_MAX + 1]))
    }),
    ("availability.order", |scene, _| away(scene, &[(2, 2)])),
    ("availability.order", |scene, _| away(scene, &[(0, 2), (1, 3)])),
    ("rotation.unknown", |scene, _| {
        let terms = ask(scene);
        replaces(scene, &terms, StatementId(7))
    }),
    ("rotation.superseded", |scene, _| {
        let terms = ask(scene);
        let first = recorded(scene, &terms);
        let second = replaces(scene, &terms, first);
        scene.given(second);
        replaces(scene, &terms, first)
    }),
    ("rotation.period-count", |scene, _| asked(scene, |terms| terms.periods.clear())),
    ("rotation.period-count", |scene, _| {
        let first = scene.now().plus_ms(DAY_MS);
        asked(scene, |terms| terms.periods = rotas::periods(first, 367, 1))
    }),
    ("rotation.period-order", |scene, _| {
        asked(scene, |terms| terms.periods[1].from = terms.periods[0].from)
    }),
    ("rotation.period-order", |scene, _| {
        asked(scene, |terms| terms.periods[2].until = terms.periods[2].from)
    }),
    ("rotation.period-past", |scene, _| {
        let first = scene.now().plus_ms(-7 * DAY_MS);
        asked(scene, |terms| terms.periods = rotas::periods(first, 3, 7))
    }),
    ("role.unknown", |scene, _| of_role(scene, |role| role.role = acts::slug("pilot"))),
    ("circle.dissolved", |scene, _| {
        scene.given(Town::founder(acts::circle("brief", "assembly")));
        scene.given(Town::founder(acts::role("guest", "brief", &[], 1, 31)));
        scene.given(Town::founder(acts::dissolve("brief")));
        of_role(scene, |role| role.role = acts::slug("guest"))
    }),
    ("rotation.role-count", |scene, _| asked(scene, |terms| terms.roles.clear())),
    ("rotation.role-count", |scene, _| {
        asked(scene, |terms| terms.roles.resize(65, rotas::role("host")))
    }),
    ("rotation.role-twice", |scene, _| asked(scene, |terms| terms.roles.push(rotas::role("host")))),
    ("rotation.seat-count", |scene, _| of_role(scene, |role| role.seats = Some(0))),
    ("rotation.seat-count", |scene, _| of_role(scene, |role| role.seats = Some(3))),
    ("rotation.seat-count", |scene, _| {
        scene.given(Town::founder(acts::role("crowd", "till", &[], 201, 31)));
        of_role(scene, |role| (role.role, role.seats) = (acts::slug("crowd"), None))
    }),
    ("rotation.weight", |scene, _| of_role(scene, |role| role.weight = 0)),
    ("rotation.weight", |scene, _| of_role(scene, |role| role.weight = 1_000_001)),
    ("rotation.never-held", |scene, _| of_role(scene, |role| role.max_consecutive = 0)),
    ("rotation.never-held", |scene, _| of_role(scene, |role| role.max_held = 0)),
    ("rotation.closed-period", |scene, _| of_role(scene, |role| role.closed = vec![0])),
    ("rotation.closed-period", |scene, _| of_role(scene, |role| role.closed = vec![1, 4])),
    ("rotation.term-too-long", |scene, _| {
        let first = scene.now().plus_ms(DAY_MS);
        asked(scene, |terms| terms.periods = rotas::periods(first, 3, 32))
    }),
    ("rotation.overlaps", |scene, _| {
        let terms = ask(scene);
        recorded(scene, &terms);
        let mut other = terms.clone();
        other.roles.truncate(1);
        other.periods = rotas::periods(terms.periods[2].from.plus_ms(DAY_MS), 1, 7);
        records(rotas::planned(scene, &other))
    }),
    // A period that has begun is not replaced.
    ("rotation.overlaps", |scene, _| {
        let terms = ask(scene);
        let first = recorded(scene, &terms);
        scene.advance_ms(DAY_MS);
        replaces(scene, &terms, first)
    }),
    ("rotation.role-unknown", |scene, _| {
        asked(scene, |terms| terms.incompatible = vec![(acts::slug("host"), acts::slug("scribe"))])
    }),
    ("rotation.with-itself", |scene, _| {
        asked(scene, |terms| terms.incompatible = vec![(acts::slug("host"), acts::slug("host"))])
    }),
    ("rotation.people-count", |scene, _| asked(scene, |terms| terms.people.clear())),
    ("rotation.people-count", |scene, _| {
        asked(scene, |terms| terms.people.resize(PEOPLE_MAX + 1, person(3).id))
    }),
    ("rotation.person-unknown", |scene, _| asked(scene, |terms| terms.people.push(person(99).id))),
    ("rotation.person-unknown", |scene, _| asked(scene, |terms| terms.people.push(person(6).id))),
    ("rotation.person-twice", |scene, _| asked(scene, |terms| terms.people.push(person(3).id))),
    ("rotation.too-many", |scene, _| {
        let more = (20..32).map(person);
        more.clone().for_each(|who| {
            scene.given(Town::founder(acts::admit(who, &["nord"])));
        });
        let first = scene.now().plus_ms(DAY_MS);
        asked(scene, |terms| {
            terms.people.extend(more.clone().map(|who| who.id));
            terms.periods = rotas::periods(first, 366, 1);
        })
    }),
    ("rotation.seed-unknown", |scene, _| {
        let terms = ask(scene);
        let mut act = rotas::planned(scene, &terms);
        act.draw = Some(StatementId(7));
        records(act)
    }),
    ("rotation.seed-unknown", |scene, _| {
        let terms = ask(scene);
        let day = Some(scene.now().plus_ms(DAY_MS));
        let pool = lots::members(lots::simple(1, 0));
        let announced = Town::founder(lots::announce(pool, lots::committed(1, 2), day));
        let draw = scene.given(announced);
        records(rotas::planned_by_lot(scene, &terms, draw))
    }),
    // Drawn for another request; and somebody's availability changed after the announcement.
    ("rotation.seed-order", |scene, _| {
        let terms = ask(scene);
        let draw = seeded(scene, Hash([7; 32]));
        records(rotas::planned_by_lot(scene, &terms, draw))
    }),
    ("rotation.seed-order", |scene, _| {
        let terms = ask(scene);
        let request = rotas::request(scene, &terms);
        let draw = seeded(scene, request);
        let busy = away(scene, &[(0, 9)]);
        scene.given(busy);
        records(rotas::planned_by_lot(scene, &terms, draw))
    }),
    ("rotation.seed-order", |scene, _| {
        let terms = ask(scene);
        let request = rotas::request(scene, &terms);
        let draw = seeded(scene, request);
        let mut other = terms.clone();
        other.periods[0].from = other.periods[0].from.plus_ms(1);
        records(rotas::planned_by_lot(scene, &other, draw))
    }),
    ("plan.no-such-place", |scene, _| changed(scene, |plan| plan.assignments[0].place.seat = 2)),
    ("plan.no-such-place", |scene, _| changed(scene, |plan| plan.assignments[5].place.period = 4)),
    // Both seats of the host are taken by mandates that run.
    ("plan.no-such-place", |scene, _| {
        let terms = ask(scene);
        let act = rotas::planned(scene, &terms);
        let week = terms.periods[1];
        for who in [5, 7].map(person) {
            let given = acts::assign("host", who, week.from, week.until);
            scene.given(Town::founder(given));
        }
        records(act)
    }),
    ("plan.no-such-person", |scene, _| {
        changed(scene, |plan| plan.assignments[0].person = person(7).id)
    }),
    ("plan.place-twice", |scene, _| {
        changed(scene, |plan| plan.assignments.push(plan.assignments[0].clone()))
    }),
    ("plan.place-missing", |scene, _| changed(scene, |plan| plan.assignments.truncate(3))),
    ("plan.order", |scene, _| changed(scene, |plan| plan.assignments.swap(0, 1))),
    ("plan.not-eligible", |scene, _| {
        let terms = ask(scene);
        scene.given(person(3).says(rotas::away(&[], &["host"])));
        held(scene, &terms, &[(1, "host", 1, person(3))])
    }),
    ("plan.not-available", |scene, _| {
        let terms = ask(scene);
        let busy = away(scene, &[(7, 8)]);
        scene.given(busy);
        held(scene, &terms, &[(1, "host", 1, person(3))])
    }),
    // A mandate of one of the roles runs in that week.
    ("plan.not-available", |scene, _| {
        let terms = ask(scene);
        let week = terms.periods[1];
        let given = acts::assign("host", person(3), week.from, week.from.plus_ms(1));
        scene.given(Town::founder(given));
        held(scene, &terms, &[(2, "minutes", 1, person(3))])
    }),
    ("plan.held-enough", |scene, _| {
        let mut terms = ask(scene);
        terms.roles[0].max_held = 1;
        held(scene, &terms, &[(1, "host", 1, person(3)), (3, "host", 1, person(3))])
    }),
    // What was held before counts.
    ("plan.held-enough", |scene, _| {
        let mut terms = ask(scene);
        terms.roles[0].max_held = 1;
        let first = terms.periods[0].from;
        let given = acts::assign("host", person(3), first.plus_ms(-3 * DAY_MS), first);
        scene.given(Town::founder(given));
        held(scene, &terms, &[(3, "host", 1, person(3))])
    }),
    ("plan.cooling-off", |scene, _| {
        let mut terms = ask(scene);
        terms.roles[0].max_consecutive = 1;
        held(scene, &terms, &[(1, "host", 1, person(3)), (2, "host", 1, person(3))])
    }),
    ("plan.cooling-off", |scene, _| {
        let mut terms = ask(scene);
        (terms.roles[0].max_consecutive, terms.roles[0].cooling_off) = (1, 2);
        held(scene, &terms, &[(1, "host", 1, person(3)), (3, "host", 1, person(3))])
    }),
    ("plan.cooling-off", |scene, _| {
        let mut terms = ask(scene);
        terms.roles[0].max_consecutive = 1;
        let first = terms.periods[0].from;
        let given = acts::assign("host", person(3), first.plus_ms(-3 * DAY_MS), first);
        scene.given(Town::founder(given));
        held(scene, &terms, &[(1, "host", 1, person(3))])
    }),
    ("plan.same-role", |scene, _| {
        let mut terms = ask(scene);
        terms.roles[0].seats = None;
        held(scene, &terms, &[(1, "host", 1, person(3)), (1, "host", 2, person(3))])
    }),
    ("plan.incompatible", |scene, _| {
        let mut terms = ask(scene);
        terms.incompatible = vec![(acts::slug("minutes"), acts::slug("host"))];
        held(scene, &terms, &[(1, "host", 1, person(3)), (1, "minutes", 1, person(3))])
    }),
    ("plan.load-cap", |scene, _| {
        let mut terms = ask(scene);
        terms.load_cap = 1;
        held(scene, &terms, &[(1, "host", 1, person(3)), (1, "minutes", 1, person(3))])
    }),
    ("plan.fillable", |scene, _| {
        let terms = ask(scene);
        held(scene, &terms, &[])
    }),
    ("plan.reason", |scene, _| {
        let mut terms = ask(scene);
        terms.people = vec![person(3).id];
        let busy = away(scene, &[(9, 10)]);
        scene.given(busy);
        made(scene, &terms, |plan| plan.vacant[0].reason = Reason::NobodyEligible)
    }),
    ("plan.loads", |scene, _| changed(scene, |plan| plan.loads[0].new += 1)),
    // The past load is read, not claimed.
    ("plan.loads", |scene, _| changed(scene, |plan| plan.loads[0].past += 1)),
    ("plan.filled", |scene, _| changed(scene, |plan| plan.objective.filled -= 1)),
    ("plan.load-ratios", |scene, _| changed(scene, |plan| plan.objective.loads.reverse())),
    ("plan.gaps", |scene, _| changed(scene, |plan| plan.objective.gaps[0] = Gap::After(9))),
    ("plan.lots", |scene, _| changed(scene, |plan| plan.objective.lots.reverse())),
    ("plan.bound", |scene, _| changed(scene, |plan| plan.certificate.bound.filled += 1)),
    ("plan.bound", |scene, _| changed(scene, |plan| plan.certificate.bound.loads.clear())),
    ("plan.reached", |scene, _| {
        changed(scene, |plan| {
            let reached = Bound { filled: 5, loads: plan.objective.loads.clone() };
            plan.certificate.kind = CertificateKind::Bounded { reached };
        })
    }),
    ("plan.no-assignment-problem", |scene, _| {
        let none = Potentials { seats: Vec::new(), people: Vec::new() };
        changed(scene, |plan| {
            let proof = Proof::Potentials(none.clone());
            plan.certificate.kind = CertificateKind::Optimal(proof);
        })
    }),
    ("plan.potential-shape", |scene, _| potentials(scene, |p| p.seats.truncate(1))),
    ("plan.potential-sign", |scene, _| potentials(scene, |p| p.people[2][0] = 1)),
    ("plan.potential-of-vacancy", |scene, _| potentials(scene, |p| p.seats[0][0] = 2)),
    ("plan.potential-of-pair", |scene, _| {
        potentials(scene, |p| *p.seats[0].last_mut().unwrap() += 100)
    }),
    ("plan.potential-sum", |scene, _| potentials(scene, |p| p.seats[0][0] -= 1)),
    ("plan.not-the-best", |scene, _| as_good_but_for_lots(scene)),
    // Too many places for a search.
    ("plan.not-proven", |scene, _| {
        let mut terms = ask(scene);
        terms.periods = rotas::periods(terms.periods[0].from, 40, 1);
        made(scene, &terms, |plan| plan.certificate.kind = CertificateKind::Optimal(Proof::Search))
    }),
];

const BOTH: &[Both] = &[
    ("availability.count", "availability.order", |scene, _| {
        away(scene, &[(0, 1); DECLARED_MAX + 1])
    }),
    ("rotation.unknown", "rotation.period-count", |scene, _| {
        let terms = ask(scene);
        let mut act = rotas::planned(scene, &terms);
        (act.supersedes, act.terms.periods) = (Some(StatementId(7)), Vec::new());
        records(act)
    }),
    ("rotation.period-order", "rotation.period-past", |scene, _| {
        asked(scene, |terms| terms.periods[0].until = archipel_domain::time::Timestamp(0))
    }),
    ("rotation.period-past", "rotation.role-count", |scene, _| {
        let first = scene.now().plus_ms(-7 * DAY_MS);
        asked(scene, |terms| {
            (terms.periods, terms.roles) = (rotas::periods(first, 3, 7), Vec::new());
        })
    }),
    ("rotation.role-twice", "rotation.seat-count", |scene, _| {
        asked(scene, |terms| {
            terms.roles.push(rotas::role("host"));
            terms.roles[0].seats = Some(0);
        })
    }),
    ("rotation.weight", "rotation.never-held", |scene, _| {
        of_role(scene, |role| (role.weight, role.max_consecutive) = (0, 0))
    }),
    ("rotation.closed-period", "rotation.with-itself", |scene, _| {
        asked(scene, |terms| {
            terms.roles[0].closed = vec![9];
            terms.incompatible = vec![(acts::slug("host"), acts::slug("host"))];
        })
    }),
    ("rotation.people-count", "rotation.person-twice", |scene, _| {
        asked(scene, |terms| terms.people.resize(PEOPLE_MAX + 1, person(3).id))
    }),
    ("rotation.person-unknown", "rotation.person-twice", |scene, _| {
        asked(scene, |terms| terms.people.extend([person(3).id, person(99).id]))
    }),
    ("rotation.seed-unknown", "plan.loads", |scene, _| {
        let terms = ask(scene);
        let mut act = rotas::planned(scene, &terms);
        act.draw = Some(StatementId(7));
        act.plan.loads.clear();
        records(act)
    }),
    ("plan.place-twice", "plan.loads", |scene, _| {
        changed(scene, |plan| {
            plan.assignments.push(plan.assignments[0].clone());
            plan.loads.clear();
        })
    }),
    ("plan.loads", "plan.bound", |scene, _| {
        changed(scene, |plan| {
            plan.loads.clear();
            plan.certificate.bound.filled = 0;
        })
    }),
];

#[test]
fn refused() {
    check(ROWS);
}

#[test]
fn the_first_reason_wins() {
    check_both(BOTH);
}
