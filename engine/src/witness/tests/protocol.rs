use super::{Bench, Log, ORIGIN, START, open, reply_of};
use crate::clock::{Clock, ManualClock};
use crate::crypto::SecretKey;
use crate::log::merkle::{EMPTY_ROOT, Hash};
use crate::tlog::checkpoint::{Checkpoint, Policy, log_key};
use crate::tlog::fork::Fork;
use crate::tlog::note::Note;
use crate::witness::{Refusal, Request, SIZE_TYPE, Witness, WitnessDir, WitnessError, origin_hash};
use archipel_domain::time::Timestamp;
use std::fs;
use std::sync::{Arc, Barrier};

fn raw(origin: &str, size: u64, root: Hash, key: &SecretKey) -> Note {
    Checkpoint { origin: origin.to_owned(), size, root }.sign(key).unwrap()
}

#[test]
fn the_table_of_the_protocol() {
    let bench = Bench::new(9);
    let (log, fork) = (Log::of(30), Log::forked(30, 3));
    let stranger = SecretKey::from_seed(&[5; 32]);
    let with = |old, proof: &[Hash], note: Note| Request { old, proof: proof.to_vec(), note };
    assert_eq!(bench.ask(&log.request(0, 5)), Ok(5));
    assert_eq!(bench.ask(&log.request(5, 8)), Ok(8));
    // What is known now: 8. Each row is refused for the first reason that applies.
    let mut wrong = log.note(12);
    wrong.signatures[0].signature[3] ^= 1;
    let unknown = raw("example.org/other", 9, [1; 32], &stranger);
    // Of two keys in one name, the one that is trusted must have signed.
    let impostor = raw(ORIGIN, 9, [1; 32], &stranger);
    let empty = raw(ORIGIN, 0, EMPTY_ROOT, &log.secret);
    let mut proof = log.proof(8, 12);
    proof[0][0] ^= 1;
    let rows = [
        ("unknown log", with(8, &[], unknown), Refusal::UnknownLog),
        ("impostor", with(8, &[], impostor), Refusal::Unsigned),
        ("altered signature", with(8, &log.proof(8, 12), wrong.clone()), Refusal::Unsigned),
        ("unsigned before old", with(13, &[], wrong), Refusal::Unsigned),
        ("old beyond", with(13, &[], log.note(12)), Refusal::OldBeyond),
        ("old behind", log.request(5, 12), Refusal::OldSize(8)),
        ("old of nothing", log.request(0, 12), Refusal::OldSize(8)),
        ("old ahead", log.request(10, 12), Refusal::OldSize(8)),
        ("smaller tree", log.request(5, 6), Refusal::OldSize(8)),
        ("nothing again", with(0, &[], empty), Refusal::OldSize(8)),
        ("bad proof", with(8, &proof, log.note(12)), Refusal::Proof),
        ("no proof", with(8, &[], log.note(12)), Refusal::Proof),
        ("another history", fork.request(8, 12), Refusal::Proof),
        ("proof for the same", with(8, &[[0; 32]], log.note(8)), Refusal::Proof),
    ];
    for (what, request, refusal) in &rows {
        assert_eq!(bench.ask(request), Err(*refusal), "{what}");
    }
    assert!(bench.forks().is_empty(), "nothing so far contradicts at one size");
    assert_eq!(bench.ask(&fork.request(8, 8)), Err(Refusal::OtherRoot(8)));
    assert_eq!(bench.ask(&log.request(8, 12)), Ok(12));
    assert_eq!(bench.ask(&log.request(12, 12)), Ok(12));

    // Before anything was cosigned: no proof leads from nothing, and nothing has one root.
    let new = Bench::new(10);
    assert_eq!(new.ask(&with(0, &[[7; 32]], log.note(5))), Err(Refusal::Proof));
    let text = format!("{ORIGIN}\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    let impossible = Note::sign(text, ORIGIN, &log.secret).unwrap();
    assert_eq!(new.ask(&with(0, &[], impossible)), Err(Refusal::Proof));
    assert_eq!(new.ask(&with(3, &log.proof(3, 5), log.note(5))), Err(Refusal::OldSize(0)));
    let empty = raw(ORIGIN, 0, EMPTY_ROOT, &log.secret);
    assert_eq!(new.ask(&with(0, &[], empty)), Ok(0));
    assert_eq!(new.ask(&log.request(0, 5)), Ok(5));
}

#[test]
fn malformed_requests() {
    let bench = Bench::new(9);
    let log = Log::of(5);
    let good = log.request(0, 5).to_body();
    let (_, note) = good.split_once("\n\n").unwrap();
    let line = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    let bad = [
        String::new(),
        "old 0\n".to_owned(),
        good.replace("old 0", "old 00"),
        good.replace("old 0", "old -1"),
        good.replace("old 0", "old 9223372036854775808"),
        good.replace("old 0", "old 0 "),
        good.replace("old 0", "0"),
        good.replace("old 0", "Old 0"),
        good.replace("old 0\n", "old 0\r\n"),
        format!("old 0\nAAAA\n\n{note}"),
        format!("old 0\n{}\n{note}", line.replace("A=", "B=")),
        format!("old 0\n{}\n{note}", line.repeat(64)),
        format!("old 0\n{note}"),
        good.replace("\n5\n", "\n05\n"),
        good.trim_end().to_owned(),
        format!("{good}\u{0}"),
        good.replace(ORIGIN, ""),
        format!("old 0\n\n{}{note}", "x\n".repeat(40_000)),
    ];
    for body in bad {
        let answer = bench.get().add_checkpoint(body.as_bytes());
        assert_eq!(answer, Err(Refusal::Malformed), "{body:.300}");
    }
    assert_eq!(bench.get().add_checkpoint(b"old 0\n\n\xff\n\n"), Err(Refusal::Malformed));
    let most = format!("old 0\n{}\n{note}", line.repeat(63));
    assert_eq!(bench.get().add_checkpoint(most.as_bytes()), Err(Refusal::Proof));
    assert!(bench.get().add_checkpoint(good.as_bytes()).is_ok());
    let request = Request::parse(good.as_bytes()).unwrap();
    assert_eq!(request.to_body(), good);
}

#[test]
fn every_refusal_has_the_status_of_the_protocol() {
    let statuses = Refusal::ALL.map(Refusal::status);
    assert_eq!(statuses, [400, 404, 403, 400, 409, 409, 422, 503, 500]);
    let bench = Bench::new(9);
    let log = Log::of(9);
    bench.ask(&log.request(0, 5)).unwrap();
    let reply = reply_of(bench.get(), log.request(3, 9).to_body().as_bytes());
    let size = (reply.status, reply.content_type.as_str(), reply.body.as_slice());
    assert_eq!(size, (409, SIZE_TYPE, b"5\n".as_slice()));
}

#[test]
fn what_was_cosigned_is_shown_with_both_signatures_and_survives() {
    let mut bench = Bench::new(9);
    let log = Log::of(20);
    let hash = origin_hash(ORIGIN);
    assert_eq!(bench.get().latest(&hash), Ok(None));
    let mut request = log.request(0, 5);
    // What others have signed is neither judged nor kept.
    request
        .note
        .signatures
        .push(raw("example.org/x", 1, [1; 32], &log.secret).signatures[0].clone());
    let cosigned = bench.get().add_checkpoint(request.to_body().as_bytes()).unwrap();
    let policy = Policy { log: log.vkey(), witnesses: vec![bench.get().vkey().clone()], quorum: 1 };
    let shown = bench.get().latest(&hash).unwrap().unwrap();
    let opened = policy.open(shown.note.to_string().as_bytes()).unwrap();
    assert_eq!(opened.cosigned, [(bench.get().vkey().name().to_owned(), 1_700_000_000)]);
    assert_eq!(
        (shown.note.signatures.len(), shown.note.signatures.last()),
        (2, Some(&cosigned.line))
    );
    // On disk already, as it is shown.
    let path = bench.dir.path().join("logs").join(&hash).join("checkpoint");
    assert_eq!(fs::read_to_string(&path).unwrap(), shown.note.to_string());

    // A later cosignature of the same tree takes the place of the earlier one.
    bench.clock.advance_ms(60_000);
    bench.ask(&log.request(5, 5)).unwrap();
    let again = bench.get().latest(&hash).unwrap().unwrap();
    assert_eq!((again.note.signatures.len(), again.time), (2, 1_700_000_060));
    bench.restart();
    assert_eq!(bench.get().latest(&hash).unwrap().unwrap(), again);
    assert_eq!(bench.ask(&log.request(0, 9)), Err(Refusal::OldSize(5)));
    assert_eq!(bench.ask(&log.request(5, 9)), Ok(9));
}

/// The answer is lost after the write: the feeder comes back with what it knew, is told the size,
/// and gets the same tree cosigned; another tree of that size is not.
#[test]
fn a_crash_between_keeping_and_answering() {
    let mut bench = Bench::new(9);
    let (log, fork) = (Log::of(20), Log::forked(20, 2));
    bench.ask(&log.request(0, 5)).unwrap();
    let _lost = bench.get().add_checkpoint(log.request(5, 9).to_body().as_bytes());
    // And one that was on its way to its place.
    let path = bench.dir.path().join("logs").join(origin_hash(ORIGIN)).join("checkpoint.new");
    fs::write(path, "half a no").unwrap();
    bench.restart();
    assert_eq!(bench.ask(&fork.request(5, 9)), Err(Refusal::OldSize(9)));
    assert_eq!(bench.ask(&log.request(5, 9)), Err(Refusal::OldSize(9)));
    assert_eq!(bench.ask(&log.request(9, 9)), Ok(9));
    assert_eq!(bench.ask(&log.request(9, 12)), Ok(12));
}

#[test]
fn what_can_not_be_kept_is_not_cosigned() {
    let bench = Bench::new(9);
    let log = Log::of(20);
    bench.ask(&log.request(0, 5)).unwrap();
    let blocked = bench.dir.path().join("logs").join(origin_hash(ORIGIN)).join("checkpoint.new");
    fs::create_dir(&blocked).unwrap();
    assert_eq!(bench.ask(&log.request(5, 9)), Err(Refusal::Failed));
    assert_eq!(bench.get().latest(&origin_hash(ORIGIN)).unwrap().unwrap().checkpoint.size, 5);
    fs::remove_dir(&blocked).unwrap();
    assert_eq!(bench.ask(&log.request(5, 12)), Ok(12));
}

#[test]
fn a_clock_that_goes_back_stops_cosigning() {
    let mut bench = Bench::new(9);
    let log = Log::of(20);
    bench.ask(&log.request(0, 5)).unwrap();
    bench.clock.set(Timestamp(START - 1));
    assert_eq!(bench.ask(&log.request(5, 9)), Err(Refusal::Clock));
    assert_eq!(bench.ask(&log.request(5, 5)), Err(Refusal::Clock));
    bench.restart();
    assert_eq!(bench.ask(&log.request(5, 9)), Err(Refusal::Clock));
    bench.clock.set(Timestamp(START + 999));
    assert_eq!(bench.ask(&log.request(5, 9)), Ok(9));
    let before = Bench::new(9);
    before.clock.set(Timestamp(-1));
    assert_eq!(before.ask(&log.request(0, 5)), Err(Refusal::Clock));
}

/// Whatever comes at once: one history, one root at a size, and sizes that only grow.
#[test]
fn of_requests_at_once_one_history_is_cosigned() {
    for _ in 0..4 {
        let bench = Bench::new(9);
        let (log, fork) = (Log::of(30), Log::forked(30, 2));
        bench.ask(&log.request(0, 2)).unwrap();
        let (barrier, hash) = (Barrier::new(7), origin_hash(ORIGIN));
        // Each follows the size that it is told, as feeders do.
        let feed = |log: &Log, honest: bool| {
            barrier.wait();
            let (mut old, mut given) = (2, Vec::new());
            for size in 3..30 {
                match bench.ask(&log.request(old.min(size), size)) {
                    Ok(size) => given.push((size, honest)),
                    Err(Refusal::OldSize(size)) => old = size,
                    Err(_) => {}
                }
            }
            given
        };
        let given: Vec<(u64, bool)> = std::thread::scope(|scope| {
            let (feed, log, fork) = (&feed, &log, &fork);
            let threads: Vec<_> = (0..6)
                .map(|n| scope.spawn(move || feed(if n % 2 == 0 { log } else { fork }, n % 2 == 0)))
                .collect();
            barrier.wait();
            let mut shown = 0;
            while !threads.iter().all(std::thread::ScopedJoinHandle::is_finished) {
                let size = bench.get().latest(&hash).unwrap().unwrap().checkpoint.size;
                assert!(size >= shown, "{size} after {shown}");
                shown = size;
            }
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert!(!given.is_empty());
        assert!(given.iter().all(|(_, honest)| *honest == given[0].1), "{given:?}");
    }
}

#[test]
fn a_fork_at_one_size_is_kept_as_proof_whoever_brings_it() {
    let bench = Bench::new(9);
    let (log, fork) = (Log::of(20), Log::forked(20, 3));
    bench.ask(&log.request(0, 8)).unwrap();
    // Also when the earlier size is wrong, which alone would not say much.
    assert_eq!(bench.ask(&fork.request(0, 8)), Err(Refusal::OldSize(8)));
    assert_eq!(bench.ask(&fork.request(8, 8)), Err(Refusal::OtherRoot(8)));
    bench.clock.advance_ms(5_000);
    bench.ask(&log.request(8, 8)).unwrap();
    assert_eq!(bench.ask(&fork.request(8, 8)), Err(Refusal::OtherRoot(8)));
    let [file] = bench.forks().try_into().unwrap();
    let shown = Fork::parse(&file).unwrap().verify(&log.vkey()).unwrap();
    assert_eq!((shown.smaller.size, shown.larger.size), (8, 8));
    assert_ne!(shown.smaller.root, shown.larger.root);
    // One that anybody could have made proves nothing.
    let forged = raw(ORIGIN, 8, [3; 32], &SecretKey::from_seed(&[5; 32]));
    let forged = Request { old: 8, proof: Vec::new(), note: forged };
    assert_eq!(bench.ask(&forged), Err(Refusal::Unsigned));
    assert_eq!(bench.forks().len(), 1);
    assert_eq!(bench.ask(&log.request(8, 9)), Ok(9), "the first history goes on");
}

#[test]
fn a_log_is_known_as_soon_as_it_is_added() {
    let bench = Bench::new(9);
    let secret = SecretKey::from_seed(&[77; 32]);
    let log = Log { secret: secret.clone(), leaves: Log::of(9).leaves };
    let other = "example.org/second";
    let note = |size| {
        let root = crate::log::merkle::root_of(&log.leaves[..size]);
        raw(other, size as u64, root, &secret)
    };
    let first = Request { old: 0, proof: Vec::new(), note: note(4) };
    assert_eq!(bench.ask(&first), Err(Refusal::UnknownLog));
    let dir = WitnessDir::find(bench.dir.path()).unwrap();
    let key = log_key(other, &secret).unwrap();
    dir.add_log(&key, Some("http://127.0.0.1:1/log/")).unwrap();
    assert_eq!(bench.ask(&first), Ok(4));
    // A faulty file changes nothing, and is no way to make it forget.
    let path = bench.dir.path().join("witness.json");
    let good = fs::read_to_string(&path).unwrap();
    fs::write(&path, "{").unwrap();
    let more = Request { old: 4, proof: log.proof(4, 9), note: note(9) };
    assert_eq!(bench.ask(&Request { old: 0, ..more.clone() }), Err(Refusal::OldSize(4)));
    // Gone and back: what was cosigned is still known.
    let mut without: serde_json::Value = serde_json::from_str(&good).unwrap();
    without["logs"].as_array_mut().unwrap().pop();
    fs::write(&path, without.to_string()).unwrap();
    assert_eq!(bench.ask(&more), Err(Refusal::UnknownLog));
    fs::write(&path, &good).unwrap();
    assert_eq!(bench.ask(&first), Err(Refusal::OldSize(4)));
    assert_eq!(bench.ask(&more), Ok(9));
    let (settings, _) = dir.settings().unwrap();
    assert_eq!(settings.logs[1].url.as_deref(), Some("http://127.0.0.1:1/log"));
}

#[test]
fn a_key_has_one_use() {
    let bench = Bench::new(9);
    let dir = WitnessDir::find(bench.dir.path()).unwrap();
    let code = |key: &str, secret: &SecretKey| {
        dir.add_log(&log_key(key, secret).unwrap(), None).map(|_| ()).map_err(|error| error.code())
    };
    let own = dir.secret().unwrap();
    assert_eq!(code("example.org/self", &own), Err("witness.key-twice"));
    assert_eq!(code("example.org/other", &Log::of(0).secret), Err("witness.key-twice"));
    assert_eq!(dir.add_log(bench.get().vkey(), None).unwrap_err().code(), "witness.log-key");
    // A second key of a log that is known: both are believed, of one history.
    let next = SecretKey::from_seed(&[6; 32]);
    assert_eq!(code(ORIGIN, &next), Ok(()));
    let log = Log { secret: next, leaves: Log::of(9).leaves };
    assert_eq!(bench.ask(&log.request(0, 4)), Ok(4));
    assert_eq!(bench.ask(&Log::forked(9, 1).request(4, 9)), Err(Refusal::Proof));
    assert_eq!(bench.ask(&Log::of(9).request(4, 9)), Ok(9));
}

#[test]
fn a_directory_is_one_witness_and_one_process() {
    let bench = Bench::new(9);
    let again = Witness::open(bench.dir.path(), Arc::clone(&bench.clock) as Arc<dyn Clock>);
    assert_eq!(again.err().map(|error| error.code()), Some("witness.in-use"));
    let made = WitnessDir::create(bench.dir.path(), "x", &SecretKey::from_seed(&[1; 32]));
    assert_eq!(made.unwrap_err().code(), "witness.exists");
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(WitnessDir::find(empty.path()).unwrap_err().code(), "witness.missing");
    let made = WitnessDir::create(empty.path(), "a b", &SecretKey::from_seed(&[1; 32]));
    assert_eq!(made.unwrap_err().code(), "witness.name");
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0);
}

/// A flipped bit of what was cosigned last is found, and nothing is cosigned from it.
#[test]
fn a_damaged_memory_is_noticed() {
    let mut bench = Bench::new(9);
    let log = Log::of(20);
    bench.ask(&log.request(0, 5)).unwrap();
    bench.witness = None;
    let path = bench.dir.path().join("logs").join(origin_hash(ORIGIN)).join("checkpoint");
    let good = fs::read(&path).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Timestamp(START)));
    let tail = good.len() - 60;
    for byte in (0..ORIGIN.len() + 48).step_by(7).chain([tail]) {
        let mut bytes = good.clone();
        bytes[byte] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let opened = Witness::open(bench.dir.path(), Arc::clone(&clock));
        assert_eq!(opened.err().map(|error| error.code()), Some("witness.damaged"), "byte {byte}");
    }
    fs::write(&path, &good).unwrap();
    bench.witness = Some(open(bench.dir.path(), &bench.clock));
    assert_eq!(bench.ask(&log.request(5, 9)), Ok(9));
}

#[test]
fn the_private_key_is_in_no_error() {
    let bench = Bench::new(9);
    let pem = fs::read_to_string(bench.dir.path().join("witness.pem")).unwrap();
    let secret = pem.lines().find(|line| line.starts_with("MC4C")).unwrap().to_owned();
    let seed = hex::encode([9_u8; 32]);
    let clear = |text: String| assert!(!text.contains(&secret) && !text.contains(&seed), "{text}");
    // As if a key file stood where settings are, and the other way round.
    fs::write(bench.dir.path().join("witness.json"), &pem).unwrap();
    let dir = WitnessDir::find(bench.dir.path()).unwrap();
    let error = dir.settings().unwrap_err();
    clear(format!("{error} {error:?}"));
    fs::write(bench.dir.path().join("witness.pem"), pem.replace("MC4C", "MC4D")).unwrap();
    let error = dir.secret().unwrap_err();
    clear(format!("{error} {error:?}"));
    assert!(matches!(error, WitnessError::Key(_)));
    for refusal in Refusal::ALL {
        clear(format!("{refusal} {refusal:?}"));
    }
}
