//! The other side of the limits: what is just within them is accepted.

use super::town;
use archipel_domain::authority::{
    CLOCK_SKEW_MS_MAX, CONDITION_STREAMS_MAX, Condition, Expected, ExpectedRevision, Unchanged,
};
use archipel_domain::counting::Ungraded;
use archipel_domain::entity::Kind;
use archipel_domain::membership::KEYS_MAX;
use archipel_domain::vote::{BallotPaper, Choice, OPTIONS_MAX, VOTE_DAYS_MAX, is_due};
use archipel_testkit::scenario::{
    DAY_MS, START, Scene, Stage as _, Town, acts, mandate, person, registrar,
};

#[test]
fn clocks_may_differ_a_little() {
    let (mut scene, _) = town();
    let late = scene.now.plus_ms(CLOCK_SKEW_MS_MAX);
    scene.given(person(3).says(acts::submit("text")).dated(late));
    let early = START.plus_ms(-CLOCK_SKEW_MS_MAX);
    scene.given(person(3).says(acts::submit("text")).dated(early));
}

#[test]
fn conditions_that_hold() {
    let (mut scene, _) = town();
    let stream = "group/nord".parse().unwrap();
    let revision = Some(ExpectedRevision { stream, is: Expected::Exactly(0) });
    let since = scene.world.position - 1;
    let mut streams = vec!["unit/EUR".parse().unwrap(), "circle/assembly".parse().unwrap()];
    streams.resize(CONDITION_STREAMS_MAX, "unit/MIN".parse().unwrap());
    let unchanged = Some(Unchanged { since, streams });
    let condition = Condition { revision, unchanged };
    scene.given(person(3).says(acts::submit("text")).provided(condition));
    let stream = "group/est".parse().unwrap();
    let revision = Some(ExpectedRevision { stream, is: Expected::Absent });
    let absent = Condition { revision, unchanged: None };
    scene.given(Town::founder(acts::group("est")).provided(absent));
}

#[test]
fn a_key_is_rotated_until_the_last() {
    let (mut scene, _) = town();
    let mut key = 3;
    for next in 0..KEYS_MAX as u64 - 2 {
        scene.given(person(3).with_key(key).says(acts::rotate(person(3), 1_000 + next)));
        key = 1_000 + next;
    }
    scene.then(person(3).says(acts::submit("text")), "key.revoked");
    scene.given(person(3).with_key(key).says(acts::submit("text")));
}

/// A stolen phone: the power over membership revokes even a last key.
#[test]
fn the_last_key_of_another_is_revoked() {
    let (mut scene, _) = town();
    scene.given(Town::founder(acts::revoke(person(4), 4)));
    scene.then(person(4).says(acts::submit("text")), "key.revoked");
}

#[test]
fn outsiders_sign_calls_and_withdraw() {
    let (mut scene, _) = town();
    scene.given(person(8).says(acts::sign_call("appeal")));
    scene.given(person(8).says(acts::withdraw_from_call("appeal")));
    scene.given(person(8).says(acts::sign_call("appeal")));
    scene.given(Town::founder(acts::admit(person(8), &[])));
    scene.given(person(8).says(acts::submit("text")));
}

#[test]
fn a_mandate_follows_another_without_a_gap() {
    let (mut scene, _) = town();
    let (now, day) = (scene.now, DAY_MS);
    for (who, from, until) in [(3, 0, 4), (4, 4, 6), (5, 2, 5), (7, 6, 9)] {
        let (from, until) = (now.plus_ms(from * day), now.plus_ms(until * day));
        scene.given(Town::founder(acts::assign("organiser", person(who), from, until)));
    }
}

#[test]
fn a_mandate_lasts_to_its_last_moment() {
    let mut scene = Scene::founded(1);
    scene.advance_ms(365 * DAY_MS - 1);
    scene.given(Town::founder(acts::group("nord")));
    scene.advance_ms(1);
    scene.then(Town::founder(acts::group("sud")), "mandate.ended");
    scene.given(person(1).says(acts::submit("text")));
}

#[test]
fn votes_as_long_and_as_wide_as_allowed() {
    let (mut scene, _) = town();
    let closes_at = scene.now.plus_ms(VOTE_DAYS_MAX * DAY_MS);
    let options = (0..OPTIONS_MAX).map(|n| acts::option(&format!("o{n}"))).collect();
    scene.given(Town::founder(acts::vote(acts::approval(None), options, closes_at)));
}

