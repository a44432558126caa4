//! A serde serializer that writes only the canonical form.

use std::fmt::Write as _;

use serde::ser::{self, Serialize};

use super::compound::{Elements, Members, check_name};
use super::error::CanonicalError;
use super::error::CanonicalErrorKind::{
    Float, IntegerRange, InvalidValue, NotNfc, Null, TooDeep, TooLarge, WrongType,
};
use super::scan::nfc;
use super::{MAX_DEPTH, MAX_INTEGER, MAX_LENGTH};

/// Writes the canonical text of a value.
///
/// Members come out sorted whatever the order of the fields, and a field that is `None` is left
/// out. Nothing else may be without a value: `None` in a list, `()` and their like are refused.
///
/// # Errors
///
/// When the value has no canonical text: a float, an integer beyond ±(2^53 - 1), text that is not
/// NFC, a `null`, a name that is not plain ASCII, too much depth or length.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, CanonicalError> {
    let mut writer = Writer { out: String::new(), depth: 0, optional_at: None, absent: false };
    value.serialize(&mut writer)?;
    writer.check_length()?;
    Ok(writer.out)
}

/// The text so far.
pub(super) struct Writer {
    pub(super) out: String,
    depth: u8,
    /// Where a field's value would start, while nothing but `None` has been asked for there.
    pub(super) optional_at: Option<usize>,
    /// The field just asked for turned out to be `None`.
    pub(super) absent: bool,
}

impl Writer {
    /// Kept during the work and not only at the end, so that memory stays bounded.
    pub(super) fn check_length(&self) -> Result<(), CanonicalError> {
        if self.out.len() > MAX_LENGTH { Err(CanonicalError::new(TooLarge)) } else { Ok(()) }
    }

    pub(super) fn open(&mut self, byte: char) -> Result<(), CanonicalError> {
        if self.depth >= MAX_DEPTH {
            return Err(CanonicalError::new(TooDeep));
        }
        self.depth = self.depth.saturating_add(1);
        self.out.push(byte);
        Ok(())
    }

    pub(super) fn close(&mut self, byte: char) -> Result<(), CanonicalError> {
        self.depth = self.depth.saturating_sub(1);
        self.out.push(byte);
        self.check_length()
    }

    fn text(&mut self, text: &str) -> Result<(), CanonicalError> {
        if !nfc(text) {
            return Err(CanonicalError::new(NotNfc));
        }
        self.out.push('"');
        for character in text.chars() {
            match character {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\u{8}' => self.out.push_str("\\b"),
                '\t' => self.out.push_str("\\t"),
                '\n' => self.out.push_str("\\n"),
                '\u{c}' => self.out.push_str("\\f"),
                '\r' => self.out.push_str("\\r"),
                '\0'..'\u{20}' => self.print(format_args!("\\u{:04x}", u32::from(character)))?,
                _ => self.out.push(character),
            }
        }
        self.out.push('"');
        self.check_length()
    }

    fn print(&mut self, arguments: std::fmt::Arguments<'_>) -> Result<(), CanonicalError> {
        self.out.write_fmt(arguments).map_err(|_| CanonicalError::new(InvalidValue))
    }

    fn open_variant(&mut self, name: &'static str) -> Result<(), CanonicalError> {
        self.open('{')?;
        let from = self.out.len();
        self.text(name)?;
        check_name(&self.out, from)?;
        self.out.push(':');
        Ok(())
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty)*) => {$(
        fn $method(self, value: $type) -> Result<(), CanonicalError> {
            match i64::try_from(value) {
                Ok(number) if number.unsigned_abs() <= MAX_INTEGER => {
                    self.print(format_args!("{number}"))
                }
                _ => Err(CanonicalError::new(IntegerRange)),
            }
        }
    )*};
}

impl<'a> ser::Serializer for &'a mut Writer {
    type Ok = ();
    type Error = CanonicalError;
    type SerializeSeq = Elements<'a>;
    type SerializeTuple = Elements<'a>;
    type SerializeTupleStruct = Elements<'a>;
    type SerializeTupleVariant = Elements<'a>;
    type SerializeMap = Members<'a>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = Members<'a>;

    integers! {
        serialize_i8: i8 serialize_i16: i16 serialize_i32: i32 serialize_i64: i64
        serialize_u8: u8 serialize_u16: u16 serialize_u32: u32 serialize_u64: u64
        serialize_i128: i128 serialize_u128: u128
    }

    fn serialize_bool(self, value: bool) -> Result<(), CanonicalError> {
        self.out.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f32(self, _value: f32) -> Result<(), CanonicalError> {
        Err(CanonicalError::new(Float))
    }

    fn serialize_f64(self, _value: f64) -> Result<(), CanonicalError> {
        Err(CanonicalError::new(Float))
    }

    fn serialize_char(self, value: char) -> Result<(), CanonicalError> {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), CanonicalError> {
        self.text(value)
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<(), CanonicalError> {
        Err(CanonicalError::new(WrongType))
    }

    fn serialize_none(self) -> Result<(), CanonicalError> {
        if self.optional_at != Some(self.out.len()) {
            return Err(CanonicalError::new(Null));
        }
        self.absent = true;
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), CanonicalError> {
        // `Some(None)` left out would read back as `None`.
        self.optional_at = None;
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), CanonicalError> {
        Err(CanonicalError::new(Null))
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), CanonicalError> {
        Err(CanonicalError::new(Null))
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), CanonicalError> {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), CanonicalError> {
        // A type around `None` left out would be missing when read back.
        self.optional_at = None;
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), CanonicalError> {
        self.open_variant(variant)?;
        value.serialize(&mut *self)?;
        self.close('}')
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Elements<'a>, CanonicalError> {
        Elements::open(self, false)
    }

    fn serialize_tuple(self, _length: usize) -> Result<Elements<'a>, CanonicalError> {
        Elements::open(self, false)
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Elements<'a>, CanonicalError> {
        Elements::open(self, false)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Elements<'a>, CanonicalError> {
        self.open_variant(variant)?;
        Elements::open(self, true)
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Members<'a>, CanonicalError> {
        Members::open(self, false)
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Members<'a>, CanonicalError> {
        Members::open(self, false)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Members<'a>, CanonicalError> {
        self.open_variant(variant)?;
        Members::open(self, true)
    }
}
