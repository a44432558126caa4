//! PrefLib's files. `preflib-cat`: categories, of which the first is approval. `preflib-order`:
//! rankings, best first, in which a group is a tie; what is in no group is unranked.
//!
//! ```text
//! file = { "# " KEY ": " VALUE NL } { pref NL }
//! pref = count ":" group { "," group }          group = int | "{" [ int { "," int } ] "}"
//! ```
//!
//! Keys may come in any order, unknown ones are ignored, spaces and blank lines are allowed. Of
//! categories there is one group each, which may be empty; alternatives in none are not approved.
//! Orders keep what their type promises: all alternatives (soc, toc), no ties (soc, soi). The same
//! preference may occur twice. The numbers of voters and of preferences must be those announced,
//! if they are: that is
//! how a truncated file is found.

use super::csv::{number, shortened};
use super::grades::check_options;
use super::{Ballot, BallotFile, Format, ROWS_MAX, ReadError, ReadErrorKind, names};
use archipel_domain::counting::marks::{APPROVED, NOT_APPROVED, UNRANKED, rank_mark};
use archipel_domain::counting::spec::OPTIONS_MAX;
use archipel_domain::counting::{Paper, SpecError};
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::CharIndices;

const ALTERNATIVES: &str = "NUMBER ALTERNATIVES";
const VOTERS: &str = "NUMBER VOTERS";
const UNIQUE_PREFERENCES: &str = "NUMBER UNIQUE PREFERENCES";
const UNIQUE_ORDERS: &str = "NUMBER UNIQUE ORDERS";
const CATEGORIES: &str = "NUMBER CATEGORIES";
const TYPE: &str = "DATA TYPE";

/// Where each key stands, and its value.
type Metadata<'a> = BTreeMap<&'a str, (usize, &'a str)>;

/// The format of files of a type.
pub(super) fn of_type(kind: &str) -> Option<Format> {
    match kind {
        "cat" => Some(Format::PreflibCat),
        "soc" | "soi" | "toc" | "toi" => Some(Format::PreflibOrder),
        _ => None,
    }
}

/// What the lines of a file say.
enum Layout {
    /// So many categories, if that is announced.
    Categories(Option<u64>),
    /// Orders of this type; of the least strict one if the file does not say.
    Orders(String),
}

impl Layout {
    fn of(metadata: &Metadata<'_>, format: Format) -> Result<Self, ReadError> {
        let (line, kind) = metadata.get(TYPE).copied().unwrap_or((1, ""));
        if !kind.is_empty() && of_type(kind) != Some(format) {
            let expected = match format {
                Format::PreflibOrder => "soc, soi, toc or toi",
                _ => "cat",
            };
            let found = shortened(kind);
            return Err(ReadErrorKind::OtherType { found, expected }.at(line, 1));
        }
        Ok(match format {
            Format::PreflibOrder if kind.is_empty() => Self::Orders("toi".to_owned()),
            Format::PreflibOrder => Self::Orders(kind.to_owned()),
            _ => Self::Categories(announced(metadata, CATEGORIES)?.map(|(_, number)| number)),
        })
    }

    fn unmarked(&self) -> u8 {
        match self {
            Self::Categories(_) => NOT_APPROVED,
            Self::Orders(_) => UNRANKED,
        }
    }

    /// The mark of a group, from 0.
    fn mark(&self, group: u64) -> Option<u8> {
        match self {
            Self::Categories(_) if group == 0 => Some(APPROVED),
            Self::Categories(_) => Some(NOT_APPROVED),
            Self::Orders(_) => rank_mark(usize::try_from(group).ok()?),
        }
    }

    /// Checks what a line has: its groups, the largest of them, and whether all are in one.
    fn check(&self, groups: u64, has_ties: bool, is_whole: bool) -> Result<(), ReadErrorKind> {
        match self {
            Self::Categories(Some(expected)) if *expected != groups => {
                let (key, expected, found) = (CATEGORIES, *expected, groups);
                Err(ReadErrorKind::OtherCount { key, expected, found })
            }
            Self::Orders(kind) if kind.ends_with('c') && !is_whole => {
                Err(ReadErrorKind::NotComplete(kind.clone()))
            }
            Self::Orders(kind) if kind.starts_with('s') && has_ties => {
                Err(ReadErrorKind::NotStrict(kind.clone()))
            }
            _ => Ok(()),
        }
    }

    fn unique(&self) -> &'static str {
        match self {
            Self::Categories(_) => UNIQUE_PREFERENCES,
            Self::Orders(_) => UNIQUE_ORDERS,
        }
    }
}

