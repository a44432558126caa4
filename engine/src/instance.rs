//! The data directory of an instance: what stands where.
//!
//! ```text
//! DIR/instance.json    {"format":1,"origin":"example.org/convention"}
//! DIR/registrar.pem    the instance's own key (PKCS#8), readable by its owner only
//! DIR/log/             leaves: the truth (sled)
//! DIR/guard            what was acknowledged last
//! DIR/derived/         facts, ids, streams (sled): may be deleted, is rebuilt
//! DIR/snapshots/       saved states: may be deleted
//! ```

use crate::crypto::SecretKey;
use crate::key_file::{self, KeyFileError, Protection};
use crate::log::statement::is_origin;
use crate::projection::snapshot::SNAPSHOTS;
use crate::store;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The format of data directories so far.
const FORMAT: u32 = 1;
const SETTINGS: &str = "instance.json";
const REGISTRAR: &str = "registrar.pem";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    format: u32,
    origin: String,
}

/// Why a directory is not an instance's, or can not become one.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// The text can not name a log.
    #[error(
        "an origin is an address without scheme, such as example.org/convention: lower-case \
         letters, digits, '.', '-' and '/'"
    )]
    Origin,
    /// There is an instance already.
    #[error("{} holds an instance already; choose another directory", .0.display())]
    Exists(PathBuf),
    /// There is no instance.
    #[error("{} holds no instance; create one with `archipel init`", .0.display())]
    Missing(PathBuf),
    /// The settings can not be read.
    #[error("{}: {what}; restore it from a backup", .file.display())]
    Settings {
        /// Which file.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The directory was restored without the registrar's key.
    #[error("{}: no registrar.pem; restore it, or only read", .0.display())]
    NoRegistrar(PathBuf),
    /// The registrar's key can not be read or written.
    #[error("registrar.pem: {0}; restore it from a backup")]
    Registrar(#[from] KeyFileError),
    /// The file system refuses.
    #[error(
        "{}: {error}; check its owner and the free space, or restore it from a backup",
        .path.display()
    )]
    Io {
        /// Which path.
        path: PathBuf,
        /// What it says.
        error: io::Error,
    },
}

impl InstanceError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Origin => "instance.origin",
            Self::Exists(_) => "instance.exists",
            Self::Missing(_) => "instance.missing",
            Self::Settings { .. } => "instance.settings",
            Self::NoRegistrar(_) => "instance.no-registrar",
            Self::Registrar(error) => error.code(),
            Self::Io { .. } => "instance.io",
        }
    }
}

/// The directory of one instance.
#[derive(Clone, Debug)]
pub struct Instance {
    dir: PathBuf,
    origin: String,
}

impl Instance {
    /// The names of what stands in the directory of an instance.
    pub const PARTS: [&str; 7] =
        [SETTINGS, REGISTRAR, store::LOCK, store::LOG, store::GUARD, store::DERIVED, SNAPSHOTS];

    /// Makes a directory into that of a new instance, with the registrar's key.
    ///
    /// # Errors
    /// [`InstanceError`]; an existing instance is never touched.
    pub fn create(dir: &Path, origin: &str, registrar: &SecretKey) -> Result<Self, InstanceError> {
        if !is_origin(origin) {
            return Err(InstanceError::Origin);
        }
        fs::create_dir_all(dir).map_err(io_at(dir))?;
        let file = dir.join(SETTINGS);
        if file.exists() || dir.join(store::LOG).exists() {
            return Err(InstanceError::Exists(dir.to_owned()));
        }
        key_file::save(&dir.join(REGISTRAR), registrar, Protection::None)?;
        Self::write(dir, origin)
    }

    /// Makes a directory that holds a log into that of its instance; without the registrar's key,
    /// it can only be read.
    ///
    /// # Errors
    /// [`InstanceError`]; an existing instance is never touched.
    pub fn restore(
        dir: &Path,
        origin: &str,
        registrar: Option<&SecretKey>,
    ) -> Result<Self, InstanceError> {
        if !is_origin(origin) {
            return Err(InstanceError::Origin);
        }
        if dir.join(SETTINGS).exists() {
            return Err(InstanceError::Exists(dir.to_owned()));
        }
        if let Some(registrar) = registrar {
            key_file::save(&dir.join(REGISTRAR), registrar, Protection::None)?;
        }
        Self::write(dir, origin)
    }

    fn write(dir: &Path, origin: &str) -> Result<Self, InstanceError> {
        let file = dir.join(SETTINGS);
        let settings = Settings { format: FORMAT, origin: origin.to_owned() };
        let text = serde_json::to_string(&settings).unwrap_or_default();
        let mut handle =
            OpenOptions::new().write(true).create_new(true).open(&file).map_err(io_at(&file))?;
        handle.write_all(text.as_bytes()).map_err(io_at(&file))?;
        handle.sync_all().map_err(io_at(&file))?;
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(io_at(dir))?;
        Ok(Self { dir: dir.to_owned(), origin: settings.origin })
    }

    /// Reads the settings of an existing instance.
    ///
    /// # Errors
    /// [`InstanceError`].
    pub fn find(dir: &Path) -> Result<Self, InstanceError> {
        let file = dir.join(SETTINGS);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(InstanceError::Missing(dir.to_owned()));
            }
            Err(error) => return Err(io_at(&file)(error)),
        };
        let wrong = |what: String| InstanceError::Settings { file: file.clone(), what };
        let settings: Settings =
            serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if settings.format != FORMAT || !is_origin(&settings.origin) {
            return Err(wrong(format!("format {} is not known", settings.format)));
        }
        Ok(Self { dir: dir.to_owned(), origin: settings.origin })
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The instance's own key.
    ///
    /// # Errors
    /// [`InstanceError::NoRegistrar`], [`InstanceError::Registrar`].
    pub fn registrar(&self) -> Result<SecretKey, InstanceError> {
        if !self.dir.join(REGISTRAR).exists() {
            return Err(InstanceError::NoRegistrar(self.dir.clone()));
        }
        Ok(key_file::load(&self.dir.join(REGISTRAR), None)?)
    }
}

fn io_at(path: &Path) -> impl FnOnce(io::Error) -> InstanceError {
    let path = path.to_owned();
    move |error| InstanceError::Io { path, error }
}
