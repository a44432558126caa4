//! `blt`: ballots of single transferable votes, in the dialects that are met.
//!
//! ```text
//! file   = options seats NL { "-" int | "[withdrawn" nick… "]" | "[nick" nick… "]" | "[tie…]" }
//!          { [ "(" id ")" ] weight { pref } 0 NL } 0 NL names title
//! pref   = option { "=" option } | "-"          options by number, or by nick
//! names  = one a line, bare or "quoted"; or several quoted ones on a line
//! ```
//!
//! `#` begins a comment, quotes aside. A preference `-` is one left out. Options that are withdrawn
//! are left out of the file's options, and of all its ballots, wherever that is said. Weights are
//! whole, even where they are written `2.0`. A title there is, if only `""`: without one, a name
//! that is missing would make a candidate of it.
//!
//! The ballots may also follow the numbers on the first line, all of them, up to the lonely 0.

use super::csv::{number, shortened};
use super::grades::check_options;
use super::{Ballot, BallotFile, Format, ROWS_MAX, ReadError, ReadErrorKind, names, ranks_of};
use archipel_domain::counting::marks::{UNRANKED, rank_mark};
use archipel_domain::counting::spec::OPTIONS_MAX;
use archipel_domain::counting::{Paper, SpecError};
use std::collections::{BTreeMap, BTreeSet};

/// A line with its number, without comment, and its words with their columns.
struct Line<'a> {
    number: usize,
    words: Vec<(usize, &'a str)>,
}

struct Reader {
    option_count: usize,
    nicks: BTreeMap<String, usize>,
    withdrawn: BTreeSet<usize>,
}

/// A name, and its line.
type Named = (String, usize);

pub(super) fn read(text: &str) -> Result<BallotFile, ReadError> {
    let expected = |what, line| ReadErrorKind::Expected(what).at(line, 1);
    let mut lines = (1..).zip(text.lines());
    let mut words = lines.by_ref().map(|(number, line)| words(number, line));
    let first = words.find(|line| !line.words.is_empty()).ok_or(ReadErrorKind::Empty.at(1, 1))?;
    let [(_, options), (_, seats), more @ ..] = first.words.as_slice() else {
        return Err(expected("the numbers of options and of seats", first.number));
    };
    let count = |text| number(text).map_err(|kind| kind.at(first.number, 1));
    let (options, seats) = (count(options)?, count(seats)?);
    let option_count = usize::try_from(options).unwrap_or(usize::MAX);
    if option_count > OPTIONS_MAX {
        return Err(ReadErrorKind::Names(SpecError::TooManyOptions).at(first.number, 1));
    }
    let seats =
        u32::try_from(seats).map_err(|_| ReadErrorKind::OutOfRange(seats).at(first.number, 1))?;
    let (nicks, withdrawn) = (BTreeMap::new(), BTreeSet::new());
    let mut reader = Reader { option_count, nicks, withdrawn };
    let mut ballots = Vec::new();
    if !more.is_empty() {
        let rest = reader.one_line(first.number, more, &mut ballots)?;
        let line = text.lines().nth(first.number - 1).unwrap_or_default();
        let names_there = rest.and_then(|column| line.char_indices().nth(column - 1));
        let names_there = names_there.and_then(|(place, _)| line.get(place..)).unwrap_or_default();
        let lines = [(first.number, names_there)].into_iter().chain(lines);
        let names = named(lines, option_count, first.number)?;
        return reader.finish(names, seats, ballots, first.number);
    }
    let mut last = first.number;
    loop {
        let Some(line) = words.next() else {
            return Err(expected("a line “0” after the ballots", last + 1));
        };
        last = line.number;
        match line.words.as_slice() {
            [] => {}
            [(_, "0")] => break,
            [(_, first), ..] if first.starts_with('[') => reader.option(&line)?,
            [(_, first), ..] if first.starts_with('-') && ballots.is_empty() => {
                reader.minus(&line)?;
            }
            // No ballot ends so: more are withdrawn.
            all if all.iter().all(|(_, word)| word.starts_with('-')) => reader.minus(&line)?,
            _ if ballots.len() == ROWS_MAX => return Err(ReadErrorKind::TooManyRows.at(last, 1)),
            _ => ballots.push(reader.ballot(&line)?),
        }
    }
    let names = named(lines, option_count, last)?;
    reader.finish(names, seats, ballots, last)
}

/// The words of a line, up to a comment.
fn words(number: usize, line: &str) -> Line<'_> {
    let content = line.split('#').next().unwrap_or_default();
    let mut words = Vec::new();
    let mut column = 1;
    for piece in content.split_inclusive(char::is_whitespace) {
        let word = piece.trim();
        if !word.is_empty() {
            words.push((column, word));
        }
        column += piece.chars().count();
    }
    Line { number, words }
}

