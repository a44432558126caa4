//! Random elections, on the rules and on a model of them.

use super::election_model::{ELECTORS, Model, Say, Stage, Who};
use super::elections::{open, state};
use super::town;
use archipel_domain::draw::Entropy;
use archipel_domain::election::{Electors, Phase, Silence};
use archipel_domain::entity::Kind;
use archipel_domain::id::StatementId;
use archipel_domain::time::Timestamp;
use archipel_domain::world::World;
use archipel_testkit::scenario::{
    DAY_MS, Intent, Scene, Stage as _, Town, acts, elections as say, lots, mandate, person,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet};

fn intent(election: StatementId, say: Say) -> Option<Intent> {
    let at = |ms: i64| Timestamp(ms);
    let answers = |by: Who, act| {
        let intent = person(by).says(act);
        if by == 2 { intent.under(mandate(2)) } else { intent }
    };
    Some(match say {
        Say::Wait(_) => return None,
        Say::Leave(who) => person(who).says(acts::leave(person(who))),
        Say::Seal(who, whom) => person(who).says(say::seal(election, person(who), person(whom))),
        Say::Reveal(who, whom) => {
            person(who).says(say::reveal(election, person(who), person(whom)))
        }
        Say::Change(who, whom) => person(who).says(say::change(election, person(whom))),
        Say::Propose(who, chance) => {
            let entropy: Option<Entropy> = chance.then(|| lots::revealed(1, None));
            person(who).says(say::propose(election, entropy))
        }
        Say::Consent(who, whom) => person(who).says(say::consent(election, person(whom))),
        Say::Object(who, whom) => person(who).says(say::object(election, person(whom))),
        Say::Challenge(by, who) => answers(by, say::challenge(election, person(who))),
        Say::Integrate(by, who, until) => {
            answers(by, say::integrate(election, person(who), until.map(at)))
        }
        Say::Discard(by, who) => answers(by, say::discard(election, person(who))),
        Say::Decline(who) => person(who).says(say::decline(election)),
        Say::Conclude(who) => person(who).says(say::conclude(election)),
    })
}

/// What is tried, given where the election is: mostly what fits, sometimes anything.
fn choices(model: &Model, [kind, a, b, c]: [u8; 4]) -> Vec<Say> {
    let people = [2, 3, 4, 5, 7, 1, 8, 6];
    let elector = ELECTORS[usize::from(a) % 5];
    let anybody = people[usize::from(b) % 8];
    let named = people[usize::from(c) % 4];
    let sealed = |who: &Who| model.sealed.get(who).copied();
    let current = |who: &Who| model.names.get(who).copied();
    match kind {
        0..=9 => vec![Say::Wait(i64::from(a % 8) * DAY_MS / 8)],
        10..=12 if c > 160 => vec![Say::Leave(model.candidate)],
        10..=11 if b > 128 => vec![Say::Leave(elector)],
        10..=29 => vec![Say::Seal(elector, people[usize::from(c) % 7])],
        30..=49 => {
            let all = ELECTORS.into_iter().zip([a, b, c, a / 4, b / 4]);
            all.map(|(who, one)| Say::Seal(who, people[usize::from(one) % 61 % 6])).collect()
        }
        50..=59 => vec![Say::Reveal(elector, sealed(&elector).unwrap_or(named))],
        60..=84 => {
            ELECTORS.into_iter().filter_map(|who| Some(Say::Reveal(who, sealed(&who)?))).collect()
        }
        85..=99 => vec![Say::Change(elector, current(&anybody).unwrap_or(anybody))],
        100..=129 => {
            ELECTORS.into_iter().filter_map(|who| Some(Say::Change(who, current(&who)?))).collect()
        }
        130..=159 => vec![Say::Propose(elector, b % 4 == 0)],
        160..=169 => vec![Say::Consent(elector, model.candidate)],
        170..=179 => {
            let all = model.participants();
            all.into_iter().map(|who| Say::Consent(who, model.candidate)).collect()
        }
        180..=194 => vec![Say::Object(elector, model.candidate)],
        195..=199 => vec![Say::Challenge(1, elector); 1 + usize::from(b % 2)],
        200..=204 => {
            let days = [-30, -1, 1][usize::from(c) % 3] * DAY_MS;
            let until = (b % 2 == 0).then_some(model.until + days);
            vec![Say::Integrate(1, elector, until)]
        }
        205..=219 => vec![Say::Discard([1, 1, 1, 2, 3][usize::from(b) % 5], elector)],
        220..=224 => vec![Say::Decline(if b > 64 { model.candidate } else { anybody })],
        225..=239 => vec![Say::Conclude([1, elector][usize::from(b) % 2])],
        // Anybody says anything to anybody.
        240..=243 => vec![Say::Seal(anybody, named), Say::Reveal(anybody, named)],
        244..=247 => vec![Say::Consent(anybody, named), Say::Object(anybody, named)],
        248..=250 => vec![Say::Change(anybody, people[usize::from(c) % 8])],
        251..=253 => vec![Say::Reveal(elector, named)],
        _ => vec![Say::Challenge(anybody, elector), Say::Discard(anybody, elector)],
    }
}

