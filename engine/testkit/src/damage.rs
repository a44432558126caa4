//! Damage to the files of a data directory: flipped bits, cut and missing files.
//!
//! [`campaign`] copies a sound directory, harms one file of the copy, and hands it to a check
//! which opens and reads it: the store alone, or the whole engine on top of it.

use std::fmt;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::sample::scramble;

/// One thing that happens to one file, given relative to the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Harm {
    /// A bit, counted from the file's start, changes.
    Flip(PathBuf, u64),
    /// The file ends after this many bytes.
    Cut(PathBuf, u64),
    /// This many bytes from this offset become zero.
    Zero(PathBuf, u64, u64),
    /// The file is gone.
    Missing(PathBuf),
}

impl Harm {
    /// The file harmed, relative to the directory.
    #[must_use]
    pub fn file(&self) -> &Path {
        match self {
            Self::Flip(file, _)
            | Self::Cut(file, _)
            | Self::Zero(file, ..)
            | Self::Missing(file) => file,
        }
    }

    /// Does the harm.
    ///
    /// # Panics
    /// If the file cannot be changed.
    pub fn apply(&self, dir: &Path) {
        let path = dir.join(self.file());
        let change = |edit: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = fs::read(&path).unwrap();
            edit(&mut bytes);
            fs::write(&path, bytes).unwrap();
        };
        match self {
            Self::Flip(_, bit) => change(&|bytes| bytes[(bit / 8) as usize] ^= 1 << (bit % 8)),
            Self::Cut(_, len) => change(&|bytes| bytes.truncate(*len as usize)),
            Self::Zero(_, at, len) => change(&|bytes| {
                let end = ((at + len) as usize).min(bytes.len());
                bytes[*at as usize..end].fill(0);
            }),
            Self::Missing(_) => fs::remove_file(&path).unwrap(),
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All is as it was: the harm hit nothing that counts, or was repaired.
    Harmless,
    /// An error was given instead of data.
    Detected(String),
    /// Other data was served, or something else that must not happen.
    Wrong(String),
}

/// The outcome of a campaign.
#[derive(Debug, Default)]
pub struct Report {
    /// Harms that changed nothing or were repaired.
    pub harmless: usize,
    /// Harms that led to an error, with its text.
    pub detected: Vec<(Harm, String)>,
    /// Harms after which something wrong happened: other data, a panic, no answer in time.
    pub wrong: Vec<(Harm, String)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (detected, wrong) = (self.detected.len(), self.wrong.len());
        writeln!(f, "{} harmless, {detected} detected, {wrong} wrong", self.harmless)?;
        for (harm, what) in &self.wrong {
            writeln!(f, "WRONG after {harm:?}: {what}")?;
        }
        Ok(())
    }
}

/// All files of a directory, relative to it, sorted.
///
/// # Panics
/// If the directory cannot be read.
#[must_use]
pub fn files(dir: &Path) -> Vec<PathBuf> {
    fn walk(root: &Path, dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_path_buf());
            }
        }
    }
    let mut found = Vec::new();
    walk(dir, dir, &mut found);
    found.sort();
    found
}

/// Bit flips, at least `each` in every file that is not empty and `count` more spread over all
/// bytes: not to spend them on long runs of padding, they
/// are drawn from bytes that are not zero, and one in ten from all.
///
/// # Panics
/// If the directory cannot be read.
#[must_use]
pub fn flips(dir: &Path, each: usize, count: usize, seed: u64) -> Vec<Harm> {
    let mut harms = Vec::new();
    let mut live: Vec<(PathBuf, u64)> = Vec::new();
    let mut all: Vec<(PathBuf, u64)> = Vec::new();
    for file in files(dir) {
        let bytes = fs::read(dir.join(&file)).unwrap();
        for draw in 0..each.min(bytes.len() * 8) as u64 {
            let bit = scramble(seed ^ scramble(draw)) % (bytes.len() as u64 * 8);
            harms.push(Harm::Flip(file.clone(), bit));
        }
        let places = (0_u64..).zip(&bytes);
        live.extend(places.filter(|(_, byte)| **byte != 0).map(|(at, _)| (file.clone(), at)));
        all.push((file, bytes.len() as u64));
    }
    let total: u64 = all.iter().map(|(_, len)| len).sum();
    for draw in 0..count as u64 {
        let random = scramble(seed.wrapping_add(draw));
        let bit = random % 8;
        if draw % 10 == 9 || live.is_empty() {
            let mut at = (random >> 3) % total.max(1);
            for (file, len) in &all {
                if at < *len {
                    harms.push(Harm::Flip(file.clone(), at * 8 + bit));
                    break;
                }
                at -= len;
            }
        } else {
            let (file, at) = &live[((random >> 3) % live.len() as u64) as usize];
            harms.push(Harm::Flip(file.clone(), at * 8 + bit));
        }
    }
    harms
}

/// Every file missing, empty, and cut or zeroed at `cuts` places.
///
/// # Panics
/// If the directory cannot be read.
#[must_use]
pub fn cuts(dir: &Path, cuts: u64, seed: u64) -> Vec<Harm> {
    let mut harms = Vec::new();
    for file in files(dir) {
        let len = fs::metadata(dir.join(&file)).unwrap().len();
        harms.push(Harm::Missing(file.clone()));
        if len == 0 {
            continue;
        }
        harms.push(Harm::Cut(file.clone(), 0));
        harms.push(Harm::Cut(file.clone(), len - 1));
        for draw in 0..cuts {
            let at = scramble(seed ^ scramble(draw)) % len;
            harms.push(Harm::Cut(file.clone(), at));
            harms.push(Harm::Zero(file.clone(), at, 512));
            harms.push(Harm::Zero(file.clone(), at / 4096 * 4096, len));
        }
    }
    harms
}

/// Copies a directory.
///
/// # Panics
/// If it cannot be copied.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Applies each harm to a fresh copy of `sound` and runs `check` on it. A panic of the check, or
/// no answer within `limit`, is wrong; no harm may bring down or hang the process.
///
/// # Panics
/// If a copy cannot be made.
pub fn campaign(
    sound: &Path,
    harms: Vec<Harm>,
    limit: Duration,
    check: impl Fn(&Path) -> Verdict + Send + Sync + 'static,
) -> Report {
    let check = Arc::new(check);
    let mut report = Report::default();
    for harm in harms {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("data");
        copy(sound, &dir);
        harm.apply(&dir);
        let (check, (send, receive)) = (Arc::clone(&check), channel());
        std::thread::spawn(move || {
            let verdict = catch_unwind(AssertUnwindSafe(|| check(&dir)));
            // The receiver is gone only if we were given up on.
            let _ = send.send(verdict);
        });
        match receive.recv_timeout(limit) {
            Ok(Ok(Verdict::Harmless)) => report.harmless += 1,
            Ok(Ok(Verdict::Detected(what))) => report.detected.push((harm, what)),
            Ok(Ok(Verdict::Wrong(what))) => report.wrong.push((harm, what)),
            Ok(Err(_)) => report.wrong.push((harm, "a panic escaped".into())),
            Err(_) => report.wrong.push((harm, format!("no answer within {limit:?}"))),
        }
    }
    report
}
