//! `nomination.sealed/1`, `nomination.revealed/1` and `nomination.changed/1`

use super::terms::present;
use super::{Election, Elections, Named, Nomination, Phase, find};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Hash, MemberId, Prose, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// First bytes of what a commitment is the hash of.
const TAG: &[u8] = b"archipel.nomination.v1\n";

/// The commitment to a nomination: SHA-256 of `archipel.nomination.v1`, a line feed, then the
/// election's id, the nominator's and the nominee's pseudonyms (16 bytes each, big-endian), and
/// the salt (32 bytes). The nominator is in it, so that nobody can copy a sealed nomination.
#[must_use]
pub fn seal(election: StatementId, nominator: MemberId, nominee: MemberId, salt: Hash) -> Hash {
    let mut text = TAG.to_vec();
    for id in [election.0, nominator.0, nominee.0] {
        text.extend(id.to_be_bytes());
    }
    text.extend(salt.0);
    Hash::of(&text)
}

/// Names somebody, sealed until everybody has. One nomination each, and no abstention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealNomination {
    /// Which election.
    pub election: StatementId,
    /// The commitment, see [`seal`].
    pub commitment: Hash,
}

/// Says whom the sealed nomination names, and why, in one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevealNomination {
    /// Which election.
    pub election: StatementId,
    /// Whom it names.
    pub nominee: MemberId,
    /// The salt of the commitment, 32 bytes.
    pub salt: Hash,
    /// Why this person.
    pub reason: Prose,
}

/// Moves one's nomination to somebody who was named, having heard the reasons; or keeps it, by
/// naming the same person. In a revote, moves it to one of the tied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeNomination {
    /// Which election.
    pub election: StatementId,
    /// Whom it names from now on.
    pub nominee: MemberId,
    /// Why.
    pub reason: Prose,
}

/// A nomination was sealed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct NominationSealed {
    index: u32,
    elector: u32,
    commitment: Hash,
}

/// A nomination was revealed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct NominationRevealed {
    index: u32,
    elector: u32,
    nominee: u32,
    reason: Prose,
}

/// A nomination was changed or kept.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct NominationChanged {
    index: u32,
    elector: u32,
    nominee: u32,
    reason: Prose,
    /// In the revote.
    moved: bool,
}

impl Election {
    /// The author, if one of the electors.
    fn elector(&self, cx: &Cx<'_>) -> Result<u32, Rejection> {
        let author = cx.member()?;
        if self.has_elector(author) { Ok(author) } else { Err(Elections::NotElector.into()) }
    }
}

/// Somebody who can be named: a member who has not left.
fn nominee(cx: &Cx<'_>, id: MemberId) -> Result<u32, Elections> {
    present(cx, id).ok_or(Elections::NomineeUnknown)
}

impl Command for SealNomination {
    type Event = NominationSealed;

    fn decide(self, cx: &Cx<'_>) -> Result<NominationSealed, Rejection> {
        let (index, election) = find(cx, self.election)?;
        election.check_phase(cx, Phase::Nominate)?;
        let elector = election.elector(cx)?;
        if election.nominations.contains_key(&elector) {
            return Err(Elections::SealedAlready.into());
        }
        Ok(NominationSealed { index, elector, commitment: self.commitment })
    }
}

impl Command for RevealNomination {
    type Event = NominationRevealed;

    fn decide(self, cx: &Cx<'_>) -> Result<NominationRevealed, Rejection> {
        let (index, election) = find(cx, self.election)?;
        election.check_phase(cx, Phase::Share)?;
        let elector = election.elector(cx)?;
        let sealed = election.nominations.get(&elector).ok_or(Elections::NothingSealed)?;
        if sealed.revealed.is_some() {
            return Err(Elections::RevealedAlready.into());
        }
        if seal(self.election, cx.author_id, self.nominee, self.salt) != sealed.commitment {
            return Err(Elections::NotTheCommitted.into());
        }
        let named = cx.find_uuid(Kind::Member, self.nominee.0);
        if named == Some(election.facilitator) {
            return Err(Elections::Facilitator.into());
        }
        let nominee = nominee(cx, self.nominee)?;
        Ok(NominationRevealed { index, elector, nominee, reason: self.reason })
    }
}

impl Command for ChangeNomination {
    type Event = NominationChanged;

    fn decide(self, cx: &Cx<'_>) -> Result<NominationChanged, Rejection> {
        let (index, election) = find(cx, self.election)?;
        let phase = election.phase(cx.world, cx.at);
        let moved = phase == Phase::Revote;
        if !moved {
            election.check_phase(cx, Phase::Change)?;
        }
        let elector = election.elector(cx)?;
        let own = election.nominations.get(&elector);
        let own = own.filter(|own| own.revealed.is_some()).ok_or(Elections::NothingRevealed)?;
        let last = if moved { &own.moved } else { &own.changed };
        if last.is_some() {
            return Err(Elections::ChangedAlready.into());
        }
        let nominee = nominee(cx, self.nominee)?;
        if !election.named().contains(&nominee) {
            return Err(Elections::NotNamed.into());
        }
        let revote = election.revote.as_ref().filter(|_| moved);
        if revote.is_some_and(|revote| !revote.movers.contains(&elector)) {
            return Err(Elections::NotToMove.into());
        }
        if revote.is_some_and(|revote| !revote.tied.contains(&nominee)) {
            return Err(Elections::NotTied.into());
        }
        Ok(NominationChanged { index, elector, nominee, reason: self.reason, moved })
    }
}

impl Event for NominationSealed {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Election, self.index)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Election(election) = entity {
            let nomination = Nomination {
                commitment: self.commitment,
                sealed: recorded.position,
                revealed: None,
                changed: None,
                moved: None,
            };
            election.nominations.insert(self.elector, nomination);
        }
    }
}

impl Event for NominationRevealed {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Election, self.index)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        let EntityMut::Election(election) = entity else { return };
        if let Some(own) = election.nominations.get_mut(&self.elector) {
            let (nominee, reason) = (self.nominee, self.reason.clone());
            own.revealed = Some(Named { nominee, reason, position: recorded.position });
        }
    }
}

impl Event for NominationChanged {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Election, self.index)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        let EntityMut::Election(election) = entity else { return };
        if let Some(own) = election.nominations.get_mut(&self.elector) {
            let (nominee, reason) = (self.nominee, self.reason.clone());
            let named = Some(Named { nominee, reason, position: recorded.position });
            if self.moved {
                own.moved = named;
            } else {
                own.changed = named;
            }
        }
    }
}
