//! Archipel's side of `run.sh`: writes the facts of a log as CSV for other databases, and folds
//! a view in a new process.
//!
//! ```text
//! peer export DIR OUT           ballots.csv (vote, voter, mark, position),
//!                               moves.csv (account, amount)
//! peer replay DIR VIEW THREADS  one line of JSON: events, seconds, state hash, peak memory
//! peer totals DIR VIEW OUT      what the peer's query must give: one sorted line a group
//! ```

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use archipel_domain::act::Fact;
use archipel_domain::codec;
use archipel_domain::fact::Record;
use archipel_domain::world::View;
use archipel_engine::projection::fold_view;
use archipel_engine::store::{EventStore as _, SledStore, StoreOptions};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["export", dir, out] => export(&open(dir), Path::new(out)),
        ["replay", dir, view, threads] => replay(dir, view, threads.parse().unwrap()),
        ["totals", dir, view, out] => totals(&open(dir), view, Path::new(out)),
        _ => panic!("see the head of benches/peers/peer.rs"),
    }
}

fn open(dir: &str) -> SledStore {
    SledStore::open_read_only(Path::new(dir), StoreOptions::default()).unwrap()
}

/// Decodes every fact in full: not by the shortcut that the folds take.
fn export(store: &SledStore, out: &Path) {
    let mut ballots = BufWriter::new(File::create(out.join("ballots.csv")).unwrap());
    let mut moves = BufWriter::new(File::create(out.join("moves.csv")).unwrap());
    let visit = &mut |position, bytes: &[u8]| {
        let record: Record = codec::decode(bytes).unwrap();
        let legs = match &record.fact {
            Fact::BallotCast(cast) => {
                assert_eq!(cast.row.len(), 1, "the peers count yes/no votes");
                let (vote, voter, mark) = (cast.vote, cast.voter, cast.row[0]);
                writeln!(ballots, "{vote},{voter},{mark},{position}").unwrap();
                return ControlFlow::Continue(());
            }
            Fact::MovePosted(posted) => &posted.legs[..],
            Fact::MoveReversed(reversed) => &reversed.legs[..],
            _ => return ControlFlow::Continue(()),
        };
        for leg in legs {
            writeln!(moves, "{},{}", leg.account, leg.amount).unwrap();
        }
        ControlFlow::Continue(())
    };
    store.scan_facts(0..store.derived_size(), visit).unwrap();
}

#[expect(clippy::cast_precision_loss, reason = "rates are for reading")]
fn replay(dir: &str, view: &str, threads: usize) {
    let started = Instant::now();
    let store = open(dir);
    let (view, events) = (View::from_name(view).unwrap(), store.derived_size());
    let folded = fold_view(&store, view, events, threads).unwrap();
    let state_hash = folded.state_hash(view).to_string();
    let seconds = started.elapsed().as_secs_f64();
    let report = serde_json::json!({
        "view": view.name(),
        "threads": threads,
        "events": events,
        "seconds": seconds,
        "events_per_second": events as f64 / seconds,
        "state_hash": state_hash,
        "peak_rss_bytes": peak_rss_bytes(),
    });
    println!("{report}");
}

fn totals(store: &SledStore, view: &str, out: &Path) {
    let view = View::from_name(view).unwrap();
    let folded = fold_view(store, view, store.derived_size(), 1).unwrap();
    let mut out = BufWriter::new(File::create(out).unwrap());
    if view == View::Balances {
        for account in 0..store.derived_size() {
            let account = u32::try_from(account).unwrap();
            let balance = folded.balances.of(account);
            if balance != 0 {
                writeln!(out, "{account},{balance}").unwrap();
            }
        }
        return;
    }
    for vote in 0..u32::from(u16::MAX) {
        let mut counts: BTreeMap<u8, u64> = BTreeMap::new();
        for (_, row) in folded.ballots.of(vote).rows() {
            *counts.entry(row[0]).or_default() += 1;
        }
        for (mark, count) in counts {
            writeln!(out, "{vote},{mark},{count}").unwrap();
        }
    }
}

fn peak_rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
