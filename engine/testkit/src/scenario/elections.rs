//! Acts of elections without candidates in few words.

use archipel_domain::draw::Entropy;
use archipel_domain::election::{
    AnswerCandidacy, Calendar, ChangeNomination, ConcludeElection, ConsentToCandidate,
    DeclineCandidacy, ElectionAnswer, Electors, Integration, ObjectToCandidate, OpenElection,
    ProposeCandidate, RevealNomination, SealNomination, Silence, TieStep, seal as commitment,
};
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::time::Timestamp;

use super::{DAY_MS, Person, acts, lots, person};

/// Every way of settling ties before the lot.
pub const TIES: [TieStep; 3] = [TieStep::SelfNominator, TieStep::Incumbent, TieStep::Revote];

/// For a seat of the observers, by persons 2 to 5: nominations until tomorrow, reasons for a day,
/// changes for a day, rounds of a day; the lot by secrets that are awaited until the tenth day.
#[must_use]
pub fn open(now: Timestamp) -> OpenElection {
    let day = |days: i64| now.plus_ms(days * DAY_MS);
    OpenElection {
        role: acts::slug("observer"),
        from: day(5),
        until: day(105),
        criteria: acts::reason(),
        electors: Electors::Listed((2..=5).map(|number| person(number).id).collect()),
        calendar: Calendar {
            opens_at: None,
            nominate_by: day(1),
            share_by: day(2),
            change_by: day(3),
            round_hours: 24,
        },
        ties: TIES.to_vec(),
        lot: lots::committed(1, 2),
        lot_at: Some(day(10)),
        silence: Silence::Consents,
    }
}

/// The salt of somebody's nomination.
#[must_use]
pub fn salt(nominator: Person) -> Hash {
    Hash::of(&nominator.id.0.to_be_bytes())
}

/// A sealed nomination.
#[must_use]
pub fn seal(election: StatementId, nominator: Person, nominee: Person) -> SealNomination {
    let commitment = commitment(election, nominator.id, nominee.id, salt(nominator));
    SealNomination { election, commitment }
}

/// The same, revealed.
#[must_use]
pub fn reveal(election: StatementId, nominator: Person, nominee: Person) -> RevealNomination {
    let (nominee, salt, reason) = (nominee.id, salt(nominator), acts::reason());
    RevealNomination { election, nominee, salt, reason }
}

/// A change, or, with the same person, none.
#[must_use]
pub fn change(election: StatementId, nominee: Person) -> ChangeNomination {
    ChangeNomination { election, nominee: nominee.id, reason: acts::reason() }
}

/// What follows from the nominations.
#[must_use]
pub fn propose(election: StatementId, entropy: Option<Entropy>) -> ProposeCandidate {
    ProposeCandidate { election, entropy }
}

/// Consent.
#[must_use]
pub fn consent(election: StatementId, candidate: Person) -> ConsentToCandidate {
    ConsentToCandidate { election, candidate: candidate.id }
}

/// An objection.
#[must_use]
pub fn object(election: StatementId, candidate: Person) -> ObjectToCandidate {
    ObjectToCandidate { election, candidate: candidate.id, reason: acts::reason() }
}

fn answer(election: StatementId, objector: Person, answer: ElectionAnswer) -> AnswerCandidacy {
    AnswerCandidacy { election, objector: objector.id, answer }
}

/// An objection is doubted.
#[must_use]
pub fn challenge(election: StatementId, objector: Person) -> AnswerCandidacy {
    answer(election, objector, ElectionAnswer::Challenged(acts::reason()))
}

/// An objection is met by other terms.
#[must_use]
pub fn integrate(
    election: StatementId,
    objector: Person,
    until: Option<Timestamp>,
) -> AnswerCandidacy {
    let integration = Integration { note: acts::reason(), until };
    answer(election, objector, ElectionAnswer::Integrated(integration))
}

/// The candidate is discarded for an objection.
#[must_use]
pub fn discard(election: StatementId, objector: Person) -> AnswerCandidacy {
    answer(election, objector, ElectionAnswer::Discarded(acts::reason()))
}

/// The person proposed declines.
#[must_use]
pub fn decline(election: StatementId) -> DeclineCandidacy {
    DeclineCandidacy { election, reason: acts::reason() }
}

/// The end.
#[must_use]
pub fn conclude(election: StatementId) -> ConcludeElection {
    ConcludeElection { election }
}
