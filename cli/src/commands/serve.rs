//! `archipel serve`.

use crate::app::App;
use crate::backend::{publisher, publisher_with};
use crate::failure::Failure;
use crate::output::Output;
use archipel_api::ServeError;
use archipel_api::feed::Http;
use archipel_engine::clock::SystemClock;
use archipel_engine::engine::{Engine, Options};
use archipel_engine::publish::{After, Cadence, Entries, PublicLog, PublisherThread, StaticTiles};
use archipel_engine::witness::{Feeder, Witnesses};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// Address to listen on; port 0 takes a free one, which is printed
    #[arg(long, default_value = "127.0.0.1:8080", env = "ARCHIPEL_LISTEN")]
    listen: SocketAddr,
    /// Only answer reads: nothing is recorded and nothing signed. Also opens a log that is older
    /// than its guard
    #[arg(long)]
    read_only: bool,
    /// Shortest time between two checkpoints, in milliseconds
    #[arg(long, default_value_t = 1_000, value_name = "MS")]
    #[arg(value_parser = clap::value_parser!(u64).range(10..=86_400_000))]
    checkpoint_every: u64,
    /// Who may read the entries: public, after-closing (a ballot once its vote is closed), nobody
    #[arg(long, default_value_t = Entries::AfterClosing)]
    entries: Entries,
    /// Also keep the public log in a directory, for a file server to host
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
    /// Form of the log lines on stderr
    #[arg(long, value_enum, default_value = "text", env = "ARCHIPEL_LOG_FORMAT")]
    log_format: LogFormat,
}

/// Form of log lines.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// For machines
    Json,
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &ServeArgs) -> Result<(), Failure> {
    start_tracing(args.log_format);
    let (engine, public) = open(app, args)?;
    let options = archipel_api::Options {
        public: public.log(),
        entries: args.entries,
        ..archipel_api::Options::default()
    };
    let failed = |error: std::io::Error| Failure::with("cli.listen", error);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let served = runtime.map_err(failed)?.block_on(serve(
        app.output,
        args.listen,
        Arc::clone(&engine),
        options,
    ));
    let alarm = public.log().and_then(|log| log.alarm());
    // The last owners: what is queued is finished, what was recorded is signed, and the directory
    // is released before the end.
    drop(public);
    drop(engine);
    match alarm {
        Some(alarm) => Err(Failure::with(alarm.code, alarm.what)),
        None => served,
    }
}

/// What is published while the server runs.
enum Public {
    Nothing,
    /// What was signed before.
    Standing(Arc<PublicLog>),
    Moving(PublisherThread),
}

impl Public {
    fn log(&self) -> Option<Arc<PublicLog>> {
        match self {
            Self::Nothing => None,
            Self::Standing(log) => Some(Arc::clone(log)),
            Self::Moving(thread) => Some(Arc::clone(thread.log())),
        }
    }
}

fn open(app: &App, args: &ServeArgs) -> Result<(Arc<Engine>, Public), Failure> {
    let dir = app.data()?;
    if args.read_only {
        let (engine, doubt) = Engine::open_read_only(dir, Options::default())?;
        if let Some(doubt) = doubt {
            tracing::error!(%doubt, "served for reading only");
        }
        let public = match publisher(dir, &engine) {
            Ok(publisher) => Public::Standing(Arc::clone(publisher.log())),
            Err(failure) => {
                tracing::error!(code = failure.code, "no checkpoint is shown");
                Public::Nothing
            }
        };
        return Ok((Arc::new(engine), public));
    }
    let engine = Arc::new(Engine::open(dir, Options::default())?);
    let publisher = publisher_with(dir, &engine, |vkey| {
        let witnesses = Witnesses::load(dir, &vkey)?;
        let (http, clock) = (Arc::new(Http::default()), Arc::new(SystemClock));
        Ok(Box::new(Feeder::new(vkey, witnesses, http, clock)))
    })?;
    let every = Duration::from_millis(args.checkpoint_every);
    let cadence = Cadence { every, ..Cadence::default() };
    let after = exporter(args, &engine, publisher.log())?;
    let alarmed = {
        let engine = Arc::clone(&engine);
        Box::new(move || engine.stop_recording())
    };
    Ok((engine, Public::Moving(PublisherThread::start(publisher, cadence, after, alarmed))))
}

/// What is done with each checkpoint.
fn exporter(
    args: &ServeArgs,
    engine: &Arc<Engine>,
    log: &Arc<PublicLog>,
) -> Result<After, Failure> {
    let Some(dir) = &args.export else { return Ok(Box::new(|_| {})) };
    let mut tiles = StaticTiles::open(dir, log.vkey())?;
    let (engine, log, entries) = (Arc::clone(engine), Arc::clone(log), args.entries);
    // Below this, every entry was readable before: what is closed stays closed.
    let mut readable = 0;
    Ok(Box::new(move |shown| {
        let world = engine.views().latest().world;
        let size = shown.checkpoint.size;
        match entries.are_readable(engine.store().as_ref(), &world, readable..size) {
            Ok(true) => readable = size,
            Ok(false) => return tracing::info!(size, "not exported before the votes close"),
            Err(error) => return tracing::error!(%error, "the log could not be read"),
        }
        if let Err(error) = tiles.advance(&mut &*log, shown, &mut |_, _| {}) {
            tracing::error!(%error, "the public log could not be exported");
        }
    }))
}

async fn serve(
    output: Output,
    listen: SocketAddr,
    engine: Arc<Engine>,
    options: archipel_api::Options,
) -> Result<(), Failure> {
    let (listener, asked) = listening(output, listen, engine.origin()).await?;
    let served = archipel_api::serve(listener, engine, options, asked);
    served.await.map_err(|error| match error {
        ServeError::Listener(error) => not_listening(listen, &error),
        ServeError::StoreFailed => Failure::new("submit.stopped"),
    })
}

/// Listens and says where. What is returned beside the listener resolves when the process is asked
/// to end.
pub(super) async fn listening(
    output: Output,
    listen: SocketAddr,
    name: &str,
) -> Result<(TcpListener, impl Future<Output = ()> + Send + 'static), Failure> {
    let failed = |error: std::io::Error| not_listening(listen, &error);
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    // Before the address is told: whoever waits for it may send a signal at once.
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    output.raw(&format!("listening on http://{address}"))?;
    tracing::info!(%address, origin = name, "serving");
    let asked = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
    };
    Ok((listener, asked))
}

/// Why an address is not served.
pub(super) fn not_listening(listen: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::with("cli.listen", format!("{listen}: {error}"))
}

/// Log lines on stderr from here on.
pub(super) fn start_tracing(format: LogFormat) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sled=warn"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(false).init(),
        LogFormat::Json => lines.json().init(),
    }
}
