//! A copy of somebody else's public log, kept up to date: entries are fetched, everything else is
//! computed from them and written only under a checkpoint that it leads to.

use super::static_tiles::{Exported, Shown, StaticTiles};
use super::{PublishError, Published};
use crate::audit::tiles::{Directory, Fetch, PublishedLeaves, checkpoint};
use crate::audit::{AuditError, Source as _};
use crate::log::merkle::{Frontier, Hash, leaf_hash, root_of};
use crate::tlog::checkpoint::{Checkpoint, Policy};
use crate::tlog::proof;
use crate::tlog::tile::{self, Kind, TileNodes, TilePath, Tiles as _, WIDTH, hashes_of};
use std::path::{Path, PathBuf};

/// A directory that follows a published log.
pub struct Mirror {
    dir: PathBuf,
    policy: Policy,
    tiles: StaticTiles,
}

impl Mirror {
    /// Opens a directory, created if absent, for the log of this policy.
    ///
    /// # Errors
    /// As [`StaticTiles::open`].
    pub fn open(dir: &Path, policy: Policy) -> Result<Self, PublishError> {
        let tiles = StaticTiles::open(dir, &policy.log)?;
        Ok(Self { dir: dir.to_owned(), policy, tiles })
    }

    /// Brings the directory to the checkpoint that is shown now; `progress` is told of each file.
    ///
    /// # Errors
    /// [`PublishError::Source`]: [`AuditError::Behind`] if what is shown does not begin with what
    /// is here, [`AuditError::Root`] if the entries are not those that were signed, and those of
    /// fetching; those of writing. The checkpoint here stays as it was.
    pub fn advance(
        &mut self,
        fetch: &dyn Fetch,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Exported, PublishError> {
        let opened = checkpoint(fetch, &self.policy)?;
        let new = opened.checkpoint.clone();
        let audited = self.tiles.checkpoint().map_or(0, |old| old.size);
        let shown = std::fs::read(self.dir.join("checkpoint"));
        if shown.is_ok_and(|shown| shown == opened.note.to_string().as_bytes()) {
            return Ok(Exported { size: audited, ..Exported::default() });
        }
        if audited > new.size {
            return Err(AuditError::Behind { size: new.size, audited }.into());
        }
        let here = Directory::new(&self.dir);
        let here = PublishedLeaves::new(&here, audited);
        // The last bundle is fetched whole again: it goes on.
        let base = audited / WIDTH * WIDTH;
        let peaks = proof::peaks(&TileNodes(&here), base)?;
        let mut following = Following {
            source: PublishedLeaves::new(fetch, new.size),
            here,
            new: new.clone(),
            old: audited,
            frontier: Frontier::from_peaks(base, peaks).unwrap_or_default(),
            levels: vec![Row { start: base, hashes: Vec::new() }],
        };
        let published = Published { checkpoint: new, note: opened.note, cosigned: opened.cosigned };
        self.tiles.advance(&mut following, &published, progress)
    }
}

/// The hashes of a level from a start that is the first of a tile.
struct Row {
    start: u64,
    hashes: Vec<Hash>,
}

/// A log that grows beyond what is here.
struct Following<'a> {
    source: PublishedLeaves<'a>,
    here: PublishedLeaves<'a>,
    new: Checkpoint,
    /// How many entries are here.
    old: u64,
    /// The tree before the entries that are fetched.
    frontier: Frontier,
    /// What follows from the entries fetched so far, from level 0 up.
    levels: Vec<Row>,
}

impl Following<'_> {
    fn bundle(&mut self, path: &TilePath) -> Result<Vec<u8>, PublishError> {
        let first = path.index * WIDTH;
        let leaves = self.source.leaves(first..first + u64::from(path.width)).whole()?;
        if let Some(row) = self.levels.first_mut() {
            row.hashes.extend(leaves.iter().map(|leaf| leaf_hash(leaf)));
        }
        Ok(tile::bundle(&leaves)?)
    }

    /// Adds the next level: what is here of its last tile, then what the full tiles below give.
    fn climb(&mut self) -> Result<(), PublishError> {
        let level = u8::try_from(self.levels.len()).unwrap_or(u8::MAX);
        let count = hashes_of(level, self.old);
        let start = count / WIDTH * WIDTH;
        let mut hashes = match count - start {
            0 => Vec::new(),
            partial => self.here.hashes(level, start, partial)?,
        };
        if let Some(below) = self.levels.last() {
            let (full, _) = below.hashes.as_chunks::<256>();
            hashes.extend(full.iter().map(|tile| root_of(tile)));
        }
        self.levels.push(Row { start, hashes });
        Ok(())
    }

    fn row(&mut self, level: u8, path: &TilePath) -> Result<Vec<u8>, PublishError> {
        while self.levels.len() <= usize::from(level) {
            self.climb()?;
        }
        let row = self.levels.get(usize::from(level)).and_then(|row| {
            let within = usize::try_from((path.index * WIDTH).checked_sub(row.start)?).ok()?;
            row.hashes.get(within..within.checked_add(usize::from(path.width))?)
        });
        row.map(|row| row.as_flattened().to_vec()).ok_or(PublishError::Hashes)
    }
}

impl Shown for Following<'_> {
    fn tile(&mut self, path: &TilePath) -> Result<Vec<u8>, PublishError> {
        match path.kind {
            Kind::Entries => self.bundle(path),
            Kind::Hashes(level) => self.row(level, path),
        }
    }

    fn begins_with(&mut self, old: &Checkpoint) -> Result<bool, PublishError> {
        // Of the same size there is nothing to fetch, and nothing else to compare.
        let root = match self.new.size == old.size {
            true => self.new.root,
            false => proof::root(&TileNodes(&self.source), old.size)?,
        };
        if root == old.root {
            return Ok(true);
        }
        Err(AuditError::Behind { size: self.new.size, audited: old.size }.into())
    }

    fn confirm(&mut self, new: &Checkpoint) -> Result<(), PublishError> {
        if new.size == self.old {
            return Ok(());
        }
        let mut frontier = self.frontier.clone();
        if let Some(row) = self.levels.first() {
            frontier.par_extend(&row.hashes);
        }
        if frontier.root() == new.root {
            return Ok(());
        }
        Err(AuditError::Root { size: new.size }.into())
    }
}
