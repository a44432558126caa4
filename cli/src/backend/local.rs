//! An instance opened in this process.

use super::{At, Backend, Receipt, SignedHead};
use crate::failure::Failure;
use archipel_domain::id::StatementId;
use archipel_engine::engine::{Engine, EngineError, Options};
use archipel_engine::instance::{Instance, InstanceError};
use archipel_engine::log::leaf::Leaf;
use archipel_engine::log::statement::Signed;
use archipel_engine::publish::{Cosigner, NoWitness, PublicLog, Publisher};
use archipel_engine::sequencer;
use archipel_engine::store::EventStore;
use archipel_engine::tlog::checkpoint::log_key;
use archipel_engine::tlog::note::VerifierKey;
use archipel_engine::view::{self, Query};
use serde_json::Value;
use std::cell::OnceCell;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most statements handed in at once.
const BATCH: usize = sequencer::SUBMISSION_MAX;

/// A directory, opened when it is first needed and for as long as the command runs.
pub(crate) struct Local {
    dir: PathBuf,
    engine: OnceCell<Engine>,
}

impl Local {
    /// The instance in a directory.
    pub(crate) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), engine: OnceCell::new() }
    }

    fn engine(&self) -> Result<&Engine, Failure> {
        if let Some(engine) = self.engine.get() {
            return Ok(engine);
        }
        let engine = open_dir(&self.dir)?;
        Ok(self.engine.get_or_init(|| engine))
    }

    /// The public log, signed up to the head.
    fn published(&self) -> Result<Arc<PublicLog>, Failure> {
        let mut publisher = publisher(&self.dir, self.engine()?)?;
        publisher.publish(false)?;
        Ok(Arc::clone(publisher.log()))
    }
}

/// Opens the instance in a directory, for reading at least.
pub(crate) fn open_dir(dir: &Path) -> Result<Engine, Failure> {
    Ok(match Engine::open(dir, Options::default()) {
        // Restored from public files: there is something to read all the same.
        Err(EngineError::Instance(InstanceError::NoRegistrar(_))) => {
            Engine::open_read_only(dir, Options::default())?.0
        }
        opened => opened?,
    })
}

/// What signs for the instance in a directory, without asking witnesses.
pub(crate) fn publisher(dir: &Path, engine: &Engine) -> Result<Publisher, Failure> {
    publisher_with(dir, engine, |_| Ok(Box::new(NoWitness)))
}

/// What signs for the instance in a directory; `cosigner` is given the key that verifies it.
pub(crate) fn publisher_with(
    dir: &Path,
    engine: &Engine,
    cosigner: impl FnOnce(VerifierKey) -> Result<Box<dyn Cosigner>, Failure>,
) -> Result<Publisher, Failure> {
    let secret = Instance::find(dir)?.registrar()?;
    let cosigner = cosigner(log_key(engine.origin(), &secret)?)?;
    let store = Arc::clone(engine.store());
    Ok(Publisher::open(dir, engine.origin(), secret, store, cosigner)?)
}

impl From<sequencer::Receipt> for Receipt {
    fn from(receipt: sequencer::Receipt) -> Self {
        Self {
            id: receipt.id,
            position: receipt.position,
            recorded_at: receipt.recorded_at.0,
            leaf: receipt.leaf.to_string(),
            duplicate: receipt.duplicate,
            size: receipt.size,
            root: receipt.root.to_string(),
        }
    }
}

impl Backend for Local {
    fn origin(&self) -> Result<String, Failure> {
        // The settings alone: signing for a log does not need the log.
        Ok(Instance::find(&self.dir)?.origin().to_owned())
    }

    fn submit(&self, statements: &[Signed]) -> Result<Vec<Result<Receipt, Failure>>, Failure> {
        let engine = self.engine()?;
        let mut answers = Vec::with_capacity(statements.len());
        for part in statements.chunks(BATCH) {
            let part = engine.submit_and_wait(part.to_vec());
            answers.extend(part.into_iter().map(|answer| Ok(answer?.into())));
        }
        Ok(answers)
    }

    fn read(&self, path: &str, at: At) -> Result<Value, Failure> {
        let query = Query::parse(path)?;
        let engine = self.engine()?;
        let at = match at {
            At::Latest => None,
            At::Position(position) => Some(position),
            At::Moment(ms) => Some(position_at(engine.store().as_ref(), ms)?),
        };
        Ok(view::ask(engine, &query, at)?)
    }

    fn tick(&self) -> Result<(), Failure> {
        self.engine()?.tick();
        Ok(())
    }

    fn checkpoint(&self) -> Result<SignedHead, Failure> {
        let log = self.published()?;
        let shown = log.latest().ok_or_else(|| Failure::new("log.no-checkpoint"))?;
        Ok(SignedHead { checkpoint: shown.note.to_string(), vkey: log.vkey().to_string() })
    }

    fn receipt(&self, entry: &str) -> Result<String, Failure> {
        let position = match (entry.parse::<u64>(), entry.parse::<StatementId>()) {
            (Ok(position), _) => position,
            (_, Ok(id)) => {
                let found = self.engine()?.store().lookup(&[id.0])?.first().copied().flatten();
                found.ok_or_else(|| Failure::new("query.not-found"))?
            }
            _ => return Err(Failure::new("query.not-found")),
        };
        let receipt = self.published()?.receipt(position)?;
        let size = self.engine()?.store().head().size;
        Ok(receipt.ok_or_else(|| Failure::new("query.beyond").at(size))?.to_string())
    }

    fn signed(&self, positions: Range<u64>) -> Result<Vec<Signed>, Failure> {
        let store = self.engine()?.store();
        let mut signed = Vec::new();
        let mut failed = None;
        let end = positions.end.min(store.head().size);
        store.scan_leaves(positions.start.min(end)..end, &mut |position, bytes| {
            match Leaf::decode(bytes) {
                Ok(leaf) => signed.push(leaf.into_signed()),
                Err(error) => {
                    failed = Some(Failure::with("rebuild.inadmissible", error).at(position));
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        })?;
        failed.map_or(Ok(signed), Err)
    }
}

/// How many statements were recorded up to a moment. Recorded times never go back, so the first
/// later leaf is found by halving.
pub(crate) fn position_at(store: &dyn EventStore, moment_ms: i64) -> Result<u64, Failure> {
    let (mut low, mut high) = (0, store.head().size);
    while low < high {
        let middle = low.midpoint(high);
        let mut recorded_at = None;
        store.scan_leaves(middle..middle.saturating_add(1), &mut |_, bytes| {
            recorded_at = Leaf::decode(bytes).ok().map(|leaf| leaf.recorded_at.0);
            ControlFlow::Break(())
        })?;
        let recorded_at =
            recorded_at.ok_or_else(|| Failure::with("rebuild.inadmissible", middle).at(middle))?;
        if recorded_at <= moment_ms {
            low = middle.saturating_add(1);
        } else {
            high = middle;
        }
    }
    Ok(low)
}
