//! From numbers to names and back, and pages.

use super::{Page, QueryError};
use archipel_domain::entity::{EntityRef, Kind};
use archipel_domain::world::World;
use serde_json::{Value, json};

/// Fewest hexadecimal digits of a UUID, or of a hash, that is cut short.
pub(super) const PREFIX_DIGITS_MIN: usize = 6;

/// The name of an entity, or `null`.
pub(super) fn name(world: &World, kind: Kind, index: u32) -> Value {
    let name = world.directory.name(EntityRef::new(kind, index));
    name.map_or(Value::Null, |name| Value::String(name.to_string()))
}

/// The number of the entity with a name, or with the only UUID that begins like this.
pub(super) fn find(world: &World, kind: Kind, text: &str) -> Result<u32, QueryError> {
    if let Some(index) = world.directory.by_text(kind, text) {
        return Ok(index);
    }
    let (low, high) = uuids_beginning(text).ok_or(QueryError::NotFound)?;
    let mut found = world.directory.by_uuid_range(kind, low..=high);
    match (found.next(), found.next()) {
        (Some(index), None) => Ok(index),
        (None, _) => Err(QueryError::NotFound),
        (Some(_), Some(_)) => Err(QueryError::Ambiguous),
    }
}

/// The least and the greatest UUID whose text begins so; hyphens may be left out.
fn uuids_beginning(text: &str) -> Option<(u128, u128)> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let hex = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !hex || !(PREFIX_DIGITS_MIN..=32).contains(&digits.len()) {
        return None;
    }
    let value = u128::from_str_radix(&digits, 16).ok()?;
    let missing = u32::try_from(4_usize.saturating_mul(32_usize.saturating_sub(digits.len())));
    let missing = missing.ok()?;
    let rest = 1_u128.checked_shl(missing)?.saturating_sub(1);
    let low = value.checked_shl(missing)?;
    Some((low, low | rest))
}

/// A page of a list: its items are made only for what is shown.
pub(super) fn page<T>(
    items: impl Iterator<Item = T>,
    page: Page,
    mut show: impl FnMut(T) -> Value,
) -> Value {
    let mut total = 0_u64;
    let end = page.from.saturating_add(page.limit);
    let mut shown = Vec::new();
    for item in items {
        if (page.from..end).contains(&total) {
            shown.push(show(item));
        }
        total = total.saturating_add(1);
    }
    let next = (end < total).then_some(end);
    json!({"items": shown, "total": total, "next": next})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begun_uuid_is_a_range() {
        let whole = "01890000-0000-7000-8000-00000000000f";
        assert_eq!(uuids_beginning(whole), uuids_beginning("0189000000007000800000000000000f"));
        let (low, high) = uuids_beginning("018900-").unwrap();
        assert_eq!((low >> 104, high >> 104), (0x01_8900, 0x01_8900));
        assert_eq!(high - low, (1 << 104) - 1);
        for bad in ["01890", "01890G", "01890A0", &"0".repeat(33)] {
            assert_eq!(uuids_beginning(bad), None, "{bad}");
        }
    }

    #[test]
    fn pages_cover_a_list_once() {
        let part = |from, limit| page(0..5, Page { from, limit }, |n| json!(n));
        assert_eq!(part(0, 2), json!({"items": [0, 1], "total": 5, "next": 2}));
        assert_eq!(part(4, 2), json!({"items": [4], "total": 5, "next": null}));
        assert_eq!(part(3, 2), json!({"items": [3, 4], "total": 5, "next": null}));
        assert_eq!(part(9, 2), json!({"items": [], "total": 5, "next": null}));
    }
}
