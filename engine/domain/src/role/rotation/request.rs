//! What a rotation is asked for, as written, and why it may be refused.

use crate::id::{Hash, MemberId, Slug};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Most periods of a plan.
pub const PERIODS_MAX: u32 = 366;
/// Most roles.
pub const ROLES_MAX: usize = 64;
/// Most seats.
pub const SEATS_MAX: usize = 200;
/// Most people.
pub const PEOPLE_MAX: usize = 2_000;
/// Most seats to be filled, all periods together, times people.
pub const WORK_MAX: usize = 200_000;
/// Heaviest seat.
pub const WEIGHT_MAX: u64 = 1_000_000;
/// Heaviest past load, and most periods that a past can count.
pub const PAST_MAX: u64 = 1_000_000_000_000;

/// What a rotation is asked for. The order of its lists means nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Number of periods; they are called 1, 2, and so on.
    pub periods: u32,
    /// What the last ties are broken by; not known before everything else here is fixed.
    pub seed: Hash,
    /// Most weight that one person carries in one period.
    pub load_cap: u64,
    /// The roles, with their limits.
    pub roles: Vec<RoleLimits>,
    /// Pairs of roles that nobody holds in the same period (roles, R4).
    pub incompatible: Vec<(Slug, Slug)>,
    /// The seats.
    pub seats: Vec<Seat>,
    /// The people among whom the roles rotate.
    pub people: Vec<Person>,
}

/// How long a role can be held (roles, R5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct RoleLimits {
    /// The role.
    pub role: Slug,
    /// Most periods in a row, at least 1.
    pub max_consecutive: u32,
    /// Periods without the role after that many in a row; 0 means the same as 1.
    pub cooling_off: u32,
    /// Most periods ever.
    pub max_held: u64,
}

/// A seat of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// The role.
    pub role: Slug,
    /// Which of its seats.
    pub number: u32,
    /// How much of a load it is, at least 1.
    pub weight: u64,
    /// For each period, whether it is to be filled.
    pub open: Vec<bool>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Who.
    pub id: MemberId,
    /// For each period, whether the person is available.
    pub available: Vec<bool>,
    /// Load carried before the plan.
    pub past_load: u64,
    /// The roles that the person can hold, with what they held of each so far.
    pub eligible: BTreeMap<Slug, Standing>,
}

/// What a person held of a role before the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// When they last held it; nothing for never.
    pub last: Option<LastHeld>,
    /// Periods held in all.
    pub held: u64,
}

/// The last time that a person held a role before the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct LastHeld {
    /// How many periods before period 1 the last one was: 1 for the one just before it.
    pub ago: u64,
    /// How many in a row it was the last of. With `ago` of 1 these are the consecutive periods
    /// just before the plan; with more it says whether a cooling-off still runs.
    pub run: u64,
}

/// Why a request is not a roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RosterError {
    /// There are not 1 to [`PERIODS_MAX`] periods.
    PeriodCount,
    /// More than [`ROLES_MAX`] roles, [`SEATS_MAX`] seats, [`PEOPLE_MAX`] people or
    /// [`WORK_MAX`] altogether.
    TooMany,
    /// Two entries for a role.
    RoleTwice(Slug),
    /// A role is named and not listed.
    RoleUnknown(Slug),
    /// The role may be held for 0 periods in a row.
    NeverHeld(Slug),
    /// A role is incompatible with itself.
    WithItself(Slug),
    /// Two entries for a seat.
    SeatTwice(Slug, u32),
    /// The weight of a seat is not 1 to [`WEIGHT_MAX`].
    Weight(Slug, u32),
    /// The seat does not say for each period whether it is to be filled.
    SeatPeriods(Slug, u32),
    /// Two entries for a person.
    PersonTwice(MemberId),
    /// The person does not say for each period whether they are available.
    PersonPeriods(MemberId),
    /// The past load is above [`PAST_MAX`].
    PastLoad(MemberId),
    /// What was held of the role can not be: a run of 0 or longer than all that was held, a last
    /// time 0 periods ago or never although held, or numbers above [`PAST_MAX`].
    Past(MemberId, Slug),
}

impl RosterError {
    /// The code, which is public.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PeriodCount => "rotation.period-count",
            Self::TooMany => "rotation.too-many",
            Self::RoleTwice(_) => "rotation.role-twice",
            Self::RoleUnknown(_) => "rotation.role-unknown",
            Self::NeverHeld(_) => "rotation.never-held",
            Self::WithItself(_) => "rotation.with-itself",
            Self::SeatTwice(..) => "rotation.seat-twice",
            Self::Weight(..) => "rotation.weight",
            Self::SeatPeriods(..) => "rotation.seat-periods",
            Self::PersonTwice(_) => "rotation.person-twice",
            Self::PersonPeriods(_) => "rotation.person-periods",
            Self::PastLoad(_) => "rotation.past-load",
            Self::Past(..) => "rotation.past",
        }
    }
}

impl fmt::Display for RosterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())?;
        match self {
            Self::PeriodCount | Self::TooMany => Ok(()),
            Self::RoleTwice(role)
            | Self::RoleUnknown(role)
            | Self::NeverHeld(role)
            | Self::WithItself(role) => write!(f, ": {role}"),
            Self::SeatTwice(role, seat)
            | Self::Weight(role, seat)
            | Self::SeatPeriods(role, seat) => write!(f, ": seat {seat} of {role}"),
            Self::PersonTwice(id) | Self::PersonPeriods(id) | Self::PastLoad(id) => {
                write!(f, ": {id}")
            }
            Self::Past(id, role) => write!(f, ": {role} of {id}"),
        }
    }
}

impl std::error::Error for RosterError {}
