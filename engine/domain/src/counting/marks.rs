//! How one ballot is written down: a row of bytes of fixed width, one column an option.
//!
//! | method | columns | marks |
//! |---|---|---|
//! | yes-no | 1 | 1 for, 2 against, 3 abstain, 4 blank |
//! | consent | 1 | 1 consents, 2 objects, 3 stands aside, 4 blank |
//! | approvals | one an option | 1 not approved, 2 approved |
//! | grades | one an option | 1 ungraded, 2 + g grade g, the worst being 0 |
//! | rankings | one an option | 1 unranked, 2 + r rank r, the best being 0; ranks may be shared |
//! | points | two an option | see [`super::points`] |
//!
//! A first column of 0 means that there is no ballot, so that a matrix of zeros is a vote before
//! its first ballot. A row without any approval, grade or rank is blank.

use super::points::{self, PointsLimits};
use super::spec::{GRADES_MAX, MethodSpec, RANKED_MAX, Ungraded};
use super::{Method, Paper, RankedRule};
use bincode::{Decode, Encode};
use std::fmt;

/// No ballot, in the first column.
pub const NO_BALLOT: u8 = 0;
/// Yes/no: for.
pub const FOR: u8 = 1;
/// Yes/no: against.
pub const AGAINST: u8 = 2;
/// Yes/no: takes no side.
pub const ABSTAIN: u8 = 3;
/// Yes/no: blank.
pub const BLANK: u8 = 4;
/// Approval: not approved.
pub const NOT_APPROVED: u8 = 1;
/// Approval: approved.
pub const APPROVED: u8 = 2;
/// Majority judgment: ungraded.
pub const UNGRADED: u8 = 1;
/// Majority judgment: the worst grade; grade g is this plus g.
pub const WORST_GRADE: u8 = 2;

/// The mark of a grade, 0 being the worst; `None` beyond the most grades that a vote may have.
#[must_use]
pub fn grade_mark(grade: u8) -> Option<u8> {
    if usize::from(grade) < GRADES_MAX { WORST_GRADE.checked_add(grade) } else { None }
}

/// Rankings: unranked.
pub const UNRANKED: u8 = 1;
/// Rankings: the best rank; rank r is this plus r.
pub const BEST_RANK: u8 = 2;

/// The mark of a rank, 0 being the best; `None` beyond the most options that ballots may rank.
#[must_use]
pub fn rank_mark(rank: usize) -> Option<u8> {
    let rank = u8::try_from(rank).ok().filter(|rank| usize::from(*rank) < RANKED_MAX)?;
    BEST_RANK.checked_add(rank)
}

/// What marks of rankings are compared by: the best first, the unranked last.
pub(super) fn rank_key(mark: u8) -> u8 {
    mark.wrapping_sub(BEST_RANK)
}

/// Bytes in a row.
#[must_use]
pub fn width(spec: &MethodSpec, option_count: usize) -> usize {
    match spec.paper() {
        Paper::Choice => 1,
        Paper::Approvals | Paper::Grades | Paper::Ranks => option_count,
        Paper::Points => option_count.saturating_mul(points::COLUMN),
    }
}

/// Why a row is not a ballot of the vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkError {
    /// The row is too long, too short, or has no mark in the first column.
    Width,
    /// A column holds no mark of the method.
    UnknownMark {
        /// The column, from 0.
        column: usize,
    },
    /// More options are approved of than the vote allows.
    TooManyChoices {
        /// Options approved of.
        chosen: usize,
    },
    /// Some options are graded and some are not, in a vote that asks for all.
    Ungraded {
        /// The first ungraded column, from 0.
        column: usize,
    },
    /// An option is given fewer or more points than the vote allows.
    PointsOutOfRange {
        /// The column, from 0.
        column: usize,
    },
    /// Two options have one rank, in a vote that admits no equal ranks.
    EqualRanks,
    /// The points are more, all together, than the vote allows.
    TooManyPoints {
        /// What they add up to: points, or their squares.
        used: u64,
    },
}

