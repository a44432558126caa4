//! Roles with charters, and mandates from beginning to end, by the command line alone.

use crate::bench::{Answer, Bench};
use std::time::{Duration, Instant};

/// An instance with three members beside its founder, a group and a unit.
fn prepared() -> (Bench, [String; 3]) {
    let bench = Bench::founded();
    let members = ["alice", "bob", "carol"].map(|name| bench.admit(name));
    bench.founder("group register nord --name Nord").ok();
    bench.founder("ledger unit EUR --name Euro --scale 2 --kind euro").ok();
    (bench, members)
}

fn show(bench: &Bench, role: &str) -> Answer {
    bench.run(&format!("--data inst --json role show {role}")).ok()
}

/// Whether a person reads this.
#[track_caller]
fn reads(bench: &Bench, words: &str, expected: &[&str]) {
    let answer = bench.run(&format!("--data inst {words}")).ok();
    for text in expected {
        // Columns are as wide as what is in them.
        let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(answer.out.lines().any(|one| line(one).contains(text)), "{text}: {answer:?}");
    }
}

/// Who holds a role, by the answer of `role holders`.
#[track_caller]
fn holder(bench: &Bench, at: &str) -> String {
    let answer = bench.run(&format!("--data inst --json role holders{at}")).ok();
    answer
        .json()
        .pointer("/data/items/1/mandates/0/member")
        .map_or_else(String::new, |member| member.as_str().unwrap_or_default().to_owned())
}

const FLAGS: &str = "--purpose Accueillir --power membership,roles,ledger --for-group nord \
    --within assembly --cap EUR=5000 --filled-by vote,draw,election,appointment --seats 2 \
    --term-days 90 --consecutive 2 --cooling-off-days 30 --incompatible voix --weight 2 \
    --most-weight 3 --acceptance --interim-days 30 --delegable --domain accueil \
    --accountability Accueillir_chaque_personne --chosen-by nord --review-at 2030-01-01";

