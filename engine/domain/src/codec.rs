//! The one place where the binary encoding is configured (docs/adr/0002).
//!
//! bincode 2 with fixed-width, big-endian integers: an enum tag is a `u32`, a length a `u64`.
//! No type that is encoded holds a float, a `usize` or a hash map, so one value has one encoding.

use bincode::config::{BigEndian, Configuration, Fixint, Limit};
use bincode::{BorrowDecode, Decode, Encode};

/// Most bytes that a single encoded leaf or fact may take: the C2SP entry limit.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// Most memory that a single decoded leaf or fact may ask for at once. A value in memory takes up
/// to some eight times the bytes that it is encoded in: an empty line is 24 bytes against 8.
const ENTRY_MEMORY_MAX: usize = 8 * ENTRY_BYTES_MAX;

/// Most bytes that a snapshot section may take when decoded (1 GiB).
const SNAPSHOT_BYTES_MAX: usize = 1 << 30;

type Config<const LIMIT: usize> = Configuration<BigEndian, Fixint, Limit<LIMIT>>;

const fn config<const LIMIT: usize>() -> Config<LIMIT> {
    bincode::config::standard().with_big_endian().with_fixed_int_encoding().with_limit::<LIMIT>()
}

/// Why bytes could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodecError {
    /// The bytes do not describe a value of the type.
    Malformed(String),
    /// A value was read, and bytes were left over.
    TrailingBytes,
    /// The value is larger than the limit of its kind.
    TooLarge,
}

impl std::fmt::Display for CodecError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed(what) => write!(f, "malformed bytes: {what}"),
            Self::TrailingBytes => f.write_str("bytes left over after the value"),
            Self::TooLarge => f.write_str("the encoded value is larger than its limit"),
        }
    }
}

impl std::error::Error for CodecError {}

/// Encodes a leaf or a fact; at most [`ENTRY_BYTES_MAX`] bytes.
///
/// # Errors
/// [`CodecError::TooLarge`] above the limit.
pub fn encode<T: Encode>(value: &T) -> Result<Vec<u8>, CodecError> {
    let bytes = bincode::encode_to_vec(value, config::<ENTRY_BYTES_MAX>())
        .map_err(|_| CodecError::TooLarge)?;
    if bytes.len() > ENTRY_BYTES_MAX { Err(CodecError::TooLarge) } else { Ok(bytes) }
}

/// Decodes a leaf or a fact that takes up all of `bytes`.
///
/// # Errors
/// [`CodecError::TooLarge`], [`CodecError::Malformed`] or [`CodecError::TrailingBytes`].
pub fn decode<T: Decode<()>>(bytes: &[u8]) -> Result<T, CodecError> {
    if bytes.len() > ENTRY_BYTES_MAX {
        return Err(CodecError::TooLarge);
    }
    whole(bincode::decode_from_slice(bytes, config::<ENTRY_MEMORY_MAX>()), bytes.len())
}

/// Decodes a leaf that takes up all of `bytes`, borrowing from them.
///
/// # Errors
/// As [`decode`].
pub fn decode_borrowed<'a, T: BorrowDecode<'a, ()>>(bytes: &'a [u8]) -> Result<T, CodecError> {
    if bytes.len() > ENTRY_BYTES_MAX {
        return Err(CodecError::TooLarge);
    }
    whole(bincode::borrow_decode_from_slice(bytes, config::<ENTRY_MEMORY_MAX>()), bytes.len())
}

/// Encodes a snapshot section of any size.
///
/// # Errors
/// [`CodecError::TooLarge`] when the value can not be encoded.
pub fn encode_snapshot<T: Encode>(value: &T) -> Result<Vec<u8>, CodecError> {
    bincode::encode_to_vec(value, config::<SNAPSHOT_BYTES_MAX>()).map_err(|_| CodecError::TooLarge)
}

/// Decodes a snapshot section that takes up all of `bytes`.
///
/// # Errors
/// [`CodecError::Malformed`] or [`CodecError::TrailingBytes`].
pub fn decode_snapshot<T: Decode<()>>(bytes: &[u8]) -> Result<T, CodecError> {
    whole(bincode::decode_from_slice(bytes, config::<SNAPSHOT_BYTES_MAX>()), bytes.len())
}

fn whole<T>(
    decoded: Result<(T, usize), bincode::error::DecodeError>,
    length: usize,
) -> Result<T, CodecError> {
    match decoded {
        Ok((value, used)) if used == length => Ok(value),
        Ok(_) => Err(CodecError::TrailingBytes),
        Err(error) => Err(CodecError::Malformed(error.to_string())),
    }
}
