//! The transferable vote of Scotland done the slow way: paper by paper, in piles, with the votes of
//! every stage kept, and every lot drawn in every way. And what peers got wrong about such votes.

use super::{names, numbered};
use crate::counting::outcome::{Outcome, Score};
use crate::counting::{MethodSpec, RankedRule, TallyCounter, count};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn outcome(rule: RankedRule, seats: u32, options: usize, papers: &[Vec<usize>]) -> Outcome {
    let spec = MethodSpec::Ranked { rule, seats };
    let mut counter = TallyCounter::new(&spec, options);
    for paper in papers {
        let mut row = vec![1; options];
        for (mark, option) in (2..).zip(paper) {
            row[*option] = mark;
        }
        counter.add(&row).unwrap();
    }
    count(&spec, &numbered(options), &counter.tally(0)).unwrap()
}

#[derive(Clone)]
struct Table<'a> {
    papers: &'a [Vec<usize>],
    seats: usize,
    quota: u64,
    /// Per option, the papers it holds and their value in hundred thousandths.
    piles: Vec<Vec<(usize, u64)>>,
    elected: Vec<usize>,
    /// Those whose surplus waits.
    waiting: Vec<usize>,
    out: BTreeSet<usize>,
    /// The votes of each stage, and what each option shows: the quota once its surplus is gone.
    shown: Vec<Option<u64>>,
    stages: Vec<Vec<u64>>,
}

impl Table<'_> {
    fn votes(&self, option: usize) -> u64 {
        self.shown[option]
            .unwrap_or_else(|| self.piles[option].iter().map(|(_, value)| value).sum())
    }

    fn is_continuing(&self, option: usize) -> bool {
        !self.elected.contains(&option) && !self.out.contains(&option)
    }

    fn give(&mut self, paper: usize, value: u64) {
        let next = self.papers[paper].iter().find(|option| self.is_continuing(**option));
        if let Some(option) = next.copied() {
            self.piles[option].push((paper, value));
        }
    }

    fn end_of_stage(&mut self) {
        let all = || 0..self.piles.len();
        let mut reached: Vec<usize> = all()
            .filter(|option| self.is_continuing(*option) && self.votes(*option) >= self.quota)
            .collect();
        reached.sort_by_key(|option| std::cmp::Reverse(self.votes(*option)));
        self.stages.push(all().map(|option| self.votes(option)).collect());
        for option in reached {
            self.elected.push(option);
            if self.votes(option) > self.quota {
                self.waiting.push(option);
            }
        }
    }

    /// Those who are level at every stage with the one that `is_better` prefers: the last stage at
    /// which some differ decides between those still level.
    fn level(&self, mut of: Vec<usize>, is_better: fn(u64, u64) -> bool) -> Vec<usize> {
        for stage in self.stages.iter().rev() {
            let best = of.iter().map(|option| stage[*option]);
            let best = best.reduce(|a, b| if is_better(b, a) { b } else { a }).unwrap();
            of.retain(|option| stage[*option] == best);
        }
        of
    }

    fn all_ends(self, ends: &mut BTreeSet<BTreeSet<usize>>) {
        let continuing: Vec<usize> =
            (0..self.piles.len()).filter(|option| self.is_continuing(*option)).collect();
        if self.elected.len() >= self.seats || self.elected.len() + continuing.len() <= self.seats {
            let open = self.seats - self.elected.len().min(self.seats);
            ends.insert(self.elected.iter().chain(continuing.iter().take(open)).copied().collect());
            return;
        }
        if self.waiting.is_empty() {
            for option in self.level(continuing, |a, b| a < b) {
                let mut after = self.clone();
                after.out.insert(option);
                for (paper, value) in std::mem::take(&mut after.piles[option]) {
                    after.give(paper, value);
                }
                after.end_of_stage();
                after.all_ends(ends);
            }
            return;
        }
        for option in self.level(self.waiting.clone(), |a, b| a > b) {
            let mut after = self.clone();
            after.waiting.retain(|other| *other != option);
            let total = after.votes(option);
            for (paper, value) in std::mem::take(&mut after.piles[option]) {
                after.give(paper, (total - after.quota) * value / total);
            }
            after.shown[option] = Some(after.quota);
            after.end_of_stage();
            after.all_ends(ends);
        }
    }
}

fn slowly(seats: usize, options: usize, papers: &[Vec<usize>]) -> BTreeSet<BTreeSet<usize>> {
    let mut table = Table {
        papers,
        seats,
        quota: (papers.len() as u64 / (seats as u64 + 1) + 1) * 100_000,
        piles: vec![Vec::new(); options],
        elected: Vec::new(),
        waiting: Vec::new(),
        out: BTreeSet::new(),
        shown: vec![None; options],
        stages: Vec::new(),
    };
    for paper in 0..papers.len() {
        table.give(paper, 100_000);
    }
    table.end_of_stage();
    let mut ends = BTreeSet::new();
    table.all_ends(&mut ends);
    ends
}

