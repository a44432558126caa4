//! `blt`: ballots of single transferable votes, in the dialects that are met.
//!
//! ```text
//! file   = options seats NL { "-" int | "[withdrawn" nick… "]" | "[nick" nick… "]" | "[tie…]" }
//!          { [ "(" id ")" ] weight { pref } 0 NL } 0 NL names [ title ]
//! pref   = option { "=" option } | "-"          options by number, or by nick
//! names  = one a line, bare or "quoted"; or several quoted ones on a line
//! ```
//!
//! `#` begins a comment, quotes aside. A preference `-` is one left out. Options that are withdrawn
//! are left out of the file's options, and of its ballots. Weights are whole.

use super::csv::{number, shortened};
use super::grades::check_options;
use super::{Ballot, BallotFile, Format, ROWS_MAX, ReadError, ReadErrorKind};
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

pub(super) fn read(text: &str) -> Result<BallotFile, ReadError> {
    let expected = |what, line| ReadErrorKind::Expected(what).at(line, 1);
    let mut lines = (1..).zip(text.lines());
    let mut words = lines.by_ref().map(|(number, line)| words(number, line));
    let first = words.find(|line| !line.words.is_empty()).ok_or(ReadErrorKind::Empty.at(1, 1))?;
    let [(_, options), (_, seats)] = *first.words.as_slice() else {
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
            _ if ballots.len() == ROWS_MAX => return Err(ReadErrorKind::TooManyRows.at(last, 1)),
            _ => ballots.push(reader.ballot(&line)?),
        }
    }
    let names = names(lines, option_count, last)?;
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

    fn ballot(&self, line: &Line<'_>) -> Result<(u64, Ballot), ReadError> {
        let [words @ .., (_, "0")] = line.words.as_slice() else {
            let kind = ReadErrorKind::Expected("a ballot that ends with 0");
            return Err(kind.at(line.number, 1));
        };
        let mut words = words.iter();
        if words.as_slice().first().is_some_and(|(_, word)| word.starts_with('(')) {
            words.next();
        }
        let (column, weight) = words.next().copied().unwrap_or((1, ""));
        let times = number(weight).map_err(|kind| kind.at(line.number, column))?;
        if times == 0 {
            return Err(ReadErrorKind::OutOfRange(0).at(line.number, column));
        }
        let mut row = vec![UNRANKED; self.option_count];
        let mut seen = BTreeSet::new();
        let mut rank = 0;
        for (column, word) in words.filter(|(_, word)| *word != "-") {
            let mut stands = false;
            for one in word.split('=') {
                let option = self.find(line.number, *column, one)?;
                if !seen.insert(option) {
                    let twice = u64::try_from(option + 1).unwrap_or(u64::MAX);
                    return Err(ReadErrorKind::AlternativeTwice(twice).at(line.number, *column));
                }
                let mark =
                    rank_mark(rank).ok_or(ReadErrorKind::TooManyRows.at(line.number, *column))?;
                if let Some(place) = row.get_mut(option) {
                    *place = mark;
                }
                stands |= !self.withdrawn.contains(&option);
            }
            rank += usize::from(stands);
        }
        Ok((times, Ballot(self.standing(row))))
    }

    /// What is left without the options that are withdrawn.
    fn standing<T>(&self, all: Vec<T>) -> Vec<T> {
        let numbered = all.into_iter().enumerate();
        numbered.filter(|(place, _)| !self.withdrawn.contains(place)).map(|(_, one)| one).collect()
    }

    fn finish(
        &self,
        names: Vec<String>,
        seats: u32,
        ballots: Vec<(u64, Ballot)>,
        line: usize,
    ) -> Result<BallotFile, ReadError> {
        let options = self.standing(names);
        check_options(&options).map_err(|kind| kind.at(line + 1, 1))?;
        let total = ballots.iter().try_fold(0_u64, |sum, (times, _)| sum.checked_add(*times));
        total.ok_or(ReadErrorKind::CountsTooLarge.at(line, 1))?;
        let file = BallotFile::new(Format::Blt, Paper::Ranks, options, ballots);
        Ok(BallotFile { seats: Some(seats), ..file })
    }
}

/// One name for each option, and a title that is not kept.
fn names<'a>(
    lines: impl Iterator<Item = (usize, &'a str)>,
    option_count: usize,
    last: usize,
) -> Result<Vec<String>, ReadError> {
    let mut names = Vec::new();
    let mut end = last;
    for (number, line) in lines {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        end = number;
        if !line.starts_with('"') {
            names.push(line.to_owned());
            continue;
        }
        let mut rest = line;
        while let Some(opened) = rest.strip_prefix('"') {
            let (name, after) =
                opened.split_once('"').ok_or(ReadErrorKind::OpenQuote.at(number, 1))?;
            names.push(name.to_owned());
            rest = after.trim_start();
        }
        if !rest.is_empty() && !rest.starts_with('#') {
            return Err(ReadErrorKind::TextAfterQuote.at(number, 1));
        }
    }
    let wrong = names.len() < option_count || names.len() > option_count + 1;
    if wrong {
        return Err(ReadErrorKind::Expected("a name for each option, and a title").at(end, 1));
    }
    names.truncate(option_count);
    Ok(names)
}
