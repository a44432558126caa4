//! Decoders under mutated bytes: no panic, no unbounded memory, and what decodes says itself again.
//!
//! Not guided by coverage: valid samples are mutated byte by byte, spliced and cut, from a fixed
//! seed, for `ARCHIPEL_FUZZ_RUNS` runs a decoder (20,000 by default).

use archipel_domain::codec;
use archipel_domain::fact::Record;
use archipel_engine::key_file;
use archipel_engine::log::canonical;
use archipel_engine::log::leaf::Leaf;
use archipel_engine::log::statement::{Signed, Statement};
use archipel_testkit::keys::secret;
use archipel_testkit::scenario::{Live, furnish};
use std::ops::ControlFlow;

/// A small generator of numbers; the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        // SplitMix64 (Steele, Lea and Flood, 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

fn runs() -> u64 {
    let given = std::env::var("ARCHIPEL_FUZZ_RUNS").ok();
    given.map_or(20_000, |text| text.parse().expect("ARCHIPEL_FUZZ_RUNS is a number"))
}

/// Calls the decoder on mutations of the samples; the seed and run are told if it panics.
fn fuzz(name: &str, samples: &[Vec<u8>], decode: impl Fn(&[u8])) {
    assert!(!samples.is_empty());
    let mut numbers = Numbers(0x0061_7263_6869_7065);
    for run in 0..runs() {
        let mut bytes = samples[numbers.below(samples.len())].clone();
        for _ in 0..=numbers.below(4) {
            mutate(&mut bytes, samples, &mut numbers);
        }
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| decode(&bytes)));
        assert!(outcome.is_ok(), "{name}: run {run} panicked on {}", hex::encode(&bytes));
    }
}

/// Bytes that decoders stumble over: lengths, tags, quotes, signs, the ends of integers.
const PITFALLS: [&[u8]; 12] = [
    &[0xff; 8],
    &[0; 8],
    &[0x7f, 0xff, 0xff, 0xff],
    b"\"",
    b"\\u0000",
    b"-0",
    b"1e3",
    b"null",
    b"{\"a\":",
    "e\u{301}".as_bytes(),
    &[0xed, 0xa0, 0x80],
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

fn mutate(bytes: &mut Vec<u8>, samples: &[Vec<u8>], numbers: &mut Numbers) {
    let at = numbers.below(bytes.len() + 1);
    match numbers.below(7) {
        0 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
        1 if at < bytes.len() => bytes[at] = numbers.next() as u8,
        2 => bytes.truncate(at),
        3 if at < bytes.len() => {
            bytes.remove(at);
        }
        4 => {
            let pitfall = PITFALLS[numbers.below(PITFALLS.len())];
            bytes.splice(at..at, pitfall.iter().copied());
        }
        5 => {
            let other = &samples[numbers.below(samples.len())];
            let from = numbers.below(other.len());
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        _ => {
            let end = (at + numbers.below(40)).min(bytes.len());
            let copy = bytes[at..end].to_vec();
            bytes.splice(at..at, copy);
        }
    }
}

fn leaves_and_facts() -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let mut live = Live::founded(2);
    let _ = furnish(&mut live);
    let store = live.store();
    let (mut leaves, mut facts) = (Vec::new(), Vec::new());
    let all = 0..store.head().size;
    store
        .scan_leaves(all.clone(), &mut |_, bytes| {
            leaves.push(bytes.to_vec());
            ControlFlow::Continue(())
        })
        .unwrap();
    store
        .scan_facts(all, &mut |_, bytes| {
            facts.push(bytes.to_vec());
            ControlFlow::Continue(())
        })
        .unwrap();
    (leaves, facts)
}

#[test]
fn statements_survive_any_bytes() {
    let (leaves, _) = leaves_and_facts();
    let payloads: Vec<Vec<u8>> =
        leaves.iter().map(|leaf| Leaf::decode(leaf).unwrap().payload).collect();
    assert!(payloads.iter().all(|payload| Statement::parse(payload).is_ok()));
    fuzz("statement", &payloads, |bytes| {
        if Statement::parse(bytes).is_ok() {
            // Whatever is taken for a statement is in canonical form: one text, one statement.
            canonical::check(bytes).unwrap();
        }
    });
}

#[test]
fn signed_lines_survive_any_bytes() {
    let (leaves, _) = leaves_and_facts();
    let lines: Vec<Vec<u8>> = leaves
        .iter()
        .map(|leaf| Leaf::decode(leaf).unwrap().into_signed().to_line().into_bytes())
        .collect();
    fuzz("line", &lines, |bytes| {
        if let Ok(signed) = Signed::from_line(bytes) {
            assert_eq!(Signed::from_line(signed.to_line().as_bytes()), Ok(signed));
        }
    });
}

#[test]
fn leaves_survive_any_bytes() {
    let (leaves, _) = leaves_and_facts();
    fuzz("leaf", &leaves, |bytes| {
        if let Ok(leaf) = Leaf::decode(bytes) {
            assert_eq!(leaf.encode().unwrap(), bytes, "one leaf has one encoding");
        }
    });
}

#[test]
fn facts_survive_any_bytes() {
    let (_, facts) = leaves_and_facts();
    fuzz("fact", &facts, |bytes| {
        if let Ok(record) = codec::decode::<Record>(bytes) {
            let again = codec::encode(&record).unwrap();
            assert_eq!(codec::decode::<Record>(&again), Ok(record));
        }
    });
}

#[test]
fn key_files_survive_any_bytes() {
    let cost = key_file::ScryptCost::TEST_ONLY;
    let password = key_file::Protection::Password { password: "phrase", cost };
    let samples: Vec<Vec<u8>> = [key_file::Protection::None, password]
        .into_iter()
        .map(|protection| key_file::to_pem(&secret(1), protection).unwrap().as_bytes().to_vec())
        .collect();
    fuzz("key file", &samples, |bytes| {
        let named = bytes.starts_with(b"public-key: ");
        if let (true, Ok(read)) = (named, key_file::from_pem(bytes, Some("phrase"))) {
            // A file that names its public half and opens is that key, or was not damaged there.
            let text = format!("public-key: {}", read.public_key());
            assert!(bytes.starts_with(text.as_bytes()));
        }
    });
}
