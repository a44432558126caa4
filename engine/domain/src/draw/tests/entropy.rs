use super::*;
use crate::id::StatementId;
use crate::time::Timestamp;
use std::collections::BTreeSet;

const QUICKNET: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
/// Round 123 of quicknet.
const SIGNATURE: &str = "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482\
                         e26cd02df835d3546d23c4b13e0dfc92";

/// Says that every signature is good, or none.
struct Says(bool);

impl BeaconVerifier for Says {
    fn is_signed(&self, _: &Chain, _: &Beacon) -> bool {
        self.0
    }
}

fn subject() -> Subject {
    let draw = "00000000-0000-7000-8000-000000000001".parse().unwrap();
    Subject { draw, pool: Hash([0x11; 32]), parameters: Hash([0x22; 32]) }
}

fn beacon() -> (Announcement, Beacon) {
    let chain = QUICKNET.parse().unwrap();
    let signature = hex::decode(SIGNATURE).unwrap();
    let beacon = Beacon { chain, previous_signature: Vec::new(), round: 123, signature };
    (Announcement::Beacon { chain, round: 123 }, beacon)
}

fn secrets(least: u32) -> (Announcement, Vec<Reveal>) {
    let secrets = [1, 2, 3].map(|byte| Hash([byte; 32]));
    let commitments = secrets.map(|secret| Hash::of(&secret.0)).into();
    let announced = Announcement::Secrets { commitments, least };
    (announced, vec![Reveal::Secret(secrets[0]), Reveal::Missing, Reveal::Secret(secrets[2])])
}

fn numbers() -> (Announcement, Vec<Vec<u64>>) {
    let source = |name: &str, of, taken| NumberSource { name: name.to_owned(), of, taken };
    let sources = vec![source("x", 49, 5), source("y", 9, 1)];
    (Announcement::Numbers { sources }, vec![vec![5, 2, 40, 1, 33], vec![9]])
}

fn seed_of(entropy: &Entropy, announced: &Announcement) -> Result<String, EntropyError> {
    entropy.seed(announced, &subject(), &Says(true)).map(|seed| seed.to_string())
}

#[test]
fn seeds_of_the_other_implementation() {
    let (announced, shown) = beacon();
    let expected = "4ffed773f13f9d722c0797d724267c73dde104a93880b1fe3eefc64d18cd2d22";
    assert_eq!(seed_of(&Entropy::Beacon(shown), &announced).unwrap(), expected);
    let (announced, shown) = secrets(2);
    let expected = "c00bb818e7b48ffb4ec0d0a40399d28ee5f78e6646587ce2d11692aaa1b7a861";
    let shown = Entropy::Secrets(shown);
    assert_eq!(seed_of(&shown, &announced).unwrap(), expected);
    assert_eq!(shown.missing().collect::<Vec<_>>(), [1]);
    let (announced, shown) = numbers();
    let expected = "a21688dd0d0d8e8baf5603a36021657c7bb9bd2438ac0c361f39f46fe6632958";
    let shown = Entropy::Numbers(shown);
    assert_eq!(seed_of(&shown, &announced).unwrap(), expected);
    let lot = |design| shown.lot(&announced, &subject(), &design, &Says(true));
    let key = "1.2.5.33.40./9./".to_owned();
    assert_eq!(lot(Design::Rfc3797), Ok(Lot::Rfc3797(key)));
    assert_eq!(lot(Design::Simple), Ok(Lot::Seed(expected.parse().unwrap())));
}

#[test]
fn the_hash_of_a_chain_binds_its_key_and_its_clock() {
    for chain in &Chain::KNOWN {
        assert_eq!(chain.computed_hash(), chain.hash, "{}", chain.name);
        assert_eq!(Chain::by_hash(chain.hash), Some(chain));
        assert_eq!(Chain::by_name(chain.name), Some(chain));
        assert_eq!(chain.key.len() + chain.scheme.signature_length(), 144);
    }
    let quicknet = Chain::by_name("drand-quicknet").unwrap();
    assert_eq!(quicknet.hash.to_string(), QUICKNET);
    assert_eq!(quicknet.time_of(1), Some(Timestamp(1_692_803_367_000)));
    assert_eq!(quicknet.time_of(123), Some(Timestamp(1_692_803_733_000)));
    assert_eq!(quicknet.time_of(0), None);
    assert_eq!(quicknet.time_of(u64::MAX), None);
    let genesis = 1_692_803_367_000;
    for (ms, round) in [
        (i64::MIN, 1),
        (0, 1),
        (genesis - 1, 1),
        (genesis, 2),
        (genesis + 2999, 2),
        (genesis + 3000, 3),
    ] {
        assert_eq!(quicknet.first_round_after(Timestamp(ms)), round, "{ms}");
    }
}

#[test]
fn a_round_is_announced_before_it_comes() {
    let (announced, _) = beacon();
    let at = |ms| announced.check(Timestamp(ms), |_| false);
    assert_eq!(at(1_692_803_732_999), Ok(()));
    assert_eq!(at(1_692_803_733_000), Err(EntropyError::RoundPast));
    let other = Announcement::Beacon { chain: Hash([0; 32]), round: 1 };
    assert_eq!(other.check(Timestamp(0), |_| false), Err(EntropyError::UnknownChain));
    let Announcement::Beacon { chain, .. } = announced else { panic!() };
    let zero = Announcement::Beacon { chain, round: 0 };
    assert_eq!(zero.check(Timestamp(0), |_| false), Err(EntropyError::WrongRound));
    assert_eq!(announced.bits(), 256);
}

