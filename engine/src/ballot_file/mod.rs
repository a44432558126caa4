//! Ballot files of others: read them as they are, and count them without any instance.
//!
//! | format | content |
//! |---|---|
//! | `csv-grades` | one row a ballot, one column an option, grades as numbers |
//! | `csv-profile` | one row an option, one column a grade, counts of ballots |
//! | `preflib-order` | PrefLib orders (soc, soi, toc, toi): rankings, with or without ties |
//! | `blt` | rankings, with the number of seats |
//! | `preflib-cat` | PrefLib categorical: the first category is what a ballot approves of |
//! | `pabulib` | projects, what they cost, the money there is, approvals, points or orders |
//! | `abif` | rankings, with ratings or without |
//! | `nist-cvr` | cast vote records in JSON: rankings |
//! | `debian-tally` | Debian's tally sheets: rankings |
//! | `csv-points`, `csv-ranks`, `csv-choices` | one row a ballot, one column an option |
//!
//! Parsers read bytes, never files. They put up with what real files contain (byte order mark,
//! CRLF, no final newline, blank lines, empty metadata) and refuse the rest, naming line and
//! column. Whatever the bytes, they return, within the limits below.

mod abif;
mod blt;
mod count;
pub(crate) mod csv;
mod cvr;
mod cvr_xml;
mod debian;
mod error;
mod grades;
mod names;
mod pabulib;
mod places;
mod preflib;
mod profile;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub use count::{
    CountFileError, CountOptions, Counted, Decided, TieBreak, count_file, method_spec,
};
pub use error::{ReadError, ReadErrorKind};
pub use places::Places;
pub use write::{WriteError, write};

use archipel_domain::counting::method::UnknownName;
use archipel_domain::counting::{Method, Paper, SpecError, marks, points};
use std::fmt;
use std::str::FromStr;

/// Largest file that is read, in bytes (256 MiB).
pub const FILE_BYTES_MAX: usize = 256 << 20;
/// Most rows or preferences of one file.
pub const ROWS_MAX: usize = 10_000_000;
/// How far into a file [`detect`] looks, in bytes.
const DETECT_BYTES: usize = 8 << 10;

/// The formats, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `csv-grades`.
    CsvGrades,
    /// `csv-profile`.
    CsvProfile,
    /// `preflib-cat`.
    PreflibCat,
    /// `preflib-order`.
    PreflibOrder,
    /// `blt`.
    Blt,
    /// `pabulib`.
    Pabulib,
    /// `abif`.
    Abif,
    /// `nist-cvr`.
    NistCvr,
    /// `debian-tally`.
    DebianTally,
    /// `csv-points`.
    CsvPoints,
    /// `csv-ranks`.
    CsvRanks,
    /// `csv-choices`.
    CsvChoices,
}

impl Format {
    /// All formats, in the order in which they are documented.
    pub const ALL: [Self; 12] = [
        Self::PreflibOrder,
        Self::PreflibCat,
        Self::Blt,
        Self::Pabulib,
        Self::Abif,
        Self::NistCvr,
        Self::DebianTally,
        Self::CsvGrades,
        Self::CsvProfile,
        Self::CsvPoints,
        Self::CsvRanks,
        Self::CsvChoices,
    ];

    /// The name, as on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CsvGrades => "csv-grades",
            Self::CsvProfile => "csv-profile",
            Self::PreflibCat => "preflib-cat",
            Self::PreflibOrder => "preflib-order",
            Self::Blt => "blt",
            Self::Pabulib => "pabulib",
            Self::Abif => "abif",
            Self::NistCvr => "nist-cvr",
            Self::DebianTally => "debian-tally",
            Self::CsvPoints => "csv-points",
            Self::CsvRanks => "csv-ranks",
            Self::CsvChoices => "csv-choices",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let expected = "a format of `archipel count --list`";
        Self::ALL.into_iter().find(|known| known.name() == text).ok_or(UnknownName { expected })
    }
}

/// What a file does not say of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// `csv-grades`: the number of the worst grade, 1 by default. The number below it (0 by
    /// default) and an empty cell mean no opinion.
    pub worst_grade: u32,
    /// `csv-profile`: whether the first mention is the worst. By default it is the best, as in
    /// the polls of MieuxVoter/mj-database-2027.
    pub worst_first: bool,
    /// `csv-profile`: the number of the mention that means no opinion, if there is one. Polls of
    /// that collection often have one in their last column, and do not mark it.
    pub no_opinion: Option<u32>,
    /// `nist-cvr`: the id or the name of a contest, where there are several.
    pub contest: Option<String>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { worst_grade: 1, worst_first: false, no_opinion: None, contest: None }
    }
}

/// One ballot as a row of marks, in the encoding of [`archipel_domain::counting::marks`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot(pub Vec<u8>);

