//! Counting by rounds: instant runoff and two rounds.

use super::shares::{Shares, tally};
use super::{Placed, Profile, names, tie_on_the_way};
use crate::counting::CountError;
use crate::counting::outcome::Score;
use crate::counting::ways::{Breaking, WAYS_MAX};
use bincode::{Decode, Encode};
use num_rational::BigRational;
use num_traits::Zero as _;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most distinct ballots that are looked at in following all ways to break ties.
const PASSES_MAX: usize = 20_000_000;

/// One round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct Round {
    /// The votes of each option that is left: whole ballots and exact parts of them.
    pub votes: BTreeMap<String, Score>,
    /// Ballots that rank none of those left; in transferable votes, what is lost of their values.
    pub exhausted: Score,
    /// Who is elected in it, where several are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elected: Vec<String>,
    /// Who goes out at the end of it.
    pub eliminated: Vec<String>,
}

impl Round {
    fn new(options: &[String], left: &[usize], shares: &Shares, out: &[usize]) -> Self {
        let named = left.iter().filter_map(|column| options.get(*column)).cloned();
        let votes = named.zip(shares.votes.iter().map(Score::of)).collect();
        let exhausted = Score::Integer(shares.exhausted);
        Self { votes, exhausted, elected: Vec::new(), eliminated: names(options, out) }
    }
}

/// What follows from the votes of those who are left.
enum Step {
    /// They have won: one with more than half, the last one, or all if nobody has a vote.
    Won(Vec<usize>),
    /// They go out, whatever else happens.
    Out(Vec<usize>),
    /// One of them goes out.
    OneOf(Vec<usize>),
}

fn step(left: &[usize], shares: &Shares) -> Step {
    let total = shares.total();
    if total.is_zero() {
        return Step::Won(left.to_vec());
    }
    let doubled = |votes: &BigRational| votes + votes;
    let mut by_votes: Vec<(&BigRational, usize)> =
        shares.votes.iter().zip(left.iter().copied()).collect();
    by_votes.sort_unstable();
    match by_votes.last() {
        Some((most, winner)) if doubled(most) > total || left.len() == 1 => {
            return Step::Won(vec![*winner]);
        }
        _ => {}
    }
    let lowest = by_votes.first().map(|(votes, _)| *votes);
    let tied = by_votes.iter().take_while(|(votes, _)| Some(*votes) == lowest).count();
    let columns = |count: usize| by_votes.iter().take(count).map(|(_, column)| *column).collect();
    if tied == 1 {
        return Step::Out(columns(1));
    }
    // Some that have together strictly less than the next one go out before it, in whatever order:
    // what one of them loses goes to another of them at most.
    let mut sum = BigRational::zero();
    for (place, (votes, _)) in by_votes.iter().enumerate() {
        if place >= tied && sum < **votes {
            return Step::Out(columns(place));
        }
        sum += *votes;
    }
    Step::OneOf(columns(tied))
}

/// The lowest goes out, one at a time, until one has more than half of the votes that are left.
/// The winners are those of all ways to break ties (parallel-universe tie-breaking).
pub(super) fn instant_runoff(
    options: &[String],
    profile: &Profile,
    breaking: Breaking<'_>,
) -> Result<Placed, CountError> {
    if let Breaking::Order(_) = breaking {
        return Ok(shown(options, profile, &[], breaking));
    }
    let all: Vec<usize> = (0..options.len()).collect();
    let mut seen = BTreeSet::from([all.clone()]);
    let mut next = vec![all.clone()];
    let mut winners = BTreeSet::new();
    // Each costs a pass over the ballots.
    let most = (PASSES_MAX / profile.len().max(1)).clamp(300, WAYS_MAX);
    // What follows depends on who is left, not on how they came to be.
    while let Some(left) = next.pop() {
        let ways: Vec<Vec<usize>> = match step(&left, &tally(profile, &left)) {
            Step::Won(won) => {
                winners.extend(won);
                continue;
            }
            Step::Out(out) => vec![out],
            Step::OneOf(tied) => tied.into_iter().map(|one| vec![one]).collect(),
        };
        for out in ways {
            let after = without(&left, &out);
            if seen.insert(after.clone()) {
                next.push(after);
            }
        }
        if seen.len() > most {
            return Err(CountError::TooManyTies);
        }
    }
    Ok(shown(options, profile, &winners.into_iter().collect::<Vec<_>>(), breaking))
}

