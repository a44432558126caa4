//! From one key per option to a ranking with ties, and from a ranking to the seats.

use super::outcome::{Seats, Tie, TieRule, TieStage};

/// Groups options by key, largest key first. Options of equal key are one group, by name, so that
/// the order in which the vote lists them leaves no trace.
pub(super) fn rank<K: Ord>(options: &[String], keys: &[K]) -> Vec<Vec<String>> {
    let mut keyed: Vec<(&K, &String)> = keys.iter().zip(options).collect();
    keyed.sort_by(|(key_a, name_a), (key_b, name_b)| key_b.cmp(key_a).then(name_a.cmp(name_b)));
    keyed
        .chunk_by(|(a, _), (b, _)| a == b)
        .map(|group| group.iter().map(|(_, name)| (*name).clone()).collect())
        .collect()
}

/// Fills the seats from the top. A group that does not fit as a whole stays undecided.
pub(super) fn fill(seats: u32, ranking: &[Vec<String>]) -> Seats {
    let places = usize::try_from(seats).unwrap_or(usize::MAX);
    let mut elected = Vec::new();
    let mut tied = Vec::new();
    for group in ranking {
        if elected.len() + group.len() <= places {
            elected.extend_from_slice(group);
        } else {
            if elected.len() < places {
                tied.clone_from(group);
            }
            break;
        }
    }
    let contested = if tied.is_empty() { 0 } else { places.saturating_sub(elected.len()) };
    Seats { seats, elected, contested: u32::try_from(contested).unwrap_or(u32::MAX), tied }
}

/// Everyone who is elected or may still be: the set before any tie-break, best first.
pub(super) fn winners(seats: &Seats) -> Vec<String> {
    seats.elected.iter().chain(&seats.tied).cloned().collect()
}

/// The tie at the last seat, if there is one.
pub(super) fn ties(seats: &Seats) -> Vec<Tie> {
    if seats.tied.is_empty() {
        return Vec::new();
    }
    vec![Tie { stage: TieStage::Seats, options: seats.tied.clone(), rule: TieRule::None }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn seats_are_filled_up_to_the_first_group_that_does_not_fit() {
        let ranking = [names("a"), names("b c"), names("d")];
        let cases = [
            // seats, elected, contested, tied
            (1, "a", 0, ""),
            (2, "a", 1, "b c"),
            (3, "a b c", 0, ""),
            (4, "a b c d", 0, ""),
        ];
        for (seats, elected, contested, tied) in cases {
            let found = fill(seats, &ranking);
            let expected = Seats { seats, elected: names(elected), contested, tied: names(tied) };
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn equal_keys_share_a_place_by_name() {
        assert_eq!(rank(&names("z b a y"), &[1, 7, 1, 7]), [names("b y"), names("a z")]);
    }
}
