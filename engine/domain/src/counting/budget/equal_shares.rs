//! The method of equal shares: everybody has an equal share of the money, and projects are bought
//! by those who back them.
//!
//! The price of a project is the least ρ for which its backers can pay for it, each ρ times what
//! they have of it, or all that they have left. The cheapest is bought, until none can be paid for.
//! A committee is bought in the same way: each seat costs 1, and there is as much money as seats.
//!
//! Purses are whole numbers over one common denominator, and prices fractions: nothing is rounded.
//! Each is known with what a raise of everybody's share would add to it (`linear.rs`).

use super::greedy::{self, Funding};
use super::linear::{Horizon, Linear, Rate};
use super::{Backers, BudgetRule, Completion, Found, Greedy, Projects, Steps};
use crate::counting::CountError;
use crate::counting::committee::{self, Election, phragmen};
use crate::counting::ways::{self, Breaking, Explored, Step, WAYS_MAX};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive as _;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Most ballots looked at in raising shares again and again.
const LOOKS_MAX: usize = 100_000_000;

/// A price: `due` over `weight`, in money over the common denominator.
#[derive(Clone)]
struct Price {
    due: Linear,
    /// What its backers who have enough left have of the project together.
    weight: BigInt,
    /// The price of the same, in money, and for each unit of worth: what projects compare by.
    rate: Rate,
}

/// What everybody has left, and what is bought.
#[derive(Clone)]
struct Purses {
    funded: BTreeSet<usize>,
    steps: Steps,
    /// The distinct amounts, the first being nothing, in units of 1/`denominator`.
    amounts: Vec<Linear>,
    denominator: BigInt,
    /// Per distinct ballot, the place of its amount.
    of: Vec<usize>,
    /// Per project, a rate below which it can not be had any more; `None` once it is bought, or
    /// can not be paid for. Purses only become emptier.
    rates: Vec<Option<Rate>>,
}

impl Step for Purses {
    type Key = (BTreeSet<usize>, BigInt, Vec<(BigInt, BigInt)>);

    fn key(&self) -> Self::Key {
        let divisor = self.amounts.iter().fold(self.denominator.clone(), |a, b| b.gcd(&a));
        let amount = |place: &usize| self.amounts.get(*place).map(|amount| amount.over(&divisor));
        let amounts = self.of.iter().map(|place| amount(place).unwrap_or_default()).collect();
        (self.funded.clone(), &self.denominator / divisor, amounts)
    }
}

/// Places of amounts and points, and how many there are of each.
type Backing = Vec<((usize, u64), u128)>;

/// Most cells of a table of them; a map beyond.
const CELLS_MAX: usize = 1 << 16;

/// A market: who backs what, and what a project is worth to those who back it.
struct Market<'a> {
    projects: &'a Projects,
    /// Whether points are worth the cost of the project each.
    by_cost: bool,
    /// The most points that somebody gives.
    most_points: usize,
    /// How far everybody's share can be raised without any comparison coming out otherwise.
    horizon: RefCell<Horizon>,
}

impl<'a> Market<'a> {
    fn of(projects: &'a Projects, by_cost: bool) -> Self {
        let points = projects.groups.iter().flat_map(|group| &group.points);
        let most_points = points.copied().max().unwrap_or(0);
        let most_points = usize::try_from(most_points).unwrap_or(usize::MAX);
        Self { projects, by_cost, most_points, horizon: RefCell::default() }
    }

    /// The sign of what a decision depends on, which is kept in mind.
    fn sign(&self, value: &Linear) -> Ordering {
        self.horizon.borrow_mut().look_at(value)
    }

    fn start(&self, money: Linear) -> Purses {
        let voters = BigInt::from(self.projects.voters.max(1));
        let none = Rate(Linear::default(), BigInt::from(1));
        Purses {
            funded: BTreeSet::new(),
            steps: Vec::new(),
            amounts: vec![Linear::default(), money],
            denominator: voters,
            of: vec![1; self.projects.groups.len()],
            rates: vec![Some(none); self.projects.costs.len()],
        }
    }

