//! Logs written by earlier versions load for ever (I8): `fixtures/logs/v1`.
//!
//! A golden log is made once. `UPDATE_GOLDEN=1 cargo test --test acceptance golden` writes the
//! files that are missing and refuses to overwrite any: a format that changes gets a new folder,
//! and the old ones stay.

mod mandates;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use archipel_domain::act::Act;
use archipel_domain::counting::Fraction;
use archipel_domain::counting::yes_no::{Quorum, QuorumBase};
use archipel_domain::delegation::{DelegationRule, Scope};
use archipel_domain::draw::Announcement;
use archipel_domain::election::{Electors, TieStep};
use archipel_domain::entity::{EntityRef, Kind};
use archipel_domain::id::Hash;
use archipel_domain::id::Prose;
use archipel_domain::id::StatementId;
use archipel_domain::role::Power;
use archipel_domain::safeguard::Subject;
use archipel_domain::vote::rules::{DecisionTerms, TiePolicy, VoteRules};
use archipel_domain::vote::{
    AmendConsent, Answer, AnswerObjection, Choice, DrawLot, MaintainObjection, OpenVote, Position,
    Question, Verdict, WithdrawObjection, question_id,
};
use archipel_domain::world::{View, World};
use archipel_engine::audit::audit;
use archipel_engine::crypto::Drand;
use archipel_engine::draw;
use archipel_engine::engine::{Engine, Options};
use archipel_engine::log::leaf::Leaf;
use archipel_engine::log::merkle::leaf_hash;
use archipel_engine::log::statement::Statement;
use archipel_engine::projection::fold_view;
use archipel_engine::store::{Derived, Entry, EventStore, MemoryStore};
use archipel_engine::view::{Context, Query, answer};
use archipel_testkit::scenario::{
    DAY_MS, Intent, Live, ORIGIN, Stage as _, Town, acts, elections, furnish, guards, lots,
    mandate, person, rotas,
};
use serde_json::{Value, json};

/// A small town, with one of everything that there was in the first version.
const TOWN: &str = "archipelago";
/// The same town, where votes have rules of their own: ties, delegation, consent.
const ASSEMBLY: &str = "assembly";
/// The same town, where lots are drawn.
const DRAWS: &str = "draws";
/// The same town, where roles have charters.
const MANDATES: &str = "mandates";
/// The same town, where acts need several holders.
const SAFEGUARDS: &str = "safeguards";
/// The same town, where members are elected without being candidates.
const ELECTIONS: &str = "elections";
/// The same town, where roles rotate.
const ROTATIONS: &str = "rotations";

fn file(name: &str, extension: &str) -> PathBuf {
    let mut path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    path.extend(["fixtures", "logs", "v1"]);
    path.push(format!("{name}.{extension}"));
    path
}

/// The raw leaves of a golden log.
fn leaves(name: &str) -> Vec<Vec<u8>> {
    let lines = std::fs::read_to_string(file(name, "ndjson")).unwrap();
    let leaf = |(position, line): (usize, &str)| {
        let entry: Value = serde_json::from_str(line).unwrap();
        assert_eq!(entry["position"], position);
        hex::decode(entry["leaf"].as_str().unwrap()).unwrap()
    };
    lines.lines().enumerate().map(leaf).collect()
}

fn expected(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(file(name, "json")).unwrap()).unwrap()
}

/// The type of the act in a leaf.
fn act_of(leaf: &[u8]) -> &'static str {
    let payload = Leaf::decode(leaf).unwrap().payload;
    Statement::parse(&payload).unwrap().authored.act.type_name()
}

/// The type of the act within the request in a leaf.
fn asked_in(leaf: &[u8]) -> Option<&'static str> {
    let payload = Leaf::decode(leaf).unwrap().payload;
    let act = Statement::parse(&payload).unwrap().authored.act;
    act.asked().and_then(|asked| asked.act()).map(Act::type_name)
}

