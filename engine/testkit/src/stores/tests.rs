use std::fs;
use std::path::Path;
use std::time::Duration;

use archipel_engine::store::{
    AppendError, Derived, Entry, EventStore, MemoryStore, OpenError, Part, ReadError, SledStore,
    StoreOptions, blob_files,
};
use tempfile::TempDir;

use super::{Faultless, InMemory, OnDisk};
use crate::damage::{self, Verdict};
use crate::faulty::{Fault, FaultyStore, Step};
use crate::{conformance, sample};

/// Sampled bit flips of the damage test; the acceptance suite runs more.
const FLIPS: usize = 400;

#[test]
fn the_store_in_memory_conforms() {
    conformance::run(&|| Box::new(InMemory::default()));
}

#[test]
fn the_store_on_disk_conforms() {
    conformance::run(&|| Box::new(OnDisk::new()));
}

#[test]
fn a_faulty_store_without_faults_conforms() {
    conformance::run(&|| Box::new(Faultless::default()));
}

#[test]
fn planned_faults_strike_once_and_tell_the_truth() {
    let store = FaultyStore::new(MemoryStore::new());
    let all = sample::entries(0, 4);
    store.fail(Step::Append, 0, Fault::NotPersisted);
    store.fail(Step::Append, 1, Fault::ButPersisted);
    assert!(matches!(store.append(0, &all[..1]), Err(AppendError::NotWritten { .. })));
    assert_eq!(store.head().size, 0);
    assert!(matches!(store.append(0, &all[..1]), Err(AppendError::InDoubt { .. })));
    assert_eq!(store.lookup(&[all[0].derived.id]), Ok(vec![Some(0)]));
    assert_eq!(store.append(1, &all[1..2]).unwrap().size, 2);
    store.fail(Step::Lookup, 0, Fault::NotPersisted);
    assert!(matches!(store.lookup(&[1]), Err(ReadError::Io { part: Part::Derived, .. })));
    store.fail(Step::Append, 0, Fault::FatalButPersisted);
    assert!(matches!(store.append(2, &all[2..]), Err(AppendError::Fatal { .. })));
    assert!(matches!(store.append(4, &all[2..]), Err(AppendError::Fatal { .. })));
    assert_eq!((store.inner().head().size, store.pending()), (4, 0));
}

/// A small closed directory with some history in it, and what it must hold.
fn history() -> (TempDir, Vec<Entry>) {
    history_of(420)
}

/// A closed directory with `count` entries, written in seven runs.
fn history_of(count: u64) -> (TempDir, Vec<Entry>) {
    let all = sample::entries(0, count);
    let dir = tempfile::tempdir().unwrap();
    let mut size = 0;
    for part in all.chunks(all.len().div_ceil(7)) {
        // Reopening leaves the marks of several runs in the files.
        let store = SledStore::open(dir.path(), StoreOptions::default()).unwrap();
        for batch in part.chunks(20) {
            size = store.append(size, batch).unwrap().size;
        }
    }
    assert_eq!(blob_files(dir.path()).unwrap(), 0);
    (dir, all)
}

fn rebuild(store: &SledStore, all: &[Entry]) -> Result<(), AppendError> {
    let first = store.derived_size();
    let items: Vec<_> = all.iter().map(|entry| (entry.derived.clone(), entry.leaf_hash)).collect();
    store.append_derived(first, &items[first as usize..])
}

