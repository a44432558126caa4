//! `nist-cvr`: cast vote records in JSON or XML (NIST SP 1500-103), of a contest with ranks.
//!
//! Of each record only the snapshot counts that `CurrentSnapshotId` names. A position says
//! something if it has an indication, is not declared to be not allocable, and has a vote. The rank
//! is the position's, or the selection's; without any it is 1. Two options at one rank are level,
//! an option at two ranks keeps the better one. Options are called by the names of candidates.
//! Where there are several contests, one has to be named.

use super::csv::shortened;
use super::grades::check_options;
use super::{Ballot, BallotFile, Format, ROWS_MAX, ReadError, ReadErrorKind, cvr_xml};
use archipel_domain::counting::Paper;
use archipel_domain::counting::marks::{UNRANKED, rank_mark};
use serde_json::Value;
use std::collections::BTreeMap;

/// A contest, as the election of the report declares it.
struct Contest<'a> {
    id: &'a str,
    name: &'a str,
    /// Where the column of each selection is.
    selections: BTreeMap<&'a str, usize>,
    options: Vec<String>,
}

pub(super) fn read(text: &str, wanted: Option<&str>) -> Result<BallotFile, ReadError> {
    let report: Value = if cvr_xml::is_report(text) {
        cvr_xml::report(text)?
    } else {
        serde_json::from_str(text).map_err(|error| {
            ReadErrorKind::Json(error.to_string()).at(error.line().max(1), error.column().max(1))
        })?
    };
    let wrong = |kind: ReadErrorKind| kind.at(1, 1);
    let contests = contests(&report);
    let named = |contest: &&Contest<'_>| {
        wanted.is_none_or(|wanted| contest.id == wanted || contest.name == wanted)
    };
    let mut found = contests.iter().filter(named);
    let (Some(contest), None) = (found.next(), found.next()) else {
        let names = contests.iter().map(|contest| shortened(contest.name));
        let names = names.collect::<Vec<_>>().join(", ");
        return Err(wrong(ReadErrorKind::WhichContest(names)));
    };
    check_options(&contest.options).map_err(wrong)?;
    let records = list(&report, "CVR");
    if records.len() > ROWS_MAX {
        return Err(wrong(ReadErrorKind::TooManyRows));
    }
    let mut ballots = Vec::with_capacity(records.len());
    for (place, record) in records.iter().enumerate() {
        let row = ballot(record, contest);
        let row = row.map_err(|kind| {
            ReadErrorKind::InRecord { record: place + 1, kind: Box::new(kind) }.at(1, 1)
        })?;
        ballots.extend(row.map(|row| (1, Ballot(row))));
    }
    let options = contest.options.clone();
    Ok(BallotFile::new(Format::NistCvr, Paper::Ranks, options, ballots))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn contests(report: &Value) -> Vec<Contest<'_>> {
    let mut contests = Vec::new();
    for election in list(report, "Election") {
        let candidates: BTreeMap<&str, &str> = list(election, "Candidate")
            .iter()
            .map(|candidate| (text(candidate, "@id"), text(candidate, "Name")))
            .collect();
        for contest in list(election, "Contest") {
            let mut selections = BTreeMap::new();
            let mut options = Vec::new();
            for selection in list(contest, "ContestSelection") {
                let id = text(selection, "@id");
                let ids = list(selection, "CandidateIds").iter().filter_map(Value::as_str);
                let names: Vec<&str> = ids.filter_map(|id| candidates.get(id).copied()).collect();
                let name = match names.as_slice() {
                    [] if selection.get("IsWriteIn").and_then(Value::as_bool) == Some(true) => {
                        id.to_owned()
                    }
                    [] => text(selection, "Selection").to_owned(),
                    names => names.join(" / "),
                };
                selections.insert(id, options.len());
                options.push(if name.is_empty() { id.to_owned() } else { name });
            }
            let (id, name) = (text(contest, "@id"), text(contest, "Name"));
            contests.push(Contest { id, name, selections, options });
        }
    }
    contests
}

/// The row of a record; none if it has no such contest.
fn ballot(record: &Value, contest: &Contest<'_>) -> Result<Option<Vec<u8>>, ReadErrorKind> {
    let current = text(record, "CurrentSnapshotId");
    let snapshot = list(record, "CVRSnapshot").iter().find(|own| text(own, "@id") == current);
    let snapshot = snapshot.ok_or(ReadErrorKind::Expected("the snapshot CurrentSnapshotId"))?;
    let mut contests = list(snapshot, "CVRContest").iter();
    let Some(own) = contests.find(|own| text(own, "ContestId") == contest.id) else {
        return Ok(None);
    };
    let mut row = vec![UNRANKED; contest.options.len()];
    for selection in list(own, "CVRContestSelection") {
        let id = text(selection, "ContestSelectionId");
        for position in list(selection, "SelectionPosition") {
            if !says_something(position) {
                continue;
            }
            let column = contest.selections.get(id);
            let column = column.ok_or_else(|| ReadErrorKind::UnknownOption(shortened(id)))?;
            let rank = rank(position).or_else(|| rank(selection)).unwrap_or(1);
            let place = usize::try_from(rank).ok().and_then(|rank| rank.checked_sub(1));
            let mark = place.and_then(rank_mark).ok_or(ReadErrorKind::OutOfRange(rank))?;
            if let Some(known) = row.get_mut(*column)
                && (*known == UNRANKED || mark < *known)
            {
                *known = mark;
            }
        }
    }
    Ok(Some(row))
}

fn says_something(position: &Value) -> bool {
    let has_votes = position.get("NumberVotes").and_then(Value::as_u64) != Some(0);
    text(position, "HasIndication") == "yes" && text(position, "IsAllocable") != "no" && has_votes
}

fn rank(value: &Value) -> Option<u64> {
    value.get("Rank").and_then(Value::as_u64)
}
