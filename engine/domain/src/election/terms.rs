//! What an opening states: who nominates, until when, and what silence means.

use super::{ELECTION_DAYS_MAX, ELECTORS_MAX, Elections, LISTED_MAX, ROUND_HOURS_MAX};
use crate::authority::Cx;
use crate::entity::Kind;
use crate::id::{MemberId, Slug};
use crate::membership::{Member, Membership};
use crate::rejection::Rejection;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Milliseconds in an hour.
const HOUR_MS: i64 = 3_600_000;

/// Who nominates and consents: those who are members at the opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Electors {
    /// Every member.
    Members,
    /// The members of these groups.
    Groups(Vec<Slug>),
    /// These, at most [`LISTED_MAX`].
    Listed(Vec<MemberId>),
}

/// What it means that somebody neither consents nor objects until the end of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Silence {
    /// Consent.
    #[default]
    Consents,
    /// No consent: the candidate is out.
    Withholds,
}

/// The dates. Each phase ends at its date, or as soon as everybody has done their part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// First moment at which nominations are sealed; at once when absent. Until then people read
    /// what the role asks, and nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<Timestamp>,
    /// First moment at which it is too late to seal a nomination.
    pub nominate_by: Timestamp,
    /// First moment at which it is too late to reveal it.
    pub share_by: Timestamp,
    /// First moment at which it is too late to change it.
    pub change_by: Timestamp,
    /// Hours of each round of consent, and of a revote.
    pub round_hours: u32,
}

impl Calendar {
    /// When a round that begins now ends.
    #[must_use]
    pub fn round_from(&self, at: Timestamp) -> Timestamp {
        at.plus_ms(HOUR_MS.saturating_mul(i64::from(self.round_hours)))
    }

    /// Checks that the dates come in order, from `at` on.
    pub(super) fn check(&self, at: Timestamp) -> Result<(), Elections> {
        let opens_at = self.opens_at.unwrap_or(at).max(at);
        let latest = at.plus_ms(ELECTION_DAYS_MAX.saturating_mul(Timestamp::DAY_MS));
        let in_order = opens_at < self.nominate_by
            && self.nominate_by < self.share_by
            && self.share_by < self.change_by
            && self.change_by <= latest;
        let hours = (1..=ROUND_HOURS_MAX).contains(&self.round_hours);
        if in_order && hours { Ok(()) } else { Err(Elections::Calendar) }
    }
}

impl Electors {
    /// Numbers of the electors, in order.
    pub(super) fn freeze(&self, cx: &Cx<'_>) -> Result<Vec<u32>, Rejection> {
        let members = || cx.world.tables.members.iter().filter(|(_, one)| one.left.is_none());
        let electors: Vec<u32> = match self {
            Self::Members => members().map(|(number, _)| number).collect(),
            Self::Groups(slugs) => {
                let number = |slug: &Slug| cx.find(Kind::Group, slug);
                let groups: Option<Vec<u32>> = slugs.iter().map(number).collect();
                let groups = groups.ok_or(Membership::GroupUnknown)?;
                let is_in = |one: &Member| groups.iter().any(|group| one.groups.contains(group));
                members().filter(|(_, one)| is_in(one)).map(|(number, _)| number).collect()
            }
            Self::Listed(ids) => {
                if ids.len() > LISTED_MAX {
                    return Err(Elections::ElectorCount.into());
                }
                let number = |id: &MemberId| present(cx, *id).ok_or(Elections::ElectorList);
                let once = ids.iter().map(number).collect::<Result<BTreeSet<u32>, _>>()?;
                if once.len() != ids.len() {
                    return Err(Elections::ElectorList.into());
                }
                once.into_iter().collect()
            }
        };
        let within = (1..=ELECTORS_MAX).contains(&electors.len());
        if within { Ok(electors) } else { Err(Elections::ElectorCount.into()) }
    }
}

/// The number of a member who has not left.
pub(super) fn present(cx: &Cx<'_>, id: MemberId) -> Option<u32> {
    let number = cx.find_uuid(Kind::Member, id.0)?;
    super::phase::is_present(cx.world, number).then_some(number)
}
