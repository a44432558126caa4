//! The published draws of `fixtures/vectors/v1/draws`, made here once and never again: what is
//! missing is written, what is there must be what is made. `tests/interop/draw.py` redoes them.

use super::{leo, quicknet};
use crate::crypto::Drand;
use crate::draw::{Published, check};
use archipel_domain::draw::{
    Announcement, Composition, Design, Distribution, Entropy, Fallback, NumberSource, Parameters,
    Person, Pool, Reveal, commitment,
};
use archipel_domain::id::{Hash, StatementId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/vectors/v1/draws").join(name)
}

/// What is stored, or what is made, which then is stored.
fn stored(name: &str, made: &str) -> String {
    let path = path(name);
    if !path.exists() {
        std::fs::write(&path, made).unwrap();
    }
    std::fs::read_to_string(path).unwrap()
}

fn person(id: String) -> Person {
    Person { features: BTreeMap::new(), group: None, household: None, id }
}

fn parameters(design: Design, seats: u32, alternates: u32) -> Parameters {
    Parameters { alternates, design, fallback: Fallback::Empty, one_per_household: false, seats }
}

fn groups(pairs: &[(&str, u32)]) -> BTreeMap<String, u32> {
    pairs.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect()
}

fn numbers() -> (Announcement, Entropy) {
    let source = |name: &str, of, taken| NumberSource { name: name.to_owned(), of, taken };
    let sources =
        vec![source("shares traded", 10_000, 1), source("five", 40, 5), source("six", 49, 6)];
    let numbers = vec![vec![9319], vec![2, 5, 12, 8, 10], vec![9, 18, 26, 34, 41, 45]];
    (Announcement::Numbers { sources }, Entropy::Numbers(numbers))
}

fn secrets() -> (Announcement, Entropy) {
    let secrets = [b"one", b"two", b"six"].map(|word| Hash::of(word));
    let commitments = secrets.map(|secret| Hash::of(&secret.0)).into();
    let reveals = vec![Reveal::Secret(secrets[0]), Reveal::Missing, Reveal::Secret(secrets[2])];
    (Announcement::Secrets { commitments, least: 2 }, Entropy::Secrets(reveals))
}

fn beacon(beacon: archipel_domain::draw::Beacon) -> (Announcement, Entropy) {
    let announced = Announcement::Beacon { chain: beacon.chain, round: beacon.round };
    (announced, Entropy::Beacon(beacon))
}

/// 12 women and 11 men of the north, 8 women and 9 men of the south, and one more.
fn composed() -> (Vec<Person>, Parameters) {
    let types = [("female", "north", 12), ("female", "south", 8), ("male", "north", 11)]
        .into_iter()
        .chain([("male", "south", 9), ("other", "north", 1)]);
    let mut people = Vec::new();
    let mut names = Vec::new();
    for (gender, region, count) in types {
        names.push(vec![gender.to_owned(), region.to_owned()]);
        for number in 0..count {
            let text = format!("{gender}-{region}-{number}");
            let salt = Hash::of(text.as_bytes()).0;
            let mut person = person(commitment(&text, &salt).to_string());
            person.features.insert("gender".to_owned(), gender.to_owned());
            person.features.insert("region".to_owned(), region.to_owned());
            people.push(person);
        }
    }
    let weighted = |(weight, counts): (u32, [u32; 5])| Composition {
        counts: counts.into(),
        weight: num_bigint_of(weight),
    };
    let rows = [(13, [1, 2, 2, 1, 0]), (5, [2, 1, 1, 1, 1]), (20, [2, 1, 1, 2, 0])];
    let compositions: Vec<Composition> = rows.into_iter().map(weighted).collect();
    let denominator = compositions.iter().map(|each| &each.weight).sum();
    let features = ["gender", "region"].map(str::to_owned).into();
    let distribution = Distribution { compositions, denominator, features, types: names };
    let rules = Parameters {
        fallback: Fallback::Nearest,
        ..parameters(Design::Composed(distribution), 6, 2)
    };
    (people, rules)
}

/// A weight of more than 256 bits.
fn num_bigint_of<T: From<u32> + std::ops::Mul<Output = T> + Clone>(weight: u32) -> T {
    (0..40).fold(T::from(weight), |product, _| product * T::from(1009))
}

