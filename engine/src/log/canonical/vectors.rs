//! The golden vectors, which any implementation can run: see the README beside them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::tests::Sample;
use super::{CanonicalError, CanonicalErrorKind, check, from_str, to_string};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Good {
    name: String,
    input: String,
    expect: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bad {
    name: String,
    input: Option<String>,
    input_hex: Option<String>,
    input_parts: Option<Vec<(String, usize)>>,
    code: String,
    offset: Option<usize>,
}

impl Bad {
    fn bytes(&self) -> Vec<u8> {
        match (&self.input, &self.input_hex, &self.input_parts) {
            (Some(text), None, None) => text.clone().into_bytes(),
            (None, Some(hex), None) => hex::decode(hex).unwrap(),
            (None, None, Some(parts)) => {
                parts.iter().map(|(text, count)| text.repeat(*count)).collect::<String>().into()
            }
            _ => panic!("{}: exactly one form of input", self.name),
        }
    }

    fn verify(&self, result: Result<(), CanonicalError>) -> String {
        let error = result.expect_err(&self.name);
        assert_eq!(error.code(), self.code, "{}: {error}", self.name);
        if let Some(offset) = self.offset {
            assert_eq!(error.offset(), Some(offset), "{}", self.name);
        }
        self.code.clone()
    }
}

fn load<T: DeserializeOwned>(file: &str) -> Vec<T> {
    let mut path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    path.extend(["..", "fixtures", "vectors", "v1", "canonical", file]);
    serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap()
}

#[test]
fn good_vectors() {
    for vector in load::<Good>("vectors.json") {
        let value: serde_json::Value = serde_json::from_str(&vector.input).unwrap();
        assert_eq!(to_string(&value).unwrap(), vector.expect, "{}", vector.name);
        let again = from_str::<serde_json::Value>(vector.expect.as_bytes());
        assert_eq!(again.unwrap(), value, "{}", vector.name);
        if vector.input != vector.expect {
            assert!(check(vector.input.as_bytes()).is_err(), "{}", vector.name);
        }
    }
}

#[test]
fn bad_vectors() {
    let mut seen = BTreeSet::new();
    for vector in load::<Bad>("bad_form.json") {
        seen.insert(vector.verify(check(&vector.bytes())));
    }
    for vector in load::<Bad>("bad_type.json") {
        seen.insert(vector.verify(from_str::<Sample>(&vector.bytes()).map(|_| ())));
    }
    // `invalid-value` comes from the types of the application, which have their own vectors.
    let all: BTreeSet<String> = CanonicalErrorKind::ALL
        .into_iter()
        .filter(|kind| *kind != CanonicalErrorKind::InvalidValue)
        .map(|kind| kind.code().to_owned())
        .collect();
    assert_eq!(seen, all);
}

#[test]
fn values_without_canonical_text() {
    for vector in load::<Bad>("bad_write.json") {
        let value: serde_json::Value = serde_json::from_slice(&vector.bytes()).unwrap();
        vector.verify(to_string(&value).map(|_| ()));
    }
}
