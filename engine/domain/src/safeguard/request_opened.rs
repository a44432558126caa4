//! `request.opened/1`

use super::asked::{parts, read};
use super::{Agreement, Asked, Request, Safeguards, Terms, Uses, terms};
use crate::act::{Command, Event, KeyProof};
use crate::authority::{Authority, Cx};
use crate::draw::Beacon;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::federation::SignedCheckpoint;
use crate::id::{Hash, KeyId, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Requests an act that needs several holders or a delay, stated whole so that those who
/// countersign read what they sign. The request is named by this statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// Which act.
    pub asked: Asked,
}

impl Serialize for OpenRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, act) = parts(&self.asked)?;
        let mut members = serializer.serialize_struct("OpenRequest", 2)?;
        members.serialize_field("act", name)?;
        members.serialize_field("body", act)?;
        members.end()
    }
}

impl<'de> Deserialize<'de> for OpenRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, false).map(|(asked, _)| Self { asked })
    }
}

/// An act was requested.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RequestOpened {
    index: u32,
    request: StatementId,
    text: String,
    hash: Hash,
    uses: Uses,
    terms: Terms,
    member: u32,
    assignment: u32,
    key: KeyId,
}

impl Command for OpenRequest {
    type Event = RequestOpened;

    fn decide(self, cx: &Cx<'_>) -> Result<RequestOpened, Rejection> {
        let member = cx.member()?;
        let (text, hash) = (self.asked.text(), self.asked.hash());
        let (_, uses) = self.asked.decide(cx)?;
        let terms = terms(cx.world, cx.role(), uses).ok_or(Safeguards::NotGuarded)?;
        let assignment = cx.acting_as.ok_or(Authority::AsRequired)?;
        let requests = &cx.world.tables.requests;
        let same = |request: &Request| request.hash == Some(hash) && request.open(cx.at).is_ok();
        if requests.iter().any(|(_, request)| same(request)) {
            return Err(Safeguards::RequestExists.into());
        }
        let (index, key) = (requests.next_index(), cx.key);
        let request = cx.id;
        Ok(RequestOpened { index, request, text, hash, uses, terms, member, assignment, key })
    }

    fn proofs(&self) -> Vec<KeyProof> {
        self.asked.act().map(crate::act::Act::proofs).unwrap_or_default()
    }

    fn checkpoints(&self) -> Vec<SignedCheckpoint> {
        self.asked.act().map(crate::act::Act::checkpoints).unwrap_or_default()
    }

    fn beacons(&self) -> Vec<Beacon> {
        self.asked.act().map(crate::act::Act::beacons).unwrap_or_default()
    }

    fn cites(&self) -> Option<StatementId> {
        self.asked.act().and_then(crate::act::Act::cites)
    }

    fn asked(&self) -> Option<&Asked> {
        Some(&self.asked)
    }
}

impl Event for RequestOpened {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Request, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::Uuid(self.request.0)));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Request(request) = entity {
            *request = Request {
                text: self.text.clone(),
                hash: Some(self.hash),
                uses: self.uses,
                terms: Some(self.terms),
                opened_at: recorded.record.at,
                agreements: vec![Agreement {
                    member: self.member,
                    assignment: self.assignment,
                    key: self.key,
                    position: recorded.position,
                }],
                ended: None,
            };
        }
    }
}
