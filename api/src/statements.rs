//! `POST /v1/statements`: the one way in, for one statement or for many.

use crate::i18n::Lang;
use crate::log;
use crate::problem::{Problem, lang_of};
use crate::shared::App;
use archipel_engine::log::statement::Signed;
use archipel_engine::sequencer::{Answer, Receipt, SUBMISSION_MAX, SubmitError};
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::json;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio_stream::StreamExt;

/// Content type of one statement.
const JSON: &str = "application/json";
/// Content type of many, one a line.
const NDJSON: &str = "application/x-ndjson";
/// Longest wait for a checkpoint that covers what was recorded.
const PROOF_WAIT: Duration = Duration::from_secs(10);

/// Takes in one statement, or many.
pub(crate) async fn submit(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> axum::response::Response {
    let lang = lang_of(&headers);
    let proof = match query.as_deref() {
        None | Some("" | "proof=false") => false,
        Some("proof=true") => true,
        Some(_) => {
            let problem = Problem::new(lang, "query.parameter");
            return Problem { parameter: query, ..problem }.into_response();
        }
    };
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let answered = if media_type.eq_ignore_ascii_case(JSON) {
        one(&app, lang, body, proof).await
    } else if media_type.eq_ignore_ascii_case(NDJSON) {
        bulk(&app, lang, body, proof).await
    } else {
        Err(Problem::new(lang, "http.media-type"))
    };
    answered.unwrap_or_else(IntoResponse::into_response)
}

/// A receipt as JSON; with `proof`, the tlog-proof too, or `null` where no checkpoint covers it in
/// time: it can be fetched later.
async fn told(
    app: &App,
    lang: Lang,
    receipt: &Receipt,
    proof: bool,
) -> Result<serde_json::Value, Problem> {
    let mut value = json!(receipt);
    if let (true, Some(members)) = (proof, value.as_object_mut()) {
        // Whoever hands in a statement knows what it says.
        let proof = log::proof_of(app, lang, receipt.position, PROOF_WAIT, true).await?;
        members.insert("proof".to_owned(), json!(proof));
    }
    Ok(value)
}

async fn one(
    app: &App,
    lang: Lang,
    body: Body,
    proof: bool,
) -> Result<axum::response::Response, Problem> {
    let bytes = read_body(body, Signed::LINE_BYTES_MAX, lang).await?;
    let signed =
        Signed::from_line(&bytes).map_err(|what| Problem::new(lang, "http.envelope").hint(what))?;
    let mut answers = hand_in(app, vec![signed]).await;
    let answer = answers.pop().unwrap_or(Err(SubmitError::InDoubt));
    let receipt = answer.map_err(|error| Problem::of_submit(lang, &error))?;
    let status = if receipt.duplicate { StatusCode::OK } else { StatusCode::CREATED };
    let mut response = json_response(JSON, told(app, lang, &receipt, proof).await?.to_string());
    *response.status_mut() = status;
    if let Ok(location) = HeaderValue::from_str(&format!("/v1/statements/{}", receipt.id)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn bulk(
    app: &App,
    lang: Lang,
    body: Body,
    proof: bool,
) -> Result<axum::response::Response, Problem> {
    let permit = app.bulks.clone().try_acquire_owned();
    let _permit = permit.map_err(|_| Problem::new(lang, "http.overloaded"))?;
    let bytes = read_body(body, app.options.bulk_bytes_max, lang).await?;
    let lines_max = app.options.bulk_lines_max;
    let parsed = tokio::task::spawn_blocking(move || parse(&bytes, lines_max)).await;
    let lines = parsed.map_err(|_| Problem::new(lang, "http.internal"))?;
    let lines = lines.ok_or_else(|| Problem::new(lang, "http.too-many-lines"))?;
    let mut text = String::with_capacity(lines.len().saturating_mul(512));
    // One submission after the other: the statements of a file often build on those before.
    let mut lines = lines.into_iter();
    loop {
        let chunk: Vec<_> = lines.by_ref().take(SUBMISSION_MAX).collect();
        if chunk.is_empty() {
            break;
        }
        let sound = chunk.iter().filter_map(|line| line.as_ref().ok().cloned()).collect();
        let mut answers = hand_in(app, sound).await.into_iter();
        for line in chunk {
            let answer = match line {
                Ok(_) => answers.next().unwrap_or(Err(SubmitError::InDoubt)),
                Err(what) => {
                    let problem = Problem::new(lang, "http.envelope").hint(what);
                    push_line(&mut text, &json!({"problem": problem}));
                    continue;
                }
            };
            match answer {
                Ok(receipt) => {
                    let receipt = told(app, lang, &receipt, proof).await?;
                    push_line(&mut text, &json!({"receipt": receipt}));
                }
                Err(error) => {
                    let problem = Problem::of_submit(lang, &error);
                    push_line(&mut text, &json!({"problem": problem}));
                }
            }
        }
    }
    Ok(json_response(NDJSON, text))
}

fn push_line(text: &mut String, value: &serde_json::Value) {
    text.push_str(&value.to_string());
    text.push('\n');
}

/// The lines that are not blank; nothing if there are too many.
fn parse(bytes: &[u8], lines_max: usize) -> Option<Vec<Result<Signed, String>>> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let mut parsed = Vec::new();
    for line in lines {
        if parsed.len() >= lines_max {
            return None;
        }
        parsed.push(Signed::from_line(line));
    }
    Some(parsed)
}

/// The answers of the engine, without blocking a thread of the runtime.
async fn hand_in(app: &App, statements: Vec<Signed>) -> Vec<Answer> {
    let count = statements.len();
    if count == 0 {
        return Vec::new();
    }
    let (sender, receiver) = oneshot::channel();
    let reply = Box::new(move |answers| {
        // If the client is gone, so is the receiver: what was recorded stays recorded.
        let _ = sender.send(answers);
    });
    app.engine.submit(statements, reply);
    receiver.await.unwrap_or_else(|_| vec![Err(SubmitError::InDoubt); count])
}

pub(crate) async fn read_body(body: Body, limit: usize, lang: Lang) -> Result<Vec<u8>, Problem> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::new(lang, "http.body"))?;
        if bytes.len().saturating_add(chunk.len()) > limit {
            return Err(Problem::new(lang, "http.body-too-large"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A response of some JSON type.
pub(crate) fn json_response(media_type: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    let value = HeaderValue::from_static(media_type);
    response.headers_mut().insert(header::CONTENT_TYPE, value);
    response
}
