//! What is wrong with a request or a plan, as rejections.

use super::Rotations;
use crate::role::rotation::{Fault, RosterError};

impl From<Fault> for Rotations {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NoSuchPlace(_) => Self::NoSuchPlace,
            Fault::NoSuchPerson(_) => Self::NoSuchPerson,
            Fault::PlaceTwice(_) => Self::PlaceTwice,
            Fault::PlaceMissing(_) => Self::PlaceMissing,
            Fault::Order(_) => Self::Order,
            Fault::NotEligible(_) => Self::NotEligible,
            Fault::NotAvailable(_) => Self::NotAvailable,
            Fault::HeldEnough(_) => Self::HeldEnough,
            Fault::CoolingOff(_) => Self::CoolingOff,
            Fault::SameRole(_) => Self::SameRole,
            Fault::Incompatible(_) => Self::Incompatible,
            Fault::LoadCap(_) => Self::LoadCap,
            Fault::Fillable(_) => Self::Fillable,
            Fault::Reason(_) => Self::Reason,
            Fault::Loads => Self::Loads,
            Fault::Filled => Self::Filled,
            Fault::LoadRatios => Self::LoadRatios,
            Fault::Gaps => Self::Gaps,
            Fault::Lots => Self::Lots,
            // Above the bound is no plan that keeps the rules.
            Fault::Bound | Fault::AboveBound => Self::Bound,
            Fault::Reached => Self::Reached,
            Fault::NoAssignmentProblem => Self::NoAssignmentProblem,
            Fault::PotentialShape => Self::PotentialShape,
            Fault::PotentialSign(_) => Self::PotentialSign,
            Fault::PotentialOfVacancy(_) => Self::PotentialOfVacancy,
            Fault::PotentialOfPair(..) => Self::PotentialOfPair,
            Fault::PotentialSum => Self::PotentialSum,
            Fault::NotTheBest => Self::NotTheBest,
            Fault::NotProven => Self::NotProven,
        }
    }
}

impl From<RosterError> for Rotations {
    /// All but the size is found before, or can not be in a request that is made from the state.
    fn from(error: RosterError) -> Self {
        match error {
            RosterError::PeriodCount => Self::PeriodCount,
            RosterError::RoleTwice(_) => Self::RoleTwice,
            RosterError::RoleUnknown(_) => Self::RoleUnknown,
            RosterError::NeverHeld(_) => Self::NeverHeld,
            RosterError::WithItself(_) => Self::WithItself,
            RosterError::Weight(..) => Self::Weight,
            RosterError::PersonTwice(_) => Self::PersonTwice,
            _ => Self::TooMany,
        }
    }
}
