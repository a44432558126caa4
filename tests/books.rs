//! The books that other programs read: what is written, and that it says what the state says.

use crate::laws::play_for_books::{ops, play};
use archipel_domain::act::Act;
use archipel_domain::id::Hash;
use archipel_domain::ledger::{Owner, PostMove};
use archipel_domain::role::Power;
use archipel_engine::books::{self, Format, Trial, decimal};
use archipel_engine::view::Context;
use archipel_testkit::scenario::{DAY_MS, Live, Stage as _, Town, acts, person};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn at<T>(live: &Live, position: u64, read: impl FnOnce(&Context<'_>) -> T) -> T {
    let engine = live.engine();
    let store = engine.store().as_ref();
    let world = engine.world_at(position).unwrap();
    let root = Hash(store.frontier_at(position).unwrap().root());
    read(&Context { world: &world, root, store, origin: engine.origin() })
}

fn text(live: &Live, position: u64, format: Format) -> String {
    at(live, position, |cx| {
        let mut out = Vec::new();
        let mut last = 0;
        books::write(cx, format, &mut out, &mut |done| last = done).unwrap();
        assert!(format == Format::Csv || last == position);
        String::from_utf8(out).unwrap()
    })
}

fn trial(live: &Live, position: u64) -> Trial {
    at(live, position, |cx| books::check(cx, &mut |_| {}).unwrap())
}

/// Account and unit.
type Key = (String, String);
type Sums = BTreeMap<Key, i128>;

/// A number in billionths; nothing but digits, a sign before and at most one point between.
fn number(text: &str) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    assert!(all_digits(whole) && all_digits(part) && part.len() <= 9, "{text}");
    sign * format!("{whole}{part:0<9}").parse::<i128>().unwrap()
}

fn is_account(name: &str) -> bool {
    let component = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let roots = ["Assets", "Liabilities", "Equity", "Income", "Expenses"];
    roots.contains(&name.split(':').next().unwrap()) && name.split(':').all(component)
}

fn is_date(text: &str) -> bool {
    let shape = |(place, b): (usize, u8)| match place {
        4 | 7 => b == b'-',
        _ => b.is_ascii_digit(),
    };
    text.len() == 10 && text.bytes().enumerate().all(shape)
}

/// Names, codes of moves, sums of postings, and what is asserted of them at the end.
#[derive(Debug, Default, PartialEq)]
struct Read {
    accounts: BTreeSet<String>,
    units: BTreeSet<String>,
    codes: Vec<String>,
    events: Vec<String>,
    sums: Sums,
    asserted: Sums,
}

impl Read {
    fn add(&mut self, legs: &mut Sums, account: &str, amount: &str, unit: &str) {
        assert!(self.accounts.contains(account), "not opened: {account}");
        assert!(self.units.contains(unit), "no such unit: {unit}");
        let key = (account.to_owned(), unit.to_owned());
        assert!(legs.insert(key.clone(), number(amount)).is_none(), "twice: {account}");
        *self.sums.entry(key).or_default() += number(amount);
    }
}

/// Each unit of a move sums to zero, hence every prefix does.
fn end(legs: &mut Sums) {
    let mut units: BTreeMap<&str, i128> = BTreeMap::new();
    for ((_, unit), amount) in &*legs {
        *units.entry(unit).or_default() += amount;
    }
    assert!(units.values().all(|sum| *sum == 0), "{legs:?}");
    legs.clear();
}

fn read_hledger(journal: &str) -> Read {
    let (mut read, mut legs, mut closing) = (Read::default(), Sums::new(), false);
    for line in journal.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if line.is_empty() {
            end(&mut legs);
        } else if line.starts_with("; ") {
        } else if let Some(comment) = line.strip_prefix("    ; ") {
            let (tag, value) = comment.split_once(": ").unwrap();
            assert!(["event", "reverses"].contains(&tag) && value.len() == 36, "{line}");
            if tag == "event" {
                read.events.push(value.to_owned());
            }
        } else if let Some(posting) = line.strip_prefix("    ") {
            let (account, rest) = posting.split_once("    ").unwrap();
            let unquoted = rest.replace('"', "");
            let words: Vec<&str> = unquoted.split(' ').collect();
            assert_eq!(words.len(), if closing { 5 } else { 2 }, "{line}");
            read.add(&mut legs, account, words[0], words[1]);
            if closing {
                assert_eq!((words[2], words[1], number(words[0])), ("=", words[4], 0));
                let key = (account.to_owned(), words[4].to_owned());
                read.asserted.insert(key, number(words[3]));
            }
        } else if is_date(words[0]) {
            assert!(!closing && words[1] == "*" && words.len() > 3, "{line}");
            assert!(!line.contains(';') && !line.contains("  ") && !line.contains('|'), "{line}");
            closing = words[2] == "(close)";
            if !closing {
                read.codes.push(words[2].trim_matches(['(', ')']).to_owned());
            }
        } else {
            assert_eq!(words.len(), 2, "{line}");
            let name = words[1].trim_matches('"').to_owned();
            match words[0] {
                "commodity" => assert!(read.units.insert(name)),
                "account" => assert!(is_account(&name) && read.accounts.insert(name)),
                "tag" => {}
                _ => panic!("{line}"),
            }
        }
    }
    end(&mut legs);
    read.sums.retain(|_, sum| *sum != 0);
    read
}

