//! Lives of votes under their own rules: ties, the status quo, second votes, versions, dissent.

use super::procedures::{
    again, all_present, draw, half, lot, tied, two, versions, without_quorum, won, xy,
};
use super::town;
use archipel_domain::counting::budget::{BudgetPaper, BudgetRule, Completion};
use archipel_domain::counting::outcome::Evidence;
use archipel_domain::counting::yes_no::{Majority, MajorityBase, Rule};
use archipel_domain::counting::{Fraction, MethodSpec, RankedRule};
use archipel_domain::entity::Kind;
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::vote::rules::{DecisionTerms, FollowUp, Follows, TiePolicy, VoteRules};
use archipel_domain::vote::settle::{self, Settlement};
use archipel_domain::vote::{
    self, BallotPaper, Choice, OpenVote, TieBreaker, Verdict, procedure, question_id,
};
use archipel_testkit::scenario::{DAY_MS, Scene, Stage as _, Town, acts, person};

/// The number of a vote.
pub(super) fn index(scene: &Scene, id: StatementId) -> u32 {
    scene.world.directory.by_uuid(Kind::Vote, id.0).unwrap()
}

/// Somebody votes.
pub(super) fn say(scene: &mut Scene, vote: StatementId, who: u64, choice: Choice) {
    let terms = scene.terms(vote);
    scene.given(person(who).says(acts::ballot(vote, terms, acts::says(choice))));
}

pub(super) fn settled(scene: &Scene, vote: StatementId) -> Settlement {
    settle::of(&scene.world, index(scene, vote)).unwrap()
}

pub(super) fn elected(elected: &[u32]) -> Settlement {
    Settlement { elected: elected.to_vec(), ..Settlement::default() }
}

fn open() -> Settlement {
    Settlement { elected: vec![], tied: vec![0, 1], contested: 1, quorum: None }
}

#[test]
fn ties_are_dealt_with_as_declared() {
    let (scene, _) = town();
    for (policy, expected) in [
        (None, open()),
        (Some(TiePolicy::Chair), open()),
        (Some(TiePolicy::SecondBallot), open()),
        (Some(lot()), open()),
        (Some(TiePolicy::DeclaredOrder), elected(&[0])),
        (Some(TiePolicy::StatusQuo), elected(&[])),
    ] {
        let mut scene = scene.clone();
        let vote = tied(&mut scene, policy.clone());
        assert_eq!(settled(&scene, vote), expected, "{policy:?}");
        // Whatever is done, the outcome that was declared is the count's, and names the tie.
        let declared = scene.world.tables.votes.get(index(&scene, vote)).unwrap().declared.clone();
        assert_eq!(declared.unwrap().outcome.winners, ["x", "y"]);
    }
}

#[test]
fn the_chair_decides_once() {
    let (mut scene, _) = town();
    let vote = tied(&mut scene, TiePolicy::Chair);
    scene.given(Town::founder(acts::break_tie(vote, &["y", "x"])));
    assert_eq!(settled(&scene, vote), elected(&[1]));
}

/// The lot can be drawn again by anybody: the smallest of SHA-256(seed, id) comes first.
#[test]
fn the_lot_is_the_one_that_the_secrets_make() {
    let (mut scene, _) = town();
    let vote = tied(&mut scene, lot());
    scene.given(person(5).says(draw(vote)));
    let state = scene.world.tables.votes.get(index(&scene, vote)).unwrap();
    let tally = state.declared.as_ref().unwrap().tally;
    let seed = vote::seed(vote, tally, &[Hash([7; 32])]);
    let text =
        [b"archipel.lot.v1\n".as_slice(), &vote.0.to_be_bytes(), &tally.0, &[7; 32]].concat();
    assert_eq!(seed, Hash::of(&text));
    let ticket = |id: &[u8]| Hash::of(&[&seed.0, id].concat()).0;
    let first = if ticket(b"x") < ticket(b"y") { 0 } else { 1 };
    assert_eq!(settled(&scene, vote), elected(&[first]));
    let broken = procedure(&scene.world, index(&scene, vote)).tie_break.clone().unwrap();
    let secrets = vec![Hash([7; 32])];
    assert_eq!(broken.by, TieBreaker::Lot { secrets, seed });
}

