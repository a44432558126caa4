//! Each kind of tampering is found, and named.

use super::pools::{problem, small};
use super::*;
use num_traits::{One as _, Zero as _};

/// A lottery with several levels and compositions.
fn sample() -> (Problem, Lottery) {
    let found = (0..).find_map(|seed| {
        let problem = problem(&small(seed, 12));
        let lottery = leximin(&problem, &Limits::default(), &mut |_| {}).ok()?;
        let many = lottery.levels.len() >= 3 && lottery.compositions.len() >= 3;
        (many && problem.types().len() > 4).then_some((problem, lottery))
    });
    found.unwrap()
}

/// What is done to a lottery, and whether a fault is the one that this is.
type Case = (&'static str, fn(&mut Lottery), fn(&Fault) -> bool);

#[test]
fn every_tampering_is_named() {
    let (problem, lottery) = sample();
    assert_eq!(verify(&problem, &lottery), Ok(()));
    let changes: [Case; 16] = [
        ("a composition is moved", |l| l.compositions.swap(0, 1), |f| *f == Fault::Unsorted),
        (
            "a composition twice",
            |l| l.compositions.insert(0, l.compositions[0].clone()),
            |f| *f == Fault::Unsorted,
        ),
        (
            "a composition of nobody",
            |l| l.compositions[0].0.fill(0),
            |f| *f == Fault::Inadmissible { composition: 0 },
        ),
        (
            "a probability of 0",
            |l| l.compositions[1].1 = BigRational::zero(),
            |f| *f == Fault::NotPositive { composition: 1 },
        ),
        (
            "more than 1 in all",
            |l| l.compositions[0].1 += BigRational::one(),
            |f| *f == Fault::SumNotOne,
        ),
        ("a composition left out", |l| drop(l.compositions.remove(0)), |f| *f == Fault::SumNotOne),
        (
            "a probability stated",
            |l| l.probabilities[0] += fraction(1, 1000),
            |f| *f == Fault::WrongProbability { of: 0 },
        ),
        ("a probability less", |l| drop(l.probabilities.pop()), |f| *f == Fault::Shape),
        ("levels turned", |l| l.levels.reverse(), |f| *f == Fault::LevelsUnsorted),
        (
            "a level left out",
            |l| drop(l.levels.remove(0)),
            |f| matches!(f, Fault::NotAtOneLevel { .. }),
        ),
        (
            "a type at two levels",
            |l| {
                let t = l.levels[0].types[0];
                l.levels[1].types.push(t);
            },
            |f| matches!(f, Fault::NotAtOneLevel { .. }),
        ),
        (
            "a weight below 0",
            |l| {
                let t = l.levels[0].types[0];
                l.levels[1].weights[t] = fraction(-1, 2);
            },
            |f| *f == Fault::NegativeWeight { level: 1 },
        ),
        (
            "no weight on a level's own type",
            |l| {
                let t = l.levels[1].types[0];
                l.levels[1].weights[t] = BigRational::zero();
            },
            |f| *f == Fault::WrongWeights { level: 1 },
        ),
        (
            "a weight on a later type",
            |l| {
                let t = l.levels[1].types[0];
                l.levels[0].weights[t] = BigRational::one();
            },
            |f| *f == Fault::WrongWeights { level: 0 },
        ),
        (
            "a cap raised",
            |l| l.levels[1].cap += BigRational::one(),
            |f| *f == Fault::WrongCap { level: 1 },
        ),
        ("a shortfall hidden", |l| l.shortfall = fraction(1, 2), |f| *f == Fault::WrongShortfall),
    ];
    for (name, change, expected) in changes {
        let mut changed = lottery.clone();
        change(&mut changed);
        let fault = verify(&problem, &changed).expect_err(name);
        assert!(expected(&fault), "{name}: {fault:?}");
    }
}

#[test]
fn a_lottery_that_is_not_leximin_has_no_certificate() {
    // Three people, one of whom is alone with a feature, which may be on the panel or not.
    let quotas = [("a", 0, 1), ("b", 0, 1)];
    let people = [vec!["a"], vec!["b"], vec!["b"]];
    let problem = Problem::new(vec![category("c", &quotas)], &people, 1).unwrap();
    let mut lottery = solved(&problem);
    assert_eq!(lottery.probabilities, [fraction(1, 3), fraction(1, 3)]);
    // Half to each feature: the level of the second type is then 1/4, and the first's 1/2.
    lottery.compositions = vec![(vec![0, 1], fraction(1, 2)), (vec![1, 0], fraction(1, 2))];
    lottery.probabilities = vec![fraction(1, 2), fraction(1, 4)];
    let level = |probability: BigRational, t: usize, weights: [i64; 2]| Level {
        cap: probability.clone(),
        probability,
        types: vec![t],
        weights: weights.map(|weight| fraction(weight, 1)).to_vec(),
    };
    lottery.levels = vec![level(fraction(1, 4), 1, [0, 1]), level(fraction(1, 2), 0, [1, 0])];
    let by = vec![0, 1];
    assert_eq!(verify(&problem, &lottery), Err(Fault::CapExceeded { level: 0, by }));
}

#[test]
fn the_lottery_of_another_problem_is_refused() {
    let (_, lottery) = sample();
    let people = [vec!["a"], vec!["b"]];
    let quotas = [("a", 0, 1), ("b", 0, 1)];
    let other = Problem::new(vec![category("c", &quotas)], &people, 1).unwrap();
    assert_eq!(verify(&other, &lottery), Err(Fault::Inadmissible { composition: 0 }));
}
