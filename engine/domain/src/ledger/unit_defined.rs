//! `unit.defined/1`

use super::{Ledger, SCALE_MAX};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::compact::Compact;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{InvalidId, Line};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Code of a unit: an upper-case letter, then 1 to 22 upper-case letters, digits or `-`. Never
/// one letter: journals read `h`, `m` and `s` as times.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct UnitCode(Compact);

impl UnitCode {
    const EXPECTED: &'static str = "a unit code such as EUR or MIN";

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for UnitCode {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase());
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        if first && (2..=23).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidId { expected: Self::EXPECTED })
        }
    }
}

impl fmt::Display for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
crate::id::serde_as_text!(UnitCode);

/// What a unit measures. Units are closed worlds: nothing converts one into another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitKind {
    /// Euros.
    Euro,
    /// Time.
    Time,
    /// Something else.
    #[default]
    Other,
}

/// Defines a unit of account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineUnit {
    /// Its code.
    pub unit: UnitCode,
    /// Name for people.
    pub name: Line,
    /// Decimals: 2 for euros in cents, 0 for minutes.
    pub scale: u8,
    /// What it measures.
    pub kind: UnitKind,
}

/// A unit was defined.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct UnitDefined {
    index: u32,
    code: UnitCode,
    name: Line,
    scale: u8,
    kind: UnitKind,
}

impl Command for DefineUnit {
    type Event = UnitDefined;

    fn decide(self, cx: &Cx<'_>) -> Result<UnitDefined, Rejection> {
        cx.require(Power::Accounts)?;
        if cx.world.directory.by_word(Kind::Unit, self.unit.as_str()).is_some() {
            return Err(Ledger::UnitExists.into());
        }
        if self.scale > SCALE_MAX {
            return Err(Ledger::Scale.into());
        }
        Ok(UnitDefined {
            index: cx.world.tables.units.next_index(),
            code: self.unit,
            name: self.name,
            scale: self.scale,
            kind: self.kind,
        })
    }
}

impl Event for UnitDefined {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Unit, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::Word(self.code.as_str().to_owned())));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        if let EntityMut::Unit(unit) = entity {
            unit.name = Some(self.name.clone());
            unit.scale = self.scale;
            unit.kind = self.kind;
        }
    }
}
