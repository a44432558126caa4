//! What the commands of `draw` share: who can be drawn, how, and where chance comes from.

use super::draw_chances::fairest;
use super::draw_check::redone;
use crate::failure::Failure;
use crate::output::Output;
use crate::{input, when};
use archipel_domain::draw::{
    Announcement, Chain, Design, Distribution, Fallback, NumberSource, Parameters, Pool,
};
use archipel_domain::id::Hash;
use archipel_engine::draw::{
    Certificate, EvidenceError, FILE_BYTES_MAX, PeopleColumns, Quota, column_names, quotas_of,
    read_people, read_quotas, read_secrets,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Who can be drawn.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct PoolArgs {
    /// Table of people: CSV with one row a person and one column a feature
    #[arg(long, value_name = "FILE")]
    pub(crate) people: Option<PathBuf>,
    /// Column of the ids [default: id, if there is one, else the numbers of the rows]
    #[arg(long, value_name = "COLUMN")]
    id_column: Option<String>,
    /// Column of the households [default: household, if households matter]
    #[arg(long, value_name = "COLUMN")]
    household_column: Option<String>,
    /// Column of the groups [default: group, if groups matter]
    #[arg(long, value_name = "COLUMN")]
    group_column: Option<String>,
    /// Only those who have a seat in this published draw, which is redone: one person of each
    /// household, drawn before
    #[arg(long, value_name = "DRAW.json")]
    among: Option<PathBuf>,
}

/// How a panel is drawn.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct DesignArgs {
    /// Seats of the panel
    #[arg(long, value_name = "K")]
    pub(crate) seats: Option<u32>,
    /// Alternates of each group or type, or of all
    #[arg(long, value_name = "N", default_value_t = 0)]
    alternates: u32,
    /// Quotas, CSV: the chances are the fairest that meet them (leximin)
    #[arg(long, visible_alias = "categories", value_name = "FILE")]
    pub(crate) quotas: Option<PathBuf>,
    /// So many seats to each group: north=3,south=2
    #[arg(long, value_name = "GROUP=SEATS", value_delimiter = ',', conflicts_with = "quotas")]
    by_group: Vec<String>,
    /// Seats in proportion to weights, by largest remainders: north=120,south=40, or `people`
    #[arg(long, value_name = "GROUP=WEIGHT", value_delimiter = ',',
        conflicts_with_all = ["quotas", "by_group"])]
    by_weight: Vec<String>,
    /// By RFC 3797 as it stands; takes --numbers
    #[arg(long, conflicts_with_all = ["quotas", "by_group", "by_weight"])]
    rfc3797: bool,
    /// One person of each household is drawn first, and the panel among those
    #[arg(long)]
    one_per_household: bool,
    /// One person of every household, and everybody who has none: the pool of a next draw, see
    /// --among
    #[arg(long, conflicts_with_all = ["seats", "quotas", "by_group", "by_weight", "rfc3797"])]
    every_household: bool,
    /// Who fills a seat when its stratum has no alternate left: empty, nearest (with quotas), or
    /// numbers of strata, such as 2,0
    #[arg(long, default_value = "empty", value_name = "RULE")]
    fallback: String,
}

/// Where chance is to come from.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct SourceArgs {
    /// Chain of beacons: drand-quicknet, drand-mainnet or its hash
    #[arg(long, value_name = "CHAIN")]
    pub(crate) chain: Option<String>,
    /// Round of the chain
    #[arg(long, value_name = "N")]
    pub(crate) round: Option<u64>,
    /// Commitments to secrets: a file with SHA-256 of each, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) commitments: Option<PathBuf>,
    /// How many secrets must be revealed at least [default: all]
    #[arg(long, value_name = "N")]
    least: Option<u32>,
    /// A source of numbers, as name=taken/of: "Loto, 3 June=6/49"; may be repeated, in order
    #[arg(long = "source", value_name = "NAME=TAKEN/OF")]
    pub(crate) sources: Vec<String>,
}

/// A pool, how a panel of it is drawn, and what proves that.
pub(crate) struct Prepared {
    pub(crate) pool: Pool,
    pub(crate) parameters: Parameters,
    pub(crate) certificate: Option<Certificate>,
}

/// Reads a file of a limited size.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::file(path, error);
    let length = std::fs::metadata(path).map_err(failed)?.len();
    if usize::try_from(length).map_or(true, |length| length > FILE_BYTES_MAX) {
        return Err(Failure::file(path, format!("{length} > {FILE_BYTES_MAX}")));
    }
    std::fs::read(path).map_err(failed)
}

