//! First places among some options. A ballot whose best of them are several is split equally
//! between them, exactly.

use super::Profile;
use crate::counting::marks::rank_key;
use num_rational::BigRational;
use num_traits::Zero as _;
use std::collections::BTreeMap;

/// What the options that are left have.
pub(super) struct Shares {
    /// In the order in which they were asked for.
    pub(super) votes: Vec<BigRational>,
    /// Ballots that rank none of them.
    pub(super) exhausted: u64,
}

impl Shares {
    pub(super) fn total(&self) -> BigRational {
        self.votes.iter().fold(BigRational::zero(), |sum, votes| sum + votes)
    }
}

/// Counts the ballots of a profile among the columns that are left.
pub(super) fn tally(profile: &Profile, left: &[usize]) -> Shares {
    // Whole ballots by how many share them: one division at the end instead of one a ballot.
    let mut split: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
    let mut exhausted = 0;
    for (row, times) in profile {
        let key = |column: &usize| row.get(*column).map_or(u8::MAX, |mark| rank_key(*mark));
        let best = left.iter().map(key).min().unwrap_or(u8::MAX);
        if best == u8::MAX {
            exhausted += times;
            continue;
        }
        let sharing = left.iter().filter(|column| key(column) == best).count();
        let counts = split.entry(sharing).or_insert_with(|| vec![0; left.len()]);
        for (count, column) in counts.iter_mut().zip(left) {
            *count += u64::from(key(column) == best) * times;
        }
    }
    let mut votes = vec![BigRational::zero(); left.len()];
    for (sharing, counts) in split {
        for (votes, count) in votes.iter_mut().zip(counts) {
            *votes += BigRational::new(count.into(), sharing.into());
        }
    }
    Shares { votes, exhausted }
}
