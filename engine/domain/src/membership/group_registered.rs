//! `group.registered/1`

use super::Membership;
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Line, Slug};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// What kind of group it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupKind {
    /// A collective.
    Collective,
    /// A registered association.
    Association,
    /// People without any form.
    #[default]
    Informal,
}

/// Registers a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterGroup {
    /// Its slug.
    pub group: Slug,
    /// Name for people.
    pub name: Line,
    /// What kind of group.
    pub kind: GroupKind,
}

/// A group was registered.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GroupRegistered {
    index: u32,
    slug: Slug,
    name: Line,
    kind: GroupKind,
}

impl Command for RegisterGroup {
    type Event = GroupRegistered;

    fn decide(self, cx: &Cx<'_>) -> Result<GroupRegistered, Rejection> {
        cx.require(Power::Membership)?;
        if cx.find(Kind::Group, &self.group).is_some() {
            return Err(Membership::GroupExists.into());
        }
        let index = cx.world.tables.groups.next_index();
        Ok(GroupRegistered { index, slug: self.group, name: self.name, kind: self.kind })
    }
}

impl Event for GroupRegistered {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Group, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::from(&self.slug)));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        if let EntityMut::Group(group) = entity {
            group.name = Some(self.name.clone());
            group.kind = self.kind;
        }
    }
}
