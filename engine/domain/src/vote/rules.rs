//! What a vote may freeze beside its method: what is done about ties, which option is the status
//! quo, how many have to take part, whether votes can be delegated, what it follows, and what the
//! decision carries.

use super::{Vote, Votes};
use crate::authority::Cx;
use crate::counting::yes_no::Quorum;
use crate::delegation::DelegationRule;
use crate::entity::Kind;
use crate::id::{Hash, Slug, StatementId};
use crate::ledger::{Ledger, UnitCode};
use crate::rejection::Rejection;
use crate::role::{FrozenSubject, Roles, Subject};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most commitments of a lot.
pub const COMMITMENTS_MAX: usize = 16;
/// Longest time for dissent after the closing, in days.
pub const DISSENT_DAYS_MAX: u32 = 366;
/// Longest time until a decision is reviewed, in days.
pub const REVIEW_DAYS_MAX: u32 = 3_660;
/// Most lines of a decision's budget.
pub const BUDGET_LINES_MAX: usize = 64;

/// What is done about a tie that leaves open who wins; it is reported if there is no policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum TiePolicy {
    /// The option that the vote lists first is preferred.
    DeclaredOrder,
    /// Nothing changes: the seats in question stay empty.
    StatusQuo,
    /// A role with the power over votes decides (`tie.broken/1`).
    Chair,
    /// Another vote on the tied options ([`FollowUp::SecondBallot`]).
    SecondBallot,
    /// A lot is drawn (`lot.drawn/1`).
    Lot {
        /// SHA-256 of each secret that goes into the draw: nobody can foresee it as long as one
        /// of those who committed keeps theirs.
        commitments: Vec<Hash>,
    },
}

/// Why a vote follows another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum FollowUp {
    /// The quorum was not met: the same question again, with a lower quorum or none.
    SecondConvocation,
    /// A tie: the tied options again.
    SecondBallot,
    /// A consent round that adopted nothing: its text again, by another method.
    Fallback,
}

/// The vote that a vote follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follows {
    /// Which one.
    pub vote: StatementId,
    /// Why.
    #[serde(rename = "as")]
    pub kind: FollowUp,
}

/// Money or hours that the decision grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetLine {
    /// In which unit.
    pub unit: UnitCode,
    /// How much, in the unit's smallest part.
    pub amount: u64,
}

/// What the decision carries if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionTerms {
    /// The circle in which it holds; everywhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circle: Option<Slug>,
    /// Days after the closing at which it is to be reviewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_days: Option<u32>,
    /// What it grants.
    pub budget: Vec<BudgetLine>,
}

/// The rules of a vote beside its method. Each can be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoteRules {
    /// What is done about a tie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tie: Option<TiePolicy>,
    /// The option that stands for no change: others are adopted only if they rank before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_quo: Option<Slug>,
    /// The participation below which nobody is elected. Yes/no votes and consent rounds have theirs
    /// in the method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Quorum>,
    /// How votes can be delegated; not at all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation: Option<DelegationRule>,
    /// The vote that it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Follows>,
    /// What the decision carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionTerms>,
    /// Days after the closing during which dissent can be attached; [`DISSENT_DAYS`] when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dissent_days: Option<u32>,
    /// What it decides beside texts: who holds a role, a recall, an extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
}

/// Days for dissent unless the vote says otherwise.
pub const DISSENT_DAYS: u32 = 30;

/// What the decision carries, with names resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct FrozenDecision {
    /// Number of the circle in which it holds.
    pub circle: Option<u32>,
    /// Days after the closing at which it is to be reviewed.
    pub review_days: Option<u32>,
    /// Number of the unit and amount of each line that it grants.
    pub budget: Vec<(u32, u64)>,
}

/// The rules as frozen, with names resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct FrozenRules {
    /// What is done about a tie.
    pub tie: Option<TiePolicy>,
    /// Place of the option that stands for no change.
    pub status_quo: Option<u32>,
    /// The participation below which nobody is elected.
    pub quorum: Option<Quorum>,
    /// How votes can be delegated.
    pub delegation: Option<DelegationRule>,
    /// Number of the vote that it follows, and why.
    pub follows: Option<(u32, FollowUp)>,
    /// What the decision carries.
    pub decision: Option<FrozenDecision>,
    /// Days for dissent after the closing.
    pub dissent_days: Option<u32>,
    /// What it decides beside texts.
    pub subject: Option<FrozenSubject>,
}

