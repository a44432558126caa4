//! Draws by lot: what is refused, and lives of draws.

use super::procedures::{lot, xy};
use super::{Both, Row, check, check_both, town};
use archipel_domain::draw::{
    self, Announcement, Chain, Entropy, Lot, NumberSource, Person as Drawable, Pool, Seat, Subject,
};
use archipel_domain::entity::{EntityRef, Kind};
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::sortition::{
    Draw, DrawPool, Fallback, GROUPS_MAX, MemberDesign, MemberTerms, PLACES_MAX, VerifiedBefore,
};
use archipel_domain::vote::rules::{TiePolicy, VoteRules};
use archipel_domain::world::World;
use archipel_testkit::scenario::{DAY_MS, Intent, Scene, Stage as _, Town, acts, lots, person};

/// Announced by the founder, with secrets that are awaited for a day.
fn announced(scene: &Scene, pool: DrawPool) -> Intent {
    by_secrets(scene, pool, 1)
}

fn by_secrets(scene: &Scene, pool: DrawPool, of: u64) -> Intent {
    with(scene, pool, lots::committed(of, 2))
}

fn with(scene: &Scene, pool: DrawPool, chance: Announcement) -> Intent {
    let day = Some(scene.now().plus_ms(DAY_MS));
    Town::founder(lots::announce(pool, chance, day))
}

fn by_beacon(scene: &Scene) -> Intent {
    let (chain, round) = lots::round(scene.now());
    let chance = Announcement::Beacon { chain, round };
    Town::founder(lots::announce(any(), chance, None))
}

/// Two seats, two alternates, for any member.
fn any() -> DrawPool {
    lots::members(lots::simple(2, 2))
}

fn design(design: MemberDesign) -> MemberTerms {
    MemberTerms { design, ..lots::simple(1, 0) }
}

/// A draw by secrets, not drawn yet.
fn open(scene: &mut Scene) -> StatementId {
    let intent = announced(scene, any());
    scene.given(intent)
}

/// The same, drawn.
fn drawn(scene: &mut Scene) -> StatementId {
    let draw = open(scene);
    scene.given(person(3).says(lots::draw(draw, lots::revealed(1, None))));
    draw
}

/// Two of five people in a file, in two strata; drawn.
fn of_file(scene: &mut Scene) -> StatementId {
    let intent = announced(scene, lots::file(5, 2));
    let draw = scene.given(intent);
    let entropy = lots::revealed(1, None);
    let strata: &[(&[&str], &[&str], &[u32])] =
        &[(&["ada"], &["bo"], &[1]), (&["cleo"], &["dan"], &[])];
    scene.given(person(3).says(lots::listed(draw, entropy, strata)));
    draw
}

fn list(scene: &mut Scene, strata: &[(&[&str], &[&str], &[u32])]) -> Intent {
    let intent = announced(scene, lots::file(5, 2));
    let draw = scene.given(intent);
    person(3).says(lots::listed(draw, lots::revealed(1, None), strata))
}

fn draws(scene: &mut Scene, announced: Intent, entropy: Entropy) -> Intent {
    let draw = scene.given(announced);
    scene.advance_ms(2 * DAY_MS);
    person(3).says(lots::draw(draw, entropy))
}

