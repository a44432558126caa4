//! Entities: what acts create and change, named densely by kind and order of first appearance.

use crate::fact::Recorded;
use crate::id::{KeyId, Slug};
use bincode::{Decode, Encode};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

/// A kind of entity. The numbers are part of the stored stream index: never reorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[repr(u8)]
pub enum Kind {
    /// The instance itself; always number 0.
    Instance,
    /// A group: collective, association or informal.
    Group,
    /// A member.
    Member,
    /// A call that people sign.
    Call,
    /// A circle.
    Circle,
    /// A role.
    Role,
    /// An assignment of a role to a member for a term.
    Assignment,
    /// A proposal.
    Proposal,
    /// An amendment to a proposal.
    Amendment,
    /// A vote (the consultation).
    Vote,
    /// A unit of account.
    Unit,
    /// A ledger account.
    Account,
    /// Another log.
    Log,
    /// What belongs to a vote beside its ballots, by the vote's number.
    Procedure,
    /// What a member delegates, by the member's number.
    Delegator,
    /// A draw by lot.
    Draw,
    /// What belongs to a circle beside its purpose, by the circle's number.
    Remit,
    /// What belongs to a role beside its powers, by the role's number.
    Charter,
    /// What belongs to a mandate beside its term, by the assignment's number.
    Tenure,
    /// What a subject asks for, by the subject's number.
    Safeguard,
    /// A requested act.
    Request,
    /// An election without candidates.
    Election,
    /// A recorded plan of rotation.
    Rotation,
    /// When a member is not available, by the member's number.
    Availability,
}

impl Kind {
    /// Every kind, in order.
    pub const ALL: [Self; 24] = [
        Self::Instance,
        Self::Group,
        Self::Member,
        Self::Call,
        Self::Circle,
        Self::Role,
        Self::Assignment,
        Self::Proposal,
        Self::Amendment,
        Self::Vote,
        Self::Unit,
        Self::Account,
        Self::Log,
        Self::Procedure,
        Self::Delegator,
        Self::Draw,
        Self::Remit,
        Self::Charter,
        Self::Tenure,
        Self::Safeguard,
        Self::Request,
        Self::Election,
        Self::Rotation,
        Self::Availability,
    ];

    /// The word used in stream names, such as `vote` in `vote/0190…`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Group => "group",
            Self::Member => "member",
            Self::Call => "call",
            Self::Circle => "circle",
            Self::Role => "role",
            Self::Assignment => "assignment",
            Self::Proposal => "proposal",
            Self::Amendment => "amendment",
            Self::Vote => "vote",
            Self::Unit => "unit",
            Self::Account => "account",
            Self::Log => "log",
            Self::Procedure => "procedure",
            Self::Delegator => "delegator",
            Self::Draw => "draw",
            Self::Remit => "remit",
            Self::Charter => "charter",
            Self::Tenure => "tenure",
            Self::Safeguard => "safeguard",
            Self::Request => "request",
            Self::Election => "election",
            Self::Rotation => "rotation",
            Self::Availability => "availability",
        }
    }

    /// The kind with that word, of those that have names and streams of their own.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let named = |kind: &Self| {
            let beside = matches!(kind, Self::Remit | Self::Charter | Self::Tenure);
            let of_others = matches!(kind, Self::Procedure | Self::Delegator | Self::Availability);
            !beside && !of_others
        };
        Self::ALL.into_iter().filter(named).find(|kind| kind.word() == word)
    }

    /// The number under which the kind is stored.
    #[must_use]
    pub fn number(self) -> u8 {
        Self::ALL
            .iter()
            .position(|&kind| kind == self)
            .and_then(|n| u8::try_from(n).ok())
            .unwrap_or(0)
    }
}

/// One entity: its kind and its number, in order of first appearance in the log, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct EntityRef {
    /// What it is.
    pub kind: Kind,
    /// Its number among its kind.
    pub index: u32,
}

impl EntityRef {
    /// The instance.
    pub const INSTANCE: Self = Self { kind: Kind::Instance, index: 0 };

    /// The entity of a kind with a number.
    #[must_use]
    pub const fn new(kind: Kind, index: u32) -> Self {
        Self { kind, index }
    }
}

/// The name under which an entity is known in statements.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub enum Name {
    /// A UUID: members, and whatever is named by the statement that created it.
    Uuid(u128),
    /// A slug or a unit code.
    Word(String),
}

