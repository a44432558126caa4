//! Projections are monoids: identity, associativity, and any cut of the log.

use super::play::{Players, ops};
use archipel_domain::entity::Directory;
use archipel_domain::fact::{Record, Recorded};
use archipel_domain::ledger::Balances;
use archipel_domain::projection::Projection;
use archipel_domain::timeline::Timeline;
use archipel_domain::vote::Ballots;
use archipel_testkit::scenario::{Scene, Stage as _, furnish};
use proptest::prelude::*;
use std::fmt::Debug;
use std::ops::Range;

/// What the projections and the directory have in common.
trait Monoid: Default + PartialEq + Debug + Clone {
    fn take(&mut self, recorded: &Recorded<'_>);
    fn join(self, later: Self) -> Self;
}

macro_rules! monoid {
    ($($name:ty),*) => {
        $(impl Monoid for $name {
            fn take(&mut self, recorded: &Recorded<'_>) {
                self.apply(recorded);
            }
            fn join(self, later: Self) -> Self {
                self.merge(later)
            }
        })*
    };
}
monoid!(Ballots, Balances, Timeline, Directory);

fn fold<M: Monoid>(records: &[Record], range: Range<usize>) -> M {
    let mut state = M::default();
    for position in range {
        let record = &records[position];
        state.take(&Recorded { position: position as u64, record });
    }
    state
}

fn check<M: Monoid>(records: &[Record], mut cuts: [usize; 2]) {
    let whole: M = fold(records, 0..records.len());
    assert_eq!(M::default().join(whole.clone()), whole, "identity on the left");
    assert_eq!(whole.clone().join(M::default()), whole, "identity on the right");
    for parts in [1, 2, 3, 7, 64] {
        let bound = |part: usize| records.len() * part / parts;
        let pieces = (0..parts).map(|part| fold::<M>(records, bound(part)..bound(part + 1)));
        assert_eq!(pieces.reduce(M::join).unwrap(), whole, "{parts} parts");
    }
    cuts.sort_unstable();
    let [a, b] = cuts;
    let piece = |range| fold::<M>(records, range);
    let left = piece(0..a).join(piece(a..b)).join(piece(b..records.len()));
    let right = piece(0..a).join(piece(a..b).join(piece(b..records.len())));
    assert_eq!(left, right, "associativity at {a} and {b}");
    assert_eq!(left, whole);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn projections_are_monoids(ops in ops(60..300), cuts: [prop::sample::Index; 2]) {
        let mut scene = Scene::founded(2);
        let mut players = Players::new(furnish(&mut scene));
        for op in ops {
            players.play(&mut scene, op);
            scene.settle();
        }
        let records = scene.records();
        let cuts = cuts.map(|cut| cut.index(records.len()));
        check::<Ballots>(&records, cuts);
        check::<Balances>(&records, cuts);
        check::<Timeline>(&records, cuts);
        check::<Directory>(&records, cuts);
        let whole: Ballots = fold(&records, 0..records.len());
        prop_assert_eq!(whole.state_hash(), scene.world.ballots.state_hash());
    }
}
