//! The entities' states, by kind: the per-stream family of projections.

use crate::codec;
use crate::delegation::Delegator;
use crate::election::Election;
use crate::entity::{EntityRef, Kind, Table};
use crate::fact::Recorded;
use crate::federation::ForeignLog;
use crate::id::Hash;
use crate::ledger::{Account, Unit};
use crate::membership::{Call, Group, Instance, Member};
use crate::proposal::{Amendment, Proposal};
use crate::role::{Assignment, Charter, Circle, Remit, Role, Tenure};
use crate::rota::{Availability, Rotation};
use crate::safeguard::{Request, Safeguard};
use crate::sortition::Draw;
use crate::vote::{Procedure, Vote};
use bincode::{Decode, Encode};

/// The state of one kind of entity, folded from the facts that touch it.
pub trait Entity: Default + Send + Encode {
    /// Its kind.
    const KIND: Kind;
    /// Itself, for an event to change.
    fn as_entity(&mut self) -> EntityMut<'_>;
}

macro_rules! tables {
    ($($(#[$doc:meta])* $field:ident: $state:ident = $kind:ident,)+) => {
        /// Every entity's state.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
        pub struct Tables { $($(#[$doc])* pub $field: Table<$state>,)+ }

        /// One entity, to be changed by an event.
        pub enum EntityMut<'a> { $($(#[$doc])* $state(&'a mut $state),)+ }

        $(impl Entity for $state {
            const KIND: Kind = Kind::$kind;
            fn as_entity(&mut self) -> EntityMut<'_> {
                EntityMut::$state(self)
            }
        })+

        impl Tables {
            /// The entity, made new when it does not exist.
            pub fn entity(&mut self, entity: EntityRef) -> EntityMut<'_> {
                match entity.kind {
                    $(Kind::$kind => EntityMut::$state(self.$field.entry(entity.index)),)+
                }
            }

            /// SHA-256 of the encoded tables of the given kinds, in the order of [`Kind::ALL`].
            #[must_use]
            pub fn hash(&self, kinds: &[Kind]) -> Hash {
                let mut text = Vec::new();
                for kind in Kind::ALL.into_iter().filter(|kind| kinds.contains(kind)) {
                    let encoded = match kind {
                        $(Kind::$kind => codec::encode_snapshot(&self.$field),)+
                    };
                    text.extend(Hash::of(&encoded.unwrap_or_default()).0);
                }
                Hash::of(&text)
            }
        }
    };
}

tables! {
    /// The instance: one row once it is founded.
    instances: Instance = Instance,
    /// Groups.
    groups: Group = Group,
    /// Members.
    members: Member = Member,
    /// Calls.
    calls: Call = Call,
    /// Circles.
    circles: Circle = Circle,
    /// Roles.
    roles: Role = Role,
    /// Assignments.
    assignments: Assignment = Assignment,
    /// Proposals.
    proposals: Proposal = Proposal,
    /// Amendments.
    amendments: Amendment = Amendment,
    /// Votes.
    votes: Vote = Vote,
    /// Units of account.
    units: Unit = Unit,
    /// Ledger accounts.
    accounts: Account = Account,
    /// Other logs.
    logs: ForeignLog = Log,
    /// What belongs to votes beside their ballots, by the vote's number.
    procedures: Procedure = Procedure,
    /// What members delegate, by the member's number.
    delegators: Delegator = Delegator,
    /// Draws by lot.
    draws: Draw = Draw,
    /// What belongs to circles beside their purpose, by the circle's number.
    remits: Remit = Remit,
    /// What belongs to roles beside their powers, by the role's number.
    charters: Charter = Charter,
    /// What belongs to mandates beside their terms, by the assignment's number.
    tenures: Tenure = Tenure,
    /// What subjects ask for, by the subject's number.
    safeguards: Safeguard = Safeguard,
    /// Requested acts.
    requests: Request = Request,
    /// Elections without candidates.
    elections: Election = Election,
    /// Recorded plans of rotation.
    rotations: Rotation = Rotation,
    /// When members are not available, by the member's number.
    availabilities: Availability = Availability,
}

impl Tables {
    /// Takes in the next fact.
    pub fn apply(&mut self, recorded: &Recorded<'_>) {
        let event = recorded.record.fact.event();
        event.entities(&mut |entity| {
            if recorded.can_name(entity.index) {
                event.evolve(entity.index, self.entity(entity), recorded);
            }
        });
    }
}
