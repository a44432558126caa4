//! Files of a published log: from a directory or from a server.

use crate::failure::Failure;
use crate::input;
use archipel_engine::audit::AuditError;
use archipel_engine::audit::tiles::{Directory, Fetch, too_large};
use archipel_engine::tlog::checkpoint::Policy;
use archipel_engine::tlog::note::{NOTE_BYTES_MAX, VerifierKey};
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::Agent;

/// Longest wait for one file.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often a file is asked for when the server does not answer.
const TRIES: u32 = 4;

/// Whose signatures are believed.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct TrustArgs {
    /// The log's verifier key, or a file that holds it; from elsewhere than from the server
    #[arg(long, value_name = "KEY|FILE")]
    pub(crate) vkey: Option<String>,
    /// Verifier key of a witness; may be given again
    #[arg(long = "witness", value_name = "KEY")]
    pub(crate) witnesses: Vec<VerifierKey>,
    /// How many of the witnesses must have cosigned [default: all that are given]
    #[arg(long, value_name = "N")]
    pub(crate) quorum: Option<usize>,
}

impl TrustArgs {
    /// The policy; `beside` is where a key is looked for when none is given.
    pub(crate) fn policy(&self, beside: Option<&Place>) -> Result<Policy, Failure> {
        let text = match (&self.vkey, beside) {
            (Some(given), _) if given.contains('+') => given.clone(),
            (Some(file), _) => input::read_file(Path::new(file), NOTE_BYTES_MAX as u64)?,
            (None, Some(Place::Dir(dir))) => {
                input::read_file(&dir.join("log.vkey"), NOTE_BYTES_MAX as u64)?
            }
            (None, _) => return Err(Failure::with("usage.value", "--vkey")),
        };
        let log = text.trim_end_matches('\n').parse::<VerifierKey>()?;
        let quorum = self.quorum.unwrap_or(self.witnesses.len());
        if quorum > self.witnesses.len() {
            return Err(Failure::with("usage.value", format!("--quorum {quorum}")));
        }
        Ok(Policy { log, witnesses: self.witnesses.clone(), quorum })
    }

    /// Whether the key comes from the same place as what it verifies.
    pub(crate) fn is_circular(&self) -> bool {
        self.vkey.is_none()
    }
}

/// Where a published log is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// A directory of exported tiles.
    Dir(PathBuf),
    /// An address.
    Url(String),
}

impl Place {
    /// Understands an address or a path.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        if text.starts_with("http://") {
            return Ok(Self::Url(text.trim_end_matches('/').to_owned()));
        }
        if text.starts_with("https://") {
            return Err(Failure::with("remote.https", text));
        }
        Ok(Self::Dir(PathBuf::from(text)))
    }

    /// What fetches its files.
    pub(crate) fn fetch(&self) -> Box<dyn Fetch> {
        match self {
            Self::Dir(dir) => Box::new(Directory::new(dir)),
            Self::Url(base) => Box::new(Server::new(base)),
        }
    }
}

struct Server {
    base: String,
    agent: Agent,
}

impl Server {
    fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .user_agent(concat!("archipel/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { base: base.to_owned(), agent: config.into() }
    }

    fn once(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, Answer> {
        let again = |error: ureq::Error| Answer::Again(error.to_string());
        let mut response = self.agent.get(format!("{}/{path}", self.base)).call().map_err(again)?;
        match response.status().as_u16() {
            200 => {}
            404 | 410 => return Ok(None),
            403 => return Err(Answer::Final(AuditError::Withheld { path: path.to_owned() })),
            status => return Err(Answer::Again(status.to_string())),
        }
        let body = response.body_mut().with_config().limit(bytes_max as u64 + 1).read_to_vec();
        match body {
            Ok(bytes) if bytes.len() <= bytes_max => Ok(Some(bytes)),
            Ok(_) | Err(ureq::Error::BodyExceedsLimit(_)) => Err(Answer::Final(too_large(path))),
            Err(error) => Err(again(error)),
        }
    }
}

enum Answer {
    /// The server does not answer now.
    Again(String),
    Final(AuditError),
}

impl Fetch for Server {
    fn get(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, AuditError> {
        let mut pause = Duration::from_millis(200);
        let mut tries = 1;
        loop {
            match self.once(path, bytes_max) {
                Ok(found) => return Ok(found),
                Err(Answer::Final(error)) => return Err(error),
                Err(Answer::Again(what)) if tries >= TRIES => {
                    return Err(AuditError::Fetch { path: format!("{}/{path}", self.base), what });
                }
                Err(Answer::Again(_)) => std::thread::sleep(pause),
            }
            pause = pause.saturating_mul(2);
            tries += 1;
        }
    }
}
