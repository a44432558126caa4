//! Proofs that an entry is in a tree, and that one tree begins with another (RFC 6962 2.1.1,
//! 2.1.2), verified as RFC 9162 2.1.3.2 and 2.1.4.2 say.

use super::TlogError;
use crate::log::merkle::{EMPTY_ROOT, Hash, node_hash};

/// Most hashes of a proof: one for each level of a tree of up to 2^63 leaves.
pub const HASHES_MAX: usize = 63;

/// Where the roots of perfect subtrees come from: tiles, files, memory.
pub trait Nodes {
    /// What reading may fail with.
    type Error;

    /// Root of the subtree of the `2^level` leaves from `index * 2^level`.
    ///
    /// # Errors
    /// If it can not be read.
    fn node(&self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The largest power of two below `n`, which is at least 2.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// Root of the leaves `start..end`; `start` is a multiple of a power of two that is not below
/// their number, as it is in every step of the definitions.
fn range_root<N: Nodes + ?Sized>(nodes: &N, start: u64, end: u64) -> Result<Hash, N::Error> {
    let count = end - start;
    if count.is_power_of_two() {
        let level = count.trailing_zeros();
        return nodes.node(level, start >> level);
    }
    let middle = start + split(count);
    let left = range_root(nodes, start, middle)?;
    Ok(node_hash(&left, &range_root(nodes, middle, end)?))
}

/// Root of the first `size` leaves.
///
/// # Errors
/// Those of `nodes`.
pub fn root<N: Nodes + ?Sized>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    if size == 0 { Ok(EMPTY_ROOT) } else { range_root(nodes, 0, size) }
}

/// Roots of the perfect subtrees that make up the tree of the first `size` leaves, largest first.
///
/// # Errors
/// Those of `nodes`.
pub fn peaks<N: Nodes + ?Sized>(nodes: &N, size: u64) -> Result<Vec<Hash>, N::Error> {
    let mut start = 0;
    let levels = (0..u64::BITS).rev().filter(|level| size >> level & 1 == 1);
    levels
        .map(|level| {
            let root = nodes.node(level, start >> level);
            start += 1 << level;
            root
        })
        .collect()
}

/// The proof that the leaf at `index` is in the tree of the first `size`: the sibling hashes from
/// the leaf up. Empty if `index` is not below `size`.
///
/// # Errors
/// Those of `nodes`.
pub fn inclusion<N: Nodes + ?Sized>(
    nodes: &N,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    let (mut start, mut end) = (0, size);
    while index < size && end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(range_root(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range_root(nodes, start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of the first `new` leaves begins with that of the first `old`. Empty
/// if `old` is 0 or not below `new`.
///
/// # Errors
/// Those of `nodes`.
pub fn consistency<N: Nodes + ?Sized>(
    nodes: &N,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    let (mut start, mut end) = (0, new);
    while old != end {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(range_root(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range_root(nodes, start, middle)?);
            start = middle;
        }
    }
    // The old root itself is known to the verifier; a part of it is not.
    if start > 0 {
        proof.push(range_root(nodes, start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The root to which an inclusion proof leads from a leaf's hash.
///
/// # Errors
/// [`TlogError::Inclusion`] if it has not the length of a proof for this index and size.
pub fn root_of_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
) -> Result<Hash, TlogError> {
    if index >= size {
        return Err(TlogError::Inclusion);
    }
    let (mut node, mut last, mut root) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(TlogError::Inclusion);
        }
        if node & 1 == 1 || node == last {
            root = node_hash(sibling, &root);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            root = node_hash(&root, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last == 0 { Ok(root) } else { Err(TlogError::Inclusion) }
}

/// Checks that the tree with the later root begins with the one with the earlier root.
///
/// # Errors
/// [`TlogError::Consistency`].
pub fn check_consistency(
    old: (u64, &Hash),
    new: (u64, &Hash),
    proof: &[Hash],
) -> Result<(), TlogError> {
    let ((old, old_root), (new, new_root)) = (old, new);
    let verdict = |good: bool| if good { Ok(()) } else { Err(TlogError::Consistency) };
    if old == new {
        return verdict(proof.is_empty() && old_root == new_root);
    }
    if old == 0 {
        return verdict(proof.is_empty() && *old_root == EMPTY_ROOT);
    }
    let mut hashes = proof.iter();
    // The root of a perfect tree is itself the first node of the way.
    let first = if old.is_power_of_two() { Some(old_root) } else { hashes.next() };
    let (true, Some(first)) = (old < new, first) else { return verdict(false) };
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        (node, last) = (node >> 1, last >> 1);
    }
    let (mut earlier, mut later) = (*first, *first);
    for hash in hashes {
        if last == 0 {
            return verdict(false);
        }
        if node & 1 == 1 || node == last {
            earlier = node_hash(hash, &earlier);
            later = node_hash(hash, &later);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            later = node_hash(&later, hash);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    verdict(last == 0 && earlier == *old_root && later == *new_root)
}
