//! How a panel is drawn.

use super::pool::Canonical;
use super::{Distribution, DrawError, Pool};
use crate::id::Hash;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// First bytes of what the hash of parameters is the hash of.
const TAG: &[u8] = b"archipel.draw.parameters.v1\n";

/// How the seats are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Design {
    /// To anybody, by the lottery of RFC 3797.
    Rfc3797,
    /// To anybody.
    Simple,
    /// So many to each group.
    Seats(BTreeMap<String, u32>),
    /// To the groups in proportion to these weights, by largest remainders.
    Weights(BTreeMap<String, u32>),
    /// By compositions of types, one of which is drawn.
    Composed(Distribution),
}

/// From which stratum a seat is filled when its own has no alternate left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fallback {
    /// From none: the seat stays empty.
    Empty,
    /// From the type that differs in the fewest features, the first of several. In a composed
    /// draw only.
    Nearest,
    /// From the first of these strata, by number, that has an alternate left.
    Order(Vec<u32>),
}

/// How a panel is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// How many alternates each stratum has at most.
    pub alternates: u32,
    /// How the seats are given.
    pub design: Design,
    /// Who fills a seat when its stratum has no alternate left.
    pub fallback: Fallback,
    /// Whether one person of each household is drawn first, and the panel among those.
    pub one_per_household: bool,
    /// The seats of the panel.
    pub seats: u32,
}

impl Parameters {
    /// Most seats, and most alternates of a stratum.
    pub const SEATS_MAX: u32 = 100_000;
    /// Most groups.
    pub const GROUPS_MAX: usize = 4096;

    /// Checks all that does not depend on the pool.
    ///
    /// # Errors
    /// The first of [`DrawError`] that applies, in the order of the code.
    pub fn check(&self) -> Result<(), DrawError> {
        if self.seats == 0 || self.seats > Self::SEATS_MAX || self.alternates > Self::SEATS_MAX {
            return Err(DrawError::SeatCount);
        }
        match &self.design {
            Design::Rfc3797 | Design::Simple => {}
            Design::Seats(groups) => {
                check_groups(groups)?;
                let sum: u64 = groups.values().map(|seats| u64::from(*seats)).sum();
                if sum != u64::from(self.seats) {
                    return Err(DrawError::SeatsDoNotAddUp);
                }
            }
            Design::Weights(groups) => {
                check_groups(groups)?;
                if groups.values().all(|weight| *weight == 0) {
                    return Err(DrawError::NoWeight);
                }
            }
            Design::Composed(distribution) => distribution.check(self.seats)?,
        }
        let is_plain =
            matches!(self.design, Design::Simple | Design::Seats(_) | Design::Weights(_));
        if self.one_per_household && !is_plain {
            return Err(DrawError::HouseholdsNotHere);
        }
        self.check_fallback()
    }

    fn check_fallback(&self) -> Result<(), DrawError> {
        let fits = match &self.fallback {
            Fallback::Empty => true,
            Fallback::Nearest => matches!(self.design, Design::Composed(_)),
            Fallback::Order(strata) => {
                let count = self.stratum_count();
                let mut sorted = strata.clone();
                sorted.sort_unstable();
                sorted.dedup();
                let known = |number: &u32| usize::try_from(*number).is_ok_and(|n| n < count);
                sorted.len() == strata.len() && strata.iter().all(known)
            }
        };
        if fits { Ok(()) } else { Err(DrawError::Fallback) }
    }

    /// How many strata the draw has: its groups or types, or one.
    #[must_use]
    pub fn stratum_count(&self) -> usize {
        match &self.design {
            Design::Rfc3797 | Design::Simple => 1,
            Design::Seats(groups) | Design::Weights(groups) => groups.len(),
            Design::Composed(distribution) => distribution.types.len(),
        }
    }

    /// What the strata are called: a group, the values of a type, or nothing.
    #[must_use]
    pub fn stratum_names(&self) -> Vec<Vec<String>> {
        match &self.design {
            Design::Rfc3797 | Design::Simple => vec![Vec::new()],
            Design::Seats(groups) | Design::Weights(groups) => {
                groups.keys().map(|group| vec![group.clone()]).collect()
            }
            Design::Composed(distribution) => distribution.types.clone(),
        }
    }

