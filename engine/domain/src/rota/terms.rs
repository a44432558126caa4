//! What a rotation is asked for: as stated, and as it is with all that the state says.

use super::facts::{Facts, Mandated, RoleFacts};
use super::{Interval, PEOPLE_MAX, Rotations, STEPS_MAX, seed_of};
use crate::authority::Cx;
use crate::codec;
use crate::entity::Kind;
use crate::id::{Hash, MemberId, Slug};
use crate::rejection::Rejection;
use crate::role::Roles;
use crate::role::rotation::{
    LastHeld, PAST_MAX, PERIODS_MAX, Person, Plan, ROLES_MAX, Request, RoleLimits, Roster,
    RosterError, SEATS_MAX, Seat, Standing, WEIGHT_MAX, check_within, solve,
};
use crate::time::Timestamp;
use bincode::Encode;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Before what the hash of a request is taken of.
const REQUEST_DOMAIN: &[u8] = b"archipel.rotation.request.v1\n";

/// What a rotation is asked for, but for what the state says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The periods, in order and not overlapping.
    pub periods: Vec<Interval>,
    /// The roles, with their limits.
    pub roles: Vec<RoleTerms>,
    /// Pairs of roles that nobody holds in the same period.
    pub incompatible: Vec<(Slug, Slug)>,
    /// Most weight that one person carries in one period.
    pub load_cap: u64,
    /// The members among whom the roles rotate.
    pub people: Vec<MemberId>,
}

/// A role, with its limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode)]
#[serde(deny_unknown_fields)]
pub struct RoleTerms {
    /// The role.
    pub role: Slug,
    /// How many of its seats are planned; all of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// How much of a load a seat is, at least 1.
    pub weight: u64,
    /// Most periods in a row, at least 1.
    pub max_consecutive: u32,
    /// Periods without the role after that many in a row.
    pub cooling_off: u32,
    /// Most periods ever.
    pub max_held: u64,
    /// Numbers of the periods, from 1, in which it is held by nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<u32>,
}

/// A request, fixed but for its seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The request, with a seed of zeros.
    pub request: Request,
    /// Its hash: what a draw of the seed is announced for.
    pub hash: Hash,
}

/// The numbers of what the terms name, in their order.
pub(super) struct Numbers {
    pub(super) roles: Vec<Named>,
    pub(super) people: BTreeMap<MemberId, u32>,
}

/// A role by number, with the seats that are planned.
pub(super) struct Named {
    pub(super) slug: Slug,
    pub(super) number: u32,
    pub(super) seats: u32,
}

impl Numbers {
    pub(super) fn role(&self, slug: &Slug) -> Option<u32> {
        self.roles.iter().find(|named| named.slug == *slug).map(|named| named.number)
    }
}

impl Terms {
    /// What the terms name, if they make sense; `taken` says whether another rotation has a role
    /// in a period.
    pub(super) fn check(
        &self,
        cx: &Cx<'_>,
        taken: impl Fn(u32, &Interval) -> bool,
    ) -> Result<Numbers, Rejection> {
        self.check_periods(cx.at)?;
        let roles = self.check_roles(cx)?;
        let overlaps = |(terms, named): (&RoleTerms, &Named)| {
            let open = self.open_periods(terms);
            open.into_iter().any(|(_, period)| taken(named.number, &period))
        };
        if self.roles.iter().zip(&roles).any(overlaps) {
            return Err(Rotations::Overlaps.into());
        }
        for (one, other) in &self.incompatible {
            if [one, other].into_iter().any(|slug| !roles.iter().any(|named| named.slug == *slug)) {
                return Err(Rotations::RoleUnknown.into());
            }
            if one == other {
                return Err(Rotations::WithItself.into());
            }
        }
        if self.people.is_empty() || self.people.len() > PEOPLE_MAX {
            return Err(Rotations::PeopleCount.into());
        }
        let mut people = BTreeMap::new();
        let mut twice = false;
        for id in &self.people {
            let number = cx.find_uuid(Kind::Member, id.0).ok_or(Rotations::PersonUnknown)?;
            let member = cx.world.tables.members.get(number);
            if member.is_none_or(|member| member.left.is_some()) {
                return Err(Rotations::PersonUnknown.into());
            }
            twice |= people.insert(*id, number).is_some();
        }
        if twice { Err(Rotations::PersonTwice.into()) } else { Ok(Numbers { roles, people }) }
    }

    fn check_periods(&self, at: Timestamp) -> Result<(), Rotations> {
        let count = u32::try_from(self.periods.len()).unwrap_or(u32::MAX);
        if count == 0 || count > PERIODS_MAX {
            return Err(Rotations::PeriodCount);
        }
        if !Interval::are_in_order(&self.periods) {
            return Err(Rotations::PeriodOrder);
        }
        if self.periods.first().is_some_and(|first| first.until <= at) {
            return Err(Rotations::PeriodPast);
        }
        Ok(())
    }

