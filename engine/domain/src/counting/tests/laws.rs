//! What holds for every method: ballots as rows, invariance, one serialisation.

use super::*;
use crate::counting::marks::{self, MarkError};
use proptest::prelude::*;

fn specs() -> impl Strategy<Value = (MethodSpec, usize)> {
    let policy = prop::sample::select(vec![
        Ungraded::Worst,
        Ungraded::Static(1),
        Ungraded::Median,
        Ungraded::Error,
    ]);
    prop_oneof![
        Just((simple(), 1)),
        (1usize..6, any::<bool>()).prop_flat_map(|(options, limited)| {
            let count = u32::try_from(options).unwrap();
            (1..=count, 1..=count)
                .prop_map(move |(seats, most)| (approval(seats, limited.then_some(most)), options))
        }),
        (1usize..6, 2usize..7, policy).prop_flat_map(|(options, grades, policy)| {
            (1..=u32::try_from(options).unwrap())
                .prop_map(move |seats| (judgment(grades, seats, policy), options))
        }),
    ]
}

/// Any bytes, most of them marks.
fn rows(width: usize) -> impl Strategy<Value = Vec<Vec<u8>>> {
    let mark = prop_oneof![50 => 1u8..3, 10 => 1u8..8, 1 => any::<u8>()];
    prop::collection::vec(prop::collection::vec(mark, width), 0..60)
}

fn vote() -> impl Strategy<Value = (MethodSpec, usize, Vec<Vec<u8>>)> {
    specs().prop_flat_map(|(spec, options)| {
        rows(marks::width(&spec, options)).prop_map(move |rows| (spec.clone(), options, rows))
    })
}

fn counted(spec: &MethodSpec, options: usize, rows: &[Vec<u8>]) -> TallyCounter {
    let mut counter = TallyCounter::new(spec, options);
    for row in rows {
        counter.add(row).unwrap();
    }
    counter
}

/// Method, options, row, verdict.
type RowCase<'a> = (&'a MethodSpec, usize, &'a [u8], Result<(), MarkError>);

#[test]
fn rows_are_checked() {
    let all = judgment(3, 1, Ungraded::Error);
    let some = judgment(3, 1, Ungraded::Worst);
    let unknown = |column| Err(MarkError::UnknownMark { column });
    let cases: [RowCase<'_>; 19] = [
        (&simple(), 1, &[marks::FOR], Ok(())),
        (&simple(), 1, &[marks::BLANK], Ok(())),
        (&simple(), 1, &[5], unknown(0)),
        (&simple(), 1, &[marks::NO_BALLOT], Err(MarkError::Width)),
        (&simple(), 1, &[], Err(MarkError::Width)),
        (&simple(), 1, &[1, 1], Err(MarkError::Width)),
        (&approval(1, None), 3, &[2, 2, 2], Ok(())),
        (&approval(1, None), 3, &[1, 1, 1], Ok(())),
        (&approval(1, None), 3, &[1, 3, 1], unknown(1)),
        (&approval(1, None), 3, &[1, 2, 0], unknown(2)),
        (&approval(1, Some(2)), 3, &[2, 1, 2], Ok(())),
        (&approval(1, Some(2)), 3, &[2, 2, 2], Err(MarkError::TooManyChoices { chosen: 3 })),
        (&all, 3, &[2, 3, 4], Ok(())),
        (&all, 3, &[2, 3, 5], unknown(2)),
        (&all, 3, &[2, 1, 4], Err(MarkError::Ungraded { column: 1 })),
        (&all, 3, &[1, 1, 1], Ok(())),
        (&some, 3, &[2, 1, 4], Ok(())),
        (&some, 3, &[255, 1, 4], unknown(0)),
        (&some, 2, &[2, 1, 4], Err(MarkError::Width)),
    ];
    for (spec, options, row, expected) in cases {
        assert_eq!(marks::check(spec, options, row), expected, "{spec:?} {row:?}");
    }
}

#[test]
fn blank_rows() {
    let cases: [(MethodSpec, &[u8], bool); 7] = [
        (simple(), &[marks::BLANK], true),
        (simple(), &[marks::ABSTAIN], false),
        (approval(1, None), &[1, 1, 1], true),
        (approval(1, None), &[1, 1, 2], false),
        (judgment(3, 1, Ungraded::Worst), &[1, 1], true),
        (judgment(3, 1, Ungraded::Worst), &[1, 2], false),
        (judgment(3, 1, Ungraded::Worst), &[2, 2], false),
    ];
    for (spec, row, blank) in cases {
        assert_eq!(marks::is_blank(&spec, row), blank, "{spec:?} {row:?}");
    }
}

#[test]
fn rows_add_up() {
    let mut counter = TallyCounter::new(&simple(), 1);
    counter.add_rows(&[1, 2, 3, 4, 0, 1, 9, 0]).unwrap();
    let counts =
        YesNoCounts { in_favour: 2, against: 1, abstain: 1, blank: 1, invalid: 1, eligible: 10 };
    assert_eq!(counter.tally(10), Tally::YesNo(counts));

    let mut counter = TallyCounter::new(&approval(1, Some(1)), 2);
    counter.add_rows(&[1, 2, 2, 1, 1, 2, 1, 1, 2, 2, 0, 0]).unwrap();
    let received = Received { cast: 5, blank: 1, invalid: 1 };
    assert_eq!(counter.tally(10), Tally::Approval { approvals: vec![1, 2], received });
    let ragged = CountError::TallyOfAnotherShape { expected: 2, found: 1 };
    assert_eq!(counter.add_rows(&[1]), Err(ragged));

    let mut counter = TallyCounter::new(&judgment(3, 1, Ungraded::Worst), 2);
    counter.add_rows(&[2, 4, 1, 3, 1, 1, 5, 2]).unwrap();
    counter.add_times(&[2, 2], 5).unwrap();
    let received = Received { cast: 9, blank: 1, invalid: 1 };
    let profiles = vec![vec![6, 0, 0], vec![5, 1, 1]];
    assert_eq!(counter.tally(10), Tally::MajorityJudgment { profiles, received });
}

