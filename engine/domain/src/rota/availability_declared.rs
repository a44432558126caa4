//! `availability.declared/1`

use super::{Availability, DECLARED_MAX, Interval, Rotations};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::Slug;
use crate::rejection::Rejection;
use crate::role::Roles;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Says when the author is not available for roles, and which they do not want. It replaces what
/// they declared before, and changes no plan that is recorded already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclareAvailability {
    /// When they are not available, in order and not overlapping.
    pub away: Vec<Interval>,
    /// The roles that they do not want.
    pub unwanted: Vec<Slug>,
}

/// A member said when they are not available.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AvailabilityDeclared {
    member: u32,
    away: Vec<Interval>,
    unwanted: Vec<u32>,
}

impl Command for DeclareAvailability {
    type Event = AvailabilityDeclared;

    fn decide(self, cx: &Cx<'_>) -> Result<AvailabilityDeclared, Rejection> {
        let member = cx.member()?;
        let role = |slug: &Slug| cx.find(Kind::Role, slug).ok_or(Roles::RoleUnknown);
        let short = self.unwanted.iter().take(DECLARED_MAX);
        let unwanted: BTreeSet<u32> = short.map(role).collect::<Result<_, _>>()?;
        if self.away.len() > DECLARED_MAX || self.unwanted.len() > DECLARED_MAX {
            return Err(Rotations::DeclaredCount.into());
        }
        if !Interval::are_in_order(&self.away) {
            return Err(Rotations::IntervalOrder.into());
        }
        let unwanted = unwanted.into_iter().collect();
        Ok(AvailabilityDeclared { member, away: self.away, unwanted })
    }
}

impl Event for AvailabilityDeclared {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Member, self.member)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Availability, self.member));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Availability(availability) = entity {
            *availability = Availability {
                away: self.away.clone(),
                unwanted: self.unwanted.clone(),
                declared: recorded.position,
            };
        }
    }
}
