//! Private keys in files, and their passwords.

use crate::app::Signer;
use crate::failure::Failure;
use crate::lang::Lang;
use archipel_domain::id::{KeyId, MemberId, SignatureBytes};
use archipel_engine::crypto::{PublicKey, SecretKey, prove_possession};
use archipel_engine::key_file::{self, KeyFileError, Protection, ScryptCost};
use std::io::Read as _;
use std::path::Path;
use zeroize::Zeroizing;

/// Longest password, in bytes.
const PASSWORD_BYTES_MAX: u64 = 1_024;

/// Where passwords come from: a file, or the terminal, without echo.
#[derive(Clone, Copy)]
pub(crate) struct PasswordSource<'a> {
    /// The first line of this file.
    pub(crate) file: Option<&'a Path>,
    /// Language of the prompt.
    pub(crate) lang: Lang,
}

impl PasswordSource<'_> {
    /// A password for opening a key.
    pub(crate) fn ask(self) -> Result<Zeroizing<String>, Failure> {
        match self.file {
            Some(file) => read_password(file),
            None => self.prompt(self.lang.pick("Mot de passe : ", "Password: ")),
        }
    }

    /// A new password, typed twice.
    pub(crate) fn ask_new(self) -> Result<Zeroizing<String>, Failure> {
        if let Some(file) = self.file {
            return read_password(file);
        }
        let lang = self.lang;
        let first = self.prompt(lang.pick("Nouveau mot de passe : ", "New password: "))?;
        let second = self.prompt(lang.pick("Encore une fois : ", "Once more: "))?;
        if *first == *second { Ok(first) } else { Err(Failure::new("cli.password")) }
    }

    fn prompt(self, text: &str) -> Result<Zeroizing<String>, Failure> {
        let typed = rpassword::prompt_password(text);
        // Without a terminal nobody can be asked: say that a password is needed, not why.
        typed.map(Zeroizing::new).map_err(|_| KeyFileError::PasswordNeeded.into())
    }
}

fn read_password(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let failed = |error: std::io::Error| Failure::file(path, error);
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut text = Zeroizing::new(String::new());
    file.take(PASSWORD_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
    let line = text.lines().next().unwrap_or_default();
    Ok(Zeroizing::new(line.to_owned()))
}

/// Reads a private key; the password is asked for only if the file needs one.
pub(crate) fn load(path: &Path, passwords: PasswordSource<'_>) -> Result<SecretKey, Failure> {
    let named = |error: KeyFileError| Failure::key_file(path, &error);
    match key_file::load(path, None) {
        Err(KeyFileError::PasswordNeeded) => {
            let password = passwords.ask()?;
            key_file::load(path, Some(&password)).map_err(named)
        }
        other => other.map_err(named),
    }
}

/// Writes a private key to a new file, encrypted if there is a password.
pub(crate) fn save(path: &Path, secret: &SecretKey, password: Option<&str>) -> Result<(), Failure> {
    let cost = ScryptCost::STRONG;
    let protection =
        password.map_or(Protection::None, |password| Protection::Password { password, cost });
    key_file::save(path, secret, protection).map_err(|error| Failure::key_file(path, &error))
}

/// A public key as hexadecimal digits, or in a PEM file, or inside a private key's file.
pub(crate) fn public_key(text: &str, passwords: PasswordSource<'_>) -> Result<PublicKey, Failure> {
    if let Ok(key) = text.parse() {
        return Ok(key);
    }
    let path = Path::new(text);
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, error))?;
    match key_file::public_from_pem(&bytes) {
        Ok(key) => Ok(key),
        Err(KeyFileError::NotPublic) => Ok(load(path, passwords)?.public_key()),
        Err(error) => Err(Failure::key_file(path, &error)),
    }
}

impl Signer {
    /// The public key, as statements name it.
    pub(crate) fn key_id(&self) -> KeyId {
        key_id(&self.secret)
    }
}

/// The public key, as statements name it.
pub(crate) fn key_id(secret: &SecretKey) -> KeyId {
    KeyId(*secret.public_key().as_bytes())
}

/// A proof that the key's holder wants it for this member of this log.
pub(crate) fn proof(
    secret: &SecretKey,
    origin: &str,
    member: MemberId,
) -> Result<SignatureBytes, Failure> {
    let proof = prove_possession(secret, origin, &member.to_string())?;
    Ok(SignatureBytes(*proof.as_bytes()))
}
