//! `pabulib`: participatory budgets (pabulib.org/format), with what each project costs.
//!
//! ```text
//! META       key;value        budget and vote_type are needed, the rest is not
//! PROJECTS   project_id;cost;...
//! VOTES      voter_id;vote;[points;]...      vote and points are lists with commas
//! ```
//!
//! Columns come in any order, unknown ones and unknown keys are ignored. Options are called by
//! their `project_id`. Amounts may have decimals, after a point or a comma: they are then counted
//! in the smallest part. Three of them may be thousands, and are refused like other amounts of
//! which one can not tell. A quote inside a field is a character like others. Where `num_projects`
//! or `num_votes` is not what the file has, a voter has two rows, a ballot is beyond `max_length`,
//! `max_points` or `max_sum_points`, or a row ends before its vote, that is noticed, not refused:
//! real files are like that.

use super::csv::{number, shortened};
use super::grades::check_options;
use super::{
    Ballot, BallotFile, FileBudget, Format, Places, ROWS_MAX, ReadError, ReadErrorKind, names,
};
use archipel_domain::counting::marks::{APPROVED, NOT_APPROVED, UNRANKED, rank_mark};
use archipel_domain::counting::spec::OPTIONS_MAX;
use archipel_domain::counting::{Paper, SpecError, points};
use std::collections::{BTreeMap, BTreeSet};

/// Most decimals of an amount.
const DECIMALS_MAX: usize = 4;

/// What a section says: its header and its rows, with their lines.
struct Section<'a> {
    line: usize,
    header: Vec<String>,
    rows: Vec<(usize, Vec<String>)>,
    name: &'a str,
}

impl Section<'_> {
    /// The place of a column, 0 being the first.
    fn column(&self, name: &'static str) -> Result<usize, ReadError> {
        let place = self.header.iter().position(|column| column == name);
        place.ok_or_else(|| ReadErrorKind::MissingKey(name.to_owned()).at(self.line + 1, 1))
    }

    fn optional(&self, name: &'static str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }
}

/// An amount: its digits, and how many of them are decimals.
#[derive(Clone, Copy)]
struct Amount(u64, usize);

