//! `circle.extended/1`

use super::{FrozenSubject, Roles, check_extension};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Slug, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use crate::time::Timestamp;
use crate::vote::{procedure, settle};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Lets an ephemeral circle go on, as a consent round has decided. Its mandates end as they were
/// given all the same: new ones are needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtendCircle {
    /// Which circle.
    pub circle: Slug,
    /// The consent round.
    pub vote: StatementId,
}

/// An ephemeral circle goes on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CircleExtended {
    circle: u32,
    ends_at: Timestamp,
}

impl Command for ExtendCircle {
    type Event = CircleExtended;

    fn decide(self, cx: &Cx<'_>) -> Result<CircleExtended, Rejection> {
        cx.member()?;
        let index = cx.find(Kind::Circle, &self.circle).ok_or(Roles::CircleUnknown)?;
        let vote = cx.find_uuid(Kind::Vote, self.vote.0).ok_or(Roles::BasisUnknown)?;
        let ends_at = match procedure(cx.world, vote).subject() {
            Some(FrozenSubject::Extend { circle, ends_at }) if circle == index => ends_at,
            _ => return Err(Roles::BasisOtherSubject.into()),
        };
        check_extension(cx, index, ends_at)?;
        let settled = settle::of(cx.world, vote).ok_or(Roles::BasisUndecided)?;
        if settled.elected.is_empty() {
            return Err(Roles::BasisRejected.into());
        }
        Ok(CircleExtended { circle: index, ends_at })
    }
}

impl Event for CircleExtended {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Circle, self.circle)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Remit, self.circle));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        if let EntityMut::Remit(remit) = entity {
            remit.ends_at = Some(self.ends_at);
        }
    }
}
