//! What somebody hostile would try: each of these was, or could have been, a way around a rule.

use super::charters::{appoint, clerk};
use super::town;
use archipel_domain::election::{Electors, OpenElection};
use archipel_domain::id::StatementId;
use archipel_domain::ledger::{OpenAccount, Owner};
use archipel_domain::role::{BasisTerms, CharterTerms, Fill, Link, Power, Seats, Subject, Way};
use archipel_domain::rota::{Facts, Interval, burdens};
use archipel_domain::safeguard;
use archipel_domain::sortition::AnnounceDraw;
use archipel_domain::time::Timestamp;
use archipel_domain::vote::rules::{TiePolicy, VoteRules};
use archipel_domain::vote::{Choice, ElectorateRule, OpenVoteUnderRules};
use archipel_testkit::scenario::guards::{carry, countersign, request, set};
use archipel_testkit::scenario::mandates::{
    WAYS, amend, appointed, candidate, charter, charter_with, circle, define, delegate, fill,
    interim, limited, recall, term, vote_to_extend, vote_to_fill, vote_to_recall,
};
use archipel_testkit::scenario::{
    DAY_MS, Intent, Person, Scene, Stage as _, Town, acts, elections, lots, mandate as founding,
    person, rotas,
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

/// Where no power over membership reaches everywhere, those of the groups agree among themselves.
#[test]
fn holders_within_groups_are_not_locked_out() {
    let (mut scene, _) = town();
    let two = charter_with(&[Power::Membership], |terms| {
        terms.powers[0].groups = vec![acts::slug("nord")];
        terms.seats.most = 2;
    });
    let mandate = clerk_3(&mut scene, two);
    let other = appoint(&scene, person(4), 0, 30);
    let other = scene.given(other);
    scene.given(Town::founder(set(safeguard::Subject::Power(Power::Membership), 2, 0)));
    let act = || acts::admit(person(8), &["nord"]);
    let asked = scene.given(person(3).says(request(act())).under(mandate));
    let agrees = || person(4).says(countersign(asked, act())).under(other);
    scene.then(agrees(), "mandate.out-of-scope");
    for founder in [1, 2] {
        scene.given(person(founder).says(acts::resign(founding(founder))));
    }
    scene.given(agrees());
    scene.given(person(3).says(carry(asked, act())).under(mandate));
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
    scene.then(person(3).says(fill(rest, person(3), basis())), "basis.other-term");
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
        scene.then(person(7).says(act), "basis.other-term");
    }
    let whole_of = |who| fill(whole.clone(), who, BasisTerms::Rotation(rotation));
    scene.then(person(7).says(whole_of(person(4))), "basis.not-chosen");
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

const ENDS: [i64; 6] = [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX];

/// Whatever moments are said, acts are accepted or refused, and the state goes on.
#[test]
fn the_ends_of_time_stop_nothing() {
    let (mut scene, town) = town();
    scene.given(Town::founder(circle("for-ever", "assembly", Some(Timestamp(i64::MAX)))));
    let loose = limited(|limits| {
        limits.consecutive = Some(2);
        limits.cooling_off_days = Some(3_653);
        limits.most_weight = Some(9);
    });
    let loose = CharterTerms { seats: Seats { least: 9, most: 9 }, term_days: 3_653, ..loose };
    let loose = CharterTerms { filled_by: WAYS.to_vec(), ..loose };
    scene.given(Town::founder(define("guide", "for-ever", loose)));
    let ends = ENDS.map(Timestamp);
    let mut intents: Vec<Intent> = Vec::new();
    for (from, until) in ends.iter().flat_map(|from| ends.iter().map(move |end| (*from, *end))) {
        let fill_for = || Fill { role: acts::slug("guide"), from, until };
        intents.push(Town::founder(fill(fill_for(), person(3), appointed())));
        intents.push(Town::founder(fill(fill_for(), person(4), interim())));
        intents.push(Town::founder(acts::assign("scribe", person(4), from, until)));
        intents.push(Town::founder(vote_to_fill(&scene, fill_for(), &[person(4)])));
        let lot = lots::announce(
            lots::groups(&["nord"], lots::simple(1, 1)),
            lots::committed(7, 3),
            Some(until),
        );
        let lot = AnnounceDraw { fills: Some(fill_for()), ..lot };
        intents.push(Town::founder(lot));
        let mut open = OpenElection { from, until, ..elections::open(scene.now) };
        intents.push(Town::founder(open.clone()));
        open.calendar.opens_at = Some(from);
        open.calendar.change_by = until;
        open.lot_at = Some(until);
        intents.push(Town::founder(OpenElection { role: acts::slug("guide"), ..open }));
        intents.push(person(5).says(rotas::away(&[(from, until)], &[])));
        intents.push(Town::founder(circle("ends", "for-ever", Some(until))));
        intents.push(Town::founder(vote_to_extend(&scene, "for-ever", until)));
        intents.push(person(3).says(delegate(town.treasurer, person(4), until, &[Power::Ledger])));
        let week = |n: i64| Interval {
            from: scene.now.plus_ms(n * 7 * DAY_MS),
            until: scene.now.plus_ms((n + 1) * 7 * DAY_MS),
        };
        for at in 0..3_usize {
            let mut periods: Vec<Interval> = (1..3).map(week).collect();
            periods.insert(at, Interval { from, until });
            let mut terms = rotas::terms(periods, &["guide"], &[person(3), person(4), person(5)]);
            terms.roles[0].closed = vec![u32::try_from(at).unwrap() + 1];
            scene.peek(|world| terms.fix(&Facts::all(world)));
            if terms.plan(&Facts::all(&scene.world), None).is_ok() {
                intents.push(Town::founder(rotas::planned(&scene, &terms)));
            }
        }
    }
    let mut accepted = 0;
    for intent in intents {
        accepted += usize::from(scene.when(intent).is_ok());
        let _ = burdens(&scene.world);
    }
    assert!(accepted > 10, "{accepted}");
    let intent = appoint_guide(&scene);
    let _ = scene.when(intent);
}

fn appoint_guide(scene: &Scene) -> Intent {
    Town::founder(fill(term(scene, "guide", 0, 30), person(5), appointed()))
}

/// The treasurer pays themselves through somebody who acts for them.
#[test]
fn nobody_pays_themselves_through_a_delegate() {
    let (mut scene, _) = town();
    let mandate = clerk_3(&mut scene, charter(&[Power::Ledger]));
    scene.given(Town::founder(acts::account("petty", "EUR", Owner::Fund, Some("clerk"))));
    for (name, who) in [("three", 3), ("five", 5)] {
        let owner = Owner::Member(person(who).id);
        scene.given(Town::founder(acts::account(name, "EUR", owner, None)));
    }
    let exterior = acts::account("outside", "EUR", Owner::Exterior, Some("clerk"));
    scene.given(Town::founder(exterior));
    let pays = |to| acts::pay(&[("outside", -5, "EUR"), (to, 5, "EUR")]);
    let until = scene.now.plus_ms(20 * DAY_MS);
    scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Ledger])));
    scene.then(person(3).says(pays("three")).under(mandate), "ledger.self-dealing");
    scene.then(person(4).says(pays("three")).under(mandate), "ledger.self-dealing");
    scene.given(person(4).says(pays("five")).under(mandate));
}

