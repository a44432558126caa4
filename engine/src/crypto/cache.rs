//! Decompressed keys, shared by the threads that verify.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::{CryptoError, PublicKey, Verifier};

/// Most keys held by one cache: about 35 MB, and more than the members of the largest log meant.
pub const MAX_CACHED_VERIFIERS: usize = 131_072;

/// Parts with a lock each, so that threads seldom meet. A power of two.
const SHARDS: usize = 64;

/// Decompressed keys, so that the second signature of a key costs a tenth less.
///
/// It changes the cost of a verdict and never the verdict. Give it enrolled keys only: keys out
/// of unknown statements would drive the useful ones out.
#[derive(Debug)]
pub struct VerifierCache {
    shards: Vec<RwLock<HashMap<PublicKey, Verifier>>>,
    limit: usize,
}

impl Default for VerifierCache {
    fn default() -> Self {
        Self::with_limit(MAX_CACHED_VERIFIERS)
    }
}

impl VerifierCache {
    /// A cache of at most so many keys, rounded up to a whole number for each of its parts.
    pub fn with_limit(keys: usize) -> Self {
        let shards = std::iter::repeat_with(RwLock::default).take(SHARDS).collect();
        Self { shards, limit: keys.div_ceil(SHARDS).max(1) }
    }

    fn shard(&self, key: &PublicKey) -> Option<&RwLock<HashMap<PublicKey, Verifier>>> {
        // The low byte of a point of the curve is as good as random.
        let [first, ..] = *key.as_bytes();
        self.shards.get(usize::from(first) % SHARDS)
    }

    /// The verifier of a key, from memory or made now and remembered.
    ///
    /// # Errors
    ///
    /// As [`Verifier::new`]; a refusal is not remembered.
    pub fn get(&self, key: &PublicKey) -> Result<Verifier, CryptoError> {
        let Some(shard) = self.shard(key) else {
            return Verifier::new(key);
        };
        // A thread that panicked left a whole map: entries are inserted complete.
        let known = shard.read().unwrap_or_else(PoisonError::into_inner).get(key).copied();
        if let Some(verifier) = known {
            return Ok(verifier);
        }
        // Outside the lock: two threads may do it twice, none waits.
        let verifier = Verifier::new(key)?;
        let mut map = shard.write().unwrap_or_else(PoisonError::into_inner);
        if map.len() >= self.limit && !map.contains_key(key) {
            // Forgetting a whole part costs nothing on average and needs no bookkeeping on reads.
            map.clear();
        }
        map.insert(*key, verifier);
        Ok(verifier)
    }

    /// How many keys are held.
    pub fn len(&self) -> usize {
        let held = |shard: &RwLock<HashMap<_, _>>| {
            shard.read().unwrap_or_else(PoisonError::into_inner).len()
        };
        self.shards.iter().map(held).sum()
    }

    /// Whether no key is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