/// What came, or was to come, that can not be read.
pub(crate) fn evidence(error: EvidenceError) -> Failure {
    Failure::with(error.code(), error)
}

/// Quotas of a file.
pub(crate) fn quotas(path: &Path) -> Result<Vec<Quota>, Failure> {
    let wrong = |error| Failure::with("draw.quotas", format!("{}: {error}", path.display()));
    read_quotas(&read(path)?).map_err(wrong)
}

impl PoolArgs {
    /// Reads the pool: features of the quotas, households and groups only where they matter, since
    /// all that is read is published.
    pub(crate) fn read(
        &self,
        output: Output,
        quotas: &[Quota],
        with_households: bool,
        with_groups: bool,
    ) -> Result<Pool, Failure> {
        let missing = || Failure::with("usage.arguments", "--people");
        let path = self.people.as_deref().ok_or_else(missing)?;
        let name = path.display();
        let wrong = |error| Failure::with("draw.people", format!("{name}: {error}"));
        let bytes = read(path)?;
        let has_id = column_names(&bytes).map_err(wrong)?.iter().any(|name| name == "id");
        let or = |given: &Option<String>, is_needed: bool, name: &str| {
            given.clone().or_else(|| is_needed.then(|| name.to_owned()))
        };
        let columns = PeopleColumns {
            id: or(&self.id_column, has_id, "id"),
            household: or(&self.household_column, with_households, "household"),
            group: or(&self.group_column, with_groups, "group"),
        };
        if columns.id.is_none() {
            output.warn(output.lang.pick(
                "pas de colonne id : chacun·e porte le numéro de sa ligne, dont l'ordre compte",
                "no column id: everybody is called by the number of their row, so order matters",
            ));
        }
        let pool = read_people(&bytes, quotas, &columns).map_err(wrong)?;
        match &self.among {
            Some(path) => drawn_before(&pool, path),
            None => Ok(pool),
        }
    }

    /// Reads the pool that parameters draw from.
    pub(crate) fn read_for(
        &self,
        output: Output,
        parameters: &Parameters,
    ) -> Result<Pool, Failure> {
        let quotas = match &parameters.design {
            Design::Composed(distribution) => quotas_of(distribution),
            _ => Vec::new(),
        };
        let by_group = matches!(parameters.design, Design::Seats(_) | Design::Weights(_));
        self.read(output, &quotas, parameters.one_per_household, by_group)
    }
}

/// Those of a pool who have a seat in a published draw. All of these must be in the pool.
fn drawn_before(pool: &Pool, path: &Path) -> Result<Pool, Failure> {
    let (before, _) = redone(path)?;
    let mut people = Vec::new();
    for id in before.strata.iter().flat_map(|stratum| &stratum.drawn) {
        let person = pool.place(id).and_then(|place| pool.person(place));
        people.push(person.ok_or_else(|| Failure::with("draw.other-people", id))?.clone());
    }
    Pool::new(people).map_err(|error| Failure::new(error.code()))
}

impl DesignArgs {
    /// Whether the options say how to draw.
    pub(crate) fn is_given(&self) -> bool {
        self.seats.is_some() || self.every_household
    }

    /// Reads the pool and makes the parameters; with quotas, finds the fairest lottery.
    pub(crate) fn prepare(&self, output: Output, people: &PoolArgs) -> Result<Prepared, Failure> {
        let by_household = self.one_per_household || self.every_household;
        if self.quotas.is_some() && by_household {
            return Err(Failure::new("draw.households-not-here"));
        }
        let quotas = self.quotas.as_deref().map(quotas).transpose()?.unwrap_or_default();
        let by_group = !self.by_group.is_empty() || !self.by_weight.is_empty();
        let pool = people.read(output, &quotas, by_household, by_group)?;
        let all = self.every_household.then(|| households(&pool));
        let seats = self.seats.or(all);
        let seats = seats.ok_or_else(|| Failure::with("usage.arguments", "--seats"))?;
        let mut certificate = None;
        let design = if self.quotas.is_some() {
            let (distribution, proof) = fairest(output, &pool, &quotas, seats)?;
            certificate = Some(proof);
            Design::Composed(distribution)
        } else {
            self.plain_design(&pool)?
        };
        let parameters = Parameters {
            alternates: self.alternates,
            design,
            fallback: self.fallback()?,
            one_per_household: by_household,
            seats,
        };
        parameters.check().map_err(|error| Failure::new(error.code()))?;
        Ok(Prepared { pool, parameters, certificate })
    }

