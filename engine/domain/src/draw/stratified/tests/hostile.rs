//! Input that nobody means well with.

use super::*;

/// Categories, people, seats, and why they are refused.
type Case<'a> = (Vec<Category>, Vec<Vec<&'a str>>, u32, ProblemError);

fn simple(quotas: &[(&str, u32, u32)], people: &[&str], seats: u32) -> Problem {
    let rows: Vec<Vec<&str>> = people.iter().map(|feature| vec![*feature]).collect();
    Problem::new(vec![category("c", quotas)], &rows, seats).unwrap()
}

#[test]
fn what_is_not_well_formed_is_refused_by_name() {
    let c = |name: &str| category(name, &[("a", 0, 1), ("b", 0, 1)]);
    let named = |name: &str| name.to_owned();
    let two = vec![vec!["a"], vec!["b"]];
    let bare = Category { name: named("c"), features: vec![] };
    let mut tight = c("c");
    tight.features[0].1.flex = Some(Flex { min: 1, max: 1 });
    let (category_, feature) = (named("c"), named("a"));
    let many: Vec<Category> = (0..17).map(|at| c(&at.to_string())).collect();
    let names: Vec<String> = (0..257).map(|at| at.to_string()).collect();
    let wide: Vec<(&str, u32, u32)> = names.iter().map(|name| (name.as_str(), 0, 1)).collect();
    let cases: Vec<Case<'_>> = vec![
        (vec![c("c")], two.clone(), 0, ProblemError::NoSeats),
        (vec![c("c")], two.clone(), u32::MAX, ProblemError::TooManySeats),
        (vec![], two.clone(), 1, ProblemError::NoCategories),
        (many, two.clone(), 1, ProblemError::TooManyCategories),
        (vec![category("c", &wide)], two.clone(), 1, ProblemError::TooManyFeatures),
        (vec![bare], two.clone(), 1, ProblemError::NoFeatures { category: named("c") }),
        (
            vec![c("c"), c("c")],
            two.clone(),
            1,
            ProblemError::DuplicateCategory { category: named("c") },
        ),
        (
            vec![category("c", &[("a", 0, 1), ("a", 0, 1)])],
            two.clone(),
            1,
            ProblemError::DuplicateFeature { category: named("c"), feature: named("a") },
        ),
        (
            vec![category("c", &[("a", 2, 1)])],
            two.clone(),
            1,
            ProblemError::MinAboveMax { category: named("c"), feature: named("a") },
        ),
        (
            vec![tight],
            two.clone(),
            1,
            ProblemError::FlexInsideQuota { category: category_, feature },
        ),
        (vec![c("c")], vec![], 1, ProblemError::FewerPeopleThanSeats),
        (vec![c("c")], vec![vec![]; 2], 1, ProblemError::FeaturesMissing { person: 0 }),
        (
            vec![c("c")],
            vec![vec!["a"], vec!["x"]],
            1,
            ProblemError::UnknownFeature { person: 1, category: named("c"), feature: named("x") },
        ),
        (vec![c("c")], vec![vec!["a"]; PEOPLE_MAX + 1], 1, ProblemError::TooManyPeople),
    ];
    for (categories, people, seats, error) in cases {
        assert!(!error.to_string().is_empty());
        assert_eq!(Problem::new(categories, &people, seats), Err(error));
    }
}

#[test]
fn too_many_types_are_refused() {
    let names: Vec<String> = (0..100).map(|at| at.to_string()).collect();
    let quotas: Vec<(&str, u32, u32)> = names.iter().map(|name| (name.as_str(), 0, 9)).collect();
    let categories = vec![category("a", &quotas), category("b", &quotas)];
    let rows: Vec<Vec<&String>> =
        names.iter().flat_map(|a| names.iter().map(move |b| vec![a, b])).collect();
    assert_eq!(Problem::new(categories, &rows, 1), Err(ProblemError::TooManyTypes));
}

#[test]
fn extremes_are_solved() {
    // Quotas that say nothing, one type, and everybody on the panel.
    let huge = u32::MAX;
    let one = solved(&simple(&[("a", 0, huge)], &["a", "a", "a"], 2));
    assert_eq!(one.probabilities, [fraction(2, 3)]);
    let all = solved(&simple(&[("a", 0, huge), ("b", 0, 2)], &["a", "b", "b"], 3));
    assert_eq!(all.probabilities, vec![fraction(1, 1); 2]);
    // A feature that nobody has.
    let unused = solved(&simple(&[("a", 0, 2), ("b", 0, 2), ("z", 0, 5)], &["a", "b"], 1));
    assert_eq!(unused.probabilities, vec![fraction(1, 2); 2]);
    // Somebody whom the quotas leave out.
    let out = solved(&simple(&[("a", 0, 0), ("b", 0, 2)], &["a", "b"], 1));
    assert_eq!(out.probabilities, [fraction(0, 1), fraction(1, 1)]);
    assert_eq!(out.levels[0].types, [0]);
}

#[test]
fn quotas_that_cannot_be_met() {
    type Quotas<'a> = &'a [(&'a str, u32, u32)];
    let cases: [(Quotas<'_>, u64); 4] = [
        (&[("a", 2, 2), ("b", 2, 2)], 2),
        (&[("a", u32::MAX, u32::MAX), ("b", 0, 1)], u64::from(u32::MAX) - 2),
        (&[("a", 0, 0), ("b", 0, 0)], 2),
        (&[("a", 0, 2), ("b", 0, 2), ("z", 1, 2)], 1),
    ];
    for (quotas, total) in cases {
        let problem = simple(quotas, &["a", "a", "b", "b"], 2);
        let found = leximin(&problem, &Limits::default(), &mut |_| {});
        assert_eq!(found, Err(LeximinError::NoPanel), "{quotas:?}");
        let relaxed = relax(&problem).unwrap();
        assert_eq!(relaxed.total(), total, "{quotas:?}");
        // With the quotas so changed, there is a panel.
        let changed = quotas.iter().map(|(name, min, max)| {
            let change = relaxed.changes.iter().find(|change| change.feature == *name);
            let (low, high) = change.map_or((0, 0), |c| (c.min_lowered, c.max_raised));
            (*name, min - low, max + high)
        });
        solved(&simple(&changed.collect::<Vec<_>>(), &["a", "a", "b", "b"], 2));
    }
}
