//! Who can be drawn, and how: as stated, and as frozen by the announcement.

use super::{Draws, GROUPS_MAX, PLACES_MAX};
use crate::authority::Cx;
use crate::draw::{self, Design, Lot, Parameters, Person, Pool};
use crate::entity::{EntityRef, Kind, Name};
use crate::id::{Hash, MemberId, Slug};
use crate::membership::{Member, Membership};
use crate::rejection::Rejection;
use crate::world::World;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the seats of a draw among members are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum MemberDesign {
    /// To anybody.
    Simple,
    /// So many to each group.
    Seats(BTreeMap<Slug, u32>),
    /// To the groups in proportion to these weights, by largest remainders.
    Weights(BTreeMap<Slug, u32>),
}

/// Who fills a seat when its group has no alternate left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fallback {
    /// Nobody.
    Empty,
    /// An alternate of the first of these groups that has one left, by number in their order.
    Order(Vec<u32>),
}

/// The parameters of a draw among members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct MemberTerms {
    /// How many alternates there are at most, of each group if groups have seats.
    pub alternates: u32,
    /// How the seats are given.
    pub design: MemberDesign,
    /// Who fills a seat when its group has no alternate left.
    pub fallback: Fallback,
    /// The seats.
    pub seats: u32,
}

impl MemberTerms {
    /// As the draw takes them.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        let names = |groups: &BTreeMap<Slug, u32>| {
            groups.iter().map(|(group, number)| (group.to_string(), *number)).collect()
        };
        Parameters {
            alternates: self.alternates,
            design: match &self.design {
                MemberDesign::Simple => Design::Simple,
                MemberDesign::Seats(groups) => Design::Seats(names(groups)),
                MemberDesign::Weights(groups) => Design::Weights(names(groups)),
            },
            fallback: match &self.fallback {
                Fallback::Empty => draw::Fallback::Empty,
                Fallback::Order(strata) => draw::Fallback::Order(strata.clone()),
            },
            one_per_household: false,
            seats: self.seats,
        }
    }

    /// The groups that have seats.
    fn groups(&self) -> Option<&BTreeMap<Slug, u32>> {
        match &self.design {
            MemberDesign::Simple => None,
            MemberDesign::Seats(groups) | MemberDesign::Weights(groups) => Some(groups),
        }
    }

    /// For each stratum, from which others its seats are filled.
    pub(super) fn then(&self, stratum: u32) -> Vec<u32> {
        match &self.fallback {
            Fallback::Empty => Vec::new(),
            Fallback::Order(strata) => {
                strata.iter().copied().filter(|other| *other != stratum).collect()
            }
        }
    }

    fn check(&self, groups: usize) -> Result<(), Draws> {
        let strata = self.groups().map_or(1, BTreeMap::len);
        let alternates = u32::try_from(strata).ok().and_then(|n| n.checked_mul(self.alternates));
        let places = alternates.and_then(|alternates| alternates.checked_add(self.seats));
        if self.seats == 0 || places.is_none_or(|places| places > PLACES_MAX) {
            return Err(Draws::SeatCount);
        }
        if strata > GROUPS_MAX || groups > GROUPS_MAX {
            return Err(Draws::StratumCount);
        }
        Ok(self.parameters().check()?)
    }
}

/// Members who can be drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberPool {
    /// Only the members of these groups; every member when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Slug>>,
    /// How they are drawn.
    pub parameters: MemberTerms,
}

/// People who are in a file that is published beside the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct FilePool {
    /// Hash of the parameters.
    pub parameters: Hash,
    /// How many people there are.
    pub people: u32,
    /// Root of the pool.
    pub root: Hash,
    /// The seats.
    pub seats: u32,
}

/// Who can be drawn, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum DrawPool {
    /// People in a file.
    File(FilePool),
    /// Members.
    Members(MemberPool),
}

/// The same, frozen at a position.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum FrozenPool {
    /// People in a file.
    File(FilePool),
    /// Those who were members.
    Members {
        /// Numbers of their groups; every member when absent.
        groups: Option<Vec<u32>>,
        /// How they are drawn.
        terms: MemberTerms,
        /// Hash of the parameters.
        parameters: Hash,
        /// How many they are.
        people: u32,
        /// Root of the pool.
        root: Hash,
    },
}

