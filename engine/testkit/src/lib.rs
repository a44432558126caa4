//! What Archipel's own tests share: stores with planned failures, the suite that every store must
//! pass, and damage to data directories. Never a dependency of anything that ships.

// A test kit fails by panicking, and counts in whatever integer is at hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

pub mod conformance;
pub mod damage;
pub mod faulty;
pub mod keys;
pub mod power;
pub mod sample;
pub mod scenario;
pub mod stores;
