//! Draws by lot on the log: announced before chance comes, drawn from what came, and who takes
//! the place of those who decline. The draws themselves are in [`crate::draw`].
//!
//! The pool of a draw among members is those who belonged, in the groups that were named, just
//! before the announcement. It is read from the state by that position: whoever leaves or comes
//! later changes nothing in what is, or will be, drawn.

mod draw_announced;
mod draw_declined;
mod draw_drawn;
mod terms;

pub use draw_announced::{AnnounceDraw, DrawAnnounced};
pub(crate) use draw_announced::{chance_comes_at, is_chance_replayed};
pub use draw_declined::{ANSWER_DAYS, DeclineDraw, DrawDeclined};
pub(crate) use draw_drawn::is_complete as has_all_come;
pub use draw_drawn::{DrawDrawn, DrawLots, Listed, ListedStratum};
pub use terms::{
    DrawPool, Fallback, FilePool, FrozenPool, MemberDesign, MemberPool, MemberTerms, pool_at,
};

use crate::authority::Cx;
use crate::draw::{
    Announcement, Beacon, BeaconVerifier, Chain, DrawError, Drawn, Entropy, EntropyError, Seat,
    Stratum, replace_from,
};
use crate::entity::Kind;
use crate::id::{Hash, Line, Prose, StatementId};
use crate::rejection::rejections;
use crate::role::FrozenFill;
use crate::time::Timestamp;
use bincode::{Decode, Encode};

rejections! {
    /// Refusals of the draws, in order of precedence.
    Draws {
        /// There is no such draw.
        DrawUnknown => "draw.unknown",
        /// The lot was drawn already.
        AlreadyDrawn => "draw.already-drawn",
        /// The chance can not have come yet, or secrets are still awaited.
        TooEarly => "draw.too-early",
        /// No seat, or more seats and alternates than [`PLACES_MAX`].
        SeatCount => "draw.seat-count",
        /// No group, or more than [`GROUPS_MAX`].
        StratumCount => "draw.stratum-count",
        /// The seats of the groups do not add up to the seats.
        SeatsDoNotAddUp => "draw.seats-do-not-add-up",
        /// No group has any weight.
        NoWeight => "draw.no-weight",
        /// The fallback names a group that there is not, or one twice.
        Fallback => "draw.fallback",
        /// Nobody can be drawn, or more than a pool may have.
        PeopleCount => "pool.people-count",
        /// Somebody of the pool is in none, or in several, of the groups that have seats.
        NotOneGroup => "draw.not-one-group",
        /// Fewer people, or fewer of a group, than seats.
        TooFewPeople => "draw.too-few-people",
        /// The chain of beacons is not known.
        UnknownChain => "entropy.unknown-chain",
        /// This is another kind of chance than the announced one.
        OtherKind => "entropy.other-kind",
        /// The beacon is of another chain.
        WrongChain => "entropy.wrong-chain",
        /// The beacon is of another round, or of none.
        WrongRound => "entropy.wrong-round",
        /// The commitments are not 3 to 64, or fewer than must be revealed.
        CommitmentCount => "entropy.commitment-count",
        /// Two commitments are equal.
        RepeatedCommitment => "entropy.repeated-commitment",
        /// There is not one reveal for each commitment.
        RevealCount => "entropy.reveal-count",
        /// A secret is not the committed one.
        NotTheCommitted => "entropy.not-the-committed",
        /// Fewer secrets were revealed than announced.
        TooFewReveals => "entropy.too-few-reveals",
        /// Sources or numbers are missing, too many or out of range.
        Numbers => "entropy.numbers",
        /// A date is missing, not in the future or too far in it, or given for a beacon.
        Date => "draw.date",
        /// The round had come when it was announced.
        RoundPast => "entropy.round-past",
        /// This source of chance was announced for an earlier draw or lot.
        Replayed => "entropy.replayed",
        /// Who is drawn is listed for a file, and then in due form; never for members.
        List => "draw.list",
        /// The lot is not drawn yet.
        NotDrawn => "draw.not-drawn",
        /// They have no seat in this draw, and are no alternate.
        NotOfThisDraw => "draw.not-of-this-draw",
        /// They have declined already.
        AlreadyDeclined => "draw.already-declined",
    }
}

/// Most seats and alternates together, of all strata.
pub const PLACES_MAX: u32 = 8192;
/// Most groups that a pool or a design names, and most strata of a list.
pub const GROUPS_MAX: usize = 256;
/// How far ahead chance may come, in days.
pub const DRAW_DAYS_MAX: i64 = 366;

