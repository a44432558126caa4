//! Beacons of drand: public randomness that nobody knows before its time.
//!
//! A chain publishes a round every few seconds, signed together by many organisations
//! (<https://docs.drand.love>). The randomness of a round is SHA-256 of its signature. Whether
//! the signature is good is told by a [`BeaconVerifier`], as the domain has no pairings.

use crate::id::Hash;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// What the rounds of a chain sign, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `pedersen-bls-chained`: SHA-256 of the signature before and the round; keys on G1.
    Chained,
    /// `bls-unchained-g1-rfc9380`: SHA-256 of the round; keys on G2, hashed as RFC 9380 says.
    UnchainedG1,
}

impl Scheme {
    /// Its name in drand.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chained => "pedersen-bls-chained",
            Self::UnchainedG1 => "bls-unchained-g1-rfc9380",
        }
    }

    /// Bytes of a signature.
    #[must_use]
    pub const fn signature_length(self) -> usize {
        match self {
            Self::Chained => 96,
            Self::UnchainedG1 => 48,
        }
    }
}

/// A chain of beacons that is known by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Its name here.
    pub name: &'static str,
    /// The beacon's id in drand, empty for the first.
    beacon_id: &'static str,
    /// What names it: the hash of all the rest.
    pub hash: Hash,
    /// Its public key, compressed.
    pub key: &'static [u8],
    /// How it signs.
    pub scheme: Scheme,
    /// When round 1 came, in seconds since 1970.
    pub genesis: u64,
    /// Seconds from round to round.
    pub period: u32,
    /// What the group was when it began.
    genesis_seed: Hash,
}

impl Chain {
    /// The chains that are known: the first network of the League of Entropy, and its quicknet.
    pub const KNOWN: [Self; 2] = [
        Self {
            name: "drand-mainnet",
            beacon_id: "",
            hash: Hash(bytes("8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce")),
            key: &bytes::<48>(
                "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a5699\
                 37c529eeda66c7293784a9402801af31",
            ),
            scheme: Scheme::Chained,
            genesis: 1_595_431_050,
            period: 30,
            genesis_seed: Hash(bytes(
                "176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",
            )),
        },
        Self {
            name: "drand-quicknet",
            beacon_id: "quicknet",
            hash: Hash(bytes("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971")),
            key: &bytes::<96>(
                "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c\
                 8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb\
                 5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
            ),
            scheme: Scheme::UnchainedG1,
            genesis: 1_692_803_367,
            period: 3,
            genesis_seed: Hash(bytes(
                "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
            )),
        },
    ];

    /// The chain of a hash.
    #[must_use]
    pub fn by_hash(hash: Hash) -> Option<&'static Self> {
        const { &Self::KNOWN }.iter().find(|chain| chain.hash == hash)
    }

    /// The chain of a name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        const { &Self::KNOWN }.iter().find(|chain| chain.name == name)
    }

    /// When a round comes: genesis + (round - 1) · period. Rounds count from 1.
    #[must_use]
    pub fn time_of(&self, round: u64) -> Option<Timestamp> {
        let seconds = round.checked_sub(1)?.checked_mul(u64::from(self.period))?;
        let ms = self.genesis.checked_add(seconds)?.checked_mul(1000)?;
        i64::try_from(ms).ok().map(Timestamp)
    }

    /// The first round that comes after a moment.
    #[must_use]
    pub fn first_round_after(&self, moment: Timestamp) -> u64 {
        let genesis = i128::from(self.genesis) * 1000;
        let since = i128::from(moment.0) - genesis;
        let rounds = since.div_euclid(i128::from(self.period) * 1000) + 2;
        u64::try_from(rounds.max(1)).unwrap_or(u64::MAX)
    }

    /// What its hash must be, as drand defines it: SHA-256 of period, genesis, key, genesis seed
    /// and beacon id.
    #[must_use]
    pub fn computed_hash(&self) -> Hash {
        let hasher = Sha256::new()
            .chain_update(self.period.to_be_bytes())
            .chain_update(self.genesis.to_be_bytes())
            .chain_update(self.key)
            .chain_update(self.genesis_seed.0)
            .chain_update(self.beacon_id);
        Hash(hasher.finalize().into())
    }
}

/// Bytes of constants, checked when compiled.
const fn bytes<const N: usize>(text: &str) -> [u8; N] {
    match hex::const_decode_to_array(text.as_bytes()) {
        Ok(bytes) => bytes,
        Err(_) => panic!("a constant is not hexadecimal"),
    }
}

/// A round of a chain, as it was published.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Beacon {
    /// The chain, by its hash.
    pub chain: Hash,
    /// The signature of the round before, in a chain where it is signed; else nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "hexadecimal")]
    pub previous_signature: Vec<u8>,
    /// The round, from 1.
    pub round: u64,
    /// Its signature.
    #[serde(with = "hexadecimal")]
    pub signature: Vec<u8>,
}

impl Beacon {
    /// SHA-256 of the signature.
    #[must_use]
    pub fn randomness(&self) -> Hash {
        Hash::of(&self.signature)
    }
}

impl fmt::Debug for Beacon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signature = hex::encode(&self.signature);
        write!(f, "round {} of {}: {signature}", self.round, self.chain)
    }
}

/// Tells good signatures of beacons.
pub trait BeaconVerifier {
    /// Whether the signature is that of the chain's key on this round. The same answer for ever.
    fn is_signed(&self, chain: &Chain, beacon: &Beacon) -> bool;
}

/// Signatures as lower-case hexadecimal digits, at most 96 bytes.
mod hexadecimal {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    const DIGITS_MAX: usize = 192;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_plain = text.len() <= DIGITS_MAX && text.bytes().all(digit);
        let bytes = if is_plain { hex::decode(&text).ok() } else { None };
        bytes.ok_or_else(|| D::Error::custom("expected lower-case hexadecimal digits"))
    }
}
