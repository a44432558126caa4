//! The public log as a directory that any file server can host (c2sp.org/tlog-tiles).
//!
//! ```text
//! DIR/log.vkey      the verifier key, for a start; who audits should have it from elsewhere
//! DIR/checkpoint    written last, so that it never promises a tile that is not there
//! DIR/tile/…        tiles and bundles; the partial ones of each exported checkpoint
//! ```
//!
//! A partial tile stays until one more checkpoint has been written after its full tile, so that
//! a reader who has just fetched the older checkpoint still finds it; afterwards the reader falls
//! back to the full tile.

use super::signed::write_durably;
use super::{PublicLog, PublishError, Published};
use crate::tlog::checkpoint::{Checkpoint, Policy};
use crate::tlog::note::VerifierKey;
use crate::tlog::tile::{Kind, LEVEL_MAX, TilePath, WIDTH, hashes_of};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// What one export has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Exported {
    /// How many entries the directory holds.
    pub size: u64,
    /// How many of them are new.
    pub added: u64,
    /// How many tiles and bundles were written.
    pub files: u64,
}

/// What an export is made from.
pub trait Shown {
    /// The bytes of a tile or bundle that a checkpoint covers. Asked for in the order of entries,
    /// then of levels.
    ///
    /// # Errors
    /// If they can not be read.
    fn tile(&mut self, path: &TilePath) -> Result<Vec<u8>, PublishError>;

    /// Whether the log begins with what was exported before: asked before anything is written.
    ///
    /// # Errors
    /// If it can not be read.
    fn begins_with(&mut self, old: &Checkpoint) -> Result<bool, PublishError>;

    /// Checks that the tiles are those of the new checkpoint, before that is written.
    ///
    /// # Errors
    /// If not.
    fn confirm(&mut self, new: &Checkpoint) -> Result<(), PublishError>;
}

impl Shown for &PublicLog {
    fn tile(&mut self, path: &TilePath) -> Result<Vec<u8>, PublishError> {
        PublicLog::tile(self, path)?.ok_or(PublishError::Hashes)
    }

    fn begins_with(&mut self, old: &Checkpoint) -> Result<bool, PublishError> {
        Ok(self.root_at(old.size)? == Some(old.root))
    }

    fn confirm(&mut self, _: &Checkpoint) -> Result<(), PublishError> {
        // Only what leads to the root of the store is shown.
        Ok(())
    }
}

/// A directory of exported tiles.
pub struct StaticTiles {
    dir: PathBuf,
    at: Option<Checkpoint>,
    /// Folders of partial tiles that are full by now: removed after the next checkpoint.
    outgrown: Vec<PathBuf>,
}

impl StaticTiles {
    /// Opens a directory, created if absent, for the log of this key.
    ///
    /// # Errors
    /// [`PublishError::OtherTiles`] if it is that of another log; [`PublishError::Io`].
    pub fn open(dir: &Path, key: &VerifierKey) -> Result<Self, PublishError> {
        let other = || PublishError::OtherTiles(dir.to_owned());
        fs::create_dir_all(dir.join("tile")).map_err(PublishError::io(dir))?;
        let vkey = dir.join("log.vkey");
        let text = format!("{key}\n");
        match fs::read_to_string(&vkey) {
            Ok(found) if found == text => {}
            Ok(_) => return Err(other()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                write_durably(&vkey, text.as_bytes()).map_err(PublishError::io(&vkey))?;
            }
            Err(error) => return Err(PublishError::io(&vkey)(error)),
        }
        let path = dir.join("checkpoint");
        let at = match fs::read(&path) {
            Ok(bytes) => {
                let opened = Policy::of_log(key.clone()).open(&bytes);
                Some(opened.map_err(|_| other())?.checkpoint)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(PublishError::io(&path)(error)),
        };
        Ok(Self { dir: dir.to_owned(), at, outgrown: Vec::new() })
    }

    /// The checkpoint that is there.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        self.at.as_ref()
    }

