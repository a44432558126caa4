//! The golden vectors of `fixtures/vectors/v1`, run through the public interface. Any
//! implementation can run the same files: the README of each folder says how. A second one, in
//! Python, is in `tests/interop`.
//!
//! Holds I1 (bytes signed are bytes stored): every payload is in its leaf byte for byte.

use std::collections::BTreeSet;
use std::path::PathBuf;

use archipel_domain::act::Act;
use archipel_domain::codec::{CodecError, ENTRY_BYTES_MAX};
use archipel_domain::election::seal;
use archipel_domain::id::{Hash, KeyId, MemberId, StatementId};
use archipel_domain::safeguard::{Asked, OpenRequest};
use archipel_domain::time::Timestamp;
use archipel_engine::crypto::{
    CryptoError, Domain, PublicKey, SecretKey, Signature, Verifier, VerifierCache,
};
use archipel_engine::key_file::{self, KeyFileError};
use archipel_engine::log::canonical;
use archipel_engine::log::leaf::Leaf;
use archipel_engine::log::merkle::{Frontier, leaf_hash};
use archipel_engine::log::statement::{Draft, Signed, Statement, StatementError};
use serde_json::Value;

fn load(path: &str) -> Vec<Value> {
    let mut file = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    file.extend(["fixtures", "vectors", "v1"]);
    file.push(path);
    let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_slice(&text).unwrap()
}

fn text<'a>(vector: &'a Value, member: &str) -> &'a str {
    vector[member].as_str().unwrap_or_else(|| panic!("{member} of {vector}"))
}

fn bytes<const N: usize>(vector: &Value, member: &str) -> [u8; N] {
    hex::decode(text(vector, member)).unwrap().try_into().unwrap()
}

/// The input of a vector: as text, in hexadecimal, or as parts to repeat.
fn input(vector: &Value, member: &str) -> Vec<u8> {
    if let Some(digits) = vector[format!("{member}_hex")].as_str() {
        return hex::decode(digits).unwrap();
    }
    if let Some(parts) = vector[format!("{member}_parts")].as_array() {
        let repeated = |part: &Value| {
            let times = usize::try_from(part[1].as_u64().unwrap()).unwrap();
            part[0].as_str().unwrap().repeat(times)
        };
        return parts.iter().map(repeated).collect::<String>().into_bytes();
    }
    text(vector, member).as_bytes().to_vec()
}

/// Reads and verifies the statement of a vector, as a log would.
fn verified(vector: &Value) -> Result<Statement, StatementError> {
    let signed =
        Signed { payload: input(vector, "payload"), signature: bytes(vector, "signature") };
    let statement = Statement::parse(&signed.payload)?;
    let cache = VerifierCache::default();
    let (payload, origin) = (signed.payload.as_slice(), text(vector, "origin"));
    statement.verify(payload, signed.signature, origin, &cache)?;
    Ok(statement)
}

/// Files of statements that verify; together they hold every act.
pub(crate) const GOOD: [&str; 7] =
    ["vectors", "votes", "draws", "mandates", "safeguards", "elections", "rotations"];

#[test]
fn good_statements() {
    let mut seen = BTreeSet::new();
    let files = GOOD;
    let files = files.map(|name| load(&format!("statement/{name}.json")));
    for vector in files.into_iter().flatten() {
        let name = text(&vector, "name");
        let statement = verified(&vector).unwrap_or_else(|error| panic!("{name}: {error}"));
        let authored = statement.authored;
        seen.insert(authored.act.type_name());
        for (member, expected) in vector["expect"].as_object().unwrap() {
            let found = match member.as_str() {
                "act" => Value::from(authored.act.type_name()),
                "as" => serde_json::to_value(authored.acting_as).unwrap(),
                "author" => serde_json::to_value(authored.author).unwrap(),
                "id" => serde_json::to_value(authored.id).unwrap(),
                "issued_at" => serde_json::to_value(authored.issued_at).unwrap(),
                "key" => serde_json::to_value(authored.key).unwrap(),
                "origin" => Value::from(statement.origin.as_str()),
                other => panic!("{name}: {other}"),
            };
            assert_eq!(found, *expected, "{name}: {member}");
        }
        // What is read, written again, is the text that was signed.
        let draft = Draft {
            id: authored.id,
            author: authored.author,
            acting_as: authored.acting_as,
            issued_at: authored.issued_at,
            condition: authored.condition,
            act: authored.act,
        };
        let written = draft.payload(&statement.origin, authored.key).unwrap();
        assert_eq!(written, text(&vector, "payload"), "{name}");
    }
    assert_eq!(seen, Act::TYPES.iter().copied().collect(), "every act has a vector");
}

