//! Journals that beancount reads.

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
    writeln!(out, "option \"title\" \"{}\"", label(cx.origin))?;
    let mut journal = Journal { cx, chart, out, moves: 0 };
    walk(cx, &mut journal, told)?;
    let moves = journal.moves;
    // A balance holds at the start of its day. Without a tolerance, a cent would pass.
    let day = text::next_day(cx.world.recorded_at);
    writeln!(out)?;
    for line in &chart.accounts {
        let balance = decimal(cx.world.balances.of(line.index), line.scale);
        writeln!(out, "{day} balance {}    {balance} ~ 0 {}", line.name, line.unit)?;
    }
    Ok(moves)
}

struct Journal<'a> {
    cx: &'a Context<'a>,
    chart: &'a Chart,
    out: &'a mut dyn Write,
    moves: u64,
}

impl Journal<'_> {
    fn post(&mut self, day: &str, said: &Move<'_>, ids: &Ids) -> Result<(), BooksError> {
        self.moves = self.moves.saturating_add(1);
        let (out, position) = (&mut *self.out, said.position);
        let link = match said.original {
            Some(original) => format!(" ^reversal-{}", event(original)),
            None if self.cx.world.reversals.contains(position) => {
                format!(" ^reversal-{}", event(position))
            }
            None => String::new(),
        };
        writeln!(out, "\n{day} * \"{}\"{link}", label(said.label))?;
        writeln!(out, "  code: \"{}\"", event(position))?;
        writeln!(out, "  event: \"{}\"", id_of(ids, position)?)?;
        if let Some(original) = said.original {
            writeln!(out, "  reverses: \"{}\"", id_of(ids, original)?)?;
        }
        for leg in said.legs {
            let line = self.chart.get(leg.account, position)?;
            let amount = decimal(i128::from(leg.amount), line.scale);
            writeln!(out, "  {}    {amount} {}", line.name, line.unit)?;
        }
        Ok(())
    }
}

impl Visit for Journal<'_> {
    const IDS: bool = true;

    fn visit(&mut self, at: Timestamp, step: Step<'_>, ids: &Ids) -> Result<(), BooksError> {
        let day = text::day(at);
        match step {
            Step::Unit(unit) => {
                let name = names::unit(&code(self.cx, unit));
                writeln!(self.out, "\n{day} commodity {name}")?;
                let unit = self.cx.world.tables.units.get(unit);
                if let Some(name) = unit.and_then(|unit| unit.name.as_ref()) {
                    writeln!(self.out, "  name: \"{}\"", label(name.as_str()))?;
                }
            }
            Step::Opened(index) => {
                let line = self.chart.get(index, 0)?;
                writeln!(self.out, "{day} open {}    {}", line.name, line.unit)?;
            }
            Step::Move(said) => self.post(&day, &said, ids)?,
        }
        Ok(())
    }
}
