//! Derived data on disk: facts, ids, streams, and how far they reach, in one sled tree.
//!
//! One tree with tagged keys rather than one tree each: sled applies a batch atomically within a
//! tree, so the four can never disagree after a crash. The record of how far they reach (key `M`)
//! carries the peaks of the log's Merkle tree at that size; at the next start they must be the
//! log's own, or the derived data belongs to another history and is wiped.

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::ids::{IdPlan, IdWriter};
use super::panics::caught;
use super::segment::{self, Kind, Segment, Write};
use super::streams::StreamWriter;
use super::{Derived, Part, ReadError};
use crate::log::merkle::{Frontier, Hash};

const VERSION: u8 = 1;
const REACH: &[u8] = b"M";
/// Bytes of the source hash that a fact segment carries.
const SOURCE: usize = 16;

/// State of the end of the derived data.
pub(super) struct DerivedWriter {
    tail: Segment,
    /// Running hash over the leaf hashes of the positions in `tail`.
    source: Sha256,
    streams: StreamWriter,
    pub(super) ids: IdWriter,
    frontier: Frontier,
}

impl DerivedWriter {
    pub(super) fn empty() -> Self {
        Self {
            tail: Segment::new(Kind::Facts, 0, Vec::new()),
            source: Sha256::new(),
            streams: StreamWriter::default(),
            ids: IdWriter::empty(),
            frontier: Frontier::new(),
        }
    }

    /// Reads the end of the derived data and checks it against the log.
    ///
    /// `log_frontier(size)` and `leaf_hashes(range)` read the log; they fail beyond its head,
    /// which is how derived data that is ahead of the log is noticed.
    pub(super) fn open(
        tree: &sled::Tree,
        log_frontier: &dyn Fn(u64) -> Result<Frontier, ReadError>,
        leaf_hashes: &dyn Fn(Range<u64>) -> Result<Vec<Hash>, ReadError>,
    ) -> Result<Self, ReadError> {
        let Some(frontier) = read_reach(tree)? else {
            return match caught(|| tree.first()) {
                Ok(None) => Ok(Self::empty()),
                Ok(Some(_)) => Err(damaged(0, "it does not say how far it reaches")),
                Err(what) => Err(damaged(0, &what)),
            };
        };
        let size = frontier.size();
        let Some(last) = size.checked_sub(1) else {
            return Ok(Self::empty());
        };
        if log_frontier(size)? != frontier {
            return Err(damaged(size, "it was derived from another log"));
        }
        let tail = segment::containing(tree, Kind::Facts, last)?
            .filter(|tail| tail.end() == size)
            .ok_or_else(|| damaged(last, "its last facts are missing"))?;
        let mut source = Sha256::new();
        for hash in leaf_hashes(tail.first()..size)? {
            source.update(hash);
        }
        if tail.extra != short(&source) {
            return Err(damaged(tail.first(), "facts were derived from other leaves"));
        }
        let streams = StreamWriter::open(tree, size)?;
        Ok(Self { tail, source, streams, ids: IdWriter::open(tree)?, frontier })
    }

    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The peaks of the log's tree at [`DerivedWriter::size`].
    pub(super) fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Adds the items with their leaf hashes; the values to write, in one atomic batch together
    /// with those of the id plan, go to `out`. `reached` is the frontier after the last item.
    /// The writer's state is that after the write: if writing fails, it must be opened anew.
    pub(super) fn append<'a>(
        &mut self,
        items: impl Iterator<Item = (&'a Derived, &'a Hash)>,
        plan: IdPlan,
        reached: Frontier,
        out: &mut Vec<Write>,
    ) {
        plan.write(out);
        self.ids.commit(plan);
        for (item, hash) in items {
            if !self.tail.fits(item.fact.len()) {
                self.write_tail(out);
                self.tail = Segment::new(Kind::Facts, self.tail.end(), vec![0; SOURCE]);
                self.source = Sha256::new();
            }
            if self.tail.is_empty() {
                // Its room must be counted from the first record on.
                self.tail.extra = vec![0; SOURCE];
            }
            self.tail.push(&item.fact);
            self.source.update(hash);
            self.streams.push(item, out);
        }
        self.frontier = reached;
        if !self.tail.is_empty() {
            self.write_tail(out);
            self.streams.write(out);
            out.push((REACH.to_vec(), reach(&self.frontier)));
        }
    }

    fn write_tail(&mut self, out: &mut Vec<Write>) {
        self.tail.extra = short(&self.source);
        self.tail.write(out);
    }
}

fn short(source: &Sha256) -> Vec<u8> {
    source.clone().finalize().into_iter().take(SOURCE).collect()
}

/// Format version 1, CRC-32 of the rest, u64 BE size, peaks.
fn reach(frontier: &Frontier) -> Vec<u8> {
    let mut rest = frontier.size().to_be_bytes().to_vec();
    rest.extend_from_slice(frontier.peaks_bytes());
    let mut value = vec![VERSION];
    value.extend_from_slice(&crc32fast::hash(&rest).to_be_bytes());
    value.extend_from_slice(&rest);
    value
}

fn read_reach(tree: &sled::Tree) -> Result<Option<Frontier>, ReadError> {
    let value = caught(|| tree.get(REACH)).map_err(|what| damaged(0, &what))?;
    let Some(value) = value else { return Ok(None) };
    let frontier = value.split_first_chunk::<5>().and_then(|(head, rest)| {
        let [version, crc @ ..] = *head;
        let sound = version == VERSION && crc32fast::hash(rest) == u32::from_be_bytes(crc);
        let (size, peaks) = rest.split_first_chunk::<8>()?;
        Frontier::from_bytes(u64::from_be_bytes(*size), peaks).filter(|_| sound)
    });
    frontier.map(Some).ok_or_else(|| damaged(0, "the record of how far it reaches is damaged"))
}

fn damaged(position: u64, what: &str) -> ReadError {
    ReadError::damaged(Part::Derived, position, what)
}
