//! A whole little assembly, by the command line alone.

use crate::bench::Bench;
use serde_json::{Value, json};
use std::time::Duration;

/// Long enough to vote in, short enough to wait for.
const VOTE: Duration = Duration::from_secs(6);

#[test]
fn from_the_founding_to_the_accounts() {
    let bench = Bench::founded();
    people(&bench);
    let proposal = text(&bench);
    vote(&bench, &proposal);
    grades(&bench);
    money(&bench);
    checks(&bench);
}

fn people(bench: &Bench) {
    bench.founder("group register nord --name Groupe_du_Nord --kind collective").ok();
    let alice = bench.founder("member admit --new-key alice.pem --group nord").ok();
    assert!(bench.path("alice.json").exists());
    let id = alice.text("/member");
    bench.admit("bob");
    let shown = bench.as_member("alice", "member show").ok();
    assert_eq!(shown.text("/data/id"), id);
    assert_eq!(shown.json()["data"]["groups"], json!(["nord"]));

    bench.founder("circle form finances --purpose La_caisse").ok();
    bench
        .founder(
            "role define tresorerie --circle finances --purpose Caisse --power ledger --seats 1",
        )
        .ok();
    let start = id.get(..8).unwrap();
    let assigned = format!("role assign tresorerie {start} --until +90d --basis élue");
    let mandate = bench.founder(&assigned).ok().text("/id");
    let role = bench.run("--data inst --json role show tresorerie").ok();
    assert_eq!(role.text("/data/mandates/items/0/id"), mandate);
    bench.founder(&assigned).failed(1, "assignment.already-holds");

    bench.founder("call publish appel --title Appel --text Agissons.").ok();
    bench.run("--data inst call sign appel --new-key passant.pem --json").ok();
    bench.run("--data inst call sign appel").ok();
    bench.as_member("bob", "call sign appel").ok();
    bench.as_member("passant", "call withdraw appel").ok();
    let call = bench.run("--data inst view calls/appel --json").ok();
    assert_eq!(call.text("/data/signatures/total"), "2");
}

/// A proposal, two amendments of which one conflicts, and the text that comes of it.
fn text(bench: &Bench) -> String {
    bench.write("axe.txt", "Un.\r\nDeux.\r\nTrois.\n");
    let submitted = bench.as_member("alice", "proposal submit --title Axe --file axe.txt").ok();
    let proposal = submitted.text("/id");
    bench.as_member("bob", &format!("proposal support {proposal}")).ok();

    bench.write("bob.txt", "Un.\nDEUX.\nTrois.\nQuatre.\n");
    bench.write("founder.txt", "Un.\nDeux, autrement.\nTrois.\n");
    let amend = |file: &str| format!("proposal amend {proposal} --file {file} --reason Clarté");
    let first = bench.as_member("bob", &amend("bob.txt")).ok().text("/id");
    let second = bench.founder(&amend("founder.txt")).ok().text("/id");
    bench.founder(&amend("axe.txt")).failed(1, "cli.no-change");

    bench
        .as_member("bob", &format!("proposal integrate {first}"))
        .failed(1, "proposal.not-authors");
    bench.as_member("alice", &format!("proposal integrate {first}")).ok();
    let conflict = bench.as_member("alice", &format!("proposal integrate {second}"));
    let conflict = conflict.failed(1, "amendment.conflict");
    assert!(conflict.err.contains("+ Deux, autrement."), "{conflict:?}");
    assert!(conflict.err.contains("+ DEUX."), "{conflict:?}");
    bench.write("resolu.txt", "Un.\nDEUX, autrement.\nTrois.\nQuatre.\n");
    bench.as_member("alice", &format!("proposal integrate {second} --resolution resolu.txt")).ok();
    let declined = bench.as_member("alice", &format!("proposal decline {second} --reason Non"));
    declined.failed(1, "amendment.settled");

    let shown = bench.run(&format!("--data inst proposal show {proposal} --json")).ok();
    assert_eq!(shown.text("/data/text"), "Un.\nDEUX, autrement.\nTrois.\nQuatre.");
    assert_eq!(shown.json()["data"]["versions"].as_array().map(Vec::len), Some(3));
    let diff = bench.run(&format!("--data inst proposal diff {proposal}")).ok();
    assert_eq!(diff.out, "@@ 2 @@\n- Deux.\n+ DEUX, autrement.\n@@ 4 @@\n+ Quatre.\n");
    proposal
}

fn vote(bench: &Bench, proposal: &str) {
    let open = format!(
        "vote open --title Adopter_? --method yes-no --option axe=Axe@{proposal} --closes +6s \
         --quorum 1/4 --majority 2/3 --majority-base cast"
    );
    bench.as_member("bob", &open).failed(1, "mandate.as-required");
    let vote = bench.founder(&open).ok().text("/id");
    let opened = std::time::Instant::now();
    let cast =
        |name: &str, paper: &str| bench.as_member(name, &format!("vote cast {vote} {paper}"));
    cast("alice", "--choice for").ok();
    cast("bob", "--choice against").ok();
    cast("bob", "--choice for").ok();
    cast("bob", "--approve axe").failed(1, "ballot.other-method");
    let start = vote.get(..24).unwrap();
    bench.founder(&format!("vote cast {start} --blank")).ok();
    let shown = bench.founder(&format!("vote show {vote}")).ok();
    assert_eq!(shown.text("/data/tally"), "withheld until closing");

    std::thread::sleep(VOTE.saturating_sub(opened.elapsed()));
    cast("alice", "--choice against").failed(1, "ballot.vote-closed");
    let shown = bench.founder(&format!("vote close {vote}")).ok();
    assert_eq!(shown.text("/data/state"), "declared");
    let outcome = shown.json()["data"]["tally"]["outcome"].clone();
    assert_eq!(outcome["winners"], json!(["Axe"]));
    assert_eq!(outcome["evidence"]["yes-no"]["for"], 2);
    let people = bench.run(&format!("--data inst vote show {vote}")).ok();
    assert!(people.out.contains("décision: adopté"), "{people:?}");
}

