//! Rankings: each rule against the rule as stated, done the slow way, and what peers got wrong.

use crate::counting::outcome::{Evidence, Outcome, Score};
use crate::counting::ranked::{Profile, RankedEvidence};
use crate::counting::{MethodSpec, RankedRule, Received, Tally, count};
use proptest::prelude::*;
use std::collections::BTreeSet;

type Names = BTreeSet<String>;

fn options(count: usize) -> Vec<String> {
    (1..=count).map(|number| number.to_string()).collect()
}

/// `3 1>2=4; 2 4`: counts and rankings of options that are called by their numbers.
fn profile(width: usize, text: &str) -> Profile {
    let mut profile = Profile::new();
    for ballot in text.split(';').map(str::trim) {
        let (times, ranking) = ballot.split_once(' ').unwrap();
        let mut row = vec![1; width];
        for (mark, group) in (2..).zip(ranking.split('>')) {
            for option in group.split('=') {
                row[option.parse::<usize>().unwrap() - 1] = mark;
            }
        }
        *profile.entry(row).or_default() += times.parse::<u64>().unwrap();
    }
    profile
}

fn run(rule: RankedRule, width: usize, profile: &Profile) -> Outcome {
    let received = Received { cast: profile.values().sum(), blank: 0, invalid: 0 };
    let tally = Tally::Ranked { profile: profile.clone(), received };
    count(&MethodSpec::Ranked { rule, seats: 1 }, &options(width), &tally).unwrap()
}

fn winners(rule: RankedRule, width: usize, profile: &Profile) -> Names {
    run(rule, width, profile).winners.into_iter().collect()
}

fn evidence(outcome: &Outcome) -> &RankedEvidence {
    let Evidence::Ranked(evidence) = &outcome.evidence else { panic!("{outcome:?}") };
    evidence
}

