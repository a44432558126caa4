//! Methods that count rankings (methods, section 6): weak orders, which may be truncated.
//!
//! An option that a ballot does not rank is below all that it ranks, and level with the others
//! that it does not rank. Nobody picks among ties: the winners are a set, for `irv` and the ranked
//! pairs the union over all ways to break the ties on the way.

mod eliminate;
mod locked;
mod matrix;
mod meek;
mod scottish;
mod shares;

pub use eliminate::Round;

use super::outcome::{Evidence, Outcome, Score, Tie, TieStage};
use super::ways::{self, Breaking};
use super::{CountError, Method, Received, check_profile, ranking};
use bincode::{Decode, Encode};
use matrix::{Matrix, Strength};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Distinct ballots, as rows of marks, and how often each was cast.
pub type Profile = BTreeMap<Vec<u8>, u64>;

/// How rankings are counted.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "kebab-case")]
pub enum RankedRule {
    /// Most first places; those who share one share the ballot.
    Plurality,
    /// More than half of the first places, else the best two by who is placed above the other.
    TwoRound,
    /// Twice the options beaten and once those tied with, summed over ballots.
    Borda,
    /// The lowest goes out, one at a time, until one has more than half.
    Irv,
    /// A point for each option beaten by a majority, half of one for each tie.
    Copeland,
    /// The smallest worst defeat, as a margin.
    MinimaxMargins,
    /// The smallest worst defeat, as the votes of those who win it.
    MinimaxWinningVotes,
    /// The widest paths of margins (Schulze 2011).
    SchulzeMargins,
    /// The widest paths of winning votes (Schulze 2011).
    SchulzeWinningVotes,
    /// Majorities locked from the largest margin down (Tideman 1987).
    RankedPairsMargins,
    /// Majorities locked from the most winning votes down.
    RankedPairsWinningVotes,
    /// The single transferable vote of Scotland (SSI 2007/42): several seats, no equal ranks.
    StvScottish,
    /// Meek's single transferable vote (Hill, Wichmann & Woodall 1987): several seats.
    StvMeek,
}

impl RankedRule {
    /// All rules, in the order in which they are documented.
    pub const ALL: [Self; 13] = [
        Self::Plurality,
        Self::TwoRound,
        Self::Borda,
        Self::Irv,
        Self::Copeland,
        Self::MinimaxMargins,
        Self::MinimaxWinningVotes,
        Self::SchulzeMargins,
        Self::SchulzeWinningVotes,
        Self::RankedPairsMargins,
        Self::RankedPairsWinningVotes,
        Self::StvScottish,
        Self::StvMeek,
    ];

    /// The name, as in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plurality => "plurality",
            Self::TwoRound => "two-round",
            Self::Borda => "borda",
            Self::Irv => "irv",
            Self::Copeland => "copeland",
            Self::MinimaxMargins => "minimax-margins",
            Self::MinimaxWinningVotes => "minimax-winning-votes",
            Self::SchulzeMargins => "schulze-margins",
            Self::SchulzeWinningVotes => "schulze-winning-votes",
            Self::RankedPairsMargins => "ranked-pairs-margins",
            Self::RankedPairsWinningVotes => "ranked-pairs-winning-votes",
            Self::StvScottish => "stv-scottish",
            Self::StvMeek => "stv-meek",
        }
    }

    /// Whether the rule only says who is first.
    #[must_use]
    pub const fn is_of_one_seat(self) -> bool {
        matches!(self, Self::Irv | Self::TwoRound)
    }
}

/// What one needs to check a count of rankings by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
pub struct RankedEvidence {
    /// For each option, how many ballots place it strictly above each other one.
    pub pairwise: BTreeMap<String, BTreeMap<String, u64>>,
    /// The option that beats every other one, if there is one.
    pub condorcet_winner: Option<String>,
    /// The option that every other one beats, if there is one.
    pub condorcet_loser: Option<String>,
    /// The smallest set of options that beat all others, by name.
    pub smith: Vec<String>,
    /// The rounds, where there are any. Ties are broken by name in the rounds shown, the winners
    /// are those of all ways to break them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rounds: Vec<Round>,
    /// All sets of winners that tie, each by name, where lots on the way decide between them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub committees: Vec<Vec<String>>,
    /// The seats.
    pub seats: super::outcome::Seats,
}

