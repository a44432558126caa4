//! Ballot files of others: read them as they are, and count them without any instance.
//!
//! | format | content |
//! |---|---|
//! | `csv-grades` | one row a ballot, one column an option, grades as numbers |
//! | `csv-profile` | one row an option, one column a grade, counts of ballots |
//! | `preflib-order` | PrefLib orders (soc, soi, toc, toi): rankings, with or without ties |
//! | `blt` | rankings, with the number of seats |
//! | `preflib-cat` | PrefLib categorical: the first category is what a ballot approves of |
//!
//! Parsers read bytes, never files. They put up with what real files contain (byte order mark,
//! CRLF, no final newline, blank lines, empty metadata) and refuse the rest, naming line and
//! column. Whatever the bytes, they return, within the limits below.

mod blt;
mod count;
mod csv;
mod error;
mod grades;
mod preflib;
mod profile;
#[cfg(test)]
mod tests;

pub use count::{CountFileError, CountOptions, count_file, method_spec};
pub use error::{ReadError, ReadErrorKind};

use archipel_domain::counting::Method;
use archipel_domain::counting::spec::UnknownName;
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
}

impl Format {
    /// All formats, in the order in which they are documented.
    pub const ALL: [Self; 5] =
        [Self::CsvGrades, Self::CsvProfile, Self::PreflibCat, Self::PreflibOrder, Self::Blt];

    /// The name, as on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CsvGrades => "csv-grades",
            Self::CsvProfile => "csv-profile",
            Self::PreflibCat => "preflib-cat",
            Self::PreflibOrder => "preflib-order",
            Self::Blt => "blt",
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
        let expected = "csv-grades, csv-profile, preflib-cat, preflib-order or blt";
        Self::ALL.into_iter().find(|known| known.name() == text).ok_or(UnknownName { expected })
    }
}

/// What a file does not say of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { worst_grade: 1, worst_first: false, no_opinion: None }
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

/// What a file contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotFile {
    /// Its format.
    pub format: Format,
    /// The options, in the order and spelling of the file.
    pub options: Vec<String>,
    /// The names of the grades, worst first; none in a file of approvals or of rankings.
    pub grades: Vec<String>,
    /// Ballots and how often each was cast; none in a file of profiles.
    pub ballots: Vec<(u64, Ballot)>,
    /// The profiles, in a file of profiles.
    pub profiles: Option<Profiles>,
    /// Options to elect, where the file says it.
    pub seats: Option<u32>,
}

impl BallotFile {
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

/// Guesses the format from the name and the first bytes of a file.
#[must_use]
pub fn detect(path: &str, bytes: &[u8]) -> Option<Format> {
    let path = path.to_ascii_lowercase();
    let kind = path.rsplit_once('.').filter(|(name, _)| !name.is_empty()).map(|(_, kind)| kind);
    match kind {
        Some("blt" | "hil") => return Some(Format::Blt),
        Some(kind) if preflib::of_type(kind).is_some() => return preflib::of_type(kind),
        _ => {}
    }
    let start = bytes.get(..DETECT_BYTES).unwrap_or(bytes);
    let text = String::from_utf8_lossy(start);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.starts_with('#') {
        let mut kinds = text.lines().filter_map(|line| line.strip_prefix("# DATA TYPE:"));
        return kinds.find_map(|kind| preflib::of_type(kind.trim()));
    }
    let mut records = csv::Records::new(text);
    let header = records.next()?.ok()?;
    if header.fields.iter().any(|field| profile::mention(field).is_some()) {
        return Some(Format::CsvProfile);
    }
    if header.fields.len() > 1 && header.fields.first().is_some_and(|first| first.is_empty()) {
        return Some(Format::CsvGrades);
    }
    let row = records.next()?.ok()?;
    let is_grades = row.fields.len() == header.fields.len()
        && row.fields.iter().all(|field| field.bytes().all(|byte| byte.is_ascii_digit()));
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
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let text = String::from_utf8_lossy(good);
        let line = 1 + text.matches('\n').count();
        let column = 1 + text.rsplit('\n').next().unwrap_or_default().chars().count();
        ReadErrorKind::NotUtf8.at(line, column)
    })
}
