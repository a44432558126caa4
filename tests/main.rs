//! Acceptance tests.

mod fuzz;

mod conformance;
mod golden;
mod crash;
