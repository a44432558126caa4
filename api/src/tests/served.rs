//! Over real TCP, with the registrar's timer.

use super::Site;
use crate::{Options, ServeError, serve};
use archipel_engine::engine::{self, Engine};
use archipel_engine::sequencer::SubmitError;
use archipel_engine::store::{EventStore, MemoryStore};
use archipel_testkit::faulty::{Fault, FaultyStore, Step};
use archipel_testkit::keys::secret;
use archipel_testkit::scenario::{Live, ORIGIN, REGISTRAR_KEY, Stage, Town, acts, person};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

async fn exchange(address: std::net::SocketAddr, request: String) -> String {
    let spoken = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    spoken.await.unwrap()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_ends_when_its_store_fails() {
    let store = Arc::new(FaultyStore::new(MemoryStore::new()));
    let mut live = Live::on(Arc::clone(&store) as Arc<dyn EventStore>, None);
    live.given(person(1).says(acts::found(2, 365)));
    let signed = live.sign(Town::founder(acts::group("est")));
    live.stop();
    let clock = Arc::clone(live.clock());
    let settings = engine::Options { clock: clock.clone(), ..engine::Options::default() };
    let log = Arc::clone(&store) as Arc<dyn EventStore>;
    let key = secret(REGISTRAR_KEY);
    let engine = Arc::new(Engine::start(log, ORIGIN, Some(key), None, settings).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let options = Options { tick_every: Duration::from_millis(500), clock, ..Options::default() };
    let server = tokio::spawn(serve(listener, engine.clone(), options, std::future::pending()));
    assert!(exchange(address, get("/readyz")).await.starts_with("HTTP/1.1 200 "));
    store.fail(Step::Append, 0, Fault::NotPersisted);
    store.fail(Step::Append, 1, Fault::NotPersisted);
    let answers = tokio::task::spawn_blocking(move || engine.submit_and_wait(vec![signed])).await;
    assert_eq!(answers.unwrap(), [Err(SubmitError::InDoubt)]);
    let ended = tokio::time::timeout(Duration::from_secs(8), server).await;
    let ended = ended.expect("the server does not end").unwrap();
    assert!(matches!(ended, Err(ServeError::StoreFailed)), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_answers_answers_closes_votes_and_ends() {
    let mut site = Site::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let options = Options {
        tick_every: Duration::from_millis(20),
        clock: site.clock.clone(),
        ..Options::default()
    };
    let serving = serve(listener, site.engine.clone(), options, async {
        let _ = stopped.await;
    });
    let server = tokio::spawn(serving);
    let body = site.sign(Town::founder(acts::group("est"))).to_line();
    let post = format!(
        "POST /v1/statements HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(address, post.clone()).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(exchange(address, post).await.starts_with("HTTP/1.1 200 "));
    let chunked = "POST /v1/statements HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\
                   content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
    assert!(exchange(address, chunked.to_owned()).await.starts_with("HTTP/1.1 400 "));
    // The timer closes what is due, without anybody asking.
    let before = site.size();
    site.clock.advance_ms(21 * 86_400_000);
    let mut size = before;
    for _ in 0..500 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        size = site.size();
        if size > before {
            break;
        }
    }
    assert!(size > before, "nothing was closed");
    let vote = exchange(address, get(&format!("/v1/votes/{}", site.town.yes_no))).await;
    assert!(vote.contains("\"state\":\"declared\""), "{vote}");
    // A follower does not keep the server from ending.
    let following = tokio::spawn(exchange(address, get("/v1/events")));
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(8), server).await;
    ended.expect("the server does not end").unwrap().unwrap();
    assert!(following.await.unwrap().contains("id: 0\n"));
}
