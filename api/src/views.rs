//! Reads: every path of `archipel_engine::view` under `/v1/`.
//!
//! Besides the view's own parameters:
//! - `at=N`: the state after the first `N` statements (so `at=0` is the empty log);
//! - `min_position=P`: a state that holds the act at position `P`, waiting for it if need be;
//! - `timeout_ms=T`: how long to wait for it, at most [`WAIT_MS_MAX`]; then 503, never an older
//!   state.

use crate::i18n::Lang;
use crate::problem::{Problem, lang_of};
use crate::shared::App;
use crate::statements::json_response;
use archipel_engine::sequencer::Shown;
use archipel_engine::view::{Query, QueryError, ask_from};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// Longest wait for one's own write.
pub(crate) const WAIT_MS_MAX: u64 = 10_000;
const WAIT_MS_DEFAULT: u64 = 5_000;

#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    at: Option<u64>,
    min_position: Option<u64>,
    timeout_ms: Option<u64>,
    /// The view's path with its own parameters.
    path: String,
}

/// Answers a read.
pub(crate) async fn view(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let lang = lang_of(&headers);
    let answered = read(&app, lang, &uri, &headers).await;
    answered.unwrap_or_else(IntoResponse::into_response)
}

async fn read(app: &App, lang: Lang, uri: &Uri, headers: &HeaderMap) -> Result<Response, Problem> {
    let problem = |error: QueryError| Problem::of_query(lang, &error);
    let asked = parse(uri).map_err(problem)?;
    let query = Query::parse(&asked.path).map_err(problem)?;
    let shown = await_position(app, lang, &asked).await?;
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let tag = asked.at.is_none().then(|| tag(&shown));
    if let (Some(known), Some(tag)) = (known, &tag)
        && known.split(',').any(|one| one.trim() == tag)
    {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        set_tag(&mut response, tag);
        return Ok(response);
    }
    let past = asked.at.is_some_and(|at| at < shown.world.position);
    let places = if past { &app.past_reads } else { &app.reads };
    let permit = places.acquire().await;
    let _permit = permit.map_err(|_| Problem::new(lang, "http.overloaded"))?;
    let engine = app.engine.clone();
    let (at, for_log) = (asked.at, asked.path);
    let answer = tokio::task::spawn_blocking(move || {
        ask_from(&engine, &shown, &query, at).map(|answer| answer.to_string())
    });
    let answer = answer.await.map_err(|_| Problem::new(lang, "http.internal"))?;
    let text = answer.map_err(|error| {
        if let QueryError::Read(_) | QueryError::Entry { .. } = &error {
            tracing::error!(%error, path = for_log, "a read failed");
        }
        Problem::of_query(lang, &error)
    })?;
    let mut response = json_response("application/json", text);
    if let Some(tag) = tag {
        set_tag(&mut response, &tag);
    }
    Ok(response)
}

/// Takes the surface's own parameters from those of the view.
fn parse(uri: &Uri) -> Result<Asked, QueryError> {
    let path = uri.path().strip_prefix("/v1/").unwrap_or_default();
    let mut asked = Asked::default();
    let mut kept = Vec::new();
    for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let number = || value.parse().map_err(|_| QueryError::Parameter(key.to_owned()));
        match key {
            "at" => asked.at = Some(number()?),
            "min_position" => asked.min_position = Some(number()?),
            "timeout_ms" => asked.timeout_ms = Some(number()?),
            _ => kept.push(pair),
        }
    }
    if asked.timeout_ms.is_some_and(|wait| wait > WAIT_MS_MAX) {
        return Err(QueryError::Parameter("timeout_ms".to_owned()));
    }
    let mark = if kept.is_empty() { "" } else { "?" };
    asked.path = format!("{path}{mark}{}", kept.join("&"));
    Ok(asked)
}

/// The latest state, once it holds the position asked for.
async fn await_position(app: &App, lang: Lang, asked: &Asked) -> Result<Shown, Problem> {
    if let Some(position) = asked.min_position {
        let wait = Duration::from_millis(asked.timeout_ms.unwrap_or(WAIT_MS_DEFAULT));
        let mut size = app.size.clone();
        let grown = tokio::time::timeout(wait, size.wait_for(|size| *size > position)).await;
        if !matches!(grown, Ok(Ok(_))) {
            return Err(Problem::new(lang, "http.not-yet"));
        }
    }
    Ok(app.engine.views().latest())
}

/// What an answer depends on, besides its address.
fn tag(shown: &Shown) -> String {
    let root = shown.root.to_string();
    format!("W/\"{}-{}\"", shown.world.position, root.get(..16).unwrap_or_default())
}

fn set_tag(response: &mut Response, tag: &str) {
    if let Ok(value) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
}
