//! Entries for tests of stores: deterministic, of any length.

use archipel_engine::log::merkle::leaf_hash;
use archipel_engine::store::{Derived, Entry, StreamKey};

/// An entry with a leaf of `len` bytes, distinct for each `n`, with id `n + 1` in the manner of a
/// UUIDv7 (ordered, random below), a fact of `n % 61` bytes and 0 to 2 streams.
#[must_use]
pub fn entry(n: u64, len: usize) -> Entry {
    let mut leaf: Vec<u8> = (0..len).map(|i| scramble(n ^ ((i as u64) << 20)) as u8).collect();
    for (byte, tag) in leaf.iter_mut().zip(n.to_be_bytes().iter().rev()) {
        *byte = *tag;
    }
    let kind = u8::from(n.is_multiple_of(3));
    let mut streams: Vec<StreamKey> = Vec::new();
    if !n.is_multiple_of(7) {
        streams.push(StreamKey { kind, index: (scramble(n) % 13) as u32 });
    }
    if n.is_multiple_of(2) {
        streams.push(StreamKey { kind: 9, index: (n / 64) as u32 });
    }
    let derived = Derived {
        fact: (0..n % 61).map(|i| scramble(n + i) as u8).collect(),
        id: id(n),
        streams: streams.into_iter().collect(),
    };
    Entry { leaf_hash: leaf_hash(&leaf), leaf, derived }
}

/// The id of entry `n`: ordered in its upper half, random in its lower half.
#[must_use]
pub fn id(n: u64) -> u128 {
    (u128::from(n + 1) << 64) | u128::from(scramble(n))
}

/// `count` entries from `first`, of 1 to 900 bytes, one in 40 around the limit of a value and one
/// in 150 longer than that.
#[must_use]
pub fn entries(first: u64, count: u64) -> Vec<Entry> {
    (first..first + count).map(|n| entry(n, leaf_len(n))).collect()
}

fn leaf_len(n: u64) -> usize {
    let random = scramble(n ^ 0xA5A5) as usize;
    match n {
        n if n % 150 == 149 => 7_000 + random % 58_536,
        n if n % 40 == 39 => 6_800 + random % 250,
        _ => 1 + random % 900,
    }
}

/// A bijective mixing of bits (splitmix64).
#[must_use]
pub fn scramble(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
