//! `abif`: the aggregated ballot information format 0.1 (electowiki), rankings with ratings.
//!
//! ```text
//! # comment        {"key": value}        =token:[what it stands for]
//! 42:Memph/5>Nash/2>Chat/1=Knox/0        27:[Memphis, TN],"Nashville"
//! ```
//!
//! Lines come in any order; those of metadata are ignored. Options are called by their tokens, in
//! the order of their `=` lines, then of their occurrence. Without ratings, `>` is better, `=` and
//! `,` are level. Where all options of all ballots are rated, they can be counted by points too.

use super::csv::{number, shortened};
use super::grades::check_options;
use super::{Ballot, BallotFile, Format, ROWS_MAX, ReadError, ReadErrorKind};
use archipel_domain::counting::marks::{UNRANKED, rank_mark};
use archipel_domain::counting::spec::OPTIONS_MAX;
use archipel_domain::counting::{Paper, SpecError, points};
use std::collections::BTreeMap;

/// One option of a ballot: its column, its rank from 0, its rating.
type Preference = (usize, usize, Option<i32>);

/// The options met so far.
#[derive(Default)]
struct Options {
    names: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl Options {
    fn place(&mut self, name: String) -> Result<usize, ReadErrorKind> {
        if let Some(place) = self.places.get(&name) {
            return Ok(*place);
        }
        if self.names.len() == OPTIONS_MAX {
            return Err(ReadErrorKind::Names(SpecError::TooManyOptions));
        }
        self.names.push(name.clone());
        self.places.insert(name, self.names.len() - 1);
        Ok(self.names.len() - 1)
    }
}

pub(super) fn read(text: &str) -> Result<BallotFile, ReadError> {
    let mut options = Options::default();
    let lines = || (1..).zip(text.lines().map(str::trim));
    for (line, content) in lines() {
        if let Some(declared) = content.strip_prefix('=') {
            let mut words = Words { line, text: content, rest: declared };
            let name = words.name()?;
            options.place(name).map_err(|kind| kind.at(line, 1))?;
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
    let width = options.names.len();
    check_options(&options.names).map_err(|kind| kind.at(1, 1))?;
    let total = votes.iter().try_fold(0_u64, |sum, (count, _)| sum.checked_add(*count));
    total.ok_or(ReadErrorKind::CountsTooLarge.at(1, 1))?;
    let ranked = votes.iter().map(|(count, vote)| Ok((*count, ranks(width, vote)?)));
    let ranked = ranked.collect::<Result<_, ReadErrorKind>>().map_err(|kind| kind.at(1, 1))?;
    let mut file = BallotFile::new(Format::Abif, Paper::Ranks, options.names, ranked);
    let is_rated =
        |(_, vote): &(u64, Vec<Preference>)| vote.iter().all(|(_, _, rating)| rating.is_some());
    if !votes.is_empty() && votes.iter().all(is_rated) {
        let rated = votes.iter().map(|(count, vote)| (*count, ratings(width, vote)));
        file.also = Some((Paper::Points, rated.collect()));
    }
    Ok(file)
}

fn ranks(width: usize, vote: &[Preference]) -> Result<Ballot, ReadErrorKind> {
    let mut row = vec![UNRANKED; width];
    for (column, rank, _) in vote {
        let mark = rank_mark(*rank).ok_or(ReadErrorKind::Names(SpecError::TooManyToRank))?;
        if let Some(place) = row.get_mut(*column) {
            *place = mark;
        }
    }
    Ok(Ballot(row))
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
        let mut rank = 0;
        if self.rest.trim().is_empty() {
            return Ok(preferences);
        }
        loop {
            let name = self.name()?;
            let place = options.place(name.clone()).map_err(|kind| self.fail(kind))?;
            if preferences.iter().any(|(other, _, _)| *other == place) {
                return Err(self.fail(ReadErrorKind::OptionTwice(shortened(&name))));
            }
            let rating = self.rating()?;
            preferences.push((place, rank, rating));
            self.rest = self.rest.trim_start();
            let mut rest = self.rest.chars();
            match rest.next() {
                None | Some('#') => return Ok(preferences),
                Some('>') => rank += 1,
                Some('=' | ',') => {}
                Some(_) => return Err(self.fail(ReadErrorKind::Expected("“>”, “=” or “,”"))),
            }
            self.rest = rest.as_str();
        }
    }

    fn rating(&mut self) -> Result<Option<i32>, ReadError> {
        self.rest = self.rest.trim_start();
        let Some(rest) = self.rest.strip_prefix('/') else { return Ok(None) };
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        let rating = number(digits).map_err(|kind| self.fail(kind))?;
        let points = i32::try_from(rating).ok().filter(|points| *points <= points::POINTS_MAX);
        self.rest = after;
        points.map(Some).ok_or_else(|| self.fail(ReadErrorKind::OutOfRange(rating)))
    }
}
