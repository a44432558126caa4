//! The two ways to an instance: its directory, or its server. Commands do not know which.

mod local;
mod remote;

pub(crate) use local::{Local, open_dir, position_at, publisher, publisher_with};
pub(crate) use remote::Remote;

use crate::failure::Failure;
use archipel_domain::id::StatementId;
use archipel_engine::log::statement::Signed;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the author of an accepted statement gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Receipt {
    /// The statement's id.
    pub(crate) id: StatementId,
    /// Where it stands in the log, from 0.
    pub(crate) position: u64,
    /// When it was recorded, in milliseconds since 1970.
    pub(crate) recorded_at: i64,
    /// RFC 6962 hash of its leaf.
    pub(crate) leaf: String,
    /// Whether it had been accepted before.
    pub(crate) duplicate: bool,
    /// Size of the tree when this was answered.
    pub(crate) size: u64,
    /// RFC 6962 root of that tree.
    pub(crate) root: String,
}

/// The state of the log that a reader asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum At {
    /// As it stands.
    #[default]
    Latest,
    /// After so many statements.
    Position(u64),
    /// After everything that was recorded up to this moment, in milliseconds since 1970.
    Moment(i64),
}

/// The signed head of a log.
pub(crate) struct SignedHead {
    /// A signed note.
    pub(crate) checkpoint: String,
    /// The verifier key.
    pub(crate) vkey: String,
}

/// A way to an instance.
pub(crate) trait Backend {
    /// The log's name.
    fn origin(&self) -> Result<String, Failure>;

    /// Hands in statements and waits; the answers come in their order.
    fn submit(&self, statements: &[Signed]) -> Result<Vec<Result<Receipt, Failure>>, Failure>;

    /// Reads a view by path: `{"position","root","recorded_at","data"}`.
    fn read(&self, path: &str, at: At) -> Result<Value, Failure>;

    /// States what is due by the clock, where that does not happen by itself.
    fn tick(&self) -> Result<(), Failure>;

    /// The signed head of the log, and the key that verifies it.
    fn checkpoint(&self) -> Result<SignedHead, Failure>;

    /// The receipt of an act, by position or id, under the latest checkpoint.
    fn receipt(&self, entry: &str) -> Result<String, Failure>;

    /// The signed statement at a position, and when it was recorded.
    fn signed(&self, positions: std::ops::Range<u64>) -> Result<Vec<Signed>, Failure>;
}

/// Reads a list to its end, page by page, as one list.
pub(crate) fn read_all(backend: &dyn Backend, path: &str, at: At) -> Result<Value, Failure> {
    read_all_of(backend, path, at, "/data")
}

/// The same, of a list within what is read.
pub(crate) fn read_all_of(
    backend: &dyn Backend,
    path: &str,
    at: At,
    list: &str,
) -> Result<Value, Failure> {
    let mut whole = backend.read(path, at)?;
    // Later pages are of the same state as the first, whatever is recorded meanwhile.
    let position = whole.get("position").and_then(Value::as_u64);
    let at = position.map_or(at, At::Position);
    let (items, next) = (format!("{list}/items"), format!("{list}/next"));
    loop {
        let from = whole.pointer(&next).and_then(Value::as_u64);
        let Some(from) = from else { return Ok(whole) };
        let joint = if path.contains('?') { '&' } else { '?' };
        let page = backend.read(&format!("{path}{joint}from={from}&limit=1000"), at)?;
        let more = page.pointer(&items).and_then(Value::as_array).cloned();
        let Some(Value::Array(all)) = whole.pointer_mut(&items) else {
            return Ok(whole);
        };
        let more = more.filter(|more| !more.is_empty());
        all.extend(more.ok_or_else(|| Failure::answer("an empty page"))?);
        let following = page.pointer(&next).cloned().unwrap_or_default();
        if let Some(slot) = whole.pointer_mut(&next) {
            *slot = following;
        }
    }
}
