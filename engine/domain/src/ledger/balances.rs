//! Posted balances and reversed moves: the projection `balances`.

use super::Leg;
use crate::act::Fact;
use crate::codec;
use crate::fact::Recorded;
use crate::id::Hash;
use crate::projection::Projection;
use bincode::{Decode, Encode};
use std::collections::BTreeSet;

/// Posted balance of every account, by the account's number, in minor units.
///
/// Sums are kept in 128 bits: admission holds every balance of a log within 64, but the sum over
/// a part of the log need not be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Balances {
    posted: Vec<i128>,
    moves: u64,
}

impl Balances {
    /// The balance of an account; zero when nothing was ever moved.
    #[must_use]
    pub fn of(&self, account: u32) -> i128 {
        let balance = usize::try_from(account).ok().and_then(|index| self.posted.get(index));
        balance.copied().unwrap_or(0)
    }

    /// How many moves were posted, reversals among them.
    #[must_use]
    pub fn moves(&self) -> u64 {
        self.moves
    }

    /// Takes in a move: what each of its legs adds to which account.
    pub fn post(&mut self, legs: impl IntoIterator<Item = (u32, i64)>) {
        self.moves = self.moves.saturating_add(1);
        for (account, amount) in legs {
            let index = usize::try_from(account).unwrap_or(usize::MAX);
            if index >= self.posted.len() {
                self.posted.resize(index.saturating_add(1), 0);
            }
            if let Some(balance) = self.posted.get_mut(index) {
                *balance = balance.saturating_add(i128::from(amount));
            }
        }
    }

    fn add(&mut self, legs: &[Leg], recorded: &Recorded<'_>) {
        let named = legs.iter().filter(|leg| recorded.can_name(leg.account));
        self.post(named.map(|leg| (leg.account, leg.amount)));
    }
}

impl Projection for Balances {
    const NAME: &'static str = "balances";
    const VERSION: u32 = 1;

    fn takes(type_name: &str) -> bool {
        matches!(type_name, "move.posted/1" | "move.reversed/1" | "request.carried/1")
    }

    fn apply(&mut self, recorded: &Recorded<'_>) {
        match recorded.record.fact.effective() {
            Fact::MovePosted(posted) => self.add(&posted.legs, recorded),
            Fact::MoveReversed(reversed) => self.add(&reversed.legs, recorded),
            _ => {}
        }
    }

    fn merge(mut self, later: Self) -> Self {
        if later.posted.len() > self.posted.len() {
            self.posted.resize(later.posted.len(), 0);
        }
        for (balance, change) in self.posted.iter_mut().zip(later.posted) {
            *balance = balance.saturating_add(change);
        }
        self.moves = self.moves.saturating_add(later.moves);
        self
    }

    fn state_hash(&self) -> Hash {
        let state = codec::encode_snapshot(&(Self::NAME, Self::VERSION, self));
        Hash::of(&state.unwrap_or_default())
    }
}

/// Positions of the moves that were reversed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Reversals {
    originals: BTreeSet<u64>,
}

impl Reversals {
    /// Whether the move at a position was reversed.
    #[must_use]
    pub fn contains(&self, position: u64) -> bool {
        self.originals.contains(&position)
    }

    /// Takes in the next fact.
    pub fn apply(&mut self, recorded: &Recorded<'_>) {
        if let Fact::MoveReversed(reversed) = recorded.record.fact.effective() {
            self.originals.insert(reversed.original);
        }
    }
}
