//! `archipel draw chances`: what chance each has, and what to relax where there is no panel.

use super::draw_args::{DesignArgs, PoolArgs, Prepared};
use super::draw_say;
use crate::failure::Failure;
use crate::output::{self, Output};
use archipel_domain::draw::stratified::{
    Limits, Lottery, Problem, Progress, Relaxed, leximin, relax,
};
use archipel_domain::draw::{Distribution, Pool};
use archipel_engine::draw::{Certificate, Quota, problem};
use serde_json::{Value, json};

/// Chances before a draw.
#[derive(Debug, clap::Args)]
pub(crate) struct ChancesArgs {
    #[command(flatten)]
    pool: PoolArgs,
    #[command(flatten)]
    design: DesignArgs,
    /// Of this person only
    #[arg(long, value_name = "ID")]
    person: Option<String>,
}

/// Runs the command.
pub(crate) fn run(output: Output, args: &ChancesArgs) -> Result<(), Failure> {
    let Prepared { pool, parameters, certificate } = args.design.prepare(output, &args.pool)?;
    draw_say::chances(output, &pool, &parameters, certificate.as_ref(), args.person.as_deref())
}

/// The problem of a pool and quotas.
pub(crate) fn problem_of(pool: &Pool, quotas: &[Quota], seats: u32) -> Result<Problem, Failure> {
    problem(pool, quotas, seats).map_err(|error| Failure::with("draw.problem", error))
}

/// The fairest lottery of a problem, with progress on the terminal.
pub(crate) fn solved(output: Output, problem: &Problem) -> Result<Lottery, Failure> {
    let lang = output.lang;
    let bar = output::progress(output, 3, lang.pick("chances", "chances"));
    let result = leximin(problem, &Limits::default(), &mut |progress| {
        let (place, said) = match progress {
            Progress::Covered { excluded } => {
                (1, format!("{}: {excluded}", lang.pick("types exclus", "types left out")))
            }
            Progress::Levels { levels, cuts } => {
                (2, format!("{}: {levels} (+{cuts})", lang.pick("niveaux", "levels")))
            }
            Progress::Dealt { compositions } => {
                (3, format!("{}: {compositions}", lang.pick("compositions", "compositions")))
            }
        };
        bar.set_position(place);
        bar.set_message(said);
    });
    bar.finish_and_clear();
    result.map_err(|error| match error {
        archipel_domain::draw::stratified::LeximinError::NoPanel => no_panel(output, problem),
        archipel_domain::draw::stratified::LeximinError::TooMuchWork => {
            Failure::new("draw.too-much-work")
        }
    })
}

/// The fairest distribution, and its proof.
pub(crate) fn fairest(
    output: Output,
    pool: &Pool,
    quotas: &[Quota],
    seats: u32,
) -> Result<(Distribution, Certificate), Failure> {
    let problem = problem_of(pool, quotas, seats)?;
    let lottery = solved(output, &problem)?;
    let distribution = lottery.distribution(&problem);
    // What is published decides: a denominator that had to be rounded is a shortfall.
    let lottery = Lottery::of(&problem, &distribution, lottery.levels.clone()).unwrap_or(lottery);
    Ok((distribution, Certificate::new(&lottery)))
}

/// Why there is no panel: what to relax, and by how little.
fn no_panel(output: Output, problem: &Problem) -> Failure {
    let relaxed = match relax(problem) {
        Ok(relaxed) => relaxed,
        Err(error) => return Failure::with("draw.no-panel", error),
    };
    let detail = in_words(output, problem, &relaxed);
    let mut failure = Failure::with("draw.no-panel", detail);
    if output.json {
        let mut told = failure.problem(output.lang);
        if let Value::Object(members) = &mut told {
            members.insert("relax".to_owned(), changes(&relaxed));
        }
        failure.told = output.json(&told).is_ok();
    }
    failure
}

fn changes(relaxed: &Relaxed) -> Value {
    let each = relaxed.changes.iter().map(|change| {
        json!({
            "feature": change.category,
            "value": change.feature,
            "min_lowered": change.min_lowered,
            "max_raised": change.max_raised,
        })
    });
    each.collect()
}

fn in_words(output: Output, problem: &Problem, relaxed: &Relaxed) -> String {
    let lang = output.lang;
    let mut said = Vec::new();
    for change in &relaxed.changes {
        let category = problem.categories().iter().find(|one| one.name == change.category);
        let quota = category
            .and_then(|one| one.features.iter().find(|(name, _)| *name == change.feature))
            .map(|(_, quota)| *quota);
        let Some(quota) = quota else { continue };
        let name = format!("{}={}", change.category, change.feature);
        if change.min_lowered > 0 {
            let to = quota.min.saturating_sub(change.min_lowered);
            said.push(format!("{name} min {} → {to}", quota.min));
        }
        if change.max_raised > 0 {
            let to = quota.max.saturating_add(change.max_raised);
            said.push(format!("{name} max {} → {to}", quota.max));
        }
    }
    let least = lang.pick("le plus petit assouplissement est", "the least to relax is");
    let places = lang.pick("en tout", "in all");
    format!("{least} {} ({places} {})", said.join(", "), relaxed.total())
}
