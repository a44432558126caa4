//! How much chance a draw needs, and how much its sources hold, in bits.
//!
//! RFC 3797 section 3.3 asks for as many bits as it takes to name one of all possible outcomes, and
//! has a table for drawing ten.

use num_bigint::BigUint;
use num_traits::One;

/// The number of ways to choose `taken` of `of`; 0 when there are fewer.
#[must_use]
pub fn ways(of: u32, taken: u32) -> BigUint {
    if taken > of {
        return BigUint::ZERO;
    }
    // The shorter half of the product; each step is exact, as it is itself a number of ways.
    let taken = taken.min(of - taken);
    (0..taken).fold(BigUint::one(), |ways, step| ways * (of - step) / (step + 1))
}

/// Bits needed to choose `taken` of `of`: the least b with 2^b >= the number of ways.
#[must_use]
pub fn needed(of: u32, taken: u32) -> u64 {
    let ways = ways(of, taken);
    if ways <= BigUint::one() { 0 } else { (ways - 1_u32).bits() }
}

/// Bits that an announced source surely holds, which takes `taken` of `of` numbers at random and
/// does not tell their order: the largest b with 2^b <= the number of ways. Rounded down, so that
/// several sources can be added up.
#[must_use]
pub fn held(of: u32, taken: u32) -> u64 {
    ways(of, taken).bits().saturating_sub(1)
}
