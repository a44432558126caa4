//! `key.rotated/1`

use super::{KEYS_MAX, Membership, check_key_is_new, own_record};
use crate::act::{Command, Event, KeyProof};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind};
use crate::fact::Recorded;
use crate::id::{KeyId, MemberId, SignatureBytes};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Replaces the key that signs this by a new one, in one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotateKey {
    /// The author again, whom the proof of possession names.
    pub member: MemberId,
    /// The new key.
    pub key: KeyId,
    /// Proof of possession of the new key.
    pub proof: SignatureBytes,
}

/// A key was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct KeyRotated {
    member: u32,
    old: KeyId,
    new: KeyId,
}

impl Command for RotateKey {
    type Event = KeyRotated;

    fn decide(self, cx: &Cx<'_>) -> Result<KeyRotated, Rejection> {
        let (index, member) = own_record(cx)?;
        if cx.find_uuid(Kind::Member, self.member.0) != Some(index) {
            return Err(Membership::MemberUnknown.into());
        }
        check_key_is_new(cx, self.key)?;
        if member.keys.len() >= KEYS_MAX {
            return Err(Membership::TooManyKeys.into());
        }
        Ok(KeyRotated { member: index, old: cx.key, new: self.key })
    }

    fn proofs(&self) -> Vec<KeyProof> {
        vec![KeyProof { key: self.key, owner: self.member, proof: self.proof }]
    }
}

impl Event for KeyRotated {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Member, self.member)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Key(self.new, self.member));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Member(member) = entity {
            member.revoke(self.old, recorded.position);
            member.enrol(self.new, recorded.position);
        }
    }
}
