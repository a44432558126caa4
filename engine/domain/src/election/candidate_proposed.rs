//! `candidate.proposed/1`

use super::settle::{census, first_in};
use super::{
    Candidate, Election, ElectionLot, Elections, Next, Out, Phase, ProposedBy, Revote, find,
    lot_order,
};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::draw::{Beacon, Entropy, Subject};
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Hash, StatementId};
use crate::rejection::Rejection;
use crate::sortition::{Draws, VerifiedBefore, has_all_come};
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Records whom the rules propose, or that a tie leads to a revote. Any member can: the outcome
/// is not theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposeCandidate {
    /// Which election.
    pub election: StatementId,
    /// The chance that came, when a tie is left to the lot for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entropy: Option<Entropy>,
}

/// What followed from the nominations.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
enum Settled {
    Candidate { member: u32, by: ProposedBy, lot: Option<(Entropy, Hash, Vec<u32>)> },
    Revote { movers: Vec<u32> },
}

/// Somebody is proposed, or a revote began.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CandidateProposed {
    index: u32,
    tally: Vec<(u32, u32)>,
    tied: Vec<u32>,
    until: Timestamp,
    /// Why the candidate before is out.
    before: Option<Out>,
    result: Settled,
}

impl Command for ProposeCandidate {
    type Event = CandidateProposed;

    fn decide(self, cx: &Cx<'_>) -> Result<CandidateProposed, Rejection> {
        let (index, election) = find(cx, self.election)?;
        let phase = election.phase(cx.world, cx.at);
        if phase < Phase::Propose || phase == Phase::Revote {
            return Err(Elections::TooEarly.into());
        }
        if election.proposed(cx.world, cx.at).is_some() {
            return Err(Elections::AlreadyProposed.into());
        }
        let tally = election.tally(cx.world, cx.at);
        let tied = Election::leading(&tally);
        let next = election.next(cx.world, cx.at);
        let round = election.calendar.round_from(cx.at);
        let (until, result) = match (next, self.entropy) {
            (Next::Nobody, _) => return Err(Elections::NobodyLeft.into()),
            (Next::Lot, None) => return Err(Elections::LotNeeded.into()),
            (Next::Lot, Some(entropy)) => {
                let (seed, order) = draw(cx, election, self.election, &entropy)?;
                let member = first_in(&order, &tied).ok_or(Elections::NobodyLeft)?;
                let lot = Some((entropy, seed, order));
                (round, Settled::Candidate { member, by: ProposedBy::Lot, lot })
            }
            (_, Some(_)) => return Err(Elections::LotNotNeeded.into()),
            (Next::Propose(member, by), None) => {
                (round, Settled::Candidate { member, by, lot: None })
            }
            (Next::Revote { movers, until }, None) => (until, Settled::Revote { movers }),
        };
        let before = election.last_out(cx.world, cx.at);
        Ok(CandidateProposed { index, tally, tied, until, before, result })
    }

    fn beacons(&self) -> Vec<Beacon> {
        match &self.entropy {
            Some(Entropy::Beacon(beacon)) => vec![beacon.clone()],
            _ => Vec::new(),
        }
    }
}

/// The seed of the lot, and everybody who was named, in the order that it gives.
fn draw(
    cx: &Cx<'_>,
    election: &Election,
    id: StatementId,
    entropy: &Entropy,
) -> Result<(Hash, Vec<u32>), Rejection> {
    let chance = election.chance.as_ref().ok_or(Elections::ElectionUnknown)?;
    if cx.at < election.lot_at && !has_all_come(chance, entropy) {
        return Err(Draws::TooEarly.into());
    }
    let (pool, named) = census(cx.world, &election.named());
    let subject = Subject { draw: id, pool, parameters: election.terms.0 };
    let seed = entropy.seed(chance, &subject, &VerifiedBefore).map_err(Draws::from)?;
    Ok((seed, lot_order(seed, &named)))
}

impl Event for CandidateProposed {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Election, self.index)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        let EntityMut::Election(election) = entity else { return };
        let position = recorded.position;
        election.pass(self.before, position);
        let (tally, tied, until) = (self.tally.clone(), self.tied.clone(), self.until);
        match &self.result {
            Settled::Revote { movers } => {
                let movers = movers.clone();
                election.revote = Some(Revote { tied, movers, tally, until, position });
            }
            Settled::Candidate { member, by, lot } => {
                if let Some((entropy, seed, order)) = lot {
                    let (entropy, order) = (entropy.clone(), order.clone());
                    election.lot = Some(ElectionLot { entropy, seed: *seed, order, position });
                }
                election.candidates.push(Candidate {
                    member: *member,
                    by: *by,
                    tied,
                    tally,
                    position,
                    until,
                    consents: Vec::new(),
                    objections: Vec::new(),
                    out: None,
                });
            }
        }
    }
}
