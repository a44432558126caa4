//! `archipel count`: any standard ballot file, without any instance.

use crate::failure::Failure;
use crate::lang::Lang;
use crate::methods;
use crate::output::{Output, cell};
use archipel_domain::counting::budget::Completion;
use archipel_domain::counting::{Method, Ungraded};
use archipel_engine::ballot_file::{
    BallotFile, CountFileError, CountOptions, FILE_BYTES_MAX, Format, ReadOptions, TieBreak,
    count_file, detect, read,
};
use archipel_engine::explain::{explain, picture};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Arguments of `count`.
#[derive(Debug, clap::Args)]
pub(crate) struct CountArgs {
    /// The file of ballots
    #[arg(required_unless_present = "list")]
    file: Option<PathBuf>,
    /// List methods and formats, and stop
    #[arg(long)]
    list: bool,
    /// Counting method, see --list
    #[arg(long, required_unless_present = "list")]
    method: Option<Method>,
    /// Options to elect [default: what the file says, or 1]
    #[arg(long)]
    seats: Option<u32>,
    /// Format of the file, see --list [default: found out]
    #[arg(long)]
    format: Option<Format>,
    /// What equal shares leave: none, add1, add1u or greedy; in a committee none, greedy or
    /// phragmen [default: none, in a committee phragmen]
    #[arg(long)]
    completion: Option<Completion>,
    /// What is done about ties: none, or declared-order (those listed first are preferred)
    #[arg(long, default_value = "none")]
    tie_break: TieBreak,
    /// What an ungraded option is given: error, worst, static:N, median or normalize (for scores,
    /// normalize compares means)
    #[arg(long)]
    default_grade: Option<Ungraded>,
    /// csv-grades: number of the worst grade
    #[arg(long, default_value_t = 1, value_name = "N")]
    worst_grade: u32,
    /// csv-profile: the first mention is the worst, not the best
    #[arg(long)]
    worst_first: bool,
    /// csv-profile: number of the mention that means no opinion
    #[arg(long, value_name = "N")]
    no_opinion: Option<u32>,
    /// Draw the outcome into this file, as SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// nist-cvr: id or name of the contest, where there are several
    #[arg(long)]
    contest: Option<String>,
}

/// Runs the command.
pub(crate) fn run(output: Output, args: &CountArgs) -> Result<(), Failure> {
    if args.list {
        return list(output);
    }
    let missing = |name: &str| Failure::with("usage.arguments", name);
    let path = args.file.as_deref().ok_or_else(|| missing("FILE"))?;
    let method = args.method.ok_or_else(|| missing("--method"))?;
    let name = path.display().to_string();
    let not_counted =
        |error: CountFileError| Failure::with("cli.count", format!("{name}: {error}"));
    let file = read_file(path, args, method, &not_counted)?;
    for notice in &file.notices {
        output.warn(&format!("{name}: {notice}"));
    }
    let options = CountOptions {
        seats: args.seats.unwrap_or_else(|| file.seats(method)),
        default_grade: args.default_grade,
        completion: args.completion,
        tie_break: args.tie_break,
    };
    let counted = count_file(&file, method, &options).map_err(not_counted)?;
    if let Some(path) = &args.svg {
        let drawn = picture(&counted.outcome, output.lang.tongue());
        std::fs::write(path, drawn).map_err(|error| Failure::file(path, error))?;
    }
    if output.json {
        // Written from the outcome itself: the order of its members is part of the format.
        return output.raw(&serde_json::to_string(&counted).map_err(Failure::answer)?);
    }
    let mut said = json!(counted);
    if let Some(said) = said.as_object_mut().filter(|_| !file.titles.is_empty()) {
        // For people only: ids are what other tools know.
        let titles = file.options.iter().cloned().zip(&file.titles);
        said.insert("titles".to_owned(), titles.map(|(id, name)| (id, json!(name))).collect());
    }
    show(output, &said)?;
    say_why(output, &json!(explain(&counted.outcome)))
}

/// The sentences that explain an outcome.
pub(super) fn say_why(output: Output, explanation: &Value) -> Result<(), Failure> {
    let said = explanation.get(output.lang.pick("fr", "en")).and_then(Value::as_array);
    output.say(format!("\n{}", output.lang.pick("Pourquoi", "Why")))?;
    said.into_iter().flatten().try_for_each(|line| output.say(format!("  {}", cell(line))))
}

