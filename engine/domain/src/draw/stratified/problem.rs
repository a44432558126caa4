//! A pool, its quotas and the seats of a panel.

use std::collections::BTreeMap;
use std::fmt;

/// Most categories of a problem.
pub const CATEGORIES_MAX: usize = 16;
/// Most features of all categories together.
pub const FEATURES_MAX: usize = 256;
/// Most people in a pool.
pub const PEOPLE_MAX: usize = 100_000;
/// Most types, that is, different rows of features.
pub const TYPES_MAX: usize = 4_000;
/// Most seats of a panel.
pub const SEATS_MAX: u32 = 5_000;

/// How many of a panel have a feature: at least `min`, at most `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// At least so many.
    pub min: u32,
    /// At most so many.
    pub max: u32,
    /// How far the two may be relaxed if no panel meets all quotas; without it, from nobody to
    /// everybody.
    pub flex: Option<Flex>,
}

impl Quota {
    /// A quota that may be relaxed at will.
    #[must_use]
    pub const fn new(min: u32, max: u32) -> Self {
        Self { min, max, flex: None }
    }
}

/// Bounds for a relaxed quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flex {
    /// The lowest that `min` may become.
    pub min: u32,
    /// The highest that `max` may become.
    pub max: u32,
}

/// One category, such as gender, with the quota of each of its features.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// The name, unlike that of any other category.
    pub name: String,
    /// The features, by name.
    pub features: Vec<(String, Quota)>,
}

/// A type: people who have the same feature in every category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    /// In each category, which of its features.
    pub features: Vec<usize>,
    /// How many people.
    pub people: u32,
}

/// A well-formed problem.
///
/// Categories and their features are sorted by name, types by their features. So the problem, and
/// all that follows from it, does not depend on the order in which anything was listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    seats: u32,
    categories: Vec<Category>,
    types: Vec<Type>,
    /// For each feature of each category, one after the other, the types that have it.
    members: Vec<Vec<usize>>,
}

/// Why a problem is not well formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemError {
    /// A panel of nobody.
    NoSeats,
    /// More seats than [`SEATS_MAX`].
    TooManySeats,
    /// No category at all.
    NoCategories,
    /// More categories than [`CATEGORIES_MAX`].
    TooManyCategories,
    /// A category that has no feature.
    NoFeatures {
        /// The category.
        category: String,
    },
    /// More features than [`FEATURES_MAX`].
    TooManyFeatures,
    /// Two categories of one name.
    DuplicateCategory {
        /// The name.
        category: String,
    },
    /// Two features of one name in a category.
    DuplicateFeature {
        /// The category.
        category: String,
        /// The name.
        feature: String,
    },
    /// A quota whose minimum is above its maximum.
    MinAboveMax {
        /// The category.
        category: String,
        /// The feature.
        feature: String,
    },
    /// Bounds for relaxing that are tighter than the quota itself.
    FlexInsideQuota {
        /// The category.
        category: String,
        /// The feature.
        feature: String,
    },
    /// More people than [`PEOPLE_MAX`].
    TooManyPeople,
    /// Fewer people than seats.
    FewerPeopleThanSeats,
    /// Somebody does not have one feature for each category.
    FeaturesMissing {
        /// Where in the list, from 0.
        person: usize,
    },
    /// Somebody has a feature that the category does not list.
    UnknownFeature {
        /// Where in the list, from 0.
        person: usize,
        /// The category.
        category: String,
        /// The feature that is not listed.
        feature: String,
    },
    /// More types than [`TYPES_MAX`].
    TooManyTypes,
}