    /// Those who back a project and have something left: how many there are of each amount and
    /// number of points.
    fn backers(&self, purses: &Purses, column: usize) -> Backing {
        let levels = self.most_points.saturating_add(1);
        let cells = purses.amounts.len().saturating_mul(levels);
        if cells > CELLS_MAX {
            return self.sparse_backers(purses, column);
        }
        let mut counts = vec![0_u128; cells]; // Far faster than a map.
        for (Backers { points, times }, place) in self.projects.groups.iter().zip(&purses.of) {
            let points = points.get(column).copied().unwrap_or(0);
            let cell = usize::try_from(points).ok().map(|points| place * levels + points);
            if let Some(count) = cell.and_then(|cell| counts.get_mut(cell)) {
                *count += u128::from(*times);
            }
        }
        let counted = (0..).zip(counts).filter(|(_, times)| *times > 0);
        let of = |(cell, times): (usize, u128)| {
            let (place, points) = (cell / levels, cell % levels);
            (place > 0 && points > 0).then_some(((place, points as u64), times))
        };
        counted.filter_map(of).collect()
    }

    fn sparse_backers(&self, purses: &Purses, column: usize) -> Backing {
        let mut backers: BTreeMap<(usize, u64), u128> = BTreeMap::new();
        for (Backers { points, times }, place) in self.projects.groups.iter().zip(&purses.of) {
            let points = points.get(column).copied().unwrap_or(0);
            if points > 0 && *place > 0 {
                *backers.entry((*place, points)).or_default() += u128::from(*times);
            }
        }
        backers.into_iter().collect()
    }

    /// The price of a project; `None` if it can not be paid for.
    fn price(&self, purses: &Purses, column: usize) -> Option<Price> {
        let backers = self.backers(purses, column);
        let amount = |place: usize| purses.amounts.get(place);
        let cost = self.projects.cost(column);
        let mut due = Linear::fixed(&purses.denominator * cost);
        let mut weight = BigInt::ZERO;
        let mut all = Linear::default();
        for ((place, points), times) in &backers {
            weight += BigInt::from(*points) * times;
            all.add(&amount(*place)?.times(&BigInt::from(*times)));
        }
        if backers.is_empty() || self.sign(&all.minus(&due)).is_lt() {
            return None;
        }
        let mut able = backers;
        loop {
            // Who can not pay as much pays all that there is, and the others more.
            let (mut poor_due, mut poor_weight) = (Linear::default(), BigInt::ZERO);
            let before = able.len();
            able.retain(|((place, points), times)| {
                let Some(amount) = amount(*place) else { return false };
                let above = amount.times(&weight).minus(&due.times(&BigInt::from(*points)));
                let is_able = self.sign(&above).is_ge();
                if !is_able {
                    poor_due.add(&amount.times(&BigInt::from(*times)));
                    poor_weight += BigInt::from(*points) * times;
                }
                is_able
            });
            if able.len() == before {
                break;
            }
            due = due.minus(&poor_due);
            weight -= poor_weight;
        }
        let worth = if self.by_cost { cost } else { 1 };
        let rate = Rate(due.clone(), &weight * &purses.denominator * worth);
        Some(Price { due, weight, rate })
    }

