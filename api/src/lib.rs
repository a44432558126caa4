//! The HTTP surface of Archipel, and its messages in French and English.
//!
//! [`serve()`] runs an opened [`Engine`](archipel_engine::engine::Engine) on a listener until it is
//! told to stop; [`router()`] is the same surface without a listener. There are no rules here:
//! statements go to the engine's `submit`, and what is read comes from `archipel_engine::view`.
//! [`codes`] says which code is which status, [`i18n`] has a sentence for every code.

pub mod codes;
mod events;
pub mod feed;
pub mod gossip;
pub mod i18n;
mod layers;
mod log;
pub mod problem;
mod problems;
mod routes;
mod serve;
mod shared;
mod statements;
#[cfg(test)]
mod tests;
mod views;
pub mod witness;

pub use i18n::{Lang, message};
pub use routes::{Route, router, routes};
pub use serve::{ServeError, serve};
pub use shared::Options;
