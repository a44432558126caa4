//! Elections without candidates: nobody stands, everybody names one person, sealed; then each says
//! whom and why, each may change once to somebody who was named, and the person named most often
//! is proposed for consent.
//!
//! Which phase an election is in follows from its state, from who still is a member, and from the
//! moment: phases that end by the calendar need no act. See [`Election::phase`] for the automaton,
//! [`Election::next`] for who is proposed, and docs/spec/elections.md for both in words.

mod candidate_proposed;
mod consent;
mod election_concluded;
mod election_opened;
mod nomination;
mod phase;
mod settle;
mod terms;

pub use candidate_proposed::{CandidateProposed, ProposeCandidate};
pub use consent::{
    AnswerCandidacy, CandidacyAnswered, CandidacyConsented, CandidacyDeclined, CandidacyObjected,
    ConsentToCandidate, DeclineCandidacy, ElectionAnswer, Integration, ObjectToCandidate,
};
pub use election_concluded::{ConcludeElection, ElectionConcluded};
pub use election_opened::{ElectionOpened, OpenElection};
pub use nomination::{
    ChangeNomination, NominationChanged, NominationRevealed, NominationSealed, RevealNomination,
    SealNomination, seal,
};
pub use phase::Phase;
pub use settle::{Next, TieStep, lot_order};
pub use terms::{Calendar, Electors, Silence};

use crate::authority::Cx;
use crate::draw::{Announcement, Entropy};
use crate::entity::Kind;
use crate::id::{Hash, Prose, StatementId};
use crate::rejection::rejections;
use crate::time::Timestamp;
use crate::vote::Hash32;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

rejections! {
    /// Refusals of the elections without candidates, in order of precedence.
    Elections {
        /// There is no such election.
        ElectionUnknown => "election.unknown",
        /// The election is concluded.
        Concluded => "election.concluded",
        /// The phase in which this is done has not begun.
        TooEarly => "election.too-early",
        /// The phase in which this is done is over.
        Late => "election.late",
        /// The member is not one of the electors, nor the person proposed.
        NotElector => "election.not-elector",
        /// Only the facilitator does this now.
        NotFacilitator => "election.not-facilitator",
        /// The mandate would end before it begins, in the past, or later than the role or the
        /// election allows.
        Term => "election.term",
        /// The dates are not in order, not in the future or too far in it.
        Calendar => "election.calendar",
        /// Nobody can nominate, or more than [`ELECTORS_MAX`].
        ElectorCount => "election.elector-count",
        /// The list of electors names somebody twice, or somebody who is no member.
        ElectorList => "election.elector-list",
        /// A way of settling ties is named twice.
        TieSteps => "election.tie-steps",
        /// The chance of the lot would be known before the nominations are final.
        LotDate => "election.lot-date",
        /// The elector has sealed a nomination already.
        SealedAlready => "election.sealed-already",
        /// The elector has sealed no nomination.
        NothingSealed => "election.nothing-sealed",
        /// The elector has revealed the nomination already.
        RevealedAlready => "election.revealed-already",
        /// The nomination is not the one that was sealed.
        NotTheCommitted => "election.not-the-committed",
        /// The facilitator can not be nominated.
        Facilitator => "election.facilitator",
        /// The person named is no member, or has left.
        NomineeUnknown => "election.nominee-unknown",
        /// The elector has revealed no nomination, so there is none to change.
        NothingRevealed => "election.nothing-revealed",
        /// The elector has changed or kept the nomination already.
        ChangedAlready => "election.changed-already",
        /// Nobody named this person before.
        NotNamed => "election.not-named",
        /// In a revote only those move whose nominee is not among the tied.
        NotToMove => "election.not-to-move",
        /// In a revote only the tied can be named.
        NotTied => "election.not-tied",
        /// Somebody is proposed already.
        AlreadyProposed => "election.already-proposed",
        /// Nobody is left whom a nomination names.
        NobodyLeft => "election.nobody-left",
        /// The tie is settled by the lot, and its chance is missing.
        LotNeeded => "election.lot-needed",
        /// No lot is to be drawn.
        LotNotNeeded => "election.lot-not-needed",
        /// Nobody is proposed.
        NobodyProposed => "election.nobody-proposed",
        /// Somebody else is proposed than the one named.
        OtherCandidate => "election.other-candidate",
        /// The member has consented already.
        ConsentedAlready => "election.consented-already",
        /// An objection is open.
        ObjectionOpen => "election.objection-open",
        /// The member has no open objection.
        NoObjection => "election.no-objection",
        /// The objection was challenged before: it is integrated, or the candidate discarded.
        ChallengedAlready => "election.challenged-already",
        /// Not everybody has consented, and there is still time to.
        NotAgreed => "election.not-agreed",
    }
}

