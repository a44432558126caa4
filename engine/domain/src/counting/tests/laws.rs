//! What holds for every method: ballots as rows, invariance, one serialisation.

use super::*;
use crate::counting::budget::{BudgetPaper, Completion};
use crate::counting::committee::CommitteeRule;
use crate::counting::marks::{self, MarkError};
use crate::counting::points::{self, PointsRule, Unscored};
use proptest::prelude::*;

/// Every method, with up to five options.
fn specs() -> impl Strategy<Value = (MethodSpec, usize)> {
    let policy = prop::sample::select(vec![
        Ungraded::Worst,
        Ungraded::Static(1),
        Ungraded::Median,
        Ungraded::Error,
        Ungraded::Normalize,
    ]);
    let grades = (2usize..7, policy);
    let methods = prop::sample::select(Method::all().collect::<Vec<_>>());
    (methods, 1usize..6, any::<prop::sample::Index>(), 1u32..6, any::<bool>(), grades).prop_map(
        |(method, options, seats, number, flag, (grade_count, ungraded))| {
            let options =
                if matches!(method, Method::YesNo | Method::Consent) { 1 } else { options };
            let count = u32::try_from(options).unwrap();
            let seats = 1 + u32::try_from(seats.index(options)).unwrap();
            let most = flag.then_some(number.min(count));
            (spec(method, options, seats, number, flag, most, grade_count, ungraded), options)
        },
    )
}

#[expect(clippy::too_many_arguments, reason = "one for each thing that a method may need")]
fn spec(
    method: Method,
    options: usize,
    seats: u32,
    number: u32,
    flag: bool,
    max_choices: Option<u32>,
    grade_count: usize,
    ungraded: Ungraded,
) -> MethodSpec {
    let grades = (0..grade_count).map(|grade| format!("g{grade}")).collect();
    let points = |rule| MethodSpec::Points { rule, seats };
    let first = |all: &[Completion], can: &dyn Fn(Completion) -> bool| {
        let mut turned = all.to_vec();
        turned.rotate_left(number as usize % all.len());
        turned.into_iter().find(|completion| can(*completion)).unwrap()
    };
    match method {
        Method::YesNo => simple(),
        Method::Consent => MethodSpec::Consent {
            rule: consent::Rule { blocks: number, ..consent::Rule::default() },
        },
        Method::Approval => approval(seats, max_choices),
        Method::MajorityJudgment => judgment(grade_count, seats, ungraded),
        Method::Judgment(rule) => MethodSpec::Judgment { rule, grades, seats, ungraded },
        Method::Ranked(rule) if rule.is_of_one_seat() => MethodSpec::Ranked { rule, seats: 1 },
        Method::Ranked(rule) => MethodSpec::Ranked { rule, seats },
        Method::Score => points(PointsRule::Score {
            most: 3,
            unscored: if flag { Unscored::Excluded } else { Unscored::Zero },
        }),
        Method::Dots => points(PointsRule::Dots { points: number + 1, cap: flag.then_some(2) }),
        Method::Quadratic => points(PointsRule::Quadratic { credits: 4 * number }),
        Method::Committee(rule) => {
            let completion = first(&Completion::ALL, &|completion| rule.can_complete(completion));
            MethodSpec::Committee { rule, seats, completion, max_choices }
        }
        Method::Budget(rule) => MethodSpec::Budget {
            rule,
            completion: first(&Completion::ALL, &|completion| rule.can_complete(completion)),
            budget: u64::from(number) * 3,
            costs: (1..).take(options).map(|cost| 1 + cost * u64::from(number) % 7).collect(),
            unit: 1,
            paper: match flag {
                true => BudgetPaper::Points { total: None, cap: Some(3) },
                false => BudgetPaper::Approvals { max_choices: None },
            },
        },
    }
}

/// Any bytes, most of them marks.
pub(super) fn rows(spec: &MethodSpec, options: usize) -> BoxedStrategy<Vec<Vec<u8>>> {
    if spec.paper() == Paper::Points {
        let points = prop_oneof![3 => Just(None), 9 => (-1i32..5).prop_map(Some)];
        let row = prop::collection::vec(points, options)
            .prop_map(|row| row.into_iter().flat_map(|own| points::mark(own).unwrap()).collect());
        return prop::collection::vec(row, 0..30).boxed();
    }
    let mark = prop_oneof![50 => 1u8..3, 30 => 1u8..8, 1 => any::<u8>()];
    let row = prop::collection::vec(mark, marks::width(spec, options));
    prop::collection::vec(row, 0..40).boxed()
}

