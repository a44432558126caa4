//! `archipel witness`: a second pair of eyes on logs.

use super::key::tell;
use super::serve::{LogFormat, listening, not_listening, start_tracing};
use crate::app::App;
use crate::failure::Failure;
use crate::{show, when};
use archipel_api::ServeError;
use archipel_api::feed::Http;
use archipel_api::gossip::{Heard, Verdict, gossip};
use archipel_api::witness::Options;
use archipel_engine::clock::SystemClock;
use archipel_engine::crypto::SecretKey;
use archipel_engine::tlog::note::{Algorithm, VerifierKey};
use archipel_engine::witness::{Witness, WitnessDir};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Witnesses.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum WitnessCommand {
    /// Make a witness in a new directory, and print its verifier key
    Init {
        /// New directory
        dir: PathBuf,
        /// Name of its key: an address that you control, without scheme
        #[arg(long)]
        name: String,
    },
    /// Have a witness know a log, or one more key of it; one that is running finds out by itself
    AddLog {
        /// Directory of the witness
        dir: PathBuf,
        /// Verifier key of the log, from its people and not from its server; --origin, if given,
        /// must be the name in it
        #[arg(long)]
        vkey: VerifierKey,
        /// Where the log shows its checkpoint and its tiles, for comparing: `checkpoint` below it
        #[arg(long)]
        url: Option<String>,
    },
    /// Show the witness's key, its logs, and what it cosigned last of each
    List {
        /// Directory of the witness
        dir: PathBuf,
    },
    /// Cosign over HTTP
    Serve {
        /// Directory of the witness
        dir: PathBuf,
        /// Address to listen on; port 0 takes a free one, which is printed
        #[arg(long, default_value = "127.0.0.1:7380", env = "ARCHIPEL_WITNESS_LISTEN")]
        listen: SocketAddr,
        /// Form of the log lines on stderr
        #[arg(long, value_enum, default_value = "text", env = "ARCHIPEL_LOG_FORMAT")]
        log_format: LogFormat,
    },
    /// Compare what was cosigned with what the logs and other witnesses show. Exit code 3 if a log
    /// has shown two histories
    Gossip {
        /// Directory of the witness
        dir: PathBuf,
        /// Address of another witness; may be repeated
        #[arg(long, value_name = "URL")]
        peer: Vec<String>,
    },
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &WitnessCommand) -> Result<(), Failure> {
    match command {
        WitnessCommand::Init { dir, name } => init(app, dir, name),
        WitnessCommand::AddLog { dir, vkey, url } => add_log(app, dir, vkey, url.as_deref()),
        WitnessCommand::List { dir } => list(app, dir),
        WitnessCommand::Serve { dir, listen, log_format } => serve(app, dir, *listen, *log_format),
        WitnessCommand::Gossip { dir, peer } => compare(app, dir, peer),
    }
}

fn init(app: &App, dir: &Path, name: &str) -> Result<(), Failure> {
    let secret = SecretKey::generate()?;
    let vkey = VerifierKey::new(name, Algorithm::CosignatureV1, secret.public_key());
    WitnessDir::create(dir, name, &secret)?;
    tell(app, &[("name", name.to_owned()), ("vkey", vkey?.to_string())])
}

fn add_log(app: &App, dir: &Path, vkey: &VerifierKey, url: Option<&str>) -> Result<(), Failure> {
    if app.global.origin.as_deref().is_some_and(|origin| origin != vkey.name()) {
        return Err(Failure::with("witness.log-key", vkey));
    }
    let settings = WitnessDir::find(dir)?.add_log(vkey, url)?;
    let mut told = vec![("origin", vkey.name().to_owned()), ("vkey", vkey.to_string())];
    let log = settings.logs.into_iter().find(|log| log.origin == vkey.name());
    told.extend(log.and_then(|log| log.url).map(|url| ("url", url)));
    tell(app, &told)
}

