//! Laws of the canonical form, on types and on arbitrary input.

use std::borrow::Cow;
use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::de::{DeserializeSeed, Error as _};
use serde::{Deserialize, Serialize};

use super::{
    CanonicalErrorKind as Kind, Deserializer, MAX_INTEGER, UNICODE, check, from_str, to_string,
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Choice {
    Plain,
    Number(u32),
    Pair(i64, i64),
    Point { y: i64, x: i64 },
}

/// Fields out of order on purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sample {
    pub(super) tags: Vec<String>,
    pub(super) count: u8,
    pub(super) pair: (i64, i64),
    pub(super) note: Option<String>,
    pub(super) choice: Choice,
    pub(super) label: Label,
    pub(super) by_name: BTreeMap<Label, bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Label(String);

fn sample() -> Sample {
    Sample {
        tags: vec!["été".into(), String::new()],
        count: 7,
        pair: (-1, 0),
        note: None,
        choice: Choice::Point { y: 2, x: 1 },
        label: Label("a\"b\\c\n\u{1}".into()),
        by_name: BTreeMap::from([(Label("z".into()), true), (Label("a!".into()), false)]),
    }
}

const SAMPLE: &str = concat!(
    r#"{"by_name":{"a!":false,"z":true},"choice":{"point":{"x":1,"y":2}},"count":7,"#,
    r#""label":"a\"b\\c\n\u0001","pair":[-1,0],"tags":["été",""]}"#
);

#[test]
fn members_are_sorted_and_none_is_left_out() {
    assert_eq!(to_string(&sample()).unwrap(), SAMPLE);
    assert_eq!(from_str::<Sample>(SAMPLE.as_bytes()).unwrap(), sample());
}

#[test]
fn names_sort_as_bytes_without_their_quotes() {
    let map = BTreeMap::from([("a", 1), ("a ", 2), ("a!", 3), ("aa", 4), ("", 5), ("Z", 6)]);
    let text = r#"{"":5,"Z":6,"a":1,"a ":2,"a!":3,"aa":4}"#;
    assert_eq!(to_string(&map).unwrap(), text);
    check(text.as_bytes()).unwrap();
    #[derive(Serialize)]
    struct Fields {
        #[serde(rename = "a!")]
        late: u8,
        a: u8,
    }
    assert_eq!(
        to_string(&Fields { late: 1, a: 2 }).unwrap(),
        r#"{"a":2,"a!":1}"#
    );
}

#[test]
fn absent_fields_leave_no_comma() {
    #[derive(Serialize)]
    struct Holes {
        d: Option<u8>,
        c: Option<u8>,
        b: Option<Vec<u8>>,
        a: Option<u8>,
    }
    let text = |d, c, b, a| to_string(&Holes { d, c, b, a }).unwrap();
    assert_eq!(text(None, None, None, None), "{}");
    assert_eq!(text(None, Some(1), None, Some(2)), r#"{"a":2,"c":1}"#);
    assert_eq!(text(Some(0), None, Some(vec![]), None), r#"{"b":[],"d":0}"#);
}

#[test]
fn what_has_no_canonical_text_is_not_written() {
    #[derive(Serialize)]
    struct Wrapped(Option<u8>);
    #[derive(Serialize)]
    struct Outer<T> {
        a: T,
    }
    fn refused<T: Serialize>(value: T) -> Kind {
        to_string(&value).unwrap_err().kind()
    }
    assert_eq!(refused(1.0_f64), Kind::Float);
    assert_eq!(refused(1.0_f32), Kind::Float);
    assert_eq!(refused(MAX_INTEGER + 1), Kind::IntegerRange);
    assert_eq!(refused(i64::MIN), Kind::IntegerRange);
    assert_eq!(refused(u128::MAX), Kind::IntegerRange);
    assert_eq!(refused("e\u{301}"), Kind::NotNfc);
    assert_eq!(refused(None::<u8>), Kind::Null);
    assert_eq!(refused(()), Kind::Null);
    assert_eq!(refused(vec![None::<u8>]), Kind::Null);
    assert_eq!(
        refused(Outer {
            a: Some(None::<u8>)
        }),
        Kind::Null
    );
    assert_eq!(refused(Outer { a: Wrapped(None) }), Kind::Null);
    assert_eq!(
        refused(Outer {
            a: vec![None::<u8>]
        }),
        Kind::Null
    );
    assert_eq!(refused(BTreeMap::from([("a", None::<u8>)])), Kind::Null);
    assert_eq!(refused(BTreeMap::from([("é", 1)])), Kind::MemberName);
    assert_eq!(refused(BTreeMap::from([("a\"", 1)])), Kind::MemberName);
    assert_eq!(refused(BTreeMap::from([("a\n", 1)])), Kind::MemberName);
    assert_eq!(refused(BTreeMap::from([("\u{7f}", 1)])), Kind::MemberName);
    assert_eq!(refused(BTreeMap::from([(1, 1)])), Kind::WrongType);
    assert_eq!(refused("x".repeat(65_534)), Kind::TooLarge);
    assert!(to_string(&"x".repeat(65_533)).is_ok());
}

#[test]
fn a_name_written_twice_is_refused() {
    #[derive(Serialize)]
    struct Inner {
        a: u8,
    }
    #[derive(Serialize)]
    struct Twice {
        a: u8,
        #[serde(flatten)]
        inner: Inner,
    }
    let error = to_string(&Twice {
        a: 1,
        inner: Inner { a: 2 },
    })
    .unwrap_err();
    assert_eq!(error.kind(), Kind::DuplicateMember);
}

#[test]
fn depth_is_bounded_both_ways() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    check(deep(16).as_bytes()).unwrap();
    assert_eq!(
        check(deep(17).as_bytes()).unwrap_err().kind(),
        Kind::TooDeep
    );
    assert_eq!(
        check("[".repeat(60_000).as_bytes()).unwrap_err().kind(),
        Kind::TooDeep
    );
    // Depth is that of nesting, not a count.
    check(format!("[{}{}]", "[[]],".repeat(99), deep(15)).as_bytes()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&deep(17)).unwrap();
    assert_eq!(to_string(&value).unwrap_err().kind(), Kind::TooDeep);
}

#[test]
fn strings_without_escapes_are_borrowed() {
    let plain: Cow<'_, str> = from_str::<Borrowed<'_>>(br#"{"a":"plain"}"#).unwrap().a;
    assert!(matches!(plain, Cow::Borrowed("plain")));
    let escaped = from_str::<Borrowed<'_>>(br#"{"a":"\n"}"#).unwrap().a;
    assert!(matches!(escaped, Cow::Owned(_)));
}

#[derive(Deserialize)]
struct Borrowed<'a> {
    #[serde(borrow)]
    a: Cow<'a, str>,
}

#[test]
fn a_struct_is_not_read_from_an_array_nor_a_variant_from_a_number() {
    let refused = |text: &str| from_str::<Choice>(text.as_bytes()).unwrap_err().kind();
    assert_eq!(refused("0"), Kind::WrongType);
    assert_eq!(refused(r#"{"point":[1,2]}"#), Kind::WrongType);
    assert_eq!(refused(r#"{"plain":1}"#), Kind::WrongType);
    assert_eq!(refused(r#"{"plain":null}"#), Kind::Null);
    assert_eq!(refused(r#""number""#), Kind::WrongType);
    assert_eq!(refused("{}"), Kind::WrongLength);
    assert_eq!(refused(r#"{"number":1,"plain":1}"#), Kind::WrongLength);
    assert_eq!(from_str::<Choice>(br#""plain""#).unwrap(), Choice::Plain);
    assert_eq!(from_str::<f64>(b"1").unwrap_err().kind(), Kind::WrongType);
}

/// The body's type follows from the member read before it.
struct Act;

impl<'de> DeserializeSeed<'de> for Act {
    type Value = u64;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<u64, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = u64;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an act")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<u64, A::Error> {
                let act: Option<(&str, &str)> = map.next_entry()?;
                let body: Option<&str> = map.next_key()?;
                match (act, body) {
                    (Some(("act", "list")), Some("body")) => {
                        Ok(map.next_value::<Vec<u64>>()?.into_iter().sum())
                    }
                    (Some(("act", "one")), Some("body")) => map.next_value(),
                    _ => Err(A::Error::custom("unknown act")),
                }
            }
        }
        from.deserialize_map(Visitor)
    }
}

#[test]
fn a_seed_chooses_the_type_of_a_later_member() {
    fn read(text: &str) -> Result<u64, super::CanonicalError> {
        let mut deserializer = Deserializer::new(text.as_bytes())?;
        let value = Act.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(value)
    }
    assert_eq!(read(r#"{"act":"list","body":[1,2,3]}"#).unwrap(), 6);
    assert_eq!(read(r#"{"act":"one","body":9}"#).unwrap(), 9);
    assert_eq!(
        read(r#"{"act":"two","body":9}"#).unwrap_err().kind(),
        Kind::InvalidValue
    );
    assert_eq!(
        read(r#"{"act":"one","body":9} "#).unwrap_err().kind(),
        Kind::TrailingBytes
    );
    // The visitor stops after `body`: a member left over is not passed by.
    assert_eq!(
        read(r#"{"act":"one","body":9,"c":1}"#).unwrap_err().kind(),
        Kind::WrongLength
    );
}

#[test]
fn unicode_tables_are_the_pinned_ones() {
    // A change here changes which old texts are canonical: see the module's documentation.
    assert_eq!(unicode_normalization::UNICODE_VERSION, UNICODE);
    // What the fast path rests on: nothing below U+0300 is touched by NFC.
    let low: String = (0x20_u32..0x300).filter_map(char::from_u32).collect();
    assert!(unicode_normalization::is_nfc(&low));
    for code in 0..0x300 {
        let character = char::from_u32(code).unwrap();
        assert_eq!(
            unicode_normalization::char::canonical_combining_class(character),
            0
        );
    }
}

#[test]
fn an_error_does_not_echo_the_input_at_length() {
    let text = format!(r#"{{"{}":1}}"#, "n".repeat(9_000));
    let error = from_str::<Sample>(text.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), Kind::UnknownMember);
    assert!(error.to_string().len() < 200);
}

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