pub(crate) const ROWS: &[Row] = &[
    ("mandate.as-required", |scene, _| {
        let chance = lots::committed(1, 2);
        person(3).says(lots::announce(any(), chance, Some(scene.now().plus_ms(DAY_MS))))
    }),
    ("mandate.power-missing", |scene, town| {
        let chance = lots::committed(1, 2);
        let day = Some(scene.now().plus_ms(DAY_MS));
        town.as_treasurer(lots::announce(any(), chance, day))
    }),
    ("group.unknown", |scene, _| announced(scene, lots::groups(&["est"], lots::simple(1, 0)))),
    ("group.unknown", |scene, _| announced(scene, lots::members(lots::by_group(&[("est", 1)])))),
    ("draw.unknown", |_, _| person(3).says(lots::draw(StatementId(7), lots::revealed(1, None)))),
    ("draw.unknown", |_, _| person(3).says(lots::decline(StatementId(7), person(3)))),
    ("draw.already-drawn", |scene, _| {
        let draw = drawn(scene);
        person(4).says(lots::draw(draw, lots::revealed(1, None)))
    }),
    ("draw.too-early", |scene, _| {
        let draw = open(scene);
        person(3).says(lots::draw(draw, lots::revealed(1, Some(1))))
    }),
    ("draw.too-early", |scene, _| {
        let intent = with(scene, any(), lots::lottery(1));
        let draw = scene.given(intent);
        scene.advance_ms(DAY_MS - 1);
        person(3).says(lots::draw(draw, lots::published()))
    }),
    ("draw.too-early", |scene, _| {
        let round = lots::round(scene.now());
        let intent = by_beacon(scene);
        let draw = scene.given(intent);
        person(3).says(lots::draw(draw, lots::beacon(round)))
    }),
    ("draw.seat-count", |scene, _| announced(scene, lots::members(lots::simple(0, 1)))),
    ("draw.seat-count", |scene, _| announced(scene, lots::members(lots::simple(1, PLACES_MAX)))),
    ("draw.seat-count", |scene, _| announced(scene, lots::file(9, 0))),
    ("draw.stratum-count", |scene, _| {
        announced(scene, lots::members(design(MemberDesign::Seats([].into()))))
    }),
    ("draw.stratum-count", |scene, _| {
        announced(scene, lots::groups(&["nord"; GROUPS_MAX + 1], lots::simple(1, 0)))
    }),
    ("draw.seats-do-not-add-up", |scene, _| {
        let terms = MemberTerms { seats: 3, ..lots::by_group(&[("nord", 1), ("sud", 1)]) };
        announced(scene, lots::groups(&["nord", "sud"], terms))
    }),
    ("draw.no-weight", |scene, _| {
        let weights = MemberDesign::Weights([(acts::slug("nord"), 0)].into());
        announced(scene, lots::groups(&["nord"], design(weights)))
    }),
    ("draw.fallback", |scene, _| {
        let fallback = Fallback::Order(vec![1]);
        announced(scene, lots::members(MemberTerms { fallback, ..lots::simple(1, 1) }))
    }),
    ("pool.people-count", |scene, _| {
        scene.given(Town::founder(acts::group("est")));
        announced(scene, lots::groups(&["est"], lots::simple(1, 0)))
    }),
    ("pool.people-count", |scene, _| announced(scene, lots::file(0, 1))),
    // Persons 1 and 2 are in no group.
    ("draw.not-one-group", |scene, _| {
        announced(scene, lots::members(lots::by_group(&[("nord", 1), ("sud", 1)])))
    }),
    ("draw.not-one-group", |scene, _| {
        scene.given(Town::founder(acts::admit(person(8), &["nord", "sud"])));
        let terms = lots::by_group(&[("nord", 1), ("sud", 1)]);
        announced(scene, lots::groups(&["nord", "sud"], terms))
    }),
    ("draw.too-few-people", |scene, _| announced(scene, lots::members(lots::simple(7, 0)))),
    ("draw.too-few-people", |scene, _| {
        let terms = lots::by_group(&[("nord", 1), ("sud", 3)]);
        announced(scene, lots::groups(&["nord", "sud"], terms))
    }),
    ("draw.too-few-people", |scene, _| announced(scene, lots::file(1, 2))),
    ("entropy.unknown-chain", |_, _| {
        let chance = Announcement::Beacon { chain: Hash([9; 32]), round: 1 << 30 };
        Town::founder(lots::announce(any(), chance, None))
    }),
    ("entropy.other-kind", |scene, _| {
        let intent = announced(scene, any());
        draws(scene, intent, lots::published())
    }),
    ("entropy.wrong-chain", |scene, _| {
        let (_, round) = lots::round(scene.now());
        let other = Chain::by_name("drand-mainnet").unwrap().hash;
        let intent = by_beacon(scene);
        draws(scene, intent, lots::beacon((other, round)))
    }),
    ("entropy.wrong-round", |scene, _| {
        let (chain, round) = lots::round(scene.now());
        let intent = by_beacon(scene);
        draws(scene, intent, lots::beacon((chain, round + 1)))
    }),
    ("entropy.wrong-round", |scene, _| {
        let (chain, _) = lots::round(scene.now());
        Town::founder(lots::announce(any(), Announcement::Beacon { chain, round: 0 }, None))
    }),
    ("entropy.commitment-count", |scene, _| {
        let commitments = vec![Hash([1; 32]), Hash([2; 32])];
        with(scene, any(), Announcement::Secrets { commitments, least: 1 })
    }),
    ("entropy.commitment-count", |scene, _| with(scene, any(), lots::committed(1, 4))),
    ("entropy.repeated-commitment", |scene, _| {
        let commitments = vec![Hash([1; 32]), Hash([2; 32]), Hash([1; 32])];
        with(scene, any(), Announcement::Secrets { commitments, least: 1 })
    }),
    ("entropy.reveal-count", |scene, _| {
        let intent = announced(scene, any());
        draws(scene, intent, Entropy::Secrets(Vec::new()))
    }),
    ("entropy.not-the-committed", |scene, _| {
        let intent = announced(scene, any());
        draws(scene, intent, lots::revealed(2, None))
    }),
    ("entropy.too-few-reveals", |scene, _| {
        let intent = with(scene, any(), lots::committed(1, 3));
        draws(scene, intent, lots::revealed(1, Some(0)))
    }),
    ("entropy.numbers", |scene, _| {
        let source = NumberSource { name: "Loto".into(), of: 5, taken: 6 };
        with(scene, any(), Announcement::Numbers { sources: vec![source] })
    }),
    ("entropy.numbers", |scene, _| {
        let intent = with(scene, any(), lots::lottery(1));
        draws(scene, intent, Entropy::Numbers(vec![vec![1, 2]]))
    }),
    ("draw.date", |_, _| Town::founder(lots::announce(any(), lots::lottery(1), None))),
    ("draw.date", |scene, _| {
        Town::founder(lots::announce(any(), lots::lottery(1), Some(scene.now())))
    }),
    ("draw.date", |scene, _| {
        let far = scene.now().plus_ms(367 * DAY_MS);
        Town::founder(lots::announce(any(), lots::committed(1, 2), Some(far)))
    }),
    ("draw.date", |scene, _| {
        let (chain, round) = lots::round(scene.now());
        with(scene, any(), Announcement::Beacon { chain, round })
    }),
    ("draw.date", |scene, _| {
        let (chain, round) = lots::round(scene.now().plus_ms(367 * DAY_MS));
        Town::founder(lots::announce(any(), Announcement::Beacon { chain, round }, None))
    }),
    ("entropy.round-past", |scene, _| {
        let (chain, round) = lots::round(scene.now());
        let chance = Announcement::Beacon { chain, round: round - 1 };
        Town::founder(lots::announce(any(), chance, None))
    }),
    // Of an earlier draw, whether it was drawn or not; in another order; of a lot in a vote.
    ("entropy.replayed", |scene, _| {
        let again = by_beacon(scene);
        scene.given(again.clone());
        again
    }),
    ("entropy.replayed", |scene, _| {
        open(scene);
        let commitments = vec![Hash([1; 32]), Hash::of(&lots::secrets(1)[0].0), Hash([2; 32])];
        with(scene, any(), Announcement::Secrets { commitments, least: 1 })
    }),
    ("entropy.replayed", |scene, _| {
        let again = with(scene, any(), lots::lottery(1));
        scene.given(again.clone());
        again
    }),
    ("entropy.replayed", |scene, _| {
        let rules = VoteRules { tie: Some(lot()), ..VoteRules::default() };
        let TiePolicy::Lot { commitments } = lot() else { unreachable!() };
        let vote = Town::founder(acts::under(xy(scene), rules));
        scene.given(vote);
        let commitments = [commitments[0], Hash([1; 32]), Hash([2; 32])].to_vec();
        with(scene, any(), Announcement::Secrets { commitments, least: 1 })
    }),
    ("draw.list", |scene, _| {
        let draw = open(scene);
        let entropy = lots::revealed(1, None);
        person(3).says(lots::listed(draw, entropy, &[(&["ada", "bo"], &[], &[])]))
    }),
    ("draw.list", |scene, _| {
        let intent = announced(scene, lots::file(5, 2));
        draws(scene, intent, lots::revealed(1, None))
    }),
    ("draw.list", |scene, _| list(scene, &[(&["ada"], &["bo"], &[])])),
    ("draw.list", |scene, _| list(scene, &[(&["ada", "bo"], &["ada"], &[])])),
    ("draw.list", |scene, _| list(scene, &[(&["a", "b"], &["c", "d", "e", "f"], &[])])),
    ("draw.list", |scene, _| list(scene, &[(&["ada", "bo"], &[], &[0])])),
    ("draw.list", |scene, _| list(scene, &[(&["ada", "bo"], &[], &[1, 1]), (&[], &[], &[])])),
    ("draw.list", |scene, _| list(scene, &[(&["ada", "bo"], &[], &[2]), (&[], &[], &[])])),
    ("draw.not-drawn", |scene, _| {
        let draw = open(scene);
        person(3).says(lots::decline(draw, person(3)))
    }),
    ("draw.not-of-this-draw", |scene, _| {
        let draw = drawn(scene);
        let out = [1, 2, 3, 4, 5, 7].into_iter().find(|number| !holds(scene, draw, *number));
        let out = person(out.unwrap());
        out.says(lots::decline(draw, out))
    }),
    ("draw.not-of-this-draw", |scene, _| {
        let draw = drawn(scene);
        Town::founder(lots::decline_as(draw, "nobody"))
    }),
    ("draw.not-of-this-draw", |scene, _| {
        let draw = of_file(scene);
        Town::founder(lots::decline_as(draw, "emil"))
    }),
    ("draw.already-declined", |scene, _| {
        let draw = of_file(scene);
        scene.given(Town::founder(lots::decline_as(draw, "ada")));
        Town::founder(lots::decline_as(draw, "ada"))
    }),
    ("mandate.as-required", |scene, _| {
        let draw = drawn(scene);
        let who = holder(scene, draw, 0);
        let other = [3, 4].map(person).into_iter().find(|other| other.id != who.id).unwrap();
        other.says(lots::decline(draw, who))
    }),
];

