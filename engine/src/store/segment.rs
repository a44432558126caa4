//! Segments: runs of consecutive records (leaves or facts) stored as values of at most
//! [`MAX_VALUE`] bytes. One format serves both.
//!
//! Key: tag (empty for leaves, `F` for facts), u64 BE first position, u16 BE chunk number.
//! Value, all integers big-endian:
//!
//! | bytes | |
//! |---|---|
//! | 0 | format version, 1 |
//! | 1 | kind, `L` or `F` |
//! | 2..10 | first position |
//! | 10..14 | number of records, at least 1 |
//! | 14..16 | chunk number |
//! | 16..18 | number of chunks; more than 1 only for a single record too long for one value |
//! | 18..20 | length of the extra field (chunk 0 only) |
//! | 20..24 | CRC-32 of everything else |
//! | 24.. | extra, then records, each a u32 length and its bytes; further chunks continue them |
//!
//! Extra: for leaves, the peaks of the tree before the first position; for facts, the first
//! 16 bytes of the SHA-256 of the leaf hashes of the positions covered.

use std::ops::{ControlFlow, Range};

use super::panics::caught;
use super::{MAX_VALUE, Part, ReadError};

const VERSION: u8 = 1;
const HEADER: usize = 24;
/// Bytes before each record.
const LENGTH: usize = 4;

/// What a segment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Leaves,
    Facts,
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Self::Leaves => b'L',
            Self::Facts => b'F',
        }
    }

    fn tag(self) -> &'static [u8] {
        match self {
            Self::Leaves => b"",
            Self::Facts => b"F",
        }
    }

    pub(super) fn part(self) -> Part {
        match self {
            Self::Leaves => Part::Log,
            Self::Facts => Part::Derived,
        }
    }

    fn key(self, first: u64, chunk: u16) -> Vec<u8> {
        let mut key = Vec::with_capacity(11);
        key.extend_from_slice(self.tag());
        key.extend_from_slice(&first.to_be_bytes());
        key.extend_from_slice(&chunk.to_be_bytes());
        key
    }

    fn parse_key(self, key: &[u8]) -> Option<(u64, u16)> {
        let rest = key.strip_prefix(self.tag())?;
        let (first, chunk) = rest.split_first_chunk::<8>()?;
        Some((u64::from_be_bytes(*first), u16::from_be_bytes(chunk.try_into().ok()?)))
    }

    fn damaged(self, position: u64, what: impl Into<String>) -> ReadError {
        ReadError::damaged(self.part(), position, what)
    }
}

/// A key and value to write.
pub(super) type Write = (Vec<u8>, Vec<u8>);

/// A decoded segment: the open tail of a writer, or one read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    kind: Kind,
    first: u64,
    count: u32,
    /// See the module's table.
    pub(super) extra: Vec<u8>,
    body: Vec<u8>,
}

impl Segment {
    pub(super) fn new(kind: Kind, first: u64, extra: Vec<u8>) -> Self {
        Self { kind, first, count: 0, extra, body: Vec::with_capacity(MAX_VALUE) }
    }

    pub(super) fn first(&self) -> u64 {
        self.first
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// First position after the segment.
    pub(super) fn end(&self) -> u64 {
        self.first + u64::from(self.count)
    }

    /// Whether a record of `len` bytes may be pushed. An empty segment takes any record.
    pub(super) fn fits(&self, len: usize) -> bool {
        self.is_empty() || HEADER + self.extra.len() + self.body.len() + LENGTH + len <= MAX_VALUE
    }

    /// Adds a record of at most 65,535 bytes.
    pub(super) fn push(&mut self, record: &[u8]) {
        // The limits of a batch are far below u32; saturating would be caught by the CRC's reader.
        let len = u32::try_from(record.len()).unwrap_or(u32::MAX);
        self.body.extend_from_slice(&len.to_be_bytes());
        self.body.extend_from_slice(record);
        self.count += 1;
    }

    /// The records in order; stops early if the body is malformed (see [`Segment::is_whole`]).
    pub(super) fn records(&self) -> Records<'_> {
        Records { rest: &self.body }
    }

    /// Appends the values that store this segment.
    pub(super) fn write(&self, out: &mut Vec<Write>) {
        let room = MAX_VALUE - HEADER;
        let (lead, mut rest) =
            self.body.split_at(self.body.len().min(room.saturating_sub(self.extra.len())));
        let more = rest.len().div_ceil(room);
        let chunks = u16::try_from(more + 1).unwrap_or(u16::MAX);
        out.push(self.value(0, chunks, &self.extra, lead));
        for chunk in 1..chunks {
            let (part, after) = rest.split_at(rest.len().min(room));
            out.push(self.value(chunk, chunks, &[], part));
            rest = after;
        }
    }

