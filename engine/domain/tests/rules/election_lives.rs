//! Elections without candidates: ties, and elections from beginning to end.

use super::elections::{LEVEL, MOST, Names, kept, open, proposed, seal_all, six, state};
use super::town;
use archipel_domain::draw::{Entropy, Lottery, Reveal};
use archipel_domain::election::{
    Elected, Election, Electors, Out, Phase, ProposedBy, Silence, Standing, TieStep, lot_order,
    seal,
};
use archipel_domain::entity::Kind;
use archipel_domain::id::{Hash, MemberId, StatementId};
use archipel_domain::world::World;
use archipel_testkit::scenario::{
    DAY_MS, Scene, Stage as _, Town, acts, elections as say, lots, person,
};

fn number(scene: &Scene, who: u64) -> u32 {
    scene.world.directory.by_uuid(Kind::Member, person(who).id.0).unwrap()
}

/// Who in the town has that number.
fn who(scene: &Scene, index: u32) -> u64 {
    (1..10).find(|who| *who != 9 && number(scene, *who) == index).unwrap()
}

fn phase(scene: &Scene, election: StatementId) -> Phase {
    state(scene, election).phase(&scene.world, scene.now())
}

fn last(scene: &Scene, election: StatementId) -> (u64, ProposedBy) {
    let last = state(scene, election).candidates.last().unwrap();
    (who(scene, last.member), last.by)
}

/// Whoever is out is not proposed again, so that each round has another candidate.
fn discarded(scene: &mut Scene, election: StatementId) {
    let (candidate, _) = last(scene, election);
    scene.given(person(2).says(say::object(election, person(candidate))));
    scene.given(person(1).says(say::discard(election, person(2))));
}

#[test]
fn the_commitment_is_what_the_specification_says() {
    let (election, salt) = (StatementId(1), Hash([4; 32]));
    let mut text = b"archipel.nomination.v1\n".to_vec();
    for id in [1_u128, 2, 3] {
        text.extend(id.to_be_bytes());
    }
    text.extend([4; 32]);
    let expected = Hash::of(&text);
    assert_eq!(seal(election, MemberId(2), MemberId(3), salt), expected);
    let vector = "4cf8c3d681ac97174b3ba963cf3ae07e6f7138c28e0ebba576662186629ccb2d";
    assert_eq!(expected.to_string(), vector, "as in docs/spec/elections.md");
    assert_ne!(seal(election, MemberId(3), MemberId(2), salt), expected);
    assert_ne!(seal(StatementId(9), MemberId(2), MemberId(3), salt), expected);
}