impl FrozenPool {
    /// The root of the pool.
    #[must_use]
    pub fn root(&self) -> Hash {
        match self {
            Self::File(FilePool { root, .. }) | Self::Members { root, .. } => *root,
        }
    }

    /// The hash of the parameters.
    #[must_use]
    pub fn parameters(&self) -> Hash {
        match self {
            Self::File(FilePool { parameters, .. }) | Self::Members { parameters, .. } => {
                *parameters
            }
        }
    }

    /// How many people there are.
    #[must_use]
    pub fn people(&self) -> u32 {
        match self {
            Self::File(FilePool { people, .. }) | Self::Members { people, .. } => *people,
        }
    }

    /// How many seats there are.
    #[must_use]
    pub fn seats(&self) -> u32 {
        match self {
            Self::File(FilePool { seats, .. }) => *seats,
            Self::Members { terms, .. } => terms.seats,
        }
    }
}

impl DrawPool {
    /// Freezes the pool, or answers with the first rule that forbids it.
    pub(super) fn freeze(self, cx: &Cx<'_>) -> Result<FrozenPool, Rejection> {
        match self {
            Self::File(file) => {
                if file.seats == 0 || file.seats > PLACES_MAX {
                    return Err(Draws::SeatCount.into());
                }
                let most = u32::try_from(Pool::PEOPLE_MAX).unwrap_or(u32::MAX);
                if file.people == 0 || file.people > most {
                    return Err(Draws::PeopleCount.into());
                }
                if file.people < file.seats {
                    return Err(Draws::TooFewPeople.into());
                }
                Ok(FrozenPool::File(file))
            }
            Self::Members(pool) => pool.freeze(cx),
        }
    }
}

impl MemberPool {
    fn freeze(self, cx: &Cx<'_>) -> Result<FrozenPool, Rejection> {
        let find = |slug: &Slug| cx.find(Kind::Group, slug).ok_or(Membership::GroupUnknown);
        let terms = self.parameters;
        for slug in terms.groups().into_iter().flat_map(BTreeMap::keys) {
            find(slug)?;
        }
        let groups = self.groups.map(|slugs| slugs.iter().map(find).collect::<Result<Vec<_>, _>>());
        let groups = groups.transpose()?;
        terms.check(groups.as_ref().map_or(0, Vec::len))?;
        let pool = pool_at(cx.world, cx.position, groups.as_deref(), &terms)?;
        let parameters = terms.parameters();
        // Whether it can be drawn does not depend on the seed.
        draw::draw(&pool, &parameters, &Lot::Seed(Hash([0; 32]))).map_err(Draws::from)?;
        let (people, root, parameters) = (pool.count(), pool.root(), parameters.hash());
        Ok(FrozenPool::Members { groups, terms, parameters, people, root })
    }
}

/// The pool of those who were members just before a position: their pseudonyms, each with the
/// group that has the seats, if groups have.
///
/// # Errors
/// [`Draws::PeopleCount`], [`Draws::NotOneGroup`].
pub fn pool_at(
    world: &World,
    position: u64,
    groups: Option<&[u32]>,
    terms: &MemberTerms,
) -> Result<Pool, Draws> {
    let seated: Option<Vec<(&Slug, u32)>> = terms.groups().map(|groups| {
        let number = |slug: &Slug| world.directory.by_word(Kind::Group, slug.as_str());
        groups.keys().filter_map(|slug| Some((slug, number(slug)?))).collect()
    });
    let is_in = |member: &Member| {
        member.belonged_at(position)
            && groups.is_none_or(|groups| groups.iter().any(|one| member.groups.contains(one)))
    };
    let mut people = Vec::new();
    let mut misplaced = false;
    for (index, member) in world.tables.members.iter().filter(|(_, member)| is_in(member)) {
        let mut of = seated.iter().flatten().filter(|(_, group)| member.groups.contains(group));
        let group = of.next().map(|(slug, _)| slug.to_string());
        misplaced |= of.next().is_some() || group.is_some() != seated.is_some();
        if let Some(Name::Uuid(id)) = world.directory.name(EntityRef::new(Kind::Member, index)) {
            let (features, household, id) = (BTreeMap::new(), None, MemberId(*id).to_string());
            people.push(Person { features, group, household, id });
        }
    }
    let pool = Pool::new(people).map_err(|_| Draws::PeopleCount)?;
    if misplaced { Err(Draws::NotOneGroup) } else { Ok(pool) }
}
