//! Live, replayed, restarted: the same state.

use super::play::{Op, Players, ops, towns};
use archipel_domain::act::Fact;
use archipel_domain::codec;
use archipel_domain::fact::Record;
use archipel_domain::id::Hash;
use archipel_domain::world::{View, World};
use archipel_engine::audit::audit;
use archipel_engine::engine::Engine;
use archipel_engine::projection::{Snapshots, fold_view, fold_world};
use archipel_engine::store::{EventStore, MemoryStore, SledStore, StoreOptions};
use archipel_testkit::scenario::{Live, ORIGIN, Scene, Stage as _, acts, furnish, person};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

fn hashes(world: &World) -> Vec<Hash> {
    View::ALL.iter().map(|view| world.state_hash(*view)).collect()
}

pub(crate) fn records(store: &dyn EventStore) -> Vec<Record> {
    let mut records = Vec::new();
    let mut visit = |_, bytes: &[u8]| {
        records.push(codec::decode(bytes).unwrap());
        ControlFlow::Continue(())
    };
    store.scan_facts(0..store.head().size, &mut visit).unwrap();
    records
}

/// Per unit, balances sum to zero.
fn check_sums(world: &World, position: usize) {
    let mut sums: BTreeMap<u32, i128> = BTreeMap::new();
    for (index, account) in world.tables.accounts.iter() {
        *sums.entry(account.unit).or_default() += world.balances.of(index);
    }
    assert!(sums.values().all(|sum| *sum == 0), "position {position}: {sums:?}");
}

fn check_folds(store: &dyn EventStore, world: &World) {
    let expected = hashes(world);
    for threads in [1, 2, 3, 4, 8] {
        for (view, expected) in View::ALL.into_iter().zip(&expected) {
            let folded = fold_view(store, view, world.position, threads).unwrap();
            let found = folded.state_hash(view);
            assert_eq!(found, *expected, "{view:?} at {} by {threads}", world.position);
        }
    }
}

/// The state before each act, one by one, against every other way to get there.
fn check_prefixes(engine: &Engine, snapshots: &Snapshots, cuts: &[u64]) {
    let store = engine.store().as_ref();
    let records = records(store);
    let mut world = World::default();
    for (position, record) in records.iter().enumerate() {
        if cuts.iter().any(|cut| cut % (records.len() as u64 + 1) == position as u64) {
            assert!(*engine.world_at(position as u64).unwrap() == world, "at {position}");
            check_folds(store, &world);
            let saved = snapshots.load(store, position as u64).unwrap_or_default();
            assert!(saved.position <= position as u64);
            let again = fold_world(store, saved, position as u64).unwrap();
            assert!(again == world, "from a snapshot, at {position}");
        }
        world.evolve(record);
        check_sums(&world, position);
    }
    assert!(world == *engine.views().latest().world, "folded one by one");
}

fn check_laws(store: Arc<dyn EventStore>, ops: &[Op], cuts: &[u64]) -> usize {
    let dir = tempfile::tempdir().unwrap();
    let snapshots = Snapshots::of(dir.path());
    let mut live = Live::on(store, Some(snapshots.clone()));
    live.given(person(1).says(acts::found(2, 365)));
    let town = furnish(&mut live);
    let mut players = Players::new(town);
    for op in ops {
        players.play(&mut live, *op);
    }
    let world = live.world();
    check_folds(live.store().as_ref(), &world);
    check_prefixes(live.engine(), &snapshots, cuts);
    let report = audit(live.store().as_ref(), ORIGIN, &mut |_, _| {}).unwrap();
    let audited: Vec<Hash> =
        View::ALL.iter().map(|view| report.state_hashes[view.name()]).collect();
    assert_eq!(audited, hashes(&world));
    // A clean restart starts from a snapshot at the head.
    live.reopen();
    assert!(snapshots.load(live.store().as_ref(), u64::MAX).is_some());
    assert!(*live.world() == *world, "from a snapshot");
    // A restart with nothing derived.
    live.stop();
    snapshots.clear().unwrap();
    live.store().reset_derived().unwrap();
    live.reopen();
    assert!(*live.world() == *world, "rebuilt from the leaves");
    check_folds(live.store().as_ref(), &world);
    players.accepted
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn one_log_is_one_state_in_memory(
        ops in ops(60..160),
        cuts in prop::array::uniform4(any::<u64>()),
    ) {
        check_laws(Arc::new(MemoryStore::new()), &ops, &cuts);
    }

    /// The pure rules and the running engine come to the same state.
    #[test]
    fn the_engine_adds_nothing_to_the_rules(ops in ops(20..80)) {
        let mut scene = Scene::founded(2);
        let mut live = Live::founded(2);
        let mut pure = Players::new(furnish(&mut scene));
        let mut real = Players::new(furnish(&mut live));
        for op in ops {
            pure.play(&mut scene, op);
            real.play(&mut live, op);
            scene.settle();
            live.settle();
        }
        prop_assert_eq!(pure.refused, real.refused);
        prop_assert_eq!(scene.world.position, live.world().position);
        prop_assert_eq!(hashes(&scene.world), hashes(&live.world()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn one_log_is_one_state_on_disk(
        ops in ops(60..160),
        cuts in prop::array::uniform2(any::<u64>()),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let store = SledStore::open(dir.path(), StoreOptions::default()).unwrap();
        check_laws(Arc::new(store), &ops, &cuts);
    }
}

/// The generator reaches what it is meant to reach.
#[test]
fn random_acts_are_accepted_and_refused_in_many_ways() {
    let mut made = std::collections::BTreeSet::new();
    let (mut accepted, mut refused) = (0, BTreeMap::<String, usize>::new());
    for ops in towns() {
        let mut scene = Scene::founded(2);
        let mut players = Players::new(furnish(&mut scene));
        for op in ops {
            players.play(&mut scene, op);
            scene.settle();
        }
        let facts = || scene.log.iter().map(|(_, record)| &record.fact);
        made.extend(facts().map(Fact::type_name));
        // Some acts are only ever done by request.
        made.extend(facts().map(|fact| fact.effective().type_name()));
        accepted += players.accepted;
        for (code, times) in players.refused {
            *refused.entry(code).or_default() += times;
        }
    }
    let all: std::collections::BTreeSet<&str> =
        archipel_domain::act::Act::TYPES.iter().copied().collect();
    let never: Vec<_> = all.difference(&made).collect();
    assert!(never.is_empty(), "never accepted: {never:?}; refused: {refused:?}");
    for code in ["proposal.vote-open", "mandate.ended", "key.revoked", "ledger.below-floor"] {
        assert!(refused.contains_key(code), "{code}: {refused:?}");
    }
    assert!(accepted > 1_000, "{accepted} but {refused:?}");
}

/// Positions decide, not clocks: recorded times never go back, nor does a restart follow a clock
/// that does.
#[test]
fn a_clock_that_goes_back_is_not_followed() {
    let mut live = Live::founded(2);
    live.advance_ms(120_000);
    let first = live.sign(person(1).says(acts::submit("first")));
    let first = live.submit(&first).unwrap();
    live.advance_ms(-60_000);
    let second = live.sign(person(1).says(acts::submit("second")));
    let second = live.submit(&second).unwrap();
    assert_eq!(second.recorded_at, first.recorded_at);
    live.reopen();
    live.advance_ms(-60_000);
    let third = live.sign(person(1).says(acts::submit("third")));
    let third = live.submit(&third).unwrap();
    assert_eq!(third.recorded_at, first.recorded_at);
    audit(live.store().as_ref(), ORIGIN, &mut |_, _| {}).unwrap();
    live.reopen();
}