impl fmt::Display for ProblemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSeats => f.write_str("a panel needs at least one seat"),
            Self::TooManySeats => write!(f, "a panel has at most {SEATS_MAX} seats"),
            Self::NoCategories => f.write_str("there is no category"),
            Self::TooManyCategories => write!(f, "there are more than {CATEGORIES_MAX} categories"),
            Self::NoFeatures { category } => write!(f, "“{category}” has no feature"),
            Self::TooManyFeatures => write!(f, "there are more than {FEATURES_MAX} features"),
            Self::DuplicateCategory { category } => {
                write!(f, "the category “{category}” is there twice")
            }
            Self::DuplicateFeature { category, feature } => {
                write!(f, "“{category}” has “{feature}” twice")
            }
            Self::MinAboveMax { category, feature } => {
                write!(f, "the minimum of “{feature}” in “{category}” is above its maximum")
            }
            Self::FlexInsideQuota { category, feature } => write!(
                f,
                "“{feature}” in “{category}” may be relaxed to less than what the quota allows"
            ),
            Self::TooManyPeople => write!(f, "there are more than {PEOPLE_MAX} people"),
            Self::FewerPeopleThanSeats => f.write_str("there are fewer people than seats"),
            Self::FeaturesMissing { person } => {
                write!(f, "person {person} has not one feature for each category")
            }
            Self::UnknownFeature { person, category, feature } => {
                write!(f, "person {person}: “{category}” does not list “{feature}”")
            }
            Self::TooManyTypes => {
                write!(f, "there are more than {TYPES_MAX} different rows of features")
            }
        }
    }
}

impl std::error::Error for ProblemError {}

impl Problem {
    /// A problem from a list of people, each with one feature for each category, in the order of
    /// `categories`.
    ///
    /// # Errors
    ///
    /// The first thing that is not well formed.
    pub fn new<S: AsRef<str>>(
        categories: Vec<Category>,
        people: &[Vec<S>],
        seats: u32,
    ) -> Result<Self, ProblemError> {
        if seats == 0 {
            return Err(ProblemError::NoSeats);
        }
        if seats > SEATS_MAX {
            return Err(ProblemError::TooManySeats);
        }
        let (order, categories) = sorted(categories)?;
        if people.len() > PEOPLE_MAX {
            return Err(ProblemError::TooManyPeople);
        }
        if people.len() < usize::try_from(seats).unwrap_or(usize::MAX) {
            return Err(ProblemError::FewerPeopleThanSeats);
        }
        let mut counts: BTreeMap<Vec<usize>, u32> = BTreeMap::new();
        for (person, row) in people.iter().enumerate() {
            *counts.entry(features_of(&order, &categories, person, row)?).or_default() += 1;
            if counts.len() > TYPES_MAX {
                return Err(ProblemError::TooManyTypes);
            }
        }
        let types: Vec<Type> =
            counts.into_iter().map(|(features, people)| Type { features, people }).collect();
        let members = members(&categories, &types);
        Ok(Self { seats, categories, types, members })
    }

    /// Seats of a panel.
    #[must_use]
    pub const fn seats(&self) -> u32 {
        self.seats
    }

    /// Categories and features by name, each with its quota.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// Types, in the order of their features. Compositions and weights are in this order.
    #[must_use]
    pub fn types(&self) -> &[Type] {
        &self.types
    }

    /// The type of somebody with these features, named in the order of [`Self::categories`].
    #[must_use]
    pub fn type_of<S: AsRef<str>>(&self, features: &[S]) -> Option<usize> {
        if features.len() != self.categories.len() {
            return None;
        }
        let named = features.iter().zip(&self.categories);
        let row: Option<Vec<usize>> =
            named.map(|(feature, category)| find(category, feature.as_ref())).collect();
        self.types.binary_search_by(|other| Some(&other.features).cmp(&row.as_ref())).ok()
    }

    /// Each quota with the types that count towards it, category after category.
    pub(super) fn quotas(&self) -> impl Iterator<Item = (Quota, &[usize])> {
        let quotas = self.categories.iter().flat_map(|category| &category.features);
        quotas.map(|(_, quota)| *quota).zip(self.members.iter().map(Vec::as_slice))
    }

