//! A running engine with a clock that is set by hand.

use std::sync::Arc;

use archipel_domain::id::StatementId;
use archipel_domain::time::Timestamp;
use archipel_domain::world::World;
use archipel_engine::clock::{Clock as _, ManualClock};
use archipel_engine::engine::{Engine, Options};
use archipel_engine::log::statement::Signed;
use archipel_engine::projection::Snapshots;
use archipel_engine::sequencer::Answer;
use archipel_engine::store::{EventStore, MemoryStore};

use super::{Intent, ORIGIN, REGISTRAR_KEY, START, Stage, acts, person};
use crate::keys::secret;

/// An engine on any store.
pub struct Live {
    engine: Option<Arc<Engine>>,
    store: Arc<dyn EventStore>,
    clock: Arc<ManualClock>,
    snapshots: Option<Snapshots>,
    ids: u64,
}

impl Live {
    /// An engine on an empty store in memory.
    #[must_use]
    pub fn new() -> Self {
        Self::on(Arc::new(MemoryStore::new()), None)
    }

    /// An instance in memory, founded by persons 1 to `founders`, for a year.
    #[must_use]
    pub fn founded(founders: u64) -> Self {
        let mut live = Self::new();
        live.given(person(1).says(acts::found(founders, 365)));
        live
    }

    /// An engine on a store, which may hold a log already.
    ///
    /// # Panics
    /// If it does not open.
    #[must_use]
    pub fn on(store: Arc<dyn EventStore>, snapshots: Option<Snapshots>) -> Self {
        let clock = Arc::new(ManualClock::at(START));
        // Not those of the stage that made the log.
        let ids = store.head().size << 20;
        let mut live = Self { engine: None, store, clock, snapshots, ids };
        live.reopen();
        live
    }

    /// Ends the engine and opens it again on the same store.
    ///
    /// # Panics
    /// If it does not open.
    pub fn reopen(&mut self) {
        self.stop();
        let options = Options {
            clock: Arc::clone(&self.clock) as Arc<_>,
            snapshot_every: 16,
            ..Options::default()
        };
        let engine = Engine::start(
            Arc::clone(&self.store),
            ORIGIN,
            Some(secret(REGISTRAR_KEY)),
            self.snapshots.clone(),
            options,
        );
        let engine = engine.unwrap_or_else(|error| panic!("the instance does not open: {error}"));
        self.clock.set(self.clock.now().max(engine.views().latest().world.recorded_at));
        self.engine = Some(Arc::new(engine));
    }

    /// Ends the engine, once everything that waits is done.
    pub fn stop(&mut self) {
        self.engine = None;
    }

    /// The engine.
    ///
    /// # Panics
    /// If it was stopped.
    #[must_use]
    pub fn engine(&self) -> &Arc<Engine> {
        self.engine.as_ref().unwrap()
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.store
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<ManualClock> {
        &self.clock
    }

    /// The state that readers see.
    #[must_use]
    pub fn world(&self) -> Arc<World> {
        self.engine().views().latest().world
    }

    /// The statement, signed.
    #[must_use]
    pub fn sign(&mut self, intent: Intent) -> Signed {
        let fresh = intent.id.unwrap_or_else(|| self.fresh_id());
        intent.sign(fresh, self.now())
    }

    /// Hands in one statement and waits for the answer.
    ///
    /// # Panics
    /// If there is no answer.
    pub fn submit(&self, signed: &Signed) -> Answer {
        self.engine().submit_and_wait(vec![signed.clone()]).pop().unwrap()
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

impl Stage for Live {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn advance_ms(&mut self, ms: i64) {
        self.clock.advance_ms(ms);
    }

    fn fresh_id(&mut self) -> StatementId {
        self.ids += 1;
        StatementId::from_parts(self.now().0.unsigned_abs(), u128::from(self.ids))
    }

    fn peek<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world())
    }

    fn settle(&mut self) {
        self.engine().tick();
    }

    fn when(&mut self, intent: Intent) -> Result<StatementId, String> {
        let signed = self.sign(intent);
        match self.submit(&signed) {
            Ok(receipt) => Ok(receipt.id),
            Err(error) => Err(error.code().to_owned()),
        }
    }
}
