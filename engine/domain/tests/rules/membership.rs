//! Instance, groups, members, keys and calls.

use super::{Both, Row, check, check_both};
use archipel_domain::membership::{FOUNDERS_MAX, KEYS_MAX, RevokeKey};
use archipel_testkit::keys::public;
use archipel_testkit::scenario::{Scene, Stage as _, Town, acts, person, registrar};

/// Person 3 enrols keys until no more are allowed; two are used already.
fn many_keys(scene: &mut Scene) {
    for key in 0..KEYS_MAX as u64 - 2 {
        scene.given(person(3).says(acts::enrol(person(3), 1_000 + key)));
    }
}

pub(crate) const ROWS: &[Row] = &[
    ("instance.founder-count", |scene, _| {
        *scene = Scene::empty();
        person(1).says(acts::found(0, 365))
    }),
    ("instance.founder-count", |scene, _| {
        *scene = Scene::empty();
        person(1).says(acts::found(FOUNDERS_MAX as u64 + 1, 365))
    }),
    ("instance.founder-signature", |scene, _| {
        *scene = Scene::empty();
        person(2).says(acts::found(2, 365))
    }),
    ("instance.founder-signature", |scene, _| {
        *scene = Scene::empty();
        person(1).says(acts::found(2, 365)).signed_with(2)
    }),
    ("instance.founder-twice", |scene, _| {
        *scene = Scene::empty();
        let mut twice = acts::found(2, 365);
        twice.founders[1].member = twice.founders[0].member;
        person(1).says(twice)
    }),
    ("instance.founder-twice", |scene, _| {
        *scene = Scene::empty();
        let mut twice = acts::found(2, 365);
        twice.founders[1].assignment = twice.founders[0].assignment;
        person(1).says(twice)
    }),
    ("instance.founder-twice", |scene, _| {
        *scene = Scene::empty();
        let mut twice = acts::found(2, 365);
        twice.founders[1].key = twice.registrar;
        person(1).says(twice)
    }),
    ("instance.founding-term", |scene, _| {
        *scene = Scene::empty();
        person(1).says(acts::found(2, 0))
    }),
    ("instance.founding-term", |scene, _| {
        *scene = Scene::empty();
        person(1).says(acts::found(2, 3_654))
    }),
    ("group.exists", |_, _| Town::founder(acts::group("nord"))),
    ("group.unknown", |_, _| Town::founder(acts::admit(person(8), &["nord", "est"]))),
    ("member.exists", |_, _| Town::founder(acts::admit(person(3).with_key(8), &[]))),
    ("member.exists", |_, _| Town::founder(acts::admit(person(6).with_key(8), &[]))),
    ("member.exists", |_, _| Town::founder(acts::admit(registrar().with_key(8), &[]))),
    ("member.unknown", |_, _| Town::founder(acts::leave(person(8)))),
    ("member.unknown", |_, _| Town::founder(acts::revoke(person(8), 8))),
    // A key is enrolled by its owner only.
    ("member.unknown", |_, _| person(3).says(acts::enrol(person(4), 8))),
    ("member.unknown", |_, _| person(3).says(acts::rotate(person(4), 8))),
    ("member.gone", |_, _| Town::founder(acts::leave(person(6)))),
    ("member.gone", |_, _| Town::founder(acts::revoke(person(6), 6))),
    ("key.in-use", |_, _| person(3).says(acts::enrol(person(3), 4))),
    ("key.in-use", |_, _| person(3).says(acts::enrol(person(3), 3))),
    ("key.in-use", |_, _| person(3).says(acts::rotate(person(3), 13))),
    ("key.in-use", |_, _| person(3).says(acts::rotate(person(3), 0))),
    ("key.in-use", |_, _| Town::founder(acts::admit(person(8).with_key(0), &[]))),
    ("key.too-many", |scene, _| {
        many_keys(scene);
        person(3).says(acts::enrol(person(3), 8))
    }),
    ("key.too-many", |scene, _| {
        many_keys(scene);
        person(3).says(acts::rotate(person(3), 8))
    }),
    ("key.not-members", |_, _| person(3).says(acts::revoke(person(3), 4))),
    ("key.already-revoked", |_, _| person(3).says(acts::revoke(person(3), 13))),
    ("key.last", |_, _| person(3).says(acts::revoke(person(3), 3))),
    ("call.exists", |_, _| Town::founder(acts::call("appeal"))),
    ("call.unknown", |_, _| person(3).says(acts::sign_call("other"))),
    ("call.unknown", |_, _| person(8).says(acts::withdraw_from_call("other"))),
    ("call.already-signed", |_, _| person(3).says(acts::sign_call("appeal"))),
    ("call.already-signed", |scene, _| {
        scene.given(person(8).says(acts::sign_call("appeal")));
        person(9).says(acts::sign_call("appeal")).signed_with(8)
    }),
    ("call.not-signed", |_, _| person(4).says(acts::withdraw_from_call("appeal"))),
    ("call.not-signed", |scene, _| {
        scene.given(person(3).says(acts::withdraw_from_call("appeal")));
        person(3).says(acts::withdraw_from_call("appeal"))
    }),
    // What another has, and what needs a power.
    ("mandate.as-required", |_, _| person(3).says(acts::leave(person(4)))),
    ("mandate.as-required", |_, _| person(3).says(acts::revoke(person(4), 4))),
    ("mandate.as-required", |_, _| person(3).says(acts::admit(person(8), &[]))),
    ("mandate.power-missing", |_, town| town.as_treasurer(acts::call("other"))),
];

const PRECEDENCE: &[Both] = &[
    ("instance.founder-count", "instance.founding-term", |scene, _| {
        *scene = Scene::empty();
        person(1).says(acts::found(0, 0))
    }),
    ("instance.founder-signature", "instance.founder-twice", |scene, _| {
        *scene = Scene::empty();
        let mut twice = acts::found(2, 365);
        twice.founders[1].member = twice.founders[0].member;
        person(2).says(twice)
    }),
    ("instance.founder-twice", "instance.founding-term", |scene, _| {
        *scene = Scene::empty();
        let mut twice = acts::found(2, 0);
        twice.founders[1].member = twice.founders[0].member;
        person(1).says(twice)
    }),
    ("mandate.as-required", "group.exists", |_, _| person(3).says(acts::group("nord"))),
    ("mandate.as-required", "member.unknown", |_, _| person(3).says(acts::leave(person(8)))),
    ("mandate.power-missing", "member.gone", |_, town| town.as_scribe(acts::leave(person(6)))),
    ("group.unknown", "member.exists", |_, _| Town::founder(acts::admit(person(3), &["est"]))),
    ("member.exists", "key.in-use", |_, _| Town::founder(acts::admit(person(3), &[]))),
    ("member.unknown", "key.in-use", |_, _| person(3).says(acts::enrol(person(4), 4))),
    ("member.gone", "key.not-members", |_, _| Town::founder(acts::revoke(person(6), 4))),
    ("key.in-use", "key.too-many", |scene, _| {
        many_keys(scene);
        person(3).says(acts::enrol(person(3), 4))
    }),
    ("key.already-revoked", "key.last", |_, _| {
        let act = RevokeKey { member: person(3).id, key: public(13) };
        person(3).says(act)
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
