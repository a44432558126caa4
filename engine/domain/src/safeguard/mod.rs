//! Acts that need several holders: how many must countersign, and how long it takes.
//!
//! A *safeguard* says of a subject (the founders' mandates, a power, recovery of keys, changes of
//! rules) how many holders must agree and how long must pass. An act that is covered is not
//! admitted directly: it is *requested*, whole; others countersign what they can read; after the
//! delay it is *carried*, by the rules and the state of that moment (docs/spec/safeguards.md).

mod asked;
mod request_carried;
mod request_countersigned;
mod request_opened;
mod request_stopped;
mod safeguard_lifted;
mod safeguard_set;
mod uses;

pub use asked::Asked;
pub use request_carried::{CarryRequest, RequestCarried};
pub use request_countersigned::{CountersignRequest, RequestCountersigned};
pub use request_opened::{OpenRequest, RequestOpened};
pub use request_stopped::{RequestStopped, StopRequest};
pub use safeguard_lifted::{LiftSafeguard, SafeguardLifted};
pub use safeguard_set::{SafeguardSet, SetSafeguard};
pub use uses::Uses;

use crate::authority::Cx;
use crate::entity::Kind;
use crate::id::{Hash, KeyId, Prose, StatementId};
use crate::rejection::{Rejection, rejections};
use crate::role::standing::is_active;
use crate::role::{Assignment, FOUNDING_ROLE, Power, Scope, scopes};
use crate::time::Timestamp;
use crate::world::World;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

rejections! {
    /// Refusals of the safeguards, in order of precedence.
    Safeguards {
        /// No holder, or more than [`HOLDERS_MAX`].
        Holders => "safeguard.holders",
        /// The delay is too long, or too short for recoveries; or the window does not outlast the
        /// delay, or is too long.
        Hours => "safeguard.hours",
        /// More holders than there are now: nothing could be carried.
        TooFewHolders => "safeguard.too-few-holders",
        /// No such safeguard stands.
        NotSet => "safeguard.not-set",
        /// The request is of an act on a request.
        Nested => "request.nested",
        /// The act needs no request.
        NotGuarded => "request.not-guarded",
        /// The same act is being requested already.
        RequestExists => "request.exists",
        /// There is no such request.
        RequestUnknown => "request.unknown",
        /// The request was carried.
        AlreadyCarried => "request.already-carried",
        /// The request was stopped.
        AlreadyStopped => "request.already-stopped",
        /// The request's window is over.
        Lapsed => "request.lapsed",
        /// Only the requester stops a request, or the member whose key would be replaced.
        NotYours => "request.not-yours",
        /// The act is not the one that was requested.
        OtherAct => "request.other-act",
        /// A countersignature, or the request, of this member counts already.
        AlreadySigned => "request.already-signed",
        /// The delay is not over.
        TooEarly => "request.too-early",
        /// Fewer holders than needed agree, of those whose mandates have not ended.
        TooFewSignatures => "request.too-few-signatures",
        /// The act needs several holders or a delay: it has to be requested.
        CountersignRequired => "mandate.countersign-required",
    }
}

/// Most holders that a safeguard asks for.
pub const HOLDERS_MAX: u32 = 50;
/// Longest delay: ninety days.
pub const DELAY_HOURS_MAX: u32 = 90 * 24;
/// Longest window: a year.
pub const WINDOW_HOURS_MAX: u32 = 366 * 24;
/// Shortest delay of a recovery: the member must have time to see it.
pub const RECOVERY_DELAY_HOURS_MIN: u32 = 24;
/// An hour, in milliseconds.
const HOUR_MS: i64 = 3_600_000;

/// What a safeguard covers.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Subject {
    /// Every act that uses a power under a mandate of the founders' role.
    Founders,
    /// Every act that uses this power, under whichever role.
    Power(Power),
    /// The recovery of a member's keys. It always needs a request: without a safeguard, by
    /// [`Terms::RECOVERY`]. Where one stands it also covers revoking the last key of another, with
    /// which they would stop a recovery; then without delay, for phones are stolen.
    Recovery,
    /// Setting and lifting safeguards, defining roles that carry powers, and giving them.
    Rules,
}

