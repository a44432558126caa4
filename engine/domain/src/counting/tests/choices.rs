//! Yes/no and consent against a naive formula, for every small count.

use super::naive::{Share, whole};
use super::*;
use crate::counting::consent::Rule as Consent;
use crate::counting::outcome::Evidence;
use crate::counting::yes_no::{Decision, MajorityBase, Quorum, QuorumBase};

fn every(most: u64, mut visit: impl FnMut([u64; 4])) {
    for in_favour in 0..=most {
        for against in 0..=most {
            for abstain in 0..=most {
                for blank in 0..=most {
                    visit([in_favour, against, abstain, blank]);
                }
            }
        }
    }
}

fn counts([in_favour, against, abstain, blank]: [u64; 4], absent: u64) -> YesNoCounts {
    let eligible = in_favour + against + abstain + blank + absent;
    YesNoCounts { in_favour, against, abstain, blank, invalid: 0, eligible }
}

fn majorities() -> Vec<Majority> {
    let bases = [MajorityBase::Expressed, MajorityBase::Cast, MajorityBase::Eligible];
    let mut all = vec![Majority::Simple];
    all.extend(bases.map(|base| Majority::Absolute { base }));
    for (p, q) in [(1, 2), (3, 5), (2, 3), (3, 4), (1, 1)] {
        for strict in [false, true].into_iter().filter(|strict| p < q || !strict) {
            let ratio = Fraction::new(p, q);
            all.extend(bases.map(|base| Majority::Qualified { ratio, base, strict }));
        }
    }
    all
}

fn quorums() -> Vec<Option<Quorum>> {
    let mut all = vec![None];
    for (p, q) in [(1, 4), (1, 2), (2, 3), (1, 1)] {
        for base in [QuorumBase::Cast, QuorumBase::Expressed] {
            all.push(Some(Quorum { ratio: Fraction::new(p, q), base }));
        }
    }
    all
}

fn share(ratio: Fraction) -> Share {
    Share::new(i128::from(ratio.numerator), i128::from(ratio.denominator))
}

/// Whether enough take part, by fractions.
fn is_quorate(quorum: Option<Quorum>, counts: &YesNoCounts) -> bool {
    let Some(Quorum { ratio, base }) = quorum else { return true };
    let expressed = counts.in_favour + counts.against;
    let present = match base {
        QuorumBase::Expressed => expressed,
        QuorumBase::Cast => expressed + counts.abstain + counts.blank,
    };
    whole(present) >= share(ratio) * whole(counts.eligible)
}

fn is_adopted(rule: Rule, counts: &YesNoCounts) -> bool {
    let expressed = counts.in_favour + counts.against;
    let of = |base| match base {
        MajorityBase::Expressed => whole(expressed),
        MajorityBase::Cast => whole(expressed + counts.abstain + counts.blank),
        MajorityBase::Eligible => whole(counts.eligible),
    };
    let votes = whole(counts.in_favour);
    let is_reached = match rule.majority {
        Majority::Simple => true,
        Majority::Absolute { base } => votes * 2 > of(base),
        Majority::Qualified { ratio, base, strict: true } => votes > share(ratio) * of(base),
        Majority::Qualified { ratio, base, strict: false } => votes >= share(ratio) * of(base),
    };
    is_quorate(rule.quorum, counts) && is_reached && counts.in_favour > counts.against
}

fn check(rule: Rule, counts: &YesNoCounts) {
    let spec = MethodSpec::YesNo { rule };
    let outcome = count(&spec, &names("text"), &Tally::YesNo(*counts)).unwrap();
    let Evidence::YesNo(evidence) = &outcome.evidence else { panic!() };
    let adopted = is_adopted(rule, counts);
    assert_eq!(evidence.decision == Decision::Adopted, adopted, "{rule:?} {counts:?}");
    assert_eq!(outcome.winners.len(), usize::from(adopted), "{rule:?} {counts:?}");
    let tied = counts.in_favour == counts.against && counts.in_favour > 0;
    assert_eq!(outcome.ties.len(), usize::from(tied), "{rule:?} {counts:?}");
    // So many votes more, in the place of absent members who are then counted, or fewer.
    let majority = &evidence.majority;
    assert_eq!(majority.missing, majority.needed.saturating_sub(counts.in_favour));
    let ballots = outcome.ballots;
    assert_eq!(ballots.cast, ballots.valid + ballots.blank);
    assert_eq!(ballots.cast, evidence.expressed + counts.abstain + counts.blank);
}

/// Every count up to six by every majority, without a quorum and by every quorum with two of them.
#[test]
fn yes_no_votes_of_every_small_count() {
    let (majorities, quorums) = (majorities(), quorums());
    assert_eq!((majorities.len(), quorums.len()), (31, 9));
    every(6, |votes| {
        for majority in majorities.iter().copied() {
            check(Rule { quorum: None, majority }, &counts(votes, 2));
        }
        for quorum in quorums.iter().copied() {
            check(Rule { quorum, majority: Majority::Simple }, &counts(votes, 3));
        }
    });
}

/// Every count up to two by every majority with every quorum.
#[test]
fn yes_no_votes_by_every_rule() {
    let (majorities, quorums) = (majorities(), quorums());
    every(2, |votes| {
        for absent in [0, 1, 4] {
            for majority in majorities.iter().copied() {
                for quorum in quorums.iter().copied() {
                    check(Rule { quorum, majority }, &counts(votes, absent));
                }
            }
        }
    });
}

/// Consent, consensus and consensus minus k: every count up to four by every small limit.
#[test]
fn consents_of_every_small_count() {
    let limits = [None, Some(0), Some(1), Some(3)];
    let quorums = [None, quorums()[3], quorums()[4]];
    every(4, |votes| {
        let counts = counts(votes, 1);
        for blocks in 0..4 {
            for (minimum, stand_asides) in limits.iter().flat_map(|a| limits.map(|b| (*a, b))) {
                for quorum in quorums {
                    let rule = Consent { blocks, minimum, stand_asides, quorum };
                    let spec = MethodSpec::Consent { rule };
                    let outcome = count(&spec, &names("text"), &Tally::YesNo(counts)).unwrap();
                    let [consents, objections, aside, _] = votes;
                    let adopted = objections <= u64::from(blocks)
                        && consents > 0
                        && minimum.is_none_or(|least| consents >= u64::from(least))
                        && stand_asides.is_none_or(|most| aside <= u64::from(most))
                        && is_quorate(quorum, &counts);
                    assert_eq!(!outcome.winners.is_empty(), adopted, "{rule:?} {counts:?}");
                    assert!(outcome.ties.is_empty());
                }
            }
        }
    });
}