fn begin(rules: u8) -> (Scene, StatementId, Model) {
    let (mut scene, _) = town();
    scene.given(Town::founder(acts::admit(person(8), &["nord"])));
    let incumbents: Vec<Who> = [&[][..], &[2], &[3, 5]][usize::from(rules) % 3].to_vec();
    let (now, week) = (scene.now(), scene.now().plus_ms(30 * DAY_MS));
    for who in &incumbents {
        let mandate = acts::assign("observer", person(*who), now, week);
        scene.given(Town::founder(mandate));
    }
    let mut ties = say::TIES.to_vec();
    ties.rotate_left(usize::from(rules / 3) % 3);
    ties.truncate(usize::from(rules / 9) % 4);
    let withholds = rules >= 128;
    let election = open(&mut scene, |open| {
        open.electors = Electors::Listed(ELECTORS.map(|who| person(who).id).to_vec());
        open.ties.clone_from(&ties);
        open.silence = if withholds { Silence::Withholds } else { Silence::Consents };
    });
    let model = Model::new(now.0, ties, withholds, incumbents);
    (scene, election, model)
}

fn who(scene: &Scene, index: u32) -> Who {
    let known = [1, 2, 3, 4, 5, 6, 7, 8];
    let number = |who: &Who| scene.world.directory.by_uuid(Kind::Member, person(*who).id.0);
    known.into_iter().find(|who| number(who) == Some(index)).unwrap()
}

/// Plays on both, and compares after each act. Answers with what happened.
fn play(rules: u8, ops: &[[u8; 4]]) -> Result<BTreeSet<String>, TestCaseError> {
    let (mut scene, election, mut model) = begin(rules);
    let mut seen = BTreeSet::new();
    for op in ops {
        for say in choices(&model, *op) {
            step(&mut scene, election, &mut model, say, &mut seen)?;
        }
    }
    let mut again = World::default();
    scene.records().iter().for_each(|record| again.evolve(record));
    prop_assert!(again == scene.world, "a replay gives the same");
    Ok(seen)
}

