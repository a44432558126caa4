//! The canonical form of types, case by case.

use std::borrow::Cow;
use std::collections::BTreeMap;

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
pub(super) struct Label(pub(super) String);

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
    assert_eq!(to_string(&Fields { late: 1, a: 2 }).unwrap(), r#"{"a":2,"a!":1}"#);
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
    #[derive(Serialize)]
    struct Sorted {
        a: Option<u8>,
        b: Option<u8>,
        c: Option<u8>,
    }
    // Already in order: nothing is moved, hence nothing repaired on the way.
    let sorted = |a, b, c| to_string(&Sorted { a, b, c }).unwrap();
    assert_eq!(sorted(Some(1), None, Some(3)), r#"{"a":1,"c":3}"#);
    assert_eq!(sorted(Some(1), Some(2), None), r#"{"a":1,"b":2}"#);
    assert_eq!(sorted(None, None, Some(3)), r#"{"c":3}"#);
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
    assert_eq!(refused(Outer { a: Some(None::<u8>) }), Kind::Null);
    assert_eq!(refused(Outer { a: Wrapped(None) }), Kind::Null);
    assert_eq!(refused(Outer { a: vec![None::<u8>] }), Kind::Null);
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
    let error = to_string(&Twice { a: 1, inner: Inner { a: 2 } }).unwrap_err();
    assert_eq!(error.kind(), Kind::DuplicateMember);
}

#[test]
fn depth_is_bounded_both_ways() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    check(deep(16).as_bytes()).unwrap();
    assert_eq!(check(deep(17).as_bytes()).unwrap_err().kind(), Kind::TooDeep);
    assert_eq!(check("[".repeat(60_000).as_bytes()).unwrap_err().kind(), Kind::TooDeep);
    // Depth is that of nesting, not a count.
    check(format!("[{}{}]", "[[]],".repeat(99), deep(15)).as_bytes()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&deep(17)).unwrap();
    assert_eq!(to_string(&value).unwrap_err().kind(), Kind::TooDeep);
}

/// Strings are scanned by words of eight bytes: no place in a word may be missed.
#[test]
fn a_byte_that_ends_a_run_is_found_at_every_place() {
    for length in 0..40 {
        for at in 0..length {
            for (stop, kind) in [("\n", Kind::NotCanonical), ("\u{1f}", Kind::NotCanonical)] {
                let text = format!("\"{}{stop}{}\"", "~".repeat(at), "é ".repeat(length - at));
                let error = check(text.as_bytes()).unwrap_err();
                assert_eq!((error.kind(), error.offset()), (kind, Some(at + 1)));
            }
            let plain = "\u{7f}!#[]".chars().cycle().take(at).collect::<String>();
            let value = format!("{plain}\"\\{}", "ÿ ".repeat(length - at));
            let text = to_string(&value).unwrap();
            assert_eq!(from_str::<String>(text.as_bytes()).unwrap(), value);
            let text = format!("\"{plain}\",");
            assert_eq!(check(text.as_bytes()).unwrap_err().offset(), Some(at + 2));
        }
    }
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
    assert_eq!(read(r#"{"act":"two","body":9}"#).unwrap_err().kind(), Kind::InvalidValue);
    assert_eq!(read(r#"{"act":"one","body":9} "#).unwrap_err().kind(), Kind::TrailingBytes);
    // The visitor stops after `body`: a member left over is not passed by.
    assert_eq!(read(r#"{"act":"one","body":9,"c":1}"#).unwrap_err().kind(), Kind::WrongLength);
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
        assert_eq!(unicode_normalization::char::canonical_combining_class(character), 0);
    }
}

#[test]
fn an_error_does_not_echo_the_input_at_length() {
    let text = format!(r#"{{"{}":1}}"#, "n".repeat(9_000));
    let error = from_str::<Sample>(text.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), Kind::UnknownMember);
    assert!(error.to_string().len() < 200);
}
