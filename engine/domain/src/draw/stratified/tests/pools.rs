//! Pools made by a fixed sequence, so that a seed is a pool for ever.

use super::*;

pub(super) struct Sequence(u64);

impl Sequence {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `bound`.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        let (factor, step) = (6_364_136_223_846_793_005, 1_442_695_040_888_963_407);
        self.0 = self.0.wrapping_mul(factor).wrapping_add(step);
        (self.0 >> 33) % bound
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

/// Categories, people and seats.
pub(super) type Pool = (Vec<Category>, Vec<Vec<String>>, u32);

/// A pool like those of citizens' assemblies: in each category the shares of the population and
/// those of the people who came forward, in thousandths, differ.
pub(super) fn assembly(seed: u64, people: usize, seats: u32, slack: u32) -> Pool {
    let shares: [(&str, &[(u32, u64)]); 6] = [
        ("gender", &[(500, 420), (500, 580)]),
        ("age", &[(180, 90), (250, 200), (300, 330), (270, 380)]),
        ("education", &[(300, 120), (420, 350), (280, 530)]),
        ("region", &[(260, 300), (210, 200), (200, 180), (180, 170), (150, 150)]),
        ("occupation", &[(480, 520), (320, 300), (200, 180)]),
        ("attitude", &[(350, 600), (650, 400)]),
    ];
    let categories = shares.iter().map(|(name, features)| {
        let quota = |(feature, (share, _)): (usize, &(u32, u64))| {
            let (low, high) = (share * seats / 1000, (share * seats).div_ceil(1000));
            (format!("{feature}"), Quota::new(low.saturating_sub(slack), high + slack))
        };
        let features = features.iter().enumerate().map(quota).collect();
        Category { name: (*name).to_owned(), features }
    });
    let mut sequence = Sequence::new(seed);
    let mut feature = |features: &[(u32, u64)]| {
        let mut at = sequence.below(1000);
        let passes = |(_, share): &&(u32, u64)| {
            let passes = at >= *share;
            at -= if passes { *share } else { 0 };
            passes
        };
        features.iter().take(features.len() - 1).take_while(passes).count().to_string()
    };
    let mut person = || shares.iter().map(|(_, features)| feature(features)).collect();
    let people = (0..people).map(|_| person()).collect();
    (categories.collect(), people, seats)
}

/// A pool of 4 to `most` people with one to three attributes. Quotas are around some panel, or
/// anything.
pub(super) fn small(seed: u64, most: u64) -> Pool {
    let mut sequence = Sequence::new(seed);
    let people = 4 + sequence.below(most - 3) as usize;
    let seats = 1 + sequence.below(people as u64) as usize;
    let widths: Vec<u64> = (0..=sequence.below(3)).map(|_| 2 + sequence.below(2)).collect();
    let rows: Vec<Vec<u64>> = (0..people)
        .map(|_| widths.iter().map(|width| sequence.below(*width).min(sequence.below(9))).collect())
        .collect();
    let wild = sequence.below(5) == 0;
    let categories = widths.iter().enumerate().map(|(at, width)| {
        let features = (0..*width).map(|feature| {
            let count = rows.iter().take(seats).filter(|row| row[at] == feature).count() as u32;
            let (less, more) = (sequence.below(2) as u32, sequence.below(2) as u32);
            let count = if wild { sequence.below(seats as u64 + 2) as u32 } else { count };
            (format!("{feature}"), Quota::new(count.saturating_sub(less), count + more))
        });
        Category { name: format!("{at}"), features: features.collect() }
    });
    let categories = categories.collect();
    let named = rows.iter().map(|row| row.iter().map(u64::to_string).collect()).collect();
    (categories, named, seats as u32)
}

pub(super) fn problem((categories, people, seats): &Pool) -> Problem {
    Problem::new(categories.clone(), people, *seats).unwrap()
}
