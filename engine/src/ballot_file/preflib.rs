//! `preflib-cat`: PrefLib's categorical preferences, of which the first category is approval.
//!
//! ```text
//! file = { "# " KEY ": " VALUE NL } { pref NL }
//! pref = count ":" group { "," group }          group = int | "{" [ int { "," int } ] "}"
//! ```
//!
//! Keys may come in any order, unknown ones are ignored, spaces and blank lines are allowed. There
//! is one group a category; alternatives in none are not approved. The same preference may occur
//! twice. The numbers of voters and of preferences must be those announced, if they are: that is
//! how a truncated file is found.

use super::csv::{number, shortened};
use super::grades::check_options;
use super::{Ballot, BallotFile, Format, ROWS_MAX, ReadError, ReadErrorKind};
use archipel_domain::counting::SpecError;
use archipel_domain::counting::marks::{APPROVED, NOT_APPROVED};
use archipel_domain::counting::spec::OPTIONS_MAX;
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::CharIndices;

const ALTERNATIVES: &str = "NUMBER ALTERNATIVES";
const VOTERS: &str = "NUMBER VOTERS";
const UNIQUE: &str = "NUMBER UNIQUE PREFERENCES";
const CATEGORIES: &str = "NUMBER CATEGORIES";
const TYPE: &str = "DATA TYPE";

/// Where each key stands, and its value.
type Metadata<'a> = BTreeMap<&'a str, (usize, &'a str)>;

pub(super) fn read(text: &str) -> Result<BallotFile, ReadError> {
    let metadata = metadata(text)?;
    if let Some((line, found)) = metadata.get(TYPE)
        && *found != "cat"
    {
        return Err(ReadErrorKind::OtherType(shortened(found)).at(*line, 1));
    }
    let options = options(&metadata)?;
    let categories = announced(&metadata, CATEGORIES)?.map(|(_, number)| number);
    let mut ballots = Vec::new();
    let mut voters = 0_u64;
    for (line, content) in numbered_lines(text) {
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if ballots.len() == ROWS_MAX {
            return Err(ReadErrorKind::TooManyRows.at(line, 1));
        }
        let preference = Preference::new(content, line, options.len());
        let (count, ballot) = preference.read(categories)?;
        voters =
            voters.checked_add(count).ok_or_else(|| ReadErrorKind::CountsTooLarge.at(line, 1))?;
        ballots.push((count, ballot));
    }
    let unique = u64::try_from(ballots.len()).unwrap_or(u64::MAX);
    for (key, found) in [(VOTERS, voters), (UNIQUE, unique)] {
        if let Some((line, expected)) = announced(&metadata, key)?
            && expected != found
        {
            return Err(ReadErrorKind::OtherCount { key, expected, found }.at(line, 1));
        }
    }
    let (format, grades, profiles) = (Format::PreflibCat, Vec::new(), None);
    Ok(BallotFile { format, options, grades, ballots, profiles })
}

fn numbered_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines().map(str::trim_end))
}

fn metadata(text: &str) -> Result<Metadata<'_>, ReadError> {
    let mut metadata = Metadata::new();
    for (line, content) in numbered_lines(text) {
        if let Some((key, value)) = content.strip_prefix('#').and_then(|rest| rest.split_once(':'))
        {
            let key = key.trim();
            if metadata.insert(key, (line, value.trim())).is_some() {
                return Err(ReadErrorKind::RepeatedKey(shortened(key)).at(line, 1));
            }
        }
    }
    Ok(metadata)
}

/// The line and the value of a number that the metadata may have.
fn announced(
    metadata: &Metadata<'_>,
    key: &'static str,
) -> Result<Option<(usize, u64)>, ReadError> {
    match metadata.get(key) {
        None | Some((_, "")) => Ok(None),
        Some((line, value)) => match number(value) {
            Ok(number) => Ok(Some((*line, number))),
            Err(kind) => Err(kind.at(*line, 1)),
        },
    }
}

fn options(metadata: &Metadata<'_>) -> Result<Vec<String>, ReadError> {
    let missing = |key: &str| ReadErrorKind::MissingKey(key.to_owned()).at(1, 1);
    let (line, count) = announced(metadata, ALTERNATIVES)?.ok_or_else(|| missing(ALTERNATIVES))?;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count > OPTIONS_MAX {
        return Err(ReadErrorKind::Names(SpecError::TooManyOptions).at(line, 1));
    }
    let mut names = Vec::with_capacity(count);
    for alternative in 1..=count {
        let key = format!("ALTERNATIVE NAME {alternative}");
        let (_, name) = metadata.get(key.as_str()).ok_or_else(|| missing(&key))?;
        names.push((*name).to_owned());
    }
    check_options(&names).map_err(|kind| kind.at(line, 1))?;
    Ok(names)
}

