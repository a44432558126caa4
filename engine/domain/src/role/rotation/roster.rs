//! A request that makes sense, with its names resolved to numbers in an order of its own.

use super::plan::Place;
use super::request::{
    LastHeld, PAST_MAX, PEOPLE_MAX, PERIODS_MAX, Person, ROLES_MAX, Request, RoleLimits,
    RosterError, SEATS_MAX, Seat, Standing, WEIGHT_MAX, WORK_MAX,
};
use crate::id::{Hash, MemberId, Slug};
use std::collections::{BTreeMap, BTreeSet};

/// A request that makes sense. Roles are in the order of their names, seats of roles and numbers,
/// people of their ids, so that the order in which they were written changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    pub(super) periods: usize,
    pub(super) seed: Hash,
    pub(super) load_cap: u64,
    pub(super) roles: Vec<RoleLimits>,
    /// Pairs of incompatible roles, in both orders.
    apart: BTreeSet<(usize, usize)>,
    /// Each role's number and the seat's.
    pub(super) seats: Vec<(usize, u32)>,
    pub(super) slots: Vec<Slot>,
    pub(super) people: Vec<Holder>,
}

/// A seat to be filled in a period. Slots are ordered by period, then by seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// Period, from 0.
    pub(super) period: usize,
    pub(super) seat: usize,
    pub(super) role: usize,
    pub(super) weight: u64,
}

/// A person, with what they held of each role that they can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) id: MemberId,
    pub(super) available: Vec<bool>,
    /// How many periods they are available in.
    pub(super) periods: u64,
    pub(super) past_load: u64,
    pub(super) standing: Vec<Option<Standing>>,
}

impl Holder {
    pub(super) fn is_available(&self, period: usize) -> bool {
        self.available.get(period).copied().unwrap_or(false)
    }

    pub(super) fn standing(&self, role: usize) -> Option<Standing> {
        self.standing.get(role).copied().flatten()
    }

    /// Available and eligible, whatever else happens.
    pub(super) fn suits(&self, slot: Slot) -> bool {
        self.is_available(slot.period) && self.standing(slot.role).is_some()
    }
}

impl Roster {
    /// Reads a request.
    ///
    /// # Errors
    /// The first thing found that makes no sense.
    pub fn new(request: &Request) -> Result<Self, RosterError> {
        if request.periods == 0 || request.periods > PERIODS_MAX {
            return Err(RosterError::PeriodCount);
        }
        let sizes = [
            (request.roles.len(), ROLES_MAX),
            (request.incompatible.len(), ROLES_MAX * ROLES_MAX),
            (request.seats.len(), SEATS_MAX),
            (request.people.len(), PEOPLE_MAX),
        ];
        if sizes.iter().any(|(size, most)| size > most) {
            return Err(RosterError::TooMany);
        }
        let periods = usize::try_from(request.periods).map_err(|_| RosterError::PeriodCount)?;
        let roles = roles(&request.roles)?;
        let names: Names = roles.iter().map(|limits| &limits.role).zip(0..).collect();
        let apart = apart(&request.incompatible, &names)?;
        let (seats, mut slots) = seats(&request.seats, &names, periods)?;
        let people = people(&request.people, &names, periods)?;
        if slots.len().saturating_mul(people.len().max(1)) > WORK_MAX {
            return Err(RosterError::TooMany);
        }
        slots.sort_by_key(|slot| (slot.period, slot.seat));
        let (seed, load_cap) = (request.seed, request.load_cap);
        let roles = roles.into_iter().cloned().collect();
        Ok(Self { periods, seed, load_cap, roles, apart, seats, slots, people })
    }

    /// Whether nobody holds both roles in one period.
    pub(super) fn are_apart(&self, one: usize, other: usize) -> bool {
        one == other || self.apart.contains(&(one, other))
    }

    pub(super) fn slot(&self, index: usize) -> Option<Slot> {
        self.slots.get(index).copied()
    }

    /// The name of a slot.
    pub(super) fn place(&self, slot: Slot) -> Option<Place> {
        let (role, seat) = self.seats.get(slot.seat).copied()?;
        let role = self.roles.get(role)?.role.clone();
        Some(Place { period: u32::try_from(slot.period + 1).ok()?, role, seat })
    }

    /// The lot of a person for a slot: SHA-256 of the seed, the period from 1, the role's name
    /// with its length before it, the seat's number and the person; numbers of 32 bits and one
    /// byte for the length, the most significant byte first.
    pub(super) fn lot(&self, slot: Slot, person: MemberId) -> Hash {
        let (role, number) = self.seats.get(slot.seat).copied().unwrap_or_default();
        let name = self.roles.get(role).map_or("", |limits| limits.role.as_str());
        let mut bytes = self.seed.0.to_vec();
        let short = |value: usize| u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes();
        bytes.extend(short(slot.period + 1));
        // A slug has at most 48 characters.
        bytes.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        bytes.extend(name.as_bytes());
        bytes.extend(number.to_be_bytes());
        bytes.extend(person.0.to_be_bytes());
        Hash::of(&bytes)
    }

