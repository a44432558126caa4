//! `kill -9` at random moments: of the server under load over HTTP, and of the engine alone. One
//! data directory lives through all the cycles.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use archipel_engine::engine::Engine;
use archipel_engine::store::Durability;
use archipel_testkit::power::Random;
use serde_json::Value;

use super::support::{
    Ack, FURNISHING, Told, available, compare, create, id, open_with, own_binary, seed, setting,
    statement,
};
use super::workload::{SNAPSHOTS_KILLED, Work};

/// Longest time from start or readiness to the end, in milliseconds.
const LIFE_MS: u64 = 150;
const PATIENCE: Duration = Duration::from_secs(30);

/// What is known of all cycles.
#[derive(Debug, Default)]
struct Ledger {
    /// First position and leaf of what was acknowledged, by number.
    acks: BTreeMap<u64, Ack>,
    /// Handed in without an answer.
    in_doubt: BTreeSet<u64>,
    cycles: u64,
    doubts: u64,
    retried: u64,
    /// Killed before it was ready.
    early: u64,
}

impl Ledger {
    fn acked(&mut self, ack: Ack) {
        self.retried += u64::from(self.in_doubt.remove(&ack.n));
        let first = self.acks.entry(ack.n).or_insert(ack);
        assert_eq!(*first, ack, "statement {} has two positions", ack.n);
    }

    fn unanswered(&mut self, n: u64) {
        if !self.acks.contains_key(&n) && self.in_doubt.insert(n) {
            self.doubts += 1;
        }
    }

    fn list(&self) -> Vec<Ack> {
        self.acks.values().copied().collect()
    }

    fn told(&self, began: Instant, seed: u64) -> String {
        let seconds = began.elapsed().as_secs_f64();
        format!(
            "{} cycles ({} ended before they were ready), {} acknowledged, {} in doubt, {} of \
             them answered on retry, 0 lost, {:.1} cycles/s, ARCHIPEL_SEED={seed}",
            self.cycles,
            self.early,
            self.acks.len(),
            self.doubts,
            self.retried,
            self.cycles as f64 / seconds,
        )
    }

    /// Everything acknowledged is there before anything new is written.
    fn verify(&self, engine: &Engine, audited: bool, name: &str) {
        let found = compare(engine, &self.list(), audited);
        assert!(found.is_sound(), "{name}: {} lost, {:?}", found.lost, found.wrong);
    }

    fn retry_here(&mut self, engine: &Engine, name: &str) {
        let numbers: Vec<u64> = self.in_doubt.iter().copied().collect();
        for part in numbers.chunks(64) {
            let answers = engine.submit_and_wait(part.iter().map(|n| statement(*n)).collect());
            for (n, answer) in part.iter().zip(answers) {
                let receipt = answer.unwrap_or_else(|e| panic!("{name}: retry of {n}: {e}"));
                let (position, leaf) = (receipt.position, receipt.leaf);
                self.acked(Ack { n: *n, position, leaf });
            }
        }
    }

    /// At the end, all is answered, and the log holds nothing else: one position each.
    fn close(&mut self, dir: &Path, name: &str) {
        let engine = open(dir);
        self.retry_here(&engine, name);
        self.verify(&engine, true, name);
        assert_eq!(engine.store().head().size, self.acks.len() as u64, "{name}: other entries");
        assert!(self.in_doubt.is_empty());
    }
}

fn open(dir: &Path) -> Engine {
    let opened = open_with(dir, Durability::Full, SNAPSHOTS_KILLED);
    opened.unwrap_or_else(|error| panic!("the log does not open after a kill: {error}"))
}

/// When to kill: half the time counted from the start, so that the start itself is hit.
fn moment(random: &mut Random) -> (bool, Duration) {
    let from_start = random.below(2) == 0;
    (from_start, Duration::from_millis(5 + random.below(LIFE_MS - 5)))
}

fn founded(dir: &Path) -> Ledger {
    create(dir).unwrap();
    let engine = open(dir);
    let mut ledger = Ledger::default();
    ledger.in_doubt.extend(0..FURNISHING);
    ledger.retry_here(&engine, "the founding");
    Ledger { retried: 0, ..ledger }
}

