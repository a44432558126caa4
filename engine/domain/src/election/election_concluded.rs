//! `election.concluded/1`

use super::{Conclusion, Elections, Out, Phase, find};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::StatementId;
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Records how the election ended: with the person proposed, once nothing stands in the way, or
/// with nobody. The facilitator does; any member once the last date has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConcludeElection {
    /// Which election.
    pub election: StatementId,
}

/// An election was concluded.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ElectionConcluded {
    index: u32,
    elected: Option<u32>,
    /// Why the last candidate is out.
    before: Option<Out>,
}

impl Command for ConcludeElection {
    type Event = ElectionConcluded;

    fn decide(self, cx: &Cx<'_>) -> Result<ElectionConcluded, Rejection> {
        let (index, election) = find(cx, self.election)?;
        let phase = election.phase(cx.world, cx.at);
        let proposed = election.proposed(cx.world, cx.at);
        match (phase, proposed) {
            (Phase::Conclude, _) => {}
            (Phase::Object, Some(candidate)) => {
                let mut objections = candidate.objections.iter();
                let open = objections.any(|one| one.is_open(cx.world, candidate, cx.at));
                let why = if open { Elections::ObjectionOpen } else { Elections::NotAgreed };
                return Err(why.into());
            }
            (Phase::Propose, _) => return Err(Elections::NobodyProposed.into()),
            _ => return Err(Elections::TooEarly.into()),
        }
        let last = proposed.map_or(election.calendar.change_by, |candidate| candidate.until);
        if cx.member()? != election.facilitator && cx.at < last {
            return Err(Elections::NotFacilitator.into());
        }
        let elected = proposed.map(|candidate| candidate.member);
        Ok(ElectionConcluded { index, elected, before: election.last_out(cx.world, cx.at) })
    }
}

impl Event for ElectionConcluded {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Election, self.index)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Election(election) = entity {
            election.pass(self.before, recorded.position);
            let (elected, position, at) = (self.elected, recorded.position, recorded.record.at);
            election.conclusion = Some(Conclusion { elected, position, at });
        }
    }
}
