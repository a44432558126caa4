//! Acts that need several holders: what is refused, and lives of requests.

use super::{Both, Row, check, check_both, town};
use archipel_domain::act::Act;
use archipel_domain::entity::Kind;
use archipel_domain::id::StatementId;
use archipel_domain::role::Power;
use archipel_domain::safeguard::{
    DELAY_HOURS_MAX, HOLDERS_MAX, RECOVERY_DELAY_HOURS_MIN, RequestEnd, SetSafeguard, Subject,
    WINDOW_HOURS_MAX,
};
use archipel_testkit::scenario::guards::{
    HOUR_MS, carry, countersign, lift, recover, request, set, stop,
};
use archipel_testkit::scenario::{DAY_MS, Intent, Scene, Stage as _, Town, acts, mandate, person};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Done by person 2 under the other founding mandate.
fn second(act: impl Into<Act>) -> Intent {
    person(2).says(act).under(mandate(2))
}

fn guard(scene: &mut Scene, subject: Subject, holders: u32, delay_hours: u32) {
    scene.given(Town::founder(set(subject, holders, delay_hours)));
}

/// Two founders, a day: the group that person 1 asks for.
fn asked(scene: &mut Scene) -> StatementId {
    guard(scene, Subject::Founders, 2, 24);
    scene.given(Town::founder(request(acts::group("est"))))
}

/// The same, agreed to by the other founder.
fn agreed(scene: &mut Scene) -> StatementId {
    let id = asked(scene);
    scene.given(second(countersign(id, acts::group("est"))));
    id
}

fn carried(scene: &mut Scene) -> StatementId {
    let id = agreed(scene);
    scene.advance_ms(DAY_MS);
    scene.given(Town::founder(carry(id, acts::group("est"))));
    id
}

fn stopped(scene: &mut Scene) -> StatementId {
    let id = asked(scene);
    scene.given(Town::founder(stop(id)));
    id
}

fn lapsed(scene: &mut Scene) -> StatementId {
    let id = agreed(scene);
    scene.advance_ms(720 * HOUR_MS);
    id
}

fn terms(subject: Subject, holders: u32, delay_hours: u32, window_hours: u32) -> Intent {
    Town::founder(SetSafeguard { subject, holders, delay_hours, window_hours })
}

