//! The log: canonical text, statements, leaves and the Merkle tree over them.

pub mod canonical;
pub mod leaf;
pub mod merkle;
pub mod statement;
