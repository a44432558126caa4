//! Classes of the refusals of elections without candidates.

use super::Class;
use archipel_domain::rejection::Elections;

pub(super) const fn class_of(rejection: Elections) -> Class {
    use Elections as E;
    match rejection {
        E::NotFacilitator => Class::Forbidden,
        E::Concluded
        | E::TooEarly
        | E::Late
        | E::SealedAlready
        | E::RevealedAlready
        | E::ChangedAlready
        | E::AlreadyProposed
        | E::NobodyLeft
        | E::LotNeeded
        | E::LotNotNeeded
        | E::NobodyProposed
        | E::OtherCandidate
        | E::ConsentedAlready
        | E::ObjectionOpen
        | E::NoObjection
        | E::ChallengedAlready
        | E::NotAgreed => Class::Conflict,
        E::ElectionUnknown
        | E::NotElector
        | E::Term
        | E::Calendar
        | E::ElectorCount
        | E::ElectorList
        | E::TieSteps
        | E::LotDate
        | E::NothingSealed
        | E::NotTheCommitted
        | E::Facilitator
        | E::NomineeUnknown
        | E::NothingRevealed
        | E::NotNamed
        | E::NotToMove
        | E::NotTied => Class::Refused,
    }
}