pub(crate) const ROWS: &[Row] = &[
    ("mandate.as-required", |_, _| person(1).says(set(Subject::Rules, 1, 0))),
    ("mandate.power-missing", |_, town| town.as_treasurer(set(Subject::Rules, 1, 0))),
    ("mandate.as-required", |_, _| person(1).says(lift(Subject::Rules))),
    // Nonsense is refused when it is requested, by its own rules.
    ("mandate.power-missing", |_, town| town.as_treasurer(request(recover(person(4), 90)))),
    ("key.in-use", |_, _| Town::founder(request(recover(person(4), 3)))),
    ("member.unknown", |_, _| Town::founder(request(recover(person(99), 90)))),
    ("member.gone", |_, _| Town::founder(request(recover(person(6), 90)))),
    ("group.exists", |scene, _| {
        guard(scene, Subject::Founders, 2, 24);
        Town::founder(request(acts::group("nord")))
    }),
    // When it is carried, by the rules and the state of that moment.
    ("group.exists", |scene, _| {
        let id = agreed(scene);
        scene.advance_ms(DAY_MS);
        let lifted = lift_by_request(scene);
        scene.given(Town::founder(lifted));
        scene.given(Town::founder(acts::group("est")));
        Town::founder(carry(id, acts::group("est")))
    }),
    ("mandate.as-required", |scene, _| {
        let id = asked(scene);
        person(3).says(countersign(id, acts::group("est")))
    }),
    ("mandate.power-missing", |scene, town| {
        let id = asked(scene);
        town.as_treasurer(countersign(id, acts::group("est")))
    }),
    ("mandate.power-missing", |scene, town| {
        let id = agreed(scene);
        scene.advance_ms(DAY_MS);
        town.as_treasurer(carry(id, acts::group("est")))
    }),
    ("safeguard.holders", |_, _| terms(Subject::Founders, 0, 0, 1)),
    ("safeguard.holders", |_, _| terms(Subject::Founders, HOLDERS_MAX + 1, 0, 1)),
    ("safeguard.hours", |_, _| terms(Subject::Founders, 1, DELAY_HOURS_MAX + 1, 9_000)),
    ("safeguard.hours", |_, _| terms(Subject::Founders, 1, 24, 24)),
    ("safeguard.hours", |_, _| terms(Subject::Founders, 1, 0, WINDOW_HOURS_MAX + 1)),
    ("safeguard.hours", |_, _| terms(Subject::Recovery, 1, RECOVERY_DELAY_HOURS_MIN - 1, 99)),
    ("safeguard.too-few-holders", |_, _| terms(Subject::Founders, 3, 0, 1)),
    ("safeguard.too-few-holders", |_, _| terms(Subject::Recovery, 3, 24, 48)),
    ("safeguard.too-few-holders", |_, _| terms(Subject::Rules, 3, 0, 1)),
    ("safeguard.too-few-holders", |_, _| terms(Subject::Power(Power::Ledger), 4, 0, 1)),
    // Whose mandate ended does not count.
    ("safeguard.too-few-holders", |scene, _| {
        scene.given(second(acts::resign(mandate(2))));
        terms(Subject::Founders, 2, 0, 1)
    }),
    ("safeguard.not-set", |_, _| Town::founder(lift(Subject::Rules))),
    ("safeguard.not-set", |_, _| Town::founder(lift(Subject::Recovery))),
    ("request.nested", |_, _| Town::founder(request(request(acts::group("est"))))),
    ("request.nested", |scene, _| {
        let id = asked(scene);
        Town::founder(request(carry(id, acts::group("est"))))
    }),
    ("request.nested", |scene, _| {
        let id = asked(scene);
        Town::founder(request(stop(id)))
    }),
    ("request.not-guarded", |_, _| Town::founder(request(acts::group("est")))),
    ("request.not-guarded", |_, _| Town::founder(request(acts::submit("text")))),
    ("request.not-guarded", |_, _| Town::founder(request(acts::sign_call("appeal")))),
    // A power guarded is not another's.
    ("request.not-guarded", |scene, _| {
        guard(scene, Subject::Power(Power::Votes), 2, 0);
        Town::founder(request(acts::group("est")))
    }),
    ("request.exists", |scene, _| {
        asked(scene);
        second(request(acts::group("est")))
    }),
    ("request.unknown", |_, _| second(countersign(StatementId(7), acts::group("est")))),
    ("request.unknown", |_, _| Town::founder(stop(StatementId(7)))),
    ("request.unknown", |_, _| Town::founder(carry(StatementId(7), acts::group("est")))),
    ("request.already-carried", |scene, _| {
        let id = carried(scene);
        Town::founder(carry(id, acts::group("est")))
    }),
    ("request.already-carried", |scene, _| {
        let id = carried(scene);
        Town::founder(stop(id))
    }),
    ("request.already-stopped", |scene, _| {
        let id = stopped(scene);
        second(countersign(id, acts::group("est")))
    }),
    ("request.already-stopped", |scene, _| {
        let id = agreed(scene);
        scene.given(Town::founder(stop(id)));
        scene.advance_ms(DAY_MS);
        Town::founder(carry(id, acts::group("est")))
    }),
    ("request.lapsed", |scene, _| {
        let id = lapsed(scene);
        Town::founder(carry(id, acts::group("est")))
    }),
    ("request.lapsed", |scene, _| {
        let id = lapsed(scene);
        Town::founder(stop(id))
    }),
    // No veto: another holder does not countersign, that is all.
    ("request.not-yours", |scene, _| {
        let id = asked(scene);
        second(stop(id))
    }),
    ("request.other-act", |scene, _| {
        let id = asked(scene);
        second(countersign(id, acts::group("ouest")))
    }),
    ("request.other-act", |scene, _| {
        let id = agreed(scene);
        scene.advance_ms(DAY_MS);
        Town::founder(carry(id, acts::group("ouest")))
    }),
    ("request.already-signed", |scene, _| {
        let id = asked(scene);
        Town::founder(countersign(id, acts::group("est")))
    }),
    ("request.already-signed", |scene, _| {
        let id = agreed(scene);
        second(countersign(id, acts::group("est")))
    }),
    ("request.too-early", |scene, _| {
        let id = agreed(scene);
        scene.advance_ms(DAY_MS - 1);
        Town::founder(carry(id, acts::group("est")))
    }),
    ("request.too-few-signatures", |scene, _| {
        let id = asked(scene);
        scene.advance_ms(DAY_MS);
        Town::founder(carry(id, acts::group("est")))
    }),
    // Whoever carries does not countersign by it.
    ("request.too-few-signatures", |scene, _| {
        let id = asked(scene);
        scene.advance_ms(DAY_MS);
        second(carry(id, acts::group("est")))
    }),
    ("mandate.countersign-required", |scene, _| {
        guard(scene, Subject::Founders, 1, 0);
        Town::founder(acts::group("est"))
    }),
    ("mandate.countersign-required", |scene, town| {
        guard(scene, Subject::Power(Power::Ledger), 1, 0);
        town.as_treasurer(acts::pay(&[("fund", -1, "EUR"), ("a4", 1, "EUR")]))
    }),
    ("mandate.countersign-required", |scene, _| {
        guard(scene, Subject::Rules, 2, 1);
        Town::founder(acts::role("new", "till", &[Power::Votes], 1, 1))
    }),
    ("mandate.countersign-required", |scene, _| {
        guard(scene, Subject::Rules, 2, 1);
        let until = scene.now().plus_ms(DAY_MS);
        Town::founder(acts::assign("organiser", person(5), scene.now(), until))
    }),
    ("mandate.countersign-required", |scene, _| {
        guard(scene, Subject::Rules, 2, 1);
        Town::founder(set(Subject::Founders, 1, 0))
    }),
    // A safeguard covers its own change, even if nothing else does.
    ("mandate.countersign-required", |scene, _| {
        guard(scene, Subject::Power(Power::Votes), 2, 1);
        Town::founder(lift(Subject::Power(Power::Votes)))
    }),
    ("mandate.countersign-required", |scene, _| {
        guard(scene, Subject::Power(Power::Votes), 2, 1);
        Town::founder(set(Subject::Power(Power::Votes), 1, 0))
    }),
    // Nor is what holds of recoveries without any safeguard softened by one holder.
    ("mandate.countersign-required", |_, _| Town::founder(set(Subject::Recovery, 1, 72))),
    ("mandate.countersign-required", |_, _| Town::founder(set(Subject::Recovery, 2, 71))),
    // A key is never recovered directly, with or without a safeguard.
    ("mandate.countersign-required", |_, _| Town::founder(recover(person(4), 90))),
];

