//! `archipel draw verify` and `draw show`: a published draw, redone and in plain words.

use super::draw_args::{PoolArgs, distribution, quotas, read};
use super::draw_chances::{problem_of, solved};
use super::draw_run::{read_announced, refused};
use super::draw_say;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::Output;
use archipel_domain::draw::{Design, Pool, bits};
use archipel_engine::crypto::Drand;
use archipel_engine::draw::{
    Announced, Certificate, CertificateFault, DrawFault, Published, certified, check,
};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Checking a published draw.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// The published draw
    file: PathBuf,
    #[command(flatten)]
    pool: PoolArgs,
    /// Quotas that the draw was to meet: also checks that the chances are the fairest
    #[arg(long, visible_alias = "categories", value_name = "FILE")]
    quotas: Option<PathBuf>,
    /// What was announced before
    #[arg(long, value_name = "FILE")]
    announced: Option<PathBuf>,
    /// Proof that the chances are the fairest [default: the announced one, else found again]
    #[arg(long, value_name = "FILE", requires = "quotas")]
    certificate: Option<PathBuf>,
}

/// A published draw in plain words.
#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// The published draw
    file: PathBuf,
    /// Of this person only
    #[arg(long, value_name = "ID")]
    person: Option<String>,
}

/// Redoes a published draw.
pub(crate) fn redone(path: &Path) -> Result<(Published, Pool), Failure> {
    let wrong = |fault: DrawFault| {
        let path = path.display();
        match &fault {
            DrawFault::NotADraw(why) => Failure::with(fault.code(), format!("{path}: {why}")),
            _ => Failure::with(fault.code(), path),
        }
    };
    let published = check(&read(path)?, &Drand).map_err(wrong)?;
    let pool = Pool::new(published.pool.clone()).map_err(|error| wrong(DrawFault::Pool(error)))?;
    Ok((published, pool))
}

/// Runs `draw verify`.
pub(crate) fn verify(output: Output, args: &VerifyArgs) -> Result<(), Failure> {
    let (published, pool) = redone(&args.file)?;
    let mut checked = vec!["file", "seed", "panel"];
    let announced = args.announced.as_deref().map(read_announced).transpose()?;
    if let Some(announced) = &announced {
        follows(announced, &published)?;
        checked.push("announcement");
    }
    if args.pool.people.is_some() {
        same_people(&args.pool.read_for(output, &published.parameters)?, &pool)?;
        checked.push("people");
    }
    let mut certificate = None;
    if let Some(path) = &args.quotas {
        certificate = Some(fairest(output, args, path, &published, &pool, announced)?);
        checked.push("quotas");
    }
    let (seats, source) = (published.parameters.seats, &published.announced);
    draw_say::warn_of_bits(output, source, pool.count(), seats);
    if output.json {
        return output.json(&json!({
            "verified": true, "checked": checked, "draw": published.draw, "seed": published.seed,
            "people": pool.count(), "seats": seats,
            "certificate": draw_say::certificate_json(certificate.as_ref()),
            "bits": {"needed": bits::needed(pool.count(), seats), "held": source.bits()},
        }));
    }
    let lang = output.lang;
    output.say(match lang {
        Lang::Fr => format!("Le tirage {} est juste : refait, il donne les mêmes.", published.draw),
        Lang::En => format!("Draw {} holds: redone, it draws the same people.", published.draw),
    })?;
    output.say(format!("{} {}", lang.pick("vérifié :", "checked:"), checked.join(", ")))?;
    match (&certificate, distribution(&published.parameters)) {
        (Some(certificate), _) => output.say(draw_say::certified(lang, certificate)),
        (None, Some(_)) => output.say(draw_say::unproven(lang)),
        (None, None) => Ok(()),
    }
}

