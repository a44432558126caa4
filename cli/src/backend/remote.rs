//! An instance reached over HTTP.

use super::{At, Backend, Receipt, SignedHead};
use crate::failure::Failure;
use crate::lang::Lang;
use archipel_domain::id::SignatureBytes;
use archipel_engine::log::statement::Signed;
use serde::Deserialize;
use serde_json::Value;
use std::ops::Range;
use std::time::Duration;
use ureq::http::Response;
use ureq::{Agent, Body};

/// Most statements in one request.
const BATCH: usize = 4_096;
/// Most bytes of one request; half of what a server takes by default.
const BATCH_BYTES: usize = 8 << 20;
/// Most bytes of one answer.
const ANSWER_BYTES: u64 = 64 << 20;
/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Most entries asked for at once.
const PAGE: u64 = 1_000;

/// A server.
pub(crate) struct Remote {
    base: String,
    agent: Agent,
    lang: Lang,
}

/// A problem as servers write it (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    code: String,
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    hint: Option<String>,
    #[serde(default)]
    position: Option<u64>,
    #[serde(default)]
    parameter: Option<String>,
}

impl Problem {
    fn into_failure(self) -> Failure {
        // Where this program has a message of its own, the server's would say it twice.
        let known = crate::lang::message(Lang::Fr, &self.code).is_some();
        let said = if known { None } else { self.detail };
        let detail = self.hint.or(self.parameter).or(said);
        Failure { detail, position: self.position, ..Failure::new(self.code) }
    }
}

/// One line of the answer to many statements.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Receipt(Receipt),
    Problem(Problem),
}

