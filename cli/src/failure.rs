//! What the command answers when it can not do what it is asked.

use crate::lang::{self, Lang};
use archipel_engine::audit::AuditError;
use archipel_engine::crypto::CryptoError;
use archipel_engine::engine::EngineError;
use archipel_engine::instance::InstanceError;
use archipel_engine::key_file::KeyFileError;
use archipel_engine::log::canonical::CanonicalError;
use archipel_engine::log::statement::StatementError;
use archipel_engine::projection::FoldError;
use archipel_engine::publish::PublishError;
use archipel_engine::rebuild::RebuildError;
use archipel_engine::sequencer::SubmitError;
use archipel_engine::store::{AppendError, OpenError, ReadError};
use archipel_engine::tlog::TlogError;
use archipel_engine::view::QueryError;
use archipel_engine::witness::WitnessError;
use serde_json::{Value, json};
use std::path::Path;

/// How the process ends, besides 0 for success. The numbers are part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Refused by a rule, or failed.
    Failed = 1,
    /// The command line is not understood.
    Usage = 2,
    /// An audit found a fault.
    Audit = 3,
    /// The log is older than its guard, or the guard is missing.
    Guard = 4,
    /// The log is damaged.
    Damaged = 5,
    /// In use, or not reachable: try again.
    Busy = 6,
}

/// Why a command stops: a stable code, and what is known besides.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// The stable code, such as `ballot.not-eligible`.
    pub(crate) code: String,
    /// What the message alone does not say: a file, a number, the words of another program.
    pub(crate) detail: Option<String>,
    /// The position in the log that it is about.
    pub(crate) position: Option<u64>,
    /// The reader went away: nothing is to be said, and nothing is wrong.
    pub(crate) silent: bool,
    /// Machines have been told already.
    pub(crate) told: bool,
}

impl Failure {
    /// A failure with nothing but its code.
    pub(crate) fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), detail: None, position: None, silent: false, told: false }
    }

    /// A failure with a detail.
    pub(crate) fn with(code: impl Into<String>, detail: impl ToString) -> Self {
        Self { detail: Some(detail.to_string()), ..Self::new(code) }
    }

    /// Adds to the detail.
    pub(crate) fn and(self, more: String) -> Self {
        let detail = match self.detail {
            Some(detail) => format!("{detail}; {more}"),
            None => more,
        };
        Self { detail: Some(detail), ..self }
    }

    /// Names the position that it is about.
    pub(crate) fn at(self, position: u64) -> Self {
        Self { position: Some(position), ..self }
    }

    /// A file that can not be read or written.
    pub(crate) fn file(path: &Path, error: impl ToString) -> Self {
        Self::with("cli.file", format!("{}: {}", path.display(), error.to_string()))
    }

    /// A key file that is refused.
    pub(crate) fn key_file(path: &Path, error: &KeyFileError) -> Self {
        let path = path.display();
        match error {
            KeyFileError::Io(why) => Self::with(error.code(), format!("{path}: {why}")),
            _ => Self::with(error.code(), path),
        }
    }

    /// An answer that does not have the form that it should have.
    pub(crate) fn answer(what: impl ToString) -> Self {
        Self::with("cli.answer", what)
    }

    /// How the process ends.
    pub(crate) fn exit(&self) -> Exit {
        match self.code.as_str() {
            "store.rolled-back"
            | "store.guard"
            | "publish.rolled-back"
            | "publish.signed-damaged"
            | "publish.witnessed" => Exit::Guard,
            "store.damaged"
            | "store.read-damaged"
            | "store.read-io"
            | "engine.fold"
            | "rebuild.read"
            | "rebuild.inadmissible" => Exit::Damaged,
            "witness.fork" => Exit::Audit,
            "store.in-use" | "witness.in-use" | "submit.busy" | "submit.in-doubt"
            | "submit.stopped" | "remote.unreachable" | "remote.unavailable" | "audit.fetch" => {
                Exit::Busy
            }
            code if code.starts_with("usage.") => Exit::Usage,
            code if code.starts_with("audit.") => Exit::Audit,
            _ => Exit::Failed,
        }
    }

    /// Whether the same statement may be handed in again at once.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self.code.as_str(), "submit.busy" | "submit.in-doubt" | "remote.unavailable")
    }

    /// The message and, if there is one, what to do about it.
    pub(crate) fn text(&self, lang: Lang) -> (String, Option<String>) {
        let Some(known) = lang::message(lang, &self.code) else {
            return (self.detail.clone().unwrap_or_else(|| self.code.clone()), None);
        };
        let message = match &self.detail {
            Some(detail) => lang::joined(lang, &known.message, detail),
            None => known.message,
        };
        (message, known.help)
    }

    /// The failure for machines, in the form of RFC 9457 with the members of the HTTP interface.
    pub(crate) fn problem(&self, lang: Lang) -> Value {
        let (detail, help) = self.text(lang);
        let mut problem = json!({
            "type": format!("/v1/problems/{}", self.code),
            "title": lang::message(lang, &self.code).map_or(self.code.clone(), |m| m.message),
            "detail": detail,
            "code": self.code,
            "exit": self.exit() as u8,
        });
        if let Value::Object(members) = &mut problem {
            let position = self.position.map(Value::from);
            let hint = self.detail.clone().map(Value::from);
            let extra = [("help", help.map(Value::from)), ("hint", hint), ("position", position)];
            for (name, value) in extra {
                members.extend(value.map(|value| (name.to_owned(), value)));
            }
        }
        problem
    }
}

