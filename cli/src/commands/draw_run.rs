//! `archipel draw announce` and `draw run`.

use super::draw_args::{DesignArgs, PoolArgs, Prepared, SourceArgs, chain, evidence, quotas, read};
use super::draw_chances::problem_of;
use super::draw_check::not_proven;
use super::draw_say;
use crate::app::new_id;
use crate::failure::Failure;
use crate::output::Output;
use crate::{input, when};
use archipel_domain::draw::{Announcement, Chain, Entropy, NumberSource, bits};
use archipel_domain::id::{Hash, StatementId};
use archipel_engine::crypto::Drand;
use archipel_engine::draw::{
    Announced, AnnouncedFault, Published, certified, read_beacon, read_numbers, read_secrets,
    reveals,
};
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Largest file of evidence, in bytes.
const EVIDENCE_BYTES_MAX: u64 = 1 << 20;

/// Fixing a draw before the chance comes.
#[derive(Debug, clap::Args)]
pub(crate) struct AnnounceArgs {
    #[command(flatten)]
    pool: PoolArgs,
    #[command(flatten)]
    design: DesignArgs,
    #[command(flatten)]
    source: SourceArgs,
    /// The first round of the chain after this moment: a date, or +1h from now
    #[arg(long, value_name = "DATE", conflicts_with = "round")]
    after: Option<String>,
    /// Id of the draw, a UUID [default: a new one]
    #[arg(long, value_name = "UUID")]
    draw: Option<StatementId>,
    /// Where the announcement is written
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
}

/// A draw.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("evidence").required(true)
    .args(["numbers", "beacon", "secrets"]))]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pool: PoolArgs,
    #[command(flatten)]
    design: DesignArgs,
    #[command(flatten)]
    source: SourceArgs,
    /// What was announced; the draw is refused if it is another
    #[arg(long, value_name = "FILE")]
    announced: Option<PathBuf>,
    /// Published numbers, source by source: 9319/2,5,12,8,10/9,18,26
    #[arg(long, value_name = "NUMBERS")]
    numbers: Option<String>,
    /// A round of a beacon, as drand answers it; its signature is verified
    #[arg(long, value_name = "FILE")]
    beacon: Option<PathBuf>,
    /// Revealed secrets: a file of 64 hexadecimal digits a line, in any order
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
    /// Id of the draw, a UUID [default: the announced one, else one that pool and parameters give]
    #[arg(long, value_name = "UUID")]
    draw: Option<StatementId>,
    /// Write the proof that the chances are the fairest into this file
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// Where the draw is written
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// An announcement that is refused, or not followed.
pub(crate) fn refused(fault: &AnnouncedFault) -> Failure {
    match fault {
        AnnouncedFault::NotAnAnnouncement(why) => Failure::with(fault.code(), why),
        _ => Failure::new(fault.code()),
    }
}

/// Reads an announcement.
pub(crate) fn read_announced(path: &Path) -> Result<Announced, Failure> {
    Announced::read(&read(path)?).map_err(|fault| refused(&fault))
}

/// Refuses a file that is there already, before any work.
fn must_be_new(path: Option<&Path>) -> Result<(), Failure> {
    match path {
        Some(path) if path.exists() => Err(Failure::with("cli.exists", path.display())),
        _ => Ok(()),
    }
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let file = std::fs::File::options().write(true).create_new(true).open(path);
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::with("cli.exists", path.display()),
        _ => Failure::file(path, error),
    };
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(failed)
}

