//! Units, accounts and moves.

use super::{Both, Row, check, check_both};
use archipel_domain::id::StatementId;
use archipel_domain::ledger::{LEGS_MAX, OpenAccount, Owner, SCALE_MAX};
use archipel_testkit::scenario::{Intent, Scene, Stage as _, Town, acts, mandate, person};

const NOBODY: StatementId = StatementId(7);

/// An account of the fund under the treasurer, with something changed.
fn open(alter: impl FnOnce(&mut OpenAccount)) -> Intent {
    let mut account = acts::account("new", "EUR", Owner::Fund, Some("treasurer"));
    alter(&mut account);
    Town::founder(account)
}

/// From outside into the fund, which has no ceiling.
fn enrich(scene: &mut Scene, town: &Town, amount: i64) {
    let legs = [("world", -amount, "EUR"), ("fund", amount, "EUR")];
    scene.given(town.as_treasurer(acts::pay(&legs)));
}

/// A move between `legs` accounts of the fund.
fn wide(scene: &mut Scene, legs: usize) -> Vec<(String, i64)> {
    let names: Vec<String> = (0..legs).map(|n| format!("w{n}")).collect();
    for name in &names {
        scene.given(open(|account| account.account = acts::slug(name)));
    }
    names.into_iter().map(|name| (name, 1)).collect()
}

fn eur(from: &str, to: &str, amount: i64) -> archipel_domain::ledger::PostMove {
    acts::pay(&[(from, -amount, "EUR"), (to, amount, "EUR")])
}