    fn plain_design(&self, pool: &Pool) -> Result<Design, Failure> {
        Ok(if self.rfc3797 {
            Design::Rfc3797
        } else if !self.by_group.is_empty() {
            Design::Seats(numbers_of(&self.by_group)?)
        } else if self.by_weight == ["people"] {
            let mut weights: BTreeMap<String, u32> = BTreeMap::new();
            for group in pool.people().iter().filter_map(|person| person.group.clone()) {
                *weights.entry(group).or_default() += 1;
            }
            Design::Weights(weights)
        } else if !self.by_weight.is_empty() {
            Design::Weights(numbers_of(&self.by_weight)?)
        } else {
            Design::Simple
        })
    }

    fn fallback(&self) -> Result<Fallback, Failure> {
        let wrong = || Failure::with("usage.value", format!("--fallback {}", self.fallback));
        match self.fallback.as_str() {
            "empty" => Ok(Fallback::Empty),
            "nearest" => Ok(Fallback::Nearest),
            list => {
                let numbers = list.split(',').map(|number| number.trim().parse::<u32>());
                numbers.collect::<Result<_, _>>().map(Fallback::Order).map_err(|_| wrong())
            }
        }
    }
}

/// How many households there are; who has none lives alone.
fn households(pool: &Pool) -> u32 {
    let people = pool.people().iter();
    let named: BTreeSet<&String> =
        people.clone().filter_map(|person| person.household.as_ref()).collect();
    let alone = people.filter(|person| person.household.is_none()).count();
    u32::try_from(named.len().saturating_add(alone)).unwrap_or(u32::MAX)
}

/// `north=3` and so on.
fn numbers_of(words: &[String]) -> Result<BTreeMap<String, u32>, Failure> {
    let mut numbers = BTreeMap::new();
    for word in words {
        let pair = word.rsplit_once('=');
        let pair = pair.and_then(|(name, number)| Some((name, number.trim().parse().ok()?)));
        let (name, number) = pair.ok_or_else(|| Failure::with("draw.group", word))?;
        if numbers.insert(input::tidy(name), number).is_some() {
            return Err(Failure::with("draw.group", word));
        }
    }
    Ok(numbers)
}

/// A chain by its name or hash.
pub(crate) fn chain(text: &str) -> Result<Hash, Failure> {
    let named = Chain::by_name(text).map(|chain| chain.hash);
    let hash = named.or_else(|| text.parse().ok());
    hash.ok_or_else(|| Failure::with("entropy.unknown-chain", text))
}

impl SourceArgs {
    /// The commitments of the file.
    pub(crate) fn secrets(&self, commitments: &Path) -> Result<Announcement, Failure> {
        let commitments = read_secrets(&input::read_text(commitments)?).map_err(evidence)?;
        let all = u32::try_from(commitments.len()).unwrap_or(u32::MAX);
        Ok(Announcement::Secrets { commitments, least: self.least.unwrap_or(all) })
    }

    /// The sources of numbers, as they are named.
    pub(crate) fn numbers(&self) -> Result<Announcement, Failure> {
        let source = |text: &String| {
            let (name, counts) = text.rsplit_once('=')?;
            let (taken, of) = counts.split_once('/')?;
            let (taken, of) = (taken.trim().parse().ok()?, of.trim().parse().ok()?);
            Some(NumberSource { name: input::tidy(name), of, taken })
        };
        let read = |text| source(text).ok_or_else(|| Failure::with("draw.source", text));
        Ok(Announcement::Numbers {
            sources: self.sources.iter().map(read).collect::<Result<_, _>>()?,
        })
    }

    /// What is announced before anything came. `at` names a round by its time.
    pub(crate) fn announced(&self, at: Option<&str>) -> Result<Announcement, Failure> {
        match (&self.commitments, self.sources.is_empty()) {
            (Some(path), true) => self.secrets(path),
            (None, false) => self.numbers(),
            (None, true) if self.round.is_some() || at.is_some() => {
                let chain = chain(self.chain.as_deref().unwrap_or("drand-quicknet"))?;
                let known = Chain::by_hash(chain);
                let known = known.ok_or_else(|| Failure::new("entropy.unknown-chain"))?;
                let round = match (self.round, at) {
                    (Some(round), _) => round,
                    (None, Some(at)) => known.first_round_after(when::parse(at, when::now())?),
                    (None, None) => 0,
                };
                Ok(Announcement::Beacon { chain, round })
            }
            _ => Err(Failure::new("draw.no-source")),
        }
    }
}

/// The distribution of a composed draw.
pub(crate) fn distribution(parameters: &Parameters) -> Option<&Distribution> {
    match &parameters.design {
        Design::Composed(distribution) => Some(distribution),
        _ => None,
    }
}
