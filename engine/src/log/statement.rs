//! Statements: what members sign (docs/spec/statement.md).
//!
//! ```text
//! {"act":"ballot.cast/1","author":"…uuid…","body":{…},"id":"…uuidv7…",
//!  "issued_at":1790000000000,"key":"…64 hex…","origin":"example.org/convention"}
//! ```
//!
//! Members are sorted, so `act` comes before `body` and one pass reads both. `as` (the mandate)
//! and `if` (what must still hold) are there only when needed.

use super::canonical::{self, CanonicalError};
use crate::crypto::{
    self, CryptoError, Domain, Drand, Pending, PublicKey, SecretKey, Signature, Verifier,
    VerifierCache, check_possession,
};
use crate::tlog::checkpoint::Checkpoint;
use archipel_domain::act::{Access, Act, Authored};
use archipel_domain::authority::Condition;
use archipel_domain::draw::{BeaconVerifier as _, Chain};
use archipel_domain::federation::SignedCheckpoint;
use archipel_domain::id::{Hash, KeyId, MemberId, SignatureBytes, StatementId};
use archipel_domain::time::Timestamp;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// How far the time inside a statement's id may be from `issued_at`: five minutes.
pub const ID_SKEW_MS_MAX: i64 = 300_000;

/// Longest origin, in bytes.
pub const ORIGIN_BYTES_MAX: usize = 128;

/// Why bytes are not a statement for this log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// The payload is not canonical JSON of a statement's form.
    #[error("{0}")]
    Form(CanonicalError),
    /// There is no act of this type.
    #[error("there is no act of this type")]
    UnknownAct,
    /// The statement was made for another log.
    #[error("the statement was made for another log")]
    WrongOrigin,
    /// The id is not a `UUIDv7`.
    #[error("the id is not a UUIDv7")]
    IdVersion,
    /// The time in the id is not that of `issued_at`, within [`ID_SKEW_MS_MAX`].
    #[error("the time in the id is not that of issued_at")]
    IdTime,
    /// The encoded leaf would be larger than 65,535 bytes.
    #[error("the statement is too large")]
    TooLarge,
    /// A beacon in the body is not signed by its chain.
    #[error("the beacon is not signed by its chain")]
    Beacon,
    /// A key or a signature is refused.
    #[error("{0}")]
    Crypto(CryptoError),
}

impl StatementError {
    /// The codes that are not already those of canonical form or of keys.
    pub const OWN_CODES: [&'static str; 6] = [
        "statement.unknown-act",
        "statement.wrong-origin",
        "statement.id-version",
        "statement.id-time",
        "statement.too-large",
        "entropy.bad-signature",
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form(error) => error.code(),
            Self::UnknownAct => "statement.unknown-act",
            Self::WrongOrigin => "statement.wrong-origin",
            Self::IdVersion => "statement.id-version",
            Self::IdTime => "statement.id-time",
            Self::TooLarge => "statement.too-large",
            Self::Beacon => "entropy.bad-signature",
            Self::Crypto(error) => error.code(),
        }
    }
}

impl From<CanonicalError> for StatementError {
    fn from(error: CanonicalError) -> Self {
        Self::Form(error)
    }
}

impl From<CryptoError> for StatementError {
    fn from(error: CryptoError) -> Self {
        Self::Crypto(error)
    }
}

/// Whether a text can name a log: a schemeless address prefix without a final slash, which does
/// not begin like the tags of what is signed.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'/')
    };
    let words = text.split('/').all(|word| !word.is_empty());
    // Signed texts without a tag begin with the origin and must not pass for tagged ones.
    let like_tag = text.as_bytes().starts_with(crypto::TAG_PREFIX);
    text.len() <= ORIGIN_BYTES_MAX && words && !like_tag && text.bytes().all(allowed)
}

/// A statement before it is signed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its id, a `UUIDv7`: keep it for a retry.
    pub id: StatementId,
    /// Who signs.
    pub author: MemberId,
    /// The mandate under which the author acts.
    pub acting_as: Option<StatementId>,
    /// When.
    pub issued_at: Timestamp,
    /// What must still hold.
    pub condition: Option<Condition>,
    /// What is asked for.
    pub act: Act,
}

#[derive(Serialize)]
struct Payload<'a> {
    act: &'a str,
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    acting_as: Option<StatementId>,
    author: MemberId,
    body: &'a Act,
    id: StatementId,
    #[serde(rename = "if", skip_serializing_if = "Option::is_none")]
    condition: Option<&'a Condition>,
    issued_at: Timestamp,
    key: KeyId,
    origin: &'a str,
}

