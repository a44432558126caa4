//! `archipel restore`: a working instance from the public files alone.

use crate::app::App;
use crate::failure::Failure;
use crate::fetch::{Place, TrustArgs};
use crate::keys;
use crate::output::progress;
use archipel_engine::audit::restore;
use serde_json::json;
use std::path::PathBuf;

/// Build an instance from a published log, verifying everything.
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// The published log: a directory of tiles, or an address
    #[arg(long, value_name = "DIR|URL")]
    from_tiles: String,
    /// New directory of the instance
    dir: PathBuf,
    #[command(flatten)]
    trust: TrustArgs,
    /// The registrar's private key, which is not public; without it the instance is read-only
    #[arg(long, value_name = "FILE")]
    registrar: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &RestoreArgs) -> Result<(), Failure> {
    let place = Place::parse(&args.from_tiles)?;
    let policy = args.trust.policy(Some(&place))?;
    let registrar =
        args.registrar.as_deref().map(|path| keys::load(path, app.passwords())).transpose()?;
    let bar = progress(app.output, 0, app.lang().pick("actes", "acts"));
    let mut told = |done, size| {
        bar.set_length(size);
        bar.set_position(done);
    };
    let restored =
        restore(place.fetch().as_ref(), &policy, registrar.as_ref(), &args.dir, &mut told)?;
    bar.finish_and_clear();
    let report = restored.report;
    if app.output.json {
        return app.output.json(&json!({"dir": args.dir, "report": report}));
    }
    let lang = app.lang();
    let words = lang.pick("actes vérifiés et rétablis dans", "statements verified and restored in");
    app.output.say(format!("{} {words} {}", report.size, args.dir.display()))?;
    if registrar.is_none() {
        app.output.say(lang.pick(
            "Sans la clé de l'instance (registrar.pem), ce dossier ne peut qu'être lu.",
            "Without the instance's key (registrar.pem), this directory can only be read.",
        ))?;
    }
    Ok(())
}
