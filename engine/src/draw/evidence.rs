//! What came, from the files of others and the command line.

use archipel_domain::draw::{Beacon, Chain, Reveal};
use archipel_domain::id::Hash;
use serde::Deserialize;
use thiserror::Error;

/// Most secrets or commitments of a file.
const LINES_MAX: usize = 64;
/// Most sources of numbers, and most numbers of one.
const NUMBERS_MAX: usize = 64;

/// Why what came can not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EvidenceError {
    /// No round of a beacon in JSON.
    #[error("no round of a beacon: {0}")]
    Beacon(String),
    /// It is not said of which chain the round is.
    #[error("of which chain is this round?")]
    Chain,
    /// The randomness is not that of the signature.
    #[error("the randomness is not SHA-256 of the signature")]
    Randomness,
    /// Not numbers with `,` between them and `/` between sources.
    #[error("not a number: “{0}”")]
    Number(String),
    /// A line that is not 64 hexadecimal digits.
    #[error("line {0} is not 64 hexadecimal digits")]
    Digits(usize),
    /// More lines, sources or numbers than there can be.
    #[error("too many")]
    TooMany,
}

impl EvidenceError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Beacon(_) => "evidence.beacon",
            Self::Chain => "evidence.chain",
            Self::Randomness => "evidence.randomness",
            Self::Number(_) => "evidence.number",
            Self::Digits(_) => "evidence.digits",
            Self::TooMany => "evidence.too-many",
        }
    }
}

/// A round as drand answers it, or as a published draw has it.
#[derive(Deserialize)]
struct Round {
    chain: Option<Hash>,
    #[serde(default)]
    previous_signature: String,
    randomness: Option<Hash>,
    round: u64,
    signature: String,
}

/// Reads a round as drand's interface answers it. Its chain is the one that is named, else the one
/// that it names itself, else the only known one whose signatures are as long.
///
/// # Errors
/// [`EvidenceError`]. The signature is not verified here.
pub fn read_beacon(text: &str, chain: Option<Hash>) -> Result<Beacon, EvidenceError> {
    let wrong = |why: String| EvidenceError::Beacon(why);
    let round: Round = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let bytes = |digits: &str| hex::decode(digits).map_err(|error| wrong(error.to_string()));
    let signature = bytes(&round.signature)?;
    let mut alike =
        Chain::KNOWN.into_iter().filter(|known| known.scheme.signature_length() == signature.len());
    let only = match (alike.next(), alike.next()) {
        (Some(only), None) => Some(only.hash),
        _ => None,
    };
    let chain = chain.or(round.chain).or(only).ok_or(EvidenceError::Chain)?;
    // Some interfaces give the signature before where it is not signed.
    let is_chained = Chain::by_hash(chain)
        .is_none_or(|chain| chain.scheme == archipel_domain::draw::Scheme::Chained);
    let previous_signature =
        if is_chained { bytes(&round.previous_signature)? } else { Vec::new() };
    let beacon = Beacon { chain, previous_signature, round: round.round, signature };
    match round.randomness {
        Some(randomness) if randomness != beacon.randomness() => Err(EvidenceError::Randomness),
        _ => Ok(beacon),
    }
}

/// Reads `9319/2,5,12,8,10/9,18,26`: sources with `/` between them, and perhaps at the end.
///
/// # Errors
/// [`EvidenceError::Number`] or [`EvidenceError::TooMany`].
pub fn read_numbers(text: &str) -> Result<Vec<Vec<u64>>, EvidenceError> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let number = |digits: &str| {
        let wrong = || EvidenceError::Number(digits.chars().take(40).collect());
        digits.trim().parse::<u64>().map_err(|_| wrong())
    };
    let source = |source: &str| -> Result<Vec<u64>, EvidenceError> {
        source.split(',').map(number).collect()
    };
    let sources: Vec<Vec<u64>> = text.split('/').map(source).collect::<Result<_, _>>()?;
    let too_many = sources.iter().any(|numbers| numbers.len() > NUMBERS_MAX);
    if too_many || sources.len() > NUMBERS_MAX {
        return Err(EvidenceError::TooMany);
    }
    Ok(sources)
}

/// Reads secrets or commitments: 64 hexadecimal digits a line, blank lines left out.
///
/// # Errors
/// [`EvidenceError::Digits`] or [`EvidenceError::TooMany`].
pub fn read_secrets(text: &str) -> Result<Vec<Hash>, EvidenceError> {
    let mut secrets = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if secrets.len() == LINES_MAX {
            return Err(EvidenceError::TooMany);
        }
        secrets.push(line.parse().map_err(|_| EvidenceError::Digits(number))?);
    }
    Ok(secrets)
}

/// What became of each commitment, from secrets in whatever order; nothing if one of them is no
/// committed one.
#[must_use]
pub fn reveals(commitments: &[Hash], secrets: &[Hash]) -> Option<Vec<Reveal>> {
    let mut reveals = vec![Reveal::Missing; commitments.len()];
    for secret in secrets {
        let committed = Hash::of(&secret.0);
        let place = commitments.iter().position(|commitment| *commitment == committed)?;
        if let Some(reveal) = reveals.get_mut(place) {
            *reveal = Reveal::Secret(*secret);
        }
    }
    Some(reveals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::tests::{leo, quicknet};

    #[test]
    fn beacons_of_the_interface_are_read() {
        for beacon in [leo(), quicknet()] {
            let (signature, randomness) = (hex::encode(&beacon.signature), beacon.randomness());
            let previous = hex::encode(&beacon.previous_signature);
            let text = format!(
                "{{\"round\":{},\"randomness\":\"{randomness}\",\"signature\":\"{signature}\",\
                 \"previous_signature\":\"{previous}\"}}",
                beacon.round
            );
            assert_eq!(read_beacon(&text, None), Ok(beacon.clone()));
            let other = text.replace(&randomness.to_string(), &Hash::of(b"x").to_string());
            assert_eq!(read_beacon(&other, None), Err(EvidenceError::Randomness));
        }
    }

    #[test]
    fn numbers_and_secrets_are_read() {
        let numbers = vec![vec![9319], vec![2, 5, 12, 8, 10]];
        assert_eq!(read_numbers("9319/2,5,12,8,10"), Ok(numbers.clone()));
        assert_eq!(read_numbers("9319/ 2,5,12,8,10 /"), Ok(numbers));
        assert!(read_numbers("").is_err() && read_numbers("1//2").is_err());
        let secrets = [Hash::of(b"a"), Hash::of(b"b")];
        let commitments = secrets.map(|secret| Hash::of(&secret.0));
        let text = format!("{}\n\n", secrets[1]);
        let read = read_secrets(&text).unwrap();
        let revealed = vec![Reveal::Missing, Reveal::Secret(secrets[1])];
        assert_eq!(reveals(&commitments, &read), Some(revealed));
        assert_eq!(reveals(&commitments, &commitments), None);
        assert_eq!(read_secrets("zz"), Err(EvidenceError::Digits(1)));
    }
}