impl Subject {
    /// Every subject, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        let powers = Power::ALL.into_iter().map(Self::Power);
        [Self::Founders, Self::Recovery, Self::Rules].into_iter().chain(powers)
    }

    /// Its number as an entity: the same on every instance.
    #[must_use]
    pub fn index(self) -> u32 {
        (0..).zip(Self::all()).find(|(_, one)| *one == self).map_or(u32::MAX, |(index, _)| index)
    }

    /// The subject with a number.
    #[must_use]
    pub fn by_index(index: u32) -> Option<Self> {
        Self::all().nth(usize::try_from(index).ok()?)
    }

    /// The word by which its stream and commands name it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Founders => "founders",
            Self::Recovery => "recovery",
            Self::Rules => "rules",
            Self::Power(Power::Membership) => "power-membership",
            Self::Power(Power::Roles) => "power-roles",
            Self::Power(Power::Proposals) => "power-proposals",
            Self::Power(Power::Votes) => "power-votes",
            Self::Power(Power::Accounts) => "power-accounts",
            Self::Power(Power::Ledger) => "power-ledger",
            Self::Power(Power::Federation) => "power-federation",
        }
    }

    /// The subject with that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::all().find(|subject| subject.word() == word)
    }

    /// How many can sign now what it covers.
    #[must_use]
    pub fn live(self, world: &World, at: Timestamp) -> u32 {
        let holders = match self {
            Self::Founders => count(world, at, |_, assignment| is_founding(world, assignment.role)),
            Self::Power(power) => holders(world, at, Uses::of(power)).len(),
            Self::Recovery => holders(world, at, Uses::of(Power::Membership)).len(),
            Self::Rules => holders(world, at, Uses::of(Power::Roles)).len(),
        };
        u32::try_from(holders).unwrap_or(u32::MAX)
    }
}

/// How many, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Hours before the act can be carried.
    pub delay_hours: u32,
    /// How many different holders must agree, the requester being one.
    pub holders: u32,
    /// Hours after which the request lapses.
    pub window_hours: u32,
}

impl Terms {
    /// Those of a recovery when no safeguard says otherwise: two holders, three days, a month.
    pub const RECOVERY: Self = Self { delay_hours: 72, holders: 2, window_hours: 30 * 24 };

    /// What satisfies both: as many holders and as long a delay as either asks for.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            delay_hours: self.delay_hours.max(other.delay_hours),
            holders: self.holders.max(other.holders),
            window_hours: self.window_hours.max(other.window_hours),
        }
    }

    /// Whether they ask for less than what holds of that subject without a safeguard, when so many
    /// can sign.
    fn softens(self, subject: Subject, live: u32) -> bool {
        let usual = Self::RECOVERY;
        subject == Subject::Recovery
            && (self.holders < usual.holders.min(live) || self.delay_hours < usual.delay_hours)
    }

    fn check(self, subject: Subject) -> Result<(), Safeguards> {
        if self.holders == 0 || self.holders > HOLDERS_MAX {
            return Err(Safeguards::Holders);
        }
        let least = if subject == Subject::Recovery { RECOVERY_DELAY_HOURS_MIN } else { 0 };
        if self.delay_hours < least
            || self.delay_hours > DELAY_HOURS_MAX
            || self.window_hours <= self.delay_hours
            || self.window_hours > WINDOW_HOURS_MAX
        {
            return Err(Safeguards::Hours);
        }
        Ok(())
    }
}

/// The safeguard of one subject, by the subject's number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Safeguard {
    /// What it asks for; nothing if it never stood or was lifted.
    pub terms: Option<Terms>,
    /// Position at which it was last set or lifted.
    pub since: u64,
}

