//! Gossip: a witness asks others, and the logs themselves, what they were shown.
//!
//! A log that shows two histories is found by whoever compares across the two; what is found is a
//! proof under the log's own signatures, so nobody who is asked needs to be trusted.

use crate::feed::{Http, HttpTiles};
use archipel_engine::log::merkle::Hash;
use archipel_engine::tlog::checkpoint::Opened;
use archipel_engine::tlog::note::VerifierKey;
use archipel_engine::tlog::proof::Nodes;
use archipel_engine::tlog::tile::TileNodes;
use archipel_engine::witness::{
    Compared, LogSettings, Reply, Transport, TransportError, WitnessDir, WitnessError, compare,
    origin_hash,
};
use serde::Serialize;
use std::path::PathBuf;

/// What came of asking one about one log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Heard {
    /// The log.
    pub origin: String,
    /// Who was asked: the address of a witness, or that of the log itself.
    pub peer: String,
    /// Size of the tree that this witness cosigned last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<u64>,
    /// Size of the tree that the other shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// What it shows.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// What a comparison gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// One history, as far as both know it.
    Agree,
    /// The other knows nothing of the log.
    Nothing,
    /// The other did not answer, or not with a checkpoint that the log has signed.
    NoAnswer {
        /// Why, in English.
        why: String,
    },
    /// Neither agreement nor a contradiction could be proven.
    Undecided {
        /// Why, in English.
        why: String,
    },
    /// The log has shown two histories.
    Fork {
        /// The file that proves it.
        file: PathBuf,
    },
}

/// A tree that nobody shows.
struct NoTree(String);

impl Nodes for NoTree {
    type Error = String;

    fn node(&self, _: u32, _: u64) -> Result<Hash, String> {
        Err(self.0.clone())
    }
}

/// What is known of one log so far.
struct Table<'a> {
    dir: &'a WitnessDir,
    http: &'a Http,
    log: &'a LogSettings,
    own: Option<u64>,
    /// What was shown to anybody.
    signed: Vec<Opened>,
    /// Size of the tree whose tiles the log serves; or why there is none.
    served: Result<u64, String>,
}

/// Compares what this witness has cosigned of each of its logs with what the logs now show and
/// with what the witnesses at these addresses show. Proofs of forks are kept in its directory.
///
/// # Errors
/// [`WitnessError`] if its own directory can not be read or written.
pub fn gossip(dir: &WitnessDir, http: &Http, peers: &[String]) -> Result<Vec<Heard>, WitnessError> {
    let (settings, own_key) = dir.settings()?;
    let mut heard = Vec::new();
    for log in &settings.logs {
        let own = dir.latest(&own_key, &log.origin)?;
        let own = own.and_then(|latest| log.open(latest.note.to_string().as_bytes()).ok());
        let signed: Vec<Opened> = own.into_iter().map(|(_, opened)| opened).collect();
        let own = signed.first().map(|opened| opened.checkpoint.size);
        let served = Err("the address of the log is not known".to_owned());
        let mut table = Table { dir, http, log, own, signed, served };
        if let Some(url) = &log.url {
            let reply = http.get(&format!("{url}/checkpoint"));
            heard.push(table.hear(url, reply, true)?);
        }
        let hash = origin_hash(&log.origin);
        for peer in peers {
            let reply = http.get(&format!("{}/{hash}/checkpoint", peer.trim_end_matches('/')));
            heard.push(table.hear(peer, reply, false)?);
        }
    }
    Ok(heard)
}

impl Table<'_> {
    fn hear(
        &mut self,
        peer: &str,
        reply: Result<Reply, TransportError>,
        of_log: bool,
    ) -> Result<Heard, WitnessError> {
        let no_answer = |why: String| Verdict::NoAnswer { why };
        let read = match reply {
            Err(TransportError(why)) => Err(no_answer(why)),
            Ok(reply) if reply.status == 404 && !of_log => Err(Verdict::Nothing),
            Ok(reply) if reply.status != 200 => Err(no_answer(reply.status.to_string())),
            Ok(reply) => self.log.open(&reply.body).map_err(|error| no_answer(error.to_string())),
        };
        let (size, verdict) = match read {
            Ok((key, opened)) => {
                let size = opened.checkpoint.size;
                if of_log {
                    self.served = Ok(size);
                }
                (Some(size), self.compare(key, opened)?)
            }
            Err(verdict) => {
                if of_log {
                    self.served = Err("the log does not show its checkpoint".to_owned());
                }
                (None, verdict)
            }
        };
        let (origin, peer) = (self.log.origin.clone(), peer.to_owned());
        Ok(Heard { origin, peer, own: self.own, size, verdict })
    }

    fn compare(&mut self, key: &VerifierKey, opened: Opened) -> Result<Verdict, WitnessError> {
        self.signed.push(opened);
        let compared = match (&self.served, &self.log.url) {
            (Ok(size), Some(url)) => {
                let tiles = HttpTiles::new(self.http, url, *size);
                compare(key, &self.signed, &TileNodes(&tiles))
            }
            (Err(why), _) => compare(key, &self.signed, &NoTree(why.clone())),
            (Ok(_), None) => compare(key, &self.signed, &NoTree(String::new())),
        };
        Ok(match compared {
            Compared::Agree => Verdict::Agree,
            Compared::Undecided(why) => Verdict::Undecided { why },
            Compared::Fork(fork) => {
                let file = self.dir.save_fork(&self.log.origin, &fork)?;
                // The others are compared with what was known before.
                self.signed.pop();
                Verdict::Fork { file }
            }
        })
    }
}
