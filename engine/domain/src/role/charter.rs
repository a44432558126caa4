//! What a role is beyond its powers: what it answers for, where its powers reach, how it is
//! filled, and the limits on who can hold it and for how long.
//!
//! Sources: Holacracy 5.0 (purpose, domains, accountabilities, links); SoFA (terms, double links).

use super::{Power, Roles, SEATS_MAX, TERM_DAYS_MAX};
use crate::authority::Cx;
use crate::entity::Kind;
use crate::id::{Line, Prose, Slug};
use crate::ledger::{Ledger, UnitCode};
use crate::membership::Membership;
use crate::rejection::Rejection;
use crate::tables::Tables;
use crate::time::Timestamp;
use crate::vote::ElectorateRule;
use crate::world::World;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most domains, accountabilities, incompatible roles, groups of a scope and caps, each.
pub const LIST_MAX: usize = 64;
/// Most terms that a limit can allow, and greatest weight of a role.
pub const TERMS_MAX: u32 = 1_000;
/// Longest interim, in days.
pub const INTERIM_DAYS_MAX: u32 = 366;

/// A way to fill a role.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// By whoever has the power over roles.
    Appointment,
    /// By a vote among members who are its options.
    Vote,
    /// By an election without candidates.
    Election,
    /// By lot.
    Draw,
    /// By a recorded rotation.
    Rotation,
}

/// The most that a role moves at once in a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// In which unit.
    pub unit: UnitCode,
    /// How much one move takes at most, in the unit's smallest part.
    pub amount: u64,
}

/// A power with its reach; everywhere and without cap when nothing else is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Which power.
    pub power: Power,
    /// Only in this circle and those within it: for the powers over roles and accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circle: Option<Slug>,
    /// Only for these groups: for the powers over membership and votes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Slug>,
    /// Only in these units, each up to its cap: for the power over the ledger.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<Cap>,
}

/// How many hold a role at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seats {
    /// Below this, the role is reported as vacant.
    pub least: u32,
    /// From 1 to [`SEATS_MAX`].
    pub most: u32,
}

/// Which side of a double link a role is. Never one person for both sides of a circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// Speaks for the outer circle in this one: given by whoever has power over the outer one.
    Lead,
    /// Speaks for this circle in the outer one: chosen, not appointed.
    Delegate,
}

/// Limits on who can hold a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Most terms in a row. Terms between which less than the cooling-off passes are in a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consecutive: Option<u32>,
    /// Most terms ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// Days to let pass after as many terms in a row as allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooling_off_days: Option<u32>,
    /// Roles that nobody holds at the same time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incompatible: Vec<Slug>,
    /// What it weighs among a person's roles; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
    /// The most that all roles of its holder weigh together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_weight: Option<u32>,
}

/// The charter of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharterTerms {
    /// What it is for.
    pub purpose: Prose,
    /// What it alone controls within its circle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<Slug>,
    /// What it answers for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accountabilities: Vec<Line>,
    /// What its holders may do, and how far.
    pub powers: Vec<Grant>,
    /// How many hold it at once.
    pub seats: Seats,
    /// Longest mandate, in days.
    pub term_days: u32,
    /// How it can be filled.
    pub filled_by: Vec<Way>,
    /// Who fills it by a vote, and recalls; all members when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub electorate: Option<ElectorateRule>,
    /// Who can hold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// Which side of its circle's double link it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// Whether a mandate counts only once its holder has accepted it.
    pub acceptance: bool,
    /// Longest interim when seats are vacant, in days; none when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interim_days: Option<u32>,
    /// Whether its holders can delegate.
    pub delegable: bool,
    /// When it is to be reviewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_at: Option<Timestamp>,
}

/// Where a power reaches, with names resolved; everywhere by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Scope {
    /// Number of the circle in which it holds, and all within.
    pub circle: Option<u32>,
    /// Numbers of the groups for which it holds, in order; for all when empty.
    pub groups: Vec<u32>,
    /// Number of each unit in order, with the most that one move takes; anything when empty.
    pub caps: Vec<(u32, u64)>,
}

