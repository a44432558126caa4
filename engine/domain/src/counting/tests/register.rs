//! Which test holds each method against its definition, done another way.

use super::*;
use std::collections::BTreeMap;

const MATRICES: &str = include_str!("matrices.rs");
const CARDINALS: &str = include_str!("cardinals.rs");
const CHOICES: &str = include_str!("choices.rs");
const RANKINGS: &str = include_str!("rankings.rs");
const TRANSFERABLE: &str = include_str!("transferable.rs");
const MEEK: &str = include_str!("meek.rs");
const SETS: &str = include_str!("sets.rs");

/// Method, the file of its oracle, the test.
const ORACLES: [(&str, &str, &str); 31] = [
    ("yes-no", CHOICES, "yes_no_votes_of_every_small_count"),
    ("consent", CHOICES, "consents_of_every_small_count"),
    ("approval", CARDINALS, "approvals_of_every_small_election"),
    ("score", CARDINALS, "points_done_ballot_by_ballot"),
    ("dots", CARDINALS, "points_done_ballot_by_ballot"),
    ("quadratic", CARDINALS, "points_done_ballot_by_ballot"),
    ("majority-judgment", CARDINALS, "grades_done_one_at_a_time"),
    ("usual-judgment", CARDINALS, "grades_done_one_at_a_time"),
    ("typical-judgment", CARDINALS, "grades_done_one_at_a_time"),
    ("central-judgment", CARDINALS, "grades_done_one_at_a_time"),
    ("plurality", MATRICES, "places_and_pairs_done_ballot_by_ballot"),
    ("two-round", MATRICES, "places_and_pairs_done_ballot_by_ballot"),
    ("borda", MATRICES, "places_and_pairs_done_ballot_by_ballot"),
    ("copeland", MATRICES, "places_and_pairs_done_ballot_by_ballot"),
    ("minimax-margins", MATRICES, "places_and_pairs_done_ballot_by_ballot"),
    ("minimax-winning-votes", MATRICES, "places_and_pairs_done_ballot_by_ballot"),
    ("schulze-margins", MATRICES, "paths_and_locks_done_ballot_by_ballot"),
    ("schulze-winning-votes", MATRICES, "paths_and_locks_done_ballot_by_ballot"),
    ("ranked-pairs-margins", MATRICES, "paths_and_locks_done_ballot_by_ballot"),
    ("ranked-pairs-winning-votes", MATRICES, "paths_and_locks_done_ballot_by_ballot"),
    ("irv", RANKINGS, "rules_done_the_slow_way"),
    ("stv-scottish", TRANSFERABLE, "scottish_votes_counted_paper_by_paper"),
    ("stv-meek", MEEK, "meek_by_twice_the_decimals"),
    ("pav", SETS, "committees_done_the_slow_way"),
    ("seq-pav", SETS, "committees_done_the_slow_way"),
    ("seq-phragmen", SETS, "committees_done_the_slow_way"),
    ("equal-shares", SETS, "committees_done_the_slow_way"),
    ("pb-greedy-votes", SETS, "budgets_done_the_slow_way"),
    ("pb-greedy-votes-per-cost", SETS, "budgets_done_the_slow_way"),
    ("pb-equal-shares-cost", SETS, "budgets_done_the_slow_way"),
    ("pb-equal-shares-cardinality", SETS, "budgets_done_the_slow_way"),
];

#[test]
fn every_method_has_an_oracle() {
    let known: BTreeMap<&str, &str> =
        ORACLES.iter().map(|(method, _, test)| (*method, *test)).collect();
    assert_eq!(known.len(), ORACLES.len(), "a method is listed twice");
    let methods: Vec<&str> = Method::all().map(Method::name).collect();
    for method in &methods {
        assert!(known.contains_key(method), "{method} has no oracle");
    }
    assert_eq!(methods.len(), ORACLES.len(), "a method is listed that there is not");
    for (method, file, test) in ORACLES {
        let at = file.find(&format!("fn {test}(")).unwrap_or_else(|| panic!("{method}: {test}"));
        let before = file[..at].trim_end();
        assert!(before.ends_with("#[test]"), "{method}: {test} is not run");
    }
}
