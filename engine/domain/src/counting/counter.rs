//! Adding up the rows of a vote.

use super::marks::{ABSTAIN, AGAINST, FOR, Keeps, NO_BALLOT, Reader, width};
use super::points::{self, PointsSum};
use super::ranked::Profile;
use super::spec::MethodSpec;
use super::yes_no::YesNoCounts;
use super::{CountError, Method, Received, Tally};
use bincode::{Decode, Encode};

/// Sums kept of each column of points.
const SUMS: usize = 3;

/// Adds up rows of one vote. Counters of parts of the ballots merge into the counter of all.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TallyCounter {
    reader: Reader,
    received: Received,
    /// Per column, the rows with each mark from 1 on, blank rows left out (but in yes/no); or the
    /// rows with points, the points given and those taken.
    counts: Vec<u64>,
    /// Where it takes more than that, the distinct rows that are not blank.
    profile: Profile,
}

impl TallyCounter {
    /// No ballot yet.
    #[must_use]
    pub fn new(spec: &MethodSpec, option_count: usize) -> Self {
        let reader = Reader::new(spec, option_count);
        let cells = match reader.keeps() {
            Keeps::Profile => 0,
            Keeps::Points => option_count.saturating_mul(SUMS),
            Keeps::Marks => width(spec, option_count).saturating_mul(usize::from(reader.mark_max)),
        };
        let (received, profile) = (Received::default(), Profile::new());
        Self { reader, received, counts: vec![0; cells], profile }
    }

    /// Adds one row. A row without a ballot adds nothing; one that [`super::marks::check`] refuses
    /// is invalid.
    ///
    /// # Errors
    /// [`CountError::TooLarge`], and nothing is added.
    pub fn add(&mut self, row: &[u8]) -> Result<(), CountError> {
        self.add_times(row, 1)
    }

    /// Adds `times` rows alike (or one ballot of that weight).
    ///
    /// # Errors
    /// [`CountError::TooLarge`], and nothing is added.
    pub fn add_times(&mut self, row: &[u8], times: u64) -> Result<(), CountError> {
        if row.first() == Some(&NO_BALLOT) {
            return Ok(());
        }
        // No other count is larger than this one, so that none of them overflows.
        self.received.cast = self.sum_of_cast(times)?;
        if self.reader.check(row).is_err() {
            self.received.invalid += times;
            return Ok(());
        }
        if self.reader.is_blank(row) {
            self.received.blank += times;
            return Ok(());
        }
        match self.reader.keeps() {
            Keeps::Profile => match self.profile.get_mut(row) {
                Some(count) => *count += times,
                None => {
                    self.profile.insert(row.to_vec(), times);
                }
            },
            Keeps::Points => self.add_points(row, times),
            Keeps::Marks => {
                let marks = usize::from(self.reader.mark_max).max(1);
                for (column, mark) in self.counts.chunks_exact_mut(marks).zip(row) {
                    if let Some(count) = column.get_mut(usize::from(mark.wrapping_sub(1))) {
                        *count += times;
                    }
                }
            }
        }
        Ok(())
    }

    /// All ballots cast with these, if no count of this vote can then be beyond its range.
    fn sum_of_cast(&self, more: u64) -> Result<u64, CountError> {
        let most = match self.reader.keeps() {
            Keeps::Points => i64::MAX.unsigned_abs() / u64::from(points::POINTS_MAX.unsigned_abs()),
            _ => u64::MAX,
        };
        let sum = self.received.cast.checked_add(more).filter(|sum| *sum <= most);
        sum.ok_or(CountError::TooLarge)
    }

    fn add_points(&mut self, row: &[u8], times: u64) {
        let zero_is_none = self.reader.points.is_none_or(|limits| limits.zero_is_none);
        for (sums, points) in self.counts.chunks_exact_mut(SUMS).zip(points::columns(row)) {
            let ([ballots, given, taken], Ok(Some(points))) = (sums, points) else { continue };
            if points == 0 && zero_is_none {
                continue;
            }
            *ballots += times;
            let sum = if points > 0 { given } else { taken };
            *sum += u64::from(points.unsigned_abs()) * times;
        }
    }

