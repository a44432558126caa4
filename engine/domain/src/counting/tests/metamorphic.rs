//! Laws that relate two elections: names, losers, copies, reversed grades, raised winners.

use super::laws::vote;
use super::naive::{Set, columns, groups, outcome_of, scores};
use super::*;
use crate::counting::budget::{BudgetPaper, BudgetRule, Completion};
use crate::counting::majority_judgment::MajorityValue;
use crate::counting::points::{self, PointsRule, Unscored};
use proptest::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// The sets of winners, in columns.
fn sets(outcome: &Outcome) -> BTreeSet<Set> {
    let committees = outcome.evidence.committees().unwrap_or_default();
    committees.iter().map(|set| columns(outcome, set)).collect()
}

/// Whether one of several ways is shown: its rounds break ties by name, and order what they show.
fn shows_one_way(outcome: &Outcome) -> bool {
    let transferable = matches!(
        outcome.method,
        Method::Ranked(RankedRule::Irv | RankedRule::StvScottish | RankedRule::StvMeek)
    );
    transferable && !outcome.ties.is_empty()
}

fn has_seats(spec: &MethodSpec) -> bool {
    !matches!(spec.method(), Method::YesNo | Method::Consent)
}

/// What an option that nobody supports leaves as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// Who of the others wins, and their ranking.
    Ranking,
    /// Who of the others wins; of several sets that tie, more may now do so.
    Winners,
    /// Nothing: it says why.
    Nothing(&'static str),
}

/// An option that nobody supports is unranked, not approved of, of the worst grade, without points.
fn keeps_without_support(spec: &MethodSpec) -> Keeps {
    use RankedRule as R;
    match (spec, spec.method()) {
        (_, Method::YesNo | Method::Consent) => Keeps::Nothing("there is one option"),
        (_, Method::Ranked(R::Borda)) => Keeps::Nothing(
            "who ranks an option gives it 2 for beating the new one, who does not gives it 1",
        ),
        (_, Method::Quadratic) => Keeps::Nothing("0 is more than what those have who are disliked"),
        (MethodSpec::Budget { completion: Completion::Add1 | Completion::Add1u, .. }, _) => {
            Keeps::Nothing("shares are raised as long as anything that is not funded fits")
        }
        (_, Method::Committee(_) | Method::Budget(_)) => Keeps::Winners,
        // Those left when the seats are enough are elected without being counted any further.
        (_, Method::Ranked(R::StvScottish | R::StvMeek)) => Keeps::Winners,
        _ => Keeps::Ranking,
    }
}

/// Whether so many copies of each ballot elect the same.
fn is_homogeneous(spec: &MethodSpec) -> Result<(), &'static str> {
    match spec {
        MethodSpec::Consent { .. } => Err("limits are numbers of members"),
        MethodSpec::Ranked { rule: RankedRule::StvScottish, .. } => {
            Err("the quota is rounded up to whole ballots")
        }
        MethodSpec::Budget { completion: Completion::Add1 | Completion::Add1u, .. } => {
            Err("a unit for each ballot is more money when there are more ballots")
        }
        _ => Ok(()),
    }
}

/// The vote with one more option, the last, that nobody supports.
fn with_loser(spec: &MethodSpec, options: usize, rows: &[Vec<u8>]) -> (MethodSpec, Vec<Vec<u8>>) {
    let mut spec = spec.clone();
    if let MethodSpec::Budget { costs, .. } = &mut spec {
        costs.push(1);
    }
    // Where a missing grade is nothing, it is what least supports: less than the worst grade.
    let graded = spec.grades().is_some_and(|(_, policy)| policy != Ungraded::Normalize);
    let with = |row: &Vec<u8>| {
        let mark: &[u8] = match spec.paper() {
            Paper::Points => &points::mark(None).unwrap(),
            // Blank as before, or else the worst grade.
            _ if graded && !marks::is_blank(&spec, row) => &[marks::WORST_GRADE],
            _ => &[1],
        };
        [row, mark].concat()
    };
    // What is not admitted before may be admitted now: it is not what this is about.
    let is_admitted = |row: &&Vec<u8>| marks::check(&spec, options, row).is_ok();
    let rows = rows.iter().filter(is_admitted).map(with).collect();
    (spec, rows)
}

