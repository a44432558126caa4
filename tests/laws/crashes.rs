//! The store fails: everybody is told, nothing is told wrongly, and a retry is one position.

use archipel_domain::ledger::Owner;
use archipel_engine::engine::{Engine, Options};
use archipel_engine::log::statement::Signed;
use archipel_engine::sequencer::Answer;
use archipel_engine::store::{EventStore, Head, MemoryStore};
use archipel_testkit::faulty::{Fault, FaultyStore, Step};
use archipel_testkit::keys::secret;
use archipel_testkit::scenario::{Live, ORIGIN, REGISTRAR_KEY, Stage as _, Town, acts, person};
use std::sync::Arc;

/// What is handed out as a store while the wrapped one outlives a restart.
type Faulty = FaultyStore<Shared>;

/// A store in memory that several may hold.
#[derive(Clone, Default)]
struct Shared(Arc<MemoryStore>);

macro_rules! forward {
    ($(fn $name:ident(&self $(, $arg:ident: $type:ty)*) -> $out:ty;)+) => {
        impl EventStore for Shared {
            $(fn $name(&self $(, $arg: $type)*) -> $out { self.0.$name($($arg),*) })+
        }
    };
}

use archipel_engine::log::merkle::{Frontier, Hash};
use archipel_engine::store::{AppendError, Derived, Entry, ReadError, StreamKey};
use std::ops::{ControlFlow, Range};

forward! {
    fn append(&self, size: u64, entries: &[Entry]) -> Result<Head, AppendError>;
    fn head(&self) -> Head;
    fn frontier_at(&self, size: u64) -> Result<Frontier, ReadError>;
    fn scan_leaves(
        &self, range: Range<u64>, visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>
    ) -> Result<(), ReadError>;
    fn scan_facts(
        &self, range: Range<u64>, visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>
    ) -> Result<(), ReadError>;
    fn lookup(&self, ids: &[u128]) -> Result<Vec<Option<u64>>, ReadError>;
    fn stream(&self, key: StreamKey, range: Range<u64>) -> Result<Vec<u64>, ReadError>;
    fn derived_size(&self) -> u64;
    fn append_derived(&self, first: u64, items: &[(Derived, Hash)]) -> Result<(), AppendError>;
    fn reset_derived(&self) -> Result<(), AppendError>;
    fn sync_derived(&self) -> Result<(), AppendError>;
}

fn founded() -> (Live, Shared, Arc<Faulty>) {
    let shared = Shared::default();
    let mut first = Live::on(Arc::new(shared.clone()), None);
    first.given(person(1).says(acts::found(2, 365)));
    first.stop();
    let faulty = Arc::new(FaultyStore::new(shared.clone()));
    (Live::on(Arc::clone(&faulty) as Arc<_>, None), shared, faulty)
}

fn wait(live: &Live, statements: &[Signed]) -> Vec<Answer> {
    live.engine().submit_and_wait(statements.to_vec())
}

const FAULTS: [(Fault, bool); 4] = [
    (Fault::NotPersisted, false),
    (Fault::ButPersisted, true),
    (Fault::FatalNotPersisted, false),
    (Fault::FatalButPersisted, true),
];

/// The failure table: written or not, the answer is that nobody knows; the engine stops; whoever
/// asks again after the restart gets one position.
#[test]
fn a_failed_append_is_in_doubt_until_the_retry() {
    for (fault, written) in FAULTS {
        let (mut live, shared, faulty) = founded();
        let good: Vec<Signed> =
            (0..5).map(|_| live.sign(person(1).says(acts::submit("text")))).collect();
        let mut forged = live.sign(person(1).says(acts::submit("text")));
        forged.signature[0] ^= 1;
        let unwritten = live.sign(Town::founder(acts::group("nord")));
        let twice = live.sign(Town::founder(acts::group("nord")));
        let mut all = good.clone();
        all.extend([forged, unwritten.clone(), twice.clone()]);
        let before = live.store().head();
        faulty.fail(Step::Append, 0, fault);
        let answers = wait(&live, &all);
        let codes: Vec<&str> =
            answers.iter().map(|answer| answer.as_ref().unwrap_err().code()).collect();
        let doubt = "submit.in-doubt";
        // The second group of that name is refused upon a state that may never have been.
        let expected = [doubt, doubt, doubt, doubt, doubt, "signature.invalid", doubt, doubt];
        assert_eq!(codes, expected, "{fault:?}");
        assert!(live.engine().has_failed());
        assert_eq!(live.world().position, before.size, "{fault:?}: nothing is shown");
        let refused = wait(&live, &good);
        assert!(refused.iter().all(|answer| {
            answer.as_ref().is_err_and(|error| error.code() == "submit.stopped")
        }));
        live.stop();
        let size = shared.head().size;
        assert_eq!(size, before.size + if written { 6 } else { 0 }, "{fault:?}");

        let mut live = Live::on(Arc::new(shared.clone()), None);
        live.advance_ms(1_000);
        let again = wait(&live, &good);
        for (n, answer) in again.iter().enumerate() {
            let receipt = answer.as_ref().unwrap();
            assert_eq!(receipt.position, before.size + n as u64, "{fault:?}");
            assert_eq!(receipt.duplicate, written, "{fault:?}");
        }
        assert!(live.submit(&unwritten).is_ok());
        assert_eq!(live.submit(&twice).unwrap_err().code(), "group.exists");
        assert_eq!(live.store().head().size, before.size + 6, "each once");
        live.given(person(2).says(acts::submit("next")));
    }
}

