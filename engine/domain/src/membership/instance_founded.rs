//! `instance.founded/1`: the first statement of a log.

use super::{FOUNDERS_MAX, Membership};
use crate::act::{Access, Command, Event, KeyProof};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Hash, KeyId, Line, MemberId, SignatureBytes, StatementId};
use crate::rejection::Rejection;
use crate::role::{FOUNDING_ROLE, Power, ROOT_CIRCLE};
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A founder: a first member, with a key and a mandate of the founding role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Founder {
    /// Pseudonym.
    pub member: MemberId,
    /// First key.
    pub key: KeyId,
    /// Proof of possession of the key.
    pub proof: SignatureBytes,
    /// Name of the founder's mandate, to be cited in `as`.
    pub assignment: StatementId,
}

/// Founds the instance. Founders' powers are a role with a term, like any other power.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundInstance {
    /// The instance's own pseudonym, the author of what happens by itself.
    pub instance: MemberId,
    /// Name for people.
    pub name: Line,
    /// SHA-256 of the charter's text.
    pub charter: Hash,
    /// The instance's own key, which signs what happens by itself.
    pub registrar: KeyId,
    /// Proof of possession of the registrar's key, by the instance.
    pub registrar_proof: SignatureBytes,
    /// The first members; the first of them signs.
    pub founders: Vec<Founder>,
    /// Term of the founding role, in days.
    pub term_days: u32,
}

/// The instance was founded.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct InstanceFounded {
    /// The instance's name as an author.
    pub id: MemberId,
    /// Name for people.
    pub name: Line,
    /// Hash of the charter.
    pub charter: Hash,
    /// The instance's own key.
    pub registrar: KeyId,
    /// Pseudonym, key and assignment of each founder.
    pub founders: Vec<(MemberId, KeyId, StatementId)>,
    /// End of the founding mandates.
    pub until: Timestamp,
    /// Longest term of the founding role, in days.
    pub term_days: u32,
}

impl Command for FoundInstance {
    type Event = InstanceFounded;
    const ACCESS: Access = Access::Founding;

    fn decide(self, cx: &Cx<'_>) -> Result<InstanceFounded, Rejection> {
        let Some(first) = self.founders.first() else {
            return Err(Membership::FounderCount.into());
        };
        if self.founders.len() > FOUNDERS_MAX {
            return Err(Membership::FounderCount.into());
        }
        if first.key != cx.key || first.member != cx.author_id {
            return Err(Membership::FounderSignature.into());
        }
        let mut members: BTreeSet<_> = self.founders.iter().map(|founder| founder.member).collect();
        members.insert(self.instance);
        let mandates: BTreeSet<_> =
            self.founders.iter().map(|founder| founder.assignment).collect();
        let mut keys: BTreeSet<_> = self.founders.iter().map(|founder| founder.key).collect();
        keys.insert(self.registrar);
        let count = self.founders.len();
        if members.len() != count + 1 || mandates.len() != count || keys.len() != count + 1 {
            return Err(Membership::FounderTwice.into());
        }
        if self.term_days == 0 || self.term_days > 3_653 {
            return Err(Membership::FoundingTerm.into());
        }
        let founders = self.founders.iter();
        Ok(InstanceFounded {
            id: self.instance,
            name: self.name,
            charter: self.charter,
            registrar: self.registrar,
            founders: founders.map(|f| (f.member, f.key, f.assignment)).collect(),
            until: cx.at.plus_ms(i64::from(self.term_days).saturating_mul(Timestamp::DAY_MS)),
            term_days: self.term_days,
        })
    }

    fn proofs(&self) -> Vec<KeyProof> {
        let registrar =
            KeyProof { key: self.registrar, owner: self.instance, proof: self.registrar_proof };
        let founders = self.founders.iter();
        let proofs = founders.map(|f| KeyProof { key: f.key, owner: f.member, proof: f.proof });
        proofs.chain([registrar]).collect()
    }
}

impl InstanceFounded {
    fn founder(&self, index: u32) -> Option<&(MemberId, KeyId, StatementId)> {
        self.founders.get(usize::try_from(index).ok()?)
    }
}

impl Event for InstanceFounded {
    fn stream(&self) -> EntityRef {
        EntityRef::INSTANCE
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(EntityRef::INSTANCE, Name::Uuid(self.id.0)));
        add(Entry::Named(EntityRef::new(Kind::Circle, 0), Name::Word(ROOT_CIRCLE.to_owned())));
        add(Entry::Named(EntityRef::new(Kind::Role, 0), Name::Word(FOUNDING_ROLE.to_owned())));
        for (index, (member, key, assignment)) in (0..).zip(&self.founders) {
            add(Entry::Named(EntityRef::new(Kind::Member, index), Name::Uuid(member.0)));
            add(Entry::Key(*key, index));
            let mandate = EntityRef::new(Kind::Assignment, index);
            add(Entry::Named(mandate, Name::Uuid(assignment.0)));
        }
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::INSTANCE);
        visit(EntityRef::new(Kind::Circle, 0));
        visit(EntityRef::new(Kind::Role, 0));
        for (index, _) in (0..).zip(&self.founders) {
            visit(EntityRef::new(Kind::Member, index));
            visit(EntityRef::new(Kind::Assignment, index));
        }
    }

    fn evolve(&self, index: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        match entity {
            EntityMut::Instance(instance) => {
                instance.id = self.id;
                instance.name = Some(self.name.clone());
                instance.charter = self.charter;
                instance.registrar = self.registrar;
                instance.founded_at = recorded.record.at;
            }
            EntityMut::Role(role) => {
                role.powers = Power::ALL.into_iter().collect();
                role.seats = u32::try_from(self.founders.len()).unwrap_or(u32::MAX);
                role.term_days = self.term_days;
            }
            EntityMut::Member(member) => {
                member.admitted = recorded.position;
                if let Some((_, key, _)) = self.founder(index) {
                    member.enrol(*key, recorded.position);
                }
            }
            EntityMut::Assignment(assignment) => {
                assignment.member = index;
                assignment.from = recorded.record.at;
                assignment.until = self.until;
            }
            _ => {}
        }
    }
}