/// A vote on one text of the town, by the chair's casting vote.
fn level(scene: &mut Scene, town: &Town, tie: TiePolicy) -> StatementId {
    let option = acts::option_for("yes", town.proposal, Town::TEXT);
    let vote = acts::vote(acts::yes_no(), vec![option], scene.now.plus_ms(DAY_MS));
    let rules = VoteRules { tie: Some(tie), ..VoteRules::default() };
    let vote = scene.given(Town::founder(acts::under(vote, rules)));
    say(scene, vote, 3, Choice::For);
    say(scene, vote, 4, Choice::Against);
    scene.advance_ms(DAY_MS);
    scene.settle();
    vote
}

pub(super) fn adopted_by(scene: &Scene, proposal: StatementId) -> Option<u32> {
    let number = scene.world.directory.by_uuid(Kind::Proposal, proposal.0).unwrap();
    scene.world.tables.proposals.get(number).unwrap().adopted_by
}

#[test]
fn a_casting_vote_adopts_or_rejects() {
    let (mut scene, town) = town();
    let vote = level(&mut scene, &town, TiePolicy::Chair);
    assert_eq!(adopted_by(&scene, town.proposal), None);
    let mut other = scene.clone();
    scene.given(Town::founder(acts::break_tie(vote, &["yes"])));
    assert_eq!(adopted_by(&scene, town.proposal), Some(index(&scene, vote)));
    assert_eq!(settled(&scene, vote), elected(&[0]));
    other.given(Town::founder(acts::break_tie(vote, &[])));
    assert_eq!((adopted_by(&other, town.proposal), settled(&other, vote)), (None, elected(&[])));
}

/// A casting vote, or a lot, decides only where one more vote would: a text that needs more than
/// that stays rejected.
#[test]
fn nobody_adopts_by_a_casting_vote_what_needs_more() {
    use Majority::{Absolute, Qualified};
    use MajorityBase::{Cast, Eligible, Expressed};
    let share = |n, d, base, strict| Qualified { ratio: Fraction::new(n, d), base, strict };
    for (majority, open) in [
        (Majority::Simple, true),
        (Absolute { base: Expressed }, true),
        (Absolute { base: Cast }, true),
        (Absolute { base: Eligible }, false),
        (share(2, 3, Expressed, false), true),
        (share(2, 3, Expressed, true), false),
        (share(3, 4, Expressed, false), false),
    ] {
        let (mut scene, _) = town();
        let rule = MethodSpec::YesNo { rule: Rule { quorum: None, majority } };
        let closes_at = scene.now.plus_ms(DAY_MS);
        let vote = acts::vote(rule, vec![acts::option("yes")], closes_at);
        let rules = VoteRules { tie: Some(TiePolicy::Chair), ..VoteRules::default() };
        let vote = scene.given(Town::founder(acts::under(vote, rules)));
        // One each: with one more for, it is two of three.
        say(&mut scene, vote, 3, Choice::For);
        say(&mut scene, vote, 4, Choice::Against);
        scene.advance_ms(DAY_MS);
        scene.settle();
        assert_eq!(!settled(&scene, vote).tied.is_empty(), open, "{majority:?}");
        let decides = Town::founder(acts::break_tie(vote, &["yes"]));
        if open {
            scene.given(decides);
        } else {
            scene.then(decides, "tie.none");
        }
    }
}

/// Without a ballot that says something nothing is decided, and what nobody backs is not funded
/// though there is money, nor elected though there is a seat.
#[test]
fn silence_adopts_nothing() {
    let budget = |completion| MethodSpec::Budget {
        rule: BudgetRule::EqualSharesCost,
        completion,
        budget: 10,
        costs: vec![4, 5],
        unit: 1,
        paper: BudgetPaper::Approvals { max_choices: None },
    };
    let two = MethodSpec::Approval { seats: 2, max_choices: None };
    for (method, tie) in [
        (acts::approval(None), Some(TiePolicy::DeclaredOrder)),
        (two, None),
        (budget(Completion::Add1u), None),
    ] {
        for (papers, expected) in [
            (vec![], vec![]),
            (vec![BallotPaper::Blank], vec![]),
            (vec![acts::approves(&["y"])], vec![1]),
        ] {
            let (mut scene, town) = town();
            let mut open = OpenVote { method: method.clone(), ..xy(&scene) };
            open.options[0] = acts::option_for("x", town.proposal, Town::TEXT);
            let intent = match tie.clone() {
                // A vote without rules of its own is declared in another form.
                None => Town::founder(open),
                tie => Town::founder(acts::under(open, VoteRules { tie, ..VoteRules::default() })),
            };
            let vote = scene.given(intent);
            let terms = scene.terms(vote);
            for paper in papers {
                scene.given(person(3).says(acts::ballot(vote, terms, paper)));
            }
            scene.advance_ms(DAY_MS);
            scene.settle();
            assert_eq!(settled(&scene, vote), elected(&expected), "{method:?}");
            assert_eq!(adopted_by(&scene, town.proposal), None, "{method:?}");
        }
    }
}

