//! `dissent.attached/1` and `dissent.joined/1`

use super::Votes;
use super::opinion::{OpinionAttached, Side, may_comment};
use super::procedure::procedure;
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{MemberId, Prose, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Attaches a dissenting opinion to the outcome of a vote, to be kept and shown beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachDissent {
    /// Which vote.
    pub vote: StatementId,
    /// What it says.
    pub text: Prose,
}

/// Joins the dissenting opinion of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinDissent {
    /// Which vote.
    pub vote: StatementId,
    /// Who wrote it.
    pub author: MemberId,
}

/// A dissenting opinion was joined.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DissentJoined {
    vote: u32,
    member: u32,
    /// Place of the opinion among those attached to the vote.
    dissent: u32,
}

impl Command for AttachDissent {
    type Event = OpinionAttached;

    fn decide(self, cx: &Cx<'_>) -> Result<OpinionAttached, Rejection> {
        let (vote, author) = may_comment(cx, self.vote)?;
        if procedure(cx.world, vote).dissents.iter().any(|one| one.author == author) {
            return Err(Votes::DissentTwice.into());
        }
        Ok(OpinionAttached { vote, author, text: self.text, side: Side::Dissents })
    }
}

impl Command for JoinDissent {
    type Event = DissentJoined;

    fn decide(self, cx: &Cx<'_>) -> Result<DissentJoined, Rejection> {
        let (vote, member) = may_comment(cx, self.vote)?;
        let author = cx.find_uuid(Kind::Member, self.author.0);
        let dissents = &procedure(cx.world, vote).dissents;
        let place = dissents.iter().position(|one| Some(one.author) == author);
        let found =
            place.and_then(|place| Some((u32::try_from(place).ok()?, dissents.get(place)?)));
        let (dissent, one) = found.ok_or(Votes::DissentUnknown)?;
        if one.author == member || one.joined.contains(&member) {
            return Err(Votes::DissentTwice.into());
        }
        Ok(DissentJoined { vote, member, dissent })
    }
}

impl Event for DissentJoined {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Vote, self.vote)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Procedure, self.vote));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        if let EntityMut::Procedure(procedure) = entity {
            let place = usize::try_from(self.dissent).unwrap_or(usize::MAX);
            if let Some(dissent) = procedure.dissents.get_mut(place) {
                dissent.joined.push(self.member);
            }
        }
    }
}
