//! Where chance comes from: what is announced before, what comes after, and the seed of both.

use super::chain::{Beacon, BeaconVerifier, Chain};
use super::parameters::Design;
use super::{Lot, Pool, bits, rfc3797};
use crate::id::{Hash, StatementId};
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;

/// First bytes of what a seed is the hash of.
const TAG: &[u8] = b"archipel.draw.seed.v1\n";
/// Largest published number: 2^53 - 1, as everywhere in JSON.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// What a seed is for. It is bound to all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The draw.
    pub draw: StatementId,
    /// [`super::Pool::root`].
    pub pool: Hash,
    /// [`super::Parameters::hash`].
    pub parameters: Hash,
}

/// Numbers that somebody else is going to draw and publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct NumberSource {
    /// Which, in words: the lottery and the date.
    pub name: String,
    /// Of how many they are drawn.
    pub of: u32,
    /// How many there will be; their order does not matter.
    pub taken: u32,
}

/// Where chance is to come from, announced before anybody can know what comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Announcement {
    /// A future round of a chain of beacons.
    Beacon {
        /// The chain, by its hash.
        chain: Hash,
        /// The round.
        round: u64,
    },
    /// Secrets of several people.
    Secrets {
        /// SHA-256 of each secret of 32 bytes.
        commitments: Vec<Hash>,
        /// How many must be revealed at least.
        least: u32,
    },
    /// Numbers that others publish.
    Numbers {
        /// From where, in this order.
        sources: Vec<NumberSource>,
    },
}

/// What became of one commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Reveal {
    /// It was not revealed.
    Missing,
    /// The secret.
    Secret(Hash),
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entropy {
    /// The round.
    Beacon(Beacon),
    /// Each commitment's secret, in their order.
    Secrets(Vec<Reveal>),
    /// The numbers of each source, in their order.
    Numbers(Vec<Vec<u64>>),
}

/// Why an announcement or what came does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntropyError {
    /// What came is of another kind than what was announced.
    OtherKind,
    /// The chain is not known here.
    UnknownChain,
    /// The beacon is of another chain.
    WrongChain,
    /// The beacon is of another round.
    WrongRound,
    /// The beacon is not signed by its chain.
    BadSignature,
    /// The round had come when it was announced.
    RoundPast,
    /// No commitments, too many, or fewer than must be revealed.
    CommitmentCount,
    /// Two people committed to one secret: one of them copied.
    RepeatedCommitment,
    /// A commitment served before, and its secret may be known.
    Replayed,
    /// There is not one reveal for each commitment.
    RevealCount,
    /// A secret is not the committed one.
    NotTheCommitted,
    /// Fewer secrets were revealed than announced.
    TooFewReveals,
    /// Sources or numbers are missing, too many or out of range.
    Numbers,
    /// The seed is that of another draw, pool, parameters or chance.
    Foreign,
}

impl Announcement {
    /// Fewest people whose secrets together are a source.
    pub const COMMITMENTS_MIN: usize = 3;
    /// Most of them.
    pub const COMMITMENTS_MAX: usize = 64;

    /// Checks what is announced, at the moment when it is. `is_spent` tells commitments of earlier
    /// draws.
    ///
    /// # Errors
    /// The first of [`EntropyError`] that applies, in the order of the code.
    pub fn check(
        &self,
        at: Timestamp,
        is_spent: impl Fn(&Hash) -> bool,
    ) -> Result<(), EntropyError> {
        self.check_form()?;
        match self {
            Self::Beacon { chain, round } => {
                let time = Chain::by_hash(*chain).and_then(|chain| chain.time_of(*round));
                if time > Some(at) { Ok(()) } else { Err(EntropyError::RoundPast) }
            }
            Self::Secrets { commitments, .. } if commitments.iter().any(is_spent) => {
                Err(EntropyError::Replayed)
            }
            Self::Secrets { .. } | Self::Numbers { .. } => Ok(()),
        }
    }

