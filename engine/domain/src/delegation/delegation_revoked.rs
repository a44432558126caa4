//! `delegation.revoked/1`

use super::{Delegations, FrozenScope, Scope, delegator};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Takes a delegation back. Before a vote closes this counts, even if the delegate has voted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeDelegation {
    /// For which votes.
    pub scope: Scope,
}

/// A delegation was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DelegationRevoked {
    member: u32,
    scope: FrozenScope,
}

impl Command for RevokeDelegation {
    type Event = DelegationRevoked;

    fn decide(self, cx: &Cx<'_>) -> Result<DelegationRevoked, Rejection> {
        let member = cx.member()?;
        let scope = self.scope.freeze(cx)?;
        if !delegator(cx, member).any(|one| one.scope == scope) {
            return Err(Delegations::NotGiven.into());
        }
        Ok(DelegationRevoked { member, scope })
    }
}

impl Event for DelegationRevoked {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Member, self.member)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Delegator, self.member));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Delegator(delegator) = entity {
            delegator.end(&self.scope, recorded.position);
        }
    }
}
