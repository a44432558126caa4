//! The single transferable vote of Scottish local elections (SSI 2007/42, rules 45 to 52).
//!
//! Votes are counted in units of 1/100,000, as the rules truncate. Where they ask for a lot, all
//! lots are followed: who is elected in each way is elected, who is elected in some is tied.

use super::eliminate::{Round, one_to_go_out};
use super::{Placed, Profile, level, names, tie_on_the_way};
use crate::counting::CountError;
use crate::counting::marks::{has_equal_ranks, rank_key};
use crate::counting::outcome::{Score, Tie};
use crate::counting::ways::{Breaking, WAYS_MAX};
use num_rational::BigRational;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Units in one vote: five decimals.
const UNIT: u32 = 100_000;
/// Most papers that are kept of all the ways together.
const PAPERS_MAX: usize = 5_000_000;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Continuing,
    /// Elected with a surplus that is not transferred yet.
    Surplus,
    Elected,
    Excluded,
}

/// What the count of one distinct ballot has come to: all its copies go the same way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Paper {
    /// Whose pile it is in; nobody's once there is no next preference.
    holder: Option<usize>,
    value: u32,
}

/// A count after some stages.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    papers: Vec<Paper>,
    standing: Vec<Standing>,
    votes: Vec<u128>,
    /// The places of those who may still tie, the fewest votes first: by the votes now, among
    /// equals by those of the stage before, and so on.
    places: Vec<usize>,
    /// In the order of election.
    elected: Vec<usize>,
}

/// What the rules do next: one of these, by lot if there are several.
enum Next {
    Surplus(Vec<usize>),
    Exclude(Vec<usize>),
    /// None of them has a vote or a paper, so that their order is of no effect.
    ExcludeAll(Vec<usize>),
}

struct Election<'a> {
    rows: Vec<(&'a [u8], u64)>,
    seats: usize,
    quota: u128,
    /// The place of each option among the names: equals are listed by it.
    by_name: Vec<usize>,
}

pub(super) fn scottish(
    seats: u32,
    options: &[String],
    profile: &Profile,
    valid: u64,
    breaking: Breaking<'_>,
) -> Result<Placed, CountError> {
    if profile.keys().any(|row| has_equal_ranks(row)) {
        return Err(CountError::EqualRanks);
    }
    if valid == 0 {
        let scores = vec![Score::Integer(0); options.len()];
        return Ok(Placed::new(vec![(0..options.len()).collect()], scores));
    }
    let quota = u128::from(valid) / (u128::from(seats) + 1) + 1;
    let election = Election {
        rows: profile.iter().map(|(row, times)| (row.as_slice(), *times)).collect(),
        seats: usize::try_from(seats).unwrap_or(usize::MAX),
        quota: quota * u128::from(UNIT),
        by_name: options
            .iter()
            .map(|name| options.iter().filter(|other| *other < name).count())
            .collect(),
    };
    let placed = election.shown(options, breaking);
    if placed.ties.is_empty() || matches!(breaking, Breaking::Order(_)) {
        return Ok(placed);
    }
    Ok(placed.among(election.all_ways(options.len())?))
}

