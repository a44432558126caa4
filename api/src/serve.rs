//! Serving: the listener, the registrar's timer, and an end in good order.

use crate::routes;
use crate::shared::{App, Options, Shared};
use archipel_domain::vote;
use archipel_engine::engine::Engine;
use axum::Router;
use std::future::{Future, IntoFuture};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Why serving ended otherwise than by being told to.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The listener failed.
    #[error("the listener failed: {0}")]
    Listener(#[from] std::io::Error),
    /// The store failed: the process must end and be started again, which recovers the log.
    #[error("the store failed: end the process and start it again, which recovers the log")]
    StoreFailed,
}

enum End {
    Asked,
    StoreFailed,
}

/// Serves until `shutdown` resolves, the store fails or the listener does.
///
/// Open requests are given [`Options::grace`] to end; event streams end at once.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    listener: TcpListener,
    engine: Arc<Engine>,
    options: Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let app = Shared::new(engine, options);
    let end = async {
        tokio::select! {
            () = shutdown => End::Asked,
            () = keep_time(&app) => End::StoreFailed,
        }
    };
    let router = routes::of_shared(&app);
    match until(end, listener, router, &app.closing, app.options.grace).await? {
        End::Asked => Ok(()),
        End::StoreFailed => Err(ServeError::StoreFailed),
    }
}

/// Serves until something ends, then tells those who watch `closing`, and gives open requests some
/// grace. Fails if the listener does.
pub(crate) async fn until<E>(
    end: impl Future<Output = E>,
    listener: TcpListener,
    router: Router,
    closing: &watch::Sender<bool>,
    grace: Duration,
) -> Result<E, std::io::Error> {
    let mut closed = closing.subscribe();
    let asked = async move {
        // The sender outlives the server.
        let _ = closed.wait_for(|closed| *closed).await;
    };
    let served = axum::serve(listener, router).with_graceful_shutdown(asked);
    let mut server = tokio::spawn(served.into_future());
    let end = tokio::select! {
        end = end => Ok(end),
        ended = &mut server => Err(match ended {
            Ok(Ok(())) => std::io::Error::other("it closed"),
            Ok(Err(error)) => error,
            Err(error) => std::io::Error::other(error),
        }),
    };
    closing.send_replace(true);
    if end.is_ok() && timeout(grace, &mut server).await.is_err() {
        tracing::warn!("requests were still open at the end and were cut");
        server.abort();
    }
    end
}

/// The registrar: has stated what is due. Ends when the store has failed.
async fn keep_time(app: &App) {
    let mut ticks = interval(app.options.tick_every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !app.engine.has_failed() {
        ticks.tick().await;
        let (engine, clock) = (app.engine.clone(), app.options.clock.clone());
        let looked = tokio::task::spawn_blocking(move || {
            let world = engine.views().latest().world;
            if vote::is_due(&world, clock.now()) {
                engine.tick();
            }
        });
        if looked.await.is_err() {
            tracing::error!("the registrar's timer panicked");
        }
    }
}
