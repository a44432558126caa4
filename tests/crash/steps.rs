//! A failure at each append, in each of its forms: nothing written, or written and the answer
//! lost; once, or for good. Those who wait are told that it is not known; nobody is told yes; the
//! engine takes no more; and the next one, on the same directory, gives every statement the one
//! position that it has or gets.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use archipel_engine::clock::ManualClock;
use archipel_engine::engine::{Engine, Options};
use archipel_engine::sequencer::{Answer, SubmitError};
use archipel_engine::store::{EventStore, SledStore, StoreOptions};
use archipel_testkit::faulty::{Fault, FaultyStore, Step};
use archipel_testkit::keys::{ORIGIN, secret};
use archipel_testkit::scenario::REGISTRAR_KEY;

use super::support::{Ack, BASE, create, inspect, scratch, statement};

/// Appends before the last one that is made to fail.
const APPENDS: u64 = 10;
/// Statements in each append.
const EACH: u64 = 3;

#[derive(Debug, Default)]
struct Seen {
    acks: Vec<Ack>,
    in_doubt: Vec<u64>,
    stopped: Vec<u64>,
}

impl Seen {
    fn take(&mut self, first: u64, answers: Vec<Answer>) {
        for (n, answer) in (first..).zip(answers) {
            match answer {
                Ok(receipt) => {
                    let (position, leaf) = (receipt.position, receipt.leaf);
                    self.acks.push(Ack { n, position, leaf });
                }
                Err(SubmitError::InDoubt) => self.in_doubt.push(n),
                Err(SubmitError::Stopped) => self.stopped.push(n),
                Err(error) => panic!("statement {n} is refused: {error}"),
            }
        }
    }
}

fn with_failure(append: u64, fault: Fault, at_once: bool) {
    let name = format!("append {append}, {fault:?}, at once: {at_once}");
    let place = scratch();
    let dir = place.path().join("data");
    create(&dir).unwrap();
    let store = FaultyStore::new(SledStore::open(&dir, StoreOptions::default()).unwrap());
    store.fail(Step::Append, append, fault);
    let store = Arc::new(store);
    let options = Options { clock: Arc::new(ManualClock::at(BASE)), ..Options::default() };
    let held = Arc::clone(&store) as Arc<dyn EventStore>;
    let engine = Engine::start(held, ORIGIN, Some(secret(REGISTRAR_KEY)), None, options).unwrap();
    let firsts = (0..=APPENDS).map(|append| append * EACH);
    let batch = |first: u64| (first..first + EACH).map(statement).collect();
    let mut seen = Seen::default();
    if at_once {
        // All are under way together, so that some wait behind the one that fails.
        let waiting: Vec<_> = firsts
            .map(|first| {
                let (sender, receiver) = sync_channel(1);
                engine.submit(batch(first), Box::new(move |answers| sender.send(answers).unwrap()));
                (first, receiver)
            })
            .collect();
        for (first, receiver) in waiting {
            seen.take(first, receiver.recv().unwrap());
        }
    } else {
        for first in firsts {
            seen.take(first, engine.submit_and_wait(batch(first)));
        }
        assert_eq!(seen.acks.len() as u64, append * EACH, "{name}");
        assert_eq!(seen.in_doubt.len() as u64, EACH, "{name}");
    }
    if store.pending() == 0 {
        assert!(engine.has_failed() && !seen.in_doubt.is_empty(), "{name}: {seen:?}");
        let later = engine.submit_and_wait(batch(100));
        assert!(later.iter().all(|a| *a == Err(SubmitError::Stopped)), "{name}: {later:?}");
    } else {
        // So much went into one append that there was no such append.
        assert!(at_once && seen.in_doubt.is_empty(), "{name}: {seen:?}");
    }
    // What was not acknowledged is not shown.
    let shown = engine.views().latest().world.position;
    assert_eq!(shown, seen.acks.len() as u64, "{name}");
    drop(engine);
    let written = store.head().size;
    let persisted = matches!(fault, Fault::ButPersisted | Fault::FatalButPersisted);
    let doubtful = seen.in_doubt.len() as u64;
    assert_eq!(written, shown + if persisted { doubtful } else { 0 }, "{name}");
    drop(store);
    let found = inspect(&dir, &seen.acks, (APPENDS + 2) * EACH);
    assert!(found.is_sound(), "{name}: {found:?}");
    assert_eq!(found.size, written, "{name}");
}

#[test]
fn a_failure_at_each_append_leaves_nothing_false() {
    let faults = [
        Fault::NotPersisted,
        Fault::ButPersisted,
        Fault::FatalNotPersisted,
        Fault::FatalButPersisted,
    ];
    let mut cases = 0;
    for append in 0..=APPENDS {
        for fault in faults {
            for at_once in [false, true] {
                with_failure(append, fault, at_once);
                cases += 1;
            }
        }
    }
    println!("failure at each append: {cases} cases");
}
