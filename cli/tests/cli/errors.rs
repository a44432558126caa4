//! What goes wrong is said in the reader's language, with a code and an exit code.

use crate::bench::{Bench, binary};
use std::io::Read as _;
use std::process::Stdio;

#[test]
fn the_language_is_chosen_and_french_by_default() {
    let bench = Bench::founded();
    bench.admit("alice");
    let refused = "--me alice.json group register x --name X";
    let french = bench.run(refused).failed(1, "mandate.as-required");
    assert!(french.err.starts_with("erreur: Cet acte"), "{french:?}");
    assert!(french.err.contains("\naide: ajoutez --as"), "{french:?}");
    let english = bench.run(&format!("{refused} --lang en")).failed(1, "mandate.as-required");
    assert!(english.err.starts_with("error: This act"), "{english:?}");
    assert!(english.err.contains("\nhelp: add --as"), "{english:?}");
    let words = refused.split_whitespace();
    let locale = binary(bench.dir.path()).env("LANG", "en_GB.UTF-8").args(words).output().unwrap();
    assert!(String::from_utf8_lossy(&locale.stderr).starts_with("error: "));
    let problem = bench.run(&format!("{refused} --json --lang en"));
    assert_eq!(problem.text("/code"), "mandate.as-required");
    assert_eq!(problem.text("/type"), "/v1/problems/mandate.as-required");
}

#[test]
fn garbage_is_refused_without_a_trace() {
    let bench = Bench::founded();
    let before = bench.run("--data inst --json view status").ok().json();
    let cases = [
        ("frobnicate", "usage.arguments"),
        ("vote", "usage.arguments"),
        ("vote cast", "usage.arguments"),
        ("--data inst vote cast zzz --choice maybe", "usage.arguments"),
        ("--data inst --server http://x view status", "usage.two-instances"),
        ("view status", "usage.no-instance"),
        ("--server ftp://x view status", "usage.value"),
        ("--server http://127.0.0.1:1 audit verify", "usage.local-only"),
        ("--data inst proposal submit --title x --text y", "usage.no-author"),
        ("--me inst/founder.json proposal submit --title x --text \u{7}", "usage.text"),
        ("--me inst/founder.json group register Majuscule --name x", "usage.arguments"),
        (
            "--me inst/founder.json vote open --title x --method yes-no --option a --closes +1d",
            "usage.option",
        ),
        (
            "--me inst/founder.json vote open --title x --method yes-no --option a=A --closes hier",
            "usage.date",
        ),
        ("--me inst/founder.json ledger open x --unit EUR --owner nobody", "usage.value"),
        ("--data inst replay --view nothing", "usage.arguments"),
        ("count nothing.csv --method bordo", "usage.arguments"),
        ("--data inst view status --at tomorrow", "usage.date"),
    ];
    for (words, code) in cases {
        if words == "vote" {
            assert_eq!(bench.run(words).code, 2);
            continue;
        }
        let answer = bench.run(&format!("{words} --json")).failed(2, code);
        assert!(!answer.err.contains("panicked"), "{answer:?}");
        assert_eq!(answer.text("/code"), code, "{words}");
    }
    assert_eq!(bench.run("--data inst --json view status").ok().json(), before);
}

#[test]
fn failures_have_their_own_exit_codes() {
    let bench = Bench::founded();
    bench.run("--data nowhere view status").failed(1, "instance.missing");
    bench.run("--data inst view nothing").failed(1, "query.no-such-view");
    bench.run("--data inst view members/abcdef").failed(1, "query.not-found");
    bench.run("--data inst view status --at 99").failed(1, "query.beyond");
    bench.run("--server http://127.0.0.1:1 view status").failed(6, "remote.unreachable");
    bench.run("--server https://example.org view status").failed(1, "remote.https");
    bench
        .run("init inst --origin example.org/essai --name x --charter charte.txt")
        .failed(1, "instance.exists");
    bench
        .run("init other --origin HTTPS://x --name x --charter charte.txt")
        .failed(1, "instance.origin");
    assert!(!bench.path("other").exists());

    std::fs::rename(bench.path("inst/guard"), bench.path("guard")).unwrap();
    bench.run("--data inst view status").failed(4, "store.guard");
    std::fs::rename(bench.path("guard"), bench.path("inst/guard")).unwrap();
    bench.run("--data inst view status").ok();
}

