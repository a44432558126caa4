//! The state that readers see: swapped after each commit, never locked while it changes.

use archipel_domain::fact::Record;
use archipel_domain::id::Hash;
use archipel_domain::world::World;
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;

/// A state with the head of the tree that it stands for.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The state; its position is the size of the tree.
    pub world: Arc<World>,
    /// RFC 6962 root of that tree.
    pub root: Hash,
}

type Observer = Box<dyn Fn(u64) + Send + Sync>;

/// What readers see. Two copies of the state take turns: one is shown while the other catches up.
pub struct Views {
    /// Written by the writer's thread only, for as long as it takes to swap two pointers.
    shown: RwLock<Shown>,
    /// Size shown, for those who wait for their own write.
    size: Mutex<u64>,
    grown: Condvar,
    observers: Mutex<Vec<Observer>>,
}

impl Views {
    pub(crate) fn new(world: World, root: Hash) -> Self {
        let size = Mutex::new(world.position);
        let shown = RwLock::new(Shown { world: Arc::new(world), root });
        Self { shown, size, grown: Condvar::new(), observers: Mutex::new(Vec::new()) }
    }

    /// The latest durable state.
    #[must_use]
    pub fn latest(&self) -> Shown {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The latest state once it holds the act at `position`; nothing if that takes longer than
    /// `patience`.
    #[must_use]
    pub fn holding(&self, position: u64, patience: Duration) -> Option<Shown> {
        let size = self.size.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.grown.wait_timeout_while(size, patience, |size| *size <= position);
        let (size, _) = waited.unwrap_or_else(PoisonError::into_inner);
        (*size > position).then(|| self.latest())
    }

    /// Calls back with the new size after every commit, from the writer's thread: be quick.
    pub fn observe(&self, observer: Observer) {
        self.observers.lock().unwrap_or_else(PoisonError::into_inner).push(observer);
    }

    fn swap(&self, next: Shown) -> Arc<World> {
        let size = next.world.position;
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        let previous = std::mem::replace(&mut *shown, next).world;
        drop(shown);
        *self.size.lock().unwrap_or_else(PoisonError::into_inner) = size;
        self.grown.notify_all();
        for observer in self.observers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            observer(size);
        }
        previous
    }
}

/// The writer's side of [`Views`].
pub(super) struct Publisher {
    /// The copy that is not shown, and the batches that it lacks.
    spare: Arc<World>,
    lacking: Vec<Arc<Vec<Record>>>,
}

impl Publisher {
    pub(super) fn new(views: &Views) -> Self {
        let world = (*views.latest().world).clone();
        Self { spare: Arc::new(world), lacking: Vec::new() }
    }

    /// Shows the state after one more batch.
    pub(super) fn publish(&mut self, views: &Views, records: &Arc<Vec<Record>>, root: Hash) {
        if Arc::get_mut(&mut self.spare).is_none() {
            // A reader still holds the older copy: leave it to them and start from the shown one.
            self.spare = Arc::new((*views.latest().world).clone());
            self.lacking.clear();
        }
        self.lacking.push(Arc::clone(records));
        if let Some(world) = Arc::get_mut(&mut self.spare) {
            for record in self.lacking.iter().flat_map(|records| records.iter()) {
                world.evolve(record);
            }
        }
        let next = Shown { world: Arc::clone(&self.spare), root };
        self.spare = views.swap(next);
        self.lacking = vec![Arc::clone(records)];
    }
}