/// The founders' safeguard, lifted as it must be. The last step is left.
fn lift_by_request(scene: &mut Scene) -> Act {
    let id = scene.given(Town::founder(request(lift(Subject::Founders))));
    scene.given(second(countersign(id, lift(Subject::Founders))));
    scene.advance_ms(DAY_MS);
    carry(id, lift(Subject::Founders)).into()
}

#[test]
fn each_rule_refuses() {
    check(ROWS);
}

const BOTH: &[Both] = &[
    ("safeguard.holders", "safeguard.hours", |_, _| terms(Subject::Rules, 0, 1, 1)),
    ("safeguard.hours", "safeguard.too-few-holders", |_, _| terms(Subject::Rules, 50, 1, 1)),
    ("safeguard.too-few-holders", "mandate.countersign-required", |scene, _| {
        guard(scene, Subject::Rules, 2, 1);
        terms(Subject::Rules, 50, 1, 2)
    }),
    ("request.already-carried", "request.other-act", |scene, _| {
        let id = carried(scene);
        Town::founder(carry(id, acts::group("ouest")))
    }),
    ("request.lapsed", "request.not-yours", |scene, _| {
        let id = lapsed(scene);
        second(stop(id))
    }),
    ("request.other-act", "request.already-signed", |scene, _| {
        let id = agreed(scene);
        second(countersign(id, acts::group("ouest")))
    }),
    ("request.other-act", "request.too-early", |scene, _| {
        let id = agreed(scene);
        Town::founder(carry(id, acts::group("ouest")))
    }),
    ("request.too-early", "request.too-few-signatures", |scene, _| {
        let id = asked(scene);
        Town::founder(carry(id, acts::group("est")))
    }),
];

