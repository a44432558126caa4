//! Exact shares.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A share p/q, written `{"numerator":2,"denominator":3}`; shown as `2/3`.
///
/// Not necessarily in lowest terms. 32 bits a part, so that a product with any count of ballots
/// fits 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Fraction {
    /// p.
    pub numerator: u32,
    /// q, which must not be 0.
    pub denominator: u32,
}

impl Fraction {
    /// One half.
    pub const HALF: Self = Self::new(1, 2);

    /// p/q as given.
    #[must_use]
    pub const fn new(numerator: u32, denominator: u32) -> Self {
        Self { numerator, denominator }
    }

    /// Whether this is a share: above 0, at most 1.
    #[must_use]
    pub const fn is_share(self) -> bool {
        self.numerator > 0 && self.numerator <= self.denominator
    }

    /// Whether this is at least one half.
    #[must_use]
    pub const fn is_half_or_more(self) -> bool {
        self.numerator as u64 * 2 >= self.denominator as u64
    }

    /// Whether `part` of `whole` reaches this share: part·q >= p·whole, or > if strict.
    #[must_use]
    pub fn is_reached(self, part: u64, whole: u64, strict: bool) -> bool {
        let left = u128::from(part) * u128::from(self.denominator);
        let right = u128::from(self.numerator) * u128::from(whole);
        if strict { left > right } else { left >= right }
    }

    /// The least part of `whole` that reaches this share; `None` when it does not fit 64 bits or
    /// the denominator is 0.
    #[must_use]
    pub fn least_part(self, whole: u64, strict: bool) -> Option<u64> {
        let product = u128::from(self.numerator) * u128::from(whole);
        let denominator = u128::from(self.denominator);
        let part = if strict {
            product.checked_div(denominator)? + 1
        } else {
            product.checked_add(denominator.checked_sub(1)?)?.checked_div(denominator)?
        };
        u64::try_from(part).ok()
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn least_part_at_the_boundaries() {
        let cases = [
            // share, whole, strict, least part
            ((1, 2), 10, false, 5),
            ((1, 2), 10, true, 6),
            ((1, 2), 11, true, 6),
            ((2, 3), 9, false, 6),
            ((2, 3), 10, false, 7),
            ((2, 3), 9, true, 7),
            ((1, 1), 9, false, 9),
            ((1, 3), 0, false, 0),
            ((1, 3), 0, true, 1),
            ((1, 1), u64::MAX, false, u64::MAX),
        ];
        for ((p, q), whole, strict, least) in cases {
            assert_eq!(Fraction::new(p, q).least_part(whole, strict), Some(least), "{p}/{q}");
        }
        assert_eq!(Fraction::new(1, 1).least_part(u64::MAX, true), None);
        assert_eq!(Fraction::new(1, 0).least_part(1, true), None);
        assert_eq!(Fraction::new(1, 0).least_part(1, false), None);
    }

    proptest! {
        #[test]
        fn reached_from_the_least_part_on(
            p in 0u32..50, q in 1u32..50, part in 0u64..300, whole in 0u64..300, strict: bool,
        ) {
            let share = Fraction::new(p, q);
            let least = share.least_part(whole, strict).unwrap();
            prop_assert_eq!(share.is_reached(part, whole, strict), part >= least);
        }
    }
}
