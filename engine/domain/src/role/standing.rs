//! What belongs to a mandate beside its term: how its holder was chosen, whether they accepted,
//! to whom it is delegated, and how it ended; and who stands where at a moment.

use super::{Assignment, Basis, EndReason, Power, charter, limits};
use crate::fact::Recorded;
use crate::tables::EntityMut;
use crate::time::Timestamp;
use crate::world::World;
use bincode::{Decode, Encode};
use std::collections::BTreeSet;

/// How a mandate ended before its term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Ending {
    /// The holder gave it back.
    Resigned,
    /// It was taken back under the power over roles.
    Withdrawn,
    /// It was taken back by a vote, by number.
    Recalled(u32),
    /// The one who was chosen did not accept.
    Declined,
}

/// A delegation of a mandate.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PowerDelegation {
    /// Number of the member who may act.
    pub to: u32,
    /// First moment at which they no longer may.
    pub until: Timestamp,
    /// Which powers of the role.
    pub powers: BTreeSet<Power>,
    /// Position of the act.
    pub given: u64,
    /// Position at which it was taken back.
    pub reclaimed: Option<u64>,
}

impl PowerDelegation {
    /// Whether it holds at a moment.
    #[must_use]
    pub fn is_live(&self, at: Timestamp) -> bool {
        self.reclaimed.is_none() && at < self.until
    }
}

/// What belongs to a mandate beside its term, by the assignment's number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Tenure {
    /// How the holder was chosen; none for a mandate given by `role.assigned/1`.
    pub basis: Option<Basis>,
    /// First moment at which it is too late to accept it, if it counts only once it is accepted.
    pub accept_by: Option<Timestamp>,
    /// Position at which it was accepted.
    pub accepted: Option<u64>,
    /// Delegations, in order.
    pub delegations: Vec<PowerDelegation>,
    /// How it ended before its term, and when.
    pub ended: Option<(Ending, Timestamp)>,
}

impl Tenure {
    /// Whether it still has to be accepted.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.accept_by.is_some() && self.accepted.is_none()
    }

    /// Whether it was not accepted in time.
    #[must_use]
    pub fn is_lapsed(&self, at: Timestamp) -> bool {
        self.is_awaited() && self.accept_by.is_some_and(|by| at >= by)
    }

    /// The delegation that holds at a moment.
    #[must_use]
    pub fn delegation(&self, at: Timestamp) -> Option<&PowerDelegation> {
        self.delegations.iter().find(|given| given.is_live(at))
    }
}

static NONE: Tenure =
    Tenure { basis: None, accept_by: None, accepted: None, delegations: Vec::new(), ended: None };

/// What belongs to the mandate with a number.
#[must_use]
pub fn tenure(world: &World, assignment: u32) -> &Tenure {
    world.tables.tenures.get(assignment).unwrap_or(&NONE)
}

/// The delegation by which somebody acts under a mandate at a moment. It rests while its receiver
/// holds a role that excludes this one, and while the charter lets nobody delegate.
#[must_use]
pub fn delegate(world: &World, index: u32, at: Timestamp) -> Option<&PowerDelegation> {
    let given = tenure(world, index).delegation(at)?;
    let role = world.tables.assignments.get(index)?.role;
    let mut own = world.tables.assignments.iter().filter(|(_, held)| held.member == given.to);
    let excluded = own.any(|(_, held)| {
        held.overlaps(at, at.plus_ms(1)) && limits::are_incompatible(world, held.role, role)
    });
    let delegable = charter(world, role).is_some_and(|charter| charter.delegable);
    (delegable && !excluded).then_some(given)
}

/// Ends a mandate before its term, in whichever of its two states is to be changed.
pub(super) fn end_early(entity: EntityMut<'_>, how: Ending, recorded: &Recorded<'_>) {
    let reason = match how {
        Ending::Resigned | Ending::Declined => EndReason::Resigned,
        Ending::Withdrawn | Ending::Recalled(_) => EndReason::Recalled,
    };
    match entity {
        EntityMut::Assignment(held) => held.ended = Some((recorded.position, reason)),
        EntityMut::Tenure(tenure) => tenure.ended = Some((how, recorded.record.at)),
        _ => {}
    }
}

/// Whether a mandate runs, is to come, or is still awaited: it takes a seat.
#[must_use]
pub fn takes_a_seat(world: &World, index: u32, held: &Assignment, at: Timestamp) -> bool {
    held.ended.is_none() && at < held.until && !tenure(world, index).is_lapsed(at)
}

/// When a mandate ends, or ended: one that was declined or not accepted in time, when it began, for
/// it never was.
#[must_use]
pub fn end(world: &World, index: u32, assignment: &Assignment) -> Timestamp {
    match (&assignment.ended, tenure(world, index).ended) {
        (None, _) if tenure(world, index).is_lapsed(world.recorded_at) => assignment.from,
        (None, _) => assignment.until,
        (Some(_), Some((Ending::Declined, _))) => assignment.from,
        (Some(_), Some((_, at))) => at.min(assignment.until),
        // Mandates that were ended before this was kept: they count no longer than they began.
        (Some(_), None) => assignment.from,
    }
}

/// Whether powers are used under a mandate at a moment: its term runs, it is accepted where that
/// is asked for, and its holder is still a member.
#[must_use]
pub fn is_active(world: &World, index: u32, at: Timestamp) -> bool {
    let Some(held) = world.tables.assignments.get(index) else { return false };
    let gone = world.tables.members.get(held.member).is_none_or(|member| member.left.is_some());
    let running = held.ended.is_none() && held.from <= at && at < held.until;
    running && !gone && !tenure(world, index).is_awaited()
}

/// Numbers of the mandates of a role that are active at a moment.
#[must_use]
pub fn holders(world: &World, role: u32, at: Timestamp) -> Vec<u32> {
    let of_role = world.tables.assignments.iter().filter(|(_, held)| held.role == role);
    of_role.map(|(index, _)| index).filter(|index| is_active(world, *index, at)).collect()
}

/// Seats below the least number of a role with a charter that nobody holds at a moment.
#[must_use]
pub fn vacant(world: &World, role: u32, at: Timestamp) -> u32 {
    let retired = world.tables.charters.get(role).is_none_or(|charter| charter.retired.is_some());
    let least = charter(world, role).filter(|_| !retired).map_or(0, |charter| charter.least);
    let held = u32::try_from(holders(world, role, at).len()).unwrap_or(u32::MAX);
    least.saturating_sub(held)
}