/// Accounts of a circle do not owe what the whole instance would have to make good.
#[test]
fn a_circle_alone_gives_itself_no_credit() {
    let (mut scene, _) = town();
    let mut terms = charter(&[Power::Accounts]);
    terms.powers[0].circle = Some(acts::slug("till"));
    let mandate = clerk_3(&mut scene, terms);
    let owner = Owner::Circle(acts::slug("till"));
    let account = |name, floor| OpenAccount {
        floor: Some(floor),
        ..acts::account(name, "EUR", owner.clone(), Some("clerk"))
    };
    let opens = |name, floor| person(3).says(account(name, floor)).under(mandate);
    scene.then(opens("petty", -1), "mandate.out-of-scope");
    scene.given(opens("petty", 0));
    scene.given(Town::founder(account("large", -1)));
}

/// An election by one accomplice is an appointment that the charter does not allow.
#[test]
fn those_who_elect_are_those_whom_the_charter_names() {
    let (mut scene, _) = town();
    let own = charter_with(&[], |terms| {
        terms.filled_by = vec![Way::Election];
        terms.electorate = Some(ElectorateRule::Groups(vec![acts::slug("nord")]));
    });
    clerk(&mut scene, own);
    let term = term(&scene, "clerk", 5, 15);
    let open = OpenElection {
        role: term.role,
        from: term.from,
        until: term.until,
        electors: Electors::Listed(vec![person(4).id]),
        ..elections::open(scene.now)
    };
    scene.then(Town::founder(open), "basis.other-electorate");
}

/// Nobody but themselves is an option; one ballot is enough.
#[test]
fn who_opens_a_vote_on_a_role_could_fill_it() {
    let (mut scene, _) = town();
    let mandate = clerk_3(&mut scene, charter(&[Power::Votes]));
    scene.given(Town::founder(define("head", "till", charter(&[Power::Roles]))));
    let open = vote_to_fill(&scene, term(&scene, "head", 2, 12), &[person(3)]);
    scene.then(person(3).says(open).under(mandate), "mandate.power-missing");
}

