//! Signatures of drand's beacons: BLS on the curve BLS12-381, in pure Rust.

use archipel_domain::draw::{Beacon, BeaconVerifier, Chain, Scheme};
use drand_verify::{G1Pubkey, G2PubkeyRfc, Pubkey};

/// Verifies beacons against the keys of [`Chain::KNOWN`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Drand;

impl BeaconVerifier for Drand {
    /// The crate checks that points are on the curve and in the prime-order group. What is of
    /// another length than the scheme's is refused here: a signature before that no scheme signs
    /// would otherwise shift the round in what is hashed.
    fn is_signed(&self, chain: &Chain, beacon: &Beacon) -> bool {
        let length = chain.scheme.signature_length();
        if beacon.signature.len() != length {
            return false;
        }
        match chain.scheme {
            Scheme::Chained => {
                beacon.previous_signature.len() == length
                    && verify(G1Pubkey::from_variable(chain.key).ok(), beacon)
            }
            Scheme::UnchainedG1 => {
                beacon.previous_signature.is_empty()
                    && verify(G2PubkeyRfc::from_variable(chain.key).ok(), beacon)
            }
        }
    }
}

fn verify<K: Pubkey>(key: Option<K>, beacon: &Beacon) -> bool {
    let verdict =
        key.map(|key| key.verify(beacon.round, &beacon.previous_signature, &beacon.signature));
    matches!(verdict, Some(Ok(true)))
}
