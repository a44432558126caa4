//! `key.enrolled/1`

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

/// Enrols a further key of the author (another device).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolKey {
    /// The author again, whom the proof of possession names.
    pub member: MemberId,
    /// The new key.
    pub key: KeyId,
    /// Proof of possession of the new key.
    pub proof: SignatureBytes,
}

/// A key was enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct KeyEnrolled {
    member: u32,
    key: KeyId,
}

impl Command for EnrolKey {
    type Event = KeyEnrolled;

    fn decide(self, cx: &Cx<'_>) -> Result<KeyEnrolled, Rejection> {
        let (index, member) = own_record(cx)?;
        if cx.find_uuid(Kind::Member, self.member.0) != Some(index) {
            return Err(Membership::MemberUnknown.into());
        }
        check_key_is_new(cx, self.key)?;
        if member.keys.len() >= KEYS_MAX {
            return Err(Membership::TooManyKeys.into());
        }
        Ok(KeyEnrolled { member: index, key: self.key })
    }

    fn proofs(&self) -> Vec<KeyProof> {
        vec![KeyProof { key: self.key, owner: self.member, proof: self.proof }]
    }
}

impl Event for KeyEnrolled {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Member, self.member)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Key(self.key, self.member));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Member(member) = entity {
            member.enrol(self.key, recorded.position);
        }
    }
}
