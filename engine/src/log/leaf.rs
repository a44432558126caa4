//! Leaves: what the log holds of a statement (docs/spec/leaf.md).
//!
//! ```text
//! format       u16   1
//! recorded_at  i64   milliseconds since 1970, by the sequencer's clock, never decreasing
//! key          32 bytes
//! signature    64 bytes
//! length       u64
//! payload      `length` bytes, exactly as signed
//! ```
//!
//! Integers are big-endian. A leaf is the entry of an RFC 6962 tree and at most 65,535 bytes.

use super::statement::{Signed, StatementError};
use archipel_domain::codec::{self, CodecError};
use archipel_domain::id::KeyId;
use archipel_domain::time::Timestamp;
use bincode::{BorrowDecode, Decode, Encode};

/// The one format so far.
pub const FORMAT: u16 = 1;

/// A decoded leaf.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Leaf {
    /// [`FORMAT`].
    pub format: u16,
    /// When the sequencer recorded it.
    pub recorded_at: Timestamp,
    /// The key that signed: the same as in the payload, so that signatures can be checked
    /// without reading payloads.
    pub key: KeyId,
    /// The ed25519 signature.
    pub signature: [u8; 64],
    /// The exact bytes that were signed.
    pub payload: Vec<u8>,
}

/// A decoded leaf whose payload is still where it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorrowDecode)]
pub struct LeafRef<'a> {
    /// [`FORMAT`].
    pub format: u16,
    /// When the sequencer recorded it.
    pub recorded_at: Timestamp,
    /// The key that signed.
    pub key: KeyId,
    /// The ed25519 signature.
    pub signature: [u8; 64],
    /// The exact bytes that were signed.
    pub payload: &'a [u8],
}

fn check_format(format: u16) -> Result<(), CodecError> {
    if format == FORMAT {
        return Ok(());
    }
    Err(CodecError::Malformed(format!("leaf format {format} is not known")))
}

impl Leaf {
    /// The leaf of a statement recorded at a moment.
    #[must_use]
    pub fn new(signed: Signed, key: KeyId, recorded_at: Timestamp) -> Self {
        let Signed { payload, signature } = signed;
        Self { format: FORMAT, recorded_at, key, signature, payload }
    }

    /// The bytes of the leaf.
    ///
    /// # Errors
    /// [`StatementError::TooLarge`].
    pub fn encode(&self) -> Result<Vec<u8>, StatementError> {
        codec::encode(self).map_err(|_| StatementError::TooLarge)
    }

    /// Reads a leaf that takes up all the bytes.
    ///
    /// # Errors
    /// [`CodecError`] for bytes of another form or format.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let leaf: Self = codec::decode(bytes)?;
        check_format(leaf.format).map(|()| leaf)
    }

    /// Reads a leaf that takes up all the bytes, without copying its payload.
    ///
    /// # Errors
    /// As [`Leaf::decode`].
    pub fn borrow(bytes: &[u8]) -> Result<LeafRef<'_>, CodecError> {
        let leaf: LeafRef<'_> = codec::decode_borrowed(bytes)?;
        check_format(leaf.format).map(|()| leaf)
    }

    /// The statement as it travelled.
    #[must_use]
    pub fn into_signed(self) -> Signed {
        Signed { payload: self.payload, signature: self.signature }
    }
}
