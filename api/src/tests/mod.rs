//! The surface, over a furnished instance in memory.

mod events;
mod limits;
mod log;
mod messages;
mod openapi;
mod served;
mod statements;
mod views;
mod witness;

use crate::{Options, router};
use archipel_engine::clock::{Clock, ManualClock};
use archipel_engine::engine::{self, Engine};
use archipel_engine::log::statement::Signed;
use archipel_testkit::keys::secret;
use archipel_testkit::scenario::{Intent, Live, ORIGIN, REGISTRAR_KEY, Town, furnish};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use std::sync::Arc;
use tower::ServiceExt;

/// An instance with one of everything, and its surface.
pub(super) struct Site {
    pub(super) router: Router,
    pub(super) engine: Arc<Engine>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) town: Town,
    live: Live,
}

/// An answer.
pub(super) struct Got {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Got {
    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// What a view says.
    #[track_caller]
    pub(super) fn data(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["data"].clone()
    }

    /// Checks that it is a problem with a code and a status, well-formed.
    #[track_caller]
    pub(super) fn is_problem(&self, status: u16, code: &str) -> Value {
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(self.status, status, "{problem}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("/v1/problems/{code}"));
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.headers.contains_key("retry-after"), status == 503);
        problem
    }
}

impl Site {
    pub(super) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(super) fn with(options: Options) -> Self {
        let mut live = Live::founded(2);
        let town = furnish(&mut live);
        live.stop();
        let clock = Arc::clone(live.clock());
        let settings = engine::Options {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            ..engine::Options::default()
        };
        let (store, key) = (Arc::clone(live.store()), secret(REGISTRAR_KEY));
        let engine = Engine::start(store, ORIGIN, Some(key), None, settings);
        let engine = Arc::new(engine.unwrap_or_else(|error| panic!("{error}")));
        let router = router(Arc::clone(&engine), options);
        Self { router, engine, clock, town, live }
    }

    pub(super) fn sign(&mut self, intent: Intent) -> Signed {
        self.live.sign(intent)
    }

    pub(super) fn size(&self) -> u64 {
        self.engine.views().latest().world.position
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Got {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Got { status: parts.status, headers: parts.headers, text }
    }

    pub(super) async fn get(&self, path: &str) -> Got {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(super) async fn post(&self, media_type: &str, body: impl Into<Body>) -> Got {
        let request = Request::post("/v1/statements").header("content-type", media_type);
        self.send(request.body(body.into()).unwrap()).await
    }

    pub(super) async fn submit(&self, signed: &Signed) -> Got {
        self.post("application/json", signed.to_line()).await
    }
}

impl Site {
    /// The terms that a ballot of a vote names.
    pub(super) async fn terms(
        &self,
        vote: archipel_domain::id::StatementId,
    ) -> archipel_domain::id::Hash {
        let vote = self.get(&format!("/v1/votes/{vote}")).await.data();
        vote["terms"].as_str().unwrap().parse().unwrap()
    }
}
