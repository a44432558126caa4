//! Changing texts: revisions, amendments, merges and differences.

use super::proposal::{Text, either, parse, text_of};
use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::{diff, input, show};
use archipel_domain::id::Hash;
use archipel_domain::proposal::text::{self, Change};
use archipel_domain::proposal::{IntegrateAmendment, ProposeAmendment, PublishVersion};
use serde::Deserialize as _;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Arguments of `proposal revise`.
#[derive(Debug, clap::Args)]
pub(crate) struct ReviseArgs {
    /// The proposal: UUID, or its first digits
    proposal: String,
    /// File that holds the whole new text
    #[arg(long)]
    file: PathBuf,
}

/// Arguments of `proposal amend`.
#[derive(Debug, clap::Args)]
pub(crate) struct AmendArgs {
    /// The proposal: UUID, or its first digits
    proposal: String,
    /// File that holds the whole text as it should be
    #[arg(long)]
    file: PathBuf,
    /// The version that is changed, by its hash or the beginning of it [default: the current one]
    #[arg(long, value_name = "HASH")]
    base: Option<String>,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Arguments of `proposal integrate`.
#[derive(Debug, clap::Args)]
pub(crate) struct IntegrateArgs {
    /// The amendment: UUID, or its first digits
    amendment: String,
    /// Where it conflicts: file that holds the whole resulting text
    #[arg(long, value_name = "FILE")]
    resolution: Option<PathBuf>,
}

/// Arguments of `proposal diff`.
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    /// The proposal or amendment: UUID, or its first digits
    proposal: String,
    /// The older version, by its hash or the beginning of it [default: the first one]
    #[arg(long, value_name = "HASH")]
    from: Option<String>,
    /// The newer version [default: the current one]
    #[arg(long, value_name = "HASH")]
    to: Option<String>,
    #[command(flatten)]
    at: AtArgs,
}

/// Publishes a new version.
pub(crate) fn revise(app: &App, args: &ReviseArgs) -> Result<(), Failure> {
    let current = Text::current(app, &args.proposal)?;
    let changes = changes(&current.text, &input::read_text(&args.file)?)?;
    app.output_diff(&changes)?;
    let mandate = current.mandate(app)?;
    app.act(PublishVersion { proposal: current.proposal, base: current.version, changes }, mandate)
}

/// Proposes an amendment.
pub(crate) fn amend(app: &App, args: &AmendArgs) -> Result<(), Failure> {
    let base = match &args.base {
        Some(version) => Text::version(app, &args.proposal, version)?,
        None => Text::current(app, &args.proposal)?,
    };
    let changes = changes(&base.text, &input::read_text(&args.file)?)?;
    app.output_diff(&changes)?;
    let act = ProposeAmendment {
        proposal: base.proposal,
        base: base.version,
        changes,
        reason: input::prose("--reason", &args.reason)?,
    };
    app.act(act, Mandate::Own)
}

pub(super) fn changes(old: &str, new: &str) -> Result<Vec<Change>, Failure> {
    let changes = diff::changes(old, new);
    if changes.is_empty() { Err(Failure::new("cli.no-change")) } else { Ok(changes) }
}

/// Integrates an amendment. What is signed is worked out here: the instance only says what was
/// changed since, and the text that it names is checked against its hash.
pub(crate) fn integrate(app: &App, args: &IntegrateArgs) -> Result<(), Failure> {
    let found = app.data_of(&format!("amendments/{}", args.amendment))?;
    let amendment = parse(text_of(&found, "id")?)?;
    let current = Text::current(app, text_of(&found, "proposal")?)?;
    let merge = found.get("merge").filter(|merge| !merge.is_null());
    let merge = merge.ok_or_else(|| Failure::new("amendment.settled"))?;
    let resolution = match &args.resolution {
        Some(file) => Some(changes(&current.text, &input::read_text(file)?)?),
        None => None,
    };
    let changes = match (&resolution, merge.get("changes"), merge.get("refused")) {
        (Some(changes), ..) => changes.clone(),
        (None, Some(changes), _) => Vec::<Change>::deserialize(changes).map_err(Failure::answer)?,
        (None, None, Some(code)) => return Err(Failure::new(code.as_str().unwrap_or_default())),
        (None, None, None) => {
            return Err(Failure::with("amendment.conflict", conflicts(app, merge)));
        }
    };
    let lines =
        text::apply(&text::lines(&current.text), &changes).map_err(|_| Failure::answer("merge"))?;
    app.output_diff(&changes)?;
    let into: Hash = parse(text_of(merge, "into")?)?;
    if into != current.version {
        // Somebody was quicker between the two reads.
        return Err(Failure::new("proposal.version-stale"));
    }
    let result = text::version_of(&lines);
    let mandate = current.mandate(app)?;
    app.act(IntegrateAmendment { amendment, into, result, resolution }, mandate)
}

