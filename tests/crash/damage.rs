//! Damaged files of a whole instance: flipped bits, cut and missing files. Either an error says
//! what to do, or everything is as it was; nothing else is ever served.
//!
//! The checks run in a process of their own with limited memory, so that an abort, a hang or an
//! allocation without bound is a finding and not the end of the campaign.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use archipel_domain::vote::Choice;
use archipel_domain::world::View;
use archipel_engine::audit::{AuditError, AuditReport, audit};
use archipel_engine::clock::ManualClock;
use archipel_engine::engine::{Engine, Options};
use archipel_engine::instance::Instance;
use archipel_engine::projection::Snapshots;
use archipel_engine::rebuild::RebuildError;
use archipel_engine::store::{EventStore, Part, ReadError, SledStore, StoreOptions, StreamKey};
use archipel_testkit::damage::{self, Harm, Verdict};
use archipel_testkit::keys::public;
use archipel_testkit::scenario::{
    Live, REGISTRAR_KEY, START, Stage as _, Town, acts, furnish, person,
};

use super::support::{create, own_binary, scratch, seed, setting};

const VARIABLE: &str = "ARCHIPEL_DAMAGE";
/// Flips in every file, however small.
const FLIPS_EACH: usize = 12;
/// Cut and zeroed places of every file.
const CUTS_EACH: u64 = 3;
/// Address space of the process, in KiB.
const MEMORY_KIB: u64 = 6_000_000;
/// No check takes longer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Words by which an error tells what to do.
const ADVICE: [&str; 6] =
    ["restore", "wiped and rebuilt", "delete", "check ", "create ", "rebuild"];

/// A small instance with some of everything, closed properly, after several starts.
fn make(dir: &Path) {
    create(dir).unwrap();
    let store = || -> Arc<dyn EventStore> {
        Arc::new(SledStore::open(dir, StoreOptions::default()).unwrap())
    };
    let mut live = Live::on(store(), Some(Snapshots::of(dir)));
    live.given(person(1).says(acts::found(2, 365)));
    let town = furnish(&mut live);
    for round in 0..6 {
        // A new start of the store too, which leaves its own marks. Ids are counted from 1 again.
        drop(live);
        live = Live::on(store(), Some(Snapshots::of(dir)));
        live.advance_ms(1_000);
        vote_and_pay(&mut live, &town, round);
    }
}

fn vote_and_pay(live: &mut Live, town: &Town, round: i64) {
    let voters = [1, 2, 3, 4, 5];
    let choices = [Choice::For, Choice::Against, Choice::Abstain];
    for (place, voter) in voters.into_iter().enumerate() {
        let choice = choices[(place + round as usize) % choices.len()];
        let terms = live.terms(town.yes_no);
        live.given(person(voter).says(acts::ballot(town.yes_no, terms, acts::says(choice))));
    }
    for amount in 1..8 {
        let amount = amount * 10 + round;
        let legs = [("world", -amount, "EUR"), ("fund", amount, "EUR")];
        live.given(town.as_treasurer(acts::pay(&legs)));
    }
    let text: Vec<String> = (0..40).map(|line| format!("{round} line {line}")).collect();
    live.given(person(3).says(acts::submit(&text.join("\n"))));
}

/// Everything that can be read of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Contents {
    report: AuditReport,
    live: Vec<String>,
    streams: Vec<Vec<u64>>,
    origin: String,
}

enum Unreadable {
    /// The message, and whether it is about what can be derived again.
    Told(String, bool),
}

fn read(dir: &Path) -> Result<Contents, Unreadable> {
    let clock = Arc::new(ManualClock::at(START));
    let options = Options { clock, ..Options::default() };
    let engine =
        Engine::open(dir, options).map_err(|error| Unreadable::Told(error.to_string(), false))?;
    let store = engine.store().as_ref();
    let report = audit(store, engine.origin(), &mut |_, _| {}).map_err(|error| {
        let derived = match &error {
            AuditError::Derived { .. } => true,
            AuditError::Leaf(RebuildError::Read(error)) => error.part() == Part::Derived,
            _ => false,
        };
        Unreadable::Told(error.to_string(), derived)
    })?;
    let told = |error: ReadError| {
        let derived = error.part() == Part::Derived;
        Unreadable::Told(error.to_string(), derived)
    };
    let mut streams = Vec::new();
    for kind in 0..16 {
        for index in 0..24 {
            let key = StreamKey { kind, index };
            streams.push(store.stream(key, 0..store.head().size).map_err(told)?);
        }
    }
    let world = engine.views().latest().world;
    let live = View::ALL.map(|view| world.state_hash(view).to_string()).to_vec();
    Ok(Contents { report, live, streams, origin: engine.origin().to_owned() })
}