    /// Checks all that depends neither on the moment nor on earlier draws.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn check_form(&self) -> Result<(), EntropyError> {
        match self {
            Self::Beacon { chain, round } => {
                let chain = Chain::by_hash(*chain).ok_or(EntropyError::UnknownChain)?;
                chain.time_of(*round).map(|_| ()).ok_or(EntropyError::WrongRound)
            }
            Self::Secrets { commitments, least } => {
                let few = commitments.len() < Self::COMMITMENTS_MIN;
                let least = usize::try_from(*least).unwrap_or(usize::MAX);
                let many = commitments.len() > Self::COMMITMENTS_MAX;
                if few || many || least == 0 || least > commitments.len() {
                    return Err(EntropyError::CommitmentCount);
                }
                let mut sorted = commitments.clone();
                sorted.sort_unstable();
                sorted.dedup();
                if sorted.len() == commitments.len() {
                    Ok(())
                } else {
                    Err(EntropyError::RepeatedCommitment)
                }
            }
            Self::Numbers { sources } => {
                let good = |source: &NumberSource| {
                    let taken = usize::try_from(source.taken).unwrap_or(usize::MAX);
                    let count = source.taken > 0 && taken <= rfc3797::NUMBERS_MAX;
                    count && source.taken <= source.of && Pool::is_name(&source.name)
                };
                let count = !sources.is_empty() && sources.len() <= rfc3797::SOURCES_MAX;
                if count && sources.iter().all(good) { Ok(()) } else { Err(EntropyError::Numbers) }
            }
        }
    }

    /// Bits that surely are in what will come, to be compared with [`bits::needed`]: 256 of a
    /// beacon or of secrets, of which one that is not known suffices.
    #[must_use]
    pub fn bits(&self) -> u64 {
        match self {
            Self::Beacon { .. } | Self::Secrets { .. } => 256,
            Self::Numbers { sources } => {
                sources.iter().map(|source| bits::held(source.of, source.taken)).sum()
            }
        }
    }
}

impl Entropy {
    /// The seed of a draw: SHA-256 of `archipel.draw.seed.v1`, a line feed, the draw's id (16
    /// bytes), the root of the pool, the hash of the parameters, then what came:
    ///
    /// - of a beacon, a byte 1, the chain's hash, the round (8 bytes) and its randomness;
    /// - of secrets, a byte 2, their number (4 bytes), and for each its commitment, then a byte 1
    ///   and the secret, or a byte 0 if it is missing;
    /// - of numbers, a byte 3, the length (4 bytes) of their key and the key of
    ///   [`rfc3797::key`].
    ///
    /// # Errors
    /// The first of [`EntropyError`] that applies, in the order of the code.
    pub fn seed(
        &self,
        announced: &Announcement,
        subject: &Subject,
        verifier: &dyn BeaconVerifier,
    ) -> Result<Hash, EntropyError> {
        let mut text = TAG.to_vec();
        text.extend(subject.draw.0.to_be_bytes());
        text.extend(subject.pool.0);
        text.extend(subject.parameters.0);
        match (self, announced) {
            (Self::Beacon(beacon), Announcement::Beacon { chain, round }) => {
                announced.check_form()?;
                check_beacon(beacon, *chain, *round, verifier)?;
                text.push(1);
                text.extend(chain.0);
                text.extend(round.to_be_bytes());
                text.extend(beacon.randomness().0);
            }
            (Self::Secrets(reveals), Announcement::Secrets { commitments, least }) => {
                announced.check_form()?;
                check_reveals(reveals, commitments, *least)?;
                text.push(2);
                text.extend(length(commitments.len()));
                for (commitment, reveal) in commitments.iter().zip(reveals) {
                    text.extend(commitment.0);
                    match reveal {
                        Reveal::Missing => text.push(0),
                        Reveal::Secret(secret) => {
                            text.push(1);
                            text.extend(secret.0);
                        }
                    }
                }
            }
            (Self::Numbers(numbers), Announcement::Numbers { sources }) => {
                announced.check_form()?;
                check_numbers(numbers, sources)?;
                let key = rfc3797::key(numbers);
                text.push(3);
                text.extend(length(key.len()));
                text.extend(key.as_bytes());
            }
            _ => return Err(EntropyError::OtherKind),
        }
        Ok(Hash::of(&text))
    }

    /// What decides a draw of this design: the seed, or, by RFC 3797, the key itself.
    ///
    /// # Errors
    /// As [`Self::seed`]; [`EntropyError::OtherKind`] when RFC 3797 is to draw without numbers.
    pub fn lot(
        &self,
        announced: &Announcement,
        subject: &Subject,
        design: &Design,
        verifier: &dyn BeaconVerifier,
    ) -> Result<Lot, EntropyError> {
        let seed = self.seed(announced, subject, verifier)?;
        match (design, self) {
            (Design::Rfc3797, Self::Numbers(numbers)) => Ok(Lot::Rfc3797(rfc3797::key(numbers))),
            (Design::Rfc3797, _) => Err(EntropyError::OtherKind),
            _ => Ok(Lot::Seed(seed)),
        }
    }

    /// Checks a seed that somebody claims.
    ///
    /// # Errors
    /// As [`Self::seed`]; [`EntropyError::Foreign`] when the seed is another.
    pub fn check_seed(
        &self,
        claimed: Hash,
        announced: &Announcement,
        subject: &Subject,
        verifier: &dyn BeaconVerifier,
    ) -> Result<(), EntropyError> {
        let seed = self.seed(announced, subject, verifier)?;
        if seed == claimed { Ok(()) } else { Err(EntropyError::Foreign) }
    }

