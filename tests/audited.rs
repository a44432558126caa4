//! The audit of a published log before damage, forgery and rewriting, from outside: by our program,
//! its exit codes and what it says in JSON.
//!
//! `ARCHIPEL_AUDIT_FLIPS` sets how many bits are flipped (60 unless told).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use archipel_domain::act::Act;
use archipel_domain::federation::WitnessCheckpoint;
use archipel_domain::id::StatementId;
use archipel_domain::rejection::Rejection;
use archipel_domain::time::Timestamp;
use archipel_engine::crypto::SecretKey;
use archipel_engine::log::leaf::Leaf;
use archipel_engine::log::merkle::{leaf_hash, root_of};
use archipel_engine::log::statement::Statement;
use archipel_engine::tlog::checkpoint::{Checkpoint, log_key};
use archipel_engine::tlog::tile;
use archipel_testkit::keys::{ORIGIN, secret};
use archipel_testkit::scenario::{REGISTRAR_KEY, START, lots, person, registrar};
use serde_json::Value;

use crate::crash::kill::{Server, program};
use crate::crash::support::{BASE, create, scratch, setting};
use crate::published::{archipel, grow, grow_by, python};

/// How the program ends when an audit finds a fault.
const AUDIT_FAILED: i32 = 3;

/// Exit code and the JSON that was said: the report, or the fault.
fn run(words: &[&str]) -> (i32, Value) {
    let done = Command::new(program()).args(words).arg("--json").output().unwrap();
    let code = done.status.code().unwrap_or_else(|| panic!("{words:?}: {:?}", done.status));
    let value = serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|_| panic!("{words:?}: {code}: {}", String::from_utf8_lossy(&done.stderr)));
    (code, value)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn verify(tiles: &Path, vkey: &Path, more: &[&str]) -> (i32, Value) {
    let words = ["audit", "verify", "--tiles", text(tiles), "--vkey", text(vkey)];
    run(&[&words, more].concat())
}

/// The convention in small, published: its data, its tiles, its key from elsewhere, receipts.
struct Published {
    place: tempfile::TempDir,
}

impl Published {
    fn new() -> Self {
        let this = Self { place: scratch() };
        let (data, tiles) = (this.at("data"), this.at("tiles"));
        archipel(&["demo", text(&data), "--members", "20"]);
        archipel(&["--data", text(&data), "log", "export", "--tiles", text(&tiles)]);
        fs::write(this.vkey(), archipel(&["--data", text(&data), "log", "vkey"])).unwrap();
        fs::create_dir(this.at("receipts")).unwrap();
        let size = this.size();
        for position in [0, 1, 255, 256, size / 2, size - 1] {
            let file = this.at(&format!("receipts/{position}.tlog-proof"));
            let (entry, file) = (position.to_string(), text(&file).to_owned());
            archipel(&["--data", text(&data), "log", "receipt", &entry, "--out", &file]);
        }
        this
    }

