//! `election.consented/1`, `election.objected/1`, `election.answered/1` and `election.declined/1`

use super::{CandidacyObjection, Candidate, Election, Elections, Out, Phase, Standing, find};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{MemberId, Prose, StatementId};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Consents to the person proposed; withdraws one's own objection, if there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentToCandidate {
    /// Which election.
    pub election: StatementId,
    /// To whom.
    pub candidate: MemberId,
}

/// Objects to the person proposed, or maintains an objection that was challenged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectToCandidate {
    /// Which election.
    pub election: StatementId,
    /// To whom.
    pub candidate: MemberId,
    /// Why this person in this role would harm what the group is for.
    pub reason: Prose,
}

/// How the terms of the mandate meet an objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Integration {
    /// What changes in the mandate.
    pub note: Prose,
    /// An earlier end of the mandate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What the facilitator makes of an objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ElectionAnswer {
    /// It is doubted, for this reason: its author maintains it, or consents. Once.
    Challenged(Prose),
    /// The terms of the mandate are changed to meet it; the round begins again.
    Integrated(Integration),
    /// The candidate is discarded for this reason, with all nominations for them.
    Discarded(Prose),
}

/// Answers an objection: the facilitator does, and after the end of the round also whoever has
/// the power over roles, so that no election waits for one person for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerCandidacy {
    /// Which election.
    pub election: StatementId,
    /// Whose objection.
    pub objector: MemberId,
    /// The answer.
    pub answer: ElectionAnswer,
}

/// Declines to be elected: the person proposed does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclineCandidacy {
    /// Which election.
    pub election: StatementId,
    /// Why.
    pub reason: Prose,
}

/// Somebody consented.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CandidacyConsented {
    index: u32,
    member: u32,
}

/// Somebody objected, or maintains an objection.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CandidacyObjected {
    index: u32,
    member: u32,
    reason: Prose,
    maintained: bool,
}

/// An objection was answered.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CandidacyAnswered {
    index: u32,
    objector: u32,
    answer: ElectionAnswer,
    /// Until when the round lasts now.
    until: Timestamp,
}

/// The person proposed declined.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CandidacyDeclined {
    index: u32,
    reason: Prose,
}

/// A round of consent that is not over, and who takes part in it.
struct Round<'a> {
    index: u32,
    election: &'a Election,
    candidate: &'a Candidate,
}

impl<'a> Round<'a> {
    fn find(cx: &Cx<'a>, id: StatementId) -> Result<Self, Elections> {
        let (index, election) = find(cx, id)?;
        let Some(candidate) = election.proposed(cx.world, cx.at) else {
            return Err(Elections::NobodyProposed);
        };
        election.check_phase(cx, Phase::Object)?;
        Ok(Self { index, election, candidate })
    }

    /// The author, if they take part, and mean the person who is proposed.
    fn participant(&self, cx: &Cx<'_>, candidate: MemberId) -> Result<u32, Rejection> {
        let member = cx.member()?;
        if !self.election.takes_part(self.candidate, member) {
            return Err(Elections::NotElector.into());
        }
        if cx.find_uuid(Kind::Member, candidate.0) != Some(self.candidate.member) {
            return Err(Elections::OtherCandidate.into());
        }
        Ok(member)
    }

    /// The objection of a member that stands in the way.
    fn open(&self, cx: &Cx<'_>, member: u32) -> Option<&'a CandidacyObjection> {
        let mut all = self.candidate.objections.iter();
        all.find(|one| one.author == member && one.is_open(cx.world, self.candidate, cx.at))
    }
}

impl Command for ConsentToCandidate {
    type Event = CandidacyConsented;

    fn decide(self, cx: &Cx<'_>) -> Result<CandidacyConsented, Rejection> {
        let round = Round::find(cx, self.election)?;
        // Those with an open objection can withdraw it as long as it is not answered.
        let open = cx.member().is_ok_and(|member| round.open(cx, member).is_some());
        if cx.at >= round.candidate.until && !open {
            return Err(Elections::Late.into());
        }
        let member = round.participant(cx, self.candidate)?;
        if round.candidate.consents.contains(&member) {
            return Err(Elections::ConsentedAlready.into());
        }
        Ok(CandidacyConsented { index: round.index, member })
    }
}

impl Command for ObjectToCandidate {
    type Event = CandidacyObjected;

    fn decide(self, cx: &Cx<'_>) -> Result<CandidacyObjected, Rejection> {
        let round = Round::find(cx, self.election)?;
        if cx.at >= round.candidate.until {
            return Err(Elections::Late.into());
        }
        let member = round.participant(cx, self.candidate)?;
        let standing = round.open(cx, member).map(|open| open.standing);
        let maintained = standing == Some(Standing::Challenged);
        if standing.is_some() && !maintained {
            return Err(Elections::ObjectionOpen.into());
        }
        Ok(CandidacyObjected { index: round.index, member, reason: self.reason, maintained })
    }
}

impl Command for AnswerCandidacy {
    type Event = CandidacyAnswered;