#[test]
fn the_first_rule_in_the_list_refuses() {
    check_both(BOTH);
}

fn state(scene: &Scene, id: StatementId) -> Option<RequestEnd> {
    let index = scene.world.directory.by_uuid(Kind::Request, id.0).unwrap();
    scene.world.tables.requests.get(index).unwrap().ended.clone()
}

#[test]
fn what_is_carried_happens_and_ends_the_request() {
    let (mut scene, _) = town();
    let id = carried(&mut scene);
    assert!(scene.world.directory.by_word(Kind::Group, "est").is_some());
    assert_eq!(state(&scene, id), Some(RequestEnd::Carried(scene.world.position - 1)));
}

#[test]
fn acts_that_no_safeguard_covers_stay_as_they_were() {
    let (mut scene, town) = town();
    guard(&mut scene, Subject::Founders, 2, 24);
    // Another role, and what takes no power.
    town_pays(&mut scene, &town);
    scene.given(person(1).says(acts::submit("text")).under(mandate(1)));
    scene.given(person(1).says(acts::resign(mandate(1))));
}

fn town_pays(scene: &mut Scene, town: &Town) {
    scene.given(town.as_treasurer(acts::pay(&[("world", -9, "EUR"), ("a4", 9, "EUR")])));
}

/// A role without powers is defined and given freely: it changes no rule.
#[test]
fn roles_without_powers_are_no_rules() {
    let (mut scene, _) = town();
    guard(&mut scene, Subject::Rules, 2, 24);
    scene.given(Town::founder(acts::role("cook", "till", &[], 1, 9)));
    let until = scene.now().plus_ms(DAY_MS);
    scene.given(Town::founder(acts::assign("cook", person(5), scene.now(), until)));
}

/// The two treasurers' way: money moves when both agree, in the balances too.
#[test]
fn money_moves_when_both_agree() {
    let (mut scene, town) = town();
    guard(&mut scene, Subject::Power(Power::Ledger), 2, 0);
    let pay = || acts::pay(&[("world", -500, "EUR"), ("a4", 500, "EUR")]);
    let account = scene.world.directory.by_word(Kind::Account, "a4").unwrap();
    let before = scene.world.balances.of(account);
    let id = scene.given(town.as_treasurer(request(pay())));
    scene.then(town.as_treasurer(carry(id, pay())), "request.too-few-signatures");
    scene.given(second(countersign(id, pay())));
    // Who carries does so by their own authority: founders are no stewards of that account.
    scene.then(second(carry(id, pay())), "ledger.not-authorised");
    let moved = scene.given(town.as_treasurer(carry(id, pay())));
    assert_eq!(scene.world.balances.of(account), before + 500);
    // It is a move like others: its owner gives it back.
    scene.given(person(4).says(acts::reverse(moved)));
    assert_eq!(scene.world.balances.of(account), before);
    scene.then(person(4).says(acts::reverse(moved)), "ledger.already-reversed");
    // And a reversal by request is one like others.
    let undo = || acts::reverse(town.funding);
    let id = scene.given(town.as_treasurer(request(undo())));
    scene.given(second(countersign(id, undo())));
    scene.given(town.as_treasurer(carry(id, undo())));
    let again = acts::reverse(town.funding);
    scene.then(town.as_treasurer(again), "ledger.already-reversed");
}

