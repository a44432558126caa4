//! A rotation in plain words: why this person in this period, how the load is balanced, and what
//! the certificate proves.

use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::Output;
use crate::when;
use archipel_domain::role::rotation::{Gap, Obstacle, Reason};
use archipel_domain::time::Timestamp;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

use super::role_plan::{obstacle, reason};

/// What is told of a rotation: part of what `rotations/ID` answers.
#[derive(Debug, Deserialize)]
pub(crate) struct Told {
    /// The periods.
    pub(crate) periods: Vec<ToldPeriod>,
    /// Who holds what.
    pub(crate) plan: Vec<ToldCell>,
    /// What nobody holds.
    pub(crate) places: Vec<ToldPlace>,
    /// What everybody carries.
    pub(crate) loads: Vec<ToldLoad>,
    /// What is proven.
    pub(crate) certificate: ToldCertificate,
    /// The draw of the seed.
    pub(crate) draw: Option<String>,
}

/// A period.
#[derive(Debug, Deserialize)]
pub(crate) struct ToldPeriod {
    /// Its first moment.
    pub(crate) from: Timestamp,
}

/// Who holds a seat in a period.
#[derive(Debug, Deserialize)]
pub(crate) struct ToldCell {
    pub(crate) period: u32,
    pub(crate) role: String,
    pub(crate) seat: u32,
    pub(crate) member: String,
    pub(crate) gap: Gap,
    pub(crate) kept: Vec<ToldKept>,
    pub(crate) others: u32,
}

/// How many are kept from a seat, by what.
#[derive(Debug, Deserialize)]
pub(crate) struct ToldKept {
    pub(crate) obstacle: Obstacle,
    pub(crate) people: u32,
}

/// A vacant seat.
#[derive(Debug, Deserialize)]
pub(crate) struct ToldPlace {
    pub(crate) period: u32,
    pub(crate) role: String,
    pub(crate) seat: u32,
    pub(crate) reason: Reason,
}

/// What somebody carries.
#[derive(Debug, Deserialize)]
pub(crate) struct ToldLoad {
    pub(crate) member: String,
    pub(crate) past: u64,
    pub(crate) new: u64,
    pub(crate) periods: u32,
}

/// What is proven: `potentials`, `search` or `bounded`.
#[derive(Debug, Deserialize)]
pub(crate) struct ToldCertificate {
    pub(crate) proven: String,
    pub(crate) filled: u64,
    pub(crate) bound: u64,
    pub(crate) loads_at_bound: bool,
}

/// The first digits of a pseudonym: enough to name somebody in commands.
pub(crate) fn short(member: &str) -> String {
    member.chars().take(8).collect()
}

/// All of it.
pub(crate) fn say(output: Output, told: &Told) -> Result<(), Failure> {
    table(output, told)?;
    let lang = output.lang;
    output.say(lang.pick("\nPourquoi ces personnes", "\nWhy these people"))?;
    for one in &told.plan {
        output.say(format!("- {}", why(lang, told, one)))?;
    }
    for one in &told.places {
        let when = period(told, one.period);
        let why = reason(lang, &one.reason);
        let vacant = lang.pick("vacant", "vacant");
        output.say(format!("- {when}, {} {}: {vacant}, {why}", one.role, one.seat))?;
    }
    output.say(lang.pick("\nLa charge", "\nThe load"))?;
    output.say(lang.pick(
        "Le plan pourvoit d'abord le plus de places possible. Puis la plus forte charge par \
         période disponible est la plus faible possible, puis la suivante, et ainsi de suite ; \
         ce qui a été porté avant compte. Ensuite les tours d'une même personne dans un rôle \
         sont aussi espacés que possible. Le sort ne départage que ce qui reste égal.",
        "The plan first fills as many places as can be. Then the highest load per available \
         period is as low as can be, then the next, and so on; what was carried before counts. \
         Then the turns of one person in a role are as far apart as can be. The lot decides \
         only between what is still equal.",
    ))?;
    loads(output, told)?;
    output.say(format!("\n{}", proven(lang, &told.certificate)))?;
    output.say(match (&told.draw, lang) {
        (Some(draw), Lang::Fr) => format!(
            "La graine vient du tirage {draw}, annoncé pour cette demande : personne ne pouvait \
             la choisir."
        ),
        (Some(draw), Lang::En) => format!(
            "The seed comes from the draw {draw}, announced for this request: nobody could \
             choose it."
        ),
        (None, Lang::Fr) => "La graine n'est pas tirée au sort : elle suit de la demande, et qui \
                             l'a écrite pouvait choisir entre égaux."
            .to_owned(),
        (None, Lang::En) => "The seed was not drawn: it follows from the request, and whoever \
                             wrote it could choose among equals."
            .to_owned(),
    })
}

fn period(told: &Told, number: u32) -> String {
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let time = place.and_then(|place| told.periods.get(place));
    let day = |ms: i64| when::show(ms).chars().take(10).collect::<String>();
    time.map_or_else(|| number.to_string(), |time| format!("{number} ({})", day(time.from.0)))
}

