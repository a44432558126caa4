//! A plan, what it is worth, and what is certified of it.

use super::request::Request;
use crate::id::{Hash, MemberId, Slug};
use bincode::{Decode, Encode};
use num_integer::Integer as _;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Who holds what, and what that is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Who holds which seat in which period, in the order of periods and seats.
    pub assignments: Vec<Assigned>,
    /// Seats that nobody holds although they were to be filled, in the same order.
    pub vacant: Vec<Vacant>,
    /// The load of everybody, in the order of ids.
    pub loads: Vec<Load>,
    /// What the plan is worth.
    pub objective: Objective,
    /// What is known about better plans.
    pub certificate: Certificate,
}

/// A seat of a role in a period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The period, from 1.
    pub period: u32,
    /// The role.
    pub role: Slug,
    /// Which of its seats.
    pub seat: u32,
}

/// Somebody holds a seat in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Assigned {
    /// Which.
    pub place: Place,
    /// Who.
    pub person: MemberId,
}

/// Nobody holds a seat in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Vacant {
    /// Which.
    pub place: Place,
    /// Why.
    pub reason: Reason,
}

/// What keeps a person from a seat in a period, given the rest of the plan. Of several, the first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "kebab-case")]
pub enum Obstacle {
    /// Not eligible for the role.
    NotEligible,
    /// Not available in the period.
    NotAvailable,
    /// Would hold the role for more periods than one ever may.
    HeldEnough,
    /// Would hold the role for too many periods in a row, or again too soon after that.
    CoolingOff,
    /// Holds another seat of the role in the period.
    SameRole,
    /// Holds an incompatible role in the period.
    Incompatible,
    /// Would carry more than the cap in the period.
    LoadCap,
}

impl Obstacle {
    /// All obstacles, the first that counts first.
    pub const ALL: [Self; 7] = [
        Self::NotEligible,
        Self::NotAvailable,
        Self::HeldEnough,
        Self::CoolingOff,
        Self::SameRole,
        Self::Incompatible,
        Self::LoadCap,
    ];
}

/// Why nobody holds a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Nobody is eligible.
    NobodyEligible,
    /// Nobody who is eligible is available.
    NobodyAvailable,
    /// All who are eligible and available are kept by the same thing.
    All(Obstacle),
    /// They are kept by several things: how many by each.
    Several(Vec<(Obstacle, u32)>),
}

/// What a person carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// Who.
    pub person: MemberId,
    /// Before the plan.
    pub past: u64,
    /// In the plan.
    pub new: u64,
    /// Periods in which they are available.
    pub periods: u32,
}

/// A load per available period, in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct LoadRatio {
    /// The load.
    pub load: u64,
    /// The periods, not 0.
    pub periods: u64,
}

impl LoadRatio {
    /// In lowest terms; nothing for no period.
    #[must_use]
    pub fn new(load: u64, periods: u64) -> Option<Self> {
        let divisor = load.gcd(&periods);
        let (load, periods) = (load.checked_div(divisor)?, periods.checked_div(divisor)?);
        (periods > 0).then_some(Self { load, periods })
    }
}

impl Ord for LoadRatio {
    fn cmp(&self, other: &Self) -> Ordering {
        let cross = |a: u64, b: u64| u128::from(a) * u128::from(b);
        cross(self.load, other.periods).cmp(&cross(other.load, self.periods))
    }
}

impl PartialOrd for LoadRatio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How long before an assignment its person last held the role. Longer is later in this order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// So many periods: 1 for the period just before.
    After(u64),
    /// They never held it.
    Never,
}

/// The lot of a seat in a period. The smaller the better, and vacant is the worst.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "kebab-case")]
pub enum Lot {
    /// The hash of the one who holds it.
    Drawn(Hash),
    /// Nobody does.
    Vacant,
}

/// What a plan is worth: the first member that differs decides (roles, fair rotation).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Seats filled, all periods together: more is better.
    pub filled: u64,
    /// Load per available period of all who have one, the highest first: at the first
    /// difference, lower is better.
    pub loads: Vec<LoadRatio>,
    /// The gaps of all assignments, the shortest first: at the first difference, longer is better.
    pub gaps: Vec<Gap>,
    /// The lot of every seat to be filled, by period and seat: at the first difference, smaller is
    /// better.
    pub lots: Vec<Lot>,
}

impl Objective {
    /// `Greater` when this is the better one.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        self.compare_without_lots(other).then_with(|| other.lots.cmp(&self.lots))
    }

    pub(super) fn compare_without_lots(&self, other: &Self) -> Ordering {
        (self.filled.cmp(&other.filled))
            .then_with(|| other.loads.cmp(&self.loads))
            .then_with(|| self.gaps.cmp(&other.gaps))
    }
}

/// What is known about better plans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// How close to the best.
    pub kind: CertificateKind,
    /// What no plan exceeds, by a relaxation that anybody can compute.
    pub bound: Bound,
}

/// How close to the best a plan is known to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateKind {
    /// No other plan is as good.
    Optimal(Proof),
    /// Nothing better was found; what the plan reaches of what the bound is.
    Bounded {
        /// Seats filled and loads of this plan.
        reached: Bound,
    },
}

/// Seats filled and loads per available period, the highest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// No plan fills more.
    pub filled: u64,
    /// No plan that fills as many has better loads.
    pub loads: Vec<LoadRatio>,
}

/// Why no other plan is as good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// One period, one seat a person: dual potentials of the assignment problem.
    Potentials(Potentials),
    /// All other plans were excluded by branch and bound. To check it is to do it again.
    Search,
}

/// Dual potentials: vectors of integers, compared from the first component on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Potentials {
    /// One for each seat to be filled, in order.
    pub seats: Vec<Vec<i64>>,
    /// One for each person in the order of ids, none above 0.
    pub people: Vec<Vec<i64>>,
}

impl Plan {
    /// The same plan, of which nothing is claimed but what it reaches of the bound.
    #[must_use]
    pub fn unproven(mut self) -> Self {
        let (filled, loads) = (self.objective.filled, self.objective.loads.clone());
        self.certificate.kind = CertificateKind::Bounded { reached: Bound { filled, loads } };
        self
    }
}

impl Request {
    /// Shorthand for [`super::Roster::new`].
    ///
    /// # Errors
    /// The first thing found that makes no sense.
    pub fn parse(&self) -> Result<super::Roster, super::RosterError> {
        super::Roster::new(self)
    }
}
