//! The one table of routes: the router and OpenAPI are both made from it.

use crate::problem::Problem;
use crate::shared::{App, Options, Shared};
use crate::statements::json_response;
use crate::{events, layers, problems, statements, views};
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
    layers::wrap(router, app).with_state(app.clone())
}

fn serve(handler: Handler) -> MethodRouter<App> {
    match handler {
        Handler::Submit => post(statements::submit),
        Handler::View => get(views::view),
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

async fn live() -> Response {
    json_response("application/json", json!({"status": "live"}).to_string())
}

/// A store that failed stays failed until the process is started again.
async fn ready(State(app): State<App>, headers: HeaderMap) -> Response {
    if app.engine.has_failed() {
        let lang = crate::problem::lang_of(&headers);
        return Problem::new(lang, "submit.stopped").into_response();
    }
    let position = app.engine.views().latest().world.position;
    json_response("application/json", json!({"status": "ready", "position": position}).to_string())
}
