//! Acceptance tests.

// A test fails by panicking, and counts in whatever integer is at hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod fuzz;

mod audited;
mod bad_input;
mod books;
mod conformance;
mod crash;
mod golden;
mod gossip;
mod laws;
mod published;
mod tidy;
