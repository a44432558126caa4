//! The tokens of canonical JSON, one pass over bytes already known to be UTF-8.

use unicode_normalization::is_nfc;

use super::MAX_INTEGER;
use super::error::CanonicalErrorKind::{
    Float, IntegerRange, MemberName, NotCanonical, NotNfc, Null, Truncated,
};
use super::error::{CanonicalError, CanonicalErrorKind};

/// Below this byte, UTF-8 holds only code points under U+0300: all of them starters that NFC
/// leaves alone. French text rarely leaves this range.
const FIRST_BYTE_OF_COMBINING_MARKS: u8 = 0xCC;

/// Every byte of a word set to one value.
const fn splat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// A string token.
pub(super) enum Text<'de> {
    /// Without escapes: a slice of the input.
    Borrowed(&'de str),
    /// With escapes.
    Owned(String),
}

/// An integer token.
pub(super) enum Integer {
    /// Zero or more.
    Unsigned(u64),
    /// Less than zero.
    Negative(i64),
}

/// Reads tokens from a text; offsets are in bytes.
pub(super) struct Scanner<'de> {
    text: &'de str,
    at: usize,
}

impl<'de> Scanner<'de> {
    pub(super) const fn new(text: &'de str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over a byte just peeked.
    #[inline]
    pub(super) fn bump(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    pub(super) fn error(&self, kind: CanonicalErrorKind) -> CanonicalError {
        CanonicalError::at(kind, self.at)
    }

    /// The error of meeting the next byte where it does not belong.
    #[cold]
    pub(super) fn unexpected(&self) -> CanonicalError {
        self.error(if self.peek().is_none() { Truncated } else { NotCanonical })
    }

    #[inline]
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), CanonicalError> {
        if self.peek() == Some(byte) {
            self.bump();
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    pub(super) fn literal(&mut self, word: &str) -> Result<(), CanonicalError> {
        for byte in word.bytes() {
            self.expect(byte)?;
        }
        Ok(())
    }

    /// The error of a value that starts with `n`: `null`, or no JSON at all.
    #[cold]
    pub(super) fn null(&mut self) -> CanonicalError {
        let start = self.at;
        match self.literal("null") {
            Ok(()) => CanonicalError::at(Null, start),
            Err(error) => error,
        }
    }

    /// Moves to the next quote, backslash or control character; says whether a byte on the way
    /// may be outside ASCII.
    #[inline]
    fn run(&mut self) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let (words, tail) = rest.as_chunks::<8>();
        let mut seen = 0_u64;
        let mut passed = 0_usize;
        for word in words {
            let word = u64::from_le_bytes(*word);
            seen |= word;
            // The lowest byte marked is exact: a borrow only ever runs upwards from a true mark.
            let quote = zero_byte(word ^ splat(b'"'));
            let backslash = zero_byte(word ^ splat(b'\\'));
            let control = word.wrapping_sub(splat(0x20)) & !word;
            let stop = (quote | backslash | control) & splat(0x80);
            if stop != 0 {
                let inside = usize::try_from(stop.trailing_zeros() / 8).unwrap_or(0);
                self.at = self.at.saturating_add(passed).saturating_add(inside);
                return seen & splat(0x80) != 0;
            }
            passed = passed.saturating_add(8);
        }
        for byte in tail {
            if *byte == b'"' || *byte == b'\\' || *byte < 0x20 {
                break;
            }
            seen |= u64::from(*byte);
            passed = passed.saturating_add(1);
        }
        self.at = self.at.saturating_add(passed);
        seen & splat(0x80) != 0
    }

    /// What lies between `start` and here. Both are beside ASCII bytes, hence on boundaries.
    #[inline]
    fn since(&self, start: usize) -> Result<&'de str, CanonicalError> {
        self.text.get(start..self.at).ok_or(CanonicalError::at(NotCanonical, start))
    }

    /// A member name, quotes included.
    pub(super) fn name(&mut self) -> Result<&'de str, CanonicalError> {
        self.expect(b'"')?;
        let start = self.at;
        self.run();
        let name = self.since(start)?;
        match self.peek() {
            None => return Err(self.error(Truncated)),
            Some(b'"') if name.bytes().all(|byte| matches!(byte, 0x20..=0x7E)) => {}
            Some(_) => return Err(CanonicalError::at(MemberName, start)),
        }
        self.bump();
        Ok(name)
    }

