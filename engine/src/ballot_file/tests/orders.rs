//! Rankings in PrefLib's files, against results computed elsewhere.

use super::real::{data, json};
use super::sets::sorted;
use super::*;
use archipel_domain::counting::outcome::{Evidence, Outcome};
use archipel_domain::counting::ranked::RankedEvidence;
use archipel_domain::counting::{Method, RankedRule};
use serde_json::{Value, json as value};
use std::collections::BTreeMap;

/// Options by the number that the file gives them.
struct Counted {
    file: BallotFile,
}

impl Counted {
    fn by(&self, rule: RankedRule) -> Outcome {
        outcome_of(&self.file, Method::Ranked(rule), &CountOptions::default()).unwrap()
    }

    fn number(&self, name: &str) -> u64 {
        1 + self.file.options.iter().position(|option| option == name).unwrap() as u64
    }

    fn numbers<'a>(&self, names: impl IntoIterator<Item = &'a String>) -> Value {
        let mut numbers: Vec<u64> = names.into_iter().map(|name| self.number(name)).collect();
        numbers.sort_unstable();
        value!(numbers)
    }

    fn by_number<T: serde::Serialize>(&self, map: &BTreeMap<String, T>) -> Value {
        map.iter().map(|(name, value)| (self.number(name).to_string(), value!(value))).collect()
    }
}

fn ranked(outcome: &Outcome) -> &RankedEvidence {
    let Evidence::Ranked(evidence) = &outcome.evidence else { panic!() };
    evidence
}

