use crate::codes::{self, Class};
use crate::i18n::{Lang, identifier, message, messages};
use std::collections::BTreeSet;
use std::path::Path;

/// Identifiers defined in a file.
fn defined(source: &str) -> Vec<&str> {
    source.lines().filter_map(|line| line.split_once(" = ")).map(|(id, _)| id).collect()
}

#[test]
fn every_code_has_a_message_in_both_languages_and_none_is_extra() {
    let titles = Class::ALL.into_iter().map(Class::title);
    let codes: BTreeSet<String> = codes::all().into_keys().chain(titles).map(identifier).collect();
    let files = [
        (Lang::Fr, include_str!("../../locales/fr.ftl")),
        (Lang::En, include_str!("../../locales/en.ftl")),
    ];
    for (lang, source) in files {
        let ids = defined(source);
        let unique: BTreeSet<String> = ids.iter().map(|&id| id.to_owned()).collect();
        assert_eq!(ids.len(), unique.len(), "{lang:?}: one is defined twice");
        let missing: Vec<_> = codes.difference(&unique).collect();
        let extra: Vec<_> = unique.difference(&codes).collect();
        assert!(missing.is_empty() && extra.is_empty(), "{lang:?}: {missing:?} / {extra:?}");
        let loaded = messages(lang);
        assert_eq!(loaded.len(), codes.len(), "{lang:?}: not all can be read");
        for (id, text) in loaded {
            let sentence = id.starts_with("title_") || text.ends_with('.');
            assert!(sentence && text.trim() == text, "{lang:?} {id}: {text}");
        }
    }
    let same: Vec<_> = messages(Lang::Fr)
        .iter()
        .filter(|(id, text)| messages(Lang::En).get(*id) == Some(text))
        .collect();
    assert!(same.is_empty(), "not translated: {same:?}");
}

/// Codes stand in the sources as `=> "context.name"`: whoever adds one is reminded here.
#[test]
fn every_code_in_the_sources_is_in_the_table() {
    let known = codes::all();
    let mut found = BTreeSet::new();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine");
    for folder in ["src", "domain/src"] {
        collect(&sources.join(folder), &mut found);
    }
    assert!(found.len() > 150, "{}", found.len());
    let missing: Vec<_> = found.iter().filter(|code| !known.contains_key(code.as_str())).collect();
    assert!(missing.is_empty(), "without class and message: {missing:?}");
}

/// What is worked out without any instance: its codes have messages in the command, and a test of
/// the command says so.
const OFFLINE: [&str; 3] = ["domain/src/draw", "role/rotation", "engine/src/draw"];

fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    if OFFLINE.iter().any(|offline| folder.ends_with(offline)) {
        return;
    }
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            let after = source.split("=> \"").skip(1).filter_map(|rest| rest.split_once('"'));
            let is_code = |text: &&str| {
                let part = |part: &str| {
                    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
                    !part.is_empty() && part.bytes().all(allowed)
                };
                text.split_once('.').is_some_and(|(context, name)| part(context) && part(name))
            };
            found.extend(after.map(|(text, _)| text).filter(is_code).map(str::to_owned));
        }
    }
}

#[test]
fn a_language_is_chosen_by_weight_then_by_order() {
    for (header, expect) in [
        ("", Lang::Fr),
        ("en", Lang::En),
        ("EN-gb", Lang::En),
        ("fr-FR,fr;q=0.9,en;q=0.8", Lang::Fr),
        ("en;q=0.5, fr;q=0.4", Lang::En),
        ("en;q=0.4, fr;q=0.5", Lang::Fr),
        ("de, en;q=0.1", Lang::En),
        ("de, *;q=0.5, en;q=0.1", Lang::Fr),
        ("en;q=0, de", Lang::Fr),
        ("en;q=nonsense", Lang::Fr),
        ("es, pt", Lang::Fr),
    ] {
        assert_eq!(Lang::from_accept(header), expect, "{header}");
    }
    assert_eq!(Lang::from_tag("fr_FR.UTF-8"), Some(Lang::Fr));
    assert_eq!(Lang::from_tag("de"), None);
}

#[test]
fn a_text_is_found_by_its_code() {
    let text = message(Lang::En, "http.envelope");
    assert!(text.contains("{\"signature\":\"…\",\"statement\":\"…\"}"), "{text}");
    assert_eq!(message(Lang::Fr, "no.such-code"), "no.such-code");
}
