//! A witness over HTTP, and what asks one.

use crate::feed::{Http, HttpTiles};
use crate::witness::{Options, router, serve};
use archipel_engine::clock::{Clock, ManualClock, SystemClock};
use archipel_engine::crypto::SecretKey;
use archipel_engine::log::merkle::{Hash, leaf_hash, root_of};
use archipel_engine::tlog::checkpoint::{Checkpoint, Policy, log_key};
use archipel_engine::tlog::note::{Note, VerifierKey, parse_signatures};
use archipel_engine::tlog::proof::{self, Nodes};
use archipel_engine::tlog::tile::{TileNodes, TilePath, tiles_of};
use archipel_engine::witness::{
    BODY_BYTES_MAX, Feeder, Named, Outcome, Request as Asked, SIZE_TYPE, Transport, Witness,
    WitnessDir, Witnesses, origin_hash,
};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use axum::routing::{get, post};
use std::convert::Infallible;
use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

const ORIGIN: &str = "example.org/log";

fn secret() -> SecretKey {
    SecretKey::from_seed(&[3; 32])
}

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

struct Tree(Vec<Hash>);

impl Nodes for Tree {
    type Error = Infallible;
    fn node(&self, level: u32, index: u64) -> Result<Hash, Infallible> {
        let start = usize::try_from(index << level).unwrap();
        Ok(root_of(&self.0[start..start + (1 << level)]))
    }
}

fn note(size: u64) -> Note {
    let root = root_of(&leaves(size));
    Checkpoint { origin: ORIGIN.to_owned(), size, root }.sign(&secret()).unwrap()
}

fn proof_of(old: u64, size: u64) -> Vec<Hash> {
    proof::consistency(&Tree(leaves(size)), old, size).unwrap()
}

fn body(old: u64, size: u64) -> String {
    Asked { old, proof: proof_of(old, size), note: note(size) }.to_body()
}

fn witness(name: &str, clock: Arc<dyn Clock>) -> (TempDir, Arc<Witness>) {
    let dir = tempfile::tempdir().unwrap();
    let key = SecretKey::generate().unwrap();
    let made = WitnessDir::create(dir.path(), name, &key).unwrap();
    made.add_log(&log_key(ORIGIN, &secret()).unwrap(), None).unwrap();
    let witness = Arc::new(Witness::open(dir.path(), clock).unwrap());
    (dir, witness)
}

struct Got {
    status: u16,
    headers: HeaderMap,
    text: String,
}

async fn send(router: &Router, method: &str, path: &str, body: impl Into<Body>) -> Got {
    let request = Request::builder().method(method).uri(path).header("accept-language", "en");
    let response = router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
    assert!(parts.headers.contains_key("x-content-type-options"), "as every server here");
    assert!(parts.headers.contains_key("x-request-id"));
    Got { status: parts.status.as_u16(), headers: parts.headers, text }
}

