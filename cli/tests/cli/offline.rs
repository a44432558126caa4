//! Signing far from any instance, keys, and counting files.

use crate::bench::Bench;
use serde_json::json;

#[test]
fn what_is_signed_elsewhere_is_imported_once() {
    let bench = Bench::founded();
    let dry = bench.founder("proposal submit --title Essai --text Oui --dry-run").ok();
    assert!(dry.out.starts_with(r#"{"act":"proposal.submitted/1","author":"#), "{dry:?}");
    assert!(dry.out.contains(r#""body":{"text":"Oui","title":"Essai"}"#), "{dry:?}");
    assert_eq!(bench.run("--data inst view status --json").ok().text("/position"), "1");

    let signed = bench.founder("proposal submit --title Essai --text Oui --sign-only").ok();
    bench.write("actes.ndjson", &format!("{}\n\nnon\n{}", signed.out, signed.out));
    let report =
        bench.run("--data inst log import actes.ndjson --json").failed(1, "import.refused");
    let report = report.json();
    assert_eq!(report["accepted"], 1);
    assert_eq!(report["duplicates"], 1);
    assert_eq!(report["refused"], 1);
    assert_eq!(report["refusals"][0]["line"], 4);
    assert_eq!(report["refusals"][0]["code"], "http.envelope");
}

#[test]
fn the_same_id_is_recorded_once() {
    let bench = Bench::founded();
    let dry = bench.founder("proposal submit --title Essai --text Oui --dry-run").ok();
    let id = dry.text("/id");
    let submit = |text: &str| {
        bench.founder(&format!("proposal submit --title Essai --text {text} --id {id}"))
    };
    let first = submit("Oui").ok().json();
    let again = submit("Oui").ok().json();
    assert_eq!(
        (first["duplicate"].clone(), again["duplicate"].clone()),
        (json!(false), json!(true))
    );
    assert_eq!((&first["id"], &first["leaf"]), (&again["id"], &again["leaf"]));
    submit("Non").failed(1, "statement.id-conflict");
    let stale = r#"--if {"unchanged":{"since":0,"streams":["instance/x"]}}"#;
    bench
        .founder(&format!("proposal submit --title Essai --text Oui {stale}"))
        .failed(1, "condition.stream-unknown");
}

#[test]
fn keys_live_in_files_and_are_proved_replaced_and_revoked() {
    let bench = Bench::founded();
    let made = bench.run("key new --name carol --data inst --json").ok();
    let (member, key, proof) =
        (made.text("/member"), made.text("/public_key"), made.text("/proof"));
    let proved = bench.run("--me carol.json key prove --json").ok();
    assert_eq!(proved.text("/proof"), proof);
    bench
        .founder(&format!("member admit --member {member} --public-key {key} --proof {proof}"))
        .ok();
    assert_eq!(bench.run("key show carol.pem --json").ok().text("/public_key"), key);
    assert!(bench.run("key show carol.pem --pem").ok().out.contains("BEGIN PUBLIC KEY"));
    bench.run("key new carol.pem").failed(1, "key-file.exists");

    bench.write("mdp", "sésame\n");
    bench.run("key encrypt carol.pem --password-file mdp").ok();
    let submit = "proposal submit --title T --text t";
    bench.as_member("carol", submit).failed(1, "key-file.password-needed");
    bench.as_member("carol", &format!("--password-file mdp {submit}")).ok();
    bench.write("faux", "ouvre-toi\n");
    bench
        .as_member("carol", &format!("--password-file faux {submit}"))
        .failed(1, "key-file.wrong-password");

    bench.as_member("carol", "--password-file mdp key rotate --new-key carol2.pem").ok();
    bench.as_member("carol", submit).ok();
    bench
        .as_member("carol", &format!("--key carol.pem --password-file mdp {submit}"))
        .failed(1, "key.revoked");
    bench.as_member("carol", "key enrol --new-key tel.pem").ok();
    bench.as_member("carol", "key revoke --public-key tel.pem").ok();
    bench.as_member("carol", "key revoke --public-key carol2.pem").failed(1, "key.last");
    bench.as_member("carol", "member leave").ok();
    bench.as_member("carol", submit).failed(1, "author.left");
}

#[test]
fn ballot_files_are_counted_without_an_instance() {
    let bench = Bench::empty();
    bench.write("notes.csv", ",A,B\n1,3,1\n2,2,2\n3,3,1\n");
    let counted = bench.run("count notes.csv --method majority-judgment --json").ok();
    assert!(
        counted.out.starts_with(r#"{"method":"majority-judgment","options":["A","B"],"winners":"#)
    );
    assert_eq!(counted.json()["winners"], json!(["A"]));
    assert_eq!(counted.json()["ballots"]["valid"], 3);
    let people = bench.run("count notes.csv --method majority-judgment").ok();
    assert!(people.out.contains("retenu·es: A"), "{people:?}");
    bench.run("count notes.csv --method approval").failed(1, "cli.count");
    bench.run("count absent.csv --method approval").failed(1, "cli.file");
    let list = bench.run("count --list --json").ok().json();
    let methods = list["methods"].as_array().unwrap();
    let all = "yes-no consent approval score dots quadratic majority-judgment usual-judgment \
        typical-judgment central-judgment plurality two-round borda irv copeland minimax-margins \
        minimax-winning-votes schulze-margins schulze-winning-votes ranked-pairs-margins \
        ranked-pairs-winning-votes stv-scottish stv-meek pav seq-pav seq-phragmen equal-shares \
        pb-greedy-votes pb-greedy-votes-per-cost pb-equal-shares-cost pb-equal-shares-cardinality";
    assert_eq!(*methods, all.split_whitespace().collect::<Vec<_>>());
    let people = bench.run("count --list --lang en").ok();
    assert!(methods.iter().all(|method| people.out.contains(method.as_str().unwrap())));
    // Rankings, and the seats that the file asks for.
    let names = "\"A\"\n\"B\"\n\"C\"\n\"Wards\"\n";
    bench.write("wards.blt", &format!("3 2\n4 1 2 0\n3 2 0\n2 3 2 0\n0\n{names}"));
    let counted = bench.run("count wards.blt --method stv-scottish --json").ok().json();
    assert_eq!(counted["winners"], json!(["A", "B"]));
    let counted = bench.run("count wards.blt --method irv --json").ok().json();
    assert_eq!((&counted["winners"], &counted["method"]), (&json!(["B"]), &json!("irv")));
    let budget = "META\nkey;value\nbudget;10\nvote_type;approval\nPROJECTS\nproject_id;cost\n\
        b;6\na;6\nc;3\nVOTES\nvoter_id;vote\n1;a,c\n2;b,c\n";
    bench.write("town.pb", budget);
    let greedy = "count town.pb --method pb-greedy-votes --tie-break declared-order --json";
    let counted = bench.run(greedy).ok().json();
    assert_eq!(counted["winners"], json!(["c", "a", "b"]));
    assert_eq!(counted["evidence"]["budget"]["committees"], json!([["a", "c"], ["b", "c"]]));
    assert_eq!(counted["decided"], json!({"by": "declared-order", "winners": ["b", "c"]}));
    let shares = "count town.pb --method pb-equal-shares-cost";
    let people = bench.run(&format!("{shares} --completion add1u --lang en")).ok();
    assert!(people.out.contains("winners: c, a, b"), "{people:?}");
    bench.run(&format!("{shares} --completion phragmen")).failed(1, "cli.count");
    bench.run(&format!("{shares} --completion all")).failed(2, "usage.arguments");
    let cut = "3 2\n4 1 2 0\n3 2 0";
    bench.write("cut.blt", cut);
    let failed = bench.run("count cut.blt --method irv --lang en").failed(1, "cli.count");
    assert!(failed.err.contains("line 4"), "{failed:?}");
}

#[test]
fn what_is_no_ballot_file_is_not_counted() {
    let bench = Bench::empty();
    for text in ["hello\n", "<html>\n1\n", "{\"a\":1}\n1\n", "A,B\n"] {
        bench.write("any", text);
        let failed = bench.run("count any --method irv --lang en").failed(2, "usage.format");
        assert!(failed.err.contains("preflib-order, preflib-cat, blt"), "{failed:?}");
        assert!(failed.err.contains("--format"), "{failed:?}");
    }
}

#[test]
fn projects_are_shown_with_their_names() {
    let bench = Bench::empty();
    let budget = "META\nkey;value\nbudget;10\nvote_type;approval\nPROJECTS\n\
        project_id;cost;name\n7;6;Jardin\n8;6;Banc \u{1b}[31m\nVOTES\nvoter_id;vote\n1;7\n1;7,8\n";
    bench.write("town.pb", budget);
    let people = bench.run("count town.pb --method pb-greedy-votes --lang en").ok();
    assert!(people.out.contains("Jardin") && people.out.contains("Banc"), "{people:?}");
    assert!(!people.out.contains('\u{1b}'), "{people:?}");
    assert!(people.err.contains("the voter “1” occurs again"), "{people:?}");
    let counted = bench.run("count town.pb --method pb-greedy-votes --json").ok().json();
    assert_eq!((&counted["winners"], counted.get("titles")), (&json!(["7"]), None));
}
