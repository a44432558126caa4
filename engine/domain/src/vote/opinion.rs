//! Opinions on the outcome of a vote: who may attach one, and `reasons.attached/1`.

use super::procedure::{Opinion, procedure};
use super::{Votes, find};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Prose, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Says why one agrees with the outcome of a vote, to be kept and shown beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachReasons {
    /// Which vote.
    pub vote: StatementId,
    /// The reasons.
    pub text: Prose,
}

/// Whether an opinion is for or against the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) enum Side {
    /// It dissents from it.
    Dissents,
    /// It says why it is right.
    Agrees,
}

/// An opinion was attached.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpinionAttached {
    pub(super) vote: u32,
    pub(super) author: u32,
    pub(super) text: Prose,
    pub(super) side: Side,
}

/// The vote and the member, if they are of its electorate, its outcome is declared, and there is
/// time.
pub(super) fn may_comment(cx: &Cx<'_>, id: StatementId) -> Result<(u32, u32), Rejection> {
    let member = cx.member()?;
    let (index, vote) = find(cx, id)?;
    // Whoever was to be recalled may say what they think of the outcome.
    let state = cx.world.tables.members.get(member);
    if !state.is_some_and(|state| vote.includes(state)) {
        return Err(Votes::NotEligible.into());
    }
    if vote.declared.is_none() {
        return Err(Votes::NotDeclared.into());
    }
    if cx.at >= procedure(cx.world, index).dissent_until(vote.closes_at) {
        return Err(Votes::DissentLate.into());
    }
    Ok((index, member))
}

impl Command for AttachReasons {
    type Event = OpinionAttached;

    fn decide(self, cx: &Cx<'_>) -> Result<OpinionAttached, Rejection> {
        let (vote, author) = may_comment(cx, self.vote)?;
        if procedure(cx.world, vote).reasons.iter().any(|one| one.author == author) {
            return Err(Votes::ReasonsTwice.into());
        }
        Ok(OpinionAttached { vote, author, text: self.text, side: Side::Agrees })
    }
}

impl Event for OpinionAttached {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Vote, self.vote)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Procedure, self.vote));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Procedure(procedure) = entity {
            let (author, text, joined) = (self.author, self.text.clone(), Vec::new());
            let opinions = match self.side {
                Side::Dissents => &mut procedure.dissents,
                Side::Agrees => &mut procedure.reasons,
            };
            opinions.push(Opinion { author, text, position: recorded.position, joined });
        }
    }
}
