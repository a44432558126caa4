//! What can be wrong with a canonical text: a closed list with stable codes.

use std::fmt;

/// Longest detail kept from an input, so that an answer cannot be made to echo a whole payload.
const MAX_DETAIL: usize = 120;

/// The closed list of faults. The codes are API: see [`CanonicalErrorKind::code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CanonicalErrorKind {
    /// Longer than the longest text allowed.
    TooLarge,
    /// Not UTF-8.
    NotUtf8,
    /// The input ends before the value does.
    Truncated,
    /// Something follows the value.
    TrailingBytes,
    /// Whitespace, an escape that is not the shortest, unsorted members, or not JSON at all.
    NotCanonical,
    /// A member name equal to the one before it.
    DuplicateMember,
    /// A member name outside printable ASCII, or with a quote or a backslash.
    MemberName,
    /// A number with a fraction or an exponent.
    Float,
    /// An integer beyond ±(2^53 - 1), or beyond its field.
    IntegerRange,
    /// Text that is not in Unicode normal form C.
    NotNfc,
    /// `null`: a value that is absent is left out.
    Null,
    /// Objects and arrays nested too deep.
    TooDeep,
    /// A member that the type does not have.
    UnknownMember,
    /// A member that the type needs and the text lacks.
    MissingMember,
    /// A string where a number belongs, and the like.
    WrongType,
    /// Too few or too many elements.
    WrongLength,
    /// A name that is not one of the alternatives.
    UnknownVariant,
    /// A value of the right type that the field refuses.
    InvalidValue,
}

impl CanonicalErrorKind {
    /// Every kind, in the order of this list.
    pub const ALL: [Self; 18] = [
        Self::TooLarge,
        Self::NotUtf8,
        Self::Truncated,
        Self::TrailingBytes,
        Self::NotCanonical,
        Self::DuplicateMember,
        Self::MemberName,
        Self::Float,
        Self::IntegerRange,
        Self::NotNfc,
        Self::Null,
        Self::TooDeep,
        Self::UnknownMember,
        Self::MissingMember,
        Self::WrongType,
        Self::WrongLength,
        Self::UnknownVariant,
        Self::InvalidValue,
    ];

    /// The stable code, as shown by the API and in the golden vectors.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "statement.too-large",
            Self::NotUtf8 => "statement.not-utf8",
            Self::Truncated => "statement.truncated",
            Self::TrailingBytes => "statement.trailing-bytes",
            Self::NotCanonical => "statement.not-canonical",
            Self::DuplicateMember => "statement.duplicate-member",
            Self::MemberName => "statement.member-name",
            Self::Float => "statement.float",
            Self::IntegerRange => "statement.integer-range",
            Self::NotNfc => "statement.not-nfc",
            Self::Null => "statement.null",
            Self::TooDeep => "statement.too-deep",
            Self::UnknownMember => "statement.unknown-member",
            Self::MissingMember => "statement.missing-member",
            Self::WrongType => "statement.wrong-type",
            Self::WrongLength => "statement.wrong-length",
            Self::UnknownVariant => "statement.unknown-variant",
            Self::InvalidValue => "statement.invalid-value",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::TooLarge => "longer than 65,535 bytes",
            Self::NotUtf8 => "not UTF-8",
            Self::Truncated => "the text ends too early",
            Self::TrailingBytes => "something follows the value",
            Self::NotCanonical => "not in canonical form",
            Self::DuplicateMember => "a member appears twice",
            Self::MemberName => "a member name is not plain printable ASCII",
            Self::Float => "a number is not an integer",
            Self::IntegerRange => "an integer is out of range",
            Self::NotNfc => "a string is not in Unicode normal form C",
            Self::Null => "null is not allowed: leave the member out",
            Self::TooDeep => "nested deeper than 16 levels",
            Self::UnknownMember => "unknown member",
            Self::MissingMember => "missing member",
            Self::WrongType => "wrong type",
            Self::WrongLength => "wrong number of elements",
            Self::UnknownVariant => "unknown alternative",
            Self::InvalidValue => "invalid value",
        }
    }
}

/// A fault, where it is in the bytes, and a word about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalError {
    kind: CanonicalErrorKind,
    offset: Option<usize>,
    detail: Option<Box<str>>,
}

impl CanonicalError {
    pub(super) const fn new(kind: CanonicalErrorKind) -> Self {
        Self { kind, offset: None, detail: None }
    }

    pub(super) const fn at(kind: CanonicalErrorKind, offset: usize) -> Self {
        Self { kind, offset: Some(offset), detail: None }
    }

    pub(super) fn with(kind: CanonicalErrorKind, detail: &dyn fmt::Display) -> Self {
        let text = detail.to_string();
        // A cut at a character, not at a byte: the detail must stay valid text.
        let kept = text
            .char_indices()
            .nth(MAX_DETAIL)
            .map_or(text.as_str(), |(end, _)| text.get(..end).unwrap_or_default());
        Self { kind, offset: None, detail: Some(kept.into()) }
    }

    /// Adds the offset unless a more precise one is known.
    pub(super) fn or_at(mut self, offset: usize) -> Self {
        self.offset.get_or_insert(offset);
        self
    }

    /// Which fault.
    pub const fn kind(&self) -> CanonicalErrorKind {
        self.kind
    }

    /// The stable code of the fault.
    pub const fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// Byte offset in the input, where one is known.
    pub const fn offset(&self) -> Option<usize> {
        self.offset
    }

    /// More about the fault (a member's name, what was expected), for people, not for programs.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
}

impl fmt::Display for CanonicalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.message())?;
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, " (at byte {offset})")?;
        }
        Ok(())
    }
}

impl std::error::Error for CanonicalError {}

impl serde::ser::Error for CanonicalError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::with(CanonicalErrorKind::InvalidValue, &message)
    }
}

impl serde::de::Error for CanonicalError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::with(CanonicalErrorKind::InvalidValue, &message)
    }

    fn invalid_type(found: serde::de::Unexpected<'_>, wanted: &dyn serde::de::Expected) -> Self {
        Self::with(CanonicalErrorKind::WrongType, &format_args!("{found}, expected {wanted}"))
    }

    fn invalid_value(found: serde::de::Unexpected<'_>, wanted: &dyn serde::de::Expected) -> Self {
        use serde::de::Unexpected::{Signed, Unsigned};
        // How serde says that a number does not fit its field.
        let kind = match found {
            Unsigned(_) | Signed(_) => CanonicalErrorKind::IntegerRange,
            _ => CanonicalErrorKind::InvalidValue,
        };
        Self::with(kind, &format_args!("{found}, expected {wanted}"))
    }

    fn invalid_length(length: usize, wanted: &dyn serde::de::Expected) -> Self {
        Self::with(CanonicalErrorKind::WrongLength, &format_args!("{length}, expected {wanted}"))
    }

    fn unknown_variant(variant: &str, _wanted: &'static [&'static str]) -> Self {
        Self::with(CanonicalErrorKind::UnknownVariant, &variant)
    }

    fn unknown_field(field: &str, _wanted: &'static [&'static str]) -> Self {
        Self::with(CanonicalErrorKind::UnknownMember, &field)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::with(CanonicalErrorKind::MissingMember, &field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::with(CanonicalErrorKind::DuplicateMember, &field)
    }
}