impl Scope {
    /// Whether it reaches everywhere.
    #[must_use]
    pub fn is_everywhere(&self) -> bool {
        self.circle.is_none() && self.groups.is_empty() && self.caps.is_empty()
    }

    /// Whether it reaches a circle.
    #[must_use]
    pub fn reaches_circle(&self, tables: &Tables, circle: u32) -> bool {
        self.groups.is_empty() && self.circle.is_none_or(|outer| is_within(tables, circle, outer))
    }

    /// Whether it reaches all of these groups; `None` stands for every member.
    #[must_use]
    pub fn reaches_groups(&self, groups: Option<&[u32]>) -> bool {
        let named = groups.is_some_and(|groups| self.reaches_all(groups));
        self.circle.is_none() && (self.groups.is_empty() || named)
    }

    fn reaches_all(&self, groups: &[u32]) -> bool {
        !groups.is_empty() && groups.iter().all(|group| self.groups.contains(group))
    }

    /// Whether so much can be taken at once in a unit.
    #[must_use]
    pub fn allows(&self, unit: u32, amount: u64) -> bool {
        let mut caps = self.caps.iter();
        self.caps.is_empty() || caps.any(|(named, cap)| *named == unit && amount <= *cap)
    }

    /// Whether it reaches at least as far as the other, in every respect.
    #[must_use]
    pub fn covers(&self, tables: &Tables, other: &Self) -> bool {
        let circle = self
            .circle
            .is_none_or(|outer| other.circle.is_some_and(|inner| is_within(tables, inner, outer)));
        let groups = self.groups.is_empty() || self.reaches_all(&other.groups);
        let mut caps = other.caps.iter();
        let caps = self.caps.is_empty()
            || (!other.caps.is_empty() && caps.all(|(unit, amount)| self.allows(*unit, *amount)));
        circle && groups && caps
    }
}

/// Whether a circle is another, or within it.
#[must_use]
pub fn is_within(tables: &Tables, inner: u32, outer: u32) -> bool {
    let mut at = Some(inner);
    // A circle's number is above that of the circle that it is part of.
    while let Some(circle) = at {
        if circle == outer {
            return true;
        }
        let parent = tables.circles.get(circle).and_then(|circle| circle.parent);
        at = parent.filter(|parent| *parent < circle);
    }
    false
}

/// The limits, with names resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct FrozenLimits {
    /// Most terms in a row.
    pub consecutive: Option<u32>,
    /// Most terms ever.
    pub total: Option<u32>,
    /// Days to let pass after as many terms in a row as allowed.
    pub cooling_off_days: u32,
    /// Numbers of the roles that nobody holds at the same time, in order.
    pub incompatible: Vec<u32>,
    /// What it weighs among a person's roles.
    pub weight: u32,
    /// The most that all roles of its holder weigh together.
    pub most_weight: Option<u32>,
}

/// A charter, with names resolved. Purpose, powers, seats and term are the role's own.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct FrozenCharter {
    /// What it is for.
    pub purpose: Prose,
    /// What it alone controls within its circle.
    pub domains: Vec<Slug>,
    /// What it answers for.
    pub accountabilities: Vec<Line>,
    /// Its powers in order, each with its reach.
    pub scopes: Vec<(Power, Scope)>,
    /// Below this many holders, the role is reported as vacant.
    pub least: u32,
    /// How many can hold it at once.
    pub most: u32,
    /// Longest mandate, in days.
    pub term_days: u32,
    /// How it can be filled, in order.
    pub filled_by: Vec<Way>,
    /// Numbers of the groups that fill it by a vote, and recall; all members when absent.
    pub electorate: Option<Vec<u32>>,
    /// Who can hold it.
    pub limits: FrozenLimits,
    /// Which side of its circle's double link it is.
    pub link: Option<Link>,
    /// Whether a mandate counts only once its holder has accepted it.
    pub acceptance: bool,
    /// Longest interim when seats are vacant, in days.
    pub interim_days: Option<u32>,
    /// Whether its holders can delegate.
    pub delegable: bool,
    /// When it is to be reviewed.
    pub review_at: Option<Timestamp>,
}

