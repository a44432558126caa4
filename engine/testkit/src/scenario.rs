//! Worlds for tests, built from acts: `given` (must be accepted), `when` (decided), `then` (the
//! code expected). The same acts play on the pure rules ([`Scene`]) and, signed, on a running
//! engine ([`Live`]).

pub mod acts;
pub mod elections;
pub mod guards;
mod live;
pub mod lots;
pub mod mandates;
pub mod rotas;
mod scene;
mod town;

use archipel_domain::act::Act;
use archipel_domain::authority::Condition;
use archipel_domain::entity::Kind;
use archipel_domain::id::{Hash, KeyId, MemberId, StatementId};
use archipel_domain::time::Timestamp;
use archipel_domain::world::World;
use archipel_engine::log::statement::{Draft, Signed};

pub use crate::keys::ORIGIN;
use crate::keys::{public, secret};
pub use live::Live;
pub use scene::Scene;
pub use town::{Town, furnish};

/// When scenarios begin.
pub const START: Timestamp = Timestamp(1_790_000_000_000);
/// Number of the instance's own key.
pub const REGISTRAR_KEY: u64 = 0;
/// A day, in milliseconds.
pub const DAY_MS: i64 = Timestamp::DAY_MS;

/// Somebody, by number, with the key of the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person {
    /// Pseudonym.
    pub id: MemberId,
    /// Number of the key with which the person signs.
    pub key: u64,
}

/// The person with a number from 1.
#[must_use]
pub fn person(number: u64) -> Person {
    Person { id: MemberId(wide(&format!("person {number}"))), key: number }
}

/// The instance itself, as an author.
#[must_use]
pub fn registrar() -> Person {
    Person { id: MemberId(wide("the instance")), key: REGISTRAR_KEY }
}

/// The founding mandate of founder `number`, from 1.
#[must_use]
pub fn mandate(number: u64) -> StatementId {
    StatementId::from_parts(START.0.unsigned_abs(), wide(&format!("mandate {number}")))
}

fn wide(text: &str) -> u128 {
    let Hash(bytes) = Hash::of(text.as_bytes());
    bytes.iter().take(16).fold(0, |wide, byte| (wide << 8) | u128::from(*byte))
}

impl Person {
    /// The act, to be signed by this person.
    #[must_use]
    pub fn says(self, act: impl Into<Act>) -> Intent {
        Intent {
            author: self.id,
            key: self.key,
            acting_as: None,
            condition: None,
            issued_at: None,
            id: None,
            act: act.into(),
        }
    }

    /// The public key.
    #[must_use]
    pub fn public(self) -> KeyId {
        public(self.key)
    }

    /// The same person with another key.
    #[must_use]
    pub fn with_key(self, key: u64) -> Self {
        Self { key, ..self }
    }
}

/// What somebody is about to sign. What is left open is filled in by the [`Stage`].
#[derive(Clone, Debug)]
pub struct Intent {
    /// Who is named as the author.
    pub author: MemberId,
    /// Number of the key that signs.
    pub key: u64,
    /// The mandate.
    pub acting_as: Option<StatementId>,
    /// What must still hold.
    pub condition: Option<Condition>,
    /// When it claims to be signed; the stage's time when absent.
    pub issued_at: Option<Timestamp>,
    /// Its id; a fresh one when absent.
    pub id: Option<StatementId>,
    /// The act.
    pub act: Act,
}

impl Intent {
    /// Under a mandate.
    #[must_use]
    pub fn under(mut self, assignment: StatementId) -> Self {
        self.acting_as = Some(assignment);
        self
    }

    /// Under a condition.
    #[must_use]
    pub fn provided(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// With another time of issue.
    #[must_use]
    pub fn dated(mut self, at: Timestamp) -> Self {
        self.issued_at = Some(at);
        self
    }

    /// With a given id.
    #[must_use]
    pub fn named(mut self, id: StatementId) -> Self {
        self.id = Some(id);
        self
    }

    /// Signed with another key.
    #[must_use]
    pub fn signed_with(mut self, key: u64) -> Self {
        self.key = key;
        self
    }

    /// The draft, with everything filled in.
    #[must_use]
    pub fn draft(self, id: StatementId, now: Timestamp) -> Draft {
        Draft {
            id: self.id.unwrap_or(id),
            author: self.author,
            acting_as: self.acting_as,
            issued_at: self.issued_at.unwrap_or(now),
            condition: self.condition,
            act: self.act,
        }
    }

    /// The draft, signed for [`ORIGIN`].
    ///
    /// # Panics
    /// If the text is not one that can be signed.
    #[must_use]
    pub fn sign(self, id: StatementId, now: Timestamp) -> Signed {
        let key = secret(self.key);
        self.draft(id, now).sign(ORIGIN, &key).unwrap()
    }
}

/// Where acts are played.
pub trait Stage {
    /// The clock.
    fn now(&self) -> Timestamp;

    /// Moves the clock on.
    fn advance_ms(&mut self, ms: i64);

    /// An id that was not given out before, of the present time.
    fn fresh_id(&mut self) -> StatementId;

    /// Looks at the state.
    fn peek<T>(&self, look: impl FnOnce(&World) -> T) -> T;

    /// States what is due by the clock: closings and outcomes.
    fn settle(&mut self);

    /// The terms of a vote, to be named on ballots.
    ///
    /// # Panics
    /// If there is no such vote.
    #[track_caller]
    fn terms(&self, vote: StatementId) -> Hash {
        self.peek(|world| {
            let index = world.directory.by_uuid(Kind::Vote, vote.0).unwrap();
            world.tables.votes.get(index).unwrap().terms.0
        })
    }

    /// Plays an act: its id, or the code of the refusal.
    ///
    /// # Errors
    /// The code of the refusal.
    fn when(&mut self, intent: Intent) -> Result<StatementId, String>;

    /// Plays an act that must be accepted.
    ///
    /// # Panics
    /// If it is refused.
    #[track_caller]
    fn given(&mut self, intent: Intent) -> StatementId {
        let told = format!("{} by key {}", intent.act.type_name(), intent.key);
        match self.when(intent) {
            Ok(id) => id,
            Err(code) => panic!("{told} should be accepted, not refused with {code}"),
        }
    }

    /// Plays an act that must be refused with that code.
    ///
    /// # Panics
    /// If it is not.
    #[track_caller]
    fn then(&mut self, intent: Intent, code: &str) {
        let told = format!("{} by key {}", intent.act.type_name(), intent.key);
        match self.when(intent) {
            Ok(_) => panic!("{told} should be refused with {code}, not accepted"),
            Err(found) => assert_eq!(found, code, "{told}"),
        }
    }
}

#[cfg(test)]
mod tests;
