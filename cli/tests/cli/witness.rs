//! Witnesses, from their making to the proof of a fork.

use crate::bench::{Bench, Server};
use archipel_engine::crypto::SecretKey;
use archipel_engine::log::merkle::{Hash, leaf_hash, root_of};
use archipel_engine::tlog::checkpoint::{Checkpoint, log_key};
use archipel_engine::tlog::proof::{self, Nodes};
use archipel_engine::witness::Request;
use serde_json::json;
use std::convert::Infallible;
use std::time::Duration;

/// What these tests ask a server for.
trait Asked {
    fn get(&self, path: &str) -> String;

    /// Hands a checkpoint to a witness.
    fn post(&self, body: String) -> (u16, String);
}

impl Asked for Server {
    fn get(&self, path: &str) -> String {
        let mut answer = ureq::get(format!("{}{path}", self.url)).call().unwrap();
        answer.body_mut().read_to_string().unwrap()
    }

    fn post(&self, body: String) -> (u16, String) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.post(format!("{}/add-checkpoint", self.url)).send(body).unwrap();
        let status = answer.status().as_u16();
        (status, answer.body_mut().read_to_string().unwrap())
    }
}

/// Waits for the checkpoint of a served log that has so many entries.
fn checkpoint(server: &Server, size: u64) -> String {
    for _ in 0..100 {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.get(format!("{}/log/checkpoint", server.url)).call().unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        if text.lines().nth(1) == Some(&size.to_string()) {
            return text;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no checkpoint of {size}");
}

#[test]
fn a_witness_is_made_told_and_listed() {
    let bench = Bench::empty();
    let made = bench.run("witness init w --name example.org/w1 --json").ok();
    let vkey = made.text("/vkey");
    assert!(vkey.starts_with("example.org/w1+"), "{vkey}");
    bench.run("witness init w --name example.org/w1").failed(1, "witness.exists");
    bench.run("witness init v --name a+b --lang en").failed(1, "witness.name");
    bench.run("witness list nowhere").failed(1, "witness.missing");
    bench.run("witness add-log w --vkey x").failed(2, "usage.arguments");
    bench.run(&format!("witness add-log w --vkey {vkey}")).failed(1, "witness.log-key");
    let log = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    let other = format!("witness add-log w --origin example.com/bar --vkey {log}");
    bench.run(&other).failed(1, "witness.log-key");
    let wrong = format!("witness add-log w --vkey {log} --url ftp://x");
    bench.run(&wrong).failed(1, "witness.settings");
    bench.run(&format!("witness add-log w --origin example.com/foo --vkey {log}")).ok();
    bench.run(&format!("witness add-log w --vkey {log} --url http://127.0.0.1:1/log/")).ok();
    let listed = bench.run("witness list w --json").ok().json();
    let expected = json!({"name": "example.org/w1", "vkey": vkey, "logs": [{
        "origin": "example.com/foo", "size": null, "root": null, "cosigned_at": null,
        "url": "http://127.0.0.1:1/log", "vkeys": [log],
    }]});
    assert_eq!(listed, expected);
    let english = bench.run("witness list w --lang en").ok();
    assert!(
        english.out.contains("example.com/foo") && english.out.contains("cosigned"),
        "{english:?}"
    );
    let heard = bench.run("witness gossip w --peer http://127.0.0.1:1 --lang en").ok();
    assert_eq!(heard.out.matches("no answer").count(), 2, "{heard:?}");
}

/// An instance is copied with its key, and the two copies go different ways.
#[test]
fn a_rewritten_log_is_found_by_gossip() {
    let bench = Bench::founded();
    let copied = std::process::Command::new("cp")
        .args(["-r", "inst", "other"])
        .current_dir(bench.dir.path())
        .status();
    assert!(copied.unwrap().success());
    let founder = |dir: &str, words: &str| {
        bench.run(&format!("--me {dir}/founder.json --data {dir} --json {words}")).ok()
    };
    founder("inst", "group register sud --name Sud");
    founder("other", "group register nord --name Nord");
    let (honest, forked) = (
        Server::start(bench.dir.path(), "serve --data inst"),
        Server::start(bench.dir.path(), "serve --data other"),
    );
    let vkey = honest.get("/log/log.vkey");
    assert_eq!(vkey, forked.get("/log/log.vkey"), "one key, two histories");
    let [a, b, c] = [1, 2, 3].map(|n| {
        bench.run(&format!("witness init w{n} --name example.org/w{n}")).ok();
        let url = &honest.url;
        bench.run(&format!("witness add-log w{n} --vkey {} --url {url}/log", vkey.trim())).ok();
        Server::start(bench.dir.path(), &format!("witness serve w{n}"))
    });
    bench.run("witness serve w1 --listen 127.0.0.1:0").failed(6, "witness.in-use");

    let first = checkpoint(&honest, 2);
    let second = checkpoint(&forked, 2);
    assert_ne!(first, second);
    assert_eq!(a.post(format!("old 0\n\n{first}")).0, 200);
    assert_eq!(b.post(format!("old 0\n\n{second}")).0, 200);
    assert_eq!(a.post(format!("old 2\n\n{second}")), (409, "2\n".to_owned()));

    let heard = bench.run(&format!("witness gossip w1 --peer {} --lang en", b.url));
    let heard = heard.failed(3, "witness.fork");
    assert!(heard.out.contains("one history") && heard.out.contains("TWO HISTORIES"), "{heard:?}");
    let found = bench.run(&format!("witness gossip w2 --peer {} --json", a.url));
    assert_eq!(found.code, 3, "{found:?}");
    let file = found.text("/forks/0");
    assert!(bench.dir.path().join(file).exists());
    // Nobody is accused where all show the same.
    let quiet = bench.run("witness gossip w1").ok();
    assert!(quiet.out.contains("une seule histoire"), "{quiet:?}");
    // Of different sizes: the tiles of the log show which tree the larger one begins with.
    let more =
        format!("--me inst/founder.json --server {} group register est --name E", honest.url);
    bench.run(&more).ok();
    let third = checkpoint(&honest, 3);
    assert_eq!(c.post(format!("old 0\n\n{third}")).0, 200);
    let found = bench.run(&format!("witness gossip w3 --peer {} --peer {} --json", b.url, a.url));
    assert_eq!(found.code, 3, "{found:?}");
    let verdicts = found.json()["heard"].as_array().unwrap().clone();
    let of = |n: usize| (verdicts[n]["size"].clone(), verdicts[n]["verdict"].clone());
    assert_eq!(of(0), (json!(3), json!("agree")));
    assert_eq!(of(1), (json!(2), json!("fork")));
    assert_eq!(of(2), (json!(2), json!("agree")));
    let file = std::fs::read_to_string(bench.dir.path().join(found.text("/forks/0"))).unwrap();
    assert!(file.contains("\"prefix\""), "{file}");
    for server in [a, b, c, honest, forked] {
        server.stop();
    }
}

/// A log in memory, and who asks for its cosignatures.
struct Log {
    secret: SecretKey,
    salt: u64,
}

impl Log {
    fn leaves(&self, size: u64) -> Vec<Hash> {
        (0..size)
            .map(|n| {
                leaf_hash(&[n, if n < 3 { 0 } else { self.salt }].map(u64::to_be_bytes).concat())
            })
            .collect()
    }

    fn request(&self, old: u64, size: u64) -> String {
        let (origin, tree) = ("example.org/log".to_owned(), Tree(self.leaves(size)));
        let note = Checkpoint { origin, size, root: root_of(&tree.0) }.sign(&self.secret).unwrap();
        let proof = proof::consistency(&tree, old, size).unwrap();
        Request { old, proof, note }.to_body()
    }
}

struct Tree(Vec<Hash>);

impl Nodes for Tree {
    type Error = Infallible;

    fn node(&self, level: u32, index: u64) -> Result<Hash, Infallible> {
        let start = usize::try_from(index << level).unwrap();
        Ok(root_of(&self.0[start..start + (1 << level)]))
    }
}

/// Killed at any moment, a witness has cosigned nothing that it does not remember: every answer
/// was kept before it was given, and the other history is refused ever after.
#[test]
fn a_killed_witness_remembers_what_it_answered() {
    let bench = Bench::empty();
    let log = |salt| Log { secret: SecretKey::from_seed(&[5; 32]), salt };
    let (honest, fork) = (log(1), log(2));
    let vkey = log_key("example.org/log", &honest.secret).unwrap();
    bench.run("witness init w --name example.org/w").ok();
    bench.run(&format!("witness add-log w --vkey {vkey}")).ok();
    let server = Server::start(bench.dir.path(), "witness serve w");
    assert_eq!(server.post(honest.request(0, 4)).0, 200);
    server.stop();
    let (mut size, mut answered, mut unanswered) = (4, 0, 0_u64);
    for cycle in 0..12_u64 {
        let mut server = Server::start(bench.dir.path(), "witness serve w");
        let (status, told) = server.post(fork.request(0, size));
        let told: u64 = told.trim().parse().unwrap();
        assert!(status == 409 && told >= size, "cycle {cycle}: {told} after {size}");
        assert_eq!(server.post(fork.request(told, told + 1)).0, 422, "cycle {cycle}");
        unanswered += u64::from(told > size);
        size = told;
        let url = server.url.clone();
        let killer = {
            let pid = server.child.id().to_string();
            std::thread::spawn(move || {
                // Somewhere within the requests that follow, each time elsewhere.
                std::thread::sleep(Duration::from_micros(3_000 + 1_700 * cycle));
                std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap();
            })
        };
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        loop {
            let next = size + 1;
            let sent = agent.post(format!("{url}/add-checkpoint")).send(honest.request(size, next));
            let Ok(answer) = sent else { break };
            assert_eq!(answer.status().as_u16(), 200, "cycle {cycle}: {size}");
            (size, answered) = (next, answered + 1);
        }
        killer.join().unwrap();
        server.child.wait().unwrap();
    }
    assert!(answered > 0, "no life was long enough");
    println!("{answered} cosignatures in 12 lives, {unanswered} kept and not answered");
}
