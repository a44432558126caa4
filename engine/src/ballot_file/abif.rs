//! `abif`: the aggregated ballot information format 0.1 (electowiki), rankings with ratings.
//!
//! ```text
//! # comment        {"key": value}        =token:[what it stands for]
//! 42:Memph/5>Nash/2>Chat/1=Knox/0        27:[Memphis, TN],"Nashville"
//! ```
//!
//! Lines come in any order; those of metadata are ignored. Options are called by their tokens, in
//! the order of their `=` lines, then of their occurrence; a ballot may also use what a token
//! stands for. `>` is better and `=` is level. `,` says nothing of the order: between options that
//! are rated the ratings do, between others `,` is level; a mixture is refused. Ratings are whole.
//! Where all options of all ballots are rated, they can be counted by points too.

use super::csv::{number, shortened};
use super::grades::check_options;
use super::{Ballot, BallotFile, Format, ROWS_MAX, ReadError, ReadErrorKind, names, ranks_of};
use archipel_domain::counting::spec::OPTIONS_MAX;
use archipel_domain::counting::{Paper, SpecError, points};
use std::collections::BTreeMap;

/// How far ranks are apart that a `>` separates: further than any two ratings.
const STEP: u64 = 1 << 16;

/// One option of a ballot: its column, its rank (only the order matters), its rating.
type Preference = (usize, u64, Option<i32>);

/// The options met so far.
#[derive(Default)]
struct Options {
    names: Vec<String>,
    /// What each stands for; empty where nothing is said.
    titles: Vec<String>,
    /// The line on which each occurs first.
    lines: Vec<usize>,
    places: BTreeMap<String, usize>,
    /// The options by what they stand for; none where several stand for it.
    by_title: BTreeMap<String, Option<usize>>,
}

impl Options {
    fn place(&mut self, name: String, line: usize) -> Result<usize, ReadErrorKind> {
        if let Some(place) = self.places.get(&name) {
            return Ok(*place);
        }
        match self.by_title.get(&name) {
            Some(Some(place)) => return Ok(*place),
            Some(None) => return Err(ReadErrorKind::Expected("a token: several stand for this")),
            None => {}
        }
        if self.names.len() == OPTIONS_MAX {
            return Err(ReadErrorKind::Names(SpecError::TooManyOptions));
        }
        self.names.push(name.clone());
        self.titles.push(String::new());
        self.lines.push(line);
        self.places.insert(name, self.names.len() - 1);
        Ok(self.names.len() - 1)
    }

    /// `token:[title]`, after the `=`.
    fn declare(&mut self, words: &mut Words<'_>) -> Result<(), ReadError> {
        let name = words.name()?;
        let (line, declared) = (words.line, name.clone());
        let place = self.place(name, line).map_err(|kind| kind.at(line, 1))?;
        let Some(title) = words.rest.trim_start().strip_prefix(':') else { return Ok(()) };
        let title = title.trim();
        let inner = title.strip_prefix('[').and_then(|rest| rest.rsplit_once(']'));
        let title = inner.map_or(title, |(inner, _)| inner).trim_matches('"');
        if title.is_empty() || title == declared {
            return Ok(());
        }
        if let Some(own) = self.titles.get_mut(place) {
            title.clone_into(own);
        }
        let known = self.by_title.entry(title.to_owned()).or_insert(Some(place));
        if *known != Some(place) {
            *known = None;
        }
        Ok(())
    }
}

pub(super) fn read(text: &str) -> Result<BallotFile, ReadError> {
    let mut options = Options::default();
    let lines = || (1..).zip(text.lines().map(str::trim));
    // Tokens first: what one stands for may be another's token.
    for (line, content) in lines() {
        if let Some(declared) = content.strip_prefix('=') {
            let name = Words { line, text: content, rest: declared }.name()?;
            options.place(name, line).map_err(|kind| kind.at(line, 1))?;
        }
    }
    for (line, content) in lines() {
        if let Some(declared) = content.strip_prefix('=') {
            options.declare(&mut Words { line, text: content, rest: declared })?;
        }
    }
    let mut votes: Vec<(u64, Vec<Preference>)> = Vec::new();
    for (line, content) in lines() {
        if content.is_empty() || content.starts_with(['#', '{', '=']) {
            continue;
        }
        if votes.len() == ROWS_MAX {
            return Err(ReadErrorKind::TooManyRows.at(line, 1));
        }
        let (count, preferences) = content
            .split_once(':')
            .ok_or(ReadErrorKind::Expected("a count, a colon and a vote").at(line, 1))?;
        let count = number(count.trim()).map_err(|kind| kind.at(line, 1))?;
        let mut words = Words { line, text: content, rest: preferences };
        let preferences = words.preferences(&mut options)?;
        if count == 0 {
            return Err(ReadErrorKind::OutOfRange(0).at(line, 1));
        }
        votes.push((count, preferences));
    }
    file(options, &votes)
}

fn file(options: Options, votes: &[(u64, Vec<Preference>)]) -> Result<BallotFile, ReadError> {
    let width = options.names.len();
    check_options(&options.names).map_err(|kind| kind.at(1, 1))?;
    let place = |option: usize| (options.lines.get(option).copied().unwrap_or(1), 1);
    let notices = names::check(&options.names, place)?;
    let total = votes.iter().try_fold(0_u64, |sum, (count, _)| sum.checked_add(*count));
    total.ok_or(ReadErrorKind::CountsTooLarge.at(1, 1))?;
    let ranked = votes.iter().map(|(count, vote)| Ok((*count, ranks(width, vote)?)));
    let ranked = ranked.collect::<Result<_, ReadErrorKind>>().map_err(|kind| kind.at(1, 1))?;
    let mut file = BallotFile::new(Format::Abif, Paper::Ranks, options.names, ranked);
    file.notices = notices;
    if options.titles.iter().any(|title| !title.is_empty()) {
        file.titles = options.titles.iter().map(|title| names::harmless(title)).collect();
    }
    let is_rated =
        |(_, vote): &(u64, Vec<Preference>)| vote.iter().all(|(_, _, rating)| rating.is_some());
    if !votes.is_empty() && votes.iter().all(is_rated) {
        let rated = votes.iter().map(|(count, vote)| (*count, ratings(width, vote)));
        file.also = Some((Paper::Points, rated.collect()));
    }
    Ok(file)
}

