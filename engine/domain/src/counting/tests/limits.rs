//! What is done where there is too much to follow: ties in great number, shares that have to be
//! raised a million times, ballots too many for an entry of the log.

use super::numbered;
use crate::codec;
use crate::counting::budget::{BudgetPaper, BudgetRule, Completion};
use crate::counting::committee::CommitteeRule;
use crate::counting::outcome::{Evidence, Outcome, TieRule};
use crate::counting::ranked::Profile;
use crate::counting::{
    CountError, MethodSpec, RankedRule, Received, Tally, count, decide, marks, outcome,
};
use std::collections::BTreeSet;

fn received(profile: &Profile) -> Received {
    Received { cast: profile.values().sum(), blank: 0, invalid: 0 }
}

fn ranked(rule: RankedRule, profile: Profile) -> (MethodSpec, Tally) {
    let received = received(&profile);
    (MethodSpec::Ranked { rule, seats: 1 }, Tally::Ranked { profile, received })
}

/// As many ballots as options, each beginning with another: nothing tells the options apart.
fn cyclic(width: usize) -> Profile {
    let row = |first: usize| {
        let mark = |column: usize| u8::try_from(2 + (column + width - first) % width).unwrap();
        ((0..width).map(mark).collect::<Vec<u8>>(), 1)
    };
    (0..width).map(row).collect()
}

fn tied(outcome: &Outcome) -> BTreeSet<String> {
    outcome.evidence.seats().unwrap().tied.iter().cloned().collect()
}

/// Of ties too many to follow, none is decided by the order in which the vote lists its options:
/// whoever could win is tied, and only an order that is declared or drawn decides.
#[test]
fn ties_too_many_to_follow_stay_open() {
    for (rule, width) in
        [(RankedRule::Irv, 17), (RankedRule::RankedPairsMargins, 8), (RankedRule::StvScottish, 8)]
    {
        let options = numbered(width);
        let (spec, tally) = ranked(rule, cyclic(width));
        match count(&spec, &options, &tally) {
            // Small enough to be followed after all: the same in the end.
            Ok(counted) => assert_eq!(tied(&counted).len(), width, "{rule:?}"),
            Err(error) => assert_eq!(error, CountError::TooManyTies, "{rule:?}"),
        }
        let open = outcome(&spec, &options, &tally).unwrap();
        assert_eq!(open.winners.len(), width, "{rule:?}");
        assert_eq!(open.evidence.seats().unwrap().elected, [""; 0], "{rule:?}");
        // Each of two opposite orders elects one of those named, and not the same.
        let orders = [(0..width).collect::<Vec<usize>>(), (0..width).rev().collect()];
        let by = orders.map(|places| decide(&spec, &options, &tally, &places).unwrap().winners);
        assert!(by.iter().all(|winners| winners.len() == 1), "{rule:?}: {by:?}");
        assert_ne!(by[0], by[1], "{rule:?}");
    }
    let (spec, tally) = ranked(RankedRule::Irv, cyclic(17));
    let options = numbered(17);
    assert_eq!(count(&spec, &options, &tally), Err(CountError::TooManyTies));
    assert_eq!(outcome(&spec, &options, &tally).unwrap().ties[0].rule, TieRule::TooMany);
}

/// Majorities that are on no cycle are locked in every order: they are not tried in all of them.
#[test]
fn ranked_pairs_follow_only_what_can_differ() {
    // Fourteen options, of which three are in a cycle at the top; all majorities are equal.
    let mut profile = Profile::new();
    for first in 0..3_usize {
        let mut row: Vec<u8> = (0..14).map(|column| column + 2).collect();
        for place in 0..3 {
            row[(first + place) % 3] = u8::try_from(2 + place).unwrap();
        }
        profile.insert(row, 1);
    }
    let (spec, tally) = ranked(RankedRule::RankedPairsMargins, profile);
    let counted = count(&spec, &numbered(14), &tally).unwrap();
    assert_eq!(tied(&counted).len(), 3);
}

/// A committee by PAV is one by a declared order, however many tie.
#[test]
fn the_best_committees_by_order_are_one() {
    let profile = Profile::from([(vec![marks::APPROVED; 18], 2)]);
    let (rule, completion, seats) = (CommitteeRule::Pav, Completion::None, 9);
    let spec = MethodSpec::Committee { rule, seats, completion, max_choices: None };
    let tally = Tally::Profile { received: received(&profile), profile };
    let options = numbered(18);
    assert_eq!(count(&spec, &options, &tally), Err(CountError::TooManyTies));
    let places: Vec<usize> = (0..18).rev().collect();
    let decided = decide(&spec, &options, &tally, &places).unwrap();
    let elected: BTreeSet<String> = decided.winners.into_iter().collect();
    assert_eq!(elected, options[9..].iter().cloned().collect());
    let open = outcome(&spec, &options, &tally).unwrap();
    assert_eq!((open.winners.len(), open.evidence.seats().unwrap().contested), (18, 9));
}

/// Shares are raised as often as it takes, but only counted where something changes.
#[test]
fn a_billion_raises_are_a_few_counts() {
    let costs = vec![900_000_000, 100_000_000];
    let (approved, not) = (marks::APPROVED, marks::NOT_APPROVED);
    let profile = Profile::from([(vec![approved, not], 1), (vec![not, approved], 5)]);
    for (completion, funded, raised) in [
        (Completion::None, vec!["o1"], 0),
        // The one who backs o0 can pay for it with a share of 900 million: o0 costs all of it.
        (Completion::Add1, vec!["o0", "o1"], 733_333_334),
        (Completion::Add1u, vec!["o0", "o1"], 733_333_334),
    ] {
        let spec = MethodSpec::Budget {
            rule: BudgetRule::EqualSharesCost,
            completion,
            budget: 1_000_000_000,
            costs: costs.clone(),
            unit: 1,
            paper: BudgetPaper::Approvals { max_choices: None },
        };
        let tally = Tally::Profile { received: received(&profile), profile: profile.clone() };
        let counted = count(&spec, &numbered(2), &tally).unwrap();
        assert_eq!(counted.winners, funded, "{completion:?}");
        let Evidence::Budget(evidence) = counted.evidence else { panic!() };
        assert_eq!(evidence.raised, raised, "{completion:?}");
    }
}

/// An entry of the log is at most 65,535 bytes: of ballots that are more, it keeps what they lead
/// to, and settles the vote all the same.
#[test]
fn what_is_kept_of_many_ballots_fits_in_an_entry() {
    let width = 20;
    let mut profile = Profile::new();
    for number in 0..5_000_usize {
        let mut row: Vec<u8> = (0..width).map(|column| 2 + column as u8).collect();
        let (mut seed, mut place) = (number, width);
        while place > 1 {
            row.swap(place - 1, seed % place);
            (seed, place) = (seed / place, place - 1);
        }
        *profile.entry(row).or_default() += 1;
    }
    assert_eq!(profile.len(), 5_000);
    let (spec, tally) = ranked(RankedRule::SchulzeMargins, profile);
    let whole = outcome(&spec, &numbered(width), &tally).unwrap();
    assert!(codec::encode(&tally).is_err());
    let kept = tally.kept(&whole);
    assert!(codec::encode(&kept).unwrap().len() < 1_000);
    let Tally::Brief(brief) = kept else { panic!("{kept:?}") };
    let known = brief.outcome(spec.method(), &numbered(width));
    assert_eq!(known.winners, whole.winners);
    assert_eq!(known.ranking, whole.ranking);
    assert_eq!(known.ballots, whole.ballots);
    assert_eq!(known.evidence.seats(), whole.evidence.seats());
}
