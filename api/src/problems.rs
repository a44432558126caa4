//! `GET /v1/problems` and `GET /v1/problems/<code>`: what each code means, in both languages.

use crate::codes::{self, Class};
use crate::i18n::{Lang, message};
use crate::problem::{Problem, lang_of};
use crate::statements::json_response;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

fn explained(code: &str, class: Class) -> Value {
    let both = |key: &str| json!({"fr": message(Lang::Fr, key), "en": message(Lang::En, key)});
    json!({
        "code": code,
        "status": class.status(),
        "title": both(class.title()),
        "detail": both(code),
    })
}

/// Every code.
pub(crate) async fn list() -> Response {
    let items: Vec<Value> =
        codes::all().into_iter().map(|(code, class)| explained(code, class)).collect();
    let text = json!({"items": items, "total": items.len(), "next": null}).to_string();
    json_response("application/json", text)
}

/// One code: a page for people, JSON for programs.
pub(crate) async fn one(Path(code): Path<String>, headers: HeaderMap) -> Response {
    let Some(class) = codes::class(&code) else {
        return Problem::new(lang_of(&headers), "http.not-found").into_response();
    };
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if !accept.is_some_and(|accept| accept.contains("text/html")) {
        return json_response("application/json", explained(&code, class).to_string());
    }
    let mut response = Response::new(Body::from(page(&code, class)));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

/// Codes and messages are our own texts, but escaping costs nothing.
fn page(code: &str, class: Class) -> String {
    let section = |lang: Lang| {
        let (title, detail) = (message(lang, class.title()), message(lang, code));
        let tag = lang.tag();
        format!(
            "<section lang=\"{tag}\"><h2>{}</h2><p>{}</p></section>",
            escape(&title),
            escape(&detail)
        )
    };
    let (code, status) = (escape(code), class.status());
    let sections: String = Lang::ALL.into_iter().map(section).collect();
    format!(
        "<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{code}</title></head>\
         <body><main><h1><code>{code}</code> (HTTP {status})</h1>{sections}</main></body></html>\n"
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