    /// The cheapest projects, and their prices.
    fn cheapest(&self, purses: &mut Purses) -> Vec<(usize, Price)> {
        let mut open: Vec<usize> = (0..self.projects.costs.len())
            .filter(|column| purses.rates.get(*column).is_some_and(Option::is_some))
            .collect();
        let rate = |purses: &Purses, column: usize| purses.rates.get(column).cloned().flatten();
        open.sort_by(|a, b| match (rate(purses, *a), rate(purses, *b)) {
            (Some(a), Some(b)) => a.compare(&b),
            _ => Ordering::Equal,
        });
        let mut cheapest: Vec<(usize, Price)> = Vec::new();
        for column in open {
            let best = cheapest.first().map(|(_, price)| &price.rate);
            let bound = rate(purses, column);
            if let (Some(best), Some(bound)) = (best, &bound)
                && bound.compare(best).is_gt()
            {
                // Those after it have no lower bound either, as things stand.
                self.sign(&bound.above(best));
                continue;
            }
            let price = self.price(purses, column);
            if let Some(place) = purses.rates.get_mut(column) {
                *place = price.as_ref().map(|price| price.rate.clone());
            }
            let Some(price) = price else { continue };
            match best.map_or(Ordering::Less, |best| self.sign(&price.rate.above(best))) {
                Ordering::Less => cheapest = vec![(column, price)],
                Ordering::Equal => cheapest.push((column, price)),
                Ordering::Greater => {}
            }
        }
        cheapest
    }

    /// Buys a project.
    fn buy(&self, purses: &Purses, column: usize, price: &Price) -> Purses {
        let divisor = price.due.gcd(&price.weight);
        let (due, weight) = (price.due.divided(&divisor), &price.weight / &divisor);
        let mut after = purses.clone();
        after.denominator *= &weight;
        for amount in &mut after.amounts {
            *amount = amount.times(&weight);
        }
        let mut charged: BTreeMap<(usize, u64), usize> = BTreeMap::new();
        for (Backers { points, .. }, place) in self.projects.groups.iter().zip(&mut after.of) {
            let points = points.get(column).copied().unwrap_or(0);
            if points == 0 || *place == 0 {
                continue;
            }
            let amounts = &mut after.amounts;
            *place = *charged.entry((*place, points)).or_insert_with(|| {
                let cost = due.times(&BigInt::from(points));
                let left = amounts.get(*place).map(|amount| amount.minus(&cost));
                match left.filter(|left| self.sign(left).is_gt()) {
                    None => 0,
                    Some(left) => {
                        amounts.push(left);
                        amounts.len() - 1
                    }
                }
            });
        }
        after.forget_unused();
        after.funded.insert(column);
        after
            .steps
            .push((column, BigRational::new(price.rate.0.now().clone(), price.rate.1.clone())));
        if let Some(rate) = after.rates.get_mut(column) {
            *rate = None;
        }
        after
    }

    fn next(
        &self,
        purses: &Purses,
        breaking: Breaking<'_>,
        ties: &mut Vec<Vec<usize>>,
    ) -> Vec<Purses> {
        let mut purses = purses.clone();
        let cheapest = self.cheapest(&mut purses);
        let columns: Vec<usize> = cheapest.iter().map(|(column, _)| *column).collect();
        if columns.len() > 1 {
            ties.push(columns.clone());
        }
        let chosen = breaking.first(columns);
        let bought = cheapest.iter().filter(|(column, _)| chosen.contains(column));
        bought.map(|(column, price)| self.buy(&purses, *column, price)).collect()
    }

    /// Where this money leads, for all ways to break ties.
    fn run(
        &self,
        money: Linear,
        breaking: Breaking<'_>,
        shown: Breaking<'_>,
    ) -> Result<Explored<Purses>, CountError> {
        *self.horizon.borrow_mut() = Horizon::default();
        let most = (4_000_000 / self.projects.groups.len().max(1)).clamp(100, WAYS_MAX);
        ways::explore(self.start(money), most, breaking, shown, |purses, breaking, ties| {
            self.next(purses, breaking, ties)
        })
    }
}

impl Purses {
    fn forget_unused(&mut self) {
        let mut used = vec![None; self.amounts.len()];
        let mut kept = vec![Linear::default()];
        if let Some(nothing) = used.first_mut() {
            *nothing = Some(0);
        }
        for place in &mut self.of {
            let Some(known) = used.get_mut(*place) else { continue };
            *place = *known.get_or_insert_with(|| {
                kept.push(self.amounts.get(*place).cloned().unwrap_or_default());
                kept.len() - 1
            });
        }
        self.amounts = kept;
    }
}

