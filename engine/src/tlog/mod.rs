//! The transparency log: what others need to check this log without trusting its server.
//!
//! The formats are those of C2SP, so that other programs read them: signed notes ([`note`]),
//! checkpoints ([`checkpoint`]), cosignatures of witnesses ([`cosignature`]), tiles and entry
//! bundles ([`tile`]) and receipts ([`receipt`]). [`proof`] makes and verifies the proofs of
//! RFC 6962. Everything here is pure: bytes in, bytes or a [`TlogError`] out.

pub(crate) mod base64;
pub mod checkpoint;
pub mod cosignature;
mod error;
pub mod fork;
pub mod note;
pub mod proof;
pub mod receipt;
#[cfg(test)]
mod tests;
pub mod tile;

pub use error::TlogError;
