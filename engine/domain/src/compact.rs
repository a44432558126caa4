//! Text that is held in place up to 24 bytes: names, codes and labels come by the million and
//! seldom are longer. Encoded like any other text.

use bincode::de::Decoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};
use compact_str::CompactString;

/// A text that takes an allocation only when it is long.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Compact(CompactString);

impl Compact {
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl From<&str> for Compact {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Encode for Compact {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.as_str().encode(encoder)
    }
}

impl<C> Decode<C> for Compact {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        String::decode(decoder).map(|text| Self(text.into()))
    }
}
bincode::impl_borrow_decode!(Compact);
