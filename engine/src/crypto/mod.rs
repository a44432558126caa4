//! Keys and signatures: Ed25519, verified strictly, each signature by itself.
//!
//! `docs/spec/keys.md` is the normative text. The verdict on a signature is part of the protocol:
//! it must be the same on every machine, at every thread count, for ever. Hence three rules.
//!
//! - The verdict is that of [`ed25519_dalek::VerifyingKey::verify_strict`], and never of a batch:
//!   the verdict of a batch depends on the neighbours.
//! - A key is refused at enrolment when two libraries could disagree about it
//!   ([`PublicKey::check_enrollable`]).
//! - A signature is over a fixed tag, a line feed and the payload ([`Domain`]): it says nothing
//!   anywhere else.

mod cache;
mod drand;
mod keys;
mod possession;
#[cfg(test)]
mod tests;

pub use cache::{MAX_CACHED_VERIFIERS, VerifierCache};
pub use drand::Drand;
pub use keys::{Pending, PublicKey, SecretKey, Signature, TOGETHER, Verifier, conclude};
pub use possession::{MAX_PROOF_PART, check_possession, possession_text, prove_possession};

/// What a signature is about. The tag is the first line of what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Domain {
    /// A statement: the payload is its canonical text.
    Statement,
    /// Proof that whoever enrols a key holds it: see [`possession_text`].
    KeyProof,
}

impl Domain {
    /// Every domain.
    pub const ALL: [Self; 2] = [Self::Statement, Self::KeyProof];

    /// The tag, which contains no line feed.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Statement => "archipel/v1/statement",
            Self::KeyProof => "archipel/v1/key-proof",
        }
    }

    /// Writes what is signed for a payload into a buffer kept from call to call.
    pub fn message_into(self, payload: &[u8], buffer: &mut Vec<u8>) {
        buffer.clear();
        buffer.extend_from_slice(self.tag().as_bytes());
        buffer.push(b'\n');
        buffer.extend_from_slice(payload);
    }
}

/// Start of every tag, now and later. A text signed without a tag must not begin like this.
pub const TAG_PREFIX: &[u8] = b"archipel/";

/// Why a key or a signature is refused: a closed list with stable codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CryptoError {
    /// A key is not 64 lower-case hexadecimal digits.
    #[error("a public key is 64 lower-case hexadecimal digits")]
    KeyNotHex,
    /// The bytes of a key are no point of the curve, or not the one encoding of it.
    #[error("the public key is not the canonical encoding of a point")]
    KeyNotCanonical,
    /// The key is of small order: anyone can sign for it.
    #[error("the public key is weak (of small order)")]
    KeyWeak,
    /// The key has a small-order component: libraries disagree about its signatures.
    #[error("the public key is outside the prime-order group")]
    KeyTorsion,
    /// The log or the owner named in a proof of possession is empty, too long, or has a control.
    #[error("the proof of possession names no log or no owner in plain text")]
    KeyProofContext,
    /// A signature is not 128 lower-case hexadecimal digits.
    #[error("a signature is 128 lower-case hexadecimal digits")]
    SignatureNotHex,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    SignatureInvalid,
    /// A text to be signed without a tag begins like a tag.
    #[error("the text begins like a tag of this protocol")]
    TextLikeTag,
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    NoEntropy,
}

impl CryptoError {
    /// Every error, in the order of the list.
    pub const ALL: [Self; 9] = [
        Self::KeyNotHex,
        Self::KeyNotCanonical,
        Self::KeyWeak,
        Self::KeyTorsion,
        Self::KeyProofContext,
        Self::SignatureNotHex,
        Self::SignatureInvalid,
        Self::TextLikeTag,
        Self::NoEntropy,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::KeyNotHex => "key.not-hex",
            Self::KeyNotCanonical => "key.not-canonical",
            Self::KeyWeak => "key.weak",
            Self::KeyTorsion => "key.torsion",
            Self::KeyProofContext => "key.proof-context",
            Self::SignatureNotHex => "signature.not-hex",
            Self::SignatureInvalid => "signature.invalid",
            Self::TextLikeTag => "signature.text-like-tag",
            Self::NoEntropy => "key.no-entropy",
        }
    }
}

/// The one source of randomness of the engine: new keys, and the salts of key files.
///
/// # Errors
///
/// When the system gives none.
pub fn random<const N: usize>() -> Result<zeroize::Zeroizing<[u8; N]>, CryptoError> {
    let mut bytes = zeroize::Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| CryptoError::NoEntropy)?;
    Ok(bytes)
}
