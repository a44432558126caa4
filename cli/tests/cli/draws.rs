//! Draws by lot and rotations, from files to files, without any instance.

use crate::bench::{Answer, Bench};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Numbers of RFC 3797, and out of how many each is taken.
const NUMBERS: &str = "--numbers 9319/2,5,12,8,10/9,18,26,34,41,45 \
    --source Dette=1/10000 --source Loto=5/49 --source Six=6/49";
/// Round 123 of quicknet, as drand answers it.
const ROUND: &str = concat!(
    r#"{"round":123,"signature":"b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d4376"#,
    r#"5482e26cd02df835d3546d23c4b13e0dfc92"}"#
);

/// The worked instance: 100, 99 and one person, each feature 9 to 20 of 20.
fn worked(bench: &Bench) {
    let features = |n: usize| match n {
        0..100 => "m,c",
        100..199 => "f,l",
        _ => "f,c",
    };
    let rows: Vec<String> = (0..200).map(|n| format!("p{n:03},{}\n", features(n))).collect();
    let people = |rows: &mut dyn Iterator<Item = &String>| {
        format!("id,gender,leaning\n{}", rows.cloned().collect::<String>())
    };
    bench.write("people.csv", &people(&mut rows.iter()));
    bench.write("reversed.csv", &people(&mut rows.iter().rev()));
    bench.write("quotas.csv", &quotas(9));
    bench.write("unmet.csv", &quotas(12));
}

fn quotas(least: u32) -> String {
    format!(
        "feature,value,min,max\ngender,f,{least},20\ngender,m,9,20\n\
         leaning,c,9,20\nleaning,l,9,20\n"
    )
}

/// Redone by the other implementation, if there is a Python to run it.
fn redone_in_python(bench: &Bench, file: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/interop/draw.py");
    match Command::new("python3").arg(script).arg(bench.path(file)).output() {
        Ok(output) => {
            let answer = Answer::from(output).ok();
            assert!(answer.out.contains("1 draws and cases agree"), "{answer:?}");
        }
        Err(error) => eprintln!("not redone in Python: {error}"),
    }
}

fn read(bench: &Bench, file: &str) -> String {
    std::fs::read_to_string(bench.path(file)).unwrap()
}

/// The same file with one text exchanged for another.
fn tampered(bench: &Bench, file: &str, from: &str, to: &str) {
    let text = read(bench, file);
    assert!(text.contains(from), "{from}");
    bench.write("tampered.json", &text.replacen(from, to, 1));
}

