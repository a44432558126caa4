//! The last signed checkpoint, in a file of its own: what keeps a log from contradicting itself.
//!
//! It is written (temporary file, fsync, rename, fsync of the directory) before the signature
//! leaves the process.

use super::PublishError;
use crate::tlog::checkpoint::{Opened, Policy};
use crate::tlog::note::{Note, VerifierKey};
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Name of the file within a data directory.
pub const SIGNED: &str = "checkpoint";

/// The file of the last signed checkpoint.
pub(super) struct SignedFile {
    path: PathBuf,
    last: Option<Opened>,
}

impl SignedFile {
    /// Reads the file of an instance, if there is one.
    pub(super) fn open(dir: &Path, log: &VerifierKey) -> Result<Self, PublishError> {
        let path = dir.join(SIGNED);
        let last = match fs::read(&path) {
            Ok(bytes) => Some(
                Policy::of_log(log.clone())
                    .open(&bytes)
                    .map_err(|error| PublishError::SignedDamaged { path: path.clone(), error })?,
            ),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(PublishError::io(&path)(error)),
        };
        Ok(Self { path, last })
    }

    /// The last signed checkpoint.
    pub(super) fn last(&self) -> Option<&Opened> {
        self.last.as_ref()
    }

    /// Replaces it, durably.
    pub(super) fn replace(&mut self, note: &Note, opened: Opened) -> Result<(), PublishError> {
        write_durably(&self.path, note.to_string().as_bytes())
            .map_err(PublishError::io(&self.path))?;
        self.last = Some(opened);
        Ok(())
    }
}

/// Puts a file in its place as a whole: there is the old one or the new one, whatever happens.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let mut file = File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}