    /// Adds a matrix: whole rows, one after the other.
    ///
    /// # Errors
    /// [`CountError::TallyOfAnotherShape`] when the bytes are not whole rows;
    /// [`CountError::TooLarge`], and the rows before are added.
    pub fn add_rows(&mut self, matrix: &[u8]) -> Result<(), CountError> {
        let width = usize::try_from(self.reader.width).unwrap_or(usize::MAX).max(1);
        let rows = matrix.chunks_exact(width);
        if !rows.remainder().is_empty() {
            let found = rows.remainder().len();
            return Err(CountError::TallyOfAnotherShape { expected: width, found });
        }
        for row in rows {
            self.add(row)?;
        }
        Ok(())
    }

    /// Adds what another counter of the same vote has counted.
    ///
    /// # Errors
    /// [`CountError::TallyOfAnotherMethod`] or [`CountError::TallyOfAnotherShape`] when it is of
    /// another vote, [`CountError::TooLarge`]; and nothing is added.
    pub fn merge(&mut self, other: &Self) -> Result<(), CountError> {
        let (own, others) = (&self.reader, &other.reader);
        if own.method != others.method {
            let (expected, found) = (own.method.name(), others.method.name());
            return Err(CountError::TallyOfAnotherMethod { expected, found });
        }
        if own != others {
            let (expected, found) = (self.counts.len(), other.counts.len());
            return Err(CountError::TallyOfAnotherShape { expected, found });
        }
        self.received.cast = self.sum_of_cast(other.received.cast)?;
        self.received.blank += other.received.blank;
        self.received.invalid += other.received.invalid;
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        for (row, more) in &other.profile {
            *self.profile.entry(row.clone()).or_default() += more;
        }
        Ok(())
    }

    /// Ballots added so far.
    #[must_use]
    pub fn received(&self) -> Received {
        self.received
    }

    /// The tally. `eligible`, all who may vote, only matters to a yes/no vote.
    #[must_use]
    pub fn tally(&self, eligible: u64) -> Tally {
        let received = self.received;
        let columns = self.counts.chunks_exact(usize::from(self.reader.mark_max).max(1));
        match self.reader.method {
            Method::YesNo | Method::Consent => {
                let of = |mark: u8| {
                    self.counts.get(usize::from(mark.saturating_sub(1))).copied().unwrap_or(0)
                };
                Tally::YesNo(YesNoCounts {
                    in_favour: of(FOR),
                    against: of(AGAINST),
                    abstain: of(ABSTAIN),
                    blank: received.blank,
                    invalid: received.invalid,
                    eligible,
                })
            }
            Method::Approval => {
                let approvals = columns.filter_map(|column| column.last().copied()).collect();
                Tally::Approval { approvals, received }
            }
            Method::MajorityJudgment | Method::Judgment(_) => {
                let profiles = columns
                    .filter_map(|column| column.split_first())
                    .map(|(_ungraded, grades)| grades.to_vec())
                    .collect();
                Tally::MajorityJudgment { profiles, received }
            }
            Method::Score | Method::Dots | Method::Quadratic => {
                let (sums, _) = self.counts.as_chunks::<SUMS>();
                let sum = |[ballots, given, taken]: &[u64; SUMS]| PointsSum {
                    ballots: *ballots,
                    given: *given,
                    taken: *taken,
                };
                Tally::Points { sums: sums.iter().map(sum).collect(), received }
            }
            Method::Ranked(_) => Tally::Ranked { profile: self.profile.clone(), received },
            Method::Committee(_) | Method::Budget(_) => {
                Tally::Profile { profile: self.profile.clone(), received }
            }
        }
    }
}
