//! A disk that fails: the k-th call of a kind answers `EIO` or `ENOSPC`, by the tracer's doing.
//! Nothing may be acknowledged that would not survive power loss at the end, and the next process
//! opens and goes on.

use std::fs;

use archipel_testkit::power::{Disk, Keep};

use super::power::{record, tracer_is_here};
use super::support::{Told, inspect, scratch, seed, setting};
use super::workload::{Work, wait};

const STATEMENTS: u64 = 80;

/// What fails, and with what. Calls are counted by thread.
const FAULTS: [(&str, &str); 7] = [
    ("fsync", "EIO"),
    ("fdatasync", "EIO"),
    ("pwrite64", "EIO"),
    ("pwrite64", "ENOSPC"),
    ("write", "ENOSPC"),
    ("sync_file_range", "EIO"),
    ("ftruncate", "EIO"),
];

#[test]
fn a_failing_disk_never_makes_a_false_acknowledgement() {
    if !tracer_is_here() {
        return;
    }
    let seed = seed();
    let calls = setting("ARCHIPEL_FAULTS", 3);
    // A founded instance, so that the faults strike in work and not only in its making.
    let sound = scratch();
    let voice = sound.path().join("voice");
    let disk = sound.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let work = Work::new(&disk.join("data"), &voice, 20, seed);
    assert!(wait(&mut work.start(&[]), std::time::Duration::from_secs(60)));
    let founded = Told::parse(&fs::read_to_string(&voice).unwrap());
    assert!(founded.closed && founded.acks.len() == 20, "{founded:?}");
    let (mut runs, mut struck, mut stopped, mut in_doubt, mut acked) = (0, 0, 0, 0, 0);
    for (call, error) in FAULTS {
        for nth in 1..=calls {
            let place = scratch();
            archipel_testkit::damage::copy(&disk, &place.path().join("disk"));
            let inject = format!("inject={call}:error={error}:when={nth}");
            let mut run = record(place.path(), &["-e", &inject], |work| {
                work.from = 20;
                work.until = STATEMENTS;
                work.seed = seed;
            });
            let told = run.told.clone();
            let name = format!("ARCHIPEL_SEED={seed}, {call} {nth} answers {error}");
            runs += 1;
            struck += usize::from(run.trace.injected() > 0);
            stopped += usize::from(told.failed || !told.ready);
            in_doubt += told.errors.iter().filter(|(_, code)| code == "submit.in-doubt").count();
            acked += told.acks.len();
            for (n, code) in &told.errors {
                let known = ["submit.in-doubt", "submit.stopped"].contains(&code.as_str());
                assert!(known, "{name}: statement {n} is refused with {code}");
            }
            assert!(told.failed || told.errors.is_empty(), "{name}: in doubt but not stopped");
            let mut acks = founded.acks.clone();
            acks.extend(&told.acks);
            // Power loss after the failure, then the directory as the process left it.
            run.disk.play_to(&run.trace, run.trace.len());
            for keep in [Keep::Nothing, Keep::Some(seed ^ nth)] {
                let found = inspect_image(&run.disk, keep, &acks);
                assert!(found.is_sound(), "{name}, {keep:?}: {found:?}");
            }
            let found = inspect(&run.data, &acks, STATEMENTS);
            assert!(found.is_sound(), "{name}: {found:?}");
        }
    }
    println!(
        "failing disk: {runs} runs, the fault struck in {struck}, {stopped} processes stopped, \
         {acked} acknowledged, {in_doubt} in doubt, 0 lost"
    );
    assert!(stopped > 0, "no fault was noticed");
}

fn inspect_image(
    disk: &Disk,
    keep: Keep,
    acks: &[super::support::Ack],
) -> super::support::Findings {
    let image = scratch();
    disk.fail(keep, image.path());
    inspect(&image.path().join("data"), acks, STATEMENTS)
}
