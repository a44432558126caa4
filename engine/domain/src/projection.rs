//! Projections: states folded from the log.

use crate::fact::Recorded;
use crate::id::Hash;

/// A state folded from recorded facts.
///
/// Laws, held by tests: [`Default`] is the identity of [`merge`](Self::merge); `merge` is
/// associative; folding a range equals merging the folds of its consecutive parts; the state is
/// the same, bit for bit, live, replayed, and for any number of threads.
pub trait Projection: Default + Send {
    /// Name in commands, snapshots and state hashes.
    const NAME: &'static str;
    /// Raised whenever the state's meaning or encoding changes; part of the state hash.
    const VERSION: u32;

    /// Whether facts of a type of act can change the state. The others are not even decoded.
    #[must_use]
    fn takes(type_name: &str) -> bool {
        let _ = type_name;
        true
    }

    /// Takes in the next fact. Total: never fails, checks no rule.
    fn apply(&mut self, recorded: &Recorded<'_>);

    /// Joins the state of the positions just after this one's.
    #[must_use]
    fn merge(self, later: Self) -> Self;

    /// SHA-256 over name, version and the encoded state.
    fn state_hash(&self) -> Hash;
}
