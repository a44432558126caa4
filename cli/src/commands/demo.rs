//! `archipel demo`: the convention end to end, or the same job on a real ballot file.

use crate::failure::Failure;
use crate::lang::{self, Lang};
use crate::output::Output;
use crate::scenario::convention::{self, Held, Story};
use crate::scenario::real_ballots::{self, Recast};
use archipel_domain::counting::{Method, Ungraded};
use archipel_engine::audit::AuditReport;
use archipel_engine::ballot_file::{
    self, CountOptions, Format, ReadOptions, count_file, method_spec,
};
use std::path::{Path, PathBuf};

/// Play an invented convention end to end, verify its log, and show the outcomes.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// A new directory for the instance; by default a new one among the system's temporary files.
    pub(crate) dir: Option<PathBuf>,
    /// Members besides the founder.
    #[arg(long, default_value_t = 2_000)]
    members: usize,
    /// The same seed plays the same convention, byte for byte.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A real ballot file instead: one member with one key casts each ballot as a signed act.
    #[arg(long, requires = "method")]
    from: Option<PathBuf>,
    /// Counting method for --from: approval or majority-judgment.
    #[arg(long)]
    method: Option<Method>,
    /// Options to elect, for --from.
    #[arg(long, default_value_t = 1)]
    seats: u32,
    /// Format of the file; found out when absent.
    #[arg(long)]
    format: Option<String>,
    /// What an ungraded option is given: error, worst, static:N, median or normalize.
    #[arg(long)]
    default_grade: Option<Ungraded>,
}

/// Runs the command.
pub(crate) fn run(output: Output, args: &DemoArgs) -> Result<(), Failure> {
    let dir = args.dir.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("archipel-demo-{}", std::process::id()))
    });
    match (&args.from, args.method) {
        (Some(file), Some(method)) => from_file(output, args, &dir, file, method),
        _ => convention(output, args, &dir),
    }
}

fn convention(output: Output, args: &DemoArgs, dir: &Path) -> Result<(), Failure> {
    let lang = output.lang;
    let mut chapter = |name: &'static str| {
        // A reader who went away is noticed by the next write that matters.
        let _ = output.say(format!("· {}", chapter_title(lang, name)));
    };
    let story = convention::play(dir, args.members, args.seed, &mut chapter)?;
    if output.json {
        return output.json(&serde_json::to_value(&story).unwrap_or_default());
    }
    show_story(output, &story)?;
    show_audit(output, &story.audit, dir)?;
    let verdict = if story.replays_equal {
        lang.pick(
            "Rejoué avec 1, 2 et 4 fils d'exécution : toutes les vues sont identiques.",
            "Replayed with 1, 2 and 4 threads: all views are identical.",
        )
    } else {
        lang.pick("Les vues rejouées DIFFÈRENT.", "The replayed views DIFFER.")
    };
    output.say(verdict)?;
    if story.replays_equal { Ok(()) } else { Err(Failure::new("audit.derived")) }
}

fn chapter_title(lang: Lang, name: &str) -> &'static str {
    match name {
        "founding" => lang.pick(
            "Fondation : des groupes, des membres, une clé chacun·e",
            "Founding: groups, members, a key each",
        ),
        "roles" => lang.pick("Cercles, rôles et appel", "Circles, roles and a call"),
        "proposals" => {
            lang.pick("Axes proposés, soutenus, amendés", "Axes proposed, supported, amended")
        }
        "votes" => lang.pick("Trois votes et un consentement", "Three votes and a consent"),
        "fund" => lang.pick(
            "Le 1 % appelé et dépensé, des heures échangées",
            "The 1% called and spent, hours exchanged",
        ),
        "mandates" => lang.pick(
            "Des places tirées au sort, une élection sans candidat, une rotation",
            "Seats drawn by lot, an election without candidates, a rotation",
        ),
        _ => lang.pick("Tout vérifier de nouveau", "Verifying everything again"),
    }
}

