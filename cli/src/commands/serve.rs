//! `archipel serve`.

use crate::app::App;
use crate::failure::Failure;
use crate::output::Output;
use archipel_api::ServeError;
use archipel_engine::engine::{Engine, Options};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// Address to listen on; port 0 takes a free one, which is printed
    #[arg(long, default_value = "127.0.0.1:8080", env = "ARCHIPEL_LISTEN")]
    listen: SocketAddr,
    /// Form of the log lines on stderr
    #[arg(long, value_enum, default_value = "text", env = "ARCHIPEL_LOG_FORMAT")]
    log_format: LogFormat,
}

/// Form of log lines.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum LogFormat {
    /// For people
    Text,
    /// For machines
    Json,
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &ServeArgs) -> Result<(), Failure> {
    start_tracing(args.log_format);
    let engine = Arc::new(Engine::open(app.data()?, Options::default())?);
    let failed = |error: std::io::Error| Failure::with("cli.listen", error);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let served =
        runtime.map_err(failed)?.block_on(serve(app.output, args.listen, Arc::clone(&engine)));
    // The last owner: what is queued is finished and the directory released before the end.
    drop(engine);
    served
}

async fn serve(output: Output, listen: SocketAddr, engine: Arc<Engine>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::with("cli.listen", format!("{listen}: {error}"));
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    // Before the address is told: whoever waits for it may send a signal at once.
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    output.raw(&format!("listening on http://{address}"))?;
    tracing::info!(%address, origin = engine.origin(), "serving");
    let asked = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
    };
    let served = archipel_api::serve(listener, engine, archipel_api::Options::default(), asked);
    served.await.map_err(|error| match error {
        ServeError::Listener(error) => failed(error),
        ServeError::StoreFailed => Failure::new("submit.stopped"),
    })
}

fn start_tracing(format: LogFormat) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sled=warn"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(false).init(),
        LogFormat::Json => lines.json().init(),
    }
}