fn step(
    scene: &mut Scene,
    election: StatementId,
    model: &mut Model,
    say: Say,
    seen: &mut BTreeSet<String>,
) -> Result<(), TestCaseError> {
    let author = match say {
        Say::Seal(who, _) | Say::Reveal(who, _) | Say::Change(who, _) | Say::Propose(who, _) => who,
        Say::Consent(who, _) | Say::Object(who, _) | Say::Challenge(who, _) => who,
        Say::Integrate(who, ..) | Say::Discard(who, _) => who,
        Say::Decline(who) | Say::Conclude(who) | Say::Leave(who) => who,
        Say::Wait(_) => 1,
    };
    if !model.here(author) || author == 0 || matches!(say, Say::Consent(_, 0) | Say::Object(_, 0)) {
        return Ok(());
    }
    let found = match intent(election, say) {
        Some(intent) => scene.when(intent).map(|_| ()),
        None => {
            let Say::Wait(ms) = say else { unreachable!() };
            scene.advance_ms(ms);
            Ok(())
        }
    };
    let now: &Scene = scene;
    let lot = || {
        let drawn = state(now, election).lot.as_ref().map(|lot| lot.order.clone());
        drawn.unwrap_or_default().into_iter().map(|index| who(now, index)).collect()
    };
    let expected = model.say(say, lot).map_err(str::to_owned);
    prop_assert_eq!(&found, &expected, "{:?} in {:?}", say, model.stage);
    model.move_on();
    let state = state(scene, election);
    let phase = state.phase(&scene.world, scene.now());
    let standing = model.standing();
    let is_nobody = model.counts().is_empty();
    let right = match model.stage {
        Stage::Nominate => phase == Phase::Nominate,
        Stage::Share => phase == Phase::Share,
        Stage::Change => phase == Phase::Change,
        Stage::Revote => phase == Phase::Revote,
        Stage::Over => phase == Phase::Concluded,
        Stage::Object if model.agreed() => phase == Phase::Conclude,
        Stage::Object if standing => phase == Phase::Object,
        Stage::Propose | Stage::Object if is_nobody => phase == Phase::Conclude,
        Stage::Propose | Stage::Object => phase == Phase::Propose,
    };
    prop_assert!(right, "{:?} is not {:?} after {:?}", phase, model.stage, say);
    let candidate = state.candidates.last().map(|one| who(scene, one.member));
    prop_assert_eq!(candidate.unwrap_or(0), model.candidate);
    let elected = state.elected().map(|one| who(scene, one.member));
    prop_assert_eq!(elected, model.elected);
    prop_assert_eq!(state.until.0, model.until);
    let counts = model.counts().into_iter().map(|(whom, by)| (whom, by.len()));
    let tally = state.tally(&scene.world, scene.now());
    let tally = tally.into_iter().map(|(whom, by)| (who(scene, whom), by as usize));
    let (tally, counts): (BTreeMap<_, _>, BTreeMap<_, _>) = (tally.collect(), counts.collect());
    prop_assert!(tally == counts || model.stage == Stage::Over);
    let by = state.candidates.last().map(|one| one.by);
    prop_assert_eq!(by, model.by);
    note(scene, election, phase, found.err(), seen);
    Ok(())
}

fn note(
    scene: &Scene,
    election: StatementId,
    phase: Phase,
    code: Option<String>,
    seen: &mut BTreeSet<String>,
) {
    let state = state(scene, election);
    seen.insert(format!("{phase:?}"));
    seen.extend(code);
    seen.extend(state.candidates.iter().map(|one| format!("{:?}", one.by)));
    let out = state.candidates.iter().filter_map(|one| one.out.as_ref());
    seen.extend(out.map(|(out, ..)| format!("{out:?}")));
    if phase == Phase::Concluded {
        seen.insert(format!("elected {}", state.elected().is_some()));
    }
}

/// Also that random play comes everywhere: a model that is never asked agrees with anything.
#[test]
fn elections_follow_the_automaton() {
    let config = Config { cases: 400, failure_persistence: None, ..Config::default() };
    // The same every time: what must be seen is seen.
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let seen = std::cell::RefCell::new(BTreeSet::new());
    let ops = prop::collection::vec(any::<[u8; 4]>(), 20..60);
    runner
        .run(&(any::<u8>(), ops), |(rules, ops)| {
            seen.borrow_mut().extend(play(rules, &ops)?);
            Ok(())
        })
        .unwrap();
    let seen = seen.into_inner();
    let codes = archipel_domain::rejection::Elections::ALL.iter().map(|code| code.code());
    let opening = ["unknown", "term", "calendar", "elector-count", "elector-list", "tie-steps"];
    let mut missing: Vec<&str> = codes.filter(|code| !seen.contains(*code)).collect();
    missing.retain(|code| !opening.iter().any(|one| *code == format!("election.{one}")));
    missing.retain(|code| *code != "election.lot-date");
    assert!(missing.is_empty(), "never refused with {missing:?}");
    for what in [
        "Nominate",
        "Share",
        "Change",
        "Propose",
        "Revote",
        "Object",
        "Conclude",
        "Concluded",
        "Most",
        "SelfNominator",
        "Incumbent",
        "Lot",
        "Discarded",
        "Declined",
        "Left",
        "Lapsed",
        "elected true",
        "elected false",
    ] {
        assert!(seen.contains(what), "never {what}");
    }
}
