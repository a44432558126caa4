//! The index of streams: which positions belong to a stream, in chunks of [`SPAN`] positions.
//!
//! Key: `S`, u32 BE chunk number. Value: format version 1, CRC-32 of key and the rest, u16 number
//! of positions covered, then the entries in order, 6 bytes each: kind, u32 index, u8 offset of
//! the position in the chunk. All big-endian. At 256 positions and four streams an event, a value
//! is at most 7 + 1,024 * 6 = 6,151 bytes.

use std::ops::Range;

use super::panics::caught;
use super::segment::Write;
use super::{Derived, MAX_STREAMS, MAX_VALUE, Part, ReadError, StreamKey};

const VERSION: u8 = 1;
const TAG: u8 = b'S';
/// Positions per chunk: one byte of offset.
const SPAN: u64 = 256;
const HEADER: usize = 7;
const ENTRY: usize = 6;

const _: () = assert!(HEADER + SPAN as usize * MAX_STREAMS * ENTRY <= MAX_VALUE);

/// The chunk that is being filled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct StreamWriter {
    number: u32,
    covered: u16,
    entries: Vec<(StreamKey, u8)>,
}

impl StreamWriter {
    /// Reads back the last chunk of the first `size` positions.
    pub(super) fn open(tree: &sled::Tree, size: u64) -> Result<Self, ReadError> {
        let Some(last) = size.checked_sub(1) else {
            return Ok(Self::default());
        };
        let number = number_of(last)?;
        let value = caught(|| tree.get(key(number)));
        let value = value.map_err(|what| damaged(last, &what))?;
        let value = value.ok_or_else(|| damaged(last, "a chunk is missing"))?;
        let (covered, entries) = read(number, &value)?;
        if u64::from(number) * SPAN + u64::from(covered) != size {
            return Err(damaged(last, "its end is not that of the facts"));
        }
        let entries = entries.iter().map(parse).collect();
        Ok(Self { number, covered, entries })
    }

    /// Adds the streams of the next position; full chunks go to `out`.
    pub(super) fn push(&mut self, item: &Derived, out: &mut Vec<Write>) {
        if u64::from(self.covered) == SPAN {
            self.write(out);
            self.number += 1;
            self.covered = 0;
            self.entries.clear();
        }
        let offset = u8::try_from(self.covered).unwrap_or(u8::MAX);
        self.entries.extend(item.streams.iter().map(|key| (*key, offset)));
        self.covered += 1;
    }

    /// Appends the open chunk's value, if there is one.
    pub(super) fn write(&self, out: &mut Vec<Write>) {
        if self.covered == 0 {
            return;
        }
        let mut entries = self.entries.clone();
        entries.sort_unstable();
        entries.dedup();
        let key = key(self.number);
        let mut value = Vec::with_capacity(HEADER + entries.len() * ENTRY);
        value.extend_from_slice(&[VERSION, 0, 0, 0, 0]);
        value.extend_from_slice(&self.covered.to_be_bytes());
        for entry in entries {
            value.extend_from_slice(&bytes(entry));
        }
        let crc = checksum(&key, value.split_at(5).1);
        if let Some(slot) = value.get_mut(1..5) {
            slot.copy_from_slice(&crc.to_be_bytes());
        }
        out.push((key, value));
    }
}

/// The positions of `range`, which must not be empty, that belong to `stream`.
pub(super) fn positions(
    tree: &sled::Tree,
    stream: StreamKey,
    range: Range<u64>,
) -> Result<Vec<u64>, ReadError> {
    let (from, to) = (number_of(range.start)?, number_of(range.end - 1)?);
    let mut chunks = tree.range(key(from)..=key(to));
    let mut found = Vec::new();
    for number in from..=to {
        let base = u64::from(number) * SPAN;
        let next = caught(|| chunks.next().transpose()).map_err(|what| damaged(base, &what))?;
        let (at, value) = next.ok_or_else(|| damaged(base, "a chunk is missing"))?;
        if at != key(number) {
            return Err(damaged(base, "a chunk is missing"));
        }
        let (covered, entries) = read(number, &value)?;
        if base + u64::from(covered) < range.end.min(base + SPAN) {
            return Err(damaged(base, "a chunk ends early"));
        }
        let start = entries.partition_point(|entry| parse(entry).0 < stream);
        let mine = entries.iter().skip(start).map(parse).take_while(|(key, _)| *key == stream);
        let positions = mine.map(|(_, offset)| base + u64::from(offset));
        found.extend(positions.filter(|position| range.contains(position)));
    }
    Ok(found)
}

fn read(number: u32, value: &[u8]) -> Result<(u16, &[[u8; ENTRY]]), ReadError> {
    let base = u64::from(number) * SPAN;
    let short = || damaged(base, "a chunk is too short");
    let (head, rest) = value.split_first_chunk::<5>().ok_or_else(short)?;
    let [version, crc @ ..] = *head;
    if checksum(&key(number), rest) != u32::from_be_bytes(crc) {
        return Err(damaged(base, "a checksum does not match"));
    }
    let (covered, entries) = rest.split_first_chunk::<2>().ok_or_else(short)?;
    let (entries, rest) = entries.as_chunks::<ENTRY>();
    if version != VERSION || !rest.is_empty() {
        return Err(damaged(base, "a chunk has an unknown format"));
    }
    Ok((u16::from_be_bytes(*covered), entries))
}

fn bytes((key, offset): (StreamKey, u8)) -> [u8; ENTRY] {
    let [a, b, c, d] = key.index.to_be_bytes();
    [key.kind, a, b, c, d, offset]
}

fn parse(&[kind, a, b, c, d, offset]: &[u8; ENTRY]) -> (StreamKey, u8) {
    (StreamKey { kind, index: u32::from_be_bytes([a, b, c, d]) }, offset)
}

fn number_of(position: u64) -> Result<u32, ReadError> {
    u32::try_from(position / SPAN).map_err(|_| damaged(position, "the position is out of range"))
}

fn key(number: u32) -> Vec<u8> {
    let [a, b, c, d] = number.to_be_bytes();
    vec![TAG, a, b, c, d]
}

fn checksum(key: &[u8], rest: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&[VERSION]);
    crc.update(key);
    crc.update(rest);
    crc.finalize()
}

fn damaged(position: u64, what: &str) -> ReadError {
    ReadError::damaged(Part::Derived, position, format!("the index of streams: {what}"))
}
