//! Instances of our stores for the conformance suite, and their tests.

use std::path::Path;

use archipel_engine::store::{EventStore, MemoryStore, SledStore, StoreOptions, blob_files};
use tempfile::TempDir;

use crate::conformance::Instance;
use crate::faulty::FaultyStore;

/// A [`MemoryStore`].
#[derive(Debug, Default)]
pub struct InMemory(MemoryStore);

impl Instance for InMemory {
    fn store(&self) -> &dyn EventStore {
        &self.0
    }

    fn reopen(&mut self) {}
}

/// A [`SledStore`] in a temporary directory. Asserts at each stop that sled made no blob files.
#[derive(Debug)]
pub struct OnDisk {
    store: Option<SledStore>,
    dir: TempDir,
}

impl OnDisk {
    /// An empty store.
    ///
    /// # Panics
    /// If it does not open.
    #[must_use]
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = SledStore::open(dir.path(), StoreOptions::default()).unwrap();
        Self { store: Some(store), dir }
    }

    /// Its directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Closes the store and gives its directory.
    #[must_use]
    pub fn close(self) -> TempDir {
        self.dir
    }
}

impl Default for OnDisk {
    fn default() -> Self {
        Self::new()
    }
}

impl Instance for OnDisk {
    fn store(&self) -> &dyn EventStore {
        self.store.as_ref().unwrap()
    }

    fn reopen(&mut self) {
        drop(self.store.take());
        assert_eq!(blob_files(self.dir.path()).unwrap(), 0);
        self.store = Some(SledStore::open(self.dir.path(), StoreOptions::default()).unwrap());
    }
}

/// A [`FaultyStore`] without faults.
#[derive(Debug)]
pub struct Faultless(FaultyStore<MemoryStore>);

impl Default for Faultless {
    fn default() -> Self {
        Self(FaultyStore::new(MemoryStore::new()))
    }
}

impl Instance for Faultless {
    fn store(&self) -> &dyn EventStore {
        &self.0
    }

    fn reopen(&mut self) {}
}

#[cfg(test)]
mod tests;
