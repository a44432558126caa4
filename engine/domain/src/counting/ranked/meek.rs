//! Meek's single transferable vote (Hill, Wichmann & Woodall 1987, Algorithm 123).
//!
//! Each option keeps a share of every ballot that reaches it and hands on the rest: all of it while
//! it continues, nothing once it is excluded, and once elected as much as leaves it the quota. The
//! quota is that of the votes that are not exhausted, over the seats and one more.
//!
//! Votes, quota and shares have nine decimals. Parts of a ballot are rounded down, shares and quota
//! up; each ballot is counted by itself, so that neither order nor grouping changes anything. The
//! shares are found by iteration, until less than a millionth of a vote is above the quota or this
//! no longer shrinks. Who is then within that of the fewest votes, and of what rounding may have
//! lost, is level with it.
//!
//! Options of equal rank share a ballot as if all their orders had been cast, each by an equal part
//! of it (the parts are found without listing the orders). Where one of several has to go out, all
//! ways are followed.

use super::eliminate::{Round, one_to_go_out};
use super::{Placed, Profile, level, names, tie_on_the_way};
use crate::counting::CountError;
use crate::counting::marks::rank_key;
use crate::counting::outcome::Score;
use crate::counting::ways::{Breaking, Step, WAYS_MAX, follow};
use num_rational::BigRational;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// One vote: nine decimals.
const UNIT: u128 = 1_000_000_000;
/// A surplus that is as good as none, in units: a millionth of a vote.
const NO_SURPLUS: u128 = 1_000;
/// Most ballots looked at in the count.
const LOOKS_MAX: usize = 2_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Continuing,
    Elected,
    Excluded,
}

#[derive(Clone)]
struct State {
    standing: Vec<Standing>,
    /// What each keeps of a ballot that reaches it.
    keeps: Vec<u128>,
    /// In the order of election, and out in the order of exclusion.
    elected: Vec<usize>,
    excluded: Vec<Vec<usize>>,
    rounds: Vec<Round>,
    /// The votes of each when it was elected or excluded, or now.
    last: Vec<u128>,
}

impl Step for State {
    type Key = (Vec<Standing>, Vec<u128>);

    fn key(&self) -> Self::Key {
        (self.standing.clone(), self.keeps.clone())
    }
}

/// The votes at some shares.
struct Votes {
    of: Vec<u128>,
    exhausted: u128,
    quota: u128,
}

struct Election<'a> {
    options: &'a [String],
    /// Each distinct ballot: groups of equal rank, best first, and how often it was cast.
    ballots: Vec<(Vec<Vec<usize>>, u128)>,
    seats: usize,
    total: u128,
}

pub(super) fn meek(
    seats: u32,
    options: &[String],
    profile: &Profile,
    valid: u64,
    breaking: Breaking<'_>,
) -> Result<Placed, CountError> {
    let width = options.len();
    if valid == 0 {
        let scores = vec![Score::Integer(0); width];
        return Ok(Placed::new(vec![(0..width).collect()], scores));
    }
    let election = Election {
        options,
        ballots: profile.iter().map(|(row, times)| (groups(row), u128::from(*times))).collect(),
        seats: usize::try_from(seats).unwrap_or(usize::MAX),
        total: u128::from(valid) * UNIT,
    };
    let start = State {
        standing: vec![Standing::Continuing; width],
        keeps: vec![UNIT; width],
        elected: Vec::new(),
        excluded: Vec::new(),
        rounds: Vec::new(),
        last: vec![0; width],
    };
    let (mut ties, mut looks) = (Vec::new(), 0);
    let shown = follow(start.clone(), WAYS_MAX, |state| {
        let next = |tied: Vec<usize>| {
            if tied.len() > 1 {
                ties.push(tie_on_the_way(options, &tied, breaking));
            }
            one_to_go_out(options, tied, breaking)
        };
        election.next(state, &mut looks, next)
    })?;
    let mut placed = match shown.first() {
        Some(end) => election.placed(end),
        None => Placed::new(vec![(0..width).collect()], vec![Score::Integer(0); width]),
    };
    let is_decided = ties.is_empty() || matches!(breaking, Breaking::Order(_));
    placed.ties = ties;
    if is_decided {
        return Ok(placed);
    }
    let most = (2_000_000 / election.ballots.len().max(1)).clamp(100, WAYS_MAX);
    let ends = follow(start, most, |state| election.next(state, &mut looks, |tied| tied))?;
    let sets = ends.iter().map(|end| election.elected(end).into_iter().collect()).collect();
    Ok(placed.among(sets))
}

/// The options of a row by rank, best first.
fn groups(row: &[u8]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
    for (column, mark) in row.iter().enumerate() {
        if rank_key(*mark) != u8::MAX {
            groups.entry(rank_key(*mark)).or_default().push(column);
        }
    }
    groups.into_values().collect()
}

fn product(a: u128, b: u128) -> u128 {
    // Both are at most one.
    a * b / UNIT
}

