//! Who can be drawn.

use crate::id::Hash;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// First bytes of what the root of a pool is the hash of.
const ROOT_TAG: &[u8] = b"archipel.draw.pool.v1\n";
/// First bytes of what a commitment to a person is the hash of.
const PERSON_TAG: &[u8] = b"archipel.draw.person.v1\n";

/// Somebody who can be drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What stands for them, by name of feature: `gender` is `female`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub features: BTreeMap<String, String>,
    /// The group by which they are drawn, if seats are given to groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// With whom they live; who has none lives alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<String>,
    /// Their name in this pool: a pseudonym, or a [`commitment`] in hexadecimal.
    pub id: String,
}

/// Why a list of people is no pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolError {
    /// Nobody, or more than [`Pool::PEOPLE_MAX`].
    PeopleCount,
    /// A text is empty or above [`Pool::TEXT_MAX`] bytes, or holds a control character.
    Text,
    /// Somebody has more than [`Pool::FEATURES_MAX`] features.
    FeatureCount,
    /// Two people have one id.
    RepeatedId,
}

impl PoolError {
    /// Every error, in the order of the list.
    pub const ALL: [Self; 4] =
        [Self::PeopleCount, Self::Text, Self::FeatureCount, Self::RepeatedId];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PeopleCount => "pool.people-count",
            Self::Text => "pool.text",
            Self::FeatureCount => "pool.feature-count",
            Self::RepeatedId => "pool.repeated-id",
        }
    }
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PeopleCount => "nobody, or too many people",
            Self::Text => "a name is empty, too long or holds control characters",
            Self::FeatureCount => "somebody has too many features",
            Self::RepeatedId => "two people have one id",
        })
    }
}

impl std::error::Error for PoolError {}

/// People in the order of their ids, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    people: Vec<Person>,
    /// Places of the people in the order of SHA-256 of their ids.
    by_hash: Vec<u32>,
}

impl Pool {
    /// Most people.
    pub const PEOPLE_MAX: usize = 1_000_000;
    /// Longest id, household, group, feature or value, in bytes.
    pub const TEXT_MAX: usize = 200;
    /// Most features of a person.
    pub const FEATURES_MAX: usize = 32;

    /// A pool of these people, in whatever order they come.
    ///
    /// # Errors
    /// [`PoolError`].
    pub fn new(mut people: Vec<Person>) -> Result<Self, PoolError> {
        if people.is_empty() || people.len() > Self::PEOPLE_MAX {
            return Err(PoolError::PeopleCount);
        }
        for person in &people {
            person.check()?;
        }
        people.sort_by(|a, b| a.id.cmp(&b.id));
        if people.iter().zip(people.iter().skip(1)).any(|(one, next)| one.id == next.id) {
            return Err(PoolError::RepeatedId);
        }
        let hashes = people.iter().map(|person| Hash::of(person.id.as_bytes()));
        let mut places: Vec<(Hash, u32)> = hashes.zip(0..).collect();
        places.sort_unstable();
        let by_hash = places.into_iter().map(|(_, place)| place).collect();
        Ok(Self { people, by_hash })
    }

    /// The people, in the order of their ids, bytes compared. A place is an index into these.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.people.len()).unwrap_or(u32::MAX)
    }

    /// Who is at a place.
    #[must_use]
    pub fn person(&self, place: u32) -> Option<&Person> {
        self.people.get(usize::try_from(place).ok()?)
    }

    /// The place of an id.
    #[must_use]
    pub fn place(&self, id: &str) -> Option<u32> {
        let place = self.people.binary_search_by(|person| person.id.as_str().cmp(id)).ok()?;
        u32::try_from(place).ok()
    }

    /// Places and people in the order in which draws take them: by SHA-256 of the id.
    pub fn by_hash(&self) -> impl Iterator<Item = (u32, &Person)> {
        self.by_hash.iter().filter_map(|place| Some((*place, self.person(*place)?)))
    }

    /// Whether a text can be an id, a household, a group, a feature or a value.
    #[must_use]
    pub fn is_name(text: &str) -> bool {
        !text.is_empty() && text.len() <= Self::TEXT_MAX && !text.chars().any(char::is_control)
    }

    /// SHA-256 of `archipel.draw.pool.v1`, a line feed, the number of people, then each in the
    /// order of ids: the id, the household and the group (a byte 0, or a byte 1 and the text),
    /// the number of features and each, in the order of names, as name and value. Numbers have
    /// four bytes, the most significant first; texts are preceded by their length in bytes.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut hasher = Canonical::new(ROOT_TAG);
        hasher.count(self.people.len());
        for person in &self.people {
            hasher.text(&person.id);
            for optional in [&person.household, &person.group] {
                hasher.0.update([u8::from(optional.is_some())]);
                if let Some(text) = optional {
                    hasher.text(text);
                }
            }
            hasher.count(person.features.len());
            for (name, value) in &person.features {
                hasher.text(name);
                hasher.text(value);
            }
        }
        hasher.finish()
    }
}

impl Person {
    fn check(&self) -> Result<(), PoolError> {
        if self.features.len() > Pool::FEATURES_MAX {
            return Err(PoolError::FeatureCount);
        }
        let features = self.features.iter().flat_map(|(name, value)| [name, value]);
        let optional = self.household.iter().chain(&self.group);
        let mut texts = std::iter::once(&self.id).chain(optional).chain(features);
        if texts.all(|text| Pool::is_name(text)) { Ok(()) } else { Err(PoolError::Text) }
    }
}

/// What may be published instead of the name of somebody: SHA-256 of `archipel.draw.person.v1`,
/// a line feed, a secret salt of 32 bytes and the id. Whoever is drawn proves who they are by the
/// salt; without it nobody can try out names.
#[must_use]
pub fn commitment(id: &str, salt: &[u8; 32]) -> Hash {
    Hash::of(&[PERSON_TAG, salt, id.as_bytes()].concat())
}

/// Hashes numbers and texts so that different sequences never give the same bytes.
pub(super) struct Canonical(pub(super) Sha256);

impl Canonical {
    pub(super) fn new(tag: &[u8]) -> Self {
        Self(Sha256::new().chain_update(tag))
    }

    pub(super) fn number(&mut self, number: u32) {
        self.0.update(number.to_be_bytes());
    }

    /// A length, which limits keep far below 2^32.
    pub(super) fn count(&mut self, count: usize) {
        self.number(u32::try_from(count).unwrap_or(u32::MAX));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    pub(super) fn finish(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}
