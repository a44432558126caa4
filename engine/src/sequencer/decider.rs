//! Second stage: admits statements one by one, in order, against the live state.

use super::intake::{Coming, Group, Verified};
use super::{Receipt, Reply, SubmitError};
use crate::crypto::{self, SecretKey};
use crate::log::leaf::Leaf;
use crate::log::merkle;
use crate::log::statement::{Draft, StatementError};
use crate::store::{Derived, Entry, EventStore, Part, ReadError, StreamKey};
use archipel_domain::act::Act;
use archipel_domain::authority::Cited;
use archipel_domain::codec;
use archipel_domain::fact::Record;
use archipel_domain::id::{Hash, KeyId, StatementId};
use archipel_domain::time::Timestamp;
use archipel_domain::vote;
use archipel_domain::world::World;
use crossbeam_channel::{Receiver, Sender};
use smallvec::smallvec;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The instance's own key, with which it states what happens by itself.
pub(crate) struct Registrar {
    pub(crate) origin: String,
    pub(crate) secret: SecretKey,
}

/// What is to be appended as one batch, and who is to be answered once it is durable.
pub(crate) struct Batch {
    pub(crate) first: u64,
    pub(crate) entries: Vec<Entry>,
    pub(crate) records: Arc<Vec<Record>>,
    pub(crate) replies: Vec<(Vec<Result<Pending, SubmitError>>, Reply)>,
    /// Statements that leave the queue with this batch.
    pub(crate) settled: usize,
}

/// A receipt that still lacks the head of the tree.
#[derive(Clone, Copy)]
pub(crate) struct Pending {
    id: StatementId,
    position: u64,
    recorded_at: Timestamp,
    leaf: Hash,
    duplicate: bool,
}

impl Pending {
    pub(crate) fn receipt(self, size: u64, root: Hash) -> Receipt {
        let Self { id, position, recorded_at, leaf, duplicate } = self;
        Receipt { id, position, recorded_at, leaf, duplicate, size, root }
    }
}

/// A statement admitted but perhaps not yet durable.
#[derive(Clone, Copy)]
struct Recent {
    pending: Pending,
    payload: Hash,
}

/// Batches handed to the writer whose entries the store may not show yet.
struct InFlight {
    first: u64,
    by_id: HashMap<u128, Recent>,
    records: Arc<Vec<Record>>,
}

/// The stage: owns the live state, which runs ahead of what is durable.
pub(crate) struct Decider {
    world: World,
    store: Arc<dyn EventStore>,
    registrar: Option<Registrar>,
    in_flight: VecDeque<InFlight>,
    /// Closed votes, by number, whose outcome can not be declared: nothing more is cast in them.
    undeclarable: BTreeSet<u32>,
}

/// A batch under construction.
struct Building {
    first: u64,
    at: Timestamp,
    entries: Vec<Entry>,
    records: Vec<Record>,
    by_id: HashMap<u128, Recent>,
}

impl Decider {
    pub(crate) fn new(
        world: World,
        store: Arc<dyn EventStore>,
        registrar: Option<Registrar>,
    ) -> Self {
        let (in_flight, undeclarable) = (VecDeque::new(), BTreeSet::new());
        Self { world, store, registrar, in_flight, undeclarable }
    }

    pub(crate) fn recorded_at(&self) -> Timestamp {
        self.world.recorded_at
    }

    /// Runs until the stage before ends, or the stage after.
    pub(super) fn run(mut self, groups: &Receiver<Coming>, to_writer: &Sender<Batch>) {
        while let Ok(group) = groups.recv().and_then(|coming| coming.recv()) {
            let batch = self.decide_group(group);
            if to_writer.send(batch).is_err() {
                return;
            }
        }
    }

