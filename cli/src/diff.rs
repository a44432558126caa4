//! From two texts to changes, and changes as people read them.

use archipel_domain::proposal::text::{self, Change};
use similar::{Algorithm, DiffTag, capture_diff_slices};

/// The changes that lead from one text to the other, by lines.
pub(crate) fn changes(old: &str, new: &str) -> Vec<Change> {
    let (old, new) = (text::lines(old), text::lines(new));
    let mut changes: Vec<Change> = Vec::new();
    let mut touching = false;
    for op in capture_diff_slices(Algorithm::Patience, &old, &new) {
        if op.tag() == DiffTag::Equal {
            touching = false;
            continue;
        }
        let removed = old.get(op.old_range()).unwrap_or_default();
        let inserted = new.get(op.new_range()).unwrap_or_default();
        match changes.last_mut() {
            // Changes that touch are one: the rules want an unchanged line between two.
            Some(last) if touching => {
                last.remove.extend_from_slice(removed);
                last.insert.extend_from_slice(inserted);
            }
            _ => changes.push(Change {
                at: u32::try_from(op.old_range().start).unwrap_or(u32::MAX),
                remove: removed.to_vec(),
                insert: inserted.to_vec(),
            }),
        }
        touching = true;
    }
    changes
}

/// Changes in the style of a patch, with line numbers from 1.
pub(crate) fn show(changes: &[Change]) -> String {
    let mut shown = String::new();
    for change in changes {
        shown.push_str(&format!("@@ {} @@\n", u64::from(change.at).saturating_add(1)));
        for line in &change.remove {
            shown.push_str(&format!("- {line}\n"));
        }
        for line in &change.insert {
            shown.push_str(&format!("+ {line}\n"));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_lead_from_one_text_to_the_other() {
        let cases = [
            ("a\nb\nc", "a\nB\nc"),
            ("a\nb\nc", "a\nc"),
            ("a\nb\nc", "x\na\nb\nc\ny"),
            ("a\nb\nc\nd", "b\na\nd\nc"),
            ("un", "deux\ntrois"),
            ("a\na\na", "a\na"),
            ("a\n\nb", "a\n\n\nb\n\nc"),
        ];
        for (old, new) in cases {
            let applied = text::apply(&text::lines(old), &changes(old, new));
            assert_eq!(applied.map(|lines| text::join(&lines)), Ok(new.to_owned()), "{old:?}");
        }
        assert_eq!(changes("a\nb", "a\nb"), Vec::new());
    }
}