fn read_file(
    path: &Path,
    args: &CountArgs,
    method: Method,
    not_counted: &impl Fn(CountFileError) -> Failure,
) -> Result<BallotFile, Failure> {
    let failed = |error: std::io::Error| Failure::file(path, error);
    let length = std::fs::metadata(path).map_err(failed)?.len();
    if usize::try_from(length).map_or(true, |length| length > FILE_BYTES_MAX) {
        return Err(Failure::file(path, format!("{length} > {FILE_BYTES_MAX}")));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    let name = path.display().to_string();
    let format = args.format.or_else(|| detect(&name, &bytes, Some(method)));
    let unknown = || {
        let formats = Format::ALL.map(Format::name).join(", ");
        Failure::with("usage.format", format!("{name}: {formats}"))
    };
    let format = format.ok_or_else(unknown)?;
    let options = ReadOptions {
        worst_grade: args.worst_grade,
        worst_first: args.worst_first,
        no_opinion: args.no_opinion,
        contest: args.contest.clone(),
    };
    read(&bytes, format, &options).map_err(|error| not_counted(error.into()))
}

fn list(output: Output) -> Result<(), Failure> {
    let methods: Vec<&str> = Method::all().map(Method::name).collect();
    let formats = Format::ALL.map(Format::name);
    if output.json {
        return output.json(&json!({"methods": methods, "formats": formats}));
    }
    let lang = output.lang;
    let rows = Method::all()
        .map(|method| vec![method.to_string(), methods::rule(lang, method).to_owned()]);
    let header = [lang.pick("méthode", "method"), lang.pick("règle", "rule")];
    output.table(&header, rows.collect())?;
    output.say(format!("\n{}: {}", lang.pick("formats", "formats"), formats.join(", ")))
}

/// Shows an outcome: places, scores, winners and ties.
pub(super) fn show(output: Output, outcome: &Value) -> Result<(), Failure> {
    let lang = output.lang;
    let list =
        |name: &str| outcome.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let titles = outcome.get("titles");
    let mut rows = Vec::new();
    let mut place = 1_usize;
    for group in list("ranking") {
        let tied = group.as_array().cloned().unwrap_or_default();
        for option in &tied {
            let score = option.as_str().and_then(|name| outcome.get("scores")?.get(name));
            let mut row = vec![place.to_string(), cell(option)];
            if let Some(titles) = titles {
                row.push(
                    option.as_str().and_then(|id| titles.get(id)).map(cell).unwrap_or_default(),
                );
            }
            row.push(score.map(cell).unwrap_or_default());
            rows.push(row);
        }
        place = place.saturating_add(tied.len());
    }
    let mut header = vec![lang.pick("rang", "place"), "option"];
    header.extend(titles.map(|_| lang.pick("nom", "name")));
    header.push("score");
    output.table(&header, rows)?;
    output.say(format!("\n{}", ballots(lang, outcome)))?;
    let winners: Vec<String> = list("winners").iter().map(cell).collect();
    let none = lang.pick("aucun·e", "none");
    let winners = if winners.is_empty() { none.to_owned() } else { winners.join(", ") };
    output.say(format!("{}: {winners}", lang.pick("retenu·es", "winners")))?;
    for tie in list("ties") {
        let options = tie.get("options").map(cell).unwrap_or_default();
        let rule = tie.get("rule").map(cell).unwrap_or_default();
        output.say(format!("{}: {options} ({rule})", lang.pick("égalité", "tie")))?;
    }
    if let Some(decided) = outcome.pointer("/decided/winners") {
        let rule = outcome.pointer("/decided/by").map(cell).unwrap_or_default();
        let names = decided.as_array().map(|names| names.iter().map(cell).collect::<Vec<_>>());
        let names = names.unwrap_or_default().join(", ");
        output.say(format!("{} ({rule}): {names}", lang.pick("après départage", "decided")))?;
    }
    let decision = ["yes-no", "consent"]
        .into_iter()
        .find_map(|method| outcome.pointer(&format!("/evidence/{method}/decision")));
    if let Some(decision) = decision {
        let word = crate::show::word(lang, &cell(decision));
        output.say(format!("{}: {word}", lang.pick("décision", "decision")))?;
    }
    Ok(())
}

/// How many ballots there were, of which kind.
fn ballots(lang: Lang, outcome: &Value) -> String {
    let count =
        |name: &str| outcome.pointer(&format!("/ballots/{name}")).map(cell).unwrap_or_default();
    match lang {
        Lang::Fr => format!(
            "bulletins : {} (valables {}, blancs {}, nuls {})",
            count("cast"),
            count("valid"),
            count("blank"),
            count("invalid")
        ),
        Lang::En => format!(
            "ballots: {} (valid {}, blank {}, invalid {})",
            count("cast"),
            count("valid"),
            count("blank"),
            count("invalid")
        ),
    }
}
