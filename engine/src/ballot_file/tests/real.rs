//! Real elections, against results computed elsewhere. The data stay beside the project.

use super::*;
use archipel_domain::counting::{Method, MethodSpec, Outcome, Received, Tally, Ungraded, count};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) fn data(path: &str) -> Vec<u8> {
    let root = std::env::var("ARCHIPEL_DATA").expect("ARCHIPEL_DATA names the data directory");
    let path = std::path::Path::new(&root).join("votes").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(super) fn json(path: &str) -> Value {
    serde_json::from_slice(&data(path)).unwrap()
}

/// 1 is best; options that tie share a rank.
pub(super) fn ranks(outcome: &Outcome) -> BTreeMap<&str, u64> {
    let mut ranks = BTreeMap::new();
    for group in &outcome.ranking {
        let rank = 1 + u64::try_from(ranks.len()).unwrap();
        ranks.extend(group.iter().map(|name| (name.as_str(), rank)));
    }
    ranks
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn orsay_2007_by_majority_judgment() {
    let path = "mj/orsay2007_bureau_01.csv";
    let bytes = data(path);
    assert_eq!(detect(path, &bytes, None), Some(Format::CsvGrades));
    let file = read(&bytes, Format::CsvGrades, &ReadOptions::default()).unwrap();
    assert_eq!((file.ballots.len(), file.options.len(), file.grades.len()), (559, 12, 6));
    let options =
        CountOptions { seats: 3, default_grade: Some(Ungraded::Worst), ..CountOptions::default() };
    let outcome = outcome_of(&file, Method::MajorityJudgment, &options).unwrap();
    let unspecified = CountOptions { seats: 3, default_grade: None, ..CountOptions::default() };
    assert_eq!(outcome_of(&file, Method::MajorityJudgment, &unspecified).unwrap(), outcome);

    let expected = json("mj/expected/orsay2007_bureau_01.csv.ref_mj.json");
    assert_eq!(expected["policy"], "worst");
    assert_eq!(serde_json::to_value(ranks(&outcome)).unwrap(), expected["ranks"]["mj_full"]);
    let Evidence::MajorityJudgment(evidence) = &outcome.evidence else { panic!() };
    assert_eq!(evidence.merits.len(), 12);
    for (option, merit) in &evidence.merits {
        let tally = serde_json::to_value(&merit.profile).unwrap();
        assert_eq!(tally, expected["tallies"][option], "{option}");
        let grade = &expected["ranks"]["majority_grade"][option];
        assert_eq!(merit.majority_grade.map(u64::from), grade.as_u64(), "{option}");
    }
    assert_eq!(outcome.winners, names("Bayrou Sarkozy Royal"));
    assert!(outcome.ties.is_empty());
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn published_assertions_of_mieuxvoter() {
    let assertions = json("mj/mieuxvoter_assertions.json");
    let assertions = assertions.as_array().unwrap();
    assert_eq!(assertions.len(), 9);
    for assertion in assertions {
        let profiles: Vec<Vec<u64>> = serde_json::from_value(assertion["tallies"].clone()).unwrap();
        let ungraded = match assertion["mode"].as_str() {
            None => Ungraded::Error,
            Some("StaticDefault") => {
                let grade = assertion["default"].as_u64().unwrap_or(0);
                Ungraded::Static(u8::try_from(grade).unwrap())
            }
            Some("MedianDefault") => Ungraded::Median,
            Some("Normalized") => Ungraded::Normalize,
            Some(other) => panic!("unknown mode {other}"),
        };
        let options: Vec<String> = (0..profiles.len()).map(|n| format!("{n:02}")).collect();
        let grades = (0..profiles[0].len()).map(|grade| grade.to_string()).collect();
        let spec = MethodSpec::MajorityJudgment { grades, seats: 1, ungraded };
        let cast = assertion["participants"].as_u64().unwrap();
        let received = Received { cast, blank: 0, invalid: 0 };
        let tally = Tally::MajorityJudgment { profiles, received };
        let outcome = count(&spec, &options, &tally).unwrap();
        // Two-digit names: the map's order is the order of the tallies.
        let found: Vec<u64> = ranks(&outcome).into_values().collect();
        let expected: Vec<u64> = serde_json::from_value(assertion["ranks"].clone()).unwrap();
        assert_eq!(found, expected, "{}", assertion["title"]);
    }
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn orsay_2002_by_approval() {
    let path = "preflib/00026-00000002.cat";
    let bytes = data(path);
    assert_eq!(detect("ballots", &bytes, None), Some(Format::PreflibCat));
    let file = read(&bytes, Format::PreflibCat, &ReadOptions::default()).unwrap();
    let expected = json("preflib/expected/00026-00000002.cat.ref_abc.json");
    let seats = u32::try_from(expected["k"].as_u64().unwrap()).unwrap();
    let options = CountOptions { seats, ..CountOptions::default() };
    let outcome = outcome_of(&file, Method::Approval, &options).unwrap();
    assert_eq!(outcome.ballots.cast, 409);

    let number = |name: &String| file.options.iter().position(|each| each == name).unwrap() + 1;
    let mut winners: Vec<usize> = outcome.winners.iter().map(number).collect();
    winners.sort_unstable();
    assert_eq!(serde_json::to_value([winners]).unwrap(), expected["results"]["av"]);
    assert!(outcome.ties.is_empty());
    let scores = serde_json::to_value(&outcome.scores).unwrap();
    for option in &file.options {
        let approvals = &expected["approvals"][number(option).to_string()];
        assert_eq!(&scores[option], approvals, "{option}");
    }
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn elabe_2024_profiles() {
    let path = "mj/elabe_202407_all.csv";
    let bytes = data(path);
    assert_eq!(detect(path, &bytes, None), Some(Format::CsvProfile));
    let file = read(&bytes, Format::CsvProfile, &ReadOptions::default()).unwrap();
    assert_eq!((file.options.len(), file.grades.len()), (33, 5));
    assert_eq!(file.grades[0], "intention_mention_5");
    assert_eq!(file.profiles.as_ref().unwrap().cast, 100);
    let options = CountOptions { seats: 3, default_grade: None, ..CountOptions::default() };
    let outcome = outcome_of(&file, Method::MajorityJudgment, &options).unwrap();
    assert_eq!(outcome.ranking.concat().len(), 33);

    // The last mention is no opinion: totals differ, and a policy is asked for.
    let silent = ReadOptions { no_opinion: Some(5), ..ReadOptions::default() };
    let file = read(&bytes, Format::CsvProfile, &silent).unwrap();
    assert!(outcome_of(&file, Method::MajorityJudgment, &options).is_err());
    let scaled = CountOptions {
        seats: 3,
        default_grade: Some(Ungraded::Normalize),
        ..CountOptions::default()
    };
    assert!(outcome_of(&file, Method::MajorityJudgment, &scaled).is_ok());
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn other_preflib_types_are_refused() {
    let bytes = data("preflib/00005-00000002.toi");
    let error = read(&bytes, Format::PreflibCat, &ReadOptions::default()).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::OtherType { found: "toi".to_owned(), expected: "cat" });
}
