//! Classes of the refusals of safeguards and requests.

use super::Class;
use archipel_domain::rejection::Safeguards;

pub(super) const fn class_of(rejection: Safeguards) -> Class {
    use Safeguards as S;
    match rejection {
        S::NotYours | S::CountersignRequired => Class::Forbidden,
        S::RequestExists
        | S::AlreadyCarried
        | S::AlreadyStopped
        | S::Lapsed
        | S::AlreadySigned
        | S::TooEarly
        | S::TooFewSignatures
        | S::TooFewHolders
        | S::NotSet => Class::Conflict,
        S::Holders | S::Hours | S::Nested | S::NotGuarded | S::RequestUnknown | S::OtherAct => {
            Class::Refused
        }
    }
}