/// More ballots than an entry of the log can hold are declared, and settle the vote as all do.
#[test]
fn a_vote_of_many_different_ballots_is_declared() {
    let (mut scene, _) = town();
    let width = 100;
    let ids: Vec<String> = (0..width).map(|number| format!("o{number}")).collect();
    let mut vote = xy(&scene);
    vote.options = ids.iter().map(|id| acts::option(id)).collect();
    vote.method = acts::ranked(RankedRule::Borda);
    let voters = 200..400;
    for number in voters.clone() {
        scene.given(Town::founder(acts::admit(person(number), &["nord"])));
    }
    let vote = scene.given(Town::founder(vote));
    let terms = scene.terms(vote);
    for number in voters {
        // The first stays first; another one comes second.
        let second = usize::try_from(number).unwrap() % (width - 1) + 1;
        let third = usize::try_from(number / 2).unwrap() % (width - 1) + 1;
        let mut ranks = vec![0, second, third];
        ranks.dedup();
        let ranks = ranks.into_iter().map(|column| vec![acts::slug(&ids[column])]).collect();
        let paper = BallotPaper::Ranks(ranks);
        scene.when(person(number).says(acts::ballot(vote, terms, paper))).ok();
    }
    scene.advance_ms(DAY_MS);
    scene.settle();
    let state = scene.world.tables.votes.get(index(&scene, vote)).unwrap();
    let declared = state.declared.as_ref().unwrap();
    assert!(matches!(declared.outcome.evidence, Evidence::Brief { .. }));
    let method = state.method.as_ref().unwrap();
    let counted = vote::count(&scene.world, index(&scene, vote), state, method).unwrap();
    assert_eq!(declared.tally, vote::tally_hash(&counted));
    assert_eq!(settled(&scene, vote), elected(&[0]));
    let (_, record) = scene.log.last().unwrap();
    assert!(archipel_domain::codec::encode(record).unwrap().len() < 2_000);
}

#[test]
fn a_tied_text_is_rejected_unless_somebody_decides() {
    let (mut scene, town) = town();
    let vote = level(&mut scene, &town, TiePolicy::StatusQuo);
    assert_eq!(settled(&scene, vote), elected(&[]));
    scene.then(Town::founder(acts::break_tie(vote, &["yes"])), "tie.other-policy");
}

/// What ranks no better than the status quo is not adopted, even if there is a seat for it.
#[test]
fn the_status_quo_has_to_be_beaten() {
    let (mut scene, _) = town();
    let mut vote = xy(&scene);
    vote.options = ["x", "y", "z", "none"].into_iter().map(acts::option).collect();
    vote.method = MethodSpec::Approval { seats: 3, max_choices: None };
    let status_quo = Some(acts::slug("none"));
    let rules = VoteRules { status_quo, ..VoteRules::default() };
    let vote = scene.given(Town::founder(acts::under(vote, rules)));
    for (who, options) in [(1, vec!["x"]), (2, vec!["x", "none"]), (3, vec!["x", "none", "y"])] {
        let terms = scene.terms(vote);
        scene.given(person(who).says(acts::ballot(vote, terms, acts::approves(&options))));
    }
    scene.advance_ms(DAY_MS);
    scene.settle();
    // x 3, none 2, y 1: of the three seats, x takes one and the status quo stands before y.
    assert_eq!(settled(&scene, vote), elected(&[0, 3]));
}