fn set(text: &str) -> Names {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Columns as the names of their options.
fn named(columns: impl IntoIterator<Item = usize>) -> Names {
    columns.into_iter().map(|column| (column + 1).to_string()).collect()
}

#[test]
fn elections_worked_by_hand() {
    use RankedRule::{
        Borda, Copeland, Irv, MinimaxMargins, MinimaxWinningVotes, Plurality, SchulzeMargins,
        TwoRound,
    };
    let cases = [
        // The capital of Tennessee: 1 Memphis, 2 Nashville, 3 Chattanooga, 4 Knoxville.
        (Plurality, "42 1>2>3>4; 26 2>3>4>1; 15 3>4>2>1; 17 4>3>2>1", "1"),
        (TwoRound, "42 1>2>3>4; 26 2>3>4>1; 15 3>4>2>1; 17 4>3>2>1", "2"),
        (Irv, "42 1>2>3>4; 26 2>3>4>1; 15 3>4>2>1; 17 4>3>2>1", "4"),
        (Borda, "42 1>2>3>4; 26 2>3>4>1; 15 3>4>2>1; 17 4>3>2>1", "2"),
        (Copeland, "42 1>2>3>4; 26 2>3>4>1; 15 3>4>2>1; 17 4>3>2>1", "2"),
        // A cycle of 1, 2 and 3, in which 2 loses by least.
        (MinimaxMargins, "5 1>2>3; 4 2>3>1; 3 3>1>2", "1"),
        (SchulzeMargins, "5 1>2>3; 4 2>3>1; 3 3>1>2", "1"),
        // All three tie; the fourth is nobody's.
        (Copeland, "1 1>2>3; 1 2>3>1; 1 3>1>2", "1 2 3"),
        (MinimaxWinningVotes, "1 1>2>3; 1 2>3>1; 1 3>1>2", "1 2 3"),
        // More than half of the expressed decides at once; exactly half does not.
        (TwoRound, "3 1; 2 2; 0 3>2", "1"),
        (TwoRound, "4 1; 2 2; 2 3>2", "1 2 3"),
        (TwoRound, "2 1; 1 2; 1 3", "1"),
    ];
    for (rule, text, expected) in cases {
        let profile = profile(4, text);
        if text.contains("2 3>2") && text.starts_with('4') {
            // 2 and 3 are level at the cut: both go on, and 1 leads them.
            assert_eq!(winners(rule, 4, &profile), set("1"), "{text}");
            let outcome = run(rule, 4, &profile);
            assert_eq!(evidence(&outcome).rounds[0].eliminated, ["4"]);
            continue;
        }
        assert_eq!(winners(rule, 4, &profile), set(expected), "{rule:?} {text}");
    }
}

/// pyrankvote#1: a batch that is not strictly below the next one was eliminated, and 3 elected.
#[test]
fn a_batch_is_eliminated_only_if_it_is_strictly_below() {
    let profile = profile(4, "3 1>4>2>3; 2 4>3>1>2; 1 2>4>3>1; 2 1>4>2>3; 2 3>2>4>1");
    assert_eq!(winners(RankedRule::Irv, 4, &profile), set("1 4"));
}

/// pyrankvote#1: votes of exhausted ballots were given away at random.
#[test]
fn exhausted_ballots_leave_the_base() {
    let outcome = run(RankedRule::Irv, 3, &profile(3, "4 1; 3 2; 2 3"));
    let rounds = &evidence(&outcome).rounds;
    assert_eq!(rounds.len(), 2);
    assert_eq!((&rounds[1].exhausted, rounds[1].votes.len()), (&Score::Integer(2), 2));
    assert_eq!(outcome.winners, ["1"]);
}

/// bettervoting#1478: a ballot that ranks all equal is a ballot, not an abstention.
#[test]
fn a_ballot_that_ranks_all_equal_is_counted() {
    let profile = profile(3, "1 1=2=3; 1 1");
    let outcome = run(RankedRule::Plurality, 3, &profile);
    assert_eq!(outcome.ballots.valid, 2);
    let scores = serde_json::to_string(&outcome.scores).unwrap();
    assert_eq!(scores, r#"{"1":"4/3","2":"1/3","3":"1/3"}"#);
}

/// Removing all who tie for the lowest place at once leaves out winners.
#[test]
fn all_ways_to_break_a_tie_are_followed() {
    // 2 and 3 are level: without 3, 2 wins; without 2, 1 does.
    let profile = profile(3, "4 1; 3 2; 3 3>2");
    assert_eq!(winners(RankedRule::Irv, 3, &profile), set("1 2"));
    let outcome = run(RankedRule::Irv, 3, &profile);
    assert_eq!(outcome.ties[0].options, ["2", "3"]);
}

#[test]
fn many_level_options_do_not_hang() {
    let mut profile = Profile::new();
    for column in 0..60 {
        let mut row = vec![1; 60];
        row[column] = 2;
        profile.insert(row, 1 + column as u64 / 40);
    }
    let received = Received { cast: profile.values().sum(), blank: 0, invalid: 0 };
    let tally = Tally::Ranked { profile, received };
    for rule in RankedRule::ALL {
        // An answer, or the error that says that there are too many ties.
        let _ = count(&MethodSpec::Ranked { rule, seats: 1 }, &options(60), &tally);
    }
    let nobody = Tally::Ranked { profile: Profile::new(), received: Received::default() };
    for rule in RankedRule::ALL {
        let spec = MethodSpec::Ranked { rule, seats: 1 };
        assert_eq!(count(&spec, &options(60), &nobody).unwrap().winners.len(), 60, "{rule:?}");
    }
}

/// Ballots that place `a` above `b`, read off the rows again.
fn above(profile: &Profile, a: usize, b: usize) -> i64 {
    let key = |mark: u8| if mark == 1 { 255 } else { mark };
    let holds = profile.iter().filter(|(row, _)| key(row[a]) < key(row[b]));
    holds.map(|(_, times)| i64::try_from(*times).unwrap()).sum()
}

/// Ballots times 12, shared among those at the top: whole numbers for up to 4 options.
fn tops(profile: &Profile, left: &[usize]) -> Vec<u64> {
    let mut votes = vec![0; left.len()];
    for (row, times) in profile {
        let Some(best) = left.iter().map(|c| row[*c]).filter(|mark| *mark > 1).min() else {
            continue;
        };
        let sharing = left.iter().filter(|c| row[**c] == best).count() as u64;
        for (votes, column) in votes.iter_mut().zip(left) {
            *votes += if row[*column] == best { 12 * times / sharing } else { 0 };
        }
    }
    votes
}

/// Instant runoff as stated: exactly one goes out, whichever of the lowest.
fn runoff(profile: &Profile, left: &[usize]) -> BTreeSet<usize> {
    let votes = tops(profile, left);
    let total: u64 = votes.iter().sum();
    let decided = left.iter().zip(&votes).find(|(_, votes)| 2 * **votes > total);
    if let Some((winner, _)) = decided {
        return BTreeSet::from([*winner]);
    }
    if left.len() == 1 {
        return left.iter().copied().collect();
    }
    let lowest = votes.iter().min();
    let tied = left.iter().zip(&votes).filter(|(_, votes)| Some(*votes) == lowest);
    tied.flat_map(|(out, _)| {
        let rest: Vec<usize> = left.iter().copied().filter(|column| column != out).collect();
        runoff(profile, &rest)
    })
    .collect()
}

fn reaches(locked: &[(usize, usize)], from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![from];
    while let Some(at) = next.pop() {
        if seen.insert(at) {
            next.extend(locked.iter().filter(|(a, _)| *a == at).map(|(_, b)| *b));
        }
    }
    seen.contains(&to)
}

/// Ranked pairs as stated, in every order of equal majorities.
fn locked_in_every_order(
    width: usize,
    open: &[(i64, usize, usize)],
    locked: &mut Vec<(usize, usize)>,
    winners: &mut BTreeSet<usize>,
) {
    let Some(most) = open.iter().map(|(weight, ..)| *weight).max() else {
        winners.extend((0..width).filter(|b| locked.iter().all(|(_, beaten)| beaten != b)));
        return;
    };
    for (place, (weight, a, b)) in open.iter().enumerate() {
        if *weight == most {
            let mut rest = open.to_vec();
            rest.remove(place);
            let closes = reaches(locked, *b, *a);
            if !closes {
                locked.push((*a, *b));
            }
            locked_in_every_order(width, &rest, locked, winners);
            if !closes {
                locked.pop();
            }
        }
    }
}

/// The strongest of all simple paths.
fn strongest(
    weight: &dyn Fn(usize, usize) -> i64,
    width: usize,
    path: &mut Vec<usize>,
    to: usize,
) -> i64 {
    let at = *path.last().unwrap();
    let mut best = weight(at, to);
    for next in 0..width {
        if next != to && !path.contains(&next) {
            path.push(next);
            best = best.max(weight(at, next).min(strongest(weight, width, path, to)));
            path.pop();
        }
    }
    best
}

fn elections() -> impl Strategy<Value = (usize, Profile)> {
    (2_usize..5).prop_flat_map(|width| {
        let row = prop::collection::vec(1_u8..6, width);
        let rows = prop::collection::vec((row, 1_u64..4), 1..7);
        rows.prop_map(move |rows| {
            let mut profile = Profile::new();
            for (row, times) in rows.into_iter().filter(|(row, _)| row.iter().any(|m| *m > 1)) {
                // Ranks without gaps, as they are written down.
                let ranks: BTreeSet<u8> = row.iter().copied().filter(|mark| *mark > 1).collect();
                let dense = |mark: &u8| match ranks.iter().position(|rank| rank == mark) {
                    Some(rank) => 2 + u8::try_from(rank).unwrap(),
                    None => 1,
                };
                *profile.entry(row.iter().map(dense).collect()).or_default() += times;
            }
            (width, profile)
        })
    })
}

proptest! {
    #[test]
    fn rules_done_the_slow_way((width, profile) in elections()) {
        let all: Vec<usize> = (0..width).collect();
        if !profile.is_empty() {
            let slow = named(runoff(&profile, &all));
            prop_assert_eq!(winners(RankedRule::Irv, width, &profile), slow);
        }
        let margin = |a, b| above(&profile, a, b) - above(&profile, b, a);
        let by_votes = |a, b| if margin(a, b) > 0 { above(&profile, a, b) } else { 0 };
        let by_margins = |a: usize, b: usize| i64::max(margin(a, b), 0);
        let pairs = [
            (&by_margins as &dyn Fn(usize, usize) -> i64, RankedRule::SchulzeMargins,
                RankedRule::RankedPairsMargins),
            (&by_votes, RankedRule::SchulzeWinningVotes, RankedRule::RankedPairsWinningVotes),
        ];
        for (weight, schulze, ranked_pairs) in pairs {
            let path = |a, b| strongest(weight, width, &mut vec![a], b);
            let holds = |a: usize, b: usize| a == b || path(a, b) >= path(b, a);
            let best = all.iter().filter(|a| all.iter().all(|b| holds(**a, *b)));
            prop_assert_eq!(winners(schulze, width, &profile), named(best.copied()));
            let mut open = Vec::new();
            for (a, b) in all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b))) {
                if weight(a, b) > 0 {
                    open.push((weight(a, b), a, b));
                }
            }
            let mut first = BTreeSet::new();
            locked_in_every_order(width, &open, &mut Vec::new(), &mut first);
            prop_assert_eq!(winners(ranked_pairs, width, &profile), named(first));
        }
    }

    #[test]
    fn sets_of_the_matrix((width, profile) in elections()) {
        let outcome = run(RankedRule::Copeland, width, &profile);
        let evidence = evidence(&outcome);
        let beats = |a, b| above(&profile, a, b) > above(&profile, b, a);
        // The smallest of all sets that beat the rest.
        let sets = (1_u32..1 << width).map(|bits| {
            let (inside, outside): (Vec<usize>, Vec<usize>) =
                (0..width).partition(|column| bits >> column & 1 == 1);
            (inside, outside)
        });
        let dominant = sets.filter(|(inside, outside)| {
            inside.iter().all(|a| outside.iter().all(|b| beats(*a, *b)))
        });
        let smith = dominant.map(|(inside, _)| inside).min_by_key(Vec::len).unwrap();
        prop_assert_eq!(evidence.smith.iter().cloned().collect::<Names>(), named(smith));
        // Who beats all others wins by every rule that promises it.
        if let Some(winner) = &evidence.condorcet_winner {
            use RankedRule::{
                Copeland, MinimaxMargins, MinimaxWinningVotes, RankedPairsMargins,
                RankedPairsWinningVotes, SchulzeMargins, SchulzeWinningVotes,
            };
            for rule in [Copeland, MinimaxMargins, MinimaxWinningVotes, RankedPairsMargins,
                RankedPairsWinningVotes, SchulzeMargins, SchulzeWinningVotes] {
                let elected = winners(rule, width, &profile);
                prop_assert_eq!(elected, Names::from([winner.clone()]), "{:?}", rule);
            }
        }
    }

    #[test]
    fn neither_order_nor_grouping_nor_scale_matters((width, profile) in elections()) {
        let mirrored: Profile = profile
            .iter()
            .map(|(row, times)| (row.iter().rev().copied().collect(), *times))
            .collect();
        let thrice = |(row, times): (&Vec<u8>, &u64)| (row.clone(), times * 3);
        let tripled: Profile = profile.iter().map(thrice).collect();
        let has_ties = |row: &Vec<u8>| {
            let ranked: Vec<&u8> = row.iter().filter(|mark| **mark > 1).collect();
            ranked.iter().collect::<BTreeSet<_>>().len() < ranked.len()
        };
        let ties = profile.keys().any(has_ties);
        for rule in RankedRule::ALL {
            if rule == RankedRule::StvScottish && ties {
                continue;
            }
            let outcome = run(rule, width, &profile);
            let back = |name: &String| (width + 1 - name.parse::<usize>().unwrap()).to_string();
            let other = run(rule, width, &mirrored);
            let found: Names = other.winners.iter().map(back).collect();
            prop_assert_eq!(found, outcome.winners.iter().cloned().collect::<Names>());
            prop_assert_eq!(&run(rule, width, &tripled).winners, &outcome.winners);
            // The first group is the winners, and all options have a place.
            let first: Names = outcome.ranking[0].iter().cloned().collect();
            prop_assert_eq!(first, outcome.winners.iter().cloned().collect::<Names>());
            let placed: Names = outcome.ranking.iter().flatten().cloned().collect();
            prop_assert_eq!(placed.len(), width);
        }
    }
}
