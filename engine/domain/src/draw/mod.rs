//! Drawing lots: who sits on a panel.
//!
//! Everything here is a pure function: a lottery follows from a pool and its quotas alone, and a
//! panel from a lottery and a public seed.

pub mod stratified;
