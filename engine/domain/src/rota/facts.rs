//! What a plan depends on and does not say itself: roles, their mandates, and what members have
//! declared. Read from the state to decide; read over HTTP to make a plan elsewhere.

use super::Interval;
use crate::entity::{EntityRef, Kind, Name};
use crate::id::{MemberId, Slug};
use crate::role::standing;
use crate::time::Timestamp;
use crate::world::World;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the state says of roles and members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The roles.
    pub roles: BTreeMap<Slug, RoleFacts>,
    /// What members declared; those who declared nothing are left out.
    pub people: BTreeMap<MemberId, Declared>,
}

/// A role and its mandates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleFacts {
    /// How many can hold it at once.
    pub seats: u32,
    /// Longest mandate, in days.
    pub term_days: u32,
    /// All its mandates, in the order in which they were given.
    pub mandates: Vec<Mandated>,
}

/// A mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandated {
    /// Who holds or held it.
    pub member: MemberId,
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
    /// Whether it was ended early.
    pub ended: bool,
}

impl Mandated {
    /// Its time.
    #[must_use]
    pub const fn span(&self) -> Interval {
        Interval { from: self.from, until: self.until }
    }
}

/// What a member declared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// When they are not available.
    pub away: Vec<Interval>,
    /// The roles that they do not want.
    pub unwanted: BTreeSet<Slug>,
}

impl Facts {
    /// Of these roles, and of these members, by number.
    #[must_use]
    pub fn read(world: &World, roles: &BTreeSet<u32>, members: &BTreeSet<u32>) -> Self {
        let tables = &world.tables;
        let mut found = BTreeMap::new();
        for number in roles {
            let Some(role) = tables.roles.get(*number) else { continue };
            let (seats, term_days, mandates) = (role.seats, role.term_days, Vec::new());
            found.insert(*number, RoleFacts { seats, term_days, mandates });
        }
        for (index, mandate) in tables.assignments.iter() {
            let Some(facts) = found.get_mut(&mandate.role) else { continue };
            let Some(member) = member_id(world, mandate.member) else { continue };
            let until = standing::end(world, index, mandate);
            let (from, ended) = (mandate.from, mandate.ended.is_some());
            if from < until {
                facts.mandates.push(Mandated { member, from, until, ended });
            }
        }
        let people = members.iter().filter_map(|number| {
            let declared = tables.availabilities.get(*number)?;
            let unwanted = declared.unwanted.iter().filter_map(|role| role_slug(world, *role));
            let (away, unwanted): (_, BTreeSet<Slug>) = (declared.away.clone(), unwanted.collect());
            let empty = away.is_empty() && unwanted.is_empty();
            (!empty).then_some((member_id(world, *number)?, Declared { away, unwanted }))
        });
        let people = people.collect();
        let named = found
            .into_iter()
            .filter_map(|(number, facts)| Some((role_slug(world, number)?, facts)));
        Self { roles: named.collect(), people }
    }

    /// Of all roles, and of all members who have not left.
    #[must_use]
    pub fn all(world: &World) -> Self {
        let roles = world.tables.roles.iter().map(|(number, _)| number).collect();
        let here = world.tables.members.iter().filter(|(_, member)| member.left.is_none());
        Self::read(world, &roles, &here.map(|(number, _)| number).collect())
    }
}

/// The pseudonym of a member.
pub(super) fn member_id(world: &World, number: u32) -> Option<MemberId> {
    match world.directory.name(EntityRef::new(Kind::Member, number))? {
        Name::Uuid(id) => Some(MemberId(*id)),
        Name::Word(_) => None,
    }
}

/// The name of a role.
pub(super) fn role_slug(world: &World, number: u32) -> Option<Slug> {
    match world.directory.name(EntityRef::new(Kind::Role, number))? {
        Name::Word(word) => word.parse().ok(),
        Name::Uuid(_) => None,
    }
}
