//! Hashes that heal, signatures that do not contradict each other, directories that grow.

use super::signed::SIGNED;
use super::{
    Cosigner, Exported, HashFiles, Mirror, NoWitness, PublicLog, PublishError, Publisher,
    StaticTiles,
};
use crate::audit::AuditError;
use crate::audit::tiles::Fetch;
use crate::crypto::SecretKey;
use crate::log::merkle::{Hash, leaf_hash, root_of};
use crate::store::{Derived, Entry, EventStore, MemoryStore};
use crate::tlog::checkpoint::Policy;
use crate::tlog::proof;
use crate::tlog::tile::{self, Kind, TilePath, Tiles, tiles_of};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::tempdir;

const ORIGIN: &str = "example.org/convention";

fn leaf(n: u64, salt: u64) -> Vec<u8> {
    format!("leaf {n} of {salt}").into_bytes()
}

fn grow(store: &MemoryStore, to: u64, salt: u64) {
    while store.head().size < to {
        let first = store.head().size;
        let entries: Vec<Entry> = (first..to.min(first + 4_096))
            .map(|n| {
                let leaf = leaf(n, salt);
                let leaf_hash = leaf_hash(&leaf);
                let derived =
                    Derived { fact: Vec::new(), id: u128::from(n), streams: Default::default() };
                Entry { leaf, leaf_hash, derived }
            })
            .collect();
        store.append(first, &entries).unwrap();
    }
}

fn store_of(size: u64, salt: u64) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::default());
    grow(&store, size, salt);
    store
}

fn secret() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

fn publisher(dir: &Path, store: &Arc<MemoryStore>) -> Result<Publisher, PublishError> {
    let store = Arc::clone(store) as Arc<dyn EventStore>;
    Publisher::open(dir, ORIGIN, secret(), store, Box::new(NoWitness))
}

fn leaves(size: u64, salt: u64) -> Vec<Hash> {
    (0..size).map(|n| leaf_hash(&leaf(n, salt))).collect()
}

/// Every hash of a level, by the definition.
fn level_of(leaves: &[Hash], level: u8) -> Vec<Hash> {
    leaves.chunks_exact(1 << (8 * u32::from(level))).map(root_of).collect()
}

fn all_of(files: &HashFiles, level: u8, size: u64) -> Vec<Hash> {
    let count = tile::hashes_of(level, size);
    let starts = (0..count).step_by(256);
    starts.flat_map(|at| files.hashes(level, at, (count - at).min(256)).unwrap()).collect()
}

