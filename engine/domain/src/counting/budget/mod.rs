//! Participatory budgets: projects that share the money there is (methods, section 8).
//!
//! | rule | definition |
//! |---|---|
//! | `pb-greedy-votes` | most votes first; what no longer fits is skipped |
//! | `pb-greedy-votes-per-cost` | most votes for each unit of cost first; the same |
//! | `pb-equal-shares-cost` | equal shares, what a voter has of a project being points times cost |
//! | `pb-equal-shares-cardinality` | equal shares, what a voter has of a project being points |
//!
//! Votes are approvals (one point each) or points. Everybody who cast a ballot, blank or not, has
//! an equal share of the money in equal shares. All sets of projects that tie are found.

pub(super) mod equal_shares;
mod greedy;
mod linear;

use super::outcome::{Evidence, Outcome, Score, Seats, Tie, TieStage};
use super::points;
use super::ranked::Profile;
use super::ways::{self, Breaking, TiedSets};
use super::{CountError, Method, Received, check_profile, marks};
use bincode::{Decode, Encode};
use num_rational::BigRational;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// How projects are chosen.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetRule {
    /// Most votes first, skipping what does not fit.
    #[serde(rename = "pb-greedy-votes")]
    GreedyVotes,
    /// Most votes for each unit of cost first, skipping what does not fit.
    #[serde(rename = "pb-greedy-votes-per-cost")]
    GreedyVotesPerCost,
    /// The method of equal shares (Peters, Pierczyński & Skowron 2021), by cost.
    #[serde(rename = "pb-equal-shares-cost")]
    EqualSharesCost,
    /// The same, by the number of projects or points.
    #[serde(rename = "pb-equal-shares-cardinality")]
    EqualSharesCardinality,
}

impl BudgetRule {
    /// All rules, in the order in which they are documented.
    pub const ALL: [Self; 4] = [
        Self::GreedyVotes,
        Self::GreedyVotesPerCost,
        Self::EqualSharesCost,
        Self::EqualSharesCardinality,
    ];

    /// The name, as in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GreedyVotes => "pb-greedy-votes",
            Self::GreedyVotesPerCost => "pb-greedy-votes-per-cost",
            Self::EqualSharesCost => "pb-equal-shares-cost",
            Self::EqualSharesCardinality => "pb-equal-shares-cardinality",
        }
    }

    /// Whether what the rule leaves can be spent in this way.
    #[must_use]
    pub const fn can_complete(self, completion: Completion) -> bool {
        match self {
            Self::EqualSharesCost | Self::EqualSharesCardinality => {
                !matches!(completion, Completion::Phragmen)
            }
            _ => matches!(completion, Completion::None),
        }
    }

    /// The greedy rule that compares projects by the same worth.
    const fn greedy(self) -> Greedy {
        match self {
            Self::GreedyVotes | Self::EqualSharesCost => Greedy::Votes,
            Self::GreedyVotesPerCost | Self::EqualSharesCardinality => Greedy::VotesPerCost,
        }
    }
}

/// Which projects come first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Greedy {
    Votes,
    VotesPerCost,
}

/// What is done with what equal shares leave: money in a budget, seats of a committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Completion {
    /// Nothing.
    None,
    /// Everybody's share is raised by one unit of the currency at a time, and the rule applied
    /// again from the start. The last outcome within the budget holds; it ends once no project
    /// that is not funded fits.
    Add1,
    /// The same, and then `greedy` with the rest.
    Add1u,
    /// What fits of the rest is funded greedily, by the worth that the rule compares: by votes,
    /// or by votes for each unit of cost. In a committee, by approvals.
    Greedy,
    /// In a committee: Phragmén's method, from what everybody has left.
    Phragmen,
}

impl Completion {
    /// All of them, in the order in which they are documented.
    pub const ALL: [Self; 5] = [Self::None, Self::Add1, Self::Add1u, Self::Greedy, Self::Phragmen];

    /// The name, as in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Add1 => "add1",
            Self::Add1u => "add1u",
            Self::Greedy => "greedy",
            Self::Phragmen => "phragmen",
        }
    }
}

impl fmt::Display for Completion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Completion {
    type Err = super::method::UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "none, add1, add1u, greedy or phragmen";
        let known = Self::ALL.into_iter().find(|known| known.name() == text);
        known.ok_or(super::method::UnknownName { expected })
    }
}

/// What a ballot says of projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum BudgetPaper {
    /// A set of projects.
    Approvals {
        /// Most projects of one ballot; any number when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_choices: Option<u32>,
    },
    /// Points for projects.
    Points {
        /// Points of a ballot; not limited together when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        total: Option<u32>,
        /// Most points of one project; all of them when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cap: Option<u16>,
    },
}

impl BudgetPaper {
    /// Bytes of a row.
    const fn width(self, options: usize) -> usize {
        match self {
            Self::Approvals { .. } => options,
            Self::Points { .. } => options.saturating_mul(points::COLUMN),
        }
    }
}

/// What one needs to check a budget by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct BudgetEvidence {
    /// All sets of projects that tie, each by name.
    pub committees: Vec<Vec<String>>,
    /// What each of these sets costs.
    pub spent: Vec<u64>,
    /// The money there is.
    pub budget: u64,
    /// What one unit of the currency is in these numbers.
    pub unit: u32,
    /// What each project costs.
    pub costs: BTreeMap<String, u64>,
    /// The steps to one of the sets: ties are broken by name in the steps shown.
    pub steps: Vec<Funded>,
    /// By how many units of the currency everybody's share is raised in the steps shown.
    #[serde(skip_serializing_if = "is_zero")]
    pub raised: u64,
    /// The projects of all sets are elected, those of some are tied.
    pub seats: Seats,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// One project that was funded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct Funded {
    /// Which.
    pub option: String,
    /// By what: votes, votes for each unit of cost, or the price of what a voter has of it.
    pub value: Score,
    /// What is left of the budget.
    pub left: i64,
}

