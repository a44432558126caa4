//! What makes somebody the holder of a role. Each basis is verified against the log: the outcome
//! is settled again, the lot is read as it was drawn.

use super::{FrozenFill, FrozenSubject, Roles, Way};
use crate::authority::Cx;
use crate::entity::Kind;
use crate::id::{MemberId, Prose, StatementId};
use crate::rota::Cell;
use crate::vote::{procedure, settle};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// How the holder was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BasisTerms {
    /// Appointed, for a reason.
    Appointment(Prose),
    /// For the time being, because seats are vacant.
    Interim(Prose),
    /// By the outcome of a vote on who fills the role.
    Vote(StatementId),
    /// By a lot that was drawn to fill the role.
    Draw(StatementId),
    /// By an election without candidates.
    Election(StatementId),
    /// By a recorded rotation.
    Rotation(StatementId),
}

/// How the holder was chosen, with names resolved.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Basis {
    /// Appointed, for a reason.
    Appointment(Prose),
    /// For the time being.
    Interim(Prose),
    /// By the vote with that number.
    Vote(u32),
    /// By the draw with that number.
    Draw(u32),
    /// By the election with that number.
    Election(u32),
    /// By the rotation with that number.
    Rotation(u32),
}

impl Basis {
    /// Whether it is an interim, which counts as no term.
    #[must_use]
    pub const fn is_interim(&self) -> bool {
        matches!(self, Self::Interim(_))
    }

    /// Whether the holder was chosen by others than a role: then anybody can record it.
    #[must_use]
    pub const fn is_choice(&self) -> bool {
        !matches!(self, Self::Appointment(_) | Self::Interim(_))
    }
}

impl BasisTerms {
    /// The way of filling roles that it is; none for an interim.
    pub(super) const fn way(&self) -> Option<Way> {
        match self {
            Self::Appointment(_) => Some(Way::Appointment),
            Self::Interim(_) => None,
            Self::Vote(_) => Some(Way::Vote),
            Self::Draw(_) => Some(Way::Draw),
            Self::Election(_) => Some(Way::Election),
            Self::Rotation(_) => Some(Way::Rotation),
        }
    }

    /// Verifies that it makes the member a holder of the role for that term.
    pub(super) fn freeze(
        self,
        cx: &Cx<'_>,
        fill: FrozenFill,
        member: u32,
        id: MemberId,
    ) -> Result<Basis, Roles> {
        match self {
            Self::Appointment(reason) => Ok(Basis::Appointment(reason)),
            Self::Interim(reason) => Ok(Basis::Interim(reason)),
            Self::Vote(vote) => by_vote(cx, vote, fill, id),
            Self::Draw(draw) => by_draw(cx, draw, fill, member),
            Self::Election(election) => by_election(cx, election, fill, member),
            Self::Rotation(rotation) => by_rotation(cx, rotation, fill, member),
        }
    }
}

/// The term that was chosen for is the term that is given.
fn check_fill(chosen_for: Option<FrozenFill>, fill: FrozenFill) -> Result<(), Roles> {
    match chosen_for {
        Some(chosen) if chosen.role != fill.role => Err(Roles::BasisOtherRole),
        None => Err(Roles::BasisOtherRole),
        Some(chosen) if chosen != fill => Err(Roles::BasisOtherTerm),
        Some(_) => Ok(()),
    }
}

fn by_vote(cx: &Cx<'_>, vote: StatementId, fill: FrozenFill, id: MemberId) -> Result<Basis, Roles> {
    let index = cx.find_uuid(Kind::Vote, vote.0).ok_or(Roles::BasisUnknown)?;
    let state = cx.world.tables.votes.get(index).ok_or(Roles::BasisUnknown)?;
    let chosen_for = match procedure(cx.world, index).subject() {
        Some(FrozenSubject::Fill(chosen)) => Some(chosen),
        _ => None,
    };
    check_fill(chosen_for, fill)?;
    let settled = settle::of(cx.world, index).ok_or(Roles::BasisUndecided)?;
    // Whatever its id is, nobody stands behind the option that stands for no change.
    let rules = procedure(cx.world, index).rules.as_ref();
    let status_quo = rules.and_then(|rules| rules.status_quo);
    let persons = settled.elected.iter().filter(|column| Some(**column) != status_quo);
    let mut elected = persons.filter_map(|column| state.option(*column));
    let named = |slug: &str| slug.parse::<MemberId>().is_ok_and(|named| named == id);
    if !elected.any(|option| named(option.id.as_str())) {
        // Somebody may still be, as long as a tie is open.
        let open = !settled.tied.is_empty();
        return Err(if open { Roles::BasisUndecided } else { Roles::BasisNotChosen });
    }
    Ok(Basis::Vote(index))
}

fn by_draw(cx: &Cx<'_>, draw: StatementId, fill: FrozenFill, member: u32) -> Result<Basis, Roles> {
    let index = cx.find_uuid(Kind::Draw, draw.0).ok_or(Roles::BasisUnknown)?;
    let state = cx.world.tables.draws.get(index).ok_or(Roles::BasisUnknown)?;
    check_fill(state.fills, fill)?;
    let lots = state.drawn.as_ref().ok_or(Roles::BasisUndecided)?;
    let has_seat = state.seats().iter().any(|seat| seat.holder == Some(member));
    // In a list of people who are not members, numbers are not those of members.
    if lots.listed.is_some() || !has_seat {
        return Err(Roles::BasisNotChosen);
    }
    Ok(Basis::Draw(index))
}

/// An election's term can have been shortened by what integrated an objection.
fn by_election(
    cx: &Cx<'_>,
    election: StatementId,
    fill: FrozenFill,
    member: u32,
) -> Result<Basis, Roles> {
    let index = cx.find_uuid(Kind::Election, election.0).ok_or(Roles::BasisUnknown)?;
    let state = cx.world.tables.elections.get(index).ok_or(Roles::BasisUnknown)?;
    let chosen_for = FrozenFill { role: state.role, from: state.from, until: state.until };
    check_fill(Some(chosen_for), fill)?;
    if state.conclusion.is_none() {
        return Err(Roles::BasisUndecided);
    }
    let elected = state.elected().is_some_and(|elected| elected.member == member);
    if elected { Ok(Basis::Election(index)) } else { Err(Roles::BasisNotChosen) }
}

/// A rotation that stands gives the role to the member for exactly those periods.
fn by_rotation(
    cx: &Cx<'_>,
    rotation: StatementId,
    fill: FrozenFill,
    member: u32,
) -> Result<Basis, Roles> {
    let index = cx.find_uuid(Kind::Rotation, rotation.0).ok_or(Roles::BasisUnknown)?;
    let state = cx.world.tables.rotations.get(index).ok_or(Roles::BasisUnknown)?;
    if state.gives(fill.role, member, fill.from, fill.until) {
        return Ok(Basis::Rotation(index));
    }
    let own = |(_, cell): (_, &Cell)| cell.role == fill.role && cell.member == member;
    let other_term = state.standing().any(own);
    Err(if other_term { Roles::BasisOtherTerm } else { Roles::BasisNotChosen })
}
