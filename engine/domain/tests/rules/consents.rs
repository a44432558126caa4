//! Consent rounds: objections, amendments, and what is refused in them.

use super::lives::{adopted_by, elected, index, say, settled};
use super::procedures::xy;
use super::{Both, Row, check, check_both, town};
use archipel_domain::act::Act;
use archipel_domain::id::StatementId;
use archipel_domain::vote::rules::{FollowUp, Follows, TiePolicy, VoteRules};
use archipel_domain::vote::{
    AmendConsent, Answer, AnswerObjection, Choice, DeclareUnderRules, MaintainObjection,
    ObjectionState, Position, WithdrawObjection, is_due, procedure,
};
use archipel_testkit::scenario::{
    DAY_MS, Intent, Person, Scene, Stage as _, Town, acts, person, registrar,
};

const TEXT: &str = Town::TEXT;
const BETTER: &str = "A\nb\nc\nd\ne";

/// A round on the town's proposal, for a day.
fn open(scene: &Scene, town: &Town, blocks: u32, rules: VoteRules) -> Intent {
    let options = vec![acts::option_for("yes", town.proposal, TEXT)];
    let vote = acts::vote(acts::consent(blocks), options, xy(scene).closes_at);
    Town::founder(acts::under(vote, rules))
}

fn round(scene: &mut Scene, town: &Town, blocks: u32) -> StatementId {
    let intent = open(scene, town, blocks, VoteRules::default());
    scene.given(intent)
}

fn objects(scene: &Scene, vote: StatementId, who: u64) -> Intent {
    person(who).says(acts::object(vote, scene.terms(vote)))
}

fn answer(vote: StatementId, objector: Person, answer: Answer) -> Intent {
    let reason = acts::reason();
    Town::founder(AnswerObjection { vote, objector: objector.id, answer, reason })
}

fn maintain(vote: StatementId) -> MaintainObjection {
    MaintainObjection { vote, reason: acts::reason() }
}

fn withdraw(vote: StatementId, then: Position) -> WithdrawObjection {
    WithdrawObjection { vote, then, reason: acts::reason() }
}

/// The first line becomes `A`, for the objections of these people.
fn amend(scene: &Scene, vote: StatementId, of: &[Person]) -> AmendConsent {
    AmendConsent {
        vote,
        terms: scene.terms(vote),
        base: acts::version(TEXT),
        changes: vec![acts::change(0, "a", "A")],
        integrates: of.iter().map(|person| person.id).collect(),
        reason: acts::reason(),
        closes_at: scene.now.plus_ms(2 * DAY_MS),
    }
}