/// Opens and reads everything, as an engine does: derived data is caught up, and reset once if
/// it turns out damaged. Then appends, restarts and reads again.
fn check(dir: &Path, all: &[Entry]) -> Verdict {
    let store = match SledStore::open(dir, StoreOptions::default()) {
        Ok(store) => store,
        Err(error) => return Verdict::Detected(error.to_string()),
    };
    if let Err(error) = rebuild(&store, all) {
        return derived_or(error);
    }
    let mut compared = conformance::compare(&store, all);
    if compared.as_ref().is_err_and(|error| error.part() == Part::Derived) {
        if let Err(error) = store.reset_derived().and_then(|()| rebuild(&store, all)) {
            return Verdict::Wrong(format!("derived data does not rebuild: {error}"));
        }
        compared = conformance::compare(&store, all);
    }
    match compared {
        Ok(Ok(())) => {}
        Ok(Err(what)) => return Verdict::Wrong(what),
        Err(error) if error.part() == Part::Log => return Verdict::Detected(error.to_string()),
        Err(error) => return Verdict::Wrong(format!("derived data after a reset: {error}")),
    }
    let mut more = all.to_vec();
    more.extend(sample::entries(all.len() as u64, 30));
    if let Err(error) = store.append(all.len() as u64, &more[all.len()..]) {
        return Verdict::Detected(error.to_string());
    }
    drop(store);
    match SledStore::open(dir, StoreOptions::default()) {
        Ok(store) => match rebuild(&store, &more).map(|()| conformance::compare(&store, &more)) {
            Ok(Ok(Ok(()))) => Verdict::Harmless,
            Ok(Ok(Err(what))) => Verdict::Wrong(format!("after an append: {what}")),
            Ok(Err(error)) => Verdict::Detected(format!("after an append: {error}")),
            Err(error) => derived_or(error),
        },
        Err(error) => Verdict::Detected(format!("after an append: {error}")),
    }
}

/// Catching up may stumble over damage; it must say so.
fn derived_or(error: AppendError) -> Verdict {
    match error {
        AppendError::Read(error) => Verdict::Detected(error.to_string()),
        error => Verdict::Wrong(format!("catching up: {error}")),
    }
}

#[test]
fn a_flipped_bit_is_found_never_served() {
    let (dir, all) = history();
    let harms = damage::flips(dir.path(), 12, FLIPS, 2_026);
    let limit = Duration::from_secs(60);
    let report = damage::campaign(dir.path(), harms, limit, move |dir| check(dir, &all));
    println!("{report}");
    assert!(report.wrong.is_empty(), "{report}");
    assert!(report.detected.len() > 20, "the harness finds nothing: {report}");
}

#[test]
fn cut_and_missing_files_are_found_or_repaired() {
    // Several sled segments: a cut inside them makes sled panic, not only report.
    let (dir, all) = history_of(2_100);
    let harms = damage::cuts(dir.path(), 12, 7);
    let limit = Duration::from_secs(60);
    let report = damage::campaign(dir.path(), harms, limit, move |dir| check(dir, &all));
    println!("{report}");
    assert!(report.wrong.is_empty(), "{report}");
}

#[test]
fn damage_outside_the_log_and_the_newest_guard_costs_nothing() {
    let (dir, all) = history();
    let guard = Path::new("guard");
    let mut harms = damage::flips(dir.path(), 30, 0, 5);
    harms.retain(|harm| harm.file().starts_with("derived") || harm.file() == guard);
    assert!(harms.len() > 60);
    let limit = Duration::from_secs(60);
    let report = damage::campaign(dir.path(), harms, limit, move |dir| check(dir, &all));
    println!("{report}");
    assert!(report.wrong.is_empty() && report.detected.is_empty(), "{report}");
}

fn open(dir: &Path) -> Result<SledStore, OpenError> {
    SledStore::open(dir, StoreOptions::default())
}