fn without(group: &Set, column: usize) -> Set {
    group.iter().copied().filter(|other| *other != column).collect()
}

/// A ballot with an option raised: its place, doubled, lowered; then places without gaps.
fn raised(row: &[u8], column: usize, by: u32) -> Vec<u8> {
    let mut doubled: Vec<u32> =
        row.iter().map(|mark| if *mark == 1 { 600 } else { 2 * u32::from(*mark) }).collect();
    doubled[column] = doubled[column].saturating_sub(by).max(1);
    let places: BTreeSet<u32> = doubled.iter().copied().filter(|place| *place < 600).collect();
    let dense = |place: &u32| match places.iter().position(|known| known == place) {
        Some(place) => 2 + u8::try_from(place).unwrap(),
        None => 1,
    };
    doubled.iter().map(dense).collect()
}

fn ranked(rule: RankedRule) -> MethodSpec {
    MethodSpec::Ranked { rule, seats: 1 }
}

fn winners(spec: &MethodSpec, width: usize, rows: &[Vec<u8>]) -> Set {
    let outcome = outcome_of(spec, &numbered(width), rows);
    columns(&outcome, &outcome.winners)
}

/// One upper median after the other.
fn upper_medians(profile: &[u64]) -> Vec<usize> {
    let mut own: Vec<usize> = (profile.iter().enumerate())
        .flat_map(|(grade, count)| std::iter::repeat_n(grade, usize::try_from(*count).unwrap()))
        .collect();
    (0..own.len()).map(|_| own.remove(own.len() / 2)).collect()
}

fn reversed(profile: &[u64]) -> Vec<u64> {
    profile.iter().rev().copied().collect()
}

/// Majority judgment takes the lower median. With best and worst exchanged the lower median is the
/// upper one, so that what is reversed is the order by *upper* medians, one after the other; the
/// order by lower medians is reversed only where both medians are the same.
#[test]
fn reversed_grades_reverse_the_order_by_upper_medians() {
    for (grade_count, totals) in [(2, 0..9), (3, 0..7), (4, 0..6), (5, 0..4)] {
        for total in totals {
            let all: Vec<Vec<u64>> = judgment::profiles(grade_count, total);
            for (a, b) in all.iter().flat_map(|a| all.iter().map(move |b| (a, b))) {
                let found = MajorityValue::of(&reversed(a)).cmp(&MajorityValue::of(&reversed(b)));
                let expected = upper_medians(b).cmp(&upper_medians(a));
                assert_eq!(found, expected, "{a:?} {b:?}");
            }
            for profile in all.iter().filter(|_| total % 2 == 1) {
                let best = grade_count - 1;
                let turned = MajorityValue::of(&reversed(profile)).grade().unwrap();
                assert_eq!(turned, best - MajorityValue::of(profile).grade().unwrap());
            }
        }
    }
}

/// As many of the best as of the worst grade are worth the worst: turned round they are the same
/// profile, and stand again below one of nothing but middle grades.
#[test]
fn the_order_by_lower_medians_is_not_its_own_reverse() {
    let (split, middle) = ([1, 0, 1], [0, 2, 0]);
    assert_eq!(MajorityValue::of(&split).cmp(&MajorityValue::of(&middle)), Ordering::Less);
    assert_eq!((reversed(&split), reversed(&middle)), (split.to_vec(), middle.to_vec()));
    assert_eq!(upper_medians(&split).cmp(&upper_medians(&middle)), Ordering::Greater);
}

/// Why Borda does not promise to ignore an option that nobody ranks. 4 rank a before b, 3 rank b
/// alone: a leads by 8 to 6. With c, unranked: b has 8 + 12, a 16 + 3.
#[test]
fn an_option_that_nobody_ranks_changes_borda() {
    let rows = [vec![vec![2, 3]; 4], vec![vec![1, 2]; 3]].concat();
    assert_eq!(winners(&ranked(RankedRule::Borda), 2, &rows), Set::from([0]));
    let rows = [vec![vec![2, 3, 1]; 4], vec![vec![1, 2, 1]; 3]].concat();
    assert_eq!(winners(&ranked(RankedRule::Borda), 3, &rows), Set::from([1]));
}

