//! Quotas of a stratified panel, from the files of two programs.
//!
//! - `features.csv` of sortition-algorithms: `feature` or `category`, `value` or `name`, `min`,
//!   `max`, perhaps `min_flex` and `max_flex`;
//! - `categories.csv` of citizensassemblies-replication: `category` is the feature, `feature` its
//!   value, then `min`, `max`.
//!
//! Columns are found by their names, in whatever order; others are ignored.

use super::{Table, field, name};
use crate::ballot_file::csv::{Record, number, shortened};
use crate::ballot_file::{ReadError, ReadErrorKind};
use std::collections::BTreeSet;

/// Most rows of a file of quotas.
pub const QUOTAS_MAX: usize = 1000;

/// How many of a panel have a value of a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The feature.
    pub feature: String,
    /// The value.
    pub value: String,
    /// How many at least.
    pub min: u32,
    /// How many at most.
    pub max: u32,
    /// To what the minimum may be lowered when no panel exists otherwise.
    pub min_flex: Option<u32>,
    /// To what the maximum may be raised.
    pub max_flex: Option<u32>,
}

/// Reads quotas, in the order of the file.
///
/// # Errors
/// [`ReadError`], which names the place and the reason.
pub fn read_quotas(bytes: &[u8]) -> Result<Vec<Quota>, ReadError> {
    let mut table = Table::new(bytes)?;
    let has = |name: &str| table.names.iter().any(|other| other == name);
    let (feature, value) = match (has("category"), has("feature")) {
        (true, true) if !has("value") => ("category", "feature"),
        (true, false) => ("category", if has("name") { "name" } else { "value" }),
        _ => ("feature", if has("name") && !has("value") { "name" } else { "value" }),
    };
    let (feature, value) = (table.column(feature)?, table.column(value)?);
    let (min, max) = (table.column("min")?, table.column("max")?);
    let (min_flex, max_flex) = (table.column("min_flex").ok(), table.column("max_flex").ok());
    let mut quotas = Vec::new();
    let mut seen = BTreeSet::new();
    while let Some(record) = table.next()? {
        if quotas.len() == QUOTAS_MAX {
            return Err(ReadErrorKind::TooManyRows.at(record.line, 1));
        }
        let quota = Quota {
            feature: name(&record, feature)?,
            value: name(&record, value)?,
            min: count(&record, min)?,
            max: count(&record, max)?,
            min_flex: optional(&record, min_flex)?,
            max_flex: optional(&record, max_flex)?,
        };
        let out_of_range = |bound: u32, column: usize| {
            Err(ReadErrorKind::OutOfRange(bound.into()).at(record.line, column + 1))
        };
        if quota.min > quota.max {
            return out_of_range(quota.min, min);
        }
        match (quota.min_flex, min_flex) {
            (Some(bound), Some(column)) if bound > quota.min => return out_of_range(bound, column),
            _ => {}
        }
        match (quota.max_flex, max_flex) {
            (Some(bound), Some(column)) if bound < quota.max => return out_of_range(bound, column),
            _ => {}
        }
        if !seen.insert((quota.feature.clone(), quota.value.clone())) {
            let kind = ReadErrorKind::RepeatedKey(shortened(&quota.value));
            return Err(kind.at(record.line, value + 1));
        }
        quotas.push(quota);
    }
    if quotas.is_empty() { Err(ReadErrorKind::Empty.at(table.line, 1)) } else { Ok(quotas) }
}

fn count(record: &Record<'_>, column: usize) -> Result<u32, ReadError> {
    let at = |kind: ReadErrorKind| kind.at(record.line, column + 1);
    let number = number(field(record, column)).map_err(at)?;
    u32::try_from(number).map_err(|_| at(ReadErrorKind::OutOfRange(number)))
}

fn optional(record: &Record<'_>, column: Option<usize>) -> Result<Option<u32>, ReadError> {
    match column {
        Some(column) if !field(record, column).is_empty() => count(record, column).map(Some),
        _ => Ok(None),
    }
}
