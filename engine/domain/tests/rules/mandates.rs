//! How mandates come to be and end: bases, recalls, delegations, and circles that go on.

use super::charters::{appoint, clerk};
use super::{Both, Row, check, check_both};
use archipel_domain::election::OpenElection;
use archipel_domain::id::{Slug, StatementId};
use archipel_domain::role::{BasisTerms, CharterTerms, Fill, Power, Subject, Way, standing};
use archipel_domain::rota::PlanRotation;
use archipel_domain::vote::{Choice, ElectorateRule, OpenVoteUnderRules};
use archipel_testkit::scenario::mandates::{
    about, candidate, charter, charter_with, circle, define, delegate, extend, fill, limited,
    recall, reclaim, term, vote_to_extend, vote_to_fill, vote_to_recall,
};
use archipel_testkit::scenario::{
    DAY_MS, Person, Scene, Stage as _, Town, acts, elections, lots, mandates, person, rotas,
};

const NOBODY: StatementId = StatementId(7);

fn clerk_3(scene: &mut Scene, terms: CharterTerms) -> StatementId {
    clerk(scene, terms);
    let intent = appoint(scene, person(3), 0, 30);
    scene.given(intent)
}

/// The term of the clerk that is to be filled: from day 2 to day 12.
fn tenth(scene: &Scene) -> Fill {
    term(scene, "clerk", 2, 12)
}

/// A vote, opened, answered and closed.
fn decided(
    scene: &mut Scene,
    open: OpenVoteUnderRules,
    ballots: &[(Person, archipel_domain::vote::BallotPaper)],
) -> StatementId {
    let vote = scene.given(Town::founder(open));
    for (who, paper) in ballots {
        let terms = scene.terms(vote);
        scene.given(who.says(acts::ballot(vote, terms, paper.clone())));
    }
    scene.advance_ms(DAY_MS);
    scene.settle();
    vote
}

/// A vote in which person 4 is chosen clerk, before person 5, for the term.
fn four_is_chosen(scene: &mut Scene, fill: Fill) -> StatementId {
    let open = vote_to_fill(scene, fill, &[person(4), person(5)]);
    let name = person(4).id.to_string();
    decided(scene, open, &[(person(7), acts::approves(&[name.as_str()]))])
}

fn recalled(scene: &mut Scene, mandate: StatementId, choice: Choice) -> StatementId {
    let open = vote_to_recall(scene, mandate);
    decided(scene, open, &[(person(4), acts::says(choice))])
}

/// A lot by which one member of `nord` is drawn clerk for the term.
fn drawn(scene: &mut Scene, fill: Fill) -> StatementId {
    let comes_at = scene.now.plus_ms(DAY_MS);
    let pool = lots::groups(&["nord"], lots::simple(1, 1));
    let mut act = lots::announce(pool, lots::committed(1, 3), Some(comes_at));
    act.fills = Some(fill);
    let draw = scene.given(Town::founder(act));
    scene.advance_ms(DAY_MS);
    draw
}

/// Person 3's mandate as guide, with the power over roles alone, beside a clerk who has another.
fn guide(scene: &mut Scene) -> StatementId {
    clerk(scene, charter(&[Power::Ledger]));
    scene.given(Town::founder(define("guide", "till", charter(&[Power::Roles]))));
    let held = fill(term(scene, "guide", 0, 30), person(3), mandates::appointed());
    scene.given(Town::founder(held))
}

/// An election of the clerk, and a rotation of it in the week from tomorrow on.
fn election(scene: &Scene) -> OpenElection {
    let open = elections::open(scene.now);
    let until = open.from.plus_ms(20 * DAY_MS);
    OpenElection { role: acts::slug("clerk"), until, ..open }
}

fn rotation(scene: &Scene) -> PlanRotation {
    let periods = rotas::periods(scene.now.plus_ms(DAY_MS), 1, 7);
    rotas::planned(scene, &rotas::terms(periods, &["clerk"], &[person(4)]))
}

