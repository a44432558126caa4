//! Writing ballots in the formats of others, so that anybody can count them with other tools.

use super::{Ballot, BallotFile, FileBudget, Format};
use archipel_domain::counting::marks::{APPROVED, UNRANKED};
use archipel_domain::counting::{Paper, points};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Why ballots can not be written in a format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The format does not hold such ballots.
    #[error("these ballots can not be written as {0}")]
    OtherFormat(Format),
    /// A name would be read as something else.
    #[error("“{0}” can not be written in this format")]
    Name(String),
}

/// The text of a file in a format.
///
/// # Errors
/// [`WriteError`].
pub fn write(file: &BallotFile, format: Format) -> Result<String, WriteError> {
    let ballots = |paper| file.ballots_of(paper).ok_or(WriteError::OtherFormat(format));
    match format {
        Format::PreflibOrder => orders(file, ballots(Paper::Ranks)?),
        Format::PreflibCat => categories(file, ballots(Paper::Approvals)?),
        Format::Blt => blt(file, ballots(Paper::Ranks)?),
        Format::Abif => abif(file, ballots(Paper::Ranks)?),
        Format::Pabulib => {
            let budget = file.budget.as_ref().ok_or(WriteError::OtherFormat(format))?;
            pabulib(file, budget)
        }
        Format::CsvGrades => table(file, ballots(Paper::Grades)?, |mark| match mark {
            0 | 1 => String::new(),
            grade => (grade - 1).to_string(),
        }),
        Format::CsvRanks => table(file, ballots(Paper::Ranks)?, |mark| match mark {
            0 | UNRANKED => String::new(),
            rank => (rank - 1).to_string(),
        }),
        Format::CsvChoices => table(file, ballots(Paper::Choice)?, |mark| {
            let words = ["", "for", "against", "abstain"];
            words.get(usize::from(mark)).copied().unwrap_or("blank").to_owned()
        }),
        Format::CsvPoints => point_table(file, ballots(Paper::Points)?),
        _ => Err(WriteError::OtherFormat(format)),
    }
}

/// Fields of a table, quoted where needed.
fn csv(fields: impl Iterator<Item = String>) -> String {
    let quoted = fields.map(|field| {
        let is_bare = !field.is_empty() && !field.contains([',', ';', '\t', '"', '\n', '\r']);
        let is_tidy = field.trim() == field;
        if is_bare && is_tidy { field } else { format!("\"{}\"", field.replace('"', "\"\"")) }
    });
    quoted.collect::<Vec<_>>().join(",")
}

/// The header: a first column without name, so that the second row can not be taken for it.
fn header(file: &BallotFile) -> String {
    format!(",{}\n", csv(file.options.iter().cloned()))
}

fn table(
    file: &BallotFile,
    ballots: &[(u64, Ballot)],
    said: impl Fn(u8) -> String,
) -> Result<String, WriteError> {
    let mut text = header(file);
    let rows = ballots.iter().map(|(times, Ballot(row))| {
        (*times, row.iter().map(|mark| said(*mark)).collect::<Vec<_>>().join(","))
    });
    numbered(&mut text, rows);
    Ok(text)
}

fn point_table(file: &BallotFile, ballots: &[(u64, Ballot)]) -> Result<String, WriteError> {
    let mut text = header(file);
    let said = |points: Result<Option<i32>, ()>| {
        points.ok().flatten().map(|points| points.to_string()).unwrap_or_default()
    };
    let rows = ballots.iter().map(|(times, Ballot(row))| {
        (*times, points::columns(row).map(said).collect::<Vec<_>>().join(","))
    });
    numbered(&mut text, rows);
    Ok(text)
}

/// Each ballot as often as it was cast, with a number.
fn numbered(text: &mut String, rows: impl Iterator<Item = (u64, String)>) {
    let mut number = 0_u64;
    for (times, row) in rows {
        for _ in 0..times {
            number += 1;
            let _ = writeln!(text, "{number},{row}");
        }
    }
}

