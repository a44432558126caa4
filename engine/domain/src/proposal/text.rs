//! Texts as lines, changes to them, and the three-way merge.
//!
//! A version is named by the SHA-256 of its text. Every later version is a list of changes to the
//! one before, and an amendment is a list of changes to a named version. So a merge needs no
//! guess by a diff: the amendment's changes are carried, exactly, over the changes made since.

use crate::id::Hash;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Most changes in one list.
pub const CHANGES_MAX: usize = 500;

/// One change: at line `at` (from 0) of the text, the lines `remove` give way to `insert`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Line number, from 0; the number of lines to add at the end.
    pub at: u32,
    /// The lines that stand there, word for word.
    pub remove: Vec<String>,
    /// The lines that replace them.
    pub insert: Vec<String>,
}

impl Change {
    fn end(&self) -> u64 {
        u64::from(self.at).saturating_add(self.remove.len() as u64)
    }
}

/// Why changes do not fit a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MisfitReason {
    /// No change, too many, or one that changes nothing.
    Empty,
    /// Not in order, or two of them meet.
    Disorder,
    /// The lines to remove are not those of the text.
    OtherLines,
    /// A line holds a line feed or another control character.
    Control,
}

/// A change of an amendment that meets one made to the text since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The amendment's change, in the line numbers of the version reached so far.
    pub amendment: Change,
    /// The change made since, in the same line numbers.
    pub made_since: Change,
}

/// The lines of a text.
#[must_use]
pub fn lines(text: &str) -> Vec<String> {
    text.split('\n').map(str::to_owned).collect()
}

/// The text of lines.
#[must_use]
pub fn join(lines: &[String]) -> String {
    lines.join("\n")
}

/// The name of a version: SHA-256 of its text.
#[must_use]
pub fn version_of(lines: &[String]) -> Hash {
    Hash::of(join(lines).as_bytes())
}

/// Applies changes to a text.
///
/// # Errors
/// [`MisfitReason`] when the changes are not for this text.
pub fn apply(text: &[String], changes: &[Change]) -> Result<Vec<String>, MisfitReason> {
    let idle = |change: &Change| change.remove == change.insert;
    if changes.is_empty() || changes.len() > CHANGES_MAX || changes.iter().any(idle) {
        return Err(MisfitReason::Empty);
    }
    let ends = changes.iter().map(Change::end);
    let starts = changes.iter().skip(1).map(|change| u64::from(change.at));
    if ends.zip(starts).any(|(end, start)| start <= end) {
        return Err(MisfitReason::Disorder);
    }
    let mut result = Vec::with_capacity(text.len());
    let mut done = 0_usize;
    for change in changes {
        let start = usize::try_from(change.at).map_err(|_| MisfitReason::OtherLines)?;
        let end = usize::try_from(change.end()).map_err(|_| MisfitReason::OtherLines)?;
        let removed = text.get(start..end).ok_or(MisfitReason::OtherLines)?;
        if removed != change.remove.as_slice() {
            return Err(MisfitReason::OtherLines);
        }
        result.extend_from_slice(text.get(done..start).ok_or(MisfitReason::Disorder)?);
        result.extend_from_slice(&change.insert);
        done = end;
    }
    result.extend_from_slice(text.get(done..).ok_or(MisfitReason::Disorder)?);
    let mut inserted = changes.iter().flat_map(|change| &change.insert);
    if inserted.any(|line| line.chars().any(char::is_control)) {
        return Err(MisfitReason::Control);
    }
    Ok(result)
}

/// Carries changes to a version over the changes made to that version since (one list a version).
///
/// A change that was made word for word in the meantime is left out. Changes that meet are
/// conflicts; two insertions at the same place meet.
///
/// # Errors
/// Every conflict with the first version that has one.
pub fn rebase(changes: &[Change], made_since: &[&[Change]]) -> Result<Vec<Change>, Vec<Conflict>> {
    let mut carried = changes.to_vec();
    for made in made_since {
        let mut next = Vec::with_capacity(carried.len());
        let mut conflicts = Vec::new();
        for change in carried {
            match carry(change, made) {
                Ok(Some(change)) => next.push(change),
                Ok(None) => {}
                Err(conflict) => conflicts.push(*conflict),
            }
        }
        if !conflicts.is_empty() {
            return Err(conflicts);
        }
        carried = join_meeting(next);
    }
    Ok(carried)
}

/// Changes between which every line has gone become one, or none if they cancel out.
fn join_meeting(changes: Vec<Change>) -> Vec<Change> {
    let mut joined: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        match joined.last_mut() {
            Some(last) if last.end() == u64::from(change.at) => {
                last.remove.extend(change.remove);
                last.insert.extend(change.insert);
            }
            _ => joined.push(change),
        }
    }
    joined.retain(|change| change.remove != change.insert);
    joined
}

