//! The published log before the eyes of others: programs that are not ours, over HTTP and from a
//! directory.
//!
//! `ARCHIPEL_INTEROP` names a Python with the packages of `tests/interop/requirements*.txt`.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use archipel_engine::clock::ManualClock;
use archipel_engine::engine::{Engine, Options};

use crate::crash::kill::{Server, program};
use crate::crash::support::{BASE, create, scratch, statement};

/// The sizes at which tiles begin, end and spill over.
const SIZES: [u64; 7] = [1, 255, 256, 257, 1_000, 65_536, 70_000];

pub(crate) fn python() -> Option<String> {
    let python = std::env::var("ARCHIPEL_INTEROP").ok();
    if python.is_none() {
        println!("SKIPPED: ARCHIPEL_INTEROP names no Python");
    }
    python
}

/// Records statements until the log holds so many.
pub(crate) fn grow(dir: &Path, size: u64) {
    grow_by(dir, size, ManualClock::at(BASE));
}

/// The same, by a clock.
pub(crate) fn grow_by(dir: &Path, size: u64, clock: ManualClock) {
    let options = Options { clock: Arc::new(clock), ..Options::default() };
    let engine = Engine::open(dir, options).unwrap();
    let mut next = engine.store().head().size;
    while next < size {
        let batch: Vec<_> = (next..size.min(next + 2_000)).map(statement).collect();
        next += batch.len() as u64;
        for answer in engine.submit_and_wait(batch) {
            answer.unwrap();
        }
    }
}

/// Runs our program; what it prints.
pub(crate) fn archipel(words: &[&str]) -> String {
    let done = Command::new(program()).args(words).output().unwrap();
    let (out, said) =
        (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "archipel {words:?}: {out}{said}");
    out.into_owned()
}

fn check(python: &str, words: &[&str]) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/tiles.py");
    let done = Command::new(python).args(["-B", script]).args(words).output().unwrap();
    let (out, said) =
        (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "tiles.py {words:?}: {out}{said}");
    print!("{} {out}", words[0]);
}

/// aics-tlog and pymerkle accept the log at every size: checkpoint, inclusion, consistency with
/// the sizes before, every tile and bundle.
#[test]
#[ignore = "needs ARCHIPEL_INTEROP"]
fn other_programs_accept_the_log() {
    let Some(python) = python() else { return };
    let place = scratch();
    let at = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let (data, tiles, vkey) = (at("data"), at("tiles"), at("log.vkey"));
    create(Path::new(&data)).unwrap();
    let mut old: Option<String> = None;
    for size in SIZES {
        grow(Path::new(&data), size);
        // From somewhere else than the server that is checked.
        std::fs::write(&vkey, archipel(&["--data", &data, "log", "vkey"])).unwrap();
        archipel(&["--data", &data, "log", "export", "--tiles", &tiles]);
        let (saved, number) = (at(&format!("{size}.note")), size.to_string());
        let mut words = vec!["--vkey", &vkey, "--size", &number, "--save", &saved];
        if let Some(old) = &old {
            words.extend(["--old", old]);
        }
        let source = format!("{tiles}/");
        check(&python, &[&[source.as_str()], words.as_slice()].concat());
        let server = Server::start(Path::new(&data), &["--checkpoint-every", "50"]);
        let address = server.address(Duration::from_secs(20)).unwrap();
        let source = format!("{address}/log/");
        words.extend(["--proofs", &address]);
        check(&python, &[&[source.as_str()], words.as_slice()].concat());
        server.kill();
        old = Some(saved);
    }
}
