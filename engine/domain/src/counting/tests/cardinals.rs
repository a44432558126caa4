//! Approvals, points and grades, from their definitions: winners, ranking, scores and seats.

use super::naive::{
    Share, by_key, check_ranking, check_scores, lists, outcome_of, points_rows, scores, whole,
};
use super::*;
use crate::counting::judgment::JudgmentRule;
use crate::counting::outcome::{Evidence, Score};
use crate::counting::points::{PointsRule, Unscored};
use num_integer::Integer as _;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

fn check_approvals(seats: u32, rows: &[Vec<u8>]) -> Result<(), TestCaseError> {
    let width = rows[0].len();
    let outcome = outcome_of(&approval(seats, None), &numbered(width), rows);
    let of = |column: usize| rows.iter().filter(|row| row[column] == 2).count();
    let expected: Vec<_> = (0..width).map(|column| Some(whole(of(column) as i128))).collect();
    let blank = rows.iter().filter(|row| !row.contains(&2)).count() as u64;
    prop_assert_eq!((outcome.ballots.cast, outcome.ballots.blank), (rows.len() as u64, blank));
    check_scores(&outcome, &expected)
}

#[test]
fn approvals_of_every_small_election() {
    let all = lists(&[1, 2], 3);
    for rows in [lists(&all, 1), lists(&all, 2), lists(&all, 3)].concat() {
        for seats in 1..=3 {
            check_approvals(seats, &rows).unwrap();
        }
    }
}

/// A vote of points, and what is expected of each option.
fn check_points(
    rule: PointsRule,
    seats: u32,
    rows: &[Vec<Option<i32>>],
) -> Result<(), TestCaseError> {
    let width = rows[0].len();
    let outcome =
        outcome_of(&MethodSpec::Points { rule, seats }, &numbered(width), &points_rows(rows));
    let is_admitted = |row: &&Vec<Option<i32>>| {
        let given = || row.iter().flatten().copied();
        match rule {
            PointsRule::Score { most, .. } => {
                given().all(|own| (0..=i32::from(most)).contains(&own))
            }
            PointsRule::Dots { points, cap } => {
                let most = cap.map_or(i32::MAX, i32::from);
                given().all(|own| (0..=most).contains(&own))
                    && given().sum::<i32>() <= points as i32
            }
            PointsRule::Quadratic { credits } => {
                given().map(|own| own * own).sum::<i32>() <= credits as i32
            }
        }
    };
    let zero_says = matches!(rule, PointsRule::Score { .. });
    let says = |own: &Option<i32>| own.is_some_and(|own| own != 0 || zero_says);
    let admitted: Vec<&Vec<Option<i32>>> = rows.iter().filter(is_admitted).collect();
    let valid: Vec<_> = admitted.iter().filter(|row| row.iter().any(says)).collect();
    let (cast, admitted, valid_count) = (rows.len(), admitted.len(), valid.len());
    let counts = outcome.ballots;
    prop_assert_eq!(counts.invalid, (cast - admitted) as u64);
    prop_assert_eq!((counts.cast, counts.valid), (cast as u64, valid_count as u64));
    let own = |column: usize| valid.iter().map(move |row| row[column]).filter(|own| says(own));
    let sum = |column| own(column).flatten().map(i128::from).sum::<i128>();
    let means = matches!(rule, PointsRule::Score { unscored: Unscored::Excluded, .. });
    let value = |column| match own(column).count() as i128 {
        0 if means => None,
        ballots if means => Some(Share::new(sum(column), ballots)),
        _ => Some(whole(sum(column))),
    };
    let expected: Vec<Option<Share>> = (0..width).map(value).collect();
    let Evidence::Points(evidence) = &outcome.evidence else { panic!() };
    for column in 0..width {
        prop_assert_eq!(evidence.ballots[&format!("o{column}")], own(column).count() as u64);
    }
    check_scores(&outcome, &expected)
}

/// The grades of an option as the policy has them, worst first; none without any.
fn completed(mut own: Vec<u64>, missing: usize, policy: Ungraded, multiple: usize) -> Vec<u64> {
    own.sort_unstable();
    let default = match policy {
        Ungraded::Normalize if own.is_empty() => return own,
        Ungraded::Normalize => {
            let times = multiple / own.len();
            return own.iter().flat_map(|grade| std::iter::repeat_n(*grade, times)).collect();
        }
        Ungraded::Static(grade) => u64::from(grade),
        Ungraded::Median if !own.is_empty() => own[(own.len() - 1) / 2],
        _ => 0,
    };
    own.extend(std::iter::repeat_n(default, missing));
    own.sort_unstable();
    own
}

/// One median after the other.
fn medians(mut own: Vec<u64>) -> Vec<u64> {
    let take = |own: &mut Vec<u64>| own.remove((own.len() - 1) / 2);
    (0..own.len()).map(|_| take(&mut own)).collect()
}

/// The terms of the specification, from a list of grades.
fn terms(mut own: Vec<u64>) -> String {
    let mut terms = Vec::new();
    while !own.is_empty() {
        let median = own[(own.len() - 1) / 2];
        let above = own.iter().filter(|grade| **grade > median).count();
        let below = own.iter().filter(|grade| **grade < median).count();
        let next = if above > below {
            terms.push(format!("{median}+{above}"));
            own.iter().copied().find(|grade| *grade > median)
        } else {
            terms.push(if below == 0 {
                format!("{median}+0")
            } else {
                format!("{median}-{below}")
            });
            own.iter().copied().rfind(|grade| *grade < median)
        };
        let Some(next) = next else { break };
        for grade in own.iter_mut().filter(|grade| **grade == median) {
            *grade = next;
        }
        own.sort_unstable();
    }
    terms.join(" ")
}