    /// The strata from which a seat of one is filled, in that order, its own first.
    #[must_use]
    pub fn sources_of(&self, stratum: usize) -> Vec<usize> {
        let mut sources = match (&self.fallback, &self.design) {
            (Fallback::Order(strata), _) => {
                strata.iter().filter_map(|number| usize::try_from(*number).ok()).collect()
            }
            (Fallback::Nearest, Design::Composed(distribution)) => {
                let mut types: Vec<usize> = (0..distribution.types.len()).collect();
                types.sort_by_key(|number| distribution.distance(stratum, *number));
                types
            }
            _ => Vec::new(),
        };
        sources.retain(|other| *other != stratum);
        sources.insert(0, stratum);
        sources
    }

    /// SHA-256 of `archipel.draw.parameters.v1`, a line feed, seats, alternates, a byte for the
    /// households, then fallback and design, each as a byte for its kind (its place in the
    /// declaration, from 0) and what it holds. Numbers and texts are as in [`Pool::root`].
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut hasher = Canonical::new(TAG);
        hasher.number(self.seats);
        hasher.number(self.alternates);
        hasher.kind(u8::from(self.one_per_household));
        match &self.fallback {
            Fallback::Empty => hasher.kind(0),
            Fallback::Nearest => hasher.kind(1),
            Fallback::Order(strata) => {
                hasher.kind(2);
                hasher.count(strata.len());
                for number in strata {
                    hasher.number(*number);
                }
            }
        }
        match &self.design {
            Design::Rfc3797 => hasher.kind(0),
            Design::Simple => hasher.kind(1),
            Design::Seats(groups) => hasher.groups(2, groups),
            Design::Weights(groups) => hasher.groups(3, groups),
            Design::Composed(distribution) => {
                hasher.kind(4);
                distribution.hash_into(&mut hasher);
            }
        }
        hasher.finish()
    }

    /// The strata of a pool: for each, the places of those in it, in the order of the draw. Of
    /// `among` only, if given.
    pub(super) fn strata(
        &self,
        pool: &Pool,
        among: Option<&[bool]>,
    ) -> Result<Vec<Vec<u32>>, DrawError> {
        let mut strata = vec![Vec::new(); self.stratum_count()];
        let numbers: BTreeMap<&str, usize> = match &self.design {
            Design::Seats(groups) | Design::Weights(groups) => {
                groups.keys().map(String::as_str).zip(0..).collect()
            }
            _ => BTreeMap::new(),
        };
        for (place, person) in pool.by_hash() {
            let stratum = match &self.design {
                Design::Rfc3797 | Design::Simple => Some(0),
                Design::Seats(_) | Design::Weights(_) => {
                    person.group.as_deref().and_then(|group| numbers.get(group).copied())
                }
                Design::Composed(distribution) => distribution.type_of(person),
            };
            let stratum = stratum.and_then(|number| strata.get_mut(number));
            let members = stratum.ok_or(DrawError::UnknownStratum)?;
            let index = usize::try_from(place).unwrap_or(usize::MAX);
            if among.is_none_or(|among| among.get(index).copied().unwrap_or(false)) {
                members.push(place);
            }
        }
        Ok(strata)
    }
}

impl Canonical {
    fn kind(&mut self, kind: u8) {
        sha2::Digest::update(&mut self.0, [kind]);
    }

    fn groups(&mut self, kind: u8, groups: &BTreeMap<String, u32>) {
        self.kind(kind);
        self.count(groups.len());
        for (name, number) in groups {
            self.text(name);
            self.number(*number);
        }
    }
}

fn check_groups(groups: &BTreeMap<String, u32>) -> Result<(), DrawError> {
    let count = !groups.is_empty() && groups.len() <= Parameters::GROUPS_MAX;
    if count && groups.keys().all(|name| Pool::is_name(name)) {
        Ok(())
    } else {
        Err(DrawError::StratumCount)
    }
}