impl From<std::io::Error> for Failure {
    /// Of the standard streams only: files say which one they are ([`Failure::file`]).
    fn from(error: std::io::Error) -> Self {
        let silent = error.kind() == std::io::ErrorKind::BrokenPipe;
        Self { silent, ..Self::with("cli.output", error) }
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        match &error {
            // Where in the text: the message says the rest.
            SubmitError::Statement(StatementError::Form(why)) => Self::with(why.code(), why),
            _ => Self::new(error.code()),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let failure = Self::with(error.code(), &error);
        match error {
            ReadError::Damaged { position, .. } => failure.at(position),
            _ => failure,
        }
    }
}

impl From<FoldError> for Failure {
    fn from(error: FoldError) -> Self {
        match error {
            FoldError::Read(read) => read.into(),
            FoldError::Fact { position, .. } => Self::with("engine.fold", &error).at(position),
            FoldError::Threads { .. } => Self::with("cli.threads", &error),
        }
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Read(read) => read.into(),
            QueryError::Parameter(name) => Self::with("query.parameter", name),
            QueryError::Entry { position } => Self::new("query.entry").at(position),
            QueryError::Beyond { available, .. } => Self::new("query.beyond").at(available),
            other => Self::new(other.code()),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Fold(fold) => fold.into(),
            EngineError::Instance(instance) => instance.into(),
            EngineError::Open(open) => open.into(),
            EngineError::Rebuild(rebuild) => rebuild.into(),
        }
    }
}

impl From<RebuildError> for Failure {
    fn from(error: RebuildError) -> Self {
        match error {
            RebuildError::Read(read) => read.into(),
            RebuildError::Append(append) => append.into(),
            RebuildError::Inadmissible { position, code } => {
                Self::with("rebuild.inadmissible", code).at(position)
            }
        }
    }
}

// The messages of the codes say what is wrong and what to do; the details are what they can not
// know: paths, numbers and the system's own words.
impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let code = error.code();
        match error {
            OpenError::InUse { dir } | OpenError::NotFound { dir } => Self::with(code, dir),
            OpenError::Damaged { dir, what } => Self::with(code, format!("{dir}: {what}")),
            OpenError::RolledBack { size, guard_size, what } => {
                Self::with(code, format!("{what}: {size} / {guard_size}"))
            }
            OpenError::Guard { dir, what } => Self::with(code, format!("{dir}: {what}")),
            OpenError::Io { what, error } => Self::with(code, format!("{what}: {error}")),
        }
    }
}

