//! What people give as text: on the command line and in files.

use crate::failure::Failure;
use archipel_domain::counting::Fraction;
use archipel_domain::id::{Document, Line, Prose, Text};
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization as _;

/// Largest text file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// A text given as it is or in a file.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct TextArgs {
    /// The text itself
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
    /// File that holds the text, in UTF-8
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

impl TextArgs {
    /// The text, in the form in which it is signed.
    pub(crate) fn read(&self) -> Result<String, Failure> {
        match (&self.text, &self.file) {
            (_, Some(file)) => read_text(file),
            (Some(text), None) => Ok(tidy(text)),
            (None, None) => Err(Failure::new("usage.text")),
        }
    }
}

/// Reads a text file in the form in which it is signed.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    Ok(tidy(&read_file(path, FILE_BYTES_MAX)?))
}

/// Reads a UTF-8 file of a limited length.
pub(crate) fn read_file(path: &Path, bytes_max: u64) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::file(path, error);
    let length = std::fs::metadata(path).map_err(failed)?.len();
    if length > bytes_max {
        return Err(Failure::file(path, format!("{length} > {bytes_max}")));
    }
    std::fs::read_to_string(path).map_err(failed)
}

/// Normal form C, line feeds alone, none at the end: one text whatever keyboard or editor.
pub(crate) fn tidy(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text: String = text.nfc().collect();
    text.replace("\r\n", "\n").trim_end_matches('\n').to_owned()
}

fn limited<const MAX: usize>(name: &str, text: &str) -> Result<Text<MAX>, Failure> {
    let text = tidy(text);
    let length = text.len();
    Text::new(&text).map_err(|_| Failure::with("usage.text", format!("{name} ({length}/{MAX})")))
}

/// A title or label.
pub(crate) fn line(name: &str, text: &str) -> Result<Line, Failure> {
    limited(name, text)
}

/// A reason or purpose.
pub(crate) fn prose(name: &str, text: &str) -> Result<Prose, Failure> {
    limited(name, text)
}

/// The text of a proposal.
pub(crate) fn document(name: &str, text: &str) -> Result<Document, Failure> {
    limited(name, text)
}

/// A share such as `2/3`.
pub(crate) fn fraction(text: &str) -> Result<Fraction, Failure> {
    let wrong = || Failure::with("usage.fraction", text);
    let (numerator, denominator) = text.split_once('/').ok_or_else(wrong)?;
    let part = |digits: &str| digits.trim().parse::<u32>().map_err(|_| wrong());
    Ok(Fraction::new(part(numerator)?, part(denominator)?))
}