impl Reader {
    /// `[nick a b c]`, `[withdrawn a b]`; others say nothing that is needed here.
    fn option(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        let bare = |word: &str| word.trim_matches(['[', ']']).to_owned();
        let mut words = line.words.iter().map(|(column, word)| (*column, bare(word)));
        let kind = words.next().map(|(_, word)| word).unwrap_or_default();
        for (place, (column, word)) in words.filter(|(_, word)| !word.is_empty()).enumerate() {
            if kind == "nick" {
                if place >= self.option_count || self.nicks.insert(word.clone(), place).is_some() {
                    let kind = ReadErrorKind::RepeatedKey(shortened(&word));
                    return Err(kind.at(line.number, column));
                }
            } else if kind == "withdrawn" {
                let option = self.find(line.number, column, &word)?;
                self.withdrawn.insert(option);
            }
        }
        Ok(())
    }

    /// `-2 -6`: withdrawn.
    fn minus(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        for (column, word) in &line.words {
            let wanted = || ReadErrorKind::Expected("a withdrawn option").at(line.number, *column);
            let option = word.strip_prefix('-').ok_or_else(wanted)?;
            let option = self.find(line.number, *column, option)?;
            self.withdrawn.insert(option);
        }
        Ok(())
    }

    /// The column of an option, by number or nick.
    fn find(&self, line: usize, column: usize, word: &str) -> Result<usize, ReadError> {
        if let Some(option) = self.nicks.get(word) {
            return Ok(*option);
        }
        let number = number(word).map_err(|kind| kind.at(line, column))?;
        let option = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let option = option.filter(|option| *option < self.option_count);
        option.ok_or(ReadErrorKind::OutOfRange(number).at(line, column))
    }

    /// Withdrawals and ballots that follow the numbers on their line, up to the lonely 0. Says in
    /// which column the rest begins.
    fn one_line(
        &mut self,
        number: usize,
        mut words: &[(usize, &str)],
        ballots: &mut Vec<(u64, Ballot)>,
    ) -> Result<Option<usize>, ReadError> {
        loop {
            let (column, first) = words.first().copied().unwrap_or((1, ""));
            if first == "0" {
                return Ok(words.get(1).map(|(column, _)| *column));
            }
            let length = if first.starts_with('-') && ballots.is_empty() {
                self.minus(&Line { number, words: vec![(column, first)] })?;
                1
            } else if ballots.len() == ROWS_MAX {
                return Err(ReadErrorKind::TooManyRows.at(number, column));
            } else {
                let end = words.iter().position(|(_, word)| *word == "0");
                let wanted = "numbers of options and of seats alone; or ballots that end with 0, \
                              and a 0 after them, on the same line";
                let end = end.ok_or(ReadErrorKind::Expected(wanted).at(number, column))?;
                let words = words.get(..=end).unwrap_or_default().to_vec();
                // A weight before a 0 could be an option that follows a 0 which is too much.
                if words.len() < 3 {
                    let wanted = "an option: ballots on one line are not blank";
                    return Err(ReadErrorKind::Expected(wanted).at(number, column));
                }
                ballots.push(self.ballot(&Line { number, words })?);
                end + 1
            };
            words = words.get(length..).unwrap_or_default();
        }
    }

    fn ballot(&self, line: &Line<'_>) -> Result<(u64, Ballot), ReadError> {
        let [words @ .., (_, "0")] = line.words.as_slice() else {
            let kind = ReadErrorKind::Expected("a ballot that ends with 0");
            return Err(kind.at(line.number, 1));
        };
        if let Some((column, _)) = words.iter().skip(1).find(|(_, word)| *word == "0") {
            let kind = ReadErrorKind::Expected("one ballot a line, with its 0 at the end");
            return Err(kind.at(line.number, *column));
        }
        let words = without_id(line.number, words)?;
        let (column, weight) = words.first().copied().unwrap_or((1, ""));
        let times = whole(weight).map_err(|kind| kind.at(line.number, column))?;
        if times == 0 {
            return Err(ReadErrorKind::OutOfRange(0).at(line.number, column));
        }
        let mut row = vec![UNRANKED; self.option_count];
        let mut seen = BTreeSet::new();
        let preferences = words.iter().skip(1).filter(|(_, word)| *word != "-");
        for (rank, (column, word)) in preferences.enumerate() {
            for one in word.split('=') {
                let option = self.find(line.number, *column, one)?;
                if !seen.insert(option) {
                    let twice = u64::try_from(option + 1).unwrap_or(u64::MAX);
                    return Err(ReadErrorKind::AlternativeTwice(twice).at(line.number, *column));
                }
                let many = ReadErrorKind::Names(SpecError::TooManyToRank);
                let mark = rank_mark(rank).ok_or(many.at(line.number, *column))?;
                if let Some(place) = row.get_mut(option) {
                    *place = mark;
                }
            }
        }
        Ok((times, Ballot(row)))
    }

