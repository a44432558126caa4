//! Counting a ballot file: what `archipel count` does.

use super::{BallotFile, Ballots, Format, ReadError, ReadErrorKind};
use archipel_domain::counting::budget::{BudgetPaper, Completion};
use archipel_domain::counting::committee::CommitteeRule;
use archipel_domain::counting::consent;
use archipel_domain::counting::marks::{self, MarkError};
use archipel_domain::counting::method::UnknownName;
use archipel_domain::counting::points::{self, PointsRule, Unscored};
use archipel_domain::counting::yes_no::{Majority, Rule};
use archipel_domain::counting::{
    self, CountError, Method, MethodSpec, Outcome, Paper, Received, SpecError, Tally, TallyCounter,
    Ungraded,
};
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// Parameters of a count that a ballot file does not contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountOptions {
    /// Options to elect; 1 by default.
    pub seats: u32,
    /// What a missing grade is worth. By default the worst grade in a file of ballots, where a
    /// missing grade is somebody's silence; an error in a file of profiles, where it is more
    /// likely a mistake. For scores, `normalize` leaves missing ones out of a mean.
    pub default_grade: Option<Ungraded>,
    /// What is done with what equal shares leave: by default nothing in a budget, and Phragmén's
    /// method in a committee.
    pub completion: Option<Completion>,
    /// What is done about ties in the end.
    pub tie_break: TieBreak,
}

impl Default for CountOptions {
    fn default() -> Self {
        Self { seats: 1, default_grade: None, completion: None, tie_break: TieBreak::None }
    }
}

/// What is done about ties in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TieBreak {
    /// They are reported.
    None,
    /// The options listed first are preferred.
    DeclaredOrder,
}

impl FromStr for TieBreak {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        match text {
            "none" => Ok(Self::None),
            "declared-order" => Ok(Self::DeclaredOrder),
            _ => Err(UnknownName { expected: "none or declared-order" }),
        }
    }
}

/// An outcome, and who wins once ties are broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The outcome; its winners are those before any tie-break.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Who wins after it, if one is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
}

/// Who wins once ties are broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// How they are broken.
    pub by: TieBreak,
    /// The winners.
    pub winners: Vec<String>,
}

/// Why a file can not be counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountFileError {
    /// The file can not be read.
    #[error("{0}")]
    Read(#[from] ReadError),
    /// The file does not hold what the method counts.
    #[error("a {format} file can not be counted by {method}")]
    MethodOfAnotherFile {
        /// The method asked for.
        method: Method,
        /// The format of the file.
        format: Format,
    },
    /// A ballot leaves an option ungraded, and this is to be an error.
    #[error("ballot {ballot} does not grade “{option}”; say what a missing grade is worth")]
    Ungraded {
        /// The ballot's place in the file, from 1.
        ballot: usize,
        /// The option.
        option: String,
    },
    /// A ballot says what the method does not admit.
    #[error("{}ballot {ballot}: {error}", Line(*line))]
    Ballot {
        /// Its line, where it was kept.
        line: Option<usize>,
        /// The ballot's place in the file, from 1.
        ballot: usize,
        /// What is wrong with it.
        error: MarkError,
    },
    /// The method refuses the tally.
    #[error("{0}")]
    Count(#[from] CountError),
}

/// The beginning of a message, where a line is known.
struct Line(Option<usize>);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, "line {line}, "))
    }
}

/// The method of a count, with its parameters, as a vote on that file's options would freeze it;
/// and the ballots that it counts.
///
/// # Errors
/// [`CountFileError`] when the method does not read such files, or its parameters do not fit.
pub fn method_spec<'a>(
    file: &'a BallotFile,
    method: Method,
    options: &CountOptions,
) -> Result<(MethodSpec, &'a Ballots), CountFileError> {
    let other = CountFileError::MethodOfAnotherFile { method, format: file.format };
    let papers: &[Paper] = match method {
        Method::YesNo | Method::Consent => &[Paper::Choice],
        Method::Approval | Method::Committee(_) => &[Paper::Approvals],
        Method::MajorityJudgment | Method::Judgment(_) => &[Paper::Grades],
        Method::Ranked(_) => &[Paper::Ranks],
        Method::Score | Method::Dots | Method::Quadratic => &[Paper::Points],
        Method::Budget(_) => &[Paper::Approvals, Paper::Points],
    };
    let found = papers.iter().find_map(|paper| Some((*paper, file.ballots_of(*paper)?)));
    let Some((paper, ballots)) = found else { return Err(other) };
    let spec = spec(file, method, options, paper, ballots).ok_or(other)?;
    spec.validate(&file.options).map_err(|error| not_counted(file, error))?;
    Ok((spec, ballots))
}

/// Why a file's options can not be voted on, with the place where it is known.
fn not_counted(file: &BallotFile, error: SpecError) -> CountFileError {
    let costs = file.budget.iter().flat_map(|money| &money.costs);
    let free = costs.zip(&file.options).enumerate().find(|(_, (cost, _))| **cost == 0);
    match (&error, free) {
        (SpecError::BadBudget, Some((place, (_, name)))) => {
            let (line, column) = file.places.of_cost(place).unwrap_or((1, 1));
            ReadErrorKind::CostsNothing(name.clone()).at(line, column).into()
        }
        _ => CountError::Spec(error).into(),
    }
}

