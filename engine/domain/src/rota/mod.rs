//! Rotation on the log: when members are not available, and plans of who holds which role in
//! which period. The plans themselves are made and checked in [`crate::role::rotation`].
//!
//! What a plan depends on is read from the state just before it, never claimed: who is available,
//! who wants which role, which mandates are running, and what everybody has held so far.

mod availability_declared;
mod facts;
mod faults;
mod load;
mod rotation_planned;
mod terms;

pub use availability_declared::{AvailabilityDeclared, DeclareAvailability};
pub use facts::{Declared, Facts, Mandated, RoleFacts};
pub use load::{Burden, Concentration, burdens, concentration};
pub use rotation_planned::{PlanRotation, RotationPlanned, seed_of};
pub use terms::{Fixed, RoleTerms, Terms};

use crate::id::{Hash, Line};
use crate::rejection::rejections;
use crate::role::rotation::{Bound, Gap, LoadRatio, Obstacle, Reason};
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

rejections! {
    /// Refusals of availability and rotation, in order of precedence.
    Rotations {
        /// More intervals, or roles, than [`DECLARED_MAX`].
        DeclaredCount => "availability.count",
        /// An interval ends before it begins, or they are not in order, one after the other.
        IntervalOrder => "availability.order",
        /// The rotation to be replaced is not there.
        RotationUnknown => "rotation.unknown",
        /// The rotation to be replaced was replaced already.
        Superseded => "rotation.superseded",
        /// No period, or more than a plan can have.
        PeriodCount => "rotation.period-count",
        /// A period ends before it begins, or they are not in order, one after the other.
        PeriodOrder => "rotation.period-order",
        /// The first period is over.
        PeriodPast => "rotation.period-past",
        /// No role, or more than a plan can have.
        RoleCount => "rotation.role-count",
        /// The role is listed twice.
        RoleTwice => "rotation.role-twice",
        /// Fewer seats than one, or more than the role has, or than a plan can have.
        SeatCount => "rotation.seat-count",
        /// The weight of a seat is out of range.
        Weight => "rotation.weight",
        /// The role could be held for no period at all.
        NeverHeld => "rotation.never-held",
        /// A period in which the role rests is none of the plan's.
        ClosedPeriod => "rotation.closed-period",
        /// A period is longer than the role's term.
        TermTooLong => "rotation.term-too-long",
        /// Another rotation has periods of the role in that time.
        Overlaps => "rotation.overlaps",
        /// A role is incompatible with one that is not listed.
        RoleUnknown => "rotation.role-unknown",
        /// A role is incompatible with itself.
        WithItself => "rotation.with-itself",
        /// Nobody, or more people than a recorded plan can have.
        PeopleCount => "rotation.people-count",
        /// There is no such member, or the member has left.
        PersonUnknown => "rotation.person-unknown",
        /// Somebody is listed twice.
        PersonTwice => "rotation.person-twice",
        /// More seats to be filled, times people, than [`WORK_MAX`].
        TooMany => "rotation.too-many",
        /// There is no such draw, or it is not drawn yet.
        SeedUnknown => "rotation.seed-unknown",
        /// The draw was announced for another request: this one was not fixed before the seed
        /// was drawn.
        SeedOrder => "rotation.seed-order",
        /// There is no such seat, or it is not to be filled in that period.
        NoSuchPlace => "plan.no-such-place",
        /// There is no such person.
        NoSuchPerson => "plan.no-such-person",
        /// A place is filled twice, or filled and vacant.
        PlaceTwice => "plan.place-twice",
        /// A place is neither filled nor vacant.
        PlaceMissing => "plan.place-missing",
        /// Assignments or vacant places are not in order.
        Order => "plan.order",
        /// Somebody can not hold the role.
        NotEligible => "plan.not-eligible",
        /// Somebody is not available.
        NotAvailable => "plan.not-available",
        /// Somebody holds a role for more periods than one ever may.
        HeldEnough => "plan.held-enough",
        /// Somebody holds a role for too many periods in a row, or again too soon after that.
        CoolingOff => "plan.cooling-off",
        /// Somebody holds two seats of a role in a period.
        SameRole => "plan.same-role",
        /// Somebody holds two incompatible roles in a period.
        Incompatible => "plan.incompatible",
        /// Somebody carries more than the cap in a period.
        LoadCap => "plan.load-cap",
        /// A place is vacant although somebody could simply take it.
        Fillable => "plan.fillable",
        /// A place is vacant for another reason.
        Reason => "plan.reason",
        /// The loads are others.
        Loads => "plan.loads",
        /// Another number of seats is filled.
        Filled => "plan.filled",
        /// The loads per available period are others.
        LoadRatios => "plan.load-ratios",
        /// The gaps are others.
        Gaps => "plan.gaps",
        /// The lots are others.
        Lots => "plan.lots",
        /// The bound is another.
        Bound => "plan.bound",
        /// The certificate says that the plan reaches something else.
        Reached => "plan.reached",
        /// There are potentials, but this is no assignment problem.
        NoAssignmentProblem => "plan.no-assignment-problem",
        /// There is not one potential, as long as the costs are, for each place and person.
        PotentialShape => "plan.potential-shape",
        /// A person's potential is above 0.
        PotentialSign => "plan.potential-sign",
        /// The potential of a place is more than the cost of vacancy.
        PotentialOfVacancy => "plan.potential-of-vacancy",
        /// The potentials of a place and a person are more than the cost.
        PotentialOfPair => "plan.potential-of-pair",
        /// The potentials add up to less than the cost of the plan.
        PotentialSum => "plan.potential-sum",
        /// There is a better plan.
        NotTheBest => "plan.not-the-best",
        /// The search does not end within [`STEPS_MAX`], so that it proves nothing.
        NotProven => "plan.not-proven",
    }
}

