//! The method of a vote and its parameters, frozen when the vote opens.
//!
//! ```text
//! {"yes-no":{"rule":{"quorum":{"ratio":{"numerator":1,"denominator":4},"base":"cast"},
//!                    "majority":{"qualified":{"ratio":{"numerator":2,"denominator":3},
//!                                             "base":"expressed","strict":false}}}}}
//! {"consent":{"rule":{"blocks":0,"stand_asides":3}}}
//! {"approval":{"seats":3,"max_choices":5}}
//! {"majority-judgment":{"grades":["reject","poor","good"],"seats":1,"ungraded":"worst"}}
//! {"ranked":{"rule":"schulze-winning-votes","seats":1}}
//! {"judgment":{"rule":"usual-judgment","grades":["reject","good"],"seats":1,"ungraded":"worst"}}
//! {"points":{"rule":{"dots":{"points":7,"cap":3}},"seats":2}}
//! {"committee":{"rule":"equal-shares","seats":4,"completion":"phragmen"}}
//! {"budget":{"rule":"pb-greedy-votes","completion":"none","budget":500,"costs":[120,400],
//!            "unit":1,"paper":{"approvals":{"max_choices":2}}}}
//! ```

use super::budget::{BudgetPaper, BudgetRule, Completion};
use super::committee::CommitteeRule;
use super::consent;
use super::judgment::JudgmentRule;
use super::method::{Method, Paper, UnknownName};
use super::points::{self, PointsLimits, PointsRule};
use super::ranked::RankedRule;
use super::yes_no::{Majority, Quorum, Rule};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Most options that one vote may list.
pub const OPTIONS_MAX: usize = 1_000;
/// Fewest grades of a majority judgment.
pub const GRADES_MIN: usize = 2;
/// Most grades of a majority judgment.
pub const GRADES_MAX: usize = 20;
/// Longest name of an option or a grade, in bytes of UTF-8.
pub const NAME_BYTES_MAX: usize = 1_000;

/// Most options that ballots may rank: a rank is one byte of a row.
pub const RANKED_MAX: usize = 250;

/// A method with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum MethodSpec {
    /// One option, the text put to the vote, against the status quo.
    YesNo {
        /// Quorum and majority.
        rule: Rule,
    },
    /// Most approvals.
    Approval {
        /// Options to elect; at least 1, at most all.
        seats: u32,
        /// Most options that one ballot may approve of; any number when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_choices: Option<u32>,
    },
    /// Best majority value.
    MajorityJudgment {
        /// The names of the grades, worst first.
        grades: Vec<String>,
        /// Options to elect; at least 1, at most all.
        seats: u32,
        /// What an option is given by a ballot that grades others, but not it.
        ungraded: Ungraded,
    },
    /// A count of rankings.
    Ranked {
        /// How they are counted.
        rule: RankedRule,
        /// Options to elect; at least 1, at most all, and 1 by rules that only say who is first.
        seats: u32,
    },
    /// Another order of the same grades as majority judgment's.
    Judgment {
        /// Which order.
        rule: JudgmentRule,
        /// The names of the grades, worst first.
        grades: Vec<String>,
        /// Options to elect; at least 1, at most all.
        seats: u32,
        /// What an option is given by a ballot that grades others, but not it.
        ungraded: Ungraded,
    },
    /// Most points.
    Points {
        /// Which points a ballot may give, and how they add up.
        rule: PointsRule,
        /// Options to elect; at least 1, at most all.
        seats: u32,
    },
    /// A committee by approvals, which represents those who vote in proportion.
    Committee {
        /// How it is found.
        rule: CommitteeRule,
        /// Options to elect; at least 1, at most all.
        seats: u32,
        /// Equal shares: who takes the seats that it leaves open. `none` by other rules.
        completion: Completion,
        /// Most options that one ballot may approve of; any number when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_choices: Option<u32>,
    },
    /// Projects that share a budget.
    Budget {
        /// How they are chosen.
        rule: BudgetRule,
        /// Equal shares: what is done with the money that it leaves. `none` by other rules.
        completion: Completion,
        /// The money there is.
        budget: u64,
        /// What each option costs, in the order of the options.
        costs: Vec<u64>,
        /// What one unit of the currency is in the two numbers above; 100 where they are cents.
        unit: u32,
        /// What a ballot says.
        paper: BudgetPaper,
    },
    /// One option, the text, adopted unless objections stand.
    Consent {
        /// What it takes.
        rule: consent::Rule,
    },
}