#[test]
fn hashes_are_those_of_the_tiles_however_they_were_added() {
    let size = 66_000;
    let all = leaves(size, 0);
    let (dir, store) = (tempdir().unwrap(), store_of(0, 0));
    let files = HashFiles::open(dir.path(), store.clone()).unwrap();
    for to in [1, 2, 255, 256, 257, 700, 65_535, 65_536, 65_537, size] {
        grow(&store, to, 0);
        files.extend(to).unwrap();
        assert_eq!(files.size(), to);
        for level in 0..3 {
            let expected = level_of(&all[..usize::try_from(to).unwrap()], level);
            assert_eq!(all_of(&files, level, to), expected, "level {level} of {to}");
        }
    }
    assert!(files.hashes(0, size - 1, 2).is_err());
    drop(files);
    // Whatever happened to the files, they hold the same hashes when they are read.
    type Damage = (&'static str, fn(&Path));
    let damages: [Damage; 7] = [
        ("a flipped bit", |dir| flip(&dir.join("0"), 36 * 300 + 5)),
        ("a flipped checksum", |dir| flip(&dir.join("1"), 33)),
        ("a record cut", |dir| cut(&dir.join("0"), 66_000 * 36 - 7)),
        ("a level cut", |dir| cut(&dir.join("1"), 36 * 3)),
        ("a level lost", |dir| fs::remove_file(dir.join("1")).unwrap()),
        ("zeros", |dir| {
            let mut bytes = fs::read(dir.join("0")).unwrap();
            bytes[36 * 200..36 * 900].fill(0);
            fs::write(dir.join("0"), bytes).unwrap();
        }),
        ("too long", |dir| cut(&dir.join("0"), 66_100 * 36)),
    ];
    for (name, damage) in damages {
        damage(dir.path());
        let files = HashFiles::open(dir.path(), store.clone()).unwrap();
        files.extend(size).unwrap();
        for level in 0..3 {
            assert_eq!(all_of(&files, level, size), level_of(&all, level), "{name}, {level}");
        }
    }
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 4;
    fs::write(path, bytes).unwrap();
}

fn cut(path: &Path, to: u64) {
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(to).unwrap();
}

#[test]
fn hashes_of_another_history_are_made_anew() {
    let dir = tempdir().unwrap();
    HashFiles::open(dir.path(), store_of(900, 1)).unwrap().extend(900).unwrap();
    let files = HashFiles::open(dir.path(), store_of(1_000, 2)).unwrap();
    files.extend(1_000).unwrap();
    assert_eq!(all_of(&files, 0, 1_000), leaves(1_000, 2));
    drop(files);
    // A shorter log of the same history keeps what it has.
    let files = HashFiles::open(dir.path(), store_of(600, 2)).unwrap();
    assert_eq!(files.size(), 600);
    assert_eq!(all_of(&files, 1, 600), level_of(&leaves(600, 2), 1));
}

#[test]
fn what_is_shown_can_be_proven() {
    let (dir, store) = (tempdir().unwrap(), store_of(300, 0));
    let mut publisher = publisher(dir.path(), &store).unwrap();
    let log = Arc::clone(publisher.log());
    assert!(log.latest().is_none() && log.receipt(0).unwrap().is_none());
    let shown = publisher.publish(false).unwrap().unwrap();
    assert_eq!(shown.checkpoint.size, 300);
    assert!(publisher.publish(false).unwrap().is_none(), "nothing new");
    grow(&store, 301, 0);
    assert!(log.receipt(300).unwrap().is_none(), "not covered yet");
    let beyond = TilePath { kind: Kind::Hashes(0), index: 1, width: 45 };
    assert!(log.tile(&beyond).unwrap().is_none(), "not covered yet");
    publisher.publish(false).unwrap().unwrap();
    let policy = Policy::of_log(log.vkey().clone());
    for position in [0, 1, 255, 256, 299, 300] {
        let receipt = log.receipt(position).unwrap().unwrap();
        assert_eq!(receipt.leaf, Some(leaf(position, 0)));
        assert_eq!(receipt.verify(&policy, None).unwrap().checkpoint.size, 301);
    }
    let proof = log.consistency(300, 301).unwrap().unwrap();
    let roots = (root_of(&leaves(300, 0)), root_of(&leaves(301, 0)));
    proof::check_consistency((300, &roots.0), (301, &roots.1), &proof).unwrap();
    assert!(log.consistency(300, 302).unwrap().is_none());
    assert!(log.consistency(301, 300).unwrap().is_none());
    assert!(log.inclusion(301, 301).unwrap().is_none());
    let bundle = TilePath { kind: Kind::Entries, index: 1, width: 45 };
    let bytes = log.tile(&bundle).unwrap().unwrap();
    assert_eq!(tile::entries(&bytes, 45).unwrap()[44], leaf(300, 0));
}

#[test]
fn what_was_signed_is_never_contradicted() {
    let (dir, store) = (tempdir().unwrap(), store_of(300, 0));
    publisher(dir.path(), &store).unwrap().publish(false).unwrap();
    let refused = |store: Arc<MemoryStore>| publisher(dir.path(), &store).err().unwrap();
    // The tail is lost; it was written anew; the log was replaced.
    assert_eq!(refused(store_of(299, 0)), PublishError::RolledBack { size: 299, signed: 300 });
    let rewritten = store_of(299, 0);
    grow(&rewritten, 301, 5);
    assert_eq!(refused(rewritten), PublishError::RolledBack { size: 301, signed: 300 });
    assert!(refused(store_of(300, 1)).is_rollback());
    // The file itself is damaged, in any bit.
    let path = dir.path().join(SIGNED);
    let sound = fs::read(&path).unwrap();
    for bit in (0..sound.len() * 8).step_by(7) {
        let mut bytes = sound.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, bytes).unwrap();
        let error = publisher(dir.path(), &store).err().unwrap();
        assert!(matches!(error, PublishError::SignedDamaged { .. }), "bit {bit}: {error}");
        assert!(error.is_rollback());
    }
    fs::write(&path, &sound).unwrap();
    let publisher = publisher(dir.path(), &store).unwrap();
    assert_eq!(publisher.log().latest().unwrap().checkpoint.size, 300, "shown at once");
}

