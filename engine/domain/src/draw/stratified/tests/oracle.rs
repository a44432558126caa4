//! The leximin lottery of a small pool, from its definition: over all panels of people, level by
//! level, with a simplex method as in textbooks. Shares nothing with the solver.

use super::pools::Pool;
use num_rational::Ratio;
use num_traits::{One as _, Zero as _};

pub(super) type R = Ratio<i128>;

/// All sets of as many people as there are seats.
pub(super) fn sets(pool: &Pool) -> Vec<Vec<usize>> {
    let (_, people, seats) = pool;
    let all = 0_u32..1 << people.len();
    let members = |set: u32| (0..people.len()).filter(|i| set >> i & 1 == 1).collect::<Vec<_>>();
    all.filter(|set| set.count_ones() == *seats).map(members).collect()
}

/// How many of a set have each feature, with its quota.
fn counts(pool: &Pool, set: &[usize]) -> Vec<(u32, super::Quota)> {
    let (categories, people, _) = pool;
    let mut counts = Vec::new();
    for (at, category) in categories.iter().enumerate() {
        for (feature, quota) in &category.features {
            let count = set.iter().filter(|i| people[**i][at] == *feature).count();
            counts.push((count as u32, *quota));
        }
    }
    counts
}

pub(super) fn panels(pool: &Pool) -> Vec<Vec<usize>> {
    let met = |set: &Vec<usize>| {
        counts(pool, set).iter().all(|(count, quota)| (quota.min..=quota.max).contains(count))
    };
    sets(pool).into_iter().filter(met).collect()
}

/// The least change of quotas with which some set is a panel.
pub(super) fn least_change(pool: &Pool) -> Option<u64> {
    let change = |set: &Vec<usize>| -> Option<u64> {
        let each = counts(pool, set).into_iter().map(|(count, quota)| {
            let within = quota.flex.is_none_or(|f| (f.min..=f.max).contains(&count));
            let change = quota.min.saturating_sub(count) + count.saturating_sub(quota.max);
            within.then_some(u64::from(change))
        });
        each.sum()
    };
    sets(pool).iter().filter_map(change).min()
}

/// The probability of each person.
pub(super) fn leximin(panels: &[Vec<usize>], people: usize) -> Vec<R> {
    let mut fixed: Vec<Option<R>> = vec![None; people];
    while fixed.iter().any(Option::is_none) {
        let level = maximise(panels, &fixed, None, None);
        let mut last = None;
        for person in 0..people {
            if fixed[person].is_some() {
                continue;
            }
            let most = maximise(panels, &fixed, Some(level), Some(person));
            if most == level {
                last = Some(person);
                fixed[person] = Some(level);
            }
        }
        assert!(last.is_some(), "each level holds somebody");
    }
    fixed.into_iter().flatten().collect()
}

/// The most that the lowest probability, or that of one person, can be.
fn maximise(
    panels: &[Vec<usize>],
    fixed: &[Option<R>],
    level: Option<R>,
    person: Option<usize>,
) -> R {
    // Columns: panels, the lowest probability, a surplus for each person, an artificial variable
    // for each row, the right side.
    let (rows, width) = (fixed.len() + 1, panels.len() + 1 + 2 * fixed.len() + 2);
    let artificial = panels.len() + 1 + fixed.len();
    let mut table = vec![vec![R::zero(); width]; rows];
    let mut costs = vec![R::zero(); width - 1];
    for (i, fixed) in fixed.iter().enumerate() {
        for (column, panel) in panels.iter().enumerate() {
            if panel.contains(&i) {
                table[i][column] = R::one();
                costs[column] += R::from(i128::from(person == Some(i)));
            }
        }
        table[i][panels.len() + 1 + i] = -R::one();
        match fixed.or(level) {
            Some(value) => table[i][width - 1] = value,
            None => table[i][panels.len()] = -R::one(),
        }
    }
    table[rows - 1][..panels.len()].fill(R::one());
    table[rows - 1][width - 1] = R::one();
    if person.is_none() {
        costs[panels.len()] = R::one();
    }
    for (i, row) in table.iter_mut().enumerate() {
        row[artificial + i] = R::one();
        costs[artificial + i] = R::from(-1_000_000_000);
    }
    let mut basis: Vec<usize> = (artificial..artificial + rows).collect();
    climb(&mut table, &mut basis, &costs);
    let worth = |(row, variable): (&Vec<R>, &usize)| row[width - 1] * costs[*variable];
    table.iter().zip(&basis).map(worth).sum()
}

/// Goes up by Bland's rule until there is no way up.
fn climb(table: &mut [Vec<R>], basis: &mut [usize], costs: &[R]) {
    let right = costs.len();
    loop {
        let gain = |column: &usize| {
            let loss = |(row, variable): (&Vec<R>, &usize)| row[*column] * costs[*variable];
            costs[*column] - table.iter().zip(basis.iter()).map(loss).sum::<R>() > R::zero()
        };
        let Some(entering) = (0..right).find(gain) else { return };
        let rows = (0..table.len()).filter(|r| table[*r][entering] > R::zero());
        let ratio = |r: usize| (table[r][right] / table[r][entering], basis[r]);
        let leaving = rows.min_by_key(|r| ratio(*r)).expect("probabilities are bounded");
        let pivot = table[leaving][entering];
        for entry in &mut table[leaving] {
            *entry /= pivot;
        }
        let own = table[leaving].clone();
        for (r, row) in table.iter_mut().enumerate() {
            let times = row[entering];
            if r != leaving && !times.is_zero() {
                for (entry, other) in row.iter_mut().zip(&own) {
                    if !other.is_zero() {
                        *entry -= times * other;
                    }
                }
            }
        }
        basis[leaving] = entering;
    }
}
