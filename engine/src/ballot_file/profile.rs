//! `csv-profile`: an option a row, and in the columns called `mention_1`, `mention_2`... (or
//! anything that ends so, such as `intention_mention_1`) the ballots that give it each mention.
//!
//! ```text
//! candidate_id,intention_mention_1,intention_mention_2,intention_mention_3,population
//! AB,10,34,,all
//! ```
//!
//! The first column names the option; columns that are not mentions are ignored. Mention 1 is the
//! best unless said otherwise. Mentions without a number in any row are not used. Counts are
//! whole numbers, of ballots or of per cents.

use super::csv::{Record, Records, number};
use super::grades::check_options;
use super::{BallotFile, Format, Profiles, ROWS_MAX, ReadError, ReadErrorKind, ReadOptions};
use archipel_domain::counting::spec::{GRADES_MAX, GRADES_MIN};
use archipel_domain::counting::{Paper, SpecError};

/// A column of mentions.
struct Mention {
    /// Its number, from 1.
    number: usize,
    /// Its place in the row, from 0.
    place: usize,
    /// Its header.
    name: String,
}

/// The number at the end of a header `...mention_N`.
pub(super) fn mention(header: &str) -> Option<usize> {
    let (before, digits) = header.rsplit_once('_')?;
    let is_mention = before.ends_with("mention") && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|number| is_mention && *number > 0)
}

pub(super) fn read(text: &str, options: &ReadOptions) -> Result<BallotFile, ReadError> {
    let mut records = Records::new(text);
    let header = records.next().ok_or(ReadErrorKind::Empty.at(1, 1))??;
    let rows = records.collect::<Result<Vec<_>, _>>()?;
    if rows.len() > ROWS_MAX {
        return Err(ReadErrorKind::TooManyRows.at(ROWS_MAX + 1, 1));
    }
    let ragged = rows.iter().find(|row| row.fields.len() != header.fields.len());
    if let Some(Record { line, fields }) = ragged {
        let (expected, found) = (header.fields.len(), fields.len());
        return Err(ReadErrorKind::RowLength { expected, found }.at(*line, 1));
    }
    let mentions = mentions(&header, &rows)?;
    let is_opinion = |mention: &&Mention| {
        options.no_opinion.and_then(|number| usize::try_from(number).ok()) != Some(mention.number)
    };
    let mut graded: Vec<&Mention> = mentions.iter().filter(is_opinion).collect();
    if !options.worst_first {
        graded.reverse();
    }
    if graded.len() < GRADES_MIN {
        return Err(ReadErrorKind::Names(SpecError::TooFewGrades).at(header.line, 1));
    }
    let mut counts = Vec::new();
    let mut cast = 0;
    let mut names = Vec::new();
    for row in &rows {
        let total = (mentions.iter()).try_fold(0_u64, |sum, mention| {
            cell(row, mention)
                .map(|count| sum.checked_add(count))?
                .ok_or_else(|| ReadErrorKind::CountsTooLarge.at(row.line, mention.place + 1))
        })?;
        cast = cast.max(total);
        counts.push(graded.iter().map(|each| cell(row, each)).collect::<Result<Vec<_>, _>>()?);
        names.push(row.fields.first().map(ToString::to_string).unwrap_or_default());
    }
    check_options(&names).map_err(|kind| {
        let line = name_line(&rows, &kind);
        kind.at(line, 1)
    })?;
    let line = |option: usize| (rows.get(option).map_or(1, |row| row.line), 1);
    Ok(BallotFile {
        notices: super::names::check(&names, line)?,
        grades: graded.iter().map(|mention| mention.name.clone()).collect(),
        profiles: Some(Profiles { counts, cast }),
        ..BallotFile::new(Format::CsvProfile, Paper::Grades, names, Vec::new())
    })
}

/// The mentions that are used, by number.
fn mentions(header: &Record<'_>, rows: &[Record<'_>]) -> Result<Vec<Mention>, ReadError> {
    let mut mentions: Vec<Mention> = (header.fields.iter().enumerate())
        .filter_map(|(place, field)| {
            mention(field).map(|number| Mention { number, place, name: field.to_string() })
        })
        .collect();
    if mentions.is_empty() {
        return Err(ReadErrorKind::NoMention.at(header.line, 1));
    }
    mentions.sort_by_key(|mention| mention.number);
    if mentions.iter().zip(1..).any(|(mention, number)| mention.number != number) {
        return Err(ReadErrorKind::MentionNumbers.at(header.line, 1));
    }
    let is_used = |mention: &Mention| {
        rows.iter().any(|row| row.fields.get(mention.place).is_some_and(|cell| !cell.is_empty()))
    };
    let used = mentions.iter().rposition(is_used).map_or(0, |last| last + 1);
    mentions.truncate(used);
    if mentions.len() > GRADES_MAX {
        return Err(ReadErrorKind::Names(SpecError::TooManyGrades).at(header.line, 1));
    }
    Ok(mentions)
}

fn cell(row: &Record<'_>, mention: &Mention) -> Result<u64, ReadError> {
    let field = row.fields.get(mention.place).map(AsRef::as_ref).unwrap_or_default();
    number(field).map_err(|kind| kind.at(row.line, mention.place + 1))
}

/// The line of the name that an error is about: its second occurrence, if it is a duplicate.
fn name_line(rows: &[Record<'_>], kind: &ReadErrorKind) -> usize {
    let is_bad = |row: &&Record<'_>| {
        let name = row.fields.first().map(AsRef::as_ref).unwrap_or_default();
        match kind {
            ReadErrorKind::Names(SpecError::DuplicateOption(twice)) => name == twice,
            ReadErrorKind::Names(SpecError::EmptyName) => name.is_empty(),
            _ => true,
        }
    };
    rows.iter().rfind(is_bad).map_or(1, |row| row.line)
}