    fn value(&self, chunk: u16, chunks: u16, extra: &[u8], body: &[u8]) -> Write {
        let mut value = Vec::with_capacity(HEADER + extra.len() + body.len());
        value.push(VERSION);
        value.push(self.kind.byte());
        value.extend_from_slice(&self.first.to_be_bytes());
        value.extend_from_slice(&self.count.to_be_bytes());
        value.extend_from_slice(&chunk.to_be_bytes());
        value.extend_from_slice(&chunks.to_be_bytes());
        value.extend_from_slice(&u16::try_from(extra.len()).unwrap_or(u16::MAX).to_be_bytes());
        let mut crc = crc32fast::Hasher::new();
        crc.update(&value);
        crc.update(extra);
        crc.update(body);
        value.extend_from_slice(&crc.finalize().to_be_bytes());
        value.extend_from_slice(extra);
        value.extend_from_slice(body);
        (self.kind.key(self.first, chunk), value)
    }

    /// Whether the body holds exactly the announced records.
    fn is_whole(&self) -> bool {
        whole(&self.body, self.count)
    }
}

/// Iterator over length-prefixed records.
pub(super) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (len, rest) = self.rest.split_first_chunk::<LENGTH>()?;
        let len = usize::try_from(u32::from_be_bytes(*len)).ok()?;
        let (record, rest) = rest.split_at_checked(len)?;
        self.rest = rest;
        Some(record)
    }
}

fn whole(body: &[u8], count: u32) -> bool {
    let mut records = Records { rest: body };
    let found = records.by_ref().count();
    records.rest.is_empty() && u32::try_from(found) == Ok(count)
}

/// One value, checked against its key.
struct View<'a> {
    count: u32,
    chunks: u16,
    extra: &'a [u8],
    body: &'a [u8],
}

fn view(kind: Kind, first: u64, chunk: u16, value: &[u8]) -> Result<View<'_>, &'static str> {
    let short = "a stored value is too short";
    let (head, rest) = value.split_first_chunk::<20>().ok_or(short)?;
    let (stored_crc, rest) = rest.split_first_chunk::<4>().ok_or(short)?;
    let mut crc = crc32fast::Hasher::new();
    crc.update(head);
    crc.update(rest);
    if crc.finalize() != u32::from_be_bytes(*stored_crc) {
        return Err("a checksum does not match");
    }
    let (version, head) = head.split_first_chunk::<2>().ok_or(short)?;
    if *version != [VERSION, kind.byte()] {
        return Err("a segment has an unknown format");
    }
    let (at, head) = head.split_first_chunk::<8>().ok_or(short)?;
    let (count, head) = head.split_first_chunk::<4>().ok_or(short)?;
    let (number, head) = head.split_first_chunk::<2>().ok_or(short)?;
    let (chunks, extra_len) = head.split_first_chunk::<2>().ok_or(short)?;
    let extra_len = u16::from_be_bytes(extra_len.try_into().map_err(|_| short)?);
    let (count, chunks) = (u32::from_be_bytes(*count), u16::from_be_bytes(*chunks));
    if u64::from_be_bytes(*at) != first || u16::from_be_bytes(*number) != chunk {
        return Err("a segment stands under the key of another");
    }
    if chunk >= chunks || count == 0 || (chunks > 1 && count > 1) {
        return Err("a segment's counts do not agree");
    }
    let (extra, body) = rest.split_at_checked(usize::from(extra_len)).ok_or(short)?;
    Ok(View { count, chunks, extra, body })
}

/// The segment that holds `position`, checked. `Ok(None)` if no segment starts at or before it.
pub(super) fn containing(
    tree: &sled::Tree,
    kind: Kind,
    position: u64,
) -> Result<Option<Segment>, ReadError> {
    let Some(first) = first_containing(tree, kind, position)? else {
        return Ok(None);
    };
    Values { tree, kind }.segment(first).map(Some)
}

/// First position of the last segment that starts at or before `position`.
fn first_containing(
    tree: &sled::Tree,
    kind: Kind,
    position: u64,
) -> Result<Option<u64>, ReadError> {
    let low = kind.tag().to_vec();
    let high = kind.key(position, u16::MAX);
    let found = caught(|| tree.range(low..=high).next_back().transpose())
        .map_err(|what| kind.damaged(position, what))?;
    let Some((key, _)) = found else {
        return Ok(None);
    };
    let Some((first, _)) = kind.parse_key(&key) else {
        return Err(kind.damaged(position, "a key is malformed"));
    };
    Ok(Some(first))
}

/// The values of one tree, fetched one by one under the exact key that must come next.
///
/// Not with sled's iterator: sled looks at its cache limit only after every 64th access to a
/// shard, and an iterator accesses each page of up to 16 values once, so that a scan held the
/// whole tree in memory. One access per value bounds it (`docs/benchmarks.md` 3), costs no
/// more, and turns a gap into a plain miss.
struct Values<'t> {
    tree: &'t sled::Tree,
    kind: Kind,
}