impl fmt::Display for MarkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Width => f.write_str("the ballot has not one mark per option"),
            Self::UnknownMark { column } => write!(f, "mark {} is unknown", column + 1),
            Self::TooManyChoices { chosen } => write!(f, "{chosen} choices are too many"),
            Self::Ungraded { column } => write!(f, "option {} is not graded", column + 1),
            Self::PointsOutOfRange { column } => {
                write!(f, "the points of option {} are out of range", column + 1)
            }
            Self::EqualRanks => f.write_str("two options have one rank"),
            Self::TooManyPoints { used } => write!(f, "{used} points are too many"),
        }
    }
}

impl std::error::Error for MarkError {}

/// Checks that a row is a ballot, blank or not, that the vote admits.
///
/// # Errors
/// [`MarkError`].
pub fn check(spec: &MethodSpec, option_count: usize, row: &[u8]) -> Result<(), MarkError> {
    Reader::new(spec, option_count).check(row)
}

/// Whether a row, known to be admitted, chooses nothing.
#[must_use]
pub fn is_blank(spec: &MethodSpec, row: &[u8]) -> bool {
    // The number of options does not matter to it.
    Reader::new(spec, row.len()).is_blank(row)
}

/// What a row says, column by column: nothing; or 1 for an approval, a grade (the worst is 0), a
/// rank (the best is 1), points, or a choice (1 for, 2 against, 3 neither).
#[must_use]
pub fn said(spec: &MethodSpec, row: &[u8]) -> Vec<Option<i32>> {
    let mark = |mark: &u8| match (spec.paper(), *mark) {
        (Paper::Choice, BLANK) | (Paper::Approvals | Paper::Grades | Paper::Ranks, ..=UNGRADED) => {
            None
        }
        (Paper::Grades, mark) => Some(i32::from(mark - WORST_GRADE)),
        (Paper::Choice, mark) => Some(i32::from(mark)),
        (_, mark) => Some(i32::from(mark - 1)),
    };
    match spec.paper() {
        Paper::Points => points::columns(row).map(|points| points.ok().flatten()).collect(),
        _ => row.iter().map(mark).collect(),
    }
}

/// The row of a paper that says that, column by column; none if some of it can not be said.
#[must_use]
pub fn row(paper: Paper, said: &[Option<i32>]) -> Option<Vec<u8>> {
    let mark = |said: &Option<i32>| match (paper, said) {
        (Paper::Choice, None) => Some(BLANK),
        (_, None) => Some(UNGRADED),
        (Paper::Choice, Some(choice)) => {
            u8::try_from(*choice).ok().filter(|choice| (FOR..=ABSTAIN).contains(choice))
        }
        (Paper::Approvals, Some(approved)) => (*approved == 1).then_some(APPROVED),
        (Paper::Grades, Some(grade)) => grade_mark(u8::try_from(*grade).ok()?),
        (_, Some(rank)) => rank_mark(usize::try_from(*rank).ok()?.checked_sub(1)?),
    };
    match paper {
        Paper::Points => {
            let marks = said.iter().map(|points| points::mark(*points));
            Some(marks.collect::<Option<Vec<_>>>()?.concat())
        }
        _ => said.iter().map(mark).collect(),
    }
}

/// What reading a row takes, worked out once per vote.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Reader {
    pub(super) method: Method,
    /// Columns.
    pub(super) width: u64,
    /// Largest mark.
    pub(super) mark_max: u8,
    /// Most approvals; none is also no limit.
    choices_max: Option<u32>,
    /// Whether a ballot must grade all options or none.
    all_graded: bool,
    /// The limits of points, where a ballot gives points.
    pub(super) points: Option<PointsLimits>,
}