    fn decide_group(&mut self, group: Group) -> Batch {
        let durable = self.store.derived_size();
        self.in_flight.retain(|batch| batch.first.saturating_add(batch.len()) > durable);
        let settled = group.items.len();
        let ids: Vec<u128> = group
            .items
            .iter()
            .map(|item| item.as_ref().map_or(0, |verified| verified.authored.id.0))
            .collect();
        let known = self.store.lookup(&ids);
        let mut building = Building {
            first: self.world.position,
            at: group.at,
            entries: Vec::with_capacity(settled),
            records: Vec::with_capacity(settled),
            by_id: HashMap::with_capacity(settled),
        };
        self.state_what_is_due(&mut building);
        let mut answers = Vec::with_capacity(settled);
        for (index, item) in group.items.into_iter().enumerate() {
            let known = match &known {
                Ok(positions) => Ok(positions.get(index).copied().flatten()),
                Err(error) => Err(error),
            };
            answers.push(item.and_then(|verified| self.decide_one(verified, known, &mut building)));
        }
        let mut answers = answers.into_iter();
        let replies = group
            .replies
            .into_iter()
            .map(|(count, reply)| (answers.by_ref().take(count).collect(), reply))
            .collect();
        let Building { first, entries, records, by_id, .. } = building;
        let records = Arc::new(records);
        if !entries.is_empty() {
            let records = Arc::clone(&records);
            self.in_flight.push_back(InFlight { first, by_id, records });
        }
        Batch { first, entries, records, replies, settled }
    }

    fn decide_one(
        &mut self,
        verified: Verified,
        known: Result<Option<u64>, &ReadError>,
        building: &mut Building,
    ) -> Result<Pending, SubmitError> {
        let id = verified.authored.id;
        let payload = verified.authored.payload_hash;
        if let Some(recent) = self.recent(id, building) {
            return if recent.payload == payload {
                Ok(Pending { duplicate: true, ..recent.pending })
            } else {
                Err(SubmitError::IdConflict)
            };
        }
        match known {
            // The index is damaged: whether the id is new can not be known.
            Err(_) => return Err(SubmitError::InDoubt),
            Ok(Some(position)) => return self.again(id, position, payload),
            Ok(None) => {}
        }
        let cited = match verified.authored.act.cites() {
            Some(cited) => self.cited(cited, building).map_err(|_| SubmitError::InDoubt)?,
            None => None,
        };
        let record = self.world.decide(verified.authored, building.at, cited.as_ref())?;
        let derived = derive(id, &record)?;
        let entry = Entry { leaf: verified.leaf, leaf_hash: verified.leaf_hash, derived };
        Ok(self.admit(id, payload, entry, record, building))
    }

    fn admit(
        &mut self,
        id: StatementId,
        payload: Hash,
        entry: Entry,
        record: Record,
        building: &mut Building,
    ) -> Pending {
        let pending = Pending {
            id,
            position: self.world.position,
            recorded_at: building.at,
            leaf: Hash(entry.leaf_hash),
            duplicate: false,
        };
        self.world.evolve(&record);
        building.entries.push(entry);
        building.records.push(record);
        building.by_id.insert(id.0, Recent { pending, payload });
        pending
    }

    fn recent(&self, id: StatementId, building: &Building) -> Option<Recent> {
        let earlier = self.in_flight.iter().find_map(|batch| batch.by_id.get(&id.0));
        building.by_id.get(&id.0).or(earlier).copied()
    }

    /// The first receipt again, if the bytes are those recorded.
    fn again(&self, id: StatementId, position: u64, payload: Hash) -> Result<Pending, SubmitError> {
        let mut found = None;
        let end = position.saturating_add(1);
        let read = self.store.scan_leaves(position..end, &mut |_, bytes| {
            found = Leaf::decode(bytes).ok().map(|leaf| (leaf, merkle::leaf_hash(bytes)));
            ControlFlow::Break(())
        });
        let (leaf, hash) = read.ok().and(found).ok_or(SubmitError::InDoubt)?;
        if Hash::of(&leaf.payload) != payload {
            return Err(SubmitError::IdConflict);
        }
        let (recorded_at, leaf) = (leaf.recorded_at, Hash(hash));
        Ok(Pending { id, position, recorded_at, leaf, duplicate: true })
    }

