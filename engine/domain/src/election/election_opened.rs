//! `election.opened/1`

use super::{Calendar, Election, Elections, Electors, Silence, TieStep};
use crate::act::{Command, Event};
use crate::authority::{Cx, Granted};
use crate::draw::Announcement;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Hash, Prose, Slug, StatementId};
use crate::rejection::Rejection;
use crate::role::{
    self, Choosers, Power, Roles, Way, check_may_fill, check_within_circle, standing,
};
use crate::sortition::{Draws, chance_comes_at, is_chance_replayed};
use crate::tables::EntityMut;
use crate::time::Timestamp;
use crate::vote::Hash32;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Opens an election without candidates for one seat of a role: says what the role asks, for how
/// long, who nominates, until when, and what is done about ties. Its author facilitates, and can
/// not be nominated. The election is named by this statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenElection {
    /// Which role.
    pub role: Slug,
    /// First moment of the mandate.
    pub from: Timestamp,
    /// First moment after the mandate.
    pub until: Timestamp,
    /// What the role asks of whoever holds it. No word about persons.
    pub criteria: Prose,
    /// Who nominates and consents.
    pub electors: Electors,
    /// The dates.
    pub calendar: Calendar,
    /// What is done about ties before the lot, in this order; each way once.
    pub ties: Vec<TieStep>,
    /// Where the chance of the lot will come from, which settles what is still tied.
    pub lot: Announcement,
    /// When the numbers are published, or until when secrets are awaited. A beacon says itself
    /// when its round comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot_at: Option<Timestamp>,
    /// What silence means.
    pub silence: Silence,
}

/// An election was opened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ElectionOpened {
    index: u32,
    election: StatementId,
    role: u32,
    from: Timestamp,
    until: Timestamp,
    criteria: Prose,
    facilitator: u32,
    electors: Vec<u32>,
    incumbents: Vec<u32>,
    calendar: Calendar,
    ties: Vec<TieStep>,
    chance: Announcement,
    lot_at: Timestamp,
    silence: Silence,
    terms: Hash,
}

impl Command for OpenElection {
    type Event = ElectionOpened;

    fn decide(self, cx: &Cx<'_>) -> Result<ElectionOpened, Rejection> {
        let granted = cx.require_scoped(Power::Roles)?;
        let facilitator = cx.member()?;
        let role = check_role(cx, &granted, &self.role, self.until)?;
        check_choosers(cx, role, &self.electors)?;
        check_term(cx, role, self.from, self.until)?;
        self.calendar.check(cx.at)?;
        let electors = self.electors.freeze(cx)?;
        let once: BTreeSet<TieStep> = self.ties.iter().copied().collect();
        if once.len() != self.ties.len() {
            return Err(Elections::TieSteps.into());
        }
        self.lot.check_form().map_err(Draws::from)?;
        let lot_at = chance_comes_at(cx, &self.lot, self.lot_at)?;
        if lot_at < self.calendar.change_by {
            return Err(Elections::LotDate.into());
        }
        if is_chance_replayed(cx, &self.lot) {
            return Err(Draws::Replayed.into());
        }
        Ok(ElectionOpened {
            index: cx.world.tables.elections.next_index(),
            election: cx.id,
            role,
            from: self.from,
            until: self.until,
            criteria: self.criteria,
            facilitator,
            electors,
            incumbents: incumbents(cx, role),
            calendar: self.calendar,
            ties: self.ties,
            chance: self.lot,
            lot_at,
            silence: self.silence,
            terms: cx.payload_hash,
        })
    }
}

/// The role: it is there, can be filled so, and whoever opens could give it themselves. Otherwise
/// an election by one accomplice would give what the author can not.
fn check_role(
    cx: &Cx<'_>,
    granted: &Granted<'_>,
    slug: &Slug,
    until: Timestamp,
) -> Result<u32, Rejection> {
    let index = cx.find(Kind::Role, slug).ok_or(Roles::RoleUnknown)?;
    check_may_fill(cx, granted, index)?;
    check_within_circle(cx, index, until)?;
    let charter = role::charter(cx.world, index);
    let otherwise = charter.is_some_and(|charter| !charter.filled_by.contains(&Way::Election));
    if otherwise { Err(Roles::WayNotAllowed.into()) } else { Ok(index) }
}

/// The electors are those whom the role's charter names.
fn check_choosers(cx: &Cx<'_>, role: u32, electors: &Electors) -> Result<(), Roles> {
    let groups: Option<Vec<u32>> = match electors {
        Electors::Groups(slugs) => slugs.iter().map(|slug| cx.find(Kind::Group, slug)).collect(),
        Electors::Members | Electors::Listed(_) => None,
    };
    let choosers = match (electors, &groups) {
        (Electors::Members, _) => Choosers::Everybody,
        (_, Some(groups)) => Choosers::Groups(groups),
        _ => Choosers::Picked,
    };
    let charter = role::charter(cx.world, role);
    let named = charter.is_none_or(|charter| charter.is_chosen_by(choosers));
    if named { Ok(()) } else { Err(Roles::OtherElectorate) }
}

fn check_term(cx: &Cx<'_>, role: u32, from: Timestamp, until: Timestamp) -> Result<(), Elections> {
    let days = cx.world.tables.roles.get(role).map_or(0, |role| role.term_days);
    let fits = from < until && until > cx.at && until <= from.plus_days(days);
    if fits { Ok(()) } else { Err(Elections::Term) }
}

/// Those who hold the role at this moment, in order.
fn incumbents(cx: &Cx<'_>, role: u32) -> Vec<u32> {
    let held = standing::holders(cx.world, role, cx.at).into_iter();
    let held = held.filter_map(|index| cx.world.tables.assignments.get(index));
    let once: BTreeSet<u32> = held.map(|one| one.member).collect();
    once.into_iter().collect()
}

impl Event for ElectionOpened {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Election, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::Uuid(self.election.0)));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Election(election) = entity {
            *election = Election {
                role: self.role,
                from: self.from,
                until: self.until,
                criteria: Some(self.criteria.clone()),
                facilitator: self.facilitator,
                electors: self.electors.clone(),
                incumbents: self.incumbents.clone(),
                calendar: self.calendar.clone(),
                ties: self.ties.clone(),
                chance: Some(self.chance.clone()),
                lot_at: self.lot_at,
                silence: self.silence,
                terms: Hash32(self.terms),
                opened: recorded.position,
                opened_at: recorded.record.at,
                ..Election::default()
            };
        }
    }
}
