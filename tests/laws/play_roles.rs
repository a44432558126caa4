//! Random roles with charters: defined, changed, filled in every way, delegated, recalled.

use super::play::nth;
use archipel_domain::act::Act;
use archipel_domain::entity::Kind;
use archipel_domain::id::StatementId;
use archipel_domain::role::{
    Assignment, BasisTerms, CharterTerms, Fill, FrozenSubject, Power, Subject, standing,
};
use archipel_domain::time::Timestamp;
use archipel_domain::vote::{OpenVote, procedure};
use archipel_domain::world::World;
use archipel_testkit::scenario::mandates::{
    self, about, appointed, candidate, charter_with, define, fill, interim, term,
};
use archipel_testkit::scenario::{DAY_MS, Person, Stage, acts, lots, person};

const ROLES: [&str; 4] = ["clerk", "guide", "porter", "crier"];
const CIRCLES: [&str; 3] = ["till", "brief", "desk"];

fn one_of<T: Copy>(all: &[T], n: u16) -> T {
    all[usize::from(n) % all.len()]
}

fn somebody(n: u16) -> Person {
    person(u64::from(1 + n % 8))
}

/// Who tries it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Doer {
    /// A founder, with the power over roles.
    Founder,
    /// Whoever it is the turn of.
    Anybody,
    /// The person with that number, who holds the mandate.
    Holder(u8),
}

/// What is tried, and by whom.
pub(crate) fn act(stage: &impl Stage, a: u16, b: u16) -> Option<(Act, Doer)> {
    let role = one_of(&ROLES, a >> 4);
    if (10..14).contains(&(a % 16)) {
        return of_holder(stage, a, b);
    }
    let (act, mandated) = of_others(stage, role, a, b)?;
    Some((act, if mandated { Doer::Founder } else { Doer::Anybody }))
}

/// What the holder of one of the last mandates does with it.
fn of_holder(stage: &impl Stage, a: u16, b: u16) -> Option<(Act, Doer)> {
    let (number, holder) = stage.peek(|world| {
        let fits = |index: u32, held: &Assignment| {
            let tenure = standing::tenure(world, index);
            let delegated = tenure.delegation(world.recorded_at).is_some();
            let running = held.ended.is_none() && world.recorded_at < held.until;
            running
                && match a % 16 {
                    10 => tenure.is_awaited(),
                    11 if b.is_multiple_of(4) => tenure.is_awaited(),
                    11 => delegated,
                    _ => tenure.basis.is_some() && !tenure.is_awaited() && !delegated,
                }
        };
        let all: Vec<(u32, &Assignment)> =
            world.tables.assignments.iter().filter(|(index, held)| fits(*index, held)).collect();
        let (index, held) = *all.get(usize::from(b >> 3).checked_rem(all.len())?)?;
        let own = |number: &u8| {
            let who = person(u64::from(*number)).id.0;
            world.directory.by_uuid(Kind::Member, who) == Some(held.member)
        };
        Some((u16::try_from(index).ok()?, (1..24).find(own)?))
    })?;
    let held = nth(stage, Kind::Assignment, number)?;
    let doer = if b.is_multiple_of(8) { Doer::Anybody } else { Doer::Holder(holder) };
    let act = match a % 16 {
        10 => mandates::accept(held).into(),
        11 if b.is_multiple_of(4) => mandates::decline(held).into(),
        11 => mandates::reclaim(held).into(),
        _ => {
            let until = stage.now().plus_ms(i64::from(b % 8) * DAY_MS);
            let powers = [Power::Votes, Power::Membership];
            let powers = &powers[..1 + usize::from(b % 2)];
            mandates::delegate(held, somebody(b >> 5), until, powers).into()
        }
    };
    Some((act, doer))
}

fn of_others(stage: &impl Stage, role: &str, a: u16, b: u16) -> Option<(Act, bool)> {
    Some(match a % 16 {
        0 => (define(role, one_of(&CIRCLES, b), charter(b)).into(), true),
        1 if b.is_multiple_of(4) => (mandates::retire(role).into(), true),
        1 => (mandates::amend(role, charter(b)).into(), true),
        2 => {
            let ends_at =
                (!b.is_multiple_of(3)).then(|| stage.now().plus_ms(i64::from(b % 9) * DAY_MS));
            (mandates::circle(one_of(&CIRCLES, b >> 4), "assembly", ends_at).into(), true)
        }
        3 if b.is_multiple_of(8) => (acts::dissolve(one_of(&CIRCLES, b >> 4)).into(), true),
        3 => (opening(stage, role, b)?, true),
        4 => (opening(stage, role, b)?, true),
        5 | 6 => {
            let term = term(stage, role, i64::from(b % 4), i64::from(1 + (b >> 2) % 16));
            let basis = if b.is_multiple_of(3) { interim() } else { appointed() };
            (fill(term, somebody(b >> 6), basis).into(), true)
        }
        7 | 8 => (by_vote(stage, b)?, false),
        9 => (by_draw(stage, b)?, false),
        _ => (decided(stage, b)?, false),
    })
}

fn charter(b: u16) -> CharterTerms {
    let powers = [Power::Votes, Power::Membership];
    charter_with(&powers[..2], |terms| {
        terms.seats.most = u32::from(1 + b % 2);
        terms.acceptance = b.is_multiple_of(3);
        if b.is_multiple_of(7) {
            let limits = archipel_domain::role::Limits {
                consecutive: Some(1),
                cooling_off_days: Some(2),
                incompatible: vec![acts::slug("scribe")],
                most_weight: Some(2),
                ..archipel_domain::role::Limits::default()
            };
            terms.limits = Some(limits);
        }
    })
}