fn carry(mut change: Change, made: &[Change]) -> Result<Option<Change>, Box<Conflict>> {
    let mut shift = 0_i64;
    for other in made {
        let at_same_place =
            change.at == other.at && change.remove.is_empty() && other.remove.is_empty();
        if change == *other {
            return Ok(None);
        }
        if other.end() <= u64::from(change.at) && !at_same_place {
            let inserted = i64::try_from(other.insert.len()).unwrap_or(i64::MAX);
            let removed = i64::try_from(other.remove.len()).unwrap_or(i64::MAX);
            shift = shift.saturating_add(inserted.saturating_sub(removed));
        } else if change.end() > u64::from(other.at) || at_same_place {
            return Err(Box::new(Conflict { amendment: change, made_since: other.clone() }));
        }
    }
    let at = i64::from(change.at).saturating_add(shift);
    change.at = u32::try_from(at).unwrap_or(u32::MAX);
    Ok(Some(change))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(words: &str) -> Vec<String> {
        words.split(' ').map(str::to_owned).collect()
    }

    fn change(at: u32, remove: &str, insert: &str) -> Change {
        let split = |s: &str| s.split_whitespace().map(str::to_owned).collect();
        Change { at, remove: split(remove), insert: split(insert) }
    }

    /// base, changes -> the text, or why not.
    #[track_caller]
    fn check(base: &str, changes: &[Change], expect: Result<&str, MisfitReason>) {
        assert_eq!(apply(&text(base), changes), expect.map(text));
    }

    #[test]
    fn changes_fit_or_say_why_not() {
        check("a b c", &[change(1, "b", "x y")], Ok("a x y c"));
        check("a b c", &[change(3, "", "d")], Ok("a b c d"));
        check("a b c", &[change(0, "a", ""), change(2, "c", "z")], Ok("b z"));
        check("a b c", &[change(1, "c", "x")], Err(MisfitReason::OtherLines));
        check("a b c", &[change(4, "", "x")], Err(MisfitReason::OtherLines));
        check("a b c", &[change(2, "c", "x"), change(0, "a", "y")], Err(MisfitReason::Disorder));
        check("a b c", &[change(0, "a", "x"), change(1, "b", "y")], Err(MisfitReason::Disorder));
        check("a b c", &[], Err(MisfitReason::Empty));
        check("a b c", &[change(0, "a", "a")], Err(MisfitReason::Empty));
        let newline = Change { at: 0, remove: vec![], insert: vec!["x\ny".into()] };
        check("a b c", &[newline], Err(MisfitReason::Control));
    }

    #[test]
    fn three_way_merge() {
        let made = [change(0, "a", "x y z")];
        // Apart: the amendment moves down.
        assert_eq!(rebase(&[change(2, "c", "d")], &[&made]), Ok(vec![change(4, "c", "d")]));
        // Word for word the same: done already.
        assert_eq!(rebase(&[change(0, "a", "x y z")], &[&made]), Ok(vec![]));
        // The same line, otherwise: a conflict that shows both.
        let conflict =
            Conflict { amendment: change(0, "a", "q"), made_since: change(0, "a", "x y z") };
        assert_eq!(rebase(&[change(0, "a", "q")], &[&made]), Err(vec![conflict]));
        // Two insertions at one place: nobody can say which comes first.
        let both = rebase(&[change(1, "", "n")], &[&[change(1, "", "m")]]);
        assert!(both.is_err());
        // Through two versions.
        let twice = rebase(&[change(2, "c", "d")], &[&made, &[change(0, "x", "")]]);
        assert_eq!(twice, Ok(vec![change(3, "c", "d")]));
    }

    /// Disjoint single-line changes to a ten-line text.
    fn edits() -> impl Strategy<Value = Vec<Change>> {
        proptest::collection::btree_map(0_u32..5, "[a-z]{1,3}", 1..4).prop_map(|edits| {
            let edit = |(line, word): (u32, String)| Change {
                at: line * 2,
                remove: vec![format!("l{}", line * 2)],
                insert: vec![word, "tail".into()],
            };
            edits.into_iter().map(edit).collect()
        })
    }

    proptest! {
        /// When neither conflicts, the order of integration does not matter.
        #[test]
        fn merges_commute(ours in edits(), theirs in edits()) {
            let base: Vec<String> = (0..10).map(|line| format!("l{line}")).collect();
            let ours_later = rebase(&ours, &[&theirs]);
            let theirs_later = rebase(&theirs, &[&ours]);
            prop_assert_eq!(ours_later.is_ok(), theirs_later.is_ok());
            if let (Ok(ours_later), Ok(theirs_later)) = (ours_later, theirs_later) {
                let then = |first: &[Change], second: &[Change]| {
                    let text = apply(&base, first).unwrap();
                    if second.is_empty() { text } else { apply(&text, second).unwrap() }
                };
                prop_assert_eq!(then(&theirs, &ours_later), then(&ours, &theirs_later));
            }
        }
    }
}
