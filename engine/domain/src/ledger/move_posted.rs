//! `move.posted/1`

use super::{LEGS_MAX, Ledger, UnitCode, check_limits, check_rights, find_account};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::{Recorded, Short};
use crate::id::{Line, Slug};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A leg, as signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostLeg {
    /// Which account.
    pub account: Slug,
    /// What is added to it, in minor units; negative takes from it.
    pub amount: i64,
    /// The account's unit, said again so that nobody signs cents for hours.
    pub unit: UnitCode,
}

/// Moves amounts between accounts, at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostMove {
    /// What it is for. Never personal data: the log is for ever.
    pub label: Line,
    /// From 2 to [`LEGS_MAX`] legs that sum to zero in each unit.
    pub legs: Vec<PostLeg>,
}

/// A leg, by number of account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Leg {
    /// Number of the account.
    pub account: u32,
    /// What is added to it, in minor units.
    pub amount: i64,
}

/// A move was posted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MovePosted {
    /// The legs.
    pub legs: Short<Leg, 2>,
    /// Number of the unit of the first leg: the stream that the move belongs to.
    pub unit: u32,
    /// What it is for.
    pub label: Line,
}

impl Command for PostMove {
    type Event = MovePosted;

    fn decide(self, cx: &Cx<'_>) -> Result<MovePosted, Rejection> {
        cx.member()?;
        let unit_of = |leg: &PostLeg| cx.world.directory.by_word(Kind::Unit, leg.unit.as_str());
        let units: Option<Short<u32, 4>> = self.legs.iter().map(unit_of).collect();
        let units = units.ok_or(Ledger::UnitUnknown)?;
        let mut legs = Short::default();
        let mut mismatch = false;
        for (leg, &unit) in self.legs.iter().zip(units.iter()) {
            let (index, account) = find_account(cx, &leg.account)?;
            mismatch |= account.unit != unit;
            legs.0.push(Leg { account: index, amount: leg.amount });
        }
        if mismatch {
            return Err(Ledger::UnitMismatch.into());
        }
        let unit = *units.first().ok_or(Ledger::LegCount)?;
        check_amounts(&legs)?;
        check_rights(cx, &legs)?;
        check_limits(cx, &legs)?;
        Ok(MovePosted { legs, unit, label: self.label })
    }
}

fn check_amounts(legs: &[Leg]) -> Result<(), Ledger> {
    if !(2..=LEGS_MAX).contains(&legs.len()) {
        return Err(Ledger::LegCount);
    }
    if legs.iter().any(|leg| leg.amount == 0) {
        return Err(Ledger::ZeroLeg);
    }
    let mut accounts: Short<u32, 4> = legs.iter().map(|leg| leg.account).collect();
    accounts.0.sort_unstable();
    if accounts.is_sorted_by(|a, b| a < b) { Ok(()) } else { Err(Ledger::AccountTwice) }
}

impl Event for MovePosted {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Unit, self.unit)
    }

    /// Balances are kept apart from the accounts' own state (`Balances`).
    fn entities(&self, _: &mut dyn FnMut(EntityRef)) {}

    fn evolve(&self, _: u32, _: EntityMut<'_>, _: &Recorded<'_>) {}
}
