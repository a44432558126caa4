//! `archipel audit`: checking a log.

use crate::app::App;
use crate::failure::Failure;
use crate::output::progress;
use crate::show;
use archipel_engine::audit::{AuditError, AuditReport, audit};
use archipel_engine::engine::{Engine, Options};
use archipel_engine::instance::Instance;
use archipel_engine::rebuild::RebuildError;
use archipel_engine::store::{EventStore, ReadError, SledStore, StoreOptions};
use serde_json::json;

/// Audits.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum AuditCommand {
    /// Verify a whole log again: bytes, signatures, rules, counts, root. Exit code 3 if it fails
    Verify,
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Verify => verify(app),
    }
}

fn verify(app: &App) -> Result<(), Failure> {
    let dir = app.data()?;
    let origin = Instance::find(dir)?.origin().to_owned();
    let report = {
        let store = SledStore::open(dir, StoreOptions::default())?;
        if store.derived_size() < store.head().size {
            // Facts are missing, not wrong: derive them as any start does, then check them.
            drop(store);
            drop(Engine::open(dir, Options::default()).map_err(in_audit)?);
            run_audit(app, &SledStore::open(dir, StoreOptions::default())?, &origin)?
        } else {
            run_audit(app, &store, &origin)?
        }
    };
    if app.output.json {
        return app.output.json(&json!(report));
    }
    print(app, &report)
}

/// A log that does not even open for its leaves fails the audit.
fn in_audit(error: archipel_engine::engine::EngineError) -> Failure {
    match error {
        archipel_engine::engine::EngineError::Rebuild(RebuildError::Inadmissible {
            position,
            code,
        }) => Failure::with("audit.leaf", code).at(position),
        other => other.into(),
    }
}

fn run_audit(app: &App, store: &dyn EventStore, origin: &str) -> Result<AuditReport, Failure> {
    let bar = progress(app.output, store.head().size, app.lang().pick("audit", "audit"));
    let report = audit(store, origin, &mut |done, _| bar.set_position(done));
    bar.finish_and_clear();
    report.map_err(|error| failure(&error))
}

fn failure(error: &AuditError) -> Failure {
    match error {
        AuditError::Leaf(RebuildError::Inadmissible { position, code }) => {
            Failure::with("audit.leaf", code).at(*position)
        }
        AuditError::Leaf(RebuildError::Read(ReadError::Damaged { position, .. })) => {
            Failure::with("audit.leaf", error).at(*position)
        }
        AuditError::Leaf(other) => Failure::with("audit.leaf", other),
        AuditError::Statement { position, code } => {
            Failure::with("audit.statement", code).at(*position)
        }
        AuditError::Derived { position } => Failure::new("audit.derived").at(*position),
        AuditError::Root { size } => Failure::with("audit.root", size),
    }
}

fn print(app: &App, report: &AuditReport) -> Result<(), Failure> {
    let lang = app.lang();
    app.output.say(lang.pick("Audit réussi : tout se vérifie.", "Audit passed: all verifies."))?;
    let name = |name: &str| show::label(lang, name);
    let mut rows = vec![
        (name("origin"), report.origin.clone()),
        (lang.pick("actes vérifiés", "statements verified").to_owned(), report.size.to_string()),
        (name("root"), report.root.to_string()),
        (
            lang.pick("issues recomptées", "outcomes recounted").to_owned(),
            report.outcomes.to_string(),
        ),
    ];
    rows.extend(report.state_hashes.iter().map(|(view, hash)| (view.clone(), hash.to_string())));
    app.output.pairs(rows)
}