/// The file's name without folder, and its content.
fn files() -> Vec<(String, Counted)> {
    let names = [
        "00002-00000001.soi",
        "00002-00000003.soi",
        "00002-00000003.toc",
        "00005-00000002.toi",
        "00007-00000005.soi",
        "00007-00000018.soi",
        "00008-00000001.soi",
        "00014-00000001.soc",
        "00016-00000002.toi",
        "00028-00000001.soi",
    ];
    names
        .into_iter()
        .map(|name| {
            let bytes = data(&format!("preflib/{name}"));
            assert_eq!(detect(name, &bytes, None), Some(Format::PreflibOrder));
            assert_eq!(detect("ballots", &bytes, None), Some(Format::PreflibOrder));
            let file = read(&bytes, Format::PreflibOrder, &ReadOptions::default()).unwrap();
            (name.to_owned(), Counted { file })
        })
        .collect()
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn real_elections_by_every_rule() {
    use RankedRule as R;
    let keys = [
        ("plurality", R::Plurality),
        ("borda", R::Borda),
        ("copeland", R::Copeland),
        ("minimax_margins", R::MinimaxMargins),
        ("minimax_wv", R::MinimaxWinningVotes),
        ("schulze_margins", R::SchulzeMargins),
        ("schulze_wv", R::SchulzeWinningVotes),
        ("ranked_pairs_all_tie_orders", R::RankedPairsMargins),
    ];
    let mut compared = 0;
    for (name, counted) in files() {
        let expected = &json(&format!("preflib/expected/{name}.ref_ranked.json"))["results"];
        for (key, rule) in keys {
            if let Some(winners) = expected.get(key) {
                assert_eq!(&counted.numbers(&counted.by(rule).winners), winners, "{name} {key}");
                compared += 1;
            }
        }
        let outcome = counted.by(R::Borda);
        assert_eq!(counted.by_number(&outcome.scores), expected["borda_scores_x2"], "{name}");
        let evidence = ranked(&outcome);
        assert_eq!(counted.numbers(&evidence.smith), expected["smith"], "{name}");
        for (found, key) in [
            (&evidence.condorcet_winner, "condorcet_winner"),
            (&evidence.condorcet_loser, "condorcet_loser"),
        ] {
            let found = found.as_ref().map(|name| counted.number(name));
            assert_eq!(value!(found), expected[key], "{name} {key}");
        }
        let rows = evidence.pairwise.iter().map(|(name, row)| (name, counted.by_number(row)));
        let pairwise: BTreeMap<String, Value> =
            rows.map(|(name, row)| (name.clone(), row)).collect();
        assert_eq!(counted.by_number(&pairwise), expected["pairwise"], "{name}");
    }
    assert!(compared >= 75, "{compared}");
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn real_elections_by_instant_runoff() {
    let mut rounds_compared = 0;
    for (name, counted) in files() {
        let expected = &json(&format!("preflib/expected/{name}.ref_irv.json"))["results"];
        let outcome = counted.by(RankedRule::Irv);
        assert_eq!(counted.numbers(&outcome.winners), expected["irv_put"], "{name}");
        // Where ties are broken on the way, theirs are broken otherwise than in what we show.
        if !outcome.ties.is_empty() {
            continue;
        }
        for (round, expected) in
            ranked(&outcome).rounds.iter().zip(expected["rounds"].as_array().unwrap())
        {
            let votes: BTreeMap<String, String> = round
                .votes
                .iter()
                .map(|(name, score)| (name.clone(), value!(score).to_string().replace('"', "")))
                .collect();
            assert_eq!(counted.by_number(&votes), expected["tally"], "{name}");
            assert_eq!(value!(round.exhausted), expected["exhausted"], "{name}");
            rounds_compared += 1;
        }
    }
    assert!(rounds_compared > 30, "{rounds_compared}");
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn real_elections_by_transferable_vote() {
    let blts = [
        "aberdeen_2017_ward13",
        "aberdeen_2017_ward4",
        "aberdeenshire_2012_ward10",
        "aberdeenshire_2012_ward13",
        "stvrs_tie_break_explicit",
        "stvrs_tie_break_implicit",
    ];
    let blts = blts.map(|name| format!("blt/{name}.blt"));
    let soi = ["00007-00000005", "00007-00000018", "00008-00000001", "00028-00000001"];
    let soi = soi.map(|name| format!("preflib/{name}.soi"));
    for path in blts.iter().chain(&soi) {
        let bytes = data(path);
        let format = detect(path, &bytes, None).unwrap();
        let counted = Counted { file: read(&bytes, format, &ReadOptions::default()).unwrap() };
        let (folder, name) = path.split_once('/').unwrap();
        let expected = &json(&format!("{folder}/expected/{name}.ref_stv.json"))["results"];
        let seats = u32::try_from(expected["seats"].as_u64().unwrap()).unwrap();
        assert_eq!(counted.file.seats.unwrap_or(3), seats, "{path}");
        let options = CountOptions { seats, ..CountOptions::default() };
        let rule = Method::Ranked(RankedRule::StvScottish);
        let outcome = outcome_of(&counted.file, rule, &options).unwrap();
        let has_lots = !expected["scottish_lots"].as_array().unwrap().is_empty();
        assert_eq!(!outcome.ties.is_empty(), has_lots, "{path}");
        let meek = Method::Ranked(RankedRule::StvMeek);
        let meek = outcome_of(&counted.file, meek, &options).unwrap();
        if name.starts_with("stvrs") {
            // The last seat is between 2 and 3, and nobody draws the lot here.
            assert_eq!(counted.numbers(&outcome.winners), value!([1, 2, 3]));
            assert_eq!(counted.numbers(&ranked(&outcome).seats.elected), value!([1]));
            assert_eq!(counted.numbers(&ranked(&meek).seats.tied), value!([2, 3]));
            continue;
        }
        assert_eq!(counted.numbers(&outcome.winners), expected["scottish"], "{path}");
        assert_eq!(counted.numbers(&meek.winners), expected["meek_9_decimals"], "{path}");
        if !has_lots {
            let order = outcome.winners.iter().map(|name| counted.number(name));
            assert_eq!(value!(order.collect::<Vec<_>>()), expected["scottish_order"], "{path}");
        }
    }
}

#[test]
#[ignore = "needs ARCHIPEL_DATA"]
fn dialects_of_blt() {
    let bytes = data("blt/stvrs_vegetables.blt");
    let file = read(&bytes, Format::Blt, &ReadOptions::default()).unwrap();
    assert_eq!(file.options, names("Apple Cherry Date Eggplant Grape Hazelnut Jalapeno"));
    let options = CountOptions { seats: 4, ..CountOptions::default() };
    let rule = Method::Ranked(RankedRule::StvScottish);
    let outcome = outcome_of(&file, rule, &options).unwrap();
    assert_eq!(outcome.winners, names("Grape Hazelnut Eggplant Jalapeno"));
    let meek = Method::Ranked(RankedRule::StvMeek);
    let winners = outcome_of(&file, meek, &options).unwrap().winners;
    assert_eq!(sorted(winners), names("Eggplant Grape Hazelnut Jalapeno"));
    // Equal ranks are not for this method.
    let bytes = data("blt/stvrs_elect_too_many.blt");
    let file = read(&bytes, Format::Blt, &ReadOptions::default()).unwrap();
    assert!(outcome_of(&file, rule, &CountOptions::default()).is_err());
    // Exchanging the first and the third changes nothing, so that neither is elected alone.
    let options = CountOptions { seats: 2, ..CountOptions::default() };
    let both = outcome_of(&file, meek, &options).unwrap();
    assert_eq!(ranked(&both).seats.elected, ["Banana"]);
    assert_eq!(ranked(&both).seats.tied, ["Apple", "Cherry"]);
    let tideman = data("debian/A77.HIL");
    assert_eq!(detect("A77.HIL", &tideman, None), Some(Format::Blt));
    let file = read(&tideman, Format::Blt, &ReadOptions::default()).unwrap();
    assert_eq!((file.options.len(), file.ballots.len()), (3, 213));
}

#[test]
fn blt_is_read_as_it_is() {
    let text =
        "3 2 # comment\r\n-2\r\n(7) 4 1 2=3 0\n1 2 - 3 0\n2 0\n0\n\"a\" # x\n\"b\"\n\"c\"\n\"t\"";
    let file = read_text(text, Format::Blt).unwrap();
    assert_eq!((file.options, file.seats), (names("a c"), Some(2)));
    assert_eq!(file.ballots, ballots(&[(4, &[2, 3]), (1, &[1, 2]), (2, &[1, 1])]));
}

#[test]
fn blt_that_is_none_is_refused_with_its_place() {
    let cases = [
        ("", "line 1, column 1: the file is empty"),
        ("2\n", "line 1, column 1: expected the numbers of options and of seats"),
        ("2 1\n1 1 0\n", "line 3, column 1: expected a line “0” after the ballots"),
        ("2 1\n1 1\n0\n", "line 2, column 1: expected a ballot that ends with 0"),
        ("2 1\n1 3 0\n0\n", "line 2, column 3: 3 is out of range"),
        ("2 1\n1 1 1 0\n0\n", "line 2, column 5: alternative 1 occurs twice"),
        ("2 1\n-9 1 0\n0\n", "line 2, column 1: 9 is out of range"),
        ("2 1\n1 1 0\n-9 1 0\n0\n", "line 3, column 1: “-9” is not a whole number from 0 on"),
        ("2 1\n0 1 0\n0\n", "line 2, column 1: 0 is out of range"),
        ("2 1\n1.5 1 0\n0\n", "line 2, column 1: “1.5” is not a whole number from 0 on"),
        ("2 1\n1 1 0\n0\na\n", "line 4, column 1: expected a name for each option, and a title"),
        ("2 1\n1 1 0\n0\n\"a\n\"b\"\n", "line 4, column 1: a quoted field does not end"),
    ];
    for (text, expected) in cases {
        assert_eq!(read_text(text, Format::Blt).unwrap_err().to_string(), expected, "{text:?}");
    }
}

const HEAD: &str = "# NUMBER ALTERNATIVES: 3\n# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n\
                    # ALTERNATIVE NAME 3: c\n";

#[test]
fn orders_are_read_as_they_are() {
    let text = format!("{HEAD}# DATA TYPE: toi\n2: 3,{{1,2}}\r\n1:2\n1: {{1,2,3}}");
    let file = read_text(&text, Format::PreflibOrder).unwrap();
    assert_eq!(file.ballots, ballots(&[(2, &[3, 3, 2]), (1, &[1, 2, 1]), (1, &[2, 2, 2])]));
}

#[test]
fn orders_that_are_none_are_refused_with_their_place() {
    let cases = [
        ("soc", "1: 1,2", "line 6, column 1: a “soc” file ranks every alternative"),
        ("soi", "1: {1,2}", "line 6, column 1: a “soi” file has no ties"),
        ("toi", "1: 1,1", "line 6, column 6: alternative 1 occurs twice"),
        ("toi", "1: 1,4", "line 6, column 6: 4 is out of range"),
        ("toi", "1: 1,{}", "line 6, column 7: expected an alternative"),
        ("toi", "0: 1", "line 6, column 1: 0 is out of range"),
        ("toi", "-1: 1", "line 6, column 1: expected a number"),
        ("toi", "1: 1,", "line 6, column 6: expected a number"),
        ("wmd", "1: 1", "line 5, column 1: the data type is “wmd”, not soc, soi, toc or toi"),
    ];
    for (kind, line, expected) in cases {
        let text = format!("{HEAD}# DATA TYPE: {kind}\n{line}");
        let error = read_text(&text, Format::PreflibOrder).unwrap_err();
        assert_eq!(error.to_string(), expected, "{kind} {line}");
    }
    let text = format!("{HEAD}# NUMBER VOTERS: 5\n3: 1\n");
    let error = read_text(&text, Format::PreflibOrder).unwrap_err().to_string();
    assert!(error.contains("NUMBER VOTERS"), "{error}");
}