/// The entries of the metadata: their lines and values.
type Keys<'a> = BTreeMap<&'a str, (usize, &'a str)>;

/// One vote: its line, the columns it names, and their points if it gives any.
struct Vote {
    line: usize,
    columns: Vec<usize>,
    points: Vec<i32>,
}

pub(super) fn read(text: &str) -> Result<BallotFile, ReadError> {
    let sections = sections(text)?;
    let of = |name: &str| {
        let section = sections.iter().find(|section| section.name == name);
        section.ok_or_else(|| ReadErrorKind::MissingKey(name.to_owned()).at(1, 1))
    };
    let (meta, projects, votes) = (of("META")?, of("PROJECTS")?, of("VOTES")?);
    let keys = keys(meta)?;
    let key = |name: &str| {
        let value = keys.get(name).filter(|(_, value)| !value.is_empty()).copied();
        value.ok_or_else(|| ReadErrorKind::MissingKey(name.to_owned()).at(meta.line, 1))
    };
    let (options, costs, mut places) = options(projects)?;
    let (line, budget) = key("budget")?;
    let budget = amount(budget).map_err(|kind| kind.at(line, 2))?;
    let budget = in_parts(budget, &costs).ok_or(ReadErrorKind::CountsTooLarge.at(line, 2))?;
    let (line, kind) = key("vote_type")?;
    let paper = match kind {
        "approval" | "choose-1" => Paper::Approvals,
        "cumulative" | "scoring" => Paper::Points,
        "ordinal" => Paper::Ranks,
        _ => {
            let expected = "approval, choose-1, cumulative, scoring or ordinal";
            let found = shortened(kind);
            return Err(ReadErrorKind::OtherType { found, expected }.at(line, 2));
        }
    };
    let id = projects.column("project_id")? + 1;
    let row = |option: usize| projects.rows.get(option).map_or(1, |(line, _)| *line);
    let mut notices = names::check(&options, |option| (row(option), id))?;
    let given = given(votes, &options, paper)?;
    for vote in &given {
        places.ballot(vote.line);
    }
    for (key, found) in [("num_projects", projects.rows.len()), ("num_votes", votes.rows.len())] {
        let found = u64::try_from(found).unwrap_or(u64::MAX);
        if let Some((line, expected)) = keys.get(key)
            && let Ok(expected) = number(expected)
            && expected != found
        {
            notices.push(ReadErrorKind::OtherCount { key, expected, found }.at(*line, 2));
        }
    }
    notices.extend(odd_rows(votes)?);
    notices.extend(beyond_limits(&keys, votes, &given)?);
    let file = ballots(options, paper, &given, &keys)?;
    let titles = titles(projects);
    Ok(BallotFile { budget: Some(budget), titles, notices, places, ..file })
}

fn keys<'a>(meta: &'a Section<'_>) -> Result<Keys<'a>, ReadError> {
    let mut keys = Keys::new();
    for (line, fields) in &meta.rows {
        let [key, value, ..] = fields.as_slice() else { continue };
        if keys.insert(key, (*line, value)).is_some() {
            return Err(ReadErrorKind::RepeatedKey(shortened(key)).at(*line, 1));
        }
    }
    Ok(keys)
}

/// Rows that are odd, by what the first of them is and how many there are.
fn odd_rows(votes: &Section<'_>) -> Result<Vec<ReadError>, ReadError> {
    let mut notices = Vec::new();
    let vote = votes.column("vote")?;
    let mut short = votes.rows.iter().filter(|(_, row)| row.len() <= vote);
    if let Some((line, _)) = short.next() {
        let rows = u64::try_from(short.count()).unwrap_or(u64::MAX).saturating_add(1);
        notices.push(ReadErrorKind::NoVote(rows).at(*line, vote + 1));
    }
    if let Some(column) = votes.optional("voter_id") {
        let mut seen = BTreeSet::new();
        let voter = |row: &'_ [String]| row.get(column).filter(|id| !id.is_empty()).cloned();
        let mut again = votes.rows.iter().filter_map(|(line, row)| {
            let voter = voter(row)?;
            (!seen.insert(voter.clone())).then_some((*line, voter))
        });
        if let Some((line, voter)) = again.next() {
            let rows = u64::try_from(again.count()).unwrap_or(u64::MAX).saturating_add(1);
            let voter = shortened(&voter);
            notices.push(ReadErrorKind::VoterAgain { voter, rows }.at(line, column + 1));
        }
    }
    Ok(notices)
}

/// What a limit of the metadata limits.
type SizeOf = fn(&Vote) -> u64;

fn points_of_vote(vote: &Vote) -> impl Iterator<Item = u64> {
    vote.points.iter().map(|points| u64::try_from(*points).unwrap_or(0))
}

/// Ballots beyond the limits of the metadata, by the first of them and how many there are.
fn beyond_limits(
    keys: &Keys<'_>,
    votes: &Section<'_>,
    given: &[Vote],
) -> Result<Vec<ReadError>, ReadError> {
    let column = votes.column("vote")? + 1;
    let limits: [(&'static str, SizeOf); 3] = [
        ("max_length", |vote| u64::try_from(vote.columns.len()).unwrap_or(u64::MAX)),
        ("max_points", |vote| points_of_vote(vote).max().unwrap_or(0)),
        ("max_sum_points", |vote| points_of_vote(vote).sum()),
    ];
    let mut notices = Vec::new();
    for (key, size) in limits {
        let Some(limit) = keys.get(key).and_then(|(_, limit)| number(limit).ok()) else { continue };
        let mut beyond = given.iter().filter(|vote| size(vote) > limit);
        if let Some(Vote { line, .. }) = beyond.next() {
            let ballots = u64::try_from(beyond.count()).unwrap_or(u64::MAX).saturating_add(1);
            notices.push(ReadErrorKind::BeyondLimit { key, limit, ballots }.at(*line, column));
        }
    }
    Ok(notices)
}

/// The names of the projects, if the file has them.
fn titles(projects: &Section<'_>) -> Vec<String> {
    let Some(column) = projects.optional("name") else { return Vec::new() };
    let title = |(_, row): &(usize, Vec<String>)| {
        names::harmless(row.get(column).map(String::as_str).unwrap_or_default())
    };
    projects.rows.iter().map(title).collect()
}

/// Cuts a file into its sections.
fn sections(text: &str) -> Result<Vec<Section<'_>>, ReadError> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let bare = content.trim().trim_end_matches(';').trim();
        if bare.is_empty() {
            continue;
        }
        if matches!(bare.to_ascii_uppercase().as_str(), "META" | "PROJECTS" | "VOTES") {
            let name = match bare.as_bytes().first() {
                Some(b'M' | b'm') => "META",
                Some(b'P' | b'p') => "PROJECTS",
                _ => "VOTES",
            };
            if sections.iter().any(|section| section.name == name) {
                return Err(ReadErrorKind::RepeatedKey(name.to_owned()).at(line, 1));
            }
            sections.push(Section { line, header: Vec::new(), rows: Vec::new(), name });
            continue;
        }
        let Some(section) = sections.last_mut() else {
            return Err(ReadErrorKind::Expected("META").at(line, 1));
        };
        let mut fields = fields(content);
        if section.header.is_empty() {
            section.header = fields.iter().map(|name| name.to_ascii_lowercase()).collect();
            continue;
        }
        // What follows a value of META belongs to it.
        let (expected, found) = (section.header.len(), fields.len());
        if found > expected && section.name != "META" {
            if fields.iter().skip(expected).all(String::is_empty) {
                fields.truncate(expected);
            } else {
                return Err(ReadErrorKind::RowLength { expected, found }.at(line, 1));
            }
        }
        if section.rows.len() == ROWS_MAX {
            return Err(ReadErrorKind::TooManyRows.at(line, 1));
        }
        section.rows.push((line, fields));
    }
    if sections.is_empty() { Err(ReadErrorKind::Empty.at(1, 1)) } else { Ok(sections) }
}

