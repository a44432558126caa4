//! `member.admitted/1`

use super::{Membership, check_key_is_new};
use crate::act::{Command, Event, KeyProof};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Hash, KeyId, MemberId, SignatureBytes, Slug};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Admits a member under a pseudonym. Personal data stays off the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdmitMember {
    /// Random pseudonym.
    pub member: MemberId,
    /// First key.
    pub key: KeyId,
    /// Proof of possession of the key.
    pub proof: SignatureBytes,
    /// The member's groups.
    pub groups: Vec<Slug>,
    /// Salted commitment to personal data kept elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Hash>,
}

/// A member was admitted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MemberAdmitted {
    index: u32,
    member: MemberId,
    key: KeyId,
    groups: Vec<u32>,
}

impl Command for AdmitMember {
    type Event = MemberAdmitted;

    fn decide(self, cx: &Cx<'_>) -> Result<MemberAdmitted, Rejection> {
        let granted = cx.require_scoped(Power::Membership)?;
        let groups = self.groups.iter().map(|group| cx.find(Kind::Group, group));
        let groups: Option<Vec<u32>> = groups.collect();
        let mut groups = groups.ok_or(Membership::GroupUnknown)?;
        groups.sort_unstable();
        groups.dedup();
        granted.check_groups(Some(&groups))?;
        let taken = cx.find_uuid(Kind::Member, self.member.0).is_some();
        let instances = cx.find_uuid(Kind::Instance, self.member.0).is_some();
        if taken || instances {
            return Err(Membership::MemberExists.into());
        }
        check_key_is_new(cx, self.key)?;
        let index = cx.world.tables.members.next_index();
        Ok(MemberAdmitted { index, member: self.member, key: self.key, groups })
    }

    fn proofs(&self) -> Vec<KeyProof> {
        vec![KeyProof { key: self.key, owner: self.member, proof: self.proof }]
    }
}

impl Event for MemberAdmitted {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Member, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::Uuid(self.member.0)));
        add(Entry::Key(self.key, self.index));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Member(member) = entity {
            member.admitted = recorded.position;
            member.groups.clone_from(&self.groups);
            member.enrol(self.key, recorded.position);
        }
    }
}
