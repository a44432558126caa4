//! The whole live state: what acts are decided upon, and what every view is read from.

use crate::act::Authored;
use crate::authority::{self, Cited};
use crate::entity::{Directory, EntityRef, Kind};
use crate::fact::{Record, Recorded};
use crate::id::Hash;
use crate::ledger::{Balances, Reversals};
use crate::projection::Projection;
use crate::rejection::Rejection;
use crate::tables::Tables;
use crate::time::Timestamp;
use crate::timeline::Timeline;
use crate::vote::Ballots;
use bincode::{Decode, Encode};
use std::collections::BTreeMap;

/// Where a stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Last {
    /// Revision of its last event, from 0.
    pub revision: u64,
    /// Position of its last event.
    pub position: u64,
}

/// Last revision of every stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Revisions {
    streams: BTreeMap<EntityRef, Last>,
}

impl Revisions {
    /// The last event of a stream, if it has one.
    #[must_use]
    pub fn last(&self, stream: EntityRef) -> Option<Last> {
        self.streams.get(&stream).copied()
    }

    /// Takes in the next fact.
    pub fn apply(&mut self, recorded: &Recorded<'_>) {
        let position = recorded.position;
        self.streams
            .entry(recorded.record.fact.stream())
            .and_modify(|last| *last = Last { revision: last.revision.saturating_add(1), position })
            .or_insert(Last { revision: 0, position });
    }
}

/// The named views of the state, in the order in which they are documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    /// Instance, groups, members and calls.
    Roster,
    /// Circles, roles and assignments.
    Roles,
    /// Proposals and amendments.
    Proposals,
    /// Votes: what was opened, closed and declared.
    Votes,
    /// The last valid ballot of every voter.
    Tallies,
    /// Posted balances.
    Balances,
    /// How many acts of each kind on each day.
    Timeline,
    /// Other logs.
    Federation,
    /// What belongs to votes beside their ballots: rules, broken ties, dissent, reviews.
    Procedures,
    /// What members delegate.
    Delegations,
    /// Draws by lot.
    Draws,
    /// What belongs to circles, roles and mandates beside their terms: domains, charters, bases,
    /// delegations.
    Charters,
    /// Safeguards, and acts that are requested.
    Safeguards,
    /// Elections without candidates.
    Elections,
    /// Recorded plans of rotation, and when members are not available.
    Rotations,
}

impl View {
    /// Every view.
    pub const ALL: [Self; 15] = [
        Self::Roster,
        Self::Roles,
        Self::Proposals,
        Self::Votes,
        Self::Tallies,
        Self::Balances,
        Self::Timeline,
        Self::Federation,
        Self::Procedures,
        Self::Delegations,
        Self::Draws,
        Self::Charters,
        Self::Safeguards,
        Self::Elections,
        Self::Rotations,
    ];

    /// The name in commands and addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Roster => "roster",
            Self::Roles => "roles",
            Self::Proposals => "proposals",
            Self::Votes => "votes",
            Self::Tallies => Ballots::NAME,
            Self::Balances => Balances::NAME,
            Self::Timeline => Timeline::NAME,
            Self::Federation => "federation",
            Self::Procedures => "procedures",
            Self::Delegations => "delegations",
            Self::Draws => "draws",
            Self::Charters => "charters",
            Self::Safeguards => "safeguards",
            Self::Elections => "elections",
            Self::Rotations => "rotations",
        }
    }

    /// The view with that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }

    /// The kinds of entity that a view of the per-stream family holds; empty for the positional.
    #[must_use]
    pub const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Roster => &[Kind::Instance, Kind::Group, Kind::Member, Kind::Call],
            Self::Roles => &[Kind::Circle, Kind::Role, Kind::Assignment],
            Self::Proposals => &[Kind::Proposal, Kind::Amendment],
            Self::Votes => &[Kind::Vote],
            Self::Federation => &[Kind::Log],
            Self::Procedures => &[Kind::Procedure],
            Self::Delegations => &[Kind::Delegator],
            Self::Draws => &[Kind::Draw],
            Self::Charters => &[Kind::Remit, Kind::Charter, Kind::Tenure],
            Self::Safeguards => &[Kind::Safeguard, Kind::Request],
            Self::Elections => &[Kind::Election],
            Self::Rotations => &[Kind::Rotation, Kind::Availability],
            Self::Tallies | Self::Balances | Self::Timeline => &[],
        }
    }
}

/// The state of an instance at a position of its log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct World {
    /// How many acts are folded in: also the position of the next.
    pub position: u64,
    /// When the last act was recorded; the next is never earlier.
    pub recorded_at: Timestamp,
    /// Names and keys.
    pub directory: Directory,
    /// Entities.
    pub tables: Tables,
    /// Where each stream stands.
    pub revisions: Revisions,
    /// Ballots.
    pub ballots: Ballots,
    /// Balances.
    pub balances: Balances,
    /// Reversed moves.
    pub reversals: Reversals,
    /// Activity.
    pub timeline: Timeline,
}

impl World {
    /// Decides a statement that would be recorded next, at the moment `at`.
    ///
    /// # Errors
    /// The first rule that forbids it, in the fixed order of the lists.
    pub fn decide(
        &self,
        authored: Authored,
        at: Timestamp,
        cited: Option<&Cited>,
    ) -> Result<Record, Rejection> {
        authority::decide(self, authored, at, cited)
    }

    /// Takes in an accepted act. Total: never fails, checks no rule.
    pub fn evolve(&mut self, record: &Record) {
        let recorded = Recorded { position: self.position, record };
        self.directory.apply(&recorded);
        self.tables.apply(&recorded);
        self.revisions.apply(&recorded);
        self.ballots.apply(&recorded);
        self.balances.apply(&recorded);
        self.reversals.apply(&recorded);
        self.timeline.apply(&recorded);
        self.position = self.position.saturating_add(1);
        self.recorded_at = record.at;
    }

    /// The state hash of a view.
    #[must_use]
    pub fn state_hash(&self, view: View) -> Hash {
        match view {
            View::Tallies => self.ballots.state_hash(),
            View::Balances => self.balances.state_hash(),
            View::Timeline => self.timeline.state_hash(),
            entities => self.tables.hash(entities.kinds()),
        }
    }
}
