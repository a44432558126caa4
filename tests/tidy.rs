//! Style and documents as tests: what a reviewer would otherwise have to remember.
//!
//! Holds I6 (nothing impure in the domain), I7 (every rejection documented) and I9 (no float in
//! tally or ledger). The checks read the sources as text, formatted by rustfmt.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use archipel_domain::act::{Access, Act};
use archipel_domain::rejection::Rejection;
use archipel_engine::crypto::CryptoError;
use archipel_engine::log::canonical::CanonicalErrorKind;
use archipel_engine::log::statement::{Statement, StatementError};
use archipel_engine::sequencer::SubmitError;
use sha2::{Digest as _, Sha256};

/// Longest line, in characters.
const COLUMNS_MAX: usize = 100;
/// Longest function, in lines, from its first to its last.
const FUNCTION_LINES_MAX: usize = 70;
/// Longest file that ships, in lines.
const FILE_LINES_MAX: usize = 500;
/// Longest file of tests, in lines.
const TEST_LINES_MAX: usize = 800;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file below a folder with one of these extensions, by its path from the root.
fn files(folder: &str, extensions: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy().into_owned();
            if path.is_dir() {
                let generated = ["target", ".git", "__pycache__", "venv"];
                if !generated.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if extensions.iter().any(|extension| name.ends_with(extension)) {
                let path = path.strip_prefix(root()).unwrap_or(&path);
                found.push(path.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

/// Reports every finding at once.
#[track_caller]
fn none(findings: Vec<String>) {
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

/// Whether a source is only there for tests.
fn is_test(path: &str) -> bool {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    let folders = ["tests/", "benches/", "engine/testkit/"];
    let names = ["tests", "laws", "vectors"];
    folders.iter().any(|folder| path.starts_with(folder))
        || path.contains("/tests/")
        || names.iter().any(|name| stem.ends_with(name))
}

/// A source without comments, texts and characters, line by line.
fn code(source: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut rest = source.chars().peekable();
    let push = |lines: &mut Vec<String>, c: char| match c {
        '\n' => lines.push(String::new()),
        c => lines.last_mut().unwrap().push(c),
    };
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('/', Some('/')) => {
                while rest.peek().is_some_and(|c| *c != '\n') {
                    rest.next();
                }
            }
            ('"', _) => {
                push(&mut lines, '"');
                let mut escaped = false;
                for c in rest.by_ref() {
                    if c == '\n' {
                        push(&mut lines, c);
                    } else if c == '"' && !escaped {
                        break;
                    }
                    escaped = c == '\\' && !escaped;
                }
            }
            // `'"'` and `'\\'` would start a text; lifetimes and other characters do no harm.
            ('\'', Some('"' | '\\')) => {
                let slash = rest.next() == Some('\\');
                rest.next();
                if slash && rest.peek() == Some(&'\'') {
                    rest.next();
                }
            }
            (c, _) => push(&mut lines, c),
        }
    }
    lines
}

/// The identifiers of a line of code.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Whether a line of code holds a number with a fraction.
fn has_fraction(line: &str) -> bool {
    let bytes = line.as_bytes();
    (1..bytes.len()).any(|at| {
        let before = bytes[..at].iter().rposition(|b| !b.is_ascii_digit() && *b != b'_');
        let starts = before.is_none_or(|b| !bytes[b].is_ascii_alphanumeric() && bytes[b] != b'.');
        let number = at > before.map_or(0, |b| b + 1) && bytes[at - 1].is_ascii_digit();
        bytes[at] == b'.' && number && starts && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
    })
}

/// Lines of code with one of these words, or for which `also` holds.
fn with_words(paths: &[String], banned: &[&str], also: fn(&str) -> bool) -> Vec<String> {
    let mut findings = Vec::new();
    for path in paths {
        for (number, line) in (1..).zip(code(&read(path))) {
            if words(&line).any(|word| banned.contains(&word)) || also(&line) {
                findings.push(format!("{path}:{number}: {}", line.trim()));
            }
        }
    }
    findings
}

#[test]
fn lines_functions_and_files_are_short() {
    let mut findings = Vec::new();
    for path in files(".", &[".rs"]) {
        let source = read(&path);
        let lines: Vec<&str> = source.lines().collect();
        let most = if is_test(&path) { TEST_LINES_MAX } else { FILE_LINES_MAX };
        if lines.len() > most {
            findings.push(format!("{path}: {} lines, at most {most}", lines.len()));
        }
        for (number, line) in (1..).zip(&lines) {
            if line.chars().count() > COLUMNS_MAX {
                findings.push(format!("{path}:{number}: longer than {COLUMNS_MAX} characters"));
            }
            // The tables of tests are as long as what they test.
            let length = function_length(&lines[number - 1..]);
            if length > FUNCTION_LINES_MAX && !is_test(&path) {
                findings.push(format!("{path}:{number}: a function of {length} lines"));
            }
        }
    }
    none(findings);
}

/// Lines of the function that starts at the first line, or 0.
fn function_length(lines: &[&str]) -> usize {
    let text = lines[0].trim_start();
    let indent = lines[0].len() - text.len();
    let starts =
        text.starts_with("fn ") || text.split_once(" fn ").is_some_and(|t| is_qualifier(t.0));
    if !starts || text.ends_with(['}', ';']) {
        return 0;
    }
    let ends = |line: &&str| {
        let inner = line.trim_start();
        line.len() - inner.len() == indent && (inner == "}" || inner.ends_with(';'))
    };
    lines.iter().position(ends).map_or(0, |last| last + 1)
}

/// Whether what stands before ` fn ` says that a function begins.
fn is_qualifier(before: &str) -> bool {
    !before.is_empty()
        && words(before).all(|word| {
            ["pub", "crate", "super", "in", "const", "async", "extern", "self"].contains(&word)
        })
}

#[test]
fn the_domain_is_pure() {
    let paths = files("engine/domain/src", &[".rs"]);
    assert!(paths.len() > 30);
    let impure = ["SystemTime", "Instant", "thread", "rand", "getrandom", "fs", "net", "env"];
    let inexact = ["f32", "f64", "HashMap", "HashSet"];
    let banned: Vec<&str> = impure.into_iter().chain(inexact).collect();
    // Tests print and read what they like, but not with floats.
    let (tests, shipped): (Vec<String>, Vec<String>) = paths.into_iter().partition(|p| is_test(p));
    none(with_words(&shipped, &banned, has_fraction));
    none(with_words(&tests, &inexact, has_fraction));
    let manifest = read("engine/domain/Cargo.toml");
    let (_, after) = manifest.split_once("\n[dependencies]").unwrap();
    let dependencies = after.split("\n[").next().unwrap();
    let known = "bincode compact_str hex md-5 num-bigint num-integer num-rational num-traits \
                 serde serde_json sha2 smallvec uuid";
    for line in dependencies.lines().filter(|line| line.contains('=')) {
        let name = line.split(['.', ' ', '=']).next().unwrap();
        assert!(known.split(' ').any(|known| known == name), "does the domain need {name}?");
    }
}

#[test]
fn signatures_are_never_verified_in_batch() {
    let sources = files(".", &[".rs"]);
    none(with_words(&sources, &[concat!("verify", "_batch"), "verify_batch_only"], |_| false));
    let manifest = read("Cargo.toml");
    let dalek = manifest.lines().find(|line| line.starts_with("ed25519-dalek")).unwrap();
    for feature in ["batch", "legacy_compatibility"] {
        assert!(!dalek.contains(feature), "{feature} is off for good (docs/adr/0008)");
    }
}

#[test]
fn every_test_file_is_listed() {
    let listed = read("tests/main.rs");
    let there = std::fs::read_dir(root().join("tests")).unwrap().flatten();
    let names = there.filter_map(|entry| entry.file_name().into_string().ok());
    for name in names.filter(|name| name != "main.rs") {
        if let Some(module) = name.strip_suffix(".rs") {
            let line = format!("mod {module};");
            assert!(listed.lines().any(|other| other == line), "tests/main.rs lacks `{line}`");
        }
    }
}

/// The rows of all tables of a page, as their cells.
fn rows(page: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
        inner.split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<String>>()
    };
    page.lines().filter(|line| line.starts_with('|')).map(cells).collect()
}

fn unquoted(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`')
}

#[test]
fn every_act_is_specified() {
    let page = read("docs/spec/statement.md");
    let versioned = |name: &str| name.ends_with("/1") || name.ends_with("/2");
    let is_act = |name: &str| versioned(name) && name.contains('.');
    let found: Vec<Vec<String>> = rows(&page)
        .into_iter()
        .filter(|row| row.first().and_then(|cell| unquoted(cell)).is_some_and(is_act))
        .collect();
    let names: Vec<&str> = found.iter().filter_map(|row| unquoted(&row[0])).collect();
    assert_eq!(names, Act::TYPES, "docs/spec/statement.md lists the acts in this order");
    // Every member of a body that a golden vector has is in the row of its act.
    let vectors = crate::conformance::GOOD.into_iter().flat_map(|file| {
        let text = read(&format!("fixtures/vectors/v1/statement/{file}.json"));
        serde_json::from_str::<Vec<serde_json::Value>>(&text).unwrap()
    });
    for vector in vectors {
        let payload = vector["payload"].as_str().unwrap();
        let act = Statement::parse(payload.as_bytes()).unwrap().authored.act;
        let row = found.iter().find(|row| row[0] == format!("`{}`", act.type_name())).unwrap();
        let access = match act.access() {
            Access::Founding => "founding",
            Access::Members => "member",
            Access::Registrar => "instance",
            Access::Anyone => "anyone",
        };
        assert!(row[1].starts_with(access), "{row:?}: authored by {access}");
        let statement: serde_json::Value = serde_json::from_str(payload).unwrap();
        for member in statement["body"].as_object().unwrap().keys() {
            assert!(row[2].contains(&format!("`{member}`")), "{row:?} lacks {member}");
        }
    }
}

#[test]
fn every_rejection_is_documented() {
    let page = read("docs/spec/rejections.md");
    let documented: Vec<String> = rows(&page)
        .iter()
        .filter_map(|row| {
            let code = unquoted(&row[0])?;
            assert!(row.len() == 2 && row[1].len() > 10, "{code} has no meaning");
            Some(code.to_owned())
        })
        .collect();
    let codes: Vec<&str> = Rejection::all().map(Rejection::code).collect();
    assert_eq!(documented, codes, "docs/spec/rejections.md lists them in order of precedence");
}

#[test]
fn every_other_code_is_documented() {
    let page = read("docs/spec/statement.md") + &read("docs/spec/keys.md");
    let canonical = CanonicalErrorKind::ALL.into_iter().map(CanonicalErrorKind::code);
    let crypto = CryptoError::ALL.into_iter().map(CryptoError::code);
    let own = StatementError::OWN_CODES.into_iter().chain(SubmitError::OWN_CODES);
    let codes = canonical.chain(crypto).chain(own);
    let missing: Vec<String> =
        codes.filter(|code| !page.contains(&format!("`{code}`"))).map(str::to_owned).collect();
    none(missing);
}

#[test]
fn decisions_are_indexed() {
    let index = read("docs/adr/README.md");
    let mut listed = BTreeMap::new();
    for row in rows(&index) {
        if let Some((number, link)) = row[0].trim_start_matches('[').split_once("](") {
            listed.insert(number.to_owned(), (link.trim_end_matches(')').to_owned(), row));
        }
    }
    let paths = files("docs/adr", &[".md"]);
    let paths: Vec<&String> = paths.iter().filter(|path| !path.ends_with("README.md")).collect();
    assert_eq!(paths.len(), listed.len(), "docs/adr/README.md lists every decision once");
    for (path, expected) in paths.iter().zip(1..) {
        let name = path.rsplit('/').next().unwrap();
        let (number, text) = (format!("{expected:04}"), read(path));
        assert!(name.starts_with(&number), "{path}: numbers have no gap");
        let (link, row) = &listed[&number];
        assert_eq!(link, name);
        let heading = text.lines().next().unwrap();
        assert_eq!(heading, format!("# {number}. {}", row[1]), "{path}: its title in the index");
        assert!(text.contains("\nStatus: "), "{path} has no status");
        for part in ["Context", "Decision", "Alternatives", "Consequences"] {
            assert!(text.contains(&format!("\n## {part}\n")), "{path} has no {part}");
        }
    }
}

#[test]
fn invariants_name_their_tests() {
    let page = read("ARCHITECTURE.md");
    let mut numbers = BTreeSet::new();
    for row in rows(&page).iter().filter(|row| row[0].starts_with('I') && row.len() == 3) {
        let Ok(number) = row[0][1..].parse::<u32>() else { continue };
        numbers.insert(number);
        let tests: Vec<&str> = row[2].split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty() || row[2].starts_with("Not yet"), "I{number} names no test");
        for test in tests {
            let (path, name) = test.split_once("::").unwrap_or_else(|| panic!("{test}"));
            let source = read(path);
            assert!(source.contains(&format!("fn {name}(")), "I{number}: there is no {test}");
        }
    }
    assert_eq!(numbers, (1..=18).collect(), "I1 to I18");
}

#[test]
fn the_changelog_has_a_place_for_the_next_release() {
    assert!(read("CHANGELOG.md").contains("\n## [Unreleased]\n"));
}

/// SHA-256 of a source before its tests, without white space and commas at the end of lists:
/// formatting does not matter.
fn fingerprint(path: &str) -> String {
    let source = read(path);
    let shipped = source.split("#[cfg(test)]").next().unwrap_or(&source);
    let bare: String = shipped.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.replace(",)", ")").replace(",]", "]").replace(",}", "}");
    hex::encode(Sha256::digest(bare))
}

#[test]
fn specifications_follow_the_code() {
    let mut findings = Vec::new();
    let mut described = BTreeSet::new();
    for page in files("docs/spec", &[".md"]) {
        for line in read(&page).lines().filter(|line| line.starts_with("<!-- describes ")) {
            let mut parts = line.split_whitespace().skip(2);
            let (path, pinned) = (parts.next().unwrap(), parts.next().unwrap());
            described.insert(path.to_owned());
            let current = format!("sha256:{}", fingerprint(path));
            if pinned != current {
                findings.push(format!("{page}: read {path} again, then pin it as {current}"));
            }
        }
    }
    for path in ["leaf.rs", "statement.rs"].map(|name| format!("engine/src/log/{name}")) {
        assert!(described.contains(&path), "no page describes {path}");
    }
    assert!(described.contains("engine/src/store/segment.rs"), "no page describes segments");
    none(findings);
}

#[test]
fn links_and_mentions_resolve() {
    let mut findings = Vec::new();
    for path in files(".", &[".md"]) {
        let folder = Path::new(&path).parent().unwrap();
        for target in read(&path).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap();
            let elsewhere = target.contains("://") || file.is_empty() || target.contains(' ');
            if !elsewhere && !root().join(folder).join(file).exists() {
                findings.push(format!("{path}: {target} is not there"));
            }
        }
    }
    let delimiters = |c: char| c.is_whitespace() || "`()\"'[],;".contains(c);
    for path in files(".", &[".rs", ".md", ".toml"]) {
        for word in read(&path).split(delimiters) {
            let word = word.trim_end_matches(['.', ':']);
            let start = ["docs/", concat!("refer", "ence/")].iter().any(|s| word.starts_with(s));
            let pattern = word.contains(['{', '*', '<', '…']);
            let exists = || {
                // A number alone names a decision, as in docs/adr/0002.
                let number = word.rsplit('/').next().is_some_and(|name| name.len() == 4);
                let decision = files("docs/adr", &[".md"]).iter().any(|p| p.starts_with(word));
                root().join(word).exists() || (number && decision)
            };
            if start && !pattern && !exists() {
                findings.push(format!("{path}: {word} is not there"));
            }
        }
    }
    none(findings);
}

#[test]
fn the_repository_speaks_of_the_project_alone() {
    let machine = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
    let mut findings = Vec::new();
    let extensions = [".rs", ".md", ".toml", ".json", ".py", ".ndjson", ".ftl", ".sql", ".yaml"];
    for path in files(".", &extensions) {
        for (number, line) in (1..).zip(read(&path).lines()) {
            if machine.iter().any(|word| line.contains(word)) {
                findings.push(format!("{path}:{number}: a path of one machine"));
            }
        }
    }
    none(findings);
}

#[test]
fn the_checks_can_fail() {
    let long = format!("    fn f() {{\n{}    }}\n", "        x();\n".repeat(70));
    let lines: Vec<&str> = long.lines().collect();
    assert_eq!(function_length(&lines), 72);
    assert_eq!(function_length(&["    fn f();"]), 0);
    assert_eq!(function_length(&["pub(crate) const fn f() -> u8 {", "    1", "}"]), 3);
    assert!(has_fraction("let x = 1.5;") && has_fraction("f(2.0)"));
    assert!(!has_fraction("self.0.0") && !has_fraction("0..10") && !has_fraction("x.1.2"));
    let mut shown = String::new();
    for line in code("let a = \"f64 \\\" HashMap\"; // f64\nlet b = '\"'; let c: f64 = '\\'';") {
        write!(shown, "{line}|").unwrap();
    }
    assert_eq!(shown, "let a = \"; |let b = ; let c: f64 = ;|");
    assert_eq!(words("as f64;").collect::<Vec<_>>(), ["as", "f64"]);
    assert!(is_qualifier("pub(crate) const") && !is_qualifier("/// A function; its"));
}
