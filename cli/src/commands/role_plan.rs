//! `archipel role plan`: who holds which role when, as fairly as can be. Needs no instance.

use super::draw_args::read;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::{Output, cell};
use archipel_domain::id::{Hash, MemberId, Slug};
use archipel_domain::role::rotation::{
    CertificateKind, Obstacle, Place, Plan, Proof, Reason, Request, Roster, check, plan_indicators,
    solve,
};
use archipel_engine::draw::in_words;
use archipel_engine::roster_file::{RosterFile, RosterOptions, read_roster};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A plan of rotation.
#[derive(Debug, clap::Args)]
pub(crate) struct PlanArgs {
    /// The request, in JSON; or a CSV of availability: name, perhaps load and roles, and a column
    /// for each period with yes or no
    file: PathBuf,
    /// Check this plan instead of making one
    #[arg(long, value_name = "PLAN.json")]
    check: Option<PathBuf>,
    /// CSV: a role, and its seats if there are several: caisse or veille=2; may be repeated
    #[arg(long = "role", value_name = "ROLE[=SEATS]", value_delimiter = ',')]
    roles: Vec<String>,
    /// CSV: two roles that nobody holds in the same period: caisse+veille; may be repeated
    #[arg(long, value_name = "ROLE+ROLE")]
    apart: Vec<String>,
    /// CSV: most seats of one person in a period
    #[arg(long, value_name = "N", default_value_t = 1)]
    load_cap: u64,
    /// CSV: most periods in a row
    #[arg(long, value_name = "N", default_value_t = 366)]
    max_consecutive: u32,
    /// CSV: periods without the role after that many in a row
    #[arg(long, value_name = "N", default_value_t = 0)]
    cooling_off: u32,
    /// CSV: most periods of a role
    #[arg(long, value_name = "N", default_value_t = 366)]
    max_held: u64,
    /// CSV: what the last ties are broken by, 64 hexadecimal digits drawn after all the rest
    #[arg(long, value_name = "HEX")]
    seed: Option<Hash>,
    /// How many carry most, for their share of the whole load
    #[arg(long, value_name = "N", default_value_t = 1)]
    top: usize,
    /// CSV: print the request as JSON, and stop
    #[arg(long, conflicts_with = "check")]
    print_request: bool,
}

/// Runs the command.
pub(crate) fn run(output: Output, args: &PlanArgs) -> Result<(), Failure> {
    let file = args.read()?;
    if args.print_request {
        return output.raw(&serde_json::to_string(&file.request).map_err(Failure::answer)?);
    }
    let refused =
        |error: archipel_domain::role::rotation::RosterError| Failure::with(error.code(), error);
    let roster = file.request.parse().map_err(refused)?;
    let plan = match &args.check {
        None => solve(&roster),
        Some(path) => checked(&roster, path)?,
    };
    let optimal = matches!(plan.certificate.kind, CertificateKind::Optimal(_));
    let indicators = json!(plan_indicators(&roster, &plan, args.top));
    if output.json {
        return output.json(&json!({
            "checked": args.check.is_some(), "optimal": optimal, "indicators": indicators,
            "names": file.names, "periods": file.periods, "plan": plan,
        }));
    }
    show(output, &file, &plan, &indicators, args.top)
}

/// A plan that is checked against its roster.
fn checked(roster: &Roster, path: &Path) -> Result<Plan, Failure> {
    let wrong = |error: serde_json::Error| {
        Failure::with("plan.file", format!("{}: {error}", path.display()))
    };
    let mut value: Value = serde_json::from_slice(&read(path)?).map_err(wrong)?;
    let inner = value.get_mut("plan").map(Value::take);
    let plan: Plan = serde_json::from_value(inner.unwrap_or(value)).map_err(wrong)?;
    check(roster, &plan).map_err(|fault| Failure::with(fault.code(), fault))?;
    Ok(plan)
}