/// A vote that can be counted: not all are by transferable vote, which admits no equal ranks.
pub(super) fn vote() -> impl Strategy<Value = (MethodSpec, usize, Vec<Vec<u8>>)> {
    specs().prop_flat_map(|(spec, options)| {
        let is_strict = spec.method() == Method::Ranked(RankedRule::StvScottish);
        rows(&spec, options).prop_map(move |rows| {
            let rows = rows.into_iter().map(|row| if is_strict { strict(row) } else { row });
            (spec.clone(), options, rows.collect())
        })
    })
}

/// Equal ranks but the first of each taken out.
fn strict(mut row: Vec<u8>) -> Vec<u8> {
    for column in 1..row.len() {
        if row[..column].contains(&row[column]) {
            row[column] = marks::UNRANKED;
        }
    }
    row
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
        // What shares and loads leave open stays open, and a budget has no seats.
        let fills = !matches!(
            spec.method(),
            Method::YesNo
                | Method::Consent
                | Method::Budget(_)
                | Method::Committee(CommitteeRule::EqualShares)
        );
        if fills {
            prop_assert!(outcome.winners.len() >= seats);
        }
        if outcome.winners.len() > seats && spec.seats() > 0 {
            prop_assert!(!outcome.ties.is_empty());
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
        let bytes = marks::width(&spec, options) / options;
        let turn = |row: &Vec<u8>| {
            let mut turned = row.clone();
            turned.rotate_left(shift * bytes % row.len());
            turned
        };
        // A first column of 0 means no ballot: only whole rows of marks may be turned.
        let whole = |row: &Vec<u8>| bytes > 1 || !row.contains(&0);
        let rows: Vec<Vec<u8>> = rows.into_iter().filter(whole).collect();
        let turned: Vec<Vec<u8>> = rows.iter().map(turn).collect();
        let mut turned_options = numbered(options);
        turned_options.rotate_left(shift % options);
        let mut turned_spec = spec.clone();
        if let MethodSpec::Budget { costs, .. } = &mut turned_spec {
            costs.rotate_left(shift % options);
        }
        let outcome = |spec: &MethodSpec, options: &[String], rows: &[Vec<u8>]| {
            let tally = counted(spec, options.len(), rows).tally(1_000);
            count(spec, options, &tally).unwrap()
        };
        let first = outcome(&spec, &numbered(options), &rows);
        let mut second = outcome(&turned_spec, &turned_options, &turned);
        prop_assert_eq!(&second.options, &turned_options);
        second.options.clone_from(&first.options);
        let json = |outcome| serde_json::to_string(outcome).unwrap();
        prop_assert_eq!(json(&first), json(&second));
    }

    /// A declared order decides between what ties, and changes nothing else.
    #[test]
    fn a_declared_order_picks_among_the_winners(
        (spec, options, rows) in vote(), shift in 0usize..6,
    ) {
        let tally = counted(&spec, options, &rows).tally(1_000);
        let outcome = count(&spec, &numbered(options), &tally).unwrap();
        let places: Vec<usize> = (0..options).map(|column| (column + shift) % options).collect();
        let decided = decide(&spec, &numbered(options), &tally, &places).unwrap();
        if matches!(spec.method(), Method::YesNo | Method::Consent) {
            return Ok(());
        }
        let is_winner = |name: &String| outcome.winners.contains(name);
        prop_assert!(decided.winners.iter().all(is_winner), "{:?} {:?}", outcome, decided);
        let seats = decided.evidence.seats().unwrap();
        prop_assert!(seats.tied.is_empty() && seats.elected == decided.winners);
        if let Some(seats) = outcome.evidence.seats().filter(|seats| seats.tied.is_empty()) {
            let sorted = |names: &[String]| {
                let mut names = names.to_vec();
                names.sort();
                names
            };
            prop_assert_eq!(sorted(&seats.elected), sorted(&decided.winners));
        }
        if let Some(committees) = outcome.evidence.committees() {
            let mut committee = decided.winners.clone();
            committee.sort();
            prop_assert!(committees.contains(&committee), "{:?} {:?}", committees, committee);
        }
    }
}
