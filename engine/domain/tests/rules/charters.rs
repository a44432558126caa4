//! Roles with charters: where powers reach, who can hold them and how they are filled.

use super::{Both, Row, check, check_both};
use archipel_domain::id::StatementId;
use archipel_domain::ledger::Owner;
use archipel_domain::role::{
    Cap, CharterTerms, Grant, LIST_MAX, Link, Power, Seats, TERMS_MAX, Way,
};
use archipel_domain::vote::ElectorateRule;
use archipel_testkit::scenario::mandates::{
    self, accept, amend, appointed, charter, charter_with, circle, circle_with_domains, define,
    fill, interim, limited, retire, term,
};
use archipel_testkit::scenario::{DAY_MS, Intent, Person, Scene, Stage as _, Town, acts, person};

const NOBODY: StatementId = StatementId(7);

/// Defines the role `clerk` of the circle `till`.
pub(super) fn clerk(scene: &mut Scene, terms: CharterTerms) {
    scene.given(Town::founder(define("clerk", "till", terms)));
}

/// Appoints somebody clerk from and until these days.
pub(super) fn appoint(scene: &Scene, who: Person, from: i64, until: i64) -> Intent {
    Town::founder(fill(term(scene, "clerk", from, until), who, appointed()))
}

/// Makes person 3 clerk, with the powers of the charter, for thirty days.
fn clerk_3(scene: &mut Scene, terms: CharterTerms) -> StatementId {
    clerk(scene, terms);
    let intent = appoint(scene, person(3), 0, 30);
    scene.given(intent)
}

fn over(power: Power, change: impl FnOnce(&mut Grant)) -> CharterTerms {
    charter_with(&[power], |terms| change(&mut terms.powers[0]))
}

fn in_till(power: Power) -> CharterTerms {
    over(power, |grant| grant.circle = Some(acts::slug("till")))
}

fn for_nord(power: Power) -> CharterTerms {
    over(power, |grant| grant.groups = vec![acts::slug("nord")])
}

/// The clerk's power over the ledger, up to 100 cents at once, and an account that is theirs.
fn capped(scene: &mut Scene) -> StatementId {
    let cap = Cap { unit: "EUR".parse().unwrap(), amount: 100 };
    let mandate = clerk_3(scene, over(Power::Ledger, |grant| grant.caps = vec![cap]));
    for name in ["petty", "small"] {
        let account = acts::account(name, "EUR", Owner::Fund, Some("clerk"));
        scene.given(Town::founder(account));
    }
    mandate
}

