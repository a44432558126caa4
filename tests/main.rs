//! Acceptance tests.

// A test fails by panicking, and counts in whatever integer is at hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod fuzz;

mod conformance;
mod golden;
mod crash;
mod bad_input;
mod laws;
mod tidy;
