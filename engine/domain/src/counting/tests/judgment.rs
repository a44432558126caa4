//! Majority judgment against the rule as it is stated: one grade at a time.

use super::*;
use crate::counting::majority_judgment::MajorityValue;
use crate::counting::outcome::{Evidence, Score, TieRule, TieStage};
use proptest::prelude::*;
use std::cmp::Ordering;

/// The rule as stated: take away the lower median grade, and write it down, until none is left.
fn one_at_a_time(profile: &[u64]) -> Vec<usize> {
    let mut grades: Vec<usize> = (profile.iter().enumerate())
        .flat_map(|(grade, count)| std::iter::repeat_n(grade, usize::try_from(*count).unwrap()))
        .collect();
    let mut medians = Vec::new();
    while !grades.is_empty() {
        medians.push(grades.remove((grades.len() - 1) / 2));
    }
    medians
}

fn fast_order(a: &[u64], b: &[u64]) -> Ordering {
    MajorityValue::of(a).cmp(&MajorityValue::of(b))
}

/// All profiles of `total` ballots over `grade_count` grades.
pub(super) fn profiles(grade_count: usize, total: u64) -> Vec<Vec<u64>> {
    if grade_count == 1 {
        return vec![vec![total]];
    }
    let with_first = |first: u64| {
        profiles(grade_count - 1, total - first).into_iter().map(move |rest| {
            let mut profile = vec![first];
            profile.extend(rest);
            profile
        })
    };
    (0..=total).flat_map(with_first).collect()
}

#[test]
fn the_fast_form_is_the_rule_on_every_small_tally() {
    for (grade_count, total_max) in [(2, 16), (3, 12), (4, 7), (5, 5), (6, 4)] {
        for total in 0..=total_max {
            let all = profiles(grade_count, total);
            let slow: Vec<Vec<usize>> = all.iter().map(|each| one_at_a_time(each)).collect();
            let fast: Vec<MajorityValue> = all.iter().map(|each| MajorityValue::of(each)).collect();
            for a in 0..all.len() {
                for b in 0..all.len() {
                    let (expected, found) = (slow[a].cmp(&slow[b]), fast[a].cmp(&fast[b]));
                    assert_eq!(found, expected, "{:?} and {:?}", all[a], all[b]);
                }
            }
        }
    }
}

#[test]
fn the_majority_grade_is_the_lower_median() {
    let cases: [(&[u64], Option<usize>); 7] = [
        (&[1, 1], Some(0)),
        (&[1, 2], Some(1)),
        (&[0, 1, 0, 1], Some(1)),
        (&[2, 1, 1], Some(0)),
        (&[1, 1, 2], Some(1)),
        (&[0, 0, 5], Some(2)),
        (&[0, 0, 0], None),
    ];
    for (profile, grade) in cases {
        assert_eq!(MajorityValue::of(profile).grade(), grade, "{profile:?}");
    }
}

#[test]
fn the_full_rule_is_not_the_majority_gauge() {
    // Both have grade 2 and one grade below it. The gauge, which looks above first, or adds
    // shares up, prefers the second or ties them.
    assert_eq!(fast_order(&[0, 1, 2, 0], &[1, 0, 1, 1]), Ordering::Greater);
    assert_eq!(MajorityValue::of(&[0, 1, 2, 0]).to_string(), "2-1 1+0");
    assert_eq!(MajorityValue::of(&[1, 0, 1, 1]).to_string(), "2-1 0+1 3+0");
}

#[test]
fn values_read_as_grades_and_balances() {
    let cases: [(&[u64], &str); 5] = [
        (&[0, 4, 0], "1+0"),
        (&[3, 4, 3], "1-3 0+3 2+0"),
        (&[1, 5, 2], "1+2 2-1 0+0"),
        (&[1, 1], "0+1 1+0"),
        (&[0, 0], ""),
    ];
    for (profile, value) in cases {
        assert_eq!(MajorityValue::of(profile).to_string(), value, "{profile:?}");
    }
}

/// Counts profiles of `cast` ballots by the policy and returns the ranks: 1 is best.
fn ranks(profiles: &[Vec<u64>], cast: u64, ungraded: Ungraded) -> Result<Vec<usize>, CountError> {
    let options = numbered(profiles.len());
    let spec = judgment(profiles[0].len(), 1, ungraded);
    let received = Received { cast, blank: 0, invalid: 0 };
    let tally = Tally::MajorityJudgment { profiles: profiles.to_vec(), received };
    let outcome = count(&spec, &options, &tally)?;
    let rank_of = |option: &String| {
        let place = outcome.ranking.iter().position(|group| group.contains(option)).unwrap();
        1 + outcome.ranking[..place].iter().map(Vec::len).sum::<usize>()
    };
    Ok(options.iter().map(rank_of).collect())
}