/// Splits a line at its semicolons, but those inside a field that is quoted as a whole.
fn fields(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut rest = Some(line);
    while let Some(text) = rest {
        let quoted = text.trim_start().strip_prefix('"').and_then(quoted);
        let (field, after) = match quoted {
            Some((field, after)) => (field, after),
            None => match text.split_once(';') {
                Some((field, after)) => (field.trim().to_owned(), Some(after)),
                None => (text.trim().to_owned(), None),
            },
        };
        fields.push(field);
        rest = after;
    }
    fields
}

/// A field after its opening quote, and what follows its semicolon; `None` if it is not quoted as
/// a whole.
fn quoted(text: &str) -> Option<(String, Option<&str>)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"')?;
        field.push_str(part);
        if let Some(more) = after.strip_prefix('"') {
            field.push('"');
            rest = more;
            continue;
        }
        let after = after.trim_start();
        return match after.strip_prefix(';') {
            Some(next) => Some((field, Some(next))),
            None if after.is_empty() => Some((field, None)),
            None => None,
        };
    }
}

/// The ids of the projects, what they cost, and where that stands.
fn options(projects: &Section<'_>) -> Result<(Vec<String>, Vec<Amount>, Places), ReadError> {
    let (id, cost) = (projects.column("project_id")?, projects.column("cost")?);
    if projects.rows.len() > OPTIONS_MAX {
        return Err(ReadErrorKind::Names(SpecError::TooManyOptions).at(projects.line, 1));
    }
    let mut places = Places::default();
    let mut names = Vec::with_capacity(projects.rows.len());
    let mut costs = Vec::with_capacity(projects.rows.len());
    for (line, row) in &projects.rows {
        names.push(row.get(id).cloned().unwrap_or_default());
        let text = row.get(cost).map(String::as_str).unwrap_or_default();
        costs.push(amount(text).map_err(|kind| kind.at(*line, cost + 1))?);
        places.cost(*line, cost + 1);
    }
    check_options(&names).map_err(|kind| kind.at(projects.line, id + 1))?;
    Ok((names, costs, places))
}

fn amount(text: &str) -> Result<Amount, ReadErrorKind> {
    let is_number = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');
    if !text.bytes().all(is_number) || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(ReadErrorKind::NotANumber(shortened(text)));
    }
    let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let exact = decimals.trim_end_matches('0');
    // Three digits may be thousands; several separators are.
    if decimals.contains(['.', ',']) || decimals.len() == 3 || exact.len() > DECIMALS_MAX {
        return Err(ReadErrorKind::AmbiguousAmount(shortened(text)));
    }
    let digits = format!("{whole}{exact}");
    let digits = digits.parse().map_err(|_| ReadErrorKind::CountsTooLarge)?;
    Ok(Amount(digits, exact.len()))
}

/// All amounts in the smallest part that one of them has.
fn in_parts(budget: Amount, costs: &[Amount]) -> Option<FileBudget> {
    let decimals = costs.iter().map(|cost| cost.1).max().unwrap_or(0).max(budget.1);
    let scaled = |Amount(digits, own): &Amount| {
        let missing = u32::try_from(decimals - own).ok()?;
        digits.checked_mul(10_u64.checked_pow(missing)?)
    };
    Some(FileBudget {
        budget: scaled(&budget)?,
        costs: costs.iter().map(scaled).collect::<Option<_>>()?,
        unit: 10_u32.checked_pow(u32::try_from(decimals).ok()?)?,
    })
}

