//! The method of a vote and its parameters, frozen when the vote opens.
//!
//! ```text
//! {"yes-no":{"rule":{"quorum":{"ratio":{"numerator":1,"denominator":4},"base":"cast"},
//!                    "majority":{"qualified":{"ratio":{"numerator":2,"denominator":3},
//!                                             "base":"expressed","strict":false}}}}}
//! {"approval":{"seats":3,"max_choices":5}}
//! {"majority-judgment":{"grades":["reject","poor","good"],"seats":1,"ungraded":"worst"}}
//! {"ranked":{"rule":"schulze-winning-votes","seats":1}}
//! ```

use super::ranked::RankedRule;
use super::yes_no::{Majority, Rule};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize, Serializer};
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

/// The counting methods, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Method {
    /// `yes-no`: one text against the status quo.
    YesNo,
    /// `approval`: each ballot names a set of options.
    Approval,
    /// `majority-judgment`: each ballot grades the options.
    MajorityJudgment,
    /// Each ballot ranks the options; by the name of the rule.
    Ranked(RankedRule),
}

impl Method {
    /// All methods, in the order in which they are documented.
    pub fn all() -> impl Iterator<Item = Self> {
        let ranked = RankedRule::ALL.into_iter().map(Self::Ranked);
        [Self::YesNo, Self::Approval, Self::MajorityJudgment].into_iter().chain(ranked)
    }

    /// The name, as in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::YesNo => "yes-no",
            Self::Approval => "approval",
            Self::MajorityJudgment => "majority-judgment",
            Self::Ranked(rule) => rule.name(),
        }
    }
}

impl Serialize for Method {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names nothing known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// The names that would do.
    pub expected: &'static str,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for UnknownName {}

impl FromStr for Method {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let expected = "a method of `archipel count --list`";
        Self::all().find(|known| known.name() == text).ok_or(UnknownName { expected })
    }
}

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
        }
    }

    /// Options to elect; 1 in a yes/no vote.
    #[must_use]
    pub const fn seats(&self) -> u32 {
        match self {
            Self::YesNo { .. } => 1,
            Self::Approval { seats, .. }
            | Self::MajorityJudgment { seats, .. }
            | Self::Ranked { seats, .. } => *seats,
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
            Self::Approval { seats, max_choices } => {
                check_seats(*seats, options.len())?;
                match max_choices {
                    Some(most) if *most == 0 || exceeds(*most, options.len()) => {
                        Err(SpecError::BadMaxChoices)
                    }
                    _ => Ok(()),
                }
            }
            Self::MajorityJudgment { grades, seats, ungraded } => {
                check_seats(*seats, options.len())?;
                check_grades(grades, *ungraded)
            }
            Self::Ranked { rule, seats } => {
                check_seats(*seats, options.len())?;
                if options.len() > RANKED_MAX {
                    return Err(SpecError::TooManyToRank);
                }
                if rule.is_of_one_seat() && *seats > 1 {
                    return Err(SpecError::OneSeatOnly);
                }
                Ok(())
            }
        }
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

fn check_rule(rule: &Rule, option_count: usize) -> Result<(), SpecError> {
    if option_count != 1 {
        return Err(SpecError::NotOneOption);
    }
    if rule.quorum.is_some_and(|quorum| !quorum.ratio.is_share()) {
        return Err(SpecError::BadQuorum);
    }
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
