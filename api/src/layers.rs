//! What holds for every request: limits, time, headers, and one line of log.
//!
//! The line names the method, the route's pattern, the status and the time taken: never an
//! address, a payload or a parameter.

use crate::i18n::Lang;
use crate::problem::{Problem, lang_of};
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};

/// Headers of every answer. Pages have no script, no style and no frame.
const HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

/// How many requests at once, and how long each.
#[derive(Clone)]
pub(crate) struct Bounds {
    requests: Arc<Semaphore>,
    time: Duration,
}

impl Bounds {
    pub(crate) fn new(requests_max: usize, time: Duration) -> Self {
        Self { requests: Arc::new(Semaphore::new(requests_max)), time }
    }
}

/// Wraps the routes of a server; the last layer is the outermost.
pub(crate) fn wrap<S>(router: Router<S>, bounds: Bounds) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    router
        .fallback(nothing_here)
        .method_not_allowed_fallback(other_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(bounds, bound))
        .layer(from_fn(trace))
        .layer(from_fn(secure))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

async fn nothing_here(headers: HeaderMap) -> Problem {
    Problem::new(lang_of(&headers), "http.not-found")
}

async fn other_method(_: Method, _: Uri, headers: HeaderMap) -> Problem {
    Problem::new(lang_of(&headers), "http.method")
}

/// The panic's message may hold anything: it goes to the standard hook only.
fn panicked(_: Box<dyn Any + Send + 'static>) -> axum::http::Response<Body> {
    tracing::error!("a request handler panicked");
    Problem::new(Lang::default(), "http.internal").into_response()
}

/// So many requests at once, and so long each; who is beyond is told at once.
async fn bound(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    let lang = lang_of(request.headers());
    let Ok(_permit) = bounds.requests.try_acquire() else {
        return Problem::new(lang, "http.overloaded").into_response();
    };
    let answered = tokio::time::timeout(bounds.time, next.run(request)).await;
    answered.unwrap_or_else(|_| Problem::new(lang, "http.timeout").into_response())
}

async fn trace(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let begun = Instant::now();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    if route.starts_with("/log/") {
        // Followers read tiles by the thousand.
        tracing::debug!(%method, route, status, ms, "answered");
    } else {
        tracing::info!(%method, route, status, ms, "answered");
    }
    response
}

async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