pub(crate) const ROWS: &[Row] = &[
    ("vote.rules", |scene, town| {
        open(scene, town, 0, VoteRules { tie: Some(TiePolicy::Chair), ..VoteRules::default() })
    }),
    ("vote.rules", |scene, town| {
        let delegation = Some(archipel_domain::delegation::DelegationRule::default());
        open(scene, town, 0, VoteRules { delegation, ..VoteRules::default() })
    }),
    ("consent.other-method", |scene, town| objects(scene, town.yes_no, 3)),
    ("consent.other-method", |_, town| person(3).says(maintain(town.yes_no))),
    ("consent.other-method", |scene, town| Town::founder(amend(scene, town.yes_no, &[]))),
    ("consent.no-text", |scene, _| {
        let options = vec![acts::option("yes")];
        let vote = acts::vote(acts::consent(0), options, xy(scene).closes_at);
        let vote = scene.given(Town::founder(acts::under(vote, VoteRules::default())));
        Town::founder(amend(scene, vote, &[]))
    }),
    ("ballot.other-terms", |scene, town| {
        let vote = round(scene, town, 0);
        let terms = acts::version("");
        Town::founder(AmendConsent { terms, ..amend(scene, vote, &[]) })
    }),
    ("proposal.version-stale", |scene, town| {
        let vote = round(scene, town, 0);
        let base = acts::version(BETTER);
        Town::founder(AmendConsent { base, ..amend(scene, vote, &[]) })
    }),
    ("changes.other-lines", |scene, town| {
        let vote = round(scene, town, 0);
        let changes = vec![acts::change(0, "b", "A")];
        Town::founder(AmendConsent { changes, ..amend(scene, vote, &[]) })
    }),
    ("vote.calendar", |scene, town| {
        let vote = round(scene, town, 0);
        Town::founder(AmendConsent { closes_at: scene.now, ..amend(scene, vote, &[]) })
    }),
    ("ballot.vote-closed", |scene, town| {
        let vote = round(scene, town, 0);
        let late = objects(scene, vote, 3);
        scene.advance_ms(DAY_MS);
        late
    }),
    ("ballot.not-eligible", |scene, town| {
        let vote = round(scene, town, 0);
        scene.given(Town::founder(acts::admit(person(8), &["nord"])));
        objects(scene, vote, 8)
    }),
    ("ballot.other-terms", |scene, town| {
        let vote = round(scene, town, 0);
        person(3).says(acts::object(vote, acts::version("")))
    }),
    ("objection.reason-needed", |scene, town| {
        let vote = round(scene, town, 0);
        let terms = scene.terms(vote);
        person(3).says(acts::ballot(vote, terms, acts::says(Choice::Against)))
    }),
    ("objection.stands", |scene, town| {
        let vote = round(scene, town, 0);
        scene.given(objects(scene, vote, 3));
        objects(scene, vote, 3)
    }),
    ("objection.stands", |scene, town| {
        let vote = round(scene, town, 0);
        scene.given(objects(scene, vote, 3));
        let terms = scene.terms(vote);
        person(3).says(acts::ballot(vote, terms, acts::says(Choice::For)))
    }),
    ("objection.unknown", |scene, town| {
        let vote = round(scene, town, 0);
        answer(vote, person(3), Answer::Validated)
    }),
    ("objection.unknown", |scene, town| {
        let vote = round(scene, town, 0);
        scene.given(objects(scene, vote, 3));
        scene.given(person(3).says(withdraw(vote, Position::Consent)));
        person(3).says(maintain(vote))
    }),
    ("objection.unknown", |scene, town| {
        let vote = round(scene, town, 0);
        Town::founder(amend(scene, vote, &[person(3)]))
    }),
    ("mandate.as-required", |scene, town| {
        let vote = round(scene, town, 0);
        scene.given(objects(scene, vote, 3));
        let mut answered = answer(vote, person(3), Answer::Challenged);
        answered.acting_as = None;
        answered
    }),
    ("outcome.amended", |scene, town| {
        let vote = round(scene, town, 0);
        let amended = amend(scene, vote, &[]);
        scene.given(Town::founder(amended));
        registrar().says(DeclareUnderRules { vote, tally: acts::version("") })
    }),
    ("vote.not-followable", |scene, town| {
        let option = || vec![acts::option("yes")];
        let vote = acts::vote(acts::consent(0), option(), xy(scene).closes_at);
        let first = scene.given(Town::founder(acts::under(vote, VoteRules::default())));
        say(scene, first, 3, Choice::For);
        close(scene);
        let Act::VoteOpenedUnderRules(mut again) = fallback(scene, town, first).act else {
            unreachable!()
        };
        again.vote.options = option();
        Town::founder(again)
    }),
];

const PRECEDENCE: &[Both] = &[
    ("ballot.vote-closed", "objection.stands", |scene, town| {
        let vote = round(scene, town, 0);
        scene.given(objects(scene, vote, 3));
        let again = objects(scene, vote, 3);
        scene.advance_ms(DAY_MS);
        again
    }),
    ("ballot.other-terms", "objection.stands", |scene, town| {
        let vote = round(scene, town, 0);
        scene.given(objects(scene, vote, 3));
        person(3).says(acts::object(vote, acts::version("")))
    }),
    ("objection.reason-needed", "objection.stands", |scene, town| {
        let vote = round(scene, town, 0);
        scene.given(objects(scene, vote, 3));
        let terms = scene.terms(vote);
        person(3).says(acts::ballot(vote, terms, acts::says(Choice::Against)))
    }),
];

#[test]
fn refusals() {
    check(ROWS);
}

#[test]
fn the_first_rule_wins() {
    check_both(PRECEDENCE);
}

fn close(scene: &mut Scene) {
    scene.advance_ms(DAY_MS);
    scene.settle();
}

/// The same text by vote.
fn fallback(scene: &Scene, town: &Town, first: StatementId) -> Intent {
    let options = vec![acts::option_for("yes", town.proposal, TEXT)];
    let vote = acts::vote(acts::yes_no(), options, xy(scene).closes_at);
    let follows = Some(Follows { vote: first, kind: FollowUp::Fallback });
    Town::founder(acts::under(vote, VoteRules { follows, ..VoteRules::default() }))
}