#[test]
fn missing_grades_follow_the_policy() {
    let profiles = [vec![2, 2, 2], vec![0, 2, 1], vec![0, 0, 1]];
    let cases = [
        (Ungraded::Worst, [1, 2, 3]),
        (Ungraded::Static(0), [1, 2, 3]),
        (Ungraded::Static(1), [3, 1, 1]),
        (Ungraded::Static(2), [3, 2, 1]),
        (Ungraded::Median, [3, 2, 1]),
        (Ungraded::Normalize, [3, 2, 1]),
    ];
    for (policy, expected) in cases {
        assert_eq!(ranks(&profiles, 6, policy).unwrap(), expected, "{policy:?}");
    }
    let missing = CountError::UnequalTotals { option: "o1".to_owned(), total: 3, expected: 6 };
    assert_eq!(ranks(&profiles, 6, Ungraded::Error).unwrap_err(), missing);
}

#[test]
fn an_option_that_nobody_graded() {
    let profiles = [vec![3, 0], vec![0, 0]];
    assert_eq!(ranks(&profiles, 3, Ungraded::Worst).unwrap(), [1, 1]);
    assert_eq!(ranks(&profiles, 3, Ungraded::Static(1)).unwrap(), [2, 1]);
    assert_eq!(ranks(&profiles, 3, Ungraded::Median).unwrap(), [1, 1]);
    // Without a share of anything it is below the worst grade.
    assert_eq!(ranks(&profiles, 3, Ungraded::Normalize).unwrap(), [1, 2]);
    let two = [vec![0, 0], vec![3, 0], vec![0, 0], vec![1, 1]];
    assert_eq!(ranks(&two, 3, Ungraded::Normalize).unwrap(), [3, 2, 3, 1]);
    let nobody = [vec![0, 0], vec![0, 0]];
    for policy in [Ungraded::Error, Ungraded::Median, Ungraded::Normalize] {
        assert_eq!(ranks(&nobody, 0, policy).unwrap(), [1, 1]);
    }
}

#[test]
fn scaled_profiles_of_equal_shares_tie() {
    let profiles = [vec![2, 4, 6], vec![1, 2, 3], vec![1, 0, 1]];
    assert_eq!(ranks(&profiles, 12, Ungraded::Normalize).unwrap(), [1, 1, 3]);
}

/// It takes a seat only when every graded option has one.
#[test]
fn seats_left_go_to_options_that_nobody_graded_as_to_any_other() {
    let profiles = vec![vec![0, 0], vec![3, 0], vec![0, 0]];
    let received = Received { cast: 3, blank: 0, invalid: 0 };
    let tally = Tally::MajorityJudgment { profiles, received };
    let outcome = |seats| count(&judgment(2, seats, Ungraded::Normalize), &numbered(3), &tally);
    let one = outcome(1).unwrap();
    assert_eq!((one.winners, one.ties.len()), (names("o1"), 0));
    let two = outcome(2).unwrap();
    assert_eq!((two.winners, two.ties.len()), (names("o1 o0 o2"), 1));
    assert_eq!(two.scores["o0"], Score::Text(String::new()));
    let Evidence::MajorityJudgment(evidence) = two.evidence else { panic!() };
    let merit = &evidence.merits["o0"];
    assert_eq!((merit.scale.as_str(), merit.ungraded, merit.majority_grade), ("1", 3, None));
    assert_eq!((evidence.seats.elected, evidence.seats.contested), (names("o1"), 1));
}

#[test]
fn scaling_is_exact_up_to_127_bits_and_by_shares_beyond() {
    // Two primes near 2^63: the multiple is just below 2^126.
    let (p, q) = (9_223_372_036_854_775_783, 9_223_372_036_854_775_643);
    let two = [vec![p / 2, p / 2 + 1], vec![q / 2 + 1, q / 2]];
    assert_eq!(ranks(&two, p, Ungraded::Normalize).unwrap(), [1, 2]);
    let three = [vec![p, 0], vec![q, 0], vec![3, 0]];
    assert_eq!(ranks(&three, p, Ungraded::Normalize).unwrap(), [1, 1, 1]);
    let received = Received { cast: p, blank: 0, invalid: 0 };
    let profiles = vec![vec![p / 2, p / 2 + 1], vec![q / 2, q / 2 + 1], vec![2, 1]];
    let tally = Tally::MajorityJudgment { profiles, received };
    let outcome = count(&judgment(2, 1, Ungraded::Normalize), &numbered(3), &tally).unwrap();
    // A little less than half is below in both; the shares differ by less than one in 2^70.
    assert_eq!(outcome.ranking, [names("o1"), names("o0"), names("o2")]);
    assert_eq!(outcome.scores["o2"], Score::Text("0+1/3 1+0/3".to_owned()));
    let Evidence::MajorityJudgment(evidence) = outcome.evidence else { panic!() };
    assert_eq!(evidence.merits["o2"].scale, "1/3");
}

#[test]
fn profiles_that_do_not_add_up_are_refused() {
    let over = [vec![2, 2], vec![2, 1]];
    assert_eq!(ranks(&over, 3, Ungraded::Worst).unwrap_err(), CountError::BallotsDoNotAddUp);
    let huge = [vec![u64::MAX, 1], vec![2, 1]];
    assert_eq!(ranks(&huge, 3, Ungraded::Worst).unwrap_err(), CountError::TooLarge);
    let ragged = [vec![2, 1], vec![2, 1, 0]];
    let shape = CountError::TallyOfAnotherShape { expected: 2, found: 3 };
    assert_eq!(ranks(&ragged, 3, Ungraded::Worst).unwrap_err(), shape);
}