/// What each row says.
fn given(votes: &Section<'_>, options: &[String], paper: Paper) -> Result<Vec<Vote>, ReadError> {
    let places: BTreeMap<&str, usize> = options.iter().map(String::as_str).zip(0..).collect();
    let vote = votes.column("vote")?;
    let given = match paper {
        Paper::Points => Some(votes.column("points")?),
        _ => None,
    };
    let mut chosen = Vec::with_capacity(votes.rows.len());
    for (line, row) in &votes.rows {
        let list = row.get(vote).map(String::as_str).unwrap_or_default();
        let mut columns = Vec::new();
        for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let place = *places
                .get(name)
                .ok_or_else(|| ReadErrorKind::UnknownOption(shortened(name)).at(*line, vote + 1))?;
            if columns.contains(&place) {
                return Err(ReadErrorKind::OptionTwice(shortened(name)).at(*line, vote + 1));
            }
            columns.push(place);
        }
        let points = match given {
            Some(given) => {
                points_of(row.get(given).map(String::as_str).unwrap_or_default(), columns.len())
                    .map_err(|kind| kind.at(*line, given + 1))?
            }
            None => Vec::new(),
        };
        chosen.push(Vote { line: *line, columns, points });
    }
    Ok(chosen)
}

/// The ballots, as the type of votes says.
fn ballots(
    options: Vec<String>,
    paper: Paper,
    given: &[Vote],
    keys: &Keys<'_>,
) -> Result<BallotFile, ReadError> {
    let width = options.len();
    let row = |Vote { columns, points, .. }: &Vote| match paper {
        Paper::Points => pointed(width, columns.iter().copied().zip(points.iter().copied())),
        Paper::Ranks => ranked(width, columns),
        _ => approved(width, columns),
    };
    let rows = given.iter().map(|vote| (1, row(vote))).collect();
    let mut file = BallotFile::new(Format::Pabulib, paper, options, rows);
    if paper == Paper::Ranks {
        // As a budget, an order gives as many points as it could be long, and one less each.
        let (line, longest) = match keys.get("max_length").map(|(at, said)| (*at, number(said))) {
            Some((line, Ok(longest))) => (line, longest),
            Some((line, Err(ReadErrorKind::CountsTooLarge))) => (line, u64::MAX),
            _ => (1, 0),
        };
        let found = given.iter().map(|vote| vote.columns.len()).max().unwrap_or(0);
        let longest = longest.max(u64::try_from(found).unwrap_or(u64::MAX));
        let longest = i32::try_from(longest).ok().filter(|most| *most <= points::POINTS_MAX);
        let longest = longest.ok_or(ReadErrorKind::LongOrders(points::POINTS_MAX).at(line, 2))?;
        let points = |Vote { columns, .. }: &Vote| {
            (1, pointed(width, columns.iter().copied().zip((1..=longest).rev())))
        };
        file.also = Some((Paper::Points, given.iter().map(points).collect()));
    }
    Ok(file)
}

fn points_of(text: &str, expected: usize) -> Result<Vec<i32>, ReadErrorKind> {
    let numbers = text.split(',').map(str::trim).filter(|number| !number.is_empty());
    let points: Vec<i32> = numbers
        .map(|field| {
            let number = number(field)?;
            let points = i32::try_from(number).ok().filter(|points| *points <= points::POINTS_MAX);
            points.ok_or(ReadErrorKind::OutOfRange(number))
        })
        .collect::<Result<_, _>>()?;
    if points.len() == expected {
        Ok(points)
    } else {
        Err(ReadErrorKind::RowLength { expected, found: points.len() })
    }
}

fn approved(width: usize, columns: &[usize]) -> Ballot {
    let mark = |column| if columns.contains(&column) { APPROVED } else { NOT_APPROVED };
    Ballot((0..width).map(mark).collect())
}

fn ranked(width: usize, columns: &[usize]) -> Ballot {
    let mark = |column| {
        let rank = columns.iter().position(|other| *other == column);
        rank.and_then(rank_mark).unwrap_or(UNRANKED)
    };
    Ballot((0..width).map(mark).collect())
}

fn pointed(width: usize, points: impl Iterator<Item = (usize, i32)>) -> Ballot {
    let given: BTreeMap<usize, i32> = points.collect();
    let mark = |column: usize| points::mark(given.get(&column).copied()).unwrap_or_default();
    Ballot((0..width).flat_map(mark).collect())
}