#[test]
fn nobody_but_its_author_takes_an_objection_away() {
    let (mut scene, town) = town();
    let vote = round(&mut scene, &town, 0);
    for who in [1, 2, 4, 5] {
        say(&mut scene, vote, who, Choice::For);
    }
    scene.given(objects(&scene, vote, 3));
    scene.given(answer(vote, person(3), Answer::Challenged));
    let mut kept = scene.clone();
    close(&mut kept);
    assert_eq!((adopted_by(&kept, town.proposal), settled(&kept, vote)), (None, elected(&[])));
    // Its author answers: maintained, it stands; withdrawn, the text is adopted.
    let mut maintained = scene.clone();
    maintained.given(person(3).says(maintain(vote)));
    close(&mut maintained);
    assert_eq!(adopted_by(&maintained, town.proposal), None);
    scene.given(person(3).says(withdraw(vote, Position::StandAside)));
    close(&mut scene);
    assert_eq!(adopted_by(&scene, town.proposal), Some(index(&scene, vote)));
    let objections = procedure(&scene.world, index(&scene, vote)).objections.clone();
    let states: Vec<ObjectionState> = objections[0].history.iter().map(|step| step.0).collect();
    use ObjectionState as S;
    assert_eq!(states, [S::Raised, S::Challenged, S::Withdrawn]);
}

#[test]
fn as_many_as_the_rule_admits_may_block() {
    for (blocks, adopted) in [(0, false), (1, false), (2, true)] {
        let (mut scene, town) = town();
        let vote = round(&mut scene, &town, blocks);
        say(&mut scene, vote, 1, Choice::For);
        scene.given(objects(&scene, vote, 3));
        scene.given(objects(&scene, vote, 4));
        close(&mut scene);
        assert_eq!(adopted_by(&scene, town.proposal).is_some(), adopted, "minus {blocks}");
    }
}

/// An objection counts as the position of its author, whatever they said before.
#[test]
fn an_objection_replaces_a_consent() {
    let (mut scene, town) = town();
    let vote = round(&mut scene, &town, 0);
    say(&mut scene, vote, 3, Choice::For);
    say(&mut scene, vote, 4, Choice::For);
    scene.given(objects(&scene, vote, 3));
    close(&mut scene);
    assert_eq!(adopted_by(&scene, town.proposal), None);
}

#[test]
fn an_amendment_resets_consents() {
    let (mut scene, town) = town();
    let first = round(&mut scene, &town, 0);
    for who in [1, 2, 4, 5] {
        say(&mut scene, first, who, Choice::For);
    }
    scene.given(objects(&scene, first, 3));
    let old_terms = scene.terms(first);
    let amended = amend(&scene, first, &[person(3)]);
    let second = scene.given(Town::founder(amended));
    let number = index(&scene, second);
    let before = procedure(&scene.world, index(&scene, first)).clone();
    assert_eq!(before.amended_by, Some(number));
    assert_eq!(before.objections[0].state, ObjectionState::Integrated);
    assert_eq!(procedure(&scene.world, number).amends, Some(index(&scene, first)));
    // Nobody has consented to the new text: neither with the old terms nor by silence.
    let stale = person(5).says(acts::ballot(second, old_terms, acts::says(Choice::For)));
    scene.then(stale, "ballot.other-terms");
    let late = person(5).says(acts::ballot(first, old_terms, acts::says(Choice::For)));
    scene.then(late, "ballot.vote-closed");
    let mut silent = scene.clone();
    silent.advance_ms(2 * DAY_MS);
    silent.settle();
    assert_eq!(adopted_by(&silent, town.proposal), None);
    // The first round has no outcome of its own, and nothing is due for it.
    assert!(silent.world.tables.votes.get(index(&silent, first)).unwrap().declared.is_none());
    assert!(!is_due(&silent.world, silent.now));
    say(&mut scene, second, 3, Choice::For);
    scene.advance_ms(2 * DAY_MS);
    scene.settle();
    assert_eq!(adopted_by(&scene, town.proposal), Some(number));
    let proposal = scene
        .world
        .directory
        .by_uuid(archipel_domain::entity::Kind::Proposal, town.proposal.0)
        .unwrap();
    let lines = scene.world.tables.proposals.get(proposal).unwrap().lines.join("\n");
    assert_eq!(lines, BETTER);
}

#[test]
fn without_consent_the_text_is_put_to_the_vote() {
    let (mut scene, town) = town();
    let vote = round(&mut scene, &town, 0);
    scene.given(objects(&scene, vote, 3));
    close(&mut scene);
    let second = fallback(&scene, &town, vote);
    let second = scene.given(second);
    say(&mut scene, second, 4, Choice::For);
    close(&mut scene);
    assert_eq!(adopted_by(&scene, town.proposal), Some(index(&scene, second)));
}