impl Reader {
    pub(super) fn new(spec: &MethodSpec, option_count: usize) -> Self {
        let grades = spec.grades();
        let mark_max = match spec.paper() {
            Paper::Choice => BLANK,
            Paper::Approvals => APPROVED,
            Paper::Grades => {
                let grade_count = grades.map_or(0, |(grades, _)| grades.len().min(GRADES_MAX));
                UNGRADED + u8::try_from(grade_count).unwrap_or(0)
            }
            Paper::Ranks => rank_mark(option_count.saturating_sub(1)).unwrap_or(u8::MAX),
            Paper::Points => u8::MAX,
        };
        let width = u64::try_from(width(spec, option_count)).unwrap_or(u64::MAX);
        Self {
            method: spec.method(),
            width,
            mark_max,
            choices_max: spec.max_choices(),
            all_graded: grades.is_some_and(|(_, ungraded)| ungraded == Ungraded::Error),
            points: spec.points(),
        }
    }

    pub(super) fn check(&self, row: &[u8]) -> Result<(), MarkError> {
        if u64::try_from(row.len()) != Ok(self.width) {
            return Err(MarkError::Width);
        }
        if row.first() == Some(&NO_BALLOT) {
            return Err(MarkError::Width);
        }
        if let Some(limits) = &self.points {
            return check_points(limits, row);
        }
        // One pass without early exit: the compiler turns it into vector instructions.
        if !row.iter().fold(true, |fits, mark| fits & self.is_mark(*mark)) {
            let column = row.iter().position(|mark| !self.is_mark(*mark)).unwrap_or(0);
            return Err(MarkError::UnknownMark { column });
        }
        if let Some(most) = self.choices_max {
            let chosen = row.iter().filter(|mark| **mark == APPROVED).count();
            if usize::try_from(most).is_ok_and(|most| chosen > most) {
                return Err(MarkError::TooManyChoices { chosen });
            }
        }
        if self.method == Method::Ranked(RankedRule::StvScottish) && has_equal_ranks(row) {
            return Err(MarkError::EqualRanks);
        }
        if self.all_graded
            && !self.is_blank(row)
            && let Some(column) = row.iter().position(|mark| *mark == UNGRADED)
        {
            return Err(MarkError::Ungraded { column });
        }
        Ok(())
    }

    fn is_mark(&self, mark: u8) -> bool {
        // 0 wraps around to the largest.
        mark.wrapping_sub(1) < self.mark_max
    }

    pub(super) fn is_blank(&self, row: &[u8]) -> bool {
        if let Some(limits) = &self.points {
            return points::columns(row).all(|points| match points {
                Ok(Some(points)) => points == 0 && limits.zero_is_none,
                _ => true,
            });
        }
        match self.method {
            Method::YesNo | Method::Consent => row.first() == Some(&BLANK),
            _ => row.iter().fold(true, |blank, mark| blank & (*mark <= UNGRADED)),
        }
    }

    /// What is kept of the rows.
    pub(super) fn keeps(&self) -> Keeps {
        match self.method {
            Method::Ranked(_) | Method::Committee(_) | Method::Budget(_) => Keeps::Profile,
            Method::Score | Method::Dots | Method::Quadratic => Keeps::Points,
            _ => Keeps::Marks,
        }
    }
}

/// What is kept of the rows of a vote.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeps {
    /// How often each mark is in each column.
    Marks,
    /// What the points in each column add up to.
    Points,
    /// The distinct rows.
    Profile,
}

/// Whether two options have one rank.
pub(super) fn has_equal_ranks(row: &[u8]) -> bool {
    let mut seen = [false; 256];
    row.iter().filter(|mark| **mark != UNRANKED).any(|mark| {
        seen.get_mut(usize::from(*mark)).is_some_and(|seen| std::mem::replace(seen, true))
    })
}

fn check_points(limits: &PointsLimits, row: &[u8]) -> Result<(), MarkError> {
    for (column, points) in points::columns(row).enumerate() {
        match points {
            Err(()) => return Err(MarkError::UnknownMark { column }),
            Ok(Some(points)) if !(limits.least..=limits.most).contains(&points) => {
                return Err(MarkError::PointsOutOfRange { column });
            }
            Ok(_) => {}
        }
    }
    let used = limits.used(points::columns(row).filter_map(|points| points.ok().flatten()));
    match limits.total {
        Some(total) if used > total => Err(MarkError::TooManyPoints { used }),
        _ => Ok(()),
    }
}
