//! Chances: that they add up, and that 100,000 draws agree with them.

use super::*;
use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;
use num_traits::Signed as _;

const DRAWS: u32 = 100_000;

fn sum(chances: &[BigRational]) -> BigRational {
    chances.iter().sum()
}

fn fraction(text: &str) -> BigRational {
    text.parse().unwrap()
}

/// Draws often, and compares how often each had a seat with their chance: the sum of
/// (observed - expected)² / expected is below a bound that it exceeds less than once in 10,000
/// times. (It has a smaller mean than a chi-square of so many degrees, as the draws are without
/// replacement.)
#[track_caller]
fn agrees(pool: &Pool, parameters: &Parameters, bound: u32) {
    let chances = chances(pool, parameters).unwrap();
    assert_eq!(sum(&chances), BigInt::from(parameters.seats).into());
    let mut observed = vec![0_u32; pool.people().len()];
    for number in 0..DRAWS {
        let drawn = draw(pool, parameters, &seed(number)).unwrap();
        for place in drawn.panel() {
            observed[place as usize] += 1;
        }
    }
    let mut statistic = BigRational::from_integer(0.into());
    for (count, chance) in observed.iter().zip(&chances) {
        let expected = chance * BigInt::from(DRAWS);
        let difference = BigRational::from_integer((*count).into()) - &expected;
        if expected.is_positive() {
            statistic += &difference * &difference / expected;
        } else {
            assert_eq!(*count, 0);
        }
    }
    let shown = statistic.floor();
    assert!(statistic < BigRational::from_integer(bound.into()), "{shown}: {observed:?}");
}

#[test]
fn simple() {
    // 99.99 % of a chi-square of 19 degrees are below 52.
    agrees(&Pool::new(people(20, "p", "")).unwrap(), &parameters(Design::Simple, 6, 2), 52);
}

#[test]
fn households() {
    let pool = pool("a home=1\nb home=1\nc home=1\nd home=2\ne home=2\nf\ng\nh");
    let rules = Parameters { one_per_household: true, ..parameters(Design::Simple, 2, 0) };
    let expected = ["2/15"; 3].into_iter().chain(["1/5"; 2]).chain(["2/5"; 3]);
    assert_eq!(chances(&pool, &rules).unwrap(), expected.map(fraction).collect::<Vec<_>>());
    agrees(&pool, &rules, 30);
}

#[test]
fn by_seats_of_groups_with_households() {
    let mut all = people(10, "a", "group=x");
    all.extend(people(3, "b", "group=y home=h"));
    all.extend(people(3, "c", "group=y"));
    let pool = Pool::new(all).unwrap();
    let design = Design::Seats(groups("x=4 y=2 z=0"));
    let rules = Parameters { one_per_household: true, ..parameters(design, 6, 1) };
    let chances = chances(&pool, &rules).unwrap();
    assert_eq!(chances[0], fraction("2/5"));
    assert_eq!(chances[10], fraction("1/6"));
    assert_eq!(chances[13], fraction("1/2"));
    agrees(&pool, &rules, 46);
}

#[test]
fn by_weights_with_a_tie() {
    let mut all = people(4, "a", "group=x");
    all.extend(people(6, "b", "group=y"));
    all.extend(people(5, "c", "group=z"));
    let pool = Pool::new(all).unwrap();
    // 3 seats and two thirds for x and y, two and two thirds for z... of which two get one more.
    let rules = parameters(Design::Weights(groups("x=1 y=1 z=1")), 8, 1);
    let chances = chances(&pool, &rules).unwrap();
    assert_eq!((&chances[0], &chances[4]), (&fraction("2/3"), &fraction("4/9")));
    agrees(&pool, &rules, 46);
}

#[test]
fn by_compositions() {
    // The public example of 200 people, smaller: each has one chance in ten.
    let mut all = people(10, "a", "f=1");
    all.extend(people(9, "b", "f=2"));
    all.extend(people(1, "c", "f=3"));
    let pool = Pool::new(all).unwrap();
    let composed = distribution("1 2 3", &[(1, &[1, 0, 1]), (9, &[1, 1, 0])]);
    let rules = parameters(Design::Composed(composed), 2, 1);
    assert_eq!(chances(&pool, &rules).unwrap(), vec![fraction("1/10"); 20]);
    agrees(&pool, &rules, 52);
}

#[test]
fn compositions_on_a_large_denominator() {
    let pool = pool("a f=1\nb f=1\nc f=2\nd f=2");
    let mut composed = distribution("1 2", &[(1, &[0, 2]), (1, &[1, 1]), (2, &[2, 0])]);
    let huge = BigUint::from(3_u32).pow(200);
    for composition in &mut composed.compositions {
        composition.weight *= &huge;
    }
    composed.denominator *= &huge;
    composed.denominator += 1_u32;
    composed.compositions[1].weight += 1_u32;
    let rules = parameters(Design::Composed(composed), 2, 0);
    agrees(&pool, &rules, 22);
}
