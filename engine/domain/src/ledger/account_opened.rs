//! `account.opened/1`

use super::{Ledger, OwnerRef, UnitCode};
use crate::act::{Command, Event};
use crate::authority::{Authority, Cx, Granted};
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{MemberId, Slug};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Whose account it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// The common fund.
    Fund,
    /// The world outside.
    Exterior,
    /// A member.
    Member(MemberId),
    /// A group.
    Group(Slug),
    /// A circle.
    Circle(Slug),
}

/// Opens an account in one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenAccount {
    /// Its slug.
    pub account: Slug,
    /// Its unit.
    pub unit: UnitCode,
    /// Whose it is.
    pub owner: Owner,
    /// The role that may take from it (not for a member's account).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steward: Option<Slug>,
    /// Lowest balance, in minor units; 0 when absent, never for exterior accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<i64>,
    /// Highest balance, in minor units; none when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<i64>,
}

/// An account was opened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AccountOpened {
    index: u32,
    slug: Slug,
    unit: u32,
    owner: OwnerRef,
    steward: Option<u32>,
    floor: Option<i64>,
    ceiling: Option<i64>,
}

impl Command for OpenAccount {
    type Event = AccountOpened;

    fn decide(self, cx: &Cx<'_>) -> Result<AccountOpened, Rejection> {
        let granted = cx.require_scoped(Power::Accounts)?;
        let unit = cx.world.directory.by_word(Kind::Unit, self.unit.as_str());
        let unit = unit.ok_or(Ledger::UnitUnknown)?;
        let owner = find_owner(cx, &self.owner).ok_or(Ledger::OwnerUnknown)?;
        check_reach(cx, &granted, owner)?;
        // What an account owes is credit from everybody who uses the unit.
        if self.floor.is_some_and(|floor| floor < 0) {
            granted.check_everywhere()?;
        }
        let steward = self.steward.as_ref().map(|role| cx.find(Kind::Role, role));
        let steward = match steward {
            Some(None) => return Err(Ledger::OwnerUnknown.into()),
            Some(Some(role)) => Some(role),
            None => None,
        };
        if cx.find(Kind::Account, &self.account).is_some() {
            return Err(Ledger::AccountExists.into());
        }
        if steward.is_some() == matches!(owner, OwnerRef::Member(_)) {
            return Err(Ledger::Steward.into());
        }
        let exterior = owner == OwnerRef::Exterior;
        if exterior && (self.floor.is_some() || self.ceiling.is_some()) {
            return Err(Ledger::Unbounded.into());
        }
        let floor = if exterior { None } else { Some(self.floor.unwrap_or(0)) };
        // A new account is empty, so zero must lie within its limits.
        if floor.is_some_and(|floor| floor > 0) || self.ceiling.is_some_and(|top| top < 0) {
            return Err(Ledger::Bounds.into());
        }
        Ok(AccountOpened {
            index: cx.world.tables.accounts.next_index(),
            slug: self.account,
            unit,
            owner,
            steward,
            floor,
            ceiling: self.ceiling,
        })
    }
}

/// The accounts of circles can be left to roles whose power reaches them alone.
pub(super) fn check_reach(
    cx: &Cx<'_>,
    granted: &Granted<'_>,
    owner: OwnerRef,
) -> Result<(), Authority> {
    match owner {
        OwnerRef::Circle(circle) => granted.check_circle(cx, circle),
        _ => granted.check_everywhere(),
    }
}

fn find_owner(cx: &Cx<'_>, owner: &Owner) -> Option<OwnerRef> {
    Some(match owner {
        Owner::Fund => OwnerRef::Fund,
        Owner::Exterior => OwnerRef::Exterior,
        Owner::Member(member) => OwnerRef::Member(cx.find_uuid(Kind::Member, member.0)?),
        Owner::Group(group) => OwnerRef::Group(cx.find(Kind::Group, group)?),
        Owner::Circle(circle) => OwnerRef::Circle(cx.find(Kind::Circle, circle)?),
    })
}

impl Event for AccountOpened {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Account, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::from(&self.slug)));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        if let EntityMut::Account(account) = entity {
            account.unit = self.unit;
            account.owner = self.owner;
            account.steward = self.steward;
            account.floor = self.floor;
            account.ceiling = self.ceiling;
        }
    }
}
