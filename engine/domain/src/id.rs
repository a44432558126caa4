//! Names of things: UUIDs for what flows, slugs for what people name, hashes for texts.

use crate::compact::Compact;
use bincode::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// A text that is not a name of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidId {
    /// What was expected, in a few words.
    pub expected: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for InvalidId {}

/// Implements serde as the type's own text form (`Display` and `FromStr`).
macro_rules! serde_as_text {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($name::EXPECTED)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}
pub(crate) use serde_as_text;

macro_rules! uuid_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        pub struct $name(pub u128);

        impl $name {
            const EXPECTED: &'static str = "a lower-case hyphenated UUID";
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&Uuid::from_u128(self.0).hyphenated(), f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_uuid(text).map(Self).ok_or(InvalidId { expected: Self::EXPECTED })
            }
        }
        serde_as_text!($name);
    };
}

/// Only the canonical spelling, so that one id is one text.
fn parse_uuid(text: &str) -> Option<u128> {
    let upper_case = text.bytes().any(|byte| byte.is_ascii_uppercase());
    if text.len() != 36 || upper_case {
        return None;
    }
    Uuid::try_parse(text).ok().map(|uuid| uuid.as_u128())
}

uuid_type!(
    /// A person's random pseudonym in this log (or the instance itself, as the registrar's name).
    MemberId
);
uuid_type!(
    /// A statement: the `UUIDv7` chosen by its author, also the idempotency key. What an act
    /// creates (a proposal, a vote, a mandate) is named by the statement that created it.
    StatementId
);

impl StatementId {
    /// The Unix time in milliseconds inside a `UUIDv7` (RFC 9562 section 5.7), or nothing for
    /// any other version or variant.
    #[must_use]
    pub fn unix_ms(self) -> Option<i64> {
        let version = (self.0 >> 76) & 0xf;
        let variant = (self.0 >> 62) & 0b11;
        if version != 7 || variant != 0b10 {
            return None;
        }
        i64::try_from(self.0 >> 80).ok()
    }

    /// A `UUIDv7` from a time in milliseconds and 74 further bits (RFC 9562 section 5.7).
    #[must_use]
    pub fn from_parts(unix_ms: u64, bits: u128) -> Self {
        let time = u128::from(unix_ms & 0xffff_ffff_ffff) << 80;
        let high = ((bits >> 62) & 0xfff) << 64;
        let low = bits & 0x3fff_ffff_ffff_ffff;
        Self(time | (7 << 76) | high | (0b10 << 62) | low)
    }
}

/// Reads exactly `N` bytes from lower-case hexadecimal digits: one text for one value, so no
/// upper case, and no `0x` before (which the length excludes).
#[must_use]
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let upper = || text.bytes().any(|byte| byte.is_ascii_uppercase());
    if text.len() != 2 * N || upper() {
        return None;
    }
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}

macro_rules! bytes32_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        pub struct $name(pub [u8; 32]);

        impl $name {
            const EXPECTED: &'static str = "64 lower-case hexadecimal digits";
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; 64];
                hex::encode_to_slice(self.0, &mut text).map_err(|_| fmt::Error)?;
                f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let invalid = InvalidId { expected: Self::EXPECTED };
                unhex(text).map(Self).ok_or(invalid)
            }
        }
        serde_as_text!($name);
    };
}

bytes32_type!(
    /// An ed25519 public key, as its 32 bytes (RFC 8032 section 5.1.5).
    KeyId
);
bytes32_type!(
    /// A SHA-256 digest.
    Hash
);

impl Hash {
    /// SHA-256 of the bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// An ed25519 signature as 128 lower-case hexadecimal digits; checked by the engine.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct SignatureBytes(pub [u8; 64]);

impl SignatureBytes {
    const EXPECTED: &'static str = "128 lower-case hexadecimal digits";
}

impl fmt::Display for SignatureBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SignatureBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SignatureBytes {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = InvalidId { expected: Self::EXPECTED };
        unhex(text).map(Self).ok_or(invalid)
    }
}
serde_as_text!(SignatureBytes);

/// A name that people choose and read in what they sign: lower-case ASCII letters and digits in
/// groups joined by single `-`, `.` or `:`; at most [`Slug::LENGTH_MAX`] characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Slug(Compact);

impl Slug {
    /// Longest slug, in characters.
    pub const LENGTH_MAX: usize = 48;
    const EXPECTED: &'static str =
        "lower-case letters and digits joined by single '-', '.' or ':', at most 48 characters";

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Slug {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let word = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if text.len() <= Self::LENGTH_MAX && text.split(['-', '.', ':']).all(word) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidId { expected: Self::EXPECTED })
        }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
serde_as_text!(Slug);

/// A text for people: not empty, at most `MAX` bytes, no control characters but line feeds.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub struct Text<const MAX: usize>(Compact);

/// A title or label: one line of at most 200 bytes.
pub type Line = Text<200>;
/// The text of a proposal: at most 20,000 bytes.
pub type Document = Text<20_000>;
/// A reason or purpose: at most 4,000 bytes.
pub type Prose = Text<4000>;

impl<const MAX: usize> Text<MAX> {
    /// Checks and wraps a text.
    ///
    /// # Errors
    /// When the text is empty, too long, or holds control characters.
    pub fn new(text: &str) -> Result<Self, InvalidId> {
        let control = |c: char| c.is_control() && !(c == '\n' && MAX > 200);
        if text.is_empty() || text.len() > MAX || text.chars().any(control) {
            return Err(InvalidId { expected: "a short text without control characters" });
        }
        Ok(Self(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<const MAX: usize> Serialize for Text<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<const MAX: usize>;
        impl<const MAX: usize> serde::de::Visitor<'_> for Visitor<MAX> {
            type Value = Text<MAX>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text<MAX>, E> {
                Text::new(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_has_one_spelling() {
        let id = StatementId::from_parts(1_790_000_000_123, 0x1234_5678_9abc_def0_1122);
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(id.unix_ms(), Some(1_790_000_000_123));
        for bad in [text.to_uppercase(), text.replace('-', ""), format!("{{{text}}}")] {
            assert!(bad.parse::<StatementId>().is_err(), "{bad}");
        }
        assert_eq!(StatementId(7).unix_ms(), None);
    }

    #[test]
    fn one_hash_has_one_spelling() {
        let hash = Hash([0xab; 32]);
        let text = hash.to_string();
        assert_eq!(text.parse(), Ok(hash));
        let prefixed = format!("0x{text}");
        for bad in ["", &text[1..], &text[2..], &text.to_uppercase(), &prefixed, &prefixed[..64]] {
            assert!(bad.parse::<Hash>().is_err(), "{bad}");
        }
        assert!(format!("{}g", &text[1..]).parse::<Hash>().is_err());
    }

    #[test]
    fn slugs() {
        for good in ["a", "caisse:commune", "axe-1", "groupe-12.nord"] {
            assert!(good.parse::<Slug>().is_ok(), "{good}");
        }
        let long = "a".repeat(49);
        for bad in ["", "-a", "a-", "a--b", "A", "é", "a b", "a_b", long.as_str()] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
    }

    #[test]
    fn texts_hold_no_control_characters() {
        assert!(Line::new("Titre").is_ok());
        assert!(Line::new("deux\nlignes").is_err());
        assert!(Prose::new("deux\nlignes").is_ok());
        assert!(Prose::new("\u{7}").is_err());
        assert!(Line::new("").is_err());
    }
}