const BOTH: &[Both] = &[
    ("mandate.as-required", "draw.unknown", |_, _| {
        person(3).says(lots::decline(StatementId(7), person(4)))
    }),
    ("group.unknown", "draw.seat-count", |scene, _| {
        announced(scene, lots::groups(&["est"], lots::simple(0, 0)))
    }),
    ("draw.already-drawn", "draw.too-early", |scene, _| {
        let draw = drawn(scene);
        person(4).says(lots::draw(draw, lots::revealed(1, Some(0))))
    }),
    ("draw.too-early", "entropy.other-kind", |scene, _| {
        let draw = open(scene);
        person(4).says(lots::draw(draw, lots::published()))
    }),
    ("draw.seat-count", "draw.stratum-count", |scene, _| {
        announced(scene, lots::groups(&["nord"; GROUPS_MAX + 1], lots::simple(0, 0)))
    }),
    ("draw.stratum-count", "draw.fallback", |scene, _| {
        let fallback = Fallback::Order(vec![7]);
        let terms = MemberTerms { fallback, ..lots::simple(1, 0) };
        announced(scene, lots::groups(&["nord"; GROUPS_MAX + 1], terms))
    }),
    ("draw.fallback", "draw.too-few-people", |scene, _| {
        let fallback = Fallback::Order(vec![7]);
        announced(scene, lots::members(MemberTerms { fallback, ..lots::simple(99, 0) }))
    }),
    ("draw.not-one-group", "draw.too-few-people", |scene, _| {
        announced(scene, lots::members(lots::by_group(&[("nord", 9), ("sud", 9)])))
    }),
    ("draw.too-few-people", "draw.date", |_, _| {
        let pool = lots::members(lots::simple(9, 0));
        Town::founder(lots::announce(pool, lots::lottery(1), None))
    }),
    ("entropy.unknown-chain", "draw.date", |scene, _| {
        with(scene, any(), Announcement::Beacon { chain: Hash([9; 32]), round: 5 })
    }),
    ("entropy.wrong-round", "draw.date", |scene, _| {
        let (chain, _) = lots::round(scene.now());
        with(scene, any(), Announcement::Beacon { chain, round: 0 })
    }),
    ("entropy.commitment-count", "draw.date", |_, _| {
        Town::founder(lots::announce(any(), lots::committed(1, 9), None))
    }),
    ("draw.date", "entropy.round-past", |scene, _| {
        let (chain, round) = lots::round(scene.now());
        with(scene, any(), Announcement::Beacon { chain, round: round - 1 })
    }),
    ("draw.date", "entropy.replayed", |scene, _| {
        let first = with(scene, any(), lots::lottery(1));
        scene.given(first);
        Town::founder(lots::announce(any(), lots::lottery(1), None))
    }),
    ("entropy.round-past", "entropy.replayed", |scene, _| {
        let again = by_beacon(scene);
        scene.given(again.clone());
        scene.advance_ms(DAY_MS);
        again
    }),
    ("entropy.wrong-chain", "entropy.wrong-round", |scene, _| {
        let other = Chain::by_name("drand-mainnet").unwrap().hash;
        let intent = by_beacon(scene);
        draws(scene, intent, lots::beacon((other, 1)))
    }),
    ("entropy.not-the-committed", "draw.list", |scene, _| {
        let intent = announced(scene, lots::file(5, 2));
        draws(scene, intent, lots::revealed(2, None))
    }),
];

