//! Bytes: what is encoded decodes to itself, what decodes encodes to itself, and nothing that is
//! decoded, however wrong, makes the state panic.

use super::play::{Players, towns};
use archipel_domain::codec;
use archipel_domain::fact::Record;
use archipel_domain::world::{View, World};
use archipel_engine::log::leaf::Leaf;
use archipel_engine::projection::fold_view;
use archipel_engine::store::{Derived, Entry, EventStore as _, MemoryStore};
use archipel_testkit::scenario::{Live, Scene, Stage as _, Town, acts, furnish, person};
use proptest::prelude::*;
use std::ops::ControlFlow;
use std::sync::LazyLock;

/// Encoded facts of every type.
static FACTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut facts = Vec::new();
    for ops in towns() {
        let mut scene = Scene::founded(2);
        let mut players = Players::new(furnish(&mut scene));
        for op in ops {
            players.play(&mut scene, op);
            scene.settle();
        }
        facts.extend(scene.records().iter().map(|record| codec::encode(record).unwrap()));
    }
    facts
});

/// Leaves of a town.
static LEAVES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut live = Live::founded(2);
    furnish(&mut live);
    let mut leaves = Vec::new();
    let mut visit = |_, bytes: &[u8]| {
        leaves.push(bytes.to_vec());
        ControlFlow::Continue(())
    };
    live.store().scan_leaves(0..live.store().head().size, &mut visit).unwrap();
    leaves
});

#[derive(Clone, Debug)]
enum Harm {
    Set(prop::sample::Index, u8),
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Grow(Vec<u8>),
    /// Two parts of the bytes change places: entries of a map, say.
    Swap(prop::sample::Index, prop::sample::Index, usize),
}

fn harm() -> impl Strategy<Value = Harm> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Harm::Set(at, byte)),
        4 => (at(), 0_u8..8).prop_map(|(at, bit)| Harm::Flip(at, bit)),
        1 => at().prop_map(Harm::Cut),
        1 => prop::collection::vec(any::<u8>(), 1..9).prop_map(Harm::Grow),
        2 => (at(), at(), 1_usize..12).prop_map(|(a, b, length)| Harm::Swap(a, b, length)),
    ]
}

fn harmed(mut bytes: Vec<u8>, harms: &[Harm]) -> Vec<u8> {
    for harm in harms {
        if bytes.is_empty() {
            break;
        }
        match harm {
            Harm::Set(at, byte) => *at.get_mut(&mut bytes) = *byte,
            Harm::Flip(at, bit) => *at.get_mut(&mut bytes) ^= 1 << bit,
            Harm::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Harm::Grow(more) => bytes.extend(more),
            Harm::Swap(a, b, length) => {
                let (a, b) = (a.index(bytes.len()), b.index(bytes.len()));
                if a.max(b) + length <= bytes.len() && a.abs_diff(b) >= *length {
                    for i in 0..*length {
                        bytes.swap(a + i, b + i);
                    }
                }
            }
        }
    }
    bytes
}

/// Stores a fact beside a leaf that nobody reads.
fn append(store: &MemoryStore, fact: &[u8]) {
    let size = store.head().size;
    let leaf = size.to_be_bytes().to_vec();
    let leaf_hash = archipel_engine::log::merkle::leaf_hash(&leaf);
    let derived = Derived { fact: fact.to_vec(), id: u128::from(size), streams: <_>::default() };
    store.append(size, &[Entry { leaf, leaf_hash, derived }]).unwrap();
}

fn check_record(bytes: &[u8]) -> Option<Record> {
    let record: Record = codec::decode(bytes).ok()?;
    assert_eq!(codec::encode(&record).as_deref(), Ok(bytes), "{record:?}");
    Some(record)
}

#[test]
fn what_is_encoded_decodes_to_itself() {
    let mut types = std::collections::BTreeSet::new();
    for bytes in FACTS.iter() {
        let record: Record = codec::decode(bytes).unwrap();
        types.extend([record.fact.type_name(), record.fact.effective().type_name()]);
        assert_eq!(codec::encode(&record).as_ref(), Ok(bytes));
    }
    assert_eq!(types.len(), archipel_domain::act::Act::TYPES.len(), "{types:?}");
    for bytes in LEAVES.iter() {
        assert_eq!(Leaf::decode(bytes).unwrap().encode().as_ref(), Ok(bytes));
    }
}

/// Every single byte of every type of fact, set to a few values.
#[test]
fn no_byte_is_read_in_two_ways() {
    let mut seen = std::collections::BTreeSet::new();
    for bytes in FACTS.iter().filter(|bytes| bytes.len() < 2_000) {
        if !seen.insert(bytes.first_chunk::<4>()) {
            continue;
        }
        for at in 0..bytes.len() {
            for value in [0, 1, 2, 3, 0x7f, 0xff, bytes[at] ^ 1, bytes[at] ^ 0x80] {
                let mut other = bytes.clone();
                other[at] = value;
                check_record(&other);
            }
        }
    }
}

/// However often a carried request is wrapped in another, the decoder does not descend.
#[test]
fn a_request_within_a_request_is_not_decoded() {
    let carried = FACTS.iter().find(|bytes| {
        let record: Record = codec::decode(bytes).unwrap();
        record.fact.type_name() == "request.carried/1"
    });
    let carried = carried.unwrap();
    let record: Record = codec::decode(carried).unwrap();
    let inner = codec::encode(&record.fact).unwrap();
    let (head, rest) = (&carried[..8], &carried[inner.len()..]);
    let wrap = |fact: &[u8]| {
        let length = (fact.len() as u64).to_be_bytes();
        [head, length.as_slice(), fact].concat()
    };
    let within = codec::encode(record.fact.effective()).unwrap();
    assert_eq!([wrap(&within).as_slice(), rest].concat(), *carried, "this is how it is encoded");
    let mut deep = inner;
    while deep.len() + 64 < codec::ENTRY_BYTES_MAX {
        deep = wrap(&deep);
        if deep.len() < 400 || deep.len() > 60_000 {
            let bytes = [deep.as_slice(), rest].concat();
            assert!(codec::decode::<Record>(&bytes).is_err());
        }
    }
}

