//! `move.reversed/1`

use super::{Ledger, Leg, check_limits, check_rights};
use crate::act::{Command, Event, Fact};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::{Recorded, Short};
use crate::id::{Line, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Reverses a whole move, once: the only correction. Both stay in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReverseMove {
    /// The statement that posted the move.
    pub original: StatementId,
    /// Why.
    pub reason: Line,
}

/// A move was reversed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MoveReversed {
    /// The legs of the original, negated.
    pub legs: Short<Leg, 2>,
    /// Number of the unit of the first leg: the stream that the move belongs to.
    pub unit: u32,
    /// Position of the original.
    pub original: u64,
    /// Why.
    pub reason: Line,
}

impl Command for ReverseMove {
    type Event = MoveReversed;

    fn decide(self, cx: &Cx<'_>) -> Result<MoveReversed, Rejection> {
        cx.member()?;
        let cited = cx.cited.ok_or(Ledger::MoveUnknown)?;
        let original = match cited.record.fact.effective() {
            Fact::MovePosted(posted) => posted,
            Fact::MoveReversed(_) => return Err(Ledger::ReversalOfReversal.into()),
            _ => return Err(Ledger::NotAMove.into()),
        };
        // Amounts come from JSON integers within 53 bits, so each has a negative.
        let negate = |leg: &Leg| Leg { account: leg.account, amount: leg.amount.saturating_neg() };
        let legs: Short<Leg, 2> = original.legs.iter().map(negate).collect();
        check_rights(cx, &legs)?;
        if cx.world.reversals.contains(cited.position) {
            return Err(Ledger::AlreadyReversed.into());
        }
        check_limits(cx, &legs)?;
        let unit = original.unit;
        Ok(MoveReversed { legs, unit, original: cited.position, reason: self.reason })
    }

    fn cites(&self) -> Option<StatementId> {
        Some(self.original)
    }
}

impl Event for MoveReversed {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Unit, self.unit)
    }

    fn entities(&self, _: &mut dyn FnMut(EntityRef)) {}

    fn evolve(&self, _: u32, _: EntityMut<'_>, _: &Recorded<'_>) {}
}
