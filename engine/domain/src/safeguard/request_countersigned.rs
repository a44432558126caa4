//! `request.countersigned/1`

use super::{Agreement, Safeguards, find, signatories};
use crate::act::{Command, Event};
use crate::authority::{Authority, Cx};
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Hash, KeyId, StatementId};
use crate::rejection::Rejection;
use crate::role::Roles;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Agrees to a requested act, under a mandate that carries every power that the act uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountersignRequest {
    /// Which request.
    pub request: StatementId,
    /// Hash of the requested act, as read.
    pub hash: Hash,
}

/// A requested act was agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RequestCountersigned {
    request: u32,
    member: u32,
    assignment: u32,
    key: KeyId,
}

impl Command for CountersignRequest {
    type Event = RequestCountersigned;

    fn decide(self, cx: &Cx<'_>) -> Result<RequestCountersigned, Rejection> {
        let member = cx.member()?;
        let assignment = cx.acting_as.ok_or(Authority::AsRequired)?;
        let (index, request) = find(cx, self.request)?;
        // Its own use of the power is not guarded: it changes nothing by itself.
        let probe = cx.afresh();
        for power in request.uses.powers() {
            let _ = probe.require_scoped(power)?;
        }
        if !signatories(cx.world, cx.at, request.uses).contains(&assignment) {
            return Err(Authority::OutOfScope.into());
        }
        let held = cx.world.tables.assignments.get(assignment);
        if held.is_none_or(|held| held.member != member) {
            return Err(Roles::NotHolder.into());
        }
        request.open(cx.at)?;
        if request.hash != Some(self.hash) {
            return Err(Safeguards::OtherAct.into());
        }
        if request.live(cx.world, cx.at, request.uses).contains(&member) {
            return Err(Safeguards::AlreadySigned.into());
        }
        Ok(RequestCountersigned { request: index, member, assignment, key: cx.key })
    }
}

impl Event for RequestCountersigned {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Request, self.request)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Request(request) = entity {
            request.agreements.push(Agreement {
                member: self.member,
                assignment: self.assignment,
                key: self.key,
                position: recorded.position,
            });
        }
    }
}
