//! What an audit keeps of earlier entries: that ids occur once, and the records that are cited.

use super::AuditError;
use crate::log::merkle;
use crate::sequencer;
use crate::store::{Derived, EventStore, Part, ReadError};
use archipel_domain::authority::Cited;
use archipel_domain::codec;
use archipel_domain::fact::Glance;
use archipel_domain::id::StatementId;
use std::collections::HashMap;
use std::ops::ControlFlow;

/// An entry that has been verified and decided.
pub struct Item {
    /// The leaf, verbatim.
    pub leaf: Vec<u8>,
    /// Its hash.
    pub hash: merkle::Hash,
    /// What follows from it.
    pub derived: Derived,
}

/// Keeps what later entries are decided upon, besides the state.
pub trait Keeper: Send {
    /// Takes in the next entry.
    ///
    /// # Errors
    /// If its id occurred before, or it is not what is kept elsewhere.
    fn take(&mut self, position: u64, item: &mut Item) -> Result<(), AuditError>;

    /// Ends a chunk of entries.
    ///
    /// # Errors
    /// As [`Keeper::take`].
    fn settle(&mut self) -> Result<(), AuditError> {
        Ok(())
    }

    /// The record of an earlier entry.
    ///
    /// # Errors
    /// If it can not be read.
    fn cited(&self, id: StatementId) -> Result<Option<Cited>, ReadError>;
}

/// The derived data of a store, compared with what follows from the leaves.
pub struct Stored<'a> {
    store: &'a dyn EventStore,
    first: Option<u64>,
    ids: Vec<u128>,
    /// The facts one after the other, and where each ends.
    facts: Vec<u8>,
    ends: Vec<usize>,
}

impl<'a> Stored<'a> {
    /// The derived data of this store, which reaches its head.
    #[must_use]
    pub fn new(store: &'a dyn EventStore) -> Self {
        Self { store, first: None, ids: Vec::new(), facts: Vec::new(), ends: Vec::new() }
    }
}

impl Keeper for Stored<'_> {
    fn take(&mut self, position: u64, item: &mut Item) -> Result<(), AuditError> {
        self.first.get_or_insert(position);
        self.ids.push(item.derived.id);
        self.facts.extend_from_slice(&item.derived.fact);
        self.ends.push(self.facts.len());
        Ok(())
    }

    fn settle(&mut self) -> Result<(), AuditError> {
        let Some(first) = self.first.take() else { return Ok(()) };
        let end = first.saturating_add(self.ends.len() as u64);
        let mut start = 0;
        let mut expected = self.ends.iter().map(|end| {
            let fact = self.facts.get(start..*end);
            start = *end;
            fact
        });
        let mut other = None;
        self.store.scan_facts(first..end, &mut |position, bytes| {
            if expected.next().flatten().is_some_and(|fact| fact == bytes) {
                return ControlFlow::Continue(());
            }
            other = Some(position);
            ControlFlow::Break(())
        })?;
        let indexed = self.store.lookup(&self.ids)?;
        self.ids.clear();
        self.facts.clear();
        self.ends.clear();
        // An id that occurs twice is indexed at one position only.
        let elsewhere = (first..).zip(indexed).find(|(position, found)| *found != Some(*position));
        let elsewhere = elsewhere.map(|(position, _)| position);
        match other.into_iter().chain(elsewhere).min() {
            Some(position) => Err(AuditError::Derived { position }),
            None => Ok(()),
        }
    }

    fn cited(&self, id: StatementId) -> Result<Option<Cited>, ReadError> {
        sequencer::find_cited(self.store, id)
    }
}

/// Ids and citable records in memory: about 50 bytes an entry, and besides about 80 for a move.
#[derive(Clone, Debug, Default)]
pub struct Held {
    pub(super) ids: HashMap<u128, u64>,
    /// Position of each record that can be cited, and where it begins, ascending.
    pub(super) places: Vec<(u64, u64)>,
    pub(super) facts: Vec<u8>,
}

impl Held {
    /// The record at a position, if it is one that can be cited.
    fn fact(&self, position: u64) -> Option<&[u8]> {
        let at = self.places.binary_search_by_key(&position, |(position, _)| *position).ok()?;
        let (_, start) = self.places.get(at)?;
        let end =
            self.places.get(at.checked_add(1)?).map_or(self.facts.len() as u64, |(_, end)| *end);
        self.facts.get(usize::try_from(*start).ok()?..usize::try_from(end).ok()?)
    }
}

impl Keeper for Held {
    fn take(&mut self, position: u64, item: &mut Item) -> Result<(), AuditError> {
        if self.ids.insert(item.derived.id, position).is_some() {
            let code = "statement.id-conflict".to_owned();
            return Err(AuditError::Statement { position, code });
        }
        // Ballots are most of a log, and are never cited.
        let fact = &item.derived.fact;
        if Glance::at_ballot(fact).is_none() {
            self.places.push((position, self.facts.len() as u64));
            self.facts.extend_from_slice(fact);
        }
        Ok(())
    }

    fn cited(&self, id: StatementId) -> Result<Option<Cited>, ReadError> {
        let Some(position) = self.ids.get(&id.0).copied() else { return Ok(None) };
        // Whoever cites a ballot is refused, by the one code or by the other.
        let Some(fact) = self.fact(position) else { return Ok(None) };
        let damaged = |error: codec::CodecError| {
            ReadError::damaged(Part::Derived, position, error.to_string())
        };
        let record = codec::decode(fact).map_err(damaged)?;
        Ok(Some(Cited { position, record }))
    }
}

/// Two keepers of the same entries; the first answers.
pub struct Two<A, B>(pub A, pub B);

impl<A: Keeper, B: Keeper> Keeper for Two<A, B> {
    fn take(&mut self, position: u64, item: &mut Item) -> Result<(), AuditError> {
        self.0.take(position, item)?;
        self.1.take(position, item)
    }

    fn settle(&mut self) -> Result<(), AuditError> {
        self.0.settle()?;
        self.1.settle()
    }

    fn cited(&self, id: StatementId) -> Result<Option<Cited>, ReadError> {
        self.0.cited(id)
    }
}