    fn check_roles(&self, cx: &Cx<'_>) -> Result<Vec<Named>, Rejection> {
        let tables = &cx.world.tables;
        let mut roles = Vec::new();
        let mut found = Vec::new();
        for terms in self.roles.iter().take(ROLES_MAX) {
            let number = cx.find(Kind::Role, &terms.role).ok_or(Roles::RoleUnknown)?;
            let role = tables.roles.get(number).ok_or(Roles::RoleUnknown)?;
            let circle = tables.circles.get(role.circle).ok_or(Roles::CircleUnknown)?;
            if circle.dissolved.is_some() {
                return Err(Roles::CircleDissolved.into());
            }
            let (slug, seats) = (terms.role.clone(), terms.seats.unwrap_or(role.seats));
            roles.push(Named { slug, number, seats });
            found.push((terms, role));
        }
        if self.roles.is_empty() || self.roles.len() > ROLES_MAX {
            return Err(Rotations::RoleCount.into());
        }
        let each: BTreeSet<&Slug> = self.roles.iter().map(|terms| &terms.role).collect();
        if each.len() < self.roles.len() {
            return Err(Rotations::RoleTwice.into());
        }
        let all = roles.iter().fold(0_u32, |sum, named| sum.saturating_add(named.seats));
        let many = usize::try_from(all).is_ok_and(|all| all > SEATS_MAX);
        let wrong = |seats: Option<u32>, most: u32| seats.is_some_and(|n| n == 0 || n > most);
        if many || found.iter().any(|(terms, role)| wrong(terms.seats, role.seats)) {
            return Err(Rotations::SeatCount.into());
        }
        if self.roles.iter().any(|terms| terms.weight == 0 || terms.weight > WEIGHT_MAX) {
            return Err(Rotations::Weight.into());
        }
        if self.roles.iter().any(|terms| terms.max_consecutive == 0 || terms.max_held == 0) {
            return Err(Rotations::NeverHeld.into());
        }
        let mut closed = self.roles.iter().flat_map(|terms| &terms.closed);
        let is_period = |number: &u32| {
            usize::try_from(*number).is_ok_and(|n| (1..=self.periods.len()).contains(&n))
        };
        if !closed.all(is_period) {
            return Err(Rotations::ClosedPeriod.into());
        }
        let fits = |(terms, role): &(&RoleTerms, &crate::role::Role)| {
            let open = self.open_periods(terms);
            open.iter().all(|(_, one)| one.until <= one.from.plus_days(role.term_days))
        };
        if !found.iter().all(fits) {
            return Err(Rotations::TermTooLong.into());
        }
        Ok(roles)
    }

    /// The periods in which a role is to be held, with their numbers.
    pub(super) fn open_periods(&self, terms: &RoleTerms) -> Vec<(u32, Interval)> {
        let all = (1..).zip(self.periods.iter().copied());
        all.filter(|(number, _)| !terms.closed.contains(number)).collect()
    }

    /// The request, with all that the state says. What the facts do not know has no seat and no
    /// past.
    #[must_use]
    pub fn fix(&self, facts: &Facts) -> Fixed {
        let known: Vec<(&RoleTerms, &RoleFacts)> = self
            .roles
            .iter()
            .filter_map(|terms| Some((terms, facts.roles.get(&terms.role)?)))
            .collect();
        let mut seats = Vec::new();
        for (terms, role) in &known {
            let left = self.seats_left(terms, role);
            for number in 1..=terms.seats.unwrap_or(role.seats) {
                let open = left.iter().map(|left| number <= *left).collect();
                let (role, weight) = (terms.role.clone(), terms.weight);
                seats.push(Seat { role, number, weight, open });
            }
        }
        let limits = |terms: &RoleTerms| RoleLimits {
            role: terms.role.clone(),
            max_consecutive: terms.max_consecutive,
            cooling_off: terms.cooling_off,
            max_held: terms.max_held,
        };
        let people: BTreeSet<MemberId> = self.people.iter().copied().collect();
        let mut incompatible = self.incompatible.clone();
        incompatible.sort_unstable();
        let mut roles: Vec<RoleLimits> = self.roles.iter().map(limits).collect();
        roles.sort_by(|one, other| one.role.cmp(&other.role));
        seats.sort_by(|one, other| (&one.role, one.number).cmp(&(&other.role, other.number)));
        let request = Request {
            periods: u32::try_from(self.periods.len()).unwrap_or(u32::MAX),
            seed: Hash([0; 32]),
            load_cap: self.load_cap,
            roles,
            incompatible,
            seats,
            people: people.into_iter().map(|id| self.person(facts, &known, id)).collect(),
        };
        let mut text = REQUEST_DOMAIN.to_vec();
        text.extend(codec::encode_snapshot(self).unwrap_or_default());
        text.extend(codec::encode_snapshot(&request).unwrap_or_default());
        Fixed { hash: Hash::of(&text), request }
    }