#[test]
fn a_killed_engine_loses_nothing() {
    let (seed, cycles) = (seed(), setting("ARCHIPEL_KILL_CYCLES", 10));
    let began = Instant::now();
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("data");
    let mut ledger = founded(&dir);
    let mut random = Random(seed);
    let mut next = FURNISHING;
    for cycle in 0..cycles {
        let voice = place.path().join(format!("voice-{cycle}"));
        let mut work = Work::new(&dir, &voice, u64::MAX / 2, random.draw());
        (work.from, work.clients) = (next, 3);
        work.snapshot_every = SNAPSHOTS_KILLED;
        let mut child = work.start(&[]);
        let (from_start, life) = moment(&mut random);
        if !from_start {
            let ready = || fs::metadata(&voice).is_ok_and(|meta| meta.len() > 0);
            let end = Instant::now() + PATIENCE;
            while !ready() {
                assert!(child.try_wait().unwrap().is_none(), "cycle {cycle}: it ended by itself");
                assert!(Instant::now() < end, "cycle {cycle}: it is never ready");
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        std::thread::sleep(life);
        child.kill().unwrap();
        child.wait().unwrap();
        let told = Told::parse(&fs::read_to_string(&voice).unwrap_or_default());
        assert!(told.errors.is_empty(), "cycle {cycle}: {:?}", told.errors);
        ledger.cycles += 1;
        ledger.early += u64::from(!told.ready);
        told.acks.iter().for_each(|ack| ledger.acked(*ack));
        told.tried.iter().for_each(|n| ledger.unanswered(*n));
        next = told.tried.last().map_or(next, |last| last + 1);
        // Otherwise the next process finds what this one left.
        if random.below(3) > 0 {
            let engine = open(&dir);
            ledger.verify(&engine, false, &format!("cycle {cycle}"));
            ledger.retry_here(&engine, &format!("cycle {cycle}"));
        }
        if cycle % 50 == 49 {
            println!("killed engine: {}", ledger.told(began, seed));
        }
    }
    ledger.close(&dir, "the end");
    println!("killed engine: {}; audit passed", ledger.told(began, seed));
}

/// The program, beside this test's own: `target/<profile>/archipel`.
pub(crate) fn program() -> PathBuf {
    let own = own_binary();
    let profile = own.parent().and_then(Path::parent).unwrap();
    std::env::var_os("ARCHIPEL_BIN").map_or_else(|| profile.join("archipel"), PathBuf::from)
}

pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
}

impl Server {
    pub(crate) fn start(dir: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(program())
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(dir)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // Nobody listens any more: the server is dead.
                let _ = sender.send(line);
            }
        });
        Self { child, lines }
    }

    /// The address, once it listens; nothing if that takes longer.
    pub(crate) fn address(&self, patience: Duration) -> Option<String> {
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some((_, address)) = line.split_once("listening on ") {
                        return Some(address.trim().to_owned());
                    }
                }
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => panic!("the server ended by itself"),
            }
        }
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What the clients of one cycle share.
struct Load {
    address: String,
    next: AtomicU64,
    over: AtomicBool,
    /// To be sent once more before anything new: in doubt, or acknowledged before.
    again: Mutex<Vec<u64>>,
    known: BTreeMap<u64, Ack>,
    told: Mutex<Vec<Result<Ack, u64>>>,
}

impl Load {
    fn take(&self, count: u64) -> Vec<u64> {
        let mut again = self.again.lock().unwrap();
        if again.is_empty() {
            let from = self.next.fetch_add(count, Ordering::SeqCst);
            return (from..from + count).collect();
        }
        let from = again.len().saturating_sub(count as usize);
        again.split_off(from)
    }

    fn client(&self, bulk: bool, mut random: Random) {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build();
        let agent = ureq::Agent::new_with_config(config);
        while !self.over.load(Ordering::SeqCst) {
            let numbers = self.take(if bulk { 1 + random.below(30) } else { 1 });
            let answered = self.post(&agent, bulk, &numbers);
            let mut told = self.told.lock().unwrap();
            match answered {
                Some(acks) => told.extend(acks),
                None => {
                    told.extend(numbers.iter().map(|n| Err(*n)));
                    self.over.store(true, Ordering::SeqCst);
                }
            }
        }
    }

