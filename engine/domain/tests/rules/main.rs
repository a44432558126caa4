//! Every rejection, produced: what is given, an act, and the code with which it is refused; then
//! acts that break two rules at once, refused with the code that comes first in the list.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod admitted;
mod attacks;
mod authority;
mod charters;
mod consents;
mod delegations;
mod draws;
mod election_lives;
mod election_model;
mod election_play;
mod elections;
mod federation;
mod ledger;
mod lives;
mod mandates;
mod membership;
mod peers;
mod procedures;
mod proposals;
mod roles;
mod rotas;
mod rotations;
mod safeguards;
mod votes;

use archipel_domain::rejection::Rejection;
use archipel_testkit::scenario::{Intent, Scene, Stage as _, Town, furnish};
use std::collections::BTreeSet;

/// The code with which the act is refused, in the town to which the row may add something.
type Row = (&'static str, fn(&mut Scene, &Town) -> Intent);

/// Acts that break the rule with the first code and the one with the second; the first wins.
type Both = (&'static str, &'static str, fn(&mut Scene, &Town) -> Intent);

fn town() -> (Scene, Town) {
    let mut scene = Scene::founded(2);
    let town = furnish(&mut scene);
    (scene, town)
}

#[track_caller]
fn check(rows: &[Row]) {
    let (scene, town) = town();
    let mut wrong = Vec::new();
    for (number, (code, act)) in rows.iter().enumerate() {
        let mut scene = scene.clone();
        let intent = act(&mut scene, &town);
        let before = scene.world.clone();
        let found = scene.when(intent).err();
        if found.as_deref() != Some(code) {
            wrong.push(format!("row {number}: expected {code}, found {found:?}"));
        } else {
            assert!(scene.world == before, "{code}: a refusal changes nothing");
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Also checks that the two codes stand in that order in the list.
#[track_caller]
fn check_both(rows: &[Both]) {
    let place = |code: &str| Rejection::all().position(|known| known.code() == code).unwrap();
    for (first, second, _) in rows {
        assert!(place(first) < place(second), "{first} comes before {second} in the list");
    }
    let singles: Vec<Row> = rows.iter().map(|(first, _, act)| (*first, *act)).collect();
    check(&singles);
}

#[test]
fn every_code_has_a_row() {
    let tables = [
        authority::ROWS,
        membership::ROWS,
        roles::ROWS,
        proposals::ROWS,
        votes::ROWS,
        ledger::ROWS,
        federation::ROWS,
        procedures::ROWS,
        delegations::ROWS,
        consents::ROWS,
        draws::ROWS,
        charters::ROWS,
        mandates::ROWS,
        safeguards::ROWS,
        elections::ROWS,
        rotations::ROWS,
    ];
    let produced: BTreeSet<&str> = tables.into_iter().flatten().map(|(code, _)| *code).collect();
    let all: BTreeSet<&str> = Rejection::all().map(Rejection::code).collect();
    let missing: Vec<_> = all.difference(&produced).collect();
    assert!(missing.is_empty(), "no row produces {missing:?}");
    let unknown: Vec<_> = produced.difference(&all).collect();
    assert!(unknown.is_empty(), "no rule has the code {unknown:?}");
}

/// The lists are checked in the order in which they are declared, so that the smallest of two
/// rejections of a context is the one that comes first.
#[test]
fn the_order_of_the_list_is_the_order_of_the_values() {
    let all: Vec<Rejection> = Rejection::all().collect();
    assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
}
