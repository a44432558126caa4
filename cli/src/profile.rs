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
        let wrong =
            |what: String| Failure::with("cli.profile", format!("{}: {what}", path.display()));
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

/// The profile's place beside a key: the same name, ending in `.json`.
pub(crate) fn beside(key: &Path) -> PathBuf {
    key.with_extension("json")
}

/// Names another key in a profile file; the rest stays as it is.
pub(crate) fn replace_key(path: &Path, key: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file(path, error);
    let text = std::fs::read_to_string(path).map_err(failed)?;
    let wrong = |error: serde_json::Error| {
        Failure::with("cli.profile", format!("{}: {error}", path.display()))
    };
    let mut profile: Profile = serde_json::from_str(&text).map_err(wrong)?;
    profile.key = std::path::absolute(key).map_err(failed)?;
    let text = serde_json::to_string_pretty(&profile).map_err(wrong)?;
    let temporary = path.with_extension("json.new");
    create(&temporary, format!("{text}\n").as_bytes())?;
    std::fs::rename(&temporary, path).map_err(failed)
}