    fn at(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn vkey(&self) -> PathBuf {
        self.at("key")
    }

    fn size(&self) -> u64 {
        let note = fs::read_to_string(self.at("tiles/checkpoint")).unwrap();
        note.lines().nth(1).unwrap().parse().unwrap()
    }

    /// Every file that a reader believes, from the tiles and the receipts.
    fn files(&self) -> Vec<PathBuf> {
        let mut found = vec![PathBuf::from("tiles/checkpoint")];
        let mut folders = vec![PathBuf::from("tiles/tile"), PathBuf::from("receipts")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(self.at(text(&folder))).unwrap() {
                let name = folder.join(entry.unwrap().file_name());
                if self.at(text(&name)).is_dir() { folders.push(name) } else { found.push(name) }
            }
        }
        found.sort();
        found
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Checks one file with one thing done to it; what is wrong with the verdict.
fn judge(root: &Path, file: &Path, vkey: &Path) -> Result<Value, String> {
    let (code, said) = if file.starts_with("receipts") {
        run(&["audit", "receipt", text(&root.join(file)), "--vkey", text(vkey)])
    } else {
        verify(&root.join("tiles"), vkey, &[])
    };
    if code == AUDIT_FAILED { Ok(said) } else { Err(format!("exit code {code}: {said}")) }
}

/// Flips the bits with numbers `share.0`, `share.0 + share.1`, … of the campaign.
fn flip(published: &Published, share: (usize, usize), flips: usize) -> (u64, Vec<String>) {
    let root = published.at(&format!("copy-{}", share.0));
    copy(&published.at("tiles"), &root.join("tiles"));
    copy(&published.at("receipts"), &root.join("receipts"));
    let files = published.files();
    let (mut found, mut wrong) = (0, Vec::new());
    for number in (share.0..flips).step_by(share.1) {
        let mut random = fastrand::Rng::with_seed(number as u64);
        // Half by file, so that small ones are hit too, half by bytes.
        let file = if number % 2 == 0 {
            files[random.usize(..files.len())].clone()
        } else {
            let lengths = files.iter().map(|file| fs::metadata(root.join(file)).unwrap().len());
            let lengths: Vec<u64> = lengths.collect();
            let mut at = random.u64(..lengths.iter().sum::<u64>());
            let index = lengths.iter().position(|length| {
                let here = at < *length;
                at = at.saturating_sub(*length);
                here
            });
            files[index.unwrap()].clone()
        };
        let path = root.join(&file);
        let sound = fs::read(&path).unwrap();
        let mut bytes = sound.clone();
        let bit = random.usize(..bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, bytes).unwrap();
        match judge(&root, &file, &published.vkey()) {
            Ok(_) => found += 1,
            Err(verdict) => wrong.push(format!("{}, bit {bit}: {verdict}", file.display())),
        }
        fs::write(&path, sound).unwrap();
    }
    // Restored, it is sound: what was found was the flipped bit.
    let (code, said) = verify(&root.join("tiles"), &published.vkey(), &[]);
    assert_eq!(code, 0, "{said}");
    (found, wrong)
}

#[test]
fn every_flipped_bit_is_found() {
    let published = Published::new();
    let flips = usize::try_from(setting("ARCHIPEL_AUDIT_FLIPS", 60)).unwrap();
    let (mut found, mut wrong) = (0, Vec::new());
    std::thread::scope(|scope| {
        let shares: Vec<_> = (0..2)
            .map(|share| {
                scope.spawn({
                    let published = &published;
                    move || flip(published, (share, 2), flips)
                })
            })
            .collect();
        for share in shares {
            let (some, more) = share.join().unwrap();
            found += some;
            wrong.extend(more);
        }
    });
    println!("{flips} bits flipped in tiles, bundles, checkpoint and receipts: {found} found");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(found, flips as u64);
}

#[test]
fn cut_missing_and_foreign_files_are_found() {
    let published = Published::new();
    let root = published.at("copy");
    copy(&published.at("tiles"), &root.join("tiles"));
    copy(&published.at("receipts"), &root.join("receipts"));
    for file in published.files() {
        let path = root.join(&file);
        let sound = fs::read(&path).unwrap();
        let halved = sound[..sound.len() / 2].to_vec();
        let longer = [sound.as_slice(), b"x"].concat();
        let shorter = sound[..sound.len() - 1].to_vec();
        for bytes in [halved, longer, shorter, Vec::new(), vec![0; sound.len()]] {
            fs::write(&path, bytes).unwrap();
            let verdict = judge(&root, &file, &published.vkey());
            verdict.unwrap_or_else(|verdict| panic!("{}: {verdict}", file.display()));
        }
        if !file.starts_with("receipts") {
            fs::remove_file(&path).unwrap();
            let verdict = judge(&root, &file, &published.vkey());
            verdict.unwrap_or_else(|verdict| panic!("{}: {verdict}", file.display()));
        }
        fs::write(&path, sound).unwrap();
    }
    let tiles = root.join("tiles");
    for foreign in ["tile/0/000.p/9", "tile/entries/000.p/9", "tile/0/1", "tile/notes.txt"] {
        let path = tiles.join(foreign);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, b"of somebody else").unwrap();
        let (code, said) = verify(&tiles, &published.vkey(), &[]);
        assert_eq!((code, said["code"].as_str()), (AUDIT_FAILED, Some("audit.tile")), "{foreign}");
        fs::remove_file(&path).unwrap();
    }
    assert_eq!(verify(&tiles, &published.vkey(), &[]).0, 0);
}

/// The golden log with something done to its leaves, signed anew by the log's own key: a server
/// that cheats, and whose tiles and checkpoint are consistent with each other.
struct Forged {
    leaves: Vec<Vec<u8>>,
    signer: SecretKey,
}

impl Forged {
    fn new() -> Self {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/logs/v1/archipelago.ndjson");
        let lines = fs::read_to_string(file).unwrap();
        let leaf = |line| serde_json::from_str::<Value>(line).unwrap()["leaf"].clone();
        let leaves = lines.lines().map(|line| hex::decode(leaf(line).as_str().unwrap()).unwrap());
        Self { leaves: leaves.collect(), signer: secret(REGISTRAR_KEY) }
    }

    /// The position of the first act of a type.
    fn first(&self, act: &str) -> usize {
        let is = |leaf: &Vec<u8>| {
            let leaf = Leaf::decode(leaf).unwrap();
            Statement::parse(&leaf.payload).unwrap().authored.act.type_name() == act
        };
        self.leaves.iter().position(is).unwrap()
    }

    fn publish(&self, dir: &Path) {
        let width = self.leaves.len();
        let hashes: Vec<_> = self.leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        let write = |path: String, bytes: &[u8]| {
            let path = dir.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        write(format!("tile/0/000.p/{width}"), hashes.as_flattened());
        let bundle = tile::bundle(&self.leaves).unwrap();
        write(format!("tile/entries/000.p/{width}"), &bundle);
        let (origin, size) = (ORIGIN.to_owned(), width as u64);
        let note = Checkpoint { origin, size, root: root_of(&hashes) }.sign(&self.signer).unwrap();
        write("checkpoint".to_owned(), note.to_string().as_bytes());
        let vkey = log_key(ORIGIN, &self.signer).unwrap();
        write("log.vkey".to_owned(), format!("{vkey}\n").as_bytes());
    }

    /// The code, the rule and the position that the audit names.
    fn audit(&self) -> (String, String, Option<u64>) {
        let dir = scratch();
        self.publish(dir.path());
        let (code, said) = verify(dir.path(), &dir.path().join("log.vkey"), &[]);
        assert_eq!(code, AUDIT_FAILED, "{said}");
        let word = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        (word("code"), word("hint"), said["position"].as_u64())
    }

    fn edit(&mut self, position: usize, change: impl FnOnce(&mut Leaf)) {
        let mut leaf = Leaf::decode(&self.leaves[position]).unwrap();
        change(&mut leaf);
        self.leaves[position] = leaf.encode().unwrap();
    }
}

/// An act of the registrar's or a member's, recorded at the end of the forged log.
fn append(forged: &mut Forged, author: archipel_testkit::scenario::Person, act: Act) {
    let last = Leaf::decode(forged.leaves.last().unwrap()).unwrap();
    let id = StatementId::from_parts(last.recorded_at.0.unsigned_abs(), 7);
    let signed = author.says(act).sign(id, last.recorded_at);
    let key = author.public();
    forged.leaves.push(Leaf::new(signed, key, last.recorded_at).encode().unwrap());
}

#[test]
fn the_golden_log_passes_when_nobody_cheats() {
    let dir = scratch();
    Forged::new().publish(dir.path());
    let (code, report) = verify(dir.path(), &dir.path().join("log.vkey"), &[]);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/logs/v1/archipelago.json");
    let expected: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(code, 0, "{report}");
    for name in ["origin", "size", "root", "outcomes"] {
        assert_eq!(report[name], expected[name], "{name}");
    }
    // Views that came later are not in the expectations of an older log.
    for (view, hash) in expected["state_hashes"].as_object().unwrap() {
        assert_eq!(report["state_hashes"][view], *hash, "{view}");
    }
}

#[test]
fn a_server_that_cheats_is_found_out() {
    type Case = (&'static str, fn(&mut Forged) -> usize, &'static str, &'static str);
    let cases: [Case; 10] = [
        (
            "a signature from another act",
            |log| {
                let other = Leaf::decode(&log.leaves[5]).unwrap().signature;
                log.edit(6, |leaf| leaf.signature = other);
                6
            },
            "audit.statement",
            "signature.invalid",
        ),
        (
            "a key that is not the author's",
            |log| {
                let other = Leaf::decode(&log.leaves[0]).unwrap().key;
                log.edit(7, |leaf| leaf.key.0 = if leaf.key == other { [1; 32] } else { other.0 });
                7
            },
            "audit.leaf",
            "leaf.other-key",
        ),
        (
            "a moment before the last one",
            |log| {
                log.edit(9, |leaf| leaf.recorded_at = Timestamp(leaf.recorded_at.0 - 86_400_000));
                9
            },
            "audit.leaf",
            "leaf.time-goes-back",
        ),
        (
            "an act twice",
            |log| {
                let act = log.leaves[log.first("call.signed/1")].clone();
                let last = Leaf::decode(log.leaves.last().unwrap()).unwrap().recorded_at;
                log.leaves.push(act);
                let end = log.leaves.len() - 1;
                log.edit(end, |leaf| leaf.recorded_at = last);
                end
            },
            "audit.statement",
            "statement.id-conflict",
        ),
        (
            "a ballot left out of a vote that was counted",
            |log| {
                let ballot = log.first("ballot.cast/1");
                log.leaves.remove(ballot);
                log.first("outcome.declared/1")
            },
            "audit.leaf",
            "outcome.tally-mismatch",
        ),
        (
            "a stranger's act",
            |log| {
                append(log, person(9_999), Act::from(stranger()));
                log.leaves.len() - 1
            },
            "audit.leaf",
            "key.unknown",
        ),
        (
            "a beacon that nobody signed",
            |log| {
                let (id, round) = (StatementId::from_parts(0, 7), lots::round(START));
                append(log, person(3), Act::from(lots::draw(id, lots::beacon(round))));
                log.leaves.len() - 1
            },
            "audit.statement",
            "entropy.bad-signature",
        ),
        (
            "an act that the instance may not do",
            |log| {
                append(log, registrar(), Act::from(stranger()));
                log.leaves.len() - 1
            },
            "audit.leaf",
            "author.members-only",
        ),
        (
            "a founding left out",
            |log| {
                log.leaves.remove(0);
                0
            },
            "audit.leaf",
            "instance.not-founded",
        ),
        (
            "bytes after a leaf",
            |log| {
                log.leaves[12].push(0);
                12
            },
            "audit.leaf",
            "bytes left over",
        ),
    ];
    for (name, cheat, code, rule) in cases {
        let mut log = Forged::new();
        let position = cheat(&mut log);
        let (found, hint, at) = log.audit();
        assert_eq!((found.as_str(), at), (code, Some(position as u64)), "{name}: {hint}");
        assert!(hint.contains(rule), "{name}: {hint}");
    }
}

/// What a member might say, so that only who says it is wrong.
fn stranger() -> WitnessCheckpoint {
    archipel_testkit::scenario::acts::witness("other", "other.example/log", 3, 1, 1)
}

#[test]
fn the_first_fault_is_named_and_another_key_refused() {
    let mut log = Forged::new();
    // Two faults in one bundle, the later one found by less work.
    log.edit(9, |leaf| leaf.recorded_at = Timestamp(leaf.recorded_at.0 - 86_400_000));
    log.edit(40, |leaf| leaf.signature = [0; 64]);
    assert_eq!(log.audit().2, Some(9));
    let mut log = Forged::new();
    log.signer = secret(12_345);
    assert_eq!(log.audit().0, "audit.key");
}

/// What an audit is about, whatever was done before: not its speed, nor where it began.
fn verdict(report: &Value) -> BTreeMap<&str, &Value> {
    let names = ["origin", "size", "root", "outcomes", "state_hashes"];
    names.into_iter().map(|name| (name, &report[name])).collect()
}

#[test]
fn an_audit_goes_on_where_it_stopped() {
    let place = scratch();
    let at = |name: &str| place.path().join(name);
    let (data, tiles, vkey, state) = (at("data"), at("tiles"), at("key"), at("state"));
    create(&data).unwrap();
    let state = ["--state", text(&state)];
    let mut before = 0;
    for size in [3, 255, 257, 700] {
        grow(&data, size);
        fs::write(&vkey, archipel(&["--data", text(&data), "log", "vkey"])).unwrap();
        archipel(&["--data", text(&data), "log", "export", "--tiles", text(&tiles)]);
        let (code, resumed) = verify(&tiles, &vkey, &state);
        assert_eq!((code, resumed["from"].as_u64()), (0, Some(before)), "{resumed}");
        let (_, whole) = verify(&tiles, &vkey, &[]);
        assert_eq!(verdict(&resumed), verdict(&whole));
        let (code, stored) = run(&["--data", text(&data), "audit", "verify"]);
        assert_eq!((code, verdict(&stored)), (0, verdict(&whole)));
        before = size;
    }
    // What was audited is not read again; what follows is.
    let bundle = tiles.join("tile/entries/002.p/188");
    let mut bytes = fs::read(&bundle).unwrap();
    let last = bytes.len() - 5;
    bytes[last] ^= 1;
    fs::write(&bundle, bytes).unwrap();
    assert_eq!(verify(&tiles, &vkey, &[]).1["position"], 699);
    fs::write(at("state"), b"archipel-audit/1 what is this").unwrap();
    assert_eq!(verify(&tiles, &vkey, &state).1["code"], "cli.state");
}

#[test]
fn a_rewritten_log_is_proven_to_whoever_audited_before() {
    let place = scratch();
    let at = |name: &str| place.path().join(name);
    let (data, other, vkey, state) = (at("data"), at("other"), at("key"), at("state"));
    create(&data).unwrap();
    copy(&data, &other);
    grow(&data, 300);
    // The same key, the same name, another history.
    let clock = archipel_engine::clock::ManualClock::at(BASE.plus_ms(5_000));
    grow_by(&other, 400, clock);
    let publish = |data: &Path, tiles: &Path| {
        archipel(&["--data", text(data), "log", "export", "--tiles", text(tiles)]);
        fs::write(&vkey, archipel(&["--data", text(data), "log", "vkey"])).unwrap();
    };
    let (tiles, rewritten) = (at("tiles"), at("rewritten"));
    publish(&data, &tiles);
    let state_words = ["--state", text(&state)];
    assert_eq!(verify(&tiles, &vkey, &state_words).0, 0);
    publish(&other, &rewritten);
    assert_eq!(verify(&rewritten, &vkey, &[]).0, 0, "by itself it is sound");
    let (code, said) = verify(&rewritten, &vkey, &state_words);
    assert_eq!((code, said["code"].as_str()), (AUDIT_FAILED, Some("audit.behind")), "{said}");
    let proof = at("state.fork.json");
    let (code, shown) = run(&["audit", "fork", text(&proof), "--vkey", text(&vkey)]);
    assert_eq!((code, &shown["fork"]), (0, &Value::Bool(true)), "{shown}");
    assert_eq!((&shown["smaller"]["size"], &shown["larger"]["size"]), (&300.into(), &400.into()));
    // One bit less, and it proves nothing.
    let text_of = fs::read_to_string(&proof).unwrap();
    fs::write(&proof, text_of.replacen("300", "301", 1)).unwrap();
    assert_eq!(run(&["audit", "fork", text(&proof), "--vkey", text(&vkey)]).0, AUDIT_FAILED);
}

#[test]
fn an_instance_is_restored_from_the_public_files_alone() {
    let published = Published::new();
    let (tiles, restored) = (published.at("tiles"), published.at("restored"));
    let vkey = published.vkey();
    let words = ["restore", "--from-tiles", text(&tiles), text(&restored), "--vkey", text(&vkey)];
    assert_eq!(run(&words).0, 0);
    let audit = |dir: &Path| run(&["--data", text(dir), "audit", "verify"]);
    let ((code, before), (again, after)) = (audit(&published.at("data")), audit(&restored));
    assert_eq!((code, again), (0, 0), "{after}");
    assert_eq!(verdict(&before), verdict(&after));
    // Without the instance's key it does not record, and says so.
    let unpublished = published.at("unpublished");
    let words = ["--data", text(&restored), "log", "export", "--tiles", text(&unpublished)];
    assert_eq!(run(&words).1["code"], "instance.no-registrar");
    // With it, it publishes the same log.
    let (whole, key) = (published.at("whole"), published.at("data/registrar.pem"));
    let words = ["restore", "--from-tiles", text(&tiles), text(&whole), "--vkey", text(&vkey)];
    assert_eq!(run(&[&words[..], &["--registrar", text(&key)]].concat()).0, 0);
    let again = published.at("again");
    archipel(&["--data", text(&whole), "log", "export", "--tiles", text(&again)]);
    let note = |dir: &Path| fs::read(dir.join("checkpoint")).unwrap();
    assert_eq!(note(&tiles), note(&again));
    // A directory that holds something is left alone, and a failed restoration leaves nothing.
    assert_eq!(run(&words).0, 1);
    fs::remove_file(tiles.join("tile/entries/000")).unwrap();
    let gone = published.at("gone");
    let words = ["restore", "--from-tiles", text(&tiles), text(&gone), "--vkey", text(&vkey)];
    assert_eq!((run(&words).0, gone.exists()), (AUDIT_FAILED, false));
}

/// Our auditor in Python, which shares no line with this program: what it says, and whether it is
/// content.
fn other_auditor(python: &str, source: &str, vkey: &Path) -> (i32, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/audit.py");
    let words = ["-B", script, source, "--vkey", text(vkey)];
    let done = Command::new(python).args(words).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let code = done.status.code().unwrap();
    assert!([0, AUDIT_FAILED].contains(&code), "{said}{}", String::from_utf8_lossy(&done.stderr));
    (code, said)
}

#[test]
#[ignore = "needs ARCHIPEL_INTEROP"]
fn other_programs_audit_the_log() {
    let Some(python) = python() else { return };
    let published = Published::new();
    let (tiles, vkey) = (published.at("tiles"), published.vkey());
    let (_, report) = verify(&tiles, &vkey, &[]);
    let expected = format!("{} entries, root {}", report["size"], report["root"].as_str().unwrap());
    let (code, said) = other_auditor(&python, text(&tiles), &vkey);
    assert!(code == 0 && said.contains(&expected), "{said}");
    let server = Server::start(&published.at("data"), &["--checkpoint-every", "50"]);
    let address = server.address(Duration::from_secs(20)).unwrap();
    let (code, said) = other_auditor(&python, &format!("{address}/log"), &vkey);
    assert!(code == 0 && said.contains(&expected), "{said}");
    server.kill();

    // Every act there is.
    let golden = scratch();
    Forged::new().publish(golden.path());
    let golden_key = golden.path().join("log.vkey");
    let (code, said) = other_auditor(&python, text(golden.path()), &golden_key);
    assert_eq!(code, 0, "{said}");

    // Both auditors find what is flipped.
    let copied = published.at("flipped");
    copy(&tiles, &copied);
    let files = published.files();
    let files: Vec<_> = files.iter().filter_map(|file| file.strip_prefix("tiles").ok()).collect();
    for number in 0..40_u64 {
        let mut random = fastrand::Rng::with_seed(number);
        let path = copied.join(files[random.usize(..files.len())]);
        let sound = fs::read(&path).unwrap();
        let mut bytes = sound.clone();
        let bit = random.usize(..bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, bytes).unwrap();
        let (code, said) = other_auditor(&python, text(&copied), &vkey);
        assert_eq!(code, AUDIT_FAILED, "{}, bit {bit}: {said}", path.display());
        let (_, ours) = verify(&copied, &vkey, &[]);
        if let Some(position) = ours["position"].as_u64() {
            let found = said.trim_end().rsplit_once(" at ");
            let found = found.and_then(|(_, found)| found.parse::<u64>().ok());
            // It does not know the rules: what they alone refuse it finds by what comes later.
            let by_rule = Rejection::all().any(|rule| ours["hint"] == rule.code());
            let later = by_rule && found.is_none_or(|found| found > position);
            assert!(found == Some(position) || later, "{ours}\n{said}");
        }
        fs::write(&path, sound).unwrap();
    }
}

#[test]
fn a_mirror_follows_a_server_and_stops_at_a_rewritten_history() {
    let place = scratch();
    let at = |name: &str| place.path().join(name);
    let (data, other, vkey, mirror) = (at("data"), at("other"), at("key"), at("mirror"));
    create(&data).unwrap();
    copy(&data, &other);
    grow(&data, 300);
    grow_by(&other, 400, archipel_engine::clock::ManualClock::at(BASE.plus_ms(5_000)));
    fs::write(&vkey, archipel(&["--data", text(&data), "log", "vkey"])).unwrap();
    let server = Server::start(&data, &["--checkpoint-every", "50"]);
    let address = server.address(Duration::from_secs(20)).unwrap();
    let words = |address: &str| {
        let words = ["log", "export", "--tiles", text(&mirror), "--vkey", text(&vkey), "--server"];
        [&words[..], &[address]].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let run_words = |address: &str| {
        let words = words(address);
        run(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let (code, told) = run_words(&address);
    assert_eq!((code, &told["exported"]["size"]), (0, &300.into()), "{told}");
    assert_eq!(verify(&mirror, &vkey, &[]).0, 0);

    // Followed, it goes on while the server records.
    let mut following = Command::new(program())
        .args(words(&address))
        .args(["--follow", "--every", "50"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let statement = crate::crash::support::statement(300).to_line();
    let file = at("one.ndjson");
    fs::write(&file, statement + "\n").unwrap();
    archipel(&["--server", &address, "log", "import", text(&file)]);
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    let size = || fs::read_to_string(mirror.join("checkpoint")).unwrap();
    while size().lines().nth(1) != Some("301") {
        assert!(std::time::Instant::now() < deadline, "{}", size());
        std::thread::sleep(Duration::from_millis(20));
    }
    following.kill().unwrap();
    following.wait().unwrap();
    server.kill();
    assert_eq!(verify(&mirror, &vkey, &[]).1["size"], 301);

    let server = Server::start(&other, &["--checkpoint-every", "50"]);
    let address = server.address(Duration::from_secs(20)).unwrap();
    let (code, said) = run_words(&address);
    assert_eq!((code, said["code"].as_str()), (AUDIT_FAILED, Some("audit.behind")), "{said}");
    assert_eq!(verify(&mirror, &vkey, &[]).1["size"], 301);
    server.kill();
}
