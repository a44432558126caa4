//! Counting a ballot file: what `archipel count` does.

use super::{BallotFile, Format, ReadError};
use archipel_domain::counting::marks::{self, MarkError};
use archipel_domain::counting::{
    self, CountError, Method, MethodSpec, Outcome, Received, SpecError, Tally, TallyCounter,
    Ungraded,
};

/// Parameters of a count that a ballot file does not contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountOptions {
    /// Options to elect; 1 by default.
    pub seats: u32,
    /// What a missing grade is worth. By default the worst grade in a file of ballots, where a
    /// missing grade is somebody's silence; an error in a file of profiles, where it is more
    /// likely a mistake.
    pub default_grade: Option<Ungraded>,
}

impl Default for CountOptions {
    fn default() -> Self {
        Self { seats: 1, default_grade: None }
    }
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
    /// The method refuses the tally.
    #[error("{0}")]
    Count(#[from] CountError),
}

/// The method of a count, with its parameters, as a vote on that file's options would freeze it.
///
/// # Errors
/// [`CountFileError`] when the method does not read such files, or its parameters do not fit.
pub fn method_spec(
    file: &BallotFile,
    method: Method,
    options: &CountOptions,
) -> Result<MethodSpec, CountFileError> {
    let seats = options.seats;
    let spec = match (method, file.format) {
        (Method::Approval, Format::PreflibCat) => MethodSpec::Approval { seats, max_choices: None },
        (Method::MajorityJudgment, Format::CsvGrades | Format::CsvProfile) => {
            let default = match file.format {
                Format::CsvProfile => Ungraded::Error,
                _ => Ungraded::Worst,
            };
            let ungraded = options.default_grade.unwrap_or(default);
            MethodSpec::MajorityJudgment { grades: file.grades.clone(), seats, ungraded }
        }
        (Method::Ranked(rule), Format::PreflibOrder | Format::Blt) => {
            MethodSpec::Ranked { rule, seats }
        }
        _ => {
            return Err(CountFileError::MethodOfAnotherFile { method, format: file.format });
        }
    };
    spec.validate(&file.options).map_err(|error: SpecError| CountError::Spec(error))?;
    Ok(spec)
}

/// Counts a file by a method that reads what it holds: approvals, rankings or grades.
///
/// # Errors
/// [`CountFileError`].
pub fn count_file(
    file: &BallotFile,
    method: Method,
    options: &CountOptions,
) -> Result<Outcome, CountFileError> {
    let spec = method_spec(file, method, options)?;
    let tally = match &file.profiles {
        Some(profiles) => Tally::MajorityJudgment {
            profiles: profiles.counts.clone(),
            received: Received { cast: profiles.cast, blank: 0, invalid: 0 },
        },
        None => tally(file, &spec)?,
    };
    Ok(counting::count(&spec, &file.options, &tally)?)
}

fn tally(file: &BallotFile, spec: &MethodSpec) -> Result<Tally, CountFileError> {
    let mut counter = TallyCounter::new(spec, file.options.len());
    for (place, (times, ballot)) in file.ballots.iter().enumerate() {
        let checked = marks::check(spec, file.options.len(), &ballot.0);
        if let Err(MarkError::Ungraded { column }) = checked {
            let option = file.options.get(column).cloned().unwrap_or_default();
            return Err(CountFileError::Ungraded { ballot: place + 1, option });
        }
        counter.add_times(&ballot.0, *times)?;
    }
    // Who was eligible only matters to a yes/no vote.
    Ok(counter.tally(0))
}
