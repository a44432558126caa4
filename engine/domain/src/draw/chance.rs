//! The exact chance of each person, before anything is drawn.

use super::panel::{check_households, households, len, most_seats};
use super::parameters::Design;
use super::seats::largest_remainder;
use super::{Distribution, DrawError, Parameters, Pool};
use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;
use num_traits::Zero;

/// The chance of each person to get a seat, in the order of the pool. They add up to the seats.
///
/// It is that of a uniform seed. With [`Design::Rfc3797`] it is the intended one: remainders
/// favour the first by less than one in 2^100.
///
/// # Errors
/// [`DrawError`], as for the draw.
pub fn chances(pool: &Pool, parameters: &Parameters) -> Result<Vec<BigRational>, DrawError> {
    parameters.check()?;
    // How many the household of each person has; one of each is drawn.
    let mut sizes = vec![1; pool.people().len()];
    let mut among = None;
    if parameters.one_per_household {
        check_households(pool, parameters)?;
        // Whoever represents a household, strata are as large: take its first member.
        let mut firsts: Vec<bool> =
            pool.people().iter().map(|person| person.household.is_none()).collect();
        for members in households(pool).values() {
            for (nth, member) in members.iter().enumerate() {
                let index = usize::try_from(*member).unwrap_or(usize::MAX);
                if let (Some(size), Some(first)) = (sizes.get_mut(index), firsts.get_mut(index)) {
                    *size = len(members);
                    *first = nth == 0;
                }
            }
        }
        among = Some(firsts);
    }
    let counts: Vec<u32> =
        parameters.strata(pool, among.as_deref())?.iter().map(|members| len(members)).collect();
    if counts.iter().zip(most_seats(parameters)).any(|(count, seats)| *count < seats) {
        return Err(DrawError::TooFewPeople);
    }
    let expected = expected_seats(parameters);
    let mut chances = vec![BigRational::zero(); sizes.len()];
    for (number, members) in parameters.strata(pool, None)?.iter().enumerate() {
        let seats = expected.get(number).cloned().unwrap_or_else(BigRational::zero);
        let count = counts.get(number).copied().unwrap_or(0);
        for member in members {
            let index = usize::try_from(*member).unwrap_or(usize::MAX);
            let size = sizes.get(index).copied().unwrap_or(1);
            if let Some(chance) = chances.get_mut(index) {
                *chance = &seats / BigInt::from(u64::from(count) * u64::from(size));
            }
        }
    }
    Ok(chances)
}

/// The mean number of seats of each stratum.
fn expected_seats(parameters: &Parameters) -> Vec<BigRational> {
    let whole = |seats: &u32| BigRational::from_integer(BigInt::from(*seats));
    match &parameters.design {
        Design::Rfc3797 | Design::Simple => vec![whole(&parameters.seats)],
        Design::Seats(groups) => groups.values().map(whole).collect(),
        Design::Weights(weights) => {
            let shares = largest_remainder(weights, parameters.seats);
            let mut seats: Vec<BigRational> = shares.seats.iter().map(whole).collect();
            for number in &shares.tied {
                if let Some(seats) = seats.get_mut(*number) {
                    *seats += BigRational::new(shares.open.into(), shares.tied.len().into());
                }
            }
            seats
        }
        Design::Composed(distribution) => (0..distribution.types.len())
            .map(|number| expected_of_type(distribution, number))
            .collect(),
    }
}

fn expected_of_type(distribution: &Distribution, number: usize) -> BigRational {
    let part = |each: &super::Composition| -> BigUint {
        &each.weight * each.counts.get(number).copied().unwrap_or(0)
    };
    let sum: BigUint = distribution.compositions.iter().map(part).sum();
    BigRational::new(sum.into(), distribution.denominator.clone().into())
}
