//! Cosignatures of witnesses (c2sp.org/tlog-cosignature, v1): at this time, this is the largest
//! tree of the log that the witness has seen, and it was consistent with all before.

use super::TlogError;
use super::note::{Algorithm, Note, SignatureLine, VerifierKey};
use crate::crypto::{SecretKey, Signature, Verifier};

/// Latest time, in POSIX seconds.
const TIME_MAX: u64 = i64::MAX.unsigned_abs();

fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// Cosigns the text of a checkpoint at a time, in POSIX seconds.
///
/// # Errors
/// [`TlogError::Vkey`] if the key is not the witness's.
pub fn cosign(
    text: &str,
    time: u64,
    key: &VerifierKey,
    secret: &SecretKey,
) -> Result<SignatureLine, TlogError> {
    if key.key() != secret.public_key() || time > TIME_MAX {
        return Err(TlogError::Vkey);
    }
    let signature =
        secret.sign_note(message(time, text).as_bytes()).map_err(|_| TlogError::Vkey)?;
    Ok(key.line([time.to_be_bytes().as_slice(), signature.as_bytes()].concat()))
}

/// Checks the cosignature of a witness under a note, and says when it was given.
///
/// # Errors
/// As [`Note::verify`].
pub fn verify(note: &Note, key: &VerifierKey) -> Result<u64, TlogError> {
    verify_line(&note.text, note.line_of(key)?, key)
}

/// Checks one line; it claims to be of the key.
///
/// # Errors
/// [`TlogError::Signature`]; [`TlogError::Vkey`] for a key of another algorithm.
pub fn verify_line(text: &str, line: &SignatureLine, key: &VerifierKey) -> Result<u64, TlogError> {
    if key.algorithm() != Algorithm::CosignatureV1 {
        return Err(TlogError::Vkey);
    }
    let wrong = TlogError::Signature;
    let (time, signature) = line.signature.split_first_chunk::<8>().ok_or(wrong)?;
    let time = u64::from_be_bytes(*time);
    let signature = Signature::from_bytes(signature.try_into().map_err(|_| wrong)?);
    if time > TIME_MAX || !key.signed(line) {
        return Err(wrong);
    }
    let verifier = Verifier::new(&key.key()).map_err(|_| TlogError::Vkey)?;
    verifier.verify_note(message(time, text).as_bytes(), &signature).map_err(|_| wrong)?;
    Ok(time)
}
