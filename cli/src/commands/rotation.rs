//! `archipel rotation`: plans of who holds which role when, recorded in an instance.

use super::rotation_say::{
    Told, ToldCell, ToldCertificate, ToldKept, ToldLoad, ToldPeriod, ToldPlace, say,
};
use crate::app::{App, AtArgs, Mandate};
use crate::backend::{At, read_all};
use crate::failure::Failure;
use crate::output::cell;
use crate::{input, show, when};
use archipel_domain::id::{Hash, Line, MemberId, Slug};
use archipel_domain::role::Power;
use archipel_domain::role::rotation::{CertificateKind, Plan, Proof, Roster, RosterError, reasons};
use archipel_domain::rota::{DeclareAvailability, Facts, Interval, PlanRotation, RoleTerms, Terms};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Largest file of a plan, in bytes (1 MiB).
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Rotations.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum RotationCommand {
    /// Say when you are not available, and which roles you do not want; replaces what you said
    Away {
        /// Times, as 2026-12-01..2026-12-08 or 2026-12-01..+7d, in order
        #[arg(value_name = "FROM..UNTIL")]
        times: Vec<String>,
        /// A role that you do not want; may be repeated
        #[arg(long = "unwanted", value_name = "ROLE")]
        unwanted: Vec<Slug>,
    },
    /// Make a plan from what the instance knows, and write it to a file or record it
    Plan(Box<PlanArgs>),
    /// Record a plan from a file, under the power over roles
    Record {
        /// What `rotation plan --output` wrote
        file: PathBuf,
    },
    /// List recorded rotations
    List(AtArgs),
    /// Show a rotation in plain words: who, why, the load, what is proven
    Show {
        /// The rotation: UUID, or its first digits
        rotation: String,
        #[command(flatten)]
        at: AtArgs,
    },
}

/// Arguments of `rotation plan`.
#[derive(Debug, clap::Args)]
pub(crate) struct PlanArgs {
    /// A role, perhaps with its seats and their weight: accueil, veille=2, caisse=1*3
    #[arg(required = true, value_name = "ROLE[=SEATS[*WEIGHT]]")]
    roles: Vec<String>,
    /// Title
    #[arg(long)]
    title: String,
    /// A period, as 2026-12-01..+7d; may be repeated, in order
    #[arg(long = "period", value_name = "FROM..UNTIL", required_unless_present = "every")]
    periods: Vec<String>,
    /// Periods one after the other, each so long: 7d, 1w
    #[arg(
        long, value_name = "LENGTH", conflicts_with = "periods",
        requires_all = ["from", "count"],
    )]
    every: Option<String>,
    /// When the first of them begins
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// How many of them
    #[arg(long, value_name = "N")]
    count: Option<u32>,
    /// A member among whom the roles rotate; may be repeated, or a list [default: all]
    #[arg(long = "member", value_name = "MEMBER", value_delimiter = ',')]
    members: Vec<String>,
    /// Two roles that nobody holds in the same period: caisse+veille; may be repeated
    #[arg(long, value_name = "ROLE+ROLE")]
    apart: Vec<String>,
    /// Periods in which a role is held by nobody: caisse=2,5; may be repeated
    #[arg(long, value_name = "ROLE=N,N")]
    closed: Vec<String>,
    /// Most weight of one person in a period
    #[arg(long, value_name = "N", default_value_t = 1)]
    load_cap: u64,
    /// Most periods in a row
    #[arg(long, value_name = "N", default_value_t = 366)]
    max_consecutive: u32,
    /// Periods without the role after that many in a row
    #[arg(long, value_name = "N", default_value_t = 0)]
    cooling_off: u32,
    /// Most periods of a role ever
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    max_held: u64,
    /// The draw that the seed comes from, announced with the hash of this request in its purpose
    #[arg(long, value_name = "DRAW")]
    draw: Option<String>,
    /// The rotation that it replaces
    #[arg(long, value_name = "ROTATION")]
    supersedes: Option<String>,
    /// Write the plan to this file, for `rotation record`
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Record it at once
    #[arg(long)]
    record: bool,
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &RotationCommand) -> Result<(), Failure> {
    match command {
        RotationCommand::Away { times, unwanted } => {
            let away = times.iter().map(|text| interval(text)).collect::<Result<_, _>>()?;
            app.act(DeclareAvailability { away, unwanted: unwanted.clone() }, Mandate::Own)
        }
        RotationCommand::Plan(args) => plan(app, args),
        RotationCommand::Record { file } => {
            let text = input::read_file(file, FILE_BYTES_MAX)?;
            let wrong = |error| Failure::with("plan.file", format!("{}: {error}", file.display()));
            let act: PlanRotation = serde_json::from_str(&text).map_err(wrong)?;
            app.act(act, Mandate::Power(Power::Roles))
        }
        RotationCommand::List(at) => show::list(
            app,
            "rotations",
            at,
            &["id", "title", "roles", "from", "until", "filled", "vacant", "optimal"],
        ),
        RotationCommand::Show { rotation, at } => {
            let path = format!("rotations/{rotation}");
            let answer = app.backend()?.read(&path, at.state()?)?;
            if app.output.json {
                return app.output.json(&answer);
            }
            let data = answer.get("data").cloned().unwrap_or_default();
            let title = data.get("title").map(cell).unwrap_or_default();
            app.output.say(title)?;
            let told: Told = serde_json::from_value(data).map_err(Failure::answer)?;
            say(app.output, &told)?;
            show::footer(app, &answer)
        }
    }
}

