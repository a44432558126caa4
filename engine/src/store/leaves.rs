//! The writer of leaf segments: keeps the open tail and the tree's frontier in memory.

use super::segment::{self, Kind, Segment, Write};
use super::{Entry, Head, ReadError};
use crate::log::merkle::{Frontier, leaf_hash};

/// State of the end of the log.
pub(super) struct LeafWriter {
    /// The last segment, rewritten under its key until full, so that a lone act does not stay a
    /// lone small value.
    tail: Segment,
    frontier: Frontier,
}

impl LeafWriter {
    /// Reads the end of the log, checking the last segment.
    pub(super) fn open(tree: &sled::Tree) -> Result<Self, ReadError> {
        match segment::containing(tree, Kind::Leaves, u64::MAX)? {
            None => Ok(Self::empty()),
            Some(tail) => {
                let frontier = frontier_in(&tail, tail.end())?;
                Ok(Self { tail, frontier })
            }
        }
    }

    fn empty() -> Self {
        Self { tail: Segment::new(Kind::Leaves, 0, Vec::new()), frontier: Frontier::new() }
    }

    pub(super) fn head(&self) -> Head {
        Head { size: self.frontier.size(), root: self.frontier.root() }
    }

    pub(super) fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Adds the entries; the values to write, in one atomic batch, go to `out`.
    pub(super) fn append(&mut self, entries: &[Entry], out: &mut Vec<Write>) {
        for entry in entries {
            if !self.tail.fits(entry.leaf.len()) {
                self.tail.write(out);
                let peaks = self.frontier.peaks_bytes().to_vec();
                self.tail = Segment::new(Kind::Leaves, self.frontier.size(), peaks);
            }
            self.tail.push(&entry.leaf);
            self.frontier.push(entry.leaf_hash);
        }
        if !entries.is_empty() {
            self.tail.write(out);
        }
    }
}

/// The frontier of the first `size` leaves; `size` must not exceed what the log holds.
pub(super) fn frontier_at(tree: &sled::Tree, size: u64) -> Result<Frontier, ReadError> {
    let Some(last) = size.checked_sub(1) else {
        return Ok(Frontier::new());
    };
    let part = Kind::Leaves.part();
    let segment = segment::containing(tree, Kind::Leaves, last)?
        .ok_or_else(|| ReadError::damaged(part, last, "a segment is missing"))?;
    if segment.end() < size {
        return Err(ReadError::damaged(part, segment.end(), "a segment is missing"));
    }
    frontier_in(&segment, size)
}

/// The frontier at a size within `segment`, from the peaks before it and its leaves.
fn frontier_in(segment: &Segment, size: u64) -> Result<Frontier, ReadError> {
    let first = segment.first();
    let mut frontier = Frontier::from_bytes(first, &segment.extra).ok_or_else(|| {
        ReadError::damaged(Kind::Leaves.part(), first, "a segment's peaks do not fit its place")
    })?;
    for (_, leaf) in (first..size).zip(segment.records()) {
        frontier.push(leaf_hash(leaf));
    }
    Ok(frontier)
}
