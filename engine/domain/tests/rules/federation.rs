//! Other logs.

use super::{Both, Row, check, check_both};
use archipel_testkit::scenario::{Scene, Stage as _, Town, acts, person};

/// A checkpoint of another log is recorded.
fn seen(scene: &mut Scene) {
    scene.given(Town::founder(acts::witness("voisine", "example.org/b", 1, 10, 1)));
}

pub(crate) const ROWS: &[Row] = &[
    ("foreign-log.other", |scene, _| {
        seen(scene);
        Town::founder(acts::witness("voisine", "example.org/c", 1, 11, 1))
    }),
    ("foreign-log.other", |scene, _| {
        seen(scene);
        Town::founder(acts::witness("voisine", "example.org/b", 2, 11, 1))
    }),
    ("foreign-log.named-otherwise", |scene, _| {
        seen(scene);
        Town::founder(acts::witness("autre", "example.org/b", 1, 11, 1))
    }),
    ("checkpoint.older", |scene, _| {
        seen(scene);
        Town::founder(acts::witness("voisine", "example.org/b", 1, 9, 1))
    }),
    ("checkpoint.fork", |scene, _| {
        seen(scene);
        Town::founder(acts::witness("voisine", "example.org/b", 1, 10, 2))
    }),
    ("checkpoint.known", |scene, _| {
        seen(scene);
        Town::founder(acts::witness("voisine", "example.org/b", 1, 10, 1))
    }),
];

const PRECEDENCE: &[Both] = &[
    ("foreign-log.other", "checkpoint.older", |scene, _| {
        seen(scene);
        Town::founder(acts::witness("voisine", "example.org/b", 2, 9, 1))
    }),
    ("foreign-log.other", "checkpoint.fork", |scene, _| {
        seen(scene);
        Town::founder(acts::witness("voisine", "example.org/c", 1, 10, 2))
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

#[test]
fn a_log_grows_and_others_stand_beside_it() {
    let (mut scene, _) = super::town();
    seen(&mut scene);
    scene.given(Town::founder(acts::witness("voisine", "example.org/b", 1, 11, 3)));
    scene.given(Town::founder(acts::witness("autre", "example.org/c", 1, 3, 1)));
    let logs = scene.world.tables.logs.iter();
    let sizes: Vec<u64> = logs.filter_map(|(_, log)| Some(log.seen?.size)).collect();
    assert_eq!(sizes, [11, 3]);
    scene.then(
        person(3).says(acts::witness("voisine", "example.org/b", 1, 12, 1)),
        "mandate.as-required",
    );
}