fn list(app: &App, dir: &Path) -> Result<(), Failure> {
    let dir = WitnessDir::find(dir)?;
    let (settings, own) = dir.settings()?;
    let mut logs = Vec::new();
    for log in &settings.logs {
        let latest = dir.latest(&own, &log.origin)?;
        logs.push(json!({
            "origin": log.origin,
            "size": latest.as_ref().map(|latest| latest.checkpoint.size),
            "root": latest.as_ref().map(|latest| archipel_domain::id::Hash(latest.checkpoint.root)),
            "cosigned_at": latest.as_ref().map(|latest| latest.time),
            "url": log.url,
            "vkeys": log.vkeys.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }));
    }
    if app.output.json {
        let (name, vkey) = (&settings.name, own.to_string());
        return app.output.json(&json!({"name": name, "vkey": vkey, "logs": logs}));
    }
    app.output.say(own.to_string())?;
    let text = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let row = |log: &Value| {
        let time = log.get("cosigned_at").and_then(Value::as_i64);
        let time =
            time.map_or_else(|| "-".to_owned(), |time| when::show(time.saturating_mul(1_000)));
        let cell = |name: &str| log.get(name).map(text).unwrap_or_default();
        vec![cell("origin"), cell("size"), time, cell("url")]
    };
    let header = ["origin", "size", "cosigned_at", "url"].map(|name| show::label(app.lang(), name));
    app.output.table(&header.each_ref().map(String::as_str), logs.iter().map(row).collect())
}

fn serve(app: &App, dir: &Path, listen: SocketAddr, format: LogFormat) -> Result<(), Failure> {
    start_tracing(format);
    let witness = Arc::new(Witness::open(dir, Arc::new(SystemClock))?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::with("cli.listen", error))?;
    runtime.block_on(async {
        let (listener, asked) = listening(app.output, listen, witness.vkey().name()).await?;
        let options = Options::default();
        let served = archipel_api::witness::serve(listener, Arc::clone(&witness), options, asked);
        served.await.map_err(|error| match error {
            ServeError::Listener(error) => not_listening(listen, &error),
            ServeError::StoreFailed => Failure::new("witness.failed"),
        })
    })
}

fn compare(app: &App, dir: &Path, peers: &[String]) -> Result<(), Failure> {
    let heard = gossip(&WitnessDir::find(dir)?, &Http::default(), peers)?;
    let forks: Vec<&Path> = heard
        .iter()
        .filter_map(|heard| match &heard.verdict {
            Verdict::Fork { file } => Some(file.as_path()),
            _ => None,
        })
        .collect();
    if app.output.json {
        app.output.json(&json!({"heard": heard, "forks": forks}))?;
    } else {
        let header = ["origin", "peer", "own_size", "peer_size", "verdict"];
        let header = header.map(|name| show::label(app.lang(), name));
        let rows = heard.iter().map(|heard| row(app, heard)).collect();
        app.output.table(&header.each_ref().map(String::as_str), rows)?;
    }
    match forks.first() {
        Some(file) => Err(Failure { told: true, ..Failure::with("witness.fork", file.display()) }),
        None => Ok(()),
    }
}

fn row(app: &App, heard: &Heard) -> Vec<String> {
    let lang = app.lang();
    let size = |size: Option<u64>| size.map_or_else(|| "-".to_owned(), |size| size.to_string());
    let with = |words: &str, why: &dyn std::fmt::Display| format!("{words} ({why})");
    let verdict = match &heard.verdict {
        Verdict::Agree => lang.pick("une seule histoire", "one history").to_owned(),
        Verdict::Nothing => lang.pick("n'en sait rien", "knows nothing of it").to_owned(),
        Verdict::NoAnswer { why } => with(lang.pick("pas de réponse", "no answer"), why),
        Verdict::Undecided { why } => with(lang.pick("indécis", "undecided"), why),
        Verdict::Fork { file } => {
            with(lang.pick("DEUX HISTOIRES", "TWO HISTORIES"), &file.display())
        }
    };
    vec![heard.origin.clone(), heard.peer.clone(), size(heard.own), size(heard.size), verdict]
}