/// Projects by equal shares, and what is done with the rest.
pub(super) fn budget(
    projects: &Projects,
    rule: BudgetRule,
    completion: Completion,
    breaking: Breaking<'_>,
    shown: Breaking<'_>,
) -> Result<Found, CountError> {
    let market = Market::of(projects, rule == BudgetRule::EqualSharesCost);
    let found = match completion {
        Completion::Add1 | Completion::Add1u => raise(&market, breaking, shown)?,
        _ => {
            let money = Linear::fixed(projects.budget.into());
            let explored = market.run(money, breaking, shown)?;
            let ends = explored.ends.into_iter().map(|purses| purses.funded).collect();
            let steps = explored.shown.map(|purses| purses.steps).unwrap_or_default();
            Found { sets: ends, steps, ties: explored.ties, raised: 0 }
        }
    };
    match completion {
        Completion::Add1u | Completion::Greedy => {
            complete(projects, rule.greedy(), found, breaking, shown)
        }
        _ => Ok(found),
    }
}

/// Raises everybody's share by a unit of the currency, again and again. Each outcome within the
/// budget to which nothing can be added is final, and so is the last one within it. Raises that
/// change nothing are not counted one by one.
fn raise(
    market: &Market<'_>,
    breaking: Breaking<'_>,
    shown: Breaking<'_>,
) -> Result<Found, CountError> {
    let projects = market.projects;
    let budget = u128::from(projects.budget);
    let votes = projects.votes();
    let all_backed = votes.iter().filter(|votes| **votes > 0).count();
    let is_final = |funded: &BTreeSet<usize>| {
        let left = budget.saturating_sub(projects.spent(funded));
        let open = (0..projects.costs.len()).filter(|column| !funded.contains(column));
        funded.len() >= all_backed || open.map(|c| u128::from(projects.cost(c))).all(|c| c > left)
    };
    let step = BigInt::from(projects.voters.max(1)) * projects.unit;
    let money = |raised: u64| Linear::new(&step * raised + projects.budget, step.clone());
    let mut finals = BTreeSet::new();
    let mut before: BTreeSet<BTreeSet<usize>> = BTreeSet::new();
    let mut last = None;
    let (mut raised, mut looks) = (0_u64, 0_usize);
    loop {
        let explored = market.run(money(raised), breaking, shown)?;
        let mut open = BTreeSet::new();
        let mut is_over = false;
        for purses in explored.ends {
            if projects.spent(&purses.funded) > budget {
                is_over = true;
            } else if is_final(&purses.funded) {
                finals.insert(purses.funded);
            } else {
                open.insert(purses.funded);
            }
        }
        let within = explored.shown.is_some_and(|purses| projects.spent(&purses.funded) <= budget);
        if is_over {
            finals.append(&mut before);
        }
        let next = market.horizon.borrow().raises().and_then(|raises| raises.to_u64());
        let next = next.and_then(|raises| raised.checked_add(raises));
        let next = next.filter(|_| !open.is_empty());
        if within {
            last = Some(next.map_or(raised, |next| next - 1));
        }
        let Some(next) = next else { break };
        before = open;
        raised = next;
        looks += projects.groups.len().max(1) * projects.costs.len();
        if looks > LOOKS_MAX {
            return Err(CountError::TooMuchWork);
        }
    }
    let Some(raised) = last else {
        return Ok(Found { sets: finals, steps: Vec::new(), ties: Vec::new(), raised: 0 });
    };
    let Explored { shown, ties, .. } = market.run(money(raised), breaking, shown)?;
    let steps = shown.map(|purses| purses.steps).unwrap_or_default();
    Ok(Found { sets: finals, steps, ties, raised })
}

