//! What a person has held of a role up to some period, and whether they may hold it again.

use super::plan::Gap;
use super::request::{LastHeld, RoleLimits, Standing};

/// What a person has held of a role so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Track {
    /// The last period, from 0; negative before the plan.
    pub(super) last: Option<i64>,
    /// How many in a row it was the last of.
    pub(super) run: u64,
    /// Periods in all.
    pub(super) held: u64,
}

/// A period as a signed number.
pub(super) fn signed(period: usize) -> i64 {
    i64::try_from(period).unwrap_or(i64::MAX)
}

impl Track {
    pub(super) fn of(past: Standing) -> Self {
        let before = |LastHeld { ago, run }| (i64::try_from(ago).map_or(i64::MIN, |ago| -ago), run);
        let (last, run) = past.last.map(before).unzip();
        Self { last, run: run.unwrap_or(0), held: past.held }
    }

    /// Periods since the last one; nothing for never.
    pub(super) fn since(self, period: usize) -> Option<u64> {
        let last = self.last?;
        Some(u64::try_from(signed(period).saturating_sub(last)).unwrap_or(0))
    }

    pub(super) fn gap(self, period: usize) -> Gap {
        self.since(period).map_or(Gap::Never, Gap::After)
    }

    /// Whether the run that ended last was as long as may be and still counts in this period.
    pub(super) fn cools(self, limits: &RoleLimits, period: usize) -> bool {
        let off = u64::from(limits.cooling_off.max(1));
        self.run >= u64::from(limits.max_consecutive)
            && self.since(period).is_some_and(|since| since <= off)
    }

    /// Whether the role can be held in this period, after all that was held before.
    pub(super) fn allows(self, limits: &RoleLimits, period: usize) -> bool {
        self.held < limits.max_held && self.since(period) != Some(0) && !self.cools(limits, period)
    }

    /// After the role was held in this period.
    pub(super) fn with(self, period: usize) -> Self {
        let run = if self.since(period) == Some(1) { self.run + 1 } else { 1 };
        Self { last: Some(signed(period)), run, held: self.held.saturating_add(1) }
    }
}
