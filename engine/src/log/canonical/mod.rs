//! Canonical JSON: the only text form of a statement.
//!
//! A statement is signed as text that a person can read, and stored exactly as signed. For one
//! meaning to have one text, the text is a subset of RFC 8785: members sorted, no whitespace,
//! integers only, NFC strings with the shortest escapes, no `null`. A reader that accepted two
//! texts for one meaning would give one act two hashes, and two places in the log.
//!
//! [`from_str`] checks the form while it builds the value: there is no intermediate tree, and
//! strings without escapes are borrowed from the input. [`to_string`] writes the form from any
//! serialisable value, whatever the order of its fields. The two are inverse of each other for
//! types that keep what they read (`deny_unknown_fields`, no `default` beside `Option`).
//!
//! Where the form is looser than the meaning of the data (Unicode text), the rule is pinned: NFC
//! is that of [`UNICODE`], and code points that version does not assign count as starters without
//! decomposition. An old signature must never turn invalid because a table was updated.

mod compound;
mod de;
mod error;
#[cfg(test)]
mod laws;
mod name;
mod scan;
mod ser;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

pub use de::Deserializer;
pub use error::{CanonicalError, CanonicalErrorKind};
pub use ser::to_string;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// Longest canonical text, in bytes: what a log entry may hold at most.
pub const MAX_LENGTH: usize = 65_535;

/// Deepest nesting of objects and arrays; the outermost one is at depth 1.
pub const MAX_DEPTH: u8 = 16;

/// Largest integer, and minus the smallest: 2^53 - 1, the last one that JavaScript holds exactly.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Version of the Unicode tables that decide what NFC is.
pub const UNICODE: (u8, u8, u8) = (18, 0, 0);

/// Reads one canonical text.
///
/// # Errors
///
/// The first fault in reading order: of the bytes, of the canonical form, or of the type `T`.
pub fn from_str<'de, T: Deserialize<'de>>(input: &'de [u8]) -> Result<T, CanonicalError> {
    let mut deserializer = Deserializer::new(input)?;
    let value =
        T::deserialize(&mut deserializer).map_err(|error| error.or_at(deserializer.offset()))?;
    deserializer.end()?;
    Ok(value)
}

/// Checks the form alone, whatever the members mean.
///
/// # Errors
///
/// The first fault in reading order.
pub fn check(input: &[u8]) -> Result<(), CanonicalError> {
    from_str::<IgnoredAny>(input).map(|_| ())
}