    /// For each slot, all people in the order of their lots.
    pub(super) fn lots(&self) -> Vec<Vec<usize>> {
        let of = |slot: &Slot| {
            let mut drawn: Vec<(Hash, usize)> =
                self.people.iter().map(|one| self.lot(*slot, one.id)).zip(0..).collect();
            drawn.sort();
            drawn.into_iter().map(|(_, person)| person).collect()
        };
        self.slots.iter().map(of).collect()
    }
}

type Names<'a> = BTreeMap<&'a Slug, usize>;

fn find(names: &Names<'_>, role: &Slug) -> Result<usize, RosterError> {
    names.get(role).copied().ok_or_else(|| RosterError::RoleUnknown(role.clone()))
}

fn roles(asked: &[RoleLimits]) -> Result<Vec<&RoleLimits>, RosterError> {
    let mut roles: Vec<&RoleLimits> = asked.iter().collect();
    roles.sort_by_key(|limits| &limits.role);
    for (one, next) in roles.iter().zip(roles.iter().skip(1)) {
        if one.role == next.role {
            return Err(RosterError::RoleTwice(one.role.clone()));
        }
    }
    match roles.iter().find(|limits| limits.max_consecutive == 0) {
        Some(limits) => Err(RosterError::NeverHeld(limits.role.clone())),
        None => Ok(roles),
    }
}

fn apart(
    pairs: &[(Slug, Slug)],
    names: &Names<'_>,
) -> Result<BTreeSet<(usize, usize)>, RosterError> {
    let mut apart = BTreeSet::new();
    for (one, other) in pairs {
        let (a, b) = (find(names, one)?, find(names, other)?);
        if a == b {
            return Err(RosterError::WithItself(one.clone()));
        }
        apart.extend([(a, b), (b, a)]);
    }
    Ok(apart)
}

type Seats = (Vec<(usize, u32)>, Vec<Slot>);

fn seats(asked: &[Seat], names: &Names<'_>, periods: usize) -> Result<Seats, RosterError> {
    let mut found: BTreeMap<(usize, u32), &Seat> = BTreeMap::new();
    for seat in asked {
        let (role, number) = (find(names, &seat.role)?, seat.number);
        if found.insert((role, number), seat).is_some() {
            return Err(RosterError::SeatTwice(seat.role.clone(), number));
        }
        if seat.weight == 0 || seat.weight > WEIGHT_MAX {
            return Err(RosterError::Weight(seat.role.clone(), number));
        }
        if seat.open.len() != periods {
            return Err(RosterError::SeatPeriods(seat.role.clone(), number));
        }
    }
    let mut slots = Vec::new();
    for (index, ((role, _), seat)) in found.iter().enumerate() {
        let open = seat.open.iter().enumerate().filter(|(_, open)| **open);
        let slot = |(period, _)| Slot { period, seat: index, role: *role, weight: seat.weight };
        slots.extend(open.map(slot));
    }
    Ok((found.into_keys().collect(), slots))
}

fn people(asked: &[Person], names: &Names<'_>, periods: usize) -> Result<Vec<Holder>, RosterError> {
    let mut found = BTreeMap::new();
    for person in asked {
        let id = person.id;
        if person.available.len() != periods {
            return Err(RosterError::PersonPeriods(id));
        }
        if person.past_load > PAST_MAX {
            return Err(RosterError::PastLoad(id));
        }
        let mut standing = vec![None; names.len()];
        for (role, past) in &person.eligible {
            let index = find(names, role)?;
            if !can_be(*past) {
                return Err(RosterError::Past(id, role.clone()));
            }
            if let Some(entry) = standing.get_mut(index) {
                *entry = Some(*past);
            }
        }
        let available = person.available.clone();
        let open = available.iter().filter(|open| **open).count();
        let periods = u64::try_from(open).unwrap_or(u64::MAX);
        let holder = Holder { id, available, periods, past_load: person.past_load, standing };
        if found.insert(id, holder).is_some() {
            return Err(RosterError::PersonTwice(id));
        }
    }
    Ok(found.into_values().collect())
}

fn can_be(past: Standing) -> bool {
    match past.last {
        None => past.held == 0,
        Some(LastHeld { ago, run }) => {
            ago > 0 && run > 0 && run <= past.held && past.held <= PAST_MAX && ago <= PAST_MAX
        }
    }
}