/// What is hashed of a requested act is its canonical text, whichever act.
#[test]
fn requested_acts_are_hashed_as_they_are_signed() {
    let files = GOOD;
    let files = files.map(|name| load(&format!("statement/{name}.json")));
    for vector in files.into_iter().flatten() {
        let act = verified(&vector).unwrap().authored.act;
        let asked = Asked::from(act);
        let text = canonical::to_string(&OpenRequest { asked: asked.clone() }).unwrap();
        assert_eq!(asked.text(), text);
        assert_eq!(asked.hash(), Hash::of(text.as_bytes()));
        assert_eq!(canonical::from_str::<OpenRequest>(text.as_bytes()).unwrap().asked, asked);
    }
}

#[test]
fn commitments_to_nominations() {
    for vector in load("election/nominations.json") {
        let id = |member: &str| -> StatementId { text(&vector, member).parse().unwrap() };
        let member = |name: &str| MemberId(id(name).0);
        let salt: Hash = text(&vector, "salt").parse().unwrap();
        let found = seal(id("election"), member("nominator"), member("nominee"), salt);
        assert_eq!(found.to_string(), text(&vector, "commitment"), "{}", vector["name"]);
    }
}

/// The files of statements that are refused.
const BAD: [&str; 8] =
    ["form", "members", "bodies", "ids", "signatures", "proofs", "beacons", "requests"];

#[test]
fn bad_statements() {
    let mut seen = BTreeSet::new();
    let mut count = 0;
    for kind in BAD {
        for vector in load(&format!("statement/bad_{kind}.json")) {
            let refused = verified(&vector).expect_err(text(&vector, "name"));
            assert_eq!(refused.code(), vector["code"], "{kind}: {}", vector["name"]);
            seen.insert(refused.code());
            count += 1;
        }
    }
    assert!(count >= 40, "{count} negative vectors");
    for code in StatementError::OWN_CODES {
        // The limit of size has its own test: a vector of 64 KiB would only be noise.
        assert!(code == "statement.too-large" || seen.contains(code), "{code} has no vector");
    }
}

#[test]
fn good_leaves() {
    for vector in load("leaf/vectors.json") {
        let name = text(&vector, "name");
        let payload = text(&vector, "payload").as_bytes().to_vec();
        let signed = Signed { payload: payload.clone(), signature: bytes(&vector, "signature") };
        let at = Timestamp(vector["recorded_at"].as_i64().unwrap());
        let leaf = Leaf::new(signed.clone(), KeyId(bytes(&vector, "key")), at);
        let encoded = leaf.encode().unwrap();
        assert_eq!(hex::encode(&encoded), vector["leaf"], "{name}");
        assert_eq!(hex::encode(leaf_hash(&encoded)), vector["leaf_hash"], "{name}");
        let decoded = Leaf::decode(&encoded).unwrap();
        assert_eq!(decoded, leaf, "{name}");
        assert_eq!(decoded.into_signed(), signed, "{name}");
        assert!(encoded.ends_with(&payload), "{name}: I1");
    }
}

#[test]
fn bad_leaves() {
    for vector in load("leaf/bad_leaves.json") {
        let code = match Leaf::decode(&input(&vector, "leaf")).expect_err("a bad leaf") {
            CodecError::TrailingBytes => "trailing-bytes",
            CodecError::Malformed(_) | CodecError::TooLarge => "malformed",
        };
        assert_eq!(code, vector["code"], "{}", vector["name"]);
    }
}

