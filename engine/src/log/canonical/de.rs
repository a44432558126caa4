//! A serde deserializer that refuses whatever is not canonical, while it parses.

use serde::de::{self, DeserializeSeed, Visitor};

use super::error::CanonicalErrorKind::{
    DuplicateMember, NotCanonical, NotUtf8, TooDeep, TooLarge, TrailingBytes, WrongLength,
    WrongType,
};
use super::error::{CanonicalError, CanonicalErrorKind};
use super::name::Name;
use super::scan::{Integer, Scanner, Text};
use super::{MAX_DEPTH, MAX_LENGTH};

/// Reads one value from canonical text; for a `DeserializeSeed`, or to stop between values.
///
/// Call [`Deserializer::end`] after the value, or bytes after it go unseen.
pub struct Deserializer<'de> {
    scan: Scanner<'de>,
    depth: u8,
}

impl<'de> Deserializer<'de> {
    /// Starts at the first byte.
    ///
    /// # Errors
    ///
    /// When the input is too long, or is not UTF-8.
    pub fn new(input: &'de [u8]) -> Result<Self, CanonicalError> {
        if input.len() > MAX_LENGTH {
            return Err(CanonicalError::at(TooLarge, MAX_LENGTH));
        }
        let text = std::str::from_utf8(input)
            .map_err(|error| CanonicalError::at(NotUtf8, error.valid_up_to()))?;
        Ok(Self { scan: Scanner::new(text), depth: 0 })
    }

    /// Checks that nothing follows.
    ///
    /// # Errors
    ///
    /// When something does, be it only whitespace.
    pub fn end(&self) -> Result<(), CanonicalError> {
        match self.scan.peek() {
            None => Ok(()),
            Some(_) => Err(self.scan.error(TrailingBytes)),
        }
    }

    /// The offset of the next byte.
    pub const fn offset(&self) -> usize {
        self.scan.at()
    }

    fn error(&self, kind: CanonicalErrorKind) -> CanonicalError {
        self.scan.error(kind)
    }

    /// The error of a value of another type; a value that could be of none comes first.
    #[cold]
    fn mismatch(&mut self, wanted: &str) -> CanonicalError {
        match self.scan.peek() {
            Some(b'n') => self.scan.null(),
            Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b't' | b'f') => {
                CanonicalError::with(WrongType, &format_args!("expected {wanted}"))
                    .or_at(self.offset())
            }
            _ => self.scan.unexpected(),
        }
    }

    /// Steps into an object or an array.
    #[inline]
    fn enter(&mut self, open: u8, wanted: &str) -> Result<(), CanonicalError> {
        if self.scan.peek() != Some(open) {
            return Err(self.mismatch(wanted));
        }
        if self.depth >= MAX_DEPTH {
            return Err(self.error(TooDeep));
        }
        self.depth = self.depth.saturating_add(1);
        self.scan.bump();
        Ok(())
    }

    #[inline]
    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, CanonicalError> {
        self.enter(b'{', "an object")?;
        let mut members = Members { de: self, previous: None, closed: false };
        let value = visitor.visit_map(&mut members)?;
        let closed = members.closed;
        self.close(closed, b'}')?;
        Ok(value)
    }

    fn array<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, CanonicalError> {
        self.enter(b'[', "an array")?;
        let mut elements = Elements { de: self, first: true, closed: false };
        let value = visitor.visit_seq(&mut elements)?;
        let closed = elements.closed;
        self.close(closed, b']')?;
        Ok(value)
    }

    /// A visitor may stop as soon as it has all it wants; then nothing may be left.
    fn close(&mut self, closed: bool, byte: u8) -> Result<(), CanonicalError> {
        if !closed {
            match self.scan.peek() {
                Some(found) if found == byte => self.scan.bump(),
                Some(b',') => return Err(self.error(WrongLength)),
                _ => return Err(self.scan.unexpected()),
            }
        }
        self.leave();
        Ok(())
    }

    fn any<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, CanonicalError> {
        match self.scan.peek() {
            Some(b'"') => match self.scan.string()? {
                Text::Borrowed(text) => visitor.visit_borrowed_str(text),
                Text::Owned(text) => visitor.visit_string(text),
            },
            Some(b'{') => self.object(visitor),
            Some(b'[') => self.array(visitor),
            Some(b'-' | b'0'..=b'9') => match self.scan.integer()? {
                Integer::Unsigned(value) => visitor.visit_u64(value),
                Integer::Negative(value) => visitor.visit_i64(value),
            },
            Some(b't') => {
                self.scan.literal("true")?;
                visitor.visit_bool(true)
            }
            Some(b'f') => {
                self.scan.literal("false")?;
                visitor.visit_bool(false)
            }
            Some(b'n') => Err(self.scan.null()),
            _ => Err(self.scan.unexpected()),
        }
    }

    fn variant<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, CanonicalError> {
        if self.scan.peek() == Some(b'"') {
            let text = self.scan.string()?;
            return visitor.visit_enum(Name(text));
        }
        self.enter(b'{', "the name of an alternative, or an object of one member")?;
        if self.scan.peek() == Some(b'}') {
            return Err(self.error(WrongLength));
        }
        let value = visitor.visit_enum(&mut *self)?;
        self.close(false, b'}')?;
        Ok(value)
    }
}

