//! How many acts of each kind were recorded on each day.

use crate::codec;
use crate::fact::Recorded;
use crate::id::Hash;
use crate::projection::Projection;
use bincode::{Decode, Encode};
use std::collections::BTreeMap;

/// Counts by day (since 1970-01-01, UTC) and type of act.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Timeline {
    days: BTreeMap<i64, BTreeMap<String, u64>>,
}

impl Timeline {
    /// Days in order, each with its counts by type of act.
    pub fn days(&self) -> impl Iterator<Item = (i64, &BTreeMap<String, u64>)> {
        self.days.iter().map(|(day, counts)| (*day, counts))
    }

    /// How many acts of each type in all.
    #[must_use]
    pub fn totals(&self) -> BTreeMap<&str, u64> {
        let mut totals = BTreeMap::new();
        for (name, count) in self.days.values().flatten() {
            let total: &mut u64 = totals.entry(name.as_str()).or_default();
            *total = total.saturating_add(*count);
        }
        totals
    }

    fn add(&mut self, day: i64, name: &str, count: u64) {
        let counts = self.days.entry(day).or_default();
        match counts.get_mut(name) {
            Some(total) => *total = total.saturating_add(count),
            None => {
                counts.insert(name.to_owned(), count);
            }
        }
    }
}

impl Projection for Timeline {
    const NAME: &'static str = "timeline";
    const VERSION: u32 = 1;

    fn apply(&mut self, recorded: &Recorded<'_>) {
        self.add(recorded.record.at.day(), recorded.record.fact.type_name(), 1);
    }

    fn merge(mut self, later: Self) -> Self {
        for (day, counts) in later.days {
            for (name, count) in counts {
                self.add(day, &name, count);
            }
        }
        self
    }

    fn state_hash(&self) -> Hash {
        let state = codec::encode_snapshot(&(Self::NAME, Self::VERSION, self));
        Hash::of(&state.unwrap_or_default())
    }
}
