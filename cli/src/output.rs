//! What is written to the terminal: tables for people, JSON for machines, progress on stderr.

use crate::failure::Failure;
use crate::lang::Lang;
use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;
use std::io::{self, IsTerminal as _, Write as _};

/// Where and how to write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// For machines.
    pub(crate) json: bool,
    /// Language of what people read.
    pub(crate) lang: Lang,
}

impl Output {
    /// Writes lines for people; machines get nothing of it.
    pub(crate) fn say(self, text: impl AsRef<str>) -> Result<(), Failure> {
        if self.json { Ok(()) } else { self.raw(text.as_ref()) }
    }

    /// Writes a warning for people on stderr.
    pub(crate) fn warn(self, text: &str) {
        // Nobody is left to be warned if stderr is closed.
        let _ =
            writeln!(io::stderr().lock(), "{}{text}", self.lang.pick("attention : ", "warning: "));
    }

    /// Writes a text as it is, with a line feed at its end.
    pub(crate) fn raw(self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        out.flush()?;
        Ok(())
    }

    /// Writes one JSON value on one line.
    pub(crate) fn json(self, value: &Value) -> Result<(), Failure> {
        self.raw(&value.to_string())
    }

    /// Writes a table.
    pub(crate) fn table(self, header: &[&str], rows: Vec<Vec<String>>) -> Result<(), Failure> {
        if rows.is_empty() {
            return self.say(self.lang.pick("(rien)", "(nothing)"));
        }
        let mut table = new_table();
        table.set_header(header.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
        for row in rows {
            table.add_row(row);
        }
        self.say(table.trim_fmt())
    }

    /// Writes names and values, one pair a line.
    pub(crate) fn pairs(self, rows: Vec<(String, String)>) -> Result<(), Failure> {
        let mut table = new_table();
        for (name, value) in rows {
            table.add_row(vec![name, value]);
        }
        self.say(table.trim_fmt())
    }
}

/// Lines between rows only on a terminal; nothing is cut or wrapped in a pipe.
fn new_table() -> Table {
    let mut table = Table::new();
    if io::stdout().is_terminal() {
        table.load_style(presets::UTF8_HORIZONTAL_ONLY);
        table.set_content_arrangement(ContentArrangement::Dynamic);
    } else {
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.force_no_tty();
    }
    table
}

/// A bar on stderr, if that is a terminal and the output is for people.
pub(crate) fn progress(output: Output, total: u64, what: &str) -> ProgressBar {
    if output.json || !io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
    }
    let bar = ProgressBar::new(total);
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let template = if plain {
        "{msg} [{bar:40}] {pos}/{len} {eta}"
    } else {
        "{msg} [{bar:40.cyan}] {pos}/{len} {eta}"
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(what.to_owned());
    bar
}

/// A JSON value as the text of one cell.
pub(crate) fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{name}={}", cell(value)));
            members.collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}
