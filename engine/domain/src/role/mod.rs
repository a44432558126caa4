//! Roles rather than people: circles, roles with powers, and assignments for a term.

mod assignment_answered;
mod assignment_delegated;
mod assignment_ended;
mod assignment_recalled;
mod basis;
mod charter;
mod circle_dissolved;
mod circle_extended;
mod circle_formed;
mod circle_remitted;
mod domains;
mod limits;
mod role_amended;
mod role_assigned;
mod role_chartered;
mod role_defined;
mod role_filled;
mod role_retired;
pub mod rotation;
pub mod standing;
mod subject;

pub use assignment_answered::{AcceptAssignment, AssignmentAnswered, DeclineAssignment};
pub use assignment_delegated::{
    AssignmentDelegated, AssignmentReclaimed, DelegateAssignment, ReclaimAssignment,
};
pub use assignment_ended::{AssignmentEnded, EndAssignment, EndReason};
pub use assignment_recalled::{AssignmentRecalled, RecallAssignment};
pub use basis::{Basis, BasisTerms};
pub use charter::{
    Cap, Charter, CharterTerms, Choosers, FrozenCharter, FrozenLimits, Grant, INTERIM_DAYS_MAX,
    LIST_MAX, Limits, Link, Scope, Seats, TERMS_MAX, Way, charter, is_within, scopes,
};
pub use circle_dissolved::{CircleDissolved, DissolveCircle};
pub use circle_extended::{CircleExtended, ExtendCircle};
pub use circle_formed::{CircleFormed, FormCircle};
pub use circle_remitted::{CircleRemitted, FormCircleWithRemit};
pub use domains::lies_within;
pub use limits::weight;
pub use role_amended::{AmendRole, RoleAmended};
pub use role_assigned::{AssignRole, RoleAssigned};
pub use role_chartered::{CharterRole, RoleChartered};
pub use role_defined::{DefineRole, RoleDefined};
pub use role_filled::{ACCEPT_DAYS, FillRole, RoleFilled};
pub use role_retired::{RetireRole, RoleRetired};
pub use standing::{Ending, PowerDelegation, Tenure};
pub use subject::{Extension, Fill, FrozenFill, FrozenSubject, Subject};

