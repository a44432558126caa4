//! Draws in tables and sentences, and as JSON.

use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::Output;
use archipel_domain::draw::{
    Announcement, Chain, Design, Parameters, Person, Pool, bits, chances as exact_chances,
};
use archipel_engine::draw::{Certificate, Published, in_words};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Most people that a table shows one by one.
const ROWS_MAX: usize = 5_000;

/// What somebody's group or type is called.
pub(crate) fn stratum_of(parameters: &Parameters, person: &Person) -> String {
    match &parameters.design {
        Design::Rfc3797 | Design::Simple => String::new(),
        Design::Seats(_) | Design::Weights(_) => person.group.clone().unwrap_or_default(),
        Design::Composed(distribution) => {
            let values = distribution.features.iter().filter_map(|name| person.features.get(name));
            values.cloned().collect::<Vec<_>>().join(", ")
        }
    }
}

/// Chances as JSON texts and as words, in the order of the pool.
pub(crate) fn chances_of(pool: &Pool, parameters: &Parameters) -> Result<Vec<Said>, Failure> {
    let exact = exact_chances(pool, parameters);
    let exact = exact.map_err(|error| Failure::new(error.code()))?;
    Ok(exact
        .iter()
        .map(|chance| Said { exact: chance.to_string(), words: in_words(chance) })
        .collect())
}

/// A chance, exactly and for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Said {
    pub(crate) exact: String,
    pub(crate) words: String,
}

/// Bits of a seed: a draw that needs more can not have them, and nobody can tell.
const SEED_BITS: u64 = 256;

/// Warns if a source holds less chance than a draw needs.
pub(crate) fn warn_of_bits(output: Output, source: &Announcement, people: u32, seats: u32) {
    let (held, needed) = (source.bits(), bits::needed(people, seats).min(SEED_BITS));
    if held < needed {
        output.warn(&match output.lang {
            Lang::Fr => format!(
                "trop peu de hasard : {held} bits annoncés (--source), il en faut {needed} pour \
                 que tout panel de {seats} parmi {people} puisse sortir"
            ),
            Lang::En => format!(
                "too little chance: {held} bits announced (--source), {needed} are needed for \
                 every panel of {seats} of {people} to be possible"
            ),
        });
    }
}

/// Where chance comes from.
pub(crate) fn source(lang: Lang, announced: &Announcement) -> String {
    match announced {
        Announcement::Beacon { chain, round } => {
            let name =
                Chain::by_hash(*chain).map_or_else(|| chain.to_string(), |c| c.name.to_owned());
            format!("{name}, {} {round}", lang.pick("tour", "round"))
        }
        Announcement::Secrets { commitments, least } => {
            let (count, secrets) =
                (commitments.len(), lang.pick("secrets, au moins", "secrets, at least"));
            format!("{count} {secrets} {least}")
        }
        Announcement::Numbers { sources } => {
            let each = sources.iter().map(|one| format!("{} ({}/{})", one.name, one.taken, one.of));
            each.collect::<Vec<_>>().join(" ; ")
        }
    }
}

/// What the certificate says, in one sentence. Never `leximin` when anything is lacking.
pub(crate) fn certified(lang: Lang, certificate: &Certificate) -> String {
    let levels = certificate.levels.len();
    if certificate.shortfall == "0" {
        return match lang {
            Lang::Fr => format!(
                "Ces chances sont les plus égales que les quotas permettent (leximin exact), \
                 prouvé par {levels} niveau(x)."
            ),
            Lang::En => format!(
                "These chances are the most equal that the quotas allow (exact leximin), proven \
                 by {levels} level(s)."
            ),
        };
    }
    let short = certificate.shortfall.parse().map_or_else(|_| String::new(), |s| in_words(&s));
    match lang {
        Lang::Fr => format!(
            "La recherche a été arrêtée : ces chances ne sont PAS les plus égales. Il manque à \
             quelqu'un jusqu'à {short} de la chance que les quotas permettent."
        ),
        Lang::En => format!(
            "The search was given up: these chances are NOT the most equal ones. Somebody lacks \
             up to {short} of the chance that the quotas allow."
        ),
    }
}

/// What is said of a draw by quotas whose quotas were not given.
pub(crate) const fn unproven(lang: Lang) -> &'static str {
    lang.pick(
        "Que ces chances sont les plus égales se vérifie avec --quotas.",
        "That these chances are the most equal ones is checked with --quotas.",
    )
}

/// The certificate for machines.
pub(crate) fn certificate_json(certificate: Option<&Certificate>) -> Value {
    certificate.map_or(Value::Null, |certificate| {
        json!({
            "leximin": certificate.shortfall == "0",
            "shortfall": certificate.shortfall,
            "levels": certificate.levels.len(),
        })
    })
}

/// The place of somebody, or a refusal.
pub(crate) fn person<'a>(pool: &'a Pool, id: &str) -> Result<(usize, &'a Person), Failure> {
    let unknown = || Failure::with("draw.unknown-person", id);
    let place = pool.people().binary_search_by(|person| person.id.as_str().cmp(id));
    let place = place.map_err(|_| unknown())?;
    pool.people().get(place).map(|person| (place, person)).ok_or_else(unknown)
}

