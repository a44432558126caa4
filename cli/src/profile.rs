//! Profiles: who one is, where, and with which key, in one small file beside the key.
//!
//! ```json
//! {"format":1,"member":"…uuid…","key":"alice.pem","origin":"example.org/convention",
//!  "data":"/srv/convention","as":"…uuid of a mandate…"}
//! ```
//!
//! `server` may stand in place of `data`. Paths are relative to the profile's own folder.

use crate::failure::Failure;
use archipel_domain::id::MemberId;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The one format so far.
const FORMAT: u32 = 1;

/// A profile file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    format: u32,
    /// Pseudonym.
    pub(crate) member: MemberId,
    /// The private key's file.
    pub(crate) key: PathBuf,
    /// The log's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<String>,
    /// The instance's directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<PathBuf>,
    /// The instance's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) server: Option<String>,
    /// The mandate (or role) used when an act needs one and none is named.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub(crate) acting_as: Option<String>,
}

impl Profile {
    /// A profile of a member with a key file.
    pub(crate) fn new(member: MemberId, key: PathBuf) -> Self {
        Self {
            format: FORMAT,
            member,
            key,
            origin: None,
            data: None,
            server: None,
            acting_as: None,
        }
    }

    /// Reads a profile; its paths become relative to the present directory.
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
        let wrong = |what: String| {
            Failure::with("cli.profile", format!("{}: {what}", path.display()))
        };
        let profile: Self =
            serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if profile.format != FORMAT {
            return Err(wrong(format!("format {}", profile.format)));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(Self {
            key: folder.join(&profile.key),
            data: profile.data.as_deref().map(|data| folder.join(data)),
            ..profile
        })
    }

    /// Writes a new file; an existing one is never replaced.
    pub(crate) fn save(&self, path: &Path) -> Result<(), Failure> {
        let mut text = serde_json::to_string_pretty(self).map_err(Failure::answer)?;
        text.push('\n');
        create(path, text.as_bytes())
    }
}

/// Writes a file that must not exist yet.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = file.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::with("cli.exists", path.display()),
        _ => Failure::file(path, error),
    })?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| Failure::file(path, error))
}
