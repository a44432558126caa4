//! Black-box transcripts of the `archipel` binary, in one test binary.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a transcript that does not hold is a test that fails"
)]

mod assembly;
mod bench;
mod deliberation;
mod draws;
mod elections;
mod errors;
mod lottery;
mod mandates;
mod offline;
mod remote;
mod rotation;
mod safeguards;
mod witness;