/// Chances before a draw, stratum by stratum.
pub(crate) fn chances(
    output: Output,
    pool: &Pool,
    parameters: &Parameters,
    certificate: Option<&Certificate>,
    only: Option<&str>,
) -> Result<(), Failure> {
    let said = chances_of(pool, parameters)?;
    let lang = output.lang;
    if let Some(id) = only {
        let (place, person) = person(pool, id)?;
        let chance = said.get(place).cloned();
        let chance = chance.ok_or_else(|| Failure::with("draw.unknown-person", id))?;
        let stratum = stratum_of(parameters, person);
        if output.json {
            return output.json(&json!({"id": id, "stratum": stratum, "chance": chance.exact}));
        }
        return output.say(format!("{id}: {}", chance.words));
    }
    if output.json {
        let each = pool.people().iter().zip(&said);
        let each = each.map(|(person, said)| (person.id.clone(), json!(said.exact)));
        return output.json(&json!({
            "pool_root": pool.root(), "parameters_hash": parameters.hash(),
            "people": pool.count(), "seats": parameters.seats,
            "certificate": certificate_json(certificate),
            "chances": each.collect::<serde_json::Map<_, _>>(),
        }));
    }
    let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
    for (person, said) in pool.people().iter().zip(said) {
        *counts.entry((stratum_of(parameters, person), said.words)).or_default() += 1;
    }
    let rows = counts.into_iter().map(|((stratum, words), people)| {
        vec![or_everybody(lang, &stratum), people.to_string(), words]
    });
    let header = [
        lang.pick("groupe ou type", "group or type"),
        lang.pick("personnes", "people"),
        lang.pick("chance de chacun·e", "chance of each"),
    ];
    output.table(&header, rows.collect())?;
    match certificate {
        Some(certificate) => output.say(format!("\n{}", certified(lang, certificate))),
        None => Ok(()),
    }
}

fn or_everybody(lang: Lang, stratum: &str) -> String {
    if stratum.is_empty() { lang.pick("tout le monde", "everybody") } else { stratum }.to_owned()
}

/// Who was drawn: `(id, stratum, place among the alternates or none for a seat)`.
pub(crate) fn places(published: &Published) -> Vec<(String, String, Option<usize>)> {
    let mut places = Vec::new();
    for stratum in &published.strata {
        let name = stratum.name.join(", ");
        places.extend(stratum.drawn.iter().map(|id| (id.clone(), name.clone(), None)));
    }
    for stratum in &published.strata {
        let name = stratum.name.join(", ");
        let alternates = (1..).zip(&stratum.alternates);
        places.extend(alternates.map(|(nth, id)| (id.clone(), name.clone(), Some(nth))));
    }
    places
}

/// Panel and alternates, each with the chance that they had of a seat.
pub(crate) fn drawn(
    output: Output,
    pool: &Pool,
    published: &Published,
    certificate: Option<&Certificate>,
    file: Option<&Path>,
) -> Result<(), Failure> {
    let said = chances_of(pool, &published.parameters)?;
    let chance = |id: &str| {
        let place = pool.place(id).and_then(|place| usize::try_from(place).ok());
        place.and_then(|place| said.get(place)).cloned()
    };
    let places = places(published);
    if output.json {
        let of = |is_seat: bool| -> Value {
            let each = places.iter().filter(|(_, _, nth)| nth.is_none() == is_seat);
            let row = |(id, stratum, _): &(String, String, Option<usize>)| {
                let chance = chance(id).map(|said| said.exact);
                json!({"id": id, "stratum": stratum, "chance": chance})
            };
            each.map(row).collect()
        };
        let needed = bits::needed(pool.count(), published.parameters.seats);
        return output.json(&json!({
            "draw": published.draw, "seed": published.seed, "file": file,
            "pool_root": published.pool_root, "parameters_hash": published.parameters_hash,
            "panel": of(true), "alternates": of(false),
            "certificate": certificate_json(certificate),
            "bits": {"needed": needed, "held": published.announced.bits()},
        }));
    }
    let lang = output.lang;
    table(output, &places, &chance)?;
    output.say(format!("\n{} {}", lang.pick("graine :", "seed:"), published.seed))?;
    match certificate {
        Some(certificate) => output.say(certified(lang, certificate))?,
        None if matches!(published.parameters.design, Design::Composed(_)) => {
            output.say(unproven(lang))?;
        }
        None => {}
    }
    match file {
        Some(file) => output.say(redo(lang, file)),
        None => Ok(()),
    }
}

/// People with a place, one a row.
pub(crate) fn table(
    output: Output,
    places: &[(String, String, Option<usize>)],
    chance: &impl Fn(&str) -> Option<Said>,
) -> Result<(), Failure> {
    let lang = output.lang;
    let rows = places.iter().take(ROWS_MAX).map(|(id, stratum, nth)| {
        let place = nth.map_or_else(
            || lang.pick("siège", "seat").to_owned(),
            |nth| format!("{} {nth}", lang.pick("suppléant·e", "alternate")),
        );
        let chance = chance(id).map(|said| said.words).unwrap_or_default();
        vec![place, id.clone(), or_everybody(lang, stratum), chance]
    });
    let header = [
        lang.pick("place", "place"),
        lang.pick("personne", "person"),
        lang.pick("groupe ou type", "group or type"),
        lang.pick("chance d'un siège", "chance of a seat"),
    ];
    output.table(&header, rows.collect())?;
    if places.len() > ROWS_MAX {
        output.say(format!("… ({})", places.len()))?;
    }
    Ok(())
}

/// How anybody redoes it.
pub(crate) fn redo(lang: Lang, file: &Path) -> String {
    let file = file.display();
    let (redo, or) =
        (lang.pick("Pour refaire le tirage :", "To redo the draw:"), lang.pick("ou", "or"));
    format!("{redo} archipel draw verify {file}, {or} python3 tests/interop/draw.py {file}")
}
