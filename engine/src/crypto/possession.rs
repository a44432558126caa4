//! Proof of possession: nobody enrols a key that they do not hold.

use super::{CryptoError, Domain, PublicKey, SecretKey, Signature, Verifier};

/// Longest name of a log or of an owner in a proof, in bytes.
pub const MAX_PROOF_PART: usize = 255;

/// What a proof of possession signs: the log, the owner and the key, one a line.
///
/// It names the log and the owner so that a proof made for one cannot be used for another.
///
/// # Errors
///
/// `key.proof-context` when the log or the owner is empty, longer than [`MAX_PROOF_PART`], or has
/// a control character: a line feed would let one part pass for another.
pub fn possession_text(origin: &str, owner: &str, key: &PublicKey) -> Result<String, CryptoError> {
    let plain = |part: &str| {
        !part.is_empty() && part.len() <= MAX_PROOF_PART && !part.chars().any(char::is_control)
    };
    if plain(origin) && plain(owner) {
        Ok(format!("{origin}\n{owner}\n{key}"))
    } else {
        Err(CryptoError::KeyProofContext)
    }
}

/// Proves that the holder of the key wants it for this owner of this log.
///
/// # Errors
///
/// As [`possession_text`].
pub fn prove_possession(
    secret: &SecretKey,
    origin: &str,
    owner: &str,
) -> Result<Signature, CryptoError> {
    let text = possession_text(origin, owner, &secret.public_key())?;
    Ok(secret.sign(Domain::KeyProof, text.as_bytes()))
}

/// Checks that a key may be enrolled, and that its holder asked for it.
///
/// # Errors
///
/// Those of [`PublicKey::check_enrollable`] and of [`possession_text`], then `signature.invalid`.
pub fn check_possession(
    key: &PublicKey,
    origin: &str,
    owner: &str,
    proof: &Signature,
) -> Result<(), CryptoError> {
    key.check_enrollable()?;
    let text = possession_text(origin, owner, key)?;
    Verifier::new(key)?.verify(Domain::KeyProof, text.as_bytes(), proof)
}
