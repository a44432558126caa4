//! Random rotations: members are away now and then, plans are recorded, tampered with, replaced.

use super::play::nth;
use archipel_domain::act::Act;
use archipel_domain::entity::Kind;
use archipel_domain::rota::PlanRotation;
use archipel_testkit::scenario::{DAY_MS, Stage, person, rotas};

/// What is tried, and whether it takes the power over roles.
pub(crate) fn act(stage: &impl Stage, a: u16, b: u16) -> (Act, bool) {
    if a.is_multiple_of(3) {
        let day = |n: u16| stage.now().plus_ms(i64::from(n) * DAY_MS / 2);
        let from = b % 16;
        let times = [(day(from), day(from + (b >> 4) % 8))];
        let unwanted: &[&str] = if b.is_multiple_of(5) { &["observer"] } else { &[] };
        return (rotas::away(&times, unwanted).into(), false);
    }
    (plan(stage, a, b).into(), true)
}

fn plan(stage: &impl Stage, a: u16, b: u16) -> PlanRotation {
    let first = stage.now().plus_ms(i64::from(b % 32) * DAY_MS / 4);
    let periods = rotas::periods(first, 1 + u32::from(a % 3), 1 + i64::from(a / 8 % 3));
    let people = [3, 4, 5, 7].map(person);
    let roles: &[&str] = if a.is_multiple_of(4) { &["observer", "scribe"] } else { &["observer"] };
    let mut terms = rotas::terms(periods, roles, &people);
    terms.load_cap = 1 + u64::from(b % 2);
    terms.roles[0].max_consecutive = 1 + u32::from(b % 3);
    let mut act = rotas::planned(stage, &terms);
    act.supersedes =
        if (b >> 5).is_multiple_of(2) { nth(stage, Kind::Rotation, b >> 6) } else { None };
    if (b >> 8).is_multiple_of(8) {
        match a % 3 {
            0 => act.plan.loads.reverse(),
            1 => act.plan.assignments.truncate(1),
            _ => act.terms.people.truncate(2),
        }
    }
    act
}