/// A mandate that ended one position earlier does not count.
#[test]
fn a_mandate_that_ended_one_position_earlier_does_not_count() {
    let mut scene = Scene::founded(4);
    scene.given(person(1).says(set(Subject::Founders, 3, 1)).under(mandate(1)));
    let est = || acts::group("est");
    let under = |number: u64, act: Act| person(number).says(act).under(mandate(number));
    let id = scene.given(under(1, request(est()).into()));
    scene.given(under(2, countersign(id, est()).into()));
    scene.given(under(3, countersign(id, est()).into()));
    scene.advance_ms(HOUR_MS);
    let before = scene.clone();
    scene.given(under(3, acts::resign(mandate(3)).into()));
    scene.then(under(1, carry(id, est()).into()), "request.too-few-signatures");
    // Nor does the agreement of who left, or whose key was revoked.
    let mut scene = before.clone();
    scene.given(person(2).says(acts::leave(person(2))));
    scene.then(under(1, carry(id, est()).into()), "request.too-few-signatures");
    let mut scene = before.clone();
    scene.given(person(2).says(acts::rotate(person(2), 92)));
    scene.then(under(1, carry(id, est()).into()), "request.too-few-signatures");
    // They can agree again with the key that counts.
    let again = person(2).says(countersign(id, est())).under(mandate(2)).signed_with(92);
    scene.given(again);
    scene.given(under(1, carry(id, est()).into()));
    let mut scene = before;
    scene.given(under(1, carry(id, est()).into()));
}

/// Terms that end lock nobody out: as many are needed as there still are, after the same delay.
#[test]
fn nobody_is_locked_out() {
    let (mut scene, _) = town();
    let id = asked(&mut scene);
    scene.given(second(acts::resign(mandate(2))));
    scene.then(Town::founder(carry(id, acts::group("est"))), "request.too-early");
    scene.advance_ms(DAY_MS);
    scene.given(Town::founder(carry(id, acts::group("est"))));
}

/// Neither lifting a safeguard nor making it stricter makes a request easier that is under way.
#[test]
fn terms_do_not_soften_under_way() {
    let (mut scene, _) = town();
    // Softer terms of recoveries, which take a request themselves, stand a little later.
    let softer = || set(Subject::Recovery, 1, 24);
    let softened = scene.given(Town::founder(request(softer())));
    scene.given(second(countersign(softened, softer())));
    scene.advance_ms(HOUR_MS);
    let id = scene.given(Town::founder(request(recover(person(4), 90))));
    scene.given(second(countersign(id, recover(person(4), 90))));
    scene.advance_ms(3 * DAY_MS - HOUR_MS);
    scene.given(Town::founder(carry(softened, softer())));
    scene.advance_ms(HOUR_MS - 1);
    scene.then(Town::founder(carry(id, recover(person(4), 90))), "request.too-early");
    scene.advance_ms(1);
    let mut stricter = scene.clone();
    scene.given(Town::founder(carry(id, recover(person(4), 90))));
    guard(&mut stricter, Subject::Founders, 2, 96);
    stricter.then(Town::founder(carry(id, recover(person(4), 90))), "request.too-early");
    stricter.advance_ms(DAY_MS);
    stricter.given(Town::founder(carry(id, recover(person(4), 90))));
}

#[test]
fn a_lost_key_is_replaced_after_three_days() {
    let (mut scene, _) = town();
    scene.given(person(4).says(acts::enrol(person(4), 44)));
    let id = scene.given(Town::founder(request(recover(person(4), 90))));
    scene.given(second(countersign(id, recover(person(4), 90))));
    scene.advance_ms(3 * DAY_MS);
    scene.given(person(4).says(acts::submit("still here")));
    scene.given(Town::founder(carry(id, recover(person(4), 90))));
    scene.then(person(4).says(acts::submit("old")), "key.revoked");
    scene.then(person(4).says(acts::submit("old")).signed_with(44), "key.revoked");
    scene.given(person(4).says(acts::submit("new")).signed_with(90));
}

/// What protects against officials who take over somebody's name.
#[test]
fn the_member_stops_a_recovery_with_any_key_that_counts() {
    let (mut scene, _) = town();
    scene.given(person(4).says(acts::enrol(person(4), 44)));
    let id = scene.given(Town::founder(request(recover(person(4), 90))));
    scene.given(second(countersign(id, recover(person(4), 90))));
    scene.then(person(3).says(stop(id)), "request.not-yours");
    scene.advance_ms(3 * DAY_MS);
    scene.given(person(4).says(stop(id)).signed_with(44));
    scene.then(Town::founder(carry(id, recover(person(4), 90))), "request.already-stopped");
    scene.given(person(4).says(acts::submit("still here")));
}

