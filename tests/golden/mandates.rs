//! Roles with charters, to their ends: filled in each way, delegated, recalled; circles that end.

use archipel_domain::entity::Kind;
use archipel_domain::id::StatementId;
use archipel_domain::role::{BasisTerms, Cap, Limits, Link, Power, Way};
use archipel_domain::vote::{Choice, ElectorateRule, OpenVoteUnderRules};
use archipel_testkit::scenario::mandates::{
    accept, amend, appointed, charter, charter_with, circle, circle_with_domains, decline, define,
    delegate, extend, fill, interim, recall, reclaim, retire, term, vote_to_extend, vote_to_fill,
    vote_to_recall,
};
use archipel_testkit::scenario::{DAY_MS, Live, Person, Stage as _, Town, acts, lots, person};

pub(super) fn play(live: &mut Live) {
    live.given(Town::founder(circle_with_domains("garden", "assembly", &["land", "water"])));
    let ends_at = live.now().plus_ms(3 * DAY_MS);
    live.given(Town::founder(circle("brief", "assembly", Some(ends_at))));
    charters(live);
    let chosen = choose(live);
    appoint(live);
    let recalled = live.given(Town::founder(vote_to_recall(live, chosen)));
    let extended = vote_to_extend(live, "brief", live.now().plus_ms(30 * DAY_MS));
    let extended = live.given(Town::founder(extended));
    for vote in [recalled, extended] {
        answer(live, vote, person(7), Choice::For);
    }
    live.advance_ms(2 * DAY_MS);
    live.settle();
    live.given(person(3).says(recall(chosen, recalled)));
    live.given(person(3).says(extend("brief", extended)));
}

fn charters(live: &mut Live) {
    let whole = charter_with(&[Power::Roles, Power::Votes, Power::Ledger], |terms| {
        terms.powers[0].circle = Some(acts::slug("garden"));
        terms.powers[1].groups = vec![acts::slug("nord")];
        terms.powers[2].caps = vec![Cap { unit: "EUR".parse().unwrap(), amount: 5_000 }];
        terms.domains = vec![acts::slug("land:south")];
        terms.accountabilities = vec![acts::line("Keeps the gate")];
        terms.acceptance = true;
        terms.limits = Some(Limits {
            consecutive: Some(2),
            total: Some(5),
            cooling_off_days: Some(30),
            incompatible: vec![acts::slug("treasurer")],
            weight: Some(2),
            most_weight: Some(3),
        });
        terms.review_at = Some(live.now().plus_ms(90 * DAY_MS));
    });
    live.given(Town::founder(define("clerk", "garden", whole)));
    let lead = charter_with(&[], |terms| terms.link = Some(Link::Lead));
    live.given(Town::founder(define("lead", "garden", lead)));
    let delegate = charter_with(&[], |terms| {
        terms.link = Some(Link::Delegate);
        terms.filled_by = vec![Way::Vote, Way::Draw];
        terms.electorate = Some(ElectorateRule::Groups(vec![acts::slug("sud")]));
    });
    live.given(Town::founder(define("voice", "garden", delegate)));
    live.given(Town::founder(define("brief", "brief", charter(&[]))));
    live.given(Town::founder(amend("brief", charter(&[Power::Votes]))));
    live.given(Town::founder(define("spare", "brief", charter(&[]))));
    live.given(Town::founder(retire("spare")));
}

fn answer(live: &mut Live, vote: StatementId, who: Person, choice: Choice) {
    let terms = live.terms(vote);
    live.given(who.says(acts::ballot(vote, terms, acts::says(choice))));
}

/// Person 5 is chosen clerk by a vote, somebody is drawn to be the circle's voice.
fn choose(live: &mut Live) -> StatementId {
    let clerk = term(live, "clerk", 2, 30);
    let open: OpenVoteUnderRules = vote_to_fill(live, clerk.clone(), &[person(4), person(5)]);
    let vote = live.given(Town::founder(open));
    let name = person(5).id.to_string();
    let terms = live.terms(vote);
    live.given(person(4).says(acts::ballot(vote, terms, acts::approves(&[name.as_str()]))));
    let voice = term(live, "voice", 2, 30);
    let pool = lots::groups(&["sud"], lots::simple(1, 1));
    let day = Some(live.now().plus_ms(DAY_MS));
    let mut announced = lots::announce(pool, lots::committed(7, 3), day);
    announced.fills = Some(voice.clone());
    let draw = live.given(Town::founder(announced));
    live.advance_ms(DAY_MS);
    live.settle();
    live.given(person(3).says(lots::draw(draw, lots::revealed(7, None))));
    let first = live.world().tables.draws.get(0).unwrap().seats()[0].holder.unwrap();
    let drawn = [4, 7].map(person).into_iter();
    let mut drawn =
        drawn.filter(|who| live.world().directory.by_uuid(Kind::Member, who.id.0) == Some(first));
    let drawn = drawn.next().unwrap();
    live.given(person(3).says(fill(voice, drawn, BasisTerms::Draw(draw))));
    let declined = fill(clerk, person(5), BasisTerms::Vote(vote));
    let mandate = live.given(person(3).says(declined));
    live.given(person(5).says(accept(mandate)));
    mandate
}

/// An appointment that is declined, an interim, and a delegation that is taken back.
fn appoint(live: &mut Live) {
    let clerk = term(live, "clerk", 40, 50);
    let declined = live.given(Town::founder(fill(clerk, person(2), appointed())));
    live.given(person(2).says(decline(declined)));
    let brief = term(live, "brief", 0, 2);
    let held = live.given(Town::founder(fill(brief, person(5), interim())));
    let until = live.now().plus_ms(DAY_MS);
    live.given(person(5).says(delegate(held, person(4), until, &[Power::Votes])));
    let options = vec![acts::option("x"), acts::option("y")];
    let vote = acts::vote(acts::approval(None), options, until);
    live.given(person(4).says(vote).under(held));
    live.given(person(5).says(reclaim(held)));
    let lead = term(live, "lead", 0, 9);
    let led = live.given(Town::founder(fill(lead, person(3), appointed())));
    live.given(person(3).says(acts::resign(led)));
}
