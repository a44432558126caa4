//! `member.left/1`

use super::present_member;
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::MemberId;
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Ends a membership: one's own, or another's under the power over membership.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaveMembership {
    /// Who leaves.
    pub member: MemberId,
}

/// A member left.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MemberLeft {
    index: u32,
}

impl Command for LeaveMembership {
    type Event = MemberLeft;

    fn decide(self, cx: &Cx<'_>) -> Result<MemberLeft, Rejection> {
        let own = cx.find_uuid(Kind::Member, self.member.0) == Some(cx.member()?);
        let granted = (!own).then(|| cx.require_scoped(Power::Membership)).transpose()?;
        let (index, member) = present_member(cx, self.member)?;
        granted.map_or(Ok(()), |granted| granted.check_groups(Some(&member.groups)))?;
        Ok(MemberLeft { index })
    }
}

impl Event for MemberLeft {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Member, self.index)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Member(member) = entity {
            member.left = Some(recorded.position);
        }
    }
}
