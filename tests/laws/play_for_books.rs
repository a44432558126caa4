//! Towns whose moves end in books.

use super::play::Players;
pub(crate) use super::play::{Op, ops};
use archipel_testkit::scenario::{Live, Stage as _, furnish};

/// Plays in a furnished town.
pub(crate) fn play(live: &mut Live, ops: &[Op]) {
    let mut players = Players::new(furnish(live));
    for op in ops {
        players.play(live, *op);
    }
    live.settle();
}
