//! Membership: the instance, its groups, members, their keys, and the calls that people sign.

mod call_published;
mod call_signed;
mod call_withdrawn;
mod group_registered;
mod instance_founded;
mod key_enrolled;
mod key_recovered;
mod key_revoked;
mod key_rotated;
mod member_admitted;
mod member_left;

pub use call_published::{CallPublished, PublishCall};
pub use call_signed::{CallSigned, SignCall};
pub use call_withdrawn::{CallWithdrawn, WithdrawFromCall};
pub use group_registered::{GroupKind, GroupRegistered, RegisterGroup};
pub use instance_founded::{FoundInstance, Founder, InstanceFounded};
pub use key_enrolled::{EnrolKey, KeyEnrolled};
pub use key_recovered::{KeyRecovered, RecoverKey};
pub use key_revoked::{KeyRevoked, RevokeKey};
pub use key_rotated::{KeyRotated, RotateKey};
pub use member_admitted::{AdmitMember, MemberAdmitted};
pub use member_left::{LeaveMembership, MemberLeft};

use crate::authority::Cx;
use crate::entity::Kind;
use crate::id::{Hash, KeyId, Line, MemberId, Prose};
use crate::rejection::{Rejection, rejections};
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use std::collections::BTreeMap;

rejections! {
    /// Refusals of the membership context, in order of precedence.
    Membership {
        /// A founding names no founder, or more than [`FOUNDERS_MAX`].
        FounderCount => "instance.founder-count",
        /// The founding is not signed by its first founder with the first founder's key.
        FounderSignature => "instance.founder-signature",
        /// Two founders share a pseudonym, a key or an assignment.
        FounderTwice => "instance.founder-twice",
        /// The founding role's term is not between a day and ten years.
        FoundingTerm => "instance.founding-term",
        /// The group's name is taken.
        GroupExists => "group.exists",
        /// There is no such group.
        GroupUnknown => "group.unknown",
        /// The member's pseudonym is taken.
        MemberExists => "member.exists",
        /// There is no such member.
        MemberUnknown => "member.unknown",
        /// The member has left already.
        MemberGone => "member.gone",
        /// The key was enrolled before, by whomever.
        KeyInUse => "key.in-use",
        /// The member has as many keys as allowed ([`KEYS_MAX`]).
        TooManyKeys => "key.too-many",
        /// The key is not one of the member's.
        NotMembersKey => "key.not-members",
        /// The key is revoked already.
        AlreadyRevoked => "key.already-revoked",
        /// A member's last key is replaced, not revoked.
        LastKey => "key.last",
        /// The call's name is taken.
        CallExists => "call.exists",
        /// There is no such call.
        CallUnknown => "call.unknown",
        /// This key has signed the call already.
        AlreadySigned => "call.already-signed",
        /// This key has not signed the call.
        NotSigned => "call.not-signed",
    }
}

/// Most founders of an instance.
pub const FOUNDERS_MAX: usize = 50;
/// Most keys that a member ever enrols.
pub const KEYS_MAX: usize = 32;

/// The instance, as founded.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Instance {
    /// Its own pseudonym as an author.
    pub id: MemberId,
    /// Name for people.
    pub name: Option<Line>,
    /// Hash of the charter's text.
    pub charter: Hash,
    /// The instance's own key.
    pub registrar: KeyId,
    /// When it was founded.
    pub founded_at: Timestamp,
}

impl Default for Instance {
    fn default() -> Self {
        Self {
            id: MemberId(0),
            name: None,
            charter: Hash([0; 32]),
            registrar: KeyId([0; 32]),
            founded_at: Timestamp::default(),
        }
    }
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Group {
    /// Name for people.
    pub name: Option<Line>,
    /// What kind of group.
    pub kind: GroupKind,
}

/// One of a member's keys.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MemberKey {
    /// The public key.
    pub key: KeyId,
    /// Position from which it counts.
    pub since: u64,
    /// Position at which it stopped counting.
    pub revoked: Option<u64>,
}

/// A member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Member {
    /// Position of the admission.
    pub admitted: u64,
    /// Position of the leaving.
    pub left: Option<u64>,
    /// Numbers of the member's groups.
    pub groups: Vec<u32>,
    /// Every key ever enrolled, in order.
    pub keys: Vec<MemberKey>,
}

impl Member {
    /// Whether the key is the member's and not revoked.
    #[must_use]
    pub fn key_is_valid(&self, key: KeyId) -> bool {
        self.keys.iter().any(|own| own.key == key && own.revoked.is_none())
    }

    /// Whether the member belonged when the act at `position` was recorded.
    #[must_use]
    pub fn belonged_at(&self, position: u64) -> bool {
        self.admitted < position && self.left.is_none_or(|left| left > position)
    }

    fn enrol(&mut self, key: KeyId, since: u64) {
        self.keys.push(MemberKey { key, since, revoked: None });
    }

    fn revoke(&mut self, key: KeyId, position: u64) {
        for own in self.keys.iter_mut().filter(|own| own.key == key && own.revoked.is_none()) {
            own.revoked = Some(position);
        }
    }

    fn revoke_all(&mut self, position: u64) {
        for own in self.keys.iter_mut().filter(|own| own.revoked.is_none()) {
            own.revoked = Some(position);
        }
    }
}

/// A call that people sign, members or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Call {
    /// Title for people.
    pub title: Option<Line>,
    /// What is signed.
    pub text: Option<Prose>,
    /// Who signs it now: by key, the signatory's pseudonym and the position.
    pub signatures: BTreeMap<KeyId, (MemberId, u64)>,
}

/// Refuses a key that anybody, or the instance, has had before.
fn check_key_is_new(cx: &Cx<'_>, key: KeyId) -> Result<(), Rejection> {
    let registrar = cx.world.tables.instances.get(0).map(|instance| instance.registrar);
    if cx.world.directory.key_owner(key).is_some() || registrar == Some(key) {
        return Err(Membership::KeyInUse.into());
    }
    Ok(())
}

/// The author's own record, for acts on the author's keys.
fn own_record<'a>(cx: &Cx<'a>) -> Result<(u32, &'a Member), Rejection> {
    let index = cx.member()?;
    let member = cx.world.tables.members.get(index).ok_or(Membership::MemberUnknown)?;
    Ok((index, member))
}

/// The member with that pseudonym, who has not left.
fn present_member<'a>(cx: &Cx<'a>, id: MemberId) -> Result<(u32, &'a Member), Rejection> {
    let index = cx.find_uuid(Kind::Member, id.0).ok_or(Membership::MemberUnknown)?;
    let member = cx.world.tables.members.get(index).ok_or(Membership::MemberUnknown)?;
    if member.left.is_some() {
        return Err(Membership::MemberGone.into());
    }
    Ok((index, member))
}
