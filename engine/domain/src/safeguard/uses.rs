//! What an act uses, noted while it is decided.

use super::Subject;
use crate::role::Power;
use bincode::{Decode, Encode};

/// The powers that an act uses, and whether it changes rules, safeguards or keys of others.
///
/// The rules of each act say so themselves, by asking for the power (`Cx::require`): no list of
/// acts beside them can be out of date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Uses {
    /// One bit a power, in their order; the highest for rules, the next for last keys.
    bits: u32,
    /// One more than the number of the subject whose safeguard it changes.
    changes: u32,
    /// The member whose keys it replaces.
    recovers: Option<u32>,
}

const RULES: u32 = 1 << 31;
const LAST_KEY: u32 = 1 << 30;

fn bit(power: Power) -> u32 {
    let place = Power::ALL.iter().position(|one| *one == power);
    let place = place.and_then(|place| u32::try_from(place).ok());
    place.and_then(|place| 1_u32.checked_shl(place)).unwrap_or(0)
}

impl Uses {
    /// One power and nothing else.
    #[must_use]
    pub fn of(power: Power) -> Self {
        Self::default().with_power(power)
    }

    /// Also this power.
    #[must_use]
    pub fn with_power(self, power: Power) -> Self {
        Self { bits: self.bits | bit(power), ..self }
    }

    /// Also the rules.
    #[must_use]
    pub fn with_rules(self) -> Self {
        Self { bits: self.bits | RULES, ..self }
    }

    /// Also the safeguard of that subject, and so the rules.
    #[must_use]
    pub fn with_change(self, subject: Subject) -> Self {
        Self { changes: subject.index().saturating_add(1), ..self.with_rules() }
    }

    /// Also the last key of somebody else.
    #[must_use]
    pub fn with_last_key(self) -> Self {
        Self { bits: self.bits | LAST_KEY, ..self }
    }

    /// Also the keys of that member.
    #[must_use]
    pub fn with_recovery(self, member: u32) -> Self {
        Self { recovers: Some(member), ..self }
    }

    /// What either uses.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            bits: self.bits | other.bits,
            changes: self.changes.max(other.changes),
            recovers: self.recovers.or(other.recovers),
        }
    }

    /// Whether it uses that power.
    #[must_use]
    pub fn power(self, power: Power) -> bool {
        self.bits & bit(power) != 0
    }

    /// The powers that it uses.
    pub fn powers(self) -> impl Iterator<Item = Power> {
        Power::ALL.into_iter().filter(move |power| self.power(*power))
    }

    /// Whether it uses any power.
    #[must_use]
    pub fn any_power(self) -> bool {
        self.bits & !(RULES | LAST_KEY) != 0
    }

    /// Whether it changes rules.
    #[must_use]
    pub fn rules(self) -> bool {
        self.bits & RULES != 0
    }

    /// Whether it takes the last key of somebody else.
    #[must_use]
    pub fn last_key(self) -> bool {
        self.bits & LAST_KEY != 0
    }

    /// The subject whose safeguard it changes.
    #[must_use]
    pub fn changes(self) -> Option<Subject> {
        Subject::by_index(self.changes.checked_sub(1)?)
    }

    /// The member whose keys it replaces.
    #[must_use]
    pub fn recovers(self) -> Option<u32> {
        self.recovers
    }
}