impl From<InstanceError> for Failure {
    fn from(error: InstanceError) -> Self {
        let code = error.code();
        match error {
            InstanceError::Origin => Self::new(code),
            InstanceError::Exists(dir)
            | InstanceError::Missing(dir)
            | InstanceError::NoRegistrar(dir) => Self::with(code, dir.display()),
            InstanceError::Settings { file, what } => {
                Self::with(code, format!("{}: {what}", file.display()))
            }
            InstanceError::Registrar(key) => Self::key_file(Path::new("registrar.pem"), &key),
            InstanceError::Io { path, error } => {
                Self::with(code, format!("{}: {error}", path.display()))
            }
        }
    }
}

macro_rules! coded {
    ($($error:ty),+) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::with(error.code(), &error)
            }
        }
    )+};
}
coded!(CanonicalError, AppendError, KeyFileError);

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        let position = error.position();
        let code = error.code();
        let failure = match &error {
            AuditError::Leaf(RebuildError::Inadmissible { code: rule, .. }) => {
                Self::with(code, rule)
            }
            AuditError::Statement { code: check, .. } => Self::with(code, check),
            AuditError::Derived { .. } | AuditError::Key => Self::new(code),
            AuditError::Root { size } => Self::with(code, size),
            AuditError::Withheld { path } => Self::with(code, path),
            AuditError::Checkpoint(error) => Self::with(code, error.code()),
            AuditError::Behind { size, audited } => Self::with(code, format!("{size} / {audited}")),
            AuditError::Leaf(_)
            | AuditError::Tile { .. }
            | AuditError::Fetch { .. }
            | AuditError::Append(_)
            | AuditError::Directory(_) => Self::with(code, &error),
        };
        match position {
            Some(position) => failure.at(position),
            None => failure,
        }
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        let code = error.code();
        match error {
            PublishError::Read(read) => read.into(),
            PublishError::Io { path, what } => {
                Self::with(code, format!("{}: {what}", path.display()))
            }
            PublishError::SignedDamaged { path, .. } | PublishError::OtherTiles(path) => {
                Self::with(code, path.display())
            }
            PublishError::RolledBack { size, signed } => {
                Self::with(code, format!("{size} / {signed}"))
            }
            PublishError::Witnessed { witness, size, seen } => {
                Self::with(code, format!("{witness}: {size} / {seen}"))
            }
            PublishError::Source(error) => error.into(),
            PublishError::Hashes | PublishError::Tlog(_) => Self::new(code),
        }
    }
}

impl From<WitnessError> for Failure {
    fn from(error: WitnessError) -> Self {
        let code = error.code();
        match error {
            WitnessError::Exists(path)
            | WitnessError::Missing(path)
            | WitnessError::InUse(path)
            | WitnessError::Damaged(path) => Self::with(code, path.display()),
            WitnessError::Settings { file, what } => {
                Self::with(code, format!("{}: {what}", file.display()))
            }
            WitnessError::Io { path, error } => {
                Self::with(code, format!("{}: {error}", path.display()))
            }
            WitnessError::Policy(what) => Self::with(code, what),
            WitnessError::Key(key) => Self::key_file(Path::new("witness.pem"), &key),
            WitnessError::Name
            | WitnessError::LogKey
            | WitnessError::KeyTwice
            | WitnessError::TooMany => Self::new(code),
        }
    }
}

impl From<TlogError> for Failure {
    fn from(error: TlogError) -> Self {
        Self::new(error.code())
    }
}

impl From<CryptoError> for Failure {
    fn from(error: CryptoError) -> Self {
        Self::new(error.code())
    }
}

impl From<crate::scenario::ScriptError> for Failure {
    fn from(error: crate::scenario::ScriptError) -> Self {
        use crate::scenario::ScriptError;
        match error {
            ScriptError::Instance(error) => error.into(),
            ScriptError::Engine(error) => error.into(),
            ScriptError::Refused { error, .. } => error.into(),
            ScriptError::Fold(error) => error.into(),
            other => Self::with("cli.script", other),
        }
    }
}