fn check(dir: &Path, sound: &Contents) -> Verdict {
    let advised = |text: String| {
        if ADVICE.iter().any(|word| text.contains(word)) {
            Verdict::Detected(text)
        } else {
            Verdict::Wrong(format!("an error without advice: {text}"))
        }
    };
    match read(dir) {
        Ok(found) if found != *sound => Verdict::Wrong(format!("other data: {found:?}")),
        Ok(_) => {
            let key = Instance::find(dir).and_then(|instance| instance.registrar());
            match key {
                Ok(key) if *key.public_key().as_bytes() == public(REGISTRAR_KEY).0 => {
                    Verdict::Harmless
                }
                _ => Verdict::Wrong("it runs with another key".to_owned()),
            }
        }
        Err(Unreadable::Told(text, true)) => {
            // The advice must be good: what is derived is derived again.
            fs::remove_dir_all(dir.join("derived")).unwrap();
            match read(dir) {
                Ok(found) if found == *sound => advised(text),
                Ok(_) => Verdict::Wrong(format!("other data after following: {text}")),
                Err(Unreadable::Told(again, _)) => {
                    Verdict::Wrong(format!("{text}; and after following that: {again}"))
                }
            }
        }
        Err(Unreadable::Told(text, false)) => advised(text),
    }
}

fn harms(sound: &Path, kind: &str, count: usize, seed: u64) -> Vec<Harm> {
    match kind {
        "flips" => {
            // Every file gets its share; the rest go by size.
            let each = FLIPS_EACH.min(count / 12);
            let mut harms = damage::flips(sound, each, count, seed);
            harms.truncate(count.max(1));
            harms
        }
        _ => {
            let mut harms = damage::cuts(sound, CUTS_EACH, seed);
            for file in damage::files(sound) {
                let len = fs::metadata(sound.join(&file)).unwrap().len();
                harms.push(Harm::Cut(file, len / 2));
            }
            harms
        }
    }
}

/// Whether the harm is no longer in the file.
fn is_mended(dir: &Path, sound: &Path, harm: &Harm) -> bool {
    let (now, before) = (fs::read(dir.join(harm.file())), fs::read(sound.join(harm.file())));
    match (harm, now, before) {
        (Harm::Flip(_, bit), Ok(now), Ok(before)) => {
            let at = (bit / 8) as usize;
            now.get(at) == before.get(at)
        }
        (Harm::Missing(_), now, _) => now.is_ok(),
        (_, Ok(now), Ok(before)) => now == before,
        _ => true,
    }
}

#[test]
#[ignore = "the process in which the other tests open what they damaged"]
fn in_a_process() {
    let Ok(text) = std::env::var(VARIABLE) else { return };
    let words: Vec<&str> = text.split('\n').collect();
    let (sound, report, kind) = (Path::new(words[0]), Path::new(words[1]), words[2]);
    let number = |index: usize| words[index].parse::<u64>().unwrap();
    let harms = harms(sound, kind, number(3) as usize, number(4));
    let mut file = OpenOptions::new().create(true).append(true).open(report).unwrap();
    let place = scratch();
    let copy = place.path().join("copy");
    damage::copy(sound, &copy);
    let contents = read(&copy).unwrap_or_else(|Unreadable::Told(text, _)| panic!("{text}"));
    assert!(contents.report.size > 100 && contents.report.outcomes > 0);
    for (index, harm) in harms.iter().enumerate().skip(number(5) as usize) {
        writeln!(file, "doing {index}").unwrap();
        let dir = place.path().join(index.to_string());
        damage::copy(sound, &dir);
        harm.apply(&dir);
        let (sender, receiver) = std::sync::mpsc::channel();
        let (contents, checked) = (contents.clone(), dir.clone());
        std::thread::spawn(move || {
            let run = std::panic::AssertUnwindSafe(|| check(&checked, &contents));
            // The receiver is gone only if we were given up on.
            let _ = sender.send(std::panic::catch_unwind(run));
        });
        let verdict = match receiver.recv_timeout(PATIENCE) {
            Ok(Ok(Verdict::Harmless)) if is_mended(&dir, sound, harm) => "mended -".to_owned(),
            Ok(Ok(Verdict::Harmless)) => "harmless -".to_owned(),
            Ok(Ok(Verdict::Detected(what))) => format!("detected {what}"),
            Ok(Ok(Verdict::Wrong(what))) => format!("wrong {what}"),
            Ok(Err(_)) => "wrong a panic escaped".to_owned(),
            Err(_) => format!("wrong no answer within {PATIENCE:?}"),
        };
        writeln!(file, "done {index} {}", verdict.replace('\n', " ")).unwrap();
        let _ = fs::remove_dir_all(&dir);
    }
    writeln!(file, "over").unwrap();
}