/// What is done about a tie: who named whom, by which policy, and what follows.
#[derive(Debug, PartialEq)]
enum Then {
    Proposed(u64, ProposedBy),
    Revote(&'static [u64]),
    Lot,
}

#[test]
fn ties() {
    use Then::{Lot, Proposed};
    use TieStep::{Incumbent, Revote, SelfNominator};
    // Persons 4 and 7 are level; 7 names themselves.
    let own: &Names = &[(2, 4), (3, 4), (4, 7), (7, 7), (5, 5), (8, 3)];
    // Both name themselves.
    let both: &Names = &[(2, 4), (3, 7), (4, 4), (7, 7), (5, 5), (8, 3)];
    // Neither does.
    let none: &Names = &[(2, 4), (3, 7), (4, 7), (7, 4), (5, 5), (8, 3)];
    // Everybody is named by one, so nobody is left to move.
    let all: &Names = &[(2, 3), (3, 2), (4, 5), (5, 4), (7, 8), (8, 7)];
    // Person 3 has most without any policy.
    let most: &Names = &[(2, 3), (3, 2), (4, 3), (5, 4), (7, 3), (8, 7)];
    let table: [(&Names, &[TieStep], &[u64], Then); 14] = [
        (most, &[Revote], &[2], Proposed(3, ProposedBy::Most)),
        (own, &[SelfNominator], &[], Proposed(7, ProposedBy::SelfNominator)),
        (own, &[Incumbent, SelfNominator], &[4], Proposed(4, ProposedBy::Incumbent)),
        (own, &[SelfNominator, Incumbent], &[4], Proposed(7, ProposedBy::SelfNominator)),
        (own, &[Incumbent, SelfNominator], &[4, 7], Proposed(7, ProposedBy::SelfNominator)),
        (own, &[Incumbent], &[5], Lot),
        (both, &[SelfNominator], &[], Lot),
        (both, &[SelfNominator, Incumbent], &[7], Proposed(7, ProposedBy::Incumbent)),
        (none, &[SelfNominator], &[], Lot),
        (none, &[SelfNominator, Revote], &[], Then::Revote(&[5, 8])),
        (none, &[Revote, Incumbent], &[4], Then::Revote(&[5, 8])),
        (none, &[Incumbent, Revote], &[4], Proposed(4, ProposedBy::Incumbent)),
        (all, &[Revote], &[], Lot),
        (own, &[], &[], Lot),
    ];
    for (names, ties, incumbents, expected) in table {
        let (mut scene, _) = town();
        let (now, week) = (scene.now(), scene.now().plus_ms(7 * DAY_MS));
        for who in incumbents {
            let mandate = acts::assign("observer", person(*who), now, week);
            scene.given(Town::founder(mandate));
        }
        let election = six(&mut scene, names, |open| open.ties = ties.to_vec());
        let found = match scene.when(person(3).says(say::propose(election, None))) {
            Err(code) => {
                assert_eq!(code, "election.lot-needed");
                Lot
            }
            Ok(_) if phase(&scene, election) == Phase::Revote => {
                let movers = &state(&scene, election).revote.as_ref().unwrap().movers;
                let movers: Vec<u64> = movers.iter().map(|one| who(&scene, *one)).collect();
                assert_eq!(movers, [5, 8]);
                Then::Revote(&[5, 8])
            }
            Ok(_) => {
                let (who, by) = last(&scene, election);
                Proposed(who, by)
            }
        };
        assert_eq!(found, expected, "{names:?} {ties:?}");
    }
}

/// A revote that ties again ends in the lot; there is no second revote.
#[test]
fn a_revote_can_tie_again() {
    let names: &Names = &[(2, 4), (3, 7), (4, 7), (7, 4), (5, 5), (8, 3)];
    for (moves, expected) in [
        (&[(5, 4), (8, 7)][..], Err("election.lot-needed")),
        (&[(5, 4), (8, 4)], Ok((4, ProposedBy::Most))),
        // Whoever does not move by the end leaves their nomination where it is.
        (&[(8, 7)], Ok((7, ProposedBy::Most))),
        (&[], Err("election.lot-needed")),
    ] {
        let (mut scene, _) = town();
        let election = six(&mut scene, names, |open| open.ties = vec![TieStep::Revote]);
        scene.given(person(3).says(say::propose(election, None)));
        for (who, whom) in moves {
            assert_eq!(phase(&scene, election), Phase::Revote);
            scene.given(person(*who).says(say::change(election, person(*whom))));
        }
        if moves.len() < 2 {
            assert_eq!(phase(&scene, election), Phase::Revote);
            scene.advance_ms(DAY_MS);
        }
        assert_eq!(phase(&scene, election), Phase::Propose);
        match expected {
            Err(code) => {
                scene.then(person(3).says(say::propose(election, None)), code);
                let entropy = Some(lots::revealed(1, None));
                scene.given(person(3).says(say::propose(election, entropy)));
                assert_eq!(last(&scene, election).1, ProposedBy::Lot);
            }
            Ok(expected) => {
                scene.given(person(3).says(say::propose(election, None)));
                assert_eq!(last(&scene, election), expected);
            }
        }
    }
}

/// A revote is held only while nobody can know the lot: it would be a choice of who wins it.
#[test]
fn no_revote_once_chance_can_be_known() {
    let (mut scene, _) = town();
    let election = six(&mut scene, &super::elections::TIE, |_| {});
    scene.advance_ms(9 * DAY_MS);
    let mut late = scene.clone();
    scene.given(person(3).says(say::propose(election, None)));
    assert_eq!(phase(&scene, election), Phase::Revote);
    late.advance_ms(1);
    late.then(person(3).says(say::propose(election, None)), "election.lot-needed");
}

/// The lot gives everybody who was named a place, once: a later tie is settled by the same order.
#[test]
fn the_lot_is_drawn_once_and_can_be_drawn_again_by_anybody() {
    let names: &Names = &[(2, 3), (3, 2), (4, 5), (5, 4), (7, 8), (8, 7)];
    let (mut scene, _) = town();
    let election = six(&mut scene, names, |_| {});
    let reveals = lots::revealed(1, Some(2));
    scene.then(person(4).says(say::propose(election, Some(reveals.clone()))), "draw.too-early");
    scene.advance_ms(10 * DAY_MS);
    scene.given(person(4).says(say::propose(election, Some(reveals.clone()))));

    // As docs/spec/elections.md says, with nothing of the election but its terms.
    let mut ids: Vec<u128> = names.iter().map(|(_, whom)| person(*whom).id.0).collect();
    ids.sort_unstable();
    let pool = Hash::of(&ids.iter().flat_map(|id| id.to_be_bytes()).collect::<Vec<u8>>());
    let mut text = b"archipel.draw.seed.v1\n".to_vec();
    text.extend(election.0.to_be_bytes());
    text.extend(pool.0);
    text.extend(state(&scene, election).terms.0.0);
    text.push(2);
    text.extend(3_u32.to_be_bytes());
    let Entropy::Secrets(all) = &reveals else { unreachable!() };
    for (secret, reveal) in lots::secrets(1).iter().zip(all) {
        text.extend(Hash::of(&secret.0).0);
        match reveal {
            Reveal::Missing => text.push(0),
            Reveal::Secret(secret) => {
                text.push(1);
                text.extend(secret.0);
            }
        }
    }
    let seed = Hash::of(&text);
    let lot = state(&scene, election).lot.clone().unwrap();
    assert_eq!(lot.seed, seed);
    let places = Lottery::new(seed).removal("election", 6, 6);
    let order: Vec<u32> = places
        .iter()
        .map(|place| ids[usize::try_from(*place).unwrap()])
        .map(|id| scene.world.directory.by_uuid(Kind::Member, id).unwrap())
        .collect();
    assert_eq!(lot.order, order);
    let mut once = lot_order(seed, &order);
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), 6, "everybody has a place");

    // One after the other is discarded: the next in the order is proposed, and no chance is taken.
    let again = Some(reveals);
    for (place, expected) in order.iter().enumerate() {
        if place > 0 {
            let refused = person(3).says(say::propose(election, again.clone()));
            scene.then(refused, "election.lot-not-needed");
            scene.given(person(3).says(say::propose(election, None)));
        }
        let (found, by) = last(&scene, election);
        assert_eq!(number(&scene, found), *expected);
        let by_lot = if place < 5 { ProposedBy::Lot } else { ProposedBy::Most };
        assert_eq!(by, by_lot);
        discarded(&mut scene, election);
    }
    assert_eq!(phase(&scene, election), Phase::Conclude);
    scene.then(person(3).says(say::propose(election, None)), "election.nobody-left");
    scene.given(person(3).says(say::conclude(election)));
    assert_eq!(state(&scene, election).elected(), None);
    assert!(state(&scene, election).conclusion.is_some());
}