#[test]
fn a_second_convocation_decides() {
    let (mut scene, _) = town();
    let first = without_quorum(&mut scene);
    assert_eq!(settled(&scene, first).elected, [0; 0]);
    assert!(!settled(&scene, first).quorum.unwrap().met);
    let second = again(&scene, first, &["yes"]);
    let second = scene.given(second);
    say(&mut scene, second, 3, Choice::For);
    scene.advance_ms(DAY_MS);
    scene.settle();
    assert_eq!(settled(&scene, second), elected(&[0]));
    let linked = procedure(&scene.world, index(&scene, first)).followed_by;
    assert_eq!(linked, Some(index(&scene, second)));
    let rules = procedure(&scene.world, index(&scene, second)).rules.clone().unwrap();
    assert_eq!(rules.follows, Some((index(&scene, first), FollowUp::SecondConvocation)));
    assert!(matches!(all_present(), MethodSpec::YesNo { .. }));
}

/// An election without its quorum elects nobody, whatever the ballots say; a second convocation
/// needs none. A blank ballot is not expressed.
#[test]
fn an_election_has_a_quorum_too() {
    let (scene, _) = town();
    // Of those who may vote, half are three.
    for (voters, blanks, met) in [(2, 1, false), (3, 0, true), (3, 2, true)] {
        let mut scene = scene.clone();
        let rules = VoteRules { quorum: half(), ..VoteRules::default() };
        let vote = xy(&scene);
        let first = scene.given(Town::founder(acts::under(vote.clone(), rules)));
        let terms = scene.terms(first);
        for number in 0..voters + blanks {
            let paper = if number < voters { acts::approves(&["x"]) } else { BallotPaper::Blank };
            let who = person([1, 2, 3, 4, 5, 7][number]);
            scene.given(who.says(acts::ballot(first, terms, paper)));
        }
        scene.advance_ms(DAY_MS);
        scene.settle();
        let found = settled(&scene, first);
        let quorum = found.quorum.clone().unwrap();
        assert_eq!((quorum.present, quorum.needed, quorum.met), (voters as u64, 3, met));
        assert_eq!(found.elected, if met { vec![0] } else { vec![] });
        // The outcome of the count itself does not know of the quorum.
        let index = index(&scene, first);
        let declared = scene.world.tables.votes.get(index).unwrap().declared.clone().unwrap();
        assert_eq!(declared.outcome.winners, ["x"]);
        let follows = Some(Follows { vote: first, kind: FollowUp::SecondConvocation });
        let rules = VoteRules { follows, ..VoteRules::default() };
        let closes_at = scene.now.plus_ms(DAY_MS);
        let again = Town::founder(acts::under(OpenVote { closes_at, ..vote }, rules));
        if met {
            scene.then(again, "vote.not-followable");
        } else {
            scene.given(again);
        }
    }
}

/// Several questions are votes of their own under one statement: one electorate, one calendar, one
/// hash to which every ballot binds, an outcome each.
#[test]
fn several_questions_are_put_by_one_statement() {
    let (mut scene, town) = town();
    let mut questions = two();
    questions[1].options = vec![acts::option_for("yes", town.proposal, Town::TEXT)];
    let decision = DecisionTerms { review_days: Some(30), ..DecisionTerms::default() };
    questions[1].rules = Some(VoteRules { decision: Some(decision), ..VoteRules::default() });
    let closes_at = scene.now.plus_ms(DAY_MS);
    let first = scene.given(Town::founder(acts::questions(questions, closes_at)));
    let second = question_id(first, 1);
    assert_eq!(question_id(first, 0), first);
    assert_eq!((second.0 >> 76 & 0xf, second.0 >> 62 & 3), (8, 2));
    let votes = [first, second].map(|id| index(&scene, id));
    assert_eq!(votes[1], votes[0] + 1);
    for vote in votes {
        let sheet = procedure(&scene.world, vote).sheet.clone().unwrap();
        assert_eq!((sheet.first, sheet.count), (votes[0], 2));
    }
    assert_eq!(scene.terms(first), scene.terms(second));
    let state = |scene: &Scene, place: usize| scene.world.tables.votes.get(votes[place]).cloned();
    let [one, two] = [0, 1].map(|place| state(&scene, place).unwrap());
    assert_eq!(one.electorate, two.electorate);
    let number = scene.world.directory.by_uuid(Kind::Proposal, town.proposal.0).unwrap();
    let open = |scene: &Scene| scene.world.tables.proposals.get(number).unwrap().open_vote;
    assert_eq!(open(&scene), Some(votes[1]));
    say(&mut scene, first, 3, Choice::Against);
    say(&mut scene, second, 3, Choice::For);
    say(&mut scene, second, 4, Choice::For);
    scene.advance_ms(DAY_MS);
    scene.settle();
    assert_eq!(settled(&scene, first), elected(&[]));
    assert_eq!(settled(&scene, second), elected(&[0]));
    assert_eq!(adopted_by(&scene, town.proposal), Some(votes[1]));
    let review = procedure(&scene.world, votes[1]).review_at(closes_at);
    assert_eq!(review, Some(closes_at.plus_days(30)));
    assert_eq!(procedure(&scene.world, votes[0]).review_at(closes_at), None);
}

