//! What serving the log costs those who record: ingest alone and beside 1,000 tile readers, in
//! turns, in one process and on one machine with the readers themselves, so that their own work
//! counts against us too.
//!
//! Each reader keeps a connection and, every [`PERIOD`], fetches the checkpoint, one full tile of
//! hashes and one entry bundle. `cargo bench --bench readers` prints one line of JSON.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use archipel_engine::engine::Engine;
use archipel_engine::publish::{Cadence, Entries, NoWitness, Publisher, PublisherThread};
use archipel_engine::store::{EventStore, SledStore, StoreOptions};
use archipel_testkit::keys::{ORIGIN, secret};
use archipel_testkit::sample::scramble;
use archipel_testkit::scenario::REGISTRAR_KEY;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Readers at once.
const READERS: u64 = 1_000;
/// How often each reads.
const PERIOD: Duration = Duration::from_secs(5);
/// Statements recorded in one turn.
const TURN: u64 = 150_000;
/// Turns of either kind.
const ROUNDS: usize = 4;

struct Reader {
    stream: BufReader<TcpStream>,
}

impl Reader {
    fn get(&mut self, path: &str) -> u64 {
        let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n");
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut length, mut line) = (0, String::new());
        self.stream.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 200 "), "{path}: {line}");
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        length as u64
    }
}

#[derive(Default)]
struct Load {
    reading: AtomicBool,
    over: AtomicBool,
    requests: AtomicU64,
    bytes: AtomicU64,
    full_tiles: AtomicU64,
}

fn read(number: u64, address: SocketAddr, load: &Load) {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = Reader { stream: BufReader::new(stream) };
    // Spread over the period, as readers of the world are.
    let step = PERIOD / 1_000;
    std::thread::sleep(step * u32::try_from(number % 1_000).unwrap());
    let mut turn = number;
    while !load.over.load(Ordering::Relaxed) {
        if load.reading.load(Ordering::Relaxed) {
            let tile = scramble(turn) % load.full_tiles.load(Ordering::Relaxed);
            let tile = if tile < 1_000 {
                format!("{tile:03}")
            } else {
                format!("x{:03}/{:03}", tile / 1_000, tile % 1_000)
            };
            let mut bytes = reader.get("/log/checkpoint");
            bytes += reader.get(&format!("/log/tile/0/{tile}"));
            bytes += reader.get(&format!("/log/tile/entries/{tile}"));
            load.requests.fetch_add(3, Ordering::Relaxed);
            load.bytes.fetch_add(bytes, Ordering::Relaxed);
        }
        turn += READERS;
        std::thread::sleep(PERIOD);
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2].midpoint(values[(values.len() - 1) / 2])
}

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let store = SledStore::open(dir.path(), StoreOptions::default()).unwrap();
    let store: Arc<dyn EventStore> = Arc::new(store);
    let mut bed = common::Bed::on(Arc::clone(&store));
    let engine: Arc<Engine> = Arc::clone(bed.live.engine());
    let key = secret(REGISTRAR_KEY);
    let publisher = Publisher::open(dir.path(), ORIGIN, key, store, Box::new(NoWitness)).unwrap();
    let publisher =
        PublisherThread::start(publisher, Cadence::default(), Box::new(|_| {}), Box::new(|| {}));
    let options = archipel_api::Options {
        public: Some(Arc::clone(publisher.log())),
        entries: Entries::Public,
        ..archipel_api::Options::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(archipel_api::serve(listener, engine, options, std::future::pending()));
    // Something to read.
    let statements = bed.statements(TURN);
    common::submit(&bed.live, statements);
    while publisher.log().latest().is_none_or(|shown| shown.checkpoint.size < TURN) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let load = Arc::new(Load::default());
    load.full_tiles.store(TURN / 256, Ordering::Relaxed);
    let readers: Vec<_> = (0..READERS)
        .map(|number| {
            let load = Arc::clone(&load);
            let thread = std::thread::Builder::new().stack_size(128 << 10);
            thread.spawn(move || read(number, address, &load)).unwrap()
        })
        .collect();
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    let mut reading_seconds = 0.0;
    for _ in 0..ROUNDS {
        for reading in [false, true] {
            let statements = bed.statements(TURN);
            load.reading.store(reading, Ordering::Relaxed);
            // Until everybody has taken notice.
            std::thread::sleep(PERIOD);
            let (began, before) = (Instant::now(), load.requests.load(Ordering::Relaxed));
            common::submit(&bed.live, statements);
            let seconds = began.elapsed().as_secs_f64();
            let rate = TURN as f64 / seconds;
            if reading {
                reading_seconds += seconds;
                beside.push(rate);
                let made = load.requests.load(Ordering::Relaxed) - before;
                eprintln!("beside readers: {rate:.0}/s, {:.0} requests/s", made as f64 / seconds);
            } else {
                alone.push(rate);
                eprintln!("alone: {rate:.0}/s");
            }
        }
    }
    load.over.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.join().unwrap();
    }
    let (alone, beside) = (median(alone), median(beside));
    let (requests, bytes) =
        (load.requests.load(Ordering::Relaxed), load.bytes.load(Ordering::Relaxed));
    println!(
        "{{\"readers\":{READERS},\"alone_per_second\":{alone:.0},\
         \"beside_per_second\":{beside:.0},\"cost\":{:.3},\"requests\":{requests},\
         \"megabytes\":{},\"reading_seconds\":{reading_seconds:.1}}}",
        1.0 - beside / alone,
        bytes >> 20,
    );
}
