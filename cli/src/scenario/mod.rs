//! Scripted instances: deterministic people, keys and acts, played through the real `submit`.

mod axes;
pub(crate) mod bulk;
mod consent;
pub(crate) mod convention;
mod fund;
mod mandates;
pub(crate) mod real_ballots;
mod votes;

use archipel_domain::act::Act;
use archipel_domain::id::{Hash, KeyId, Line, MemberId, SignatureBytes, Slug, StatementId};
use archipel_domain::membership::{AdmitMember, FoundInstance, Founder};
use archipel_domain::time::Timestamp;
use archipel_engine::clock::{Clock as _, ManualClock};
use archipel_engine::crypto::{SecretKey, prove_possession};
use archipel_engine::engine::{Engine, EngineError, Options};
use archipel_engine::instance::{Instance, InstanceError};
use archipel_engine::log::statement::{Draft, Signed};
use archipel_engine::sequencer::{Receipt, SUBMISSION_MAX, SubmitError};
use archipel_engine::store::StoreOptions;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::Arc;

/// 2026-09-01T08:00:00Z: when every scripted story begins, so that the same seed gives the same
/// bytes on any day.
pub(crate) const BEGIN: Timestamp = Timestamp(1_788_249_600_000);

/// What can go wrong while a script is played.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScriptError {
    /// The directory can not become an instance's.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// The instance does not open.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A statement can not be written.
    #[error("a scripted statement can not be written: {0}")]
    Write(String),
    /// A statement that the script expects to be accepted is not.
    #[error("statement {id} of the script is refused: {error}")]
    Refused {
        /// Which.
        id: StatementId,
        /// Why.
        error: SubmitError,
    },
    /// A statement that the script expects to be refused is accepted.
    #[error("statement {id} of the script is accepted, and must not be")]
    Accepted {
        /// Which.
        id: StatementId,
    },
    /// The log does not pass its audit.
    #[error(transparent)]
    Audit(#[from] archipel_engine::audit::AuditError),
    /// A view can not be folded.
    #[error(transparent)]
    Fold(#[from] archipel_engine::projection::FoldError),
}

/// A scripted person, or the instance itself.
pub(crate) struct Person {
    pub(crate) member: MemberId,
    pub(crate) key: KeyId,
    pub(crate) secret: SecretKey,
}

impl Person {
    /// Person number `index` of the story with that seed.
    pub(crate) fn new(seed: u64, role: &str, index: u64) -> Self {
        let bytes = |what: &str| -> [u8; 32] {
            let mut hasher = Sha256::new();
            hasher.update(format!("archipel scenario {seed} {role} {index} {what}"));
            hasher.finalize().into()
        };
        let secret = SecretKey::from_seed(&bytes("key"));
        let name = bytes("name");
        let bits = name.first_chunk().map_or(0, |chunk| u128::from_be_bytes(*chunk));
        // Version 4 and variant bits of RFC 9562: a pseudonym is a random UUID.
        let uuid = (bits & !(0xf << 76) & !(0b11 << 62)) | (4 << 76) | (0b10 << 62);
        let key = KeyId(*secret.public_key().as_bytes());
        Self { member: MemberId(uuid), key, secret }
    }

    fn proof(&self, origin: &str) -> Result<SignatureBytes, ScriptError> {
        let proof = prove_possession(&self.secret, origin, &self.member.to_string());
        let proof = proof.map_err(|error| ScriptError::Write(error.to_string()))?;
        Ok(SignatureBytes(*proof.as_bytes()))
    }
}

/// Numbers of the story: ids and choices, from the seed alone.
pub(crate) struct Numbers {
    rng: fastrand::Rng,
    count: u64,
}

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self { rng: fastrand::Rng::with_seed(seed), count: 0 }
    }

    /// The next statement id: `UUIDv7`s that grow within their millisecond.
    pub(crate) fn id(&mut self, at: Timestamp) -> StatementId {
        self.count = self.count.wrapping_add(1);
        let bits = (u128::from(self.count) << 32) | u128::from(self.rng.u32(..));
        StatementId::from_parts(u64::try_from(at.0).unwrap_or(0), bits)
    }

    /// A number below `end` (0 when there is none).
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { self.rng.usize(..end) }
    }
}

/// An opened scripted instance with its founder.
pub(crate) struct Stage {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) origin: String,
    pub(crate) numbers: Numbers,
    pub(crate) founder: Person,
    /// The founder's mandate, which carries every power.
    pub(crate) mandate: StatementId,
    pub(crate) seed: u64,
}

impl Stage {
    /// Creates an instance in a directory and founds it.
    pub(crate) fn found(
        dir: &Path,
        origin: &str,
        name: &str,
        seed: u64,
        store: StoreOptions,
    ) -> Result<Self, ScriptError> {
        let registrar = Person::new(seed, "registrar", 0);
        Instance::create(dir, origin, &registrar.secret)?;
        let clock = Arc::new(ManualClock::at(BEGIN));
        let options =
            Options { clock: Arc::<ManualClock>::clone(&clock), store, ..Options::default() };
        let engine = Engine::open(dir, options)?;
        let founder = Person::new(seed, "founder", 0);
        let mut numbers = Numbers::new(seed);
        let mandate = numbers.id(BEGIN);
        let founding = FoundInstance {
            instance: registrar.member,
            name: line(name),
            charter: Hash::of(b"Charte de l'archipel : chacun\xc2\xb7e decide, tout se verifie."),
            registrar: registrar.key,
            registrar_proof: registrar.proof(origin)?,
            founders: vec![Founder {
                member: founder.member,
                key: founder.key,
                proof: founder.proof(origin)?,
                assignment: mandate,
            }],
            term_days: 365,
        };
        let mut stage =
            Self { engine, clock, origin: origin.to_owned(), numbers, founder, mandate, seed };
        let founding = stage.draft(&stage.founder.member.clone(), None, founding.into());
        let signed = sign(&stage.origin, &stage.founder, &founding)?;
        stage.play(vec![signed])?;
        Ok(stage)
    }