/// Somebody's agreement to a requested act.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Agreement {
    /// Number of the member.
    pub member: u32,
    /// Number of the assignment under which it was given.
    pub assignment: u32,
    /// The key that signed.
    pub key: KeyId,
    /// Position of the statement.
    pub position: u64,
}

impl Agreement {
    /// Whether it still counts: the mandate has not ended and carries the powers that the act
    /// uses, the member is there and holds it, and the key was not revoked. Whoever acts for a
    /// holder agrees to nothing: one holder with a delegate would be two.
    #[must_use]
    pub fn is_live(&self, world: &World, at: Timestamp, uses: Uses) -> bool {
        self.counts(world, &signatories(world, at, uses))
    }

    fn counts(&self, world: &World, able: &BTreeSet<u32>) -> bool {
        let member = world.tables.members.get(self.member);
        let held = world.tables.assignments.get(self.assignment);
        able.contains(&self.assignment)
            && held.is_some_and(|held| held.member == self.member)
            && member.is_some_and(|member| member.key_is_valid(self.key))
    }
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum RequestEnd {
    /// Its act was carried at this position.
    Carried(u64),
    /// It was stopped, at this position, by the member with this number, for this reason.
    Stopped(u64, u32, Prose),
}

/// A requested act.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Request {
    /// The canonical text of the act: `{"act":…,"body":…}`.
    pub text: String,
    /// SHA-256 of the text, when there is one.
    pub hash: Option<Hash>,
    /// What the act uses, as far as was known when it was requested.
    pub uses: Uses,
    /// What it asked for when it was requested.
    pub terms: Option<Terms>,
    /// When it was requested.
    pub opened_at: Timestamp,
    /// Who agrees: the requester first.
    pub agreements: Vec<Agreement>,
    /// How it ended, if not by the end of its window.
    pub ended: Option<RequestEnd>,
}

impl Request {
    /// When the act can be carried, by these terms.
    #[must_use]
    pub fn ready_at(&self, terms: Terms) -> Timestamp {
        self.opened_at.plus_ms(HOUR_MS.saturating_mul(i64::from(terms.delay_hours)))
    }

    /// First moment at which it can not be carried any more.
    #[must_use]
    pub fn lapses_at(&self) -> Timestamp {
        let hours = self.terms.map_or(0, |terms| terms.window_hours);
        self.opened_at.plus_ms(HOUR_MS.saturating_mul(i64::from(hours)))
    }

    /// Number of the requester.
    #[must_use]
    pub fn requester(&self) -> Option<u32> {
        self.agreements.first().map(|first| first.member)
    }

    /// Whether it can still be countersigned and carried.
    ///
    /// # Errors
    /// How it ended.
    pub fn open(&self, at: Timestamp) -> Result<(), Safeguards> {
        match self.ended {
            Some(RequestEnd::Carried(_)) => Err(Safeguards::AlreadyCarried),
            Some(RequestEnd::Stopped(..)) => Err(Safeguards::AlreadyStopped),
            None if at >= self.lapses_at() => Err(Safeguards::Lapsed),
            None => Ok(()),
        }
    }

    /// The members whose agreement counts now.
    #[must_use]
    pub fn live(&self, world: &World, at: Timestamp, uses: Uses) -> BTreeSet<u32> {
        let able = signatories(world, at, uses);
        let live = self.agreements.iter().filter(|one| one.counts(world, &able));
        live.map(|one| one.member).collect()
    }
}

/// Members who can sign now what uses these powers.
#[must_use]
pub fn holders(world: &World, at: Timestamp, uses: Uses) -> BTreeSet<u32> {
    let able = signatories(world, at, uses).into_iter();
    able.filter_map(|index| Some(world.tables.assignments.get(index)?.member)).collect()
}