/// What each of a group of equal rank gets of one ballot, and what is handed on, if all their
/// orders have an equal part of it: who comes after some gets what they hand on.
fn shared(keeps: &[u128]) -> (Vec<u128>, u128) {
    // Rounded step by step: in an order that does not depend on that of the options.
    let mut passes: Vec<u128> = keeps.iter().map(|keep| UNIT - keep).collect();
    passes.sort_unstable();
    let all_pass = passes.iter().fold(UNIT, |all, pass| product(all, *pass));
    let others = keeps.len().saturating_sub(1);
    let of = |keep: u128| {
        // One of those who pass on as much is the option itself.
        let own = passes.iter().position(|pass| *pass == UNIT - keep);
        // averages[j]: the mean, over all sets of j others, of what gets past them.
        let mut averages = vec![UNIT];
        let mut added = 0_u128;
        for (_, pass) in passes.iter().enumerate().filter(|(other, _)| Some(*other) != own) {
            added += 1;
            let fewer = averages.clone();
            averages.push(0);
            for (size, average) in (0_u128..).zip(&mut averages) {
                let without = at(&fewer, size) * (added - size);
                let with = match size.checked_sub(1) {
                    Some(fewer_by_one) => product(at(&fewer, fewer_by_one), *pass) * size,
                    None => 0,
                };
                *average = (without + with) / added;
            }
        }
        let reaches = averages.iter().sum::<u128>() / (others as u128 + 1);
        product(reaches, keep)
    };
    // All who keep the same get the same.
    let mut known: BTreeMap<u128, u128> = BTreeMap::new();
    let gets: Vec<u128> =
        keeps.iter().map(|keep| *known.entry(*keep).or_insert_with(|| of(*keep))).collect();
    (gets, all_pass)
}

fn at(values: &[u128], place: u128) -> u128 {
    usize::try_from(place).ok().and_then(|place| values.get(place)).copied().unwrap_or(0)
}

