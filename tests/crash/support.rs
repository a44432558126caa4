//! What the campaigns share: the statements that are submitted, and what must be found afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use archipel_domain::id::{Hash, StatementId};
use archipel_domain::ledger::Owner;
use archipel_domain::role::Power;
use archipel_domain::time::Timestamp;
use archipel_engine::audit::audit;
use archipel_engine::clock::ManualClock;
use archipel_engine::engine::{Engine, EngineError, Options};
use archipel_engine::instance::Instance;
use archipel_engine::log::merkle::leaf_hash;
use archipel_engine::log::statement::Signed;
use archipel_engine::store::{Durability, StoreOptions, blob_files};
use archipel_testkit::keys::{ORIGIN, secret};
use archipel_testkit::sample::scramble;
use archipel_testkit::scenario::{Intent, REGISTRAR_KEY, acts, mandate, person};

/// When all statements are signed. Long ago, so that a server with a real clock takes them too.
pub(crate) const BASE: Timestamp = Timestamp(1_750_000_000_000);
/// How many statements furnish the instance; those after them depend on no other.
pub(super) const FURNISHING: u64 = 8;

/// Statements between two snapshots.
pub(super) const SNAPSHOT_EVERY: u64 = 50;

/// The number given by a variable.
pub(crate) fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")),
        Err(_) => default,
    }
}

pub(super) fn seed() -> u64 {
    let seed = setting("ARCHIPEL_SEED", 7);
    println!("ARCHIPEL_SEED={seed}");
    seed
}

/// Whether something that a campaign needs is there. If not, that is said, and is a failure in CI.
pub(crate) fn available(what: &str, there: bool) -> bool {
    if !there {
        assert!(std::env::var("CI").is_err(), "{what}: not skipped in CI");
        println!("SKIPPED: {what}");
    }
    there
}

/// A directory in memory where there is such a thing: the campaigns copy many small directories
/// and need no durability for themselves.
pub(crate) fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()).unwrap()
}

fn intent(n: u64) -> Intent {
    let founder = |act: archipel_domain::act::Act| person(1).says(act).under(mandate(1));
    let steward = Some("treasurer");
    match n {
        0 => person(1).says(acts::found(1, 3_653)),
        1 => founder(acts::admit(person(3), &[]).into()),
        2 => founder(acts::circle("till", "assembly").into()),
        3 => founder(acts::role("treasurer", "till", &[Power::Ledger], 1, 3_653).into()),
        4 => {
            let until = BASE.plus_ms(3_600 * Timestamp::DAY_MS);
            founder(acts::assign("treasurer", person(3), BASE, until).into())
        }
        5 => founder(acts::unit("EUR", 2).into()),
        6 => founder(acts::account("world", "EUR", Owner::Exterior, steward).into()),
        7 => founder(acts::account("fund", "EUR", Owner::Fund, steward).into()),
        // Texts up to 16 kB: leaves that take several values of the store.
        n if n % 5 == 0 => {
            let words = (scramble(n) % 40).pow(2) * 10;
            let text: Vec<String> =
                (0..=words / 8).map(|word| format!("{:x}", scramble(n ^ word) >> 36)).collect();
            person(3).says(acts::submit(&text.join("\n")))
        }
        n => {
            let amount = i64::try_from(n).unwrap();
            let legs = [("world", -amount, "EUR"), ("fund", amount, "EUR")];
            person(3).says(acts::pay(&legs)).under(id(4))
        }
    }
}

/// The id of a statement.
pub(super) fn id(n: u64) -> StatementId {
    let random = u128::from(scramble(n)) & 0xffff_ffff;
    StatementId::from_parts(BASE.0.unsigned_abs() + n / 8, (u128::from(n) << 32) | random)
}

/// Statement number `n`: the same bytes in every process.
pub(crate) fn statement(n: u64) -> Signed {
    intent(n).dated(BASE).sign(id(n), BASE)
}

/// Opens the instance, with snapshots so often that they are written between the cuts.
pub(super) fn open(dir: &Path, durability: Durability) -> Result<Engine, EngineError> {
    open_with(dir, durability, SNAPSHOT_EVERY)
}

/// Opens the instance.
pub(super) fn open_with(
    dir: &Path,
    durability: Durability,
    snapshot_every: u64,
) -> Result<Engine, EngineError> {
    let options = Options {
        clock: Arc::new(ManualClock::at(BASE)),
        store: StoreOptions { durability, ..StoreOptions::default() },
        snapshot_every,
    };
    Engine::open(dir, options)
}

/// Makes a directory into that of an instance without any statement.
pub(crate) fn create(dir: &Path) -> Result<(), String> {
    Instance::create(dir, ORIGIN, &secret(REGISTRAR_KEY))
        .map(|_| ())
        .map_err(|error| error.to_string())
}

/// A statement that was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ack {
    pub(super) n: u64,
    pub(super) position: u64,
    pub(super) leaf: Hash,
}

/// What a workload told the world.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// The instance was said to be open.
    pub(super) ready: bool,
    pub(super) acks: Vec<Ack>,
    /// Handed in, whether or not it was acknowledged.
    pub(super) tried: BTreeSet<u64>,
    /// Refusals and errors, by code.
    pub(super) errors: Vec<(u64, String)>,
    /// Receipts that were given.
    pub(super) proofs: Vec<String>,
    /// The engine said that it had failed.
    pub(super) failed: bool,
    /// All was done and the engine was closed.
    pub(super) closed: bool,
}

