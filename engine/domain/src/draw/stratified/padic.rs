//! Exact solutions of systems of linear equations in whole numbers, by lifting (Dixon 1982).
//!
//! The inverse of the matrix modulo a prime gives the solution modulo its powers, one after the
//! other; from a power that is high enough, the fractions are read off, and checked.

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{One as _, Signed as _, ToPrimitive as _, Zero as _};

/// The prime 2^61 - 1.
const PRIME: u64 = (1 << 61) - 1;
/// Most digits, to the base of the prime, that a solution is looked for with.
const DIGITS_MAX: usize = 1 << 11;

/// A square matrix by its columns: the rows that are not 0, with their entries.
pub(super) type Columns = [Vec<(usize, u32)>];

/// Numerators over one denominator, which is positive.
pub(super) struct Solution {
    pub(super) numerators: Vec<BigInt>,
    pub(super) denominator: BigInt,
}

/// The solution, if there is one and only one.
pub(super) fn solve(columns: &Columns, right: &[BigInt]) -> Option<Solution> {
    let inverse = inverse(columns)?;
    let mut rest = right.to_vec();
    let mut lifted = vec![BigInt::zero(); columns.len()];
    let mut modulus = BigInt::one();
    let mut next_try = 4;
    for digits in 1..=DIGITS_MAX {
        let digit = digit(&inverse, &rest);
        for (lifted, digit) in lifted.iter_mut().zip(&digit) {
            *lifted += &modulus * digit;
        }
        advance(columns, &digit, &mut rest);
        modulus *= PRIME;
        if digits == next_try || digits == DIGITS_MAX {
            next_try *= 2;
            let found = fractions(&lifted, &modulus);
            if let Some(solution) = found.filter(|found| holds(columns, right, found)) {
                return Some(solution);
            }
        }
    }
    None
}

fn product(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    let folded = (wide & u128::from(PRIME)) as u64 + (wide >> 61) as u64;
    if folded >= PRIME { folded - PRIME } else { folded }
}

fn difference(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + PRIME - b }
}

/// 1 / a: a^(PRIME - 2).
fn reciprocal(a: u64) -> u64 {
    let (mut result, mut base, mut power) = (1, a, PRIME - 2);
    while power > 0 {
        if power & 1 == 1 {
            result = product(result, base);
        }
        base = product(base, base);
        power >>= 1;
    }
    result
}

/// Columns that are independent, the first ones that are, and as many rows in which they still
/// are; none is looked for after so many in a row that depend on those before.
pub(super) fn independent(
    columns: &[&Vec<(usize, u32)>],
    rows: usize,
    patience: usize,
) -> (Vec<usize>, Vec<usize>) {
    let mut pivots: Vec<(usize, Vec<u64>)> = Vec::new();
    let mut found = Vec::new();
    let mut dependent = 0;
    for (index, column) in columns.iter().enumerate() {
        if pivots.len() == rows || dependent > patience {
            break;
        }
        let mut entries = vec![0_u64; rows];
        for (row, entry) in *column {
            if let Some(place) = entries.get_mut(*row) {
                *place = (*entry).into();
            }
        }
        for (row, pivot) in &pivots {
            let times = entries.get(*row).copied().unwrap_or(0);
            if times != 0 {
                for (entry, other) in entries.iter_mut().zip(pivot) {
                    *entry = difference(*entry, product(times, *other));
                }
            }
        }
        let Some(row) = entries.iter().position(|entry| *entry != 0) else {
            dependent += 1;
            continue;
        };
        dependent = 0;
        let scale = reciprocal(entries.get(row).copied().unwrap_or(1));
        for entry in &mut entries {
            *entry = product(*entry, scale);
        }
        pivots.push((row, entries));
        found.push(index);
    }
    (found, pivots.into_iter().map(|(row, _)| row).collect())
}

/// The inverse, row by row, by exchanges in place.
fn inverse(columns: &Columns) -> Option<Vec<Vec<u64>>> {
    let size = columns.len();
    let mut rows = vec![vec![0_u64; size]; size];
    for (c, column) in columns.iter().enumerate() {
        for (r, entry) in column {
            *rows.get_mut(*r)?.get_mut(c)? = (*entry).into();
        }
    }
    let mut swaps = Vec::with_capacity(size);
    for c in 0..size {
        let at = (c..size).find(|r| rows.get(*r).and_then(|row| row.get(c)) != Some(&0))?;
        rows.swap(c, at);
        swaps.push((c, at));
        let mut pivot = std::mem::take(rows.get_mut(c)?);
        let scale = reciprocal(std::mem::replace(pivot.get_mut(c)?, 1));
        for entry in &mut pivot {
            *entry = product(*entry, scale);
        }
        for row in rows.iter_mut().filter(|row| !row.is_empty()) {
            let times = std::mem::take(row.get_mut(c)?);
            if times != 0 {
                for (entry, other) in row.iter_mut().zip(&pivot) {
                    *entry = difference(*entry, product(times, *other));
                }
            }
        }
        *rows.get_mut(c)? = pivot;
    }
    for (c, at) in swaps.into_iter().rev() {
        for row in &mut rows {
            row.swap(c, at);
        }
    }
    Some(rows)
}

