//! Why a draw can not be made.

use std::fmt;

/// Why a draw can not be made. None of these depends on the seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DrawError {
    /// No seat, or more than [`super::Parameters::SEATS_MAX`], or more alternates than that.
    SeatCount,
    /// More people than a list may have.
    TooManyPeople,
    /// Fewer people, households or members of a stratum than seats.
    TooFewPeople,
    /// No group, or more groups, types or compositions than a draw may have.
    StratumCount,
    /// The seats of the groups, or the people of a composition, do not add up to the seats.
    SeatsDoNotAddUp,
    /// The weights add up to nothing.
    NoWeight,
    /// Somebody is in no group or type of the draw.
    UnknownStratum,
    /// A household has members in several groups.
    HouseholdAcrossGroups,
    /// This design does not draw one person of a household; draw the representatives first.
    HouseholdsNotHere,
    /// Types or compositions are not in ascending order, each once, or not of one length.
    NotInOrder,
    /// A weight is 0, or the weights do not add up to the denominator, or it is too large.
    Weights,
    /// The fallback names a stratum that there is not, or twice, or does not fit the design.
    Fallback,
    /// This design takes its key from published numbers, and no other takes it.
    KeyAndDesign,
    /// Somebody who declines is not of this draw, or declines twice.
    NotOfThisDraw,
}

impl DrawError {
    /// Every error, in the order of the list.
    pub const ALL: [Self; 14] = [
        Self::SeatCount,
        Self::TooManyPeople,
        Self::TooFewPeople,
        Self::StratumCount,
        Self::SeatsDoNotAddUp,
        Self::NoWeight,
        Self::UnknownStratum,
        Self::HouseholdAcrossGroups,
        Self::HouseholdsNotHere,
        Self::NotInOrder,
        Self::Weights,
        Self::Fallback,
        Self::KeyAndDesign,
        Self::NotOfThisDraw,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SeatCount => "draw.seat-count",
            Self::TooManyPeople => "draw.too-many-people",
            Self::TooFewPeople => "draw.too-few-people",
            Self::StratumCount => "draw.stratum-count",
            Self::SeatsDoNotAddUp => "draw.seats-do-not-add-up",
            Self::NoWeight => "draw.no-weight",
            Self::UnknownStratum => "draw.unknown-stratum",
            Self::HouseholdAcrossGroups => "draw.household-across-groups",
            Self::HouseholdsNotHere => "draw.households-not-here",
            Self::NotInOrder => "draw.not-in-order",
            Self::Weights => "draw.weights",
            Self::Fallback => "draw.fallback",
            Self::KeyAndDesign => "draw.key-and-design",
            Self::NotOfThisDraw => "draw.not-of-this-draw",
        }
    }
}

impl fmt::Display for DrawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SeatCount => "the number of seats or alternates is out of range",
            Self::TooManyPeople => "more people than this draw admits",
            Self::TooFewPeople => "fewer people than seats",
            Self::StratumCount => "the number of groups, types or compositions is out of range",
            Self::SeatsDoNotAddUp => "the parts do not add up to the seats",
            Self::NoWeight => "no group has any weight",
            Self::UnknownStratum => "somebody is in no group or type of this draw",
            Self::HouseholdAcrossGroups => "a household has members in several groups",
            Self::HouseholdsNotHere => "draw one person of each household first",
            Self::NotInOrder => "types or compositions are not in ascending order",
            Self::Weights => "the weights of the compositions do not add up",
            Self::Fallback => "the fallback does not fit the draw",
            Self::KeyAndDesign => "published numbers and this design do not go together",
            Self::NotOfThisDraw => "somebody who declines was not drawn",
        })
    }
}

impl std::error::Error for DrawError {}
