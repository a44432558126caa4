//! Compositions of a stratified panel, each with its weight, and the draw of one of them.

use super::pool::{Canonical, Pool};
use super::{DrawError, Lottery, Person};
use num_bigint::BigUint;
use num_traits::Zero;
use serde::{Deserialize, Serialize};

/// One composition of the panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Composition {
    /// How many people of each type, in the order of the types.
    pub counts: Vec<u32>,
    /// Its chance is this over the denominator.
    #[serde(with = "decimal")]
    pub weight: BigUint,
}

/// Compositions and their chances, on one denominator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    /// The compositions, in ascending order of their counts, each once.
    pub compositions: Vec<Composition>,
    /// What the weights add up to.
    #[serde(with = "decimal")]
    pub denominator: BigUint,
    /// The features that make a type.
    pub features: Vec<String>,
    /// The types: the values of these features, in ascending order, each once.
    pub types: Vec<Vec<String>>,
}

impl Distribution {
    /// Most types.
    pub const TYPES_MAX: usize = 10_000;
    /// Most compositions.
    pub const COMPOSITIONS_MAX: usize = 10_000;
    /// Most counts of all compositions together.
    pub const COUNTS_MAX: usize = 4_000_000;
    /// Longest denominator, in bits.
    pub const DENOMINATOR_BITS_MAX: u64 = 4096;

    /// Checks all that does not depend on the pool.
    pub(super) fn check(&self, seats: u32) -> Result<(), DrawError> {
        let (types, compositions) = (self.types.len(), self.compositions.len());
        let too_many = types > Self::TYPES_MAX
            || compositions > Self::COMPOSITIONS_MAX
            || types.saturating_mul(compositions) > Self::COUNTS_MAX
            || self.features.len() > Pool::FEATURES_MAX;
        if types == 0 || compositions == 0 || too_many {
            return Err(DrawError::StratumCount);
        }
        let values = self.types.iter().flatten().chain(&self.features);
        let rows = self.compositions.iter().map(|composition| &composition.counts);
        let in_order = is_ascending(self.types.iter())
            && is_ascending(rows.clone())
            && self.types.iter().all(|each| each.len() == self.features.len())
            && rows.clone().all(|counts| counts.len() == types)
            && values.into_iter().all(|text| Pool::is_name(text));
        if !in_order {
            return Err(DrawError::NotInOrder);
        }
        let sum = |counts: &Vec<u32>| counts.iter().map(|count| u64::from(*count)).sum::<u64>();
        if rows.clone().any(|counts| sum(counts) != u64::from(seats)) {
            return Err(DrawError::SeatsDoNotAddUp);
        }
        let total: BigUint = self.compositions.iter().map(|each| &each.weight).sum();
        let any_zero = self.compositions.iter().any(|each| each.weight.is_zero());
        if any_zero || total != self.denominator || total.bits() > Self::DENOMINATOR_BITS_MAX {
            return Err(DrawError::Weights);
        }
        Ok(())
    }

    /// The number of somebody's type.
    pub(super) fn type_of(&self, person: &Person) -> Option<usize> {
        let values: Option<Vec<&str>> = self
            .features
            .iter()
            .map(|name| person.features.get(name).map(String::as_str))
            .collect();
        let values = values?;
        let compare =
            |each: &Vec<String>| each.iter().map(String::as_str).cmp(values.iter().copied());
        self.types.binary_search_by(compare).ok()
    }

    /// Draws a composition: u is uniform below the denominator, and the first composition is
    /// taken whose weight and those before it add up to more than u.
    pub(super) fn draw(&self, lottery: &Lottery) -> Option<(BigUint, u32, &[u32])> {
        let drawn = lottery.below_big("composition", 0, &self.denominator);
        let mut sum = BigUint::ZERO;
        for (number, composition) in (0..).zip(&self.compositions) {
            sum += &composition.weight;
            if drawn < sum {
                return Some((drawn, number, &composition.counts));
            }
        }
        None
    }

    /// Of how many features the values of two types differ.
    pub(super) fn distance(&self, one: usize, other: usize) -> usize {
        let values = |number: usize| self.types.get(number).into_iter().flatten();
        values(one).zip(values(other)).filter(|(a, b)| a != b).count()
    }

    /// Hashes the features, the types, then the denominator and each composition; large numbers
    /// as their shortest big-endian bytes, preceded by how many there are.
    pub(super) fn hash_into(&self, hasher: &mut Canonical) {
        hasher.count(self.features.len());
        for feature in &self.features {
            hasher.text(feature);
        }
        hasher.count(self.types.len());
        for value in self.types.iter().flatten() {
            hasher.text(value);
        }
        hasher.bytes(&self.denominator.to_bytes_be());
        hasher.count(self.compositions.len());
        for composition in &self.compositions {
            for count in &composition.counts {
                hasher.number(*count);
            }
            hasher.bytes(&composition.weight.to_bytes_be());
        }
    }
}

/// Whether each is above the one before it.
fn is_ascending<'a, T: Ord + 'a>(items: impl Iterator<Item = &'a T> + Clone) -> bool {
    items.clone().zip(items.skip(1)).all(|(one, next)| one < next)
}

/// Large numbers as texts of decimal digits: readers of JSON do not agree about large numbers.
mod decimal {
    use num_bigint::BigUint;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    /// More digits than any admitted denominator has.
    const DIGITS_MAX: usize = 1300;

    pub(super) fn serialize<S: Serializer>(number: &BigUint, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BigUint, D::Error> {
        let text = String::deserialize(from)?;
        let is_plain = text.len() <= DIGITS_MAX
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'));
        let number = if is_plain { BigUint::parse_bytes(text.as_bytes(), 10) } else { None };
        number.ok_or_else(|| D::Error::custom("expected a number in decimal digits"))
    }
}
