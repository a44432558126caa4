//! A published log as the source of an audit: tiles and bundles from a directory or a server.

use super::{AuditError, Source, Upto};
use crate::log::merkle::{Hash, root_of};
use crate::tlog::checkpoint::{Opened, Policy};
use crate::tlog::note::NOTE_BYTES_MAX;
use crate::tlog::tile::{self, BUNDLE_BYTES_MAX, Kind, TilePath, Tiles, WIDTH, hashes_of};
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Most bundles fetched at once.
const AT_ONCE: usize = 8;

/// Fetches the files of a published log.
pub trait Fetch: Sync {
    /// The file at a path below the log's prefix, of at most so many bytes; nothing if it is not
    /// there.
    ///
    /// # Errors
    /// [`AuditError::Fetch`], [`AuditError::Withheld`], or [`AuditError::Tile`] for a larger file.
    fn get(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, AuditError>;
}

/// A directory as `archipel log export --tiles` writes it.
pub struct Directory(PathBuf);

impl Directory {
    /// The log in a directory.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self(dir.to_owned())
    }
}

/// The error of a file that is too large to be what it should be.
#[must_use]
pub fn too_large(path: &str) -> AuditError {
    wrong(path, "it is too large")
}

impl Fetch for Directory {
    fn get(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, AuditError> {
        let fetch = |error: std::io::Error| AuditError::Fetch {
            path: self.0.join(path).display().to_string(),
            what: error.to_string(),
        };
        let file = match File::open(self.0.join(path)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(fetch(error)),
        };
        let mut bytes = Vec::new();
        file.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(fetch)?;
        if bytes.len() > bytes_max { Err(too_large(path)) } else { Ok(Some(bytes)) }
    }
}

/// The checkpoint that a published log shows, its signatures checked.
///
/// # Errors
/// [`AuditError::Checkpoint`], or those of fetching it.
pub fn checkpoint(fetch: &dyn Fetch, policy: &Policy) -> Result<Opened, AuditError> {
    let missing = || missing("checkpoint");
    let bytes = fetch.get("checkpoint", NOTE_BYTES_MAX)?.ok_or_else(missing)?;
    Ok(policy.open(&bytes)?)
}

/// What is wrong with a file as a whole.
fn wrong(path: &str, what: &str) -> AuditError {
    let tile = path.strip_prefix("tile/").and_then(|tile| TilePath::parse(tile).ok());
    let position = tile.and_then(|tile| tile.leaf(0));
    AuditError::Tile { path: path.to_owned(), position, what: what.to_owned() }
}

fn missing(path: &str) -> AuditError {
    wrong(path, "it is missing")
}

/// A published log up to the size of a checkpoint.
pub struct PublishedLeaves<'a> {
    fetch: &'a dyn Fetch,
    size: u64,
}

impl<'a> PublishedLeaves<'a> {
    /// The first `size` entries of a published log.
    #[must_use]
    pub fn new(fetch: &'a dyn Fetch, size: u64) -> Self {
        Self { fetch, size }
    }

    /// The tile or bundle as wide as the tree has it, or at least the full one, with its path.
    fn tile(&self, kind: Kind, index: u64) -> Result<(TilePath, Vec<u8>), AuditError> {
        let level = match kind {
            Kind::Hashes(level) => level,
            Kind::Entries => 0,
        };
        let width = hashes_of(level, self.size).saturating_sub(index * WIDTH).min(WIDTH);
        let wanted = TilePath { kind, index, width: u16::try_from(width).unwrap_or(u16::MAX) };
        let bytes_max = if kind == Kind::Entries { BUNDLE_BYTES_MAX } else { 256 * 32 };
        let full = TilePath { width: 256, ..wanted };
        // A partial tile may go once its full one is there.
        for path in [wanted, full] {
            if let Some(bytes) = self.fetch.get(&format!("tile/{path}"), bytes_max)? {
                return Ok((path, bytes));
            }
        }
        Err(missing(&format!("tile/{wanted}")))
    }

    /// The entries of a bundle, as many as the tree has.
    fn bundle(&self, index: u64) -> Upto<Vec<u8>> {
        let (path, bytes) = match self.tile(Kind::Entries, index) {
            Ok(found) => found,
            Err(error) => return Upto { items: Vec::new(), fault: Some(error) },
        };
        let (entries, whole) = tile::readable_entries(&bytes, path.width);
        let fault = || AuditError::Tile {
            path: format!("tile/{path}"),
            position: path.leaf(entries.len() as u64),
            what: format!("it is no bundle of {} entries", path.width),
        };
        let fault = if whole { None } else { Some(fault()) };
        let width = self.size.saturating_sub(index * WIDTH).min(WIDTH);
        let width = usize::try_from(width).unwrap_or(usize::MAX);
        Upto { items: entries.into_iter().take(width).map(<[u8]>::to_vec).collect(), fault }
    }
}

