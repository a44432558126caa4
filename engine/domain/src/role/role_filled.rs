//! `role.assigned/2`

use super::{
    Basis, BasisTerms, FrozenCharter, FrozenFill, Power, Roles, charter, check_term, limits,
    live_role, standing,
};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{MemberId, Slug, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Days in which a mandate can be accepted, from its beginning or, if that is later, from the act.
pub const ACCEPT_DAYS: u32 = 3;

/// Gives a role with a charter to a member for a term. Whoever was chosen by a vote, an election,
/// a lot or a rotation is recorded by any member: nobody can sit on the result. The assignment is
/// named by this statement's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FillRole {
    /// Which role.
    pub role: Slug,
    /// Who will hold it.
    pub member: MemberId,
    /// First moment of the mandate.
    pub from: Timestamp,
    /// First moment after the mandate.
    pub until: Timestamp,
    /// How the holder was chosen.
    pub basis: BasisTerms,
}

/// A role was filled.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RoleFilled {
    index: u32,
    assignment: StatementId,
    role: u32,
    member: u32,
    from: Timestamp,
    until: Timestamp,
    basis: Basis,
    accept_by: Option<Timestamp>,
}

impl Command for FillRole {
    type Event = RoleFilled;

    fn decide(self, cx: &Cx<'_>) -> Result<RoleFilled, Rejection> {
        cx.member()?;
        let tables = &cx.world.tables;
        let granted = match self.basis.way() {
            None | Some(super::Way::Appointment) => Some(cx.require_scoped(Power::Roles)?),
            Some(_) => None,
        };
        let role = cx.find(Kind::Role, &self.role).ok_or(Roles::RoleUnknown)?;
        live_role(cx, role)?;
        let charter = charter(cx.world, role).ok_or(Roles::RoleNotChartered)?;
        if let Some(granted) = granted {
            super::check_may_fill(cx, &granted, role)?;
        }
        // Founders choose the names of their mandates, so a statement's id can be one of them.
        if cx.find_uuid(Kind::Assignment, cx.id.0).is_some() {
            return Err(Roles::AssignmentExists.into());
        }
        let member = cx.find_uuid(Kind::Member, self.member.0).ok_or(Roles::MemberUnknown)?;
        if tables.members.get(member).is_none_or(|member| member.left.is_some()) {
            return Err(Roles::MemberUnknown.into());
        }
        let fill = FrozenFill { role, from: self.from, until: self.until };
        check_time(cx, charter, fill, &self.basis)?;
        let basis = self.basis.freeze(cx, fill, member, self.member)?;
        if basis.is_choice() && is_used(cx, &basis, fill, member) {
            return Err(Roles::BasisUsed.into());
        }
        if basis.is_interim() {
            check_interim(cx, charter, fill, member)?;
        }
        limits::check(cx, charter, fill, member, &basis)?;
        Ok(RoleFilled {
            index: tables.assignments.next_index(),
            assignment: cx.id,
            role,
            member,
            from: self.from,
            until: self.until,
            basis,
            accept_by: charter.acceptance.then(|| self.from.max(cx.at).plus_days(ACCEPT_DAYS)),
        })
    }
}

fn check_time(
    cx: &Cx<'_>,
    charter: &FrozenCharter,
    fill: FrozenFill,
    basis: &BasisTerms,
) -> Result<(), Roles> {
    let days = match basis.way() {
        None => charter.interim_days.unwrap_or(charter.term_days).min(charter.term_days),
        Some(_) => charter.term_days,
    };
    check_term(cx, fill.from, fill.until, days)?;
    super::check_within_circle(cx, fill.role, fill.until)?;
    let allowed =
        basis.way().map_or(charter.interim_days.is_some(), |way| charter.filled_by.contains(&way));
    if allowed { Ok(()) } else { Err(Roles::WayNotAllowed) }
}

/// Whether the choice of this member for this term, or for a part of it, was recorded before. That
/// the mandate was ended gives nobody another one.
fn is_used(cx: &Cx<'_>, basis: &Basis, fill: FrozenFill, member: u32) -> bool {
    cx.world.tables.assignments.iter().any(|(index, held)| {
        let meets = held.from < fill.until && fill.from < held.until;
        let same = held.role == fill.role && held.member == member && meets;
        same && standing::tenure(cx.world, index).basis.as_ref() == Some(basis)
    })
}

/// An interim is for seats that nobody holds, and not for one person again and again.
fn check_interim(
    cx: &Cx<'_>,
    charter: &FrozenCharter,
    fill: FrozenFill,
    member: u32,
) -> Result<(), Roles> {
    let most = charter.interim_days.unwrap_or(0);
    let before = cx.world.tables.assignments.iter().filter_map(|(index, held)| {
        let basis = standing::tenure(cx.world, index).basis.as_ref();
        let interim = held.role == fill.role && basis.is_some_and(Basis::is_interim);
        let end = standing::end(cx.world, index, held);
        (interim && held.from < end).then_some((held.member, held.from, end))
    });
    let before: Vec<(u32, Timestamp, Timestamp)> = before.collect();
    let own = before.iter().filter(|(who, ..)| *who == member);
    let again = own.map(|(.., end)| end.plus_days(most)).any(|free| fill.from < free);
    let lasts = |from: Timestamp, end: Timestamp| (from, end, end.0.saturating_sub(from.0));
    let all = before.iter().map(|(_, from, end)| lasts(*from, *end));
    let mut all: Vec<_> = all.chain([lasts(fill.from, fill.until)]).collect();
    all.sort_unstable();
    if limits::least_held(cx, fill) >= charter.least {
        return Err(Roles::NoVacancy);
    }
    let longest = Timestamp::DAY_MS.saturating_mul(i64::from(most));
    if again || limits::in_a_row(&all, fill, most) > longest {
        return Err(Roles::InterimAgain);
    }
    Ok(())
}

impl Event for RoleFilled {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Role, self.role)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        let entity = EntityRef::new(Kind::Assignment, self.index);
        add(Entry::Named(entity, Name::Uuid(self.assignment.0)));
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Assignment, self.index));
        visit(EntityRef::new(Kind::Tenure, self.index));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        match entity {
            EntityMut::Assignment(assignment) => {
                assignment.role = self.role;
                assignment.member = self.member;
                assignment.from = self.from;
                assignment.until = self.until;
            }
            EntityMut::Tenure(tenure) => {
                tenure.basis = Some(self.basis.clone());
                tenure.accept_by = self.accept_by;
            }
            _ => {}
        }
    }
}
