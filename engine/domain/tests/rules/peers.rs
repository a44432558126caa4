//! Faults of other platforms' votes (methods, section 12), each as a test that ours does not have
//! it. Those of counting are beside the methods.

use super::lives::{index, say};
use super::procedures::{draw, lot, tied, xy};
use super::town;
use archipel_domain::counting::outcome::{BallotCounts, Evidence, Outcome, Score};
use archipel_domain::counting::{MethodSpec, RankedRule, Tally, Ungraded};
use archipel_domain::delegation::{DelegationRule, Scope};
use archipel_domain::entity::Kind;
use archipel_domain::id::StatementId;
use archipel_domain::vote::rules::VoteRules;
use archipel_domain::vote::{self, BallotPaper, Choice, TieBreaker, settle, tally_hash};
use archipel_testkit::scenario::{DAY_MS, Intent, Scene, Stage as _, Town, acts, person};

fn outcome(scene: &Scene, id: StatementId) -> Outcome {
    let vote = scene.world.tables.votes.get(index(scene, id)).unwrap();
    vote.declared.as_ref().expect("it is declared").outcome.clone()
}

fn yes_no(scene: &Scene) -> Intent {
    let closes_at = xy(scene).closes_at;
    Town::founder(acts::vote(acts::yes_no(), vec![acts::option("yes")], closes_at))
}

fn close(scene: &mut Scene) {
    scene.advance_ms(DAY_MS);
    scene.settle();
}

/// Condorcet PHP: weights edited late, votes removed after others were counted. Whatever is cast
/// again, in whatever order, the count is that of the last ballots alone.
#[test]
fn cast_again_and_again() {
    let (mut scene, _) = town();
    let vote = scene.given(yes_no(&scene));
    for choice in [Choice::For, Choice::Against, Choice::Abstain, Choice::For] {
        for who in [3, 4, 5, 3] {
            say(&mut scene, vote, who, choice);
        }
    }
    say(&mut scene, vote, 4, Choice::Against);
    let mut once = town().0;
    let other = once.given(yes_no(&once));
    for (who, choice) in [(4, Choice::Against), (5, Choice::For), (3, Choice::For)] {
        say(&mut once, other, who, choice);
    }
    close(&mut scene);
    close(&mut once);
    assert_eq!(tally_hash(&outcome(&scene, vote)), tally_hash(&outcome(&once, other)));
}

/// soonaverse#1076, decidim#13477: whoever says nothing is counted for nothing, a blank ballot as
/// blank, and never for the first option.
#[test]
fn silence_is_not_the_first_option() {
    let (mut scene, _) = town();
    let vote = scene.given(yes_no(&scene));
    let terms = scene.terms(vote);
    scene.given(person(3).says(acts::ballot(vote, terms, BallotPaper::Blank)));
    say(&mut scene, vote, 4, Choice::Against);
    close(&mut scene);
    let counted = outcome(&scene, vote);
    let Evidence::YesNo(evidence) = &counted.evidence else { unreachable!() };
    assert_eq!((evidence.in_favour, evidence.against, evidence.abstain), (0, 1, 0));
    assert_eq!((evidence.blank, evidence.cast, evidence.eligible), (1, 2, 6));
}

/// decidim#15592: the vote closed while somebody was changing their ballot. The change is refused
/// with its reason, and the ballot before it counts.
#[test]
fn a_change_that_comes_too_late_is_refused_and_nothing_is_lost() {
    let (mut scene, _) = town();
    let vote = scene.given(yes_no(&scene));
    say(&mut scene, vote, 3, Choice::For);
    let terms = scene.terms(vote);
    scene.advance_ms(DAY_MS);
    let late = person(3).says(acts::ballot(vote, terms, acts::says(Choice::Against)));
    scene.then(late, "ballot.vote-closed");
    scene.settle();
    assert_eq!(outcome(&scene, vote).winners, ["yes"]);
}

/// helios#138, open-feature#322: a ballot for another vote, or in another's name.
#[test]
fn a_ballot_is_for_its_vote_and_by_its_voter() {
    let (mut scene, _) = town();
    let (first, second) = (yes_no(&scene), yes_no(&scene));
    let (first, second) = (scene.given(first), scene.given(second));
    let terms = scene.terms(first);
    let replayed = person(3).says(acts::ballot(second, terms, acts::says(Choice::For)));
    scene.then(replayed, "ballot.other-terms");
    let forged = person(3).says(acts::ballot(first, terms, acts::says(Choice::For)));
    scene.then(forged.signed_with(4), "key.not-authors");
}