/// A distinct ballot: the points that it gives to each project, and how many there are.
struct Backers {
    points: Vec<u64>,
    times: u64,
}

/// What there is to count.
pub(super) struct Projects {
    groups: Vec<Backers>,
    costs: Vec<u64>,
    budget: u64,
    unit: u64,
    /// All who have a share.
    voters: u64,
}

impl Projects {
    fn cost(&self, column: usize) -> u64 {
        self.costs.get(column).copied().unwrap_or(0)
    }

    fn spent(&self, funded: &BTreeSet<usize>) -> u128 {
        funded.iter().map(|column| u128::from(self.cost(*column))).sum()
    }

    fn votes(&self) -> Vec<u128> {
        let mut votes = vec![0; self.costs.len()];
        for group in &self.groups {
            for (votes, points) in votes.iter_mut().zip(&group.points) {
                *votes += u128::from(*points) * u128::from(group.times);
            }
        }
        votes
    }
}

/// A step: which project, by what, and what is left.
type Steps = Vec<(usize, BigRational)>;

/// What a rule finds.
struct Found {
    sets: BTreeSet<BTreeSet<usize>>,
    steps: Steps,
    ties: Vec<Vec<usize>>,
    raised: u64,
}

/// The parameters of a budget.
pub(super) struct Rule<'a> {
    pub(super) rule: BudgetRule,
    pub(super) completion: Completion,
    pub(super) budget: u64,
    pub(super) costs: &'a [u64],
    pub(super) unit: u32,
    pub(super) paper: BudgetPaper,
}

/// Counts distinct ballots over projects in the order of `options`.
pub(super) fn count(
    rule: &Rule<'_>,
    options: &[String],
    profile: &Profile,
    received: Received,
    breaking: Breaking<'_>,
) -> Result<Outcome, CountError> {
    let ballots = received.counts()?;
    let projects = projects(rule, options.len(), profile, received)?;
    let by_name = ways::by_name(options);
    let shown = Breaking::Order(&by_name);
    let found = match rule.rule {
        BudgetRule::GreedyVotes | BudgetRule::GreedyVotesPerCost => {
            greedy::count(&projects, rule.rule.greedy(), breaking, shown)?
        }
        _ => equal_shares::budget(&projects, rule.rule, rule.completion, breaking, shown)?,
    };
    let TiedSets { sets, ranking, seats } = TiedSets::of(options, &found.sets);
    let costs: BTreeMap<String, u64> =
        options.iter().cloned().zip(rule.costs.iter().copied()).collect();
    let cost = |set: &Vec<String>| set.iter().filter_map(|name| costs.get(name)).sum();
    let votes = projects
        .votes()
        .into_iter()
        .map(|votes| u64::try_from(votes).map(Score::Integer).map_err(|_| CountError::TooLarge));
    let scores: Vec<Score> = votes.collect::<Result<_, _>>()?;
    let mut ties: Vec<Tie> = (found.ties.iter())
        .map(|tied| ways::tie(options, tied, TieStage::Choice, breaking.rule()))
        .collect();
    ties.extend(super::ranking::ties(&seats));
    Ok(Outcome {
        method: Method::Budget(rule.rule),
        options: options.to_vec(),
        winners: super::ranking::winners(&seats),
        ranking,
        scores: options.iter().cloned().zip(scores).collect(),
        ties,
        ballots,
        evidence: Evidence::Budget(BudgetEvidence {
            spent: sets.iter().map(cost).collect(),
            committees: sets,
            budget: rule.budget,
            unit: rule.unit,
            steps: funded(&projects, options, &found.steps),
            costs,
            raised: found.raised,
            seats,
        }),
    })
}

fn funded(projects: &Projects, options: &[String], steps: &Steps) -> Vec<Funded> {
    let mut left = i128::from(projects.budget);
    let mut funded = Vec::with_capacity(steps.len());
    for (column, value) in steps {
        left -= i128::from(projects.cost(*column));
        funded.push(Funded {
            option: options.get(*column).cloned().unwrap_or_default(),
            value: Score::of(value),
            left: i64::try_from(left).unwrap_or(i64::MIN),
        });
    }
    funded
}

fn projects(
    rule: &Rule<'_>,
    options: usize,
    profile: &Profile,
    received: Received,
) -> Result<Projects, CountError> {
    let (width, counts) = (rule.paper.width(options), received.counts()?);
    check_profile(profile, width, counts)?;
    let points = |row: &[u8]| -> Vec<u64> {
        match rule.paper {
            BudgetPaper::Approvals { .. } => {
                row.iter().map(|mark| u64::from(*mark == marks::APPROVED)).collect()
            }
            BudgetPaper::Points { .. } => points::columns(row)
                .map(|points| points.ok().flatten().and_then(|own| u64::try_from(own).ok()))
                .map(Option::unwrap_or_default)
                .collect(),
        }
    };
    let groups = profile.iter().map(|(row, times)| Backers { points: points(row), times: *times });
    let groups = groups.collect();
    let all = rule.costs.iter().try_fold(0_u64, |sum, cost| sum.checked_add(*cost));
    all.filter(|all| i64::try_from(*all).is_ok()).ok_or(CountError::TooLarge)?;
    Ok(Projects {
        groups,
        costs: rule.costs.to_vec(),
        budget: rule.budget,
        unit: u64::from(rule.unit),
        voters: counts.valid + counts.blank,
    })
}
