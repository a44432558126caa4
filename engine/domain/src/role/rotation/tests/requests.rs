//! Requests for tests, written by hand and drawn.

use crate::id::{Hash, MemberId, Slug};
use crate::role::rotation::{LastHeld, Person, Request, RoleLimits, Seat, Standing};

/// A small generator of numbers (`SplitMix64`), so that a failing case has a number.
pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

pub(super) fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

pub(super) fn never() -> Standing {
    Standing::default()
}

pub(super) fn held(ago: u64, run: u64, held: u64) -> Standing {
    Standing { last: Some(LastHeld { ago, run }), held }
}

pub(super) fn limits(role: &str) -> RoleLimits {
    RoleLimits { role: slug(role), max_consecutive: 1000, cooling_off: 0, max_held: 1000 }
}

pub(super) fn seat(role: &str, number: u32, periods: u32) -> Seat {
    Seat { role: slug(role), number, weight: 1, open: vec![true; periods as usize] }
}

pub(super) fn person(id: u128, roles: &[&str], periods: u32) -> Person {
    Person {
        id: MemberId(id),
        available: vec![true; periods as usize],
        past_load: 0,
        eligible: roles.iter().map(|role| (slug(role), never())).collect(),
    }
}

/// One seat of each role, everybody free and eligible, no limit.
pub(super) fn plain(periods: u32, roles: &[&str], people: u32) -> Request {
    Request {
        periods,
        seed: Hash([7; 32]),
        load_cap: 1000,
        roles: roles.iter().map(|role| limits(role)).collect(),
        incompatible: Vec::new(),
        seats: roles.iter().map(|role| seat(role, 1, periods)).collect(),
        people: (1..=people).map(|id| person(id.into(), roles, periods)).collect(),
    }
}

/// People, periods and seats of a drawn request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) people: u64,
    pub(super) periods: u32,
    pub(super) seats: u64,
    /// In percent: availability of people.
    pub(super) available: u64,
    /// In percent: seats to be filled.
    pub(super) open: u64,
}

/// Anything at all of this shape.
pub(super) fn drawn(shape: Shape, number: u64) -> Request {
    let mut draw = Draw(number);
    let names = ["accounts", "chair", "minutes"];
    let roles = &names[..1 + draw.below(shape.seats.min(3)) as usize];
    let heavy = draw.chance(40);
    let past = draw.chance(60);
    let all = |draw: &mut Draw, percent| -> Vec<bool> {
        (0..shape.periods).map(|_| draw.chance(percent)).collect()
    };
    let mut seats = Vec::new();
    for number in 0..shape.seats {
        let role = roles[number as usize % roles.len()];
        let open = all(&mut draw, shape.open);
        let weight = if heavy { 1 + draw.below(3) } else { 1 };
        let number = 10 - u32::try_from(number).unwrap();
        seats.push(Seat { role: slug(role), number, weight, open });
    }
    let standing = |draw: &mut Draw| {
        if !past || draw.chance(40) {
            return never();
        }
        let run = 1 + draw.below(3);
        held(1 + draw.below(4), run, run + draw.below(2))
    };
    let mut people = Vec::new();
    for _ in 0..shape.people {
        let id = MemberId(u128::from(draw.below(u64::MAX)) << 64 | u128::from(draw.below(1000)));
        let available = all(&mut draw, shape.available);
        let past_load = if past { draw.below(4) } else { 0 };
        let mut person = Person { id, available, past_load, eligible: Default::default() };
        for role in roles {
            if draw.chance(85) {
                person.eligible.insert(slug(role), standing(&mut draw));
            }
        }
        people.push(person);
    }
    let mut incompatible = Vec::new();
    for (at, one) in roles.iter().enumerate() {
        for other in &roles[at + 1..] {
            if draw.chance(40) {
                incompatible.push((slug(one), slug(other)));
            }
        }
    }
    let limits = |draw: &mut Draw, role: &&str| RoleLimits {
        role: slug(role),
        max_consecutive: 1 + u32::try_from(draw.below(3)).unwrap(),
        cooling_off: u32::try_from(draw.below(4)).unwrap(),
        max_held: 1 + draw.below(6),
    };
    let mut bytes = [0; 32];
    bytes.fill_with(|| draw.below(256) as u8);
    Request {
        periods: shape.periods,
        seed: Hash(bytes),
        load_cap: 1 + draw.below(5),
        roles: roles.iter().map(|role| limits(&mut draw, role)).collect(),
        incompatible,
        seats,
        people,
    }
}
