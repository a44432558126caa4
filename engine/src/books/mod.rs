//! The ledger as the books of other programs: journals for hledger and ledger, and for beancount,
//! with all posted moves up to a position of the log; balances as CSV; and the trial balance.
//!
//! Texts depend on the log up to that position alone. They are written as the log is read, so
//! that a long log needs no more memory than its accounts. The page that says what is written,
//! under which names, is `docs/spec/books.md`.

mod beancount;
mod check;
mod hledger;
pub mod names;
mod text;
mod walk;

pub use check::{Trial, UnitTrial, check};
pub use text::{decimal, label};

use crate::view::{Context, QueryError};
use archipel_domain::entity::{EntityRef, Kind};
use std::io::{self, Write};

/// Why there are no books.
#[derive(Debug, thiserror::Error)]
pub enum BooksError {
    /// The log can not be read.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The text can not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

impl From<crate::store::ReadError> for BooksError {
    fn from(error: crate::store::ReadError) -> Self {
        Self::Query(error.into())
    }
}

/// A way to write books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A journal that hledger and ledger read.
    Hledger,
    /// A journal that beancount reads.
    Beancount,
    /// Balances: `account,unit,amount`, without header.
    Csv,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Statements read.
    pub position: u64,
    /// Moves written; none in a list of balances.
    pub moves: u64,
    /// Accounts named.
    pub accounts: u64,
}

/// Writes the books of a state; `told` hears how many statements were read.
///
/// # Errors
/// [`BooksError`] when the log can not be read or the text not be written.
pub fn write(
    cx: &Context<'_>,
    format: Format,
    out: &mut dyn Write,
    told: &mut dyn FnMut(u64),
) -> Result<Written, BooksError> {
    let chart = Chart::of(cx);
    let moves = match format {
        Format::Hledger => hledger::write(cx, &chart, out, told)?,
        Format::Beancount => beancount::write(cx, &chart, out, told)?,
        Format::Csv => {
            for line in &chart.accounts {
                let amount = decimal(cx.world.balances.of(line.index), line.scale);
                writeln!(out, "{},{},{amount}", line.name, line.unit)?;
            }
            0
        }
    };
    out.flush()?;
    let accounts = chart.accounts.len() as u64;
    Ok(Written { position: cx.world.position, moves, accounts })
}

/// An account as books name it.
struct Line {
    index: u32,
    name: String,
    unit: String,
    scale: u8,
}

/// All accounts, by number.
struct Chart {
    accounts: Vec<Line>,
}

impl Chart {
    fn of(cx: &Context<'_>) -> Self {
        let line = |(index, account): (u32, &archipel_domain::ledger::Account)| Line {
            index,
            name: names::account(cx.world, index, account.owner),
            unit: names::unit(&code(cx, account.unit)),
            scale: cx.world.tables.units.get(account.unit).map_or(0, |unit| unit.scale),
        };
        Self { accounts: cx.world.tables.accounts.iter().map(line).collect() }
    }

    /// The account with a number, which every leg of an admitted move has.
    fn get(&self, index: u32, position: u64) -> Result<&Line, QueryError> {
        let found = self.accounts.binary_search_by_key(&index, |line| line.index);
        let line = found.ok().and_then(|place| self.accounts.get(place));
        line.ok_or(QueryError::Entry { position })
    }
}

/// The code of a unit.
fn code(cx: &Context<'_>, unit: u32) -> String {
    let name = cx.world.directory.name(EntityRef::new(Kind::Unit, unit));
    name.map_or_else(|| format!("UNIT-{unit}"), ToString::to_string)
}

/// A move's code: the event, by position.
fn event(position: u64) -> String {
    format!("e{position:07}")
}

/// What is asked of an id that was read, else the place is to blame.
fn id_of(ids: &walk::Ids, position: u64) -> Result<archipel_domain::id::StatementId, QueryError> {
    ids.get(&position).copied().ok_or(QueryError::Entry { position })
}