fn grades(bench: &Bench) {
    let open = "vote open --title Priorités --method majority-judgment --closes +1h \
                --option a=École --option b=Potager --grades mal,passable,bien --ungraded error";
    let vote = bench.founder(open).ok().text("/id");
    let cast = |paper: &str| bench.as_member("bob", &format!("vote cast {vote} {paper}"));
    cast("--grade a=bien").failed(1, "ballot.ungraded");
    cast("--grade a=bien,b=parfait").failed(1, "ballot.grade-unknown");
    cast("--grade a=bien,b=passable").ok();

    bench.write(
        "vote.json",
        r#"{"title":"Deux au plus","method":{"approval":{"seats":1,"max_choices":2}},
            "options":[{"id":"x","label":"X"},{"id":"y","label":"Y"},{"id":"z","label":"Z"}],
            "electorate":{"groups":["nord"]},"closes_at":0}"#,
    );
    let vote = bench.founder("vote open --from vote.json --closes +1d").ok().text("/id");
    let cast =
        |name: &str, paper: &str| bench.as_member(name, &format!("vote cast {vote} {paper}"));
    cast("alice", "--approve x,y,z").failed(1, "ballot.too-many-choices");
    cast("alice", "--approve x,y").ok();
    cast("bob", "--approve x").failed(1, "ballot.not-eligible");
}

fn money(bench: &Bench) {
    bench.founder("ledger unit EUR --name euros --scale 2 --kind euro").ok();
    bench.founder("ledger open caisse --unit EUR --owner fund --steward tresorerie").ok();
    bench.founder("ledger open dehors --unit EUR --owner exterior --steward tresorerie").ok();
    let bob = bench.as_member("bob", "member show").ok().text("/data/id");
    bench.founder(&format!("ledger open bob --unit EUR --owner member:{bob} --floor -5")).ok();
    // The steward's mandate is found by itself; bob's own account needs none.
    let given = bench.as_member("alice", "ledger move dehors caisse 12,50 EUR --label Don").ok();
    bench.as_member("bob", "ledger move bob caisse 5.00 EUR --label Cotisation").ok();
    bench
        .as_member("bob", "ledger move bob caisse 0.01 EUR --label Cotisation")
        .failed(1, "ledger.below-floor");
    bench
        .as_member("bob", "ledger move caisse bob 1 EUR --label Non")
        .failed(1, "ledger.not-authorised");
    bench
        .as_member("alice", "ledger move dehors caisse 0.125 EUR --label Don")
        .failed(2, "usage.amount");
    bench
        .as_member("alice", "ledger move --leg caisse=-1.50 --leg bob=1 --leg dehors=0.5 --label X")
        .ok();
    let balance = |name: &str, at: &str| {
        let read = format!("--data inst --json ledger balance {name} {at}");
        bench.run(&read).ok().text("/data/balance_text")
    };
    assert_eq!(balance("caisse", ""), "16.00");
    assert_eq!(balance("bob", ""), "-4.00");
    let before = given.text("/position");
    assert_eq!(balance("caisse", &format!("--at {before}")), "0.00");
    let id = given.text("/id");
    bench.as_member("alice", &format!("ledger reverse {id} --reason Erreur")).ok();
    assert_eq!(balance("caisse", ""), "3.50");
    let table = bench.run("--data inst ledger statement caisse").ok();
    assert!(table.out.contains("Cotisation") && table.out.contains("16.00"), "{table:?}");
}

fn checks(bench: &Bench) {
    let audit = bench.run("--data inst --json audit verify").ok();
    let hash = audit.text("/state_hashes/balances");
    for options in ["", "--threads 1", "--threads 3", "--snapshot"] {
        let replay =
            bench.run(&format!("--data inst --json replay --view balances {options}")).ok();
        assert_eq!(replay.text("/state_hash"), hash, "{options}");
        assert_eq!(replay.text("/position"), audit.text("/size"));
    }
    let early = bench.run("--data inst --json replay --view roster --at 1 --show").ok();
    assert_eq!(early.text("/data/members/total"), "1");

    bench.run("--data inst log export journal.ndjson").ok();
    let again = bench.run("--data inst --json log import journal.ndjson").ok().json();
    assert_eq!((again["accepted"].clone(), again["refused"].clone()), (json!(0), json!(0)));
    assert_eq!(again["duplicates"], again["lines"]);
    bench.run("--data inst log rebuild").ok();
    let rebuilt = bench.run("--data inst --json audit verify").ok();
    let found = |audit: &Value| {
        let names = ["origin", "size", "root", "outcomes", "state_hashes"];
        names.map(|name| audit[name].clone())
    };
    assert_eq!(found(&rebuilt.json()), found(&audit.json()));
}
