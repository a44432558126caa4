//! `archipel log`: the log itself.

use super::log_import;
use crate::app::App;
use crate::backend::{At, Backend};
use crate::failure::Failure;
use crate::output::{cell, progress};
use crate::{show, when};
use archipel_engine::engine::{Engine, Options};
use archipel_engine::store::{EventStore, SledStore, StoreOptions};
use serde_json::{Value, json};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Entries read at once.
const PAGE: u64 = 1_000;
/// How often a followed log is asked for more.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

/// The log.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum LogCommand {
    /// Show the last entries
    Tail {
        /// How many
        #[arg(short = 'n', long, default_value_t = 20)]
        lines: u64,
        /// Go on showing what is recorded, until interrupted
        #[arg(long, short)]
        follow: bool,
    },
    /// Show one entry: the statement as signed, and its place
    Show {
        /// Position, from 0
        position: u64,
    },
    /// Write the signed statements to a file, one a line
    Export {
        /// New file, or - for standard output
        file: PathBuf,
        /// First position
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// Position after the last one [default: the end]
        #[arg(long)]
        to: Option<u64>,
    },
    /// Hand in the signed statements of a file; those already recorded change nothing
    Import(log_import::ImportArgs),
    /// Forget everything derived and derive it from the log again
    Rebuild,
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &LogCommand) -> Result<(), Failure> {
    match command {
        LogCommand::Tail { lines, follow } => tail(app, *lines, *follow),
        LogCommand::Show { position } => show_entry(app, *position),
        LogCommand::Export { file, from, to } => export(app, file, *from, *to),
        LogCommand::Import(args) => log_import::run(app, args),
        LogCommand::Rebuild => rebuild(app),
    }
}

fn size(backend: &dyn Backend) -> Result<u64, Failure> {
    let status = backend.read("status", At::Latest)?;
    status.get("position").and_then(Value::as_u64).ok_or_else(|| Failure::answer("status"))
}

fn tail(app: &App, lines: u64, follow: bool) -> Result<(), Failure> {
    let backend = app.backend()?;
    let mut next = size(backend)?.saturating_sub(lines);
    loop {
        let page = backend.read(&format!("log?from={next}&limit={PAGE}"), At::Latest)?;
        let items = page.pointer("/data/items").and_then(Value::as_array);
        for item in items.into_iter().flatten() {
            print_entry(app, item)?;
            next = next.saturating_add(1);
        }
        let more = page.pointer("/data/next").is_some_and(|next| !next.is_null());
        match (more, follow) {
            (true, _) => {}
            (false, true) => std::thread::sleep(FOLLOW_EVERY),
            (false, false) => return Ok(()),
        }
    }
}

/// One line an entry, so that a followed log can be read as it grows.
fn print_entry(app: &App, item: &Value) -> Result<(), Failure> {
    if app.output.json {
        return app.output.json(item);
    }
    let text = |name: &str| item.get(name).map(cell).unwrap_or_default();
    let at = item.get("recorded_at").and_then(Value::as_i64).map(when::show);
    let (position, act, author) = (text("position"), text("type"), text("author"));
    app.output.say(format!("{position:>8}  {}  {act:<24}  {author}", at.unwrap_or_default()))
}

fn show_entry(app: &App, position: u64) -> Result<(), Failure> {
    let page = app.data_of(&format!("log?from={position}&limit=1"))?;
    let id = page.pointer("/items/0/id").and_then(Value::as_str);
    let id = id.ok_or_else(|| Failure::with("query.beyond", position))?;
    show::one(app, &format!("statements/{id}"), &crate::app::AtArgs::default())
}

fn export(app: &App, file: &Path, from: u64, to: Option<u64>) -> Result<(), Failure> {
    let backend = app.backend()?;
    let size = size(backend)?;
    let end = to.unwrap_or(size).min(size);
    let failed = |error: std::io::Error| Failure::file(file, error);
    let to_stdout = file == Path::new("-");
    let mut out: Box<dyn Write> = if to_stdout {
        Box::new(BufWriter::new(std::io::stdout().lock()))
    } else {
        let new = std::fs::OpenOptions::new().write(true).create_new(true).open(file);
        Box::new(BufWriter::new(new.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Failure::with("cli.exists", file.display()),
            _ => failed(error),
        })?))
    };
    let written = |error: std::io::Error| {
        if to_stdout { error.into() } else { failed(error) }
    };
    let bar = progress(app.output, end.saturating_sub(from), app.lang().pick("actes", "acts"));
    let mut next = from;
    while next < end {
        let upto = next.saturating_add(PAGE).min(end);
        for signed in backend.signed(next..upto)? {
            out.write_all(signed.to_line().as_bytes()).map_err(written)?;
            out.write_all(b"\n").map_err(written)?;
        }
        next = upto;
        bar.set_position(next.saturating_sub(from));
    }
    out.flush().map_err(written)?;
    bar.finish_and_clear();
    let count = end.saturating_sub(from);
    if to_stdout {
        return Ok(());
    }
    if app.output.json {
        return app
            .output
            .json(&json!({"file": file, "from": from, "to": end, "statements": count}));
    }
    app.output.say(format!("{count} {}", app.lang().pick("actes écrits", "statements written")))
}

fn rebuild(app: &App) -> Result<(), Failure> {
    let dir = app.data()?;
    {
        let store = SledStore::open(dir, StoreOptions::default())?;
        store.reset_derived()?;
    }
    archipel_engine::projection::Snapshots::of(dir)
        .clear()
        .map_err(|error| Failure::file(dir, error))?;
    // Opening derives what is missing, as after a crash.
    let engine = Engine::open(dir, Options::default())?;
    let shown = engine.views().latest();
    let (size, root) = (shown.world.position, shown.root.to_string());
    if app.output.json {
        return app.output.json(&json!({"position": size, "root": root}));
    }
    let done = app.lang().pick("actes dérivés de nouveau", "statements derived again");
    app.output.say(format!("{size} {done}\n{root}"))
}