/// Why quadratic votes do not either: an option without points is above all that are disliked.
#[test]
fn an_option_without_points_wins_where_all_others_are_disliked() {
    let spec = MethodSpec::Points { rule: PointsRule::Quadratic { credits: 9 }, seats: 1 };
    let row =
        |own: &[Option<i32>]| own.iter().flat_map(|own| points::mark(*own).unwrap()).collect();
    assert_eq!(winners(&spec, 2, &[row(&[Some(-1), Some(-2)])]), Set::from([0]));
    assert_eq!(winners(&spec, 3, &[row(&[Some(-1), Some(-2), None])]), Set::from([2]));
}

/// Why Scottish votes are not those of their copies: of 5 the quota is 2, of 20 it is 7. The
/// surplus of a is 1 of 3 votes, or 5 of 12.
#[test]
fn copies_of_all_ballots_change_scottish_votes() {
    let spec = MethodSpec::Ranked { rule: RankedRule::StvScottish, seats: 2 };
    let rows = [vec![vec![2, 3, 1, 1]; 3], vec![vec![1, 1, 2, 1], vec![1, 1, 1, 2]]].concat();
    assert_eq!(winners(&spec, 4, &rows), Set::from([0, 2, 3]));
    assert_eq!(winners(&spec, 4, &vec![rows; 4].concat()), Set::from([0, 1]));
}

/// By cost, raising shares by one.
fn raising(completion: Completion, budget: u64, costs: &[u64]) -> MethodSpec {
    let paper = BudgetPaper::Approvals { max_choices: None };
    let rule = BudgetRule::EqualSharesCost;
    MethodSpec::Budget { rule, completion, budget, costs: costs.to_vec(), unit: 1, paper }
}

/// Why raised shares promise nothing of projects that nobody wants: of 6, projects of 3 and 2 are
/// funded, and that of 4 does not fit any more. One of 1, which does, has the shares raised, and
/// with one more for each ballot 4 and 2 are as good.
#[test]
fn a_project_that_nobody_wants_has_shares_raised() {
    let rows = [vec![1, 2, 1], vec![2, 1, 2]];
    assert_eq!(winners(&raising(Completion::Add1, 6, &[3, 2, 4]), 3, &rows), Set::from([0, 1]));
    let rows = [vec![1, 2, 1, 1], vec![2, 1, 2, 1]];
    assert_eq!(
        winners(&raising(Completion::Add1, 6, &[3, 2, 4, 1]), 4, &rows),
        Set::from([0, 1, 2])
    );
}

/// Why raised shares are not those of copies: with 2 ballots, one of them blank, 2 more are raised
/// by one each, and the voter can pay 2 of 3. With 8 the first step is 8 more, beyond the budget.
#[test]
fn copies_of_all_ballots_change_raised_shares() {
    let rows = vec![vec![2, 2], vec![1, 1]];
    assert_eq!(winners(&raising(Completion::Add1, 3, &[2, 3]), 2, &rows), Set::from([0]));
    assert_eq!(
        winners(&raising(Completion::Add1, 3, &[2, 3]), 2, &vec![rows; 4].concat()),
        Set::new()
    );
}

/// Two level options that are both elected share a place, whatever their names.
#[test]
fn level_options_elected_together_share_a_place() {
    for rule in [RankedRule::StvScottish, RankedRule::StvMeek] {
        let spec = MethodSpec::Ranked { rule, seats: 2 };
        let outcome = outcome_of(&spec, &numbered(3), &[vec![2, 1, 1], vec![1, 2, 1]]);
        assert_eq!(groups(&outcome), [Set::from([0, 1]), Set::from([2])], "{rule:?}");
    }
}

fn rankings() -> impl Strategy<Value = (usize, Vec<Vec<u8>>)> {
    (2usize..5).prop_flat_map(|width| {
        let row = prop::collection::vec(1..=width as u8 + 1, width);
        let row = row.prop_filter("not blank", |row| row.iter().any(|mark| *mark > 1));
        (Just(width), prop::collection::vec(row, 1..9))
    })
}

