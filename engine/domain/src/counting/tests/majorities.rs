//! Boundaries of quorum and majority.

use super::*;
use crate::counting::outcome::{Evidence, Tie, TieRule, TieStage};
use crate::counting::yes_no::{
    Decision, MajorityBase, Quorum, QuorumBase, YesNoCounts, YesNoEvidence,
};
use proptest::prelude::*;

const HALF: Fraction = Fraction::HALF;
const TWO_THIRDS: Fraction = Fraction::new(2, 3);

/// `for against abstain blank eligible`
fn counts(text: &str) -> YesNoCounts {
    let numbers: Vec<u64> = text.split_whitespace().map(|word| word.parse().unwrap()).collect();
    let [in_favour, against, abstain, blank, eligible] = numbers[..] else { panic!("{text}") };
    YesNoCounts { in_favour, against, abstain, blank, invalid: 0, eligible }
}

fn run(rule: Rule, counts: YesNoCounts) -> Result<(Outcome, YesNoEvidence), CountError> {
    let outcome = count(&MethodSpec::YesNo { rule }, &names("text"), &Tally::YesNo(counts))?;
    let Evidence::YesNo(evidence) = outcome.evidence.clone() else { panic!("{outcome:?}") };
    Ok((outcome, evidence))
}

fn absolute(base: MajorityBase) -> Majority {
    Majority::Absolute { base }
}

fn qualified(ratio: Fraction, base: MajorityBase, strict: bool) -> Majority {
    Majority::Qualified { ratio, base, strict }
}

#[test]
fn majorities_at_their_boundaries() {
    use MajorityBase::{Cast, Eligible, Expressed};
    // for against abstain blank eligible | majority | base, needed | adopted
    let cases = [
        // A tie is rejected, one vote more is enough; abstentions and blanks do not matter.
        ("5 5 0 0 99", Majority::Simple, 10, 6, false),
        ("6 5 0 0 99", Majority::Simple, 11, 6, true),
        ("5 6 0 0 99", Majority::Simple, 11, 6, false),
        ("1 0 50 40 99", Majority::Simple, 1, 1, true),
        // Nothing expressed, all blank, nobody voting.
        ("0 0 7 0 99", Majority::Simple, 0, 1, false),
        ("0 0 0 7 99", Majority::Simple, 0, 1, false),
        ("0 0 0 0 0", Majority::Simple, 0, 1, false),
        ("0 0 0 7 99", qualified(TWO_THIRDS, Expressed, false), 0, 1, false),
        // Absolute: exactly half is too little, whatever the base.
        ("5 5 0 0 99", absolute(Expressed), 10, 6, false),
        ("5 4 1 0 99", absolute(Cast), 10, 6, false),
        ("5 4 0 1 99", absolute(Cast), 10, 6, false),
        ("6 4 0 0 99", absolute(Cast), 10, 6, true),
        ("5 4 1 0 99", absolute(Expressed), 9, 5, true),
        ("6 0 0 0 12", absolute(Eligible), 12, 7, false),
        ("7 0 0 0 12", absolute(Eligible), 12, 7, true),
        ("7 0 0 0 13", absolute(Eligible), 13, 7, true),
        // Two thirds: exactly is enough unless strict.
        ("6 3 0 0 99", qualified(TWO_THIRDS, Expressed, false), 9, 6, true),
        ("6 3 0 0 99", qualified(TWO_THIRDS, Expressed, true), 9, 7, false),
        ("7 2 0 0 99", qualified(TWO_THIRDS, Expressed, true), 9, 7, true),
        ("6 4 0 0 99", qualified(TWO_THIRDS, Expressed, false), 10, 7, false),
        ("7 3 0 0 99", qualified(TWO_THIRDS, Expressed, false), 10, 7, true),
        ("6 0 2 2 99", qualified(TWO_THIRDS, Cast, false), 10, 7, false),
        ("66 0 0 0 99", qualified(TWO_THIRDS, Eligible, false), 99, 66, true),
        // A rule of "at least half" does not adopt a tie either.
        ("5 5 0 0 99", qualified(HALF, Expressed, false), 10, 5, false),
        ("6 5 0 0 99", qualified(HALF, Expressed, false), 11, 6, true),
        // Unanimity.
        ("9 1 0 0 99", qualified(Fraction::new(1, 1), Expressed, false), 10, 10, false),
        ("9 0 5 0 99", qualified(Fraction::new(1, 1), Expressed, false), 9, 9, true),
    ];
    for (votes, majority, base, needed, adopted) in cases {
        let (outcome, evidence) = run(Rule { quorum: None, majority }, counts(votes)).unwrap();
        let found = &evidence.majority;
        assert_eq!((found.base_count, found.needed), (base, needed), "{votes} {majority:?}");
        assert_eq!(evidence.decision == Decision::Adopted, adopted, "{votes} {majority:?}");
        assert_eq!(found.reached, adopted, "{votes} {majority:?}");
        assert_eq!(outcome.winners, names(if adopted { "text" } else { "" }));
    }
}