    fn decide(self, cx: &Cx<'_>) -> Result<CandidacyAnswered, Rejection> {
        let round = Round::find(cx, self.election)?;
        let (election, candidate) = (round.election, round.candidate);
        if cx.member()? != election.facilitator {
            if cx.at < candidate.until {
                return Err(Elections::NotFacilitator.into());
            }
            cx.require(Power::Roles)?;
        }
        let term = |until: Timestamp| election.from < until && until <= election.until;
        if let ElectionAnswer::Integrated(Integration { until: Some(until), .. }) = &self.answer
            && !(term(*until) && *until > cx.at)
        {
            return Err(Elections::Term.into());
        }
        let objector = cx.find_uuid(Kind::Member, self.objector.0);
        let open = objector.and_then(|objector| round.open(cx, objector));
        let open = open.ok_or(Elections::NoObjection)?;
        let again = election.calendar.round_from(cx.at);
        let until = match self.answer {
            ElectionAnswer::Challenged(_) if open.standing != Standing::Raised => {
                return Err(Elections::ChallengedAlready.into());
            }
            ElectionAnswer::Challenged(_) => candidate.until.max(again),
            ElectionAnswer::Integrated(_) => again,
            ElectionAnswer::Discarded(_) => candidate.until,
        };
        let (index, objector, answer) = (round.index, open.author, self.answer);
        Ok(CandidacyAnswered { index, objector, answer, until })
    }
}

impl Command for DeclineCandidacy {
    type Event = CandidacyDeclined;

    fn decide(self, cx: &Cx<'_>) -> Result<CandidacyDeclined, Rejection> {
        let (index, election) = find(cx, self.election)?;
        // Until the election is concluded, also when everybody has consented.
        let proposed = election.proposed(cx.world, cx.at).ok_or(Elections::NobodyProposed)?;
        if cx.member()? != proposed.member {
            return Err(Elections::OtherCandidate.into());
        }
        Ok(CandidacyDeclined { index, reason: self.reason })
    }
}

impl Candidate {
    /// The last objection of a member.
    fn last_of(&mut self, member: u32) -> Option<&mut CandidacyObjection> {
        self.objections.iter_mut().rev().find(|one| one.author == member)
    }
}

impl CandidacyObjection {
    fn becomes(&mut self, standing: Standing, reason: Option<Prose>, position: u64) {
        self.standing = standing;
        self.history.push((standing, reason, position));
    }
}

impl Event for CandidacyConsented {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Election, self.index)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        let EntityMut::Election(election) = entity else { return };
        let Some(candidate) = election.candidates.last_mut() else { return };
        candidate.consents.push(self.member);
        let withdrawn = candidate
            .last_of(self.member)
            .filter(|one| !matches!(one.standing, Standing::Integrated | Standing::Withdrawn));
        if let Some(objection) = withdrawn {
            objection.becomes(Standing::Withdrawn, None, recorded.position);
        }
    }
}

impl Event for CandidacyObjected {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Election, self.index)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        let EntityMut::Election(election) = entity else { return };
        let Some(candidate) = election.candidates.last_mut() else { return };
        let (author, reason, position) = (self.member, self.reason.clone(), recorded.position);
        candidate.consents.retain(|one| *one != author);
        if self.maintained {
            if let Some(objection) = candidate.last_of(author) {
                objection.becomes(Standing::Maintained, Some(reason), position);
            }
            return;
        }
        let standing = Standing::Raised;
        let history = vec![(standing, Some(reason), position)];
        candidate.objections.push(CandidacyObjection { author, standing, history });
    }
}

impl Event for CandidacyAnswered {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Election, self.index)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        let EntityMut::Election(Election { candidates, notes, until, .. }) = entity else {
            return;
        };
        let Some(candidate) = candidates.last_mut() else { return };
        let position = recorded.position;
        candidate.until = self.until;
        let (standing, reason) = match &self.answer {
            ElectionAnswer::Challenged(reason) => (Standing::Challenged, reason),
            ElectionAnswer::Discarded(reason) => {
                candidate.out = Some((Out::Discarded, Some(reason.clone()), position));
                (Standing::Upheld, reason)
            }
            ElectionAnswer::Integrated(changed) => {
                // Who consented did so to other terms.
                candidate.consents.clear();
                notes.push((changed.note.clone(), position));
                *until = changed.until.unwrap_or(*until);
                (Standing::Integrated, &changed.note)
            }
        };
        if let Some(objection) = candidate.last_of(self.objector) {
            objection.becomes(standing, Some(reason.clone()), position);
        }
    }
}

impl Event for CandidacyDeclined {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Election, self.index)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        let EntityMut::Election(election) = entity else { return };
        if let Some(candidate) = election.candidates.last_mut() {
            candidate.out = Some((Out::Declined, Some(self.reason.clone()), recorded.position));
        }
    }
}