pub(super) const ROWS: &[Row] = &[
    ("mandate.not-accepted", |scene, _| {
        let terms = charter_with(&[Power::Votes], |terms| terms.acceptance = true);
        let mandate = clerk_3(scene, terms);
        person(3).says(acts::call("new")).under(mandate)
    }),
    // A power within a circle reaches those within it, and no other.
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        person(3).says(acts::circle("new", "assembly")).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        person(3).says(circle("new", "assembly", None)).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        person(3).says(acts::role("new", "assembly", &[], 1, 1)).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        person(3).says(define("new", "assembly", charter(&[]))).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        scene.given(Town::founder(define("other", "assembly", charter(&[]))));
        let term = term(scene, "other", 0, 5);
        person(3).says(fill(term, person(4), appointed())).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        scene.given(Town::founder(define("other", "assembly", charter(&[]))));
        person(3).says(amend("other", charter(&[]))).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        scene.given(Town::founder(define("other", "assembly", charter(&[]))));
        person(3).says(retire("other")).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        person(3).says(acts::recall(archipel_testkit::scenario::mandate(2))).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Accounts));
        let account = acts::account("new", "EUR", Owner::Fund, Some("clerk"));
        person(3).says(account).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Accounts));
        person(3).says(acts::close_account("fund")).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Accounts));
        person(3).says(acts::unit("NEW", 0)).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, for_nord(Power::Membership));
        person(3).says(acts::admit(person(8), &["sud"])).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, for_nord(Power::Membership));
        person(3).says(acts::admit(person(8), &[])).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, for_nord(Power::Membership));
        person(3).says(acts::leave(person(4))).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, for_nord(Power::Membership));
        person(3).says(acts::revoke(person(4), 4)).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, for_nord(Power::Membership));
        person(3).says(acts::group("new")).under(mandate)
    }),
    ("mandate.out-of-scope", |scene, _| {
        let mandate = clerk_3(scene, for_nord(Power::Votes));
        let closes_at = scene.now.plus_ms(DAY_MS);
        let vote = acts::vote(acts::approval(None), vec![acts::option("x")], closes_at);
        person(3).says(vote).under(mandate)
    }),
    ("ledger.over-cap", |scene, _| {
        let mandate = capped(scene);
        let legs = [("petty", -101, "EUR"), ("a4", 101, "EUR")];
        person(3).says(acts::pay(&legs)).under(mandate)
    }),
    // Two legs of one move count together.
    ("ledger.over-cap", |scene, _| {
        let mandate = capped(scene);
        let legs = [("petty", -60, "EUR"), ("small", -60, "EUR"), ("a4", 120, "EUR")];
        person(3).says(acts::pay(&legs)).under(mandate)
    }),
    ("circle.ended", |scene, _| {
        let ends_at = scene.now.plus_ms(DAY_MS);
        scene.given(Town::founder(circle("brief", "assembly", Some(ends_at))));
        scene.advance_ms(DAY_MS);
        Town::founder(define("new", "brief", charter(&[])))
    }),
    ("circle.ended", |scene, _| {
        let ends_at = scene.now.plus_ms(DAY_MS);
        scene.given(Town::founder(circle("brief", "assembly", Some(ends_at))));
        scene.given(Town::founder(define("clerk", "brief", charter(&[]))));
        scene.advance_ms(DAY_MS);
        appoint(scene, person(3), 0, 1)
    }),
    ("circle.end", |scene, _| Town::founder(circle("new", "assembly", Some(scene.now)))),
    ("circle.end", |scene, _| {
        let ends_at = scene.now.plus_ms(DAY_MS);
        scene.given(Town::founder(circle("brief", "assembly", Some(ends_at))));
        Town::founder(circle("new", "brief", Some(ends_at.plus_ms(1))))
    }),
    ("circle.end", |scene, _| {
        let ends_at = scene.now.plus_ms(DAY_MS);
        scene.given(Town::founder(circle("brief", "assembly", Some(ends_at))));
        Town::founder(circle("new", "brief", None))
    }),
    ("circle.end", |scene, _| {
        let ends_at = scene.now.plus_ms(DAY_MS);
        scene.given(Town::founder(circle("brief", "assembly", Some(ends_at))));
        Town::founder(acts::circle("new", "brief"))
    }),
    ("circle.domain-outside", |scene, _| {
        scene.given(Town::founder(circle_with_domains("garden", "assembly", &["land"])));
        Town::founder(circle_with_domains("new", "garden", &["landscape"]))
    }),
    // A circle that names no domain has those of the one around it.
    ("circle.domain-outside", |scene, _| {
        scene.given(Town::founder(circle_with_domains("garden", "assembly", &["land"])));
        scene.given(Town::founder(circle("plot", "garden", None)));
        Town::founder(circle_with_domains("new", "plot", &["water"]))
    }),
    ("circle.domain-taken", |scene, _| {
        scene.given(Town::founder(circle_with_domains("garden", "assembly", &["land"])));
        Town::founder(circle_with_domains("new", "assembly", &["land:south"]))
    }),
    ("circle.domain-taken", |scene, _| {
        clerk(scene, charter_with(&[], |terms| terms.domains = vec![acts::slug("press")]));
        Town::founder(circle_with_domains("new", "till", &["press"]))
    }),
    ("role.domain-outside", |scene, _| {
        scene.given(Town::founder(circle_with_domains("garden", "assembly", &["land"])));
        let terms = charter_with(&[], |terms| terms.domains = vec![acts::slug("water")]);
        Town::founder(define("new", "garden", terms))
    }),
    ("role.domain-taken", |scene, _| {
        let press = || charter_with(&[], |terms| terms.domains = vec![acts::slug("press")]);
        clerk(scene, press());
        Town::founder(define("new", "till", press()))
    }),
    ("role.domain-taken", |scene, _| {
        scene.given(Town::founder(circle_with_domains("garden", "assembly", &["land"])));
        let terms = charter_with(&[], |terms| terms.domains = vec![acts::slug("land:south")]);
        Town::founder(define("new", "assembly", terms))
    }),
    ("role.exists", |_, _| Town::founder(define("scribe", "till", charter(&[])))),
    ("role.retired", |scene, _| {
        clerk(scene, charter(&[]));
        scene.given(Town::founder(retire("clerk")));
        appoint(scene, person(3), 0, 5)
    }),
    ("role.retired", |scene, _| {
        scene.given(Town::founder(retire("organiser")));
        let (from, until) = (scene.now, scene.now.plus_ms(DAY_MS));
        Town::founder(acts::assign("organiser", person(3), from, until))
    }),
    ("role.chartered", |scene, _| {
        clerk(scene, charter(&[]));
        let (from, until) = (scene.now, scene.now.plus_ms(DAY_MS));
        Town::founder(acts::assign("clerk", person(3), from, until))
    }),
    ("role.not-chartered", |scene, _| {
        Town::founder(fill(term(scene, "scribe", 0, 5), person(3), appointed()))
    }),
    ("role.scope", |_, _| {
        let terms = charter(&[Power::Votes, Power::Votes]);
        Town::founder(define("new", "till", terms))
    }),
    ("role.scope", |_, _| Town::founder(define("new", "till", in_till(Power::Votes)))),
    ("role.scope", |_, _| Town::founder(define("new", "till", for_nord(Power::Roles)))),
    ("role.scope", |_, _| Town::founder(define("new", "till", for_nord(Power::Proposals)))),
    ("role.scope", |_, _| {
        let cap = Cap { unit: "EUR".parse().unwrap(), amount: 100 };
        let terms = over(Power::Accounts, |grant| grant.caps = vec![cap]);
        Town::founder(define("new", "till", terms))
    }),
    // A power with a reach is less than the power everywhere, and caps are kept.
    ("role.power-not-held", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        person(3).says(define("new", "till", charter(&[Power::Roles]))).under(mandate)
    }),
    ("role.power-not-held", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        person(3).says(acts::role("new", "till", &[Power::Roles], 1, 1)).under(mandate)
    }),
    ("role.power-not-held", |scene, _| {
        let cap = |amount| vec![Cap { unit: "EUR".parse().unwrap(), amount }];
        let mut terms = charter(&[Power::Roles, Power::Ledger]);
        terms.powers[1].caps = cap(100);
        let mandate = clerk_3(scene, terms.clone());
        terms.powers[1].caps = cap(101);
        person(3).says(define("new", "till", terms)).under(mandate)
    }),
    ("role.power-not-held", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        scene.given(Town::founder(define("other", "till", charter(&[Power::Votes]))));
        person(3).says(amend("other", charter(&[]))).under(mandate)
    }),
    ("role.power-not-held", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        person(3).says(retire("scribe")).under(mandate)
    }),
    ("role.power-not-held", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        scene.given(Town::founder(define("other", "till", charter(&[Power::Votes]))));
        let term = term(scene, "other", 0, 5);
        person(3).says(fill(term, person(3), appointed())).under(mandate)
    }),
    ("role.seat-count", |_, _| {
        let terms = charter_with(&[], |terms| terms.seats = Seats { least: 2, most: 1 });
        Town::founder(define("new", "till", terms))
    }),
    ("role.term-length", |_, _| {
        Town::founder(define("new", "till", charter_with(&[], |terms| terms.term_days = 0)))
    }),
    ("role.limits", |_, _| {
        Town::founder(define("new", "till", limited(|limits| limits.consecutive = Some(0))))
    }),
    ("role.limits", |_, _| {
        Town::founder(define("new", "till", limited(|limits| limits.total = Some(TERMS_MAX + 1))))
    }),
    ("role.limits", |_, _| {
        Town::founder(define("new", "till", limited(|limits| limits.cooling_off_days = Some(9))))
    }),
    ("role.limits", |_, _| {
        Town::founder(define("new", "till", limited(|limits| limits.most_weight = Some(0))))
    }),
    ("role.limits", |_, _| {
        let terms = charter_with(&[], |terms| terms.interim_days = Some(0));
        Town::founder(define("new", "till", terms))
    }),
    ("role.limits", |_, _| {
        let line = acts::line("x");
        let terms = charter_with(&[], |terms| terms.accountabilities = vec![line; LIST_MAX + 1]);
        Town::founder(define("new", "till", terms))
    }),
    ("role.filled-by", |_, _| {
        Town::founder(define("new", "till", charter_with(&[], |terms| terms.filled_by.clear())))
    }),
    ("role.unknown", |_, _| {
        let terms = limited(|limits| limits.incompatible = vec![acts::slug("none")]);
        Town::founder(define("new", "till", terms))
    }),
    ("group.unknown", |_, _| {
        let electorate = ElectorateRule::Groups(vec![acts::slug("none")]);
        let terms = charter_with(&[], |terms| terms.electorate = Some(electorate));
        Town::founder(define("new", "till", terms))
    }),
    ("role.link", |_, _| {
        let terms = charter_with(&[], |terms| terms.link = Some(Link::Lead));
        Town::founder(define("new", "assembly", terms))
    }),
    ("role.link", |scene, _| {
        let lead = || charter_with(&[], |terms| terms.link = Some(Link::Lead));
        clerk(scene, lead());
        Town::founder(define("new", "till", lead()))
    }),
    ("role.link", |_, _| {
        let terms = charter_with(&[], |terms| terms.link = Some(Link::Delegate));
        Town::founder(define("new", "till", terms))
    }),
    ("role.held", |scene, _| {
        clerk_3(scene, charter(&[]));
        Town::founder(retire("clerk"))
    }),
    ("role.held", |scene, _| {
        clerk(scene, charter_with(&[], |terms| terms.seats.most = 2));
        for who in [3, 4] {
            let intent = appoint(scene, person(who), 0, 5);
            scene.given(intent);
        }
        Town::founder(amend("clerk", charter(&[])))
    }),
    ("role.held", |scene, _| {
        clerk_3(scene, charter(&[]));
        let terms = limited(|limits| limits.incompatible = vec![acts::slug("treasurer")]);
        Town::founder(amend("clerk", terms))
    }),
    ("role.held", |scene, _| {
        clerk_3(scene, charter(&[]));
        Town::founder(amend("clerk", limited(|limits| limits.weight = Some(2))))
    }),
    ("assignment.term-too-long", |scene, _| {
        clerk(scene, charter(&[]));
        appoint(scene, person(3), 0, 31)
    }),
    ("assignment.term-too-long", |scene, _| {
        clerk(scene, charter(&[]));
        Town::founder(fill(term(scene, "clerk", 0, 11), person(3), interim()))
    }),
    ("assignment.beyond-circle", |scene, _| {
        let ends_at = scene.now.plus_ms(DAY_MS);
        scene.given(Town::founder(circle("brief", "assembly", Some(ends_at))));
        scene.given(Town::founder(define("clerk", "brief", charter(&[]))));
        appoint(scene, person(3), 0, 2)
    }),
    ("basis.way-not-allowed", |scene, _| {
        clerk(scene, charter_with(&[], |terms| terms.filled_by = vec![Way::Vote]));
        appoint(scene, person(3), 0, 5)
    }),
    ("basis.way-not-allowed", |scene, _| {
        clerk(scene, charter_with(&[], |terms| terms.interim_days = None));
        Town::founder(fill(term(scene, "clerk", 0, 5), person(3), interim()))
    }),
    ("assignment.no-vacancy", |scene, _| {
        clerk_3(scene, charter_with(&[], |terms| terms.seats.most = 2));
        Town::founder(fill(term(scene, "clerk", 0, 5), person(4), interim()))
    }),
    ("assignment.interim-again", |scene, _| {
        clerk(scene, charter(&[]));
        let first = fill(term(scene, "clerk", 0, 5), person(3), interim());
        scene.given(Town::founder(first));
        Town::founder(fill(term(scene, "clerk", 5, 10), person(3), interim()))
    }),
    ("assignment.already-holds", |scene, _| {
        clerk_3(scene, charter(&[]));
        appoint(scene, person(3), 29, 31)
    }),
    ("assignment.seats-taken", |scene, _| {
        clerk_3(scene, charter(&[]));
        appoint(scene, person(4), 29, 31)
    }),
    // It does not matter which of the two names the other.
    ("assignment.incompatible", |scene, _| {
        clerk(scene, limited(|limits| limits.incompatible = vec![acts::slug("treasurer")]));
        appoint(scene, person(3), 0, 5)
    }),
    ("assignment.incompatible", |scene, _| {
        clerk(scene, limited(|limits| limits.incompatible = vec![acts::slug("observer")]));
        let intent = appoint(scene, person(4), 0, 5);
        scene.given(intent);
        let (from, until) = (scene.now.plus_ms(DAY_MS), scene.now.plus_ms(2 * DAY_MS));
        Town::founder(acts::assign("observer", person(4), from, until))
    }),
    // Nobody is both sides of a double link.
    ("assignment.incompatible", |scene, _| {
        clerk_3(scene, charter_with(&[], |terms| terms.link = Some(Link::Lead)));
        let terms = charter_with(&[], |terms| {
            terms.link = Some(Link::Delegate);
            terms.filled_by = vec![Way::Vote];
        });
        scene.given(Town::founder(define("delegate", "till", terms)));
        Town::founder(fill(term(scene, "delegate", 0, 5), person(3), interim()))
    }),
    ("assignment.too-heavy", |scene, _| {
        clerk(scene, limited(|limits| limits.most_weight = Some(1)));
        appoint(scene, person(3), 0, 5)
    }),
    ("assignment.too-heavy", |scene, _| {
        clerk(scene, limited(|limits| limits.most_weight = Some(1)));
        let intent = appoint(scene, person(5), 0, 5);
        scene.given(intent);
        let (from, until) = (scene.now.plus_ms(DAY_MS), scene.now.plus_ms(2 * DAY_MS));
        Town::founder(acts::assign("observer", person(5), from, until))
    }),
    ("assignment.terms-in-a-row", |scene, _| {
        clerk(scene, limited(|limits| limits.consecutive = Some(2)));
        for from in [0, 10] {
            let intent = appoint(scene, person(3), from, from + 10);
            scene.given(intent);
        }
        appoint(scene, person(3), 20, 30)
    }),
    // Those that come later count as well.
    ("assignment.terms-in-a-row", |scene, _| {
        clerk(scene, limited(|limits| limits.consecutive = Some(2)));
        for from in [0, 20] {
            let intent = appoint(scene, person(3), from, from + 10);
            scene.given(intent);
        }
        appoint(scene, person(3), 10, 20)
    }),
    ("assignment.terms-in-a-row", |scene, _| {
        clerk(
            scene,
            limited(|limits| (limits.consecutive, limits.cooling_off_days) = (Some(1), Some(5))),
        );
        let intent = appoint(scene, person(3), 0, 10);
        scene.given(intent);
        appoint(scene, person(3), 14, 20)
    }),
    ("assignment.terms-in-all", |scene, _| {
        clerk(scene, limited(|limits| limits.total = Some(1)));
        let intent = appoint(scene, person(3), 0, 10);
        scene.given(intent);
        appoint(scene, person(3), 40, 50)
    }),
    ("assignment.unknown", |_, _| person(3).says(accept(NOBODY))),
    ("assignment.not-holder", |scene, _| {
        let mandate = clerk_3(scene, charter_with(&[], |terms| terms.acceptance = true));
        person(4).says(accept(mandate))
    }),
    ("assignment.not-awaited", |scene, _| {
        let mandate = clerk_3(scene, charter(&[]));
        person(3).says(accept(mandate))
    }),
    ("assignment.not-awaited", |scene, _| {
        let mandate = clerk_3(scene, charter_with(&[], |terms| terms.acceptance = true));
        scene.given(person(3).says(accept(mandate)));
        person(3).says(mandates::decline(mandate))
    }),
    ("assignment.ended", |scene, _| {
        let mandate = clerk_3(scene, charter_with(&[], |terms| terms.acceptance = true));
        scene.given(person(3).says(mandates::decline(mandate)));
        person(3).says(accept(mandate))
    }),
];