fn spec(
    file: &BallotFile,
    method: Method,
    options: &CountOptions,
    paper: Paper,
    ballots: &Ballots,
) -> Option<MethodSpec> {
    let seats = options.seats;
    let default = if file.profiles.is_some() { Ungraded::Error } else { Ungraded::Worst };
    let ungraded = options.default_grade.unwrap_or(default);
    let grades = file.grades.clone();
    let none = options.completion.unwrap_or(Completion::None);
    Some(match method {
        Method::YesNo => {
            MethodSpec::YesNo { rule: Rule { quorum: None, majority: Majority::Simple } }
        }
        Method::Consent => MethodSpec::Consent { rule: consent::Rule::default() },
        Method::Approval => MethodSpec::Approval { seats, max_choices: None },
        Method::MajorityJudgment => MethodSpec::MajorityJudgment { grades, seats, ungraded },
        Method::Judgment(rule) => MethodSpec::Judgment { rule, grades, seats, ungraded },
        Method::Ranked(rule) => MethodSpec::Ranked { rule, seats },
        Method::Score | Method::Dots | Method::Quadratic => {
            let given = Given::of(ballots);
            let rule = match method {
                Method::Score => PointsRule::Score {
                    most: given.most,
                    unscored: match options.default_grade {
                        Some(Ungraded::Normalize) => Unscored::Excluded,
                        _ => Unscored::Zero,
                    },
                },
                Method::Dots => PointsRule::Dots { points: given.sum, cap: Some(given.most) },
                _ => PointsRule::Quadratic { credits: given.squares },
            };
            MethodSpec::Points { rule, seats }
        }
        Method::Committee(rule) => {
            let completion = match rule {
                CommitteeRule::EqualShares => options.completion.unwrap_or(Completion::Phragmen),
                _ => none,
            };
            MethodSpec::Committee { rule, seats, completion, max_choices: None }
        }
        Method::Budget(rule) => {
            let money = file.budget.as_ref()?;
            let paper = match paper {
                Paper::Points => {
                    BudgetPaper::Points { total: None, cap: Some(Given::of(ballots).most) }
                }
                _ => BudgetPaper::Approvals { max_choices: None },
            };
            let (costs, budget, unit) = (money.costs.clone(), money.budget, money.unit);
            MethodSpec::Budget { rule, completion: none, budget, costs, unit, paper }
        }
    })
}

/// The most that a ballot of a file gives: its limits, as the file does not say them. At least 1,
/// so that a file of blank ballots can be counted.
struct Given {
    most: u16,
    sum: u32,
    squares: u32,
}

impl Given {
    fn of(ballots: &Ballots) -> Self {
        let (mut most, mut sum, mut squares) = (1_u64, 1_u64, 1_u64);
        for (_, ballot) in ballots {
            let points = points::columns(&ballot.0).filter_map(|points| points.ok().flatten());
            let sizes: Vec<u64> = points.map(|points| points.unsigned_abs().into()).collect();
            most = most.max(sizes.iter().copied().max().unwrap_or(0));
            sum = sum.max(sizes.iter().sum());
            squares = squares.max(sizes.iter().map(|size| size * size).sum());
        }
        Self {
            most: u16::try_from(most).unwrap_or(u16::MAX),
            sum: u32::try_from(sum).unwrap_or(u32::MAX),
            squares: u32::try_from(squares).unwrap_or(u32::MAX),
        }
    }
}

/// Counts a file by a method that reads what it holds.
///
/// # Errors
/// [`CountFileError`].
pub fn count_file(
    file: &BallotFile,
    method: Method,
    options: &CountOptions,
) -> Result<Counted, CountFileError> {
    let (spec, ballots) = method_spec(file, method, options)?;
    let tally = match &file.profiles {
        Some(profiles) => Tally::MajorityJudgment {
            profiles: profiles.counts.clone(),
            received: Received { cast: profiles.cast, blank: 0, invalid: 0 },
        },
        None => tally(file, &spec, ballots)?,
    };
    let counted = counting::count(&spec, &file.options, &tally);
    if options.tie_break == TieBreak::None {
        return Ok(Counted { outcome: counted?, decided: None });
    }
    let places: Vec<usize> = (0..file.options.len()).collect();
    let decided = counting::decide(&spec, &file.options, &tally, &places)?;
    let winners = decided.winners.clone();
    let outcome = match counted {
        // Too many ways to follow all: the declared one is known, and who could win.
        Err(CountError::TooManyTies) => counting::outcome(&spec, &file.options, &tally)?,
        counted => counted?,
    };
    Ok(Counted { outcome, decided: Some(Decided { by: options.tie_break, winners }) })
}

fn tally(file: &BallotFile, spec: &MethodSpec, ballots: &Ballots) -> Result<Tally, CountFileError> {
    let mut counter = TallyCounter::new(spec, file.options.len());
    let mut all = 0_u64;
    for (place, (times, ballot)) in ballots.iter().enumerate() {
        match marks::check(spec, file.options.len(), &ballot.0) {
            Err(MarkError::Ungraded { column }) => {
                let option = file.options.get(column).cloned().unwrap_or_default();
                return Err(CountFileError::Ungraded { ballot: place + 1, option });
            }
            Err(MarkError::EqualRanks) => return Err(CountError::EqualRanks.into()),
            // What a file says in points, or beyond its own limits, is a mistake of the file.
            Err(error @ (MarkError::PointsOutOfRange { .. } | MarkError::TooManyPoints { .. })) => {
                let line = file.places.line(place);
                return Err(CountFileError::Ballot { line, ballot: place + 1, error });
            }
            _ => {}
        }
        all = all.checked_add(*times).ok_or(CountError::TooLarge)?;
        counter.add_times(&ballot.0, *times)?;
    }
    // Who was eligible only matters to a quorum.
    Ok(counter.tally(all))
}
