//! The witnesses of a log, and how many must cosign: `witnesses.json` in a data directory.

use super::error::WitnessError;
use super::settings::read_limited;
use crate::tlog::note::{Algorithm, VerifierKey};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

/// Name of the file within a data directory.
pub const WITNESSES: &str = "witnesses.json";
/// Most witnesses of a log.
const WITNESSES_MAX: usize = 16;
const FILE_BYTES_MAX: usize = 64 << 10;
const URL_BYTES_MAX: usize = 512;

/// A witness and where it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its key.
    pub vkey: VerifierKey,
    /// What stands before `/add-checkpoint` and `/<origin hash>/checkpoint`, without final slash.
    pub url: String,
}

/// The witnesses of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// How many must cosign before a checkpoint counts.
    pub quorum: usize,
    /// Who they are.
    pub witnesses: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    quorum: usize,
    witnesses: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    vkey: String,
    url: String,
}

/// Whether a text is the address of a witness, a log or a peer: what paths are appended to.
pub(super) fn is_prefix(url: &str) -> bool {
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'\\' | b'@');
    url.len() <= URL_BYTES_MAX
        && url.bytes().all(plain)
        && host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
}

impl Witnesses {
    /// Reads the file's text. `log` is the key of the log that they are to witness.
    ///
    /// # Errors
    /// [`WitnessError::Policy`].
    pub fn parse(text: &[u8], log: &VerifierKey) -> Result<Self, WitnessError> {
        let wrong = |what: String| WitnessError::Policy(what);
        if text.len() > FILE_BYTES_MAX {
            return Err(wrong("the file is too long".to_owned()));
        }
        let file: File = serde_json::from_slice(text).map_err(|error| wrong(error.to_string()))?;
        if file.witnesses.len() > WITNESSES_MAX {
            return Err(wrong(format!("more than {WITNESSES_MAX} witnesses")));
        }
        if file.quorum > file.witnesses.len() {
            return Err(wrong("the quorum is larger than the number of witnesses".to_owned()));
        }
        let mut names = BTreeSet::new();
        let mut keys = BTreeSet::from([*log.key().as_bytes()]);
        let mut witnesses = Vec::with_capacity(file.witnesses.len());
        for Entry { vkey, url } in file.witnesses {
            let key = vkey.parse::<VerifierKey>().ok();
            let key = key.filter(|key| key.algorithm() == Algorithm::CosignatureV1);
            let key = key.ok_or_else(|| wrong(format!("not the key of a witness: {vkey}")))?;
            // Two names of one key would count twice for one pair of eyes.
            if !names.insert(key.name().to_owned()) || !keys.insert(*key.key().as_bytes()) {
                return Err(wrong(format!("a name or a key stands twice: {vkey}")));
            }
            if !is_prefix(&url) {
                return Err(wrong(format!("not an http address: {url}")));
            }
            witnesses.push(Named { vkey: key, url: url.trim_end_matches('/').to_owned() });
        }
        Ok(Self { quorum: file.quorum, witnesses })
    }

    /// Reads the file of a data directory; without one, a log has no witness.
    ///
    /// # Errors
    /// [`WitnessError::Policy`], [`WitnessError::Io`].
    pub fn load(dir: &Path, log: &VerifierKey) -> Result<Self, WitnessError> {
        let path = dir.join(WITNESSES);
        match read_limited(&path, FILE_BYTES_MAX).map_err(WitnessError::io(&path))? {
            Some(text) => Self::parse(&text, log),
            None => Ok(Self::default()),
        }
    }
}