/// decidim#3622: the text changed after people had voted.
#[test]
fn a_text_that_is_voted_on_stays_as_it_is() {
    let (mut scene, town) = town();
    let change = [acts::change(0, "a", "A")];
    let edit = person(3).says(acts::publish(town.voted, Town::TEXT, &change));
    scene.then(edit, "proposal.vote-open");
}

/// VoteKit#266, bettervoting#1507: a lot drawn again at each count, or shown where there was no
/// tie. Ours is recorded once; counting again draws nothing.
#[test]
fn a_lot_is_drawn_once() {
    let (mut scene, _) = town();
    let vote = tied(&mut scene, lot());
    scene.given(person(3).says(draw(vote)));
    let number = index(&scene, vote);
    let before = settle::of(&scene.world, number).unwrap();
    for _ in 0..3 {
        scene.then(person(4).says(draw(vote)), "tie.already-broken");
        scene.advance_ms(DAY_MS);
        assert_eq!(settle::of(&scene.world, number).unwrap(), before);
    }
    let clear = scene.given(Town::founder(acts::under(xy(&scene), VoteRules::default())));
    let terms = scene.terms(clear);
    scene.given(person(3).says(acts::ballot(clear, terms, acts::approves(&["x"]))));
    close(&mut scene);
    assert!(outcome(&scene, clear).ties.is_empty());
    assert!(vote::procedure(&scene.world, index(&scene, clear)).tie_break.is_none());
}

/// bettervoting#1579: the text on ties was disputed afterwards. It is in the terms that every
/// ballot names.
#[test]
fn the_rule_for_ties_is_in_the_terms() {
    let (mut scene, _) = town();
    let vote = tied(&mut scene, lot());
    let drawn = vote::procedure(&scene.world, index(&scene, vote)).rules.clone().unwrap();
    assert_eq!(drawn.tie, Some(lot()));
    let state = scene.world.tables.votes.get(index(&scene, vote)).unwrap();
    let opening = scene.log.iter().find(|(id, _)| *id == vote).map(|(id, _)| *id);
    assert_eq!((opening, state.terms.0), (Some(vote), scene.terms(vote)));
}

/// bettervoting#1484, #895: the draw that is shown is not the one that was used. The order that is
/// recorded is of exactly those who tie, it is the one that settles, and the tie that the outcome
/// names stays as it was met.
#[test]
fn the_lot_that_is_recorded_is_the_one_that_is_used() {
    let (mut scene, _) = town();
    let vote = tied(&mut scene, lot());
    let number = index(&scene, vote);
    let met = outcome(&scene, vote);
    assert_eq!((met.ties.len(), &met.ties[0].options), (1, &vec!["x".to_owned(), "y".to_owned()]));
    scene.given(person(3).says(draw(vote)));
    let broken = vote::procedure(&scene.world, number).tie_break.clone().unwrap();
    let mut order = broken.order.clone();
    order.sort_unstable();
    assert_eq!(order, [0, 1]);
    assert!(matches!(broken.by, TieBreaker::Lot { .. }));
    let settled = settle::of(&scene.world, number).unwrap();
    assert_eq!((settled.elected, settled.contested), (vec![broken.order[0]], 0));
    assert_eq!(outcome(&scene, vote), met);
}

/// The ballots of a vote that is not closed yet.
fn received(scene: &Scene, id: StatementId) -> BallotCounts {
    let number = index(scene, id);
    let vote = scene.world.tables.votes.get(number).unwrap();
    let method = vote.method.as_ref().unwrap();
    vote::count(&scene.world, number, vote, method).unwrap().ballots
}

