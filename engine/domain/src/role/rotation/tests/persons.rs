//! The search person by person against all plans, and beyond that against the one slot by slot.

use super::oracle::{self, Row};
use super::requests::{Shape, drawn};
use crate::role::rotation::{Request, Roster, local, schedules, search};

const fn shape(people: u64, periods: u32, seats: u64) -> Shape {
    Shape { people, periods, seats, available: 80, open: 95 }
}

fn rows(roster: &Roster, chosen: &[Option<usize>]) -> Vec<Row> {
    let of = |(slot, person): (&crate::role::rotation::roster::Slot, &Option<usize>)| {
        let place = roster.place(*slot).unwrap();
        (place.period, place.role, place.seat, person.map(|person| roster.people[person].id))
    };
    roster.slots.iter().zip(chosen).map(of).collect()
}

/// From an empty plan and from a good one.
fn found(request: &Request) -> Vec<Option<usize>> {
    let roster = request.parse().unwrap();
    let best = |from: &[_]| schedules::best(&roster, from, schedules::LOOKS_MAX).unwrap();
    let chosen = best(&local::improve(&roster, None));
    assert_eq!(best(&vec![None; roster.slots.len()]), chosen);
    chosen
}

#[test]
fn the_best_of_all_plans_is_found() {
    let tight = Shape { available: 55, open: 80, ..shape(3, 4, 3) };
    let shapes = [
        (shape(12, 1, 3), 30),
        (shape(12, 2, 1), 20),
        (shape(3, 8, 1), 40),
        (shape(4, 3, 2), 40),
        (shape(3, 4, 2), 40),
        (shape(4, 2, 3), 20),
        (tight, 20),
    ];
    for (shape, count) in shapes {
        for number in 1_000..1_000 + count {
            let request = drawn(shape, number);
            let chosen = found(&request);
            let best = oracle::best(&request);
            let roster = request.parse().unwrap();
            assert_eq!(rows(&roster, &chosen), best.rows, "{shape:?} number {number}");
        }
    }
}

#[test]
fn both_searches_find_the_same_plan() {
    let mut both = 0;
    for shape in [shape(12, 8, 1), shape(8, 5, 2), shape(6, 4, 3), shape(5, 6, 2)] {
        for number in 0..6 {
            let request = drawn(shape, number);
            let roster: Roster = request.parse().unwrap();
            let first = local::improve(&roster, None);
            let most = crate::role::rotation::bound::bound(&roster).filled;
            let by_slot = search::by_slot(&roster, first, most, search::STEPS_MAX / 4);
            if let search::Ended::Proven(chosen) = by_slot {
                assert_eq!(found(&request), chosen, "{shape:?} number {number}");
                both += 1;
            }
        }
    }
    assert!(both > 10, "{both}");
}
