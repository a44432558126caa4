//! CSV as spreadsheets write it (RFC 4180): quotes, doubled quotes, line ends inside quotes.
//!
//! The separator is the comma, unless the first line has none but has a semicolon or a tab.
//! Blank lines are skipped. Spaces around a field are not part of it, unless quoted.

use super::{ReadError, ReadErrorKind};
use archipel_domain::counting::spec::OPTIONS_MAX;
use std::borrow::Cow;

/// Most columns of a row: the options, and a few that are none.
pub(super) const COLUMNS_MAX: usize = OPTIONS_MAX + 50;
/// Headers of a first column that numbers ballots or voters.
const NUMBERS: [&str; 6] = ["id", "voter", "voter_id", "bulletin", "ballot", "ballot_id"];

/// One line of fields.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    /// The line on which it begins, from 1.
    pub(crate) line: usize,
    /// Its fields; at least one.
    pub(crate) fields: Vec<Cow<'a, str>>,
}

/// Splits a text into records.
pub(crate) struct Records<'a> {
    rest: &'a str,
    line: usize,
    separator: char,
}

impl<'a> Records<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let first = text.lines().next().unwrap_or_default();
        let separator =
            [',', ';', '\t'].into_iter().find(|each| first.contains(*each)).unwrap_or(',');
        Self { rest: text, line: 1, separator }
    }

    /// Takes one record, up to and with its line end.
    fn record(&mut self) -> Result<Record<'a>, ReadError> {
        let line = self.line;
        let mut fields = Vec::new();
        loop {
            let column = fields.len() + 1;
            if column > COLUMNS_MAX {
                return Err(ReadErrorKind::TooManyColumns(COLUMNS_MAX).at(self.line, column));
            }
            let field = match self.rest.strip_prefix('"') {
                Some(quoted) => Cow::Owned(self.quoted(quoted, column)?),
                None => {
                    let separator = self.separator;
                    let end = self.rest.find([separator, '\n']).unwrap_or(self.rest.len());
                    let (field, rest) = self.rest.split_at(end);
                    self.rest = rest;
                    Cow::Borrowed(field.trim())
                }
            };
            fields.push(field);
            if let Some(rest) = self.rest.strip_prefix(self.separator) {
                self.rest = rest;
                continue;
            }
            let rest = self.rest.strip_prefix('\r').unwrap_or(self.rest);
            if let Some(rest) = rest.strip_prefix('\n') {
                self.rest = rest;
                self.line += 1;
            } else if rest.is_empty() {
                self.rest = rest;
            } else {
                return Err(ReadErrorKind::TextAfterQuote.at(self.line, column));
            }
            return Ok(Record { line, fields });
        }
    }

    /// Takes a quoted field, of which `rest` is what follows the opening quote.
    fn quoted(&mut self, mut rest: &'a str, column: usize) -> Result<String, ReadError> {
        let start = self.line;
        let mut field = String::new();
        loop {
            let Some((part, after)) = rest.split_once('"') else {
                return Err(ReadErrorKind::OpenQuote.at(start, column));
            };
            self.line += part.matches('\n').count();
            field.push_str(part);
            match after.strip_prefix('"') {
                Some(more) => {
                    field.push('"');
                    rest = more;
                }
                None => {
                    self.rest = after;
                    return Ok(field);
                }
            }
        }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let record = self.record();
            match &record {
                Ok(Record { fields, .. }) if matches!(&fields[..], [only] if only.is_empty()) => {}
                Ok(_) => return Some(record),
                Err(_) => {
                    // Nothing sensible follows.
                    self.rest = "";
                    return Some(record);
                }
            }
        }
        None
    }
}

/// Where options begin in a header, 0 being the first column: after one without header, or with a
/// header that says that it numbers ballots. The latter is noticed.
pub(super) fn first_option(header: &Record<'_>) -> (usize, Option<ReadError>) {
    match header.fields.as_slice() {
        [first, ..] if first.is_empty() => (1, None),
        [first, _, ..] if NUMBERS.contains(&first.to_ascii_lowercase().as_str()) => {
            let notice = ReadErrorKind::BallotNumbers(first.to_string()).at(header.line, 1);
            (1, Some(notice))
        }
        _ => (0, None),
    }
}

/// A whole number in digits only.
pub(crate) fn number(field: &str) -> Result<u64, ReadErrorKind> {
    let is_digits = !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits {
        return Err(ReadErrorKind::NotANumber(shortened(field)));
    }
    field.parse().map_err(|_| ReadErrorKind::CountsTooLarge)
}

/// The first characters, enough to be recognised in a message.
pub(crate) fn shortened(field: &str) -> String {
    field.chars().take(40).collect()
}