/// Merit profiles without the ballots they come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profiles {
    /// Per option, the ballots that give it each grade, worst grade first.
    pub counts: Vec<Vec<u64>>,
    /// Ballots cast: the largest total of an option, those without opinion included.
    pub cast: u64,
}

/// The money of a participatory budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileBudget {
    /// The money there is.
    pub budget: u64,
    /// What each option costs.
    pub costs: Vec<u64>,
    /// What one unit of the currency is in these numbers.
    pub unit: u32,
}

/// Ballots and how often each was cast.
pub type Ballots = Vec<(u64, Ballot)>;

/// What a file contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotFile {
    /// Its format.
    pub format: Format,
    /// The options, in the order and spelling of the file.
    pub options: Vec<String>,
    /// The names of the grades, worst first, in a file of grades.
    pub grades: Vec<String>,
    /// What its ballots say.
    pub paper: Paper,
    /// What people call the options, where the file has more than their ids; otherwise none.
    pub titles: Vec<String>,
    /// Ballots and how often each was cast; none in a file of profiles.
    pub ballots: Ballots,
    /// The same ballots in other words, where the file has them.
    pub also: Option<(Paper, Ballots)>,
    /// The profiles, in a file of profiles.
    pub profiles: Option<Profiles>,
    /// Options to elect, where the file says it.
    pub seats: Option<u32>,
    /// The money, in a file of projects.
    pub budget: Option<FileBudget>,
    /// What is odd about the file, without making it unreadable.
    pub notices: Vec<ReadError>,
    /// Where things stand in it, for messages.
    pub places: Places,
}

impl BallotFile {
    fn new(format: Format, paper: Paper, options: Vec<String>, ballots: Ballots) -> Self {
        Self {
            format,
            options,
            grades: Vec::new(),
            paper,
            titles: Vec::new(),
            ballots,
            also: None,
            profiles: None,
            seats: None,
            budget: None,
            notices: Vec::new(),
            places: Places::default(),
        }
    }

    /// Ballots that were cast in a vote of this instance, as if a file held them.
    #[must_use]
    pub fn recorded(paper: Paper, options: Vec<String>, ballots: Ballots) -> Self {
        Self::new(Format::CsvPoints, paper, options, ballots)
    }

    /// The ballots in the words of a paper, or what they say in them: grades and points are also
    /// an order, and grades and approvals also points (the worst grade being 0).
    #[must_use]
    pub fn said_as(&self, paper: Paper) -> Option<Ballots> {
        if let Some(ballots) = self.ballots_of(paper) {
            return Some(ballots.clone());
        }
        let translate: fn(&[u8]) -> Vec<Option<i32>> = match (self.paper, paper) {
            (Paper::Grades, Paper::Ranks) => |row| order(&levels(row)),
            (Paper::Points, Paper::Ranks) => |row| order(&given(row)),
            (Paper::Grades, Paper::Points) => levels,
            (Paper::Approvals, Paper::Points) => approved,
            _ => return None,
        };
        let said = |(times, Ballot(row)): &(u64, Ballot)| {
            Some((*times, Ballot(marks::row(paper, &translate(row))?)))
        };
        self.ballots.iter().map(said).collect()
    }

    /// The ballots in the words of a paper, if the file has them.
    #[must_use]
    pub fn ballots_of(&self, paper: Paper) -> Option<&Ballots> {
        match &self.also {
            _ if self.paper == paper => Some(&self.ballots),
            Some((also, ballots)) if *also == paper => Some(ballots),
            _ => None,
        }
    }

    /// Options to elect, unless somebody says otherwise: as many as the file says, 1 otherwise and
    /// by a method that only says who is first.
    #[must_use]
    pub fn seats(&self, method: Method) -> u32 {
        match method {
            Method::Ranked(rule) if rule.is_of_one_seat() => 1,
            _ => self.seats.unwrap_or(1),
        }
    }
}

/// The grades of a row, the worst being 0.
fn levels(row: &[u8]) -> Vec<Option<i32>> {
    row.iter().map(|mark| mark.checked_sub(marks::WORST_GRADE).map(i32::from)).collect()
}

/// 1 for what is approved.
fn approved(row: &[u8]) -> Vec<Option<i32>> {
    row.iter().map(|mark| (*mark == marks::APPROVED).then_some(1)).collect()
}

fn given(row: &[u8]) -> Vec<Option<i32>> {
    points::columns(row).map(|points| points.ok().flatten()).collect()
}

/// The marks of ranks as they are found, the best being the lowest: only their order matters.
fn ranks_of(found: &[Option<u64>]) -> Result<Vec<u8>, ReadErrorKind> {
    let mut levels: Vec<u64> = found.iter().copied().flatten().collect();
    levels.sort_unstable();
    levels.dedup();
    let mark = |rank: &Option<u64>| match rank {
        None => Ok(marks::UNRANKED),
        Some(rank) => {
            let level = levels.binary_search(rank).unwrap_or_else(|place| place);
            marks::rank_mark(level).ok_or(ReadErrorKind::Names(SpecError::TooManyToRank))
        }
    };
    found.iter().map(mark).collect()
}