impl Election<'_> {
    fn start(&self, width: usize) -> State {
        let paper = Paper { holder: None, value: UNIT };
        let mut state = State {
            papers: vec![paper; self.rows.len()],
            standing: vec![Standing::Continuing; width],
            votes: vec![0; width],
            places: vec![0; width],
            elected: Vec::new(),
        };
        self.hand_on(&mut state, None, |value| value);
        self.elect(&mut state);
        state
    }

    /// Moves the papers of a pile to their next preferences, at another value.
    fn hand_on(&self, state: &mut State, pile: Option<usize>, value: impl Fn(u32) -> u32) {
        let State { papers, standing, votes, .. } = state;
        for (paper, (row, times)) in papers.iter_mut().zip(&self.rows) {
            if paper.holder != pile {
                continue;
            }
            let continuing = row.iter().zip(standing.iter()).enumerate();
            let next = continuing
                .filter(|(_, (_, standing))| **standing == Standing::Continuing)
                .map(|(column, (mark, _))| (rank_key(*mark), column))
                .min()
                .filter(|(key, _)| *key != u8::MAX);
            paper.holder = next.map(|(_, column)| column);
            paper.value = value(paper.value);
            if let Some(votes) = paper.holder.and_then(|column| votes.get_mut(column)) {
                *votes += u128::from(*times) * u128::from(paper.value);
            }
        }
        // A paper without a next preference is nobody's for good: no pile is called so again.
        if pile.is_none() {
            for paper in papers.iter_mut().filter(|paper| paper.holder.is_none()) {
                paper.value = 0;
            }
        }
    }

    /// Those who have reached the quota, the largest first, and the end of a stage.
    fn elect(&self, state: &mut State) {
        let mut reached: Vec<(u128, usize)> = of(state, Standing::Continuing)
            .map(|column| (votes(state, column), column))
            .filter(|(votes, _)| *votes >= self.quota)
            .collect();
        reached.sort_by_key(|(votes, column)| (Reverse(*votes), self.by_name.get(*column)));
        for (votes, column) in reached {
            let has_surplus = votes > self.quota;
            let standing = if has_surplus { Standing::Surplus } else { Standing::Elected };
            put(state, column, standing);
            state.elected.push(column);
        }
        // All that the stages before matter for: who had more at the latest where they differ.
        let may_tie: Vec<usize> =
            of(state, Standing::Continuing).chain(of(state, Standing::Surplus)).collect();
        let key = |column: usize| (votes(state, column), place(state, column));
        let keys: BTreeSet<(u128, usize)> = may_tie.iter().map(|column| key(*column)).collect();
        let ordered: BTreeMap<(u128, usize), usize> = keys.into_iter().zip(0..).collect();
        let mut places = vec![0; state.places.len()];
        for column in may_tie {
            if let Some(place) = places.get_mut(column) {
                *place = ordered.get(&key(column)).copied().unwrap_or(0);
            }
        }
        state.places = places;
    }

    /// What comes next; nothing when the seats are filled, or will be by all who are left.
    fn next(&self, state: &State) -> Option<Next> {
        let continuing: Vec<usize> = of(state, Standing::Continuing).collect();
        let elected = state.elected.len();
        if elected >= self.seats || elected + continuing.len() <= self.seats {
            return None;
        }
        let surpluses: Vec<usize> = of(state, Standing::Surplus).collect();
        if !surpluses.is_empty() {
            return Some(Next::Surplus(extreme(state, surpluses, Iterator::max)));
        }
        let lowest = extreme(state, continuing.clone(), Iterator::min);
        let have_nothing = lowest
            .iter()
            .all(|column| !state.papers.iter().any(|paper| paper.holder == Some(*column)));
        let all_can_go = elected + continuing.len() - lowest.len() >= self.seats;
        if have_nothing && all_can_go {
            return Some(Next::ExcludeAll(lowest));
        }
        Some(Next::Exclude(lowest))
    }

    /// Transfers the surplus of one who is elected (rule 48).
    fn transfer(&self, state: &mut State, column: usize) {
        let total = votes(state, column);
        let surplus = total - self.quota;
        put(state, column, Standing::Elected);
        self.hand_on(state, Some(column), |value| {
            // Truncated to five decimals; not above what it was.
            let fresh = surplus * u128::from(value) / total.max(1);
            u32::try_from(fresh).unwrap_or(value)
        });
        if let Some(votes) = state.votes.get_mut(column) {
            *votes = self.quota;
        }
        self.elect(state);
    }

    /// Excludes some; their papers move on at their value (rule 50).
    fn exclude(&self, state: &mut State, columns: &[usize]) {
        for column in columns {
            put(state, *column, Standing::Excluded);
        }
        for column in columns {
            self.hand_on(state, Some(*column), |value| value);
            if let Some(votes) = state.votes.get_mut(*column) {
                *votes = 0;
            }
        }
        self.elect(state);
    }

    /// All who are elected at the end.
    fn elected(&self, state: &State) -> Vec<usize> {
        let mut left: Vec<(u128, usize)> =
            of(state, Standing::Continuing).map(|column| (votes(state, column), column)).collect();
        left.sort_by_key(|(votes, column)| (Reverse(*votes), self.by_name.get(*column)));
        let open = self.seats.saturating_sub(state.elected.len());
        let left = left.into_iter().take(open).map(|(_, column)| column);
        state.elected.iter().copied().chain(left).collect()
    }

    /// Who is elected, for each way that lots may fall.
    fn all_ways(&self, width: usize) -> Result<BTreeSet<BTreeSet<usize>>, CountError> {
        let start = self.start(width);
        let mut seen = BTreeSet::from([start.clone()]);
        let mut next = vec![start];
        let mut ways = BTreeSet::new();
        let most = (PAPERS_MAX / self.rows.len().max(1)).clamp(30, WAYS_MAX);
        while let Some(state) = next.pop() {
            let following: Vec<State> = match self.next(&state) {
                None => {
                    ways.insert(self.elected(&state).into_iter().collect());
                    continue;
                }
                Some(Next::ExcludeAll(all)) => {
                    vec![after(&state, |state| self.exclude(state, &all))]
                }
                Some(Next::Exclude(tied)) => (tied.iter())
                    .map(|one| after(&state, |state| self.exclude(state, &[*one])))
                    .collect(),
                Some(Next::Surplus(tied)) => (tied.iter())
                    .map(|one| after(&state, |state| self.transfer(state, *one)))
                    .collect(),
            };
            for state in following {
                if seen.insert(state.clone()) {
                    next.push(state);
                }
            }
            if seen.len() > most {
                return Err(CountError::TooManyTies);
            }
        }
        Ok(ways)
    }

    /// The stages, with lots that fall by the declared order, or by name.
    fn shown(&self, options: &[String], breaking: Breaking<'_>) -> Placed {
        let width = options.len();
        let mut state = self.start(width);
        let (mut rounds, mut ties, mut out_in_order) = (Vec::new(), Vec::new(), Vec::new());
        let mut scores = vec![Score::Integer(0); width];
        let mut before = Vec::new();
        loop {
            let shown = state.clone();
            for column in (0..width).filter(|column| !before.contains(column)) {
                if let Some(score) = scores.get_mut(column) {
                    *score = decimal(votes(&shown, column));
                }
            }
            let newly: Vec<usize> =
                state.elected.iter().copied().filter(|column| !before.contains(column)).collect();
            let next = self.next(&state);
            let out = match next {
                None => None,
                Some(Next::ExcludeAll(all)) => {
                    self.exclude(&mut state, &all);
                    Some(all)
                }
                Some(Next::Exclude(tied)) => {
                    met(options, &tied, breaking, &mut ties);
                    let one = one_to_go_out(options, tied, breaking);
                    self.exclude(&mut state, &one);
                    Some(one)
                }
                Some(Next::Surplus(tied)) => {
                    met(options, &tied, breaking, &mut ties);
                    for one in first(options, tied, breaking) {
                        self.transfer(&mut state, one);
                    }
                    Some(Vec::new())
                }
            };
            let end = out.is_none();
            let elected = if end {
                let all = self.elected(&shown);
                all.into_iter().filter(|column| !before.contains(column)).collect()
            } else {
                newly
            };
            rounds.push(self.round(options, &shown, &elected, out.as_deref().unwrap_or_default()));
            before.extend(elected);
            before.extend(out.iter().flatten());
            out_in_order.extend(out.filter(|out| !out.is_empty()));
            if end {
                break;
            }
        }
        let elected = self.elected(&state);
        let out: BTreeSet<usize> = out_in_order.iter().flatten().copied().collect();
        let left = (0..width).filter(|column| !elected.contains(column) && !out.contains(column));
        let mut ranking = level(options, &rounds, &scores, &elected);
        ranking.push(left.collect());
        ranking.extend(out_in_order.into_iter().rev());
        ranking.retain(|group| !group.is_empty());
        Placed { rounds, ties, ..Placed::new(ranking, scores) }
    }

    fn round(&self, options: &[String], state: &State, elected: &[usize], out: &[usize]) -> Round {
        let stands = |column: &usize| state.standing.get(*column) != Some(&Standing::Excluded);
        let named = (0..options.len()).filter(stands);
        let votes: BTreeMap<String, Score> = named
            .filter_map(|column| {
                Some((options.get(column)?.clone(), decimal(votes(state, column))))
            })
            .collect();
        let cast: u128 = self.rows.iter().map(|(_, times)| u128::from(*times)).sum();
        let held: u128 = state.votes.iter().sum();
        let exhausted = decimal((cast * u128::from(UNIT)).saturating_sub(held));
        let elected = names(options, elected);
        Round { votes, exhausted, elected, eliminated: names(options, out) }
    }
}