/// One group lets a circle of everybody go on.
#[test]
fn a_circle_does_not_go_on_by_the_consent_of_a_few() {
    let (mut scene, _) = town();
    let ends_at = scene.now.plus_ms(2 * DAY_MS);
    scene.given(Town::founder(circle("brief", "assembly", Some(ends_at))));
    let mut open = vote_to_extend(&scene, "brief", scene.now.plus_ms(90 * DAY_MS));
    open.vote.electorate = ElectorateRule::Groups(vec![acts::slug("nord")]);
    scene.then(Town::founder(open), "basis.other-electorate");
}

/// Two people in turn hold for ever what nobody chose them for.
#[test]
fn interims_in_turn_come_to_an_end() {
    let (mut scene, _) = town();
    clerk(&mut scene, charter(&[]));
    let cover = |scene: &Scene, turn: i64| {
        let who = person(if turn % 2 == 0 { 3 } else { 4 });
        Town::founder(fill(term(scene, "clerk", turn * 10, turn * 10 + 10), who, interim()))
    };
    let refused = (0..9).any(|turn| {
        let intent = cover(&scene, turn);
        scene.when(intent).is_err()
    });
    assert!(refused, "ninety days of interims in a row");
}

/// Whoever was chosen and does not answer keeps the seat, and nobody covers it.
#[test]
fn silence_holds_no_seat() {
    let (mut scene, _) = town();
    clerk(&mut scene, charter_with(&[], |terms| terms.acceptance = true));
    let wanted = term(&scene, "clerk", 2, 12);
    let open = vote_to_fill(&scene, wanted.clone(), &[person(4)]);
    let name = person(4).id.to_string();
    let vote = voted(&mut scene, open, person(7), acts::approves(&[name.as_str()]));
    scene.given(person(7).says(fill(wanted, person(4), BasisTerms::Vote(vote))));
    scene.advance_ms(5 * DAY_MS);
    let cover = fill(term(&scene, "clerk", 0, 5), person(5), interim());
    scene.given(Town::founder(cover));
}

/// Whoever has the power over roles passes over those who were drawn until the right one comes.
#[test]
fn nobody_declines_for_those_who_can_answer() {
    let (mut scene, _) = town();
    clerk(&mut scene, charter(&[]));
    let comes_at = scene.now.plus_ms(DAY_MS);
    let pool = lots::groups(&["nord"], lots::simple(1, 1));
    let mut act = lots::announce(pool, lots::committed(1, 3), Some(comes_at));
    act.fills = Some(term(&scene, "clerk", 2, 12));
    let draw = scene.given(Town::founder(act));
    scene.advance_ms(DAY_MS);
    scene.given(person(7).says(lots::draw(draw, lots::revealed(1, None))));
    let refused = [1, 3, 4, 5, 7].into_iter().all(|who| {
        let intent = Town::founder(lots::decline(draw, person(who)));
        who == 1 || scene.when(intent).is_err()
    });
    assert!(refused, "somebody declined for others");
}

/// A tie on whether the chair goes is not broken by the chair, nor by who acts for the chair.
#[test]
fn nobody_has_the_casting_vote_on_their_own_recall() {
    let (mut scene, _) = town();
    let mandate = clerk_3(&mut scene, charter(&[Power::Votes]));
    let until = scene.now.plus_ms(20 * DAY_MS);
    scene.given(person(3).says(delegate(mandate, person(7), until, &[Power::Votes])));
    let mut open = vote_to_recall(&scene, mandate);
    open.rules.tie = Some(TiePolicy::Chair);
    let vote = scene.given(Town::founder(open));
    let terms = scene.terms(vote);
    scene.given(person(4).says(acts::ballot(vote, terms, acts::says(Choice::For))));
    scene.given(person(5).says(acts::ballot(vote, terms, acts::says(Choice::Against))));
    scene.advance_ms(DAY_MS);
    scene.settle();
    let breaks = |who: Person| who.says(acts::break_tie(vote, &[])).under(mandate);
    scene.then(breaks(person(3)), "ballot.own-recall");
    scene.then(breaks(person(7)), "ballot.own-recall");
    scene.given(Town::founder(acts::break_tie(vote, &["recall"])));
    scene.given(person(5).says(recall(mandate, vote)));
}

/// A delegate does not resign for the holder, by whichever name.
#[test]
fn a_delegate_does_not_end_the_mandate() {
    let (mut scene, _) = town();
    let mandate = clerk_3(&mut scene, charter(&[Power::Roles]));
    let until = scene.now.plus_ms(20 * DAY_MS);
    scene.given(person(3).says(delegate(mandate, person(4), until, &[Power::Roles])));
    scene.then(person(4).says(acts::resign(mandate)).under(mandate), "assignment.end-reason");
    scene.then(person(4).says(acts::recall(mandate)).under(mandate), "assignment.end-reason");
    scene.given(Town::founder(acts::recall(mandate)));
}
