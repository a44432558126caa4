//! Black-box transcripts of the `archipel` binary, in one test binary.

mod assembly;
mod bench;
mod errors;
mod offline;
mod remote;
