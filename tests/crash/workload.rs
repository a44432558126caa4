//! The process that is killed, cut off or damaged: this test binary itself, started again.
//!
//! It submits statements and writes what it is told to a file, one line per `write`:
//! `ready`, `try FROM UNTIL`, `ack N POSITION LEAF`, `err N CODE`, `proof HEX` (a receipt),
//! `failed`, `closed`.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use archipel_engine::engine::Engine;
use archipel_engine::publish::{PublishError, StaticTiles};
use archipel_engine::store::Durability;
use archipel_testkit::power::Random;

use super::publish::{exported, publisher};
use super::support::{FURNISHING, SNAPSHOT_EVERY, create, open_with, own_binary, statement};

/// Statements between two snapshots where processes are killed: the log grows long there.
pub(super) const SNAPSHOTS_KILLED: u64 = 20_000;

const VARIABLE: &str = "ARCHIPEL_WORKLOAD";

/// What the process is to do.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) dir: String,
    /// Where it says what happened.
    pub(super) voice: String,
    /// First statement, and the one after the last.
    pub(super) from: u64,
    pub(super) until: u64,
    /// Most statements handed in together.
    pub(super) batch: u64,
    /// Threads that hand in at the same time.
    pub(super) clients: u64,
    pub(super) flush_only: bool,
    pub(super) seed: u64,
    pub(super) snapshot_every: u64,
    /// Whether what is recorded is signed, exported beside the directory, and receipts are given.
    pub(super) publish: bool,
}

impl Work {
    pub(super) fn new(dir: &Path, voice: &Path, until: u64, seed: u64) -> Self {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let (dir, voice) = (text(dir), text(voice));
        let (from, batch, clients, flush_only) = (0, 4, 1, false);
        let snapshot_every = SNAPSHOT_EVERY;
        let publish = false;
        Self { dir, voice, from, until, batch, clients, flush_only, seed, snapshot_every, publish }
    }

    fn to_text(&self) -> String {
        let numbers =
            [self.from, self.until, self.batch, self.clients, self.seed, self.snapshot_every];
        let numbers = numbers.map(|number| number.to_string()).join("\n");
        format!("{}\n{}\n{}\n{numbers}\n{}", self.dir, self.voice, self.flush_only, self.publish)
    }

    fn from_text(text: &str) -> Self {
        let words: Vec<&str> = text.split('\n').collect();
        let number = |index: usize| words[index].parse().unwrap();
        Self {
            dir: words[0].to_owned(),
            voice: words[1].to_owned(),
            flush_only: words[2].parse().unwrap(),
            from: number(3),
            until: number(4),
            batch: number(5),
            clients: number(6),
            seed: number(7),
            snapshot_every: number(8),
            publish: words[9].parse().unwrap(),
        }
    }

    /// The process, behind the words of another command if there are any.
    pub(super) fn start(&self, before: &[String]) -> Child {
        let own = own_binary().to_str().unwrap().to_owned();
        let part = ["crash::workload::at_work", "--exact", "--ignored", "--nocapture"];
        let words = before.iter().cloned().chain([own]).chain(part.map(str::to_owned));
        let words: Vec<String> = words.collect();
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env(VARIABLE, self.to_text());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }
}

/// Waits for a process, and ends it if it does not end by itself.
pub(super) fn wait(child: &mut Child, patience: Duration) -> bool {
    let end = Instant::now() + patience;
    while Instant::now() < end {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    false
}

struct Voice(File);

impl Voice {
    fn say(&self, text: &str) {
        // One write, so that two threads never mix and the trace shows it whole.
        (&self.0).write_all(text.as_bytes()).unwrap();
    }
}

#[test]
#[ignore = "the process that the other tests start and end"]
fn at_work() {
    let Ok(text) = std::env::var(VARIABLE) else { return };
    let work = Work::from_text(&text);
    let file = OpenOptions::new().create(true).append(true).open(&work.voice).unwrap();
    let voice = Voice(file);
    let dir = Path::new(&work.dir);
    if !dir.join("instance.json").exists() {
        create(dir).unwrap();
    }
    let durability = if work.flush_only { Durability::FlushOnly } else { Durability::Full };
    let engine = open_with(dir, durability, work.snapshot_every).unwrap();
    voice.say("ready\n");
    if work.publish {
        return publish(&work, &engine, &voice);
    }
    let next = AtomicU64::new(work.from);
    let over = AtomicBool::new(false);
    if work.from < FURNISHING {
        hand_in(&engine, &voice, work.from, FURNISHING.min(work.until));
        next.store(FURNISHING, Ordering::SeqCst);
    }
    std::thread::scope(|scope| {
        for client in 0..work.clients {
            let (engine, voice, next, over, work) = (&engine, &voice, &next, &over, &work);
            scope.spawn(move || {
                let mut random = Random(work.seed ^ (client << 32));
                while !over.load(Ordering::SeqCst) {
                    let count = 1 + random.below(work.batch);
                    let from = next.fetch_add(count, Ordering::SeqCst);
                    let until = (from + count).min(work.until);
                    if from >= until || !hand_in(engine, voice, from, until) {
                        over.store(true, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    drop(engine);
    voice.say("closed\n");
}

fn fatal(voice: &Voice, error: &PublishError) -> ! {
    voice.say(&format!("err 0 {}\n", error.code()));
    voice.say("failed\n");
    std::process::exit(1)
}

/// Records, signs, exports and gives receipts, in turns.
fn publish(work: &Work, engine: &Engine, voice: &Voice) {
    let mut publisher =
        publisher(Path::new(&work.dir), engine).unwrap_or_else(|error| fatal(voice, &error));
    let log = Arc::clone(publisher.log());
    let mut tiles = StaticTiles::open(&exported(Path::new(&work.dir)), log.vkey())
        .unwrap_or_else(|error| fatal(voice, &error));
    let mut random = Random(work.seed);
    let mut from = work.from;
    while from < work.until {
        let count = if from < FURNISHING { FURNISHING } else { 1 + random.below(work.batch) };
        let until = (from + count).min(work.until);
        if !hand_in(engine, voice, from, until) {
            return;
        }
        let shown = publisher.publish(false).unwrap_or_else(|error| fatal(voice, &error));
        if let Some(shown) = shown {
            if let Err(error) = tiles.advance(&mut &*log, &shown, &mut |_, _| {}) {
                fatal(voice, &error)
            }
            let position = random.below(shown.checkpoint.size);
            let receipt = log.receipt(position).unwrap().unwrap();
            voice.say(&format!("proof {}\n", hex::encode(receipt.to_string())));
        }
        from = until;
    }
    voice.say("closed\n");
}

fn hand_in(engine: &Engine, voice: &Voice, from: u64, until: u64) -> bool {
    let statements = (from..until).map(statement).collect();
    voice.say(&format!("try {from} {until}\n"));
    let answers = engine.submit_and_wait(statements);
    let mut text = String::new();
    for (n, answer) in (from..until).zip(answers) {
        match answer {
            Ok(receipt) => writeln!(text, "ack {n} {} {}", receipt.position, receipt.leaf),
            Err(error) => writeln!(text, "err {n} {}", error.code()),
        }
        .unwrap();
    }
    if engine.has_failed() {
        text.push_str("failed\n");
    }
    voice.say(&text);
    !engine.has_failed()
}
