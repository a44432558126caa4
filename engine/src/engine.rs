//! The facade: an instance, opened.

use crate::clock::{Clock, SystemClock};
use crate::crypto::SecretKey;
use crate::instance::{Instance, InstanceError};
use crate::log::leaf::Leaf;
use crate::log::statement::{Signed, Statement};
use crate::projection::{FoldError, Snapshots, fold_world};
use crate::rebuild::{self, RebuildError};
use crate::sequencer::{
    Answer, Decider, Registrar, Reply, Sequencer, SnapshotPlan, SubmitError, Views,
};
use crate::store::{EventStore, OpenError, SledStore, StoreOptions};
use archipel_domain::id::{Hash, KeyId};
use archipel_domain::world::World;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

/// Acts between two snapshots.
pub const SNAPSHOT_EVERY: u64 = 262_144;

/// How to open an instance.
pub struct Options {
    /// The clock by which acts are recorded.
    pub clock: Arc<dyn Clock>,
    /// How the store behaves.
    pub store: StoreOptions,
    /// Acts between two snapshots.
    pub snapshot_every: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            store: StoreOptions::default(),
            snapshot_every: SNAPSHOT_EVERY,
        }
    }
}

/// Why an instance does not open.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The directory is not an instance's.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// The store does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The state can not be folded.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// Derived data can not be rebuilt from the leaves.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
}

impl EngineError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Instance(error) => error.code(),
            Self::Open(error) => error.code(),
            Self::Fold(_) => "engine.fold",
            Self::Rebuild(error) => error.code(),
        }
    }
}

/// An opened instance. Front ends hand statements to [`Engine::submit`] and read [`Engine::views`].
pub struct Engine {
    origin: String,
    store: Arc<dyn EventStore>,
    snapshots: Option<Snapshots>,
    views: Arc<Views>,
    /// Cleared once, when nothing may be recorded any more.
    recording: AtomicBool,
    // Last, so that everything else outlives the stages that are ended when it drops.
    sequencer: Sequencer,
}

impl Engine {
    /// Opens the instance in a directory, catching up derived data if needed.
    ///
    /// # Errors
    /// [`EngineError`], which says what to do.
    pub fn open(dir: &Path, options: Options) -> Result<Self, EngineError> {
        let instance = Instance::find(dir)?;
        let registrar = instance.registrar()?;
        let key = KeyId(*registrar.public_key().as_bytes());
        let store = SledStore::open(dir, options.store.clone())?;
        let engine = Self::on(&instance, store, Some(registrar), options)?;
        let world = engine.views.latest().world;
        if world.tables.instances.get(0).is_some_and(|instance| instance.registrar != key) {
            let file = dir.join("registrar.pem");
            let what = "it is not the key that the log names as the instance's".to_owned();
            return Err(InstanceError::Settings { file, what }.into());
        }
        Ok(engine)
    }