impl PlanArgs {
    fn read(&self) -> Result<RosterFile, Failure> {
        let bytes = read(&self.file)?;
        let name = self.file.display();
        if bytes.trim_ascii_start().starts_with(b"{") {
            let wrong = |error| Failure::with("plan.request", format!("{name}: {error}"));
            let request: Request = serde_json::from_slice(&bytes).map_err(wrong)?;
            let periods = (1..=request.periods.min(366)).map(|period| period.to_string()).collect();
            return Ok(RosterFile { request, names: BTreeMap::new(), periods });
        }
        let missing = |flag: &str| Failure::with("usage.arguments", flag);
        if self.roles.is_empty() {
            return Err(missing("--role"));
        }
        let wrong = |text: &String| Failure::with("usage.value", text);
        let role = |text: &String| {
            let (name, seats) = text.split_once('=').unwrap_or((text, "1"));
            Some((name.parse::<Slug>().ok()?, seats.parse::<u32>().ok()?))
        };
        let pair = |text: &String| {
            let (one, other) = text.split_once('+')?;
            Some((one.parse::<Slug>().ok()?, other.parse::<Slug>().ok()?))
        };
        let roles = self.roles.iter().map(|text| role(text).ok_or_else(|| wrong(text)));
        let apart = self.apart.iter().map(|text| pair(text).ok_or_else(|| wrong(text)));
        let options = RosterOptions {
            roles: roles.collect::<Result<_, _>>()?,
            incompatible: apart.collect::<Result<_, _>>()?,
            load_cap: self.load_cap,
            max_consecutive: self.max_consecutive,
            cooling_off: self.cooling_off,
            max_held: self.max_held,
            seed: self.seed.ok_or_else(|| missing("--seed"))?,
        };
        let wrong = |error| Failure::with("plan.request", format!("{name}: {error}"));
        read_roster(&bytes, &options).map_err(wrong)
    }
}

/// What somebody is called.
fn called(file: &RosterFile, id: MemberId) -> String {
    file.names.get(&id).cloned().unwrap_or_else(|| id.to_string())
}

fn period(file: &RosterFile, number: u32) -> String {
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let name = place.and_then(|place| file.periods.get(place));
    name.cloned().unwrap_or_else(|| number.to_string())
}

fn show(
    output: Output,
    file: &RosterFile,
    plan: &Plan,
    indicators: &Value,
    top: usize,
) -> Result<(), Failure> {
    let lang = output.lang;
    calendar(output, file, plan)?;
    if !plan.vacant.is_empty() {
        output.say(format!("\n{}", lang.pick("Places vacantes", "Vacant places")))?;
        let rows = plan.vacant.iter().map(|vacant| {
            let Place { period: number, role, seat } = &vacant.place;
            vec![period(file, *number), format!("{role} {seat}"), reason(lang, &vacant.reason)]
        });
        let header = [
            lang.pick("période", "period"),
            lang.pick("siège", "seat"),
            lang.pick("pourquoi", "why"),
        ];
        output.table(&header, rows.collect())?;
    }
    output.say("")?;
    let rows = plan.loads.iter().map(|load| {
        let all = load.past.saturating_add(load.new);
        vec![
            called(file, load.person),
            load.past.to_string(),
            load.new.to_string(),
            load.periods.to_string(),
            if load.periods == 0 { "-".to_owned() } else { format!("{all}/{}", load.periods) },
        ]
    });
    let header = [
        lang.pick("personne", "person"),
        lang.pick("charge d'avant", "load before"),
        lang.pick("ce plan", "this plan"),
        lang.pick("périodes disponibles", "available periods"),
        lang.pick("par période", "per period"),
    ];
    output.table(&header, rows.collect())?;
    let of = |name: &str| indicators.get(name).map(cell).unwrap_or_default();
    let fraction =
        |name: &str| of(name).parse().map_or_else(|_| of(name), |value| in_words(&value));
    let (gini, share, run) = (fraction("gini"), fraction("top_share"), of("longest_run"));
    output.say(match lang {
        Lang::Fr => format!(
            "\nGini {gini} ; part des {top} plus chargé·es {share} ; plus longue suite {run}"
        ),
        Lang::En => {
            format!("\nGini {gini}; share of the {top} who carry most {share}; longest run {run}")
        }
    })?;
    output.say(certificate(lang, plan))
}

