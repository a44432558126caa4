//! Cast vote records in XML (NIST SP 1500-103): the same report as in JSON, in other brackets.
//!
//! An element becomes a member of the object of its parent: those that may be repeated become
//! lists, `ObjectId` becomes `@id`, whatever holds text is text: a name may be 007. Elements are
//! told apart without their namespace.

use super::{ReadError, ReadErrorKind};
use roxmltree::{Document, Node};
use serde_json::{Map, Value};

/// Elements that may be repeated, as far as they matter to a contest.
const LISTS: [&str; 10] = [
    "CVR",
    "CVRSnapshot",
    "CVRContest",
    "CVRContestSelection",
    "SelectionPosition",
    "Election",
    "Candidate",
    "Contest",
    "ContestSelection",
    "Party",
];
/// Elements and attributes that hold names of others, several in one.
const REFERENCES: [&str; 1] = ["CandidateIds"];
/// Deepest element: an attack, not a record, beyond it.
const DEPTH_MAX: usize = 64;

/// Whether a text looks like a report in XML.
pub(super) fn is_report(text: &str) -> bool {
    text.trim_start().starts_with('<') && text.contains("CastVoteRecordReport")
}

/// The report as JSON has it.
pub(super) fn report(text: &str) -> Result<Value, ReadError> {
    let document = Document::parse(text).map_err(|error| {
        let position = error.pos();
        let at = |number: u32| usize::try_from(number).unwrap_or(1).max(1);
        ReadErrorKind::Xml(error.to_string()).at(at(position.row), at(position.col))
    })?;
    object(document.root_element(), 0)
        .ok_or_else(|| ReadErrorKind::Xml("too deep".to_owned()).at(1, 1))
}

fn object(element: Node<'_, '_>, depth: usize) -> Option<Value> {
    if depth > DEPTH_MAX {
        return None;
    }
    let children: Vec<Node<'_, '_>> = element.children().filter(Node::is_element).collect();
    let text = element.text().unwrap_or_default().trim();
    if children.is_empty() && (element.attributes().len() == 0 || !text.is_empty()) {
        return Some(Value::from(text));
    }
    let mut members = Map::new();
    for attribute in element.attributes() {
        let (name, value) = (attribute.name(), attribute.value());
        let name = if name == "ObjectId" { "@id" } else { name };
        members.insert(name.to_owned(), value_of(name, value));
    }
    for child in children {
        let name = child.tag_name().name();
        let value = match child.text() {
            Some(text) if REFERENCES.contains(&name) => value_of(name, text),
            _ => object(child, depth + 1)?,
        };
        if LISTS.contains(&name) {
            let list = members.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(list) = list {
                list.push(value);
            }
        } else {
            members.insert(name.to_owned(), value);
        }
    }
    Some(Value::Object(members))
}

/// An attribute, or an element that holds names.
fn value_of(name: &str, text: &str) -> Value {
    if REFERENCES.contains(&name) {
        text.split_whitespace().map(Value::from).collect()
    } else {
        Value::from(text.trim())
    }
}
