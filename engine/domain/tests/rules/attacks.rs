//! What somebody hostile would try: each of these was, or could have been, a way around a rule.

use super::charters::{appoint, clerk};
use super::town;
use archipel_domain::election::{Electors, OpenElection};
use archipel_domain::id::StatementId;
use archipel_domain::role::{BasisTerms, CharterTerms, Fill, Link, Power, Seats, Subject, Way};
use archipel_domain::safeguard;
use archipel_domain::vote::rules::VoteRules;
use archipel_domain::vote::{Choice, ElectorateRule, OpenVoteUnderRules};
use archipel_testkit::scenario::guards::{carry, countersign, request, set};
use archipel_testkit::scenario::mandates::{
    about, amend, appointed, candidate, charter, charter_with, circle, define, delegate, fill,
    interim, limited, recall, retire, term, vote_to_extend, vote_to_fill, vote_to_recall,
};
use archipel_testkit::scenario::{
    DAY_MS, Intent, Person, Scene, Stage as _, Town, acts, elections, lots, person, rotas,
};

fn clerk_3(scene: &mut Scene, terms: CharterTerms) -> StatementId {
    clerk(scene, terms);
    let intent = appoint(scene, person(3), 0, 30);
    scene.given(intent)
}

/// Opens a vote, casts one ballot, and declares the outcome a day later.
fn voted(
    scene: &mut Scene,
    open: OpenVoteUnderRules,
    who: Person,
    paper: archipel_domain::vote::BallotPaper,
) -> StatementId {
    let vote = scene.given(Town::founder(open));
    let terms = scene.terms(vote);
    scene.given(who.says(acts::ballot(vote, terms, paper)));
    scene.advance_ms(DAY_MS);
    scene.settle();
    vote
}

/// A rotation that gives the role of clerk to person 3 for three weeks from tomorrow.
fn rotated(scene: &mut Scene, change: impl FnOnce(&mut CharterTerms)) -> (StatementId, Fill) {
    clerk(scene, charter_with(&[], change));
    let weeks = rotas::periods(scene.now().plus_ms(DAY_MS), 3, 7);
    let whole = Fill { role: acts::slug("clerk"), from: weeks[0].from, until: weeks[2].until };
    let terms = rotas::terms(weeks, &["clerk"], &[person(3)]);
    let act = rotas::planned(scene, &terms);
    (scene.given(Town::founder(act)), whole)
}

/// Whoever leaves takes their delegates with them: the seat is free, and is filled again.
#[test]
fn nobody_acts_for_one_who_left() {
    let (mut scene, _) = town();
    let mandate = clerk_3(&mut scene, charter(&[Power::Membership]));
    let until = scene.now.plus_ms(20 * DAY_MS);
    scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Membership])));
    scene.given(person(4).says(acts::group("est")).under(mandate));
    scene.given(person(3).says(acts::leave(person(3))));
    scene.then(person(4).says(acts::group("ouest")).under(mandate), "mandate.ended");
}

/// Two holders are two mandates: one of them with a delegate is still one.
#[test]
fn a_delegate_is_no_second_holder() {
    let (mut scene, _) = town();
    let mandate = clerk_3(&mut scene, charter(&[Power::Membership]));
    scene.given(Town::founder(set(safeguard::Subject::Power(Power::Membership), 2, 0)));
    let until = scene.now.plus_ms(20 * DAY_MS);
    scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Membership])));
    let asked = scene.given(person(3).says(request(acts::group("est"))).under(mandate));
    let agrees = person(4).says(countersign(asked, acts::group("est"))).under(mandate);
    scene.then(agrees, "assignment.not-holder");
    let carried = person(3).says(carry(asked, acts::group("est"))).under(mandate);
    scene.then(carried, "request.too-few-signatures");
}

