//! The last valid ballot of every voter, by vote: the projection `tallies`.

use crate::act::Fact;
use crate::codec;
use crate::counting::marks;
use crate::fact::Recorded;
use crate::id::Hash;
use crate::projection::Projection;
use bincode::de::Decoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};
use sha2::{Digest, Sha256};
use std::ops::Range;

/// Voters whose ballots lie in one page: small enough that a sparse vote wastes little.
const PAGE_VOTERS: usize = 64;

/// The ballots of one vote: a row of marks for each voter, by the voter's number.
///
/// Rows have the fixed width of the vote's method (`counting::marks`); a first mark of 0 means no
/// ballot. They lie in pages of `PAGE_VOTERS` that exist once somebody of them has voted. All
/// pages share one allocation, in the order in which they came into being, so that finding a row
/// costs one memory access beside that of the row; whatever is seen of a box (equality, encoding,
/// hash) is in the order of the voters.
#[derive(Clone, Debug, Default)]
pub struct BallotBox {
    width: u16,
    /// For each page by number, one more than its place in `marks`; 0 when it does not exist.
    places: Vec<u32>,
    marks: Vec<u8>,
}

static EMPTY: BallotBox = BallotBox { width: 0, places: Vec::new(), marks: Vec::new() };

impl BallotBox {
    /// Bytes of a page.
    fn page_len(&self) -> usize {
        usize::from(self.width).saturating_mul(PAGE_VOTERS)
    }

    /// The bytes in `marks` of the page at a place that is not 0.
    fn span(&self, place: u32) -> Range<usize> {
        let before = usize::try_from(place.saturating_sub(1)).unwrap_or(usize::MAX);
        let start = before.saturating_mul(self.page_len());
        start..start.saturating_add(self.page_len())
    }

    /// The pages by number; empty for those that do not exist.
    fn pages(&self) -> impl Iterator<Item = &[u8]> {
        self.places.iter().map(|place| match place {
            0 => &[],
            place => self.marks.get(self.span(*place)).unwrap_or_default(),
        })
    }

    /// The page with a number, made when it is new.
    fn page_mut(&mut self, number: usize) -> Option<&mut [u8]> {
        let page_len = self.page_len();
        if number >= self.places.len() {
            self.places.resize(number.saturating_add(1), 0);
        }
        let place = self.places.get_mut(number)?;
        if *place == 0 {
            let pages = self.marks.len().checked_div(page_len)?;
            *place = u32::try_from(pages.saturating_add(1)).ok()?;
            let end = self.marks.len().saturating_add(page_len);
            self.marks.resize(end, 0);
        }
        let place = *place;
        let span = self.span(place);
        self.marks.get_mut(span)
    }

    /// Replaces the voter's ballot.
    fn put(&mut self, voter: u32, row: &[u8]) {
        if self.width == 0 {
            self.width = u16::try_from(row.len()).unwrap_or(u16::MAX);
        }
        let width = usize::from(self.width);
        // Rows of another width can not come from an admitted ballot.
        if row.len() != width {
            return;
        }
        let voter = usize::try_from(voter).unwrap_or(usize::MAX);
        let start = (voter % PAGE_VOTERS).saturating_mul(width);
        let Some(page) = self.page_mut(voter / PAGE_VOTERS) else {
            return;
        };
        if let Some(place) = page.get_mut(start..start.saturating_add(width)) {
            match (place, row) {
                // The commonest row, without a call for one byte.
                ([place], [mark]) => *place = *mark,
                (place, row) => place.copy_from_slice(row),
            }
        }
    }

    /// The ballots, each with its voter's number, in order of number.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let width = usize::from(self.width).max(1);
        let paged = self.pages().enumerate();
        paged.flat_map(move |(number, page)| {
            let first = number.saturating_mul(PAGE_VOTERS);
            page.chunks_exact(width).enumerate().filter_map(move |(slot, row)| {
                let voter = u32::try_from(first.saturating_add(slot)).ok()?;
                (*row.first()? != 0).then_some((voter, row))
            })
        })
    }

    /// The ballot of one voter.
    #[must_use]
    pub fn row(&self, voter: u32) -> Option<&[u8]> {
        let voter = usize::try_from(voter).ok()?;
        let width = usize::from(self.width);
        let start = (voter % PAGE_VOTERS).checked_mul(width)?;
        let place = self.places.get(voter / PAGE_VOTERS).filter(|place| **place != 0)?;
        let page = self.marks.get(self.span(*place))?;
        let row = page.get(start..start.checked_add(width)?)?;
        (*row.first()? != 0).then_some(row)
    }

    /// Joins the ballots cast later: they replace those of the same voters.
    fn merge(&mut self, later: Self) {
        if self.width == 0 {
            *self = later;
            return;
        }
        if later.width != self.width {
            // No ballot yet, or rows that can not come from an admitted ballot.
            return;
        }
        let width = usize::from(self.width);
        for (number, newer) in later.pages().enumerate().filter(|(_, page)| !page.is_empty()) {
            let Some(page) = self.page_mut(number) else {
                continue;
            };
            if width == 1 {
                for (mark, new) in page.iter_mut().zip(newer) {
                    *mark = if *new == 0 { *mark } else { *new };
                }
                continue;
            }
            for (row, new) in page.chunks_exact_mut(width).zip(newer.chunks_exact(width)) {
                if new.first().is_some_and(|mark| *mark != 0) {
                    row.copy_from_slice(new);
                }
            }
        }
    }

    fn hash(&self) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(self.width.to_be_bytes());
        for (number, page) in (0_u32..).zip(self.pages()).filter(|(_, page)| !page.is_empty()) {
            hasher.update(number.to_be_bytes());
            hasher.update(page);
        }
        Hash(hasher.finalize().into())
    }
}