impl Draft {
    /// The canonical text that would be signed with that key for that log.
    ///
    /// # Errors
    /// [`CanonicalError`] when a text is not in normal form C, or the whole is too large.
    pub fn payload(&self, origin: &str, key: KeyId) -> Result<String, CanonicalError> {
        canonical::to_string(&Payload {
            act: self.act.type_name(),
            acting_as: self.acting_as,
            author: self.author,
            body: &self.act,
            id: self.id,
            condition: self.condition.as_ref(),
            issued_at: self.issued_at,
            key,
            origin,
        })
    }

    /// Signs it.
    ///
    /// # Errors
    /// As [`Draft::payload`].
    pub fn sign(&self, origin: &str, secret: &SecretKey) -> Result<Signed, CanonicalError> {
        let payload = self.payload(origin, KeyId(*secret.public_key().as_bytes()))?.into_bytes();
        let signature = *secret.sign(Domain::Statement, &payload).as_bytes();
        Ok(Signed { payload, signature })
    }
}

/// A payload and its signature, as they travel; nothing about them is known to be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The exact bytes that were signed.
    pub payload: Vec<u8>,
    /// The ed25519 signature.
    pub signature: [u8; 64],
}

/// One line of a file or of a request: `{"signature":"…128 hex…","statement":"…payload…"}`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedLine {
    signature: SignatureBytes,
    statement: String,
}

impl Signed {
    /// Longest line that [`Signed::from_line`] reads: every byte of a payload may need escaping.
    pub const LINE_BYTES_MAX: usize = 6 * canonical::MAX_LENGTH + 256;

    /// Writes it as one line of JSON, without the line feed.
    #[must_use]
    pub fn to_line(&self) -> String {
        let statement = String::from_utf8_lossy(&self.payload).into_owned();
        let line = SignedLine { signature: SignatureBytes(self.signature), statement };
        serde_json::to_string(&line).unwrap_or_default()
    }

    /// Reads one line of JSON. The envelope may be written freely; the payload inside may not.
    ///
    /// # Errors
    /// A few words on what is wrong with the envelope.
    pub fn from_line(line: &[u8]) -> Result<Self, String> {
        if line.len() > Self::LINE_BYTES_MAX {
            return Err("the line is too long".to_owned());
        }
        let line: SignedLine = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        Ok(Self { payload: line.statement.into_bytes(), signature: line.signature.0 })
    }
}

/// A statement of the right form; its signature is not yet checked.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The log that it is made for.
    pub origin: String,
    /// What the rules decide upon.
    pub authored: Authored,
}

impl Statement {
    /// Reads a payload strictly: canonical form, known act, known members, and an id that is a
    /// `UUIDv7` of about the time of issue (so that the index of ids grows nearly in order).
    ///
    /// # Errors
    /// The first fault found.
    pub fn parse(payload: &[u8]) -> Result<Self, StatementError> {
        let mut deserializer = canonical::Deserializer::new(payload)?;
        let raw = deserializer.deserialize_map(StatementVisitor)?;
        deserializer.end()?;
        let act = raw.act.ok_or(StatementError::UnknownAct)?;
        let mut asked = act.asked();
        while let Some(within) = asked {
            // The act within a request is there to be read by name, like the outer one.
            asked = within.act().ok_or(StatementError::UnknownAct)?.asked();
        }
        let id_ms = raw.id.unix_ms().ok_or(StatementError::IdVersion)?;
        if id_ms.abs_diff(raw.issued_at.0) > ID_SKEW_MS_MAX.unsigned_abs() {
            return Err(StatementError::IdTime);
        }
        let authored = Authored {
            id: raw.id,
            author: raw.author,
            key: raw.key,
            acting_as: raw.acting_as,
            issued_at: raw.issued_at,
            condition: raw.condition,
            payload_hash: Hash::of(payload),
            act,
        };
        Ok(Self { origin: raw.origin.to_owned(), authored })
    }

    /// Checks everything that needs no state: origin, signature, and the proofs of possession
    /// that the act carries.
    ///
    /// # Errors
    /// The first fault found.
    pub fn verify(
        &self,
        payload: &[u8],
        signature: [u8; 64],
        origin: &str,
        verifiers: &VerifierCache,
    ) -> Result<(), StatementError> {
        self.begin(payload, signature, origin, verifiers)?.conclude()?;
        self.check_proofs(origin)
    }

    /// The first part of [`Statement::verify`]: the origin, and the signature but for what
    /// [`conclude`](crate::crypto::conclude) ends for many at once.
    ///
    /// # Errors
    /// The first fault found.
    pub fn begin(
        &self,
        payload: &[u8],
        signature: [u8; 64],
        origin: &str,
        verifiers: &VerifierCache,
    ) -> Result<Pending, StatementError> {
        if self.origin != origin {
            return Err(StatementError::WrongOrigin);
        }
        let verifier = verifiers.get(&PublicKey::from_bytes(self.authored.key.0))?;
        let signature = Signature::from_bytes(signature);
        Ok(verifier.begin(Domain::Statement, payload, &signature)?)
    }