#[test]
fn counters_refuse_what_does_not_fit() {
    let mut counter = TallyCounter::new(&simple(), 1);
    counter.add_times(&[1], u64::MAX).unwrap();
    let before = counter.clone();
    assert_eq!(counter.add(&[1]), Err(CountError::TooLarge));
    assert_eq!(counter.merge(&before), Err(CountError::TooLarge));
    assert!(counter.merge(&TallyCounter::new(&approval(1, None), 1)).is_err());
    let mut three = TallyCounter::new(&approval(1, None), 3);
    assert!(three.merge(&TallyCounter::new(&approval(1, None), 4)).is_err());
    assert_eq!(counter, before);
}

#[test]
fn a_tally_of_another_method_is_refused() {
    let tally = TallyCounter::new(&approval(1, None), 1).tally(0);
    let error = CountError::TallyOfAnotherMethod { expected: "yes-no", found: "approval" };
    assert_eq!(count(&simple(), &numbered(1), &tally), Err(error));
}

/// Millions of rows a second is what the engine counts on; run with
/// `cargo test --release -p archipel-domain counting -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, for release builds"]
fn rows_per_second() {
    let spec = judgment(7, 3, Ungraded::Worst);
    let matrix: Vec<u8> =
        (0..12 * 1_000_000_u32).map(|cell| 1 + u8::try_from(cell * 7 % 8).unwrap()).collect();
    let started = std::time::Instant::now();
    let mut counter = TallyCounter::new(&spec, 12);
    counter.add_rows(&matrix).unwrap();
    println!("1,000,000 rows of 12 grades in {:?}", started.elapsed());
    assert_eq!(counter.received().cast, 1_000_000);
}

proptest! {
    #[test]
    fn every_row_is_counted_once((spec, options, rows) in vote()) {
        let received = counted(&spec, options, &rows).received();
        let present: Vec<&Vec<u8>> = rows.iter().filter(|row| row[0] != 0).collect();
        let invalid = |row: &&&Vec<u8>| marks::check(&spec, options, row).is_err();
        let of = |count: usize| u64::try_from(count).unwrap();
        prop_assert_eq!(received.cast, of(present.len()));
        prop_assert_eq!(received.invalid, of(present.iter().filter(invalid).count()));
        let blank = present.iter().filter(|row| !invalid(row) && marks::is_blank(&spec, row));
        prop_assert_eq!(received.blank, of(blank.count()));
    }

    /// What is counted can be counted: the entry point refuses no tally of its own counter.
    #[test]
    fn a_counted_vote_has_an_outcome((spec, options, rows) in vote()) {
        let tally = counted(&spec, options, &rows).tally(1_000);
        let outcome = count(&spec, &numbered(options), &tally).unwrap();
        let ballots = outcome.ballots;
        prop_assert_eq!(ballots.cast, ballots.valid + ballots.blank + ballots.invalid);
        let mut ranked: Vec<String> = outcome.ranking.concat();
        ranked.sort();
        prop_assert_eq!(ranked, numbered(options));
        let seats = usize::try_from(spec.seats()).unwrap();
        if spec.method() != Method::YesNo {
            prop_assert!(outcome.winners.len() >= seats);
            prop_assert_eq!(outcome.winners.len() > seats, !outcome.ties.is_empty());
        }
    }

    #[test]
    fn ballot_order_and_grouping_change_nothing(
        (spec, options, rows) in vote(), cut in 0usize..60, shift in 0usize..60,
    ) {
        let whole = counted(&spec, options, &rows);
        let mut turned = rows.clone();
        let length = turned.len().max(1);
        turned.rotate_left(shift % length);
        turned.reverse();
        let (first, second) = turned.split_at(cut.min(turned.len()));
        let mut merged = counted(&spec, options, first);
        merged.merge(&counted(&spec, options, second)).unwrap();
        prop_assert_eq!(&merged, &whole);
        let mut grouped = TallyCounter::new(&spec, options);
        let mut sorted = rows.clone();
        sorted.sort();
        for group in sorted.chunk_by(|a, b| a == b) {
            grouped.add_times(&group[0], u64::try_from(group.len()).unwrap()).unwrap();
        }
        prop_assert_eq!(&grouped, &whole);
    }

    /// The order of options only shows in `options`.
    #[test]
    fn option_order_changes_nothing((spec, options, rows) in vote(), shift in 0usize..6) {
        let turn = |row: &Vec<u8>| {
            let mut turned = row.clone();
            turned.rotate_left(shift % row.len());
            turned
        };
        // A first column of 0 means no ballot: only whole rows of marks may be turned.
        let rows: Vec<Vec<u8>> = rows.into_iter().filter(|row| !row.contains(&0)).collect();
        let turned: Vec<Vec<u8>> = rows.iter().map(turn).collect();
        let mut turned_options = numbered(options);
        turned_options.rotate_left(shift % options);
        let outcome = |options: &[String], rows: &[Vec<u8>]| {
            let tally = counted(&spec, options.len(), rows).tally(1_000);
            count(&spec, options, &tally).unwrap()
        };
        let first = outcome(&numbered(options), &rows);
        let mut second = outcome(&turned_options, &turned);
        prop_assert_eq!(&second.options, &turned_options);
        second.options.clone_from(&first.options);
        let json = |outcome| serde_json::to_string(outcome).unwrap();
        prop_assert_eq!(json(&first), json(&second));
    }
}
