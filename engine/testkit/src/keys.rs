//! Keys that are the same in every run, by number.

use std::cell::RefCell;
use std::collections::HashMap;

use archipel_domain::id::{Hash, KeyId, MemberId, SignatureBytes};
use archipel_engine::crypto::{SecretKey, prove_possession};

/// The log for which drafts are signed and possession of keys is proven.
pub const ORIGIN: &str = "example.org/scenario";

thread_local! {
    static PUBLIC: RefCell<HashMap<u64, KeyId>> = RefCell::default();
}

/// The secret key with a number.
#[must_use]
pub fn secret(number: u64) -> SecretKey {
    let seed = Hash::of(format!("archipel-testkit key {number}").as_bytes());
    SecretKey::from_seed(&seed.0)
}

/// The public half of [`secret`], remembered.
#[must_use]
pub fn public(number: u64) -> KeyId {
    let make = || KeyId(*secret(number).public_key().as_bytes());
    PUBLIC.with_borrow_mut(|known| *known.entry(number).or_insert_with(make))
}

/// Proof that the holder of key `number` wants it for `owner` of the log [`ORIGIN`].
///
/// # Panics
/// Never: the log and the owner are plain text.
#[must_use]
pub fn proof(number: u64, owner: MemberId) -> SignatureBytes {
    let proof = prove_possession(&secret(number), ORIGIN, &owner.to_string()).unwrap();
    SignatureBytes(*proof.as_bytes())
}
