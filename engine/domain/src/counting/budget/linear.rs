//! Numbers that grow evenly as everybody's share is raised, and how long their signs stay.
//!
//! As long as the same people pay for the same projects in the same way, what each has left and
//! what each project costs them are linear in the share. A count only compares such numbers: up to
//! the first raise at which one of the comparisons comes out otherwise, its outcome is the same.

use num_bigint::{BigInt, Sign};
use num_integer::Integer as _;
use std::cmp::Ordering;

/// A number, and what each raise adds to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Linear {
    now: BigInt,
    slope: BigInt,
}

impl Linear {
    pub(super) const fn new(now: BigInt, slope: BigInt) -> Self {
        Self { now, slope }
    }

    /// A number that stays.
    pub(super) const fn fixed(now: BigInt) -> Self {
        Self { now, slope: BigInt::ZERO }
    }

    /// What it is before any further raise.
    pub(super) const fn now(&self) -> &BigInt {
        &self.now
    }

    pub(super) fn times(&self, factor: &BigInt) -> Self {
        Self { now: &self.now * factor, slope: &self.slope * factor }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.now += &other.now;
        self.slope += &other.slope;
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        Self { now: &self.now - &other.now, slope: &self.slope - &other.slope }
    }

    /// The greatest common divisor with another number.
    pub(super) fn gcd(&self, other: &BigInt) -> BigInt {
        self.now.gcd(other).gcd(&self.slope)
    }

    /// Both parts, divided by a common divisor.
    pub(super) fn over(&self, divisor: &BigInt) -> (BigInt, BigInt) {
        (&self.now / divisor, &self.slope / divisor)
    }

    pub(super) fn divided(&self, divisor: &BigInt) -> Self {
        let (now, slope) = self.over(divisor);
        Self { now, slope }
    }

    pub(super) fn sign(&self) -> Ordering {
        self.now.cmp(&BigInt::ZERO)
    }

    /// The first raise after which it has another sign, if there is one.
    fn turns(&self) -> Option<BigInt> {
        match (self.now.sign(), self.slope.sign()) {
            (_, Sign::NoSign) => None,
            (Sign::NoSign, _) => Some(BigInt::from(1)),
            (now, slope) if now == slope => None,
            _ => {
                let (now, slope) = (self.now.magnitude(), self.slope.magnitude());
                Some(now.div_ceil(slope).into())
            }
        }
    }
}

/// A fraction that is not reduced; the denominator is above 0.
#[derive(Clone, Debug)]
pub(super) struct Rate(pub(super) Linear, pub(super) BigInt);

impl Rate {
    /// By how much it is above another, times both denominators.
    pub(super) fn above(&self, other: &Self) -> Linear {
        self.0.times(&other.1).minus(&other.0.times(&self.1))
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        self.above(other).sign()
    }
}

/// The first raise at which one of the numbers looked at has another sign.
#[derive(Debug, Default)]
pub(super) struct Horizon(Option<BigInt>);

impl Horizon {
    /// The sign of a number, to be kept in mind.
    pub(super) fn look_at(&mut self, value: &Linear) -> Ordering {
        if let Some(turns) = value.turns()
            && self.0.as_ref().is_none_or(|known| turns < *known)
        {
            self.0 = Some(turns);
        }
        value.sign()
    }

    /// How many raises until then; none if nothing ever changes.
    pub(super) fn raises(&self) -> Option<BigInt> {
        self.0.clone()
    }
}
