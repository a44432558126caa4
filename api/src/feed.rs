//! Speaking to witnesses and to logs over HTTP: bounded in time and size, following nothing.
//!
//! This is the only place where a server of Archipel asks something of another, and it asks none
//! but those that its operator has named.

use archipel_engine::log::merkle::Hash;
use archipel_engine::tlog::checkpoint::SIZE_MAX;
use archipel_engine::tlog::note::NOTE_BYTES_MAX;
use archipel_engine::tlog::tile::{self, Kind, TilePath, Tiles, WIDTH};
use archipel_engine::witness::{Reply, Transport, TransportError};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use ureq::http::Response;
use ureq::{Agent, Body};

/// Longest wait for the whole of an answer.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait for a connection: who is away must not hold up those who are there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// A full tile.
const TILE_BYTES: usize = 256 * 32;
/// Most tiles that are remembered while a log is compared.
const TILES_MAX: usize = 4_096;

/// HTTP without TLS: a proxy on the same machine adds it.
#[derive(Clone, Debug)]
pub struct Http {
    agent: Agent,
}

impl Default for Http {
    fn default() -> Self {
        Self::new(TIMEOUT)
    }
}

impl Http {
    /// Waits so long for each answer.
    #[must_use]
    pub fn new(timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(timeout))
            .timeout_connect(Some(timeout.min(CONNECT_TIMEOUT)))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("archipel/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.into() }
    }

    /// Fetches an address; an answer longer than `limit` bytes is none.
    ///
    /// # Errors
    /// [`TransportError`].
    pub fn fetch(&self, url: &str, limit: usize) -> Result<Reply, TransportError> {
        read(self.agent.get(url).call(), limit)
    }
}

fn read(
    answer: Result<Response<Body>, ureq::Error>,
    limit: usize,
) -> Result<Reply, TransportError> {
    let failed = |error: ureq::Error| TransportError(error.to_string());
    let mut response = answer.map_err(failed)?;
    let content_type = response.headers().get("content-type");
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (status, content_type) = (response.status().as_u16(), content_type.to_owned());
    let body = response.body_mut().with_config().limit(limit as u64).read_to_vec();
    Ok(Reply { status, content_type, body: body.map_err(failed)? })
}

impl Transport for Http {
    fn add_checkpoint(&self, url: &str, body: &[u8]) -> Result<Reply, TransportError> {
        let request = self.agent.post(url).header("content-type", crate::log::TEXT);
        read(request.send(body), NOTE_BYTES_MAX)
    }

    fn get(&self, url: &str) -> Result<Reply, TransportError> {
        self.fetch(url, NOTE_BYTES_MAX)
    }
}

/// The tree of a log, from the tiles that it serves for a size. What is read is not trusted:
/// whoever uses it compares roots with what was signed.
pub struct HttpTiles<'a> {
    http: &'a Http,
    prefix: String,
    size: u64,
    read: Mutex<BTreeMap<(u8, u64), Vec<Hash>>>,
}

impl<'a> HttpTiles<'a> {
    /// Of the tree of this size; `prefix` is what stands before `/tile/`.
    #[must_use]
    pub fn new(http: &'a Http, prefix: &str, size: u64) -> Self {
        let prefix = prefix.trim_end_matches('/').to_owned();
        Self { http, prefix, size: size.min(SIZE_MAX), read: Mutex::default() }
    }

    fn tile(&self, path: &TilePath) -> Result<Vec<Hash>, TransportError> {
        let url = format!("{}/tile/{path}", self.prefix);
        let reply = self.http.fetch(&url, TILE_BYTES)?;
        if reply.status != 200 {
            return Err(TransportError(format!("{url}: {}", reply.status)));
        }
        let hashes = tile::hashes(&reply.body, path.width);
        hashes.map(<[Hash]>::to_vec).map_err(|error| TransportError(format!("{url}: {error}")))
    }
}

impl Tiles for HttpTiles<'_> {
    type Error = TransportError;

    fn hashes(&self, level: u8, start: u64, count: u64) -> Result<Vec<Hash>, TransportError> {
        let index = start / WIDTH;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if !read.contains_key(&(level, index)) {
            let there = tile::hashes_of(level, self.size).saturating_sub(index * WIDTH);
            let width = u16::try_from(there.min(WIDTH)).unwrap_or_default();
            let path = TilePath { kind: Kind::Hashes(level), index, width };
            let whole = TilePath { width: 256, ..path };
            if width == 0 {
                return Err(TransportError(format!("the tree of {} has no {path}", self.size)));
            }
            // A partial tile may be gone once there is the whole one.
            let hashes = self.tile(&path).or_else(|error| {
                if path.is_full() { Err(error) } else { self.tile(&whole).map_err(|_| error) }
            })?;
            if read.len() >= TILES_MAX {
                read.clear();
            }
            read.insert((level, index), hashes);
        }
        let hashes = read.get(&(level, index)).map(Vec::as_slice).unwrap_or_default();
        let skip = usize::try_from(start % WIDTH).unwrap_or(usize::MAX);
        let take = usize::try_from(count).unwrap_or(usize::MAX);
        let part: Vec<Hash> = hashes.iter().skip(skip).take(take).copied().collect();
        if part.len() == take {
            return Ok(part);
        }
        Err(TransportError(format!("the tree of {} does not reach there", self.size)))
    }
}
