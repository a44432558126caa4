//! Problems (RFC 9457): what a client is told when it does not get what it asked for.

use crate::codes::{self, Class};
use crate::i18n::{Lang, message};
use archipel_engine::log::statement::StatementError;
use archipel_engine::sequencer::SubmitError;
use archipel_engine::view::QueryError;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Content type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Address of the page that explains the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The class of problem, in a few words of the reader's language.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong and what to do, in the reader's language.
    pub detail: String,
    /// The stable code.
    pub code: String,
    /// Byte of the statement at which the fault was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Position of the log that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// The parameter that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// More for developers, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Language of title and detail.
    #[serde(skip)]
    pub lang: Lang,
}

impl Problem {
    /// The problem with a code.
    #[must_use]
    pub fn new(lang: Lang, code: &str) -> Self {
        let class = codes::class(code).unwrap_or(Class::Internal);
        Self {
            kind: format!("/v1/problems/{code}"),
            title: message(lang, class.title()),
            status: class.status(),
            detail: message(lang, code),
            code: code.to_owned(),
            offset: None,
            position: None,
            parameter: None,
            hint: None,
            lang,
        }
    }

    /// Adds a word for developers.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Why a statement was not accepted.
    #[must_use]
    pub fn of_submit(lang: Lang, error: &SubmitError) -> Self {
        let mut problem = Self::new(lang, error.code());
        if let SubmitError::Statement(StatementError::Form(fault)) = error {
            problem.offset = fault.offset().map(|offset| offset as u64);
            problem.hint = Some(fault.to_string());
        }
        problem
    }

    /// Why a question has no answer.
    #[must_use]
    pub fn of_query(lang: Lang, error: &QueryError) -> Self {
        let mut problem = Self::new(lang, error.code());
        match error {
            QueryError::Parameter(name) => problem.parameter = Some(name.clone()),
            QueryError::Beyond { available, .. } => problem.position = Some(*available),
            QueryError::Entry { position } => problem.position = Some(*position),
            _ => {}
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_string(&self).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(unavailable);
        let retry = response.status() == unavailable;
        let headers = response.headers_mut();
        let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
        set(header::CONTENT_TYPE, PROBLEM_JSON);
        set(header::CONTENT_LANGUAGE, self.lang.tag());
        set(header::VARY, "Accept-Language");
        if retry {
            set(header::RETRY_AFTER, "1");
        }
        response
    }
}

/// The language of a request.
pub(crate) fn lang_of(headers: &HeaderMap) -> Lang {
    let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    accept.map_or_else(Lang::default, Lang::from_accept)
}
