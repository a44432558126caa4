//! Moments, as data: the domain never asks what time it is.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Milliseconds in a day.
    pub const DAY_MS: i64 = 86_400_000;

    /// So many days later.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        self.plus_ms(Self::DAY_MS.saturating_mul(i64::from(days)))
    }

    /// The moment `ms` later, held at the ends of the range instead of overflowing.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Days since 1970-01-01 (UTC).
    #[must_use]
    pub fn day(self) -> i64 {
        self.0.div_euclid(Self::DAY_MS)
    }
}
