//! Circles, roles and assignments.

use super::{Both, Row, check, check_both};
use archipel_domain::id::StatementId;
use archipel_domain::role::{Power, SEATS_MAX, TERM_DAYS_MAX};
use archipel_domain::time::Timestamp;
use archipel_testkit::scenario::{DAY_MS, Intent, Scene, Stage as _, Town, acts, mandate, person};

const NOBODY: StatementId = StatementId(7);

/// Person 7 as organiser, who has the power over roles and no other.
fn organiser(scene: &mut Scene, act: impl Into<archipel_domain::act::Act>) -> Intent {
    let (from, until) = days(scene, 0, 5);
    let mandate = scene.given(Town::founder(acts::assign("organiser", person(7), from, until)));
    person(7).says(act).under(mandate)
}

fn days(scene: &Scene, from: i64, until: i64) -> (Timestamp, Timestamp) {
    (scene.now.plus_ms(from * DAY_MS), scene.now.plus_ms(until * DAY_MS))
}

/// Person 4's mandate as observer from and until these days.
fn observer(scene: &Scene, from: i64, until: i64) -> Intent {
    let (from, until) = days(scene, from, until);
    Town::founder(acts::assign("observer", person(4), from, until))
}

pub(crate) const ROWS: &[Row] = &[
    ("circle.exists", |_, _| Town::founder(acts::circle("till", "assembly"))),
    ("circle.exists", |_, _| Town::founder(acts::circle("assembly", "till"))),
    // A dissolved circle keeps its name.
    ("circle.exists", |_, _| Town::founder(acts::circle("old", "assembly"))),
    ("circle.unknown", |_, _| Town::founder(acts::circle("new", "none"))),
    ("circle.unknown", |_, _| Town::founder(acts::dissolve("none"))),
    ("circle.unknown", |_, _| Town::founder(acts::role("new", "none", &[], 1, 1))),
    ("circle.dissolved", |_, _| Town::founder(acts::circle("new", "old"))),
    ("circle.dissolved", |_, _| Town::founder(acts::dissolve("old"))),
    ("circle.dissolved", |_, _| Town::founder(acts::role("new", "old", &[], 1, 1))),
    ("circle.dissolved", |scene, _| {
        scene.given(Town::founder(acts::circle("brief", "assembly")));
        scene.given(Town::founder(acts::role("brief", "brief", &[], 1, 9)));
        scene.given(Town::founder(acts::dissolve("brief")));
        let (from, until) = days(scene, 0, 5);
        Town::founder(acts::assign("brief", person(3), from, until))
    }),
    ("circle.root", |_, _| Town::founder(acts::dissolve("assembly"))),
    ("circle.in-use", |_, _| Town::founder(acts::dissolve("till"))),
    ("circle.in-use", |scene, _| {
        scene.given(Town::founder(acts::circle("outer", "assembly")));
        scene.given(Town::founder(acts::circle("inner", "outer")));
        Town::founder(acts::dissolve("outer"))
    }),
    // A mandate that has not begun is in the way as well.
    ("circle.in-use", |scene, _| {
        scene.given(Town::founder(acts::circle("brief", "assembly")));
        scene.given(Town::founder(acts::role("brief", "brief", &[], 1, 9)));
        let (from, until) = days(scene, 3, 5);
        scene.given(Town::founder(acts::assign("brief", person(3), from, until)));
        Town::founder(acts::dissolve("brief"))
    }),
    ("role.exists", |_, _| Town::founder(acts::role("scribe", "till", &[], 1, 1))),
    ("role.exists", |_, _| Town::founder(acts::role("founders", "till", &[], 1, 1))),
    ("role.unknown", |scene, _| {
        let (from, until) = days(scene, 0, 5);
        Town::founder(acts::assign("none", person(3), from, until))
    }),
    ("role.power-not-held", |scene, _| {
        organiser(scene, acts::role("new", "till", &[Power::Roles, Power::Ledger], 1, 1))
    }),
    ("role.power-not-held", |scene, _| {
        let (from, until) = days(scene, 0, 5);
        organiser(scene, acts::assign("scribe", person(7), from, until))
    }),
    ("role.power-not-held", |scene, _| {
        let (from, until) = days(scene, 0, 5);
        organiser(scene, acts::assign("founders", person(7), from, until))
    }),
    ("role.seat-count", |_, _| Town::founder(acts::role("new", "till", &[], 0, 1))),
    ("role.seat-count", |_, _| Town::founder(acts::role("new", "till", &[], SEATS_MAX + 1, 1))),
    ("role.term-length", |_, _| Town::founder(acts::role("new", "till", &[], 1, 0))),
    ("role.term-length", |_, _| {
        Town::founder(acts::role("new", "till", &[], 1, TERM_DAYS_MAX + 1))
    }),
    // A founder's mandate has a name of the founder's choice; nobody takes it over.
    ("assignment.exists", |scene, _| observer(scene, 0, 5).named(mandate(2))),
    ("assignment.member-unknown", |scene, _| {
        let (from, until) = days(scene, 0, 5);
        Town::founder(acts::assign("observer", person(8), from, until))
    }),
    ("assignment.member-unknown", |scene, _| {
        let (from, until) = days(scene, 0, 5);
        Town::founder(acts::assign("observer", person(6), from, until))
    }),
    ("assignment.term-reversed", |scene, _| observer(scene, 5, 5)),
    ("assignment.term-reversed", |scene, _| observer(scene, 5, 4)),
    ("assignment.term-reversed", |scene, _| observer(scene, -5, 0)),
    ("assignment.term-too-long", |scene, _| observer(scene, 1, 367)),
    ("assignment.already-holds", |scene, _| {
        let first = observer(scene, 1, 5);
        scene.given(first);
        observer(scene, 4, 8)
    }),
    ("assignment.seats-taken", |scene, _| {
        let (from, until) = days(scene, 0, 1);
        Town::founder(acts::assign("treasurer", person(5), from, until))
    }),
    // Two of two seats are taken in the middle of the term, by different people in turn.
    ("assignment.seats-taken", |scene, _| {
        for (who, from, until) in [(3, 0, 4), (4, 3, 6), (5, 6, 9)] {
            let (from, until) = days(scene, from, until);
            scene.given(Town::founder(acts::assign("organiser", person(who), from, until)));
        }
        let (from, until) = days(scene, 2, 8);
        Town::founder(acts::assign("organiser", person(7), from, until))
    }),
    ("assignment.unknown", |_, _| person(3).says(acts::resign(NOBODY))),
    ("assignment.ended", |_, town| person(5).says(acts::resign(town.recalled))),
    ("assignment.ended", |_, town| Town::founder(acts::recall(town.expired))),
    ("assignment.end-reason", |_, town| person(4).says(acts::resign(town.treasurer))),
    ("assignment.end-reason", |_, _| Town::founder(acts::recall(mandate(1)))),
    ("mandate.as-required", |_, town| person(1).says(acts::recall(town.treasurer))),
    ("mandate.power-missing", |_, town| town.as_scribe(acts::circle("new", "assembly"))),
];

