use archipel_domain::entity::Kind;
use archipel_domain::world::View;

use super::{Live, Scene, Stage as _, acts, furnish, person};

#[test]
fn both_stages_play_the_same_town() {
    let mut scene = Scene::founded(2);
    let town = furnish(&mut scene);
    let mut live = Live::founded(2);
    let same = furnish(&mut live);
    assert_eq!(town.ungraded, same.ungraded, "ids are given out in the same order");
    let world = live.world();
    for view in [View::Roster, View::Roles, View::Votes, View::Balances, View::Timeline] {
        assert_eq!(scene.world.state_hash(view), world.state_hash(view), "{view:?}");
    }
    for vote in [town.done, town.ungraded] {
        let index = world.directory.by_uuid(Kind::Vote, vote.0).unwrap();
        let declared = &world.tables.votes.get(index).unwrap().declared;
        assert!(declared.is_some());
    }
}

#[test]
#[should_panic(expected = "should be accepted, not refused with mandate.as-required")]
fn what_is_given_must_be_accepted() {
    Scene::founded(1).given(person(1).says(acts::group("nord")));
}

#[test]
#[should_panic(expected = "should be refused with key.unknown, not accepted")]
fn what_must_be_refused_is_not_accepted() {
    Scene::founded(1).then(person(1).says(acts::submit("text")), "key.unknown");
}
