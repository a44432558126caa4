//! The one table of routes: the router and OpenAPI are both made from it.

use crate::layers::Bounds;
use crate::problem::Problem;
use crate::shared::{App, Options, Shared};
use crate::statements::json_response;
use crate::{events, layers, log, problems, statements, views};
use archipel_engine::engine::Engine;
use archipel_engine::view::Query;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use serde_json::json;
use std::sync::Arc;

/// What serves a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handler {
    Submit,
    View,
    Checkpoint,
    Receipt,
    Inclusion,
    Consistency,
    LogCheckpoint,
    LogKey,
    LogTile,
    Events,
    Problems,
    Problem,
    OpenApi,
    Live,
    Ready,
}

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Its pattern, with parameters in braces.
    pub path: String,
    /// What it does.
    pub summary: &'static str,
    pub(crate) handler: Handler,
}

/// Every route.
#[must_use]
pub fn routes() -> Vec<Route> {
    let own = [
        ("POST", "/v1/statements", "Submit signed statements", Handler::Submit),
        ("GET", "/v1/checkpoint", "The signed head of the log", Handler::Checkpoint),
        ("GET", "/v1/receipts/{entry}", "The receipt of an act (tlog-proof)", Handler::Receipt),
        ("GET", "/v1/proofs/inclusion", "That an act is in a tree", Handler::Inclusion),
        ("GET", "/v1/proofs/consistency", "That trees continue each other", Handler::Consistency),
        ("GET", "/log/checkpoint", "The checkpoint, a signed note", Handler::LogCheckpoint),
        ("GET", "/log/log.vkey", "The key that verifies it", Handler::LogKey),
        ("GET", "/log/tile/{*tile}", "Tiles and entry bundles", Handler::LogTile),
        ("GET", "/v1/events", "Follow the log as server-sent events", Handler::Events),
        ("GET", "/v1/problems", "Every code with its meaning", Handler::Problems),
        ("GET", "/v1/problems/{code}", "What a code means", Handler::Problem),
        ("GET", "/v1/openapi.json", "This description", Handler::OpenApi),
        ("GET", "/healthz", "Whether the process answers", Handler::Live),
        ("GET", "/readyz", "Whether statements can be recorded", Handler::Ready),
    ];
    let own = own.into_iter().map(|(method, path, summary, handler)| Route {
        method,
        path: path.to_owned(),
        summary,
        handler,
    });
    let views = Query::PATHS.iter().map(|(path, summary)| Route {
        method: "GET",
        path: format!("/v1/{path}"),
        summary,
        handler: Handler::View,
    });
    own.chain(views).collect()
}

/// The surface of an instance, without a listener and without a registrar's timer.
pub fn router(engine: Arc<Engine>, options: Options) -> Router {
    of_shared(&Shared::new(engine, options))
}

pub(crate) fn of_shared(app: &App) -> Router {
    let table = routes().into_iter();
    let router =
        table.fold(Router::new(), |router, route| router.route(&route.path, serve(route.handler)));
    let bounds = Bounds::new(app.options.requests_max, app.options.request_time);
    layers::wrap(router, bounds).with_state(app.clone())
}

fn serve(handler: Handler) -> MethodRouter<App> {
    match handler {
        Handler::Submit => post(statements::submit),
        Handler::View => get(views::view),
        Handler::Checkpoint => get(log::status),
        Handler::Receipt => get(log::receipt),
        Handler::Inclusion => get(log::inclusion),
        Handler::Consistency => get(log::consistency),
        Handler::LogCheckpoint => get(log::checkpoint),
        Handler::LogKey => get(log::key),
        Handler::LogTile => get(log::tile),
        Handler::Events => get(events::follow),
        Handler::Problems => get(problems::list),
        Handler::Problem => get(problems::one),
        Handler::OpenApi => get(openapi),
        Handler::Live => get(live),
        Handler::Ready => get(ready),
    }
}

async fn openapi() -> Response {
    json_response("application/json", include_str!("../openapi.json").to_owned())
}

pub(crate) async fn live() -> Response {
    json_response("application/json", json!({"status": "live"}).to_string())
}

/// A store that failed stays failed until the process is started again.
async fn ready(State(app): State<App>, headers: HeaderMap) -> Response {
    if app.engine.has_failed() {
        let lang = crate::problem::lang_of(&headers);
        return Problem::new(lang, "submit.stopped").into_response();
    }
    if let Some(alarm) = app.options.public.as_ref().and_then(|public| public.alarm()) {
        let lang = crate::problem::lang_of(&headers);
        return Problem::new(lang, alarm.code).hint(alarm.what).into_response();
    }
    if !app.engine.is_recording() {
        let lang = crate::problem::lang_of(&headers);
        return Problem::new(lang, "submit.read-only").into_response();
    }
    let position = app.engine.views().latest().world.position;
    json_response("application/json", json!({"status": "ready", "position": position}).to_string())
}
