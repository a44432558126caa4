//! Published vectors first: a verdict that moves is a change of protocol.

use std::path::PathBuf;

use ed25519_dalek::{Verifier as _, VerifyingKey};
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::keys::SMALL_ORDER;
use super::*;

fn load<T: DeserializeOwned>(file: &str) -> T {
    let mut path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    path.extend(["..", "fixtures", "vectors", "v1", "signature", file]);
    serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap()
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

fn hex_32(text: &str) -> [u8; 32] {
    hex::decode(text).unwrap().try_into().unwrap()
}

#[derive(Deserialize)]
struct Rfc8032 {
    name: String,
    seed: String,
    public_key: PublicKey,
    message: String,
    signature: Signature,
}

#[test]
fn rfc_8032_vectors() {
    for vector in load::<Vec<Rfc8032>>("rfc8032.json") {
        let secret = SecretKey::from_seed(&hex_32(&vector.seed));
        let message = hex::decode(&vector.message).unwrap();
        assert_eq!(secret.public_key(), vector.public_key, "{}", vector.name);
        assert_eq!(secret.sign_note(&message).unwrap(), vector.signature, "{}", vector.name);
        vector.public_key.check_enrollable().unwrap();
        let verifier = Verifier::new(&vector.public_key).unwrap();
        verifier.verify_note(&message, &vector.signature).unwrap();
    }
}

#[derive(Deserialize)]
struct SpecCheck {
    case: usize,
    public_key: PublicKey,
    message: String,
    signature: Signature,
    accepted: bool,
    /// What the laxer function of the library says: it shows that these are the cases meant.
    accepted_by_lax: bool,
}

#[test]
fn speccheck_vectors() {
    let vectors = load::<Vec<SpecCheck>>("speccheck.json");
    assert_eq!(vectors.len(), 12);
    for vector in vectors {
        let message = hex::decode(&vector.message).unwrap();
        let ours = Verifier::new(&vector.public_key)
            .and_then(|verifier| verifier.verify_note(&message, &vector.signature));
        assert_eq!(ours.is_ok(), vector.accepted, "case {}", vector.case);
        assert_eq!(vector.accepted, vector.case == 3, "case {}", vector.case);

        // Straight at the library too, where our own check of the encoding does not step in.
        let theirs = VerifyingKey::from_bytes(vector.public_key.as_bytes()).unwrap();
        let signature = ed25519_dalek::Signature::from_bytes(vector.signature.as_bytes());
        let strict = theirs.verify_strict(&message, &signature);
        assert_eq!(strict.is_ok(), vector.accepted, "case {}", vector.case);
        let lax = theirs.verify(&message, &signature);
        assert_eq!(lax.is_ok(), vector.accepted_by_lax, "case {}", vector.case);
    }
}

#[derive(Deserialize)]
struct KeyVerdict {
    name: String,
    public_key: PublicKey,
    /// Absent when the key may be enrolled.
    code: Option<String>,
}

#[test]
fn enrolment_vectors() {
    for vector in load::<Vec<KeyVerdict>>("enrolment.json") {
        let code = vector.public_key.check_enrollable().err().map(CryptoError::code);
        assert_eq!(code, vector.code.as_deref(), "{}", vector.name);
    }
}

#[derive(Deserialize)]
struct Tagged {
    name: String,
    seed: String,
    tag: String,
    payload: String,
    message_hex: String,
    signature: Signature,
}

#[test]
fn tagged_vectors() {
    for vector in load::<Vec<Tagged>>("tagged.json") {
        let domain = Domain::ALL.into_iter().find(|domain| domain.tag() == vector.tag).unwrap();
        let mut message = Vec::new();
        domain.message_into(vector.payload.as_bytes(), &mut message);
        assert_eq!(hex::encode(&message), vector.message_hex, "{}", vector.name);
        let secret = SecretKey::from_seed(&hex_32(&vector.seed));
        let signature = secret.sign(domain, vector.payload.as_bytes());
        assert_eq!(signature, vector.signature, "{}", vector.name);
    }
}

#[derive(Deserialize)]
struct BadTagged {
    name: String,
    public_key: String,
    tag: String,
    payload: String,
    signature: String,
    code: String,
}

#[test]
fn bad_tagged_vectors() {
    for vector in load::<Vec<BadTagged>>("bad_tagged.json") {
        let domain = Domain::ALL.into_iter().find(|domain| domain.tag() == vector.tag).unwrap();
        let verdict = vector.public_key.parse::<PublicKey>().and_then(|key| {
            let signature = vector.signature.parse()?;
            Verifier::new(&key)?.verify(domain, vector.payload.as_bytes(), &signature)
        });
        assert_eq!(verdict.unwrap_err().code(), vector.code, "{}", vector.name);
    }
}

#[test]
fn the_identity_key_signs_nothing() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    let weak = PublicKey::from_bytes(identity);
    assert_eq!(weak.check_enrollable(), Err(CryptoError::KeyWeak));
    let verdict = Verifier::new(&weak).unwrap().verify(
        Domain::Statement,
        b"anything",
        &Signature::from_bytes(signature),
    );
    assert_eq!(verdict, Err(CryptoError::SignatureInvalid));
}

