//! Snapshots: states saved beside the log, so that a start or a look back is short.
//!
//! ```text
//! archipel-snapshot/1 <position> <root hex> <sha256 of the body, hex>\n
//! body: the encoded World
//! ```
//!
//! A snapshot is a cache: whatever is wrong with one, it is as if it were not there. It is bound
//! to the log by the root of the tree at its position, so one of another history is never used.

use crate::store::EventStore;
use archipel_domain::codec;
use archipel_domain::id::Hash;
use archipel_domain::world::World;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How many snapshots are kept; older ones are deleted.
pub const SNAPSHOTS_KEPT: usize = 4;

/// Raised whenever the encoding of any state changes; part of the file's name.
const VERSION: u32 = 4;
/// The folder within a data directory.
pub(crate) const SNAPSHOTS: &str = "snapshots";

/// The folder of snapshots of one instance.
#[derive(Clone, Debug)]
pub struct Snapshots {
    dir: PathBuf,
}

impl Snapshots {
    /// The snapshots of a data directory.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self { dir: data.join(SNAPSHOTS) }
    }

    fn file_of(&self, position: u64) -> PathBuf {
        self.dir.join(format!("world-v{VERSION}-{position:020}.snap"))
    }

    /// Positions for which there is a file, ascending.
    fn positions(&self) -> Vec<u64> {
        let prefix = format!("world-v{VERSION}-");
        let entries = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let position =
            |name: String| name.strip_prefix(&prefix)?.strip_suffix(".snap")?.parse::<u64>().ok();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut positions: Vec<u64> = names.filter_map(position).collect();
        positions.sort_unstable();
        positions
    }

    /// Saves a state: a temporary file, made durable, then renamed; then the folder is made
    /// durable and older snapshots go.
    ///
    /// # Errors
    /// Those of the file system; there is then no new snapshot.
    pub fn save(&self, world: &World, root: [u8; 32]) -> io::Result<()> {
        fs::create_dir_all(&self.dir)?;
        let body = codec::encode_snapshot(world).map_err(io::Error::other)?;
        let (position, root) = (world.position, Hash(root));
        let header = format!("archipel-snapshot/1 {position} {root} {}\n", Hash::of(&body));
        let temporary = self.dir.join("new.tmp");
        let mut file = File::create(&temporary)?;
        file.write_all(header.as_bytes())?;
        file.write_all(&body)?;
        file.sync_all()?;
        fs::rename(&temporary, self.file_of(position))?;
        File::open(&self.dir)?.sync_all()?;
        let positions = self.positions();
        let surplus = positions.len().saturating_sub(SNAPSHOTS_KEPT);
        for old in positions.into_iter().take(surplus) {
            fs::remove_file(self.file_of(old))?;
        }
        Ok(())
    }

    /// The latest sound snapshot at or before `end` that belongs to this log.
    #[must_use]
    pub fn load(&self, store: &dyn EventStore, end: u64) -> Option<World> {
        let usable = self.positions().into_iter().rev().filter(|position| *position <= end);
        usable.into_iter().find_map(|position| self.read(store, position))
    }

    fn read(&self, store: &dyn EventStore, position: u64) -> Option<World> {
        let bytes = fs::read(self.file_of(position)).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let header = std::str::from_utf8(bytes.get(..end)?).ok()?;
        let body = bytes.get(end.checked_add(1)?..)?;
        let root = Hash(store.frontier_at(position).ok()?.root());
        let expected = format!("archipel-snapshot/1 {position} {root} {}", Hash::of(body));
        if header != expected {
            tracing::warn!(position, "snapshot does not match the log and is ignored");
            return None;
        }
        codec::decode_snapshot::<World>(body).ok().filter(|world| world.position == position)
    }

    /// Deletes every snapshot.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn clear(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
