//! Invariants of roles (docs/spec/roles.md 8), looked at after every act of random towns, by a
//! reading of the state that shares nothing with the rules that keep them.

use super::play::{Players, role_ops};
use archipel_domain::entity::Kind;
use archipel_domain::fact::Record;
use archipel_domain::role::{
    Assignment, Basis, FrozenSubject, Link, Tenure, charter, end_of_circle, lies_within,
};
use archipel_domain::time::Timestamp;
use archipel_domain::vote::{procedure, settle};
use archipel_domain::world::World;
use archipel_testkit::scenario::{Live, Scene, Stage as _, Town, acts, furnish, person};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Barrier;

fn tenure(world: &World, index: u32) -> Tenure {
    world.tables.tenures.get(index).cloned().unwrap_or_default()
}

fn gone(world: &World, member: u32) -> bool {
    world.tables.members.get(member).is_none_or(|member| member.left.is_some())
}

/// Mandates that were not ended and are, or still can be, accepted, of those who are there.
fn standing(world: &World, now: Timestamp) -> Vec<(u32, &Assignment)> {
    let unanswered = |index: u32| {
        let tenure = tenure(world, index);
        tenure.accepted.is_none() && tenure.accept_by.is_some_and(|by| now >= by)
    };
    let all = world.tables.assignments.iter();
    let all = all.filter(|(index, held)| held.ended.is_none() && !unanswered(*index));
    all.filter(|(_, held)| !gone(world, held.member)).collect()
}

fn at(mandates: &[(u32, &Assignment)], moment: Timestamp) -> Vec<(u32, Assignment)> {
    let runs = |held: &Assignment| held.from <= moment && moment < held.until;
    mandates.iter().filter(|(_, held)| runs(held)).map(|(i, held)| (*i, (*held).clone())).collect()
}

/// R1, R2, R7: what the author of an act under a mandate was, just before it.
fn acted_by_right(before: &World, record: &Record) {
    let Some(index) = record.acting_as else { return };
    let held = before.tables.assignments.get(index).unwrap();
    let author = record.author.member().unwrap();
    let tenure = tenure(before, index);
    assert!(held.ended.is_none(), "an act under a mandate that was ended before");
    assert!(held.from <= record.at && record.at < held.until, "an act outside the term");
    assert!(tenure.accept_by.is_none() || tenure.accepted.is_some(), "not accepted");
    let mut given = tenure.delegations.iter();
    let delegate = given
        .any(|given| given.to == author && given.reclaimed.is_none() && record.at < given.until);
    assert!(author == held.member || delegate, "neither the holder nor a delegate");
    assert!(!gone(before, held.member), "for somebody who has left");
}

/// R2, R3, R4, R11: seats, roles that exclude each other, weights, terms and circles' ends, at
/// every moment at which something begins.
fn held_within_limits(world: &World, now: Timestamp) {
    let mandates = standing(world, now);
    let moments: BTreeSet<Timestamp> =
        mandates.iter().map(|(_, held)| held.from.max(now)).chain([now]).collect();
    for moment in moments {
        let running = at(&mandates, moment);
        for (role, state) in world.tables.roles.iter() {
            let of_role: Vec<u32> = running
                .iter()
                .filter(|(_, held)| held.role == role)
                .map(|(_, held)| held.member)
                .collect();
            assert!(of_role.len() as u64 <= u64::from(state.seats), "seats of role {role}");
            let distinct: BTreeSet<&u32> = of_role.iter().collect();
            assert_eq!(distinct.len(), of_role.len(), "somebody holds role {role} twice");
        }
        let members: BTreeSet<u32> = running.iter().map(|(_, held)| held.member).collect();
        for member in members {
            let roles: Vec<u32> = running
                .iter()
                .filter(|(_, held)| held.member == member)
                .map(|(_, held)| held.role)
                .collect();
            go_together(world, &roles);
        }
    }
    for (index, held) in world.tables.assignments.iter() {
        let role = world.tables.roles.get(held.role).unwrap();
        if let Some(end) = end_of_circle(world, role.circle) {
            assert!(held.until <= end, "mandate {index} ends after its circle");
        }
    }
}

