//! Proposals, versions and amendments.

use super::{Both, Row, check, check_both};
use archipel_domain::id::StatementId;
use archipel_domain::proposal::IntegrateAmendment;
use archipel_domain::proposal::text::{CHANGES_MAX, Change};
use archipel_testkit::scenario::{Scene, Stage as _, Town, acts, person};

const NOBODY: StatementId = StatementId(7);
const TEXT: &str = Town::TEXT;
/// The proposal's text once person 4's amendment is integrated.
const AMENDED: &str = "a\nB\nc\nd\ne";

/// The amendment, resolved by these changes into this text.
fn resolved(amendment: StatementId, changes: Vec<Change>, result: &str) -> IntegrateAmendment {
    IntegrateAmendment { resolution: Some(changes), ..acts::integrate(amendment, TEXT, result) }
}

/// Changes to so many lines of a text that has them all.
fn many(changes: usize) -> Vec<Change> {
    (0..changes as u32).map(|line| acts::change(line * 2, "", "x")).collect()
}

fn newline(at: u32) -> Change {
    Change { at, remove: vec![], insert: vec!["x\ny".into()] }
}

pub(crate) const ROWS: &[Row] = &[
    ("proposal.unknown", |_, _| person(3).says(acts::support(NOBODY, TEXT))),
    ("proposal.unknown", |_, town| person(3).says(acts::withdraw(town.amendment))),
    ("amendment.unknown", |_, town| person(3).says(acts::decline(town.proposal))),
    ("amendment.unknown", |_, _| person(3).says(acts::integrate(NOBODY, TEXT, TEXT))),
    ("proposal.not-authors", |_, town| person(4).says(acts::withdraw(town.proposal))),
    ("proposal.not-authors", |_, town| {
        let changes = [acts::change(0, "a", "x")];
        person(4).says(acts::publish(town.proposal, TEXT, &changes))
    }),
    // The author of an amendment does not integrate it, and a mandate without the power is none.
    ("proposal.not-authors", |_, town| {
        person(4).says(acts::integrate(town.amendment, TEXT, AMENDED))
    }),
    ("proposal.not-authors", |scene, town| {
        let theirs = scene.given(person(5).says(acts::submit(TEXT)));
        town.as_treasurer(acts::withdraw(theirs))
    }),
    ("proposal.withdrawn", |_, town| person(4).says(acts::support(town.withdrawn, TEXT))),
    ("proposal.withdrawn", |_, town| person(3).says(acts::withdraw(town.withdrawn))),
    ("proposal.adopted", |_, town| person(3).says(acts::withdraw(town.adopted))),
    ("proposal.adopted", |_, town| {
        let changes = [acts::change(0, "a", "x")];
        town.as_scribe(acts::publish(town.adopted, TEXT, &changes))
    }),
    ("proposal.vote-open", |_, town| person(3).says(acts::withdraw(town.voted))),
    ("proposal.vote-open", |_, town| person(3).says(acts::support(town.voted, TEXT))),
    ("proposal.vote-open", |_, town| {
        let changes = [acts::change(0, "a", "x")];
        person(3).says(acts::publish(town.voted, TEXT, &changes))
    }),
    ("proposal.vote-open", |_, town| {
        let changes = [acts::change(0, "a", "x")];
        person(4).says(acts::amend(town.voted, TEXT, &changes))
    }),
    ("proposal.vote-open", |scene, town| {
        let closes = scene.now.plus_ms(1);
        let option = acts::option_for("x", town.proposal, TEXT);
        scene.given(Town::founder(acts::vote(acts::yes_no(), vec![option], closes)));
        person(3).says(acts::integrate(town.amendment, TEXT, AMENDED))
    }),
    ("proposal.vote-open", |scene, town| {
        let closes = scene.now.plus_ms(1);
        let option = acts::option_for("x", town.proposal, TEXT);
        scene.given(Town::founder(acts::vote(acts::yes_no(), vec![option], closes)));
        person(3).says(acts::decline(town.amendment))
    }),
    ("amendment.settled", |_, town| person(3).says(acts::decline(town.declined))),
    ("amendment.settled", |scene, town| {
        scene.given(person(3).says(acts::integrate(town.amendment, TEXT, AMENDED)));
        person(3).says(acts::integrate(town.amendment, AMENDED, AMENDED))
    }),
    ("proposal.version-stale", |scene, town| {
        scene.given(person(3).says(acts::integrate(town.amendment, TEXT, AMENDED)));
        person(5).says(acts::support(town.proposal, TEXT))
    }),
    ("proposal.version-stale", |_, town| {
        let changes = [acts::change(0, "a", "x")];
        person(3).says(acts::publish(town.proposal, "other", &changes))
    }),
    ("proposal.version-stale", |_, town| {
        person(3).says(acts::integrate(town.amendment, "other", AMENDED))
    }),
    ("proposal.version-unknown", |_, town| {
        let changes = [acts::change(0, "a", "x")];
        person(4).says(acts::amend(town.proposal, "other", &changes))
    }),
    ("proposal.already-supported", |scene, town| {
        scene.given(person(5).says(acts::support(town.proposal, TEXT)));
        person(5).says(acts::support(town.proposal, TEXT))
    }),
    ("changes.empty", |_, town| person(3).says(acts::publish(town.proposal, TEXT, &[]))),
    ("changes.empty", |_, town| {
        let same = [acts::change(0, "a", "a")];
        person(4).says(acts::amend(town.proposal, TEXT, &same))
    }),
    ("changes.empty", |_, town| {
        person(4).says(acts::amend(town.proposal, TEXT, &many(CHANGES_MAX + 1)))
    }),
    ("changes.empty", |_, town| person(3).says(resolved(town.amendment, vec![], AMENDED))),
    ("changes.disorder", |_, town| {
        let changes = [acts::change(2, "c", "x"), acts::change(0, "a", "x")];
        person(3).says(acts::publish(town.proposal, TEXT, &changes))
    }),
    ("changes.disorder", |_, town| {
        let changes = [acts::change(0, "a", "x"), acts::change(1, "b", "x")];
        person(4).says(acts::amend(town.proposal, TEXT, &changes))
    }),
    ("changes.other-lines", |_, town| {
        let changes = [acts::change(0, "b", "x")];
        person(3).says(acts::publish(town.proposal, TEXT, &changes))
    }),
    ("changes.other-lines", |_, town| {
        let changes = [acts::change(u32::MAX, "", "x")];
        person(4).says(acts::amend(town.proposal, TEXT, &changes))
    }),
    ("changes.control", |_, town| {
        person(3).says(acts::publish(town.proposal, TEXT, &[newline(0)]))
    }),
    ("amendment.conflict", |scene, town| {
        let changes = [acts::change(1, "b", "x")];
        scene.given(person(3).says(acts::publish(town.proposal, TEXT, &changes)));
        person(3).says(acts::integrate(town.amendment, "a\nx\nc\nd\ne", AMENDED))
    }),
    ("amendment.void", |scene, town| {
        let same = [acts::change(1, "b", "B")];
        scene.given(person(3).says(acts::publish(town.proposal, TEXT, &same)));
        person(3).says(acts::integrate(town.amendment, AMENDED, AMENDED))
    }),
    ("amendment.result-mismatch", |_, town| {
        person(3).says(acts::integrate(town.amendment, TEXT, TEXT))
    }),
    ("amendment.result-mismatch", |_, town| {
        let changes = vec![acts::change(1, "b", "x")];
        person(3).says(resolved(town.amendment, changes, AMENDED))
    }),
    ("proposal.text-length", |_, town| {
        let everything = [acts::change(0, "a b c d e", "")];
        person(3).says(acts::publish(town.proposal, TEXT, &everything))
    }),
    ("proposal.text-length", |_, town| {
        let long = "x".repeat(19_992);
        let changes = [acts::change(5, "", &long)];
        person(3).says(acts::publish(town.proposal, TEXT, &changes))
    }),
];