#[test]
fn adding_the_group_order_to_s_is_refused() {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let secret = key(9);
    let mut bytes = *secret.sign(Domain::Statement, b"x").as_bytes();
    let mut carry = 0_u16;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    let verifier = Verifier::new(&secret.public_key()).unwrap();
    let malleable = Signature::from_bytes(bytes);
    let verdict = verifier.verify(Domain::Statement, b"x", &malleable);
    assert_eq!(verdict, Err(CryptoError::SignatureInvalid));
}

#[test]
fn the_eight_points_of_small_order() {
    let distinct: std::collections::BTreeSet<_> = SMALL_ORDER.into_iter().collect();
    assert_eq!(distinct.len(), 8);
    for encoding in SMALL_ORDER {
        let theirs = VerifyingKey::from_bytes(&encoding).unwrap();
        assert!(theirs.is_weak());
        assert_eq!(theirs.to_edwards().compress().to_bytes(), encoding);
    }
}

/// A signature that is right, altered, or has some other point as R: what may go wrong in it.
fn any_signature() -> impl Strategy<Value = (u8, Vec<u8>, [u8; 64])> {
    let payload = proptest::collection::vec(any::<u8>(), 0..40);
    (any::<u8>(), payload, 0_usize..512, 0_usize..8, 0..4_u8).prop_map(
        |(seed, payload, bit, point, kind)| {
            let mut signature = *key(seed).sign_note(&payload).unwrap().as_bytes();
            match kind {
                0 => {}
                1 => signature[bit / 8] ^= 1 << (bit % 8),
                2 => signature[..32].copy_from_slice(&SMALL_ORDER[point]),
                _ => signature[..32].copy_from_slice(key(seed).public_key().as_bytes()),
            }
            (seed, payload, signature)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn our_verdict_is_that_of_verify_strict((seed, payload, bytes) in any_signature()) {
        let mut keys = SMALL_ORDER.to_vec();
        keys.push(*key(seed).public_key().as_bytes());
        for public in keys {
            let ours = Verifier::new(&PublicKey::from_bytes(public)).unwrap();
            let ours = ours.verify_note(&payload, &Signature::from_bytes(bytes));
            let theirs = VerifyingKey::from_bytes(&public).unwrap();
            let signature = ed25519_dalek::Signature::from_bytes(&bytes);
            prop_assert_eq!(ours.is_ok(), theirs.verify_strict(&payload, &signature).is_ok());
        }
    }
}

#[test]
fn signatures_concluded_together_have_the_verdicts_that_they_have_alone() {
    let mut pending = Vec::new();
    let mut alone = Vec::new();
    for seed in 0..40_u8 {
        let mut bytes = *key(seed).sign(Domain::Statement, &[seed]).as_bytes();
        bytes[usize::from(seed % 3)] ^= u8::from(seed % 4 == 1);
        let signature = Signature::from_bytes(bytes);
        let verifier = Verifier::new(&key(seed).public_key()).unwrap();
        alone.push(verifier.verify(Domain::Statement, &[seed], &signature));
        let begun = verifier.begin(Domain::Statement, &[seed], &signature).unwrap();
        // What could not begin keeps its place.
        pending.push(if seed % 5 == 2 { Err(seed) } else { Ok((seed, begun)) });
    }
    assert_eq!(alone.iter().filter(|verdict| verdict.is_err()).count(), 10);
    for size in [0, 1, 2, 16, 40] {
        for at in [0, 40 - size] {
            let begun = pending[at..at + size].to_vec();
            let expected: Vec<_> = (at..at + size)
                .map(|index| pending[index].map(|(seed, _)| (seed, alone[index])))
                .collect();
            assert_eq!(conclude(begun).collect::<Vec<_>>(), expected, "{size} from {at}");
        }
    }
}

#[test]
fn a_signature_holds_under_its_tag_only() {
    let secret = key(1);
    let verifier = Verifier::new(&secret.public_key()).unwrap();
    for domain in Domain::ALL {
        let signature = secret.sign(domain, b"payload");
        for other in Domain::ALL {
            let verdict = verifier.verify(other, b"payload", &signature);
            assert_eq!(verdict.is_ok(), domain == other);
        }
        assert!(verifier.verify_note(b"payload", &signature).is_err());
        assert!(domain.tag().as_bytes().starts_with(TAG_PREFIX));
        assert!(!domain.tag().contains('\n'));
    }
    // Not the tag in the text either: the other way round, by a signer of notes.
    let forged = b"archipel/v1/statement\n{}";
    assert_eq!(secret.sign_note(forged), Err(CryptoError::TextLikeTag));
}

#[test]
fn every_flipped_bit_is_refused() {
    let secret = key(2);
    let good = secret.sign(Domain::Statement, b"payload");
    let verifier = Verifier::new(&secret.public_key()).unwrap();
    verifier.verify(Domain::Statement, b"payload", &good).unwrap();
    for bit in 0..512 {
        let mut bytes = *good.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let bad = Signature::from_bytes(bytes);
        assert!(verifier.verify(Domain::Statement, b"payload", &bad).is_err());
    }
}

#[test]
fn a_proof_holds_for_its_log_its_owner_and_its_key_only() {
    let secret = key(3);
    let public = secret.public_key();
    let proof = prove_possession(&secret, "log.example", "member-1").unwrap();
    check_possession(&public, "log.example", "member-1", &proof).unwrap();
    for (origin, owner) in [("log.example", "member-2"), ("other.example", "member-1")] {
        let verdict = check_possession(&public, origin, owner, &proof);
        assert_eq!(verdict, Err(CryptoError::SignatureInvalid));
    }
    let other = key(4).public_key();
    let verdict = check_possession(&other, "log.example", "member-1", &proof);
    assert_eq!(verdict, Err(CryptoError::SignatureInvalid));
    // Signed as a statement, the same text proves nothing.
    let text = possession_text("log.example", "member-1", &public).unwrap();
    let misused = secret.sign(Domain::Statement, text.as_bytes());
    assert!(check_possession(&public, "log.example", "member-1", &misused).is_err());
    let long = "x".repeat(MAX_PROOF_PART + 1);
    for part in ["", "a\nb", "a\u{7f}", &long] {
        let verdict = possession_text(part, "member-1", &public);
        assert_eq!(verdict, Err(CryptoError::KeyProofContext));
        let verdict = possession_text("log.example", part, &public);
        assert_eq!(verdict, Err(CryptoError::KeyProofContext));
    }
}

#[test]
fn a_key_has_one_text() {
    let public = key(5).public_key();
    let text = public.to_string();
    assert_eq!(text.parse(), Ok(public));
    assert_eq!(serde_json::from_str::<PublicKey>(&format!("\"{text}\"")).unwrap(), public);
    for bad in [&text.to_uppercase(), &text[1..], &format!("{text}00"), "", &"g".repeat(64)] {
        assert_eq!(bad.parse::<PublicKey>(), Err(CryptoError::KeyNotHex));
    }
    let signature = key(5).sign(Domain::Statement, b"");
    assert_eq!(signature.to_string().parse(), Ok(signature));
    assert_eq!("00".parse::<Signature>(), Err(CryptoError::SignatureNotHex));
}

#[test]
fn secrets_are_not_printed_and_differ() {
    let secret = SecretKey::generate().unwrap();
    let shown = format!("{secret:?}");
    assert_eq!(shown, "SecretKey(..)");
    let other = SecretKey::generate().unwrap();
    assert_ne!(secret.public_key(), other.public_key());
    secret.public_key().check_enrollable().unwrap();
}

#[test]
fn codes_are_distinct() {
    let codes: std::collections::BTreeSet<_> =
        CryptoError::ALL.into_iter().map(CryptoError::code).collect();
    assert_eq!(codes.len(), CryptoError::ALL.len());
}

#[test]
fn the_cache_is_bounded_and_does_not_change_a_verdict() {
    use rayon::prelude::*;
    let cache = VerifierCache::with_limit(64);
    let signed: Vec<_> = (0..=255_u8)
        .map(|seed| (key(seed).public_key(), key(seed).sign(Domain::Statement, &[seed])))
        .collect();
    for round in 0..3 {
        signed.par_iter().enumerate().for_each(|(index, (key, good))| {
            let payload = [u8::try_from(index).unwrap()];
            let verifier = cache.get(key).unwrap();
            verifier.verify(Domain::Statement, &payload, good).unwrap();
            assert!(verifier.verify(Domain::KeyProof, &payload, good).is_err());
        });
        assert!(cache.len() <= 64, "round {round}: {}", cache.len());
    }
    assert!(!cache.is_empty());
    let bad = PublicKey::from_bytes([0xff; 32]);
    assert_eq!(cache.get(&bad).unwrap_err(), CryptoError::KeyNotCanonical);
    let whole = VerifierCache::default();
    for (key, _) in &signed {
        assert_eq!(whole.get(key).unwrap().public_key(), *key);
    }
    assert_eq!(whole.len(), 256);
}
