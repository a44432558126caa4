//! From a pool and quotas to the problem of a stratified panel.

use super::Quota;
use archipel_domain::draw::stratified::{Category, Flex, Problem, ProblemError};
use archipel_domain::draw::{Distribution, Pool, stratified};
use std::collections::{BTreeMap, BTreeSet};

/// The problem of a pool: everybody has one value of each feature of the quotas. A bound for
/// relaxing that the file leaves out is the widest.
///
/// # Errors
/// [`ProblemError`].
pub fn problem(pool: &Pool, quotas: &[Quota], seats: u32) -> Result<Problem, ProblemError> {
    let mut features: BTreeMap<&str, Vec<(String, stratified::Quota)>> = BTreeMap::new();
    for quota in quotas {
        let min = quota.min_flex.unwrap_or(0);
        let max = quota.max_flex.unwrap_or_else(|| seats.max(quota.max));
        let given = quota.min_flex.or(quota.max_flex);
        let flex = given.map(|_| Flex { min, max });
        let bounds = stratified::Quota { min: quota.min, max: quota.max, flex };
        features.entry(&quota.feature).or_default().push((quota.value.clone(), bounds));
    }
    let names: Vec<&str> = features.keys().copied().collect();
    let value = |person: &archipel_domain::draw::Person, name: &str| {
        person.features.get(name).cloned().unwrap_or_default()
    };
    let rows = pool.people().iter();
    let rows: Vec<Vec<String>> =
        rows.map(|person| names.iter().map(|name| value(person, name)).collect()).collect();
    let categories = features
        .into_iter()
        .map(|(name, features)| Category { name: name.to_owned(), features })
        .collect();
    Problem::new(categories, &rows, seats)
}

/// The features and values of a distribution as quotas that ask for nothing: what it takes to read
/// its pool again.
#[must_use]
pub fn quotas_of(distribution: &Distribution) -> Vec<Quota> {
    let pairs: BTreeSet<(&String, &String)> = distribution
        .types
        .iter()
        .flat_map(|values| distribution.features.iter().zip(values))
        .collect();
    let quota = |(feature, value): (&String, &String)| Quota {
        feature: feature.clone(),
        value: value.clone(),
        min: 0,
        max: u32::MAX,
        min_flex: None,
        max_flex: None,
    };
    pairs.into_iter().map(quota).collect()
}