fn follows(announced: &Announced, published: &Published) -> Result<(), Failure> {
    let Published { draw, parameters_hash, .. } = published;
    announced
        .check_pool(published.pool_root)
        .and_then(|()| announced.check_draw(*draw, *parameters_hash, &published.announced))
        .map_err(|fault| refused(&fault))
}

/// Whether the people are those of the draw; else who is the first that differs.
fn same_people(given: &Pool, published: &Pool) -> Result<(), Failure> {
    if given.root() == published.root() {
        return Ok(());
    }
    let mut pairs = given.people().iter().zip(published.people());
    let first = pairs
        .find(|(one, other)| one != other)
        .map(|(one, other)| if one.id <= other.id { one.id.clone() } else { other.id.clone() });
    let counts = || format!("{} / {}", given.count(), published.count());
    Err(Failure::with("draw.other-people", first.unwrap_or_else(counts)))
}

/// The certificate of a draw, checked against the quotas.
fn fairest(
    output: Output,
    args: &VerifyArgs,
    path: &Path,
    published: &Published,
    pool: &Pool,
    announced: Option<Announced>,
) -> Result<Certificate, Failure> {
    let problem = problem_of(pool, &quotas(path)?, published.parameters.seats)?;
    let given = match &args.certificate {
        Some(path) => {
            let wrong = |error| Failure::with("certificate.form", error);
            Some(serde_json::from_slice(&read(path)?).map_err(wrong)?)
        }
        None => announced.and_then(|announced| announced.certificate),
    };
    let certificate = match given {
        Some(certificate) => certificate,
        None => {
            // Without a proof, the levels are found again, and the draw is compared with them.
            let Design::Composed(distribution) = &published.parameters.design else {
                return Err(Failure::new("certificate.other-problem"));
            };
            let levels = solved(output, &problem)?.levels;
            let lottery =
                archipel_domain::draw::stratified::Lottery::of(&problem, distribution, levels);
            let lottery = lottery.ok_or_else(|| Failure::new("certificate.other-problem"))?;
            Certificate::new(&lottery)
        }
    };
    let lottery = certified(&problem, &published.parameters.design, &certificate);
    lottery.map_err(|fault| not_proven(&fault))?;
    Ok(certificate)
}

/// What is wrong with a certificate.
pub(crate) fn not_proven(fault: &CertificateFault) -> Failure {
    match fault {
        CertificateFault::Lottery(of) => Failure::with(fault.code(), of),
        _ => Failure::new(fault.code()),
    }
}

/// Runs `draw show`.
pub(crate) fn show(output: Output, args: &ShowArgs) -> Result<(), Failure> {
    let (published, pool) = redone(&args.file)?;
    match &args.person {
        Some(id) => show_person(output, &args.file, &published, &pool, id),
        None => show_all(output, &args.file, &published, &pool),
    }
}

fn show_all(
    output: Output,
    file: &Path,
    published: &Published,
    pool: &Pool,
) -> Result<(), Failure> {
    if output.json {
        return draw_say::drawn(output, pool, published, None, Some(file));
    }
    let lang = output.lang;
    output.say(format!("{}\n", how(lang, published, pool)))?;
    let said = draw_say::chances_of(pool, &published.parameters)?;
    let chance = |id: &str| {
        let place = pool.place(id).and_then(|place| usize::try_from(place).ok());
        place.and_then(|place| said.get(place)).cloned()
    };
    let places = draw_say::places(published);
    draw_say::table(output, &places, &chance)?;
    let left = pool.people().len().saturating_sub(places.len());
    output.say(match lang {
        Lang::Fr => format!("\n{left} personne(s) sans place. Leurs chances d'un siège :"),
        Lang::En => format!("\n{left} people have no place. Everybody's chance of a seat:"),
    })?;
    draw_say::chances(output, pool, &published.parameters, None, None)?;
    output.say(format!("\n{}", draw_say::redo(lang, file)))
}

