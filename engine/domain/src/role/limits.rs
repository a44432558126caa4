//! Who can hold a role: seats, roles that exclude each other, weights, terms in a row and in all.

use super::{Assignment, Basis, FrozenCharter, FrozenFill, Link, Roles, charter, standing};
use crate::authority::Cx;
use crate::time::Timestamp;
use crate::world::World;

/// Checks every limit, in the order of the list of refusals.
pub(super) fn check(
    cx: &Cx<'_>,
    charter: &FrozenCharter,
    fill: FrozenFill,
    member: u32,
    basis: &Basis,
) -> Result<(), Roles> {
    check_seats(cx, charter.most, fill, member)?;
    if basis.is_interim() { Ok(()) } else { check_terms(cx.world, charter, fill, member) }
}

/// Checks that a seat is free, and that the member's other roles go with this one.
pub(super) fn check_seats(
    cx: &Cx<'_>,
    seats: u32,
    fill: FrozenFill,
    member: u32,
) -> Result<(), Roles> {
    let mandates = overlapping(cx, fill);
    if mandates.iter().any(|held| held.role == fill.role && held.member == member) {
        return Err(Roles::AlreadyHolds);
    }
    let of_role: Vec<&Assignment> =
        mandates.iter().copied().filter(|held| held.role == fill.role).collect();
    if most_at_once(&of_role, fill.from) >= seats {
        return Err(Roles::SeatsTaken);
    }
    let own: Vec<&Assignment> =
        mandates.iter().copied().filter(|held| held.member == member).collect();
    if own.iter().any(|held| are_incompatible(cx.world, held.role, fill.role)) {
        return Err(Roles::Incompatible);
    }
    if is_too_heavy(cx.world, &own, fill) { Err(Roles::TooHeavy) } else { Ok(()) }
}

/// Mandates that cover any moment of a term, of those who are still members and have answered, or
/// still can.
fn overlapping<'a>(cx: &Cx<'a>, fill: FrozenFill) -> Vec<&'a Assignment> {
    let world = cx.world;
    let present =
        |member: u32| world.tables.members.get(member).is_some_and(|member| member.left.is_none());
    let lapsed = |index: u32| standing::tenure(world, index).is_lapsed(cx.at);
    let held = world.tables.assignments.iter();
    let held =
        held.filter(|(_, held)| held.overlaps(fill.from, fill.until) && present(held.member));
    held.filter(|(index, _)| !lapsed(*index)).map(|(_, held)| held).collect()
}

/// How many of the mandates are held at the same moment, at most, from `from` on. Of a mandate that
/// ends and one that begins at the same moment the first is over.
pub(super) fn most_at_once(mandates: &[&Assignment], from: Timestamp) -> u32 {
    let later = mandates.iter().filter(|mandate| from < mandate.until);
    let mut edges: Vec<(Timestamp, bool)> = later
        .flat_map(|mandate| [(mandate.until, false), (mandate.from.max(from), true)])
        .collect();
    edges.sort_unstable();
    let (mut held, mut most) = (0_u32, 0);
    for (_, begins) in edges {
        held = if begins { held.saturating_add(1) } else { held.saturating_sub(1) };
        most = most.max(held);
    }
    most
}

/// How many mandates of a role are held at the same moment, at least, during a term. The count
/// only falls when one ends.
pub(super) fn least_held(cx: &Cx<'_>, fill: FrozenFill) -> u32 {
    let mandates = overlapping(cx, fill);
    let of_role = || mandates.iter().filter(|held| held.role == fill.role);
    let ends = of_role().map(|held| held.until).filter(|until| *until < fill.until);
    let held_at =
        |moment: Timestamp| of_role().filter(|h| h.from <= moment && moment < h.until).count();
    let least = ends.chain([fill.from]).map(held_at).min().unwrap_or(0);
    u32::try_from(least).unwrap_or(u32::MAX)
}

/// Whether nobody holds both roles at once: one names the other, or they are the two sides of one
/// circle's link.
pub(super) fn are_incompatible(world: &World, one: u32, other: u32) -> bool {
    let names = |one: u32, other: u32| {
        charter(world, one).is_some_and(|charter| charter.limits.incompatible.contains(&other))
    };
    let link = |role: u32| {
        let circle = world.tables.roles.get(role)?.circle;
        Some((circle, charter(world, role)?.link?))
    };
    let two_sides = match (link(one), link(other)) {
        (Some((circle, side)), Some((other_circle, other_side))) => {
            circle == other_circle && side != other_side
        }
        _ => false,
    };
    one != other && (names(one, other) || names(other, one) || two_sides)
}