/// An ephemeral circle that ends in two days.
fn brief(scene: &mut Scene) {
    let ends_at = scene.now.plus_ms(2 * DAY_MS);
    scene.given(Town::founder(circle("brief", "assembly", Some(ends_at))));
}

pub(super) const ROWS: &[Row] = &[
    ("role.not-chartered", |scene, _| {
        let open = vote_to_fill(scene, term(scene, "scribe", 2, 12), &[person(4)]);
        Town::founder(open)
    }),
    ("assignment.member-unknown", |scene, _| {
        clerk(scene, charter(&[]));
        let open = vote_to_fill(scene, tenth(scene), &[person(4), person(6)]);
        Town::founder(open)
    }),
    ("assignment.member-unknown", |scene, _| {
        clerk(scene, charter(&[]));
        let closes_at = scene.now.plus_ms(DAY_MS);
        let options = vec![candidate(person(4)), acts::option("somebody")];
        let vote = acts::vote(acts::approval(None), options, closes_at);
        Town::founder(about(vote, Subject::Fill(tenth(scene))))
    }),
    ("basis.way-not-allowed", |scene, _| {
        clerk(scene, charter_with(&[], |terms| terms.filled_by = vec![Way::Draw]));
        Town::founder(vote_to_fill(scene, tenth(scene), &[person(4)]))
    }),
    ("basis.way-not-allowed", |scene, _| {
        clerk(scene, charter_with(&[], |terms| terms.filled_by = vec![Way::Vote]));
        let pool = lots::groups(&["nord"], lots::simple(1, 1));
        let comes_at = Some(scene.now.plus_ms(DAY_MS));
        let mut act = lots::announce(pool, lots::committed(1, 3), comes_at);
        act.fills = Some(tenth(scene));
        Town::founder(act)
    }),
    ("draw.list", |scene, _| {
        clerk(scene, charter(&[]));
        let comes_at = Some(scene.now.plus_ms(DAY_MS));
        let mut act = lots::announce(lots::file(9, 2), lots::committed(1, 3), comes_at);
        act.fills = Some(tenth(scene));
        Town::founder(act)
    }),
    // Those who choose are those whom the charter names: nobody picks their voters.
    ("basis.other-electorate", |scene, _| {
        clerk(scene, charter(&[]));
        let mut open = vote_to_fill(scene, tenth(scene), &[person(4)]);
        open.vote.electorate = ElectorateRule::Groups(vec![acts::slug("nord")]);
        Town::founder(open)
    }),
    ("basis.other-electorate", |scene, _| {
        let nord = ElectorateRule::Groups(vec![acts::slug("nord")]);
        let mandate = clerk_3(scene, charter_with(&[], |terms| terms.electorate = Some(nord)));
        Town::founder(vote_to_recall(scene, mandate))
    }),
    ("vote.rules", |scene, _| {
        let mandate = clerk_3(scene, charter(&[]));
        let vote =
            acts::vote(acts::consent(0), vec![acts::option("recall")], scene.now.plus_ms(DAY_MS));
        Town::founder(about(vote, Subject::Recall(mandate)))
    }),
    ("assignment.ended", |scene, town| Town::founder(vote_to_recall(scene, town.recalled))),
    ("basis.unknown", |scene, _| {
        clerk(scene, charter(&[]));
        person(3).says(fill(tenth(scene), person(4), BasisTerms::Vote(NOBODY)))
    }),
    ("basis.unknown", |scene, _| {
        clerk(scene, charter(&[]));
        person(3).says(fill(tenth(scene), person(4), BasisTerms::Draw(NOBODY)))
    }),
    ("basis.other-role", |scene, town| {
        clerk(scene, charter(&[]));
        person(3).says(fill(tenth(scene), person(4), BasisTerms::Vote(town.done)))
    }),
    ("basis.other-role", |scene, _| {
        clerk(scene, charter(&[]));
        scene.given(Town::founder(define("other", "till", charter(&[]))));
        let asked = tenth(scene);
        let vote = four_is_chosen(scene, asked.clone());
        let term = Fill { role: acts::slug("other"), ..asked };
        person(3).says(fill(term, person(4), BasisTerms::Vote(vote)))
    }),
    ("basis.other-term", |scene, _| {
        clerk(scene, charter(&[]));
        let asked = tenth(scene);
        let vote = four_is_chosen(scene, asked.clone());
        let term = Fill { until: asked.until.plus_ms(1), ..asked };
        person(3).says(fill(term, person(4), BasisTerms::Vote(vote)))
    }),
    ("basis.undecided", |scene, _| {
        clerk(scene, charter(&[]));
        let term = tenth(scene);
        let open = vote_to_fill(scene, term.clone(), &[person(4)]);
        let vote = scene.given(Town::founder(open));
        person(3).says(fill(term, person(4), BasisTerms::Vote(vote)))
    }),
    // Two are level for one seat: neither is chosen yet.
    ("basis.undecided", |scene, _| {
        clerk(scene, charter(&[]));
        let term = tenth(scene);
        let open = vote_to_fill(scene, term.clone(), &[person(4), person(5)]);
        let both = [person(4), person(5)].map(|who| who.id.to_string());
        let both: Vec<&str> = both.iter().map(String::as_str).collect();
        let vote = decided(scene, open, &[(person(7), acts::approves(&both))]);
        person(3).says(fill(term, person(4), BasisTerms::Vote(vote)))
    }),
    ("basis.undecided", |scene, _| {
        clerk(scene, charter(&[]));
        let term = tenth(scene);
        let draw = drawn(scene, term.clone());
        person(3).says(fill(term, person(3), BasisTerms::Draw(draw)))
    }),
    ("basis.not-chosen", |scene, _| {
        clerk(scene, charter(&[]));
        let term = tenth(scene);
        let vote = four_is_chosen(scene, term.clone());
        person(3).says(fill(term, person(5), BasisTerms::Vote(vote)))
    }),
    ("basis.not-chosen", |scene, _| {
        clerk(scene, charter(&[]));
        let term = tenth(scene);
        let draw = drawn(scene, term.clone());
        scene.given(person(3).says(lots::draw(draw, lots::revealed(1, None))));
        person(3).says(fill(term, person(4), BasisTerms::Draw(draw)))
    }),
    // Who was chosen once and resigned is not put back by the same outcome.
    ("basis.used", |scene, _| {
        clerk(scene, charter(&[]));
        let term = tenth(scene);
        let vote = four_is_chosen(scene, term.clone());
        let act = fill(term, person(4), BasisTerms::Vote(vote));
        let mandate = scene.given(person(3).says(act.clone()));
        scene.given(person(4).says(acts::resign(mandate)));
        person(3).says(act)
    }),
    ("basis.other-subject", |scene, town| {
        let mandate = clerk_3(scene, charter(&[]));
        person(3).says(recall(mandate, town.done))
    }),
    ("basis.other-subject", |scene, town| {
        brief(scene);
        person(3).says(extend("brief", town.done))
    }),
    ("basis.unknown", |scene, _| {
        let mandate = clerk_3(scene, charter(&[]));
        person(3).says(recall(mandate, NOBODY))
    }),
    ("basis.undecided", |scene, _| {
        let mandate = clerk_3(scene, charter(&[]));
        let open = vote_to_recall(scene, mandate);
        let vote = scene.given(Town::founder(open));
        person(4).says(recall(mandate, vote))
    }),
    ("basis.rejected", |scene, _| {
        let mandate = clerk_3(scene, charter(&[]));
        let vote = recalled(scene, mandate, Choice::Against);
        person(4).says(recall(mandate, vote))
    }),
    ("ballot.own-recall", |scene, _| {
        let mandate = clerk_3(scene, charter(&[]));
        let open = vote_to_recall(scene, mandate);
        let vote = scene.given(Town::founder(open));
        let terms = scene.terms(vote);
        person(3).says(acts::ballot(vote, terms, acts::says(Choice::Against)))
    }),
    ("mandate.ended", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Membership]));
        let vote = recalled(scene, mandate, Choice::For);
        scene.given(person(4).says(recall(mandate, vote)));
        person(3).says(acts::group("new")).under(mandate)
    }),
    ("assignment.recall-by-vote", |scene, _| {
        clerk(scene, charter(&[]));
        let term = tenth(scene);
        let vote = four_is_chosen(scene, term.clone());
        let mandate = scene.given(person(3).says(fill(term, person(4), BasisTerms::Vote(vote))));
        Town::founder(acts::recall(mandate))
    }),
    ("assignment.not-delegable", |scene, _| {
        let terms = charter_with(&[Power::Votes], |terms| terms.delegable = false);
        let mandate = clerk_3(scene, terms);
        let until = scene.now.plus_ms(DAY_MS);
        person(3).says(delegate(mandate, person(4), until, &[Power::Votes]))
    }),
    ("assignment.not-delegable", |_, town| {
        let until = archipel_domain::time::Timestamp(i64::MAX);
        person(4).says(delegate(town.scribe, person(3), until, &[Power::Proposals]))
    }),
    ("assignment.not-holder", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Votes]));
        let until = scene.now.plus_ms(DAY_MS);
        person(4).says(delegate(mandate, person(5), until, &[Power::Votes]))
    }),
    // Nobody passes on what was delegated to them.
    ("assignment.not-holder", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Votes]));
        let until = scene.now.plus_ms(DAY_MS);
        scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Votes])));
        person(4).says(delegate(mandate, person(5), until, &[Power::Votes]))
    }),
    ("assignment.delegation-term", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Votes]));
        let until = scene.now.plus_ms(31 * DAY_MS);
        person(3).says(delegate(mandate, person(4), until, &[Power::Votes]))
    }),
    ("assignment.delegation-powers", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Votes]));
        let until = scene.now.plus_ms(DAY_MS);
        person(3).says(delegate(mandate, person(4), until, &[Power::Ledger]))
    }),
    ("assignment.delegated-already", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Votes]));
        let until = scene.now.plus_ms(DAY_MS);
        scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Votes])));
        person(3).says(delegate(mandate, person(5), until, &[Power::Votes]))
    }),
    ("assignment.delegation-ring", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Votes]));
        let until = scene.now.plus_ms(DAY_MS);
        person(3).says(delegate(mandate, person(3), until, &[Power::Votes]))
    }),
    ("assignment.delegation-ring", |scene, _| {
        let terms = charter_with(&[Power::Votes], |terms| terms.seats.most = 2);
        let mandate = clerk_3(scene, terms);
        let intent = appoint(scene, person(4), 0, 30);
        let other = scene.given(intent);
        let until = scene.now.plus_ms(DAY_MS);
        scene.given(person(4).says(delegate(other, person(3), until, &[Power::Votes])));
        person(3).says(delegate(mandate, person(4), until, &[Power::Votes]))
    }),
    ("assignment.incompatible", |scene, _| {
        let mut terms = limited(|limits| limits.incompatible = vec![acts::slug("scribe")]);
        terms.powers = charter(&[Power::Votes]).powers;
        let mandate = clerk_3(scene, terms);
        let until = scene.now.plus_ms(DAY_MS);
        person(3).says(delegate(mandate, person(4), until, &[Power::Votes]))
    }),
    ("assignment.not-delegated", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Votes]));
        person(3).says(reclaim(mandate))
    }),
    ("assignment.not-holder", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Votes]));
        person(4).says(reclaim(mandate))
    }),
    // A delegate uses what was delegated, while it lasts, and no more.
    ("mandate.power-missing", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Votes, Power::Membership]));
        let until = scene.now.plus_ms(DAY_MS);
        scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Votes])));
        person(4).says(acts::group("new")).under(mandate)
    }),
    ("mandate.not-holder", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Membership]));
        let until = scene.now.plus_ms(DAY_MS);
        scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Membership])));
        scene.given(person(3).says(reclaim(mandate)));
        person(4).says(acts::group("new")).under(mandate)
    }),
    ("mandate.not-holder", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Membership]));
        let until = scene.now.plus_ms(DAY_MS);
        scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Membership])));
        scene.advance_ms(DAY_MS);
        person(4).says(acts::group("new")).under(mandate)
    }),
    ("mandate.ended", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Membership]));
        let until = scene.now.plus_ms(DAY_MS);
        scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Membership])));
        scene.given(person(3).says(acts::resign(mandate)));
        person(4).says(acts::group("new")).under(mandate)
    }),
    // A delegate gives no power that was not delegated.
    ("role.power-not-held", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Roles, Power::Ledger]));
        let until = scene.now.plus_ms(DAY_MS);
        scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Roles])));
        person(4).says(define("new", "till", charter(&[Power::Ledger]))).under(mandate)
    }),
    ("circle.end", |scene, _| {
        let ends_at = scene.now.plus_ms(DAY_MS);
        Town::founder(vote_to_extend(scene, "till", ends_at))
    }),
    ("circle.end", |scene, _| {
        brief(scene);
        let ends_at = scene.now.plus_ms(DAY_MS);
        Town::founder(vote_to_extend(scene, "brief", ends_at))
    }),
    ("vote.rules", |scene, _| {
        brief(scene);
        let ends_at = scene.now.plus_ms(9 * DAY_MS);
        let mut open = vote_to_extend(scene, "brief", ends_at);
        open.vote.method = acts::yes_no();
        Town::founder(open)
    }),
    ("basis.other-electorate", |scene, _| {
        brief(scene);
        let mut open = vote_to_extend(scene, "brief", scene.now.plus_ms(9 * DAY_MS));
        open.vote.electorate = ElectorateRule::Groups(vec![acts::slug("nord")]);
        Town::founder(open)
    }),
    // A lot, an election and a rotation could be bent: whoever has them fill a role could fill it
    // themselves.
    ("role.power-not-held", |scene, _| {
        let mandate = guide(scene);
        let pool = lots::groups(&["nord"], lots::simple(1, 1));
        let comes_at = Some(scene.now.plus_ms(DAY_MS));
        let mut act = lots::announce(pool, lots::committed(1, 3), comes_at);
        act.fills = Some(tenth(scene));
        person(3).says(act).under(mandate)
    }),
    ("role.power-not-held", |scene, _| {
        let mandate = guide(scene);
        person(3).says(election(scene)).under(mandate)
    }),
    ("role.power-not-held", |scene, _| {
        let mandate = guide(scene);
        person(3).says(rotation(scene)).under(mandate)
    }),
    ("basis.way-not-allowed", |scene, _| {
        clerk(scene, charter_with(&[], |terms| terms.filled_by = vec![Way::Vote]));
        Town::founder(rotation(scene))
    }),
    ("basis.way-not-allowed", |scene, _| {
        clerk(scene, charter_with(&[], |terms| terms.filled_by = vec![Way::Vote]));
        Town::founder(election(scene))
    }),
    ("basis.not-chosen", |scene, _| {
        clerk(scene, charter(&[]));
        let planned = Town::founder(rotation(scene));
        let basis = BasisTerms::Rotation(scene.given(planned));
        person(7).says(fill(term(scene, "clerk", 1, 8), person(5), basis))
    }),
    ("basis.undecided", |scene, _| {
        clerk(scene, charter(&[]));
        let open = Town::founder(election(scene));
        let basis = BasisTerms::Election(scene.given(open));
        person(7).says(fill(term(scene, "clerk", 5, 25), person(5), basis))
    }),
    ("basis.rejected", |scene, _| {
        brief(scene);
        let ends_at = scene.now.plus_ms(9 * DAY_MS);
        let open = vote_to_extend(scene, "brief", ends_at);
        let vote = decided(scene, open, &[]);
        person(3).says(extend("brief", vote))
    }),
    ("circle.dissolved", |scene, _| {
        brief(scene);
        let ends_at = scene.now.plus_ms(9 * DAY_MS);
        let open = vote_to_extend(scene, "brief", ends_at);
        let vote = decided(scene, open, &[(person(3), acts::says(Choice::For))]);
        scene.given(Town::founder(acts::dissolve("brief")));
        person(3).says(extend("brief", vote))
    }),
];

