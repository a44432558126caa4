//! `objection.raised/1`, `objection.answered/1`, `objection.maintained/1` and
//! `objection.withdrawn/1`
//!
//! An objection stands until its author withdraws it, or an amendment integrates it. Nobody else
//! takes it away: whoever facilitates says whether it is understood as paramount and argued, or
//! doubts it, and its author answers.

use super::procedure::{Objection, ObjectionState, procedure};
use super::{Vote, Votes, check_voter, find};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::counting::{MethodSpec, marks};
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Hash, MemberId, Prose, StatementId};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Objects to a text in a consent round; replaces the author's ballot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RaiseObjection {
    /// Which vote.
    pub vote: StatementId,
    /// The terms that the author read, as on a ballot.
    pub terms: Hash,
    /// Why the text would harm what the group is for.
    pub reason: Prose,
}

/// What whoever facilitates makes of an objection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is understood as paramount and argued.
    Validated,
    /// It is doubted: its author is asked to maintain or withdraw it.
    Challenged,
}

/// Answers an objection, in the role that facilitates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerObjection {
    /// Which vote.
    pub vote: StatementId,
    /// Whose objection.
    pub objector: MemberId,
    /// The answer.
    pub answer: Answer,
    /// Why.
    pub reason: Prose,
}

/// Maintains one's own objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaintainObjection {
    /// Which vote.
    pub vote: StatementId,
    /// Why.
    pub reason: Prose,
}

/// Where the author of an objection stands once it is withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// Consents.
    Consent,
    /// Stands aside.
    StandAside,
}

/// Withdraws one's own objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawObjection {
    /// Which vote.
    pub vote: StatementId,
    /// Where its author stands now.
    pub then: Position,
    /// Why.
    pub reason: Prose,
}

/// An objection was raised.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ObjectionRaised {
    /// Number of the vote.
    pub vote: u32,
    /// Number of the member.
    pub objector: u32,
    reason: Prose,
}

/// The state of an objection changed, for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ObjectionChanged {
    /// Number of the vote.
    pub vote: u32,
    /// Number of the member who objects.
    pub objector: u32,
    state: ObjectionState,
    reason: Prose,
    /// The mark of the ballot that takes the objection's place, if it is withdrawn.
    pub mark: Option<u8>,
}

/// An open consent round.
fn open_round<'a>(cx: &Cx<'a>, id: StatementId) -> Result<(u32, &'a Vote), Votes> {
    let (index, vote) = find(cx, id)?;
    if !matches!(vote.method, Some(MethodSpec::Consent { .. })) {
        return Err(Votes::NotConsent);
    }
    vote.check_open(cx.at)?;
    Ok((index, vote))
}

/// The objection of a member that stands.
fn standing<'a>(cx: &Cx<'a>, vote: u32, objector: u32) -> Result<&'a Objection, Votes> {
    let all = &procedure(cx.world, vote).objections;
    let found = all.iter().find(|one| one.author == objector && one.state.stands());
    found.ok_or(Votes::ObjectionUnknown)
}

impl Command for RaiseObjection {
    type Event = ObjectionRaised;

    fn decide(self, cx: &Cx<'_>) -> Result<ObjectionRaised, Rejection> {
        let objector = cx.member()?;
        let (index, vote) = open_round(cx, self.vote)?;
        check_voter(cx, index, vote, objector)?;
        if self.terms != vote.terms.0 {
            return Err(Votes::OtherTerms.into());
        }
        if standing(cx, index, objector).is_ok() {
            return Err(Votes::ObjectionStands.into());
        }
        Ok(ObjectionRaised { vote: index, objector, reason: self.reason })
    }
}

impl Command for AnswerObjection {
    type Event = ObjectionChanged;

    fn decide(self, cx: &Cx<'_>) -> Result<ObjectionChanged, Rejection> {
        let granted = cx.require_scoped(Power::Votes)?;
        let (vote, round) = open_round(cx, self.vote)?;
        granted.check_groups(round.electorate.groups.as_deref())?;
        let objector = cx.find_uuid(Kind::Member, self.objector.0);
        let objector = objector.ok_or(Votes::ObjectionUnknown)?;
        standing(cx, vote, objector)?;
        let state = match self.answer {
            Answer::Validated => ObjectionState::Validated,
            Answer::Challenged => ObjectionState::Challenged,
        };
        Ok(ObjectionChanged { vote, objector, state, reason: self.reason, mark: None })
    }
}

impl Command for MaintainObjection {
    type Event = ObjectionChanged;

    fn decide(self, cx: &Cx<'_>) -> Result<ObjectionChanged, Rejection> {
        let objector = cx.member()?;
        let (vote, _) = open_round(cx, self.vote)?;
        standing(cx, vote, objector)?;
        let state = ObjectionState::Maintained;
        Ok(ObjectionChanged { vote, objector, state, reason: self.reason, mark: None })
    }
}

impl Command for WithdrawObjection {
    type Event = ObjectionChanged;

    fn decide(self, cx: &Cx<'_>) -> Result<ObjectionChanged, Rejection> {
        let objector = cx.member()?;
        let (vote, _) = open_round(cx, self.vote)?;
        standing(cx, vote, objector)?;
        let state = ObjectionState::Withdrawn;
        let mark = Some(match self.then {
            Position::Consent => marks::FOR,
            Position::StandAside => marks::ABSTAIN,
        });
        Ok(ObjectionChanged { vote, objector, state, reason: self.reason, mark })
    }
}

impl Event for ObjectionRaised {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Vote, self.vote)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Procedure, self.vote));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Procedure(procedure) = entity {
            procedure.objections.push(Objection {
                author: self.objector,
                state: ObjectionState::Raised,
                history: vec![(ObjectionState::Raised, self.reason.clone(), recorded.position)],
            });
        }
    }
}

impl Event for ObjectionChanged {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Vote, self.vote)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Procedure, self.vote));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Procedure(procedure) = entity {
            let mut all = procedure.objections.iter_mut();
            let found = all.find(|one| one.author == self.objector && one.state.stands());
            if let Some(objection) = found {
                objection.state = self.state;
                let entry = (self.state, self.reason.clone(), recorded.position);
                objection.history.push(entry);
            }
        }
    }
}