/// Periods by seats.
fn calendar(output: Output, file: &RosterFile, plan: &Plan) -> Result<(), Failure> {
    let seats: BTreeSet<(Slug, u32)> =
        file.request.seats.iter().map(|seat| (seat.role.clone(), seat.number)).collect();
    let mut holders: BTreeMap<(u32, Slug, u32), String> = BTreeMap::new();
    let key = |place: &Place| (place.period, place.role.clone(), place.seat);
    for assigned in &plan.assignments {
        holders.insert(key(&assigned.place), called(file, assigned.person));
    }
    for vacant in &plan.vacant {
        let word = output.lang.pick("(vacant)", "(vacant)");
        holders.insert(key(&vacant.place), word.to_owned());
    }
    let names: Vec<String> = seats.iter().map(|(role, seat)| format!("{role} {seat}")).collect();
    let mut header = vec![output.lang.pick("période", "period")];
    header.extend(names.iter().map(String::as_str));
    let row = |number: u32| {
        let of = |(role, seat): &(Slug, u32)| {
            holders.get(&(number, role.clone(), *seat)).cloned().unwrap_or_default()
        };
        std::iter::once(period(file, number)).chain(seats.iter().map(of)).collect()
    };
    output.table(&header, (1..=file.request.periods).map(row).collect())
}

/// Why a place is vacant.
pub(super) fn reason(lang: Lang, reason: &Reason) -> String {
    match reason {
        Reason::NobodyEligible => lang.pick("personne n'est éligible", "nobody is eligible").into(),
        Reason::NobodyAvailable => {
            lang.pick("personne d'éligible n'est disponible", "nobody eligible is available").into()
        }
        Reason::All(one) => {
            format!("{}: {}", lang.pick("toutes et tous", "all"), obstacle(lang, *one))
        }
        Reason::Several(counts) => {
            let each = counts.iter().map(|(one, n)| format!("{n} × {}", obstacle(lang, *one)));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

/// What keeps somebody from a place.
pub(super) fn obstacle(lang: Lang, obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::NotEligible => lang.pick("non éligible", "not eligible"),
        Obstacle::NotAvailable => lang.pick("non disponible", "not available"),
        Obstacle::HeldEnough => lang.pick("a assez tenu ce rôle", "held the role enough"),
        Obstacle::CoolingOff => lang.pick("repos après le rôle", "cooling off"),
        Obstacle::SameRole => lang.pick("tient déjà ce rôle", "holds the role already"),
        Obstacle::Incompatible => lang.pick("rôle incompatible", "incompatible role"),
        Obstacle::LoadCap => lang.pick("charge maximale atteinte", "load cap reached"),
    }
}

/// What is known about better plans.
fn certificate(lang: Lang, plan: &Plan) -> String {
    let (filled, bound) = (plan.objective.filled, &plan.certificate.bound);
    match &plan.certificate.kind {
        CertificateKind::Optimal(proof) => {
            let how = match proof {
                Proof::Potentials(_) => lang.pick("par potentiels duaux", "by dual potentials"),
                Proof::Search => lang.pick("par recherche complète", "by exhaustive search"),
            };
            match lang {
                Lang::Fr => format!("Optimal, prouvé {how} : aucun autre plan n'est aussi bon."),
                Lang::En => format!("Optimal, proven {how}: no other plan is as good."),
            }
        }
        CertificateKind::Bounded { reached } => {
            let best = reached == bound;
            let loads = lang.pick(
                if best {
                    "charges les meilleures possible"
                } else {
                    "charges peut-être améliorables"
                },
                if best { "loads the best possible" } else { "loads may not be the best" },
            );
            match lang {
                Lang::Fr => format!(
                    "Non prouvé optimal : {filled} places tenues, au plus {} possibles ; {loads}.",
                    bound.filled
                ),
                Lang::En => format!(
                    "Not proven optimal: {filled} places filled, at most {} possible; {loads}.",
                    bound.filled
                ),
            }
        }
    }
}