const PRECEDENCE: &[Both] = &[
    ("basis.other-role", "basis.undecided", |scene, town| {
        clerk(scene, charter(&[]));
        person(3).says(fill(tenth(scene), person(4), BasisTerms::Vote(town.yes_no)))
    }),
    ("basis.other-term", "basis.not-chosen", |scene, _| {
        clerk(scene, charter(&[]));
        let asked = tenth(scene);
        let vote = four_is_chosen(scene, asked.clone());
        let term = Fill { until: asked.until.plus_ms(1), ..asked };
        person(3).says(fill(term, person(5), BasisTerms::Vote(vote)))
    }),
    ("assignment.not-holder", "assignment.not-delegable", |scene, _| {
        let mandate = clerk_3(scene, charter_with(&[], |terms| terms.delegable = false));
        let until = scene.now.plus_ms(DAY_MS);
        person(4).says(delegate(mandate, person(5), until, &[]))
    }),
    ("assignment.delegation-term", "assignment.delegation-powers", |scene, _| {
        let mandate = clerk_3(scene, charter(&[Power::Votes]));
        let until = scene.now;
        person(3).says(delegate(mandate, person(4), until, &[]))
    }),
    ("mandate.not-holder", "mandate.not-accepted", |scene, _| {
        let terms = charter_with(&[Power::Membership], |terms| terms.acceptance = true);
        let mandate = clerk_3(scene, terms);
        person(4).says(acts::group("new")).under(mandate)
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

/// Who was chosen is recorded by any member, and the recalled one does not count.
#[test]
fn a_vote_fills_a_role_and_another_recalls() {
    let (mut scene, _) = super::town();
    clerk(&mut scene, charter(&[Power::Membership]));
    let term = term(&scene, "clerk", 1, 12);
    let vote = four_is_chosen(&mut scene, term.clone());
    let mandate = scene.given(person(7).says(fill(term, person(4), BasisTerms::Vote(vote))));
    scene.given(person(4).says(acts::group("new")).under(mandate));
    let open = vote_to_recall(&scene, mandate);
    let recall_vote = scene.given(Town::founder(open));
    let eligible = |scene: &Scene, vote: StatementId| {
        let index = scene.world.directory.by_uuid(archipel_domain::entity::Kind::Vote, vote.0);
        scene.world.tables.votes.get(index.unwrap()).unwrap().electorate.eligible
    };
    assert_eq!(eligible(&scene, recall_vote) + 1, eligible(&scene, vote));
    let terms = scene.terms(recall_vote);
    scene.given(person(3).says(acts::ballot(recall_vote, terms, acts::says(Choice::For))));
    scene.advance_ms(DAY_MS);
    scene.settle();
    scene.given(person(7).says(recall(mandate, recall_vote)));
    let refused = scene.when(person(4).says(acts::group("more")).under(mandate));
    assert_eq!(refused.unwrap_err(), "mandate.ended");
}

/// The lot fills the role with the one who was drawn; who declines makes room for the next.
#[test]
fn a_lot_fills_a_role() {
    let (mut scene, _) = super::town();
    clerk(&mut scene, charter(&[]));
    let term = term(&scene, "clerk", 2, 12);
    let draw = drawn(&mut scene, term.clone());
    scene.given(person(3).says(lots::draw(draw, lots::revealed(1, None))));
    let index = scene.world.directory.by_uuid(archipel_domain::entity::Kind::Draw, draw.0).unwrap();
    let holder = |scene: &Scene| {
        let seats = scene.world.tables.draws.get(index).unwrap().seats();
        let who = seats[0].holder.unwrap();
        (1..8).map(person).find(|one| {
            let kind = archipel_domain::entity::Kind::Member;
            scene.world.directory.by_uuid(kind, one.id.0) == Some(who)
        })
    };
    let first = holder(&scene).unwrap();
    scene.given(first.says(lots::decline(draw, first)));
    let second = holder(&scene).unwrap();
    assert_ne!(first, second);
    let refused = scene.when(first.says(fill(term.clone(), first, BasisTerms::Draw(draw))));
    assert_eq!(refused.unwrap_err(), "basis.not-chosen");
    scene.given(first.says(fill(term, second, BasisTerms::Draw(draw))));
}

/// An ephemeral circle ends with its mandates, goes on by consent only, and is dissolved then.
#[test]
fn an_ephemeral_circle_ends_with_its_mandates() {
    let (mut scene, _) = super::town();
    brief(&mut scene);
    scene.given(Town::founder(define("clerk", "brief", charter(&[Power::Membership]))));
    let intent = appoint(&scene, person(3), 0, 2);
    let mandate = scene.given(intent);
    let open = vote_to_extend(&scene, "brief", scene.now.plus_ms(9 * DAY_MS));
    let vote = scene.given(Town::founder(open));
    let terms = scene.terms(vote);
    scene.given(person(4).says(acts::ballot(vote, terms, acts::says(Choice::For))));
    scene.given(person(3).says(acts::group("new")).under(mandate));
    scene.advance_ms(2 * DAY_MS);
    scene.settle();
    let refused = scene.when(person(3).says(acts::group("more")).under(mandate));
    assert_eq!(refused.unwrap_err(), "mandate.ended");
    let defined = define("new", "brief", charter(&[]));
    assert_eq!(scene.when(Town::founder(defined.clone())).unwrap_err(), "circle.ended");
    scene.given(person(5).says(extend("brief", vote)));
    scene.given(Town::founder(defined));
    let intent = appoint(&scene, person(3), 0, 7);
    scene.given(intent);
    scene.advance_ms(8 * DAY_MS);
    scene.given(Town::founder(acts::dissolve("brief")));
}

/// Below the least number of seats a role is vacant; an interim covers it.
#[test]
fn vacancies_are_told_and_covered() {
    let (mut scene, _) = super::town();
    clerk(&mut scene, charter(&[]));
    let slug: Slug = acts::slug("clerk");
    let kind = archipel_domain::entity::Kind::Role;
    let role = scene.world.directory.by_word(kind, slug.as_str()).unwrap();
    let vacant = |scene: &Scene| standing::vacant(&scene.world, role, scene.now);
    assert_eq!(vacant(&scene), 1);
    let act = fill(term(&scene, "clerk", 0, 10), person(3), mandates::interim());
    scene.given(Town::founder(act));
    assert_eq!(vacant(&scene), 0);
    // Whoever leaves the instance leaves the seat.
    scene.given(person(3).says(acts::leave(person(3))));
    assert_eq!(vacant(&scene), 1);
    scene.advance_ms(10 * DAY_MS);
    assert_eq!(vacant(&scene), 1);
}

/// A mandate that nobody answered keeps neither its role nor its circle.
#[test]
fn what_was_not_answered_keeps_nothing() {
    let (mut scene, _) = super::town();
    scene.given(Town::founder(circle("brief", "assembly", None)));
    let terms = charter_with(&[], |terms| terms.acceptance = true);
    scene.given(Town::founder(define("clerk", "brief", terms)));
    let intent = appoint(&scene, person(3), 0, 30);
    let mandate = scene.given(intent);
    let dissolve = || Town::founder(acts::dissolve("brief"));
    assert_eq!(scene.when(dissolve()).unwrap_err(), "circle.in-use");
    scene.advance_ms(3 * DAY_MS);
    let late = scene.when(person(3).says(mandates::accept(mandate)));
    assert_eq!(late.unwrap_err(), "assignment.ended");
    scene.given(Town::founder(mandates::retire("clerk")));
    scene.given(dissolve());
}