fn plan(app: &App, args: &PlanArgs) -> Result<(), Failure> {
    let terms = args.terms(app)?;
    let facts: Facts =
        serde_json::from_value(app.data_of("availability")?).map_err(Failure::answer)?;
    let draw = args.draw.as_deref().map(|id| app.resolve("draws", id)).transpose()?;
    let seed = match &draw {
        None => None,
        Some(id) => Some(seed(app, id)?),
    };
    let refused = |error: RosterError| Failure::with(error.code(), error);
    let (plan, roster) = terms.plan(&facts, seed).map_err(refused)?;
    let hash = terms.fix(&facts).hash;
    let supersedes = args.supersedes.as_deref();
    let act = PlanRotation {
        title: Line::new(&args.title).map_err(|_| wrong(&args.title))?,
        supersedes: supersedes.map(|id| app.resolve("rotations", id)).transpose()?,
        draw,
        plan,
        terms,
    };
    if let Some(file) = &args.output {
        let text = serde_json::to_string(&act).map_err(Failure::answer)?;
        std::fs::write(file, text + "\n").map_err(|error| Failure::file(file, error))?;
    }
    if app.output.json && !args.record {
        let why = told(&act, &roster).1;
        return app.output.json(&json!({"request": hash, "act": act, "why": why}));
    }
    if !app.output.json {
        say(app.output, &told(&act, &roster).0)?;
        let request = app.lang().pick("Empreinte de la demande", "Hash of the request");
        app.output.say(format!("{request}: {hash}"))?;
    }
    if args.record { app.act(act, Mandate::Power(Power::Roles)) } else { Ok(()) }
}

/// The seed of a draw that is drawn.
fn seed(app: &App, draw: &archipel_domain::id::StatementId) -> Result<Hash, Failure> {
    let shown = app.data_of(&format!("draws/{draw}"))?;
    let seed = shown.pointer("/drawn/seed").and_then(Value::as_str);
    let seed = seed.and_then(|seed| seed.parse().ok());
    seed.ok_or_else(|| Failure::with("rotation.seed-unknown", draw.to_string()))
}

fn wrong(text: &str) -> Failure {
    Failure::with("usage.value", text)
}

/// Reads `2026-12-01..2026-12-08` or `2026-12-01..+7d`.
fn interval(text: &str) -> Result<Interval, Failure> {
    let (from, until) = text.split_once("..").ok_or_else(|| wrong(text))?;
    let from = when::parse(from, when::now())?;
    Ok(Interval { from, until: when::parse(until, from)? })
}

impl PlanArgs {
    fn terms(&self, app: &App) -> Result<Terms, Failure> {
        let people = if self.members.is_empty() {
            everybody(app)?
        } else {
            let resolve = |id: &String| app.resolve("members", id);
            self.members.iter().map(resolve).collect::<Result<_, _>>()?
        };
        let pair = |text: &String| {
            let (one, other) = text.split_once('+')?;
            Some((one.parse().ok()?, other.parse().ok()?))
        };
        let apart = self.apart.iter().map(|text| pair(text).ok_or_else(|| wrong(text)));
        let roles = self.roles.iter().map(|text| self.role(text).ok_or_else(|| wrong(text)));
        let mut roles: Vec<RoleTerms> = roles.collect::<Result<_, _>>()?;
        for text in &self.closed {
            close(&mut roles, text).ok_or_else(|| wrong(text))?;
        }
        Ok(Terms {
            periods: self.periods()?,
            roles,
            incompatible: apart.collect::<Result<_, _>>()?,
            load_cap: self.load_cap,
            people,
        })
    }