const PRECEDENCE: &[Both] = &[
    ("mandate.as-required", "circle.exists", |_, _| {
        person(1).says(acts::circle("till", "assembly"))
    }),
    ("mandate.power-missing", "role.unknown", |scene, town| {
        let (from, until) = days(scene, 0, 5);
        town.as_scribe(acts::assign("none", person(3), from, until))
    }),
    ("circle.exists", "circle.unknown", |_, _| Town::founder(acts::circle("till", "none"))),
    ("circle.unknown", "role.exists", |_, _| {
        Town::founder(acts::role("scribe", "none", &[], 1, 1))
    }),
    ("circle.dissolved", "role.exists", |_, _| {
        Town::founder(acts::role("scribe", "old", &[], 0, 0))
    }),
    ("circle.root", "circle.in-use", |_, _| Town::founder(acts::dissolve("assembly"))),
    ("role.exists", "role.seat-count", |_, _| {
        Town::founder(acts::role("scribe", "till", &[], 0, 0))
    }),
    ("role.power-not-held", "role.seat-count", |scene, _| {
        organiser(scene, acts::role("new", "till", &[Power::Votes], 0, 0))
    }),
    ("role.seat-count", "role.term-length", |_, _| {
        Town::founder(acts::role("new", "till", &[], 0, 0))
    }),
    ("role.unknown", "assignment.member-unknown", |scene, _| {
        let (from, until) = days(scene, 5, 0);
        Town::founder(acts::assign("none", person(8), from, until))
    }),
    ("role.power-not-held", "assignment.member-unknown", |scene, _| {
        let (from, until) = days(scene, 5, 0);
        organiser(scene, acts::assign("scribe", person(8), from, until))
    }),
    ("role.unknown", "assignment.exists", |scene, _| {
        let (from, until) = days(scene, 0, 5);
        Town::founder(acts::assign("none", person(3), from, until)).named(mandate(2))
    }),
    ("role.power-not-held", "assignment.exists", |scene, _| {
        let (from, until) = days(scene, 0, 5);
        organiser(scene, acts::assign("scribe", person(7), from, until)).named(mandate(2))
    }),
    ("assignment.exists", "assignment.member-unknown", |scene, _| {
        let (from, until) = days(scene, 0, 5);
        Town::founder(acts::assign("observer", person(8), from, until)).named(mandate(2))
    }),
    ("assignment.member-unknown", "assignment.term-reversed", |scene, _| {
        let (from, until) = days(scene, 5, 0);
        Town::founder(acts::assign("observer", person(8), from, until))
    }),
    ("assignment.term-reversed", "assignment.term-too-long", |scene, _| {
        observer(scene, -1_000, -1)
    }),
    ("assignment.term-too-long", "assignment.already-holds", |scene, _| {
        let (from, until) = days(scene, 0, 400);
        Town::founder(acts::assign("treasurer", person(3), from, until))
    }),
    ("assignment.already-holds", "assignment.seats-taken", |scene, _| {
        let (from, until) = days(scene, 0, 1);
        Town::founder(acts::assign("treasurer", person(3), from, until))
    }),
    ("mandate.as-required", "assignment.unknown", |_, _| person(1).says(acts::recall(NOBODY))),
    ("assignment.ended", "assignment.end-reason", |_, town| {
        person(4).says(acts::resign(town.recalled))
    }),
];

#[test]
fn refusals() {
    check(ROWS);
}

#[test]
fn the_first_rule_wins() {
    check_both(PRECEDENCE);
}