fn fabre(rule: JudgmentRule, own: &[u64]) -> Option<Share> {
    let all = own.len() as i128;
    let median = *own.get(own.len().checked_sub(1)? / 2)?;
    let above = own.iter().filter(|grade| **grade > median).count() as i128;
    let below = own.iter().filter(|grade| **grade < median).count() as i128;
    let (p, q) = (Share::new(above, all), Share::new(below, all));
    let more = match rule {
        JudgmentRule::TypicalJudgment => p - q,
        JudgmentRule::UsualJudgment => (p - q) / ((whole(1) - p - q) * 2),
        JudgmentRule::CentralJudgment if above + below == 0 => whole(0),
        JudgmentRule::CentralJudgment => (p - q) / ((p + q) * 2),
    };
    Some(whole(median) + more)
}

/// All four orders of the same grades; a mark is 1 for no grade, 2 and more for the grades.
fn check_grades(policy: Ungraded, seats: u32, rows: &[Vec<u8>]) -> Result<(), TestCaseError> {
    let (width, grade_count) = (rows[0].len(), 4);
    let blank = |row: &&Vec<u8>| row.iter().all(|mark| *mark == 1);
    let partial = |row: &&Vec<u8>| row.contains(&1) && !blank(row);
    let is_refused = |row: &&Vec<u8>| policy == Ungraded::Error && partial(row);
    let valid: Vec<&Vec<u8>> = rows.iter().filter(|row| !blank(row) && !is_refused(row)).collect();
    let graded = |column: usize| -> Vec<u64> {
        valid.iter().filter(|row| row[column] > 1).map(|row| u64::from(row[column]) - 2).collect()
    };
    let totals = (0..width).map(|column| graded(column).len()).filter(|total| *total > 0);
    let multiple = totals.fold(1, |multiple, total| multiple.lcm(&total));
    let own = |column: usize| {
        let grades = graded(column);
        let missing = valid.len() - grades.len();
        completed(grades, missing, policy, multiple)
    };
    let lists: Vec<Vec<u64>> = (0..width).map(own).collect();
    let outcome = outcome_of(&judgment(grade_count, seats, policy), &numbered(width), rows);
    let counts = outcome.ballots;
    prop_assert_eq!(counts.valid, valid.len() as u64);
    prop_assert_eq!(counts.invalid, rows.iter().filter(is_refused).count() as u64);
    for (column, own) in lists.iter().enumerate() {
        let score = &outcome.scores[&format!("o{column}")];
        prop_assert_eq!(score, &Score::Text(terms(own.clone())));
    }
    let values: Vec<Vec<u64>> = lists.iter().cloned().map(medians).collect();
    check_ranking(&outcome, &by_key(&values))?;
    for rule in JudgmentRule::ALL {
        let grades = (0..grade_count).map(|grade| format!("g{grade}")).collect();
        let spec = MethodSpec::Judgment { rule, grades, seats, ungraded: policy };
        let outcome = outcome_of(&spec, &numbered(width), rows);
        let expected: Vec<Option<Share>> = lists.iter().map(|own| fabre(rule, own)).collect();
        prop_assert_eq!(scores(&outcome), expected.clone(), "{:?} {:?}", rule, policy);
        check_scores(&outcome, &expected)?;
    }
    Ok(())
}

const POLICIES: [Ungraded; 8] = [
    Ungraded::Error,
    Ungraded::Worst,
    Ungraded::Static(0),
    Ungraded::Static(1),
    Ungraded::Static(2),
    Ungraded::Static(3),
    Ungraded::Median,
    Ungraded::Normalize,
];

/// Every election of up to three ballots on two options and three grades, the best left out.
#[test]
fn grades_of_every_small_election() {
    let all = lists(&[1, 2, 3, 4], 2);
    for rows in [lists(&all, 1), lists(&all, 2), lists(&all, 3)].concat() {
        for policy in POLICIES.into_iter().filter(|_| rows.is_sorted()) {
            check_grades(policy, 1, &rows).unwrap();
        }
    }
}

fn rows_of<T: std::fmt::Debug>(
    cell: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = (u32, Vec<Vec<T>>)> {
    (1usize..6).prop_flat_map(move |width| {
        let row = prop::collection::vec(cell.clone(), width);
        (1..=width as u32, prop::collection::vec(row, 1..14))
    })
}

proptest! {
    #[test]
    fn approvals_done_ballot_by_ballot((seats, rows) in rows_of(1u8..3)) {
        check_approvals(seats, &rows)?;
    }

    #[test]
    fn points_done_ballot_by_ballot(
        (seats, rows) in rows_of(prop::option::of(-3i32..5)), credits in 1u32..40,
    ) {
        let positive: Vec<Vec<Option<i32>>> =
            rows.iter().map(|row| row.iter().map(|own| own.map(i32::abs)).collect()).collect();
        check_points(PointsRule::Quadratic { credits }, seats, &rows)?;
        for unscored in [Unscored::Zero, Unscored::Excluded] {
            check_points(PointsRule::Score { most: 3, unscored }, seats, &positive)?;
        }
        for cap in [None, Some(2)] {
            check_points(PointsRule::Dots { points: credits.min(9), cap }, seats, &positive)?;
        }
    }

    #[test]
    fn grades_done_one_at_a_time(
        (seats, rows) in rows_of(1u8..6), policy in prop::sample::select(POLICIES.to_vec()),
    ) {
        check_grades(policy, seats, &rows)?;
    }
}
