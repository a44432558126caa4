//! `draw.declined/1`

use super::{Declined, Draws, LotsDrawn, find};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Line, MemberId, Prose, StatementId};
use crate::rejection::Rejection;
use crate::role::{Basis, Power, Roles, standing};
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Days after the draw in which those who were drawn to fill a role answer for themselves.
pub const ANSWER_DAYS: u32 = 7;

/// Says that somebody who was drawn does not take the place, or can not be called as an
/// alternate. Everybody says so for themselves, anybody of a member who has left, and whoever has
/// the power over roles of those who can not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclineDraw {
    /// Which draw.
    pub draw: StatementId,
    /// Who: the member's pseudonym, or the id in the file.
    pub person: Line,
    /// Why.
    pub reason: Prose,
}

/// Somebody declined.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DrawDeclined {
    index: u32,
    who: u32,
    reason: Prose,
    seat: Option<u32>,
    next: Option<u32>,
}

impl Command for DeclineDraw {
    type Event = DrawDeclined;

    fn decide(self, cx: &Cx<'_>) -> Result<DrawDeclined, Rejection> {
        let id = self.person.as_str().parse::<MemberId>().ok();
        let member = id.and_then(|id| cx.find_uuid(Kind::Member, id.0));
        let state = member.and_then(|member| cx.world.tables.members.get(member));
        let has_left = state.is_some_and(|state| state.left.is_some());
        if id != Some(cx.author_id) && !has_left {
            cx.require(Power::Roles)?;
        }
        let (index, draw) = find(cx, self.draw)?;
        let lots = draw.drawn.as_ref().ok_or(Draws::NotDrawn)?;
        let for_others = id != Some(cx.author_id) && !has_left;
        // Nobody passes over those who were drawn until somebody else comes up.
        if for_others && draw.fills.is_some() && cx.at < lots.at.plus_days(ANSWER_DAYS) {
            return Err(Draws::TooEarly.into());
        }
        let who = number(lots, &self.person, member).ok_or(Draws::NotOfThisDraw)?;
        if draw.fills.is_some() && is_held(cx, index, who) {
            return Err(Roles::BasisUsed.into());
        }
        let mut declined: Vec<u32> = draw.declined.iter().map(|one| one.who).collect();
        if declined.contains(&who) {
            return Err(Draws::AlreadyDeclined.into());
        }
        let seat = draw.seats().iter().position(|seat| seat.holder == Some(who));
        declined.push(who);
        let after = lots.seats(&declined).map_err(|_| Draws::NotOfThisDraw)?;
        let next = seat.and_then(|seat| after.get(seat)).and_then(|seat| seat.holder);
        let seat = seat.and_then(|seat| u32::try_from(seat).ok());
        Ok(DrawDeclined { index, who, reason: self.reason, seat, next })
    }
}

/// Whether the mandate that follows from the draw is held: it is declined, or resigned, first.
fn is_held(cx: &Cx<'_>, draw: u32, who: u32) -> bool {
    let mut mandates = cx.world.tables.assignments.iter();
    mandates.any(|(index, held)| {
        let by_draw = standing::tenure(cx.world, index).basis == Some(Basis::Draw(draw));
        held.member == who && by_draw && standing::takes_a_seat(cx.world, index, held, cx.at)
    })
}

/// The number of somebody who has a seat or is an alternate.
fn number(lots: &LotsDrawn, person: &Line, member: Option<u32>) -> Option<u32> {
    let number = match &lots.listed {
        Some((_, ids)) => {
            ids.iter().position(|id| id == person).and_then(|place| u32::try_from(place).ok())
        }
        None => member,
    };
    number.filter(|number| lots.holds(*number))
}

impl Event for DrawDeclined {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Draw, self.index)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Draw(draw) = entity {
            let (who, reason, position) = (self.who, self.reason.clone(), recorded.position);
            draw.declined.push(Declined {
                who,
                reason,
                seat: self.seat,
                next: self.next,
                position,
            });
        }
    }
}
