//! One suite that every [`EventStore`] must pass (`docs/threat-model.md` 3, S1 to S7).

use std::ops::{ControlFlow, Range};

use archipel_engine::log::merkle::{EMPTY_ROOT, Hash, root_of};
use archipel_engine::store::{
    AppendError, Derived, Entry, EventStore, Head, MAX_FACT, MAX_LEAF, ReadError, StreamKey,
};

use crate::sample;

mod model;
mod races;

/// A store under test that can be stopped and started again.
pub trait Instance {
    /// The store.
    fn store(&self) -> &dyn EventStore;
    /// Closes and opens it; a store without a disk does nothing.
    fn reopen(&mut self);
}

/// Makes an empty instance.
pub type Factory<'a> = &'a dyn Fn() -> Box<dyn Instance>;

/// Runs the whole suite.
///
/// # Panics
/// With the name of what does not hold.
pub fn run(factory: Factory<'_>) {
    an_empty_store_has_the_empty_root(factory);
    appends_are_gapless_and_survive_a_restart(factory);
    a_stale_or_future_size_conflicts_and_writes_nothing(factory);
    a_known_id_is_a_duplicate_even_when_stale(factory);
    limits_are_enforced_and_reached(factory);
    every_leaf_length_around_the_limits_comes_back(factory);
    every_range_is_scanned_exactly(factory);
    derived_data_can_be_lost_and_rebuilt(factory);
    races::racing_appenders_write_each_entry_once(factory);
    races::readers_see_only_whole_batches(factory);
    model::any_history_equals_the_model(factory);
}