/// Runs `draw announce`.
pub(crate) fn announce(output: Output, args: &AnnounceArgs) -> Result<(), Failure> {
    must_be_new(Some(&args.out))?;
    let source = args.source.announced(args.after.as_deref())?;
    // Refused before the long work.
    source.check(when::now(), |_| false).map_err(|error| Failure::new(error.code()))?;
    let Prepared { pool, parameters, certificate } = args.design.prepare(output, &args.pool)?;
    draw_say::warn_of_bits(output, &source, pool.count(), parameters.seats);
    let draw = args.draw.map_or_else(new_id, Ok)?;
    let announced = Announced::new(draw, &pool, parameters, source, when::now());
    let announced = Announced { certificate, ..announced.map_err(|fault| refused(&fault))? };
    let text = announced.to_text().map_err(|fault| refused(&fault))?;
    write_new(&args.out, &text)?;
    let hash = Hash::of(text.as_bytes());
    let comes = match &announced.announced {
        Announcement::Beacon { chain, round } => {
            Chain::by_hash(*chain).and_then(|chain| chain.time_of(*round))
        }
        _ => None,
    };
    if output.json {
        return output.json(&json!({
            "announcement": hash, "file": args.out, "draw": announced.draw,
            "people": announced.people, "pool_root": announced.pool_root,
            "parameters_hash": announced.parameters_hash, "announced": announced.announced,
            "announced_at": announced.announced_at, "comes_at": comes,
            "bits": {"needed": bits::needed(announced.people, announced.parameters.seats),
                "held": announced.announced.bits()},
        }));
    }
    let lang = output.lang;
    output.say(lang.pick(
        "À publier avant que le hasard n'arrive : le fichier, ou au moins son empreinte.",
        "To be published before the chance comes: the file, or at least its hash.",
    ))?;
    let mut rows = vec![
        (lang.pick("fichier", "file"), args.out.display().to_string()),
        (lang.pick("empreinte", "hash"), hash.to_string()),
        (lang.pick("tirage", "draw"), announced.draw.to_string()),
        (lang.pick("personnes", "people"), announced.people.to_string()),
        (lang.pick("racine du vivier", "root of the pool"), announced.pool_root.to_string()),
        (
            lang.pick("empreinte des paramètres", "hash of the parameters"),
            announced.parameters_hash.to_string(),
        ),
        (lang.pick("hasard", "chance"), draw_say::source(lang, &announced.announced)),
    ];
    rows.extend(comes.map(|at| (lang.pick("attendu le", "comes at"), when::show(at.0))));
    output.pairs(rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Runs `draw run`.
pub(crate) fn run(output: Output, args: &RunArgs) -> Result<(), Failure> {
    must_be_new(args.out.as_deref())?;
    must_be_new(args.certificate.as_deref())?;
    let announced = args.announced.as_deref().map(read_announced).transpose()?;
    let entropy = args.entropy(announced.as_ref())?;
    let source = args.source_of(announced.as_ref(), &entropy)?;
    let prepared = args.prepared(output, announced.as_ref())?;
    let Prepared { pool, parameters, certificate } = prepared;
    let (root, hash) = (pool.root(), parameters.hash());
    let draw = match &announced {
        Some(announced) => {
            announced.check_pool(root).map_err(|fault| refused(&fault))?;
            let draw = args.draw.unwrap_or(announced.draw);
            announced.check_draw(draw, hash, &source).map_err(|fault| refused(&fault))?;
            draw
        }
        None => {
            output.warn(output.lang.pick(
                "rien n'avait été annoncé : rien ne montre que le vivier et les règles étaient \
                 fixées avant le hasard",
                "nothing was announced: nothing shows that pool and rules were fixed before the \
                 chance came",
            ));
            args.draw.unwrap_or_else(|| id_of(root, hash))
        }
    };
    draw_say::warn_of_bits(output, &source, pool.count(), parameters.seats);
    let published = Published::new(draw, &pool, parameters, source, entropy, &Drand);
    let published = published.map_err(|fault| Failure::new(fault.code()))?;
    if let Some(path) = &args.certificate {
        let missing = || Failure::with("usage.arguments", "--quotas");
        let certificate = certificate.as_ref().ok_or_else(missing)?;
        write_new(path, &(json!(certificate).to_string() + "\n"))?;
    }
    if let Some(path) = &args.out {
        write_new(path, &published.to_text().map_err(|fault| Failure::new(fault.code()))?)?;
    }
    draw_say::drawn(output, &pool, &published, certificate.as_ref(), args.out.as_deref())
}

/// The id of a draw that was not announced. Were it free, whoever draws could try ids until the
/// panel pleases.
fn id_of(root: Hash, parameters: Hash) -> StatementId {
    let Hash(hash) = Hash::of(&[root.0, parameters.0].concat());
    let (half, _) = hash.split_at(16);
    StatementId::from_parts(0, half.try_into().map_or(0, u128::from_be_bytes))
}

impl RunArgs {
    /// Pool and parameters, as the options say or as announced. What is announced as proof counts
    /// only if it holds for the quotas.
    fn prepared(&self, output: Output, announced: Option<&Announced>) -> Result<Prepared, Failure> {
        let Some(announced) = announced.filter(|_| !self.design.is_given()) else {
            return self.design.prepare(output, &self.pool);
        };
        let parameters = announced.parameters.clone();
        let pool = self.pool.read_for(output, &parameters)?;
        announced.check_pool(pool.root()).map_err(|fault| refused(&fault))?;
        let mut certificate = None;
        if let Some(path) = &self.design.quotas {
            let problem = problem_of(&pool, &quotas(path)?, parameters.seats)?;
            let proof = announced.certificate.clone();
            let proof = proof.ok_or_else(|| Failure::new("certificate.other-problem"))?;
            certified(&problem, &parameters.design, &proof).map_err(|fault| not_proven(&fault))?;
            certificate = Some(proof);
        }
        Ok(Prepared { pool, parameters, certificate })
    }

    /// What came.
    fn entropy(&self, announced: Option<&Announced>) -> Result<Entropy, Failure> {
        let announced = announced.map(|announced| &announced.announced);
        if let Some(numbers) = &self.numbers {
            return read_numbers(numbers).map(Entropy::Numbers).map_err(evidence);
        }
        if let Some(path) = &self.beacon {
            let named = self.source.chain.as_deref().map(chain).transpose()?;
            let of_announced = match announced {
                Some(Announcement::Beacon { chain, .. }) => Some(*chain),
                _ => None,
            };
            let text = input::read_file(path, EVIDENCE_BYTES_MAX)?;
            let beacon = read_beacon(&text, named.or(of_announced)).map_err(evidence)?;
            return Ok(Entropy::Beacon(beacon));
        }
        let path = self.secrets.as_deref().ok_or_else(|| Failure::new("draw.no-source"))?;
        let secrets = read_secrets(&input::read_text(path)?).map_err(evidence)?;
        let of_file = self.source.commitments.as_deref().map(|path| self.source.secrets(path));
        let of_file = of_file.transpose()?;
        let Some(Announcement::Secrets { commitments, .. }) = of_file.as_ref().or(announced) else {
            return Err(Failure::with("usage.arguments", "--commitments"));
        };
        let revealed = reveals(commitments, &secrets).map(Entropy::Secrets);
        revealed.ok_or_else(|| Failure::new("entropy.not-the-committed"))
    }

    /// Where chance was to come from: as the options say, else as announced, else as it came.
    fn source_of(
        &self,
        announced: Option<&Announced>,
        entropy: &Entropy,
    ) -> Result<Announcement, Failure> {
        let announced = announced.map(|announced| &announced.announced);
        match entropy {
            Entropy::Numbers(_) if !self.source.sources.is_empty() => self.source.numbers(),
            Entropy::Secrets(_) if self.source.commitments.is_some() => {
                let path = self.source.commitments.as_deref().unwrap_or(Path::new(""));
                self.source.secrets(path)
            }
            Entropy::Beacon(beacon) if self.source.round.is_some() => Ok(Announcement::Beacon {
                chain: beacon.chain,
                round: self.source.round.unwrap_or(0),
            }),
            _ => match (announced, entropy) {
                (Some(announced), _) => Ok(announced.clone()),
                (None, Entropy::Beacon(beacon)) => {
                    Ok(Announcement::Beacon { chain: beacon.chain, round: beacon.round })
                }
                (None, Entropy::Numbers(numbers)) => Ok(unnamed(numbers)),
                (None, Entropy::Secrets(_)) => {
                    Err(Failure::with("usage.arguments", "--commitments"))
                }
            },
        }
    }
}

/// Sources of which nobody said out of how many numbers they take theirs: they hold no bit that
/// could be counted.
fn unnamed(numbers: &[Vec<u64>]) -> Announcement {
    let source = |(number, taken): (usize, &Vec<u64>)| {
        let taken = u32::try_from(taken.len()).unwrap_or(u32::MAX);
        NumberSource { name: format!("source {number}"), of: taken, taken }
    };
    Announcement::Numbers { sources: (1..).zip(numbers).map(source).collect() }
}
