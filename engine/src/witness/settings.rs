//! The directory of a witness: what stands where.
//!
//! ```text
//! DIR/witness.json                  name, and the logs that are known
//! DIR/witness.pem                   its own key (PKCS#8), readable by its owner only
//! DIR/lock                          held by the process that serves it
//! DIR/logs/<origin hash>/checkpoint what it cosigned last of a log: a signed note
//! DIR/forks/*.json                  proofs that a log has shown two histories
//! ```

use super::error::WitnessError;
use super::policy::is_prefix;
use super::request::origin_hash;
use crate::crypto::SecretKey;
use crate::key_file::{self, Protection};
use crate::publish::signed::write_durably;
use crate::tlog::fork::Fork;
use crate::tlog::note::{Algorithm, VerifierKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

const FORMAT: u32 = 1;
const SETTINGS: &str = "witness.json";
const KEY: &str = "witness.pem";
/// Held while the settings are rewritten, by whoever does.
const SETTINGS_LOCK: &str = "witness.json.lock";
const FORKS: &str = "forks";
/// Most logs of a witness.
const LOGS_MAX: usize = 4_096;
/// Most keys of a log: the present one, and those before and after it.
const KEYS_MAX: usize = 4;
const SETTINGS_BYTES_MAX: u64 = 8 << 20;
/// Most proofs of forks that are kept: one is enough, and a thief of a log's key can make more.
const FORKS_MAX: usize = 1_024;

/// What `witness.json` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    format: u32,
    /// Name of the witness's key.
    pub name: String,
    /// The logs that it knows.
    pub logs: Vec<LogSettings>,
}

/// A log that a witness knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// Its name.
    pub origin: String,
    /// Its keys: any of them is believed.
    #[serde(with = "texts")]
    pub vkeys: Vec<VerifierKey>,
    /// Where its checkpoint and its tiles are: `<url>/checkpoint`, `<url>/tile/…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Verifier keys as texts.
mod texts {
    use super::VerifierKey;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(keys: &[VerifierKey], s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(keys.iter().map(ToString::to_string))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(d: D) -> Result<Vec<VerifierKey>, D::Error> {
        let texts = Vec::<String>::deserialize(d)?;
        texts.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
    }
}

impl Settings {
    fn check(&self, own: &VerifierKey) -> Result<(), WitnessError> {
        let mut origins = BTreeSet::new();
        let mut keys = BTreeSet::from([*own.key().as_bytes()]);
        for log in &self.logs {
            let in_name = |key: &VerifierKey| {
                key.name() == log.origin && key.algorithm() == Algorithm::Ed25519
            };
            if log.vkeys.is_empty() || !log.vkeys.iter().all(in_name) {
                return Err(WitnessError::LogKey);
            }
            // One key for two logs, or for a log and its witness, would make a signature of one
            // pass for a word of the other.
            let fresh = log.vkeys.iter().all(|key| keys.insert(*key.key().as_bytes()));
            if !fresh || !origins.insert(&log.origin) {
                return Err(WitnessError::KeyTwice);
            }
            if log.vkeys.len() > KEYS_MAX {
                return Err(WitnessError::TooMany);
            }
        }
        if self.logs.len() > LOGS_MAX { Err(WitnessError::TooMany) } else { Ok(()) }
    }
}

/// The directory of a witness.
#[derive(Clone, Debug)]
pub struct WitnessDir {
    dir: PathBuf,
}

impl WitnessDir {
    /// Makes a directory into that of a new witness with this key.
    ///
    /// # Errors
    /// [`WitnessError`]; an existing witness is never touched.
    pub fn create(dir: &Path, name: &str, secret: &SecretKey) -> Result<Self, WitnessError> {
        VerifierKey::new(name, Algorithm::CosignatureV1, secret.public_key())
            .map_err(|_| WitnessError::Name)?;
        fs::create_dir_all(dir).map_err(WitnessError::io(dir))?;
        if dir.join(SETTINGS).exists() || dir.join(KEY).exists() {
            return Err(WitnessError::Exists(dir.to_owned()));
        }
        key_file::save(&dir.join(KEY), secret, Protection::None)?;
        let this = Self { dir: dir.to_owned() };
        this.write(&Settings { format: FORMAT, name: name.to_owned(), logs: Vec::new() })?;
        Ok(this)
    }

    /// The directory of an existing witness.
    ///
    /// # Errors
    /// [`WitnessError::Missing`].
    pub fn find(dir: &Path) -> Result<Self, WitnessError> {
        if dir.join(SETTINGS).exists() {
            return Ok(Self { dir: dir.to_owned() });
        }
        Err(WitnessError::Missing(dir.to_owned()))
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.dir
    }