/// Freezes the rules of a vote whose options and method are frozen already.
pub(super) fn freeze(cx: &Cx<'_>, rules: VoteRules, vote: &Vote) -> Result<FrozenRules, Rejection> {
    let status_quo = rules.status_quo.as_ref().map(|id| status_quo(vote, id)).transpose()?;
    let competing = vote.competing();
    if !fits(&rules, vote) || (competing && !vote.elects_one()) {
        return Err(Votes::Rules.into());
    }
    let follows = rules.follows.map(|follows| super::follow_up::check(cx, &follows, vote));
    let follows = follows.transpose()?;
    let subject = rules.subject.map(|subject| subject.freeze(cx, vote, status_quo)).transpose()?;
    let first = follows.map(|(first, _)| super::procedure(cx.world, first).subject());
    if first.is_some_and(|first| first != subject) {
        return Err(Votes::Rules.into());
    }
    Ok(FrozenRules {
        subject,
        tie: rules.tie,
        status_quo,
        quorum: rules.quorum,
        delegation: rules.delegation,
        follows,
        decision: rules.decision.map(|terms| freeze_decision(cx, terms)).transpose()?,
        dissent_days: rules.dissent_days,
    })
}

fn freeze_decision(cx: &Cx<'_>, terms: DecisionTerms) -> Result<FrozenDecision, Rejection> {
    let DecisionTerms { circle, review_days, budget } = terms;
    let circle = circle.map(|slug| cx.find(Kind::Circle, &slug).ok_or(Roles::CircleUnknown));
    let unit = |line: BudgetLine| {
        let unit = cx.world.directory.by_word(Kind::Unit, line.unit.as_str());
        Ok((unit.ok_or(Ledger::UnitUnknown)?, line.amount))
    };
    let budget = budget.into_iter().map(unit).collect::<Result<_, Rejection>>()?;
    Ok(FrozenDecision { circle: circle.transpose()?, review_days, budget })
}

/// The place of the option that stands for no change: it is there, and names no proposal.
fn status_quo(vote: &Vote, id: &Slug) -> Result<u32, Votes> {
    let place = vote.options.iter().position(|option| option.id == *id);
    let place = place.filter(|_| !vote.is_on_one_text()).ok_or(Votes::Rules)?;
    let named = vote.options.get(place).is_some_and(|option| option.proposal.is_some());
    if named { Err(Votes::Rules) } else { u32::try_from(place).map_err(|_| Votes::Rules) }
}

/// Whether every number is within its limits, and the tie policy one that the method can have.
fn fits(rules: &VoteRules, vote: &Vote) -> bool {
    // A consent round has no ties and no proxies.
    let by_consent = vote.is_by_consent();
    let tie = match &rules.tie {
        None | Some(TiePolicy::StatusQuo) => true,
        Some(TiePolicy::DeclaredOrder) => !vote.is_on_one_text(),
        Some(TiePolicy::Chair | TiePolicy::SecondBallot) => !by_consent,
        Some(TiePolicy::Lot { commitments }) => {
            let distinct: BTreeSet<&Hash> = commitments.iter().collect();
            let within = (1..=COMMITMENTS_MAX).contains(&commitments.len());
            within && distinct.len() == commitments.len() && !by_consent
        }
    };
    let delegation = rules
        .delegation
        .as_ref()
        .is_none_or(|rule| !by_consent && rule.max_weight.is_none_or(|most| most > 0));
    let quorum =
        rules.quorum.is_none_or(|quorum| !vote.is_on_one_text() && quorum.ratio.is_share());
    tie && delegation
        && quorum
        && rules.dissent_days.is_none_or(|days| days <= DISSENT_DAYS_MAX)
        && rules.decision.as_ref().is_none_or(is_within_limits)
}

fn is_within_limits(decision: &DecisionTerms) -> bool {
    let DecisionTerms { review_days, budget, .. } = decision;
    let units: BTreeSet<&str> = budget.iter().map(|line| line.unit.as_str()).collect();
    review_days.is_none_or(|days| (1..=REVIEW_DAYS_MAX).contains(&days))
        && budget.len() <= BUDGET_LINES_MAX
        && units.len() == budget.len()
        && budget.iter().all(|line| line.amount > 0 && i64::try_from(line.amount).is_ok())
}