pub(crate) const ROWS: &[Row] = &[
    ("ledger.unit-unknown", |_, _| open(|account| account.unit = "GBP".parse().unwrap())),
    ("ledger.unit-unknown", |_, town| {
        town.as_treasurer(acts::pay(&[("fund", -1, "GBP"), ("a3", 1, "EUR")]))
    }),
    ("ledger.account-unknown", |_, town| town.as_treasurer(eur("fund", "none", 1))),
    ("ledger.account-unknown", |_, _| Town::founder(acts::close_account("none"))),
    ("ledger.owner-unknown", |_, _| {
        open(|account| account.owner = Owner::Group(acts::slug("est")))
    }),
    ("ledger.owner-unknown", |_, _| open(|account| account.owner = Owner::Member(person(8).id))),
    ("ledger.owner-unknown", |_, _| open(|account| account.steward = Some(acts::slug("none")))),
    ("ledger.move-unknown", |_, town| town.as_treasurer(acts::reverse(NOBODY))),
    ("ledger.not-a-move", |_, town| town.as_treasurer(acts::reverse(town.proposal))),
    ("ledger.reversal-of-reversal", |_, town| town.as_treasurer(acts::reverse(town.reversal))),
    ("ledger.unit-exists", |_, _| Town::founder(acts::unit("EUR", 2))),
    ("ledger.scale", |_, _| Town::founder(acts::unit("GBP", SCALE_MAX + 1))),
    ("ledger.account-exists", |_, _| open(|account| account.account = acts::slug("fund"))),
    // The name of a closed account stays taken.
    ("ledger.account-exists", |_, _| open(|account| account.account = acts::slug("shut"))),
    ("ledger.steward", |_, _| open(|account| account.steward = None)),
    ("ledger.steward", |_, _| open(|account| account.owner = Owner::Member(person(3).id))),
    ("ledger.unbounded", |_, _| {
        open(|account| {
            account.owner = Owner::Exterior;
            account.floor = Some(0);
        })
    }),
    ("ledger.unbounded", |_, _| {
        open(|account| {
            account.owner = Owner::Exterior;
            account.ceiling = Some(1);
        })
    }),
    ("ledger.bounds", |_, _| open(|account| account.floor = Some(1))),
    ("ledger.bounds", |_, _| open(|account| account.ceiling = Some(-1))),
    ("ledger.unit-mismatch", |_, town| {
        town.as_treasurer(acts::pay(&[("fund", -1, "MIN"), ("a3", 1, "EUR")]))
    }),
    ("ledger.leg-count", |_, town| town.as_treasurer(acts::pay(&[]))),
    ("ledger.leg-count", |_, town| town.as_treasurer(acts::pay(&[("fund", -1, "EUR")]))),
    ("ledger.leg-count", |scene, town| {
        let legs = wide(scene, LEGS_MAX);
        let mut legs: Vec<_> = legs.iter().map(|(name, n)| (name.as_str(), *n, "EUR")).collect();
        legs.push(("world", -(LEGS_MAX as i64), "EUR"));
        town.as_treasurer(acts::pay(&legs))
    }),
    ("ledger.zero-leg", |_, town| {
        let legs = [("fund", -1, "EUR"), ("a3", 1, "EUR"), ("a4", 0, "EUR")];
        town.as_treasurer(acts::pay(&legs))
    }),
    ("ledger.account-twice", |_, town| {
        let legs = [("fund", -2, "EUR"), ("a4", 1, "EUR"), ("a4", 1, "EUR")];
        town.as_treasurer(acts::pay(&legs))
    }),
    ("ledger.sum-not-zero", |_, town| {
        town.as_treasurer(acts::pay(&[("fund", -2, "EUR"), ("a4", 1, "EUR")]))
    }),
    // Hours do not pay for euros.
    ("ledger.sum-not-zero", |_, town| {
        town.as_treasurer(acts::pay(&[("fund", -1, "EUR"), ("t4", 1, "MIN")]))
    }),
    ("ledger.sum-not-zero", |_, town| {
        town.as_treasurer(acts::pay(&[("world", i64::MIN, "EUR"), ("fund", i64::MAX, "EUR")]))
    }),
    ("ledger.not-authorised", |_, _| person(3).says(eur("fund", "a4", 1))),
    ("ledger.not-authorised", |_, _| person(3).says(eur("a4", "a3", 1))),
    ("ledger.not-authorised", |_, _| Town::founder(eur("fund", "a4", 1))),
    ("ledger.not-authorised", |_, town| town.as_treasurer(eur("a4", "fund", 1))),
    // Taking back what a member was paid is for the member.
    ("ledger.not-authorised", |scene, town| {
        let paid = scene.given(town.as_treasurer(eur("fund", "a4", 5)));
        town.as_treasurer(acts::reverse(paid))
    }),
    ("ledger.self-dealing", |_, town| town.as_treasurer(eur("fund", "a3", 1))),
    ("ledger.account-closed", |_, town| town.as_treasurer(eur("fund", "shut", 1))),
    ("ledger.account-closed", |_, _| Town::founder(acts::close_account("shut"))),
    ("ledger.account-closed", |_, town| town.as_treasurer(acts::reverse(town.to_shut))),
    ("ledger.account-not-empty", |_, _| Town::founder(acts::close_account("fund"))),
    ("ledger.already-reversed", |_, town| person(4).says(acts::reverse(town.mistake))),
    ("ledger.below-floor", |_, town| town.as_treasurer(eur("fund", "a4", 10_001))),
    ("ledger.below-floor", |_, _| person(4).says(eur("a4", "fund", 101))),
    ("ledger.below-floor", |scene, town| {
        scene.given(town.as_treasurer(eur("fund", "a4", 1)));
        town.as_treasurer(acts::reverse(town.funding))
    }),
    ("ledger.above-ceiling", |_, town| town.as_treasurer(eur("fund", "a4", 1_001))),
    ("ledger.overflow", |scene, town| {
        scene.given(town.as_treasurer(eur("fund", "world", 10_000)));
        enrich(scene, town, i64::MAX);
        town.as_treasurer(eur("world", "fund", 1))
    }),
    ("mandate.as-required", |_, _| person(1).says(acts::unit("GBP", 2))),
    ("mandate.power-missing", |_, town| town.as_treasurer(acts::close_account("fund"))),
    ("mandate.not-holder", |_, _| person(3).says(eur("fund", "a4", 1)).under(mandate(1))),
];

