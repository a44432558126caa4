//! Consent and consensus minus k (methods, section 3): a text is adopted unless objections stand.
//!
//! Ballots are those of a yes/no vote: for is consent, abstain is to stand aside, against is an
//! objection. Everything is compared in whole numbers; silence adopts nothing.

use super::outcome::{BallotCounts, Evidence, Outcome, Score};
use super::yes_no::{self, Decision, Quorum, QuorumEvidence, YesNoCounts};
use super::{CountError, Method};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What it takes to adopt a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Most objections: 0 for consent and consensus, k for consensus minus k.
    pub blocks: u32,
    /// Fewest consents; one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<u32>,
    /// Most members who stand aside; any number when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stand_asides: Option<u32>,
    /// The participation below which nothing is adopted; none when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Quorum>,
}

/// Every count and limit of a consent round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct ConsentEvidence {
    /// Adopted, or not.
    pub decision: Decision,
    /// All who may take part.
    pub eligible: u64,
    /// Those who did: consents, stand-asides, objections, blank.
    pub cast: u64,
    /// Consents.
    pub consents: u64,
    /// Fewest that adopt.
    pub consents_needed: u64,
    /// Members who stand aside.
    pub stand_asides: u64,
    /// Most that adopt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stand_asides_max: Option<u64>,
    /// Objections that stand.
    pub objections: u64,
    /// Most that adopt.
    pub objections_max: u64,
    /// Blank ballots.
    pub blank: u64,
    /// The quorum, if one was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quorum: Option<QuorumEvidence>,
}

/// Counts a consent round.
pub(super) fn count(
    rule: &Rule,
    options: &[String],
    counts: &YesNoCounts,
) -> Result<Outcome, CountError> {
    let YesNoCounts { in_favour: consents, against: objections, abstain, .. } = *counts;
    let (blank, invalid, eligible) = (counts.blank, counts.invalid, counts.eligible);
    let sum = |a: u64, b: u64| a.checked_add(b).ok_or(CountError::TooLarge);
    let valid = sum(sum(consents, objections)?, abstain)?;
    let cast = sum(valid, blank)?;
    if cast > eligible {
        return Err(CountError::MoreCastThanEligible { cast, eligible });
    }
    let expressed = sum(consents, objections)?;
    let quorum =
        rule.quorum.map(|quorum| yes_no::quorum_evidence(quorum, cast, expressed, eligible));
    let quorum = quorum.transpose()?;
    let consents_needed = u64::from(rule.minimum.unwrap_or(1).max(1));
    let stand_asides_max = rule.stand_asides.map(u64::from);
    let objections_max = u64::from(rule.blocks);
    let adopted = objections <= objections_max
        && consents >= consents_needed
        && stand_asides_max.is_none_or(|most| abstain <= most)
        && quorum.as_ref().is_none_or(|quorum| quorum.met);
    let decision = if adopted { Decision::Adopted } else { Decision::Rejected };
    let scores: BTreeMap<String, Score> =
        options.iter().map(|name| (name.clone(), Score::Integer(consents))).collect();
    Ok(Outcome {
        method: Method::Consent,
        options: options.to_vec(),
        winners: if adopted { options.to_vec() } else { Vec::new() },
        ranking: vec![options.to_vec()],
        scores,
        ties: Vec::new(),
        ballots: BallotCounts { cast: sum(cast, invalid)?, valid, blank, invalid },
        evidence: Evidence::Consent(ConsentEvidence {
            decision,
            eligible,
            cast,
            consents,
            consents_needed,
            stand_asides: abstain,
            stand_asides_max,
            objections,
            objections_max,
            blank,
            quorum,
        }),
    })
}