/// Where recoveries have a safeguard, officials do not first take the key that would stop them.
#[test]
fn the_last_key_of_another_takes_as_many_and_no_delay() {
    let (mut scene, _) = town();
    scene.given(person(4).says(acts::enrol(person(4), 44)));
    guard(&mut scene, Subject::Recovery, 2, 72);
    scene.given(Town::founder(acts::revoke(person(4), 44)));
    let last = || acts::revoke(person(4), 4);
    scene.then(Town::founder(last()), "mandate.countersign-required");
    let id = scene.given(Town::founder(request(last())));
    scene.then(Town::founder(carry(id, last())), "request.too-few-signatures");
    scene.given(second(countersign(id, last())));
    scene.given(Town::founder(carry(id, last())));
    scene.then(person(4).says(acts::submit("text")), "key.revoked");
}

/// Two requests for one thing: the second is refused by what the first changed.
#[test]
fn of_two_requests_for_one_thing_one_is_carried() {
    let (mut scene, _) = town();
    let wanted = [recover(person(4), 90), recover(person(5), 90)];
    let ids = wanted.clone().map(|act| scene.given(Town::founder(request(act))));
    for (id, act) in ids.iter().zip(wanted.clone()) {
        scene.given(second(countersign(*id, act)));
    }
    scene.advance_ms(3 * DAY_MS);
    let [first, other] = wanted;
    scene.given(Town::founder(carry(ids[0], first)));
    scene.then(Town::founder(carry(ids[1], other)), "key.in-use");
}

/// A request that ended does not stand in the way of another.
#[test]
fn what_was_stopped_or_lapsed_is_requested_again() {
    let (mut scene, _) = town();
    stopped(&mut scene);
    scene.given(second(request(acts::group("est"))));
    scene.advance_ms(720 * HOUR_MS);
    scene.given(Town::founder(request(acts::group("est"))));
}

#[test]
fn subjects_have_numbers_and_words_of_their_own() {
    for (index, subject) in (0..).zip(Subject::all()) {
        assert_eq!(subject.index(), index);
        assert_eq!(Subject::by_index(index), Some(subject));
        assert_eq!(Subject::from_word(subject.word()), Some(subject));
    }
    assert_eq!(Subject::all().count(), 3 + Power::ALL.len());
}

/// What somebody tries while a request waits.
#[derive(Clone, Copy, Debug)]
enum Op {
    Sign(u64),
    SignOther(u64),
    Resign(u64),
    Leave(u64),
    Rotate(u64),
    Wait(i64),
    Carry(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let who = || 1_u64..7;
    prop_oneof![
        5 => who().prop_map(Op::Sign),
        2 => who().prop_map(Op::SignOther),
        2 => who().prop_map(Op::Resign),
        1 => who().prop_map(Op::Leave),
        1 => who().prop_map(Op::Rotate),
        3 => (0_i64..20).prop_map(Op::Wait),
        4 => who().prop_map(Op::Carry),
    ]
}

/// What is known of one holder, by other means than the rules.
#[derive(Clone, Copy, Debug)]
struct Holder {
    /// Key with which they sign.
    key: u64,
    left: bool,
    /// Their founding mandate, and another that carries the same power.
    mandates: [bool; 2],
    /// Under which mandate, and with which key, they agreed.
    signed: [Option<u64>; 2],
}

impl Holder {
    fn live(&self) -> bool {
        !self.left && self.mandates.contains(&true)
    }