    /// Writes what a checkpoint covers beyond the last one, and then the checkpoint. `progress`
    /// is told after each file, with how many there are.
    ///
    /// # Errors
    /// [`PublishError::OtherTiles`] if the directory is ahead of the log or of another history;
    /// [`PublishError::Read`], [`PublishError::Io`].
    pub fn advance(
        &mut self,
        log: &mut dyn Shown,
        published: &Published,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Exported, PublishError> {
        let new = &published.checkpoint;
        let old_size = self.at.as_ref().map_or(0, |at| at.size);
        if let Some(at) = &self.at
            && (at.size > new.size || !log.begins_with(at)?)
        {
            return Err(PublishError::OtherTiles(self.dir.clone()));
        }
        let mut folders = BTreeSet::new();
        let tiles: Vec<TilePath> = added(old_size, new.size).collect();
        for (done, tile) in (1..).zip(&tiles) {
            let bytes = log.tile(tile)?;
            let path = self.dir.join("tile").join(tile.to_string());
            write_file(&path, &bytes, &mut folders).map_err(PublishError::io(&path))?;
            progress(done, tiles.len() as u64);
        }
        for folder in folders {
            let synced = File::open(&folder).and_then(|folder| folder.sync_all());
            synced.map_err(PublishError::io(&folder))?;
        }
        log.confirm(new)?;
        let path = self.dir.join("checkpoint");
        let note = published.note.to_string();
        write_durably(&path, note.as_bytes()).map_err(PublishError::io(&path))?;
        // Signed again at the same size it is not one more checkpoint for a reader.
        if new.size > old_size {
            self.forget_outgrown(old_size, new.size)?;
        }
        self.at = Some(new.clone());
        let added = new.size - old_size;
        Ok(Exported { size: new.size, added, files: tiles.len() as u64 })
    }

    /// Removes the partial tiles that were full at the checkpoint before this one, and notes those
    /// that have become full now.
    fn forget_outgrown(&mut self, old: u64, new: u64) -> Result<(), PublishError> {
        for folder in std::mem::take(&mut self.outgrown) {
            match fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(PublishError::io(&folder)(error));
                }
                _ => {}
            }
        }
        for kind in kinds() {
            let (before, now) = (count(kind, old), count(kind, new));
            let index = before / WIDTH;
            if before % WIDTH > 0 && now / WIDTH > index {
                let full = TilePath { kind, index, width: 256 };
                self.outgrown.push(self.dir.join("tile").join(format!("{full}.p")));
            }
        }
        Ok(())
    }
}

fn kinds() -> impl Iterator<Item = Kind> {
    [Kind::Entries].into_iter().chain((0..=LEVEL_MAX).map(Kind::Hashes))
}

fn count(kind: Kind, size: u64) -> u64 {
    match kind {
        Kind::Hashes(level) => hashes_of(level, size),
        Kind::Entries => size,
    }
}

/// The tiles and bundles of a tree that are not, or not as wide, in an earlier one.
fn added(old: u64, new: u64) -> impl Iterator<Item = TilePath> {
    kinds().flat_map(move |kind| {
        let (before, now) = (count(kind, old), count(kind, new));
        let indices = if now > before { before / WIDTH..now.div_ceil(WIDTH) } else { 0..0 };
        indices.map(move |index| {
            let width = (now - index * WIDTH).min(WIDTH);
            TilePath { kind, index, width: u16::try_from(width).unwrap_or(u16::MAX) }
        })
    })
}

/// Writes a file that is whole or absent, and notes the folders whose entries are new.
fn write_file(path: &Path, bytes: &[u8], folders: &mut BTreeSet<PathBuf>) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    for above in folder.ancestors().take_while(|above| !above.exists()) {
        folders.extend(above.parent().map(Path::to_owned));
    }
    fs::create_dir_all(folder)?;
    folders.insert(folder.to_owned());
    let fresh = path.with_extension("new");
    let mut file = File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    fs::rename(fresh, path)
}
