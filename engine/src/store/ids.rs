//! The index of ids: id -> position, kept for ever, in blocks.
//!
//! One key per event would cost more than the log itself (`docs/benchmarks.md` 3), so
//! entries are grouped into sorted blocks of up to [`CAPACITY`]. Ids are UUIDv7 and arrive nearly
//! in order: almost all of a batch lands in the last block, which is kept decoded in memory.
//!
//! Key: `I`, 16 bytes lower bound: the block holds the ids from there up to the next block's
//! bound; the first bound is always 0. Value: format version 1, CRC-32 of key and entries, then
//! the entries in order of id, 24 bytes each: id, u64 position. All big-endian.

use super::panics::caught;
use super::segment::Write;
use super::{Part, ReadError};

const VERSION: u8 = 1;
const TAG: u8 = b'I';
const ENTRY: usize = 24;
/// Most entries of a block: 5 + 291 * 24 = 6,989 bytes.
const CAPACITY: usize = 291;
/// Entries left in a full last block when new ids fell among its old ones: stragglers will come
/// again, and find room instead of splitting it.
const STRAGGLER_FILL: usize = 256;

type IdAt = (u128, u64);

/// Some of the index, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    lower: u128,
    entries: Vec<IdAt>,
}

impl Block {
    fn write(&self) -> Write {
        let key = key(self.lower);
        let mut value = Vec::with_capacity(5 + self.entries.len() * ENTRY);
        value.extend_from_slice(&[VERSION, 0, 0, 0, 0]);
        for (id, position) in &self.entries {
            value.extend_from_slice(&id.to_be_bytes());
            value.extend_from_slice(&position.to_be_bytes());
        }
        let crc = checksum(&key, value.split_at(5).1);
        if let Some(slot) = value.get_mut(1..5) {
            slot.copy_from_slice(&crc.to_be_bytes());
        }
        (key, value)
    }

    fn read(key: &[u8], value: &[u8]) -> Result<Self, ReadError> {
        let lower = key.strip_prefix(&[TAG]).and_then(|bytes| bytes.try_into().ok());
        let lower = u128::from_be_bytes(lower.ok_or_else(|| damaged("a key is malformed"))?);
        let (head, entries) = value.split_first_chunk::<5>().ok_or_else(|| damaged("too short"))?;
        let [version, crc @ ..] = *head;
        if checksum(key, entries) != u32::from_be_bytes(crc) {
            return Err(damaged("a checksum does not match"));
        }
        let (entries, rest) = entries.as_chunks::<ENTRY>();
        if version != VERSION || !rest.is_empty() {
            return Err(damaged("a block has an unknown format"));
        }
        let entries: Vec<IdAt> = entries.iter().map(entry).collect();
        let ordered = entries.is_sorted_by(|(a, _), (b, _)| a < b);
        if !ordered || entries.first().is_some_and(|(id, _)| *id < lower) {
            return Err(damaged("a block is out of order"));
        }
        Ok(Self { lower, entries })
    }

    fn max(&self) -> Option<u128> {
        self.entries.last().map(|(id, _)| *id)
    }

    fn find(&self, id: u128) -> Option<u64> {
        let at = self.entries.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.entries.get(at).map(|(_, position)| *position)
    }
}

fn entry(bytes: &[u8; ENTRY]) -> IdAt {
    let mut id = [0; 16];
    let mut position = [0; 8];
    let (a, b) = bytes.split_at(16);
    id.copy_from_slice(a);
    position.copy_from_slice(b);
    (u128::from_be_bytes(id), u64::from_be_bytes(position))
}

fn checksum(key: &[u8], entries: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&[VERSION]);
    crc.update(key);
    crc.update(entries);
    crc.finalize()
}

fn key(lower: u128) -> Vec<u8> {
    let mut key = Vec::with_capacity(17);
    key.push(TAG);
    key.extend_from_slice(&lower.to_be_bytes());
    key
}

fn damaged(what: &str) -> ReadError {
    ReadError::damaged(Part::Derived, 0, format!("the index of ids: {what}"))
}

