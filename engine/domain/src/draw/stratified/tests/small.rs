//! Small pools against the oracle.

use super::pools::{Pool, Sequence, problem, small};
use super::*;
use num_traits::ToPrimitive as _;
use proptest::prelude::*;

/// The probability of each person, by the lottery of types.
fn by_person(pool: &Pool, problem: &Problem, lottery: &Lottery) -> Vec<oracle::R> {
    // The problem sorts its categories by name; those of small pools are sorted already.
    let of = |row: &Vec<String>| {
        let p = &lottery.probabilities[problem.type_of(row).unwrap()];
        oracle::R::new(p.numer().to_i128().unwrap(), p.denom().to_i128().unwrap())
    };
    pool.1.iter().map(of).collect()
}

fn agrees(seed: u64, most: u64) {
    let pool = small(seed, most);
    let problem = problem(&pool);
    let panels = oracle::panels(&pool);
    if panels.is_empty() {
        let found = leximin(&problem, &Limits::default(), &mut |_| {});
        assert_eq!(found, Err(LeximinError::NoPanel), "seed {seed}");
        let relaxed = relax(&problem).unwrap();
        assert_eq!(Some(relaxed.total()), oracle::least_change(&pool), "seed {seed}");
        return;
    }
    assert_eq!(relax(&problem).unwrap().total(), 0);
    let lottery = solved(&problem);
    let expected = oracle::leximin(&panels, pool.1.len());
    assert_eq!(by_person(&pool, &problem, &lottery), expected, "seed {seed}");
    let mut levels = expected;
    levels.sort();
    levels.dedup();
    let found: Vec<oracle::R> = lottery
        .levels
        .iter()
        .map(|level| &level.probability)
        .map(|p| oracle::R::new(p.numer().to_i128().unwrap(), p.denom().to_i128().unwrap()))
        .collect();
    assert_eq!(found, levels, "seed {seed}");
}

#[test]
fn fixed_pools_agree_with_the_oracle() {
    for seed in 0..150 {
        agrees(seed, 8);
    }
}

#[test]
fn larger_pools_agree_with_the_oracle() {
    for seed in 1000..1010 {
        agrees(seed, 11);
    }
}

#[test]
#[ignore = "takes minutes: the oracle goes over thousands of panels"]
fn the_largest_pools_agree_with_the_oracle() {
    for seed in 2000..2100 {
        agrees(seed, 14);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_pool_agrees_with_the_oracle(seed: u64) {
        agrees(seed, 9);
    }

    #[test]
    fn relaxing_stays_within_its_bounds(seed: u64) {
        let mut pool = small(seed, 9);
        let mut sequence = Sequence::new(seed ^ 1);
        for category in &mut pool.0 {
            for (_, quota) in &mut category.features {
                let min = quota.min.saturating_sub(sequence.below(2) as u32);
                quota.flex = Some(Flex { min, max: quota.max + sequence.below(2) as u32 });
            }
        }
        let least = oracle::least_change(&pool);
        let found = relax(&problem(&pool));
        prop_assert_eq!(found.as_ref().ok().map(Relaxed::total), least);
        if least.is_none() {
            prop_assert_eq!(found, Err(RelaxError::NotWithinFlex));
        }
    }

    #[test]
    fn the_order_of_people_and_categories_does_not_matter(seed: u64) {
        let pool = small(seed, 12);
        let mut sequence = Sequence::new(seed);
        let mut order: Vec<usize> = (0..pool.0.len()).collect();
        sequence.shuffle(&mut order);
        let mut categories: Vec<Category> =
            order.iter().map(|at| pool.0[*at].clone()).collect();
        for category in &mut categories {
            sequence.shuffle(&mut category.features);
        }
        let mut people: Vec<Vec<String>> = pool.1.clone();
        for row in &mut people {
            *row = order.iter().map(|at| row[*at].clone()).collect();
        }
        sequence.shuffle(&mut people);
        let (one, other) = (problem(&pool), problem(&(categories, people, pool.2)));
        prop_assert_eq!(&one, &other);
        let find = |problem| leximin(problem, &Limits::default(), &mut |_| {});
        prop_assert_eq!(find(&one), find(&other));
    }
}
