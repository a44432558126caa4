//! Committees, budgets and points against their rules as stated, done the slow way: one voter at a
//! time, in fractions, trying everything.

use super::numbered;
use crate::counting::budget::{BudgetPaper, BudgetRule, Completion};
use crate::counting::committee::CommitteeRule;
use crate::counting::judgment::JudgmentRule;
use crate::counting::outcome::{Outcome, Score};
use crate::counting::points::{self, PointsRule, Unscored};
use crate::counting::ranked::Profile;
use crate::counting::{CountError, MethodSpec, RankedRule, TallyCounter, Ungraded, count, marks};
use num_rational::Ratio;
use num_traits::Zero as _;
use proptest::prelude::*;
use std::collections::BTreeSet;

type Share = Ratio<i128>;
type Set = BTreeSet<usize>;

fn outcome(spec: &MethodSpec, options: usize, rows: &[Vec<u8>]) -> Outcome {
    try_outcome(spec, options, rows).unwrap()
}

fn try_outcome(spec: &MethodSpec, options: usize, rows: &[Vec<u8>]) -> Result<Outcome, CountError> {
    let mut counter = TallyCounter::new(spec, options);
    for row in rows {
        counter.add(row).unwrap();
    }
    assert_eq!(counter.received().invalid, 0);
    count(spec, &numbered(options), &counter.tally(rows.len() as u64))
}

fn found(outcome: &Outcome) -> BTreeSet<Set> {
    let column = |name: &String| name[1..].parse::<usize>().unwrap();
    let committees = outcome.evidence.committees().unwrap();
    committees.iter().map(|set| set.iter().map(column).collect()).collect()
}

fn approvals(rows: &[Vec<bool>]) -> Vec<Vec<u8>> {
    let mark = |approved: &bool| if *approved { marks::APPROVED } else { marks::NOT_APPROVED };
    rows.iter().map(|row| row.iter().map(mark).collect()).collect()
}

fn committee(rule: CommitteeRule, seats: usize, completion: Completion) -> MethodSpec {
    let seats = u32::try_from(seats).unwrap();
    MethodSpec::Committee { rule, seats, completion, max_choices: None }
}

fn subsets(options: usize, size: usize) -> Vec<Set> {
    (0_u32..1 << options)
        .map(|bits| (0..options).filter(|column| bits >> column & 1 == 1).collect::<Set>())
        .filter(|set| set.len() == size)
        .collect()
}

/// 1 + 1/2 + ... + 1/n, over all ballots.
fn harmonic(rows: &[Vec<bool>], set: &Set) -> Share {
    let hits = |row: &Vec<bool>| set.iter().filter(|column| row[**column]).count();
    let sum = |count: usize| (1..=count as i128).map(|n| Share::new(1, n)).sum::<Share>();
    rows.iter().map(|row| sum(hits(row))).sum()
}

fn best_sets(rows: &[Vec<bool>], options: usize, seats: usize) -> BTreeSet<Set> {
    let sets = subsets(options, seats);
    let best = sets.iter().map(|set| harmonic(rows, set)).max().unwrap();
    sets.into_iter().filter(|set| harmonic(rows, set) == best).collect()
}

/// All ways to add, one after the other, whoever gains most.
fn grown(rows: &[Vec<bool>], options: usize, seats: usize, set: &Set, ends: &mut BTreeSet<Set>) {
    if set.len() == seats {
        ends.insert(set.clone());
        return;
    }
    let with = |column: usize| set.iter().copied().chain([column]).collect::<Set>();
    let open = || (0..options).filter(|column| !set.contains(column));
    let best = open().map(|column| harmonic(rows, &with(column))).max().unwrap();
    for column in open().filter(|column| harmonic(rows, &with(*column)) == best) {
        grown(rows, options, seats, &with(column), ends);
    }
}

/// Phragmén's loads, voter by voter, from some loads on.
fn loaded(rows: &[Vec<bool>], seats: usize, set: &Set, loads: &[Share], ends: &mut BTreeSet<Set>) {
    let options = rows.first().map_or(0, Vec::len);
    let load = |column: usize| {
        let of = || rows.iter().zip(loads).filter(move |(row, _)| row[column]);
        let count = of().count() as i128;
        let sum: Share = of().map(|(_, load)| *load).sum();
        (count > 0).then(|| (sum + 1) / count)
    };
    let open = || (0..options).filter(|column| !set.contains(column));
    if set.len() == seats {
        ends.insert(set.clone());
        return;
    }
    let least = open().filter_map(load).min();
    for column in open().filter(|column| load(*column) == least) {
        let set = set.iter().copied().chain([column]).collect();
        let loads = rows.iter().zip(loads);
        let loads: Vec<Share> =
            loads.map(|(row, load)| if row[column] { least.unwrap() } else { *load }).collect();
        loaded(rows, seats, &set, &loads, ends);
    }
}

