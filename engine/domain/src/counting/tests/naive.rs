//! What the naive oracles share: ballots one by one, exact fractions, an outcome in columns.

use super::*;
use crate::counting::outcome::{Score, TieStage};
use crate::counting::points;
use num_rational::Ratio;
use num_traits::ToPrimitive as _;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use std::collections::BTreeSet;

pub(super) type Share = Ratio<i128>;
pub(super) type Set = BTreeSet<usize>;

/// A whole number.
pub(super) fn whole(number: impl TryInto<i128>) -> Share {
    Share::from_integer(number.try_into().ok().unwrap())
}

/// Counts rows one by one.
pub(super) fn outcome_of(spec: &MethodSpec, names: &[String], rows: &[Vec<u8>]) -> Outcome {
    let mut counter = TallyCounter::new(spec, names.len());
    for row in rows {
        counter.add(row).unwrap();
    }
    count(spec, names, &counter.tally(1_000)).unwrap()
}

pub(super) fn column(outcome: &Outcome, name: &String) -> usize {
    outcome.options.iter().position(|option| option == name).unwrap()
}

pub(super) fn columns(outcome: &Outcome, names: &[String]) -> Set {
    names.iter().map(|name| column(outcome, name)).collect()
}

/// The groups of the ranking, best first.
pub(super) fn groups(outcome: &Outcome) -> Vec<Set> {
    outcome.ranking.iter().map(|group| columns(outcome, group)).collect()
}

/// A score as a fraction; none where it is `-`.
pub(super) fn number(score: &Score) -> Option<Share> {
    match score {
        Score::Integer(number) => Some(whole(*number)),
        Score::Signed(number) => Some(whole(*number)),
        Score::Text(text) if text == "-" => None,
        Score::Text(text) => Some(text.parse().unwrap()),
    }
}

/// Scores in the order of the options.
pub(super) fn scores(outcome: &Outcome) -> Vec<Option<Share>> {
    outcome.options.iter().map(|option| number(&outcome.scores[option])).collect()
}

/// The rows of points.
pub(super) fn points_rows(rows: &[Vec<Option<i32>>]) -> Vec<Vec<u8>> {
    let mark = |own: &Option<i32>| points::mark(*own).unwrap();
    rows.iter().map(|row| row.iter().flat_map(mark).collect()).collect()
}

/// Groups of columns by key, the largest first.
pub(super) fn by_key<K: Ord>(keys: &[K]) -> Vec<Set> {
    let distinct: BTreeSet<&K> = keys.iter().collect();
    let with = |key: &K| (0..keys.len()).filter(|column| keys[*column] == *key).collect();
    distinct.into_iter().rev().map(with).collect()
}

/// What the seats should be: elected, contested, tied.
pub(super) fn seated(seats: usize, ranking: &[Set]) -> (Set, usize, Set) {
    let mut elected = Set::new();
    for group in ranking {
        let left = seats - elected.len();
        if left == 0 {
            break;
        }
        if group.len() > left {
            return (elected, left, group.clone());
        }
        elected.extend(group);
    }
    (elected, 0, Set::new())
}

/// Ranking, winners, seats and ties of an outcome without lots on the way.
pub(super) fn check_ranking(outcome: &Outcome, ranking: &[Set]) -> Result<(), TestCaseError> {
    prop_assert_eq!(groups(outcome), ranking.to_vec(), "{:?}", outcome);
    for group in &outcome.ranking {
        prop_assert!(group.is_sorted(), "by name: {:?}", group);
    }
    let found = outcome.evidence.seats().unwrap();
    let (elected, contested, tied) = seated(found.seats.to_usize().unwrap(), ranking);
    prop_assert_eq!(columns(outcome, &found.elected), elected.clone());
    prop_assert_eq!(found.contested.to_usize(), Some(contested));
    prop_assert_eq!(columns(outcome, &found.tied), tied.clone());
    prop_assert_eq!(columns(outcome, &outcome.winners), elected.union(&tied).copied().collect());
    prop_assert_eq!(outcome.winners.len(), elected.len() + tied.len());
    let at_the_seats = outcome.ties.iter().filter(|tie| tie.stage == TieStage::Seats);
    prop_assert_eq!(at_the_seats.count(), usize::from(!tied.is_empty()));
    Ok(())
}

/// The same, where the larger score is the better and `-` the worst.
pub(super) fn check_scores(
    outcome: &Outcome,
    expected: &[Option<Share>],
) -> Result<(), TestCaseError> {
    prop_assert_eq!(scores(outcome), expected.to_vec(), "{:?}", outcome);
    prop_assert!(outcome.ties.len() <= 1);
    check_ranking(outcome, &by_key(expected))
}

/// Every list of so many of these.
pub(super) fn lists<T: Clone>(of: &[T], length: usize) -> Vec<Vec<T>> {
    (0..length).fold(vec![Vec::new()], |lists, _| {
        let longer = |list: Vec<T>| {
            of.iter().map(move |item| list.iter().chain([item]).cloned().collect::<Vec<T>>())
        };
        lists.into_iter().flat_map(longer).collect()
    })
}
