//! Crashes of every kind: killed processes, power loss, failing disks, failing steps, damaged
//! files. What was acknowledged is there afterwards, at its position; nothing else is served.
//!
//! | Variable | What | Default |
//! |---|---|---|
//! | `ARCHIPEL_KILL_CYCLES` | killed processes, for each of the two campaigns | 10 |
//! | `ARCHIPEL_POWER_CYCLES` | power cuts, for each of the two campaigns | 20 |
//! | `ARCHIPEL_FLIPS` | flipped bits | 100 |
//! | `ARCHIPEL_AUDIT_FLIPS` | flipped bits of a published log | 60 |
//! | `ARCHIPEL_FAULTS` | up to which call of a kind the disk fails | 3 |
//! | `ARCHIPEL_SEED` | of everything random | 7 |
//!
//! With `CI=true` what a campaign needs (strace, the server's binary) must be there.

// Tests fail by panicking, and count in whatever integer is at hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod damage;
mod disk_errors;
pub(crate) mod kill;
mod power;
mod publish;
mod steps;
pub(crate) mod support;
mod workload;
