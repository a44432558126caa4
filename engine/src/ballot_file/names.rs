//! The names of options, as people will read them.
//!
//! Control characters are refused: a terminal obeys them. So are two names that look the same,
//! being equal in Unicode's normal form C. Characters that change the direction of writing can make
//! a name look like another: they are noticed. Line ends remain, where a format can hold them.

use super::{ReadError, ReadErrorKind};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// What is odd about names, of which `place` is the line and the column.
pub(super) fn check(
    names: &[String],
    place: impl Fn(usize) -> (usize, usize),
) -> Result<Vec<ReadError>, ReadError> {
    let mut notices = Vec::new();
    let mut seen = BTreeMap::new();
    for (number, name) in names.iter().enumerate() {
        let (line, column) = place(number);
        if let Some(control) = name.chars().find(|c| c.is_control() && !is_line_end(*c)) {
            return Err(ReadErrorKind::ControlCharacter(u32::from(control)).at(line, column));
        }
        if let Some(turn) = name.chars().find(|c| turns(*c)) {
            notices.push(ReadErrorKind::TurnsText(u32::from(turn)).at(line, column));
        }
        if seen.insert(name.nfc().collect::<String>(), number).is_some() {
            return Err(ReadErrorKind::SameName(name.clone()).at(line, column));
        }
    }
    Ok(notices)
}

/// A text for a terminal, where it is no name of an option and so is not refused.
pub(super) fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || turns(c) { '\u{fffd}' } else { c }).collect()
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r')
}

/// Embeddings, overrides and isolates; letters that are written from the right are none of these.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
