//! Draws by lot as files: pools and quotas of others, and the file by which a draw is redone.
//!
//! The draw itself is that of [`archipel_domain::draw`]; signatures of beacons are verified in
//! [`crate::crypto`].

mod announced;
mod certificate;
mod evidence;
mod fraction;
mod people;
mod problem;
mod published;
mod quotas;
#[cfg(test)]
mod tests;

pub use announced::{Announced, AnnouncedFault};
pub use certificate::{Certificate, CertificateFault, CertifiedLevel, certified};
pub use evidence::{EvidenceError, read_beacon, read_numbers, read_secrets, reveals};
pub use fraction::in_words;
pub use people::{PeopleColumns, column_names, read_people};
pub use problem::{problem, quotas_of};
pub use published::{DrawFault, Published, PublishedComposition, PublishedStratum, check};
pub use quotas::{QUOTAS_MAX, Quota, read_quotas};

use crate::ballot_file::csv::{Record, Records, shortened};
use crate::ballot_file::{ReadError, ReadErrorKind, utf8};
use archipel_domain::draw::Pool;
use unicode_normalization::UnicodeNormalization as _;

/// Largest file of people or quotas, in bytes (256 MiB).
pub const FILE_BYTES_MAX: usize = crate::ballot_file::FILE_BYTES_MAX;

/// Most columns of such a file.
const COLUMNS_MAX: usize = 1000;

/// A table of which the header is read.
pub(crate) struct Table<'a> {
    pub(crate) names: Vec<String>,
    /// The line of the header.
    pub(crate) line: usize,
    records: Records<'a>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, ReadError> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(ReadErrorKind::FileTooLarge.at(1, 1));
        }
        let text = utf8(bytes)?;
        let mut records = Records::new(text.strip_prefix('\u{feff}').unwrap_or(text));
        let header = records.next().ok_or(ReadErrorKind::Empty.at(1, 1))??;
        if header.fields.len() > COLUMNS_MAX {
            return Err(ReadErrorKind::Expected("fewer columns").at(header.line, COLUMNS_MAX + 1));
        }
        let names: Vec<String> = header.fields.iter().map(|field| nfc(field)).collect();
        for (place, name) in names.iter().enumerate() {
            if !name.is_empty() && names.iter().take(place).any(|other| other == name) {
                let kind = ReadErrorKind::RepeatedKey(shortened(name));
                return Err(kind.at(header.line, place + 1));
            }
        }
        Ok(Self { names, line: header.line, records })
    }

    /// The place of a column, by its exact name.
    pub(crate) fn column(&self, name: &str) -> Result<usize, ReadError> {
        let place = self.names.iter().position(|other| other == name);
        place.ok_or_else(|| ReadErrorKind::MissingKey(shortened(name)).at(self.line, 1))
    }

    /// The next record, which is as long as the header.
    pub(crate) fn next(&mut self) -> Result<Option<Record<'a>>, ReadError> {
        let Some(record) = self.records.next() else { return Ok(None) };
        let record = record?;
        let (expected, found) = (self.names.len(), record.fields.len());
        if expected == found {
            Ok(Some(record))
        } else {
            Err(ReadErrorKind::RowLength { expected, found }.at(record.line, 1))
        }
    }
}

fn nfc(text: &str) -> String {
    text.nfc().collect()
}

fn field<'a>(record: &'a Record<'_>, column: usize) -> &'a str {
    record.fields.get(column).map_or("", AsRef::as_ref)
}

/// A field as a name.
fn name(record: &Record<'_>, column: usize) -> Result<String, ReadError> {
    let text = nfc(field(record, column));
    if Pool::is_name(&text) {
        Ok(text)
    } else {
        Err(ReadErrorKind::NotAName(shortened(&text)).at(record.line, column + 1))
    }
}
