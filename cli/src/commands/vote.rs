//! `archipel vote`: consultations and their outcomes.

use super::{vote_cast, vote_open};
use crate::app::{App, AtArgs};
use crate::failure::Failure;
use crate::output::cell;
use crate::{show, when};
use serde_json::Value;

/// Votes.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum VoteCommand {
    /// Open a vote, under the power over votes; texts, rules and electorate are frozen
    Open(Box<vote_open::OpenArgs>),
    /// Cast a ballot; the last valid one before the closing counts
    Cast(vote_cast::CastArgs),
    /// List votes
    List(AtArgs),
    /// Show a vote; its tally once it is closed
    Show {
        /// The vote: UUID, or its first digits
        vote: String,
        #[command(flatten)]
        at: AtArgs,
    },
    /// Have the instance state what is due: closings and outcomes. A server does it by itself
    Close {
        /// A vote to show afterwards: UUID, or its first digits
        vote: Option<String>,
    },
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &VoteCommand) -> Result<(), Failure> {
    match command {
        VoteCommand::Open(args) => vote_open::run(app, args),
        VoteCommand::Cast(args) => vote_cast::run(app, args),
        VoteCommand::List(at) => list(app, at),
        VoteCommand::Show { vote, at } => show_vote(app, vote, at),
        VoteCommand::Close { vote } => {
            app.backend()?.tick()?;
            match vote {
                Some(vote) => show_vote(app, vote, &AtArgs::default()),
                None => list(app, &AtArgs::default()),
            }
        }
    }
}

fn list(app: &App, at: &AtArgs) -> Result<(), Failure> {
    show::list(app, "votes", at, &["id", "title", "state", "method", "eligible", "closes_at"])
}

fn show_vote(app: &App, vote: &str, at: &AtArgs) -> Result<(), Failure> {
    let answer = app.backend()?.read(&format!("votes/{vote}"), at.state()?)?;
    if app.output.json {
        return app.output.json(&answer);
    }
    let data = answer.get("data").unwrap_or(&Value::Null);
    terms(app, data)?;
    let name = |name: &str| show::label(app.lang(), name);
    let value = |path: &str| data.pointer(path).map(cell).unwrap_or_default();
    app.output.pairs(vec![
        (name("state"), show::word(app.lang(), &value("/state"))),
        (name("eligible"), value("/eligible")),
        (name("terms"), value("/terms")),
    ])?;
    match data.pointer("/tally/outcome") {
        Some(counted) => outcome(app, counted)?,
        None => app.output.say(app.lang().pick(
            "\nLe décompte ne se montre qu'après la clôture.",
            "\nThe tally is only shown once the vote is closed.",
        ))?,
    }
    show::footer(app, &answer)
}

/// What is voted on, by which method and until when.
pub(super) fn terms(app: &App, vote: &Value) -> Result<(), Failure> {
    let text = |name: &str| vote.get(name).map(cell).unwrap_or_default();
    app.output.say(text("title"))?;
    if vote.get("question").is_some_and(Value::is_string) {
        app.output.say(text("question"))?;
    }
    app.output.say(method(app, vote.get("method").unwrap_or(&Value::Null)))?;
    let until = vote.get("closes_at").and_then(Value::as_i64).map(when::show);
    let label = show::label(app.lang(), "closes_at");
    app.output.say(format!("{label}: {}\n", until.unwrap_or_default()))?;
    let options = vote.get("options").and_then(Value::as_array);
    let with_texts = options
        .into_iter()
        .flatten()
        .any(|one| one.get("proposal").is_some_and(|proposal| !proposal.is_null()));
    let columns: &[&str] =
        if with_texts { &["id", "label", "proposal", "version"] } else { &["id", "label"] };
    show::items_table(app, options.map_or(&[], Vec::as_slice), columns)?;
    app.output.say("")
}

/// A method with its parameters, in a few words.
fn method(app: &App, method: &Value) -> String {
    let Some((name, parameters)) = method.as_object().and_then(|method| method.iter().next())
    else {
        return cell(method);
    };
    let mut words = vec![name.clone()];
    let parameters = parameters.get("rule").unwrap_or(parameters);
    for (key, value) in parameters.as_object().into_iter().flatten() {
        let value = match (value.get("ratio"), value.get("base")) {
            (Some(ratio), base) => {
                format!("{} {}", fraction(ratio), base.map(cell).unwrap_or_default())
            }
            _ => cell(value),
        };
        words.push(format!("{}: {value}", show::label(app.lang(), key)));
    }
    words.join(" · ")
}

fn fraction(ratio: &Value) -> String {
    let part = |name: &str| ratio.get(name).map(cell).unwrap_or_default();
    format!("{}/{}", part("numerator"), part("denominator"))
}

/// An outcome as tables; its exact JSON is what `--json` prints.
pub(super) fn outcome(app: &App, outcome: &Value) -> Result<(), Failure> {
    super::count::show(app.output, outcome)
}
