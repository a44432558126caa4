//! Failures at every step of commit and publication, in both forms: the step not done, and done
//! with nobody left to hear of it. Then recovery: the audit passes, no receipt has become false,
//! no checkpoint that anybody can have seen is contradicted, and what it promises is there.
//!
//! A process that is killed at its k-th call has done all calls before it and none from it on, so
//! that running k over the calls gives both forms of each step; power loss takes back besides what
//! was not synced.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use archipel_engine::engine::Engine;
use archipel_engine::publish::{NoWitness, PublishError, Publisher, StaticTiles};
use archipel_engine::store::Durability;
use archipel_engine::tlog::checkpoint::{Policy, log_key};
use archipel_engine::tlog::receipt::Receipt;
use archipel_engine::tlog::tile::tiles_of;
use archipel_testkit::keys::{ORIGIN, secret};
use archipel_testkit::power::{Disk, Keep};
use archipel_testkit::scenario::REGISTRAR_KEY;

use super::power::{cuts, record, tracer_is_here};
use super::support::{Told, inspect, open, scratch, seed, setting};

const STATEMENTS: u64 = 60;

/// The calls by which anything lasts.
const CALLS: [&str; 6] = ["pwrite64", "write", "fsync", "fdatasync", "rename", "ftruncate"];

/// What signs for the instance in a directory.
pub(super) fn publisher(dir: &Path, engine: &Engine) -> Result<Publisher, PublishError> {
    let store = Arc::clone(engine.store());
    Publisher::open(dir, ORIGIN, secret(REGISTRAR_KEY), store, Box::new(NoWitness))
}

/// Where a data directory's log is exported to: beside it.
pub(super) fn exported(dir: &Path) -> PathBuf {
    dir.with_file_name("exported")
}

/// What is wrong with what was published of a directory, after a crash.
fn contradictions(dir: &Path, told: &Told) -> Result<usize, String> {
    let engine = open(dir, Durability::Full).map_err(|error| format!("opening: {error}"))?;
    let signs = |error: PublishError| format!("signing: {error}");
    let mut publisher = publisher(dir, &engine).map_err(signs)?;
    publisher.publish(false).map_err(signs)?;
    let log = Arc::clone(publisher.log());
    let policy = Policy::of_log(log_key(ORIGIN, &secret(REGISTRAR_KEY)).unwrap());
    for proof in &told.proofs {
        let receipt = Receipt::parse(proof.as_bytes()).unwrap();
        let signed = receipt.verify(&policy, None).map_err(|error| format!("receipt: {error}"))?;
        let root = log.root_at(signed.checkpoint.size).unwrap();
        if root != Some(signed.checkpoint.root) {
            return Err(format!("the receipt of {} has become false", receipt.index));
        }
    }
    // Whoever hosts the exported directory shows what stands in it.
    let tiles = exported(dir);
    if let Ok(note) = fs::read(tiles.join("checkpoint")) {
        let seen = policy.open(&note).map_err(|error| format!("exported checkpoint: {error}"))?;
        if log.root_at(seen.checkpoint.size).unwrap() != Some(seen.checkpoint.root) {
            return Err("the exported checkpoint is contradicted".to_owned());
        }
        for tile in tiles_of(seen.checkpoint.size) {
            let there = fs::read(tiles.join("tile").join(tile.to_string()));
            if there.ok() != log.tile(&tile).unwrap() {
                return Err(format!("tile {tile}, which the checkpoint promises, is not there"));
            }
        }
    }
    if tiles.join("tile").exists() {
        let shown = log.latest();
        if let Some(shown) = shown {
            let mut tiles = StaticTiles::open(&tiles, log.vkey()).map_err(signs)?;
            tiles.advance(&mut &*log, &shown, &mut |_, _| {}).map_err(signs)?;
        }
    }
    Ok(told.proofs.len())
}

/// Judges what a crash has left; how many receipts were looked at.
fn judge(dir: &Path, told: &Told, name: &str) -> usize {
    if !told.ready {
        return 0;
    }
    let receipts = contradictions(dir, told).unwrap_or_else(|what| panic!("{name}: {what}"));
    let found = inspect(dir, &told.acks, STATEMENTS);
    assert!(found.is_sound(), "{name}: {found:?}");
    receipts
}

fn judge_image(disk: &Disk, keep: Keep, told: &Told, name: &str) -> usize {
    let image = scratch();
    disk.fail(keep, image.path());
    judge(&image.path().join("data"), told, name)
}

#[test]
fn what_was_published_survives_power_loss() {
    if !tracer_is_here() {
        return;
    }
    let seed = seed();
    let place = scratch();
    let recording = record(place.path(), &[], |work| {
        work.publish = true;
        work.until = STATEMENTS;
    });
    assert!(recording.told.closed, "{:?}", recording.told.errors);
    let count = usize::try_from(setting("ARCHIPEL_POWER_CYCLES", 20)).unwrap();
    let mut receipts = 0;
    let mut disk = recording.disk.clone();
    for (at, keep) in cuts(&recording, count, seed) {
        disk.play_to(&recording.trace, at);
        let told = Told::parse(disk.said());
        receipts += judge_image(&disk, keep, &told, &format!("seed {seed}, step {at}, {keep:?}"));
    }
    println!("publishing, power loss: {count} cuts, {receipts} receipts, none false");
    assert!(receipts > 0);
}

#[test]
fn a_failure_at_any_step_makes_no_receipt_false() {
    if !tracer_is_here() {
        return;
    }
    let seed = seed();
    let calls = setting("ARCHIPEL_FAULTS", 3);
    let (mut runs, mut struck, mut receipts) = (0, 0, 0);
    for call in CALLS {
        for form in ["signal=KILL", "error=EIO"] {
            for nth in 1..=calls {
                let place = scratch();
                // Spread over the run, which makes several calls of each kind in each turn.
                let when = nth * nth;
                let inject = format!("inject={call}:{form}:when={when}");
                let mut run = record(place.path(), &["-e", &inject], |work| {
                    work.publish = true;
                    work.until = STATEMENTS;
                    work.seed = seed;
                });
                let name = format!("seed {seed}, {call} {when} {form}");
                runs += 1;
                struck += usize::from(!run.told.closed);
                run.disk.play_to(&run.trace, run.trace.len());
                receipts += judge_image(&run.disk, Keep::Nothing, &run.told, &name);
                receipts += judge(&run.data, &run.told, &name);
            }
        }
    }
    println!("publishing, failures: {runs} runs, {struck} cut short, {receipts} receipts");
    assert!(struck > 0 && receipts > 0);
}
