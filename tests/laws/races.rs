//! Many threads at once: the log's order decides, and every answer agrees with the log.

use archipel_domain::ledger::Owner;
use archipel_domain::vote::Choice;
use archipel_engine::log::statement::Signed;
use archipel_engine::sequencer::{Answer, Receipt, SubmitError};
use archipel_testkit::scenario::{DAY_MS, Live, Stage as _, Town, acts, furnish, lots, person};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Barrier;

const THREADS: usize = 64;

/// Hands each thread its statements, all at the same moment, one call a statement.
fn race(live: &Live, shares: Vec<Vec<Signed>>) -> Vec<Vec<Answer>> {
    let start = Barrier::new(shares.len());
    std::thread::scope(|scope| {
        let run = |share: Vec<Signed>| {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                share.iter().map(|signed| live.submit(signed)).collect()
            })
        };
        let threads: Vec<_> = shares.into_iter().map(run).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn share(statements: Vec<Signed>) -> Vec<Vec<Signed>> {
    let mut shares = vec![Vec::new(); THREADS];
    for (n, signed) in statements.into_iter().enumerate() {
        shares[n % THREADS].push(signed);
    }
    shares
}

fn codes(answers: &[Vec<Answer>]) -> BTreeMap<&'static str, usize> {
    let mut codes = BTreeMap::new();
    for answer in answers.iter().flatten() {
        let code = answer.as_ref().map_or_else(SubmitError::code, |_| "accepted");
        *codes.entry(code).or_default() += 1;
    }
    codes
}

#[test]
fn money_is_spent_once() {
    const FUNDED: usize = 100;
    let mut live = Live::founded(2);
    live.given(Town::founder(acts::unit("EUR", 2)));
    let steward = Some("founders");
    live.given(Town::founder(acts::account("world", "EUR", Owner::Exterior, steward)));
    let own = |n: u64| Owner::Member(person(n).id);
    live.given(Town::founder(acts::account("purse", "EUR", own(2), None)));
    let fund = acts::pay(&[("world", -(FUNDED as i64), "EUR"), ("purse", FUNDED as i64, "EUR")]);
    live.given(Town::founder(fund));
    let size = live.store().head().size;
    let spend = acts::pay(&[("purse", -1, "EUR"), ("world", 1, "EUR")]);
    let spending = (0..4 * FUNDED).map(|_| live.sign(person(2).says(spend.clone()))).collect();
    let answers = race(&live, share(spending));
    let expected = BTreeMap::from([("accepted", FUNDED), ("ledger.below-floor", 3 * FUNDED)]);
    assert_eq!(codes(&answers), expected);
    let positions: BTreeSet<u64> =
        answers.iter().flatten().flatten().map(|receipt| receipt.position).collect();
    assert_eq!(positions, (size..size + FUNDED as u64).collect());
    assert_eq!(live.world().balances.of(1), 0);
}

#[test]
fn one_statement_from_everywhere_is_one_position() {
    let mut live = Live::founded(2);
    let signed = live.sign(person(1).says(acts::submit("text")));
    let answers = race(&live, vec![vec![signed.clone(); 4]; THREADS]);
    let receipts: Vec<Receipt> = answers.into_iter().flatten().collect::<Result<_, _>>().unwrap();
    assert_eq!(receipts.len(), 4 * THREADS);
    let first: Vec<&Receipt> = receipts.iter().filter(|receipt| !receipt.duplicate).collect();
    assert_eq!(first.len(), 1);
    let same = |receipt: &Receipt| Receipt { duplicate: false, ..*receipt };
    assert!(receipts.iter().all(|receipt| same(receipt) == *first[0]));
    assert_eq!(live.store().head().size, 2);
    // Again after a restart, when nothing but the store remembers.
    live.reopen();
    let again = live.submit(&signed).unwrap();
    assert!(again.duplicate);
    assert_eq!(same(&again), *first[0]);
    assert_eq!(live.store().head().size, 2);
}

/// Of two statements with one id, one is recorded; which one is the log's matter.
#[test]
fn one_id_is_one_statement() {
    let mut live = Live::founded(2);
    let id = live.fresh_id();
    let other = |n: usize| person(1).says(acts::submit(&format!("text {}", n % 2))).named(id);
    let statements: Vec<Signed> = (0..2 * THREADS).map(|n| live.sign(other(n))).collect();
    let answers = race(&live, share(statements));
    // Threads 0, 2, 4… hold one text only, the others hold the other.
    let expected = BTreeMap::from([("accepted", THREADS), ("statement.id-conflict", THREADS)]);
    assert_eq!(codes(&answers), expected);
    let accepted: BTreeSet<usize> = answers
        .iter()
        .enumerate()
        .filter(|(_, answers)| answers.iter().any(Result::is_ok))
        .map(|(thread, _)| thread % 2)
        .collect();
    assert_eq!(accepted.len(), 1);
    assert_eq!(live.store().head().size, 2);
}

