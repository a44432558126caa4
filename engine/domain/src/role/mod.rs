//! Roles rather than people: circles, roles with powers, and assignments for a term.

mod assignment_ended;
mod circle_dissolved;
mod circle_formed;
mod role_assigned;
mod role_defined;
pub mod rotation;

pub use assignment_ended::{AssignmentEnded, EndAssignment, EndReason};
pub use circle_dissolved::{CircleDissolved, DissolveCircle};
pub use circle_formed::{CircleFormed, FormCircle};
pub use role_assigned::{AssignRole, RoleAssigned};
pub use role_defined::{DefineRole, RoleDefined};

use crate::authority::Cx;
use crate::entity::Kind;
use crate::id::{Prose, Slug};
use crate::rejection::{Rejection, rejections};
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

rejections! {
    /// Refusals of the roles context, in order of precedence.
    Roles {
        /// The circle's name is taken.
        CircleExists => "circle.exists",
        /// There is no such circle.
        CircleUnknown => "circle.unknown",
        /// The circle is dissolved.
        CircleDissolved => "circle.dissolved",
        /// The root circle is not dissolved.
        CircleRoot => "circle.root",
        /// The circle still has circles within it or active mandates.
        CircleInUse => "circle.in-use",
        /// The role's name is taken.
        RoleExists => "role.exists",
        /// There is no such role.
        RoleUnknown => "role.unknown",
        /// The role would carry a power that the author's own role lacks.
        PowerNotHeld => "role.power-not-held",
        /// The number of seats is not between 1 and [`SEATS_MAX`].
        SeatCount => "role.seat-count",
        /// The term is not between one day and [`TERM_DAYS_MAX`].
        TermLength => "role.term-length",
        /// The statement's id names an assignment already.
        AssignmentExists => "assignment.exists",
        /// There is no such member, or the member has left.
        MemberUnknown => "assignment.member-unknown",
        /// The mandate would end before it begins, or in the past.
        TermReversed => "assignment.term-reversed",
        /// The mandate would be longer than the role's term.
        TermTooLong => "assignment.term-too-long",
        /// The member holds the role during that time already.
        AlreadyHolds => "assignment.already-holds",
        /// Every seat is taken during that time.
        SeatsTaken => "assignment.seats-taken",
        /// There is no such assignment.
        AssignmentUnknown => "assignment.unknown",
        /// The assignment is over.
        AssignmentEnded => "assignment.ended",
        /// Only the holder resigns; only others recall.
        EndReason => "assignment.end-reason",
    }
}

/// Slug of the circle that every instance starts with.
pub const ROOT_CIRCLE: &str = "assembly";
/// Slug of the founders' role.
pub const FOUNDING_ROLE: &str = "founders";
/// Most seats of a role.
pub const SEATS_MAX: u32 = 1_000;
/// Longest term of a role: ten years.
pub const TERM_DAYS_MAX: u32 = 3_653;

/// What a role allows its holders to do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Power {
    /// Register groups, admit and remove members, revoke keys, publish calls.
    Membership,
    /// Form circles, define roles, assign and end mandates.
    Roles,
    /// Integrate or decline amendments, publish versions and withdraw on behalf of authors.
    Proposals,
    /// Open votes.
    Votes,
    /// Define units, open and close accounts.
    Accounts,
    /// Post moves from the accounts of which the role is the steward, and reverse them.
    Ledger,
    /// Record what is seen of other logs.
    Federation,
}

impl Power {
    /// Every power.
    pub const ALL: [Self; 7] = [
        Self::Membership,
        Self::Roles,
        Self::Proposals,
        Self::Votes,
        Self::Accounts,
        Self::Ledger,
        Self::Federation,
    ];
}

/// A circle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Circle {
    /// Number of the circle that it is part of.
    pub parent: Option<u32>,
    /// What it is for.
    pub purpose: Option<Prose>,
    /// Position at which it was dissolved.
    pub dissolved: Option<u64>,
}

/// A role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Role {
    /// Number of its circle.
    pub circle: u32,
    /// What it is for.
    pub purpose: Option<Prose>,
    /// What its holders may do.
    pub powers: BTreeSet<Power>,
    /// How many can hold it at once.
    pub seats: u32,
    /// Longest mandate, in days.
    pub term_days: u32,
}

/// A role held by a member for a term.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Assignment {
    /// Number of the role.
    pub role: u32,
    /// Number of the member.
    pub member: u32,
    /// First moment of the mandate.
    pub from: Timestamp,
    /// First moment after the mandate.
    pub until: Timestamp,
    /// Position and reason of an early end.
    pub ended: Option<(u64, EndReason)>,
}

impl Assignment {
    /// Whether the mandate covers any moment of `from..until`.
    #[must_use]
    pub fn overlaps(&self, from: Timestamp, until: Timestamp) -> bool {
        self.ended.is_none() && self.from < until && from < self.until
    }
}

/// A circle that exists and is not dissolved.
fn open_circle(cx: &Cx<'_>, slug: &Slug) -> Result<u32, Rejection> {
    let index = cx.find(Kind::Circle, slug).ok_or(Roles::CircleUnknown)?;
    let circle = cx.world.tables.circles.get(index).ok_or(Roles::CircleUnknown)?;
    if circle.dissolved.is_some() { Err(Roles::CircleDissolved.into()) } else { Ok(index) }
}
