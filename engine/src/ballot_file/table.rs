//! Tables of numbers: a header with the options, then a ballot a row.
//!
//! | format | cell | nothing, or |
//! |---|---|---|
//! | `csv-points` | whole points, which may be negative | no points |
//! | `csv-ranks` | a rank from 1, the best; only their order matters | 0: unranked |
//! | `csv-choices` | one column: for, against, abstain, or pour, contre, abstention | blank |
//!
//! A first column without header is a row number and is ignored, and so is, with a notice, one
//! called `id`, `voter`, `voter_id`, `ballot`, `ballot_id` or `bulletin`.

use super::csv::{Records, first_option, number, shortened};
use super::grades::check_options;
use super::{
    Ballot, BallotFile, Format, Places, ROWS_MAX, ReadError, ReadErrorKind, names, ranks_of,
};
use archipel_domain::counting::{Paper, marks, points};
use std::borrow::Cow;

pub(super) fn read(text: &str, format: Format) -> Result<BallotFile, ReadError> {
    let mut records = Records::new(text);
    let header = records.next().ok_or(ReadErrorKind::Empty.at(1, 1))??;
    let (first_option, numbers) = first_option(&header);
    let options: Vec<String> =
        header.fields.iter().skip(first_option).map(ToString::to_string).collect();
    check_options(&options).map_err(|kind| kind.at(header.line, 1))?;
    let odd = names::check(&options, |option| (header.line, first_option + option + 1))?;
    let (paper, row): (Paper, RowOf) = match format {
        Format::CsvRanks => (Paper::Ranks, ranks),
        Format::CsvChoices => (Paper::Choice, choices),
        _ => (Paper::Points, points),
    };
    if paper == Paper::Choice && options.len() != 1 {
        return Err(ReadErrorKind::Expected("one column").at(header.line, first_option + 2));
    }
    let mut ballots = Vec::new();
    let mut places = Places::default();
    for record in records {
        let record = record?;
        if ballots.len() == ROWS_MAX {
            return Err(ReadErrorKind::TooManyRows.at(record.line, 1));
        }
        if record.fields.len() != header.fields.len() {
            let (expected, found) = (header.fields.len(), record.fields.len());
            return Err(ReadErrorKind::RowLength { expected, found }.at(record.line, 1));
        }
        let cells = record.fields.get(first_option..).unwrap_or_default();
        let row =
            row(cells).map_err(|(cell, kind)| kind.at(record.line, first_option + cell + 1))?;
        ballots.push((1, Ballot(row)));
        places.ballot(record.line);
    }
    let notices = numbers.into_iter().chain(odd).collect();
    let file = BallotFile::new(format, paper, options, ballots);
    Ok(BallotFile { notices, places, ..file })
}

/// What is wrong, in which cell, from 0.
type CellError = (usize, ReadErrorKind);

/// Reads the cells of a row.
type RowOf = fn(&[Cow<'_, str>]) -> Result<Vec<u8>, CellError>;

fn each<T>(
    cells: &[Cow<'_, str>],
    read: fn(&str) -> Result<T, ReadErrorKind>,
) -> Result<Vec<T>, CellError> {
    let numbered = cells.iter().enumerate();
    numbered.map(|(place, cell)| read(cell).map_err(|kind| (place, kind))).collect()
}

fn points(cells: &[Cow<'_, str>]) -> Result<Vec<u8>, CellError> {
    each(cells, point).map(|marks| marks.concat())
}

fn ranks(cells: &[Cow<'_, str>]) -> Result<Vec<u8>, CellError> {
    ranks_of(&each(cells, rank)?).map_err(|kind| (0, kind))
}

fn choices(cells: &[Cow<'_, str>]) -> Result<Vec<u8>, CellError> {
    each(cells, choice)
}

fn point(field: &str) -> Result<[u8; points::COLUMN], ReadErrorKind> {
    let none = || ReadErrorKind::NotPoints(shortened(field));
    let points = match field.strip_prefix(['-', '−']) {
        _ if field.is_empty() => None,
        Some(digits) => {
            let taken = i32::try_from(number(digits).map_err(|_| none())?);
            Some(-taken.map_err(|_| none())?)
        }
        None => Some(i32::try_from(number(field).map_err(|_| none())?).map_err(|_| none())?),
    };
    points::mark(points).ok_or_else(none)
}

fn rank(field: &str) -> Result<Option<u64>, ReadErrorKind> {
    let rank = if field.is_empty() { 0 } else { number(field)? };
    Ok((rank > 0).then_some(rank))
}

fn choice(field: &str) -> Result<u8, ReadErrorKind> {
    Ok(match field.to_lowercase().as_str() {
        "for" | "pour" | "yes" | "oui" | "consent" => marks::FOR,
        "against" | "contre" | "no" | "non" | "object" => marks::AGAINST,
        "abstain" | "abstention" | "stand-aside" => marks::ABSTAIN,
        "" | "blank" | "blanc" => marks::BLANK,
        _ => return Err(ReadErrorKind::Expected("for, against, abstain or nothing")),
    })
}
