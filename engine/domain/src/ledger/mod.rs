//! The ledger: units, accounts with limits, moves of several legs, reversals.
//!
//! Amounts are whole minor units (cents, minutes) as signed 64-bit integers: a leg adds its amount
//! to its account. Per unit, the legs of a move sum to zero, so all balances of a unit always do.

mod account_closed;
mod account_opened;
mod balances;
mod move_posted;
mod move_reversed;
mod unit_defined;

pub use account_closed::{AccountClosed, CloseAccount};
pub use account_opened::{AccountOpened, OpenAccount, Owner};
pub use balances::{Balances, Reversals};
pub use move_posted::{Leg, MovePosted, PostLeg, PostMove};
pub use move_reversed::{MoveReversed, ReverseMove};
pub use unit_defined::{DefineUnit, UnitCode, UnitDefined, UnitKind};

use crate::authority::Cx;
use crate::entity::Kind;
use crate::id::{Line, Slug};
use crate::rejection::rejections;
use crate::role::Power;
use bincode::{Decode, Encode};
use smallvec::SmallVec;

rejections! {
    /// Refusals of the ledger context: reference, unit, amount, authority, state, limits,
    /// overflow, in this order.
    Ledger {
        /// There is no such unit.
        UnitUnknown => "ledger.unit-unknown",
        /// There is no such account.
        AccountUnknown => "ledger.account-unknown",
        /// The account's owner or steward does not exist.
        OwnerUnknown => "ledger.owner-unknown",
        /// There is no such move.
        MoveUnknown => "ledger.move-unknown",
        /// The statement cited is not a posted move.
        NotAMove => "ledger.not-a-move",
        /// The move is a reversal itself.
        ReversalOfReversal => "ledger.reversal-of-reversal",
        /// The unit is defined already.
        UnitExists => "ledger.unit-exists",
        /// More decimals than [`SCALE_MAX`].
        Scale => "ledger.scale",
        /// The account's name is taken.
        AccountExists => "ledger.account-exists",
        /// An account of a member has no steward; every other has one.
        Steward => "ledger.steward",
        /// Only exterior accounts are unbounded below, and they have no bounds at all.
        Unbounded => "ledger.unbounded",
        /// The floor is above the ceiling or above zero, or the ceiling is below zero.
        Bounds => "ledger.bounds",
        /// A leg's unit is not its account's.
        UnitMismatch => "ledger.unit-mismatch",
        /// Fewer than two legs or more than [`LEGS_MAX`].
        LegCount => "ledger.leg-count",
        /// A leg of zero.
        ZeroLeg => "ledger.zero-leg",
        /// Two legs on one account.
        AccountTwice => "ledger.account-twice",
        /// The legs of a unit do not sum to zero.
        SumNotZero => "ledger.sum-not-zero",
        /// Taking from an account needs its owner's key, or its steward's mandate with the power.
        NotAuthorised => "ledger.not-authorised",
        /// Nobody authorises a move under a mandate to their own account, or to its holder's.
        SelfDealing => "ledger.self-dealing",
        /// More is taken at once than the role's power over the ledger allows.
        OverCap => "ledger.over-cap",
        /// The account is closed.
        AccountClosed => "ledger.account-closed",
        /// The account is not empty.
        AccountNotEmpty => "ledger.account-not-empty",
        /// The move is reversed already.
        AlreadyReversed => "ledger.already-reversed",
        /// The balance would fall below the floor.
        BelowFloor => "ledger.below-floor",
        /// The balance would rise above the ceiling.
        AboveCeiling => "ledger.above-ceiling",
        /// The balance would not fit in 64 bits.
        Overflow => "ledger.overflow",
    }
}

/// Most legs of a move.
pub const LEGS_MAX: usize = 64;
/// Most decimals of a unit.
pub const SCALE_MAX: u8 = 9;

/// A unit of account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Unit {
    /// Name for people.
    pub name: Option<Line>,
    /// Decimals: an amount of 1 is `10^-scale` of the unit.
    pub scale: u8,
    /// Euros, time, or something else.
    pub kind: UnitKind,
}

/// Who an account belongs to, by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum OwnerRef {
    /// The common fund.
    #[default]
    Fund,
    /// The world outside: where money comes from and goes to. Without bounds.
    Exterior,
    /// A member.
    Member(u32),
    /// A group.
    Group(u32),
    /// A circle.
    Circle(u32),
}

/// A ledger account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Account {
    /// Number of its unit.
    pub unit: u32,
    /// Whose it is.
    pub owner: OwnerRef,
    /// Number of the role that may take from it; a member's account has none.
    pub steward: Option<u32>,
    /// Lowest balance, in minor units; none for exterior accounts.
    pub floor: Option<i64>,
    /// Highest balance, in minor units.
    pub ceiling: Option<i64>,
    /// Position at which it was closed.
    pub closed: Option<u64>,
}