/// A market of equal shares, voter by voter.
struct Market<'a> {
    worth: &'a [Vec<i128>],
    costs: &'a [i128],
}

impl Market<'_> {
    /// The least ρ at which those who back a project can pay for it.
    fn price(&self, purses: &[Share], column: usize) -> Option<Share> {
        let backers: Vec<(Share, i128)> = (purses.iter().zip(self.worth))
            .map(|(purse, worth)| (*purse, worth[column]))
            .filter(|(_, worth)| *worth > 0)
            .collect();
        let cost = Share::from_integer(self.costs[column]);
        // At the price somebody pays all, or nobody does: one of these is the price.
        let breaks = backers.iter().map(|(purse, worth)| purse / worth);
        let mut breaks: Vec<Share> = breaks.collect();
        breaks.sort();
        let paid = |rho: Share| -> Share {
            backers.iter().map(|(purse, worth)| (*purse).min(rho * worth)).sum()
        };
        let mut from = Share::zero();
        for until in breaks {
            if paid(until) >= cost {
                if cost <= paid(from) {
                    return Some(from);
                }
                // Linear between the two.
                let slope = (paid(until) - paid(from)) / (until - from);
                return Some(from + (cost - paid(from)) / slope);
            }
            from = until;
        }
        None
    }

    /// All ways to buy whatever is cheapest.
    fn buy(&self, purses: &[Share], set: &Set, ends: &mut BTreeSet<(Set, Vec<Share>)>) {
        let open = || (0..self.costs.len()).filter(|column| !set.contains(column));
        let Some(least) = open().filter_map(|column| self.price(purses, column)).min() else {
            ends.insert((set.clone(), purses.to_vec()));
            return;
        };
        for column in open().filter(|column| self.price(purses, *column) == Some(least)) {
            let left = purses.iter().zip(self.worth);
            let left: Vec<Share> =
                left.map(|(purse, worth)| purse - (*purse).min(least * worth[column])).collect();
            self.buy(&left, &set.iter().copied().chain([column]).collect(), ends);
        }
    }

    fn run(&self, money: Share) -> BTreeSet<(Set, Vec<Share>)> {
        let voters = self.worth.len() as i128;
        let mut ends = BTreeSet::new();
        self.buy(&vec![money / voters; self.worth.len()], &Set::new(), &mut ends);
        ends
    }

    fn spent(&self, set: &Set) -> i128 {
        set.iter().map(|column| self.costs[*column]).sum()
    }

    /// Shares raised by one each until it no longer fits, or nothing is left to fund.
    fn raised(&self, budget: i128) -> BTreeSet<Set> {
        let backed = |column: &usize| self.worth.iter().any(|worth| worth[*column] > 0);
        let all = (0..self.costs.len()).filter(backed).count();
        let (mut finals, mut before) = (BTreeSet::new(), BTreeSet::new());
        for step in 0.. {
            let money = Share::from_integer(budget + step * self.worth.len() as i128);
            let sets: BTreeSet<Set> = self.run(money).into_iter().map(|(set, _)| set).collect();
            let (within, over): (BTreeSet<Set>, BTreeSet<Set>) =
                sets.into_iter().partition(|set| self.spent(set) <= budget);
            let is_done = |set: &Set| {
                let left = budget - self.spent(set);
                let mut open = (0..self.costs.len()).filter(|column| !set.contains(column));
                set.len() == all || open.all(|column| self.costs[column] > left)
            };
            let (done, open): (BTreeSet<Set>, BTreeSet<Set>) =
                within.into_iter().partition(is_done);
            finals.extend(done);
            if !over.is_empty() {
                finals.extend(before);
            }
            if open.is_empty() {
                break;
            }
            before = open;
        }
        finals
    }

    /// All ways to fund whatever is best of what fits.
    fn greedy(
        &self,
        budget: i128,
        per_cost: bool,
        set: &Set,
        votes: &[i128],
        ends: &mut BTreeSet<Set>,
    ) {
        let left = budget - self.spent(set);
        let open = || {
            (0..self.costs.len())
                .filter(|column| !set.contains(column) && self.costs[*column] <= left)
        };
        let value = |column: usize| match per_cost {
            true => Share::new(votes[column], self.costs[column]),
            false => Share::from_integer(votes[column]),
        };
        let Some(most) = open().map(value).max() else {
            ends.insert(set.clone());
            return;
        };
        for column in open().filter(|column| value(*column) == most) {
            let with = set.iter().copied().chain([column]).collect();
            self.greedy(budget, per_cost, &with, votes, ends);
        }
    }
}

