use super::Site;
use crate::Options;
use archipel_testkit::scenario::{Town, acts};
use axum::body::Body;
use axum::http::Request;
use std::time::Duration;

#[tokio::test]
async fn bodies_and_lines_are_bounded() {
    let options = Options { bulk_bytes_max: 2_000, bulk_lines_max: 3, ..Options::default() };
    let site = Site::with(options);
    let bulk = async |body: String| site.post("application/x-ndjson", body).await;
    bulk("x\n".repeat(1_001)).await.is_problem(413, "http.body-too-large");
    bulk("x\n".repeat(4)).await.is_problem(413, "http.too-many-lines");
    assert_eq!(bulk("x\n".repeat(3)).await.status, 200);
}

#[tokio::test]
async fn too_many_are_told_to_come_back() {
    let none = Options { requests_max: 0, ..Options::default() };
    Site::with(none).get("/v1/status").await.is_problem(503, "http.overloaded");
    let none = Options { bulks_max: 0, ..Options::default() };
    let site = Site::with(none);
    site.post("application/x-ndjson", "").await.is_problem(503, "http.overloaded");
    let none = Options { followers_max: 0, ..Options::default() };
    Site::with(none).get("/v1/events").await.is_problem(503, "http.overloaded");
    let short = Options { request_time: Duration::from_millis(20), ..Options::default() };
    let site = Site::with(short);
    let path = format!("/v1/status?min_position={}", site.size());
    site.get(&path).await.is_problem(503, "http.timeout");
}

#[tokio::test]
async fn every_answer_has_the_same_care() {
    let mut site = Site::new();
    let signed = site.sign(Town::founder(acts::group("est")));
    for got in
        [site.get("/healthz").await, site.get("/v1/nothing").await, site.submit(&signed).await]
    {
        assert_eq!(got.headers["x-content-type-options"], "nosniff");
        assert!(got.headers.contains_key("content-security-policy"));
        assert!(!got.headers["x-request-id"].is_empty());
    }
    let ready = site.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), &ready.json()["status"]), (200, &"ready".into()));
    let named = Request::get("/healthz").header("x-request-id", "mine").body(Body::empty());
    assert_eq!(site.send(named.unwrap()).await.headers["x-request-id"], "mine");
}

#[tokio::test]
async fn a_code_has_a_page() {
    let site = Site::new();
    let code = site.get("/v1/problems/ballot.not-eligible").await.json();
    assert_eq!((&code["status"], &code["code"]), (&403.into(), &"ballot.not-eligible".into()));
    assert!(code["detail"]["fr"].is_string() && code["detail"]["en"].is_string());
    let page = Request::get("/v1/problems/ballot.not-eligible").header("accept", "text/html");
    let page = site.send(page.body(Body::empty()).unwrap()).await;
    assert!(page.text.contains("<code>ballot.not-eligible</code>"), "{}", page.text);
    site.get("/v1/problems/nothing").await.is_problem(404, "http.not-found");
    let all = site.get("/v1/problems").await.json();
    assert_eq!(all["total"], crate::codes::all().len());
}