    /// What is left without the options that are withdrawn.
    fn standing<T>(&self, all: Vec<T>) -> Vec<T> {
        let numbered = all.into_iter().enumerate();
        numbered.filter(|(place, _)| !self.withdrawn.contains(place)).map(|(_, one)| one).collect()
    }

    /// A ballot without the options that are withdrawn, and without gaps where they were.
    fn remaining(&self, row: Vec<u8>) -> Result<Ballot, ReadErrorKind> {
        let rank = |mark: u8| (mark != UNRANKED).then_some(u64::from(mark));
        let ranks: Vec<Option<u64>> = self.standing(row).into_iter().map(rank).collect();
        ranks_of(&ranks).map(Ballot)
    }

    fn finish(
        &self,
        (names, notice): (Vec<Named>, Option<ReadError>),
        seats: u32,
        mut ballots: Vec<(u64, Ballot)>,
        line: usize,
    ) -> Result<BallotFile, ReadError> {
        let (options, lines): (Vec<String>, Vec<usize>) = self.standing(names).into_iter().unzip();
        check_options(&options).map_err(|kind| kind.at(line + 1, 1))?;
        let place = |option: usize| (lines.get(option).copied().unwrap_or(line), 1);
        let mut notices = names::check(&options, place)?;
        notices.extend(notice);
        let total = ballots.iter().try_fold(0_u64, |sum, (times, _)| sum.checked_add(*times));
        total.ok_or(ReadErrorKind::CountsTooLarge.at(line, 1))?;
        if !self.withdrawn.is_empty() {
            for (_, ballot) in &mut ballots {
                let row = std::mem::take(&mut ballot.0);
                *ballot = self.remaining(row).map_err(|kind| kind.at(line, 1))?;
            }
        }
        let file = BallotFile::new(Format::Blt, Paper::Ranks, options, ballots);
        Ok(BallotFile { seats: Some(seats), notices, ..file })
    }
}

/// The words of a ballot after its `(id)`, which may hold spaces.
fn without_id<'a, 'b>(
    line: usize,
    words: &'a [(usize, &'b str)],
) -> Result<&'a [(usize, &'b str)], ReadError> {
    match words.first() {
        Some((column, first)) if first.starts_with('(') => {
            let end = words.iter().position(|(_, word)| word.ends_with(')'));
            let kind = ReadErrorKind::Expected("a closing parenthesis");
            let end = end.ok_or_else(|| kind.at(line, *column))?;
            Ok(words.get(end + 1..).unwrap_or_default())
        }
        _ => Ok(words),
    }
}

/// A weight, which may have decimals that are nothing.
fn whole(weight: &str) -> Result<u64, ReadErrorKind> {
    match weight.split_once('.') {
        Some((digits, zeros)) if !zeros.is_empty() && zeros.bytes().all(|digit| digit == b'0') => {
            number(digits)
        }
        _ => number(weight),
    }
}

/// One name for each option, and a title that is not kept.
fn named<'a>(
    lines: impl Iterator<Item = (usize, &'a str)>,
    option_count: usize,
    last: usize,
) -> Result<(Vec<Named>, Option<ReadError>), ReadError> {
    let mut names = Vec::new();
    let mut end = last;
    for (number, line) in lines {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        end = number;
        if !line.starts_with('"') {
            names.push((line.to_owned(), number));
            continue;
        }
        let mut rest = line;
        while let Some(opened) = rest.strip_prefix('"') {
            let (name, after) =
                opened.split_once('"').ok_or(ReadErrorKind::OpenQuote.at(number, 1))?;
            names.push((name.to_owned(), number));
            rest = after.trim_start();
        }
        if !rest.is_empty() && !rest.starts_with('#') {
            return Err(ReadErrorKind::TextAfterQuote.at(number, 1));
        }
    }
    // Some programs write no title. Then a name that is missing too can not be told from it.
    let notice = (names.len() == option_count).then(|| ReadErrorKind::NoTitle.at(end, 1));
    if names.len() != option_count + 1 && notice.is_none() {
        return Err(ReadErrorKind::Expected("a name for each option, and a title").at(end, 1));
    }
    names.truncate(option_count);
    Ok((names, notice))
}
