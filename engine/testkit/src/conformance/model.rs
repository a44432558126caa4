//! Random histories of a store, with restarts and rebuilds, against a plain list of entries.

use archipel_engine::log::merkle::Hash;
use archipel_engine::store::{AppendError, Derived, Entry, MAX_LEAF};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::{Factory, Instance, compare};
use crate::sample;

/// One step of a random history.
#[derive(Clone, Debug)]
enum Act {
    /// Appends entries with ids of their own, near-ordered by `jitter`.
    Append {
        lengths: Vec<usize>,
        jitter: u64,
    },
    /// Appends, with a wrong size, entries of which one may be known.
    Refused {
        known: Option<prop::sample::Index>,
        off: u64,
    },
    Reopen,
    /// Loses derived data and rebuilds it in pieces of this many.
    Rebuild {
        piece: usize,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let length = prop_oneof![
        20 => 1_usize..600, 2 => 6_800_usize..7_010, 1 => 7_000_usize..=MAX_LEAF
    ];
    let append = (prop::collection::vec(length, 1..60), 0_u64..400)
        .prop_map(|(lengths, jitter)| Act::Append { lengths, jitter });
    let refused = (any::<Option<prop::sample::Index>>(), 1_u64..5)
        .prop_map(|(known, off)| Act::Refused { known, off });
    let act = prop_oneof![
        6 => append, 2 => refused, 2 => Just(Act::Reopen),
        1 => (1_usize..300).prop_map(|piece| Act::Rebuild { piece })
    ];
    prop::collection::vec(act, 1..14)
}

pub(super) fn any_history_equals_the_model(factory: Factory<'_>) {
    let config = ProptestConfig { cases: 16, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(&acts(), |acts| {
            let mut instance = factory();
            let mut model: Vec<Entry> = Vec::new();
            for act in acts {
                play(&mut *instance, &mut model, act);
                prop_assert_eq!(compare(instance.store(), &model).unwrap(), Ok(()));
            }
            Ok(())
        })
        .unwrap();
}

fn play(instance: &mut dyn Instance, model: &mut Vec<Entry>, act: Act) {
    let size = model.len() as u64;
    match act {
        Act::Append { lengths, jitter } => {
            let batch: Vec<Entry> = (size..)
                .zip(lengths)
                .map(|(n, len)| {
                    let mut entry = sample::entry(n, len);
                    let late = (n * 4).saturating_sub(sample::scramble(n) % (jitter + 1) * 4);
                    entry.derived.id = (u128::from(late) << 64) | u128::from(n);
                    entry
                })
                .collect();
            let head = instance.store().append(size, &batch).unwrap();
            assert_eq!(head.size, size + batch.len() as u64);
            model.extend(batch);
        }
        Act::Refused { known, off } => {
            let mut batch = vec![sample::entry(1 << 40, 30)];
            let mut expected = AppendError::Conflict { head: size };
            if let (Some(index), false) = (known, model.is_empty()) {
                let position = index.index(model.len());
                batch.push(model[position].clone());
                let id = model[position].derived.id;
                expected = AppendError::Duplicate { id, position: position as u64 };
            }
            assert_eq!(instance.store().append(size + off, &batch), Err(expected));
        }
        Act::Reopen => instance.reopen(),
        Act::Rebuild { piece } => {
            instance.store().reset_derived().unwrap();
            let items: Vec<(Derived, Hash)> =
                model.iter().map(|entry| (entry.derived.clone(), entry.leaf_hash)).collect();
            for part in items.chunks(piece) {
                let first = instance.store().derived_size();
                instance.store().append_derived(first, part).unwrap();
            }
        }
    }
}