/// Most electors of an election.
pub const ELECTORS_MAX: usize = 1_024;
/// Most electors that an opening lists one by one.
pub const LISTED_MAX: usize = 256;
/// Longest time from the beginning to the last date of the calendar, in days.
pub const ELECTION_DAYS_MAX: i64 = 366;
/// Longest round of consent, in hours.
pub const ROUND_HOURS_MAX: u32 = 24 * 92;

/// What an elector says about whom they name, once it is no secret.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Named {
    /// Number of the person.
    pub nominee: u32,
    /// Why.
    pub reason: Prose,
    /// Position of the statement.
    pub position: u64,
}

/// The nomination of one elector.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Nomination {
    /// The commitment to it, see [`seal`].
    pub commitment: Hash,
    /// Position of the sealing.
    pub sealed: u64,
    /// Whom it names.
    pub revealed: Option<Named>,
    /// Whom it named after the others were heard; the same person if it was kept.
    pub changed: Option<Named>,
    /// Whom it named in the revote.
    pub moved: Option<Named>,
}

impl Nomination {
    /// Whom it names now.
    #[must_use]
    pub fn current(&self) -> Option<u32> {
        let last = self.moved.as_ref().or(self.changed.as_ref()).or(self.revealed.as_ref());
        last.map(|named| named.nominee)
    }

    /// Whether it names somebody else now than when it was sealed.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.revealed.as_ref().map(|named| named.nominee) != self.current()
    }
}

/// What became of an objection to a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nothing yet.
    Raised,
    /// The facilitator doubts it: its author maintains it, or consents.
    Challenged,
    /// Its author maintains it.
    Maintained,
    /// The terms of the mandate were changed to meet it.
    Integrated,
    /// The candidate was discarded for it.
    Upheld,
    /// Its author consented.
    Withdrawn,
}

/// An objection to a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CandidacyObjection {
    /// Number of the member who objects.
    pub author: u32,
    /// What became of it.
    pub standing: Standing,
    /// Every standing that it had, why, and the position of the act.
    pub history: Vec<(Standing, Option<Prose>, u64)>,
}

/// By which rule somebody is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum ProposedBy {
    /// Named by more electors than anybody else.
    Most,
    /// The only one of the tied who named themselves.
    SelfNominator,
    /// The only one of the tied who held the role at the opening.
    Incumbent,
    /// The first of the tied in the order of the lot.
    Lot,
}

/// Why a candidate is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Out {
    /// For an objection.
    Discarded,
    /// By the candidate's own word.
    Declined,
    /// The candidate is no longer a member.
    Left,
    /// Silence does not consent, and somebody was silent until the end.
    Lapsed,
}

/// Somebody who was proposed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Candidate {
    /// Number of the member.
    pub member: u32,
    /// By which rule.
    pub by: ProposedBy,
    /// Those with the most nominations: several if there was a tie.
    pub tied: Vec<u32>,
    /// How many named whom, most first.
    pub tally: Vec<(u32, u32)>,
    /// Position of the proposal.
    pub position: u64,
    /// Until when electors consent or object.
    pub until: Timestamp,
    /// Numbers of those who consented to the terms as they are, in order.
    pub consents: Vec<u32>,
    /// Objections, in order.
    pub objections: Vec<CandidacyObjection>,
    /// Why the candidate is out, the reason given, and the position of the act: that of the next
    /// one if the calendar or a departure is what ended the candidacy.
    pub out: Option<(Out, Option<Prose>, u64)>,
}

/// Nominators of the others were asked to choose among the tied.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Revote {
    /// Numbers of the tied.
    pub tied: Vec<u32>,
    /// Numbers of the electors who were asked.
    pub movers: Vec<u32>,
    /// How many named whom before.
    pub tally: Vec<(u32, u32)>,
    /// Until when.
    pub until: Timestamp,
    /// Position of the statement.
    pub position: u64,
}

