//! `request.stopped/1`

use super::{RequestEnd, Safeguards, find};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Prose, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Stops a request: the requester takes it back, or the member whose keys would be replaced says
/// that they have not lost them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopRequest {
    /// Which request.
    pub request: StatementId,
    /// Why.
    pub reason: Prose,
}

/// A request was stopped.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RequestStopped {
    request: u32,
    member: u32,
    reason: Prose,
}

impl Command for StopRequest {
    type Event = RequestStopped;

    fn decide(self, cx: &Cx<'_>) -> Result<RequestStopped, Rejection> {
        let member = cx.member()?;
        let (index, request) = find(cx, self.request)?;
        request.open(cx.at)?;
        if request.requester() != Some(member) && request.uses.recovers() != Some(member) {
            return Err(Safeguards::NotYours.into());
        }
        Ok(RequestStopped { request: index, member, reason: self.reason })
    }
}

impl Event for RequestStopped {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Request, self.request)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Request(request) = entity {
            let reason = self.reason.clone();
            request.ended = Some(RequestEnd::Stopped(recorded.position, self.member, reason));
        }
    }
}