fn elections() -> impl Strategy<Value = (usize, Vec<Vec<bool>>)> {
    (2usize..6, 1usize..8).prop_flat_map(|(options, voters)| {
        let row = prop::collection::vec(any::<bool>(), options);
        (1..options, prop::collection::vec(row, voters))
    })
}

/// Costs, a budget, and the points of each voter; approvals if no more than one.
fn budgets() -> impl Strategy<Value = (Vec<i128>, i128, Vec<Vec<i128>>)> {
    (2usize..5, 1usize..5, 1i128..4).prop_flat_map(|(projects, voters, most)| {
        let row = prop::collection::vec(0..=most, projects);
        let costs = prop::collection::vec(1i128..8, projects);
        (costs, 3i128..16, prop::collection::vec(row, voters))
    })
}

fn budget(
    rule: BudgetRule,
    completion: Completion,
    costs: &[i128],
    money: i128,
    points: &[Vec<i128>],
) -> BTreeSet<Set> {
    let spec = MethodSpec::Budget {
        rule,
        completion,
        budget: money as u64,
        costs: costs.iter().map(|cost| *cost as u64).collect(),
        unit: 1,
        paper: BudgetPaper::Points { total: None, cap: Some(9) },
    };
    let given = |points: &i128| (*points > 0).then_some(*points as i32);
    let rows: Vec<Vec<u8>> = (points.iter())
        .map(|row| row.iter().flat_map(|own| points::mark(given(own)).unwrap()).collect())
        .collect();
    found(&outcome(&spec, costs.len(), &rows))
}