/// A store that holds these leaves and nothing derived from them.
fn store_of(leaves: &[Vec<u8>]) -> Arc<dyn EventStore> {
    let store = MemoryStore::new();
    let entry = |(index, leaf): (u128, &Vec<u8>)| Entry {
        leaf: leaf.clone(),
        leaf_hash: leaf_hash(leaf),
        derived: Derived { fact: Vec::new(), id: index, streams: Default::default() },
    };
    let entries: Vec<Entry> = (1..).zip(leaves).map(entry).collect();
    store.append(0, &entries).unwrap();
    store.reset_derived().unwrap();
    Arc::new(store)
}

fn state_hashes(hash: impl Fn(View) -> Hash) -> BTreeMap<String, String> {
    View::ALL.into_iter().map(|view| (view.name().to_owned(), hash(view).to_string())).collect()
}

#[test]
fn golden_logs_load_for_ever() {
    let mut acts = BTreeSet::new();
    for name in [TOWN, ASSEMBLY, DRAWS, MANDATES, SAFEGUARDS, ELECTIONS, ROTATIONS] {
        if std::env::var_os("UPDATE_GOLDEN").is_some() && !file(name, "ndjson").exists() {
            make(name);
        }
        check(name);
        acts.extend(leaves(name).iter().map(|leaf| act_of(leaf)));
        acts.extend(leaves(name).iter().filter_map(|leaf| asked_in(leaf)));
    }
    assert_eq!(acts, Act::TYPES.iter().copied().collect(), "every act is in a log");
}

/// Rebuilds everything from the leaves alone, then folds and audits it.
#[track_caller]
fn check(name: &str) {
    let expected = expected(name);
    let origin = expected["origin"].as_str().unwrap();
    let leaves = leaves(name);
    let types: BTreeSet<&str> = leaves.iter().map(|leaf| act_of(leaf)).collect();
    assert_eq!(json!(types), expected["acts"], "{name}");
    let store = store_of(&leaves);
    assert_eq!(store.derived_size(), 0);
    let engine = Engine::start(Arc::clone(&store), origin, None, None, Options::default());
    let engine = engine.unwrap_or_else(|error| panic!("{name}: {error}"));
    let shown = engine.views().latest();
    assert_eq!(shown.world.position, expected["size"], "{name}");
    assert_eq!(shown.root.to_string(), expected["root"], "{name}");
    let hashes = json!(state_hashes(|view| shown.world.state_hash(view)));
    // Views that came later are not in the older logs' expectations.
    for (view, hash) in expected["state_hashes"].as_object().unwrap() {
        assert_eq!(hashes[view], *hash, "{name}, {view}");
    }
    let size = shown.world.position;
    for threads in [1, 2, 4] {
        let fold = |view| fold_view(store.as_ref(), view, size, threads).unwrap().state_hash(view);
        assert_eq!(json!(state_hashes(fold)), hashes, "{name}, {threads} threads");
    }
    redo_draws(&shown.world, store.as_ref(), origin);
    let report = audit(store.as_ref(), origin, &mut |_, _| ()).unwrap();
    assert_eq!((report.size, json!(report.root)), (size, expected["root"].clone()), "{name}");
    assert_eq!(json!(report.state_hashes), hashes, "{name}");
    assert_eq!(report.outcomes, expected["outcomes"], "{name}");
}

/// Every draw among members is redone from the file that is served of it.
fn redo_draws(world: &World, store: &dyn EventStore, origin: &str) {
    let context = Context { world, root: Hash([0; 32]), store, origin };
    for (index, draw) in world.tables.draws.iter() {
        let name = world.directory.name(EntityRef::new(Kind::Draw, index)).unwrap();
        let query = Query::DrawFile(name.to_string());
        let by_members = draw.drawn.as_ref().filter(|lots| lots.listed.is_none());
        let (Some(lots), Ok(file)) = (by_members, answer(&context, &query)) else {
            assert!(by_members.is_none(), "{name} has no file");
            continue;
        };
        let published = draw::check(format!("{}\n", file["data"]).as_bytes(), &Drand).unwrap();
        let number = |id: &String| world.directory.by_text(Kind::Member, id).unwrap();
        assert_eq!(published.seed, lots.seed);
        for (published, recorded) in published.strata.iter().zip(&lots.strata) {
            let drawn: Vec<u32> = published.drawn.iter().map(number).collect();
            assert_eq!(drawn, recorded.drawn, "{name}");
        }
    }
}