    /// The record of an earlier statement, if there is one.
    fn cited(&self, id: StatementId, building: &Building) -> Result<Option<Cited>, ReadError> {
        if let Some(recent) = self.recent(id, building) {
            let position = recent.pending.position;
            let batch = self.in_flight.iter().find(|batch| batch.by_id.contains_key(&id.0));
            let (first, records) = batch
                .map_or((building.first, &building.records), |batch| (batch.first, &batch.records));
            let index = position.checked_sub(first).and_then(|index| usize::try_from(index).ok());
            let record = index.and_then(|index| records.get(index)).cloned();
            return Ok(record.map(|record| Cited { position, record }));
        }
        find_cited(self.store.as_ref(), id)
    }

    /// Closings that are due and outcomes that can be declared, before anything else is decided.
    fn state_what_is_due(&mut self, building: &mut Building) {
        if self.registrar.is_none() || !vote::is_due(&self.world, building.at) {
            return;
        }
        loop {
            let known = self.undeclarable.len();
            let acts = vote::due(&self.world, building.at, &mut self.undeclarable);
            if self.undeclarable.len() > known {
                tracing::error!("a closed vote can not be counted: vote show says why");
            }
            if acts.is_empty() {
                return;
            }
            for (vote, act) in acts {
                if let Err(error) = self.state(act, building) {
                    tracing::error!(code = error.code(), "the instance's own statement is refused");
                    if !self.undeclarable.insert(vote) {
                        return;
                    }
                }
            }
        }
    }

    fn state(&mut self, act: Act, building: &mut Building) -> Result<(), SubmitError> {
        let registrar = self.registrar.as_ref().ok_or(SubmitError::ReadOnly)?;
        let instance = self.world.tables.instances.get(0).ok_or(SubmitError::ReadOnly)?;
        let bits = crypto::random::<16>().map_err(|_| SubmitError::Stopped)?;
        let unix_ms = u64::try_from(building.at.0).unwrap_or(0);
        let id = StatementId::from_parts(unix_ms, u128::from_be_bytes(*bits));
        let draft = Draft {
            id,
            author: instance.id,
            acting_as: None,
            issued_at: building.at,
            condition: None,
            act: act.clone(),
        };
        let signed =
            draft.sign(&registrar.origin, &registrar.secret).map_err(StatementError::from)?;
        let key = KeyId(*registrar.secret.public_key().as_bytes());
        let payload_hash = Hash::of(&signed.payload);
        let authored = archipel_domain::act::Authored {
            id,
            author: draft.author,
            key,
            acting_as: None,
            issued_at: building.at,
            condition: None,
            payload_hash,
            act,
        };
        let record = self.world.decide(authored, building.at, None)?;
        let leaf = Leaf::new(signed, key, building.at).encode()?;
        let leaf_hash = merkle::leaf_hash(&leaf);
        let derived = derive(id, &record)?;
        self.admit(id, payload_hash, Entry { leaf, leaf_hash, derived }, record, building);
        Ok(())
    }
}

impl InFlight {
    fn len(&self) -> u64 {
        self.records.len() as u64
    }
}

/// What the store keeps of a record beside the leaf.
///
/// # Errors
/// [`StatementError::TooLarge`]: a text of very many short lines takes up more as a fact than in
/// its leaf, and would not fit in an entry.
pub(crate) fn derive(id: StatementId, record: &Record) -> Result<Derived, StatementError> {
    let stream = record.fact.stream();
    let key = StreamKey { kind: stream.kind.number(), index: stream.index };
    let fact = codec::encode(record).map_err(|_| StatementError::TooLarge)?;
    Ok(Derived { fact, id: id.0, streams: smallvec![key] })
}

/// The record of an earlier statement, if the store has one. That it can not be read does not mean
/// that there is none.
pub(crate) fn find_cited(
    store: &dyn EventStore,
    id: StatementId,
) -> Result<Option<Cited>, ReadError> {
    let found = store.lookup(&[id.0])?.into_iter().next().flatten();
    let Some(position) = found else { return Ok(None) };
    let mut record = Err("it is missing".to_owned());
    store.scan_facts(position..position.saturating_add(1), &mut |_, bytes| {
        record = codec::decode(bytes).map_err(|error| error.to_string());
        ControlFlow::Break(())
    })?;
    let damaged = |what| ReadError::Damaged { part: Part::Derived, position, what };
    record.map(|record| Some(Cited { position, record })).map_err(damaged)
}
