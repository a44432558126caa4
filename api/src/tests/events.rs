use super::Site;
use archipel_testkit::scenario::{acts, person};
use axum::body::Body;
use axum::http::Request;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio_stream::StreamExt;
use tower::ServiceExt;

/// Follows until there are `count` events: each one's id, type and data.
async fn follow(site: &Site, request: Request<Body>, count: usize) -> Vec<(u64, String, Value)> {
    let response = site.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut chunks = response.into_body().into_data_stream();
    let (mut text, mut events) = (String::new(), Vec::new());
    while events.len() < count {
        let chunk = tokio::time::timeout(Duration::from_secs(20), chunks.next()).await;
        let chunk = chunk.expect("the stream stands still").expect("the stream ends").unwrap();
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        while let Some((event, rest)) = text.split_once("\n\n") {
            let field = |name: &str| {
                let lines = event.lines().filter_map(|line| line.split_once(": "));
                lines.filter(|(key, _)| *key == name).map(|(_, v)| v.to_owned()).next()
            };
            if let Some(id) = field("id") {
                let data = serde_json::from_str(&field("data").unwrap()).unwrap();
                events.push((id.parse().unwrap(), field("event").unwrap(), data));
            }
            text = rest.to_owned();
        }
    }
    events
}

fn ask(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_sees_every_record_once_while_the_log_grows() {
    let mut site = Site::new();
    let size = site.size();
    let more: Vec<_> = (0..2_000)
        .map(|number| site.sign(person(4).says(acts::submit(&format!("text {number}")))))
        .collect();
    let end = size + more.len() as u64;
    let engine = Arc::clone(&site.engine);
    let writer = std::thread::spawn(move || {
        for chunk in more.chunks(37) {
            for answer in engine.submit_and_wait(chunk.to_vec()) {
                answer.unwrap();
            }
        }
    });
    let count = usize::try_from(end).unwrap();
    let (one, two) = tokio::join!(
        follow(&site, ask("/v1/events"), count),
        follow(&site, ask("/v1/events?after=9"), count - 10),
    );
    writer.join().unwrap();
    assert!(one.iter().map(|(id, ..)| *id).eq(0..end));
    assert!(two.iter().map(|(id, ..)| *id).eq(10..end));
    let (_, act, data) = &one[0];
    assert_eq!((act.as_str(), &data["type"]), ("instance.founded/1", &data["type"]));
    for (id, act, data) in &one {
        assert_eq!((&data["position"], &data["type"]), (&Value::from(*id), &Value::from(&**act)));
    }
}

#[tokio::test]
async fn a_browser_that_comes_back_goes_on_after_the_last_event() {
    let site = Site::new();
    let last = site.size() - 3;
    let back = Request::get("/v1/events?after=0").header("last-event-id", last.to_string());
    let events = follow(&site, back.body(Body::empty()).unwrap(), 2).await;
    assert!(events.iter().map(|(id, ..)| *id).eq(last + 1..last + 3));
    site.get("/v1/events?after=x").await.is_problem(400, "query.parameter");
    site.get("/v1/events?from=1").await.is_problem(400, "query.parameter");
    let wrong = Request::get("/v1/events").header("last-event-id", "x");
    let wrong = site.send(wrong.body(Body::empty()).unwrap()).await;
    wrong.is_problem(400, "query.parameter");
}
