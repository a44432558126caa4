//! Laws of the canonical form, on generated values and arbitrary input.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::tests::{Choice, Label, Sample};
use super::{MAX_INTEGER, check, from_str, to_string};

fn text() -> impl Strategy<Value = String> {
    use unicode_normalization::UnicodeNormalization as _;
    prop_oneof![
        "[ -~]{0,40}",
        "\\PC{0,20}".prop_map(|text| text.nfc().collect()),
        proptest::collection::vec(any::<char>(), 0..20)
            .prop_map(|text| text.into_iter().nfc().collect()),
        "[\\x00-\\x1f\"\\\\é\u{301}a-c]{0,20}".prop_map(|text| text.nfc().collect()),
    ]
}

fn integer() -> impl Strategy<Value = i64> {
    let edge = i64::try_from(MAX_INTEGER).unwrap();
    prop_oneof![-edge..=edge, Just(edge), Just(-edge), -9_i64..9]
}

fn choice() -> impl Strategy<Value = Choice> {
    prop_oneof![
        Just(Choice::Plain),
        any::<u32>().prop_map(Choice::Number),
        (integer(), integer()).prop_map(|(a, b)| Choice::Pair(a, b)),
        (integer(), integer()).prop_map(|(y, x)| Choice::Point { y, x }),
    ]
}

prop_compose! {
    fn samples()(
        tags in proptest::collection::vec(text(), 0..5),
        count in any::<u8>(),
        pair in (integer(), integer()),
        note in proptest::option::of(text()),
        choice in choice(),
        label in text().prop_map(Label),
        by_name in proptest::collection::btree_map(
            "[ !#-\\[\\]-~]{0,6}".prop_map(Label), any::<bool>(), 0..5),
    ) -> Sample {
        Sample { tags, count, pair, note, choice, label, by_name }
    }
}

/// JSON values that have a canonical text.
fn values() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(serde_json::Value::from),
        integer().prop_map(serde_json::Value::from),
        "[ -~\n\t]{0,20}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            proptest::collection::btree_map("[a-z0-9_.:/-]{0,5}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// What the whole module promises: a text that reads is the text that would be written.
fn reads_only_what_it_writes<T>(input: &[u8])
where
    T: Serialize + for<'de> Deserialize<'de>,
{
    if let Ok(value) = from_str::<T>(input) {
        assert_eq!(to_string(&value).unwrap().as_bytes(), input);
        check(input).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_written_reads_back(sample in samples()) {
        let text = to_string(&sample).unwrap();
        check(text.as_bytes()).unwrap();
        prop_assert_eq!(from_str::<Sample>(text.as_bytes()).unwrap(), sample);
    }

    /// `serde_json` with sorted maps writes the same text for ASCII.
    #[test]
    fn an_independent_writer_agrees(value in values()) {
        let text = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(&to_string(&value).unwrap(), &text);
        prop_assert_eq!(from_str::<serde_json::Value>(text.as_bytes()).unwrap(), value);
    }

    /// And it reads all that this module reads, with the same meaning.
    #[test]
    fn an_independent_reader_agrees(sample in samples()) {
        let text = to_string(&sample).unwrap();
        let theirs: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(from_str::<serde_json::Value>(text.as_bytes()).unwrap(), theirs);
    }

    #[test]
    fn no_other_text_reads_to_the_same_value(
        sample in samples(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), edit()), 1..4),
    ) {
        let mut bytes = to_string(&sample).unwrap().into_bytes();
        for (place, edit) in edits {
            let at = place.index(bytes.len().max(1)).min(bytes.len());
            match edit {
                Edit::Insert(byte) => bytes.insert(at, byte),
                Edit::Replace(byte) => if let Some(slot) = bytes.get_mut(at) { *slot = byte },
                Edit::Remove => if at < bytes.len() { bytes.remove(at); },
                Edit::Truncate => bytes.truncate(at),
            }
        }
        reads_only_what_it_writes::<Sample>(&bytes);
        reads_only_what_it_writes::<serde_json::Value>(&bytes);
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        reads_only_what_it_writes::<serde_json::Value>(&bytes);
        reads_only_what_it_writes::<Sample>(&bytes);
    }

    #[test]
    fn arbitrary_tokens_do_no_harm(tokens in proptest::collection::vec(token(), 0..40)) {
        let text = tokens.concat();
        reads_only_what_it_writes::<serde_json::Value>(text.as_bytes());
        reads_only_what_it_writes::<Sample>(text.as_bytes());
        // Whatever passes here is JSON for everybody.
        if check(text.as_bytes()).is_ok() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        }
    }
}

#[derive(Debug, Clone)]
enum Edit {
    Insert(u8),
    Replace(u8),
    Remove,
    Truncate,
}

fn edit() -> impl Strategy<Value = Edit> {
    let byte = || {
        prop_oneof![
            proptest::sample::select(b" \t\n{}[]\",:\\0123456789-.eunltfa\x01\x7f\xc3".to_vec()),
            any::<u8>(),
        ]
    };
    prop_oneof![
        byte().prop_map(Edit::Insert),
        byte().prop_map(Edit::Replace),
        Just(Edit::Remove),
        Just(Edit::Truncate),
    ]
}

fn token() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"\"",
        "\"a\"",
        "\"b\"",
        "\"count\"",
        "\"\\n\"",
        "0",
        "1",
        "-1",
        "-0",
        "01",
        "1.5",
        "1e3",
        "true",
        "false",
        "null",
        " ",
        "\"",
        "\\",
        "é",
        "e\u{301}",
        "\"\\u0001\"",
        "9007199254740991",
        "9007199254740992",
        "{\"a\":",
        ",\"b\":",
        "}]",
    ])
}