/// How many must agree: as many as the terms say, but never more than there are who can sign, and
/// at least one. Mandates that end lock nobody out; the delay stands.
#[must_use]
pub fn needed(world: &World, at: Timestamp, terms: Terms, uses: Uses) -> u32 {
    let live = u32::try_from(holders(world, at, uses).len()).unwrap_or(u32::MAX);
    terms.holders.min(live).max(1)
}

/// What an act asks for that uses this under that role; nothing if it needs no request.
#[must_use]
pub fn terms(world: &World, role: Option<u32>, uses: Uses) -> Option<Terms> {
    let founding = role.is_some_and(|role| is_founding(world, role)) && uses.any_power();
    let covered = Subject::all().filter_map(|subject| {
        let covers = match subject {
            Subject::Founders => founding,
            Subject::Power(power) => uses.power(power),
            Subject::Recovery => uses.recovers().is_some(),
            Subject::Rules => uses.rules(),
        };
        // A safeguard also covers what would change it.
        let changes = uses.changes() == Some(subject);
        if covers || changes { standing(world, subject) } else { None }
    });
    let last_key = standing(world, Subject::Recovery).filter(|_| uses.last_key());
    let last_key = last_key.map(|terms| Terms { delay_hours: 0, ..terms });
    let covered = covered.chain(last_key).reduce(Terms::and);
    // What holds without a safeguard also covers being softened by a first one.
    let usual = uses.recovers().is_some() || uses.changes() == Some(Subject::Recovery);
    if !usual || standing(world, Subject::Recovery).is_some() {
        return covered;
    }
    Some(covered.map_or(Terms::RECOVERY, |terms| terms.and(Terms::RECOVERY)))
}

/// Refuses, of acts that are done directly, those that have to be requested.
///
/// # Errors
/// [`Safeguards::CountersignRequired`].
pub fn check_direct(cx: &Cx<'_>) -> Result<(), Safeguards> {
    let uses = cx.uses();
    if uses == Uses::default() || terms(cx.world, cx.role(), uses).is_none() {
        return Ok(());
    }
    Err(Safeguards::CountersignRequired)
}

/// What a standing safeguard asks for.
#[must_use]
pub fn standing(world: &World, subject: Subject) -> Option<Terms> {
    world.tables.safeguards.get(subject.index())?.terms
}

fn is_founding(world: &World, role: u32) -> bool {
    world.directory.by_word(Kind::Role, FOUNDING_ROLE) == Some(role)
}

/// Numbers of the mandates under which what uses these powers is signed: those whose powers reach
/// everywhere, or, where nobody has such a one, those that carry the powers at all.
fn signatories(world: &World, at: Timestamp, uses: Uses) -> BTreeSet<u32> {
    let carrying = |reaches: &dyn Fn(&Scope) -> bool| -> BTreeSet<u32> {
        let carries = |assignment: &Assignment| {
            let scopes = scopes(world, assignment.role);
            uses.any_power() && uses.powers().all(|power| scopes.get(&power).is_some_and(reaches))
        };
        let all = world.tables.assignments.iter();
        let able = all.filter(|(index, one)| carries(one) && is_active(world, *index, at));
        able.map(|(index, _)| index).collect()
    };
    let everywhere = carrying(&Scope::is_everywhere);
    if everywhere.is_empty() { carrying(&|_| true) } else { everywhere }
}

fn count(world: &World, at: Timestamp, wanted: impl Fn(u32, &Assignment) -> bool) -> usize {
    let all = world.tables.assignments.iter();
    let active = all.filter(|(index, one)| wanted(*index, one) && is_active(world, *index, at));
    active.map(|(_, assignment)| assignment.member).collect::<BTreeSet<_>>().len()
}

/// The request with that id.
fn find<'a>(cx: &Cx<'a>, id: StatementId) -> Result<(u32, &'a Request), Rejection> {
    let index = cx.find_uuid(Kind::Request, id.0).ok_or(Safeguards::RequestUnknown)?;
    let request = cx.world.tables.requests.get(index).ok_or(Safeguards::RequestUnknown)?;
    Ok((index, request))
}