    /// Which commitments were not revealed, from 0.
    pub fn missing(&self) -> impl Iterator<Item = usize> {
        let reveals: &[Reveal] = if let Self::Secrets(reveals) = self { reveals } else { &[] };
        (0..).zip(reveals).filter(|(_, reveal)| **reveal == Reveal::Missing).map(|(place, _)| place)
    }
}

fn check_beacon(
    beacon: &Beacon,
    chain: Hash,
    round: u64,
    verifier: &dyn BeaconVerifier,
) -> Result<(), EntropyError> {
    let known = Chain::by_hash(chain).ok_or(EntropyError::UnknownChain)?;
    if beacon.chain != chain {
        return Err(EntropyError::WrongChain);
    }
    if beacon.round != round {
        return Err(EntropyError::WrongRound);
    }
    if verifier.is_signed(known, beacon) { Ok(()) } else { Err(EntropyError::BadSignature) }
}

fn check_reveals(reveals: &[Reveal], commitments: &[Hash], least: u32) -> Result<(), EntropyError> {
    if reveals.len() != commitments.len() {
        return Err(EntropyError::RevealCount);
    }
    let mut revealed = 0;
    for (commitment, reveal) in commitments.iter().zip(reveals) {
        if let Reveal::Secret(secret) = reveal {
            if Hash::of(&secret.0) != *commitment {
                return Err(EntropyError::NotTheCommitted);
            }
            revealed += 1;
        }
    }
    if revealed < least { Err(EntropyError::TooFewReveals) } else { Ok(()) }
}

fn check_numbers(numbers: &[Vec<u64>], sources: &[NumberSource]) -> Result<(), EntropyError> {
    let fits = |(numbers, source): (&Vec<u64>, &NumberSource)| {
        u32::try_from(numbers.len()).is_ok_and(|count| count == source.taken)
            && numbers.iter().all(|number| *number <= NUMBER_MAX)
    };
    let all = numbers.len() == sources.len() && numbers.iter().zip(sources).all(fits);
    if all { Ok(()) } else { Err(EntropyError::Numbers) }
}

/// A length in four bytes; limits keep it far below 2^32.
fn length(count: usize) -> [u8; 4] {
    u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes()
}

impl EntropyError {
    /// Every error, in the order of the list.
    pub const ALL: [Self; 14] = [
        Self::OtherKind,
        Self::UnknownChain,
        Self::WrongChain,
        Self::WrongRound,
        Self::BadSignature,
        Self::RoundPast,
        Self::CommitmentCount,
        Self::RepeatedCommitment,
        Self::Replayed,
        Self::RevealCount,
        Self::NotTheCommitted,
        Self::TooFewReveals,
        Self::Numbers,
        Self::Foreign,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherKind => "entropy.other-kind",
            Self::UnknownChain => "entropy.unknown-chain",
            Self::WrongChain => "entropy.wrong-chain",
            Self::WrongRound => "entropy.wrong-round",
            Self::BadSignature => "entropy.bad-signature",
            Self::RoundPast => "entropy.round-past",
            Self::CommitmentCount => "entropy.commitment-count",
            Self::RepeatedCommitment => "entropy.repeated-commitment",
            Self::Replayed => "entropy.replayed",
            Self::RevealCount => "entropy.reveal-count",
            Self::NotTheCommitted => "entropy.not-the-committed",
            Self::TooFewReveals => "entropy.too-few-reveals",
            Self::Numbers => "entropy.numbers",
            Self::Foreign => "entropy.foreign",
        }
    }
}

impl fmt::Display for EntropyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherKind => "this is another kind of chance than the announced one",
            Self::UnknownChain => "the chain of beacons is not known",
            Self::WrongChain => "the beacon is of another chain",
            Self::WrongRound => "the beacon is of another round",
            Self::BadSignature => "the beacon is not signed by its chain",
            Self::RoundPast => "the round had come when it was announced",
            Self::CommitmentCount => "the number of commitments is out of range",
            Self::RepeatedCommitment => "two commitments are equal",
            Self::Replayed => "a commitment served in an earlier draw",
            Self::RevealCount => "there is not one reveal for each commitment",
            Self::NotTheCommitted => "a secret is not the committed one",
            Self::TooFewReveals => "too few secrets were revealed",
            Self::Numbers => "the published numbers are not those announced",
            Self::Foreign => "the seed is that of another draw, pool, parameters or chance",
        })
    }
}

impl std::error::Error for EntropyError {}
