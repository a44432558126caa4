//! `account.closed/1`

use super::account_opened::check_reach;
use super::{Ledger, find_account};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::Slug;
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Closes an empty account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseAccount {
    /// Which account.
    pub account: Slug,
}

/// An account was closed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AccountClosed {
    account: u32,
}

impl Command for CloseAccount {
    type Event = AccountClosed;

    fn decide(self, cx: &Cx<'_>) -> Result<AccountClosed, Rejection> {
        let granted = cx.require_scoped(Power::Accounts)?;
        let (index, account) = find_account(cx, &self.account)?;
        check_reach(cx, &granted, account.owner)?;
        if account.closed.is_some() {
            return Err(Ledger::AccountClosed.into());
        }
        if cx.world.balances.of(index) != 0 {
            return Err(Ledger::AccountNotEmpty.into());
        }
        Ok(AccountClosed { account: index })
    }
}

impl Event for AccountClosed {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Account, self.account)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Account(account) = entity {
            account.closed = Some(recorded.position);
        }
    }
}
