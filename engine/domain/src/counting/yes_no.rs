//! Yes/no: one text against the status quo, with a quorum and a majority (methods, section 2).
//!
//! Expressed = for + against: abstentions and blanks are cast, but not expressed. Every test is on
//! whole numbers: `part·q >= p·base`, or `>` where the rule is strict. With as many votes for as
//! against, whatever the rule, the status quo stays; so it does without any vote for.

use super::outcome::{BallotCounts, Evidence, Outcome, Score, Tie, TieRule, TieStage};
use super::{CountError, Fraction, Method};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Quorum and majority of a yes/no vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The participation below which nothing is adopted; none when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Quorum>,
    /// The majority that adopts.
    pub majority: Majority,
}

/// The participation below which nothing is adopted: base·q >= p·eligible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Quorum {
    /// p/q of those eligible.
    pub ratio: Fraction,
    /// Which ballots count as participation.
    pub base: QuorumBase,
}

/// Which ballots count as participation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum QuorumBase {
    /// All ballots cast: abstentions and blanks too.
    Cast,
    /// Only votes for and against.
    Expressed,
}

/// The majority that adopts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Majority {
    /// More for than against.
    Simple,
    /// More than half of the base: 2·for > base.
    Absolute {
        /// Half of what.
        base: MajorityBase,
    },
    /// p/q of the base: for·q >= p·base, or > if strict. At least one half.
    Qualified {
        /// p/q.
        ratio: Fraction,
        /// The share of what.
        base: MajorityBase,
        /// Whether exactly p/q is too little.
        strict: bool,
    },
}

impl Majority {
    /// Share, base and strictness. A simple majority is more than half of those expressed.
    #[must_use]
    pub const fn test(self) -> (Fraction, MajorityBase, bool) {
        match self {
            Self::Simple => (Fraction::HALF, MajorityBase::Expressed, true),
            Self::Absolute { base } => (Fraction::HALF, base, true),
            Self::Qualified { ratio, base, strict } => (ratio, base, strict),
        }
    }
}

/// What a majority is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum MajorityBase {
    /// Votes for and against.
    Expressed,
    /// All ballots cast: abstentions and blanks too.
    Cast,
    /// All who may vote, whether they did or not.
    Eligible,
}

/// What the ballots of a yes/no vote add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct YesNoCounts {
    /// Votes for.
    pub in_favour: u64,
    /// Votes against.
    pub against: u64,
    /// Votes that take no side.
    pub abstain: u64,
    /// Blank ballots.
    pub blank: u64,
    /// Ballots that are none of these; they count nowhere, not even for the quorum.
    pub invalid: u64,
    /// All who may vote.
    pub eligible: u64,
}

/// Adopted, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Quorum met and majority reached.
    Adopted,
    /// The status quo stays.
    Rejected,
}

/// Every count and denominator of a yes/no vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct YesNoEvidence {
    /// Adopted, or not.
    pub decision: Decision,
    /// All who may vote.
    pub eligible: u64,
    /// For + against + abstain + blank: all ballots but the invalid ones.
    pub cast: u64,
    /// Votes for.
    #[serde(rename = "for")]
    pub in_favour: u64,
    /// Votes against.
    pub against: u64,
    /// Votes that take no side.
    pub abstain: u64,
    /// Blank ballots.
    pub blank: u64,
    /// For + against.
    pub expressed: u64,
    /// The quorum, if one was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quorum: Option<QuorumEvidence>,
    /// The majority.
    pub majority: MajorityEvidence,
}

/// How a quorum was met or missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct QuorumEvidence {
    /// The share of those eligible.
    pub ratio: Fraction,
    /// Which ballots count.
    pub base: QuorumBase,
    /// How many of them there are.
    pub present: u64,
    /// How many are needed, at least.
    pub needed: u64,
    /// How many more were needed.
    pub missing: u64,
    /// Whether it was met.
    pub met: bool,
}