    /// A string, quotes included.
    pub(super) fn string(&mut self) -> Result<Text<'de>, CanonicalError> {
        self.expect(b'"')?;
        let start = self.at;
        let maybe_not_ascii = self.run();
        if self.peek() != Some(b'"') {
            return self.string_with_escapes(start);
        }
        let text = self.since(start)?;
        self.bump();
        if maybe_not_ascii {
            check_nfc(text, start)?;
        }
        Ok(Text::Borrowed(text))
    }

    #[cold]
    fn string_with_escapes(&mut self, start: usize) -> Result<Text<'de>, CanonicalError> {
        let mut text = self.since(start)?.to_owned();
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => text.push(self.escape()?),
                // A control character that is not escaped, or the end.
                _ => return Err(self.unexpected()),
            }
            let plain = self.at;
            self.run();
            text.push_str(self.since(plain)?);
        }
        self.bump();
        // On the text itself: a mark may compose with the character that an escape stands for.
        check_nfc(&text, start)?;
        Ok(Text::Owned(text))
    }

    /// One escape, only where and how RFC 8785 writes it.
    fn escape(&mut self) -> Result<char, CanonicalError> {
        self.expect(b'\\')?;
        let short = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'b') => '\u{8}',
            Some(b't') => '\t',
            Some(b'n') => '\n',
            Some(b'f') => '\u{c}',
            Some(b'r') => '\r',
            Some(b'u') => return self.long_escape(),
            _ => return Err(self.unexpected()),
        };
        self.bump();
        Ok(short)
    }

    fn long_escape(&mut self) -> Result<char, CanonicalError> {
        let start = self.at;
        self.literal("u00")?;
        let high = match self.peek() {
            Some(b'0') => 0,
            Some(b'1') => 16,
            _ => return Err(self.unexpected()),
        };
        self.bump();
        let low = match self.peek() {
            Some(digit @ b'0'..=b'9') => digit - b'0',
            Some(digit @ b'a'..=b'f') => digit - b'a' + 10,
            _ => return Err(self.unexpected()),
        };
        self.bump();
        match high + low {
            // These have a shorter escape.
            0x8 | 0x9 | 0xA | 0xC | 0xD => Err(CanonicalError::at(NotCanonical, start)),
            code => Ok(char::from(code)),
        }
    }

    /// A number, which must be an integer written the shortest way.
    pub(super) fn integer(&mut self) -> Result<Integer, CanonicalError> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        if negative {
            self.bump();
        }
        let first = self.peek();
        let digits_from = self.at;
        let mut value = 0_u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            // Saturation is out of range, and is refused as such below.
            value = value.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
            self.bump();
        }
        let digits = self.at.saturating_sub(digits_from);
        if digits == 0 {
            return Err(self.unexpected());
        }
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return Err(CanonicalError::at(Float, start));
        }
        if first == Some(b'0') && (digits > 1 || negative) {
            return Err(CanonicalError::at(NotCanonical, start));
        }
        if value > MAX_INTEGER {
            return Err(CanonicalError::at(IntegerRange, start));
        }
        if negative {
            let value =
                i64::try_from(value).map_err(|_| CanonicalError::at(IntegerRange, start))?;
            Ok(Integer::Negative(value.saturating_neg()))
        } else {
            Ok(Integer::Unsigned(value))
        }
    }
}

/// Marks the zero bytes of a word with their top bit; see `run` for what is exact.
const fn zero_byte(word: u64) -> u64 {
    word.wrapping_sub(splat(0x01)) & !word
}

fn check_nfc(text: &str, start: usize) -> Result<(), CanonicalError> {
    if nfc(text) { Ok(()) } else { Err(CanonicalError::at(NotNfc, start)) }
}

/// Whether the text is in normal form C.
pub(super) fn nfc(text: &str) -> bool {
    text.bytes().all(|byte| byte < FIRST_BYTE_OF_COMBINING_MARKS) || is_nfc(text)
}