const PRECEDENCE: &[Both] = &[
    ("proposal.not-authors", "proposal.withdrawn", |_, town| {
        person(4).says(acts::withdraw(town.withdrawn))
    }),
    ("proposal.not-authors", "proposal.adopted", |_, town| {
        person(4).says(acts::withdraw(town.adopted))
    }),
    ("proposal.not-authors", "amendment.settled", |_, town| {
        person(4).says(acts::decline(town.declined))
    }),
    ("proposal.withdrawn", "amendment.settled", |scene, town| {
        scene.given(person(3).says(acts::withdraw(town.proposal)));
        person(3).says(acts::decline(town.declined))
    }),
    ("proposal.withdrawn", "proposal.version-stale", |_, town| {
        person(4).says(acts::support(town.withdrawn, "other"))
    }),
    ("proposal.vote-open", "proposal.version-unknown", |_, town| {
        person(4).says(acts::amend(town.voted, "other", &[]))
    }),
    ("amendment.settled", "proposal.version-stale", |_, town| {
        person(3).says(acts::integrate(town.declined, "other", AMENDED))
    }),
    ("proposal.version-stale", "changes.empty", |_, town| {
        person(3).says(acts::publish(town.proposal, "other", &[]))
    }),
    ("proposal.version-stale", "amendment.result-mismatch", |_, town| {
        person(3).says(acts::integrate(town.amendment, "other", TEXT))
    }),
    ("proposal.version-unknown", "changes.disorder", |_, town| {
        let changes = [acts::change(2, "c", "x"), acts::change(0, "a", "x")];
        person(4).says(acts::amend(town.proposal, "other", &changes))
    }),
    // Changes are looked at as a list, not one by one.
    ("changes.empty", "changes.disorder", |_, town| {
        let changes =
            [acts::change(2, "c", "x"), acts::change(0, "a", "x"), acts::change(3, "d", "d")];
        person(3).says(acts::publish(town.proposal, TEXT, &changes))
    }),
    ("changes.disorder", "changes.other-lines", |_, town| {
        let changes = [acts::change(2, "z", "x"), acts::change(0, "a", "x")];
        person(3).says(acts::publish(town.proposal, TEXT, &changes))
    }),
    ("changes.disorder", "changes.control", |_, town| {
        let changes = [newline(2), acts::change(0, "a", "x")];
        person(3).says(acts::publish(town.proposal, TEXT, &changes))
    }),
    ("changes.other-lines", "changes.control", |_, town| {
        let changes = [newline(0), acts::change(2, "z", "x")];
        person(3).says(acts::publish(town.proposal, TEXT, &changes))
    }),
    ("changes.other-lines", "amendment.result-mismatch", |_, town| {
        let changes = vec![acts::change(1, "z", "x")];
        person(3).says(resolved(town.amendment, changes, TEXT))
    }),
    ("proposal.text-length", "amendment.result-mismatch", |_, town| {
        let everything = vec![acts::change(0, "a b c d e", "")];
        person(3).says(resolved(town.amendment, everything, AMENDED))
    }),
];

