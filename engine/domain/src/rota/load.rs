//! Who carries how much of all mandates, and how concentrated that is.

use crate::id::MemberId;
use crate::role::rotation::{Carried, Indicators, indicators};
use crate::role::standing;
use crate::time::Timestamp;
use crate::world::World;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a member carries at a position of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Burden {
    /// Mandates that are running.
    pub active: u64,
    /// Mandates that are over.
    pub past: u64,
    /// Mandates that have not begun.
    pub coming: u64,
    /// Days of mandates so far, each begun one counted.
    pub days: u64,
    /// Weight of the periods that recorded plans give them from now on, the running ones included.
    pub planned: u64,
}

/// How concentrated mandates are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Concentration {
    /// Of running mandates, over all members.
    pub active: Indicators,
    /// Of the days of all mandates so far.
    pub days: Indicators,
    /// How many members never held a mandate.
    pub never_held: u64,
}

/// What each member who has not left carries, by number.
#[must_use]
pub fn burdens(world: &World) -> BTreeMap<u32, Burden> {
    let (tables, now) = (&world.tables, world.recorded_at);
    let here = tables.members.iter().filter(|(_, member)| member.left.is_none());
    let mut all: BTreeMap<u32, Burden> =
        here.map(|(number, _)| (number, Burden::default())).collect();
    for (index, mandate) in tables.assignments.iter() {
        let Some(burden) = all.get_mut(&mandate.member) else { continue };
        let until = standing::end(world, index, mandate);
        let which = match (mandate.ended.is_some(), mandate.from > now, mandate.until > now) {
            (false, true, _) => &mut burden.coming,
            (false, false, true) => &mut burden.active,
            // Ended before it began: it never was.
            (true, _, _) if until <= mandate.from => continue,
            _ => &mut burden.past,
        };
        *which = which.saturating_add(1);
        let held = until.min(now).0.saturating_sub(mandate.from.0).max(0);
        let begun = u64::try_from(held).unwrap_or(0).div_ceil(DAY);
        burden.days = burden.days.saturating_add(begun);
    }
    for (_, rotation) in tables.rotations.iter() {
        for (_, cell) in rotation.standing().filter(|(period, _)| period.until > now) {
            let planned = rotation.roles.iter().find(|planned| planned.role == cell.role);
            if let Some((burden, planned)) = all.get_mut(&cell.member).zip(planned) {
                burden.planned = burden.planned.saturating_add(planned.weight);
            }
        }
    }
    all
}

const DAY: u64 = Timestamp::DAY_MS.unsigned_abs();

/// How concentrated that is, with the share of the `top` who carry most.
#[must_use]
pub fn concentration(world: &World, all: &BTreeMap<u32, Burden>, top: usize) -> Concentration {
    let of = |load: fn(&Burden) -> u64| {
        let carried = all.iter().filter_map(|(number, burden)| {
            let person: MemberId = super::facts::member_id(world, *number)?;
            Some(Carried { person, load: load(burden), capacity: 1 })
        });
        indicators(&carried.collect::<Vec<_>>(), top)
    };
    let never = all.values().filter(|burden| burden.active == 0 && burden.past == 0).count();
    Concentration {
        active: of(|burden| burden.active),
        days: of(|burden| burden.days),
        never_held: u64::try_from(never).unwrap_or(u64::MAX),
    }
}