/// Those who choose somebody for a role, or among whom lots are drawn.
#[derive(Clone, Copy, Debug)]
pub enum Choosers<'a> {
    /// All members.
    Everybody,
    /// The members of these groups.
    Groups(&'a [u32]),
    /// Picked one by one.
    Picked,
}

impl FrozenCharter {
    /// Whether these can choose: those whom the charter names; anybody where whoever asks them
    /// could appoint as well.
    #[must_use]
    pub fn is_chosen_by(&self, choosers: Choosers<'_>) -> bool {
        let sorted = |groups: &[u32]| groups.iter().copied().collect::<BTreeSet<u32>>();
        let named = match (choosers, &self.electorate) {
            (Choosers::Everybody, None) => true,
            (Choosers::Groups(groups), Some(named)) => sorted(groups) == sorted(named),
            _ => false,
        };
        named || self.filled_by.contains(&Way::Appointment)
    }

    /// How far a power of the role reaches.
    #[must_use]
    pub fn scope(&self, power: Power) -> Option<&Scope> {
        self.scopes.iter().find(|(named, _)| *named == power).map(|(_, scope)| scope)
    }
}

/// What belongs to a role beside its powers, by the role's number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Charter {
    /// The charter; none for a role defined by `role.defined/1`.
    pub terms: Option<FrozenCharter>,
    /// Position of the last change of the charter.
    pub since: u64,
    /// Position at which the role was retired.
    pub retired: Option<u64>,
}

/// The charter of the role with a number, if it has one.
#[must_use]
pub fn charter(world: &World, role: u32) -> Option<&FrozenCharter> {
    world.tables.charters.get(role)?.terms.as_ref()
}

/// The reach of each power of a role; a role without charter has its powers everywhere.
#[must_use]
pub fn scopes(world: &World, role: u32) -> BTreeMap<Power, Scope> {
    match (charter(world, role), world.tables.roles.get(role)) {
        (Some(charter), _) => charter.scopes.iter().cloned().collect(),
        (None, Some(role)) => role.powers.iter().map(|power| (*power, Scope::default())).collect(),
        (None, None) => BTreeMap::new(),
    }
}

/// Whether the author's own role has at least these powers, as far as they reach, and the author
/// may use them: a delegate gives nothing that was not delegated.
pub(super) fn check_covered(cx: &Cx<'_>, wanted: &BTreeMap<Power, Scope>) -> Result<(), Roles> {
    let own = cx.role().map(|role| scopes(cx.world, role)).unwrap_or_default();
    let covered = wanted.iter().all(|(power, scope)| {
        let reach = own.get(power).filter(|_| cx.may_use(*power));
        reach.is_some_and(|reach| reach.covers(&cx.world.tables, scope))
    });
    if covered { Ok(()) } else { Err(Roles::PowerNotHeld) }
}

impl CharterTerms {
    /// Resolves every name, checks that the author's own role has every power, and checks every
    /// limit that does not depend on the other roles.
    pub(super) fn freeze(self, cx: &Cx<'_>) -> Result<FrozenCharter, Rejection> {
        let mut scopes = BTreeMap::new();
        for grant in self.powers {
            let power = grant.power;
            if scopes.insert(power, freeze_grant(cx, grant)?).is_some() {
                return Err(Roles::Scope.into());
            }
        }
        check_covered(cx, &scopes)?;
        let Seats { least, most } = self.seats;
        if most == 0 || most > SEATS_MAX || least > most {
            return Err(Roles::SeatCount.into());
        }
        if self.term_days == 0 || self.term_days > TERM_DAYS_MAX {
            return Err(Roles::TermLength.into());
        }
        let limits = freeze_limits(cx, self.limits.unwrap_or_default())?;
        let interim = self.interim_days.is_none_or(|days| (1..=INTERIM_DAYS_MAX).contains(&days));
        if self.domains.len() > LIST_MAX || self.accountabilities.len() > LIST_MAX || !interim {
            return Err(Roles::Limits.into());
        }
        let filled_by: BTreeSet<Way> = self.filled_by.into_iter().collect();
        if filled_by.is_empty() {
            return Err(Roles::FilledBy.into());
        }
        let electorate = match self.electorate {
            None | Some(ElectorateRule::Members) => None,
            Some(ElectorateRule::Groups(groups)) => Some(find_groups(cx, &groups)?),
        };
        Ok(FrozenCharter {
            purpose: self.purpose,
            domains: self.domains,
            accountabilities: self.accountabilities,
            scopes: scopes.into_iter().collect(),
            least,
            most,
            term_days: self.term_days,
            filled_by: filled_by.into_iter().collect(),
            electorate,
            limits,
            link: self.link,
            acceptance: self.acceptance,
            interim_days: self.interim_days,
            delegable: self.delegable,
            review_at: self.review_at,
        })
    }
}