/// One line of preferences, read character by character.
struct Preference<'a> {
    text: &'a str,
    line: usize,
    rest: Peekable<CharIndices<'a>>,
    /// Which alternatives have occurred.
    seen: Vec<bool>,
}

impl<'a> Preference<'a> {
    fn new(text: &'a str, line: usize, option_count: usize) -> Self {
        let rest = text.char_indices().peekable();
        Self { text, line, rest, seen: vec![false; option_count] }
    }

    fn read(mut self, categories: Option<u64>) -> Result<(u64, Ballot), ReadError> {
        let column = self.column();
        let count = self.int()?;
        if count == 0 {
            return Err(ReadErrorKind::OutOfRange(0).at(self.line, column));
        }
        self.expect(':', "a colon after the count")?;
        let mut row = vec![NOT_APPROVED; self.seen.len()];
        self.group(Some(&mut row))?;
        let mut groups = 1;
        while self.peek().is_some() {
            self.expect(',', "a comma between categories")?;
            self.group(None)?;
            groups += 1;
        }
        match categories {
            Some(expected) if expected != groups => {
                let (key, found) = (CATEGORIES, groups);
                Err(ReadErrorKind::OtherCount { key, expected, found }.at(self.line, 1))
            }
            _ => Ok((count, Ballot(row))),
        }
    }

    /// Reads one category; marks its alternatives as approved in `approved`, if given.
    fn group(&mut self, mut approved: Option<&mut [u8]>) -> Result<(), ReadError> {
        if self.peek() != Some('{') {
            return self.alternative(approved);
        }
        self.rest.next();
        if self.peek() == Some('}') {
            self.rest.next();
            return Ok(());
        }
        loop {
            self.alternative(approved.as_deref_mut())?;
            if self.peek() != Some(',') {
                return self.expect('}', "a comma or a closing brace");
            }
            self.rest.next();
        }
    }

    fn alternative(&mut self, approved: Option<&mut [u8]>) -> Result<(), ReadError> {
        let column = self.column();
        let number = self.int()?;
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let seen = index.and_then(|index| self.seen.get_mut(index));
        match seen {
            None => return Err(ReadErrorKind::OutOfRange(number).at(self.line, column)),
            Some(true) => {
                return Err(ReadErrorKind::AlternativeTwice(number).at(self.line, column));
            }
            Some(seen) => *seen = true,
        }
        let mark = approved.zip(index).and_then(|(row, index)| row.get_mut(index));
        if let Some(mark) = mark {
            *mark = APPROVED;
        }
        Ok(())
    }

    fn int(&mut self) -> Result<u64, ReadError> {
        let column = self.column();
        let start = self.rest.peek().map_or(self.text.len(), |(place, _)| *place);
        while self.rest.next_if(|(_, c)| c.is_ascii_digit()).is_some() {}
        let end = self.rest.peek().map_or(self.text.len(), |(place, _)| *place);
        let digits = self.text.get(start..end).unwrap_or_default();
        if digits.is_empty() {
            return Err(ReadErrorKind::Expected("a number").at(self.line, column));
        }
        number(digits).map_err(|kind| kind.at(self.line, column))
    }

    fn expect(&mut self, wanted: char, what: &'static str) -> Result<(), ReadError> {
        let column = self.column();
        if self.peek() != Some(wanted) {
            return Err(ReadErrorKind::Expected(what).at(self.line, column));
        }
        self.rest.next();
        Ok(())
    }

    /// The next character that is not a space.
    fn peek(&mut self) -> Option<char> {
        while self.rest.next_if(|(_, c)| *c == ' ' || *c == '\t').is_some() {}
        self.rest.peek().map(|(_, c)| *c)
    }

    /// Where the next character that is not a space stands, from 1.
    fn column(&mut self) -> usize {
        self.peek();
        let place = self.rest.peek().map_or(self.text.len(), |(place, _)| *place);
        1 + self.text.get(..place).unwrap_or_default().chars().count()
    }
}