/// Completes each set of projects greedily with what it leaves.
fn complete(
    projects: &Projects,
    by: Greedy,
    found: Found,
    breaking: Breaking<'_>,
    shown: Breaking<'_>,
) -> Result<Found, CountError> {
    let mut sets = BTreeSet::new();
    let Found { mut steps, mut ties, raised, .. } = found;
    let of_shown: BTreeSet<usize> = steps.iter().map(|(column, _)| *column).collect();
    for funded in found.sets {
        let is_shown = funded == of_shown;
        let start = Funding { funded, steps: Vec::new() };
        let completed = greedy::complete(projects, by, start, breaking, shown)?;
        sets.extend(completed.ends.into_iter().map(|end| end.funded));
        if is_shown {
            steps.extend(completed.shown.map(|end| end.steps).unwrap_or_default());
            ties.extend(completed.ties);
        }
    }
    Ok(Found { sets, steps, ties, raised })
}

/// A committee by equal shares: each seat costs 1.
pub(in crate::counting) fn committee(
    election: &Election,
    completion: Completion,
    voters: u64,
    breaking: Breaking<'_>,
    shown: Breaking<'_>,
) -> Result<committee::Found, CountError> {
    let backers = |group: &committee::Group| Backers {
        points: group.approved.iter().copied().map(u64::from).collect(),
        times: group.times,
    };
    let seats = u64::try_from(election.seats).unwrap_or(u64::MAX);
    let projects = Projects {
        groups: election.groups.iter().map(backers).collect(),
        costs: vec![1; election.options],
        budget: seats,
        unit: 1,
        voters,
    };
    let market = Market::of(&projects, false);
    let Explored { ends, shown: path, mut ties } =
        market.run(Linear::fixed(seats.into()), breaking, shown)?;
    if completion == Completion::None {
        let sets = ends.into_iter().map(|purses| purses.funded).collect();
        let steps = path.map(|purses| purses.steps).unwrap_or_default();
        return Ok(committee::Found { sets, steps, ties });
    }
    let mut sets = BTreeSet::new();
    for purses in ends {
        sets.extend(fill(election, &projects, purses, completion, breaking, shown)?.0);
    }
    let mut steps = Vec::new();
    if let Some(purses) = path {
        let (_, path, met) = fill(election, &projects, purses, completion, breaking, shown)?;
        steps = path;
        ties.extend(met);
    }
    Ok(committee::Found { sets, steps, ties })
}

type Filled = (Vec<BTreeSet<usize>>, Steps, Vec<Vec<usize>>);

/// Fills the seats that equal shares leave open.
fn fill(
    election: &Election,
    projects: &Projects,
    purses: Purses,
    completion: Completion,
    breaking: Breaking<'_>,
    shown: Breaking<'_>,
) -> Result<Filled, CountError> {
    if completion == Completion::Greedy {
        let start = Funding { funded: purses.funded, steps: purses.steps };
        let filled = greedy::complete(projects, Greedy::Votes, start, breaking, shown)?;
        let sets = filled.ends.into_iter().map(|end| end.funded).collect();
        return Ok((sets, filled.shown.map(|end| end.steps).unwrap_or_default(), filled.ties));
    }
    // What somebody has left is a load that is carried less.
    let known: Vec<BigRational> = (purses.amounts.iter())
        .map(|amount| -BigRational::new(amount.now().clone(), purses.denominator.clone()))
        .collect();
    let load = |place: &usize| known.get(*place).cloned().unwrap_or_default();
    let loads: Vec<BigRational> = purses.of.iter().map(load).collect();
    let start = phragmen::Loads::carried(purses.funded, purses.steps, &loads);
    let filled = phragmen::from(election, start, breaking, shown)?;
    let sets = filled.ends.into_iter().map(|end| end.elected).collect();
    Ok((sets, filled.shown.map(|end| end.steps).unwrap_or_default(), filled.ties))
}
