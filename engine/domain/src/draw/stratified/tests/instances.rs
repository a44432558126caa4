//! Worked instances.

use super::pools::{assembly, problem};
use super::*;
use num_bigint::BigUint;
use num_traits::Zero as _;

/// Three types of people in two categories, each feature within a quota.
fn three_types(counts: [usize; 3], seats: u32, min: u32, max: u32) -> Problem {
    let gender = category("gender", &[("female", min, max), ("male", min, max)]);
    let leaning = category("leaning", &[("conservative", min, max), ("liberal", min, max)]);
    let rows = [["male", "conservative"], ["female", "liberal"], ["female", "conservative"]];
    let each = rows.iter().zip(counts).flat_map(|(row, count)| vec![row.to_vec(); count]);
    Problem::new(vec![gender, leaning], &each.collect::<Vec<_>>(), seats).unwrap()
}

#[test]
fn small_instance() {
    let problem = three_types([100, 99, 1], 20, 9, 20);
    let lottery = solved(&problem);
    assert_eq!(problem.type_of(&["female", "conservative"]), Some(0));
    assert_eq!(lottery.probabilities, vec![fraction(1, 10); 3]);
    assert_eq!(lottery.levels.len(), 1);
    assert!(lottery.shortfall.is_zero());
    // The order of types is female conservative, female liberal, male conservative. The mean of
    // these two is that of any leximin lottery here.
    let mut textbook = lottery.clone();
    textbook.compositions =
        vec![(vec![0, 10, 10], fraction(9, 10)), (vec![1, 9, 10], fraction(1, 10))];
    assert_eq!(verify(&problem, &textbook), Ok(()));
}

#[test]
fn large_instance() {
    let lottery = solved(&three_types([1000, 999, 1], 200, 99, 200));
    assert_eq!(lottery.probabilities, vec![fraction(1, 10); 3]);
}

#[test]
fn a_draw_selects_by_parts() {
    let lottery = solved(&three_types([100, 99, 1], 20, 9, 20));
    let (denominator, ends) = lottery.cumulative_u64().unwrap();
    assert_eq!(BigUint::from(denominator), lottery.common_denominator());
    let line = lottery.cumulative();
    let mut hits = vec![0; ends.len()];
    for number in 0..denominator {
        hits[line.select(&number.into()).unwrap()] += 1;
    }
    for (hits, (_, probability)) in hits.into_iter().zip(&lottery.compositions) {
        assert_eq!(fraction(hits, denominator as i64), *probability);
    }
    assert_eq!(line.select(&denominator.into()), None);
    let rounded = lottery.cumulative_rounded(&BigUint::from(1_u64 << 40));
    assert_eq!(rounded.ends.last(), Some(&rounded.denominator));
}

#[test]
fn many_types_are_mixed_exactly() {
    let problem = problem(&assembly(3, 60, 12, 1));
    assert!(problem.types().len() > TYPES_DIRECT);
    let lottery = solved(&problem);
    assert!(lottery.shortfall.is_zero());
    let mut seen = Vec::new();
    let again = leximin(&problem, &Limits::default(), &mut |progress| seen.push(progress));
    assert_eq!(again.as_ref(), Ok(&lottery));
    assert!(matches!(seen.first(), Some(Progress::Covered { .. })));
    if lottery.common_denominator().bits() > 64 {
        assert_eq!(lottery.cumulative_u64(), Err(TooFine));
    }
}

#[test]
fn a_lottery_that_was_given_up_says_so() {
    let problem = problem(&assembly(3, 60, 12, 1));
    let full = solved(&problem);
    let limits = Limits { mixing_steps: 300, cut_steps: 0, exact_steps: 0, ..Limits::default() };
    let short = leximin(&problem, &limits, &mut |_| {}).unwrap();
    assert_eq!(verify(&problem, &short), Ok(()));
    assert_eq!(short.levels, full.levels);
    assert!(!short.shortfall.is_zero());
    let none = Limits { steps: 3, ..Limits::default() };
    assert_eq!(leximin(&problem, &none, &mut |_| {}), Err(LeximinError::TooMuchWork));
}

#[test]
#[ignore = "takes a minute without optimisation"]
fn an_assembly_is_solved_exactly() {
    for seed in 1..=8 {
        is_exact(seed, 150, 22, u32::from(seed > 4));
    }
}

#[test]
#[ignore = "takes minutes without optimisation"]
fn an_assembly_from_two_thousand_people_is_solved_exactly() {
    for (seed, slack) in [(1, 0), (2, 0), (3, 0), (4, 1), (5, 1), (6, 2)] {
        is_exact(seed, 2_000, 110, slack);
    }
}

/// Solves an assembly exactly, and says how long that took.
fn is_exact(seed: u64, people: usize, seats: u32, slack: u32) {
    let problem = problem(&assembly(seed, people, seats, slack));
    let start = std::time::Instant::now();
    let mut last = start;
    let mut told = |progress| {
        println!("  {progress:?} {:?}", last.elapsed());
        last = std::time::Instant::now();
    };
    let lottery = leximin(&problem, &Limits::default(), &mut told).unwrap();
    println!(
        "{people} people, {seats} seats, seed {seed}, slack {slack}: {} types, {} levels, \
         {} compositions, {} bits, shortfall {}, {:?}",
        problem.types().len(),
        lottery.levels.len(),
        lottery.compositions.len(),
        lottery.common_denominator().bits(),
        lottery.shortfall,
        start.elapsed(),
    );
    let start = std::time::Instant::now();
    assert_eq!(verify(&problem, &lottery), Ok(()));
    println!("  checked in {:?}", start.elapsed());
    assert!(lottery.shortfall.is_zero());
}

#[test]
fn a_lottery_is_a_distribution_and_back() {
    let problem = three_types([100, 99, 1], 20, 9, 20);
    let lottery = solved(&problem);
    let distribution = lottery.distribution(&problem);
    assert_eq!(distribution.features, ["gender", "leaning"]);
    assert_eq!(distribution.types[0], ["female", "conservative"]);
    let back = Lottery::of(&problem, &distribution, lottery.levels.clone());
    assert_eq!(back, Some(lottery.clone()));
    let other = three_types([100, 100, 0], 20, 9, 20);
    assert_eq!(Lottery::of(&other, &distribution, lottery.levels.clone()), None);
    // A denominator that no draw takes is rounded, which is a shortfall and not leximin.
    let mut fine = lottery.clone();
    let (first, rest) = fine.compositions.split_first_mut().unwrap();
    let little = BigRational::new(1.into(), BigUint::from(3_u32).pow(3_000).into());
    first.1 -= &little;
    rest[0].1 += &little;
    let rounded = fine.distribution(&problem);
    assert!(rounded.denominator.bits() <= crate::draw::Distribution::DENOMINATOR_BITS_MAX);
    let total: BigUint = rounded.compositions.iter().map(|each| &each.weight).sum();
    assert_eq!(total, rounded.denominator);
    let rounded = Lottery::of(&problem, &rounded, lottery.levels.clone()).unwrap();
    assert!(!rounded.shortfall.is_zero());
    assert_eq!(verify(&problem, &rounded), Ok(()));
}
