//! Why, and where, a file can not be read.

use archipel_domain::counting::SpecError;

/// Why, and where, a file can not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct ReadError {
    /// The line, from 1.
    pub line: usize,
    /// From 1: the field in CSV, the character in PrefLib and where text is not UTF-8.
    pub column: usize,
    /// The reason.
    pub kind: ReadErrorKind,
}

/// Why a file can not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadErrorKind {
    /// Above [`super::FILE_BYTES_MAX`].
    #[error("the file is too large")]
    FileTooLarge,
    /// Above [`super::ROWS_MAX`].
    #[error("the file has too many rows")]
    TooManyRows,
    /// Bytes that are no text.
    #[error("the file is not UTF-8")]
    NotUtf8,
    /// There is no header.
    #[error("the file is empty")]
    Empty,
    /// A quote is never closed.
    #[error("a quoted field does not end")]
    OpenQuote,
    /// Something follows a closing quote.
    #[error("text after a closing quote")]
    TextAfterQuote,
    /// A row is longer or shorter than the header.
    #[error("{found} fields where the header has {expected}")]
    RowLength {
        /// Fields of the header.
        expected: usize,
        /// Fields of the row.
        found: usize,
    },
    /// The options or the grades can not be voted on.
    #[error("{0}")]
    Names(SpecError),
    /// A number was expected.
    #[error("“{0}” is not a whole number from 0 on")]
    NotANumber(String),
    /// A number is out of range.
    #[error("{0} is out of range")]
    OutOfRange(u64),
    /// Counts add up to more than 2^64 - 1.
    #[error("the counts are too large")]
    CountsTooLarge,
    /// No column is called `mention_1`, `mention_2`...
    #[error("no columns mention_1, mention_2...")]
    NoMention,
    /// Columns of mentions are missing or repeated.
    #[error("mentions are not numbered 1, 2, 3... once each")]
    MentionNumbers,
    /// An entry of the metadata is missing.
    #[error("“{0}” is missing")]
    MissingKey(String),
    /// An entry of the metadata occurs twice.
    #[error("“{0}” occurs twice")]
    RepeatedKey(String),
    /// The file is of another PrefLib type.
    #[error("the data type is “{found}”, not {expected}")]
    OtherType {
        /// What it says.
        found: String,
        /// What it may say.
        expected: &'static str,
    },
    /// A line leaves something unranked, in a file of complete orders.
    #[error("a “{0}” file ranks every alternative")]
    NotComplete(String),
    /// A line has a tie, in a file of strict orders.
    #[error("a “{0}” file has no ties")]
    NotStrict(String),
    /// Something else was expected here.
    #[error("expected {0}")]
    Expected(&'static str),
    /// One ballot names an option twice.
    #[error("“{0}” occurs twice")]
    OptionTwice(String),
    /// A ballot names what is no option.
    #[error("“{0}” is no option of this file")]
    UnknownOption(String),
    /// Points were expected.
    #[error("“{0}” is not a number of points")]
    NotPoints(String),
    /// The text is not XML.
    #[error("{0}")]
    Xml(String),
    /// The text is not JSON.
    #[error("{0}")]
    Json(String),
    /// There are several contests, or none of that name.
    #[error("name one of the contests: {0}")]
    WhichContest(String),
    /// A feature has a value that the quotas do not know.
    #[error("“{0}” is no value of this feature")]
    UnknownValue(String),
    /// A name is empty, too long or holds control characters.
    #[error("“{0}” can not be a name")]
    NotAName(String),
    /// One of the records is wrong.
    #[error("record {record}: {kind}")]
    InRecord {
        /// Which, from 1.
        record: usize,
        /// What is wrong.
        kind: Box<ReadErrorKind>,
    },
    /// The name of an option holds a control character.
    #[error("the name of an option holds the control character U+{0:04X}")]
    ControlCharacter(u32),
    /// A notice: the name of an option holds a character that changes the direction of writing.
    #[error("the name of an option holds U+{0:04X}, which changes the direction of writing")]
    TurnsText(u32),
    /// The name of an option is that of another, in other code points.
    #[error("“{0}” is the name of another option too, in other code points")]
    SameName(String),
    /// An amount may mean two numbers.
    #[error("the amount “{0}” is ambiguous: write it without separators of thousands")]
    AmbiguousAmount(String),
    /// The first of so long an order would get more points than there can be.
    #[error("max_length is above {0}, the most points of a project")]
    LongOrders(i32),
    /// A project costs nothing, where money is counted.
    #[error("the project “{0}” costs nothing")]
    CostsNothing(String),
    /// A notice: rows of one voter.
    #[error("the voter “{voter}” occurs again; such rows: {rows}, all counted")]
    VoterAgain {
        /// The first that occurs again.
        voter: String,
        /// How many rows are not the first of their voter.
        rows: u64,
    },
    /// A notice: ballots that are beyond a limit of the metadata.
    #[error("{key} says {limit}; ballots that exceed it: {ballots}, all counted")]
    BeyondLimit {
        /// The entry of the metadata.
        key: &'static str,
        /// What it says.
        limit: u64,
        /// How many ballots exceed it.
        ballots: u64,
    },
    /// A notice: rows that end before their vote.
    #[error("the row ends before its vote; such rows: {0}, counted as blank")]
    NoVote(u64),
    /// A notice: the last text of a BLT file is the name of an option.
    #[error("there is no title: each text is taken for the name of an option")]
    NoTitle,
    /// A notice: the first column is not an option.
    #[error("the column “{0}” is taken for numbers of ballots, not for an option")]
    BallotNumbers(String),
    /// A row has more columns than any file of ballots.
    #[error("there are more than {0} columns")]
    TooManyColumns(usize),
    /// One ballot names an alternative twice.
    #[error("alternative {0} occurs twice")]
    AlternativeTwice(u64),
    /// The metadata announce another number.
    #[error("{key} says {expected}, the file has {found}")]
    OtherCount {
        /// The entry of the metadata.
        key: &'static str,
        /// What it says.
        expected: u64,
        /// What there is.
        found: u64,
    },
}

impl ReadErrorKind {
    /// The error at a place.
    pub(crate) fn at(self, line: usize, column: usize) -> ReadError {
        ReadError { line, column, kind: self }
    }
}
