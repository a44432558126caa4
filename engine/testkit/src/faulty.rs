//! A store with planned failures.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::{Mutex, MutexGuard, PoisonError};

use archipel_engine::log::merkle::{Frontier, Hash};
use archipel_engine::store::{
    AppendError, Derived, Entry, EventStore, Head, Part, ReadError, StreamKey,
};

/// A call of a store that can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// [`EventStore::append`].
    Append,
    /// [`EventStore::append_derived`].
    AppendDerived,
    /// [`EventStore::reset_derived`].
    ResetDerived,
    /// [`EventStore::sync_derived`].
    SyncDerived,
    /// [`EventStore::frontier_at`].
    Frontier,
    /// [`EventStore::scan_leaves`].
    ScanLeaves,
    /// [`EventStore::scan_facts`].
    ScanFacts,
    /// [`EventStore::lookup`].
    Lookup,
    /// [`EventStore::stream`].
    Stream,
}

/// How a call fails. On a read, every fault is the same read error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An error, and nothing was written.
    NotPersisted,
    /// It was written, but the answer is lost: an append answers [`AppendError::InDoubt`].
    ButPersisted,
    /// [`AppendError::Fatal`] with nothing written, and on every later append.
    FatalNotPersisted,
    /// [`AppendError::Fatal`] although it was written, and on every later append.
    FatalButPersisted,
}

#[derive(Debug, Default)]
struct Plan {
    calls: BTreeMap<Step, u64>,
    faults: BTreeMap<(Step, u64), Fault>,
    dead: bool,
}

/// Wraps a store; with no faults planned it behaves as the store it wraps.
#[derive(Debug, Default)]
pub struct FaultyStore<S> {
    inner: S,
    plan: Mutex<Plan>,
}

impl<S: EventStore> FaultyStore<S> {
    /// Wraps a store, with no faults planned.
    pub fn new(inner: S) -> Self {
        Self { inner, plan: Mutex::default() }
    }

    /// Makes the `nth` call from now (0 is the next) of a step fail.
    pub fn fail(&self, step: Step, nth: u64, fault: Fault) {
        let mut plan = self.plan();
        let done = plan.calls.get(&step).copied().unwrap_or(0);
        plan.faults.insert((step, done + nth), fault);
    }

    /// How often a step was called.
    pub fn calls(&self, step: Step) -> u64 {
        self.plan().calls.get(&step).copied().unwrap_or(0)
    }

    /// Faults that were planned and have not struck.
    pub fn pending(&self) -> usize {
        self.plan().faults.len()
    }

    /// The wrapped store: what a restart would find.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Gives the wrapped store back.
    pub fn into_inner(self) -> S {
        self.inner
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn strike(&self, step: Step) -> Option<Fault> {
        let mut plan = self.plan();
        let call = plan.calls.entry(step).or_insert(0);
        let at = (step, *call);
        *call += 1;
        plan.faults.remove(&at)
    }

    fn on_read(&self, step: Step) -> Result<(), ReadError> {
        let part = match step {
            Step::ScanLeaves | Step::Frontier => Part::Log,
            _ => Part::Derived,
        };
        match self.strike(step) {
            None => Ok(()),
            Some(_) => Err(ReadError::Io { part, what: format!("planned failure of {step:?}") }),
        }
    }

    fn on_derived(
        &self,
        step: Step,
        write: impl FnOnce() -> Result<(), AppendError>,
    ) -> Result<(), AppendError> {
        let fault = self.strike(step);
        if matches!(fault, None | Some(Fault::ButPersisted | Fault::FatalButPersisted)) {
            write()?;
        }
        match fault {
            None => Ok(()),
            Some(_) => Err(AppendError::Derived { what: format!("planned failure of {step:?}") }),
        }
    }
}

impl<S: EventStore> EventStore for FaultyStore<S> {
    fn append(&self, expected_size: u64, entries: &[Entry]) -> Result<Head, AppendError> {
        let what = || "planned failure".to_owned();
        if self.plan().dead {
            return Err(AppendError::Fatal { what: what() });
        }
        let fault = self.strike(Step::Append);
        let answer = match fault {
            Some(Fault::NotPersisted | Fault::FatalNotPersisted) => None,
            // A refused batch is refused whatever happens to the answer's disk.
            _ => Some(self.inner.append(expected_size, entries)?),
        };
        match (fault, answer) {
            (None, Some(head)) => Ok(head),
            (Some(Fault::ButPersisted), _) => Err(AppendError::InDoubt { what: what() }),
            (Some(Fault::FatalNotPersisted | Fault::FatalButPersisted), _) => {
                self.plan().dead = true;
                Err(AppendError::Fatal { what: what() })
            }
            _ => Err(AppendError::NotWritten { what: what() }),
        }
    }

    fn head(&self) -> Head {
        self.inner.head()
    }

    fn frontier_at(&self, size: u64) -> Result<Frontier, ReadError> {
        self.on_read(Step::Frontier)?;
        self.inner.frontier_at(size)
    }

    fn scan_leaves(
        &self,
        range: Range<u64>,
        visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        self.on_read(Step::ScanLeaves)?;
        self.inner.scan_leaves(range, visit)
    }

    fn scan_facts(
        &self,
        range: Range<u64>,
        visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        self.on_read(Step::ScanFacts)?;
        self.inner.scan_facts(range, visit)
    }

    fn lookup(&self, ids: &[u128]) -> Result<Vec<Option<u64>>, ReadError> {
        self.on_read(Step::Lookup)?;
        self.inner.lookup(ids)
    }

    fn stream(&self, key: StreamKey, range: Range<u64>) -> Result<Vec<u64>, ReadError> {
        self.on_read(Step::Stream)?;
        self.inner.stream(key, range)
    }

    fn derived_size(&self) -> u64 {
        self.inner.derived_size()
    }

    fn append_derived(&self, first: u64, items: &[(Derived, Hash)]) -> Result<(), AppendError> {
        self.on_derived(Step::AppendDerived, || self.inner.append_derived(first, items))
    }

    fn reset_derived(&self) -> Result<(), AppendError> {
        self.on_derived(Step::ResetDerived, || self.inner.reset_derived())
    }

    fn sync_derived(&self) -> Result<(), AppendError> {
        self.on_derived(Step::SyncDerived, || self.inner.sync_derived())
    }
}
