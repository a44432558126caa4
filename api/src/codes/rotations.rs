//! Classes of the refusals of availability and rotation.

use super::Class;
use archipel_domain::rejection::Rotations;

pub(super) const fn class_of(rejection: Rotations) -> Class {
    use Rotations as R;
    match rejection {
        // What another act, or time, has changed since.
        R::Superseded | R::PeriodPast | R::Overlaps | R::SeedUnknown | R::SeedOrder | R::Loads => {
            Class::Conflict
        }
        R::DeclaredCount
        | R::IntervalOrder
        | R::RotationUnknown
        | R::PeriodCount
        | R::PeriodOrder
        | R::RoleCount
        | R::RoleTwice
        | R::SeatCount
        | R::Weight
        | R::NeverHeld
        | R::ClosedPeriod
        | R::TermTooLong
        | R::RoleUnknown
        | R::WithItself
        | R::PeopleCount
        | R::PersonUnknown
        | R::PersonTwice
        | R::TooMany
        | R::NoSuchPlace
        | R::NoSuchPerson
        | R::PlaceTwice
        | R::PlaceMissing
        | R::Order
        | R::NotEligible
        | R::NotAvailable
        | R::HeldEnough
        | R::CoolingOff
        | R::SameRole
        | R::Incompatible
        | R::LoadCap
        | R::Fillable
        | R::Reason
        | R::Filled
        | R::LoadRatios
        | R::Gaps
        | R::Lots
        | R::Bound
        | R::Reached
        | R::NoAssignmentProblem
        | R::PotentialShape
        | R::PotentialSign
        | R::PotentialOfVacancy
        | R::PotentialOfPair
        | R::PotentialSum
        | R::NotTheBest
        | R::NotProven => Class::Refused,
    }
}
