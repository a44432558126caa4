//! The last valid ballot of every voter, by vote: the projection `tallies`.

use crate::act::Fact;
use crate::codec;
use crate::fact::Recorded;
use crate::id::Hash;
use crate::projection::Projection;
use bincode::{Decode, Encode};
use sha2::{Digest, Sha256};

/// Voters whose ballots lie in one page: small enough that a sparse vote wastes little.
const PAGE_VOTERS: usize = 64;

/// The ballots of one vote: a row of marks for each voter, by the voter's number.
///
/// Rows have the fixed width of the vote's method (`counting::marks`); a first mark of 0 means no
/// ballot. They lie in pages of [`PAGE_VOTERS`] that exist once somebody of them has voted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct BallotBox {
    width: u16,
    pages: Vec<Vec<u8>>,
}

static EMPTY: BallotBox = BallotBox {
    width: 0,
    pages: Vec::new(),
};

impl BallotBox {
    /// Replaces the voter's ballot.
    fn put(&mut self, voter: u32, row: &[u8]) {
        if self.width == 0 {
            self.width = u16::try_from(row.len()).unwrap_or(u16::MAX);
        }
        let width = usize::from(self.width);
        let voter = usize::try_from(voter).unwrap_or(usize::MAX);
        let (page, slot) = (voter / PAGE_VOTERS, voter % PAGE_VOTERS);
        if page >= self.pages.len() {
            self.pages.resize_with(page.saturating_add(1), Vec::new);
        }
        let Some(page) = self.pages.get_mut(page) else {
            return;
        };
        if page.is_empty() {
            page.resize(width.saturating_mul(PAGE_VOTERS), 0);
        }
        let start = slot.saturating_mul(width);
        if let Some(place) = page.get_mut(start..start.saturating_add(width)) {
            // Rows of another width can not come from an admitted ballot.
            if place.len() == row.len() {
                place.copy_from_slice(row);
            }
        }
    }

    /// The ballots, each with its voter's number, in order of number.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let width = usize::from(self.width).max(1);
        let paged = self.pages.iter().enumerate();
        paged.flat_map(move |(number, page)| {
            let first = number.saturating_mul(PAGE_VOTERS);
            page.chunks_exact(width)
                .enumerate()
                .filter_map(move |(slot, row)| {
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
        let page = self.pages.get(voter / PAGE_VOTERS)?;
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
        if later.pages.len() > self.pages.len() {
            self.pages.resize_with(later.pages.len(), Vec::new);
        }
        for (page, newer) in self.pages.iter_mut().zip(later.pages) {
            if page.is_empty() {
                *page = newer;
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
        for (number, page) in (0_u32..)
            .zip(&self.pages)
            .filter(|(_, page)| !page.is_empty())
        {
            hasher.update(number.to_be_bytes());
            hasher.update(page);
        }
        Hash(hasher.finalize().into())
    }
}

/// The ballots of every vote, by the vote's number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Ballots {
    boxes: Vec<BallotBox>,
}

impl Ballots {
    /// The ballots of a vote; an empty box when nobody has voted.
    #[must_use]
    pub fn of(&self, vote: u32) -> &BallotBox {
        usize::try_from(vote)
            .ok()
            .and_then(|vote| self.boxes.get(vote))
            .unwrap_or(&EMPTY)
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
            self.boxes
                .resize_with(vote.checked_add(1)?, BallotBox::default);
        }
        self.boxes.get_mut(vote)
    }
}

impl Projection for Ballots {
    const NAME: &'static str = "tallies";
    const VERSION: u32 = 1;

    fn takes(type_name: &str) -> bool {
        type_name == "ballot.cast/1"
    }

    fn apply(&mut self, recorded: &Recorded<'_>) {
        let Fact::BallotCast(cast) = &recorded.record.fact else {
            return;
        };
        if !(recorded.can_name(cast.vote) && recorded.can_name(cast.voter)) {
            return;
        }
        self.put(cast.vote, cast.voter, &cast.row);
    }

    fn merge(mut self, later: Self) -> Self {
        if later.boxes.len() > self.boxes.len() {
            self.boxes
                .resize_with(later.boxes.len(), BallotBox::default);
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
