//! Facts: accepted acts with their names resolved to dense numbers, which projections fold.

use crate::act::Fact;
use crate::time::Timestamp;
use bincode::de::{BorrowDecode, BorrowDecoder, Decoder};
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};
use smallvec::SmallVec;

/// Who is the author of a recorded act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Author {
    /// The member with that number.
    Member(u32),
    /// The instance's own key.
    Registrar,
    /// Somebody who is not a member (a signatory of a call).
    Outsider,
}

impl Author {
    /// The member's number.
    #[must_use]
    pub fn member(self) -> Option<u32> {
        match self {
            Self::Member(index) => Some(index),
            Self::Registrar | Self::Outsider => None,
        }
    }
}

/// What is stored of an accepted act besides its leaf. The fact comes first, so that a reader
/// sees what it is from the first four bytes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Record {
    /// What happened.
    pub fact: Fact,
    /// When the sequencer recorded it.
    pub at: Timestamp,
    /// Who did it.
    pub author: Author,
    /// Number of the assignment under which it was done.
    pub acting_as: Option<u32>,
}

/// A record at its position in the log.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// 0-based, gapless; equal to the leaf's index in the Merkle tree.
    pub position: u64,
    /// What is recorded there.
    pub record: &'a Record,
}

/// A short list held inline up to `N` items: facts are decoded by the million.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Short<T, const N: usize>(pub SmallVec<[T; N]>);

impl<T, const N: usize> std::ops::Deref for Short<T, N> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const N: usize> FromIterator<T> for Short<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: Encode, const N: usize> Encode for Short<T, N> {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        let length = u16::try_from(self.0.len())
            .map_err(|_| EncodeError::Other("a short list holds at most 65,535 items"))?;
        length.encode(encoder)?;
        self.0.iter().try_for_each(|item| item.encode(encoder))
    }
}

impl<C, T: Decode<C>, const N: usize> Decode<C> for Short<T, N> {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let length = usize::from(u16::decode(decoder)?);
        decoder.claim_container_read::<T>(length)?;
        let mut items = SmallVec::new();
        for _ in 0..length {
            decoder.unclaim_bytes_read(size_of::<T>());
            items.push(T::decode(decoder)?);
        }
        Ok(Self(items))
    }
}

impl<'de, C, T: Decode<C>, const N: usize> BorrowDecode<'de, C> for Short<T, N> {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::decode(decoder)
    }
}
