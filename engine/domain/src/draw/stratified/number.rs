//! Numbers for the simplex method: exact ones, and fixed-point ones that only propose.

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One as _, Signed as _, ToPrimitive as _, Zero as _};
use std::cmp::Ordering;

/// What the simplex method needs of a number.
pub(super) trait Number: Clone + std::fmt::Debug {
    /// A whole number.
    fn whole(value: i64) -> Self;
    /// The nearest number to a fraction.
    fn nearest(value: &BigRational) -> Self;
    /// a + b.
    fn plus(&self, other: &Self) -> Self;
    /// a · b.
    fn times(&self, other: &Self) -> Self;
    /// a / b; nothing if b is 0.
    fn over(&self, other: &Self) -> Option<Self>;
    /// -a.
    fn negated(&self) -> Self;
    /// Against 0, with what counts as 0 for this kind.
    fn sign(&self) -> Ordering;
    /// Whether this is large enough in size to divide a row by.
    fn can_divide(&self) -> bool;
    /// The order of the numbers to the last digit.
    fn order(&self, other: &Self) -> Ordering;
    /// The largest whole number that is not above.
    fn down(&self) -> Self;
    /// Whether this counts as a whole number.
    fn is_whole(&self) -> bool;
    /// A whole number as a count of people.
    fn count(&self) -> Option<u32>;

    /// a + b · c.
    fn plus_product(&self, one: &Self, other: &Self) -> Self {
        self.plus(&one.times(other))
    }

    /// 0.
    fn nought() -> Self {
        Self::whole(0)
    }

    /// a - b.
    fn minus(&self, other: &Self) -> Self {
        self.plus(&other.negated())
    }

    /// The order of the numbers.
    fn against(&self, other: &Self) -> Ordering {
        self.minus(other).sign()
    }

    /// Whether this counts as 0.
    fn is_nought(&self) -> bool {
        self.sign() == Ordering::Equal
    }

    /// The size, without the sign.
    fn size(&self) -> Self {
        if self.sign() == Ordering::Less { self.negated() } else { self.clone() }
    }
}

/// An exact fraction. Nearly all are small, and small ones are cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Exact {
    /// In lowest terms, above a positive denominator; never `i64::MIN`.
    Small(i64, i64),
    /// Whatever does not fit.
    Big(Box<BigRational>),
}

impl Exact {
    /// From parts that may have a common factor; the denominator is positive.
    fn reduced(numerator: i128, denominator: i128) -> Self {
        if let (Ok(n), Ok(d)) = (i64::try_from(numerator), i64::try_from(denominator)) {
            let common = i64::try_from(divisor(n.unsigned_abs(), d.unsigned_abs())).unwrap_or(1);
            return match common.max(1) {
                1 => Self::lowest(numerator, denominator),
                common => Self::lowest((n / common).into(), (d / common).into()),
            };
        }
        let common = numerator.unsigned_abs().gcd(&denominator.unsigned_abs());
        let common = i128::try_from(common).unwrap_or(1).max(1);
        Self::lowest(numerator / common, denominator / common)
    }

    fn lowest(numerator: i128, denominator: i128) -> Self {
        match (i64::try_from(numerator), i64::try_from(denominator)) {
            (Ok(n), Ok(d)) if n != i64::MIN => Self::Small(n, d),
            _ => Self::Big(Box::new(BigRational::new_raw(numerator.into(), denominator.into()))),
        }
    }

    pub(super) fn of(value: BigRational) -> Self {
        match (value.numer().to_i64(), value.denom().to_i64()) {
            (Some(n), Some(d)) if n != i64::MIN => Self::Small(n, d),
            _ => Self::Big(Box::new(value)),
        }
    }

    pub(super) fn to_big(&self) -> BigRational {
        match self {
            Self::Small(n, d) => BigRational::new_raw((*n).into(), (*d).into()),
            Self::Big(value) => (**value).clone(),
        }
    }