fn after(state: &State, change: impl FnOnce(&mut State)) -> State {
    let mut state = state.clone();
    change(&mut state);
    state
}

/// Notes a tie.
fn met(options: &[String], tied: &[usize], breaking: Breaking<'_>, ties: &mut Vec<Tie>) {
    if tied.len() > 1 {
        ties.push(tie_on_the_way(options, tied, breaking));
    }
}

/// Whose surplus goes first in what is shown: the first in the declared order, or by name.
fn first(options: &[String], tied: Vec<usize>, breaking: Breaking<'_>) -> Vec<usize> {
    match breaking {
        Breaking::Order(_) => breaking.first(tied),
        Breaking::AllWays => {
            tied.into_iter().min_by_key(|column| options.get(*column)).into_iter().collect()
        }
    }
}

fn of(state: &State, standing: Standing) -> impl Iterator<Item = usize> {
    let standings = state.standing.iter().enumerate();
    standings.filter(move |(_, other)| **other == standing).map(|(column, _)| column)
}

fn votes(state: &State, column: usize) -> u128 {
    state.votes.get(column).copied().unwrap_or(0)
}

fn put(state: &mut State, column: usize, standing: Standing) {
    if let Some(place) = state.standing.get_mut(column) {
        *place = standing;
    }
}

fn place(state: &State, column: usize) -> usize {
    state.places.get(column).copied().unwrap_or(0)
}

/// Those of the place picked, the last or the first.
fn extreme(
    state: &State,
    mut columns: Vec<usize>,
    pick: fn(std::vec::IntoIter<usize>) -> Option<usize>,
) -> Vec<usize> {
    let places: Vec<usize> = columns.iter().map(|column| place(state, *column)).collect();
    let best = pick(places.into_iter());
    columns.retain(|column| Some(place(state, *column)) == best);
    columns
}

fn decimal(units: u128) -> Score {
    Score::of(&BigRational::new(units.into(), UNIT.into()))
}