    /// Opens the instance in a directory for reading, also where [`Engine::open`] refuses because
    /// the log is older than its guard; [`OpenError`] tells why it does, if so.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn open_read_only(
        dir: &Path,
        options: Options,
    ) -> Result<(Self, Option<OpenError>), EngineError> {
        let instance = Instance::find(dir)?;
        let store = SledStore::open_read_only(dir, options.store.clone())?;
        let doubt = store.doubt().cloned();
        let engine = Self::on(&instance, store, None, options)?;
        engine.stop_recording();
        Ok((engine, doubt))
    }

    fn on(
        instance: &Instance,
        store: SledStore,
        registrar: Option<SecretKey>,
        options: Options,
    ) -> Result<Self, EngineError> {
        let store: Arc<dyn EventStore> = Arc::new(store);
        belongs(store.as_ref(), instance)?;
        let snapshots = Snapshots::of(instance.dir());
        Self::start(store, instance.origin(), registrar, Some(snapshots), options)
    }

    /// Starts an instance on any store: for tests, and for those who bring their own.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn start(
        store: Arc<dyn EventStore>,
        origin: &str,
        registrar: Option<SecretKey>,
        snapshots: Option<Snapshots>,
        options: Options,
    ) -> Result<Self, EngineError> {
        let world = recover(store.as_ref(), snapshots.as_ref())?;
        let views = Arc::new(Views::new(world.clone(), Hash(store.head().root)));
        let registrar = registrar.map(|secret| Registrar { origin: origin.to_owned(), secret });
        let plan = snapshots.clone().map(|snapshots| SnapshotPlan {
            snapshots,
            every: options.snapshot_every.max(1),
            last: world.position,
        });
        let decider = Decider::new(world, Arc::clone(&store), registrar);
        let sequencer = Sequencer::start(
            Arc::clone(&store),
            origin.to_owned(),
            options.clock,
            decider,
            Arc::clone(&views),
            plan,
        );
        let recording = AtomicBool::new(true);
        Ok(Self { origin: origin.to_owned(), store, snapshots, views, recording, sequencer })
    }

    /// The name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.store
    }

    /// What readers see.
    #[must_use]
    pub fn views(&self) -> &Arc<Views> {
        &self.views
    }

    /// Hands in statements; `reply` gets the answers, in their order, once they are durable.
    pub fn submit(&self, statements: Vec<Signed>, reply: Reply) {
        if self.is_recording() {
            self.sequencer.submit(statements, reply);
        } else {
            reply(vec![Err(SubmitError::ReadOnly); statements.len().max(1)]);
        }
    }

    /// Whether statements are taken.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.recording.load(Ordering::Acquire)
    }

    /// Takes no more statements: the log may not be the one that it was. Reads go on.
    pub fn stop_recording(&self) {
        self.recording.store(false, Ordering::Release);
    }

    /// Hands in statements and waits for the answers.
    #[must_use]
    pub fn submit_and_wait(&self, statements: Vec<Signed>) -> Vec<Answer> {
        let count = statements.len();
        let (sender, receiver) = mpsc::sync_channel(1);
        self.submit(
            statements,
            Box::new(move |answers| {
                // Nobody is gone: the receiver waits just below.
                let _ = sender.send(answers);
            }),
        );
        receiver.recv().unwrap_or_else(|_| vec![Err(SubmitError::InDoubt); count])
    }

    /// States what is due by the clock: closings and outcomes.
    pub fn tick(&self) {
        let _ = self.submit_and_wait(Vec::new());
    }

    /// Whether the store has failed, so that the process should end and be started again.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.sequencer.has_failed()
    }

    /// The state just before `position`, from the nearest snapshot. Folds what lies between.
    ///
    /// # Errors
    /// [`FoldError`]; a position past the end is a read error.
    pub fn world_at(&self, position: u64) -> Result<Arc<World>, FoldError> {
        let latest = self.views.latest().world;
        if latest.position == position {
            return Ok(latest);
        }
        let start = self.snapshots.as_ref().and_then(|s| s.load(self.store.as_ref(), position));
        fold_world(self.store.as_ref(), start.unwrap_or_default(), position).map(Arc::new)
    }
}

/// Whether the settings name the log that the store holds: with another name, the instance would
/// sign for a log that is not this one.
fn belongs(store: &dyn EventStore, instance: &Instance) -> Result<(), EngineError> {
    let first = store.head().size.min(1);
    let mut origin = None;
    let read = store.scan_leaves(0..first, &mut |_, bytes| {
        let statement = Leaf::decode(bytes).ok().map(|leaf| Statement::parse(&leaf.payload));
        origin = statement.and_then(Result::ok).map(|statement| statement.origin);
        ControlFlow::Break(())
    });
    read.map_err(RebuildError::from)?;
    match origin {
        Some(origin) if origin != instance.origin() => {
            let file = instance.dir().join("instance.json");
            let what = format!("it names {}, the log is that of {origin}", instance.origin());
            Err(InstanceError::Settings { file, what }.into())
        }
        _ => Ok(()),
    }
}

/// The state at the head: the latest snapshot, the facts since, and the leaves whose facts are
/// missing. The same path after a clean stop, a crash, and the deletion of everything derived.
fn recover(store: &dyn EventStore, snapshots: Option<&Snapshots>) -> Result<World, EngineError> {
    let derived = store.derived_size();
    let snapshot = snapshots.and_then(|snapshots| snapshots.load(store, derived));
    let world = match fold_world(store, snapshot.unwrap_or_default(), derived) {
        Ok(world) => world,
        Err(error) => {
            tracing::warn!(%error, "derived data is damaged and is rebuilt from the leaves");
            store.reset_derived().map_err(RebuildError::from)?;
            World::default()
        }
    };
    Ok(rebuild::catch_up(store, world)?)
}