/// The lot, as drawn.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ElectionLot {
    /// What came.
    pub entropy: Entropy,
    /// What followed from it.
    pub seed: Hash,
    /// Everybody who was named, in the order of the lot.
    pub order: Vec<u32>,
    /// Position of the statement.
    pub position: u64,
}

/// How an election ended.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Conclusion {
    /// Number of the person elected; nobody if nobody was left.
    pub elected: Option<u32>,
    /// Position of the statement.
    pub position: u64,
    /// When it was recorded.
    pub at: Timestamp,
}

/// Who was elected, to what, for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elected {
    /// Number of the role.
    pub role: u32,
    /// Number of the member.
    pub member: u32,
    /// First moment of the mandate.
    pub from: Timestamp,
    /// First moment after the mandate.
    pub until: Timestamp,
}

/// An election without candidates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Election {
    /// Number of the role.
    pub role: u32,
    /// First moment of the mandate.
    pub from: Timestamp,
    /// First moment after the mandate.
    pub until: Timestamp,
    /// What the role asks of whoever holds it.
    pub criteria: Option<Prose>,
    /// Number of the member who facilitates.
    pub facilitator: u32,
    /// Numbers of those who nominate and consent, in order: frozen at the opening.
    pub electors: Vec<u32>,
    /// Numbers of those who held the role at the opening, in order.
    pub incumbents: Vec<u32>,
    /// The dates.
    pub calendar: Calendar,
    /// What is done about ties before the lot, in this order.
    pub ties: Vec<TieStep>,
    /// Where the chance of the lot comes from.
    pub chance: Option<Announcement>,
    /// When it comes, or until when secrets are awaited.
    pub lot_at: Timestamp,
    /// What silence means.
    pub silence: Silence,
    /// SHA-256 of the opening statement.
    pub terms: Hash32,
    /// Position of the opening.
    pub opened: u64,
    /// When it was recorded.
    pub opened_at: Timestamp,
    /// Nominations, by the number of the elector.
    pub nominations: BTreeMap<u32, Nomination>,
    /// The revote, if there was one.
    pub revote: Option<Revote>,
    /// The lot, once it was needed.
    pub lot: Option<ElectionLot>,
    /// Those who were proposed, in order. All but the last are out.
    pub candidates: Vec<Candidate>,
    /// What integrated objections changed: a note on the mandate and the position of the act.
    pub notes: Vec<(Prose, u64)>,
    /// How it ended.
    pub conclusion: Option<Conclusion>,
}

impl Election {
    /// Who was elected, once the election is concluded with somebody.
    #[must_use]
    pub fn elected(&self) -> Option<Elected> {
        let member = self.conclusion.as_ref()?.elected?;
        Some(Elected { role: self.role, member, from: self.from, until: self.until })
    }

    /// Numbers of everybody whom a revealed nomination named at first, in order, each once.
    #[must_use]
    pub fn named(&self) -> Vec<u32> {
        let revealed = self.nominations.values().filter_map(|one| one.revealed.as_ref());
        let mut named: Vec<u32> = revealed.map(|one| one.nominee).collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    /// Notes why the last candidate is out, unless an act said so.
    fn pass(&mut self, out: Option<Out>, position: u64) {
        if let (Some(last), Some(out)) = (self.candidates.last_mut(), out) {
            last.out.get_or_insert((out, None, position));
        }
    }

    /// Whether a member is one of the electors.
    #[must_use]
    pub fn has_elector(&self, member: u32) -> bool {
        self.electors.binary_search(&member).is_ok()
    }
}

/// The election with that id, if it is not concluded.
fn find<'a>(cx: &Cx<'a>, id: StatementId) -> Result<(u32, &'a Election), Elections> {
    let index = cx.find_uuid(Kind::Election, id.0).ok_or(Elections::ElectionUnknown)?;
    let election = cx.world.tables.elections.get(index).ok_or(Elections::ElectionUnknown)?;
    if election.conclusion.is_some() {
        return Err(Elections::Concluded);
    }
    Ok((index, election))
}