#[test]
fn the_largest_leaf() {
    let leaf = |length: usize| {
        let signed = Signed { payload: vec![b'a'; length], signature: [7; 64] };
        Leaf::new(signed, KeyId([1; 32]), Timestamp(0)).encode()
    };
    let head = leaf(0).unwrap().len();
    assert_eq!(head, 114);
    let largest = leaf(ENTRY_BYTES_MAX - head).unwrap();
    assert_eq!(largest.len(), ENTRY_BYTES_MAX);
    assert!(Leaf::decode(&largest).is_ok());
    assert_eq!(leaf(ENTRY_BYTES_MAX - head + 1), Err(StatementError::TooLarge));
    let mut longer = largest;
    longer[113] += 1;
    longer.push(b'a');
    assert!(Leaf::decode(&longer).is_err(), "a leaf of 65,536 bytes");
}

#[test]
fn roots_of_trees() {
    for vector in load("leaf/tree.json") {
        let mut frontier = Frontier::new();
        let roots = vector["roots"].as_array().unwrap();
        assert_eq!(hex::encode(frontier.root()), roots[0]);
        for (leaf, root) in vector["leaves"].as_array().unwrap().iter().zip(&roots[1..]) {
            frontier.push(leaf_hash(&hex::decode(leaf.as_str().unwrap()).unwrap()));
            assert_eq!(hex::encode(frontier.root()), *root);
        }
        assert_eq!(frontier.size() + 1, roots.len() as u64);
    }
}

#[test]
fn canonical_texts() {
    for vector in load("canonical/vectors.json") {
        let value: Value = serde_json::from_str(text(&vector, "input")).unwrap();
        assert_eq!(canonical::to_string(&value).unwrap(), vector["expect"], "{}", vector["name"]);
        assert_eq!(canonical::check(text(&vector, "expect").as_bytes()), Ok(()));
    }
    for vector in load("canonical/bad_form.json") {
        let refused = canonical::check(&input(&vector, "input")).expect_err("a bad form");
        assert_eq!(refused.code(), vector["code"], "{}", vector["name"]);
    }
}

#[test]
fn signatures() {
    let tag = |vector: &Value| {
        let found = Domain::ALL.into_iter().find(|domain| vector["tag"] == domain.tag());
        found.unwrap_or_else(|| panic!("{}", vector["tag"]))
    };
    for vector in load("signature/enrolment.json") {
        let verdict = PublicKey::from_bytes(bytes(&vector, "public_key")).check_enrollable();
        assert_eq!(verdict.err().map(CryptoError::code), vector["code"].as_str());
    }
    for vector in load("signature/tagged.json") {
        let secret = SecretKey::from_seed(&bytes(&vector, "seed"));
        let signature = secret.sign(tag(&vector), text(&vector, "payload").as_bytes());
        assert_eq!(hex::encode(signature.as_bytes()), vector["signature"], "{}", vector["name"]);
    }
    for vector in load("signature/bad_tagged.json") {
        let verdict = text(&vector, "public_key").parse::<PublicKey>().and_then(|key| {
            let signature: Signature = text(&vector, "signature").parse()?;
            let payload = text(&vector, "payload").as_bytes();
            Verifier::new(&key)?.verify(tag(&vector), payload, &signature)
        });
        assert_eq!(verdict.unwrap_err().code(), vector["code"], "{}", vector["name"]);
    }
}

#[test]
fn key_files() {
    for file in ["key_file/vectors.json", "key_file/bad_key_files.json"] {
        for vector in load(file) {
            let spaces = usize::try_from(vector["padding"].as_u64().unwrap_or(0)).unwrap();
            let pem = format!("{}{}", text(&vector, "pem"), " ".repeat(spaces));
            let read = match text(&vector, "kind") {
                "public" => key_file::public_from_pem(pem.as_bytes()),
                _ => key_file::from_pem(pem.as_bytes(), vector["password"].as_str())
                    .map(|secret| secret.public_key()),
            };
            let found = read.as_ref().map(|key| hex::encode(key.as_bytes()));
            assert_eq!(found.as_deref().ok(), vector["public_key"].as_str(), "{}", vector["name"]);
            let code = read.as_ref().err().map(KeyFileError::code);
            assert_eq!(code, vector["code"].as_str(), "{}", vector["name"]);
        }
    }
}
