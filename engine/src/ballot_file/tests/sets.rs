//! Points, committees and budgets in real files, against results computed elsewhere; the formats
//! that hold them.

use super::real::{data, json};
use super::*;
use archipel_domain::counting::RankedRule;
use archipel_domain::counting::budget::{BudgetRule, Completion};
use archipel_domain::counting::committee::CommitteeRule;
use archipel_domain::counting::judgment::JudgmentRule;
use archipel_domain::counting::outcome::Score;
use serde_json::json as value;

fn completed(completion: Completion) -> CountOptions {
    CountOptions { completion: Some(completion), ..CountOptions::default() }
}

pub(super) fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn real_budgets() {
    use BudgetRule as R;
    use Completion as C;
    let keys = [
        ("greedy_cost", R::GreedyVotes, C::None),
        ("greedy_card", R::GreedyVotesPerCost, C::None),
        ("greedy_additive", R::GreedyVotesPerCost, C::None),
        ("mes_cost", R::EqualSharesCost, C::None),
        ("mes_cost_add1", R::EqualSharesCost, C::Add1),
        ("mes_cost_then_greedy", R::EqualSharesCost, C::Greedy),
        ("mes_card", R::EqualSharesCardinality, C::None),
        ("mes_card_add1", R::EqualSharesCardinality, C::Add1),
        ("mes_card_then_greedy", R::EqualSharesCardinality, C::Greedy),
        ("mes_additive", R::EqualSharesCardinality, C::None),
        ("mes_additive_add1", R::EqualSharesCardinality, C::Add1),
        ("mes_additive_then_greedy", R::EqualSharesCardinality, C::Greedy),
    ];
    let mut compared = 0;
    for name in [
        "france_toulouse_2019_.pb",
        "poland_czestochowa_2020_grabowka.pb",
        "poland_gdansk_2020_rudniki.pb",
        "poland_lodz_2020_nad-nerem.pb",
    ] {
        let bytes = data(&format!("pb/{name}"));
        assert_eq!(detect("ballots", &bytes, None), Some(Format::Pabulib));
        let file = read(&bytes, Format::Pabulib, &ReadOptions::default()).unwrap();
        assert_eq!(file.notices, []);
        let expected = &json(&format!("pb/expected/{name}.ref_pb.json"))["results"];
        for (key, rule, completion) in keys {
            let Some(expected) = expected.get(key) else { continue };
            let options = completed(completion);
            let outcome = outcome_of(&file, Method::Budget(rule), &options).unwrap();
            assert_eq!(value!(sorted(outcome.winners)), expected["projects"], "{name} {key}");
            compared += 1;
        }
    }
    assert_eq!(compared, 20);
    // Most points first, as the notes beside the data have it.
    for (name, funded) in [
        ("france_toulouse_2019_.pb", "1 10 13 16 18 20 26 27 29 30 4 5 6 7"),
        ("poland_czestochowa_2020_grabowka.pb", "196 198 443 463 47"),
        ("poland_gdansk_2020_rudniki.pb", "1"),
    ] {
        let file =
            read(&data(&format!("pb/{name}")), Format::Pabulib, &ReadOptions::default()).unwrap();
        let method = Method::Budget(R::GreedyVotes);
        let outcome = outcome_of(&file, method, &CountOptions::default()).unwrap();
        assert_eq!(sorted(outcome.winners), names(funded), "{name}");
    }
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn real_committees() {
    let name = "00026-00000002.cat";
    let bytes = data(&format!("preflib/{name}"));
    let file = read(&bytes, Format::PreflibCat, &ReadOptions::default()).unwrap();
    let expected = &json(&format!("preflib/expected/{name}.ref_abc.json"))["results"];
    let number = |name: &String| 1 + file.options.iter().position(|other| other == name).unwrap();
    for (key, rule, completion) in [
        ("pav", CommitteeRule::Pav, None),
        ("seqpav", CommitteeRule::SeqPav, None),
        ("seqphragmen", CommitteeRule::SeqPhragmen, None),
        ("equal-shares", CommitteeRule::EqualShares, None),
        ("equal-shares-with-av-completion", CommitteeRule::EqualShares, Some(Completion::Greedy)),
    ] {
        let options = CountOptions { seats: 4, completion, ..CountOptions::default() };
        let outcome = outcome_of(&file, Method::Committee(rule), &options).unwrap();
        let committees = outcome.evidence.committees().unwrap();
        let mut found: Vec<Vec<usize>> =
            committees.iter().map(|committee| committee.iter().map(number).collect()).collect();
        for committee in &mut found {
            committee.sort_unstable();
        }
        assert_eq!(value!(found), expected[key], "{key}");
    }
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn orsay_2007_by_other_judgments() {
    let bytes = data("mj/orsay2007_bureau_01.csv");
    let file = read(&bytes, Format::CsvGrades, &ReadOptions::default()).unwrap();
    let expected = &json("mj/expected/orsay2007_bureau_01.csv.ref_mj.json")["ranks"];
    for (key, rule) in [
        ("usual_judgment", JudgmentRule::UsualJudgment),
        ("typical_judgment", JudgmentRule::TypicalJudgment),
        ("central_judgment", JudgmentRule::CentralJudgment),
    ] {
        let outcome = outcome_of(&file, Method::Judgment(rule), &CountOptions::default()).unwrap();
        assert_eq!(value!(real::ranks(&outcome)), expected[key], "{key}");
    }
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn real_files_of_other_formats() {
    let count = |path: &str, method: Method| {
        let bytes = data(path);
        let format = detect(path, &bytes, Some(method)).unwrap();
        let file = read(&bytes, format, &ReadOptions::default()).unwrap();
        outcome_of(&file, method, &CountOptions::default()).unwrap()
    };
    let schulze = Method::Ranked(RankedRule::SchulzeMargins);
    let irv = Method::Ranked(RankedRule::Irv);
    let burlington = "abif/burl2009-withratings.abif";
    assert_eq!(count(burlington, irv).winners, ["Kiss"]);
    assert_eq!(count(burlington, schulze).winners, ["Montroll"]);
    let tennessee = "abif/tennessee-example-STAR.abif";
    assert_eq!(count(tennessee, irv).winners, ["Knox"]);
    let scores = count(tennessee, Method::Score).scores;
    assert_eq!(scores["Nash"], Score::Integer(42 * 2 + 26 * 5 + 15 * 2 + 17));
    // One tie on the way, both sides of which may win.
    assert_eq!(count("abif/mock-twotie.abif", irv).winners, ["H", "S"]);
    // The rounds that the tabulator of that file reports, over both of its halves.
    let records = count("cdf/rctab_multi_cdf_cvr_1.json", irv);
    assert_eq!((records.ballots.cast, records.winners[0].as_str()), (12, "Candidate B Name"));
    let Evidence::Ranked(evidence) = &records.evidence else { panic!() };
    let first: Vec<&Score> = evidence.rounds[0].votes.values().collect();
    assert_eq!(first, [4, 4, 3, 1].map(Score::Integer).iter().collect::<Vec<_>>());
    let debian = count("debian/leader2020_tally.txt", schulze);
    assert_eq!((debian.ballots.cast, debian.winners[0].as_str()), (339, "Jonathan Carter"));
}

pub(super) const BUDGET: &str = "META\nkey;value\nbudget;100,5\nvote_type;cumulative\n\
    num_votes;9\nodd;x;y\nPROJECTS\nname;cost;project_id\n\"a; b\";60;p\n\
    an \"x\" here;40.25;q\n;100;r;\nVOTES\n\
    points;voter_id;vote\n3,1;1;q , p\n2;2;p\n;3;\n";

#[test]
fn budgets_as_they_are_found() {
    let file = read_text(BUDGET, Format::Pabulib).unwrap();
    assert_eq!(file.options, names("p q r"));
    let money = FileBudget { budget: 10_050, costs: vec![6_000, 4_025, 10_000], unit: 100 };
    assert_eq!(file.budget, Some(money));
    let notices: Vec<String> = file.notices.iter().map(ToString::to_string).collect();
    assert_eq!(notices, ["line 5, column 2: num_votes says 9, the file has 3"]);
    let method = Method::Budget(BudgetRule::GreedyVotes);
    let outcome = outcome_of(&file, method, &CountOptions::default()).unwrap();
    // Both have three points and can not both be had.
    assert_eq!(outcome.scores["p"], outcome.scores["q"]);
    assert_eq!(outcome.winners, names("p q"));
    assert_eq!(outcome.evidence.committees().unwrap(), [names("p q")]);
    assert_eq!((outcome.ballots.cast, outcome.ballots.blank), (3, 1));
    let marked = format!("\u{feff}{}", BUDGET.replace('\n', "\r\n"));
    assert_eq!(read_text(&marked, Format::Pabulib).unwrap().budget, file.budget);
    let ordinal = BUDGET.replace("cumulative", "ordinal");
    let file = read_text(&ordinal, Format::Pabulib).unwrap();
    let borda = Method::Ranked(RankedRule::Borda);
    assert_eq!(outcome_of(&file, borda, &CountOptions::default()).unwrap().winners, ["p"]);
    let points = outcome_of(&file, method, &CountOptions::default()).unwrap().scores;
    assert_eq!((&points["p"], &points["q"]), (&Score::Integer(3), &Score::Integer(2)));
}

#[test]
fn damaged_budgets_are_refused_with_the_place() {
    for (from, to, error) in [
        ("META\n", "", "line 1, column 1: expected META"),
        ("budget;100,5\n", "", "line 1, column 1: “budget” is missing"),
        ("100,5", "many", "line 3, column 2: “many” is not a whole number from 0 on"),
        ("100,5", "99999999999999999999", "line 3, column 2: the counts are too large"),
        (
            "cumulative",
            "secret",
            "line 4, column 2: the data type is “secret”, not approval, choose-1, cumulative, \
             scoring or ordinal",
        ),
        ("cost;", "price;", "line 8, column 1: “cost” is missing"),
        (";40.25;q", ";40.25;p", "line 7, column 3: two options are called “p”"),
        ("2;2;p", "2;2;z", "line 15, column 3: “z” is no option of this file"),
        ("2;2;p", "2,2;2;p,p", "line 15, column 3: “p” occurs twice"),
        ("2;2;p", "2,1;2;p", "line 15, column 1: 2 fields where the header has 1"),
        ("2;2;p", "x;2;p", "line 15, column 1: “x” is not a whole number from 0 on"),
        ("2;2;p", "99999;2;p", "line 15, column 1: 99999 is out of range"),
        ("2;2;p", "2;2;p;x", "line 15, column 1: 4 fields where the header has 3"),
        ("VOTES\n", "VOTES\nVOTES\n", "line 13, column 1: “VOTES” occurs twice"),
    ] {
        let text = BUDGET.replacen(from, to, 1);
        assert_ne!(text, BUDGET);
        assert_eq!(read_text(&text, Format::Pabulib).unwrap_err().to_string(), error);
    }
    assert!(read_text("", Format::Pabulib).is_err());
    assert!(read_text(&BUDGET[..BUDGET.find("VOTES").unwrap()], Format::Pabulib).is_err());
}

pub(super) const RATED: &str =
    "{version: 0.1}\n# said\n=b:[Bob]\n3:a/5>b/2=c/2\n2: \"d e\"/1 , b/0 # late\n1:\n";

#[test]
fn rankings_with_ratings() {
    let file = read_text(RATED, Format::Abif).unwrap();
    assert_eq!(file.options, ["b", "a", "c", "d e"]);
    assert_eq!(file.ballots, ballots(&[(3, &[3, 2, 3, 1]), (2, &[3, 1, 1, 2]), (1, &[1; 4])]));
    let score = outcome_of(&file, Method::Score, &CountOptions::default()).unwrap();
    assert_eq!(score.winners, ["a"]);
    assert_eq!(score.ballots.blank, 1);
    let mean = CountOptions { default_grade: Some(Ungraded::Normalize), ..CountOptions::default() };
    let mean = outcome_of(&file, Method::Score, &mean).unwrap().scores;
    assert_eq!(mean["b"], Score::Text("6/5".to_owned()));
    for (text, error) in [
        ("3 a>b", "line 1, column 1: expected a count, a colon and a vote"),
        ("x:a", "line 1, column 1: “x” is not a whole number from 0 on"),
        ("0:a", "line 1, column 1: 0 is out of range"),
        ("1:a>a", "line 1, column 6: “a” occurs twice"),
        ("1:a>", "line 1, column 5: expected an option"),
        ("1:a<b", "line 1, column 4: expected “>”, “=” or “,”"),
        ("1:a/x", "line 1, column 5: “x” is not a whole number from 0 on"),
        ("1:[a", "line 1, column 3: a quoted field does not end"),
        ("99999999999999999999:a", "line 1, column 1: the counts are too large"),
    ] {
        let found = read_text(text, Format::Abif).unwrap_err().to_string();
        assert_eq!(found, error, "{text}");
    }
}

#[test]
fn tables_of_points_ranks_and_choices() {
    let points = read_text(",A,B\n1,3,-2\n2,,0\n3,,\n", Format::CsvPoints).unwrap();
    let quadratic = outcome_of(&points, Method::Quadratic, &CountOptions::default()).unwrap();
    assert_eq!(quadratic.scores["B"], Score::Signed(-2));
    assert_eq!((quadratic.winners[0].as_str(), quadratic.ballots.blank), ("A", 2));
    let refused = outcome_of(&points, Method::Score, &CountOptions::default()).unwrap_err();
    assert_eq!(refused.to_string(), "line 2, ballot 1: the points of option 2 are out of range");
    let error = read_text("A,B\n1,1.5\n", Format::CsvPoints).unwrap_err().to_string();
    assert_eq!(error, "line 2, column 2: “1.5” is not a number of points");
    let ranks = read_text("A,B,C\n1,2,2\n0,1,\n", Format::CsvRanks).unwrap();
    assert_eq!(ranks.ballots, ballots(&[(1, &[2, 3, 3]), (1, &[1, 2, 1])]));
    let text = "Texte\npour\nContre\noui\n\"\"\nabstention\n";
    let choices = read_text(text, Format::CsvChoices).unwrap();
    let adopted = outcome_of(&choices, Method::YesNo, &CountOptions::default()).unwrap();
    assert_eq!((adopted.winners[0].as_str(), adopted.ballots.cast), ("Texte", 4));
}

#[test]
fn records_of_several_contests_and_snapshots() {
    let position = |rank: u32, said: &str| {
        let allocable = "unknown";
        value!({"HasIndication": said, "IsAllocable": allocable, "NumberVotes": 1, "Rank": rank})
    };
    let chosen = |id: &str, rank, said| {
        let positions = [position(rank, said)];
        value!({"ContestSelectionId": id, "SelectionPosition": positions})
    };
    let snapshot = |id: &str, selections: serde_json::Value| {
        let contest = value!({"ContestId": "c", "CVRContestSelection": selections});
        value!({"@id": id, "CVRContest": [contest]})
    };
    let mut report = value!({
        "@type": "CVR.CastVoteRecordReport",
        "CVR": [{
            "CurrentSnapshotId": "2",
            "CVRSnapshot": [
                snapshot("1", value!([chosen("b", 1, "yes")])),
                snapshot("2", value!([
                    chosen("a", 2, "yes"), chosen("b", 1, "no"), chosen("a", 1, "yes"),
                ])),
            ],
        }],
        "Election": [{
            "Candidate": [{"@id": "x", "Name": "Ada"}, {"@id": "y", "Name": "Bea"}],
            "Contest": [{"@id": "c", "Name": "Lieu", "ContestSelection": [
                {"@id": "a", "CandidateIds": ["x"]}, {"@id": "b", "CandidateIds": ["y"]},
            ]}],
        }],
    });
    let file = read_text(&report.to_string(), Format::NistCvr).unwrap();
    assert_eq!((file.options.clone(), file.ballots), (names("Ada Bea"), ballots(&[(1, &[2, 1])])));
    report["CVR"][0]["CurrentSnapshotId"] = value!("3");
    let error = read_text(&report.to_string(), Format::NistCvr).unwrap_err().to_string();
    assert!(error.ends_with("record 1: expected the snapshot CurrentSnapshotId"), "{error}");
    let again = report["Election"][0]["Contest"][0].clone();
    report["Election"][0]["Contest"].as_array_mut().unwrap().push(again);
    let error = read_text(&report.to_string(), Format::NistCvr).unwrap_err().to_string();
    assert!(error.ends_with("name one of the contests: Lieu, Lieu"), "{error}");
    assert!(read_text("{\"CVR\": [", Format::NistCvr).is_err());
}

pub(super) const TALLY: &str =
    "prose\n  Option 1----->: A B\n/  Option 2--->: C\nV: 1-\tff00\nV: 22 aa\n V: -- bb\n";

#[test]
fn tally_sheets() {
    let file = read_text(TALLY, Format::DebianTally).unwrap();
    assert_eq!(file.options, ["A B", "C"]);
    assert_eq!(file.ballots, ballots(&[(1, &[2, 1]), (1, &[2, 2]), (1, &[1, 1])]));
    assert_eq!(detect("x", TALLY.as_bytes(), None), Some(Format::DebianTally));
    for (from, to, error) in [
        ("V: 1-", "V: 1", "line 4, column 4: 1 fields where the header has 2"),
        ("V: 1-", "V: 1?", "line 4, column 5: “?” is not a whole number from 0 on"),
        ("Option 2", "Option 3", "line 3, column 1: expected the next option"),
    ] {
        let damaged = read_text(&TALLY.replacen(from, to, 1), Format::DebianTally);
        assert_eq!(damaged.unwrap_err().to_string(), error);
    }
}

/// One contest of three, in three records: the last has an older snapshot that does not count.
const RECORDS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<cvr:CastVoteRecordReport xmlns:cvr="http://itl.nist.gov/ns/voting/1500-103/v1">
  <cvr:CVR><cvr:CurrentSnapshotId>s1</cvr:CurrentSnapshotId>
    <cvr:CVRSnapshot ObjectId="s1"><cvr:CVRContest>
      <cvr:CVRContestSelection><cvr:ContestSelectionId>b</cvr:ContestSelectionId>
        <cvr:SelectionPosition><cvr:HasIndication>yes</cvr:HasIndication>
          <cvr:NumberVotes>1</cvr:NumberVotes><cvr:Rank>1</cvr:Rank></cvr:SelectionPosition>
      </cvr:CVRContestSelection>
      <cvr:CVRContestSelection><cvr:ContestSelectionId>a</cvr:ContestSelectionId>
        <cvr:SelectionPosition><cvr:HasIndication>yes</cvr:HasIndication>
          <cvr:NumberVotes>1</cvr:NumberVotes><cvr:Rank>2</cvr:Rank></cvr:SelectionPosition>
        <cvr:SelectionPosition><cvr:HasIndication>no</cvr:HasIndication>
          <cvr:NumberVotes>1</cvr:NumberVotes><cvr:Rank>1</cvr:Rank></cvr:SelectionPosition>
      </cvr:CVRContestSelection>
      <cvr:ContestId>c</cvr:ContestId></cvr:CVRContest></cvr:CVRSnapshot>
  </cvr:CVR>
  <cvr:CVR><cvr:CurrentSnapshotId>s3</cvr:CurrentSnapshotId>
    <cvr:CVRSnapshot ObjectId="s2"><cvr:CVRContest><cvr:CVRContestSelection>
      <cvr:ContestSelectionId>a</cvr:ContestSelectionId>
      <cvr:SelectionPosition><cvr:HasIndication>yes</cvr:HasIndication>
        <cvr:Rank>1</cvr:Rank></cvr:SelectionPosition>
      </cvr:CVRContestSelection><cvr:ContestId>c</cvr:ContestId>
    </cvr:CVRContest></cvr:CVRSnapshot>
    <cvr:CVRSnapshot ObjectId="s3"><cvr:CVRContest>
      <cvr:ContestId>c</cvr:ContestId></cvr:CVRContest></cvr:CVRSnapshot>
  </cvr:CVR>
  <cvr:Election><cvr:Candidate ObjectId="p"><cvr:Name>Anne &amp; Bo</cvr:Name></cvr:Candidate>
    <cvr:Contest ObjectId="c"><cvr:ContestSelection ObjectId="a">
        <cvr:CandidateIds>p</cvr:CandidateIds></cvr:ContestSelection>
      <cvr:ContestSelection ObjectId="b"><cvr:Selection>Chloé</cvr:Selection></cvr:ContestSelection>
      <cvr:Name>Conseil</cvr:Name></cvr:Contest></cvr:Election>
</cvr:CastVoteRecordReport>"#;

#[test]
fn records_in_xml_are_those_of_json() {
    let format = detect("records.xml", RECORDS.as_bytes(), None).unwrap();
    assert_eq!(
        (format, detect("records", RECORDS.as_bytes(), None)),
        (Format::NistCvr, Some(format))
    );
    let file = read_text(RECORDS, format).unwrap();
    assert_eq!(file.options, ["Anne & Bo", "Chloé"]);
    let rows: Vec<_> = file.ballots.iter().map(|(_, Ballot(row))| row.clone()).collect();
    assert_eq!(rows, [[3, 2], [1, 1]]);
    for end in (0..RECORDS.len()).step_by(7).filter(|end| RECORDS.is_char_boundary(*end)) {
        assert!(read_text(&RECORDS[..end], format).is_err(), "cut at {end}");
    }
    // Neither deep elements nor entities that grow take the program down.
    let deep = "<CastVoteRecordReport>".repeat(20_000);
    assert!(read_text(&deep, format).is_err());
    let closed = format!(
        "{}{}",
        "<CastVoteRecordReport>".repeat(500),
        "</CastVoteRecordReport>".repeat(500)
    );
    assert!(read_text(&closed, format).is_err());
    let bomb = "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
        <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>\
        <CastVoteRecordReport>&c;&c;</CastVoteRecordReport>";
    assert!(read_text(bomb, format).is_err());
}
