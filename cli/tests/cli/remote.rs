//! The same commands against a server.

use crate::bench::{Bench, Server};
use serde_json::json;

#[test]
fn a_server_answers_as_a_directory_does() {
    let bench = Bench::founded();
    bench.admit("alice");
    let server = Server::start(bench.dir.path(), "serve --data inst");
    let url = server.url.clone();
    bench.run("--data inst view status").failed(6, "store.in-use");

    let alice = |words: &str| bench.run(&format!("--me alice.json --server {url} --json {words}"));
    let founder =
        |words: &str| bench.run(&format!("--me inst/founder.json --server {url} --json {words}"));
    bench.write("axe.txt", "Un.\nDeux.\n");
    let proposal = alice("proposal submit --title Axe --file axe.txt").ok().text("/id");
    founder(&format!("proposal support {proposal}")).ok();
    bench.write("axe2.txt", "Un.\nDeux et demi.\n");
    let amend = format!("proposal amend {proposal} --file axe2.txt --reason Précision");
    let amendment = founder(&amend).ok().text("/id");
    alice(&format!("proposal integrate {amendment}")).ok();
    // The founder's mandate, found by the power that the act needs, or by the role's name.
    founder("group register sud --name Sud").ok();
    founder("--as founders circle form ecole --purpose École").ok();
    let refused = alice("group register est --name Est").failed(1, "mandate.as-required");
    assert_eq!(refused.text("/code"), "mandate.as-required");
    alice("view members/abcdef").failed(1, "query.not-found");

    let open =
        format!("vote open --title Oui_? --method yes-no --option a=Axe@{proposal} --closes +2s");
    let vote = founder(&open).ok().text("/id");
    alice(&format!("vote cast {vote} --choice for")).ok();
    let mut state = String::new();
    for _ in 0..50 {
        state = alice(&format!("vote show {vote}")).ok().text("/data/state");
        if state == "declared" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_eq!(state, "declared", "the server closes votes by itself");

    let remote = bench.run(&format!("--server {url} --json view proposals --at 4")).ok();
    let moment = bench.run(&format!("--server {url} --json view status --at -1h")).ok();
    assert_eq!(moment.text("/position"), "0");
    bench.run(&format!("--server {url} log export remote.ndjson")).ok();
    let again = bench.run(&format!("--server {url} --json log import remote.ndjson")).ok().json();
    assert_eq!((again["accepted"].clone(), again["refused"].clone()), (json!(0), json!(0)));
    server.stop();

    let local = bench.run("--data inst --json view proposals --at 4").ok();
    assert_eq!(remote.json(), local.json());
    bench.run("--data inst log export local.ndjson").ok();
    let read = |name: &str| std::fs::read_to_string(bench.path(name)).unwrap();
    assert_eq!(read("remote.ndjson"), read("local.ndjson"));
    bench.run("--data inst audit verify").ok();
}

#[test]
fn a_vote_by_rankings_is_held_and_declared() {
    let bench = Bench::founded();
    bench.admit("alice");
    let server = Server::start(bench.dir.path(), "serve --data inst");
    let url = server.url.clone();
    let says =
        |me: &str, words: &str| bench.run(&format!("--me {me} --server {url} --json {words}"));
    let open = "vote open --title Lieu --method schulze-winning-votes --option a=Ardèche \
                --option b=Bretagne --option c=Cévennes --closes +3s";
    let vote = says("inst/founder.json", open).ok().text("/id");
    let cast = |order: &str| says("alice.json", &format!("vote cast {vote} --rank {order}"));
    cast("b>a=b").failed(1, "ballot.ranked-twice");
    cast("b>z").failed(1, "ballot.option-unknown");
    says("alice.json", &format!("vote cast {vote} --choice for")).failed(1, "ballot.other-method");
    cast("c>a").ok();
    cast("b>a=c").ok();
    says("inst/founder.json", &format!("vote cast {vote} --rank b=c>a")).ok();
    let mut shown = json!(null);
    for _ in 0..80 {
        shown = says("alice.json", &format!("vote show {vote}")).ok().json();
        if shown["data"]["state"] == "declared" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let outcome = &shown["data"]["tally"]["outcome"];
    assert_eq!(outcome["method"], "schulze-winning-votes", "{shown}");
    assert_eq!(outcome["winners"], json!(["Bretagne"]));
    let pairwise = &outcome["evidence"]["ranked"]["pairwise"];
    assert_eq!(
        (&pairwise["Bretagne"]["Ardèche"], &pairwise["Cévennes"]["Bretagne"]),
        (&json!(2), &json!(0))
    );
    // The same ballots under other rules, and for other tools.
    let recount = says("alice.json", &format!("vote recount {vote} --method borda")).ok().json();
    assert_eq!(recount["hypothetical"], true);
    assert_eq!(recount["outcome"]["method"], "borda");
    let own = says("alice.json", &format!("vote recount {vote}")).ok().json();
    assert_eq!(&own["outcome"], outcome);
    assert_eq!(own["difference"], json!({"gained": [], "lost": []}));
    says("alice.json", &format!("vote recount {vote} --method score --points 3"))
        .failed(1, "cli.count");
    says("alice.json", &format!("vote recount {vote} --electorate nulle:part"))
        .failed(1, "query.not-found");
    let people = bench.run(&format!("--server {url} vote recount {vote} --method irv")).ok();
    assert!(people.out.contains("HYPOTHÈSE"), "{people:?}");
    let out = bench.path("lieu.toi").display().to_string();
    bench.run(&format!("--server {url} vote export {vote} --out {out}")).ok();
    let counted = bench.run("count lieu.toi --method schulze-winning-votes --json").ok().json();
    assert_eq!(counted["scores"], outcome["scores"]);
    let blt = bench.run(&format!("--server {url} vote export {vote} --format blt")).ok();
    assert!(blt.out.starts_with("3 1\n"), "{blt:?}");
    server.stop();
}

#[test]
fn budgets_points_and_committees_are_voted() {
    let bench = Bench::founded();
    bench.admit("alice");
    let says = |me: &str, words: &str| bench.run(&format!("--me {me} --data inst --json {words}"));
    let options = "--option a=Arbres --option b=Bancs --option c=Cour --closes +1d";
    let open = |words: &str| {
        says("inst/founder.json", &format!("vote open --title Vote {options} {words}"))
    };
    let budget = "--method pb-equal-shares-cost --budget 10 --cost a=3 --cost b=4";
    open(budget).failed(2, "usage.arguments");
    open(&format!("{budget} --cost c=x")).failed(2, "usage.value");
    open(&format!("{budget} --cost c=0")).failed(1, "vote.method");
    let vote = open(&format!("{budget} --cost c=6")).ok().text("/id");
    let cast = |vote: &str, words: &str| says("alice.json", &format!("vote cast {vote} {words}"));
    cast(&vote, "--points a=1").failed(1, "ballot.other-method");
    cast(&vote, "--approve a,c").ok();
    let shown = |vote: &str| says("alice.json", &format!("vote show {vote}")).ok().json();
    let method = shown(&vote)["data"]["method"]["budget"].clone();
    assert_eq!((&method["costs"], &method["completion"]), (&json!([3, 4, 6]), &json!("add1u")));

    let vote = open("--method quadratic --credits 10").ok().text("/id");
    cast(&vote, "--points a=3,b=-2").failed(1, "ballot.too-many-points");
    cast(&vote, "--points a=4").failed(1, "ballot.points-out-of-range");
    cast(&vote, "--points a=-3,c=1").ok();
    open("--method equal-shares --seats 2 --completion add1").failed(1, "vote.method");
    let vote = open("--method equal-shares --seats 2").ok().text("/id");
    cast(&vote, "--approve a,b").ok();
    let vote = open("--method typical-judgment --grades non,oui").ok().text("/id");
    cast(&vote, "--grade a=oui,b=non").ok();
    let vote = open("--method score --points 5 --mean").ok().text("/id");
    cast(&vote, "--points a=0,b=5").ok();
    let tally = says("alice.json", "replay --view tallies").ok();
    assert!(tally.out.contains("hash"), "{tally:?}");
}