#[test]
fn a_tie_at_the_last_seat_is_a_set() {
    let profiles = vec![vec![1, 2], vec![0, 3], vec![1, 2], vec![3, 0]];
    let received = Received { cast: 3, blank: 0, invalid: 0 };
    let tally = Tally::MajorityJudgment { profiles, received };
    let outcome = count(&judgment(2, 2, Ungraded::Error), &numbered(4), &tally).unwrap();
    assert_eq!(outcome.winners, names("o1 o0 o2"));
    assert_eq!(outcome.ties.len(), 1);
    assert_eq!(outcome.ties[0].stage, TieStage::Seats);
    assert_eq!(outcome.ties[0].options, names("o0 o2"));
    assert_eq!(outcome.ties[0].rule, TieRule::None);
    assert_eq!(outcome.scores["o0"], Score::Text("1-1 0+0".to_owned()));
    let Evidence::MajorityJudgment(evidence) = outcome.evidence else { panic!() };
    assert_eq!((evidence.seats.elected, evidence.seats.contested), (names("o1"), 1));
}

#[test]
fn the_outcome_shows_profiles_and_grades() {
    let profiles = vec![vec![1, 0, 2], vec![0, 1, 1]];
    let received = Received { cast: 5, blank: 1, invalid: 1 };
    let tally = Tally::MajorityJudgment { profiles, received };
    let outcome = count(&judgment(3, 1, Ungraded::Worst), &names("b a"), &tally).unwrap();
    let json = r#"{"method":"majority-judgment","options":["b","a"],"winners":["b"],
        "ranking":[["b"],["a"]],"scores":{"a":"1-1 0+1 2+0","b":"2-1 0+0"},"ties":[],
        "ballots":{"cast":5,"valid":3,"blank":1,"invalid":1},
        "evidence":{"majority-judgment":{"grades":["g0","g1","g2"],"merits":{
        "a":{"profile":[1,1,1],"ungraded":1,"scale":"1","majority_grade":1},
        "b":{"profile":[1,0,2],"ungraded":0,"scale":"1","majority_grade":2}},
        "seats":{"seats":1,"elected":["b"],"contested":0,"tied":[]}}}}"#;
    let compact: String = json.lines().map(str::trim).collect();
    assert_eq!(serde_json::to_string(&outcome).unwrap(), compact);
}

fn profile_pair() -> impl Strategy<Value = (Vec<u64>, Vec<u64>)> {
    (2usize..=8, 0usize..=60).prop_flat_map(|(grade_count, total)| {
        let grades = || {
            prop::collection::vec(0..grade_count, total).prop_map(move |grades| {
                let mut profile = vec![0; grade_count];
                for grade in grades {
                    profile[grade] += 1;
                }
                profile
            })
        };
        (grades(), grades())
    })
}

proptest! {
    #[test]
    fn the_fast_form_is_the_rule((a, b) in profile_pair()) {
        prop_assert_eq!(fast_order(&a, &b), one_at_a_time(&a).cmp(&one_at_a_time(&b)));
    }

    #[test]
    fn only_identical_profiles_tie((a, b) in profile_pair()) {
        prop_assert_eq!(fast_order(&a, &b) == Ordering::Equal, a == b);
    }

    /// 10^18 ballots take the same few steps, and a common factor changes no order.
    #[test]
    fn a_common_factor_changes_no_order((a, b) in profile_pair()) {
        let large = |profile: &[u64]| -> Vec<u64> {
            profile.iter().map(|count| count * 10_000_000_000_000_000).collect()
        };
        prop_assert_eq!(fast_order(&large(&a), &large(&b)), fast_order(&a, &b));
        prop_assert_eq!(fast_order(&large(&a), &a), Ordering::Equal);
    }

    /// Shares of unequal totals compare as the profiles scaled to a common one, one at a time.
    #[test]
    fn shares_are_the_scaled_rule((a, _) in profile_pair(), (b, _) in profile_pair()) {
        let scaled = |profile: &[u64], by: u64| -> Vec<u64> {
            profile.iter().map(|count| count * by).collect()
        };
        let (of_a, of_b) = (a.iter().sum::<u64>(), b.iter().sum::<u64>());
        let slow = one_at_a_time(&scaled(&a, of_b)).cmp(&one_at_a_time(&scaled(&b, of_a)));
        if of_a > 0 && of_b > 0 {
            prop_assert_eq!(fast_order(&a, &b), slow);
        }
    }

    /// A better grade on one ballot never hurts.
    #[test]
    fn raising_a_grade_never_hurts((a, _) in profile_pair()) {
        for grade in 1..a.len() {
            if a[grade - 1] > 0 {
                let mut raised = a.clone();
                raised[grade - 1] -= 1;
                raised[grade] += 1;
                prop_assert_eq!(fast_order(&raised, &a), Ordering::Greater);
            }
        }
    }
}
