//! The audit: everything is verified again, trusting nothing but the leaves' bytes.
//!
//! For every leaf: its bytes decode and re-encode, its payload is canonical, its signature and
//! proofs verify, its id is indexed at its own position (so no id occurs twice), the rules admit
//! it at its place, and the stored fact is the one that the rules give. For the whole: the root,
//! and the state hash of every view. Outcomes are checked on the way: a declaration is only
//! admitted if its tally hash is that of the ballots.

use crate::crypto::VerifierCache;
use crate::log::merkle::Frontier;
use crate::rebuild::{self, CHUNK, Parsed, RebuildError, decide_again};
use crate::store::{EventStore, ReadError};
use archipel_domain::id::Hash;
use archipel_domain::world::{View, World};
use rayon::prelude::*;
use std::ops::ControlFlow;

/// What an audit found in order.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AuditReport {
    /// The log's name.
    pub origin: String,
    /// How many leaves were verified.
    pub size: u64,
    /// RFC 6962 root of the tree of these leaves.
    pub root: Hash,
    /// How many outcomes were counted again.
    pub outcomes: u64,
    /// State hash of each view.
    pub state_hashes: std::collections::BTreeMap<String, Hash>,
}

/// The first thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// The leaves can not be read, or a leaf is not admissible.
    #[error(transparent)]
    Leaf(#[from] RebuildError),
    /// A signature or proof does not verify, or the statement is for another log.
    #[error("position {position}: {code}")]
    Statement {
        /// Where.
        position: u64,
        /// Which check.
        code: String,
    },
    /// The stored fact or index entry is not the one that follows from the leaf.
    #[error("position {position}: the derived data differs from the log; delete `derived`")]
    Derived {
        /// Where.
        position: u64,
    },
    /// The root of the leaves is not the one that the store shows.
    #[error("the root of the {size} leaves is not the one that the store shows")]
    Root {
        /// How many leaves.
        size: u64,
    },
}

impl From<ReadError> for AuditError {
    fn from(error: ReadError) -> Self {
        Self::Leaf(RebuildError::Read(error))
    }
}

/// Audits the log of a store; `progress` is told how many leaves are done.
///
/// # Errors
/// [`AuditError`]: the first thing that is wrong, with its position.
pub fn audit(
    store: &dyn EventStore,
    origin: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<AuditReport, AuditError> {
    let head = store.head();
    let verifiers = VerifierCache::default();
    let mut world = World::default();
    let mut frontier = Frontier::new();
    while world.position < head.size {
        let first = world.position;
        let end = first.saturating_add(CHUNK).min(head.size);
        let parsed = rebuild::parse_leaves(store, first..end)?;
        verify(&parsed, origin, &verifiers)?;
        check_chunk(store, parsed, &mut world, &mut frontier)?;
        progress(end, head.size);
    }
    if frontier.root() != head.root {
        return Err(AuditError::Root { size: head.size });
    }
    let declared = world.tables.votes.iter().filter(|(_, vote)| vote.declared.is_some());
    let hashes = View::ALL.into_iter();
    Ok(AuditReport {
        origin: origin.to_owned(),
        size: head.size,
        root: Hash(head.root),
        outcomes: declared.count() as u64,
        state_hashes: hashes.map(|v| (v.name().to_owned(), world.state_hash(v))).collect(),
    })
}

fn verify(parsed: &[Parsed], origin: &str, verifiers: &VerifierCache) -> Result<(), AuditError> {
    // The first fault by position, whatever the threads find first.
    let fault = parsed.par_iter().with_min_len(8).find_map_first(|item| {
        let signed = item.leaf.clone().into_signed();
        let verified = item.statement.verify(&signed, origin, verifiers, &mut Vec::new()).err();
        verified.map(|error| (item.position, error.code()))
    });
    match fault {
        None => Ok(()),
        Some((position, code)) => Err(AuditError::Statement { position, code: code.to_owned() }),
    }
}

/// Decides a chunk again and compares what is derived with what is stored.
fn check_chunk(
    store: &dyn EventStore,
    parsed: Vec<Parsed>,
    world: &mut World,
    frontier: &mut Frontier,
) -> Result<(), AuditError> {
    let first = world.position;
    let end = first.saturating_add(parsed.len() as u64);
    let mut stored = Vec::with_capacity(parsed.len());
    store.scan_facts(first..end, &mut |_, bytes| {
        stored.push(bytes.to_vec());
        ControlFlow::Continue(())
    })?;
    let ids: Vec<u128> = parsed.iter().map(|item| item.statement.authored.id.0).collect();
    let indexed = store.lookup(&ids)?;
    frontier.par_extend(&parsed.iter().map(|item| item.hash).collect::<Vec<_>>());
    for ((item, fact), indexed) in parsed.into_iter().zip(stored).zip(indexed) {
        let position = item.position;
        let cited = |id: archipel_domain::id::StatementId| {
            let found = crate::sequencer::find_cited(store, id)?;
            // Only what is earlier in the log can be cited.
            Ok(found.filter(|cited| cited.position < position))
        };
        let (derived, _) = decide_again(world, item, &cited)?;
        if derived.fact != fact || indexed != Some(position) {
            return Err(AuditError::Derived { position });
        }
    }
    Ok(())
}
