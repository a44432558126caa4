//! `rotation.planned/1`

use super::facts::Facts;
use super::terms::{Fixed, Numbers, Terms};
use super::{
    Carries, Cell, Empty, Interval, PlannedRole, Proven, Rotation, Rotations, STEPS_MAX,
    Superseded, WORK_MAX,
};
use crate::act::{Command, Event};
use crate::authority::{Cx, Granted};
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Hash, Line, StatementId};
use crate::rejection::Rejection;
use crate::role::rotation::{CertificateKind, Plan, Proof, Roster, check_within, reasons};
use crate::role::{self, Power, Roles, Way, check_may_fill, check_within_circle};
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Before what a seed is taken of.
const SEED_DOMAIN: &[u8] = b"archipel.rotation.seed.v1\n";

/// Records a plan of who holds which role in which period. It is made elsewhere; here it is
/// checked against the state, with what it says of itself. It gives no role: mandates follow it.
/// The rotation is named by this statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRotation {
    /// Title for people.
    pub title: Line,
    /// What it is asked for.
    pub terms: Terms,
    /// The draw that the seed comes from. Its purpose names the hash of the request, so that
    /// nothing of it could be chosen when the seed was known. When absent the seed follows from
    /// the request alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<StatementId>,
    /// The rotation that it replaces, but for periods that have begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<StatementId>,
    /// The plan, with its certificate.
    pub plan: Plan,
}

/// A plan was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RotationPlanned {
    index: u32,
    id: StatementId,
    rotation: Rotation,
}

/// The seed of a request: SHA-256 of a domain, the request's hash, and the seed of the draw that
/// was announced for it, if there was one.
#[must_use]
pub fn seed_of(request: Hash, drawn: Option<Hash>) -> Hash {
    let mut text = SEED_DOMAIN.to_vec();
    text.extend(request.0);
    text.extend(drawn.iter().flat_map(|seed| seed.0));
    Hash::of(&text)
}

impl Command for PlanRotation {
    type Event = RotationPlanned;

    fn decide(self, cx: &Cx<'_>) -> Result<RotationPlanned, Rejection> {
        let granted = cx.require_scoped(Power::Roles)?;
        let supersedes = self.supersedes.map(|id| standing(cx, id)).transpose()?;
        let numbers = self.terms.check(cx, |role, period| {
            // Of the one that it replaces, the periods that have begun stay.
            let until = |index| if supersedes == Some(index) { cx.at } else { Timestamp(i64::MAX) };
            let mut others = cx.world.tables.rotations.iter();
            others.any(|(index, other)| has_role(other, role, period, until(index)))
        })?;
        let roles: BTreeSet<u32> = numbers.roles.iter().map(|named| named.number).collect();
        let ends = numbers.roles.iter().zip(&self.terms.roles).map(|(named, terms)| {
            let last = self.terms.open_periods(terms).pop();
            (named.number, last.map_or(cx.at, |(_, last)| last.until))
        });
        check_roles(cx, &granted, &ends.collect(), supersedes)?;
        let members = numbers.people.values().copied().collect();
        let Fixed { mut request, hash } = self.terms.fix(&Facts::read(cx.world, &roles, &members));
        let open = request.seats.iter().flat_map(|seat| &seat.open).filter(|open| **open).count();
        if open.saturating_mul(request.people.len()) > WORK_MAX {
            return Err(Rotations::TooMany.into());
        }
        let (draw, drawn) = match self.draw {
            None => (None, None),
            Some(id) => drawn(cx, id, hash).map(|(draw, seed)| (Some(draw), Some(seed)))?,
        };
        request.seed = seed_of(hash, drawn);
        let roster = Roster::new(&request).map_err(Rotations::from)?;
        check_within(&roster, &self.plan, STEPS_MAX).map_err(Rotations::from)?;
        let cells = cells(&roster, &self.plan, &numbers);
        let rotation =
            Rotation { request: Some(hash), draw, supersedes, ..frozen(self, &numbers, cells) };
        let index = cx.world.tables.rotations.next_index();
        Ok(RotationPlanned { index, id: cx.id, rotation })
    }
}

/// Whoever plans could fill every role themselves, those of the replaced plan too; those of the
/// plan last as long as it, by the end of their last period; and those with a charter are filled by
/// rotations.
fn check_roles(
    cx: &Cx<'_>,
    granted: &Granted<'_>,
    ends: &BTreeMap<u32, Timestamp>,
    supersedes: Option<u32>,
) -> Result<(), Rejection> {
    let before = supersedes.and_then(|index| cx.world.tables.rotations.get(index));
    let before = before.into_iter().flat_map(|rotation| rotation.roles.iter().map(|one| one.role));
    for role in before.chain(ends.keys().copied()) {
        check_may_fill(cx, granted, role)?;
    }
    let otherwise = |role: &u32| {
        let charter = role::charter(cx.world, *role);
        charter.is_some_and(|charter| !charter.filled_by.contains(&Way::Rotation))
    };
    for (role, until) in ends {
        check_within_circle(cx, *role, *until)?;
    }
    if ends.keys().any(otherwise) { Err(Roles::WayNotAllowed.into()) } else { Ok(()) }
}

