//! The types around `ed25519-dalek`; nothing else in the engine names that crate or the curve.

use std::fmt;
use std::str::FromStr;

use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha512};
use zeroize::Zeroizing;

use archipel_domain::id::unhex;

use super::{CryptoError, Domain, TAG_PREFIX, random};

/// The bytes of a public key, checked for nothing but their number.
///
/// See [`PublicKey::check_enrollable`] before a key is given any right, and [`Verifier`] to use
/// it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// From the 32 bytes of RFC 8032.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of RFC 8032.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether the key may be enrolled: canonical, not weak, in the prime-order group.
    ///
    /// On such keys the verifiers in use elsewhere give our verdict, unless the signer cheats
    /// with the signature itself, which ours refuses.
    ///
    /// # Errors
    ///
    /// `key.not-canonical`, `key.weak` or `key.torsion`, tested in this order.
    pub fn check_enrollable(&self) -> Result<(), CryptoError> {
        let verifier = Verifier::new(self)?;
        if verifier.weak {
            return Err(CryptoError::KeyWeak);
        }
        if !verifier.minus.is_torsion_free() {
            return Err(CryptoError::KeyTorsion);
        }
        Ok(())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = CryptoError;

    fn from_str(text: &str) -> Result<Self, CryptoError> {
        unhex(text).map(Self).ok_or(CryptoError::KeyNotHex)
    }
}

/// The bytes of a signature, checked for nothing but their number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature([u8; 64]);

impl Signature {
    /// From the 64 bytes of RFC 8032.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes of RFC 8032.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

impl FromStr for Signature {
    type Err = CryptoError;

    fn from_str(text: &str) -> Result<Self, CryptoError> {
        unhex(text).map(Self).ok_or(CryptoError::SignatureNotHex)
    }
}

macro_rules! serde_as_hex {
    ($($type:ident)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Hex;

                impl de::Visitor<'_> for Hex {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("lower-case hexadecimal text")
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                }

                deserializer.deserialize_str(Hex)
            }
        }
    )*};
}

serde_as_hex! { PublicKey Signature }

/// The points of small order, each in its one canonical encoding: the identity, those of order 2,
/// 4, 4, and the four of order 8.
pub(super) const SMALL_ORDER: [[u8; 32]; 8] = [
    *b"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
      \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    *b"\xec\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
      \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    *b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
      \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    *b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
      \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80",
    *b"\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\
      \xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05",
    *b"\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\
      \xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x85",
    *b"\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\
      \x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a",
    *b"\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\
      \x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\xfa",
];

/// A public key with its point decompressed, which costs a tenth of a verification, and known to
/// be of small order or not, which costs another.
#[derive(Clone, Copy)]
pub struct Verifier {
    key: PublicKey,
    /// The point, negated.
    minus: EdwardsPoint,
    weak: bool,
}

/// A signature of which everything is checked but the comparison that ends it.
#[derive(Clone, Copy)]
pub struct Pending {
    expected: EdwardsPoint,
    r: [u8; 32],
}

/// How many signatures to conclude together: beyond these there is nothing left to save.
pub const TOGETHER: usize = 16;

/// Ends the checks of some signatures, each begun with what it belongs to: that, with the verdict,
/// in order. What could not begin stays as it is.
///
/// The points are encoded together, which takes one inversion in the field for all of them. That
/// is no batch verification: each point is computed and compared by itself.
pub fn conclude<T, E>(
    begun: Vec<Result<(T, Pending), E>>,
) -> impl Iterator<Item = Result<(T, Result<(), CryptoError>), E>> {
    // A place for each, so that nothing has to be matched up by counting.
    let points: Vec<EdwardsPoint> = begun
        .iter()
        .map(|one| one.as_ref().map_or_else(|_| EdwardsPoint::default(), |one| one.1.expected))
        .collect();
    let encoded = EdwardsPoint::compress_batch_alloc(&points);
    begun.into_iter().zip(encoded).map(|(one, encoded)| {
        let (of, pending) = one?;
        Ok((of, pending.compare(encoded)))
    })
}

impl Verifier {
    /// Decompresses the point.
    ///
    /// # Errors
    ///
    /// `key.not-canonical` when the bytes are no point, or not the one encoding of it.
    pub fn new(key: &PublicKey) -> Result<Self, CryptoError> {
        let point = VerifyingKey::from_bytes(&key.0).map_err(|_| CryptoError::KeyNotCanonical)?;
        // The library also takes encodings that wrap around the field, as ZIP 215 wants.
        if point.to_edwards().compress().as_bytes() != &key.0 {
            return Err(CryptoError::KeyNotCanonical);
        }
        Ok(Self { key: *key, minus: -point.to_edwards(), weak: point.is_weak() })
    }

