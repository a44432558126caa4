//! Faults of other platforms' counts (methods, section 12), each as a test that ours does not have
//! it. Those of the lives of votes are in `tests/rules/peers.rs`.

use super::naive::{Set, Share, columns, groups, number, outcome_of, whole};
use super::*;
use crate::counting::budget::Completion;
use crate::counting::committee::CommitteeRule;
use crate::counting::marks::{APPROVED, NOT_APPROVED};
use crate::counting::outcome::{Evidence, Score};
use crate::counting::points::{PointsRule, Unscored};
use std::collections::BTreeSet;

/// `3 1>2=4; 2 4`: as rows of so many options, which are called by their numbers from 0.
fn rankings(width: usize, text: &str) -> Vec<Vec<u8>> {
    let mut rows = Vec::new();
    for ballot in text.split(';').map(str::trim) {
        let (times, ranking) = ballot.split_once(' ').unwrap();
        let mut row = vec![1; width];
        for (mark, group) in (2..).zip(ranking.split('>')) {
            for option in group.split('=') {
                row[option.parse::<usize>().unwrap()] = mark;
            }
        }
        rows.extend(vec![row; times.parse().unwrap()]);
    }
    rows
}

fn ranked(rule: RankedRule, seats: u32, width: usize, rows: &[Vec<u8>]) -> Outcome {
    outcome_of(&MethodSpec::Ranked { rule, seats }, &numbered(width), rows)
}

fn won(outcome: &Outcome) -> Set {
    columns(outcome, &outcome.winners)
}

/// A row of approvals: `12` approves of the options 1 and 2.
fn approves(width: usize, of: &str) -> Vec<u8> {
    let mut row = vec![NOT_APPROVED; width];
    for digit in of.bytes() {
        row[usize::from(digit - b'0')] = APPROVED;
    }
    row
}

fn committee(rule: CommitteeRule, seats: u32, completion: Completion) -> MethodSpec {
    MethodSpec::Committee { rule, seats, completion, max_choices: None }
}

fn committees(outcome: &Outcome) -> BTreeSet<Set> {
    let sets = outcome.evidence.committees().unwrap();
    sets.iter().map(|set| columns(outcome, set)).collect()
}

/// python-vote-core#29: 18 votes for 6 seats, a quota of 18/7 that floats do not have. 3 votes are
/// more than it, and nothing is lost: five are elected at once, and of the last two the larger. (By
/// Meek's count at once too: what nobody else is given is exhausted, and the quota falls to 3/2.)
#[test]
fn a_quota_of_eighteen_sevenths_is_exact() {
    let rows = rankings(7, "3 0; 3 1; 3 2; 3 3; 3 4; 2 5; 1 6");
    for (rule, at_once) in [(RankedRule::StvScottish, 5), (RankedRule::StvMeek, 6)] {
        let outcome = ranked(rule, 6, 7, &rows);
        assert_eq!((won(&outcome), outcome.ties.len()), ((0..6).collect(), 0), "{rule:?}");
        let Evidence::Ranked(evidence) = &outcome.evidence else { panic!() };
        assert_eq!(evidence.rounds[0].elected.len(), at_once, "{rule:?}");
        for round in &evidence.rounds {
            let votes = round.votes.values().chain([&round.exhausted]);
            let sum: Share = votes.map(|votes| number(votes).unwrap()).sum();
            assert_eq!(sum, whole(18), "{rule:?}");
        }
    }
}

/// abcvoting c559b4a: ties that floats break. Eight loads of 1/10 and a vote are 9/5 of 9 ballots:
/// as much as a vote of 5. In floats eight times 0.1 are less than 0.8.
#[test]
fn loads_and_shares_that_are_equal_tie() {
    // 10 for a; 8 of them and another for b; 5 others for c; 4 for nobody who can be elected.
    let rows = [
        vec![approves(4, "01"); 8],
        vec![approves(4, "0"); 2],
        vec![approves(4, "1")],
        vec![approves(4, "2"); 5],
        vec![approves(4, "3"); 4],
    ]
    .concat();
    let loads = committee(CommitteeRule::SeqPhragmen, 2, Completion::None);
    let found = committees(&outcome_of(&loads, &numbered(4), &rows));
    assert_eq!(found, BTreeSet::from([Set::from([0, 1]), Set::from([0, 2])]));
    // Of shares of 1/5: eight times 1/10 and 1/5 are exactly the price of 1.
    let shares = committee(CommitteeRule::EqualShares, 4, Completion::None);
    let outcome = outcome_of(&shares, &numbered(4), &rows);
    assert_eq!(committees(&outcome), BTreeSet::from([Set::from([0, 1, 2])]));
}