fn marked(most: u8) -> impl Strategy<Value = (usize, Vec<Vec<u8>>)> {
    (1usize..5).prop_flat_map(move |width| {
        let row = prop::collection::vec(1..=most, width);
        (Just(width), prop::collection::vec(row, 1..9))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Another name for each option: the outcome is the same by other names.
    #[test]
    fn names_decide_nothing(
        (spec, options, rows) in vote(),
        order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let order = order.into_iter().filter(|number| *number < options);
        let others: Vec<String> = order.map(|number| format!("o{number}")).collect();
        let first = outcome_of(&spec, &numbered(options), &rows);
        let second = outcome_of(&spec, &others, &rows);
        let of = |outcome: &Outcome| columns(outcome, &outcome.winners);
        prop_assert_eq!(of(&first), of(&second));
        prop_assert_eq!(sets(&first), sets(&second));
        prop_assert_eq!(first.ballots, second.ballots);
        if has_seats(&spec) {
            let (own, other) = (first.evidence.seats(), second.evidence.seats());
            let (own, other) = (own.unwrap(), other.unwrap());
            prop_assert_eq!(columns(&first, &own.elected), columns(&second, &other.elected));
            prop_assert_eq!(columns(&first, &own.tied), columns(&second, &other.tied));
            prop_assert_eq!(own.contested, other.contested);
        }
        // A known defect, above: of raised shares the ties of one way are named, which is by name.
        let is_raised = matches!(
            spec,
            MethodSpec::Budget { completion: Completion::Add1 | Completion::Add1u, .. }
        );
        prop_assert!(is_raised || first.ties.is_empty() == second.ties.is_empty());
        if shows_one_way(&first) {
            return Ok(());
        }
        if !matches!(spec.method(), Method::MajorityJudgment) {
            prop_assert_eq!(scores(&first), scores(&second));
        }
        if spec.method() != Method::Ranked(RankedRule::StvMeek)
            && spec.method() != Method::Ranked(RankedRule::StvScottish)
        {
            prop_assert_eq!(groups(&first), groups(&second), "{:?} {:?}", first, second);
        }
    }

    /// An option that nobody supports changes nothing among the others, where that is promised.
    #[test]
    fn a_loser_changes_nothing((spec, options, rows) in vote()) {
        let keeps = keeps_without_support(&spec);
        if matches!(keeps, Keeps::Nothing(_)) {
            return Ok(());
        }
        let admitted: Vec<Vec<u8>> = rows.into_iter()
            .filter(|row| marks::check(&spec, options, row).is_ok())
            .collect();
        let before = outcome_of(&spec, &numbered(options), &admitted);
        let (wider, rows) = with_loser(&spec, options, &admitted);
        let after = outcome_of(&wider, &numbered(options + 1), &rows);
        let found = without(&columns(&after, &after.winners), options);
        prop_assert_eq!(found, columns(&before, &before.winners), "{:?} {:?}", before, after);
        if keeps == Keeps::Ranking && !shows_one_way(&before) && !shows_one_way(&after) {
            let others: Vec<Set> = groups(&after).iter()
                .map(|group| without(group, options))
                .filter(|group| !group.is_empty())
                .collect();
            prop_assert_eq!(others, groups(&before), "{:?} {:?}", before, after);
        }
    }

    /// So many copies of every ballot are the same vote, where that is promised.
    #[test]
    fn copies_of_all_ballots_change_nothing((spec, options, rows) in vote(), times in 2usize..5) {
        if is_homogeneous(&spec).is_err() {
            return Ok(());
        }
        let once = outcome_of(&spec, &numbered(options), &rows);
        let copied = outcome_of(&spec, &numbered(options), &vec![rows; times].concat());
        let of = |outcome: &Outcome| columns(outcome, &outcome.winners);
        prop_assert_eq!(of(&once), of(&copied), "{:?} {:?}", once, copied);
        prop_assert_eq!(sets(&once), sets(&copied));
        if !shows_one_way(&once) {
            prop_assert_eq!(groups(&once), groups(&copied));
        }
    }

    /// Borda promises it where all rank all, and the loser last.
    #[test]
    fn a_loser_that_all_rank_last_changes_nothing_in_borda((width, rows) in rankings()) {
        let last = |row: &Vec<u8>| {
            let full: Vec<u8> =
                row.iter().map(|mark| if *mark == 1 { width as u8 + 1 } else { *mark }).collect();
            let lower = [&full[..], &[width as u8 + 2]].concat();
            (full, lower)
        };
        let (full, lower): (Vec<_>, Vec<_>) = rows.iter().map(last).unzip();
        let before = outcome_of(&ranked(RankedRule::Borda), &numbered(width), &full);
        let after = outcome_of(&ranked(RankedRule::Borda), &numbered(width + 1), &lower);
        prop_assert_eq!(groups(&after)[..groups(&before).len()].to_vec(), groups(&before));
    }

    /// Whoever wins still does when one ballot places it higher, and nothing else otherwise.
    #[test]
    fn raising_a_winner_of_rankings_keeps_it_winning(
        (width, rows) in rankings(), ballot in any::<prop::sample::Index>(), by in 1u32..700,
    ) {
        use RankedRule::{
            Borda, Copeland, MinimaxMargins, MinimaxWinningVotes, Plurality, SchulzeMargins,
            SchulzeWinningVotes,
        };
        for rule in [Plurality, Borda, SchulzeMargins, SchulzeWinningVotes, Copeland,
            MinimaxMargins, MinimaxWinningVotes] {
            for winner in winners(&ranked(rule), width, &rows) {
                let mut higher = rows.clone();
                let ballot = ballot.index(rows.len());
                higher[ballot] = raised(&rows[ballot], winner, by);
                let found = winners(&ranked(rule), width, &higher);
                prop_assert!(found.contains(&winner), "{:?} {} {:?}", rule, winner, higher);
            }
        }
    }

    /// The same of approvals, scores and grades.
    #[test]
    fn raising_a_winner_of_marks_keeps_it_winning(
        (width, rows) in marked(5), ballot in any::<prop::sample::Index>(), to in 2u8..6,
    ) {
        let ballot = ballot.index(rows.len());
        let approved = |row: &Vec<u8>| row.iter().map(|mark| 1 + u8::from(*mark > 3)).collect();
        let yes: Vec<Vec<u8>> = rows.iter().map(approved).collect();
        for winner in winners(&approval(1, None), width, &yes) {
            let mut more = yes.clone();
            more[ballot][winner] = marks::APPROVED;
            prop_assert!(winners(&approval(1, None), width, &more).contains(&winner));
        }
        let scored = |rows: &[Vec<u8>]| -> Vec<Vec<u8>> {
            let mark = |mark: &u8| points::mark((*mark > 1).then(|| i32::from(*mark) - 2)).unwrap();
            rows.iter().map(|row| row.iter().flat_map(mark).collect()).collect()
        };
        let rule = PointsRule::Score { most: 9, unscored: Unscored::Zero };
        let sum = MethodSpec::Points { rule, seats: 1 };
        let rule = PointsRule::Score { most: 9, unscored: Unscored::Excluded };
        let mean = MethodSpec::Points { rule, seats: 1 };
        for winner in winners(&sum, width, &scored(&rows)) {
            let mut more = rows.clone();
            more[ballot][winner] = to.max(rows[ballot][winner]);
            prop_assert!(winners(&sum, width, &scored(&more)).contains(&winner));
        }
        for ungraded in [Ungraded::Worst, Ungraded::Static(1), Ungraded::Median,
            Ungraded::Normalize] {
            let spec = judgment(4, 1, ungraded);
            for winner in winners(&spec, width, &rows) {
                let mut more = rows.clone();
                // A grade where there was none is another matter: it may be below what stood in.
                if rows[ballot][winner] > 1 {
                    more[ballot][winner] = to.max(rows[ballot][winner]);
                }
                prop_assert!(winners(&spec, width, &more).contains(&winner));
                if rows[ballot][winner] > 1 {
                    // Means, too, of those who have given a score already.
                    for best in winners(&mean, width, &scored(&rows)) {
                        let mut more = rows.clone();
                        if rows[ballot][best] > 1 {
                            more[ballot][best] = to.max(rows[ballot][best]);
                        }
                        prop_assert!(winners(&mean, width, &scored(&more)).contains(&best));
                    }
                }
            }
        }
    }
}
