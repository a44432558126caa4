//! A lost key, from the request to the first act with the new one, on a running engine.

use archipel_domain::act::Act;
use archipel_domain::world::View;
use archipel_engine::audit::audit;
use archipel_engine::projection::fold_view;
use archipel_testkit::scenario::{
    DAY_MS, Intent, Live, ORIGIN, Stage as _, Town, acts, furnish, guards, mandate, person,
};

fn second(act: impl Into<Act>) -> Intent {
    person(2).says(act).under(mandate(2))
}

#[test]
fn a_lost_key_is_replaced_and_the_old_one_refused() {
    let mut live = Live::founded(2);
    furnish(&mut live);
    let recover = || guards::recover(person(4), 90);
    live.then(Town::founder(recover()), "mandate.countersign-required");
    // Nobody enrols a key that its holder does not prove, not even within a request.
    let mut forged = recover();
    forged.proof = guards::recover(person(5), 90).proof;
    live.then(Town::founder(guards::request(forged)), "signature.invalid");
    let id = live.given(Town::founder(guards::request(recover())));
    live.then(person(4).says(acts::submit("new")).signed_with(90), "key.unknown");
    live.given(second(guards::countersign(id, recover())));
    live.then(Town::founder(guards::carry(id, recover())), "request.too-early");
    live.advance_ms(3 * DAY_MS);
    live.given(person(4).says(acts::submit("old")));
    live.given(Town::founder(guards::carry(id, recover())));
    live.then(person(4).says(acts::submit("old")), "key.revoked");
    live.given(person(4).says(acts::submit("new")).signed_with(90));
    // Replayed, rebuilt and audited, it is the same.
    let (world, store) = (live.world(), live.store().as_ref());
    for view in [View::Roster, View::Safeguards] {
        let folded = fold_view(store, view, world.position, 3).unwrap();
        assert_eq!(folded.state_hash(view), world.state_hash(view));
    }
    audit(store, ORIGIN, &mut |_, _| ()).unwrap();
    live.reopen();
    live.then(person(4).says(acts::submit("old")), "key.revoked");
}
