//! Rotation in an instance, by the command line alone.

use crate::bench::Bench;

#[test]
fn roles_rotate() {
    let bench = Bench::founded();
    for name in ["alice", "bob", "chloe"] {
        bench.admit(name);
    }
    bench.founder("role define host --purpose Accueillir --seats 2 --term-days 31").ok();
    bench.as_member("bob", "rotation away +1d..+2d").ok();
    bench.as_member("bob", "rotation away 2027-02-01..2027-01-01").failed(1, "availability.order");
    let plan = "rotation plan host=1 --title Automne --every 1w --from +1d --count 3";
    let plan = format!("{plan} --max-consecutive 1 --cooling-off 1 -o plan.json");
    let made = bench.run(&format!("--data inst --json {plan}")).ok();
    let request = made.text("/request");
    assert_eq!(request.len(), 64);
    bench.as_member("alice", "rotation record plan.json").failed(1, "mandate.as-required");
    let id = bench.founder("rotation record plan.json").ok().text("/id");
    bench.founder("rotation record plan.json").failed(1, "rotation.overlaps");

    let french = bench.run(&format!("--data inst --lang fr rotation show {id}")).ok();
    assert!(french.out.contains("Prouvé optimal par recherche"), "{french:?}");
    assert!(french.out.contains("ne l'a jamais tenu avant"), "{french:?}");
    let english = bench.run(&format!("--data inst --lang en rotation show {id}")).ok();
    assert!(english.out.contains("never held it before"), "{english:?}");
    assert!(english.out.contains("could choose among equals"), "{english:?}");
    bench.run("--data inst rotation list").ok();

    let calendar = bench.run("--data inst --json role calendar").ok();
    let first = calendar.text("/data/next/0/members/0");
    bench.run("--data inst --lang fr role calendar --until +90d --ics roles.ics").ok();
    let ics = std::fs::read_to_string(bench.path("roles.ics")).unwrap();
    assert!(ics.starts_with("BEGIN:VCALENDAR\r\n"), "{ics}");
    assert_eq!(ics.matches("(prévu)").count(), 3, "{ics}");
    assert!(ics.contains(&first[..8]));
    let human = bench.run("--data inst --lang en role load --top 2").ok();
    assert!(human.out.contains("Gini"), "{human:?}");

    // Recorded at once, in place of the first.
    let again = format!("{plan} --supersedes {id} --record");
    bench.founder(&again).ok();
    bench.run("--data inst audit verify").ok();
}