/// Most intervals, and most roles, that one declaration lists.
pub const DECLARED_MAX: usize = 64;
/// Most people of a recorded plan.
pub const PEOPLE_MAX: usize = 200;
/// Most seats to be filled, all periods together, times people, of a recorded plan.
pub const WORK_MAX: usize = 10_000;
/// Most steps of a search that is done again to check a recorded plan. A plan that needs more is
/// recorded with what it reaches of the bound.
pub const STEPS_MAX: usize = 200_000;

/// A span of time.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Encode,
    Decode,
)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
}

impl Interval {
    /// Whether the two have a moment in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.until && other.from < self.until
    }

    /// Whether each ends after it begins, and the next begins when it is over or later.
    fn are_in_order(list: &[Self]) -> bool {
        let next = list.iter().skip(1);
        list.iter().all(|one| one.from < one.until)
            && list.iter().zip(next).all(|(one, next)| one.until <= next.from)
    }
}

/// What a member declared, by the member's number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Availability {
    /// When they are not available, in order.
    pub away: Vec<Interval>,
    /// Numbers of the roles that they do not want, in order.
    pub unwanted: Vec<u32>,
    /// Position of the last declaration.
    pub declared: u64,
}

/// A role in a plan, with the limits that were stated.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PlannedRole {
    /// Number of the role.
    pub role: u32,
    /// How many of its seats are planned.
    pub seats: u32,
    /// How much of a load each is.
    pub weight: u64,
    /// Most periods in a row.
    pub max_consecutive: u32,
    /// Periods without the role after that many in a row.
    pub cooling_off: u32,
    /// Most periods ever.
    pub max_held: u64,
}

/// Who holds a seat in a period of the plan, and what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Cell {
    /// The period, from 1.
    pub period: u32,
    /// Number of the role.
    pub role: u32,
    /// Which of its seats.
    pub seat: u32,
    /// Number of the member.
    pub member: u32,
    /// Since when they have not held the role.
    pub gap: Gap,
    /// How many others are kept from it, given the rest of the plan, by what.
    pub kept: Vec<(Obstacle, u32)>,
    /// How many others could have taken it instead.
    pub others: u32,
}

/// A seat that nobody holds in a period of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Empty {
    /// The period, from 1.
    pub period: u32,
    /// Number of the role.
    pub role: u32,
    /// Which of its seats.
    pub seat: u32,
    /// Why.
    pub reason: Reason,
}

/// What a member carries, before the plan and in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Carries {
    /// Number of the member.
    pub member: u32,
    /// Before the plan.
    pub past: u64,
    /// In the plan.
    pub new: u64,
    /// Periods in which they are available.
    pub periods: u32,
}

/// What is known about better plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proven {
    /// There is none: dual potentials were given and checked.
    Potentials,
    /// There is none: all others were excluded again when it was recorded.
    Search,
    /// Only the bound.
    Bounded,
}

/// The rotation that replaced this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Superseded {
    /// Number of the later one.
    pub by: u32,
    /// When: periods that had not begun count no longer.
    pub at: Timestamp,
}

/// A recorded plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Rotation {
    /// Title for people.
    pub title: Option<Line>,
    /// Position of the statement.
    pub recorded: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The periods, in order.
    pub periods: Vec<Interval>,
    /// The roles.
    pub roles: Vec<PlannedRole>,
    /// Pairs of roles that nobody holds in the same period, by number.
    pub incompatible: Vec<(u32, u32)>,
    /// Most weight of one person in one period.
    pub load_cap: u64,
    /// Who holds what, in the order of periods and seats.
    pub cells: Vec<Cell>,
    /// What nobody holds.
    pub vacant: Vec<Empty>,
    /// What everybody carries, in the order of pseudonyms.
    pub loads: Vec<Carries>,
    /// Loads per available period, the highest first.
    pub ratios: Vec<LoadRatio>,
    /// What is known about better plans.
    pub proven: Option<Proven>,
    /// What no plan exceeds.
    pub bound: Option<Bound>,
    /// Hash of the request.
    pub request: Option<Hash>,
    /// Number of the draw that the seed comes from. If there is none it follows from the request,
    /// and whoever wrote the request could choose among equals.
    pub draw: Option<u32>,
    /// Number of the rotation that it replaced.
    pub supersedes: Option<u32>,
    /// By which it was replaced.
    pub superseded: Option<Superseded>,
}

impl Rotation {
    /// The period of a number, unless it was replaced before it began.
    #[must_use]
    pub fn period(&self, number: u32) -> Option<Interval> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        let period = self.periods.get(place).copied()?;
        self.superseded.is_none_or(|by| period.from <= by.at).then_some(period)
    }

    /// Who holds what and when, without the periods that were replaced before they began.
    pub fn standing(&self) -> impl Iterator<Item = (Interval, &Cell)> {
        self.cells.iter().filter_map(|cell| Some((self.period(cell.period)?, cell)))
    }

    /// Whether the plan gives a role to a member for a time: one period, or several that follow
    /// each other without a pause. Parts of a period are given to nobody: whoever records mandates
    /// could cut one into as many terms as they like.
    #[must_use]
    pub fn gives(&self, role: u32, member: u32, from: Timestamp, until: Timestamp) -> bool {
        let own = |(_, cell): &(Interval, &Cell)| cell.role == role && cell.member == member;
        let (mut reached, mut ends) = (from, false);
        // Cells are in the order of their periods.
        for (period, _) in self.standing().filter(own) {
            if period.from == reached {
                reached = period.until;
                ends |= reached == until;
            }
        }
        ends
    }
}
