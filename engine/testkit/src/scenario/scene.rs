//! The pure rules: no signatures, no store.

use archipel_domain::act::Authored;
use archipel_domain::authority::Cited;
use archipel_domain::fact::Record;
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::rejection::Rejection;
use archipel_domain::time::Timestamp;
use archipel_domain::vote;
use archipel_domain::world::World;

use super::{Intent, ORIGIN, START, Stage, acts, person, registrar};
use crate::keys::public;

/// A world and the acts that made it.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The state.
    pub world: World,
    /// The time at which the next act is recorded.
    pub now: Timestamp,
    /// Every accepted act, in order, with its statement's id.
    pub log: Vec<(StatementId, Record)>,
    ids: u64,
}

impl Scene {
    /// Nothing yet.
    #[must_use]
    pub fn empty() -> Self {
        Self { world: World::default(), now: START, log: Vec::new(), ids: 0 }
    }

    /// An instance founded by persons 1 to `founders`, for a year.
    #[must_use]
    pub fn founded(founders: u64) -> Self {
        let mut scene = Self::empty();
        scene.given(person(1).says(acts::found(founders, 365)));
        scene
    }

    /// Decides an act without folding it in.
    ///
    /// # Errors
    /// The first rule that forbids it.
    pub fn decide(&mut self, intent: Intent) -> Result<(StatementId, Record), Rejection> {
        let key = public(intent.key);
        let now = self.now;
        let fresh = intent.id.unwrap_or_else(|| self.fresh_id());
        let draft = intent.draft(fresh, now);
        // What can not be written down (an amount beyond 53 bits) still has a hash.
        let payload = draft.payload(ORIGIN, key).unwrap_or_else(|_| draft.id.to_string());
        let cited = draft.act.cites().and_then(|id| self.cited(id));
        let authored = Authored {
            id: draft.id,
            author: draft.author,
            key,
            acting_as: draft.acting_as,
            issued_at: draft.issued_at,
            condition: draft.condition,
            payload_hash: Hash::of(payload.as_bytes()),
            act: draft.act,
        };
        let record = self.world.decide(authored, now, cited.as_ref())?;
        Ok((draft.id, record))
    }

    fn cited(&self, id: StatementId) -> Option<Cited> {
        let position = self.log.iter().position(|(known, _)| *known == id)?;
        let (_, record) = self.log.get(position)?;
        Some(Cited { position: position as u64, record: record.clone() })
    }

    /// The records, in order.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.log.iter().map(|(_, record)| record.clone()).collect()
    }
}

impl Stage for Scene {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn advance_ms(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
    }

    fn fresh_id(&mut self) -> StatementId {
        self.ids += 1;
        StatementId::from_parts(self.now.0.unsigned_abs(), u128::from(self.ids))
    }

    fn peek<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world)
    }

    fn settle(&mut self) {
        let mut uncountable = std::collections::BTreeSet::new();
        loop {
            let due = vote::due(&self.world, self.now, &mut uncountable);
            if due.is_empty() {
                return;
            }
            for (_, act) in due {
                // Its id is not one that authors give out: the same as on a running engine.
                let id = StatementId::from_parts(0, self.log.len() as u128);
                self.given(registrar().says(act).named(id));
            }
        }
    }

    fn when(&mut self, intent: Intent) -> Result<StatementId, String> {
        let (id, record) = self.decide(intent).map_err(|rejection| rejection.code().to_owned())?;
        self.world.evolve(&record);
        self.log.push((id, record));
        Ok(id)
    }
}