/// Nominations for somebody who was discarded are ignored: the tally goes on without them.
#[test]
fn a_discarded_candidate_takes_their_nominations_along() {
    let (mut scene, _) = town();
    let election = proposed(&mut scene);
    assert_eq!(last(&scene, election), (7, ProposedBy::Most));
    discarded(&mut scene, election);
    assert_eq!(phase(&scene, election), Phase::Propose);
    let out = state(&scene, election).candidates[0].out.clone().unwrap();
    assert_eq!(out.0, Out::Discarded);
    let objection = &state(&scene, election).candidates[0].objections[0];
    assert_eq!(objection.standing, Standing::Upheld);
    let tally = state(&scene, election).tally(&scene.world, scene.now());
    assert_eq!(tally, [(number(&scene, 5), 1)]);
    scene.given(person(3).says(say::propose(election, None)));
    assert_eq!(last(&scene, election), (5, ProposedBy::Most));
    // The next one does not want to, even once everybody agrees.
    scene.advance_ms(DAY_MS);
    assert_eq!(phase(&scene, election), Phase::Conclude);
    scene.given(person(5).says(say::decline(election)));
    assert_eq!(phase(&scene, election), Phase::Conclude);
    scene.given(person(1).says(say::conclude(election)));
    assert_eq!(state(&scene, election).elected(), None);
}

fn elected(scene: &Scene, election: StatementId) -> Option<u64> {
    state(scene, election).elected().map(|elected| who(scene, elected.member))
}

