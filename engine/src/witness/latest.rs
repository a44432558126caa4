//! What a witness cosigned last of a log, as a file: the one thing that it must never lose.

use super::error::WitnessError;
use super::settings::{LogSettings, WitnessDir, read_limited};
use crate::publish::signed::write_durably;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::cosignature;
use crate::tlog::note::{NOTE_BYTES_MAX, Note, VerifierKey};
use crate::tlog::{TlogError, fork::Fork};
use std::fs::{self, File};
use std::path::Path;

/// A checkpoint that a witness has cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// When it was cosigned, in POSIX seconds.
    pub time: u64,
    /// The log's signatures and the witness's.
    pub note: Note,
}

impl LogSettings {
    /// The note with nothing but the signatures of this log's keys; nothing if there is none, or
    /// if one does not verify.
    #[must_use]
    pub fn trusted(&self, note: &Note) -> Option<Note> {
        for key in &self.vkeys {
            match note.verify(key) {
                Ok(()) | Err(TlogError::Unsigned) => {}
                Err(_) => return None,
            }
        }
        let known = |line: &&_| self.vkeys.iter().any(|key| key.signed(line));
        let signatures: Vec<_> = note.signatures.iter().filter(known).cloned().collect();
        (!signatures.is_empty()).then(|| Note { text: note.text.clone(), signatures })
    }

    /// The proof that the log signed two trees of one size, if these two notes are it.
    pub(super) fn fork(&self, a: &Note, b: &Note) -> Option<Fork> {
        // Without cosignatures, so that one fork is one file whenever it is found.
        let (a, b) = (self.trusted(a)?.to_string(), self.trusted(b)?.to_string());
        self.vkeys.iter().find_map(|key| Fork::of_same_size(&a, &b, key).ok())
    }
}

impl WitnessDir {
    /// What was cosigned last of a log; nothing before the first.
    ///
    /// # Errors
    /// [`WitnessError::Damaged`] if the file is not what this witness wrote.
    pub fn latest(&self, own: &VerifierKey, origin: &str) -> Result<Option<Latest>, WitnessError> {
        let path = self.checkpoint_path(origin);
        let read = read_limited(&path, NOTE_BYTES_MAX).map_err(WitnessError::io(&path))?;
        let Some(bytes) = read else { return Ok(None) };
        // Its own signature: the log's keys may have changed since.
        let read = Note::parse(&bytes).and_then(|note| {
            let checkpoint = Checkpoint::parse(&note.text)?;
            let time = cosignature::verify(&note, own)?;
            Ok(Latest { checkpoint, time, note })
        });
        match read {
            Ok(latest) if latest.checkpoint.origin == origin => Ok(Some(latest)),
            _ => Err(WitnessError::Damaged(path)),
        }
    }

    /// Keeps what is about to be answered. When this returns, it survives a loss of power.
    pub(super) fn keep(&self, latest: &Latest) -> Result<(), WitnessError> {
        let path = self.checkpoint_path(&latest.checkpoint.origin);
        let folder = path.parent().unwrap_or(&path);
        if !path.exists() {
            fs::create_dir_all(folder).map_err(WitnessError::io(folder))?;
            // A file is not safe before the names of the folders that lead to it are.
            for above in folder.ancestors().skip(1).take_while(|path| path.starts_with(self.path()))
            {
                sync(above)?;
            }
        }
        write_durably(&path, latest.note.to_string().as_bytes()).map_err(WitnessError::io(&path))
    }
}

fn sync(dir: &Path) -> Result<(), WitnessError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(WitnessError::io(dir))
}