/// Every conflict, both sides.
fn conflicts(app: &App, merge: &Value) -> String {
    let conflicts = merge.get("conflicts").and_then(Value::as_array);
    let mut shown = String::new();
    for conflict in conflicts.into_iter().flatten() {
        let side = |name: &str| {
            let change = conflict.get(name).and_then(|side| Change::deserialize(side).ok());
            diff::show(change.as_slice())
        };
        let ours = app.lang().pick("l'amendement", "the amendment");
        let theirs = app.lang().pick("changé depuis", "changed since");
        shown.push_str(&format!("\n{ours}\n{}{theirs}\n{}", side("amendment"), side("made_since")));
    }
    shown.trim_end().to_owned()
}

/// Shows differences.
pub(crate) fn diff(app: &App, args: &DiffArgs) -> Result<(), Failure> {
    let path = either(app, &args.proposal)?;
    let answer = app.backend()?.read(&path, args.at.state()?)?;
    let data = answer.get("data").cloned().unwrap_or_default();
    let changes = if path.starts_with("amendments") {
        let changes = data.get("changes").cloned().unwrap_or_default();
        Vec::<Change>::deserialize(&changes).map_err(Failure::answer)?
    } else {
        let first = data.pointer("/versions/0/hash").and_then(Value::as_str);
        let from = args.from.as_deref().or(first).ok_or_else(|| Failure::answer("versions"))?;
        let to = args.to.as_deref().map_or_else(|| text_of(&data, "version"), Ok)?;
        let (old, new) =
            (Text::version(app, &args.proposal, from)?, Text::version(app, &args.proposal, to)?);
        diff::changes(&old.text, &new.text)
    };
    if app.output.json {
        return app.output.json(&json!({"position": answer.get("position"), "changes": changes}));
    }
    if changes.is_empty() {
        return app.output.say(app.lang().pick("(aucune différence)", "(no difference)"));
    }
    app.output.raw(&diff::show(&changes))
}

/// Shows a proposal as it is, and an amendment with its changes as a patch.
pub(super) fn show_either(app: &App, path: &str, at: &AtArgs) -> Result<(), Failure> {
    if app.output.json || !path.starts_with("amendments") {
        return show::one(app, path, at);
    }
    let answer = app.backend()?.read(path, at.state()?)?;
    let data = answer.get("data").cloned().unwrap_or_default();
    let names = ["id", "proposal", "author", "state", "base", "reason", "declined_because"];
    let rows = names.into_iter().filter_map(|name| {
        let value = data.get(name).filter(|value| !value.is_null())?;
        Some((show::label(app.lang(), name), show::member_cell(app.lang(), name, value)))
    });
    app.output.pairs(rows.collect())?;
    let changes = data.get("changes").and_then(|changes| Vec::<Change>::deserialize(changes).ok());
    app.output.say(format!("\n{}", diff::show(&changes.unwrap_or_default())))?;
    if let Some(merge) = data.get("merge").filter(|merge| merge.get("conflicts").is_some()) {
        app.output.say(conflicts(app, merge))?;
    }
    show::footer(app, &answer)
}

impl App {
    /// Shows changes to people before they are signed.
    pub(super) fn output_diff(&self, changes: &[Change]) -> Result<(), Failure> {
        if self.is_for_real() { self.output.say(diff::show(changes)) } else { Ok(()) }
    }
}