/// A request by a delegate is none by a holder: it counts once holders agree.
#[test]
fn a_delegate_requests_and_does_not_agree() {
    let (mut scene, _) = town();
    let mandate = clerk_3(&mut scene, charter(&[Power::Membership]));
    scene.given(Town::founder(set(safeguard::Subject::Power(Power::Membership), 2, 0)));
    let until = scene.now.plus_ms(20 * DAY_MS);
    scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Membership])));
    let asked = scene.given(person(4).says(request(acts::group("est"))).under(mandate));
    scene.given(person(3).says(countersign(asked, acts::group("est"))).under(mandate));
    let carried = |who: Person| who.says(carry(asked, acts::group("est"))).under(mandate);
    scene.then(carried(person(4)), "request.too-few-signatures");
    scene.given(Town::founder(countersign(asked, acts::group("est"))));
    scene.given(carried(person(4)));
}

/// The other order of "no delegation to who holds an excluded role".
#[test]
fn nobody_acts_in_a_role_that_excludes_their_own() {
    let (mut scene, _) = town();
    let mandate = clerk_3(&mut scene, charter(&[Power::Membership]));
    let mut auditor = limited(|limits| limits.incompatible = vec![acts::slug("clerk")]);
    auditor.delegable = false;
    scene.given(Town::founder(define("auditor", "till", auditor)));
    let until = scene.now.plus_ms(20 * DAY_MS);
    scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Membership])));
    let held = term(&scene, "auditor", 1, 5);
    let audits = scene.given(Town::founder(fill(held, person(4), appointed())));
    scene.given(person(4).says(acts::group("est")).under(mandate));
    scene.advance_ms(DAY_MS);
    let acts_for = |name| person(4).says(acts::group(name)).under(mandate);
    scene.then(acts_for("ouest"), "mandate.not-holder");
    // The holder goes on, and the delegate too once there is nothing between them.
    scene.given(person(3).says(acts::group("ouest")).under(mandate));
    scene.given(person(4).says(acts::resign(audits)));
    scene.given(acts_for("centre"));
}

/// A recalled holder is not brought back by recording the rest of what the rotation gave.
#[test]
fn a_rotation_gives_no_second_mandate() {
    let (mut scene, _) = town();
    let (rotation, whole) = rotated(&mut scene, |_| {});
    let basis = || BasisTerms::Rotation(rotation);
    let mandate = scene.given(person(7).says(fill(whole.clone(), person(3), basis())));
    scene.advance_ms(2 * DAY_MS);
    let open = vote_to_recall(&scene, mandate);
    let vote = voted(&mut scene, open, person(4), acts::says(Choice::For));
    scene.given(person(7).says(recall(mandate, vote)));
    let weeks = |from: i64, until: i64| Fill {
        from: whole.from.plus_ms(from * 7 * DAY_MS),
        until: whole.from.plus_ms(until * 7 * DAY_MS),
        ..whole.clone()
    };
    for (from, until) in [(0, 3), (0, 1), (1, 2), (1, 3)] {
        let again = fill(weeks(from, until), person(3), basis());
        scene.then(person(3).says(again), "basis.used");
    }
    let rest = Fill { from: scene.now, ..whole };
    scene.then(person(3).says(fill(rest, person(3), basis())), "basis.not-chosen");
}

/// Whoever records what a rotation gives can not cut it into mandates that use up the limits.
#[test]
fn a_rotation_is_recorded_in_whole_periods() {
    let (mut scene, _) = town();
    let (rotation, whole) = rotated(&mut scene, |_| {});
    for (first, last) in [(0, 1), (0, -1), (1, 0)] {
        let piece = Fill {
            from: whole.from.plus_ms(first),
            until: if last == 1 { whole.from.plus_ms(1) } else { whole.until.plus_ms(last) },
            ..whole.clone()
        };
        let act = fill(piece, person(3), BasisTerms::Rotation(rotation));
        scene.then(person(7).says(act), "basis.not-chosen");
    }
    scene.given(person(7).says(fill(whole, person(3), BasisTerms::Rotation(rotation))));
}

/// The option for "nobody" whose id is the pseudonym of an accomplice.
#[test]
fn when_nobody_is_chosen_nobody_is_chosen() {
    let (mut scene, _) = town();
    clerk(&mut scene, charter(&[]));
    let wanted = term(&scene, "clerk", 2, 12);
    let options = vec![candidate(person(4)), candidate(person(5))];
    let vote = acts::vote(acts::approval(None), options, scene.now.plus_ms(DAY_MS));
    let nobody = acts::slug(&person(5).id.to_string());
    let subject = Some(Subject::Fill(wanted.clone()));
    let rules = VoteRules { subject, status_quo: Some(nobody.clone()), ..VoteRules::default() };
    let paper = acts::approves(&[nobody.as_str()]);
    let vote = voted(&mut scene, acts::under(vote, rules), person(7), paper);
    let act = fill(wanted, person(5), BasisTerms::Vote(vote));
    scene.then(person(7).says(act), "basis.not-chosen");
}

