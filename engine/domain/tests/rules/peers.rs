//! Faults of other platforms' votes (methods, section 12), each as a test that ours does not have
//! it. Those of counting are beside the methods.

use super::lives::{index, say};
use super::procedures::{draw, lot, tied, xy};
use super::town;
use archipel_domain::counting::outcome::{Evidence, Outcome};
use archipel_domain::id::StatementId;
use archipel_domain::vote::rules::VoteRules;
use archipel_domain::vote::{self, BallotPaper, Choice, settle, tally_hash};
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
