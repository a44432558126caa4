//! The domain of Archipel: acts, the rules that admit them, and the states they add up to.
//!
//! Everything here is a pure function of its arguments. There is no I/O, no clock, no randomness,
//! no thread, no float in a tally or a balance, and no iteration in hash order. A front end hands
//! a verified statement to [`World::decide`](world::World::decide); if no rule forbids it, the
//! record that comes back is appended to the log and folded in by
//! [`World::evolve`](world::World::evolve), which cannot fail.

pub mod act;
pub mod authority;
pub mod codec;
mod compact;
pub mod counting;
pub mod delegation;
pub mod draw;
pub mod election;
pub mod entity;
pub mod fact;
pub mod federation;
pub mod id;
pub mod ledger;
pub mod membership;
pub mod projection;
pub mod proposal;
pub mod rejection;
pub mod role;
pub mod rota;
pub mod safeguard;
pub mod sortition;
pub mod tables;
pub mod time;
pub mod timeline;
pub mod vote;
pub mod world;
