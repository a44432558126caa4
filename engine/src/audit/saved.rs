//! An audit that is saved, so that the next one goes on from there.
//!
//! A file: one line `archipel-audit/1 <position> <root> <SHA-256 of the body>`, then the body in
//! bincode. It is the auditor's own: whoever can write it can make an audit believe anything about
//! what lies before, so it belongs where the auditor's verifier keys are.

use super::tiles::TileRows;
use super::{Auditor, Held, Keeper};
use crate::log::merkle::{self, Frontier};
use archipel_domain::codec;
use archipel_domain::id::Hash;
use archipel_domain::world::World;
use bincode::{Decode, Encode};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// First word of the file.
const FORMAT: &str = "archipel-audit/1";

#[derive(Encode, Decode)]
struct Body {
    origin: String,
    /// The checkpoint that was audited, a signed note; empty for a data directory.
    checkpoint: Vec<u8>,
    world: World,
    peaks: Vec<merkle::Hash>,
    rows: Vec<Vec<merkle::Hash>>,
    ids: Vec<(u128, u64)>,
    places: Vec<(u64, u64)>,
    facts: Vec<u8>,
}

/// A saved audit.
pub struct Saved {
    body: Body,
    root: merkle::Hash,
}

impl Saved {
    /// Reads a file; nothing if there is none.
    ///
    /// # Errors
    /// If it can not be read; [`ErrorKind::InvalidData`] if it is damaged or of another version.
    pub fn load(path: &Path) -> io::Result<Option<Self>> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Self::parse(&bytes).map(Some).ok_or_else(|| {
            let what = "it is no saved audit, or damaged: delete it, and audit from the beginning";
            io::Error::new(ErrorKind::InvalidData, what)
        })
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (header, body) = (bytes.get(..end)?, bytes.get(end + 1..)?);
        let decoded: Body = codec::decode_snapshot(body).ok()?;
        let peaks = decoded.peaks.clone();
        let root = Frontier::from_peaks(decoded.world.position, peaks)?.root();
        let saved = Self { body: decoded, root };
        (saved.header(body).as_bytes() == header).then_some(saved)
    }

    fn header(&self, body: &[u8]) -> String {
        let (position, root) = (self.body.world.position, Hash(self.root));
        format!("{FORMAT} {position} {root} {}", Hash::of(body))
    }

    /// Writes the file, as a whole and durably.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let body = codec::encode_snapshot(&self.body).map_err(io::Error::other)?;
        let mut fresh = path.as_os_str().to_owned();
        fresh.push(".new");
        let mut file = File::create(&fresh)?;
        file.write_all(self.header(&body).as_bytes())?;
        file.write_all(b"\n")?;
        file.write_all(&body)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    }

    /// How many leaves were audited.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.body.world.position
    }

    /// Root of these leaves.
    #[must_use]
    pub fn root(&self) -> merkle::Hash {
        self.root
    }

    /// The log's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.body.origin
    }

    /// The checkpoint that was audited, if there was one.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&[u8]> {
        Some(self.body.checkpoint.as_slice()).filter(|note| !note.is_empty())
    }

    /// The audit as it stood; `keeper` is given what was held.
    #[must_use]
    pub fn resume<K: Keeper>(self, keeper: impl FnOnce(Held) -> K) -> Auditor<K> {
        let Body { origin, world, peaks, rows, ids, places, facts, .. } = self.body;
        let held = Held { ids: ids.into_iter().collect(), places, facts };
        let mut auditor = Auditor::new(&origin, keeper(held));
        // The number of peaks was checked when the file was read.
        auditor.frontier = Frontier::from_peaks(world.position, peaks).unwrap_or_default();
        auditor.rows = TileRows { size: world.position, rows };
        auditor.from = world.position;
        auditor.world = world;
        auditor
    }
}

impl<K: Keeper> Auditor<K> {
    /// What there is to save; `held` is the part of the keeper that holds ids.
    #[must_use]
    pub fn saved(&self, held: &Held, checkpoint: Option<&[u8]>) -> Saved {
        let mut ids: Vec<(u128, u64)> = held.ids.iter().map(|(id, at)| (*id, *at)).collect();
        ids.sort_unstable();
        let body = Body {
            origin: self.origin.clone(),
            checkpoint: checkpoint.unwrap_or_default().to_vec(),
            world: self.world.clone(),
            peaks: self.frontier.peaks().to_vec(),
            rows: self.rows.rows.clone(),
            ids,
            places: held.places.clone(),
            facts: held.facts.clone(),
        };
        Saved { body, root: self.frontier.root() }
    }
}