#[test]
fn a_second_ballot_on_those_who_are_tied() {
    let (mut scene, _) = town();
    let first = tied(&mut scene, TiePolicy::SecondBallot);
    let follows = Some(Follows { vote: first, kind: FollowUp::SecondBallot });
    let rules = VoteRules { follows, ..VoteRules::default() };
    let mut vote = xy(&scene);
    vote.options.reverse();
    scene.given(Town::founder(acts::under(vote, rules)));
}

/// The version that wins becomes the text, whichever was the last.
#[test]
fn versions_compete_and_the_winner_is_the_text() {
    for (chosen, text) in [("old", Town::TEXT), ("new", "A\nb\nc\nd\ne")] {
        let (mut scene, town) = town();
        let options = versions(&mut scene, &town);
        let vote = OpenVote { options, ..xy(&scene) };
        let vote = scene.given(Town::founder(acts::under(vote, VoteRules::default())));
        let terms = scene.terms(vote);
        scene.given(person(3).says(acts::ballot(vote, terms, acts::approves(&[chosen]))));
        scene.advance_ms(DAY_MS);
        scene.settle();
        assert_eq!(adopted_by(&scene, town.proposal), Some(index(&scene, vote)));
        let number = scene.world.directory.by_uuid(Kind::Proposal, town.proposal.0).unwrap();
        let proposal = scene.world.tables.proposals.get(number).unwrap();
        assert_eq!(proposal.lines.join("\n"), text);
        assert_eq!(proposal.current(), Some(acts::version(text)));
        // Every version can still be read.
        for version in 0..=proposal.current_number() {
            let lines = proposal.lines_at(version).unwrap();
            let name = proposal.versions[version as usize].hash;
            assert_eq!(acts::version(&lines.join("\n")), name);
        }
    }
}

#[test]
fn dissent_is_kept_beside_the_decision() {
    let (mut scene, _) = town();
    let vote = won(&mut scene);
    scene.given(person(4).says(acts::dissent(vote)));
    scene.given(person(5).says(acts::join_dissent(vote, person(4))));
    let dissents = procedure(&scene.world, index(&scene, vote)).dissents.clone();
    assert_eq!((dissents.len(), dissents[0].joined.len()), (1, 1));
    // Members of the electorate keep their say after they have joined another's.
    scene.given(person(5).says(acts::dissent(vote)));
}

/// Reasons stand beside dissent, and one member can have both.
#[test]
fn reasons_are_kept_beside_the_decision() {
    let (mut scene, _) = town();
    let vote = won(&mut scene);
    scene.given(person(4).says(acts::dissent(vote)));
    for who in [3, 4] {
        scene.given(person(who).says(acts::reasons(vote)));
    }
    let kept = procedure(&scene.world, index(&scene, vote)).clone();
    let authors: Vec<u32> = kept.reasons.iter().map(|reasons| reasons.author).collect();
    assert_eq!((authors.len(), kept.dissents.len()), (2, 1));
}

#[test]
fn a_decision_is_reviewed_until_it_ends() {
    let (mut scene, _) = town();
    let vote = won(&mut scene);
    let mut kept = acts::review(vote, Verdict::Kept);
    let next = scene.now.plus_ms(30 * DAY_MS);
    kept.next = Some(next);
    scene.given(Town::founder(kept));
    let closes_at = scene.world.tables.votes.get(index(&scene, vote)).unwrap().closes_at;
    let of = |scene: &Scene| procedure(&scene.world, index(scene, vote)).clone();
    assert_eq!(of(&scene).review_at(closes_at), Some(next));
    scene.given(Town::founder(acts::review(vote, Verdict::Ended)));
    assert!(of(&scene).is_ended());
    assert_eq!(of(&scene).review_at(closes_at), None);
}