    pub(super) fn settings_path(&self) -> PathBuf {
        self.dir.join(SETTINGS)
    }

    /// The witness's own key.
    ///
    /// # Errors
    /// [`WitnessError::Key`].
    pub fn secret(&self) -> Result<SecretKey, WitnessError> {
        Ok(key_file::load(&self.dir.join(KEY), None)?)
    }

    /// What `witness.json` says, and the verifier key of the witness.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn settings(&self) -> Result<(Settings, VerifierKey), WitnessError> {
        let file = self.settings_path();
        let mut text = String::new();
        let opened = File::open(&file).map_err(WitnessError::io(&file))?;
        let read = opened.take(SETTINGS_BYTES_MAX).read_to_string(&mut text);
        read.map_err(WitnessError::io(&file))?;
        let wrong = |what: String| WitnessError::Settings { file: file.clone(), what };
        let settings: Settings =
            serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if settings.format != FORMAT {
            return Err(wrong(format!("format {} is not known", settings.format)));
        }
        let public = self.secret()?.public_key();
        let own = VerifierKey::new(settings.name.as_str(), Algorithm::CosignatureV1, public)
            .map_err(|_| WitnessError::Name)?;
        settings.check(&own)?;
        Ok((settings, own))
    }

    /// Has the witness know a log, or one more key of a log. A process that serves the witness
    /// finds out by itself.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn add_log(&self, key: &VerifierKey, url: Option<&str>) -> Result<Settings, WitnessError> {
        let path = self.dir.join(SETTINGS_LOCK);
        let lock = File::create(&path).and_then(|lock| lock.lock().map(|()| lock));
        let _lock = lock.map_err(WitnessError::io(&path))?;
        let (mut settings, own) = self.settings()?;
        let url = match url.map(|url| (is_prefix(url), url.trim_end_matches('/').to_owned())) {
            None => None,
            Some((true, url)) => Some(url),
            Some((false, what)) => {
                return Err(WitnessError::Settings { file: self.settings_path(), what });
            }
        };
        match settings.logs.iter_mut().find(|log| log.origin == key.name()) {
            Some(log) => {
                if !log.vkeys.contains(key) {
                    log.vkeys.push(key.clone());
                }
                log.url = url.or(log.url.take());
            }
            None => {
                let (origin, vkeys) = (key.name().to_owned(), vec![key.clone()]);
                settings.logs.push(LogSettings { origin, vkeys, url });
            }
        }
        settings.check(&own)?;
        self.write(&settings)?;
        Ok(settings)
    }

    fn write(&self, settings: &Settings) -> Result<(), WitnessError> {
        let path = self.settings_path();
        // A structure of texts always serialises.
        let text = serde_json::to_string_pretty(settings).unwrap_or_default() + "\n";
        write_durably(&path, text.as_bytes()).map_err(WitnessError::io(&path))
    }

    /// The file of what was cosigned last of a log.
    pub(super) fn checkpoint_path(&self, origin: &str) -> PathBuf {
        self.dir.join("logs").join(origin_hash(origin)).join("checkpoint")
    }

    /// Keeps a proof that a log has shown two histories, under a name of its own.
    ///
    /// # Errors
    /// [`WitnessError::Io`]; [`WitnessError::TooMany`] if there are many already.
    pub fn save_fork(&self, origin: &str, fork: &Fork) -> Result<PathBuf, WitnessError> {
        let dir = self.dir.join(FORKS);
        fs::create_dir_all(&dir).map_err(WitnessError::io(&dir))?;
        let text = fork.to_text();
        let hash = hex::encode(Sha256::digest(text.as_bytes()));
        let short = |hash: &str| hash.chars().take(16).collect::<String>();
        let name = format!("{}-{}.json", short(&origin_hash(origin)), short(&hash));
        let path = dir.join(name);
        if path.exists() {
            return Ok(path);
        }
        if fs::read_dir(&dir).map_err(WitnessError::io(&dir))?.count() >= FORKS_MAX {
            return Err(WitnessError::TooMany);
        }
        match write_durably(&path, text.as_bytes()) {
            // Another process has found the same at the same time.
            Err(_) if path.exists() => Ok(path),
            Err(error) => Err(WitnessError::io(&path)(error)),
            Ok(()) => Ok(path),
        }
    }
}

/// Reads a file of limited size; nothing if there is none.
pub(super) fn read_limited(path: &Path, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