impl From<EntropyError> for Draws {
    /// A signature is verified before the rules, and no seed is claimed on the log.
    fn from(error: EntropyError) -> Self {
        match error {
            EntropyError::UnknownChain => Self::UnknownChain,
            EntropyError::WrongChain => Self::WrongChain,
            EntropyError::WrongRound => Self::WrongRound,
            EntropyError::RoundPast => Self::RoundPast,
            EntropyError::CommitmentCount => Self::CommitmentCount,
            EntropyError::RepeatedCommitment => Self::RepeatedCommitment,
            EntropyError::Replayed => Self::Replayed,
            EntropyError::RevealCount => Self::RevealCount,
            EntropyError::NotTheCommitted => Self::NotTheCommitted,
            EntropyError::TooFewReveals => Self::TooFewReveals,
            EntropyError::Numbers => Self::Numbers,
            EntropyError::OtherKind | EntropyError::BadSignature | EntropyError::Foreign => {
                Self::OtherKind
            }
        }
    }
}

impl From<DrawError> for Draws {
    fn from(error: DrawError) -> Self {
        match error {
            DrawError::SeatCount => Self::SeatCount,
            DrawError::StratumCount => Self::StratumCount,
            DrawError::SeatsDoNotAddUp => Self::SeatsDoNotAddUp,
            DrawError::NoWeight => Self::NoWeight,
            DrawError::UnknownStratum => Self::NotOneGroup,
            DrawError::Fallback => Self::Fallback,
            DrawError::TooFewPeople => Self::TooFewPeople,
            // Of designs that are not drawn here.
            _ => Self::StratumCount,
        }
    }
}

/// Trusts signatures of beacons: the engine verifies them before the rules are asked.
#[derive(Clone, Copy, Debug)]
pub struct VerifiedBefore;

impl BeaconVerifier for VerifiedBefore {
    fn is_signed(&self, _: &Chain, _: &Beacon) -> bool {
        true
    }
}

/// Those of one stratum, by number: members by theirs, others by their place in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Places {
    /// Who has a seat, in the order in which they were drawn.
    pub drawn: Vec<u32>,
    /// Who replaces those who decline, in this order.
    pub alternates: Vec<u32>,
    /// From which strata its seats are filled when no alternate is left, in this order.
    pub then: Vec<u32>,
}

/// The lot, as drawn.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LotsDrawn {
    /// Position of the statement.
    pub position: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// What came.
    pub entropy: Entropy,
    /// What followed from it.
    pub seed: Hash,
    /// Who was drawn.
    pub strata: Vec<Places>,
    /// Hash of the published file, and the ids in it by their numbers, for people who are not
    /// members.
    pub listed: Option<(Hash, Vec<Line>)>,
}

/// Somebody declined, or can not answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Declined {
    /// Who, by number.
    pub who: u32,
    /// Why.
    pub reason: Prose,
    /// The seat that was theirs, by number from 0.
    pub seat: Option<u32>,
    /// Who takes it, if anybody is left.
    pub next: Option<u32>,
    /// Position of the statement.
    pub position: u64,
}

/// A draw by lot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Draw {
    /// Title for people.
    pub title: Option<Line>,
    /// What it is for.
    pub purpose: Option<Prose>,
    /// Position of the announcement.
    pub announced: u64,
    /// When it was recorded.
    pub announced_at: Timestamp,
    /// Who can be drawn, and how.
    pub pool: Option<FrozenPool>,
    /// Where chance comes from.
    pub chance: Option<Announcement>,
    /// When it comes, or until when secrets are awaited.
    pub comes_at: Timestamp,
    /// The role that it fills, and for which term.
    pub fills: Option<FrozenFill>,
    /// What was drawn.
    pub drawn: Option<LotsDrawn>,
    /// Who declined, in order.
    pub declined: Vec<Declined>,
}

impl Draw {
    /// Each seat and who holds it; none before the draw.
    #[must_use]
    pub fn seats(&self) -> Vec<Seat> {
        let declined: Vec<u32> = self.declined.iter().map(|one| one.who).collect();
        self.drawn.as_ref().and_then(|lots| lots.seats(&declined).ok()).unwrap_or_default()
    }
}

impl LotsDrawn {
    /// Each seat and who holds it after these declined.
    fn seats(&self, declined: &[u32]) -> Result<Vec<Seat>, DrawError> {
        let stratum = |each: &Places| Stratum {
            drawn: each.drawn.clone(),
            alternates: each.alternates.clone(),
        };
        let strata = self.strata.iter().map(stratum).collect();
        let sources = |own: usize| {
            let then = self.strata.get(own).into_iter().flat_map(|each| &each.then);
            let then = then.filter_map(|number| usize::try_from(*number).ok());
            std::iter::once(own).chain(then).collect()
        };
        replace_from(&Drawn { composition: None, strata }, &sources, declined)
    }

    /// Whether somebody has a seat or is an alternate.
    #[must_use]
    pub fn holds(&self, who: u32) -> bool {
        let mut all = self.strata.iter().flat_map(|each| each.drawn.iter().chain(&each.alternates));
        all.any(|one| *one == who)
    }
}

/// The draw with that id.
fn find<'a>(cx: &Cx<'a>, id: StatementId) -> Result<(u32, &'a Draw), Draws> {
    let index = cx.find_uuid(Kind::Draw, id.0).ok_or(Draws::DrawUnknown)?;
    let draw = cx.world.tables.draws.get(index).ok_or(Draws::DrawUnknown)?;
    Ok((index, draw))
}
