//! Published vectors, vectors of the Python implementation, designs, chances, seeds.

mod chance;
mod designs;
mod entropy;
mod vectors;

use super::*;
use crate::id::Hash;
use std::collections::BTreeMap;

/// Somebody by id, with `group=`, `home=` and features.
pub(super) fn person(text: &str) -> Person {
    let mut words = text.split_whitespace();
    let id = words.next().unwrap().to_owned();
    let mut person = Person { features: BTreeMap::new(), group: None, household: None, id };
    for word in words {
        let (name, value) = word.split_once('=').unwrap();
        match name {
            "group" => person.group = Some(value.to_owned()),
            "home" => person.household = Some(value.to_owned()),
            _ => drop(person.features.insert(name.to_owned(), value.to_owned())),
        }
    }
    person
}

/// A pool of one person a line.
pub(super) fn pool(text: &str) -> Pool {
    Pool::new(text.lines().map(person).collect()).unwrap()
}

/// People p0, p1... with the same to say of each.
pub(super) fn people(count: usize, prefix: &str, rest: &str) -> Vec<Person> {
    (0..count).map(|number| person(&format!("{prefix}{number} {rest}"))).collect()
}

pub(super) fn parameters(design: Design, seats: u32, alternates: u32) -> Parameters {
    Parameters { alternates, design, fallback: Fallback::Empty, one_per_household: false, seats }
}

pub(super) fn groups(text: &str) -> BTreeMap<String, u32> {
    let pair = |word: &str| {
        let (name, number) = word.split_once('=').unwrap();
        (name.to_owned(), number.parse().unwrap())
    };
    text.split_whitespace().map(pair).collect()
}

pub(super) fn seed(number: u32) -> Lot {
    Lot::Seed(Hash::of(&number.to_be_bytes()))
}

/// A distribution over types of one feature `f`, from rows `weight: count count...`.
pub(super) fn distribution(types: &str, rows: &[(u32, &[u32])]) -> Distribution {
    let compositions: Vec<Composition> = rows
        .iter()
        .map(|(weight, counts)| Composition { counts: counts.to_vec(), weight: (*weight).into() })
        .collect();
    Distribution {
        denominator: compositions.iter().map(|each| &each.weight).sum(),
        compositions,
        features: vec!["f".to_owned()],
        types: types.split_whitespace().map(|value| vec![value.to_owned()]).collect(),
    }
}

/// The ids at some places.
pub(super) fn ids(pool: &Pool, places: &[u32]) -> Vec<String> {
    places.iter().map(|place| pool.person(*place).unwrap().id.clone()).collect()
}