/// What a rule makes of a profile. Options are columns.
struct Placed {
    /// Best first; who shares a place is one group.
    ranking: Vec<Vec<usize>>,
    scores: Vec<Score>,
    rounds: Vec<Round>,
    ties: Vec<Tie>,
    /// Tied sets of winners, if there are several.
    sets: BTreeSet<BTreeSet<usize>>,
}

/// Counts a profile of rankings over options in the order of `options`.
pub(super) fn count(
    rule: RankedRule,
    seats: u32,
    options: &[String],
    profile: &Profile,
    received: Received,
    breaking: Breaking<'_>,
) -> Result<Outcome, CountError> {
    let ballots = received.counts()?;
    check_profile(profile, options.len(), ballots)?;
    let matrix = Matrix::of(options.len(), profile);
    let placed = place(rule, seats, options, profile, &matrix, ballots.valid, breaking)?;
    let named = |columns: &[usize]| names(options, columns);
    let ranking: Vec<Vec<String>> = placed.ranking.iter().map(|group| named(group)).collect();
    let seats = ranking::fill(seats, &ranking);
    let mut ties = placed.ties;
    ties.extend(ranking::ties(&seats));
    let mut committees: Vec<_> = placed.sets.iter().map(|set| names_of(options, set)).collect();
    committees.sort_unstable();
    let of_one = |column: Option<usize>| column.and_then(|column| options.get(column).cloned());
    Ok(Outcome {
        method: Method::Ranked(rule),
        options: options.to_vec(),
        winners: ranking::winners(&seats),
        ranking,
        scores: options.iter().cloned().zip(placed.scores).collect(),
        ties,
        ballots,
        evidence: Evidence::Ranked(RankedEvidence {
            pairwise: matrix.named(options),
            condorcet_winner: of_one(matrix.beats_all()),
            condorcet_loser: of_one(matrix.loses_to_all()),
            smith: named(&matrix.smith()),
            rounds: placed.rounds,
            committees,
            seats,
        }),
    })
}

/// The names of some columns, in order.
fn names(options: &[String], columns: &[usize]) -> Vec<String> {
    ways::names(options, columns.iter().copied())
}

fn place(
    rule: RankedRule,
    seats: u32,
    options: &[String],
    profile: &Profile,
    matrix: &Matrix,
    valid: u64,
    breaking: Breaking<'_>,
) -> Result<Placed, CountError> {
    let width = options.len();
    match rule {
        RankedRule::Plurality => {
            let all: Vec<usize> = (0..width).collect();
            let votes = shares::tally(profile, &all).votes;
            let scores = votes.iter().map(Score::of).collect();
            Ok(Placed::by_keys(&votes, scores))
        }
        RankedRule::TwoRound => Ok(eliminate::two_rounds(options, profile, valid)),
        RankedRule::Irv => eliminate::instant_runoff(options, profile, breaking),
        RankedRule::Borda => {
            let keys = matrix.borda(valid)?;
            let scores = keys.iter().copied().map(Score::Integer).collect();
            Ok(Placed::by_keys(&keys, scores))
        }
        RankedRule::Copeland => {
            let keys = matrix.copeland_twice();
            let scores = keys.iter().map(|twice| half(*twice)).collect();
            Ok(Placed::by_keys(&keys, scores))
        }
        RankedRule::MinimaxMargins => matrix.minimax(Strength::Margins),
        RankedRule::MinimaxWinningVotes => matrix.minimax(Strength::WinningVotes),
        RankedRule::SchulzeMargins => Ok(matrix.schulze(Strength::Margins)),
        RankedRule::SchulzeWinningVotes => Ok(matrix.schulze(Strength::WinningVotes)),
        RankedRule::RankedPairsMargins => locked::ranked_pairs(matrix, Strength::Margins, breaking),
        RankedRule::StvScottish => scottish::scottish(seats, options, profile, valid, breaking),
        RankedRule::StvMeek => meek::meek(seats, options, profile, valid, breaking),
        RankedRule::RankedPairsWinningVotes => {
            locked::ranked_pairs(matrix, Strength::WinningVotes, breaking)
        }
    }
}

