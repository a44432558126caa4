//! Lives of rotations: what is read from the state, what a plan gives, and that the solver's plan
//! is always accepted.

use super::rotations::{ask, ready, recorded, records, seeded};
use super::town;
use archipel_domain::entity::Kind;
use archipel_domain::id::StatementId;
use archipel_domain::role::rotation::Gap;
use archipel_domain::rota::{Facts, Proven, Rotation, burdens, concentration};
use archipel_domain::time::Timestamp;
use archipel_testkit::scenario::{DAY_MS, Scene, Stage as _, Town, acts, person, rotas};
use proptest::prelude::*;

fn rotation(scene: &Scene, id: StatementId) -> &Rotation {
    let index = scene.world.directory.by_uuid(Kind::Rotation, id.0).unwrap();
    scene.world.tables.rotations.get(index).unwrap()
}

fn number(scene: &Scene, who: u64) -> u32 {
    scene.world.directory.by_uuid(Kind::Member, person(who).id.0).unwrap()
}

fn role(scene: &Scene, name: &str) -> u32 {
    scene.world.directory.by_word(Kind::Role, name).unwrap()
}

#[test]
fn a_plan_gives_what_it_says_and_no_more() {
    let (mut scene, _) = town();
    let terms = ask(&mut scene);
    let id = recorded(&mut scene, &terms);
    let found = rotation(&scene, id);
    assert_eq!(found.proven, Some(Proven::Search));
    assert_eq!((found.cells.len(), found.vacant.len()), (6, 0));
    for (period, cell) in found.standing() {
        let (role, member) = (cell.role, cell.member);
        assert!(found.gives(role, member, period.from, period.until));
        assert!(!found.gives(role, member, period.from.plus_ms(1), period.until));
        assert!(!found.gives(role, member, period.from, period.until.plus_ms(-1)));
        assert!(!found.gives(role, member, period.from.plus_ms(-1), period.from.plus_ms(1)));
        assert!(!found.gives(role, member, period.from, period.from));
        let others = [1, 3, 4, 5, 7].map(|who| number(&scene, who));
        for other in others.into_iter().filter(|other| *other != member) {
            assert!(!found.gives(role, other, period.from, period.until));
        }
    }
}

/// One person alone holds three weeks: together they are one time; with a pause they are not.
#[test]
fn periods_without_a_pause_are_one_time() {
    let (mut scene, _) = town();
    let mut terms = ask(&mut scene);
    terms.roles.truncate(1);
    terms.people = vec![person(3).id];
    let whole = (terms.periods[0].from, terms.periods[2].until);
    terms.roles[0].closed = vec![2];
    let paused = recorded(&mut scene, &terms);
    let (host, three) = (role(&scene, "host"), number(&scene, 3));
    assert!(!rotation(&scene, paused).gives(host, three, whole.0, whole.1));
    terms.roles[0].closed = Vec::new();
    let mut act = rotas::planned(&scene, &terms);
    act.supersedes = Some(paused);
    let id = scene.given(records(act));
    assert!(rotation(&scene, id).gives(host, three, whole.0, whole.1));
    assert!(!rotation(&scene, id).gives(host, three, whole.0, whole.1.plus_ms(1)));
    assert_eq!(rotation(&scene, id).supersedes, Some(0));
    assert!(!rotation(&scene, paused).gives(host, three, whole.0, terms.periods[0].until));
}

/// Of a plan that is replaced, what has begun stays.
#[test]
fn what_has_begun_is_not_replaced() {
    let (mut scene, _) = town();
    let mut terms = ask(&mut scene);
    let first = recorded(&mut scene, &terms);
    scene.advance_ms(2 * DAY_MS);
    terms.periods.remove(0);
    let mut act = rotas::planned(&scene, &terms);
    act.supersedes = Some(first);
    scene.given(records(act));
    let found = rotation(&scene, first);
    assert_eq!(found.standing().count(), 2);
    assert!(found.period(1).is_some() && found.period(2).is_none());
}

/// Three weeks held, of which one was cut short; the past is counted in periods of the plan.
#[test]
fn the_past_is_read_from_mandates() {
    let (mut scene, _) = town();
    ready(&mut scene);
    let now = scene.now();
    let week = |n: i64| now.plus_ms(7 * n * DAY_MS);
    scene.given(Town::founder(acts::assign("host", person(3), week(0), week(1))));
    let cut = scene.given(Town::founder(acts::assign("host", person(4), week(0), week(4))));
    let never = scene.given(Town::founder(acts::assign("minutes", person(5), week(3), week(4))));
    scene.advance_ms(8 * DAY_MS);
    scene.given(Town::founder(acts::recall(cut)));
    scene.given(Town::founder(acts::recall(never)));
    let people = [3, 4, 5].map(person);
    let mut terms = rotas::terms(rotas::periods(week(4), 3, 7), &["host", "minutes"], &people);
    terms.roles[0].weight = 5;
    let id = recorded(&mut scene, &terms);
    let past = |who| {
        let load = rotation(&scene, id).loads.iter().find(|one| one.member == number(&scene, who));
        load.unwrap().past
    };
    assert_eq!([past(3), past(4), past(5)], [5, 10, 0]);
    let facts = Facts::all(&scene.world);
    let held = &terms.fix(&facts).request.people;
    let of = |who: u64| held.iter().find(|one| one.id == person(who).id).unwrap();
    let last = |who| of(who).eligible[&acts::slug("host")].last.map(|last| (last.ago, last.run));
    assert_eq!([last(3), last(4), last(5)], [Some((4, 1)), Some((3, 2)), None]);
    let gaps = rotation(&scene, id).cells.iter().filter(|cell| cell.member == number(&scene, 5));
    assert!(gaps.clone().count() > 0 && gaps.clone().any(|cell| cell.gap == Gap::Never));
}

