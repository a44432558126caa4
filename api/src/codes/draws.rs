//! Classes of the refusals of draws by lot.

use super::Class;
use archipel_domain::rejection::Draws;

pub(super) const fn class_of(rejection: Draws) -> Class {
    use Draws as D;
    match rejection {
        D::AlreadyDrawn
        | D::TooEarly
        | D::RoundPast
        | D::Replayed
        | D::NotDrawn
        | D::AlreadyDeclined => Class::Conflict,
        D::DrawUnknown
        | D::SeatCount
        | D::StratumCount
        | D::SeatsDoNotAddUp
        | D::NoWeight
        | D::Fallback
        | D::PeopleCount
        | D::NotOneGroup
        | D::TooFewPeople
        | D::UnknownChain
        | D::OtherKind
        | D::WrongChain
        | D::WrongRound
        | D::CommitmentCount
        | D::RepeatedCommitment
        | D::RevealCount
        | D::NotTheCommitted
        | D::TooFewReveals
        | D::Numbers
        | D::Date
        | D::List
        | D::NotOfThisDraw => Class::Refused,
    }
}
