//! Publishing: the log as others see it, and the signature that the instance gives for it.
//!
//! ```text
//! append + fsync ─> hashes of the tiles ─> checkpoint signed ─> kept in DIR/checkpoint, fsync
//!                                        ─> witnesses cosign ─> shown: checkpoint, tiles, receipts
//! ```
//!
//! [`PublicLog`] is what readers see, [`Publisher`] what moves it on; [`StaticTiles`] writes the
//! same files into a directory that any file server can host. What has been signed is kept before
//! it leaves the process ([`signed`]), so that a log which lost its tail signs nothing that
//! contradicts it.

mod entries;
mod error;
mod hashes;
mod mirror;
mod public_log;
mod publisher;
pub mod signed;
mod static_tiles;
#[cfg(test)]
mod tests;

pub use entries::Entries;
pub use error::PublishError;
pub use hashes::HashFiles;
pub use mirror::Mirror;
pub use public_log::{Alarm, PublicLog, Published};
pub use publisher::{After, Cadence, Cosigner, NoWitness, Proofs, Publisher, PublisherThread};
pub use static_tiles::{Exported, Shown, StaticTiles};