/// bettervoting#1478: a ballot that supports all alike was dropped as an abstention, and the 7th
/// seat went elsewhere. Here it is a valid ballot, and the share of each is the less for it.
#[test]
fn a_ballot_for_all_moves_the_seventh_seat() {
    let spec = committee(CommitteeRule::EqualShares, 7, Completion::Greedy);
    let mut rows = vec![approves(8, "0123456"); 6];
    rows.push(approves(8, "7"));
    let without = outcome_of(&spec, &numbered(8), &rows);
    assert!(without.evidence.seats().unwrap().elected.contains(&"o7".to_owned()));
    rows.push(approves(8, "01234567"));
    let with = outcome_of(&spec, &numbered(8), &rows);
    assert_eq!((with.ballots.valid, with.ballots.blank), (8, 0));
    assert_eq!(won(&with), (0..7).collect());
    // The same in rankings: all level is valid, and part of the quota.
    let rows = rankings(3, "2 0; 1 1; 1 0=1=2");
    let outcome = ranked(RankedRule::StvMeek, 1, 3, &rows);
    assert_eq!((outcome.ballots.valid, outcome.ballots.blank), (4, 0));
    let off = Share::new(7, 3) - number(&outcome.scores["o0"]).unwrap();
    assert!(off * 1_000_000 < whole(1) && off >= whole(0), "{off}");
}

/// Belenios 1.17: blank ballots in Schulze's count. They are counted as blank, and decide nothing.
#[test]
fn blank_ballots_decide_nothing_by_pairs() {
    let rows = rankings(3, "3 0>1>2; 2 1>2; 2 2=0>1");
    let blanks = [rows.clone(), vec![vec![1, 1, 1]; 9]].concat();
    for rule in RankedRule::ALL.into_iter().filter(|rule| *rule != RankedRule::StvScottish) {
        let (first, second) = (ranked(rule, 1, 3, &rows), ranked(rule, 1, 3, &blanks));
        assert_eq!(groups(&first), groups(&second), "{rule:?}");
        assert_eq!((&first.scores, &first.evidence), (&second.scores, &second.evidence));
        assert_eq!((second.ballots.valid, second.ballots.blank), (7, 9));
    }
}

/// Belenios 1.20: Schulze's method itself. The example of Schulze (2011), section 3.1: 45 ballots,
/// E before A, C, B and D.
#[test]
fn the_example_of_schulze() {
    let rows = rankings(
        5,
        "5 0>2>1>4>3; 5 0>3>4>2>1; 8 1>4>3>0>2; 3 2>0>1>4>3; 7 2>0>4>1>3; 2 2>1>0>3>4; \
         7 3>2>4>1>0; 8 4>1>0>3>2",
    );
    for rule in [RankedRule::SchulzeMargins, RankedRule::SchulzeWinningVotes] {
        let outcome = ranked(rule, 1, 5, &rows);
        assert_eq!(outcome.ranking, ["o4", "o0", "o2", "o1", "o3"].map(names), "{rule:?}");
    }
}

/// python-vote-core#10 and #15: Schulze's method for several seats on ties. Those level at the last
/// seat are named, and nobody is picked.
#[test]
fn level_options_of_schulze_are_all_named() {
    let rows = rankings(4, "1 0>1>2>3; 1 1>2>0>3; 1 2>0>1>3");
    for rule in [RankedRule::SchulzeMargins, RankedRule::SchulzeWinningVotes] {
        for (seats, elected, tied) in [(1, 0, 3), (2, 0, 3), (3, 3, 0), (4, 4, 0)] {
            let outcome = ranked(rule, seats, 4, &rows);
            let found = outcome.evidence.seats().unwrap();
            assert_eq!((found.elected.len(), found.tied.len()), (elected, tied), "{rule:?}");
        }
        assert_eq!(ranked(rule, 2, 4, &[]).winners.len(), 4);
    }
}

