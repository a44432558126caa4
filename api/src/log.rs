//! The transparency log: `/log/` as c2sp.org/tlog-tiles says, and proofs and receipts under `/v1/`.
//!
//! What is under `/log/` is the same for everybody and can be cached by anybody: tiles for ever,
//! the checkpoint for a few seconds.

use crate::i18n::Lang;
use crate::problem::{Problem, lang_of};
use crate::shared::App;
use crate::statements::json_response;
use archipel_domain::id::{Hash, StatementId};
use archipel_engine::publish::PublicLog;
use archipel_engine::store::ReadError;
use archipel_engine::tlog::receipt::Receipt;
use archipel_engine::tlog::tile::{Kind, TilePath, WIDTH};
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for a checkpoint that covers one's own act.
const WAIT_MS_MAX: u64 = 10_000;
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
pub(crate) const A_MOMENT: &str = "public, max-age=2";

/// Something of the log, for everybody: also for pages of other sites.
pub(crate) fn public(
    media_type: &'static str,
    cache: &'static str,
    body: impl Into<Body>,
) -> Response {
    let mut response = Response::new(body.into());
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, cache),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn nothing(lang: Lang) -> Problem {
    Problem::new(lang, "log.no-checkpoint")
}

/// Reads on a thread that may block; the number of these is bounded.
async fn reading<T: Send + 'static>(
    app: &App,
    lang: Lang,
    read: impl FnOnce() -> Result<T, ReadError> + Send + 'static,
) -> Result<T, Problem> {
    let permit = app.reads.acquire().await;
    let _permit = permit.map_err(|_| Problem::new(lang, "http.overloaded"))?;
    let answer = tokio::task::spawn_blocking(read).await;
    let answer = answer.map_err(|_| Problem::new(lang, "http.internal"))?;
    answer.map_err(|error| {
        tracing::error!(%error, "the log could not be read");
        Problem::new(lang, error.code())
    })
}

/// `GET /log/checkpoint`
pub(crate) async fn checkpoint(State(app): State<App>, headers: HeaderMap) -> Response {
    match app.options.public.as_ref().and_then(|log| log.latest()) {
        Some(shown) => public(TEXT, A_MOMENT, shown.note.to_string()),
        None => nothing(lang_of(&headers)).into_response(),
    }
}

/// `GET /log/log.vkey`
pub(crate) async fn key(State(app): State<App>, headers: HeaderMap) -> Response {
    match &app.options.public {
        Some(log) => public(TEXT, A_MOMENT, format!("{}\n", log.vkey())),
        None => nothing(lang_of(&headers)).into_response(),
    }
}

/// `GET /log/tile/…`
pub(crate) async fn tile(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let answered = read_tile(&app, lang_of(&headers), &uri).await;
    answered.unwrap_or_else(IntoResponse::into_response)
}

async fn read_tile(app: &App, lang: Lang, uri: &Uri) -> Result<Response, Problem> {
    // As written: what is escaped in the address is no spelling of a tile.
    let path = uri.path().strip_prefix("/log/tile/").unwrap_or_default();
    let tile = TilePath::parse(path).map_err(|error| Problem::new(lang, error.code()))?;
    let log = app.options.public.clone().ok_or_else(|| nothing(lang))?;
    let (engine, entries) = (Arc::clone(&app.engine), app.options.entries);
    let bytes = reading(app, lang, move || {
        let start = tile.index.saturating_mul(WIDTH);
        let range = start..start.saturating_add(u64::from(tile.width));
        let bytes = log.tile(&tile)?;
        if tile.kind != Kind::Entries || bytes.is_none() {
            return Ok(bytes.ok_or("log.no-tile"));
        }
        let world = engine.views().latest().world;
        let readable = entries.are_readable(engine.store().as_ref(), &world, range)?;
        Ok(bytes.filter(|_| readable).ok_or("log.withheld"))
    });
    let bytes = bytes.await?.map_err(|code| Problem::new(lang, code))?;
    Ok(public(BYTES, FOR_EVER, bytes))
}

/// `GET /v1/checkpoint`
pub(crate) async fn status(State(app): State<App>, headers: HeaderMap) -> Response {
    let Some(log) = &app.options.public else {
        return nothing(lang_of(&headers)).into_response();
    };
    let shown = log.latest();
    let alarm = log.alarm().map(|alarm| json!({"code": alarm.code, "what": alarm.what}));
    let checkpoint = shown.map(|shown| {
        let cosigned = shown.cosigned.iter();
        json!({
            "size": shown.checkpoint.size,
            "root": Hash(shown.checkpoint.root),
            "cosigned": cosigned
                .map(|(name, time)| json!({"witness": name, "time": time}))
                .collect::<Vec<_>>(),
            "note": shown.note.to_string(),
        })
    });
    let answer = json!({
        "origin": log.vkey().name(),
        "vkey": log.vkey().to_string(),
        "position": app.engine.views().latest().world.position,
        "checkpoint": checkpoint,
        "alarm": alarm,
    });
    json_response("application/json", answer.to_string())
}