/// Batches behind the failed one are not written and not in doubt.
#[test]
fn what_waits_behind_a_failure_can_be_retried() {
    for (fault, written) in FAULTS {
        let (mut live, shared, faulty) = founded();
        faulty.fail(Step::Append, 2, fault);
        let statements: Vec<Signed> =
            (0..400).map(|_| live.sign(person(1).says(acts::submit("text")))).collect();
        let answers: Vec<Answer> = {
            let live = &live;
            std::thread::scope(|scope| {
                let threads: Vec<_> = statements
                    .chunks(10)
                    .map(|chunk| scope.spawn(move || wait(live, chunk)))
                    .collect();
                threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
            })
        };
        live.stop();
        let live = Live::on(Arc::new(shared.clone()), None);
        let again: Vec<Answer> = statements.iter().map(|signed| live.submit(signed)).collect();
        for (before, after) in answers.iter().zip(&again) {
            let after = after.as_ref().unwrap();
            match before {
                Ok(receipt) => assert_eq!(receipt.position, after.position, "{fault:?}"),
                Err(error) if error.code() == "submit.in-doubt" => {
                    assert_eq!(after.duplicate, written, "{fault:?}");
                }
                Err(error) => {
                    assert_eq!(error.code(), "submit.stopped");
                    assert!(!after.duplicate, "{fault:?}: it was never written");
                }
            }
        }
        assert_eq!(live.store().head().size, 401);
    }
}

/// A damaged index of ids: whether an id is new can not be known, so nothing is recorded.
#[test]
fn without_the_index_nothing_is_recorded() {
    let (mut live, _, faulty) = founded();
    let signed = live.sign(person(1).says(acts::submit("text")));
    let before = live.store().head();
    faulty.fail(Step::Lookup, 0, Fault::NotPersisted);
    assert_eq!(live.submit(&signed).unwrap_err().code(), "submit.in-doubt");
    assert_eq!(live.store().head(), before);
    assert!(!live.submit(&signed).unwrap().duplicate);
}

/// A move that can not be read is not one that does not exist.
#[test]
fn a_citation_that_can_not_be_read_is_in_doubt() {
    for step in [Step::Lookup, Step::ScanFacts] {
        let (mut live, shared, _) = founded();
        live.given(Town::founder(acts::unit("EUR", 2)));
        for name in ["a", "b"] {
            let mut open = acts::account(name, "EUR", Owner::Member(person(1).id), None);
            open.floor = Some(-10);
            live.given(Town::founder(open));
        }
        let posted = live.given(person(1).says(acts::pay(&[("a", -1, "EUR"), ("b", 1, "EUR")])));
        live.stop();
        let faulty = Arc::new(FaultyStore::new(shared));
        let mut live = Live::on(Arc::clone(&faulty) as Arc<_>, None);
        live.advance_ms(1_000);
        let reversal = live.sign(person(1).says(acts::reverse(posted)));
        // The first look-up is for the ids of the group.
        faulty.fail(step, u64::from(step == Step::Lookup), Fault::NotPersisted);
        assert_eq!(live.submit(&reversal).unwrap_err().code(), "submit.in-doubt", "{step:?}");
        assert!(live.submit(&reversal).is_ok(), "{step:?}");
    }
}

/// Failures while the derived data is rebuilt at the opening: it does not open, and opens the next
/// time.
#[test]
fn a_rebuild_that_fails_is_begun_again() {
    for step in [Step::ScanLeaves, Step::AppendDerived, Step::SyncDerived, Step::ScanFacts] {
        let (mut live, shared, _) = founded();
        live.given(person(1).says(acts::submit("text")));
        let world = live.world();
        live.stop();
        shared.reset_derived().unwrap();
        let faulty = Arc::new(FaultyStore::new(shared.clone()));
        faulty.fail(step, 0, Fault::NotPersisted);
        let open = || {
            let store = Arc::clone(&faulty) as Arc<dyn EventStore>;
            let registrar = Some(secret(REGISTRAR_KEY));
            Engine::start(store, ORIGIN, registrar, None, Options::default())
        };
        // A fact that can not be read is derived again; the others stop the opening.
        assert_eq!(open().is_ok(), step == Step::ScanFacts, "{step:?}");
        let engine = open().unwrap();
        assert!(*engine.views().latest().world == *world, "{step:?}");
    }
}
