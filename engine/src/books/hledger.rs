//! Journals that both hledger and ledger read.

use super::walk::{Ids, Move, Step, Visit, walk};
use super::{BooksError, Chart, code, decimal, event, id_of, label, names, text};
use crate::view::Context;
use archipel_domain::time::Timestamp;
use std::io::Write;

pub(super) fn write(
    cx: &Context<'_>,
    chart: &Chart,
    out: &mut dyn Write,
    told: &mut dyn FnMut(u64),
) -> Result<u64, BooksError> {
    writeln!(out, "; {} @ {}", label(cx.origin), cx.world.position)?;
    writeln!(out, "; root {}", cx.root)?;
    for (unit, _) in cx.world.tables.units.iter() {
        // Bare: neither program takes the other's way to say the decimals.
        writeln!(out, "commodity {}", names::quoted(&names::unit(&code(cx, unit))))?;
    }
    for line in &chart.accounts {
        writeln!(out, "account {}", line.name)?;
    }
    writeln!(out, "tag event\ntag reverses")?;
    let mut journal = Journal { chart, out, moves: 0 };
    walk(cx, &mut journal, told)?;
    let moves = journal.moves;
    close(cx, chart, out)?;
    Ok(moves)
}

/// What every balance is at the end, for the reader to check.
fn close(cx: &Context<'_>, chart: &Chart, out: &mut dyn Write) -> Result<(), BooksError> {
    if chart.accounts.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{} * (close) Closing balances", text::day(cx.world.recorded_at))?;
    for line in &chart.accounts {
        let unit = names::quoted(&line.unit);
        let zero = decimal(0, line.scale);
        let balance = decimal(cx.world.balances.of(line.index), line.scale);
        writeln!(out, "    {}    {zero} {unit} = {balance} {unit}", line.name)?;
    }
    Ok(())
}

struct Journal<'a> {
    chart: &'a Chart,
    out: &'a mut dyn Write,
    moves: u64,
}

impl Visit for Journal<'_> {
    const IDS: bool = true;

    fn visit(&mut self, at: Timestamp, step: Step<'_>, ids: &Ids) -> Result<(), BooksError> {
        let Step::Move(Move { position, legs, label: said, original }) = step else {
            return Ok(());
        };
        self.moves = self.moves.saturating_add(1);
        let out = &mut *self.out;
        writeln!(out, "\n{} * ({}) {}", text::day(at), event(position), label(said))?;
        writeln!(out, "    ; event: {}", id_of(ids, position)?)?;
        if let Some(original) = original {
            writeln!(out, "    ; reverses: {}", id_of(ids, original)?)?;
        }
        for leg in legs {
            let line = self.chart.get(leg.account, position)?;
            let amount = decimal(i128::from(leg.amount), line.scale);
            writeln!(out, "    {}    {amount} {}", line.name, names::quoted(&line.unit))?;
        }
        Ok(())
    }
}
