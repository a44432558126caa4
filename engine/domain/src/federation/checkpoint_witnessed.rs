//! `checkpoint.witnessed/1`

use super::{Federation, ForeignLog, SIZE_MAX, Seen, SignedCheckpoint};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Hash, KeyId, Line, SignatureBytes, Slug};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize};

/// Records the signed head of another log, as it was seen here. If that log later shows another
/// history, this record and the other log's own signature prove it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessCheckpoint {
    /// What the log is called here.
    pub log: Slug,
    /// What the log calls itself.
    pub origin: Line,
    /// The key that signs its checkpoints.
    pub key: KeyId,
    /// Number of entries, at most [`SIZE_MAX`].
    #[serde(deserialize_with = "size")]
    pub size: u64,
    /// Root of their tree.
    pub root: Hash,
    /// The log's signature of the checkpoint.
    pub signature: SignatureBytes,
}

fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let size = u64::deserialize(deserializer)?;
    if size <= SIZE_MAX { Ok(size) } else { Err(serde::de::Error::custom("the size is too large")) }
}

/// A checkpoint of another log was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CheckpointWitnessed {
    index: u32,
    /// The name and the origin, the first time.
    new: Option<(Slug, Line)>,
    key: KeyId,
    size: u64,
    root: Hash,
}

impl Command for WitnessCheckpoint {
    type Event = CheckpointWitnessed;

    fn decide(self, cx: &Cx<'_>) -> Result<CheckpointWitnessed, Rejection> {
        cx.require(Power::Federation)?;
        let logs = &cx.world.tables.logs;
        let named = cx.find(Kind::Log, &self.log);
        let known = named.and_then(|index| logs.get(index));
        let is_it = |log: &ForeignLog| log.origin.as_ref() == Some(&self.origin);
        let seen = known.and_then(|log| log.seen);
        let other_key = seen.is_some_and(|seen| seen.key != self.key);
        if known.is_some_and(|log| !is_it(log)) || other_key {
            return Err(Federation::OtherLog.into());
        }
        if known.is_none() && logs.iter().any(|(_, log)| is_it(log)) {
            return Err(Federation::NamedOtherwise.into());
        }
        if let Some(seen) = seen {
            if seen.size > self.size {
                return Err(Federation::Older.into());
            }
            if seen.size == self.size {
                let fork = seen.root != self.root;
                return Err(if fork { Federation::Fork } else { Federation::Known }.into());
            }
        }
        let index = named.unwrap_or_else(|| logs.next_index());
        let new = if known.is_none() { Some((self.log, self.origin)) } else { None };
        let Self { key, size, root, .. } = self;
        Ok(CheckpointWitnessed { index, new, key, size, root })
    }

    fn checkpoints(&self) -> Vec<SignedCheckpoint> {
        vec![SignedCheckpoint {
            origin: self.origin.clone(),
            size: self.size,
            root: self.root,
            key: self.key,
            signature: self.signature,
        }]
    }
}

impl Event for CheckpointWitnessed {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Log, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        if let Some((slug, _)) = &self.new {
            add(Entry::Named(self.stream(), Name::from(slug)));
        }
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::ForeignLog(log) = entity {
            if let Some((_, origin)) = &self.new {
                log.origin = Some(origin.clone());
            }
            let (key, size, root) = (self.key, self.size, self.root);
            log.seen = Some(Seen { key, size, root, recorded: recorded.position });
        }
    }
}
