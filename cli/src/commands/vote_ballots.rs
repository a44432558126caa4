//! `archipel vote recount` and `archipel vote export`: the recorded ballots of a closed vote, under
//! other rules or in the formats of others.

use super::count;
use super::vote_method::{self, MethodArgs};
use super::{vote_after, vote_open};
use crate::app::{App, AtArgs};
use crate::backend::read_all;
use crate::failure::Failure;
use crate::output::cell;
use archipel_domain::counting::yes_no::{self, Quorum, QuorumEvidence};
use archipel_domain::counting::{
    self, Method, MethodSpec, Outcome, Paper, TallyCounter, Ungraded, marks,
};
use archipel_domain::id::Slug;
use archipel_engine::ballot_file::{Ballot, BallotFile, Ballots, FileBudget, Format, write};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Arguments of `vote recount`.
#[derive(Debug, clap::Args)]
pub(crate) struct RecountArgs {
    /// The vote: UUID, or its first digits
    vote: String,
    /// Another counting method, see count --list [default: the vote's own]
    #[arg(long)]
    method: Option<Method>,
    /// Only the ballots of the members of this group
    #[arg(long, visible_alias = "group", value_name = "GROUP")]
    electorate: Option<Slug>,
    #[command(flatten)]
    of_method: MethodArgs,
    #[command(flatten)]
    at: AtArgs,
}

/// Arguments of `vote export`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// The vote: UUID, or its first digits
    vote: String,
    /// Format, see count --list [default: the usual one for such ballots]
    #[arg(long)]
    format: Option<Format>,
    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    at: AtArgs,
}

/// A closed vote and its ballots.
struct Recorded {
    vote: Value,
    method: MethodSpec,
    file: BallotFile,
    ids: Vec<Slug>,
    eligible: u64,
}

impl Recorded {
    fn read(app: &App, vote: &str, group: Option<&Slug>, at: &AtArgs) -> Result<Self, Failure> {
        let wrong = || Failure::answer("votes");
        let shown = app.backend()?.read(&format!("votes/{vote}"), at.state()?)?;
        let vote = shown.get("data").cloned().unwrap_or_default();
        if vote.get("closed").is_none_or(Value::is_null) {
            return Err(Failure::new("outcome.still-open"));
        }
        let id = vote_open::id_of(&vote)?;
        let only = group.map(|group| format!("?group={group}")).unwrap_or_default();
        let path = format!("votes/{id}/ballots{only}");
        let answer = read_all(app.backend()?, &path, at.state()?)?;
        let data = answer.get("data").ok_or_else(wrong)?;
        let parsed = |value: Option<&Value>| value.cloned().ok_or_else(wrong);
        let method = parsed(vote.get("method"))?;
        let method: MethodSpec = serde_json::from_value(method).map_err(Failure::answer)?;
        let texts = |name: &str| {
            let options = vote.get("options").and_then(Value::as_array).into_iter().flatten();
            options.map(|option| option.get(name).map(cell).unwrap_or_default()).collect()
        };
        let labels: Vec<String> = texts("label");
        let ids: Vec<String> = texts("id");
        let ids = ids.iter().map(|id| id.parse().map_err(|_| wrong()));
        let mut ballots = Ballots::new();
        for item in data.get("items").and_then(Value::as_array).ok_or_else(wrong)? {
            let times = item.get("times").and_then(Value::as_u64).ok_or_else(wrong)?;
            let said: Vec<Option<i32>> =
                serde_json::from_value(parsed(item.get("marks"))?).map_err(Failure::answer)?;
            let row = marks::row(method.paper(), &said).ok_or_else(wrong)?;
            ballots.push((times, Ballot(row)));
        }
        let mut file = BallotFile::recorded(method.paper(), labels, ballots);
        if let Some((grades, _)) = method.grades() {
            file.grades = grades.to_vec();
        }
        file.seats = Some(method.seats().max(1));
        if let MethodSpec::Budget { budget, costs, unit, .. } = &method {
            let (budget, costs, unit) = (*budget, costs.clone(), *unit);
            file.budget = Some(FileBudget { budget, costs, unit });
        }
        let eligible = data.get("eligible").and_then(Value::as_u64).ok_or_else(wrong)?;
        Ok(Self { ids: ids.collect::<Result<_, _>>()?, vote, method, file, eligible })
    }

    /// The quorum of a method that has none by itself: as asked for, or as the vote's rules say.
    fn quorum(
        &self,
        spec: &MethodSpec,
        asked: Option<Quorum>,
        outcome: &Outcome,
    ) -> Result<Option<QuorumEvidence>, Failure> {
        if matches!(spec, MethodSpec::YesNo { .. } | MethodSpec::Consent { .. }) {
            return Ok(None);
        }
        let of_rules = self.vote.pointer("/rules/quorum").cloned();
        let of_rules = of_rules.map(serde_json::from_value).transpose().map_err(Failure::answer)?;
        let Some(quorum) = asked.or(of_rules) else { return Ok(None) };
        let (cast, valid) = (outcome.ballots.cast, outcome.ballots.valid);
        let evidence = yes_no::quorum_evidence(quorum, cast, valid, self.eligible);
        evidence.map(Some).map_err(|error| Failure::with("cli.count", error.to_string()))
    }