/// What a role weighs among a person's roles.
#[must_use]
pub fn weight(world: &World, role: u32) -> u32 {
    charter(world, role).map_or(1, |charter| charter.limits.weight)
}

/// Whether at any moment of the term the person's roles weigh more, together, than one of them
/// allows. Weights only rise when a mandate begins.
fn is_too_heavy(world: &World, own: &[&Assignment], fill: FrozenFill) -> bool {
    let moments = own.iter().map(|held| held.from.max(fill.from)).chain([fill.from]);
    let mut moments = moments.collect::<Vec<_>>().into_iter();
    moments.any(|moment| {
        let held = own.iter().filter(|held| held.from <= moment && moment < held.until);
        let roles: Vec<u32> = held.map(|held| held.role).chain([fill.role]).collect();
        let total: u64 = roles.iter().map(|role| u64::from(weight(world, *role))).sum();
        let most = roles.iter().filter_map(|role| charter(world, *role)?.limits.most_weight);
        most.min().is_some_and(|most| total > u64::from(most))
    })
}

/// The limits on the number of terms. A mandate that was not accepted, or ended before it began,
/// is none; neither is an interim, during which nobody cools off all the same.
fn check_terms(
    world: &World,
    charter: &FrozenCharter,
    fill: FrozenFill,
    member: u32,
) -> Result<(), Roles> {
    let own = world.tables.assignments.iter();
    let own = own.filter(|(_, held)| held.role == fill.role && held.member == member);
    let terms = own.filter_map(|(index, held)| {
        let interim = standing::tenure(world, index).basis.as_ref().is_some_and(Basis::is_interim);
        let end = standing::end(world, index, held);
        Some((held.from, end, i64::from(!interim))).filter(|_| held.from < end)
    });
    let mut terms: Vec<_> = terms.chain([(fill.from, fill.until, 1)]).collect();
    terms.sort_unstable();
    // Without a cooling-off, a day has to pass: no row ends by a moment.
    let row = in_a_row(&terms, fill, charter.limits.cooling_off_days.max(1));
    if charter.limits.consecutive.is_some_and(|most| row > i64::from(most)) {
        return Err(Roles::TermsInARow);
    }
    let all: i64 = terms.iter().map(|(.., counts)| counts).sum();
    if charter.limits.total.is_some_and(|most| all > i64::from(most)) {
        return Err(Roles::TermsInAll);
    }
    Ok(())
}

/// What spans of time add up to that stand in a row with a new one, which is among them: from the
/// end of one to the beginning of the next, fewer than so many days pass. They are in order, each
/// with what it counts for.
pub(super) fn in_a_row(
    spans: &[(Timestamp, Timestamp, i64)],
    new: FrozenFill,
    pause_days: u32,
) -> i64 {
    let (mut sum, mut last, mut holds_new) = (0_i64, None::<Timestamp>, false);
    for (from, until, counts) in spans {
        if last.is_none_or(|last| *from >= last.plus_days(pause_days)) {
            if holds_new {
                break;
            }
            sum = 0;
        }
        sum = sum.saturating_add(*counts);
        holds_new |= (*from, *until) == (new.from, new.until);
        last = Some(last.map_or(*until, |last| last.max(*until)));
    }
    sum
}

/// The two sides of a link: at most one role of each for a circle, none for the outermost; the
/// one who speaks for the circle is not appointed.
pub(super) fn check_link(
    cx: &Cx<'_>,
    circle: u32,
    terms: &FrozenCharter,
    own_role: Option<u32>,
) -> Result<(), Roles> {
    let Some(link) = terms.link else { return Ok(()) };
    let outermost = cx.world.tables.circles.get(circle).is_none_or(|own| own.parent.is_none());
    let mut roles = cx.world.tables.roles.iter();
    let exists = roles.any(|(index, role)| {
        let retired =
            cx.world.tables.charters.get(index).is_none_or(|charter| charter.retired.is_some());
        let same = charter(cx.world, index).is_some_and(|other| other.link == Some(link));
        role.circle == circle && Some(index) != own_role && !retired && same
    });
    let appointed = link == Link::Delegate && terms.filled_by.contains(&super::Way::Appointment);
    if outermost || exists || appointed { Err(Roles::LinkRule) } else { Ok(()) }
}