    /// A draft at the present moment of the story.
    pub(crate) fn draft(
        &mut self,
        author: &MemberId,
        acting_as: Option<StatementId>,
        act: Act,
    ) -> Draft {
        let now = self.clock.now();
        let id = self.numbers.id(now);
        Draft { id, author: *author, acting_as, issued_at: now, condition: None, act }
    }

    /// An act of the founder under the founding mandate, played at once.
    pub(crate) fn as_founder(&mut self, act: impl Into<Act>) -> Result<Receipt, ScriptError> {
        let author = self.founder.member;
        let draft = self.draft(&author, Some(self.mandate), act.into());
        let signed = sign(&self.origin, &self.founder, &draft)?;
        self.play_one(draft.id, signed)
    }

    /// An act of somebody, played at once.
    pub(crate) fn by(
        &mut self,
        person: &Person,
        acting_as: Option<StatementId>,
        act: impl Into<Act>,
    ) -> Result<Receipt, ScriptError> {
        let draft = self.draft(&person.member, acting_as, act.into());
        let signed = sign(&self.origin, person, &draft)?;
        self.play_one(draft.id, signed)
    }

    /// An act that the story expects to be refused: the code of the refusal.
    pub(crate) fn refused(
        &mut self,
        person: &Person,
        acting_as: Option<StatementId>,
        act: impl Into<Act>,
    ) -> Result<&'static str, ScriptError> {
        match self.by(person, acting_as, act) {
            Err(ScriptError::Refused { error, .. }) => Ok(error.code()),
            Err(other) => Err(other),
            Ok(receipt) => Err(ScriptError::Accepted { id: receipt.id }),
        }
    }

    /// The same, of the founder under the founding mandate.
    pub(crate) fn refused_founder(
        &mut self,
        act: impl Into<Act>,
    ) -> Result<&'static str, ScriptError> {
        match self.as_founder(act) {
            Err(ScriptError::Refused { error, .. }) => Ok(error.code()),
            Err(other) => Err(other),
            Ok(receipt) => Err(ScriptError::Accepted { id: receipt.id }),
        }
    }

    fn play_one(&self, id: StatementId, signed: Signed) -> Result<Receipt, ScriptError> {
        let answer = self.engine.submit_and_wait(vec![signed]).into_iter().next();
        match answer {
            Some(Ok(receipt)) => Ok(receipt),
            Some(Err(error)) => Err(ScriptError::Refused { id, error }),
            None => Err(ScriptError::Refused { id, error: SubmitError::InDoubt }),
        }
    }

    /// Plays statements in order; every one must be accepted.
    pub(crate) fn play(&self, statements: Vec<Signed>) -> Result<(), ScriptError> {
        for part in statements.chunks(SUBMISSION_MAX) {
            let answers = self.engine.submit_and_wait(part.to_vec());
            if let Some(error) = answers.into_iter().find_map(Result::err) {
                return Err(ScriptError::Refused { id: StatementId(0), error });
            }
        }
        Ok(())
    }

    /// Makes people and admits them, a slice of `groups` each.
    pub(crate) fn admit(
        &mut self,
        count: usize,
        groups: &[Slug],
    ) -> Result<Vec<Person>, ScriptError> {
        let seed = self.seed;
        let range = 0..count as u64;
        let people: Vec<Person> =
            range.into_par_iter().map(|index| Person::new(seed, "member", index)).collect();
        let author = self.founder.member;
        let mut drafts = Vec::with_capacity(count);
        for (index, person) in people.iter().enumerate() {
            let group = groups.get(index.checked_rem(groups.len()).unwrap_or(0));
            let act = AdmitMember {
                member: person.member,
                key: person.key,
                proof: person.proof(&self.origin)?,
                groups: group.cloned().into_iter().collect(),
                profile: None,
            };
            drafts.push(self.draft(&author, Some(self.mandate), act.into()));
        }
        let signed = sign_all(&self.origin, drafts.iter().map(|draft| (&self.founder, draft)))?;
        self.play(signed)?;
        Ok(people)
    }
}

/// Signs one draft.
pub(crate) fn sign(origin: &str, person: &Person, draft: &Draft) -> Result<Signed, ScriptError> {
    draft.sign(origin, &person.secret).map_err(|error| ScriptError::Write(error.to_string()))
}

/// Signs many, on all cores.
pub(crate) fn sign_all<'a>(
    origin: &str,
    drafts: impl Iterator<Item = (&'a Person, &'a Draft)>,
) -> Result<Vec<Signed>, ScriptError> {
    let drafts: Vec<(&Person, &Draft)> = drafts.collect();
    drafts.into_par_iter().map(|(person, draft)| sign(origin, person, draft)).collect()
}

/// A scripted title; too long or empty ones are the script's own mistake and become a dash.
pub(crate) fn line(text: &str) -> Line {
    const DASH: &str = "-";
    Line::new(text).or_else(|_| Line::new(DASH)).unwrap_or_else(|_| unreachable!("a dash fits"))
}