proptest! {
    #[test]
    fn committees_done_the_slow_way((seats, rows) in elections()) {
        let options = rows[0].len();
        let marked = approvals(&rows);
        let by = |rule, completion| {
            found(&outcome(&committee(rule, seats, completion), options, &marked))
        };
        let none = Completion::None;
        prop_assert_eq!(by(CommitteeRule::Pav, none), best_sets(&rows, options, seats));
        let mut ends = BTreeSet::new();
        grown(&rows, options, seats, &Set::new(), &mut ends);
        prop_assert_eq!(by(CommitteeRule::SeqPav, none), ends);
        let mut ends = BTreeSet::new();
        loaded(&rows, seats, &Set::new(), &vec![Share::zero(); rows.len()], &mut ends);
        prop_assert_eq!(by(CommitteeRule::SeqPhragmen, none), ends);
        let worth: Vec<Vec<i128>> =
            rows.iter().map(|row| row.iter().copied().map(i128::from).collect()).collect();
        let costs = vec![1; options];
        let bought = Market { worth: &worth, costs: &costs }.run((seats as i128).into());
        let sets: BTreeSet<Set> = bought.iter().map(|(set, _)| set.clone()).collect();
        prop_assert_eq!(by(CommitteeRule::EqualShares, none), sets.clone());
        // The seats left open, by approvals: a budget of seats, each of which costs one.
        let market = Market { worth: &worth, costs: &costs };
        let votes: Vec<i128> =
            (0..options).map(|column| worth.iter().map(|row| row[column]).sum()).collect();
        let mut ends = BTreeSet::new();
        for set in sets {
            market.greedy(seats as i128, false, &set, &votes, &mut ends);
        }
        prop_assert_eq!(by(CommitteeRule::EqualShares, Completion::Greedy), ends);
        let mut ends = BTreeSet::new();
        for (set, purses) in bought {
            let loads: Vec<Share> = purses.iter().map(|purse| -purse).collect();
            loaded(&rows, seats, &set, &loads, &mut ends);
        }
        prop_assert_eq!(by(CommitteeRule::EqualShares, Completion::Phragmen), ends);
    }

    #[test]
    fn budgets_done_the_slow_way((costs, money, points) in budgets()) {
        let votes: Vec<i128> =
            (0..costs.len()).map(|column| points.iter().map(|row| row[column]).sum()).collect();
        for (rule, by_cost) in
            [(BudgetRule::EqualSharesCost, true), (BudgetRule::EqualSharesCardinality, false)]
        {
            let worth: Vec<Vec<i128>> = points
                .iter()
                .map(|row| {
                    let own = row.iter().zip(&costs);
                    let worth = |cost: &i128| if by_cost { *cost } else { 1 };
                    own.map(|(points, cost)| points * worth(cost)).collect()
                })
                .collect();
            let market = Market { worth: &worth, costs: &costs };
            let bare: BTreeSet<Set> =
                market.run(money.into()).into_iter().map(|(set, _)| set).collect();
            let by = |completion| budget(rule, completion, &costs, money, &points);
            prop_assert_eq!(by(Completion::None), bare.clone());
            let raised = market.raised(money);
            prop_assert_eq!(by(Completion::Add1), raised.clone());
            for (completion, sets) in [(Completion::Greedy, bare), (Completion::Add1u, raised)] {
                let mut ends = BTreeSet::new();
                for set in sets {
                    market.greedy(money, !by_cost, &set, &votes, &mut ends);
                }
                prop_assert_eq!(by(completion), ends);
            }
        }
        let market = Market { worth: &points, costs: &costs };
        for (rule, per_cost) in
            [(BudgetRule::GreedyVotes, false), (BudgetRule::GreedyVotesPerCost, true)]
        {
            let mut ends = BTreeSet::new();
            market.greedy(money, per_cost, &Set::new(), &votes, &mut ends);
            prop_assert_eq!(budget(rule, Completion::None, &costs, money, &points), ends);
        }
    }

    #[test]
    fn points_done_the_slow_way(
        rows in prop::collection::vec(prop::collection::vec(prop::option::of(0i32..4), 3), 0..9),
    ) {
        let marked: Vec<Vec<u8>> = (rows.iter())
            .map(|row| row.iter().flat_map(|own| points::mark(*own).unwrap()).collect())
            .collect();
        let given = |column: usize| rows.iter().filter_map(move |row| row[column]);
        let spec = |rule| MethodSpec::Points { rule, seats: 1 };
        let sum = spec(PointsRule::Score { most: 3, unscored: Unscored::Zero });
        let mean = spec(PointsRule::Score { most: 3, unscored: Unscored::Excluded });
        let dots = spec(PointsRule::Dots { points: 9, cap: Some(3) });
        let (sum, mean, dots) =
            (outcome(&sum, 3, &marked), outcome(&mean, 3, &marked), outcome(&dots, 3, &marked));
        for column in 0..3 {
            let name = format!("o{column}");
            let total: u64 = given(column).map(|points| points as u64).sum();
            prop_assert_eq!(&sum.scores[&name], &Score::Integer(total));
            prop_assert_eq!(&dots.scores[&name], &Score::Integer(total));
            let expected = match given(column).count() as i128 {
                0 => "\"-\"".to_owned(),
                voters => {
                    let mean = Ratio::new(i128::from(total), voters);
                    if mean.is_integer() { mean.to_string() } else { format!("\"{mean}\"") }
                }
            };
            prop_assert_eq!(serde_json::to_string(&mean.scores[&name]).unwrap(), expected);
        }
    }

    /// Shares above and below the median, as fractions of all.
    #[test]
    fn judgments_done_the_slow_way(
        rows in prop::collection::vec(prop::collection::vec(0u8..4, 3), 1..12),
    ) {
        let marked: Vec<Vec<u8>> =
            rows.iter().map(|row| row.iter().map(|grade| grade + 2).collect()).collect();
        let grades: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        for rule in JudgmentRule::ALL {
            let (grades, ungraded) = (grades.clone(), Ungraded::Error);
            let spec = MethodSpec::Judgment { rule, grades, seats: 1, ungraded };
            let outcome = outcome(&spec, 3, &marked);
            let value = |column: usize| {
                let mut own: Vec<u8> = rows.iter().map(|row| row[column]).collect();
                own.sort_unstable();
                let all = own.len() as i128;
                let median = own[(own.len() - 1) / 2];
                let share = |is: &dyn Fn(u8) -> bool| {
                    Share::new(own.iter().filter(|grade| is(**grade)).count() as i128, all)
                };
                let (p, q) = (share(&|grade| grade > median), share(&|grade| grade < median));
                let one = Share::from_integer(1);
                let more = match rule {
                    JudgmentRule::TypicalJudgment => p - q,
                    JudgmentRule::UsualJudgment => (p - q) / ((one - p - q) * 2),
                    JudgmentRule::CentralJudgment if (p + q).is_zero() => Share::zero(),
                    JudgmentRule::CentralJudgment => (p - q) / ((p + q) * 2),
                };
                Share::from_integer(i128::from(median)) + more
            };
            let best = (0..3).map(value).max().unwrap();
            let winners: BTreeSet<String> =
                (0..3).filter(|column| value(*column) == best).map(|c| format!("o{c}")).collect();
            prop_assert_eq!(outcome.winners.into_iter().collect::<BTreeSet<_>>(), winners);
        }
    }

    /// Meek's shares: whoever is elected and settled has the quota, to a millionth of a vote, and
    /// nothing is lost between votes and exhausted ballots.
    #[test]
    fn no_vote_is_lost_by_meek(
        rows in prop::collection::vec(prop::collection::vec(1u8..6, 4), 1..20), seats in 1u32..4,
    ) {
        let spec = MethodSpec::Ranked { rule: RankedRule::StvMeek, seats };
        let outcome = outcome(&spec, 4, &rows);
        let crate::counting::outcome::Evidence::Ranked(evidence) = &outcome.evidence else {
            panic!()
        };
        let number = |score: &Score| -> Ratio<i128> {
            let text = serde_json::to_string(score).unwrap().replace('"', "");
            text.parse().unwrap()
        };
        let valid = Ratio::from_integer(i128::from(outcome.ballots.valid));
        let millionth = Ratio::new(1, 1_000_000);
        let mut elected: BTreeSet<&String> = BTreeSet::new();
        for round in &evidence.rounds {
            let votes: Ratio<i128> = round.votes.values().map(number).sum();
            prop_assert_eq!(votes + number(&round.exhausted), valid);
            let quota = votes / i128::from(seats + 1);
            for name in &elected {
                prop_assert!(number(&round.votes[*name]) + millionth > quota);
            }
            elected.extend(&round.elected);
        }
    }
}

