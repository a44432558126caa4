//! Rankings in PrefLib's files, against results computed elsewhere.

use super::real::{data, json};
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
        count_file(&self.file, Method::Ranked(rule), &CountOptions::default()).unwrap()
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
            assert_eq!(detect(name, &bytes), Some(Format::PreflibOrder));
            assert_eq!(detect("ballots", &bytes), Some(Format::PreflibOrder));
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
