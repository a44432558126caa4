//! Draws by lot that anybody can redo: from a pool, parameters and a seed to a panel.
//!
//! The rules are those of `docs/spec/draws.md`. What holds for all of them:
//! - integers only, and no modulo bias but in [`rfc3797`], which is kept as it was published;
//! - the order of people in a file changes nothing: they are ordered by SHA-256 of their ids;
//! - the seed binds the draw, the pool and the parameters: none can be exchanged for another.
//!
//! [`Pool`] is who can be drawn, [`Parameters`] how, [`Announcement`] where chance is to come
//! from, [`Entropy`] what came, [`draw`] the one way from these to [`Drawn`]. [`chances`] says
//! beforehand what chance each person has. [`stratified`] makes the compositions of a panel with
//! quotas, as fair as can be.

pub mod bits;
mod chain;
mod chance;
mod composed;
mod entropy;
mod error;
mod lottery;
mod panel;
mod parameters;
mod pool;
mod replacement;
pub mod rfc3797;
mod seats;
pub mod stratified;
#[cfg(test)]
mod tests;

pub use chain::{Beacon, BeaconVerifier, Chain, Scheme};
pub use chance::chances;
pub use composed::{Composition, Distribution};
pub use entropy::{Announcement, Entropy, EntropyError, NumberSource, Reveal, Subject};
pub use error::DrawError;
pub use lottery::Lottery;
pub use panel::{Drawn, DrawnComposition, Lot, Stratum, draw, representatives};
pub use parameters::{Design, Fallback, Parameters};
pub use pool::{Person, Pool, PoolError, commitment};
pub use replacement::{Seat, replace, replace_from};
pub use seats::{Apportionment, largest_remainder};
