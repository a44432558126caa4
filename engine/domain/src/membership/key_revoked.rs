//! `key.revoked/1`

use super::{Membership, present_member};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{KeyId, MemberId};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Revokes a key: one's own, or another's under the power over membership (a stolen phone).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeKey {
    /// Whose key.
    pub member: MemberId,
    /// Which key.
    pub key: KeyId,
}

/// A key was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct KeyRevoked {
    member: u32,
    key: KeyId,
}

impl Command for RevokeKey {
    type Event = KeyRevoked;

    fn decide(self, cx: &Cx<'_>) -> Result<KeyRevoked, Rejection> {
        let own = cx.find_uuid(Kind::Member, self.member.0) == Some(cx.member()?);
        let granted = (!own).then(|| cx.require_scoped(Power::Membership)).transpose()?;
        let (index, member) = present_member(cx, self.member)?;
        granted.map_or(Ok(()), |granted| granted.check_groups(Some(&member.groups)))?;
        let key = member.keys.iter().find(|key| key.key == self.key);
        let key = key.ok_or(Membership::NotMembersKey)?;
        if key.revoked.is_some() {
            return Err(Membership::AlreadyRevoked.into());
        }
        let valid = member.keys.iter().filter(|key| key.revoked.is_none()).count();
        if own && valid == 1 {
            return Err(Membership::LastKey.into());
        }
        if valid == 1 {
            cx.revokes_last_key();
        }
        Ok(KeyRevoked { member: index, key: self.key })
    }
}

impl Event for KeyRevoked {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Member, self.member)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Member(member) = entity {
            member.revoke(self.key, recorded.position);
        }
    }
}