/// A lead of `till`, person 4, given by the circle around; and person 3 with power in `till` only.
fn lead_and_inner(scene: &mut Scene) -> (StatementId, StatementId) {
    let lead = charter_with(&[], |terms| terms.link = Some(Link::Lead));
    scene.given(Town::founder(define("lead", "till", lead)));
    let held = term(scene, "lead", 0, 20);
    let lead = scene.given(Town::founder(fill(held, person(4), appointed())));
    let inner = charter_with(&[Power::Roles], |terms| {
        terms.powers[0].circle = Some(acts::slug("till"));
    });
    (lead, clerk_3(scene, inner))
}

/// Who can not give the lead can not take it back.
#[test]
fn the_inner_circle_does_not_end_its_lead() {
    let (mut scene, _) = town();
    let (lead, inner) = lead_and_inner(&mut scene);
    scene.then(person(3).says(acts::recall(lead)).under(inner), "mandate.out-of-scope");
    scene.given(Town::founder(acts::recall(lead)));
}

/// Nor by first making it an ordinary role.
#[test]
fn a_link_is_not_dropped_while_it_is_held() {
    let (mut scene, _) = town();
    let (lead, inner) = lead_and_inner(&mut scene);
    let ordinary = || amend("lead", charter(&[]));
    scene.then(person(3).says(ordinary()).under(inner), "role.held");
    scene.then(Town::founder(ordinary()), "role.held");
    scene.given(Town::founder(acts::recall(lead)));
    scene.given(Town::founder(ordinary()));
}

/// Whoever holds a role for the time being does not cool off from it meanwhile.
#[test]
fn an_interim_is_no_cooling_off() {
    let (mut scene, _) = town();
    let mut terms = limited(|limits| {
        limits.consecutive = Some(1);
        limits.cooling_off_days = Some(10);
    });
    terms.interim_days = Some(10);
    clerk(&mut scene, terms);
    let first = appoint(&scene, person(3), 0, 10);
    scene.given(first);
    let cover = fill(term(&scene, "clerk", 10, 20), person(3), interim());
    scene.given(Town::founder(cover));
    let again = appoint(&scene, person(3), 20, 30);
    scene.then(again, "assignment.terms-in-a-row");
    let again = appoint(&scene, person(3), 29, 40);
    scene.then(again, "assignment.terms-in-a-row");
    let again = appoint(&scene, person(3), 30, 40);
    scene.given(again);
}

/// Nobody is elected for a time that their circle does not have: it could not be recorded.
#[test]
fn no_election_is_for_longer_than_the_circle() {
    let (mut scene, _) = town();
    let ends_at = scene.now.plus_ms(20 * DAY_MS);
    scene.given(Town::founder(circle("brief", "assembly", Some(ends_at))));
    scene.given(Town::founder(define("guide", "brief", charter(&[]))));
    let term = term(&scene, "guide", 10, 21);
    let open = OpenElection {
        role: term.role,
        from: term.from,
        until: term.until,
        ..elections::open(scene.now)
    };
    scene.then(Town::founder(open.clone()), "assignment.beyond-circle");
    scene.given(Town::founder(OpenElection { until: ends_at, ..open }));
}

/// A delegation ends when the role can no longer be delegated.
#[test]
fn an_amended_charter_ends_delegations() {
    let (mut scene, _) = town();
    let mandate = clerk_3(&mut scene, charter(&[Power::Membership]));
    let until = scene.now.plus_ms(20 * DAY_MS);
    scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Membership])));
    let own = charter_with(&[Power::Membership], |terms| terms.delegable = false);
    scene.given(Town::founder(amend("clerk", own)));
    scene.then(person(4).says(acts::group("est")).under(mandate), "mandate.not-holder");
    scene.given(person(3).says(acts::group("est")).under(mandate));
}
