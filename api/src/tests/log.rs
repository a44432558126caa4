//! The transparency log over HTTP: what is served, how, and what is not.

use super::Site;
use crate::{Options, router};
use archipel_engine::publish::{NoWitness, PublicLog, Publisher};
use archipel_engine::tlog::checkpoint::Policy;
use archipel_engine::tlog::receipt::Receipt;
use archipel_engine::tlog::tile::{entries, tiles_of};
use archipel_testkit::keys::secret;
use archipel_testkit::scenario::{ORIGIN, REGISTRAR_KEY, Town, acts};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

struct Published {
    site: Site,
    log: Arc<PublicLog>,
    publisher: Publisher,
    _dir: tempfile::TempDir,
}

fn published() -> Published {
    let mut site = Site::new();
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::clone(site.engine.store());
    let key = secret(REGISTRAR_KEY);
    let publisher = Publisher::open(dir.path(), ORIGIN, key, store, Box::new(NoWitness)).unwrap();
    let log = Arc::clone(publisher.log());
    let options = Options { public: Some(Arc::clone(&log)), ..Options::default() };
    site.router = router(Arc::clone(&site.engine), options);
    Published { site, log, publisher, _dir: dir }
}

#[tokio::test]
async fn the_log_is_served_as_tiles() {
    let Published { site, log, mut publisher, _dir } = published();
    site.get("/log/checkpoint").await.is_problem(503, "log.no-checkpoint");
    site.get("/log/tile/0/000.p/1").await.is_problem(404, "log.no-tile");
    publisher.publish(false).unwrap();
    let checkpoint = site.get("/log/checkpoint").await;
    assert_eq!(checkpoint.status, 200);
    assert_eq!(checkpoint.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(checkpoint.headers["cache-control"], "public, max-age=2");
    assert_eq!(checkpoint.headers["access-control-allow-origin"], "*");
    let vkey = site.get("/log/log.vkey").await.text;
    let policy = Policy::of_log(vkey.trim_end().parse().unwrap());
    let opened = policy.open(checkpoint.text.as_bytes()).unwrap();
    assert_eq!(opened.checkpoint.size, site.size());
    for tile in tiles_of(site.size()) {
        let expected = log.tile(&tile).unwrap().unwrap();
        let path = format!("/log/tile/{tile}");
        let (headers, bytes) = bytes_of(&site, "GET", &path).await;
        assert_eq!(bytes, expected, "{tile}");
        assert_eq!(headers["content-type"], "application/octet-stream");
        assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
        let (headers, nothing) = bytes_of(&site, "HEAD", &path).await;
        assert_eq!(headers["content-length"], expected.len().to_string());
        assert!(nothing.is_empty());
    }
    let size = site.size();
    let narrower = format!("/log/tile/entries/000.p/{}", size - 1);
    let (_, bytes) = bytes_of(&site, "GET", &narrower).await;
    assert_eq!(entries(&bytes, u16::try_from(size - 1).unwrap()).unwrap().len() as u64, size - 1);
}

async fn bytes_of(site: &Site, method: &str, path: &str) -> (axum::http::HeaderMap, Vec<u8>) {
    use tower::ServiceExt;
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let response = site.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200, "{method} {path}");
    let (parts, body) = response.into_parts();
    (parts.headers, axum::body::to_bytes(body, 64 << 20).await.unwrap().to_vec())
}

#[tokio::test]
async fn paths_that_name_no_tile_are_not_found() {
    let Published { site, mut publisher, _dir, .. } = published();
    publisher.publish(false).unwrap();
    let no_path = [
        "0/0",
        "00/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/x000/001",
        "0/001/067",
        "64/000",
        "-1/000",
        "0/../000",
        "0/%2e%2e/000",
        "0/%30%30%30",
        "0/000.p/01",
        "entries/0",
        "0/000/",
        "x/000",
        "0/%D9%A0%D9%A0%D9%A0",
        "entries/000.p/1%00",
        "0//000",
    ];
    for path in no_path {
        site.get(&format!("/log/tile/{path}")).await.is_problem(404, "tlog.path");
    }
    for path in ["0/000", "0/001", "1/000.p/1", "0/x999/x999/999", "entries/000"] {
        site.get(&format!("/log/tile/{path}")).await.is_problem(404, "log.no-tile");
    }
    for path in ["/log/", "/log", "/log/tile/", "/log/tile", "/log/checkpoint/"] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let request = Request::post("/log/checkpoint").body(Body::empty()).unwrap();
    site.send(request).await.is_problem(405, "http.method");
}

