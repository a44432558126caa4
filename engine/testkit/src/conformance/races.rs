//! What must hold while several threads use a store.

use archipel_engine::log::merkle::{Hash, root_of};
use archipel_engine::store::AppendError;

use super::{Factory, assert_same, collect_facts, collect_leaves};
use crate::sample;

pub(super) fn racing_appenders_write_each_entry_once(factory: Factory<'_>) {
    const EACH: u64 = 60;
    let instance = factory();
    let store = instance.store();
    std::thread::scope(|scope| {
        for racer in 0..4_u64 {
            scope.spawn(move || {
                for n in 0..EACH {
                    let entry = [sample::entry(racer * 1_000 + n, 20)];
                    let mut expected = store.head().size;
                    loop {
                        match store.append(expected, &entry) {
                            Ok(_) => break,
                            Err(AppendError::Conflict { head }) => expected = head,
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
            });
        }
    });
    let size = store.head().size;
    assert_eq!(size, 4 * EACH);
    let ids: Vec<u128> =
        (0..4).flat_map(|racer| (0..EACH).map(move |n| sample::id(racer * 1_000 + n))).collect();
    let mut positions: Vec<u64> =
        store.lookup(&ids).unwrap().into_iter().map(|found| found.unwrap()).collect();
    positions.sort_unstable();
    assert_eq!(positions, (0..size).collect::<Vec<_>>());
}

pub(super) fn readers_see_only_whole_batches(factory: Factory<'_>) {
    let instance = factory();
    let store = instance.store();
    let all = sample::entries(0, 20 * 30);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (all, done) = (&all, &done);
        for _ in 0..2 {
            scope.spawn(move || {
                while !done.load(std::sync::atomic::Ordering::Acquire) {
                    let (derived, size) = (store.derived_size(), store.head().size);
                    assert!(size.is_multiple_of(30), "half a batch at {size}");
                    assert!(derived <= size);
                    let leaves = collect_leaves(store, 0..size).unwrap();
                    assert!(
                        leaves
                            .iter()
                            .map(|(_, l)| l)
                            .eq(all.iter().map(|e| &e.leaf).take(size as usize))
                    );
                    assert_eq!(collect_facts(store, 0..derived).unwrap().len() as u64, derived);
                    let root = store.frontier_at(size).unwrap().root();
                    let hashes: Vec<Hash> =
                        all[..size as usize].iter().map(|entry| entry.leaf_hash).collect();
                    assert_eq!(root, root_of(&hashes));
                }
            });
        }
        for batch in all.chunks(30) {
            store.append(store.head().size, batch).unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Release);
    });
    assert_same(store, &all);
}
