//! Power loss: the process runs under a tracer, and of what it wrote only that is left which it
//! really synced (see `archipel_testkit::power`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use archipel_testkit::power::{Disk, Keep, Random, TRACER, Trace};

use archipel_engine::store::Durability;

use super::support::{Findings, Told, available, inspect, open, scratch, seed, setting};
use super::workload::{Work, wait};

/// Statements handed in by the traced process: long enough for several snapshots, segments of
/// sled's and files of its own.
pub(super) const STATEMENTS: u64 = 260;
/// Statements that are retried after each cut, beyond those handed in.
const RETRIED: u64 = STATEMENTS + 6;

pub(super) fn tracer_is_here() -> bool {
    let run = Command::new(TRACER[0]).arg("-V").stdout(Stdio::null()).status();
    available("strace is not installed", run.is_ok_and(|status| status.success()))
}

/// A traced run: where the disk stood before, and what was done then.
pub(super) struct Recording {
    pub(super) disk: Disk,
    pub(super) trace: Trace,
    pub(super) told: Told,
    /// The directory that the process worked in.
    pub(super) data: PathBuf,
}

/// Runs the work in `place/disk/data` under the tracer, with further options of its own.
pub(super) fn record(place: &Path, options: &[&str], change: impl FnOnce(&mut Work)) -> Recording {
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
    assert!(ended, "the traced process does not end ({options:?})");
    let trace = Trace::read(&file);
    let told = Told::parse(&fs::read_to_string(&voice).unwrap_or_default());
    Recording { disk, trace, told, data }
}

/// Where to cut: the points of interest first, then any; and what is kept there.
pub(super) fn cuts(recording: &Recording, count: usize, seed: u64) -> Vec<(usize, Keep)> {
    cuts_at(recording, recording.trace.boundaries(recording.disk.clone()), count, seed)
}

/// Cuts while the process is still opening what it found.
fn cuts_in_recovery(recording: &Recording, count: usize, seed: u64) -> Vec<(usize, Keep)> {
    let mut points = recording.trace.boundaries(recording.disk.clone());
    let mut disk = recording.disk.clone();
    points.retain(|at| {
        disk.play_to(&recording.trace, *at);
        !Told::parse(disk.said()).ready
    });
    cuts_at(recording, points, count, seed)
}

