//! What a vote may freeze, and how it is written.

use super::*;
use crate::counting::budget::{BudgetPaper, BudgetRule, Completion};
use crate::counting::points::PointsRule;
use crate::counting::spec::{GRADES_MAX, NAME_BYTES_MAX, OPTIONS_MAX};
use crate::counting::yes_no::{MajorityBase, Quorum, QuorumBase};

fn with_quorum(p: u32, q: u32) -> MethodSpec {
    let quorum = Some(Quorum { ratio: Fraction::new(p, q), base: QuorumBase::Cast });
    MethodSpec::YesNo { rule: Rule { quorum, majority: Majority::Simple } }
}

fn with_majority(p: u32, q: u32, strict: bool) -> MethodSpec {
    let (ratio, base) = (Fraction::new(p, q), MajorityBase::Cast);
    let majority = Majority::Qualified { ratio, base, strict };
    MethodSpec::YesNo { rule: Rule { quorum: None, majority } }
}

fn with_grades(grades: &str) -> MethodSpec {
    let (grades, ungraded) = (names(grades), Ungraded::Error);
    MethodSpec::MajorityJudgment { grades, seats: 1, ungraded }
}

fn dots(points: u32) -> MethodSpec {
    MethodSpec::Points { rule: PointsRule::Dots { points, cap: None }, seats: 1 }
}

fn budget(budget: u64, costs: &[u64], completion: Completion) -> MethodSpec {
    MethodSpec::Budget {
        rule: BudgetRule::EqualSharesCost,
        completion,
        budget,
        costs: costs.to_vec(),
        unit: 1,
        paper: BudgetPaper::Approvals { max_choices: None },
    }
}

#[test]
fn every_error_has_a_case_and_a_code() {
    let three = names("a b c");
    let one = names("a");
    let many = numbered(OPTIONS_MAX + 1);
    let long = vec!["x".repeat(NAME_BYTES_MAX + 1)];
    let unnamed_grade = MethodSpec::MajorityJudgment {
        grades: vec!["bad".to_owned(), String::new()],
        seats: 1,
        ungraded: Ungraded::Error,
    };
    let twice = |name: &str| SpecError::DuplicateOption(name.to_owned());
    let cases = [
        (simple(), vec![], "no-option", SpecError::NoOption),
        (approval(1, None), many, "too-many-options", SpecError::TooManyOptions),
        (simple(), vec![String::new()], "empty-name", SpecError::EmptyName),
        (unnamed_grade, three.clone(), "empty-name", SpecError::EmptyName),
        (simple(), long, "long-name", SpecError::LongName),
        (approval(1, None), names("a b a"), "duplicate-option", twice("a")),
        (simple(), three.clone(), "not-one-option", SpecError::NotOneOption),
        (with_quorum(0, 4), one.clone(), "bad-quorum", SpecError::BadQuorum),
        (with_quorum(5, 4), one.clone(), "bad-quorum", SpecError::BadQuorum),
        (with_quorum(1, 0), one.clone(), "bad-quorum", SpecError::BadQuorum),
        (with_majority(1, 0, false), one.clone(), "bad-majority", SpecError::BadMajority),
        (with_majority(49, 100, true), one.clone(), "bad-majority", SpecError::BadMajority),
        (with_majority(4, 3, false), one.clone(), "bad-majority", SpecError::BadMajority),
        (with_majority(3, 3, true), one.clone(), "bad-majority", SpecError::BadMajority),
        (approval(0, None), three.clone(), "no-seat", SpecError::NoSeat),
        (judgment(5, 0, Ungraded::Error), three.clone(), "no-seat", SpecError::NoSeat),
        (
            approval(4, None),
            three.clone(),
            "more-seats-than-options",
            SpecError::MoreSeatsThanOptions,
        ),
        (dots(0), three.clone(), "bad-points", SpecError::BadPoints),
        (dots(30_001), three.clone(), "bad-points", SpecError::BadPoints),
        (
            budget(9, &[1, 2, 0], Completion::None),
            three.clone(),
            "bad-budget",
            SpecError::BadBudget,
        ),
        (budget(9, &[1, 2], Completion::None), three.clone(), "bad-budget", SpecError::BadBudget),
        (budget(0, &[1; 3], Completion::None), three.clone(), "bad-budget", SpecError::BadBudget),
        (
            budget(9, &[1; 3], Completion::Phragmen),
            three.clone(),
            "bad-completion",
            SpecError::BadCompletion,
        ),
        (
            budget(0, &[1; 3], Completion::Phragmen),
            three.clone(),
            "bad-budget",
            SpecError::BadBudget,
        ),
        (
            MethodSpec::Ranked { rule: RankedRule::Irv, seats: 2 },
            three.clone(),
            "one-seat-only",
            SpecError::OneSeatOnly,
        ),
        (
            MethodSpec::Ranked { rule: RankedRule::Irv, seats: 2 },
            numbered(251),
            "too-many-to-rank",
            SpecError::TooManyToRank,
        ),
        (approval(1, Some(0)), three.clone(), "bad-max-choices", SpecError::BadMaxChoices),
        (approval(1, Some(4)), three.clone(), "bad-max-choices", SpecError::BadMaxChoices),
        (with_grades("good"), three.clone(), "too-few-grades", SpecError::TooFewGrades),
        (
            judgment(GRADES_MAX + 1, 1, Ungraded::Error),
            three.clone(),
            "too-many-grades",
            SpecError::TooManyGrades,
        ),
        (
            with_grades("bad good bad"),
            three.clone(),
            "duplicate-grade",
            SpecError::DuplicateGrade("bad".to_owned()),
        ),
        (
            judgment(5, 1, Ungraded::Static(5)),
            three,
            "unknown-default-grade",
            SpecError::UnknownDefaultGrade,
        ),
    ];
    for (spec, options, code, error) in cases {
        assert_eq!(error.code(), code);
        assert!(!error.to_string().is_empty());
        assert_eq!(spec.validate(&options), Err(error.clone()), "{spec:?}");
        let tally = TallyCounter::new(&spec, options.len()).tally(0);
        let counted = count(&spec, &options, &tally);
        assert_eq!(counted, Err(CountError::Spec(error)), "{spec:?}");
    }
}

