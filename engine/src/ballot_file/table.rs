//! Tables of numbers: a header with the options, then a ballot a row.
//!
//! | format | cell | nothing, or |
//! |---|---|---|
//! | `csv-points` | whole points, which may be negative | no points |
//! | `csv-ranks` | a rank from 1, the best; ranks may be shared | 0: unranked |
//! | `csv-choices` | one column: for, against, abstain, or pour, contre, abstention | blank |
//!
//! A first column without header is a row number and is ignored.

use super::csv::{Records, number, shortened};
use super::grades::check_options;
use super::{Ballot, BallotFile, Format, ROWS_MAX, ReadError, ReadErrorKind};
use archipel_domain::counting::marks::{UNRANKED, rank_mark};
use archipel_domain::counting::{Paper, marks, points};

pub(super) fn read(text: &str, format: Format) -> Result<BallotFile, ReadError> {
    let mut records = Records::new(text);
    let header = records.next().ok_or(ReadErrorKind::Empty.at(1, 1))??;
    let first_option = usize::from(header.fields.first().is_some_and(|field| field.is_empty()));
    let names: Vec<String> =
        header.fields.iter().skip(first_option).map(ToString::to_string).collect();
    check_options(&names).map_err(|kind| kind.at(header.line, 1))?;
    let (paper, mark): (Paper, MarkOf) = match format {
        Format::CsvRanks => (Paper::Ranks, rank),
        Format::CsvChoices => (Paper::Choice, choice),
        _ => (Paper::Points, point),
    };
    if paper == Paper::Choice && names.len() != 1 {
        return Err(ReadErrorKind::Expected("one column").at(header.line, first_option + 2));
    }
    let mut ballots = Vec::new();
    for record in records {
        let record = record?;
        if ballots.len() == ROWS_MAX {
            return Err(ReadErrorKind::TooManyRows.at(record.line, 1));
        }
        if record.fields.len() != header.fields.len() {
            let (expected, found) = (header.fields.len(), record.fields.len());
            return Err(ReadErrorKind::RowLength { expected, found }.at(record.line, 1));
        }
        let mut row = Vec::with_capacity(names.len() * points::COLUMN);
        for (place, field) in record.fields.iter().enumerate().skip(first_option) {
            let mark = mark(field).map_err(|kind| kind.at(record.line, place + 1))?;
            match mark {
                Mark::One(mark) => row.push(mark),
                Mark::Two(mark) => row.extend(mark),
            }
        }
        ballots.push((1, Ballot(row)));
    }
    Ok(BallotFile::new(format, paper, names, ballots))
}

enum Mark {
    One(u8),
    Two([u8; points::COLUMN]),
}

/// Reads a cell.
type MarkOf = fn(&str) -> Result<Mark, ReadErrorKind>;

fn point(field: &str) -> Result<Mark, ReadErrorKind> {
    let none = || ReadErrorKind::NotPoints(shortened(field));
    let points = match field.strip_prefix(['-', '−']) {
        _ if field.is_empty() => None,
        Some(digits) => {
            let taken = i32::try_from(number(digits).map_err(|_| none())?);
            Some(-taken.map_err(|_| none())?)
        }
        None => Some(i32::try_from(number(field).map_err(|_| none())?).map_err(|_| none())?),
    };
    points::mark(points).map(Mark::Two).ok_or_else(none)
}

fn rank(field: &str) -> Result<Mark, ReadErrorKind> {
    let number = if field.is_empty() { 0 } else { number(field)? };
    let Some(place) = number.checked_sub(1) else { return Ok(Mark::One(UNRANKED)) };
    let mark = usize::try_from(place).ok().and_then(rank_mark);
    mark.map(Mark::One).ok_or(ReadErrorKind::OutOfRange(number))
}

fn choice(field: &str) -> Result<Mark, ReadErrorKind> {
    let mark = match field.to_lowercase().as_str() {
        "for" | "pour" | "yes" | "oui" | "consent" => marks::FOR,
        "against" | "contre" | "no" | "non" | "object" => marks::AGAINST,
        "abstain" | "abstention" | "stand-aside" => marks::ABSTAIN,
        "" | "blank" | "blanc" => marks::BLANK,
        _ => return Err(ReadErrorKind::Expected("for, against, abstain or nothing")),
    };
    Ok(Mark::One(mark))
}
