//! Random elections without candidates: mostly what the phase asks for, by whom it is awaited.

use super::play::nth;
use archipel_domain::act::Act;
use archipel_domain::draw::Entropy;
use archipel_domain::election::{Election, Electors, Phase, Silence};
use archipel_domain::entity::{EntityRef, Kind, Name};
use archipel_domain::id::{MemberId, StatementId};
use archipel_domain::world::World;
use archipel_testkit::scenario::{DAY_MS, Person, Stage, elections as say, lots, person};

/// Everybody who may be in the town.
const PEOPLE: u64 = 17;

/// Whose turn it is, what is tried, and whether it takes the power over roles.
pub(crate) fn act(stage: &impl Stage, who: u8, a: u16, b: u16) -> Option<(u8, Act, bool)> {
    let count = stage.peek(|world| world.tables.elections.next_index());
    let running = stage.peek(|world| {
        let open = |(_, election): &(u32, &Election)| election.conclusion.is_none();
        world.tables.elections.iter().filter(open).map(|(number, _)| number).last()
    });
    let number = match running {
        Some(number) if !a.is_multiple_of(32) => u16::try_from(number).ok()?,
        _ => return Some((1, opening(stage, u64::from(count), b), true)),
    };
    let election = nth(stage, Kind::Election, number)?;
    stage.peek(|world| {
        let state = world.tables.elections.get(u32::from(number))?;
        let phase = state.phase(world, stage.now());
        let turn = awaited(world, state, phase, b).unwrap_or(u64::from(who));
        let (who, act) = in_phase(world, state, election, phase, turn, a >> 5, b >> 3)?;
        Some((u8::try_from(who).ok()?, act, false))
    })
}

/// The chance of the election with a number: another one each time.
fn source(number: u64) -> u64 {
    1_000 + number
}

fn opening(stage: &impl Stage, number: u64, b: u16) -> Act {
    let mut open = say::open(stage.now());
    open.lot = lots::committed(source(number), 2);
    open.electors = if b.is_multiple_of(4) {
        Electors::Members
    } else {
        Electors::Listed((3..=5).map(|number| person(number).id).collect())
    };
    let soon = |quarters: i64| stage.now().plus_ms(quarters * DAY_MS / 4);
    open.calendar.nominate_by = soon(2);
    open.calendar.share_by = soon(3);
    open.calendar.change_by = soon(4);
    open.calendar.round_hours = 6;
    open.lot_at = Some(soon(i64::from(4 + b % 16)));
    open.silence = if b % 8 == 1 { Silence::Withholds } else { Silence::Consents };
    open.into()
}

fn id_of(world: &World, member: u32) -> Option<MemberId> {
    match world.directory.name(EntityRef::new(Kind::Member, member))? {
        Name::Uuid(id) => Some(MemberId(*id)),
        Name::Word(_) => None,
    }
}

fn who(world: &World, member: u32) -> Option<u64> {
    let id = id_of(world, member)?;
    (1..=PEOPLE).find(|number| person(*number).id == id)
}

fn awaited(world: &World, election: &Election, phase: Phase, b: u16) -> Option<u64> {
    let all = election.awaited(world, phase);
    who(world, *all.get(usize::from(b % 8).checked_rem(all.len())?)?)
}

fn in_phase(
    world: &World,
    state: &Election,
    election: StatementId,
    phase: Phase,
    turn: u64,
    a: u16,
    b: u16,
) -> Option<(u64, Act)> {
    let own = person(turn);
    let number = world.directory.by_uuid(Kind::Member, own.id.0)?;
    let nomination = state.nominations.get(&number);
    let some = person(3 + u64::from(b % 3));
    let candidate = state.candidates.last().and_then(|last| who(world, last.member));
    let candidate = candidate.map_or(own, person);
    Some(match phase {
        Phase::Describe | Phase::Nominate => (turn, say::seal(election, own, some).into()),
        Phase::Share => {
            let sealed = |nominee: &Person| {
                let sealed = say::seal(election, own, *nominee);
                nomination.is_some_and(|one| one.commitment == sealed.commitment)
            };
            let nominee = (3..=5).map(person).find(sealed).unwrap_or(some);
            (turn, say::reveal(election, own, nominee).into())
        }
        Phase::Change | Phase::Revote => (turn, say::change(election, some).into()),
        Phase::Propose => (turn, say::propose(election, chance(world, state, election, b)).into()),
        Phase::Object => {
            let objector = state.candidates.last()?.objections.last();
            let objector = objector.and_then(|one| who(world, one.author)).map_or(own, person);
            match a % 12 {
                0 | 1 => (turn, say::object(election, candidate).into()),
                2 => (1, say::challenge(election, objector).into()),
                3 => (1, say::integrate(election, objector, None).into()),
                4 => (1, say::discard(election, objector).into()),
                5 => (who(world, state.candidates.last()?.member)?, say::decline(election).into()),
                6 => (1, say::conclude(election).into()),
                _ => (turn, say::consent(election, candidate).into()),
            }
        }
        Phase::Conclude | Phase::Concluded => (1, say::conclude(election).into()),
    })
}

/// Chance, if it is needed; now and then if it is not.
fn chance(world: &World, state: &Election, election: StatementId, b: u16) -> Option<Entropy> {
    let number = world.directory.by_uuid(Kind::Election, election.0)?;
    let wanted = state.next(world, world.recorded_at) == archipel_domain::election::Next::Lot;
    let given = wanted != b.is_multiple_of(8);
    given.then(|| lots::revealed(source(u64::from(number)), (b % 8 == 1).then_some(1)))
}
