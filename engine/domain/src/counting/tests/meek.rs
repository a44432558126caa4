//! Meek's transferable vote by another way: eighteen decimals instead of nine, surpluses a hundred
//! million times smaller, and equal ranks by listing all their orders. Where a millionth of a vote
//! decides, the two may differ, and nothing is compared.

use super::naive::{Set, columns, groups, outcome_of};
use super::*;
use crate::counting::outcome::{Evidence, Score};
use num_rational::Ratio;
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::BTreeSet;

const ONE: u128 = 1_000_000_000_000_000_000;
/// A millionth of a vote: what the count itself calls no surplus.
const NEAR: u128 = ONE / 1_000_000;
const NO_SURPLUS: u128 = 100_000;
const STEPS_MAX: usize = 3_000;

/// All orders of some options.
fn orders(of: &[usize]) -> Vec<Vec<usize>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let with = |first: &usize| {
        let rest: Vec<usize> = of.iter().copied().filter(|other| other != first).collect();
        let first = *first;
        orders(&rest).into_iter().map(move |order| [vec![first], order].concat())
    };
    of.iter().flat_map(with).collect()
}

#[derive(Clone)]
struct Count {
    /// What each keeps: nothing once it is out.
    keeps: Vec<u128>,
    elected: Vec<usize>,
    out: Vec<usize>,
    /// The votes at the election or the exclusion, or now.
    last: Vec<u128>,
}

/// Where all ways end; none where a millionth of a vote decides.
struct Ends {
    sets: BTreeSet<Set>,
    met_a_tie: bool,
    end: Option<Count>,
}

struct Poll {
    /// The groups of each ballot, best first.
    ballots: Vec<Vec<Vec<usize>>>,
    seats: usize,
    width: usize,
}

impl Poll {
    /// The votes at some shares, what is exhausted, and whether all of it is exact.
    fn votes(&self, keeps: &[u128]) -> (Vec<u128>, u128, bool) {
        let (mut votes, mut exhausted, mut is_exact) = (vec![0; self.width], 0, true);
        for ballot in &self.ballots {
            let mut weight = ONE;
            for group in ballot {
                let group: Vec<usize> =
                    group.iter().copied().filter(|column| keeps[*column] > 0).collect();
                let orders = orders(&group);
                let part = weight / orders.len() as u128;
                is_exact &= part.is_multiple_of(1_000_000_000);
                let mut passed = weight;
                for order in &orders {
                    let mut left = part;
                    for column in order {
                        let kept = left * keeps[*column] / ONE;
                        votes[*column] += kept;
                        left -= kept;
                        passed -= kept;
                    }
                }
                // What is lost in dividing by the number of orders is nobody's.
                weight = passed;
            }
            exhausted += weight;
        }
        is_exact &= keeps.iter().all(|keep| *keep == 0 || *keep == ONE);
        (votes, exhausted, is_exact)
    }

    /// One exclusion after the other. None where a millionth of a vote decides.
    fn run(&self, mut count: Count, ends: &mut Ends) -> Option<()> {
        let is_open = |count: &Count, column: &usize| {
            !count.elected.contains(column) && !count.out.contains(column)
        };
        let (votes, is_exact) = self.settle(&mut count)?;
        let open: Vec<usize> = (0..self.width).filter(|column| is_open(&count, column)).collect();
        for column in &open {
            count.last[*column] = votes[*column];
        }
        if count.elected.len() >= self.seats || count.elected.len() + open.len() <= self.seats {
            let mut left = open;
            left.sort_by_key(|column| Reverse(count.last[*column]));
            // Nobody is left without a seat unless the seats are full.
            left.truncate(self.seats - count.elected.len());
            ends.sets.insert(count.elected.iter().chain(&left).copied().collect());
            count.elected.extend(left);
            ends.end = Some(count);
            return Some(());
        }
        let least = open.iter().map(|column| votes[*column]).min()?;
        let near: Vec<usize> =
            open.into_iter().filter(|column| votes[*column] <= least + 2 * NEAR).collect();
        if near.len() > 1 && !(is_exact && near.iter().all(|column| votes[*column] == least)) {
            return None;
        }
        ends.met_a_tie |= near.len() > 1;
        for column in near {
            let mut after = count.clone();
            after.keeps[column] = 0;
            after.out.push(column);
            self.run(after, ends)?;
        }
        Some(())
    }

    /// Elects whoever has more than the quota, and finds the shares that leave it the quota.
    fn settle(&self, count: &mut Count) -> Option<(Vec<u128>, bool)> {
        for _ in 0..STEPS_MAX {
            let (votes, exhausted, is_exact) = self.votes(&count.keeps);
            let quota = (self.ballots.len() as u128 * ONE - exhausted) / (self.seats as u128 + 1);
            let open = (0..self.width)
                .filter(|column| !count.elected.contains(column) && !count.out.contains(column));
            let mut reached = Vec::new();
            for column in open {
                let own = votes[column];
                // Exactly the quota is not more than it; near it, nobody knows.
                if own.abs_diff(quota) < 2 * NEAR && !(is_exact && own == quota) {
                    return None;
                }
                if own > quota + NEAR {
                    reached.push(column);
                }
            }
            reached.sort_by_key(|column| (Reverse(votes[*column]), *column));
            for column in &reached {
                count.last[*column] = votes[*column];
            }
            let is_new = !reached.is_empty();
            count.elected.extend(reached);
            let over = |column: &usize| votes[*column].saturating_sub(quota);
            let surplus: u128 = count.elected.iter().map(over).sum();
            if !is_new && surplus < NO_SURPLUS {
                return Some((votes, is_exact));
            }
            for column in &count.elected {
                let keep = count.keeps[*column] * quota / votes[*column].max(1);
                count.keeps[*column] = keep.min(ONE);
            }
        }
        None
    }
}