/// How a majority was reached or missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct MajorityEvidence {
    /// The share of the base.
    pub ratio: Fraction,
    /// The share of what.
    pub base: MajorityBase,
    /// Whether exactly that share is too little.
    pub strict: bool,
    /// How many the base counts.
    pub base_count: u64,
    /// How many votes for are needed, at least.
    pub needed: u64,
    /// How many more were needed.
    pub missing: u64,
    /// Whether as many votes were against as for, and at least one was.
    pub tied: bool,
    /// Whether it was reached.
    pub reached: bool,
}

/// Counts a yes/no vote on the one option.
pub(super) fn count(
    rule: &Rule,
    options: &[String],
    counts: &YesNoCounts,
) -> Result<Outcome, CountError> {
    let evidence = evidence(rule, counts)?;
    let valid = evidence.cast.saturating_sub(counts.blank);
    let received = evidence.cast.checked_add(counts.invalid).ok_or(CountError::TooLarge)?;
    let winners = match evidence.decision {
        Decision::Adopted => options.to_vec(),
        Decision::Rejected => Vec::new(),
    };
    let scores: BTreeMap<String, Score> =
        options.iter().map(|name| (name.clone(), Score::Integer(counts.in_favour))).collect();
    let ties = if evidence.majority.tied {
        let (stage, rule) = (TieStage::Majority, TieRule::StatusQuo);
        vec![Tie { stage, options: options.to_vec(), rule }]
    } else {
        Vec::new()
    };
    Ok(Outcome {
        method: Method::YesNo,
        options: options.to_vec(),
        winners,
        ranking: vec![options.to_vec()],
        scores,
        ties,
        ballots: BallotCounts {
            cast: received,
            valid,
            blank: counts.blank,
            invalid: counts.invalid,
        },
        evidence: Evidence::YesNo(evidence),
    })
}

fn evidence(rule: &Rule, counts: &YesNoCounts) -> Result<YesNoEvidence, CountError> {
    let YesNoCounts { in_favour, against, abstain, blank, eligible, .. } = *counts;
    let sum = |a: u64, b: u64| a.checked_add(b).ok_or(CountError::TooLarge);
    let expressed = sum(in_favour, against)?;
    let cast = sum(sum(expressed, abstain)?, blank)?;
    if cast > eligible {
        return Err(CountError::MoreCastThanEligible { cast, eligible });
    }
    let quorum = match rule.quorum {
        Some(quorum) => Some(quorum_evidence(quorum, cast, expressed, eligible)?),
        None => None,
    };
    let (ratio, base, strict) = rule.majority.test();
    let base_count = match base {
        MajorityBase::Expressed => expressed,
        MajorityBase::Cast => cast,
        MajorityBase::Eligible => eligible,
    };
    let needed = ratio.least_part(base_count, strict).ok_or(CountError::TooLarge)?.max(1);
    let tied = in_favour == against && in_favour > 0;
    let reached = in_favour > against && ratio.is_reached(in_favour, base_count, strict);
    let met = quorum.as_ref().is_none_or(|quorum| quorum.met);
    let missing = needed.saturating_sub(in_favour);
    let decision = if met && reached { Decision::Adopted } else { Decision::Rejected };
    Ok(YesNoEvidence {
        decision,
        eligible,
        cast,
        in_favour,
        against,
        abstain,
        blank,
        expressed,
        quorum,
        majority: MajorityEvidence {
            ratio,
            base,
            strict,
            base_count,
            needed,
            missing,
            tied,
            reached,
        },
    })
}

/// How a quorum was met or missed by that many ballots.
///
/// # Errors
/// [`CountError::TooLarge`] when the share does not fit in 64 bits.
pub fn quorum_evidence(
    quorum: Quorum,
    cast: u64,
    expressed: u64,
    eligible: u64,
) -> Result<QuorumEvidence, CountError> {
    let Quorum { ratio, base } = quorum;
    let present = match base {
        QuorumBase::Cast => cast,
        QuorumBase::Expressed => expressed,
    };
    let needed = ratio.least_part(eligible, false).ok_or(CountError::TooLarge)?;
    let missing = needed.saturating_sub(present);
    let met = ratio.is_reached(present, eligible, false);
    Ok(QuorumEvidence { ratio, base, present, needed, missing, met })
}
