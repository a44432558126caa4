//! What is written is read again as it was.

use super::*;
use archipel_domain::counting::budget::BudgetRule;
use archipel_domain::counting::{RankedRule, marks};
use proptest::prelude::*;

fn file(paper: Paper, said: &[(u64, &[Option<i32>])]) -> BallotFile {
    let options = names("Ardèche Bretagne, Cévennes");
    let row = |said: &[Option<i32>]| Ballot(marks::row(paper, said).unwrap());
    let ballots = said.iter().map(|(times, said)| (*times, row(said))).collect();
    BallotFile::recorded(paper, options, ballots)
}

fn again(file: &BallotFile, format: Format) -> BallotFile {
    let text = write(file, format).unwrap();
    read_text(&text, format).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Each ballot as often as it was cast, in order.
fn listed(ballots: &[(u64, Ballot)]) -> Vec<Vec<u8>> {
    let repeated = |(times, Ballot(row)): &(u64, Ballot)| vec![row.clone(); *times as usize];
    let mut listed: Vec<Vec<u8>> = ballots.iter().flat_map(repeated).collect();
    listed.sort();
    listed
}

#[test]
fn types_of_orders_are_the_most_restrictive() {
    let whole: &[Option<i32>] = &[Some(1), Some(3), Some(2)];
    let cut: &[Option<i32>] = &[Some(1), None, Some(2)];
    let level: &[Option<i32>] = &[Some(2), Some(1), Some(1)];
    for (said, kind) in [
        (vec![(2, whole)], "soc"),
        (vec![(2, whole), (1, cut)], "soi"),
        (vec![(2, whole), (1, level)], "toc"),
        (vec![(2, cut), (1, level)], "toi"),
    ] {
        let text = write(&file(Paper::Ranks, &said), Format::PreflibOrder).unwrap();
        assert!(text.starts_with(&format!("# DATA TYPE: {kind}\n")), "{text}");
    }
}

#[test]
fn ballots_are_written_in_formats_that_hold_them() {
    let none = &[None, None, None][..];
    let approvals = file(Paper::Approvals, &[(3, &[Some(1), None, Some(1)]), (1, none)]);
    assert_eq!(listed(&again(&approvals, Format::PreflibCat).ballots), listed(&approvals.ballots));
    let grades = file(Paper::Grades, &[(2, &[Some(0), Some(6), None]), (1, &[Some(3); 3])]);
    assert_eq!(listed(&again(&grades, Format::CsvGrades).ballots), listed(&grades.ballots));
    let points = file(Paper::Points, &[(2, &[Some(-4), Some(0), None]), (1, none)]);
    assert_eq!(listed(&again(&points, Format::CsvPoints).ballots), listed(&points.ballots));
    let choices = BallotFile::recorded(
        Paper::Choice,
        names("Texte"),
        [1, 2, 3, 4].map(|mark| (2, Ballot(vec![mark]))).to_vec(),
    );
    assert_eq!(listed(&again(&choices, Format::CsvChoices).ballots), listed(&choices.ballots));
    let mut budget = file(Paper::Points, &[(2, &[Some(3), None, Some(1)]), (1, none)]);
    assert_eq!(write(&budget, Format::Pabulib), Err(WriteError::OtherFormat(Format::Pabulib)));
    budget.budget = Some(FileBudget { budget: 10, costs: vec![5, 6, 4], unit: 1 });
    let read = again(&budget, Format::Pabulib);
    assert_eq!((read.options, read.notices), (names("1 2 3"), vec![]));
    assert_eq!(
        (listed(&read.ballots), read.budget),
        (listed(&budget.ballots), budget.budget.clone())
    );
    let method = Method::Budget(BudgetRule::EqualSharesCardinality);
    let outcome = outcome_of(&budget, method, &CountOptions::default()).unwrap();
    // The blank ballot keeps its third of the money.
    assert_eq!(outcome.winners, ["Ardèche"]);
    assert_eq!(write(&grades, Format::Blt), Err(WriteError::OtherFormat(Format::Blt)));
    let mut named = file(Paper::Ranks, &[]);
    named.options = names("a \"b\" c");
    assert_eq!(write(&named, Format::Blt), Err(WriteError::Name("\"b\"".to_owned())));
    // Names that have to be bracketed or quoted, or can not be written at all.
    named.options = ["Memphis, TN", "a]b", "c"].map(str::to_owned).to_vec();
    assert_eq!(again(&named, Format::Abif).options, named.options);
    named.options = ["a]\"b", "x", "y"].map(str::to_owned).to_vec();
    assert_eq!(write(&named, Format::Abif), Err(WriteError::Name("a]\"b".to_owned())));
}

#[test]
fn ballots_say_more_than_their_own_words() {
    let grades = file(Paper::Grades, &[(1, &[Some(0), Some(2), None]), (2, &[Some(0); 3])]);
    assert_eq!(grades.said_as(Paper::Ranks), Some(ballots(&[(1, &[3, 2, 1]), (2, &[2, 2, 2])])));
    let points = grades.said_as(Paper::Points).unwrap();
    assert_eq!(
        points,
        file(Paper::Points, &[(1, &[Some(0), Some(2), None]), (2, &[Some(0); 3])]).ballots
    );
    let approvals = file(Paper::Approvals, &[(1, &[Some(1), None, None])]);
    let points = file(Paper::Points, &[(1, &[Some(1), None, None])]);
    assert_eq!(approvals.said_as(Paper::Points), Some(points.ballots));
    assert_eq!(approvals.said_as(Paper::Ranks), None);
}

proptest! {
    #[test]
    fn rankings_are_read_as_they_were_written(
        rows in prop::collection::vec((1u64..5, prop::collection::vec(0i32..4, 3)), 1..9),
    ) {
        // Ranks without gaps, as votes have them.
        let dense = |row: &[i32]| -> Vec<Option<i32>> {
            let mut used: Vec<i32> = row.iter().copied().filter(|rank| *rank > 0).collect();
            used.sort_unstable();
            used.dedup();
            let rank = |rank: &i32| used.iter().position(|own| own == rank).map(|n| n as i32 + 1);
            row.iter().map(rank).collect()
        };
        let rows: Vec<(u64, Vec<Option<i32>>)> =
            rows.iter().map(|(times, row)| (*times, dense(row))).collect();
        let said: Vec<(u64, &[Option<i32>])> =
            rows.iter().map(|(times, row)| (*times, row.as_slice())).collect();
        let file = file(Paper::Ranks, &said);
        for format in [Format::Blt, Format::CsvRanks, Format::Abif] {
            prop_assert_eq!(listed(&again(&file, format).ballots), listed(&file.ballots));
        }
        let spoken = listed(&file.ballots);
        let spoken: Vec<_> = spoken.into_iter().filter(|row| row.iter().any(|m| *m > 1)).collect();
        prop_assert_eq!(&listed(&again(&file, Format::PreflibOrder).ballots), &spoken);
        let schulze = Method::Ranked(RankedRule::SchulzeMargins);
        let options = CountOptions::default();
        let count = |file: &BallotFile| outcome_of(file, schulze, &options).unwrap();
        prop_assert_eq!(count(&file).ranking, count(&again(&file, Format::Blt)).ranking);
    }
}
