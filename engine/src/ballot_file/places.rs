//! Where things stand in a file.

/// Where things stand in a file, for messages. Two files that say the same are equal wherever they
/// say it: so are all places.
#[derive(Clone, Debug, Default, Eq)]
pub struct Places {
    ballots: Vec<u32>,
    costs: Vec<(usize, usize)>,
}

impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Places {
    /// The next ballot stands on a line.
    pub(super) fn ballot(&mut self, line: usize) {
        self.ballots.push(u32::try_from(line).unwrap_or(u32::MAX));
    }

    /// The next cost stands there.
    pub(super) fn cost(&mut self, line: usize, column: usize) {
        self.costs.push((line, column));
    }

    /// The line of a ballot, 0 being the first; none where it was not kept.
    #[must_use]
    pub fn line(&self, ballot: usize) -> Option<usize> {
        self.ballots.get(ballot).and_then(|line| usize::try_from(*line).ok())
    }

    /// Line and column of what an option costs, 0 being the first.
    #[must_use]
    pub fn of_cost(&self, option: usize) -> Option<(usize, usize)> {
        self.costs.get(option).copied()
    }
}