impl From<&Slug> for Name {
    fn from(slug: &Slug) -> Self {
        Self::Word(slug.as_str().to_owned())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uuid(id) => fmt::Display::fmt(&crate::id::StatementId(*id), f),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// One line that an accepted act adds to the [`Directory`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An entity got its name.
    Named(EntityRef, Name),
    /// A key belongs to a member for ever (whether it still counts is the member's matter).
    Key(KeyId, u32),
}

/// Who is called how: names to dense numbers and back, and which key is whose.
///
/// Entries are only ever added, so partial directories of consecutive ranges merge by union.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Directory {
    uuids: BTreeMap<(Kind, u128), u32>,
    words: BTreeMap<Kind, BTreeMap<String, u32>>,
    names: BTreeMap<EntityRef, Name>,
    keys: BTreeMap<KeyId, u32>,
}

impl Directory {
    /// The number of the entity with a UUID.
    #[must_use]
    pub fn by_uuid(&self, kind: Kind, id: u128) -> Option<u32> {
        self.uuids.get(&(kind, id)).copied()
    }

    /// Numbers of the entities of a kind whose UUIDs lie in a range, in order of UUID: for names
    /// that are only begun.
    pub fn by_uuid_range(
        &self,
        kind: Kind,
        range: RangeInclusive<u128>,
    ) -> impl Iterator<Item = u32> {
        let keys = (kind, *range.start())..=(kind, *range.end());
        self.uuids.range(keys).map(|(_, index)| *index)
    }

    /// The number of the entity with a slug or code.
    #[must_use]
    pub fn by_word(&self, kind: Kind, word: &str) -> Option<u32> {
        self.words.get(&kind)?.get(word).copied()
    }

    /// The number of the entity with a name in its text form.
    #[must_use]
    pub fn by_text(&self, kind: Kind, text: &str) -> Option<u32> {
        let uuid = text.parse::<crate::id::StatementId>().ok();
        let found = uuid.and_then(|id| self.by_uuid(kind, id.0));
        found.or_else(|| self.by_word(kind, text))
    }

    /// The name of an entity.
    #[must_use]
    pub fn name(&self, entity: EntityRef) -> Option<&Name> {
        self.names.get(&entity)
    }

    /// All names of one kind, in order of number.
    pub fn names_of(&self, kind: Kind) -> impl Iterator<Item = (u32, &Name)> {
        let all = EntityRef::new(kind, 0)..=EntityRef::new(kind, u32::MAX);
        self.names.range(all).map(|(entity, name)| (entity.index, name))
    }

    /// The member to whom a key belongs or belonged.
    #[must_use]
    pub fn key_owner(&self, key: KeyId) -> Option<u32> {
        self.keys.get(&key).copied()
    }

    /// Adds an entry.
    pub fn add(&mut self, entry: Entry) {
        match entry {
            Entry::Named(entity, name) => {
                match &name {
                    Name::Uuid(id) => {
                        self.uuids.insert((entity.kind, *id), entity.index);
                    }
                    Name::Word(word) => {
                        let words = self.words.entry(entity.kind).or_default();
                        words.insert(word.clone(), entity.index);
                    }
                }
                self.names.insert(entity, name);
            }
            Entry::Key(key, member) => {
                self.keys.insert(key, member);
            }
        }
    }

    /// Adds what a fact names.
    pub fn apply(&mut self, recorded: &Recorded<'_>) {
        recorded.record.fact.names(&mut |entry| self.add(entry));
    }

    /// Joins the directory of the positions just after.
    #[must_use]
    pub fn merge(mut self, later: Self) -> Self {
        self.uuids.extend(later.uuids);
        for (kind, words) in later.words {
            self.words.entry(kind).or_default().extend(words);
        }
        self.names.extend(later.names);
        self.keys.extend(later.keys);
        self
    }
}

/// State of one kind of entity, by number.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Table<E> {
    rows: Vec<E>,
}

impl<E> Default for Table<E> {
    fn default() -> Self {
        Self { rows: Vec::new() }
    }
}

impl<E: Default> Table<E> {
    /// The entity with a number, if it exists.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<&E> {
        self.rows.get(usize::try_from(index).ok()?)
    }

    /// How many there are: also the number of the next one.
    #[must_use]
    pub fn next_index(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// All entities with their numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &E)> {
        (0..).zip(&self.rows)
    }

    /// The entity with a number, made as [`Default`] when it is new. Numbers are dense, so a new
    /// one is always the next; a gap would be filled with defaults rather than fail.
    pub fn entry(&mut self, index: u32) -> &mut E {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        if index >= self.rows.len() {
            self.rows.resize_with(index.saturating_add(1), E::default);
        }
        #[expect(clippy::indexing_slicing, reason = "resized just above")]
        &mut self.rows[index]
    }
}

impl<E: Default> FromIterator<(u32, E)> for Table<E> {
    fn from_iter<I: IntoIterator<Item = (u32, E)>>(rows: I) -> Self {
        let mut table = Self::default();
        for (index, row) in rows {
            *table.entry(index) = row;
        }
        table
    }
}