/// A witness that has seen a checkpoint, or cosigns nothing.
struct Seen(Option<String>);

impl Cosigner for Seen {
    fn policy(&self, log: Policy) -> Policy {
        Policy { quorum: usize::from(self.0.is_none()), ..log }
    }

    fn latest_seen(&mut self, log: &Policy) -> Option<(String, crate::tlog::checkpoint::Opened)> {
        let note = self.0.as_ref()?;
        Some(("w".to_owned(), Policy::of_log(log.log.clone()).open(note.as_bytes()).unwrap()))
    }
}

#[test]
fn a_witness_remembers_what_a_restored_backup_has_forgotten() {
    let (dir, store) = (tempdir().unwrap(), store_of(300, 0));
    let shown = publisher(dir.path(), &store).unwrap().publish(false).unwrap().unwrap();
    let open = |store: Arc<MemoryStore>| {
        let place = tempdir().unwrap();
        let seen = Box::new(Seen(Some(shown.note.to_string())));
        Publisher::open(place.path(), ORIGIN, secret(), store, seen).map(|_| ())
    };
    let error = open(store_of(200, 0)).unwrap_err();
    let witnessed = PublishError::Witnessed { witness: "w".to_owned(), size: 200, seen: 300 };
    assert_eq!(error, witnessed);
    assert!(open(store_of(400, 1)).unwrap_err().is_rollback());
    open(store_of(400, 0)).unwrap();
}

#[test]
fn without_its_quorum_a_checkpoint_is_signed_and_not_shown() {
    let (dir, store) = (tempdir().unwrap(), store_of(3, 0));
    let held = Arc::clone(&store) as Arc<dyn EventStore>;
    let mut publisher =
        Publisher::open(dir.path(), ORIGIN, secret(), held, Box::new(Seen(None))).unwrap();
    assert_eq!(publisher.publish(false), Ok(None));
    assert!(dir.path().join(SIGNED).exists());
    assert!(publisher.log().latest().is_none());
}