/// What an option is given by a ballot that grades others, but not it.
///
/// A ballot that grades nothing at all is blank: it gives nothing to any option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Ungraded {
    /// Such a ballot is not admitted, and a tally with missing grades is not counted.
    Error,
    /// The worst grade.
    Worst,
    /// This grade, 0 being the worst.
    Static(u8),
    /// The option's own majority grade; the worst one if nobody grades it.
    Median,
    /// Nothing: profiles are scaled to a common total. An option that nobody grades ranks last.
    Normalize,
}

impl FromStr for Ungraded {
    type Err = UnknownName;

    /// Reads `error`, `worst`, `static:N`, `median` or `normalize`.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let unknown = UnknownName { expected: "error, worst, static:N, median or normalize" };
        match text {
            "error" => Ok(Self::Error),
            "worst" => Ok(Self::Worst),
            "median" => Ok(Self::Median),
            "normalize" => Ok(Self::Normalize),
            _ => {
                let digits = text.strip_prefix("static:").ok_or(unknown)?;
                if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(unknown);
                }
                digits.parse().map(Self::Static).map_err(|_| unknown)
            }
        }
    }
}

/// Why a vote can not be held by such a method, in the order in which it is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecError {
    /// There is nothing to vote on.
    NoOption,
    /// There are more than [`OPTIONS_MAX`] options.
    TooManyOptions,
    /// An option or a grade has an empty name.
    EmptyName,
    /// An option or a grade has a name of more than [`NAME_BYTES_MAX`] bytes.
    LongName,
    /// Two options have this name.
    DuplicateOption(String),
    /// A yes/no vote is on exactly one option.
    NotOneOption,
    /// A quorum is a share: above 0, at most 1.
    BadQuorum,
    /// A qualified majority is at least one half and at most all, and more than all can not be
    /// asked for.
    BadMajority,
    /// There is no seat to fill.
    NoSeat,
    /// There are more seats than options.
    MoreSeatsThanOptions,
    /// A ballot may choose nothing, or more options than there are.
    BadMaxChoices,
    /// There are fewer than [`GRADES_MIN`] grades.
    TooFewGrades,
    /// There are more than [`GRADES_MAX`] grades.
    TooManyGrades,
    /// Two grades have this name.
    DuplicateGrade(String),
    /// The grade given to ungraded options is not in the list.
    UnknownDefaultGrade,
    /// There are more than [`RANKED_MAX`] options to rank.
    TooManyToRank,
    /// The rule only says who is first, and there are more seats.
    OneSeatOnly,
    /// Nobody could give a point, or more than [`points::POINTS_MAX`].
    BadPoints,
    /// There is no money, not one cost an option, a cost of nothing, or no unit.
    BadBudget,
    /// The rule can not be completed in this way.
    BadCompletion,
}

impl SpecError {
    /// The name of the error, for messages in the reader's language.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoOption => "no-option",
            Self::TooManyOptions => "too-many-options",
            Self::EmptyName => "empty-name",
            Self::LongName => "long-name",
            Self::DuplicateOption(_) => "duplicate-option",
            Self::NotOneOption => "not-one-option",
            Self::BadQuorum => "bad-quorum",
            Self::BadMajority => "bad-majority",
            Self::NoSeat => "no-seat",
            Self::MoreSeatsThanOptions => "more-seats-than-options",
            Self::BadMaxChoices => "bad-max-choices",
            Self::TooFewGrades => "too-few-grades",
            Self::TooManyGrades => "too-many-grades",
            Self::DuplicateGrade(_) => "duplicate-grade",
            Self::UnknownDefaultGrade => "unknown-default-grade",
            Self::TooManyToRank => "too-many-to-rank",
            Self::OneSeatOnly => "one-seat-only",
            Self::BadPoints => "bad-points",
            Self::BadBudget => "bad-budget",
            Self::BadCompletion => "bad-completion",
        }
    }
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOption => f.write_str("there is no option to vote on"),
            Self::TooManyOptions => write!(f, "there are more than {OPTIONS_MAX} options"),
            Self::EmptyName => f.write_str("an option or a grade has an empty name"),
            Self::LongName => write!(f, "a name is longer than {NAME_BYTES_MAX} bytes"),
            Self::DuplicateOption(name) => write!(f, "two options are called “{name}”"),
            Self::NotOneOption => f.write_str("a yes/no vote is on exactly one option"),
            Self::BadQuorum => f.write_str("a quorum is a share above 0 and at most 1"),
            Self::BadMajority => f.write_str("a qualified majority is from one half to all"),
            Self::NoSeat => f.write_str("there is no seat to fill"),
            Self::MoreSeatsThanOptions => f.write_str("there are more seats than options"),
            Self::BadMaxChoices => f.write_str("a ballot may choose from 1 to all options"),
            Self::TooFewGrades => write!(f, "there are fewer than {GRADES_MIN} grades"),
            Self::TooManyGrades => write!(f, "there are more than {GRADES_MAX} grades"),
            Self::DuplicateGrade(name) => write!(f, "two grades are called “{name}”"),
            Self::UnknownDefaultGrade => f.write_str("the default grade is not in the list"),
            Self::TooManyToRank => write!(f, "there are more than {RANKED_MAX} options to rank"),
            Self::OneSeatOnly => f.write_str("this method fills one seat only"),
            Self::BadPoints => {
                write!(f, "a ballot may give an option from 1 to {} points", points::POINTS_MAX)
            }
            Self::BadBudget => f.write_str("a budget and a cost for each option are needed"),
            Self::BadCompletion => f.write_str("this method can not be completed in this way"),
        }
    }
}