/// Plays the town and writes it down, once.
fn make(name: &str) {
    let (lines, expect) = (file(name, "ndjson"), file(name, "json"));
    for path in [&lines, &expect] {
        assert!(!path.exists(), "{} is for ever: add a new log instead", path.display());
    }
    let mut live = Live::founded(2);
    let town = furnish(&mut live);
    match name {
        TOWN => play_the_rest(&mut live, &town),
        ASSEMBLY => play_an_assembly(&mut live, &town),
        MANDATES => mandates::play(&mut live),
        SAFEGUARDS => play_safeguards(&mut live, &town),
        DRAWS => play_draws(&mut live),
        ELECTIONS => play_elections(&mut live),
        _ => play_rotations(&mut live),
    }
    let world = live.world();
    let mut text = String::new();
    let mut types = BTreeSet::new();
    let visited = live.store().scan_leaves(0..world.position, &mut |position, leaf| {
        text.push_str(&json!({ "leaf": hex::encode(leaf), "position": position }).to_string());
        text.push('\n');
        types.insert(act_of(leaf));
        ControlFlow::Continue(())
    });
    visited.unwrap();
    let declared = world.tables.votes.iter().filter(|(_, vote)| vote.declared.is_some());
    let expected = json!({
        "acts": types,
        "origin": ORIGIN,
        "outcomes": declared.count(),
        "root": Hash(live.store().head().root),
        "size": world.position,
        "state_hashes": state_hashes(|view| world.state_hash(view)),
    });
    std::fs::create_dir_all(lines.parent().unwrap()).unwrap();
    std::fs::write(&lines, text).unwrap();
    std::fs::write(&expect, format!("{expected:#}\n")).unwrap();
}

/// What the furnished town lacks: some acts, ballots of each method, outcomes of each.
fn play_the_rest(live: &mut Live, town: &Town) {
    live.given(Town::founder(acts::witness("voisine", "example.org/b", 9, 1_000, 1)));
    live.given(person(3).says(acts::withdraw_from_call("appeal")));
    live.given(person(5).says(acts::enrol(person(5), 25)));
    live.given(person(5).says(acts::revoke(person(5), 25)));
    live.given(person(4).says(acts::support(town.proposal, Town::TEXT)));
    let publish = [acts::change(4, "e", "E")];
    live.given(person(3).says(acts::publish(town.proposal, Town::TEXT, &publish)));
    let (into, result) = ("a\nb\nc\nd\nE", "a\nB\nc\nd\nE");
    live.given(town.as_scribe(acts::integrate(town.amendment, into, result)));
    for (number, choice) in [(3, Choice::For), (4, Choice::Against), (5, Choice::Abstain)] {
        let terms = live.terms(town.yes_no);
        live.given(person(number).says(acts::ballot(town.yes_no, terms, acts::says(choice))));
    }
    let terms = live.terms(town.yes_no);
    let changed = acts::says(Choice::For);
    live.given(person(4).says(acts::ballot(town.yes_no, terms, changed)));
    for (number, option) in [(3, "x"), (5, "y")] {
        let terms = live.terms(town.approval);
        let paper = acts::approves(&[option]);
        live.given(person(number).says(acts::ballot(town.approval, terms, paper)));
    }
    for (number, x, y) in [(3, "good", "fair"), (4, "good", "good"), (1, "fair", "good")] {
        let terms = live.terms(town.judgment);
        let paper = acts::grades(&[("x", x), ("y", y)]);
        live.given(person(number).says(acts::ballot(town.judgment, terms, paper)));
    }
    live.given(person(4).says(acts::pay(&[("a4", -30, "EUR"), ("a3", 30, "EUR")])));
    live.advance_ms(21 * DAY_MS);
    live.settle();
}

