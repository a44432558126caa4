//! Acts of safeguards and of requests in few words.

use archipel_domain::act::Act;
use archipel_domain::id::StatementId;
use archipel_domain::membership::RecoverKey;
use archipel_domain::safeguard::{
    Asked, CarryRequest, CountersignRequest, LiftSafeguard, OpenRequest, SetSafeguard, StopRequest,
    Subject,
};

use super::{Person, acts};
use crate::keys::{proof, public};

/// An hour, in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;

/// So many holders, a delay of so many hours, a window of a month.
#[must_use]
pub fn set(subject: Subject, holders: u32, delay_hours: u32) -> SetSafeguard {
    SetSafeguard { subject, holders, delay_hours, window_hours: 720 }
}

/// The end of a safeguard.
#[must_use]
pub fn lift(subject: Subject) -> LiftSafeguard {
    LiftSafeguard { subject }
}

/// A request of an act.
#[must_use]
pub fn request(act: impl Into<Act>) -> OpenRequest {
    OpenRequest { asked: Asked::from(act.into()) }
}

/// A countersignature of the act.
#[must_use]
pub fn countersign(request: StatementId, act: impl Into<Act>) -> CountersignRequest {
    CountersignRequest { request, hash: Asked::from(act.into()).hash() }
}

/// The end of a request by its requester.
#[must_use]
pub fn stop(request: StatementId) -> StopRequest {
    StopRequest { request, reason: acts::reason() }
}

/// The act, carried.
#[must_use]
pub fn carry(request: StatementId, act: impl Into<Act>) -> CarryRequest {
    CarryRequest { request, asked: Asked::from(act.into()) }
}

/// A new key for somebody who lost theirs.
#[must_use]
pub fn recover(who: Person, key: u64) -> RecoverKey {
    RecoverKey { member: who.id, key: public(key), proof: proof(key, who.id) }
}