fn cuts_at(
    recording: &Recording,
    points: Vec<usize>,
    count: usize,
    seed: u64,
) -> Vec<(usize, Keep)> {
    let mut random = Random(seed);
    let keeps = |random: &mut Random| match random.below(8) {
        0 => Keep::Names,
        1 => Keep::Lengths,
        2 => Keep::Everything,
        _ => Keep::Some(random.draw()),
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
    /// Cuts before the instance was first said to be open, when nothing was promised.
    unborn: usize,
    /// Acknowledged statements over all cuts.
    acked: usize,
    lost: usize,
    /// Cuts that lost something, or left something wrong.
    bad: usize,
    first: Option<String>,
}

fn judge(disk: &Disk, keep: Keep, earlier: &Told) -> (usize, Findings, bool) {
    let image = scratch();
    disk.fail(keep, image.path());
    let mut told = Told::parse(disk.said());
    told.acks.extend(&earlier.acks);
    let data = image.path().join("data");
    if told.ready || earlier.ready {
        return (told.acks.len(), inspect(&data, &told.acks, RETRIED), false);
    }
    // Opening may fail, with an error; what opens is empty.
    let mut found = Findings::default();
    let opened = open(&data, Durability::Full);
    if opened.is_ok_and(|engine| engine.store().head().size > 0) || !told.acks.is_empty() {
        found.wrong.push("statements before the instance was open".to_owned());
    }
    (0, found, true)
}

impl Tally {
    fn judge_all(&mut self, recording: &Recording, cuts: &[(usize, Keep)], earlier: &Told) {
        let mut disk = recording.disk.clone();
        // Two at a time. Not on rayon's threads, which the engines that are waited for need.
        for part in cuts.chunks(2) {
            let mut disks = Vec::new();
            for (at, keep) in part {
                disk.play_to(&recording.trace, *at);
                disks.push((disk.clone(), *at, *keep));
            }
            let judged: Vec<_> = std::thread::scope(|scope| {
                let judging = disks.iter().map(|(disk, at, keep)| {
                    (scope.spawn(|| judge(disk, *keep, earlier)), *at, *keep)
                });
                let judging: Vec<_> = judging.collect();
                judging.into_iter().map(|(run, at, keep)| (run.join().unwrap(), at, keep)).collect()
            });
            for ((acked, found, unborn), at, keep) in judged {
                self.cuts += 1;
                self.unborn += usize::from(unborn);
                self.acked += acked;
                self.lost += found.lost;
                if !found.is_sound() {
                    self.bad += 1;
                    let what =
                        format!("step {at}, {keep:?}: {} lost, {:?}", found.lost, found.wrong);
                    self.first.get_or_insert(what);
                }
            }
        }
    }
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
    let mut tally = Tally::default();
    // One cut in three hits the recovery from an earlier cut, or the work after it.
    let again = cycles / 3;
    let first = cuts(&recording, cycles - again, seed);
    tally.judge_all(&recording, &first, &Told::default());
    let chains = again.div_ceil(25);
    for chain in 0..chains as u64 {
        let count = again / chains + usize::from((chain as usize) < again % chains);
        let mut random = Random(seed ^ (chain << 40));
        let (second, earlier) = recorded_again(&recording, &mut random);
        if !second.told.closed {
            tally.bad += 1;
            let what = format!("after a cut a process ends with {:?}", second.told);
            tally.first.get_or_insert(what);
            continue;
        }
        let (early, late) = (count.div_ceil(2), count / 2);
        tally.judge_all(&second, &cuts_in_recovery(&second, early, random.draw()), &earlier);
        tally.judge_all(&second, &cuts(&second, late, random.draw()), &earlier);
    }
    println!("power loss: {tally:?} in {:?}", began.elapsed());
    assert_eq!((tally.lost, tally.bad), (0, 0), "ARCHIPEL_SEED={seed}: {:?}", tally.first);
    assert!(tally.acked > 0 && tally.unborn < tally.cuts);
}

/// Cuts the power once, and records what a second process does with what is left.
fn recorded_again(recording: &Recording, random: &mut Random) -> (Recording, Told) {
    let at = recording.trace.len() as u64;
    let at = (at / 3 + random.below(at - at / 3)) as usize;
    let mut disk = recording.disk.clone();
    disk.play_to(&recording.trace, at);
    let place = scratch();
    disk.fail(Keep::Some(random.draw()), &place.path().join("disk"));
    let earlier = Told::parse(disk.said());
    let second = record(place.path(), &[], |work| work.seed = random.draw());
    (second, earlier)
}

/// The test above is worth something only if it fails where the sync is missing.
#[test]
fn without_the_sync_power_loss_is_noticed() {
    if !tracer_is_here() {
        return;
    }
    let seed = seed();
    let place = scratch();
    let recording = record(place.path(), &[], |work| work.flush_only = true);
    assert!(recording.told.closed);
    assert_eq!(recording.told.acks.len() as u64, STATEMENTS);
    let synced = recording.trace.syncs();
    let all = cuts(&recording, 20, seed);
    for (name, keep) in [("nothing", Keep::Nothing), ("names", Keep::Names)] {
        let cuts: Vec<_> = all.iter().map(|(at, _)| (*at, keep)).collect();
        let mut tally = Tally::default();
        tally.judge_all(&recording, &cuts, &Told::default());
        println!("flush only ({synced} syncs), keeping {name}: {tally:?}");
        assert!(tally.lost > 0, "the campaign does not notice that nothing is synced");
    }
}
