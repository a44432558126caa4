//! Pools, from the files of two programs: `people.csv` of sortition-algorithms, with an id, and
//! `respondents.csv` of citizensassemblies-replication, without. One row a person, one column a
//! feature; what the quotas do not name is ignored.

use super::{Quota, Table, field, name};
use crate::ballot_file::csv::{Record, shortened};
use crate::ballot_file::{ReadError, ReadErrorKind};
use archipel_domain::draw::{Person, Pool};
use std::collections::{BTreeMap, BTreeSet};

/// The columns that are no features, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleColumns {
    /// What people are called by. Without it they are called by the number of their row, from 1,
    /// so that the order of the file matters.
    pub id: Option<String>,
    /// With whom they live; an empty field means alone.
    pub household: Option<String>,
    /// The group by which they are drawn.
    pub group: Option<String>,
}

/// The names of the columns of a table.
///
/// # Errors
/// [`ReadError`], which names the place and the reason.
pub fn column_names(bytes: &[u8]) -> Result<Vec<String>, ReadError> {
    Table::new(bytes).map(|table| table.names)
}

/// Reads a pool. The features are those of the quotas, and every value must be one of theirs.
///
/// # Errors
/// [`ReadError`], which names the place and the reason.
pub fn read_people(
    bytes: &[u8],
    quotas: &[Quota],
    columns: &PeopleColumns,
) -> Result<Pool, ReadError> {
    let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for quota in quotas {
        values.entry(&quota.feature).or_default().insert(&quota.value);
    }
    let mut table = Table::new(bytes)?;
    if values.len() > Pool::FEATURES_MAX {
        return Err(ReadErrorKind::Expected("fewer features").at(table.line, 1));
    }
    let place = |column: &Option<String>| {
        column.as_ref().map(|column| table.column(&super::nfc(column))).transpose()
    };
    let (id, household, group) =
        (place(&columns.id)?, place(&columns.household)?, place(&columns.group)?);
    let mut features = Vec::new();
    for (feature, values) in &values {
        features.push((table.column(feature)?, *feature, values));
    }
    let mut people = Vec::new();
    let mut seen = BTreeSet::new();
    while let Some(record) = table.next()? {
        if people.len() == Pool::PEOPLE_MAX {
            return Err(ReadErrorKind::TooManyRows.at(record.line, 1));
        }
        let id_ = id.map_or_else(|| Ok((people.len() + 1).to_string()), |id| name(&record, id))?;
        if !seen.insert(id_.clone()) {
            let kind = ReadErrorKind::RepeatedKey(shortened(&id_));
            return Err(kind.at(record.line, id.map_or(1, |column| column + 1)));
        }
        let mut known = BTreeMap::new();
        for (column, feature, values) in &features {
            known.insert((*feature).to_owned(), value(&record, *column, values)?);
        }
        people.push(Person {
            features: known,
            group: optional(&record, group)?,
            household: optional(&record, household)?,
            id: id_,
        });
    }
    // All that a pool could refuse was refused with its place, but that nobody is in it.
    Pool::new(people).map_err(|_| ReadErrorKind::Empty.at(table.line, 1))
}

fn value(record: &Record<'_>, column: usize, values: &BTreeSet<&str>) -> Result<String, ReadError> {
    let text = super::nfc(field(record, column));
    if values.contains(text.as_str()) {
        Ok(text)
    } else {
        Err(ReadErrorKind::UnknownValue(shortened(&text)).at(record.line, column + 1))
    }
}

fn optional(record: &Record<'_>, column: Option<usize>) -> Result<Option<String>, ReadError> {
    match column {
        Some(column) if !field(record, column).is_empty() => name(record, column).map(Some),
        _ => Ok(None),
    }
}