/// How this draw was made, in one paragraph.
fn how(lang: Lang, published: &Published, pool: &Pool) -> String {
    let (seats, people) = (published.parameters.seats, pool.count());
    let source = draw_say::source(lang, &published.announced);
    let design = match &published.parameters.design {
        Design::Rfc3797 => lang.pick("selon la RFC 3797", "by RFC 3797"),
        Design::Simple => lang.pick("toutes à égalité", "all alike"),
        Design::Seats(_) => lang.pick("à sièges fixés par groupe", "with seats for each group"),
        Design::Weights(_) => {
            lang.pick("à sièges proportionnels par groupe", "with seats in proportion to weights")
        }
        Design::Composed(_) => lang.pick(
            "par une composition tirée d'abord, puis les personnes de chaque type",
            "by a composition that is drawn first, then people of each type",
        ),
    };
    match lang {
        Lang::Fr => format!(
            "{seats} sièges, {people} personnes, {design}. Le hasard vient de : {source}. Personne \
             ne choisit : de ce hasard, du vivier et des règles suit une seule réponse."
        ),
        Lang::En => format!(
            "{seats} seats, {people} people, {design}. Chance comes from: {source}. Nobody \
             chooses: from that chance, the pool and the rules follows one answer only."
        ),
    }
}

fn show_person(
    output: Output,
    file: &Path,
    published: &Published,
    pool: &Pool,
    id: &str,
) -> Result<(), Failure> {
    let (place, person) = draw_say::person(pool, id)?;
    let parameters = &published.parameters;
    let said = draw_say::chances_of(pool, parameters)?;
    let unknown = || Failure::with("draw.unknown-person", id);
    let chance = said.get(place).ok_or_else(unknown)?;
    let stratum = draw_say::stratum_of(parameters, person);
    let found = draw_say::places(published).into_iter().find(|(other, _, _)| other == id);
    let nth = found.as_ref().and_then(|(_, _, nth)| *nth);
    let alike = pool.people().iter().filter(|one| draw_say::stratum_of(parameters, one) == stratum);
    let alike = alike.count();
    let seats: usize = published
        .strata
        .iter()
        .filter(|one| one.name.join(", ") == stratum)
        .map(|one| one.drawn.len())
        .sum();
    if output.json {
        let outcome = match (&found, nth) {
            (None, _) => "not-drawn",
            (Some(_), None) => "seat",
            (Some(_), Some(_)) => "alternate",
        };
        return output.json(&json!({
            "id": id, "outcome": outcome, "alternate": nth, "chance": chance.exact,
            "stratum": stratum, "people_alike": alike, "seats_alike": seats,
            "draw": published.draw, "seed": published.seed,
        }));
    }
    let lang = output.lang;
    let outcome = match (&found, nth) {
        (None, _) => lang.pick("n'a pas été tiré·e au sort", "was not drawn").to_owned(),
        (Some(_), None) => lang.pick("a un siège", "has a seat").to_owned(),
        (Some(_), Some(nth)) => {
            format!("{} {nth}", lang.pick("est suppléant·e numéro", "is alternate number"))
        }
    };
    output.say(format!("{id} {outcome}."))?;
    output.say(match lang {
        Lang::Fr => format!(
            "Sa chance d'un siège était de {}. Parmi {alike} personne(s) dans le même cas, \
             {seats} siège(s) : l'ordre vient de la graine, et de rien d'autre.",
            chance.words
        ),
        Lang::En => format!(
            "The chance of a seat was {}. Among {alike} people in the same position there were \
             {seats} seat(s): the order follows from the seed, and from nothing else.",
            chance.words
        ),
    })?;
    if parameters.one_per_household && person.household.is_some() {
        output.say(lang.pick(
            "Une seule personne par foyer a d'abord été tirée ; la chance en tient compte.",
            "One person of each household was drawn first; the chance accounts for it.",
        ))?;
    }
    output.say(how(lang, published, pool))?;
    output.say(draw_say::redo(lang, file))
}