#[test]
fn refusals() {
    check(ROWS);
}

#[test]
fn the_first_of_two() {
    check_both(BOTH);
}

fn state(scene: &Scene, draw: StatementId) -> &Draw {
    let index = scene.world.directory.by_uuid(Kind::Draw, draw.0).unwrap();
    scene.world.tables.draws.get(index).unwrap()
}

fn number(world: &World, who: u64) -> u32 {
    world.directory.by_uuid(Kind::Member, person(who).id.0).unwrap()
}

fn holds(scene: &Scene, draw: StatementId, who: u64) -> bool {
    state(scene, draw).drawn.as_ref().unwrap().holds(number(&scene.world, who))
}

/// Who in the town has that number.
fn who(scene: &Scene, index: u32) -> archipel_testkit::scenario::Person {
    let known = (1..9).find(|who| {
        let id = person(*who).id.0;
        scene.world.directory.by_uuid(Kind::Member, id) == Some(index)
    });
    person(known.unwrap())
}

fn holder(scene: &Scene, draw: StatementId, seat: usize) -> archipel_testkit::scenario::Person {
    who(scene, state(scene, draw).seats()[seat].holder.unwrap())
}

/// Those who were members before the announcement, read from a state that is folded to there and
/// no further: what the domain does from the last state, by positions.
fn pool_before(scene: &Scene, draw: StatementId, group: impl Fn(&[u32]) -> Option<String>) -> Pool {
    let position = scene.log.iter().position(|(id, _)| *id == draw).unwrap();
    let mut world = World::default();
    for (_, record) in &scene.log[..position] {
        world.evolve(record);
    }
    let present = world.tables.members.iter().filter(|(_, member)| member.left.is_none());
    let people = present.map(|(index, member)| Drawable {
        features: [].into(),
        group: group(&member.groups),
        household: None,
        id: world.directory.name(EntityRef::new(Kind::Member, index)).unwrap().to_string(),
    });
    Pool::new(people.collect()).unwrap()
}

