//! Acts of rotation in few words.

use archipel_domain::entity::Kind;
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::rota::{DeclareAvailability, Facts, Interval, PlanRotation, RoleTerms, Terms};
use archipel_domain::time::Timestamp;
use archipel_domain::world::World;

use super::{DAY_MS, Person, Stage, acts};

/// Periods of so many days, one after the other.
#[must_use]
pub fn periods(first: Timestamp, count: u32, days: i64) -> Vec<Interval> {
    let begin = |number: u32| first.plus_ms(i64::from(number) * days * DAY_MS);
    (0..count).map(|number| Interval { from: begin(number), until: begin(number + 1) }).collect()
}

/// One seat of a role, of weight 1, without limits.
#[must_use]
pub fn role(name: &str) -> RoleTerms {
    RoleTerms {
        role: acts::slug(name),
        seats: Some(1),
        weight: 1,
        max_consecutive: 366,
        cooling_off: 0,
        max_held: 1_000,
        closed: Vec::new(),
    }
}

/// These roles, among these people.
#[must_use]
pub fn terms(periods: Vec<Interval>, roles: &[&str], people: &[Person]) -> Terms {
    Terms {
        periods,
        roles: roles.iter().map(|name| role(name)).collect(),
        incompatible: Vec::new(),
        load_cap: 9,
        people: people.iter().map(|person| person.id).collect(),
    }
}

/// The plan of these terms, as the state is.
///
/// # Panics
/// If the terms make no sense.
#[must_use]
pub fn planned(stage: &impl Stage, terms: &Terms) -> PlanRotation {
    stage.peek(|world| of(world, terms, None))
}

/// The same with a seed from a draw, by secrets, that is announced and drawn for it.
///
/// # Panics
/// If the terms make no sense.
pub fn planned_by_lot(stage: &mut impl Stage, terms: &Terms, lot: StatementId) -> PlanRotation {
    let seed = stage.peek(|world| {
        let index = world.directory.by_uuid(Kind::Draw, lot.0).unwrap();
        world.tables.draws.get(index).unwrap().drawn.as_ref().map(|lots| lots.seed)
    });
    let mut act = stage.peek(|world| of(world, terms, seed));
    act.draw = Some(lot);
    act
}

/// The hash of the request of these terms, as the state is.
#[must_use]
pub fn request(stage: &impl Stage, terms: &Terms) -> Hash {
    stage.peek(|world| terms.fix(&Facts::all(world)).hash)
}

/// The plan of these terms in a state, with the seed of a draw if there was one.
///
/// # Panics
/// If the terms make no sense.
#[must_use]
pub fn of(world: &World, terms: &Terms, seed: Option<Hash>) -> PlanRotation {
    let (plan, _) = terms.plan(&Facts::all(world), seed).unwrap();
    let terms = terms.clone();
    PlanRotation { title: acts::line("rotation"), terms, draw: None, supersedes: None, plan }
}

/// Not available in these times, and does not want these roles.
#[must_use]
pub fn away(times: &[(Timestamp, Timestamp)], unwanted: &[&str]) -> DeclareAvailability {
    let away = times.iter().map(|(from, until)| Interval { from: *from, until: *until });
    let unwanted = unwanted.iter().map(|name| acts::slug(name)).collect();
    DeclareAvailability { away: away.collect(), unwanted }
}
