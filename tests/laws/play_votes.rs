//! Random acts around votes: rules of their own, ties, delegation, consent, what follows.

use super::play::{nth, text_of};
use archipel_domain::act::Act;
use archipel_domain::counting::yes_no::{Quorum, QuorumBase};
use archipel_domain::counting::{Fraction, MethodSpec};
use archipel_domain::delegation::{DelegationRule, Scope};
use archipel_domain::entity::Kind;
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::vote::rules::{FollowUp, Follows, TiePolicy, VoteRules};
use archipel_domain::vote::{
    self, AmendConsent, Answer, AnswerObjection, DrawLot, MaintainObjection, OpenVote, Position,
    Question, Verdict, WithdrawObjection, procedure, settle,
};
use archipel_domain::world::World;
use archipel_testkit::scenario::{DAY_MS, Stage, acts, person};

/// The secret of every lot.
const SECRET: Hash = Hash([7; 32]);

/// What is tried, and whether it takes the power over votes.
pub(crate) fn act(stage: &impl Stage, a: u16, b: u16) -> Option<(Act, bool)> {
    let any = nth(stage, Kind::Vote, b >> 4)?;
    let one = |fits: fn(&World, u32) -> bool| that(stage, b, fits).unwrap_or(any);
    let own = |act: Act| Some((act, false));
    let mandated = |act: Act| Some((act, true));
    match a % 28 {
        0..=2 => mandated(opening(stage, a, b)?),
        3 | 4 | 23..=26 => {
            let order = [&["x", "y"][..], &["yes"]][pick(a, 2)];
            mandated(acts::break_tie(one(is_tied), order).into())
        }
        5 => own(DrawLot { vote: one(is_tied), secrets: vec![SECRET] }.into()),
        6 if b.is_multiple_of(3) => own(acts::reasons(one(is_declared)).into()),
        6 => own(acts::dissent(one(is_declared)).into()),
        7 => own(acts::join_dissent(one(has_dissent), somebody(a)).into()),
        8 => {
            let verdict = [Verdict::Kept, Verdict::Revised, Verdict::Ended][pick(a, 3)];
            mandated(acts::review(one(is_declared), verdict).into())
        }
        9 => own(acts::delegate(scope(any, b), somebody(a)).into()),
        10 => own(acts::revoke_delegation(scope(any, b)).into()),
        11 | 12 => {
            let vote = one(is_round);
            own(acts::object(vote, stage.terms(vote)).into())
        }
        13 | 14 => objection(one(has_objection), a),
        15..=22 => own(level(stage, that(stage, b, is_xy)?)?),
        _ => mandated(amendment(stage, one(is_round), a, b)?),
    }
}

/// Whether `x` and `y` are being voted on, by rules that ask for something to be done about a tie.
fn is_xy(world: &World, index: u32) -> bool {
    let rules = procedure(world, index).rules.as_ref();
    let breaks = rules
        .is_some_and(|rules| matches!(rules.tie, Some(TiePolicy::Chair | TiePolicy::Lot { .. })));
    world.tables.votes.get(index).is_some_and(|vote| {
        let approval = matches!(vote.method, Some(MethodSpec::Approval { .. }));
        vote.closed.is_none() && approval && breaks
    })
}

/// A ballot for the one that has fewer: silence is no tie, and ties are rare without it.
fn level(stage: &impl Stage, vote: StatementId) -> Option<Act> {
    let behind = stage.peek(|world| {
        let index = world.directory.by_uuid(Kind::Vote, vote.0)?;
        let state = world.tables.votes.get(index)?;
        let counted = vote::count(world, index, state, state.method.as_ref()?).ok()?;
        Some(if counted.winners == ["x"] { "y" } else { "x" })
    })?;
    Some(acts::ballot(vote, stage.terms(vote), acts::approves(&[behind])).into())
}

/// One of the votes that are like that.
fn that(stage: &impl Stage, b: u16, fits: fn(&World, u32) -> bool) -> Option<StatementId> {
    let found = stage.peek(|world| {
        let all = world.tables.votes.iter().map(|(index, _)| index);
        let all: Vec<u32> = all.filter(|index| fits(world, *index)).collect();
        all.get(usize::from(b >> 4).checked_rem(all.len())?).copied()
    })?;
    nth(stage, Kind::Vote, u16::try_from(found).ok()?)
}

fn is_declared(world: &World, index: u32) -> bool {
    settle::of(world, index).is_some()
}

fn is_tied(world: &World, index: u32) -> bool {
    let tied = settle::of(world, index).is_some_and(|settled| !settled.tied.is_empty());
    tied && procedure(world, index).rules.is_some()
}

fn has_dissent(world: &World, index: u32) -> bool {
    !procedure(world, index).dissents.is_empty()
}

fn is_round(world: &World, index: u32) -> bool {
    world.tables.votes.get(index).is_some_and(|vote| {
        vote.closed.is_none() && matches!(vote.method, Some(MethodSpec::Consent { .. }))
    })
}

fn has_objection(world: &World, index: u32) -> bool {
    let stands = procedure(world, index).objections.iter().any(|one| one.state.stands());
    is_round(world, index) && stands
}

