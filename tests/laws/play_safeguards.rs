//! Random requests: of keys, money and safeguards; countersigned, stopped, carried.

use super::play::nth;
use archipel_domain::act::Act;
use archipel_domain::entity::Kind;
use archipel_domain::id::StatementId;
use archipel_domain::role::Power;
use archipel_domain::safeguard::{Asked, CarryRequest, CountersignRequest, Subject, standing};
use archipel_testkit::scenario::{DAY_MS, Stage, acts, guards, person};

/// What is tried, and under which founder's mandate; for some, none.
pub(crate) fn act(stage: &impl Stage, who: u8, a: u16, b: u16) -> Option<(Act, Option<u8>)> {
    let founder = Some(1 + u8::from(b.is_multiple_of(2)));
    Some(match a % 16 {
        0 if b.is_multiple_of(4) => (safeguard(a, b), Some(1)),
        0 => (guards::lift(subject(b)).into(), Some(1)),
        1..=5 => (guards::request(wanted(stage, a, b)?).into(), founder),
        6..=8 => {
            let (request, asked) = pick(stage, b)?;
            (CountersignRequest { request, hash: asked.hash() }.into(), founder)
        }
        9 => {
            let (request, _) = pick(stage, b)?;
            (guards::stop(request).into(), if who < 3 { Some(who) } else { None })
        }
        _ => {
            let (request, asked) = pick(stage, b)?;
            (CarryRequest { request, asked }.into(), founder)
        }
    })
}

/// Seldom one that covers much: other acts have to be reached as well.
fn subject(b: u16) -> Subject {
    match b % 4 {
        0 => Subject::Power(Power::Federation),
        1 => Subject::Recovery,
        2 => Subject::Power(Power::Accounts),
        _ => Subject::Rules,
    }
}

fn safeguard(a: u16, b: u16) -> Act {
    let subject = subject(b >> 5);
    let delay =
        if subject == Subject::Recovery { 72 + u32::from(a % 2) } else { u32::from(a >> 4) % 5 };
    guards::set(subject, 1 + u32::from(a >> 8) % 2, delay).into()
}

/// A subject that has a safeguard.
fn covered(stage: &impl Stage) -> Option<Subject> {
    stage.peek(|world| Subject::all().find(|subject| standing(world, *subject).is_some()))
}

fn wanted(stage: &impl Stage, a: u16, b: u16) -> Option<Act> {
    Some(match (a >> 4) % 8 {
        0 | 1 if a & 1 == 0 => guards::lift(covered(stage)?).into(),
        1 => guards::set(subject(b), 1, 24).into(),
        2 => acts::witness("autre", "example.org/c", 1, u64::from(b % 64), 0).into(),
        3 => {
            let until = stage.now().plus_ms(DAY_MS);
            acts::assign("organiser", person(u64::from(3 + b % 5)), stage.now(), until).into()
        }
        // Of those of whom nothing else is played.
        _ => guards::recover(person(u64::from(9 + b % 8)), 5_000 + u64::from(b >> 4)).into(),
    })
}

/// A request, most often the latest, with its act as it is in the state.
fn pick(stage: &impl Stage, b: u16) -> Option<(StatementId, Asked)> {
    let count = stage.peek(|world| world.tables.requests.next_index());
    let last = u16::try_from(count.checked_sub(1)?).ok()?;
    let index = last.saturating_sub((b >> 2) % 4);
    let text = stage.peek(|world| {
        world.tables.requests.get(u32::from(index)).map(|request| request.text.clone())
    })?;
    let id = nth(stage, Kind::Request, index)?;
    let opened: archipel_domain::safeguard::OpenRequest = serde_json::from_str(&text).ok()?;
    Some((id, opened.asked))
}