/// Votes under rules of their own, to their ends.
fn play_an_assembly(live: &mut Live, town: &Town) {
    let secret = Hash([7; 32]);
    let commitments = vec![Hash::of(&secret.0)];
    let chair = open_tied(live, TiePolicy::Chair);
    let lot = open_tied(live, TiePolicy::Lot { commitments });
    open_liquid(live);
    open_two_questions(live);
    let round = play_a_consent_round(live, town);
    live.advance_ms(2 * DAY_MS);
    live.settle();
    live.given(Town::founder(acts::break_tie(chair, &["y", "x"])));
    live.given(person(3).says(DrawLot { vote: lot, secrets: vec![secret] }));
    live.given(person(4).says(acts::dissent(round)));
    live.given(person(5).says(acts::join_dissent(round, person(4))));
    live.given(person(3).says(acts::reasons(round)));
    live.given(Town::founder(acts::review(round, Verdict::Kept)));
    live.given(person(5).says(acts::delegate(Scope::Topic(acts::slug("air")), person(1))));
    live.advance_ms(21 * DAY_MS);
    live.settle();
}

/// Draws by secrets, numbers and a beacon that does not come; of members and of a file; some leave,
/// some decline.
fn play_draws(live: &mut Live) {
    let day = Some(live.now().plus_ms(DAY_MS));
    let announce = |live: &mut Live, pool, chance| {
        live.given(Town::founder(lots::announce(pool, chance, day)))
    };
    let groups = lots::groups(&["nord", "sud"], lots::by_group(&[("nord", 1), ("sud", 1)]));
    let first = announce(live, lots::members(lots::simple(2, 2)), lots::committed(1, 2));
    let second = announce(live, groups, lots::lottery(2));
    let third = announce(live, lots::file(5, 2), lots::committed(3, 3));
    let (chain, round) = lots::round(live.now().plus_ms(30 * DAY_MS));
    let pool = lots::members(lots::simple(1, 5));
    let beacon = Announcement::Beacon { chain, round };
    live.given(Town::founder(lots::announce(pool, beacon, None)));
    live.given(person(2).says(acts::leave(person(2))));
    live.given(Town::founder(acts::admit(person(8), &["nord"])));
    let strata: &[(&[&str], &[&str], &[u32])] =
        &[(&["ada"], &["bo"], &[1]), (&["cleo"], &["dan"], &[])];
    live.given(person(8).says(lots::listed(third, lots::revealed(3, None), strata)));
    live.advance_ms(DAY_MS);
    live.given(person(3).says(lots::draw(first, lots::revealed(1, Some(1)))));
    live.given(person(4).says(lots::draw(second, lots::published())));
    for who in ["ada", "dan", "bo"] {
        live.given(Town::founder(lots::decline_as(third, who)));
    }
    let drawn = live.world().tables.draws.get(0).unwrap().drawn.clone().unwrap();
    let leaver = [1, 3, 4, 5, 7].map(person).into_iter().find(|who| {
        let number = live.world().directory.by_uuid(Kind::Member, who.id.0).unwrap();
        drawn.strata[0].drawn.contains(&number)
    });
    let leaver = leaver.unwrap();
    live.given(leaver.says(lots::decline(first, leaver)));
}