/// The next digit of each unknown.
fn digit(inverse: &[Vec<u64>], rest: &[BigInt]) -> Vec<u64> {
    let prime = BigInt::from(PRIME);
    let rest: Vec<u64> =
        rest.iter().map(|value| value.mod_floor(&prime).to_u64().unwrap_or(0)).collect();
    let row = |row: &Vec<u64>| {
        // At most 4,000 products below 2^61 fit 128 bits once each is folded.
        let total: u128 = row.iter().zip(&rest).map(|(a, b)| u128::from(product(*a, *b))).sum();
        (total % u128::from(PRIME)) as u64
    };
    inverse.iter().map(row).collect()
}

/// What is left of the right side once a digit is taken off, divided by the prime.
fn advance(columns: &Columns, digit: &[u64], rest: &mut [BigInt]) {
    let mut taken = vec![0_i128; rest.len()];
    for (column, digit) in columns.iter().zip(digit) {
        for (r, entry) in column {
            if let Some(taken) = taken.get_mut(*r) {
                *taken += i128::from(*entry) * i128::from(*digit);
            }
        }
    }
    for (rest, taken) in rest.iter_mut().zip(taken) {
        *rest = (&*rest - BigInt::from(taken)) / PRIME;
    }
}

/// Fractions over one denominator that are these values modulo the modulus, if they are small.
fn fractions(lifted: &[BigInt], modulus: &BigInt) -> Option<Solution> {
    let bound = (modulus >> 1_u32).sqrt();
    let mut denominator = BigInt::one();
    let mut numerators: Vec<BigInt> = Vec::with_capacity(lifted.len());
    for value in lifted {
        let value = balanced(&(value * &denominator), modulus);
        if value.abs() <= bound {
            numerators.push(value);
            continue;
        }
        let (numerator, factor) = fraction(&value, modulus, &bound)?;
        for earlier in &mut numerators {
            *earlier *= &factor;
        }
        denominator *= factor;
        if denominator > bound {
            return None;
        }
        numerators.push(numerator);
    }
    Some(Solution { numerators, denominator })
}

fn balanced(value: &BigInt, modulus: &BigInt) -> BigInt {
    let value = value.mod_floor(modulus);
    if &value + &value > *modulus { value - modulus } else { value }
}

/// A fraction with small parts that is this value modulo the modulus, by Euclid's steps.
fn fraction(value: &BigInt, modulus: &BigInt, bound: &BigInt) -> Option<(BigInt, BigInt)> {
    let (mut high, mut low) = (modulus.clone(), value.mod_floor(modulus));
    let (mut before, mut now) = (BigInt::zero(), BigInt::one());
    while low > *bound {
        let (quotient, rest) = high.div_rem(&low);
        high = std::mem::replace(&mut low, rest);
        let next = before - quotient * &now;
        before = std::mem::replace(&mut now, next);
    }
    if now.is_zero() || now.abs() > *bound {
        return None;
    }
    Some(if now.is_negative() { (-low, -now) } else { (low, now) })
}

/// Whether this is the solution.
fn holds(columns: &Columns, right: &[BigInt], solution: &Solution) -> bool {
    let mut left = vec![BigInt::zero(); right.len()];
    for (column, numerator) in columns.iter().zip(&solution.numerators) {
        for (r, entry) in column {
            if let Some(left) = left.get_mut(*r) {
                *left += numerator * *entry;
            }
        }
    }
    left.iter().zip(right).all(|(left, right)| *left == right * &solution.denominator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_found() {
        // 2a + b = 1, a + 3b = 1: a = 2/5, b = 1/5.
        let columns = [vec![(0, 2), (1, 1)], vec![(0, 1), (1, 3)]];
        let solution = solve(&columns, &[1.into(), 1.into()]).unwrap();
        assert_eq!(solution.denominator, 5.into());
        assert_eq!(solution.numerators, [2.into(), 1.into()]);
    }

    #[test]
    fn what_has_no_single_solution_has_none() {
        let columns = [vec![(0, 1), (1, 1)], vec![(0, 2), (1, 2)]];
        assert!(solve(&columns, &[1.into(), 1.into()]).is_none());
    }

    #[test]
    fn exchanges_of_rows_are_undone() {
        let columns = [vec![(1, 7)], vec![(2, 5)], vec![(0, 3), (1, 1)]];
        let right: Vec<BigInt> = [BigInt::from(3), 8.into(), BigInt::from(10).pow(40)].into();
        let solution = solve(&columns, &right).unwrap();
        assert!(holds(&columns, &right, &solution));
        assert!(solution.denominator.is_one());
    }
}