fn read_beancount(journal: &str) -> Read {
    let (mut read, mut legs) = (Read::default(), Sums::new());
    let mut held: BTreeMap<String, String> = BTreeMap::new();
    for line in journal.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if line.is_empty() {
            end(&mut legs);
        } else if line.starts_with("; ") || line.starts_with("option \"title\" ") {
        } else if let Some(inner) = line.strip_prefix("  ") {
            if let Some((key, value)) = inner.split_once(": ") {
                let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
                let value = value.unwrap().to_owned();
                assert!(!value.contains(['"', '\\']), "{line}");
                match key {
                    "code" => read.codes.push(value),
                    "event" => read.events.push(value),
                    "name" | "reverses" => {}
                    _ => panic!("{line}"),
                }
            } else {
                assert_eq!(words.len(), 3, "{line}");
                assert_eq!(held.get(words[0]).map(String::as_str), Some(words[2]), "{line}");
                read.add(&mut legs, words[0], words[1], words[2]);
            }
        } else {
            assert!(is_date(words[0]), "{line}");
            match (words[1], words.len()) {
                ("commodity", 3) => assert!(read.units.insert(words[2].to_owned())),
                ("open", 4) => {
                    assert!(is_account(words[2]) && read.accounts.insert(words[2].to_owned()));
                    held.insert(words[2].to_owned(), words[3].to_owned());
                }
                ("balance", 7) => {
                    assert_eq!((words[4], words[5]), ("~", "0"), "{line}");
                    let key = (words[2].to_owned(), words[6].to_owned());
                    read.asserted.insert(key, number(words[3]));
                }
                ("*", _) => assert_eq!(line.matches('"').count(), 2, "{line}"),
                _ => panic!("{line}"),
            }
        }
    }
    end(&mut legs);
    read.sums.retain(|_, sum| *sum != 0);
    read
}

fn read_csv(table: &str) -> Sums {
    let mut sums = Sums::new();
    for line in table.lines() {
        let [account, unit, amount] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        assert!(is_account(account) && !unit.starts_with(['=', '+', '-', '@']), "{line}");
        let key = (account.to_owned(), unit.to_owned());
        assert!(sums.insert(key, number(amount)).is_none(), "two accounts share {account}");
    }
    sums
}

fn non_zero(sums: &Sums) -> Sums {
    sums.iter().filter(|(_, sum)| **sum != 0).map(|(key, sum)| (key.clone(), *sum)).collect()
}

/// All three say what the state says.
fn check_books(live: &Live, position: u64) -> u64 {
    let balances = read_csv(&text(live, position, Format::Csv));
    let mut expected: Vec<String> = Vec::new();
    let moves = at(live, position, |cx| {
        for (index, account) in cx.world.tables.accounts.iter() {
            let scale = cx.world.tables.units.get(account.unit).unwrap().scale;
            expected.push(decimal(cx.world.balances.of(index), scale));
        }
        cx.world.balances.moves()
    });
    let mut expected: Vec<i128> = expected.iter().map(|amount| number(amount)).collect();
    let mut found: Vec<i128> = balances.values().copied().collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
    let names: BTreeSet<&String> = balances.keys().map(|(account, _)| account).collect();
    assert_eq!(names.len(), balances.len());
    let journals = [
        read_hledger(&text(live, position, Format::Hledger)),
        read_beancount(&text(live, position, Format::Beancount)),
    ];
    for read in &journals {
        assert_eq!(read.asserted, balances, "at {position}");
        assert_eq!(read.sums, non_zero(&balances), "at {position}");
        assert_eq!(read.codes.len() as u64, moves);
        assert_eq!(read.events.iter().collect::<BTreeSet<_>>().len() as u64, moves);
    }
    assert_eq!(journals[0], journals[1]);
    let trial = trial(live, position);
    assert!(trial.is_sound(), "{trial:?}");
    assert_eq!((trial.moves, trial.accounts), (moves, balances.len() as u64));
    moves
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 8,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn books_say_what_the_state_says(ops in ops(40..120), cuts: [prop::sample::Index; 3]) {
        let mut live = Live::founded(2);
        play(&mut live, &ops);
        let size = live.world().position;
        prop_assert!(check_books(&live, size) >= 5);
        let whole = read_hledger(&text(&live, size, Format::Hledger));
        for cut in cuts {
            let cut = cut.index(usize::try_from(size).unwrap() + 1) as u64;
            check_books(&live, cut);
            // Names do not change as more is recorded, nor does what was posted.
            let earlier = read_hledger(&text(&live, cut, Format::Hledger));
            prop_assert!(earlier.accounts.is_subset(&whole.accounts));
            prop_assert!(whole.events.starts_with(&earlier.events));
        }
    }
}