/// Draws again from the log alone, and compares.
#[track_caller]
fn check_redone(scene: &Scene, id: StatementId, terms: &MemberTerms, pool: &Pool) {
    let state = state(scene, id);
    let frozen = state.pool.as_ref().unwrap();
    let parameters = terms.parameters();
    assert_eq!((frozen.root(), frozen.people()), (pool.root(), pool.count()));
    assert_eq!(frozen.parameters(), parameters.hash());
    let subject = Subject { draw: id, pool: pool.root(), parameters: parameters.hash() };
    let lots = state.drawn.as_ref().unwrap();
    let chance = state.chance.as_ref().unwrap();
    let seed = lots.entropy.seed(chance, &subject, &VerifiedBefore).unwrap();
    assert_eq!(lots.seed, seed);
    let again = draw::draw(pool, &parameters, &Lot::Seed(seed)).unwrap();
    let numbers = |places: &[u32]| -> Vec<u32> {
        let id = |place: &u32| pool.person(*place).unwrap().id.clone();
        places
            .iter()
            .map(|place| scene.world.directory.by_text(Kind::Member, &id(place)).unwrap())
            .collect()
    };
    assert_eq!(again.strata.len(), lots.strata.len());
    for (again, recorded) in again.strata.iter().zip(&lots.strata) {
        assert_eq!(numbers(&again.drawn), recorded.drawn);
        assert_eq!(numbers(&again.alternates), recorded.alternates);
    }
    // The seats are those of the pure function, too, in numbers of members instead of places.
    let places = |index: &u32| {
        let name = scene.world.directory.name(EntityRef::new(Kind::Member, *index)).unwrap();
        pool.place(&name.to_string()).unwrap()
    };
    let declined: Vec<u32> = state.declined.iter().map(|one| places(&one.who)).collect();
    let seats = draw::replace(&again, &parameters, &declined).unwrap();
    let found: Vec<Seat> = state
        .seats()
        .iter()
        .map(|seat| Seat {
            first: places(&seat.first),
            holder: seat.holder.as_ref().map(places),
            ..*seat
        })
        .collect();
    assert_eq!(found, seats);
}