/// Safeguards set, changed and lifted; money, roles and a lost key by request; requests that are
/// stopped, by who made one and by whose key it was, and one that lapses.
fn play_safeguards(live: &mut Live, town: &Town) {
    let second = |act: Act| -> Intent { person(2).says(act).under(mandate(2)) };
    let agreed = |live: &mut Live, act: Act| {
        let id = live.given(Town::founder(guards::request(act.clone())));
        live.given(second(guards::countersign(id, act).into()));
        id
    };
    let ledger = Subject::Power(Power::Ledger);
    live.given(Town::founder(guards::set(ledger, 2, 0)));
    let pay = || acts::pay(&[("world", -500, "EUR"), ("a4", 500, "EUR")]);
    let paid = live.given(town.as_treasurer(guards::request(pay())));
    live.given(second(guards::countersign(paid, pay()).into()));
    let paid = live.given(town.as_treasurer(guards::carry(paid, pay())));
    live.given(person(4).says(acts::reverse(paid)));
    live.given(Town::founder(guards::set(Subject::Rules, 2, 24)));
    let recover = guards::recover(person(5), 95);
    let lost = agreed(live, recover.clone().into());
    let theft = agreed(live, guards::recover(person(7), 97).into());
    live.given(person(7).says(guards::stop(theft)));
    let until = live.now().plus_ms(30 * DAY_MS);
    let organiser = acts::assign("organiser", person(4), live.now(), until);
    let given = agreed(live, organiser.clone().into());
    let unwanted = agreed(live, guards::set(Subject::Founders, 1, 0).into());
    live.given(Town::founder(guards::stop(unwanted)));
    let lift = guards::lift(ledger);
    let lifted = agreed(live, lift.clone().into());
    agreed(live, guards::set(Subject::Recovery, 2, 48).into());
    live.advance_ms(3 * DAY_MS);
    live.given(second(guards::carry(given, organiser).into()));
    live.given(Town::founder(guards::carry(lifted, lift)));
    live.given(Town::founder(guards::carry(lost, recover)));
    live.given(person(5).says(acts::submit("back")).signed_with(95));
    live.given(town.as_treasurer(pay()));
    live.advance_ms(30 * DAY_MS);
    live.settle();
}

/// Everybody names, reveals and keeps.
fn nominate(live: &mut Live, election: StatementId, names: &[(u64, u64)]) {
    for (who, whom) in names.iter().map(|(who, whom)| (person(*who), person(*whom))) {
        live.given(who.says(elections::seal(election, who, whom)));
    }
    for (who, whom) in names.iter().map(|(who, whom)| (person(*who), person(*whom))) {
        live.given(who.says(elections::reveal(election, who, whom)));
    }
    for (who, whom) in names {
        live.given(person(*who).says(elections::change(election, person(*whom))));
    }
}

/// One election goes through a revote, a lot and objections of all kinds; in one the only person
/// who was named declines.
fn play_elections(live: &mut Live) {
    let nobody = live.given(Town::founder(elections::open(live.now())));
    nominate(live, nobody, &[(2, 3), (3, 3), (4, 3), (5, 3)]);
    live.given(person(2).says(elections::propose(nobody, None)));
    live.given(person(3).says(elections::decline(nobody)));
    live.given(person(1).says(elections::conclude(nobody)));
    let mut open = elections::open(live.now());
    open.electors = Electors::Members;
    open.lot = lots::committed(2, 2);
    open.ties = vec![TieStep::Revote];
    let election = live.given(Town::founder(open));
    // Persons 4 and 7 are tied, and stay so.
    nominate(live, election, &[(1, 5), (2, 7), (3, 4), (4, 7), (5, 4), (7, 3)]);
    let says = |live: &mut Live, who: u64, act: Act| live.given(person(who).says(act));
    says(live, 3, elections::propose(election, None).into());
    says(live, 1, elections::change(election, person(4)).into());
    says(live, 7, elections::change(election, person(7)).into());
    live.advance_ms(10 * DAY_MS);
    let entropy = Some(lots::revealed(2, Some(1)));
    says(live, 3, elections::propose(election, entropy).into());
    let proposed = |live: &Live| {
        let world = live.world();
        let index = world.directory.by_uuid(Kind::Election, election.0).unwrap();
        let state = world.tables.elections.get(index).unwrap();
        let member = state.candidates.last().unwrap().member;
        let number =
            |who: &u64| world.directory.by_uuid(Kind::Member, person(*who).id.0) == Some(member);
        person([1, 2, 3, 4, 5, 7].into_iter().find(number).unwrap())
    };
    let first = proposed(live);
    says(live, 5, elections::object(election, first).into());
    says(live, 1, elections::challenge(election, person(5)).into());
    says(live, 5, elections::object(election, first).into());
    says(live, 1, elections::discard(election, person(5)).into());
    says(live, 3, elections::propose(election, None).into());
    let second = proposed(live);
    says(live, 2, elections::object(election, second).into());
    let shorter = live.now().plus_ms(50 * DAY_MS);
    says(live, 1, elections::integrate(election, person(2), Some(shorter)).into());
    says(live, 2, elections::consent(election, second).into());
    live.advance_ms(DAY_MS);
    says(live, 4, elections::conclude(election).into());
}

