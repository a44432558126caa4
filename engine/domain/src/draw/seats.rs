//! Seats of groups in proportion to their weights: Hamilton's method of largest remainders.

use super::Lottery;
use std::collections::BTreeMap;

/// Seats by largest remainders, before a tie is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apportionment {
    /// What each group has whatever is done about the tie, in the order of their names.
    pub seats: Vec<u32>,
    /// Groups, by number, whose remainders are equal and compete for the seats that are left.
    pub tied: Vec<usize>,
    /// How many of the tied get one more; fewer than there are, or none and nobody is tied.
    pub open: u32,
}

/// Gives each group the whole part of seats × weight / all weights, and those left, one each, to
/// the largest remainders. Equal remainders at the edge are left open.
#[must_use]
pub fn largest_remainder(weights: &BTreeMap<String, u32>, seats: u32) -> Apportionment {
    let total: u128 = weights.values().map(|weight| u128::from(*weight)).sum();
    let share = |weight: &u32| {
        let part = u128::from(seats) * u128::from(*weight);
        let whole = part.checked_div(total).unwrap_or(0);
        (u32::try_from(whole).unwrap_or(u32::MAX), part.checked_rem(total).unwrap_or(0))
    };
    let shares: Vec<(u32, u128)> = weights.values().map(share).collect();
    let mut given: Vec<u32> = shares.iter().map(|(whole, _)| *whole).collect();
    let left = seats.saturating_sub(given.iter().sum());
    let mut remainders: Vec<u128> = shares.iter().map(|(_, remainder)| *remainder).collect();
    remainders.sort_unstable_by(|a, b| b.cmp(a));
    let count = usize::try_from(left).unwrap_or(usize::MAX);
    // What is above the edge gets a seat; what is at it competes, unless all of it gets one.
    let edge = count.checked_sub(1).and_then(|last| remainders.get(last)).copied();
    let next = remainders.get(count).copied();
    let mut tied = Vec::new();
    for (number, (_, remainder)) in shares.iter().enumerate() {
        match edge {
            Some(edge) if *remainder == edge && next == Some(edge) => tied.push(number),
            Some(edge) if *remainder >= edge => add_one(&mut given, number),
            _ => {}
        }
    }
    let open = seats.saturating_sub(given.iter().sum());
    Apportionment { seats: given, tied, open }
}

impl Apportionment {
    /// The seats of each group, the tie broken by a removal draw among the tied, in the order of
    /// their names, under the label `seats`.
    #[must_use]
    pub fn settle(&self, lottery: &Lottery) -> Vec<u32> {
        let mut seats = self.seats.clone();
        let tied = u32::try_from(self.tied.len()).unwrap_or(u32::MAX);
        for place in lottery.removal("seats", tied, self.open) {
            let number = usize::try_from(place).ok().and_then(|place| self.tied.get(place));
            add_one(&mut seats, number.copied().unwrap_or(usize::MAX));
        }
        seats
    }
}

fn add_one(seats: &mut [u32], number: usize) {
    if let Some(seats) = seats.get_mut(number) {
        *seats += 1;
    }
}
