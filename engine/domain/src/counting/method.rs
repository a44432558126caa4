//! The counting methods, by name, and what a ballot says in each.

use super::budget::BudgetRule;
use super::committee::CommitteeRule;
use super::judgment::JudgmentRule;
use super::ranked::RankedRule;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

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
    /// Each ballot grades the options; by the name of the rule.
    Judgment(JudgmentRule),
    /// `score`: each ballot scores the options.
    Score,
    /// `dots`: each ballot shares points among the options.
    Dots,
    /// `quadratic`: each ballot buys votes for or against options, n votes for n² credits.
    Quadratic,
    /// Each ballot approves of a set of options; by the name of the rule.
    Committee(CommitteeRule),
    /// The options share a budget; by the name of the rule.
    Budget(BudgetRule),
    /// `consent`: one text, adopted unless objections stand.
    Consent,
}

/// What a ballot says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paper {
    /// For, against or neither.
    Choice,
    /// A set of options.
    Approvals,
    /// A grade for each option.
    Grades,
    /// An order of options.
    Ranks,
    /// Points for each option.
    Points,
}

impl Method {
    /// All methods, in the order in which they are documented.
    pub fn all() -> impl Iterator<Item = Self> {
        let cardinal =
            [Self::YesNo, Self::Consent, Self::Approval, Self::Score, Self::Dots, Self::Quadratic];
        let judgments = JudgmentRule::ALL.into_iter().map(Self::Judgment);
        let ranked = RankedRule::ALL.into_iter().map(Self::Ranked);
        let committees = CommitteeRule::ALL.into_iter().map(Self::Committee);
        let budgets = BudgetRule::ALL.into_iter().map(Self::Budget);
        (cardinal.into_iter().chain([Self::MajorityJudgment]).chain(judgments))
            .chain(ranked)
            .chain(committees)
            .chain(budgets)
    }

    /// The name, as in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::YesNo => "yes-no",
            Self::Approval => "approval",
            Self::MajorityJudgment => "majority-judgment",
            Self::Ranked(rule) => rule.name(),
            Self::Judgment(rule) => rule.name(),
            Self::Score => "score",
            Self::Dots => "dots",
            Self::Quadratic => "quadratic",
            Self::Committee(rule) => rule.name(),
            Self::Budget(rule) => rule.name(),
            Self::Consent => "consent",
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
