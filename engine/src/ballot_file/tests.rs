//! Files as they are found: the real ones when they are at hand, their oddities always.

mod counting;
mod hostile;
mod odd_records;
mod orders;
mod reading;
mod real;
mod sets;
mod writing;

use super::*;
use archipel_domain::counting::outcome::Evidence;
use archipel_domain::counting::{Outcome, Ungraded};

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

/// The outcome of a file, before any tie-break.
fn outcome_of(
    file: &BallotFile,
    method: Method,
    options: &CountOptions,
) -> Result<Outcome, CountFileError> {
    count_file(file, method, options).map(|counted| counted.outcome)
}
