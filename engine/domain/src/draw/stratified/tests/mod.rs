//! Worked instances, an oracle for small pools, tampering, hostile input.

mod hostile;
mod instances;
mod oracle;
mod pools;
mod small;
mod tampering;

use super::*;
use num_rational::BigRational;

fn category(name: &str, features: &[(&str, u32, u32)]) -> Category {
    let one = |(name, min, max): &(&str, u32, u32)| ((*name).to_owned(), Quota::new(*min, *max));
    Category { name: name.to_owned(), features: features.iter().map(one).collect() }
}

fn fraction(numerator: i64, denominator: i64) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

fn solved(problem: &Problem) -> Lottery {
    let lottery = leximin(problem, &Limits::default(), &mut |_| {}).unwrap();
    assert_eq!(verify(problem, &lottery), Ok(()));
    lottery
}
