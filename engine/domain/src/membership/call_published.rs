//! `call.published/1`

use super::Membership;
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Line, Prose, Slug};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Publishes a call that anybody can sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishCall {
    /// Its slug.
    pub call: Slug,
    /// Title for people.
    pub title: Line,
    /// What is signed.
    pub text: Prose,
}

/// A call was published.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CallPublished {
    index: u32,
    slug: Slug,
    title: Line,
    text: Prose,
}

impl Command for PublishCall {
    type Event = CallPublished;

    fn decide(self, cx: &Cx<'_>) -> Result<CallPublished, Rejection> {
        cx.require(Power::Membership)?;
        if cx.find(Kind::Call, &self.call).is_some() {
            return Err(Membership::CallExists.into());
        }
        let index = cx.world.tables.calls.next_index();
        Ok(CallPublished { index, slug: self.call, title: self.title, text: self.text })
    }
}

impl Event for CallPublished {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Call, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::from(&self.slug)));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        if let EntityMut::Call(call) = entity {
            call.title = Some(self.title.clone());
            call.text = Some(self.text.clone());
        }
    }
}
