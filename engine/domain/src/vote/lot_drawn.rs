//! `lot.drawn/1`
//!
//! The order that a lot gives is that of SHA-256(seed ‖ id of the option), bytes compared, the
//! smallest first. The seed is SHA-256 of `archipel.lot.v1`, a line feed, the vote's id (16
//! bytes), the tally hash, then the secrets in the order of their commitments. In a yes/no vote
//! the option competes with the empty id, which stands for the status quo.

use super::Votes;
use super::procedure::TieBreaker;
use super::rules::TiePolicy;
use super::tie_broken::{TieBroken, Tied};
use crate::act::Command;
use crate::authority::Cx;
use crate::id::{Hash, StatementId};
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

/// Draws the lot that breaks a tie, by revealing the secrets that were committed to at the
/// opening. It is drawn once; whoever has the secrets can record it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawLot {
    /// Which vote.
    pub vote: StatementId,
    /// The secrets, 32 bytes each, in the order of their commitments.
    pub secrets: Vec<Hash>,
}

impl Command for DrawLot {
    type Event = TieBroken;

    fn decide(self, cx: &Cx<'_>) -> Result<TieBroken, Rejection> {
        let tied = Tied::find(cx, self.vote)?;
        let Some(TiePolicy::Lot { commitments }) = &tied.rules.tie else {
            return Err(Votes::TieOtherPolicy.into());
        };
        let made: Vec<Hash> = self.secrets.iter().map(|secret| Hash::of(&secret.0)).collect();
        if made != *commitments {
            return Err(Votes::LotSecrets.into());
        }
        let tally = tied.vote.declared.as_ref().map_or(Hash([0; 32]), |declared| declared.tally);
        let seed = seed(self.vote, tally, &self.secrets);
        let order = order(&tied, seed);
        Ok(tied.broken(cx, order, TieBreaker::Lot { secrets: self.secrets, seed }))
    }
}

/// The seed of a lot.
#[must_use]
pub fn seed(vote: StatementId, tally: Hash, secrets: &[Hash]) -> Hash {
    let mut text = b"archipel.lot.v1\n".to_vec();
    text.extend(vote.0.to_be_bytes());
    text.extend(tally.0);
    text.extend(secrets.iter().flat_map(|secret| secret.0));
    Hash::of(&text)
}

/// The ticket of an option; the smallest comes first.
fn ticket(seed: Hash, id: &str) -> Hash {
    Hash::of(&[&seed.0, id.as_bytes()].concat())
}

fn order(tied: &Tied<'_>, seed: Hash) -> Vec<u32> {
    let id = |column: u32| tied.vote.option(column).map_or("", |option| option.id.as_str());
    if tied.vote.is_on_one_text() {
        let adopted = ticket(seed, id(0)).0 < ticket(seed, "").0;
        return if adopted { vec![0] } else { Vec::new() };
    }
    let mut order = tied.open.tied.clone();
    order.sort_by_key(|column| ticket(seed, id(*column)).0);
    order
}