impl Remote {
    /// The server at an address.
    pub(crate) fn new(url: &str, lang: Lang) -> Result<Self, Failure> {
        if url.starts_with("https://") {
            return Err(Failure::with("remote.https", url));
        }
        if !url.starts_with("http://") {
            return Err(Failure::with("usage.value", format!("--server {url}")));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .user_agent(concat!("archipel/", env!("CARGO_PKG_VERSION")))
            .build();
        let base = url.trim_end_matches('/').to_owned();
        Ok(Self { base, agent: config.into(), lang })
    }

    fn text(&self, path: &str) -> Result<String, Failure> {
        let request = self
            .agent
            .get(format!("{}/{path}", self.base))
            .header("accept-language", self.lang.pick("fr", "en"));
        self.answer(request.call())
    }

    fn get(&self, path: &str) -> Result<Value, Failure> {
        let text = self.text(&format!("v1/{path}"))?;
        serde_json::from_str(&text).map_err(|error| Failure::with("remote.answer", error))
    }

    fn answer(&self, answer: Result<Response<Body>, ureq::Error>) -> Result<String, Failure> {
        let mut response = answer.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_string();
        let text = body.map_err(|error| self.unreachable(&error))?;
        if status.is_success() {
            return Ok(text);
        }
        Err(match serde_json::from_str::<Problem>(&text) {
            Ok(problem) if status.as_u16() == 503 && problem.code.starts_with("http.") => {
                Failure { code: "remote.unavailable".to_owned(), ..problem.into_failure() }
            }
            Ok(problem) => problem.into_failure(),
            Err(_) if matches!(status.as_u16(), 502..=504) => {
                Failure::with("remote.unavailable", status)
            }
            Err(_) => Failure::with("remote.answer", status),
        })
    }

    fn unreachable(&self, error: &ureq::Error) -> Failure {
        Failure::with("remote.unreachable", format!("{}: {error}", self.base))
    }

    fn post(&self, statements: &[Signed]) -> Result<Vec<Result<Receipt, Failure>>, Failure> {
        let mut body = String::new();
        for signed in statements {
            body.push_str(&signed.to_line());
            body.push('\n');
        }
        let request = self
            .agent
            .post(format!("{}/v1/statements", self.base))
            .header("content-type", "application/x-ndjson")
            .header("accept-language", self.lang.pick("fr", "en"));
        let text = self.answer(request.send(body))?;
        let lines = text.lines().map(|line| match serde_json::from_str(line) {
            Ok(Line::Receipt(receipt)) => Ok(Ok(receipt)),
            Ok(Line::Problem(problem)) => Ok(Err(problem.into_failure())),
            Err(error) => Err(Failure::with("remote.answer", error)),
        });
        let answers: Vec<_> = lines.collect::<Result<_, Failure>>()?;
        if answers.len() == statements.len() {
            Ok(answers)
        } else {
            Err(Failure::with("remote.answer", format!("{} lines", answers.len())))
        }
    }

    /// How many statements were recorded up to a moment, by halving.
    fn position_at(&self, moment_ms: i64) -> Result<u64, Failure> {
        let wrong = || Failure::with("remote.answer", "log");
        let status = self.get("log?limit=1")?;
        let size = status.get("position").and_then(Value::as_u64).ok_or_else(wrong)?;
        let (mut low, mut high) = (0, size);
        while low < high {
            let middle = low.midpoint(high);
            let page = self.get(&format!("log?from={middle}&limit=1"))?;
            let recorded_at = page.pointer("/data/items/0/recorded_at").and_then(Value::as_i64);
            if recorded_at.ok_or_else(wrong)? <= moment_ms {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    fn one_signed(&self, id: &str) -> Result<Signed, Failure> {
        let answer = self.get(&format!("statements/{id}"))?;
        let text = |name: &str| answer.pointer(&format!("/data/{name}")).and_then(Value::as_str);
        let payload = text("payload").ok_or_else(|| Failure::with("remote.answer", id))?;
        let signature = text("signature").and_then(|text| text.parse::<SignatureBytes>().ok());
        // A ballot of an open vote is withheld: there is nothing wrong, and nothing to export.
        let signature = signature.ok_or_else(|| Failure::with("remote.answer", payload))?;
        Ok(Signed { payload: payload.as_bytes().to_vec(), signature: signature.0 })
    }
}

impl Backend for Remote {
    fn origin(&self) -> Result<String, Failure> {
        let status = self.get("status")?;
        let origin = status.pointer("/data/origin").and_then(Value::as_str);
        origin.map(str::to_owned).ok_or_else(|| Failure::with("remote.answer", "origin"))
    }

    fn submit(&self, statements: &[Signed]) -> Result<Vec<Result<Receipt, Failure>>, Failure> {
        let mut answers = Vec::with_capacity(statements.len());
        let mut rest = statements;
        while !rest.is_empty() {
            let mut bytes = 0_usize;
            let fitting = rest.iter().take(BATCH).take_while(|signed| {
                bytes = bytes.saturating_add(signed.payload.len().saturating_mul(2));
                bytes <= BATCH_BYTES
            });
            let (now, later) = rest.split_at(fitting.count().max(1).min(rest.len()));
            answers.extend(self.post(now)?);
            rest = later;
        }
        Ok(answers)
    }

    fn read(&self, path: &str, at: At) -> Result<Value, Failure> {
        let at = match at {
            At::Latest => return self.get(path),
            At::Position(position) => position,
            At::Moment(ms) => self.position_at(ms)?,
        };
        let joint = if path.contains('?') { '&' } else { '?' };
        self.get(&format!("{path}{joint}at={at}"))
    }

    fn tick(&self) -> Result<(), Failure> {
        // A server looks by itself, every second.
        Ok(())
    }

    fn checkpoint(&self) -> Result<SignedHead, Failure> {
        let checkpoint = self.text("log/checkpoint")?;
        let vkey = self.text("log/log.vkey")?.trim_end().to_owned();
        Ok(SignedHead { checkpoint, vkey })
    }

    fn receipt(&self, entry: &str) -> Result<String, Failure> {
        self.text(&format!("v1/receipts/{entry}"))
    }

    fn signed(&self, positions: Range<u64>) -> Result<Vec<Signed>, Failure> {
        let limit = positions.end.saturating_sub(positions.start).clamp(1, PAGE);
        let page = self.get(&format!("log?from={}&limit={limit}", positions.start))?;
        let items = page.pointer("/data/items").and_then(Value::as_array);
        let items = items.ok_or_else(|| Failure::with("remote.answer", "log"))?;
        let ids = items.iter().filter_map(|item| item.get("id").and_then(Value::as_str));
        ids.map(|id| self.one_signed(id)).collect()
    }
}
