//! Delegations: what is refused, and whose vote counts for how many.

use super::lives::{index, say};
use super::procedures::xy;
use super::{Row, check, town};
use archipel_domain::counting::outcome::Evidence;
use archipel_domain::delegation::{DELEGATIONS_MAX, DelegationRule, Lost, Scope};
use archipel_domain::id::StatementId;
use archipel_domain::vote::rules::VoteRules;
use archipel_domain::vote::{self, Choice};
use archipel_testkit::scenario::{DAY_MS, Scene, Stage as _, Town, acts, person};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn topic(name: &str) -> Scope {
    Scope::Topic(acts::slug(name))
}

pub(crate) const ROWS: &[Row] = &[
    ("vote.unknown", |_, _| person(3).says(acts::delegate(Scope::Vote(StatementId(7)), person(4)))),
    ("delegate.unknown", |_, _| person(3).says(acts::delegate(Scope::All, person(99)))),
    // Person 6 has left.
    ("delegate.unknown", |_, _| person(3).says(acts::delegate(Scope::All, person(6)))),
    ("delegate.self", |_, _| person(3).says(acts::delegate(Scope::All, person(3)))),
    ("delegation.not-delegable", |_, town| {
        person(3).says(acts::delegate(Scope::Vote(town.yes_no), person(4)))
    }),
    ("delegation.not-delegable", |scene, _| {
        let vote = scene.given(open(scene, liquid(None)));
        scene.advance_ms(DAY_MS);
        person(3).says(acts::delegate(Scope::Vote(vote), person(4)))
    }),
    ("delegation.already-given", |scene, _| {
        scene.given(person(3).says(acts::delegate(topic("water"), person(4))));
        person(3).says(acts::delegate(topic("water"), person(4)))
    }),
    ("delegation.too-many", |scene, _| {
        for number in 0..DELEGATIONS_MAX {
            let scope = topic(&format!("t{number}"));
            scene.given(person(3).says(acts::delegate(scope, person(4))));
        }
        // One of them can still be changed.
        scene.given(person(3).says(acts::delegate(topic("t0"), person(5))));
        person(3).says(acts::delegate(Scope::All, person(4)))
    }),
    ("delegation.not-given", |scene, _| {
        scene.given(person(3).says(acts::delegate(Scope::All, person(4))));
        person(3).says(acts::revoke_delegation(topic("water")))
    }),
    ("delegation.not-given", |scene, _| {
        scene.given(person(3).says(acts::delegate(Scope::All, person(4))));
        scene.given(person(3).says(acts::revoke_delegation(Scope::All)));
        person(3).says(acts::revoke_delegation(Scope::All))
    }),
];

#[test]
fn refusals() {
    check(ROWS);
}

fn liquid(max_weight: Option<u32>) -> DelegationRule {
    DelegationRule { topic: Some(acts::slug("water")), transitive: true, max_weight }
}

/// A vote on one text for a day, with delegation.
fn open(scene: &Scene, rule: DelegationRule) -> archipel_testkit::scenario::Intent {
    let closes_at = xy(scene).closes_at;
    let vote = acts::vote(acts::yes_no(), vec![acts::option("yes")], closes_at);
    let rules = VoteRules { delegation: Some(rule), ..VoteRules::default() };
    Town::founder(acts::under(vote, rules))
}

fn close(scene: &mut Scene) {
    scene.advance_ms(DAY_MS);
    scene.settle();
}

/// Votes for and against, and those that were lost.
fn counted(scene: &Scene, id: StatementId) -> (u64, u64, Lost) {
    let number = index(scene, id);
    let vote = scene.world.tables.votes.get(number).unwrap();
    let declared = vote.declared.as_ref().expect("the outcome is declared");
    let Evidence::YesNo(evidence) = &declared.outcome.evidence else { unreachable!() };
    let lost = vote::delegations(&scene.world, number, vote).unwrap().lost;
    (evidence.in_favour, evidence.against, lost)
}

fn lost(circle: u64, no_vote: u64, over_limit: u64) -> Lost {
    Lost { circle, no_vote, over_limit }
}

fn delegates(scene: &mut Scene, from: u64, scope: Scope, to: u64) {
    scene.given(person(from).says(acts::delegate(scope, person(to))));
}

/// aula#626: A to B to C to D to A; C votes for, A against. Two to two, not three to one.
#[test]
fn a_circle_in_which_two_vote_is_two_to_two() {
    let (mut scene, _) = town();
    let [a, b, c, d] = [1, 2, 3, 4];
    let vote = scene.given(open(&scene, liquid(None)));
    for (from, to) in [(a, b), (b, c), (c, d), (d, a)] {
        delegates(&mut scene, from, Scope::All, to);
    }
    say(&mut scene, vote, c, Choice::For);
    say(&mut scene, vote, a, Choice::Against);
    close(&mut scene);
    assert_eq!(counted(&scene, vote), (2, 2, lost(0, 0, 0)));
}

#[test]
fn a_circle_in_which_nobody_votes_is_lost() {
    let (mut scene, _) = town();
    let vote = scene.given(open(&scene, liquid(None)));
    for (from, to) in [(1, 2), (2, 3), (3, 1), (4, 3)] {
        delegates(&mut scene, from, Scope::All, to);
    }
    say(&mut scene, vote, 5, Choice::For);
    close(&mut scene);
    assert_eq!(counted(&scene, vote), (1, 0, lost(4, 0, 0)));
}

