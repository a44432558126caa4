//! The pairwise matrix, and the methods that need no more than it.

use super::{Placed, Profile, layers};
use crate::counting::CountError;
use crate::counting::marks::rank_key;
use crate::counting::outcome::Score;
use std::collections::BTreeMap;

/// What a majority weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// Its votes less those against it.
    Margins,
    /// Its votes.
    WinningVotes,
}

/// For each pair of options, the ballots that place the first strictly above the second.
pub(super) struct Matrix {
    width: usize,
    /// Row after row.
    cells: Vec<u64>,
}

impl Matrix {
    pub(super) fn of(width: usize, profile: &Profile) -> Self {
        let mut cells = vec![0; width.saturating_mul(width)];
        let mut keys = Vec::with_capacity(width);
        for (row, times) in profile {
            keys.clear();
            keys.extend(row.iter().copied().map(rank_key));
            for (cells, own) in cells.chunks_exact_mut(width.max(1)).zip(&keys) {
                for (cell, other) in cells.iter_mut().zip(&keys) {
                    // No cell is larger than the number of ballots.
                    *cell += u64::from(own < other) * times;
                }
            }
        }
        Self { width, cells }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Ballots that place `a` strictly above `b`.
    pub(super) fn above(&self, a: usize, b: usize) -> u64 {
        self.cells.get(a * self.width + b).copied().unwrap_or(0)
    }

    fn margin(&self, a: usize, b: usize) -> i128 {
        i128::from(self.above(a, b)) - i128::from(self.above(b, a))
    }

    fn beats(&self, a: usize, b: usize) -> bool {
        self.above(a, b) > self.above(b, a)
    }

    /// What the majority of `a` over `b` weighs; 0 if it is none.
    pub(super) fn strength(&self, a: usize, b: usize, strength: Strength) -> u64 {
        let (own, other) = (self.above(a, b), self.above(b, a));
        match strength {
            _ if own <= other => 0,
            Strength::Margins => own - other,
            Strength::WinningVotes => own,
        }
    }

    fn others(&self, a: usize) -> impl Iterator<Item = usize> + use<> {
        (0..self.width).filter(move |b| *b != a)
    }

    /// With names, every option against every other.
    pub(super) fn named(&self, options: &[String]) -> BTreeMap<String, BTreeMap<String, u64>> {
        let row = |a: usize| {
            let others = options.iter().zip(0..).filter(|(_, b)| *b != a);
            others.map(|(name, b)| (name.clone(), self.above(a, b))).collect()
        };
        options.iter().zip(0..).map(|(name, a)| (name.clone(), row(a))).collect()
    }

    pub(super) fn beats_all(&self) -> Option<usize> {
        (0..self.width).find(|a| self.others(*a).all(|b| self.beats(*a, b)))
    }

    /// The one that all others beat, where there are others.
    pub(super) fn loses_to_all(&self) -> Option<usize> {
        let loses = |a: &usize| self.others(*a).all(|b| self.beats(b, *a));
        (0..self.width).find(loses).filter(|_| self.width > 1)
    }

    /// Those from whom a path of majorities or ties leads to every other one.
    pub(super) fn smith(&self) -> Vec<usize> {
        let reached = |a: usize| {
            let mut seen = vec![false; self.width];
            let mut next = vec![a];
            while let Some(from) = next.pop() {
                if let Some(seen) = seen.get_mut(from).filter(|seen| !**seen) {
                    *seen = true;
                    next.extend(self.others(from).filter(|to| !self.beats(*to, from)));
                }
            }
            seen.iter().all(|seen| *seen)
        };
        (0..self.width).filter(|a| reached(*a)).collect()
    }

    /// Twice the options beaten and once those tied with, summed over the ballots.
    pub(super) fn borda(&self, ballots: u64) -> Result<Vec<u64>, CountError> {
        let of = |a: usize| {
            let sum: i128 = self.others(a).map(|b| i128::from(ballots) + self.margin(a, b)).sum();
            u64::try_from(sum).map_err(|_| CountError::TooLarge)
        };
        (0..self.width).map(of).collect()
    }

    /// Two for each option beaten, one for each tie.
    pub(super) fn copeland_twice(&self) -> Vec<u64> {
        let points = |a: usize, b: usize| match self.margin(a, b).signum() {
            1 => 2,
            0 => 1,
            _ => 0,
        };
        (0..self.width).map(|a| self.others(a).map(|b| points(a, b)).sum()).collect()
    }

    /// The worst defeat of each, the smallest first. By margins one that is beaten by nobody has a
    /// negative one, the smallest of its majorities.
    pub(super) fn minimax(&self, strength: Strength) -> Result<Placed, CountError> {
        let defeat = |a: usize, b: usize| match strength {
            Strength::Margins => self.margin(b, a),
            Strength::WinningVotes => i128::from(self.strength(b, a, strength)),
        };
        let worst = |a: usize| self.others(a).map(|b| defeat(a, b)).max().unwrap_or(0);
        let worst: Vec<i128> = (0..self.width).map(worst).collect();
        let score = |defeat: &i128| {
            i64::try_from(*defeat).map(Score::Signed).map_err(|_| CountError::TooLarge)
        };
        let scores = worst.iter().map(score).collect::<Result<_, _>>()?;
        let keys: Vec<i128> = worst.iter().map(|defeat| -defeat).collect();
        Ok(Placed::by_keys(&keys, scores))
    }

    /// The strongest path from each to each: as strong as its weakest majority.
    fn widest(&self, strength: Strength) -> Vec<Vec<u64>> {
        let direct = |a| (0..self.width).map(|b| self.strength(a, b, strength)).collect();
        let mut paths: Vec<Vec<u64>> = (0..self.width).map(direct).collect();
        for through in 0..self.width {
            let second = paths.get(through).cloned().unwrap_or_default();
            for (from, row) in paths.iter_mut().enumerate() {
                let first = row.get(through).copied().unwrap_or(0);
                for (to, path) in row.iter_mut().enumerate().filter(|(to, _)| *to != from) {
                    *path = first.min(second.get(to).copied().unwrap_or(0)).max(*path);
                }
            }
        }
        paths
    }

    /// `a` is above `b` if its strongest path to it is stronger than the way back. The score is the
    /// number of options that are above nobody's: those it is above.
    pub(super) fn schulze(&self, strength: Strength) -> Placed {
        let paths = self.widest(strength);
        let path =
            |a: usize, b: usize| paths.get(a).and_then(|row| row.get(b)).copied().unwrap_or(0);
        let is_above = |a: usize, b: usize| path(a, b) > path(b, a);
        let free = |b: &usize| !(0..self.width).any(|a| is_above(a, *b));
        let first = (0..self.width).filter(free).collect();
        let below = |a: usize| (0..self.width).filter(|b| is_above(a, *b)).count();
        let scores = (0..self.width).map(|a| Score::Integer(below(a) as u64)).collect();
        Placed::new(layers(self.width, first, is_above), scores)
    }
}