impl Values<'_> {
    fn get(&self, first: u64, chunk: u16) -> Result<sled::IVec, ReadError> {
        let found = caught(|| self.tree.get(self.kind.key(first, chunk)));
        let found = found.map_err(|what| self.kind.damaged(first, what))?;
        found.ok_or_else(|| self.kind.damaged(first, "a segment is missing"))
    }

    /// A whole segment, chunks joined.
    fn segment(&self, first: u64) -> Result<Segment, ReadError> {
        let value = self.get(first, 0)?;
        let head = view(self.kind, first, 0, &value).map_err(|w| self.kind.damaged(first, w))?;
        self.join(first, &head)
    }

    fn join(&self, first: u64, head: &View<'_>) -> Result<Segment, ReadError> {
        let kind = self.kind;
        let mut segment = Segment::new(kind, first, head.extra.to_vec());
        segment.count = head.count;
        segment.body.extend_from_slice(head.body);
        for chunk in 1..head.chunks {
            let value = self.get(first, chunk)?;
            let part = view(kind, first, chunk, &value).map_err(|w| kind.damaged(first, w))?;
            if part.chunks != head.chunks || part.count != 1 || !part.extra.is_empty() {
                return Err(kind.damaged(first, "the chunks of a segment do not agree"));
            }
            segment.body.extend_from_slice(part.body);
        }
        if !segment.is_whole() {
            return Err(kind.damaged(first, "a segment's records do not fill it"));
        }
        Ok(segment)
    }
}

/// Visits the records of `range`, which must not be empty, in order until `visit` breaks.
/// Each segment is checked whole (checksum, version, counts, place) before any of its records is
/// handed out, and each must start where the one before ended.
pub(super) fn scan(
    tree: &sled::Tree,
    kind: Kind,
    range: Range<u64>,
    visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
) -> Result<(), ReadError> {
    let missing = || kind.damaged(range.start, "a segment is missing");
    let mut first = first_containing(tree, kind, range.start)?.ok_or_else(missing)?;
    let values = Values { tree, kind };
    while first < range.end {
        let value = values.get(first, 0)?;
        let head = view(kind, first, 0, &value).map_err(|what| kind.damaged(first, what))?;
        let flow = if head.chunks > 1 {
            let long = values.join(first, &head)?;
            visit_records(&long.body, first, &range, visit)
        } else if whole(head.body, head.count) {
            visit_records(head.body, first, &range, visit)
        } else {
            return Err(kind.damaged(first, "a segment's records do not fill it"));
        };
        if flow.is_break() {
            return Ok(());
        }
        first = first
            .checked_add(u64::from(head.count))
            .ok_or_else(|| kind.damaged(first, "a segment's counts do not agree"))?;
        if first <= range.start {
            return Err(kind.damaged(first, "a segment is missing"));
        }
    }
    Ok(())
}

fn visit_records(
    body: &[u8],
    first: u64,
    range: &Range<u64>,
    visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for (position, record) in (first..range.end).zip(Records { rest: body }) {
        if position >= range.start {
            visit(position, record)?;
        }
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_a_value_is_covered() {
        let mut segment = Segment::new(Kind::Leaves, 5, vec![7; 64]);
        segment.push(b"abc");
        segment.push(b"");
        let mut out = Vec::new();
        segment.write(&mut out);
        assert_eq!(out.len(), 1);
        let (_, value) = &out[0];
        assert!(view(Kind::Leaves, 5, 0, value).is_ok());
        for bit in 0..value.len() * 8 {
            let mut bad = value.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(view(Kind::Leaves, 5, 0, &bad).is_err(), "bit {bit}");
        }
        for len in 0..value.len() {
            assert!(view(Kind::Leaves, 5, 0, &value[..len]).is_err(), "cut at {len}");
        }
        assert!(view(Kind::Leaves, 6, 0, value).is_err());
        assert!(view(Kind::Leaves, 5, 1, value).is_err());
        assert!(view(Kind::Facts, 5, 0, value).is_err());
    }

    #[test]
    fn values_stay_within_the_limit() {
        for extra in [0, 32, 1280] {
            for len in (6900..7000).chain([0, 1, 65_534, 65_535]) {
                let mut segment = Segment::new(Kind::Leaves, 0, vec![0; extra]);
                assert!(segment.fits(len));
                segment.push(&vec![1; len]);
                let mut out = Vec::new();
                segment.write(&mut out);
                assert!(out.iter().all(|(_, value)| value.len() <= MAX_VALUE), "{len}");
                assert_eq!(out.len() == 1, HEADER + extra + LENGTH + len <= MAX_VALUE);
            }
        }
    }
}
