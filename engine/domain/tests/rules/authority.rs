//! Rules before every act's own.

use super::{Both, Row, check, check_both};
use archipel_domain::authority::{
    CLOCK_SKEW_MS_MAX, CONDITION_STREAMS_MAX, Condition, Expected, ExpectedRevision, Unchanged,
};
use archipel_domain::id::StatementId;
use archipel_testkit::scenario::{
    DAY_MS, Person, START, Scene, Stage as _, Town, acts, mandate, person, registrar,
};

fn revision(stream: &str, is: Expected) -> Condition {
    let revision = Some(ExpectedRevision { stream: stream.parse().unwrap(), is });
    Condition { revision, unchanged: None }
}

fn unchanged(since: u64, streams: &[&str]) -> Condition {
    let streams = streams.iter().map(|stream| stream.parse().unwrap()).collect();
    Condition { revision: None, unchanged: Some(Unchanged { since, streams }) }
}

const NOBODY: StatementId = StatementId(7);
const STRANGER: u64 = 99;

fn stranger() -> Person {
    person(STRANGER)
}

pub(crate) const ROWS: &[Row] = &[
    ("instance.not-founded", |scene, _| {
        *scene = Scene::empty();
        person(1).says(acts::submit("text"))
    }),
    ("instance.already-founded", |_, _| person(1).says(acts::found(2, 365))),
    ("statement.issued-in-future", |scene, _| {
        let late = scene.now.plus_ms(CLOCK_SKEW_MS_MAX + 1);
        person(3).says(acts::submit("text")).dated(late)
    }),
    ("statement.issued-before-founding", |_, _| {
        let early = START.plus_ms(-CLOCK_SKEW_MS_MAX - 1);
        person(3).says(acts::submit("text")).dated(early)
    }),
    ("key.unknown", |_, _| person(3).says(acts::submit("text")).signed_with(STRANGER)),
    ("key.unknown", |_, _| stranger().says(acts::submit("text"))),
    // A member can not be passed for somebody who is not one, nor the instance.
    ("key.unknown", |_, _| person(3).says(acts::sign_call("appeal")).signed_with(STRANGER)),
    ("key.unknown", |_, _| registrar().says(acts::sign_call("appeal")).signed_with(STRANGER)),
    ("key.not-authors", |_, _| person(3).says(acts::submit("text")).signed_with(4)),
    ("key.not-authors", |_, _| stranger().says(acts::sign_call("appeal")).signed_with(4)),
    ("key.not-authors", |_, _| person(3).says(acts::submit("text")).signed_with(0)),
    ("key.not-authors", |_, town| registrar().says(acts::close(town.done)).signed_with(3)),
    ("key.revoked", |_, _| person(3).says(acts::submit("text")).signed_with(13)),
    ("author.left", |_, _| person(6).says(acts::submit("text"))),
    ("author.registrar-only", |_, town| person(1).says(acts::close(town.yes_no))),
    ("author.registrar-only", |_, town| Town::founder(acts::declare(town.done, acts::version("")))),
    ("author.members-only", |_, _| registrar().says(acts::submit("text"))),
    ("author.members-only", |_, _| registrar().says(acts::sign_call("appeal"))),
    ("condition.too-many-streams", |_, _| {
        let too_many = ["unit/EUR"; CONDITION_STREAMS_MAX + 1];
        person(3).says(acts::submit("text")).provided(unchanged(99, &too_many))
    }),
    ("condition.stream-unknown", |_, _| {
        person(3).says(acts::submit("text")).provided(unchanged(0, &["group/est"]))
    }),
    // Assignments and amendments have no stream of their own: "unchanged" would mean nothing.
    ("condition.stream-unknown", |_, _| {
        let stream = format!("assignment/{}", mandate(1));
        person(3).says(acts::submit("text")).provided(unchanged(0, &[&stream]))
    }),
    ("condition.revision", |_, _| {
        let other = revision("group/nord", Expected::Exactly(1));
        person(3).says(acts::submit("text")).provided(other)
    }),
    ("condition.revision", |_, _| {
        person(3).says(acts::submit("text")).provided(revision("group/est", Expected::Present))
    }),
    ("condition.revision", |_, _| {
        person(3).says(acts::submit("text")).provided(revision("group/nord", Expected::Absent))
    }),
    ("condition.changed", |_, _| {
        person(3).says(acts::submit("text")).provided(unchanged(0, &["unit/EUR"]))
    }),
    ("mandate.unknown", |_, _| person(3).says(acts::submit("text")).under(NOBODY)),
    ("mandate.not-holder", |_, _| person(3).says(acts::submit("text")).under(mandate(1))),
    ("mandate.not-holder", |_, town| stranger().says(acts::sign_call("appeal")).under(town.scribe)),
    ("mandate.not-started", |_, town| person(7).says(acts::submit("text")).under(town.future)),
    ("mandate.ended", |_, town| person(5).says(acts::submit("text")).under(town.recalled)),
    ("mandate.ended", |_, town| person(5).says(acts::submit("text")).under(town.expired)),
    ("mandate.ended", |scene, town| {
        scene.advance_ms(10 * DAY_MS);
        scene.given(person(7).says(acts::submit("text")).under(town.future));
        scene.advance_ms(DAY_MS);
        person(7).says(acts::submit("text")).under(town.future)
    }),
    ("mandate.as-required", |_, _| person(1).says(acts::group("est"))),
    ("mandate.power-missing", |_, town| town.as_scribe(acts::group("est"))),
];

