//! The store in memory: for tests, and the plainest statement of what a store does.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::{
    AppendError, Derived, Entry, EventStore, Head, Part, ReadError, StreamKey, check_batch,
    check_range,
};
use crate::log::merkle::{Frontier, Hash};

#[derive(Debug, Default)]
struct State {
    leaves: Vec<(Vec<u8>, Hash)>,
    frontier: Frontier,
    derived: Vec<Derived>,
    ids: BTreeMap<u128, u64>,
}

impl State {
    fn head(&self) -> Head {
        Head { size: self.frontier.size(), root: self.frontier.root() }
    }

    fn derived_size(&self) -> u64 {
        self.derived.len() as u64
    }

    fn add_derived(&mut self, item: &Derived) {
        self.ids.insert(item.id, self.derived_size());
        self.derived.push(item.clone());
    }

    /// The first of these, in their order, that is known.
    fn known<'a>(&self, mut items: impl Iterator<Item = &'a Derived>) -> Result<(), AppendError> {
        let known = items.find_map(|item| Some((item.id, *self.ids.get(&item.id)?)));
        match known {
            Some((id, position)) => Err(AppendError::Duplicate { id, position }),
            None => Ok(()),
        }
    }
}

/// An [`EventStore`] that keeps everything in memory and forgets it when dropped.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: RwLock<State>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The items of a range of positions.
fn slice<T: Clone>(items: &[T], range: Range<u64>) -> impl Iterator<Item = (u64, T)> {
    let start = usize::try_from(range.start).unwrap_or(usize::MAX);
    let end = usize::try_from(range.end).unwrap_or(usize::MAX);
    range.zip(items.get(start..end).unwrap_or_default().iter().cloned())
}

impl EventStore for MemoryStore {
    fn append(&self, expected_size: u64, entries: &[Entry]) -> Result<Head, AppendError> {
        let all = entries.iter().map(|entry| (Some(entry.leaf.as_slice()), &entry.derived));
        check_batch(all)?;
        let mut state = self.write();
        let (derived, head) = (state.derived_size(), state.head().size);
        if derived != head {
            return Err(AppendError::DerivedBehind { derived, head });
        }
        state.known(entries.iter().map(|entry| &entry.derived))?;
        if expected_size != head {
            return Err(AppendError::Conflict { head });
        }
        for entry in entries {
            state.leaves.push((entry.leaf.clone(), entry.leaf_hash));
            state.frontier.push(entry.leaf_hash);
            state.add_derived(&entry.derived);
        }
        Ok(state.head())
    }

    fn head(&self) -> Head {
        self.read().head()
    }

    fn frontier_at(&self, size: u64) -> Result<Frontier, ReadError> {
        let state = self.read();
        let available = state.frontier.size();
        let leaves = usize::try_from(size).ok().and_then(|size| state.leaves.get(..size));
        let leaves = leaves.ok_or(ReadError::Beyond { part: Part::Log, asked: size, available })?;
        let mut frontier = Frontier::new();
        for (_, hash) in leaves {
            frontier.push(*hash);
        }
        Ok(frontier)
    }

    fn scan_leaves(
        &self,
        range: Range<u64>,
        visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        let found: Vec<_> = {
            let state = self.read();
            if !check_range(Part::Log, &range, state.frontier.size())? {
                return Ok(());
            }
            slice(&state.leaves, range).collect()
        };
        for (position, (leaf, _)) in found {
            if visit(position, &leaf).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn scan_facts(
        &self,
        range: Range<u64>,
        visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        let found: Vec<_> = {
            let state = self.read();
            if !check_range(Part::Derived, &range, state.derived_size())? {
                return Ok(());
            }
            slice(&state.derived, range).collect()
        };
        for (position, item) in found {
            if visit(position, &item.fact).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn lookup(&self, ids: &[u128]) -> Result<Vec<Option<u64>>, ReadError> {
        let state = self.read();
        Ok(ids.iter().map(|id| state.ids.get(id).copied()).collect())
    }

    fn stream(&self, key: StreamKey, range: Range<u64>) -> Result<Vec<u64>, ReadError> {
        let state = self.read();
        if !check_range(Part::Derived, &range, state.derived_size())? {
            return Ok(Vec::new());
        }
        let found = slice(&state.derived, range);
        Ok(found.filter(|(_, item)| item.streams.contains(&key)).map(|(at, _)| at).collect())
    }

    fn derived_size(&self) -> u64 {
        self.read().derived_size()
    }

    fn append_derived(&self, first: u64, items: &[(Derived, Hash)]) -> Result<(), AppendError> {
        let mut state = self.write();
        let derived = state.derived_size();
        let end = first + items.len() as u64;
        if first != derived || end > state.frontier.size() {
            return Err(AppendError::DerivedConflict { derived });
        }
        check_batch(items.iter().map(|(item, _)| (None, item)))?;
        state.known(items.iter().map(|(item, _)| item))?;
        let ours = slice(&state.leaves, first..end).map(|(_, (_, hash))| hash);
        if !ours.eq(items.iter().map(|(_, hash)| *hash)) {
            let what = "the leaf hashes given are not those of the log".to_owned();
            return Err(AppendError::Derived { what });
        }
        for (item, _) in items {
            state.add_derived(item);
        }
        Ok(())
    }

    fn reset_derived(&self) -> Result<(), AppendError> {
        let mut state = self.write();
        state.derived.clear();
        state.ids.clear();
        Ok(())
    }

    fn sync_derived(&self) -> Result<(), AppendError> {
        Ok(())
    }
}