/// Every file below a folder, with its bytes.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn a_directory_grows_to_the_same_tiles_as_one_written_at_once() {
    let (data, store) = (tempdir().unwrap(), store_of(0, 0));
    let mut publisher = publisher(data.path(), &store).unwrap();
    let log = Arc::clone(publisher.log());
    let out = tempdir().unwrap();
    let mut tiles = StaticTiles::open(out.path(), log.vkey()).unwrap();
    let sizes = [1, 200, 256, 257, 511, 512, 600, 65_535, 65_536, 65_537, 65_800];
    for size in sizes {
        grow(&store, size, 0);
        let shown = publisher.publish(false).unwrap().unwrap();
        // Opened anew every other time.
        if size % 2 == 0 {
            tiles = StaticTiles::open(out.path(), log.vkey()).unwrap();
        }
        assert_eq!(tiles.advance(&mut &*log, &shown, &mut |_, _| {}).unwrap().size, size);
        let found = files(out.path());
        let d = leaves(size, 0);
        for tile in tiles_of(size) {
            let bytes = found.get(&format!("tile/{tile}"));
            let bytes = bytes.unwrap_or_else(|| panic!("{tile} of {size} is not there"));
            if let Kind::Hashes(level) = tile.kind {
                let start = usize::try_from(tile.index * 256).unwrap();
                let row = &level_of(&d, level)[start..start + usize::from(tile.width)];
                assert_eq!(bytes, row.as_flattened(), "{tile} of {size}");
            }
        }
        let note = String::from_utf8(found["checkpoint"].clone()).unwrap();
        assert_eq!(note, shown.note.to_string());
        assert!(!found.keys().any(|name| name.ends_with(".new")));
    }
    // At once, there are fewer files: no partial tiles of earlier checkpoints.
    let once = tempdir().unwrap();
    let shown = log.latest().unwrap();
    StaticTiles::open(once.path(), log.vkey())
        .unwrap()
        .advance(&mut &*log, &shown, &mut |_, _| {})
        .unwrap();
    let (grown, once) = (files(out.path()), files(once.path()));
    assert!(once.iter().all(|(name, bytes)| grown.get(name) == Some(bytes)));
    assert_eq!(once.len() as u64, 2 + tiles_of(65_800).count() as u64);
}

#[test]
fn partial_tiles_stay_for_one_checkpoint_after_the_full_one() {
    let (data, store) = (tempdir().unwrap(), store_of(0, 0));
    let mut publisher = publisher(data.path(), &store).unwrap();
    let log = Arc::clone(publisher.log());
    let out = tempdir().unwrap();
    let mut tiles = StaticTiles::open(out.path(), log.vkey()).unwrap();
    let partial = out.path().join("tile/0/000.p/200");
    let mut shown = None;
    // The same size shown again is not one more checkpoint.
    for (size, there) in [(200, true), (256, true), (256, true), (257, false)] {
        grow(&store, size, 0);
        shown = publisher.publish(false).unwrap().or(shown);
        let shown = shown.as_ref().unwrap();
        tiles.advance(&mut &*log, shown, &mut |_, _| {}).unwrap();
        assert_eq!(partial.exists(), there, "{size}");
    }
}

#[test]
fn a_directory_of_another_log_or_history_is_left_alone() {
    let out = tempdir().unwrap();
    let export = |store: Arc<MemoryStore>| {
        let data = tempdir().unwrap();
        let mut publisher = publisher(data.path(), &store)?;
        let shown = publisher.publish(false)?.unwrap();
        let log = publisher.log();
        StaticTiles::open(out.path(), log.vkey())?.advance(&mut &**log, &shown, &mut |_, _| {})
    };
    export(store_of(300, 0)).unwrap();
    let before = files(out.path());
    let other = PublishError::OtherTiles(out.path().to_owned());
    assert_eq!(export(store_of(299, 0)), Err(other.clone()));
    assert_eq!(export(store_of(400, 1)), Err(other.clone()));
    fs::write(out.path().join("log.vkey"), "x+00000000+AA==\n").unwrap();
    assert_eq!(export(store_of(400, 0)), Err(other));
    fs::write(out.path().join("log.vkey"), &before["log.vkey"]).unwrap();
    assert_eq!(files(out.path()), before);
}

/// A published log as its readers see it, with a lie about one file.
struct Served<'a> {
    log: &'a PublicLog,
    lie: Option<(&'static str, Vec<u8>)>,
}

impl Fetch for Served<'_> {
    fn get(&self, path: &str, _: usize) -> Result<Option<Vec<u8>>, AuditError> {
        if let Some((_, bytes)) = self.lie.as_ref().filter(|(lied, _)| *lied == path) {
            return Ok(Some(bytes.clone()));
        }
        let Some(tile) = path.strip_prefix("tile/") else {
            return Ok(self.log.latest().map(|shown| shown.note.to_string().into_bytes()));
        };
        Ok(self.log.tile(&TilePath::parse(tile).unwrap()).unwrap())
    }
}