#[test]
fn a_panel_with_quotas_is_drawn_checked_and_told() {
    let bench = Bench::empty();
    worked(&bench);
    let design = "--quotas quotas.csv --seats 20 --alternates 2";
    let chances = bench.run(&format!("draw chances --people people.csv {design} --json")).ok();
    let said = chances.json();
    assert_eq!(said["certificate"]["leximin"], true);
    let each = said["chances"].as_object().unwrap();
    assert_eq!(each.len(), 200);
    assert!(each.values().all(|chance| chance == "1/10"), "{said}");
    let words = format!("draw run {design} {NUMBERS} --json");
    let run = format!("{words} --people people.csv --out d.json --certificate c.json");
    let drawn = bench.run(&run).ok();
    assert!(drawn.err.contains("rien n'avait été annoncé"), "{drawn:?}");
    assert!(drawn.err.contains("trop peu de hasard : 56 bits"), "{drawn:?}");
    let json = drawn.json();
    assert_eq!(json["panel"].as_array().unwrap().len(), 20);
    assert!(json["panel"].as_array().unwrap().iter().all(|one| one["chance"] == "1/10"));
    bench.run(&run).failed(1, "cli.exists");
    // Another order of lines, and no certificate: the same file.
    bench.run(&format!("{words} --people reversed.csv --out again.json")).ok();
    assert_eq!(read(&bench, "d.json"), read(&bench, "again.json"));
    redone_in_python(&bench, "d.json");

    let verify = "draw verify d.json --people reversed.csv --quotas quotas.csv --lang en";
    let verified = bench.run(verify).ok();
    assert!(verified.out.contains("checked: file, seed, panel, people, quotas"), "{verified:?}");
    assert!(verified.out.contains("(exact leximin), proven by 1 level(s)"), "{verified:?}");
    bench.run(&format!("{verify} --certificate c.json")).ok();
    bench.run("draw verify d.json --quotas unmet.csv").failed(1, "draw.no-panel");
    // Quotas that are met, but not as fairly as can be: never called leximin.
    bench.write("tight.csv", &quotas(9).replace("f,9,20", "f,9,9"));
    let tight = "draw run --people people.csv --quotas tight.csv --seats 20 --out tight.json";
    bench.run(&format!("{tight} {NUMBERS}")).ok();
    let unfair = bench.run("draw verify tight.json --quotas quotas.csv --json").ok().json();
    assert_eq!(unfair["certificate"]["leximin"], false);
    // Somebody has no chance at all.
    assert_eq!(unfair["certificate"]["shortfall"], "1");
    let unfair = bench.run("draw verify tight.json --quotas quotas.csv --lang en").ok();
    assert!(unfair.out.contains("NOT the most equal"), "{unfair:?}");
    assert!(!unfair.out.contains("leximin"), "{unfair:?}");
    // A certificate that claims less than what the quotas allow is none.
    tampered(&bench, "c.json", r#""probability":"1/10""#, r#""probability":"1/20""#);
    let other = verify.to_owned() + " --certificate tampered.json";
    bench.run(&other).failed(1, "leximin.wrong-cap");

    let seat = json["panel"][0]["id"].as_str().unwrap();
    let told = bench.run(&format!("draw show d.json --person {seat} --lang en")).ok();
    assert!(told.out.contains("has a seat") && told.out.contains("1/10 (10.00 %)"), "{told:?}");
    let drawn = read(&bench, "d.json");
    let strata = drawn.split("\"strata\"").nth(1).unwrap();
    let left = (0..200).map(|n| format!("p{n:03}")).find(|id| !strata.contains(id)).unwrap();
    let told = bench.run(&format!("draw show d.json --person {left}")).ok();
    assert!(told.out.contains("n'a pas été tiré·e au sort"), "{told:?}");
    assert!(bench.run("draw show d.json").ok().out.contains("Pour refaire le tirage"));
    bench.run("draw show d.json --person nobody").failed(1, "draw.unknown-person");
}

#[test]
fn what_is_tampered_with_is_named() {
    let bench = Bench::empty();
    worked(&bench);
    bench.write("round.json", ROUND);
    let run = "draw run --people people.csv --quotas quotas.csv --seats 20 --beacon round.json";
    let run = bench.run(&format!("{run} --out d.json --json")).ok().json();
    bench.run("draw verify d.json --json").ok();
    redone_in_python(&bench, "d.json");
    let seat = run["panel"][0]["id"].as_str().unwrap();
    let seed = run["seed"].as_str().unwrap();
    let other_seed = format!("\"{}\"", "0".repeat(64));
    let cases = [
        (r#"{"features":{"gender":"m""#, r#"{"features":{"gender":"f""#, "file.pool-root"),
        (r#""alternates":0,"#, r#""alternates":1,"#, "file.parameters-hash"),
        (r#""round":123}},"comp"#, r#""round":124}},"comp"#, "entropy.wrong-round"),
        ("b75c69d0", "b75c69d1", "entropy.bad-signature"),
        (&format!("\"{seed}\"")[..], &other_seed[..], "entropy.foreign"),
        (&format!(r#""drawn":["{seat}""#), r#""drawn":["p000""#, "file.panel"),
        ("archipel.draw/1", "archipel.draw/9", "file.format"),
        (r#""announced""#, r#" "announced""#, "file.not-canonical"),
        (r#""strata""#, r#""stratum""#, "file.not-a-draw"),
    ];
    for (from, to, code) in cases {
        tampered(&bench, "d.json", from, to);
        bench.run("draw verify tampered.json").failed(1, code);
    }
    bench.write("less.csv", &read(&bench, "people.csv").replace("p042,m,c\n", ""));
    let other = bench.run("draw verify d.json --people less.csv").failed(1, "draw.other-people");
    assert!(other.err.contains("p042"), "{other:?}");
}

#[test]
fn what_was_announced_is_what_is_drawn() {
    let bench = Bench::empty();
    worked(&bench);
    bench.write("round.json", ROUND);
    let announce = "draw announce --people people.csv --seats 5";
    let late = bench.run(&format!("{announce} --round 123 --out a.json --lang en"));
    let late = late.failed(1, "entropy.round-past");
    assert!(late.err.contains("too late"), "{late:?}");
    let said = bench.run(&format!("{announce} --after +1h --out future.json --json")).ok().json();
    assert_eq!(said["bits"]["held"], 256);
    let run = "draw run --people people.csv";
    let future = format!("{run} --announced future.json --beacon round.json");
    bench.run(&future).failed(1, "entropy.wrong-round");
    bench
        .run(&format!("{run} --announced future.json {NUMBERS}"))
        .failed(1, "announced.other-source");
    // An announcement that says it was made before a round that had come.
    let text = read(&bench, "future.json");
    let (_, rest) = text.split_once(r#""announced_at":"#).unwrap();
    let at = rest.split(',').next().unwrap();
    tampered(&bench, "future.json", at, "4000000000000");
    let words = format!("{run} --announced tampered.json --beacon round.json");
    bench.run(&words).failed(1, "entropy.round-past");

    let sources = "--source Dette=1/10000 --source Loto=5/49 --source Six=6/49";
    bench.run(&format!("{announce} {sources} --out a.json")).ok();
    let numbers = "--announced a.json --numbers 9319/2,5,12,8,10/9,18,26,34,41,45";
    bench.run(&format!("{run} {numbers} --out d.json")).ok();
    bench.run("draw verify d.json --announced a.json --people people.csv").ok();
    bench.run("draw verify d.json --announced future.json").failed(1, "announced.other-draw");
    redone_in_python(&bench, "d.json");
    bench.run(&format!("{run} {numbers} --seats 6")).failed(1, "announced.other-parameters");
    bench.run(&format!("{run} {numbers} --seats 5")).ok();
    bench.write("more.csv", &(read(&bench, "people.csv") + "zoe,f,l\n"));
    let more = format!("draw run --people more.csv {numbers}");
    bench.run(&more).failed(1, "announced.other-pool");
    let fewer = "--announced a.json --numbers 9319/2,5,12,8/9,18,26,34,41,45";
    bench.run(&format!("{run} {fewer}")).failed(1, "entropy.numbers");
    // What is announced as proof counts only with the quotas.
    let quotas = "draw announce --people people.csv --quotas quotas.csv --seats 20";
    bench.run(&format!("{quotas} {sources} --out q.json")).ok();
    let numbers = numbers.replace("a.json", "q.json");
    let unproven = bench.run(&format!("{run} {numbers} --json")).ok().json();
    assert_eq!(unproven["certificate"], Value::Null);
    let proven = bench.run(&format!("{run} {numbers} --quotas quotas.csv --json")).ok().json();
    assert_eq!(proven["certificate"]["leximin"], true);
    assert_eq!(proven["seed"], unproven["seed"]);
    tampered(&bench, "q.json", r#""cap":"1/10""#, r#""cap":"1/5""#);
    let words = format!("{run} {} --quotas quotas.csv", numbers.replace("q.json", "tampered.json"));
    bench.run(&words).failed(1, "leximin.wrong-cap");
    let numbers = numbers.replace("q.json", "a.json");
    tampered(&bench, "a.json", r#""seats":5"#, r#""seats":6"#);
    let words = format!("{run} {}", numbers.replace("a.json", "tampered.json"));
    bench.run(&words).failed(1, "announced.parameters-hash");
}

#[test]
fn secrets_groups_and_households() {
    let bench = Bench::empty();
    let mut people = "id,group,household\n".to_owned();
    for n in 0..30 {
        let group = if n < 20 { "nord" } else { "sud" };
        let household = if n % 2 == 0 { format!("maison {n}") } else { String::new() };
        people += &format!("p{n},{group},{household}\n");
    }
    people += "p99,nord,maison 0\n";
    bench.write("people.csv", &people);
    // SHA-256 of 32 bytes of 0, of 1 and of 2.
    let commitments = [
        "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925",
        "72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793",
        "75877bb41d393b5fb8455ce60ecd8dda001d06316496b14dfa7f895656eeca4a",
    ];
    bench.write("commitments", &commitments.join("\n"));
    let secret = |byte: &str| byte.repeat(32) + "\n";
    bench.write("secrets", &(secret("02") + &secret("00")));
    bench.write("wrong", &(secret("02") + &secret("05")));
    let run = "draw run --people people.csv --by-group nord=3,sud=1 --seats 4 --one-per-household \
        --commitments commitments --alternates 1 --json";
    bench.run(&format!("{run} --secrets secrets")).failed(1, "entropy.too-few-reveals");
    bench.run(&format!("{run} --least 2 --secrets wrong")).failed(1, "entropy.not-the-committed");
    let drawn = bench.run(&format!("{run} --least 2 --secrets secrets --out d.json")).ok().json();
    assert_eq!(drawn["bits"]["held"], 256);
    assert_eq!(drawn["alternates"].as_array().unwrap().len(), 2);
    redone_in_python(&bench, "d.json");
    bench.run("draw verify d.json --people people.csv").ok();
    let chances = "draw chances --people people.csv --seats 4 --one-per-household";
    let of = |words: &str| bench.run(&format!("{chances} {words} --json")).ok().text("/chance");
    // Of 20 households in the north three have a seat; p99 shares one with p0.
    assert_eq!(of("--by-group nord=3,sud=1 --person p1"), "3/20");
    assert_eq!(of("--by-group nord=3,sud=1 --person p99"), "3/40");
    assert_eq!(of("--by-weight people --person p1"), "3/20");
    bench.run(&format!("{chances} --by-group nord=3")).failed(1, "draw.seats-do-not-add-up");
    bench.run(&format!("{chances} --by-group nord")).failed(1, "draw.group");
    bench.run("draw chances --people people.csv").failed(2, "usage.arguments");
    bench.run("draw run --people people.csv --seats 2").failed(2, "usage.arguments");
    // With quotas, one of each household is drawn before, in a draw of its own.
    let quotas = "feature,value,min,max\ngroup,nord,1,3\ngroup,sud,1,3\n";
    bench.write("quotas.csv", quotas);
    let panel = "draw chances --people people.csv --quotas quotas.csv --seats 4";
    bench.run(&format!("{panel} --one-per-household")).failed(1, "draw.households-not-here");
    let before = format!("draw run --people people.csv --every-household {NUMBERS} --json");
    let before = bench.run(&format!("{before} --out before.json")).ok().json();
    assert_eq!(before["panel"].as_array().unwrap().len(), 30);
    redone_in_python(&bench, "before.json");
    let chances = bench.run(&format!("{panel} --among before.json --json")).ok().json();
    assert_eq!(
        (&chances["people"], &chances["certificate"]["leximin"]),
        (&30.into(), &true.into())
    );
    let rfc = format!("draw run --people people.csv --rfc3797 --seats 3 {NUMBERS}");
    bench.run(&format!("{rfc} --out r.json")).ok();
    redone_in_python(&bench, "r.json");
    bench.run("draw verify r.json").ok();
}

#[test]
fn quotas_that_can_not_be_met_say_what_to_relax() {
    let bench = Bench::empty();
    worked(&bench);
    let words = "draw chances --people people.csv --quotas unmet.csv --seats 20";
    let people = bench.run(&format!("{words} --lang en")).failed(1, "draw.no-panel");
    assert!(people.err.contains("gender=f min 12 → 11 (in all 1)"), "{people:?}");
    let machine = bench.run(&format!("{words} --json")).failed(1, "draw.no-panel").json();
    assert_eq!(machine["code"], "draw.no-panel");
    assert_eq!(machine["relax"][0]["min_lowered"], 1);
    bench.write("unknown.csv", "feature,value,min,max\ngender,f,1,20\n");
    let words = "draw chances --people people.csv --quotas unknown.csv --seats 20";
    bench.run(words).failed(1, "draw.people");
    bench.write("none.csv", "who\n1\n");
    let words = "draw chances --people people.csv --quotas none.csv --seats 20";
    bench.run(words).failed(1, "draw.quotas");
}

#[test]
fn a_rotation_is_planned_and_checked() {
    let bench = Bench::empty();
    let table = "name,lundi,mardi,mercredi\nAna,oui,oui,oui\nBo,oui,oui,non\nChloé,x,x,x\n";
    bench.write("table.csv", table);
    let seed = "07".repeat(32);
    let plan = format!("role plan table.csv --role caisse --role veille --seed {seed} --top 1");
    let people = bench.run(&format!("{plan} --lang en")).ok();
    for word in ["caisse 1", "mercredi", "Chloé", "Gini 2/13", "no other plan is as good"] {
        assert!(people.out.contains(word), "{word}: {people:?}");
    }
    let made = bench.run(&format!("{plan} --json")).ok();
    assert_eq!(made.json()["optimal"], true);
    assert_eq!(made.json()["plan"]["objective"]["filled"], 6);
    bench.write("plan.json", &made.out);
    let check = format!("{plan} --check plan.json --json");
    assert_eq!(bench.run(&check).ok().json()["checked"], true);
    // The same from the request in JSON, whatever names people have.
    let request = bench.run(&format!("{plan} --print-request")).ok();
    bench.write("request.json", &request.out);
    let again = bench.run("role plan request.json --json").ok().json();
    assert_eq!(again["plan"], made.json()["plan"]);
    let mut other: Value = made.json();
    other["plan"]["objective"]["filled"] = 5.into();
    bench.write("other.json", &other.to_string());
    let check = format!("{plan} --check other.json");
    bench.run(&check).failed(1, "plan.filled");
    let vacant = bench.run(&format!("role plan table.csv --role caisse=3 --seed {seed} --lang en"));
    let vacant = vacant.ok();
    assert!(vacant.out.contains("Vacant places"), "{vacant:?}");
    assert!(vacant.out.contains("2 × holds the role already") || vacant.out.contains("all"));
    let zero = bench.run(&format!("{plan} --max-consecutive 0"));
    zero.failed(1, "rotation.never-held");
    bench.run("role plan table.csv --role caisse").failed(2, "usage.arguments");
    bench.write("bad.json", r#"{"periods":1,"more":2}"#);
    bench.run("role plan bad.json").failed(1, "plan.request");
    bench.run("role plan request.json --check bad.json").failed(1, "plan.file");
}