fn draws() -> Vec<(&'static str, Published)> {
    let numbered = (1..=25).map(|number| person(format!("n{number:02}"))).collect();
    let homes = (0..30).map(|number| {
        let household = (number % 3 != 0).then(|| format!("maison {}", number / 4));
        Person { household, ..person(format!("personne-{number}")) }
    });
    let grouped = |sizes: &[(&str, u32)]| {
        let of = |(name, size): &(&str, u32)| {
            let name = (*name).to_owned();
            (0..*size).map(move |number| Person {
                group: Some(name.clone()),
                ..person(format!("{name}/{number}"))
            })
        };
        sizes.iter().flat_map(of).collect::<Vec<Person>>()
    };
    let seats = Parameters {
        fallback: Fallback::Order(vec![1, 0]),
        ..parameters(Design::Seats(groups(&[("est", 2), ("nord", 3), ("île", 1)])), 6, 2)
    };
    let weights = parameters(Design::Weights(groups(&[("a", 1), ("b", 1), ("c", 2)])), 6, 1);
    let simple = Parameters { one_per_household: true, ..parameters(Design::Simple, 5, 4) };
    let (composed_people, composed) = composed();
    let cases = [
        ("composed_mainnet.json", composed_people, composed, beacon(leo())),
        ("rfc3797.json", numbered, parameters(Design::Rfc3797, 10, 1), numbers()),
        ("seats_secrets.json", grouped(&[("est", 9), ("nord", 8), ("île", 2)]), seats, secrets()),
        (
            "simple_numbers.json",
            homes.clone().collect(),
            parameters(Design::Simple, 5, 4),
            numbers(),
        ),
        ("simple_quicknet.json", homes.collect(), simple, beacon(quicknet())),
        (
            "weights_quicknet.json",
            grouped(&[("a", 5), ("b", 4), ("c", 6)]),
            weights,
            beacon(quicknet()),
        ),
    ];
    let made = (0_u128..).zip(cases).map(|(number, (name, people, rules, (announced, shown)))| {
        let id = StatementId::from_parts(1_790_000_000_000, number);
        let pool = Pool::new(people).unwrap();
        (name, Published::new(id, &pool, rules, announced, shown, &Drand).unwrap())
    });
    made.collect()
}

/// Draws with one thing tampered: of which, what, where, with what, and how it is found out.
fn tampered() -> Value {
    let hash = Hash::of(b"another").to_string();
    let case = |name: &str, of: &str, fault: &str, at: Value, value: Value| {
        let mut case = json!({"name": name, "of": of, "fault": fault});
        case["at"] = at;
        case["value"] = value;
        case
    };
    let forged = hex::encode([0xc0; 96]);
    let (mainnet, quicknet) = ("composed_mainnet.json", "simple_quicknet.json");
    let (secrets, numbers) = ("seats_secrets.json", "rfc3797.json");
    let copied: Vec<String> =
        [&b"one"[..], b"two", b"two"].map(|word| Hash::of(&Hash::of(word).0).to_string()).into();
    json!([
        case(
            "a commitment copied",
            secrets,
            "entropy.repeated-commitment",
            json!(["announced", "secrets", "commitments"]),
            json!(copied)
        ),
        case("another format", numbers, "file.format", json!(["format"]), json!("archipel.draw/2")),
        case("somebody else", quicknet, "file.pool-root", json!(["pool", 0, "id"]), json!("a")),
        case("moved", quicknet, "file.pool-root", json!(["pool", 0, "household"]), json!("x")),
        case(
            "another type",
            mainnet,
            "file.pool-root",
            json!(["pool", 3, "features", "gender"]),
            json!("other")
        ),
        case("another pool", quicknet, "file.pool-root", json!(["pool_root"]), json!(hash)),
        case(
            "more seats",
            quicknet,
            "file.parameters-hash",
            json!(["parameters", "seats"]),
            json!(6)
        ),
        case(
            "heavier",
            mainnet,
            "file.parameters-hash",
            json!(["parameters", "design", "composed", "compositions", 0, "weight"]),
            json!("1")
        ),
        case(
            "other parameters",
            numbers,
            "file.parameters-hash",
            json!(["parameters_hash"]),
            json!(hash)
        ),
        case(
            "replayed in another draw",
            quicknet,
            "entropy.foreign",
            json!(["draw"]),
            json!("00000000-0000-7000-8000-000000000009")
        ),
        case("another seed", quicknet, "entropy.foreign", json!(["seed"]), json!(hash)),
        case(
            "the next round",
            quicknet,
            "entropy.wrong-round",
            json!(["entropy", "beacon", "round"]),
            json!(124)
        ),
        case(
            "another round announced",
            quicknet,
            "entropy.wrong-round",
            json!(["announced", "beacon", "round"]),
            json!(122)
        ),
        case(
            "another chain",
            mainnet,
            "entropy.wrong-chain",
            json!(["entropy", "beacon", "chain"]),
            json!("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971")
        ),
        case(
            "a forged beacon",
            mainnet,
            "entropy.bad-signature",
            json!(["entropy", "beacon", "signature"]),
            json!(forged)
        ),
        case(
            "another secret",
            secrets,
            "entropy.not-the-committed",
            json!(["entropy", "secrets", 0]),
            json!({"secret": hash})
        ),
        case(
            "a secret withheld",
            secrets,
            "entropy.too-few-reveals",
            json!(["entropy", "secrets", 2]),
            json!("missing")
        ),
        case(
            "another number",
            numbers,
            "entropy.foreign",
            json!(["entropy", "numbers", 0, 0]),
            json!(9318)
        ),
        case(
            "a number less",
            numbers,
            "entropy.numbers",
            json!(["entropy", "numbers", 1]),
            json!([2, 5, 12, 8])
        ),
        case(
            "another kind",
            numbers,
            "entropy.other-kind",
            json!(["announced"]),
            json!({"secrets": {"commitments": [hash], "least": 1}})
        ),
        case(
            "another composition",
            mainnet,
            "file.composition",
            json!(["composition", "drawn"]),
            json!("0")
        ),
        case(
            "somebody else drawn",
            numbers,
            "file.panel",
            json!(["strata", 0, "drawn", 0]),
            json!("n01")
        ),
        case(
            "an alternate left out",
            mainnet,
            "file.panel",
            json!(["strata", 0, "alternates"]),
            json!([])
        ),
    ])
}

