//! `debian-tally`: the tally sheets of Debian's votes.
//!
//! ```text
//!     Option 1----->: Somebody
//!   /  Option 2---->: None Of The Above
//! V: 1-      00230fd5e1d4...
//! ```
//!
//! Of a ballot, the n-th character is the rank of option n: digits, then letters; `-` is unranked,
//! equal ones are level, and only their order matters. Other lines are prose.

use super::csv::{number, shortened};
use super::grades::check_options;
use super::{Ballot, BallotFile, Format, ROWS_MAX, ReadError, ReadErrorKind, names, ranks_of};
use archipel_domain::counting::Paper;

pub(super) fn read(text: &str) -> Result<BallotFile, ReadError> {
    let mut options = Vec::new();
    let mut lines = Vec::new();
    let mut ballots = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        if let Some((place, name)) = option(content) {
            let expected = options.len() + 1;
            if place != expected {
                return Err(ReadErrorKind::Expected("the next option").at(line, 1));
            }
            options.push(name.to_owned());
            lines.push(line);
        }
        let Some(ballot) = content.trim_start().strip_prefix("V:") else { continue };
        if ballots.len() == ROWS_MAX {
            return Err(ReadErrorKind::TooManyRows.at(line, 1));
        }
        if options.is_empty() {
            let legend = "the options, as in “Option 1----->: name”, before the ballots";
            return Err(ReadErrorKind::Expected(legend).at(line, 1));
        }
        let marks = ballot.split_whitespace().next().unwrap_or_default();
        let found = marks.chars().count();
        if found != options.len() {
            let expected = options.len();
            return Err(ReadErrorKind::RowLength { expected, found }.at(line, 4));
        }
        let row = (marks.chars().enumerate())
            .map(|(place, mark)| rank(mark).map_err(|kind| kind.at(line, 4 + place)))
            .collect::<Result<Vec<_>, _>>()?;
        let row = ranks_of(&row).map_err(|kind| kind.at(line, 4))?;
        ballots.push((1, Ballot(row)));
    }
    check_options(&options).map_err(|kind| kind.at(1, 1))?;
    let notices = names::check(&options, |option| (lines.get(option).copied().unwrap_or(1), 1))?;
    let file = BallotFile::new(Format::DebianTally, Paper::Ranks, options, ballots);
    Ok(BallotFile { notices, ..file })
}

/// Whether a line is a ballot: ranks, and the hash of a secret.
pub(super) fn is_ballot(line: &str) -> bool {
    let mut words = line.trim_start().strip_prefix("V:").unwrap_or_default().split_whitespace();
    let is_rank = |c: char| c == '-' || c.is_ascii_alphanumeric();
    let has_ranks = words.next().is_some_and(|ranks| ranks.chars().all(is_rank));
    has_ranks && words.next().is_some_and(|hash| hash.chars().all(|c| c.is_ascii_hexdigit()))
}

/// The number and the name of an option, in a line of the legend.
pub(super) fn option(line: &str) -> Option<(usize, &str)> {
    let legend = line.trim_start_matches([' ', '\t', '/', '|']);
    let (number_, name) = legend.strip_prefix("Option ")?.split_once("-")?;
    let name = name.trim_start_matches('-').strip_prefix(">:")?;
    let place = usize::try_from(number(number_.trim()).ok()?).ok()?;
    Some((place, name.trim()))
}

fn rank(mark: char) -> Result<Option<u64>, ReadErrorKind> {
    match mark {
        '-' => Ok(None),
        _ => {
            let rank = mark.to_digit(36).filter(|rank| *rank > 0).map(u64::from);
            rank.map(Some).ok_or_else(|| ReadErrorKind::NotANumber(shortened(&mark.to_string())))
        }
    }
}