fn pick(a: u16, of: u16) -> usize {
    usize::from((a >> 6) % of)
}

fn somebody(a: u16) -> archipel_testkit::scenario::Person {
    person(u64::from(1 + (a >> 6) % 8))
}

fn scope(vote: StatementId, b: u16) -> Scope {
    match b % 3 {
        0 => Scope::All,
        1 => Scope::Topic(acts::slug("water")),
        _ => Scope::Vote(vote),
    }
}

fn rules(stage: &impl Stage, a: u16, b: u16) -> VoteRules {
    let commitments = vec![Hash::of(&SECRET.0)];
    let tie = match pick(a, 8) {
        0 => None,
        1 => Some(TiePolicy::DeclaredOrder),
        2 => Some(TiePolicy::SecondBallot),
        3 | 4 => Some(TiePolicy::Chair),
        _ => Some(TiePolicy::Lot { commitments }),
    };
    let topic = b.is_multiple_of(2).then(|| acts::slug("water"));
    let delegation = (!b.is_multiple_of(3)).then(|| DelegationRule {
        topic,
        transitive: !b.is_multiple_of(5),
        max_weight: b.is_multiple_of(7).then_some(2),
    });
    let first = nth(stage, Kind::Vote, a >> 8);
    let follows = first.filter(|_| b.is_multiple_of(8)).map(|vote| Follows {
        vote,
        kind: [FollowUp::SecondConvocation, FollowUp::SecondBallot, FollowUp::Fallback][pick(b, 3)],
    });
    VoteRules { tie, delegation, follows, ..VoteRules::default() }
}

fn opening(stage: &impl Stage, a: u16, b: u16) -> Option<Act> {
    let closes_at = stage.now().plus_ms(i64::from(1 + b % 32) * DAY_MS / 2);
    let proposal = nth(stage, Kind::Proposal, b)?;
    let yes = vec![acts::option_for("yes", proposal, &text_of(stage, proposal)?)];
    let xy = vec![acts::option("x"), acts::option("y")];
    let vote = match (a >> 4) % 4 {
        0 | 1 => acts::vote(acts::consent(u32::from(b % 2)), yes, closes_at),
        2 => acts::vote(acts::yes_no(), yes, closes_at),
        // One choice each, and little time: ties are frequent, while mandates last.
        _ => acts::vote(acts::approval(Some(1)), xy, stage.now().plus_ms(DAY_MS / 2)),
    };
    let rules = rules(stage, a, b);
    let rules = match vote {
        OpenVote { ref options, .. } if (a >> 4) % 4 < 2 && !options.is_empty() => {
            VoteRules { tie: None, delegation: None, ..rules }
        }
        // One in four asks for more than vote, or for some of them.
        _ if (a >> 4) % 4 == 3 && b.is_multiple_of(4) => {
            let (numerator, base) = (1 + u32::from(b % 3), QuorumBase::Expressed);
            let quorum = Some(Quorum { ratio: Fraction { numerator, denominator: 3 }, base });
            VoteRules { quorum, ..rules }
        }
        _ => rules,
    };
    if b.is_multiple_of(5) {
        let OpenVote { title, question, options, method, closes_at, .. } = vote;
        let first = Question { title, question, options, method, rules: Some(rules) };
        let second = acts::question(acts::option("yes"), None);
        return Some(acts::questions(vec![first, second], closes_at).into());
    }
    Some(acts::under(vote, rules).into())
}

fn objection(vote: StatementId, a: u16) -> Option<(Act, bool)> {
    let reason = acts::reason();
    Some(match pick(a, 4) {
        0 => (MaintainObjection { vote, reason }.into(), false),
        1 => {
            let then = if a >> 15 == 0 { Position::Consent } else { Position::StandAside };
            (WithdrawObjection { vote, then, reason }.into(), false)
        }
        _ => {
            let answer = if a >> 15 == 0 { Answer::Validated } else { Answer::Challenged };
            let objector = somebody(a >> 1).id;
            (AnswerObjection { vote, objector, answer, reason }.into(), true)
        }
    })
}

/// The first line gives way to another, for whoever objects.
fn amendment(stage: &impl Stage, vote: StatementId, a: u16, b: u16) -> Option<Act> {
    let proposal = stage.peek(|world| {
        let index = world.directory.by_uuid(Kind::Vote, vote.0)?;
        let (proposal, _) = world.tables.votes.get(index)?.options.first()?.proposal?;
        Some(proposal)
    })?;
    let id = nth(stage, Kind::Proposal, u16::try_from(proposal).ok()?)?;
    let text = text_of(stage, id)?;
    let first = text.lines().next()?;
    let integrates = if b.is_multiple_of(2) { vec![] } else { vec![somebody(a).id] };
    let amended = AmendConsent {
        vote,
        terms: stage.terms(vote),
        base: acts::version(&text),
        changes: vec![acts::change(0, first, &format!("v{b}"))],
        integrates,
        reason: acts::reason(),
        closes_at: stage.now().plus_ms(DAY_MS),
    };
    Some(amended.into())
}