    /// Counts by a method that reads these ballots, or what they also say.
    fn count(&self, spec: &MethodSpec) -> Result<Outcome, Failure> {
        let failed = |error: String| Failure::with("cli.count", error);
        let other = || failed(format!("{} ≠ {}", spec.method(), self.method.method()));
        let ballots = self.file.said_as(spec.paper()).ok_or_else(other)?;
        let mut counter = TallyCounter::new(spec, self.file.options.len());
        for (times, ballot) in &ballots {
            counter.add_times(&ballot.0, *times).map_err(|error| failed(error.to_string()))?;
        }
        let tally = counter.tally(self.eligible);
        counting::outcome(spec, &self.file.options, &tally).map_err(|e| failed(e.to_string()))
    }
}

/// Runs `vote recount`.
pub(crate) fn recount(app: &App, args: &RecountArgs) -> Result<(), Failure> {
    let recorded = Recorded::read(app, &args.vote, args.electorate.as_ref(), &args.at)?;
    let method = args.method.unwrap_or_else(|| recorded.method.method());
    let (own, ids) = (Some(&recorded.method), &recorded.ids);
    let spec = with_own(vote_method::spec(app, &args.of_method, method, ids, own)?, &recorded);
    let outcome = recorded.count(&spec)?;
    let quorum = recorded.quorum(&spec, vote_method::quorum(&args.of_method)?, &outcome)?;
    let missed = quorum.as_ref().is_some_and(|quorum| !quorum.met);
    let missed_then = recorded.vote.pointer("/decided/quorum/met") == Some(&json!(false));
    let known = recorded.vote.pointer("/tally/outcome").cloned().unwrap_or_default();
    let names = |outcome: &Value| -> Vec<String> {
        let winners = outcome.get("winners").and_then(Value::as_array).into_iter().flatten();
        let mut names: Vec<String> = winners.map(cell).collect();
        names.sort_unstable();
        names
    };
    let shown = json!(outcome);
    let valid = |names: Vec<String>, missed: bool| if missed { Vec::new() } else { names };
    let (now, then) = (valid(names(&shown), missed), valid(names(&known), missed_then));
    let gained: Vec<&String> = now.iter().filter(|name| !then.contains(name)).collect();
    let lost: Vec<&String> = then.iter().filter(|name| !now.contains(name)).collect();
    if app.output.json {
        return app.output.json(&json!({
            "hypothetical": true,
            "vote": recorded.vote.get("id"),
            "method": spec,
            "electorate": args.electorate,
            "eligible": recorded.eligible,
            "outcome": outcome,
            "quorum": quorum,
            "recorded": {"winners": known.get("winners"), "method": recorded.method},
            "difference": {"gained": gained, "lost": lost},
        }));
    }
    let lang = app.lang();
    app.output.say(lang.pick(
        "HYPOTHÈSE : pas le résultat du vote, mais ce que d’autres règles en feraient.\n",
        "HYPOTHETICAL: not the outcome of the vote, but what other rules would make of it.\n",
    ))?;
    count::show(app.output, &shown)?;
    if let Some(quorum) = quorum {
        let words = vote_after::quorum_words(lang, &json!(quorum));
        app.output.say(format!("\nquorum : {words}"))?;
    }
    let list = |names: &[&String]| {
        names.iter().map(|name| format!("« {name} »")).collect::<Vec<_>>().join(", ")
    };
    let said = match (gained.is_empty(), lost.is_empty()) {
        (true, true) => lang
            .pick("\nMêmes retenu·es que dans le vote.", "\nThe same winners as in the vote.")
            .to_owned(),
        (is_none, is_all) => {
            let more = if is_none { String::new() } else { format!(" + {}", list(&gained)) };
            let less = if is_all { String::new() } else { format!(" − {}", list(&lost)) };
            let compared = lang.pick("par rapport au vote", "compared with the vote");
            format!("\n{compared} :{more}{less}")
        }
    };
    app.output.say(said)
}

/// What only the vote knows: its grades, and its money.
fn with_own(spec: MethodSpec, recorded: &Recorded) -> MethodSpec {
    let own = recorded.method.grades().map(|(grades, ungraded)| (grades.to_vec(), ungraded));
    let given = own.unwrap_or_else(|| (Vec::new(), Ungraded::Worst));
    match spec {
        MethodSpec::MajorityJudgment { seats, .. } => {
            MethodSpec::MajorityJudgment { grades: given.0, seats, ungraded: given.1 }
        }
        MethodSpec::Judgment { rule, seats, .. } => {
            MethodSpec::Judgment { rule, grades: given.0, seats, ungraded: given.1 }
        }
        spec => spec,
    }
}

/// Runs `vote export`.
pub(crate) fn export(app: &App, args: &ExportArgs) -> Result<(), Failure> {
    let recorded = Recorded::read(app, &args.vote, None, &args.at)?;
    let usual = match recorded.file.paper {
        _ if recorded.file.budget.is_some() => Format::Pabulib,
        Paper::Choice => Format::CsvChoices,
        Paper::Approvals => Format::PreflibCat,
        Paper::Grades => Format::CsvGrades,
        Paper::Ranks => Format::PreflibOrder,
        Paper::Points => Format::CsvPoints,
    };
    let text = write(&recorded.file, args.format.unwrap_or(usual))
        .map_err(|error| Failure::with("cli.count", error))?;
    match &args.out {
        None => app.output.raw(text.trim_end_matches('\n')),
        Some(path) => std::fs::write(path, text).map_err(|error| Failure::file(path, error)),
    }
}
