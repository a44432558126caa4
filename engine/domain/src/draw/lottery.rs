//! Version 2 of the lottery: uniform numbers and draws without replacement, from a seed.
//!
//! ```text
//! block(label, index, counter) = SHA-256("archipel.draw.v2\n" || seed, 32 bytes
//!     || length of label, 4 bytes || label || index, 4 bytes || counter, 4 bytes)
//! ```
//!
//! Numbers are big-endian. The label says what is drawn, the index which number of it is wanted,
//! and the counter starts at 0 and counts the blocks that this number takes.

use crate::id::Hash;
use num_bigint::BigUint;
use num_traits::One;
use sha2::{Digest as _, Sha256};

/// First bytes of every block.
const TAG: &[u8] = b"archipel.draw.v2\n";
/// Bits of one block.
const BLOCK_BITS: u64 = 256;

/// A seed from which numbers are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lottery {
    seed: Hash,
}

impl Lottery {
    /// The lottery of a seed.
    #[must_use]
    pub const fn new(seed: Hash) -> Self {
        Self { seed }
    }

    /// 32 bytes, as the module describes them.
    #[must_use]
    pub fn block(&self, label: &str, index: u32, counter: u32) -> [u8; 32] {
        // A label is at most the name of a household and a word, far below 2^32 bytes.
        let length = u32::try_from(label.len()).unwrap_or(u32::MAX);
        Sha256::new()
            .chain_update(TAG)
            .chain_update(self.seed.0)
            .chain_update(length.to_be_bytes())
            .chain_update(label)
            .chain_update(index.to_be_bytes())
            .chain_update(counter.to_be_bytes())
            .finalize()
            .into()
    }

    /// A uniform number below `bound`, however large; 0 when `bound` is 0.
    ///
    /// One attempt takes m blocks, the fewest with 2^(256 m) >= bound, as one number d. It counts
    /// if d is below the largest multiple of the bound up to 2^(256 m), and gives d modulo the
    /// bound; otherwise the next m blocks are taken. No value is favoured.
    #[must_use]
    pub fn below_big(&self, label: &str, index: u32, bound: &BigUint) -> BigUint {
        if *bound <= BigUint::one() {
            return BigUint::ZERO;
        }
        let blocks = (bound - 1_u32).bits().div_ceil(BLOCK_BITS);
        let range = BigUint::one() << (blocks * BLOCK_BITS);
        let limit = &range - &range % bound;
        let mut counter = 0;
        loop {
            let mut bytes = Vec::new();
            for _ in 0..blocks {
                bytes.extend(self.block(label, index, counter));
                counter += 1;
            }
            let number = BigUint::from_bytes_be(&bytes);
            // At least every second attempt counts: 2^32 of them never fail.
            if number < limit {
                return number % bound;
            }
        }
    }

    /// The same for small bounds, without large numbers.
    #[must_use]
    pub fn below(&self, label: &str, index: u32, bound: u32) -> u32 {
        if bound <= 1 {
            return 0;
        }
        let remainder = |bytes: &[u8]| {
            let bits = |rest: u64, byte: &u8| ((rest << 8) | u64::from(*byte)) % u64::from(bound);
            u32::try_from(bytes.iter().fold(0, bits)).unwrap_or(0)
        };
        // 2^256 modulo the bound: so many numbers at the top of the range do not count.
        let mut range = [0; 33];
        range[0] = 1;
        let excess = remainder(&range);
        for counter in 0.. {
            let block = self.block(label, index, counter);
            let (high, low) = block.split_at(28);
            let low = low.try_into().map_or(0, u32::from_be_bytes);
            let is_top = high.iter().all(|byte| *byte == u8::MAX);
            if !is_top || excess == 0 || low <= u32::MAX - excess {
                return remainder(&block);
            }
        }
        0
    }

    /// The first `count` of a list of `list`, as places from 0, in the order in which they are
    /// drawn. Number i is uniform below list - i and says which of those left is taken and
    /// removed, as in RFC 3797 (section 4), with i as the index.
    #[must_use]
    pub fn removal(&self, label: &str, list: u32, count: u32) -> Vec<u32> {
        let mut left: Vec<u32> = (0..list).collect();
        let take = |index| {
            let place = self.below(label, index, list - index);
            left.remove(usize::try_from(place).unwrap_or(0))
        };
        (0..count.min(list)).map(take).collect()
    }
}