/// Periods by seats.
fn table(output: Output, told: &Told) -> Result<(), Failure> {
    let mut holders: BTreeMap<(u32, &str, u32), String> = BTreeMap::new();
    for one in &told.plan {
        holders.insert((one.period, &one.role, one.seat), short(&one.member));
    }
    for one in &told.places {
        holders.insert((one.period, &one.role, one.seat), "(vacant)".to_owned());
    }
    let seats: BTreeSet<(&str, u32)> = holders.keys().map(|key| (key.1, key.2)).collect();
    let names: Vec<String> = seats.iter().map(|(role, seat)| format!("{role} {seat}")).collect();
    let mut header = vec![output.lang.pick("période", "period")];
    header.extend(names.iter().map(String::as_str));
    let rows = (1..).zip(&told.periods).map(|(number, _)| {
        let of = |(role, seat): &(&str, u32)| {
            holders.get(&(number, *role, *seat)).cloned().unwrap_or_default()
        };
        std::iter::once(period(told, number)).chain(seats.iter().map(of)).collect()
    });
    output.table(&header, rows.collect())
}

/// Why somebody holds a place.
fn why(lang: Lang, told: &Told, one: &ToldCell) -> String {
    let place = format!("{}, {} {}", period(told, one.period), one.role, one.seat);
    let who = short(&one.member);
    let gap = match (one.gap, lang) {
        (Gap::Never, Lang::Fr) => "ne l'a jamais tenu avant".to_owned(),
        (Gap::Never, Lang::En) => "never held it before".to_owned(),
        (Gap::After(1), Lang::Fr) => "le tient déjà la période d'avant".to_owned(),
        (Gap::After(1), Lang::En) => "holds it in the period before too".to_owned(),
        (Gap::After(n), Lang::Fr) => format!("l'a tenu {n} périodes plus tôt"),
        (Gap::After(n), Lang::En) => format!("held it {n} periods before"),
    };
    let kept: Vec<String> = one
        .kept
        .iter()
        .map(|kept| format!("{} × {}", kept.people, obstacle(lang, kept.obstacle)))
        .collect();
    let kept = kept.join(", ");
    let others = match (one.others, lang) {
        (0, Lang::Fr) => "personne d'autre ne pouvait".to_owned(),
        (0, Lang::En) => "nobody else could".to_owned(),
        (n, lang) => {
            let bounded = told.certificate.proven == "bounded";
            let worse = match (bounded, lang) {
                (false, Lang::Fr) => "l'ensemble serait moins bon",
                (false, Lang::En) => "the whole would be worse",
                (true, Lang::Fr) => "rien de meilleur n'a été trouvé",
                (true, Lang::En) => "nothing better was found",
            };
            let could = lang.pick("autre(s) pouvaient la prendre", "other(s) could have taken it");
            format!("{n} {could}, {worse}")
        }
    };
    let listed = if kept.is_empty() { String::new() } else { format!(" ({kept})") };
    let colon = lang.pick(" : ", ": ");
    format!("{place}{colon}{who}, {gap} ; {others}{listed}").replace(" ; ", lang.pick(" ; ", "; "))
}

fn loads(output: Output, told: &Told) -> Result<(), Failure> {
    let lang = output.lang;
    let rows = told.loads.iter().map(|load| {
        let all = load.past.saturating_add(load.new);
        let ratio = format!("{all}/{}", load.periods);
        vec![
            short(&load.member),
            load.past.to_string(),
            load.new.to_string(),
            load.periods.to_string(),
            if load.periods == 0 { "-".to_owned() } else { ratio },
        ]
    });
    let header = [
        lang.pick("personne", "person"),
        lang.pick("charge d'avant", "load before"),
        lang.pick("ce plan", "this plan"),
        lang.pick("périodes disponibles", "available periods"),
        lang.pick("par période", "per period"),
    ];
    output.table(&header, rows.collect())
}

/// What the certificate proves.
fn proven(lang: Lang, told: &ToldCertificate) -> String {
    let (filled, bound) = (told.filled, told.bound);
    match (told.proven.as_str(), lang) {
        ("potentials", Lang::Fr) => "Prouvé optimal par des potentiels : des prix sont donnés aux \
            places et aux personnes, et tout autre plan coûterait davantage. L'instance l'a \
            vérifié en l'enregistrant."
            .to_owned(),
        ("potentials", Lang::En) => "Proven optimal by potentials: places and people are given \
            prices under which any other plan would cost more. The instance checked that when it \
            recorded it."
            .to_owned(),
        ("search", Lang::Fr) => "Prouvé optimal par recherche : tous les autres plans ont été \
            exclus, et le sont de nouveau par quiconque vérifie."
            .to_owned(),
        ("search", Lang::En) => "Proven optimal by search: all other plans were excluded, and \
            whoever checks excludes them again."
            .to_owned(),
        (_, Lang::Fr) => format!(
            "Non prouvé optimal : {filled} places tenues, aucun plan n'en tient plus de {bound} \
             (écart {}) ; {}.",
            bound.saturating_sub(filled),
            if told.loads_at_bound {
                "les charges sont les meilleures possible"
            } else {
                "les charges pourraient être meilleures"
            }
        ),
        (_, Lang::En) => format!(
            "Not proven optimal: {filled} places held, no plan holds more than {bound} (gap {}); \
             {}.",
            bound.saturating_sub(filled),
            if told.loads_at_bound {
                "the loads are the best possible"
            } else {
                "the loads might be better"
            }
        ),
    }
}
