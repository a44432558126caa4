//! The draw itself.

use super::parameters::Design;
use super::seats::largest_remainder;
use super::{DrawError, Lottery, Parameters, Person, Pool, rfc3797};
use crate::id::Hash;
use num_bigint::BigUint;
use std::collections::BTreeMap;

/// What decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lot {
    /// A seed, which every design but [`Design::Rfc3797`] takes.
    Seed(Hash),
    /// A key of [`rfc3797::key`], which only that design takes.
    Rfc3797(String),
}

/// The people of one stratum whom the lot gave a place, by their places in the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stratum {
    /// Who has a seat, in the order in which they were drawn.
    pub drawn: Vec<u32>,
    /// Who replaces those who decline, in this order.
    pub alternates: Vec<u32>,
}

/// The composition that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnComposition {
    /// Its number, from 0.
    pub number: u32,
    /// The number below the denominator that chose it.
    pub drawn: BigUint,
}

/// A panel and its alternates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The composition, in a composed draw.
    pub composition: Option<DrawnComposition>,
    /// The groups in the order of their names, the types in theirs, or everybody.
    pub strata: Vec<Stratum>,
}

impl Drawn {
    /// Who has a seat, stratum by stratum.
    pub fn panel(&self) -> impl Iterator<Item = u32> {
        self.strata.iter().flat_map(|stratum| stratum.drawn.iter().copied())
    }
}

/// Draws a panel.
///
/// # Errors
/// [`DrawError`], when pool and parameters do not fit each other: the same for every seed.
pub fn draw(pool: &Pool, parameters: &Parameters, lot: &Lot) -> Result<Drawn, DrawError> {
    parameters.check()?;
    let lottery = match (lot, &parameters.design) {
        (Lot::Rfc3797(key), Design::Rfc3797) => return draw_rfc3797(pool, parameters, key),
        (Lot::Seed(_), Design::Rfc3797) | (Lot::Rfc3797(_), _) => {
            return Err(DrawError::KeyAndDesign);
        }
        (Lot::Seed(seed), _) => Lottery::new(*seed),
    };
    let mut among = None;
    if parameters.one_per_household {
        check_households(pool, parameters)?;
        among = Some(one_per_household(pool, &lottery));
    }
    let strata = parameters.strata(pool, among.as_deref())?;
    let most = most_seats(parameters);
    if strata.iter().zip(&most).any(|(members, seats)| len(members) < *seats) {
        return Err(DrawError::TooFewPeople);
    }
    let mut composition = None;
    let seats = match &parameters.design {
        Design::Weights(weights) => largest_remainder(weights, parameters.seats).settle(&lottery),
        Design::Composed(distribution) => {
            let (drawn, number, counts) = distribution.draw(&lottery).ok_or(DrawError::Weights)?;
            composition = Some(DrawnComposition { number, drawn });
            counts.to_vec()
        }
        _ => most,
    };
    let strata = strata.iter().zip(seats).enumerate().map(|(number, (members, seats))| {
        let label = format!("stratum/{number}");
        let count = seats.saturating_add(parameters.alternates);
        split(members, &lottery.removal(&label, len(members), count), seats)
    });
    Ok(Drawn { composition, strata: strata.collect() })
}

/// The seats that each stratum can have at most, whatever the lot.
pub(super) fn most_seats(parameters: &Parameters) -> Vec<u32> {
    match &parameters.design {
        Design::Rfc3797 | Design::Simple => vec![parameters.seats],
        Design::Seats(groups) => groups.values().copied().collect(),
        Design::Weights(weights) => {
            let mut shares = largest_remainder(weights, parameters.seats);
            for number in &shares.tied {
                if let Some(seats) = shares.seats.get_mut(*number) {
                    *seats += 1;
                }
            }
            shares.seats
        }
        Design::Composed(distribution) => {
            let most = |number| {
                let counts = distribution.compositions.iter().map(|each| each.counts.get(number));
                counts.flatten().copied().max().unwrap_or(0)
            };
            (0..distribution.types.len()).map(most).collect()
        }
    }
}

/// The numbered list of RFC 3797 is the pool in the order of ids; who is first has number 1.
fn draw_rfc3797(pool: &Pool, parameters: &Parameters, key: &str) -> Result<Drawn, DrawError> {
    if pool.count() < parameters.seats {
        return Err(DrawError::TooFewPeople);
    }
    let count = parameters.seats.saturating_add(parameters.alternates).min(pool.count());
    let places = rfc3797::select(key, pool.count(), count)?;
    let everybody: Vec<u32> = (0..pool.count()).collect();
    Ok(Drawn { composition: None, strata: vec![split(&everybody, &places, parameters.seats)] })
}

/// Seats for the first of those drawn, the others are alternates.
fn split(members: &[u32], drawn: &[u32], seats: u32) -> Stratum {
    let member = |place: &u32| members.get(usize::try_from(*place).ok()?).copied();
    let mut drawn: Vec<u32> = drawn.iter().filter_map(member).collect();
    let seats = usize::try_from(seats).unwrap_or(usize::MAX).min(drawn.len());
    let alternates = drawn.split_off(seats);
    Stratum { drawn, alternates }
}

pub(super) fn len(members: &[u32]) -> u32 {
    u32::try_from(members.len()).unwrap_or(u32::MAX)
}

/// The members of each household, in the order of the draw.
pub(super) fn households(pool: &Pool) -> BTreeMap<&str, Vec<u32>> {
    let mut households: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (place, person) in pool.by_hash() {
        if let Some(household) = &person.household {
            households.entry(household).or_default().push(place);
        }
    }
    households
}

/// A household is of one group, so that the seats of a group do not depend on which of its
/// members represents it, and chances can be told.
pub(super) fn check_households(pool: &Pool, parameters: &Parameters) -> Result<(), DrawError> {
    if matches!(parameters.design, Design::Simple) {
        return Ok(());
    }
    let group = |place: &u32| pool.person(*place).and_then(|person| person.group.as_deref());
    let is_split = |members: &Vec<u32>| {
        let first = members.first().and_then(group);
        members.iter().any(|member| group(member) != first)
    };
    if households(pool).values().any(is_split) {
        return Err(DrawError::HouseholdAcrossGroups);
    }
    Ok(())
}

/// By place, whether somebody represents their household: number 0 under the label `household/`
/// and its name says which of its members, in the order of the draw.
fn one_per_household(pool: &Pool, lottery: &Lottery) -> Vec<bool> {
    let mut among: Vec<bool> =
        pool.people().iter().map(|person| person.household.is_none()).collect();
    for (name, members) in households(pool) {
        let place = lottery.below(&format!("household/{name}"), 0, len(&members));
        let member = usize::try_from(place).ok().and_then(|place| members.get(place));
        let index = member.and_then(|member| usize::try_from(*member).ok());
        if let Some(is_among) = index.and_then(|index| among.get_mut(index)) {
            *is_among = true;
        }
    }
    among
}

/// One person of each household: the pool of another draw, with a seed of its own, where the
/// design can not draw them itself.
#[must_use]
pub fn representatives(pool: &Pool, seed: Hash) -> Vec<Person> {
    let among = one_per_household(pool, &Lottery::new(seed));
    let chosen = pool.people().iter().zip(among).filter(|(_, is_among)| *is_among);
    chosen.map(|(person, _)| person.clone()).collect()
}