/// Rankings with `>` and `=`; names are tokens, or in brackets, or in quotes.
fn abif(file: &BallotFile, ballots: &[(u64, Ballot)]) -> Result<String, WriteError> {
    let token = |name: &String| {
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let broken = name.contains(['\n', '\r']) || name.is_empty();
        match name {
            _ if broken => Err(WriteError::Name(name.clone())),
            name if name.chars().all(is_plain) => Ok(name.clone()),
            name if !name.contains(']') => Ok(format!("[{name}]")),
            name if !name.contains('"') => Ok(format!("\"{name}\"")),
            name => Err(WriteError::Name(name.clone())),
        }
    };
    let tokens = file.options.iter().map(token).collect::<Result<Vec<String>, WriteError>>()?;
    let mut text = String::new();
    for (number, token) in tokens.iter().enumerate() {
        let _ = writeln!(text, "={token}:[{}]", number + 1);
    }
    for (times, Ballot(row)) in ballots {
        let groups = groups(row).into_iter().map(|group| {
            let names = group.into_iter().filter_map(|number| tokens.get(number.checked_sub(1)?));
            names.cloned().collect::<Vec<_>>().join("=")
        });
        let _ = writeln!(text, "{times}:{}", groups.collect::<Vec<_>>().join(">"));
    }
    Ok(text)
}

/// The options of a ballot by rank, best first, by the numbers of the file.
fn groups(row: &[u8]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
    for (number, mark) in (1..).zip(row).filter(|(_, mark)| **mark != UNRANKED) {
        groups.entry(*mark).or_default().push(number);
    }
    groups.into_values().collect()
}

fn joined(numbers: &[usize], by: &str) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(by)
}

fn preflib(
    file: &BallotFile,
    kind: &str,
    more: &str,
    preferences: &BTreeMap<String, u64>,
) -> Result<String, WriteError> {
    let mut text = format!("# DATA TYPE: {kind}\n# MODIFICATION TYPE: original\n");
    let _ = writeln!(text, "# NUMBER ALTERNATIVES: {}", file.options.len());
    let _ = writeln!(text, "# NUMBER VOTERS: {}", preferences.values().sum::<u64>());
    let unique = if kind == "cat" { "PREFERENCES" } else { "ORDERS" };
    let _ = writeln!(text, "# NUMBER UNIQUE {unique}: {}", preferences.len());
    text.push_str(more);
    for (number, name) in (1..).zip(&file.options) {
        if name.trim() != name || name.contains(['\n', '\r']) {
            return Err(WriteError::Name(name.clone()));
        }
        let _ = writeln!(text, "# ALTERNATIVE NAME {number}: {name}");
    }
    let mut sorted: Vec<(&String, &u64)> = preferences.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (preference, times) in sorted {
        let _ = writeln!(text, "{times}: {preference}");
    }
    Ok(text)
}

/// Orders, by the most restrictive type. A ballot that ranks nothing has no place in it.
fn orders(file: &BallotFile, ballots: &[(u64, Ballot)]) -> Result<String, WriteError> {
    let (mut has_ties, mut is_whole, mut blank) = (false, true, 0_u64);
    let mut preferences = BTreeMap::new();
    for (times, Ballot(row)) in ballots {
        let groups = groups(row);
        if groups.is_empty() {
            blank += times;
            continue;
        }
        has_ties |= groups.iter().any(|group| group.len() > 1);
        is_whole &= groups.iter().map(Vec::len).sum::<usize>() == row.len();
        let group = |group: &Vec<usize>| match group.as_slice() {
            [one] => one.to_string(),
            several => format!("{{{}}}", joined(several, ",")),
        };
        let text = groups.iter().map(group).collect::<Vec<_>>().join(",");
        *preferences.entry(text).or_default() += times;
    }
    let kind = match (has_ties, is_whole) {
        (false, true) => "soc",
        (false, false) => "soi",
        (true, true) => "toc",
        (true, false) => "toi",
    };
    // No order says nothing; a reader has to be told what is missing.
    let more = match blank {
        0 => String::new(),
        blank => format!("# DESCRIPTION: without the blank ballots, of which there are {blank}\n"),
    };
    preflib(file, kind, &more, &preferences)
}

