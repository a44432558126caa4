use super::Site;
use archipel_testkit::scenario::{Intent, START, Town, acts, person};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

const NDJSON: &str = "application/x-ndjson";

fn group(name: &str) -> Intent {
    Town::founder(acts::group(name))
}

#[tokio::test]
async fn a_statement_is_recorded_once() {
    let mut site = Site::new();
    let position = site.size();
    let signed = site.sign(group("est"));
    let first = site.submit(&signed).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let receipt = first.json();
    assert_eq!(receipt["position"], position);
    assert_eq!(receipt["duplicate"], false);
    assert_eq!(
        first.headers["location"].to_str().unwrap(),
        format!("/v1/statements/{}", receipt["id"].as_str().unwrap())
    );
    let again = site.submit(&signed).await;
    assert_eq!(again.status, 200);
    for same in ["id", "position", "recorded_at", "leaf"] {
        assert_eq!(again.json()[same], receipt[same]);
    }
    assert_eq!(again.json()["duplicate"], true);
    assert_eq!(site.size(), position + 1);
}

#[tokio::test]
async fn refusals_have_the_status_of_their_class() {
    let mut site = Site::new();
    let size = site.size();
    let check = async |site: &Site, signed, status, code: &str| {
        site.submit(&signed).await.is_problem(status, code);
    };
    let signed = site.sign(group("nord"));
    check(&site, signed, 409, "group.exists").await;
    let signed = site.sign(person(3).says(acts::group("est")));
    check(&site, signed, 403, "mandate.as-required").await;
    let signed = site.sign(Town::founder(acts::circle("new", "nowhere")));
    check(&site, signed, 422, "circle.unknown").await;
    let signed = site.sign(person(99).says(acts::submit("a")));
    check(&site, signed, 403, "key.unknown").await;
    let mut signed = site.sign(group("est"));
    signed.signature[0] ^= 1;
    check(&site, signed, 403, "signature.invalid").await;
    let signed = site.sign(group("est").dated(START.plus_ms(-86_400_000)));
    check(&site, signed, 400, "statement.id-time").await;
    let mut signed = site.sign(group("est"));
    signed.payload.insert(1, b' ');
    let got = site.submit(&signed).await;
    let problem = got.is_problem(400, "statement.not-canonical");
    assert_eq!(problem["offset"], 1);
    assert!(problem["hint"].as_str().unwrap().contains("byte 1"), "{problem}");
    let id = site.sign(group("est"));
    assert_eq!(site.submit(&id).await.status, 201);
    let twin = {
        let id = serde_json::from_slice::<Value>(&id.payload).unwrap()["id"].clone();
        group("ouest").named(id.as_str().unwrap().parse().unwrap())
    };
    let signed = site.sign(twin);
    check(&site, signed, 409, "statement.id-conflict").await;
    assert_eq!(site.size(), size + 1);
}

#[tokio::test]
async fn problems_speak_the_reader_s_language() {
    let mut site = Site::new();
    let line = site.sign(group("nord")).to_line();
    for (accept, tag, detail) in [
        (None, "fr", "Un groupe porte déjà ce nom. Choisissez-en un autre."),
        (Some("de, en;q=0.8, fr;q=0.7"), "en", "A group has this name already. Choose another."),
        (Some("es"), "fr", "Un groupe porte déjà ce nom. Choisissez-en un autre."),
    ] {
        let mut request =
            Request::post("/v1/statements").header("content-type", "application/json");
        if let Some(accept) = accept {
            request = request.header("accept-language", accept);
        }
        let got = site.send(request.body(Body::from(line.clone())).unwrap()).await;
        assert_eq!(got.is_problem(409, "group.exists")["detail"], detail);
        assert_eq!(got.headers["content-language"], tag);
        assert_eq!(got.headers["vary"], "Accept-Language");
    }
}

#[tokio::test]
async fn garbage_is_refused_by_kind() {
    let mut site = Site::new();
    let size = site.size();
    let json = "application/json";
    for body in ["", "{", "[]", "null", "{\"statement\":1}", "\u{0}", "{\"signature\":\"00\"}"] {
        site.post(json, body).await.is_problem(400, "http.envelope");
    }
    site.post(json, vec![0xff, 0xfe]).await.is_problem(400, "http.envelope");
    let signature = "0".repeat(128);
    let of = |statement: &str| json!({"signature": signature, "statement": statement}).to_string();
    site.post(json, of("hello")).await.is_problem(400, "statement.not-canonical");
    site.post(json, of("{}")).await.is_problem(400, "statement.missing-member");
    site.post(json, "x".repeat(1 << 20)).await.is_problem(413, "http.body-too-large");
    site.post(json, of(&"x".repeat(70_000))).await.is_problem(413, "statement.too-large");
    let line = site.sign(group("est")).to_line();
    for media_type in ["text/plain", "", "application/jsonx", "multipart/form-data"] {
        site.post(media_type, line.clone()).await.is_problem(415, "http.media-type");
    }
    let unnamed = Request::post("/v1/statements").body(Body::from(line.clone())).unwrap();
    site.send(unnamed).await.is_problem(415, "http.media-type");
    assert_eq!(site.size(), size);
    let got = site.post("Application/JSON; charset=utf-8", line).await;
    assert_eq!(got.status, 201, "{}", got.text);
}

#[tokio::test]
async fn lines_are_answered_in_order() {
    let mut site = Site::new();
    let size = site.size();
    let first = site.sign(group("g1")).to_line();
    let mut forged = site.sign(group("g2"));
    forged.signature[5] ^= 1;
    let exists = site.sign(group("g1")).to_line();
    // Builds on the one before.
    let member = site.sign(Town::founder(acts::admit(person(50), &["g1"]))).to_line();
    let lines = [&first, "garbage", &forged.to_line(), &exists, "", &first, &member, " "];
    let got = site.post(NDJSON, lines.join("\n")).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.headers["content-type"], NDJSON);
    let answers: Vec<Value> =
        got.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 6);
    assert_eq!(answers[0]["receipt"]["position"], size);
    assert_eq!(answers[1]["problem"]["code"], "http.envelope");
    assert_eq!(answers[2]["problem"]["code"], "signature.invalid");
    assert_eq!(answers[3]["problem"]["code"], "group.exists");
    assert_eq!(answers[4]["receipt"]["duplicate"], true);
    assert_eq!(answers[5]["receipt"]["position"], size + 1);
    let empty = site.post(NDJSON, "\n\n").await;
    assert_eq!((empty.status.as_u16(), empty.text.as_str()), (200, ""));
}

#[tokio::test]
async fn more_than_one_submission_of_lines() {
    let mut site = Site::new();
    let size = site.size();
    let count = archipel_engine::sequencer::SUBMISSION_MAX as u64 + 3;
    let body: String = (0..count)
        .map(|number| site.sign(person(4).says(acts::submit(&format!("text {number}")))))
        .map(|signed| signed.to_line() + "\n")
        .collect();
    let got = site.post(NDJSON, body).await;
    let positions = got.text.lines().map(|line| {
        let answer: Value = serde_json::from_str(line).unwrap();
        answer["receipt"]["position"].as_u64().unwrap_or_else(|| panic!("{answer}"))
    });
    assert!(positions.eq(size..size + count));
}
