//! The outcome of a count, as published: `count --json` prints it and its hash is the tally hash.
//!
//! ```text
//! {"method":"approval","options":["A","B"],"winners":["B"],"ranking":[["B"],["A"]],
//!  "scores":{"A":3,"B":5},"ties":[],
//!  "ballots":{"cast":9,"valid":7,"blank":1,"invalid":1},
//!  "evidence":{"approval":{"seats":{...}}}}
//! ```
//!
//! Fields come in this order, maps in the byte order of their keys, and sets of options by name:
//! one count has one serialisation, whatever the order of ballots. Apart from `options` itself,
//! the order in which a vote lists its options leaves no trace either.

use super::budget::BudgetEvidence;
use super::committee::CommitteeEvidence;
use super::consent::ConsentEvidence;
use super::majority_judgment::MajorityJudgmentEvidence;
use super::method::Method;
use super::points::PointsEvidence;
use super::ranked::RankedEvidence;
use super::yes_no::YesNoEvidence;
use bincode::{Decode, Encode};
use num_bigint::BigInt;
use num_rational::BigRational;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// The outcome of one count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct Outcome {
    /// The method by which it was counted.
    pub method: Method,
    /// The options, in the order and spelling of the vote.
    pub options: Vec<String>,
    /// The winners before any tie-break, best first: more than there are seats when the tie
    /// crosses the last one. Empty when a yes/no vote rejects.
    pub winners: Vec<String>,
    /// All options, best first; options that share a place are one group, by name.
    pub ranking: Vec<Vec<String>>,
    /// The exact score of each option.
    pub scores: BTreeMap<String, Score>,
    /// The ties that matter: those that leave open who wins.
    pub ties: Vec<Tie>,
    /// How many ballots there were.
    pub ballots: BallotCounts,
    /// What one needs to check the outcome by hand.
    pub evidence: Evidence,
}

/// An exact score: a number, or text where a number will not do.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Score {
    /// A number of ballots.
    Integer(u64),
    /// An exact value as text: a fraction `p/q`, or a majority value
    /// ([`super::majority_judgment::MajorityValue`]).
    Text(String),
    /// A difference, which may be negative.
    Signed(i64),
}

impl Score {
    /// An exact number: an integer, or a fraction as text.
    pub(super) fn of(value: &BigRational) -> Self {
        let integer = value.is_integer().then(|| value.numer());
        match integer.map(|integer| (u64::try_from(integer), i64::try_from(integer))) {
            Some((Ok(whole), _)) => Self::Integer(whole),
            Some((_, Ok(whole))) => Self::Signed(whole),
            _ => Self::Text(value.to_string()),
        }
    }
}

impl Score {
    /// For people: a fraction as a decimal number, with `≈` before it unless three decimals are
    /// all it has. Nothing is ever compared by it.
    #[must_use]
    pub fn rounded(&self) -> String {
        let text = match self {
            Self::Integer(number) => return number.to_string(),
            Self::Signed(number) => return number.to_string(),
            Self::Text(text) => text,
        };
        let Ok(value) = text.parse::<BigRational>() else { return text.clone() };
        let thousandths = value * BigRational::from_integer(1000.into());
        let mark = if thousandths.is_integer() { "" } else { "≈ " };
        let thousandths = thousandths.round().to_integer();
        let sign = if thousandths < BigInt::ZERO { "-" } else { "" };
        let digits = format!("{:04}", thousandths.magnitude());
        let (whole, decimals) = digits.split_at_checked(digits.len() - 3).unwrap_or((&digits, ""));
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        format!("{mark}{sign}{whole}{point}{decimals}")
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Integer(number) => serializer.serialize_u64(*number),
            Self::Signed(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// Options that nothing separates, where it matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct Tie {
    /// Where the tie was met.
    pub stage: TieStage,
    /// The tied options, by name. In a yes/no vote, the option that is level with the status quo.
    pub options: Vec<String>,
    /// What was done about it.
    pub rule: TieRule,
}

/// Where a tie was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum TieStage {
    /// At the last seat: more options are level than there are seats left.
    Seats,
    /// As many votes for as against.
    Majority,
    /// At a round in which one of them has to go out.
    Elimination,
    /// At a step in which one of them is chosen.
    Choice,
}

/// What was done about a tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum TieRule {
    /// Nothing: the tie is reported as it is.
    None,
    /// The status quo stays.
    StatusQuo,
    /// All ways to break it are followed.
    AllWays,
    /// The first in a declared order is preferred.
    DeclaredOrder,
}