#[test]
fn a_mirror_holds_what_an_export_does() {
    let (data, store) = (tempdir().unwrap(), store_of(0, 0));
    let mut publisher = publisher(data.path(), &store).unwrap();
    let log = Arc::clone(publisher.log());
    let (out, copy) = (tempdir().unwrap(), tempdir().unwrap());
    let policy = Policy::of_log(log.vkey().clone());
    let mut tiles = StaticTiles::open(out.path(), log.vkey()).unwrap();
    let mut mirror = Mirror::open(copy.path(), policy.clone()).unwrap();
    for size in [1, 200, 256, 257, 511, 512, 600, 65_535, 65_536, 65_537, 65_800, 65_800] {
        grow(&store, size, 0);
        let shown = publisher.publish(false).unwrap().unwrap_or_else(|| log.latest().unwrap());
        tiles.advance(&mut &*log, &shown, &mut |_, _| {}).unwrap();
        if size % 2 == 0 {
            mirror = Mirror::open(copy.path(), policy.clone()).unwrap();
        }
        let exported = mirror.advance(&Served { log: &log, lie: None }, &mut |_, _| {}).unwrap();
        assert_eq!(exported.size, size);
    }
    let (exported, mirrored) = (files(out.path()), files(copy.path()));
    assert!(exported.keys().all(|name| exported.get(name) == mirrored.get(name)));
}

#[test]
fn a_mirror_takes_nothing_that_was_not_signed() {
    let (data, store) = (tempdir().unwrap(), store_of(300, 0));
    let mut first = publisher(data.path(), &store).unwrap();
    first.publish(false).unwrap();
    let log = Arc::clone(first.log());
    let copy = tempdir().unwrap();
    let mut mirror = Mirror::open(copy.path(), Policy::of_log(log.vkey().clone())).unwrap();
    mirror.advance(&Served { log: &log, lie: None }, &mut |_, _| {}).unwrap();
    let before = files(copy.path())["checkpoint"].clone();
    let code = |result: Result<_, PublishError>| result.map(|_: Exported| ()).unwrap_err().code();

    // A bundle with another entry at its end.
    grow(&store, 700, 0);
    first.publish(false).unwrap();
    let mut entries: Vec<Vec<u8>> = (512..700).map(|at| leaf(at, 0)).collect();
    entries[187] = leaf(0, 1);
    let lie = Some(("tile/entries/002.p/188", tile::bundle(&entries).unwrap()));
    assert_eq!(code(mirror.advance(&Served { log: &log, lie }, &mut |_, _| {})), "audit.root");
    assert_eq!(files(copy.path())["checkpoint"], before);

    // Another history under the same key, and a shorter one.
    let behind = |size, other| {
        let (data, store) = (tempdir().unwrap(), store_of(size, other));
        let mut rewritten = publisher(data.path(), &store).unwrap();
        rewritten.publish(false).unwrap();
        let log = Arc::clone(rewritten.log());
        let mut mirror = Mirror::open(copy.path(), Policy::of_log(log.vkey().clone())).unwrap();
        code(mirror.advance(&Served { log: &log, lie: None }, &mut |_, _| {}))
    };
    for (size, other) in [(900, 1), (300, 1), (299, 0)] {
        assert_eq!(behind(size, other), "audit.behind", "{size}");
    }
    assert_eq!(files(copy.path())["checkpoint"], before);
    // And the right one goes on over what was left of the lies.
    let went = mirror.advance(&Served { log: &log, lie: None }, &mut |_, _| {}).unwrap();
    assert_eq!((went.size, went.added), (700, 400));
    for tile in tiles_of(700) {
        let path = format!("tile/{tile}");
        assert_eq!(files(copy.path()).get(&path), log.tile(&tile).unwrap().as_ref(), "{path}");
    }
}