/// decidim#11296, #4556: the counter did not move, or moved again when somebody pressed again. Each
/// voter is one, at once; who votes again is still one; a refusal counts nothing.
#[test]
fn a_counter_moves_by_one_for_each_voter() {
    let (mut scene, _) = town();
    let vote = scene.given(yes_no(&scene));
    assert_eq!(received(&scene, vote).cast, 0);
    for (who, choice, cast) in [
        (3, Choice::For, 1),
        (3, Choice::For, 1),
        (4, Choice::Against, 2),
        (3, Choice::Against, 2),
        (5, Choice::Abstain, 3),
    ] {
        say(&mut scene, vote, who, choice);
        assert_eq!(received(&scene, vote).cast, cast, "{who}");
    }
    let terms = scene.terms(vote);
    let left = person(6).says(acts::ballot(vote, terms, acts::says(Choice::For)));
    assert!(scene.when(left).is_err());
    assert_eq!(received(&scene, vote).cast, 3);
}

/// decidim#11296, #9044: counters of supports. One more at once, and the same member only once.
#[test]
fn a_supporter_is_counted_once() {
    let (mut scene, town) = town();
    let number = scene.world.directory.by_uuid(Kind::Proposal, town.proposal.0).unwrap();
    let supporters =
        |scene: &Scene| scene.world.tables.proposals.get(number).unwrap().supporters.len();
    let before = supporters(&scene);
    scene.given(person(5).says(acts::support(town.proposal, Town::TEXT)));
    assert_eq!(supporters(&scene), before + 1);
    let again = person(5).says(acts::support(town.proposal, Town::TEXT));
    scene.then(again, "proposal.already-supported");
    assert_eq!(supporters(&scene), before + 1);
}

/// loomio#3118, electionguard core2#457: wrong counters, undervotes. A ballot of fewer choices than
/// it may make is one, as is one of more; blank if it says nothing. Neither options nor points are
/// counted as people.
#[test]
fn people_are_counted_and_not_marks() {
    let papers: [(MethodSpec, BallotPaper, BallotPaper); 4] = [
        (acts::approval(None), acts::approves(&["x"]), acts::approves(&["x", "y"])),
        (acts::dots(9, None), acts::points(&[("x", 1)]), acts::points(&[("x", 4), ("y", 5)])),
        (acts::ranked(RankedRule::Borda), acts::ranks(&["y"]), acts::ranks(&["x", "y"])),
        (
            acts::judgment(Ungraded::Worst),
            acts::grades(&[("y", "good")]),
            acts::grades(&[("x", "good"), ("y", "good")]),
        ),
    ];
    for (method, few, many) in papers {
        let (mut scene, _) = town();
        let mut open = xy(&scene);
        open.method = method;
        let vote = scene.given(Town::founder(open));
        let terms = scene.terms(vote);
        for (who, paper) in [(3, few), (4, many), (5, BallotPaper::Blank)] {
            scene.given(person(who).says(acts::ballot(vote, terms, paper)));
        }
        let counts = received(&scene, vote);
        assert_eq!((counts.cast, counts.valid, counts.blank, counts.invalid), (3, 2, 1, 0));
    }
}

/// Condorcet PHP: after all votes were removed the count was that of before. When everybody has
/// changed to a blank ballot nothing is left of what they said.
#[test]
fn when_all_take_their_votes_back_nothing_is_left() {
    let (mut scene, _) = town();
    let vote = scene.given(Town::founder(acts::under(xy(&scene), VoteRules::default())));
    let terms = scene.terms(vote);
    for paper in [acts::approves(&["x"]), BallotPaper::Blank] {
        for who in [3, 4, 5] {
            scene.given(person(who).says(acts::ballot(vote, terms, paper.clone())));
        }
    }
    close(&mut scene);
    let counted = outcome(&scene, vote);
    assert_eq!((counted.ballots.cast, counted.ballots.blank), (3, 3));
    assert_eq!(counted.scores["x"], Score::Integer(0));
    assert_eq!(counted.winners, ["x", "y"]);
    // As when nobody had ever said anything else.
    let number = index(&scene, vote);
    let state = scene.world.tables.votes.get(number).unwrap();
    let tally = vote::tally(&scene.world, number, state, state.method.as_ref().unwrap()).unwrap();
    let Tally::Approval { approvals, .. } = tally else { unreachable!() };
    assert_eq!(approvals, [0, 0]);
}

