//! Votes under rules of their own, by the command line alone: consent with an objection that is
//! integrated, delegation, a tie broken by lot, dissent, and the register of decisions.

use crate::bench::Bench;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Waits until votes of six seconds are over, and has the instance state it.
fn close(bench: &Bench, opened: Instant) {
    std::thread::sleep(Duration::from_secs(6).saturating_sub(opened.elapsed()));
    bench.founder("vote close").ok();
}

fn show(bench: &Bench, vote: &str) -> Value {
    bench.founder(&format!("vote show {vote}")).ok().json()["data"].clone()
}

#[test]
fn from_an_objection_to_a_decision() {
    let bench = Bench::founded();
    bench.admit("alice");
    bench.admit("bob");
    bench.write("axe.txt", "Un.\nDeux.\n");
    bench.write("mieux.txt", "Un.\nDeux, ensemble.\n");
    let submitted = bench.as_member("alice", "proposal submit --title Axe --file axe.txt").ok();
    let proposal = submitted.text("/id");
    let open = format!(
        "vote open --title Axe --method consent --option axe=Axe@{proposal} --closes +1d \
         --review-days 90"
    );
    let first = bench.founder(&open).ok().text("/id");
    let against = format!("vote cast {first} --choice against");
    bench.as_member("bob", &against).failed(1, "objection.reason-needed");
    bench.as_member("alice", &format!("vote cast {first} --choice consent")).ok();
    bench.as_member("bob", &format!("objection raise {first} --reason Seul")).ok();
    let bob = bench.as_member("bob", "member show").ok().text("/data/id");
    let doubt = format!("objection answer {first} {bob} --answer challenged --reason Vraiment_?");
    bench.as_member("alice", &doubt).failed(1, "mandate.as-required");
    bench.founder(&doubt).ok();
    bench.as_member("bob", &format!("objection maintain {first} --reason Oui")).ok();
    let integrate = format!(
        "objection integrate {first} --file mieux.txt --member {bob} --reason Entendu --closes +6s"
    );
    let second = bench.founder(&integrate).ok().text("/id");
    let opened = Instant::now();
    let shown = show(&bench, &first);
    assert_eq!((&shown["state"], &shown["amended_by"]), (&json!("amended"), &json!(second)));
    assert_eq!(shown["objections"][0]["state"], "integrated");
    let people = bench.run(&format!("--data inst vote show {first}")).ok();
    assert!(people.out.contains("un nouveau tour a pris sa place"), "{people:?}");
    // A round that was amended adopts and rejects nothing.
    assert!(people.out.contains("mise en doute: Vraiment ?"), "{people:?}");
    assert!(!people.out.contains("rejeté"), "{people:?}");
    for name in ["alice", "bob"] {
        bench.as_member(name, &format!("vote cast {second} --choice consent")).ok();
    }
    close(&bench, opened);
    let shown = show(&bench, &second);
    assert_eq!(shown["decided"]["elected"], json!(["axe"]));
    let text = bench.founder(&format!("proposal show {proposal}")).ok().text("/data/text");
    assert_eq!(text, "Un.\nDeux, ensemble.");
    bench.as_member("bob", &format!("vote dissent {second} --text Trop_vite")).ok();
    bench.as_member("alice", &format!("vote dissent {second} --join {bob}")).ok();
    let review = format!("decision review {second} --verdict kept --note Bien --next +30d");
    bench.founder(&review).ok();
    let register = bench.founder("decision list").ok().json()["data"]["items"][0].clone();
    assert_eq!(register["vote"], json!(second));
    assert_eq!((&register["state"], &register["dissents"]), (&json!("in-force"), &json!(1)));
    let people = bench.run(&format!("--data inst vote show {second}")).ok();
    for said in ["décidé", "Consentements : 2", "le texte est adopté", "Trop vite", "rejoint par 1"]
    {
        assert!(people.out.contains(said), "{said}: {people:?}");
    }
}

#[test]
fn delegated_votes_and_a_lot() {
    let bench = Bench::founded();
    for name in ["alice", "bob", "chloe"] {
        bench.admit(name);
    }
    let made = bench.run("--data inst vote lot-secret --json").ok();
    let (secret, commitment) = (made.text("/secret"), made.text("/commitment"));
    let open = format!(
        "vote open --title Priorité --method approval --option a=Jardins --option b=Ports \
         --closes +6s --tie lot --lot-commitment {commitment} --delegation liquid --topic eau"
    );
    bench
        .founder(&open.replace(&format!("--lot-commitment {commitment}"), ""))
        .failed(2, "usage.arguments");
    let vote = bench.founder(&open).ok().text("/id");
    let opened = Instant::now();
    let alice = bench.as_member("alice", "member show").ok().text("/data/id");
    let chloe = bench.as_member("chloe", "member show").ok().text("/data/id");
    bench.as_member("bob", &format!("delegation give {alice}")).ok();
    bench.as_member("bob", &format!("delegation give {chloe} --topic eau")).ok();
    bench.as_member("bob", &format!("delegation give {chloe} --topic air")).ok();
    bench.as_member("bob", "delegation revoke --topic air").ok();
    let given = bench.as_member("bob", "delegation list").ok().json();
    assert_eq!(given["data"]["total"], 2);
    bench.as_member("alice", &format!("vote cast {vote} --approve a")).ok();
    bench.founder(&format!("vote cast {vote} --approve a")).ok();
    bench.as_member("chloe", &format!("vote cast {vote} --approve b")).ok();
    close(&bench, opened);
    let shown = show(&bench, &vote);
    // Bob's goes with Chloé, by topic: two to two.
    assert_eq!(shown["tally"]["outcome"]["scores"], json!({"Jardins": 2, "Ports": 2}));
    assert_eq!(shown["delegated"]["votes"], 1);
    // Recounts and exports have those who are represented, too.
    let recount = bench.run(&format!("--data inst vote recount {vote} --method approval --json"));
    let recounted = recount.ok().json();
    let scores = json!({"Jardins": 2, "Ports": 2});
    assert!(recounted.to_string().contains(&scores.to_string()), "{recounted}");
    assert_eq!(shown["decided"]["tied"], json!(["a", "b"]));
    let wrong = format!("vote draw-lot {vote} --secret {commitment}");
    bench.as_member("alice", &wrong).failed(1, "lot.secrets");
    let draw = format!("vote draw-lot {vote} --secret {secret}");
    bench.as_member("alice", &draw).ok();
    bench.as_member("alice", &draw).failed(1, "tie.already-broken");
    let shown = show(&bench, &vote);
    assert_eq!(shown["decided"]["elected"].as_array().map(Vec::len), Some(1));
    assert_eq!(shown["tie_break"]["by"]["secrets"], json!([secret]));
    // The outcome that was declared is the count's, before the lot.
    assert_eq!(shown["tally"]["hash"], shown["declared"]["tally"]);
}