/// Majority judgment, jm#42, app.mieuxvoter.fr-back#48: as many grades above the median as below,
/// adhesion and contestation the same. What is below is then taken first, as in the rule by single
/// medians; and to be equal in both is no tie unless the profiles are equal.
#[test]
fn adhesion_as_large_as_contestation_counts_below() {
    // Worst first. All of a median of 1.
    let rows = |profiles: &[[usize; 3]]| -> Vec<Vec<u8>> {
        let lists: Vec<Vec<u8>> = profiles
            .iter()
            .map(|[a, b, c]| [vec![2; *a], vec![3; *b], vec![4; *c]].concat())
            .collect();
        (0..lists[0].len()).map(|ballot| lists.iter().map(|list| list[ballot]).collect()).collect()
    };
    let spec = judgment(3, 1, Ungraded::Error);
    let outcome = outcome_of(&spec, &numbered(3), &rows(&[[1, 3, 1], [2, 1, 2], [0, 5, 0]]));
    assert_eq!(outcome.ranking, ["o2", "o0", "o1"].map(names));
    assert_eq!(outcome.scores["o0"], Score::Text("1-1 0+1 2+0".to_owned()));
    assert_eq!(outcome.scores["o1"], Score::Text("1-2 0+2 2+0".to_owned()));
    let level = outcome_of(&spec, &numbered(2), &rows(&[[2, 1, 2], [2, 1, 2]]));
    assert_eq!(level.winners.len(), 2);
}

/// Majority judgment: default grades. A grade that is missing is what the vote says, shown as such,
/// and never that of another option.
#[test]
fn a_missing_grade_is_what_the_vote_says() {
    let rows = [vec![4, 4], vec![4, 1], vec![3, 1]];
    for (policy, profile) in [
        (Ungraded::Worst, [2, 0, 1]),
        (Ungraded::Static(1), [0, 2, 1]),
        (Ungraded::Median, [0, 0, 3]),
        (Ungraded::Normalize, [0, 0, 1]),
    ] {
        let outcome = outcome_of(&judgment(3, 1, policy), &numbered(2), &rows);
        let Evidence::MajorityJudgment(evidence) = &outcome.evidence else { panic!() };
        let merit = &evidence.merits["o1"];
        assert_eq!((&merit.profile[..], merit.ungraded), (&profile[..], 2), "{policy:?}");
        assert_eq!(evidence.merits["o0"].profile, [0, 1, 2], "{policy:?}");
    }
}

/// Majority judgment: percentages that do not sum to 100. Profiles are whole ballots, and add up to
/// the valid ones; what is missing is counted beside them.
#[test]
fn profiles_sum_to_the_ballots() {
    let rows = [vec![2, 2], vec![3, 2], vec![4, 1], vec![1, 1]];
    for policy in [Ungraded::Worst, Ungraded::Static(2), Ungraded::Median, Ungraded::Normalize] {
        let outcome = outcome_of(&judgment(3, 1, policy), &numbered(2), &rows);
        let Evidence::MajorityJudgment(evidence) = &outcome.evidence else { panic!() };
        for merit in evidence.merits.values() {
            let missing = if policy == Ungraded::Normalize { merit.ungraded } else { 0 };
            assert_eq!(merit.profile.iter().sum::<u64>() + missing, outcome.ballots.valid);
        }
        assert_eq!(outcome.ballots.valid, 3);
    }
}

/// Equal ranks in Meek's count elected who is nobody's favourite. o3 is never first: it is not
/// elected while somebody with votes is left, however many share a rank before it.
#[test]
fn nobodys_favourite_is_not_elected_by_equal_ranks() {
    let rows = rankings(4, "3 0=1>3; 3 1=2>3; 3 0=2>3");
    for seats in 1..=3 {
        let outcome = ranked(RankedRule::StvMeek, seats, 4, &rows);
        assert!(!won(&outcome).contains(&3), "{outcome:?}");
    }
}