fn without(left: &[usize], out: &[usize]) -> Vec<usize> {
    left.iter().copied().filter(|column| !out.contains(column)).collect()
}

/// The rounds in which ties are broken by the declared order, or by name: the last goes out.
/// Without known winners, those who win in them.
fn shown(
    options: &[String],
    profile: &Profile,
    winners: &[usize],
    breaking: Breaking<'_>,
) -> Placed {
    let mut left: Vec<usize> = (0..options.len()).collect();
    let mut scores = vec![Score::Integer(0); options.len()];
    let (mut rounds, mut ties, mut out_in_order) = (Vec::new(), Vec::new(), Vec::new());
    let mut winners = winners.to_vec();
    loop {
        let shares = tally(profile, &left);
        for (column, votes) in left.iter().zip(&shares.votes) {
            if let Some(score) = scores.get_mut(*column) {
                *score = Score::of(votes);
            }
        }
        let out = match step(&left, &shares) {
            Step::Won(won) => {
                if winners.is_empty() {
                    winners = won;
                }
                Vec::new()
            }
            Step::Out(out) => out,
            Step::OneOf(tied) => {
                ties.push(tie_on_the_way(options, &tied, breaking));
                one_to_go_out(options, tied, breaking)
            }
        };
        rounds.push(Round::new(options, &left, &shares, &out));
        if out.is_empty() {
            break;
        }
        left = without(&left, &out);
        out_in_order.push(out);
    }
    let mut ranking = vec![winners.clone(), without(&left, &winners)];
    ranking.extend(out_in_order.iter().rev().map(|out| without(out, &winners)));
    ranking.retain(|group| !group.is_empty());
    Placed { rounds, ties, ..Placed::new(ranking, scores) }
}

/// Who goes out in what is shown: the last in the declared order, or by name.
pub(super) fn one_to_go_out(
    options: &[String],
    tied: Vec<usize>,
    breaking: Breaking<'_>,
) -> Vec<usize> {
    match breaking {
        Breaking::Order(_) => breaking.last(tied),
        Breaking::AllWays => {
            tied.into_iter().max_by_key(|column| options.get(*column)).into_iter().collect()
        }
    }
}

/// More than half of the valid ballots, or a second round among the best two (all of those tied
/// for a place in it), which most votes win.
pub(super) fn two_rounds(options: &[String], profile: &Profile, valid: u64) -> Placed {
    let all: Vec<usize> = (0..options.len()).collect();
    let first = tally(profile, &all);
    let scores: Vec<Score> = first.votes.iter().map(Score::of).collect();
    let mut placed = Placed::by_keys(&first.votes, scores);
    let half = BigRational::new(valid.into(), 2.into());
    let mut finalists: Vec<usize> = Vec::new();
    let groups = &mut placed.ranking.iter();
    while finalists.len() < 2 {
        let Some(group) = groups.next() else { break };
        finalists.extend(group);
    }
    finalists.sort_unstable();
    let is_decided = first.votes.iter().any(|votes| *votes > half);
    let out = if is_decided { Vec::new() } else { without(&all, &finalists) };
    placed.rounds.push(Round::new(options, &all, &first, &out));
    if is_decided {
        return placed;
    }
    let rest: Vec<Vec<usize>> = groups.cloned().collect();
    let second = tally(profile, &finalists);
    for (column, votes) in finalists.iter().zip(&second.votes) {
        if let Some(score) = placed.scores.get_mut(*column) {
            *score = Score::of(votes);
        }
    }
    placed.rounds.push(Round::new(options, &finalists, &second, &[]));
    let order = Placed::by_keys(&second.votes, Vec::new()).ranking;
    let of = |group: Vec<usize>| {
        group.into_iter().filter_map(|place| finalists.get(place).copied()).collect()
    };
    placed.ranking = order.into_iter().map(of).chain(rest).collect();
    placed
}