/// Legs with their accounts.
type WithAccounts<'a> = SmallVec<[(&'a Leg, &'a Account); 4]>;

fn with_accounts<'a>(cx: &Cx<'a>, legs: &'a [Leg]) -> Result<WithAccounts<'a>, Ledger> {
    let accounts = &cx.world.tables.accounts;
    let found = legs.iter().map(|leg| accounts.get(leg.account).map(|account| (leg, account)));
    found.collect::<Option<_>>().ok_or(Ledger::AccountUnknown)
}

/// Checks legs in the order of the list: amounts, authority, states of the accounts.
fn check_rights(cx: &Cx<'_>, legs: &[Leg]) -> Result<(), Ledger> {
    let found = with_accounts(cx, legs)?;
    let sum_in = |unit: u32| -> i128 {
        found.iter().filter(|(_, a)| a.unit == unit).map(|(leg, _)| i128::from(leg.amount)).sum()
    };
    if found.iter().any(|(_, account)| sum_in(account.unit) != 0) {
        return Err(Ledger::SumNotZero);
    }
    let refused = found.iter().filter_map(|(leg, account)| check_authority(cx, leg, account).err());
    if let Some(first) = refused.min() {
        return Err(first);
    }
    check_caps(cx, &found)?;
    if found.iter().any(|(_, account)| account.closed.is_some()) {
        return Err(Ledger::AccountClosed);
    }
    Ok(())
}

/// What is taken under a mandate, in all legs of a unit together, is within the power's caps.
fn check_caps(cx: &Cx<'_>, found: &[(&Leg, &Account)]) -> Result<(), Ledger> {
    let Ok(granted) = cx.require_scoped(Power::Ledger) else { return Ok(()) };
    let taken = |unit: u32| -> u128 {
        let stewarded =
            |account: &&Account| account.unit == unit && account.steward == Some(granted.role);
        let legs = found.iter().filter(|(leg, account)| leg.amount < 0 && stewarded(account));
        legs.map(|(leg, _)| u128::from(leg.amount.unsigned_abs())).sum()
    };
    let within = |(_, account): &(&Leg, &Account)| {
        let taken = u64::try_from(taken(account.unit)).unwrap_or(u64::MAX);
        taken == 0 || granted.check_amount(account.unit, taken).is_ok()
    };
    if found.iter().all(within) { Ok(()) } else { Err(Ledger::OverCap) }
}

/// Checks limits, then overflow. An account outside its limits is only kept from getting worse.
fn check_limits(cx: &Cx<'_>, legs: &[Leg]) -> Result<(), Ledger> {
    let found = with_accounts(cx, legs)?;
    let mut overflow = false;
    let mut above = false;
    for (leg, account) in &found {
        let balance = cx.world.balances.of(leg.account);
        let after = balance.saturating_add(i128::from(leg.amount));
        let beyond = |limit: Option<i64>, below: bool| {
            limit.map(i128::from).is_some_and(
                |limit| {
                    if below { after < limit } else { after > limit }
                },
            )
        };
        if leg.amount < 0 && beyond(account.floor, true) {
            return Err(Ledger::BelowFloor);
        }
        above |= leg.amount > 0 && beyond(account.ceiling, false);
        overflow |= i64::try_from(after).is_err();
    }
    if above {
        return Err(Ledger::AboveCeiling);
    }
    if overflow { Err(Ledger::Overflow) } else { Ok(()) }
}

/// Taking from a member's account is for its owner; from any other, for its steward's mandate.
/// Under a mandate, nothing goes to the author's own account, nor to that of its holder, for whom
/// the author may act.
fn check_authority(cx: &Cx<'_>, leg: &Leg, account: &Account) -> Result<(), Ledger> {
    let author = cx.author.member();
    let owner = match account.owner {
        OwnerRef::Member(owner) => Some(owner),
        _ => None,
    };
    let own = owner.is_some() && owner == author;
    if leg.amount > 0 {
        let mandate = cx.acting_as.and_then(|index| cx.world.tables.assignments.get(index));
        let dealing = mandate.is_some_and(|held| own || owner == Some(held.member));
        return if dealing { Err(Ledger::SelfDealing) } else { Ok(()) };
    }
    let steward = || {
        let granted = cx.require_scoped(Power::Ledger);
        granted.is_ok_and(|granted| account.steward == Some(granted.role))
    };
    if own || (account.steward.is_some() && steward()) {
        return Ok(());
    }
    Err(Ledger::NotAuthorised)
}

/// The account with that slug.
fn find_account<'a>(cx: &Cx<'a>, slug: &Slug) -> Result<(u32, &'a Account), Ledger> {
    let index = cx.find(Kind::Account, slug).ok_or(Ledger::AccountUnknown)?;
    let account = cx.world.tables.accounts.get(index).ok_or(Ledger::AccountUnknown)?;
    Ok((index, account))
}