/// Numbers of groups, in order.
fn find_groups(cx: &Cx<'_>, groups: &[Slug]) -> Result<Vec<u32>, Rejection> {
    if groups.is_empty() || groups.len() > LIST_MAX {
        return Err(Roles::Limits.into());
    }
    let found = groups.iter().map(|slug| cx.find(Kind::Group, slug));
    let found: Option<BTreeSet<u32>> = found.collect();
    Ok(found.ok_or(Membership::GroupUnknown)?.into_iter().collect())
}

/// Each power has the reach that its acts can be held to.
fn freeze_grant(cx: &Cx<'_>, grant: Grant) -> Result<Scope, Rejection> {
    let (circle, groups, caps) =
        (grant.circle.is_some(), !grant.groups.is_empty(), !grant.caps.is_empty());
    let fits = match grant.power {
        Power::Roles | Power::Accounts => !groups && !caps,
        Power::Membership | Power::Votes => !circle && !caps,
        Power::Ledger => !circle && !groups,
        Power::Proposals | Power::Federation => !circle && !groups && !caps,
    };
    if !fits || grant.caps.len() > LIST_MAX {
        return Err(Roles::Scope.into());
    }
    let circle = grant.circle.map(|slug| super::open_circle(cx, &slug)).transpose()?;
    let groups = if groups { find_groups(cx, &grant.groups)? } else { Vec::new() };
    let mut capped = BTreeMap::new();
    for Cap { unit, amount } in grant.caps {
        let unit = cx.world.directory.by_word(Kind::Unit, unit.as_str());
        capped.insert(unit.ok_or(Ledger::UnitUnknown)?, amount);
    }
    Ok(Scope { circle, groups, caps: capped.into_iter().collect() })
}

fn freeze_limits(cx: &Cx<'_>, limits: Limits) -> Result<FrozenLimits, Roles> {
    let terms = |most: &Option<u32>| most.is_none_or(|most| (1..=TERMS_MAX).contains(&most));
    let days = limits.cooling_off_days.unwrap_or(0);
    let weight = limits.weight.unwrap_or(1);
    // Without a number of terms there is nothing after which to cool off.
    let cools = days == 0 || limits.consecutive.is_some();
    let fits = terms(&limits.consecutive)
        && terms(&limits.total)
        && days <= TERM_DAYS_MAX
        && cools
        && weight <= TERMS_MAX
        && limits.most_weight.is_none_or(|most| most >= weight)
        && limits.incompatible.len() <= LIST_MAX;
    if !fits {
        return Err(Roles::Limits);
    }
    let incompatible = limits.incompatible.iter().map(|slug| cx.find(Kind::Role, slug));
    let incompatible: Option<BTreeSet<u32>> = incompatible.collect();
    Ok(FrozenLimits {
        consecutive: limits.consecutive,
        total: limits.total,
        cooling_off_days: days,
        incompatible: incompatible.ok_or(Roles::RoleUnknown)?.into_iter().collect(),
        weight,
        most_weight: limits.most_weight,
    })
}