/// Ranks from 1, the best being the highest value.
fn order(values: &[Option<i32>]) -> Vec<Option<i32>> {
    let mut levels: Vec<i32> = values.iter().copied().flatten().collect();
    levels.sort_unstable_by(|a, b| b.cmp(a));
    levels.dedup();
    let rank = |value: &i32| levels.iter().position(|level| level == value);
    let shown = |value: &Option<i32>| {
        let rank = value.as_ref().and_then(rank)?;
        i32::try_from(rank + 1).ok()
    };
    values.iter().map(shown).collect()
}

/// Guesses the format from the name and the first bytes of a file, and, where that leaves several,
/// from the method by which it is to be counted.
#[must_use]
pub fn detect(path: &str, bytes: &[u8], method: Option<Method>) -> Option<Format> {
    let path = path.to_ascii_lowercase();
    let kind = path.rsplit_once('.').filter(|(name, _)| !name.is_empty()).map(|(_, kind)| kind);
    match kind {
        Some("blt" | "hil") => return Some(Format::Blt),
        Some("pb") => return Some(Format::Pabulib),
        Some("abif") => return Some(Format::Abif),
        Some("json" | "xml") => return Some(Format::NistCvr),
        Some(kind) if preflib::of_type(kind).is_some() => return preflib::of_type(kind),
        _ => {}
    }
    let start = String::from_utf8_lossy(bytes.get(..DETECT_BYTES).unwrap_or(bytes));
    let start = start.strip_prefix('\u{feff}').unwrap_or(&start);
    if start.starts_with('#') {
        let mut kinds = start.lines().filter_map(|line| line.strip_prefix("# DATA TYPE:"));
        return kinds.find_map(|kind| preflib::of_type(kind.trim()));
    }
    if start.lines().next().is_some_and(|line| line.trim_end_matches(';').trim() == "META") {
        return Some(Format::Pabulib);
    }
    if start.trim_start().starts_with(['{', '<']) {
        return start.contains("CastVoteRecordReport").then_some(Format::NistCvr);
    }
    if start.lines().any(|line| debian::option(line).is_some() || debian::is_ballot(line)) {
        return Some(Format::DebianTally);
    }
    // A header can be longer than the start.
    let whole = std::str::from_utf8(bytes).unwrap_or(start);
    detect_csv(whole.strip_prefix('\u{feff}').unwrap_or(whole), method)
}

/// A table has a header and at least one row: anything can be a header.
fn detect_csv(text: &str, method: Option<Method>) -> Option<Format> {
    let mut records = csv::Records::new(text);
    let header = records.next()?.ok()?;
    let row = records.next()?;
    if header.fields.iter().any(|field| profile::mention(field).is_some()) {
        return Some(Format::CsvProfile);
    }
    let is_number = |field: &str| {
        let digits = field.strip_prefix('-').unwrap_or(field);
        digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    match method {
        Some(Method::YesNo | Method::Consent) => return Some(Format::CsvChoices),
        Some(Method::Score | Method::Dots | Method::Quadratic) => return Some(Format::CsvPoints),
        Some(Method::Ranked(_)) => return Some(Format::CsvRanks),
        _ => {}
    }
    let (first_option, _) = csv::first_option(&header);
    if header.fields.len() > 1 && header.fields.first().is_some_and(|first| first.is_empty()) {
        return Some(Format::CsvGrades);
    }
    let row = row.ok()?;
    let is_grades = row.fields.len() == header.fields.len()
        && row.fields.iter().skip(first_option).all(|field| is_number(field));
    is_grades.then_some(Format::CsvGrades)
}

/// Reads the bytes of a file.
///
/// # Errors
/// [`ReadError`], which names the place and the reason.
pub fn read(bytes: &[u8], format: Format, options: &ReadOptions) -> Result<BallotFile, ReadError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(ReadErrorKind::FileTooLarge.at(1, 1));
    }
    let text = utf8(bytes)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format {
        Format::CsvGrades => grades::read(text, options),
        Format::CsvProfile => profile::read(text, options),
        Format::PreflibCat | Format::PreflibOrder => preflib::read(text, format),
        Format::Blt => blt::read(text),
        Format::Pabulib => pabulib::read(text),
        Format::Abif => abif::read(text),
        Format::NistCvr => cvr::read(text, options.contest.as_deref()),
        Format::DebianTally => debian::read(text),
        Format::CsvPoints | Format::CsvRanks | Format::CsvChoices => table::read(text, format),
    }
}

pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let text = String::from_utf8_lossy(good);
        let line = 1 + text.matches('\n').count();
        let column = 1 + text.rsplit('\n').next().unwrap_or_default().chars().count();
        ReadErrorKind::NotUtf8.at(line, column)
    })
}
