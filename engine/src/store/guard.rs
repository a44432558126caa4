//! The guard file: the last head that was made durable, kept apart from the log so that a log
//! which lost its tail, or was replaced by an older copy, is noticed.
//!
//! Two slots of [`SLOT`] bytes are written alternately in place, so that a torn write harms at
//! most the slot being written. A slot is one line, padded with spaces:
//! `archipel-guard/1 <sequence> <size> <root hex> <crc32 hex>`. The CRC-32 covers the text before
//! it; a slot must equal, byte for byte, what we would write. The valid slot with the greater
//! sequence counts.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::Head;

/// One slot per device block of 4,096 bytes: a block that is torn takes one slot with it.
const SLOT: usize = 4096;
const SLOT_AT: [u64; 2] = [0, SLOT as u64];
const TAG: &str = "archipel-guard/1";

/// What the guard file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    sequence: u64,
    pub(super) head: Head,
}

/// What was found on disk.
pub(super) enum Found {
    Missing,
    /// The file is there but neither slot is valid.
    Damaged,
    /// The newest record, and whether the other slot needs rewriting.
    Valid(Record, bool),
}

/// The open guard file.
pub(super) struct Guard {
    file: File,
    sequence: u64,
}

fn render(record: &Record) -> Vec<u8> {
    let Head { size, root } = record.head;
    let text = format!("{TAG} {} {size} {}", record.sequence, hex::encode(root));
    let crc = crc32fast::hash(text.as_bytes());
    let mut line = format!("{text} {crc:08x}").into_bytes();
    line.resize(SLOT - 1, b' ');
    line.push(b'\n');
    line
}

fn parse(slot: &[u8]) -> Option<Record> {
    let text = str::from_utf8(slot).ok()?;
    let mut words = text.split_ascii_whitespace();
    let _tag = words.next()?;
    let sequence = words.next()?.parse().ok()?;
    let size = words.next()?.parse().ok()?;
    let root = hex::decode(words.next()?).ok()?.try_into().ok()?;
    let record = Record { sequence, head: Head { size, root } };
    // Comparing with what we would write covers tag, checksum, padding and every spelling.
    (render(&record) == slot).then_some(record)
}

/// Reads the guard file without changing it.
pub(super) fn find(path: &Path) -> io::Result<Found> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
        Err(error) => return Err(error),
        // One byte more than it should hold shows a file that is not ours.
        Ok(file) => file.take(2 * SLOT as u64 + 1).read_to_end(&mut bytes)?,
    };
    let slots: Vec<Option<Record>> = bytes.chunks(SLOT).take(2).map(parse).collect();
    let newest = slots.iter().flatten().max_by_key(|record| record.sequence);
    Ok(match newest {
        None => Found::Damaged,
        Some(record) => {
            Found::Valid(*record, slots.iter().flatten().count() < 2 || bytes.len() != 2 * SLOT)
        }
    })
}

impl Guard {
    /// Creates the guard file of a new log: temporary file, fsync, rename, fsync of the directory.
    pub(super) fn create(dir: &Path, name: &str, head: Head) -> io::Result<Self> {
        let path = dir.join(name);
        let fresh = dir.join(format!("{name}.new"));
        let mut bytes = render(&Record { sequence: 1, head });
        bytes.extend(render(&Record { sequence: 2, head }));
        std::fs::write(&fresh, bytes)?;
        File::open(&fresh)?.sync_all()?;
        std::fs::rename(&fresh, &path)?;
        File::open(dir)?.sync_all()?;
        Ok(Self { file: OpenOptions::new().write(true).open(&path)?, sequence: 2 })
    }

    /// Opens the file for writing after `record`, the newest that was found.
    pub(super) fn open(path: &Path, record: &Record) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).open(path)?;
        Ok(Self { file, sequence: record.sequence })
    }

    /// Records a head in the older slot.
    pub(super) fn store(&mut self, head: Head, sync: bool) -> io::Result<()> {
        let sequence = self.sequence + 1;
        let [first, second] = SLOT_AT;
        let at = if sequence % 2 == 1 { first } else { second };
        self.file.write_all_at(&render(&Record { sequence, head }), at)?;
        if sync {
            self.file.sync_data()?;
        }
        self.sequence = sequence;
        Ok(())
    }

    /// Rewrites both slots, after one was found damaged, and cuts off what follows them.
    pub(super) fn repair(&mut self, head: Head) -> io::Result<()> {
        self.store(head, true)?;
        self.store(head, true)?;
        self.file.set_len(2 * SLOT as u64)?;
        self.file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(size: u64) -> Head {
        Head { size, root: [u8::try_from(size).unwrap(); 32] }
    }

    fn newest(path: &Path) -> Option<(u64, bool)> {
        match find(path).unwrap() {
            Found::Valid(record, repair) => Some((record.head.size, repair)),
            Found::Missing | Found::Damaged => None,
        }
    }

    #[test]
    fn the_newest_valid_slot_counts_whatever_bit_flips() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("guard");
        let mut guard = Guard::create(dir.path(), "guard", head(0)).unwrap();
        assert_eq!(newest(&path), Some((0, false)));
        guard.store(head(7), true).unwrap();
        guard.store(head(9), true).unwrap();
        assert_eq!(newest(&path), Some((9, false)));
        let sound = std::fs::read(&path).unwrap();
        // A prime step visits every part of both slots.
        for bit in (0..sound.len() * 8).step_by(11) {
            let mut bad = sound.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, bad).unwrap();
            let expected = if bit / 8 < SLOT { 9 } else { 7 };
            assert_eq!(newest(&path), Some((expected, true)), "bit {bit}");
        }
        std::fs::write(&path, &sound[..SLOT + 9]).unwrap();
        assert_eq!(newest(&path), Some((7, true)), "torn second slot");
        let Found::Valid(record, _) = find(&path).unwrap() else { panic!() };
        Guard::open(&path, &record).unwrap().repair(head(8)).unwrap();
        assert_eq!(newest(&path), Some((8, false)));
        std::fs::write(&path, b"").unwrap();
        assert!(matches!(find(&path).unwrap(), Found::Damaged));
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(find(&path).unwrap(), Found::Missing));
    }
}
