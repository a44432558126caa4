//! Rules of votes: ties, what follows, dissent, reviews.

use super::{Both, Row, check, check_both};
use archipel_domain::counting::Fraction;
use archipel_domain::counting::MethodSpec;
use archipel_domain::counting::yes_no::{Majority, Quorum, QuorumBase, Rule};
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::ledger::UnitCode;
use archipel_domain::vote::rules::{
    BudgetLine, COMMITMENTS_MAX, DISSENT_DAYS, DecisionTerms, FollowUp, Follows, TiePolicy,
    VoteRules,
};
use archipel_domain::vote::{
    self, BallotOption, Choice, DeclareOutcome, DeclareUnderRules, DrawLot, OpenVote,
    QUESTIONS_MAX, Question, Verdict,
};
use archipel_testkit::scenario::{
    DAY_MS, Intent, Scene, Stage as _, Town, acts, person, registrar,
};

const TEXT: &str = Town::TEXT;
const NOBODY: StatementId = StatementId(7);
const SECRET: Hash = Hash([7; 32]);

/// A vote on `x` and `y` for a day.
pub(super) fn xy(scene: &Scene) -> OpenVote {
    let closes_at = scene.now.plus_ms(DAY_MS);
    let options = vec![acts::option("x"), acts::option("y")];
    acts::vote(acts::approval(None), options, closes_at)
}

fn open(scene: &Scene, alter: impl FnOnce(&mut VoteRules)) -> Intent {
    let mut rules = VoteRules::default();
    alter(&mut rules);
    Town::founder(acts::under(xy(scene), rules))
}

pub(super) fn lot() -> TiePolicy {
    TiePolicy::Lot { commitments: vec![Hash::of(&SECRET.0)] }
}

pub(super) fn draw(vote: StatementId) -> DrawLot {
    DrawLot { vote, secrets: vec![SECRET] }
}

/// A vote that is declared, in which `x` and `y` are level.
pub(super) fn tied(scene: &mut Scene, tie: impl Into<Option<TiePolicy>>) -> StatementId {
    let vote = scene.given(open(scene, |rules| rules.tie = tie.into()));
    for (number, option) in [(3, "x"), (4, "y")] {
        let terms = scene.terms(vote);
        scene.given(person(number).says(acts::ballot(vote, terms, acts::approves(&[option]))));
    }
    scene.advance_ms(DAY_MS);
    scene.settle();
    vote
}

/// A vote that is declared, in which `x` wins.
pub(super) fn won(scene: &mut Scene) -> StatementId {
    let vote = scene.given(open(scene, |_| {}));
    let terms = scene.terms(vote);
    scene.given(person(3).says(acts::ballot(vote, terms, acts::approves(&["x"]))));
    scene.advance_ms(DAY_MS);
    scene.settle();
    vote
}

fn follow(vote: StatementId, kind: FollowUp) -> Option<Follows> {
    Some(Follows { vote, kind })
}

/// Yes or no, with a quorum of all.
pub(super) fn all_present() -> MethodSpec {
    let quorum = Quorum { ratio: Fraction::new(1, 1), base: QuorumBase::Cast };
    MethodSpec::YesNo { rule: Rule { quorum: Some(quorum), majority: Majority::Simple } }
}

/// A vote on one text, declared without a quorum.
pub(super) fn without_quorum(scene: &mut Scene) -> StatementId {
    let closes_at = scene.now.plus_ms(DAY_MS);
    let vote = acts::vote(all_present(), vec![acts::option("yes")], closes_at);
    let vote = scene.given(Town::founder(acts::under(vote, VoteRules::default())));
    let terms = scene.terms(vote);
    scene.given(person(3).says(acts::ballot(vote, terms, acts::says(Choice::For))));
    scene.advance_ms(DAY_MS);
    scene.settle();
    vote
}

/// A quorum of one half.
pub(super) fn half() -> Option<Quorum> {
    Some(Quorum { ratio: Fraction::new(1, 2), base: QuorumBase::Expressed })
}

/// Two questions.
pub(super) fn two() -> Vec<Question> {
    ["one", "two"].map(|id| acts::question(acts::option(id), None)).to_vec()
}

/// The same question again.
pub(super) fn again(scene: &Scene, first: StatementId, ids: &[&str]) -> Intent {
    let closes_at = scene.now.plus_ms(DAY_MS);
    let options = ids.iter().map(|id| acts::option(id)).collect();
    let vote = acts::vote(acts::yes_no(), options, closes_at);
    let follows = follow(first, FollowUp::SecondConvocation);
    Town::founder(acts::under(vote, VoteRules { follows, ..VoteRules::default() }))
}

