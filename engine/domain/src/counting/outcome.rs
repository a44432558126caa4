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
use super::ranked::{RankedEvidence, RankedRule};
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

impl Outcome {
    /// Prefers nobody among those who could win: what a count by an order of the options says of
    /// them is that order's doing.
    pub(super) fn open(mut self) -> Self {
        let one = self.evidence.seats().is_some_and(|seats| seats.seats == 1);
        let mut tied = self.evidence.could_win(self.method, one, &self.scores);
        let Some(seats) = self.evidence.seats_mut() else { return self };
        let wanted = usize::try_from(seats.seats).unwrap_or(usize::MAX);
        if tied.len() <= wanted {
            tied = self.options.clone();
        }
        tied.sort_unstable();
        (seats.elected, seats.contested, seats.tied) = (Vec::new(), seats.seats, tied.clone());
        self.evidence.forget_committees();
        let rest = self.options.iter().filter(|name| !tied.contains(name)).cloned();
        let mut rest: Vec<String> = rest.collect();
        rest.sort_unstable();
        self.ranking = vec![tied.clone(), rest];
        self.ranking.retain(|group| !group.is_empty());
        let (stage, rule) = (TieStage::Seats, TieRule::TooMany);
        self.ties = vec![Tie { stage, options: tied.clone(), rule }];
        self.winners = tied;
        self
    }

    /// What is kept of it where the ballots that it follows from are too many for an entry.
    #[must_use]
    pub fn brief(&self) -> Option<Brief> {
        let seats = self.evidence.seats()?;
        let columns = |names: &[String]| -> Vec<u32> {
            let place = |name| self.options.iter().position(|option| option == name);
            let column = |name| u32::try_from(place(name)?).ok();
            names.iter().filter_map(column).collect()
        };
        let is_unbacked = |(column, name): (u32, &String)| {
            (self.scores.get(name) == Some(&Score::Integer(0))).then_some(column)
        };
        Some(Brief {
            ranking: self.ranking.iter().map(|group| columns(group)).collect(),
            winners: columns(&self.winners),
            ballots: self.ballots,
            seats: seats.seats,
            elected: columns(&seats.elected),
            contested: seats.contested,
            tied: columns(&seats.tied),
            unbacked: (0..).zip(&self.options).filter_map(is_unbacked).collect(),
        })
    }
}

/// An outcome without its evidence, options by their place. It settles a vote; all else is counted
/// anew from the ballots.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Brief {
    ranking: Vec<Vec<u32>>,
    winners: Vec<u32>,
    ballots: BallotCounts,
    seats: u32,
    elected: Vec<u32>,
    contested: u32,
    tied: Vec<u32>,
    /// Those whose score is 0.
    unbacked: Vec<u32>,
}

impl Brief {
    /// The outcome as far as it is kept.
    #[must_use]
    pub fn outcome(&self, method: Method, options: &[String]) -> Outcome {
        let names = |columns: &[u32]| -> Vec<String> {
            let name = |column: &u32| options.get(usize::try_from(*column).ok()?).cloned();
            columns.iter().filter_map(name).collect()
        };
        let seats = Seats {
            seats: self.seats,
            elected: names(&self.elected),
            contested: self.contested,
            tied: names(&self.tied),
        };
        Outcome {
            method,
            options: options.to_vec(),
            winners: names(&self.winners),
            ranking: self.ranking.iter().map(|group| names(group)).collect(),
            scores: names(&self.unbacked)
                .into_iter()
                .map(|name| (name, Score::Integer(0)))
                .collect(),
            ties: Vec::new(),
            ballots: self.ballots,
            evidence: Evidence::Brief { seats },
        }
    }
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
    /// There are too many ways to follow: all who could win are named, and none is preferred.
    TooMany,
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
    /// The seats alone, of an outcome that is kept in brief.
    Brief {
        /// The seats.
        seats: Seats,
    },
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
            Self::Brief { seats } => Some(seats),
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
            Self::Brief { seats } => Some(seats),
        }
    }

    /// Forgets the tied sets: which ones there are is not known.
    fn forget_committees(&mut self) {
        match self {
            Self::Committee(evidence) => evidence.committees.clear(),
            Self::Budget(evidence) => {
                evidence.committees.clear();
                evidence.spent.clear();
            }
            Self::Ranked(evidence) => evidence.committees.clear(),
            _ => {}
        }
    }

    /// Those who could win, whatever is done about ties that are too many to follow. Ranked pairs
    /// elect one from the Smith set; who has no support elsewhere is elected only if too few have
    /// any.
    fn could_win(
        &self,
        method: Method,
        one: bool,
        scores: &BTreeMap<String, Score>,
    ) -> Vec<String> {
        match (self, method) {
            (
                Self::Ranked(evidence),
                Method::Ranked(
                    RankedRule::RankedPairsMargins | RankedRule::RankedPairsWinningVotes,
                ),
            ) if one => evidence.smith.clone(),
            (Self::Committee(_) | Self::Budget(_), _) => {
                let backed = scores.iter().filter(|(_, score)| **score != Score::Integer(0));
                backed.map(|(name, _)| name.clone()).collect()
            }
            _ => scores.keys().cloned().collect(),
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