impl Election<'_> {
    /// Hands every ballot on, from rank to rank.
    fn votes(&self, keeps: &[u128]) -> Votes {
        let mut of = vec![0_u128; keeps.len()];
        let mut exhausted = self.total;
        for (groups, times) in &self.ballots {
            let mut weight = UNIT;
            for group in groups {
                let here: Vec<(usize, u128)> = (group.iter())
                    .filter_map(|column| Some((*column, *keeps.get(*column)?)))
                    .filter(|(_, keep)| *keep > 0)
                    .collect();
                let (parts, passes) = match here.as_slice() {
                    [] => continue,
                    [(_, keep)] => (vec![*keep], UNIT - keep),
                    several => shared(&several.iter().map(|(_, keep)| *keep).collect::<Vec<_>>()),
                };
                for ((column, _), part) in here.iter().zip(parts) {
                    let votes = product(weight, part) * times;
                    if let Some(sum) = of.get_mut(*column) {
                        *sum += votes;
                    }
                    exhausted -= votes;
                }
                weight = product(weight, passes);
                if weight == 0 {
                    break;
                }
            }
        }
        let seats = u128::try_from(self.seats).unwrap_or(u128::MAX).saturating_add(1);
        let quota = (self.total - exhausted) / seats + 1;
        Votes { of, exhausted, quota }
    }

    /// Finds the shares at which the elected have the quota, electing all who reach it.
    fn settle(&self, state: &mut State, looks: &mut usize) -> Result<(Votes, u128), CountError> {
        let mut before = u128::MAX;
        loop {
            *looks += self.ballots.len() * state.keeps.len();
            if *looks > LOOKS_MAX {
                return Err(CountError::TooMuchWork);
            }
            let votes = self.votes(&state.keeps);
            let mut reached: Vec<(u128, usize)> = with(&state.standing, Standing::Continuing)
                .map(|column| (at_column(&votes.of, column), column))
                .filter(|(own, _)| *own >= votes.quota)
                .collect();
            reached.sort_by_key(|(own, column)| (Reverse(*own), self.options.get(*column)));
            // What is rounded may let one too many reach the quota: then the lowest goes out.
            if reached.len() > self.seats.saturating_sub(state.elected.len()) {
                return Ok((votes, 0));
            }
            let is_new = !reached.is_empty();
            for (own, column) in reached {
                if let Some(last) = state.last.get_mut(column) {
                    *last = own;
                }
                put(&mut state.standing, column, Standing::Elected);
                state.elected.push(column);
            }
            let elected = with(&state.standing, Standing::Elected);
            let surplus: u128 = elected
                .map(|column| at_column(&votes.of, column).saturating_sub(votes.quota))
                .sum();
            if !is_new && (surplus < NO_SURPLUS || surplus >= before) {
                return Ok((votes, surplus));
            }
            before = if is_new { u128::MAX } else { surplus };
            for column in with(&state.standing, Standing::Elected) {
                let own = at_column(&votes.of, column).max(1);
                if let Some(keep) = state.keeps.get_mut(column) {
                    // At most 2^30 times 2^94.
                    *keep = (*keep * votes.quota).div_ceil(own).min(UNIT);
                }
            }
        }
    }

    /// What follows: nothing when the seats are filled, or will be by all who are left.
    fn next(
        &self,
        state: &State,
        looks: &mut usize,
        to_go_out: impl FnOnce(Vec<usize>) -> Vec<usize>,
    ) -> Result<Vec<State>, CountError> {
        let is_over = |state: &State| {
            let continuing = with(&state.standing, Standing::Continuing).count();
            state.elected.len() >= self.seats || state.elected.len() + continuing <= self.seats
        };
        // The last state has its votes already.
        if is_over(state) && !state.rounds.is_empty() {
            return Ok(Vec::new());
        }
        let mut state = state.clone();
        let known = state.elected.len();
        let (votes, surplus) = self.settle(&mut state, looks)?;
        for (column, last) in state.last.iter_mut().enumerate() {
            if state.standing.get(column) == Some(&Standing::Continuing) {
                *last = at_column(&votes.of, column);
            }
        }
        let newly = state.elected.get(known..).unwrap_or_default().to_vec();
        if is_over(&state) {
            let seated: Vec<usize> = self.elected(&state).into_iter().skip(known).collect();
            state.rounds.push(self.round(&state, &votes, &seated, &[]));
            return Ok(vec![state]);
        }
        let continuing = || with(&state.standing, Standing::Continuing);
        let least = continuing().map(|column| at_column(&votes.of, column)).min().unwrap_or(0);
        let unsure = surplus + self.rounded(&state);
        let tied: Vec<usize> =
            continuing().filter(|column| at_column(&votes.of, *column) <= least + unsure).collect();
        let exclude = |columns: &[usize]| {
            let mut after = state.clone();
            after.rounds.push(self.round(&state, &votes, &newly, columns));
            for column in columns {
                put(&mut after.standing, *column, Standing::Excluded);
                if let Some(keep) = after.keeps.get_mut(*column) {
                    *keep = 0;
                }
            }
            after.excluded.push(columns.to_vec());
            after
        };
        // Nobody's vote moves when those without any go out: they all do, in whatever order.
        let have_none = tied.iter().all(|column| at_column(&votes.of, *column) == 0);
        let left = state.elected.len() + continuing().count() - tied.len();
        if have_none && left >= self.seats {
            return Ok(vec![exclude(&tied)]);
        }
        Ok(to_go_out(tied).into_iter().map(|column| exclude(&[column])).collect())
    }

    /// How much may be lost of somebody's votes by rounding down, at most: a unit for each ballot
    /// of which parts are handed on.
    fn rounded(&self, state: &State) -> u128 {
        let whole = state.elected.is_empty();
        let is_parted = |ranks: &[Vec<usize>]| !whole || ranks.iter().any(|rank| rank.len() > 1);
        let parted = self.ballots.iter().filter(|(ranks, _)| is_parted(ranks));
        parted.map(|(_, times)| times).sum()
    }

    fn round(&self, state: &State, votes: &Votes, elected: &[usize], out: &[usize]) -> Round {
        let stands = |column: &usize| state.standing.get(*column) != Some(&Standing::Excluded);
        let named = (0..self.options.len()).filter(stands).filter_map(|column| {
            Some((self.options.get(column)?.clone(), decimal(at_column(&votes.of, column))))
        });
        Round {
            votes: named.collect(),
            exhausted: decimal(votes.exhausted),
            elected: names(self.options, elected),
            eliminated: names(self.options, out),
        }
    }

    /// All who are elected at the end.
    fn elected(&self, state: &State) -> Vec<usize> {
        let mut left: Vec<usize> = with(&state.standing, Standing::Continuing).collect();
        left.sort_by_key(|column| {
            (Reverse(at_column(&state.last, *column)), self.options.get(*column))
        });
        let open = self.seats.saturating_sub(state.elected.len());
        state.elected.iter().copied().chain(left.into_iter().take(open)).collect()
    }

    fn placed(&self, end: &State) -> Placed {
        let elected = self.elected(end);
        let out = end.excluded.concat();
        let is_left = |column: &usize| !elected.contains(column) && !out.contains(column);
        let mut left: Vec<usize> = (0..self.options.len()).filter(is_left).collect();
        left.sort_unstable();
        let scores: Vec<Score> = end.last.iter().map(|votes| decimal(*votes)).collect();
        let mut ranking = level(self.options, &end.rounds, &scores, &elected);
        ranking.push(left);
        ranking.extend(end.excluded.iter().rev().cloned());
        ranking.retain(|group| !group.is_empty());
        let rounds = end.rounds.clone();
        Placed { rounds, ..Placed::new(ranking, scores) }
    }
}

fn with(standing: &[Standing], wanted: Standing) -> impl Iterator<Item = usize> {
    let standings = standing.iter().enumerate();
    standings.filter(move |(_, standing)| **standing == wanted).map(|(column, _)| column)
}

fn put(standing: &mut [Standing], column: usize, wanted: Standing) {
    if let Some(place) = standing.get_mut(column) {
        *place = wanted;
    }
}

fn at_column(votes: &[u128], column: usize) -> u128 {
    votes.get(column).copied().unwrap_or(0)
}

fn decimal(units: u128) -> Score {
    Score::of(&BigRational::new(units.into(), UNIT.into()))
}