/// A rotation that was not replaced.
fn standing(cx: &Cx<'_>, id: StatementId) -> Result<u32, Rotations> {
    let index = cx.find_uuid(Kind::Rotation, id.0).ok_or(Rotations::RotationUnknown)?;
    let rotation = cx.world.tables.rotations.get(index).ok_or(Rotations::RotationUnknown)?;
    if rotation.superseded.is_some() { Err(Rotations::Superseded) } else { Ok(index) }
}

/// Whether a rotation has a role to be held at any moment of a time, in periods that begin by a
/// moment.
fn has_role(rotation: &Rotation, role: u32, time: &Interval, by: Timestamp) -> bool {
    let vacant = rotation.vacant.iter().map(|one| (one.role, one.period));
    let all = rotation.cells.iter().map(|one| (one.role, one.period)).chain(vacant);
    let mut own = all.filter(|(other, _)| *other == role);
    let overlaps = |one: Interval| one.from <= by && one.overlaps(time);
    own.any(|(_, number)| rotation.period(number).is_some_and(overlaps))
}

/// The seed of a draw that was announced for this request.
fn drawn(cx: &Cx<'_>, id: StatementId, request: Hash) -> Result<(u32, Hash), Rotations> {
    let index = cx.find_uuid(Kind::Draw, id.0).ok_or(Rotations::SeedUnknown)?;
    let draw = cx.world.tables.draws.get(index).ok_or(Rotations::SeedUnknown)?;
    let lots = draw.drawn.as_ref().ok_or(Rotations::SeedUnknown)?;
    let hash = request.to_string();
    let named = draw.purpose.as_ref().is_some_and(|purpose| purpose.as_str().contains(&hash));
    if named { Ok((index, lots.seed)) } else { Err(Rotations::SeedOrder) }
}

fn cells(roster: &Roster, plan: &Plan, numbers: &Numbers) -> Vec<Cell> {
    let cells = plan.assignments.iter().zip(reasons(roster, plan)).filter_map(|(one, why)| {
        Some(Cell {
            period: one.place.period,
            role: numbers.role(&one.place.role)?,
            seat: one.place.seat,
            member: *numbers.people.get(&one.person)?,
            gap: why.gap,
            kept: why.kept,
            others: why.others,
        })
    });
    cells.collect()
}

fn frozen(command: PlanRotation, numbers: &Numbers, cells: Vec<Cell>) -> Rotation {
    let PlanRotation { title, terms, plan, .. } = command;
    let planned = terms.roles.iter().zip(&numbers.roles).map(|(terms, named)| PlannedRole {
        role: named.number,
        seats: named.seats,
        weight: terms.weight,
        max_consecutive: terms.max_consecutive,
        cooling_off: terms.cooling_off,
        max_held: terms.max_held,
    });
    let pair = |(one, other): &(_, _)| Some((numbers.role(one)?, numbers.role(other)?));
    let vacant = plan.vacant.into_iter().filter_map(|one| {
        let role = numbers.role(&one.place.role)?;
        let (period, seat, reason) = (one.place.period, one.place.seat, one.reason);
        Some(Empty { period, role, seat, reason })
    });
    let loads = plan.loads.iter().filter_map(|load| {
        let member = *numbers.people.get(&load.person)?;
        Some(Carries { member, past: load.past, new: load.new, periods: load.periods })
    });
    let proven = match plan.certificate.kind {
        CertificateKind::Optimal(Proof::Potentials(_)) => Proven::Potentials,
        CertificateKind::Optimal(Proof::Search) => Proven::Search,
        CertificateKind::Bounded { .. } => Proven::Bounded,
    };
    Rotation {
        title: Some(title),
        roles: planned.collect(),
        incompatible: terms.incompatible.iter().filter_map(pair).collect(),
        load_cap: terms.load_cap,
        periods: terms.periods,
        cells,
        vacant: vacant.collect(),
        loads: loads.collect(),
        ratios: plan.objective.loads,
        proven: Some(proven),
        bound: Some(plan.certificate.bound),
        ..Rotation::default()
    }
}

impl Event for RotationPlanned {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Rotation, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::Uuid(self.id.0)));
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(self.stream());
        let earlier = self.rotation.supersedes.filter(|earlier| *earlier != self.index);
        if let Some(earlier) = earlier {
            visit(EntityRef::new(Kind::Rotation, earlier));
        }
    }

    fn evolve(&self, index: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        let EntityMut::Rotation(rotation) = entity else { return };
        let (position, at) = (recorded.position, recorded.record.at);
        if index == self.index {
            *rotation = self.rotation.clone();
            (rotation.recorded, rotation.recorded_at) = (position, at);
        } else {
            rotation.superseded = Some(Superseded { by: self.index, at });
        }
    }
}
