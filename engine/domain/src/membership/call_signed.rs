//! `call.signed/1`

use super::Membership;
use crate::act::{Access, Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{KeyId, MemberId, Slug};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Signs a call, as a member or not: one signature a key. Signatories have no other right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignCall {
    /// Which call.
    pub call: Slug,
}

/// A call was signed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CallSigned {
    call: u32,
    key: KeyId,
    signatory: MemberId,
}

impl Command for SignCall {
    type Event = CallSigned;
    const ACCESS: Access = Access::Anyone;

    fn decide(self, cx: &Cx<'_>) -> Result<CallSigned, Rejection> {
        let index = cx.find(Kind::Call, &self.call).ok_or(Membership::CallUnknown)?;
        let call = cx.world.tables.calls.get(index).ok_or(Membership::CallUnknown)?;
        if call.signatures.contains_key(&cx.key) {
            return Err(Membership::AlreadySigned.into());
        }
        Ok(CallSigned { call: index, key: cx.key, signatory: cx.author_id })
    }
}

impl Event for CallSigned {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Call, self.call)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Call(call) = entity {
            call.signatures.insert(self.key, (self.signatory, recorded.position));
        }
    }
}