/// A text of very many empty lines is larger as a fact than as a statement, and larger still in
/// memory.
#[test]
fn texts_of_empty_lines_are_stored_and_read() {
    for lines in [100, 2_700, 2_800, 7_900] {
        let mut live = Live::founded(2);
        let text = "a".to_owned() + &"\n".repeat(lines);
        let proposal = live.given(person(1).says(acts::submit("a")));
        let change = archipel_domain::proposal::text::Change {
            at: 1,
            remove: vec![],
            insert: vec![String::new(); lines],
        };
        live.given(person(1).says(acts::publish(proposal, "a", &[change])));
        let world = live.world();
        let store = live.store().as_ref();
        let folded = fold_view(store, View::Proposals, world.position, 2).unwrap();
        let folded = folded.state_hash(View::Proposals);
        assert_eq!(folded, world.state_hash(View::Proposals));
        live.given(person(2).says(acts::support(proposal, &text)));
    }
}

/// What does not fit is refused, not stored empty; and the next is served.
#[test]
fn facts_that_do_not_fit_are_refused() {
    let mut live = Live::founded(2);
    let proposal = live.given(person(1).says(acts::submit("a")));
    let before = live.store().head();
    let change = archipel_domain::proposal::text::Change {
        at: 1,
        remove: vec![],
        insert: vec![String::new(); 15_000],
    };
    let publish = person(1).says(acts::publish(proposal, "a", &[change]));
    live.then(publish, "statement.too-large");
    assert_eq!(live.store().head(), before);
    live.given(person(2).says(acts::support(proposal, "a")));
    let world = live.world();
    live.reopen();
    assert!(*live.world() == *world);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3_000,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn arbitrary_bytes_are_refused_or_mean_themselves(
        tag in 0_u8..80,
        rest in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let bytes = [&[0, 0, 0, tag], rest.as_slice()].concat();
        check_record(&bytes);
        prop_assert!(Leaf::decode(&bytes).is_err());
        let _ = codec::decode_snapshot::<World>(&bytes);
    }

    #[test]
    fn harmed_facts_are_refused_or_mean_themselves(
        which: prop::sample::Index,
        harms in prop::collection::vec(harm(), 1..4),
    ) {
        check_record(&harmed(which.get(&FACTS).clone(), &harms));
    }

    #[test]
    fn harmed_leaves_are_refused_or_mean_themselves(
        which: prop::sample::Index,
        harms in prop::collection::vec(harm(), 1..4),
    ) {
        let bytes = harmed(which.get(&LEAVES).clone(), &harms);
        if let Ok(leaf) = Leaf::decode(&bytes) {
            let again = leaf.encode();
            prop_assert_eq!(again.as_ref(), Ok(&bytes));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..Default::default()
    })]

    /// Facts that are wrong, in any order: the state takes them all in.
    #[test]
    fn evolve_is_total(
        acts in prop::collection::vec(
            (any::<prop::sample::Index>(), prop::collection::vec(harm(), 0..3)),
            1..60,
        ),
        start: Option<prop::sample::Index>,
    ) {
        let mut world = World::default();
        if let Some(start) = start {
            for bytes in FACTS.iter().take(start.index(FACTS.len())) {
                world.evolve(&codec::decode(bytes).unwrap());
            }
        }
        let store = MemoryStore::new();
        for bytes in FACTS.iter().take(usize::try_from(world.position).unwrap()) {
            append(&store, bytes);
        }
        for (which, harms) in acts {
            let bytes = harmed(which.get(&FACTS).clone(), &harms);
            if let Ok(record) = codec::decode::<Record>(&bytes) {
                world.evolve(&record);
                append(&store, &bytes);
            }
        }
        // In parallel, too, and to the same state. (Ballots of other widths than the first of
        // their vote come from no admitted act; which of them is left out depends on the cut.)
        for view in View::ALL.into_iter().filter(|view| *view != View::Tallies) {
            let folded = fold_view(&store, view, world.position, 3).unwrap();
            prop_assert_eq!(folded.state_hash(view), world.state_hash(view), "{:?}", view);
        }
        let ballots = fold_view(&store, View::Tallies, world.position, 1).unwrap();
        prop_assert_eq!(ballots.state_hash(View::Tallies), world.state_hash(View::Tallies));
        fold_view(&store, View::Tallies, world.position, 3).unwrap();
        let hashes = View::ALL.map(|view| world.state_hash(view));
        let saved = codec::encode_snapshot(&world).unwrap();
        let again: World = codec::decode_snapshot(&saved).unwrap();
        prop_assert_eq!(hashes, View::ALL.map(|view| again.state_hash(view)));
        prop_assert!(again == world);
        // Nor do the rules panic upon such a state.
        let mut uncountable = std::collections::BTreeSet::new();
        let _ = archipel_domain::vote::due(&world, world.recorded_at, &mut uncountable);
        let mut scene = Scene::empty();
        scene.world = world;
        let _ = scene.when(Town::founder(acts::group("est")));
        let _ = scene.when(person(3).says(acts::submit("text")));
    }
}