    /// Whether a panel of this composition can be seated: whether people, seats and quotas allow.
    #[must_use]
    pub fn admits(&self, composition: &[u32]) -> bool {
        let total = |counts: &mut dyn Iterator<Item = u32>| counts.map(u64::from).sum::<u64>();
        composition.len() == self.types.len()
            && composition.iter().zip(&self.types).all(|(count, of)| *count <= of.people)
            && total(&mut composition.iter().copied()) == u64::from(self.seats)
            && self.quotas().all(|(quota, members)| {
                let count = total(&mut members.iter().filter_map(|t| composition.get(*t)).copied());
                (u64::from(quota.min)..=u64::from(quota.max)).contains(&count)
            })
    }
}

fn find(category: &Category, feature: &str) -> Option<usize> {
    category.features.binary_search_by(|(name, _)| name.as_str().cmp(feature)).ok()
}

/// Categories sorted by name, and where each was in the list.
fn sorted(categories: Vec<Category>) -> Result<(Vec<usize>, Vec<Category>), ProblemError> {
    if categories.is_empty() {
        return Err(ProblemError::NoCategories);
    }
    if categories.len() > CATEGORIES_MAX {
        return Err(ProblemError::TooManyCategories);
    }
    if categories.iter().map(|category| category.features.len()).sum::<usize>() > FEATURES_MAX {
        return Err(ProblemError::TooManyFeatures);
    }
    let mut listed: Vec<(usize, Category)> = categories.into_iter().enumerate().collect();
    listed.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    for (one, next) in listed.iter().zip(listed.iter().skip(1)) {
        if one.1.name == next.1.name {
            return Err(ProblemError::DuplicateCategory { category: one.1.name.clone() });
        }
    }
    for (_, category) in &mut listed {
        category.features.sort_by(|a, b| a.0.cmp(&b.0));
        check_features(category)?;
    }
    Ok(listed.into_iter().unzip())
}

fn check_features(category: &Category) -> Result<(), ProblemError> {
    let name = || category.name.clone();
    if category.features.is_empty() {
        return Err(ProblemError::NoFeatures { category: name() });
    }
    for ((one, _), (next, _)) in category.features.iter().zip(category.features.iter().skip(1)) {
        if one == next {
            return Err(ProblemError::DuplicateFeature { category: name(), feature: one.clone() });
        }
    }
    for (feature, quota) in &category.features {
        let (category, feature) = (name(), feature.clone());
        if quota.min > quota.max {
            return Err(ProblemError::MinAboveMax { category, feature });
        }
        if quota.flex.is_some_and(|flex| flex.min > quota.min || flex.max < quota.max) {
            return Err(ProblemError::FlexInsideQuota { category, feature });
        }
    }
    Ok(())
}

/// The features of one person, in the order of the sorted categories.
fn features_of<S: AsRef<str>>(
    order: &[usize],
    categories: &[Category],
    person: usize,
    row: &[S],
) -> Result<Vec<usize>, ProblemError> {
    if row.len() != categories.len() {
        return Err(ProblemError::FeaturesMissing { person });
    }
    let of = |(at, category): (&usize, &Category)| {
        let feature = row.get(*at).map_or("", AsRef::as_ref);
        find(category, feature).ok_or_else(|| ProblemError::UnknownFeature {
            person,
            category: category.name.clone(),
            feature: feature.to_owned(),
        })
    };
    order.iter().zip(categories).map(of).collect()
}

fn members(categories: &[Category], types: &[Type]) -> Vec<Vec<usize>> {
    let features = categories
        .iter()
        .enumerate()
        .flat_map(|(at, category)| (0..category.features.len()).map(move |feature| (at, feature)));
    let of = |(at, feature): (usize, usize)| {
        let has = |t: &&Type| t.features.get(at) == Some(&feature);
        types.iter().enumerate().filter(|(_, t)| has(t)).map(|(index, _)| index).collect()
    };
    features.map(of).collect()
}
