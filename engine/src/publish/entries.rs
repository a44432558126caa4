//! Who may read the entries themselves; the hashes are for everybody.

use crate::store::{EventStore, ReadError};
use crate::view;
use archipel_domain::world::World;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// Which entries are public. Checkpoints, tiles of hashes and proofs always are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Entries {
    /// All of them, at once: whoever reads them can count a vote before it closes.
    Public,
    /// All, but a bundle with a ballot of an open vote only once that vote is closed.
    #[default]
    AfterClosing,
    /// None.
    Nobody,
}

impl Entries {
    const NAMES: [(Self, &str); 3] =
        [(Self::Public, "public"), (Self::AfterClosing, "after-closing"), (Self::Nobody, "nobody")];

    /// Whether the entries of these positions may be read in that state.
    ///
    /// # Errors
    /// When the facts can not be read.
    pub fn are_readable(
        self,
        store: &dyn EventStore,
        world: &World,
        range: Range<u64>,
    ) -> Result<bool, ReadError> {
        match self {
            Self::Public => Ok(true),
            Self::AfterClosing => view::any_withheld(store, world, range).map(|withheld| !withheld),
            Self::Nobody => Ok(false),
        }
    }
}

impl fmt::Display for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(known, _)| known == self);
        f.write_str(name.map_or("", |(_, name)| name))
    }
}

impl FromStr for Entries {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::NAMES.iter().find(|(_, name)| *name == text);
        known.map(|(known, _)| *known).ok_or_else(|| "public, after-closing, nobody".to_owned())
    }
}