/// Everybody consents, so that the facilitator need not wait; or silence does at the end.
#[test]
fn consent_in_words_or_by_silence() {
    let (mut scene, _) = town();
    let election = proposed(&mut scene);
    let mut silent = scene.clone();
    for who in [2, 3, 4, 5] {
        scene.given(person(who).says(say::consent(election, person(7))));
        scene.then(person(1).says(say::conclude(election)), "election.not-agreed");
    }
    // The person proposed is asked, too, although no elector.
    scene.given(person(7).says(say::consent(election, person(7))));
    scene.given(person(1).says(say::conclude(election)));
    assert_eq!(elected(&scene, election), Some(7));
    let found = state(&scene, election).elected().unwrap();
    let role = scene.world.directory.by_word(Kind::Role, "observer").unwrap();
    let terms = say::open(town().0.now());
    let (from, until) = (terms.from, terms.until);
    assert_eq!(found, Elected { role, member: number(&scene, 7), from, until });

    silent.advance_ms(DAY_MS - 1);
    silent.then(person(1).says(say::conclude(election)), "election.not-agreed");
    silent.advance_ms(1);
    silent.given(person(2).says(say::conclude(election)));
    assert_eq!(elected(&silent, election), Some(7));
}

/// Where silence withholds consent, one silent member is enough to go on to the next.
#[test]
fn silence_that_withholds() {
    let (mut scene, _) = town();
    let election = open(&mut scene, |open| open.silence = Silence::Withholds);
    seal_all(&mut scene, election, &MOST);
    super::elections::reveal_all(&mut scene, election, &MOST);
    super::elections::keep_all(&mut scene, election, &MOST);
    scene.given(person(3).says(say::propose(election, None)));
    for who in [2, 3, 4, 7] {
        scene.given(person(who).says(say::consent(election, person(7))));
    }
    assert_eq!(phase(&scene, election), Phase::Object);
    scene.advance_ms(DAY_MS);
    assert_eq!(phase(&scene, election), Phase::Propose);
    scene.given(person(3).says(say::propose(election, None)));
    assert_eq!(last(&scene, election), (5, ProposedBy::Most));
    let first = &state(&scene, election).candidates[0];
    assert_eq!(first.out.as_ref().map(|(out, ..)| *out), Some(Out::Lapsed));
}

/// An objection is met by a shorter mandate; then everybody is asked again.
#[test]
fn an_integrated_objection_changes_the_mandate() {
    let (mut scene, _) = town();
    let election = proposed(&mut scene);
    for who in [3, 4, 5, 7] {
        scene.given(person(who).says(say::consent(election, person(7))));
    }
    scene.given(person(2).says(say::object(election, person(7))));
    scene.advance_ms(5 * DAY_MS);
    scene.then(person(1).says(say::conclude(election)), "election.objection-open");
    let shorter = state(&scene, election).until.plus_ms(-30 * DAY_MS);
    scene.given(person(1).says(say::integrate(election, person(2), Some(shorter))));
    assert_eq!(state(&scene, election).until, shorter);
    assert_eq!(state(&scene, election).notes.len(), 1);
    assert!(state(&scene, election).candidates[0].consents.is_empty());
    scene.then(person(1).says(say::conclude(election)), "election.not-agreed");
    scene.given(person(3).says(say::consent(election, person(7))));
    scene.advance_ms(DAY_MS);
    scene.given(person(3).says(say::conclude(election)));
    assert_eq!(state(&scene, election).elected().unwrap().until, shorter);
}

/// An objection that is doubted goes if its author does not maintain it; a maintained one stays.
#[test]
fn a_challenged_objection_is_maintained_or_goes() {
    let (mut scene, _) = town();
    let election = proposed(&mut scene);
    scene.given(person(2).says(say::object(election, person(7))));
    scene.given(person(1).says(say::challenge(election, person(2))));
    let mut silent = scene.clone();
    silent.advance_ms(DAY_MS);
    silent.given(person(3).says(say::conclude(election)));
    assert_eq!(elected(&silent, election), Some(7));

    scene.given(person(2).says(say::object(election, person(7))));
    let standing = |scene: &Scene| state(scene, election).candidates[0].objections[0].standing;
    assert_eq!(standing(&scene), Standing::Maintained);
    scene.advance_ms(9 * DAY_MS);
    scene.then(person(3).says(say::conclude(election)), "election.objection-open");
    // The facilitator does not answer: whoever has the power over roles can.
    let mut other = scene.clone();
    let second = archipel_testkit::scenario::mandate(2);
    other.given(person(2).says(say::discard(election, person(2))).under(second));
    assert_eq!(phase(&other, election), Phase::Propose);
    // Its author consents after all, late as it is.
    scene.given(person(2).says(say::consent(election, person(7))));
    assert_eq!(standing(&scene), Standing::Withdrawn);
    scene.given(person(3).says(say::conclude(election)));
    assert_eq!(elected(&scene, election), Some(7));
}