#[test]
fn the_limits_themselves_are_admitted() {
    let three = names("a b c");
    let good = [
        (with_quorum(1, 1), names("a")),
        (with_majority(1, 2, false), names("a")),
        (with_majority(3, 3, false), names("a")),
        (approval(3, Some(3)), three.clone()),
        (approval(1, None), numbered(OPTIONS_MAX)),
        (judgment(2, 3, Ungraded::Static(1)), three.clone()),
        (judgment(GRADES_MAX, 1, Ungraded::Median), three),
    ];
    for (spec, options) in good {
        assert_eq!(spec.validate(&options), Ok(()), "{spec:?}");
    }
}

#[test]
fn specs_are_written_as_the_documentation_shows() {
    let cases = [
        (simple(), r#"{"yes-no":{"rule":{"majority":"simple"}}}"#),
        (
            with_quorum(1, 4),
            concat!(
                r#"{"yes-no":{"rule":{"quorum":{"ratio":{"numerator":1,"denominator":4},"#,
                r#""base":"cast"},"majority":"simple"}}}"#
            ),
        ),
        (
            with_majority(2, 3, true),
            concat!(
                r#"{"yes-no":{"rule":{"majority":{"qualified":{"ratio":{"numerator":2,"#,
                r#""denominator":3},"base":"cast","strict":true}}}}}"#
            ),
        ),
        (approval(3, None), r#"{"approval":{"seats":3}}"#),
        (approval(3, Some(5)), r#"{"approval":{"seats":3,"max_choices":5}}"#),
        (
            judgment(2, 1, Ungraded::Worst),
            r#"{"majority-judgment":{"grades":["g0","g1"],"seats":1,"ungraded":"worst"}}"#,
        ),
        (
            judgment(2, 1, Ungraded::Static(1)),
            r#"{"majority-judgment":{"grades":["g0","g1"],"seats":1,"ungraded":{"static":1}}}"#,
        ),
    ];
    for (spec, json) in cases {
        assert_eq!(serde_json::to_string(&spec).unwrap(), json);
        assert_eq!(serde_json::from_str::<MethodSpec>(json).unwrap(), spec);
        let config = bincode::config::standard();
        let bytes = bincode::encode_to_vec(&spec, config).unwrap();
        assert_eq!(bincode::decode_from_slice(&bytes, config).unwrap(), (spec, bytes.len()));
    }
}

#[test]
fn unknown_fields_and_names_are_refused() {
    let cases = [
        r#"{"approval":{"seats":3,"seat":1}}"#,
        r#"{"approval":{}}"#,
        r#"{"borda":{"seats":3}}"#,
        r#"{"approval":{"seats":-1}}"#,
        r#"{"yes-no":{"rule":{"majority":"simple","casting":true}}}"#,
        r#"{"yes-no":{"rule":{"majority":{"absolute":{"base":"all"}}}}}"#,
    ];
    for json in cases {
        assert!(serde_json::from_str::<MethodSpec>(json).is_err(), "{json}");
    }
}

#[test]
fn names_on_the_command_line() {
    for method in Method::all() {
        assert_eq!(method.to_string().parse(), Ok(method));
    }
    assert!("Approval".parse::<Method>().is_err());
    let cases = [
        ("error", Some(Ungraded::Error)),
        ("worst", Some(Ungraded::Worst)),
        ("static:0", Some(Ungraded::Static(0))),
        ("static:12", Some(Ungraded::Static(12))),
        ("median", Some(Ungraded::Median)),
        ("normalize", Some(Ungraded::Normalize)),
        ("static", None),
        ("static:", None),
        ("static:+1", None),
        ("static:300", None),
        ("", None),
    ];
    for (text, policy) in cases {
        assert_eq!(text.parse().ok(), policy, "{text}");
    }
}