fn categories(file: &BallotFile, ballots: &[(u64, Ballot)]) -> Result<String, WriteError> {
    let mut preferences = BTreeMap::new();
    for (times, Ballot(row)) in ballots {
        let of = |approved: bool| -> Vec<usize> {
            let numbered = (1..).zip(row);
            numbered.filter(|(_, mark)| (**mark == APPROVED) == approved).map(|(n, _)| n).collect()
        };
        let group = |numbers: Vec<usize>| format!("{{{}}}", joined(&numbers, ","));
        let text = format!("{},{}", group(of(true)), group(of(false)));
        *preferences.entry(text).or_default() += times;
    }
    let more = "# NUMBER CATEGORIES: 2\n# CATEGORY NAME 1: Yes\n# CATEGORY NAME 2: No\n";
    preflib(file, "cat", more, &preferences)
}

fn blt(file: &BallotFile, ballots: &[(u64, Ballot)]) -> Result<String, WriteError> {
    let mut text = format!("{} {}\n", file.options.len(), file.seats.unwrap_or(1));
    for (times, Ballot(row)) in ballots {
        let _ = write!(text, "{times}");
        for group in groups(row) {
            let _ = write!(text, " {}", joined(&group, "="));
        }
        text.push_str(" 0\n");
    }
    text.push_str("0\n");
    for name in &file.options {
        if name.contains(['"', '\n', '\r']) {
            return Err(WriteError::Name(name.clone()));
        }
        let _ = writeln!(text, "\"{name}\"");
    }
    text.push_str("\"\"\n");
    Ok(text)
}

fn pabulib(file: &BallotFile, money: &FileBudget) -> Result<String, WriteError> {
    if money.unit != 1 {
        return Err(WriteError::OtherFormat(Format::Pabulib));
    }
    // Project ids are numbers, as a name may hold the comma that separates them.
    let voters: u64 = file.ballots.iter().map(|(times, _)| *times).sum();
    let kind = if file.paper == Paper::Points { "cumulative" } else { "approval" };
    let mut text = format!(
        "META\nkey;value\ndescription;Archipel\ncountry;-\nunit;-\ninstance;-\nnum_projects;{}\n\
         num_votes;{voters}\nbudget;{}\nvote_type;{kind}\nrule;-\ndate_begin;-\ndate_end;-\n\
         PROJECTS\nproject_id;cost;name\n",
        file.options.len(),
        money.budget,
    );
    for ((number, name), cost) in (1..).zip(&file.options).zip(&money.costs) {
        let _ = writeln!(text, "{number};{cost};\"{}\"", name.replace('"', "\"\""));
    }
    let has_points = file.paper == Paper::Points;
    text.push_str(if has_points {
        "VOTES\nvoter_id;vote;points\n"
    } else {
        "VOTES\nvoter_id;vote\n"
    });
    let mut voter = 0_u64;
    for (times, Ballot(row)) in &file.ballots {
        let said: Vec<(usize, i32)> = if has_points {
            let points = points::columns(row).map(|points| points.ok().flatten());
            (1..).zip(points).filter_map(|(number, points)| Some((number, points?))).collect()
        } else {
            let approved = (1..).zip(row).filter(|(_, mark)| **mark == APPROVED);
            approved.map(|(number, _)| (number, 1)).collect()
        };
        let numbers: Vec<usize> = said.iter().map(|(number, _)| *number).collect();
        let points: Vec<String> = said.iter().map(|(_, points)| points.to_string()).collect();
        for _ in 0..*times {
            voter += 1;
            let _ = write!(text, "{voter};{}", joined(&numbers, ","));
            if has_points {
                let _ = write!(text, ";{}", points.join(","));
            }
            text.push('\n');
        }
    }
    Ok(text)
}