/// Members are away; plans by potentials, by search with a seed that was drawn for it, and beyond
/// proof; one is replaced, and mandates follow another.
fn play_rotations(live: &mut Live) {
    for (name, seats) in [("host", 2), ("minutes", 1)] {
        live.given(Town::founder(acts::role(name, "till", &[], seats, 31)));
    }
    let now = live.now();
    let day = |n: i64| now.plus_ms(n * DAY_MS);
    live.given(person(3).says(rotas::away(&[(day(2), day(4)), (day(9), day(40))], &["host"])));
    live.given(person(4).says(rotas::away(&[(day(1), day(2))], &[])));
    live.given(person(4).says(rotas::away(&[(day(16), day(17))], &[])));
    live.given(Town::founder(acts::assign("host", person(5), day(0), day(6))));
    let people = [1, 3, 4, 5].map(person);
    let mut terms = rotas::terms(rotas::periods(day(7), 1, 7), &["host", "minutes"], &people);
    terms.load_cap = 1;
    let single = rotas::planned(live, &terms);
    let single = live.given(Town::founder(single));
    terms.periods = rotas::periods(day(7), 3, 7);
    terms.roles[0].seats = None;
    (terms.roles[0].max_consecutive, terms.roles[1].closed) = (1, vec![2]);
    terms.incompatible = vec![(acts::slug("host"), acts::slug("minutes"))];
    let pool = lots::members(lots::simple(1, 0));
    let mut announced = lots::announce(pool, lots::committed(1, 3), Some(day(1)));
    let purpose = format!("Rotation {}", rotas::request(live, &terms));
    announced.purpose = Prose::new(&purpose).unwrap();
    let draw = live.given(Town::founder(announced));
    live.given(person(3).says(lots::draw(draw, lots::revealed(1, None))));
    let mut by_lot = rotas::planned_by_lot(live, &terms, draw);
    by_lot.supersedes = Some(single);
    live.given(Town::founder(by_lot.clone()));
    let turn = &by_lot.plan.assignments[0];
    let holder = [1, 3, 4, 5].map(person).into_iter().find(|who| who.id == turn.person).unwrap();
    let given = acts::assign(turn.place.role.as_str(), holder, day(7), day(14));
    live.given(Town::founder(given));
    let mut long = rotas::terms(rotas::periods(day(28), 12, 7), &["host", "minutes"], &people);
    (long.roles[0].seats, long.roles[0].weight) = (None, 2);
    let mut long = rotas::planned(live, &long);
    long.plan = long.plan.unproven();
    live.given(Town::founder(long));
}

fn xy(live: &Live) -> OpenVote {
    let options = vec![acts::option("x"), acts::option("y")];
    acts::vote(acts::approval(None), options, live.now().plus_ms(DAY_MS))
}

fn open_tied(live: &mut Live, tie: TiePolicy) -> StatementId {
    let rules = VoteRules { tie: Some(tie), ..VoteRules::default() };
    let open = acts::under(xy(live), rules);
    let vote = live.given(Town::founder(open));
    for (number, option) in [(3, "x"), (4, "y")] {
        let terms = live.terms(vote);
        live.given(person(number).says(acts::ballot(vote, terms, acts::approves(&[option]))));
    }
    vote
}