fn show_story(output: Output, story: &Story) -> Result<(), Failure> {
    let lang = output.lang;
    let number = |count: usize| count.to_string();
    output.say("")?;
    output.pairs(vec![
        (lang.pick("groupes", "groups").into(), number(story.groups)),
        (lang.pick("membres", "members").into(), number(story.members)),
        (lang.pick("signataires de l'appel", "signatories").into(), number(story.signatures)),
        (lang.pick("axes proposés", "axes proposed").into(), number(story.axes)),
        (
            lang.pick("amendements intégrés", "amendments integrated").into(),
            number(story.amendments_integrated),
        ),
        (
            lang.pick("amendements déclinés", "amendments declined").into(),
            number(story.amendments_declined),
        ),
        (lang.pick("mouvements", "moves").into(), story.moves.to_string()),
    ])?;
    for held in &story.votes {
        show_outcome(output, held)?;
    }
    show_money(output, story)?;
    show_mandates(output, story)?;
    output.say(format!("\n{}", lang.pick("Refusé par les règles", "Refused by the rules")))?;
    let refusals = story.refusals.iter().map(|refusal| {
        let message = lang::message(lang, refusal.code).map(|known| known.message);
        vec![refusal.code.to_owned(), message.unwrap_or_default()]
    });
    output.table(&["code", lang.pick("raison", "reason")], refusals.collect())
}

fn show_outcome(output: Output, held: &Held) -> Result<(), Failure> {
    let lang = output.lang;
    let outcome = &held.outcome;
    let ballots = &outcome.ballots;
    output.say(format!("\n{} — {}", held.title, outcome.method))?;
    output.say(
        lang.pick("  inscrits ", "  eligible ").to_owned()
            + &format!(
                "{}, {} {}, {} {}",
                held.eligible,
                lang.pick("bulletins", "cast"),
                ballots.cast,
                lang.pick("blancs", "blank"),
                ballots.blank,
            ),
    )?;
    let mut rows = Vec::new();
    for (place, group) in (1..).zip(&outcome.ranking) {
        for option in group {
            let score = match outcome.scores.get(option) {
                Some(score) => crate::output::cell(&serde_json::json!(score)),
                None => String::new(),
            };
            let chosen = if outcome.winners.contains(option) { "✓" } else { "" };
            rows.push(vec![place.to_string(), chosen.to_owned(), option.clone(), score]);
        }
    }
    let header = [
        lang.pick("rang", "rank"),
        "",
        lang.pick("option", "option"),
        lang.pick("valeur", "value"),
    ];
    output.table(&header, rows)?;
    output.say(format!(
        "  {} {}",
        lang.pick("empreinte du dépouillement", "tally hash"),
        held.tally
    ))
}

fn show_money(output: Output, story: &Story) -> Result<(), Failure> {
    let lang = output.lang;
    output.say(format!("\n{}", lang.pick("Caisse commune", "Common fund")))?;
    let euros = story.balances.iter().filter(|balance| balance.unit == "EUR");
    let rows = euros.map(|balance| {
        let amount = crate::amount::show(balance.amount, balance.scale);
        vec![balance.account.clone(), amount, balance.unit.clone()]
    });
    let header =
        [lang.pick("compte", "account"), lang.pick("solde", "balance"), lang.pick("unité", "unit")];
    output.table(&header, rows.collect())?;
    let hours = story.balances.iter().filter(|balance| balance.unit == "MIN");
    let (count, owed) = hours.fold((0_usize, 0_i128), |(count, owed), balance| {
        (count.saturating_add(1), owed.saturating_add(balance.amount.max(0)))
    });
    let text = lang
        .pick("comptes de temps, minutes dues en tout :", "time accounts, minutes owed in all:");
    output.say(format!("  {count} {text} {owed}"))
}