#[test]
fn a_refused_founding_leaves_no_trace() {
    let bench = Bench::founded();
    let init = |words: &str| {
        let init = "init --origin example.org/autre --name Autre --charter charte.txt";
        bench.run(&format!("{init} {words}"))
    };
    let refused = |words: &str| {
        init(&format!("{words} --term-days 0")).failed(1, "instance.founding-term");
    };
    let names = |dir: &str| {
        let entries = std::fs::read_dir(bench.path(dir)).unwrap().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
        names.sort();
        names
    };
    // Directories that were there stay, with what they hold.
    std::fs::create_dir(bench.path("bare")).unwrap();
    std::fs::create_dir_all(bench.path("held/snapshots")).unwrap();
    bench.write("held/note.txt", "x");
    bench.write("held/snapshots/old", "x");
    bench.run("key new --name carol --data inst").ok();
    let before = names(".");
    for words in ["new", "new/deeper/still", "bare", "held", "new --founder-key carol.pem"] {
        if words.contains("carol") {
            // The profile beside the key is in the way: nothing was handed in.
            init(words).failed(1, "cli.exists");
            assert_eq!(names("."), before, "{words}");
            std::fs::rename(bench.path("carol.json"), bench.path("held/carol.json")).unwrap();
            refused(words);
            std::fs::rename(bench.path("held/carol.json"), bench.path("carol.json")).unwrap();
        } else {
            refused(words);
        }
        assert_eq!(names("."), before, "{words}");
        assert!(names("bare").is_empty(), "{words}");
        assert_eq!(names("held"), ["note.txt", "snapshots"], "{words}");
        assert_eq!(names("held/snapshots"), ["old"], "{words}");
    }
    init("inst").failed(1, "instance.exists");
    init("new --if {").failed(2, "usage.value");
    assert_eq!(names("."), before);
    bench.run("--data inst view status").ok();
    init("new").ok();
    init("held").ok();
}

/// What is recorded stays, even if nobody can be told.
#[test]
fn a_founding_that_is_recorded_stays() {
    let bench = Bench::empty();
    bench.write("charte.txt", "Nous.\n");
    let words = "init inst --origin example.org/essai --name x --charter charte.txt";
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let told = binary(bench.dir.path()).args(words.split(' ')).stdout(full).output().unwrap();
    assert!(!told.status.success());
    bench.run("--data inst audit verify").ok();
}

#[test]
fn an_altered_log_fails_the_audit() {
    let bench = Bench::founded();
    bench.admit("alice");
    bench.run("--data inst audit verify").ok();
    // Every bit of the settings is part of what is audited: the log's name is in each statement.
    let settings = std::fs::read_to_string(bench.path("inst/instance.json")).unwrap();
    bench.write("inst/instance.json", &settings.replace("essai", "assai"));
    let audit = bench.run("--data inst audit verify").failed(3, "audit.statement");
    assert!(audit.err.contains("\nposition: 0\n"), "{audit:?}");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let bench = Bench::founded();
    for words in
        [&["man"][..], &["completions", "zsh"], &["--help"], &["--data", "inst", "log", "tail"]]
    {
        let mut child = binary(bench.dir.path())
            .args(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert!(child.wait().unwrap().success(), "{words:?}: {err}");
        assert_eq!(err, "", "{words:?}");
    }
}

#[test]
fn every_command_explains_itself() {
    let bench = Bench::empty();
    let mut paths = vec![String::new()];
    let mut seen = 0;
    while let Some(path) = paths.pop() {
        let help = bench.run(&format!("{path} --help")).ok();
        let (_, commands) = help.out.split_once("Commands:\n").unwrap_or_default();
        let commands = commands.lines().take_while(|line| !line.is_empty());
        for line in commands.filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
            let (name, about) = line.trim().split_once(' ').unwrap_or_else(|| panic!("{line}"));
            assert!(about.trim().len() > 5, "{path} {name} has no help");
            if name != "help" {
                paths.push(format!("{path} {name}"));
            }
        }
        let (_, options) = help.out.split_once("Options:\n").unwrap_or_default();
        assert!(!options.is_empty(), "{path}");
        seen += 1;
    }
    assert!(seen > 60, "{seen} commands");
    let man = bench.run("man").ok();
    assert!(man.out.contains(".TH") && man.out.contains("majority"), "manual");
    for shell in ["bash", "zsh", "fish"] {
        assert!(bench.run(&format!("completions {shell}")).ok().out.contains("proposal"));
    }
}
