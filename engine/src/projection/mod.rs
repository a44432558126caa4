//! Folding the log: in parallel, from any snapshot, to any position, always to the same state.

mod fold;
pub(crate) mod snapshot;

pub use fold::{FoldError, Folded, fold_view, fold_world};
pub use snapshot::{SNAPSHOTS_KEPT, Snapshots};