#[test]
fn golden_draws() {
    for (name, draw) in draws() {
        let made = draw.to_text().unwrap();
        let stored = stored(name, &made);
        assert_eq!(stored, made, "{name}");
        assert_eq!(check(stored.as_bytes(), &Drand).unwrap(), draw, "{name}");
    }
}

#[test]
fn what_is_tampered_with_is_found_out() {
    let draws: BTreeMap<&str, Published> = draws().into_iter().collect();
    let made = serde_json::to_string_pretty(&tampered()).unwrap() + "\n";
    let cases: Vec<Value> = serde_json::from_str(&stored("tampered.json", &made)).unwrap();
    assert_eq!(Value::from(cases.clone()), tampered());
    for case in cases {
        let of = &draws[case["of"].as_str().unwrap()];
        let mut value = serde_json::to_value(of).unwrap();
        let mut inner = &mut value;
        for step in case["at"].as_array().unwrap() {
            inner = match step {
                Value::String(name) => &mut inner[name],
                step => &mut inner[usize::try_from(step.as_u64().unwrap()).unwrap()],
            };
        }
        assert_ne!(*inner, case["value"]);
        *inner = case["value"].clone();
        let text = serde_json::to_string(&value).unwrap() + "\n";
        let fault = check(text.as_bytes(), &Drand).unwrap_err();
        assert_eq!(fault.code(), case["fault"], "{}", case["name"]);
    }
}

#[test]
fn another_text_is_refused() {
    let (_, draw) = draws().remove(1);
    let text = draw.to_text().unwrap();
    let code = |text: &str| check(text.as_bytes(), &Drand).unwrap_err().code();
    assert_eq!(code(text.trim_end()), "file.not-canonical");
    assert_eq!(code(&text.replace(':', ": ")), "file.not-canonical");
    assert_eq!(code(&text.replace("\"format\"", "\"formats\"")), "file.not-a-draw");
    assert_eq!(code("[]"), "file.not-a-draw");
    let mut disordered = draw.clone();
    disordered.pool.swap(0, 1);
    assert_eq!(code(&disordered.to_text().unwrap()), "file.not-canonical");
    let mut doubled = draw;
    doubled.pool[1].id = doubled.pool[0].id.clone();
    assert_eq!(code(&doubled.to_text().unwrap()), "pool.repeated-id");
}
