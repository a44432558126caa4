//! Consent: at each limit, just within and just beyond.

use super::*;
use crate::counting::consent::{ConsentEvidence, Rule as Consent};
use crate::counting::outcome::Evidence;
use crate::counting::yes_no::{Decision, Quorum, QuorumBase};

/// Consents, stand-asides, objections, blank ballots, of so many eligible.
fn run(rule: Consent, [consents, aside, objections, blank, eligible]: [u64; 5]) -> Outcome {
    let counts = YesNoCounts {
        in_favour: consents,
        against: objections,
        abstain: aside,
        blank,
        invalid: 0,
        eligible,
    };
    count(&MethodSpec::Consent { rule }, &names("text"), &Tally::YesNo(counts)).unwrap()
}

#[test]
fn at_each_limit() {
    let plain = Consent::default();
    let minus_two = Consent { blocks: 2, ..plain };
    let wide = Consent { minimum: Some(5), ..plain };
    let few_aside = Consent { stand_asides: Some(1), ..plain };
    let half = Quorum { ratio: Fraction::new(1, 2), base: QuorumBase::Cast };
    let present = Consent { quorum: Some(half), ..plain };
    for (rule, counts, adopted) in [
        (plain, [1, 0, 0, 0, 9], true),
        (plain, [8, 0, 1, 0, 9], false),
        // Silence, blank ballots and stand-asides adopt nothing by themselves.
        (plain, [0, 0, 0, 0, 9], false),
        (plain, [0, 5, 0, 4, 9], false),
        (plain, [1, 8, 0, 0, 9], true),
        (minus_two, [3, 0, 2, 0, 9], true),
        (minus_two, [6, 0, 3, 0, 9], false),
        (wide, [5, 4, 0, 0, 9], true),
        (wide, [4, 5, 0, 0, 9], false),
        (few_aside, [3, 1, 0, 0, 9], true),
        (few_aside, [3, 2, 0, 0, 9], false),
        (present, [4, 0, 0, 1, 10], true),
        (present, [4, 0, 0, 0, 10], false),
    ] {
        let outcome = run(rule, counts);
        assert_eq!(outcome.winners == names("text"), adopted, "{rule:?} {counts:?}");
        let Evidence::Consent(ConsentEvidence { decision, cast, .. }) = outcome.evidence else {
            panic!("{outcome:?}")
        };
        assert_eq!(decision == Decision::Adopted, adopted);
        assert_eq!(cast, counts.iter().take(4).sum::<u64>());
    }
}

#[test]
fn more_than_everybody_is_an_error() {
    let counts = YesNoCounts { in_favour: 3, eligible: 2, ..YesNoCounts::default() };
    let spec = MethodSpec::Consent { rule: Consent::default() };
    let error = count(&spec, &names("text"), &Tally::YesNo(counts)).unwrap_err();
    assert_eq!(error, CountError::MoreCastThanEligible { cast: 3, eligible: 2 });
}