impl Placed {
    /// The largest key first.
    fn by_keys<K: Ord>(keys: &[K], scores: Vec<Score>) -> Self {
        let mut keyed: Vec<(&K, usize)> = keys.iter().zip(0..).collect();
        keyed.sort_by(|a, b| b.cmp(a));
        let groups = keyed.chunk_by(|(a, _), (b, _)| a == b);
        let ranking = groups.map(|group| group.iter().map(|(_, column)| *column).collect());
        Self::new(ranking.collect(), scores)
    }

    fn new(ranking: Vec<Vec<usize>>, scores: Vec<Score>) -> Self {
        let (rounds, ties, sets) = (Vec::new(), Vec::new(), BTreeSet::new());
        Self { ranking, scores, rounds, ties, sets }
    }

    /// Those elected in all sets first, then those elected in some, then the rest as shown.
    fn among(mut self, sets: BTreeSet<BTreeSet<usize>>) -> Self {
        if sets.len() < 2 {
            return self;
        }
        let in_all = |column: &usize| sets.iter().all(|elected| elected.contains(column));
        let union: BTreeSet<usize> = sets.iter().flatten().copied().collect();
        let tied: Vec<usize> = union.iter().copied().filter(|column| !in_all(column)).collect();
        // Who is level in what is shown stays level.
        let of_groups = |fits: &dyn Fn(&usize) -> bool| -> Vec<Vec<usize>> {
            let kept = self.ranking.iter();
            kept.map(|group| group.iter().copied().filter(fits).collect()).collect()
        };
        let mut ranking = of_groups(&|column| union.contains(column) && in_all(column));
        ranking.push(tied);
        ranking.extend(of_groups(&|column| !union.contains(column)));
        ranking.retain(|group| !group.is_empty());
        self.ranking = ranking;
        self.sets = sets;
        self
    }
}

/// The elected, in order: those who are elected in one round with as many votes are level.
fn level(
    options: &[String],
    rounds: &[Round],
    scores: &[Score],
    elected: &[usize],
) -> Vec<Vec<usize>> {
    let key = |column: &usize| {
        let name = options.get(*column)?;
        let is_of = |round: &Round| round.elected.contains(name);
        Some((rounds.iter().position(is_of)?, scores.get(*column)?))
    };
    let is_level = |a: &usize, b: &usize| key(a).is_some() && key(a) == key(b);
    elected.chunk_by(is_level).map(<[usize]>::to_vec).collect()
}

/// A group, then the rest in layers of a partial order: those below nobody who is left.
fn layers(
    width: usize,
    first: Vec<usize>,
    is_above: impl Fn(usize, usize) -> bool,
) -> Vec<Vec<usize>> {
    let mut left: Vec<usize> = (0..width).filter(|column| !first.contains(column)).collect();
    let mut ranking = vec![first];
    while !left.is_empty() {
        let is_free = |b: &usize| !left.iter().any(|a| is_above(*a, *b));
        let (top, rest): (Vec<usize>, Vec<usize>) = left.iter().copied().partition(is_free);
        // A cycle can not be, but must not hang.
        let (top, rest) = if top.is_empty() { (rest, top) } else { (top, rest) };
        ranking.push(top);
        left = rest;
    }
    ranking
}

/// A number of halves as an exact score.
fn half(twice: u64) -> Score {
    if twice.is_multiple_of(2) {
        Score::Integer(twice / 2)
    } else {
        Score::Text(format!("{twice}/2"))
    }
}

/// A tie on the way to the winners.
fn tie_on_the_way(options: &[String], tied: &[usize], breaking: Breaking<'_>) -> Tie {
    ways::tie(options, tied, TieStage::Elimination, breaking.rule())
}

fn names_of(options: &[String], set: &BTreeSet<usize>) -> Vec<String> {
    ways::names(options, set.iter().copied())
}