pub(super) fn read(text: &str, format: Format) -> Result<BallotFile, ReadError> {
    let metadata = metadata(text)?;
    let layout = Layout::of(&metadata, format)?;
    let (options, notices) = options(&metadata)?;
    let mut ballots = Vec::new();
    let mut voters = 0_u64;
    for (line, content) in numbered_lines(text) {
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if ballots.len() == ROWS_MAX {
            return Err(ReadErrorKind::TooManyRows.at(line, 1));
        }
        let preference = Preference::new(content, line, options.len(), layout.unmarked());
        let (count, ballot) = preference.read(&layout)?;
        voters =
            voters.checked_add(count).ok_or_else(|| ReadErrorKind::CountsTooLarge.at(line, 1))?;
        ballots.push((count, ballot));
    }
    let unique = u64::try_from(ballots.len()).unwrap_or(u64::MAX);
    for (key, found) in [(VOTERS, voters), (layout.unique(), unique)] {
        if let Some((line, expected)) = announced(&metadata, key)?
            && expected != found
        {
            return Err(ReadErrorKind::OtherCount { key, expected, found }.at(line, 1));
        }
    }
    let paper = match layout {
        Layout::Categories(_) => Paper::Approvals,
        Layout::Orders(_) => Paper::Ranks,
    };
    Ok(BallotFile { notices, ..BallotFile::new(format, paper, options, ballots) })
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

/// The alternatives, and what is odd about their names.
fn options(metadata: &Metadata<'_>) -> Result<(Vec<String>, Vec<ReadError>), ReadError> {
    let missing = |key: &str| ReadErrorKind::MissingKey(key.to_owned()).at(1, 1);
    let (line, count) = announced(metadata, ALTERNATIVES)?.ok_or_else(|| missing(ALTERNATIVES))?;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count > OPTIONS_MAX {
        return Err(ReadErrorKind::Names(SpecError::TooManyOptions).at(line, 1));
    }
    let mut options = Vec::with_capacity(count);
    let mut lines = Vec::with_capacity(count);
    for alternative in 1..=count {
        let key = format!("ALTERNATIVE NAME {alternative}");
        let (line, name) = metadata.get(key.as_str()).ok_or_else(|| missing(&key))?;
        options.push((*name).to_owned());
        lines.push(*line);
    }
    check_options(&options).map_err(|kind| kind.at(line, 1))?;
    let place = |option: usize| (lines.get(option).copied().unwrap_or(line), 1);
    let notices = names::check(&options, place)?;
    Ok((options, notices))
}

/// One line of preferences, read character by character.
struct Preference<'a> {
    text: &'a str,
    line: usize,
    rest: Peekable<CharIndices<'a>>,
    /// Which alternatives have occurred.
    seen: Vec<bool>,
    row: Vec<u8>,
}

impl<'a> Preference<'a> {
    fn new(text: &'a str, line: usize, option_count: usize, unmarked: u8) -> Self {
        let rest = text.char_indices().peekable();
        Self {
            text,
            line,
            rest,
            seen: vec![false; option_count],
            row: vec![unmarked; option_count],
        }
    }

    fn read(mut self, layout: &Layout) -> Result<(u64, Ballot), ReadError> {
        let column = self.column();
        let count = self.int()?;
        if count == 0 {
            return Err(ReadErrorKind::OutOfRange(0).at(self.line, column));
        }
        self.expect(':', "a colon after the count")?;
        let (mut groups, mut has_ties) = (0, false);
        loop {
            let column = self.column();
            let mark = layout.mark(groups);
            groups += 1;
            let mark = mark.ok_or(ReadErrorKind::OutOfRange(groups).at(self.line, column))?;
            let length = self.group(mark, layout)?;
            has_ties |= length > 1;
            if self.peek().is_none() {
                break;
            }
            self.expect(',', "a comma between categories")?;
        }
        let is_whole = self.seen.iter().all(|seen| *seen);
        let checked = layout.check(groups, has_ties, is_whole);
        checked.map_err(|kind| kind.at(self.line, 1))?;
        Ok((count, Ballot(self.row)))
    }

    /// Reads one group, marks its alternatives, and says how many there are.
    fn group(&mut self, mark: u8, layout: &Layout) -> Result<u64, ReadError> {
        if self.peek() != Some('{') {
            return self.alternative(mark).map(|()| 1);
        }
        self.rest.next();
        if self.peek() == Some('}') {
            if let Layout::Orders(_) = layout {
                let column = self.column();
                return Err(ReadErrorKind::Expected("an alternative").at(self.line, column));
            }
            self.rest.next();
            return Ok(0);
        }
        let mut length = 0;
        loop {
            self.alternative(mark)?;
            length += 1;
            if self.peek() != Some(',') {
                return self.expect('}', "a comma or a closing brace").map(|()| length);
            }
            self.rest.next();
        }
    }

    fn alternative(&mut self, mark: u8) -> Result<(), ReadError> {
        let column = self.column();
        let number = self.int()?;
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let place = index.and_then(|index| self.seen.get_mut(index).zip(self.row.get_mut(index)));
        match place {
            None => Err(ReadErrorKind::OutOfRange(number).at(self.line, column)),
            Some((true, _)) => Err(ReadErrorKind::AlternativeTwice(number).at(self.line, column)),
            Some((seen, place)) => {
                (*seen, *place) = (true, mark);
                Ok(())
            }
        }
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
