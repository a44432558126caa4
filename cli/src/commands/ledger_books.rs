//! `archipel ledger export` and `ledger check`: the books, and the proof that they balance.

use crate::app::{App, AtArgs};
use crate::backend::{At, open_dir, position_at};
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::progress;
use archipel_domain::id::Hash;
use archipel_engine::books::{self, BooksError, Format, Trial, decimal};
use archipel_engine::engine::Engine;
use archipel_engine::view::Context;
use archipel_engine::view::QueryError;
use serde_json::json;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Arguments of `ledger export`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// For which program: hledger (and ledger), beancount, or a table of balances
    #[arg(long, value_enum)]
    format: FormatArg,
    /// New file, or - for standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    at: AtArgs,
}

/// A way to write books.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FormatArg {
    /// A journal for hledger and ledger
    Hledger,
    /// A journal for beancount
    Beancount,
    /// Balances as account,unit,amount, without header
    Csv,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Hledger => Self::Hledger,
            FormatArg::Beancount => Self::Beancount,
            FormatArg::Csv => Self::Csv,
        }
    }
}

impl From<BooksError> for Failure {
    fn from(error: BooksError) -> Self {
        match error {
            BooksError::Query(error) => error.into(),
            BooksError::Write(error) => error.into(),
        }
    }
}

/// Reads the books of the state asked for, with a bar that shows how far.
fn with_books<T>(
    app: &App,
    at: &AtArgs,
    read: impl FnOnce(&Context<'_>, &mut dyn FnMut(u64)) -> Result<T, BooksError>,
) -> Result<(T, u64), Failure> {
    let engine: Engine = open_dir(app.data()?)?;
    let store = engine.store().as_ref();
    let available = store.head().size;
    let position = match at.state()? {
        At::Latest => available,
        At::Position(asked) if asked > available => {
            return Err(QueryError::Beyond { asked, available }.into());
        }
        At::Position(position) => position,
        At::Moment(ms) => position_at(store, ms)?,
    };
    let world = engine.world_at(position).map_err(QueryError::from)?;
    let root = Hash(store.frontier_at(position)?.root());
    let cx = Context { world: &world, root, store, origin: engine.origin() };
    let bar = progress(app.output, position, app.lang().pick("actes", "acts"));
    let answer = read(&cx, &mut |done| bar.set_position(done));
    bar.finish_and_clear();
    Ok((answer?, position))
}

/// Writes the books to a file.
pub(crate) fn export(app: &App, args: &ExportArgs) -> Result<(), Failure> {
    let file = args.out.as_path();
    let to_stdout = file == Path::new("-");
    let failed = |error: io::Error| Failure::file(file, error);
    // What the options say must be right before a file is made.
    args.at.state()?;
    app.data()?;
    let mut out: Box<dyn Write> = if to_stdout {
        Box::new(BufWriter::new(io::stdout().lock()))
    } else {
        let new = std::fs::OpenOptions::new().write(true).create_new(true).open(file);
        Box::new(BufWriter::new(new.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Failure::with("cli.exists", file.display()),
            _ => failed(error),
        })?))
    };
    let written =
        with_books(app, &args.at, |cx, told| books::write(cx, args.format.into(), &mut out, told));
    if written.is_err() && !to_stdout {
        // Half a journal would pass for a whole one: it has no balances at its end.
        drop(out);
        let _ = std::fs::remove_file(file);
    }
    let (written, position) = written?;
    if to_stdout {
        return Ok(());
    }
    let (moves, accounts) = (written.moves, written.accounts);
    if app.output.json {
        return app.output.json(&json!({
            "file": file, "position": position, "moves": moves, "accounts": accounts,
        }));
    }
    app.output.say(match app.lang() {
        Lang::Fr => format!(
            "{} : {accounts} compte(s), {moves} mouvement(s), à la position {position}",
            file.display()
        ),
        Lang::En => format!(
            "{}: {accounts} account(s), {moves} move(s), at position {position}",
            file.display()
        ),
    })
}

/// Adds up all moves, and says whether every unit sums to zero.
pub(crate) fn check(app: &App, at: &AtArgs) -> Result<(), Failure> {
    let (trial, position) = with_books(app, at, books::check)?;
    if app.output.json {
        app.output.json(&json!({
            "position": position,
            "sound": trial.is_sound(),
            "moves": trial.moves,
            "accounts": trial.accounts,
            "unbalanced": trial.unbalanced,
            "differs": trial.differs,
            "units": trial.units.iter().map(|unit| json!({
                "unit": unit.unit,
                "scale": unit.scale,
                "accounts": unit.accounts,
                "moves": unit.moves,
                "above": decimal(unit.above, unit.scale),
                "below": decimal(unit.below, unit.scale),
                "sum": decimal(unit.sum(), unit.scale),
            })).collect::<Vec<_>>(),
        }))?;
    } else {
        table(app, &trial, position)?;
    }
    if trial.is_sound() {
        return Ok(());
    }
    let failure = match &trial.differs {
        Some(account) => Failure::with("audit.trial-balance", account),
        None => Failure::new("audit.trial-balance"),
    };
    Err(match trial.unbalanced {
        Some(position) => failure.at(position),
        None => failure,
    })
}

fn table(app: &App, trial: &Trial, position: u64) -> Result<(), Failure> {
    let lang = app.lang();
    let header = [
        lang.pick("unité", "unit"),
        lang.pick("comptes", "accounts"),
        lang.pick("mouvements", "moves"),
        lang.pick("soldes positifs", "balances above zero"),
        lang.pick("soldes négatifs", "balances below zero"),
        lang.pick("somme", "sum"),
    ];
    let rows = trial.units.iter().map(|unit| {
        vec![
            unit.unit.clone(),
            unit.accounts.to_string(),
            unit.moves.to_string(),
            decimal(unit.above, unit.scale),
            decimal(unit.below, unit.scale),
            decimal(unit.sum(), unit.scale),
        ]
    });
    app.output.table(&header, rows.collect())?;
    let (moves, accounts) = (trial.moves, trial.accounts);
    let says = match (lang, trial.is_sound()) {
        (Lang::Fr, true) => "chaque unité a pour somme zéro",
        (Lang::En, true) => "every unit sums to zero",
        (Lang::Fr, false) => "les comptes ne sont pas justes",
        (Lang::En, false) => "the books do not balance",
    };
    app.output.say(match lang {
        Lang::Fr => format!(
            "\n{accounts} compte(s), {moves} mouvement(s), à la position {position} : {says}"
        ),
        Lang::En => {
            format!("\n{accounts} account(s), {moves} move(s), at position {position}: {says}")
        }
    })
}
