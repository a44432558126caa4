//! Random draws by lot: announced, drawn too early or in time, declined.

use super::play::nth;
use archipel_domain::act::Act;
use archipel_domain::draw::{Announcement, Entropy};
use archipel_domain::entity::{EntityRef, Kind};
use archipel_domain::id::StatementId;
use archipel_domain::sortition::{Draw, DrawPool, FrozenPool};
use archipel_domain::world::World;
use archipel_testkit::scenario::{DAY_MS, Stage, lots, person};

/// Most secrets and lotteries that are tried.
const SOURCES: u64 = 400;

/// What is tried, and whether it takes the power over roles.
pub(crate) fn act(stage: &impl Stage, who: u8, a: u16, b: u16) -> Option<(Act, bool)> {
    match a % 8 {
        0 | 1 => Some((announcement(stage, a, b), true)),
        2..=4 => Some((lot(stage, b)?, false)),
        _ => decline(stage, who, a, b),
    }
}

fn announcement(stage: &impl Stage, a: u16, b: u16) -> Act {
    let next = stage.peek(|world| u64::from(world.tables.draws.next_index()));
    // Now and then a source that served before.
    let of = if b.is_multiple_of(16) { next / 2 } else { next };
    let soon = stage.now().plus_ms(i64::from(b % 8) * DAY_MS / 16);
    let (chance, comes_at) = match (a >> 3) % 8 {
        0 => {
            let (chain, round) = lots::round(soon);
            (Announcement::Beacon { chain, round }, None)
        }
        1 | 2 => (lots::lottery(of), Some(soon)),
        _ => (lots::committed(of, 2), Some(soon)),
    };
    lots::announce(pool(a >> 6, b), chance, comes_at).into()
}

fn pool(a: u16, b: u16) -> DrawPool {
    match a % 8 {
        0 => lots::file(3, 2),
        1 => lots::groups(&["nord", "sud"], lots::by_group(&[("nord", 1), ("sud", 1)])),
        2 => lots::groups(&["nord"], lots::simple(1, 1)),
        _ => lots::members(lots::simple(u32::from(1 + b % 3), u32::from(b % 4))),
    }
}

/// The draws that are drawn, or not.
fn those(world: &World, is_drawn: bool) -> impl Iterator<Item = (u32, &Draw)> {
    world.tables.draws.iter().filter(move |(_, draw)| draw.drawn.is_some() == is_drawn)
}

fn lot(stage: &impl Stage, b: u16) -> Option<Act> {
    let (number, chance, is_file) = stage.peek(|world| {
        let all: Vec<_> = those(world, false).collect();
        let (number, draw) = all.get(usize::from(b >> 4).checked_rem(all.len())?)?;
        let is_file = matches!(draw.pool, Some(FrozenPool::File(_)));
        Some((*number, draw.chance.clone()?, is_file))
    })?;
    let draw = nth(stage, Kind::Draw, u16::try_from(number).ok()?)?;
    let entropy = came(&chance, b)?;
    Some(if is_file {
        lots::listed(draw, entropy, &[(&["ada", "bo"], &["cleo"], &[])]).into()
    } else {
        lots::draw(draw, entropy).into()
    })
}

/// What comes of an announcement. Nobody here signs beacons.
fn came(chance: &Announcement, b: u16) -> Option<Entropy> {
    match chance {
        Announcement::Beacon { .. } => None,
        Announcement::Numbers { .. } => Some(lots::published()),
        Announcement::Secrets { .. } => {
            let of = (0..SOURCES).find(|of| lots::committed(*of, 2) == *chance)?;
            Some(lots::revealed(of, b.is_multiple_of(3).then_some(1)))
        }
    }
}

fn decline(stage: &impl Stage, who: u8, a: u16, b: u16) -> Option<(Act, bool)> {
    let (number, name) = stage.peek(|world| {
        let all: Vec<_> = those(world, true).collect();
        let (number, draw) = all.get(usize::from(b >> 4).checked_rem(all.len())?)?;
        let seats = draw.seats();
        let seat = seats.get(usize::from(a >> 4).checked_rem(seats.len())?)?;
        let who = seat.holder.unwrap_or(seat.first);
        let name = match draw.drawn.as_ref().and_then(|lots| lots.listed.as_ref()) {
            Some((_, ids)) => ids.get(usize::try_from(who).ok()?)?.to_string(),
            None => world.directory.name(EntityRef::new(Kind::Member, who))?.to_string(),
        };
        Some((*number, name))
    })?;
    let draw: StatementId = nth(stage, Kind::Draw, u16::try_from(number).ok()?)?;
    let own = lots::decline(draw, person(u64::from(who)));
    Some(if b.is_multiple_of(4) {
        (own.into(), false)
    } else {
        (lots::decline_as(draw, &name).into(), true)
    })
}