/// A profile of distinct ballots, so many that they can not be listed one by one.
#[test]
fn weights_do_not_matter_to_shares() {
    let rows = approvals(&[vec![true, true, false], vec![false, true, true], vec![true; 3]]);
    for rule in CommitteeRule::ALL {
        let spec = committee(rule, 2, Completion::None);
        let mut counter = TallyCounter::new(&spec, 3);
        for row in &rows {
            counter.add_times(row, 1 << 50).unwrap();
        }
        let heavy = count(&spec, &numbered(3), &counter.tally(0)).unwrap();
        assert_eq!(found(&heavy), found(&outcome(&spec, 3, &rows)), "{rule:?}");
    }
}

/// Nobody votes, or nobody for anybody: an outcome, or a typed error, at once.
#[test]
fn empty_elections() {
    for rule in CommitteeRule::ALL {
        let spec = committee(rule, 2, Completion::None);
        assert!(outcome(&spec, 3, &[]).winners.len() <= 3);
        assert!(outcome(&spec, 3, &approvals(&[vec![false; 3]])).winners.len() <= 3);
        // As many as can be told apart, no more.
        let many = try_outcome(&spec, 900, &[]);
        assert!(many.is_ok() || many == Err(CountError::TooManyTies), "{rule:?}");
    }
    assert_eq!(budget(BudgetRule::EqualSharesCost, Completion::Add1, &[1, 2], 9, &[]).len(), 1);
    assert_eq!(Profile::new().len(), 0);
}

/// VoteKit#311: floats broke the tie of 8 votes each for the last seat.
#[test]
fn a_tie_by_fractions_is_a_tie() {
    let spec = MethodSpec::Ranked { rule: RankedRule::StvMeek, seats: 2 };
    // Two parties alike: whatever is transferred, the second options stay level.
    let row = |text: &str| text.bytes().map(|mark| mark - b'0' + 1).collect::<Vec<u8>>();
    let rows: Vec<Vec<u8>> = (0..9).flat_map(|_| [row("1230"), row("1320")]).collect();
    let outcome = outcome(&spec, 4, &rows);
    let seats = outcome.evidence.seats().unwrap();
    assert_eq!((seats.elected.len(), seats.tied.len()), (1, 2), "{outcome:?}");
}

/// bettervoting#599: a group of a share of the voters has that share of the seats.
#[test]
fn equal_shares_are_proportional() {
    let mut rows = vec![vec![true, true, true, false, false]; 6];
    rows.extend(vec![vec![false, false, false, true, true]; 3]);
    let spec = committee(CommitteeRule::EqualShares, 3, Completion::None);
    let found = found(&outcome(&spec, 5, &approvals(&rows)));
    assert!(found.iter().all(|set| set.iter().filter(|column| **column < 3).count() == 2));
    assert_eq!(found.len(), 6);
}