#[test]
fn an_older_log_beside_a_newer_guard_is_refused_and_still_read() {
    let all = sample::entries(0, 300);
    let home = tempfile::tempdir().unwrap();
    let (data, older) = (home.path().join("data"), home.path().join("older"));
    open(&data).unwrap().append(0, &all[..200]).unwrap();
    damage::copy(&data, &older);
    open(&data).unwrap().append(200, &all[200..]).unwrap();
    fs::remove_dir_all(data.join("log")).unwrap();
    damage::copy(&older.join("log"), &data.join("log"));
    let error = open(&data).unwrap_err();
    assert!(matches!(error, OpenError::RolledBack { size: 200, guard_size: 300, .. }), "{error}");
    assert_eq!(error.code(), "store.rolled-back");
    let store = SledStore::open_read_only(&data, StoreOptions::default()).unwrap();
    assert_eq!(store.doubt(), Some(&error));
    rebuild(&store, &all[..200]).unwrap();
    assert_eq!(conformance::compare(&store, &all[..200]), Ok(Ok(())));
    let refused = store.append(200, &all[200..]);
    assert!(matches!(refused, Err(AppendError::ReadOnly { .. })), "{refused:?}");
    drop(store);
    // What was derived from the lost entries is set aside, not deleted.
    assert!(data.join("derived.aside").is_dir());
    // A log of the same size with other entries is refused as well.
    let other = home.path().join("other");
    open(&other).unwrap().append(0, &sample::entries(1_000, 300)).unwrap();
    fs::remove_dir_all(data.join("log")).unwrap();
    damage::copy(&other.join("log"), &data.join("log"));
    let error = open(&data).unwrap_err();
    assert!(matches!(error, OpenError::RolledBack { size: 300, guard_size: 300, .. }), "{error}");
}

#[test]
fn a_missing_guard_is_refused_unless_the_log_is_empty() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let read_only = |dir: &Path| SledStore::open_read_only(dir, StoreOptions::default());
    assert!(matches!(read_only(&data), Err(OpenError::NotFound { .. })));
    drop(open(&data).unwrap());
    fs::remove_file(data.join("guard")).unwrap();
    open(&data).unwrap().append(0, &sample::entries(0, 3)).unwrap();
    fs::remove_file(data.join("guard")).unwrap();
    assert!(matches!(open(&data), Err(OpenError::Guard { what: "missing", .. })));
    fs::write(data.join("guard"), [0; 8192]).unwrap();
    assert!(matches!(open(&data), Err(OpenError::Guard { what: "damaged", .. })));
    let store = read_only(&data).unwrap();
    assert_eq!(store.head().size, 3);
}

#[test]
fn a_directory_in_use_says_so() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).unwrap();
    let second = open(home.path()).unwrap_err();
    assert_eq!(second.code(), "store.in-use");
    assert!(second.to_string().contains("--server"));
    drop(store);
    open(home.path()).unwrap();
}

#[test]
fn derived_data_may_be_deleted_or_be_another_logs() {
    let (dir, all) = history();
    fs::remove_dir_all(dir.path().join("derived")).unwrap();
    let store = open(dir.path()).unwrap();
    assert_eq!((store.head().size, store.derived_size()), (420, 0));
    rebuild(&store, &all).unwrap();
    drop(store);
    // Of a log with other entries, and of one whose last 400 entries are the same.
    let mut near = all.clone();
    near[0] = sample::entry(9_000, 30);
    for others in [sample::entries(5_000, 400), near] {
        let other = tempfile::tempdir().unwrap();
        open(other.path()).unwrap().append(0, &others).unwrap();
        fs::remove_dir_all(dir.path().join("derived")).unwrap();
        damage::copy(&other.path().join("derived"), &dir.path().join("derived"));
        let store = open(dir.path()).unwrap();
        assert_eq!(store.derived_size(), 0);
        rebuild(&store, &all).unwrap();
        assert_eq!(conformance::compare(&store, &all), Ok(Ok(())));
    }
}

#[test]
fn a_known_id_is_not_derived_twice() {
    let store = MemoryStore::new();
    let mut all = sample::entries(0, 4);
    store.append(0, &all).unwrap();
    store.reset_derived().unwrap();
    all[3].derived.id = all[0].derived.id;
    let items: Vec<(Derived, _)> = all.into_iter().map(|e| (e.derived, e.leaf_hash)).collect();
    store.append_derived(0, &items[..2]).unwrap();
    let again = store.append_derived(2, &items[2..]);
    assert!(matches!(again, Err(AppendError::Duplicate { position: 0, .. })), "{again:?}");
}
