//! A lottery over compositions.

use super::levels::Level;
use num_bigint::{BigInt, BigUint};
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One as _, ToPrimitive as _, Zero as _};

/// A lottery, with the proof that it is leximin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lottery {
    /// Compositions, sorted, each with its probability, which is above 0.
    pub compositions: Vec<(Vec<u32>, BigRational)>,
    /// For each type, the probability that one of its people has of being on the panel.
    pub probabilities: Vec<BigRational>,
    /// The levels of the leximin order, the lowest first.
    pub levels: Vec<Level>,
    /// 0 if every probability is that of its level. Otherwise the lottery was given up: nobody's
    /// probability is below that of their level times one less this.
    pub shortfall: BigRational,
}

/// Compositions side by side on a line of whole numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cumulative {
    /// The length D of the line.
    pub denominator: BigUint,
    /// For each composition, where its part of the line ends; the last one ends at D.
    pub ends: Vec<BigUint>,
}

/// D does not fit 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFine;

impl std::fmt::Display for TooFine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the common denominator does not fit 64 bits")
    }
}

impl std::error::Error for TooFine {}

impl Lottery {
    /// The least D such that every probability is a whole number of parts of D.
    #[must_use]
    pub fn common_denominator(&self) -> BigUint {
        let common = self
            .compositions
            .iter()
            .fold(BigInt::one(), |common, (_, probability)| common.lcm(probability.denom()));
        common.magnitude().clone()
    }

    /// The compositions on a line of length D. A whole number u drawn evenly below D selects the
    /// composition on whose part it falls, with exactly its probability. D may have thousands of
    /// bits; u is then drawn with as many.
    #[must_use]
    pub fn cumulative(&self) -> Cumulative {
        self.on_line(self.common_denominator())
    }

    /// The same within 64 bits.
    ///
    /// # Errors
    ///
    /// If D is 2^64 or more. Draw u with more bits, or use [`Self::cumulative_rounded`].
    pub fn cumulative_u64(&self) -> Result<(u64, Vec<u64>), TooFine> {
        let line = self.cumulative();
        let denominator = line.denominator.to_u64().ok_or(TooFine)?;
        let ends: Option<Vec<u64>> = line.ends.iter().map(BigUint::to_u64).collect();
        Ok((denominator, ends.ok_or(TooFine)?))
    }

    /// The compositions on a line of a length that is given, each end rounded down: a probability
    /// is off by less than one part. For those who cannot draw numbers below D.
    #[must_use]
    pub fn cumulative_rounded(&self, length: &BigUint) -> Cumulative {
        self.on_line(length.clone())
    }

    fn on_line(&self, denominator: BigUint) -> Cumulative {
        let length = BigRational::from_integer(BigInt::from(denominator.clone()));
        let mut total = BigRational::zero();
        let end = |(_, probability): &(Vec<u32>, BigRational)| {
            total += probability;
            (&total * &length).floor().to_integer().magnitude().clone()
        };
        Cumulative { ends: self.compositions.iter().map(end).collect(), denominator }
    }
}

impl Cumulative {
    /// Which composition a number below D falls on.
    #[must_use]
    pub fn select(&self, number: &BigUint) -> Option<usize> {
        Some(self.ends.partition_point(|end| end <= number)).filter(|at| *at < self.ends.len())
    }
}