fn ranks(width: usize, vote: &[Preference]) -> Result<Ballot, ReadErrorKind> {
    let mut row = vec![None; width];
    for (column, rank, _) in vote {
        if let Some(place) = row.get_mut(*column) {
            *place = Some(*rank);
        }
    }
    ranks_of(&row).map(Ballot)
}

/// Puts the options between two `>` in the order of their ratings, if a `,` stands between them.
/// Ranks have room for them: those of the next `>` are beyond any rating.
fn by_rating(group: &mut [Preference], separators: &[char]) -> Result<(), ReadErrorKind> {
    let rated = group.iter().filter(|(_, _, rating)| rating.is_some()).count();
    if rated == 0 || !separators.contains(&',') {
        return Ok(());
    }
    if rated < group.len() {
        return Err(ReadErrorKind::Expected("a rating of each option that “,” joins, or of none"));
    }
    let levels = group.iter().zip(group.iter().skip(1)).zip(separators);
    for ((left, right), separator) in levels {
        if *separator == '=' && left.2 != right.2 {
            return Err(ReadErrorKind::Expected("equal ratings on both sides of “=” beside “,”"));
        }
    }
    for (_, rank, rating) in group {
        let below = points::POINTS_MAX - rating.unwrap_or_default();
        *rank += u64::try_from(below).unwrap_or_default();
    }
    Ok(())
}

fn ratings(width: usize, vote: &[Preference]) -> Ballot {
    let of = |column| {
        let rating =
            vote.iter().find(|(own, _, _)| *own == column).and_then(|(_, _, rating)| *rating);
        points::mark(rating).unwrap_or_default()
    };
    Ballot((0..width).flat_map(of).collect())
}

/// A line that is read from the left.
struct Words<'a> {
    line: usize,
    text: &'a str,
    rest: &'a str,
}

impl Words<'_> {
    fn fail(&self, kind: ReadErrorKind) -> ReadError {
        let read = self.text.len().saturating_sub(self.rest.len());
        let column = self.text.get(..read).unwrap_or_default().chars().count();
        kind.at(self.line, column + 1)
    }

    /// A token, a "quoted" or a [bracketed] name.
    fn name(&mut self) -> Result<String, ReadError> {
        self.rest = self.rest.trim_start();
        for (open, close) in [('"', '"'), ('[', ']')] {
            if let Some(rest) = self.rest.strip_prefix(open) {
                let (name, after) =
                    rest.split_once(close).ok_or_else(|| self.fail(ReadErrorKind::OpenQuote))?;
                self.rest = after;
                return Ok(name.to_owned());
            }
        }
        let is_token = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let end = self.rest.find(|c| !is_token(c)).unwrap_or(self.rest.len());
        let (name, after) = self.rest.split_at(end);
        if name.is_empty() {
            return Err(self.fail(ReadErrorKind::Expected("an option")));
        }
        self.rest = after;
        Ok(name.to_owned())
    }

    fn preferences(&mut self, options: &mut Options) -> Result<Vec<Preference>, ReadError> {
        let mut preferences: Vec<Preference> = Vec::new();
        // What a `>` or the end closes: where it begins, and the separators in it.
        let (mut begin, mut separators) = (0, Vec::new());
        let mut rank = 0;
        if self.rest.trim().is_empty() {
            return Ok(preferences);
        }
        loop {
            let name = self.name()?;
            let place = options.place(name.clone(), self.line).map_err(|kind| self.fail(kind))?;
            if preferences.iter().any(|(other, _, _)| *other == place) {
                return Err(self.fail(ReadErrorKind::OptionTwice(shortened(&name))));
            }
            let rating = self.rating()?;
            preferences.push((place, rank, rating));
            self.rest = self.rest.trim_start();
            let mut rest = self.rest.chars();
            let next = rest.next().filter(|next| *next != '#');
            match next {
                None | Some('>') => {
                    let group = preferences.get_mut(begin..).unwrap_or_default();
                    by_rating(group, &separators).map_err(|kind| self.fail(kind))?;
                    begin = preferences.len();
                    separators.clear();
                    rank += STEP;
                }
                Some(level @ ('=' | ',')) => separators.push(level),
                Some(_) => return Err(self.fail(ReadErrorKind::Expected("“>”, “=” or “,”"))),
            }
            if next.is_none() {
                return Ok(preferences);
            }
            self.rest = rest.as_str();
        }
    }

    fn rating(&mut self) -> Result<Option<i32>, ReadError> {
        self.rest = self.rest.trim_start();
        let Some(rest) = self.rest.strip_prefix('/') else { return Ok(None) };
        self.rest = rest.trim_start();
        let ends = |c: char| c.is_whitespace() || matches!(c, '>' | '=' | ',' | '#');
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (digits, after) = self.rest.split_at(end);
        let rating = number(digits).map_err(|kind| self.fail(kind))?;
        let points = i32::try_from(rating).ok().filter(|points| *points <= points::POINTS_MAX);
        let points = points.ok_or_else(|| self.fail(ReadErrorKind::OutOfRange(rating)))?;
        self.rest = after;
        Ok(Some(points))
    }
}