/// How many ballots there were: `cast = valid + blank + invalid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct BallotCounts {
    /// All ballots received.
    pub cast: u64,
    /// Those that choose something (in a yes/no vote: for, against or abstain).
    pub valid: u64,
    /// Those that choose nothing.
    pub blank: u64,
    /// Those that the method does not admit.
    pub invalid: u64,
}

/// Who takes the seats, and what is left open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct Seats {
    /// Seats to fill.
    pub seats: u32,
    /// The options that have a seat whatever is done about a tie, best first.
    pub elected: Vec<String>,
    /// Seats left open by the tie; 0 without one.
    pub contested: u32,
    /// The options, by name, that are level at the last seat; more than `contested`, or none.
    pub tied: Vec<String>,
}

/// The intermediate results of each method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Every count and denominator of a yes/no vote.
    YesNo(YesNoEvidence),
    /// The seats of an approval vote; the approvals are the scores, out of the valid ballots.
    Approval {
        /// The seats.
        seats: Seats,
    },
    /// The merit profile and the seats of a majority judgment.
    MajorityJudgment(MajorityJudgmentEvidence),
    /// The pairwise matrix, the rounds and the seats of a count of rankings.
    Ranked(RankedEvidence),
    /// Who gave points, and the seats.
    Points(PointsEvidence),
    /// The committees, and the steps to one of them.
    Committee(CommitteeEvidence),
    /// The sets of projects, and the steps to one of them.
    Budget(BudgetEvidence),
    /// Every count and limit of a consent round.
    Consent(ConsentEvidence),
}

impl Evidence {
    /// Who takes the seats; a yes/no vote has none.
    #[must_use]
    pub const fn seats(&self) -> Option<&Seats> {
        match self {
            Self::YesNo(_) | Self::Consent(_) => None,
            Self::Approval { seats } => Some(seats),
            Self::MajorityJudgment(evidence) => Some(&evidence.seats),
            Self::Ranked(evidence) => Some(&evidence.seats),
            Self::Points(evidence) => Some(&evidence.seats),
            Self::Committee(evidence) => Some(&evidence.seats),
            Self::Budget(evidence) => Some(&evidence.seats),
        }
    }
}

impl Evidence {
    pub(super) const fn seats_mut(&mut self) -> Option<&mut Seats> {
        match self {
            Self::YesNo(_) | Self::Consent(_) => None,
            Self::Approval { seats } => Some(seats),
            Self::MajorityJudgment(evidence) => Some(&mut evidence.seats),
            Self::Ranked(evidence) => Some(&mut evidence.seats),
            Self::Points(evidence) => Some(&mut evidence.seats),
            Self::Committee(evidence) => Some(&mut evidence.seats),
            Self::Budget(evidence) => Some(&mut evidence.seats),
        }
    }

    /// The tied sets of winners, where a rule elects sets and not options one by one.
    #[must_use]
    pub fn committees(&self) -> Option<&[Vec<String>]> {
        match self {
            Self::Committee(evidence) => Some(&evidence.committees),
            Self::Budget(evidence) => Some(&evidence.committees),
            Self::Ranked(evidence) if !evidence.committees.is_empty() => Some(&evidence.committees),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Score;

    #[test]
    fn scores_are_rounded_for_people_only() {
        for (score, shown) in [
            (Score::Integer(7), "7"),
            (Score::Signed(-7), "-7"),
            (Score::Text("5171/2".to_owned()), "2585.5"),
            (Score::Text("-1/3".to_owned()), "≈ -0.333"),
            (Score::Text("2/3".to_owned()), "≈ 0.667"),
            (Score::Text("1/8".to_owned()), "0.125"),
            (Score::Text("3+128 2-7".to_owned()), "3+128 2-7"),
            (Score::Text("-".to_owned()), "-"),
            (Score::Text("10/0".to_owned()), "10/0"),
        ] {
            assert_eq!(score.rounded(), shown);
        }
    }
}
