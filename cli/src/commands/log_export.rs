//! `archipel log export`: the log as a file of signed statements, or as a directory of tiles.

use super::log::{PAGE, size};
use crate::app::App;
use crate::backend::publisher;
use crate::failure::Failure;
use crate::fetch::{Place, TrustArgs};
use crate::output::progress;
use archipel_engine::audit::AuditError;
use archipel_engine::engine::{Engine, Options};
use archipel_engine::publish::{Entries, Exported, Mirror, PublishError, StaticTiles};
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Write the signed statements to a file, one a line; or the public log to a directory.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// New file for the statements, or - for standard output
    #[arg(required_unless_present = "tiles", conflicts_with = "tiles")]
    file: Option<PathBuf>,
    /// First position
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Position after the last one [default: the end]
    #[arg(long)]
    to: Option<u64>,
    /// Directory for the public log (checkpoint, tiles, entries), to be hosted by any file server;
    /// one written before is brought up to date
    #[arg(long, value_name = "DIR", conflicts_with_all = ["from", "to"])]
    tiles: Option<PathBuf>,
    /// With --tiles and --server: go on as the log grows, until stopped. What is written leads to
    /// the signed checkpoint (--vkey); a history that was rewritten ends it with exit code 3
    #[arg(long, requires = "tiles", conflicts_with = "data")]
    follow: bool,
    /// With --follow: milliseconds from one look to the next
    #[arg(long, default_value_t = 10_000, requires = "follow")]
    every: u64,
    #[command(flatten)]
    trust: TrustArgs,
    /// With --tiles: which entries may be written (public, after-closing)
    #[arg(long, default_value_t = Entries::AfterClosing, requires = "tiles")]
    entries: Entries,
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &ExportArgs) -> Result<(), Failure> {
    match (&args.tiles, &args.file) {
        (Some(dir), _) => match app.server() {
            Some(server) => mirror(app, dir, server, args),
            None if args.follow => Err(Failure::with("usage.value", "--follow: --server")),
            None => tiles(app, dir, args.entries),
        },
        (None, Some(file)) => statements(app, file, args.from, args.to),
        (None, None) => Err(Failure::new("usage.arguments")),
    }
}

fn tiles(app: &App, dir: &Path, entries: Entries) -> Result<(), Failure> {
    let data = app.data()?;
    let engine = Engine::open(data, Options::default())?;
    let world = engine.views().latest().world;
    let all = 0..world.position;
    if !entries.are_readable(engine.store().as_ref(), &world, all)? {
        return Err(Failure::new("log.withheld").and("--entries public".to_owned()));
    }
    let mut publisher = publisher(data, &engine)?;
    publisher.publish(false)?;
    let log = publisher.log();
    let shown = log.latest().ok_or_else(|| Failure::new("log.no-checkpoint"))?;
    let bar = progress(app.output, 0, app.lang().pick("tuiles", "tiles"));
    let mut told = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let exported = StaticTiles::open(dir, log.vkey())?.advance(&mut &**log, &shown, &mut told)?;
    bar.finish_and_clear();
    tell(app, dir, exported)
}

/// Copies the public log of a server, once or for as long as it grows.
fn mirror(app: &App, dir: &Path, server: &str, args: &ExportArgs) -> Result<(), Failure> {
    let place = Place::parse(&format!("{}/log", server.trim_end_matches('/')))?;
    let fetch = place.fetch();
    let mut mirror = Mirror::open(dir, args.trust.policy(None)?)?;
    loop {
        let bar = progress(app.output, 0, app.lang().pick("tuiles", "tiles"));
        let mut told = |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        };
        let advanced = mirror.advance(fetch.as_ref(), &mut told);
        bar.finish_and_clear();
        match advanced {
            Ok(exported) if exported.added > 0 || !args.follow => {
                tell(app, dir, exported)?;
            }
            Ok(_) => {}
            // The server is away, or entries wait for a vote to close: later.
            Err(PublishError::Source(
                error @ (AuditError::Fetch { .. } | AuditError::Withheld { .. }),
            )) if args.follow => app.output.warn(&Failure::from(error).text(app.lang()).0),
            Err(error) => return Err(error.into()),
        }
        if !args.follow {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(args.every));
    }
}

fn tell(app: &App, dir: &Path, exported: Exported) -> Result<(), Failure> {
    if app.output.json {
        return app.output.json(&json!({"tiles": dir, "exported": exported}));
    }
    let words = app.lang().pick("entrées publiées, dont nouvelles :", "entries published, new:");
    app.output.say(format!("{} {words} {}", exported.size, exported.added))
}

fn statements(app: &App, file: &Path, from: u64, to: Option<u64>) -> Result<(), Failure> {
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