#[test]
fn commitments_and_numbers_that_can_not_be_announced() {
    let check = |announced: &Announcement| announced.check(Timestamp(0), |_| false);
    let (good, _) = secrets(2);
    assert_eq!(check(&good), Ok(()));
    let spent = |hash: &Hash| *hash == Hash::of(&[3; 32]);
    assert_eq!(good.check(Timestamp(0), spent), Err(EntropyError::Replayed));
    for least in [0, 4] {
        assert_eq!(check(&secrets(least).0), Err(EntropyError::CommitmentCount));
    }
    let of = |bytes: &[u8]| Announcement::Secrets {
        commitments: bytes.iter().map(|byte| Hash([*byte; 32])).collect(),
        least: 1,
    };
    assert_eq!(check(&of(&[1, 2])), Err(EntropyError::CommitmentCount));
    assert_eq!(check(&of(&[1, 2, 1])), Err(EntropyError::RepeatedCommitment));
    let many: Vec<u8> = (0..65).collect();
    assert_eq!(check(&of(&many)), Err(EntropyError::CommitmentCount));
    let (good, _) = numbers();
    assert_eq!(check(&good), Ok(()));
    assert_eq!(good.bits(), 20 + 3);
    assert!(good.bits() < bits::needed(50, 10), "too little for ten of fifty");
    for (of, taken) in [(0, 0), (9, 0), (4, 5), (100, 65)] {
        let sources = vec![NumberSource { name: "x".to_owned(), of, taken }];
        assert_eq!(check(&Announcement::Numbers { sources }), Err(EntropyError::Numbers));
    }
    assert_eq!(check(&Announcement::Numbers { sources: vec![] }), Err(EntropyError::Numbers));
}

#[test]
fn what_was_not_announced_is_refused() {
    let (announced, good) = beacon();
    let with = |change: fn(&mut Beacon)| {
        let mut beacon = good.clone();
        change(&mut beacon);
        seed_of(&Entropy::Beacon(beacon), &announced)
    };
    assert_eq!(with(|beacon| beacon.round = 124), Err(EntropyError::WrongRound));
    assert_eq!(with(|beacon| beacon.chain = Hash([0; 32])), Err(EntropyError::WrongChain));
    let shown = Entropy::Beacon(good);
    let forged = shown.seed(&announced, &subject(), &Says(false));
    assert_eq!(forged, Err(EntropyError::BadSignature));
    let (by_secrets, reveals) = secrets(2);
    assert_eq!(seed_of(&shown, &by_secrets), Err(EntropyError::OtherKind));
    let rfc = shown.lot(&announced, &subject(), &Design::Rfc3797, &Says(true));
    assert_eq!(rfc, Err(EntropyError::OtherKind));

    let of = |reveals: &[Reveal]| seed_of(&Entropy::Secrets(reveals.to_vec()), &by_secrets);
    assert_eq!(of(&reveals[..2]), Err(EntropyError::RevealCount));
    let swapped = [reveals[2], reveals[1], reveals[0]];
    assert_eq!(of(&swapped), Err(EntropyError::NotTheCommitted));
    let one = [reveals[0], Reveal::Missing, Reveal::Missing];
    assert_eq!(of(&one), Err(EntropyError::TooFewReveals));

    let (by_numbers, good) = numbers();
    let of = |numbers: &[Vec<u64>]| seed_of(&Entropy::Numbers(numbers.to_vec()), &by_numbers);
    assert_eq!(of(&good[..1]), Err(EntropyError::Numbers));
    assert_eq!(of(&[vec![1, 2, 3, 4], vec![9]]), Err(EntropyError::Numbers));
    assert_eq!(of(&[good[0].clone(), vec![1 << 53]]), Err(EntropyError::Numbers));
}

#[test]
fn a_seed_is_of_one_draw() {
    let (announced, shown) = secrets(2);
    let shown = Entropy::Secrets(shown);
    let of = |subject: &Subject| shown.seed(&announced, subject, &Says(true)).unwrap();
    let right = subject();
    let claimed = of(&right);
    let others = [
        Subject { draw: StatementId(2), ..right },
        Subject { pool: Hash([0; 32]), ..right },
        Subject { parameters: Hash([0; 32]), ..right },
    ];
    let check = |subject| shown.check_seed(claimed, &announced, subject, &Says(true));
    assert_eq!(check(&right), Ok(()));
    for other in &others {
        assert_eq!(check(other), Err(EntropyError::Foreign));
    }
    let seeds: BTreeSet<Hash> = others.iter().map(of).chain([claimed]).collect();
    assert_eq!(seeds.len(), 4);
    // A missing secret counts as missing, whoever's it is.
    let (_, mut reveals) = secrets(2);
    reveals[1] = Reveal::Secret(Hash([2; 32]));
    let all = Entropy::Secrets(reveals).seed(&announced, &right, &Says(true)).unwrap();
    assert_ne!(all, claimed);
}

#[test]
fn what_is_written_is_read() {
    let (one, two, three) = (beacon(), secrets(2), numbers());
    let announced = [one.0, two.0, three.0];
    let shown = [Entropy::Beacon(one.1), Entropy::Secrets(two.1), Entropy::Numbers(three.1)];
    for (announced, shown) in announced.iter().zip(&shown) {
        let text = serde_json::to_string(&(announced, shown)).unwrap();
        let read: (Announcement, Entropy) = serde_json::from_str(&text).unwrap();
        assert_eq!((&read.0, &read.1), (announced, shown));
    }
    let text = serde_json::to_string(&shown[0]).unwrap();
    assert!(text.contains(SIGNATURE) && !text.contains("previous_signature"));
    assert!(serde_json::from_str::<Entropy>(&text.replace("b75c", "B75C")).is_err());
    assert!(serde_json::from_str::<Entropy>(&text.replace("b75c", "b75")).is_err());
}