/// Labels that a member can sign, and that a reader must take for nothing but labels.
const LABELS: [&str; 10] = [
    "Réservation salle",
    "x\u{2028}2024-01-01 * x\u{2028}  a  1000 EUR\u{2028}  b",
    "pain ; event: faux",
    "Bénéficiaire | note",
    "(a:y)  5 EUR",
    "=cmd|' /C calc'!A0",
    "dit \"oui\" \\ \"",
    "\u{202e}RUE\u{202c} \u{2066}x",
    "fête 🎉 👩\u{200d}🌾",
    "\u{200b}",
];

/// A small town, checked by hand: every kind of owner, units that are awkward elsewhere, a
/// reversal, a move over two units.
fn town() -> Live {
    let mut live = Live::founded(2);
    let mut given = |act: Act| live.given(Town::founder(act));
    let (group, circle) = (acts::group("nord"), acts::circle("bourse", "assembly"));
    given(group.into());
    given(circle.into());
    given(acts::role("caisse", "bourse", &[Power::Ledger], 1, 365).into());
    for (code, scale) in [("EUR", 2), ("MIN", 0), ("KWH", 3), ("TRUE", 2), ("A-1-", 9)] {
        given(acts::unit(code, scale).into());
    }
    for (name, unit, owner) in [
        ("monde", "EUR", Owner::Exterior),
        ("caisse:commune", "EUR", Owner::Fund),
        ("caisse.commune", "EUR", Owner::Group(acts::slug("nord"))),
        ("caisse-commune", "EUR", Owner::Circle(acts::slug("bourse"))),
        ("horloge", "MIN", Owner::Exterior),
        ("heures", "MIN", Owner::Group(acts::slug("nord"))),
        ("soleil", "KWH", Owner::Exterior),
        ("batterie", "KWH", Owner::Fund),
        ("vrai", "TRUE", Owner::Exterior),
        ("2026", "TRUE", Owner::Fund),
        ("fin", "A-1-", Owner::Exterior),
        ("poussiere", "A-1-", Owner::Fund),
    ] {
        given(acts::account(name, unit, owner, Some("caisse")).into());
    }
    let mine = Owner::Member(person(2).id);
    given(acts::account("poche", "EUR", mine, None).into());
    let (now, until) = (live.now(), live.now().plus_ms(100 * DAY_MS));
    let treasurer = live.given(Town::founder(acts::assign("caisse", person(2), now, until)));
    let mut labels = LABELS.iter().cycle();
    let mut pay = |live: &mut Live, legs: &[(&str, i64, &str)]| {
        live.advance_ms(DAY_MS / 3);
        let label = acts::line(labels.next().unwrap());
        let act = PostMove { label, ..acts::pay(legs) };
        live.given(person(2).says(act).under(treasurer))
    };
    pay(&mut live, &[("monde", -123_456, "EUR"), ("caisse:commune", 123_456, "EUR")]);
    pay(&mut live, &[("horloge", -1_000, "MIN"), ("heures", 1_000, "MIN")]);
    let wrong = pay(
        &mut live,
        &[
            ("caisse:commune", -1_500, "EUR"),
            ("caisse-commune", 1_500, "EUR"),
            ("heures", -90, "MIN"),
            ("horloge", 90, "MIN"),
        ],
    );
    pay(&mut live, &[("soleil", -1_234, "KWH"), ("batterie", 1_234, "KWH")]);
    pay(&mut live, &[("vrai", -5, "TRUE"), ("2026", 5, "TRUE")]);
    pay(&mut live, &[("fin", -1, "A-1-"), ("poussiere", 1, "A-1-")]);
    for cents in [1, 10, 100] {
        let split = [
            ("caisse:commune", -3 * cents, "EUR"),
            ("caisse.commune", cents, "EUR"),
            ("caisse-commune", 2 * cents, "EUR"),
        ];
        pay(&mut live, &split);
    }
    pay(&mut live, &[("monde", -9, "EUR"), ("caisse-commune", 9, "EUR")]);
    live.given(person(2).says(acts::reverse(wrong)).under(treasurer));
    live
}

#[test]
fn golden_books() {
    let live = town();
    let size = live.world().position;
    assert_eq!(check_books(&live, size), 11);
    let dir = Path::new("fixtures/books/v1");
    for (format, name) in [
        (Format::Hledger, "town.hledger"),
        (Format::Beancount, "town.beancount"),
        (Format::Csv, "town.csv"),
    ] {
        let (path, made) = (dir.join(name), text(&live, size, format));
        if !path.exists() && std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(dir).unwrap();
            std::fs::write(&path, &made).unwrap();
        }
        assert_eq!(made, std::fs::read_to_string(&path).unwrap(), "{name}");
    }
    for position in 0..size {
        check_books(&live, position);
    }
}
