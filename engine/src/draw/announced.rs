//! What is announced before the chance comes, as a file: `docs/spec/draws.md` 8.1.

use super::Certificate;
use archipel_domain::draw::{Announcement, EntropyError, Parameters, Pool};
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What says of a file that it is one.
const FORMAT: &str = "archipel.draw-announcement/1";
/// Largest file, in bytes (256 MiB).
const FILE_BYTES_MAX: usize = 256 << 20;

/// All that is fixed before the chance comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announced {
    /// Where chance is to come from.
    pub announced: Announcement,
    /// When this was announced.
    pub announced_at: Timestamp,
    /// What proves that the chances are the fairest, in a draw by quotas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// The draw.
    pub draw: StatementId,
    /// `archipel.draw-announcement/1`.
    pub format: String,
    /// How the panel is drawn.
    pub parameters: Parameters,
    /// Their hash.
    pub parameters_hash: Hash,
    /// How many people are in the pool.
    pub people: u32,
    /// The root of the pool.
    pub pool_root: Hash,
}

/// What is wrong with an announcement, or with a draw that says it follows it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnnouncedFault {
    /// No JSON of this form, or too large.
    #[error("the file is no announcement of a draw: {0}")]
    NotAnAnnouncement(String),
    /// Another text for the same announcement.
    #[error("the announcement is not in canonical form")]
    NotCanonical,
    /// The hash in the file is that of other parameters.
    #[error("the parameters are not those of the hash")]
    ParametersHash,
    /// The source is none, or its round had come.
    #[error("{0}")]
    Entropy(EntropyError),
    /// The draw is another.
    #[error("another draw was announced")]
    Draw,
    /// The pool is another.
    #[error("another pool was announced")]
    Pool,
    /// The parameters are others.
    #[error("other parameters were announced")]
    Parameters,
    /// Chance comes from elsewhere.
    #[error("another source of chance was announced")]
    Source,
}

impl AnnouncedFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAnAnnouncement(_) => "announced.not-an-announcement",
            Self::NotCanonical => "announced.not-canonical",
            Self::ParametersHash => "announced.parameters-hash",
            Self::Entropy(error) => error.code(),
            Self::Draw => "announced.other-draw",
            Self::Pool => "announced.other-pool",
            Self::Parameters => "announced.other-parameters",
            Self::Source => "announced.other-source",
        }
    }
}

impl Announced {
    /// Announces a draw.
    ///
    /// # Errors
    /// [`AnnouncedFault::Entropy`], when the source is none or its round has come.
    pub fn new(
        draw: StatementId,
        pool: &Pool,
        parameters: Parameters,
        announced: Announcement,
        at: Timestamp,
    ) -> Result<Self, AnnouncedFault> {
        announced.check(at, |_| false).map_err(AnnouncedFault::Entropy)?;
        Ok(Self {
            announced,
            announced_at: at,
            certificate: None,
            draw,
            format: FORMAT.to_owned(),
            parameters_hash: parameters.hash(),
            parameters,
            people: pool.count(),
            pool_root: pool.root(),
        })
    }

    /// The one text of this announcement: JSON with sorted members, without white space, and a
    /// line feed.
    ///
    /// # Errors
    /// None that its members could cause.
    pub fn to_text(&self) -> Result<String, AnnouncedFault> {
        let wrong = |error: serde_json::Error| AnnouncedFault::NotAnAnnouncement(error.to_string());
        let value = serde_json::to_value(self).map_err(wrong)?;
        serde_json::to_string(&value).map(|text| text + "\n").map_err(wrong)
    }

    /// Reads an announcement, and checks it as on the moment when it was made.
    ///
    /// # Errors
    /// The first [`AnnouncedFault`].
    pub fn read(bytes: &[u8]) -> Result<Self, AnnouncedFault> {
        let wrong = |why: String| AnnouncedFault::NotAnAnnouncement(why);
        if bytes.len() > FILE_BYTES_MAX {
            return Err(wrong("too large".to_owned()));
        }
        let read: Self = serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        if read.format != FORMAT {
            return Err(wrong(format!("format {}", read.format)));
        }
        if read.to_text()?.as_bytes() != bytes {
            return Err(AnnouncedFault::NotCanonical);
        }
        if read.parameters.hash() != read.parameters_hash {
            return Err(AnnouncedFault::ParametersHash);
        }
        read.announced.check(read.announced_at, |_| false).map_err(AnnouncedFault::Entropy)?;
        Ok(read)
    }

    /// Whether a pool is the announced one.
    ///
    /// # Errors
    /// [`AnnouncedFault::Pool`].
    pub fn check_pool(&self, root: Hash) -> Result<(), AnnouncedFault> {
        if root == self.pool_root { Ok(()) } else { Err(AnnouncedFault::Pool) }
    }

    /// Whether a draw is the announced one, with these parameters and this source.
    ///
    /// # Errors
    /// [`AnnouncedFault::Draw`], [`AnnouncedFault::Parameters`] or [`AnnouncedFault::Source`].
    pub fn check_draw(
        &self,
        draw: StatementId,
        parameters: Hash,
        source: &Announcement,
    ) -> Result<(), AnnouncedFault> {
        if draw != self.draw {
            return Err(AnnouncedFault::Draw);
        }
        if parameters != self.parameters_hash {
            return Err(AnnouncedFault::Parameters);
        }
        if *source == self.announced { Ok(()) } else { Err(AnnouncedFault::Source) }
    }
}
