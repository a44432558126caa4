//! Facts: accepted acts with their names resolved to dense numbers, which projections fold.

use crate::act::{Act, Fact};
use crate::membership::FOUNDERS_MAX;
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

impl Recorded<'_> {
    /// Whether a number can be that of an entity: see [`can_name`].
    #[must_use]
    pub fn can_name(&self, index: u32) -> bool {
        can_name(self.position, index)
    }
}

/// Whether the act at a position can name an entity by a number: numbers are dense, and every act
/// makes at most one entity of a kind, but for the founding. So nothing that is decoded, however
/// wrong, makes a table longer than the log.
#[must_use]
pub fn can_name(position: u64, index: u32) -> bool {
    u64::from(index) <= position.saturating_add(FOUNDERS_MAX as u64)
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

/// What the two commonest facts say, borrowed from their encoded bytes: projections read these by
/// the million, and building each [`Record`] costs more than folding it.
///
/// Reads the front of a record only; that all of it decodes is for rebuilding and the audit to
/// find. `glances_are_what_records_decode_to` holds it to the codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glance<'a> {
    /// Of a ballot: the vote, the voter, and the row of marks.
    Ballot {
        /// Number of the vote.
        vote: u32,
        /// Number of the voter.
        voter: u32,
        /// The row of marks.
        row: &'a [u8],
    },
    /// Of a move: its legs, see [`Glance::leg`].
    Move {
        /// Account (4 bytes) and amount (8 bytes) of each leg, big-endian.
        legs: &'a [[u8; 12]],
    },
}

impl<'a> Glance<'a> {
    /// Looks at an encoded ballot; nothing if the bytes are those of another fact, or too short.
    #[must_use]
    pub fn at_ballot(bytes: &'a [u8]) -> Option<Self> {
        let (tag, rest) = bytes.split_first_chunk()?;
        if u32::from_be_bytes(*tag) != BALLOT {
            return None;
        }
        let (vote, rest) = rest.split_first_chunk()?;
        let (voter, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let row = rest.get(..usize::from(u16::from_be_bytes(*length)))?;
        let (vote, voter) = (u32::from_be_bytes(*vote), u32::from_be_bytes(*voter));
        Some(Self::Ballot { vote, voter, row })
    }

    /// Looks at an encoded move; nothing if the bytes are those of another fact, or too short.
    #[must_use]
    pub fn at_move(bytes: &'a [u8]) -> Option<Self> {
        let (tag, rest) = bytes.split_first_chunk()?;
        if u32::from_be_bytes(*tag) != MOVE {
            return None;
        }
        let (length, rest) = rest.split_first_chunk()?;
        let (legs, _) = rest.as_chunks();
        Some(Self::Move { legs: legs.get(..usize::from(u16::from_be_bytes(*length)))? })
    }

    /// The account and the amount of a leg of a move.
    #[must_use]
    pub fn leg(bytes: &[u8; 12]) -> (u32, i64) {
        let [a, b, c, d, amount @ ..] = *bytes;
        (u32::from_be_bytes([a, b, c, d]), i64::from_be_bytes(amount))
    }
}

/// The tag of a type of act: its row in the table.
pub(crate) const fn tag(name: &str) -> u32 {
    let mut tag = 0;
    let mut rest = Act::TYPES;
    while let [first, more @ ..] = rest {
        if same(first.as_bytes(), name.as_bytes()) {
            return tag;
        }
        tag += 1;
        rest = more;
    }
    panic!("there is no act of that type")
}

const fn same(mut a: &[u8], mut b: &[u8]) -> bool {
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (rest_a, rest_b);
    }
    a.is_empty() && b.is_empty()
}

const BALLOT: u32 = tag("ballot.cast/1");
const MOVE: u32 = tag("move.posted/1");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec;
    use crate::ledger::{Leg, MovePosted};
    use crate::vote::BallotCast;
    use proptest::prelude::*;

    fn record(fact: Fact, author: u32, acting_as: Option<u32>) -> Vec<u8> {
        let author = match author % 3 {
            0 => Author::Member(author),
            1 => Author::Registrar,
            _ => Author::Outsider,
        };
        codec::encode(&Record { fact, at: Timestamp(-7), author, acting_as }).unwrap()
    }

    proptest! {
        #[test]
        fn glances_are_what_records_decode_to(
            vote: u32,
            voter: u32,
            marks in prop::collection::vec(any::<u8>(), 0..40),
            given in prop::collection::vec((any::<u32>(), any::<i64>()), 0..9),
            unit: u32,
            author: u32,
            acting_as: Option<u32>,
        ) {
            let cast = BallotCast { vote, voter, row: marks.iter().copied().collect() };
            let ballot = record(Fact::BallotCast(cast), author, acting_as);
            let expected = Glance::Ballot { vote, voter, row: &marks };
            prop_assert_eq!(Glance::at_ballot(&ballot), Some(expected));
            prop_assert_eq!(Glance::at_move(&ballot), None);

            let legs = given.iter().map(|&(account, amount)| Leg { account, amount }).collect();
            let posted = MovePosted { legs, unit, label: crate::id::Line::new("x").unwrap() };
            let posted = record(Fact::MovePosted(posted), author, acting_as);
            let Some(Glance::Move { legs }) = Glance::at_move(&posted) else {
                return Err(TestCaseError::fail("a move"));
            };
            prop_assert_eq!(legs.iter().map(Glance::leg).collect::<Vec<_>>(), given);
            prop_assert_eq!(Glance::at_ballot(&posted), None);
            for cut in 0..ballot.len().min(14 + marks.len()) {
                prop_assert_eq!(Glance::at_ballot(&ballot[..cut]), None);
            }
        }
    }
}
