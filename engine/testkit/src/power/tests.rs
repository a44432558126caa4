use std::fs;
use std::path::Path;

use super::{Disk, Keep, Trace};

/// `\x` escapes, as the tracer writes texts.
fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
}

/// A trace of calls below `root`, each text between `<` and `>` being escaped.
fn trace(root: &Path, lines: &[&str]) -> Trace {
    let root = root.to_str().unwrap();
    let line = |line: &&str| {
        let mut parts = line.split('\'');
        let mut text = format!("7 {}", parts.next().unwrap());
        while let (Some(quoted), Some(plain)) = (parts.next(), parts.next()) {
            text += &format!("\"{}\"{plain}", hex(&quoted.replace("ROOT", root)));
        }
        text.replace("7 8|", "8 ")
    };
    Trace::parse(&lines.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn content(disk: &Disk, keep: Keep, file: &str) -> Option<String> {
    let to = tempfile::tempdir().unwrap();
    disk.fail(keep, to.path());
    fs::read_to_string(to.path().join(file)).ok()
}

#[test]
fn only_what_was_synced_lasts() {
    let root = tempfile::tempdir().unwrap();
    let voice = root.path().with_extension("voice");
    let trace = trace(
        root.path(),
        &[
            "openat(AT_FDCWD, 'ROOT/a', O_WRONLY|O_CREAT, 0644) = 3",
            "write(3, 'one', 3) = 3",
            "sync_file_range(3, 0, 3, SYNC_FILE_RANGE_WRITE) = 0",
            "fsync(3) = 0",
            "openat(AT_FDCWD, 'ROOT', O_RDONLY|O_DIRECTORY) = 4",
            "fsync(4) = 0",
            "pwrite64(3, 'two', 3, 3) = 3",
            "rename('ROOT/a', 'ROOT/b') = 0",
            "fsync(3) = -1 EIO (Input/output error) (INJECTED)",
            "fdatasync(3) = 0",
            "fsync(4) = 0",
        ],
    );
    let mut disk = Disk::of(root.path(), &voice);
    // Steps come in pairs: a call begins, and ends.
    let mut at = |calls: usize| {
        disk.play_to(&trace, calls * 2);
        disk.clone()
    };
    let (unsynced, nameless) = (at(3), at(4));
    assert_eq!(content(&unsynced, Keep::Names, "a").as_deref(), Some(""));
    assert_eq!(content(&unsynced, Keep::Lengths, "a").as_deref(), Some("\0\0\0"));
    assert_eq!(content(&unsynced, Keep::Everything, "a").as_deref(), Some("one"));
    assert_eq!(content(&nameless, Keep::Nothing, "a"), None);
    assert_eq!(content(&nameless, Keep::Names, "a").as_deref(), Some("one"));
    assert_eq!(content(&at(6), Keep::Nothing, "a").as_deref(), Some("one"));
    // Written, renamed, and a sync that failed: all as before.
    let failed = at(9);
    assert_eq!(content(&failed, Keep::Nothing, "a").as_deref(), Some("one"));
    assert_eq!(content(&failed, Keep::Nothing, "b"), None);
    assert_eq!(content(&failed, Keep::Everything, "b").as_deref(), Some("onetwo"));
    assert_eq!(content(&at(10), Keep::Nothing, "a").as_deref(), Some("onetwo"));
    let last = at(11);
    assert_eq!(content(&last, Keep::Nothing, "a"), None);
    assert_eq!(content(&last, Keep::Nothing, "b").as_deref(), Some("onetwo"));
    assert_eq!(trace.syncs(), 4);
}

#[test]
fn a_sync_covers_only_what_had_ended_when_it_began() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a"), "....").unwrap();
    let voice = root.path().with_extension("voice");
    let trace = trace(
        root.path(),
        &[
            "openat(AT_FDCWD, 'ROOT/a', O_WRONLY) = 3",
            "8|pwrite64(3, 'X', 1, 0 <unfinished ...>",
            "fsync(3 <unfinished ...>",
            "8|<... pwrite64 resumed>) = 1",
            "<... fsync resumed>) = 0",
            "fsync(3) = 0",
        ],
    );
    let mut disk = Disk::of(root.path(), &voice);
    disk.play_to(&trace, 6);
    assert_eq!(content(&disk, Keep::Nothing, "a").as_deref(), Some("...."));
    disk.play_to(&trace, trace.len());
    assert_eq!(content(&disk, Keep::Nothing, "a").as_deref(), Some("X..."));
}

#[test]
fn what_is_said_is_heard_and_torn_writes_are_torn_at_sectors() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a"), vec![b'.'; 2048]).unwrap();
    let voice = root.path().with_extension("voice");
    let say = format!("openat(AT_FDCWD, '{}', O_WRONLY|O_APPEND) = 5", voice.display());
    let data = "x".repeat(1600);
    let write = format!("pwrite64(3, '{data}', 1600, 100) = 1600");
    let lines: [&str; 4] =
        ["openat(AT_FDCWD, 'ROOT/a', O_WRONLY) = 3", &say, &write, "write(5, 'ack 1', 5) = 5"];
    let trace = trace(root.path(), &lines);
    let mut disk = Disk::of(root.path(), &voice);
    assert_eq!(trace.boundaries(disk.clone()), [6, 7, 8]);
    disk.play_to(&trace, 6);
    assert_eq!(disk.said(), "");
    disk.play_to(&trace, trace.len());
    assert_eq!(disk.said(), "ack 1");
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..60 {
        let text = content(&disk, Keep::Some(seed), "a").unwrap();
        assert_eq!(text.len(), 2048);
        let bytes = text.as_bytes();
        // Within a sector all written bytes are there, or none.
        for sector in [100..512, 512..1024, 1024..1536, 1536..1700] {
            let first = bytes[sector.start];
            assert!(bytes[sector].iter().all(|byte| *byte == first), "seed {seed}");
        }
        kinds.insert(text);
    }
    assert!(kinds.len() > 8, "only {} ways", kinds.len());
}

#[test]
fn a_call_that_the_tracer_could_not_read_stands_for_nothing() {
    let text = "7 write(3, 0x7f0012345678, 20) = ?\n\
                8 openat(AT_FDCWD, 0x7ffe00, O_RDONLY|O_CREAT, 0666 <unfinished ...>\n\
                9 pwritev(4, [{iov_base=0x7f00, iov_len=9}], 1, 0) = ?\n\
                10 openat(AT_FDCWD, NULL, O_RDONLY) = ?\n\
                11 unlink(NULL <unfinished ...>\n\
                9 +++ killed by SIGKILL +++\n";
    let trace = Trace::parse(text);
    assert_eq!(trace.len(), 5);
    assert_eq!(trace.syncs(), 0);
}
