//! `nist-cvr`: cast vote records in JSON or XML (NIST SP 1500-103), of a contest with ranks.
//!
//! Of each record only the snapshot counts that `CurrentSnapshotId` names. A position says
//! something if it has an indication, is not declared to be not allocable, and has a vote. The rank
//! is the position's, or the selection's; without any it is 1. Only the order of ranks matters. Two
//! options at one rank are level, an option at two ranks keeps the better one. Numbers may be
//! written as text. Options are called by the names of candidates. Where there are several
//! contests, one has to be named.

use super::csv::{number, shortened};
use super::grades::check_options;
use super::{
    Ballot, BallotFile, Format, ROWS_MAX, ReadError, ReadErrorKind, cvr_xml, names, ranks_of,
};
use archipel_domain::counting::Paper;
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
    let records = match report.get("CVR") {
        Some(Value::Array(records)) => records,
        Some(_) => return Err(wrong(ReadErrorKind::Expected("a list CVR"))),
        None => return Err(wrong(ReadErrorKind::MissingKey("CVR".to_owned()))),
    };
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
    let notices = names::check(&contest.options, |_| (1, 1))?;
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
    let file = BallotFile::new(Format::NistCvr, Paper::Ranks, options, ballots);
    Ok(BallotFile { notices, ..file })
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
                    [] if is_true(selection, "IsWriteIn") => id.to_owned(),
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
    let mut row: Vec<Option<u64>> = vec![None; contest.options.len()];
    for selection in list(own, "CVRContestSelection") {
        let id = text(selection, "ContestSelectionId");
        for position in list(selection, "SelectionPosition") {
            if !says_something(position)? {
                continue;
            }
            let column = contest.selections.get(id);
            let column = column.ok_or_else(|| ReadErrorKind::UnknownOption(shortened(id)))?;
            let rank = match whole(position, "Rank")? {
                Some(rank) => rank,
                None => whole(selection, "Rank")?.unwrap_or(1),
            };
            if rank == 0 {
                return Err(ReadErrorKind::OutOfRange(rank));
            }
            if let Some(known) = row.get_mut(*column) {
                *known = Some(known.map_or(rank, |known| known.min(rank)));
            }
        }
    }
    ranks_of(&row).map(Some)
}

fn says_something(position: &Value) -> Result<bool, ReadErrorKind> {
    let has_votes = whole(position, "NumberVotes")? != Some(0);
    let is_marked = text(position, "HasIndication") == "yes";
    Ok(is_marked && text(position, "IsAllocable") != "no" && has_votes)
}

fn is_true(value: &Value, key: &str) -> bool {
    value.get(key).is_some_and(|said| *said == true || *said == "true" || *said == "1")
}

/// A number from 0 on, written as one or as text; none if there is none.
fn whole(value: &Value, key: &str) -> Result<Option<u64>, ReadErrorKind> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(digits)) => number(digits.trim()).map(Some),
        Some(other) => number(&other.to_string()).map(Some),
    }
}