/// What became of the harms, by file.
#[derive(Debug, Default)]
struct Outcome {
    by_file: BTreeMap<String, [usize; 4]>,
    wrong: Vec<String>,
    messages: BTreeMap<String, usize>,
}

const KINDS: [&str; 4] = ["harmless", "mended", "detected", "wrong"];

impl Outcome {
    fn count(&mut self, harm: &Harm, kind: &str, text: &str) {
        let file = harm.file().to_str().unwrap();
        // sled's and our snapshots have numbers in their names.
        let file = file.split_inclusive("/snap.").take(1).collect::<String>();
        let file = file.split_inclusive("world-v").take(1).collect::<String>();
        let counts = self.by_file.entry(file).or_default();
        counts[KINDS.iter().position(|known| *known == kind).unwrap()] += 1;
        if kind == "wrong" {
            self.wrong.push(format!("{harm:?}: {text}"));
        }
        if kind == "detected" {
            // Without paths and numbers, to count what is alike.
            let plain = |word: &&str| !word.contains('/') && !word.contains(char::is_numeric);
            let words: Vec<&str> = text.split(' ').filter(plain).take(9).collect();
            *self.messages.entry(words.join(" ")).or_default() += 1;
        }
    }

    fn table(&self) -> String {
        let mut text = format!(
            "{:24} {:>8} {:>8} {:>8} {:>8}\n",
            "file", "harmless", "mended", "detected", "wrong"
        );
        let mut sums = [0; 4];
        for (file, counts) in &self.by_file {
            let [a, b, c, d] = counts;
            writeln!(text, "{file:24} {a:>8} {b:>8} {c:>8} {d:>8}").unwrap();
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        let [a, b, c, d] = sums;
        writeln!(text, "{:24} {a:>8} {b:>8} {c:>8} {d:>8}", "all").unwrap();
        for (message, count) in &self.messages {
            writeln!(text, "  {count} x {message}").unwrap();
        }
        text
    }
}

fn campaign(kind: &str, count: usize, seed: u64) -> Outcome {
    let place = scratch();
    let sound = place.path().join("sound");
    make(&sound);
    let report = place.path().join("report");
    let harms = harms(&sound, kind, count, seed);
    let mut outcome = Outcome::default();
    let mut from = 0;
    while from < harms.len() {
        let _ = fs::remove_file(&report);
        let status = run(&sound, &report, kind, count, seed, from);
        let text = fs::read_to_string(&report).unwrap_or_default();
        let started = from;
        for line in text.lines().filter_map(|line| line.strip_prefix("done ")) {
            let mut words = line.splitn(3, ' ');
            let index: usize = words.next().unwrap().parse().unwrap();
            outcome.count(&harms[index], words.next().unwrap(), words.next().unwrap());
            from = index + 1;
        }
        if text.ends_with("over\n") {
            break;
        }
        assert!(text.contains("doing"), "the process did not begin: {status}");
        // It died over the next one.
        outcome.count(&harms[from], "wrong", &format!("the process ended: {status}"));
        from += 1;
        assert!(from > started);
    }
    outcome
}

fn run(sound: &Path, report: &Path, kind: &str, count: usize, seed: u64, from: usize) -> String {
    let (sound, report) = (sound.display(), report.display());
    let limited = format!("ulimit -v {MEMORY_KIB}; exec \"$0\" \"$@\"");
    let own: PathBuf = own_binary();
    let status = Command::new("sh")
        .args(["-c", &limited])
        .arg(own)
        .args(["crash::damage::in_a_process", "--exact", "--ignored", "--nocapture"])
        .env(VARIABLE, format!("{sound}\n{report}\n{kind}\n{count}\n{seed}\n{from}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.unwrap().to_string()
}

#[test]
fn a_flipped_bit_is_detected_or_harmless() {
    let (seed, flips) = (seed(), setting("ARCHIPEL_FLIPS", 100) as usize);
    let began = Instant::now();
    let outcome = campaign("flips", flips, seed);
    println!("{flips} flipped bits in {:?}\n{}", began.elapsed(), outcome.table());
    assert!(outcome.wrong.is_empty(), "ARCHIPEL_SEED={seed}: {:#?}", outcome.wrong);
    let detected: usize = outcome.by_file.values().map(|counts| counts[2]).sum();
    assert!(detected > 0, "the campaign finds nothing");
}

#[test]
fn a_cut_or_missing_file_is_detected_or_repaired() {
    let seed = seed();
    let began = Instant::now();
    let outcome = campaign("cuts", 0, seed);
    println!("cut, zeroed and missing files in {:?}\n{}", began.elapsed(), outcome.table());
    assert!(outcome.wrong.is_empty(), "ARCHIPEL_SEED={seed}: {:#?}", outcome.wrong);
}
