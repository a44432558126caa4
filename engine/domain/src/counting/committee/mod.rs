//! Committees by approvals, which represent those who vote in proportion (Lackner & Skowron 2023;
//! methods, section 7). Exact, and with all committees that tie.
//!
//! | rule | definition |
//! |---|---|
//! | `pav` | the largest sum, over ballots, of 1 + 1/2 + ... + 1/n for n of its approved elected |
//! | `seq-pav` | one by one, who adds most to that sum |
//! | `seq-phragmen` | one by one, who makes the largest load smallest: 1 per seat, shared |
//! | `equal-shares` | everybody has k/n; one by one, who costs each supporter least |
//!
//! A blank ballot has its share of the seats in equal shares and elects nobody with it.

mod pav;
pub(super) mod phragmen;

use super::budget::{Completion, equal_shares};
use super::outcome::{Evidence, Outcome, Score, Seats, Tie, TieStage};
use super::ranked::Profile;
use super::ways::{self, Breaking, TiedSets};
use super::{CountError, Method, Received, check_profile, marks};
use bincode::{Decode, Encode};
use num_rational::BigRational;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How a committee is found.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "kebab-case")]
pub enum CommitteeRule {
    /// Proportional approval voting (Thiele 1895).
    Pav,
    /// The same, one seat after the other.
    SeqPav,
    /// Phragmén's method, one seat after the other (1894).
    SeqPhragmen,
    /// The method of equal shares (Peters & Skowron 2020).
    EqualShares,
}

impl CommitteeRule {
    /// All rules, in the order in which they are documented.
    pub const ALL: [Self; 4] = [Self::Pav, Self::SeqPav, Self::SeqPhragmen, Self::EqualShares];

    /// The name, as in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pav => "pav",
            Self::SeqPav => "seq-pav",
            Self::SeqPhragmen => "seq-phragmen",
            Self::EqualShares => "equal-shares",
        }
    }

    /// Whether the seats that the rule leaves open can be filled in this way.
    #[must_use]
    pub const fn can_complete(self, completion: Completion) -> bool {
        match self {
            Self::EqualShares => {
                matches!(completion, Completion::None | Completion::Phragmen | Completion::Greedy)
            }
            _ => matches!(completion, Completion::None),
        }
    }
}

/// What one needs to check a committee by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct CommitteeEvidence {
    /// All committees that tie, each by name.
    pub committees: Vec<Vec<String>>,
    /// The steps to one of them: ties are broken by name in the steps shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Chosen>,
    /// The seats: those of all committees are elected, those of some are tied.
    pub seats: Seats,
}

/// One who was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct Chosen {
    /// Who.
    pub option: String,
    /// By what: what it adds to the sum, the load or the price of each supporter, or approvals.
    pub value: Score,
}

/// A distinct ballot: who it approves of, and how many there are.
pub(super) struct Group {
    pub(super) approved: Vec<bool>,
    pub(super) times: u64,
}

impl Group {
    pub(super) fn approves(&self, column: usize) -> bool {
        self.approved.get(column).copied().unwrap_or(false)
    }
}

/// One step: who was chosen, by which value.
pub(super) type Steps = Vec<(usize, BigRational)>;

/// What a rule finds.
pub(super) struct Found {
    pub(super) sets: BTreeSet<BTreeSet<usize>>,
    pub(super) steps: Steps,
    pub(super) ties: Vec<Vec<usize>>,
}

/// What there is to count.
pub(super) struct Election {
    pub(super) groups: Vec<Group>,
    pub(super) options: usize,
    pub(super) seats: usize,
}

impl Election {
    /// Approvals of each option.
    pub(super) fn approvals(&self) -> Vec<u64> {
        let of = |column| self.groups.iter().filter(move |group| group.approves(column));
        (0..self.options).map(|column| of(column).map(|group| group.times).sum()).collect()
    }
}

/// The parameters of a committee.
pub(super) struct Rule {
    pub(super) rule: CommitteeRule,
    pub(super) seats: u32,
    pub(super) completion: Completion,
}

/// Counts distinct ballots over options in the order of `options`.
pub(super) fn count(
    rule: &Rule,
    options: &[String],
    profile: &Profile,
    received: Received,
    breaking: Breaking<'_>,
) -> Result<Outcome, CountError> {
    let ballots = received.counts()?;
    check_profile(profile, options.len(), ballots)?;
    let election = election(rule.seats, options.len(), profile);
    let by_name = ways::by_name(options);
    let shown = Breaking::Order(&by_name);
    let found = match rule.rule {
        CommitteeRule::Pav => pav::best(&election, breaking)?,
        CommitteeRule::SeqPav => pav::one_by_one(&election, breaking, shown)?,
        CommitteeRule::SeqPhragmen => phragmen::count(&election, breaking, shown)?,
        CommitteeRule::EqualShares => {
            let voters = ballots.valid + ballots.blank;
            equal_shares::committee(&election, rule.completion, voters, breaking, shown)?
        }
    };
    let TiedSets { sets, ranking, mut seats } = TiedSets::of(options, &found.sets);
    seats.seats = rule.seats;
    let approvals = election.approvals().into_iter().map(Score::Integer);
    let named = |(column, value): &(usize, BigRational)| {
        let option = options.get(*column).cloned().unwrap_or_default();
        Chosen { option, value: Score::of(value) }
    };
    let mut ties: Vec<Tie> = (found.ties.iter())
        .map(|tied| ways::tie(options, tied, TieStage::Choice, breaking.rule()))
        .collect();
    ties.extend(super::ranking::ties(&seats));
    Ok(Outcome {
        method: Method::Committee(rule.rule),
        options: options.to_vec(),
        winners: super::ranking::winners(&seats),
        ranking,
        scores: options.iter().cloned().zip(approvals).collect(),
        ties,
        ballots,
        evidence: Evidence::Committee(CommitteeEvidence {
            committees: sets,
            steps: found.steps.iter().map(named).collect(),
            seats,
        }),
    })
}

fn election(seats: u32, options: usize, profile: &Profile) -> Election {
    let approved = |row: &[u8]| row.iter().map(|mark| *mark == marks::APPROVED).collect();
    let group = |(row, times): (&Vec<u8>, &u64)| Group { approved: approved(row), times: *times };
    let seats = usize::try_from(seats).unwrap_or(usize::MAX);
    Election { groups: profile.iter().map(group).collect(), options, seats }
}