/// A circle of delegations in which two vote, one whose chain is lost, one taken back.
fn open_liquid(live: &mut Live) {
    let topic = Some(acts::slug("water"));
    let delegation = Some(DelegationRule { topic, transitive: true, max_weight: None });
    let rules = VoteRules { delegation, ..VoteRules::default() };
    let closes_at = live.now().plus_ms(DAY_MS);
    let open = acts::vote(acts::yes_no(), vec![acts::option("yes")], closes_at);
    let vote = live.given(Town::founder(acts::under(open, rules)));
    for (from, to) in [(1, 2), (2, 3), (3, 4), (4, 1), (5, 7)] {
        live.given(person(from).says(acts::delegate(Scope::All, person(to))));
    }
    live.given(person(7).says(acts::delegate(Scope::Vote(vote), person(1))));
    live.given(person(7).says(acts::revoke_delegation(Scope::Vote(vote))));
    for (number, choice) in [(1, Choice::Against), (3, Choice::For)] {
        let terms = live.terms(vote);
        live.given(person(number).says(acts::ballot(vote, terms, acts::says(choice))));
    }
}

/// Two questions on one paper, the second with a quorum that is missed.
fn open_two_questions(live: &mut Live) {
    let base = QuorumBase::Cast;
    let quorum = Some(Quorum { ratio: Fraction { numerator: 1, denominator: 1 }, base });
    let rules = VoteRules { quorum, ..VoteRules::default() };
    let second = Question {
        options: vec![acts::option("x"), acts::option("y")],
        method: acts::approval(None),
        ..acts::question(acts::option("x"), Some(rules))
    };
    let questions = vec![acts::question(acts::option("yes"), None), second];
    let closes_at = live.now().plus_ms(DAY_MS);
    let first = live.given(Town::founder(acts::questions(questions, closes_at)));
    let terms = live.terms(first);
    live.given(person(3).says(acts::ballot(first, terms, acts::says(Choice::For))));
    let paper = acts::approves(&["x"]);
    live.given(person(3).says(acts::ballot(question_id(first, 1), terms, paper)));
}

/// An objection is doubted, maintained and integrated; another is raised and withdrawn.
fn play_a_consent_round(live: &mut Live, town: &Town) -> StatementId {
    let decision = DecisionTerms { review_days: Some(90), ..DecisionTerms::default() };
    let rules = VoteRules { decision: Some(decision), ..VoteRules::default() };
    let closes_at = live.now().plus_ms(DAY_MS);
    let yes = vec![acts::option_for("yes", town.proposal, Town::TEXT)];
    let open = acts::vote(acts::consent(0), yes, closes_at);
    let first = live.given(Town::founder(acts::under(open, rules)));
    let objection = acts::object(first, live.terms(first));
    live.given(person(3).says(objection));
    let (objector, reason) = (person(3).id, acts::reason());
    let answer = Answer::Challenged;
    let answer = AnswerObjection { vote: first, objector, answer, reason };
    live.given(Town::founder(answer));
    let maintained = MaintainObjection { vote: first, reason: acts::reason() };
    live.given(person(3).says(maintained));
    let amended = AmendConsent {
        vote: first,
        terms: live.terms(first),
        base: acts::version(Town::TEXT),
        changes: vec![acts::change(0, "a", "A")],
        integrates: vec![person(3).id],
        reason: acts::reason(),
        closes_at: live.now().plus_ms(2 * DAY_MS),
    };
    let second = live.given(Town::founder(amended));
    let objection = acts::object(second, live.terms(second));
    live.given(person(4).says(objection));
    let (then, reason) = (Position::StandAside, acts::reason());
    live.given(person(4).says(WithdrawObjection { vote: second, then, reason }));
    for number in [3, 5] {
        let terms = live.terms(second);
        let consent = acts::says(Choice::For);
        live.given(person(number).says(acts::ballot(second, terms, consent)));
    }
    second
}
