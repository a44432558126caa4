//! `call.withdrawn/1`

use super::Membership;
use crate::act::{Access, Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{KeyId, Slug};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Withdraws one's signature from a call, with the key that gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawFromCall {
    /// Which call.
    pub call: Slug,
}

/// A signature was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CallWithdrawn {
    call: u32,
    key: KeyId,
}

impl Command for WithdrawFromCall {
    type Event = CallWithdrawn;
    const ACCESS: Access = Access::Anyone;

    fn decide(self, cx: &Cx<'_>) -> Result<CallWithdrawn, Rejection> {
        let index = cx.find(Kind::Call, &self.call).ok_or(Membership::CallUnknown)?;
        let call = cx.world.tables.calls.get(index).ok_or(Membership::CallUnknown)?;
        if !call.signatures.contains_key(&cx.key) {
            return Err(Membership::NotSigned.into());
        }
        Ok(CallWithdrawn { call: index, key: cx.key })
    }
}

impl Event for CallWithdrawn {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Call, self.call)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        if let EntityMut::Call(call) = entity {
            call.signatures.remove(&self.key);
        }
    }
}
