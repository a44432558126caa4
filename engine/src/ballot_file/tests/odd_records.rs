//! Cast vote records that say numbers as text, ranks with gaps, or nothing.

use super::*;
use serde_json::{Value, json as value};

/// A report with one record, of such positions: option, rank, votes.
fn report(positions: &[(&str, Value, Value)]) -> Value {
    let chosen = positions.iter().map(|(option, rank, votes)| {
        let position = value!({"HasIndication": "yes", "NumberVotes": votes, "Rank": rank});
        value!({"ContestSelectionId": option, "SelectionPosition": [position]})
    });
    let contest = value!({"ContestId": "c", "CVRContestSelection": chosen.collect::<Vec<Value>>()});
    let selection = |id: &str| value!({"@id": id, "Selection": id.to_uppercase()});
    let selections = ["a", "b", "d"].map(selection);
    value!({
        "@type": "CVR.CastVoteRecordReport",
        "CVR": [{"CurrentSnapshotId": "s", "CVRSnapshot": [{"@id": "s", "CVRContest": [contest]}]}],
        "Election": [{"Contest": [{"@id": "c", "Name": "N", "ContestSelection": selections}]}],
    })
}

fn read_report(report: &Value) -> Result<Vec<u8>, String> {
    let file =
        read_text(&report.to_string(), Format::NistCvr).map_err(|error| error.to_string())?;
    assert_eq!(file.options, names("A B D"));
    Ok(file.ballots[0].1.0.clone())
}

#[test]
fn ranks_beyond_the_options_keep_their_order() {
    let gap = report(&[("a", value!(1), value!(1)), ("b", value!(5), value!(1))]);
    assert_eq!(read_report(&gap), Ok(vec![2, 3, 1]));
    let late = report(&[("d", value!(4), value!(1))]);
    assert_eq!(read_report(&late), Ok(vec![1, 1, 2]));
}

#[test]
fn numbers_as_text_are_numbers() {
    let text = report(&[("a", value!("2"), value!("1")), ("b", value!("1"), value!(1))]);
    assert_eq!(read_report(&text), Ok(vec![3, 2, 1]));
    let unvoted = report(&[("a", value!(1), value!("0")), ("b", value!(2), value!(1))]);
    assert_eq!(read_report(&unvoted), Ok(vec![1, 2, 1]));
    for (rank, said) in [
        (value!(-1), "“-1” is not a whole number from 0 on"),
        (value!("x"), "“x” is not a whole number from 0 on"),
        (value!(1.5), "“1.5” is not a whole number from 0 on"),
        (value!(true), "“true” is not a whole number from 0 on"),
        (value!(0), "0 is out of range"),
    ] {
        let error = read_report(&report(&[("a", rank, value!(1))])).unwrap_err();
        assert_eq!(error, format!("line 1, column 1: record 1: {said}"));
    }
    let error = read_report(&report(&[("a", value!(1), value!("many"))])).unwrap_err();
    assert!(error.contains("record 1: “many” is not"), "{error}");
}

#[test]
fn a_report_without_records_is_an_error() {
    let mut none = report(&[]);
    none["CVR"] = value!({"a": 1});
    assert_eq!(read_report(&none).unwrap_err(), "line 1, column 1: expected a list CVR");
    none.as_object_mut().unwrap().remove("CVR");
    assert_eq!(read_report(&none).unwrap_err(), "line 1, column 1: “CVR” is missing");
}

#[test]
fn names_in_xml_stay_text() {
    let text = |name: &str| {
        format!(
            "<CastVoteRecordReport><CVR><CVRSnapshot ObjectId=\"s\"><CVRContest>\
             <ContestId>c</ContestId><CVRContestSelection><ContestSelectionId>x\
             </ContestSelectionId><SelectionPosition><HasIndication>yes</HasIndication>\
             <NumberVotes>1</NumberVotes><Rank>4</Rank></SelectionPosition>\
             </CVRContestSelection></CVRContest></CVRSnapshot>\
             <CurrentSnapshotId>s</CurrentSnapshotId></CVR><Election><Candidate ObjectId=\"k\">\
             {name}</Candidate><Contest ObjectId=\"c\"><ContestSelection ObjectId=\"x\">\
             <CandidateIds>k</CandidateIds></ContestSelection><ContestSelection ObjectId=\"y\">\
             <IsWriteIn>true</IsWriteIn><Selection>w</Selection></ContestSelection>\
             </Contest></Election></CastVoteRecordReport>"
        )
    };
    for (name, expected) in [
        ("<Name>007</Name>", "007"),
        ("<Name>true</Name>", "true"),
        ("<Name Language=\"en\">Ann</Name>", "Ann"),
    ] {
        let file = read_text(&text(name), Format::NistCvr).unwrap();
        assert_eq!(file.options, [expected, "y"]);
        assert_eq!(file.ballots, ballots(&[(1, &[2, 1])]));
    }
}
