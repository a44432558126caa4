//! `delegation.given/1`

use super::{DELEGATIONS_MAX, Delegation, Delegations, FrozenScope, Scope, delegator};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::MemberId;
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use crate::vote::procedure;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Delegates the author's vote; replaces what was delegated for the same votes before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelegateVote {
    /// For which votes.
    pub scope: Scope,
    /// To whom.
    pub to: MemberId,
}

/// A vote was delegated.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DelegationGiven {
    member: u32,
    scope: FrozenScope,
    to: u32,
}

impl Command for DelegateVote {
    type Event = DelegationGiven;

    fn decide(self, cx: &Cx<'_>) -> Result<DelegationGiven, Rejection> {
        let member = cx.member()?;
        let scope = self.scope.freeze(cx)?;
        let to = cx.find_uuid(Kind::Member, self.to.0).ok_or(Delegations::DelegateUnknown)?;
        if cx.world.tables.members.get(to).is_none_or(|to| to.left.is_some()) {
            return Err(Delegations::DelegateUnknown.into());
        }
        if to == member {
            return Err(Delegations::DelegateSelf.into());
        }
        if let FrozenScope::Vote(vote) = scope {
            let rules = procedure(cx.world, vote).rules.as_ref();
            let open = cx.world.tables.votes.get(vote);
            let open = open.is_some_and(|vote| vote.closed.is_none() && cx.at < vote.closes_at);
            if !open || rules.is_none_or(|rules| rules.delegation.is_none()) {
                return Err(Delegations::NotDelegable.into());
            }
        }
        if delegator(cx, member).any(|one| one.scope == scope && one.to == to) {
            return Err(Delegations::AlreadyGiven.into());
        }
        if delegator(cx, member).filter(|one| one.scope != scope).count() >= DELEGATIONS_MAX {
            return Err(Delegations::TooMany.into());
        }
        Ok(DelegationGiven { member, scope, to })
    }
}

impl Event for DelegationGiven {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Member, self.member)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Delegator, self.member));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Delegator(delegator) = entity {
            delegator.end(&self.scope, recorded.position);
            let (scope, to) = (self.scope.clone(), self.to);
            delegator.given.push(Delegation { scope, to, from: recorded.position, until: None });
        }
    }
}
