//! Key files on disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{KeyFileError, MAX_KEY_FILE, Protection, from_pem, to_pem};
use crate::crypto::SecretKey;

/// Reads a private key from a file.
///
/// # Errors
///
/// `key-file.io`, then those of [`from_pem`].
pub fn load(path: &Path, password: Option<&str>) -> Result<SecretKey, KeyFileError> {
    let limit = MAX_KEY_FILE.saturating_add(1);
    let mut text = Zeroizing::new(Vec::with_capacity(limit));
    let file = File::open(path).map_err(KeyFileError::Io)?;
    file.take(u64::try_from(limit).unwrap_or(u64::MAX))
        .read_to_end(&mut text)
        .map_err(KeyFileError::Io)?;
    from_pem(&text, password)
}

/// Writes a private key to a new file that only its owner may read.
///
/// The file appears complete and durable, or not at all; an existing one is never replaced.
///
/// # Errors
///
/// `key-file.exists`, `key-file.io`, then those of [`to_pem`].
pub fn save(
    path: &Path,
    secret: &SecretKey,
    protection: Protection<'_>,
) -> Result<(), KeyFileError> {
    // Early, for the answer to come before the work; the link below is what holds.
    if path.symlink_metadata().is_ok() {
        return Err(KeyFileError::Exists);
    }
    let text = to_pem(secret, protection)?;
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let name = path.file_name().ok_or_else(|| KeyFileError::Io(io::ErrorKind::NotFound.into()))?;
    let mut temporary = std::ffi::OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.new", std::process::id()));
    let temporary = parent.join(temporary);
    write_new(&temporary, text.as_bytes())?;
    let linked = publish(&temporary, path, text.as_bytes());
    // The name may be gone already, and the key is safe under the other.
    let _ = fs::remove_file(&temporary);
    linked?;
    sync_directory(&parent).map_err(KeyFileError::Io)
}

/// Gives the file its name, unless the name is taken: a link never replaces, a rename would.
pub(super) fn publish(temporary: &Path, path: &Path, text: &[u8]) -> Result<(), KeyFileError> {
    match fs::hard_link(temporary, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(KeyFileError::Exists),
        // A file system without links (a USB stick): a new file still replaces nothing.
        Err(_) => write_new(path, text),
    }
}

fn write_new(path: &Path, text: &[u8]) -> Result<(), KeyFileError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists,
        _ => KeyFileError::Io(error),
    })?;
    let written = file.write_all(text).and_then(|()| file.sync_all());
    written.map_err(|error| {
        // Ours, and incomplete: leaving it would keep the name taken.
        let _ = fs::remove_file(path);
        KeyFileError::Io(error)
    })
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}
