//! Names as values: the name of a member, or of an alternative.

use serde::de::{self, DeserializeSeed, Visitor};

use super::error::CanonicalError;
use super::error::CanonicalErrorKind::WrongType;
use super::scan::Text;

/// A member name, or the string form of an alternative.
pub(super) struct Name<'de>(pub(super) Text<'de>);

impl<'de> de::Deserializer<'de> for Name<'de> {
    type Error = CanonicalError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CanonicalError> {
        match self.0 {
            Text::Borrowed(text) => visitor.visit_borrowed_str(text),
            Text::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CanonicalError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, CanonicalError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CanonicalError> {
        visitor.visit_enum(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> de::EnumAccess<'de> for Name<'de> {
    type Error = CanonicalError;
    type Variant = NameOnly;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, NameOnly), CanonicalError> {
        seed.deserialize(self).map(|variant| (variant, NameOnly))
    }
}

/// What follows the string form of an alternative: nothing.
pub(super) struct NameOnly;

impl<'de> de::VariantAccess<'de> for NameOnly {
    type Error = CanonicalError;

    fn unit_variant(self) -> Result<(), CanonicalError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        _seed: T,
    ) -> Result<T::Value, CanonicalError> {
        Err(CanonicalError::new(WrongType))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        _visitor: V,
    ) -> Result<V::Value, CanonicalError> {
        Err(CanonicalError::new(WrongType))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, CanonicalError> {
        Err(CanonicalError::new(WrongType))
    }
}
