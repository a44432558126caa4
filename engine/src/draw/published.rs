//! The file by which anybody redoes a draw: `docs/spec/draws.md` 8.

use archipel_domain::draw::{
    Announcement, BeaconVerifier, DrawError, Drawn, Entropy, EntropyError, Parameters, Person,
    Pool, PoolError, Subject, draw,
};
use archipel_domain::id::{Hash, StatementId};
use serde::{Deserialize, Serialize};

/// What says of a file that it is one.
const FORMAT: &str = "archipel.draw/1";
/// Largest file, in bytes (512 MiB).
const FILE_BYTES_MAX: usize = 512 << 20;

/// The composition that was drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedComposition {
    /// The number below the denominator, in decimal digits.
    pub drawn: String,
    /// The number of the composition, from 0.
    pub number: u32,
}

/// A group, a type, or everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedStratum {
    /// Who replaces those who decline, in this order, by their ids.
    pub alternates: Vec<String>,
    /// Who has a seat, in the order in which they were drawn, by their ids.
    pub drawn: Vec<String>,
    /// The group, the values of a type, or nothing.
    pub name: Vec<String>,
}

/// A draw with all that it takes to redo it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Where chance was to come from.
    pub announced: Announcement,
    /// The composition, in a composed draw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub composition: Option<PublishedComposition>,
    /// The draw.
    pub draw: StatementId,
    /// What came.
    pub entropy: Entropy,
    /// `archipel.draw/1`.
    pub format: String,
    /// How the panel is drawn.
    pub parameters: Parameters,
    /// Their hash.
    pub parameters_hash: Hash,
    /// Who can be drawn, in the order of ids.
    pub pool: Vec<Person>,
    /// The root of the pool.
    pub pool_root: Hash,
    /// The seed.
    pub seed: Hash,
    /// Who was drawn.
    pub strata: Vec<PublishedStratum>,
}

/// What is wrong with a published draw.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawFault {
    /// No JSON of this form, or too large.
    #[error("the file is no published draw: {0}")]
    NotADraw(String),
    /// Another text for the same draw.
    #[error("the file is not in canonical form")]
    NotCanonical,
    /// Another format or version.
    #[error("the file is of another format")]
    Format,
    /// The people are no pool.
    #[error("{0}")]
    Pool(PoolError),
    /// The root is that of another pool.
    #[error("the pool is not the one of the root")]
    PoolRoot,
    /// The hash is that of other parameters.
    #[error("the parameters are not those of the hash")]
    ParametersHash,
    /// What came is not what was announced, or gives another seed.
    #[error("{0}")]
    Entropy(EntropyError),
    /// It can not be drawn so.
    #[error("{0}")]
    Draw(DrawError),
    /// The seed gives another composition.
    #[error("the seed draws another composition")]
    Composition,
    /// The seed gives another panel or other alternates.
    #[error("the seed draws other people")]
    Panel,
}

impl DrawFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotADraw(_) => "file.not-a-draw",
            Self::NotCanonical => "file.not-canonical",
            Self::Format => "file.format",
            Self::Pool(error) => error.code(),
            Self::PoolRoot => "file.pool-root",
            Self::ParametersHash => "file.parameters-hash",
            Self::Entropy(error) => error.code(),
            Self::Draw(error) => error.code(),
            Self::Composition => "file.composition",
            Self::Panel => "file.panel",
        }
    }
}

impl Published {
    /// Draws, and says all that it takes to redo it.
    ///
    /// # Errors
    /// [`DrawFault::Entropy`] or [`DrawFault::Draw`].
    pub fn new(
        id: StatementId,
        pool: &Pool,
        parameters: Parameters,
        announced: Announcement,
        entropy: Entropy,
        verifier: &dyn BeaconVerifier,
    ) -> Result<Self, DrawFault> {
        let subject = Subject { draw: id, pool: pool.root(), parameters: parameters.hash() };
        let seed = entropy.seed(&announced, &subject, verifier).map_err(DrawFault::Entropy)?;
        let lot = entropy
            .lot(&announced, &subject, &parameters.design, verifier)
            .map_err(DrawFault::Entropy)?;
        let drawn = draw(pool, &parameters, &lot).map_err(DrawFault::Draw)?;
        Ok(Self {
            announced,
            composition: drawn.composition.as_ref().map(|composition| PublishedComposition {
                drawn: composition.drawn.to_string(),
                number: composition.number,
            }),
            draw: id,
            entropy,
            format: FORMAT.to_owned(),
            parameters_hash: subject.parameters,
            pool: pool.people().to_vec(),
            pool_root: subject.pool,
            seed,
            strata: strata(pool, &parameters, &drawn),
            parameters,
        })
    }

    /// The one text of this draw: JSON with sorted members, without white space, and a line feed.
    ///
    /// # Errors
    /// None that its members could cause.
    pub fn to_text(&self) -> Result<String, DrawFault> {
        let not_a_draw = |error: serde_json::Error| DrawFault::NotADraw(error.to_string());
        let value = serde_json::to_value(self).map_err(not_a_draw)?;
        serde_json::to_string(&value).map(|text| text + "\n").map_err(not_a_draw)
    }
}

fn strata(pool: &Pool, parameters: &Parameters, drawn: &Drawn) -> Vec<PublishedStratum> {
    let ids = |places: &[u32]| {
        let people = places.iter().filter_map(|place| pool.person(*place));
        people.map(|person| person.id.clone()).collect()
    };
    let names = parameters.stratum_names();
    let named = drawn.strata.iter().zip(names);
    named
        .map(|(stratum, name)| PublishedStratum {
            alternates: ids(&stratum.alternates),
            drawn: ids(&stratum.drawn),
            name,
        })
        .collect()
}

/// Redoes a published draw.
///
/// # Errors
/// The first of [`DrawFault`] that applies, in the order of its list.
pub fn check(bytes: &[u8], verifier: &dyn BeaconVerifier) -> Result<Published, DrawFault> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(DrawFault::NotADraw("too large".to_owned()));
    }
    let published: Published =
        serde_json::from_slice(bytes).map_err(|error| DrawFault::NotADraw(error.to_string()))?;
    if published.to_text()?.as_bytes() != bytes {
        return Err(DrawFault::NotCanonical);
    }
    if published.format != FORMAT {
        return Err(DrawFault::Format);
    }
    let pool = Pool::new(published.pool.clone()).map_err(DrawFault::Pool)?;
    if pool.root() != published.pool_root {
        return Err(DrawFault::PoolRoot);
    }
    if pool.people() != published.pool {
        return Err(DrawFault::NotCanonical);
    }
    if published.parameters.hash() != published.parameters_hash {
        return Err(DrawFault::ParametersHash);
    }
    let Published { draw, parameters, announced, entropy, .. } = &published;
    let again = Published::new(
        *draw,
        &pool,
        parameters.clone(),
        announced.clone(),
        entropy.clone(),
        verifier,
    )?;
    if again.seed != published.seed {
        return Err(DrawFault::Entropy(EntropyError::Foreign));
    }
    if again.composition != published.composition {
        return Err(DrawFault::Composition);
    }
    if again.strata == published.strata { Ok(published) } else { Err(DrawFault::Panel) }
}