#[test]
fn the_most_specific_delegation_counts() {
    let (mut scene, _) = town();
    let vote = scene.given(open(&scene, liquid(None)));
    say(&mut scene, vote, 1, Choice::For);
    say(&mut scene, vote, 2, Choice::Against);
    say(&mut scene, vote, 3, Choice::Abstain);
    delegates(&mut scene, 4, Scope::Vote(vote), 1);
    delegates(&mut scene, 4, topic("water"), 2);
    delegates(&mut scene, 4, Scope::All, 3);
    delegates(&mut scene, 5, topic("water"), 2);
    delegates(&mut scene, 5, Scope::All, 1);
    // Of another topic: it does not count here.
    delegates(&mut scene, 7, topic("air"), 1);
    close(&mut scene);
    assert_eq!(counted(&scene, vote), (2, 2, lost(0, 0, 0)));
}

/// A delegation of yesterday may be taken back until the closing, and no later one counts.
#[test]
fn what_is_in_force_at_the_closing_counts() {
    let (mut scene, _) = town();
    let vote = scene.given(open(&scene, liquid(None)));
    delegates(&mut scene, 4, Scope::All, 1);
    delegates(&mut scene, 5, Scope::All, 1);
    say(&mut scene, vote, 1, Choice::For);
    say(&mut scene, vote, 2, Choice::Against);
    scene.given(person(4).says(acts::revoke_delegation(Scope::All)));
    close(&mut scene);
    let expected = (2, 1, lost(0, 0, 0));
    assert_eq!(counted(&scene, vote), expected);
    let number = index(&scene, vote);
    let before = vote::delegations(&scene.world, number, votes(&scene, number)).unwrap();
    delegates(&mut scene, 7, Scope::All, 2);
    delegates(&mut scene, 5, Scope::All, 2);
    let after = vote::delegations(&scene.world, number, votes(&scene, number)).unwrap();
    assert_eq!(before, after);
    assert_eq!(counted(&scene, vote), expected);
}

fn votes(scene: &Scene, number: u32) -> &vote::Vote {
    scene.world.tables.votes.get(number).unwrap()
}

#[test]
fn proxies_are_not_passed_on_and_are_limited() {
    let (mut scene, _) = town();
    let proxy = DelegationRule { topic: None, transitive: false, max_weight: Some(2) };
    let vote = scene.given(open(&scene, proxy));
    say(&mut scene, vote, 1, Choice::For);
    // 4 gave theirs first: that of 5 is one too many. 3 holds that of 7 and does not vote.
    delegates(&mut scene, 4, Scope::Vote(vote), 1);
    delegates(&mut scene, 5, Scope::Vote(vote), 1);
    delegates(&mut scene, 7, Scope::Vote(vote), 3);
    delegates(&mut scene, 3, Scope::Vote(vote), 1);
    close(&mut scene);
    assert_eq!(counted(&scene, vote), (2, 0, lost(0, 1, 2)));
}

/// Whoever leaves is not represented any more; whoever came after the opening never is.
#[test]
fn only_the_electorate_is_represented() {
    let (mut scene, _) = town();
    let vote = scene.given(open(&scene, liquid(None)));
    scene.given(Town::founder(acts::admit(person(8), &["nord"])));
    say(&mut scene, vote, 1, Choice::For);
    delegates(&mut scene, 8, Scope::All, 1);
    delegates(&mut scene, 5, Scope::All, 1);
    delegates(&mut scene, 4, Scope::All, 8);
    scene.given(person(5).says(acts::leave(person(5))));
    close(&mut scene);
    assert_eq!(counted(&scene, vote), (1, 0, lost(0, 1, 0)));
}

/// As read from the definition: every member's chain is walked by itself.
fn walked(
    voters: &BTreeMap<u64, Choice>,
    to: &BTreeMap<u64, u64>,
    members: &[u64],
) -> (u64, u64, Lost) {
    let (mut sums, mut gone) = ((0, 0), lost(0, 0, 0));
    for member in members {
        let mut at = *member;
        let mut seen = vec![];
        let end = loop {
            if voters.contains_key(&at) {
                break Ok(at);
            }
            if seen.contains(&at) {
                break Err(true);
            }
            seen.push(at);
            match to.get(&at) {
                Some(next) => at = *next,
                None => break Err(false),
            }
        };
        match end {
            Ok(voter) if voters[&voter] == Choice::For => sums.0 += 1,
            Ok(_) => sums.1 += 1,
            Err(true) => gone.circle += 1,
            Err(false) if to.contains_key(member) => gone.no_vote += 1,
            Err(false) => {}
        }
    }
    (sums.0, sums.1, gone)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No vote is counted twice, none is forgotten: as when every chain is walked by itself.
    #[test]
    fn as_when_every_chain_is_walked(
        to in proptest::collection::vec(0..9_usize, 6),
        says in proptest::collection::vec(0..3_u8, 6),
        order in Just([0_usize, 1, 2, 3, 4, 5]).prop_shuffle(),
    ) {
        let members = [1, 2, 3, 4, 5, 7];
        let (mut scene, _) = town();
        let vote = scene.given(open(&scene, liquid(None)));
        let (mut voters, mut chosen) = (BTreeMap::new(), BTreeMap::new());
        for place in order {
            let member = members[place];
            if let Some(other) = members.get(to[place]).filter(|other| **other != member) {
                delegates(&mut scene, member, Scope::All, *other);
                chosen.insert(member, *other);
            }
            let choice = match says[place] {
                0 => continue,
                1 => Choice::For,
                _ => Choice::Against,
            };
            say(&mut scene, vote, member, choice);
            voters.insert(member, choice);
        }
        close(&mut scene);
        prop_assert_eq!(counted(&scene, vote), walked(&voters, &chosen, &members));
    }
}