fn elections() -> impl Strategy<Value = (usize, usize, Vec<Vec<usize>>)> {
    (3usize..6).prop_flat_map(|options| {
        let order = Just((0..options).collect::<Vec<usize>>()).prop_shuffle();
        let paper = (order, 1..=options).prop_map(|(mut order, length)| {
            order.truncate(length);
            order
        });
        (1..options, Just(options), prop::collection::vec(paper, 1..14))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn scottish_votes_counted_paper_by_paper((seats, options, papers) in elections()) {
        let places = u32::try_from(seats).unwrap();
        let outcome = outcome(RankedRule::StvScottish, places, options, &papers);
        let ends = slowly(seats, options, &papers);
        let column = |name: &String| name[1..].parse::<usize>().unwrap();
        let found: BTreeSet<usize> = outcome.winners.iter().map(column).collect();
        let union: BTreeSet<usize> = ends.iter().flatten().copied().collect();
        prop_assert_eq!(found, union);
        let elected: BTreeSet<usize> =
            outcome.evidence.seats().unwrap().elected.iter().map(column).collect();
        let all = |option: &usize| ends.iter().all(|end| end.contains(option));
        prop_assert_eq!(elected, (0..options).filter(all).collect::<BTreeSet<_>>());
    }

    /// VoteKit#266, #258, #388: a lot drawn again gives another outcome. None is drawn here.
    #[test]
    fn a_count_made_again_is_the_same((seats, options, papers) in elections()) {
        for rule in [RankedRule::StvScottish, RankedRule::StvMeek] {
            let places = u32::try_from(seats).unwrap();
            let first = outcome(rule, places, options, &papers);
            let mut turned = papers.clone();
            turned.reverse();
            prop_assert_eq!(first, outcome(rule, places, options, &turned));
        }
    }
}

/// bettervoting#1507: a flag of ties that is always on says nothing.
#[test]
fn a_tie_is_named_only_where_there_is_one() {
    let papers = [vec![0, 1], vec![0, 2], vec![1], vec![0]];
    for rule in RankedRule::ALL {
        let clear = outcome(rule, 1, 3, &papers);
        assert_eq!((clear.winners, clear.ties), (names("o0"), vec![]), "{rule:?}");
        let level = outcome(rule, 1, 2, &[vec![0], vec![1]]);
        assert_eq!((level.winners, level.ties.is_empty()), (names("o0 o1"), false), "{rule:?}");
    }
}

/// bettervoting#683: fewer ballots than seats, a quota of one, as many seats as options.
#[test]
fn the_smallest_elections_are_counted() {
    for rule in [RankedRule::StvScottish, RankedRule::StvMeek] {
        let one = outcome(rule, 2, 3, &[vec![2]]);
        assert!(one.winners.contains(&"o2".to_owned()), "{rule:?}");
        let all = outcome(rule, 3, 3, &[vec![0, 1, 2], vec![1]]);
        assert_eq!((all.winners.len(), all.ties), (3, vec![]), "{rule:?}");
        assert_eq!(outcome(rule, 1, 1, &[]).winners, ["o0"], "{rule:?}");
        // The votes are those at the election, whatever is handed on afterwards.
        let bullets = outcome(rule, 2, 3, &[vec![0], vec![0], vec![0]]);
        assert_eq!(bullets.scores["o0"], Score::Integer(3), "{rule:?}");
        assert_eq!(outcome(rule, 2, 4, &[]).winners.len(), 4, "{rule:?}");
    }
}

/// Equal ranks in Meek's count: whoever is nobody's favourite alone is not elected for it, and a
/// ballot of many level options takes no longer than another.
#[test]
fn many_level_options_are_shared_without_listing_their_orders() {
    let spec = MethodSpec::Ranked { rule: RankedRule::StvMeek, seats: 2 };
    let mut counter = TallyCounter::new(&spec, 60);
    // Those from 12 on are nobody's: they go out together.
    let mut level = vec![1; 60];
    level[..11].fill(2);
    level[11] = 3;
    counter.add_times(&level, 9).unwrap();
    let mut first = vec![1; 60];
    first[0] = 2;
    counter.add_times(&first, 4).unwrap();
    let outcome = count(&spec, &numbered(60), &counter.tally(0)).unwrap();
    assert_eq!(outcome.evidence.seats().unwrap().elected, ["o0"]);
    assert!(!outcome.winners.contains(&"o11".to_owned()));
}

/// Weights far beyond 32 bits neither overflow nor lose a vote.
#[test]
fn heavy_ballots_are_exact() {
    let spec = MethodSpec::Ranked { rule: RankedRule::StvMeek, seats: 1 };
    let mut counter = TallyCounter::new(&spec, 3);
    for (row, times) in [([2, 1, 1], u64::MAX / 3 + 1), ([1, 2, 3], u64::MAX / 3), ([1, 3, 2], 9)] {
        counter.add_times(&row, times).unwrap();
    }
    let outcome = count(&spec, &numbered(3), &counter.tally(0)).unwrap();
    // The last one goes out for the second, which is then ahead by eight.
    assert_eq!(outcome.winners, ["o1"]);
    assert_eq!(outcome.scores["o1"], Score::Integer(u64::MAX / 3 + 9));
}
