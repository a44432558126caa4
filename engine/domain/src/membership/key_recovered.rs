//! `key.recovered/1`

use super::{KEYS_MAX, Membership, check_key_is_new, present_member};
use crate::act::{Command, Event, KeyProof};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind};
use crate::fact::Recorded;
use crate::id::{KeyId, MemberId, SignatureBytes};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Gives a member who lost every key a new one, and revokes the others. Never done directly: it
/// is requested, and the member can stop it with any key that still counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoverKey {
    /// Whose key was lost.
    pub member: MemberId,
    /// The new key.
    pub key: KeyId,
    /// Proof of possession of the new key.
    pub proof: SignatureBytes,
}

/// A member's keys were replaced.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct KeyRecovered {
    member: u32,
    key: KeyId,
}

impl Command for RecoverKey {
    type Event = KeyRecovered;

    fn decide(self, cx: &Cx<'_>) -> Result<KeyRecovered, Rejection> {
        cx.require(Power::Membership)?;
        let (index, member) = present_member(cx, self.member)?;
        cx.recovers_key_of(index);
        check_key_is_new(cx, self.key)?;
        if member.keys.len() >= KEYS_MAX {
            return Err(Membership::TooManyKeys.into());
        }
        Ok(KeyRecovered { member: index, key: self.key })
    }

    fn proofs(&self) -> Vec<KeyProof> {
        vec![KeyProof { key: self.key, owner: self.member, proof: self.proof }]
    }
}

impl Event for KeyRecovered {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Member, self.member)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Key(self.key, self.member));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Member(member) = entity {
            member.revoke_all(recorded.position);
            member.enrol(self.key, recorded.position);
        }
    }
}
