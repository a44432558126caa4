//! Elections without candidates, by the command line alone.

use crate::bench::Bench;

/// Options of an opening by three secrets, whose commitments are made on the way.
fn opening(bench: &Bench) -> (String, Vec<String>) {
    let made: Vec<_> = (0..3)
        .map(|_| bench.run("--data inst --json lottery secret").ok())
        .map(|made| (made.text("/secret"), made.text("/commitment")))
        .collect();
    let commitments: String =
        made.iter().map(|(_, commitment)| format!(" --commitment {commitment}")).collect();
    let open = format!(
        "election open caisse --criteria Compter --from now --until +60d --nominate-by +1d \
         --share-by +2d --change-by +3d --comes-at +5d{commitments}"
    );
    (open, made.into_iter().map(|(secret, _)| secret).collect())
}

/// Three members who name each other, and a founder who facilitates.
fn prepared() -> (Bench, Vec<String>) {
    let bench = Bench::founded();
    let members = ["alice", "bob", "carol"].map(|name| bench.admit(name));
    let role = "role define caisse --circle assembly --purpose Compter --seats 1 --term-days 90";
    bench.founder(role).ok();
    (bench, members.to_vec())
}

#[test]
fn a_role_is_filled_without_candidates() {
    let (bench, members) = prepared();
    let [alice, bob, carol] = &members[..] else { unreachable!() };
    let (open, secrets) = opening(&bench);
    let electors = format!(" --elector {alice} --elector {bob} --elector {carol}");
    bench.as_member("alice", &format!("{open}{electors}")).failed(1, "mandate.as-required");
    let election = bench.founder(&format!("{open}{electors}")).ok().text("/id");
    bench.founder(&open).failed(1, "entropy.replayed");

    let shown = bench.run(&format!("--data inst --json election show {election}")).ok();
    let founder = shown.text("/data/facilitator");
    let seal =
        |who: &str, whom: &str| bench.as_member(who, &format!("election seal {election} {whom}"));
    seal("alice", &founder).failed(1, "election.facilitator");
    // All three are named once, so that the lot settles it.
    let kept = seal("alice", bob).ok().text("/file");
    assert!(kept.ends_with(&format!("alice-nomination-{election}.json")), "{kept}");
    assert!(bench.path(&kept).exists());
    seal("alice", carol).failed(1, "cli.exists");
    seal("alice", bob).failed(1, "election.sealed-already");
    assert!(bench.path(&kept).exists(), "what the log holds is not thrown away");
    seal("bob", carol).ok();
    let early = format!("election reveal {election} --reason Tôt");
    bench.as_member("bob", &early).failed(1, "election.too-early");
    seal("carol", alice).ok();
    for who in ["alice", "bob", "carol"] {
        let reveal = format!("election reveal {election} --reason Elle_sait_compter");
        bench.as_member(who, &reveal).ok();
    }
    for who in ["alice", "bob", "carol"] {
        let keep = format!("election change {election} --reason Je_garde");
        bench.as_member(who, &keep).ok();
    }
    let propose = format!("election propose {election}");
    bench.as_member("bob", &propose).failed(1, "election.lot-needed");
    let all: String = secrets.iter().map(|secret| format!(" --secret {secret}")).collect();
    bench.as_member("bob", &format!("{propose}{all}")).ok();

    let show = format!("--data inst --json election show {election}");
    let first = bench.run(&show).ok().text("/data/proposed");
    let objector = if first == *alice { ("bob", bob) } else { ("alice", alice) };
    let object = format!("election object {election} --reason Trop_de_mandats");
    bench.as_member(objector.0, &object).ok();
    let answer = format!("election answer {election} {}", objector.1);
    bench
        .as_member("carol", &format!("{answer} --challenge Pourquoi"))
        .failed(1, "election.not-facilitator");
    bench.founder(&format!("{answer} --integrate Plus_court --until +30d")).ok();
    bench.as_member(objector.0, &object).ok();
    bench.founder(&format!("{answer} --discard Entendu")).ok();
    bench.as_member("bob", &propose).ok();
    let second = bench.run(&show).ok().text("/data/proposed");
    assert_ne!(first, second);
    bench.founder(&format!("election conclude {election}")).failed(1, "election.not-agreed");
    for who in ["alice", "bob", "carol"] {
        bench.as_member(who, &format!("election consent {election}")).ok();
    }
    bench.founder(&format!("election conclude {election}")).ok();
    assert_eq!(bench.run(&show).ok().text("/data/elected"), second);

    let list = bench.run("--data inst election list").ok();
    assert!(list.out.contains("caisse") && list.out.contains(&second), "{list:?}");
    let french = bench.run(&format!("--data inst --lang fr election show {election}")).ok();
    let english = bench.run(&format!("--data inst --lang en election show {election}")).ok();
    assert!(french.out.contains("aucune objection ne demeure"), "{french:?}");
    assert!(english.out.contains("by lot, from a source announced at the opening"), "{english:?}");
    bench.run("--data inst replay --view elections").ok();
    bench.run("--data inst audit verify").ok();
}

/// The person proposed declines, and nobody else was named.
#[test]
fn the_only_person_named_declines() {
    let (bench, members) = prepared();
    let (open, _) = opening(&bench);
    let open = format!("{open} --elector {} --elector {} --ties lot", members[0], members[1]);
    let election = bench.founder(&open).ok().text("/id");
    for who in ["alice", "bob"] {
        let file = format!("--file {who}-kept.json");
        bench.as_member(who, &format!("election seal {election} {} {file}", members[2])).ok();
    }
    for who in ["alice", "bob"] {
        let file = format!("--file {who}-kept.json");
        bench.as_member(who, &format!("election reveal {election} --reason Oui {file}")).ok();
    }
    let other = if members[0] == members[2] { &members[1] } else { &members[0] };
    let change = format!("election change {election} {other} --reason Non");
    bench.as_member("alice", &change).failed(1, "election.not-named");
    for who in ["alice", "bob"] {
        bench.as_member(who, &format!("election change {election} --reason Oui")).ok();
    }
    bench
        .as_member("alice", &format!("election consent {election}"))
        .failed(1, "election.nobody-proposed");
    bench.as_member("alice", &format!("election propose {election}")).ok();
    let decline = format!("election decline {election} --reason Pas_cette_année");
    bench.as_member("alice", &decline).failed(1, "election.other-candidate");
    bench.as_member("carol", &decline).ok();
    bench.founder(&format!("election conclude {election}")).ok();
    let shown = bench.run(&format!("--data inst --lang en election show {election}")).ok();
    assert!(shown.out.contains("Nobody is elected"), "{shown:?}");
}
