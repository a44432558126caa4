//! Laws of the state: whatever members do, live, replayed at any number of threads, from any
//! snapshot and after any restart, the same state; and nothing that is decoded ever panics.

mod codec;
mod crashes;
mod mandates;
mod merging;
mod play;
mod play_draws;
mod play_elections;
pub(crate) mod play_for_books;
mod play_roles;
mod play_rotations;
mod play_safeguards;
mod play_votes;
mod races;
mod recovery;
mod replay;