/// The log's order decides whether a ballot came before the revocation of its key.
#[test]
fn a_revocation_races_the_ballots_of_its_key() {
    for _ in 0..8 {
        let mut live = Live::founded(2);
        let town = furnish(&mut live);
        live.given(person(5).says(acts::enrol(person(5), 50)));
        let terms = live.terms(town.yes_no);
        let cast = |n: usize| {
            let choice = if n.is_multiple_of(2) { Choice::For } else { Choice::Against };
            let key = if n % 4 < 2 { 5 } else { 50 };
            let ballot = acts::ballot(town.yes_no, terms, acts::says(choice));
            person(5).says(ballot).signed_with(key)
        };
        let mut statements: Vec<Signed> = (0..4 * THREADS).map(|n| live.sign(cast(n))).collect();
        let revocation = live.sign(person(5).says(acts::revoke(person(5), 5)).signed_with(50));
        statements.insert(2 * THREADS, revocation.clone());
        let size = live.store().head().size;
        let answers = race(&live, share(statements));
        let revoked = live.submit(&revocation).unwrap().position;
        let flat = answers.into_iter().flatten().collect::<Vec<_>>();
        let late = flat.iter().filter_map(|answer| answer.as_ref().err());
        assert!(late.clone().all(|error| error.code() == "key.revoked"));
        let key_of = |position: u64| {
            let mut key = None;
            let mut visit = |_, bytes: &[u8]| {
                key = archipel_engine::log::leaf::Leaf::decode(bytes).ok().map(|leaf| leaf.key);
                std::ops::ControlFlow::Break(())
            };
            live.store().scan_leaves(position..position + 1, &mut visit).unwrap();
            key.unwrap()
        };
        let (old, new) = (archipel_testkit::keys::public(5), archipel_testkit::keys::public(50));
        for receipt in flat.iter().flatten().filter(|receipt| receipt.position != revoked) {
            let allowed = key_of(receipt.position) == new || receipt.position < revoked;
            assert!(allowed, "a ballot of the old key at {} after {revoked}", receipt.position);
        }
        assert_eq!(key_of(revoked), new);
        let refused = late.count();
        let cast_before = (size..revoked).filter(|at| key_of(*at) == old).count();
        assert_eq!(cast_before + refused, 2 * THREADS);
    }
}

/// Whoever has a receipt finds the act in the state that readers see.
#[test]
fn receipts_are_shown_at_once() {
    let mut live = Live::founded(2);
    let statements =
        (0..4 * THREADS).map(|_| live.sign(person(1).says(acts::submit("text")))).collect();
    let shares: Vec<Vec<Signed>> = share(statements);
    let live = &live;
    std::thread::scope(|scope| {
        for share in shares {
            scope.spawn(move || {
                for signed in share {
                    let receipt = live.submit(&signed).unwrap();
                    let shown = live.engine().views().latest();
                    assert!(shown.world.position > receipt.position);
                    assert!(receipt.size > receipt.position);
                    let at = live.store().frontier_at(receipt.size).unwrap();
                    assert_eq!(at.root(), receipt.root.0, "the root is that of the size");
                }
            });
        }
    });
}

/// Many reveal at once, each with another secret missing or none: the first in the log draws.
#[test]
fn a_lot_is_drawn_once() {
    let mut live = Live::founded(2);
    furnish(&mut live);
    let pool = lots::members(lots::simple(2, 2));
    let day = Some(live.now().plus_ms(DAY_MS));
    let announced = Town::founder(lots::announce(pool, lots::committed(1, 2), day));
    let draw = live.given(announced);
    live.advance_ms(DAY_MS);
    let revealing = (0..THREADS).map(|n| {
        let missing = (n % 4 < 3).then_some(n % 4);
        let who = person([1, 2, 3, 4, 5, 7][n % 6]);
        live.sign(who.says(lots::draw(draw, lots::revealed(1, missing))))
    });
    let revealing: Vec<Signed> = revealing.collect();
    let answers = race(&live, share(revealing));
    let expected = BTreeMap::from([("accepted", 1), ("draw.already-drawn", THREADS - 1)]);
    assert_eq!(codes(&answers), expected);
    let drawn = |answers: &[Vec<Answer>]| {
        answers.iter().flatten().find_map(|answer| answer.as_ref().ok().map(|one| one.position))
    };
    let state = live.world().tables.draws.get(0).unwrap().drawn.clone().unwrap();
    assert_eq!(drawn(&answers), Some(state.position));
}

/// The rules trust signatures of beacons: whoever makes one up is refused before them.
#[test]
fn a_beacon_that_nobody_signed_is_refused() {
    let mut live = Live::founded(2);
    furnish(&mut live);
    let (chain, round) = lots::round(live.now());
    let chance = archipel_domain::draw::Announcement::Beacon { chain, round };
    let pool = lots::members(lots::simple(2, 2));
    let draw = live.given(Town::founder(lots::announce(pool, chance, None)));
    live.advance_ms(DAY_MS);
    let made_up = person(3).says(lots::draw(draw, lots::beacon((chain, round))));
    live.then(made_up, "entropy.bad-signature");
    assert!(live.world().tables.draws.get(0).unwrap().drawn.is_none());
}
