//! Signed notes (c2sp.org/signed-note) and the keys that verify them.

use super::{TlogError, base64};
use crate::crypto::{PublicKey, SecretKey, Signature, Verifier};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Longest note that is read, in bytes.
pub const NOTE_BYTES_MAX: usize = 64 << 10;
/// Most signatures of a note.
pub const SIGNATURES_MAX: usize = 64;
/// Longest name of a key, in bytes (c2sp.org/tlog-cosignature).
pub const NAME_BYTES_MAX: usize = 255;

/// What a key signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519 over the text of the note: what logs sign with.
    Ed25519,
    /// Ed25519 over a time and the text of the note: what witnesses sign with
    /// (c2sp.org/tlog-cosignature).
    CosignatureV1,
}

impl Algorithm {
    const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }
}

/// A public key with the name under which it signs notes; its text is `name+hash+key`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VerifierKey {
    name: String,
    algorithm: Algorithm,
    key: PublicKey,
}

/// Whether a text can name a key: no space, no `+`, no control character.
fn is_name(name: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    !name.is_empty() && name.len() <= NAME_BYTES_MAX && name.chars().all(plain)
}

impl VerifierKey {
    /// The key of this name.
    ///
    /// # Errors
    /// [`TlogError::Vkey`] for a name or a key that must not be trusted.
    pub fn new(
        name: impl Into<String>,
        algorithm: Algorithm,
        key: PublicKey,
    ) -> Result<Self, TlogError> {
        let name = name.into();
        if !is_name(&name) || key.check_enrollable().is_err() {
            return Err(TlogError::Vkey);
        }
        Ok(Self { name, algorithm, key })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key alone.
    #[must_use]
    pub fn key(&self) -> PublicKey {
        self.key
    }

    fn typed_key(&self) -> [u8; 33] {
        let mut bytes = [self.algorithm.byte(); 33];
        let (_, key) = bytes.split_at_mut(1);
        key.copy_from_slice(self.key.as_bytes());
        bytes
    }

    /// First four bytes of `SHA-256(name || LF || type || key)`: how a signature names its key.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update(b"\n")
            .chain_update(self.typed_key())
            .finalize();
        let [a, b, c, d, ..] = <[u8; 32]>::from(hash);
        [a, b, c, d]
    }

    /// Whether the line claims to be of this key.
    pub(crate) fn signed(&self, line: &SignatureLine) -> bool {
        line.name == self.name && line.key_id == self.id()
    }

    /// The line with a signature of this key.
    pub(super) fn line(&self, signature: Vec<u8>) -> SignatureLine {
        SignatureLine { name: self.name.clone(), key_id: self.id(), signature }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = base64::encode(&self.typed_key());
        write!(f, "{}+{}+{key}", self.name, hex::encode(self.id()))
    }
}

impl FromStr for VerifierKey {
    type Err = TlogError;

    fn from_str(text: &str) -> Result<Self, TlogError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(TlogError::Vkey);
        };
        let bytes = base64::decode(key).ok_or(TlogError::Vkey)?;
        let (algorithm, key) = bytes.split_first().ok_or(TlogError::Vkey)?;
        let algorithm = [Algorithm::Ed25519, Algorithm::CosignatureV1]
            .into_iter()
            .find(|known| known.byte() == *algorithm)
            .ok_or(TlogError::Vkey)?;
        let key = PublicKey::from_bytes(key.try_into().map_err(|_| TlogError::Vkey)?);
        let vkey = Self::new(name, algorithm, key)?;
        // The hash between is the key's own, in one spelling.
        if vkey.to_string() == text { Ok(vkey) } else { Err(TlogError::Vkey) }
    }
}

/// One signature of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine {
    /// Name of the key.
    pub name: String,
    /// [`VerifierKey::id`] of the key.
    pub key_id: [u8; 4],
    /// What the algorithm of the key says.
    pub signature: Vec<u8>,
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.as_slice(), &self.signature].concat();
        writeln!(f, "\u{2014} {} {}", self.name, base64::encode(&bytes))
    }
}

