//! A working instance from the public files alone.

use super::tiles::{Fetch, PublishedLeaves, checkpoint};
use super::{AuditError, AuditReport, Auditor, Item, Keeper};
use crate::crypto::SecretKey;
use crate::instance::{Instance, InstanceError};
use crate::sequencer;
use crate::store::{Entry, EventStore, ReadError, SledStore, StoreOptions};
use crate::tlog::checkpoint::{Opened, Policy};
use archipel_domain::authority::Cited;
use archipel_domain::codec;
use archipel_domain::id::StatementId;
use std::fs;
use std::path::Path;

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The audit of it.
    pub report: AuditReport,
    /// The checkpoint up to which it was restored.
    pub checkpoint: Opened,
}

/// Appends what was verified to a new store, leaves and all that is derived.
struct Appending<'a> {
    store: &'a dyn EventStore,
    first: u64,
    entries: Vec<Entry>,
}

impl Keeper for Appending<'_> {
    fn take(&mut self, position: u64, item: &mut Item) -> Result<(), AuditError> {
        if self.entries.is_empty() {
            self.first = position;
        }
        self.entries.push(Entry {
            leaf: std::mem::take(&mut item.leaf),
            leaf_hash: item.hash,
            derived: item.derived.clone(),
        });
        Ok(())
    }

    fn settle(&mut self) -> Result<(), AuditError> {
        // An id that occurred before is refused here.
        self.store.append(self.first, &self.entries)?;
        self.entries.clear();
        Ok(())
    }

    fn cited(&self, id: StatementId) -> Result<Option<Cited>, ReadError> {
        let recent = (self.first..).zip(&self.entries).find(|(_, entry)| entry.derived.id == id.0);
        let Some((position, entry)) = recent else { return sequencer::find_cited(self.store, id) };
        let record = codec::decode(&entry.derived.fact).ok();
        Ok(record.map(|record| Cited { position, record }))
    }
}

/// Builds an instance in a new or empty directory from a published log, verifying everything on
/// the way. With the registrar's key, which is not public, it can go on recording; without, it can
/// be read. `progress` is told how many leaves are done, of how many. What was made is removed
/// again if it fails.
///
/// # Errors
/// [`AuditError`]: the first thing that is wrong.
pub fn restore(
    fetch: &dyn Fetch,
    policy: &Policy,
    registrar: Option<&SecretKey>,
    dir: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Restored, AuditError> {
    let opened = checkpoint(fetch, policy)?;
    if registrar.is_some_and(|secret| secret.public_key() != policy.log.key()) {
        return Err(AuditError::Key);
    }
    let directory =
        |error: std::io::Error| AuditError::Directory(format!("{}: {error}", dir.display()));
    let there = dir.exists();
    if there && fs::read_dir(dir).map_err(directory)?.next().is_some() {
        return Err(AuditError::Directory(format!("{}: it is not empty", dir.display())));
    }
    let restored = fill(fetch, policy, opened, registrar, dir, progress);
    if restored.is_err() {
        // What can not be removed stays: the refusal is what there is to tell.
        for part in Instance::PARTS {
            let path = dir.join(part);
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
        if !there {
            let _ = fs::remove_dir(dir);
        }
    }
    restored
}

fn fill(
    fetch: &dyn Fetch,
    policy: &Policy,
    opened: Opened,
    registrar: Option<&SecretKey>,
    dir: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Restored, AuditError> {
    let size = opened.checkpoint.size;
    let origin = opened.checkpoint.origin.as_str();
    let source = PublishedLeaves::new(fetch, size);
    let report = {
        let store = SledStore::open(dir, StoreOptions::default())?;
        let appending = Appending { store: &store, first: 0, entries: Vec::new() };
        let mut auditor = Auditor::new(origin, appending);
        auditor.run(&source, size, &mut |done| progress(done, size))?;
        auditor.check_key(&policy.log.key())?;
        let report = auditor.finish(&source, &opened.checkpoint.root)?;
        store.sync_derived()?;
        report
    };
    // Last: a directory without it is nobody's instance.
    let instance = |error: InstanceError| AuditError::Directory(error.to_string());
    Instance::restore(dir, origin, registrar).map_err(instance)?;
    Ok(Restored { report, checkpoint: opened })
}