/// Whoever leaves counts no longer: not as an elector who is awaited, not as a nominator, not as a
/// nominee, not as a candidate, not as an objector. Whoever comes later is no elector.
#[test]
fn those_who_left_count_no_longer() {
    let (mut scene, _) = town();
    let election = open(&mut scene, |open| open.electors = Electors::Members);
    scene.given(Town::founder(acts::admit(person(8), &["nord"])));
    scene.then(person(8).says(say::seal(election, person(8), person(3))), "election.not-elector");
    let names: &Names = &[(1, 7), (3, 7), (4, 7), (5, 3), (7, 3)];
    for (who, whom) in names {
        scene.given(person(*who).says(say::seal(election, person(*who), person(*whom))));
    }
    assert_eq!(phase(&scene, election), Phase::Nominate);
    scene.given(person(2).says(acts::leave(person(2))));
    assert_eq!(phase(&scene, election), Phase::Share);
    super::elections::reveal_all(&mut scene, election, names);
    super::elections::keep_all(&mut scene, election, names);
    assert_eq!(phase(&scene, election), Phase::Propose);
    let mut other = scene.clone();
    scene.given(person(3).says(say::propose(election, None)));
    assert_eq!(last(&scene, election), (7, ProposedBy::Most));
    scene.given(person(5).says(say::object(election, person(7))));
    scene.given(person(5).says(acts::leave(person(5))));
    let mut gone = scene.clone();
    scene.advance_ms(DAY_MS);
    scene.given(person(3).says(say::conclude(election)));
    assert_eq!(elected(&scene, election), Some(7));
    // The candidate leaves: nobody is proposed.
    gone.given(person(7).says(acts::leave(person(7))));
    assert_eq!(phase(&gone, election), Phase::Conclude);
    gone.given(person(1).says(say::conclude(election)));
    assert_eq!(elected(&gone, election), None);
    let first = &state(&gone, election).candidates[0];
    assert_eq!(first.out.as_ref().map(|(out, ..)| *out), Some(Out::Left));
    other.given(person(7).says(acts::leave(person(7))));
    other.given(person(3).says(say::propose(election, None)));
    assert_eq!(last(&other, election), (3, ProposedBy::Most));
}

/// Nobody nominates: the election ends with nobody, and can be concluded.
#[test]
fn nobody_is_named() {
    let (mut scene, _) = town();
    let election = open(&mut scene, |_| {});
    scene.advance_ms(DAY_MS);
    assert_eq!(phase(&scene, election), Phase::Conclude);
    scene.then(person(2).says(say::conclude(election)), "election.not-facilitator");
    let mut early = scene.clone();
    early.given(person(1).says(say::conclude(election)));
    scene.advance_ms(2 * DAY_MS);
    scene.given(person(2).says(say::conclude(election)));
    assert_eq!(elected(&scene, election), None);
}

/// An election is what its log says: folded again from the beginning, it is the same.
#[test]
fn an_election_replays() {
    let (mut scene, _) = town();
    let election = kept(&mut scene, &LEVEL);
    let entropy = Some(lots::revealed(1, None));
    scene.given(person(3).says(say::propose(election, entropy)));
    scene.advance_ms(DAY_MS);
    scene.given(person(3).says(say::conclude(election)));
    let mut world = World::default();
    scene.records().iter().for_each(|record| world.evolve(record));
    let index = world.directory.by_uuid(Kind::Election, election.0).unwrap();
    let again: &Election = world.tables.elections.get(index).unwrap();
    assert_eq!(again, state(&scene, election));
    assert!(again.elected().is_some());
}