/// The block that `id` belongs to. `Ok(None)` only for an empty index.
fn block_of(tree: &sled::Tree, id: u128) -> Result<Option<Block>, ReadError> {
    let found = caught(|| tree.range(vec![TAG]..=key(id)).next_back().transpose());
    match found.map_err(|what| damaged(&what))? {
        Some((key, value)) => Block::read(&key, &value).map(Some),
        None => {
            // The first bound is 0, so a block is missing if there is any other.
            let other = caught(|| tree.range(key(id)..=key(u128::MAX)).next().transpose());
            match other.map_err(|what| damaged(&what))? {
                Some(_) => Err(damaged("its first block is missing")),
                None => Ok(None),
            }
        }
    }
}

/// Lower bound of the block after the one with this bound.
fn next_lower(tree: &sled::Tree, lower: u128) -> Result<Option<u128>, ReadError> {
    let Some(from) = lower.checked_add(1) else {
        return Ok(None);
    };
    let found = caught(|| tree.range(key(from)..=key(u128::MAX)).next().transpose());
    let Some((found, _)) = found.map_err(|what| damaged(&what))? else {
        return Ok(None);
    };
    let bytes = found.strip_prefix(&[TAG]).and_then(|bytes| bytes.try_into().ok());
    bytes.map(|b| Some(u128::from_be_bytes(b))).ok_or_else(|| damaged("a key is malformed"))
}

/// Positions of `ids`, in the order asked. One block is read per group of neighbours, and one in
/// all for those beyond the end, which in a live batch are nearly all.
pub(super) fn lookup(tree: &sled::Tree, ids: &[u128]) -> Result<Vec<Option<u64>>, ReadError> {
    let mut order: Vec<(u128, usize)> = ids.iter().copied().zip(0..).collect();
    order.sort_unstable();
    let mut answer = vec![None; ids.len()];
    let mut block: Option<Block> = None;
    // The ids that can be in no other block than this one: those below it.
    let mut bound = Some(0);
    for (id, index) in order {
        if bound.is_some_and(|bound| id >= bound) {
            let Some(found) = block_of(tree, id)? else { return Ok(answer) };
            bound = next_lower(tree, found.lower)?;
            block = Some(found);
        }
        if let (Some(slot), Some(block)) = (answer.get_mut(index), &block) {
            *slot = block.find(id);
        }
    }
    Ok(answer)
}

/// State of the writer: the last block.
pub(super) struct IdWriter {
    tail: Option<Block>,
}

/// A batch merged into the index, not yet written.
pub(super) struct IdPlan {
    changed: Vec<Block>,
    tail: Option<Block>,
}

impl IdPlan {
    /// Appends the values that store it.
    pub(super) fn write(&self, out: &mut Vec<Write>) {
        out.extend(self.changed.iter().map(Block::write));
    }
}

/// What merging a batch into the index found.
pub(super) enum Planned {
    /// No id was known.
    New(IdPlan),
    /// These ids were known, at these positions; in order of id.
    Known(Vec<IdAt>),
}

impl IdWriter {
    pub(super) fn empty() -> Self {
        Self { tail: None }
    }

    pub(super) fn open(tree: &sled::Tree) -> Result<Self, ReadError> {
        Ok(Self { tail: block_of(tree, u128::MAX)? })
    }

    /// Merges ids (sorted, distinct) with their positions into copies of their blocks.
    pub(super) fn plan(&self, tree: &sled::Tree, new: &[IdAt]) -> Result<Planned, ReadError> {
        let mut plan = IdPlan { changed: Vec::new(), tail: self.tail.clone() };
        let mut known = Vec::new();
        let mut rest = new;
        while let Some((id, _)) = rest.first() {
            let in_tail = self.tail.as_ref().is_none_or(|tail| tail.lower <= *id);
            let (block, upper) = if in_tail {
                let first = Block { lower: 0, entries: Vec::new() };
                (self.tail.clone().unwrap_or(first), None)
            } else {
                let block = block_of(tree, *id)?.ok_or_else(|| damaged("a block is missing"))?;
                let upper = next_lower(tree, block.lower)?;
                (block, upper)
            };
            let taken = rest.partition_point(|(id, _)| upper.is_none_or(|upper| *id < upper));
            let (group, after) = rest.split_at(taken);
            rest = after;
            let appends = block.max().is_none_or(|max| max < *id);
            let merged = merge(&block.entries, group, &mut known);
            if known.is_empty() {
                let blocks = split(block.lower, merged, in_tail, appends);
                if in_tail {
                    plan.tail = blocks.last().cloned();
                }
                plan.changed.extend(blocks);
            }
        }
        Ok(if known.is_empty() { Planned::New(plan) } else { Planned::Known(known) })
    }