    fn agrees(&self) -> bool {
        let counts = |at: usize| self.mandates[at] && self.signed[at] == Some(self.key);
        !self.left && (counts(0) || counts(1))
    }
}

struct Model {
    scene: Scene,
    id: StatementId,
    opened: archipel_domain::time::Timestamp,
    others: BTreeMap<u64, StatementId>,
    holders: BTreeMap<u64, Holder>,
    terms: (u32, i64),
    done: bool,
}

impl Model {
    fn new(holders: u32, delay: u32) -> Self {
        let mut scene = Scene::founded(6);
        let powers = [Power::Membership];
        scene.given(Town::founder(acts::role("clerk", "assembly", &powers, 9, 99)));
        let until = scene.now().plus_ms(99 * DAY_MS);
        let mut others = BTreeMap::new();
        for number in 1..7 {
            let act = acts::assign("clerk", person(number), scene.now(), until);
            others.insert(number, scene.given(Town::founder(act)));
        }
        let subject = Subject::Power(Power::Membership);
        scene.given(Town::founder(set(subject, holders, delay)));
        let opened = scene.now();
        let id = scene.given(Town::founder(request(acts::group("est"))));
        let holder = |number: u64| {
            let signed = if number == 1 { [Some(1), None] } else { [None; 2] };
            Holder { key: number, left: false, mandates: [true; 2], signed }
        };
        let holders_now = (1..7).map(|number| (number, holder(number))).collect();
        let terms = (holders, i64::from(delay) * HOUR_MS);
        Self { scene, id, opened, others, holders: holders_now, terms, done: false }
    }

    fn says(&self, number: u64, act: impl Into<Act>, place: usize) -> Intent {
        let under = [mandate(number), self.others[&number]][place];
        let intent = person(number).says(act).under(under);
        intent.signed_with(self.holders[&number].key)
    }

    fn sign(&mut self, number: u64, place: usize) {
        let holder = self.holders[&number];
        let open = !self.done && self.scene.now().0 - self.opened.0 < 720 * HOUR_MS;
        let can = open && !holder.left && holder.mandates[place] && !holder.agrees();
        let intent = self.says(number, countersign(self.id, acts::group("est")), place);
        assert_eq!(self.scene.when(intent).is_ok(), can, "{number} signs: {holder:?}");
        if can {
            self.holders.get_mut(&number).unwrap().signed[place] = Some(holder.key);
        }
    }

    fn carry(&mut self, number: u64) {
        let holder = self.holders[&number];
        let count = |wanted: fn(&Holder) -> bool| {
            self.holders.values().filter(|holder| wanted(holder)).count()
        };
        let needed = (self.terms.0 as usize).min(count(Holder::live)).max(1);
        let elapsed = self.scene.now().0 - self.opened.0;
        let in_time = elapsed >= self.terms.1 && elapsed < 720 * HOUR_MS;
        let own = !holder.left && holder.mandates[0];
        let can = !self.done && own && in_time && count(Holder::agrees) >= needed;
        let intent = self.says(number, carry(self.id, acts::group("est")), 0);
        let found = self.scene.when(intent);
        assert_eq!(found.is_ok(), can, "{number} carries: {found:?}, {:?}", self.holders);
        self.done |= can;
    }

    fn play(&mut self, op: Op) {
        match op {
            Op::Sign(number) => self.sign(number, 0),
            Op::SignOther(number) => self.sign(number, 1),
            Op::Wait(hours) => self.scene.advance_ms(hours * HOUR_MS),
            Op::Carry(number) => self.carry(number),
            Op::Resign(number) => {
                let intent = self.says(number, acts::resign(mandate(number)), 1);
                if self.scene.when(intent).is_ok() {
                    self.holders.get_mut(&number).unwrap().mandates[0] = false;
                }
            }
            Op::Leave(number) => {
                let key = self.holders[&number].key;
                let intent = person(number).says(acts::leave(person(number))).signed_with(key);
                if self.scene.when(intent).is_ok() {
                    self.holders.get_mut(&number).unwrap().left = true;
                }
            }
            Op::Rotate(number) => {
                let key = self.holders[&number].key;
                let act = acts::rotate(person(number), key + 100);
                if self.scene.when(person(number).says(act).signed_with(key)).is_ok() {
                    self.holders.get_mut(&number).unwrap().key = key + 100;
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..Default::default()
    })]

    /// Only with as many live, distinct holders as needed, and only after the delay.
    #[test]
    fn only_live_and_distinct_holders_carry(
        holders in 1_u32..6,
        delay in 0_u32..40,
        ops in prop::collection::vec(op(), 1..40),
    ) {
        let mut model = Model::new(holders, delay);
        for op in ops {
            model.play(op);
        }
    }
}
