//! What a vote or a draw may be about, beside texts: filling a role, recalling a holder, letting
//! an ephemeral circle go on. It is fixed at the opening, so that an outcome can be no basis for
//! anything else.

use super::{FrozenCharter, Power, Roles, Way, charter, check_may_fill, live_role};
use crate::authority::Cx;
use crate::entity::Kind;
use crate::id::{MemberId, Slug, StatementId};
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::vote::{FrozenOption, Vote, Votes};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A term of a role that is to be filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fill {
    /// Which role.
    pub role: Slug,
    /// First moment of the mandates.
    pub from: Timestamp,
    /// First moment after the mandates.
    pub until: Timestamp,
}

/// An ephemeral circle that may go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Which circle.
    pub circle: Slug,
    /// Its new end.
    pub ends_at: Timestamp,
}

/// What a vote decides beside texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// Who holds a role: the ids of the options are pseudonyms of members.
    Fill(Fill),
    /// Whether a mandate ends at once. Its holder does not vote.
    Recall(StatementId),
    /// Whether an ephemeral circle goes on; by consent.
    Extend(Extension),
}

/// A term of a role, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct FrozenFill {
    /// Number of the role.
    pub role: u32,
    /// First moment of the mandates.
    pub from: Timestamp,
    /// First moment after the mandates.
    pub until: Timestamp,
}

/// What a vote decides, with names resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum FrozenSubject {
    /// Who holds a role.
    Fill(FrozenFill),
    /// Whether a mandate ends.
    Recall {
        /// Number of the assignment.
        assignment: u32,
        /// Number of its holder, who does not vote.
        holder: u32,
    },
    /// Whether a circle goes on.
    Extend {
        /// Number of the circle.
        circle: u32,
        /// Its new end.
        ends_at: Timestamp,
    },
}

impl Fill {
    /// Resolves the role, which can be filled that way for that term.
    pub(crate) fn freeze(&self, cx: &Cx<'_>, way: Way) -> Result<FrozenFill, Roles> {
        let (role, charter) = self.find(cx)?;
        super::check_term(cx, self.from, self.until, charter.term_days)?;
        super::check_within_circle(cx, role, self.until)?;
        if !charter.filled_by.contains(&way) {
            return Err(Roles::WayNotAllowed);
        }
        Ok(FrozenFill { role, from: self.from, until: self.until })
    }

    fn find<'a>(&self, cx: &Cx<'a>) -> Result<(u32, &'a FrozenCharter), Roles> {
        let role = cx.find(Kind::Role, &self.role).ok_or(Roles::RoleUnknown)?;
        live_role(cx, role)?;
        Ok((role, charter(cx.world, role).ok_or(Roles::RoleNotChartered)?))
    }
}

impl Subject {
    /// Resolves names; the vote's options, method and electorate are frozen already.
    pub(crate) fn freeze(
        &self,
        cx: &Cx<'_>,
        vote: &Vote,
        status_quo: Option<u32>,
    ) -> Result<FrozenSubject, Rejection> {
        match self {
            Self::Fill(fill) => {
                let (role, _) = fill.find(cx)?;
                // Who stands, and under which quorum, is up to whoever opens it.
                let granted = cx.require_scoped(Power::Roles)?;
                check_may_fill(cx, &granted, role)?;
                let mut places = (0..).zip(&vote.options);
                let eligible = |(place, option): (u32, &FrozenOption)| {
                    Some(place) == status_quo || is_present(cx, &option.id)
                };
                if !places.all(eligible) {
                    return Err(Roles::MemberUnknown.into());
                }
                let filled = fill.freeze(cx, Way::Vote)?;
                check_electorate(cx, filled.role, vote)?;
                Ok(FrozenSubject::Fill(filled))
            }
            Self::Recall(id) => {
                let (index, held) = super::find_running(cx, *id)?;
                check_electorate(cx, held.role, vote)?;
                if !vote.is_yes_no() {
                    return Err(Votes::Rules.into());
                }
                Ok(FrozenSubject::Recall { assignment: index, holder: held.member })
            }
            Self::Extend(Extension { circle, ends_at }) => {
                let index = cx.find(Kind::Circle, circle).ok_or(Roles::CircleUnknown)?;
                super::check_extension(cx, index, *ends_at)?;
                // It is everybody's consent: nobody picks the few who give it.
                if vote.electorate.groups.is_some() {
                    return Err(Roles::OtherElectorate.into());
                }
                if !vote.is_by_consent() {
                    return Err(Votes::Rules.into());
                }
                Ok(FrozenSubject::Extend { circle: index, ends_at: *ends_at })
            }
        }
    }
}

impl FrozenSubject {
    /// Number of the member who does not vote on it.
    #[must_use]
    pub const fn excluded(self) -> Option<u32> {
        match self {
            Self::Recall { holder, .. } => Some(holder),
            Self::Fill(_) | Self::Extend { .. } => None,
        }
    }
}

/// Those who fill a role, and recall its holders, are those whom its charter names.
fn check_electorate(cx: &Cx<'_>, role: u32, vote: &Vote) -> Result<(), Roles> {
    let named = charter(cx.world, role).and_then(|charter| charter.electorate.as_ref());
    let sorted = |groups: &Vec<u32>| {
        let mut groups = groups.clone();
        groups.sort_unstable();
        groups.dedup();
        groups
    };
    let voting = vote.electorate.groups.as_ref().map(sorted);
    if voting.as_ref() == named { Ok(()) } else { Err(Roles::OtherElectorate) }
}

/// Whether the id of an option is the pseudonym of a member who is there.
fn is_present(cx: &Cx<'_>, id: &Slug) -> bool {
    let member = id.as_str().parse::<MemberId>().ok();
    let index = member.and_then(|member| cx.find_uuid(Kind::Member, member.0));
    let state = index.and_then(|index| cx.world.tables.members.get(index));
    state.is_some_and(|member| member.left.is_none())
}

/// The circle, if it ends at all, can end then.
pub(super) fn check_circle_end(
    cx: &Cx<'_>,
    parent: Option<u32>,
    ends_at: Timestamp,
) -> Result<(), Roles> {
    let outer = parent.and_then(|parent| cx.world.tables.remits.get(parent));
    let latest = outer.and_then(|remit| remit.ends_at);
    let past = ends_at <= cx.at || latest.is_some_and(|latest| ends_at > latest);
    if past { Err(Roles::CircleEnd) } else { Ok(()) }
}
