//! `request.carried/1`

use super::asked::{parts, read};
use super::{Asked, RequestEnd, Safeguards, find, needed, terms};
use crate::act::{Act, Command, Event, Fact, KeyProof};
use crate::authority::Cx;
use crate::codec;
use crate::draw::Beacon;
use crate::entity::{EntityRef, Entry, Kind};
use crate::fact::{Recorded, tag};
use crate::federation::SignedCheckpoint;
use crate::id::StatementId;
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::de::{BorrowDecode, BorrowDecoder, Decoder};
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Carries a requested act, by the author's own mandate and the rules of this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarryRequest {
    /// Which request.
    pub request: StatementId,
    /// The same act again, so that this statement says all that it does.
    pub asked: Asked,
}

impl Serialize for CarryRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, act) = parts(&self.asked)?;
        let mut members = serializer.serialize_struct("CarryRequest", 3)?;
        members.serialize_field("act", name)?;
        members.serialize_field("body", act)?;
        members.serialize_field("request", &self.request)?;
        members.end()
    }
}

impl<'de> Deserialize<'de> for CarryRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (asked, request) = read(deserializer, true)?;
        let request = request.ok_or_else(|| serde::de::Error::missing_field("request"))?;
        Ok(Self { request, asked })
    }
}

/// A requested act was carried: its event, and the end of the request.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RequestCarried {
    request: u32,
    carried: Carried,
}

impl RequestCarried {
    /// What the requested act changed.
    #[must_use]
    pub fn fact(&self) -> &Fact {
        &self.carried.0
    }
}

/// The fact within, encoded as bytes of its own: another carried request is refused by its tag,
/// before it is decoded, so that no bytes make the decoder descend more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Carried(Box<Fact>);

const CARRIED: u32 = tag("request.carried/1");

impl Encode for Carried {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        let bytes = codec::encode(&*self.0)
            .map_err(|_| EncodeError::Other("the fact within is too large"))?;
        bytes.encode(encoder)
    }
}

impl<C> Decode<C> for Carried {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let bytes: Vec<u8> = Vec::decode(decoder)?;
        if bytes.first_chunk().is_none_or(|tag| u32::from_be_bytes(*tag) == CARRIED) {
            return Err(DecodeError::Other("a request within a request"));
        }
        let fact = codec::decode(&bytes)
            .map_err(|_| DecodeError::Other("the fact within does not decode"))?;
        Ok(Self(Box::new(fact)))
    }
}

impl<'de, C> BorrowDecode<'de, C> for Carried {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::decode(decoder)
    }
}

impl Command for CarryRequest {
    type Event = RequestCarried;

    fn decide(self, cx: &Cx<'_>) -> Result<RequestCarried, Rejection> {
        cx.member()?;
        let (index, request) = find(cx, self.request)?;
        request.open(cx.at)?;
        if request.hash != Some(self.asked.hash()) {
            return Err(Safeguards::OtherAct.into());
        }
        let (fact, uses) = self.asked.decide(cx)?;
        // What was asked for at the opening holds, and what is asked for now: changing a
        // safeguard makes no request that is under way easier.
        let now = terms(cx.world, cx.role(), uses);
        let both = request.terms.into_iter().chain(now).reduce(super::Terms::and);
        let both = both.ok_or(Safeguards::NotGuarded)?;
        if cx.at < request.ready_at(both) {
            return Err(Safeguards::TooEarly.into());
        }
        let uses = uses.and(request.uses);
        let agreed = request.live(cx.world, cx.at, uses).len();
        let needed = needed(cx.world, cx.at, both, uses);
        if u32::try_from(agreed).is_ok_and(|agreed| agreed < needed) {
            return Err(Safeguards::TooFewSignatures.into());
        }
        Ok(RequestCarried { request: index, carried: Carried(Box::new(fact)) })
    }

    fn proofs(&self) -> Vec<KeyProof> {
        self.asked.act().map(Act::proofs).unwrap_or_default()
    }

    fn checkpoints(&self) -> Vec<SignedCheckpoint> {
        self.asked.act().map(Act::checkpoints).unwrap_or_default()
    }

    fn beacons(&self) -> Vec<Beacon> {
        self.asked.act().map(Act::beacons).unwrap_or_default()
    }

    fn cites(&self) -> Option<StatementId> {
        self.asked.act().and_then(Act::cites)
    }

    fn asked(&self) -> Option<&Asked> {
        Some(&self.asked)
    }
}

/// That of the act within; the request's own stream is not touched, as its end changes nothing
/// that others agreed to.
impl Event for RequestCarried {
    fn stream(&self) -> EntityRef {
        self.fact().stream()
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        self.fact().names(add);
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        self.fact().entities(visit);
        visit(EntityRef::new(Kind::Request, self.request));
    }

    fn evolve(&self, index: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        match entity {
            EntityMut::Request(request) => {
                request.ended = Some(RequestEnd::Carried(recorded.position));
            }
            entity => self.fact().event().evolve(index, entity, recorded),
        }
    }
}