    fn periods(&self) -> Result<Vec<Interval>, Failure> {
        let (Some(every), Some(from)) = (&self.every, &self.from) else {
            return self.periods.iter().map(|text| interval(text)).collect();
        };
        let mut from = when::parse(from, when::now())?;
        let mut periods = Vec::new();
        for _ in 0..self.count.unwrap_or(0).min(367) {
            let until = when::parse(&format!("+{every}"), from)?;
            periods.push(Interval { from, until });
            from = until;
        }
        Ok(periods)
    }

    fn role(&self, text: &str) -> Option<RoleTerms> {
        let (name, rest) = text.split_once('=').unwrap_or((text, ""));
        let (seats, weight) = rest.split_once('*').unwrap_or((rest, "1"));
        let seats = if seats.is_empty() { None } else { Some(seats.parse().ok()?) };
        Some(RoleTerms {
            role: name.parse().ok()?,
            seats,
            weight: weight.parse().ok()?,
            max_consecutive: self.max_consecutive,
            cooling_off: self.cooling_off,
            max_held: self.max_held,
            closed: Vec::new(),
        })
    }
}

/// Reads `caisse=2,5` into the role.
fn close(roles: &mut [RoleTerms], text: &str) -> Option<()> {
    let (name, numbers) = text.split_once('=')?;
    let role = roles.iter_mut().find(|terms| terms.role.as_str() == name)?;
    for number in numbers.split(',') {
        role.closed.push(number.trim().parse().ok()?);
    }
    Some(())
}

/// All members who have not left.
fn everybody(app: &App) -> Result<Vec<MemberId>, Failure> {
    let answer = read_all(app.backend()?, "members?limit=1000", At::Latest)?;
    let all = answer.pointer("/data/items").and_then(Value::as_array);
    let here = all.into_iter().flatten().filter(|one| one.get("left").is_none_or(Value::is_null));
    let ids = here.filter_map(|one| one.get("id")?.as_str()?.parse().ok());
    Ok(ids.collect())
}

/// What is told of a plan that is not recorded yet, and the same for machines.
fn told(act: &PlanRotation, roster: &Roster) -> (Told, Value) {
    let Plan { assignments, vacant, loads, objective, certificate } = &act.plan;
    let cells = assignments.iter().zip(reasons(roster, &act.plan)).map(|(one, why)| {
        let kept = why.kept.into_iter();
        ToldCell {
            period: one.place.period,
            role: one.place.role.to_string(),
            seat: one.place.seat,
            member: one.person.to_string(),
            gap: why.gap,
            kept: kept.map(|(obstacle, people)| ToldKept { obstacle, people }).collect(),
            others: why.others,
        }
    });
    let cells: Vec<ToldCell> = cells.collect();
    let places = vacant.iter().map(|one| ToldPlace {
        period: one.place.period,
        role: one.place.role.to_string(),
        seat: one.place.seat,
        reason: one.reason.clone(),
    });
    let carried = loads.iter().map(|load| ToldLoad {
        member: load.person.to_string(),
        past: load.past,
        new: load.new,
        periods: load.periods,
    });
    let proven = match certificate.kind {
        CertificateKind::Optimal(Proof::Potentials(_)) => "potentials",
        CertificateKind::Optimal(Proof::Search) => "search",
        CertificateKind::Bounded { .. } => "bounded",
    };
    let bound = &certificate.bound;
    let best = objective.filled == bound.filled && objective.loads == bound.loads;
    let why = cells.iter().map(|one| {
        json!({
            "period": one.period, "role": one.role, "seat": one.seat, "member": one.member,
            "gap": one.gap, "others": one.others,
        })
    });
    let why = why.collect();
    let told = Told {
        periods: act.terms.periods.iter().map(|one| ToldPeriod { from: one.from }).collect(),
        plan: cells,
        places: places.collect(),
        loads: carried.collect(),
        certificate: ToldCertificate {
            proven: proven.to_owned(),
            filled: objective.filled,
            bound: bound.filled,
            loads_at_bound: best,
        },
        draw: act.draw.map(|draw| draw.to_string()),
    };
    (told, why)
}
