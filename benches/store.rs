//! The store and the whole engine on disk: appends, ingest beside the limit of verification, and
//! the three speeds (audit, rebuild, replay). Medians over alternating rounds, as a table.
//!
//! `ARCHIPEL_BENCH_EVENTS` sets how many ballots and moves the log holds (40,000 unless told).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use archipel_domain::world::View;
use archipel_engine::audit::audit;
use archipel_engine::crypto::Domain;
use archipel_engine::engine::{Engine, Options};
use archipel_engine::log::statement::{Signed, Statement};
use archipel_engine::projection::fold_view;
use archipel_engine::store::{Durability, Entry, EventStore as _, SledStore, StoreOptions};
use archipel_testkit::keys::ORIGIN;
use archipel_testkit::sample;
use ed25519_dalek::VerifyingKey;
use rayon::prelude::*;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const ROUNDS: usize = 5;

fn main() {
    // `cargo bench` hands over its own arguments, `cargo test --benches` asks for a short run.
    let short = !std::env::args().any(|argument| argument == "--bench");
    let told = std::env::var("ARCHIPEL_BENCH_EVENTS").ok().and_then(|text| text.parse().ok());
    let events = told.unwrap_or(if short { 256 } else { 40_000 });
    println!("{:<44} {:>12} {:>10}", "median of 5 rounds", "per second", "of limit");
    appends(if short { 256 } else { 20_000 });
    speeds(events);
}

fn show(what: &str, rate: f64, limit: Option<f64>) {
    let share = limit.map_or(String::new(), |limit| format!("{:.1} %", 100.0 * rate / limit));
    println!("{what:<44} {rate:>12.0} {share:>10}");
}

#[expect(clippy::cast_precision_loss, reason = "rates are for reading")]
fn rate<T>(events: usize, work: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let done = work();
    (events as f64 / started.elapsed().as_secs_f64(), done)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn options(durability: Durability) -> StoreOptions {
    StoreOptions { durability, ..StoreOptions::default() }
}

/// Entries of 500 bytes straight into the store.
fn appends(most: usize) {
    let entries: Vec<Entry> = (0..most as u64).map(|n| sample::entry(n, 500)).collect();
    for batch in [1, 100, 2_048] {
        // A batch of one costs a whole sync: a few hundred of them tell enough.
        let entries = &entries[..most.min(batch * 300)];
        let mut rates = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (rates, durability) in
                rates.iter_mut().zip([Durability::Full, Durability::FlushOnly])
            {
                let dir = tempfile::tempdir().unwrap();
                let store = SledStore::open(dir.path(), options(durability)).unwrap();
                let (rate, ()) = rate(entries.len(), || {
                    for part in entries.chunks(batch) {
                        store.append(store.head().size, part).unwrap();
                    }
                });
                rates.push(rate);
            }
        }
        let [full, flush] = rates.map(median);
        show(&format!("append, batches of {batch}"), full, None);
        show(&format!("append, batches of {batch}, no fsync"), flush, None);
    }
}

fn speeds(events: u64) {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(SledStore::open(dir.path(), StoreOptions::default()).unwrap());
    let mut bed = common::Bed::on(store);
    let signed = bed.statements(events);
    let held: Vec<(VerifyingKey, &Signed)> = signed
        .par_iter()
        .map(|signed| {
            let key = Statement::parse(&signed.payload).unwrap().authored.key;
            (VerifyingKey::from_bytes(&key.0).unwrap(), signed)
        })
        .collect();
    ingest(&bed, &signed, &held);
    let hashes = View::ALL.map(|view| bed.live.world().state_hash(view));
    drop(bed);

    let mut limits = Vec::new();
    let (mut audits, mut rebuilds) = (Vec::new(), Vec::new());
    let mut replays: Vec<(View, usize, Vec<f64>)> = Vec::new();
    for view in View::ALL {
        replays.extend([1, 2].map(|threads| (view, threads, Vec::new())));
    }
    for _ in 0..ROUNDS {
        limits.push(limit(&held));
        let store = SledStore::open(dir.path(), StoreOptions::default()).unwrap();
        let size = usize::try_from(store.head().size).unwrap();
        let (speed, report) = rate(size, || audit(&store, ORIGIN, &mut |_, _| {}).unwrap());
        audits.push(speed);
        for (view, hash) in View::ALL.into_iter().zip(hashes) {
            assert_eq!(report.state_hashes[view.name()], hash, "audit of {}", view.name());
        }
        drop(store);
        rebuilds.push(rebuild(dir.path(), size));
        let store = SledStore::open(dir.path(), StoreOptions::default()).unwrap();
        for (view, threads, rates) in &mut replays {
            let end = store.derived_size();
            let (speed, folded) = rate(size, || fold_view(&store, *view, end, *threads).unwrap());
            rates.push(speed);
            let at = View::ALL.iter().position(|other| other == view).unwrap();
            assert_eq!(folded.state_hash(*view), hashes[at], "replay of {}", view.name());
        }
    }
    let limit = median(limits);
    show("limit: verify_strict, all cores", limit, None);
    show("audit", median(audits), Some(limit));
    show("rebuild, derived data deleted", median(rebuilds), Some(limit));
    for (view, threads, rates) in replays {
        show(&format!("replay of {}, {threads} threads", view.name()), median(rates), None);
    }
}

/// Hands the statements in, in rounds, each after the limit measured on the same statements.
///
/// The share of CPU-seconds tells the same on a busy machine, where the share of time does not.
fn ingest(bed: &common::Bed, signed: &[Signed], held: &[(VerifyingKey, &Signed)]) {
    let part = signed.len().div_ceil(ROUNDS);
    let (mut shares, mut by_cpu, mut rates) = (Vec::new(), Vec::new(), Vec::new());
    for (signed, held) in signed.chunks(part).zip(held.chunks(part)) {
        let before = common::cpu_seconds();
        let most = limit(held);
        let between = common::cpu_seconds();
        let ours = signed.to_vec();
        let (speed, ()) = rate(signed.len(), || common::submit(&bed.live, ours));
        let after = common::cpu_seconds();
        shares.push(speed / most);
        by_cpu.push((between - before) / (after - between));
        rates.push(speed);
    }
    let speed = median(rates);
    show("ingest, durable, from submit to answer", speed, Some(speed / median(shares)));
    println!("{:<44} {:>12} {:>8.1} %", "  the same in CPU-seconds", "", 100.0 * median(by_cpu));
}

/// Strict verifications a second, one by one on all cores.
fn limit(held: &[(VerifyingKey, &Signed)]) -> f64 {
    let (speed, ()) = rate(held.len(), || {
        held.par_iter().with_min_len(8).for_each_init(Vec::new, |buffer, (key, signed)| {
            let signature = ed25519_dalek::Signature::from_bytes(&signed.signature);
            Domain::Statement.message_into(&signed.payload, buffer);
            key.verify_strict(buffer, &signature).unwrap();
        });
    });
    speed
}

/// Opens an engine on the log after deleting all that is derived from it.
fn rebuild(dir: &Path, size: usize) -> f64 {
    std::fs::remove_dir_all(dir.join("derived")).unwrap();
    let (speed, engine) = rate(size, || {
        let store = Arc::new(SledStore::open(dir, StoreOptions::default()).unwrap());
        Engine::start(store, ORIGIN, None, None, Options::default()).unwrap()
    });
    drop(engine);
    speed
}
