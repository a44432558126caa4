//! Arrays and objects being written.

use serde::ser::{self, Serialize};

use super::error::CanonicalError;
use super::error::CanonicalErrorKind::{DuplicateMember, InvalidValue, MemberName, WrongType};
use super::ser::Writer;

/// Checks the name written from `from` to the end, quotes included.
pub(super) fn check_name(out: &str, from: usize) -> Result<(), CanonicalError> {
    let name = out.get(from..).unwrap_or_default();
    let Some(inner) = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Err(CanonicalError::new(WrongType));
    };
    // An escape was needed for whatever shows a backslash here.
    if inner.bytes().all(|byte| matches!(byte, 0x20..=0x7E) && byte != b'\\') {
        Ok(())
    } else {
        Err(CanonicalError::with(MemberName, &inner))
    }
}

/// The elements of an array.
pub(super) struct Elements<'a> {
    writer: &'a mut Writer,
    first: bool,
    /// Inside the object of an alternative, to be closed too.
    variant: bool,
}

impl<'a> Elements<'a> {
    pub(super) fn open(writer: &'a mut Writer, variant: bool) -> Result<Self, CanonicalError> {
        writer.open('[')?;
        Ok(Self { writer, first: true, variant })
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
        if !self.first {
            self.writer.out.push(',');
        }
        self.first = false;
        self.writer.optional_at = None;
        value.serialize(&mut *self.writer)?;
        self.writer.check_length()
    }

    fn finish(self) -> Result<(), CanonicalError> {
        self.writer.close(']')?;
        if self.variant { self.writer.close('}') } else { Ok(()) }
    }
}

/// Where a member lies in the output: its name with the quotes, then all of it.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    name_end: usize,
    end: usize,
}

/// The members of an object: written as they come, sorted at the end.
pub(super) struct Members<'a> {
    writer: &'a mut Writer,
    /// Where the first member starts.
    start: usize,
    spans: Vec<Span>,
    /// Start and end of a name that awaits its value.
    pending: Option<(usize, usize)>,
    variant: bool,
}

impl<'a> Members<'a> {
    pub(super) fn open(writer: &'a mut Writer, variant: bool) -> Result<Self, CanonicalError> {
        writer.open('{')?;
        let start = writer.out.len();
        Ok(Self { writer, start, spans: Vec::new(), pending: None, variant })
    }

    fn name<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), CanonicalError> {
        if !self.spans.is_empty() {
            self.writer.out.push(',');
        }
        let start = self.writer.out.len();
        self.writer.optional_at = None;
        name.serialize(&mut *self.writer)?;
        check_name(&self.writer.out, start)?;
        self.pending = Some((start, self.writer.out.len()));
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(
        &mut self,
        value: &T,
        optional: bool,
    ) -> Result<(), CanonicalError> {
        let Some((start, name_end)) = self.pending.take() else {
            return Err(CanonicalError::new(InvalidValue));
        };
        self.writer.out.push(':');
        self.writer.optional_at = optional.then_some(self.writer.out.len());
        value.serialize(&mut *self.writer)?;
        if std::mem::take(&mut self.writer.absent) {
            // The comma before it goes too.
            let comma = usize::from(!self.spans.is_empty());
            self.writer.out.truncate(start.saturating_sub(comma));
        } else {
            self.spans.push(Span { start, name_end, end: self.writer.out.len() });
        }
        self.writer.optional_at = None;
        self.writer.check_length()
    }

    fn finish(mut self) -> Result<(), CanonicalError> {
        if self.pending.is_some() {
            return Err(CanonicalError::new(InvalidValue));
        }
        self.sort()?;
        self.writer.close('}')?;
        if self.variant { self.writer.close('}') } else { Ok(()) }
    }

    fn sort(&mut self) -> Result<(), CanonicalError> {
        let out = &mut self.writer.out;
        // Without the closing quote, which would sort after the `!` and space of a longer name.
        let inner = |span: &Span, out: &str| -> Box<str> {
            let range = span.start.saturating_add(1)..span.name_end.saturating_sub(1);
            out.get(range).unwrap_or_default().into()
        };
        let mut named: Vec<_> = self.spans.iter().map(|span| (inner(span, out), *span)).collect();
        if !named.is_sorted_by(|left, right| left.0 < right.0) {
            named.sort_by(|left, right| left.0.cmp(&right.0));
            let mut sorted = String::with_capacity(out.len().saturating_sub(self.start));
            let mut previous: Option<&str> = None;
            for (name, span) in &named {
                if previous == Some(name) {
                    return Err(CanonicalError::with(DuplicateMember, name));
                }
                if previous.is_some() {
                    sorted.push(',');
                }
                previous = Some(name);
                sorted.push_str(out.get(span.start..span.end).unwrap_or_default());
            }
            out.truncate(self.start);
            out.push_str(&sorted);
        }
        Ok(())
    }
}

macro_rules! elements {
    ($($trait:ident::$method:ident)*) => {$(
        impl ser::$trait for Elements<'_> {
            type Ok = ();
            type Error = CanonicalError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
                self.element(value)
            }

            fn end(self) -> Result<(), CanonicalError> {
                self.finish()
            }
        }
    )*};
}

elements! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

impl ser::SerializeMap for Members<'_> {
    type Ok = ();
    type Error = CanonicalError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), CanonicalError> {
        self.name(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
        self.value(value, false)
    }

    fn end(self) -> Result<(), CanonicalError> {
        self.finish()
    }
}

macro_rules! members {
    ($($trait:ident)*) => {$(
        impl ser::$trait for Members<'_> {
            type Ok = ();
            type Error = CanonicalError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), CanonicalError> {
                self.name(name)?;
                self.value(value, true)
            }

            fn end(self) -> Result<(), CanonicalError> {
                self.finish()
            }
        }
    )*};
}

members! { SerializeStruct SerializeStructVariant }