fn go_together(world: &World, roles: &[u32]) {
    let terms = |role: u32| charter(world, role);
    let side = |role: u32| {
        let circle = world.tables.roles.get(role).unwrap().circle;
        terms(role).and_then(|terms| terms.link).map(|link| (circle, link == Link::Lead))
    };
    for one in roles {
        for other in roles {
            let excludes =
                terms(*one).is_some_and(|terms| terms.limits.incompatible.contains(other));
            assert!(!excludes, "roles {one} and {other} held together");
            if let (Some((a, lead)), Some((b, other_lead))) = (side(*one), side(*other)) {
                assert!(a != b || lead == other_lead, "both sides of a link");
            }
        }
    }
    let weight: u32 = roles.iter().map(|r| terms(*r).map_or(1, |t| t.limits.weight)).sum();
    let most = roles.iter().filter_map(|role| terms(*role)?.limits.most_weight).min();
    assert!(
        most.is_none_or(|most| weight <= most),
        "weight {weight} of {roles:?}, at most {most:?}"
    );
}

/// R6: domains of a circle's roles and inner circles do not meet, and lie within its own.
fn domains_apart(world: &World) {
    let remit = |circle: u32| {
        world.tables.remits.get(circle).map(|remit| remit.domains.clone()).unwrap_or_default()
    };
    let open = world.tables.circles.iter().filter(|(_, one)| one.dissolved.is_none());
    for (circle, _) in open {
        let roles = world.tables.roles.iter().filter(|(index, role)| {
            let retired = world.tables.charters.get(*index).is_some_and(|c| c.retired.is_some());
            role.circle == circle && !retired
        });
        let of_roles = roles.filter_map(|(index, _)| Some(charter(world, index)?.domains.clone()));
        let inner = world.tables.circles.iter();
        let inner = inner.filter(|(_, one)| one.parent == Some(circle) && one.dissolved.is_none());
        let all: Vec<_> = of_roles.chain(inner.map(|(index, _)| remit(index))).collect();
        for (n, one) in all.iter().enumerate() {
            for other in &all[n + 1..] {
                let mut pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
                assert!(
                    !pairs.any(|(a, b)| lies_within(a, b) || lies_within(b, a)),
                    "{one:?} and {other:?} in circle {circle}"
                );
            }
            let own = remit(circle);
            let inside = |domain| own.iter().any(|outer| lies_within(domain, outer));
            assert!(own.is_empty() || one.iter().all(inside), "{one:?} outside {own:?}");
        }
    }
}

/// R7, R8, R9: no vote on one's own recall; bases that verify; delegations within the mandate.
fn chosen_and_delegated_by_right(world: &World, now: Timestamp) {
    for (vote, _) in world.tables.votes.iter() {
        if let Some(FrozenSubject::Recall { holder, .. }) = procedure(world, vote).subject() {
            assert!(world.ballots.of(vote).row(holder).is_none(), "a vote on one's own recall");
        }
    }
    for (index, held) in world.tables.assignments.iter() {
        let tenure = tenure(world, index);
        match tenure.basis {
            Some(Basis::Vote(vote)) => {
                let elected = settle::of(world, vote).unwrap().elected;
                let state = world.tables.votes.get(vote).unwrap();
                let named = elected.iter().filter_map(|column| state.option(*column));
                let id = |option: &archipel_domain::vote::FrozenOption| {
                    world.directory.by_text(Kind::Member, option.id.as_str())
                };
                assert!(named.map(id).any(|member| member == Some(held.member)), "not elected");
            }
            Some(Basis::Draw(draw)) => {
                let lots = world.tables.draws.get(draw).unwrap().drawn.clone().unwrap();
                assert!(lots.holds(held.member), "not drawn");
            }
            _ => {}
        }
        for given in &tenure.delegations {
            assert!(given.until <= held.until && given.to != held.member);
        }
        let live = |given: &&archipel_domain::role::PowerDelegation| {
            given.reclaimed.is_none() && now < given.until
        };
        assert!(tenure.delegations.iter().filter(live).count() <= 1);
    }
}

