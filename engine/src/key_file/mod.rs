//! Key files: PKCS#8 in PEM, with or without a password.
//!
//! The forms are those that OpenSSL, Node and browsers also read; `docs/spec/keys.md` says which,
//! and `docs/adr/0007-key-files.md` why. A private key is always written as PKCS#8 version 1: the
//! form with the public key inside (version 2) is refused by all three.
//!
//! Neither PKCS#8 version 1 nor AES-CBC shows a damaged seed: it would silently be another key.
//! So a file also names its public key on a line above the block, and reading compares the two.

mod encrypted;
mod error;
mod store;
#[cfg(test)]
mod tests;

pub use encrypted::ScryptCost;
pub use error::KeyFileError;
pub use store::{load, save};

use pkcs8::der::pem::{self, LineEnding};
use zeroize::Zeroizing;

use crate::crypto::{PublicKey, SecretKey};

/// Largest key file read, in bytes. Real ones are below 600.
pub const MAX_KEY_FILE: usize = 4_096;

const PRIVATE_LABEL: &str = "PRIVATE KEY";
const ENCRYPTED_LABEL: &str = "ENCRYPTED PRIVATE KEY";
const PUBLIC_LABEL: &str = "PUBLIC KEY";

/// Starts the line above the block that names the public key.
const PUBLIC_LINE: &str = "public-key: ";

/// DER of a PKCS#8 version 1 Ed25519 key, up to the 32 bytes of the seed.
const PKCS8_V1_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// DER of an Ed25519 SubjectPublicKeyInfo, up to the 32 bytes of the key.
const SPKI_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// How a private key is to be written.
#[derive(Clone, Copy)]
pub enum Protection<'a> {
    /// In clear: whoever reads the file has the key.
    None,
    /// Encrypted.
    Password {
        /// Used in Unicode normal form C, so that every keyboard gives the same bytes.
        password: &'a str,
        /// What a guess costs.
        cost: ScryptCost,
    },
}

/// Writes a private key.
///
/// # Errors
///
/// `key-file.empty-password`, `key-file.too-costly`, `key-file.no-entropy`.
pub fn to_pem(
    secret: &SecretKey,
    protection: Protection<'_>,
) -> Result<Zeroizing<String>, KeyFileError> {
    let der = private_der(secret);
    let (label, body) = match protection {
        Protection::None => (PRIVATE_LABEL, der),
        Protection::Password { password, cost } => {
            (ENCRYPTED_LABEL, encrypted::encrypt(&der, password, cost)?)
        }
    };
    let block = pem::encode_string(label, LineEnding::LF, &body).map(Zeroizing::new);
    let block = block.map_err(|_| KeyFileError::Malformed)?;
    let public = secret.public_key();
    // Sized at once: a string that grows leaves copies of the key behind in memory.
    let mut text = Zeroizing::new(String::with_capacity(block.len().saturating_add(128)));
    text.push_str(PUBLIC_LINE);
    text.push_str(&public.to_string());
    text.push('\n');
    text.push_str(&block);
    Ok(text)
}

/// Reads a private key; the password is not looked at when the file needs none.
///
/// # Errors
///
/// Those of [`KeyFileError`] about the content of a file.
pub fn from_pem(text: &[u8], password: Option<&str>) -> Result<SecretKey, KeyFileError> {
    let (label, body) = decode(text)?;
    let secret = match label {
        PRIVATE_LABEL => parse_private(&body)?,
        ENCRYPTED_LABEL => {
            let password = password.ok_or(KeyFileError::PasswordNeeded)?;
            let plain = encrypted::decrypt(&body, password)?;
            match parse_private(&plain) {
                // The padding of a wrong password passes once in 256: what follows is noise.
                Err(KeyFileError::Malformed) => return Err(KeyFileError::WrongPassword),
                other => other?,
            }
        }
        PUBLIC_LABEL => return Err(KeyFileError::NotPrivate),
        _ => return Err(KeyFileError::NotKey),
    };
    match named_public_key(text)? {
        Some(named) if named != secret.public_key() => Err(KeyFileError::Damaged),
        _ => Ok(secret),
    }
}

