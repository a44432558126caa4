//! Classes of the refusals of circles, roles and mandates.

use super::Class;
use archipel_domain::rejection::Roles;

pub(super) const fn class_of(rejection: Roles) -> Class {
    use Roles as R;
    match rejection {
        R::PowerNotHeld | R::NotHolder => Class::Forbidden,
        R::CircleExists
        | R::CircleDissolved
        | R::CircleEnded
        | R::CircleInUse
        | R::CircleDomainTaken
        | R::RoleExists
        | R::RoleRetired
        | R::RoleDomainTaken
        | R::RoleHeld
        | R::AssignmentExists
        | R::BasisUndecided
        | R::BasisRejected
        | R::BasisUsed
        | R::NoVacancy
        | R::InterimAgain
        | R::AlreadyHolds
        | R::SeatsTaken
        | R::Incompatible
        | R::TooHeavy
        | R::TermsInARow
        | R::TermsInAll
        | R::AssignmentEnded
        | R::RecallByVote
        | R::NotAwaited
        | R::DelegatedAlready
        | R::DelegationRing
        | R::NotDelegated => Class::Conflict,
        R::CircleUnknown
        | R::CircleRoot
        | R::CircleEnd
        | R::CircleDomainOutside
        | R::RoleUnknown
        | R::RoleChartered
        | R::RoleNotChartered
        | R::Scope
        | R::SeatCount
        | R::TermLength
        | R::Limits
        | R::FilledBy
        | R::LinkRule
        | R::RoleDomainOutside
        | R::MemberUnknown
        | R::TermReversed
        | R::TermTooLong
        | R::BeyondCircle
        | R::WayNotAllowed
        | R::OtherElectorate
        | R::BasisUnknown
        | R::BasisOtherSubject
        | R::BasisOtherRole
        | R::BasisOtherTerm
        | R::BasisNotChosen
        | R::AssignmentUnknown
        | R::EndReason
        | R::NotDelegable
        | R::DelegationTerm
        | R::DelegationPowers => Class::Refused,
    }
}