#[test]
fn a_quorum_is_met_to_the_vote() {
    let quarter = Fraction::new(1, 4);
    // votes | base | present, needed, missing | adopted
    let cases = [
        ("25 0 0 0 100", QuorumBase::Cast, 25, 25, 0, true),
        ("24 0 0 0 100", QuorumBase::Cast, 24, 25, 1, false),
        ("25 0 0 0 101", QuorumBase::Cast, 25, 26, 1, false),
        ("1 0 20 4 100", QuorumBase::Cast, 25, 25, 0, true),
        ("1 0 20 4 100", QuorumBase::Expressed, 1, 25, 24, false),
        ("20 5 9 9 100", QuorumBase::Expressed, 25, 25, 0, true),
        ("0 0 0 0 0", QuorumBase::Cast, 0, 0, 0, false),
    ];
    for (votes, base, present, needed, missing, adopted) in cases {
        let quorum = Some(Quorum { ratio: quarter, base });
        let rule = Rule { quorum, majority: Majority::Simple };
        let (_, evidence) = run(rule, counts(votes)).unwrap();
        let found = evidence.quorum.unwrap();
        assert_eq!((found.present, found.needed, found.missing), (present, needed, missing));
        assert_eq!(found.met, missing == 0, "{votes}");
        assert_eq!(evidence.decision == Decision::Adopted, adopted, "{votes}");
    }
}

#[test]
fn a_tie_is_reported_with_the_rule_that_settles_it() {
    let rule = Rule { quorum: None, majority: Majority::Simple };
    let (tied, evidence) = run(rule, counts("5 5 3 1 20")).unwrap();
    let tie = Tie { stage: TieStage::Majority, options: names("text"), rule: TieRule::StatusQuo };
    assert_eq!(tied.ties, [tie]);
    assert!(evidence.majority.tied);
    let (silent, evidence) = run(rule, counts("0 0 3 1 20")).unwrap();
    assert!(silent.ties.is_empty() && !evidence.majority.tied);
}

#[test]
fn the_outcome_names_every_denominator() {
    let quorum = Some(Quorum { ratio: Fraction::new(1, 2), base: QuorumBase::Cast });
    let majority = qualified(TWO_THIRDS, MajorityBase::Expressed, false);
    let mut votes = counts("7 2 3 1 20");
    votes.invalid = 2;
    let (outcome, _) = run(Rule { quorum, majority }, votes).unwrap();
    let json = r#"{"method":"yes-no","options":["text"],"winners":["text"],"ranking":[["text"]],
        "scores":{"text":7},"ties":[],"ballots":{"cast":15,"valid":12,"blank":1,"invalid":2},
        "evidence":{"yes-no":{"decision":"adopted","eligible":20,"cast":13,"for":7,"against":2,
        "abstain":3,"blank":1,"expressed":9,
        "quorum":{"ratio":{"numerator":1,"denominator":2},"base":"cast","present":13,"needed":10,
        "missing":0,"met":true},
        "majority":{"ratio":{"numerator":2,"denominator":3},"base":"expressed","strict":false,
        "base_count":9,"needed":6,"missing":0,"tied":false,"reached":true}}}}"#;
    let compact: String = json.lines().map(str::trim).collect();
    assert_eq!(serde_json::to_string(&outcome).unwrap(), compact);
}

#[test]
fn impossible_counts_are_refused() {
    let rule = Rule { quorum: None, majority: Majority::Simple };
    let too_many = CountError::MoreCastThanEligible { cast: 10, eligible: 9 };
    assert_eq!(run(rule, counts("5 3 1 1 9")).unwrap_err(), too_many);
    let mut huge = counts("5 3 1 1 99");
    huge.abstain = u64::MAX;
    assert_eq!(run(rule, huge).unwrap_err(), CountError::TooLarge);
}

proptest! {
    /// Nothing is adopted without more votes for than against, and a further vote for that
    /// replaces one against never turns an adoption down.
    #[test]
    fn adoption_needs_more_for_than_against_and_is_monotone(
        votes in (0u64..40, 1u64..40, 0u64..20, 0u64..20, 0u64..50),
        share in (1u32..30, 1u32..30),
        strict: bool,
        base in prop::sample::select(vec![
            MajorityBase::Expressed, MajorityBase::Cast, MajorityBase::Eligible,
        ]),
    ) {
        let (in_favour, against, abstain, blank, absent) = votes;
        let eligible = in_favour + against + abstain + blank + absent;
        let before = YesNoCounts { in_favour, against, abstain, blank, invalid: 0, eligible };
        let after =
            YesNoCounts { in_favour: in_favour + 1, against: against - 1, ..before };
        let majority = qualified(Fraction::new(share.0, share.0 + share.1), base, strict);
        let rule = Rule { quorum: None, majority };
        let adopted = |counts| {
            run(rule, counts).map(|(_, evidence)| evidence.decision == Decision::Adopted)
        };
        if let Ok(first) = adopted(before) {
            prop_assert!(!first || in_favour > against);
            prop_assert!(!first || adopted(after).unwrap());
        }
    }
}