fn show_mandates(output: Output, story: &Story) -> Result<(), Failure> {
    let lang = output.lang;
    let filled = &story.filled;
    output.say(format!("\n{}", lang.pick("Qui tient quoi", "Who holds what")))?;
    let (drawn, pool) = (filled.drawn.len(), filled.pool);
    let short = |id: &str| id.chars().take(8).collect::<String>();
    let elected = short(&filled.elected.to_string());
    let of = |some: usize, all: usize| format!("{some}/{all}");
    let proven = match (filled.proven, lang) {
        (true, Lang::Fr) => "aucun meilleur plan n'existe",
        (true, Lang::En) => "no better plan exists",
        (false, Lang::Fr) => "sans preuve qu'il n'en est pas de meilleur",
        (false, Lang::En) => "not proven that none is better",
    };
    output.pairs(vec![
        (
            lang.pick("tirées au sort, chance de chacun·e", "drawn by lot, chance of each").into(),
            of(drawn, pool),
        ),
        (
            lang.pick("élue sans être candidate", "elected without being a candidate").into(),
            format!("{elected}, {}", of(filled.nominations, filled.electors)),
        ),
        (
            lang.pick("tours d'accueil et de compte-rendu", "turns of welcome and minutes").into(),
            format!("{}, {proven}", of(filled.turns, filled.places)),
        ),
    ])?;
    let rows = story.mandates.iter().map(|mandate| {
        vec![
            mandate.role.clone(),
            short(&mandate.member),
            crate::when::show(mandate.from.0),
            crate::when::show(mandate.until.0),
            crate::show::word(lang, mandate.state),
        ]
    });
    let header = [
        lang.pick("rôle", "role"),
        lang.pick("membre", "member"),
        lang.pick("depuis", "from"),
        lang.pick("jusqu'à", "until"),
        lang.pick("état", "state"),
    ];
    output.table(&header, rows.collect())
}

fn show_audit(output: Output, audit: &AuditReport, dir: &Path) -> Result<(), Failure> {
    let lang = output.lang;
    output.say(format!("\n{}", lang.pick("Journal vérifié", "Log verified")))?;
    output.pairs(vec![
        (lang.pick("actes signés", "signed acts").to_owned(), audit.size.to_string()),
        (
            lang.pick("résultats recomptés", "outcomes counted again").to_owned(),
            audit.outcomes.to_string(),
        ),
        (lang.pick("racine", "root").to_owned(), audit.root.to_string()),
        (lang.pick("dossier", "directory").to_owned(), dir.display().to_string()),
    ])?;
    output.say(format!("  archipel audit verify --data {}", dir.display()))
}

fn from_file(
    output: Output,
    args: &DemoArgs,
    dir: &Path,
    path: &Path,
    method: Method,
) -> Result<(), Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, error))?;
    let name = path.to_string_lossy();
    let format = match &args.format {
        Some(text) => Format::ALL.into_iter().find(|format| format.name() == text),
        None => ballot_file::detect(&name, &bytes, Some(method)),
    };
    let format = format.ok_or_else(|| Failure::new("usage.format"))?;
    let count_failed = |error: String| Failure::with("cli.count", error);
    let file = ballot_file::read(&bytes, format, &ReadOptions::default())
        .map_err(|error| count_failed(format!("{name}: {error}")))?;
    let options = CountOptions {
        seats: args.seats,
        default_grade: args.default_grade,
        ..CountOptions::default()
    };
    let (spec, ballots) =
        method_spec(&file, method, &options).map_err(|e| count_failed(e.to_string()))?;
    let counted =
        count_file(&file, method, &options).map_err(|error| count_failed(error.to_string()))?;
    let counted = &counted.outcome;
    let recast = real_ballots::play(dir, &file, ballots, &spec, counted, args.seed)?;
    show_recast(output, &recast, dir)
}

fn show_recast(output: Output, recast: &Recast, dir: &Path) -> Result<(), Failure> {
    if output.json {
        output.json(&serde_json::to_value(recast).unwrap_or_default())?;
    } else {
        show_outcome(output, &recast.held)?;
        show_audit(output, &recast.audit, dir)?;
        let equal = output.lang.pick(
            "Le résultat du journal signé est celui du fichier, octet pour octet.",
            "The outcome of the signed log is that of the file, byte for byte.",
        );
        if recast.equals_file {
            output.say(equal)?;
        }
    }
    if recast.equals_file { Ok(()) } else { Err(Failure::new("audit.statement")) }
}
