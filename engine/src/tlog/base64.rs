//! Base64 of RFC 4648 4, with padding; one spelling for each value.

use crate::log::merkle::Hash;
use base64ct::{Base64, Encoding};

/// The text of these bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// The bytes of a text; nothing for any other spelling than [`encode`]'s.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let bytes = Base64::decode_vec(text).ok()?;
    (encode(&bytes) == text).then_some(bytes)
}

/// A hash of 32 bytes.
pub(crate) fn decode_hash(text: &str) -> Option<Hash> {
    decode(text)?.try_into().ok()
}

/// A number as C2SP writes it: decimal digits without leading zeros, below 2^63.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = digits && (text == "0" || !text.starts_with('0'));
    let number: u64 = canonical.then(|| text.parse().ok()).flatten()?;
    (number <= super::checkpoint::SIZE_MAX).then_some(number)
}