#[tokio::test]
async fn the_statuses_and_types_of_the_protocol() {
    let clock = Arc::new(ManualClock::at(archipel_domain::time::Timestamp(1_700_000_000_000)));
    let (dir, witness) = witness("w.example", Arc::clone(&clock) as Arc<dyn Clock>);
    let key = witness.vkey().clone();
    let site = router(witness, &Options::default());
    let post = async |body: String| send(&site, "POST", "/add-checkpoint", body).await;
    let shown = format!("/{}/checkpoint", origin_hash(ORIGIN));
    let none = send(&site, "GET", &shown, "").await;
    assert_eq!((none.status, none.text.contains("\"witness.no-checkpoint\"")), (404, true));

    let given = post(body(0, 5)).await;
    assert_eq!(
        (given.status, &given.headers["content-type"]),
        (200, &"text/plain; charset=utf-8".parse().unwrap())
    );
    let [line] = parse_signatures(&given.text).unwrap().try_into().unwrap();
    let got = send(&site, "GET", &shown, "").await;
    assert_eq!(
        (got.status, &got.headers["content-type"]),
        (200, &"text/plain; charset=utf-8".parse().unwrap())
    );
    let log = log_key(ORIGIN, &secret()).unwrap();
    let policy = Policy { log, witnesses: vec![key.clone()], quorum: 1 };
    let opened = policy.open(got.text.as_bytes()).unwrap();
    assert_eq!((opened.checkpoint.size, opened.note.signatures.last()), (5, Some(&line)));
    let head = send(&site, "HEAD", &shown, "").await;
    assert_eq!((head.status, head.text.len()), (200, 0));
    assert_eq!(head.headers["content-length"], got.text.len().to_string());

    let conflict = post(body(3, 9)).await;
    assert_eq!((conflict.status, conflict.text.as_str()), (409, "5\n"));
    assert_eq!(conflict.headers["content-type"], SIZE_TYPE);
    let other = Checkpoint { origin: ORIGIN.to_owned(), size: 5, root: [1; 32] };
    let other = Asked { old: 5, proof: Vec::new(), note: other.sign(&secret()).unwrap() };
    let conflict = post(other.to_body()).await;
    assert_eq!((conflict.status, conflict.text.as_str()), (409, "5\n"));
    assert_eq!(std::fs::read_dir(dir.path().join("forks")).unwrap().count(), 1);

    let stranger = SecretKey::from_seed(&[4; 32]);
    let of = |origin: &str| {
        let checkpoint = Checkpoint { origin: origin.to_owned(), size: 9, root: [1; 32] };
        Asked { old: 5, proof: Vec::new(), note: checkpoint.sign(&stranger).unwrap() }.to_body()
    };
    let long = "x".repeat(BODY_BYTES_MAX + 1);
    let rows = [
        (String::new(), 400, "witness.malformed"),
        (body(5, 9).replace("old 5", "old 10"), 400, "witness.old-beyond"),
        (of(ORIGIN), 403, "witness.unsigned"),
        (of("example.org/x"), 404, "witness.unknown-log"),
        (long, 413, "http.body-too-large"),
        (Asked { old: 5, proof: Vec::new(), note: note(9) }.to_body(), 422, "witness.proof"),
    ];
    for (body, status, code) in rows {
        let got = post(body).await;
        assert_eq!(got.status, status, "{}", got.text);
        assert_eq!(got.headers["content-type"], "application/problem+json");
        assert!(got.text.contains(&format!("\"code\":\"{code}\"")), "{}", got.text);
    }
    clock.advance_ms(-5_000);
    let back = post(body(5, 9)).await;
    assert_eq!((back.status, back.headers.contains_key("retry-after")), (503, true));
    for (method, path, status) in [
        ("GET", "/add-checkpoint", 405),
        ("POST", shown.as_str(), 405),
        ("GET", "/x/checkpoint", 404),
        ("GET", "/../checkpoint", 404),
        ("GET", "/", 404),
        ("GET", "/healthz", 200),
        ("GET", "/v1/problems/witness.proof", 200),
    ] {
        assert_eq!(send(&site, method, path, "").await.status, status, "{method} {path}");
    }
}

#[tokio::test]
async fn too_many_at_once_and_too_slow() {
    let (_dir, witness) = witness("w.example", Arc::new(SystemClock));
    let none = Options { requests_max: 0, ..Options::default() };
    let site = router(Arc::clone(&witness), &none);
    assert_eq!(send(&site, "POST", "/add-checkpoint", body(0, 5)).await.status, 503);
    let none = Options { work_max: 0, request_time: Duration::from_millis(20), ..none };
    let site = router(witness, &Options { requests_max: 1, ..none });
    let got = send(&site, "POST", "/add-checkpoint", body(0, 5)).await;
    assert_eq!((got.status, got.text.contains("http.timeout")), (503, true), "{}", got.text);
}