/// Gives the offset of the value to an error of its type, which serde makes without one.
macro_rules! located {
    ($self:ident.$method:ident($($argument:expr),*)) => {{
        let start = $self.offset();
        $self.$method($($argument),*).map_err(|error| error.or_at(start))
    }};
}

macro_rules! refused {
    ($($method:ident: $wanted:literal)*) => {$(
        fn $method<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, CanonicalError> {
            Err(self.mismatch($wanted))
        }
    )*};
}

impl<'de> de::Deserializer<'de> for &mut Deserializer<'de> {
    type Error = CanonicalError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CanonicalError> {
        located!(self.any(visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CanonicalError> {
        match self.scan.peek() {
            Some(b'n') => Err(self.scan.null()),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, CanonicalError> {
        visitor.visit_newtype_struct(self)
    }

    // A derived struct also accepts an array of its fields: that would be a second text for it.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CanonicalError> {
        located!(self.object(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CanonicalError> {
        located!(self.object(visitor))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CanonicalError> {
        located!(self.array(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, CanonicalError> {
        located!(self.array(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, CanonicalError> {
        located!(self.array(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CanonicalError> {
        located!(self.variant(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, CanonicalError> {
        self.deserialize_unit(visitor)
    }

    refused! {
        deserialize_f32: "no number with a fraction"
        deserialize_f64: "no number with a fraction"
        deserialize_i128: "an integer of 64 bits"
        deserialize_u128: "an integer of 64 bits"
        deserialize_bytes: "text"
        deserialize_byte_buf: "text"
        deserialize_unit: "an absent member"
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 char str string identifier ignored_any
    }
}

struct Members<'a, 'de> {
    de: &'a mut Deserializer<'de>,
    previous: Option<&'de str>,
    closed: bool,
}

impl<'de> de::MapAccess<'de> for &mut Members<'_, 'de> {
    type Error = CanonicalError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, CanonicalError> {
        let scan = &mut self.de.scan;
        match (scan.peek(), self.previous) {
            (Some(b'}'), _) => {
                scan.bump();
                self.closed = true;
                return Ok(None);
            }
            (_, Some(_)) => scan.expect(b',')?,
            (_, None) => {}
        }
        let start = scan.at();
        let name = scan.name()?;
        // Strictly ascending names are sorted and distinct at once, without memory of the others.
        if let Some(previous) = self.previous
            && name <= previous
        {
            let kind = if name == previous { DuplicateMember } else { NotCanonical };
            return Err(CanonicalError::at(kind, start));
        }
        self.previous = Some(name);
        scan.expect(b':')?;
        seed.deserialize(Name(Text::Borrowed(name))).map(Some).map_err(|error| error.or_at(start))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, CanonicalError> {
        let start = self.de.offset();
        seed.deserialize(&mut *self.de).map_err(|error| error.or_at(start))
    }
}

struct Elements<'a, 'de> {
    de: &'a mut Deserializer<'de>,
    first: bool,
    closed: bool,
}

impl<'de> de::SeqAccess<'de> for &mut Elements<'_, 'de> {
    type Error = CanonicalError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, CanonicalError> {
        let scan = &mut self.de.scan;
        if scan.peek() == Some(b']') {
            scan.bump();
            self.closed = true;
            return Ok(None);
        }
        if !self.first {
            scan.expect(b',')?;
            // The bracket was looked for before the comma only.
            if scan.peek() == Some(b']') {
                return Err(scan.unexpected());
            }
        }
        self.first = false;
        let start = self.de.offset();
        seed.deserialize(&mut *self.de).map(Some).map_err(|error| error.or_at(start))
    }
}

/// The object form of an alternative: after the brace, a name and a value.
impl<'de> de::EnumAccess<'de> for &mut Deserializer<'de> {
    type Error = CanonicalError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), CanonicalError> {
        let start = self.offset();
        let name = self.scan.name()?;
        self.scan.expect(b':')?;
        let variant =
            seed.deserialize(Name(Text::Borrowed(name))).map_err(|error| error.or_at(start))?;
        Ok((variant, self))
    }
}

impl<'de> de::VariantAccess<'de> for &mut Deserializer<'de> {
    type Error = CanonicalError;

    fn unit_variant(self) -> Result<(), CanonicalError> {
        Err(self.mismatch("the name alone"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, CanonicalError> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, CanonicalError> {
        located!(self.array(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CanonicalError> {
        located!(self.object(visitor))
    }
}
