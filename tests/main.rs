//! Acceptance tests.

mod fuzz;

mod conformance;
mod golden;
mod crash;
mod bad_input;
mod laws;
