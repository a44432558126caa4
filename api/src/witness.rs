//! A witness over HTTP (c2sp.org/tlog-witness): `POST /add-checkpoint`, and what it cosigned last
//! of each log under `/<SHA-256 of the origin>/checkpoint`.
//!
//! Cosignatures and sizes are plain text, as the protocol says; every other answer is a problem
//! like those of an instance.

use crate::i18n::Lang;
use crate::layers::{self, Bounds};
use crate::log::{A_MOMENT, TEXT, public};
use crate::problem::{Problem, lang_of};
use crate::serve::{ServeError, until};
use crate::statements::read_body;
use crate::{problems, routes};
use archipel_engine::witness::{BODY_BYTES_MAX, Refusal, SIZE_TYPE, Witness};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// Limits of the surface of a witness.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Most requests being answered at once; beyond that, callers are told to come back.
    pub requests_max: usize,
    /// Most requests at once on the machine's threads; others wait their turn.
    pub work_max: usize,
    /// Longest time for a request, its body included.
    pub request_time: Duration,
    /// Longest time that open requests are given when the server stops.
    pub grace: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            requests_max: 256,
            work_max: 16,
            request_time: Duration::from_secs(30),
            grace: Duration::from_secs(10),
        }
    }
}

#[derive(Clone)]
struct Site {
    witness: Arc<Witness>,
    work: Arc<Semaphore>,
}

/// The surface of a witness, without a listener.
pub fn router(witness: Arc<Witness>, options: &Options) -> Router {
    let site = Site { witness, work: Arc::new(Semaphore::new(options.work_max)) };
    let router = Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{hash}/checkpoint", get(latest))
        .route("/healthz", get(routes::live))
        .route("/v1/problems/{code}", get(problems::one));
    layers::wrap(router, Bounds::new(options.requests_max, options.request_time)).with_state(site)
}

/// Serves until `shutdown` resolves or the listener fails.
///
/// # Errors
/// [`ServeError::Listener`].
pub async fn serve(
    listener: TcpListener,
    witness: Arc<Witness>,
    options: Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let router = router(witness, &options);
    let closing = watch::Sender::new(false);
    Ok(until(shutdown, listener, router, &closing, options.grace).await?)
}

impl Site {
    /// Answers on a thread that may block: whatever the witness is asked, it looks at its disk.
    async fn asked<T: Send + 'static>(
        &self,
        lang: Lang,
        ask: impl FnOnce(&Witness) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<Result<T, Refusal>, Problem> {
        let permit = Arc::clone(&self.work).acquire_owned().await;
        let permit = permit.map_err(|_| Problem::new(lang, "http.overloaded"))?;
        let witness = Arc::clone(&self.witness);
        let answer = tokio::task::spawn_blocking(move || {
            // Until the work is done, not only until the caller stops waiting.
            let _permit = permit;
            ask(&witness)
        });
        answer.await.map_err(|_| Problem::new(lang, "http.internal"))
    }
}

async fn add_checkpoint(State(site): State<Site>, headers: HeaderMap, body: Body) -> Response {
    let lang = lang_of(&headers);
    let answered = async {
        let body = read_body(body, BODY_BYTES_MAX, lang).await?;
        site.asked(lang, move |witness| witness.add_checkpoint(&body)).await
    };
    match answered.await {
        Ok(Ok(cosigned)) => {
            tracing::info!(origin = cosigned.origin, size = cosigned.size, "cosigned");
            plain(StatusCode::OK, TEXT, cosigned.line.to_string())
        }
        Ok(Err(refusal)) => match refusal.size() {
            Some(size) => plain(StatusCode::CONFLICT, SIZE_TYPE, format!("{size}\n")),
            None => Problem::new(lang, refusal.code()).into_response(),
        },
        Err(problem) => problem.into_response(),
    }
}

async fn latest(
    State(site): State<Site>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Response {
    let lang = lang_of(&headers);
    match site.asked(lang, move |witness| witness.latest(&hash)).await {
        Ok(Ok(Some(latest))) => public(TEXT, A_MOMENT, latest.note.to_string()),
        Ok(Ok(None)) => Problem::new(lang, "witness.no-checkpoint").into_response(),
        Ok(Err(refusal)) => Problem::new(lang, refusal.code()).into_response(),
        Err(problem) => problem.into_response(),
    }
}

fn plain(status: StatusCode, media_type: &'static str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