#[test]
fn a_seed_is_drawn_for_a_request() {
    let (mut scene, _) = town();
    let terms = ask(&mut scene);
    let request = rotas::request(&scene, &terms);
    let draw = seeded(&mut scene, request);
    let act = rotas::planned_by_lot(&mut scene, &terms, draw);
    // Without the draw the seed, and so the lots, are others.
    let mut without = act.clone();
    without.draw = None;
    scene.then(records(without), "plan.lots");
    let id = scene.given(records(act));
    assert_eq!((rotation(&scene, id).draw, rotation(&scene, id).request), (Some(0), Some(request)));
}

#[test]
fn the_last_declaration_counts() {
    let (mut scene, _) = town();
    let mut terms = ask(&mut scene);
    terms.people = vec![person(3).id];
    let all = (Timestamp(0), terms.periods[2].until);
    scene.given(person(3).says(rotas::away(&[all], &["host"])));
    assert_eq!(rotas::planned(&scene, &terms).plan.assignments.len(), 0);
    scene.given(person(3).says(rotas::away(&[], &["minutes"])));
    assert_eq!(rotas::planned(&scene, &terms).plan.assignments.len(), 3);
    scene.given(person(3).says(rotas::away(&[], &[])));
    assert_eq!(rotas::planned(&scene, &terms).plan.assignments.len(), 6);
}

#[test]
fn who_carries_how_much() {
    let (mut scene, _) = town();
    let terms = ask(&mut scene);
    recorded(&mut scene, &terms);
    let all = burdens(&scene.world);
    let of = |who| all[&number(&scene, who)];
    // The one of 5 that is over, not the one that was recalled when it began; that of 7 to come.
    assert_eq!((of(5).active, of(5).past, of(7).coming), (0, 1, 1));
    assert_eq!((of(3).active, of(3).days), (1, 10));
    assert_eq!(all.values().map(|burden| burden.planned).sum::<u64>(), 6);
    assert!(!all.contains_key(&number(&scene, 6)), "6 has left");
    let found = concentration(&scene.world, &all, 1);
    // Founders 1 and 2, treasurer and scribe: four of six members hold one of four mandates.
    assert_eq!((found.active.holders, found.active.people, found.never_held), (4, 6, 1));
    assert_eq!(found.active.gini.to_string(), "1/3");
    assert_eq!(found.active.top_share.to_string(), "1/4");
}

/// Numbers from a seed.
fn mix(mut z: u64) -> impl FnMut(u64) -> u64 {
    move |n| {
        z = z.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (z >> 33) % n
    }
}

/// A state with absences and mandates, and terms with limits.
fn drawn(seed: u64) -> (Scene, archipel_domain::rota::Terms) {
    let (mut scene, _) = town();
    let mut terms = ask(&mut scene);
    let mut below = mix(seed);
    let start = scene.now();
    let day = |n: u64| start.plus_ms(i64::try_from(n).unwrap() * DAY_MS);
    for who in [1, 3, 4, 5] {
        if below(2) == 0 {
            let from = below(20);
            let unwanted: &[&str] = if below(4) == 0 { &["host"] } else { &[] };
            let times = [(day(from), day(from + 1 + below(7)))];
            scene.given(person(who).says(rotas::away(&times, unwanted)));
        }
        if below(3) == 0 {
            let from = below(15);
            let name = ["host", "minutes"][usize::try_from(below(2)).unwrap()];
            let act = acts::assign(name, person(who), day(from), day(from + 1 + below(6)));
            let _ = scene.when(Town::founder(act));
        }
    }
    for role in &mut terms.roles {
        role.weight = 1 + below(2);
        role.max_consecutive = u32::try_from(1 + below(3)).unwrap();
        role.cooling_off = u32::try_from(below(3)).unwrap();
        role.max_held = 1 + below(4);
    }
    terms.load_cap = 1 + below(4);
    if below(2) == 0 {
        terms.incompatible = vec![(acts::slug("host"), acts::slug("minutes"))];
    }
    if below(3) == 0 {
        terms.roles[0].seats = None;
    }
    (scene, terms)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the state, the solver's plan is accepted; with another person in one place it is
    /// not, nor without the proof if a limit is broken.
    #[test]
    fn the_plan_of_the_solver_is_accepted(seed: u64, place: usize, other: usize) {
        let (mut scene, terms) = drawn(seed);
        let act = rotas::planned(&scene, &terms);
        let count = act.plan.assignments.len();
        if count > 0 {
            let mut changed = act.clone();
            let cell = &mut changed.plan.assignments[place % count];
            let who = terms.people[other % terms.people.len()];
            let same = cell.person == who;
            cell.person = who;
            if !same {
                let code = scene.when(records(changed)).unwrap_err();
                prop_assert!(code.starts_with("plan."), "{}", code);
            }
        }
        let id = scene.when(records(act));
        prop_assert!(id.is_ok(), "{:?}", id);
        let found = rotation(&scene, id.unwrap());
        for (period, cell) in found.standing() {
            prop_assert!(found.gives(cell.role, cell.member, period.from, period.until));
        }
    }
}