    /// The largest whole number that is not above.
    pub(super) fn floor(&self) -> BigInt {
        match self {
            Self::Small(n, d) => n.div_euclid(*d).into(),
            Self::Big(value) => value.floor().to_integer(),
        }
    }
}

impl Number for Exact {
    fn whole(value: i64) -> Self {
        Self::lowest(value.into(), 1)
    }

    fn nearest(value: &BigRational) -> Self {
        Self::of(value.clone())
    }

    #[inline]
    fn plus(&self, other: &Self) -> Self {
        if let (Self::Small(a, b), Self::Small(c, d)) = (self, other) {
            if let (1, 1, Some(sum)) = (b, d, a.checked_add(*c).filter(|sum| *sum != i64::MIN)) {
                return Self::Small(sum, 1);
            }
            let [a, b, c, d] = [*a, *b, *c, *d].map(i128::from);
            if let Some(sum) = (a * d).checked_add(c * b) {
                return Self::reduced(sum, b * d);
            }
        }
        Self::of(self.to_big() + other.to_big())
    }

    #[inline]
    fn times(&self, other: &Self) -> Self {
        if let (Self::Small(a, b), Self::Small(c, d)) = (self, other) {
            let product = a.checked_mul(*c).filter(|product| *product != i64::MIN);
            if let (1, 1, Some(product)) = (b, d, product) {
                return Self::Small(product, 1);
            }
            let [a, b, c, d] = [*a, *b, *c, *d].map(i128::from);
            return Self::reduced(a * c, b * d);
        }
        Self::of(self.to_big() * other.to_big())
    }

    fn over(&self, other: &Self) -> Option<Self> {
        match other {
            Self::Small(0, _) => None,
            Self::Small(n, d) => {
                let sign = n.signum();
                Some(self.times(&Self::Small(d * sign, n.abs())))
            }
            Self::Big(value) => Some(Self::of(self.to_big() / &**value)),
        }
    }

    #[inline]
    fn plus_product(&self, one: &Self, other: &Self) -> Self {
        if let (Self::Small(a, b), Self::Small(c, d), Self::Small(e, f)) = (self, one, other) {
            // One reduction instead of two, while everything is small.
            let sum = || {
                let below = d.checked_mul(*f)?;
                let left = a.checked_mul(below)?;
                let right = c.checked_mul(*e)?.checked_mul(*b)?;
                Some((left.checked_add(right)?, below.checked_mul(*b)?))
            };
            match sum() {
                Some((n, 1)) => return Self::lowest(n.into(), 1),
                Some((n, d)) => return Self::reduced(n.into(), d.into()),
                None => {}
            }
        }
        self.plus(&one.times(other))
    }

    #[inline]
    fn negated(&self) -> Self {
        match self {
            Self::Small(n, d) => Self::Small(-n, *d),
            Self::Big(value) => Self::of(-(**value).clone()),
        }
    }

    fn sign(&self) -> Ordering {
        match self {
            Self::Small(n, _) => n.cmp(&0),
            Self::Big(value) if value.is_zero() => Ordering::Equal,
            Self::Big(value) if value.is_negative() => Ordering::Less,
            Self::Big(_) => Ordering::Greater,
        }
    }

    fn can_divide(&self) -> bool {
        !self.is_nought()
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Small(a, b), Self::Small(c, d)) => {
                let [a, b, c, d] = [*a, *b, *c, *d].map(i128::from);
                (a * d).cmp(&(c * b))
            }
            _ => self.to_big().cmp(&other.to_big()),
        }
    }

    fn down(&self) -> Self {
        match self {
            Self::Small(n, d) => Self::Small(n.div_euclid(*d), 1),
            Self::Big(value) => Self::of(value.floor()),
        }
    }

    fn is_whole(&self) -> bool {
        match self {
            Self::Small(_, d) => *d == 1,
            Self::Big(value) => value.is_integer(),
        }
    }

    fn count(&self) -> Option<u32> {
        self.floor().to_u32()
    }
}

