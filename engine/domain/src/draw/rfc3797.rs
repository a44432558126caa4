//! RFC 3797: verifiable selection from published random numbers, as it stands.
//!
//! Kept for whoever knows it, and since other programs can check it. Its remainders favour the
//! first of the list by less than one in 2^100, and its key names neither the draw nor the list:
//! [`super::Lottery`] does better. MD5 serves as a mixer here; nobody has to resist collisions.

use super::DrawError;
use md5::{Digest as _, Md5};

/// Most people of a list: the index has 16 bits (RFC 3797 section 4).
pub const LIST_MAX: u32 = 65_535;
/// Most sources of one draw.
pub const SOURCES_MAX: usize = 64;
/// Most numbers of one source.
pub const NUMBERS_MAX: usize = 64;

/// The key string (RFC 3797 section 4): the numbers of a source ascending and without leading
/// zeros, each followed by `.`, and `/` after each source.
#[must_use]
pub fn key(sources: &[Vec<u64>]) -> String {
    let mut key = String::new();
    for source in sources {
        let mut numbers = source.clone();
        numbers.sort_unstable();
        for number in numbers {
            key.push_str(&number.to_string());
            key.push('.');
        }
        key.push('/');
    }
    key
}

/// MD5 of the index, the key and the index again, the index in two bytes (section 4).
#[must_use]
pub fn digest(key: &str, index: u16) -> [u8; 16] {
    let index = index.to_be_bytes();
    Md5::new().chain_update(index).chain_update(key).chain_update(index).finalize().into()
}

/// The first `count` of a list of `list`, as places from 0, in the order in which they are
/// selected: the digest modulo how many are left says which of those left.
///
/// # Errors
/// [`DrawError::TooManyPeople`] above [`LIST_MAX`], [`DrawError::TooFewPeople`] when more are
/// asked for than there are.
pub fn select(key: &str, list: u32, count: u32) -> Result<Vec<u32>, DrawError> {
    if list > LIST_MAX {
        return Err(DrawError::TooManyPeople);
    }
    if count > list {
        return Err(DrawError::TooFewPeople);
    }
    let mut left: Vec<u32> = (0..list).collect();
    let mut selected = Vec::new();
    for index in 0..u16::try_from(count).unwrap_or(u16::MAX) {
        let number = u128::from_be_bytes(digest(key, index));
        let place = number.checked_rem(left.len() as u128).unwrap_or(0);
        selected.push(left.remove(usize::try_from(place).unwrap_or(0)));
    }
    Ok(selected)
}
