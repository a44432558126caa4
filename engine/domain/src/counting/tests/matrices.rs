//! Rankings by places and by pairs: each rule from its definition, ballot by ballot, with winners,
//! ranking and scores.

use super::naive::{
    Set, Share, by_key, check_ranking, check_scores, lists, outcome_of, scores, whole,
};
use super::*;
use crate::counting::outcome::Evidence;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// A ballot: the place of each option, none if it is not ranked.
type Places = Vec<Option<u8>>;

fn places(row: &[u8]) -> Places {
    row.iter().map(|mark| (*mark > 1).then_some(*mark)).collect()
}

/// Whether a ballot places one strictly above another.
fn prefers(ballot: &Places, a: usize, b: usize) -> bool {
    match (ballot[a], ballot[b]) {
        (Some(a), Some(b)) => a < b,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Those who choose something.
fn valid(rows: &[Vec<u8>]) -> Vec<Places> {
    let ballots = rows.iter().map(|row| places(row));
    ballots.filter(|ballot| ballot.iter().any(Option::is_some)).collect()
}

struct Pairs {
    ballots: Vec<Places>,
    width: usize,
}

impl Pairs {
    fn above(&self, a: usize, b: usize) -> i128 {
        self.ballots.iter().filter(|ballot| prefers(ballot, a, b)).count() as i128
    }

    fn margin(&self, a: usize, b: usize) -> i128 {
        self.above(a, b) - self.above(b, a)
    }

    fn others(&self, a: usize) -> impl Iterator<Item = usize> {
        (0..self.width).filter(move |b| *b != a)
    }

    /// First places among some: a ballot is one, whole or in equal parts.
    fn tops(&self, among: &[usize]) -> Vec<Share> {
        let mut votes = vec![whole(0); among.len()];
        for ballot in &self.ballots {
            let Some(best) = among.iter().filter_map(|column| ballot[*column]).min() else {
                continue;
            };
            let at_top = |column: &usize| ballot[*column] == Some(best);
            let sharing = among.iter().filter(|column| at_top(column)).count() as i128;
            for (votes, column) in votes.iter_mut().zip(among) {
                if at_top(column) {
                    *votes += Share::new(1, sharing);
                }
            }
        }
        votes
    }

    fn borda(&self, a: usize) -> i128 {
        let gives = |ballot: &Places, b: usize| match (prefers(ballot, a, b), prefers(ballot, b, a))
        {
            (true, _) => 2,
            (_, true) => 0,
            _ => 1,
        };
        let from = |ballot: &Places| self.others(a).map(|b| gives(ballot, b)).sum::<i128>();
        self.ballots.iter().map(from).sum()
    }

    fn copeland(&self, a: usize) -> Share {
        let points = |b| match self.margin(a, b) {
            1.. => whole(1),
            0 => Share::new(1, 2),
            _ => whole(0),
        };
        self.others(a).map(points).sum()
    }

    /// The strength of a majority; none where there is none.
    fn strength(&self, a: usize, b: usize, by_votes: bool) -> i128 {
        match self.margin(a, b) {
            1.. if by_votes => self.above(a, b),
            margin => margin.max(0),
        }
    }

    /// Whether the strongest of all simple paths is stronger than the strongest back.
    fn is_above(&self, a: usize, b: usize, by_votes: bool) -> bool {
        self.path(&mut vec![a], b, by_votes) > self.path(&mut vec![b], a, by_votes)
    }

    fn path(&self, seen: &mut Vec<usize>, to: usize, by_votes: bool) -> i128 {
        let at = *seen.last().unwrap();
        let mut best = self.strength(at, to, by_votes);
        for next in 0..self.width {
            if next != to && !seen.contains(&next) {
                seen.push(next);
                let first = self.strength(at, next, by_votes);
                best = best.max(first.min(self.path(seen, to, by_votes)));
                seen.pop();
            }
        }
        best
    }

    /// All graphs of ranked pairs: who is above whom, for each order of equal majorities.
    fn graphs(&self, by_votes: bool) -> Vec<Vec<(usize, usize)>> {
        let pairs = (0..self.width).flat_map(|a| self.others(a).map(move |b| (a, b)));
        let open: Vec<(i128, usize, usize)> =
            pairs.map(|(a, b)| (self.strength(a, b, by_votes), a, b)).collect();
        let open = open.into_iter().filter(|(strength, ..)| *strength > 0).collect();
        let mut graphs = Vec::new();
        lock(open, &[], &mut graphs);
        graphs
    }
}

/// Locks what is strongest and open, whichever of the equal ones, unless it closes a cycle.
fn lock(
    open: Vec<(i128, usize, usize)>,
    above: &[(usize, usize)],
    graphs: &mut Vec<Vec<(usize, usize)>>,
) {
    let Some(most) = open.iter().map(|(strength, ..)| *strength).max() else {
        graphs.push(above.to_vec());
        return;
    };
    for place in (0..open.len()).filter(|place| open[*place].0 == most) {
        let mut rest = open.clone();
        let (_, a, b) = rest.remove(place);
        let mut after = above.to_vec();
        if !above.contains(&(b, a)) {
            let over: Vec<usize> =
                above.iter().filter(|(_, low)| *low == a).map(|(high, _)| *high).collect();
            let under: Vec<usize> =
                above.iter().filter(|(high, _)| *high == b).map(|(_, low)| *low).collect();
            for high in over.iter().chain([&a]) {
                after.extend(under.iter().chain([&b]).map(|low| (*high, *low)));
            }
        }
        lock(rest, &after, graphs);
    }
}

/// The first, then whoever nobody left is above, again and again.
fn layers(width: usize, first: Set, is_above: impl Fn(usize, usize) -> bool) -> Vec<Set> {
    let mut left: Set = (0..width).filter(|column| !first.contains(column)).collect();
    let mut ranking = vec![first];
    while !left.is_empty() {
        let is_top = |b: &usize| !left.iter().any(|a| is_above(*a, *b));
        let top: Set = left.iter().copied().filter(is_top).collect();
        left = left.difference(&top).copied().collect();
        ranking.push(top);
    }
    ranking
}

/// More than half of the valid ballots, or a second round.
fn check_two_rounds(pairs: &Pairs, outcome: &Outcome) -> Result<(), TestCaseError> {
    let all: Vec<usize> = (0..pairs.width).collect();
    let mut votes = pairs.tops(&all);
    let ranking = by_key(&votes);
    let half = Share::new(pairs.ballots.len() as i128, 2);
    let mut expected = ranking.clone();
    if votes.iter().all(|votes| *votes <= half) {
        let first = if ranking[0].len() > 1 || ranking.len() == 1 { 1 } else { 2 };
        let among: Vec<usize> = ranking[..first].iter().flatten().copied().collect();
        let second = pairs.tops(&among);
        for (column, own) in among.iter().zip(&second) {
            votes[*column] = *own;
        }
        let named = |group: Set| group.into_iter().map(|place| among[place]).collect();
        expected = by_key(&second).into_iter().map(named).collect();
        expected.extend(ranking[first..].iter().cloned());
    }
    prop_assert_eq!(scores(outcome), votes.into_iter().map(Some).collect::<Vec<_>>());
    check_ranking(outcome, &expected)
}

/// All rules that nothing but places and pairs decide.
fn check_all(width: usize, rows: &[Vec<u8>], seats: u32) -> Result<(), TestCaseError> {
    let pairs = Pairs { ballots: valid(rows), width };
    let all: Vec<usize> = (0..width).collect();
    let of = |rule: RankedRule| {
        let seats = if rule.is_of_one_seat() { 1 } else { seats };
        outcome_of(&MethodSpec::Ranked { rule, seats }, &numbered(width), rows)
    };
    let blank = (rows.len() - pairs.ballots.len()) as u64;
    let plurality = of(RankedRule::Plurality);
    prop_assert_eq!((plurality.ballots.cast, plurality.ballots.blank), (rows.len() as u64, blank));
    let tops: Vec<Option<Share>> = pairs.tops(&all).into_iter().map(Some).collect();
    check_scores(&plurality, &tops)?;
    check_two_rounds(&pairs, &of(RankedRule::TwoRound))?;
    let borda: Vec<_> = all.iter().map(|a| Some(whole(pairs.borda(*a)))).collect();
    check_scores(&of(RankedRule::Borda), &borda)?;
    let copeland: Vec<_> = all.iter().map(|a| Some(pairs.copeland(*a))).collect();
    check_scores(&of(RankedRule::Copeland), &copeland)?;
    for (rule, by_votes) in
        [(RankedRule::MinimaxMargins, false), (RankedRule::MinimaxWinningVotes, true)]
    {
        let defeat = |a, b| match by_votes {
            true => pairs.strength(b, a, true),
            false => pairs.margin(b, a),
        };
        let worst = |a: &usize| pairs.others(*a).map(|b| defeat(*a, b)).max().unwrap_or(0);
        let worst: Vec<i128> = all.iter().map(worst).collect();
        let outcome = of(rule);
        let shown: Vec<_> = worst.iter().map(|defeat| Some(whole(*defeat))).collect();
        prop_assert_eq!(scores(&outcome), shown);
        let keys: Vec<i128> = worst.iter().map(|defeat| -defeat).collect();
        check_ranking(&outcome, &by_key(&keys))?;
    }
    let Evidence::Ranked(evidence) = &plurality.evidence else { panic!() };
    for (a, b) in all.iter().flat_map(|a| pairs.others(*a).map(move |b| (*a, b))) {
        let shown = evidence.pairwise[&format!("o{a}")][&format!("o{b}")];
        prop_assert_eq!(i128::from(shown), pairs.above(a, b));
    }
    Ok(())
}

/// The rules that follow paths and locks.
fn check_paths(width: usize, rows: &[Vec<u8>], seats: u32) -> Result<(), TestCaseError> {
    let pairs = Pairs { ballots: valid(rows), width };
    let all = || 0..width;
    let of = |rule| outcome_of(&MethodSpec::Ranked { rule, seats }, &numbered(width), rows);
    let count = |is_above: &dyn Fn(usize, usize) -> bool| -> Vec<Option<Share>> {
        all().map(|a| Some(whole(all().filter(|b| is_above(a, *b)).count() as i128))).collect()
    };
    for (by_votes, schulze, locked) in [
        (false, RankedRule::SchulzeMargins, RankedRule::RankedPairsMargins),
        (true, RankedRule::SchulzeWinningVotes, RankedRule::RankedPairsWinningVotes),
    ] {
        let is_above = |a, b| a != b && pairs.is_above(a, b, by_votes);
        let first = all().filter(|b| !all().any(|a| is_above(a, *b))).collect();
        let outcome = of(schulze);
        prop_assert_eq!(scores(&outcome), count(&is_above), "{:?}", schulze);
        check_ranking(&outcome, &layers(width, first, is_above))?;
        let graphs = pairs.graphs(by_votes);
        let in_all = |a, b| graphs.iter().all(|graph| graph.contains(&(a, b)));
        let is_first =
            |b: usize, graph: &Vec<(usize, usize)>| graph.iter().all(|(_, low)| *low != b);
        let first = all().filter(|b| graphs.iter().any(|graph| is_first(*b, graph))).collect();
        let outcome = of(locked);
        prop_assert_eq!(scores(&outcome), count(&in_all), "{:?}", locked);
        check_ranking(&outcome, &layers(width, first, in_all))?;
    }
    Ok(())
}

/// Every election of up to three ballots on two options, and of two on three.
#[test]
fn places_and_pairs_of_every_small_election() {
    for (width, ballots) in [(1, 3), (2, 0), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2)] {
        let marks: Vec<u8> = (1..=width as u8 + 1).collect();
        for rows in lists(&lists(&marks, width), ballots) {
            if rows.is_sorted() {
                check_all(width, &rows, 1).unwrap();
                check_paths(width, &rows, 1).unwrap();
            }
        }
    }
}

fn elections() -> impl Strategy<Value = (usize, Vec<Vec<u8>>, u32)> {
    (2usize..6).prop_flat_map(|width| {
        let row = prop::collection::vec(1..=width as u8 + 1, width);
        (Just(width), prop::collection::vec(row, 0..12), 1..=width as u32)
    })
}

proptest! {
    #[test]
    fn places_and_pairs_done_ballot_by_ballot((width, rows, seats) in elections()) {
        check_all(width, &rows, seats)?;
    }

    #[test]
    fn paths_and_locks_done_ballot_by_ballot((width, rows, seats) in elections()) {
        // The orders of equal majorities are listed one by one.
        if width < 5 {
            check_paths(width, &rows, seats)?;
        }
    }
}
