//! Power loss: the process runs under a tracer, and of what it wrote only that is left which it
//! really synced (see `archipel_testkit::power`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use archipel_testkit::power::{Disk, Keep, Random, TRACER, Trace};
use rayon::prelude::*;

use super::support::{Findings, Told, available, inspect, scratch, seed, setting};
use super::workload::{Work, wait};

/// Statements handed in by the traced process: long enough for several snapshots, segments of
/// sled's and files of its own.
const STATEMENTS: u64 = 260;
/// Statements that are retried after each cut, beyond those handed in.
const RETRIED: u64 = STATEMENTS + 6;

pub fn tracer_is_here() -> bool {
    let run = Command::new(TRACER[0]).arg("-V").stdout(Stdio::null()).status();
    available("strace is not installed", run.is_ok_and(|status| status.success()))
}

/// A traced run: where the disk stood before, and what was done then.
pub struct Recording {
    pub disk: Disk,
    pub trace: Trace,
    pub told: Told,
    /// Names of the directories, for the process and for the images.
    pub data: PathBuf,
}

/// Runs the work in `place/disk/data` under the tracer, with further options of its own.
pub fn record(place: &Path, options: &[&str], change: impl FnOnce(&mut Work)) -> Recording {
    let (root, voice, file) = (place.join("disk"), place.join("voice"), place.join("trace"));
    fs::create_dir_all(&root).unwrap();
    let _ = fs::remove_file(&voice);
    let disk = Disk::of(&root, &voice);
    let data = root.join("data");
    let mut work = Work::new(&data, &voice, STATEMENTS, 1);
    change(&mut work);
    let output = ["-o", file.to_str().unwrap()];
    let before: Vec<String> =
        TRACER.iter().chain(options).chain(&output).map(|word| (*word).to_owned()).collect();
    let ended = wait(&mut work.start(&before), Duration::from_secs(120));
    assert!(ended, "the traced process does not end");
    let trace = Trace::read(&file);
    let told = Told::parse(&fs::read_to_string(&voice).unwrap_or_default());
    Recording { disk, trace, told, data }
}

/// Where to cut: the points of interest first, then any; and what is kept there.
fn cuts(recording: &Recording, count: usize, seed: u64) -> Vec<(usize, Keep)> {
    let mut random = Random(seed);
    let points = recording.trace.boundaries(recording.disk.clone());
    let keeps = |random: &mut Random| match random.below(8) {
        0 => Keep::Names,
        1 => Keep::Lengths,
        2 => Keep::Everything,
        _ => Keep::Some(random.next()),
    };
    let mut cuts: Vec<(usize, Keep)> = Vec::new();
    // With fewer cuts than points, they are spread evenly; the end is always one of them.
    let shown = points.len().min(count.div_ceil(2));
    for index in 0..shown {
        let at = points[points.len() - 1 - index * points.len() / shown.max(1)];
        cuts.push((at, Keep::Nothing));
    }
    while cuts.len() < count {
        let at = if random.below(4) > 0 {
            points[random.below(points.len() as u64) as usize]
        } else {
            random.below(recording.trace.len() as u64 + 1) as usize
        };
        cuts.push((at, keeps(&mut random)));
    }
    cuts.sort_by_key(|(at, _)| *at);
    cuts
}

/// What the images of a campaign held.
#[derive(Debug, Default)]
struct Tally {
    cuts: usize,
    /// Cuts before the instance was said to exist, after which it need not open.
    unborn: usize,
    acked: usize,
    lost: usize,
    /// Cuts that lost something, or left something wrong.
    bad: usize,
    first: Option<String>,
}

fn judge(disk: &Disk, keep: Keep, at: usize, retried: u64) -> (usize, Findings, bool) {
    let image = scratch();
    disk.fail(keep, image.path());
    let told = Told::parse(disk.said());
    let data = image.path().join("data");
    if !told.created {
        // Nothing was promised; opening may fail, with an error.
        let opened = super::support::open(&data, archipel_engine::store::Durability::Full);
        let empty = opened.map_or(true, |engine| engine.store().head().size == 0);
        let mut found = Findings::default();
        if !empty || !told.acks.is_empty() {
            found.wrong.push(format!("at {at}: statements before the instance was made"));
        }
        return (0, found, true);
    }
    (told.acks.len(), inspect(&data, &told.acks, retried), false)
}

fn campaign(recording: &Recording, count: usize, seed: u64, earlier: &Told) -> Tally {
    let cuts = cuts(recording, count, seed);
    let mut disk = recording.disk.clone();
    let mut tally = Tally::default();
    // A few at a time: each holds a copy of the disk.
    for part in cuts.chunks(16) {
        let disks: Vec<(Disk, usize, Keep)> = part
            .iter()
            .map(|(at, keep)| {
                disk.play_to(&recording.trace, *at);
                (disk.clone(), *at, *keep)
            })
            .collect();
        let judged: Vec<_> = disks
            .into_par_iter()
            .map(|(disk, at, keep)| (judge(&disk, keep, at, RETRIED), at, keep))
            .collect();
        for ((acked, found, unborn), at, keep) in judged {
            tally.cuts += 1;
            tally.unborn += usize::from(unborn);
            tally.acked += acked;
            tally.lost += found.lost;
            if !found.is_sound() {
                tally.bad += 1;
                let what = format!("step {at}, {keep:?}: {} lost, {:?}", found.lost, found.wrong);
                tally.first.get_or_insert(what);
            }
        }
    }
    let _ = earlier;
    tally
}

#[test]
fn what_is_acknowledged_survives_power_loss() {
    if !tracer_is_here() {
        return;
    }
    let seed = seed();
    let cycles = setting("ARCHIPEL_POWER_CYCLES", 20) as usize;
    let began = Instant::now();
    let place = scratch();
    let recording = record(place.path(), &[], |_| {});
    assert!(recording.told.closed, "the workload did not finish: {:?}", recording.told.errors);
    assert_eq!(recording.told.acks.len() as u64, STATEMENTS);
    let points = recording.trace.boundaries(recording.disk.clone()).len();
    let (steps, syncs) = (recording.trace.len(), recording.trace.syncs());
    println!("trace: {steps} steps, {syncs} syncs, {points} points of interest");
    let tally = campaign(&recording, cycles, seed, &Told::default());
    println!("power loss: {tally:?} in {:?}", began.elapsed());
    assert_eq!((tally.lost, tally.bad), (0, 0), "ARCHIPEL_SEED={seed}: {:?}", tally.first);
    assert!(tally.acked > 0 && tally.unborn < tally.cuts);
}