const PRECEDENCE: &[Both] = &[
    ("instance.not-founded", "statement.issued-in-future", |scene, _| {
        *scene = Scene::empty();
        let late = scene.now.plus_ms(CLOCK_SKEW_MS_MAX + 1);
        person(1).says(acts::submit("text")).dated(late)
    }),
    ("instance.already-founded", "statement.issued-in-future", |scene, _| {
        let late = scene.now.plus_ms(CLOCK_SKEW_MS_MAX + 1);
        person(1).says(acts::found(2, 365)).dated(late)
    }),
    ("statement.issued-before-founding", "key.unknown", |_, _| {
        let early = START.plus_ms(-CLOCK_SKEW_MS_MAX - 1);
        stranger().says(acts::submit("text")).dated(early)
    }),
    ("key.not-authors", "key.revoked", |_, _| person(4).says(acts::submit("text")).signed_with(13)),
    ("key.revoked", "author.left", |scene, _| {
        scene.given(person(3).says(acts::leave(person(3))));
        person(3).says(acts::submit("text")).signed_with(13)
    }),
    ("author.left", "author.registrar-only", |_, town| person(6).says(acts::close(town.done))),
    ("key.unknown", "author.registrar-only", |_, town| stranger().says(acts::close(town.done))),
    ("author.registrar-only", "condition.changed", |_, town| {
        let changed = unchanged(0, &["unit/EUR"]);
        person(3).says(acts::close(town.yes_no)).provided(changed)
    }),
    ("author.registrar-only", "condition.too-many-streams", |_, town| {
        let too_many = unchanged(99, &["unit/EUR"; CONDITION_STREAMS_MAX + 1]);
        person(3).says(acts::close(town.yes_no)).provided(too_many)
    }),
    ("condition.too-many-streams", "condition.stream-unknown", |_, _| {
        let too_many = unchanged(99, &["group/est"; CONDITION_STREAMS_MAX + 1]);
        person(3).says(acts::submit("text")).provided(too_many)
    }),
    ("condition.stream-unknown", "condition.revision", |_, _| {
        let mut both = unchanged(0, &["group/est"]);
        both.revision = revision("group/nord", Expected::Absent).revision;
        person(3).says(acts::submit("text")).provided(both)
    }),
    ("condition.stream-unknown", "condition.changed", |_, _| {
        let both = unchanged(0, &["unit/EUR", "group/est"]);
        person(3).says(acts::submit("text")).provided(both)
    }),
    ("condition.revision", "condition.changed", |_, _| {
        let mut both = unchanged(0, &["unit/EUR"]);
        both.revision = revision("group/nord", Expected::Absent).revision;
        person(3).says(acts::submit("text")).provided(both)
    }),
    ("condition.changed", "mandate.unknown", |_, _| {
        let changed = unchanged(0, &["unit/EUR"]);
        person(3).says(acts::submit("text")).provided(changed).under(NOBODY)
    }),
    ("mandate.not-holder", "mandate.not-started", |_, town| {
        person(3).says(acts::submit("text")).under(town.future)
    }),
    ("mandate.not-holder", "mandate.ended", |_, town| {
        person(3).says(acts::submit("text")).under(town.recalled)
    }),
    ("mandate.not-started", "mandate.ended", |scene, town| {
        scene.given(Town::founder(acts::recall(town.future)));
        person(7).says(acts::submit("text")).under(town.future)
    }),
    ("mandate.ended", "mandate.power-missing", |_, town| {
        person(5).says(acts::group("est")).under(town.recalled)
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