/// A vote with delegation of what is about water.
fn liquid(scene: &mut Scene) -> StatementId {
    let vote = acts::vote(acts::yes_no(), vec![acts::option("yes")], xy(scene).closes_at);
    let topic = Some(acts::slug("water"));
    let rule = DelegationRule { topic, transitive: true, max_weight: None };
    let rules = VoteRules { delegation: Some(rule), ..VoteRules::default() };
    scene.given(Town::founder(acts::under(vote, rules)))
}

/// Votes for and against.
fn votes(scene: &Scene, vote: StatementId) -> (u64, u64) {
    let Evidence::YesNo(evidence) = outcome(scene, vote).evidence else { unreachable!() };
    (evidence.in_favour, evidence.against)
}

/// liquid-democracy#13: who delegates in two domains that both apply is counted once, whether to
/// one or to two, and by the more specific of them.
#[test]
fn who_delegates_in_two_domains_counts_once() {
    let water = || Scope::Topic(acts::slug("water"));
    for (scopes, expected) in [
        (vec![(Scope::All, 1), (water(), 1)], (2, 1)),
        (vec![(water(), 2), (Scope::All, 1)], (1, 2)),
        (vec![(Scope::All, 2), (water(), 1)], (2, 1)),
    ] {
        let (mut scene, _) = town();
        let vote = liquid(&mut scene);
        for (scope, to) in scopes {
            scene.given(person(4).says(acts::delegate(scope, person(to))));
        }
        scene.given(person(5).says(acts::delegate(Scope::Vote(vote), person(4))));
        scene.given(person(5).says(acts::revoke_delegation(Scope::Vote(vote))));
        say(&mut scene, vote, 1, Choice::For);
        say(&mut scene, vote, 2, Choice::Against);
        close(&mut scene);
        assert_eq!(votes(&scene, vote), expected);
    }
}

/// liquidvoting#93: circles. A and B delegate to each other, C to B: when A votes it is for all
/// three, and each is one vote, also when B votes as well or afterwards.
#[test]
fn nobody_of_a_circle_counts_twice() {
    for (sayings, expected) in [
        (vec![(1, Choice::For)], (3, 0)),
        (vec![(1, Choice::For), (2, Choice::Against)], (1, 2)),
        (vec![(2, Choice::Against), (1, Choice::For), (3, Choice::For)], (2, 1)),
    ] {
        let (mut scene, _) = town();
        let vote = liquid(&mut scene);
        for (from, to) in [(1, 2), (2, 1), (3, 2)] {
            scene.given(person(from).says(acts::delegate(Scope::All, person(to))));
        }
        for (who, choice) in sayings {
            say(&mut scene, vote, who, choice);
        }
        close(&mut scene);
        assert_eq!(votes(&scene, vote), expected);
    }
}

/// vodle#156: delegated votes counted twice. One given anew, to the same or to another, takes the
/// place of the one before.
#[test]
fn a_delegation_given_anew_replaces_the_one_before() {
    let (mut scene, _) = town();
    let vote = liquid(&mut scene);
    for to in [1, 2, 1, 2] {
        scene.given(person(4).says(acts::delegate(Scope::All, person(to))));
    }
    say(&mut scene, vote, 1, Choice::For);
    say(&mut scene, vote, 2, Choice::Against);
    close(&mut scene);
    assert_eq!(votes(&scene, vote), (1, 2));
}

/// Helios (Cortier & Smyth): a ballot replayed by somebody else shows what its voter said, and
/// counts again. Here a ballot is its author's: what another sends is theirs, under their own
/// signature, and the same paper from the same voter is one vote.
#[test]
fn a_replayed_ballot_counts_for_nobody_else() {
    let (mut scene, _) = town();
    let vote = scene.given(yes_no(&scene));
    let terms = scene.terms(vote);
    let ballot = || person(3).says(acts::ballot(vote, terms, acts::says(Choice::For)));
    scene.given(ballot());
    for key in [4, 5, 7] {
        scene.then(ballot().signed_with(key), "key.not-authors");
    }
    scene.given(ballot());
    assert_eq!(received(&scene, vote).cast, 1);
    // Not after a change either, unless its author sends it.
    say(&mut scene, vote, 3, Choice::Against);
    scene.then(ballot().signed_with(4), "key.not-authors");
    close(&mut scene);
    scene.then(ballot(), "ballot.vote-closed");
    assert_eq!(votes(&scene, vote), (0, 1));
}
