//! `GET /v1/events`: every record after a position, in order, exactly once, as server-sent events.
//!
//! `after=P` or the header `Last-Event-ID: P` name the last position seen; without either, the
//! stream begins with the first record. Each follower has its own task that reads pages from the
//! store at the follower's own pace: nobody waits for a slow one, and none is ever dropped or
//! skipped.

use crate::problem::{Problem, lang_of};
use crate::shared::App;
use archipel_engine::view::{self, Event as Record, PAGE_MAX, QueryError};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// Events that wait for a follower: more are only read when these are gone.
const AHEAD: usize = 256;

/// Follows the log.
pub(crate) async fn follow(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let lang = lang_of(&headers);
    let from = match first_position(&uri, &headers) {
        Ok(from) => from,
        Err(error) => return Problem::of_query(lang, &error).into_response(),
    };
    let Ok(permit) = app.followers.clone().try_acquire_owned() else {
        return Problem::new(lang, "http.overloaded").into_response();
    };
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        feed(&app, from, &sender).await;
        drop(permit);
    });
    let stream = ReceiverStream::new(receiver);
    let mut response = Sse::new(stream).keep_alive(KeepAlive::default()).into_response();
    // Proxies that collect answers would hold events back.
    let name = axum::http::HeaderName::from_static("x-accel-buffering");
    response.headers_mut().insert(name, HeaderValue::from_static("no"));
    response
}

/// `Last-Event-ID` is what a browser sends when it comes back: it knows better than the address.
fn first_position(uri: &Uri, headers: &HeaderMap) -> Result<u64, QueryError> {
    let wrong = |key: &str| QueryError::Parameter(key.to_owned());
    let mut after = None;
    for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("after", value)) => after = Some(value.parse().map_err(|_| wrong("after"))?),
            _ => return Err(wrong(pair.split('=').next().unwrap_or_default())),
        }
    }
    if let Some(last) = headers.get("last-event-id") {
        let last = last.to_str().ok().and_then(|text| text.trim().parse().ok());
        after = Some(last.ok_or_else(|| wrong("Last-Event-ID"))?);
    }
    Ok(after.map_or(0, |after: u64| after.saturating_add(1)))
}

/// Sends what there is, waits for more, until the follower leaves or the server stops.
async fn feed(app: &App, from: u64, sender: &mpsc::Sender<Result<Event, Infallible>>) {
    let mut size = app.size.clone();
    let mut closing = app.closing.subscribe();
    let mut next = from;
    loop {
        let end = *size.borrow_and_update();
        while next < end {
            let engine = app.engine.clone();
            let page = tokio::task::spawn_blocking(move || {
                view::events(engine.store().as_ref(), next, end.min(next.saturating_add(PAGE_MAX)))
            });
            let records = match page.await {
                Ok(Ok(records)) => records,
                Ok(Err(error)) => return tracing::error!(%error, "events can not be read"),
                Err(_) => return,
            };
            for record in records {
                let position = record.position;
                tokio::select! {
                    sent = sender.send(Ok(to_event(&record))) => if sent.is_err() { return },
                    _ = closing.wait_for(|closing| *closing) => return,
                }
                next = position.saturating_add(1);
            }
        }
        tokio::select! {
            grown = size.changed() => if grown.is_err() { return },
            () = sender.closed() => return,
            _ = closing.wait_for(|closing| *closing) => return,
        }
    }
}

fn to_event(record: &Record) -> Event {
    let data = serde_json::to_string(record).unwrap_or_default();
    Event::default().id(record.position.to_string()).event(&record.act).data(data)
}