/// The greatest common divisor. Nearly always the second number is very small, and then Euclid's
/// steps are few.
fn divisor(a: u64, b: u64) -> u64 {
    let (mut high, mut low) = (b, a.checked_rem(b).unwrap_or(a));
    while low > 0 {
        (high, low) = match (u32::try_from(high), u32::try_from(low)) {
            (Ok(h), Ok(l)) => (low, (h % l).into()),
            _ => (low, high % low),
        };
    }
    high
}

/// Binary digits after the point of [`Fixed`].
pub(super) const POINT: u32 = 60;
/// What counts as 0 in [`Fixed`]: 2^-36.
const NOUGHT: i128 = 1 << (POINT - 36);
/// The least that [`Fixed`] divides by: 2^-20.
const DIVISOR_MIN: i128 = 1 << (POINT - 20);

/// A fixed-point number of 60 binary digits after the point. What is computed with it proposes,
/// and decides nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fixed(i128);

impl Fixed {
    /// The number as an exact fraction.
    pub(super) fn to_big(self) -> BigRational {
        BigRational::new(self.0.into(), BigInt::one() << POINT)
    }

    /// So many times the number.
    pub(super) fn many(self, count: u32) -> Self {
        Self(self.0.wrapping_mul(count.into()))
    }

    /// So many parts of 2^-60.
    pub(super) const fn of_parts(parts: i128) -> Self {
        Self(parts)
    }

    /// The number in parts of 2^-60.
    pub(super) const fn parts(self) -> i128 {
        self.0
    }

    /// The number times 2^bits, without what is after the point; nothing if that is large.
    pub(super) fn scaled(self, bits: u32) -> Option<i64> {
        i64::try_from(self.0 >> POINT.saturating_sub(bits)).ok()
    }
}

impl Number for Fixed {
    fn whole(value: i64) -> Self {
        Self(i128::from(value) << POINT)
    }

    fn nearest(value: &BigRational) -> Self {
        let scaled = value * BigRational::from_integer(BigInt::one() << POINT);
        Self(scaled.round().to_integer().to_i128().unwrap_or(i128::MAX))
    }

    #[inline]
    fn plus(&self, other: &Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    #[inline]
    fn times(&self, other: &Self) -> Self {
        // (h·2^60 + l)(g·2^60 + m) / 2^60, with 0 <= l, m < 2^60. Beyond 2^63 it wraps: a wrong
        // proposal is found out.
        let mask = (1 << POINT) - 1;
        let parts = |value: i128| ((value >> POINT) as i64, (value & mask) as i64);
        let wide = |a: i64, b: i64| i128::from(a).wrapping_mul(i128::from(b));
        let ((h, l), (g, m)) = (parts(self.0), parts(other.0));
        let middle = wide(h, m).wrapping_add(wide(g, l));
        Self((wide(h, g) << POINT).wrapping_add(middle).wrapping_add(wide(l, m) >> POINT))
    }

    fn over(&self, other: &Self) -> Option<Self> {
        if other.0 == 0 {
            return None;
        }
        // Long division, in two steps of half the digits.
        let half = POINT / 2;
        let (quotient, rest) = self.0.div_rem(&other.0);
        let (second, rest) = (rest.saturating_mul(1 << half)).div_rem(&other.0);
        let third = rest.saturating_mul(1 << half) / other.0;
        let high = quotient.saturating_mul(1 << POINT);
        Some(Self(high.saturating_add(second << half).saturating_add(third)))
    }

    fn negated(&self) -> Self {
        Self(self.0.wrapping_neg())
    }

    fn sign(&self) -> Ordering {
        if self.0.wrapping_abs() <= NOUGHT { Ordering::Equal } else { self.0.cmp(&0) }
    }

    fn can_divide(&self) -> bool {
        self.0.wrapping_abs() >= DIVISOR_MIN
    }

    fn order(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }

    fn down(&self) -> Self {
        Self((self.0.wrapping_add(NOUGHT) >> POINT) << POINT)
    }

    fn is_whole(&self) -> bool {
        self.minus(&self.down()).is_nought()
    }

    fn count(&self) -> Option<u32> {
        u32::try_from(self.down().0 >> POINT).ok()
    }
}
