//! Who takes the seat of somebody who declines.

use super::{DrawError, Drawn, Parameters};
use std::collections::BTreeSet;

/// A seat and who holds it in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The stratum that the seat is of, by number.
    pub stratum: u32,
    /// Whom the lot gave it.
    pub first: u32,
    /// Who holds it; nobody, when no alternate was left.
    pub holder: Option<u32>,
}

/// The seats after some declined, in the order in which they did.
///
/// A seat goes to the next alternate of its stratum who has not declined, else of the strata that
/// the fallback names. An alternate who declines before being called is passed over.
///
/// # Errors
/// [`DrawError::NotOfThisDraw`] when somebody neither has a seat nor is an alternate, or declines
/// twice.
pub fn replace(
    drawn: &Drawn,
    parameters: &Parameters,
    declined: &[u32],
) -> Result<Vec<Seat>, DrawError> {
    replace_from(drawn, &|stratum| parameters.sources_of(stratum), declined)
}

/// The same, when it is said for each stratum from which strata its seats are filled, in that
/// order, its own first.
///
/// # Errors
/// As [`replace`].
pub fn replace_from(
    drawn: &Drawn,
    sources: &dyn Fn(usize) -> Vec<usize>,
    declined: &[u32],
) -> Result<Vec<Seat>, DrawError> {
    let mut seats: Vec<Seat> = (0..)
        .zip(&drawn.strata)
        .flat_map(|(stratum, each)| each.drawn.iter().map(move |place| (stratum, *place)))
        .map(|(stratum, first)| Seat { stratum, first, holder: Some(first) })
        .collect();
    // Who is not to be called (any more): those who were, and those who declined.
    let mut gone: BTreeSet<u32> = BTreeSet::new();
    let mut refused: BTreeSet<u32> = BTreeSet::new();
    let alternates: BTreeSet<u32> =
        drawn.strata.iter().flat_map(|stratum| stratum.alternates.iter().copied()).collect();
    for place in declined {
        if !refused.insert(*place) {
            return Err(DrawError::NotOfThisDraw);
        }
        gone.insert(*place);
        if let Some(seat) = seats.iter_mut().find(|seat| seat.holder == Some(*place)) {
            seat.holder = next(drawn, sources, seat.stratum, &gone);
            gone.extend(seat.holder);
        } else if !alternates.contains(place) {
            return Err(DrawError::NotOfThisDraw);
        }
    }
    Ok(seats)
}

/// The next alternate for a seat of a stratum.
fn next(
    drawn: &Drawn,
    sources: &dyn Fn(usize) -> Vec<usize>,
    stratum: u32,
    gone: &BTreeSet<u32>,
) -> Option<u32> {
    let sources = sources(usize::try_from(stratum).ok()?);
    let strata = sources.iter().filter_map(|number| drawn.strata.get(*number));
    let mut alternates = strata.flat_map(|stratum| stratum.alternates.iter().copied());
    alternates.find(|place| !gone.contains(place))
}