async fn listen(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    address
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(f).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feeder_over_http() {
    let (_dir, witness) = witness("w.example", Arc::new(SystemClock));
    let key = witness.vkey().clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = serve(listener, witness, Options::default(), async {
        let _ = stopped.await;
    });
    let server = tokio::spawn(serving);
    // Beside one that works: nobody there, a door that opens and says nothing, a redirection, and
    // an answer without end.
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_at = silent.local_addr().unwrap();
    let elsewhere = format!("http://{address}/add-checkpoint");
    let moved = move || async move {
        (axum::http::StatusCode::TEMPORARY_REDIRECT, [("location", elsewhere)])
    };
    let endless = || async {
        let chunk = || Ok::<_, Infallible>(vec![b'x'; 1 << 16]);
        Body::from_stream(tokio_stream::iter(std::iter::repeat_with(chunk)))
    };
    let odd = listen(
        Router::new()
            .route("/a/add-checkpoint", post(moved))
            .route("/b/add-checkpoint", post(endless)),
    )
    .await;
    let urls = [
        format!("http://{address}"),
        format!("http://{nobody}"),
        format!("http://{silent_at}"),
        format!("http://{odd}/a"),
        format!("http://{odd}/b"),
        "https://127.0.0.1:1".to_owned(),
    ];
    let named = |(n, url): (u8, String)| {
        let other = SecretKey::from_seed(&[50 + n; 32]).public_key();
        let vkey = if n == 0 {
            key.clone()
        } else {
            VerifierKey::new(format!("w{n}"), key.algorithm(), other).unwrap()
        };
        Named { vkey, url }
    };
    let witnesses = Witnesses { quorum: 1, witnesses: (0..).zip(urls).map(named).collect() };
    let http: Arc<dyn Transport> = Arc::new(Http::new(Duration::from_millis(700)));
    let log = log_key(ORIGIN, &secret()).unwrap();
    let mut feeder = Feeder::new(log, witnesses, http, Arc::new(SystemClock));
    let begun = Instant::now();
    let (fed, mut feeder) = blocking(move || {
        let fed = feeder.feed(&note(7), &|old| Ok::<_, Infallible>(proof_of(old, 7))).unwrap();
        (fed, feeder)
    })
    .await;
    assert!(begun.elapsed() < Duration::from_secs(5), "all at once, each for its time");
    assert_eq!((fed.cosigned, fed.quorum_met), (1, true), "{fed:?}");
    let outcomes: Vec<_> = fed.reports.iter().map(|(_, outcome)| outcome).collect();
    assert!(matches!(outcomes[0], Outcome::Cosigned(_)), "{outcomes:?}");
    assert_eq!(outcomes[3], &Outcome::Reported(307), "it is not followed");
    for away in [1, 2, 4, 5] {
        assert!(matches!(outcomes[away], Outcome::Later(_)), "{away}: {outcomes:?}");
    }
    let seen = blocking(move || feeder.latest_seen()).await.unwrap();
    assert_eq!((seen.0.as_str(), seen.1.checkpoint.size), ("w.example", 7));
    drop(silent);
    stop.send(()).unwrap();
    assert!(server.await.unwrap().is_ok());
}

/// A request that never ends does not hold the server, nor the end of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_client_is_cut() {
    let (_dir, witness) = witness("w.example", Arc::new(SystemClock));
    let options = Options { request_time: Duration::from_millis(200), ..Options::default() };
    let address = listen(router(witness, &options)).await;
    let answer = blocking(move || {
        use std::io::Read as _;
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        write!(
            stream,
            "POST /add-checkpoint HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\nold"
        )
        .unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        String::from_utf8(answer.to_vec()).unwrap()
    });
    assert_eq!(answer.await, "HTTP/1.1 503");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tree_is_read_from_its_tiles() {
    let size = 70_000_u64;
    let all = leaves(size);
    let level = |level: u8| -> Vec<Hash> {
        all.chunks_exact(1 << (8 * u32::from(level))).map(root_of).collect()
    };
    let levels: Vec<Vec<Hash>> = (0..3).map(level).collect();
    // Partial tiles of the last size only, as a static directory may keep them.
    let there: std::collections::BTreeMap<String, Vec<u8>> = tiles_of(size)
        .filter_map(|tile| {
            let TilePath { kind: archipel_engine::tlog::tile::Kind::Hashes(level), index, width } =
                tile
            else {
                return None;
            };
            let start = usize::try_from(index * 256).unwrap();
            let hashes = &levels[usize::from(level)][start..start + usize::from(width)];
            Some((tile.to_string(), hashes.as_flattened().to_vec()))
        })
        .collect();
    let there = Arc::new(there);
    let tile = move |uri: axum::http::Uri| {
        let there = Arc::clone(&there);
        async move {
            let name = uri.path().strip_prefix("/l/tile/").unwrap();
            there.get(name).cloned().ok_or(axum::http::StatusCode::NOT_FOUND)
        }
    };
    let address = listen(Router::new().route("/l/tile/{*path}", get(tile))).await;
    let root = root_of(&all);
    blocking(move || {
        let http = Http::default();
        let url = format!("http://{address}/l/");
        let tiles = HttpTiles::new(&http, &url, size);
        assert_eq!(proof::root(&TileNodes(&tiles), size).unwrap(), root);
        let made = proof::consistency(&TileNodes(&tiles), 12_345, size).unwrap();
        let old = root_of(&leaves(12_345));
        proof::check_consistency((12_345, &old), (size, &root), &made).unwrap();
        // Of a smaller tree than is there: its partial tile is gone, the whole one serves.
        let tiles = HttpTiles::new(&http, &url, 12_345);
        assert_eq!(proof::root(&TileNodes(&tiles), 12_345).unwrap(), old);
        assert!(proof::root(&TileNodes(&HttpTiles::new(&http, &url, 80_000)), 80_000).is_err());
    })
    .await;
}

/// aics-witness, by other people, and our feeder. `ARCHIPEL_INTEROP` names a Python with the
/// packages of `tests/interop/requirements*.txt`.
#[test]
#[ignore = "needs ARCHIPEL_INTEROP"]
fn a_witness_of_other_people_cosigns() {
    let Ok(python) = std::env::var("ARCHIPEL_INTEROP") else {
        return println!("SKIPPED: ARCHIPEL_INTEROP names no Python");
    };
    let dir = tempfile::tempdir().unwrap();
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let listen = address.to_string();
    let command = |words: &[&str]| {
        let mut command = Command::new(&python);
        command.args(["-B", "-m", "aics_witness"]).args(words).current_dir(dir.path());
        command.env("AICS_WITNESS_CONFIG", dir.path().join("witness.json"));
        command.stderr(Stdio::null()).stdout(Stdio::piped());
        command
    };
    let made = command(&["init", "--name", "localhost/w1", "--listen", &listen]).output().unwrap();
    let made = String::from_utf8(made.stdout).unwrap();
    let vkey = made.split_whitespace().find_map(|word| word.parse::<VerifierKey>().ok()).unwrap();
    let log = log_key(ORIGIN, &secret()).unwrap();
    let added = command(&["add-log", "--origin", ORIGIN, "--vkey", &log.to_string()]).output();
    assert!(added.unwrap().status.success());
    let mut server = command(&["serve"]).spawn().unwrap();
    let asked = std::panic::catch_unwind(|| {
        for _ in 0..100 {
            if std::net::TcpStream::connect(address).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let feeder = || {
            let url = format!("http://{address}");
            let witnesses =
                Witnesses { quorum: 1, witnesses: vec![Named { vkey: vkey.clone(), url }] };
            Feeder::new(log.clone(), witnesses, Arc::new(Http::default()), Arc::new(SystemClock))
        };
        let feed = |feeder: &mut Feeder, note: &Note, size: u64| {
            feeder.feed(note, &|old| Ok::<_, Infallible>(proof_of(old, size))).unwrap()
        };
        let mut one = feeder();
        assert!(one.latest_seen().is_none());
        for size in [5, 9, 9, 300] {
            let fed = feed(&mut one, &note(size), size);
            assert_eq!((fed.cosigned, fed.quorum_met), (1, true), "{fed:?}");
        }
        // Another one, which knows nothing yet.
        assert_eq!(feed(&mut feeder(), &note(301), 301).cosigned, 1);
        assert_eq!(feeder().latest_seen().unwrap().1.checkpoint.size, 301);
        let other = |size: u64| {
            let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root: [1; 32] };
            checkpoint.sign(&secret()).unwrap()
        };
        for (note, size) in [(note(20), 20), (other(301), 301), (other(302), 302)] {
            let fed = feed(&mut feeder(), &note, size);
            let seen: Vec<u64> =
                fed.alarms.iter().filter_map(|a| Some(a.proof()?.1.checkpoint.size)).collect();
            assert_eq!((fed.cosigned, seen), (0, vec![301]), "{fed:?}");
            println!("{size}: {:?}", fed.reports);
        }
    });
    server.kill().unwrap();
    server.wait().unwrap();
    asked.unwrap();
}
