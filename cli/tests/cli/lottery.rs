//! Draws by lot on the log, by the command line alone.

use crate::bench::Bench;
use archipel_engine::crypto::Drand;
use archipel_engine::draw::check;
use serde_json::Value;

/// Three secrets and their commitments.
fn secrets(bench: &Bench) -> Vec<(String, String)> {
    let made = (0..3).map(|_| bench.run("--data inst --json lottery secret").ok());
    made.map(|made| (made.text("/secret"), made.text("/commitment"))).collect()
}

fn options(name: &str, values: impl Iterator<Item = String>) -> String {
    values.map(|value| format!(" --{name} {value}")).collect()
}

#[test]
fn members_are_drawn_decline_and_are_replaced() {
    let bench = Bench::founded();
    bench.admit("alice");
    bench.admit("bob");
    let made = secrets(&bench);
    let commitments = options("commitment", made.iter().map(|(_, commitment)| commitment.clone()));
    let announce = format!(
        "lottery announce Jury --purpose Relire --seats 1 --alternates 2 --comes-at +1d\
         {commitments}"
    );
    bench.as_member("alice", &announce).failed(1, "mandate.as-required");
    let draw = bench.founder(&announce).ok().text("/id");
    bench.founder(&announce).failed(1, "entropy.replayed");

    let all = options("secret", made.iter().map(|(secret, _)| secret.clone()));
    let early = format!("lottery draw {draw} --secret missing --secret missing --secret missing");
    bench.as_member("bob", &early).failed(1, "draw.too-early");
    bench
        .as_member("bob", &format!("lottery draw {draw} --numbers 1,2"))
        .failed(1, "draw.too-early");
    bench.as_member("bob", &format!("lottery draw {draw}{all}")).ok();
    bench.as_member("bob", &format!("lottery draw {draw}{all}")).failed(1, "draw.already-drawn");

    let shown = bench.run(&format!("--data inst --json lottery show {draw}")).ok();
    let (first, next) = (shown.text("/data/panel/0/first"), "/data/drawn/strata/0/alternates/0");
    let next = shown.text(next);
    assert_eq!(shown.text("/data/chances/0/chance"), "1/3");
    let decline = format!("lottery decline {draw} --person {first} --reason Absence");
    bench.founder(&decline).ok();
    bench.founder(&decline).failed(1, "draw.already-declined");
    let shown = bench.run(&format!("--data inst --json lottery show {draw}")).ok();
    assert_eq!(shown.text("/data/panel/0/holder"), next);

    let file = bench.run(&format!("--data inst lottery file {draw}")).ok().out;
    let published = check(file.as_bytes(), &Drand).unwrap();
    assert_eq!(published.strata[0].drawn, [first]);
    let list = bench.run("--data inst lottery list").ok();
    assert!(list.out.contains("Jury"), "{list:?}");
    bench.run(&format!("--data inst lottery show {draw}")).ok();
    bench.run("--data inst audit verify").ok();
}

/// People in a file: drawn elsewhere, listed from what was published.
#[test]
fn people_of_a_file_are_listed_from_it() {
    let bench = Bench::founded();
    let root = env!("CARGO_MANIFEST_DIR");
    let vector = format!("{root}/../fixtures/vectors/v1/draws/seats_secrets.json");
    let published = std::fs::read_to_string(vector).unwrap();
    let file: Value = serde_json::from_str(&published).unwrap();
    bench.write("panel.json", &published);
    let text = |pointer: &str| file.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    let announced = file.pointer("/announced/secrets/commitments").and_then(Value::as_array);
    let commitments = announced.unwrap().iter().map(|one| one.as_str().unwrap().to_owned());
    let reveal = |one: &Value| {
        let secret = one.pointer("/secret").and_then(Value::as_str);
        secret.unwrap_or("missing").to_owned()
    };
    let reveals = file.pointer("/entropy/secrets").and_then(Value::as_array).unwrap();
    let people = file["pool"].as_array().unwrap().len();
    let announce = format!(
        "lottery announce Panel --purpose Relire --seats {} --file {} {people} {} \
         --comes-at +2s --least 1{}",
        file["parameters"]["seats"],
        text("/pool_root"),
        text("/parameters_hash"),
        options("commitment", commitments),
    );
    let draw = bench.founder(&announce).ok().text("/id");
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    let reveals = options("secret", reveals.iter().map(reveal));
    bench.founder(&format!("lottery draw {draw}{reveals}")).failed(1, "draw.list");
    bench.founder(&format!("lottery draw {draw}{reveals} --file panel.json")).ok();
    let shown = bench.run(&format!("--data inst --json lottery show {draw}")).ok();
    assert_eq!(shown.text("/data/panel/0/first"), text("/strata/0/drawn/0"));
    bench.run(&format!("--data inst lottery file {draw}")).failed(1, "query.not-found");
}