impl Source for PublishedLeaves<'_> {
    fn leaves(&self, range: Range<u64>) -> Upto<Vec<u8>> {
        let bundles: Vec<u64> = (range.start / WIDTH..range.end.div_ceil(WIDTH)).collect();
        let mut leaves = Vec::new();
        for some in bundles.chunks(AT_ONCE) {
            // On threads of their own: waiting for a server must not keep those that verify.
            let fetched: Vec<Upto<Vec<u8>>> = std::thread::scope(|scope| {
                let fetching: Vec<_> =
                    some.iter().map(|index| scope.spawn(|| self.bundle(*index))).collect();
                let ended = || AuditError::Fetch {
                    path: "tile/entries".to_owned(),
                    what: "a thread ended".to_owned(),
                };
                fetching
                    .into_iter()
                    .map(|one| {
                        let fault = |_| Upto { items: Vec::new(), fault: Some(ended()) };
                        one.join().unwrap_or_else(fault)
                    })
                    .collect()
            });
            for (index, entries) in some.iter().zip(fetched) {
                let Upto { items, fault } = entries;
                let entries = (index * WIDTH..).zip(items);
                leaves.extend(entries.filter(|(at, _)| range.contains(at)).map(|(_, leaf)| leaf));
                if fault.is_some() {
                    return Upto { items: leaves, fault };
                }
            }
        }
        Upto { items: leaves, fault: None }
    }

    fn check_tile(&self, level: u8, index: u64, row: &[Hash]) -> Result<(), AuditError> {
        let (path, bytes) = self.tile(Kind::Hashes(level), index)?;
        let whole = bytes.len() == usize::from(path.width) * 32;
        if whole && bytes.starts_with(row.as_flattened()) {
            return Ok(());
        }
        let shown = bytes.chunks(32);
        let same = shown.zip(row).take_while(|(shown, hash)| *shown == hash.as_slice()).count();
        Err(AuditError::Tile {
            path: format!("tile/{path}"),
            position: path.leaf(same as u64),
            what: "its hashes are not those of the entries".to_owned(),
        })
    }
}

impl Tiles for PublishedLeaves<'_> {
    type Error = AuditError;

    fn hashes(&self, level: u8, start: u64, count: u64) -> Result<Vec<Hash>, AuditError> {
        let (path, bytes) = self.tile(Kind::Hashes(level), start / WIDTH)?;
        let within = usize::try_from(start % WIDTH).unwrap_or(usize::MAX);
        let hashes = tile::hashes(&bytes, path.width).ok();
        let row =
            hashes.and_then(|hashes| hashes.get(within..)?.get(..usize::try_from(count).ok()?));
        row.map(<[Hash]>::to_vec).ok_or_else(|| wrong(&format!("tile/{path}"), "it is too short"))
    }
}

/// Checks what else lies in an audited directory: every file below `tile/` is part of a tile or
/// bundle that was verified, or lies beyond the checkpoint; how many files there are.
///
/// # Errors
/// [`AuditError::Tile`] for the first that is not, in the order of paths.
pub fn check_folder(dir: &Path, size: u64) -> Result<u64, AuditError> {
    let root = dir.join("tile");
    let mut names = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let fetch = |error: std::io::Error| AuditError::Fetch {
            path: folder.display().to_string(),
            what: error.to_string(),
        };
        for entry in fs::read_dir(&folder).map_err(fetch)? {
            let path = entry.map_err(fetch)?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                names.extend(path.strip_prefix(&root).ok().map(Path::to_owned));
            }
        }
    }
    names.sort();
    let fetch = Directory::new(dir);
    for name in &names {
        let name = name.to_string_lossy();
        check_file(&fetch, &name, size)?;
    }
    Ok(names.len() as u64)
}

fn check_file(fetch: &Directory, name: &str, size: u64) -> Result<(), AuditError> {
    let path = format!("tile/{name}");
    let tile = TilePath::parse(name).map_err(|_| wrong(&path, "it is no tile"))?;
    if tile.needs().is_none_or(|needs| needs > size) {
        return Ok(());
    }
    let published = PublishedLeaves::new(fetch, size);
    let (verified, whole) = published.tile(tile.kind, tile.index)?;
    if verified == tile {
        return Ok(());
    }
    let bytes = fetch.get(&path, BUNDLE_BYTES_MAX)?.ok_or_else(|| missing(&path))?;
    let as_wide = match tile.kind {
        Kind::Hashes(_) => bytes.len() == usize::from(tile.width) * 32,
        Kind::Entries => tile::entries(&bytes, tile.width).is_ok(),
    };
    // The one that was verified may be narrower, at the edge, or wider.
    let same = whole.starts_with(&bytes) || bytes.starts_with(&whole);
    if as_wide && same {
        Ok(())
    } else {
        Err(wrong(&path, "it is not part of the tile that was verified"))
    }
}

/// The rows of the tiles that are not full yet, from level 0 up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TileRows {
    pub(super) size: u64,
    pub(super) rows: Vec<Vec<Hash>>,
}

type Visit<'a> = &'a mut dyn FnMut(u8, u64, &[Hash]) -> Result<(), AuditError>;

impl TileRows {
    /// Appends leaves by their hashes; `full` is told of every tile that they complete, from the
    /// lowest level up.
    pub(super) fn extend(&mut self, leaves: &[Hash], full: Visit<'_>) -> Result<(), AuditError> {
        for leaf in leaves {
            self.size += 1;
            let (mut hash, mut level, mut count) = (*leaf, 0_u8, self.size);
            loop {
                if self.rows.len() <= usize::from(level) {
                    self.rows.push(Vec::new());
                }
                let Some(row) = self.rows.get_mut(usize::from(level)) else { break };
                row.push(hash);
                if (row.len() as u64) < WIDTH {
                    break;
                }
                full(level, count / WIDTH - 1, row)?;
                hash = root_of(row);
                row.clear();
                (level, count) = (level + 1, count / WIDTH);
            }
        }
        Ok(())
    }

    /// Visits the tiles that are not full.
    pub(super) fn each_unfinished(&self, visit: Visit<'_>) -> Result<(), AuditError> {
        for (level, row) in (0_u8..).zip(&self.rows) {
            if !row.is_empty() {
                visit(level, hashes_of(level, self.size) / WIDTH, row)?;
            }
        }
        Ok(())
    }
}