/// Announced, left, revealed, drawn, declined, replaced: with those who were members when it was
/// announced, whoever comes or leaves later (decidim: a draw filtered by the state of the day
/// gave another panel when it was replayed).
#[test]
fn a_draw_from_beginning_to_end() {
    let (mut scene, _) = town();
    let terms = lots::simple(2, 2);
    scene.given(person(7).says(acts::leave(person(7))));
    let draw = open(&mut scene);
    assert_eq!(state(&scene, draw).pool.as_ref().unwrap().people(), 5);
    // Whoever leaves or comes after the announcement changes nothing.
    scene.given(person(2).says(acts::leave(person(2))));
    scene.given(Town::founder(acts::admit(person(8), &["nord"])));
    scene.advance_ms(DAY_MS);
    scene.given(person(8).says(lots::draw(draw, lots::revealed(1, Some(2)))));
    let pool = pool_before(&scene, draw, |_| None);
    assert_eq!(pool.count(), 5);
    check_redone(&scene, draw, &terms, &pool);
    let before = state(&scene, draw).drawn.clone();

    // One of the panel declines: the first alternate takes the seat.
    let lots = before.clone().unwrap();
    let [first, second] = [0, 1].map(|place| lots.strata[0].drawn[place]);
    let [third, fourth] = [0, 1].map(|place| lots.strata[0].alternates[place]);
    let declines = |scene: &mut Scene, index: u32| {
        let who = who(scene, index);
        let has_left = scene.world.tables.members.get(index).unwrap().left.is_some();
        let act = lots::decline(draw, who);
        // Of whoever has left anybody says it.
        scene.given(if has_left { person(3).says(act) } else { who.says(act) });
    };
    declines(&mut scene, first);
    let holders = |scene: &Scene| -> Vec<Option<u32>> {
        state(scene, draw).seats().iter().map(|seat| seat.holder).collect()
    };
    assert_eq!(holders(&scene), [Some(third), Some(second)]);
    // An alternate who has not been called declines: nothing moves, but they are passed over.
    let act = lots::decline(draw, who(&scene, fourth));
    scene.given(Town::founder(act));
    assert_eq!(holders(&scene), [Some(third), Some(second)]);
    let last = state(&scene, draw).declined.last().cloned().unwrap();
    assert_eq!((last.who, last.seat, last.next), (fourth, None, None));
    declines(&mut scene, second);
    assert_eq!(holders(&scene), [Some(third), None]);
    let recorded: Vec<_> =
        state(&scene, draw).declined.iter().map(|one| (one.who, one.seat, one.next)).collect();
    let expected = [(first, Some(0), Some(third)), (fourth, None, None), (second, Some(1), None)];
    assert_eq!(recorded, expected);
    // What was drawn stays what it was, and is drawn again from the log.
    assert_eq!(state(&scene, draw).drawn, before);
    check_redone(&scene, draw, &terms, &pool);
}

