//! The trial balance: the proof that in every unit what left one account entered another.

use super::walk::{Ids, Step, Visit, walk};
use super::{BooksError, Chart, code};
use crate::view::Context;
use archipel_domain::ledger::Balances;
use archipel_domain::time::Timestamp;
use std::collections::BTreeMap;

/// The sums of a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitTrial {
    /// Its code.
    pub unit: String,
    /// Its decimals.
    pub scale: u8,
    /// How many accounts have it.
    pub accounts: u64,
    /// How many moves have a leg in it.
    pub moves: u64,
    /// Sum of all balances above zero, in minor units.
    pub above: i128,
    /// Sum of all balances below zero.
    pub below: i128,
}

impl UnitTrial {
    /// Sum of all balances: zero in sound books.
    #[must_use]
    pub fn sum(&self) -> i128 {
        self.above.saturating_add(self.below)
    }
}

/// What adding up all moves again comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// Units, by number.
    pub units: Vec<UnitTrial>,
    /// How many moves there are, reversals among them.
    pub moves: u64,
    /// How many accounts.
    pub accounts: u64,
    /// Position of the first move whose legs do not sum to zero in some unit.
    pub unbalanced: Option<u64>,
    /// Name of the first account whose balance is not what the state says.
    pub differs: Option<String>,
}

impl Trial {
    /// Whether the books are sound.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.unbalanced.is_none()
            && self.differs.is_none()
            && self.units.iter().all(|unit| unit.sum() == 0)
    }
}

/// Adds up every move up to the context's position, and compares with the state there.
///
/// # Errors
/// [`BooksError`] when the log can not be read.
pub fn check(cx: &Context<'_>, told: &mut dyn FnMut(u64)) -> Result<Trial, BooksError> {
    let accounts = cx.world.tables.accounts.iter();
    let mut adding = Adding {
        unit_of: accounts.map(|(index, account)| (index, account.unit)).collect(),
        ..Adding::default()
    };
    walk(cx, &mut adding, told)?;
    let units = cx.world.tables.units.iter().map(|(unit, defined)| {
        let moves = adding.moves_of.get(&unit).copied().unwrap_or(0);
        (unit, UnitTrial { unit: code(cx, unit), scale: defined.scale, moves, ..<_>::default() })
    });
    let mut units: BTreeMap<u32, UnitTrial> = units.collect();
    let mut trial =
        Trial { moves: adding.balances.moves(), unbalanced: adding.unbalanced, ..Trial::default() };
    for line in &Chart::of(cx).accounts {
        let balance = adding.balances.of(line.index);
        trial.accounts = trial.accounts.saturating_add(1);
        if balance != cx.world.balances.of(line.index) {
            trial.differs.get_or_insert_with(|| line.name.clone());
        }
        let unit = adding.unit_of.get(&line.index).and_then(|unit| units.get_mut(unit));
        if let Some(unit) = unit {
            unit.accounts = unit.accounts.saturating_add(1);
            let side = if balance < 0 { &mut unit.below } else { &mut unit.above };
            *side = side.saturating_add(balance);
        }
    }
    trial.units = units.into_values().collect();
    Ok(trial)
}

#[derive(Default)]
struct Adding {
    unit_of: BTreeMap<u32, u32>,
    balances: Balances,
    moves_of: BTreeMap<u32, u64>,
    unbalanced: Option<u64>,
}

impl Visit for Adding {
    const IDS: bool = false;

    fn visit(&mut self, _: Timestamp, step: Step<'_>, _: &Ids) -> Result<(), BooksError> {
        let Step::Move(posted) = step else { return Ok(()) };
        let mut sums: BTreeMap<Option<u32>, i128> = BTreeMap::new();
        for leg in posted.legs {
            let sum = sums.entry(self.unit_of.get(&leg.account).copied()).or_default();
            *sum = sum.saturating_add(i128::from(leg.amount));
        }
        for unit in sums.keys().flatten() {
            let moves = self.moves_of.entry(*unit).or_default();
            *moves = moves.saturating_add(1);
        }
        if sums.iter().any(|(unit, sum)| unit.is_none() || *sum != 0) {
            self.unbalanced.get_or_insert(posted.position);
        }
        self.balances.post(posted.legs.iter().map(|leg| (leg.account, leg.amount)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_fault_makes_books_unsound() {
        let unit = UnitTrial { above: 150, below: -150, ..UnitTrial::default() };
        let sound = Trial { units: vec![unit.clone(), UnitTrial::default()], ..Trial::default() };
        assert!(sound.is_sound());
        let off = UnitTrial { below: -149, ..unit };
        assert_eq!(off.sum(), 1);
        // One unit's surplus is not another's lack.
        let lack = UnitTrial { above: 0, below: -1, ..UnitTrial::default() };
        assert!(!Trial { units: vec![off, lack], ..sound.clone() }.is_sound());
        assert!(!Trial { unbalanced: Some(3), ..sound.clone() }.is_sound());
        assert!(!Trial { differs: Some("Assets:Fund:A".to_owned()), ..sound }.is_sound());
    }
}