/// A vote, or a draw, about a role, a mandate or a circle.
fn opening(stage: &impl Stage, role: &str, b: u16) -> Option<Act> {
    let closes_at = stage.now().plus_ms(DAY_MS / 2);
    let yes = |method| acts::vote(method, vec![acts::option("yes")], closes_at);
    let term = term(stage, role, 1, i64::from(2 + (b >> 4) % 8));
    let (vote, subject): (OpenVote, Subject) = match b % 4 {
        0 => {
            let options = [1, 3, 4, 5].map(person).map(candidate).to_vec();
            (acts::vote(acts::approval(None), options, closes_at), Subject::Fill(term))
        }
        1 => (yes(acts::yes_no()), Subject::Recall(nth(stage, Kind::Assignment, b >> 2)?)),
        2 => {
            let ends_at = stage.now().plus_ms(20 * DAY_MS);
            let circle = acts::slug(one_of(&CIRCLES, b >> 2));
            let extension = archipel_domain::role::Extension { circle, ends_at };
            (yes(acts::consent(0)), Subject::Extend(extension))
        }
        _ => {
            let next = stage.peek(|world| u64::from(world.tables.draws.next_index()));
            let pool = lots::members(lots::simple(1, 2));
            let soon = Some(stage.now().plus_ms(DAY_MS / 4));
            let mut act = lots::announce(pool, lots::committed(next, 2), soon);
            act.fills = Some(term);
            return Some(act.into());
        }
    };
    Some(about(vote, subject).into())
}

/// The subjects of the votes that there are, with the vote's number.
fn subjects(world: &World) -> Vec<(u16, FrozenSubject)> {
    let of = |index: u32| procedure(world, index).subject();
    let all = world.tables.votes.iter().map(|(index, _)| index);
    all.filter_map(|index| Some((u16::try_from(index).ok()?, of(index)?))).collect()
}

fn filled(world: &World, fill: archipel_domain::role::FrozenFill) -> Option<Fill> {
    let role = archipel_domain::entity::EntityRef::new(Kind::Role, fill.role);
    let role = acts::slug(&world.directory.name(role)?.to_string());
    let (from, until): (Timestamp, Timestamp) = (fill.from, fill.until);
    Some(Fill { role, from, until })
}

fn by_vote(stage: &impl Stage, b: u16) -> Option<Act> {
    let (vote, term) = stage.peek(|world| {
        let mut all = subjects(world);
        all.retain(|(_, subject)| matches!(subject, FrozenSubject::Fill(_)));
        let (vote, subject) = *all.get(usize::from(b >> 4).checked_rem(all.len())?)?;
        let FrozenSubject::Fill(fill) = subject else { return None };
        Some((vote, filled(world, fill)?))
    })?;
    let vote: StatementId = nth(stage, Kind::Vote, vote)?;
    // A ballot for somebody, or the outcome.
    let who = [1, 3, 4, 5].map(person)[usize::from(b % 4)];
    if b.is_multiple_of(3) {
        let terms = stage.terms(vote);
        let name = who.id.to_string();
        return Some(acts::ballot(vote, terms, acts::approves(&[name.as_str()])).into());
    }
    Some(fill(term, who, BasisTerms::Vote(vote)).into())
}

fn by_draw(stage: &impl Stage, b: u16) -> Option<Act> {
    let (draw, term, who) = stage.peek(|world| {
        let drawn = world.tables.draws.iter().filter_map(|(index, draw)| {
            let holder = draw.seats().first()?.holder?;
            Some((index, filled(world, draw.fills?)?, holder))
        });
        let all: Vec<_> = drawn.collect();
        let (draw, term, holder) = all.get(usize::from(b).checked_rem(all.len())?)?.clone();
        let kind = Kind::Member;
        let who = (1..24).map(person);
        let who = who.clone().find(|w| world.directory.by_uuid(kind, w.id.0) == Some(holder))?;
        Some((u16::try_from(draw).ok()?, term, who))
    })?;
    Some(fill(term, who, BasisTerms::Draw(nth(stage, Kind::Draw, draw)?)).into())
}

/// A ballot on a recall or an extension, or what follows from the outcome.
fn decided(stage: &impl Stage, b: u16) -> Option<Act> {
    let (vote, subject) = stage.peek(|world| {
        let mut all = subjects(world);
        all.retain(|(_, subject)| !matches!(subject, FrozenSubject::Fill(_)));
        all.get(usize::from(b >> 4).checked_rem(all.len())?).copied()
    })?;
    let vote: StatementId = nth(stage, Kind::Vote, vote)?;
    if b.is_multiple_of(2) {
        let yes = acts::says(archipel_domain::vote::Choice::For);
        return Some(acts::ballot(vote, stage.terms(vote), yes).into());
    }
    match subject {
        FrozenSubject::Recall { assignment, .. } => {
            let held = nth(stage, Kind::Assignment, u16::try_from(assignment).ok()?)?;
            Some(mandates::recall(held, vote).into())
        }
        FrozenSubject::Extend { circle, .. } => {
            let name = stage.peek(|world| {
                let circle = archipel_domain::entity::EntityRef::new(Kind::Circle, circle);
                Some(world.directory.name(circle)?.to_string())
            })?;
            Some(mandates::extend(&name, vote).into())
        }
        FrozenSubject::Fill(_) => None,
    }
}