#[test]
fn ballots_count_to_the_last_moment_and_can_be_changed() {
    let (mut scene, town) = town();
    scene.advance_ms(20 * DAY_MS - 1);
    let terms = scene.terms(town.yes_no);
    for choice in [Choice::For, Choice::Against] {
        let paper = acts::says(choice);
        scene.given(person(3).says(acts::ballot(town.yes_no, terms, paper)));
    }
    let terms = scene.terms(town.judgment);
    scene.given(person(3).says(acts::ballot(town.judgment, terms, BallotPaper::Blank)));
    scene.advance_ms(1);
    scene.settle();
    scene.given(person(3).says(acts::support(town.voted, Town::TEXT)));
}

/// Nobody graded `y`, and ungraded options are given nothing: the vote has an outcome all the same,
/// and the instance has nothing left to state.
#[test]
fn an_option_that_nobody_graded_ranks_last() {
    let (scene, town) = town();
    let index = scene.world.directory.by_uuid(Kind::Vote, town.ungraded.0).unwrap();
    let vote = scene.world.tables.votes.get(index).unwrap();
    let declared = vote.declared.as_ref().unwrap();
    assert_eq!(declared.outcome.ranking, [["x"], ["y"]]);
    assert_eq!(declared.outcome.winners, ["x"]);
    assert!(!is_due(&scene.world, scene.now));
}

/// The largest outcome there can be still fits in an entry of the log.
#[test]
fn the_largest_outcome_is_declared() {
    for method in [acts::approval(None), acts::judgment(Ungraded::Worst)] {
        let (mut scene, _) = town();
        let closes_at = scene.now.plus_ms(DAY_MS);
        let option = |n: usize| archipel_domain::vote::BallotOption {
            label: acts::line(&format!("{n:0>200}")),
            ..acts::option(&format!("o{n}"))
        };
        let mut vote = acts::vote(method, (0..OPTIONS_MAX).map(option).collect(), closes_at);
        // All are level, so all win, and every list of names is as long as it gets.
        use archipel_domain::counting::MethodSpec::{Approval, MajorityJudgment};
        match &mut vote.method {
            Approval { seats, .. } => *seats = OPTIONS_MAX as u32 - 1,
            MajorityJudgment { seats, grades, .. } => {
                *seats = OPTIONS_MAX as u32 - 1;
                *grades = (0..20).map(|n| format!("{n:0>200}")).collect();
            }
            _ => unreachable!(),
        }
        scene.given(Town::founder(vote));
        scene.advance_ms(DAY_MS);
        scene.settle();
        let (_, record) = scene.log.last().unwrap();
        assert_eq!(record.fact.type_name(), "outcome.declared/1");
        let bytes = archipel_domain::codec::encode(record).unwrap();
        assert!(archipel_domain::codec::decode::<archipel_domain::fact::Record>(&bytes).is_ok());
    }
}

#[test]
fn own_accounts_need_no_mandate() {
    let (mut scene, town) = town();
    let legs = [("a4", -100, "EUR"), ("a3", 100, "EUR")];
    scene.given(person(4).says(acts::pay(&legs)));
    let both =
        [("fund", -1_100, "EUR"), ("a4", 1_100, "EUR"), ("clock", -5, "MIN"), ("t4", 5, "MIN")];
    scene.given(town.as_treasurer(acts::pay(&both)));
    let posted = scene.given(person(3).says(acts::pay(&[("a3", -1, "EUR"), ("fund", 1, "EUR")])));
    scene.given(town.as_treasurer(acts::pay(&[("fund", -1, "EUR"), ("world", 1, "EUR")])));
    // The treasurer gives back to their own account what was taken from it: not under the mandate.
    scene.then(town.as_treasurer(acts::reverse(posted)), "ledger.self-dealing");
}

#[test]
fn the_registrar_does_nothing_else() {
    let (mut scene, _) = town();
    scene.then(registrar().says(acts::submit("text")), "author.members-only");
    scene.then(registrar().says(acts::group("est")).under(mandate(1)), "author.members-only");
}