impl std::error::Error for SpecError {}

impl MethodSpec {
    /// The method, without its parameters.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::YesNo { .. } => Method::YesNo,
            Self::Approval { .. } => Method::Approval,
            Self::MajorityJudgment { .. } => Method::MajorityJudgment,
            Self::Ranked { rule, .. } => Method::Ranked(*rule),
            Self::Judgment { rule, .. } => Method::Judgment(*rule),
            Self::Points { rule: PointsRule::Score { .. }, .. } => Method::Score,
            Self::Points { rule: PointsRule::Dots { .. }, .. } => Method::Dots,
            Self::Points { rule: PointsRule::Quadratic { .. }, .. } => Method::Quadratic,
            Self::Committee { rule, .. } => Method::Committee(*rule),
            Self::Budget { rule, .. } => Method::Budget(*rule),
            Self::Consent { .. } => Method::Consent,
        }
    }

    /// What a ballot says.
    #[must_use]
    pub const fn paper(&self) -> Paper {
        match self {
            Self::YesNo { .. } | Self::Consent { .. } => Paper::Choice,
            Self::Approval { .. } | Self::Committee { .. } => Paper::Approvals,
            Self::MajorityJudgment { .. } | Self::Judgment { .. } => Paper::Grades,
            Self::Ranked { .. } => Paper::Ranks,
            Self::Points { .. } => Paper::Points,
            Self::Budget { paper: BudgetPaper::Approvals { .. }, .. } => Paper::Approvals,
            Self::Budget { paper: BudgetPaper::Points { .. }, .. } => Paper::Points,
        }
    }

    /// Most approvals of one ballot, where they are limited.
    #[must_use]
    pub const fn max_choices(&self) -> Option<u32> {
        match self {
            Self::Approval { max_choices, .. }
            | Self::Committee { max_choices, .. }
            | Self::Budget { paper: BudgetPaper::Approvals { max_choices }, .. } => *max_choices,
            _ => None,
        }
    }

    /// The grades, worst first, and what a missing one is worth.
    #[must_use]
    pub fn grades(&self) -> Option<(&[String], Ungraded)> {
        match self {
            Self::MajorityJudgment { grades, ungraded, .. }
            | Self::Judgment { grades, ungraded, .. } => Some((grades, *ungraded)),
            _ => None,
        }
    }

    /// Which points a ballot may give.
    #[must_use]
    pub fn points(&self) -> Option<PointsLimits> {
        match self {
            Self::Points { rule, .. } => Some(rule.limits()),
            Self::Budget { paper: BudgetPaper::Points { total, cap }, .. } => {
                Some(PointsLimits::of_dots(*total, *cap))
            }
            _ => None,
        }
    }

    /// Options to elect; 1 in a yes/no vote, none where a budget decides how many.
    #[must_use]
    pub const fn seats(&self) -> u32 {
        match self {
            Self::YesNo { .. } | Self::Consent { .. } => 1,
            Self::Budget { .. } => 0,
            Self::Approval { seats, .. }
            | Self::MajorityJudgment { seats, .. }
            | Self::Ranked { seats, .. }
            | Self::Judgment { seats, .. }
            | Self::Points { seats, .. }
            | Self::Committee { seats, .. } => *seats,
        }
    }

    /// Checks the parameters, and that the options can be voted on by them.
    ///
    /// # Errors
    /// The first [`SpecError`], in the order in which they are declared.
    pub fn validate(&self, options: &[String]) -> Result<(), SpecError> {
        if options.is_empty() {
            return Err(SpecError::NoOption);
        }
        if options.len() > OPTIONS_MAX {
            return Err(SpecError::TooManyOptions);
        }
        check_names(options, SpecError::DuplicateOption)?;
        match self {
            Self::YesNo { rule } => check_rule(rule, options.len()),
            Self::Consent { rule } => check_one_text(rule.quorum, options.len()),
            Self::Budget { rule, completion, budget, costs, unit, paper } => {
                let is_costed = costs.len() == options.len() && !costs.contains(&0);
                if *budget == 0 || *unit == 0 || !is_costed {
                    return Err(SpecError::BadBudget);
                }
                if !rule.can_complete(*completion) {
                    return Err(SpecError::BadCompletion);
                }
                if let BudgetPaper::Points { .. } = paper {
                    check_points(self.points())?;
                }
                check_choices(self.max_choices(), options.len())
            }
            _ => {
                check_seats(self.seats(), options.len())?;
                self.validate_elected(options.len())
            }
        }
    }

    /// What is left to check where seats are filled.
    fn validate_elected(&self, option_count: usize) -> Result<(), SpecError> {
        match self {
            Self::Ranked { rule, seats } => {
                if option_count > RANKED_MAX {
                    return Err(SpecError::TooManyToRank);
                }
                if rule.is_of_one_seat() && *seats > 1 {
                    return Err(SpecError::OneSeatOnly);
                }
                Ok(())
            }
            Self::Committee { rule, completion, .. } if !rule.can_complete(*completion) => {
                Err(SpecError::BadCompletion)
            }
            Self::Points { .. } => check_points(self.points()),
            _ => match self.grades() {
                Some((grades, ungraded)) => check_grades(grades, ungraded),
                None => check_choices(self.max_choices(), option_count),
            },
        }
    }
}