fn check(before: &World, scene: &Scene) {
    if let Some((_, record)) = scene.log.last() {
        acted_by_right(before, record);
    }
    held_within_limits(&scene.world, scene.now);
    domains_apart(&scene.world);
    chosen_and_delegated_by_right(&scene.world, scene.now);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn invariants_of_roles_hold_at_every_position(ops in role_ops(60..160)) {
        let mut scene = Scene::founded(2);
        let mut players = Players::new(furnish(&mut scene));
        for op in ops {
            let before = scene.world.clone();
            let ended = before.tables.assignments.iter().filter(|(_, h)| h.ended.is_some()).count();
            players.play(&mut scene, op);
            if scene.world.position == before.position + 1 {
                check(&before, &scene);
            }
            // A mandate that has just ended is worth nothing at the very next position.
            let last = scene.world.tables.assignments.iter().filter(|(_, h)| h.ended.is_some());
            let last: Vec<u32> = last.map(|(index, _)| index).collect();
            if last.len() > ended {
                for index in last {
                    let told = tried_under(&mut scene, index);
                    let nothing = ["mandate.ended", "mandate.not-started", "mandate.not-accepted"];
                    prop_assert!(nothing.contains(&told.as_str()), "{}", told);
                }
            }
            scene.settle();
        }
    }
}

/// What the holder of a mandate is told who tries to act under it.
fn tried_under(scene: &mut Scene, index: u32) -> String {
    let world = &scene.world;
    let entity = |kind, index| archipel_domain::entity::EntityRef::new(kind, index);
    let held = world.tables.assignments.get(index).unwrap().clone();
    let name = world.directory.name(entity(Kind::Assignment, index)).unwrap().to_string();
    let member = |number: &u64| {
        world.directory.by_uuid(Kind::Member, person(*number).id.0) == Some(held.member)
    };
    let Some(who) = (1..40).find(member) else { return "mandate.ended".to_owned() };
    if gone(world, held.member) {
        return "mandate.ended".to_owned();
    }
    let keys = &world.tables.members.get(held.member).unwrap().keys;
    let valid = keys.iter().rev().find(|key| key.revoked.is_none()).unwrap().key;
    let key = (0..2_000).find(|key| archipel_testkit::keys::public(*key) == valid).unwrap();
    let act = acts::group("never");
    let intent = person(who).says(act).signed_with(key).under(name.parse().unwrap());
    scene.decide(intent).map_or_else(|code| code.code().to_owned(), |_| "accepted".to_owned())
}

/// Of a resignation or a recall and acts under the mandate, from many threads at once, exactly
/// those that come before it in the log were accepted.
#[test]
fn acts_and_the_end_of_a_mandate_follow_the_logs_order() {
    for round in 0..8_u64 {
        let mut live = Live::founded(2);
        furnish(&mut live);
        let (from, until) = (live.now(), live.now().plus_ms(1_000_000_000));
        let mandate = live.given(Town::founder(acts::assign("organiser", person(5), from, until)));
        let acting: Vec<_> = (0..64)
            .map(|n| {
                let act = acts::circle(&format!("c{n}"), "till");
                live.sign(person(5).says(act).under(mandate))
            })
            .collect();
        let end = if round % 2 == 0 {
            live.sign(person(5).says(acts::resign(mandate)))
        } else {
            live.sign(Town::founder(acts::recall(mandate)))
        };
        let late = live.sign(person(5).says(acts::circle("late", "till")).under(mandate));
        let (live, start) = (&live, &Barrier::new(3));
        let (first, second) = acting.split_at(32);
        let (answers, end) = std::thread::scope(|scope| {
            let run = |share: &[archipel_engine::log::statement::Signed]| {
                start.wait();
                share.iter().map(|signed| live.submit(signed)).collect::<Vec<_>>()
            };
            let one = scope.spawn(move || run(first));
            let two = scope.spawn(move || run(second));
            let end = scope.spawn(|| {
                start.wait();
                for _ in 0..round * 50 {
                    std::hint::spin_loop();
                }
                live.submit(&end)
            });
            let mut answers = one.join().unwrap();
            answers.extend(two.join().unwrap());
            (answers, end.join().unwrap().unwrap().position)
        });
        for answer in answers {
            match answer {
                Ok(receipt) => assert!(receipt.position < end, "accepted after the end"),
                Err(error) => assert_eq!(error.code(), "mandate.ended"),
            }
        }
        assert_eq!(live.submit(&late).unwrap_err().code(), "mandate.ended");
    }
}
