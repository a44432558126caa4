//! The formats against their definitions, and what must be refused.

use super::checkpoint::{Checkpoint, Policy, log_key};
use super::fork::Fork;
use super::note::{Algorithm, Note, VerifierKey};
use super::proof;
use super::receipt::Receipt;
use super::tile::{self, Kind, TileNodes, TilePath, Tiles};
use super::{TlogError, cosignature};
use crate::crypto::SecretKey;
use crate::log::merkle::{EMPTY_ROOT, Hash, leaf_hash, node_hash, root_of};
use proptest::prelude::*;
use std::convert::Infallible;

const ORIGIN: &str = "example.org/convention";

fn leaves(n: u64) -> Vec<Hash> {
    (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

/// A tree held as the tiles that its leaves give.
struct Forest(Vec<Hash>);

impl Tiles for Forest {
    type Error = Infallible;
    fn hashes(&self, level: u8, start: u64, count: u64) -> Result<Vec<Hash>, Infallible> {
        let each = 1_usize << (8 * u32::from(level));
        let (start, count) = (usize::try_from(start).unwrap(), usize::try_from(count).unwrap());
        assert!(start / 256 == (start + count - 1) / 256, "within one tile");
        let hashes = self.0[start * each..(start + count) * each].chunks(each);
        Ok(hashes.map(root_of).collect())
    }
}

/// MTH, PATH and SUBPROOF of RFC 6962 2.1, word for word.
fn mth(d: &[Hash]) -> Hash {
    match d {
        [] => EMPTY_ROOT,
        [one] => *one,
        _ => {
            let k = d.len().next_power_of_two() / 2;
            node_hash(&mth(&d[..k]), &mth(&d[k..]))
        }
    }
}

fn path(m: usize, d: &[Hash]) -> Vec<Hash> {
    if d.len() == 1 {
        return Vec::new();
    }
    let k = d.len().next_power_of_two() / 2;
    if m < k {
        [path(m, &d[..k]), vec![mth(&d[k..])]].concat()
    } else {
        [path(m - k, &d[k..]), vec![mth(&d[..k])]].concat()
    }
}

fn subproof(m: usize, d: &[Hash], whole: bool) -> Vec<Hash> {
    if m == d.len() {
        return if whole { Vec::new() } else { vec![mth(d)] };
    }
    let k = d.len().next_power_of_two() / 2;
    if m <= k {
        [subproof(m, &d[..k], whole), vec![mth(&d[k..])]].concat()
    } else {
        [subproof(m - k, &d[k..], false), vec![mth(&d[..k])]].concat()
    }
}

#[test]
fn proofs_are_those_of_the_rfc_at_every_size_to_1025() {
    let forest = Forest(leaves(1025));
    let nodes = TileNodes(&forest);
    for size in 1..=1025_usize {
        let d = &forest.0[..size];
        let root = mth(d);
        assert_eq!(proof::root(&nodes, size as u64).unwrap(), root, "size {size}");
        // Every index for small trees; the edges and a spread for larger ones.
        let step = if size <= 70 { 1 } else { 331 };
        for m in (0..size).step_by(step).chain([size - 1]) {
            let made = proof::inclusion(&nodes, m as u64, size as u64).unwrap();
            assert_eq!(made, path(m, d), "inclusion {m} of {size}");
            let led = proof::root_of_inclusion(&d[m], m as u64, size as u64, &made);
            assert_eq!(led, Ok(root));
            let made = proof::consistency(&nodes, m as u64 + 1, size as u64).unwrap();
            assert_eq!(made, subproof(m + 1, d, true), "consistency {} of {size}", m + 1);
            let (old, new) = ((m as u64 + 1, &mth(&d[..=m])), (size as u64, &root));
            assert_eq!(proof::check_consistency(old, new, &made), Ok(()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_other_proof_leads_anywhere(
        size in 2_u64..600, at in any::<prop::sample::Index>(), old in any::<prop::sample::Index>(),
        bit in any::<prop::sample::Index>(), change in 0..3_usize,
    ) {
        let forest = Forest(leaves(size));
        let nodes = TileNodes(&forest);
        let index = at.index(size as usize) as u64;
        let old = old.index(size as usize - 1) as u64 + 1;
        let damage = |proof: &mut Vec<Hash>| match change {
            0 if !proof.is_empty() => {
                let bit = bit.index(proof.len() * 256);
                proof[bit / 256][bit % 256 / 8] ^= 1 << (bit % 8);
            }
            1 if !proof.is_empty() => { proof.pop(); }
            _ => proof.push([7; 32]),
        };
        let root = root_of(&forest.0);
        let mut made = proof::inclusion(&nodes, index, size).unwrap();
        damage(&mut made);
        let led = proof::root_of_inclusion(&forest.0[index as usize], index, size, &made);
        prop_assert_ne!(led, Ok(root));
        let mut made = proof::consistency(&nodes, old, size).unwrap();
        damage(&mut made);
        let old_root = root_of(&forest.0[..old as usize]);
        let verdict = proof::check_consistency((old, &old_root), (size, &root), &made);
        prop_assert_eq!(verdict, Err(TlogError::Consistency));
    }

    #[test]
    fn whatever_is_read_is_written_the_same(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(note) = Note::parse(&bytes) {
            prop_assert_eq!(note.to_string().into_bytes(), bytes.clone());
        }
        if let Ok(receipt) = Receipt::parse(&bytes) {
            prop_assert_eq!(receipt.to_string().into_bytes(), bytes.clone());
        }
        if let Some(path) = str::from_utf8(&bytes).ok().and_then(|p| TilePath::parse(p).ok()) {
            prop_assert_eq!(path.to_string().into_bytes(), bytes);
        }
    }
}

#[test]
fn proofs_beyond_the_tree_are_none() {
    let forest = Forest(leaves(5));
    assert!(proof::inclusion(&TileNodes(&forest), 5, 5).unwrap().is_empty());
    assert_eq!(proof::root_of_inclusion(&forest.0[0], 5, 5, &[]), Err(TlogError::Inclusion));
    let (a, b) = (root_of(&forest.0[..3]), root_of(&forest.0));
    let check = |old, new, proof: &[Hash]| proof::check_consistency(old, new, proof);
    assert_eq!(check((0, &EMPTY_ROOT), (5, &b), &[]), Ok(()));
    assert_eq!(check((0, &a), (5, &b), &[]), Err(TlogError::Consistency));
    assert_eq!(check((0, &EMPTY_ROOT), (5, &b), &[a]), Err(TlogError::Consistency));
    assert_eq!(check((5, &b), (5, &b), &[]), Ok(()));
    assert_eq!(check((5, &a), (5, &b), &[]), Err(TlogError::Consistency));
    assert_eq!(check((5, &b), (3, &a), &[]), Err(TlogError::Consistency));
}

#[test]
fn paths_of_tiles_have_one_spelling() {
    let good = [
        ("0/000", Kind::Hashes(0), 0, 256),
        ("0/x001/067", Kind::Hashes(0), 1067, 256),
        ("2/000.p/1", Kind::Hashes(2), 0, 1),
        ("1/x001/x234/067.p/255", Kind::Hashes(1), 1_234_067, 255),
        ("entries/999.p/17", Kind::Entries, 999, 17),
    ];
    for (text, kind, index, width) in good {
        let path = TilePath { kind, index, width };
        assert_eq!(TilePath::parse(text), Ok(path), "{text}");
        assert_eq!(path.to_string(), text);
    }
    let bad = [
        "",
        "0",
        "0/",
        "/000",
        "0/0",
        "0/00",
        "0/0000",
        "00/000",
        "01/000",
        "64/000",
        "63/000",
        "-1/000",
        "0/x000/001",
        "0/001/067",
        "0/x001/x067",
        "0/x001/67",
        "0/x001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/000.p",
        "0/000.p/1/2",
        "0/000.p/1.p/1",
        "0/../000",
        "..",
        "0/..",
        "0/x../000",
        "0/٠٠٠",
        "٠/000",
        "entries/x000/000",
        "entries/-01",
        "Entries/000",
        "0/000/",
        " 0/000",
        "0/+01",
        "0/0x1",
        "0/000.p/+1",
        "0/x999/x999/x999/x999/x999/x999/999",
        "8/000",
    ];
    for text in bad {
        assert_eq!(TilePath::parse(text), Err(TlogError::Path), "{text}");
    }
}

#[test]
fn tiles_of_a_tree_are_those_of_the_specification() {
    let count = |size, kind| {
        let tiles: Vec<TilePath> = tile::tiles_of(size).filter(|tile| tile.kind == kind).collect();
        let partial = tiles.iter().filter(|tile| !tile.is_full()).map(|tile| tile.width).max();
        (tiles.iter().filter(|tile| tile.is_full()).count(), partial)
    };
    assert_eq!(tile::tiles_of(0).count(), 0);
    assert_eq!(tile::tiles_of(256).count(), 3);
    assert_eq!(count(256, Kind::Hashes(1)), (0, Some(1)));
    assert_eq!(count(70_000, Kind::Hashes(0)), (273, Some(112)));
    assert_eq!(count(70_000, Kind::Hashes(1)), (1, Some(17)));
    assert_eq!(count(70_000, Kind::Hashes(2)), (0, Some(1)));
    assert_eq!(count(70_000, Kind::Hashes(3)), (0, None));
    assert_eq!(count(70_000, Kind::Entries), (273, Some(112)));
    for tile in tile::tiles_of(70_000) {
        assert!(tile.needs().unwrap() <= 70_000);
        assert_eq!(TilePath::parse(&tile.to_string()), Ok(tile));
    }
}

#[test]
fn bundles_are_read_as_written_or_not_at_all() {
    let longest = vec![7; 65_535];
    let bytes = tile::bundle(&[b"a".to_vec(), Vec::new(), longest.clone()]).unwrap();
    assert_eq!(tile::entries(&bytes, 3).unwrap(), [b"a".as_slice(), b"", &longest]);
    assert_eq!(tile::entries(&bytes, 2), Err(TlogError::Tile));
    assert_eq!(tile::entries(&bytes[..bytes.len() - 1], 3), Err(TlogError::Tile));
    assert_eq!(tile::entries(&[0], 0), Err(TlogError::Tile));
    assert_eq!(tile::bundle(&[vec![0; 65_536]]), Err(TlogError::Tile));
    assert_eq!(tile::hashes(&[0; 33], 1), Err(TlogError::Tile));
}

/// The vector of c2sp.org/signed-note.
#[test]
fn verifier_keys_are_those_of_the_specification() {
    let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    let vkey: VerifierKey = text.parse().unwrap();
    assert_eq!((vkey.name(), vkey.to_string().as_str()), ("example.com/foo", text));
    let bad = [
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l",
        "example.com/foo+530d903a",
        "",
        // The point of order 1, under which anybody can sign.
        "w+2ec08d08+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ];
    for text in bad {
        assert_eq!(text.parse::<VerifierKey>(), Err(TlogError::Vkey), "{text}");
    }
}

fn secret(n: u8) -> SecretKey {
    SecretKey::from_seed(&[n; 32])
}

fn signed(size: u64, root: Hash, key: &SecretKey) -> Note {
    Checkpoint { origin: ORIGIN.to_owned(), size, root }.sign(key).unwrap()
}

fn witness(n: u8) -> (VerifierKey, SecretKey) {
    let secret = secret(n);
    let name = format!("witness.example/w{n}");
    (VerifierKey::new(name, Algorithm::CosignatureV1, secret.public_key()).unwrap(), secret)
}

#[test]
fn a_checkpoint_is_believed_by_its_signatures() {
    let key = secret(1);
    let mut note = signed(5, [9; 32], &key);
    let (w1, s1) = witness(2);
    let (w2, s2) = witness(3);
    let log = log_key(ORIGIN, &key).unwrap();
    let policy = |quorum, witnesses: &[&VerifierKey]| Policy {
        log: log.clone(),
        witnesses: witnesses.iter().map(|key| (*key).clone()).collect(),
        quorum,
    };
    let open = |policy: &Policy, note: &Note| policy.open(note.to_string().as_bytes());
    assert_eq!(open(&policy(0, &[]), &note).unwrap().checkpoint.size, 5);
    assert_eq!(open(&policy(1, &[&w1]), &note), Err(TlogError::Quorum));
    note.signatures.push(cosignature::cosign(&note.text, 1_700_000_000, &w1, &s1).unwrap());
    let opened = open(&policy(1, &[&w1, &w2]), &note).unwrap();
    assert_eq!(opened.cosigned, [(w1.name().to_owned(), 1_700_000_000)]);
    assert_eq!(open(&policy(2, &[&w1, &w2]), &note), Err(TlogError::Quorum));
    note.signatures.push(cosignature::cosign(&note.text, 1_700_000_001, &w2, &s2).unwrap());
    assert_eq!(open(&policy(2, &[&w1, &w2]), &note).unwrap().cosigned.len(), 2);

    // Of an unknown log; of another log under its own key; a known key that is wrong or repeated.
    let other = signed(5, [9; 32], &secret(4));
    assert_eq!(open(&policy(0, &[]), &other), Err(TlogError::Unsigned));
    let checkpoint = Checkpoint { origin: "example.org/b".to_owned(), size: 5, root: [9; 32] };
    let foreign = Note::sign(checkpoint.to_string(), ORIGIN, &key).unwrap();
    assert_eq!(open(&policy(0, &[]), &foreign), Err(TlogError::OtherLog));
    let mut wrong = note.clone();
    wrong.signatures[1].signature[20] ^= 1;
    assert_eq!(open(&policy(1, &[&w1, &w2]), &wrong), Err(TlogError::Signature));
    let mut twice = note.clone();
    twice.signatures.push(note.signatures[1].clone());
    assert_eq!(open(&policy(1, &[&w1, &w2]), &twice), Err(TlogError::Signature));
    let mut text = note.clone();
    text.text = text.text.replace("\n5\n", "\n6\n");
    assert_eq!(open(&policy(0, &[]), &text), Err(TlogError::Signature));
}

#[test]
fn checkpoints_have_one_spelling() {
    let root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    for text in
        [format!("a\n1\n{root}\n"), format!("a\n0\n{empty}\n"), format!("a\n1\n{root}\nx\n")]
    {
        assert!(Checkpoint::parse(&text).is_ok(), "{text}");
    }
    let bad = [
        format!("a\n00\n{empty}\n"),
        format!("a\n01\n{root}\n"),
        format!("a\n-1\n{root}\n"),
        format!("a\n0\n{root}\n"),
        format!("a\n9223372036854775808\n{root}\n"),
        format!("a\n99999999999999999999\n{root}\n"),
        format!("a\n1\n{root}"),
        format!("a\n1\n{root}\n\n"),
        format!("a\n1\n{root}\nx\n\ny\n"),
        format!("\n1\n{root}\n"),
        "a\n1\nAAAA\n".to_owned(),
        // Bits after the last byte of the root.
        "a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n".to_owned(),
        "a\n1\n".to_owned(),
    ];
    for text in bad {
        assert_eq!(Checkpoint::parse(&text), Err(TlogError::Checkpoint), "{text}");
    }
}

#[test]
fn notes_that_are_none() {
    let note = signed(5, [9; 32], &secret(1)).to_string();
    let (head, line) = note.split_at(note.find('\u{2014}').unwrap());
    let bad = [
        String::new(),
        "a\n".to_owned(),
        head.to_owned(),
        note.trim_end().to_owned(),
        note.replace('\u{2014}', "-"),
        note.replace("example.org/convention ", "example.org/conv+ention "),
        note.replacen('\n', "\r\n", 1),
        format!("{note}\n"),
        format!("{note}rest"),
        format!("{head}{}", line.repeat(65)),
        format!("{head}\u{2014} a AAAA\n"),
        format!("{head}\u{2014} a AAAAAAB=\n"),
        format!("{}{note}", "a\n".repeat(40_000)),
    ];
    for text in bad {
        assert_eq!(Note::parse(text.as_bytes()), Err(TlogError::Note), "{text:.200}");
    }
    assert_eq!(Note::parse(b"\xff\n\n\xe2\x80\x94 a AAAAAAA=\n"), Err(TlogError::Note));
}

#[test]
fn a_receipt_is_checked_offline_and_no_flipped_bit_passes() {
    let key = secret(1);
    let (w1, s1) = witness(2);
    let entries: Vec<Vec<u8>> = (0..300_u64).map(|i| i.to_be_bytes().to_vec()).collect();
    let forest = Forest(leaves(300));
    let mut note = signed(300, root_of(&forest.0), &key);
    note.signatures.push(cosignature::cosign(&note.text, 1_700_000_000, &w1, &s1).unwrap());
    let receipt = Receipt {
        leaf: Some(entries[257].clone()),
        index: 257,
        proof: proof::inclusion(&TileNodes(&forest), 257, 300).unwrap(),
        checkpoint: note.to_string(),
    };
    let log = log_key(ORIGIN, &key).unwrap();
    let policy = Policy { log, witnesses: vec![w1], quorum: 1 };
    let text = receipt.to_string().into_bytes();
    let read = Receipt::parse(&text).unwrap();
    assert_eq!(read, receipt);
    assert_eq!(read.verify(&policy, None).unwrap().checkpoint.size, 300);
    assert_eq!(read.verify(&policy, Some(&entries[257])).unwrap().checkpoint.size, 300);
    assert_eq!(read.verify(&policy, Some(&entries[256])), Err(TlogError::Inclusion));
    let bare = Receipt { leaf: None, ..receipt };
    assert_eq!(bare.verify(&policy, None), Err(TlogError::NoEntry));
    for bit in 0..text.len() * 8 {
        let mut flipped = text.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let verdict = Receipt::parse(&flipped).and_then(|r| r.verify(&policy, None));
        assert!(verdict.is_err(), "bit {bit}");
    }
}

#[test]
fn a_fork_is_two_signatures_that_contradict_each_other() {
    let key = secret(1);
    let log = log_key(ORIGIN, &key).unwrap();
    let policy = Policy::of_log(log.clone());
    let honest = leaves(300);
    let mut other = honest.clone();
    other[90] = leaf_hash(b"rewritten");
    let open = |tree: &[Hash]| {
        let note = signed(tree.len() as u64, root_of(tree), &key).to_string();
        policy.open(note.as_bytes()).unwrap()
    };
    let (a, b, c) = (open(&honest[..100]), open(&other[..100]), open(&other));
    let fork = Fork::of_same_size(&a.note.to_string(), &b.note.to_string(), &log).unwrap();
    assert_eq!(fork.verify(&log).unwrap().smaller, a.checkpoint);
    let forest = Forest(other);
    let nodes = TileNodes(&forest);
    for (x, y) in [(&a, &c), (&c, &a), (&a, &b)] {
        let fork = Fork::of(x, y, &log, &nodes).unwrap().unwrap();
        let read = Fork::parse(fork.to_text().as_bytes()).unwrap();
        assert_eq!(read, fork);
        assert_eq!(read.verify(&log).unwrap().smaller, a.checkpoint);
    }
    // The same history is no fork, and neither are signatures of somebody else.
    assert_eq!(Fork::of(&b, &c, &log, &nodes).unwrap(), Err(TlogError::NoFork));
    assert_eq!(Fork::of(&c, &c, &log, &nodes).unwrap(), Err(TlogError::NoFork));
    let fork = Fork::of(&a, &c, &log, &nodes).unwrap().unwrap();
    let stranger = log_key(ORIGIN, &secret(5)).unwrap();
    assert_eq!(fork.verify(&stranger), Err(TlogError::Unsigned));
    let text = fork.to_text();
    let prefix = text.find("\"prefix\": \"").unwrap() + 12;
    let mut lie = text.into_bytes();
    lie[prefix] = if lie[prefix] == b'A' { b'B' } else { b'A' };
    assert_eq!(Fork::parse(&lie).unwrap().verify(&log), Err(TlogError::Consistency));
    assert_eq!(Fork::parse(b"{}"), Err(TlogError::ForkFile));
}