/// VoteKit#311, in Meek's count: o0 and o3 have one vote each, o0 three thirds. Either may go out,
/// and if o3 does, its vote makes o0 level with the others. By instant runoff it is so.
#[test]
fn thirds_of_a_vote_are_exact_in_instant_runoff() {
    let rows = rankings(4, "3 0=1=2; 1 1; 1 2; 1 3>0");
    assert_eq!(won(&ranked(RankedRule::Irv, 1, 4, &rows)), Set::from([0, 1, 2]));
}

#[test]
fn thirds_of_a_vote_are_exact_in_meeks_count() {
    let rows = rankings(4, "3 0=1=2; 1 1; 1 2; 1 3>0");
    assert_eq!(won(&ranked(RankedRule::StvMeek, 1, 4, &rows)), Set::from([0, 1, 2]));
}

/// Condorcet PHP: constraints on votes, set before or after them. The method is frozen with the
/// vote, and a ballot that it does not admit is none, wherever it stands among the others.
#[test]
fn what_is_admitted_does_not_depend_on_the_order() {
    let spec = MethodSpec::Ranked { rule: RankedRule::StvScottish, seats: 1 };
    let (good, level) = (vec![2, 3, 1], vec![1, 2, 2]);
    let outcomes = [
        outcome_of(&spec, &numbered(3), &[good.clone(), level.clone(), level.clone()]),
        outcome_of(&spec, &numbered(3), &[level.clone(), good.clone(), level.clone()]),
        outcome_of(&spec, &numbered(3), &[level.clone(), level, good]),
    ];
    assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]));
    assert_eq!((outcomes[0].ballots.valid, outcomes[0].ballots.invalid), (1, 2));
    assert_eq!(outcomes[0].winners, ["o0"]);
}

/// Condorcet PHP: all votes removed. A count of none is one in which all are level, by any method,
/// and not an error, nor the winner of before.
#[test]
fn a_vote_without_ballots_has_an_outcome() {
    let blank = |width| vec![vec![1; width]; 3];
    for rule in RankedRule::ALL {
        for rows in [Vec::new(), blank(3)] {
            let outcome = ranked(rule, 1, 3, &rows);
            assert_eq!((outcome.winners.len(), outcome.ballots.valid), (3, 0), "{rule:?}");
        }
    }
    let score = PointsRule::Score { most: 3, unscored: Unscored::Excluded };
    for spec in [
        approval(1, None),
        judgment(3, 1, Ungraded::Worst),
        MethodSpec::Points { rule: score, seats: 1 },
    ] {
        assert_eq!(outcome_of(&spec, &numbered(3), &[]).winners.len(), 3, "{spec:?}");
    }
}

/// electionguard core2#457: undervotes. A ballot of fewer choices than it may make is one ballot,
/// cast and valid, and gives no option what it did not choose; one of none is blank.
#[test]
fn an_undervote_is_one_ballot() {
    let rows = [approves(4, "0"), approves(4, "01"), approves(4, ""), approves(4, "012")];
    let outcome = outcome_of(&approval(2, Some(2)), &numbered(4), &rows);
    let counts = outcome.ballots;
    assert_eq!((counts.cast, counts.valid, counts.blank, counts.invalid), (4, 2, 1, 1));
    let votes: Vec<_> = numbered(4).iter().map(|name| number(&outcome.scores[name])).collect();
    assert_eq!(votes, [2, 1, 0, 0].map(|votes| Some(whole(votes))));
}

/// loomio#3118, decidim#9044: wrong counters. Ours count ballots, not the options they choose.
#[test]
fn ballots_are_counted_and_not_choices() {
    for width in [2, 5, 9] {
        let rows = vec![vec![APPROVED; width]; 3];
        for spec in [approval(1, None), committee(CommitteeRule::SeqPav, 1, Completion::None)] {
            let ballots = outcome_of(&spec, &numbered(width), &rows).ballots;
            assert_eq!((ballots.cast, ballots.valid), (3, 3));
        }
    }
}