use crate::authority::{Cx, Granted};
use crate::entity::Kind;
use crate::id::{Prose, Slug, StatementId};
use crate::rejection::{Rejection, rejections};
use crate::time::Timestamp;
use crate::world::World;
use bincode::{Decode, Encode};
use charter::check_covered;
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
        /// The ephemeral circle has ended: it is dissolved, or goes on by consent.
        CircleEnded => "circle.ended",
        /// The root circle is not dissolved.
        CircleRoot => "circle.root",
        /// The circle still has circles within it or active mandates.
        CircleInUse => "circle.in-use",
        /// The circle's end is past, later than that of the circle around it, missing within an
        /// ephemeral one, or not later than before.
        CircleEnd => "circle.end",
        /// A domain does not lie within the outer circle's.
        CircleDomainOutside => "circle.domain-outside",
        /// A domain is another circle's or role's.
        CircleDomainTaken => "circle.domain-taken",
        /// The role's name is taken.
        RoleExists => "role.exists",
        /// There is no such role.
        RoleUnknown => "role.unknown",
        /// The role is retired.
        RoleRetired => "role.retired",
        /// The role has a charter: `role.assigned/2` fills it.
        RoleChartered => "role.chartered",
        /// The role has no charter.
        RoleNotChartered => "role.not-chartered",
        /// A power is given twice, or with a reach that it can not have.
        Scope => "role.scope",
        /// The role would carry a power, or a reach, that the author's own role lacks.
        PowerNotHeld => "role.power-not-held",
        /// The number of seats is not between 1 and [`SEATS_MAX`], or the least above the most.
        SeatCount => "role.seat-count",
        /// The term is not between one day and [`TERM_DAYS_MAX`].
        TermLength => "role.term-length",
        /// A list or a number of the charter is beyond its limit, or one asks for another.
        Limits => "role.limits",
        /// The charter says no way to fill the role.
        FilledBy => "role.filled-by",
        /// A link is one of two roles of an inner circle, and the delegate is not appointed.
        LinkRule => "role.link",
        /// A domain does not lie within the circle's.
        RoleDomainOutside => "role.domain-outside",
        /// A domain is another role's of the circle, or of a circle within it.
        RoleDomainTaken => "role.domain-taken",
        /// Somebody holds the role, or is to, as the change does not allow.
        RoleHeld => "role.held",
        /// The statement's id names an assignment already.
        AssignmentExists => "assignment.exists",
        /// There is no such member, or the member has left.
        MemberUnknown => "assignment.member-unknown",
        /// The mandate ends before it begins, or in the past.
        TermReversed => "assignment.term-reversed",
        /// The mandate is longer than the role's term, or than an interim can be.
        TermTooLong => "assignment.term-too-long",
        /// The mandate ends after its circle.
        BeyondCircle => "assignment.beyond-circle",
        /// The charter does not let the role be filled in that way.
        WayNotAllowed => "basis.way-not-allowed",
        /// Others vote than those who fill this role and recall its holders.
        OtherElectorate => "basis.other-electorate",
        /// There is no such vote or draw.
        BasisUnknown => "basis.unknown",
        /// The vote is not about this.
        BasisOtherSubject => "basis.other-subject",
        /// The vote or draw is about no role, or another.
        BasisOtherRole => "basis.other-role",
        /// The vote or draw is about another term.
        BasisOtherTerm => "basis.other-term",
        /// It is not decided yet.
        BasisUndecided => "basis.undecided",
        /// It decided against.
        BasisRejected => "basis.rejected",
        /// It chose others.
        BasisNotChosen => "basis.not-chosen",
        /// The choice was recorded before.
        BasisUsed => "basis.used",
        /// No seat is vacant: there is nothing for an interim to cover.
        NoVacancy => "assignment.no-vacancy",
        /// The member has covered this role too short a time ago.
        InterimAgain => "assignment.interim-again",
        /// The member holds the role during that time already.
        AlreadyHolds => "assignment.already-holds",
        /// Every seat is taken during that time.
        SeatsTaken => "assignment.seats-taken",
        /// The member holds a role that excludes this one.
        Incompatible => "assignment.incompatible",
        /// The member's roles would weigh more than one of them allows.
        TooHeavy => "assignment.too-heavy",
        /// The member would hold the role for more terms in a row than allowed.
        TermsInARow => "assignment.terms-in-a-row",
        /// The member would hold the role for more terms than allowed.
        TermsInAll => "assignment.terms-in-all",
        /// There is no such assignment.
        AssignmentUnknown => "assignment.unknown",
        /// The assignment is over.
        AssignmentEnded => "assignment.ended",
        /// Only the holder resigns; only others recall.
        EndReason => "assignment.end-reason",
        /// Whoever was chosen by others is recalled by a vote.
        RecallByVote => "assignment.recall-by-vote",
        /// The mandate is somebody else's.
        NotHolder => "assignment.not-holder",
        /// There is nothing to accept or decline.
        NotAwaited => "assignment.not-awaited",
        /// The role does not let its holders delegate, or the mandate is not accepted.
        NotDelegable => "assignment.not-delegable",
        /// The delegation ends in the past, or after the mandate.
        DelegationTerm => "assignment.delegation-term",
        /// The delegation names no power, or one that the role lacks.
        DelegationPowers => "assignment.delegation-powers",
        /// The mandate is delegated to somebody.
        DelegatedAlready => "assignment.delegated-already",
        /// The delegation would come back to its giver.
        DelegationRing => "assignment.delegation-ring",
        /// The mandate is not delegated.
        NotDelegated => "assignment.not-delegated",
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

/// What belongs to a circle beside its purpose, by the circle's number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Remit {
    /// What it alone controls within the outer circle.
    pub domains: Vec<Slug>,
    /// When it ends, with all its mandates, if it is ephemeral.
    pub ends_at: Option<Timestamp>,
    /// When it is to be reviewed.
    pub review_at: Option<Timestamp>,
}

/// When a circle ends, if it is ephemeral.
#[must_use]
pub fn end_of_circle(world: &World, circle: u32) -> Option<Timestamp> {
    world.tables.remits.get(circle)?.ends_at
}