#[test]
fn seats_of_groups_are_filled_from_groups() {
    let (mut scene, _) = town();
    let fallback = Fallback::Order(vec![0, 1]);
    let terms = MemberTerms { fallback, ..lots::by_group(&[("nord", 1), ("sud", 1)]) };
    let intent = announced(&scene, lots::groups(&["nord", "sud"], terms.clone()));
    let draw = scene.given(intent);
    scene.given(person(1).says(lots::draw(draw, lots::revealed(1, None))));
    let nord = scene.world.directory.by_word(Kind::Group, "nord").unwrap();
    let pool = pool_before(&scene, draw, |groups| match groups {
        [] => None,
        [group] => Some(if *group == nord { "nord" } else { "sud" }.to_owned()),
        _ => unreachable!(),
    });
    let people = pool.people().iter().filter(|person| person.group.is_some()).cloned();
    let pool = Pool::new(people.collect()).unwrap();
    check_redone(&scene, draw, &terms, &pool);
    // Two of `nord` and one of `sud` decline: the last alternate of `sud` has both seats to fill.
    for _ in 0..2 {
        let act = lots::decline(draw, holder(&scene, draw, 0));
        scene.given(Town::founder(act));
        check_redone(&scene, draw, &terms, &pool);
    }
    let seats = state(&scene, draw).seats();
    let south = [4, 7].map(|who| number(&scene.world, who));
    assert!(seats.iter().all(|seat| seat.holder.is_some_and(|who| south.contains(&who))));
    let act = lots::decline(draw, holder(&scene, draw, 1));
    scene.given(Town::founder(act));
    assert_eq!(state(&scene, draw).seats()[1].holder, None);
    check_redone(&scene, draw, &terms, &pool);
}

#[test]
fn people_of_a_file_are_replaced_as_the_file_says() {
    let (mut scene, _) = town();
    let draw = of_file(&mut scene);
    let ids = state(&scene, draw).drawn.as_ref().unwrap().listed.clone().unwrap().1;
    let holders = |scene: &Scene| -> Vec<Option<String>> {
        let name = |who: u32| ids[usize::try_from(who).unwrap()].to_string();
        state(scene, draw).seats().iter().map(|seat| seat.holder.map(name)).collect()
    };
    let name = |text: &str| Some(text.to_owned());
    assert_eq!(holders(&scene), [name("ada"), name("cleo")]);
    for (who, expected) in [
        ("ada", [name("bo"), name("cleo")]),
        ("bo", [name("dan"), name("cleo")]),
        ("cleo", [name("dan"), None]),
        ("dan", [None, None]),
    ] {
        scene.then(person(3).says(lots::decline_as(draw, who)), "mandate.as-required");
        scene.given(Town::founder(lots::decline_as(draw, who)));
        assert_eq!(holders(&scene), expected, "{who}");
    }
}

/// Secrets that are all revealed are not awaited; a beacon draws at its time, numbers at theirs.
#[test]
fn a_draw_is_made_as_soon_as_chance_has_come() {
    let (mut scene, _) = town();
    let (chain, round) = lots::round(scene.now().plus_ms(10_000));
    let comes = Chain::by_hash(chain).unwrap().time_of(round).unwrap();
    let chance = Announcement::Beacon { chain, round };
    let by_beacon = scene.given(Town::founder(lots::announce(any(), chance, None)));
    let intent = with(&scene, any(), lots::lottery(1));
    let by_numbers = scene.given(intent);
    drawn(&mut scene);
    scene.advance_ms(comes.0 - scene.now().0 - 1);
    let draw = person(3).says(lots::draw(by_beacon, lots::beacon((chain, round))));
    scene.then(draw.clone(), "draw.too-early");
    scene.advance_ms(1);
    scene.given(draw);
    scene.advance_ms(DAY_MS);
    scene.given(person(4).says(lots::draw(by_numbers, lots::published())));
    for draw in [by_beacon, by_numbers] {
        let pool = pool_before(&scene, draw, |_| None);
        check_redone(&scene, draw, &lots::simple(2, 2), &pool);
    }
}

/// Of two who reveal at once, the first in the log draws; the order of statements decides, not
/// who is asked.
#[test]
fn the_first_of_two_reveals_draws() {
    let (mut scene, _) = town();
    let draw = open(&mut scene);
    scene.advance_ms(DAY_MS);
    let [one, other] = [0, 1].map(|missing| lots::draw(draw, lots::revealed(1, Some(missing))));
    let mut turned = scene.clone();
    scene.given(person(3).says(one.clone()));
    scene.then(person(4).says(other.clone()), "draw.already-drawn");
    turned.given(person(4).says(other));
    turned.then(person(3).says(one), "draw.already-drawn");
    let seed = |scene: &Scene| state(scene, draw).drawn.as_ref().unwrap().seed;
    assert_ne!(seed(&scene), seed(&turned));
}