    /// The key this verifies for.
    pub fn public_key(&self) -> PublicKey {
        self.key
    }

    /// Verifies a signature over a tag and a payload.
    ///
    /// # Errors
    ///
    /// `signature.invalid`.
    pub fn verify(
        &self,
        domain: Domain,
        payload: &[u8],
        signature: &Signature,
    ) -> Result<(), CryptoError> {
        self.begin(domain, payload, signature)?.conclude()
    }

    /// Checks all of a signature but the comparison, see [`conclude`].
    ///
    /// # Errors
    ///
    /// `signature.invalid`.
    pub fn begin(
        &self,
        domain: Domain,
        payload: &[u8],
        signature: &Signature,
    ) -> Result<Pending, CryptoError> {
        self.begin_parts(&[domain.tag().as_bytes(), b"\n", payload], signature)
    }

    /// Verifies a signature over a text that another protocol defines (a signed note).
    ///
    /// # Errors
    ///
    /// `signature.invalid`, or `signature.text-like-tag` for a text [`SecretKey::sign_note`]
    /// would not sign.
    pub fn verify_note(&self, text: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        if text.starts_with(TAG_PREFIX) {
            return Err(CryptoError::TextLikeTag);
        }
        self.begin_parts(&[text], signature)?.conclude()
    }

    /// The verdict of [`VerifyingKey::verify_strict`] at a lower price (ADR 0014).
    ///
    /// That function decodes R only to refuse what is no point or of small order. A signature is
    /// accepted only if R is, byte for byte, the canonical encoding of a point that is computed:
    /// so it is one, and of small order only if it is one of eight encodings.
    fn begin_parts(
        &self,
        message: &[&[u8]],
        signature: &Signature,
    ) -> Result<Pending, CryptoError> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        let (r, s) = (*signature.r_bytes(), *signature.s_bytes());
        if self.weak || SMALL_ORDER.contains(&r) {
            return Err(CryptoError::SignatureInvalid);
        }
        let s = Option::from(Scalar::from_canonical_bytes(s));
        let s: Scalar = s.ok_or(CryptoError::SignatureInvalid)?;
        let mut hash = Sha512::new_with_prefix(r);
        hash.update(self.key.0);
        for part in message {
            hash.update(part);
        }
        let k = Scalar::from_hash(hash);
        let expected = EdwardsPoint::vartime_double_scalar_mul_basepoint(&k, &self.minus, &s);
        Ok(Pending { expected, r })
    }
}

impl Pending {
    /// Ends the check of one signature.
    ///
    /// # Errors
    ///
    /// `signature.invalid`.
    pub fn conclude(self) -> Result<(), CryptoError> {
        self.compare(self.expected.compress())
    }

    fn compare(self, encoded: CompressedEdwardsY) -> Result<(), CryptoError> {
        if encoded.to_bytes() == self.r {
            return Ok(());
        }
        Err(CryptoError::SignatureInvalid)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({})", self.public_key())
    }
}

/// A secret key, wiped from memory when dropped and never printed.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// A new key from the system's randomness.
    ///
    /// # Errors
    ///
    /// `key.no-entropy`.
    pub fn generate() -> Result<Self, CryptoError> {
        Ok(Self::from_seed(&*random::<32>()?))
    }

    /// The key of a seed: whoever has the seed has the key.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        // The library derives the public half itself: a wrong pair would leak the key.
        Self(SigningKey::from_bytes(seed))
    }

    /// The seed, for a key file and for nothing else.
    pub fn expose_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs a payload under a tag.
    pub fn sign(&self, domain: Domain, payload: &[u8]) -> Signature {
        let mut buffer = Vec::new();
        domain.message_into(payload, &mut buffer);
        Signature(self.0.sign(&buffer).to_bytes())
    }

    /// Signs a text that another protocol defines (a signed note), which has no tag of ours.
    ///
    /// # Errors
    ///
    /// `signature.text-like-tag` when the text could pass for a tagged message.
    pub fn sign_note(&self, text: &[u8]) -> Result<Signature, CryptoError> {
        if text.starts_with(TAG_PREFIX) {
            return Err(CryptoError::TextLikeTag);
        }
        Ok(Signature(self.0.sign(text).to_bytes()))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}