const PRECEDENCE: &[Both] = &[
    ("circle.exists", "circle.end", |scene, _| {
        Town::founder(circle("till", "assembly", Some(scene.now)))
    }),
    ("circle.end", "circle.domain-taken", |scene, _| {
        scene.given(Town::founder(circle_with_domains("garden", "assembly", &["land"])));
        let mut act = circle_with_domains("new", "assembly", &["land"]);
        act.ends_at = Some(scene.now);
        Town::founder(act)
    }),
    ("role.exists", "role.scope", |_, _| {
        Town::founder(define("scribe", "till", for_nord(Power::Roles)))
    }),
    ("role.power-not-held", "role.seat-count", |scene, _| {
        let mandate = clerk_3(scene, in_till(Power::Roles));
        let terms = charter_with(&[Power::Votes], |terms| terms.seats.most = 0);
        person(3).says(define("new", "till", terms)).under(mandate)
    }),
    ("role.seat-count", "role.term-length", |_, _| {
        let terms = charter_with(&[], |terms| (terms.seats.most, terms.term_days) = (0, 0));
        Town::founder(define("new", "till", terms))
    }),
    ("role.limits", "role.filled-by", |_, _| {
        let mut terms = limited(|limits| limits.consecutive = Some(0));
        terms.filled_by.clear();
        Town::founder(define("new", "till", terms))
    }),
    ("assignment.member-unknown", "assignment.term-reversed", |scene, _| {
        clerk(scene, charter(&[]));
        appoint(scene, person(8), 5, 0)
    }),
    ("assignment.term-too-long", "basis.way-not-allowed", |scene, _| {
        clerk(scene, charter_with(&[], |terms| terms.filled_by = vec![Way::Vote]));
        appoint(scene, person(3), 0, 31)
    }),
    ("basis.way-not-allowed", "assignment.already-holds", |scene, _| {
        clerk_3(scene, charter(&[]));
        let terms = charter_with(&[], |terms| terms.filled_by = vec![Way::Vote]);
        scene.given(Town::founder(amend("clerk", terms)));
        appoint(scene, person(3), 0, 5)
    }),
    ("assignment.seats-taken", "assignment.incompatible", |scene, _| {
        clerk(scene, limited(|limits| limits.incompatible = vec![acts::slug("treasurer")]));
        let intent = appoint(scene, person(5), 0, 5);
        scene.given(intent);
        appoint(scene, person(3), 0, 5)
    }),
    ("assignment.incompatible", "assignment.too-heavy", |scene, _| {
        let terms = limited(|limits| {
            limits.incompatible = vec![acts::slug("treasurer")];
            limits.most_weight = Some(1);
        });
        clerk(scene, terms);
        appoint(scene, person(3), 0, 5)
    }),
    ("assignment.terms-in-a-row", "assignment.terms-in-all", |scene, _| {
        clerk(scene, limited(|limits| (limits.consecutive, limits.total) = (Some(1), Some(1))));
        let intent = appoint(scene, person(3), 0, 5);
        scene.given(intent);
        appoint(scene, person(3), 5, 9)
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

/// The same powers, used within their reach.
#[test]
fn within_their_reach_powers_are_used() {
    let (mut scene, _) = super::town();
    let terms = charter_with(&[Power::Roles, Power::Membership, Power::Votes], |terms| {
        terms.powers[0].circle = Some(acts::slug("till"));
        terms.powers[1].groups = vec![acts::slug("nord")];
        terms.powers[2].groups = vec![acts::slug("nord")];
    });
    let mandate = clerk_3(&mut scene, terms);
    let mut does = |act: archipel_domain::act::Act| scene.given(person(3).says(act).under(mandate));
    does(acts::circle("desk", "till").into());
    does(define("aide", "desk", charter(&[])).into());
    does(acts::dissolve("desk").into());
    does(acts::admit(person(8), &["nord"]).into());
    does(acts::leave(person(8)).into());
    let vote = archipel_domain::vote::OpenVote {
        electorate: ElectorateRule::Groups(vec![acts::slug("nord")]),
        ..acts::vote(acts::approval(None), vec![acts::option("x")], scene.now.plus_ms(DAY_MS))
    };
    scene.given(person(3).says(vote).under(mandate));
}

/// After the cooling-off, a new row of terms begins; and what was not accepted is no term.
#[test]
fn rows_of_terms_end() {
    let (mut scene, _) = super::town();
    let mut terms =
        limited(|limits| (limits.consecutive, limits.cooling_off_days) = (Some(1), Some(5)));
    terms.acceptance = true;
    clerk(&mut scene, terms);
    for (from, until) in [(0, 10), (15, 20)] {
        let intent = appoint(&scene, person(3), from, until);
        scene.given(intent);
    }
    let intent = appoint(&scene, person(4), 10, 15);
    let declined = scene.given(intent);
    scene.given(person(4).says(mandates::decline(declined)));
    let intent = appoint(&scene, person(4), 10, 15);
    scene.given(intent);
}
