//! `csv-grades`: a header with the options, then a ballot a row, with a number for each grade.
//!
//! ```text
//! ,Ada,Bea,Cem
//! 17,6,0,3
//! 4,1,2,2
//! ```
//!
//! A first column without header is a row number and is ignored, and so is, with a notice, one
//! called `id`, `voter`, `voter_id`, `ballot`, `ballot_id` or `bulletin`.
//!
//! Numbers go from the worst grade (1 unless said otherwise) upwards; one less than that, or
//! nothing, is no opinion. There are as many grades as the largest number says; they are called by
//! their numbers.

use super::csv::{Record, Records, first_option, number};
use super::{Ballot, BallotFile, Format, ROWS_MAX, ReadError, ReadErrorKind, ReadOptions, names};
use archipel_domain::counting::marks::{self, UNGRADED};
use archipel_domain::counting::spec::{GRADES_MIN, OPTIONS_MAX};
use archipel_domain::counting::{MethodSpec, Paper, SpecError};

pub(super) fn read(text: &str, options: &ReadOptions) -> Result<BallotFile, ReadError> {
    let mut records = Records::new(text);
    let header = records.next().ok_or(ReadErrorKind::Empty.at(1, 1))??;
    let (first_option, numbers) = first_option(&header);
    let columns: Vec<String> =
        header.fields.iter().skip(first_option).map(ToString::to_string).collect();
    check_options(&columns).map_err(|kind| kind.at(header.line, 1))?;
    let odd = names::check(&columns, |option| (header.line, first_option + option + 1))?;
    let mut ballots = Vec::new();
    let mut largest = 0;
    for record in records {
        let record = record?;
        if ballots.len() == ROWS_MAX {
            return Err(ReadErrorKind::TooManyRows.at(record.line, 1));
        }
        if record.fields.len() != header.fields.len() {
            let (expected, found) = (header.fields.len(), record.fields.len());
            return Err(ReadErrorKind::RowLength { expected, found }.at(record.line, 1));
        }
        let row = row(&record, first_option, options.worst_grade)?;
        largest = row.iter().copied().fold(largest, u8::max);
        ballots.push((1, Ballot(row)));
    }
    let grade_count = u32::from(largest.saturating_sub(UNGRADED))
        .max(u32::try_from(GRADES_MIN).unwrap_or(u32::MAX));
    let grades = (0..grade_count)
        .map(|grade| (u64::from(options.worst_grade) + u64::from(grade)).to_string())
        .collect();
    let notices = numbers.into_iter().chain(odd).collect();
    let file = BallotFile::new(Format::CsvGrades, Paper::Grades, columns, ballots);
    Ok(BallotFile { grades, notices, ..file })
}

/// Checks that options can be voted on, by asking the method with the fewest demands.
pub(super) fn check_options(names: &[String]) -> Result<(), ReadErrorKind> {
    if names.len() > OPTIONS_MAX {
        return Err(ReadErrorKind::Names(SpecError::TooManyOptions));
    }
    let spec = MethodSpec::Approval { seats: 1, max_choices: None };
    spec.validate(names).map_err(ReadErrorKind::Names)
}

fn row(record: &Record<'_>, first_option: usize, worst: u32) -> Result<Vec<u8>, ReadError> {
    let fields = record.fields.iter().enumerate().skip(first_option);
    fields
        .map(|(place, field)| {
            mark(field, u64::from(worst)).map_err(|kind| kind.at(record.line, place + 1))
        })
        .collect()
}

fn mark(field: &str, worst: u64) -> Result<u8, ReadErrorKind> {
    if field.is_empty() {
        return Ok(UNGRADED);
    }
    let number = number(field)?;
    if number.checked_add(1) == Some(worst) {
        return Ok(UNGRADED);
    }
    let grade = number.checked_sub(worst).and_then(|grade| u8::try_from(grade).ok());
    grade.and_then(marks::grade_mark).ok_or(ReadErrorKind::OutOfRange(number))
}