    /// Takes over the state of a plan that has been written.
    pub(super) fn commit(&mut self, plan: IdPlan) {
        self.tail = plan.tail;
    }
}

/// Merges two sorted lists; ids in both go to `known` with the position of the first.
fn merge(old: &[IdAt], new: &[IdAt], known: &mut Vec<IdAt>) -> Vec<IdAt> {
    let mut merged = Vec::with_capacity(old.len() + new.len());
    let mut old = old.iter().peekable();
    for (id, position) in new {
        while let Some(before) = old.next_if(|(other, _)| other < id) {
            merged.push(*before);
        }
        match old.peek() {
            Some((other, at)) if other == id => known.push((*id, *at)),
            _ => merged.push((*id, *position)),
        }
    }
    merged.extend(old);
    merged
}

/// Cuts a merged block into blocks within the capacity; the first keeps the lower bound.
fn split(lower: u128, entries: Vec<IdAt>, last: bool, appends: bool) -> Vec<Block> {
    let fill = match (entries.len() <= CAPACITY, last, appends) {
        (true, ..) | (_, true, true) => CAPACITY,
        // At the end of the index: leave the blocks behind nearly full, not half empty.
        (_, true, false) => STRAGGLER_FILL,
        (_, false, _) => entries.len().div_ceil(entries.len().div_ceil(CAPACITY)),
    };
    let mut blocks: Vec<Block> = entries
        .chunks(fill.max(1))
        .filter_map(|part| Some(Block { lower: part.first()?.0, entries: part.to_vec() }))
        .collect();
    if let Some(first) = blocks.first_mut() {
        first.lower = lower;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn insert(tree: &sled::Tree, writer: &mut IdWriter, batch: &[IdAt]) -> Result<(), Vec<IdAt>> {
        let mut batch = batch.to_vec();
        batch.sort_unstable();
        match writer.plan(tree, &batch).unwrap() {
            Planned::Known(known) => Err(known),
            Planned::New(plan) => {
                let mut out = Vec::new();
                plan.write(&mut out);
                for (key, value) in out {
                    assert!(value.len() <= super::super::MAX_VALUE);
                    tree.insert(key, value).unwrap();
                }
                writer.commit(plan);
                Ok(())
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn equals_a_map(
            batches in prop::collection::vec(
                prop::collection::btree_set(prop_oneof![
                    0_u128..40_000,
                    Just(u128::MAX),
                    any::<u128>()
                ], 1..900),
                1..12,
            ),
            reopen in any::<u16>(),
        ) {
            let db = sled::Config::new().temporary(true).open().unwrap();
            let mut writer = IdWriter::open(&db).unwrap();
            let mut model: BTreeMap<u128, u64> = BTreeMap::new();
            for (round, batch) in batches.iter().enumerate() {
                let at = model.len() as u64;
                let known: Vec<IdAt> =
                    batch.iter().filter_map(|id| Some((*id, *model.get(id)?))).collect();
                let fresh: Vec<IdAt> = batch
                    .iter().filter(|id| !model.contains_key(id)).copied().zip(at..).collect();
                if !known.is_empty() {
                    let all: Vec<IdAt> = batch.iter().copied().zip(at..).collect();
                    prop_assert_eq!(insert(&db, &mut writer, &all), Err(known));
                }
                prop_assert_eq!(insert(&db, &mut writer, &fresh), Ok(()));
                model.extend(fresh);
                if reopen >> (round % 16) & 1 == 1 {
                    writer = IdWriter::open(&db).unwrap();
                }
            }
            let asked: Vec<u128> = (0..40_100).chain(model.keys().rev().copied()).collect();
            let expected: Vec<Option<u64>> =
                asked.iter().map(|id| model.get(id).copied()).collect();
            prop_assert_eq!(lookup(&db, &asked).unwrap(), expected);
        }
    }

    #[test]
    fn every_bit_of_a_block_is_covered() {
        let block = Block { lower: 3, entries: vec![(3, 9), (8, 1)] };
        let (key, value) = block.write();
        assert_eq!(Block::read(&key, &value).unwrap(), block);
        for bit in 0..value.len() * 8 {
            let mut bad = value.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(Block::read(&key, &bad).is_err(), "bit {bit}");
        }
        assert!(Block::read(&super::key(2), &value).is_err());
    }
}