const PRECEDENCE: &[Both] = &[
    ("mandate.as-required", "ledger.unit-exists", |_, _| person(1).says(acts::unit("EUR", 99))),
    ("ledger.unit-exists", "ledger.scale", |_, _| Town::founder(acts::unit("EUR", 99))),
    ("ledger.unit-unknown", "ledger.owner-unknown", |_, _| {
        open(|account| {
            account.unit = "GBP".parse().unwrap();
            account.steward = Some(acts::slug("none"));
        })
    }),
    ("ledger.owner-unknown", "ledger.account-exists", |_, _| {
        open(|account| {
            account.account = acts::slug("fund");
            account.steward = Some(acts::slug("none"));
        })
    }),
    ("ledger.account-exists", "ledger.steward", |_, _| {
        open(|account| {
            account.account = acts::slug("fund");
            account.steward = None;
        })
    }),
    ("ledger.steward", "ledger.unbounded", |_, _| {
        open(|account| {
            account.owner = Owner::Exterior;
            account.steward = None;
            account.ceiling = Some(1);
        })
    }),
    ("ledger.unbounded", "ledger.bounds", |_, _| {
        open(|account| {
            account.owner = Owner::Exterior;
            account.floor = Some(1);
        })
    }),
    // The list decides, not the order of the legs.
    ("ledger.unit-unknown", "ledger.account-unknown", |_, town| {
        town.as_treasurer(acts::pay(&[("none", -1, "EUR"), ("a4", 1, "GBP")]))
    }),
    ("ledger.account-unknown", "ledger.unit-mismatch", |_, town| {
        town.as_treasurer(acts::pay(&[("fund", -1, "MIN"), ("none", 1, "EUR")]))
    }),
    ("ledger.unit-mismatch", "ledger.leg-count", |_, town| {
        town.as_treasurer(acts::pay(&[("fund", -1, "MIN")]))
    }),
    ("ledger.leg-count", "ledger.zero-leg", |_, town| {
        town.as_treasurer(acts::pay(&[("fund", 0, "EUR")]))
    }),
    ("ledger.zero-leg", "ledger.account-twice", |_, town| {
        town.as_treasurer(acts::pay(&[("fund", 0, "EUR"), ("fund", 0, "EUR")]))
    }),
    ("ledger.account-twice", "ledger.sum-not-zero", |_, town| {
        town.as_treasurer(acts::pay(&[("fund", 1, "EUR"), ("fund", 1, "EUR")]))
    }),
    ("ledger.sum-not-zero", "ledger.not-authorised", |_, _| {
        person(3).says(acts::pay(&[("fund", -2, "EUR"), ("a3", 1, "EUR")]))
    }),
    ("ledger.not-authorised", "ledger.self-dealing", |_, town| {
        town.as_treasurer(acts::pay(&[("a3", 1, "EUR"), ("a4", -1, "EUR")]))
    }),
    ("ledger.not-authorised", "ledger.account-closed", |_, _| {
        person(4).says(eur("fund", "shut", 1))
    }),
    ("ledger.self-dealing", "ledger.below-floor", |_, town| {
        town.as_treasurer(eur("fund", "a3", 10_001))
    }),
    ("ledger.account-closed", "ledger.below-floor", |_, town| {
        town.as_treasurer(eur("fund", "shut", 10_001))
    }),
    ("ledger.not-authorised", "ledger.already-reversed", |_, town| {
        person(5).says(acts::reverse(town.mistake))
    }),
    ("ledger.account-closed", "ledger.already-reversed", |scene, town| {
        let mut spare = acts::account("spare", "EUR", Owner::Fund, Some("treasurer"));
        spare.floor = Some(-5);
        scene.given(Town::founder(spare));
        let paid = scene.given(town.as_treasurer(eur("fund", "spare", 5)));
        scene.given(town.as_treasurer(acts::reverse(paid)));
        scene.given(Town::founder(acts::close_account("spare")));
        town.as_treasurer(acts::reverse(paid))
    }),
    ("ledger.already-reversed", "ledger.below-floor", |_, town| {
        let _ = town;
        person(4).says(acts::reverse(town.mistake))
    }),
    ("ledger.below-floor", "ledger.above-ceiling", |_, town| {
        town.as_treasurer(acts::pay(&[("a4", 20_000, "EUR"), ("fund", -20_000, "EUR")]))
    }),
    ("ledger.above-ceiling", "ledger.overflow", |scene, town| {
        scene.given(town.as_treasurer(eur("fund", "world", 10_000)));
        enrich(scene, town, i64::MAX);
        town.as_treasurer(eur("world", "a4", 1_001))
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