/// Two versions of the town's proposal, of which the second is the current one.
pub(super) fn versions(scene: &mut Scene, town: &Town) -> Vec<BallotOption> {
    let changes = [acts::change(0, "a", "A")];
    scene.given(person(3).says(acts::publish(town.proposal, TEXT, &changes)));
    let old = acts::option_for("old", town.proposal, TEXT);
    vec![old, acts::option_for("new", town.proposal, "A\nb\nc\nd\ne")]
}

fn grants(review_days: Option<u32>, budget: Vec<BudgetLine>) -> Option<DecisionTerms> {
    Some(DecisionTerms { review_days, budget, ..DecisionTerms::default() })
}

fn line(unit: &str, amount: u64) -> BudgetLine {
    BudgetLine { unit: unit.parse::<UnitCode>().unwrap(), amount }
}

pub(crate) const ROWS: &[Row] = &[
    ("vote.rules", |scene, _| open(scene, |rules| rules.status_quo = Some(acts::slug("z")))),
    ("vote.rules", |scene, _| {
        open(scene, |rules| rules.tie = Some(TiePolicy::Lot { commitments: vec![] }))
    }),
    ("vote.rules", |scene, _| {
        let commitments = vec![SECRET, SECRET];
        open(scene, |rules| rules.tie = Some(TiePolicy::Lot { commitments }))
    }),
    ("vote.rules", |scene, _| {
        let commitments = (0..=COMMITMENTS_MAX).map(|n| Hash::of(&[n as u8])).collect();
        open(scene, |rules| rules.tie = Some(TiePolicy::Lot { commitments }))
    }),
    ("vote.rules", |scene, _| open(scene, |rules| rules.dissent_days = Some(367))),
    ("vote.rules", |scene, _| open(scene, |rules| rules.decision = grants(Some(0), vec![]))),
    ("vote.rules", |scene, _| {
        open(scene, |rules| rules.decision = grants(None, vec![line("EUR", 0)]))
    }),
    ("vote.rules", |scene, _| {
        open(scene, |rules| rules.decision = grants(None, vec![line("EUR", 1), line("EUR", 2)]))
    }),
    ("vote.rules", |scene, _| {
        let vote = acts::vote(acts::yes_no(), vec![acts::option("yes")], xy(scene).closes_at);
        let rules = VoteRules { tie: Some(TiePolicy::DeclaredOrder), ..VoteRules::default() };
        Town::founder(acts::under(vote, rules))
    }),
    ("vote.rules", |scene, town| {
        let mut vote = xy(scene);
        vote.options[0] = acts::option_for("x", town.proposal, TEXT);
        let rules = VoteRules { status_quo: Some(acts::slug("x")), ..VoteRules::default() };
        Town::founder(acts::under(vote, rules))
    }),
    // Two versions of one text can not both be adopted.
    ("vote.rules", |scene, town| {
        let options = versions(scene, town);
        let mut vote = OpenVote { options, ..xy(scene) };
        vote.method = MethodSpec::Approval { seats: 2, max_choices: None };
        Town::founder(acts::under(vote, VoteRules::default()))
    }),
    // An older version competes with the current one, or is stale.
    ("vote.version-stale", |scene, town| {
        let mut vote = OpenVote { options: versions(scene, town), ..xy(scene) };
        vote.options[1] = acts::option("none");
        Town::founder(acts::under(vote, VoteRules::default()))
    }),
    ("vote.rules", |scene, _| {
        let vote = acts::vote(acts::yes_no(), vec![acts::option("yes")], xy(scene).closes_at);
        let rules = VoteRules { quorum: half(), ..VoteRules::default() };
        Town::founder(acts::under(vote, rules))
    }),
    ("vote.rules", |scene, _| {
        let quorum = Quorum { ratio: Fraction::new(3, 2), base: QuorumBase::Cast };
        open(scene, |rules| rules.quorum = Some(quorum))
    }),
    ("vote.calendar", |scene, _| Town::founder(acts::questions(vec![], scene.now))),
    ("vote.question-count", |scene, _| {
        Town::founder(acts::questions(two()[..1].to_vec(), xy(scene).closes_at))
    }),
    ("vote.question-count", |scene, _| {
        let many = vec![two()[0].clone(); QUESTIONS_MAX + 1];
        Town::founder(acts::questions(many, xy(scene).closes_at))
    }),
    ("mandate.as-required", |scene, _| person(3).says(acts::questions(two(), xy(scene).closes_at))),
    ("vote.method", |scene, _| {
        let mut questions = two();
        questions[1].options.clear();
        Town::founder(acts::questions(questions, xy(scene).closes_at))
    }),
    // One text is in one of the questions only.
    ("vote.proposal-not-open", |scene, town| {
        let option = acts::option_for("yes", town.proposal, TEXT);
        let questions = vec![acts::question(option, None); 2];
        Town::founder(acts::questions(questions, xy(scene).closes_at))
    }),
    ("vote.rules", |scene, _| {
        let mut questions = two();
        let rules = VoteRules { dissent_days: Some(367), ..VoteRules::default() };
        questions[1].rules = Some(rules);
        Town::founder(acts::questions(questions, xy(scene).closes_at))
    }),
    // Two questions can not follow one vote.
    ("vote.not-followable", |scene, _| {
        let first = without_quorum(scene);
        let follows = follow(first, FollowUp::SecondConvocation);
        let rules = VoteRules { follows, ..VoteRules::default() };
        let questions = vec![acts::question(acts::option("yes"), Some(rules)); 2];
        Town::founder(acts::questions(questions, xy(scene).closes_at))
    }),
    ("circle.unknown", |scene, _| {
        let circle = Some(acts::slug("nowhere"));
        open(scene, |rules| {
            rules.decision = Some(DecisionTerms { circle, ..DecisionTerms::default() });
        })
    }),
    ("ledger.unit-unknown", |scene, _| {
        open(scene, |rules| rules.decision = grants(None, vec![line("XAF", 1)]))
    }),
    ("vote.unknown", |scene, _| {
        open(scene, |rules| rules.follows = follow(NOBODY, FollowUp::SecondBallot))
    }),
    ("vote.not-followable", |scene, town| {
        open(scene, |rules| rules.follows = follow(town.judgment, FollowUp::SecondBallot))
    }),
    ("vote.not-followable", |scene, _| {
        let first = won(scene);
        open(scene, |rules| rules.follows = follow(first, FollowUp::SecondBallot))
    }),
    ("vote.not-followable", |scene, town| again(scene, town.done, &["yes"])),
    ("vote.not-followable", |scene, _| {
        let first = without_quorum(scene);
        let second = again(scene, first, &["yes"]);
        scene.given(second);
        again(scene, first, &["yes"])
    }),
    ("vote.follow-options", |scene, _| {
        let first = without_quorum(scene);
        again(scene, first, &["no"])
    }),
    ("vote.follow-options", |scene, _| {
        let first = tied(scene, TiePolicy::SecondBallot);
        let mut vote = xy(scene);
        vote.options.push(acts::option("z"));
        let follows = follow(first, FollowUp::SecondBallot);
        Town::founder(acts::under(vote, VoteRules { follows, ..VoteRules::default() }))
    }),
    ("outcome.other-form", |scene, _| {
        let vote = scene.given(open(scene, |_| {}));
        scene.advance_ms(DAY_MS);
        scene.given(registrar().says(acts::close(vote)));
        let tally = hash(scene, vote);
        registrar().says(DeclareOutcome { vote, tally })
    }),
    ("outcome.other-form", |scene, _| {
        let vote = scene.given(Town::founder(xy(scene)));
        scene.advance_ms(DAY_MS);
        scene.given(registrar().says(acts::close(vote)));
        let tally = hash(scene, vote);
        registrar().says(DeclareUnderRules { vote, tally })
    }),
    ("outcome.tally-mismatch", |scene, _| {
        let vote = scene.given(open(scene, |_| {}));
        scene.advance_ms(DAY_MS);
        scene.given(registrar().says(acts::close(vote)));
        registrar().says(DeclareUnderRules { vote, tally: SECRET })
    }),
    ("outcome.not-declared", |_, town| Town::founder(acts::break_tie(town.yes_no, &["yes"]))),
    ("outcome.not-declared", |_, town| person(3).says(acts::dissent(town.yes_no))),
    ("outcome.not-declared", |_, town| Town::founder(acts::review(town.yes_no, Verdict::Kept))),
    ("mandate.as-required", |scene, _| {
        let vote = tied(scene, TiePolicy::Chair);
        person(1).says(acts::break_tie(vote, &["x", "y"]))
    }),
    ("tie.other-policy", |scene, _| {
        let vote = tied(scene, None);
        Town::founder(acts::break_tie(vote, &["x", "y"]))
    }),
    ("tie.other-policy", |scene, _| {
        let vote = tied(scene, TiePolicy::Chair);
        person(3).says(draw(vote))
    }),
    ("tie.already-broken", |scene, _| {
        let vote = tied(scene, lot());
        scene.given(person(3).says(draw(vote)));
        person(3).says(draw(vote))
    }),
    ("tie.none", |scene, _| {
        let vote = won(scene);
        Town::founder(acts::break_tie(vote, &["x", "y"]))
    }),
    ("tie.options", |scene, _| {
        let vote = tied(scene, TiePolicy::Chair);
        Town::founder(acts::break_tie(vote, &["x"]))
    }),
    ("tie.options", |scene, _| {
        let vote = tied(scene, TiePolicy::Chair);
        Town::founder(acts::break_tie(vote, &["x", "y", "x"]))
    }),
    ("tie.options", |scene, _| {
        let vote = tied(scene, TiePolicy::Chair);
        Town::founder(acts::break_tie(vote, &["x", "y", "z"]))
    }),
    ("lot.secrets", |scene, _| {
        let vote = tied(scene, lot());
        person(3).says(DrawLot { vote, secrets: vec![] })
    }),
    ("lot.secrets", |scene, _| {
        let vote = tied(scene, lot());
        person(3).says(DrawLot { vote, secrets: vec![Hash([8; 32])] })
    }),
    ("ballot.not-eligible", |scene, _| {
        let vote = won(scene);
        scene.given(Town::founder(acts::admit(person(8), &["nord"])));
        person(8).says(acts::dissent(vote))
    }),
    ("dissent.too-late", |scene, _| {
        let vote = won(scene);
        scene.advance_ms(i64::from(DISSENT_DAYS) * DAY_MS);
        person(3).says(acts::dissent(vote))
    }),
    ("dissent.unknown", |scene, _| {
        let vote = won(scene);
        person(3).says(acts::join_dissent(vote, person(4)))
    }),
    ("dissent.already-attached", |scene, _| {
        let vote = won(scene);
        scene.given(person(4).says(acts::dissent(vote)));
        person(4).says(acts::dissent(vote))
    }),
    ("dissent.already-attached", |scene, _| {
        let vote = won(scene);
        scene.given(person(4).says(acts::dissent(vote)));
        scene.given(person(3).says(acts::join_dissent(vote, person(4))));
        person(3).says(acts::join_dissent(vote, person(4)))
    }),
    ("reasons.already-attached", |scene, _| {
        let vote = won(scene);
        scene.given(person(4).says(acts::reasons(vote)));
        person(4).says(acts::reasons(vote))
    }),
    ("dissent.too-late", |scene, _| {
        let vote = won(scene);
        scene.advance_ms(i64::from(DISSENT_DAYS) * DAY_MS);
        person(3).says(acts::reasons(vote))
    }),
    ("outcome.not-declared", |_, town| person(3).says(acts::reasons(town.yes_no))),
    ("decision.none", |scene, _| {
        let vote = tied(scene, None);
        Town::founder(acts::review(vote, Verdict::Kept))
    }),
    ("decision.ended", |scene, _| {
        let vote = won(scene);
        scene.given(Town::founder(acts::review(vote, Verdict::Ended)));
        Town::founder(acts::review(vote, Verdict::Kept))
    }),
    ("decision.review-date", |scene, _| {
        let vote = won(scene);
        let mut review = acts::review(vote, Verdict::Kept);
        review.next = Some(scene.now);
        Town::founder(review)
    }),
    ("decision.review-date", |scene, _| {
        let vote = won(scene);
        let mut review = acts::review(vote, Verdict::Ended);
        review.next = Some(scene.now.plus_ms(DAY_MS));
        Town::founder(review)
    }),
];