/// The numbers in a query, by name; nothing else may stand in it. The error is what does.
fn numbers<const N: usize>(
    query: Option<&str>,
    names: [&str; N],
) -> Result<[Option<u64>; N], String> {
    let mut found = [None; N];
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let slot = names.iter().position(|known| *known == name);
        let slot = slot.and_then(|at| found.get_mut(at)).filter(|slot| slot.is_none());
        match (slot, value.parse()) {
            (Some(slot), Ok(value)) => *slot = Some(value),
            _ => return Err(name.to_owned()),
        }
    }
    Ok(found)
}

fn parameter(lang: Lang, name: impl Into<String>) -> Problem {
    Problem { parameter: Some(name.into()), ..Problem::new(lang, "query.parameter") }
}

/// `GET /v1/receipts/{position or id}`: a `.tlog-proof` under the latest checkpoint, waited for.
pub(crate) async fn receipt(
    State(app): State<App>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let lang = lang_of(&headers);
    let answered = find_receipt(&app, lang, &name, query.as_deref()).await;
    answered.unwrap_or_else(IntoResponse::into_response)
}

async fn find_receipt(
    app: &App,
    lang: Lang,
    name: &str,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let [timeout] = numbers(query, ["timeout_ms"]).map_err(|name| parameter(lang, name))?;
    let (position, id) = (name.parse::<u64>().ok(), name.parse::<StatementId>().ok());
    let position = match (position, id) {
        (Some(position), _) => position,
        (_, Some(id)) => {
            let store = Arc::clone(app.engine.store());
            let found = reading(app, lang, move || store.lookup(&[id.0])).await?;
            let found = found.first().copied().flatten();
            found.ok_or_else(|| Problem::new(lang, "query.not-found"))?
        }
        _ => return Err(Problem::new(lang, "query.not-found")),
    };
    if position >= app.engine.views().latest().world.position {
        return Err(Problem::new(lang, "query.beyond"));
    }
    let wait = timeout.unwrap_or(WAIT_MS_MAX).min(WAIT_MS_MAX);
    let (engine, entries) = (Arc::clone(&app.engine), app.options.entries);
    let readable = reading(app, lang, move || {
        let world = engine.views().latest().world;
        let range = position..position.saturating_add(1);
        entries.are_readable(engine.store().as_ref(), &world, range)
    });
    let with_entry = readable.await?;
    let proof = proof_of(app, lang, position, Duration::from_millis(wait), with_entry).await?;
    Ok(public(TEXT, "no-cache", proof.ok_or_else(|| Problem::new(lang, "http.not-yet"))?))
}

/// The receipt of a position as a text, once a checkpoint covers it; nothing if that takes longer
/// than `patience`. `with_entry` says whether it carries the leaf: not if that is withheld from
/// whoever asks.
pub(crate) async fn proof_of(
    app: &App,
    lang: Lang,
    position: u64,
    patience: Duration,
    with_entry: bool,
) -> Result<Option<String>, Problem> {
    let log = app.options.public.clone().ok_or_else(|| nothing(lang))?;
    let mut covered = app.covered.clone();
    let grown = async { covered.wait_for(|size| *size > position).await.is_ok() };
    if !tokio::time::timeout(patience, grown).await.unwrap_or(false) {
        return Ok(None);
    }
    let receipt = reading(app, lang, move || log.receipt(position)).await?;
    Ok(receipt.map(|receipt| {
        let leaf = receipt.leaf.filter(|_| with_entry);
        Receipt { leaf, ..receipt }.to_string()
    }))
}

/// `GET /v1/proofs/inclusion`
pub(crate) async fn inclusion(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let lang = lang_of(&headers);
    prove(&app, lang, query.as_deref(), ["index", "size"], PublicLog::inclusion).await
}

/// `GET /v1/proofs/consistency`
pub(crate) async fn consistency(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let lang = lang_of(&headers);
    prove(&app, lang, query.as_deref(), ["old", "new"], PublicLog::consistency).await
}

type Prove =
    fn(&PublicLog, u64, u64) -> Result<Option<Vec<archipel_engine::log::merkle::Hash>>, ReadError>;

async fn prove(
    app: &App,
    lang: Lang,
    query: Option<&str>,
    names: [&str; 2],
    prove: Prove,
) -> Response {
    let answered = async {
        let [first, second] = numbers(query, names).map_err(|name| parameter(lang, name))?;
        let [first_name, second_name] = names;
        let first = first.ok_or_else(|| parameter(lang, first_name))?;
        let second = second.ok_or_else(|| parameter(lang, second_name))?;
        let log = app.options.public.clone().ok_or_else(|| nothing(lang))?;
        let proof = reading(app, lang, move || prove(&log, first, second)).await?;
        let proof = proof.ok_or_else(|| Problem::new(lang, "query.beyond"))?;
        let hashes: Vec<Hash> = proof.into_iter().map(Hash).collect();
        let answer = json!({first_name: first, second_name: second, "hashes": hashes});
        Ok::<_, Problem>(json_response("application/json", answer.to_string()))
    };
    answered.await.unwrap_or_else(IntoResponse::into_response)
}
