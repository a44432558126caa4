//! `archipel log`: the log itself.

use super::{log_attest, log_export, log_import};
use crate::app::App;
use crate::backend::{At, Backend};
use crate::failure::Failure;
use crate::output::cell;
use crate::{show, when};
use archipel_domain::id::Hash;
use archipel_engine::engine::{Engine, Options};
use archipel_engine::store::{EventStore, SledStore, StoreOptions};
use archipel_engine::tlog::checkpoint::Checkpoint;
use archipel_engine::tlog::note::Note;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Entries read at once.
pub(super) const PAGE: u64 = 1_000;
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
    /// Write the signed statements to a file, one a line; or the public log to a directory
    Export(log_export::ExportArgs),
    /// Show the signed head of the log
    Checkpoint,
    /// Print the key that verifies the log, for those who will check it
    Vkey,
    /// Write the receipt of an act, which proves that it is in the log
    Receipt {
        /// Position or id of the act
        entry: String,
        /// New file [default: standard output]
        #[arg(long, short)]
        out: Option<PathBuf>,
    },
    /// Hand in the signed statements of a file; those already recorded change nothing
    Import(log_import::ImportArgs),
    /// Record the checkpoint of another log in this one
    Attest(log_attest::AttestArgs),
    /// Forget everything derived and derive it from the log again
    Rebuild,
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &LogCommand) -> Result<(), Failure> {
    match command {
        LogCommand::Tail { lines, follow } => tail(app, *lines, *follow),
        LogCommand::Show { position } => show_entry(app, *position),
        LogCommand::Export(args) => log_export::run(app, args),
        LogCommand::Checkpoint => checkpoint(app),
        LogCommand::Vkey => app.output.raw(&app.backend()?.checkpoint()?.vkey),
        LogCommand::Receipt { entry, out } => receipt(app, entry, out.as_deref()),
        LogCommand::Import(args) => log_import::run(app, args),
        LogCommand::Attest(args) => log_attest::run(app, args),
        LogCommand::Rebuild => rebuild(app),
    }
}

pub(super) fn size(backend: &dyn Backend) -> Result<u64, Failure> {
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

fn checkpoint(app: &App) -> Result<(), Failure> {
    let signed = app.backend()?.checkpoint()?;
    if app.output.json {
        let note = Note::parse(signed.checkpoint.as_bytes())?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        return app.output.json(&json!({
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": Hash(checkpoint.root),
            "vkey": signed.vkey,
            "note": signed.checkpoint,
        }));
    }
    app.output.raw(signed.checkpoint.trim_end())
}

fn receipt(app: &App, entry: &str, out: Option<&Path>) -> Result<(), Failure> {
    let text = app.backend()?.receipt(entry)?;
    let Some(out) = out else { return app.output.raw(text.trim_end()) };
    let new = std::fs::OpenOptions::new().write(true).create_new(true).open(out);
    let written = new.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::with("cli.exists", out.display()),
        _ => Failure::file(out, error),
    })?;
    if app.output.json {
        return app.output.json(&json!({"file": out}));
    }
    let check = app.lang().pick("Vérifiez-le avec", "Check it with");
    app.output.say(format!("{check} archipel audit receipt {}", out.display()))
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