    /// The plan that can be recorded: the best one that is found, with a proof if it can be
    /// checked within the steps that recording allows. `drawn` is the seed of the draw, if any.
    ///
    /// # Errors
    /// The first thing found that makes no sense.
    pub fn plan(&self, facts: &Facts, drawn: Option<Hash>) -> Result<(Plan, Roster), RosterError> {
        let Fixed { mut request, hash } = self.fix(facts);
        request.seed = seed_of(hash, drawn);
        let roster = Roster::new(&request)?;
        let plan = solve(&roster);
        match check_within(&roster, &plan, STEPS_MAX) {
            Ok(()) => Ok((plan, roster)),
            Err(_) => Ok((plan.unproven(), roster)),
        }
    }

    /// For each period, how many seats of a role no running mandate takes.
    fn seats_left(&self, terms: &RoleTerms, role: &RoleFacts) -> Vec<u32> {
        let of = |(number, period): (u32, &Interval)| {
            let closed = terms.closed.contains(&number);
            if closed { 0 } else { role.seats.saturating_sub(role.most_at_once(period)) }
        };
        (1..).zip(&self.periods).map(of).collect()
    }

    fn person(&self, facts: &Facts, known: &[(&RoleTerms, &RoleFacts)], id: MemberId) -> Person {
        let own = |(_, role): &(&RoleTerms, &RoleFacts)| -> Vec<Mandated> {
            role.mandates.iter().filter(|one| one.member == id).copied().collect()
        };
        let mandates: Vec<Vec<Mandated>> = known.iter().map(own).collect();
        let running: Vec<Interval> =
            mandates.iter().flatten().filter(|one| !one.ended).map(Mandated::span).collect();
        let declared = facts.people.get(&id);
        let away = declared.map_or(&[][..], |declared| &declared.away);
        let is_free = |period: &Interval| {
            !away.iter().chain(&running).any(|interval| interval.overlaps(period))
        };
        let mut past_load = 0_u64;
        let mut eligible = BTreeMap::new();
        for ((terms, _), mandates) in known.iter().zip(&mandates) {
            let past = self.past(mandates);
            past_load = past_load.saturating_add(terms.weight.saturating_mul(past.held));
            if !declared.is_some_and(|declared| declared.unwanted.contains(&terms.role)) {
                eligible.insert(terms.role.clone(), past);
            }
        }
        Person {
            id,
            available: self.periods.iter().map(is_free).collect(),
            past_load: past_load.min(PAST_MAX),
            eligible,
        }
    }

    /// What was held before the plan, in periods as long as its first one and as far apart as its
    /// first two, going back from the first. A period counts as held if any moment of it was.
    fn past(&self, mandates: &[Mandated]) -> Standing {
        let Some(first) = self.periods.first() else { return Standing::default() };
        let wide = |at: Timestamp| i128::from(at.0);
        let (start, end) = (wide(first.from), wide(first.until));
        let step = self.periods.get(1).map_or(end - start, |next| wide(next.from) - start).max(1);
        // Those k for which a mandate has a moment in common with the period k steps before.
        let mut spans: Vec<(i128, i128)> = mandates
            .iter()
            .map(|one| {
                let nearest = (start - wide(one.until)).div_euclid(step) + 1;
                let farthest = (end - wide(one.from) - 1).div_euclid(step);
                (nearest.max(1), farthest)
            })
            .filter(|(nearest, farthest)| nearest <= farthest)
            .collect();
        spans.sort_unstable();
        let mut merged: Vec<(i128, i128)> = Vec::new();
        for (nearest, farthest) in spans {
            match merged.last_mut() {
                Some(last) if nearest <= last.1 + 1 => last.1 = last.1.max(farthest),
                _ => merged.push((nearest, farthest)),
            }
        }
        let clamp = |n: i128| u64::try_from(n).unwrap_or(PAST_MAX).min(PAST_MAX);
        let count = |(nearest, farthest): &(i128, i128)| farthest - nearest + 1;
        let held = clamp(merged.iter().map(count).sum());
        let last = merged
            .first()
            .map(|span| LastHeld { ago: clamp(span.0), run: clamp(count(span)).min(held) });
        Standing { last, held }
    }
}

impl RoleFacts {
    /// How many hold it at the same moment of a period, at most, by mandates that run.
    fn most_at_once(&self, period: &Interval) -> u32 {
        let runs = |one: &&Mandated| !one.ended && one.span().overlaps(period);
        let running: Vec<&Mandated> = self.mandates.iter().filter(runs).collect();
        let held_at = |moment: Timestamp| {
            running.iter().filter(|one| one.from <= moment && moment < one.until).count()
        };
        let starts = running.iter().map(|one| one.from.max(period.from));
        u32::try_from(starts.map(held_at).max().unwrap_or(0)).unwrap_or(u32::MAX)
    }
}