/// A circle that exists, is not dissolved and has not ended.
fn open_circle(cx: &Cx<'_>, slug: &Slug) -> Result<u32, Rejection> {
    let index = cx.find(Kind::Circle, slug).ok_or(Roles::CircleUnknown)?;
    check_open(cx, index)?;
    Ok(index)
}

fn check_open(cx: &Cx<'_>, circle: u32) -> Result<(), Roles> {
    let state = cx.world.tables.circles.get(circle).ok_or(Roles::CircleUnknown)?;
    if state.dissolved.is_some() {
        return Err(Roles::CircleDissolved);
    }
    let ended = end_of_circle(cx.world, circle).is_some_and(|end| cx.at >= end);
    if ended { Err(Roles::CircleEnded) } else { Ok(()) }
}

/// A role that is not retired, of a circle that is open.
fn live_role<'a>(cx: &Cx<'a>, index: u32) -> Result<&'a Role, Roles> {
    let role = cx.world.tables.roles.get(index).ok_or(Roles::RoleUnknown)?;
    check_open(cx, role.circle)?;
    let charter = cx.world.tables.charters.get(index);
    let retired = charter.is_some_and(|charter| charter.retired.is_some());
    if retired { Err(Roles::RoleRetired) } else { Ok(role) }
}

/// Checks that the author's power over roles reaches a role, and that the author has all its
/// powers: for whoever fills it, or lets an election or a lot fill it, which they could bend.
pub(crate) fn check_may_fill(
    cx: &Cx<'_>,
    granted: &Granted<'_>,
    index: u32,
) -> Result<(), Rejection> {
    let role = live_role(cx, index)?;
    granted.check_circle(cx, giving_circle(cx, index, role))?;
    if !role.powers.is_empty() {
        cx.changes_rules();
    }
    Ok(check_covered(cx, &scopes(cx.world, index))?)
}

/// The circle over which power is needed to give a role, and to take it back: the lead of a circle
/// is given by the one around it.
fn giving_circle(cx: &Cx<'_>, index: u32, role: &Role) -> u32 {
    let outer = cx.world.tables.circles.get(role.circle).and_then(|circle| circle.parent);
    let lead = charter(cx.world, index).is_some_and(|charter| charter.link == Some(Link::Lead));
    outer.filter(|_| lead).unwrap_or(role.circle)
}

/// The term of a mandate: not reversed, not past, not too long.
fn check_term(cx: &Cx<'_>, from: Timestamp, until: Timestamp, days: u32) -> Result<(), Roles> {
    if until <= from || until <= cx.at {
        return Err(Roles::TermReversed);
    }
    if until > from.plus_days(days) { Err(Roles::TermTooLong) } else { Ok(()) }
}

/// A mandate ends no later than its circle.
pub(crate) fn check_within_circle(cx: &Cx<'_>, role: u32, until: Timestamp) -> Result<(), Roles> {
    let circle = cx.world.tables.roles.get(role).map(|role| role.circle);
    let end = circle.and_then(|circle| end_of_circle(cx.world, circle));
    if end.is_some_and(|end| until > end) { Err(Roles::BeyondCircle) } else { Ok(()) }
}

/// An ephemeral circle, ended or not, that is not dissolved, and a later end for it.
fn check_extension(cx: &Cx<'_>, circle: u32, ends_at: Timestamp) -> Result<(), Roles> {
    let state = cx.world.tables.circles.get(circle).ok_or(Roles::CircleUnknown)?;
    if state.dissolved.is_some() {
        return Err(Roles::CircleDissolved);
    }
    if end_of_circle(cx.world, circle).is_none_or(|end| ends_at <= end) {
        return Err(Roles::CircleEnd);
    }
    subject::check_circle_end(cx, state.parent, ends_at)
}

/// A mandate that is not over.
fn find_running<'a>(cx: &Cx<'a>, id: StatementId) -> Result<(u32, &'a Assignment), Roles> {
    let index = cx.find_uuid(Kind::Assignment, id.0).ok_or(Roles::AssignmentUnknown)?;
    let held = cx.world.tables.assignments.get(index).ok_or(Roles::AssignmentUnknown)?;
    let runs = standing::takes_a_seat(cx.world, index, held, cx.at);
    if runs { Ok((index, held)) } else { Err(Roles::AssignmentEnded) }
}
