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
    bench.as_member("alice", &format!("vote reasons {second} --text Enfin")).ok();
    let review = format!("decision review {second} --verdict kept --note Bien --next +30d");
    bench.founder(&review).ok();
    let register = bench.founder("decision list").ok().json()["data"]["items"][0].clone();
    assert_eq!(register["vote"], json!(second));
    assert_eq!((&register["state"], &register["dissents"]), (&json!("in-force"), &json!(1)));
    let people = bench.run(&format!("--data inst vote show {second}")).ok();
    for said in [
        "décidé",
        "Consentements : 2",
        "le texte est adopté",
        "Trop vite",
        "rejoint par 1",
        "Motifs de",
        "Enfin",
    ] {
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

#[test]
fn several_questions_on_one_paper() {
    let bench = Bench::founded();
    for name in ["alice", "bob"] {
        bench.admit(name);
    }
    let quorum = json!({"base": "cast", "ratio": {"numerator": 1, "denominator": 1}});
    let options = |ids: &[&str]| -> Value {
        ids.iter().map(|id| json!({"id": id, "label": id.to_uppercase()})).collect()
    };
    let questions = json!([
        {"title": "Comptes", "options": options(&["oui"]),
         "method": {"yes-no": {"rule": {"majority": "simple"}}}},
        {"title": "Lieu", "options": options(&["port", "pre"]), "rules": {"quorum": quorum},
         "method": {"ranked": {"rule": "irv", "seats": 1}}},
        {"title": "Jour", "options": options(&["lundi", "mardi"]),
         "method": {"approval": {"seats": 1}}},
    ]);
    let body = json!({"title": "Automne", "electorate": "members", "closes_at": 0,
        "questions": questions});
    bench.write("questions.json", &body.to_string());
    let first = bench.founder("vote open --from questions.json --closes +6s").ok().text("/id");
    let opened = Instant::now();
    let shown = show(&bench, &first);
    let votes = shown["sheet"]["votes"].as_array().unwrap().clone();
    assert_eq!((votes.len(), &votes[0]), (3, &json!(first)));
    assert_eq!(shown["calendar"][0]["phase"], "ballots");
    let of = |place: usize| show(&bench, votes[place].as_str().unwrap());
    let cast = format!("vote cast {first} --answer");
    bench.as_member("alice", &format!("{cast} 4=for")).failed(2, "usage.value");
    bench.as_member("alice", &format!("{cast} 1=peut-être")).failed(2, "usage.value");
    bench
        .as_member("alice", &format!("{cast} 1=for --answer 2=port>pre --answer 3=lundi,mardi"))
        .ok();
    bench.as_member("bob", &format!("{cast} 1=blank --answer 3=mardi")).ok();
    // One question alone, by its own id.
    let place = votes[1].as_str().unwrap();
    bench.founder(&format!("vote cast {place} --rank pre>port")).ok();
    let other = bench.founder("vote open --title T --method approval --option a=A --closes +1d");
    let other = other.ok().text("/id");
    let refused = bench.as_member("alice", &format!("vote cast {other} --answer 1=a"));
    refused.failed(2, "usage.one-question");
    close(&bench, opened);
    assert_eq!(of(0)["decided"]["elected"], json!(["oui"]));
    assert_eq!(of(2)["decided"]["elected"], json!(["mardi"]));
    // Two of three have ranked places: the quorum asks for all.
    let quorum = of(1)["decided"]["quorum"].clone();
    assert_eq!((&quorum["present"], &quorum["missing"]), (&json!(2), &json!(1)));
    assert_eq!(of(1)["decided"]["elected"], json!([]));
    let people = bench.run(&format!("--data inst vote show {place}")).ok();
    for said in ["non atteint, il manque 1 (2 / 3)", "avis et motifs jusqu’au", "Automne : "] {
        assert!(people.out.contains(said), "{said}: {people:?}");
    }
    // With a lower quorum, or by another method, it would have been tied, or decided.
    let lower = format!("--data inst vote recount {place} --quorum 1/2 --method borda --json");
    let lower = bench.run(&lower).ok().json();
    assert_eq!((&lower["quorum"]["met"], &lower["hypothetical"]), (&json!(true), &json!(true)));
    assert_eq!(lower["outcome"]["winners"], json!(["PORT", "PRE"]));
    let as_it_was = bench.run(&format!("--data inst vote recount {place} --json")).ok().json();
    assert_eq!(as_it_was["quorum"]["met"], json!(false));
    assert_eq!(as_it_was["difference"], json!({"gained": [], "lost": []}));
}
