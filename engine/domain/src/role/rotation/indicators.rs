//! How evenly a load is carried, as exact fractions.

use super::plan::Plan;
use super::roster::Roster;
use super::view::{Names, View};
use crate::id::MemberId;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero as _;
use serde::{Serialize, Serializer};

/// What somebody carries, and how much of it is expected of them: periods in which they are
/// available, for instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Who.
    pub person: MemberId,
    /// What they carry.
    pub load: u64,
    /// What is expected; those of whom nothing is are left out of the Gini coefficient.
    pub capacity: u64,
}

/// How evenly a load is carried. Fractions are written as text, `p/q`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Indicators {
    /// How many people there are.
    pub people: u64,
    /// How many carry anything, or ever did.
    pub holders: u64,
    /// The Gini coefficient of load over capacity (Gini 1912): the mean difference of two people,
    /// over twice the mean. 0 when all carry the same, and when nobody carries anything.
    #[serde(serialize_with = "as_text")]
    pub gini: BigRational,
    /// The share of the whole load that those who carry most carry, as many as were asked for.
    #[serde(serialize_with = "as_text")]
    pub top_share: BigRational,
    /// Most periods in a row that anybody holds a role, those just before the plan counted if they
    /// go on in it; nothing where periods are not known.
    pub longest_run: Option<u64>,
}

fn as_text<S: Serializer>(value: &BigRational, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Indicators of a list, and the share of the `top` who carry most.
#[must_use]
pub fn indicators(list: &[Carried], top: usize) -> Indicators {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let mut loads: Vec<u64> = list.iter().map(|one| one.load).collect();
    loads.sort_unstable_by(|a, b| b.cmp(a));
    let sum = |loads: &mut dyn Iterator<Item = &u64>| -> BigInt {
        loads.map(|load| BigInt::from(*load)).sum()
    };
    let whole = sum(&mut loads.iter());
    let most = sum(&mut loads.iter().take(top));
    let top_share =
        if whole.is_zero() { BigRational::zero() } else { BigRational::new(most, whole) };
    Indicators {
        people: count(list.len()),
        holders: count(list.iter().filter(|one| one.load > 0).count()),
        gini: gini(list),
        top_share,
        longest_run: None,
    }
}

/// With x in ascending order: (2 · sum of i·x_i - (n + 1) · sum of x) / (n · sum of x).
fn gini(list: &[Carried]) -> BigRational {
    let able = list.iter().filter(|one| one.capacity > 0);
    let mut shares: Vec<BigRational> =
        able.map(|one| BigRational::new(one.load.into(), one.capacity.into())).collect();
    shares.sort_unstable();
    let whole: BigRational = shares.iter().sum();
    if whole.is_zero() {
        return whole;
    }
    let integer = |number: usize| BigRational::from_integer(BigInt::from(number));
    let weighted: BigRational =
        shares.iter().zip(1_usize..).map(|(share, place)| share * integer(place)).sum();
    let people = shares.len();
    (weighted * integer(2) - integer(people + 1) * &whole) / (integer(people) * whole)
}

/// Indicators of a plan: of past and new loads over available periods. Whoever held a role before
/// the plan counts as a holder.
#[must_use]
pub fn plan_indicators(roster: &Roster, plan: &Plan, top: usize) -> Indicators {
    let names = Names::of(roster);
    let mut view = View::new(roster);
    for assigned in &plan.assignments {
        let slot = names.slots.get(&assigned.place);
        if let Some((slot, person)) = slot.zip(names.people.get(&assigned.person)) {
            view.give(*person, *slot);
        }
    }
    let mut list = Vec::new();
    let mut holders = 0;
    let mut longest = 0;
    for (person, one) in roster.people.iter().enumerate() {
        let load = one.past_load.saturating_add(view.weight(person));
        let before = one.standing.iter().flatten().any(|past| past.held > 0);
        holders += u64::from(load > 0 || before);
        list.push(Carried { person: one.id, load, capacity: one.periods });
        let runs = (0..roster.roles.len()).flat_map(|role| view.runs(person, role, None));
        let in_plan = runs.filter(|run| run.last > 0).map(super::view::Run::length);
        longest = longest.max(in_plan.max().unwrap_or(0));
    }
    let longest_run = u64::try_from(longest).ok();
    Indicators { holders, longest_run, ..indicators(&list, top) }
}
