//! Files as they are found: the real ones when they are at hand, their oddities always.

mod counting;
mod orders;
mod reading;
mod real;

use super::*;

pub(super) fn read_text(text: &str, format: Format) -> Result<BallotFile, ReadError> {
    read(text.as_bytes(), format, &ReadOptions::default())
}

pub(super) fn names(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Ballots and how often each was cast.
pub(super) fn ballots(rows: &[(u64, &[u8])]) -> Vec<(u64, Ballot)> {
    rows.iter().map(|(times, row)| (*times, Ballot(row.to_vec()))).collect()
}
