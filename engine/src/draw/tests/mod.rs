//! Files of others, beacons that were published, and the golden draws.

mod beacons;
mod golden;
mod reading;

use archipel_domain::draw::Beacon;

/// Signatures of beacons as the League of Entropy published them.
pub(super) const LEO_PREVIOUS: &str = "a609e19a03c2fcc559e8dae14900aaefe517cb55c840f6e6\
     9bc8e4f66c8d18e8a609685d9917efbfb0c37f058c2de88f\
     13d297c7e19e0ab24813079efe57a182554ff054c7638153\
     f9b26a60e7111f71a0ff63d9571704905d3ca6df0b031747";
pub(super) const LEO_SIGNATURE: &str = "82f5d3d2de4db19d40a6980e8aa37842a0e55d1df06bd68b\
     ddc8d60002e8e959eb9cfa368b3c1b77d18f02a54fe047b8\
     0f0989315f83b12a74fd8679c4f12aae86eaf6ab5690b34f\
     1fddd50ee3cc6f6cdf59e95526d5a5d82aaa84fa6f181e42";
pub(super) const QUICKNET_SIGNATURE: &str = "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486\
     d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";

fn beacon(chain: &str, round: u64, previous: &str, signature: &str) -> Beacon {
    let chain = archipel_domain::draw::Chain::by_name(chain).unwrap().hash;
    let [previous_signature, signature] =
        [previous, signature].map(|text| hex::decode(text).unwrap());
    Beacon { chain, previous_signature, round, signature }
}

/// Round 72785 of the first network.
pub(super) fn leo() -> Beacon {
    beacon("drand-mainnet", 72_785, LEO_PREVIOUS, LEO_SIGNATURE)
}

/// Round 123 of quicknet.
pub(super) fn quicknet() -> Beacon {
    beacon("drand-quicknet", 123, "", QUICKNET_SIGNATURE)
}