fn check_points(limits: Option<PointsLimits>) -> Result<(), SpecError> {
    match limits {
        Some(limits) if limits.are_sound() => Ok(()),
        _ => Err(SpecError::BadPoints),
    }
}

fn check_choices(most: Option<u32>, option_count: usize) -> Result<(), SpecError> {
    match most {
        Some(most) if most == 0 || exceeds(most, option_count) => Err(SpecError::BadMaxChoices),
        _ => Ok(()),
    }
}

fn check_names(names: &[String], duplicate: impl Fn(String) -> SpecError) -> Result<(), SpecError> {
    if names.iter().any(String::is_empty) {
        return Err(SpecError::EmptyName);
    }
    if names.iter().any(|name| name.len() > NAME_BYTES_MAX) {
        return Err(SpecError::LongName);
    }
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(name.as_str())) {
        Some(twice) => Err(duplicate(twice.clone())),
        None => Ok(()),
    }
}

fn check_one_text(quorum: Option<Quorum>, option_count: usize) -> Result<(), SpecError> {
    if option_count != 1 {
        return Err(SpecError::NotOneOption);
    }
    if quorum.is_some_and(|quorum| !quorum.ratio.is_share()) {
        return Err(SpecError::BadQuorum);
    }
    Ok(())
}

fn check_rule(rule: &Rule, option_count: usize) -> Result<(), SpecError> {
    check_one_text(rule.quorum, option_count)?;
    match rule.majority {
        Majority::Simple | Majority::Absolute { .. } => Ok(()),
        Majority::Qualified { ratio, strict, .. } => {
            let more_than_all = strict && ratio.numerator == ratio.denominator;
            if ratio.is_share() && ratio.is_half_or_more() && !more_than_all {
                Ok(())
            } else {
                Err(SpecError::BadMajority)
            }
        }
    }
}

fn check_seats(seats: u32, option_count: usize) -> Result<(), SpecError> {
    if seats == 0 {
        Err(SpecError::NoSeat)
    } else if exceeds(seats, option_count) {
        Err(SpecError::MoreSeatsThanOptions)
    } else {
        Ok(())
    }
}

fn check_grades(grades: &[String], ungraded: Ungraded) -> Result<(), SpecError> {
    if grades.len() < GRADES_MIN {
        return Err(SpecError::TooFewGrades);
    }
    if grades.len() > GRADES_MAX {
        return Err(SpecError::TooManyGrades);
    }
    check_names(grades, SpecError::DuplicateGrade)?;
    match ungraded {
        Ungraded::Static(grade) if usize::from(grade) >= grades.len() => {
            Err(SpecError::UnknownDefaultGrade)
        }
        _ => Ok(()),
    }
}

fn exceeds(number: u32, length: usize) -> bool {
    usize::try_from(number).map_or(true, |number| number > length)
}
