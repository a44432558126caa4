//! Delegation: a member lets another vote in their place, for all votes, for those on a topic, or
//! for one vote. It is worked out when a vote closes, from what was in force at that position.

mod delegation_given;
mod delegation_revoked;
mod resolve;

pub use delegation_given::{DelegateVote, DelegationGiven};
pub use delegation_revoked::{DelegationRevoked, RevokeDelegation};
pub use resolve::{Lost, Represented, represented};

use crate::authority::Cx;
use crate::entity::Kind;
use crate::id::{Slug, StatementId};
use crate::rejection::rejections;
use crate::vote::Votes;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

rejections! {
    /// Refusals of the delegation context, in order of precedence.
    Delegations {
        /// There is no such member, or the member has left.
        DelegateUnknown => "delegate.unknown",
        /// Nobody delegates to themselves.
        DelegateSelf => "delegate.self",
        /// The vote is closed, or its rules do not admit delegation.
        NotDelegable => "delegation.not-delegable",
        /// The same delegation is in force already.
        AlreadyGiven => "delegation.already-given",
        /// More delegations in force at once than [`DELEGATIONS_MAX`].
        TooMany => "delegation.too-many",
        /// There is no such delegation in force.
        NotGiven => "delegation.not-given",
    }
}

/// Most delegations of one member in force at once.
pub const DELEGATIONS_MAX: usize = 64;

/// How the votes of a consultation can be delegated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct DelegationRule {
    /// The topic of the vote: delegations for it count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Slug>,
    /// Whether a delegate who does not vote passes on what they hold to their own delegate. If
    /// not, delegations are proxies: only those who hold them directly vote with them.
    pub transitive: bool,
    /// Most votes that anybody casts, their own included; any number when absent. Delegations
    /// given first count first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_weight: Option<u32>,
}

/// For which votes a delegation is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Scope {
    /// For all votes.
    All,
    /// For votes on a topic.
    Topic(Slug),
    /// For one vote.
    Vote(StatementId),
}

/// For which votes, with the vote by number.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum FrozenScope {
    /// For all votes.
    All,
    /// For votes on a topic.
    Topic(Slug),
    /// For one vote.
    Vote(u32),
}

impl Scope {
    fn freeze(self, cx: &Cx<'_>) -> Result<FrozenScope, Votes> {
        Ok(match self {
            Self::All => FrozenScope::All,
            Self::Topic(topic) => FrozenScope::Topic(topic),
            Self::Vote(id) => {
                FrozenScope::Vote(cx.find_uuid(Kind::Vote, id.0).ok_or(Votes::VoteUnknown)?)
            }
        })
    }
}

/// A delegation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Delegation {
    /// For which votes.
    pub scope: FrozenScope,
    /// Number of the delegate.
    pub to: u32,
    /// Position at which it was given.
    pub from: u64,
    /// Position at which it was revoked, or replaced.
    pub until: Option<u64>,
}

impl Delegation {
    /// Whether it is in force just before a position.
    #[must_use]
    pub fn holds_at(&self, position: u64) -> bool {
        self.from < position && self.until.is_none_or(|until| until >= position)
    }
}

/// All that a member ever delegated, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Delegator {
    /// The delegations.
    pub given: Vec<Delegation>,
}

impl Delegator {
    /// The delegations in force just before a position.
    pub fn in_force(&self, position: u64) -> impl Iterator<Item = &Delegation> {
        self.given.iter().filter(move |one| one.holds_at(position))
    }

    fn end(&mut self, scope: &FrozenScope, position: u64) {
        let open = self.given.iter_mut().filter(|one| one.until.is_none() && one.scope == *scope);
        for one in open {
            one.until = Some(position);
        }
    }
}

/// What a member delegates at the position of the act.
fn delegator<'a>(cx: &Cx<'a>, member: u32) -> impl Iterator<Item = &'a Delegation> + use<'a> {
    let state = cx.world.tables.delegators.get(member);
    let position = cx.position;
    state.into_iter().flat_map(move |state| state.in_force(position))
}