/// Everything in a range of leaves or facts.
///
/// # Errors
/// Those of the scan.
pub fn collect_leaves(
    store: &dyn EventStore,
    range: Range<u64>,
) -> Result<Vec<(u64, Vec<u8>)>, ReadError> {
    let mut found = Vec::new();
    store.scan_leaves(range, &mut |position, leaf| {
        found.push((position, leaf.to_vec()));
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// See [`collect_leaves`].
///
/// # Errors
/// Those of the scan.
pub fn collect_facts(
    store: &dyn EventStore,
    range: Range<u64>,
) -> Result<Vec<(u64, Vec<u8>)>, ReadError> {
    let mut found = Vec::new();
    store.scan_facts(range, &mut |position, fact| {
        found.push((position, fact.to_vec()));
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// Compares all that a store answers with what was appended: head, root at some sizes, leaves,
/// facts, ids, streams. Read errors are handed back; different answers are `Ok(Err(what))`.
///
/// # Errors
/// The first read error.
pub fn compare(
    store: &dyn EventStore,
    expected: &[Entry],
) -> Result<Result<(), String>, ReadError> {
    let size = expected.len() as u64;
    let hashes: Vec<Hash> = expected.iter().map(|entry| entry.leaf_hash).collect();
    if store.head() != (Head { size, root: root_of(&hashes) }) {
        return Ok(Err(format!("head is {:?}", store.head())));
    }
    let leaves: Vec<_> = (0..).zip(expected.iter().map(|entry| entry.leaf.clone())).collect();
    if collect_leaves(store, 0..size)? != leaves {
        return Ok(Err("other leaves".into()));
    }
    let facts: Vec<_> = (0..).zip(expected.iter().map(|e| e.derived.fact.clone())).collect();
    if collect_facts(store, 0..size)? != facts {
        return Ok(Err("other facts".into()));
    }
    let ids: Vec<u128> = expected.iter().map(|entry| entry.derived.id).collect();
    if store.lookup(&ids)? != (0..size).map(Some).collect::<Vec<_>>() {
        return Ok(Err("other positions of ids".into()));
    }
    let step = (expected.len() / 40).max(1);
    for at in (0..=expected.len()).step_by(step) {
        if store.frontier_at(at as u64)?.root() != root_of(&hashes[..at]) {
            return Ok(Err(format!("another root at size {at}")));
        }
    }
    let mut keys: Vec<StreamKey> =
        expected.iter().flat_map(|entry| entry.derived.streams.iter().copied()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        if store.stream(key, 0..size)? != stream_of(expected, key, 0..size) {
            return Ok(Err(format!("another stream {key:?}")));
        }
    }
    Ok(Ok(()))
}

fn stream_of(expected: &[Entry], key: StreamKey, range: Range<u64>) -> Vec<u64> {
    let mine = (0..).zip(expected).filter(|(_, entry)| entry.derived.streams.contains(&key));
    mine.map(|(position, _)| position).filter(|position| range.contains(position)).collect()
}

#[track_caller]
fn assert_same(store: &dyn EventStore, expected: &[Entry]) {
    assert_eq!(compare(store, expected).unwrap(), Ok(()));
}

fn an_empty_store_has_the_empty_root(factory: Factory<'_>) {
    let mut instance = factory();
    for _ in 0..2 {
        let store = instance.store();
        assert_eq!(store.head(), Head { size: 0, root: EMPTY_ROOT });
        assert_eq!(store.append(0, &[]), Ok(store.head()));
        assert_eq!(collect_leaves(store, 0..0), Ok(vec![]));
        assert!(matches!(collect_leaves(store, 0..1), Err(ReadError::Beyond { .. })));
        assert!(matches!(store.frontier_at(1), Err(ReadError::Beyond { .. })));
        assert_eq!(store.lookup(&[0, 1, u128::MAX]), Ok(vec![None; 3]));
        assert_eq!(store.stream(StreamKey { kind: 0, index: 0 }, 0..0), Ok(vec![]));
        instance.reopen();
    }
}

fn appends_are_gapless_and_survive_a_restart(factory: Factory<'_>) {
    let mut instance = factory();
    let all = sample::entries(0, 700);
    let mut size = 0;
    // Single acts, small batches, and batches over several segments.
    for count in [1, 1, 1, 2, 3, 1, 40, 300, 1, 1, 349].into_iter() {
        let (from, to) = (size as usize, size as usize + count);
        let head = instance.store().append(size, &all[from..to]).unwrap();
        assert_eq!(head, instance.store().head());
        assert_eq!((head.size, instance.store().derived_size()), (to as u64, to as u64));
        assert_same(instance.store(), &all[..to]);
        if count != 2 {
            instance.reopen();
            assert_same(instance.store(), &all[..to]);
        }
        size = head.size;
    }
    for size in 0..=all.len() {
        let hashes: Vec<Hash> = all[..size].iter().map(|entry| entry.leaf_hash).collect();
        let frontier = instance.store().frontier_at(size as u64).unwrap();
        assert_eq!((frontier.size(), frontier.root()), (size as u64, root_of(&hashes)));
    }
}

fn a_stale_or_future_size_conflicts_and_writes_nothing(factory: Factory<'_>) {
    let instance = factory();
    let store = instance.store();
    let all = sample::entries(0, 60);
    store.append(0, &all[..50]).unwrap();
    for stale in [0, 49, 51, u64::MAX] {
        assert_eq!(store.append(stale, &all[50..]), Err(AppendError::Conflict { head: 50 }));
        assert_eq!(store.append(stale, &[]), Err(AppendError::Conflict { head: 50 }));
        assert_same(store, &all[..50]);
    }
    store.append(50, &all[50..]).unwrap();
    assert_same(store, &all);
}

fn a_known_id_is_a_duplicate_even_when_stale(factory: Factory<'_>) {
    let mut instance = factory();
    let all = sample::entries(0, 400);
    instance.store().append(0, &all).unwrap();
    for _ in 0..2 {
        let store = instance.store();
        for (position, entry) in [0, 1, 199, 398, 399].map(|at| (at as u64, &all[at])) {
            let id = entry.derived.id;
            for expected in [400, 0, position, u64::MAX] {
                let again = store.append(expected, std::slice::from_ref(entry));
                assert_eq!(again, Err(AppendError::Duplicate { id, position }));
            }
        }
        // Known ids among new ones: the first of the batch is named, nothing is written.
        let fresh = sample::entries(500, 2);
        let batch = [fresh[0].clone(), all[300].clone(), all[20].clone(), fresh[1].clone()];
        let known = AppendError::Duplicate { id: all[300].derived.id, position: 300 };
        assert_eq!(store.append(400, &batch), Err(known));
        // The same id twice in one batch comes first of all.
        let twice = [fresh[0].clone(), all[300].clone(), fresh[0].clone()];
        let repeated = AppendError::RepeatedId { id: fresh[0].derived.id };
        assert_eq!(store.append(7, &twice), Err(repeated));
        assert_eq!(store.lookup(&[fresh[0].derived.id]), Ok(vec![None]));
        assert_same(store, &all);
        instance.reopen();
    }
}

fn limits_are_enforced_and_reached(factory: Factory<'_>) {
    let mut instance = factory();
    let with = |n: u64, change: &dyn Fn(&mut Entry)| {
        let mut entry = sample::entry(n, 10);
        change(&mut entry);
        entry.leaf_hash = archipel_engine::log::merkle::leaf_hash(&entry.leaf);
        entry
    };
    let streams = |n: u32| (0..n).map(|index| StreamKey { kind: 1, index }).collect();
    let bad = [
        with(1, &|e| e.leaf.clear()),
        with(2, &|e| e.leaf = vec![1; MAX_LEAF + 1]),
        with(3, &|e| e.derived.fact = vec![1; MAX_FACT + 1]),
        with(4, &|e| e.derived.streams = streams(5)),
    ];
    for entry in bad {
        let batch = [sample::entry(0, 10), entry];
        let answer = instance.store().append(0, &batch);
        assert!(matches!(answer, Err(AppendError::Invalid { index: 1, .. })), "{answer:?}");
    }
    assert_eq!(instance.store().head().size, 0);
    // Exactly at the limits, many times: the worst case of every kind of value.
    let full: Vec<Entry> = (0..600_u64)
        .map(|n| {
            with(n, &|e| {
                e.leaf[9] = 77;
                let at = n as u32;
                e.derived.fact = vec![n as u8; if n % 100 == 0 { MAX_FACT } else { 0 }];
                e.derived.streams = (0..4).map(|i| StreamKey { kind: i, index: at * 7 }).collect();
                e.derived.id = u128::from(n).wrapping_mul(u128::MAX / 601);
            })
        })
        .collect();
    instance.store().append(0, &full).unwrap();
    assert_same(instance.store(), &full);
    instance.reopen();
    assert_same(instance.store(), &full);
}

fn every_leaf_length_around_the_limits_comes_back(factory: Factory<'_>) {
    let mut instance = factory();
    let lengths = (6_890..=7_000).chain([1, 2, 13_950, 13_952, 13_960, 65_534, 65_535, 1, 65_535]);
    let mut all: Vec<Entry> = (0..).zip(lengths).map(|(n, len)| sample::entry(n, len)).collect();
    let more = all.len() as u64;
    // The same lengths after a small leaf, and each in a batch of its own.
    all.extend((more..).zip([5, 6_930, 5, 6_950, 5, 65_535, 5]).map(|(n, l)| sample::entry(n, l)));
    instance.store().append(0, &all[..more as usize]).unwrap();
    for (at, entry) in all.iter().enumerate().skip(more as usize) {
        instance.store().append(at as u64, std::slice::from_ref(entry)).unwrap();
        assert_same(instance.store(), &all[..=at]);
        instance.reopen();
    }
    assert_same(instance.store(), &all);
}

fn every_range_is_scanned_exactly(factory: Factory<'_>) {
    let instance = factory();
    let store = instance.store();
    let all = sample::entries(0, 330);
    store.append(0, &all[..200]).unwrap();
    store.append(200, &all[200..]).unwrap();
    for start in (0..=330_u64).step_by(7) {
        for end in (0..=330_u64).step_by(11).chain([start + 1]).filter(|end| *end <= 330) {
            let range = (start.min(end) as usize)..(end as usize);
            let leaves: Vec<_> =
                (start..).zip(all[range.clone()].iter().map(|e| e.leaf.clone())).collect();
            assert_eq!(collect_leaves(store, start..end), Ok(leaves), "{start}..{end}");
            let facts: Vec<_> =
                (start..).zip(all[range].iter().map(|e| e.derived.fact.clone())).collect();
            assert_eq!(collect_facts(store, start..end), Ok(facts), "{start}..{end}");
            for key in [StreamKey { kind: 1, index: 3 }, StreamKey { kind: 9, index: 4 }] {
                let found = store.stream(key, start..end);
                assert_eq!(found, Ok(stream_of(&all, key, start..end)), "{key:?} {start}..{end}");
            }
        }
    }
    let mut seen = Vec::new();
    let stop = &mut |position: u64, _: &[u8]| {
        seen.push(position);
        if position == 42 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    store.scan_leaves(40..300, stop).unwrap();
    assert_eq!(seen, [40, 41, 42]);
    assert!(matches!(collect_facts(store, 300..331), Err(ReadError::Beyond { .. })));
    let key = StreamKey { kind: 1, index: 3 };
    assert!(matches!(store.stream(key, 0..331), Err(ReadError::Beyond { .. })));
    assert!(matches!(store.frontier_at(331), Err(ReadError::Beyond { .. })));
}

fn derived_data_can_be_lost_and_rebuilt(factory: Factory<'_>) {
    let mut instance = factory();
    let all = sample::entries(0, 900);
    instance.store().append(0, &all[..800]).unwrap();
    instance.store().reset_derived().unwrap();
    let store = instance.store();
    assert_eq!((store.head().size, store.derived_size()), (800, 0));
    assert_eq!(store.lookup(&[all[3].derived.id]), Ok(vec![None]));
    assert!(matches!(collect_facts(store, 0..1), Err(ReadError::Beyond { .. })));
    let behind = AppendError::DerivedBehind { derived: 0, head: 800 };
    assert_eq!(store.append(800, &all[800..]), Err(behind));
    let items: Vec<(Derived, Hash)> =
        all.iter().map(|entry| (entry.derived.clone(), entry.leaf_hash)).collect();
    let conflict = |derived| Err(AppendError::DerivedConflict { derived });
    assert_eq!(store.append_derived(1, &items[1..2]), conflict(0));
    assert_eq!(store.append_derived(0, &items[..801]), conflict(0));
    let forged = [(items[0].0.clone(), [9; 32])];
    assert!(matches!(store.append_derived(0, &forged), Err(AppendError::Derived { .. })));
    let mut done = 0;
    for count in [1, 2, 250, 300, 0, 200] {
        let store = instance.store();
        store.append_derived(done as u64, &items[done..done + count]).unwrap();
        done += count;
        assert_eq!(store.derived_size(), done as u64);
        let positions: Vec<Option<u64>> =
            (0..800).map(|p| (p < done as u64).then_some(p)).collect();
        let ids: Vec<u128> = all[..800].iter().map(|entry| entry.derived.id).collect();
        assert_eq!(store.lookup(&ids), Ok(positions));
        store.sync_derived().unwrap();
        instance.reopen();
        assert_eq!(instance.store().derived_size(), done as u64);
    }
    instance.store().append_derived(753, &items[753..800]).unwrap();
    assert_same(instance.store(), &all[..800]);
    instance.store().append(800, &all[800..]).unwrap();
    assert_same(instance.store(), &all);
    instance.reopen();
    assert_same(instance.store(), &all);
}