/// Thousandths of a thousandth of a vote.
fn millionths(score: &Score) -> i128 {
    let text = serde_json::to_string(score).unwrap().replace('"', "");
    let value: Ratio<i128> = text.parse().unwrap();
    (value * 1_000_000).round().to_integer()
}

/// Whether there was something to compare.
fn check(width: usize, seats: usize, rows: &[Vec<u8>]) -> Result<bool, TestCaseError> {
    let of = |row: &Vec<u8>| -> Vec<Vec<usize>> {
        let marks: BTreeSet<u8> = row.iter().copied().filter(|mark| *mark > 1).collect();
        let with = |mark| (0..width).filter(|column| row[*column] == mark).collect();
        marks.into_iter().map(with).collect()
    };
    let ballots: Vec<_> = rows.iter().map(of).filter(|ballot| !ballot.is_empty()).collect();
    let poll = Poll { ballots, seats, width };
    let (elected, out) = (Vec::new(), Vec::new());
    let start = Count { keeps: vec![ONE; width], elected, out, last: vec![0; width] };
    let mut ends = Ends { sets: BTreeSet::new(), met_a_tie: false, end: None };
    if poll.ballots.is_empty() || poll.run(start, &mut ends).is_none() {
        return Ok(false);
    }
    let spec = MethodSpec::Ranked { rule: RankedRule::StvMeek, seats: seats as u32 };
    let outcome = outcome_of(&spec, &numbered(width), rows);
    let Evidence::Ranked(evidence) = &outcome.evidence else { panic!() };
    let union: Set = ends.sets.iter().flatten().copied().collect();
    let in_all = union.iter().copied().filter(|c| ends.sets.iter().all(|set| set.contains(c)));
    prop_assert_eq!(columns(&outcome, &outcome.winners), union.clone(), "{:?}", outcome);
    prop_assert_eq!(columns(&outcome, &evidence.seats.elected), in_all.collect());
    if ends.sets.len() > 1 {
        let sets: BTreeSet<Set> =
            evidence.committees.iter().map(|set| columns(&outcome, set)).collect();
        prop_assert_eq!(sets, ends.sets);
    }
    let Some(end) = ends.end.filter(|_| !ends.met_a_tie) else { return Ok(true) };
    prop_assert!(outcome.ties.is_empty());
    for (column, votes) in end.last.iter().enumerate() {
        let shown = millionths(&outcome.scores[&format!("o{column}")]);
        let found = i128::try_from(votes / NEAR).unwrap();
        prop_assert!((shown - found).abs() <= 5, "{} {} {}", column, shown, found);
    }
    // The elected in the order of election, then those left over, then the last to go out.
    let place =
        |column: usize| groups(&outcome).iter().position(|group| group.contains(&column)).unwrap();
    let order: Vec<usize> = end.elected.iter().chain(end.out.iter().rev()).copied().collect();
    prop_assert!(
        order.windows(2).all(|pair| {
            let is_none = |column: usize| end.last[column] == 0;
            place(pair[0]) < place(pair[1])
                || is_none(pair[0]) && is_none(pair[1])
                || end.last[pair[0]].abs_diff(end.last[pair[1]]) < NEAR
        }),
        "{:?} {:?}",
        order,
        outcome
    );
    Ok(true)
}

fn elections(ties: bool) -> impl Strategy<Value = (usize, usize, Vec<Vec<u8>>)> {
    (3usize..6).prop_flat_map(move |width| {
        let order = Just((0..width).collect::<Vec<usize>>()).prop_shuffle();
        let joined = prop::collection::vec((0u8..10).prop_map(|of_ten| of_ten < 3), width);
        let row = (order, 1..=width, joined).prop_map(move |(order, length, joined)| {
            let (mut row, mut mark) = (vec![1; order.len()], 2);
            for (column, joined) in order.into_iter().zip(joined).take(length) {
                row[column] = mark;
                mark += u8::from(!(ties && joined));
            }
            row
        });
        (Just(width), 1..width, prop::collection::vec(row, 1..40))
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        max_global_rejects: 8_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn meek_by_twice_the_decimals((width, seats, rows) in elections(false)) {
        prop_assume!(check(width, seats, &rows)?);
    }

    #[test]
    fn meek_with_equal_ranks_in_all_orders((width, seats, rows) in elections(true)) {
        prop_assume!(check(width, seats, &rows)?);
    }
}
