use super::{leo, quicknet};
use crate::crypto::Drand;
use archipel_domain::draw::{Beacon, BeaconVerifier as _, Chain};

fn is_signed(beacon: &Beacon) -> bool {
    Drand.is_signed(Chain::by_hash(beacon.chain).unwrap(), beacon)
}

#[test]
fn published_beacons_are_signed() {
    assert!(is_signed(&leo()));
    assert!(is_signed(&quicknet()));
    let randomness = "8b676484b5fb1f37f9ec5c413d7d29883504e5b669f604a1ce68b3388e9ae3d9";
    assert_eq!(leo().randomness().to_string(), randomness);
}

#[test]
fn nothing_else_is() {
    let changes: [fn(&mut Beacon); 7] = [
        |beacon| beacon.round += 1,
        |beacon| beacon.signature[40] ^= 1,
        |beacon| beacon.signature.push(0),
        |beacon| beacon.signature.truncate(47),
        |beacon| beacon.signature.clear(),
        // The point at infinity, which a careless verifier takes for everything.
        |beacon| {
            beacon.signature.fill(0);
            beacon.signature[0] = 0xc0;
        },
        |beacon| beacon.previous_signature = vec![7; 95],
    ];
    for good in [leo(), quicknet()] {
        for change in changes {
            let mut bad = good.clone();
            change(&mut bad);
            assert!(!is_signed(&bad), "{bad:?}");
        }
        let mut other = good.clone();
        other.chain = Chain::KNOWN.into_iter().find(|chain| chain.hash != good.chain).unwrap().hash;
        assert!(!is_signed(&other));
    }
    // The signature before can not take bytes of the round: SHA-256 of both is of one text.
    let mut shifted = quicknet();
    shifted.previous_signature = vec![0; 8];
    assert!(!is_signed(&shifted));
    let mut without = leo();
    without.previous_signature.clear();
    assert!(!is_signed(&without));
}