impl PartialEq for BallotBox {
    fn eq(&self, other: &Self) -> bool {
        self.width == other.width && self.pages().eq(other.pages())
    }
}

impl Eq for BallotBox {}

/// Width, then every page in order, each with its length.
impl Encode for BallotBox {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.width.encode(encoder)?;
        self.places.len().encode(encoder)?;
        self.pages().try_for_each(|page| page.encode(encoder))
    }
}

impl<C> Decode<C> for BallotBox {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let mut decoded = Self { width: u16::decode(decoder)?, ..Self::default() };
        let pages: Vec<Vec<u8>> = Decode::decode(decoder)?;
        decoded.places.resize(pages.len(), 0);
        for (number, page) in pages.iter().enumerate().filter(|(_, page)| !page.is_empty()) {
            match decoded.page_mut(number) {
                Some(place) if place.len() == page.len() => place.copy_from_slice(page),
                _ => return Err(DecodeError::Other("a page of ballots has another length")),
            }
        }
        Ok(decoded)
    }
}

bincode::impl_borrow_decode!(BallotBox);

/// The ballots of every vote, by the vote's number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Ballots {
    boxes: Vec<BallotBox>,
}

impl Ballots {
    /// The ballots of a vote; an empty box when nobody has voted.
    #[must_use]
    pub fn of(&self, vote: u32) -> &BallotBox {
        usize::try_from(vote).ok().and_then(|vote| self.boxes.get(vote)).unwrap_or(&EMPTY)
    }

    /// Takes in a ballot: the voter's last one stays.
    pub fn put(&mut self, vote: u32, voter: u32, row: &[u8]) {
        if let Some(ballots) = self.box_mut(vote) {
            ballots.put(voter, row);
        }
    }

    fn box_mut(&mut self, vote: u32) -> Option<&mut BallotBox> {
        let vote = usize::try_from(vote).ok()?;
        if vote >= self.boxes.len() {
            self.boxes.resize_with(vote.checked_add(1)?, BallotBox::default);
        }
        self.boxes.get_mut(vote)
    }
}

impl Projection for Ballots {
    const NAME: &'static str = "tallies";
    const VERSION: u32 = 1;

    fn takes(type_name: &str) -> bool {
        matches!(type_name, "ballot.cast/1" | "objection.raised/1" | "objection.withdrawn/1")
    }

    fn apply(&mut self, recorded: &Recorded<'_>) {
        let (vote, voter, row): (u32, u32, &[u8]) = match &recorded.record.fact {
            Fact::BallotCast(cast) => (cast.vote, cast.voter, &cast.row),
            // An objection is what its author says, until it is withdrawn.
            Fact::ObjectionRaised(raised) => (raised.vote, raised.objector, &[marks::AGAINST]),
            Fact::ObjectionWithdrawn(changed) => {
                (changed.vote, changed.objector, changed.mark.as_slice())
            }
            _ => return,
        };
        if recorded.can_name(vote) && recorded.can_name(voter) {
            self.put(vote, voter, row);
        }
    }

    fn merge(mut self, later: Self) -> Self {
        if later.boxes.len() > self.boxes.len() {
            self.boxes.resize_with(later.boxes.len(), BallotBox::default);
        }
        for (earlier, later) in self.boxes.iter_mut().zip(later.boxes) {
            earlier.merge(later);
        }
        self
    }

    fn state_hash(&self) -> Hash {
        let mut text = codec::encode_snapshot(&(Self::NAME, Self::VERSION)).unwrap_or_default();
        for (vote, ballots) in (0_u32..).zip(&self.boxes) {
            // A vote without ballots is the same as one that has no box yet.
            if ballots.width > 0 {
                text.extend(vote.to_be_bytes());
                text.extend(ballots.hash().0);
            }
        }
        Hash::of(&text)
    }
}