    /// The last part of [`Statement::verify`]: the keys and signatures that the act carries.
    ///
    /// # Errors
    /// The first fault found.
    pub fn check_proofs(&self, origin: &str) -> Result<(), StatementError> {
        if self.authored.act.access() == Access::Anyone {
            // Nobody has checked a signatory's key at an enrolment.
            PublicKey::from_bytes(self.authored.key.0).check_enrollable()?;
        }
        for proof in self.authored.act.proofs() {
            let key = PublicKey::from_bytes(proof.key.0);
            let signature = Signature::from_bytes(proof.proof.0);
            check_possession(&key, origin, &proof.owner.to_string(), &signature)?;
        }
        for foreign in self.authored.act.checkpoints() {
            verify_checkpoint(&foreign)?;
        }
        for beacon in self.authored.act.beacons() {
            // A chain that is not known is no announced one: the rules refuse it.
            let chain = Chain::by_hash(beacon.chain);
            if chain.is_some_and(|chain| !Drand.is_signed(chain, &beacon)) {
                return Err(StatementError::Beacon);
            }
        }
        Ok(())
    }
}

/// Checks the signature of another log under its checkpoint.
fn verify_checkpoint(foreign: &SignedCheckpoint) -> Result<(), StatementError> {
    let key = PublicKey::from_bytes(foreign.key.0);
    key.check_enrollable()?;
    let origin = foreign.origin.as_str().to_owned();
    let checkpoint = Checkpoint { origin, size: foreign.size, root: foreign.root.0 };
    let signature = Signature::from_bytes(foreign.signature.0);
    Ok(Verifier::new(&key)?.verify_note(checkpoint.to_string().as_bytes(), &signature)?)
}

struct RawStatement<'de> {
    act: Option<Act>,
    acting_as: Option<StatementId>,
    author: MemberId,
    id: StatementId,
    condition: Option<Condition>,
    issued_at: Timestamp,
    key: KeyId,
    origin: &'de str,
}

/// The body, whose type is the value of the member `act`, read before it.
struct Body<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Body<'_> {
    type Value = Option<Act>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Act>, D::Error> {
        if Act::TYPES.contains(&self.0) {
            Act::deserialize_body(self.0, deserializer)
        } else {
            IgnoredAny::deserialize(deserializer).map(|_| None)
        }
    }
}

struct StatementVisitor;

impl<'de> Visitor<'de> for StatementVisitor {
    type Value = RawStatement<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a statement")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawStatement<'de>, A::Error> {
        use serde::de::Error;
        const MEMBERS: &[&str] =
            &["act", "as", "author", "body", "id", "if", "issued_at", "key", "origin"];
        let (mut act_type, mut act, mut acting_as, mut author) = (None, None, None, None);
        let (mut id, mut condition, mut issued_at, mut key) = (None, None, None, None);
        let mut origin = None;
        while let Some(member) = map.next_key::<&str>()? {
            match member {
                "act" => act_type = Some(map.next_value::<&str>()?),
                "as" => acting_as = Some(map.next_value()?),
                "author" => author = Some(map.next_value()?),
                "body" => {
                    let name = act_type.ok_or_else(|| A::Error::missing_field("act"))?;
                    act = Some(map.next_value_seed(Body(name))?);
                }
                "id" => id = Some(map.next_value()?),
                "if" => condition = Some(map.next_value()?),
                "issued_at" => issued_at = Some(map.next_value()?),
                "key" => key = Some(map.next_value()?),
                "origin" => origin = Some(map.next_value::<&str>()?),
                other => return Err(A::Error::unknown_field(other, MEMBERS)),
            }
        }
        let missing = A::Error::missing_field;
        Ok(RawStatement {
            act: act.ok_or_else(|| missing("body"))?,
            acting_as,
            author: author.ok_or_else(|| missing("author"))?,
            id: id.ok_or_else(|| missing("id"))?,
            condition,
            issued_at: issued_at.ok_or_else(|| missing("issued_at"))?,
            key: key.ok_or_else(|| missing("key"))?,
            origin: origin.ok_or_else(|| missing("origin"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::is_origin;

    #[test]
    fn origins_are_addresses_without_scheme() {
        for good in ["example.org", "convention.example.org/2026", "a-b.c/d"] {
            assert!(is_origin(good), "{good}");
        }
        let long = "a".repeat(129);
        for bad in ["", "/", "a/", "/a", "a//b", "https://a", "A", "é", "archipel/v1", &long] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
