//! Acts that need several holders, by the command line alone.

use crate::bench::Bench;

#[test]
fn a_guarded_act_is_requested_countersigned_and_carried() {
    let bench = Bench::founded();
    let alice = bench.admit("alice");
    bench.admit("bob");
    let clerk = "role define clerk --purpose Accueil --power membership,roles --seats 3";
    bench.founder(clerk).ok();
    let assign = format!("role assign clerk {alice} --until +90d --basis Vote");
    bench.founder(&assign).ok();
    let set = "safeguard set power-membership --holders 2";
    bench.as_member("bob", set).failed(1, "mandate.as-required");
    bench.founder(&format!("{set} --delay 9 --window 9")).failed(1, "safeguard.hours");
    bench.founder("safeguard set nobody --holders 2").failed(2, "usage.value");
    bench.founder(set).ok();
    bench.founder("group register est --name Est").failed(1, "mandate.countersign-required");

    let act =
        r#"{"body":{"group":"est","kind":"informal","name":"Est"},"act":"group.registered/1"}"#;
    bench.write("act.json", act);
    let request = bench.founder("request open act.json").ok().text("/id");
    bench.founder("request open act.json").failed(1, "request.exists");
    bench.write("none.json", r#"{"act":"group.shouted/1","body":{}}"#);
    bench.founder("request open none.json").failed(2, "usage.value");
    let list = bench.run("--data inst --json request list").ok();
    assert_eq!(list.text("/data/items/0/may_sign/0"), alice);
    assert_eq!(list.text("/data/items/0/state"), "waiting");
    bench.founder(&format!("request carry {request}")).failed(1, "request.too-few-signatures");
    let countersign = format!("request countersign {request}");
    bench.founder(&countersign).failed(1, "request.already-signed");
    bench.as_member("bob", &countersign).failed(1, "mandate.as-required");
    bench.as_member("alice", &countersign).ok();
    bench.founder(&format!("request carry {request}")).ok();
    let shown = bench.run(&format!("--data inst --json request show {request}")).ok();
    assert_eq!(shown.text("/data/state"), "carried");
    bench.run(&format!("--data inst request show {request}")).ok();
    assert!(bench.run("--data inst group list").ok().out.contains("est"));

    bench.founder("safeguard lift power-membership").failed(1, "mandate.countersign-required");
    let lift = bench.founder("safeguard lift power-membership --request").ok().text("/id");
    bench.as_member("alice", &format!("request countersign {lift}")).ok();
    bench.as_member("alice", &format!("request carry {lift}")).ok();
    let list = bench.run("--data inst safeguard list").ok();
    assert!(!list.out.contains("power-membership") && list.out.contains("recovery"), "{list:?}");
    bench.run("--data inst audit verify").ok();
}

#[test]
fn a_recovery_is_requested_in_one_step_and_stopped_by_the_member() {
    let bench = Bench::founded();
    let alice = bench.admit("alice");
    let made = bench.run("--data inst --json key new new.pem").ok();
    let key = made.text("/public_key");
    let prove = format!("--data inst --json --key new.pem key prove --member {alice}");
    let proof = bench.run(&prove).ok().text("/proof");
    let recover = format!("key recover {alice} --public-key {key} --proof {proof}");
    let request = bench.founder(&recover).ok().text("/id");
    bench.founder(&format!("request carry {request}")).failed(1, "request.too-early");
    let stop = format!("request stop {request} --reason Presente");
    bench.as_member("alice", &stop).ok();
    bench.founder(&format!("request carry {request}")).failed(1, "request.already-stopped");
}