/// Writes a public key, as `openssl pkey -pubout` does.
///
/// # Errors
///
/// None in practice; `key-file.malformed` stands for a refusal of the encoder.
pub fn public_to_pem(key: &PublicKey) -> Result<String, KeyFileError> {
    let der = [SPKI_PREFIX.as_slice(), key.as_bytes()].concat();
    pem::encode_string(PUBLIC_LABEL, LineEnding::LF, &der).map_err(|_| KeyFileError::Malformed)
}

/// Reads a public key; it is not checked for enrolment.
///
/// # Errors
///
/// Those of [`KeyFileError`] about the content of a file.
pub fn public_from_pem(text: &[u8]) -> Result<PublicKey, KeyFileError> {
    let (label, body) = decode(text)?;
    match label {
        PUBLIC_LABEL => {}
        PRIVATE_LABEL | ENCRYPTED_LABEL => return Err(KeyFileError::NotPublic),
        _ => return Err(KeyFileError::NotKey),
    }
    if let Some(Ok(bytes)) = body.strip_prefix(&SPKI_PREFIX).map(<[u8; 32]>::try_from) {
        return Ok(PublicKey::from_bytes(bytes));
    }
    match pkcs8::SubjectPublicKeyInfoRef::try_from(body.as_slice()) {
        Ok(info) if info.algorithm.oid != ED25519 => Err(KeyFileError::NotEd25519),
        _ => Err(KeyFileError::Malformed),
    }
}

const ED25519: pkcs8::ObjectIdentifier = pkcs8::ObjectIdentifier::new_unwrap("1.3.101.112");

fn private_der(secret: &SecretKey) -> Zeroizing<Vec<u8>> {
    let seed = secret.expose_seed();
    let mut der = Zeroizing::new(Vec::with_capacity(48));
    der.extend_from_slice(&PKCS8_V1_PREFIX);
    der.extend_from_slice(seed.as_slice());
    der
}

/// One form is read, byte for byte; the library is asked only what else the bytes may be.
fn parse_private(der: &[u8]) -> Result<SecretKey, KeyFileError> {
    if let Some(Ok(seed)) = der.strip_prefix(&PKCS8_V1_PREFIX).map(<&[u8; 32]>::try_from) {
        return Ok(SecretKey::from_seed(seed));
    }
    match pkcs8::PrivateKeyInfoRef::try_from(der) {
        Ok(info) if info.algorithm.oid != ED25519 => Err(KeyFileError::NotEd25519),
        Ok(info) if info.version() == pkcs8::Version::V2 => Err(KeyFileError::Version2),
        _ => Err(KeyFileError::Malformed),
    }
}

fn decode(text: &[u8]) -> Result<(&str, Zeroizing<Vec<u8>>), KeyFileError> {
    if text.len() > MAX_KEY_FILE {
        return Err(KeyFileError::TooLarge);
    }
    let mut decoder = pem::Decoder::new_detect_wrap(text).map_err(|_| KeyFileError::NotPem)?;
    let mut body = Zeroizing::new(Vec::with_capacity(decoder.remaining_len()));
    decoder.decode_to_end(&mut body).map_err(|_| KeyFileError::NotPem)?;
    Ok((decoder.type_label(), body))
}

/// The public key named above the block, where there is one: files of other tools have none.
fn named_public_key(text: &[u8]) -> Result<Option<PublicKey>, KeyFileError> {
    let above = text.split(|byte| *byte == b'\n').take_while(|line| !line.starts_with(b"-----"));
    for line in above {
        if let Some(name) = line.strip_prefix(PUBLIC_LINE.as_bytes()) {
            let name = std::str::from_utf8(name).map_err(|_| KeyFileError::Damaged)?;
            return name.trim_ascii_end().parse().map(Some).map_err(|_| KeyFileError::Damaged);
        }
    }
    Ok(None)
}
