//! `assignment.delegated/1` and `assignment.reclaimed/1`: somebody else acts for a while.

use super::{
    Assignment, Power, PowerDelegation, Roles, charter, find_running, limits, scopes, standing,
};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{MemberId, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Lets a member act under one's own mandate, with some of its powers, for a while: to one at a
/// time, never on from there, and never in a ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelegateAssignment {
    /// Which assignment.
    pub assignment: StatementId,
    /// Who may act under it.
    pub to: MemberId,
    /// First moment at which they no longer may; not after the mandate's end.
    pub until: Timestamp,
    /// With which of the role's powers.
    pub powers: Vec<Power>,
}

/// Takes a delegation back. Whoever has it can give it back as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReclaimAssignment {
    /// Which assignment.
    pub assignment: StatementId,
}

/// A mandate was delegated.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AssignmentDelegated {
    assignment: u32,
    role: u32,
    to: u32,
    until: Timestamp,
    powers: Vec<Power>,
}

/// A delegation was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AssignmentReclaimed {
    assignment: u32,
    role: u32,
}

impl Command for DelegateAssignment {
    type Event = AssignmentDelegated;

    fn decide(self, cx: &Cx<'_>) -> Result<AssignmentDelegated, Rejection> {
        let author = cx.member()?;
        let (index, held) = find_running(cx, self.assignment)?;
        if held.member != author {
            return Err(Roles::NotHolder.into());
        }
        let tenure = standing::tenure(cx.world, index);
        let delegable = charter(cx.world, held.role).is_some_and(|charter| charter.delegable);
        if !delegable || tenure.is_awaited() {
            return Err(Roles::NotDelegable.into());
        }
        let to = cx.find_uuid(Kind::Member, self.to.0).ok_or(Roles::MemberUnknown)?;
        if cx.world.tables.members.get(to).is_none_or(|member| member.left.is_some()) {
            return Err(Roles::MemberUnknown.into());
        }
        if self.until <= cx.at || self.until > held.until {
            return Err(Roles::DelegationTerm.into());
        }
        let powers: BTreeSet<Power> = self.powers.into_iter().collect();
        let own = scopes(cx.world, held.role);
        if powers.is_empty() || !powers.iter().all(|power| own.contains_key(power)) {
            return Err(Roles::DelegationPowers.into());
        }
        if tenure.delegation(cx.at).is_some() {
            return Err(Roles::DelegatedAlready.into());
        }
        if to == author || acts_for(cx, to, author) {
            return Err(Roles::DelegationRing.into());
        }
        if excludes(cx, to, held, self.until) {
            return Err(Roles::Incompatible.into());
        }
        let powers = powers.into_iter().collect();
        Ok(AssignmentDelegated {
            assignment: index,
            role: held.role,
            to,
            until: self.until,
            powers,
        })
    }
}

/// Whether somebody has, through others or not, delegated a mandate of theirs to another.
fn acts_for(cx: &Cx<'_>, giver: u32, receiver: u32) -> bool {
    let tables = &cx.world.tables;
    let given_by = |giver: u32| {
        let own = tables.assignments.iter().filter(move |(_, held)| held.member == giver);
        let live =
            own.filter(|(index, held)| standing::takes_a_seat(cx.world, *index, held, cx.at));
        live.filter_map(|(index, _)| Some(standing::tenure(cx.world, index).delegation(cx.at)?.to))
    };
    let (mut seen, mut open) = (BTreeSet::new(), vec![giver]);
    while let Some(giver) = open.pop() {
        for to in given_by(giver) {
            if to == receiver {
                return true;
            }
            if seen.insert(to) {
                open.push(to);
            }
        }
    }
    false
}

/// Whether the receiver holds a role that excludes this one during the delegation.
fn excludes(cx: &Cx<'_>, to: u32, held: &Assignment, until: Timestamp) -> bool {
    let mut own = cx.world.tables.assignments.iter().filter(|(_, other)| other.member == to);
    own.any(|(_, other)| {
        other.overlaps(cx.at, until) && limits::are_incompatible(cx.world, other.role, held.role)
    })
}

impl Command for ReclaimAssignment {
    type Event = AssignmentReclaimed;

    fn decide(self, cx: &Cx<'_>) -> Result<AssignmentReclaimed, Rejection> {
        let author = cx.member()?;
        let (index, held) = find_running(cx, self.assignment)?;
        let given = standing::tenure(cx.world, index).delegation(cx.at);
        if held.member != author && given.is_none_or(|given| given.to != author) {
            return Err(Roles::NotHolder.into());
        }
        if given.is_none() {
            return Err(Roles::NotDelegated.into());
        }
        Ok(AssignmentReclaimed { assignment: index, role: held.role })
    }
}

impl Event for AssignmentDelegated {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Role, self.role)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Tenure, self.assignment));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Tenure(tenure) = entity {
            tenure.delegations.push(PowerDelegation {
                to: self.to,
                until: self.until,
                powers: self.powers.iter().copied().collect(),
                given: recorded.position,
                reclaimed: None,
            });
        }
    }
}

impl Event for AssignmentReclaimed {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Role, self.role)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Tenure, self.assignment));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Tenure(tenure) = entity {
            for given in &mut tenure.delegations {
                given.reclaimed.get_or_insert(recorded.position);
            }
        }
    }
}