    /// The answers; nothing if the connection broke.
    fn post(
        &self,
        agent: &ureq::Agent,
        bulk: bool,
        numbers: &[u64],
    ) -> Option<Vec<Result<Ack, u64>>> {
        let kind = if bulk { "application/x-ndjson" } else { "application/json" };
        let lines: Vec<String> = numbers.iter().map(|n| statement(*n).to_line()).collect();
        let request = agent.post(format!("{}/v1/statements", self.address));
        let mut response = request.header("content-type", kind).send(lines.join("\n")).ok()?;
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().ok()?;
        let receipts: Vec<Value> = if bulk {
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        } else if status == 200 || status == 201 {
            vec![serde_json::json!({ "receipt": serde_json::from_str::<Value>(&text).unwrap() })]
        } else {
            vec![serde_json::json!({ "problem": serde_json::from_str::<Value>(&text).unwrap() })]
        };
        assert_eq!(receipts.len(), numbers.len(), "{status} {text}");
        Some(numbers.iter().zip(receipts).map(|(n, answer)| self.read(*n, &answer)).collect())
    }

    fn read(&self, n: u64, answer: &Value) -> Result<Ack, u64> {
        let receipt = &answer["receipt"];
        if receipt.is_null() {
            // Too busy, or stopping: it may be tried again. Anything else is an error.
            let status = answer["problem"]["status"].as_u64();
            assert_eq!(status, Some(503), "statement {n}: {answer}");
            return Err(n);
        }
        assert_eq!(receipt["id"], id(n).to_string(), "{answer}");
        let position = receipt["position"].as_u64().unwrap();
        let leaf = receipt["leaf"].as_str().unwrap().parse().unwrap();
        let ack = Ack { n, position, leaf };
        if let Some(first) = self.known.get(&n) {
            assert_eq!(*first, ack, "the retry of {n} gives another position");
            assert_eq!(receipt["duplicate"], true, "{answer}");
        }
        Ok(ack)
    }
}

#[test]
fn a_killed_server_loses_nothing() {
    let there = program().is_file();
    if !available("the server (target/<profile>/archipel, or ARCHIPEL_BIN) is not built", there) {
        return;
    }
    let (seed, cycles) = (seed(), setting("ARCHIPEL_KILL_CYCLES", 10));
    let began = Instant::now();
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("data");
    let mut ledger = founded(&dir);
    let mut random = Random(seed ^ 0x5e);
    let mut next = FURNISHING;
    let mut last: Vec<u64> = Vec::new();
    for cycle in 0..cycles {
        let (from_start, life) = moment(&mut random);
        let server = Server::start(&dir, &[]);
        let patience = if from_start { life } else { PATIENCE };
        let started = Instant::now();
        let Some(address) = server.address(patience) else {
            assert!(from_start, "cycle {cycle}: it never listens");
            server.kill();
            (ledger.cycles, ledger.early) = (ledger.cycles + 1, ledger.early + 1);
            continue;
        };
        // First what is in doubt, and some of what was acknowledged just before the last kill.
        let again = last.iter().rev().take(20).chain(&ledger.in_doubt).copied().collect();
        let load = Arc::new(Load {
            address,
            next: AtomicU64::new(next),
            over: AtomicBool::new(false),
            again: Mutex::new(again),
            known: ledger.acks.clone(),
            told: Mutex::default(),
        });
        let clients: Vec<_> = (0..4_u64)
            .map(|client| {
                let (load, random) = (Arc::clone(&load), Random(random.draw()));
                std::thread::spawn(move || load.client(client >= 2, random))
            })
            .collect();
        let spent = if from_start { started.elapsed() } else { Duration::ZERO };
        std::thread::sleep(life.saturating_sub(spent));
        server.kill();
        for client in clients {
            client.join().unwrap();
        }
        ledger.cycles += 1;
        next = load.next.load(Ordering::SeqCst);
        last.clear();
        for answer in load.told.lock().unwrap().drain(..) {
            match answer {
                Ok(ack) => {
                    last.push(ack.n);
                    ledger.acked(ack);
                }
                Err(n) => ledger.unanswered(n),
            }
        }
        if random.below(3) > 0 {
            ledger.verify(&open(&dir), false, &format!("cycle {cycle}"));
        }
        if cycle % 50 == 49 {
            println!("killed server: {}", ledger.told(began, seed));
        }
    }
    ledger.close(&dir, "the end");
    println!("killed server: {}; audit passed", ledger.told(began, seed));
}