impl Told {
    /// Reads the lines that a workload writes; a last line without end was not told.
    pub(super) fn parse(text: &str) -> Self {
        let mut told = Self::default();
        for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            let words: Vec<&str> = line.split(' ').collect();
            let number = |index: usize| words[index].parse::<u64>().unwrap();
            match words[0] {
                "ready" => told.ready = true,
                "try" => {
                    told.tried.extend(number(1)..number(2));
                }
                "ack" => {
                    let leaf = words[3].parse().unwrap();
                    told.acks.push(Ack { n: number(1), position: number(2), leaf });
                }
                "err" => told.errors.push((number(1), words[2].to_owned())),
                "proof" => {
                    told.proofs.push(String::from_utf8(hex::decode(words[1]).unwrap()).unwrap());
                }
                "failed" => told.failed = true,
                "closed" => told.closed = true,
                other => panic!("the workload said {other}"),
            }
        }
        told
    }
}

/// What is wrong with a directory.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    /// Acknowledged statements that are not at their position.
    pub(super) lost: usize,
    /// Everything that must not be.
    pub(super) wrong: Vec<String>,
    /// How many statements the log held when it was opened.
    pub(super) size: u64,
}

impl Findings {
    pub(super) fn is_sound(&self) -> bool {
        self.lost == 0 && self.wrong.is_empty()
    }

    fn of(wrong: String) -> Self {
        Self { wrong: vec![wrong], ..Self::default() }
    }
}

/// Opens a directory after a crash and compares it with what was acknowledged; then retries all
/// statements up to `until` by their ids, opens again, and audits.
pub(super) fn inspect(dir: &Path, acks: &[Ack], until: u64) -> Findings {
    let engine = match open(dir, Durability::Full) {
        Ok(engine) => engine,
        Err(error) => {
            let mut found = Findings::of(format!("it does not open: {error}"));
            found.lost = acks.len();
            return found;
        }
    };
    let mut found = compare(&engine, acks, true);
    if found.is_sound() {
        retry(&engine, acks, until, &mut found);
    }
    drop(engine);
    if found.is_sound() {
        match open(dir, Durability::Full) {
            Ok(engine) => {
                let again = compare(&engine, acks, true);
                if again.size != until {
                    found.wrong.push(format!("{} statements, not {until}", again.size));
                }
                found.lost += again.lost;
                found.wrong.extend(again.wrong);
            }
            Err(error) => found.wrong.push(format!("it does not open again: {error}")),
        }
    }
    match blob_files(dir) {
        Ok(0) => {}
        other => found.wrong.push(format!("files in blobs/: {other:?}")),
    }
    found
}

/// Positions, leaves, index and audit, before anything new is written.
pub(super) fn compare(engine: &Engine, acks: &[Ack], audited: bool) -> Findings {
    let store = engine.store().as_ref();
    let size = store.head().size;
    let mut found = Findings { size, ..Findings::default() };
    let mut leaves = BTreeMap::new();
    let mut next = 0;
    let read = store.scan_leaves(0..size, &mut |position, bytes| {
        if position != next {
            found.wrong.push(format!("position {position} where {next} was expected"));
        }
        next = position + 1;
        leaves.insert(position, Hash(leaf_hash(bytes)));
        ControlFlow::Continue(())
    });
    if let Err(error) = read {
        found.wrong.push(error.to_string());
    } else if next != size {
        found.wrong.push(format!("{next} leaves are readable of {size}"));
    }
    let ids: Vec<u128> = acks.iter().map(|ack| id(ack.n).0).collect();
    match store.lookup(&ids) {
        Ok(positions) => {
            for (ack, position) in acks.iter().zip(positions) {
                let there = leaves.get(&ack.position) == Some(&ack.leaf);
                if !there || position != Some(ack.position) {
                    found.lost += 1;
                }
            }
        }
        Err(error) => found.wrong.push(error.to_string()),
    }
    let positions: BTreeSet<u64> = acks.iter().map(|ack| ack.position).collect();
    let numbers: BTreeSet<u64> = acks.iter().map(|ack| ack.n).collect();
    if positions.len() != numbers.len() {
        found.wrong.push("two statements were told the same position".to_owned());
    }
    if audited && let Err(error) = audit(store, ORIGIN, &mut |_, _| {}) {
        found.wrong.push(format!("audit: {error}"));
    }
    found
}

fn retry(engine: &Engine, acks: &[Ack], until: u64, found: &mut Findings) {
    let first: BTreeMap<u64, u64> = acks.iter().map(|ack| (ack.n, ack.position)).collect();
    let mut taken = BTreeSet::new();
    let numbers: Vec<u64> = (0..until).collect();
    for part in numbers.chunks(32) {
        let answers = engine.submit_and_wait(part.iter().map(|n| statement(*n)).collect());
        for (n, answer) in part.iter().zip(answers) {
            match answer {
                Ok(receipt) => {
                    let again = first.get(n).is_none_or(|p| *p == receipt.position);
                    let known = !first.contains_key(n) || receipt.duplicate;
                    if !again || !known || !taken.insert(receipt.position) {
                        found.wrong.push(format!("the retry of {n} gives {receipt:?}"));
                    }
                }
                Err(error) => {
                    found.wrong.push(format!("the retry of {n} is refused: {}", error.code()));
                }
            }
        }
    }
}

/// The acceptance test binary, to run one of its hidden parts.
pub(super) fn own_binary() -> PathBuf {
    std::env::current_exe().unwrap()
}