#[test]
fn a_charter_says_what_a_role_may_do_and_who_can_hold_it() {
    let (bench, _) = prepared();
    bench.founder("role define voix --purpose Parler --power votes --filled-by appointment").ok();
    bench
        .as_member("alice", &format!("role define accueil {FLAGS}"))
        .failed(1, "mandate.as-required");
    bench.founder(&format!("role define accueil {FLAGS}")).ok();
    bench.founder(&format!("role define accueil {FLAGS}")).failed(1, "role.exists");
    let french = [
        "redevable de Accueillir chaque personne",
        "pouvoirs membership (pour nord); roles (dans assembly); ledger (au plus 5000 EUR)",
        "sièges 1–2",
        "pourvu par nomination, vote, élection sans candidat, tirage au sort",
        "corps électoral nord",
        "mandats de suite, au plus 2",
        "exclut voix",
        "à accepter oui",
        "à réviser le 2030-01-01T00:00:00Z",
    ];
    reads(&bench, "--lang fr role show accueil", &french);
    let english = ["filled by appointment, vote, election, draw", "weight of all roles, at most 3"];
    reads(&bench, "--lang en role show accueil", &english);

    // A reach without a power to reach with is a mistake, not a power everywhere.
    let none = "role define x --purpose X --power votes --filled-by vote";
    bench.founder(&format!("{none} --cap EUR=5")).failed(2, "usage.value");
    bench.founder(&format!("{none} --within assembly")).failed(2, "usage.value");
    bench.founder("role define x --purpose X --consecutive 2").failed(2, "usage.arguments");
    bench.founder("role amend accueil --purpose X").failed(2, "usage.arguments");
    bench.founder(&format!("{none} --domain accueil:porte")).failed(1, "role.domain-taken");
    bench.founder(&format!("{none} --link lead")).failed(1, "role.link");

    let charter = r#"{"purpose":"Informer","powers":[{"power":"proposals"}],"term_days":30,
        "seats":{"least":1,"most":1},"filled_by":["draw"],"acceptance":false,"delegable":false}"#;
    bench.write("presse.json", charter);
    bench.founder("role define presse --charter presse.json").ok();
    assert_eq!(show(&bench, "presse").text("/data/charter/filled_by/0"), "draw");
    bench.write("wrong.json", &charter.replace("purpose", "purposes"));
    bench.founder("role amend presse --charter wrong.json").failed(2, "usage.value");
    bench.write("more.json", &charter.replace(r#"["draw"]"#, r#"["draw","rotation"]"#));
    bench.founder("role amend presse --charter more.json").ok();
    assert_eq!(show(&bench, "presse").text("/data/charter/filled_by/1"), "rotation");
    bench.founder("role retire presse").ok();
    reads(&bench, "--lang fr role show presse", &["retiré à"]);
    bench.founder("role amend presse --charter more.json").failed(1, "role.retired");
    bench.run("--data inst audit verify").ok();
}

#[test]
fn a_circle_is_linked_twice() {
    let (bench, [alice, bob, _]) = prepared();
    bench.founder("circle form fete --purpose Fêter --domain fete --ends-at +30d").ok();
    bench
        .founder("circle form bal --purpose Bal --domain fete:bal")
        .failed(1, "circle.domain-taken");
    let within = "--circle fete --purpose Lier --term-days 20";
    let delegate = format!("role define porte {within} --link delegate");
    bench.founder(&format!("{delegate} --filled-by appointment")).failed(1, "role.link");
    bench.founder(&format!("{delegate} --filled-by vote,election")).ok();
    bench.founder(&format!("role define lien {within} --link lead --filled-by appointment")).ok();
    let appoint = format!("role assign lien {} --appointed Disponible", &alice[..8]);
    bench.founder(&format!("{appoint} --until +31d")).failed(1, "assignment.term-too-long");
    bench.founder(&format!("{appoint} --until 2020-01-01")).failed(1, "assignment.term-reversed");
    bench
        .founder(&format!("{appoint} --from +15d --until +20d"))
        .failed(1, "assignment.beyond-circle");
    bench.founder(&format!("{appoint} --until +20d")).ok();
    let other = format!("role assign porte {bob} --until +20d --appointed Disponible");
    bench.founder(&other).failed(1, "basis.way-not-allowed");
    let fill = "vote open --title Qui_? --method approval --seats 1 --closes +1d";
    let names = format!("--option {alice}=Alice --option {bob}=Bob");
    bench
        .founder(&format!("{fill} {names} --fill porte,+1d,+29d"))
        .failed(1, "assignment.term-too-long");
    bench
        .founder(&format!("{fill} {names} --fill lien,+1d,+11d"))
        .failed(1, "basis.way-not-allowed");
    let nobody = format!("{fill} --option oui=Oui --option {bob}=Bob --fill porte,+1d,+11d");
    bench.founder(&nobody).failed(1, "assignment.member-unknown");
    bench.founder(&format!("{fill} {names} --fill porte,+1d")).failed(2, "usage.value");
    reads(&bench, "--lang fr circle list", &["premier lien second lien", &alice]);
    bench.founder("circle dissolve fete").failed(1, "circle.in-use");
}

#[test]
fn a_mandate_is_appointed_answered_or_covered_for_a_while() {
    let (bench, [alice, bob, carol]) = prepared();
    bench.founder("role define voix --purpose Parler --power votes --filled-by appointment").ok();
    bench.founder(&format!("role define accueil {FLAGS}")).ok();
    let appoint = format!("role assign accueil {alice} --until +30d --appointed Elle_connaît");
    bench.as_member("bob", &appoint).failed(1, "mandate.as-required");
    let mandate = bench.founder(&appoint).ok().text("/id");
    bench.founder(&appoint).failed(1, "assignment.already-holds");
    reads(&bench, "--lang fr role show accueil", &["nomination à accepter"]);
    let act = format!("--as {mandate} group register sud --name Sud");
    bench.as_member("alice", &act).failed(1, "mandate.not-accepted");
    // What is not accepted yet is not what one acts under by default.
    bench.as_member("alice", "group register sud --name Sud").failed(1, "mandate.as-required");
    bench.as_member("bob", &format!("role accept {mandate}")).failed(1, "assignment.not-holder");
    bench.as_member("alice", &format!("role decline {mandate}")).ok();
    bench.as_member("alice", &format!("role accept {mandate}")).failed(1, "assignment.ended");
    assert_eq!(show(&bench, "accueil").text("/data/mandates/items/0/state"), "declined");

    let cover = "--interim En_attendant --until";
    let interim = format!("role assign accueil {carol} {cover} +10d");
    let covered = bench.founder(&interim).ok().text("/id");
    let again = format!("role assign accueil {bob} {cover} +9d");
    bench.founder(&again).failed(1, "assignment.no-vacancy");
    let too_long = format!("role assign accueil {bob} --interim Plus --from +20d --until +60d");
    bench.founder(&too_long).failed(1, "assignment.term-too-long");
    let voice = format!("role assign voix {carol} --until +5d --appointed Voix");
    bench.founder(&voice).failed(1, "assignment.incompatible");
    bench.as_member("carol", &format!("role accept {covered}")).ok();
    bench.as_member("carol", &format!("role accept {covered}")).failed(1, "assignment.not-awaited");
    bench.as_member("carol", &format!("role end {covered}")).ok();
    bench.founder(&interim).failed(1, "assignment.interim-again");
    reads(&bench, "--lang fr role show accueil", &["intérim démission", "nomination décliné"]);
    bench.founder("role retire accueil").ok();
}

/// Secrets, and the options that commit to them.
fn chance(bench: &Bench) -> (String, String) {
    let made: Vec<_> =
        (0..3).map(|_| bench.run("--data inst --json lottery secret").ok()).collect();
    let of = |name: &str| {
        made.iter().map(|one| format!(" --{name} {}", one.text(&format!("/{name}")))).collect()
    };
    (of("secret"), of("commitment"))
}

#[test]
fn a_lot_and_an_election_fill_a_role() {
    let (bench, members) = prepared();
    let role = "role define accueil --purpose Accueillir --filled-by draw,election,appointment \
                --term-days 90";
    bench.founder(role).ok();
    let (secrets, commitments) = chance(&bench);
    let announce = "lottery announce Accueil --purpose Accueillir --seats 1 --comes-at +1d";
    let fill = "--fill accueil,+1d,+31d";
    let draw = bench.founder(&format!("{announce}{commitments} {fill}")).ok().text("/id");
    let assign = |who: &str, words: &str| {
        bench.as_member("bob", &format!("role assign accueil {who} {words}"))
    };
    reads(&bench, &format!("--lang fr lottery show {draw}"), &["pourvoit accueil · 20"]);
    let by_lot = format!("--draw {draw}");
    assign(&members[0], &by_lot).failed(1, "basis.undecided");
    bench.as_member("carol", &format!("lottery draw {draw}{secrets}")).ok();
    let drawn = bench.run(&format!("--data inst --json lottery show {draw}")).ok();
    let drawn = drawn.text("/data/panel/0/holder");
    let other = members.iter().find(|member| **member != drawn).unwrap();
    assign(other, &by_lot).failed(1, "basis.not-chosen");
    assign(&drawn, &format!("{by_lot} --until +40d")).failed(1, "basis.other-term");
    assign(&drawn, &by_lot).ok();
    assign(&drawn, &by_lot).failed(1, "basis.used");
    assert_eq!(show(&bench, "accueil").text("/data/mandates/items/0/basis/draw"), draw);
    reads(&bench, "--lang fr role holders", &["accueil assembly"]);

    let [alice, bob, carol] = &members;
    let (_, commitments) = chance(&bench);
    let open = format!(
        "election open accueil --criteria Compter --from +40d --until +70d --nominate-by +1d \
         --share-by +2d --change-by +3d --comes-at +5d{commitments} --elector {alice} \
         --elector {bob}"
    );
    let election = bench.founder(&open).ok().text("/id");
    let by_election = format!("--election {election}");
    for who in ["alice", "bob"] {
        bench.as_member(who, &format!("election seal {election} {carol}")).ok();
    }
    for step in ["reveal", "change"] {
        for who in ["alice", "bob"] {
            bench.as_member(who, &format!("election {step} {election} --reason Oui")).ok();
        }
    }
    bench.as_member("bob", &format!("election propose {election}")).ok();
    for who in ["alice", "bob", "carol"] {
        bench.as_member(who, &format!("election consent {election}")).ok();
    }
    assign(carol, &by_election).failed(1, "basis.undecided");
    bench.founder(&format!("election conclude {election}")).ok();
    assign(alice, &by_election).failed(1, "basis.not-chosen");
    let chosen = assign(carol, &by_election).ok().text("/id");
    let withdraw = format!("role end {chosen} --reason recalled");
    bench.founder(&withdraw).failed(1, "assignment.recall-by-vote");
    reads(&bench, "--lang fr role show accueil", &["élection sans candidat"]);
    bench.run("--data inst audit verify").ok();
}

/// What a vote settles: a role that is filled, a mandate that is recalled, a circle that goes on.
struct Settled {
    fill: String,
    recall: String,
    extend: String,
}

fn settled(bench: &Bench, mandate: &str, members: &[String; 3]) -> Settled {
    let [_, bob, carol] = members;
    let open = |words: &str| bench.founder(&format!("vote open --title Vote {words}"));
    let fill = format!(
        "--method approval --seats 1 --option {}=Bob --option {}=Carole --fill accueil,+1d,+31d",
        &bob[..8],
        &carol[..8]
    );
    let recall = format!("--method yes-no --option oui=Oui --recall {}", &mandate[..23]);
    let extend = "--method consent --option oui=Oui --extend fete,+60d";
    bench.founder("member admit --new-key dan.pem --group nord").ok();
    let other = format!("{fill} --group nord --closes +1d");
    open(&other).failed(1, "basis.other-electorate");
    open("--method yes-no --option oui=Oui --extend fete,+60d --closes +1d")
        .failed(1, "vote.rules");
    open(&extend.replace("60d", "20d")).failed(2, "usage.arguments");
    open(&format!("{} --closes +1d", extend.replace("60d", "20d"))).failed(1, "circle.end");
    let opened = Instant::now();
    let [fill, recall, extend] = [fill.as_str(), recall.as_str(), extend]
        .map(|words| open(&format!("{words} --closes +15s")).ok().text("/id"));
    let subjects = [(&fill, "pourvoit le rôle accueil"), (&recall, "révoque le mandat")];
    for (vote, subject) in subjects {
        reads(bench, &format!("--lang fr vote show {vote}"), &[subject]);
    }
    let english = "lets the circle go on fete";
    reads(bench, &format!("--lang en vote show {extend}"), &[english]);
    let cast = |who: &str, words: &str| bench.as_member(who, &format!("vote cast {words}"));
    cast("alice", &format!("{recall} --choice against")).failed(1, "ballot.own-recall");
    cast("bob", &format!("{recall} --choice for")).ok();
    cast("alice", &format!("{fill} --approve {}", &carol[..8])).ok();
    cast("bob", &format!("{extend} --choice consent")).ok();
    let early = format!("role recall {mandate} --vote {recall}");
    bench.as_member("bob", &early).failed(1, "basis.undecided");
    std::thread::sleep(Duration::from_millis(15_200).saturating_sub(opened.elapsed()));
    bench.founder("vote close").ok();
    Settled { fill, recall, extend }
}

#[test]
fn votes_fill_roles_recall_holders_and_let_circles_go_on() {
    let (bench, members) = prepared();
    let [alice, bob, carol] = &members;
    let role = "role define accueil --purpose Accueillir --power membership --term-days 90 \
        --filled-by appointment,vote";
    bench.founder(role).ok();
    bench.founder("circle form fete --purpose Fêter --ends-at +30d").ok();
    let appoint = format!("role assign accueil {alice} --until +60d --appointed Elle_connaît");
    let appointed = bench.founder(&appoint).ok();
    let (mandate, before) = (appointed.text("/id"), appointed.text("/position"));
    let register = |name: &str| {
        let words = format!("--as {mandate} group register {name} --name {name}");
        bench.as_member("alice", &words)
    };
    register("sud").ok();
    let Settled { fill, recall, extend } = settled(&bench, &mandate, &members);
    // Any member records what was decided; what was not decided, nobody.
    let recalled = format!("role recall {mandate} --vote");
    bench.as_member("bob", &format!("{recalled} {fill}")).failed(1, "basis.other-subject");
    bench.as_member("bob", &format!("{recalled} {recall}")).ok();
    bench.as_member("bob", &format!("{recalled} {recall}")).failed(1, "assignment.ended");
    register("est").failed(1, "mandate.ended");
    let assign = |who: &str, words: &str| {
        bench.as_member("bob", &format!("role assign accueil {who} {words}"))
    };
    assign(bob, &format!("--vote {fill}")).failed(1, "basis.not-chosen");
    assign(carol, &format!("--vote {extend}")).failed(2, "usage.arguments");
    assign(carol, &format!("--vote {extend} --until +9d")).failed(1, "basis.other-role");
    let filled = assign(carol, &format!("--vote {fill}")).ok().text("/id");
    bench.as_member("carol", &format!("circle extend fete --vote {extend}")).ok();
    let again = format!("circle extend fete --vote {extend}");
    bench.as_member("carol", &again).failed(1, "circle.end");

    // Who held what: at a position, now, and on a date to come.
    let after: u64 = before.parse::<u64>().unwrap() + 1;
    assert_eq!(holder(&bench, &format!(" --at {before}")), "");
    assert_eq!(holder(&bench, &format!(" --at {after}")), *alice);
    assert_eq!(holder(&bench, ""), "");
    let until = show(&bench, "accueil").json()["data"]["mandates"]["items"][1]["until"].clone();
    let last = until.as_i64().unwrap() / 1_000 - 3_600;
    let date = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap().to_string();
    assert_eq!(holder(&bench, &format!(" --at {}", date(last))), *carol);
    assert_eq!(holder(&bench, &format!(" --at {}", date(last + 7_200))), "");
    reads(&bench, &format!("--lang fr role holders --at {after}"), &["nomination", &mandate]);
    reads(&bench, &format!("--lang fr role holders --at {}", date(last)), &["vote", &filled]);
    reads(&bench, "--lang en role show accueil", &["appointment recalled", "vote upcoming"]);
    reads(&bench, "--lang fr role show accueil", &["nomination révocation", "vote à venir"]);
    let replay =
        |at: &str| bench.run(&format!("--data inst --json replay --view roles --show{at}"));
    let then = replay(&format!(" --at {after}")).ok();
    assert_eq!(then.text("/data/holders/items/1/mandates/0/member"), *alice);
    assert_eq!(then.text("/data/holders/items/1/mandates/0/basis/appointment"), "Elle connaît");
    let now = replay("").ok().json();
    assert_eq!(now["data"]["holders"]["items"][1]["vacant"], 1);
    reads(&bench, &format!("replay --view roles --show --at {after}"), &["titulaires", alice]);
    bench.run("--data inst audit verify").ok();
}

#[test]
fn somebody_else_acts_under_a_mandate_for_a_while() {
    let (bench, [alice, bob, carol]) = prepared();
    let role = "role define accueil --purpose Accueillir --power membership,votes --seats 2 \
        --filled-by appointment --delegable";
    bench.founder(role).ok();
    let assign = format!("role assign accueil {alice} --until +90d --appointed Elle_connaît");
    let mandate = bench.founder(&assign).ok().text("/id");
    let delegate = |who: &str, to: &str, rest: &str| {
        bench.as_member(who, &format!("role delegate {mandate} {to} {rest}"))
    };
    delegate("alice", &bob, "--power membership --until +91d")
        .failed(1, "assignment.delegation-term");
    delegate("alice", &bob, "--power ledger --until +5d").failed(1, "assignment.delegation-powers");
    delegate("alice", &alice, "--power votes --until +5d").failed(1, "assignment.delegation-ring");
    delegate("bob", &carol, "--power votes --until +5d").failed(1, "assignment.not-holder");
    delegate("alice", &bob[..8], "--power membership --until +5d").ok();
    delegate("alice", &carol, "--power votes --until +5d")
        .failed(1, "assignment.delegated-already");
    let register = |who: &str, name: &str| {
        bench.as_member(who, &format!("--as accueil group register {name} --name {name}"))
    };
    // The role's name is enough for whoever acts under the one mandate that is delegated to them.
    register("bob", "sud").ok();
    register("carol", "est").failed(1, "mandate.unknown");
    let by_id = format!("--as {} group register ouest --name Ouest", &mandate[..23]);
    bench.as_member("bob", &by_id).ok();
    bench.as_member("carol", &by_id).failed(1, "mandate.not-holder");
    let open = "--as accueil vote open --title V --method approval --option a=A --closes +1d";
    bench.as_member("bob", open).failed(1, "mandate.power-missing");
    reads(&bench, "--lang fr role holders", &["délégué à", &bob]);
    reads(&bench, "--lang en role show accueil", &[&format!("active {bob}")]);

    let reclaim = format!("role reclaim {mandate}");
    assert_eq!(show(&bench, "accueil").text("/data/mandates/items/0/delegation/to"), bob);
    bench.as_member("carol", &reclaim).failed(1, "assignment.not-holder");
    bench.as_member("bob", &format!("role end {mandate}")).failed(1, "assignment.end-reason");
    bench.as_member("alice", &reclaim).ok();
    bench.as_member("alice", &reclaim).failed(1, "assignment.not-delegated");
    bench.as_member("bob", &by_id.replace("ouest", "centre")).failed(1, "mandate.not-holder");
    // A delegation ends with its mandate.
    delegate("alice", &carol, "--power votes --until +5d").ok();
    bench.as_member("alice", &format!("role end {mandate}")).ok();
    let ended = show(&bench, "accueil").json()["data"]["mandates"]["items"][0].clone();
    assert!(ended["delegation"].is_null() && ended["state"] == "resigned", "{ended}");
    bench.as_member("carol", &open.replace("accueil", &mandate)).failed(1, "mandate.ended");
    let founders = bench.run("--data inst --json role show founders").ok();
    let founding = founders.text("/data/mandates/items/0/id");
    let own = format!("role delegate {founding} {bob} --power votes --until +5d");
    bench.founder(&own).failed(1, "assignment.not-delegable");
}