#[tokio::test]
async fn an_act_is_answered_with_its_receipt() {
    let Published { mut site, log, mut publisher, _dir } = published();
    publisher.publish(false).unwrap();
    let signed = site.sign(Town::founder(acts::group("est")));
    let lines = signed.to_line();
    // The checkpoint follows while the request waits.
    let publishing = tokio::task::spawn_blocking(move || {
        for _ in 0..50 {
            std::thread::sleep(Duration::from_millis(20));
            publisher.publish(false).unwrap();
        }
    });
    let request = Request::post("/v1/statements?proof=true")
        .header("content-type", "application/json")
        .body(lines.into())
        .unwrap();
    let answer = site.send(request).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let answer = answer.json();
    let proof = answer["proof"].as_str().unwrap();
    let policy = Policy::of_log(log.vkey().clone());
    let receipt = Receipt::parse(proof.as_bytes()).unwrap();
    assert_eq!(json!(receipt.index), answer["position"]);
    receipt.verify(&policy, None).unwrap();
    let id = answer["id"].as_str().unwrap();
    for name in [id.to_owned(), receipt.index.to_string()] {
        let again = site.get(&format!("/v1/receipts/{name}")).await;
        assert_eq!(again.headers["content-type"], "text/plain; charset=utf-8");
        let again = Receipt::parse(again.text.as_bytes()).unwrap();
        assert_eq!(again.verify(&policy, None).unwrap().checkpoint.size, site.size());
    }
    publishing.await.unwrap();
    // Many at once, each with its own.
    let request = Request::post("/v1/statements?proof=true")
        .header("content-type", "application/x-ndjson")
        .body(signed.to_line().into())
        .unwrap();
    let line = site.send(request).await.json();
    assert!(line["receipt"]["proof"].as_str().unwrap().starts_with("c2sp.org/tlog-proof@v1\n"));
}

#[tokio::test]
async fn proofs_and_what_can_not_be_proven() {
    let Published { mut site, log, mut publisher, _dir } = published();
    publisher.publish(false).unwrap();
    let size = site.size();
    let signed = site.sign(Town::founder(acts::group("est")));
    site.submit(&signed).await;
    site.get(&format!("/v1/receipts/{size}?timeout_ms=20")).await.is_problem(503, "http.not-yet");
    let later = format!("/v1/receipts/{}", size + 1);
    site.get(&later).await.is_problem(404, "query.beyond");
    let absent = "/v1/receipts/01992f2c-5b00-7c3a-8f10-2d6f5a1b9c77";
    site.get(absent).await.is_problem(404, "query.not-found");
    site.get("/v1/receipts/x").await.is_problem(404, "query.not-found");
    publisher.publish(false).unwrap();
    let new = size + 1;
    let proof = site.get(&format!("/v1/proofs/consistency?old={size}&new={new}")).await.json();
    assert_eq!(proof["hashes"].as_array().unwrap().len(), {
        log.consistency(size, new).unwrap().unwrap().len()
    });
    let proof = site.get(&format!("/v1/proofs/inclusion?index=3&size={size}")).await.json();
    assert_eq!(proof["index"], 3);
    let refused = [
        ("inclusion?index=3", 400, "query.parameter"),
        ("inclusion?index=3&size=x", 400, "query.parameter"),
        ("inclusion?index=3&size=4&size=4", 400, "query.parameter"),
        ("inclusion?index=3&size=4&more=1", 400, "query.parameter"),
        ("inclusion?index=3&size=3", 404, "query.beyond"),
        ("consistency?old=1&new=99999", 404, "query.beyond"),
        ("consistency?old=5&new=4", 404, "query.beyond"),
    ];
    for (path, status, code) in refused {
        site.get(&format!("/v1/proofs/{path}")).await.is_problem(status, code);
    }
    let told = site.get("/v1/checkpoint").await.json();
    assert_eq!(told["checkpoint"]["size"], new);
    assert_eq!(told["origin"], ORIGIN);
    assert_eq!(told["alarm"], json!(null));
}

#[tokio::test]
async fn nothing_is_taken_by_an_instance_that_only_reads() {
    let mut site = Site::new();
    let signed = site.sign(Town::founder(acts::group("est")));
    site.engine.stop_recording();
    site.submit(&signed).await.is_problem(503, "submit.read-only");
    site.get("/readyz").await.is_problem(503, "submit.read-only");
    assert_eq!(site.get("/v1/status").await.status, 200);
    site.get("/v1/receipts/0").await.is_problem(503, "log.no-checkpoint");
}