impl FromStr for SignatureLine {
    type Err = TlogError;

    /// Reads a line without its line feed.
    fn from_str(line: &str) -> Result<Self, TlogError> {
        let rest = line.strip_prefix("\u{2014} ").ok_or(TlogError::Note)?;
        let (name, bytes) = rest.split_once(' ').ok_or(TlogError::Note)?;
        let bytes = base64::decode(bytes).ok_or(TlogError::Note)?;
        let (key_id, signature) = bytes.split_first_chunk::<4>().ok_or(TlogError::Note)?;
        if !is_name(name) || signature.is_empty() {
            return Err(TlogError::Note);
        }
        Ok(Self { name: name.to_owned(), key_id: *key_id, signature: signature.to_vec() })
    }
}

/// Reads signature lines, each with its line feed.
///
/// # Errors
/// [`TlogError::Note`].
pub fn parse_signatures(text: &str) -> Result<Vec<SignatureLine>, TlogError> {
    let lines = text.strip_suffix('\n').ok_or(TlogError::Note)?.split('\n');
    let lines: Vec<SignatureLine> = lines.map(str::parse).collect::<Result<_, _>>()?;
    if lines.len() > SIGNATURES_MAX { Err(TlogError::Note) } else { Ok(lines) }
}

/// A text with signatures; nothing is known to be right about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The text, which ends with a line feed.
    pub text: String,
    /// At least one signature.
    pub signatures: Vec<SignatureLine>,
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// [`TlogError::Note`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(TlogError::Note);
        }
        let note = str::from_utf8(bytes).map_err(|_| TlogError::Note)?;
        if note.chars().any(|c| c.is_ascii_control() && c != '\n') {
            return Err(TlogError::Note);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(TlogError::Note)?;
        Ok(Self { text: format!("{text}\n"), signatures: parse_signatures(signatures)? })
    }

    /// Signs a text as a log does, under the key's name.
    ///
    /// # Errors
    /// [`TlogError::Vkey`] if the name is none, or the text is not one to be signed.
    pub fn sign(text: String, name: &str, secret: &SecretKey) -> Result<Self, TlogError> {
        let vkey = VerifierKey::new(name, Algorithm::Ed25519, secret.public_key())?;
        let signature = secret.sign_note(text.as_bytes()).map_err(|_| TlogError::Vkey)?;
        let signatures = vec![vkey.line(signature.as_bytes().to_vec())];
        Ok(Self { text, signatures })
    }

    /// The one line of this key.
    ///
    /// # Errors
    /// [`TlogError::Unsigned`] without one, [`TlogError::Signature`] with several.
    pub(super) fn line_of(&self, key: &VerifierKey) -> Result<&SignatureLine, TlogError> {
        let mut lines = self.signatures.iter().filter(|line| key.signed(line));
        let line = lines.next().ok_or(TlogError::Unsigned)?;
        if lines.next().is_some() { Err(TlogError::Signature) } else { Ok(line) }
    }

    /// The signature of a log's key, unchecked.
    ///
    /// # Errors
    /// [`TlogError::Unsigned`], [`TlogError::Signature`].
    pub fn signature(&self, key: &VerifierKey) -> Result<Signature, TlogError> {
        let bytes = self.line_of(key)?.signature.as_slice();
        Ok(Signature::from_bytes(bytes.try_into().map_err(|_| TlogError::Signature)?))
    }

    /// Checks the signature of a log's key.
    ///
    /// # Errors
    /// [`TlogError::Unsigned`], [`TlogError::Signature`]; [`TlogError::Vkey`] for a key of
    /// another algorithm.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), TlogError> {
        if key.algorithm != Algorithm::Ed25519 {
            return Err(TlogError::Vkey);
        }
        let signature = self.signature(key)?;
        let verifier = Verifier::new(&key.key).map_err(|_| TlogError::Vkey)?;
        verifier.verify_note(self.text.as_bytes(), &signature).map_err(|_| TlogError::Signature)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| write!(f, "{line}"))
    }
}