#[test]
fn refusals() {
    check(ROWS);
}

#[test]
fn the_first_rule_wins() {
    check_both(PRECEDENCE);
}

fn base() -> (Scene, Town) {
    super::town()
}

/// The lines between an amendment's changes may go while it waits.
#[test]
fn changes_that_come_to_meet_are_integrated() {
    let (mut scene, town) = base();
    let both = [acts::change(0, "a", "x"), acts::change(2, "c", "y")];
    let amendment = scene.given(person(4).says(acts::amend(town.proposal, TEXT, &both)));
    let gone = [acts::change(1, "b", "")];
    scene.given(person(3).says(acts::publish(town.proposal, TEXT, &gone)));
    scene.given(person(3).says(acts::integrate(amendment, "a\nc\nd\ne", "x\ny\nd\ne")));
}

/// Two changes that meet and undo each other are none.
#[test]
fn changes_that_cancel_out_are_void() {
    let (mut scene, town) = base();
    let other = scene.given(person(3).says(acts::submit("a\nb\na\nd")));
    let both = [acts::change(0, "a", "a a"), acts::change(2, "a", "")];
    let amendment = scene.given(person(4).says(acts::amend(other, "a\nb\na\nd", &both)));
    let gone = [acts::change(1, "b", "")];
    scene.given(person(3).says(acts::publish(other, "a\nb\na\nd", &gone)));
    scene.then(person(3).says(acts::integrate(amendment, "a\na\nd", "a\na\nd")), "amendment.void");
    let _ = town;
}

#[test]
fn a_conflict_is_resolved_by_hand() {
    let (mut scene, town) = base();
    let changes = [acts::change(1, "b", "x")];
    scene.given(person(3).says(acts::publish(town.proposal, TEXT, &changes)));
    let resolved = IntegrateAmendment {
        resolution: Some(vec![acts::change(1, "x", "x B")]),
        ..acts::integrate(town.amendment, "a\nx\nc\nd\ne", "a\nx\nB\nc\nd\ne")
    };
    scene.given(person(3).says(resolved));
}