/// The tally hash of a vote.
fn hash(scene: &Scene, id: StatementId) -> Hash {
    let index = super::lives::index(scene, id);
    let vote = scene.world.tables.votes.get(index).unwrap();
    let method = vote.method.as_ref().unwrap();
    vote::tally_hash(&vote::count(&scene.world, index, vote, method).unwrap())
}

const PRECEDENCE: &[Both] = &[
    ("vote.group-unknown", "vote.rules", |scene, _| {
        let mut vote = xy(scene);
        vote.electorate = vote::ElectorateRule::Groups(vec![acts::slug("est")]);
        let rules = VoteRules { dissent_days: Some(367), ..VoteRules::default() };
        Town::founder(acts::under(vote, rules))
    }),
    ("vote.rules", "vote.not-followable", |scene, town| {
        open(scene, |rules| {
            rules.follows = follow(town.judgment, FollowUp::SecondBallot);
            rules.decision = grants(Some(0), vec![]);
        })
    }),
    ("outcome.tally-mismatch", "outcome.other-form", |scene, _| {
        let vote = scene.given(open(scene, |_| {}));
        scene.advance_ms(DAY_MS);
        scene.given(registrar().says(acts::close(vote)));
        registrar().says(DeclareOutcome { vote, tally: SECRET })
    }),
    ("dissent.too-late", "dissent.unknown", |scene, _| {
        let vote = won(scene);
        scene.advance_ms(i64::from(DISSENT_DAYS) * DAY_MS);
        person(3).says(acts::join_dissent(vote, person(4)))
    }),
    ("decision.ended", "decision.review-date", |scene, _| {
        let vote = won(scene);
        scene.given(Town::founder(acts::review(vote, Verdict::Ended)));
        let mut review = acts::review(vote, Verdict::Kept);
        review.next = Some(scene.now);
        Town::founder(review)
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
